"""Sums of money and quotas split among parties, in whole units: no fen appears and none vanishes.

What is split is an integer in the smallest unit of its commodity. Shares that are no whole units are rounded
down, and the units left over go to the largest remainders (Hamilton's method; Balinski and Young 1982, Fair
Representation, chapter 3); of equal remainders the party named first comes first.
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from fractions import Fraction
from math import isfinite
from typing import TypeVar, overload

from hutuo.errors import BadAsk
from hutuo.glossary import Text

__all__ = ["constrained_equal_awards", "constrained_equal_losses", "split"]

K = TypeVar("K")
Weight = int | float | Fraction | Decimal


@overload
def split(pot: int, weights: Mapping[K, Weight]) -> dict[K, int]: ...
@overload
def split(pot: int, weights: Sequence[Weight]) -> list[int]: ...
def split(pot: int, weights: Mapping[K, Weight] | Sequence[Weight]) -> dict[K, int] | list[int]:
    """A pot split by weights, to the last unit.

    Args:
        pot: What is split, in the smallest unit (fen, tce); a debt is negative, and split as a credit is.
        weights: Weight of each party, at least 0, by party or in their order. They need not sum to 1 and are
            taken as exactly as they are given: ``Decimal("0.1")`` is one tenth, the float 0.1 nearly.

    Returns:
        Units of each party, by party or in their order; they sum to the pot.

    Raises:
        BadAsk: The pot is no whole number, no weight is above 0, or one is negative or no number.

    Example:
        >>> split(100, {"north": 1, "south": 1, "east": 1})
        {'north': 34, 'south': 33, 'east': 33}
    """
    if isinstance(weights, Mapping):
        return dict(zip(weights, split(pot, list(weights.values())), strict=True))
    if type(pot) is not int:
        raise BadAsk(
            Text(f"{pot!r}不是整数", f"{pot!r} is no whole number"),
            Text("以最小单位(如分)给出", "give it in the smallest unit, such as fen"),
        )
    exact = _exact(weights)
    return _rounded(pot, [abs(pot) * weight / sum(exact) for weight in exact])


def constrained_equal_awards(pot: int, claims: Sequence[int]) -> list[int]:
    """A pot that is too small for all claims: everybody gets the same, and nobody more than is claimed.

    Source: Aumann and Maschler 1985, Game theoretic analysis of a bankruptcy problem from the Talmud; Thomson
    2003, Axiomatic and game-theoretic analysis of bankruptcy.

    Args:
        pot: What is split, at least 0 and at most the sum of the claims, in the smallest unit.
        claims: What each party claims, at least 0, in the same unit.

    Returns:
        Units of each party, in their order; they sum to the pot.

    Raises:
        BadAsk: A claim is negative, or the pot is negative or more than all claims.
    """
    _refuse_claims(pot, claims)
    awards = [Fraction(0)] * len(claims)
    left, open_ = Fraction(pot), sorted(range(len(claims)), key=lambda at: claims[at])
    while open_:
        least = min(left / len(open_), Fraction(claims[open_[0]]))
        awards[open_[0]] = least
        left -= least
        open_ = open_[1:]
    return _rounded(pot, awards)


def constrained_equal_losses(pot: int, claims: Sequence[int]) -> list[int]:
    """A pot that is too small for all claims: everybody lacks the same, and nobody more than is claimed.

    Source: as :func:`constrained_equal_awards`, of which it is the dual.

    Args:
        pot: What is split, at least 0 and at most the sum of the claims, in the smallest unit.
        claims: What each party claims, at least 0, in the same unit.

    Returns:
        Units of each party, in their order; they sum to the pot.

    Raises:
        BadAsk: A claim is negative, or the pot is negative or more than all claims.
    """
    _refuse_claims(pot, claims)
    losses = constrained_equal_awards(sum(claims) - pot, claims)
    return [claim - loss for claim, loss in zip(claims, losses, strict=True)]


def _exact(weights: Sequence[Weight]) -> list[Fraction]:
    """The weights as fractions.

    Raises:
        BadAsk: One is negative or no number, or none is above 0.
    """
    bad = [at for at, weight in enumerate(weights, start=1) if not isfinite(weight) or weight < 0]
    if bad:
        named = "、".join(map(str, bad))
        raise BadAsk(
            Text(
                f"第{named}个权重不是0或正数",
                f"weights no. {', '.join(map(str, bad))} are not 0 or more",
            ),
            Text("每个权重都应为0或正数", "give each party a weight of 0 or more"),
        )
    exact = [Fraction(weight) for weight in weights]
    if not any(exact):
        raise BadAsk(
            Text("没有大于0的权重", "no weight is above 0"),
            Text("至少一方的权重应大于0", "give one party a weight above 0"),
        )
    return exact


def _refuse_claims(pot: int, claims: Sequence[int]) -> None:
    if any(claim < 0 for claim in claims) or not 0 <= pot <= sum(claims):
        raise BadAsk(
            Text(
                f"{pot}不在0与各方主张之和{sum(claims)}之间,或有主张为负",
                f"{pot} is not between 0 and the sum of the claims, {sum(claims)}, or a claim is negative",
            ),
            Text("主张足额时无需此规则", "where all claims can be met this rule is not needed"),
        )


def _rounded(pot: int, shares: Sequence[Fraction]) -> list[int]:
    """Shares of a pot in whole units of its sign, the units left over to the largest remainders."""
    units = [share.numerator // share.denominator for share in shares]
    left = abs(pot) - sum(units)
    first = sorted(range(len(units)), key=lambda at: (units[at] - shares[at], at))
    for at in first[:left]:
        units[at] += 1
    return units if pot >= 0 else [-unit for unit in units]
