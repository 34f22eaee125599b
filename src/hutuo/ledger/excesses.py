"""Nucleolus, prenucleolus and least core: shares under which no group of parties has much reason to leave.

The excess of a coalition is what it could do alone less what its members are given. The prenucleolus makes
the largest excess as small as it can be, then the next, and so on; the nucleolus does so among those shares
that give nobody less than alone. The two differ where a game is not zero-monotonic.

Source: Schmeidler 1969, The nucleolus of a characteristic function game; the sequence of linear programmes of
Maschler, Peleg and Shapley 1979, Geometric properties of the kernel, nucleolus and related solution concepts,
with coalitions taken in only when they are violated.
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray
from scipy.linalg import null_space
from scipy.optimize import linprog

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.ledger.games import Floats, Game, Value, game_of, sums

__all__ = ["least_core", "nucleolus", "prenucleolus"]

# Worths are scaled to 1; what the solver calls equal is far below, what a person could see far above.
TIGHT, BOUND, SOLVER = 1e-9, 1e-7, 1e-10
# Coalitions taken into a programme at once.
AT_ONCE = 60


def nucleolus(players: Sequence[str], value: Value) -> dict[str, float]:
    """The nucleolus.

    Args:
        players: Names of up to 20 players.
        value: Worth of each coalition, see :func:`hutuo.ledger.games.game_of`.

    Returns:
        Share of each player, in the unit of the worths; they sum to the worth of all together.

    Raises:
        BadAsk: All together are worth less than each alone, so that no share gives everybody what they could
            have alone; or the players are too many or named twice.
        BadInput: Worths are missing or no numbers.

    Example:
        The estate of 200 with claims of 100, 200 and 300 that the Talmud divides (Aumann and Maschler 1985):

        >>> claims = {"a": 100, "b": 200, "c": 300}
        >>> def left(group):
        ...     return max(0, 200 - sum(claims[one] for one in claims if one not in group))
        >>> [round(share, 9) for share in nucleolus(list(claims), left).values()]
        [50.0, 75.0, 75.0]
    """
    game = game_of(players, value)
    if game.total < game.alone.sum() - TIGHT * _scale(game):
        raise BadAsk(
            Text(
                "合作的总价值小于各方单独价值之和", "all together are worth less than each alone"
            ),
            Text(
                "用预核仁,它不要求个体理性",
                "ask for the prenucleolus, which may give less than alone",
            ),
        )
    return _named(game, _sequence(game, game.alone / _scale(game))[0])


def prenucleolus(players: Sequence[str], value: Value) -> dict[str, float]:
    """The prenucleolus; it may give a player less than alone.

    Args:
        players: Names of up to 20 players.
        value: Worth of each coalition, see :func:`hutuo.ledger.games.game_of`.

    Returns:
        Share of each player, in the unit of the worths; they sum to the worth of all together.

    Raises:
        BadAsk: The players are too many or named twice.
        BadInput: Worths are missing or no numbers.
    """
    game = game_of(players, value)
    return _named(game, _sequence(game, None)[0])


def least_core(players: Sequence[str], value: Value) -> float:
    """The least that the largest excess can be: the core is empty where it is above 0.

    Args:
        players: Names of up to 20 players, two at least.
        value: Worth of each coalition, see :func:`hutuo.ledger.games.game_of`.

    Returns:
        The excess, in the unit of the worths.

    Raises:
        BadAsk: The players are fewer than two, too many or named twice.
        BadInput: Worths are missing or no numbers.
    """
    game = game_of(players, value)
    if game.size < 2:  # noqa: PLR2004 - one player has nobody to leave
        raise BadAsk(
            Text("只有一个参与方", "there is one player only"),
            Text("至少两方才有联盟可言", "coalitions need two players"),
        )
    return _sequence(game, None)[1]


class _Held(NamedTuple):
    """Sums that are the same in every solution so far, as rows over the players, and what they sum to."""

    rows: Floats
    levels: Floats

    def with_sum(self, row: Floats, level: float) -> "_Held":
        """With one more, unless it follows from those that are held."""
        rows = np.vstack([self.rows, row])
        if np.linalg.matrix_rank(rows, tol=BOUND) < len(rows):
            return self
        return _Held(rows, np.append(self.levels, level))

    def way(self) -> Floats:
        """A free direction drawn at random, (n,): it moves each sum that does not follow from those held."""
        free = null_space(self.rows)
        drawn: Floats = free @ np.random.default_rng(0).standard_normal(free.shape[1])
        return drawn


class _Stage(NamedTuple):
    """A programme that was solved: what was held before it, and the largest excess that is left."""

    held: _Held
    epsilon: float


def _sequence(game: Game, alone: Floats | None) -> tuple[Floats, float]:
    """Shares after all programmes and the least that the largest excess can be, in the unit of the worths.

    The programmes are solved for some coalitions; those that the shares wrong are taken in, and all is solved
    again. Solved to their end the programmes give shares amid all that are possible, which few others wrong.
    """
    worth = game.worth / _scale(game)
    single = 1 << np.arange(game.size, dtype=np.intp)
    taken = np.unique(np.concatenate([single, len(worth) - 1 - single]))
    taken = taken[(taken > 0) & (taken < len(worth) - 1)]
    while True:
        shares, stages = _staged(worth, alone, taken)
        over = worth - sums(shares) - _allowed(stages, len(worth))
        most = min(AT_ONCE, len(over)) - 1
        worst = np.argpartition(-over, most)[: most + 1]
        new = np.setdiff1d(worst[over[worst] > TIGHT], taken)
        if not len(new):
            first = stages[0].epsilon if stages else 0.0
            return shares * _scale(game), first * _scale(game)
        taken = np.concatenate([taken, new])


def _allowed(stages: Sequence[_Stage], coalitions: int) -> Floats:
    """The largest excess that each coalition may have: of the last programme in which it was not held."""
    allowed = np.full(coalitions, np.inf)
    for stage in stages:
        allowed[np.abs(sums(stage.held.way())) > BOUND] = stage.epsilon
    allowed[[0, -1]] = np.inf
    return allowed


def _staged(
    worth: Floats, alone: Floats | None, taken: NDArray[np.intp]
) -> tuple[Floats, list[_Stage]]:
    """Shares after all programmes for the coalitions that are taken, and these programmes."""
    size = len(worth).bit_length() - 1
    rows, held = _rows(taken, size), _Held(np.ones((1, size)), worth[-1:])
    stages: list[_Stage] = []
    while len(held.rows) < size:
        moves = np.abs(rows @ held.way()) > BOUND
        solved = _solved(rows[moves], worth[taken][moves], held, alone)
        stages.append(_Stage(held, float(solved.x[-1])))
        tight = np.flatnonzero(np.abs(solved.ineqlin.marginals) > BOUND)
        for row, level in zip(rows[moves][tight], worth[taken][moves][tight], strict=True):
            held = held.with_sum(row, level - solved.x[-1])
        for player in np.flatnonzero(np.abs(solved.lower.marginals[:-1]) > BOUND):
            held = held.with_sum(np.eye(size)[player], solved.x[player])
    shares = np.asarray(np.linalg.solve(held.rows, held.levels), dtype=np.float64)
    return shares, stages


def _solved(rows: Floats, worth: Floats, held: _Held, alone: Floats | None) -> Any:
    """Shares that make the largest excess of these coalitions as small as it can be, and the excess last.

    At least one coalition has a dual above 0: it has this excess in every solution.
    """
    size = rows.shape[1]
    floors = [None] * size if alone is None else alone.tolist()
    solved = linprog(
        np.append(np.zeros(size), 1.0),
        A_ub=-np.hstack([rows, np.ones((len(rows), 1))]),
        b_ub=-worth,
        A_eq=np.hstack([held.rows, np.zeros((len(held.rows), 1))]),
        b_eq=held.levels,
        bounds=[*((floor, None) for floor in floors), (None, None)],
        method="highs",
        options={"primal_feasibility_tolerance": SOLVER, "dual_feasibility_tolerance": SOLVER},
    )
    if solved.status != 0:
        raise ArithmeticError(f"the programme of the nucleolus is not solved: {solved.message}")
    return solved


def _scale(game: Game) -> float:
    return float(np.abs(game.worth).max()) or 1.0


def _named(game: Game, shares: Floats) -> dict[str, float]:
    return dict(zip(game.players, shares.tolist(), strict=True))


def _rows(coalitions: NDArray[np.intp], size: int) -> Floats:
    """Whether each player is in each coalition, (coalitions, n)."""
    members: NDArray[np.intp] = (coalitions[:, None] >> np.arange(size)) & 1
    return members.astype(np.float64)
