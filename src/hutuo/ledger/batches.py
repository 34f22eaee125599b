"""A transaction's worth of entries: taken ticket by ticket, each whole or not at all, and written at once."""

import threading
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from hutuo.base.chain import canonical
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.ledger import schema
from hutuo.ledger.chain import Record, link
from hutuo.ledger.entries import Entry
from hutuo.ledger.log import (
    ACCOUNTS,
    BALANCES,
    BY_KEY,
    CLOSED,
    DONE,
    Change,
    Head,
    found,
    head_of,
    legs_of,
    rows_of,
    write,
)
from hutuo.ledger.state import Account, Balance, Held, State

if TYPE_CHECKING:
    from hutuo.base.auditing.book import Book

# Balances that are kept from one batch to the next.
KEPT = 200_000


class Posted(NamedTuple):
    """An entry that is in the ledger.

    Attributes:
        seq: Its number.
        key: Its key.
        hash: Hash of the chain up to it.
        recorded_at: When it was recorded.
        duplicate: Whether it was there before, just so.
    """

    seq: int
    key: str
    hash: str
    recorded_at: datetime
    duplicate: bool = False


@dataclass(eq=False)
class Ticket:
    """What one writer waits with, and what becomes of it.

    Attributes:
        entries: Entries to write.
        asked: Digest of each.
        by: Who writes them.
        file: What findings call where they came from.
        check: Whether only to look for faults.
        beside: Writes other tables of the store in the same transaction.
        book: The audit of its writer; another one may write its entries.
        posted: An answer for each entry.
        error: Why they were refused.
        done: Whether it was served.
        turn: Set when it was served, or when its writer is to write for all that wait.
    """

    entries: Sequence[Entry]
    asked: Sequence[str]
    by: str | None
    file: str
    check: bool
    beside: Callable[[sa.Connection], None] | None
    book: "Book | None" = None
    posted: list[Posted] = field(default_factory=list)
    error: Exception | None = None
    done: bool = False
    turn: threading.Event = field(default_factory=threading.Event)


