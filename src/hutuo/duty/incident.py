"""Incidents (联动事件) as bodies see them: raised, acknowledged, acted on, closed; or only drilled."""

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from hutuo.base.protocols import Step, downstream_of, steps_of
from hutuo.base.store import store_of
from hutuo.duty import incidents as kept
from hutuo.duty import mailing, schema
from hutuo.duty.incidents import Opening
from hutuo.duty.mailing import NO_MAIL
from hutuo.duty.schema import DUTY
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]

__all__ = [
    "DownstreamRow", "Incident", "IncidentAnswer", "IncidentRow", "Incidents", "LogRow", "NoticeRow",
    "TaskRow", "acted", "incident", "incidents", "log_row", "named",
]  # fmt: skip

Action = Literal["show", "raise", "acknowledge", "add_task", "done", "drop", "note", "close"]
Level = Literal["red", "orange", "yellow", "blue"]
NEEDED = {
    "raise": ("protocol", "place", "level", "zh"),
    "acknowledge": ("incident", "body"),
    "add_task": ("incident", "body", "zh", "minutes"),
    "done": ("incident", "task"),
    "drop": ("incident", "task"),
    "note": ("incident", "note"),
    "close": ("incident",),
    "show": ("incident",),
}
MINUTE = timedelta(minutes=1)


class Incident(Ask):
    """Which incident, and what to do with it."""

    action: Action = said(
        "操作:查看、发起、确认、加派任务、办结任务、终止任务、记录、关闭",
        "show it; raise one by hand; acknowledge it for a body; add a task; say that a task is done, or"
        " dropped; write into its log; close it",
        default="show",
    )
    incident: int | None = said("事件编号", "number of the incident", default=None, ge=1)
    protocol: str | None = said("联动预案", "protocol by which bodies act", default=None)
    place: str | None = said("地点", "unit or place where it happens", default=None)
    level: Level | None = said("级别", "red, orange, yellow or blue", default=None)
    zh: str | None = said(
        "名称或任务内容(中文)", "what it is called, or what is to be done, in Chinese",
        default=None, max_length=500,
    )  # fmt: skip
    en: str | None = said("英文", "the same in English", default=None, max_length=500)
    drill: bool = said("是否演练", "whether it is only a drill", default=False)
    body: str | None = said(
        "以哪个机构的名义", "body that acknowledges, or has the task", default=None, max_length=200
    )
    task: int | None = said("任务编号", "number of the task", default=None, ge=1)
    minutes: float | None = said(
        "时限(分钟)", "minutes within which the task is to be done", default=None, gt=0
    )
    outcome: Literal["real", "false"] = said(
        "结论:属实或误报", "closing it: whether there was something", default="real"
    )
    note: str | None = said("备注", "remark", default=None, max_length=2000)
    by: str | None = said("经手", "who writes this", default=None, max_length=200)


class Incidents(Ask):
    """Which incidents to list."""

    state: Literal["open", "closed"] | None = said(
        "只要该状态的", "only in this state", default=None
    )
    body: str | None = said(
        "只要通知了该机构、或有其任务的",
        "only those that this body was told of or acts on",
        default=None,
    )
    drill: bool | None = said("只要演练,或只要实战", "only drills, or only none", default=None)
    place: str | None = said("只要该地点", "only at this place", default=None)
    limit: int = said("最多多少起", "most incidents", default=100, ge=1, le=10_000)


class IncidentRow(Answer):
    """An incident in short."""

    incident: int = said("事件编号", "number of the incident")
    name: Text = said("名称", "what it is called")
    colour: str = said("级别", "red, orange, yellow or blue")
    colour_name: Text = said("级别名称", "what the level is called")
    place: str = said("地点", "unit or place where it happens")
    place_name: Text = said("地点名称", "what the place is called")
    drill: bool = said("是否演练", "whether it is only a drill")
    state: str = said("状态", "open or closed")
    state_name: Text = said("状态名称", "what the state is called")
    rule: str | None = said("预警规则", "rule that raised it; null where a person did")
    protocol: str = said("联动预案", "protocol by which bodies act")
    begun_at: datetime = said("开始时刻", "when the bound was first reached")
    raised_at: datetime = said("发布时刻", "when the warning was raised")
    recorded_at: datetime = said("立案时刻", "when bodies were told")
    safe_at: datetime | None = said(
        "读数解除时刻", "when readings were safe again; null till then"
    )
    closed_at: datetime | None = said("关闭时刻", "when it was closed; null while it is open")
    outcome: str | None = said("结论", "real or false; null while it is open")
    value: float | None = said("触发读数", "figure that raised it; null where a person did")
    unit: str | None = said("计量单位", "unit of the figure")
    notified: int = said("已通知机构数", "bodies that were told")
    acknowledged: int = said("已确认机构数", "of them, those that acknowledged it")
    overdue: int = said("逾期未确认数", "of them, those that did not within their time")
    tasks: int = said("任务数", "tasks")
    tasks_open: int = said("未办结任务数", "tasks that are open")


