"""Corridors: what lies within a distance of a line, by hand near the equator."""

import numpy as np
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

from hutuo.errors import BadAsk
from hutuo.space.corridors import corridor_share, spine, within

LINE = [(0.0, 0.0), (1.0, 0.0)]
# Metres of a degree of latitude at the equator (WGS 84).
DEGREE = 110_574.0


def test_a_point_exactly_at_the_distance_is_within():
    places = np.array([[0.5, 0.01], [0.5, 0.1], [0.5, 0.3]])
    assert within(LINE, places, DEGREE * 0.101).tolist() == [1, 1, 0]
    at = np.array([[0.5, 0.1]])
    assert within(LINE, at, DEGREE * 0.0999).tolist() == [0]


def test_a_polygon_counts_by_the_part_of_its_area_that_is_within():
    """A square from the line to twice the distance: a half. One that straddles the line: all."""
    half = shapely.box(0.4, 0.0, 0.6, 0.2)
    whole = shapely.box(0.4, -0.05, 0.6, 0.05)
    away = shapely.box(0.4, 1.0, 0.6, 1.1)
    found = within(LINE, [half, whole, away], DEGREE * 0.1)
    assert found == pytest.approx([0.5, 1.0, 0.0], abs=2e-3)


def test_shares_and_their_change_by_year():
    places = np.array([[0.5, 0.01], [0.5, 0.3]])
    people = {2020: np.array([60.0, 40.0]), 2010: np.array([50.0, 50.0])}
    found = corridor_share(LINE, places, people, [5_000, 50_000])
    assert found["year"].tolist() == [2010, 2020] * 2
    assert found["share"].tolist() == [0.5, 0.6, 1.0, 1.0]
    assert found["change"].iloc[1] == pytest.approx(0.1)
    assert np.isnan(found["change"].iloc[0])


def test_a_place_without_a_figure_is_left_out_and_counted():
    places = np.array([[0.5, 0.01], [0.5, 0.3]])
    found = corridor_share(LINE, places, {2020: np.array([60.0, np.nan])}, 5_000)
    assert found[["share", "unknown"]].to_numpy().tolist() == [[1.0, 1]]


@given(st.integers(0, 2**32 - 1), st.floats(1e3, 1e5), st.floats(1e3, 1e5))
def test_a_wider_corridor_holds_no_fewer(seed, one, other):
    places = np.random.default_rng(seed).random((20, 2))
    low, high = sorted([one, other])
    assert (within(LINE, places, low) <= within(LINE, places, high)).all()


def test_points_are_put_in_order_along_the_line_that_they_make():
    points = np.array([[115.0, 38.5], [114.5, 37.0], [114.9, 38.0], [114.4, 37.5]])
    assert spine(points)[:, 1].tolist() == [37.0, 37.5, 38.0, 38.5]
    assert spine(points[:, ::-1] - 80)[:, 0].tolist() == [-43.0, -42.5, -42.0, -41.5]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: within([(0, 0)], np.zeros((1, 2)), 5),
        lambda: within(LINE, np.zeros((1, 2)), 0),
        lambda: spine(np.zeros((1, 2))),
    ],
)
def test_what_makes_no_line_is_refused(wrong):
    with pytest.raises(BadAsk):
        wrong()
