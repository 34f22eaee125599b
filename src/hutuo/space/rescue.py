"""The rescue circle: who and how much area lies within some minutes of the nearest station of a kind."""

from collections import Counter
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import source_name
from hutuo.errors import BadAsk
from hutuo.space.isochrone import Grid, by_road, grid_of, outline, spread_people, within
from hutuo.space.matrix import plain
from hutuo.space.travel import Basis, Travel, basis, way
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.spots import Map, Spot
    from hutuo.space.travel import Way

    Minutes = NDArray[np.float64]
    Flags = NDArray[np.bool_]

SEATS = Text(
    "以各成员的驻地代替救援站点,不是实际站点",
    "the seats of the members stand in for stations; they are no stations",
)
MISSING = Text(
    "没有该类站点的点位。请加载设施点(含 amenity=fire_station 的 OpenStreetMap 摘录,或有经纬度的表格),"
    "或用 stations 写出站点,或用 seats 以驻地代替",
    "no point of a station of that kind is known. Load points of facilities (an OpenStreetMap extract with "
    "amenity=fire_station, or a table with longitude and latitude), name stations, or let seats stand in",
)
POINTS = ("point", "station")
LISTED = 10


class Stations(Ask):
    """From which stations, and how far."""

    kind: str | None = said(
        "站点类型:地点表备注中的 amenity=…,或 station 类地点的备注",
        "kind of station: what places note after amenity=, as fire_station, or all of that note",
        default=None,
    )
    stations: tuple[str, ...] | None = said(
        "站点:区划、地点、集合或经纬度", "stations: units, places, sets or points", default=None
    )
    seats: bool = said(
        "以各成员驻地代替站点",
        "whether the seats of the members stand in for stations",
        default=False,
    )
    members: str | None = said(
        "覆盖哪个集合;缺省为本地区集合",
        "set that is to be covered; that of the region by default",
        default=None,
    )
    minutes: float = said("几分钟", "minutes", default=60, gt=0, le=240)
    included: bool = said(
        "恰好等于时限的是否算入", "whether exactly the limit counts as within", default=True
    )
    turnout_minutes: float = said(
        "出动时间(分钟)", "minutes from the call to setting out", default=1, ge=0, le=60
    )
    hours: tuple[str, ...] = said(
        "各时段车速倍数,如 8:0.6,表示8时车速为平时的0.6倍",
        "speeds by hour of day, as 8:0.6: at 8 they are 0.6 of the usual",
        default=(),
        max_length=24,
    )
    geometry: bool = said(
        "是否带空白范围的边界", "whether to give the outline of the gaps", default=False
    )
    resolution: int = said(
        "H3网格的级别:7约5平方公里",
        "resolution of the H3 cells: 7 is about 5 km2",
        default=7,
        ge=5,
        le=9,
    )


class Rescue(Travel, Stations):
    """From which stations, how far."""


class RescueCover(Answer):
    """What is covered at one hour."""

    hour: int | None = said("时刻(小时);空为平时", "hour of the day; null: at the usual speeds")
    speed_factor: float = said("车速倍数", "what speeds are multiplied by")
    people_share: float | None = said("覆盖人口占比(%)", "share of the people covered, %")
    area_share: float | None = said("覆盖面积占比(%)", "share of the area covered, %")
    people: float | None = said("覆盖人口", "people covered")
    area_km2: float | None = said("覆盖面积(平方公里)", "area covered, km2")


class RescueHour(Answer):
    """What of a unit is not covered at one hour."""

    hour: int = said("时刻(小时)", "hour of the day")
    area_share: float = said("未覆盖面积占比(%)", "share of its area that is not covered, %")
    people: float | None = said(
        "未覆盖人口(按面积均摊)", "people not covered, spread evenly over its area"
    )


class RescueGap(Answer):
    """A unit of which something is not covered, at the usual speeds or at some hour."""

    unit: str = said("区划代码", "unit")
    name: Text = said("名称", "what it is called")
    area_share: float = said("未覆盖面积占比(%)", "share of its area that is not covered, %")
    area_km2: float = said("未覆盖面积(平方公里)", "area that is not covered, km2")
    people: float | None = said(
        "未覆盖人口(按面积均摊)", "people not covered, spread evenly over its area"
    )
    farthest_minutes: float | None = said(
        "最远处用时(分钟)", "minutes to its farthest cell; null where there is no way"
    )
    by_hour: list[RescueHour] = said(
        "各时段", "what is not covered at each hour that was asked for"
    )


