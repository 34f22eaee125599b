"""Bounds and plans of capacitated location, and what no better plan uses.

The kernels are those of :mod:`hutuo.siting.loads` and :mod:`hutuo.siting.shifts`; flows within open sites
that may be split are a linear programme.
"""

import time
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array

from hutuo.glossary import Text
from hutuo.progress import report
from hutuo.siting import loads, multipliers, shifts, sweeps
from hutuo.siting.programs import Program, Stop, solved, stacked

__all__ = ["EXACT", "Given", "Plan", "Plans", "Relaxed", "State", "of_sites", "raised", "relaxed"]

Array = npt.NDArray[np.float64]
Sites = tuple[int, ...]
FIRST, CHUNK, ROUNDS, STEP = 10, 40, 1200, 0.1
# Steps before which what a bound opens is not worth trying, and after which it may get on no more.
EARLY, LONG, AGAIN = 80, 320, 5
EXACT, LITTLE = 1e-9, 0.02
# Sites that may come for another one, plans that are tried before a better one is found, and the largest room
# for which clients are packed whole.
COME, TRIED, PACKED = 30, 60, 100_000


@dataclass(frozen=True)
class Given:
    """What a problem is: as :func:`hutuo.siting.capacitated_location` says; p is 0 for as many as is best."""

    cost: Array
    price: Array
    room: Array
    demand: Array
    p: int
    kept: list[int]
    shut: list[int]
    whole: bool
    bounded: bool


class Plan(NamedTuple):
    """Sites, shares (clients, sites) of demand, what they cost and what bounds that."""

    sites: list[int]
    shares: Array
    value: float
    bound: float


class State(NamedTuple):
    """Where the multipliers stand.

    Attributes:
        state: Whether a site is free, must be open or must be closed, (sites,).
        u: Multipliers, (clients,).
        share: How much each site is open in the mean of plans, (sites,).
        bound: The best bound.
        y: What is open there, (sites,).
        v: Reduced costs there, (sites,).
        change: What doing otherwise costs there, (sites,).
    """

    state: npt.NDArray[np.int8]
    u: Array
    share: Array
    bound: float
    y: Array
    v: Array
    change: Array


class Relaxed(NamedTuple):
    """What is known before anything is proven.

    Attributes:
        plans: Plans that were tried, with the best one.
        at: Where the multipliers stand.
        ways: Ways (clients, sites) that a better plan may use.
        bound: Value that no plan is below.
    """

    plans: "Plans"
    at: State
    ways: npt.NDArray[np.bool_]
    bound: float


def of_sites(given: Given, sites: list[int], end: float) -> "Plan | None":
    """The plan of some sites; None if they have too little room, or none is found."""
    plans = Plans(given, end)
    plans.value(_as_many(given, sites), _begun(given).state)
    return plans.best


def _as_many(given: Given, sites: list[int]) -> Sites:
    """As many sites as must be open: to fewer come the cheapest others."""
    others = [
        j
        for j in np.argsort(given.price, kind="stable").tolist()
        if j not in {*sites, *given.shut}
    ]
    return tuple(sorted([*sites, *others[: max(given.p - len(sites), 0)]]))


def relaxed(given: Given, end: float, gap: float, begins: list[int] | None = None) -> Relaxed:
    """The best plan found, the ways that a better one may use, and a bound.

    Args:
        given: The problem.
        end: When to stop.
        gap: Part of the value by which the bound may stay away from it.
        begins: Sites of a plan to begin with, or None.
    """
    plans = Plans(given, end)
    rows = np.ascontiguousarray(given.cost.T)
    at = _begun(given)
    if begins is not None:
        plans.value(_as_many(given, begins), at.state)
    plans.try_sites(at.y, at.state)
    for _ in range(AGAIN):
        before, upper = at.bound, plans.upper
        at = _climbed(given, rows, at, plans, gap)
        if _closed(at, plans, gap):
            break
        plans.improve(at.state)
        # A better plan closes more sites, from which the bound gets on.
        less = plans.upper < upper * (1 - EXACT)
        if not less and at.bound - before < LITTLE * (plans.upper - at.bound):
            break
    out = np.zeros(rows.shape, np.bool_)
    if at.bound < np.inf:
        loads.ways_left(
            rows, given.price, given.room, given.demand, at.state, at.u, at.v, at.y, at.change,
            at.bound, plans.upper * (1 - EXACT), _packs(given), out,
        )  # fmt: skip
    return Relaxed(plans, at, out.T.copy(), min(at.bound, plans.upper))


def _closed(at: State, plans: "Plans", gap: float) -> bool:
    """Whether the bound proves the best plan, or time is up."""
    return plans.upper <= at.bound * (1 + max(gap, EXACT)) or time.monotonic() > plans.end


