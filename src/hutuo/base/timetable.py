"""Timetables: trips a day between pairs of stops, first and last, and what two versions differ in."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from pydantic import ConfigDict

from hutuo.base import departures
from hutuo.base.figures import source_name
from hutuo.errors import BadAsk, NotFound, one_of
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region

CLOCKS = {"first_departure": "first", "last_departure": "last", "last_arrival": "last_arrival"}
CHANGES = {
    "trips_change": ("trips", 1),
    "first_change_minutes": ("first", 60),
    "last_change_minutes": ("last", 60),
    "fastest_change_minutes": ("fastest_minutes", 1),
}
MOST_RIDES = 2_000_000


class Timetable(Ask):
    """Which timetable to look at, and between which stops."""

    model_config = ConfigDict(populate_by_name=True)

    timetable: str | None = said(
        "时刻表版本;缺省为最新的",
        "version of a timetable; the latest by default",
        default=None,
    )
    against: str | None = said("与之比较的版本", "version that it is compared with", default=None)
    from_: str | None = said(
        "起点:站点、站名、区划或地点",
        "from: a stop, its name, a unit or a place",
        default=None,
        alias="from",
    )
    to: str | None = said(
        "终点:站点、站名、区划或地点", "to: a stop, its name, a unit or a place", default=None
    )
    day: date | None = said(
        "哪一天;缺省为车次最多的一天",
        "which day; the one with most trips by default",
        default=None,
    )
    against_day: date | None = said(
        "比较版本的哪一天;缺省为同日或同一星期几",
        "which day of the version compared with; by default the same, else one of the same weekday",
        default=None,
    )
    by: Literal["stop", "name", "city"] = said(
        "站点按标识、按站名还是按所在城市(地级)归并;没有坐标的站点按站名",
        "whether stops are told apart by their id (platforms count as their station), by their name, or by "
        "the prefecture that they stand in (by name where they have no coordinates)",
        default="stop",
    )
    limit: int = said("最多多少行", "most rows", default=200, ge=1, le=10_000)


class TimetableVersion(Answer):
    """One version of a timetable."""

    timetable: str = said("时刻表版本", "its id")
    name: Text = said("名称", "what it is called")
    valid_from: date = said("有效期起", "first day on which it runs")
    valid_to: date | None = said("有效期止(不含)", "day from which it no longer runs")
    source: str = said("来源的标识", "id of the source")
    source_name: Text = said("来源名称", "title of the source")


class PairRow(Answer):
    """What runs between two stops on the day."""

    from_id: str = said("起点标识", "where the rides start: stop, station or place")
    from_name: str = said("起点名称", "what it is called")
    to_id: str = said("终点标识", "where they end")
    to_name: str = said("终点名称", "what it is called")
    trips: int = said("当日车次数", "trips on the day")
    first_departure: str | None = said("首班发车", "first departure; past 24:00 on the day after")
    last_departure: str | None = said("末班发车", "last departure")
    last_arrival: str | None = said("最晚到达", "last arrival")
    span_minutes: float | None = said(
        "首末班间隔(分钟)", "minutes between first and last departure"
    )
    fastest_minutes: float | None = said("最快用时(分钟)", "minutes of the fastest trip")
    median_minutes: float | None = said("用时中位数(分钟)", "median of the trips' minutes")
    estimate: bool = said(
        "是否含推算时刻", "whether times at stops for which none is told were worked out"
    )
    change: str | None = said("变化", "kept, added or dropped; null where nothing is compared")
    trips_against: int | None = said("比较版本的车次数", "trips in the version compared with")
    trips_change: int | None = said("车次增减", "trips more, or fewer")
    first_change_minutes: float | None = said(
        "首班变化(分钟)", "minutes by which the first departure is later"
    )
    last_change_minutes: float | None = said(
        "末班变化(分钟)", "minutes by which the last departure is later"
    )
    fastest_change_minutes: float | None = said(
        "最快用时变化(分钟)", "minutes by which the fastest trip is slower"
    )


class TimetableAnswer(Answer):
    """What a timetable offers."""

    timetable: str | None = said("时刻表版本", "version that was looked at; null if there is none")
    day: date | None = said("日期", "day that was looked at")
    day_trips: int = said("当日全部车次", "all trips on that day")
    against: str | None = said("与之比较的版本", "version that it was compared with")
    against_day: date | None = said("比较版本的日期", "day of that version")
    against_trips: int | None = said("比较版本当日全部车次", "all trips on that day of it")
    pairs: int = said("站对数", "pairs that trips run between; rows hold the first of them")
    rows: list[PairRow] = said(
        "站对",
        "pairs: those with most trips first, where versions are compared those that differ most",
    )
    versions: list[TimetableVersion] = said("全部版本", "all versions, the oldest first")


class _Looked(NamedTuple):
    """A version on a day: its pairs, and what its nodes are called."""

    timetable: str
    day: date
    trips: int
    pairs: "pd.DataFrame"
    names: dict[str, str]


@verb("给出时刻表中站对的车次、首末班与版本差异")
def timetable(region: "Region", ask: Timetable) -> TimetableAnswer:
    """Give trips a day, first and last between stops, and what two timetables differ in."""
    every = replace(region, at=None)
    rows = sorted(
        every.records("timetable"), key=lambda row: (row["valid_from"], row["timetable"])
    )
    versions = [_version(region, row) for row in rows]
    name = ask.timetable or _latest(region, rows)
    if name is None:
        return TimetableAnswer(
            timetable=None,
            day=None,
            day_trips=0,
            against=None,
            against_day=None,
            against_trips=None,
            pairs=0,
            rows=[],
            versions=versions,
        )
    known = [row["timetable"] for row in rows]
    now = _looked(every, _known(name, known), ask, ask.day)
    if ask.against is None:
        return _answer(ask, now, None, versions)
    days = run_counts(every, _known(ask.against, known))
    day = ask.against_day or like(now.day, days)
    return _answer(ask, now, _looked(every, ask.against, ask, day), versions)


def _known(name: str, known: list[str]) -> str:
    if name not in known:
        raise one_of(name, "timetable", known)
    return name


def _latest(region: "Region", rows: list[dict[str, Any]]) -> str | None:
    """The version that began last, of those that hold where a day is asked for."""
    holding = {row["timetable"] for row in region.records("timetable")}
    found = [row["timetable"] for row in rows if row["timetable"] in holding]
    return found[-1] if found else None


def chosen(region: "Region", name: str | None, day: date | None) -> tuple[str, date] | None:
    """A version of a timetable and a day of it; None where none is known and none was named.

    Args:
        region: View of the region.
        name: Version; None for the one that began last of those that hold.
        day: Day; None for the busiest.

    Raises:
        NotFound: There is no such version, or it does not run on that day.
    """
    every = replace(region, at=None)
    rows = sorted(
        every.records("timetable"), key=lambda row: (row["valid_from"], row["timetable"])
    )
    name = _known(name, [row["timetable"] for row in rows]) if name else _latest(region, rows)
    if name is None:
        return None
    days = run_counts(every, name)
    return name, _running_day(name, days, day or busiest(days, _longest(every, name)))


def _running_day(name: str, days: Mapping[date, int], day: date) -> date:
    if day not in days:
        count, first, last = f"{len(days):,}", min(days), max(days)
        says = Text(f"时刻表“{name}”在{day}没有车次", f"timetable '{name}' has no trips on {day}")
        hint = Text(
            f"{first}至{last}之间有{count}天开行",
            f"it runs on {count} days from {first} to {last}",
        )
        raise NotFound(says, hint)
    return day


def run_counts(region: "Region", name: str) -> dict[date, int]:
    """Trips on each day on which a timetable runs.

    Raises:
        NotFound: It runs on none.
    """
    trips = region.table("trip", timetable=name)["service"].value_counts().to_dict()
    found: Counter[date] = Counter()
    for row in region.records("service_day", timetable=name):
        if row["service"] in trips:
            found[row["day"]] += trips[row["service"]]
    if not found:
        says = Text(
            f"时刻表“{name}”没有任何一天开行", f"timetable '{name}' has no trips on any day"
        )
        raise NotFound(says, Text("请重新读入", "load it again"))
    return found


def busiest(days: Mapping[date, int], longest: int = 1) -> date:
    """The day with most trips; of several the first that has days of service around it.

    Args:
        days: Trips by day.
        longest: Days that the longest trip runs on: those that set out so many days before are under way.
    """

    def rank(day: date) -> tuple[int, bool, date]:
        around = {day + timedelta(days=step) for step in range(-longest, 2)}
        return -days[day], not around <= days.keys(), day

    return min(days, key=rank)


def like(day: date, days: Mapping[date, int]) -> date:
    """The day of another version to compare with: the same, else the first of its weekday."""
    if day in days:
        return day
    same = sorted(one for one in days if one.weekday() == day.weekday())
    return same[0] if same else busiest(days)


def _looked(region: "Region", name: str, ask: Timetable, day: date | None) -> _Looked:
    """One version on one day.

    Raises:
        NotFound: It does not run on that day, or has no such stops.
        BadAsk: There are too many pairs to look at all of them.
    """
    days = run_counts(region, name)
    day = _running_day(name, days, day or busiest(days, _longest(region, name)))
    stops = region.table("stop", timetable=name)
    nodes, names = _cities(region, stops) if ask.by == "city" else _nodes(stops, ask.by)
    start, end = (_wanted(region, stops, nodes, given) for given in (ask.from_, ask.to))
    for given, stations in ((ask.from_, start), (ask.to, end)):
        if given and stations:
            nodes, names = _gathered(nodes, names, given, stations, region)
    calls = running(region, name, day)
    calls = departures.timed(calls.assign(node=calls["stop"].map(nodes)))
    if not (ask.from_ or ask.to) and departures.pair_count(calls) > MOST_RIDES:
        zh, en = "站点太多,不能查看所有站对", "is too large to look at every pair"
        says = Text(f"时刻表“{name}”{zh}", f"timetable '{name}' {en}")
        raise BadAsk(says, Text("请给出from_或to", "name from_ or to"))
    found = departures.rides(
        calls, [ask.from_] if ask.from_ else None, [ask.to] if ask.to else None
    )
    return _Looked(name, day, days[day], departures.pairs(found), names)


def _longest(region: "Region", name: str) -> int:
    """Days on which trips that set out on one day are still under way, at least 1."""
    sql = "SELECT max(departure_seconds) AS last FROM known"
    last = region.query(sql, "call", timetable=name)[0]["last"]
    return max(1, (last or 0) // departures.DAY)


def running(region: "Region", name: str, day: date) -> "pd.DataFrame":
    """Calls of the trips that run in some part of a day."""
    calls = region.table("call", timetable=name)
    trips = region.table("trip", timetable=name).set_index("trip")["service"]
    calls = calls.assign(service=calls["trip"].map(trips))
    furthest = calls["departure_seconds"].max()
    backs = range(-1, 1 + int(0 if furthest != furthest else furthest) // departures.DAY)
    days = [day - timedelta(days=back) for back in backs]
    rows = region.records("service_day", timetable=name, day=days)
    services = {
        back: {row["service"] for row in rows if row["day"] == when}
        for back, when in zip(backs, days, strict=True)
    }
    return departures.on_day(calls, services)


def _nodes(stops: "pd.DataFrame", by: str) -> tuple[dict[str, str], dict[str, str]]:
    """What each stop is counted as (its station, or its name), and what that is called."""
    named: dict[str, str] = dict(zip(stops["stop"], stops["name"], strict=True))
    if by == "name":
        return named, {name: name for name in named.values()}
    stations = stops["parent"].fillna(stops["stop"])
    nodes: dict[str, str] = dict(zip(stops["stop"], stations, strict=True))
    return nodes, {node: named.get(node, node) for node in nodes.values()}


def _cities(region: "Region", stops: "pd.DataFrame") -> tuple[dict[str, str], dict[str, str]]:
    """The prefecture that each stop stands in, else its name; and what that is called."""
    nodes, names = _nodes(stops, "name")
    for row in region.current("unit", level="prefecture"):
        inside = _within(region, stops, row["unit"])
        nodes |= dict.fromkeys(inside, row["unit"])
        names[row["unit"]] = row["zh"]
    return nodes, names


def _wanted(
    region: "Region", stops: "pd.DataFrame", nodes: dict[str, str], given: str | None
) -> set[str]:
    """The stops that are meant: by id, by name, or those that stand within a unit or place.

    Raises:
        NotFound: There are none.
    """
    if given is None:
        return set()
    ids = {stop for stop, node in nodes.items() if given in (stop, node)}
    if not ids:
        word = given.removesuffix("站").lower()
        plain = stops["name"].str.removesuffix("站").str.lower()
        ids = set(stops.loc[plain == word, "stop"])
    if not ids and given in region.names:
        ids = _within(region, stops, given)
    if not ids:
        names = sorted({*stops["name"], *stops["stop"]})
        raise one_of(given, "stop, or unit or place with stops in it,", names)
    # A station stands for its platforms.
    return ids | {stop for stop, node in nodes.items() if node in ids}


def _within(region: "Region", stops: "pd.DataFrame", place: str) -> set[str]:
    import shapely

    drawn = region.current("boundary", place=place)
    if not drawn:
        return set()
    shape = shapely.from_wkb(drawn[-1]["geometry"])
    inside = shapely.intersects_xy(shape, stops["lon"].astype(float), stops["lat"].astype(float))
    return set(stops.loc[inside, "stop"])


def _gathered(
    nodes: dict[str, str], names: dict[str, str], given: str, stops: set[str], region: "Region"
) -> tuple[dict[str, str], dict[str, str]]:
    """The stops that were asked for count as one."""
    one = next(iter({names[nodes[stop]] for stop in stops})) if stops else given
    called = region.names[given].zh if given in region.names else one
    return nodes | dict.fromkeys(stops, given), names | {given: called}


def _version(region: "Region", row: dict[str, Any]) -> TimetableVersion:
    return TimetableVersion(
        timetable=row["timetable"],
        name=Text(row["zh"], row["en"]),
        valid_from=row["valid_from"],
        valid_to=row["valid_to"],
        source=row["source"],
        source_name=source_name(region, row["source"]),
    )


def _answer(
    ask: Timetable, now: _Looked, before: _Looked | None, versions: list[TimetableVersion]
) -> TimetableAnswer:
    rows = now.pairs if before is None else departures.compared(now.pairs, before.pairs)
    order = -rows["trips"] if before is None else -(rows["trips"] - rows["trips_against"]).abs()
    shown = rows.iloc[order.to_numpy().argsort(kind="stable")[: ask.limit]]
    names = now.names | (before.names if before else {})
    return TimetableAnswer(
        timetable=now.timetable,
        day=now.day,
        day_trips=now.trips,
        against=before.timetable if before else None,
        against_day=before.day if before else None,
        against_trips=before.trips if before else None,
        pairs=len(rows),
        rows=[_pair(row, names) for row in shown.reset_index().to_dict("records")],
        versions=versions,
    )


def _pair(row: Mapping[Any, Any], names: dict[str, str]) -> PairRow:
    """A row as plain values; what one version lacks is null."""
    cells: dict[str, Any] = {str(n): None if value != value else value for n, value in row.items()}
    same = {name: cells[name] for name in ("from_id", "to_id", "trips")}
    minutes = {
        name: None if cells[name] is None else round(float(cells[name]), 2)
        for name in ("span_minutes", "fastest_minutes", "median_minutes")
    }
    times = {
        name: None if cells[key] is None else departures.clock(cells[key])
        for name, key in CLOCKS.items()
    }
    changes = {
        name: _less(cells[key], cells.get(f"{key}_against"), by)
        for name, (key, by) in CHANGES.items()
    }
    told: dict[str, Any] = {**same, **minutes, **times, **changes}
    return PairRow(
        from_name=names[row["from_id"]],
        to_name=names[row["to_id"]],
        estimate=bool(cells["estimate"] or cells.get("estimate_against")),
        change=cells.get("change"),
        trips_against=cells.get("trips_against"),
        **told,
    )


def _less(one: Any, other: Any, by: int = 1) -> Any:
    """A difference, where both are there."""
    if one is None or other is None:
        return None
    found = (one - other) / by
    return round(float(found), 2)