class Batches:
    """What the tickets of one transaction after the other meet and write.

    Balances and terms that were read are kept as long as nobody else has written: the head tells.
    """

    def __init__(self) -> None:
        self._state = State()
        self._posted: dict[str, Posted] = {}
        self._seen: set[str] = set()
        self._knows_closed = False
        self._kept_at: Head | None = None
        self._head = Head(0, "", datetime.min.replace(tzinfo=UTC))
        self._entries: list[tuple[Any, ...]] = []
        self._postings: list[tuple[Any, ...]] = []

    def forget(self) -> None:
        """Read anew: another process wrote, or a transaction failed."""
        self.__init__()  # type: ignore[misc]

    def write(self, connection: sa.Connection, tickets: Sequence[Ticket]) -> None:
        """Write what the tickets ask for, within a transaction of one writer."""
        head = head_of(connection)
        if head != self._kept_at or len(self._state.balances) > KEPT:
            self.forget()
        self._head = head
        self._load(connection, [entry for ticket in tickets for entry in ticket.entries])
        for ticket in tickets:
            self._take(connection, ticket)
        self._insert(connection)
        self._kept_at = self._head
        # Kept from here: terms and balances.
        state = self._state
        state.held, state.legs, state.done, self._posted = {}, {}, {}, {}
        state.settle_down()
        self._entries, self._postings = [], []

    def _take(self, connection: sa.Connection, ticket: Ticket) -> None:
        """Apply the entries of one writer; a refused one leaves nothing behind."""
        mark, head = self._state.mark(), self._head
        many = len(self._entries), len(self._postings)
        try:
            self._apply_all(ticket)
            if ticket.beside is not None and not ticket.check:
                heard = ticket.book.hearing(connection, "ledger") if ticket.book else nullcontext()
                with connection.begin_nested(), heard:
                    ticket.beside(connection)
        except sa.exc.OperationalError:
            # The transaction itself is lost, and with it what the others wait with.
            raise
        except Exception as error:  # noqa: BLE001 - raised again by its writer; the others go on
            ticket.error = error
        if ticket.error is not None or ticket.check:
            self._state.take_back(mark)
            for row in self._entries[many[0] :]:
                del self._posted[Record(*row[:-1]).key]
            del self._entries[many[0] :], self._postings[many[1] :]
            self._head = head

    def _apply_all(self, ticket: Ticket) -> None:
        now = max(datetime.now(UTC), self._head.recorded_at)
        findings: list[Finding] = []
        for row, (entry, asked) in enumerate(zip(ticket.entries, ticket.asked, strict=True), 1):
            known = self._state.held.get(entry.key)
            if known is None:
                faults = self._apply(entry, asked, now, ticket.by)
            else:
                faults = [] if known.asked == asked else [("key", _taken(entry.key, known.seq))]
            if faults:
                findings += [Finding(ticket.file, row, column, says) for column, says in faults]
            else:
                answer = self._posted[entry.key]
                ticket.posted.append(answer._replace(duplicate=known is not None))
        if findings:
            many = len(findings)
            zh = f"账本拒绝{ticket.file}:{many}处问题"
            raise BadInput(
                Text(zh, f"the ledger refuses {ticket.file}: {many} findings"), findings
            )

    def _apply(
        self, entry: Entry, asked: str, now: datetime, by: str | None
    ) -> list[tuple[str, Text]]:
        """Apply one entry and link it; what is wrong with it, if it is refused."""
        state, seq, mark = self._state, self._head.seq + 1, self._state.mark()
        refers = state.held.get(entry.refers or "")
        legs, faults = state.apply(entry, seq, asked)
        if faults:
            state.take_back(mark)
            return faults
        record = Record(
            seq,
            entry.key,
            entry.kind,
            entry.effective,
            now,
            entry.memo,
            entry.contract,
            entry.clause,
            refers.seq if refers else None,
            canonical(entry.terms.model_dump()).decode() if entry.terms else None,
            by,
            asked,
        )
        self._head = Head(seq, link(self._head.hash, record, legs), now)
        self._entries.append((*record, self._head.hash))
        self._postings += rows_of(seq, legs)
        self._posted[entry.key] = Posted(seq, entry.key, self._head.hash, now)
        return []

    def _insert(self, connection: sa.Connection) -> None:
        state = self._state
        accounts, places = state.changed()
        terms = [(account, *state.accounts[account]) for account in sorted(accounts)]
        balances = [(*place, *state.balances[place]) for place in sorted(places)]
        changes = [
            Change(schema.entry, self._entries),
            Change(schema.posting, self._postings),
            Change(schema.account, terms, replaces=True),
            Change(schema.balance, balances, replaces=True),
        ]
        write(connection, changes)

    def _load(self, connection: sa.Connection, entries: Sequence[Entry]) -> None:
        """What the entries meet: same keys, what they refer to, terms and balances of their accounts."""
        state = self._state
        for row in found(connection, BY_KEY, _keys(entries)):
            state.held[row.key] = Held(row.seq, row.kind, row.asked)
            self._posted[row.key] = Posted(row.seq, row.key, row.hash, row.recorded_at)
        referred = {
            state.held[e.refers].seq for e in entries if e.refers and e.refers in state.held
        }
        if referred:
            state.legs |= legs_of(connection, referred)
            state.done |= {row.refers: row.seq for row in found(connection, DONE, referred)}
        names = _accounts(entries) | {leg.account for legs in state.legs.values() for leg in legs}
        names -= self._seen
        self._seen |= names
        for row in found(connection, ACCOUNTS, names):
            state.accounts[row.account] = Account(row.body, row.name, row.least, row.seq)
        for row in found(connection, BALANCES, names):
            place = row.account, row.commodity, row.book
            state.balances[place] = Balance(row.posted, row.reserved, row.expected)
        if not self._knows_closed:
            until = connection.execute(CLOSED).scalar()
            state.closed |= {"": until} if until else {}
            self._knows_closed = True


def _keys(entries: Sequence[Entry]) -> set[str]:
    return {entry.key for entry in entries} | {e.refers for e in entries if e.refers}


def _accounts(entries: Sequence[Entry]) -> set[str]:
    posted = {leg.account for entry in entries for leg in entry.postings}
    return posted | {e.terms.account for e in entries if e.terms}


def _taken(key: str, seq: int) -> Text:
    return Text(
        f"键“{key}”已用于另一内容的第{seq}号分录",
        f"key '{key}' is that of entry {seq}, which says something else; another key would be right",
    )
