"""What new trips change in a matrix whose times of every departure are kept: the kernel.

Whoever gains by new trips gets on a first one of them. So a time is the least of what it was, and of getting
on the new trip that one catches at each place, and from there on as fast as can be.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, NamedTuple

import numba
import numpy as np
from numba import njit

from hutuo.space.raptor import NEVER
from hutuo.space.windows import ranked

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Ints = NDArray[np.int32]

BLOCK = 32


class Boardings(NamedTuple):
    """Where new trips may be got on: those of a pattern's first place by trip, then of its second.

    Attributes:
        first: (patterns + 1,) where those of each pattern begin.
        places: (patterns,) places to get on at.
        trips: (patterns,) new trips.
        latest: (origins, boardings) last departure from an origin that catches it.
        arrival: (destinations, boardings) earliest arrival of who got on.
    """

    first: "Ints"
    places: "Ints"
    trips: "Ints"
    latest: "Ints"
    arrival: "Ints"


class Window(NamedTuple):
    """What the times are of.

    Attributes:
        departures: (departures,) milliseconds, ascending.
        longest: Longest journey.
        rank: Which of the sorted times is wanted, from 1.
    """

    departures: "Ints"
    longest: int
    rank: int


@njit(cache=True, nogil=True)
def _caught(
    latest: "Ints", its: Boardings, p: int, departures: "Ints", found: tuple["Ints", "Ints"]
) -> None:
    """Boardings of a pattern that are worth while by departure: at a later place only an earlier trip.

    Trips do not overtake, so that who gets on at a place gets everywhere that one gets from a later place.
    """
    caught, size = found
    trips, places = its.trips[p], its.places[p]
    best = np.full(len(departures), trips, np.int32)
    for place in range(places):
        start = its.first[p] + place * trips
        trip = 0
        for m in range(len(departures)):
            while trip < trips and latest[start + trip] < departures[m]:
                trip += 1
            if trip < best[m]:
                best[m] = trip
                caught[m, size[m]] = start + trip
                size[m] += 1


@njit(cache=True, nogil=True)
def _share(rows: "Ints", every: "Ints", its: Boardings, window: Window, out: "Ints") -> None:
    departures = window.departures
    boardings = its.places.sum() + 1
    caught = np.empty((len(departures), boardings), np.int32)
    size = np.empty(len(departures), np.int32)
    best = np.empty(len(departures), np.int32)
    for o in rows:
        size[:] = 0
        for p in range(len(its.places)):
            _caught(its.latest[o], its, p, departures, (caught, size))
        for d in range(every.shape[1]):
            gained = False
            arrival, before = its.arrival[d], every[o, d]
            for m in range(len(departures)):
                least = before[m]
                for i in range(size[m]):
                    least = min(least, arrival[caught[m, i]] - departures[m])
                gained |= least < before[m] and least <= window.longest
                best[m] = least
            if gained:
                for m in range(len(departures)):
                    best[m] = best[m] if best[m] <= window.longest else NEVER
                out[o, d] = ranked(best, window.rank)


def overlaid(
    rows: "NDArray[np.integer]", every: "Ints", its: Boardings, window: Window, out: "Ints"
) -> None:
    """Times with new trips.

    Args:
        rows: Origins that may gain.
        every: (origins, destinations, departures) milliseconds without the trips.
        its: Where they may be got on.
        window: What the times are of.
        out: (origins, destinations) milliseconds; those that get less are written.
    """
    parts = [rows[at : at + BLOCK].astype(np.int32) for at in range(0, len(rows), BLOCK)]
    with ThreadPoolExecutor(numba.get_num_threads()) as pool:
        tasks = [pool.submit(_share, part, every, its, window, out) for part in parts]
        for task in tasks:
            task.result()
