"""Form and function of centres: worked by hand, bounds, and other ways to the same number."""

from pathlib import Path

import h3
import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Transformer
from scipy.optimize import minimize

from hutuo.errors import BadAsk
from hutuo.space import polycentricity as poly
from hutuo.space.flows import Flows

LINE = np.abs(np.subtract.outer(np.arange(3.0), np.arange(3.0)))


def test_all_in_the_middle_of_a_line_by_hand():
    """Half at either end is the largest separation: 2 * 1/4 * 2 = 1. Location: 2/3."""
    found = poly.centrality(np.array([0.0, 9.0, 0.0]), LINE)
    assert found == pytest.approx((2 / 3, 2 / 3, 1.0, 0.0, 1.0))
    ends = poly.centrality(np.array([1.0, 0.0, 1.0]), LINE)
    assert ends.proximity == pytest.approx(0.0)
    assert ends.uci == pytest.approx(0.0)


def test_the_border_of_the_authors_and_the_distance_within_a_unit():
    """Circles of area pi: distance 1 within. Ends: (1 + 1 + 2 + 2) / 4 = 1.5; middle alone: 1."""
    ends = np.array([True, False, True])
    areas = np.full(3, np.pi)
    found = poly.centrality(np.array([0.0, 1.0, 0.0]), LINE, areas, border=ends)
    assert (found.separation, found.most) == pytest.approx((1.0, 1.5))
    assert found.uci == pytest.approx(2 / 3 * (1 - 1 / 1.5))


SEEDS = st.integers(0, 2**32 - 1)


@given(SEEDS, st.integers(2, 12))
def test_centrality_lies_between_0_and_1(seed, n):
    rng = np.random.default_rng(seed)
    at = rng.random((n, 2))
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    found = poly.centrality(rng.random(n), apart)
    assert 0 <= found.uci <= 1
    assert found.separation <= found.most + 1e-9


@given(SEEDS)
def test_the_largest_separation_is_what_another_solver_finds(seed):
    rng = np.random.default_rng(seed)
    at = rng.random((7, 2))
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    other = minimize(
        lambda x: -x @ apart @ x,
        np.full(7, 1 / 7),
        jac=lambda x: -2 * apart @ x,
        bounds=[(0, 1)] * 7,
        constraints={"type": "eq", "fun": lambda x: x.sum() - 1, "jac": lambda x: np.ones(7)},
        method="SLSQP",
        options={"ftol": 1e-14, "maxiter": 500},
    )
    assert poly.most_separate(apart) == pytest.approx(-other.fun, rel=1e-6)


OUTSIDE = Path(__file__).parents[3] / "shared" / "data" / "benchmarks" / "siting" / "access"


@pytest.mark.skipif(not OUTSIDE.is_dir(), reason="the folder of data beside the repository")
def test_the_example_that_the_authors_print():
    """Jobs of Belo Horizonte on hexagons in Web Mercator, as in the page of their R package."""
    table = pd.read_csv(OUTSIDE / "land_use.csv")
    rings = [[(lon, lat) for lat, lon in h3.cell_to_boundary(cell)] for cell in table["id"]]
    to = Transformer.from_crs("EPSG:4326", "EPSG:3857", always_xy=True)
    flat = [np.column_stack(to.transform(*np.array(ring).T)) for ring in rings]
    cells = shapely.polygons([np.vstack([ring, ring[:1]]) for ring in flat])
    at = shapely.get_coordinates(shapely.centroid(cells))
    apart = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    known = set(table["id"])
    edge = np.array([not known.issuperset(h3.grid_ring(cell, 1)) for cell in table["id"]])
    jobs = table["jobs"].to_numpy(dtype=float)
    found = poly.centrality(jobs, apart, shapely.area(cells), border=edge)
    printed = (0.2538635, 0.5278007, 3880.114, 7475.899)
    assert (found.uci, found.location, found.separation, found.most) == pytest.approx(
        printed, rel=2e-7
    )
    assert poly.centrality(jobs, apart, shapely.area(cells)).most > found.most


def test_zipf_has_slope_1_nearly():
    found = poly.rank_size(1e6 / (np.arange(1, 301) - 0.5))
    assert found.slope == pytest.approx(1.0)
    assert found.error == pytest.approx(np.sqrt(2 / 300))
    assert poly.rank_size(1e6 / (np.arange(1, 301) - 0.5) ** 2, top=10).slope == pytest.approx(0.5)
    assert poly.rank_size(np.array([4.0, 3, 2, 1]), top=3).units == 3


