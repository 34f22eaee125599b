"""Travel times from door to door: by road, on foot, and by timetable over a window of departures."""

import math
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Literal, NamedTuple, overload

import numpy as np

from hutuo.errors import BadAsk, Finding
from hutuo.glossary import Text
from hutuo.space import coordinates, footways, raptor, windows
from hutuo.space.patterns import MINUTE, SECOND, Links, links
from hutuo.space.timetable import Timetable, milliseconds

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from hutuo.space.footways import Network

    Minutes = NDArray[np.float32]

CAR_KMH = 20.0
LONGEST_MINUTES = 24 * 60
NONE, WALK, TRANSIT, CAR, PARK = range(5)
MODES = ("none", "walk", "transit", "car", "park_and_ride")


class Limits(NamedTuple):
    """What a journey keeps to, in minutes and seconds.

    Attributes:
        max_minutes: Longest journey; what takes longer is not reached.
        max_walk_minutes: Longest walk: to the first stop, between two rides, from the last, or all the way.
        max_rides: Most rides; None for any number.
        transfer_seconds: Least time between getting off and getting on, after a walk between them as well.
        park_minutes: Longest drive to a stop.
        parking_seconds: Time to park.
        walk_kmh: Speed on foot between a door or stop and the nearest street.
    """

    max_minutes: float = 120.0
    max_walk_minutes: float = 20.0
    max_rides: int | None = None
    transfer_seconds: float = 0.0
    park_minutes: float = 30.0
    parking_seconds: float = 300.0
    walk_kmh: float = 4.8


class Times(NamedTuple):
    """Travel times and how they come about.

    Attributes:
        minutes: float32 (origins, destinations), inf where there is no way within the limits.
        mode: uint8 (origins, destinations), place in :data:`MODES`.
        transfers: int16 (origins, destinations) changes from ride to ride, -1 where nothing is ridden.
        departure: int32 (origins, destinations) minutes after midnight of a departure that takes so long, -1
            where it does not matter.
        findings: What could not be put on the streets, and what seems wrong with coordinates.
    """

    minutes: "Minutes"
    mode: "NDArray[np.uint8]"
    transfers: "NDArray[np.int16]"
    departure: "NDArray[np.int32]"
    findings: tuple[Finding, ...]


class Job(NamedTuple):
    """A matrix by timetable, ready for the kernel.

    Attributes:
        timetable: The timetable.
        walks: Walks between its stops.
        ways: Ways between doors and stops.
        rules: What to keep to.
        driven: Ways to stops by car, of park and ride; None without.
    """

    timetable: Timetable
    walks: Links
    ways: windows.Ways
    rules: raptor.Rules
    driven: Links | None


@overload
def travel_times(
    origins: "ArrayLike",
    destinations: "ArrayLike",
    *,
    roads: "Network | None" = ...,
    walk: "Network | None" = ...,
    timetable: Timetable | None = ...,
    departure: str | Sequence[str] = ...,
    percentile: float = ...,
    park_and_ride: bool = ...,
    detail: Literal[False] = ...,
    **limits: float | None,
) -> "Minutes": ...


@overload
def travel_times(
    origins: "ArrayLike",
    destinations: "ArrayLike",
    *,
    roads: "Network | None" = ...,
    walk: "Network | None" = ...,
    timetable: Timetable | None = ...,
    departure: str | Sequence[str] = ...,
    percentile: float = ...,
    park_and_ride: bool = ...,
    detail: Literal[True],
    **limits: float | None,
) -> Times: ...


