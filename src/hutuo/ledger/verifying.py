"""Whether the ledger still says what was posted: its chain, its rules, and what follows from its log."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from hutuo.base.chain import Doubt, Walk
from hutuo.glossary import Text
from hutuo.ledger import schema
from hutuo.ledger.chain import Record, link
from hutuo.ledger.entries import Entry, Leg, Terms, unbalanced
from hutuo.ledger.guards import GUARDS
from hutuo.ledger.log import leg_of
from hutuo.ledger.state import Account, Balance, State
from hutuo.progress import report

__all__ = ["Doubt", "Verified", "verified"]

# Rows that are fetched at once, and entries after which progress is told.
FETCHED = 5_000
# Findings that are told; the ledger is broken after the first.
MOST = 1_000


class Verified(NamedTuple):
    """What was found.

    Attributes:
        entries: Number of entries that were read.
        hash: Hash of the last one, as computed anew.
        doubts: What is wrong, in order; none if the ledger holds.
    """

    entries: int
    hash: str
    doubts: list[Doubt]


def verified(connection: sa.Connection, head: tuple[int, str] | None = None) -> Verified:
    """Read the whole log again, and compare what follows from it with what is kept.

    Args:
        connection: Of the ledger.
        head: Number and hash of an entry as they were exported once.
    """
    refers = schema.entry.c.refers
    referred = set(connection.scalars(sa.select(refers).where(refers.is_not(None))))
    check = _Check(head, referred)
    total = connection.execute(sa.select(sa.func.count()).select_from(schema.entry)).scalar() or 0
    try:
        with closing(_entries(connection)) as entries:
            for row, legs in entries:
                check.read(row, legs)
                if check.walk.entries % FETCHED == 0:
                    done = Text(
                        f"已核对{check.walk.entries}条分录",
                        f"{check.walk.entries} entries checked",
                    )
                    report(check.walk.entries / max(total, 1), done)
    except (TypeError, ValueError):
        # SQLite keeps any value in any column.
        check.walk.unreadable()
    check.end(connection)
    return Verified(check.walk.entries, check.walk.hash, check.doubts[:MOST])


class _Check:
    """The log, entry by entry."""

    def __init__(self, head: tuple[int, str] | None, referred: set[int]) -> None:
        self.walk = Walk(head, Text("账本", "ledger"))
        self.doubts = self.walk.doubts
        self._referred = referred
        self._state = State()
        self._keys: dict[int, str] = {}

    def read(self, row: Any, legs: tuple[Leg, ...]) -> None:
        """Check one entry."""
        values = row._asdict()
        stored = values.pop("hash")
        record = Record(**values)
        made = link(self.walk.hash, record, legs)
        self.walk.step(record.seq, record.recorded_at, made, stored)
        self._apply(record, legs)

    def end(self, connection: sa.Connection) -> None:
        """What is kept beside the log, and whether the head was reached."""
        self.walk.end()
        self._keys_twice(connection)
        self._orphans(connection)
        self._compare(connection)
        self._guards(connection)

    def _apply(self, record: Record, legs: tuple[Leg, ...]) -> None:
        """Apply the rules again; a rewritten history may break them though its hashes fit."""
        for _, says in unbalanced(legs):
            self.doubts.append(Doubt("balance", record.seq, says))
        own = record.kind in ("posted", "pending", "settle")
        entry = Entry.model_construct(
            key=record.key,
            effective=record.effective,
            kind=record.kind,
            postings=legs if own else (),
            refers=self._keys.get(record.refers, "?") if record.refers else None,
            terms=Terms.model_validate_json(record.terms) if record.terms else None,
        )
        applied, faults = self._state.apply(entry, record.seq, record.asked)
        self.doubts += [Doubt("rule", record.seq, says) for _, says in faults]
        if applied != legs and not faults:
            self.walk.doubt(
                "rule", record.seq, "冲销的记录与原分录不符", "does not reverse what it refers to"
            )
        self._state.settle_down()
        if record.seq in self._referred:
            self._keys[record.seq] = record.key
        else:
            # A million entries would not fit into memory, and nothing asks for them again.
            self._state.held.pop(record.key, None)
            self._state.legs.pop(record.seq, None)

    def _keys_twice(self, connection: sa.Connection) -> None:
        key = schema.entry.c.key
        asked = sa.select(key).group_by(key).having(sa.func.count() > 1).order_by(key)
        for (twice,) in connection.execute(asked):
            self.walk.doubt("rule", None, f"键“{twice}”出现两次", f"key '{twice}' stands twice")

    def _orphans(self, connection: sa.Connection) -> None:
        known = sa.select(schema.entry.c.seq)
        asked = (
            sa.select(schema.posting.c.seq).distinct().where(schema.posting.c.seq.not_in(known))
        )
        for (seq,) in connection.execute(asked.order_by(schema.posting.c.seq)):
            self.walk.doubt(
                "number",
                seq,
                f"记录没有分录{seq}",
                f"there are postings of entry {seq}, but no such entry",
            )

    def _compare(self, connection: sa.Connection) -> None:
        """Balances and terms as they follow from the log against those that are kept."""
        none = Balance()
        kept = {
            (row.account, row.commodity, row.book): Balance(row.posted, row.reserved, row.expected)
            for row in connection.execute(sa.select(schema.balance))
        }
        for place in sorted(kept.keys() | self._state.balances.keys()):
            ours, theirs = self._state.balances.get(place, none), kept.get(place, none)
            if ours != theirs:
                where = " ".join(place)
                self.walk.doubt(
                    "sum",
                    None,
                    f"{where}的余额存为{tuple(theirs)},按分录应为{tuple(ours)}",
                    f"the balance of {where} is kept as {tuple(theirs)}; the entries make it {tuple(ours)}",
                )
        terms = {
            row.account: Account(row.body, row.name, row.least, row.seq)
            for row in connection.execute(sa.select(schema.account))
        }
        for account in sorted(terms.keys() | self._state.accounts.keys()):
            if terms.get(account) != self._state.accounts.get(account):
                self.walk.doubt(
                    "terms",
                    None,
                    f"账户{account}的规则与分录不符",
                    f"the terms of account {account} are not those of the entries",
                )

    def _guards(self, connection: sa.Connection) -> None:
        """Whether the database still refuses changes."""
        for name in GUARDS.missing(connection):
            self.walk.doubt(
                "guard",
                None,
                f"数据库里缺少触发器{name},或它已不起作用",
                f"the database lacks the trigger {name}, or it refuses nothing any more",
            )


def _entries(connection: sa.Connection) -> Generator[tuple[Any, tuple[Leg, ...]], None, None]:
    """Entries in order, each with its postings in order."""
    streamed = connection.execution_options(yield_per=FETCHED)
    leg = schema.posting.c
    entries = sa.select(schema.entry).order_by(schema.entry.c.seq)
    postings = sa.select(schema.posting).order_by(leg.seq, leg.line)
    with streamed.execute(entries) as rows, streamed.execute(postings) as legs:
        yield from _together(rows, legs)


def _together(rows: Iterable[Any], legs: Iterable[Any]) -> Iterator[tuple[Any, tuple[Leg, ...]]]:
    """Rows of entries with those of their postings; both in order."""
    grouped = groupby(legs, key=lambda row: row.seq)
    seq, found = next(grouped, (None, iter(())))
    for row in rows:
        while seq is not None and seq < row.seq:
            seq, found = next(grouped, (None, iter(())))
        mine: tuple[Leg, ...] = ()
        if seq == row.seq:
            mine = tuple(leg_of(one) for one in found)
            seq, found = next(grouped, (None, iter(())))
        yield row, mine
