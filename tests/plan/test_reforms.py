"""Reform cases of the tiny region, by hand."""

from datetime import UTC, date, datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.series import Observed
from hutuo.plan.reforms import Reforms, changed, on_day, reforms


def listed(region, **ask):
    return {row.case: row for row in reforms(region, Reforms(**ask))}


def test_figures_before_and_after_are_computed_from_what_is_stored(little):
    """100 in 2020 and 146.41 in 2024: 46.41 more, 46.41 %."""
    row = listed(little)["one-seal"]
    assert (row.before.value, row.after.value) == (100, 146.41)
    assert (row.before.stated, row.before.source, row.before.valid_from) == (
        False,
        "book",
        date(2020, 1, 1),
    )
    assert (row.change, row.change_share) == (pytest.approx(46.41), pytest.approx(0.4641))
    assert (row.complete, row.findings, row.indicator_name.en) == (True, [], "Revenue")


def test_what_is_asked_for_is_what_is_listed(little):
    assert list(listed(little, clause="一", place="set:area", state="proven")) == ["one-seal"]
    for ask in ({"clause": "二"}, {"place": "990104"}, {"state": "pilot"}, {"complete": False}):
        assert listed(little, **ask) == {}


CASE = {"plan": "p", "clause": "一", "place": "set:area", "zh": "甲"}


def test_stated_figures_lacking_ones_and_those_at_odds_are_told(own):
    stored = {"indicator": "revenue", "after_on": date(2024, 6, 1), "source": "book"}
    rows = [
        {
            "case": "days",
            "before_value": 30.0,
            "after_value": 3.0,
            "unit": "year",
            "source": "book",
        },
        {"case": "loose", "before_value": 30.0, "after_value": 3.0},
        {"case": "early", "indicator": "revenue", "before_on": date(1990, 1, 1)},
        {"case": "odd", "before_on": date(2020, 6, 1), "before_value": 990_000.0, "unit": "万元"}
        | stored,
        {"case": "other", "before_value": 5.0, "unit": "minute"} | stored,
    ]
    rows[0]["taken_up"] = "990101|990102"
    own.record({"reform_case": pd.DataFrame([CASE | r for r in rows], dtype=object)}, verb="test")
    found = listed(own)
    days = found["days"]
    assert (days.change, days.change_share, days.before.stated) == (-27, -0.9, True)
    assert [name.en for name in days.taken_up] == ["Alpha", "Beta"]
    assert [says.en for says in found["loose"].findings] == [
        "the figure before states no unit or no source and is not used",
        "the figure after states no unit or no source and is not used",
    ]
    assert [says.en for says in found["early"].findings] == [
        "no figure of 'revenue' is stored for 1990-01-01",
        "after: give indicator and day, or value, unit and source",
    ]
    odd = found["odd"]
    # 99 against 100 亿元 stored; the stated one holds: 1,464,100 - 990,000.
    assert odd.change == pytest.approx(474_100)
    assert [says.en for says in odd.findings] == [
        "2020-06-01: the source states 990000 10,000 yuan, stored is 1e+06 10,000 yuan"
    ]
    assert (found["other"].change, found["other"].complete) == (None, True)
    assert "do not compare" in found["other"].findings[0].en
    assert sorted(listed(own, complete=False)) == ["early", "loose"]


def seen(start, end, value=1.0):
    now = datetime(2025, 1, 1, tzinfo=UTC)
    return Observed("p", "i", value, "元", start, end, now, "s", "A", False, None)


def test_of_several_periods_the_shortest_holds():
    year, month = (
        seen(date(2024, 1, 1), date(2025, 1, 1)),
        seen(date(2024, 5, 1), date(2024, 6, 1)),
    )
    open_ended = seen(date(2023, 1, 1), None)
    figures = [open_ended, year, month]
    assert on_day(figures, date(2024, 5, 31)) is month
    assert on_day(figures, date(2024, 6, 1)) is year
    assert on_day(figures, date(2025, 1, 1)) is open_ended
    assert on_day(figures, date(2022, 12, 31)) is None


finite = st.floats(-1e9, 1e9)


@given(finite, finite)
def test_a_change_and_its_share_agree(before, after):
    change, share = changed(before, after)
    assert change == after - before
    assert (share is None) == (before == 0)
    assert share is None or share * change >= 0
