"""The best set of measures: most reduction within a budget, or least cost for what is to be reached.

A mixed-integer programme: one binary variable a measure, those of one choice exclude each other, one that
needs another is not without it. HiGHS proves the set best. Its tolerance is relative, so a set that would
overspend by a rounding is cut off and the programme solved again.

Source: Q. Huangfu and J. A. J. Hall, Parallelizing the dual revised simplex method, Mathematical Programming
Computation 10 (2018) 119-142 (HiGHS).
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from math import fsum
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.environment.measures import WHAT, Measure, Spread, benefit, checked
from hutuo.environment.packing import packed, parts_of
from hutuo.environment.refusing import refuse, unfit
from hutuo.errors import BadAsk, Unavailable
from hutuo.glossary import Text

__all__ = ["Drawn", "best_set", "cheapest_set", "drawn", "gain_together"]

Array = npt.NDArray[np.float64]
Which = npt.NDArray[np.bool_]


class Drawn(NamedTuple):
    """What becomes of the best set where costs and effects are drawn from their ranges.

    Attributes:
        share: By measure, in how many of the draws it was in the best set, 0..1.
        low, middle, high: Reduction of the best set: 5, 50 and 95 per cent of the draws are below.
        draws: Number of draws.
    """

    share: dict[str, float]
    low: float
    middle: float
    high: float
    draws: int


def best_set(
    measures: Sequence[Measure], weights: Mapping[str, float], budget: float
) -> list[Measure]:
    """The set that reduces most within a budget, in the order given.

    Args:
        measures: Each with the tonnes that it takes off.
        weights: What a tonne of each substance counts for.
        budget: Yuan a year; measures that pay leave more of it.

    Raises:
        BadInput: Measures are faulty, or the budget is negative.
    """
    given = checked(measures)
    refuse(WHAT, unfit("budget", None, {"budget": budget}))
    gains = [benefit(one.effects, weights).value for one in given]
    return _picked(given, _best(given, gains, [one.cost.value for one in given], budget))


def cheapest_set(measures: Sequence[Measure], targets: Mapping[str, float]) -> list[Measure]:
    """The cheapest set that takes off so many tonnes of each substance.

    Args:
        measures: Each with the tonnes that it takes off.
        targets: Tonnes by substance.

    Raises:
        BadAsk: No set reaches the targets.
        BadInput: Measures or targets are faulty.
    """
    given = checked(measures)
    refuse(WHAT, unfit("targets", None, targets))
    rows = [
        (np.array([one.effects.get(name, Spread(0, 0, 0)).value for one in given]), least)
        for name, least in targets.items()
    ]
    costs = np.array([one.cost.value for one in given])
    found = _solved(given, costs, [(_scaled(-row, -least)) for row, least in rows])
    if found is None:
        says = Text("没有措施组合能达到目标", "no set of measures reaches the targets")
        raise BadAsk(says, Text("降低目标或增加措施", "lower the targets, or add measures"))
    return _picked(given, found)


def drawn(
    measures: Sequence[Measure],
    weights: Mapping[str, float],
    budget: float,
    *,
    draws: int = 200,
    seed: int = 1,
) -> Drawn:
    """The best set again and again, costs and effects drawn from triangles over their ranges.

    Each cost and each effect is drawn by itself. A share near 1 tells that the measure is right whatever the
    figures turn out to be.
    """
    given = checked(measures)
    dice = np.random.default_rng(seed)
    costs = np.array([_throw(dice, one.cost, draws) for one in given])
    gains = np.array([_gains(dice, one, weights, draws) for one in given])
    picked = _each_best(given, gains, costs, budget)
    reached = np.einsum("dm,md->d", picked, gains) if len(given) else np.zeros(draws)
    low, middle, high = (float(q) for q in np.quantile(reached, [0.05, 0.5, 0.95]))
    share = {one.measure: float(picked[:, n].mean()) for n, one in enumerate(given)}
    return Drawn(share, low, middle, high, draws)


def _each_best(given: Sequence[Measure], gains: Array, costs: Array, budget: float) -> Which:
    """The best set of each draw, (draws, measures); by the solver where they cannot be found together."""
    many, draws = len(given), gains.shape[1] if len(given) else 0
    parts = parts_of(given) if many and budget >= 0 else None
    found = packed(parts, gains, costs, budget) if parts else [None] * draws
    rows = [
        _best(given, gains[:, n], costs[:, n], budget) if one is None else one
        for n, one in enumerate(found)
    ]
    return np.array(rows, dtype=bool).reshape(draws, many)


def gain_together(
    measures: Sequence[Measure],
    weights: Mapping[str, float],
    budgets: Mapping[str, float],
    pair: tuple[str, str],
) -> tuple[float, list[Measure]]:
    """What two places reduce each with its own budget, and the best set with one budget.

    The one budget is never worse, unless a choice spans both places.

    Args:
        measures: Of all places.
        weights: What a tonne of each substance counts for.
        budgets: Yuan a year by place.
        pair: The two places.
    """
    apart = fsum(
        benefit(one.effects, weights).value
        for place in pair
        for one in best_set(_within(measures, {place}), weights, budgets[place])
    )
    return apart, best_set(
        _within(measures, set(pair)), weights, budgets[pair[0]] + budgets[pair[1]]
    )


def _within(measures: Sequence[Measure], places: set[str]) -> list[Measure]:
    """Measures of some places, without those that need one elsewhere."""
    left = [one for one in measures if one.place in places]
    while True:
        there = {one.measure for one in left}
        kept = [one for one in left if there.issuperset(one.needs)]
        if len(kept) == len(left):
            return kept
        left = kept


def _best(given: Sequence[Measure], gains: Any, costs: Any, budget: float) -> Which:
    """Which measures to take: most gain within the budget; none costs nothing, so there is a set."""
    gained, paid = np.asarray(gains, float), np.asarray(costs, float)
    cuts: list[tuple[Array, float]] = []
    while True:
        found = _solved(given, -gained, [_scaled(paid, budget), *cuts])
        if found is None:
            return np.zeros(len(given), dtype=bool)
        if fsum(paid[found]) <= budget:
            return found
        # Every other set differs from this one in at least one measure.
        cuts.append((np.where(found, 1.0, -1.0), float(found.sum()) - 1))


def _solved(
    given: Sequence[Measure], costs: Array, limits: list[tuple[Array, float]]
) -> Which | None:
    """The cheapest set within limits (row, most); None if there is none."""
    import highspy

    if not given:
        return np.zeros(0, dtype=bool) if all(most >= 0 for _, most in limits) else None
    solver: Any = _loaded(costs, [*limits, *_ties(given)])
    solver.run()
    state, states = solver.getModelStatus(), highspy.HighsModelStatus
    if state in (states.kInfeasible, states.kUnboundedOrInfeasible):
        return None
    if state != states.kOptimal:
        name = solver.modelStatusToString(state)
        says = Text(f"求解器失败:{name}", f"the solver failed: {name}")
        raise Unavailable(says, Text("检查数据的量级", "look at the size of the figures"))
    picked: Which = np.greater(solver.getSolution().col_value, 0.5)
    return picked


def _loaded(costs: Array, rows: list[tuple[Array, float]]) -> Any:
    """The solver with binary variables, what each costs, and rows that are at most so much."""
    import highspy
    from scipy.sparse import csc_array

    table = csc_array(np.array([row for row, _ in rows]))
    many, lp = len(costs), highspy.HighsLp()
    lp.num_col_, lp.num_row_ = many, len(rows)
    lp.col_cost_ = costs / (float(np.abs(costs).max()) or 1.0)
    lp.col_lower_, lp.col_upper_ = np.zeros(many), np.ones(many)
    lp.row_lower_ = np.full(len(rows), -highspy.kHighsInf)
    lp.row_upper_ = np.array([most for _, most in rows])
    lp.a_matrix_.format_ = highspy.MatrixFormat.kColwise
    lp.a_matrix_.start_ = table.indptr.astype(np.int32)
    lp.a_matrix_.index_ = table.indices.astype(np.int32)
    lp.a_matrix_.value_ = table.data.astype(np.float64)
    lp.integrality_ = [highspy.HighsVarType.kInteger] * many
    made: Any = highspy.Highs
    solver = made()
    exact = {"output_flag": False, "mip_rel_gap": 0.0, "mip_abs_gap": 0.0, "random_seed": 0}
    for option, value in exact.items():
        solver.setOptionValue(option, value)
    solver.passModel(lp)
    return solver


def _ties(given: Sequence[Measure]) -> list[tuple[Array, float]]:
    """Rows of choices (one at most) and of needs (not without)."""
    place = {one.measure: n for n, one in enumerate(given)}
    choices: dict[str, list[int]] = defaultdict(list)
    rows = []
    for n, one in enumerate(given):
        if one.choice is not None:
            choices[one.choice].append(n)
        for name in one.needs:
            row = np.zeros(len(given))
            row[n], row[place[name]] = 1.0, -1.0
            rows.append((row, 0.0))
    for several in choices.values():
        row = np.zeros(len(given))
        row[several] = 1.0
        rows.append((row, 1.0))
    return rows


def _scaled(row: Array, most: float) -> tuple[Array, float]:
    """A limit whose largest figure is 1, so that the solver's tolerance is relative."""
    size = max(float(np.abs(row).max(initial=0.0)), abs(most), 1e-300)
    return row / size, most / size


def _picked(given: Sequence[Measure], which: Which) -> list[Measure]:
    return [one for one, taken in zip(given, which, strict=True) if taken]


def _throw(dice: np.random.Generator, much: Spread, draws: int) -> Array:
    if much.low == much.high:
        return np.full(draws, much.value)
    return dice.triangular(much.low, much.value, much.high, draws)


def _gains(
    dice: np.random.Generator, one: Measure, weights: Mapping[str, float], draws: int
) -> Array:
    """Weighted reductions of a measure, draw by draw."""
    total = np.zeros(draws)
    for name, much in one.effects.items():
        if name in weights:
            total += weights[name] * _throw(dice, much, draws)
    return total
