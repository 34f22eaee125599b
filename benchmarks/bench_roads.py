"""Travel times over roads: matrices, trees, what-if.

Bounds: 1,000 x 1,000 25 times as fast as pyroutingkit, 40 times as pandana, 150 times as scipy.

Networks: a generated one of 359,000 nodes (streets, arterials and trunk roads on a grid, some missing) and,
where the shared data are at hand, that of Sydney. Every time is compared with that of the peer: they must be
equal to within 0.002 minutes. Preparation is told apart. Peers that are not installed are said to be missing.
"""

import importlib
import importlib.util
import resource
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit, prange
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from hutuo.space import RoadNetwork
from hutuo.space.routers import Roads, Router

SYDNEY = Path(__file__).resolve().parents[2] / "shared/data/mobility/sydney_net.tntp"
PLACES = SYDNEY.with_name("sydney_node.tntp")
ASKED = 1_000
RUNS = 3
TREES = 128
TOLERANCE = 0.002
UNITS = 60_000


def main() -> None:
    """Print ours and the peers', and their ratios."""
    given = {"generated": generated(600)}
    if SYDNEY.is_file():
        given["Sydney"] = sydney()
    else:
        print("Sydney: the shared data are not at hand, left out")
    triad = bandwidth()
    print(f"memory: {triad:.0f} GB/s by the triad of STREAM")
    for name, (tail, head, minutes, nodes, lonlat) in given.items():
        network = RoadNetwork.from_edges(tail, head, minutes, nodes, lonlat)
        rng = np.random.default_rng(5)
        origins, destinations = rng.integers(0, nodes, (2, ASKED))
        _, took = timed(lambda network=network: network._router.roads.prepared)
        print(f"{name}: {nodes:,} nodes, {len(tail):,} arcs; order and hierarchy {took:.1f} s")
        matrices(name, network, origins, destinations)
        trees(name, network, origins, triad)
        changes(name, network, origins, destinations)
    if "Sydney" in given:
        zones(RoadNetwork.from_edges(*given["Sydney"]))
    growth()


def matrices(name: str, network: RoadNetwork, origins: Any, destinations: Any) -> None:
    """Thousand by thousand against each peer."""
    network.travel_times(origins, destinations)
    ours = median(lambda: network.travel_times(origins, destinations), again=network)
    found = network.travel_times(origins, destinations)
    print(f"{name}, {ASKED} x {ASKED}: ours {ours:.3f} s with selection")
    for peer in (routingkit, pandana, scipy):
        told = peer(network, origins, destinations)
        if told is None:
            print(f"  {peer.__name__}: not installed")
            continue
        times, took, prepared = told
        finite = np.isfinite(times)
        rows = found[: len(times)]
        apart = np.abs(rows[finite] - times[finite]).max()
        equal = (np.isfinite(rows) == finite).all() and apart <= TOLERANCE
        print(
            f"  {peer.__name__}: {took:.2f} s, {took / ours:.0f} times ours (prepared in {prepared:.1f} s);"
            f" {'equal' if equal else 'NOT EQUAL'}, at most {apart:.6f} min apart"
        )


def routingkit(network: RoadNetwork, origins: Any, destinations: Any) -> Any:
    """Customizable contraction hierarchies of RoutingKit; weights are whole thousandths of a second."""
    if not importlib.util.find_spec("pyroutingkit"):
        return None
    peer = importlib.import_module("pyroutingkit").CCH()
    lon, lat = network.lonlat.T.astype(np.float32)

    def prepare() -> None:
        ends = network.tail.astype(np.uint32), network.head.astype(np.uint32)
        peer.build_topology(*ends, lat, lon, network.nodes)

    _, prepared = timed(prepare)
    weights = np.rint(network.minutes * UNITS).astype(np.uint32)
    _, customized = timed(lambda: peer.customize_weights(weights))
    print(f"  routingkit: order {prepared:.1f} s, all weights {customized:.2f} s")
    ends = origins.astype(np.uint32), destinations.astype(np.uint32)
    times, took = timed(lambda: peer.distances_many_to_many(*ends))
    minutes = np.where(times >= 2**31 - 1, np.inf, times / UNITS)
    return minutes, took, prepared + customized


