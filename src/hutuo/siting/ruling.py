"""Sites under rules: a budget, floors for cities, limits of who may be how far, and what may close."""

from typing import TYPE_CHECKING

import numpy as np

from hutuo.errors import BadAsk
from hutuo.siting.planned import GOALS
from hutuo.siting.plans import Sited, alternatives, sited
from hutuo.siting.rules import Rules
from hutuo.siting.siteanswers import OtherPlan
from hutuo.siting.solutions import Solution
from hutuo.verbs import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.siting.siteasks import Locate
    from hutuo.siting.siterows import Case

    Floats = NDArray[np.float64]

__all__ = ["VALUES", "even", "goals_of", "others", "ruled", "rules_of", "value_of"]

# What the value of a plan is by its first goal.
VALUES = {
    "cost": Text("总出行(人·分钟)", "travel in all, person-minutes"),
    "spent": Text("新设与关闭的费用(分)", "cost of opening and closing, fen"),
    "farthest": Text("最远者用时(分钟)", "minutes of the farthest"),
    "left": Text("时限内需求量", "demand within the limit"),
    "beyond": Text("时限内需求量", "demand within the limit"),
    "spread": Text("任两人用时的平均差(分钟)", "mean difference of minutes of any two people"),
    "sites": Text("设施数(处)", "number of sites"),
    "lost": Text("不能存活的需求量", "demand that does not survive"),
}
COVERED = ("left", "beyond")


def even(ask: "Locate") -> bool:
    """Whether everybody is served and how far counts, not only who is within the limit."""
    limits = (ask.most_minutes, ask.gini, ask.beyond_share)
    rooms = (ask.capacity, ask.new_capacity)
    return bool(ask.goals) or any(one is not None for one in (*limits, *rooms))


def goals_of(ask: "Locate") -> list[dict[str, float]]:
    """What the plan is to be good at, the first before the next: names with weights.

    Raises:
        BadAsk: A goal is unknown, or a weight is no number.
    """
    found, wrong = [], []
    for word in ask.goals:
        parts = [part.partition(":") for part in word.split("+")]
        try:
            goal = {name: float(weight or 1) for name, _, weight in parts}
        except ValueError:
            goal = {}
        fine = bool(goal) and len(goal) == len(parts) and set(goal) <= set(GOALS)
        if not fine or any(not weight >= 0 for weight in goal.values()):
            wrong.append(word)
        found.append(goal)
    if wrong:
        shown, known = ", ".join(wrong), ", ".join(GOALS)
        raise BadAsk(
            Text(f"goals:{shown}不是目标", f"goals: {shown} is no goal"),
            Text(
                f"可用{known},可写为cost+farthest:500",
                f"goals are {known}, also as cost+farthest:500",
            ),
        )
    return found or [{"beyond" if even(ask) else "left": 1.0}, {"cost": 1.0}]


def value_of(goal: dict[str, float]) -> Text:
    """What the value of a plan measures."""
    if len(goal) == 1:
        return VALUES[next(iter(goal))]
    shown = "+".join(f"{name}:{weight:g}" for name, weight in goal.items())
    return Text(f"加权目标{shown}", f"goals added up, {shown}")


def rules_of(case: "Case", ask: "Locate", demand: "Floats", room: "Floats | None") -> Rules:
    """The rules of an ask; without limits of how far, those beyond the limit are served by nobody."""
    cities = [point.city for point in case.clients]
    stand = range(case.kept)
    peopled = sorted({city for city, one in zip(cities, demand.tolist(), strict=True) if one > 0})
    near = ask.minutes if ask.included else float(np.nextafter(ask.minutes, 0.0))
    opening = np.full(len(case.sites), float(ask.opening_fen or 0))
    whole = even(ask)
    spread = ask.gini is not None or any("spread" in goal for goal in goals_of(ask))
    closing = None
    if ask.closing_fen is not None and case.kept:
        closing = np.full(len(case.sites), float(ask.closing_fen))
    return Rules(
        p=None if ask.number is None else ask.number + case.kept,
        kept=() if ask.closing_fen is not None else stand,
        existing=stand,
        opening=opening,
        closing=closing,
        budget=None if ask.budget_fen is None else float(ask.budget_fen),
        limit=np.inf if whole else ask.minutes,
        inclusive=ask.included,
        capacity=None if room is None else np.where(np.isinf(room), demand.sum() + 1.0, room),
        split=room is not None and not ask.single,
        # Only where it pays to send somebody farther away than need be.
        nearest=spread and room is None,
        serve=1.0 if whole else 0.0,
        groups=cities,
        floors=dict.fromkeys(peopled, ask.floor) if ask.floor else {},
        floor_within=near if whole else np.inf,
        beyond=(near, 1.0 if ask.beyond_share is None else ask.beyond_share) if whole else None,
        gini=ask.gini,
        farthest=ask.most_minutes,
    )


def ruled(
    case: "Case", ask: "Locate", demand: "Floats", room: "Floats | None"
) -> "tuple[Solution, list[list[str]]]":
    """The best plan under the rules, and where there is none the rules that are in each other's way.

    Args:
        case: Places, all of which can be served from somewhere where everybody is to be.
        ask: The ask.
        demand: Of the clients, (clients,).
        room: Capacities, (sites,), or None.
    """
    goals = goals_of(ask)
    rules = rules_of(case, ask, demand, room)
    found = sited(case.ways.minutes, demand, rules, goals=goals, time_limit=ask.seconds)
    conflict = [list(one) for one in found.conflict]
    if not found.values or not np.isfinite(found.values[0]):
        none = np.full(len(case.clients), -1, np.int64)
        bound = found.bounds[0] if found.bounds else 0.0
        empty = Solution([], none, np.inf, bound, np.inf, found.status, found.seconds, [])
        return empty, conflict
    value, bound, gap = _valued(found, goals, float(demand.sum()))
    return Solution(
        found.sites, found.assignment, value, bound, gap, found.status, found.seconds, [],
        None if room is None else found.shares,
    ), conflict  # fmt: skip


def _valued(
    found: Sited, goals: list[dict[str, float]], total: float
) -> tuple[float, float, float]:
    """Value, bound and gap of the first goal; of covers the demand within the limit."""
    first, low = found.values[0], found.bounds[0]
    if len(goals[0]) == 1 and next(iter(goals[0])) in COVERED:
        weight = next(iter(goals[0].values())) or 1.0
        covered, most = total - first / weight, total - low / weight
        return covered, most, (most - covered) / covered if covered else found.gap
    return first, low, found.gap


def others(
    case: "Case", ask: "Locate", demand: "Floats", room: "Floats | None"
) -> list[OtherPlan]:
    """Other plans that are as good by the first goal, or nearly, as far as there are any."""
    goal, rules = goals_of(ask)[0], rules_of(case, ask, demand, room)
    found = alternatives(
        case.ways.minutes, demand, rules, goal=goal, many=ask.more_plans + 1, within=ask.plans_within,
        time_limit=ask.seconds,
    )  # fmt: skip
    total = float(demand.sum())
    return [
        OtherPlan(
            objective=round(_valued(one, [goal], total)[0], 3),
            sites=[case.sites[at].place for at in one.sites],
            opens=[case.sites[at].place for at in one.sites if at >= case.kept],
            closes=[case.sites[at].place for at in range(case.kept) if at not in one.sites],
        )
        for one in found
    ]
