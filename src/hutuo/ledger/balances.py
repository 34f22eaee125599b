"""Balances of accounts: now, or as they were on a day and as known at an instant."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

import sqlalchemy as sa

from hutuo.ledger import schema
from hutuo.ledger.entries import BOOKS, BOTH
from hutuo.ledger.state import Balance, Place

__all__ = ["Standing", "balances", "by_book", "holding"]


class Standing(NamedTuple):
    """Which past of the ledger is meant.

    Attributes:
        at: Day up to which entries count; None for all.
        as_of: Instant by which they were recorded; None for all.
    """

    at: date | None = None
    as_of: datetime | None = None


def balances(
    connection: sa.Connection,
    standing: Standing,
    *,
    account: str | None = None,
    commodity: str | None = None,
) -> dict[Place, Balance]:
    """Balances by account, commodity and book (``both`` for what stands in both books).

    Args:
        connection: Of the ledger.
        standing: When, and as known when.
        account: Only of this account.
        commodity: Only in this commodity.
    """
    now = standing == Standing()
    asked, table = (_kept(), schema.balance.c) if now else (_summed(standing), schema.posting.c)
    if account is not None:
        asked = asked.where(table.account == account)
    if commodity is not None:
        asked = asked.where(table.commodity == commodity)
    return {
        (row.account, row.commodity, row.book): Balance(
            int(row.posted), int(row.reserved), int(row.expected)
        )
        for row in connection.execute(asked)
    }


def by_book(found: Mapping[Place, Balance]) -> Iterator[tuple[Place, Balance]]:
    """What each book says: one row where both say the same, else one a book; by account and commodity."""
    parts: dict[tuple[str, str], dict[str, Balance]] = defaultdict(dict)
    for (account, commodity, book), balance in found.items():
        parts[account, commodity][book] = balance
    for (account, commodity), books in sorted(parts.items()):
        shared = books.get(BOTH, Balance())
        own = {book: shared.plus(books.get(book, Balance())) for book in BOOKS}
        told = {BOTH: shared} if len(set(own.values())) == 1 and set(books) == {BOTH} else own
        for book, balance in told.items():
            yield (account, commodity, book), balance


def holding(standing: Standing, entry: Any = schema.entry) -> list[sa.ColumnElement[bool]]:
    """Conditions on entries that a past of the ledger holds."""
    tests = []
    if standing.at is not None:
        tests.append(entry.c.effective <= standing.at)
    if standing.as_of is not None:
        tests.append(entry.c.recorded_at <= standing.as_of)
    return tests


def _kept() -> sa.Select[Any]:
    return sa.select(schema.balance)


def _summed(standing: Standing) -> sa.Select[Any]:
    """Sums over the past; a pending entry counts as long as nothing had settled or voided it."""
    leg, entry, later = schema.posting.c, schema.entry.c, schema.entry.alias("later")
    pending, done = entry.kind == "pending", later.c.seq.is_not(None)
    is_open = sa.and_(pending, ~done)
    legs = schema.posting.join(schema.entry, entry.seq == leg.seq).outerjoin(
        later, sa.and_(later.c.refers == leg.seq, *holding(standing, later))
    )
    return (
        sa.select(
            leg.account,
            leg.commodity,
            leg.book,
            _sum(~pending, leg.amount).label("posted"),
            _sum(sa.and_(is_open, leg.amount < 0), -leg.amount).label("reserved"),
            _sum(sa.and_(is_open, leg.amount > 0), leg.amount).label("expected"),
        )
        .select_from(legs)
        .where(*holding(standing))
        .group_by(leg.account, leg.commodity, leg.book)
    )


def _sum(test: sa.ColumnElement[bool], amount: sa.ColumnElement[int]) -> sa.Function[Any]:
    return sa.func.sum(sa.case((test, amount), else_=0))
