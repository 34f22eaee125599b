"""Roll-out: clauses and duties become a three-year action plan, yearly key points, quarterly tasks.

A task's id is what it comes from and its period (``PLAN/CLAUSE#d1@2026Q1``), so that rolling out again finds
what is there: known tasks stay as they are, with all edits, and only new ones are added.
"""

import re
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.plan.clausetree import below, leaves
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.exemptions import exemptions
from hutuo.plan.responsibilities import (
    STANDING,
    body_name,
    body_rows,
    duty_rows,
    responsibilities,
    written,
)
from hutuo.plan.tasks import CLOSED, DONE, OPEN, Kind, task_rows
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hutuo.base.region import Region

    Row = dict[str, Any]

LONGEST_TITLE = 60
ABOVE = {"yearly": "three_year", "quarterly": "yearly"}
ENDS = re.compile("^[\\s,\uff0c\u3001]+|[\\s,\uff0c\u3002;\uff1b\u3001.]+$")
LAST_DAYS = ((3, 31), (6, 30), (9, 30), (12, 31))
LEFT = {
    "exempt": Text("已注明不立任务的理由", "the clause has a reason why it gets no task"),
    "proposed": Text(
        "任务要求尚未审定;审定它,或加 include_proposed",
        "its duties are only proposed; accept them, or ask with include_proposed",
    ),
    "no_duty": Text(
        "条款没有任务要求;注明理由(plan exempt),或加 whole_clauses 按整条立任务",
        "the clause has no duty; say why (plan exempt), or ask with whole_clauses for one task of it",
    ),
    "past": Text("规划期限早于该时期", "the plan's deadline lies before the period"),
    "over": Text("上级任务在该时期前到期", "its parent is due before the period"),
    "done": Text("上级任务已完成", "its parent is done"),
    "dropped": Text("上级任务已取消", "its parent is dropped"),
}


class Period(NamedTuple):
    """A span of days that tasks are rolled out for: its name in ids, first and last day."""

    name: str
    first: date
    last: date


class Origin(NamedTuple):
    """What a task comes from.

    Attributes:
        id: Id of the duty, or plan and clause where the clause as a whole is meant.
        clause: Number of the clause.
        duty: Id of the duty; None for a whole clause.
        zh: Title in Chinese.
        en: Title in English, None where there is none.
        lead: Body that leads.
        support: Bodies that support, separated by ``|``.
        years: Years by which the plan wants it, each with where the year comes from.
    """

    id: str
    clause: str
    duty: str | None
    zh: str
    en: str | None
    lead: str | None
    support: str | None
    years: tuple[tuple[int, str], ...]


class Left(NamedTuple):
    """A clause or duty that gets no task, and why: a word of ``LEFT``."""

    clause: str | None
    duty: str | None
    why: str