def travel_times(  # noqa: PLR0913 - the face of the part: each is something to choose
    origins: "ArrayLike",
    destinations: "ArrayLike",
    *,
    roads: "Network | None" = None,
    walk: "Network | None" = None,
    timetable: Timetable | None = None,
    departure: str | Sequence[str] = ("07:00", "09:00"),
    percentile: float = 50,
    park_and_ride: bool = False,
    detail: bool = False,
    **limits: float | None,
) -> "Minutes | Times":
    """Minutes from every origin to every destination, by the fastest of the ways that are given.

    Args:
        origins: Longitude and latitude (n, 2), or nodes (n,) of the one network that is given.
        destinations: The same (m, 2) or (m,).
        roads: Streets for cars: all the way, or with ``park_and_ride`` to a stop.
        walk: Streets for walking: all the way, and to, between and from stops.
        timetable: What runs; needs ``walk``.
        departure: First and last of the departures, the last not included, a minute apart; or a single one.
        percentile: Share of the departures, in per cent, that take at most the minutes given: 50 for the
            median, 0 for the fastest, 100 for the slowest.
        park_and_ride: Whether cars are for driving to stops only.
        detail: Whether to tell modes, transfers and departures as well.
        **limits: As :class:`Limits` has them: ``max_minutes``, ``max_walk_minutes``, ``max_rides``,
            ``transfer_seconds``, ``park_minutes``, ``parking_seconds``, ``walk_kmh``.

    Returns:
        float32 (n, m), inf where there is no way within the limits; or, with ``detail``, :class:`Times`.

    Raises:
        BadAsk: Nothing to travel by is given, or a limit is none.
        BadInput: Points are not on Earth or nodes not on the network; every one is told.

    Source: nearest-rank percentiles over departures a minute apart, as Conway, Byrd and van der Linden
        (2017), doi:10.3141/2653-06.
    """
    its = checked(limits)
    _asked(roads, walk, timetable, park_and_ride=park_and_ride)
    ends = np.asarray(origins), np.asarray(destinations)
    shape = (len(ends[0]), len(ends[1]))
    times = _nothing(shape)
    if roads is not None and not park_and_ride:
        times = _faster(times, _by_car(roads, *ends, its.max_minutes), CAR)
    if walk is not None and timetable is None:
        times = _faster(times, _on_foot(walk, *ends, its), WALK)
    if walk is not None and timetable is not None:
        ready = job(
            ends, walk, timetable, window(departure), its, roads if park_and_ride else None
        )
        times = _by_timetable(
            ready, times, rank(percentile, len(ready.rules.departures)), detail=detail
        )
        if detail:
            times = times._replace(findings=tuple(footways.far(timetable, walk)))
    if detail:
        doubts = coordinates.doubts(ends, walk if roads is None else roads, timetable)
        times = times._replace(findings=(*times.findings, *doubts))
    return times if detail else times.minutes


def checked(given: dict[str, float | None]) -> Limits:
    """The limits, each one that there is.

    Args:
        given: By name.

    Raises:
        BadAsk: One is unknown or out of range.
    """
    unknown = sorted(set(given) - set(Limits._fields))
    if unknown:
        raise BadAsk(
            Text(f"没有限值{'、'.join(unknown)}", f"no limit {', '.join(unknown)}"),
            Text(f"可用:{'、'.join(Limits._fields)}", f"possible: {', '.join(Limits._fields)}"),
        )
    its = Limits(**given)  # type: ignore[arg-type]
    for name, value in its._asdict().items():
        if not _fits(name, value):
            hint = Text(
                "应为不小于0的数;速度应大于0;max_rides为不小于1的整数,或None",
                "a number from 0 on; a speed above 0; max_rides a whole one from 1, or None",
            )
            raise BadAsk(Text(f"{name}为{value}", f"{name} is {value}"), hint)
    if (longest := its.max_minutes) > LONGEST_MINUTES:
        raise BadAsk(
            Text(f"max_minutes为{longest}", f"max_minutes is {longest}"),
            Text(f"最多{LONGEST_MINUTES}", f"at most {LONGEST_MINUTES}"),
        )
    return its


def _fits(name: str, value: float | None) -> bool:
    """Whether a limit is in its range."""
    if name == "max_rides":
        whole = value is not None and value == int(value)
        return value is None or (whole and 1 <= value < raptor.UNREACHED)
    least = 1e-9 if name == "walk_kmh" else 0
    return value is not None and least <= value < math.inf


def _asked(
    roads: "Network | None",
    walk: "Network | None",
    timetable: Timetable | None,
    *,
    park_and_ride: bool,
) -> None:
    """There is something to travel by.

    Raises:
        BadAsk: There is not.
    """
    if roads is None and walk is None:
        raise BadAsk(
            Text("没有给出出行方式", "nothing to travel by is given"),
            Text("请给出roads、walk,或walk与timetable", "give roads, walk, or walk and timetable"),
        )
    if timetable is not None and walk is None:
        raise BadAsk(
            Text("时刻表须有步行到站的道路", "a timetable needs streets to walk to its stops"),
            Text("请同时给出walk", "give walk as well"),
        )
    if park_and_ride and (roads is None or timetable is None):
        raise BadAsk(
            Text("驻车换乘须有道路与时刻表", "park_and_ride needs roads and a timetable"),
            Text("请给出两者以及walk", "give both, and walk"),
        )


