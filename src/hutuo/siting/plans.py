"""Plans under rules and goals: one, other ones as good, a front of two goals, and what makes one possible."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.progress import report
from hutuo.siting.blocks import Terms
from hutuo.siting.measures import Measures, measured
from hutuo.siting.planned import Goal, Plan, goal_costs, planned, read_goal
from hutuo.siting.programs import Ended, Stop, solved
from hutuo.siting.rules import Problem, Rules, read_problem
from hutuo.siting.solutions import gap_of

__all__ = ["Sited", "alternatives", "front", "repairs", "sited"]

Array = npt.NDArray[np.float64]
SMALL, OPEN = 1e-7, 0.5
# Part of a goal's value by which later goals may not make it worse: what rounding may.
HELD = 1e-7


@dataclass(frozen=True)
class Sited:
    """Sites, who is served from where, and how good that is.

    Attributes:
        sites: Open sites, in order.
        assignment: Site that serves most of each client, (clients,), -1 for none.
        shares: Parts of each client's demand by site, (clients, sites).
        values: Value of each goal, in their order.
        bounds: What no plan is below, for each goal in turn once those before it are kept.
        gap: Largest relative difference of a value and its bound.
        status: ``optimal``, ``time_limit`` or ``infeasible``; why the last goal that was worked on stopped.
        seconds: Time taken.
        conflict: Where there is no plan, the smallest sets of rules without which there is one, see
            :func:`repairs`.
        measures: Loads, costs and equity of the plan; None if there is no plan.
    """

    sites: list[int]
    assignment: npt.NDArray[np.int64]
    shares: Array
    values: list[float]
    bounds: list[float]
    gap: float
    status: str
    seconds: float
    conflict: list[tuple[str, ...]]
    measures: Measures | None


def sited(
    cost: Any,
    weights: npt.ArrayLike | None = None,
    rules: Rules = Rules(),  # noqa: B008 - it is frozen
    *,
    goals: Sequence[Goal] = ("cost",),
    time_limit: float | None = None,
) -> Sited:
    """The best plan under rules, by the first goal; among those as good by it, by the next one, and so on.

    Args:
        cost: Of serving a client from a site, (clients, sites), >= 0; inf where there is no way.
        weights: Demand of clients, (clients,), >= 0; 1 if none is given.
        rules: What the plan must keep to.
        goals: Names of goals, or several with weights that are added up; see :data:`GOALS`.
        time_limit: Seconds after which the best plan is given with its bound.

    Returns:
        The plan; ``infeasible`` with the rules that are in each other's way if there is none.

    Raises:
        BadInput: A figure is out of range; all of them are named.
        BadAsk: A goal is unknown.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun = time.monotonic()
    problem = read_problem(cost, weights, rules)
    read = [read_goal(goal, problem) for goal in goals]
    plan = planned(problem, read)
    ended, values, bounds = _in_turn(plan, problem, read, _left(begun, time_limit))
    found = _answered(plan, problem, ended, (values, bounds), begun)
    if found.status == "infeasible":
        sets = _repairs(plan, _left(begun, time_limit))
        return Sited(**{**found.__dict__, "conflict": sets})
    return found


def alternatives(  # noqa: PLR0913 - what is asked
    cost: Any,
    weights: npt.ArrayLike | None = None,
    rules: Rules = Rules(),  # noqa: B008 - it is frozen
    *,
    goal: Goal = "cost",
    many: int = 10,
    within: float = 0.0,
    time_limit: float | None = None,
) -> list[Sited]:
    """Plans with other sites that are as good, the best first.

    Args:
        cost: As for :func:`sited`.
        weights: As there.
        rules: As there.
        goal: What they are good at.
        many: Most plans.
        within: Part of the best value by which a plan may be worse.
        time_limit: Seconds for all of them together.

    Returns:
        The best plan and others; fewer than were asked for if there are no more, or time was up: the last one
        then says so.
    """
    begun = time.monotonic()
    problem = read_problem(cost, weights, rules)
    read = read_goal(goal, problem)
    plan = planned(problem, [read])
    costs, added = goal_costs(plan, problem, read)
    found: list[Sited] = []
    while len(found) < many:
        report(len(found) / many, Text("寻找其他方案", "looking for other plans"))
        ended, values, bounds = _in_turn(plan, problem, [read], _left(begun, time_limit))
        if ended.x is None:
            break
        found.append(_answered(plan, problem, ended, (values, bounds), begun))
        if len(found) == 1:
            slack = within * abs(values[0]) + HELD * max(abs(values[0]), 1.0)
            term = Terms(0, np.arange(len(costs)), costs)
            plan.blocks.rule("", [term], high=values[0] - added + slack)
        if ended.status != "optimal":
            break
        here = np.isin(np.arange(len(plan.open)), found[-1].sites)
        # Another plan differs in at least one site.
        plan.blocks.rule(
            "", [Terms(0, plan.open, np.where(here, -1.0, 1.0))], low=1.0 - here.sum()
        )
    return found


