"""Ways up a hierarchy from a few nodes, one after the other, and where two of them meet.

From one node only those above it can be reached going up, a path of the elimination tree: of 359,000 nodes
about a thousand. So what a few ends of new roads need is found without a sweep over the network.

Source: Dibbelt, Strasser and Wagner (2016), customizable contraction hierarchies (elimination tree query).
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space.hierarchy import Metric, Topology
from hutuo.space.lowering import over

__all__ = ["Climb", "Climbs", "climbed", "met"]


class Climb(NamedTuple):
    """What it costs to go from some ranks to each rank above them, or from there down to them.

    ``first`` (k + 1,) says where those above each begin among ``rank``, ascending, and ``cost``.
    """

    first: NDArray[np.int64]
    rank: NDArray[np.int32]
    cost: NDArray[np.signedinteger]


class Climbs(NamedTuple):
    """What it costs to go up from some nodes, and to come down to them from above."""

    up: Climb
    down: Climb


def climbed(topology: Topology, metric: Metric, ranks: NDArray[np.int32]) -> Climbs:
    """What it costs to go up from some ranks, and to come down to them.

    Args:
        topology: The hierarchy.
        metric: Its customized costs.
        ranks: Where to start, (k,).
    """
    t = topology
    first, rank, up, down = _climbed(t.first, t.head, t.parent, *metric, ranks.astype(np.int32))
    return Climbs(Climb(first, rank, up), Climb(first, rank, down))


def met(up: Climb, down: Climb, nodes: int) -> NDArray[np.signedinteger]:
    """The least cost from each start of one climb to each of another, over a node that is above both.

    Args:
        up: Climbs by the costs up, from k ranks.
        down: Climbs by the costs down, from l ranks.
        nodes: Number of nodes.

    Returns:
        Cost, (k, l); at least half of what the type holds where there is no way.
    """
    found: NDArray[np.signedinteger] = _met(*up, *down, nodes)
    return found


@njit(cache=True, nogil=True)
def _climbed(first, head, parent, up, down, ranks):
    """The ranks above each, and what they cost up and down."""
    limit = np.iinfo(up.dtype).max // 2
    begin = np.zeros(len(ranks) + 1, np.int64)
    for i in range(len(ranks)):
        begin[i + 1] = begin[i]
        at = ranks[i]
        while at >= 0:
            begin[i + 1] += 1
            at = parent[at]
    rank = np.empty(begin[-1], np.int32)
    rises, falls = np.empty(begin[-1], up.dtype), np.empty(begin[-1], up.dtype)
    # Only what is above a start is touched.
    best_up, best_down = np.empty(len(parent), up.dtype), np.empty(len(parent), up.dtype)
    for i in range(len(ranks)):
        at = ranks[i]
        for k in range(begin[i], begin[i + 1]):
            rank[k], best_up[at], best_down[at] = at, limit, limit
            at = parent[at]
        best_up[ranks[i]] = best_down[ranks[i]] = 0
        for k in range(begin[i], begin[i + 1]):
            at = rank[k]
            rises[k], falls[k] = best_up[at], best_down[at]
            pair, end = first[at], first[at + 1]
            while pair < end:
                size = _consecutive(head, pair, end)
                over(best_up, np.int64(head[pair]), up, (pair,), (rises[k],), size)
                over(best_down, np.int64(head[pair]), down, (pair,), (falls[k],), size)
                pair += size
    return begin, rank, rises, falls


@njit(cache=True, nogil=True, inline="always")
def _consecutive(head, begin, end):
    """How many pairs from one on lead to ranks that follow each other; they ascend."""
    room, high = end - begin, head[begin] - begin
    size = 1
    step = 1
    while size + step <= room and head[begin + size + step - 1] == high + begin + size + step - 1:
        size += step
        step *= 2
    while step:
        if size + step <= room and head[begin + size + step - 1] == high + begin + size + step - 1:
            size += step
        step //= 2
    return size


@njit(cache=True, nogil=True)
def _met(up_first, up_rank, up_cost, down_first, down_rank, down_cost, nodes):
    """The least sum over the ranks that two climbs share."""
    limit = np.iinfo(up_cost.dtype).max // 2
    best = np.full(nodes, limit, up_cost.dtype)
    found = np.full((len(up_first) - 1, len(down_first) - 1), limit, up_cost.dtype)
    for i in range(found.shape[0]):
        for k in range(up_first[i], up_first[i + 1]):
            best[up_rank[k]] = up_cost[k]
        for j in range(found.shape[1]):
            for k in range(down_first[j], down_first[j + 1]):
                found[i, j] = min(found[i, j], best[down_rank[k]] + down_cost[k])
        for k in range(up_first[i], up_first[i + 1]):
            best[up_rank[k]] = limit
    return found
