"""GTFS: a zip of CSVs that say which trips call where and when, read and checked into tables of timetables.

Source: General Transit Feed Specification, schedule reference, <https://gtfs.org/documentation/schedule/reference/>.
"""

from datetime import date, datetime, timedelta, tzinfo
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base import archives, datum, schedules
from hutuo.base.mapping import Mapping, NewSource, PeriodColumn, Read
from hutuo.base.schedules import Version, run_days, seconds
from hutuo.base.sheets import ROW, Spec, Told, keep, remark, sheet
from hutuo.errors import BadInput, Finding
from hutuo.progress import report
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region

    Sheets = dict[str, pd.DataFrame]

ENDINGS = (".gtfs.zip",)
FORMAT = "gtfs"
MOST_UNPACKED = 256 << 20
WEEK = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
NEEDED = ("stops.txt", "routes.txt", "trips.txt", "stop_times.txt")
NEEDS = Text(f"须有{'、'.join(NEEDED)}", f"it needs {', '.join(NEEDED)}")
CALENDARS = ("calendar.txt", "calendar_dates.txt")
ABOUT = ("agency.txt", "feed_info.txt")
SPECS = {
    "agency.txt": Spec(("agency_name",), ("agency_timezone",)),
    "feed_info.txt": Spec((), ("feed_publisher_name", "feed_start_date", "feed_end_date")),
    "stops.txt": Spec(
        ("stop_id",), ("stop_name", "stop_lat", "stop_lon", "parent_station"), ("stop_id",)
    ),
    "routes.txt": Spec(
        ("route_id", "route_type"), ("route_short_name", "route_long_name"), ("route_id",)
    ),
    "trips.txt": Spec(
        ("route_id", "service_id", "trip_id"),
        ("trip_headsign", "trip_short_name", "direction_id"),
        ("trip_id",),
    ),
    "stop_times.txt": Spec(
        ("trip_id", "arrival_time", "departure_time", "stop_id", "stop_sequence"),
        ("pickup_type", "drop_off_type"),
        ("trip_id", "stop_sequence"),
    ),
    "calendar.txt": Spec(("service_id", *WEEK, "start_date", "end_date"), (), ("service_id",)),
    "calendar_dates.txt": Spec(
        ("service_id", "date", "exception_type"), (), ("service_id", "date")
    ),
    "frequencies.txt": Spec(
        ("trip_id", "start_time", "end_time", "headway_secs"), (), ("trip_id", "start_time")
    ),
}
UNKNOWN_TRIP = Text("不是trips.txt中的trip_id", "is no trip_id of trips.txt")
UNKNOWN_STOP = Text("不是stops.txt中的stop_id", "is no stop_id of stops.txt")
# Of a stop or a trip, which stands where the braces are.
LONE = Text(
    "“{}”不是stops.txt中的stop_id;该站作为独立站点处理",
    "'{}' is no stop_id of stops.txt; the stop is taken as one by itself",
)
BACKWARDS = Text(
    "车次“{}”到达本站早于离开上一站", "trip '{}' arrives before it left the stop before"
)
ONCE = Text("车次“{}”只停一站", "trip '{}' calls only once")
NO_DATE = Text("不是日期;写作20241215", "is no date; write it as 20241215")
TURNED = Text(
    "不是±90以内的度数;经纬度可能写反",
    "is no number of degrees within ±90; stop_lat and stop_lon seem swapped",
)
NO_TIME = Text(
    "不是时刻;写作08:30:00,次日可过24点", "is no time; write it as 08:30:00, past 24 too"
)


class Days(NamedTuple):
    """When services run: their days, and who publishes the feed."""

    frame: "pd.DataFrame"
    version: Version


def accepts(path: Path) -> bool:
    """Whether the file is a zip that holds the times of stops."""
    with archives.archive(path) as found:
        return "stop_times.txt" in archives.members(found, ["stop_times.txt"])


