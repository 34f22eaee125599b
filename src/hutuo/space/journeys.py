"""A journey from door to door, leg by leg: what lies behind a number of a matrix."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.space import doors, raptor
from hutuo.space.patterns import MINUTE, SECOND, Patterns, turned
from hutuo.space.timetable import Timetable

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import ArrayLike

    from hutuo.space.footways import Network


class Leg(NamedTuple):
    """A part of a journey.

    Attributes:
        mode: walk, car (to a stop where one parks) or transit.
        start: Id of the stop where it starts, None at the door.
        end: Id of the stop where it ends, None at the door.
        departure_seconds: After midnight of the day of service.
        arrival_seconds: The same; what lies before the departure of the next leg is waiting.
        trip: Id of the trip, None where none is ridden.
        route: Its route.
        name: What it is called.
    """

    mode: str
    start: str | None
    end: str | None
    departure_seconds: float
    arrival_seconds: float
    trip: str | None = None
    route: str | None = None
    name: str | None = None


class Journey(NamedTuple):
    """A journey from door to door.

    Attributes:
        minutes: From the departure to the arrival.
        departure_seconds: After midnight of the day of service.
        transfers: Changes from ride to ride.
        legs: In order; a change at a stop is none.
    """

    minutes: float
    departure_seconds: float
    transfers: int
    legs: tuple[Leg, ...]


def journey(  # noqa: PLR0913 - as travel_times
    origin: "ArrayLike",
    destination: "ArrayLike",
    *,
    walk: "Network",
    timetable: Timetable,
    roads: "Network | None" = None,
    departure: "str | Sequence[str]" = ("07:00", "09:00"),
    percentile: float = 50,
    **limits: float | None,
) -> Journey | None:
    """The journey that takes as long as :func:`hutuo.space.doors.travel_times` says.

    Args:
        origin: Longitude and latitude (2,), or a node.
        destination: The same.
        walk: Streets for walking.
        timetable: What runs.
        roads: Streets for driving to a stop where one parks; None for walking only.
        departure: First and last of the departures, the last not included; or a single one.
        percentile: Share of the departures, in per cent, that take at most so long.
        **limits: As :class:`hutuo.space.doors.Limits` has them.

    Returns:
        Of the departures that take so long the first, with the fewest rides; None where there is no way
        within the limits.

    Raises:
        BadAsk: A limit is none, or more than one origin or destination is given.
        BadInput: A point is not on Earth or a node not on the network.
    """
    ends = np.asarray(origin)[None], np.asarray(destination)[None]
    if max(end.ndim for end in ends) > 2:  # noqa: PLR2004 - one point
        raise BadAsk(
            Text("一次行程只有一个起点和一个终点", "a journey has one origin and one destination"),
            Text("多个起终点请用travel_times", "ask travel_times for several"),
        )
    job = doors.job(ends, walk, timetable, doors.window(departure), doors.checked(limits), roads)
    if job.driven is not None:
        access = doors.either(job.ways.access, job.driven)
        job = job._replace(ways=job.ways._replace(access=access))
    job, out = doors.counted(job, doors.rank(percentile, len(job.rules.departures)))
    took, rides = int(out.ms[0, 0, 0]), int(out.rides[0, 0])
    if took >= raptor.NEVER:
        return None
    start = int(job.rules.departures[out.departure[0, 0]])
    legs = _Trace(job, start).legs(start + took, rides)
    return Journey(took / MINUTE, start / SECOND, max(0, rides - 1), legs)


class _Trace:
    """Labels of one departure, followed from the destination back to the origin."""

    def __init__(self, job: doors.Job, start: int) -> None:
        self.job, self.start = job, start
        departures = np.array([start], np.int32)
        rules = job.rules._replace(departures=departures)
        access = job.ways.access
        found = raptor.labels(job.timetable.blocks, job.walks, (access.to, access.ms), rules)
        self.ride, self.ready = found.ride, found.ready
        self.into = turned(job.walks, len(rules.change))

    def legs(self, arrival: int, rides: int) -> tuple[Leg, ...]:
        """The legs of the journey that arrives then, after so many rides."""
        if rides == 0:
            return (self.leg("walk", None, None, self.start, arrival),)
        egress = self.job.ways.egress
        at = np.flatnonzero(self.ride[egress.to, rides] + egress.ms == arrival)[0]
        stop, time = int(egress.to[at]), arrival - int(egress.ms[at])
        found = [self.leg("walk", stop, None, time, arrival)]
        for row in range(rides, 0, -1):
            legs, stop, time = self.before(stop, time, row)
            found += legs
        return tuple(reversed(found))

    def before(self, stop: int, time: int, row: int) -> tuple[list[Leg], int, int]:
        """The ride that comes to a stop then, and the way to where one gets on; the last leg first."""
        trip, on, departure = self.boarded(stop, time, row)
        ride = self.ridden(self.leg("transit", on, stop, departure, time), trip)
        ready = int(self.ready[on, row - 1])
        if row == 1:
            mode, ms = self.access(on, ready)
            return [ride, self.leg(mode, None, on, self.start, self.start + ms)], on, ready
        rules = self.job.rules
        if int(self.ride[on, row - 1]) + int(rules.change[on]) == ready:
            return [ride], on, int(self.ride[on, row - 1])
        part = slice(self.into.first[on], self.into.first[on + 1])
        come, took = self.into.to[part], self.into.ms[part]
        at = np.flatnonzero(self.ride[come, row - 1] + took + rules.slack == ready)[0]
        start = int(self.ride[come[at], row - 1])
        walk = self.leg("walk", int(come[at]), on, start, start + int(took[at]))
        return [ride, walk], int(come[at]), start

    def boarded(self, stop: int, time: int, row: int) -> tuple[int, int, int]:
        """Trip that comes to a stop then, stop where one may have got on, and its departure there.

        The place to get on is the last that there is.
        """
        for block in self.job.timetable.blocks:
            for p, place in _places(block, stop):
                stops = block.stop[block.first[p] : block.first[p] + place]
                board = block.board[block.first[p] : block.first[p] + place]
                size, at = int(block.size[p]), int(block.at[p])
                times = block.arrival[at : int(block.at[p + 1])].reshape(size, -1)
                leaves = block.departure[at : int(block.at[p + 1])].reshape(-1, size)
                for trip in np.flatnonzero(times[:, place] == time):
                    may = (board != 0) & (self.ready[stops, row - 1] <= leaves[:place, trip])
                    if may.any():
                        on = int(np.flatnonzero(may)[-1])
                        number = int(block.trip[block.trip_first[p] + trip])
                        return number, int(stops[on]), int(leaves[on, trip])
        raise AssertionError(f"no trip comes to stop {stop} at {time}")

    def access(self, stop: int, ready: int) -> tuple[str, int]:
        """How one came from the door to a stop, and how long that took."""
        ms = ready - self.start
        driven = self.job.driven
        if driven is not None and (driven.ms[driven.to == stop] == ms).any():
            return "car", ms
        return "walk", ms

    def leg(
        self, mode: str, start: int | None, end: int | None, departure: int, arrival: int
    ) -> Leg:
        """A leg between two stops or doors."""
        ids = self.job.timetable.stops["stop"]
        ends = [None if one is None else str(ids.iloc[one]) for one in (start, end)]
        return Leg(mode, ends[0], ends[1], departure / SECOND, arrival / SECOND)

    def ridden(self, leg: Leg, trip: int) -> Leg:
        """A leg with what is ridden."""
        row = self.job.timetable.trips.iloc[trip].astype(object)
        said = row.where(row.notna(), None)
        return leg._replace(trip=str(row["trip"]), route=said["route"], name=said["name"])


def _places(block: Patterns, stop: int) -> "Iterator[tuple[int, int]]":
    """Patterns that one may get off at a stop, and its place in each."""
    for g in np.flatnonzero((block.stop == stop) & (block.alight != 0)).tolist():
        p = int(np.searchsorted(block.first, g, side="right")) - 1
        yield p, g - int(block.first[p])
