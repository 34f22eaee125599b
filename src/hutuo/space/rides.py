"""Journeys by road to a station, by timetable, and by road on: minutes over a window of departures."""

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.errors import BadAsk
from hutuo.verbs import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.space.patterns import Links
    from hutuo.space.roadtable import Streets
    from hutuo.space.seats import Modelled
    from hutuo.space.timetable import Timetable

    Minutes = NDArray[np.float32]

LONGEST_MINUTES = 12 * 60.0


class Habits(NamedTuple):
    """How people travel by timetable.

    Attributes:
        departure: First and last clock time of the departures, the last not included; or a single one.
        percentile: Share of the departures, in per cent, that take at most the minutes given.
        boarding_minutes: Minutes at the first station before a train leaves.
        alighting_minutes: Minutes from the last train to the road.
        access_minutes: Longest way by road to the first and from the last station.
        transfer_minutes: Least minutes between two trains at one station.
        between_minutes: Longest way by road between two stations.
    """

    departure: tuple[str, ...] = ("07:00", "09:00")
    percentile: float = 50.0
    boarding_minutes: float = 15.0
    alighting_minutes: float = 5.0
    access_minutes: float = 60.0
    transfer_minutes: float = 10.0
    between_minutes: float = 45.0


class Stations(NamedTuple):
    """Stops where journeys begin or end, and the ways between them by road.

    Attributes:
        number: Their numbers in the timetable, (stations,).
        lonlat: Degrees, (stations, 2).
        between: Minutes by road, float32 (stations, stations).
    """

    number: "NDArray[np.int64]"
    lonlat: "NDArray[np.float64]"
    between: "Minutes"


def departures(clocks: Sequence[str]) -> "NDArray[np.int32]":
    """Departures in milliseconds, a minute apart, the last not included.

    Raises:
        BadAsk: They are none.
    """
    from hutuo.space.timetable import milliseconds

    times = [milliseconds(clock) for clock in clocks]
    if len(times) == 1:
        return np.array(times, np.int32)
    if len(times) != 2 or times[0] >= times[1]:  # noqa: PLR2004 - first and last
        given = ", ".join(clocks)
        hint = Text(
            "一个时刻,或先早后晚的两个时刻,如07:00与09:00",
            "one time, or the first and a later last, as 07:00 and 09:00",
        )
        says = Text(f"出发时段为{given or '空'}", f"departure is {given or 'empty'}")
        raise BadAsk(says, hint)
    return np.arange(times[0], times[1], 60_000, dtype=np.int32)


def stations(timetable: "Timetable", roads: "Modelled | Streets") -> Stations:
    """Stops with coordinates that lie on the roads.

    Args:
        timetable: What runs.
        roads: Roads to the stops.
    """
    lonlat = timetable.stops[["lon", "lat"]].to_numpy(float)
    known = np.flatnonzero(~np.isnan(lonlat).any(axis=1))
    near = known[roads.within(lonlat[known]) >= 0]
    return Stations(near, lonlat[near], roads.times(lonlat[near], lonlat[near]))


def minutes(
    timetable: "Timetable",
    where: Stations,
    access: "NDArray[np.floating]",
    egress: "NDArray[np.floating]",
    habits: Habits,
) -> "Minutes":
    """Minutes from origins to destinations by timetable, ways to and from stations included.

    Args:
        timetable: What runs.
        where: Its stations.
        access: Minutes from origins to stations, (origins, stations); inf where none.
        egress: Minutes from stations to destinations, (stations, destinations).
        habits: How people travel; its boarding and alighting minutes are added here.

    Returns:
        float32 (origins, destinations), inf where there is no way within twelve hours.
    """
    from hutuo.space import doors, raptor, windows
    from hutuo.space.patterns import links

    window = departures(habits.departure)
    slack = round(habits.transfer_minutes * 60_000)
    rules = raptor.Rules(
        window,
        timetable.changes(slack),
        slack,
        round(LONGEST_MINUTES * 60_000),
        0,
        1,
        False,  # noqa: FBT003
    )
    none = np.zeros(0, np.int32)
    ways = windows.Ways(
        _links(access + habits.boarding_minutes, habits, where.number, len(access)),
        _links((egress + habits.alighting_minutes).T, habits, where.number, egress.shape[1]),
        links(len(access), none, none, none),
    )
    job = doors.Job(timetable, _between(where, habits, len(timetable.stops)), ways, rules, None)
    return doors.minutes_of(doors.run(job, rank(habits.percentile, len(window))).ms[0])


def rank(percentile: float, count: int) -> int:
    """Which of so many sorted times a percentile is, by the nearest rank, from 1."""
    return max(1, math.ceil(percentile * count / 100 - 1e-9))


def _links(
    took: "NDArray[np.floating]", habits: Habits, number: "NDArray[np.int64]", starts: int
) -> "Links":
    """Ways from doors to stops as links; those that take too long are none."""
    from hutuo.space.patterns import links

    most = habits.access_minutes + max(habits.boarding_minutes, habits.alighting_minutes)
    door, station = np.nonzero(took <= most)
    ms = np.rint(took[door, station] * 60_000).astype(np.int32)
    return links(starts, door, number[station], ms)


def _between(where: Stations, habits: Habits, stops: int) -> "Links":
    """Ways by road from station to station, as links."""
    from hutuo.space.patterns import links

    good = where.between <= habits.between_minutes
    np.fill_diagonal(good, val=False)
    one, other = np.nonzero(good)
    ms = np.rint(where.between[one, other] * 60_000).astype(np.int32)
    return links(stops, where.number[one], where.number[other], ms)
