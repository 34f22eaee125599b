"""A matrix by timetable that is kept, and what a planned line changes in it.

With a line, only those origins are computed again from where somebody may gain by it: searches backwards in
time from its stations say when one must leave each origin to catch each of its trips, and when one must
leave to be at its stations as early without it.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, NamedTuple, Self

import numpy as np

from hutuo.space import doors, footways, raptor, windows
from hutuo.space import gains as overlays
from hutuo.space.patterns import Links, Patterns, links, mirrored, turned
from hutuo.space.timetable import Timetable

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    from hutuo.space.footways import Doors, Network
    from hutuo.space.lines import Line

    Ints = NDArray[np.int32]
    Times = NDArray[np.int64]

LONG_AGO = -(1 << 40)
KEPT_BYTES = 1 << 30


@dataclass(frozen=True, eq=False)
class Matrix:
    """Travel times on foot and by timetable from door to door, with what is needed to change the timetable.

    Attributes:
        minutes: float32 (origins, destinations), inf where there is no way within the limits.
        touched: (origins,) whether the origin was computed again for the last change; all at first.
        share: Share of origins that were.
        job: What the kernel was given.
        rank: Which of the sorted times over the departures.
        walk: Streets for walking.
        ends: Origins and destinations on them.
        limits: What journeys keep to.
        ms: The minutes as whole milliseconds.
        every: Milliseconds of every departure; None where they would not fit into :data:`KEPT_BYTES`, where
            rides are limited, and of a matrix that was changed.
    """

    minutes: "NDArray[np.float32]"
    touched: "NDArray[np.bool_]"
    job: doors.Job
    rank: int
    walk: "Network"
    ends: "tuple[Doors, Doors]"
    limits: doors.Limits
    ms: "Ints"
    every: "Ints | None" = None

    @classmethod
    def of(
        cls,
        origins: "ArrayLike",
        destinations: "ArrayLike",
        *,
        walk: "Network",
        timetable: Timetable,
        departure: "str | Sequence[str]" = ("07:00", "09:00"),
        **how: float | None,
    ) -> Self:
        """The matrix that :func:`hutuo.space.doors.travel_times` gives for the same.

        Args:
            origins: Longitude and latitude (n, 2), or nodes (n,).
            destinations: The same (m, 2) or (m,).
            walk: Streets for walking.
            timetable: What runs.
            departure: First and last of the departures, the last not included; or a single one.
            **how: ``percentile``, and limits as :class:`hutuo.space.doors.Limits` has them.

        Raises:
            BadAsk: A limit is none.
            BadInput: Points are not on Earth or nodes not on the network.
        """
        percentile = how.pop("percentile", 50)
        its = doors.checked(how)
        both = np.asarray(origins), np.asarray(destinations)
        job = doors.job(both, walk, timetable, doors.window(departure), its)
        rank = doors.rank(50 if percentile is None else percentile, len(job.rules.departures))
        ends = tuple(footways.doors(walk, points, its.walk_kmh) for points in both)
        size = len(ends[0].node) * len(ends[1].node) * len(job.rules.departures) * 4
        kept = size <= KEPT_BYTES and not job.rules.rides
        out = doors.run(job, rank, every=kept)
        ms = out.ms[0]
        every = np.ones(len(ms), bool)
        return cls(
            doors.minutes_of(ms),
            every,
            job,
            rank,
            walk,
            (ends[0], ends[1]),
            its,
            ms,
            out.every if kept else None,
        )

    @property
    def share(self) -> float:
        """Share of origins that were computed again for the last change."""
        return float(self.touched.mean()) if len(self.touched) else 0.0

    def with_lines(self, lines: "Sequence[Line] | Line") -> Self:
        """The matrix with planned lines, equal to one that is made anew.

        Args:
            lines: Planned lines, beside those that the timetable has already.

        Raises:
            BadInput: A station is unknown, or a line's numbers do not fit together.
        """
        after = self.job.timetable.with_lines(lines)
        job = self._grown(after)
        gains = Gains(job, self.job.timetable)
        touched, ms = gains.touched(), self.ms.copy()
        rules = job.rules
        if self.every is not None:
            window = overlays.Window(rules.departures, rules.longest, self.rank)
            overlays.overlaid(np.flatnonzero(touched), self.every, gains.boardings(), window, ms)
        elif touched.any():
            few = job._replace(
                ways=job.ways._replace(
                    access=_rows(job.ways.access, touched), direct=_rows(job.ways.direct, touched)
                )
            )
            ms[touched] = doors.run(few, self.rank).ms[0]
        minutes = doors.minutes_of(ms)
        return replace(self, minutes=minutes, touched=touched, job=job, ms=ms, every=None)

    def _grown(self, after: Timetable) -> doors.Job:
        """The job with the stations that the timetable has more, and the ways to them."""
        old, rules = self.job, self.job.rules
        most = self.limits.max_walk_minutes
        places = footways.stops(after, self.walk, most, self.limits.walk_kmh)
        known = len(rules.change)
        more = footways.Doors(places.doors.node[known:], places.doors.ms[known:])
        ways = old.ways
        if len(more.node):
            start, end = self.ends
            back = footways.spread(self.walk, more, most, reverse=True)
            ahead = footways.spread(self.walk, more, most)
            nodes, count = self.walk.nodes, len(more.node)
            to = turned(footways.joined(back, count, start, nodes, most), len(start.node))
            off = turned(footways.joined(ahead, count, end, nodes, most), len(end.node))
            ways = ways._replace(
                access=_together(ways.access, to, known), egress=_together(ways.egress, off, known)
            )
        change = after.changes(rules.slack)
        return old._replace(
            timetable=after, walks=places.walks, ways=ways, rules=rules._replace(change=change)
        )


def _together(one: Links, more: Links, shift: int) -> Links:
    """Ways by the same starts, those of ``more`` to ends numbered on from ``shift``."""
    tail = np.concatenate([footways.tails(one), footways.tails(more)])
    head = np.concatenate([one.to, more.to + shift])
    return links(len(one.first) - 1, tail, head, np.concatenate([one.ms, more.ms]))


def _rows(ways: Links, kept: "NDArray[np.bool_]") -> Links:
    """Ways of some starts only, numbered anew."""
    tail = footways.tails(ways)
    good = kept[tail]
    number = np.cumsum(kept) - 1
    return links(int(kept.sum()), number[tail[good]], ways.to[good], ways.ms[good])


class _Back(NamedTuple):
    """Searches backwards in time over the trips that there were, from the stops of new ones."""

    job: doors.Job
    blocks: tuple[Patterns, Patterns]
    walks: Links

    def latest(self, stop: int, times: "Ints", *, ready: bool) -> "Times":
        """Latest departures from every origin, to be at a stop by some times.

        Args:
            stop: The stop.
            times: (times,) ascending milliseconds.
            ready: Whether to be ready to get on there, after a change or a walk; else to have come by ride.

        Returns:
            int64 (origins, times), LONG_AGO where there is no way within the longest journey.
        """
        rules = self.job.rules
        here = np.array([stop], np.int32), np.zeros(1, np.int32)
        starts = _changed(stop, self.walks, rules) if ready else here
        begin = -times[::-1].astype(np.int32)
        back = rules._replace(departures=begin, rides=0, rows=1, chained=False)
        found = raptor.labels(self.blocks, self.walks, starts, back)
        best = np.empty((len(self.job.ways.access.first) - 1, len(begin)), np.int32)
        windows.reached(found, self.job.ways.access, best)
        if ready:
            access = self.job.ways.access
            at = access.to == stop
            rows = footways.tails(access)[at]
            best[rows] = np.minimum(best[rows], begin + access.ms[at][:, None])
        return np.where(best < raptor.NEVER, -best.astype(np.int64), LONG_AGO)[:, ::-1]


def _changed(stop: int, walks: Links, rules: raptor.Rules) -> "tuple[Ints, Ints]":
    """Stops where one gets on after one got off at ``stop``, and how long that takes."""
    part = slice(walks.first[stop], walks.first[stop + 1])
    to = np.append(walks.to[part], stop).astype(np.int32)
    ms = np.append(walks.ms[part] + rules.slack, rules.change[stop]).astype(np.int32)
    good = ms < raptor.NEVER
    return to[good], ms[good]


class Gains:
    """What may be gained by new trips.

    Args:
        job: The matrix with the new trips.
        before: The timetable without them.
    """

    def __init__(self, job: doors.Job, before: Timetable) -> None:
        self.job = job
        walks = turned(job.walks, len(job.rules.change))
        self.back = _Back(job, (mirrored(before.base), mirrored(before.added)), walks)
        block, first = job.timetable.added, len(before.trips)
        runs = [_times(block, p, first, job.rules) for p in range(len(block.size))]
        self.runs = [run for run in runs if run[1].size]
        self.on, self.off = _asked(self.runs, job.rules)
        self.known = len(before.stops)
        self.ready = {s: self.back.latest(s, times, ready=True) for s, times in self.on.items()}

    def touched(self) -> "NDArray[np.bool_]":
        """Origins from where somebody may gain; from all others nobody does.

        Returns:
            (origins,) whether for some departure a new trip brings one to one of its stops, within the
            longest journey, before one can be there by ride without it.
        """
        # With a limit on rides one may be there as early without the line, but after too many of them.
        there = {
            stop: self.back.latest(stop, times, ready=False)
            for stop, times in self.off.items()
            if stop < self.known and not self.job.rules.rides
        }
        touched = np.zeros(len(self.job.ways.access.first) - 1, bool)
        for stops, arrival, departure in self.runs:
            caught = np.full((len(touched), arrival.shape[0]), LONG_AGO)
            for place, stop in enumerate(stops.tolist()):
                if place and stop in self.off:
                    early = _at(there.get(stop), self.off[stop], arrival[:, place], len(touched))
                    touched |= _gain(caught, early, arrival[:, place], self.job.rules)
                if place < len(stops) - 1:
                    caught = np.maximum(caught, self._latest(stop, departure[:, place]))
        return touched

    def _latest(self, stop: int, times: "Times") -> "Times":
        """Latest departures that catch trips at a stop."""
        count = len(self.job.ways.access.first) - 1
        return _at(self.ready.get(stop), self.on.get(stop, np.zeros(0, np.int32)), times, count)

    def boardings(self) -> overlays.Boardings:
        """Where new trips may be got on, when one must leave for that, and where one gets to."""
        onward = {stop: self._onward(stop, times) for stop, times in self.off.items()}
        latest, arrival, places, trips = [], [], [], []
        for stops, arrives, leaves in self.runs:
            size = len(stops) - 1
            later = np.full((len(self.job.ways.egress.first) - 1, arrives.shape[0]), raptor.NEVER)
            ahead = []
            for place in range(size, 0, -1):
                stop = int(stops[place])
                if stop in onward:
                    got = _at(onward[stop], self.off[stop], arrives[:, place], len(later))
                    later = np.minimum(later, np.where(got == LONG_AGO, raptor.NEVER, got))
                ahead.append(later)
            arrival += ahead[::-1]
            latest += [self._latest(int(stops[i]), leaves[:, i]) for i in range(size)]
            places.append(size)
            trips.append(arrives.shape[0])
        first = np.concatenate([[0], np.cumsum(np.array(places, int) * np.array(trips, int))])
        return overlays.Boardings(
            first.astype(np.int32),
            np.array(places, np.int32),
            np.array(trips, np.int32),
            _side(latest, len(self.job.ways.access.first) - 1),
            _side(arrival, len(self.job.ways.egress.first) - 1),
        )

    def _onward(self, stop: int, times: "Ints") -> "Times":
        """Earliest arrivals at every destination of who gets off at a stop, (destinations, times)."""
        job = self.job
        starts = _changed(stop, job.walks, job.rules)
        rules = job.rules._replace(departures=times, rides=0, rows=1)
        found = raptor.labels(job.timetable.blocks, job.walks, starts, rules)
        egress = job.ways.egress
        best = np.empty((len(egress.first) - 1, len(times)), np.int32)
        windows.reached(found, egress, best)
        at = egress.to == stop
        rows = footways.tails(egress)[at]
        best[rows] = np.minimum(best[rows], times + egress.ms[at][:, None])
        return best.astype(np.int64)


def _side(parts: "list[Times]", rows: int) -> "Ints":
    """Blocks of columns side by side, in the range of the kernel."""
    if not parts:
        return np.zeros((rows, 0), np.int32)
    whole = np.concatenate(parts, axis=1)
    return np.ascontiguousarray(np.clip(whole, -raptor.NEVER, raptor.NEVER).astype(np.int32))


def _times(
    block: Patterns, p: int, first: int, rules: raptor.Rules
) -> "tuple[Ints, Times, Times]":
    """Stops of a pattern; arrivals and departures (trips, places) of its trips that are new."""
    places = slice(block.first[p], block.first[p + 1])
    part = slice(block.at[p], block.at[p + 1])
    new = block.trip[block.trip_first[p] : block.trip_first[p + 1]] >= first
    arrival = block.arrival[part].reshape(len(new), -1).astype(np.int64)
    departure = block.departure[part].reshape(-1, len(new)).T.astype(np.int64)
    last = int(rules.departures[-1]) + rules.longest
    new &= (departure[:, 0] <= last) & (arrival[:, -1] >= rules.departures[0])
    return block.stop[places], arrival[new], departure[new]


def _asked(
    runs: "list[tuple[Ints, Times, Times]]", rules: raptor.Rules
) -> "tuple[dict[int, Ints], dict[int, Ints]]":
    """By stop the times at which new trips leave it, and at which they come to it, within the window."""
    first, last = int(rules.departures[0]), int(rules.departures[-1]) + rules.longest
    found: tuple[dict[int, list[NDArray[np.int64]]], ...] = ({}, {})
    for stops, arrival, departure in runs:
        for place, stop in enumerate(stops.tolist()):
            if place < len(stops) - 1:
                found[0].setdefault(stop, []).append(departure[:, place])
            if place:
                found[1].setdefault(stop, []).append(arrival[:, place])
    on, off = (
        {stop: np.unique(np.concatenate(times)) for stop, times in one.items()} for one in found
    )
    bounds = (
        {s: t[(t >= first) & (t <= last)].astype(np.int32) for s, t in one.items()}
        for one in (on, off)
    )
    kept = tuple({s: t for s, t in one.items() if len(t)} for one in bounds)
    return kept[0], kept[1]


def _at(
    latest: "NDArray[np.int64] | None", times: "Ints", wanted: "Times", origins: int
) -> "NDArray[np.int64]":
    """Latest departures for the wanted times, LONG_AGO for those outside the window."""
    if latest is None or not len(times):
        return np.full((origins, len(wanted)), LONG_AGO)
    place = np.minimum(np.searchsorted(times, wanted), len(times) - 1)
    return np.where(times[place] == wanted, latest[:, place], LONG_AGO)


def _gain(
    caught: "NDArray[np.int64]", early: "NDArray[np.int64]", arrival: "Times", rules: raptor.Rules
) -> "NDArray[np.bool_]":
    """Whether some departure catches a trip, and is not at its stop by then without it."""
    marks = rules.departures.astype(np.int64)
    least = np.maximum(early + 1, arrival - rules.longest)
    first = np.searchsorted(marks, least)
    after = np.searchsorted(marks, caught, side="right")
    return np.asarray((after > first).any(axis=1))