def front(
    cost: Any,
    weights: npt.ArrayLike | None = None,
    rules: Rules = Rules(),  # noqa: B008 - it is frozen
    *,
    goals: tuple[Goal, Goal] = ("cost", "farthest"),
    many: int = 10,
    time_limit: float | None = None,
) -> list[Sited]:
    """Plans of which none is better by one of two goals unless it is worse by the other.

    Args:
        cost: As for :func:`sited`.
        weights: As there.
        rules: As there.
        goals: The two goals.
        many: Most plans; the ends of the front are always among them, the others about evenly between them.
        time_limit: Seconds for all of them together.

    Returns:
        Plans from the best by the first goal to the best by the second, with both values and bounds.

    Source: Y. Y. Haimes, L. S. Lasdon and D. A. Wismer, On a bicriterion formulation of the problems of
    integrated system identification and system optimization, IEEE Transactions on Systems, Man, and
    Cybernetics 1 (1971) 296-297; G. Mavrotas, Effective implementation of the epsilon-constraint method,
    Applied Mathematics and Computation 213 (2009) 455-465, for the second goal in turn.
    """
    if many < 2:  # noqa: PLR2004 - both ends
        raise BadAsk((f"many为{many},应不小于2", f"many is {many}; at least 2 would be right"))
    begun = time.monotonic()
    problem = read_problem(cost, weights, rules)
    one, two = (read_goal(goal, problem) for goal in goals)
    first = _point(problem, [one, two], None, _left(begun, time_limit))
    last = _point(problem, [two, one], None, _left(begun, time_limit))
    if first is None or last is None:
        return [end for end in (first, last) if end is not None]
    last = _turned(last)
    points = [first]
    steps = np.linspace(first.values[1], last.values[1], many)[1:-1]
    for at, most in enumerate(steps):
        report((at + 1) / many, Text("求帕累托前沿", "looking for the front"))
        if points[-1].values[1] <= most + HELD * max(abs(most), 1.0):
            continue
        limit = (two, float(most))
        found = _point(problem, [one, two], limit, _left(begun, time_limit))
        if found is None or found.values[1] <= last.values[1] + HELD * max(abs(most), 1.0):
            break
        points.append(found)
    same = abs(points[-1].values[1] - last.values[1]) <= HELD * max(abs(last.values[1]), 1.0)
    return points if same else [*points, last]


def repairs(
    cost: Any,
    weights: npt.ArrayLike | None = None,
    rules: Rules = Rules(),  # noqa: B008 - it is frozen
    *,
    time_limit: float | None = None,
) -> list[tuple[str, ...]]:
    """The smallest sets of rules without which there is a plan: all of the least number of rules.

    Returns:
        Names of rules; one empty set if there is a plan as it is, none if no rules are to blame.
    """
    begun = time.monotonic()
    problem = read_problem(cost, weights, rules)
    plan = planned(problem)
    return _repairs(plan, _left(begun, time_limit))


def _left(begun: float, time_limit: float | None) -> float | None:
    return None if time_limit is None else max(begun + time_limit - time.monotonic(), 0.01)


