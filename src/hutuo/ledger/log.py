"""Rows of the ledger's tables, read by name and added; the statements are made once.

A batch of postings asks for a handful of rows and adds a few dozen: to build a statement for them, or to look
up each value's type again, would take longer than the database does.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql

from hutuo.ledger import schema
from hutuo.ledger.chain import ORIGIN
from hutuo.ledger.entries import BOTH, Leg

_entry, _posting = schema.entry.c, schema.posting.c
LAST = sa.select(_entry.seq, _entry.hash, _entry.recorded_at).order_by(_entry.seq.desc()).limit(1)
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


def add(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Add rows, if there are any.

    Args:
        connection: Of the ledger.
        table: One of the ledger's tables.
        rows: A value for each column, in the order of the table's columns.
    """
    _write(connection, table, rows, replaces=False)


def put(connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Put rows in the place of those with the same key, if there are any; as :func:`add` otherwise."""
    _write(connection, table, rows, replaces=True)


class _Adder(NamedTuple):
    """A statement as a driver takes it, and what makes a driver's value of a column's."""

    sql: str
    makes: tuple[tuple[int, Callable[[Any], Any]], ...]


_adders: dict[tuple[str, str, bool], _Adder] = {}


def _write(
    connection: sa.Connection, table: sa.Table, rows: Sequence[tuple[Any, ...]], *, replaces: bool
) -> None:
    if not rows:
        return
    key = connection.dialect.name, table.name, replaces
    if key not in _adders:
        _adders[key] = _adder(connection.dialect, table, replaces=replaces)
    sql, makes = _adders[key]
    made = [list(row) for row in rows]
    for column, make in makes:
        for row in made:
            row[column] = make(row[column])
    if connection.dialect.name == "sqlite":
        connection.exec_driver_sql(sql, [tuple(row) for row in made])
    else:
        names = table.columns.keys()
        text = json.dumps([dict(zip(names, row, strict=True)) for row in made], default=str)
        connection.exec_driver_sql(sql, (text,))


def _adder(dialect: sa.Dialect, table: sa.Table, *, replaces: bool) -> _Adder:
    """SQLite takes rows one by one; a server takes all of them in one message, as JSON."""
    quote = dialect.identifier_preparer.quote
    names = [quote(column.name) for column in table.columns]
    into, columns = quote(table.name), ", ".join(names)
    if dialect.name == "sqlite":
        values = f"VALUES ({', '.join('?' for _ in names)})"
    else:
        values = f"SELECT {columns} FROM json_populate_recordset(NULL::{into}, %s::json)"  # noqa: S608
    sql = f"INSERT INTO {into} ({columns}) {values}"
    if replaces:
        keys = [quote(column.name) for column in table.primary_key]
        rest = ", ".join(f"{name} = excluded.{name}" for name in names if name not in keys)
        sql += f" ON CONFLICT ({', '.join(keys)}) DO UPDATE SET {rest}"
    processors = (
        column.type.dialect_impl(dialect).bind_processor(dialect) for column in table.columns
    )
    makes = tuple((number, make) for number, make in enumerate(processors) if make is not None)
    return _Adder(sql, makes)
