"""Entries and postings as plain data, the form in which the ledger takes them."""

from collections.abc import Iterable, Mapping
from typing import Literal, TypedDict

__all__ = ["Book", "Entry", "Posting", "counted", "moved", "owed", "tidied"]

Book = Literal["in_place", "as_agreed"]
MONEY = "CNY"


class Posting(TypedDict):
    """An amount of a commodity, in its smallest unit, on an account; without a book it stands in both."""

    account: str
    commodity: str
    amount: int
    book: Book | None


class Entry(TypedDict):
    """What is posted at once, under a key that is posted once only."""

    key: str
    effective: str
    memo: str
    contract: str | None
    clause: str | None
    postings: list[Posting]


def owed(debtor: str, creditor: str, fen: int) -> list[Posting]:
    """What a body owes another; below 0 what it gets back."""
    if debtor == creditor:
        return []
    return moved(MONEY, f"{debtor}/due:{creditor}", f"{creditor}/due:{debtor}", fen)


def moved(commodity: str, giver: str, taker: str, units: int) -> list[Posting]:
    """A quantity that goes from one account to another, in both books."""
    return [_posting(giver, commodity, -units), _posting(taker, commodity, units)]


def counted(
    commodity: str, units: int, holder: str, parts: Mapping[str, int], way: str
) -> list[Posting]:
    """A figure of statistics: with its holder in place, and as agreed.

    Args:
        commodity: Memo commodity, as GDP.
        units: The figure.
        holder: Body where it arises.
        parts: What of it is each body's as agreed; they sum to the figure.
        way: ``none``: it is not counted; ``in_place``: it stays with the holder in both books;
            ``shares``: each has its part as agreed; ``double``: each has all as agreed, and what is
            counted twice is taken off on ``eliminated``, so that the regional total stays the same.
    """
    if way == "none":
        return []
    name = commodity.lower()
    outside, held = f"outside/{name}", f"{holder}/{name}"
    if way == "in_place":
        return moved(commodity, outside, held, units)
    agreed = dict(parts) if way == "shares" else dict.fromkeys(parts, units)
    twice = sum(agreed.values()) - units
    return [
        _posting(outside, commodity, -units),
        _posting(held, commodity, units, "in_place"),
        *(
            _posting(f"{body}/{name}", commodity, part, "as_agreed")
            for body, part in agreed.items()
        ),
        _posting(f"eliminated/{name}", commodity, -twice, "as_agreed"),
    ]


def tidied(postings: Iterable[Posting]) -> list[Posting]:
    """Postings summed by account, commodity and book; those of 0 are left out."""
    sums: dict[tuple[str, str, Book | None], int] = {}
    for one in postings:
        key = one["account"], one["commodity"], one["book"]
        sums[key] = sums.get(key, 0) + one["amount"]
    return [
        _posting(account, commodity, amount, book)
        for (account, commodity, book), amount in sums.items()
        if amount
    ]


def _posting(account: str, commodity: str, amount: int, book: Book | None = None) -> Posting:
    return {"account": account, "commodity": commodity, "amount": amount, "book": book}