def window(departure: str | Sequence[str]) -> "NDArray[np.int32]":
    """Departures in milliseconds, a minute apart, the last not included.

    Args:
        departure: First and last, or a single one.

    Raises:
        BadAsk: They are none.
    """
    given = [departure] if isinstance(departure, str) else list(departure)
    times = [milliseconds(one) for one in given]
    if len(times) == 1:
        return np.array(times, np.int32)
    if len(times) != 2 or times[0] >= times[1]:  # noqa: PLR2004 - first and last
        hint = Text(
            "应为一个时刻,或先后两个时刻,如07:00与09:00",
            "a time, or the first and a later last, as 07:00 and 09:00",
        )
        raise BadAsk(Text(f"departure为{given}", f"departure is {given}"), hint)
    return np.array(range(times[0], times[1], MINUTE), np.int32)


def rank(percentile: float, departures: int) -> int:
    """Which of the sorted times of so many departures a percentile is, from 1.

    Args:
        percentile: Per cent.
        departures: How many there are.

    Raises:
        BadAsk: It is none.
    """
    if not 0 <= percentile <= 100:  # noqa: PLR2004 - per cent
        raise BadAsk(
            Text(f"percentile为{percentile}", f"percentile is {percentile}"),
            Text("0(最快)至100(最慢)", "from 0 (the fastest) to 100 (the slowest)"),
        )
    return max(1, math.ceil(percentile * departures / 100 - 1e-9))


def _nothing(shape: tuple[int, int]) -> Times:
    return Times(
        np.full(shape, np.inf, np.float32),
        np.zeros(shape, np.uint8),
        np.full(shape, -1, np.int16),
        np.full(shape, -1, np.int32),
        (),
    )


def _faster(times: Times, minutes: "Minutes", mode: int) -> Times:
    """The times, with another way where it is faster."""
    better = minutes < times.minutes
    return times._replace(
        minutes=np.where(better, minutes, times.minutes),
        mode=np.where(better, np.uint8(mode), times.mode),
    )


def _by_car(
    roads: "Network",
    origins: "NDArray[np.float64]",
    destinations: "NDArray[np.float64]",
    most: float,
) -> "Minutes":
    start, end = (footways.doors(roads, points, CAR_KMH) for points in (origins, destinations))
    found = np.full((len(start.node), len(end.node)), np.inf, np.float32)
    rows, columns = np.flatnonzero(start.node >= 0), np.flatnonzero(end.node >= 0)
    if len(rows) and len(columns):
        minutes = roads.travel_times(start.node[rows], end.node[columns])
        snap = (start.ms[rows, None] + end.ms[None, columns]) / MINUTE
        found[np.ix_(rows, columns)] = minutes + snap.astype(np.float32)
    found[found > most] = np.inf
    return found


def _on_foot(
    walk: "Network",
    origins: "NDArray[np.float64]",
    destinations: "NDArray[np.float64]",
    its: Limits,
) -> "Minutes":
    start, end = (footways.doors(walk, points, its.walk_kmh) for points in (origins, destinations))
    most = min(its.max_minutes, its.max_walk_minutes)
    count = len(start.node)
    ways = footways.joined(footways.spread(walk, start, most), count, end, walk.nodes, most)
    found = np.full((count, len(end.node)), np.inf, np.float32)
    found[np.repeat(np.arange(count), np.diff(ways.first)), ways.to] = ways.ms / MINUTE
    return found


def job(
    ends: "tuple[NDArray[np.float64], NDArray[np.float64]]",
    walk: "Network",
    timetable: Timetable,
    departures: "NDArray[np.int32]",
    its: Limits,
    roads: "Network | None" = None,
) -> Job:
    """A matrix by timetable, ready for the kernel.

    Args:
        ends: Origins and destinations.
        walk: Streets for walking.
        timetable: What runs.
        departures: Milliseconds, ascending.
        its: What journeys keep to.
        roads: Streets for driving to stops.
    """
    most = its.max_walk_minutes
    places = footways.stops(timetable, walk, most, its.walk_kmh)
    start, end = (footways.doors(walk, points, its.walk_kmh) for points in ends)
    with ThreadPoolExecutor(1) as pool:
        egress = pool.submit(footways.egress, timetable, walk, end, most, its.walk_kmh)
        out = footways.spread(walk, start, most)
        access = footways.joined(out, len(start.node), places.doors, walk.nodes, most)
        direct = footways.joined(out, len(start.node), end, walk.nodes, most)
        ways = windows.Ways(access, egress.result(), direct)
    slack = round(its.transfer_seconds * SECOND)
    rules = raptor.Rules(
        departures,
        timetable.changes(slack),
        slack,
        round(its.max_minutes * MINUTE),
        its.max_rides or 0,
        1 + (its.max_rides or 0),
        False,  # noqa: FBT003
    )
    driven = _driven(ends[0], roads, timetable, its) if roads is not None else None
    return Job(timetable, places.walks, ways, rules, driven)


