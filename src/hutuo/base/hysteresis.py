"""When a level that is watched is passed, and when it is safe again: by two bounds, so that none flutters."""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Minutes = NDArray[np.float64]
    Values = NDArray[np.float64]
    Flags = NDArray[np.bool_]


class Bounds(NamedTuple):
    """Where a warning is raised and where it is cleared.

    Attributes:
        raise_at: Readings at or past it are dangerous.
        clear_at: A reading past it, on the other side, is safe again.
        hold: Minutes that readings must stay at or past ``raise_at`` first.
        below: Whether low readings are the dangerous ones.
    """

    raise_at: float
    clear_at: float
    hold: float = 0.0
    below: bool = False


class Spell(NamedTuple):
    """Readings during which a warning stands, by their positions.

    Attributes:
        first: The one that reached the bound.
        raised: The one by which the bound had been held for long enough.
        cleared: The one that was safe again; None while it stands.
        peak: The most dangerous one between.
    """

    first: int
    raised: int
    cleared: int | None
    peak: int


def spells(minutes: "Minutes", values: "Values", bounds: Bounds) -> list[Spell]:
    """Warnings that readings of one place would have raised, in order.

    A gap neither raises nor clears: what is not known is not safe.

    Args:
        minutes: Time of each reading, (n,), increasing.
        values: The readings, (n,).
        bounds: Where a warning is raised and cleared.
    """
    import numpy as np

    sign = -1.0 if bounds.below else 1.0
    level = sign * values
    high, safe = level >= sign * bounds.raise_at, level < sign * bounds.clear_at
    raising, starts = _raising(minutes, high, bounds.hold)
    clearing = np.flatnonzero(safe)
    found: list[Spell] = []
    after = 0
    while True:
        at = int(np.searchsorted(raising, after))
        if at == len(raising):
            return found
        raised = int(raising[at])
        end = int(np.searchsorted(clearing, raised, side="right"))
        cleared = int(clearing[end]) if end < len(clearing) else None
        first = int(starts[at])
        peak = first + int(np.argmax(level[first:cleared]))
        found.append(Spell(first, raised, cleared, peak))
        if cleared is None:
            return found
        after = cleared


def _raising(
    minutes: "Minutes", high: "Flags", hold: float
) -> "tuple[NDArray[np.int64], NDArray[np.int64]]":
    """Readings that are dangerous for long enough, and where the run of each began."""
    import numpy as np

    at = np.arange(len(high))
    begins = high & ~np.concatenate([[False], high[:-1]])
    start = np.maximum.accumulate(np.where(begins, at, 0)) if len(at) else at
    raising = np.flatnonzero(high & (minutes - minutes[start] >= hold))
    return raising, start[raising]