def _climbed(given: Given, rows: Array, at: State, plans: "Plans", gap: float) -> State:
    """The bound raised until it gets on no more, and plans of what it opens."""
    step, done, rounds = STEP, 0, FIRST
    mean = np.zeros(len(given.demand))
    while done < ROUNDS and step >= multipliers.SHORTEST:
        before, began = at.bound, time.monotonic()
        at, step = raised(given, rows, at, mean, (plans.upper, gap, step, rounds))
        each = max((time.monotonic() - began) / rounds, 1e-6)
        if at.bound == np.inf:
            break
        plans.floor = (float(at.u.sum()), at.v)
        done += rounds
        if done >= EARLY or not np.isfinite(plans.upper):
            plans.try_sites(at.y, at.state)
            plans.try_sites(at.share, at.state)
        left = (plans.upper - at.bound) / max(plans.upper, 1e-12)
        report(max(1 - 50 * left, 0.0), Text(f"差距{left:.3%}", f"gap {left:.3%}"))
        rounds = int(min(max((plans.end - time.monotonic()) / (2 * each), 1), CHUNK))
        if _closed(at, plans, gap):
            break
        if done > LONG and at.bound - before < 0.2 * LITTLE * (plans.upper - at.bound):
            break
    return at


def _packs(given: Given) -> bool:
    """Whether clients are packed whole into sites: demands and rooms are whole numbers, and not too large."""
    figures = np.r_[given.demand, given.room]
    small = given.room.max() <= PACKED
    return bool(given.whole and given.bounded and small and np.all(figures == np.rint(figures)))


def _begun(given: Given) -> State:
    state = np.zeros(len(given.price), np.int8)
    state[given.kept], state[given.shut] = sweeps.OPEN, sweeps.CLOSED
    allowed = np.where(state[None, :] == sweeps.CLOSED, np.inf, given.cost)
    near = np.sort(allowed, axis=1)
    after = near[:, min(1, near.shape[1] - 1)]
    u = np.where(np.isfinite(after), after, near[:, 0]) + 1e-6
    zero = np.zeros(len(state))
    # At first those are tried that serve the most clients nearest, for their price.
    near_to = np.bincount(np.argmin(allowed, axis=1), weights=given.demand, minlength=len(state))
    return State(state, u, zero.copy(), -np.inf, near_to / max(near_to.max(), 1e-12), zero, zero)


def raised(
    given: Given, rows: Array, at: State, mean: Array, aim: tuple[float, float, float, int]
) -> tuple[State, float]:
    """Multipliers moved on, and the length of the last step.

    Args:
        given: The problem.
        rows: Its costs by site, (sites, clients).
        at: Where they stand.
        mean: Mean direction, (clients,); changed in place.
        aim: Value of the best plan, gap that is enough, length of the first step, and most steps.
    """
    upper, gap, step, rounds = aim
    known = np.isfinite(upper)
    far = upper if known else 1.2 * abs(at.u.sum()) + given.price.sum()
    target = upper * (1 - max(gap, 1e-9)) if known else np.inf
    same = np.all(given.room == given.room[0])
    limits = np.array([given.p, _packs(given), same], np.int64)
    u, share = at.u.copy(), at.share.copy()
    state = at.state.copy()
    bound, y, v, change, step = loads.bounded(
        rows, given.price, given.room, given.demand, limits, state, u, mean, share,
        np.array([target, 1.005 * far]), rounds, step,
    )  # fmt: skip
    if bound < at.bound:
        return at._replace(state=state, share=share), step
    return State(state, u, share, bound, y, v, change), step


