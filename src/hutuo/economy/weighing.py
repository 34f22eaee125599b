"""Ranks under all weights: how far the order of a scorecard depends on what is weighed how.

Source: after K. S. Park and S. H. Kim, Tools for interactive multiattribute decisionmaking with incompletely
identified information, European J. Operational Research 98 (1997) 111-123 (linear conditions on weights);
A. Punkka and A. Salo, Preference programming with incomplete ordinal information, idem 231 (2013) 141-150
(intervals of ranks).
"""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadAsk, HutuoError
from hutuo.glossary import Text

__all__ = ["Ranks", "normalised", "ranks", "steady", "weights_of"]

Array = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
# Scores that differ by less count as equal; the solver's own tolerance is ten times smaller.
EQUAL, INSIDE = 1e-6, 1e-7


class Ranks(NamedTuple):
    """Ranks of each row, 1 the best.

    Attributes:
        rank: With the weights given; rows that score the same share the better rank.
        best: Best rank under any weights allowed, what scores the same counting for the row.
        worst: Worst rank under any weights allowed, what scores the same counting against it.
        score: With the weights given.
    """

    rank: Whole
    best: Whole
    worst: Whole
    score: Array


def normalised(values: npt.ArrayLike, more_is_better: Sequence[bool]) -> Array:
    """Each measure from 0 for the worst row to 1 for the best; 1 for all where all are the same.

    Args:
        values: (rows, measures), finite.
        more_is_better: By measure.
    """
    given = np.asarray(values, float) * np.where(more_is_better, 1.0, -1.0)
    low, wide = given.min(axis=0), np.ptp(given, axis=0)
    found: Array = np.where(wide > 0, (given - low) / np.where(wide > 0, wide, 1), 1.0)
    return found


def ranks(
    scores: Array, weights: npt.ArrayLike | None = None, *, low: float = 0, high: float = 1
) -> Ranks:
    """Ranks with given weights, and the best and worst under all that are allowed.

    Exact: for each row the fewest rows that beat it, and the most that do or tie, are found over all weights
    by a program in whole numbers, solved to proven optimality.

    Args:
        scores: Scores of measures, 0..1, (rows, measures), the more the better.
        weights: Weights, (measures,), at least 0; equal if None. They are scaled to sum to 1.
        low: Least weight of each measure, of a sum of 1.
        high: Largest weight of each measure.

    Raises:
        BadAsk: No weights lie within the bounds, or weights are negative or all 0.
    """
    many = scores.shape[1]
    chosen = weights_of(weights, many, low, high)
    score = scores @ chosen
    rank = 1 + (score[None, :] > score[:, None] + EQUAL).sum(axis=1)
    best, worst = np.empty(len(scores), np.int64), np.empty(len(scores), np.int64)
    for row in range(len(scores)):
        ahead = np.delete(scores - scores[row], row, axis=0)
        best[row] = 1 + _fewest(ahead, low, high)
        # Most that are not behind is all less the fewest that are.
        worst[row] = len(scores) - _fewest(-ahead, low, high)
    return Ranks(rank.astype(np.int64), best, worst, score)


def steady(scores: Array, *, low: float = 0, high: float = 1) -> float | None:
    """Share of pairs of rows whose order no weights allowed turn; None for a single row.

    Args:
        scores: Scores of measures, 0..1, (rows, measures).
        low: Least weight of each measure.
        high: Largest weight of each measure.
    """
    corners = _corners(scores.shape[1], low, high)
    at = scores @ corners.T
    pairs = len(scores) * (len(scores) - 1) // 2
    if not pairs:
        return None
    kept = 0
    for row in range(len(scores) - 1):
        ahead = at[row + 1 :] - at[row]
        kept += int(((ahead >= -EQUAL).all(axis=1) | (ahead <= EQUAL).all(axis=1)).sum())
    return kept / pairs


