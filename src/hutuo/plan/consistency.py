"""Where targets of a plan contradict each other or are hard to believe; free of any store.

Each rule takes targets and returns what it found, so that a plan is shown all of it at once. A quantity that
adds up is taken to be at least 0. What a plan says of itself is held against figures by ``plan reconcile``.
"""

import csv
from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import cache
from itertools import pairwise
from math import inf, isclose
from pathlib import Path
from typing import NamedTuple

from hutuo.glossary import Text
from hutuo.plan.status import REACHED, Point, growth
from hutuo.units import UNITS, convert, shown

ACCOUNTS = Path(__file__).with_name("accounts.csv")
SURE, DOUBTFUL, CAUTION = "contradiction", "implausible", "caution"
NEAR = 1e-9


class Goal(NamedTuple):
    """A target as the rules need it.

    Attributes:
        target: Its id.
        clause: Clause that sets it.
        title: What it is called.
        indicator: What measures it.
        place: Where.
        operator: One of ``>= > <= < =``.
        value: Value to reach.
        unit: Its unit.
        year: Year by which; None for none.
        counts: ``product`` (GDP), ``net`` (value added), ``gross`` (revenue, output) or empty.
        adds_up: Whether values of parts add up to that of the whole.
        base: Last figure of the plan's first year or before, in the target's unit.
    """

    target: str
    clause: str
    title: Text
    indicator: str
    place: str
    operator: str
    value: float
    unit: str
    year: int | None
    counts: str
    adds_up: bool
    base: Point | None


class Fact(NamedTuple):
    """A figure that a finding rests on."""

    title: Text
    value: float
    unit: str
    year: int | None
    clause: str | None = None


class Flaw(NamedTuple):
    """One finding: which targets, by which rule, and why.

    Attributes:
        rule: Name of the rule.
        grade: ``contradiction`` (not both can hold), ``implausible`` or ``caution``.
        clauses: Clauses concerned, the first one first.
        targets: Targets concerned.
        says: Why, in words.
        facts: Figures that it rests on.
    """

    rule: str
    grade: str
    clauses: tuple[str, ...]
    targets: tuple[str, ...]
    says: Text
    facts: tuple[Fact, ...]


def counts(name: Text, unit: str) -> str:
    """How money of that name is counted: by the words of ``accounts.csv``, the first that stands in it."""
    if unit not in UNITS or UNITS[unit].dimension != "money":
        return ""
    words = f"{name.zh}\n{name.en}".lower()
    return next((kind for word, kind in _accounts() if word in words), "")


@cache
def _accounts() -> list[tuple[str, str]]:
    with ACCOUNTS.open(encoding="utf-8", newline="") as lines:
        return [(row["word"], row["counts"]) for row in csv.DictReader(lines)]


def parts_against_whole(
    goals: Sequence[Goal], members: Mapping[str, AbstractSet[str]]
) -> list[Flaw]:
    """Targets of members that cannot go together with that of the whole.

    Args:
        goals: Targets.
        members: Parts of each place that has some; all of them.
    """
    found = []
    for whole in goals:
        inside = members.get(whole.place, frozenset())
        parts = [
            goal
            for goal in goals
            if goal.place in inside
            and (goal.indicator, goal.year) == (whole.indicator, whole.year)
        ]
        if whole.adds_up and parts:
            found += _against(whole, parts, complete={goal.place for goal in parts} == inside)
    return found


def _against(whole: Goal, parts: Sequence[Goal], *, complete: bool) -> list[Flaw]:
    low, high = 0.0, 0.0
    for place in dict.fromkeys(goal.place for goal in parts):
        ends = [_ends(goal, whole.unit) for goal in parts if goal.place == place]
        low += max(end[0] for end in ends)
        high += min(end[1] for end in ends)
    least, most = _ends(whole, whole.unit)
    sums = (low, high if complete else inf)
    facts = (*(_fact(goal) for goal in parts), _fact(whole))
    asked = _asked(whole)
    if sums[0] > most * (1 + NEAR):
        return [
            _flaw("parts_above", SURE, [whole, *parts], facts, Text(
                f"{len(parts)}个成员的目标合计至少{shown(low)},超过全域的{asked.zh}",
                f"{len(parts)} members' targets come to {shown(low)} at least, above the whole's {asked.en}",
            ))
        ]  # fmt: skip
    if sums[1] < least * (1 - NEAR):
        return [
            _flaw("parts_below", SURE, [whole, *parts], facts, Text(
                f"全部{len(parts)}个成员的目标合计至多{shown(high)},达不到全域的{asked.zh}",
                f"all {len(parts)} members' targets sum to {shown(high)} at most, below the whole's"
                f" {asked.en}",
            ))
        ]  # fmt: skip
    if complete and 0 < low < least * (1 - NEAR):
        return [
            _flaw("parts_short", DOUBTFUL, [whole, *parts], facts, Text(
                f"全部成员各自恰好达标时合计{shown(low)},比全域的{asked.zh}少{shown(least - low)}",
                f"with every member just at its target the sum is {shown(low)}, {shown(least - low)} short"
                f" of {asked.en} of the whole",
            ))
        ]  # fmt: skip
    return []


