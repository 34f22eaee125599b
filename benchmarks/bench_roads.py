"""Travel times over roads: matrices, trees, what-if.

Bounds: 1,000 x 1,000 25 times as fast as pyroutingkit, 40 times as pandana, 150 times as scipy; a tree to all
nodes 80 times as fast as scipy; all weights in 1/20 of order and topology, ten in 1/500 of all, a new road on
a kept matrix in 1/20 of the matrix; at most half of pandana's memory.

Networks: a generated one of 359,000 nodes (streets, arterials and trunk roads on a grid, some missing) and,
where the shared data are at hand, that of Sydney. Every time is compared with that of the peer: they must be
equal to within 0.002 minutes. Preparation is told apart. Peers that are not installed are said to be missing.
Others may use the machine: of repeated runs the quickest counts, on both sides.
"""

import importlib
import importlib.util
import os
import resource
import subprocess
import sys
import tempfile
import time
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numba import njit, prange
from scipy.sparse import csr_matrix
from scipy.sparse.csgraph import connected_components, dijkstra

from hutuo.space import RoadNetwork
from hutuo.space.routers import Roads

SYDNEY = Path(__file__).resolve().parents[2] / "shared/data/mobility/sydney_net.tntp"
PLACES = SYDNEY.with_name("sydney_node.tntp")
ASKED = 1_000
RUNS = 5
TREES = 128
DRAWS = 6
TOLERANCE = 0.002
UNITS = 60_000
# Pandana cuts off what is less than a thousandth.
SCALE = 4_000


def main() -> None:
    """Print ours and the peers', and their ratios."""
    if sys.argv[1:2] == ["--peak"]:
        print(PEAKS[sys.argv[2]](Path(sys.argv[3])))
        return
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
        with nothing_kept():
            _, took = timed(lambda network=network: network._router.roads.prepared)
        print(f"{name}: {nodes:,} nodes, {len(tail):,} arcs; order and hierarchy {took:.1f} s")
        matrices(name, network, origins, destinations)
        trees(name, network, origins, triad)
        weights(name, network)
        roads(name, network, origins, destinations)
    memory(given["generated"])
    if "Sydney" in given:
        zones(RoadNetwork.from_edges(*given["Sydney"]))
    growth()


