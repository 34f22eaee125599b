"""Models of siting: against every possible plan, published optima, and what each parameter must change."""

from csv import DictReader
from itertools import combinations, product
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from hutuo.errors import BadInput, Cancelled
from hutuo.progress import listening
from hutuo.siting import capacitated_location, max_cover, p_center, p_median, set_cover

BENCH = Path(__file__).parents[3] / "shared/data/benchmarks/siting"
CASES = settings(max_examples=40, deadline=None)


def drawn(seed, clients=7, sites=6):
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 30, (clients, sites)).astype(float)
    cost[rng.random(cost.shape) < 0.15] = np.inf
    cost[np.isinf(cost).all(axis=1), 0] = 5.0
    return cost, rng.integers(0, 9, clients).astype(float), rng


def plans(sites, p, fixed=()):
    return [plan for plan in combinations(range(sites), p) if set(fixed) <= set(plan)]


@CASES
@given(st.integers(0, 2**32 - 1), st.integers(1, 5), st.booleans())
def test_the_median_is_the_best_of_all_plans(seed, p, keep):
    cost, weights, rng = drawn(seed)
    fixed = (int(rng.integers(0, 6)),) if keep else ()
    with np.errstate(invalid="ignore"):
        heavy = np.where(np.isinf(cost), np.inf, cost * weights[:, None])
    best = min(heavy[:, plan].min(axis=1).sum() for plan in plans(6, p, fixed))
    found = p_median(cost, weights, p, fixed=fixed)
    if np.isinf(best):
        assert (found.status, found.objective) == ("infeasible", np.inf)
        assert found.unserved
        return
    assert found.status == "optimal"
    assert found.objective == pytest.approx(best)
    assert found.bound == pytest.approx(best)
    assert set(fixed) <= set(found.sites)
    assert len(found.sites) == p
    assert heavy[np.arange(7), found.assignment].sum() == pytest.approx(best)


@CASES
@given(st.integers(0, 2**32 - 1), st.integers(1, 5))
def test_the_centre_is_the_best_of_all_plans(seed, p):
    cost, _, _ = drawn(seed)
    best = min(cost[:, plan].min(axis=1).max() for plan in plans(6, p))
    found = p_center(cost, p)
    assert found.objective == best
    assert found.status == ("infeasible" if np.isinf(best) else "optimal")
    assert len(found.sites) == p


@CASES
@given(st.integers(0, 2**32 - 1), st.sampled_from([5.0, 10.0, 20.0]), st.booleans())
def test_the_cover_is_the_cheapest_of_all_plans(seed, limit, inclusive):
    cost, _, rng = drawn(seed)
    price = rng.integers(1, 9, 6).astype(float)
    reach = cost <= limit if inclusive else cost < limit
    totals = [
        price[list(plan)].sum()
        for p in range(7)
        for plan in combinations(range(6), p)
        if reach[:, plan].any(axis=1).all()
    ]
    found = set_cover(cost, limit, opening=price, inclusive=inclusive)
    if not totals:
        assert found.status == "infeasible"
        assert found.unserved == np.flatnonzero(~reach.any(axis=1)).tolist()
        return
    assert (found.status, found.objective) == ("optimal", pytest.approx(min(totals)))
    assert all(reach[client, site] for client, site in enumerate(found.assignment))


@CASES
@given(st.integers(0, 2**32 - 1), st.integers(1, 4), st.sampled_from([5.0, 12.0]))
def test_the_largest_cover_is_the_best_of_all_plans(seed, p, limit):
    cost, weights, rng = drawn(seed)
    fixed = (int(rng.integers(0, 6)),)
    reach = cost <= limit
    best = max(weights[reach[:, plan].any(axis=1)].sum() for plan in plans(6, p, fixed))
    found = max_cover(cost, limit, p, weights, fixed=fixed)
    assert (found.status, found.objective) == ("optimal", pytest.approx(best))
    assert found.bound == pytest.approx(best)
    assert weights.sum() - weights[found.unserved].sum() == pytest.approx(best)


