"""Minutes as integers: as fine as the longest way of a network allows, so that sums are exact.

Tenths of a second would add up to minutes over a thousand arcs. A unit is chosen so that the longest way
still fits into 32 bits; where it would be too coarse for the number of arcs, 64 bits are taken.
"""

from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space.groups import starts
from hutuo.space.searches import Arcs, Tree, tree_of

__all__ = ["Bound", "Bounds", "Unit", "far", "fits", "unit_of", "units"]

# A way differs by no more than this from its exact minutes, whatever its arcs.
TOLERANCE = 0.001
# Units of a minute in 64 bits: microseconds.
FINE = 60_000_000.0
# How much longer ways may become by a few changes before a new unit is needed. The longest way is itself a
# sum of there and back, so that most networks have twice this room.
ROOM = 1.25


class Bound(NamedTuple):
    """No quickest way takes more minutes than that, nor many more arcs."""

    minutes: float
    arcs: int


class Unit(NamedTuple):
    """Units of a minute, and the type that holds a way."""

    per_minute: float
    kind: np.dtype[np.signedinteger]


def far(kind: np.dtype[np.signedinteger]) -> int:
    """The cost that stands for no way: two of them still add up within the type."""
    return int(np.iinfo(kind).max // 2)


class Bounds:
    """What the longest of all quickest ways can take at most, for the minutes of a network and for others.

    Within what hangs together both ways it is no longer than to and from any one node; between such parts an
    arc leads out of each at most once. With other minutes the ways to and from that node are followed as they
    were: they need not be the quickest any more, and no quickest way is longer. Finding them takes two plain
    searches, following them a fiftieth of that.

    Args:
        tail: Node that each arc leaves, (arcs,).
        head: Node that each arc enters, (arcs,).
        minutes: Minutes of each arc, (arcs,).
        nodes: Number of nodes.
    """

    def __init__(
        self,
        tail: NDArray[np.int32],
        head: NDArray[np.int32],
        minutes: NDArray[np.float64],
        nodes: int,
    ) -> None:
        from scipy.sparse import coo_matrix
        from scipy.sparse.csgraph import connected_components

        self._use = np.isfinite(minutes)
        arcs = np.flatnonzero(self._use).astype(np.int32)
        graph = coo_matrix((np.ones(len(arcs), np.int8), (tail[arcs], head[arcs])), (nodes, nodes))
        self._parts, self._part = connected_components(graph, connection="strong")
        one_of_each = np.zeros(self._parts, np.int32)
        one_of_each[self._part[::-1]] = np.arange(nodes - 1, -1, -1, dtype=np.int32)
        inside = self._part[tail[arcs]] == self._part[head[arcs]]
        self._out, self._leaves = arcs[~inside], self._part[tail[arcs[~inside]]]
        # One after the other: in two threads the second search's memory would stay with its thread.
        given = arcs[inside], minutes, nodes, one_of_each
        self._ways = _ways(tail, head, *given), _ways(head, tail, *given)

    def hold(self, minutes: NDArray[np.float64]) -> bool:
        """Whether the same arcs are closed as were."""
        return np.array_equal(np.isfinite(minutes), self._use)

    def of(self, minutes: NDArray[np.float64]) -> Bound:
        """The bound with some minutes, which close the same arcs."""
        most = np.zeros(self._parts)
        steps = np.ones(self._parts)
        for tree, before in self._ways:
            taken, arcs = _followed(*tree, before, minutes)
            most += _most(taken, self._part, self._parts)
            steps += _most(arcs, self._part, self._parts)
        most += _most(minutes[self._out], self._leaves, self._parts)
        return Bound(float(most.sum()), int(steps.sum())) if self._use.any() else Bound(0.0, 0)


def _ways(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    arcs: NDArray[np.int32],
    minutes: NDArray[np.float64],
    nodes: int,
    sources: NDArray[np.int32],
) -> tuple[Tree, NDArray[np.int32]]:
    """Quickest ways over some arcs, told by these arcs; and the node that each arc of a way leaves."""
    order = arcs[np.argsort(tail[arcs], kind="stable")]
    sorted_arcs = Arcs(starts(tail[order], nodes), head[order], minutes[order])
    tree = tree_of(sorted_arcs, sources)
    led = np.flatnonzero(tree.came >= 0)
    came, before = np.full(nodes, -1, np.int32), np.full(nodes, -1, np.int32)
    came[led] = order[tree.came[led]]
    before[led] = tail[came[led]]
    return Tree(tree.order, came), before


@njit(cache=True, nogil=True)
def _followed(order, came, before, minutes):
    """Minutes and arcs of the ways of a tree to every node."""
    taken, arcs = np.zeros(len(came)), np.zeros(len(came), np.int32)
    for node in order:
        if came[node] >= 0:
            taken[node] = taken[before[node]] + minutes[came[node]]
            arcs[node] = arcs[before[node]] + 1
    return taken, arcs


def _most(values: NDArray[np.generic], part: NDArray[np.int32], parts: int) -> NDArray[np.float64]:
    """The greatest value of each part, 0 where it has none."""
    most = np.zeros(parts)
    np.maximum.at(most, part, values.astype(np.float64))
    return most


def unit_of(bound: Bound) -> Unit:
    """The finest unit in which the longest way and some room fit into 32 bits, or 64 if it is too coarse."""
    room = far(np.dtype(np.int32)) - bound.arcs - 1
    fine = min(FINE, room / (ROOM * bound.minutes) if bound.minutes > 0 else FINE)
    if fine > 0 and bound.arcs / 2 / fine <= TOLERANCE:
        return Unit(fine, np.dtype(np.int32))
    return Unit(FINE, np.dtype(np.int64))


def fits(bound: Bound, unit: Unit) -> bool:
    """Whether the longest way is told from no way at all in a unit."""
    return bound.minutes * unit.per_minute + bound.arcs < far(unit.kind)


def units(minutes: NDArray[np.float64], unit: Unit) -> NDArray[np.signedinteger]:
    """Minutes in a unit; closed arcs (``inf``) become what stands for no way."""
    none = far(unit.kind)
    whole = np.rint(np.where(np.isfinite(minutes), minutes, 0.0) * unit.per_minute)
    return np.where(np.isfinite(minutes), np.minimum(whole, none), none).astype(unit.kind)
