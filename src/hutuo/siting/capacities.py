"""Sites with prices and capacities: which to open, and whom each serves.

A bound by multipliers of the clients and plans from what it opens; sites and ways that no better plan uses
are left out, and HiGHS proves what is left. Small problems go to HiGHS at once.

Source: M. L. Balinski, Integer programming: methods, uses, computation, Management Science 12 (1965) 253-313;
J. E. Beasley, An algorithm for solving large capacitated warehouse location problems, European Journal
of Operational Research 33 (1988) 314-325; A. Ceselli and G. Righini, A branch-and-price algorithm for the
capacitated p-median problem, Networks 45 (2005) 125-142, for its bound.
"""

import time
from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.siting.openings import branched
from hutuo.siting.programs import Ended, Program, Stop, solved, stacked
from hutuo.siting.relaxed import Given, Plan, of_sites, relaxed
from hutuo.siting.solutions import (
    TOLD,
    Solution,
    deadline,
    gap_of,
    names_of,
    read_cost,
    read_fixed,
    read_start,
    read_weights,
    refuse,
)

__all__ = ["Pairs", "capacitated_location"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
SMALL, OPEN = 1e-7, 0.5
# Ways up to which a problem goes to the solver as it is, and above which, if split, it is branched here.
FEW, MANY = 3000, 5000
EXACT = 1e-9


class Pairs(NamedTuple):
    """Ways from clients to sites: (ways,) each."""

    clients: Ids
    sites: Ids


def capacitated_location(  # noqa: PLR0913 - what the model has
    fixed: npt.ArrayLike,
    capacity: npt.ArrayLike | None,
    demand: npt.ArrayLike,
    cost: Any,
    *,
    single_source: bool = False,
    p: int | None = None,
    kept: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    time_limit: float | None = None,
    gap: float = 0.0,
    start: Sequence[int] | None = None,
) -> Solution:
    """The sites to open, and whom each serves, at least cost of opening and of serving.

    Args:
        fixed: Cost of opening a site, (sites,), >= 0.
        capacity: What a site can serve, (sites,), >= 0; None for as much as comes.
        demand: Of clients, (clients,), >= 0.
        cost: Of serving a client wholly from a site, (clients, sites), >= 0; inf where there is no way.
        single_source: Whether a client is served from one site alone.
        p: Sites to open; None for as many as is best.
        kept: Sites that must be open.
        forbidden: Sites that must not be open.
        time_limit: Seconds after which the best plan is given with its bound.
        gap: Part of the value by which the bound may stay away from it.
        start: Sites of a plan to begin with, as of an earlier answer; whom each serves is worked out anew.

    Returns:
        The plan; ``shares`` are the parts of each client's demand by site.

    Raises:
        BadInput: A figure is out of range, or capacity is less than demand, of all or of one client's sites;
            all are named.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun, end = deadline(time_limit)
    dense = read_cost(cost)
    given = _read(fixed, capacity, demand, dense, (p, kept, forbidden), whole=single_source)
    _enough(given, names_of(cost if hasattr(cost, "columns") else dense))
    begins = read_start(start, dense.shape[1], p, (given.kept, given.shut))
    best, ways, low = None, np.isfinite(dense), -np.inf
    ways[:, given.shut] = False
    if ways.sum() > FEW:
        known = relaxed(given, end, gap, begins)
        best, ways, low = known.plans.best, known.ways, known.bound
        if best is not None and not single_source and ways.sum() > MANY:
            low = max(low, branched(given, known.at, known.plans, gap))
            best = known.plans.best
    elif begins is not None:
        best = of_sites(given, begins, end)
    done = best is not None and low >= best.value * (1 - max(gap, EXACT))
    if best is not None and (done or time.monotonic() > end):
        return _solution(dense, best._replace(bound=low), "time_limit", gap, begun)
    left = None if time_limit is None else end - time.monotonic()
    program, pairs = _program(given, ways)
    first = None if best is None else _point(best, pairs, given)
    ended = solved(program, Stop(left, gap), first)
    plan = _better(best, ended, pairs, given, low)
    return _solution(dense, plan, ended.status, gap, begun)


def _read(
    fixed: npt.ArrayLike,
    capacity: npt.ArrayLike | None,
    demand: npt.ArrayLike,
    cost: Array,
    choice: tuple[int | None, Sequence[int], Sequence[int]],
    *,
    whole: bool,
) -> Given:
    clients, sites = cost.shape
    price, need = read_weights(fixed, sites, "fixed"), read_weights(demand, clients, "demand")
    kept, shut = read_fixed(choice[1], sites, choice[0], choice[2], "kept")
    bounded = capacity is not None
    room = np.full(sites, max(need.sum(), 1.0))
    if bounded:
        room = read_weights(capacity, sites, "capacity")
    return Given(cost, price, room, need, choice[0] or 0, kept, shut, whole=whole, bounded=bounded)


def _enough(given: Given, names: Any) -> None:
    """Refuse demand for which there cannot be room.

    Raises:
        BadInput: All capacity, or that of the sites that a client can be served from, is too little.
    """
    room = given.room.copy()
    room[given.shut] = 0.0
    total = np.sort(room)[::-1][: given.p or len(room)].sum()
    short = given.demand.sum() - total
    if short > SMALL * max(total, 1.0):
        zh = f"总容量{total:g}少于总需求{given.demand.sum():g},缺{short:g}"
        en = f"all capacity is {total:g}, demand {given.demand.sum():g}: {short:g} are short"
        raise BadInput(Text(zh, en))
    there = np.isfinite(given.cost)
    most = np.where(there, room, 0.0).max(axis=1) if given.whole else there @ room
    findings = []
    for i in np.flatnonzero(most < given.demand * (1 - SMALL))[:TOLD]:
        zh = f"需求{given.demand[i]:g},可达设施点的容量为{most[i]:g}"
        en = f"its demand is {given.demand[i]:g}, the capacity in its reach {most[i]:g}"
        findings.append(Finding("capacity", None, f"client {names.clients[i]}", Text(zh, en)))
    refuse(findings)


def _program(given: Given, ways: npt.NDArray[np.bool_]) -> tuple[Program, Pairs]:
    """Variables are sites, then ways from clients to sites."""
    pairs = Pairs(*np.nonzero(ways))
    clients, sites = given.cost.shape
    i, j = pairs
    at = np.arange(len(i))
    many, one = sites + len(i), np.ones(len(i))
    served = coo_array((one, (i, sites + at)), shape=(clients, many))
    # A way is used only if its site is open: way by way, which bounds far better than by capacity alone.
    opened = coo_array((np.r_[one, -one], (np.r_[at, at], np.r_[sites + at, j])), (len(i), many))
    parts = [(served, 1.0, 1.0), (opened, -np.inf, 0.0)]
    if given.bounded:
        parts += _rooms(given, pairs, many)
    if given.p:
        count = coo_array((np.ones(sites), (np.zeros(sites, int), np.arange(sites))), (1, many))
        parts.append((count, given.p, given.p))
    rows, low, high = stacked(parts)
    least, most = np.zeros(many), np.ones(many)
    least[given.kept] = 1.0
    most[given.shut] = 0.0
    used = np.bincount(j, minlength=sites) > 0
    # A site that nobody may use in a better plan is opened only where so many must be.
    most[:sites][~used & (least[:sites] == 0) & (given.p == 0)] = 0.0
    whole = np.r_[np.ones(sites), np.full(len(i), float(given.whole))]
    costs = np.r_[given.price, given.cost[i, j]]
    return Program(costs, rows, low, high, least, most, whole), pairs


def _rooms(given: Given, pairs: Pairs, many: int) -> list[tuple[Any, float, float]]:
    """What a site serves is within its capacity, and what is open holds all."""
    sites = len(given.room)
    at, i, j = np.arange(sites), *pairs
    within = coo_array(
        (
            np.r_[given.demand[i], -given.room],
            (np.r_[j, at], np.r_[sites + np.arange(len(i)), at]),
        ),
        (sites, many),
    )
    # This follows from the others, and bounds the number of sites at once.
    all_in = coo_array((given.room, (np.zeros(sites, int), at)), (1, many))
    return [(within, -np.inf, 0.0), (all_in, given.demand.sum(), np.inf)]


def _point(plan: Plan, pairs: Pairs, given: Given) -> Array | None:
    """A plan as a point of the programme; None if it uses ways that were left out."""
    x = np.zeros(given.cost.shape[1] + len(pairs.clients))
    x[plan.sites] = 1.0
    x[given.cost.shape[1] :] = plan.shares[pairs]
    inside = np.zeros(len(given.cost))
    np.add.at(inside, pairs.clients, plan.shares[pairs])
    return x if np.all(inside > 1 - SMALL) else None


def _better(
    start: Plan | None, ended: Ended, pairs: Pairs, given: Given, low: float
) -> Plan | None:
    """The better of the plan that was known and the one that was found, with what bounds it."""
    # No cost is below 0, so no plan is.
    bound = max(low, ended.bound, 0.0)
    if ended.x is not None and (start is None or ended.value < start.value):
        sites = [int(site) for site in np.flatnonzero(ended.x[: given.cost.shape[1]] > OPEN)]
        shares = np.zeros(given.cost.shape)
        ways = ended.x[given.cost.shape[1] :]
        shares[pairs] = np.rint(ways) if given.whole else np.where(ways > SMALL, ways, 0.0)
        return Plan(sites, shares, ended.value, min(bound, ended.value))
    if start is None:
        return (
            None
            if ended.status != "time_limit"
            else Plan([], np.zeros(given.cost.shape), np.inf, bound)
        )
    # Nothing that was left out is better: where the rest holds no better plan, this one is best.
    done = ended.status in ("optimal", "infeasible")
    return start._replace(bound=start.value if done else min(bound, start.value))


def _solution(cost: Array, plan: Plan | None, status: str, gap: float, begun: float) -> Solution:
    clients = len(cost)
    seconds = time.monotonic() - begun
    nobody, everyone = np.full(clients, -1, np.int64), list(range(clients))
    if plan is None:
        return Solution(
            [],
            nobody,
            np.inf,
            np.inf,
            np.inf,
            "infeasible",
            seconds,
            everyone,
            np.zeros(cost.shape),
        )
    if not plan.sites:
        return Solution(
            [], nobody, np.inf, plan.bound, np.inf, status, seconds, everyone, plan.shares
        )
    off = gap_of(plan.value, plan.bound)
    proven = off <= EXACT
    bound = plan.value if proven else plan.bound
    status = "optimal" if proven else "gap" if off <= gap else "time_limit"
    most = np.argmax(plan.shares, axis=1).astype(np.int64)
    return Solution(
        plan.sites,
        most,
        plan.value,
        bound,
        0.0 if proven else off,
        status,
        seconds,
        [],
        plan.shares,
    )
