"""Roads added to a network without touching its hierarchy: ways over the ends of the new arcs.

A quickest way either uses no new arc, or goes to the end of one, on over new arcs and old ways between such
ends, and from an end to its destination. Times between the ends are closed once; what remains is a sum of
three tables.

Source: Floyd (1962) for the closure; Bast, Funke, Sanders and Schultes (2007) on passing through few access
nodes.
"""

from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space.edges import Edges

if TYPE_CHECKING:
    from hutuo.space.climbs import Climbs
    from hutuo.space.routers import Router

__all__ = ["ENDS", "Added", "added", "mended"]

# With more ends than that, a new hierarchy is the quicker way.
ENDS = 64
# Sums that a thread takes at least: fewer are done before it has begun.
SUMS = 4_000_000


class Added(NamedTuple):
    """New arcs laid over a network.

    ``laid``, the arcs; ``ends`` (p,), ascending; ``between`` (p, p), minutes between them by old and new
    roads; ``climbs``, what it costs by the old ones from and to each node above an end.
    """

    laid: Edges
    ends: NDArray[np.int32]
    between: NDArray[np.float32]
    climbs: "Climbs"


def added(router: "Router", laid: Edges) -> Added:
    """New arcs laid over a network.

    Args:
        router: Travel times of the network without them.
        laid: The arcs.
    """
    ends = np.unique(np.concatenate([laid.tail, laid.head])).astype(np.int32)
    climbs = router.climbs(ends)
    between = router.between(climbs)
    arcs = tuple(np.searchsorted(ends, nodes) for nodes in (laid.tail, laid.head))
    np.minimum.at(between, arcs, laid.minutes)
    for middle in range(len(ends)):
        np.minimum(between, between[:, middle, None] + between[None, middle], out=between)
    return Added(laid, ends, between.astype(np.float32), climbs)


def mended(
    between: NDArray[np.float32],
    to_ends: NDArray[np.float32],
    minutes: NDArray[np.float32],
    from_ends: NDArray[np.float32],
) -> NDArray[np.float32]:
    """Travel times with the new arcs from those without.

    Args:
        between: Minutes between the ends of the new arcs, (p, p).
        to_ends: Minutes from each end to each origin backwards, so from the origin to the end, (p, n).
        minutes: Minutes from each origin to each destination without the new arcs, (n, m).
        from_ends: Minutes from each end to each destination, (p, m).
    """
    found = np.empty(minutes.shape, np.float32)
    workers = max(1, min(cpu_count() or 1, minutes.size * len(between) // SUMS))
    cuts = np.linspace(0, len(minutes), workers + 1).astype(int).tolist()
    given = np.ascontiguousarray(minutes, np.float32)

    def work(begin: int, end: int) -> None:
        _least(between, to_ends, given, from_ends, found, begin, end)

    if workers == 1:
        work(0, len(minutes))
    else:
        with ThreadPoolExecutor(workers) as threads:
            list(threads.map(work, cuts[:-1], cuts[1:]))
    return found


@njit(cache=True, nogil=True)
def _least(between, to_ends, minutes, from_ends, found, first, last):
    """The lesser of each time and the least over the ends."""
    ends = len(between)
    for i in range(first, last):
        row = found[i]
        row[:] = minutes[i]
        for other in range(ends):
            there = np.float32(np.inf)
            for end in range(ends):
                there = min(there, to_ends[end, i] + between[end, other])
            if there < np.inf:
                onward = from_ends[other]
                for j in range(len(row)):
                    over = there + onward[j]
                    row[j] = over if over < row[j] else row[j]
