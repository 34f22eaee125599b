"""What is kept of an incident: it begins with all that its protocol takes; every change stands in its log.

All of it within a transaction of one writer; the log is written in the same.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from hutuo.base.protocols import Step
from hutuo.duty import schema
from hutuo.errors import BadAsk, NotFound
from hutuo.glossary import Text, label

__all__ = [
    "Opening", "acknowledge", "add_task", "begin", "close", "end_task", "escalate", "found", "overdue",
    "remark", "safe",
]  # fmt: skip

Row = dict[str, Any]


class Opening(NamedTuple):
    """What begins an incident.

    Attributes:
        name: What it is called.
        protocol: Protocol by which bodies act.
        level: Its level.
        place: Where it happens.
        begun_at: When the bound was first reached, or when it was told.
        raised_at: When it was raised.
        rule: Rule that raised it; None where a person did.
        drill: Whether it is only a drill.
        value: Figure that raised it.
        unit: Its unit.
        by: Who raised it.
        note: Remark.
    """

    name: Text
    protocol: str
    level: str
    place: str
    begun_at: datetime
    raised_at: datetime
    rule: str | None = None
    drill: bool = False
    value: float | None = None
    unit: str | None = None
    by: str | None = None
    note: str | None = None


def begin(
    connection: sa.Connection, opening: Opening, steps: Sequence[Step], now: datetime
) -> int | None:
    """Begin an incident: bodies are told, tasks are given; None where it is known already.

    Args:
        connection: Of the transaction.
        opening: What begins it.
        steps: What its protocol takes.
        now: When it is recorded; times to acknowledge count from here.
    """
    cells = opening._asdict()
    name = cells.pop("name")
    standing = None if opening.rule is None else f"{opening.rule}|{opening.place}"
    if standing is not None and _known(connection, opening, standing):
        return None
    row = {
        **cells, "zh": name.zh, "en": name.en, "state": "open", "standing": standing, "recorded_at": now,
    }  # fmt: skip
    number = _insert(connection, schema.incident, row)
    _log(connection, number, now, "raised", name, by=opening.by)
    for step in steps:
        due = now + timedelta(minutes=step.minutes)
        if step.kind == "notify":
            told = {"told_at": now, "due_at": due, "escalate_to": step.escalate_to}
            _tell(connection, number, step.body, step.says, told)
        else:
            _give(connection, number, step.body, step.says, due)
            _log(connection, number, now, "task_added", step.says, body=step.body)
    return number


def found(connection: sa.Connection, number: int) -> Row:
    """The incident of that number.

    Raises:
        NotFound: There is none.
    """
    asked = sa.select(schema.incident).where(schema.incident.c.incident == number)
    row = connection.execute(asked).mappings().first()
    if row is None:
        says = Text(f"没有事件{number}", f"there is no incident {number}")
        raise NotFound(says, Text("列出全部:duty incidents", "list them by: duty incidents"))
    return dict(row)


def acknowledge(
    connection: sa.Connection,
    number: int,
    body: str,
    now: datetime,
    by: str | None,
    note: str | None,
) -> None:
    """A body acknowledges all that it was told of an incident.

    Raises:
        BadAsk: It was told nothing, or acknowledged it before.
    """
    _open(connection, number)
    notice = schema.notice.c
    mine = sa.select(notice.notice, notice.acknowledged_at).where(
        notice.incident == number, notice.body == body
    )
    rows = connection.execute(mine).all()
    waiting = [row.notice for row in rows if row.acknowledged_at is None]
    if not waiting:
        told = sa.select(notice.body).where(notice.incident == number).distinct()
        names = ", ".join(sorted(connection.scalars(told)))
        says = (
            Text(f"{body}已经确认过", f"{body} has acknowledged it before")
            if rows
            else Text(f"事件{number}没有通知{body}", f"{body} was not told of incident {number}")
        )
        raise BadAsk(says, Text(f"已通知:{names}", f"told were: {names}"))
    changed = schema.notice.update().where(notice.notice.in_(waiting))
    connection.execute(changed.values(acknowledged_at=now, by=by, note=note))
    says = Text(note or "已确认", note or "acknowledged")
    _log(connection, number, now, "acknowledged", says, body=body, by=by)


def add_task(
    connection: sa.Connection, number: int, step: Step, now: datetime, by: str | None
) -> int:
    """Give a body something to do about an incident."""
    _open(connection, number)
    due = now + timedelta(minutes=step.minutes)
    made = _give(connection, number, step.body, step.says, due)
    _log(connection, number, now, "task_added", step.says, body=step.body, by=by)
    return made


def end_task(
    connection: sa.Connection, number: int, task: int, state: str, ended: Mapping[str, Any]
) -> None:
    """Say that a task is done, or dropped.

    Args:
        connection: Of the transaction.
        number: The incident.
        task: The task.
        state: ``done`` or ``dropped``.
        ended: ``at``, and where known ``by``, ``body`` and ``note``.

    Raises:
        NotFound: The incident has no such task.
        BadAsk: It ended before, or is another body's.
    """
    _open(connection, number)
    table = schema.task
    asked = sa.select(table).where(table.c.task == task, table.c.incident == number)
    row = connection.execute(asked).mappings().first()
    if row is None:
        raise NotFound(
            Text(f"事件{number}没有任务{task}", f"incident {number} has no task {task}")
        )
    if row["state"] != "open":
        raise BadAsk(
            Text(f"任务{task}已是{row['state']}", f"task {task} is {row['state']} already")
        )
    body = ended.get("body")
    if body is not None and body != row["body"]:
        says = Text(f"任务{task}属于{row['body']}", f"task {task} is {row['body']}'s")
        raise BadAsk(says, Text("由该机构办理", "that body may end it"))
    change = {
        "state": state,
        "ended_at": ended["at"],
        "by": ended.get("by"),
        "note": ended.get("note"),
    }
    connection.execute(table.update().where(table.c.task == task).values(**change))
    says = Text(row["zh"], row["en"])
    _log(
        connection,
        number,
        ended["at"],
        f"task_{state}",
        says,
        body=row["body"],
        by=ended.get("by"),
    )


def remark(
    connection: sa.Connection,
    number: int,
    note: str,
    now: datetime,
    body: str | None,
    by: str | None,
) -> None:
    """Write something into the log of an incident, also of one that is closed."""
    found(connection, number)
    _log(connection, number, now, "noted", Text(note, note), body=body, by=by)


def safe(connection: sa.Connection, rule: str, place: str, at: datetime, now: datetime) -> None:
    """The warning of an incident was cleared; the incident stays open until a person closes it."""
    table = schema.incident
    asked = sa.select(table.c.incident).where(table.c.standing == f"{rule}|{place}")
    number = connection.scalar(asked)
    if number is not None:
        mine = table.update().where(table.c.incident == number)
        connection.execute(mine.values(safe_at=at, standing=None))
        says = Text("读数已回到安全一侧", "readings are safe again")
        _log(connection, number, now, "safe", says)


def close(
    connection: sa.Connection,
    number: int,
    outcome: str,
    now: datetime,
    by: str | None,
    note: str | None,
) -> None:
    """Close an incident.

    Args:
        connection: Of the transaction.
        number: The incident.
        outcome: ``real`` or ``false``: whether there was something.
        now: When.
        by: Who.
        note: Remark.

    Raises:
        BadAsk: It is closed, or tasks are open.
    """
    _open(connection, number)
    task = schema.task.c
    asked = sa.select(task.task).where(task.incident == number, task.state == "open")
    left = ", ".join(map(str, connection.scalars(asked)))
    if left:
        hint = Text("先用done办结或用drop终止", "say that they are done, or drop them")
        raise BadAsk(Text(f"任务未办结:{left}", f"tasks are open: {left}"), hint)
    change = {"state": "closed", "closed_at": now, "outcome": outcome, "standing": None}
    table = schema.incident
    connection.execute(table.update().where(table.c.incident == number).values(**change))
    says = Text(note, note) if note else label(f"outcome:{outcome}")
    _log(connection, number, now, "closed", says, by=by)


def escalate(connection: sa.Connection, now: datetime) -> int:
    """Tell those above of all that was not acknowledged in time; how many notices were overdue."""
    notice = schema.notice.c
    asked = _waiting(now).order_by(notice.notice)
    rows = [dict(row) for row in connection.execute(asked).mappings()]
    for row in rows:
        mine = schema.notice.update().where(notice.notice == row["notice"])
        connection.execute(mine.values(overdue_at=now))
        says = Text(row["zh"], row["en"])
        _log(connection, row["incident"], now, "overdue", says, body=row["body"])
        if row["escalate_to"] is not None:
            due = now + (row["due_at"] - row["told_at"])
            told = {"told_at": now, "due_at": due, "refers": row["notice"]}
            _tell(connection, row["incident"], row["escalate_to"], says, told)
    return len(rows)


def overdue(connection: sa.Connection, now: datetime) -> bool:
    """Whether anything was not acknowledged in time that is not told above yet."""
    return connection.execute(_waiting(now).limit(1)).first() is not None


def _waiting(now: datetime) -> sa.Select[Any]:
    notice = schema.notice.c
    return (
        sa.select(schema.notice)
        .join(schema.incident, schema.incident.c.incident == notice.incident)
        .where(
            schema.incident.c.state == "open",
            notice.acknowledged_at.is_(None),
            notice.overdue_at.is_(None),
            notice.due_at < now,
        )
    )


def _known(connection: sa.Connection, opening: Opening, standing: str) -> bool:
    """Whether the warning stands already, or was told before it was cleared."""
    table = schema.incident.c
    same = sa.and_(
        table.rule == opening.rule,
        table.place == opening.place,
        table.raised_at == opening.raised_at,
    )
    asked = sa.select(table.incident).where(sa.or_(table.standing == standing, same)).limit(1)
    return connection.scalar(asked) is not None


def _open(connection: sa.Connection, number: int) -> None:
    if found(connection, number)["state"] != "open":
        raise BadAsk(Text(f"事件{number}已关闭", f"incident {number} is closed"))


def _tell(
    connection: sa.Connection, number: int, body: str, says: Text, told: Mapping[str, Any]
) -> None:
    row = {"incident": number, "body": body, "zh": says.zh, "en": says.en, **told}
    _insert(connection, schema.notice, row)
    what = "escalated" if "refers" in told else "told"
    _log(connection, number, told["told_at"], what, says, body=body)


def _give(connection: sa.Connection, number: int, body: str, says: Text, due: datetime) -> int:
    row = {"incident": number, "body": body, "zh": says.zh, "en": says.en, "due_at": due}
    return _insert(connection, schema.task, row | {"state": "open"})


def _insert(connection: sa.Connection, table: sa.Table, row: Mapping[str, Any]) -> int:
    done = connection.execute(table.insert().values(**row)).inserted_primary_key
    assert done is not None  # noqa: S101 - one row was written just now
    return int(done[0])


def _log(  # noqa: PLR0913 - a row of the log
    connection: sa.Connection, number: int, at: datetime, what: str, says: Text, *,
    body: str | None = None, by: str | None = None,
) -> None:  # fmt: skip
    row = {"incident": number, "at": at, "what": what, "body": body, "by": by}
    _insert(connection, schema.log, row | {"zh": says.zh, "en": says.en})