def pandana(network: RoadNetwork, origins: Any, destinations: Any) -> Any:
    """Contraction hierarchies of pandana, a tenth of the origins."""
    if not importlib.util.find_spec("pandana"):
        return None
    import pandas as pd

    module = importlib.import_module("pandana")

    def prepare() -> Any:
        x, y = network.lonlat.T
        return module.Network(
            pd.Series(x), pd.Series(y), pd.Series(network.tail), pd.Series(network.head),
            pd.DataFrame({"minutes": network.minutes}), twoway=False,
        )  # fmt: skip

    peer, prepared = timed(prepare)
    part = origins[: ASKED // 10]
    pairs = np.repeat(part, len(destinations)), np.tile(destinations, len(part))
    times, took = timed(lambda: np.array(peer.shortest_path_lengths(*pairs)))
    minutes = times.reshape(len(part), -1)
    # Pandana says 4,294,967.295 where there is no way.
    return np.where(minutes > 4e6, np.inf, minutes), took * 10, prepared


def scipy(network: RoadNetwork, origins: Any, destinations: Any) -> Any:
    """Plain searches of scipy, ten of the origins."""
    graph = matrix(network)
    times, took = timed(lambda: dijkstra(graph, indices=origins[:10]))
    return times[:, destinations], took * len(origins) / 10, 0.0


def trees(name: str, network: RoadNetwork, origins: Any, triad: float) -> None:
    """Times to all nodes, one origin after the other and many at once."""
    graph = matrix(network)
    network.tree(origins[:TREES])
    _, theirs = timed(lambda: dijkstra(graph, indices=origins[:5]))
    ours = median(lambda: network.tree(origins[:TREES])) / TREES
    alone = median(lambda: network.tree(origins[:1]))
    selection = network._router._kept[1]
    arcs = len(selection.down.cost)
    moved = network.nodes * (2 + 1) * 4 + arcs * 8 / 64
    rate = moved / ours / 1e9
    print(
        f"{name}, trees to all nodes: ours {ours * 1e3:.2f} ms each of {TREES}, {alone * 1e3:.1f} ms"
        f" alone; scipy {theirs / 5 * 1e3:.0f} ms, {theirs / 5 / ours:.0f} times (bound 80); {rate:.1f} GB/s"
        f" of what must be moved, {rate / triad:.0%} of the triad"
    )


def changes(name: str, network: RoadNetwork, origins: Any, destinations: Any) -> None:
    """All weights, ten weights, one new road: each against doing all anew."""
    roads = network._router.roads
    anew = Roads(roads.tail, roads.head, roads.nodes, roads.lonlat)
    _, built = timed(lambda: Router(anew, network.minutes)._costs)
    everything = median(lambda: network.with_speeds(factor=1.3)._router._costs)
    network.travel_times(origins[:1], destinations[:1])
    rng = np.random.default_rng(8)
    arcs = rng.choice(len(network.tail), 10, replace=False)
    few = network.with_speeds(network.minutes[arcs] * 2, arcs=arcs)
    _ = few._router._changes
    ten = median(
        lambda: network.with_speeds(network.minutes[arcs] * 2, arcs=arcs)._router._changes
    )
    before, recomputed = timed(lambda: network.travel_times(origins, destinations))
    ends = rng.integers(0, network.nodes, 4)
    new = network.with_roads(ends, np.roll(ends, 1), np.full(4, 1.0))
    new.mended(before, origins, destinations)
    mended = median(lambda: new.mended(before, origins, destinations))
    print(
        f"{name}, what-if: order, topology and weights {built:.2f} s; all weights {everything:.2f} s,"
        f" 1/{built / everything:.0f} of it (bound 1/20); 10 weights {ten * 1e3:.2f} ms,"
        f" 1/{everything / ten:.0f} of all (bound 1/500); a new road of 4 nodes {mended * 1e3:.1f} ms,"
        f" 1/{recomputed / mended:.0f} of the matrix (bound 1/20)"
    )


def zones(network: RoadNetwork) -> None:
    """All zones of Sydney to all."""
    every = np.arange(3_264)
    _, took = timed(lambda: network.travel_times(every, every))
    print(f"Sydney, 3,264 x 3,264 zones: {took:.2f} s")


def growth() -> None:
    """How time and memory grow with the number of zones."""
    tail, head, minutes, nodes, lonlat = generated(300)
    network = RoadNetwork.from_edges(tail, head, minutes, nodes, lonlat)
    rng = np.random.default_rng(9)
    for size in (1_000, 4_000, 16_000):
        some = rng.choice(nodes, size, replace=False)
        _, took = timed(lambda some=some: network.travel_times(some, some))
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e6
        print(f"{size:,} zones of {nodes:,} nodes: {took:.2f} s, {peak:.2f} GB at most so far")


def generated(side: int) -> tuple[Any, Any, Any, int, Any]:
    """A grid of streets, an arterial every 8 and a trunk road every 80 lines; some stretches are missing."""
    rng = np.random.default_rng(1)
    at = np.arange(side * side).reshape(side, side)
    row, column = np.indices((side, side))

    def stretches(one: Any, two: Any, line: Any) -> tuple[Any, Any, Any]:
        kind = np.where(line % 80 == 0, 2, np.where(line % 8 == 0, 1, 0))
        kept = rng.random(one.shape) > np.array([0.22, 0.04, 0.0])[kind]
        speed = np.array([25.0, 45.0, 80.0])[kind] * rng.uniform(0.8, 1.2, one.shape)
        minutes = 0.25 * rng.uniform(0.9, 1.3, one.shape) / speed * 60
        return one[kept], two[kept], minutes[kept]

    across = stretches(at[:, :-1], at[:, 1:], row[:, :-1])
    along = stretches(at[:-1], at[1:], column[:-1])
    one, two, minutes = (np.concatenate(pair) for pair in zip(across, along, strict=True))
    tail, head = np.concatenate([one, two]), np.concatenate([two, one])
    minutes = np.concatenate([minutes, minutes])
    graph = csr_matrix((np.ones(len(tail)), (tail, head)), shape=(side * side,) * 2)
    part = connected_components(graph, directed=False)[1]
    inside = part == np.bincount(part).argmax()
    number = np.cumsum(inside) - 1
    use = inside[tail]
    # No two nodes lie alike, as in a real network: on exact lines the peer's order would be a poor one.
    lonlat = np.stack([column.ravel(), row.ravel()], axis=1)[inside] * 0.0025
    lonlat += rng.uniform(0, 0.001, lonlat.shape)
    return number[tail[use]], number[head[use]], minutes[use], int(inside.sum()), lonlat


def sydney() -> tuple[Any, Any, Any, int, Any]:
    """Links of Sydney with their free-flow minutes, nodes numbered from 0."""
    lines = SYDNEY.read_text(encoding="utf-8").splitlines()
    body = [
        line.split() for line in lines if line[:1] in {" ", "\t"} and line.strip()[:1].isdigit()
    ]
    tail = np.array([int(cells[0]) for cells in body]) - 1
    head = np.array([int(cells[1]) for cells in body]) - 1
    minutes = np.array([float(cells[4]) for cells in body])
    spots = [line.split() for line in PLACES.read_text(encoding="utf-8").splitlines()]
    spots = [cells for cells in spots if cells and cells[0].isdigit()]
    nodes = max(int(tail.max()), int(head.max())) + 1
    lonlat = np.zeros((nodes, 2))
    for cells in spots:
        lonlat[int(cells[0]) - 1] = float(cells[1]), float(cells[2])
    return tail, head, minutes, nodes, lonlat


def matrix(network: RoadNetwork) -> csr_matrix:
    """The network as scipy takes it; of parallel arcs the quickest."""
    order = np.lexsort((network.minutes, network.head, network.tail))
    key = network.tail[order].astype(np.int64) * network.nodes + network.head[order]
    kept = order[np.concatenate([[True], np.diff(key) > 0])]
    values = np.maximum(network.minutes[kept], 1e-9)
    return csr_matrix(
        (values, (network.tail[kept], network.head[kept])), shape=(network.nodes,) * 2
    )


@njit(parallel=True)
def _triad(a: Any, b: Any, c: Any) -> None:
    for i in prange(len(a)):
        a[i] = b[i] + 3.0 * c[i]


def bandwidth() -> float:
    """Bytes moved in a second by the triad of STREAM, in GB."""
    a, b, c = (np.ones(20_000_000) for _ in range(3))
    _triad(a, b, c)
    return 3 * 8 * len(a) / median(lambda: _triad(a, b, c)) / 1e9


def median(work: Callable[[], Any], again: RoadNetwork | None = None) -> float:
    """Median seconds of some runs; what a network keeps of its last query is dropped before each."""
    took = []
    for _ in range(RUNS):
        if again is not None:
            again._router._kept = None
        took.append(timed(work)[1])
    return statistics.median(took)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What work gives, and its seconds."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
