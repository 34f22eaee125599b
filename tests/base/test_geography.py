"""Units on the map: boundaries as GeoJSON, and where each unit stands to the region."""

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from shapely.geometry import shape

from hutuo.base.boundaries import measured, read_layer
from hutuo.base.geography import Units, members, roles_of, units
from hutuo.errors import NotFound


def by_code(answer):
    return {feature.id: feature for feature in answer.features}


def test_roles_of_the_tiny_region(little):
    found = {code: f.properties.role for code, f in by_code(units(little, Units())).items()}
    assert found == {"990101": "whole", "990102": "whole", "990103": "excluded", "990104": "part"}


def test_a_unit_of_no_set_is_outside(little):
    (feature,) = units(little, Units(level="prefecture")).features
    assert (feature.id, feature.properties.role, feature.geometry) == ("990100", "outside", None)


def test_a_set_holds_its_members_whole_or_in_part(little):
    assert members(little, "set:area") == {"990101", "990102", "990104"}
    assert set(by_code(units(little, Units(set="set:area")))) == {"990101", "990102", "990104"}
    assert members(little, None) is None
    assert roles_of(little, "set:area")["990104"] == "part"


def test_an_unknown_set_is_told(little):
    with pytest.raises(NotFound, match="set:x"):
        units(little, Units(set="set:x"))


def test_a_square_of_a_tenth_of_a_degree_at_the_equator(little):
    """111.32 km a degree of longitude times 110.57 km a degree of latitude, over 100: 123.1 km2."""
    feature = by_code(units(little, Units(tolerance=0)))["990101"]
    assert feature.properties.area_km2 == pytest.approx(123.09, abs=0.01)
    assert (feature.properties.label_lon, feature.properties.label_lat) == pytest.approx(
        (0.05, 0.05), abs=0.01
    )
    assert shape(feature.geometry).bounds == (0, 0, 0.1, 0.1)


def test_the_box_holds_all_that_is_drawn(little):
    assert units(little, Units()).bbox == pytest.approx([0, 0, 0.4, 0.1])
    bare = units(little, Units(geometry=False))
    assert bare.bbox is None
    assert [feature.geometry for feature in bare.features] == [None] * 4


@settings(max_examples=10)
@given(st.floats(0, 0.1))
def test_shared_edges_stay_shared_however_much_is_simplified(little, tolerance):
    drawn = [
        shape(f.geometry) for f in by_code(units(little, Units(tolerance=tolerance))).values()
    ]
    for one, two in pairwise(drawn):
        assert one.intersection(two).length == pytest.approx(0.1)
        assert one.intersection(two).area == 0


def test_the_answer_says_where_the_boundaries_come_from(little):
    assert units(little, Units()).source.say("en") == "Yearbook"


def test_the_label_stands_inside_its_unit(embedded):
    for feature in units(embedded, Units(tolerance=0, set=embedded.info.set)).features:
        point = feature.properties
        from shapely.geometry import Point

        assert shape(feature.geometry).contains(Point(point.label_lon, point.label_lat))


def test_a_layer_keeps_only_the_units_that_are_wanted(little_folder):
    layer, faults = read_layer("units.geojson", little_folder, {"990102", "990104"})
    assert (layer.codes, faults) == (["990102", "990104"], [])
    table = measured(layer, "book")
    assert table.column("area_km2").to_pylist() == pytest.approx([123.09, 123.09], abs=0.01)
