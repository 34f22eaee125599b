"""Reserving an instrument: one transaction that looks whether the time is free, takes it and holds the fee.

A booking goes in beside a pending entry of the ledger: minutes of the instrument, and what its fee makes the
one body owe the other. Use settles the entry by the minutes used, a timely cancellation voids it. The ledger
has one writer at a time, so what is free when it is looked at is free when it is taken; a trigger of the
database refuses an overlap for whoever writes past this module.
"""

from datetime import datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hutuo.base.store import Store
from hutuo.errors import BadAsk, one_of
from hutuo.exchange import schema
from hutuo.exchange.instruments import SINCE, Span, Terms
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.versions import Row, newest
from hutuo.glossary import Text, label
from hutuo.ledger.entries import Entry, read_entries
from hutuo.ledger.journal import journal_of

__all__ = [
    "FREE",
    "Ending",
    "Reserved",
    "booked",
    "busy",
    "close",
    "end",
    "reopen",
    "reserve",
    "start",
]

# States in which a booking takes no time.
FREE = ("cancelled", "no_show")
_table = schema.booking.c


class Reserved(NamedTuple):
    """What shall be reserved.

    Attributes:
        row: The booking as it will stand.
        terms: Terms of the instrument.
        day: Civil day on which it begins.
    """

    row: Row
    terms: Terms
    day: str


class Ending(NamedTuple):
    """How a booking ends.

    Attributes:
        state: ``finished``, ``cancelled`` or ``no_show``.
        used_minutes: Minutes that were used.
        charged_fen: What of the fee is due.
        at: When.
        day: Civil day of that.
        by: Who says so.
        note: Remark.
    """

    state: str
    used_minutes: int
    charged_fen: int
    at: datetime
    day: str
    by: str | None
    note: str | None


def reserve(store: Store, asked: Reserved) -> None:
    """Take the time and hold the fee, or refuse; asked again with the same id it is reserved once.

    Raises:
        BadAsk: The time is taken, the terms have changed since, or the user failed to come too often.
        BadInput: The ledger refuses the entry.
    """
    row = asked.row

    def take(connection: sa.Connection) -> None:
        _turn(connection, row["instrument"])
        there = _find(connection, row["booking"])
        if there is not None:
            _same(there, row)
            return
        listing = newest(connection, schema.listing, row["instrument"])
        if listing is None or listing["version"] != row["version"] or listing["state"] != "listed":
            raise BadAsk(
                Text("仪器的条件刚刚变更", "the instrument's terms have just changed"),
                Text("请再试一次", "ask again"),
            )
        _reliable(connection, row, asked.terms.most_no_shows)
        _free(connection, row)
        connection.execute(schema.booking.insert().values(**row))

    with store.reading(EXCHANGE) as connection:
        # Most of what is refused is refused here, without a turn at the ledger.
        if _find(connection, row["booking"]) is None:
            _free(connection, row)
    legs = _legs(row, row["fee_fen"], Span(row["begins"], row["ends"]).minutes)
    entry = _entry(row, "", "pending", asked.day, legs)
    journal_of(store).post([entry], by=row["by"], file="booking", beside=take)


def end(store: Store, row: Row, ending: Ending) -> None:
    """Say how a booking ended: its entry is settled by what was used and is due, or voided.

    Raises:
        BadAsk: It has ended otherwise meanwhile.
    """
    legs = _legs(row, ending.charged_fen, ending.used_minutes)
    kind = "settle" if legs else "void"
    entry = _entry(row, ":end", kind, ending.day, legs)
    kept = ("state", "used_minutes", "charged_fen", "by")
    values: Row = {name: getattr(ending, name) for name in kept} | {"ended_at": ending.at}
    if ending.note is not None:
        values["note"] = ending.note
    before = ("booked",) if ending.state in FREE else ("booked", "started")
    if row["state"] not in before:
        if all(row[name] == values[name] for name in ("state", "used_minutes", "charged_fen")):
            return
        raise _unfit(row, before)

    def write(connection: sa.Connection) -> None:
        _move(connection, row["booking"], before, values)

    journal_of(store).post([entry], by=ending.by, file="booking", beside=write)


def start(store: Store, name: str, at: datetime) -> None:
    """Say that a booking was begun.

    Raises:
        BadAsk: It is begun or over.
    """
    with store.writing(EXCHANGE) as connection:
        _move(connection, name, ("booked",), {"state": "started", "started_at": at})


def close(store: Store, row: Row) -> None:
    """Keep an instrument closed for a time, as for maintenance; nothing is owed for it.

    Raises:
        BadAsk: It is booked then.
    """
    with store.writing(EXCHANGE) as connection:
        _turn(connection, row["instrument"])
        there = _find(connection, row["booking"])
        if there is None:
            _free(connection, row)
            connection.execute(schema.booking.insert().values(**row))
        else:
            _same(there, row)


def reopen(store: Store, name: str, at: datetime) -> None:
    """Take back that an instrument is closed.

    Raises:
        BadAsk: It is not closed.
    """
    with store.writing(EXCHANGE) as connection:
        _move(connection, name, ("closed",), {"state": "cancelled", "ended_at": at})


