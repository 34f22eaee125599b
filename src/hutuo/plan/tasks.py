"""Tasks: what is to be done, by whom and when; which are overdue, blocked, or due soon."""

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

from hutuo.errors import one_of
from hutuo.glossary import label
from hutuo.plan.clausetree import below
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.responsibilities import body_name, body_rows, known_body, listed
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from hutuo.base.region import Region

    Row = dict[str, Any]

Kind = Literal["three_year", "yearly", "quarterly"]
State = Literal["open", "in_progress", "blocked", "done", "dropped"]
OPEN, IN_PROGRESS, BLOCKED, DONE, DROPPED = "open", "in_progress", "blocked", "done", "dropped"
CLOSED = (DONE, DROPPED)


class Wanted(Ask):
    """Which tasks are meant; all where nothing is given."""

    owner: str | None = said("责任单位", "body that answers for them", default=None)
    involved: str | None = said(
        "责任或配合单位", "body that answers for them or supports them", default=None
    )
    state: tuple[State, ...] = said("状态", "states", default=())
    clause: tuple[str, ...] = said("条款(含下级)", "clauses, with those below", default=())
    kind: Kind | None = said("类别", "three_year, yearly or quarterly", default=None)
    year: int | None = said("年份", "year that they reach into", default=None, ge=1900, le=2200)
    overdue: bool = said("只要逾期的", "only those past their due date", default=False)
    blocked: bool = said(
        "只要受阻的", "only those blocked, or waiting for a task not done", default=False
    )
    due_within: int | None = said(
        "多少天内到期", "only those due within so many days", default=None, ge=0, le=36_500
    )
    on: date | None = said(
        "基准日;缺省为今天", "day to count from; today by default", default=None
    )


class Tasks(OfPlan, Wanted):
    """Which tasks to list."""

    limit: int = said("最多行数", "most rows to show", default=1000, ge=1, le=100_000)


class TaskRow(Answer):
    """One task and where it stands."""

    task: str = said("任务编号", "id of the task")
    title: Text = said("任务名称", "what is to be done")
    plan: str = said("规划", "plan that it serves")
    clause: str | None = said("条款编号", "clause that it comes from")
    clause_title: Text | None = said("条款标题", "heading of the clause")
    duty: str | None = said("任务要求", "duty that it comes from")
    parent: str | None = said("上级任务", "task that it is a part of")
    kind: str = said("类别", "three_year, yearly or quarterly")
    kind_name: Text = said("类别名称", "what the kind is called")
    start: date = said("开始日期", "first day")
    due: date = said("完成期限", "last day by which it shall be done")
    deadline: date | None = said(
        "规划期限", "last day by which the plan wants the whole; null if it names none"
    )
    deadline_from: str = said("期限来历", "stated, inherited, horizon or none")
    owner: str | None = said("责任单位", "body that answers for it")
    owner_name: Text | None = said("责任单位名称", "what that body is called")
    support: list[str] = said("配合单位", "bodies that support it")
    state: str = said("状态", "open, in_progress, blocked, done or dropped")
    state_name: Text = said("状态名称", "what the state is called")
    progress: float = said("进度", "how much of it is done, 0..1")
    evidence: str | None = said("佐证", "what shows it")
    reason: str | None = said("原因", "why it is blocked or dropped, or was taken up again")
    money_fen: int | None = said("资金(分)", "money that it needs, in fen")
    after: list[str] = said("等待的任务", "tasks that must be done before")
    waits_for: list[str] = said("尚未完成的等待任务", "those of them that are not done")
    overdue_days: int = said("逾期天数", "days past its due date; 0 if not overdue")
    note: str | None = said("备注", "remark")
    by: str | None = said("填报", "who reported last")
    recorded_at: datetime = said("记录时间", "when this was recorded")


@verb(
    "列出任务",
    columns=(
        "task",
        "title",
        "clause",
        "owner_name",
        "due",
        "state_name",
        "progress",
        "waits_for",
    ),
)
def tasks(region: "Region", ask: Tasks) -> list[TaskRow]:
    """List tasks by body, state, clause or kind: all, the overdue, the blocked, or those due soon.

    Example:
        ``hutuo plan tasks --owner gov-a --due-within 30``
    """
    found = selected(region, ask.plan, ask)
    return told(region, found[: ask.limit], day_of(region, ask.on))


