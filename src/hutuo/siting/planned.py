"""The programme of a plan under rules, and what a plan is to be good at."""

from collections.abc import Mapping, Sequence
from itertools import pairwise
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadAsk
from hutuo.siting.blocks import Blocks, Terms
from hutuo.siting.rules import Problem

__all__ = ["GOALS", "Goal", "Plan", "goal_costs", "planned", "read_goal", "survival"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
Goal = str | Mapping[str, float]
# What a plan can be good at, all to be small.
GOALS = {
    "cost": "weights times costs of whom is served",
    "spent": "opening and closing",
    "farthest": "the largest cost of a client that is served",
    "left": "weights of those who are not served",
    "beyond": "weights of those who are served from farther away than the rule beyond says",
    "spread": "mean difference of costs of any two, weighted by both",
    "sites": "open sites",
    "lost": "weights of those who do not survive, by survival",
}
# Those that add up what each client costs.
ALONE = frozenset(("cost", "spent", "left", "sites", "lost"))
# Costs of clients are compared two by two up to so many clients.
COMPARED = 400


class Plan(NamedTuple):
    """A programme and where in it things stand.

    Attributes:
        blocks: Variables and rules.
        open: Variables of the sites, (sites,).
        ways: Variables of ways, (ways,).
        i, j: Client and site of a way, (ways,).
        worst: Variable of the largest cost, (1,).
        differences: Variables of differences of clients' costs, (pairs,), and the two weights' product; none
            if nothing asks for them.
    """

    blocks: Blocks
    open: Ids
    ways: Ids
    i: Ids
    j: Ids
    worst: Ids
    differences: Ids
    products: Array


def survival(minutes: npt.ArrayLike) -> Array:
    """Share of patients with cardiac arrest who survive if help comes after so many minutes.

    Args:
        minutes: Any shape, >= 0; inf where nobody comes.

    Source: V. J. De Maio et al., Optimal defibrillation response intervals for maximum out-of-hospital
    cardiac arrest survival rates, Annals of Emergency Medicine 42 (2003) 242-250, as used by E. Erkut,
    A. Ingolfsson and G. Erdogan, Ambulance location for maximum survival, Naval Research Logistics 55
    (2008) 42-58.
    """
    return np.asarray(
        1.0 / (1.0 + np.exp(np.minimum(0.679 + 0.262 * np.asarray(minutes, float), 700.0)))
    )


def read_goal(goal: Goal, problem: Problem) -> dict[str, float]:
    """Goals and their weights.

    Raises:
        BadAsk: A goal is unknown, or lacks what it needs.
    """
    found = {goal: 1.0} if isinstance(goal, str) else {k: float(v) for k, v in goal.items()}
    for name in found:
        if name not in GOALS:
            zh, en = f"没有目标{name!r}", f"there is no goal {name!r}"
            known = ", ".join(GOALS)
            raise BadAsk((zh, en), (f"可用的目标:{known}", f"goals are {known}"))
    if "beyond" in found and problem.rules.beyond is None:
        hint = ("给出规则beyond:(成本, 1)", "give the rule beyond: (cost, 1)")
        raise BadAsk(("目标beyond需要规则beyond", "the goal beyond needs the rule beyond"), hint)
    return found


def planned(problem: Problem, goals: Sequence[Mapping[str, float]] = ()) -> Plan:
    """The programme of all plans that keep to the rules.

    Args:
        problem: What is planned.
        goals: What plans are to be good at.
    """
    compared = any("spread" in goal for goal in goals)
    rules, blocks = problem.rules, Blocks()
    clients, sites = problem.cost.shape
    near = np.isfinite(problem.cost)
    i, j = np.nonzero(near)
    opened = blocks.variables(sites, whole=True)
    ways = blocks.variables(len(i), whole=_whole(problem, goals))
    worst = blocks.variables(1, most=np.inf)
    blocks.rule("", [Terms(i, ways, 1.0)], high=1.0, many=clients)
    at = np.arange(len(i))
    blocks.rule("", [Terms(at, ways, 1.0), Terms(at, opened[j], -1.0)], high=0.0, many=len(i))
    c = problem.cost[i, j]
    most = Terms(np.arange(clients), np.repeat(worst, clients), -1.0)
    blocks.rule("", [Terms(i, ways, c), most], high=0.0, many=clients)
    plan = Plan(blocks, opened, ways, i, j, worst, np.zeros(0, np.int64), np.zeros(0))
    if compared or rules.gini is not None:
        plan = _compared(plan, problem)
    _of_sites(plan, problem)
    _of_clients(plan, problem)
    _of_loads(plan, problem)
    _of_equity(plan, problem)
    return plan


def _whole(problem: Problem, goals: Sequence[Mapping[str, float]]) -> bool:
    """Whether ways must be told to be whole: else each client's best way is, once the sites are chosen."""
    rules = problem.rules
    if rules.split:
        return False
    alone = len(goals) <= 1 and all(ALONE.issuperset(goal) for goal in goals)
    shared = problem.room is not None or 0 < rules.serve < 1 or bool(rules.floors)
    limits = (rules.beyond, rules.gini, rules.farthest)
    even = rules.backup > 1 or any(limit is not None for limit in limits)
    return shared or even or not alone


def _of_sites(plan: Plan, problem: Problem) -> None:
    """Rules on which sites are open, and what that costs."""
    rules, blocks, opened = problem.rules, plan.blocks, plan.open
    if rules.p is not None:
        blocks.rule("p", [Terms(0, opened, 1.0)], low=rules.p, high=rules.p)
    for name, sites, state in (("kept", rules.kept, 1.0), ("forbidden", rules.forbidden, 0.0)):
        if len(sites):
            term = Terms(np.arange(len(sites)), opened[list(sites)], 1.0)
            blocks.rule(name, [term], low=state, high=state, many=len(sites))
    if rules.budget is not None:
        most = rules.budget - problem.closing.sum()
        blocks.rule("budget", [Terms(0, opened, problem.opening - problem.closing)], high=most)


def _of_clients(plan: Plan, problem: Problem) -> None:
    """Rules on who is served, and from where."""
    rules, blocks, i, j = problem.rules, plan.blocks, plan.i, plan.j
    c = problem.cost[i, j]
    far = _far(c, rules.limit, inclusive=rules.inclusive)
    if far.any():
        blocks.rule("limit", [Terms(0, plan.ways[far], 1.0)], high=0.0)
    if rules.serve >= 1:
        # To leave people out is no repair of a plan that is for all.
        blocks.rule("", [Terms(i, plan.ways, 1.0)], low=1.0, many=len(problem.cost))
    elif rules.serve > 0:
        least = rules.serve * problem.weights.sum()
        blocks.rule("serve", [Terms(0, plan.ways, problem.weights[i])], low=least)
    if rules.groups is not None:
        of = np.array([str(group) for group in rules.groups])
        for group, share in rules.floors.items():
            here = of == str(group)
            mine = here[i] & (c <= rules.floor_within)
            least = share * problem.weights[here].sum()
            terms = [Terms(0, plan.ways[mine], problem.weights[i[mine]])]
            blocks.rule(f"floors {group}", terms, low=least)
    if rules.backup > 1:
        _backed(plan, problem, ~far)
    if rules.nearest:
        _nearest(plan, problem, ~far)


def _far(cost: Array, limit: float, *, inclusive: bool) -> npt.NDArray[np.bool_]:
    return np.asarray(cost > limit if inclusive else cost >= limit)


def _backed(plan: Plan, problem: Problem, near: npt.NDArray[np.bool_]) -> None:
    """As many open sites within the limit as the rule asks for, of each client so far as it is served."""
    terms = [
        Terms(plan.i[near], plan.open[plan.j[near]], 1.0),
        Terms(plan.i, plan.ways, -float(problem.rules.backup)),
    ]
    plan.blocks.rule("backup", terms, low=0.0, many=len(problem.cost))


def _nearest(plan: Plan, problem: Problem, near: npt.NDArray[np.bool_]) -> None:
    """Nobody is served from farther away than from an open site.

    Source: J. L. Wagner and L. M. Falkson, The optimal nodal location of public facilities with
    price-sensitive demand, Geographical Analysis 7 (1975) 69-83.
    """
    c = problem.cost[plan.i, plan.j]
    first = np.searchsorted(plan.i, np.arange(len(problem.cost) + 1))
    rows, ways, done = [np.zeros(0, np.int64)], [np.zeros(0, np.int64)], 0
    # Ways of a client stand together, so each client is compared with itself alone.
    for begin, end in pairwise(first):
        mine = np.flatnonzero(near[begin:end])
        row, way = np.nonzero(c[None, begin:end] > c[begin + mine][:, None])
        rows.append(done + row)
        ways.append(begin + way)
        done += len(mine)
    sites = plan.open[plan.j[near]]
    farther = Terms(np.concatenate(rows), plan.ways[np.concatenate(ways)], 1.0)
    terms = [Terms(np.arange(done), sites, 1.0), farther]
    plan.blocks.rule("nearest", terms, high=1.0, many=done)


def _of_loads(plan: Plan, problem: Problem) -> None:
    """Rules on what sites serve."""
    rules, room = problem.rules, problem.room
    if room is None:
        return
    sites = np.arange(len(room))
    load = Terms(plan.j, plan.ways, problem.weights[plan.i])
    terms = [load, Terms(sites, plan.open, -room)]
    plan.blocks.rule("capacity", terms, high=0.0, many=len(room))
    if rules.least_use:
        terms = [load, Terms(sites, plan.open, -rules.least_use * room)]
        plan.blocks.rule("least_use", terms, low=0.0, many=len(room))


def _of_equity(plan: Plan, problem: Problem) -> None:
    """Rules on how evenly clients are served."""
    rules, weights = problem.rules, problem.weights
    c = problem.cost[plan.i, plan.j]
    if rules.farthest is not None:
        plan.blocks.rule("farthest", [Terms(0, plan.worst, 1.0)], high=rules.farthest)
    if rules.beyond is not None:
        far = c > rules.beyond[0]
        terms = [Terms(0, plan.ways[far], weights[plan.i[far]])]
        plan.blocks.rule("beyond", terms, high=rules.beyond[1] * weights.sum())
    if rules.gini is not None:
        # The Gini coefficient is the mean difference over twice the mean. Products of people as they are
        # would be more than the solver takes.
        total = max(weights.sum(), 1e-12)
        terms = [
            Terms(0, plan.differences, plan.products / total**2),
            Terms(0, plan.ways, -rules.gini * weights[plan.i] / total * c),
        ]
        plan.blocks.rule("gini", terms, high=0.0)


def _compared(plan: Plan, problem: Problem) -> Plan:
    """Differences of costs of each two clients with demand.

    Raises:
        BadAsk: There are too many clients.
    """
    some = np.flatnonzero(problem.weights > 0)
    if len(some) > COMPARED:
        zh = f"{len(some)}个需求点两两比较过多,最多{COMPARED}个"
        en = f"{len(some)} clients are too many to compare two by two; at most {COMPARED} would be right"
        raise BadAsk((zh, en), ("合并需求点", "merge clients"))
    a, b = np.triu_indices(len(some), 1)
    one, two = some[a], some[b]
    many = len(one)
    gaps = plan.blocks.variables(many, most=np.inf)
    c = problem.cost[plan.i, plan.j]
    sides = [_of_pairs(plan, c, one), _of_pairs(plan, c, two)]
    for first, second in (sides, sides[::-1]):
        terms = [
            Terms(np.arange(many), gaps, 1.0),
            Terms(first.rows, first.variables, -np.asarray(first.factors)),
            second,
        ]
        plan.blocks.rule("", terms, low=0.0, many=many)
    products = problem.weights[one] * problem.weights[two]
    return plan._replace(differences=gaps, products=products)


def _of_pairs(plan: Plan, c: Array, clients: Ids) -> Terms:
    """Costs of clients, one row for each of them."""
    first = np.searchsorted(plan.i, clients)
    many = np.searchsorted(plan.i, clients, side="right") - first
    rows = np.repeat(np.arange(len(clients)), many)
    way = np.arange(many.sum()) - np.repeat(np.cumsum(many) - many, many) + np.repeat(first, many)
    return Terms(rows, plan.ways[way], c[way])


def goal_costs(plan: Plan, problem: Problem, goal: Mapping[str, float]) -> tuple[Array, float]:
    """Costs of the programme's variables, and what is added to them."""
    costs, added = np.zeros(plan.blocks.many), 0.0
    for name, weight in goal.items():
        part, more = _GOAL_PARTS[name](plan, problem)
        costs += weight * part
        added += weight * more
    return costs, added


def _zeros(plan: Plan) -> Array:
    return np.zeros(plan.blocks.many)


def _cost(plan: Plan, problem: Problem) -> tuple[Array, float]:
    costs = _zeros(plan)
    costs[plan.ways] = problem.weights[plan.i] * problem.cost[plan.i, plan.j]
    return costs, 0.0


def _spent(plan: Plan, problem: Problem) -> tuple[Array, float]:
    costs = _zeros(plan)
    costs[plan.open] = problem.opening - problem.closing
    return costs, float(problem.closing.sum())


def _farthest(plan: Plan, problem: Problem) -> tuple[Array, float]:
    del problem
    costs = _zeros(plan)
    costs[plan.worst] = 1.0
    return costs, 0.0


def _left(plan: Plan, problem: Problem) -> tuple[Array, float]:
    costs = _zeros(plan)
    costs[plan.ways] = -problem.weights[plan.i]
    return costs, float(problem.weights.sum())


def _beyond(plan: Plan, problem: Problem) -> tuple[Array, float]:
    costs = _zeros(plan)
    assert problem.rules.beyond is not None  # noqa: S101 - read_goal asks for it
    far = problem.cost[plan.i, plan.j] > problem.rules.beyond[0]
    costs[plan.ways[far]] = problem.weights[plan.i[far]]
    return costs, 0.0


def _spread(plan: Plan, problem: Problem) -> tuple[Array, float]:
    costs = _zeros(plan)
    costs[plan.differences] = 2 * plan.products / max(problem.weights.sum() ** 2, 1e-12)
    return costs, 0.0


def _sites(plan: Plan, problem: Problem) -> tuple[Array, float]:
    del problem
    costs = _zeros(plan)
    costs[plan.open] = 1.0
    return costs, 0.0


def _lost(plan: Plan, problem: Problem) -> tuple[Array, float]:
    costs = _zeros(plan)
    alive = survival(problem.cost[plan.i, plan.j])
    costs[plan.ways] = -problem.weights[plan.i] * alive
    return costs, float(problem.weights.sum())


_GOAL_PARTS: dict[str, Any] = {
    "cost": _cost,
    "spent": _spent,
    "farthest": _farthest,
    "left": _left,
    "beyond": _beyond,
    "spread": _spread,
    "sites": _sites,
    "lost": _lost,
}
