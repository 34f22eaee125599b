"""Cohorts of children, by hand, and school places of the tiny and the embedded region."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.errors import BadAsk
from hutuo.siting.cohorts import backtested, carried, change, from_others, single_ages
from hutuo.siting.schools import SchoolPlaces, ratio_of, school_places, span_of

GROUPS = {(0, 0): 10.0, (1, 4): 80.0, (5, 9): 50.0, (10, 14): 100.0}


def test_a_group_is_spread_evenly_over_its_years():
    ages = single_ages(GROUPS, 15)
    assert ages[:6].tolist() == [10, 20, 20, 20, 20, 10]
    assert (ages[14], np.isnan(ages[15])) == (20, True)
    with pytest.raises(BadAsk, match="two groups"):
        single_ages({(0, 4): 1.0, (3, 3): 1.0}, 9)


def test_children_grow_older_and_are_born():
    """Primary age, 6-11: at the census four years of 10 and two of 20; later the cohorts move up."""
    ages = single_ages(GROUPS, 15)
    assert carried(ages, 1.0, 0, (6, 11)) == 80
    # Three years on they are those of 3 to 8: 20, 20, 10, 10, 10, 10.
    assert carried(ages, 1.0, 3, (6, 11)) == 80
    # Seven years on the youngest is not born at the census; 9 were, in the year after it.
    assert np.isnan(carried(ages, 1.0, 7, (6, 11)))
    assert carried(ages, 1.0, 7, (6, 11), births=[9.0]) == 9 + 10 + 20 * 4
    assert carried(ages, 1.1, 2, (6, 6)) == pytest.approx(20 * 1.21)


@settings(max_examples=25)
@given(st.floats(0.8, 1.2), st.integers(0, 6))
def test_cohorts_only_ever_change_by_their_factor(factor, years):
    ages = single_ages(GROUPS, 14)
    grown = sum(carried(ages, factor, years, (age + years, age + years)) for age in range(9))
    assert grown == pytest.approx(ages[:9].sum() * factor**years)


def test_the_change_between_two_censuses_is_by_the_year():
    assert change(100, 121, 2) == pytest.approx(1.1)
    assert np.isnan(change(0, 5, 10))


def test_the_other_places_of_a_group_give_the_ratio():
    before, after = np.array([10.0, 20, 40]), np.array([11.0, 30, 60])
    found = from_others(before, after, np.array(["a", "a", "b"]))
    assert found.tolist() == [1.5, 1.1, 41 / 30]


def test_a_backtest_tells_how_far_off_it_would_have_been():
    """Foretold 100, 50; seen 80, 55: too many by a quarter, too few by an eleventh."""
    found = backtested(np.array([100.0, 50]), np.array([80.0, 55]))
    assert found.error == pytest.approx([0.25, -1 / 11])
    assert found.total == pytest.approx(150 / 135 - 1)
    assert found.mean == pytest.approx((20 + 5) / 135)
    assert found.within == 0.5
    assert backtested(np.array([4.0]), np.array([6.0]), 1.5).mean == 0


def test_ages_are_read_from_names_of_indicators():
    names = ["age_0", "age_1_4", "age_10_14", "age_0_14", "age_85_plus", "age_20_24", "people"]
    assert [span_of(name) for name in names] == [(0, 0), (1, 4), (10, 14), None, None, None, None]


def test_a_cohort_that_a_census_lacks_has_no_ratio():
    before = {(0, 0): 10.0, (1, 4): 90.0}
    assert ratio_of(before, {(10, 14): 120.0}, (0, 4)) == 1.2
    assert np.isnan(ratio_of({(0, 0): 10.0}, {(10, 14): 120.0}, (0, 4)))


def test_without_age_groups_it_is_told_what_is_missing(little):
    found = school_places(little, SchoolPlaces())
    assert (found.rows, found.census) == ([], None)
    assert "age_0" in found.missing[0].en


@pytest.mark.parametrize(
    ("ask", "named"),
    [({"births": ("2021=1",)}, "2021=1"), ({"school_places": ("seats",)}, "LEVEL:INDICATOR")],
)
def test_words_that_cannot_be_read_are_named(little, ask, named):
    with pytest.raises(BadAsk, match=named):
        school_places(little, SchoolPlaces(**ask))


def test_children_of_the_embedded_region_are_those_of_the_census(embedded):
    """Zhengding 2020: four fifths of those aged 5-9 and two fifths of those aged 10-14."""
    ask = SchoolPlaces(places=("130123",), levels=("primary",), years=(2020, 2030))
    found = school_places(embedded, ask)
    assert found.rows[0].children == round(0.8 * 41014 + 0.4 * 34620)
    assert (found.census, found.before) == (2020, 2010)
    # Those of 2030 are born from 2018 on; births after the census are not in the pack.
    assert found.rows[1].children is None
    assert any("primary 2030" in text.en for text in found.missing)
    assert [(row.children, row.unknown) for row in found.totals] == [
        (46659, []),
        (None, ["130123"]),
    ]
    assert found.rows[0].gap is None


def test_births_that_are_given_fill_the_cohorts_after_the_census(embedded):
    births = tuple(f"{year}:1" for year in range(2021, 2025))
    ask = SchoolPlaces(places=("130123",), levels=("primary",), years=(2030,), births=births)
    closed = school_places(embedded, ask.model_copy(update={"cohort": "closed"})).rows[0]
    # Six cohorts: ages 0 and 1 at the census, and four born as many as were 0 then.
    assert closed.children == round(4876 * 5 + 28672 / 4)
    grown = school_places(embedded, ask)
    young = grown.factors[0].young
    # 34,620 aged 10-14 in 2020 were 6,459 + 23,013 aged 0-4 in 2010.
    assert young == round(34620 / 29472, 4)
    assert grown.rows[0].children > closed.children


def test_the_backtest_of_the_embedded_region_shows_its_error(embedded):
    found = school_places(embedded, SchoolPlaces(years=(2025,)))
    ways = {one.cohort: one for one in found.backtest}
    assert set(ways) == {"closed", "from_others"}
    # The first census missed children, so closed cohorts are too few; the ratios mend the sum, not each unit.
    assert ways["closed"].total < -0.1 < abs(ways["from_others"].total) < 0.02
    assert 0 < ways["closed"].mean < ways["from_others"].mean < 0.2
    zhengding = next(row for row in found.backtest_rows if row.place == "130123")
    assert zhengding.closed == round((6459 + 23013) / 34620 - 1, 4)
    units = {row.place for row in found.backtest_rows}
    assert {"130123", "130682"} <= units
    assert "130102" not in units  # its extent of 2010 was another
    alone = school_places(embedded, SchoolPlaces(places=("130123",), years=(2025,)))
    assert (alone.backtest, alone.backtest_rows) == (found.backtest, found.backtest_rows)
    assert all(row.seen > 0 for row in found.backtest_rows)
