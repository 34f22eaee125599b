"""Coverage of core indicators, worked by hand on the tiny region.

Its set has 990101 and 990102 whole and a part of 990104; 990103 is left out. So three units should have
figures. Residents: all three in 2020. Revenue: 990101 alone, in 2024.
"""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

from hutuo.base.coverage import Coverage, coverage, shares, units_of
from hutuo.errors import NotFound


def row(region, indicator):
    return next(found for found in coverage(region, Coverage()) if found.indicator == indicator)


def test_units_are_whole_members_and_those_that_parts_belong_to(little):
    assert units_of(little) == ["990101", "990102", "990104"]


def test_core_indicators_are_told_with_the_units_that_lack_them(little):
    assert [found.indicator for found in coverage(little, Coverage())] == ["people", "revenue"]
    people, revenue = row(little, "people"), row(little, "revenue")
    assert (people.units, people.have, people.share, people.missing) == (3, 3, 1, [])
    assert (people.year, people.share_latest) == (2020, 1)
    assert (revenue.have, revenue.year) == (1, 2024)
    assert revenue.share == pytest.approx(1 / 3)
    assert [lacking.place for lacking in revenue.missing] == ["990102", "990104"]
    assert revenue.sources == ["book"]


def test_a_newer_figure_of_one_unit_makes_the_latest_year_thin(own):
    new = {"place": "990101", "indicator": "people", "valid_from": "2024-11-01", "value": 1}
    new |= {"valid_to": "2024-11-02", "unit": "person", "source": "book"}
    own.append("observation", pd.DataFrame([new]))
    people = row(own, "people")
    assert (people.share, people.year, people.have_latest) == (1, 2024, 1)
    assert people.share_latest == pytest.approx(1 / 3)


def test_what_had_not_begun_or_was_not_known_does_not_count(little):
    then = row(replace(little, at=date(2015, 1, 1)), "people")
    assert (then.have, then.year) == (1, 2010)
    before = replace(little, as_of=datetime(2025, 1, 1, tzinfo=UTC) - timedelta(days=1))
    assert coverage(before, Coverage()) == []


def test_one_indicator_may_be_asked_for_that_is_not_core(little):
    (found,) = coverage(little, Coverage(indicator="area"))
    assert (found.have, found.units) == (3, 3)
    with pytest.raises(NotFound, match="no indicator 'aera'"):
        coverage(little, Coverage(indicator="aera"))


def test_shares_by_source_are_those_of_the_units(little):
    found = shares(little, units_of(little))["book"]
    assert found["people"] == 1
    assert found["share"] == pytest.approx(1 / 3)
    assert shares(little, []) == {}
