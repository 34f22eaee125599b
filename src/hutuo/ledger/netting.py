"""What bodies owe each other, and few payments by which all of it is settled.

What A owes B stands in two accounts: ``A/due:B``, below zero, and ``B/due:A``, above it.
"""

from collections import defaultdict
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.store import store_of
from hutuo.ledger.accounts import called, names_of, standing_of
from hutuo.ledger.balances import balances
from hutuo.ledger.commodities import commodity_of
from hutuo.ledger.entries import BOTH
from hutuo.ledger.schema import LEDGER
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Due",
    "Netting",
    "NettingAnswer",
    "PairRow",
    "Payment",
    "PaymentRow",
    "dues",
    "netting",
    "payments",
]

DUE = "/due:"
Pair = tuple[str, str]


class Due(NamedTuple):
    """What a body owes another on balance, and what the other's books say of it."""

    body: str
    other: str
    amount: int
    other_says: int


class Payment(NamedTuple):
    """What a body pays another to settle."""

    body: str
    other: str
    amount: int


class Netting(Ask):
    """What to set off."""

    commodity: str = said("记账对象", "commodity that is owed", default="CNY")
    book: Literal["in_place", "as_agreed"] = said(
        "账本:在地或分算", "book: in place or as agreed", default="as_agreed"
    )


class PairRow(Answer):
    """What one body owes another on balance."""

    body: str = said("付方", "body that owes")
    other: str = said("收方", "body that it is owed to")
    body_name: Text = said("付方名称", "what the body that owes is called")
    other_name: Text = said("收方名称", "what the other is called")
    amount: int = said("金额(最小单位)", "what is owed, by the books of the body that owes")
    other_says: int = said("对方账上的金额", "the same by the books of the other")


class PaymentRow(Answer):
    """One payment that settles."""

    body: str = said("付方", "body that pays")
    other: str = said("收方", "body that receives")
    body_name: Text = said("付方名称", "what the body that pays is called")
    other_name: Text = said("收方名称", "what the other is called")
    amount: int = said("金额(最小单位)", "amount in the smallest unit")


class NettingAnswer(Answer):
    """What is owed, pair by pair, and the payments that settle all of it."""

    commodity: str = said("记账对象", "what is owed")
    commodity_name: Text = said("记账对象名称", "what that is called")
    unit: Text = said("最小单位", "smallest unit, which amounts are in")
    owed: int = said("逐对合计", "sum over all pairs")
    after_netting: int = said("多边冲抵后应付", "what is paid when all is set off at once")
    difference: int = said(
        "双方账目之差", "what the two sides of all pairs differ by; 0 where both agree"
    )
    rows: list[PairRow] = said("逐对", "by pair of bodies")
    payments: list[PaymentRow] = said(
        "付款", "payments that settle everything, at most one fewer than there are bodies"
    )


@verb("冲抵往来", columns=("body_name", "other_name", "amount", "other_says"))
def netting(region: "Region", ask: Netting) -> NettingAnswer:
    """Tell what bodies owe each other on balance, and the payments that settle all of it at once."""
    kind = commodity_of(ask.commodity)
    with store_of(region).reading(LEDGER) as connection:
        found = balances(connection, standing_of(region), commodity=ask.commodity)
    owed: dict[Pair, int] = defaultdict(int)
    for (account, _, book), held in found.items():
        body, due, other = account.partition(DUE)
        if due and book in (BOTH, ask.book):
            owed[body, other] += held.posted
    pairs, paid, names = dues(owed), payments(owed), names_of(region)
    return NettingAnswer(
        commodity=ask.commodity,
        commodity_name=kind.name,
        unit=kind.smallest,
        owed=sum(row.amount for row in pairs),
        after_netting=sum(row.amount for row in paid),
        difference=sum(abs(row.amount - row.other_says) for row in pairs),
        rows=[PairRow(**row._asdict(), **_called(row, names)) for row in pairs],
        payments=[PaymentRow(**row._asdict(), **_called(row, names)) for row in paid],
    )


def dues(owed: Mapping[Pair, int]) -> list[Due]:
    """What each pair owes on balance.

    Args:
        owed: Balance of each ``BODY/due:OTHER``, by body and other: below zero the body owes.

    Returns:
        A row a pair of which either side says that something is owed, by its names.
    """
    rows = []
    for pair in sorted({(min(pair), max(pair)) for pair in owed}):
        first, second = owed.get(pair, 0), owed.get(pair[::-1], 0)
        owes_first = first < 0 or (first == 0 and second >= 0)
        (body, other), mine, theirs = (
            (pair, first, second) if owes_first else (pair[::-1], second, first)
        )
        if mine or theirs:
            rows.append(Due(body, other, -mine, theirs))
    return rows


def payments(owed: Mapping[Pair, int]) -> list[Payment]:
    """Payments that bring every body's position to zero: at most one fewer than there are bodies.

    Whoever owes most pays whoever gets most, until nobody owes; ties go to the first name.

    Args:
        owed: Balance of each ``BODY/due:OTHER``, by body and other.
    """
    position: dict[str, int] = defaultdict(int)
    for (body, _), held in owed.items():
        position[body] += held
    rows = []
    while any(held < 0 for held in position.values()) and any(
        held > 0 for held in position.values()
    ):
        payer = min(position, key=lambda body: (position[body], body))
        receiver = min(position, key=lambda body: (-position[body], body))
        amount = min(-position[payer], position[receiver])
        position[payer] += amount
        position[receiver] -= amount
        rows.append(Payment(payer, receiver, amount))
    return rows


def _called(row: Due | Payment, names: Mapping[str, Text]) -> dict[str, Any]:
    return {"body_name": called(row.body, names), "other_name": called(row.other, names)}
