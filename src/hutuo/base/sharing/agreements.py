"""Agreements between bodies on a table: requested, narrowed, granted, refused, revoked.

What is granted was requested: an owner can show less than was asked for, never more, and a change of what was
granted is another agreement.
"""

import json
import secrets
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from hutuo.base import deeds
from hutuo.base.sharing import schema
from hutuo.errors import BadAsk, Forbidden, NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.tables import Table

__all__ = ["Terms", "datasets", "decide", "listed", "narrow", "own", "request", "state_of"]

REQUESTED, GRANTED, REFUSED, REVOKED, ENDED = (
    "requested",
    "granted",
    "refused",
    "revoked",
    "ended",
)
# What may become of what.
STEPS = {GRANTED: (REQUESTED,), REFUSED: (REQUESTED,), REVOKED: (REQUESTED, GRANTED)}
_agreement, _dataset = schema.agreement, schema.dataset


class Terms(NamedTuple):
    """What is shown, for how long.

    Attributes:
        fields: Columns; None for all.
        rows: Column to the values whose rows are shown; None for all.
        since: First day; None leaves it.
        until: Last day; None leaves it.
        onward: Who else may have it; None leaves it.
    """

    fields: tuple[str, ...] | None = None
    rows: Mapping[str, Sequence[Any]] | None = None
    since: date | None = None
    until: date | None = None
    onward: str | None = None


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
    connection: sa.Connection, table: "Table", purpose: str, terms: Terms, day: date
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
        "since": since,
        "until": terms.until,
        "state": REQUESTED,
        "requested_by": actor.account,
        "requested_at": datetime.now(UTC),
    }
    connection.execute(_agreement.insert(), made)
    return str(made["agreement"])


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
    if terms.onward is not None:
        values["onward"] = terms.onward
    connection.execute(_agreement.update().where(_agreement.c.agreement == name).values(**values))


def decide(connection: sa.Connection, name: str, state: str) -> None:
    """Grant, refuse or revoke; the owner decides, and either side revokes.

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
    if not actor.is_owner and side == "owner" and actor.body != row.owner:
        raise Forbidden(
            Text(f"协议{name}由{row.owner}决定", f"{row.owner} decides on agreement {name}"),
        )
    return row


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