class NoticeRow(Answer):
    """What a body was told."""

    body: str = said("机构", "body that was told")
    body_name: Text = said("机构名称", "what the body is called")
    says: Text = said("内容", "what it was told")
    told_at: datetime = said("通知时刻", "when it was told")
    due_at: datetime = said("应确认时刻", "by when it was to be acknowledged")
    acknowledged_at: datetime | None = said("确认时刻", "when it was; null till then")
    took_minutes: float | None = said("确认用时(分钟)", "minutes until it was acknowledged")
    in_time: bool | None = said("是否按时确认", "whether in time; null while that is open")
    escalated_from: str | None = said(
        "由谁升级", "body that did not acknowledge it, so that this one was told"
    )
    mailed_at: datetime | None = said(
        "邮件发出时刻", "when it went out by mail, or was refused; null if it did not"
    )
    mail_refused: str | None = said(
        "邮件被拒原因", "whom the mail server refused to send it to, and why"
    )
    by: str | None = said("经手", "who acknowledged it")
    note: str | None = said("备注", "remark")


class TaskRow(Answer):
    """What a body has to do."""

    task: int = said("任务编号", "number of the task")
    body: str = said("机构", "body that has to")
    body_name: Text = said("机构名称", "what the body is called")
    says: Text = said("内容", "what is to be done")
    due_at: datetime = said("应办结时刻", "by when")
    state: str = said("状态", "open, done or dropped")
    state_name: Text = said("状态名称", "what the state is called")
    ended_at: datetime | None = said("办结时刻", "when it ended; null while it is open")
    late: bool = said("是否逾期", "whether it ended late, or is late by now")
    by: str | None = said("经手", "who said so")
    note: str | None = said("备注", "remark")


class LogRow(Answer):
    """A line of the log."""

    number: int = said("序号", "number of the line; it grows over all incidents")
    incident: int = said("事件编号", "number of the incident")
    at: datetime = said("时刻", "when")
    what: str = said(
        "事项", "raised, told, acknowledged, overdue, escalated, task_added, task_done ..."
    )
    what_name: Text = said("事项名称", "what it is called")
    body: str | None = said("机构", "body that it is about")
    body_name: Text | None = said("机构名称", "what the body is called")
    says: Text = said("内容", "what was said")
    by: str | None = said("经手", "who did it; null where the rules did")


class DownstreamRow(Answer):
    """A place downstream."""

    place: str = said("地点", "place")
    place_name: Text = said("地点名称", "what the place is called")
    minutes: float | None = said("到达分钟", "minutes until what flows is there; null: not known")
    expected_at: datetime | None = said("预计到达时刻", "when that is, counted from when it began")


class IncidentAnswer(IncidentRow):
    """An incident with all that belongs to it."""

    notices: list[NoticeRow] = said("通知", "what bodies were told, in order")
    to_do: list[TaskRow] = said("任务", "what bodies have to do")
    downstream: list[DownstreamRow] = said("下游", "places downstream, the soonest reached first")
    log: list[LogRow] = said("日志", "all that happened, in order")
    by: str | None = said("经手", "who raised it")
    note: str | None = said("备注", "remark")


@verb(
    "列出联动事件",
    columns=("incident", "name", "colour_name", "place_name", "drill", "state_name", "raised_at", "notified",
             "acknowledged", "overdue", "tasks_open"),
)  # fmt: skip
def incidents(region: "Region", ask: Incidents) -> list[IncidentRow]:
    """List incidents with who has acknowledged them and what is left to do, open ones first.

    Example:
        ``hutuo duty incidents --state open``
    """
    table = schema.incident.c
    same = {"state": ask.state, "drill": ask.drill, "place": ask.place}
    tests = [table[name] == value for name, value in same.items() if value is not None]
    if ask.body is not None:
        mine = [
            sa.select(one.c.incident).where(one.c.body == ask.body)
            for one in (schema.notice, schema.task)
        ]
        tests.append(table.incident.in_(sa.union(*mine)))
    asked = sa.select(schema.incident).where(*tests)
    asked = asked.order_by(table.state.desc(), table.incident.desc()).limit(ask.limit)
    with store_of(region).reading(DUTY) as connection:
        rows = [dict(row) for row in connection.execute(asked).mappings()]
        counted = _counted(connection, [row["incident"] for row in rows])
    return [IncidentRow(**_told(region, row, counted)) for row in rows]


