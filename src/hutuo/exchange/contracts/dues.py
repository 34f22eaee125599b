"""Clauses that bind one party to another: fees, quantities that move, instalments, calls of capital."""

from fractions import Fraction

from hutuo.errors import Finding
from hutuo.exchange.contracts.case import Case, rounded, up
from hutuo.exchange.contracts.form import Call, Charge, Instalment, Move
from hutuo.exchange.contracts.postings import Posting, moved, owed
from hutuo.glossary import Text
from hutuo.ledger.splits import split

__all__ = ["called", "charged", "instalments", "moves"]

YEAR = 12


def charged(case: Case, clause: Charge) -> list[Posting]:
    """A fee: quantities by prices, to the fen."""
    found = []
    for scope in case.scopes(clause):
        pair = scope.bodies[clause.payer], scope.bodies[clause.payee]
        fee = case.amount(clause.amount, scope.bodies.get(clause.each or ""))
        fee = max(fee, Fraction(0)) if clause.not_below_zero else fee
        part = case.term(clause.share) if clause.share else 1
        found += owed(*pair, rounded(fee * part))
    return found


def moves(case: Case, clause: Move) -> list[Posting]:
    """A quantity that goes from one account to another; accounts may name roles and the year."""
    found = []
    for scope in case.scopes(clause):
        names = {**scope.bodies, "year": str(case.span.first.year)}
        quantity = case.amount(clause.amount, scope.bodies.get(clause.each or "")) * clause.scale
        units = up(quantity) if clause.rounded == "up" else rounded(quantity)
        accounts = clause.giver.format_map(names), clause.taker.format_map(names)
        found += moved(clause.commodity.format_map(names), *accounts, units)
    return found


def instalments(case: Case, clause: Instalment) -> list[Posting]:
    """The part of a yearly sum that falls on a period; over a year they sum to the year's, to the fen."""
    found = []
    for scope in case.scopes(clause):
        yearly = case.term(clause.first) * (1 - case.term(clause.decay)) ** (scope.year - 1)
        parts = split(rounded(Fraction(yearly)), [1] * case.span.a_year)
        start = case.term(clause.starts) if clause.starts else case.contract.schedule.begins.first
        month = (case.span.first.month - start.month) % YEAR
        part = parts[month * case.span.a_year // YEAR]
        found += owed(scope.bodies[clause.payer], scope.bodies[clause.payee], part)
    return found


def called(case: Case, clause: Call) -> list[Posting]:
    """Capital that the investors owe: as each says it pays in, or a call in proportion to commitments."""
    found = []
    for scope in case.scopes(clause):
        payee = scope.bodies[clause.payee]
        for body, fen in _calls(case, clause).items():
            key = f"{clause.clause}:{body}"
            case.carried[key] = case.carried.get(key, 0) + fen
            found += owed(body, payee, fen)
    return found


def _calls(case: Case, clause: Call) -> dict[str, int]:
    investors = case.bodies(clause.investors)
    if clause.commitments is None:
        return {body: rounded(case.amount(clause.amount, body)) for body in investors}
    commitments: dict[str, int] = case.term(clause.commitments)
    left = {
        body: commitments[body] - case.carried.get(f"{clause.clause}:{body}", 0)
        for body in investors
    }
    total, most = rounded(case.amount(clause.amount)), sum(left.values())
    if total > most:
        says = Text(
            f"超出未缴的认缴额{most}分", f"more than the {most} fen that are still committed"
        )
        case.found.append(Finding("figures", None, f"{case.span.name}.{clause.clause}", says))
        return {}
    # By what is left of each commitment, so that the odd fen never takes anybody beyond it.
    return split(total, left) if total else {}
