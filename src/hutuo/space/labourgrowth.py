"""The kernel of labour market areas: which area is taken apart, and where its heaviest unit goes.

Arrays, for n units and as many possible areas:

- ``graph``: flows by home (pointers, indices, people), the same by work, and the four limits
  (least size, least self-containment, target size, target self-containment);
- ``label``: area of each unit, ``RESERVE``, or ``LOOSE`` while it is being placed;
- ``sums``: (6, n), by area: residents, jobs, people within, validity; two rows of scratch, 0 between calls;
- ``counts``: (2, n), units of each area, moves of each unit;
- ``log``: what was done, a row each: kind, unit, from, to, validity of the area before; the first row holds
  the number of rows.
"""

from typing import Any

import numpy as np
from numba import njit

RESERVE, LOOSE = -1, -2
JOINED, NO_TIE, WEAKENS, EMPTIED, TOO_OFTEN = range(5)
LIVE, WORK, INNER, VALID, THERE, BACK = range(6)
# A unit that was moved so often goes to the reserve: the plain rule could move it for ever.
MOST_MOVES = 100
# Validities nearer to each other than this are equal: their sums are rounded.
ROUNDING = 1e-12


@njit(cache=True, nogil=True)
def validity(live: float, work: float, inner: float, limits: Any) -> float:
    """How good an area is: 1 and more is good enough."""
    if live <= 0 or work <= 0:
        return 1.0
    contained = min(inner / live, inner / work)
    if contained == 1.0:
        return 1.0
    reached = min(contained / limits[3], 1.0)
    short = max((limits[2] - live) / (limits[2] - limits[0]), 0.0)
    size = 1.0 - (1.0 - limits[1] / limits[3]) * short
    worth: float = reached * size * (limits[3] / limits[1])
    return worth


@njit(cache=True, nogil=True)
def grown(graph: Any) -> Any:
    """The whole rule on units that each have residents, jobs and a tie.

    Returns:
        Area of each unit (below 0 for none), and the rows of the log, (rows, 5).
    """
    n = len(graph[0]) - 1
    label, sums = np.full(n, LOOSE), np.zeros((6, n))
    counts = np.zeros((2, n), np.int64)
    for unit in range(n):
        _change(unit, unit, 1.0, graph, label, sums)
        sums[VALID, unit] = _worth(unit, graph, sums)
        counts[0, unit] = 1
    for unit in range(n):
        label[unit] = unit
    log = np.zeros((4 * n + 16, 5))
    while True:
        area = _worst(sums, counts)
        if area < 0:
            break
        log = _roomy(log, counts[0, area])
        _taken_apart(area, graph, label, sums, counts, log)
    log = _roomy(log, n)
    _emptied(graph, label, sums, log)
    return label, log[1 : 1 + int(log[0, 0])]


@njit(cache=True, nogil=True)
def _taken_apart(area: int, graph: Any, label: Any, sums: Any, counts: Any, log: Any) -> None:
    """Place the heaviest unit of an area; where it has no tie to any other, let all its units go."""
    before = sums[VALID, area]
    first = _heaviest(area, graph, label)
    _change(first, area, -1.0, graph, label, sums)
    others = counts[0, area] - 1
    counts[0, area] = 0
    for unit in range(len(label)):
        if label[unit] == area:
            label[unit] = LOOSE
    kind = _placed(first, graph, label, sums, counts)
    _note(kind, first, area, label[first], before, log)
    if kind == NO_TIE:
        for _ in range(others):
            unit = _weakest(graph, label)
            kind = _placed(unit, graph, label, sums, counts)
            _note(kind, unit, area, label[unit], before, log)
        return
    for unit in range(len(label)):
        if label[unit] == LOOSE:
            label[unit] = area
    counts[0, area] = others
    if others > 0:
        sums[VALID, area] = _worth(area, graph, sums)


@njit(cache=True, nogil=True)
def _placed(unit: int, graph: Any, label: Any, sums: Any, counts: Any) -> int:
    """Put a loose unit into the area it is tied to most, or into the reserve: what was done."""
    label[unit] = RESERVE
    counts[1, unit] += 1
    if counts[1, unit] > MOST_MOVES:
        return TOO_OFTEN
    target = _best(unit, graph, label, sums)
    if target < 0:
        return NO_TIE
    _change(unit, target, 1.0, graph, label, sums)
    worth = _worth(target, graph, sums)
    if worth < sums[VALID, target] - ROUNDING:
        _change(unit, target, -1.0, graph, label, sums)
        return WEAKENS
    label[unit] = target
    sums[VALID, target] = worth
    counts[0, target] += 1
    return JOINED


@njit(cache=True, nogil=True)
def _emptied(graph: Any, label: Any, sums: Any, log: Any) -> None:
    """Units of the reserve go to the area they are tied to most, the last unit first."""
    again = True
    while again:
        again = False
        for unit in range(len(label) - 1, -1, -1):
            if label[unit] != RESERVE:
                continue
            target = _best(unit, graph, label, sums)
            if target >= 0:
                _change(unit, target, 1.0, graph, label, sums)
                label[unit] = target
                _note(EMPTIED, unit, RESERVE, target, sums[VALID, target], log)
                again = True