@verb("发起、确认、处置或关闭一起联动事件")
def incident(region: "Region", ask: Incident) -> IncidentAnswer:
    """Raise an incident or a drill, acknowledge it, give and end tasks, write into its log, close it.

    Example:
        ``hutuo duty incident --action acknowledge --incident 1 --body water-bureau``
    """
    return acted(region, ask, datetime.now(UTC))


def acted(region: "Region", ask: Incident, at: datetime) -> IncidentAnswer:
    """The same at an instant; see :func:`incident`."""
    lacks = [name for name in NEEDED[ask.action] if getattr(ask, name) is None]
    if lacks:
        names = "、".join(lacks), ", ".join(lacks)
        raise BadAsk(
            Text(f"操作{ask.action}须给出{names[0]}", f"to {ask.action} it takes {names[1]}")
        )
    number = ask.incident
    if ask.action == "raise":
        number = _raised(region, ask, at)
    elif ask.action != "show":
        _changed(region, ask, at)
    return _shown(region, int(number or 0), at)


def named(region: "Region", body: str) -> Text:
    """What a body is called."""
    rows = {row["body"]: row for row in region.current("body")}
    return Text(rows[body]["zh"], rows[body]["en"]) if body in rows else Text(body, body)


def _raised(region: "Region", ask: Incident, at: datetime) -> int:
    place, protocol, level = ask.place or "", ask.protocol or "", ask.level or "blue"
    region.name_of(place)
    steps = steps_of(region, protocol, level, place)
    says = Text(ask.zh or "", ask.en or ask.zh or "")
    opening = Opening(
        says, protocol, level, place, at, at, drill=ask.drill, by=ask.by, note=ask.note
    )
    with store_of(region).writing(DUTY) as connection:
        number = kept.begin(connection, opening, steps, at)
    assert number is not None  # noqa: S101 - only a rule's incident may be known already
    return number


def _changed(region: "Region", ask: Incident, at: datetime) -> None:
    number, body, says = (
        int(ask.incident or 0),
        ask.body,
        Text(ask.zh or "", ask.en or ask.zh or ""),
    )
    if ask.action == "add_task":
        known = [row["body"] for row in region.current("body")]
        if body not in known:
            raise one_of(body or "", "body", known)
    with store_of(region).writing(DUTY) as connection:
        if ask.action == "acknowledge":
            kept.acknowledge(connection, number, body or "", at, ask.by, ask.note)
        elif ask.action == "add_task":
            step = Step("task", body or "", ask.minutes or 0.0, None, says)
            kept.add_task(connection, number, step, at, ask.by)
        elif ask.action in ("done", "drop"):
            state = "done" if ask.action == "done" else "dropped"
            ended = {"at": at, "by": ask.by, "body": body, "note": ask.note}
            kept.end_task(connection, number, ask.task or 0, state, ended)
        elif ask.action == "note":
            kept.remark(connection, number, ask.note or "", at, body, ask.by)
        else:
            kept.close(connection, number, ask.outcome, at, ask.by, ask.note)


def _shown(region: "Region", number: int, at: datetime) -> IncidentAnswer:
    with store_of(region).reading(DUTY) as connection:
        row = kept.found(connection, number)
        counted = _counted(connection, [number])
        parts = {
            table.name: [
                dict(one)
                for one in connection.execute(
                    sa.select(table).where(table.c.incident == number).order_by(*table.primary_key)
                ).mappings()
            ]
            for table in (schema.notice, schema.task, schema.log)
        }
        mails = mailing.told(connection, number)
    bodies = {
        one["body"]: named(region, one["body"])
        for part in parts.values()
        for one in part
        if one["body"] is not None
    }
    notices = parts["duty_notice"]
    told = {one["notice"]: one["body"] for one in notices}
    return IncidentAnswer(
        **_told(region, row, counted),
        notices=[
            _notice(region, one | mails.get(one["notice"], NO_MAIL), bodies, told, at)
            for one in notices
        ],
        to_do=[_task(region, one, bodies, at) for one in parts["duty_task"]],
        downstream=_downstream(region, row),
        log=[log_row(region, one, bodies) for one in parts["duty_log"]],
        by=row["by"],
        note=row["note"],
    )


