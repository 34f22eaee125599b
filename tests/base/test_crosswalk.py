"""Crosswalks of polygons: by hand on small squares, against tobler used by hand, and what always holds."""

import geopandas
import numpy as np
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st
from tobler.area_weighted import area_interpolate

from hutuo.base.boundaries import EQUAL_AREA
from hutuo.base.crosswalk import (
    COLUMNS,
    Layer,
    by_area,
    by_weight,
    flat,
    interpolated,
    outside,
    overlaps,
    stacked,
)

KM = 1000.0
# By hand, tobler keeps its table of areas in single precision.
SINGLE = 1e-6


def boxes(*corners):
    """Squares and rectangles in kilometres: west, south, east, north."""
    return np.array([shapely.box(*(KM * c for c in corner)) for corner in corners], dtype=object)


def shares(table):
    return {
        (row.source, row.target): (pytest.approx(row.share), row.exact)
        for row in table.itertuples()
    }


def mosaic(seed, count, side=10.0):
    """Polygons that fill a square between them."""
    rng = np.random.default_rng(seed)
    seats = shapely.MultiPoint(rng.uniform(0, side * KM, (count, 2)))
    whole = shapely.box(0, 0, side * KM, side * KM)
    cells = shapely.get_parts(shapely.voronoi_polygons(seats, extend_to=whole))
    return shapely.intersection(cells, whole)


def test_shares_are_those_of_the_ground():
    """A square of 2 km over a border at a quarter of it, another that lies inside."""
    source = boxes((0, 0, 2, 2), (4, 0, 5, 1))
    target = boxes((-3, -3, 0.5, 3), (0.5, -3, 6, 3))
    table = by_area(source, target)
    assert shares(table) == {(0, 0): (0.25, False), (0, 1): (0.75, False), (1, 1): (1.0, True)}
    assert table["amount"].sum() == pytest.approx(5.0)
    assert outside(table, 2).tolist() == [0, 0]


def test_what_lies_outside_is_told():
    table = by_area(boxes((0, 0, 2, 2), (50, 50, 51, 51)), boxes((0, 0, 1, 2)))
    assert outside(table, 2).tolist() == pytest.approx([0.5, 1.0])
    made = interpolated(table, (2, 1), np.array([[100.0], [7.0]]), additive=True)
    assert made[:, 0].tolist() == pytest.approx([50.0, 57.0])


def test_neighbours_that_only_touch_do_not_meet():
    assert len(overlaps(boxes((0, 0, 1, 1)), boxes((1, 0, 2, 1), (1, 1, 2, 2))).source) == 0
    assert list(stacked([by_area(boxes((0, 0, 1, 1)), boxes((1, 0, 2, 1)))]).columns) == list(
        COLUMNS
    )


def test_a_mean_is_weighed_by_ground():
    """Two thirds of the target have 10, one third has 40: the mean is 20."""
    table = by_area(boxes((0, 0, 2, 1), (2, 0, 4, 1)), boxes((0, 0, 3, 1)))
    made = interpolated(table, (2, 1), np.array([[10.0], [40.0]]), additive=False)
    assert made[0, 0] == pytest.approx(20.0)


def test_points_and_lines_are_sources_too():
    """A point on an edge counts once; a line by its length."""
    target = boxes((0, 0, 1, 1), (1, 0, 2, 1))
    source = np.array(
        [shapely.Point(KM, 500), shapely.LineString([(500, 500), (1500, 500)]), shapely.Point(9e9, 0)],
        dtype=object,
    )  # fmt: skip
    table = by_area(source, target)
    assert shares(table) == {(0, 0): (1.0, True), (1, 0): (0.5, False), (1, 1): (0.5, False)}
    assert outside(table, 3).tolist() == pytest.approx([0, 0, 1])


def test_weights_at_points_divide_a_source():
    """Three of four people live in the west; one stands on the border and counts in the west, once."""
    source, target = boxes((0, 0, 2, 1)), boxes((0, 0, 1, 1), (1, 0, 2, 1))
    layer = Layer(
        np.array([shapely.Point(x, 500) for x in (100.0, 1000.0, 1900.0)], dtype=object),
        np.array([2.0, 1.0, 1.0]),
    )
    table = by_weight(source, target, layer)
    assert shares(table) == {(0, 0): (0.75, False), (0, 1): (0.25, False)}
    assert table["amount"].tolist() == [3.0, 1.0]
    assert set(table["way"]) == {"weight"}


