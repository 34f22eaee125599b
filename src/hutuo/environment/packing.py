"""The best set of measures for many draws at once: what a solver proves for one, for hundreds in a second.

Measures that exclude or need each other form parts; of each part the sets that can be are listed. Then one
set of every part is to be taken: a knapsack with multiple choices. Its Lagrangian bound is found for all
draws together; sets that lose more than the gap between bound and a known solution are left out, which leaves
few; those are put together by dynamic programming over costs and gains of which none is better in both.

Source: H. Kellerer, U. Pferschy and D. Pisinger, Knapsack Problems (Springer 2004), ch. 11: multiple-choice
knapsack, reduction by bounds and dynamic programming with dominance.
"""

from collections.abc import Sequence
from math import fsum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.environment.measures import Measure

__all__ = ["Parts", "packed", "parts_of"]

Array = npt.NDArray[np.float64]
Which = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.int64]
# Sets of a part, and states of the programme, beyond which a solver is quicker.
MOST_SETS, MOST_STATES = 512, 200_000
HALVINGS, SWAPS = 60, 4
SLACK = 1e-9


class Parts(NamedTuple):
    """Sets of measures that can be, part by part.

    Attributes:
        sets: Whether a measure is in a set, (sets, measures); those of a part lie together.
        starts: First set of each part, (parts,).
        part: Part of each set, (sets,).
    """

    sets: Array
    starts: Numbers
    part: Numbers


def parts_of(given: Sequence[Measure]) -> Parts | None:
    """The parts of measures; None where one can be in too many ways.

    Args:
        given: Measures that were checked.
    """
    rows: list[Array] = []
    starts, part = [], []
    for number, members in enumerate(_connected(given)):
        subsets = _subsets(given, members)
        if subsets is None:
            return None
        starts.append(len(rows))
        part += [number] * len(subsets)
        for subset in subsets:
            row = np.zeros(len(given))
            row[list(subset)] = 1.0
            rows.append(row)
    return Parts(np.array(rows), np.array(starts, dtype=np.int64), np.array(part, dtype=np.int64))


def packed(parts: Parts, gains: Array, costs: Array, budget: float) -> list[Which | None]:
    """Which measures to take, draw by draw: most gain within the budget.

    Args:
        parts: Of the measures.
        gains: (measures, draws).
        costs: In the same shape.
        budget: 0 or more; to take nothing costs nothing.

    Returns:
        For each draw (measures,); None where too much is left to be tried.
    """
    gained, paid = parts.sets @ gains, parts.sets @ costs
    price = _prices(parts, gained, paid, budget)
    worth = gained - price * paid
    best = np.maximum.reduceat(worth, parts.starts, axis=0)
    bound = price * budget + best.sum(axis=0)
    losses = best[parts.part] - worth
    known = _improved(parts, (gained, paid), _first(parts, losses, paid), budget)
    found: list[Which | None] = []
    for n in range(gains.shape[1]):
        sure = gained[known[:, n], n].sum()
        left = bound[n] - sure + SLACK * (1.0 + abs(bound[n]))
        chosen = _joined(
            parts, (gained[:, n], paid[:, n], losses[:, n]), left, (budget, costs[:, n])
        )
        found.append(chosen)
    return found


def _prices(parts: Parts, gained: Array, paid: Array, budget: float) -> Array:
    """What a yuan is worth in each draw: the least at which what is taken for its worth can be paid."""

    def spent(price: Array) -> Array:
        worth = gained - price * paid
        best = np.maximum.reduceat(worth, parts.starts, axis=0)
        cost = np.where(worth >= best[parts.part], paid, np.inf)
        return np.asarray(np.minimum.reduceat(cost, parts.starts, axis=0).sum(axis=0))

    draws = gained.shape[1]
    low, high = np.zeros(draws), np.full(draws, _scale(gained, paid))
    short = spent(low) > budget
    while (over := short & (spent(high) > budget)).any():
        high[over] *= 4.0
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        over = spent(middle) > budget
        low, high = np.where(over, middle, low), np.where(over, high, middle)
    return np.where(short, high, 0.0)


def _scale(gained: Array, paid: Array) -> float:
    most = float(np.abs(paid).max(initial=0.0))
    return float(np.abs(gained).max(initial=0.0)) / most if most else 1.0


def _first(parts: Parts, losses: Array, paid: Array) -> Numbers:
    """The cheapest of the sets that lose nothing, (parts, draws)."""
    cost = np.where(losses <= 0.0, paid, np.inf)
    ends = [*parts.starts[1:].tolist(), len(parts.part)]
    return np.array(
        [
            start + cost[start:end].argmin(axis=0)
            for start, end in zip(parts.starts.tolist(), ends, strict=True)
        ]
    )


