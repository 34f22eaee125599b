"""Versions as rows: the newest one of a thing, what it was at an instant, and the next one."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

__all__ = ["Row", "add_version", "history", "newest", "now", "standing"]

Row = dict[str, Any]
KEPT = {"change", "version", "recorded_at", "superseded_at"}


def now() -> datetime:
    """This instant, aware."""
    return datetime.now(UTC)


def standing(table: sa.Table, as_of: datetime | None) -> sa.ColumnElement[bool]:
    """The condition on versions that stand, now or as known at an instant."""
    if as_of is None:
        return table.c.superseded_at.is_(None)
    later = sa.or_(table.c.superseded_at.is_(None), table.c.superseded_at > as_of)
    return sa.and_(table.c.recorded_at <= as_of, later)


def newest(
    connection: sa.Connection, table: sa.Table, name: str, as_of: datetime | None = None
) -> Row | None:
    """The version of a thing that stands; None if there is none of that id."""
    key = table.c[_key(table)]
    asked = sa.select(table).where(key == name, standing(table, as_of))
    row = connection.execute(asked).mappings().first()
    return dict(row) if row else None


def history(connection: sa.Connection, table: sa.Table, name: str) -> Sequence[Row]:
    """All versions of a thing, the first one first."""
    asked = sa.select(table).where(table.c[_key(table)] == name).order_by(table.c.version)
    return [dict(row) for row in connection.execute(asked).mappings()]


def add_version(
    connection: sa.Connection, table: sa.Table, row: Mapping[str, Any], at: datetime
) -> Row:
    """Write the next version of a thing, within a transaction of one writer.

    Args:
        connection: That of the transaction.
        table: Table whose key is the part of its name behind the last ``_``.
        row: All of the thing's columns; those that count versions are set here.
        at: When it is recorded.
    """
    key = _key(table)
    before = newest(connection, table, row[key])
    if before is not None:
        old = table.c.change == before["change"]
        connection.execute(table.update().where(old).values(superseded_at=at))
    new = {name: value for name, value in row.items() if name not in KEPT}
    new |= {"version": before["version"] + 1 if before else 1, "recorded_at": at}
    connection.execute(table.insert().values(**new))
    written = newest(connection, table, row[key])
    assert written is not None  # noqa: S101 - it was written just now
    return written


def _key(table: sa.Table) -> str:
    return table.name.rpartition("_")[2]