@CASES
@given(st.integers(0, 2**32 - 1))
def test_single_sources_are_the_best_of_all_assignments(seed):
    rng = np.random.default_rng(seed)
    cost, fixed = rng.integers(1, 30, (5, 3)).astype(float), rng.integers(1, 40, 3).astype(float)
    demand = rng.integers(1, 9, 5).astype(float)
    capacity = rng.integers(8, 25, 3).astype(float)
    if capacity.sum() < demand.sum():
        capacity += demand.sum()
    best = np.inf
    for to in product(range(3), repeat=5):
        load = np.bincount(to, weights=demand, minlength=3)
        if (load <= capacity).all():
            best = min(best, cost[np.arange(5), list(to)].sum() + fixed[sorted(set(to))].sum())
    found = capacitated_location(fixed, capacity, demand, cost, single_source=True)
    assert found.objective == pytest.approx(best)
    assert found.status == ("infeasible" if np.isinf(best) else "optimal")
    split = capacitated_location(fixed, capacity, demand, cost)
    assert split.objective <= best + 1e-6
    if split.shares is not None and split.sites:
        assert split.shares.sum(axis=1) == pytest.approx(np.ones(5))
        assert np.all(demand @ split.shares <= capacity + 1e-6)


def read_pmed(name):
    """Distances of an instance of OR-Library; of an edge that stands twice the last line counts."""
    n, edges, p, *rest = map(int, (BENCH / f"pmed/{name}.txt").read_text().split())
    length = np.zeros((n, n))
    for i, j, c in np.array(rest[: 3 * edges]).reshape(-1, 3):
        length[i - 1, j - 1] = length[j - 1, i - 1] = c
    return shortest_path(length, method="D", directed=False), p


@pytest.mark.skipif(not BENCH.is_dir(), reason="the benchmarks are not beside this checkout")
@pytest.mark.parametrize("name", [f"pmed{number}" for number in range(1, 40, 2)])
def test_published_medians_are_found_and_proven(name):
    with (BENCH / "pmed/optima.csv").open() as lines:
        optima = {row["instance"]: row for row in DictReader(lines)}
    cost, p = read_pmed(name)
    found = p_median(cost, p=p)
    assert (found.objective, found.bound, found.gap) == (
        float(optima[name]["p_median_optimum"]),
    ) * 2 + (0,)
    if len(cost) == 100:
        assert p_center(cost, p).objective == float(optima[name]["p_center_optimum"])


@pytest.mark.skipif(not BENCH.is_dir(), reason="the benchmarks are not beside this checkout")
def test_stores_of_san_francisco_stand_as_a_peer_and_its_tests_say():
    demand = pd.read_csv(BENCH / "sf/SF_demand_205_centroid_uniform_weight.csv").sort_values(
        "NAME"
    )
    ways = pd.read_csv(BENCH / "sf/SF_network_distance_candidateStore_16_censusTract_205_new.csv")
    cost = ways.pivot_table(index="DestinationName", columns="name", values="distance")
    people = demand["POP2000"].to_numpy(float)
    median = p_median(cost, people, 4)
    assert median.objective / people.sum() == pytest.approx(2982.1268579890657, rel=1e-9)
    cover = max_cover(cost, 5000, 4, people)
    assert cover.objective == 875_247
    assert set_cover(cost, 5000).objective == 8
    assert p_center(cost, 4).objective == pytest.approx(7403.063810849859, rel=1e-9)
    assert (median.status, cover.status) == ("optimal", "optimal")


@pytest.mark.skipif(not BENCH.is_dir(), reason="the benchmarks are not beside this checkout")
@pytest.mark.parametrize(
    ("name", "room", "published"),
    [
        ("cap71", None, 932_615.75),
        ("cap103", None, 893_782.112),
        ("cap133", None, 893_076.712),
        ("cap41", "5000", 1_040_444.375),
        ("capb", "5000", 13_656_379.578),
    ],
)
def test_published_locations_are_found_and_proven(name, room, published):
    text = (BENCH / f"cap/{name}.txt").read_text().replace("capacity", room or "0")
    sites, clients, *rest = text.split()
    m, n = int(sites), int(clients)
    figures = np.array(rest, float)
    capacity, price = figures[: 2 * m].reshape(m, 2).T
    needs = figures[2 * m :].reshape(n, m + 1)
    found = capacitated_location(price, capacity if room else None, needs[:, 0], needs[:, 1:])
    assert found.status == "optimal"
    assert found.objective == pytest.approx(published, rel=1e-6)


@pytest.mark.skipif(not BENCH.is_dir(), reason="the benchmarks are not beside this checkout")
@pytest.mark.long
def test_a_published_median_with_capacities_is_found_and_proven():
    n, p, *rest = (BENCH / "sjc/SJC1.dat").read_text().split()
    x, y, room, demand = np.array(rest, float)[: 4 * int(n)].reshape(-1, 4).T
    cost = np.hypot(x[:, None] - x, y[:, None] - y)
    found = capacitated_location(
        np.zeros(len(x)), room, demand, cost, single_source=True, p=int(p)
    )
    assert found.status == "optimal"
    assert found.objective == pytest.approx(17_288.99, abs=0.005)