class RescueAnswer(Answer):
    """The rescue circle."""

    stations: int = said("站点数", "number of stations")
    stand_in: bool = said("是否以驻地代替站点", "whether seats stand in for stations")
    missing: list[Text] = said(
        "缺什么、该怎么读", "what is missing, or how the answer is to be read"
    )
    cover: list[RescueCover] = said("覆盖", "what is covered, at the usual speeds and by hour")
    rows: list[RescueGap] = said(
        "空白", "units with gaps, those first with most people not covered at the usual speeds"
    )
    gaps: dict[str, Any] | None = said(
        "空白范围", "outline of the gaps, a GeoJSON geometry, EPSG:4326; null if not asked for"
    )
    minutes: float = said("时限(分钟)", "the limit")
    people_year: int | None = said("人口年份", "year in which people were counted")
    estimate: bool = said(
        "人口是否估算", "whether people are an estimate: they are spread evenly over each county"
    )
    without_point: list[str] = said("没有点位的站点", "stations of which no point is known")
    without_boundary: list[str] = said(
        "没有边界、未计入的成员", "members that were left out, without a boundary of their own"
    )
    basis: Basis = said("依据", "on what the minutes rest")


class Area(NamedTuple):
    """What is to be covered.

    Attributes:
        cells: Cells over the counties.
        inside: Whether each is to be covered, (cells,).
        people: People of each; None if none were counted.
        year: Year of the count.
        lost: Members without a boundary.
    """

    cells: Grid
    inside: "Flags"
    people: "Minutes | None"
    year: int | None
    lost: list[str]


@verb(
    "给出救援圈的人口、面积覆盖率与空白",
    columns=("name", "area_share", "people", "farthest_minutes"),
)
def rescue(region: "Region", ask: Rescue) -> RescueAnswer:
    """Give the share of people and area within some minutes of the nearest station, and the gaps."""
    from hutuo.space.networks import map_of

    where = map_of(region)
    factors = hourly(ask.hours)
    spots, lost = stations_of(where, ask)
    found = way(region, ask, "road")
    area = _area(region, where, ask)
    took = _nearest(found, area.cells, spots) + ask.turnout_minutes
    good = within(took, ask.minutes, included=ask.included)
    cover = [_cover(area, good, None, ask.speed_factor)] if spots else []
    hours: dict[int, Flags] = {}
    for hour, factor in factors.items() if spots else ():
        again = ask.model_copy(update={"speed_factor": ask.speed_factor * factor})
        slower = _nearest(way(region, again, "road"), area.cells, spots) + ask.turnout_minutes
        hours[hour] = within(slower, ask.minutes, included=ask.included)
        cover.append(_cover(area, hours[hour], hour, again.speed_factor))
    return RescueAnswer(
        stations=len(spots),
        stand_in=ask.seats,
        missing=_missing(where, ask, spots),
        cover=cover,
        rows=_gaps(where, area, took, (good, hours)) if spots else [],
        gaps=outline(area.cells.cell[area.inside & ~good]) if ask.geometry and spots else None,
        minutes=ask.minutes,
        people_year=area.year,
        estimate=True,
        without_point=lost,
        without_boundary=area.lost,
        basis=_sourced(where, basis(region, found, "road", spots), spots),
    )


def hourly(given: "Sequence[str]") -> dict[int, float]:
    """Factors of speed by hour, from words as ``8:0.6``.

    Raises:
        BadAsk: One is none; all of them are told.
    """
    found, wrong = {}, []
    for word in given:
        hour, _, factor = word.partition(":")
        try:
            found[int(hour)] = float(factor)
        except ValueError:
            wrong.append(word)
            continue
        if not (0 <= int(hour) <= 23 and 0 < float(factor) <= 5):  # noqa: PLR2004 - a day's hours
            wrong.append(word)
    if wrong:
        given = ", ".join(wrong)
        hint = Text(
            "应为0至23时与大于0、不超过5的倍数,如8:0.6",
            "an hour from 0 to 23 and a factor above 0, at most 5, as 8:0.6",
        )
        says = Text(f"hours:{given}不是时刻与倍数", f"hours: {given} are no hour and factor")
        raise BadAsk(says, hint)
    return dict(sorted(found.items()))


def stations_of(where: "Map", ask: Rescue) -> "tuple[list[Spot], list[str]]":
    """The stations that are meant, and those of which no point is known.

    Raises:
        BadAsk: Not exactly one of kind, stations and seats is given.
    """
    if (ask.kind is not None) + (ask.stations is not None) + ask.seats != 1:
        hint = Text(
            "给出类型kind、写明站点stations,或以驻地代替seats,三者取一",
            "give a kind, name stations, or let seats stand in",
        )
        raise BadAsk(Text("哪些站点?", "which stations?"), hint)
    if ask.stations is not None:
        return where.spots(ask.stations)
    if ask.seats:
        return where.spots([ask.members or where.region.info.set])
    notes = (f"amenity={ask.kind}", ask.kind)
    return where.spots(row["place"] for row in where.places.values() if row["note"] in notes)


