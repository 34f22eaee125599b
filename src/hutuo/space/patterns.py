"""Trips as the arrays that the kernels of timetables read: patterns of trips that never overtake each other.

Times are whole milliseconds after midnight of the service day (int32, up to 240 hours), as on the roads:
times between two timing points are then kept as finely as they are worked out.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.space import groups

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    Ints = NDArray[np.int32]
    Flags = NDArray[np.uint8]

SECOND, MINUTE = 1_000, 60_000


class Calls(NamedTuple):
    """Calls in the order of trips and of places along them.

    Attributes:
        trip: Number of the trip, ascending.
        stop: Number of the stop.
        arrival: Milliseconds.
        departure: Milliseconds, never before the arrival.
        boards: Whether one may get on.
        alights: Whether one may get off.
    """

    trip: "Ints"
    stop: "Ints"
    arrival: "Ints"
    departure: "Ints"
    boards: "NDArray[np.bool_]"
    alights: "NDArray[np.bool_]"


class Patterns(NamedTuple):
    """Patterns: trips with the same calls, none of which overtakes another.

    Attributes:
        first: (patterns + 1,) where the places of each pattern begin.
        stop: (places,) stop at each place.
        board: (places,) 1 where one may get on.
        alight: (places,) 1 where one may get off.
        size: (patterns,) number of trips.
        trip_first: (patterns + 1,) where the trips of each pattern begin in ``trip``.
        trip: Number of each trip, in the order of departure.
        at: (patterns + 1,) int64, where the times of each pattern begin.
        arrival: Milliseconds, a trip after the other: one rides along a trip.
        departure: Milliseconds, a place after the other: one looks for a trip at a place.
        index_first: (stops + 1,) where the places of each stop begin in the next two.
        index_pattern: Patterns that one may get on at a stop.
        index_place: Place of the stop in that pattern, from 0.
    """

    first: "Ints"
    stop: "Ints"
    board: "Flags"
    alight: "Flags"
    size: "Ints"
    trip_first: "Ints"
    trip: "Ints"
    at: "NDArray[np.int64]"
    arrival: "Ints"
    departure: "Ints"
    index_first: "Ints"
    index_pattern: "Ints"
    index_place: "Ints"


class Links(NamedTuple):
    """Ways on foot, those of one start after those of another.

    Attributes:
        first: (starts + 1,) int64, where the ways of each start begin.
        to: Where each leads.
        ms: Milliseconds that it takes.
    """

    first: "NDArray[np.int64]"
    to: "Ints"
    ms: "Ints"


def links(
    starts: int, tail: "NDArray[np.integer]", head: "NDArray[np.integer]", ms: "Ints"
) -> Links:
    """Ways as they are listed, put together by where they start.

    Args:
        starts: Number of starts.
        tail: Start of each way.
        head: Where each way leads.
        ms: Milliseconds of each way.
    """
    order = np.lexsort((head, tail))
    first = groups.starts(tail, starts)
    return Links(first, head[order].astype(np.int32), ms[order].astype(np.int32))


def no_patterns(stops: int) -> Patterns:
    """A block without trips."""
    none = np.zeros(0, np.int32)
    flags = np.zeros(0, np.uint8)
    zero = np.zeros(1, np.int32)
    at = np.zeros(1, np.int64)
    index = np.zeros(stops + 1, np.int32)
    return Patterns(zero, none, flags, flags, none, zero, none, at, none, none, index, none, none)


def patterns(calls: Calls, stops: int) -> Patterns:
    """Calls put together into patterns.

    Args:
        calls: Every trip with at least two calls, its times never going back.
        stops: Number of stops.

    Source: Delling, Pajor and Werneck (2015), Round-Based Public Transit Routing, doi:10.1287/trsc.2014.0534.
    """
    if not len(calls.trip):
        return no_patterns(stops)
    begin = np.flatnonzero(np.diff(calls.trip, prepend=-1))
    end = np.append(begin[1:], len(calls.trip))
    alike: dict[bytes, list[int]] = {}
    # The last place is none to get on at, the first none to get off at, whatever a file says.
    signs = calls.stop.astype(np.int64) * 4 + calls.boards * 2 + calls.alights
    signs[begin] &= ~1
    signs[end - 1] &= ~2
    for at, (start, stop) in enumerate(zip(begin.tolist(), end.tolist(), strict=True)):
        alike.setdefault(signs[start:stop].tobytes(), []).append(at)
    groups = [np.array(rows) for rows in alike.values()]
    parts = [part for rows in groups for part in _in_order(calls, rows, begin, end)]
    return _laid_out(calls, signs, begin, end, parts, stops)


def _in_order(
    calls: Calls, rows: "NDArray[np.int64]", begin: "NDArray[np.int64]", end: "NDArray[np.int64]"
) -> "list[NDArray[np.int64]]":
    """Trips of one sequence of stops, in parts where none overtakes; each in the first that it fits."""
    size = int(end[rows[0]] - begin[rows[0]])
    at = begin[rows][:, None] + np.arange(size)
    times = np.concatenate([calls.departure[at], calls.arrival[at]], axis=1)
    order = np.lexsort((times[:, size - 1], times[:, 0]))
    rows, times = rows[order], times[order]
    if bool((np.diff(times, axis=0) >= 0).all()):
        return [rows]
    parts: list[list[int]] = []
    lasts = np.empty((0, times.shape[1]), times.dtype)
    for number, time in enumerate(times):
        fits = np.flatnonzero((lasts <= time).all(axis=1))
        if len(fits):
            parts[int(fits[0])].append(number)
            lasts[fits[0]] = time
        else:
            parts.append([number])
            lasts = np.vstack([lasts, time])
    return [rows[part] for part in parts]


def _laid_out(
    calls: Calls,
    signs: "NDArray[np.int64]",
    begin: "NDArray[np.int64]",
    end: "NDArray[np.int64]",
    parts: "Sequence[NDArray[np.int64]]",
    stops: int,
) -> Patterns:
    leads = np.array([part[0] for part in parts])
    size = np.array([len(part) for part in parts], np.int32)
    places = (end - begin)[leads]
    first, trip_first = (_ends(counts) for counts in (places, size))
    at = np.zeros(len(parts) + 1, np.int64)
    np.cumsum(size * places, out=at[1:])
    along = [begin[part][:, None] + np.arange(n) for part, n in zip(parts, places, strict=True)]
    by_trip = np.concatenate([one.ravel() for one in along])
    by_place = np.concatenate([one.T.ravel() for one in along])
    place = np.concatenate([one[0] for one in along])
    sign = signs[place]
    board, alight = (sign >> 1 & 1).astype(np.uint8), (sign & 1).astype(np.uint8)
    stop = calls.stop[place].astype(np.int32)
    index_first, index_pattern, index_place = _index(stop, board, places, stops)
    return Patterns(
        first,
        stop,
        board,
        alight,
        size,
        trip_first,
        calls.trip[begin[np.concatenate(parts)]].astype(np.int32),
        at,
        calls.arrival[by_trip].astype(np.int32),
        calls.departure[by_place].astype(np.int32),
        index_first,
        index_pattern,
        index_place,
    )


def _ends(counts: "NDArray[np.integer]") -> "Ints":
    """Where each of several runs begins, and where the last ends."""
    found = np.zeros(len(counts) + 1, np.int32)
    np.cumsum(counts, out=found[1:])
    return found


def _index(
    stop: "Ints", board: "Flags", places: "NDArray[np.integer]", stops: int
) -> "tuple[Ints, Ints, Ints]":
    """By stop the patterns that one may get on there, and where."""
    pattern = np.repeat(np.arange(len(places), dtype=np.int32), places)
    place = np.arange(len(stop), dtype=np.int32) - _ends(places)[:-1][pattern]
    on = np.flatnonzero(board)
    order = on[np.argsort(stop[on], kind="stable")]
    counts = np.bincount(stop[on], minlength=stops)
    return _ends(counts), pattern[order], place[order]


def mirrored(block: Patterns) -> Patterns:
    """The same trips with time running backwards: who gets off gets on, the last trip is the first.

    A search from a stop is then one to it: its labels are the latest departures, with their sign turned.
    """
    count = np.diff(block.first)
    pattern = np.repeat(np.arange(len(count)), count)
    turned = block.first[pattern] + block.first[pattern + 1] - 1 - np.arange(len(block.stop))
    trips = np.repeat(np.arange(len(count)), block.size)
    back = block.trip_first[trips] + block.trip_first[trips + 1] - 1 - np.arange(len(block.trip))
    # Both orders of the times, read from their ends, are the orders of the mirrored trips; but a time that
    # stood by trip now is wanted by place.
    arrival, departure = (np.empty_like(block.arrival) for _ in range(2))
    for one, (n, places) in enumerate(zip(block.size.tolist(), count.tolist(), strict=True)):
        part = slice(block.at[one], block.at[one + 1])
        by_place = block.departure[part].reshape(places, n)
        by_trip = block.arrival[part].reshape(n, places)
        arrival[part] = -by_place[::-1, ::-1].T.ravel()
        departure[part] = -by_trip[::-1, ::-1].T.ravel()
    stop, board, alight = block.stop[turned], block.alight[turned], block.board[turned]
    index = _index(stop, board, count, len(block.index_first) - 1)
    return Patterns(
        block.first,
        stop,
        board,
        alight,
        block.size,
        block.trip_first,
        block.trip[back],
        block.at,
        arrival,
        departure,
        *index,
    )


def turned(ways: Links, ends: int) -> Links:
    """The same ways, walked the other way round.

    Args:
        ways: Ways by start.
        ends: Number of places where they lead.
    """
    starts = np.repeat(np.arange(len(ways.first) - 1), np.diff(ways.first))
    return links(ends, ways.to, starts, ways.ms)
