"""How many opportunities are in reach of each place, how far the nearest are, and who reaches them.

Every measure takes minutes as a matrix (origins, destinations), inf where there is no way, or as a `Reach`;
it streams them once and keeps nothing of their size. A place that reaches nothing has 0 (or inf minutes) in
the answer, it never goes missing.
"""

from collections.abc import Sequence
from typing import Any

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.space.decay import Decay, binary, stepped
from hutuo.space.pairs import Rows
from hutuo.space.reach import Batches, Minutes, Reach, figures, reach_of
from hutuo.space.streams import across, along, spread

__all__ = [
    "cumulative",
    "cumulative_interval",
    "gravity",
    "minutes_to_nearest",
    "passive",
    "summed",
]

Floats = NDArray[np.float64]


def cumulative(
    minutes: Minutes, opportunities: ArrayLike, limit: float, *, included: bool = True
) -> Floats:
    """Opportunities within a limit of each origin.

    Args:
        minutes: Minutes, (origins, destinations), 0 or more, inf where there is no way; or a reach.
        opportunities: Opportunities at each destination, (destinations,), 0 or more.
        limit: Minutes.
        included: Whether the limit itself counts: t <= limit, else t < limit.

    Returns:
        Opportunities, (origins,), in the order of the minutes.

    Raises:
        BadInput: Minutes or opportunities that are negative or missing, or shapes that do not meet.

    Source: Wachs and Kumagai 1973, "Physical accessibility as a social indicator".
    """
    return gravity(minutes, opportunities, binary(limit, included=included))


def cumulative_interval(
    minutes: Minutes,
    opportunities: ArrayLike,
    limits: Sequence[float],
    *,
    summary: str = "mean",
    included: bool = True,
) -> Floats:
    """Opportunities in reach, summed up over several limits, so that no single limit decides.

    Args:
        minutes: Minutes, (origins, destinations), or a reach.
        opportunities: Opportunities at each destination, (destinations,), 0 or more.
        limits: Minutes, ascending, as ``range(25, 36)``.
        summary: "mean" or "median" of the opportunities within each limit.
        included: Whether a limit itself counts.

    Returns:
        Opportunities, (origins,).

    Raises:
        BadAsk: Limits do not ascend, or another summary.
        BadInput: As for ``cumulative``.

    Source: Tomasiello, Herszenhut, Oliveira, Braga and Pereira 2023, "A time interval metric for cumulative
    opportunity accessibility".
    """
    if summary not in {"mean", "median"}:
        raise BadAsk(
            Text(
                f"summary为“{summary}”;可用mean或median",
                f"summary is '{summary}'; it can be 'mean' or 'median'",
            )
        )
    # The share of limits that a travel time lies within, exactly the mean over all limits.
    shares = [(len(limits) - passed) / max(len(limits), 1) for passed in range(len(limits))]
    decay = stepped(limits, shares, included=included)
    if summary == "mean":
        return gravity(minutes, opportunities, decay)
    reach = reach_of(minutes).rows_by("origin")
    wanted = figures("opportunities", opportunities, reach.shape[1])
    sums = np.zeros(reach.shape[0])

    def work(part: Rows, out: Floats) -> None:
        _medians(part, decay.weighing(part.values.dtype).limits, wanted, out)

    spread(reach, decay, work, sums, apart=False)
    return sums


def gravity(minutes: Minutes, opportunities: ArrayLike, decay: Decay) -> Floats:
    """Opportunities of each origin, each counted by the weight of its travel time.

    Args:
        minutes: Minutes, (origins, destinations), or a reach.
        opportunities: Opportunities at each destination, (destinations,), 0 or more.
        decay: Weight by minutes, of `hutuo.space.decay`.

    Returns:
        Weighted opportunities, (origins,).

    Raises:
        BadInput: As for ``cumulative``.

    Source: Hansen 1959, "How accessibility shapes land use".
    """
    reach = reach_of(minutes)
    return summed(
        reach, decay, figures("opportunities", opportunities, reach.shape[1]), to="origin"
    )


def passive(minutes: Minutes, people: ArrayLike, decay: Decay) -> Floats:
    """People who reach each destination, each counted by the weight of the travel time.

    Args:
        minutes: Minutes, (origins, destinations), or a reach.
        people: People at each origin, (origins,), 0 or more.
        decay: Weight by minutes; ``binary(30)`` counts the people within 30 minutes.

    Returns:
        People, (destinations,).

    Raises:
        BadInput: As for ``cumulative``.

    Source: Papa and Coppola 2012, "Gravity-based accessibility measures for integrated transport-land use
    planning".
    """
    reach = reach_of(minutes)
    return summed(reach, decay, figures("people", people, reach.shape[0]), to="destination")


