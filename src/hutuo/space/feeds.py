"""GTFS feeds on one day: frames of stops, trips, calls and links, and what is wrong with them.

The reading rules of single files are those of :mod:`hutuo.base.gtfs`; here they become one network.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base import archives, gtfs
from hutuo.base.gtfs import UNKNOWN_STOP
from hutuo.base.mapping import Mapping
from hutuo.base.sheets import ROW, Spec, Told, filled, keep, more_like, remark, sheet
from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Degrees = NDArray[np.float64]

FILE = "transfers.txt"
SPEC = Spec(
    ("from_stop_id", "to_stop_id"),
    (
        "transfer_type",
        "min_transfer_time",
        "from_route_id",
        "to_route_id",
        "from_trip_id",
        "to_trip_id",
    ),
)
PARTICULAR = ("from_route_id", "to_route_id", "from_trip_id", "to_trip_id")
FORBIDDEN, IN_SEAT = 3, (4, 5)
FAR_KM = 200.0
LISTED = 20
TIMES = ("arrival_seconds", "departure_seconds")
# Of a stop, which stands where the braces are.
NOWHERE = Text("“{}”没有坐标,无法步行到达", "'{}' has no coordinates; nobody can walk to it")
SWAPPED = Text(
    "“{}”离其他站点很远;stop_lat与stop_lon对调后则不远",
    "'{}' lies far from the other stops; with stop_lat and stop_lon swapped it would not",
)
FAR = Text(
    "“{}”离其他站点很远;请核对坐标",
    "'{}' lies far from the other stops; look at its coordinates",
)
NO_TIME = Text(
    "“{}”的transfer_type为2而没有时间;按0处理", "'{}' has transfer_type 2 and no time; 0 is taken"
)


class Frames(NamedTuple):
    """A timetable of one day as frames.

    Attributes:
        stops: ``stop, name, lon, lat, parent``, in the order of their numbers.
        trips: ``trip, route, name, mode``.
        calls: ``trip, sequence, stop, arrival_seconds, departure_seconds, boards, alights``, and where they
            are known ``file`` and ``row``.
        transfers: ``from_stop, to_stop, kind, seconds``: 3 is a link that is forbidden.
        findings: What is wrong with the files.
    """

    stops: "pd.DataFrame"
    trips: "pd.DataFrame"
    calls: "pd.DataFrame"
    transfers: "pd.DataFrame"
    findings: list[Finding]


class _Feed(NamedTuple):
    """One feed, all of its days."""

    name: str
    tables: "dict[str, pd.DataFrame]"
    transfers: "pd.DataFrame"
    findings: list[Finding]


def read(paths: Sequence[Path], day: date) -> Frames:
    """Feeds on one day, put together.

    Args:
        paths: Zip archives.
        day: Day of service; trips of the day before that run past midnight are not among its own.

    Returns:
        The frames. An id that several feeds have gets the name of its feed in front (``feed:id``).

    Raises:
        BadInput: A file or a column is missing, or the day is outside one of the feeds.
    """
    import pandas as pd

    feeds = [_feed(path) for path in paths]
    _covered(feeds, day)
    names = _distinct([feed.name for feed in feeds])
    findings = [finding for feed in feeds for finding in feed.findings]
    parts = [_on(feed, day, findings) for feed in feeds]
    for column, places in (
        ("stop", ((0, ("stop", "parent")), (2, ("stop",)), (3, ("from_stop", "to_stop")))),
        ("trip", ((1, ("trip",)), (2, ("trip",)))),
        ("route", ((1, ("route",)),)),
    ):
        taken = Counter(one for part in parts for one in set(part[places[0][0]][column]))
        several = {one for one, times in taken.items() if times > 1}
        for name, part in zip(names, parts, strict=True):
            _named_apart(name, part, several, places)
    frames = [pd.concat(list(group), ignore_index=True) for group in zip(*parts, strict=True)]
    stops, trips, calls, transfers = frames
    return Frames(stops, trips, calls, transfers, findings)


def _feed(path: Path) -> _Feed:
    read, _ = gtfs.parsed(path, Mapping(format=gtfs.FORMAT), UTC)
    findings = list(read.findings)
    tables = {
        name: frame.assign(**{ROW: read.rows[name]}) if name in read.rows else frame
        for name, frame in read.frames.items()
    }
    told = Told(path.name, list(read.quarantined), findings)
    with archives.archive(path) as found:
        there = archives.members(found, [FILE])
        archives.bounded(path.name, there.values(), gtfs.MOST_UNPACKED)
        content = (
            archives.unpacked(found, there[FILE]) if there else ",".join(SPEC.required).encode()
        )
    transfers = _transfers(sheet(FILE, content, SPEC, told), set(tables["stop"]["stop"]), told)
    findings += _held(told)
    findings += _misplaced(path.name, tables["stop"])
    return _Feed(path.name, tables, transfers, findings)


def _held(told: Told) -> list[Finding]:
    """Rows that were left out, as findings: the first of each column, the rest counted."""
    found, seen = [], Counter[str]()
    for one in told.held:
        seen[one.column] += 1
        if seen[one.column] <= LISTED:
            file, _, column = one.column.partition("/")
            zh, en = one.reason
            says = Text(f"{zh};此行略去", f"{en}; the row is left out")
            found.append(Finding(f"{told.file}/{file}", one.row, column, says))
    for where, times in seen.items():
        if times > LISTED:
            file, _, column = where.partition("/")
            left = f"{times - LISTED:,}"
            more = Text(
                f"另有{left}行如此,均略去", f"and {left} more rows like these are left out"
            )
            found.append(Finding(f"{told.file}/{file}", None, column, more))
    return found


def _transfers(frame: "pd.DataFrame", stops: set[str], told: Told) -> "pd.DataFrame":
    """Links between stops; those for particular routes or trips are told, and left out."""
    import pandas as pd

    for column in ("from_stop_id", "to_stop_id"):
        frame = keep(frame, frame[column].isin(stops), f"{FILE}/{column}", UNKNOWN_STOP, told)
    says = Text("不是0至5", "is no transfer_type from 0 to 5")
    good = frame["transfer_type"].isin(["", *"012345"])
    frame = keep(frame, good, f"{FILE}/transfer_type", says, told)
    kind = frame["transfer_type"].replace("", "0").astype("int64")
    given = frame["min_transfer_time"]
    seconds = pd.to_numeric(given.where(given.str.fullmatch(r"\d{1,6}")), errors="coerce")
    frame = frame.assign(kind=kind, seconds=seconds)
    good = (frame["min_transfer_time"] == "") | frame["seconds"].notna()
    says = Text("不是非负整数秒", "is no whole number of seconds from 0 on")
    frame = keep(frame, good, f"{FILE}/min_transfer_time", says, told)
    says = Text("只适用于部分线路或车次,未采用", "holds for particular routes or trips only")
    particular = (frame[list(PARTICULAR)] != "").any(axis=1) | frame["kind"].isin(IN_SEAT)
    frame = keep(frame, ~particular, f"{FILE}/from_stop_id", says, told)
    lacking = frame[(frame["kind"] == 2) & frame["seconds"].isna()]  # noqa: PLR2004
    remark(lacking, f"{FILE}/min_transfer_time", NO_TIME, told, "from_stop_id")
    return frame.assign(
        from_stop=frame["from_stop_id"],
        to_stop=frame["to_stop_id"],
        seconds=frame["seconds"].fillna(0.0),
    )[["from_stop", "to_stop", "kind", "seconds"]]


def _misplaced(name: str, stops: "pd.DataFrame") -> list[Finding]:
    """Stops without coordinates, and those far from the others, swapped or not."""
    import numpy as np

    from hutuo.base.sphere import kilometres

    file = f"{name}/stops.txt"
    lon, lat = stops["lon"].to_numpy(float), stops["lat"].to_numpy(float)
    lacking = np.isnan(lon) | np.isnan(lat)
    findings = _listed(file, stops[lacking], "stop_lat", NOWHERE)
    if lacking.all():
        return findings
    middle = np.array([np.nanmedian(lon), np.nanmedian(lat)])
    away = kilometres(np.stack([lon, lat], axis=-1), middle)
    swapped = kilometres(np.stack([lat, lon], axis=-1), middle)
    # Half of the stops lie within the median distance; a country's railway is wide, its stops are not far.
    far = ~lacking & (away > max(FAR_KM, 20 * float(np.nanmedian(away))))
    turned = far & (swapped < away / 10)
    findings += _listed(file, stops[turned], "stop_lat", SWAPPED)
    return findings + _listed(file, stops[far & ~turned], "stop_lat", FAR)


def _listed(
    file: str, rows: "pd.DataFrame", column: str, says: Text, cell: str = "stop"
) -> list[Finding]:
    """A finding a row, the first ones; the rest are counted."""
    numbers = rows[ROW].tolist() if ROW in rows else [None] * len(rows)
    pairs = list(zip(numbers, rows[cell].astype(str).tolist(), strict=True))
    found = [
        Finding(file, row and int(row), column, filled(says, one)) for row, one in pairs[:LISTED]
    ]
    if len(pairs) > LISTED:
        found.append(Finding(file, None, column, more_like(len(pairs) - LISTED)))
    return found


def _covered(feeds: list[_Feed], day: date) -> None:
    """Every feed covers the day.

    Raises:
        BadInput: One does not; the days that each has are named.
    """
    faults = []
    for feed in feeds:
        days = feed.tables["service_day"]["day"]
        first, last = min(days), max(days)
        if not first <= day <= last:
            says = Text(
                f"{day}不在该时刻表内,其开行日为{first}至{last}",
                f"{day} is outside the feed, whose services run from {first} to {last}",
            )
            faults.append(Finding(feed.name, None, gtfs.CALENDARS[0], says))
    if faults:
        says = Text(f"{day}没有时刻表:", f"no timetable for {day}:")
        hint = Text("请换一个各时刻表都有的日期", "ask for a day that every feed covers")
        raise BadInput(says, faults, hint)


def _distinct(names: list[str]) -> list[str]:
    """A name for each feed that no other has."""
    stems = [name.removesuffix(".zip").removesuffix(".gtfs") for name in names]
    times = Counter(stems)
    return [
        f"{stem}#{stems[: at + 1].count(stem)}" if times[stem] > 1 else stem
        for at, stem in enumerate(stems)
    ]


def _on(feed: _Feed, day: date, findings: list[Finding]) -> "list[pd.DataFrame]":
    """The four frames of a feed on a day."""
    tables = feed.tables
    days = tables["service_day"]
    services = set(days.loc[days["day"] == day, "service"])
    trips = tables["trip"]
    trips = trips[trips["service"].isin(services)]
    modes = tables["route"].set_index("route")
    if trips.empty:
        says = Text(
            f"{day}没有车次开行(星期{'一二三四五六日'[day.weekday()]})",
            f"no trip runs on {day} ({gtfs.WEEK[day.weekday()]})",
        )
        findings.append(Finding(feed.name, None, gtfs.CALENDARS[0], says))
    trips = trips.assign(mode=trips["route"].map(modes["mode"]))
    calls = tables["call"]
    calls = calls[calls["trip"].isin(trips["trip"])]
    calls = calls.assign(file=f"{feed.name}/stop_times.txt").rename(columns={ROW: "row"})
    kept = ["trip", "sequence", "stop", *TIMES, "boards", "alights", "file", "row"]
    return [
        tables["stop"][["stop", "name", "lon", "lat", "parent"]].copy(),
        trips[["trip", "route", "name", "mode"]].copy(),
        calls[kept].copy(),
        feed.transfers.copy(),
    ]


def _named_apart(
    name: str,
    part: "list[pd.DataFrame]",
    several: set[str],
    places: tuple[tuple[int, tuple[str, ...]], ...],
) -> None:
    if not several:
        return
    for at, columns in places:
        for column in columns:
            ids = part[at][column]
            part[at][column] = ids.mask(ids.isin(several), name + ":" + ids.astype(str))
