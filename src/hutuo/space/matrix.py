"""Travel times between places: by road, between their stations, or from door to door."""

from typing import TYPE_CHECKING, NamedTuple

from pydantic import ConfigDict

from hutuo.errors import BadAsk
from hutuo.space.travel import Basis, Mode, Travel, basis, minutes, way
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.spots import Map, Spot
    from hutuo.space.travel import Way

    Minutes = NDArray[np.float32]

MOST_PAIRS = 4_000_000


class Between(Ask):
    """Between which places."""

    model_config = ConfigDict(populate_by_name=True)

    from_: tuple[str, ...] | None = said(
        "起点:区划、地点、集合(取其成员)或经纬度如114.5/38.0;缺省为本地区集合",
        "from: units, places, sets (their members) or points as 114.5/38.0; the region's set by default",
        default=None,
        alias="from",
    )
    to: tuple[str, ...] | None = said(
        "终点,写法同起点;缺省为本地区集合",
        "to: as from; the region's set by default",
        default=None,
    )
    mode: Mode = said(
        "road 公路,rail 两地车站之间按时刻表,door 门到门(公路,或公路到站、列车、公路离站,取较快者)",
        "road; rail between the stations of both places by timetable; door to door by road, or by road to a "
        "station, by train and by road on, whichever is faster",
        default="door",
    )
    limit: int = said("最多多少行", "most rows", default=1000, ge=1, le=100_000)


class TravelTimes(Travel, Between):
    """Between which places, and how."""


class TimesRow(Answer):
    """Minutes from one place to another."""

    from_id: str = said("起点标识", "where the journey begins")
    from_name: Text = said("起点名称", "what it is called")
    to_id: str = said("终点标识", "where it ends")
    to_name: Text = said("终点名称", "what it is called")
    minutes: float | None = said("用时(分钟)", "minutes; null where there is no way")
    mode: str | None = said("方式:road 或 rail", "road or rail, whichever took as long")
    road_minutes: float | None = said("公路用时(分钟)", "minutes by road; null if not asked for")
    rail_minutes: float | None = said(
        "按时刻表用时(分钟)", "minutes by timetable, ways to and from stations included"
    )
    modelled: bool = said("是否含模型道路", "whether modelled roads are part of it")


class TimesAnswer(Answer):
    """Travel times between places."""

    rows: list[TimesRow] = said("各对地点", "pairs, in the order in which the places were named")
    pairs: int = said("地点对数", "number of pairs; rows hold the first of them")
    unreached: int = said("没有路可走的对数", "pairs without a way")
    without_point: list[str] = said(
        "没有点位、未计入的地点", "places that were left out, no point of theirs being known"
    )
    basis: Basis = said("依据", "on what the minutes rest")


class Ends(NamedTuple):
    """Where journeys begin and end, and what of it is not known."""

    origins: "list[Spot]"
    destinations: "list[Spot]"
    lost: list[str]


@verb("给出地点之间的出行时间", columns=("from_name", "to_name", "minutes", "mode", "modelled"))
def travel_times(region: "Region", ask: TravelTimes) -> TimesAnswer:
    """Give travel times between places by road, by rail or from door to door."""
    from hutuo.space.networks import map_of

    where = map_of(region)
    ends = ends_of(where, ask, MOST_PAIRS)
    found = way(region, ask, ask.mode)
    road, ridden = _minutes(where, found, ends, ask)
    return TimesAnswer(
        rows=_rows(ends, road, ridden, found, ask),
        pairs=road.size,
        unreached=int((_fastest(road, ridden) == float("inf")).sum()),
        without_point=ends.lost,
        basis=basis(region, found, ask.mode, [*ends.origins, *ends.destinations]),
    )


def ends_of(where: "Map", ask: Between, most: int) -> Ends:
    """The points that journeys begin and end at.

    Args:
        where: Places of the region.
        ask: Which of them.
        most: Pairs that are bearable.

    Raises:
        BadAsk: No point is known, or there are too many pairs.
    """
    whole = [where.region.info.set]
    origins, lost = where.spots(ask.from_ or whole)
    destinations, more = where.spots(ask.to or whole)
    if not origins or not destinations:
        raise pointless(lost + more)
    if len(origins) * len(destinations) > most:
        number = f"{len(origins):,}", f"{len(destinations):,}"
        says = Text(
            f"{number[0]}乘{number[1]}对地点太多", f"{' by '.join(number)} are too many pairs"
        )
        hint = Text(
            f"最多{most:,};space travel-matrix可把更多的写成文件",
            f"at most {most:,}; space travel-matrix writes more into files",
        )
        raise BadAsk(says, hint)
    return Ends(origins, destinations, list(dict.fromkeys([*lost, *more])))


