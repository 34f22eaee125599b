"""Travel times of a window from door to door: the kernel that goes from labels of stops to destinations."""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np
from numba import njit

from hutuo.space.raptor import NEVER, UNREACHED, Rules, State, scan, search, state

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.space.patterns import Links, Patterns

    Ints = NDArray[np.int32]

BLOCK = 16


@njit(cache=True, nogil=True)
def _egress(
    label: "Ints", touched: "NDArray[np.uint8]", egress: "Links", d: int, best: "Ints"
) -> None:
    """Arrivals at a destination by departure: the least over its stops of label and walk."""
    best[:] = NEVER
    for e in range(egress.first[d], egress.first[d + 1]):
        stop, ms = egress.to[e], egress.ms[e]
        if touched[stop] == 0:
            continue
        row = label[stop]
        for m in range(len(best)):
            best[m] = min(best[m], row[m] + ms)


@njit(cache=True, nogil=True)
def reached(found: State, ends: "Links", best: "Ints") -> None:
    """Arrivals at ends by departure.

    Args:
        found: A search.
        ends: By end, from stops.
        best: (ends, departures) where they are written.
    """
    for d in range(len(best)):
        _egress(found.label, found.touched, ends, d, best[d])


@njit(cache=True, nogil=True)
def ranked(values: "Ints", rank: int) -> int:
    """The ``rank``-th least value (from 1), found by halving between the least and the greatest."""
    low, high = int(values[0]), int(values[0])
    for v in values:
        low, high = min(low, v), max(high, v)
    while low < high:
        middle = low + ((high - low) >> 1)
        below = 0
        for v in values:
            below += v <= middle
        if below >= rank:
            high = middle
        else:
            low = middle + 1
    return low


class Ways(NamedTuple):
    """Walks (or drives) from door to stop, from stop to door, and from door to door.

    Attributes:
        access: By origin, to stops.
        egress: By destination, from stops.
        direct: By origin, to destinations.
    """

    access: "Links"
    egress: "Links"
    direct: "Links"


class Out(NamedTuple):
    """Where a matrix is written.

    Attributes:
        ms: (ranks, origins, destinations) int32, NEVER where there is no way.
        rides: (origins, destinations) uint8 rides of the first rank, 0 on foot, UNREACHED where no way;
            empty where they are not counted.
        departure: (origins, destinations) int16 number of the departure that takes so long; likewise.
        every: (origins, destinations, departures) int32 milliseconds of each; empty where not wanted.
    """

    ms: "Ints"
    rides: "NDArray[np.uint8]"
    departure: "NDArray[np.int16]"
    every: "Ints"


@njit(cache=True, nogil=True)
def _destinations(
    o: int, ways: Ways, rules: Rules, found: State, ranks: "Ints", out: Out, buffers: "Ints"
) -> None:
    direct, best = buffers[0], buffers[1, : len(rules.departures)]
    for e in range(ways.direct.first[o], ways.direct.first[o + 1]):
        direct[ways.direct.to[e]] = ways.direct.ms[e]
    for d in range(len(ways.egress.first) - 1):
        _egress(found.label, found.touched, ways.egress, d, best)
        walked = direct[d]
        for m in range(len(best)):
            took = min(best[m] - rules.departures[m], walked)
            best[m] = took if took <= rules.longest else NEVER
        for r in range(len(ranks)):
            out.ms[r, o, d] = ranked(best, ranks[r])
        if out.every.size > 0:
            out.every[o, d] = best
        if out.rides.size > 0:
            _told(o, d, ways.egress, rules, found, (out.ms[0, o, d], walked), out, best)
    for e in range(ways.direct.first[o], ways.direct.first[o + 1]):
        direct[ways.direct.to[e]] = NEVER


@njit(cache=True, nogil=True)
def _told(
    o: int,
    d: int,
    egress: "Links",
    rules: Rules,
    found: State,
    took: tuple[int, int],
    out: Out,
    best: "Ints",
) -> None:
    """Rides and departure of the journey that takes as long as was asked for; on foot if that is as fast."""
    out.rides[o, d] = UNREACHED
    out.departure[o, d] = -1
    if took[0] >= NEVER:
        return
    for m in range(len(best)):
        if best[m] == took[0]:
            out.departure[o, d] = m
            break
    if took[1] == took[0]:
        out.rides[o, d] = 0
        return
    m = out.departure[o, d]
    arrival = rules.departures[m] + took[0]
    for e in range(egress.first[d], egress.first[d + 1]):
        stop = egress.to[e]
        if found.label[stop, m] + egress.ms[e] == arrival:
            out.rides[o, d] = min(out.rides[o, d], found.rides[stop, m])


@njit(cache=True, nogil=True)
def _share(
    turn: tuple[int, int],
    blocks: "tuple[Patterns, Patterns]",
    walks: "Links",
    ways: Ways,
    rules: Rules,
    out: "tuple[Ints, Out]",
) -> None:
    """Some origins, one after another, with buffers of their own."""
    ranks, written = out
    stops, departures = len(rules.change), len(rules.departures)
    destinations = len(ways.egress.first) - 1
    found = state(stops, departures, rules.rows, written.rides.size > 0)
    scans = (scan(blocks[0], rules.rows), scan(blocks[1], rules.rows))
    buffers = np.full((2, max(destinations, departures)), NEVER, np.int32)
    for o in range(turn[0], turn[1]):
        start, end = ways.access.first[o], ways.access.first[o + 1]
        starts = (ways.access.to[start:end], ways.access.ms[start:end])
        search(blocks, walks, starts, rules, found, scans)
        _destinations(o, ways, rules, found, ranks, written, buffers)


def matrix(
    blocks: "tuple[Patterns, Patterns]",
    walks: "Links",
    ways: Ways,
    rules: Rules,
    out: "tuple[Ints, Out]",
) -> None:
    """Travel times of every origin to every destination, at each rank over the departures.

    Threads take a few origins at a time, so that none waits for one with slower origins.

    Args:
        blocks: The trips: those of a timetable, and those that were added to it.
        walks: Walks between stops.
        ways: Walks between doors and stops.
        rules: What to keep to.
        out: (ranks,) which of the sorted times over the departures are wanted, from 1; and where they go.
    """
    origins = len(ways.access.first) - 1
    turns = [(at, min(at + BLOCK, origins)) for at in range(0, origins, BLOCK)]
    if len(turns) == 1:
        _share(turns[0], blocks, walks, ways, rules, out)
        return
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        tasks = [pool.submit(_share, turn, blocks, walks, ways, rules, out) for turn in turns]
        for task in tasks:
            task.result()
