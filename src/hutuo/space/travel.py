"""What the verbs of travel share: how a journey is asked for, and on what its minutes rest."""

from datetime import date
from functools import partial
from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.base.figures import source_name
from hutuo.verbs import Answer, Ask, Text, said

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.coordinates import Shift
    from hutuo.space.networks import Left, Rail, Roads
    from hutuo.space.rides import Habits, Stations
    from hutuo.space.roadtable import Streets
    from hutuo.space.seats import Model
    from hutuo.space.spots import Spot

    Minutes = NDArray[np.float32]
    Degrees = NDArray[np.float64]

Mode = Literal["road", "rail", "door"]
RAIL_METHOD = Text(
    "时刻表 {name},{day};出发时段{window},取各分钟出发用时的第{percentile:g}百分位;候车{boarding:g}分钟、"
    "出站{alighting:g}分钟,到站与离站经公路,各不超过{access:g}分钟",
    "timetable {name} on {day}; of the departures {window}, a minute apart, the percentile {percentile:g}; "
    "{boarding:g} minutes before boarding, {alighting:g} after alighting, to and from stations by road "
    "within {access:g} minutes",
)
LISTED = 10
NO_RAIL = Text(
    "没有时刻表,也没有可运行的线路:只算公路", "no timetable and no line that runs: by road only"
)


class Travel(Ask):
    """How journeys are made."""

    departure: tuple[str, ...] = said(
        "出发时段:起、止时刻,或一个时刻",
        "clock times of the first and the last departure, or a single one",
        default=("07:00", "09:00"),
        min_length=1,
        max_length=2,
    )
    percentile: float = said(
        "出发时段内各分钟用时取第几百分位;50为中位数",
        "percentile of the minutes over the departures; 50 is the median, 0 the fastest",
        default=50,
        ge=0,
        le=100,
    )
    timetable: str | None = said(
        "时刻表版本;缺省为最新的", "version of a timetable; the latest by default", default=None
    )
    day: date | None = said(
        "哪一天的时刻表;缺省为车次最多的一天",
        "day of the timetable; the one with most trips by default",
        default=None,
    )
    detour: float = said(
        "模型道路的绕行系数", "detour factor of modelled roads", default=1.33, ge=1, le=5
    )
    urban_kmh: float = said(
        "模型道路在城区县的车速",
        "speed of modelled roads in urban counties",
        default=40,
        gt=0,
        le=200,
    )
    rural_kmh: float = said(
        "模型道路在其他县的车速",
        "speed of modelled roads in other counties",
        default=80,
        gt=0,
        le=200,
    )
    urban_density: float = said(
        "人口密度不低于多少(人/平方公里)算城区县",
        "people per km2 from which a county is urban",
        default=1500,
        ge=0,
    )
    terminal_minutes: float = said(
        "模型道路每次出行的首末端时间(分钟)",
        "minutes at both ends of a journey on modelled roads",
        default=5,
        ge=0,
        le=120,
    )
    speed_factor: float = said(
        "车速乘以多少,如高峰0.7",
        "what speeds are multiplied by, as 0.7 for the rush hour",
        default=1,
        gt=0,
        le=5,
    )
    boarding_minutes: float = said(
        "提前到站候车(分钟)", "minutes at the station before boarding", default=15, ge=0, le=180
    )
    alighting_minutes: float = said(
        "下车出站(分钟)", "minutes from the train to the road", default=5, ge=0, le=180
    )
    access_minutes: float = said(
        "到站、离站的公路用时上限(分钟)",
        "longest way by road to and from a station",
        default=60,
        ge=0,
        le=360,
    )

    def model(self) -> "Model":
        """What modelled roads are worked out with."""
        from hutuo.space.seats import Model

        return Model(
            self.detour, self.urban_kmh, self.rural_kmh, self.terminal_minutes, self.urban_density
        )

    def habits(self) -> "Habits":
        """How people travel by timetable."""
        from hutuo.space.rides import Habits

        return Habits(
            self.departure,
            self.percentile,
            self.boarding_minutes,
            self.alighting_minutes,
            self.access_minutes,
        )


class LeftOut(Answer):
    """Something that was left out."""

    what: Text = said("什么", "what was left out")
    number: int = said("数量", "how many of it")


class Basis(Answer):
    """On what the minutes rest."""

    modelled: bool = said("是否含模型道路", "whether roads are modelled, none being known")
    method: Text = said("方法", "how the minutes come about")
    timetable: str | None = said("时刻表版本", "version of the timetable; null if none was used")
    day: date | None = said("时刻表日期", "day of the timetable")
    sources: list[Text] = said("来源", "where the data come from")
    left_out: list[LeftOut] = said("未计入的", "what was left out, and how many")
    findings: list[Text] = said(
        "坐标可能有误之处", "what seems wrong with coordinates: swapped, or shifted as on web maps"
    )


class Way(NamedTuple):
    """Roads and timetable of one ask.

    Attributes:
        roads: Roads.
        rail: Timetable; None where nothing runs or it is not asked for.
        stations: Its stations on the roads.
        habits: How people travel.
    """

    roads: "Roads"
    rail: "Rail | None"
    stations: "Stations | None"
    habits: "Habits"