def matrices(name: str, network: RoadNetwork, origins: Any, destinations: Any) -> None:
    """Thousand by thousand against each peer."""
    network.travel_times(origins, destinations)
    ours = quickest(lambda: network.travel_times(origins, destinations), again=network)
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
    module = importlib.import_module("pyroutingkit")
    lon, lat = (np.ascontiguousarray(axis, np.float32) for axis in network.lonlat.T)
    topology = module.CCHTopology()

    def prepare() -> None:
        ends = network.tail.astype(np.uint32), network.head.astype(np.uint32)
        topology.build(*ends, lat, lon, network.nodes)

    _, prepared = timed(prepare)
    weights = np.rint(network.minutes * UNITS).astype(np.uint32)
    peer = module.CCHMetric(topology)
    # With threads of its own it can be slower than without where the machine is busy.
    customized, threads = min(
        (quickest(lambda threads=threads: peer.customize(weights, threads), 2), threads)
        for threads in (0, os.cpu_count() or 1)
    )
    few = []
    for arcs in draws(network):
        anew = 2 * weights[arcs]
        few.append(timed(lambda anew=anew, arcs=arcs: peer.update_weights(arcs, anew))[1])
        peer.update_weights(arcs, weights[arcs])
    print(
        f"  routingkit: order {prepared:.1f} s, all weights {customized:.2f} s (threads: {threads}),"
        f" ten slower arcs {told(few)}"
    )
    ends = origins.astype(np.uint32), destinations.astype(np.uint32)
    times = peer.distances_many_to_many(*ends)
    took = quickest(lambda: peer.distances_many_to_many(*ends), 2)
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
            pd.DataFrame({"minutes": network.minutes * SCALE}), twoway=False,
        )  # fmt: skip

    peer, prepared = timed(prepare)
    part = origins[: ASKED // 10]
    pairs = np.repeat(part, len(destinations)), np.tile(destinations, len(part))
    with warnings.catch_warnings():
        # It names every pair without a way.
        warnings.simplefilter("ignore")
        times = np.array(peer.shortest_path_lengths(*pairs)).reshape(len(part), -1)
        took = quickest(lambda: peer.shortest_path_lengths(*pairs), 2)
    # Pandana says 4,294,967.295 where there is no way.
    return np.where(times > 4e6, np.inf, times / SCALE), took * 10, prepared


def scipy(network: RoadNetwork, origins: Any, destinations: Any) -> Any:
    """Plain searches of scipy, ten of the origins."""
    graph = matrix(network)
    times = dijkstra(graph, indices=origins[:10])
    took = quickest(lambda: dijkstra(graph, indices=origins[:10]), 3)
    return times[:, destinations], took * len(origins) / 10, 0.0


def trees(name: str, network: RoadNetwork, origins: Any, triad: float) -> None:
    """Times to all nodes, one origin after the other and many at once."""
    graph = matrix(network)
    network.tree(origins[:TREES])
    network.tree(origins[:1])
    theirs = quickest(lambda: dijkstra(graph, indices=origins[:5])) / 5
    ours = quickest(lambda: network.tree(origins[:TREES])) / TREES
    alone = quickest(lambda: network.tree(origins[:1]))
    selection = network._router._kept[1]
    # Of each tree its times are written, read and written as minutes; of each batch the pairs are read.
    moved = network.nodes * 3 * 4 + 8 * len(selection.down.cost) / 64
    rate = moved / ours / 1e9
    print(
        f"{name}, trees to all nodes: ours {ours * 1e3:.2f} ms each of {TREES}, {alone * 1e3:.1f} ms alone;"
        f" scipy {theirs * 1e3:.0f} ms, {theirs / ours:.0f} times and {theirs / alone:.0f} times (bound 80);"
        f" {rate:.1f} GB/s of what must be moved, {rate / triad:.0%} of the triad"
    )


def weights(name: str, network: RoadNetwork) -> None:
    """All weights anew and ten of them, against the order and against all."""
    roads = network._router.roads
    anew = Roads(roads.tail, roads.head, roads.nodes, roads.lonlat)
    with nothing_kept():
        _, built = timed(lambda: anew.prepared)
    _ = roads.triangles
    several = [network.with_speeds(factor=1.3 + i / 10)._router for i in range(RUNS)]
    everything = min(timed(lambda router=router: router._costs)[1] for router in several)
    print(
        f"{name}, weights: order and topology {built:.2f} s; all weights {everything:.2f} s,"
        f" 1/{built / everything:.0f} of it (bound 1/20)"
    )
    for factor, kind in ((2.0, "slower"), (0.5, "faster")):
        took = []
        for arcs in draws(network):
            minutes = factor * network.minutes[arcs]

            def change(minutes: Any = minutes, arcs: Any = arcs) -> None:
                if network.with_speeds(minutes, arcs=arcs)._router._changes is None:
                    raise RuntimeError("ten arcs were too many")

            took.append(quickest(change))
        print(
            f"{name}, ten {kind} arcs: {told(took)}; 1/{everything / float(np.median(took)):.0f} of all"
            " weights (bound 1/500)"
        )


def draws(network: RoadNetwork) -> list[Any]:
    """Ten arcs each time, anywhere."""
    rng = np.random.default_rng(8)
    return [rng.choice(len(network.tail), 10, replace=False) for _ in range(DRAWS)]


def told(took: list[float]) -> str:
    """Seconds as thousandths: the middle, the least and the most."""
    least, middle, most = (1e3 * float(np.quantile(took, share)) for share in (0, 0.5, 1))
    return f"{middle:.2f} ms ({least:.2f} to {most:.2f})"


def roads(name: str, network: RoadNetwork, origins: Any, destinations: Any) -> None:
    """One new road, and a ring of four, on a matrix that is kept."""
    before = network.travel_times(origins, destinations)
    matrix = quickest(lambda: network.travel_times(origins, destinations), again=network)
    rng = np.random.default_rng(8)
    for ends in (2, 4):
        nodes = rng.integers(0, network.nodes, ends)
        network._router._kept = None
        network.travel_times(origins, destinations)

        def lay(nodes: Any = nodes, ends: int = ends) -> Any:
            more = network.with_roads(nodes, np.roll(nodes, 1), np.full(ends, 1.0))
            return more.mended(before, origins, destinations)

        found = lay()
        took = quickest(lay)
        more = network.with_roads(nodes, np.roll(nodes, 1), np.full(ends, 1.0))
        whole = RoadNetwork.from_edges(more.tail, more.head, more.minutes, more.nodes, more.lonlat)
        right = whole.travel_times(origins, destinations)
        finite = np.isfinite(right)
        apart = np.abs(right[finite] - found[finite]).max()
        print(
            f"{name}, new roads between {ends} nodes on a kept matrix: {took * 1e3:.2f} ms,"
            f" 1/{matrix / took:.0f} of the matrix (bound 1/20); at most {apart:.6f} min from a new network"
        )


def memory(given: tuple[Any, Any, Any, int, Any]) -> None:
    """Peak memory of preparing and of a matrix above that of imports and arcs, each in its own process."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "network.npz"
        tail, head, minutes, _, lonlat = given
        np.savez(file, tail=tail, head=head, minutes=minutes, lonlat=lonlat)
        took = {}
        for name in PEAKS:
            if name == "pandana" and not importlib.util.find_spec("pandana"):
                print("memory: pandana is not installed")
                return
            ask = [sys.executable, __file__, "--peak", name, str(file)]
            env = {**os.environ, "HUTUO_CACHE": folder}
            done = subprocess.run(ask, env=env, check=True, capture_output=True, text=True)
            took[name] = float(done.stdout.split()[-1])
    print(
        f"generated, peak memory of order, weights and {ASKED} x {ASKED}: ours {took['ours']:.0f} MB, pandana"
        f" {took['pandana']:.0f} MB, {took['ours'] / took['pandana']:.2f} of it (bound 0.5)"
    )


def loaded(file: Path) -> tuple[list[Any], Any]:
    """The arcs, minutes and places of a network from a file, and what is asked."""
    with np.load(file) as kept:
        arrays = [kept[name] for name in ("tail", "head", "minutes", "lonlat")]
    return arrays, np.random.default_rng(5).integers(0, len(arrays[3]), (2, ASKED))


def peak() -> float:
    """The most memory so far, in MB."""
    # What the system tells of a process's resources begins with the memory of the one that started it.
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int(status.split("VmHWM:")[1].split()[0]) / 1024


def our_peak(file: Path) -> float:
    """Ours, from no kept order."""
    (tail, head, minutes, lonlat), asked = loaded(file)
    before = peak()
    RoadNetwork.from_edges(tail, head, minutes, len(lonlat), lonlat).travel_times(*asked)
    return peak() - before


def pandana_peak(file: Path) -> float:
    """Pandana's, all pairs."""
    import pandas as pd

    module = importlib.import_module("pandana")
    (tail, head, minutes, lonlat), (origins, destinations) = loaded(file)
    before = peak()
    network = module.Network(
        pd.Series(lonlat[:, 0]), pd.Series(lonlat[:, 1]), pd.Series(tail), pd.Series(head),
        pd.DataFrame({"minutes": minutes}), twoway=False,
    )  # fmt: skip
    pairs = np.repeat(origins, len(destinations)), np.tile(destinations, len(origins))
    np.array(network.shortest_path_lengths(*pairs))
    return peak() - before


PEAKS = {"ours": our_peak, "pandana": pandana_peak}


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
    return 3 * 8 * len(a) / quickest(lambda: _triad(a, b, c)) / 1e9


@contextmanager
def nothing_kept() -> Iterator[None]:
    """No order is read that was kept before."""
    before = os.environ.get("HUTUO_CACHE")
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HUTUO_CACHE"] = folder
        try:
            yield
        finally:
            os.environ.pop("HUTUO_CACHE")
            if before is not None:
                os.environ["HUTUO_CACHE"] = before


def quickest(work: Callable[[], Any], runs: int = RUNS, again: RoadNetwork | None = None) -> float:
    """Least seconds of some runs; what a network keeps of its last query is dropped before each."""
    took = []
    for _ in range(runs):
        if again is not None:
            again._router._kept = None
        took.append(timed(work)[1])
    return min(took)


def timed(work: Callable[[], Any]) -> tuple[Any, float]:
    """What work gives, and its seconds."""
    start = time.perf_counter()
    return work(), time.perf_counter() - start


if __name__ == "__main__":
    sys.exit(main())
