"""Hubs: where flows between places are gathered, sent on together for less, and handed out again.

Every flow goes over one hub or two. A place uses one hub for all its flows (single allocation), or for each
the best (multiple allocation).

Source: J. F. Campbell, Integer programming formulations of discrete hub location problems, European Journal
of Operational Research 72 (1994) 387-405; A. T. Ernst and M. Krishnamoorthy, Efficient algorithms for the
uncapacitated single allocation p-hub median problem, Location Science 4 (1996) 139-154, and Exact and
heuristic algorithms for the uncapacitated multiple allocation p-hub median problem, European Journal of
Operational Research 104 (1998) 100-112, for flows by their origin.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.siting.blocks import Blocks, Terms
from hutuo.siting.programs import Stop, solved
from hutuo.siting.solutions import TOLD, gap_of, read_fixed, read_start, read_weights, refuse

__all__ = ["Hubs", "hub_location"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
OPEN, EXACT = 0.5, 1e-9
# Places up to which all flows are told apart in one programme.
MOST = 80


@dataclass(frozen=True)
class Hubs:
    """Hubs, the way of every flow, and how good that is.

    Attributes:
        hubs: Chosen hubs, in order.
        first: Hub that a flow goes to first, (places, places).
        second: Hub that it leaves last, (places, places); the same where it uses but one.
        objective: Cost of all flows and of the hubs.
        bound: Value that no plan is below.
        gap: Difference of both over the objective.
        status: ``optimal``, ``time_limit`` or ``infeasible``.
        seconds: Time taken.
    """

    hubs: list[int]
    first: Ids
    second: Ids
    objective: float
    bound: float
    gap: float
    status: str
    seconds: float


class _Given(NamedTuple):
    """Flows and costs (places, places), prices (places,), and the part of the costs on the three legs.

    ``onward`` is the cost between hubs, (places, places): nothing where only one hub is used.
    """

    flow: Array
    cost: Array
    price: Array
    collect: float
    transfer: float
    distribute: float
    single: bool
    onward: Array


def hub_location(  # noqa: PLR0913 - what the model has
    flow: npt.ArrayLike,
    cost: npt.ArrayLike,
    p: int | None = None,
    *,
    transfer: float = 0.5,
    collect: float = 1.0,
    distribute: float = 1.0,
    single: bool = False,
    opening: npt.ArrayLike | None = None,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    start: Sequence[int] | None = None,
    time_limit: float | None = None,
) -> Hubs:
    """The hubs over which all flows go at least cost.

    Args:
        flow: Amount from each place to each, (places, places), >= 0.
        cost: Of a unit from one place to another, (places, places), >= 0 and finite; both ways may differ.
        p: Number of hubs; None for as many as is best by what they cost.
        transfer: Part of the cost that a unit costs between two hubs.
        collect: Part that it costs to the first hub.
        distribute: Part that it costs from the last hub.
        single: Whether a place uses one hub for all its flows.
        opening: What a hub costs, (places,).
        fixed: Places that must be hubs.
        forbidden: Places that must not be.
        start: Hubs of a plan to begin with.
        time_limit: Seconds after which the best plan is given with its bound.

    Raises:
        BadInput: A figure is out of range, or there are too many places.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun = time.monotonic()
    given = _read(flow, cost, opening, (collect, transfer, distribute), single=single)
    kept, shut = read_fixed(fixed, len(given.cost), p, forbidden)
    begins = read_start(start, len(given.cost), p, (kept, shut))
    first = _swapped(given, p, (kept, shut), begins)
    made = _Single(given, p, kept, shut) if single else _Multiple(given, p, kept, shut)
    left = None if time_limit is None else max(begun + time_limit - time.monotonic(), 0.01)
    ended = solved(made.blocks.program(made.costs), Stop(left), made.point(*first))
    plan = first
    if ended.x is not None:
        other = made.plan(ended.x)
        plan = min((first, other), key=lambda one: _value(given, *one))
    value = _value(given, *plan)
    bound = value
    if ended.status != "optimal":
        bound = min(max(ended.bound, _floor(given, kept, shut)), value)
    gap = gap_of(value, bound)
    gap, status = (0.0, "optimal") if gap <= EXACT else (gap, ended.status)
    hubs, one, other_hub = plan
    return Hubs(hubs, one, other_hub, value, bound, gap, status, time.monotonic() - begun)


