"""Kernels that stream minutes row by row and keep no weights but those of the row, which stay in cache.

Rows are origins or destinations, whichever the reach is stored by. The work is cut into shards by the number
of pairs, not of threads, so that a sum comes out the same on every machine. Threads are Python's: the kernels
hold no lock, and two askers at once do not disturb each other.
"""

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space.pairs import Rows

if TYPE_CHECKING:
    from hutuo.space.decay import Decay, Weighing
    from hutuo.space.reach import Batches, Reach

__all__ = ["across", "along", "both", "spread", "weigh"]

Floats = NDArray[np.float64]
GIVEN, STEPPED, EXPONENTIAL, POWER, LOGISTIC, LINEAR, GAUSSIAN, _TO_ZERO = range(8)
_ROOT3 = np.sqrt(3.0)
_HALF = np.exp(-0.5)


@njit(cache=True, nogil=True)
def weigh(how: "Weighing", minutes: NDArray[Any], weights: Floats) -> None:
    """Fill ``weights`` with the weights of ``minutes``."""
    if how.code == STEPPED:
        weights[:] = 0.0
        # From the last step to the first: each overwrites what lies within it; no branch, so it vectorises.
        for step in range(how.limits.size - 1, -1, -1):
            limit, value = how.limits[step], how.values[step]
            for k in range(minutes.size):
                weights[k] = value if minutes[k] <= limit else weights[k]
    elif how.code == GIVEN:
        for k in range(minutes.size):
            weights[k] = minutes[k]
    else:
        _curve(how.code, how.numbers, minutes, weights)
        limit = how.limits[0]
        for k in range(minutes.size):
            weights[k] = weights[k] if minutes[k] <= limit else 0.0
    if how.power == 2:  # noqa: PLR2004
        for k in range(minutes.size):
            weights[k] *= weights[k]


@njit(cache=True, nogil=True)
def _curve(code: int, numbers: Floats, minutes: NDArray[Any], weights: Floats) -> None:
    """The decays that are formulas."""
    first = numbers[0]
    if code == EXPONENTIAL:
        for k in range(minutes.size):
            weights[k] = np.exp(-first * minutes[k])
    elif code == POWER:
        for k in range(minutes.size):
            weights[k] = max(np.float64(minutes[k]), numbers[1]) ** -first
    elif code == LOGISTIC:
        scale = np.pi / (numbers[1] * _ROOT3)
        top = 1.0 + np.exp(-first * scale)
        for k in range(minutes.size):
            weights[k] = top / (1.0 + np.exp((minutes[k] - first) * scale))
    elif code == LINEAR:
        for k in range(minutes.size):
            weights[k] = max(0.0, 1.0 - minutes[k] / first)
    else:
        bottom = 0.0 if code == GAUSSIAN else _HALF
        for k in range(minutes.size):
            part = minutes[k] / first
            weights[k] = max(0.0, (np.exp(-0.5 * part * part) - bottom) / (1.0 - bottom))


@njit(cache=True, nogil=True)
def _longest(rows: Rows) -> int:
    longest = 0
    for row in range(rows.first, rows.last):
        longest = max(longest, rows.ptr[row + 1] - rows.ptr[row])
    return longest


@njit(cache=True, nogil=True, fastmath={"reassoc", "contract"})
def _dot(other: NDArray[Any], weights: Floats, figures: Floats) -> float:
    """Sum of figures by weight; every figure is finite, so the order of the sum is free."""
    total = 0.0
    for k in range(weights.size):
        total += weights[k] * figures[other[k]]
    return total


@njit(cache=True, nogil=True)
def along(rows: Rows, how: "Weighing", figures: Floats, sums: Floats) -> None:
    """``sums[row]`` = sum of ``figures[other]`` by weight."""
    room = np.empty(_longest(rows))
    for row in range(rows.first, rows.last):
        start, end = rows.ptr[row], rows.ptr[row + 1]
        weights = room[: end - start]
        weigh(how, rows.values[start - rows.base : end - rows.base], weights)
        other = rows.other if rows.every else rows.other[start:end]
        sums[row] = _dot(other, weights, figures)


@njit(cache=True, nogil=True)
def across(rows: Rows, how: "Weighing", figures: Floats, sums: Floats) -> None:
    """Add ``figures[row]`` by weight to ``sums[other]``."""
    room = np.empty(_longest(rows))
    for row in range(rows.first, rows.last):
        if figures[row] == 0.0:
            continue
        start, end = rows.ptr[row], rows.ptr[row + 1]
        weights = room[: end - start]
        weigh(how, rows.values[start - rows.base : end - rows.base], weights)
        other = rows.other if rows.every else rows.other[start:end]
        for k in range(weights.size):
            sums[other[k]] += figures[row] * weights[k]


@njit(cache=True, nogil=True)
def both(
    rows: Rows, how: "Weighing", given: tuple[Floats, Floats], served: Floats, sums: Floats
) -> None:
    """Two steps while a row is in cache: demand by weight, then its share of the row's supply.

    ``given`` is demand by ``other`` and supply by row.
    """
    demand, supply = given
    room = np.empty(_longest(rows))
    for row in range(rows.first, rows.last):
        start, end = rows.ptr[row], rows.ptr[row + 1]
        weights = room[: end - start]
        weigh(how, rows.values[start - rows.base : end - rows.base], weights)
        other = rows.other if rows.every else rows.other[start:end]
        served[row] = _dot(other, weights, demand)
        if served[row] > 0.0 and supply[row] != 0.0:
            ratio = supply[row] / served[row]
            for k in range(weights.size):
                sums[other[k]] += ratio * weights[k]


def spread(
    reach: "Reach | Batches",
    decay: "Decay",
    work: Callable[[Rows, Floats], None],
    sums: Floats,
    *,
    apart: bool,
) -> None:
    """Run ``work(part, sums)`` on every part, on all cores if the reach is large.

    Args:
        reach: What to stream.
        decay: How it is weighed.
        work: What to do with a part.
        sums: What the parts write to.
        apart: Whether parts write to the same places: each then has a copy of its own, added up in order.
    """
    parts, at_once = reach.parts(decay), reach.at_once(decay)
    if at_once == 1:
        for part in parts:
            work(part, sums)
        return
    rooms = [np.zeros_like(sums) if apart else sums for _ in range(at_once)]
    with ThreadPoolExecutor(min(at_once, os.cpu_count() or 1)) as pool:
        list(pool.map(work, parts, rooms))
    if apart:
        for room in rooms:
            sums += room