def selected(region: "Region", plan: str | None, ask: Wanted) -> "list[Row]":
    """Rows of the tasks that are meant, in the order of the plan.

    Raises:
        NotFound: There is no such plan, clause or body.
    """
    found = plan_of(region, plan)
    clauses = clause_rows(region, found)
    rows = task_rows(region, found["plan"])
    ids = {row["task"]: row for row in region.records("task")} if ask.blocked else {}
    bodies = body_rows(region)
    owner = known_body(bodies, ask.owner) if ask.owner else None
    involved = known_body(bodies, ask.involved) if ask.involved else None
    within, day = below(clauses, ask.clause), day_of(region, ask.on)
    tests = [
        not owner or (lambda r: r["owner"] == owner),
        not involved or (lambda r: involved in (r["owner"], *listed(r["support"]))),
        not ask.state or (lambda r: r["state"] in ask.state),
        not ask.clause or (lambda r: r["clause"] in within),
        not ask.kind or (lambda r: r["kind"] == ask.kind),
        not ask.year or (lambda r: r["start"].year <= ask.year <= r["due"].year),
        not ask.overdue or (lambda r: overdue_days(r, day) > 0),
        not ask.blocked or (lambda r: is_blocked(r, ids)),
        ask.due_within is None or (lambda r: is_due_within(r, day, ask.due_within)),
    ]
    wanted = [test for test in tests if test is not True]
    return [row for row in rows if all(test(row) for test in wanted)]


def task_rows(region: "Region", plan: str) -> "list[Row]":
    """Tasks of a plan in the order of its clauses, of one clause by their start, the longest first."""
    order = {r["clause"]: r["ordinal"] for r in region.records("clause", plan=plan)}
    last = len(order) + 1
    return sorted(
        region.records("task", plan=plan),
        key=lambda r: (
            order.get(r["clause"], last),
            r["duty"] or "",
            r["start"],
            -r["due"].toordinal(),
            r["task"],
        ),
    )


def task_of(region: "Region", name: str) -> "Row":
    """Row of a task.

    Raises:
        NotFound: There is no such task.
    """
    found = {row["task"]: row for row in region.records("task")}
    if name not in found:
        raise one_of(name, "task", list(found))
    return found[name]


def day_of(region: "Region", on: date | None) -> date:
    """The day to count from: the one asked for, else that of the view, else today."""
    if on is not None:
        return on
    if region.at is None:
        return datetime.now(region.zone).date()
    return (
        region.at.astimezone(region.zone).date() if isinstance(region.at, datetime) else region.at
    )


def overdue_days(row: "Mapping[str, Any]", day: date) -> int:
    """Days since its due date of a task that is neither done nor dropped; else 0."""
    if row["state"] in CLOSED:
        return 0
    return int(max(0, (day - row["due"]).days))


def is_due_within(row: "Mapping[str, Any]", day: date, days: int) -> bool:
    """Whether a task that is neither done nor dropped is due from that day on within so many days."""
    return row["state"] not in CLOSED and day <= row["due"] <= day + timedelta(days=days)


def waits_for(row: "Mapping[str, Any]", ids: "Mapping[str, Row]") -> list[str]:
    """Tasks that a task waits for: those before it that are not done.

    One that was dropped will never be done, so that whoever waits for it has to look.
    """
    return [name for name in listed(row["after"]) if name not in ids or ids[name]["state"] != DONE]


def is_blocked(row: "Mapping[str, Any]", ids: "Mapping[str, Row]") -> bool:
    """Whether a task is blocked, or waits for another one; what is done or dropped is not."""
    if row["state"] in CLOSED:
        return False
    return row["state"] == BLOCKED or bool(waits_for(row, ids))


def told(region: "Region", rows: "Iterable[Row]", day: date) -> list[TaskRow]:
    """Tasks as they are answered, with what is called how."""
    bodies = body_rows(region)
    ids = {row["task"]: row for row in region.records("task")}
    titles = {(c["plan"], c["clause"]): Text(c["zh"], c["en"]) for c in region.records("clause")}
    return [
        TaskRow(
            title=Text(row["zh"], row["en"] or row["zh"]),
            clause_title=titles.get((row["plan"], row["clause"])),
            kind_name=label(f"kind:{row['kind']}"),
            owner_name=body_name(bodies, row["owner"]),
            support=listed(row["support"]),
            state_name=label(f"task_state:{row['state']}"),
            after=listed(row["after"]),
            waits_for=[] if row["state"] in CLOSED else waits_for(row, ids),
            overdue_days=overdue_days(row, day),
            **{name: row[name] for name in SAME},
        )
        for row in rows
    ]


SAME = (
    "task", "plan", "clause", "duty", "parent", "kind", "start", "due", "deadline", "deadline_from",
    "owner", "state", "progress", "evidence", "reason", "money_fen", "note", "by", "recorded_at",
)  # fmt: skip
