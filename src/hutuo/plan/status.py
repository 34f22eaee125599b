"""Where a target stands: the documented rule from figures to status, free of any store.

The rule, in this order:

1. ``not_measurable``: the plan leaves open what would have to be reached (how many objects, 一批).
2. ``no_data``: no figure of the indicator for the geography.
3. ``met``: the last figure stands to the value as the operator asks.
4. ``off_track``: the year is over and the target is not met.
5. ``no_data``: one figure only, so that no pace can be told.
6. ``on_track`` / ``off_track``: the pace seen between the first and the last figure is / is not at least
   the pace that is needed from the last figure to the value by the year. Pace is compound growth where
   all figures are positive, else change a year. A target without a year is held against the end of the
   plan's period.
"""

from collections.abc import Callable, Sequence
from enum import StrEnum
from math import isclose
from typing import NamedTuple

REACHED: dict[str, Callable[[float, float], bool]] = {
    ">=": lambda seen, value: seen >= value,
    ">": lambda seen, value: seen > value,
    "<=": lambda seen, value: seen <= value,
    "<": lambda seen, value: seen < value,
    "=": lambda seen, value: isclose(seen, value, rel_tol=1e-9),
}


class Status(StrEnum):
    """Where a target stands."""

    MET = "met"
    ON_TRACK = "on_track"
    OFF_TRACK = "off_track"
    NO_DATA = "no_data"
    NOT_MEASURABLE = "not_measurable"


class Point(NamedTuple):
    """A figure of a year, in the target's unit."""

    year: int
    value: float


class Standing(NamedTuple):
    """What figures say of a target.

    Attributes:
        status: Where it stands.
        distance: What is missing to the value, in the unit; 0 when met, None without a figure.
        needed_growth: Growth a year (share) from the last figure to the value; None where none is needed
            or it cannot be told.
        seen_growth: Growth a year (share) between first and last figure; None where it cannot be told.
        rule: Number of the rule above that decided.
    """

    status: Status
    distance: float | None
    needed_growth: float | None
    seen_growth: float | None
    rule: int


def standing(
    operator: str,
    value: float,
    year: int | None,
    seen: Sequence[Point],
    *,
    measurable: bool = True,
) -> Standing:
    """Where a target stands by the rule of this module.

    Args:
        operator: One of ``>= > <= < =``.
        value: Value to reach.
        year: Year by which; None for no end.
        seen: Figures in the target's unit, the oldest first.
        measurable: False where the plan leaves open what would have to be reached.
    """
    if not measurable:
        return Standing(Status.NOT_MEASURABLE, None, None, None, 1)
    if not seen:
        return Standing(Status.NO_DATA, None, None, None, 2)
    last = seen[-1]
    pace = growth(seen[0], last)
    if REACHED[operator](last.value, value):
        return Standing(Status.MET, 0.0, None, pace, 3)
    distance = abs(value - last.value)
    if year is not None and last.year >= year:
        return Standing(Status.OFF_TRACK, distance, None, pace, 4)
    needed = growth(last, Point(year, value)) if year is not None else None
    if len(seen) == 1 or seen[0].year == last.year:
        return Standing(Status.NO_DATA, distance, needed, None, 5)
    enough = _keeps_pace(seen[0], last, value, year)
    status = Status.ON_TRACK if enough else Status.OFF_TRACK
    return Standing(status, distance, needed, pace, 6)


def growth(start: Point, end: Point) -> float | None:
    """Compound growth a year between two figures, as a share; None where a logarithm has no meaning."""
    years = end.year - start.year
    if years <= 0 or start.value <= 0 or end.value <= 0:
        return None
    return float((end.value / start.value) ** (1 / years) - 1)


def _keeps_pace(first: Point, last: Point, value: float, year: int | None) -> bool:
    """Whether the pace seen, kept up, reaches the value in time; without a year, whether it comes nearer."""
    span = last.year - first.year
    if year is None:
        return abs(value - last.value) < abs(value - first.value)
    left = year - last.year
    if min(first.value, last.value, value) > 0:
        reached: float = last.value * (last.value / first.value) ** (left / span)
    else:
        reached = last.value + (last.value - first.value) * left / span
    return bool(reached >= value if value > last.value else reached <= value)