def proposal(path: Path, region: "Region") -> Mapping:
    """What the feed says of itself: its id, names and days."""
    told = Told(path.name, [], [])
    sheets = _sheets(path, (*ABOUT, *CALENDARS), told)
    version = _days(path, sheets, Mapping(format=FORMAT), region.zone, told).version
    last = version.valid_to - timedelta(days=1) if version.valid_to else version.valid_from
    return Mapping(
        format=FORMAT,
        table="timetable",
        period=PeriodColumn(value=f"{version.valid_from}/{last}"),
        options={"timetable": version.timetable, "zh": version.zh, "en": version.en},
        source=version.timetable,
        new_source=_source(path, sheets, version),
    )


def _source(path: Path, sheets: "Sheets", version: Version) -> NewSource:
    """The feed as a source; its licence is no part of the format."""
    info, agency = _first(sheets, "feed_info.txt"), _first(sheets, "agency.txt")
    publisher = info.get("feed_publisher_name") or agency.get("agency_name") or path.name
    return NewSource(
        zh=version.zh,
        en=version.en,
        publisher=publisher,
        licence="未载明 / not told in the feed",
        quality="A",
        origin=path.name,
    )


def frames(path: Path, mapping: Mapping, region: "Region") -> Read:
    """The tables of the feed, and the rows that do not fit into them.

    Raises:
        BadInput: A file or a column is missing, or the feed is too large.
        Cancelled: Whoever listens wants it to stop.
    """
    read, version = parsed(path, mapping, region.zone)
    known = schedules.known_already(path.name, version, region)
    return read._replace(findings=[*read.findings, *known])


def parsed(path: Path, mapping: Mapping, zone: tzinfo) -> tuple[Read, Version]:
    """The tables of the feed by themselves, and which version they are.

    Args:
        path: The feed.
        mapping: What is said of it.
        zone: Time zone of the region.

    Raises:
        BadInput: A file or a column is missing, or the feed is too large.
        Cancelled: Whoever listens wants it to stop.
    """
    report(0.05, Text("读取时刻表", "reading the timetable"))
    told = Told(path.name, [], [])
    sheets = _sheets(path, tuple(SPECS), told)
    lost = [name for name in NEEDED if name not in sheets]
    if not any(name in sheets for name in CALENDARS):
        lost.append(" or ".join(CALENDARS))
    if lost:
        lacking = Text("缺少此文件", "file is missing")
        faults = [Finding(path.name, None, name, lacking) for name in lost]
        says = Text(f"{path.name}不是完整的GTFS:", f"{path.name} is no complete GTFS:")
        raise BadInput(says, faults, NEEDS)
    report(0.4, Text("检查引用", "checking references"))
    days = _days(path, sheets, mapping, zone, told)
    stops = _taken_back(_stops(sheets["stops.txt"], told), mapping)
    routes = _routes(sheets["routes.txt"], told)
    trips = _trips(sheets["trips.txt"], routes, set(days.frame["service"]), told)
    calls = _calls(sheets.pop("stop_times.txt"), trips, stops, told)
    if "frequencies.txt" in sheets:
        runs = _frequencies(sheets["frequencies.txt"], trips, told)
        trips, calls = written_out(path.name, trips, calls, runs)
    report(0.9, Text("整理", "putting in order"))
    found = {
        "stop": stops,
        "route": routes,
        "trip": trips,
        "call": calls,
        "service_day": days.frame,
    }
    return _read(found, days.version, mapping, told), days.version


def _sheets(path: Path, names: tuple[str, ...], told: Told) -> "Sheets":
    with archives.archive(path) as found:
        there = archives.members(found, names)
        archives.bounded(path.name, there.values(), MOST_UNPACKED)
        return {
            name: sheet(name, archives.unpacked(found, there[name]), SPECS[name], told)
            for name in names
            if name in there
        }


def _dates(text: "pd.Series[str]") -> "pd.Series[pd.Timestamp]":
    import pandas as pd

    well = text.where(text.str.fullmatch(r"(?:19|20|21)\d{6}"))
    return pd.to_datetime(well, format="%Y%m%d", errors="coerce")


