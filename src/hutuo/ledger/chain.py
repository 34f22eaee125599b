"""The ledger's chain of hashes: what of an entry its hash covers; see :mod:`hutuo.base.chain`."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import NamedTuple

from hutuo.base.chain import ORIGIN, linked
from hutuo.ledger.entries import BOTH, Leg

__all__ = ["ORIGIN", "Record", "link"]


class Record(NamedTuple):
    """An entry as it stands in the ledger.

    Attributes:
        seq: Its number, from 1 without gaps.
        refers: Number of the entry that it settles, voids or reverses.
        terms: Terms of an account as JSON.
        by: Who wrote it.
        asked: Digest of what was asked.
        recorded_at: When, in UTC.
    """

    seq: int
    key: str
    kind: str
    effective: date
    recorded_at: datetime
    memo: str
    contract: str | None
    clause: str | None
    refers: int | None
    terms: str | None
    by: str | None
    asked: str


def link(before: str, record: Record, legs: Sequence[Leg]) -> str:
    """Hash of an entry.

    Args:
        before: Hash of the entry before it, or ``ORIGIN``.
        record: The entry.
        legs: Its postings in order.

    Returns:
        SHA-256 in hexadecimal over the hash before and the canonical JSON of entry and postings.
    """
    content = record._asdict() | {
        "effective": record.effective.isoformat(),
        "recorded_at": record.recorded_at.isoformat(timespec="microseconds"),
        "postings": [[leg.account, leg.commodity, leg.book or BOTH, leg.amount] for leg in legs],
    }
    return linked(before, content)
