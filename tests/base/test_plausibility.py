"""Doubtful figures: each rule on figures worked by hand; sound figures raise no doubt."""

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.base import plausibility
from hutuo.base.plausibility import doubts, rules
from hutuo.units import UNITS

UNIT = {"people": "person", "area": "km2", "revenue": "亿元", "share": "%", "minutes": "minute"}


def frame(*rows):
    """Rows of place, indicator, year and value, in the unit of the indicator unless a fifth says another."""
    return pd.DataFrame(
        {
            "place": [r[0] for r in rows],
            "indicator": [r[1] for r in rows],
            "valid_from": [f"{r[2]}-01-01" for r in rows],
            "valid_to": [f"{r[2] + 1}-01-01" for r in rows],
            "value": [float(r[3]) for r in rows],
            "unit": [r[4] if len(r) > 4 else UNIT[r[1]] for r in rows],
        }
    )


def told(region, *rows):
    return [(d.at, d.rule, d.compared) for d in doubts(frame(*rows), region)]


@pytest.mark.parametrize(
    ("value", "unit", "doubtful"),
    [(0, "%", False), (100, "%", False), (120, "%", True), (-1, "%", True), (1.2, "ratio", True)],
)
def test_a_share_lies_between_nothing_and_the_whole(little, value, unit, doubtful):
    found = told(little, ("990103", "share", 2015, value, unit))
    assert found == ([(0, "share-range", None)] if doubtful else [])


def test_a_number_of_people_is_not_negative(little):
    assert told(little, ("990103", "people", 2015, -5)) == [(0, "count-negative", None)]


@pytest.mark.parametrize(
    ("value", "doubtful"), [(490, True), (500, False), (1000, False), (2000, False), (2100, True)]
)
def test_a_population_that_halves_or_doubles_in_a_year_is_compared_with_the_year_before(
    little, value, doubtful
):
    found = told(little, ("990103", "people", 2015, 1000), ("990103", "people", 2016, value))
    assert found == ([(1, "people-step", 1000.0)] if doubtful else [])


def test_a_figure_is_compared_with_what_is_known(little):
    """990101 had 1,000 people on the census day of 2020."""
    (doubt,) = doubts(frame(("990101", "people", 2021, 2500)), little)
    assert (doubt.rule, doubt.compared) == ("people-step", 1000.0)
    assert doubt.whose.en == "the figure of Alpha from 2020-11-01"
    assert doubt.whose.zh == "甲区自2020-11-01起的数字"
    assert doubt.says.en.endswith(
        ": that of Alpha is 2,500, the figure of Alpha from 2020-11-01 is 1,000 persons"
    )
    assert doubt.says.zh.endswith(":甲区为2,500,甲区自2020-11-01起的数字为1,000人")


def test_growth_over_many_years_is_no_doubt(little):
    assert told(little, ("990103", "people", 2010, 1000), ("990103", "people", 2015, 2500)) == []


@pytest.mark.parametrize("factor", [1e4, 1e-4])
def test_a_slip_of_ten_thousand_shows_against_the_period_before(little, factor):
    found = told(little, ("990103", "revenue", 2010, 50), ("990103", "revenue", 2015, 50 * factor))
    assert found == [(1, "scale-before", 50.0)]


def test_a_slip_of_ten_thousand_shows_against_the_other_units_of_the_level(little):
    counties = ("990101", "990102", "990103", "990104")
    values = (4e5, 41, 39, 40)
    rows = [(p, "minutes", 2015, v) for p, v in zip(counties, values, strict=True)]
    # The middle of 39, 40, 41 and 400,000 is 40.5.
    assert told(little, *rows) == [(0, "scale-peers", 40.5)]


def test_figures_in_other_units_are_compared_in_one(little):
    same = [("990103", "people", 2015, 1000), ("990103", "people", 2016, 0.1, "万人")]
    assert told(little, *same) == []
    assert told(little, same[0], ("990103", "people", 2016, 1000, "万人"))[0][1] == "people-step"


PARTS = [(f"99010{n}", "people", 2015, 10 * n) for n in range(1, 5)]


@pytest.mark.parametrize(
    ("whole", "doubtful"), [(100, False), (100.9, False), (103, True), (97, True)]
)
def test_parts_add_up_to_their_whole(little, whole, doubtful):
    found = told(little, *PARTS, ("990100", "people", 2015, whole))
    assert found == ([(4, "parts-whole", 100.0)] if doubtful else [])


def test_a_doubt_says_whose_figure_it_is_by_name(little):
    """A row number alone would send the reader back to the file."""
    (share,) = doubts(frame(("990103", "share", 2015, 120)), little)
    assert share.says.zh.endswith(":丙县为120")
    (whole,) = doubts(frame(*PARTS, ("990100", "people", 2015, 103)), little)
    assert whole.says.en.endswith(": Residents of Littlecity is 103, its 4 parts add up to 100")


def test_parts_are_not_added_where_one_is_missing_or_where_they_do_not_add_up(little):
    assert told(little, *PARTS[:3], ("990100", "people", 2015, 500)) == []
    minutes = [(p, "minutes", y, v) for p, _, y, v in PARTS]
    assert told(little, *minutes, ("990100", "minutes", 2015, 25)) == []


def test_many_doubts_of_one_rule_are_counted(little):
    rows = [("990103", "share", 1900 + n, 150) for n in range(plausibility.LISTED + 50)]
    found = doubts(frame(*rows), little)
    assert len(found) == plausibility.LISTED + 1
    assert found[-1].says.en.startswith("50 more")


def test_a_large_batch_is_looked_at_by_bounds_alone(little, monkeypatch):
    monkeypatch.setattr(plausibility, "MOST_COMPARED", 1)
    rows = [("990103", "people", 2015, 1000), ("990103", "people", 2016, 10), PARTS[0]]
    assert told(little, *rows) == []
    assert told(little, *rows, ("990103", "people", 2017, -1)) == [(3, "count-negative", None)]


@given(
    values=st.lists(st.floats(900, 1100), min_size=1, max_size=6),
    place=st.sampled_from(["990103", "set:area"]),
)
@settings(max_examples=20)
def test_steady_figures_raise_no_doubt(little, values, place):
    rows = [(place, "people", 1950 + n, v) for n, v in enumerate(values)]
    assert told(little, *rows) == []


def test_no_rows_raise_no_doubt(little):
    assert doubts(frame(), little) == []


def test_rules_are_named_once_said_in_both_languages_and_of_known_kinds():
    names = [rule.rule for rule in rules()]
    assert len(set(names)) == len(names)
    assert all(rule.says.zh and rule.says.en for rule in rules())
    assert {rule.check for rule in rules()} == {"range", "step", "scale", "peers", "parts"}
    assert {rule.dimension for rule in rules()} <= {"", *(u.dimension for u in UNITS.values())}


def test_the_embedded_figures_are_sound_but_for_a_few(embedded):
    """The rules are no noise: of all figures of the pack that have a period, hardly any is doubted."""
    known = embedded.table("observation")
    known["valid_from"] = known["valid_from"].astype("str")
    found = doubts(known, embedded)
    assert len(found) < len(known) * 0.02
