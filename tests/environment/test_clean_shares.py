"""Shares by place and year: of counts, of what is told in per cent, and against a target."""

from datetime import date

import pandas as pd
import pytest

from hutuo.environment.shares import Shares, shares
from hutuo.errors import BadAsk, HutuoError


@pytest.fixture
def fleet(own):
    """Buses of two counties in three years, clean ones among them; one county has no count of all."""
    about = {"topic": "transport", "aggregation": "sum", "core": False, "unit": "person"}
    about |= {"definition_zh": "年末", "definition_en": "At the end of the year"}
    kinds = [about | {"indicator": n, "zh": n, "en": n} for n in ("buses", "clean_buses")]
    own.append("indicator", pd.DataFrame(kinds))
    rows = [
        ("990101", "clean_buses", 2022, 20),
        ("990101", "buses", 2022, 100),
        ("990101", "clean_buses", 2024, 60),
        ("990101", "buses", 2024, 120),
        ("990102", "clean_buses", 2024, 30),
        ("990102", "buses", 2024, 30),
        ("990103", "clean_buses", 2024, 5),
    ]
    frame = pd.DataFrame(rows, columns=["place", "indicator", "year", "value"])
    frame["valid_from"] = [date(year, 1, 1) for year in frame["year"]]
    frame["valid_to"] = [date(year + 1, 1, 1) for year in frame["year"]]
    own.append("observation", frame.drop(columns="year").assign(unit="person", source="book"))
    return own


def test_shares_changes_and_the_path_to_a_target(fleet):
    """By hand: 20 % in 2022, 50 % in 2024; a path to 80 % in 2030 is at 35 % then."""
    found = shares(
        fleet,
        Shares(
            part="clean_buses",
            whole="buses",
            geography="county",
            target_year=2030,
            target_share=80,
        ),
    )
    rows = {(row.place, row.year): row for row in found.rows}
    now = rows["990101", 2024]
    assert (now.share_pct, now.change_pct) == (50, 15)
    assert (now.path_pct, now.behind_pct, now.needed_pct) == (35, -15, 5)
    first = rows["990101", 2022]
    assert (first.share_pct, first.change_pct, first.path_pct, first.needed_pct) == (
        20,
        None,
        20,
        7.5,
    )
    assert rows["990102", 2024].share_pct == 100
    whole = rows["", 2024]
    assert (whole.part_value, whole.whole_value, whole.share_pct) == (90, 150, 60)
    assert "990103" in found.without_share
    assert found.reached == 1


def test_an_indicator_in_per_cent_is_the_share_itself(little):
    found = shares(little, Shares(part="share", geography="county"))
    assert [(row.place, row.year, row.share_pct) for row in found.rows] == [("990101", 2024, 50)]
    assert found.rows[0].path_pct is None


def test_a_count_alone_half_a_target_and_another_kind_are_refused(little):
    with pytest.raises(BadAsk, match="give the whole"):
        shares(little, Shares(part="people", geography="county"))
    with pytest.raises(BadAsk, match="go together"):
        shares(little, Shares(part="share", target_year=2030))
    with pytest.raises(HutuoError):
        shares(little, Shares(part="people", whole="revenue", geography="county"))
