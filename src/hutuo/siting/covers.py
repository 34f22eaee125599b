"""Sites within reach: the fewest that cover all, the most that so many cover, the least farthest.

A client is covered by a site whose cost is at most the limit: the limit itself counts, unless it is said
not to.

Source: C. Toregas, R. Swain, C. ReVelle and L. Bergman, The location of emergency service facilities,
Operations Research 19 (1971) 1363-1373; R. Church and C. ReVelle, The maximal covering location problem,
Papers of the Regional Science Association 32 (1974) 101-118; M. S. Daskin, Network and Discrete Location
(1995), for the centre by covers.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, hstack, vstack

from hutuo.errors import BadInput
from hutuo.glossary import Text
from hutuo.siting.programs import Ended, Program, solved
from hutuo.siting.solutions import (
    Solution,
    deadline,
    gap_of,
    read_cost,
    read_fixed,
    read_weights,
)

__all__ = ["max_cover", "p_center", "set_cover"]

Array = npt.NDArray[np.float64]
Covers = npt.NDArray[np.bool_]


def set_cover(
    cost: Any,
    limit: float,
    *,
    opening: npt.ArrayLike | None = None,
    fixed: Sequence[int] = (),
    inclusive: bool = True,
    time_limit: float | None = None,
) -> Solution:
    """The fewest (or cheapest) sites that cover every client within a limit.

    Args:
        cost: Of getting from a client to a site, (clients, sites), >= 0; inf where there is no way.
        limit: Most that a client may be away.
        opening: What each site costs, (sites,); 1 if none is given.
        fixed: Sites that must be open.
        inclusive: Whether a cost of just the limit is within it.
        time_limit: Seconds after which the best plan is given with its bound.

    Returns:
        The plan; its objective is what the sites cost. ``infeasible`` if a client is within the limit of no
        site: ``unserved`` tells which.

    Raises:
        BadInput: A figure is out of range; all of them are named.
    """
    begun, _ = deadline(time_limit)
    given = read_cost(cost)
    price = read_weights(opening, given.shape[1], "opening")
    kept, reach = read_fixed(fixed, given.shape[1]), _within(given, limit, inclusive=inclusive)
    lost = np.flatnonzero(~reach.any(axis=1))
    if len(lost):
        ended = Ended(None, np.inf, np.inf, "infeasible")
        return _answer(given, reach, ended, kept, begun, lost.tolist())
    return _answer(given, reach, _covered(reach, price, kept, time_limit), kept, begun, [])


def max_cover(  # noqa: PLR0913 - what the model has
    cost: Any,
    limit: float,
    p: int,
    weights: npt.ArrayLike | None = None,
    *,
    fixed: Sequence[int] = (),
    inclusive: bool = True,
    time_limit: float | None = None,
) -> Solution:
    """The p sites that cover the most within a limit.

    Args:
        cost: Of getting from a client to a site, (clients, sites), >= 0; inf where there is no way.
        limit: Most that a covered client may be away.
        p: Number of sites.
        weights: Of clients, (clients,), >= 0; 1 if none are given.
        fixed: Sites that must be open.
        inclusive: Whether a cost of just the limit is within it.
        time_limit: Seconds after which the best plan is given with its bound.

    Returns:
        The plan; its objective is the weight that is covered, its bound what no plan exceeds; ``unserved``
        are those who are not covered.

    Raises:
        BadInput: A figure is out of range; all of them are named.
    """
    begun, _ = deadline(time_limit)
    given = read_cost(cost)
    heavy, sites = read_weights(weights, len(given), "weights"), given.shape[1]
    kept, reach = read_fixed(fixed, sites, p), _within(given, limit, inclusive=inclusive)
    ended = solved(_most(reach, heavy, p, kept), time_limit)
    chosen = kept if ended.x is None else _chosen(ended.x[:sites])
    lost = np.flatnonzero(~reach[:, chosen].any(axis=1))
    found = _answer(given, reach, ended, kept, begun, lost.tolist())
    covered = float(heavy.sum() - heavy[lost].sum())
    most = covered if ended.status == "optimal" else min(-ended.bound, float(heavy.sum()))
    gap = (most - covered) / covered if covered else 0.0 if most == covered else np.inf
    return Solution(
        found.sites,
        found.assignment,
        covered,
        most,
        gap,
        found.status,
        found.seconds,
        lost.tolist(),
    )


def p_center(
    cost: Any, p: int, *, fixed: Sequence[int] = (), time_limit: float | None = None
) -> Solution:
    """The p sites from which the farthest client is least far.

    Args:
        cost: Of getting from a client to a site, (clients, sites), >= 0; inf where there is no way.
        p: Number of sites.
        fixed: Sites that must be open.
        time_limit: Seconds after which the best plan is given with its bound.

    Returns:
        The plan; its objective is the cost of the farthest client. ``infeasible`` if p sites cannot reach
        all.

    Raises:
        BadInput: A figure is out of range; all of them are named.
    """
    begun, end = deadline(time_limit)
    given = read_cost(cost)
    kept = read_fixed(fixed, given.shape[1], p)
    limits = np.unique(given[np.isfinite(given)])
    # Nobody can be nearer than its nearest site.
    low = int(np.searchsorted(limits, given.min(axis=1).max()))
    high, best, stopped = len(limits), None, False
    price = np.ones(given.shape[1])
    while low < high and not stopped:
        middle = (low + high) // 2
        left = None if time_limit is None else end - time.monotonic()
        ended = _covered(_within(given, limits[middle], inclusive=True), price, kept, left)
        if ended.x is not None and ended.value <= p + 0.5:
            best, high = _chosen(ended.x), middle
        elif ended.bound > p + 1e-6:
            low = middle + 1
        else:
            stopped = True
    return _centre(given, p, kept, best, (low, limits, stopped), begun)


def _centre(
    given: Array,
    p: int,
    kept: list[int],
    best: list[int] | None,
    search: tuple[int, Array, bool],
    begun: float,
) -> Solution:
    low, limits, stopped = search
    status = "time_limit" if stopped else "optimal" if best is not None else "infeasible"
    sites = _filled(best if best is not None else kept, p, given.shape[1])
    nearest, reach = _nearest(given, sites)
    value = float(reach.max())
    bound = np.inf if status == "infeasible" else float(limits[min(low, len(limits) - 1)])
    bound = value if status == "optimal" else bound
    gap = gap_of(value, bound)
    left = np.flatnonzero(np.isinf(reach)).tolist()
    return Solution(sites, nearest, value, bound, gap, status, time.monotonic() - begun, left)


def _within(cost: Array, limit: float, *, inclusive: bool) -> Covers:
    """Which sites cover which clients.

    Raises:
        BadInput: The limit is negative or missing.
    """
    if not limit >= 0:
        says = Text(f"限值{limit}应不小于0", f"limit {limit}; at least 0 would be right")
        raise BadInput(says)
    return np.isfinite(cost) & ((cost <= limit) if inclusive else (cost < limit))


def _covered(reach: Covers, price: Array, kept: list[int], seconds: float | None) -> Ended:
    """The cheapest sites that cover all clients; clients with the same sites are one."""
    if not reach.any(axis=1).all():
        return Ended(None, np.inf, np.inf, "infeasible")
    rows = csr_array(np.unique(reach, axis=0).astype(np.float64))
    least = np.zeros(reach.shape[1])
    least[kept] = 1.0
    ones = np.ones(reach.shape[1])
    many = rows.shape[0]
    program = Program(price, rows, np.ones(many), np.full(many, np.inf), least, ones, ones)
    return solved(program, seconds)


def _most(reach: Covers, heavy: Array, p: int, kept: list[int]) -> Program:
    """Sites that are open, and groups of clients with the same sites that are covered."""
    groups, of = np.unique(reach, axis=0, return_inverse=True)
    weight = np.bincount(of.ravel(), weights=heavy, minlength=len(groups))
    sites, many = reach.shape[1], len(groups)
    covering = hstack([csr_array(groups.astype(np.float64)), -eye_array(many)])
    opened = csr_array(np.concatenate([np.ones(sites), np.zeros(many)])[None, :])
    least = np.zeros(sites + many)
    least[kept] = 1.0
    ones = np.ones(sites + many)
    return Program(
        costs=np.concatenate([np.zeros(sites), -weight]),
        rows=vstack([covering, opened]).tocsr(),
        low=np.concatenate([np.zeros(many), [p]]),
        high=np.concatenate([np.full(many, np.inf), [p]]),
        least=least,
        most=ones,
        # Once sites are chosen, who is covered follows.
        whole=np.concatenate([np.ones(sites), np.zeros(many)]),
    )


def _answer(
    cost: Array, reach: Covers, ended: Ended, kept: list[int], begun: float, lost: list[int]
) -> Solution:
    sites = kept if ended.x is None else _chosen(ended.x[: cost.shape[1]])
    nearest = np.full(len(cost), -1, np.int64)
    if sites:
        nearest, _ = _nearest(np.where(reach, cost, np.inf), sites)
    gap = gap_of(ended.value, ended.bound)
    return Solution(
        sites, nearest, ended.value, ended.bound, gap, ended.status, time.monotonic() - begun, lost
    )


def _nearest(cost: Array, sites: list[int]) -> tuple[npt.NDArray[np.int64], Array]:
    """Nearest of the sites for each client, -1 for none, and its cost."""
    at = np.argmin(cost[:, sites], axis=1)
    reach = cost[np.arange(len(cost)), np.array(sites)[at]]
    nearest = np.array(sites)[at].astype(np.int64)
    nearest[np.isinf(reach)] = -1
    return nearest, reach


def _chosen(x: Array) -> list[int]:
    return [int(site) for site in np.flatnonzero(x > 0.5)]  # noqa: PLR2004 - of a whole number


def _filled(sites: list[int], p: int, many: int) -> list[int]:
    """Fewer sites than asked for are filled up by the first others: more never make anybody farther."""
    others = [site for site in range(many) if site not in set(sites)]
    return sorted([*sites, *others[: max(p - len(sites), 0)]])
