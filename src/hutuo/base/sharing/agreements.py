"""Agreements between bodies on a table: requested, narrowed, granted, refused, revoked, renewed, ended.

What is granted was requested: an owner can show less than was asked for, never more. Of what was granted only
the last day comes nearer; any other change is another agreement. Each step stands with who took it.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from hutuo.base import deeds
from hutuo.base.sharing import schema
from hutuo.errors import BadAsk, Forbidden, NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.tables import Table

__all__ = [
    "Terms",
    "datasets",
    "decide",
    "expire",
    "listed",
    "narrow",
    "own",
    "renew",
    "request",
    "state_of",
    "steps",
]

REQUESTED, GRANTED, REFUSED, REVOKED, ENDED = (
    "requested",
    "granted",
    "refused",
    "revoked",
    "ended",
)
# What may become of what.
STEPS = {GRANTED: (REQUESTED,), REFUSED: (REQUESTED,), REVOKED: (REQUESTED, GRANTED)}
_agreement, _dataset, _step = schema.agreement, schema.dataset, schema.step


class Terms(NamedTuple):
    """What is shown, for how long.

    Attributes:
        fields: Columns; None for all.
        rows: Column to the values whose rows are shown; None for all.
        since: First day; None leaves it.
        until: Last day; None leaves it.
        onward: Who else may have it; None leaves it.
        returns: What comes back to the owner; None leaves it.
    """

    fields: tuple[str, ...] | None = None
    rows: Mapping[str, Sequence[Any]] | None = None
    since: date | None = None
    until: date | None = None
    onward: str | None = None
    returns: str | None = None


def own(connection: sa.Connection, name: str, owner: str | None, *, is_open: bool) -> None:
    """Say whose a table is, and whether all read it; only its owner's own people change that it is open.

    Raises:
        Forbidden: It is of another body, or nobody's.
    """
    actor = deeds.actor()
    before = connection.execute(sa.select(_dataset).where(_dataset.c.table == name)).first()
    if not actor.is_owner:
        known = before.owner if before is not None else None
        if known is None or known != actor.body or owner != known:
            raise Forbidden(
                Text(f"数据表{name}不属于{actor.body}", f"table {name} is not of {actor.body}"),
                Text("由服务器上的所有者登记归属", "the owner on the server says whose it is"),
            )
    connection.execute(_dataset.delete().where(_dataset.c.table == name))
    connection.execute(_dataset.insert(), {"table": name, "owner": owner, "open": is_open})


def datasets(connection: sa.Connection) -> dict[str, Any]:
    """Whose tables are, by name."""
    return {row.table: row for row in connection.execute(sa.select(_dataset))}


def request(
    connection: sa.Connection,
    table: "Table",
    purpose: str,
    terms: Terms,
    day: date,
    renews: str | None = None,
) -> str:
    """Ask the owner of a table for it, in the name of one's own body; gives the agreement's id.

    Raises:
        BadAsk: It has no owner, is one's own, or the terms do not fit it.
    """
    actor = deeds.actor()
    owner = next((d.owner for n, d in datasets(connection).items() if n == table.name), None)
    if owner is None or actor.body in (None, owner):
        raise BadAsk(
            Text(
                f"不能申请数据表{table.name}:没有归属,或申请人无机构,或本属本机构",
                f"table {table.name} cannot be asked for: it has no owner, or is one's own,"
                " or one is of no body",
            ),
            Text("见base dataset list", "see base dataset list"),
        )
    since = terms.since or day
    if terms.until is None or terms.until < since:
        hint = Text("--until取最后一日", "--until takes the last day")
        raise BadAsk(Text("协议没有期限", "the agreement has no term"), hint)
    made = {
        "agreement": f"{day:%Y%m%d}-{secrets.token_hex(3)}",
        "table": table.name,
        "owner": owner,
        "reader": actor.body,
        **_written(table, terms),
        "purpose": purpose,
        "onward": terms.onward,
        "returns": terms.returns,
        "renews": renews,
        "since": since,
        "until": terms.until,
        "state": REQUESTED,
        "requested_by": actor.account,
        "requested_at": datetime.now(UTC),
    }
    connection.execute(_agreement.insert(), made)
    _stepped(connection, str(made["agreement"]), REQUESTED, renews)
    return str(made["agreement"])


def renew(
    connection: sa.Connection,
    name: str,
    table: "Table",
    purpose: str | None,
    until: date,
    day: date,
) -> str:
    """Ask for another term of what one's own body was granted; gives the new agreement's id.

    Args:
        connection: Of the store, writing.
        name: What was granted.
        table: Its table.
        purpose: What it is to be used for; None as before.
        until: Last day of the new term, which begins when the old one ends, today at the earliest.
        day: Today.

    Raises:
        BadAsk: It was not granted, or the term is none.
        Forbidden: It was granted to another.
    """
    row = _of(connection, name, "reader")
    if row.state != GRANTED:
        raise _decided(row)
    terms = Terms(
        None if row.fields is None else tuple(json.loads(row.fields)),
        None if row.rows is None else json.loads(row.rows),
        max(day, row.until + timedelta(days=1)),
        until,
        row.onward,
        row.returns,
    )
    return request(connection, table, purpose or row.purpose, terms, day, name)


def expire(connection: sa.Connection, name: str, until: date, day: date) -> None:
    """Let what was granted end sooner; either side may.

    Raises:
        BadAsk: It was not granted, is over, or would not end sooner.
    """
    row = _of(connection, name, "either")
    if state_of(row, day) != GRANTED:
        raise _decided(row)
    if not max(day, row.since) <= until < row.until:
        raise _more("until", f"{max(day, row.since)}..{row.until}")
    changed = _agreement.update().where(_agreement.c.agreement == name)
    connection.execute(changed.values(until=until))
    _stepped(connection, name, "expires", until.isoformat())


def narrow(connection: sa.Connection, name: str, table: "Table", terms: Terms) -> None:
    """Show less than was requested: fewer columns or rows, a shorter term.

    Raises:
        BadAsk: It would be more, or is decided already.
        Forbidden: The table is not of one's own body.
    """
    row = _of(connection, name, "owner")
    if row.state != REQUESTED:
        raise _decided(row)
    fields = _within(row.fields, terms.fields, "fields", table.names)
    rows = _rows_within(row.rows, terms.rows)
    since, until = terms.since or row.since, terms.until or row.until
    if since < row.since or until > row.until or until < since:
        raise _more("since, until", f"{row.since}..{row.until}")
    narrowed = terms._replace(fields=fields, rows=rows)
    values = _written(table, narrowed) | {"since": since, "until": until}
    for field in ("onward", "returns"):
        if getattr(terms, field) is not None:
            values[field] = getattr(terms, field)
    connection.execute(_agreement.update().where(_agreement.c.agreement == name).values(**values))
    _stepped(connection, name, "narrowed", _difference(row, values))


def decide(connection: sa.Connection, name: str, state: str, remark: str | None = None) -> None:
    """Grant, refuse or revoke; the owner decides, and either side revokes.

    Args:
        connection: Of the store, writing.
        name: The agreement.
        state: What becomes of it.
        remark: Why.

    Raises:
        BadAsk: It is decided already.
        Forbidden: It is not one's own body's to decide.
    """
    row = _of(connection, name, "either" if state == REVOKED else "owner")
    if row.state not in STEPS[state]:
        raise _decided(row)
    values = {
        "state": state,
        "decided_by": deeds.actor().account,
        "decided_at": datetime.now(UTC),
    }
    connection.execute(_agreement.update().where(_agreement.c.agreement == name).values(**values))
    _stepped(connection, name, state, remark)


def steps(connection: sa.Connection, names: Sequence[str]) -> dict[str, list[Any]]:
    """Steps of agreements in their order, by agreement."""
    found: dict[str, list[Any]] = {}
    asked = sa.select(_step).where(_step.c.agreement.in_(names))
    for row in connection.execute(asked.order_by(_step.c.agreement, _step.c.number)):
        found.setdefault(row.agreement, []).append(row)
    return found


def listed(connection: sa.Connection) -> list[Any]:
    """Agreements that one's own body is a party of, the latest first; the owner sees all."""
    actor = deeds.actor()
    asked = sa.select(_agreement).order_by(
        _agreement.c.requested_at.desc(), _agreement.c.agreement
    )
    if not actor.is_owner:
        mine = actor.body or ""
        asked = asked.where((_agreement.c.owner == mine) | (_agreement.c.reader == mine))
    return list(connection.execute(asked))


