"""Rows of the ledger's tables, read by name and added; the statements are made once.

A batch of postings asks for a handful of rows and adds a few dozen: to build a statement for them, or to look
up each value's type again, would take longer than the database does.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from itertools import chain, takewhile
from typing import Any, NamedTuple

import orjson
import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from hutuo.ledger import schema
from hutuo.ledger.chain import ORIGIN
from hutuo.ledger.entries import BOTH, Leg

_entry, _posting = schema.entry.c, schema.posting.c
LAST = sa.select(_entry.seq, _entry.hash, _entry.recorded_at).order_by(_entry.seq.desc()).limit(1)
# Rows of a statement of SQLite, which keeps as many statements as it is given; 512 rows of the widest table
# have a fifth of the values that one may have.
SIZES = (512, 64, 8, 1)
# From so many rows a COPY pays for its two further messages.
COPIED = 64
CLOSED = sa.select(sa.func.max(_entry.effective)).where(_entry.kind == "close")


class Asked(NamedTuple):
    """Rows that are asked for by the names in one column.

    Attributes:
        file: The statement for SQLite, which takes the names as a JSON list.
        server: The same for PostgreSQL, which takes an array.
    """

    file: sa.Select[Any]
    server: sa.Select[Any]


def _among(asked: sa.Select[Any], column: sa.Column[Any]) -> Asked:
    """The statement for any number of names: one text, that the databases need to read but once."""
    given: sa.BindParameter[Any] = sa.bindparam("names", type_=sa.Text)
    listed = sa.select(sa.func.json_each(given).table_valued("value").c.value)
    array: sa.BindParameter[Any] = sa.bindparam("names", type_=postgresql.ARRAY(column.type))
    return Asked(asked.where(column.in_(listed)), asked.where(column == sa.any_(array)))


_known = (_entry.seq, _entry.key, _entry.kind, _entry.asked, _entry.hash, _entry.recorded_at)
BY_KEY = _among(sa.select(*_known), _entry.key)
DONE = _among(sa.select(_entry.refers, _entry.seq), _entry.refers)
LEGS = _among(sa.select(schema.posting).order_by(_posting.seq, _posting.line), _posting.seq)
ACCOUNTS = _among(sa.select(schema.account), schema.account.c.account)
BALANCES = _among(sa.select(schema.balance), schema.balance.c.account)


class Change(NamedTuple):
    """Rows for one of the ledger's tables.

    Attributes:
        table: The table.
        rows: A value for each column, in the order of the table's columns.
        replaces: Whether rows with the same key give way.
    """

    table: sa.Table
    rows: Sequence[tuple[Any, ...]]
    replaces: bool = False


class Head(NamedTuple):
    """The last entry of the chain; number 0 where there is none."""

    seq: int
    hash: str
    recorded_at: datetime


def head_of(connection: sa.Connection) -> Head:
    """Where the chain stands."""
    row = connection.execute(LAST).first()
    return Head(*row) if row else Head(0, ORIGIN, datetime.min.replace(tzinfo=UTC))


def found(connection: sa.Connection, asked: Asked, names: Iterable[Any]) -> Iterator[sa.Row[Any]]:
    """Rows that are found for the names."""
    wanted = sorted(names)
    if wanted and connection.dialect.name == "sqlite":
        yield from connection.execute(asked.file, {"names": json.dumps(wanted)})
    elif wanted:
        yield from connection.execute(asked.server, {"names": wanted})


def legs_of(connection: sa.Connection, seqs: Iterable[int]) -> dict[int, tuple[Leg, ...]]:
    """Postings of entries, by number, each in its order."""
    legs: dict[int, list[Leg]] = {seq: [] for seq in seqs}
    for row in found(connection, LEGS, legs):
        legs[row.seq].append(leg_of(row))
    return {seq: tuple(those) for seq, those in legs.items()}


def leg_of(row: sa.Row[Any]) -> Leg:
    """A posting as it stands in its row; not checked, for what is in the ledger is to be read."""
    book = None if row.book == BOTH else row.book
    return Leg.model_construct(
        account=row.account, commodity=row.commodity, amount=row.amount, book=book
    )


def rows_of(seq: int, legs: Sequence[Leg]) -> list[tuple[Any, ...]]:
    """Rows of an entry's postings, by column."""
    return [
        (seq, line, leg.account, leg.commodity, leg.book or BOTH, leg.amount)
        for line, leg in enumerate(legs, 1)
    ]