def way(region: "Region", ask: Travel, mode: str) -> Way:
    """The networks that an ask is to be answered by.

    Args:
        region: View of the region.
        ask: How journeys are made.
        mode: ``road``, ``rail`` or ``door``.

    Raises:
        NotFound: There are no roads on the day, nor counties to model them between; or no such timetable.
    """
    from hutuo.space import networks, rides

    roads = networks.roads_of(region, ask.model(), ask.speed_factor)
    habits = ask.habits()
    rides.departures(habits.departure)
    rail = None if mode == "road" else networks.rail_of(region, ask.timetable, ask.day)
    stations = None
    if rail is not None:
        timetable = rail.timetable
        key = "stations", roads.content, rail.content
        stations = networks.kept(key, lambda: rides.stations(timetable, roads.roads))
    return Way(roads, rail, stations, habits)


def minutes(
    found: Way, origins: "Degrees", destinations: "Degrees", mode: str
) -> "tuple[Minutes, Minutes]":
    """Minutes by road and by timetable, float32 (n, m) each, inf where there is no way.

    Args:
        found: The networks.
        origins: Degrees, (n, 2).
        destinations: Degrees, (m, 2).
        mode: ``road`` or ``door``.
    """
    import numpy as np

    from hutuo.space import rides

    road = found.roads.roads.times(origins, destinations)
    ridden = np.full_like(road, np.inf)
    if mode == "door" and found.rail is not None and found.stations is not None:
        stations = found.stations
        access = found.roads.roads.times(origins, stations.lonlat)
        egress = found.roads.roads.times(stations.lonlat, destinations)
        ridden = rides.minutes(found.rail.timetable, stations, access, egress, found.habits)
    return road, ridden


def basis(
    region: "Region", found: Way, mode: str, spots: "Sequence[Spot]", *left: "Left"
) -> Basis:
    """On what the minutes rest, with what was left out and what seems wrong with places.

    Args:
        region: View of the region.
        found: The networks.
        mode: ``road``, ``rail`` or ``door``.
        spots: Where journeys begin and end.
        *left: What else was left out.
    """
    rail = found.rail
    parts = [found.roads.method] if mode != "rail" else []
    if mode != "road":
        parts.append(_ridden(found, mode) if rail else NO_RAIL)
    method = Text(";".join(part.zh for part in parts), "; ".join(part.en for part in parts))
    names = [*(found.roads.sources if mode != "rail" else ()), *(rail.sources if rail else ())]
    spots = list({spot.place: spot for spot in spots}.values())
    told = [*found.roads.left, *(rail.left if rail else ()), *left, _off(found, spots)]
    return Basis(
        modelled=mode != "rail" and found.roads.roads.modelled,
        method=method,
        timetable=rail.name if rail else None,
        day=rail.day if rail else None,
        sources=[source_name(region, name) for name in dict.fromkeys(names)],
        left_out=[LeftOut(what=one.what, number=one.number) for one in told if one.number],
        findings=[*_swapped(found, spots), *_shifted(found, spots)],
    )


def _off(found: Way, spots: "Sequence[Spot]") -> "Left":
    """How many places lie off the roads, so that there is no way from or to them."""
    from hutuo.space.networks import Left
    from hutuo.space.spots import lonlat

    off = int((found.roads.roads.within(lonlat(spots)) < 0).sum())
    return Left(Text("不在路网范围内的地点", "places off the network of roads"), off)


def _swapped(found: Way, spots: "Sequence[Spot]") -> list[Text]:
    """Places that lie off the roads, and on them with longitude and latitude swapped."""
    from hutuo.space.coordinates import swapped
    from hutuo.space.spots import lonlat

    flags = swapped(lonlat(spots), lambda points: found.roads.roads.within(points) >= 0)
    named = [spot.place for spot, flag in zip(spots, flags, strict=True) if flag]
    if not named:
        return []
    more = len(named) - LISTED
    zh, en = "、".join(named[:LISTED]), ", ".join(named[:LISTED])
    if more > 0:
        zh, en = f"{zh}等{len(named)}处", f"{en} and {more} more"
    return [
        Text(
            f"{zh}不在路网范围内,对调经纬度后则在:应先经度后纬度",
            f"{en}: off the roads, and on them when swapped; longitude comes first",
        )
    ]


def _shifted(found: Way, spots: "Sequence[Spot]") -> list[Text]:
    """Whether points or stops lie off known roads as a Chinese web map shifts them."""
    from hutuo.space import networks
    from hutuo.space.roadtable import Streets
    from hutuo.space.spots import GIVEN, POINT, lonlat

    roads = found.roads.roads
    if not isinstance(roads, Streets):
        return []
    given = [(Text("地点", "places"), lonlat([s for s in spots if s.kind in (GIVEN, POINT)]))]
    if found.rail is not None:
        stops = found.rail.timetable.stops[["lon", "lat"]].to_numpy(float)
        given.append((Text("时刻表站点", "stops of the timetable"), stops))
    told = []
    for name, points in given:
        key = "shift", found.roads.content, points.tobytes()
        shift = networks.kept(key, partial(_shift, roads, points))
        if shift:
            told.append(Text(f"{name.zh}:{shift.says.zh}", f"{name.en}: {shift.says.en}"))
    return told


def _shift(roads: "Streets", points: "Degrees") -> "Shift | None":
    from hutuo.space.coordinates import metres_to, shift_of

    return shift_of(points, metres_to(roads.network, points))


def _ridden(found: Way, mode: str) -> Text:
    rail, habits = found.rail, found.habits
    door = mode == "door"
    words = {
        "name": rail.name if rail else "",
        "day": rail.day if rail else "",
        "window": "-".join(habits.departure),
        "percentile": habits.percentile,
        "boarding": habits.boarding_minutes if door else 0,
        "alighting": habits.alighting_minutes if door else 0,
        "access": habits.access_minutes if door else 0,
    }
    return Text(RAIL_METHOD.zh.format(**words), RAIL_METHOD.en.format(**words))