def test_weights_of_polygons_are_even_over_their_ground():
    """A cell of weight 8 lies half in each target, one of weight 2 wholly in the second."""
    source, target = boxes((0, 0, 4, 1)), boxes((0, 0, 2, 1), (2, 0, 4, 1))
    layer = Layer(boxes((1, 0, 3, 1), (3, 0, 4, 1)), np.array([8.0, 2.0]))
    assert shares(by_weight(source, target, layer)) == {
        (0, 0): (0.4, False), (0, 1): (0.6, False),
    }  # fmt: skip


def test_where_no_weight_lies_ground_divides_and_says_so():
    source, target = boxes((0, 0, 4, 1)), boxes((0, 0, 1, 1), (1, 0, 4, 1))
    table = by_weight(source, target, Layer(boxes((9, 9, 10, 10)), np.array([5.0])))
    assert shares(table) == {(0, 0): (0.25, False), (0, 1): (0.75, False)}
    assert set(table["way"]) == {"area"}
    assert table["amount"].sum() == 0


def test_a_layer_that_leaves_ground_unknown_divides_nothing_there():
    """Half of the source is known to weigh 5; what the other half weighs nobody said."""
    source, target = boxes((0, 0, 4, 1)), boxes((0, 0, 1, 1), (1, 0, 4, 1))
    layer = Layer(boxes((0, 0, 2, 1)), np.array([5.0]))
    assert shares(by_weight(source, target, layer)) == {
        (0, 0): (0.5, False), (0, 1): (0.5, False),
    }  # fmt: skip
    partial = by_weight(source, target, layer._replace(complete=False))
    assert shares(partial) == {(0, 0): (0.25, False), (0, 1): (0.75, False)}


def test_the_plane_is_one_of_equal_area():
    """A degree of the globe north of the equator: 12,309 km2, of the ellipsoid WGS 84."""
    (square,) = flat(np.array([shapely.box(0, 0, 1, 1)], dtype=object))
    assert shapely.area(square) / 1e6 == pytest.approx(12309, abs=1)


def test_a_shape_that_crosses_itself_is_mended():
    bow = shapely.Polygon([(0, 0), (1, 1), (1, 0), (0, 1)])
    assert shapely.is_valid(flat(np.array([bow], dtype=object))).all()


@pytest.mark.parametrize("seed", range(8))
def test_figures_are_those_of_tobler_used_by_hand(seed):
    source, target = mosaic(seed, 40), mosaic(seed + 100, 12, side=8.0 + seed % 3)
    values = np.random.default_rng(seed).uniform(0, 100, (len(source), 3))
    names = ["a", "b", "c"]
    left = geopandas.GeoDataFrame(values, columns=names, geometry=source, crs=EQUAL_AREA)
    right = geopandas.GeoDataFrame(geometry=target, crs=EQUAL_AREA)
    by_hand = area_interpolate(
        left, right, extensive_variables=names, allocate_total=False, n_jobs=1
    )
    table = by_area(source, target)
    size = (len(source), len(target))
    np.testing.assert_allclose(
        interpolated(table, size, values, additive=True)[:-1], by_hand[names], rtol=SINGLE
    )
    by_hand = area_interpolate(left, right, intensive_variables=names)
    np.testing.assert_allclose(
        interpolated(table, size, values, additive=False)[:-1], by_hand[names], rtol=SINGLE
    )


@settings(max_examples=40)
@given(
    seed=st.integers(0, 10_000),
    sizes=st.tuples(st.integers(2, 30), st.integers(2, 30)),
    side=st.floats(2, 14),
    values=st.lists(st.floats(0, 1e9), min_size=30, max_size=30),
)
def test_totals_are_kept_and_what_is_everywhere_the_same_stays_so(seed, sizes, side, values):
    """Whatever is cut to whatever, by ground and by a layer of points."""
    source, target = mosaic(seed, sizes[0]), mosaic(seed + 1, sizes[1], side=side)
    size = (len(source), len(target))
    figures = np.array(values[: len(source)])[:, None]
    rng = np.random.default_rng(seed)
    spots = shapely.points(rng.uniform(0, 10 * KM, (50, 2)))
    layer = Layer(spots, rng.uniform(0, 9, 50))
    for table in (by_area(source, target), by_weight(source, target, layer)):
        assert (outside(table, len(source)) >= 0).all()
        made = interpolated(table, size, figures, additive=True)
        assert made.sum() == pytest.approx(figures.sum(), rel=1e-9, abs=1e-6)
        assert (made >= -1e-6).all()
        same = interpolated(table, size, np.full((size[0], 1), 7.0), additive=False)[:-1, 0]
        met = np.bincount(table["target"], weights=table["amount"], minlength=size[1]) > 0
        assert same[met] == pytest.approx(7.0)