def _improved(
    parts: Parts, figures: tuple[Array, Array], taken: Numbers, budget: float
) -> Numbers:
    """A known solution with the few single changes that gain most and can be paid."""
    gained, paid = figures
    draws = np.arange(taken.shape[1])
    for _ in range(SWAPS):
        now = taken[parts.part]
        more = gained - np.take_along_axis(gained, now, axis=0)
        spent = np.take_along_axis(paid, taken, axis=0).sum(axis=0)
        fits = spent + paid - np.take_along_axis(paid, now, axis=0) <= budget
        change = np.where(fits, more, -np.inf).argmax(axis=0)
        better = fits[change, draws] & (more[change, draws] > 0)
        taken[parts.part[change[better]], draws[better]] = change[better]
    return taken


def _joined(
    parts: Parts,
    figures: tuple[Array, Array, Array],
    gap: float,
    limit: tuple[float, Array],
) -> Which | None:
    """The best of what is left of one draw; None if that is too much."""
    gained, paid, losses = figures
    kept = np.flatnonzero(losses <= gap)
    many = np.bincount(parts.part[kept], minlength=len(parts.starts))[parts.part[kept]]
    sure, open_ = kept[many == 1], kept[many > 1]
    groups = np.split(open_, np.flatnonzero(np.diff(parts.part[open_])) + 1) if len(open_) else []
    least = np.array([paid[group].min() for group in groups])
    # What all later parts cost at least.
    ahead = np.append(np.cumsum(least[::-1])[::-1][1:], 0.0)
    cost, gain, loss = (np.array([of[sure].sum()]) for of in (paid, gained, losses))
    steps: list[tuple[Numbers, Numbers]] = []
    slack = SLACK * (1.0 + abs(limit[0]) + float(np.abs(paid).sum()))
    for group, later in zip(groups, ahead[: len(groups)], strict=True):
        costs = (cost[:, None] + paid[group]).ravel()
        gains = (gain[:, None] + gained[group]).ravel()
        lost = (loss[:, None] + losses[group]).ravel()
        may = np.flatnonzero((lost <= gap) & (costs + later <= limit[0] + slack))
        if len(may) > MOST_STATES:
            return None
        at = may[_undominated(costs[may], gains[may])]
        steps.append((at // len(group), group[at % len(group)]))
        cost, gain, loss = costs[at], gains[at], lost[at]
    return _payable(parts, (parts.sets[sure].sum(axis=0), steps), gain, limit)


def _undominated(cost: Array, gain: Array) -> Numbers:
    """States than which none is both cheaper and better, by cost."""
    order = np.lexsort((-gain, cost))
    ranked = gain[order]
    before = np.concatenate([[-np.inf], np.maximum.accumulate(ranked)[:-1]])
    return np.asarray(order[ranked > before], dtype=np.int64)


def _payable(
    parts: Parts,
    made: tuple[Array, list[tuple[Numbers, Numbers]]],
    gain: Array,
    limit: tuple[float, Array],
) -> Which | None:
    """The best state whose costs, summed without rounding, are within the budget."""
    budget, costs = limit
    for state in np.argsort(-gain, kind="stable").tolist():
        at, row = state, made[0].copy()
        for before, which in reversed(made[1]):
            row += parts.sets[which[at]]
            at = int(before[at])
        chosen: Which = row > 0
        if fsum(costs[chosen]) <= budget:
            return chosen
    return None


def _connected(given: Sequence[Measure]) -> list[list[int]]:
    """Measures, by number, that exclude or need each other, also by way of others."""
    place = {one.measure: n for n, one in enumerate(given)}
    root = list(range(len(given)))

    def top(n: int) -> int:
        while root[n] != n:
            root[n] = root[root[n]]
            n = root[n]
        return n

    first: dict[str, int] = {}
    for n, one in enumerate(given):
        tied = [place[name] for name in one.needs]
        if one.choice is not None:
            tied.append(first.setdefault(one.choice, n))
        for other in tied:
            root[top(n)] = top(other)
    members: dict[int, list[int]] = {}
    for n in range(len(given)):
        members.setdefault(top(n), []).append(n)
    return list(members.values())


def _subsets(given: Sequence[Measure], members: Sequence[int]) -> list[tuple[int, ...]] | None:
    """Sets of a part that can be, the empty one first; None if there are too many."""
    found: list[tuple[int, ...]] = [()]
    for n in _needed_first(given, members):
        one = given[n]
        for there in list(found):
            names = {given[m].measure for m in there}
            choices = {given[m].choice for m in there if given[m].choice is not None}
            if names.issuperset(one.needs) and one.choice not in choices:
                found.append((*there, n))
        if len(found) > MOST_SETS:
            return None
    return found


def _needed_first(given: Sequence[Measure], members: Sequence[int]) -> list[int]:
    """Members so that each comes after what it needs; none needs itself, as was checked."""
    left, order, done = list(members), [], set[str]()
    while left:
        ready = [n for n in left if done.issuperset(given[n].needs)]
        order += ready
        done |= {given[n].measure for n in ready}
        left = [n for n in left if n not in ready]
    return order
