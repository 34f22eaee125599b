"""Waterfalls of companies and funds: capital back, preferred return, catch-up, then a split with the manager.

What is distributed passes tier by tier over the whole of the company, not project by project: to the
investors until their capital is back, then until it has earned the preferred return, then to the manager (in
the agreed part) until the manager has its agreed part of all profit, and what is left in that proportion.
Capital earns from the period after the one in which it was paid in, on what stood open when a period began.

Source: the whole-fund waterfall as in Institutional Limited Partners Association 2019, ILPA Principles 3.0.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import NamedTuple

from hutuo.errors import Finding
from hutuo.exchange.contracts.case import Case, rounded, up
from hutuo.exchange.contracts.form import Waterfall
from hutuo.exchange.contracts.postings import Posting, owed
from hutuo.glossary import Text
from hutuo.ledger.splits import split

__all__ = ["TIERS", "Rates", "Standing", "distributed", "tier_by_tier"]

TIERS = ("capital", "preferred", "catch_up", "carried")


class Rates(NamedTuple):
    """What is agreed: the manager's part in the catch-up and of all profit, 0..1."""

    catch_up: Fraction
    carried: Fraction


class Standing(NamedTuple):
    """Where the investors and the manager stand before a distribution, in fen.

    Attributes:
        paid: What each investor paid in.
        open: What of it is not yet back.
        preferred: Preferred return that is due to each.
        profit: What the investors got beyond their capital.
        manager: What the manager got.
    """

    paid: Mapping[str, int]
    open: Mapping[str, int]
    preferred: Mapping[str, int]
    profit: int
    manager: int


def distributed(case: Case, clause: Waterfall) -> dict[str, list[Posting]]:
    """Postings by tier of what is distributed in a period."""
    found: dict[str, list[Posting]] = {}
    for scope in case.scopes(clause):
        payer, manager = scope.bodies[clause.payer], scope.bodies[clause.manager]
        pot = rounded(case.amount(clause.amount))
        standing = _standing(case, clause)
        if pot and not any(standing.paid.values()):
            says = Text("尚无出资,不能分配", "nothing was paid in that could be distributed on")
            case.found.append(Finding("figures", None, f"{case.span.name}.{clause.clause}", says))
            return {}
        rates = Rates(case.term(clause.catch_up), case.term(clause.carried))
        tiers = tier_by_tier(pot, standing, rates)
        _keep(case, clause, standing, tiers)
        for tier, parts in tiers.items():
            bodies = [(manager if body is None else body, fen) for body, fen in parts.items()]
            found[tier] = [one for body, fen in bodies for one in owed(payer, body, fen)]
    return found


def tier_by_tier(pot: int, standing: Standing, rates: Rates) -> dict[str, dict[str | None, int]]:
    """What each gets in each tier.

    Args:
        pot: What is distributed, at least 0, in fen.
        standing: Where all stand before.
        rates: What is agreed.

    Returns:
        Fen by tier and investor, None being the manager; in all they sum to the pot.
    """
    tiers: dict[str, dict[str | None, int]] = {}
    left = pot
    for tier, due in (("capital", standing.open), ("preferred", standing.preferred)):
        part = min(left, sum(due.values()))
        tiers[tier] = _among(part, due)
        left -= part
    profit = standing.profit + sum(tiers["preferred"].values())
    part = min(left, _missing(profit, standing.manager, rates))
    tiers["catch_up"] = _with_manager(part, rates.catch_up, standing.paid)
    tiers["carried"] = _with_manager(left - part, rates.carried, standing.paid)
    return tiers


def _missing(profit: int, manager: int, rates: Rates) -> int:
    """What the catch-up has to distribute until the manager has its part: k x = c (P + x) - M (1 - c)."""
    if rates.catch_up <= rates.carried:
        return 0
    short = rates.carried * (profit + manager) - manager
    return max(0, up(short / (rates.catch_up - rates.carried)))


def _with_manager(pot: int, part: Fraction, paid: Mapping[str, int]) -> dict[str | None, int]:
    """A pot split between manager and investors, and among these by what they paid in."""
    if not pot:
        return {}
    own, theirs = split(pot, [part, 1 - part])
    found: dict[str | None, int] = {None: own}
    return found | _among(theirs, paid)


def _among(pot: int, weights: Mapping[str, int]) -> dict[str | None, int]:
    """A pot split among investors; nothing of nothing."""
    parts: dict[str | None, int] = {}
    if pot:
        parts.update(split(pot, weights))
    return parts


def _standing(case: Case, clause: Waterfall) -> Standing:
    """What earlier periods left, with the return that this one adds on what stood open when it began."""
    investors = case.bodies(clause.investors)
    carried = case.carried
    paid = {body: carried.get(f"{clause.capital}:{body}", 0) for body in investors}
    back = {body: carried.get(f"{clause.clause}:back:{body}", 0) for body in investors}
    opening = {body: carried.get(f"{clause.clause}:open:{body}", 0) for body in investors}
    due = {body: carried.get(f"{clause.clause}:due:{body}", 0) for body in investors}
    rate = case.term(clause.preferred) / case.span.a_year
    for body in investors:
        base = opening[body] + (due[body] if case.term(clause.compounding) else 0)
        due[body] += rounded(rate * base)
    return Standing(
        paid,
        {body: paid[body] - back[body] for body in investors},
        due,
        carried.get(f"{clause.clause}:profit", 0),
        carried.get(f"{clause.clause}:manager", 0),
    )


def _keep(
    case: Case,
    clause: Waterfall,
    standing: Standing,
    tiers: Mapping[str, Mapping[str | None, int]],
) -> None:
    """Carry on where all stand after a distribution."""
    name, carried = clause.clause, case.carried
    for body, paid in standing.paid.items():
        left = standing.open[body] - tiers["capital"].get(body, 0)
        carried[f"{name}:back:{body}"] = paid - left
        carried[f"{name}:open:{body}"] = left
        carried[f"{name}:due:{body}"] = standing.preferred[body] - tiers["preferred"].get(body, 0)
    profits = [tiers[tier] for tier in TIERS[1:]]
    own = sum(parts.get(None, 0) for parts in profits)
    carried[f"{name}:manager"] = standing.manager + own
    carried[f"{name}:profit"] = (
        standing.profit + sum(sum(parts.values()) for parts in profits) - own
    )
