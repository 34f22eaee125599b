"""Posting: entries come in from many writers and go in one transaction, chained, or are refused whole.

Writers of one process wait for each other anyway, for the chain has one end. So whoever has the turn writes
what all the others wait with, and one flush of the disk serves them all (group commit).

Source: D. J. DeWitt et al., Implementation techniques for main memory database systems, SIGMOD 1984, 1-8.
"""

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from hutuo.base.store import Store
from hutuo.errors import Unavailable
from hutuo.glossary import Text
from hutuo.ledger.batches import Batches, Posted, Ticket
from hutuo.ledger.entries import Entry, asked_of, named
from hutuo.ledger.schema import LEDGER

__all__ = ["Journal", "journal_of"]

# Entries that one transaction takes in from waiting writers.
MOST = 2_000
# Seconds for which the writers of the last transaction are waited for: they mostly come again, one by one.
# Without it every other transaction was of one entry, at the price of a whole one.
LINGER, NAP = 0.001, 0.0002
_journals: dict[Store, "Journal"] = {}
_making = threading.Lock()


class Journal:
    """The way into the ledger of one store; made once a process and shared by its threads."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._batches = Batches()
        self._waiting: deque[Ticket] = deque()
        self._guard = threading.Lock()
        self._busy = False
        self._lately = 1

    def post(
        self,
        entries: Sequence[Entry],
        *,
        by: str | None = None,
        file: str = "entries",
        check: bool = False,
        beside: Callable[[sa.Connection], None] | None = None,
    ) -> list[Posted]:
        """Write entries: all of them, or none.

        Args:
            entries: Without faults of their own; see :func:`hutuo.ledger.entries.read_entries`.
            by: Who writes them.
            file: What findings call where they came from.
            check: Whether only to look for faults.
            beside: Writes other tables of the store in the same transaction; it may raise to refuse.

        Returns:
            An answer for each entry; one with a known key and the same content is told as a duplicate.

        Raises:
            BadInput: An entry breaks a rule of the ledger; all findings are told, nothing is written.
            Unavailable: The store failed. Whether the entries were written is not known; asked again with
                the same keys they are written once.
            Forbidden: The ledger is of another body.
        """
        self.store.enter(LEDGER)
        digests, by = [asked_of(entry) for entry in entries], named(by, file)
        book = None if check else self.store.book(LEDGER)
        ticket = Ticket(entries, digests, by, file, check, beside, book)
        with self._guard:
            self._waiting.append(ticket)
            leads, self._busy = not self._busy, True
            if leads:
                ticket.turn.set()
        try:
            ticket.turn.wait()
            if not ticket.done:
                self._serve()
        except BaseException:
            # Interrupted: the turn goes on, so that nobody waits for ever.
            self._leave(ticket)
            raise
        if ticket.error is not None:
            raise ticket.error
        return ticket.posted

    def _serve(self) -> None:
        """Write what waits, the oldest first, up to a bound; then whoever waits longest has the turn."""
        tickets: list[Ticket] = []
        failure: Exception | None = None
        try:
            self._take_in(tickets)
            with self.store.writing(LEDGER, told=False) as connection:
                self._batches.write(connection, tickets)
                for ticket in tickets:
                    _audit(connection, ticket)
        except BaseException as error:
            self._batches.forget()
            if not isinstance(error, Exception):
                failure = _unknown(error)
                raise
            failed = sa.exc.DBAPIError, self.store.engine.dialect.loaded_dbapi.Error
            failure = _unknown(error) if isinstance(error, failed) else error
        finally:
            for ticket in tickets:
                ticket.error = ticket.error or failure
                ticket.done = True
                ticket.turn.set()
            self._pass_on()

    def _pass_on(self) -> None:
        """Give the turn to whoever waits longest."""
        with self._guard:
            self._busy = bool(self._waiting)
            if self._waiting:
                self._waiting[0].turn.set()

    def _leave(self, ticket: Ticket) -> None:
        """Wait no longer; a turn that was given meanwhile goes to the next."""
        with self._guard:
            waited = ticket in self._waiting
            if waited:
                self._waiting.remove(ticket)
        if waited and ticket.turn.is_set():
            self._pass_on()

    def _take_in(self, tickets: list[Ticket]) -> None:
        """Take the tickets that are written next from those that wait."""
        many, until = 0, time.monotonic() + LINGER
        while len(self._waiting) < self._lately and time.monotonic() < until:
            time.sleep(NAP)
        with self._guard:
            while self._waiting and (not tickets or many + len(self._waiting[0].entries) <= MOST):
                tickets.append(self._waiting.popleft())
                many += len(tickets[-1].entries)
        self._lately = len(tickets)


def journal_of(store: Store) -> Journal:
    """The journal of a store: one a process, so that its writers share their transactions."""
    with _making:
        if store not in _journals:
            _journals[store] = Journal(store)
        return _journals[store]


def _audit(connection: sa.Connection, ticket: Ticket) -> None:
    """Let the audit of a writer name what was written for it."""
    news = [one for one in ticket.posted if not one.duplicate]
    if ticket.book is None or ticket.error is not None or not news:
        return
    ends = {"first": news[0].seq, "last": news[-1].seq, "hash": news[-1].hash}
    ticket.book.keep(connection, {"ledger": ends})


def _unknown(error: BaseException) -> Unavailable:
    """What writers are told whose transaction failed."""
    failure = Unavailable(
        Text("账本写入失败", "the ledger could not be written"),
        Text(
            "用相同的键再试,不会重复记账", "try again with the same keys: nothing is written twice"
        ),
    )
    failure.__cause__ = error
    return failure
