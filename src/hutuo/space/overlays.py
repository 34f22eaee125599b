"""Roads added to a network without touching its hierarchy: ways over the ends of the new arcs.

A quickest way either uses no new arc, or goes to the end of one, on over new arcs and old ways between such
ends, and from an end to its destination. Times between the ends are closed once; what remains is a sum of
three tables.

Source: Floyd (1962) for the closure; Bast, Funke, Sanders and Schultes (2007) on passing through few access
nodes.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

if TYPE_CHECKING:
    from hutuo.space.routers import Router

__all__ = ["ENDS", "Added", "added", "mended"]

# With more ends than that, a new hierarchy is the quicker way.
ENDS = 64


class Added(NamedTuple):
    """The ends of new arcs, ascending, (p,), and the minutes between them by old and new roads, (p, p)."""

    ends: NDArray[np.int32]
    between: NDArray[np.float32]


def added(
    router: "Router",
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    minutes: NDArray[np.float64],
) -> Added:
    """New arcs laid over a network.

    Args:
        router: Travel times of the network without them.
        tail: Nodes that they leave, (arcs,).
        head: Nodes that they enter, (arcs,).
        minutes: Their minutes, (arcs,).
    """
    ends = np.unique(np.concatenate([tail, head])).astype(np.int32)
    between = router.times(ends, ends).astype(np.float64)
    np.minimum.at(between, (np.searchsorted(ends, tail), np.searchsorted(ends, head)), minutes)
    for middle in range(len(ends)):
        np.minimum(between, between[:, middle, None] + between[None, middle], out=between)
    return Added(ends, between.astype(np.float32))


def mended(
    added: Added,
    to_ends: NDArray[np.float32],
    minutes: NDArray[np.float32],
    from_ends: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Travel times with the new arcs from those without.

    Args:
        added: The new arcs.
        to_ends: Minutes from each origin to each end, (n, p).
        minutes: Minutes from each origin to each destination without the new arcs, (n, m).
        from_ends: Minutes from each end to each destination, (p, m).
    """
    over = np.full_like(to_ends, np.inf)
    for end in range(len(added.ends)):
        np.minimum(over, to_ends[:, end, None] + added.between[None, end], out=over)
    return _least(minutes, over, from_ends)


@njit(cache=True, nogil=True)
def _least(minutes, over, from_ends):
    """The lesser of each time and the least over the ends."""
    found = minutes.copy()
    for i in range(found.shape[0]):
        row = found[i]
        for end in range(over.shape[1]):
            there = over[i, end]
            if there < np.inf:
                onward = from_ends[end]
                for j in range(len(row)):
                    row[j] = min(row[j], there + onward[j])
    return found
