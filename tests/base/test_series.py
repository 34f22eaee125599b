"""Series of a place: own figures, or the sum of its members where every member has one."""

from datetime import date

import pandas as pd
import pytest

import tiny
from hutuo.base.series import observed, total


def add(region, *rows):
    frame = pd.DataFrame(rows, columns=["place", "indicator", "year", "value", "unit", "quality"])
    frame["valid_from"] = [date(year, 1, 1) for year in frame.pop("year")]
    frame["valid_to"] = [date(day.year + 1, 1, 1) for day in frame["valid_from"]]
    region.append("observation", frame.assign(source="book"))


def test_a_place_has_its_own_figures_the_oldest_first(little):
    found = observed(little, "990101", "people")
    assert [(row.valid_from.year, row.value) for row in found] == [(2010, 900.0), (2020, 1000.0)]
    assert {row.estimate for row in found} == {False}


def test_a_figure_of_a_set_stands_before_a_sum(little):
    assert [row.value for row in observed(little, "set:area", "people")] == [1700.0]


def test_weak_figures_do_not_count(own):
    add(own, ("990102", "share", 2021, 9.0, "%", "C"), ("990102", "share", 2022, 8.0, "%", "B"))
    assert [row.value for row in observed(own, "990102", "share")] == [8.0]


def test_a_set_is_summed_for_periods_that_every_member_has(own):
    """Revenue of 2021 is known of all three members, of 2022 of two: 2022 is no total."""
    rows = [("990101", 1.0, "亿元"), ("990102", 2e8, "元"), ("part:delta-town", 3.0, "亿元")]
    place = {"place": "set:more", "kind": "set", "zh": "另", "en": "More", "source": "book"}
    own.append("place", pd.DataFrame([place]))
    members = [
        {"set": "set:more", "member": row[0], "role": "whole", "source": "book"} for row in rows
    ]
    own.append("membership", pd.DataFrame(members))
    add(own, *[(code, "revenue", 2021, value, unit, "A") for code, value, unit in rows])
    add(own, *[(code, "revenue", 2022, value, unit, "A") for code, value, unit in rows[:2]])
    (found,) = observed(own, "set:more", "revenue")
    assert (found.value, found.unit, found.valid_from.year) == (6.0, "亿元", 2021)
    assert found.estimate
    assert found.method == "3 个成员之和 / sum of 3 members"
    assert observed(own, "set:more", "share") == []


def test_a_total_counts_whole_members_and_keeps_parts_apart(little):
    """1000 + 500; the part's unit has 400, so the highest that it can be is 1900."""
    found = total(little, "set:area", "people", "person")
    assert (found.value, found.highest, found.missing) == (1500.0, 1900.0, [])
    assert found.parts == {"part:delta-town": 400.0}
    assert {code: row.value for code, row in found.have.items()} == {"990101": 1000, "990102": 500}


def test_a_total_names_the_members_without_a_figure(little):
    found = total(little, "set:area", "revenue", "元")
    assert (found.value, found.missing) == (pytest.approx(7.3205e9), ["990102"])
    assert found.parts == {"part:delta-town": None}


def test_every_square_has_an_area_that_is_marked_as_an_estimate(little):
    for code in tiny.SQUARES:
        (found,) = observed(little, code, "area")
        assert found.estimate
        assert "EPSG:6933" in found.method
