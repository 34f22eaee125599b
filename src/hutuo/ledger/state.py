"""The rules of posting: what an entry meets in the ledger, and what it changes there.

A state holds what a batch of entries touches. Entries are applied one after the other, each to what the one
before it left; what is faulty is taken back whole.
"""

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.glossary import Text
from hutuo.ledger.entries import BOOKS, BOTH, Entry, Leg, body_of

if TYPE_CHECKING:
    from datetime import date

__all__ = ["Account", "Balance", "Held", "State"]

BOUND = 2**63 - 1
ABSENT = object()
Fault = tuple[str, Text]
# Account, commodity and book.
Place = tuple[str, str, str]


class Account(NamedTuple):
    """Terms of an account (see :class:`hutuo.ledger.entries.Terms`), and the entry they are from."""

    body: str
    name: str | None
    least: int | None
    seq: int


class Balance(NamedTuple):
    """What is in an account in one commodity and book (``both`` for what stands in both).

    Attributes:
        posted: Sum of what is posted.
        reserved: What pending entries would take out of it.
        expected: What pending entries would bring.
    """

    posted: int = 0
    reserved: int = 0
    expected: int = 0

    @property
    def available(self) -> int:
        """What can still be taken out."""
        return self.posted - self.reserved

    def plus(self, other: "Balance") -> "Balance":
        """The sum of both."""
        return Balance(self[0] + other[0], self[1] + other[1], self[2] + other[2])


NONE = Balance()


class Held(NamedTuple):
    """An entry that is in the ledger, as far as later ones ask for it."""

    seq: int
    kind: str
    asked: str