@njit(cache=True, nogil=True)
def _best(unit: int, graph: Any, label: Any, sums: Any) -> int:
    """Area that a unit is tied to most, -1 if it has no tie; of equal ones the last."""
    lives = _spread(unit, graph[0], graph[1], graph[2], label, sums[THERE])
    works = _spread(unit, graph[3], graph[4], graph[5], label, sums[BACK])
    there, back = sums[THERE], sums[BACK]
    best, most = -1, -1.0
    goes = graph[1][graph[0][unit] : graph[0][unit + 1]]
    comes = graph[4][graph[3][unit] : graph[3][unit + 1]]
    for ends in (goes, comes):
        for end in ends:
            area = label[end]
            if area < 0 or there[area] + back[area] <= 0:
                continue
            tie = there[area] / lives * there[area] / sums[WORK, area]
            tie += back[area] / sums[LIVE, area] * back[area] / works
            if tie > most or (tie == most and area > best):
                best, most = area, tie
    _cleared(unit, graph[0], graph[1], label, sums)
    _cleared(unit, graph[3], graph[4], label, sums)
    return best


@njit(cache=True, nogil=True)
def _spread(unit: int, pointers: Any, ends: Any, people: Any, label: Any, areas: Any) -> float:
    """Add a unit's people to the areas at the other end; the sum over all ends."""
    total = 0.0
    for at in range(pointers[unit], pointers[unit + 1]):
        total += people[at]
        if label[ends[at]] >= 0:
            areas[label[ends[at]]] += people[at]
    return total


@njit(cache=True, nogil=True)
def _cleared(unit: int, pointers: Any, ends: Any, label: Any, sums: Any) -> None:
    for at in range(pointers[unit], pointers[unit + 1]):
        if label[ends[at]] >= 0:
            sums[THERE, label[ends[at]]] = 0.0
            sums[BACK, label[ends[at]]] = 0.0


@njit(cache=True, nogil=True)
def _change(unit: int, area: int, sign: float, graph: Any, label: Any, sums: Any) -> None:
    """Add a unit to an area's sums (sign 1) or take it off (-1); its own label is no matter."""
    for at in range(graph[0][unit], graph[0][unit + 1]):
        sums[LIVE, area] += sign * graph[2][at]
        if graph[1][at] == unit or label[graph[1][at]] == area:
            sums[INNER, area] += sign * graph[2][at]
    for at in range(graph[3][unit], graph[3][unit + 1]):
        sums[WORK, area] += sign * graph[5][at]
        if graph[4][at] != unit and label[graph[4][at]] == area:
            sums[INNER, area] += sign * graph[5][at]


@njit(cache=True, nogil=True)
def _heaviest(area: int, graph: Any, label: Any) -> int:
    """Unit of an area with most jobs filled from outside it and residents who work outside their unit."""
    best, most = -1, -1.0
    for unit in range(len(label)):
        if label[unit] != area:
            continue
        weight = 0.0
        for at in range(graph[3][unit], graph[3][unit + 1]):
            if label[graph[4][at]] != area:
                weight += graph[5][at]
        for at in range(graph[0][unit], graph[0][unit + 1]):
            if graph[1][at] != unit:
                weight += graph[2][at]
        if weight > most:
            best, most = unit, weight
    return best


@njit(cache=True, nogil=True)
def _weakest(graph: Any, label: Any) -> int:
    """Loose unit that is least valid by itself, the first of equal ones."""
    weakest, least = -1, np.inf
    for unit in range(len(label)):
        if label[unit] != LOOSE:
            continue
        live, work, own = 0.0, 0.0, 0.0
        for at in range(graph[0][unit], graph[0][unit + 1]):
            live += graph[2][at]
            if graph[1][at] == unit:
                own += graph[2][at]
        for at in range(graph[3][unit], graph[3][unit + 1]):
            work += graph[5][at]
        worth = validity(live, work, own, graph[6])
        if worth < least:
            weakest, least = unit, worth
    return weakest


@njit(cache=True, nogil=True)
def _worth(area: int, graph: Any, sums: Any) -> float:
    return validity(sums[LIVE, area], sums[WORK, area], sums[INNER, area], graph[6])


@njit(cache=True, nogil=True)
def _worst(sums: Any, counts: Any) -> int:
    """Area with the least validity, the first of equal ones; -1 if all are good enough."""
    worst, least = -1, 1.0 - ROUNDING
    for area in range(sums.shape[1]):
        if counts[0, area] > 0 and sums[VALID, area] < least:
            worst, least = area, sums[VALID, area]
    return worst


@njit(cache=True, nogil=True)
def _note(kind: int, unit: int, start: int, end: int, before: float, log: Any) -> None:
    log[0, 0] += 1
    row = int(log[0, 0])
    log[row, 0], log[row, 1], log[row, 2], log[row, 3], log[row, 4] = (
        kind,
        unit,
        start,
        end,
        before,
    )


@njit(cache=True, nogil=True)
def _roomy(log: Any, more: int) -> Any:
    """The log with room for so many more rows."""
    if log[0, 0] + more + 1 < len(log):
        return log
    wider = np.zeros((2 * len(log) + more, 5))
    wider[: len(log)] = log
    return wider
