"""Posting: entries come in from many writers and go in one transaction, chained, or are refused whole.

Writers of one process wait for each other anyway, for the chain has one end. So whoever has the turn writes
what all the others wait with, and one flush of the disk serves them all (group commit).

Source: D. J. DeWitt et al., Implementation techniques for main memory database systems, SIGMOD 1984, 1-8.
"""

import threading
from collections import deque
from collections.abc import Callable, Sequence

import sqlalchemy as sa

from hutuo.base.store import Store
from hutuo.errors import Unavailable
from hutuo.glossary import Text
from hutuo.ledger.batches import Batches, Posted, Ticket
from hutuo.ledger.entries import Entry, asked_of
from hutuo.ledger.schema import LEDGER

__all__ = ["Journal", "journal_of"]

# Entries that one transaction takes in from waiting writers.
MOST = 2_000
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
        """
        digests = [asked_of(entry) for entry in entries]
        ticket = Ticket(entries, digests, by, file, check, beside)
        with self._guard:
            self._waiting.append(ticket)
            leads, self._busy = not self._busy, True
        if not leads:
            ticket.turn.wait()
        if not ticket.done:
            self._serve()
        if ticket.error is not None:
            raise ticket.error
        return ticket.posted

    def _serve(self) -> None:
        """Write what waits, the oldest first, up to a bound; then whoever waits longest has the turn."""
        tickets = self._next()
        try:
            with self.store.writing(LEDGER) as connection:
                self._batches.write(connection, tickets)
        except Exception as error:  # noqa: BLE001 - raised again by every writer that waited
            self._batches.forget()
            failure = _unknown(error) if isinstance(error, sa.exc.DBAPIError) else error
            for ticket in tickets:
                ticket.error = ticket.error or failure
        for ticket in tickets:
            ticket.done = True
            ticket.turn.set()
        with self._guard:
            self._busy = bool(self._waiting)
            if self._waiting:
                self._waiting[0].turn.set()

    def _next(self) -> list[Ticket]:
        tickets: list[Ticket] = []
        many = 0
        with self._guard:
            while self._waiting and (not tickets or many + len(self._waiting[0].entries) <= MOST):
                tickets.append(self._waiting.popleft())
                many += len(tickets[-1].entries)
        return tickets


def journal_of(store: Store) -> Journal:
    """The journal of a store: one a process, so that its writers share their transactions."""
    with _making:
        if store not in _journals:
            _journals[store] = Journal(store)
        return _journals[store]


def _unknown(error: Exception) -> Unavailable:
    """What writers are told whose transaction failed."""
    failure = Unavailable(
        Text("账本写入失败", "the ledger could not be written"),
        Text(
            "用相同的键再试,不会重复记账", "try again with the same keys: nothing is written twice"
        ),
    )
    failure.__cause__ = error
    return failure