def test_where_time_is_up_the_plan_has_its_bound_and_says_so():
    rng = np.random.default_rng(3)
    at = rng.random((120, 2))
    cost = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    found = p_median(cost, p=6, time_limit=0.0)
    best = p_median(cost, p=6)
    assert found.status in ("time_limit", "optimal")
    assert found.bound <= best.objective <= found.objective
    assert found.gap == pytest.approx((found.objective - found.bound) / found.objective)


def test_the_same_seed_gives_the_same_sites_and_costs_may_be_sparse():
    cost, weights, _ = drawn(5, clients=30, sites=12)
    first, again = (p_median(cost, weights, 4, seed=1) for _ in range(2))
    assert first.sites == again.sites
    there = np.isfinite(cost)
    sparse = csr_array((cost[there], np.nonzero(there)), shape=cost.shape)
    assert p_median(sparse, weights, 4, seed=1).objective == first.objective


def test_weights_fixed_sites_and_limits_change_the_answer():
    cost = np.array([[0.0, 9, 5], [9, 0, 5], [8, 8, 5]])
    assert p_median(cost, p=1).sites == [2]
    assert p_median(cost, [9, 1, 1], 1).sites == [0]
    assert p_median(cost, p=1, fixed=[1]).sites == [1]
    assert set_cover(cost, 8).sites in ([0, 1], [2])
    assert set_cover(cost, 5).objective == 1
    assert set_cover(cost, 5, inclusive=False).status == "infeasible"
    assert max_cover(cost, 5, 1, inclusive=False).objective == 1
    assert p_center(cost, 1).objective == 5
    assert p_center(cost, 2, fixed=[0, 1]).objective == 8


@pytest.mark.parametrize(
    ("ask", "says"),
    [
        (lambda: p_median([[1.0, -1.0]], p=1), "cost: 0, 1: a cost of at least 0"),
        (lambda: p_median([[np.inf, np.inf], [1.0, 2.0]], p=1), "client 0: it can be reached from"),
        (lambda: p_median([[1.0, 2.0]], p=3), "p: 3; between 1 and 2"),
        (lambda: p_median([[1.0, 2.0]], [-1.0], 1), "weights: 0: a number of at least 0"),
        (lambda: p_median([[1.0, 2.0]], p=1, fixed=[0, 0]), "fixed: 0: it stands twice"),
        (lambda: p_median([[1.0, 2.0]], p=1, fixed=[5]), "fixed: 5: between 0 and 1"),
        (lambda: p_center([[1.0, 2.0]], 1, fixed=[0, 1]), "2 sites must be open, more than 1"),
        (lambda: set_cover([[1.0]], -1), "limit -1; at least 0"),
        (lambda: capacitated_location([1.0], [2.0], [3.0], [[1.0]]), "demand 3: 1 are short"),
    ],
)  # fmt: skip
def test_what_is_faulty_is_named(ask, says):
    with pytest.raises(BadInput) as told:
        ask()
    assert says in str(told.value)


def test_plain_lists_do_as_arrays():
    """Lists have a method ``index``, which is not what their entries are called."""
    cost = [[1.0, 4.0], [3.0, 1.0], [2.0, 5.0]]
    median = p_median(cost, [1, 2, 1], p=1, fixed=[0])
    assert (median.sites, median.objective) == ([0], 9.0)
    found = capacitated_location([5, 5], [9, 9], [1, 1, 1], cost)
    assert (found.sites, found.objective) == ([0], 11.0)


@CASES
@given(st.integers(0, 2**32 - 1), st.integers(2, 5))
def test_branching_finds_the_best_of_all_plans_where_costs_are_no_distances(seed, p):
    rng = np.random.default_rng(seed)
    cost = rng.random((14, 10)) * 100
    shut = int(rng.integers(0, 10))
    best = min(cost[:, plan].min(axis=1).sum() for plan in plans(10, p) if shut not in plan)
    found = p_median(cost, p=p, forbidden=[shut])
    assert (found.status, found.objective) == ("optimal", pytest.approx(best))
    assert shut not in found.sites


