"""Rows of the ledger's tables, read by name and added; the statements are made once.

Making a statement takes as long as running it, and a batch of postings asks for a handful.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, NamedTuple

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite

from hutuo.ledger import schema
from hutuo.ledger.chain import ORIGIN
from hutuo.ledger.entries import BOTH, Leg

# Names that one query asks for; SQLite takes 32,766 values.
ASKED = 5_000
NAMES: sa.BindParameter[Any] = sa.bindparam("names", expanding=True)
_entry, _posting = schema.entry.c, schema.posting.c
LAST = sa.select(_entry.seq, _entry.hash, _entry.recorded_at).order_by(_entry.seq.desc()).limit(1)
CLOSED = sa.select(sa.func.max(_entry.effective)).where(_entry.kind == "close")
BY_KEY = sa.select(
    _entry.seq, _entry.key, _entry.kind, _entry.asked, _entry.hash, _entry.recorded_at
).where(_entry.key.in_(NAMES))
DONE = sa.select(_entry.refers, _entry.seq).where(_entry.refers.in_(NAMES))
LEGS = (
    sa.select(schema.posting).where(_posting.seq.in_(NAMES)).order_by(_posting.seq, _posting.line)
)
ACCOUNTS = sa.select(schema.account).where(schema.account.c.account.in_(NAMES))
BALANCES = sa.select(schema.balance).where(schema.balance.c.account.in_(NAMES))


class Head(NamedTuple):
    """The last entry of the chain; number 0 where there is none."""

    seq: int
    hash: str
    recorded_at: datetime


def head_of(connection: sa.Connection) -> Head:
    """Where the chain stands."""
    row = connection.execute(LAST).first()
    return Head(*row) if row else Head(0, ORIGIN, datetime.min.replace(tzinfo=UTC))


def found(
    connection: sa.Connection, asked: sa.Select[Any], names: Iterable[Any]
) -> Iterator[sa.Row[Any]]:
    """Rows that a statement finds for the names."""
    rest = sorted(names)
    for first in range(0, len(rest), ASKED):
        yield from connection.execute(asked, {"names": rest[first : first + ASKED]})


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


def rows_of(seq: int, legs: Sequence[Leg]) -> list[dict[str, Any]]:
    """Rows of an entry's postings."""
    return [
        {
            "seq": seq,
            "line": line,
            "account": leg.account,
            "commodity": leg.commodity,
            "book": leg.book or BOTH,
            "amount": leg.amount,
        }
        for line, leg in enumerate(legs, 1)
    ]


def add(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Add rows, if there are any."""
    if rows:
        connection.execute(_insert(table), rows)


def put(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Put rows in the place of those with the same key, if there are any."""
    if rows:
        connection.execute(_upsert(connection.dialect.name, table), rows)


@cache
def _insert(table: sa.Table) -> Any:
    return table.insert()


@cache
def _upsert(dialect: str, table: sa.Table) -> Any:
    insert = (sqlite if dialect == "sqlite" else postgresql).insert(table)
    keys = [column.name for column in table.primary_key]
    rest = {c.name: insert.excluded[c.name] for c in table.columns if c.name not in keys}
    return insert.on_conflict_do_update(index_elements=keys, set_=rest)
