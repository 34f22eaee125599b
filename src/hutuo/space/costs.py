"""Minutes as integers: as fine as the longest way of a network allows, so that sums are exact.

Tenths of a second would add up to minutes over a thousand arcs. A unit is chosen so that the longest way
still fits into 32 bits; where it would be too coarse for the number of arcs, 64 bits are taken.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hutuo.space.searches import arcs_of, nearest_of

__all__ = ["Bound", "Unit", "bound_of", "far", "fits", "unit_of", "units"]

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


def bound_of(
    tail: NDArray[np.int32], head: NDArray[np.int32], minutes: NDArray[np.float64], nodes: int
) -> Bound:
    """What the longest of all quickest ways can take at most.

    Within what hangs together both ways it is no longer than to and from any one node; between such parts an
    arc leads out of each at most once.
    """
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    use = np.isfinite(minutes)
    tail, head, minutes = tail[use], head[use], minutes[use]
    if not len(tail):
        return Bound(0.0, 0)
    graph = coo_matrix((np.ones(len(tail), np.int8), (tail, head)), shape=(nodes, nodes))
    parts, part = connected_components(graph, connection="strong")
    one_of_each = np.zeros(parts, np.int32)
    one_of_each[part[::-1]] = np.arange(nodes - 1, -1, -1, dtype=np.int32)
    inside = part[tail] == part[head]
    leaves = tail[~inside]
    tail, head, within = tail[inside], head[inside], minutes[inside]
    # One after the other: in two threads the second search's memory would stay with its thread.
    there = nearest_of(arcs_of(tail, head, within, nodes), one_of_each)
    back = nearest_of(arcs_of(head, tail, within, nodes), one_of_each)
    longest = _most(there[0], part, parts) + _most(back[0], part, parts)
    out = _most(minutes[~inside], part[leaves], parts)
    steps = _most(there[1], part, parts) + _most(back[1], part, parts) + 1
    return Bound(float((longest + out).sum()), int(steps.sum()))


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