def test_primacy_by_hand():
    assert poly.primacy(np.array([50.0, 100.0, 50.0])) == (0.5, 2.0)
    assert poly.primacy(np.array([50.0, 100.0, 50.0]), top=2) == pytest.approx((2 / 3, 2.0))


def test_two_nodes_that_exchange_alike_are_fully_polycentric_in_balance():
    """Each gets 10 of the other's 100."""
    found = poly.functional_polycentricity(np.array([[90.0, 10.0], [10.0, 90.0]]))
    assert found == pytest.approx((0.1, 1.0, 0.1))


def test_a_pair_in_which_all_go_one_way_is_not_polycentric():
    assert poly.functional_polycentricity(np.array([[50.0, 50.0], [0.0, 100.0]])).value == 0.0
    assert poly.functional_polycentricity(np.diag([1.0, 1.0])) == (0.0, 0.0, 0.0)


def test_gini_of_inflows_against_its_definition():
    people = np.array([[5, 1, 0, 7], [4, 9, 2, 1], [3, 1, 1, 0], [8, 2, 6, 0]], dtype=float)
    arrive = people.sum(axis=0) - people.diagonal()
    pairs = np.abs(np.subtract.outer(arrive, arrive)).sum()
    assert poly.inflow_gini(people) == pytest.approx(pairs / (2 * 16 * arrive.mean()))
    assert poly.inflow_gini(Flows.of(np.array([[0.0, 1.0], [1.0, 0.0]]))) == 0.0


def test_gravity_links_by_hand():
    found = poly.gravity_links(["a", "b", "c"], np.array([10.0, 20.0, 30.0]), LINE)
    assert found["one"].tolist() == ["b", "a", "a"]
    assert found["strength"].tolist() == [600, 200, 75]
    assert found["share"].sum() == pytest.approx(1)
    steeper = poly.gravity_links(["a", "b", "c"], np.array([10.0, 20.0, 30.0]), LINE, exponent=1)
    assert steeper["strength"].tolist() == [600, 200, 150]


def test_units_at_one_spot_have_no_gravity():
    with pytest.raises(BadAsk, match="a and b lie at distance 0"):
        poly.gravity_links(["a", "b"], np.ones(2), np.zeros((2, 2)))


def test_a_peak_on_a_slope_is_the_pole():
    x, y = map(np.ravel, np.meshgrid(np.arange(9.0), np.arange(9.0)))
    density = np.exp(8 - 0.3 * x)
    density[40] *= 6
    found = poly.density_poles(density, np.column_stack([x, y]))
    assert found.index[found["pole"]].tolist() == [40]
    even = poly.density_poles(np.exp(8 - 0.3 * x), np.column_stack([x, y]))
    assert not even["pole"].any()
    np.testing.assert_allclose(even["trend"], even["density"])
    assert poly.density_poles(density, np.column_stack([x, y]), stands_out=1e9)["pole"].sum() == 0


def test_dense_units_that_touch_are_one_pole():
    jobs = np.array([60.0, 40.0, 5.0, 90.0, 30.0])
    borders = [(0, 1), (1, 2), (2, 3), (3, 4)]
    found = poly.employment_poles(jobs, np.ones(5), borders, density=40, total=90)
    assert found.tolist() == [0, 0, -1, 1, -1]
    assert poly.employment_poles(jobs, np.ones(5), borders, 40, 91).tolist() == [0, 0, -1, -1, -1]
    assert poly.employment_poles(jobs, np.ones(5), borders, 30, 90).tolist() == [1, 1, -1, 0, 0]


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: poly.centrality(np.ones(2), np.ones((3, 3))),
        lambda: poly.centrality(np.zeros(2), np.ones((2, 2))),
        lambda: poly.centrality(np.ones(2), np.full((2, 2), np.inf)),
        lambda: poly.centrality(np.ones(3), LINE, border=np.zeros(3, dtype=bool)),
        lambda: poly.rank_size(np.array([1.0, 2.0, 0.0])),
        lambda: poly.primacy(np.array([1.0])),
        lambda: poly.functional_polycentricity(np.ones((1, 1))),
        lambda: poly.density_poles(np.array([1.0, 0.0, 1.0, 1.0, 1.0]), np.ones((5, 2)), window=1),
    ],
)
def test_what_makes_no_sense_is_refused(wrong):
    with pytest.raises(BadAsk):
        wrong()


def test_flows_may_come_as_a_table():
    table = pd.DataFrame({"home": ["a", "b"], "work": ["b", "a"], "people": [1, 1]})
    assert poly.functional_polycentricity(table) == (1.0, 1.0, 1.0)