Plan = tuple[list[int], Ids, Ids]


def _read(
    flow: npt.ArrayLike,
    cost: npt.ArrayLike,
    opening: npt.ArrayLike | None,
    parts: tuple[float, float, float],
    *,
    single: bool,
) -> _Given:
    flows, costs = np.array(flow, np.float64), np.array(cost, np.float64)
    findings = []
    for name, one in (("flow", flows), ("cost", costs)):
        if one.ndim != 2 or one.shape[0] != one.shape[1] or one.shape != costs.shape:  # noqa: PLR2004
            zh, en = f"{name}的形状为{one.shape}", f"{name} has shape {one.shape}"
            raise BadInput(
                Text(f"{zh},应为(地点, 地点)", f"{en}; (places, places) would be right")
            )
        says = Text("应为不小于0的数", "a number of at least 0 would be right")
        wrong = np.argwhere(~(np.isfinite(one) & (one >= 0)))
        findings += [Finding(name, None, f"{i}, {j}", says) for i, j in wrong[:TOLD]]
    names = ("collect", "transfer", "distribute")
    least = Text("应不小于0", "at least 0 would be right")
    findings += [
        Finding(name, None, f"{part}", least)
        for name, part in zip(names, parts, strict=True)
        if not part >= 0
    ]
    if len(costs) > MOST:
        many = Text(
            f"地点{len(costs)}个,最多{MOST}个",
            f"{len(costs)} places; at most {MOST} would be right",
        )
        findings.append(Finding("cost", None, "", many))
    refuse(findings)
    price = np.zeros(len(costs))
    if opening is not None:
        price = read_weights(opening, len(costs), "opening")
    onward = parts[1] * costs
    np.fill_diagonal(onward, 0.0)
    return _Given(flows, costs, price, *parts, single=single, onward=onward)


def _routes(given: _Given, hubs: list[int]) -> tuple[Ids, Ids]:
    """The best first and last hub of every flow, all hubs being open to all."""
    here = np.array(hubs)
    to_first = given.collect * given.cost[:, here]
    between = given.onward[np.ix_(here, here)]
    over = to_first[:, :, None] + between[None, :, :]
    one = np.argmin(over, axis=1)
    reached = np.take_along_axis(over, one[:, None, :], axis=1)[:, 0, :]
    whole = reached[:, :, None] + given.distribute * given.cost[here, :][None, :, :]
    other = np.argmin(whole, axis=1)
    return here[np.take_along_axis(one, other, axis=1)], here[other]


def _allocated(given: _Given, hubs: list[int]) -> tuple[Ids, Ids]:
    """Every place at one hub: the nearest at first, then moved as long as that saves anything."""
    here, many = np.array(hubs), len(given.cost)
    at = here[np.argmin(given.cost[:, here], axis=1)]
    at[here] = here
    out, into = given.flow.sum(axis=1), given.flow.sum(axis=0)
    better = True
    while better:
        better = False
        for i in range(many):
            others = np.arange(many) != i
            best = at[i]
            legs = given.collect * out[i] * given.cost[i, here]
            legs = legs + given.distribute * into[i] * given.cost[here, i]
            sent = given.onward[np.ix_(here, at[others])] @ given.flow[i, others]
            came = given.flow[others, i] @ given.onward[np.ix_(at[others], here)]
            total = legs + sent + came
            # A hub is its own; else its members would go over another one.
            now = float(total[hubs.index(int(best))])
            if i not in hubs and total.min() < now * (1 - EXACT):
                at[i], better = here[int(np.argmin(total))], True
    return np.repeat(at[:, None], many, axis=1), np.repeat(at[None, :], many, axis=0)


def _value(given: _Given, hubs: list[int], first: Ids, second: Ids) -> float:
    places = np.arange(len(given.cost))
    each = (
        given.collect * given.cost[places[:, None], first]
        + given.onward[first, second]
        + given.distribute * given.cost[second, places[None, :]]
    )
    return float((given.flow * each).sum() + given.price[hubs].sum())