def write(connection: sa.Connection, changes: Sequence[Change]) -> None:
    """Add rows and put rows in the place of those with the same key, table by table, in order.

    By the driver, not by SQLAlchemy: its work on six statements took longer than those of a transaction do.

    Args:
        connection: Of the ledger.
        changes: Rows of the ledger's tables.
    """
    driver = connection.connection.driver_connection
    if driver is None:
        raise sa.exc.InvalidRequestError("the connection is closed")
    waiting = [change for change in changes if change.rows]
    if connection.dialect.name == "sqlite":
        for change in waiting:
            _write_file(driver.cursor(), _adder(connection.dialect, change), change.rows)
    else:
        with driver.cursor() as cursor:
            _write_server(cursor, connection.dialect, waiting)


class _Adder(NamedTuple):
    """A statement as a driver takes it, and what makes a driver's value of a column's."""

    into: str
    begin: str
    row: str
    end: str
    makes: tuple[tuple[int, Callable[[Any], Any]], ...]

    def sql(self, rows: int = 1) -> str:
        """The statement for a number of rows."""
        return f"INSERT INTO {self.into} {self.begin}{', '.join([self.row] * rows)}{self.end}"

    def made(self, rows: Sequence[tuple[Any, ...]]) -> list[list[Any]]:
        """The rows with the driver's values."""
        made = [list(row) for row in rows]
        for column, make in self.makes:
            for row in made:
                row[column] = make(row[column])
        return made


_adders: dict[tuple[str, str, bool], _Adder] = {}


def _write_file(cursor: Any, adder: _Adder, rows: Sequence[tuple[Any, ...]]) -> None:
    """Many rows a statement: with each, the interpreter would be left to other threads and waited for."""
    made, start = adder.made(rows), 0
    for size in SIZES:
        while len(made) - start >= size:
            cursor.execute(adder.sql(size), [*chain.from_iterable(made[start : start + size])])
            start += size


def _write_server(cursor: Any, dialect: sa.Dialect, waiting: Sequence[Change]) -> None:
    """Many new rows by COPY, the others as JSON, of which all is sent before the first is answered."""
    # Those in front: postings are added after their entries.
    copied = [*takewhile(lambda one: not one.replaces and len(one.rows) >= COPIED, waiting)]
    for change in copied:
        adder = _adder(dialect, change)
        with cursor.copy(f"COPY {adder.into} FROM STDIN") as copy:
            for row in adder.made(change.rows):
                copy.write_row(row)
    with cursor.connection.pipeline():
        for change in waiting[len(copied) :]:
            adder = _adder(dialect, change)
            names = [str(column.name) for column in change.table.columns]
            rows = [dict(zip(names, row, strict=True)) for row in adder.made(change.rows)]
            cursor.execute(adder.sql(), (orjson.dumps(rows).decode(),))


def _adder(dialect: sa.Dialect, change: Change) -> _Adder:
    table, key = change.table, (dialect.name, change.table.name, change.replaces)
    if key in _adders:
        return _adders[key]
    quote = dialect.identifier_preparer.quote
    names = [quote(column.name) for column in table.columns]
    name, columns, end = quote(table.name), ", ".join(names), ""
    if dialect.name == "sqlite":
        begin, row = "VALUES ", f"({', '.join('?' for _ in names)})"
    else:
        begin = f"SELECT {columns} FROM "  # noqa: S608 - names are those of the declared tables
        row = f"json_populate_recordset(NULL::{name}, %s::json)"
    if change.replaces:
        keys = [quote(column.name) for column in table.primary_key]
        rest = ", ".join(f"{one} = excluded.{one}" for one in names if one not in keys)
        end = f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {rest}"
    processors = (
        column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns
    )
    makes = tuple((number, make) for number, make in enumerate(processors) if make is not None)
    return _adders.setdefault(key, _Adder(f"{name} ({columns})", begin, row, end, makes))