def state_of(row: Any, day: date) -> str:
    """How an agreement stands on a day."""
    return ENDED if row.state == GRANTED and row.until < day else str(row.state)


def _of(connection: sa.Connection, name: str, side: str) -> Any:
    """An agreement that is one's own body's to decide."""
    actor = deeds.actor()
    row = connection.execute(sa.select(_agreement).where(_agreement.c.agreement == name)).first()
    parties = () if row is None else (row.owner, row.reader)
    if row is None or not (actor.is_owner or actor.body in parties):
        # Of an agreement between others not even its being there is told.
        raise NotFound(
            Text(f"没有协议“{name}”", f"no agreement '{name}'"),
            Text("见base agreement list", "see base agreement list"),
        )
    decides = row.owner if side == "owner" else row.reader
    if not actor.is_owner and side != "either" and actor.body != decides:
        raise Forbidden(
            Text(f"协议{name}由{decides}决定", f"{decides} decides on agreement {name}"),
        )
    return row


def _stepped(connection: sa.Connection, name: str, action: str, remark: str | None) -> None:
    """Keep a step with who took it, and tell the audit of which agreement it is."""
    actor = deeds.actor()
    last = sa.select(sa.func.max(_step.c.number)).where(_step.c.agreement == name)
    row = {
        "agreement": name,
        "number": (connection.execute(last).scalar() or 0) + 1,
        "at": datetime.now(UTC),
        "account": actor.account,
        "body": actor.body,
        "action": action,
        "remark": remark,
    }
    connection.execute(_step.insert(), row)
    deeds.note({"agreement": name, "step": action})


