"""The Shapley value: each party's mean contribution over all orders in which the parties could come together.

Source: Shapley 1953, A value for n-person games; sampling after Castro, Gómez and Tejada 2009, Polynomial
calculation of the Shapley value based on sampling, in pairs of an order and its reverse.
"""

from collections.abc import Callable, Sequence
from math import comb, log, sqrt
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.ledger.games import Value, game_of, sums

__all__ = ["Sampled", "shapley", "shapley_sampled"]

MOST_SAMPLED = 1_000


class Sampled(NamedTuple):
    """Shapley values from orders drawn at random.

    Attributes:
        shares: Mean contribution of each player; they sum to the worth of all together.
        bound: How far each may lie from the exact value, with the asked confidence for all of them at once.
        orders: Number of orders drawn.
    """

    shares: dict[str, float]
    bound: float
    orders: int


def shapley(players: Sequence[str], value: Value) -> dict[str, float]:
    """The exact Shapley value, from the worths of all coalitions.

    Args:
        players: Names of up to 20 players.
        value: Worth of each coalition, see :func:`hutuo.ledger.games.game_of`.

    Returns:
        Share of each player, in the unit of the worths; they sum to the worth of all together.

    Raises:
        BadAsk: There are more than 20 players, or one is named twice.
        BadInput: Worths are missing or no numbers.

    Example:
        A left glove and two right ones, a pair being worth 1:

        >>> shapley(["l", "r1", "r2"], lambda s: float("l" in s and len(s) > 1))["l"]
        0.6666666666666666
    """
    game = game_of(players, value)
    size = game.size
    # What a player adds to k others counts once for each order in which just these come before.
    weight = np.array([1 / (size * comb(size - 1, k)) for k in range(size)])
    others = weight[sums(np.ones(size - 1)).astype(np.intp)]
    shares = {}
    for at, name in enumerate(game.players):
        pairs = game.worth.reshape(-1, 2, 1 << at)
        added = pairs[:, 1, :] - pairs[:, 0, :]
        shares[name] = float((added * others.reshape(added.shape)).sum())
    return shares


def shapley_sampled(
    players: Sequence[str],
    value: Callable[[frozenset[str]], float],
    span: tuple[float, float],
    orders: int = 10_000,
    confidence: float = 0.95,
    seed: int = 0,
) -> Sampled:
    """Shapley values of a game of many players, by orders drawn at random, with a bound of their error.

    Each order is drawn with its reverse. The bound is Hoeffding's (1963, Probability inequalities for sums of
    bounded random variables) over these pairs, for all players at once (Boole's inequality).

    Args:
        players: Names of the players.
        value: Worth of a coalition by the set of its members; of the empty one 0.
        span: Least and most that any player adds to any coalition; what is drawn must lie in it.
        orders: How many orders to draw, an even number.
        confidence: Chance that no share is farther off than the bound, between 0 and 1.
        seed: The same seed draws the same orders.

    Raises:
        BadAsk: A player adds less or more than the span says, or an argument is out of its bounds.
    """
    names = tuple(players)
    low, high = span
    fair = 0 < confidence < 1 and orders > 0 and orders % 2 == 0 and low < high
    if not fair or not 0 < len(set(names)) == len(names) <= MOST_SAMPLED:
        raise BadAsk(
            Text(
                "参与方、次数、置信度或范围不合要求",
                "players, orders, confidence or span are out of bounds",
            ),
            Text(
                f"1至{MOST_SAMPLED}个互不相同的参与方,偶数次,置信度在0与1之间,范围由小到大",
                f"1 to {MOST_SAMPLED} different players, an even number of orders,"
                " a confidence between 0 and 1, a span from less to more",
            ),
        )
    draws = np.random.default_rng(seed)
    known: dict[frozenset[str], float] = {frozenset(): 0.0}
    added = np.zeros(len(names))
    for _ in range(orders // 2):
        order = draws.permutation(len(names))
        for way in (order, order[::-1]):
            added += _added(names, way, value, known, span)
    bound = (high - low) * sqrt(log(2 * len(names) / (1 - confidence)) / (2 * (orders // 2)))
    shares = dict(zip(names, (added / orders).tolist(), strict=True))
    return Sampled(shares, bound, orders)


def _added(
    names: tuple[str, ...],
    order: NDArray[np.intp],
    value: Callable[[frozenset[str]], float],
    known: dict[frozenset[str], float],
    span: tuple[float, float],
) -> NDArray[np.float64]:
    """What each player adds when they come together in an order, (n,)."""
    added = np.zeros(len(names))
    group: frozenset[str] = frozenset()
    for at in order:
        larger = group | {names[at]}
        if larger not in known:
            known[larger] = float(value(larger))
        added[at] = known[larger] - known[group]
        group = larger
    if added.min() < span[0] or added.max() > span[1]:
        odd = int(np.argmin(added) if added.min() < span[0] else np.argmax(added))
        raise BadAsk(
            Text(
                f"“{names[odd]}”的边际贡献{added[odd]:g}超出给定范围",
                f"'{names[odd]}' adds {added[odd]:g}, beyond the span that was given",
            ),
            Text("给出更宽的范围", "give a wider span"),
        )
    return added