def _driven(
    origins: "NDArray[np.float64]", roads: "Network", timetable: Timetable, its: Limits
) -> Links:
    """Ways to stops by car, parking included."""
    points = timetable.stops[["lon", "lat"]].to_numpy(np.float64)
    start, stops = (footways.doors(roads, p, CAR_KMH) for p in (np.asarray(origins), points))
    found = footways.spread(roads, start, its.park_minutes)
    ways = footways.joined(found, len(start.node), stops, roads.nodes, its.park_minutes)
    return ways._replace(ms=ways.ms + np.int32(round(its.parking_seconds * SECOND)))


def either(one: Links, other: Links) -> Links:
    """The faster of two ways to each end.

    Args:
        one: Ways by start.
        other: The same starts.
    """
    tails = [np.repeat(np.arange(len(w.first) - 1), np.diff(w.first)) for w in (one, other)]
    tail, head = np.concatenate(tails), np.concatenate([one.to, other.to])
    ms = np.concatenate([one.ms, other.ms])
    order = np.lexsort((ms, head, tail))
    tail, head, ms = tail[order], head[order], ms[order]
    first = np.ones(len(tail), bool)
    first[1:] = (np.diff(tail) != 0) | (np.diff(head) != 0)
    return links(len(one.first) - 1, tail[first], head[first], ms[first])


def run(ready: Job, rank: int, *, counted: bool = False, every: bool = False) -> windows.Out:
    """The kernel's answer to a job.

    Args:
        ready: The job.
        rank: Which of the sorted times over the departures, from 1.
        counted: Whether rides and departures are wanted, which needs a limit on rides.
        every: Whether the times of every departure are wanted.
    """
    shape = (len(ready.ways.access.first) - 1, len(ready.ways.egress.first) - 1)
    told = shape if counted else (0, 0)
    each = (*shape, len(ready.rules.departures)) if every else (0, 0, 0)
    out = windows.Out(
        np.empty((1, *shape), np.int32),
        np.empty(told, np.uint8),
        np.empty(told, np.int16),
        np.empty(each, np.int32),
    )
    blocks, ranks = ready.timetable.blocks, np.array([rank], np.int32)
    windows.matrix(blocks, ready.walks, ready.ways, ready.rules, (ranks, out))
    return out


def counted(ready: Job, rank: int) -> tuple[Job, windows.Out]:
    """The kernel's answer with rides; where any number is allowed, as many rows as the fastest ways need.

    Args:
        ready: The job.
        rank: Which of the sorted times over the departures, from 1.

    Returns:
        The job with a limit on rides that is none, and the answer.
    """
    if ready.rules.rides:
        return ready, run(ready, rank, counted=True)
    fastest = run(ready, rank).ms
    rides = 4
    while True:
        limited = ready._replace(rules=ready.rules._replace(rides=rides, rows=rides + 1))
        out = run(limited, rank, counted=True)
        if rides >= raptor.UNREACHED - 1 or np.array_equal(out.ms, fastest):
            return limited, out
        rides = min(2 * rides, raptor.UNREACHED - 1)


def _by_timetable(ready: Job, times: Times, rank: int, *, detail: bool) -> Times:
    driven = ready.driven
    if driven is not None:
        times = _by_timetable(ready._replace(driven=None), times, rank, detail=detail)
        access = either(ready.ways.access, driven)
        ready = ready._replace(ways=ready.ways._replace(access=access), driven=None)
    if not detail:
        return _faster(times, minutes_of(run(ready, rank).ms[0]), TRANSIT)
    _, out = counted(ready, rank)
    before = times.minutes
    times = _faster(times, minutes_of(out.ms[0]), TRANSIT if driven is None else PARK)
    better = times.minutes < before
    rides = out.rides.astype(np.int16)
    walked = better & (rides == 0)
    departures = (ready.rules.departures // MINUTE)[np.maximum(out.departure, 0)]
    return times._replace(
        mode=np.where(walked, np.uint8(WALK), times.mode),
        transfers=np.where(better & ~walked, rides - 1, times.transfers),
        departure=np.where(better & ~walked, departures, times.departure),
    )


def minutes_of(ms: "NDArray[np.int32]") -> "Minutes":
    """Milliseconds of the kernel as minutes, float32, inf where there is no way."""
    found = (ms / MINUTE).astype(np.float32)
    found[ms >= raptor.NEVER] = np.inf
    return found
