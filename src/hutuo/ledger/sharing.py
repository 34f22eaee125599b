"""Ways of sharing what parties make together, side by side, and which groups have a reason to object."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from hutuo.ledger.contributions import shapley
from hutuo.ledger.excesses import nucleolus, prenucleolus
from hutuo.ledger.games import Floats, Game, Value, game_of, sums

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["compared", "objections"]

# What is below is the solver's, not a coalition's.
TOLERANCE = 1e-7


def objections(
    players: Sequence[str],
    value: Value,
    shares: Mapping[str, float] | Sequence[float],
    most: int = 100,
) -> "pd.DataFrame":
    """Coalitions that could do better alone than what their members are given: shares outside of the core.

    Args:
        players: Names of up to 20 players.
        value: Worth of each coalition, see :func:`hutuo.ledger.games.game_of`.
        shares: What each player is given, by player or in their order.
        most: How many coalitions to tell at most, those that lack most first.

    Returns:
        Columns ``coalition`` (names, joined by a plus), ``worth``, ``given`` and ``excess``; no row where the
        shares are in the core, as far as coalitions go (what is given in all may still be more or less than
        there is).

    Raises:
        BadAsk: Players are missing, unknown, too many or named twice.
        BadInput: Worths are missing or no numbers.
    """
    import pandas as pd

    game = game_of(players, value)
    given = sums(game.shares(shares))
    excess = game.worth - given
    excess[[0, -1]] = 0.0
    found = np.flatnonzero(excess > _bound(game))
    found = found[np.argsort(-excess[found], kind="stable")][:most]
    return pd.DataFrame(
        {
            "coalition": ["+".join(game.members(int(at))) for at in found],
            "worth": game.worth[found],
            "given": given[found],
            "excess": excess[found],
        }
    )


def compared(players: Sequence[str], value: Value) -> "pd.DataFrame":
    """What each player gets by each rule, and whether a coalition objects.

    Rules: ``equal`` (the whole in equal parts), ``alone`` (in proportion to what each is worth alone; missing
    where that is not above 0), ``surplus`` (each what it is worth alone, the rest in equal parts),
    ``separable`` (separable contributions, the rest in equal parts; Young 1985, Cost allocation: methods,
    principles, applications), ``shapley``, ``nucleolus`` (missing where there is none) and ``prenucleolus``.

    Args:
        players: Names of up to 20 players.
        value: Worth of each coalition, see :func:`hutuo.ledger.games.game_of`.

    Returns:
        A row a rule, with a column for each player, ``in_core`` and ``largest_excess`` (the most that a
        coalition lacks; below 0 where every one has more than alone).

    Raises:
        BadAsk: Players are too many or named twice.
        BadInput: Worths are missing or no numbers.
    """
    import pandas as pd

    game = game_of(players, value)
    size, total, alone = game.size, game.total, game.alone
    last = total - game.worth[(1 << size) - 1 - (1 << np.arange(size))]
    rules: dict[str, Floats] = {
        "equal": np.full(size, total / size),
        "surplus": alone + (total - alone.sum()) / size,
        "separable": last + (total - last.sum()) / size,
        "shapley": game.shares(shapley(players, game.worth)),
        "prenucleolus": game.shares(prenucleolus(players, game.worth)),
    }
    if (alone > 0).all():
        rules["alone"] = alone * total / alone.sum()
    if total >= alone.sum():
        rules["nucleolus"] = game.shares(nucleolus(players, game.worth))
    order = ("equal", "alone", "surplus", "separable", "shapley", "nucleolus", "prenucleolus")
    kept = [rule for rule in order if rule in rules]
    table = pd.DataFrame([rules[rule] for rule in kept], index=kept, columns=list(game.players))
    table["largest_excess"] = [
        float((game.worth - sums(rules[rule]))[1:-1].max(initial=-np.inf)) for rule in kept
    ]
    table["in_core"] = table["largest_excess"] <= _bound(game)
    return table


def _bound(game: Game) -> float:
    """The excess up to which a coalition has no reason to object, in the unit of the worths."""
    return TOLERANCE * max(1.0, float(np.abs(game.worth).max()))
