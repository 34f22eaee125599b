"""Whether the ledger still says what was posted: its chain, its rules, and what follows from its log."""

from collections.abc import Generator, Iterable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from itertools import groupby
from typing import Any, NamedTuple

import sqlalchemy as sa

from hutuo.glossary import Text
from hutuo.ledger import schema
from hutuo.ledger.chain import ORIGIN, Record, link
from hutuo.ledger.entries import Entry, Leg, Terms, unbalanced
from hutuo.ledger.guards import missing
from hutuo.ledger.log import leg_of
from hutuo.ledger.state import Account, Balance, State
from hutuo.progress import report

__all__ = ["Doubt", "Verified", "verified"]

# Rows that are fetched at once, and entries after which progress is told.
FETCHED = 5_000
# Findings that are told; the ledger is broken after the first.
MOST = 1_000


class Doubt(NamedTuple):
    """Something that is not as it was posted.

    Attributes:
        check: What was checked: ``number``, ``chain``, ``balance``, ``rule``, ``sum``, ``terms``,
            ``head`` or ``guard``.
        seq: Entry that it was seen at; None for what is not of one.
        says: What is wrong.
    """

    check: str
    seq: int | None
    says: Text


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
                if check.entries % FETCHED == 0:
                    done = Text(f"已核对{check.entries}条分录", f"{check.entries} entries checked")
                    report(check.entries / max(total, 1), done)
    except (TypeError, ValueError):
        # SQLite keeps any value in any column.
        check.unreadable()
    check.end(connection)
    return Verified(check.entries, check.hash, check.doubts[:MOST])


class _Check:
    """The log, entry by entry."""

    def __init__(self, head: tuple[int, str] | None, referred: set[int]) -> None:
        self.entries, self.hash = 0, ORIGIN
        self.doubts: list[Doubt] = []
        self._seq, self._head, self._referred = 0, head, referred
        self._state = State()
        self._keys: dict[int, str] = {}
        self._last = datetime.min.replace(tzinfo=UTC)

    def read(self, row: Any, legs: tuple[Leg, ...]) -> None:
        """Check one entry; after a fault it goes on with what is written, so that the next is found too."""
        self.entries += 1
        if row.seq != self._seq + 1:
            self._doubt(
                "number",
                row.seq,
                f"第{self._seq + 1}号分录应在此处,却是第{row.seq}号",
                f"entry {self._seq + 1} is missing before entry {row.seq}",
            )
        self._seq = row.seq
        values = row._asdict()
        stored = values.pop("hash")
        record = Record(**values)
        if link(self.hash, record, legs) != stored:
            self._doubt(
                "chain",
                row.seq,
                f"第{row.seq}号分录的内容与其散列不符",
                f"entry {row.seq} does not say what its hash was made of",
            )
        if record.recorded_at < self._last:
            self._doubt(
                "chain", row.seq, "记录时间早于前一分录", "recorded before the entry before it"
            )
        self._last = record.recorded_at
        self.hash = stored
        self._against_head(row.seq, stored)
        self._apply(record, legs)

    def unreadable(self) -> None:
        """The log goes on with something that is no entry, or that no entry can follow."""
        self._doubt(
            "chain",
            None,
            f"第{self._seq}号分录之后的内容无法读取",
            f"what is written at or after entry {self._seq} cannot be read",
        )

    def end(self, connection: sa.Connection) -> None:
        """What is kept beside the log, and whether the head was reached."""
        if self._head and self._head[0] > self._seq:
            self._doubt(
                "head",
                None,
                f"导出的链头是第{self._head[0]}号分录,账本只到第{self._seq}号",
                f"the exported head is entry {self._head[0]}, the ledger ends at entry {self._seq}",
            )
        self._keys_twice(connection)
        self._orphans(connection)
        self._compare(connection)
        self._guards(connection)

    def _against_head(self, seq: int, stored: str) -> None:
        if self._head and self._head[0] == seq and self._head[1] != stored:
            self._doubt(
                "head",
                seq,
                f"第{seq}号分录的散列与导出的链头不同:账本被改写",
                f"the hash of entry {seq} is not that of the exported head: what came before was rewritten",
            )

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
            self._doubt(
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
            self._doubt("rule", None, f"键“{twice}”出现两次", f"key '{twice}' stands twice")

    def _orphans(self, connection: sa.Connection) -> None:
        known = sa.select(schema.entry.c.seq)
        asked = (
            sa.select(schema.posting.c.seq).distinct().where(schema.posting.c.seq.not_in(known))
        )
        for (seq,) in connection.execute(asked.order_by(schema.posting.c.seq)):
            self._doubt(
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
                self._doubt(
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
                self._doubt(
                    "terms",
                    None,
                    f"账户{account}的规则与分录不符",
                    f"the terms of account {account} are not those of the entries",
                )

    def _guards(self, connection: sa.Connection) -> None:
        """Whether the database still refuses changes."""
        for name in missing(connection):
            self._doubt(
                "guard",
                None,
                f"数据库里缺少触发器{name},或它已不起作用",
                f"the database lacks the trigger {name}, or it refuses nothing any more",
            )

    def _doubt(self, check: str, seq: int | None, zh: str, en: str) -> None:
        self.doubts.append(Doubt(check, seq, Text(zh, en)))


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