def _days(path: Path, sheets: "Sheets", mapping: Mapping, zone: tzinfo, told: Told) -> Days:
    """The days of every service, and the version of the timetable that they make.

    Raises:
        BadInput: Nothing runs on any day.
    """
    weekly: list[tuple[str, list[bool], date, date]] = []
    if "calendar.txt" in sheets:
        rows = _calendar(sheets["calendar.txt"], told)
        runs = (rows[list(WEEK)] == "1").to_numpy().tolist()
        spans = (rows[name].dt.date.tolist() for name in ("first", "last"))
        weekly = list(zip(rows["service_id"].tolist(), runs, *spans, strict=True))
    changes: dict[str, dict[date, bool]] = {}
    if "calendar_dates.txt" in sheets:
        rows = _exceptions(sheets["calendar_dates.txt"], told)
        added = (rows["exception_type"] == "1").tolist()
        days = rows["when"].dt.date.tolist()
        for service, day, more in zip(rows["service_id"].tolist(), days, added, strict=True):
            changes.setdefault(service, {})[day] = more
    frame = run_days(path.name, weekly, changes)
    if frame.empty:
        says = Text("没有任何一天开行", "no service runs on any day")
        raise BadInput(
            Text(f"{path.name}:{says.zh}", f"{path.name}: {says.en}"),
            [Finding(path.name, None, "calendar.txt", says)],
            Text("请改正开行日历", "mend the calendar"),
        )
    return Days(frame, _version(path, sheets, frame, mapping, zone))


def _calendar(frame: "pd.DataFrame", told: Told) -> "pd.DataFrame":
    for column, name in (("start_date", "first"), ("end_date", "last")):
        frame = frame.assign(**{name: _dates(frame[column])})
        frame = keep(frame, frame[name].notna(), f"calendar.txt/{column}", NO_DATE, told)
    says = Text("不是0或1", "is neither 0 nor 1")
    for day in WEEK:
        frame = keep(frame, frame[day].isin(["0", "1"]), f"calendar.txt/{day}", says, told)
    span = (frame["last"] - frame["first"]).dt.days
    good = (span >= 0) & (span < schedules.LONGEST_SPAN)
    says = Text(
        "早于start_date或相距超过十年", "is before start_date, or more than ten years after it"
    )
    return keep(frame, good, "calendar.txt/end_date", says, told)


def _exceptions(frame: "pd.DataFrame", told: Told) -> "pd.DataFrame":
    frame = frame.assign(when=_dates(frame["date"]))
    frame = keep(frame, frame["when"].notna(), "calendar_dates.txt/date", NO_DATE, told)
    says = Text("不是1(加开)或2(停开)", "is neither 1 (added) nor 2 (left out)")
    good = frame["exception_type"].isin(["1", "2"])
    return keep(frame, good, "calendar_dates.txt/exception_type", says, told)


def _version(
    path: Path, sheets: "Sheets", days: "pd.DataFrame", mapping: Mapping, zone: tzinfo
) -> Version:
    """Id, names and days: as the mapping says, else as the feed says, else from its calendar."""
    said = schedules.period_in(path.name, mapping, zone)
    info, agency = _first(sheets, "feed_info.txt"), _first(sheets, "agency.txt")
    start, end = _day(info.get("feed_start_date")), _day(info.get("feed_end_date"))
    first = said.valid_from if said else start or days["day"].min()
    after = said.valid_to if said else (end or days["day"].max()) + timedelta(days=1)
    if not said and after is not None and after <= first:
        first, after = days["day"].min(), days["day"].max() + timedelta(days=1)
    stem = path.name.lower().removesuffix(".zip").removesuffix(".gtfs")
    name = agency.get("agency_name") or info.get("feed_publisher_name") or stem
    options = mapping.options
    return Version(
        options.get("timetable") or f"{stem}@{first}",
        options.get("zh") or name,
        options.get("en") or name,
        first,
        after,
        options.get("zone") or agency.get("agency_timezone", ""),
    )