def _fewest(ahead: Array, low: float, high: float) -> int:
    """Fewest of the rows whose weighted sum is above 0, over all weights allowed."""
    # What is ahead, or is not, in every corner of the weights is so everywhere.
    corners = _corners(ahead.shape[1], low, high)
    at = ahead @ corners.T
    always, never = (at > EQUAL).all(axis=1), (at <= EQUAL).all(axis=1)
    open_ = ahead[~always & ~never]
    sure = int(always.sum())
    if not len(open_):
        return sure
    return sure + _solved(open_, (open_ @ corners.T).max(axis=1), low, high)


def _solved(ahead: Array, most: Array, low: float, high: float) -> int:
    """Fewest rows above 0, by HiGHS: each is counted, or its weighted sum is at most 0.

    Args:
        ahead: (rows, measures).
        most: Largest weighted sum of each row over all weights allowed, above 0.
        low: Least weight of each measure.
        high: Largest weight of each measure.
    """
    import highspy

    number, many = ahead.shape
    level = np.hstack([ahead, -np.diag(most)])
    whole = np.concatenate([np.ones(many), np.zeros(number)])
    matrix = np.vstack([level, whole])
    lp = highspy.HighsLp()
    lp.num_col_, lp.num_row_ = many + number, number + 1
    lp.col_cost_ = np.concatenate([np.zeros(many), np.ones(number)])
    lp.col_lower_ = np.concatenate([np.full(many, low), np.zeros(number)])
    lp.col_upper_ = np.concatenate([np.full(many, high), np.ones(number)])
    lp.row_lower_ = np.concatenate([np.full(number, -np.inf), [1.0]])
    lp.row_upper_ = np.concatenate([np.zeros(number), [1.0]])
    rows, columns = np.nonzero(matrix)
    lp.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    lp.a_matrix_.start_ = np.searchsorted(rows, np.arange(number + 2)).astype(np.int32)
    lp.a_matrix_.index_ = columns.astype(np.int32)
    lp.a_matrix_.value_ = matrix[rows, columns]
    kinds = [highspy.HighsVarType.kContinuous, highspy.HighsVarType.kInteger]
    lp.integrality_ = [kinds[0]] * many + [kinds[1]] * number
    # The library tells no types.
    made: Any = highspy.Highs
    solver = made()
    # Counts are whole, so a solution within less than 1 of the bound is proven.
    for name, value in (("output_flag", False), ("mip_abs_gap", 0.99), ("mip_rel_gap", 0.0)):
        solver.setOptionValue(name, value)
    solver.passModel(lp)
    solver.run()
    status = solver.getModelStatus()
    if status != highspy.HighsModelStatus.kOptimal:
        told = solver.modelStatusToString(status)
        raise HutuoError(Text(f"名次未能求得:{told}", f"ranks were not found: {told}"))
    return round(float(solver.getObjectiveValue()))


def _corners(many: int, low: float, high: float) -> Array:
    """Corners of the weights allowed: all but one at a bound, the last what is left, within the bounds."""
    from itertools import product

    found = set()
    for free in range(many):
        for ends in product((low, high), repeat=many - 1):
            rest = 1 - sum(ends)
            if low - INSIDE <= rest <= high + INSIDE:
                corner = list(ends)
                corner.insert(free, rest)
                found.add(tuple(round(one, 12) for one in corner))
    return np.array(sorted(found), float)


def weights_of(given: npt.ArrayLike | None, many: int, low: float, high: float) -> Array:
    """Weights that sum to 1; equal ones if None.

    Raises:
        BadAsk: No weights lie within the bounds, or weights are negative or all 0.
    """
    if many * low > 1 or many * high < 1 or low > high:
        zh = f"{many}项指标的权重都在{low}至{high}之间时,和不可能为1"
        en = f"{many} weights between {low} and {high} cannot sum to 1"
        raise BadAsk(Text(zh, en))
    weights = np.ones(many) if given is None else np.asarray(given, float)
    if weights.shape != (many,) or not (weights >= 0).all() or not weights.sum() > 0:
        zh = f"权重应为{many}个不小于0、不全为0的数"
        en = f"{many} weights of at least 0, not all 0, would be right"
        raise BadAsk(Text(zh, en))
    found: Array = weights / weights.sum()
    return found
