"""The path from a base figure to a target: what is due each year, and whether the last figure keeps to it.

Three kinds of path: the same change every year (``linear``), the same growth every year (``growth``), and one
that a user set in the table ``path`` (``own``), with even steps between the years that it names. Free of any
store.

The base is the last figure of the year from which the change is counted, or of one before it; where no figure
is that old, the first one that there is.
"""

from collections.abc import Mapping, Sequence
from enum import StrEnum
from itertools import pairwise
from math import isclose
from typing import NamedTuple

from hutuo.plan.status import Point, growth


class Kind(StrEnum):
    """How a path gets from its base to the target."""

    LINEAR = "linear"
    GROWTH = "growth"
    OWN = "own"


class Path(NamedTuple):
    """What is due each year.

    Attributes:
        kind: How it was drawn.
        due: Value of each year, from the base's to the target's, both included.
        growth: Growth a year along it, as a share, on average; None where it has no meaning.
        change: Change a year along it, in the unit, on average.
    """

    kind: Kind
    due: tuple[Point, ...]
    growth: float | None
    change: float


class Kept(NamedTuple):
    """How the last figure stands to the path.

    Attributes:
        due: Value due in the year of the last figure.
        lead: By how much the figure is ahead of it, towards the target; negative: behind.
        on_path: Whether it is at least there.
    """

    due: float
    lead: float
    on_path: bool


def linear(base: Point, end: Point) -> list[Point]:
    """The same change every year; both ends are met exactly."""
    span = end.year - base.year
    between = [
        Point(base.year + n, base.value + (end.value - base.value) * n / span)
        for n in range(1, span)
    ]
    return [base, *between, end]


def constant_growth(base: Point, end: Point) -> list[Point]:
    """The same growth every year; both values must be positive."""
    span = end.year - base.year
    between = [
        Point(base.year + n, base.value * (end.value / base.value) ** (n / span))
        for n in range(1, span)
    ]
    return [base, *between, end]


def by_steps(base: Point, given: Mapping[int, float], end: Point) -> list[Point]:
    """Even steps between the values that were set; one set for the target's year does not move the target."""
    inner = [Point(year, given[year]) for year in sorted(given) if base.year < year < end.year]
    stops = [base, *inner, end]
    legs = [linear(start, stop) for start, stop in pairwise(stops)]
    return [base, *(point for leg in legs for point in leg[1:])]


def base_of(seen: Sequence[Point], since: int | None) -> Point | None:
    """The figure that a path starts from.

    Args:
        seen: Figures, the oldest first.
        since: Year from which the change is counted; None: from the first figure.
    """
    before = [point for point in seen if since is not None and point.year <= since]
    return before[-1] if before else next(iter(seen), None)


def path(
    base: Point, end: Point, kind: Kind | None = None, given: Mapping[int, float] | None = None
) -> Path:
    """The path from a base to a target.

    Args:
        base: Figure that it starts from.
        end: Year and value of the target; later than the base.
        kind: How to draw it; None: as the user set it, else by growth where both ends are positive, else
            linear. Where a kind cannot be drawn, the next of these is.
        given: Values that a user set, by year.
    """
    positive = min(base.value, end.value) > 0
    if kind is None:
        kind = Kind.OWN if given else Kind.GROWTH
    if kind is Kind.OWN and not given:
        kind = Kind.GROWTH
    if kind is Kind.GROWTH and not positive:
        kind = Kind.LINEAR
    if kind is Kind.OWN:
        due = by_steps(base, given or {}, end)
    else:
        due = linear(base, end) if kind is Kind.LINEAR else constant_growth(base, end)
    change = (end.value - base.value) / (end.year - base.year)
    return Path(kind, tuple(due), growth(base, end), change)


def kept(operator: str, way: Path, last: Point) -> Kept:
    """How a figure stands to the path; past the target's year, to the target."""
    year = min(max(last.year, way.due[0].year), way.due[-1].year)
    due = way.due[year - way.due[0].year].value
    upward = _upward(operator, way.due)
    lead = last.value - due if upward else due - last.value
    near = isclose(last.value, due, rel_tol=1e-9, abs_tol=1e-12)
    return Kept(due, 0.0 if near else lead, near or lead > 0)


def _upward(operator: str, due: Sequence[Point]) -> bool:
    """Whether more is better: as the operator says; of an exact value, as the path leads."""
    if operator == "=":
        return due[-1].value >= due[0].value
    return operator in (">", ">=")