def _floor(given: _Given, kept: list[int], shut: list[int]) -> float:
    """What no plan is below, known before anything is solved: all flows with every place as a hub."""
    everywhere = [k for k in range(len(given.cost)) if k not in set(shut)]
    free = given._replace(price=np.zeros(len(given.cost)))
    return _value(free, everywhere, *_routes(free, everywhere)) + float(given.price[kept].sum())


def _of(given: _Given, hubs: list[int]) -> Plan:
    return hubs, *(_allocated if given.single else _routes)(given, hubs)


def _swapped(
    given: _Given, p: int | None, held: tuple[list[int], list[int]], begins: list[int] | None
) -> Plan:
    """Hubs from which changing no one saves anything, begun with those that add most."""
    kept, shut = held
    others = [k for k in range(len(given.cost)) if k not in {*kept, *shut}]
    best = None if begins is None else _of(given, begins) if begins else None
    chosen = sorted(begins if begins else kept)
    while len(chosen) < (p or max(len(kept), 1)):
        trials = [sorted([*chosen, k]) for k in others if k not in chosen]
        best = min((_of(given, one) for one in trials), key=lambda one: _value(given, *one))
        chosen = best[0]
    best = _of(given, chosen) if best is None or best[0] != chosen else best
    while True:
        mine = [k for k in chosen if k not in kept]
        rest = [k for k in others if k not in chosen]
        near = [sorted({*chosen} - {one} | {other}) for one in mine for other in rest]
        if p is None:
            near += [sorted([*chosen, k]) for k in rest]
            near += [sorted({*chosen} - {k}) for k in mine if len(chosen) > 1]
        value = _value(given, *best)
        for trial in near:
            found = _of(given, trial)
            if _value(given, *found) < value * (1 - EXACT):
                best, chosen = found, trial
                break
        else:
            return best