def _first(sheets: "Sheets", name: str) -> dict[str, str]:
    frame = sheets.get(name)
    if frame is None or frame.empty:
        return {}
    return {str(column): str(frame[column].iloc[0]) for column in frame if column != ROW}


def _day(text: str | None) -> date | None:
    try:
        return datetime.strptime(text or "", "%Y%m%d").date()  # noqa: DTZ007 - a civil day
    except ValueError:
        return None


def _number(text: "pd.Series[str]", pattern: str) -> "pd.Series[float]":
    import pandas as pd

    codes, words = text.factorize(use_na_sentinel=False)
    different = pd.Series(words, dtype="str")
    found = pd.to_numeric(different.where(different.str.fullmatch(pattern)), errors="coerce")
    return pd.Series(found.to_numpy(dtype="float64")[codes], index=text.index)


def _stops(frame: "pd.DataFrame", told: Told) -> "pd.DataFrame":
    frame = frame.copy()
    number = r"[-+]?\d{1,3}(?:\.\d*)?(?:[eE][-+]?\d{1,2})?"
    for column, most in (("stop_lat", 90), ("stop_lon", 180)):
        found = _number(frame[column], number)
        good = (frame[column] == "") | (found.abs() <= most)
        frame = frame.assign(**{column.removeprefix("stop_"): found})
        says = Text(f"不是±{most}以内的度数", f"is no number of degrees within ±{most}")
        if column == "stop_lat":
            turned = found.abs().between(90, 180, inclusive="right") & (
                _number(frame["stop_lon"], number).abs() <= most
            )
            frame = keep(frame, ~turned, f"stops.txt/{column}", TURNED, told)
            good = good[~turned]
        frame = keep(frame, good, f"stops.txt/{column}", says, told)
    parents = frame["parent_station"]
    dangling = (parents != "") & ~parents.isin(frame["stop_id"])
    remark(frame[dangling], "stops.txt/parent_station", LONE, told, "parent_station")
    none = (parents == "") | dangling | (parents == frame["stop_id"])
    named = frame["stop_name"].where(frame["stop_name"] != "", frame["stop_id"])
    return frame.assign(stop=frame["stop_id"], name=named, parent=parents.mask(none))


def _taken_back(stops: "pd.DataFrame", mapping: Mapping) -> "pd.DataFrame":
    """Stops in WGS 84, where the mapping says that a Chinese web map gave their coordinates."""
    crs = datum.shifted(mapping.options.get("crs", ""))
    if crs is None:
        return stops
    lonlat = datum.to_wgs84(stops[["lon", "lat"]].to_numpy(float), crs)
    return stops.assign(lon=lonlat[:, 0], lat=lonlat[:, 1])


def _routes(frame: "pd.DataFrame", told: Told) -> "pd.DataFrame":
    mode = _number(frame["route_type"], r"\d{1,4}")
    says = Text("不是route_type;如2铁路、3公交", "is no route_type, as 2 for rail, 3 for bus")
    good = mode < 1800  # noqa: PLR2004 - the extended types end below
    frame = keep(frame.assign(mode=mode), good, "routes.txt/route_type", says, told)
    texts = {
        name: frame[f"route_{name}"].mask(frame[f"route_{name}"] == "")
        for name in ("short_name", "long_name")
    }
    return frame.assign(route=frame["route_id"], mode=frame["mode"].astype("int64"), **texts)


def _trips(
    frame: "pd.DataFrame", routes: "pd.DataFrame", services: set[str], told: Told
) -> "pd.DataFrame":
    says = Text("不是routes.txt中的route_id", "is no route_id of routes.txt")
    good = frame["route_id"].isin(routes["route_id"])
    frame = keep(frame, good, "trips.txt/route_id", says, told)
    says = Text("没有开行日", "is a service that runs on no day of the calendars")
    good = frame["service_id"].isin(services)
    frame = keep(frame, good, "trips.txt/service_id", says, told)
    named = frame["trip_short_name"].where(frame["trip_short_name"] != "", frame["trip_headsign"])
    return frame.assign(
        trip=frame["trip_id"],
        route=frame["route_id"],
        service=frame["service_id"],
        name=named.mask(named == ""),
        direction=_number(frame["direction_id"], "[01]").astype("Int64"),
    )


