"""Sensing terminals (感知终端) as places: whose they are, what they cover, read last, and lack."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hutuo.base.answers import Measured
from hutuo.base.readings import ReadingRow, Readings, readings
from hutuo.duty.incident import named
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]

__all__ = ["Course", "CoverRow", "SensorRow", "Sensors", "SensorsAnswer", "covered_km2", "sensors"]

# So many figures of a course are drawn at most; a small chart shows no more.
DRAWN = 96
# A terminal is silent from so many of its steps on without a reading.
MISSED = 3
CIRCLE_ENDS = 32
METRES2 = 1e6
_COURSES = """
    SELECT place, indicator, unit, list(value ORDER BY valid_from) AS figures,
        list(valid_from ORDER BY valid_from) AS times
    FROM known WHERE grain IN ('hour', 'instant') GROUP BY ALL
"""


class Sensors(Ask):
    """Which terminals to look at."""

    place: str | None = said("只要该终端", "only this terminal", default=None)
    owner: str | None = said("只要该管理单位的", "only those of this body", default=None)
    senses: str | None = said("只要该感知内容的", "only those that sense this", default=None)
    days: int = said("最近多少天的读数", "days of readings", default=2, ge=1, le=366)
    silent_only: bool = said("只要失联的", "only silent ones", default=False)


class Course(Measured):
    """What a terminal reads of one indicator."""

    latest: float = said("最近的读数", "latest reading")
    last: datetime = said("最新的读数", "time of the last one")
    readings: int = said("读数的个数", "number of readings")
    gaps: int = said("中断次数", "number of gaps")
    lacking: int = said("缺少的读数", "readings that are lacking in the gaps")
    out_of_order: int = said("乱序到达的读数", "readings that were recorded after a later one was")
    step_minutes: float | None = said("通常的间隔(分钟)", "usual minutes from one to the next")
    latency_minutes: float = said(
        "延迟中位数(分钟)", "median minutes until a reading was recorded"
    )
    silent: bool = said("是否失联", "whether three steps have passed without a reading")
    figures: list[float] = said(
        "读数走势", "readings in order of time, thinned out for a small chart"
    )


class SensorRow(Answer):
    """A terminal."""

    place: str = said("感知终端", "the terminal, a place")
    name: Text = said("名称", "what it is called")
    lon: float | None = said("经度", "longitude; null: it is not known where it stands")
    lat: float | None = said("纬度", "latitude")
    owner: str | None = said("管理单位", "body that owns it; null: not told")
    owner_name: Text | None = said("管理单位名称", "what the body is called")
    senses: str | None = said("感知内容", "what it senses")
    covers_m: float | None = said("覆盖半径(米)", "metres within which it senses; null: not told")
    every_minutes: float | None = said(
        "上报间隔(分钟)", "minutes between readings that it should keep to"
    )
    silent: bool = said("是否失联", "whether a course of it is silent, or it was never read")
    courses: list[Course] = said("各指标", "what it reads, by indicator")


class CoverRow(Answer):
    """What terminals of one kind cover."""

    senses: str | None = said("感知内容", "what they sense; null: not told")
    terminals: int = said("终端数", "number of terminals")
    silent: int = said("失联终端数", "of them, silent ones")
    without_owner: int = said("未注明管理单位的", "of them, those whose owner is not told")
    covered_km2: float = said("覆盖面积(平方公里)", "area within reach of one at least, km2")


class SensorsAnswer(Answer):
    """Terminals, and what they cover."""

    until: datetime | None = said("截止时间", "time by which silence is told; null: this instant")
    cover: list[CoverRow] = said("各类覆盖", "what is covered, by what is sensed")
    rows: list[SensorRow] = said("感知终端", "terminals, silent ones first")


@verb(
    "查看感知终端:归属、覆盖、读数、中断与延迟",
    columns=("place", "name", "owner_name", "senses", "covers_m", "silent"),
)
def sensors(region: "Region", ask: Sensors) -> SensorsAnswer:
    """Show terminals with owner and coverage, their latest readings, gaps, latency and who is silent.

    Example:
        ``hutuo duty sensors --silent-only``
    """
    until = region.when.last if region.when else datetime.now(UTC)
    told = {row["place"]: row for row in region.current("sensing_terminal")}
    seen = readings(region, Readings(place=ask.place, days=ask.days))
    drawn = _figures(region, seen.since, seen.until)
    by: dict[str, list[ReadingRow]] = {}
    for row in seen.rows:
        by.setdefault(row.place, []).append(row)
    spots = {row["place"]: row for row in region.current("boundary")}
    names = [row["place"] for row in region.records("place", kind="sensor")]
    places = sorted({*names, *told, *by} if ask.place is None else {ask.place})
    rows = []
    for place in places:
        about = told.get(place, {})
        courses = [_course(region, one, about, drawn, until) for one in by.get(place, ())]
        rows.append(_row(region, place, about, spots.get(place), courses))
    rows = [
        row
        for row in rows
        if ask.owner in (None, row.owner)
        and ask.senses in (None, row.senses)
        and (row.silent or not ask.silent_only)
    ]
    return SensorsAnswer(
        until=until.astimezone(region.zone) if region.when else None,
        cover=_cover(rows),
        rows=sorted(rows, key=lambda row: (not row.silent, row.place)),
    )


def covered_km2(points: list[tuple[float, float, float]]) -> float:
    """Area within reach of one terminal at least, in km2.

    Args:
        points: Longitude and latitude in degrees, and metres of reach.

    Source: circles in an azimuthal equidistant projection about their middle (Snyder 1987, 25); a circle
    200 km from it is drawn 0.02 % too large.
    """
    import shapely
    from pyproj import Transformer

    if not points:
        return 0.0
    lon = sum(point[0] for point in points) / len(points)
    lat = sum(point[1] for point in points) / len(points)
    flat = f"+proj=aeqd +lat_0={lat} +lon_0={lon} +datum=WGS84 +units=m"
    project = Transformer.from_crs("EPSG:4326", flat, always_xy=True)
    circles = [
        shapely.Point(*project.transform(x, y)).buffer(metres, quad_segs=CIRCLE_ENDS)
        for x, y, metres in points
    ]
    return float(shapely.union_all(circles).area / METRES2)


def _figures(
    region: "Region", since: datetime | None, until: datetime | None
) -> dict[tuple[str, str], list[float]]:
    """Readings in order of time, thinned out, by place and indicator, in the indicator's unit."""
    from hutuo.units import convert

    if since is None or until is None:
        return {}
    span = slice(since, until + timedelta(microseconds=1))
    found: dict[tuple[str, str], list[float]] = {}
    for row in region.query(_COURSES, "observation", past=True, valid_from=span):
        unit = region.indicators[row["indicator"]]["unit"]
        factor = 1.0 if row["unit"] == unit else convert(1.0, row["unit"], unit)
        every = max(1, -(-len(row["figures"]) // DRAWN))
        # The latest one is always among them.
        thin = row["figures"][::-1][::every][::-1]
        found[row["place"], row["indicator"]] = [value * factor for value in thin]
    return found


def _course(
    region: "Region",
    one: ReadingRow,
    about: "Row",
    drawn: dict[tuple[str, str], list[float]],
    until: datetime,
) -> Course:
    figures = drawn.get((one.place, one.indicator), [])
    step = about.get("every_minutes") or one.step_minutes
    waited = (until - one.last) / timedelta(minutes=1)
    same = (
        "indicator",
        "name",
        "unit",
        "unit_name",
        "readings",
        "gaps",
        "lacking",
        "out_of_order",
        "step_minutes",
    )
    return Course(
        **{name: getattr(one, name) for name in same},
        latest=figures[-1],
        last=one.last.astimezone(region.zone),
        latency_minutes=one.latency_minutes,
        silent=step is not None and waited > MISSED * step,
        figures=figures,
    )


def _row(
    region: "Region", place: str, about: "Row", spot: "Row | None", courses: list[Course]
) -> SensorRow:
    owner = about.get("owner")
    return SensorRow(
        place=place,
        name=region.names.get(place, Text(place, place)),
        lon=spot["label_lon"] if spot else None,
        lat=spot["label_lat"] if spot else None,
        owner=owner,
        owner_name=named(region, owner) if owner else None,
        senses=about.get("senses"),
        covers_m=about.get("covers_m"),
        every_minutes=about.get("every_minutes"),
        silent=not courses or any(course.silent for course in courses),
        courses=courses,
    )


def _cover(rows: list[SensorRow]) -> list[CoverRow]:
    counts = Counter(row.senses for row in rows)
    return [
        CoverRow(
            senses=senses,
            terminals=number,
            silent=sum(row.silent for row in rows if row.senses == senses),
            without_owner=sum(row.owner is None for row in rows if row.senses == senses),
            covered_km2=round(
                covered_km2(
                    [
                        (row.lon, row.lat, row.covers_m)
                        for row in rows
                        if row.senses == senses
                        and row.lon is not None
                        and row.lat is not None
                        and row.covers_m
                    ]
                ),
                2,
            ),
        )
        for senses, number in sorted(
            counts.items(), key=lambda one: (one[0] is None, one[0] or "")
        )
    ]