@CASES
@given(st.integers(0, 2**32 - 1), st.integers(1, 3))
def test_covers_hold_with_backup_and_without_forbidden_sites(seed, p):
    cost, weights, rng = drawn(seed)
    shut, often = int(rng.integers(0, 6)), rng.integers(1, 3, 7)
    reach = cost <= 15
    reach[:, shut] = False
    plan_sizes = [
        len(plan)
        for k in range(7)
        for plan in combinations(range(6), k)
        if np.all(reach[:, plan].sum(axis=1) >= often)
    ]
    found = set_cover(cost, 15, forbidden=[shut], times=often)
    assert found.objective == (min(plan_sizes) if plan_sizes else np.inf)
    allowed = [plan for plan in plans(6, p) if shut not in plan]
    most = max(weights[reach[:, plan].any(axis=1)].sum() for plan in allowed)
    assert max_cover(cost, 15, p, weights, forbidden=[shut]).objective == pytest.approx(most)
    least = min(cost[:, plan].min(axis=1).max() for plan in allowed)
    assert p_center(cost, p, forbidden=[shut]).objective == least


@pytest.mark.parametrize("seed", range(24))
def test_multipliers_and_the_solver_alone_agree_on_capacities(seed, monkeypatch):
    rng = np.random.default_rng(seed)
    at, to = rng.random((18, 2)), rng.random((7, 2))
    cost = np.round(np.hypot(*(at[:, None] - to[None]).transpose(2, 0, 1)) * 100, 1)
    cost[rng.random(cost.shape) < 0.05] = np.inf
    cost[np.isinf(cost).all(axis=1), 0] = 50.0
    demand = rng.integers(1, 9, 18).astype(float)
    room = rng.integers(25, 45, 7).astype(float) if seed % 4 else None
    price, p = rng.integers(0, 200, 7).astype(float), [None, 4][seed % 2]
    asked = {"single_source": bool(seed % 3), "p": p, "kept": [1], "forbidden": [2]}
    direct = capacitated_location(price, room, demand, cost, **asked)
    monkeypatch.setattr("hutuo.siting.capacities.FEW", 0)
    monkeypatch.setattr("hutuo.siting.capacities.MANY", 0)
    found = capacitated_location(price, room, demand, cost, **asked)
    assert found.status == direct.status
    assert found.objective == pytest.approx(direct.objective, rel=1e-7)
    if found.status == "optimal":
        assert 1 in found.sites
        assert 2 not in found.sites
        assert p is None or len(found.sites) == p
        assert found.shares.sum(axis=1) == pytest.approx(np.ones(18))
        total = np.where(found.shares > 0, cost, 0.0) * found.shares
        assert total.sum() + price[found.sites].sum() == pytest.approx(found.objective)
        if room is not None:
            assert np.all(demand @ found.shares <= room + 1e-6)


def test_a_frame_names_its_places_and_none_stands_twice():
    cost = pd.DataFrame([[1.0, -2.0], [3.0, 4.0]], ["east", "west"], ["clinic", "school"])
    with pytest.raises(BadInput, match="cost: east, school"):
        p_median(cost, p=1)
    with pytest.raises(BadInput, match="site: clinic: it stands twice"):
        p_median(cost.set_axis(["clinic", "clinic"], axis=1), p=1)
    with pytest.raises(
        BadInput, match="client west: its demand is 9, the capacity in its reach 5"
    ):
        capacitated_location([0, 0], [5, 20], [9, 9], cost.abs().replace({4.0: np.inf}))


def test_work_that_nobody_wants_any_more_stops():
    rng = np.random.default_rng(1)
    cost = rng.random((60, 60))

    def stop(_):
        raise Cancelled("enough")

    with listening(stop):
        for work in (
            lambda: p_median(cost, p=8),
            lambda: max_cover(cost, 0.03, 8),
            lambda: capacitated_location(np.ones(60), np.full(60, 9.0), np.ones(60), cost),
        ):
            with pytest.raises(Cancelled):
                work()


def test_a_gap_that_is_enough_ends_the_search_and_is_told():
    rng = np.random.default_rng(3)
    at = rng.random((150, 2))
    cost = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    best, found = p_median(cost, p=7), p_median(cost, p=7, gap=0.2)
    assert found.gap <= 0.2
    assert found.bound <= best.objective <= found.objective <= best.objective * 1.2


def test_time_is_kept_and_the_bound_is_there():
    rng = np.random.default_rng(4)
    at = rng.random((700, 2))
    cost = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    p_median(cost, p=12, time_limit=0.2)
    found = p_median(cost, p=12, time_limit=1.0)
    assert found.seconds < 2
    assert 0 < found.bound <= found.objective
    assert found.gap < 0.05
