"""Contradictions and implausibilities of a plan, as findings: which clause, which rule, which figures."""

from typing import TYPE_CHECKING, Any

from hutuo.base.figures import unit_name
from hutuo.base.series import Observed, observed_all
from hutuo.glossary import label
from hutuo.plan import consistency
from hutuo.plan.consistency import Fact, Flaw, Goal, counts
from hutuo.plan.document import OfPlan, clause_rows, plan_of, target_rows
from hutuo.plan.prospects import yearly
from hutuo.plan.status import Point, growth
from hutuo.plan.trajectories import base_of
from hutuo.units import UNITS, convert
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hutuo.base.region import Region

# Kinds of quantity that a plan should state with one value only.
SAID_ONCE = ("target", "baseline", "scope")


class Contradictions(OfPlan):
    """Which plan to check, and what is taken for implausible."""

    most_growth: float = said(
        "年均变化的界限(比值)", "growth or fall a year beyond which a target is doubted, as a share",
        default=0.2, gt=0, le=10,
    )  # fmt: skip
    margin: float = said(
        "营业收入增速可高于生产总值增速的幅度(比值)",
        "share a year by which revenue may outgrow GDP before it is doubted",
        default=0.05, ge=0, le=10,
    )  # fmt: skip


class FactRow(Answer):
    """A figure that a finding rests on."""

    title: Text = said("名称", "what it is")
    value: float = said("数值", "the figure")
    unit: str = said("计量单位", "unit of measure")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    year: int | None = said("年份", "year; null if none is named")
    clause: str | None = said("条款编号", "clause that states it; null if it was observed")


class Contradiction(Answer):
    """One finding."""

    clause: str = said("条款编号", "clause concerned")
    others: list[str] = said("其他条款", "further clauses concerned")
    rule: str = said("规则", "rule that found it")
    rule_name: Text = said("规则名称", "what the rule is called")
    grade: str = said("性质", "contradiction (not both can hold), implausible or caution")
    grade_name: Text = said("性质名称", "what the grade is called")
    says: Text = said("说明", "why, in words")
    targets: list[str] = said("目标", "targets concerned")
    figures: list[FactRow] = said("依据的数据", "figures that it rests on")


@verb(
    "查找规划的矛盾与不合理之处", columns=("clause", "rule_name", "grade_name", "says", "targets")
)
def contradictions(region: "Region", ask: Contradictions) -> list[Contradiction]:
    """Find contradictions and implausible targets of a plan, each with clause, rule and figures."""
    plan = plan_of(region, ask.plan)
    goals = _goals(region, plan)
    ends = [year for year in (plan["horizon_to"], plan["outlook"]) if year]
    flaws = [
        *consistency.parts_against_whole(goals, _members(region)),
        *consistency.two_values(goals),
        *consistency.later_looser(goals),
        *consistency.met_already(goals),
        *consistency.too_steep(goals, ask.most_growth),
        *consistency.outside_horizon(goals, plan["horizon_from"], max(ends, default=None)),
        *consistency.double_counting(goals),
        *consistency.faster_than_product(goals, _product(region, goals), ask.margin),
        *_said_twice(region, plan),
    ]
    order = {row["clause"]: row["ordinal"] for row in clause_rows(region, plan)}
    flaws.sort(key=lambda flaw: order.get(flaw.clauses[0], 0))
    return [_answer(flaw) for flaw in flaws]


def _answer(flaw: Flaw) -> Contradiction:
    first, *others = flaw.clauses
    return Contradiction(
        clause=first,
        others=others,
        rule=flaw.rule,
        rule_name=label(f"flaw:{flaw.rule}"),
        grade=flaw.grade,
        grade_name=label(f"grade:{flaw.grade}"),
        says=flaw.says,
        targets=list(flaw.targets),
        figures=[
            FactRow(unit_name=_unit_name(fact.unit), **fact._asdict()) for fact in flaw.facts
        ],
    )


def _unit_name(unit: str) -> Text:
    """What a unit is called; one that a plan writes in its own way is called so."""
    return unit_name(unit) if unit in UNITS else Text(unit, unit)


def _goals(region: "Region", plan: dict[str, Any]) -> list[Goal]:
    """Targets that are measured for a place as a whole, with their base figures."""
    rows = [row for row in target_rows(region, plan["plan"]) if row["scope"] == "total"]
    seen = observed_all(region, ((row["place"], row["indicator"]) for row in rows))
    return [_goal(region, row, seen[row["place"], row["indicator"]], plan) for row in rows]