def _difference(row: Any, values: Mapping[str, Any]) -> str:
    """What was asked for before, of what is less now, as JSON."""
    before = {
        name: getattr(row, name) for name, now in values.items() if getattr(row, name) != now
    }
    return json.dumps(before, ensure_ascii=False, default=str)


def _written(table: "Table", terms: Terms) -> dict[str, Any]:
    """Fields and rows as they are stored.

    Raises:
        BadAsk: The table has no such column.
    """
    named = [*(terms.fields or ()), *(terms.rows or {})]
    unknown = [name for name in named if name not in table.names]
    if unknown:
        shown = ", ".join(table.names)
        raise BadAsk(
            Text(
                f"数据表{table.name}没有列{'、'.join(unknown)}",
                f"table {table.name} has no column {', '.join(unknown)}",
            ),
            Text(f"可用:{shown}", f"possible: {shown}"),
        )
    fields = None if terms.fields is None else json.dumps(sorted(set(terms.fields)))
    rows = None if terms.rows is None else json.dumps(terms.rows, ensure_ascii=False)
    return {"fields": fields, "rows": rows}


def _within(
    before: str | None, wanted: tuple[str, ...] | None, what: str, names: Sequence[str]
) -> tuple[str, ...] | None:
    known = None if before is None else tuple(json.loads(before))
    if wanted is None:
        return known
    beyond = sorted(set(wanted) - set(known if known is not None else names))
    if beyond:
        raise _more(what, ", ".join(known if known is not None else names))
    return wanted


def _rows_within(
    before: str | None, wanted: Mapping[str, Sequence[Any]] | None
) -> Mapping[str, Sequence[Any]] | None:
    known: dict[str, list[Any]] = {} if before is None else json.loads(before)
    if wanted is None:
        return known or None
    for name, values in known.items():
        if not set(wanted.get(name, ())) <= set(values) or not wanted.get(name):
            raise _more("rows", json.dumps(known, ensure_ascii=False))
    return wanted


def _more(what: str, asked: str) -> BadAsk:
    return BadAsk(
        Text(f"{what}超出所申请的范围", f"{what} goes beyond what was requested"),
        Text(f"申请的是:{asked}", f"requested was: {asked}"),
    )


def _decided(row: Any) -> BadAsk:
    return BadAsk(
        Text(f"协议{row.agreement}已是{row.state}", f"agreement {row.agreement} is {row.state}"),
        Text("变更须另行申请", "for a change, request another one"),
    )