def _counted(connection: sa.Connection, numbers: list[int]) -> "dict[int, Row]":
    """Bodies told and tasks given, by incident."""
    found: dict[int, Row] = {
        number: dict.fromkeys(("notified", "acknowledged", "overdue", "tasks", "tasks_open"), 0)
        for number in numbers
    }
    notice, task = schema.notice.c, schema.task.c
    asked = sa.select(notice.incident, notice.body, notice.acknowledged_at, notice.overdue_at)
    for row in connection.execute(asked.where(notice.incident.in_(numbers))).all():
        mine = found[row.incident]
        mine["notified"] += 1
        mine["acknowledged"] += row.acknowledged_at is not None
        mine["overdue"] += row.overdue_at is not None and row.acknowledged_at is None
    for number, state in connection.execute(
        sa.select(task.incident, task.state).where(task.incident.in_(numbers))
    ).all():
        found[number]["tasks"] += 1
        found[number]["tasks_open"] += state == "open"
    return found


def _told(region: "Region", row: "Row", counted: "dict[int, Row]") -> "Row":
    same = (
        "incident",
        "place",
        "drill",
        "state",
        "rule",
        "protocol",
        "outcome",
        "value",
        "unit",
    )
    times = ("begun_at", "raised_at", "recorded_at", "safe_at", "closed_at")
    return {
        **{name: row[name] for name in same},
        **{name: _local(region, row[name]) for name in times},
        **counted[row["incident"]],
        "name": Text(row["zh"], row["en"]),
        "colour": row["level"],
        "colour_name": label(f"warning:{row['level']}"),
        "place_name": region.names.get(row["place"], Text(row["place"], row["place"])),
        "state_name": label(f"incident_state:{row['state']}"),
    }


def _notice(
    region: "Region", row: "Row", bodies: dict[str, Text], told: dict[int, str], at: datetime
) -> NoticeRow:
    done = row["acknowledged_at"]
    late = (done or at) > row["due_at"]
    return NoticeRow(
        body=row["body"],
        body_name=bodies[row["body"]],
        says=Text(row["zh"], row["en"]),
        told_at=_local(region, row["told_at"]),
        due_at=_local(region, row["due_at"]),
        acknowledged_at=_local(region, done),
        took_minutes=None if done is None else round((done - row["told_at"]) / MINUTE, 2),
        in_time=None if done is None and not late else not late,
        escalated_from=told.get(row["refers"] or 0),
        mailed_at=_local(region, row["mailed_at"]),
        mail_refused=row["mail_refused"],
        by=row["by"],
        note=row["note"],
    )


def _task(region: "Region", row: "Row", bodies: dict[str, Text], at: datetime) -> TaskRow:
    return TaskRow(
        task=row["task"],
        body=row["body"],
        body_name=bodies[row["body"]],
        says=Text(row["zh"], row["en"]),
        due_at=_local(region, row["due_at"]),
        state=row["state"],
        state_name=label(f"incident_task:{row['state']}"),
        ended_at=_local(region, row["ended_at"]),
        late=row["state"] != "dropped" and (row["ended_at"] or at) > row["due_at"],
        by=row["by"],
        note=row["note"],
    )


def log_row(region: "Region", row: "Row", bodies: dict[str, Text]) -> LogRow:
    """A line of the log as it is shown."""
    body = row["body"]
    return LogRow(
        number=row["number"],
        incident=row["incident"],
        at=_local(region, row["at"]),
        what=row["what"],
        what_name=label(f"incident_log:{row['what']}"),
        body=body,
        body_name=None if body is None else bodies.get(body) or named(region, body),
        says=Text(row["zh"], row["en"]),
        by=row["by"],
    )


def _downstream(region: "Region", row: "Row") -> list[DownstreamRow]:
    return [
        DownstreamRow(
            place=one.place,
            place_name=region.names.get(one.place, Text(one.place, one.place)),
            minutes=one.minutes,
            expected_at=None
            if one.minutes is None
            else _local(region, row["begun_at"] + one.minutes * MINUTE),
        )
        for one in downstream_of(region, row["place"])
    ]


def _local(region: "Region", when: datetime | None) -> Any:
    return None if when is None else when.astimezone(region.zone)
