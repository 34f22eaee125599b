"""Entries of the audit: added at the end of the chain, read again, and verified."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hutuo.base.auditing.schema import GUARDS, entry
from hutuo.base.chain import ORIGIN, Doubt, Walk, canonical, linked
from hutuo.glossary import Text
from hutuo.progress import report

__all__ = ["Last", "Verified", "add", "content_of", "last_of", "verified"]

# Rows that are fetched at once, and entries after which progress is told.
FETCHED = 5_000
# Findings that are told; the audit is broken after the first.
MOST = 1_000
_ROWS = sa.select(entry).order_by(entry.c.seq)
_LAST = sa.select(entry.c.seq, entry.c.hash, entry.c.at).order_by(entry.c.seq.desc()).limit(1)


class Last(NamedTuple):
    """The last entry; number 0 where there is none."""

    seq: int
    hash: str
    at: datetime


class Verified(NamedTuple):
    """What was found.

    Attributes:
        entries: Number of entries that were read.
        hash: Hash of the last one.
        doubts: What is wrong, in order; none if the audit holds.
    """

    entries: int
    hash: str
    doubts: list[Doubt]


def last_of(connection: sa.Connection) -> Last:
    """Where the chain stands."""
    row = connection.execute(_LAST).first()
    return Last(*row) if row else Last(0, ORIGIN, datetime.min.replace(tzinfo=UTC))


def add(connection: sa.Connection, values: dict[str, Any], about: dict[str, Any]) -> Last:
    """Add an entry; the connection's transaction has the turn of the audit.

    Args:
        connection: Of the store.
        values: ``kind``, ``door``, ``who``, ``body``, ``verb`` and ``branch``.
        about: What was asked and changed, as plain values.
    """
    before = last_of(connection)
    # A clock that was put back does not break the order.
    at = max(datetime.now(UTC), before.at)
    row = {"seq": before.seq + 1, "at": at, **values, "about": canonical(about).decode()}
    made = linked(before.hash, content_of(row))
    connection.execute(entry.insert(), row | {"hash": made})
    return Last(row["seq"], made, at)


def content_of(row: dict[str, Any]) -> dict[str, Any]:
    """What the hash of an entry covers: all of it."""
    return row | {"at": row["at"].isoformat(timespec="microseconds")}


def verified(connection: sa.Connection, head: tuple[int, str] | None = None) -> Verified:
    """Read the whole audit again and compute its hashes anew.

    Args:
        connection: Of the store.
        head: Number and hash of an entry as they were exported once.
    """
    walk = Walk(head, Text("审计", "audit"))
    total = connection.execute(sa.select(sa.func.count()).select_from(entry)).scalar() or 0
    try:
        for row in _entries(connection):
            stored = row.pop("hash")
            walk.step(row["seq"], row["at"], linked(walk.hash, content_of(row)), stored)
            if walk.entries % FETCHED == 0:
                done = Text(f"已核对{walk.entries}条记录", f"{walk.entries} entries checked")
                report(walk.entries / max(total, 1), done)
    except (TypeError, ValueError, AttributeError):
        # SQLite keeps any value in any column.
        walk.unreadable()
    walk.end()
    for name in GUARDS.missing(connection):
        walk.doubt(
            "guard",
            None,
            f"数据库里缺少触发器{name},或它已不起作用",
            f"the database lacks the trigger {name}, or it refuses nothing any more",
        )
    return Verified(walk.entries, walk.hash, walk.doubts[:MOST])


def _entries(connection: sa.Connection) -> Iterator[dict[str, Any]]:
    # Plain text: a name of SQLAlchemy's is no key of JSON.
    names = [str(column.name) for column in entry.c]
    with connection.execution_options(yield_per=FETCHED).execute(_ROWS) as rows:
        for row in rows:
            yield dict(zip(names, row, strict=True))
