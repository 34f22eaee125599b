"""The pool of investment leads: who contacted an investor first has the lead for a term, and who may see it.

A lead is seen by its parties alone. Whoever records an investor that another member of the pool has within
its term is refused and told from when on it is free, but nothing of the lead. Each step forward renews the
term; a lead that was signed is kept, one that was lost is free.

Source: clause 十(二) of the plan, which asks for one pool of leads of joint investment promotion.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

import sqlalchemy as sa

from hutuo.errors import BadAsk, one_of
from hutuo.exchange import schema
from hutuo.exchange.creditcodes import credit_code, fault
from hutuo.exchange.duplicates import duplicate_leads
from hutuo.exchange.versions import Row, add_version, newest, standing
from hutuo.glossary import Text, label

__all__ = [
    "KEPT",
    "STAGES",
    "TERM",
    "Twin",
    "changed",
    "holds",
    "recorded",
    "seen",
    "twins",
    "visible",
]

STAGES = ("contact", "visit", "negotiation", "signed", "started", "producing")
KEPT = ("signed", "started", "producing")
LOST = "lost"
# Columns by which it is told whose lead it is.
WHOSE = ("investor", "credit_code", "address", "phone")
TERM = timedelta(days=90)
# From so likely on both are one investor, and nobody can say otherwise alone.
CERTAIN = 0.9
LIKELY = 0.5


class Twin(NamedTuple):
    """A lead in the pool that is, likely, of the same investor.

    Attributes:
        row: That lead.
        score: How likely, 0..1.
        reasons: Why.
    """

    row: Row
    score: float
    reasons: Sequence[Text]


def visible(row: Mapping[str, Any], body: str) -> bool:
    """Whether a body may see a lead: it holds it, or is one of its parties."""
    return body == row["holder"] or body in row["parties"]


def holds(row: Mapping[str, Any], day: date) -> bool:
    """Whether a lead is its holder's on a day."""
    return row["stage"] in KEPT or (row["stage"] != LOST and day <= row["until"])


def twins(rows: Sequence[Row], new: Mapping[str, Any]) -> list[Twin]:
    """Leads that are, likely, of the same investor as a new one, the likeliest first.

    Args:
        rows: Leads of the pool.
        new: Lead with ``investor, credit_code, address, phone, title, text``.
    """
    import pandas as pd

    frame = pd.DataFrame([_wording(row) for row in [*rows, new]])
    found = duplicate_leads(frame, LIKELY)
    last, told = len(rows), []
    for first, second, score, reasons in found.itertuples(index=False):
        if last in (first, second):
            told.append(Twin(rows[min(first, second)], float(score), reasons))
    return told


def recorded(
    connection: sa.Connection, new: Row, at: datetime, day: date, *, despite: bool
) -> Row:
    """Record a lead, unless the investor is another's.

    Args:
        connection: In a transaction of one writer.
        new: The lead without stage and term; ``holder`` is who records it.
        at: When it is recorded.
        day: The same as a civil day.
        despite: Whether likely duplicates that are not certain are another investor.

    Raises:
        BadAsk: Another has it, or the holder has it already.
    """
    if newest(connection, schema.lead, new["lead"]) is not None:
        raise BadAsk(
            Text(f"编号“{new['lead']}”已被使用", f"id '{new['lead']}' is taken"),
            Text("换一个lead_id,或留空自动编号", "give another id as lead_id, or none"),
        )
    _valid(new)
    _single(connection, new, day, despite=despite)
    row = new | {"stage": STAGES[0], "first_contact": day, "until": day + TERM}
    return add_version(connection, schema.lead, row, at)