def _calls(
    frame: "pd.DataFrame", trips: "pd.DataFrame", stops: "pd.DataFrame", told: Told
) -> "pd.DataFrame":
    import numpy as np

    from hutuo.base.tables import table as declared

    file = "stop_times.txt"
    good = frame["trip_id"].isin(trips["trip_id"])
    frame = keep(frame, good, f"{file}/trip_id", UNKNOWN_TRIP, told)
    good = frame["stop_id"].isin(stops["stop_id"])
    frame = keep(frame, good, f"{file}/stop_id", UNKNOWN_STOP, told)
    order = _number(frame["stop_sequence"], r"\d{1,9}")
    says = Text("不是非负整数", "is no whole number from 0 on")
    frame = keep(frame.assign(sequence=order), order.notna(), f"{file}/stop_sequence", says, told)
    for column in ("arrival_time", "departure_time"):
        name = column.replace("time", "seconds")
        frame = frame.assign(**{name: seconds(frame[column])})
        good = (frame[column] == "") | frame[name].notna()
        frame = keep(frame, good, f"{file}/{column}", NO_TIME, told)
    # One of the two stands for both.
    arrival = frame["arrival_seconds"].fillna(frame["departure_seconds"])
    departure = frame["departure_seconds"].fillna(arrival)
    good = ~(departure < arrival).fillna(value=False).astype(bool)
    frame = frame.assign(arrival_seconds=arrival, departure_seconds=departure)
    says = Text("早于同一站的到达时刻", "is before the arrival at the same stop")
    frame = keep(frame, good, f"{file}/departure_time", says, told)
    frame = frame.assign(
        trip=frame["trip_id"],
        stop=frame["stop_id"],
        sequence=frame["sequence"].astype("int64"),
        boards=frame["pickup_type"] != "1",
        alights=frame["drop_off_type"] != "1",
    )
    codes = frame["trip"].factorize()[0]
    along = np.lexsort((frame["sequence"].to_numpy(), codes))
    kept = [ROW, *(column for column in declared("call").names if column in frame)]
    return _remarked(frame[kept].iloc[along], told)


def _remarked(calls: "pd.DataFrame", told: Told) -> "pd.DataFrame":
    """Calls as they are, with remarks on trips that run backwards in time or call once."""
    timed = calls[calls["arrival_seconds"].notna()]
    before = timed.groupby("trip", sort=False)["departure_seconds"].shift()
    back = (timed["arrival_seconds"] < before).fillna(value=False).astype(bool)
    remark(timed[back], "stop_times.txt/arrival_time", BACKWARDS, told, "trip")
    once = calls[~calls["trip"].duplicated(keep=False)]
    remark(once, "stop_times.txt/trip_id", ONCE, told, "trip")
    return calls


def _frequencies(frame: "pd.DataFrame", trips: "pd.DataFrame", told: Told) -> "pd.DataFrame":
    file = "frequencies.txt"
    good = frame["trip_id"].isin(trips["trip_id"])
    frame = keep(frame, good, f"{file}/trip_id", UNKNOWN_TRIP, told)
    for column in ("start_time", "end_time"):
        found = seconds(frame[column])
        frame = frame.assign(**{column.removesuffix("_time"): found})
        frame = keep(frame, found.notna(), f"{file}/{column}", NO_TIME, told)
    frame = frame.assign(headway=_number(frame["headway_secs"], r"\d{1,6}"))
    says = Text("不是正整数秒", "is no whole number of seconds above 0")
    frame = keep(frame, frame["headway"] > 0, f"{file}/headway_secs", says, told)
    good = (frame["end"] > frame["start"]).astype(bool)
    says = Text("不晚于start_time", "is not after start_time")
    return keep(frame, good, f"{file}/end_time", says, told).rename(columns={"trip_id": "trip"})


