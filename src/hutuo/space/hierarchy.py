"""A hierarchy over a road network that is built once and takes any weights.

Nodes are named by rank. ``Topology`` holds, for each node, the nodes of higher rank that its contraction
joins; it depends on which nodes are joined by arcs, and on nothing else. A ``Metric`` holds what it costs to
go up and down each of these pairs.

Source: Dibbelt, Strasser and Wagner (2016), customizable contraction hierarchies, J. Exp. Algorithmics 21.
"""

from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from queue import SimpleQueue
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space import lowering
from hutuo.space.groups import starts

__all__ = [
    "Metric",
    "Stages",
    "Topology",
    "Triangles",
    "customized",
    "pairs_of",
    "stages_of",
    "topology_of",
    "triangles_of",
    "without_detours",
]


# Branches of the elimination tree that one thread works through are at most a share of the whole.
BRANCHES = 64
LEAST = 512


class Topology(NamedTuple):
    """What a hierarchy knows of a network without its weights; pairs are grouped by their lower node.

    ``rank`` (nodes,) by node and ``order`` (nodes,) by rank; ``first`` (nodes + 1,) where the pairs of each
    rank begin; ``head`` (pairs,) the higher rank, ascending within a node; ``parent`` (nodes,) the lowest of
    them, -1 for none. Ranks are in postorder of the elimination tree: what lies under a node has the ranks
    right before its own.
    """

    rank: NDArray[np.int32]
    order: NDArray[np.int32]
    first: NDArray[np.int64]
    head: NDArray[np.int32]
    parent: NDArray[np.int32]


class Triangles(NamedTuple):
    """What finds the triangles below a pair.

    ``below`` (pairs,), the pairs by their higher rank, those of each from ``first`` (nodes + 1,) on and
    ascending; ``tail`` (pairs,), the lower ranks of them.
    """

    first: NDArray[np.int64]
    below: NDArray[np.int32]
    tail: NDArray[np.int32]


# Ranks of branches that can be worked on side by side, stage after stage.
Stages = list[list[NDArray[np.int32]]]


class Metric(NamedTuple):
    """What each pair costs from its lower node to the higher one, and back, in units of the network."""

    up: NDArray[np.signedinteger]
    down: NDArray[np.signedinteger]


def topology_of(
    first: NDArray[np.int64], other: NDArray[np.int32], order: NDArray[np.int32]
) -> Topology:
    """The hierarchy of a graph in an order.

    Args:
        first: Where the neighbours of each node begin, (nodes + 1,).
        other: The neighbours.
        order: Node by rank, (nodes,).
    """
    order = order[_postorder(_eliminated(first, other, order, _inverse(order)))]
    rank = _inverse(order)
    begin, head = _filled(first, other, order, rank)
    nodes = len(order)
    sizes = np.diff(begin)
    parent = np.full(nodes, -1, np.int32)
    parent[sizes > 0] = head[begin[:-1][sizes > 0]]
    return Topology(rank, order, begin, head, parent)


def triangles_of(topology: Topology) -> Triangles:
    """The pairs of a hierarchy by their higher node; only costs need them, and sweeps do not."""
    nodes = len(topology.order)
    tail = np.repeat(np.arange(nodes, dtype=np.int32), np.diff(topology.first))
    first = starts(topology.head, nodes)
    below = _below(topology.head, first)
    return Triangles(first, below, tail[below])


def pairs_of(
    topology: Topology, one: NDArray[np.int32], two: NDArray[np.int32]
) -> NDArray[np.int32]:
    """The pair between two ranks each, (k,); -1 from a rank to itself. They must be joined."""
    found: NDArray[np.int32] = _pairs(topology.first, topology.head, one, two)
    return found


def _inverse(order: NDArray[np.int32]) -> NDArray[np.int32]:
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order), dtype=np.int32)
    return rank


def customized(topology: Topology, triangles: Triangles, metric: Metric, stages: Stages) -> Metric:
    """The metric with each pair as cheap as the way over lower nodes; given is what the arcs alone cost.

    Args:
        topology: The hierarchy.
        triangles: Its pairs by their higher node.
        metric: What the arcs alone cost each pair.
        stages: What :func:`stages_of` gave.

    Returns:
        The same arrays, changed in place; exact for queries that go up first and then down.
    """
    rooms: SimpleQueue[NDArray[np.int32]] = SimpleQueue()
    for _ in range(_workers()):
        rooms.put(np.empty(len(topology.order), np.int32))

    def lower(ranks: NDArray[np.int32]) -> None:
        room = rooms.get()
        lowering.lowered(topology, triangles, metric, ranks, room)
        rooms.put(room)

    _worked(stages, lower)
    return metric


def without_detours(topology: Topology, metric: Metric, stages: Stages) -> Metric:
    """Perfect customization: each pair as cheap as any way.

    A sweep needs no pair that costs less here than in the customized metric: a way over a higher node is
    quicker.

    Args:
        topology: The hierarchy.
        metric: What :func:`customized` gave.
        stages: What :func:`stages_of` gave.
    """
    found = Metric(metric.up.copy(), metric.down.copy())

    def shorten(ranks: NDArray[np.int32]) -> None:
        lowering.perfected(topology, found, ranks[::-1])

    _worked(reversed(stages), shorten)
    return found