class RollOut(OfPlan):
    """What to roll out."""

    kind: Kind = said("类别", "three_year, yearly or quarterly")
    start: int = said("起始年份", "first year", ge=1900, le=2200)
    quarter: int | None = said(
        "只要该季度", "only that quarter, for quarterly tasks", default=None, ge=1, le=4
    )
    clause: tuple[str, ...] = said(
        "只要这些条款(含下级)", "only these clauses, with those below", default=()
    )
    include_proposed: bool = said(
        "含未审定的任务要求", "also duties that nobody decided on yet", default=False
    )
    whole_clauses: bool = said(
        "没有任务要求的条款按整条立任务",
        "clauses with text that have no duty get one task each",
        default=False,
    )
    by: str | None = said("经手人或单位", "person or body who rolls out", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class RolledRow(Answer):
    """A task of the roll-out."""

    task: str = said("任务编号", "id of the task")
    change: str = said("变化", "added, or kept as it was")
    title: Text = said("任务名称", "what is to be done")
    clause: str | None = said("条款编号", "clause that it comes from")
    parent: str | None = said("上级任务", "task that it is a part of")
    start: date = said("开始日期", "first day")
    due: date = said("完成期限", "last day by which it shall be done")
    deadline: date | None = said("规划期限", "last day by which the plan wants the whole")
    deadline_from: str = said("期限来历", "stated, inherited, horizon or none")
    owner: str | None = said("责任单位", "body that answers for it")
    owner_name: Text | None = said("责任单位名称", "what that body is called")


class LeftRow(Answer):
    """A clause or duty that got no task."""

    clause: str | None = said("条款编号", "number of the clause")
    duty: str | None = said("任务要求", "id of the duty; null where the whole clause is meant")
    reason: Text = said("原因", "why it got none")


class DifferenceRow(Answer):
    """A known task that the plan now says otherwise of."""

    task: str = said("任务编号", "id of the task")
    column: str = said("列", "column that differs")
    before: str | None = said("任务所写", "what the task says, which stays")
    after: str | None = said("规划所写", "what a new task would say")


class RolledOut(Answer):
    """What was rolled out."""

    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    added: int = said("新增任务数", "tasks added, or that would be in a check")
    kept: int = said("原有任务数", "tasks that were there and stay as they are")
    rows: list[RolledRow] = said("任务", "tasks of the roll-out, new and known")
    left: list[LeftRow] = said("未立任务的条款", "clauses and duties that got no task, and why")
    differences: list[DifferenceRow] = said(
        "与规划不一致之处", "known tasks that the plan now says otherwise of; they stay"
    )


@verb(
    "由条款滚动生成任务", columns=("task", "change", "title", "due", "deadline_from", "owner_name")
)
def roll_out(region: "Region", ask: RollOut) -> RolledOut:
    """Roll duties and clauses out into a three-year action plan, yearly key points or quarterly tasks.

    Example:
        ``hutuo plan roll-out --kind three_year --start 2026 --check``
    """
    plan = plan_of(region, ask.plan)
    origins, left = _origins(region, plan, ask)
    known = task_rows(region, plan["plan"])
    wanted = below(clause_rows(region, plan), ask.clause) if ask.clause else None
    found: list[Row] = []
    for period in periods(ask.kind, ask.start, ask.quarter):
        rows, over = rolled(plan, ask.kind, period, origins, [*known, *found])
        found += [row for row in rows if wanted is None or row["clause"] in wanted]
        left += [one for one in over if wanted is None or one.clause in wanted]
    there = {row["task"]: row for row in known}
    new = [row | {"by": ask.by} for row in found if row["task"] not in there]
    batch = None if ask.check else written(region, {"task": new}, "roll-out")[0]
    return _answer(region, found, there, left, batch)


def periods(kind: str, start: int, quarter: int | None = None) -> list[Period]:
    """The periods of a kind that begin in a year: one of three years, one year, or its quarters."""
    if kind == "three_year":
        return [Period(f"{start}-{start + 2}", date(start, 1, 1), date(start + 2, 12, 31))]
    if kind == "yearly":
        return [Period(str(start), date(start, 1, 1), date(start, 12, 31))]
    numbers = [quarter] if quarter else [1, 2, 3, 4]
    return [
        Period(f"{start}Q{n}", date(start, 3 * n - 2, 1), date(start, *LAST_DAYS[n - 1]))
        for n in numbers
    ]


def deadline(
    years: "Sequence[tuple[int, str]]", horizon: int | None, year: int
) -> tuple[date | None, str]:
    """By when the plan wants something, seen from a year, and where that comes from.

    Args:
        years: Years that the plan names for it, each ``stated`` or ``inherited``.
        horizon: Last year of the plan.
        year: Year from which on is looked: of several years the next one counts, else the last that passed.
    """
    if years:
        ahead = [one for one in years if one[0] >= year]
        found, source = min(ahead) if ahead else max(years)
        return date(found, 12, 31), source
    return (date(horizon, 12, 31), "horizon") if horizon else (None, "none")


def rolled(
    plan: "Mapping[str, Any]",
    kind: str,
    period: Period,
    origins: "Sequence[Origin]",
    known: "Sequence[Row]",
) -> "tuple[list[Row], list[Left]]":
    """Tasks of a period: parts of the tasks above that reach into it, and what has none above.

    Args:
        plan: Row of the plan.
        kind: Kind of the tasks.
        period: Days that they are for.
        origins: What tasks come from.
        known: Tasks that there are.

    Returns:
        Tasks, known ones among them as they would be made anew; and what gets none.
    """
    above = _above(kind, period, known)
    found, left = [], list[Left]()
    for parent in above.values():
        if why := _over(parent, period):
            left.append(Left(parent["clause"], parent["duty"], why))
        else:
            found.append(_part(parent, kind, period))
    for origin in origins:
        if origin.id in above:
            continue
        last, source = deadline(origin.years, plan["horizon_to"], period.first.year)
        if last and last < period.first:
            left.append(Left(origin.clause, origin.duty, "past"))
        else:
            found.append(_task(plan, kind, period, origin, last, source))
    return found, left


def years_of(
    clause: str,
    duty: "Mapping[str, Any] | None",
    quantities: "Sequence[Row]",
    targets: "Sequence[Row]",
) -> tuple[tuple[int, str], ...]:
    """Years by which the plan wants a duty or a clause done.

    Those of targets within the words of the duty, else of all targets of its clause; else of the targets of
    the clause that are evaluated.
    """
    aims = [
        q
        for q in quantities
        if q["clause"] == clause and q["kind"] == "target" and q["target_year"]
    ]
    within = [q for q in aims if duty is not None and _lies_in(q, duty)]
    found = [(q["target_year"], q["year_from"]) for q in within or aims]
    if not found:
        found = [
            (t["year"], t["year_from"]) for t in targets if t["clause"] == clause and t["year"]
        ]
    return tuple(sorted(set(found)))


def title_of(duty: "Mapping[str, Any]") -> str:
    """What a task of a duty is called: its words where they are short, else what is done to what.

    A duty that was merged or split has the words of what it was made from, so it is called by what is done.
    """
    quote, made = ENDS.sub("", duty["quote"]), duty.get("made_from")
    if (len(quote) <= LONGEST_TITLE and not made) or not duty["object"]:
        return str(quote)
    joint = " " if duty["verb"].isascii() else ""
    return f"{duty['verb']}{joint}{duty['object']}"


def _origins(region: "Region", plan: "Row", ask: RollOut) -> tuple[list[Origin], list[Left]]:
    """What tasks come from, in the order of the plan, and what is passed over."""
    name = plan["plan"]
    clauses = clause_rows(region, plan)
    wanted = below(clauses, ask.clause) if ask.clause else {c["clause"] for c in clauses}
    exempt, held = exemptions(region, name), responsibilities(region)
    decided = {*STANDING, "proposed"} if ask.include_proposed else {*STANDING}
    quantities = [q for q in region.records("quantity", plan=name) if q["decision"] in decided]
    targets = region.records("target", plan=name)
    duties: dict[str, list[Row]] = {}
    for duty in duty_rows(region, name):
        duties.setdefault(duty["clause"], []).append(duty)
    whole, found, left = set(leaves(clauses)), list[Origin](), list[Left]()
    for clause in (c for c in clauses if c["clause"] in wanted):
        number = clause["clause"]
        mine = duties.get(number, [])
        taken = [duty for duty in mine if duty["decision"] in decided]
        if number in exempt:
            left.append(Left(number, None, "exempt"))
            continue
        left += [Left(number, d["duty"], "proposed") for d in mine if d not in taken]
        for duty in taken:
            years = years_of(number, duty, quantities, targets)
            found.append(_of_duty(duty, held.get(duty["duty"]), years))
        if not mine and number in whole and ask.whole_clauses:
            found.append(_of_clause(name, clause, years_of(number, None, quantities, targets)))
        elif not mine and number in whole:
            left.append(Left(number, None, "no_duty"))
    return found, left


def _of_duty(duty: "Row", held: "Row | None", years: tuple[tuple[int, str], ...]) -> Origin:
    lead, support = (held["lead"], held["support"]) if held else (None, None)
    title = title_of(duty)
    en = title if title.isascii() else None
    return Origin(duty["duty"], duty["clause"], duty["duty"], title, en, lead, support, years)


def _of_clause(plan: str, clause: "Row", years: tuple[tuple[int, str], ...]) -> Origin:
    number = clause["clause"]
    return Origin(f"{plan}/{number}", number, None, clause["zh"], clause["en"], None, None, years)


def _task(
    plan: "Mapping[str, Any]",
    kind: str,
    period: Period,
    origin: Origin,
    last: date | None,
    source: str,
) -> "Row":
    return {
        "task": f"{origin.id}@{period.name}",
        "plan": plan["plan"],
        "clause": origin.clause,
        "duty": origin.duty,
        "parent": None,
        "kind": kind,
        "zh": origin.zh,
        "en": origin.en,
        "start": period.first,
        "due": min(last or period.last, period.last),
        "deadline": last,
        "deadline_from": source,
        "owner": origin.lead,
        "support": origin.support,
        "state": OPEN,
        "progress": 0.0,
    }


def _above(kind: str, period: Period, known: "Sequence[Row]") -> "dict[str, Row]":
    """Tasks above that reach into a period, by what they come from.

    Where plans of three years overlap, as they do when they are rolled on each year, the last one counts.
    """
    found: dict[str, Row] = {}
    for row in sorted(known, key=lambda r: (r["state"] not in CLOSED, r["start"], r["task"])):
        if row["kind"] == ABOVE.get(kind) and _meets(row, period):
            found[_base(row["task"])] = row
    return found


def _base(task: str) -> str:
    """What a task comes from, by its id; a task that a person made is its own."""
    return task.rpartition("@")[0] or task


def _part(parent: "Row", kind: str, period: Period) -> "Row":
    """A part of a task: what is asked of it within the period."""
    same = ("plan", "clause", "duty", "zh", "en", "deadline", "deadline_from", "owner", "support")
    return {
        "task": f"{_base(parent['task'])}@{period.name}",
        "parent": parent["task"],
        "kind": kind,
        "start": max(parent["start"], period.first),
        "due": min(parent["due"], period.last),
        "state": OPEN,
        "progress": 0.0,
        **{name: parent[name] for name in same},
    }


def _meets(row: "Row", period: Period) -> bool:
    """Whether a task above is the one of the period: it began by then, and its own period is not over."""
    spans = {"three_year": 3, "yearly": 1}
    over = row["start"].year + spans[row["kind"]]
    return bool(row["start"] <= period.last and max(row["due"].year + 1, over) > period.first.year)


def _over(parent: "Row", period: Period) -> str:
    """Why nothing is left to do of a task in the period: a word of ``LEFT``, or none."""
    if parent["state"] in CLOSED:
        return "done" if parent["state"] == DONE else "dropped"
    return "over" if parent["due"] < period.first else ""


def _lies_in(quantity: "Mapping[str, Any]", duty: "Mapping[str, Any]") -> bool:
    ends = (quantity["start"], quantity["end"], duty["start"], duty["end"])
    return None not in ends and ends[2] <= ends[0] and ends[1] <= ends[3]


def _answer(
    region: "Region",
    found: "Sequence[Row]",
    there: "Mapping[str, Row]",
    left: "Sequence[Left]",
    batch: str | None,
) -> RolledOut:
    bodies = body_rows(region)
    shown = [(there.get(row["task"], row), row) for row in found]
    rows = [
        RolledRow(
            change="kept" if row["task"] in there else "added",
            title=Text(row["zh"], row["en"] or row["zh"]),
            owner_name=body_name(bodies, row["owner"]),
            **{
                n: row[n]
                for n in (
                    "task",
                    "clause",
                    "parent",
                    "start",
                    "due",
                    "deadline",
                    "deadline_from",
                    "owner",
                )
            },
        )
        for row, _ in shown
    ]
    kept = sum(row.change == "kept" for row in rows)
    return RolledOut(
        batch=batch,
        added=len(rows) - kept,
        kept=kept,
        rows=rows,
        left=[
            LeftRow(clause=one.clause, duty=one.duty, reason=LEFT[one.why])
            for one in dict.fromkeys(left)
        ],
        differences=[
            DifferenceRow(
                task=old["task"], column=name, before=_said(old[name]), after=_said(new[name])
            )
            for old, new in shown
            for name in ("zh", "due", "deadline", "owner", "support")
            if old[name] != new[name]
        ],
    )


def _said(value: object) -> str | None:
    return None if value is None else str(value)
