"""Tracking: progress of a task is reported, and how it came to be what it is can be seen at any time."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from hutuo.base.versions import versions
from hutuo.errors import BadAsk, BadInput, Finding, one_of
from hutuo.plan.responsibilities import body_rows, joined, known_body, listed, written
from hutuo.plan.tasks import State, TaskRow, day_of, task_of, told
from hutuo.plan.transitions import Fault, faults, moved, ring
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from hutuo.base.region import Region

    Row = dict[str, Any]

# What a report may change; the rest comes from the plan.
REPORTED = (
    "zh", "en", "start", "due", "owner", "support", "state", "progress", "evidence", "reason",
    "money_fen", "after", "note", "by",
)  # fmt: skip
# Cells that may be emptied again, and what says so.
EMPTIED = ("evidence", "reason", "owner", "note")
NONE = "-"


class Task(Ask):
    """Which task, and what is reported of it; without a report it is shown."""

    task: str = said("任务编号", "id of the task")
    state: State | None = said("状态", "state that it is in now", default=None)
    progress: float | None = said("进度", "how much of it is done", default=None, ge=0, le=1)
    evidence: str | None = said("佐证;“-”为清空", "what shows it; '-' for none", default=None)
    reason: str | None = said(
        "原因;“-”为清空",
        "why it is blocked, dropped or taken up again; '-' for none",
        default=None,
    )
    owner: str | None = said(
        "责任单位;“-”为清空", "body that answers for it; '-' for none", default=None
    )
    support: tuple[str, ...] | None = said(
        "配合单位", "bodies that support it, all of them; '-' for none", default=None
    )
    after: tuple[str, ...] | None = said(
        "等待的任务", "tasks that must be done before, all of them; '-' for none", default=None
    )
    start: date | None = said("开始日期", "first day", default=None)
    due: date | None = said("完成期限", "last day by which it shall be done", default=None)
    money_fen: int | None = said("资金(分)", "money that it needs, in fen", default=None, ge=0)
    note: str | None = said("备注;“-”为清空", "remark; '-' for none", default=None)
    by: str | None = said("填报人或单位", "person or body who reports", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Changed(Answer):
    """A cell that a version changed."""

    column: str = said("列", "column")
    before: str | None = said("原值", "what it said before")
    after: str | None = said("新值", "what it says since")


class TaskVersion(Answer):
    """One version of a task."""

    recorded_at: datetime = said("记录时间", "when it was recorded")
    superseded_at: datetime | None = said(
        "被取代的时间", "when the next version was recorded; null if there is none"
    )
    verb: str | None = said("写入的功能", "verb that wrote it")
    batch: str = said("批次", "batch that brought it")
    by: str | None = said("填报人或单位", "who reported it")
    state: str = said("状态", "state since then")
    progress: float = said("进度", "progress since then")
    retracted: bool = said("是否为撤回", "whether it takes the task back")
    changes: list[Changed] = said("变化", "cells that it changed; none for the first")


class TaskAnswer(Answer):
    """A task, what was written, and all that was ever reported of it."""

    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    task: TaskRow = said("任务", "the task as it stands, or would in a check")
    history: list[TaskVersion] = said(
        "历史", "its versions, the oldest first; none is ever changed"
    )


@verb("填报或查看一项任务")
def task(region: "Region", ask: Task) -> TaskAnswer:
    """Report progress of a task, or show it with its whole history.

    Example:
        ``hutuo plan task 'p/一#d1@2026' --progress 0.4 --evidence 'road open to km 12' --by gov-a``
    """
    before, batch = task_of(region, ask.task), None
    given = _given(region, ask)
    after = checked(region, [(before, given)])[0] if given else before
    if given and not ask.check:
        batch, _ = written(region, {"task": [stored(after)]}, "task")
        after = task_of(region, ask.task)
    return TaskAnswer(
        batch=batch,
        task=told(region, [after], day_of(region, None))[0],
        history=_history(versions(region, "task", task=ask.task)),
    )


def checked(region: "Region", reports: "Sequence[tuple[Row, Row]]") -> "list[Row]":
    """Tasks after their reports.

    Args:
        region: View of the region.
        reports: Of each task its row as it is, and the columns that are reported.

    Raises:
        BadInput: A change is not allowed; all faults of all reports are told.
    """
    pairs = [(before, moved(before, given)) for before, given in reports]
    found = [
        Finding(row["task"], None, fault.column, fault.says)
        for (_, row), told in zip(pairs, change_faults(region, pairs), strict=True)
        for fault in told
    ]
    if found:
        raise BadInput(Text("填报不能接受:", "the report cannot be taken:"), found)
    return [row for _, row in pairs]


def change_faults(region: "Region", pairs: "Sequence[tuple[Row, Row]]") -> list[list[Fault]]:
    """What is wrong with changes that are made at once: of each task as it is and as it would be."""
    rows = {row["task"]: row for row in region.records("task")}
    rows |= {row["task"]: row for _, row in pairs}
    states = {name: row["state"] for name, row in rows.items()}
    closed = ring({name: listed(row["after"]) for name, row in rows.items()})
    way = " -> ".join(closed)
    waiting = Fault("after", Text(f"任务将循环等待:{way}", f"tasks would wait in a ring: {way}"))
    return [
        [
            *faults(before, row, states),
            *(
                Fault("after", Text(f"没有任务“{name}”", f"'{name}' is no task"))
                for name in listed(row["after"])
                if name not in rows
            ),
            *([waiting] if row["task"] in closed and row["after"] != before["after"] else []),
        ]
        for before, row in pairs
    ]


def stored(row: "Mapping[str, Any]") -> "Row":
    """A task as it is written: without when it was recorded."""
    return {name: cell for name, cell in row.items() if name not in ("recorded_at", "batch")}


def _given(region: "Region", ask: Task) -> "Row":
    """Columns that are reported: ids known, nothing but ``by`` is no report."""
    given = ask.model_dump(exclude={"task", "check"}, exclude_none=True)
    given |= {name: None for name in EMPTIED if given.get(name) == NONE}
    bodies = body_rows(region)
    if ask.owner and ask.owner != NONE:
        given["owner"] = known_body(bodies, ask.owner)
    if ask.support is not None:
        names = [known_body(bodies, name) for name in ask.support if name != NONE]
        given["support"] = joined(names)
    if ask.after is not None:
        given["after"] = joined(_tasks(region, ask))
    if set(given) == {"by"}:
        raise BadAsk(
            Text("只写了填报人,没有填报内容", "nothing is reported but by whom"),
            Text(f"可填报:{'、'.join(REPORTED)}", f"report some of {', '.join(REPORTED)}"),
        )
    return given


def _tasks(region: "Region", ask: Task) -> list[str]:
    known = {row["task"] for row in region.records("task")}
    wanted = [name for name in ask.after or () if name != NONE]
    unknown = next((name for name in wanted if name not in known), None)
    if unknown is not None:
        raise one_of(unknown, "task", sorted(known))
    return wanted


def _history(rows: "Sequence[Row]") -> list[TaskVersion]:
    return [
        TaskVersion(
            changes=_changes(before, row),
            **{
                name: row[name] for name in ("recorded_at", "superseded_at", "verb", "batch", "by")
            },
            **{name: row[name] for name in ("state", "progress", "retracted")},
        )
        for before, row in zip([None, *rows], rows, strict=False)
    ]


def _changes(before: "Row | None", row: "Row") -> list[Changed]:
    if before is None:
        return []
    return [
        Changed(column=name, before=said_of(before[name]), after=said_of(row[name]))
        for name in REPORTED
        if name != "by" and before[name] != row[name]
    ]


def said_of(value: object) -> str | None:
    """A value as text; None for none."""
    return None if value is None else str(value)