class State:
    """What a batch touches of the ledger, changed entry by entry."""

    def __init__(self) -> None:
        self.accounts: dict[str, Account] = {}
        self.balances: dict[Place, Balance] = {}
        self.held: dict[str, Held] = {}
        self.legs: dict[int, tuple[Leg, ...]] = {}
        self.done: dict[int, int] = {}
        self.closed: dict[str, date] = {}
        self._undo: list[tuple[dict[Any, Any], Any, Any]] = []

    def mark(self) -> int:
        """A point to which :meth:`take_back` leads."""
        return len(self._undo)

    def take_back(self, mark: int) -> None:
        """Undo what was changed since the mark."""
        while len(self._undo) > mark:
            where, key, before = self._undo.pop()
            if before is ABSENT:
                del where[key]
            else:
                where[key] = before

    def changed(self) -> tuple[set[str], set[Place]]:
        """Accounts and balances that differ from what was loaded."""
        places = {key for where, key, _ in self._undo if where is self.balances}
        accounts = {key for where, key, _ in self._undo if where is self.accounts}
        return accounts, places

    def settle_down(self) -> None:
        """Forget how it came about: from here on nothing is taken back."""
        self._undo.clear()

    def apply(self, entry: Entry, seq: int, asked: str) -> tuple[tuple[Leg, ...], list[Fault]]:
        """Apply an entry.

        Args:
            entry: An entry without faults of its own.
            seq: Its number in the ledger.
            asked: Digest of what was asked.

        Returns:
            Its postings as they stand in the ledger, and what is wrong with it; with faults it changed
            things half, and is to be taken back.
        """
        found = list(self._misplaced(entry))
        if found:
            return (), found
        before = self.held.get(entry.refers or "")
        legs = entry.postings
        change: dict[Place, Balance] = {}
        if before and entry.kind in ("settle", "void"):
            _reserve(change, self.legs[before.seq], sign=-1)
            legs = legs or (self.legs[before.seq] if entry.kind == "settle" else ())
        elif before and entry.kind == "reversal":
            legs = tuple(
                leg.model_copy(update={"amount": -leg.amount}) for leg in self.legs[before.seq]
            )
        if entry.kind == "pending":
            _reserve(change, legs, sign=1)
        else:
            for leg in legs:
                _add(change, leg, Balance(leg.amount))
        self._open(entry, legs, seq)
        found = list(self._move(change))
        if before:
            self._set(self.done, before.seq, seq)
        if entry.kind == "close":
            self._set(self.closed, "", entry.effective)
        self._set(self.held, entry.key, Held(seq, entry.kind, asked))
        self._set(self.legs, seq, legs)
        return legs, found

    def available(self, account: str, commodity: str, book: str) -> int:
        """What can still be taken out of an account in a book."""
        shared = self.balances.get((account, commodity, BOTH), NONE)
        own = self.balances.get((account, commodity, book), NONE)
        return shared.posted - shared.reserved + own.posted - own.reserved

    def _misplaced(self, entry: Entry) -> Iterator[Fault]:
        """What is wrong with when an entry counts and what it refers to."""
        until = self.closed.get("")
        if until is not None and entry.effective <= until and entry.kind != "open":
            yield (
                "effective",
                Text(
                    f"{entry.effective}在已结账的期间,结账到{until};记在{until}之后",
                    f"{entry.effective} is closed, as is all up to {until}; a later day would be right",
                ),
            )
        if entry.refers is None:
            return
        before = self.held.get(entry.refers)
        pending = entry.kind in ("settle", "void")
        fit = ("pending",) if pending else ("posted", "settle", "reversal")
        if before is None:
            yield (
                "refers",
                Text(f"没有分录“{entry.refers}”", f"there is no entry '{entry.refers}'"),
            )
        elif before.kind not in fit:
            yield "refers", _unfit(entry, before.kind, fit)
        elif before.seq in self.done:
            number = self.done[before.seq]
            yield (
                "refers",
                Text(
                    f"分录“{entry.refers}”已由第{number}号分录处理",
                    f"entry '{entry.refers}' was settled, voided or reversed by entry {number}",
                ),
            )

    def _open(self, entry: Entry, legs: Sequence[Leg], seq: int) -> None:
        """Take over terms; an account that is posted to for the first time may go below zero."""
        if entry.terms:
            given = entry.terms
            body = given.body or body_of(given.account)
            self._set(self.accounts, given.account, Account(body, given.name, given.least, seq))
        for leg in legs:
            if leg.account not in self.accounts:
                terms = Account(body_of(leg.account), None, None, seq)
                self._set(self.accounts, leg.account, terms)

    def _move(self, change: dict[Place, Balance]) -> Iterator[Fault]:
        """Change balances; tells accounts that would fall below their least."""
        for place, by in change.items():
            after = self.balances.get(place, NONE).plus(by)
            if max(after) > BOUND or min(after) < -BOUND:
                yield (
                    "postings",
                    Text(f"{place[0]}的余额过大", f"the balance of {place[0]} is too large"),
                )
            self._set(self.balances, place, after)
        # An account without a least is never short.
        drawn = {
            place[:2]
            for place, by in change.items()
            if by[0] < by[1] and self.accounts[place[0]].least is not None
        }
        short = [
            (*place, book)
            for place in drawn
            for book in BOOKS
            if self._is_short(*place, book) and _taken(change, *place, book) > 0
        ]
        for account, commodity, book in sorted(short):
            least, left = self.accounts[account].least, self.available(account, commodity, book)
            yield (
                "postings",
                Text(
                    f"账户{account}的{commodity}({book})将只剩{left},至少应留{least}",
                    f"account {account} would have {left} {commodity} in {book}; its least is {least}",
                ),
            )

    def _is_short(self, account: str, commodity: str, book: str) -> bool:
        least = self.accounts[account].least
        return least is not None and self.available(account, commodity, book) < least

    def _set(self, where: dict[Any, Any], key: Any, value: Any) -> None:
        self._undo.append((where, key, where.get(key, ABSENT)))
        where[key] = value


def _taken(change: dict[Place, Balance], account: str, commodity: str, book: str) -> int:
    """What is taken out of an account in a book, all in all."""
    found = (change.get((account, commodity, own)) for own in (BOTH, book))
    return -sum(by.available for by in found if by)


def _place(leg: Leg) -> Place:
    return leg.account, leg.commodity, leg.book or BOTH


def _add(change: dict[Place, Balance], leg: Leg, by: Balance) -> None:
    place = _place(leg)
    before = change.get(place)
    change[place] = before.plus(by) if before else by


def _reserve(change: dict[Place, Balance], legs: Sequence[Leg], *, sign: int) -> None:
    """What pending postings hold, or let go of with ``sign`` -1."""
    for leg in legs:
        _add(change, leg, Balance(0, max(-leg.amount, 0) * sign, max(leg.amount, 0) * sign))


def _unfit(entry: Entry, kind: str, fit: Sequence[str]) -> Text:
    return Text(
        f"分录“{entry.refers}”是{kind},{entry.kind}只能针对{'、'.join(fit)}",
        f"entry '{entry.refers}' is {kind}; {entry.kind} is of {' or '.join(fit)}",
    )