def minutes_to_nearest(
    minutes: Minutes, opportunities: ArrayLike, count: float = 1, *, summary: str = "last"
) -> Floats:
    """Minutes until a number of opportunities is reached.

    Args:
        minutes: Minutes, (origins, destinations), or a reach.
        opportunities: Opportunities at each destination, (destinations,), 0 or more; two schools at one place
            are two.
        count: How many must be reached, above 0.
        summary: "last": minutes to the last of them; "mean": their mean, one that is needed in part counting
            in part.

    Returns:
        Minutes, (origins,); inf where fewer than ``count`` can be reached.

    Raises:
        BadAsk: A count that is not above 0, or another summary.
        BadInput: As for ``cumulative``.

    Source: Apparicio, Abdelmajid, Riva and Shearmur 2008, "Comparing alternative approaches to measuring the
    geographical accessibility of urban health services".
    """
    if not count > 0:
        raise BadAsk(Text(f"count为{count:g};应大于0", f"count is {count:g}; it must be above 0"))
    if summary not in {"last", "mean"}:
        raise BadAsk(
            Text(
                f"summary为“{summary}”;可用last或mean",
                f"summary is '{summary}'; it can be 'last' or 'mean'",
            )
        )
    reach = reach_of(minutes).rows_by("origin")
    wanted = figures("opportunities", opportunities, reach.shape[1])
    sums = np.zeros(reach.shape[0])

    def work(part: Rows, out: Floats) -> None:
        _nearest(part, wanted, float(count), summary == "mean", out)

    spread(reach, binary(np.inf), work, sums, apart=False)
    return sums


def summed(
    reach: Reach | Batches, decay: Decay, given: Floats, *, to: str, power: int = 1
) -> Floats:
    """Figures of the one side summed by weight at the other, whichever way the reach is stored."""
    kernel = along if to == reach.by else across
    sums = np.zeros(reach.shape[0 if to == "origin" else 1])

    def work(part: Rows, out: Floats) -> None:
        kernel(part, decay.weighing(part.values.dtype, power), given, out)

    spread(reach, decay, work, sums, apart=kernel is across)
    return sums


@njit(cache=True, nogil=True)
def _medians(rows: Rows, limits: NDArray[Any], figures: Floats, sums: Floats) -> None:
    """Median of the sums within the limits: they grow with the limit, so it is the middle one."""
    within = np.empty(limits.size)
    for row in range(rows.first, rows.last):
        start, end = rows.ptr[row] - rows.base, rows.ptr[row + 1] - rows.base
        other = rows.other if rows.every else rows.other[rows.ptr[row] : rows.ptr[row + 1]]
        within[:] = 0.0
        for k in range(end - start):
            step = np.searchsorted(limits, rows.values[start + k])
            if step < limits.size:
                within[step] += figures[other[k]]
        for step in range(1, limits.size):
            within[step] += within[step - 1]
        sums[row] = (within[(limits.size - 1) // 2] + within[limits.size // 2]) / 2


@njit(cache=True, nogil=True)
def _nearest(rows: Rows, figures: Floats, count: float, mean: bool, sums: Floats) -> None:  # noqa: FBT001
    """Keep the nearest in a heap, the farthest on top, and no more than are needed."""
    room = 0
    for row in range(rows.first, rows.last):
        room = max(room, rows.ptr[row + 1] - rows.ptr[row])
    times, counts = np.empty(room), np.empty(room)
    for row in range(rows.first, rows.last):
        start, end = rows.ptr[row], rows.ptr[row + 1]
        other = rows.other if rows.every else rows.other[start:end]
        size, total = 0, 0.0
        for k in range(end - start):
            found, here = rows.values[start - rows.base + k], figures[other[k]]
            if here <= 0.0 or found == np.inf or (total >= count and found >= times[0]):
                continue
            times[size], counts[size] = found, here
            size += 1
            total += here
            _rise(times, counts, size - 1)
            while total - counts[0] >= count:
                total -= counts[0]
                size -= 1
                times[0], counts[0] = times[size], counts[size]
                _sink(times, counts, size)
        if total < count:
            sums[row] = np.inf
        elif mean:
            over = (total - count) * times[0]
            sums[row] = (np.dot(times[:size], counts[:size]) - over) / count
        else:
            sums[row] = times[0]


@njit(cache=True, nogil=True)
def _rise(times: Floats, counts: Floats, at: int) -> None:
    while at > 0:
        above = (at - 1) // 2
        if times[above] >= times[at]:
            return
        times[above], times[at] = times[at], times[above]
        counts[above], counts[at] = counts[at], counts[above]
        at = above


@njit(cache=True, nogil=True)
def _sink(times: Floats, counts: Floats, size: int) -> None:
    at = 0
    while 2 * at + 1 < size:
        below = 2 * at + 1
        if below + 1 < size and times[below + 1] > times[below]:
            below += 1
        if times[at] >= times[below]:
            return
        times[below], times[at] = times[at], times[below]
        counts[below], counts[at] = counts[at], counts[below]
        at = below
