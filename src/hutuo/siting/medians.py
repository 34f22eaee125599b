"""The p-median: sites from which clients are served at least total cost.

A bound by Lagrange multipliers, plans by swaps, sites fixed by their reduced costs, and branching where that
leaves a gap: part of the map has an open site, or all its sites are closed. The bound of what is left open
is that of the answer.

Source: P. Avella, A. Sassano and I. Vasil'ev, Computational study of large-scale p-median problems,
Mathematical Programming 109 (2007) 89-114, for the way; the kernels of :mod:`hutuo.siting.multipliers` and
:mod:`hutuo.siting.sweeps` name theirs.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.siting.branches import Search
from hutuo.siting.covers import fewest
from hutuo.siting.solutions import (
    Solution,
    deadline,
    gap_of,
    read_cost,
    read_fixed,
    read_start,
    read_weights,
)

__all__ = ["p_median"]

Array = npt.NDArray[np.float64]


def p_median(  # noqa: PLR0913 - what the model has
    cost: Any,
    weights: npt.ArrayLike | None = None,
    p: int = 1,
    *,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    time_limit: float | None = None,
    gap: float = 0.0,
    seed: int = 0,
    start: Sequence[int] | None = None,
) -> Solution:
    """The p sites from which all clients are served at least total cost, each from its nearest.

    Args:
        cost: Of serving a client from a site, (clients, sites), >= 0; inf or, in a sparse matrix, nothing
            stored where there is no way.
        weights: Of clients, (clients,), >= 0; 1 if none are given.
        p: Number of sites.
        fixed: Sites that must be among them, as those that are there.
        forbidden: Sites that must not be among them.
        time_limit: Seconds after which the best plan is given with its bound; None for as long as it takes.
        gap: Part of the value by which the bound may stay away from it.
        seed: Of the first plans; the same seed gives the same sites.
        start: Sites of a plan to begin with, at most p, as of an earlier answer; the answer is never worse.

    Returns:
        The plan. Its status is ``infeasible`` if p sites cannot reach all clients; ``unserved`` then tells
        which the best plan leaves out, and its objective and bound are infinite.

    Raises:
        BadInput: A cost or weight is negative or missing, p or a fixed site is out of range, or a client can
            be reached from no site; all of them are named.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun, end = deadline(time_limit)
    given = read_cost(cost)
    heavy = read_weights(weights, len(given), "weights")
    kept, shut = read_fixed(fixed, given.shape[1], p, forbidden)
    first = read_start(start, given.shape[1], p, (kept, shut))
    search = Search(_weighted(given, heavy), p, kept, shut, end)
    if first is not None:
        search.begin(np.array(first, np.int32))
    search.start(np.random.default_rng(seed))
    if search.leaves_out and not _repaired(search, given, (kept, shut), end):
        return _left_out(search, given, begun)
    search.run(gap)
    return _found(search, given, heavy, begun)


def _weighted(cost: Array, weights: Array) -> Array:
    weighted = np.full(cost.shape, np.inf)
    np.multiply(cost, weights[:, None], out=weighted, where=np.isfinite(cost))
    return weighted


def _repaired(search: Search, cost: Array, given: tuple[list[int], list[int]], end: float) -> bool:
    """Begin with the fewest sites that reach all, where swaps found no such plan; False if there is none."""
    left = None if np.isinf(end) else end - time.monotonic()
    ended = fewest(np.isfinite(cost), given[0], given[1], search.p, left)
    if ended.x is None or ended.value > search.p + 0.5:
        search.stopped = ended.status == "time_limit"
        return False
    search.begin(np.flatnonzero(ended.x > 0.5).astype(np.int32))  # noqa: PLR2004 - of a whole number
    return True


def _served(search: Search, cost: Array) -> tuple[list[int], npt.NDArray[np.int64], Array]:
    """Sites in order, the nearest for each client, and what that costs."""
    sites = sorted(int(site) for site in search.best)
    nearest = np.array(sites)[np.argmin(cost[:, sites], axis=1)].astype(np.int64)
    return sites, nearest, cost[np.arange(len(cost)), nearest]


def _left_out(search: Search, cost: Array, begun: float) -> Solution:
    sites, nearest, reach = _served(search, cost)
    unserved = np.flatnonzero(np.isinf(reach))
    nearest[unserved] = -1
    status = "time_limit" if search.stopped else "infeasible"
    low = float(search.cheapest) if search.stopped else np.inf
    seconds = time.monotonic() - begun
    return Solution(sites, nearest, np.inf, low, np.inf, status, seconds, unserved.tolist())


def _found(search: Search, cost: Array, weights: Array, begun: float) -> Solution:
    sites, nearest, reach = _served(search, cost)
    value = float(weights @ reach)
    bound = value if search.proven else min(search.raised(search.bound), value)
    gap, seconds = gap_of(value, bound), time.monotonic() - begun
    status = "optimal" if gap == 0 else "time_limit" if search.stopped else "gap"
    return Solution(sites, nearest, value, bound, gap, status, seconds, [])
