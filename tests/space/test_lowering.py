"""Triangles lowered many at once give what a loop over every triangle gives."""

import numpy as np
import pytest
from numpy.typing import NDArray

from hutuo.space import hierarchy, order

FAR = {np.int32: 2**30 - 1, np.int64: 2**62 - 1}


def graph(nodes: int, share: float, seed: int) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """A ring with chords, both ways: the more of them, the longer the runs of the hierarchy."""
    rng = np.random.default_rng(seed)
    one, two = np.nonzero(np.triu(rng.random((nodes, nodes)) < share, 2))
    ring = np.arange(nodes)
    tail = np.concatenate([one, ring]).astype(np.int32)
    head = np.concatenate([two, (ring + 1) % nodes]).astype(np.int32)
    return np.concatenate([tail, head]), np.concatenate([head, tail])


def plainly(topology: hierarchy.Topology, cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """Costs between ranks after every node in turn joined the higher ones that it is joined to."""
    cost = cost.copy()
    for low in range(len(topology.order)):
        above = topology.head[topology.first[low] : topology.first[low + 1]]
        over = cost[above, low][:, None] + cost[low, above]
        cost[np.ix_(above, above)] = np.minimum(cost[np.ix_(above, above)], over)
    return cost


def shortest(cost: NDArray[np.float64]) -> NDArray[np.float64]:
    """All quickest ways, by Floyd and Warshall."""
    cost = cost.copy()
    for middle in range(len(cost)):
        cost = np.minimum(cost, cost[:, middle, None] + cost[middle])
    return cost


@pytest.mark.parametrize("kind", [np.int32, np.int64])
@pytest.mark.parametrize("share", [0.0, 0.02, 0.1, 0.6])
def test_pairs_cost_what_every_triangle_gives(share: float, kind: type) -> None:
    nodes = 90
    tail, head = graph(nodes, share, seed=3)
    first, other = order.neighbours(tail, head, nodes)
    by = np.random.default_rng(4).permutation(nodes).astype(np.int32)
    topology = hierarchy.topology_of(first, other, by)
    minutes = np.random.default_rng(5).integers(1, 100, len(tail))
    closed = np.arange(len(tail)) % 17 == 0
    whole = np.full((nodes, nodes), np.inf)
    ends = topology.rank[tail], topology.rank[head]
    np.minimum.at(whole, ends, np.where(closed, np.inf, minutes))
    low = np.repeat(np.arange(nodes), np.diff(topology.first))

    def pairs(cost: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        return cost[low, topology.head], cost[topology.head, low]

    def whole_numbers(cost: NDArray[np.float64]) -> NDArray[np.signedinteger]:
        found = np.full(len(cost), FAR[kind], kind)
        found[np.isfinite(cost)] = cost[np.isfinite(cost)]
        return found

    given = hierarchy.Metric(*(whole_numbers(cost) for cost in pairs(whole)))
    stages = hierarchy.stages_of(topology)
    found = hierarchy.customized(topology, hierarchy.triangles_of(topology), given, stages)
    best = hierarchy.without_detours(topology, found, stages)
    for metric, right in ((found, plainly(topology, whole)), (best, shortest(whole))):
        for cost, expected in zip(metric, pairs(right), strict=True):
            near = np.isfinite(expected)
            assert near.any()
            assert (cost[near] == expected[near]).all()
            assert (cost[~near] >= FAR[kind]).all()


def test_dense_parts_have_runs_of_every_length() -> None:
    tail, head = graph(90, 0.1, seed=3)
    first, other = order.neighbours(tail, head, 90)
    topology = hierarchy.topology_of(
        first, other, np.random.default_rng(4).permutation(90).astype(np.int32)
    )
    assert np.diff(topology.first).max() > 40
    assert set(range(1, 20)) <= set(np.diff(topology.first).tolist())