def _in_turn(
    plan: Plan, problem: Problem, goals: list[dict[str, float]], seconds: float | None
) -> tuple[Ended, list[float], list[float]]:
    """The best by the first goal, kept while the next is looked at."""
    begun = time.monotonic()
    best, values, bounds = Ended(None, np.inf, np.inf, "infeasible"), [], []
    held = len(plan.blocks.names)
    for goal in goals:
        costs, added = goal_costs(plan, problem, goal)
        ended = solved(plan.blocks.program(costs), Stop(_left(begun, seconds)), best.x)
        if ended.x is None and best.x is not None:
            # What was found for the goals before it stands, with nothing known of this one.
            ended = Ended(best.x, float(costs @ best.x), ended.bound, "time_limit")
        best = ended
        values.append(ended.value + added)
        # What a plan is to be good at is never below 0.
        least = 0.0 if min(goal.values()) >= 0 else -np.inf
        bounds.append(max(ended.bound + added, least))
        if ended.status != "optimal" or goal is goals[-1]:
            break
        slack = HELD * max(abs(ended.value), 1.0)
        term = Terms(0, np.arange(len(costs)), costs)
        plan.blocks.rule("", [term], high=ended.value + slack)
    plan.blocks.forget(held)
    return best, values, bounds


def _answered(
    plan: Plan,
    problem: Problem,
    ended: Ended,
    told: tuple[list[float], list[float]],
    begun: float,
) -> Sited:
    shares, sites, measures = np.zeros(problem.cost.shape), [], None
    if ended.x is not None:
        parts = ended.x[plan.ways]
        shares[plan.i, plan.j] = np.where(parts > SMALL, parts, 0.0)
        if not problem.rules.split:
            # Of ways that are equally good one is taken.
            there = shares.sum(axis=1) > OPEN
            best = np.argmax(shares, axis=1)
            shares = np.zeros(shares.shape)
            shares[there, best[there]] = 1.0
        sites = [int(site) for site in np.flatnonzero(ended.x[plan.open] > OPEN)]
        measures = measured(problem, sites, shares)
    most = np.argmax(shares, axis=1).astype(np.int64)
    most[shares.sum(axis=1) <= SMALL] = -1
    off = [gap_of(value, bound) for value, bound in zip(*told, strict=True)]
    gap = max((one for one in off if one > HELD), default=0.0) if ended.x is not None else np.inf
    seconds = time.monotonic() - begun
    return Sited(sites, most, shares, *told, gap, ended.status, seconds, [], measures)


def _point(
    problem: Problem,
    goals: list[dict[str, float]],
    limit: tuple[dict[str, float], float] | None,
    left: float | None,
) -> Sited | None:
    """The best by one goal, then by the other, which may have a limit."""
    begun = time.monotonic()
    plan = planned(problem, goals)
    if limit is not None:
        costs, added = goal_costs(plan, problem, limit[0])
        most = limit[1] - added + HELD * max(abs(limit[1]), 1.0)
        plan.blocks.rule("", [Terms(0, np.arange(len(costs)), costs)], high=most)
    ended, values, bounds = _in_turn(plan, problem, goals, left)
    if ended.x is None:
        return None
    if len(values) < len(goals):
        costs, added = goal_costs(plan, problem, goals[1])
        values.append(float(costs @ ended.x) + added)
        bounds.append(0.0 if min(goals[1].values()) >= 0 else -np.inf)
    return _answered(plan, problem, ended, (values, bounds), begun)


def _turned(end: Sited) -> Sited:
    """With the values of the two goals the other way round."""
    return Sited(**{**end.__dict__, "values": end.values[::-1], "bounds": end.bounds[::-1]})


def _repairs(plan: Plan, seconds: float | None) -> list[tuple[str, ...]]:
    begun = time.monotonic()
    names = sorted({name for name in plan.blocks.names if name})
    nothing = np.zeros(plan.blocks.many)
    for many in range(len(names) + 1):
        found = []
        for without in combinations(names, many):
            report(many / (len(names) + 1), Text("寻找可放宽的规则", "looking for rules to relax"))
            stop = Stop(_left(begun, seconds))
            ended = solved(plan.blocks.program(nothing, frozenset(without)), stop)
            if ended.x is not None:
                found.append(without)
            if ended.status == "time_limit":
                return found
        if found:
            return found
    return []
