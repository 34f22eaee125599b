"""Shares of a contract as weights of bodies: agreed, by year, equal, by what each put in, or by a game."""

from collections.abc import Mapping
from fractions import Fraction

from hutuo.errors import Finding
from hutuo.exchange.contracts.case import Case, Scope
from hutuo.exchange.contracts.form import Count, Split
from hutuo.exchange.contracts.terms import Shares
from hutuo.glossary import Text

__all__ = ["weights_of"]


def weights_of(case: Case, clause: Split | Count, scope: Scope) -> dict[str, Fraction]:
    """Weight of each body by which a clause splits; they sum to 1.

    What the yearly decay takes from a role goes to the holder of what is split. Where agreed years are over,
    the holder has all.
    """
    holder = scope.bodies[clause.holder]
    named = _by_name(case, clause, scope)
    found: dict[str, Fraction] = {}
    for name, weight in named.items():
        body = scope.bodies.get(name, name)
        found[body] = found.get(body, Fraction(0)) + weight
    if clause.decay and clause.decay_role:
        role = scope.bodies[clause.decay_role]
        kept = found.get(role, Fraction(0)) * (1 - case.term(clause.decay)) ** (scope.year - 1)
        rest = found.get(role, Fraction(0)) - kept
        found[role] = kept
        found[holder] = found.get(holder, Fraction(0)) + rest
    return found


def _by_name(case: Case, clause: Split | Count, scope: Scope) -> Mapping[str, Fraction]:
    shares: Shares = case.term(clause.shares)
    holder = scope.bodies[clause.holder]
    if shares.rule == "weights":
        steps = (weights for until, weights in shares.steps if not until or scope.year <= until)
        return next(steps, {holder: Fraction(1)})
    roles = case.contract.agreed.template.term(clause.shares).of
    several = [
        case.bodies(role) if role not in scope.bodies else (scope.bodies[role],) for role in roles
    ]
    bodies = [body for group in several for body in group]
    if shares.rule == "equal":
        return dict.fromkeys(bodies, Fraction(1, len(bodies)))
    if shares.rule == "proportional":
        return _put_in(case, shares.figure, bodies)
    return _by_game(case, clause, shares)


def _put_in(case: Case, figure: str, bodies: list[str]) -> Mapping[str, Fraction]:
    """Shares by what each put in since the first period, this one included."""
    sums = {body: case.put_in(figure, body) for body in bodies}
    total = sum(sums.values())
    if total <= 0:
        where = f"{case.span.name}.{figure}"
        says = Text("各方投入之和应大于0", "what all put in should sum to more than 0")
        if not case.found:
            case.found.append(Finding("figures", None, where, says))
        return {bodies[0]: Fraction(1)}
    return {body: Fraction(one) / total for body, one in sums.items()}


def _by_game(case: Case, clause: Split | Count, shares: Shares) -> Mapping[str, Fraction]:
    """Shares in proportion to the Shapley value or the nucleolus of what coalitions are worth."""
    from hutuo.ledger import nucleolus, shapley

    names = sorted({name for group in shares.worth for name in group})
    worth = {group: float(one) for group, one in shares.worth.items()}
    rule = {"shapley": shapley, "nucleolus": nucleolus}[shares.rule]
    given = rule(names, lambda group: worth.get(group, 0.0))
    exact = {name: Fraction(one).limit_denominator(10**9) for name, one in given.items()}
    total = sum(exact.values())
    if total <= 0 or min(exact.values()) < 0:
        says = Text(
            "按此价值有一方所得为负,不能作为份额",
            "by these worths a party would get less than nothing",
        )
        case.found.append(Finding("contract", None, f"terms.{clause.shares}", says))
        return {names[0]: Fraction(1)}
    return {name: one / total for name, one in exact.items()}
