"""Clauses that divide: an income or a cost between parties, and figures of statistics in two books."""

from collections.abc import Mapping
from fractions import Fraction

from hutuo.exchange.contracts.case import Case, Scope, rounded
from hutuo.exchange.contracts.form import Count, Split
from hutuo.exchange.contracts.postings import Posting, counted, owed
from hutuo.exchange.contracts.weighing import weights_of
from hutuo.ledger.splits import split

__all__ = ["counts", "divided"]


def divided(case: Case, clause: Split) -> list[Posting]:
    """What the holder of an income owes the others, or what they owe the holder of a cost."""
    return [one for scope in case.scopes(clause) for one in _divided(case, clause, scope)]


def counts(case: Case, clause: Count) -> list[Posting]:
    """A figure of statistics in both books."""
    found: list[Posting] = []
    way = case.contract.agreed.books[clause.commodity]
    if way == "none":
        # Its figures are not asked for either.
        return found
    for scope in case.scopes(clause):
        holder = scope.bodies[clause.holder]
        units = rounded(case.amount(clause.amount, scope.bodies.get(clause.each or "", holder)))
        parts = split(units, weights_of(case, clause, scope))
        found += counted(clause.commodity, units, holder, parts, way)
    return found


def _divided(case: Case, clause: Split, scope: Scope) -> list[Posting]:
    holder = scope.bodies[clause.holder]
    pot = rounded(case.amount(clause.amount, scope.bodies.get(clause.each or "", holder)))
    pot = max(pot, 0) if clause.not_below_zero else pot
    weights = weights_of(case, clause, scope)
    if _room(case, clause, scope) == 0:
        # Whoever reached the cap has no part any more, of what is paid back neither.
        weights = {holder: Fraction(1)}
    parts = _capped(case, clause, scope, split(pot, weights))
    found = []
    for body, part in _floored(case, clause, scope, parts).items():
        pair = (holder, body) if clause.flow == "income" else (body, holder)
        found += owed(*pair, part)
    if clause.counts:
        way = case.contract.agreed.books[clause.counts]
        found += counted(clause.counts, pot, holder, parts, way)
    return found


def _room(case: Case, clause: Split, scope: Scope) -> int | None:
    """What is left below the cap; None where there is none."""
    if not clause.cap or not clause.cap_role:
        return None
    given = case.term(clause.cap)
    cap = sum(given) if isinstance(given, tuple) else given
    return int(cap - case.carried.get(_key(clause, scope), 0))


def _key(clause: Split, scope: Scope) -> str:
    return f"{clause.clause}:{scope.bodies[clause.cap_role or '']}"


def _capped(case: Case, clause: Split, scope: Scope, parts: Mapping[str, int]) -> dict[str, int]:
    """Parts of which one is no more than what is left below its cap; the rest stays with the holder."""
    found = dict(parts)
    room = _room(case, clause, scope)
    if room is None:
        return found
    holder, body = scope.bodies[clause.holder], scope.bodies[clause.cap_role or ""]
    over = max(0, found.get(body, 0) - room)
    if over:
        found[body] -= over
        found[holder] = found.get(holder, 0) + over
    key = _key(clause, scope)
    case.carried[key] = case.carried.get(key, 0) + found.get(body, 0)
    return found


def _floored(case: Case, clause: Split, scope: Scope, parts: Mapping[str, int]) -> dict[str, int]:
    """Parts of which one is no less than its floor, at the cost of the others by what they get."""
    found = dict(parts)
    least = case.term(clause.floor) if clause.floor else None
    if least is None or not clause.floor_role or case.year(clause.floor_starts) < 1:
        return found
    body = scope.bodies[clause.floor_role]
    per_span = split(least, [1] * case.span.a_year)[_place(case)]
    short = per_span - found.get(body, 0)
    others = {name: one for name, one in weights_of(case, clause, scope).items() if name != body}
    if short <= 0 or not any(others.values()):
        return found
    found[body] = per_span
    for name, part in split(short, others).items():
        found[name] = found.get(name, 0) - part
    return found


def _place(case: Case) -> int:
    """Which of the year's periods this one is, from 0."""
    return (case.span.first.month - 1) * case.span.a_year // 12
