"""Figures: what is measured, each unit's value in a year, one place's figures with their sources."""

import pytest

import hutuo
from hutuo.base.about import RegionAsk, region
from hutuo.base.figures import Figures, Indicators, Values, figures, indicators, values
from hutuo.base.rows import TableAsk, Tables, table, tables
from hutuo.base.tables import tables as declared
from hutuo.errors import NotFound


def test_indicators_tell_years_of_units_and_number_of_places(little):
    found = {row.indicator: row for row in indicators(little, Indicators())}
    assert (found["people"].years, found["people"].places) == ([2010, 2020], 4)
    assert (found["revenue"].years, found["revenue"].places) == ([2024], 2)
    assert (found["minutes"].years, found["minutes"].places) == ([], 0)
    assert [r.indicator for r in indicators(little, Indicators(topic="land"))] == ["area"]


def test_values_of_a_year_with_the_units_that_have_none(little):
    answer = values(little, Values(indicator="people", year=2020))
    assert {row.place: row.value for row in answer.values} == {
        "990101": 1000, "990102": 500, "990104": 400,
    }  # fmt: skip
    assert [row.place for row in answer.missing] == ["990103"]
    assert (answer.year, answer.years) == (2020, [2010, 2020])
    assert {row.source_name.en for row in answer.values} == {"Yearbook"}


def test_without_a_year_the_latest_is_given(little):
    assert values(little, Values(indicator="people")).year == 2020


def test_classes_are_those_of_all_years_so_that_maps_compare(little):
    both = [values(little, Values(indicator="people", year=year)) for year in (2010, 2020)]
    assert both[0].classes == both[1].classes
    for answer in both:
        for row in answer.values:
            step = answer.classes[row.cls]
            assert step.low is None or step.low <= row.value
            assert step.high is None or row.value < step.high


def test_an_indicator_or_year_without_values_has_no_value(little):
    assert values(little, Values(indicator="minutes")).values == []
    assert values(little, Values(indicator="minutes")).year is None
    nothing = values(little, Values(indicator="people", year=1999))
    assert (nothing.values, len(nothing.missing)) == ([], 4)


def test_a_set_limits_the_units(little):
    answer = values(little, Values(indicator="people", set="set:area"))
    assert {row.place for row in answer.values} | {row.place for row in answer.missing} == {
        "990101", "990102", "990104",
    }  # fmt: skip


def test_figures_of_a_place_have_their_history_and_each_source_once(little):
    answer = figures(little, Figures(place="990101"))
    found = {figure.indicator: figure for figure in answer.figures}
    assert set(found) == {"people", "area", "revenue", "share"}
    assert [(p.valid_from.year, p.value) for p in found["people"].history] == [
        (2010, 900.0), (2020, 1000.0),
    ]  # fmt: skip
    assert [source.source for source in answer.sources] == ["book"]


@pytest.mark.parametrize(
    ("ask", "names"),
    [({"topic": "economy"}, {"revenue", "share"}), ({"indicator": "area"}, {"area"})],
)
def test_figures_are_narrowed_by_topic_or_indicator(little, ask, names):
    answer = figures(little, Figures(place="990101", **ask))
    assert {figure.indicator for figure in answer.figures} == names


def test_what_is_not_there_is_told(little):
    with pytest.raises(NotFound, match="no indicator 'luck'"):
        values(little, Values(indicator="luck"))
    with pytest.raises(NotFound, match="990109"):
        figures(little, Figures(place="990109"))


def test_every_table_is_listed_with_its_columns(little):
    found = {row.table: row for row in tables(little, Tables())}
    assert list(found) == list(declared())
    for name, row in found.items():
        assert [c.column for c in row.columns] == declared()[name].names
        assert row.rows == len(little.records(name))


def test_rows_are_shown_without_geometry_and_with_when_they_were_recorded(little):
    rows = table(little, TableAsk(name="boundary"))
    shown = ["area_km2", "label_lon", "label_lat", "source", "recorded_at"]
    assert list(rows[0]) == ["place", "valid_from", "valid_to", *shown]


def test_the_region_tells_its_plans_sets_and_members(little, little_folder):
    answer = region(little, RegionAsk())
    assert (answer.region, answer.main_set, answer.branches) == ("little", "set:area", ["main"])
    assert [plan.plan for plan in answer.plans] == ["p", "other"]
    (area,) = answer.sets
    roles = {row.member: row.role for row in area.members}
    assert roles["990101"] == "whole"
    assert hutuo.open(str(little_folder), at="2024-01-01").at.year == 2024
