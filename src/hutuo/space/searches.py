"""Searches over the arcs themselves: bounded, from several nodes at once, along one way.

They need no preparation, so they serve what is near (walks, circles), single ways, and what a hierarchy is
checked by.

Source: Dijkstra (1959), a note on two problems in connexion with graphs.
"""

from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space.groups import starts

__all__ = ["Arcs", "Reached", "Route", "Tree", "arcs_of", "reached", "tree_of", "way"]


class Arcs(NamedTuple):
    """Arcs by the node that they leave: where they begin, (nodes + 1,), the node they enter, the minutes."""

    first: NDArray[np.int64]
    other: NDArray[np.int32]
    minutes: NDArray[np.float64]


class Reached(NamedTuple):
    """What was reached from each origin, nearest first.

    ``first`` (origins + 1,) says where that of each origin begins among ``node`` and ``minutes``.
    """

    first: NDArray[np.int64]
    node: NDArray[np.int32]
    minutes: NDArray[np.float32]


class Route(NamedTuple):
    """A way: its nodes in order, both ends among them, and its minutes; none and ``inf`` if there is none."""

    nodes: NDArray[np.int32]
    minutes: float


class Tree(NamedTuple):
    """Quickest ways from some nodes: what is reached, nearest first, and the arc that leads to each node.

    ``order`` (reached,); ``came`` (nodes,), the position of an arc, -1 for none.
    """

    order: NDArray[np.int32]
    came: NDArray[np.int32]


def arcs_of(
    tail: NDArray[np.int32], head: NDArray[np.int32], minutes: NDArray[np.float64], nodes: int
) -> Arcs:
    """Arcs ordered by the node that they leave; closed ones (``inf``) are left out."""
    order = np.argsort(tail, kind="stable")
    order = order[np.isfinite(minutes[order])]
    return Arcs(starts(tail[order], nodes), head[order], minutes[order])


