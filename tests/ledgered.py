"""A ledger as a list: what it should say is summed from all that was accepted, each time anew.

It shares nothing with the ledger but the form in which entries are asked for, so that both can be compared.
"""

from collections import defaultdict
from typing import NamedTuple

BOOKS = ("in_place", "as_agreed")
FORM = {"kind": "posted", "postings": [], "refers": None, "memo": "", "terms": None}


class Accepted(NamedTuple):
    """An entry that is in the ledger, with the postings that it came to."""

    seq: int
    entry: dict
    legs: list


class Verdict(NamedTuple):
    """What becomes of entries that are asked for together.

    Attributes:
        faults: Row and column of each fault; without any, all of them are in the ledger.
        seqs: Number of each entry, and whether it was there before.
    """

    faults: list
    seqs: list


def leg(account, amount, commodity="CNY", book=None):
    """A posting as it is asked for."""
    return {"account": account, "commodity": commodity, "amount": amount, "book": book}


def transfer(key, amount, giver="outside/bank", taker="a/cash", **more):
    """An entry that moves an amount of money."""
    legs = [leg(giver, -amount), leg(taker, amount)]
    return {"key": key, "effective": "2025-01-01", "postings": legs} | more


def stands(one, book):
    """Whether a posting stands in a book."""
    return one["book"] in {None, book}


class Ledger:
    """Entries in the order in which they were accepted."""

    def __init__(self):
        self.entries: list[Accepted] = []

    def ask(self, rows, *, check=False) -> Verdict:
        """Take entries in: all, or none of them."""
        before, verdict = list(self.entries), Verdict([], [])
        for row, entry in enumerate(({**FORM, **given} for given in rows), 1):
            known = next((one for one in self.entries if one.entry["key"] == entry["key"]), None)
            columns = _reused(known, entry) if known else self._refuses(entry)
            verdict.faults.extend((row, column) for column in sorted(columns))
            if not columns:
                if not known:
                    self.entries.append(self._accepted(entry))
                verdict.seqs.append((known.seq if known else len(self.entries), known is not None))
        if verdict.faults or check:
            self.entries = before
        return verdict

    def find(self, key):
        """The entry of that key."""
        return next((one for one in self.entries if one.entry["key"] == key), None)

    def balance(self, account, commodity, book, holds=lambda _: True):
        """Posted, reserved and expected, over the entries that hold."""
        posted = reserved = expected = 0
        for one in filter(holds, self.entries):
            pending = one.entry["kind"] == "pending"
            if pending and self._later(one.entry["key"], holds):
                continue
            for given in one.legs:
                if (given["account"], given["commodity"]) != (account, commodity):
                    continue
                if not stands(given, book):
                    continue
                posted += given["amount"] * (not pending)
                reserved += max(-given["amount"], 0) * pending
                expected += max(given["amount"], 0) * pending
        return posted, reserved, expected

    def places(self):
        """Accounts and commodities that were posted to."""
        return sorted({(g["account"], g["commodity"]) for one in self.entries for g in one.legs})

    def least(self, account):
        """Least balance of an account: of the last terms that were given."""
        given = [one.entry["terms"] for one in self.entries if one.entry["kind"] == "open"]
        return next((t.get("least") for t in reversed(given) if t["account"] == account), None)

    def closed(self):
        """Last day that is closed."""
        days = [one.entry["effective"] for one in self.entries if one.entry["kind"] == "close"]
        return max(days, default="")

    def _refuses(self, entry):
        columns = set()
        if entry["kind"] != "open" and entry["effective"] <= self.closed():
            columns.add("effective")
        if entry["refers"] is not None and not self._may_refer(entry):
            columns.add("refers")
        return columns or ({"postings"} if self._overdraws(entry) else set())

    def _may_refer(self, entry):
        before = self.find(entry["refers"])
        if before is None or self._later(entry["refers"], lambda _: True):
            return False
        ends = entry["kind"] in {"settle", "void"}
        return before.entry["kind"] in ({"pending"} if ends else {"posted", "settle", "reversal"})

    def _later(self, key, holds):
        return any(one.entry["refers"] == key for one in filter(holds, self.entries))

    def _accepted(self, entry):
        legs = entry["postings"]
        if entry["kind"] == "reversal":
            legs = [one | {"amount": -one["amount"]} for one in self.find(entry["refers"]).legs]
        elif entry["kind"] == "settle" and not legs:
            legs = self.find(entry["refers"]).legs
        return Accepted(len(self.entries) + 1, entry, legs)

    def _overdraws(self, entry):
        """Whether it takes out of an account, in a book, more than is there to be taken."""
        places = [(a, c, b) for a, c in {*self.places(), *_places(entry)} for b in BOOKS]
        before = {place: self._available(*place) for place in places}
        self.entries.append(self._accepted(entry))
        after = {place: self._available(*place) for place in places}
        self.entries.pop()
        return any(
            after[place] < before[place] and after[place] < self.least(place[0])
            for place in places
            if self.least(place[0]) is not None
        )

    def _available(self, *place):
        posted, reserved, _ = self.balance(*place)
        return posted - reserved


def _reused(known, entry):
    return set() if known.entry == entry else {"key"}


def _places(entry):
    return {(one["account"], one["commodity"]) for one in entry["postings"]}


def malformed(legs):
    """Whether postings alone are refused: sums that are not zero, a region that differs, a zero, a double."""
    sums, outside = defaultdict(int), defaultdict(int)
    for one in legs:
        for book in filter(lambda book, one=one: stands(one, book), BOOKS):
            sums[one["commodity"], book] += one["amount"]
            if one["account"].startswith("outside/"):
                outside[one["commodity"], book] += one["amount"]
    names = [(one["account"], one["commodity"], one["book"]) for one in legs]
    return (
        any(sums.values())
        or any(outside[c, BOOKS[0]] != outside[c, BOOKS[1]] for c, _ in sums)
        or any(one["amount"] == 0 for one in legs)
        or len(set(names)) < len(names)
        or len(legs) < 2
    )
