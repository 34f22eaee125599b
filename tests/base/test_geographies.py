"""Geographies by name: units of a day, sets, cells, places; and what is said to a name that is none."""

from datetime import date

import h3
import numpy as np
import pandas as pd
import pytest
import shapely

import hutuo
from hutuo.base.boundaries import Layer, measured
from hutuo.base.crosswalk import flat
from hutuo.base.geographies import geography, resolution, versions
from hutuo.errors import BadAsk, NotFound


def places(found):
    return [spot.place for spot in found.spots]


def test_a_level_is_its_units_of_today(little):
    found = geography(little, "county")
    assert places(found) == ["990101", "990102", "990103", "990104"]
    assert [spot.name.en for spot in found.spots][:2] == ["Alpha", "Beta"]
    assert all(spot.shape is not None for spot in found.spots)
    assert found.spots[0].within == ("990100",)
    assert geography(little, "prefecture").spots[0].shape is None


def test_units_are_those_of_the_day(embedded):
    """The reform of Xingtai was made public on 2020-06-23."""
    before = {s.place: s for s in geography(embedded, "county@2020-06-22").spots}
    after = {s.place: s for s in geography(embedded, "county@2020-06-23").spots}
    assert {"130521", "130526", "130527"} <= before.keys() - after.keys()
    assert {"130505", "130506"} <= after.keys() - before.keys()
    assert (before["130502"].name.zh, after["130502"].name.zh) == ("桥东区", "襄都区")
    assert before["130502"].shape is None
    assert after["130502"].shape is not None


def test_a_year_means_its_last_day(embedded):
    assert places(geography(embedded, "county@2020")) == places(
        geography(embedded, "county@2020-12-31")
    )
    assert geography(embedded, "county@2020").day == date(2020, 12, 31)


def test_the_day_of_the_view_counts_where_none_is_named():
    then = hutuo.open(at="2010-11-01")
    assert "130526" in places(geography(then, "county"))
    assert "130526" not in places(geography(then, "county@2021"))


def test_every_extent_that_units_ever_had(embedded):
    """Chang'an took in a part of Qiaodong in 2014 under a row that goes on: its boundary is of afterwards."""
    found = [s for s in geography(embedded, "county", every=True).spots if s.place == "130102"]
    assert [(s.version.valid_from, s.version.valid_to) for s in found] == [
        (None, date(2014, 9, 9)),
        (date(2014, 9, 9), None),
    ]
    assert [s.shape is not None for s in found] == [False, True]


def test_a_set_is_its_members(little):
    found = geography(little, "set:area")
    assert places(found) == ["990101", "990102", "part:delta-town"]
    assert found.spots[2].shape is None
    assert found.spots[2].within == ("990104", "990100")


def test_a_set_has_members_from_some_day_on(embedded):
    with pytest.raises(NotFound, match="no member on 2010-12-31") as told:
        geography(embedded, "set:metro@2010")
    assert "2025-03-18" in told.value.hint


def test_cells_cover_the_region_and_its_rim(little):
    """No ground of the set is in no cell, and every cell has ground of it."""
    found = geography(little, "cells:6")
    whole = shapely.union_all(
        [s.shape for s in geography(little, "county").spots if s.place != "990103"]
    )
    ground = shapely.union_all([spot.shape for spot in found.spots])
    assert shapely.area(shapely.difference(whole, ground)) < 1e-12
    assert all(shapely.intersects(whole, spot.shape) for spot in found.spots)
    assert all(resolution(spot.place) == 6 for spot in found.spots)
    assert resolution("990101") is None
    assert resolution("cell:x") is None


def test_a_cell_is_drawn_as_h3_draws_it(little):
    spot = geography(little, "cells:5").spots[0]
    km2 = shapely.area(flat(np.array([spot.shape], dtype=object)))[0] / 1e6
    assert km2 == pytest.approx(h3.cell_area(spot.place.removeprefix("cell:")), rel=0.01)


def test_more_cells_than_can_be_handled_are_refused(embedded):
    with pytest.raises(
        BadAsk, match=r"cells:12 are about [\d,]+ cells, more than 200,000"
    ) as told:
        geography(embedded, "cells:12")
    assert told.value.hint == "possible: cells:0 to cells:8"


def test_places_of_a_kind(embedded, little):
    found = geography(embedded, "places:part")
    assert "part:130502-2010" in places(found)
    with pytest.raises(NotFound, match="no place of kind 'station'") as told:
        geography(little, "places:station")
    assert told.value.hint == "there are: part, set"
    assert told.value.as_dict("zh") == {
        "error": "not_found",
        "message": "没有类型为“station”的地点",
        "hint": "现有:part、set",
    }


@pytest.mark.parametrize(
    ("text", "error", "says"),
    [
        ("town", NotFound, "no geography 'town'"),
        ("county@", BadAsk, "'' is no date"),
        ("county@spring", BadAsk, "'spring' is no date"),
        ("county@2020-13-01", BadAsk, "'2020-13-01' is no date"),
        ("county:x", BadAsk, "'county:x' is none"),
        ("set", NotFound, "no geography 'set'"),
        ("set:nope", NotFound, "no set 'set:nope'"),
        ("cells:", BadAsk, "'' is no resolution"),
        ("cells:16", BadAsk, "'16' is no resolution"),
        ("cells:-1", BadAsk, "'-1' is no resolution"),
        ("cells:7@2020", BadAsk, "cells take no date"),
        ("places:part@2020", BadAsk, "places take no date"),
        ("places:nope", NotFound, "no kind of place 'nope'"),
        ("", NotFound, "no geography ''"),
    ],
)
def test_a_name_that_is_none_is_told_what_is_possible(little, text, error, says):
    with pytest.raises(error, match=says) as told:
        geography(little, text)
    assert told.value.hint


def test_a_level_without_units_that_day_is_told(little):
    with pytest.raises(NotFound, match="no zone holds on 2001-12-31"):
        geography(little, "zone@2001")


def test_the_boundary_of_the_time_is_taken(own):
    """A unit that was smaller until 2015."""
    small = shapely.box(0, 0, 0.05, 0.1)
    row = measured(Layer(["990101"], np.array([small], dtype=object)), "book").to_pandas()
    units = pd.DataFrame(own.records("unit", unit="990102"))
    ended = units.assign(unit="990109", valid_to=date(2015, 1, 1), became="990101", boundary=False)
    own.append("unit", ended)
    own.append("boundary", row.assign(valid_from=date(1990, 1, 1), valid_to=date(2015, 1, 1)))
    found = {spot.version.valid_to: spot.shape for spot in versions(own) if spot.place == "990101"}
    assert found[date(2015, 1, 1)].bounds == (0, 0, 0.05, 0.1)
    assert found[None].bounds == (0, 0, 0.1, 0.1)