@njit(cache=True, nogil=True)
def _filled(first, other, order, rank):
    """The higher neighbours of each rank after all lower ones are contracted."""
    nodes = len(order)
    begin = np.zeros(nodes + 1, np.int64)
    head = np.empty(max(16, 4 * len(other)), np.int32)
    child = np.full(nodes, -1, np.int32)
    sibling = np.full(nodes, -1, np.int32)
    seen = np.full(nodes, -1, np.int32)
    size = 0
    for low in range(nodes):
        if size + nodes - low > len(head):
            wider = np.empty(2 * len(head) + nodes - low, np.int32)
            wider[:size] = head[:size]
            head = wider
        start = size
        node = order[low]
        for arc in range(first[node], first[node + 1]):
            high = rank[other[arc]]
            if high > low:
                seen[high] = low
                head[size] = high
                size += 1
        made = child[low]
        while made >= 0:
            for pair in range(begin[made] + 1, begin[made + 1]):
                if seen[head[pair]] != low:
                    seen[head[pair]] = low
                    head[size] = head[pair]
                    size += 1
            made = sibling[made]
        head[start:size].sort()
        begin[low + 1] = size
        if size > start:
            parent = head[start]
            sibling[low] = child[parent]
            child[parent] = low
    return begin, head[:size].copy()


@njit(cache=True, nogil=True)
def _below(head, below_first):
    """Pairs by their higher node, in their own order."""
    at = below_first[:-1].copy()
    below = np.empty(len(head), np.int32)
    for pair in range(len(head)):
        below[at[head[pair]]] = pair
        at[head[pair]] += 1
    return below


@njit(cache=True, nogil=True)
def _pairs(first, head, one, two):
    """The pair between each two ranks, found by halving."""
    found = np.full(len(one), -1, np.int32)
    for i in range(len(one)):
        low, high = min(one[i], two[i]), max(one[i], two[i])
        if low < high:
            own = head[first[low] : first[low + 1]]
            found[i] = first[low] + np.searchsorted(own, high)
    return found


@njit(cache=True, nogil=True)
def _eliminated(first, other, order, rank):
    """The parent of each rank in the elimination tree, by path compression (Liu 1990)."""
    nodes = len(order)
    parent = np.full(nodes, -1, np.int32)
    ancestor = np.full(nodes, -1, np.int32)
    for high in range(nodes):
        node = order[high]
        for arc in range(first[node], first[node + 1]):
            at = rank[other[arc]]
            while 0 <= at < high:
                above = ancestor[at]
                ancestor[at] = high
                if above < 0:
                    parent[at] = high
                at = above
    return parent


@njit(cache=True, nogil=True)
def _postorder(parent):
    """Ranks so that each stands right behind all that lies under it; siblings keep their order."""
    nodes = len(parent)
    size = np.ones(nodes, np.int32)
    for low in range(nodes):
        if parent[low] >= 0:
            size[parent[low]] += size[low]
    # Where the next child of each node, or the next root, begins.
    begin = np.zeros(nodes, np.int32)
    at = np.empty(nodes, np.int32)
    roots = 0
    placed = np.empty(nodes, np.int32)
    for low in range(nodes - 1, -1, -1):
        if parent[low] < 0:
            roots += size[low]
            begin[low] = nodes - roots
        else:
            above = parent[low]
            at[above] -= size[low]
            begin[low] = at[above]
        at[low] = begin[low] + size[low] - 1
        placed[begin[low] + size[low] - 1] = low
    return placed


def stages_of(topology: Topology) -> Stages:
    """The elimination tree in stages of branches that share no pair, leaves first."""
    parent = topology.parent
    nodes = len(parent)
    sizes = _sizes(parent)
    large = sizes > max(LEAST, nodes // BRANCHES)
    tops = np.flatnonzero(~large & ((parent < 0) | large[parent]))
    small = [np.arange(top - sizes[top] + 1, top + 1, dtype=np.int32) for top in tops.tolist()]
    # Large nodes hang in chains; a chain ends where another joins it, and waits for those under it.
    chains: dict[int, list[int]] = {}
    chain_of: dict[int, int] = {}
    under: dict[int, list[int]] = {}
    height: dict[int, int] = {}
    for node in np.flatnonzero(large).tolist():
        below = [chain_of[child] for child in under.get(node, ())]
        if len(below) == 1:
            name = below[0]
        else:
            name = node
            height[name] = 1 + max((height[chain] for chain in below), default=0)
        chains.setdefault(name, []).append(node)
        chain_of[node] = name
        under.setdefault(int(parent[node]), []).append(node)
    stages: Stages = [small]
    for level in range(1, 1 + max(height.values(), default=0)):
        here = [name for name in chains if height[name] == level]
        stages.append([np.array(chains[name], np.int32) for name in here])
    return stages


def _workers() -> int:
    """Threads that share the branches of a hierarchy."""
    return cpu_count() or 1


def _worked(
    stages: Iterable[list[NDArray[np.int32]]], work: Callable[[NDArray[np.int32]], None]
) -> None:
    """Does the branches of each stage side by side, stage after stage."""
    with ThreadPoolExecutor(_workers()) as threads:
        for stage in stages:
            list(threads.map(work, stage))


@njit(cache=True, nogil=True)
def _sizes(parent):
    """Nodes under each node, itself among them."""
    size = np.ones(len(parent), np.int32)
    for low in range(len(parent)):
        if parent[low] >= 0:
            size[parent[low]] += size[low]
    return size