def _area(region: "Region", where: "Map", ask: Rescue) -> Area:
    import numpy as np

    cells = grid_of(region, ask.resolution)
    members = where.members(ask.members or region.info.set)
    wanted = {unit for unit in members if unit in cells.units}
    number = np.array([unit in wanted for unit in cells.units], bool)
    year, people = spread_people(region, cells)
    lost = [one for one in members if one not in wanted]
    return Area(cells, number[cells.unit], people, year, lost)


def _nearest(found: "Way", cells: Grid, spots: "list[Spot]") -> "Minutes":
    """Minutes from the nearest station to each cell, (cells,)."""
    import numpy as np

    from hutuo.space.spots import lonlat

    best = np.full(len(cells.cell), np.inf)
    places = lonlat(spots)
    for start in range(0, len(places), 32):
        part = by_road(found, cells, places[start : start + 32])
        np.minimum(best, part.min(axis=0), out=best)
    return best


def _cover(area: Area, good: "Flags", hour: int | None, factor: float) -> RescueCover:
    covered = good & area.inside
    km2 = area.cells.km2
    whole, some = float(km2[area.inside].sum()), float(km2[covered].sum())
    everyone = float(area.people[area.inside].sum()) if area.people is not None else 0.0
    reached = float(area.people[covered].sum()) if area.people is not None else 0.0
    return RescueCover(
        hour=hour,
        speed_factor=factor,
        people_share=round(100 * reached / everyone, 2) if everyone else None,
        area_share=round(100 * some / whole, 2) if whole else None,
        people=round(reached) if everyone else None,
        area_km2=round(some, 1),
    )


def _gaps(
    where: "Map", area: Area, took: "Minutes", covered: "tuple[Flags, dict[int, Flags]]"
) -> list[RescueGap]:
    """Units of which something is left open at the usual speeds, or at some hour."""
    import numpy as np

    good, hours = covered
    cells = area.cells
    open_at = {hour: area.inside & ~reached for hour, reached in hours.items()}
    bare = area.inside & ~good
    rows = []
    for number in np.unique(cells.unit[np.logical_or.reduce([bare, *open_at.values()])]):
        mine, unit = cells.unit == number, cells.units[number]
        usual = _open(area, mine, bare)
        rows.append(
            RescueGap(
                unit=unit,
                name=where.region.name_of(unit),
                area_share=usual.share,
                area_km2=usual.km2,
                people=usual.people,
                farthest_minutes=plain(took[mine].max()),
                by_hour=[_hour(hour, _open(area, mine, gap)) for hour, gap in open_at.items()],
            )
        )
    return sorted(rows, key=lambda row: (-(row.people or 0), -row.area_km2, row.unit))


class Open(NamedTuple):
    """What of a unit is left open: share of its area in %, km2, people."""

    share: float
    km2: float
    people: float | None


def _open(area: Area, mine: "Flags", gap: "Flags") -> Open:
    km2 = area.cells.km2
    lost = mine & gap
    return Open(
        round(100 * float(km2[lost].sum() / km2[mine].sum()), 1),
        round(float(km2[lost].sum()), 1),
        None if area.people is None else round(float(area.people[lost].sum())),
    )


def _hour(hour: int, left: Open) -> RescueHour:
    return RescueHour(hour=hour, area_share=left.share, people=left.people)


def _missing(where: "Map", ask: Rescue, spots: "list[Spot]") -> list[Text]:
    """What is missing, with the kinds of which points are known."""
    if spots:
        return [SEATS] if ask.seats else []
    notes = Counter(
        row["note"].removeprefix("amenity=")
        for row in where.places.values()
        if row["note"] and row["kind"] in POINTS and row["place"] in where.drawn
    )
    if not notes or ask.kind is None:
        return [MISSING]
    known = [f"{note} ({number})" for note, number in notes.most_common(LISTED)]
    there = Text(f"有点位的类型:{'、'.join(known)}", f"kinds with points: {', '.join(known)}")
    return [MISSING, there]


def _sourced(where: "Map", rests: Basis, spots: "list[Spot]") -> Basis:
    """A basis with the sources of the stations as well."""
    rows = (where.places.get(spot.place) for spot in spots)
    names = dict.fromkeys(row["source"] for row in rows if row and row["kind"] in POINTS)
    told = [source_name(where.region, name) for name in names]
    more = [one for one in told if one not in rests.sources]
    return rests.model_copy(update={"sources": [*rests.sources, *more]})
