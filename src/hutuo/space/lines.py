"""Planned lines: stations, running times and headways, as trips beside those of a timetable."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.space.patterns import Calls
    from hutuo.space.runs import Linked
    from hutuo.space.timetable import Timetable

HOUR_MS, MINUTE_MS = 3_600_000, 60_000
LATEST_HOUR = 48
MOST_TRIPS = 100_000
METRO = 1


class Station(NamedTuple):
    """A station of a planned line: a stop that there is, or a new one with coordinates.

    Attributes:
        stop: Id.
        lon: Degrees, of a new one.
        lat: Degrees, of a new one.
        name: What it is called; its id if left out.
    """

    stop: str
    lon: float | None = None
    lat: float | None = None
    name: str | None = None


@dataclass(frozen=True)
class Line:
    """A planned line.

    Attributes:
        line: Id.
        stations: In order; a word is the id of a stop that there is.
        headway: Minutes between trips by hour of day (0 to 47; hours that are not named have none), the first
            trip of each run of hours at its beginning.
        minutes: Running minutes from each station to the next, stops not included.
        kmh: Instead of minutes, speed between stations: one, or one a hop.
        detour: Length of the track over the straight line, where speeds are given.
        dwell: Minutes at each station between.
        both: Whether trips also run back.
        mode: As ``route_type`` of GTFS; 1 is a metro, 2 a railway.
        name: What it is called; its id if left out.
    """

    line: str
    stations: Sequence[Station | str]
    headway: Mapping[int, float]
    minutes: Sequence[float] | None = None
    kmh: float | Sequence[float] | None = None
    detour: float = 1.0
    dwell: float = 0.0
    both: bool = True
    mode: int = METRO
    name: str | None = None


def added(before: "Timetable", lines: Sequence[Line]) -> dict[str, Any]:
    """What a timetable has instead with planned lines beside those that it has already.

    Args:
        before: The timetable.
        lines: Planned lines.

    Returns:
        ``stops``, ``trips``, ``added``, ``linked``, ``lines`` and ``read``; what was read is shared.

    Raises:
        BadInput: A station is unknown, or a line's numbers do not fit together; every fault is told.
    """
    from hutuo.space.patterns import patterns

    read = before.read or before
    every = (*before.lines, *lines)
    faults = [fault for line in every for fault in _faults(line)]
    faults += _doubled(every, read)
    if faults:
        says = Text("规划线路有误:", "planned lines do not fit together:")
        raise BadInput(says, faults, Text("请改正线路", "mend the lines"))
    stops = _stops(read, every)
    runs = [run for line in every for run in _runs(line, stops)]
    calls, trips = _calls(runs, len(read.trips), stops)
    return {
        "stops": stops,
        "trips": _stacked(read.trips, trips),
        "added": patterns(calls, len(stops)),
        "linked": _widened(read.linked, len(stops)),
        "lines": every,
        "read": read,
    }


def departures(headway: Mapping[int, float]) -> list[int]:
    """When trips set out, in milliseconds: each waits the headway of the hour in which the one before left.

    Args:
        headway: Minutes by hour.
    """
    found: list[int] = []
    for hour in sorted(headway):
        start = hour * HOUR_MS
        if not found or hour - 1 not in headway:
            following = start
        else:
            following = max(start, found[-1] + round(headway[hour - 1] * MINUTE_MS))
        while following < start + HOUR_MS:
            found.append(following)
            following += round(headway[hour] * MINUTE_MS)
    return found


def _station(one: Station | str) -> Station:
    return Station(one) if isinstance(one, str) else one


def _faults(line: Line) -> list[Finding]:
    """What is wrong with the numbers of a line."""
    hops = len(line.stations) - 1
    found = []

    def fault(column: str, says: Text) -> None:
        found.append(Finding(f"line {line.line}", None, column, says))

    if hops < 1:
        count = hops + 1
        en = f"{count} stations are no line; two or more are"
        fault("stations", Text(f"{count}个站不成线路;至少两个", en))
    if (line.minutes is None) == (line.kmh is None):
        en = "either minutes or kmh is needed, not both"
        fault("minutes", Text("minutes与kmh须且只须给出一个", en))
    for column, given, least in (("minutes", line.minutes, -1e-9), ("kmh", line.kmh, 0.0)):
        values = given if isinstance(given, Sequence) else [] if given is None else [given] * hops
        if given is not None and len(values) != hops:
            count = len(values)
            fault(column, Text(f"{hops}个区间有{count}个值", f"{count} values for {hops} hops"))
        if any(not least < value < float("inf") for value in values):
            zh, en = (
                f"{list(values)}不全是大于0的数",
                f"{list(values)} are not all numbers above 0",
            )
            fault(column, Text(zh, en))
    if not 0 <= line.dwell < float("inf"):
        fault("dwell", Text(f"{line.dwell}小于0分钟", f"{line.dwell} is less than 0 minutes"))
    if not 1 <= line.detour < float("inf"):
        en = f"{line.detour} is less than 1, shorter than the straight line"
        fault("detour", Text(f"{line.detour}小于1,比直线还短", en))
    return found + _headway_faults(line)


def _headway_faults(line: Line) -> list[Finding]:
    where = f"line {line.line}"
    last = LATEST_HOUR - 1
    says = [
        Text(
            f"{hour}:{every}不是大于0.05的分钟数",
            f"{hour}: {every} is no number of minutes above 0.05",
        )
        for hour, every in line.headway.items()
        if not 0.05 <= every < float("inf")  # noqa: PLR2004 - three seconds
    ]
    says += [
        Text(f"{hour}不是0至{last}的钟点", f"{hour} is no hour from 0 to {last}")
        for hour in line.headway
        if hour not in range(LATEST_HOUR)
    ]
    if not line.headway:
        says.append(Text("为空;不会开行任何车次", "is empty; no trip would run"))
    return [Finding(where, None, "headway", one) for one in says]


def _doubled(lines: Sequence[Line], read: "Timetable") -> list[Finding]:
    """Lines of one id, stations that there are none of, and new ones that stand at two places."""
    found, seen = [], set()
    places: dict[str, tuple[float | None, float | None]] = {}
    known = set(read.stops["stop"])
    for line in lines:
        where = f"line {line.line}"
        if line.line in seen:
            says = Text(
                "出现两次;请为每条线路另起标识", "stands twice; give each line an id of its own"
            )
            found.append(Finding(where, None, "line", says))
        seen.add(line.line)
        for one in map(_station, line.stations):
            place = one.lon, one.lat
            if None in place and one.stop not in known and one.stop not in places:
                says = Text(
                    f"“{one.stop}”不是已有站点;新站须有lon与lat",
                    f"'{one.stop}' is no stop; a new one needs lon and lat",
                )
                found.append(Finding(where, None, "stations", says))
            elif None not in place and one.stop in known:
                says = Text(
                    f"“{one.stop}”已有;请不写lon与lat,或另起标识",
                    f"'{one.stop}' is a stop already; leave lon and lat out, or give it a new id",
                )
                found.append(Finding(where, None, "stations", says))
            elif None not in place and places.setdefault(one.stop, place) != place:
                says = Text(f"“{one.stop}”有两个位置", f"'{one.stop}' stands at two places")
                found.append(Finding(where, None, "stations", says))
    return found


def _stops(read: "Timetable", lines: Sequence[Line]) -> "pd.DataFrame":
    """Stops that were read, then the new ones."""
    import pandas as pd

    new: dict[str, dict[str, Any]] = {}
    for line in lines:
        for one in map(_station, line.stations):
            if one.lon is not None:
                row = {
                    "stop": one.stop,
                    "name": one.name or one.stop,
                    "lon": one.lon,
                    "lat": one.lat,
                }
                new.setdefault(one.stop, row)
    return _stacked(read.stops, pd.DataFrame(list(new.values()), columns=list(read.stops)))


def _stacked(above: "pd.DataFrame", below: "pd.DataFrame") -> "pd.DataFrame":
    import pandas as pd

    if below.empty:
        return above
    return pd.concat([above, below.astype(above.dtypes.to_dict())], ignore_index=True)


class _Run(NamedTuple):
    """A direction of a line: its stops, and times from its departure, in milliseconds."""

    line: Line
    stops: "NDArray[np.int32]"
    arrival: "NDArray[np.int64]"
    departure: "NDArray[np.int64]"


def _runs(line: Line, stops: "pd.DataFrame") -> list[_Run]:
    import numpy as np
    import pandas as pd

    ids = [_station(one).stop for one in line.stations]
    numbers = pd.Index(stops["stop"]).get_indexer(ids).astype(np.int32)
    hops = _hops(line, stops.iloc[numbers])
    dwell = round(line.dwell * MINUTE_MS)
    found = []
    for places, times in ((numbers, hops), (numbers[::-1], hops[::-1]))[: 1 + line.both]:
        arrival = np.concatenate([[0], np.cumsum(times + dwell) - dwell])
        departure = arrival + dwell
        departure[[0, -1]] = arrival[[0, -1]]
        found.append(_Run(line, places, arrival, departure))
    return found


def _hops(line: Line, stations: "pd.DataFrame") -> "NDArray[np.int64]":
    """Running milliseconds of each hop.

    Raises:
        BadInput: A speed is given and a station has no coordinates.
    """
    import numpy as np

    from hutuo.base.sphere import kilometres

    if line.minutes is not None:
        return np.array([round(one * MINUTE_MS) for one in line.minutes])
    lon, lat = stations["lon"].to_numpy(float), stations["lat"].to_numpy(float)
    lost = stations["stop"][np.isnan(lon) | np.isnan(lat)].tolist()
    if lost:
        names = [str(stop) for stop in lost]
        zh = f"线路{line.line}:{'、'.join(names)}没有坐标,按速度须有距离"
        en = f"line {line.line}: {', '.join(names)} without coordinates: a speed needs a distance"
        hint = Text("请给出minutes,不用kmh", "give minutes instead of kmh")
        raise BadInput(Text(zh, en), hint=hint)
    spots = np.stack([lon, lat], axis=-1)
    length = kilometres(spots[1:], spots[:-1]) * line.detour
    found: NDArray[np.int64] = np.rint(length / np.asarray(line.kmh, float) * HOUR_MS).astype(int)
    return found


def _calls(runs: list[_Run], first: int, stops: "pd.DataFrame") -> "tuple[Calls, pd.DataFrame]":
    """Calls of every trip of every run, and a row for each trip.

    Raises:
        BadInput: There are too many.
    """
    import numpy as np
    import pandas as pd

    from hutuo.base.departures import clock
    from hutuo.space.patterns import Calls

    parts: list[list[NDArray[Any]]] = []
    rows: list[tuple[str, str, str, int]] = []
    for run in runs:
        starts = np.array(departures(run.line.headway))
        name = run.line.name or run.line.line
        towards = stops["name"].iloc[run.stops[-1]]
        numbers = first + len(rows) + np.arange(len(starts))
        rows += [
            (
                f"{run.line.line}>{towards}@{clock(s / 1000)}#{n}",
                run.line.line,
                name,
                run.line.mode,
            )
            for n, s in zip(numbers.tolist(), starts.tolist(), strict=True)
        ]
        if len(rows) > MOST_TRIPS:
            most = f"{MOST_TRIPS:,}"
            says = Text(
                f"规划线路的车次超过{most}个", f"planned lines have more than {most} trips"
            )
            raise BadInput(says, hint=Text("请加大发车间隔", "longer headways"))
        times = ((starts[:, None] + one).ravel() for one in (run.arrival, run.departure))
        places = np.repeat(numbers, len(run.stops)), np.tile(run.stops, len(starts))
        parts.append([*places, *times])
    trip, stop, arrival, departure = (
        np.concatenate(one).astype(np.int32) for one in zip(*parts, strict=True)
    )
    yes = np.ones(len(trip), bool)
    calls = Calls(trip, stop, arrival, departure, yes, yes)
    return calls, pd.DataFrame(rows, columns=["trip", "route", "name", "mode"])


def _widened(linked: "Linked", stops: int) -> "Linked":
    """What is said of changing, with new stops of which nothing is said."""
    import numpy as np

    more = stops - len(linked.change)
    if not more:
        return linked

    def wide(first: "NDArray[np.int64]") -> "NDArray[np.int64]":
        return np.concatenate([first, np.full(more, first[-1])])

    return linked._replace(
        links=linked.links._replace(first=wide(linked.links.first)),
        raised=linked.raised._replace(first=wide(linked.raised.first)),
        change=np.concatenate([linked.change, np.zeros(more, np.int32)]),
        station=np.concatenate([linked.station, np.full(more, -1, np.int32)]),
    )