def two_values(goals: Sequence[Goal]) -> list[Flaw]:
    """The same thing of the same place and year with different values."""
    found = []
    for same in _grouped(goals, lambda g: (g.indicator, g.place, g.year)):
        first = same[0]
        ends = [_ends(goal, first.unit) for goal in same]
        facts = tuple(_fact(goal) for goal in same)
        values = "、".join(_asked(goal).zh for goal in same)
        told = " and ".join(_asked(goal).en for goal in same)
        apart = max(end[0] for end in ends) > min(end[1] for end in ends) * (1 + NEAR)
        if apart:
            says = Text(
                f"同一事项的要求不能同时成立:{values}",
                f"asked at once, and not both can hold: {told}",
            )
            found.append(_flaw("excluding", SURE, same, facts, says))
        elif _differ(same):
            says = Text(
                f"同一事项有不同的数值:{values}", f"the same thing has different values: {told}"
            )
            found.append(_flaw("two_values", DOUBTFUL, same, facts, says))
    return found


def _differ(same: Sequence[Goal]) -> bool:
    """Whether two of them that ask in the same direction name different values."""
    ways: dict[str, list[float]] = {}
    for goal in same:
        ways.setdefault(goal.operator[0], []).append(convert(goal.value, goal.unit, same[0].unit))
    return any(not isclose(min(v), max(v), rel_tol=NEAR) for v in ways.values())


def later_looser(goals: Sequence[Goal]) -> list[Flaw]:
    """A later year that asks less than an earlier one."""
    found = []
    dated = [goal for goal in goals if goal.year is not None and goal.operator != "="]
    for same in _grouped(dated, lambda g: (g.indicator, g.place, g.operator[0])):
        for one, two in pairwise(sorted(same, key=lambda g: g.year or 0)):
            value = convert(two.value, two.unit, one.unit)
            less = value < one.value if one.operator[0] == ">" else value > one.value
            if one.year != two.year and less and not isclose(value, one.value, rel_tol=NEAR):
                a, b = _asked(one), _asked(two)
                says = Text(
                    f"{one.year}年要求{a.zh},{two.year}年反而放宽为{b.zh}",
                    f"{one.year} asks for {a.en}, and the later {two.year} for less: {b.en}",
                )
                facts = (_fact(one), _fact(two))
                found.append(_flaw("later_looser", DOUBTFUL, [one, two], facts, says))
    return found


def met_already(goals: Sequence[Goal]) -> list[Flaw]:
    """Targets that the base figure satisfies before the plan begins to work."""
    found = []
    for goal in goals:
        if goal.base and REACHED[goal.operator](goal.base.value, goal.value):
            asked = _asked(goal)
            says = Text(
                f"{goal.base.year}年已为{shown(goal.base.value)},基期已满足{asked.zh}",
                f"the figure of {goal.base.year}, {shown(goal.base.value)}, satisfies {asked.en} already",
            )
            found.append(_flaw("met_already", CAUTION, [goal], (_base(goal), _fact(goal)), says))
    return found


def too_steep(goals: Sequence[Goal], most: float) -> list[Flaw]:
    """Targets that ask for more growth, or fall, a year than ``most`` (a share)."""
    found = []
    for goal in goals:
        pace = _implied(goal)
        if goal.base is None or pace is None or abs(pace) <= most:
            continue
        since = goal.base.year
        says = Text(
            f"自{since}年起须年均变化{pace:+.1%},超过{most:.0%}的界限",
            f"from {since} on it takes {pace:+.1%} a year, beyond the bound of {most:.0%}",
        )
        found.append(_flaw("too_steep", DOUBTFUL, [goal], (_base(goal), _fact(goal)), says))
    return found


