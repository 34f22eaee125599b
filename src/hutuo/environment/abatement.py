"""The marginal abatement curve: measures from the cheapest tonne to the dearest.

Measures that exclude each other come as steps: from one to the next that takes off more, at what the
further tonnes cost. One that another beats is left out, and so is one whose steps would get cheaper further
on (the next is then taken at once), as in the hull of a multiple-choice knapsack.

Source: E. Zemel, The linear multiple choice knapsack problem, Operations Research 28 (1980) 1412-1423.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from hutuo.environment.measures import Measure, benefit, checked

__all__ = ["Step", "abatement_curve"]


class Step(NamedTuple):
    """One step of the curve.

    Attributes:
        measure: Measure that is taken.
        instead_of: Measure of the same choice that it takes the place of.
        reduction: What is taken off more.
        cost: Yuan a year that it costs more.
        marginal: Cost over reduction.
        total: Reduction with all steps up to this one.
        total_cost: Cost with all steps up to this one.
    """

    measure: str
    instead_of: str | None
    reduction: float
    cost: float
    marginal: float
    total: float
    total_cost: float


class _Move(NamedTuple):
    measure: Measure
    before: Measure | None
    reduction: float
    cost: float

    @property
    def marginal(self) -> float:
        return self.cost / self.reduction


def abatement_curve(measures: Sequence[Measure], weights: Mapping[str, float]) -> list[Step]:
    """Steps by what a further tonne costs, cheapest first; one that needs another comes after it.

    Args:
        measures: Each with the tonnes that it takes off.
        weights: What a tonne of each substance counts for.

    Returns:
        The steps. Measures that take off nothing, are beaten, or need one that is not on the curve are not
        among them. A step may take the place of a measure that another needs: which set is best within a
        budget is for :func:`hutuo.environment.choosing.best_set` to say.
    """
    given = checked(measures)
    groups: dict[str, list[Measure]] = defaultdict(list)
    for one in given:
        groups[
            f"choice:{one.choice}" if one.choice is not None else f"alone:{one.measure}"
        ].append(one)
    waiting = [_hull(several, weights) for several in groups.values()]
    steps: list[Step] = []
    taken: set[str] = set()
    total, spent = 0.0, 0.0
    while ready := [
        moves for moves in waiting if moves and taken.issuperset(moves[0].measure.needs)
    ]:
        moves = min(ready, key=lambda moves: (moves[0].marginal, moves[0].measure.measure))
        move = moves.pop(0)
        taken.add(move.measure.measure)
        total, spent = total + move.reduction, spent + move.cost
        before = move.before.measure if move.before else None
        steps.append(
            Step(
                move.measure.measure,
                before,
                move.reduction,
                move.cost,
                move.marginal,
                total,
                spent,
            )
        )
    return steps


def _hull(several: Sequence[Measure], weights: Mapping[str, float]) -> list[_Move]:
    """Moves from nothing to the measure that takes off most, each dearer by the tonne than the one before."""
    points = sorted(
        ((benefit(one.effects, weights).value, one.cost.value, one) for one in several),
        key=lambda point: (point[0], -point[1], point[2].measure),
    )
    moves: list[_Move] = []
    for reduction, cost, one in points:
        if reduction <= 0:
            continue
        move = _move(moves, one, reduction, cost)
        # A move that is no dearer by the tonne than the one before makes that one needless.
        while moves and (move.reduction <= 0 or move.marginal <= moves[-1].marginal):
            moves.pop()
            move = _move(moves, one, reduction, cost)
        moves.append(move)
    return moves


def _move(moves: Sequence[_Move], one: Measure, reduction: float, cost: float) -> _Move:
    before = moves[-1].measure if moves else None
    at = sum(move.reduction for move in moves)
    paid = sum(move.cost for move in moves)
    return _Move(one, before, reduction - at, cost - paid)