class Plans:
    """Plans that were tried, and the best one."""

    def __init__(self, given: Given, end: float) -> None:
        self.given, self.end = given, end
        self.rows = np.ascontiguousarray(given.cost.T)
        self.best: Plan | None = None
        self.upper = np.inf
        self.tried: dict[Sites, float] = {}
        # The multipliers' sum and the sites' reduced costs: what no plan of some sites is below.
        self.floor = (0.0, np.zeros(len(given.price)))

    def try_sites(self, worth: Array, state: npt.NDArray[np.int8]) -> None:
        """Plans of the worthiest sites: as few as hold all, and one or two more."""
        if time.monotonic() > self.end:
            return
        order = np.argsort(-(worth + 2.0 * (state == sweeps.OPEN)), kind="stable")
        order = order[state[order] != sweeps.CLOSED]
        held = np.cumsum(self.given.room[order])
        fewest = int(np.searchsorted(held, self.given.demand.sum() * (1 - 1e-12))) + 1
        fewest = max(fewest, len(self.given.kept), 1)
        half = max(int((worth > 0.5).sum()), fewest)  # noqa: PLR2004 - open rather than not
        counts = [self.given.p] if self.given.p else sorted({fewest, half, half + 1})
        for many in counts:
            if many <= len(order):
                self.value(tuple(sorted(int(site) for site in order[:many])), state)

    def least(self, sites: Sites) -> float:
        """What a plan of these sites costs at least."""
        total, reduced = self.floor
        return float(total + reduced[list(sites)].sum())

    def improve(self, state: npt.NDArray[np.int8]) -> None:
        """Change one site of the best plan at a time, what costs least by the multipliers first."""
        better = self.best is not None
        while better:
            better = False
            for sites in self._near(state):
                before = self.upper
                self.value(sites, state)
                if time.monotonic() > self.end:
                    return
                if self.upper < before * (1 - EXACT):
                    better = True
                    break

    def _near(self, state: npt.NDArray[np.int8]) -> list[Sites]:
        """Plans that differ from the best in one site, or one for another."""
        assert self.best is not None  # noqa: S101 - who calls has one
        mine = set(self.best.sites)
        others = [j for j in np.flatnonzero(state == sweeps.FREE).tolist() if j not in mine]
        come = sorted(others, key=lambda j: (self.floor[1][j], j))[:COME]
        go = [j for j in sorted(mine) if state[j] != sweeps.OPEN]
        near = [mine - {one} | {other} for one in go for other in come]
        if not self.given.p:
            near += [mine - {one} for one in go] + [mine | {one} for one in come]
        fresh = [one for one in (tuple(sorted(sites)) for sites in near) if one not in self.tried]
        likely = [one for one in fresh if self.least(one) < self.upper * (1 - EXACT)]
        return sorted(likely, key=lambda one: (self.least(one), one))[:TRIED]

    def value(self, sites: Sites, state: npt.NDArray[np.int8]) -> None:
        """Look at the plan of some sites, unless that was done."""
        if sites in self.tried or not sites or self.least(sites) >= self.upper * (1 - EXACT):
            return
        self.tried[sites] = np.inf
        plan = self._whole(sites, state) if self.given.whole else self._split(sites)
        if plan is not None:
            self.tried[sites] = plan.value
            if plan.value < self.upper:
                self.best, self.upper = plan, plan.value

    def _nearest(self, sites: Sites) -> Plan | None:
        """Everybody from the nearest."""
        given, here = self.given, list(sites)
        nearest = np.array(here)[np.argmin(given.cost[:, here], axis=1)]
        return self._plan(nearest)

    def _plan(self, to: npt.NDArray[np.int64]) -> Plan | None:
        given = self.given
        paid = given.cost[np.arange(len(to)), to]
        if np.isinf(paid).any():
            return None
        shares = np.zeros(given.cost.shape)
        shares[np.arange(len(to)), to] = 1.0
        sites = sorted({int(site) for site in to} | set(given.kept))
        if given.p:
            # More sites than have clients are open if so many must be: the cheapest.
            others = [
                int(j) for j in np.argsort(given.price, kind="stable") if int(j) not in sites
            ]
            others = [one for one in others if one not in given.shut]
            sites = sorted(sites + others[: given.p - len(sites)])
        return Plan(sites, shares, float(paid.sum() + given.price[sites].sum()), -np.inf)

    def _whole(self, sites: Sites, state: npt.NDArray[np.int8]) -> Plan | None:
        """Each client from one site: by regret, then shifts, swaps and moves of sites."""
        given = self.given
        if not given.bounded:
            return self._nearest(sites)
        here = np.array(sites, np.int64)
        to, load = np.empty(len(given.demand), np.int64), np.empty(len(given.price))
        if not shifts.by_regret(self.rows, given.demand, given.room, here, to, load):
            return None
        shifts.shifted(self.rows, given.demand, given.room, here, to, load)
        while (
            shifts.moved(self.rows, given.price, given.room, state, here, to, load)
            and time.monotonic() < self.end
        ):
            shifts.shifted(self.rows, given.demand, given.room, here, to, load)
        return self._plan(to)

    def _split(self, sites: Sites) -> Plan | None:
        """The cheapest flow to open sites."""
        given, here = self.given, np.array(sites)
        if not given.bounded:
            return self._nearest(sites)
        if given.room[here].sum() < given.demand.sum() * (1 - EXACT):
            return None
        cost = given.cost[:, here]
        i, k = np.nonzero(np.isfinite(cost))
        at = np.arange(len(i))
        served = coo_array((np.ones(len(i)), (i, at)), (len(cost), len(i)))
        within = coo_array((given.demand[i], (k, at)), (len(here), len(i)))
        rows, low, high = stacked([(served, 1.0, 1.0), (within, -np.inf, given.room[here])])
        zero = np.zeros(len(i))
        program = Program(cost[i, k], rows, low, high, zero, zero + 1, zero)
        left = None if np.isinf(self.end) else self.end - time.monotonic()
        ended = solved(program, Stop(left))
        if ended.x is None:
            return None
        shares = np.zeros(given.cost.shape)
        shares[i, here[k]] = ended.x
        value = ended.value + float(given.price[here].sum())
        return Plan(sorted(sites), shares, value, -np.inf)