def booked(connection: sa.Connection, name: str | None) -> Row:
    """The booking of that id.

    Raises:
        NotFound: There is none.
    """
    found = _find(connection, name or "")
    if found is None:
        asked = sa.select(_table.booking).order_by(_table.recorded_at.desc()).limit(1000)
        raise one_of(name or "", "booking", [one for (one,) in connection.execute(asked)])
    return found


def busy(connection: sa.Connection, instrument: str, span: Span) -> list[Row]:
    """Bookings that take time of an instrument within a span, by beginning."""
    asked = sa.select(schema.booking).where(*_clash(instrument, span)).order_by(_table.begins)
    return [dict(row) for row in connection.execute(asked).mappings()]


def _clash(instrument: str, span: Span) -> list[sa.ColumnElement[bool]]:
    return [
        _table.instrument == instrument,
        _table.ends > span.begins,
        _table.begins < span.ends,
        _table.state.not_in(FREE),
    ]


def _turn(connection: sa.Connection, instrument: str) -> None:
    """One writer at a time for each instrument, whichever transaction it comes with."""
    if connection.dialect.name == "postgresql":
        name = sa.func.hashtextextended("booking:" + instrument, 0)
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(name)))


def _free(connection: sa.Connection, row: Row) -> None:
    """Refuse a time that is taken.

    Raises:
        BadAsk: It is, and until when.
    """
    taken = busy(connection, row["instrument"], Span(row["begins"], row["ends"]))
    if taken:
        spans = "、".join(f"{one['begins']:%Y-%m-%d %H:%M}–{one['ends']:%H:%M}" for one in taken)
        raise BadAsk(
            Text(f"该时段已被占用:{spans}(UTC)", f"that time is taken: {spans} (UTC)"),
            Text(
                "空闲时段:hutuo exchange bookings --instrument",
                "what is free: hutuo exchange bookings --instrument",
            ),
        )


def _reliable(connection: sa.Connection, row: Row, most: int | None) -> None:
    if most is None:
        return
    since = row["recorded_at"] - SINCE
    asked = sa.select(sa.func.count()).where(
        _table.user == row["user"],
        _table.instrument == row["instrument"],
        _table.state == "no_show",
        _table.begins >= since,
    )
    many = connection.execute(asked).scalar() or 0
    if many >= most:
        raise BadAsk(
            Text(
                f"{row['user']}在{SINCE.days}天内爽约{many}次,暂停预约",
                f"{row['user']} did not come {many} times within {SINCE.days} days and may not book now",
            )
        )


def _move(connection: sa.Connection, name: str, before: tuple[str, ...], values: Row) -> None:
    """Change a booking that is in one of these states.

    Raises:
        BadAsk: It is in another one.
    """
    fits = sa.and_(_table.booking == name, _table.state.in_(before))
    if connection.execute(schema.booking.update().where(fits).values(**values)).rowcount == 1:
        return
    there = booked(connection, name)
    # Who asks the same once more is not told that it failed.
    if there["state"] != values["state"]:
        raise _unfit(there, before)


def _unfit(row: Row, before: tuple[str, ...]) -> BadAsk:
    state, fit = (label(f"booking:{row['state']}"), [label(f"booking:{one}") for one in before])
    return BadAsk(
        Text(f"预约{row['booking']}的状态是{state.zh}", f"booking {row['booking']} is {state.en}"),
        Text(
            f"须为{'或'.join(one.zh for one in fit)}",
            f"it would have to be {' or '.join(one.en for one in fit)}",
        ),
    )


def _find(connection: sa.Connection, name: str) -> Row | None:
    row = connection.execute(sa.select(schema.booking).where(_table.booking == name)).mappings()
    found = row.first()
    return dict(found) if found else None


def _same(there: Row, row: Row) -> None:
    kept = ("instrument", "body", "user", "begins", "ends")
    if any(there[name] != row[name] for name in kept):
        raise BadAsk(
            Text(
                f"已有另一预约“{row['booking']}”", f"there is another booking '{row['booking']}'"
            ),
            Text("换一个booking", "give another id as booking"),
        )


def _legs(row: Row, fee: int, minutes: int) -> list[dict[str, Any]]:
    """What a use comes to: minutes from the instrument to the user's body, and what that owes for them."""
    owner, body = row["owner"], row["body"]
    pairs = [(f"{owner}/instrument:{row['instrument']}", f"{body}/minutes", "minutes", minutes)]
    if owner != body:
        pairs.append((f"{body}/due:{owner}", f"{owner}/due:{body}", "CNY", fee))
    return [
        {"account": account, "commodity": commodity, "amount": sign * amount}
        for giver, taker, commodity, amount in pairs
        if amount
        for account, sign in ((giver, -1), (taker, 1))
    ]


def _entry(row: Row, suffix: str, kind: str, day: str, legs: list[dict[str, Any]]) -> Entry:
    key = f"booking:{row['booking']}"
    memo = f"{row['instrument']} {row['begins'].isoformat()} {row['user']}"
    refers = {"refers": key} if suffix else {}
    given = {"key": key + suffix, "kind": kind, "effective": day, "memo": memo, "postings": legs}
    return read_entries([given | refers], "booking")[0]