def reached(arcs: Arcs, origins: NDArray[np.int32], minutes: float) -> Reached:
    """The nodes within some minutes of each origin.

    Args:
        arcs: The network; arcs turned round give the nodes *from* which an origin is near.
        origins: Nodes, (k,).
        minutes: The limit, which is still within.
    """
    workers = max(1, min(cpu_count() or 1, len(origins) // 8))
    parts = np.array_split(np.asarray(origins, np.int32), workers)
    if workers == 1:
        found = [_reached(*arcs, parts[0], minutes)]
    else:
        with ThreadPoolExecutor(workers) as threads:
            found = list(threads.map(lambda part: _reached(*arcs, part, minutes), parts))
    first = np.zeros(len(origins) + 1, np.int64)
    np.cumsum(np.concatenate([counts for counts, _, _ in found]), out=first[1:])
    node, time = (np.concatenate([part[column] for part in found]) for column in (1, 2))
    return Reached(first, node, time)


def tree_of(arcs: Arcs, sources: NDArray[np.int32]) -> Tree:
    """The quickest ways from the nearest of some nodes to every node."""
    return Tree(*_tree(*arcs, np.asarray(sources, np.int32)))


def way(arcs: Arcs, origin: int, destination: int) -> Route:
    """The quickest way between two nodes."""
    nodes, minutes = _way(*arcs, origin, destination)
    return Route(nodes, float(minutes))


@njit(cache=True, nogil=True)
def _pushed(keys, items, size, key, item):
    """Puts an item into a heap; how many it holds then."""
    at = size
    while at > 0:
        above = (at - 1) >> 2
        if keys[above] <= key:
            break
        keys[at], items[at] = keys[above], items[above]
        at = above
    keys[at], items[at] = key, item
    return size + 1


@njit(cache=True, nogil=True)
def _popped(keys, items, size):
    """Takes the first item off a heap, four children a place; how many it holds then."""
    size -= 1
    key, item = keys[size], items[size]
    at = 0
    while True:
        child = 4 * at + 1
        if child >= size:
            break
        least = child
        for other in range(child + 1, min(child + 4, size)):
            if keys[other] < keys[least]:
                least = other
        if keys[least] >= key:
            break
        keys[at], items[at] = keys[least], items[least]
        at = least
    keys[at], items[at] = key, item
    return size


@njit(cache=True, nogil=True)
def _reached(first, other, minutes, origins, limit):
    """The nodes within a limit of each origin: how many, which, after how long."""
    nodes = len(first) - 1
    best = np.full(nodes, np.inf)
    keys, items = np.empty(len(other) + 1), np.empty(len(other) + 1, np.int32)
    counts = np.zeros(len(origins), np.int64)
    node_of, minutes_of = np.empty(1024, np.int32), np.empty(1024, np.float32)
    total = 0
    for i in range(len(origins)):
        begin = total
        best[origins[i]] = 0.0
        size = _pushed(keys, items, 0, 0.0, origins[i])
        while size > 0:
            time, node = keys[0], items[0]
            size = _popped(keys, items, size)
            if time > best[node]:
                continue
            if total == len(node_of):
                node_of = np.concatenate((node_of, np.empty(total, np.int32)))
                minutes_of = np.concatenate((minutes_of, np.empty(total, np.float32)))
            node_of[total], minutes_of[total] = node, time
            total += 1
            best[node] = -1.0  # Settled: nothing is before it, and no later entry of it counts.
            for arc in range(first[node], first[node + 1]):
                there = time + minutes[arc]
                if there <= limit and there < best[other[arc]]:
                    best[other[arc]] = there
                    size = _pushed(keys, items, size, there, other[arc])
        counts[i] = total - begin
        for at in range(begin, total):
            best[node_of[at]] = np.inf
    return counts, node_of[:total].copy(), minutes_of[:total].copy()


@njit(cache=True, nogil=True)
def _tree(first, other, minutes, sources):
    """Nodes in the order in which they are reached, and the arc that leads to each."""
    nodes = len(first) - 1
    best, came = np.full(nodes, np.inf), np.full(nodes, -1, np.int32)
    order, settled = np.empty(nodes, np.int32), 0
    keys = np.empty(len(other) + len(sources) + 1)
    items = np.empty(len(other) + len(sources) + 1, np.int32)
    size = 0
    for source in sources:
        best[source] = 0.0
        size = _pushed(keys, items, size, 0.0, source)
    while size > 0:
        time, node = keys[0], items[0]
        size = _popped(keys, items, size)
        if time > best[node]:
            continue
        order[settled] = node
        settled += 1
        for arc in range(first[node], first[node + 1]):
            there = time + minutes[arc]
            if there < best[other[arc]]:
                best[other[arc]], came[other[arc]] = there, arc
                size = _pushed(keys, items, size, there, other[arc])
    return order[:settled].copy(), came


@njit(cache=True, nogil=True)
def _way(first, other, minutes, origin, destination):
    """The nodes of the quickest way, and its minutes."""
    nodes = len(first) - 1
    best, came = np.full(nodes, np.inf), np.full(nodes, -1, np.int32)
    keys, items = np.empty(len(other) + 1), np.empty(len(other) + 1, np.int32)
    best[origin] = 0.0
    size = _pushed(keys, items, 0, 0.0, origin)
    while size > 0:
        time, node = keys[0], items[0]
        size = _popped(keys, items, size)
        if node == destination:
            break
        if time > best[node]:
            continue
        for arc in range(first[node], first[node + 1]):
            there = time + minutes[arc]
            if there < best[other[arc]]:
                best[other[arc]], came[other[arc]] = there, node
                size = _pushed(keys, items, size, there, other[arc])
    if not np.isfinite(best[destination]):
        return np.empty(0, np.int32), np.inf
    length, node = 1, destination
    while node != origin:
        node = came[node]
        length += 1
    path = np.empty(length, np.int32)
    node = destination
    for i in range(length - 1, -1, -1):
        path[i] = node
        node = came[node]
    return path, best[destination]