def pointless(lost: list[str]) -> BadAsk:
    """What is said where no point is known of the places named."""
    named = ", ".join(dict.fromkeys(lost))
    says = Text("所列地点都没有点位", "no point is known of the places named")
    return BadAsk(says, Text(f"请换用其他地点:{named}", f"name others: {named}"))


def _minutes(
    where: "Map", found: "Way", ends: Ends, ask: TravelTimes
) -> "tuple[Minutes, Minutes]":
    import numpy as np

    from hutuo.space.spots import lonlat

    origins, destinations = lonlat(ends.origins), lonlat(ends.destinations)
    if ask.mode != "rail":
        return minutes(found, origins, destinations, ask.mode)
    road = np.full((len(origins), len(destinations)), np.inf, np.float32)
    return road, between_stations(where, found, ends)


def between_stations(where: "Map", found: "Way", ends: Ends) -> "Minutes":
    """Minutes by timetable between the stations of places, without ways to and from them."""
    import numpy as np

    from hutuo.space import rides

    if found.rail is None or found.stations is None:
        return np.full((len(ends.origins), len(ends.destinations)), np.inf, np.float32)
    access = stations_in(where, found.stations.lonlat, ends.origins)
    egress = stations_in(where, found.stations.lonlat, ends.destinations).T
    habits = found.habits._replace(boarding_minutes=0, alighting_minutes=0)
    took = rides.minutes(found.rail.timetable, found.stations, access, egress, habits)
    same = [[a.place == b.place for b in ends.destinations] for a in ends.origins]
    return np.where(np.array(same), np.float32(0), took)


def stations_in(where: "Map", lonlat: "NDArray[np.float64]", spots: "list[Spot]") -> "Minutes":
    """0 where a station stands in a place's boundary, inf else, (spots, stations)."""
    import numpy as np
    import shapely

    found = np.full((len(spots), len(lonlat)), np.inf, np.float32)
    for row, spot in enumerate(spots):
        drawn = where.drawn.get(spot.place) or where.drawn.get(spot.unit or "")
        if drawn is not None:
            shape = shapely.from_wkb(drawn["geometry"])
            found[row, shapely.intersects_xy(shape, lonlat[:, 0], lonlat[:, 1])] = 0
    return found


def _fastest(road: "Minutes", ridden: "Minutes") -> "Minutes":
    import numpy as np

    return np.minimum(road, ridden)


def _rows(
    ends: Ends, road: "Minutes", ridden: "Minutes", found: "Way", ask: TravelTimes
) -> list[TimesRow]:
    rows = []
    modelled = ask.mode != "rail" and found.roads.roads.modelled
    wide = len(ends.destinations)
    for at in range(min(road.size, ask.limit)):
        origin, destination = ends.origins[at // wide], ends.destinations[at % wide]
        by_road, by_rail = plain(road[at // wide, at % wide]), plain(ridden[at // wide, at % wide])
        known = [one for one in (by_road, by_rail) if one is not None]
        rows.append(
            TimesRow(
                from_id=origin.place,
                from_name=origin.name,
                to_id=destination.place,
                to_name=destination.name,
                minutes=min(known, default=None),
                mode=faster(by_road, by_rail),
                road_minutes=by_road,
                rail_minutes=by_rail,
                modelled=modelled,
            )
        )
    return rows


def faster(road: float | None, rail: float | None) -> str | None:
    """``road`` or ``rail``, whichever takes less; None where there is no way."""
    if road is None and rail is None:
        return None
    return "rail" if road is None or (rail is not None and rail < road) else "road"


def plain(value: "np.floating") -> float | None:
    """Minutes to a tenth; None where there is no way."""
    return None if value == float("inf") else round(float(value), 1)
