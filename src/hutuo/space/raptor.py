"""Earliest arrivals by timetable for every departure of a window: the kernels.

Range-RAPTOR with departures from the last to the first, so that labels of a later departure also hold for an
earlier one. Three things keep it fast:

- a trip is ridden over a hop once in each round, whatever the number of departures: ``ridden`` keeps at every
  place the earliest trip that was;
- the stops' labels lie ``[stop][departure]``, so that egress to a destination is a minimum over departures
  that the processor takes eight at a time;
- without a limit on rides one row of labels stands for all rounds.

Times are int32 milliseconds; NEVER is far above any and can be added to without overflow.

Source: Delling, Pajor and Werneck (2015), Round-Based Public Transit Routing, doi:10.1287/trsc.2014.0534.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.space.patterns import Links, Patterns

    Ints = NDArray[np.int32]

NEVER = 1 << 30
UNREACHED = 255


class Rules(NamedTuple):
    """What a search keeps to.

    Attributes:
        departures: (departures,) milliseconds, ascending.
        change: (stops,) milliseconds between getting off and getting on at a stop; NEVER where one may not.
        slack: Milliseconds before getting on after a walk between rides.
        longest: Milliseconds after departure at which a search ends.
        rides: Most rides; 0 for any number.
        rows: Rows of labels: 1 for any number of rides, else rides + 1.
        chained: Whether links follow one another and end journeys (the links of a feed), or each stands by
            itself between two rides (walks in the street, which are shortest ways already).
    """

    departures: "Ints"
    change: "Ints"
    slack: int
    longest: int
    rides: int
    rows: int
    chained: bool


class Scan(NamedTuple):
    """Buffers for one block of patterns.

    Attributes:
        ridden: (places, rows) earliest trip that was ridden on from a place.
        begin: (patterns,) first place to get on at in this round, -1 where none.
        end: (patterns,) last such place.
        queue: Patterns to ride in this round.
        spot: (places,) where a place stands in the index of stops, -1 where nobody gets on.
        last: (index, rows) last departure of the trips that were not ridden yet: who comes later has nothing
            to gain there. It lies by stop, so that a look at one is a look at neighbours in memory.
    """

    ridden: "Ints"
    begin: "Ints"
    end: "Ints"
    queue: "Ints"
    spot: "Ints"
    last: "Ints"


class State(NamedTuple):
    """Buffers of one search; one search after another may use them.

    Attributes:
        ride: (stops, rows) earliest arrival by a ride.
        ready: (stops, rows) from when one may get on.
        label: (stops, departures) earliest arrival by departure.
        rides: (stops, departures) rides of that arrival, the fewest; empty where they are not counted.
        touched: (stops,) 1 where there is a label.
        marked: (2, stops) stops where one may get on earlier than before, of this round and of the next.
        is_marked: (stops,) whether a stop is among those of the next.
        reached: (stops,) ring of stops that were reached in this round.
        is_reached: (stops,) whether a stop is in it.
        counts: Sizes: of ``marked`` of the next round, head and size of the ring.
    """

    ride: "Ints"
    ready: "Ints"
    label: "Ints"
    rides: "NDArray[np.uint8]"
    touched: "NDArray[np.uint8]"
    marked: "Ints"
    is_marked: "NDArray[np.uint8]"
    reached: "Ints"
    is_reached: "NDArray[np.uint8]"
    counts: "NDArray[np.int64]"


@njit(cache=True, nogil=True)
def state(stops: int, departures: int, rows: int, counted: bool) -> State:  # noqa: FBT001
    """Buffers for searches over so many stops, departures and rows."""
    shape = (stops, departures) if counted else (0, 0)
    return State(
        np.empty((stops, rows), np.int32),
        np.empty((stops, rows), np.int32),
        np.empty((stops, departures), np.int32),
        np.empty(shape, np.uint8),
        np.zeros(stops, np.uint8),
        np.empty((2, stops), np.int32),
        np.zeros(stops, np.uint8),
        np.empty(stops, np.int32),
        np.zeros(stops, np.uint8),
        np.zeros(3, np.int64),
    )


@njit(cache=True, nogil=True)
def scan(block: "Patterns", rows: int) -> Scan:
    """Buffers for searches over a block."""
    size = len(block.size)
    spot = np.full(len(block.stop), -1, np.int32)
    for at in range(len(block.index_pattern)):
        spot[block.first[block.index_pattern[at]] + block.index_place[at]] = at
    return Scan(
        np.empty((len(block.stop), rows), np.int32),
        np.full(size, -1, np.int32),
        np.empty(size, np.int32),
        np.empty(size, np.int32),
        spot,
        np.empty((len(block.index_pattern), rows), np.int32),
    )


@njit(cache=True, nogil=True)
def _cleared(found: State, block: "Patterns", its: Scan) -> None:
    found.ride[:] = NEVER
    found.ready[:] = NEVER
    found.label[:] = NEVER
    found.rides[:] = UNREACHED
    found.touched[:] = 0
    _unridden(block, its)


@njit(cache=True, nogil=True)
def _unridden(block: "Patterns", its: Scan) -> None:
    for p in range(len(block.size)):
        start, trips = block.at[p], block.size[p]
        for g in range(block.first[p], block.first[p + 1]):
            its.ridden[g, :] = trips
            start += trips
            if its.spot[g] >= 0:
                its.last[its.spot[g], :] = block.departure[start - 1]


@njit(cache=True, nogil=True)
def _lowered(values: "Ints", row: int, value: int) -> None:
    """What holds with the rides of a row holds with more."""
    for j in range(row, len(values)):
        if values[j] <= value:
            break
        values[j] = value


@njit(cache=True, nogil=True)
def _may_board(found: State, stop: int, time: int, row: int, side: int) -> None:
    """From ``time`` on one may get on at a stop, with the rides of ``row``; those of more rides as well."""
    if time >= found.ready[stop, row]:
        return
    _lowered(found.ready[stop], row, time)
    if found.is_marked[stop] == 0:
        found.is_marked[stop] = 1
        found.marked[side, found.counts[0]] = stop
        found.counts[0] += 1


@njit(cache=True, nogil=True)
def _arrive(found: State, stop: int, time: int, at: tuple[int, int, int]) -> None:
    """A label at a stop: at a departure, in a row, after so many rides; the stop joins the ring."""
    m, row, rides = at
    _lowered(found.ride[stop], row, time)
    if found.rides.size > 0 and (
        time < found.label[stop, m]
        or (time == found.label[stop, m] and rides < found.rides[stop, m])
    ):
        found.rides[stop, m] = rides
    if time < found.label[stop, m]:
        found.label[stop, m] = time
    found.touched[stop] = 1
    if found.is_reached[stop] == 0:
        found.is_reached[stop] = 1
        place = found.counts[1] + found.counts[2]
        if place >= len(found.reached):
            place -= len(found.reached)
        found.reached[place] = stop
        found.counts[2] += 1


@njit(cache=True, nogil=True)
def _trip(block: "Patterns", p: int, place: int, time: int, before: int) -> int:
    """The earliest trip that leaves a place at ``time`` or later, of those before ``before``; else that."""
    if before == 0:
        return 0
    start = block.at[p] + place * block.size[p]
    if block.departure[start + before - 1] < time:
        return before
    low, high = 0, before - 1
    while low < high:
        middle = (low + high) >> 1
        if block.departure[start + middle] < time:
            low = middle + 1
        else:
            high = middle
    return low


@njit(cache=True, nogil=True)
def _collected(
    block: "Patterns", its: Scan, found: State, marked: "Ints", rows: tuple[int, int]
) -> int:
    """Patterns that one gets on, from a stop that is marked, a trip that was not ridden from there yet."""
    row, before = rows
    size = 0
    for stop in marked:
        if stop >= len(block.index_first) - 1:
            continue
        time = found.ready[stop, before]
        for at in range(block.index_first[stop], block.index_first[stop + 1]):
            if time > its.last[at, row]:
                continue
            p, place = block.index_pattern[at], block.index_place[at]
            if its.begin[p] < 0:
                its.queue[size] = p
                size += 1
                its.begin[p] = place
                its.end[p] = place
            elif place < its.begin[p]:
                its.begin[p] = place
            elif place > its.end[p]:
                its.end[p] = place
    return size


@njit(cache=True, nogil=True)
def _ride(
    block: "Patterns",
    its: Scan,
    found: State,
    p: int,
    rows: tuple[int, int],
    at: tuple[int, int, int, int],
    change: "Ints",
) -> None:
    """Ride a pattern from the first place to get on, changing to an earlier trip wherever one may."""
    row, before = rows
    m, rides, side, limit = at
    first, trips = block.first[p], block.size[p]
    places = block.first[p + 1] - first
    begin, end = its.begin[p], its.end[p]
    its.begin[p] = -1
    trip = trips
    for place in range(begin, places):
        g = first + place
        stop = block.stop[g]
        if trip < trips and block.alight[g] != 0:
            time = block.arrival[block.at[p] + trip * places + place]
            if time < found.ride[stop, row] and time <= limit:
                _arrive(found, stop, time, (m, row, rides))
                if change[stop] < NEVER:
                    _may_board(found, stop, time + change[stop], row, side)
        known = its.ridden[g, row]
        if place <= end and block.board[g] != 0:
            trip = _trip(block, p, place, found.ready[stop, before], min(trip, known))
            if trip >= known:
                trip = trips
        if trip < known:
            _lowered(its.ridden[g], row, trip)
            if its.spot[g] >= 0:
                before_it = block.at[p] + place * trips + trip - 1
                left = block.departure[before_it] if trip > 0 else -NEVER
                _lowered(its.last[its.spot[g]], row, left)
        else:
            # From here on an earlier trip, or this one, was ridden already.
            trip = trips
            if place >= end:
                return


@njit(cache=True, nogil=True)
def _walk(found: State, walks: "Links", rules: Rules, at: tuple[int, int, int, int, int]) -> None:
    """Links from the stops that were reached in this round."""
    m, row, rides, side, limit = at
    stops = len(found.reached)
    # Arrays are taken out of their tuples once: inside the loop each would be counted as in use.
    first, heads, took = walks.first, walks.to, walks.ms
    ride, ready, slack, chained = found.ride, found.ready, rules.slack, rules.chained
    while found.counts[2] > 0:
        stop = found.reached[found.counts[1]]
        found.counts[1] += 1
        if found.counts[1] == stops:
            found.counts[1] = 0
        found.counts[2] -= 1
        found.is_reached[stop] = 0
        start = ride[stop, row]
        for e in range(first[stop], first[stop + 1]):
            to, time = heads[e], start + took[e]
            # Most walks lead to where one is early enough already: that is looked at first.
            if time + slack < ready[to, row] and time <= limit:
                if chained and time < ride[to, row]:
                    _arrive(found, to, time, (m, row, rides))
                _may_board(found, to, time + slack, row, side)


@njit(cache=True, nogil=True)
def search(
    blocks: "tuple[Patterns, Patterns]",
    walks: "Links",
    starts: "tuple[Ints, Ints]",
    rules: Rules,
    found: State,
    scans: tuple[Scan, Scan],
) -> None:
    """Labels of every stop for every departure; ``found.label`` holds them.

    Args:
        blocks: The trips: those of a timetable, and those that were added to it.
        walks: Links between stops.
        starts: Stops where journeys start, and milliseconds to get there.
        rules: What to keep to.
        found: Buffers, which are cleared.
        scans: Buffers of the blocks.
    """
    _cleared(found, blocks[0], scans[0])
    _unridden(blocks[1], scans[1])
    for m in range(len(rules.departures) - 1, -1, -1):
        limit = rules.departures[m] + rules.longest
        found.counts[:] = 0
        for i in range(len(starts[0])):
            time = rules.departures[m] + starts[1][i]
            if time <= limit:
                if rules.chained and time < found.ride[starts[0][i], 0]:
                    _arrive(found, starts[0][i], time, (m, 0, 0))
                _may_board(found, starts[0][i], time, 0, 0)
        if rules.chained:
            _walk(found, walks, rules, (m, 0, 0, 0, limit))
        _rounds(blocks, walks, rules, found, scans, m)
    _carried(found)


@njit(cache=True, nogil=True)
def _rounds(
    blocks: "tuple[Patterns, Patterns]",
    walks: "Links",
    rules: Rules,
    found: State,
    scans: tuple[Scan, Scan],
    m: int,
) -> None:
    """Ride after ride of one departure, until nothing gets earlier or there have been enough."""
    limit = rules.departures[m] + rules.longest
    side, rides = 0, 1
    while found.counts[0] > 0:
        marked = found.marked[side, : found.counts[0]]
        for stop in marked:
            found.is_marked[stop] = 0
        found.counts[0] = 0
        if rules.rides > 0 and rides > rules.rides:
            return
        side = 1 - side
        row = min(rides, rules.rows - 1)
        rows = (row, max(row - 1, 0))
        _round(blocks[0], scans[0], found, marked, rows, (m, rides, side, limit), rules.change)
        if len(blocks[1].size) > 0:
            _round(blocks[1], scans[1], found, marked, rows, (m, rides, side, limit), rules.change)
        _walk(found, walks, rules, (m, row, min(rides, UNREACHED - 1), side, limit))
        rides += 1


@njit(cache=True, nogil=True)
def _round(
    block: "Patterns",
    its: Scan,
    found: State,
    marked: "Ints",
    rows: tuple[int, int],
    at: tuple[int, int, int, int],
    change: "Ints",
) -> None:
    m, rides, side, limit = at
    size = _collected(block, its, found, marked, rows)
    counted = min(rides, UNREACHED - 1)
    for i in range(size):
        _ride(block, its, found, its.queue[i], rows, (m, counted, side, limit), change)


@njit(cache=True, nogil=True)
def _carried(found: State) -> None:
    """A label of a later departure holds for the earlier ones that have no better: one may wait."""
    counted = found.rides.size > 0
    for stop in range(len(found.touched)):
        if found.touched[stop] == 0:
            continue
        for m in range(found.label.shape[1] - 2, -1, -1):
            later, now = found.label[stop, m + 1], found.label[stop, m]
            if later < now:
                found.label[stop, m] = later
            if counted and (
                later < now or (later == now and found.rides[stop, m + 1] < found.rides[stop, m])
            ):
                found.rides[stop, m] = found.rides[stop, m + 1]


@njit(cache=True, nogil=True)
def labels(
    blocks: "tuple[Patterns, Patterns]",
    walks: "Links",
    starts: "tuple[Ints, Ints]",
    rules: Rules,
) -> State:
    """One search with buffers of its own.

    Args:
        blocks: The trips: those of a timetable, and those that were added to it.
        walks: Links between stops.
        starts: Stops where journeys start, and milliseconds to get there.
        rules: What to keep to.
    """
    found = state(len(rules.change), len(rules.departures), rules.rows, True)  # noqa: FBT003
    scans = (scan(blocks[0], rules.rows), scan(blocks[1], rules.rows))
    search(blocks, walks, starts, rules, found, scans)
    return found