def written_out(
    name: str, trips: "pd.DataFrame", calls: "pd.DataFrame", runs: "pd.DataFrame"
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """Trips that run every few minutes as one trip each, called ``id@HH:MM:SS`` by their departure.

    Args:
        name: File, for the message.
        trips: Column ``trip``, and others that are kept.
        calls: Columns ``trip``, ``arrival_seconds``, ``departure_seconds``, and others that are kept.
        runs: ``trip``, ``start``, ``end`` (seconds, end excluded), ``headway`` (seconds, > 0).

    Raises:
        BadInput: There would be too many calls.
    """
    import numpy as np
    import pandas as pd

    times = -(-(runs["end"] - runs["start"]) // runs["headway"])
    size = runs["trip"].map(calls["trip"].value_counts()).fillna(0)
    total = int((times * size).sum())
    if total > schedules.MOST_CALLS or int(times.sum()) > schedules.MOST_CALLS:
        says = Text(
            f"{name}按frequencies.txt展开后有{total:,}次停站",
            f"{name} has {total:,} calls with frequencies.txt written out",
        )
        most = f"{schedules.MOST_CALLS:,}"
        hint = Text(f"最多{most}次;请拆分文件", f"at most {most}; split the file")
        raise BadInput(says, hint=hint)
    often = runs.loc[runs.index.repeat(times.astype("int64"))]
    turn = often.groupby(level=0).cumcount() * often["headway"].astype("int64")
    start = (often["start"].astype("int64") + turn).to_numpy()
    first = calls.groupby("trip")["departure_seconds"].min()
    shift = pd.DataFrame({"trip": often["trip"].to_numpy(), "start": start})
    shift = shift.drop_duplicates()
    shift["by"] = shift["start"] - shift["trip"].map(first).astype("Int64")
    clock = [f"@{s // 3600:02d}:{s // 60 % 60:02d}:{s % 60:02d}" for s in shift["start"].tolist()]
    shift["new"] = shift["trip"].astype(str) + np.array(clock, dtype=object)

    def out(frame: "pd.DataFrame") -> "tuple[pd.DataFrame, pd.DataFrame]":
        plain = frame[~frame["trip"].isin(runs["trip"])]
        return plain, frame.merge(shift, on="trip").assign(trip=lambda f: f["new"])

    plain_calls, more = out(calls)
    for column in ("arrival_seconds", "departure_seconds"):
        more[column] = more[column] + more["by"]
    plain_trips, more_trips = out(trips)
    gone = ["start", "by", "new"]
    return (
        pd.concat([plain_trips, more_trips.drop(columns=gone)], ignore_index=True),
        pd.concat([plain_calls, more.drop(columns=gone)], ignore_index=True),
    )


def _read(found: "Sheets", version: Version, mapping: Mapping, told: Told) -> Read:
    """Frames with the columns that the tables declare, each row with its row and file."""
    import pandas as pd

    from hutuo.base.tables import table as declared

    file = dict(zip(("stop", "route", "trip", "call"), NEEDED, strict=True))
    frames = {"timetable": schedules.timetable_frame(version, mapping.source)}
    rows: dict[str, pd.Series[int]] = {"timetable": pd.Series([1])}
    columns: dict[str, pd.Series[str]] = {"timetable": pd.Series([told.file])}
    for name, frame in found.items():
        whole = schedules.plain(frame).assign(timetable=version.timetable)
        kept = [column for column in declared(name).names if column in whole]
        frames[name] = whole[kept].reset_index(drop=True)
        # A day of a service comes from several rows of two files; row 1 stands for them.
        line = whole[ROW] if ROW in whole else pd.Series(1, index=whole.index)
        rows[name] = line.reset_index(drop=True)
        columns[name] = pd.Series([file.get(name, CALENDARS[0])] * len(whole), dtype="str")
    held = sorted(told.held, key=lambda one: (one.column.partition("/")[0], one.row))
    return Read(frames, rows, held, told.findings, columns)