def _goal(
    region: "Region", row: dict[str, Any], seen: list[Observed], plan: dict[str, Any]
) -> Goal:
    about = region.indicators[row["indicator"]]
    since = row["base_year"] or plan["horizon_from"]
    figures = yearly(seen, [convert(s.value, s.unit, row["unit"]) for s in seen])
    base = base_of(figures, since)
    same = ("target", "clause", "indicator", "place", "operator", "value", "unit", "year")
    return Goal(
        title=Text(row["zh"], row["en"]),
        counts=counts(Text(about["zh"], about["en"]), row["unit"]),
        adds_up=about["aggregation"] == "sum",
        base=base if base and (since is None or base.year <= since) else None,
        **{name: row[name] for name in same},
    )


def _members(region: "Region") -> dict[str, set[str]]:
    """Parts of every set, and units right below every unit."""
    found: dict[str, set[str]] = {}
    for row in region.current("membership"):
        if row["role"] != "excluded":
            found.setdefault(row["set"], set()).add(row["member"])
    for row in region.current("unit"):
        if row["parent"]:
            found.setdefault(row["parent"], set()).add(row["unit"])
    return found


def _product(
    region: "Region", goals: "Sequence[Goal]"
) -> "Mapping[str, tuple[float, Sequence[Fact]]]":
    """Growth of GDP by place: as its target asks, else as seen between its first and last yearly figure."""
    found: dict[str, tuple[float, Sequence[Fact]]] = {}
    for goal in goals:
        if goal.counts == "product" and goal.base and goal.year:
            asked = growth(goal.base, Point(goal.year, goal.value))
            if asked is not None:
                base = Fact(goal.title, goal.base.value, goal.unit, goal.base.year)
                aim = Fact(goal.title, goal.value, goal.unit, goal.year, goal.clause)
                found[goal.place] = asked, (base, aim)
    places = {goal.place for goal in goals if goal.counts == "gross"} - set(found)
    names = {
        name: Text(row["zh"], row["en"])
        for name, row in region.indicators.items()
        if counts(Text(row["zh"], row["en"]), row["unit"]) == "product"
    }
    pairs = [(place, name) for place in sorted(places) for name in names]
    for (place, name), seen in observed_all(region, pairs).items():
        unit = region.indicators[name]["unit"]
        figures = yearly(seen, [convert(s.value, s.unit, unit) for s in seen])
        pace = growth(figures[0], figures[-1]) if figures else None
        if pace is not None and place not in found:
            ends = (figures[0], figures[-1])
            found[place] = pace, [Fact(names[name], p.value, unit, p.year) for p in ends]
    return found


def _said_twice(region: "Region", plan: dict[str, Any]) -> list[Flaw]:
    """Quantities read from the text: the same subject and year with two values in two clauses."""
    groups: dict[object, list[dict[str, Any]]] = {}
    for row in region.records("quantity", plan=plan["plan"]):
        if _is_compared(row):
            key = (row["kind"], row["subject"].strip(), row["target_year"], row["value_type"])
            groups.setdefault((*key, _dimension(row["unit"])), []).append(row)
    found = []
    for rows in groups.values():
        values = {round(_in_first(row, rows[0]), 9) for row in rows}
        clauses = tuple(dict.fromkeys(row["clause"] for row in rows))
        if len(values) > 1 and len(clauses) > 1:
            facts = tuple(
                Fact(Text(row["subject"], row["subject"]), row["value"], row["unit"] or "",
                     row["target_year"], row["clause"])
                for row in rows
            )  # fmt: skip
            told = "、".join(f"“{row['quote']}”({row['clause']})" for row in rows)
            says = Text(
                f"“{rows[0]['subject'].strip()}”在不同条款中数值不同:{told}",
                f"'{rows[0]['subject'].strip()}' has different values in different clauses: {told}",
            )
            found.append(Flaw("said_twice", consistency.DOUBTFUL, clauses, (), says, facts))
    return found


def _is_compared(row: dict[str, Any]) -> bool:
    """Whether a quantity has subject and value and stands; one bound as a target is compared as a target."""
    said = row["subject"] and row["value"] is not None and row["decision"] != "rejected"
    return bool(said) and row["kind"] in SAID_ONCE and not row["target"]


def _dimension(unit: str | None) -> str:
    return UNITS[unit].dimension if unit in UNITS else unit or ""


def _in_first(row: dict[str, Any], first: dict[str, Any]) -> float:
    """Its value in the first one's unit; units that are not known are the same within a group."""
    value: float = row["value"]
    return convert(value, row["unit"], first["unit"]) if row["unit"] in UNITS else value
