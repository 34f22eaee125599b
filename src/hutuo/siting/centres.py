"""The p-centre: the sites from which the farthest client is least far, by covers between two limits.

Source: M. S. Daskin, Network and Discrete Location (1995), for the centre by covers.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.glossary import Text
from hutuo.progress import report
from hutuo.siting import reductions
from hutuo.siting.covers import OPEN, chosen_of, fewest, filled, nearest_of
from hutuo.siting.solutions import Solution, deadline, gap_of, read_cost, read_fixed, read_start

__all__ = ["p_center"]

Array = npt.NDArray[np.float64]


def p_center(
    cost: Any,
    p: int,
    *,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    time_limit: float | None = None,
    start: Sequence[int] | None = None,
) -> Solution:
    """The p sites from which the farthest client is least far.

    Args:
        cost: Of getting from a client to a site, (clients, sites), >= 0; inf where there is no way.
        p: Number of sites.
        fixed: Sites that must be open.
        forbidden: Sites that must not be open.
        time_limit: Seconds after which the best plan is given with its bound.
        start: Sites of a plan to begin with, at most p, as of an earlier answer; the answer is never worse.

    Returns:
        The plan; its objective is the cost of the farthest client. ``infeasible`` if p sites cannot reach
        all.

    Raises:
        BadInput: A figure is out of range; all of them are named.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun, end = deadline(time_limit)
    given = read_cost(cost)
    kept, shut = read_fixed(fixed, given.shape[1], p, forbidden)
    allowed = given.copy()
    allowed[:, shut] = np.inf
    limits = np.unique(allowed[np.isfinite(allowed)])
    # Nobody can be nearer than its nearest site.
    low = int(np.searchsorted(limits, allowed.min(axis=1).max()))
    best, high = _greedy_centre(allowed, limits, low, p, kept)
    begins = read_start(start, given.shape[1], p, (kept, shut))
    if begins:
        reach = float(allowed[:, begins].min(axis=1).max())
        at = int(np.searchsorted(limits, reach)) if np.isfinite(reach) else high
        best, high = (begins, at) if at < high else (best, high)
    stopped = False
    while low < high and not stopped:
        middle = (low + high) // 2
        left = None if time_limit is None else end - time.monotonic()
        report(None, Text("求最小半径", f"radii left: {high - low}"))
        ended = fewest(allowed <= min(limits[middle], np.finfo(float).max), kept, shut, p, left)
        if ended.x is not None and ended.value <= p + OPEN:
            best, high = chosen_of(ended.x), middle
        elif ended.bound > p + 1e-6:
            low = middle + 1
        else:
            stopped = True
    open_to = [site for site in range(given.shape[1]) if site not in set(shut)]
    sites = filled(best if best is not None else kept, p, open_to)
    search = (low, limits, stopped, best is not None)
    return _centre(allowed, sites, search, begun)


def _greedy_centre(
    cost: Array, limits: Array, low: int, p: int, kept: list[int]
) -> tuple[list[int] | None, int]:
    """The least limit within which sites, chosen one by one, cover all, and these; none if no limit does."""
    best, high = None, len(limits)
    price = np.ones(cost.shape[1])
    while low < high:
        middle = (low + high) // 2
        reach = cost <= limits[middle]
        left = ~reach[:, kept].any(axis=1)
        x = reductions.greedy(reach[left], price)
        sites = sorted({*kept, *np.flatnonzero(x).tolist()})
        if reach[:, sites].any(axis=1).all() and len(sites) <= p:
            best, high = sites, middle
        else:
            low = middle + 1
    return best, high


def _centre(
    given: Array, sites: list[int], search: tuple[int, Array, bool, bool], begun: float
) -> Solution:
    low, limits, stopped, has = search
    status = "time_limit" if stopped else "optimal" if has else "infeasible"
    nearest, reach = nearest_of(given, sites)
    value = float(reach.max())
    bound = np.inf if status == "infeasible" else float(limits[min(low, len(limits) - 1)])
    bound = value if status == "optimal" else min(bound, value)
    left = np.flatnonzero(np.isinf(reach)).tolist()
    seconds = time.monotonic() - begun
    return Solution(sites, nearest, value, bound, gap_of(value, bound), status, seconds, left)
