"""Coordinates as Chinese web maps shift them, there and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from hutuo.base.datum import from_wgs84, shifted, to_wgs84
from hutuo.errors import BadAsk

# Latitude and longitude in WGS 84 and GCJ-02: the vectors that open implementations are tested by.
PUBLISHED = [
    ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
    ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
    ((39.915, 116.404), (39.91640428150164, 116.41024449916938)),
]
# Longitude and latitude in GCJ-02 and in BD-09.
BAIDU = (116.404, 39.915), (116.41036949371029, 39.92133699351021)
WITHIN = st.tuples(st.floats(73.5, 135.0), st.floats(3.0, 53.6))
OUTSIDE = st.tuples(st.floats(-180, 71.9), st.floats(-90, 90))


def apart(one, other):
    """Metres between places, longitude first."""
    one, other = np.atleast_2d(one), np.atleast_2d(other)
    return Geod(ellps="WGS84").inv(*one.T, *other.T)[2]


@pytest.mark.parametrize(("wgs", "gcj"), PUBLISHED)
def test_published_points_come_out(wgs, gcj):
    assert from_wgs84(wgs[::-1]) == pytest.approx(gcj[::-1], abs=1e-9)
    assert to_wgs84(gcj[::-1]) == pytest.approx(wgs[::-1], abs=1e-8)


def test_a_published_point_of_baidu_comes_out():
    gcj, baidu = BAIDU
    assert from_wgs84(to_wgs84(gcj), "BD-09") == pytest.approx(baidu, abs=1e-9)
    assert to_wgs84(baidu, "BD-09") == pytest.approx(to_wgs84(gcj), abs=1e-9)


@given(WITHIN, st.sampled_from(["GCJ-02", "BD-09"]))
def test_there_and_back_is_where_it_was_to_a_millimetre(place, crs):
    assert apart(to_wgs84(from_wgs84(place, crs), crs), place)[0] < 1e-3


@given(st.lists(WITHIN, min_size=1, max_size=9))
def test_many_places_are_shifted_as_each_by_itself(places):
    whole = from_wgs84(np.array(places))
    assert whole == pytest.approx(np.array([from_wgs84(one) for one in places]), abs=1e-12)


@given(WITHIN)
def test_the_shift_is_some_hundred_metres(place):
    assert 40 < apart(from_wgs84(place), place)[0] < 1_200


@given(OUTSIDE, st.sampled_from(["GCJ-02", "BD-09"]))
def test_outside_china_nothing_is_shifted(place, crs):
    assert from_wgs84(place, crs).tolist() == list(place)
    assert to_wgs84(place, crs).tolist() == list(place)


def test_names_of_the_systems_are_read_as_people_write_them():
    given = ("gcj02", "GCJ-02", " gcj_02", "bd09", "BD-09", "EPSG:4490", "WGS84")
    assert [shifted(word) for word in given] == [*["GCJ-02"] * 3, *["BD-09"] * 2, None, None]


def test_other_systems_and_shapes_are_refused():
    with pytest.raises(BadAsk, match="EPSG:4490") as told:
        to_wgs84((114.5, 38.0), "EPSG:4490")
    assert told.value.advice[0] == "可用:GCJ-02、BD-09"
    with pytest.raises(BadAsk, match="shape") as told:
        to_wgs84([114.5, 38.0, 12.0])
    assert "longitude, latitude" in told.value.hint