class _Multiple:
    """The programme of multiple allocation: flows by origin to the first hub, between hubs, from the last."""

    def __init__(self, given: _Given, p: int | None, kept: list[int], shut: list[int]) -> None:
        self.given, self.blocks = given, Blocks()
        n = self.n = len(given.cost)
        out, flow = given.flow.sum(axis=1), given.flow
        self.open = _opened(self.blocks, n, p, kept, shut)
        self.to = self.blocks.variables(n * n, most=np.inf).reshape(n, n)
        self.between = self.blocks.variables(n**3, most=np.inf).reshape(n, n, n)
        self.last = self.blocks.variables(n**3, most=np.inf).reshape(n, n, n)
        i, k, j = (axis.ravel() for axis in np.indices((n, n, n)))
        row = np.arange(n * n)
        self.blocks.rule("", [Terms(row // n, self.to.ravel(), 1.0)], low=out, high=out, many=n)
        at, all_ = i * n + j, self.last.ravel()
        self.blocks.rule(
            "", [Terms(at, all_, 1.0)], low=flow.ravel(), high=flow.ravel(), many=n * n
        )
        # What comes to a hub, from its origin or another hub, goes on.
        terms = [
            Terms(i * n + k, self.between.ravel(), 1.0),
            Terms(i * n + k, all_, 1.0),
            Terms(i * n + j, self.between.ravel(), -1.0),
            Terms(row, self.to.ravel(), -1.0),
        ]
        self.blocks.rule("", terms, low=0.0, high=0.0, many=n * n)
        bound = [Terms(row, self.to.ravel(), 1.0), Terms(row, self.open[row % n], -out[row // n])]
        self.blocks.rule("", bound, high=0.0, many=n * n)
        some = np.flatnonzero(flow[i, j] > 0)
        ways = np.arange(len(some))
        terms = [Terms(ways, all_[some], 1.0), Terms(ways, self.open[k[some]], -flow[i, j][some])]
        self.blocks.rule("", terms, high=0.0, many=len(some))
        self.costs = np.zeros(self.blocks.many)
        self.costs[self.open] = given.price
        self.costs[self.to] = given.collect * given.cost
        self.costs[self.between] = given.onward[None, :, :]
        self.costs[self.last] = given.distribute * given.cost[None, :, :]

    def point(self, hubs: list[int], first: Ids, second: Ids) -> Array:
        """A plan as a point of the programme."""
        x, flow = np.zeros(self.blocks.many), self.given.flow
        x[self.open[hubs]] = 1.0
        i, j = np.indices(flow.shape)
        np.add.at(x, self.to[i, first], flow)
        apart = first != second
        np.add.at(x, self.between[i, first, second][apart], flow[apart])
        np.add.at(x, self.last[i, second, j], flow)
        return x

    def plan(self, x: Array) -> Plan:
        """The plan of a point: the best ways over the hubs that are open there."""
        return _of(self.given, [int(k) for k in np.flatnonzero(x[self.open] > OPEN)])


class _Single:
    """The programme of single allocation: the hub of each place, and flows by origin between hubs."""

    def __init__(self, given: _Given, p: int | None, kept: list[int], shut: list[int]) -> None:
        self.given, self.blocks = given, Blocks()
        n = self.n = len(given.cost)
        out, into, flow = given.flow.sum(axis=1), given.flow.sum(axis=0), given.flow
        least, most = np.zeros((n, n)), np.ones((n, n))
        least[kept, kept] = 1.0
        most[:, shut] = 0.0
        shown = self.blocks.variables(n * n, least=least.ravel(), most=most.ravel(), whole=True)
        self.at, place = shown.reshape(n, n), np.arange(n)
        self.between = self.blocks.variables(n**3, most=np.inf).reshape(n, n, n)
        row = np.arange(n * n)
        self.blocks.rule("", [Terms(row // n, shown, 1.0)], low=1.0, high=1.0, many=n)
        hub = self.at[place, place]
        self.blocks.rule(
            "", [Terms(row, shown, 1.0), Terms(row, hub[row % n], -1.0)], high=0.0, many=n * n
        )
        if p is not None:
            self.blocks.rule("p", [Terms(0, hub, 1.0)], low=p, high=p)
        i, k, m = (axis.ravel() for axis in np.indices((n, n, n)))
        terms = [
            Terms(i * n + k, self.between.ravel(), 1.0),
            Terms(i * n + m, self.between.ravel(), -1.0),
            Terms(row, shown, -out[row // n]),
            # Of what an origin sends, what goes to members of a hub leaves the web there.
            Terms(i * n + m, self.at[k, m], flow[i, k]),
        ]
        self.blocks.rule("", terms, low=0.0, high=0.0, many=n * n)
        bound = [
            Terms(i * n + k, self.between.ravel(), 1.0),
            Terms(row, shown, -out[row // n]),
        ]
        self.blocks.rule("", bound, high=0.0, many=n * n)
        self.costs = np.zeros(self.blocks.many)
        taken = given.distribute * into[:, None] * given.cost.T
        self.costs[self.at] = given.collect * out[:, None] * given.cost + taken
        self.costs[hub] += given.price
        self.costs[self.between] = given.onward[None, :, :]

    def point(self, hubs: list[int], first: Ids, second: Ids) -> Array:
        """A plan as a point of the programme."""
        del hubs
        x, flow, place = np.zeros(self.blocks.many), self.given.flow, np.arange(self.n)
        x[self.at[place, first[:, 0]]] = 1.0
        apart = first != second
        i = np.indices(flow.shape)[0]
        np.add.at(x, self.between[i, first, second][apart], flow[apart])
        return x

    def plan(self, x: Array) -> Plan:
        """The plan of a point."""
        at = np.argmax(x[self.at], axis=1).astype(np.int64)
        hubs = [
            int(k) for k in np.flatnonzero(x[self.at[np.arange(self.n), np.arange(self.n)]] > OPEN)
        ]
        return hubs, np.repeat(at[:, None], self.n, axis=1), np.repeat(at[None, :], self.n, axis=0)


def _opened(blocks: Blocks, n: int, p: int | None, kept: list[int], shut: list[int]) -> Ids:
    least, most = np.zeros(n), np.ones(n)
    least[kept], most[shut] = 1.0, 0.0
    opened = blocks.variables(n, least=least, most=most, whole=True)
    # Flows need a hub, also where none is asked for and none costs anything.
    low, high = (1, n) if p is None else (p, p)
    blocks.rule("p", [Terms(0, opened, 1.0)], low=low, high=high)
    return opened