def outside_horizon(goals: Sequence[Goal], first: int | None, last: int | None) -> list[Flaw]:
    """Targets whose year lies before the plan's first year or after the last that it looks out to."""
    found = []
    for goal in goals:
        if goal.year is None or (first or 0) <= goal.year <= (last or inf):
            continue
        span = f"{first or '–'}–{last or '–'}"
        says = Text(
            f"目标年{goal.year}在规划期与展望期({span})之外",
            f"its year {goal.year} lies outside the plan's period and outlook ({span})",
        )
        found.append(_flaw("outside_horizon", DOUBTFUL, [goal], (_fact(goal),), says))
    return found


def double_counting(goals: Sequence[Goal]) -> list[Flaw]:
    """Targets in revenue or output of several industries of a place that invite to be added up."""
    found = []
    gross = [goal for goal in goals if goal.counts == "gross" and goal.operator[0] in ">="]
    for same in _grouped(gross, lambda g: (g.place, g.year)):
        if len({goal.indicator for goal in same}) > 1:
            total = sum(convert(goal.value, goal.unit, same[0].unit) for goal in same)
            unit = UNITS[same[0].unit]
            says = Text(
                f"{len(same)}项目标合计{shown(total)}{unit.zh},均为营业收入或产值,逐环节重复计入中间投入;"
                "增加值和生产总值不重复,不能拿合计与之相比",
                f"{len(same)} targets add up to {shown(total)} {unit.en}, all in revenue or output, which"
                " count intermediate inputs at every stage; value added and GDP do not, so the sum must not"
                " be held against them",
            )
            facts = tuple(_fact(goal) for goal in same)
            found.append(_flaw("double_counting", CAUTION, same, facts, says))
    return found


def faster_than_product(
    goals: Sequence[Goal], product: Mapping[str, tuple[float, Sequence[Fact]]], margin: float
) -> list[Flaw]:
    """Revenue or output that would have to grow faster than the place's GDP by more than a margin.

    Args:
        goals: Targets.
        product: For each place the growth of its GDP a year, as a share, and the figures that it rests on.
        margin: Share a year by which revenue may outgrow GDP.
    """
    found = []
    for goal in goals:
        pace = _implied(goal)
        if goal.counts != "gross" or pace is None or goal.place not in product:
            continue
        grows, facts = product[goal.place]
        if pace > grows + margin:
            says = Text(
                f"须年均增长{pace:.1%},比生产总值的{grows:.1%}快{100 * (pace - grows):.1f}个百分点,"
                f"超过{100 * margin:.0f}个百分点",
                f"it takes {pace:.1%} a year where GDP grows by {grows:.1%}: {100 * (pace - grows):.1f}"
                f" points more, beyond {100 * margin:.0f}",
            )
            all_facts = (_base(goal), _fact(goal), *facts)
            found.append(_flaw("faster_than_product", DOUBTFUL, [goal], all_facts, says))
    return found


def _implied(goal: Goal) -> float | None:
    """Growth a year from the base to the target; None where there is no base, no year, or no need."""
    if (
        goal.base is None
        or goal.year is None
        or REACHED[goal.operator](goal.base.value, goal.value)
    ):
        return None
    return growth(goal.base, Point(goal.year, goal.value))


def _ends(goal: Goal, unit: str) -> tuple[float, float]:
    """Least and most that a target allows."""
    value = convert(goal.value, goal.unit, unit)
    return (0.0 if goal.operator[0] == "<" else value), (inf if goal.operator[0] == ">" else value)


def _grouped(goals: Iterable[Goal], key: Callable[[Goal], object]) -> list[list[Goal]]:
    """Groups of at least two, in the order of their first."""
    groups: dict[object, list[Goal]] = {}
    for goal in goals:
        groups.setdefault(key(goal), []).append(goal)
    return [group for group in groups.values() if len(group) > 1]


def _asked(goal: Goal) -> Text:
    sign = {">=": "≥", "<=": "≤"}.get(goal.operator, goal.operator)
    unit = UNITS[goal.unit]
    return Text(f"{sign}{shown(goal.value)}{unit.zh}", f"{sign} {shown(goal.value)} {unit.en}")


def _fact(goal: Goal) -> Fact:
    return Fact(goal.title, goal.value, goal.unit, goal.year, goal.clause)


def _base(goal: Goal) -> Fact:
    year, value = goal.base or Point(0, 0.0)
    return Fact(Text("基期数值", "base figure"), value, goal.unit, year)


def _flaw(
    rule: str, grade: str, goals: Sequence[Goal], facts: tuple[Fact, ...], says: Text
) -> Flaw:
    clauses = tuple(dict.fromkeys(goal.clause for goal in goals))
    return Flaw(rule, grade, clauses, tuple(goal.target for goal in goals), says, facts)