def changed(
    connection: sa.Connection, row: Row, body: str, changes: Row, at: datetime, *, despite: bool
) -> Row:
    """Change a lead, as its holder; a step forward renews its term.

    Args:
        connection: In a transaction of one writer.
        row: The lead as it stands.
        body: Who asks.
        changes: Columns to change, those that are None stay; ``day`` is the civil day.
        at: When it is recorded.
        despite: As for :func:`recorded`.

    Raises:
        BadAsk: The body does not hold it, the step is none, or the investor would be another's.
    """
    day = changes["day"]
    name = row["lead"]
    if row["holder"] != body:
        says = Text(f"只有{row['holder']}能变更{name}", f"only {row['holder']} may change {name}")
        raise BadAsk(says)
    if not holds(row, day):
        raise BadAsk(
            Text(
                f"{name}的首报期已过({row['until']})或已终止",
                f"{name} ended, or its term did: {row['until']}",
            ),
            Text("可重新登记:action=record", "it may be recorded anew: action=record"),
        )
    given = {
        column: value
        for column, value in changes.items()
        if value is not None and column in schema.lead.c
    }
    stage = given.get("stage")
    if stage is not None:
        _step(row, stage)
        given["until"] = day + TERM
    new = row | given
    _valid(new)
    if any(new[column] != row[column] for column in WHOSE):
        _single(connection, new, day, despite=despite)
    return add_version(connection, schema.lead, new, at)


def seen(connection: sa.Connection, name: str, body: str) -> Row:
    """A lead that a body may see; of others it is not even told that they are there.

    Raises:
        NotFound: There is none of that id that the body may see.
    """
    row = newest(connection, schema.lead, name)
    if row is None or not visible(row, body):
        mine = [one["lead"] for one in _all(connection) if visible(one, body)]
        raise one_of(name, "lead", mine)
    return row


def _single(connection: sa.Connection, new: Row, day: date, *, despite: bool) -> None:
    """Refuse an investor that a lead of the pool is of already.

    Raises:
        BadAsk: There is such a lead, within its term.
    """
    pool = [row for row in _all(connection) if holds(row, day) and row["lead"] != new["lead"]]
    for twin in twins(pool, new):
        if twin.score >= CERTAIN or not despite:
            raise _refused(twin, new["holder"], despite=despite)


def _all(connection: sa.Connection) -> list[Row]:
    asked = (
        sa.select(schema.lead).where(standing(schema.lead, None)).order_by(schema.lead.c.change)
    )
    return [dict(row) for row in connection.execute(asked).mappings()]


def _wording(row: Mapping[str, Any]) -> dict[str, str]:
    return {
        "name": row["investor"],
        "code": row["credit_code"] or "",
        "address": row["address"] or "",
        "phone": row["phone"] or "",
        "text": f"{row['title']}。{row['text']}",
    }


def _valid(row: Row) -> None:
    """Refuse a unified credit code that is none.

    Raises:
        BadAsk: Its check letter or its length is wrong.
    """
    if row["credit_code"]:
        says = fault(row["credit_code"])
        if says is not None:
            raise BadAsk(says)
        row["credit_code"] = credit_code(row["credit_code"])


def _step(row: Row, stage: str) -> None:
    """Refuse a step back.

    Raises:
        BadAsk: The stage is not behind the one that the lead has.
    """
    if stage != LOST and STAGES.index(stage) <= STAGES.index(row["stage"]):
        before, after = label(f"lead_stage:{row['stage']}"), label(f"lead_stage:{stage}")
        raise BadAsk(
            Text(
                f"{row['lead']}已到{before.zh},不能退回{after.zh}",
                f"{row['lead']} is at {before.en} and does not go back to {after.en}",
            )
        )


def _refused(twin: Twin, body: str, *, despite: bool) -> BadAsk:
    """What is told of a duplicate: all to a party, to others only that it is there and until when."""
    row, likely = twin.row, f"{twin.score:.0%}"
    if visible(row, body):
        why = "、".join(one.zh for one in twin.reasons), ", ".join(one.en for one in twin.reasons)
        says = Text(
            f"与线索{row['lead']}重复(可能性{likely}):{why[0]}",
            f"it duplicates lead {row['lead']} ({likely} likely): {why[1]}",
        )
    else:
        term = Text(f",首报期至{row['until']}", f" until {row['until']}")
        end = Text("并签约", " and has signed") if row["stage"] in KEPT else term
        says = Text(
            f"该投资方已由库内另一方首报(可能性{likely}){end.zh}",
            f"another member of the pool has that investor ({likely} likely){end.en}",
        )
    if twin.score >= CERTAIN or despite:
        return BadAsk(says, Text("请联系协调办公室", "ask the coordination office"))
    return BadAsk(
        says, Text("确为另一投资方时用despite", "if it is another investor, say so by despite")
    )
