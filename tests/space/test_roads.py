"""Road networks: exact against plain searches, on any graph, with any weights, and after any change."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import dijkstra

from hutuo.errors import BadInput
from hutuo.space import RoadNetwork, routers

TOLERANCE = 0.002


def exact(network, origins=None):
    """Minutes by scipy in double precision over the arcs of a network, parallel ones by the least."""
    least = {}
    arcs = zip(network.tail.tolist(), network.head.tolist(), network.minutes.tolist(), strict=True)
    for tail, head, minutes in arcs:
        least[tail, head] = min(minutes, least.get((tail, head), np.inf))
    # Scipy takes a stored 0 for no arc; a nanosecond stands for it.
    kept = {
        ends: max(m, 1e-11) for ends, m in least.items() if np.isfinite(m) and ends[0] != ends[1]
    }
    tails = [ends[0] for ends in kept]
    heads = [ends[1] for ends in kept]
    size = network.nodes
    graph = csr_matrix((list(kept.values()), (tails, heads)), shape=(size, size))
    return dijkstra(graph, indices=origins)


def same(found, right):
    finite = np.isfinite(right)
    assert (np.isfinite(found) == finite).all()
    # A single-precision figure of 100,000 minutes is known to 0.004, a sum of three to thrice that.
    rounding = 3 * np.spacing(right[finite].astype(np.float32))
    assert (np.abs(found[finite] - right[finite]) - rounding).max(initial=0) <= TOLERANCE
    return True


def grid(side, seed=0, drop=0.2):
    """A grid of streets of several speeds, some of them one-way, some missing."""
    rng = np.random.default_rng(seed)
    at = np.arange(side * side).reshape(side, side)
    one = np.concatenate([at[:, :-1].ravel(), at[:-1].ravel()])
    two = np.concatenate([at[:, 1:].ravel(), at[1:].ravel()])
    there, back = rng.random(len(one)) > drop, rng.random(len(one)) > drop
    minutes = rng.uniform(0.1, 1.5, len(one))
    lonlat = np.stack(np.divmod(np.arange(side * side), side), axis=1) * 0.01
    return RoadNetwork.from_edges(
        np.concatenate([one[there], two[back]]),
        np.concatenate([two[there], one[back]]),
        np.concatenate([minutes[there], minutes[back]]),
        side * side,
        lonlat,
    )


@st.composite
def networks(draw):
    """Small graphs of any shape: loops, parallel arcs, closed ones, nothing at all."""
    nodes = draw(st.integers(1, 24))
    size = draw(st.integers(0, 70))
    ids = st.lists(st.integers(0, nodes - 1), min_size=size, max_size=size)
    length = st.one_of(st.floats(0, 1e4), st.integers(0, 3).map(float), st.just(np.inf))
    minutes = draw(st.lists(length, min_size=size, max_size=size))
    return RoadNetwork.from_edges(
        np.array(draw(ids), int), np.array(draw(ids), int), np.array(minutes, float), nodes
    )


def test_a_way_of_three_nodes_by_hand():
    """0 -> 1 takes 2, 1 -> 2 takes 3 minutes, there is no way back."""
    roads = RoadNetwork.from_edges([0, 1], [1, 2], [2.0, 3.0])
    assert roads.travel_times([0, 2], [0, 1, 2]).tolist() == [[0, 2, 5], [np.inf, np.inf, 0]]
    assert roads.travel_times([0], [2]).dtype == np.float32
    assert (roads.route(0, 2).nodes.tolist(), roads.route(0, 2).minutes) == ([0, 1, 2], 5.0)
    assert roads.route(2, 0).minutes == np.inf
    assert len(roads.route(2, 0).nodes) == 0


@given(networks())
@settings(deadline=None, max_examples=150)
def test_times_are_those_of_a_plain_search(network):
    every = np.arange(network.nodes)
    right = exact(network)
    assert same(network.travel_times(every, every), right)
    assert same(network.tree(every), right)
    assert same(network.tree(every, reverse=True), right.T)


@given(networks(), st.data())
@settings(deadline=None, max_examples=100)
def test_after_speeds_change_times_are_those_of_a_new_network(network, data):
    """Few arcs or all, faster, slower, closed: nothing of the old costs is left."""
    every = np.arange(network.nodes)
    network.travel_times(every, every)
    size = len(network.tail)
    arcs = data.draw(
        st.lists(st.integers(0, max(0, size - 1)), max_size=5, unique=True)
        if size
        else st.just([])
    )
    anew = data.draw(
        st.lists(
            st.one_of(st.floats(0, 50), st.just(np.inf)), min_size=len(arcs), max_size=len(arcs)
        )
    )
    changed = network.with_speeds(anew, arcs=np.array(arcs, int))
    again = changed.with_speeds(factor=1.5)
    assert same(changed.travel_times(every, every), exact(changed))
    assert same(again.tree(every), exact(again))
    assert same(network.travel_times(every, every), exact(network))


def test_an_arc_that_opens_can_be_longer_than_all_others():
    """Of an island without roads no way is known, so no unit fits the first road either."""
    closed = RoadNetwork.from_edges([0], [1], [np.inf], 2)
    closed.travel_times([0], [1])
    assert closed.with_speeds([18.0], arcs=[0]).travel_times([0], [1]) == 18.0


@given(networks(), st.data())
@settings(deadline=None, max_examples=150)
def test_a_change_leaves_pairs_alone_only_where_no_quickest_way_goes(network, data):
    """As above, the quickest ways between all pairs being known: few and many arcs, one after the other."""
    every = np.arange(network.nodes)
    size = len(network.tail)
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(routers, "MANY", 0)
        network.travel_times(every, every)
        for _ in range(2):
            arcs = data.draw(st.lists(st.integers(0, size - 1), max_size=12)) if size else []
            length = st.one_of(st.floats(0, 50), st.integers(0, 3).map(float), st.just(np.inf))
            anew = data.draw(st.lists(length, min_size=len(arcs), max_size=len(arcs)))
            changed = network.with_speeds(anew, arcs=np.array(arcs, int))
            assert same(changed.travel_times(every, every), exact(changed))
            assert same(changed.tree(every, reverse=True), exact(changed).T)
            more = changed.with_roads([0], [network.nodes - 1], [0.5])
            assert same(more.travel_times(every, every), exact(more))
            assert same(network.tree(every), exact(network))


@pytest.mark.parametrize("factor", [0.3, 1.4, 5.0, np.inf])
def test_ten_changed_roads_of_a_large_network_are_those_of_a_new_one(factor):
    """Deep hierarchies: pairs are lowered over ways that then become longer, and the other way round."""
    base = grid(40, seed=3)
    rng = np.random.default_rng(4)
    every = np.arange(base.nodes)
    base.travel_times(every[:300], every)
    for _ in range(6):
        arcs = rng.choice(len(base.tail), 10, replace=False)
        factors = np.where(rng.random(10) < 0.5, factor, rng.uniform(0.2, 3, 10))
        changed = base.with_speeds(factor=factors, arcs=arcs)
        assert changed._router._changes is not None
        assert same(changed.travel_times(every[::5], every), exact(changed, every[::5]))


@given(networks(), networks())
@settings(deadline=None, max_examples=100)
def test_with_roads_added_times_are_those_of_a_new_network(network, other):
    use = (other.tail < network.nodes) & (other.head < network.nodes)
    more = network.with_roads(other.tail[use], other.head[use], other.minutes[use])
    every = np.arange(network.nodes)
    right = exact(more)
    assert same(more.travel_times(every, every), right)
    assert same(more.tree(every), right)
    assert same(more.tree(every, reverse=True), right.T)
    assert same(more.mended(network.travel_times(every, every), every, every), right)
    twice = more.with_roads([0], [network.nodes - 1], [0.25])
    assert same(twice.tree(every), exact(twice))


@pytest.mark.parametrize("roads", [1, 5, 24])
def test_roads_on_a_kept_matrix_give_what_a_new_network_gives(roads):
    """Few and many ends, two-way and one-way, to an island; the matrix of all or of changed speeds."""
    base = grid(40)
    apart = RoadNetwork.from_edges(base.tail, base.head, base.minutes, base.nodes + 2)
    rng = np.random.default_rng(roads)
    origins, destinations = rng.integers(0, apart.nodes, (2, 300))
    destinations[:2] = [1_600, 1_601]
    tail, head = rng.integers(0, apart.nodes, (2, roads))
    tail[0], head[0] = 7, 1_600
    minutes = rng.uniform(0.1, 2, roads)
    for network in (apart, apart.with_speeds([9.0, 0.1, np.inf], arcs=[3, 700, 2_000])):
        before = network.travel_times(origins, destinations)
        more = network.with_roads(tail, head, minutes)
        right = exact(more)
        assert same(more.mended(before, origins, destinations), right[origins][:, destinations])
        assert (more.mended(before, origins, destinations) < before).any()
        assert same(more.tree(origins[:3], reverse=True), right.T[origins[:3]])
        assert same(
            network.travel_times(origins, destinations), exact(network)[origins][:, destinations]
        )
        assert same(more.mended(before[:0], [], destinations), right[:0][:, destinations])


@given(networks(), st.floats(0, 100))
@settings(deadline=None, max_examples=100)
def test_within_a_limit_lie_the_nodes_that_a_plain_search_finds(network, limit):
    found = network.within(np.arange(network.nodes), limit)
    right = exact(network)
    for origin in range(network.nodes):
        part = slice(found.first[origin], found.first[origin + 1])
        clear = np.abs(right[origin] - limit) > 1e-6
        near = set(np.flatnonzero(clear & (right[origin] < limit)).tolist())
        assert near <= set(found.node[part].tolist())
        assert (
            set(found.node[part].tolist()) & set(np.flatnonzero(clear & (right[origin] > limit)))
            == set()
        )
        assert np.allclose(found.minutes[part], right[origin][found.node[part]], rtol=1e-6)
        assert (np.diff(found.minutes[part]) >= 0).all()


def test_a_grid_of_ten_thousand_nodes_is_exact():
    """Several cells, threads and batches; more than 256 origins take the pruned hierarchy."""
    network = grid(100)
    rng = np.random.default_rng(2)
    origins, destinations = (
        rng.integers(0, network.nodes, 300),
        rng.integers(0, network.nodes, 200),
    )
    right = exact(network, origins)
    few = network.travel_times(origins[:5], destinations)
    assert same(few, right[:5][:, destinations])
    assert same(network.travel_times(origins, destinations), right[:, destinations])
    assert same(network.tree(origins[:70]), right[:70])
    assert (network.travel_times(origins[:5], destinations) == few).all()


@pytest.mark.parametrize("length", [2_000, 30_000])
def test_rounding_does_not_add_up_over_many_arcs(length):
    """Arcs that no unit holds exactly, one after the other: where 32 bits are too few, 64 are taken."""
    minutes = np.full(length, 0.1000083)
    network = RoadNetwork.from_edges(np.arange(length), np.arange(1, length + 1), minutes)
    found = network.travel_times([0], [length])[0, 0]
    assert abs(found - minutes.sum()) <= TOLERANCE


def test_times_in_hours_and_in_days_are_told_apart_from_no_way():
    """A way of 40 days is a way."""
    network = RoadNetwork.from_edges([0, 1], [1, 2], [28_800.0, 28_800.0], 4)
    assert network.travel_times([0], [2, 3]).tolist() == [[57_600.0, np.inf]]


def test_a_route_takes_as_long_as_the_matrix_says():
    network = grid(30, seed=5)
    minutes = network.travel_times([3], [877])[0, 0]
    route = network.route(3, 877)
    assert route.minutes == pytest.approx(minutes, abs=TOLERANCE)
    legs = network.travel_times(route.nodes[:-1], route.nodes[1:]).diagonal()
    assert legs.sum() == pytest.approx(route.minutes, abs=1e-3 * len(legs))


def test_the_nearest_node_is_nearest_on_the_sphere():
    """Half a degree of longitude at 60 degrees north is as long as a quarter of a degree of latitude."""
    network = RoadNetwork.from_edges([0], [1], [1.0], lonlat=[[10.0, 60.0], [10.5, 60.0]])
    node, metres = network.nearest([[10.2, 60.0], [10.5, 60.1]])
    assert node.tolist() == [0, 1]
    assert metres == pytest.approx([11_119.5, 11_119.5], rel=1e-3)


def test_the_order_on_disk_is_used_and_a_broken_one_made_again(tmp_path, monkeypatch, caplog):
    """A second network over the same arcs reads the order; what is no order is told and replaced."""
    from hutuo.space import preparation

    monkeypatch.setenv("HUTUO_CACHE", str(tmp_path))
    monkeypatch.setattr(preparation, "KEPT_FROM", 100)
    right = grid(20).travel_times([0], [399])
    kept = list((tmp_path / "roads").iterdir())
    assert [path.suffix for path in kept] == [".npy"]
    with monkeypatch.context() as patched:
        patched.setattr(preparation, "_ordered", None)
        assert grid(20).travel_times([0], [399]) == right
    for broken in (b"", kept[0].read_bytes()[:200], b"\x93NUMPY no"):
        kept[0].write_bytes(broken)
        assert grid(20).travel_times([0], [399]) == right
    assert "made again" in caplog.text


def test_variants_share_the_hierarchy_and_leave_their_base_alone():
    base = grid(20)
    before = base.travel_times([0], [399])
    slower = base.with_speeds(factor=2.0)
    assert slower.travel_times([0], [399]) == pytest.approx(2 * before, abs=TOLERANCE)
    nearer = base.with_roads([0], [399], [0.5])
    assert nearer.travel_times([0], [399])[0, 0] == pytest.approx(0.5)
    assert base.travel_times([0], [399]) == before


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (lambda: RoadNetwork.from_edges([0, 1], [1, 2], [1.0, -2.0]), "arcs:1: minutes: -2.0 is no time"),
        (lambda: RoadNetwork.from_edges([0], [1], [np.nan]), "arcs:0: minutes: nan is no time"),
        (lambda: RoadNetwork.from_edges([0, 7], [1, -1], [1.0, 1.0], 3), "7 is no node; right is 0 to 2"),
        (lambda: RoadNetwork.from_edges([0], [1, 2], [1.0]), "as long as each other"),
        (lambda: RoadNetwork.from_edges([0.5], [1], [1.0]), "whole numbers"),
        (lambda: RoadNetwork.from_edges([0], [1], [1.0], lonlat=[[38, 114], [9, 8]]), "no degrees"),
        (lambda: RoadNetwork.from_edges([0], [1], [1.0], lonlat=[[1.0, 2.0]]), "right is (2, 2)"),
        (lambda: grid(3).travel_times([9], [0]), "9 is no node"),
        (lambda: grid(3).travel_times([-1], [0]), "-1 is no node"),
        (lambda: grid(3).with_speeds(), "either minutes or factor"),
        (lambda: grid(3).with_speeds([1.0, 2.0]), "values for"),
        (lambda: grid(3).with_speeds(factor=-1.0), "is no time"),
        (lambda: grid(3).mended(np.zeros((1, 1)), [0], [0]), "ask for its travel times"),
        (lambda: RoadNetwork.from_edges([0], [1], [1.0]).nearest([[0, 0]]), "have no places"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_named_by_its_position(make, says):
    with pytest.raises(BadInput) as told:
        make()
    assert says in str(told.value.message) + "".join(f"; {f}" for f in told.value.findings)


def test_every_fault_is_told_at_once():
    with pytest.raises(BadInput) as told:
        RoadNetwork.from_edges([0, 5, 1], [9, 1, 1], [-1.0, 1.0, np.nan], 3)
    assert len(told.value.findings) == 4
