"""The tables of a region as networks to travel on, kept in memory by their content."""

import hashlib
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from hutuo.base.geographies import today
from hutuo.verbs import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.roadtable import Streets
    from hutuo.space.seats import Counties, Model, Modelled
    from hutuo.space.spots import Map
    from hutuo.space.timetable import Timetable

Made = TypeVar("Made")
RINGS = 2
KEPT = 64
_made: "OrderedDict[object, Any]" = OrderedDict()
_lock = Lock()
SEATS_METHOD = Text(
    "道路为模型:大圆距离乘绕行系数{detour:g},在城区县(常住人口密度不低于{urban_density:g}人/平方公里)内时速"
    "{urban_kmh:g}公里、其余{rural_kmh:g}公里,直达或经相邻县(市、区)驻地,每次出行另加首末端{terminal_minutes:g}分钟",
    "roads are modelled: the great circle times a detour factor of {detour:g}, at {urban_kmh:g} km/h within "
    "urban counties ({urban_density:g} people per km2 and more) and {rural_kmh:g} km/h in others, straight "
    "or over the seats of counties that touch, and {terminal_minutes:g} minutes at the ends of each journey",
)
STREETS_METHOD = Text(
    "道路来自表 road:按道路等级的车速,不超过限速;不计转弯限制和拥堵",
    "roads of the table road: at the speed of their class, no faster than their limit; without turn "
    "restrictions and congestion",
)


class Left(NamedTuple):
    """What was left out, and how many."""

    what: Text
    number: int


class Roads(NamedTuple):
    """Roads to travel on, and what is to be told of them.

    Attributes:
        roads: The network.
        method: How its minutes come about.
        sources: Sources of its tables.
        left: What was left out of it.
        content: What it was made from, as a key.
    """

    roads: "Modelled | Streets"
    method: Text
    sources: tuple[str, ...]
    left: tuple[Left, ...]
    content: str

    @property
    def empty(self) -> bool:
        """Whether there is nothing to travel on: neither counties to model roads between nor a road."""
        return self.roads.network.nodes == 0


class Rail(NamedTuple):
    """A timetable on a day, with lines that are planned or tried.

    Attributes:
        timetable: The timetable.
        name: Version; None where there are lines only.
        day: Day of service.
        sources: Sources of its tables.
        left: What was left out of it.
        content: What it was made from, as a key.
    """

    timetable: "Timetable"
    name: str | None
    day: date | None
    sources: tuple[str, ...]
    left: tuple[Left, ...]
    content: str


def kept(key: object, make: Callable[[], Made]) -> Made:
    """What was made for a key before, else made now; the oldest is forgotten."""
    with _lock:
        if key in _made:
            _made.move_to_end(key)
            found: Made = _made[key]
            return found
    made = make()
    with _lock:
        _made[key] = made
        while len(_made) > KEPT:
            _made.popitem(last=False)
    return made


def seen(region: "Region") -> "Region":
    """The view on its day: today's where none is set."""
    return region if region.at else replace(region, at=today(region))


def stamp(region: "Region") -> tuple[object, ...]:
    """What a view's rows depend on: a change anywhere in the lake makes it another, and who looks at it."""
    lane = region.lake.lane(region.branch)
    folder, stands = str(region.lake.folder), region.lake.stamp()
    return folder, stands, lane, region.as_of, region.at, region.reader


def map_of(region: "Region") -> "Map":
    """Where a region's places are, kept in memory."""
    from hutuo.space.spots import Map

    view = seen(region)
    return kept(("map", stamp(view)), lambda: Map(view))


def content(tables: "Iterable[pa.Table]") -> str:
    """Rows as one hash."""
    import pyarrow as pa

    total = hashlib.sha256()
    for table in tables:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table.combine_chunks())
        total.update(sink.getvalue())
    return total.hexdigest()


def roads_of(region: "Region", model: "Model", factor: float = 1.0) -> Roads:
    """Roads of a region: those of table ``road`` where it has rows, else modelled between county seats.

    Rows of table ``link`` that hold on the day are roads besides.

    Args:
        region: View of the region.
        model: What modelled ways are worked out with; its detour and class speeds also serve links.
        factor: What speeds are multiplied by.

    Raises:
        NotFound: There is no road with a speed, nor counties on the day to model roads between.
    """
    from hutuo.space.lacking import no_counties, no_speeds

    view = seen(region)
    found = kept(("roads", stamp(view), model, factor), lambda: _roads(view, model, factor))
    if found.empty:
        raise no_counties(view) if found.roads.modelled else no_speeds(view)
    return found


def _roads(region: "Region", model: "Model", factor: float) -> Roads:
    names = ("unit", "boundary", "place", "membership", "link", "road")
    read = {name: region.arrow(name) for name in names}
    if read["road"].num_rows:
        used: tuple[str, ...] = ("road", "link", "unit", "place", "boundary")
        made: Callable[[], Roads] = lambda: _streets(region, map_of(region), model, factor)  # noqa: E731
    else:
        used, made = names[:5], lambda: _seats(region, map_of(region), model, factor)
    key = content(read[name] for name in used)
    people = "" if read["road"].num_rows else content([_densities(region)])
    whole = f"{key}{people}"
    built = kept(("roads", whole, model, factor), made)
    return built._replace(content=f"{whole} {model} {factor}")


def _densities(region: "Region") -> "pa.Table":
    from hutuo.base.counted import people_indicator

    name = people_indicator(region, None)
    return region.past("observation", indicator=name or "")


def _streets(region: "Region", where: "Map", model: "Model", factor: float) -> Roads:
    from hutuo.space import roadtable
    from hutuo.space.planned import extra

    links, left, sources = extra(region, where, model, factor)
    rows = region.table("road")
    made = roadtable.network(rows, factor, links)
    if made.unknown:
        what = Text("等级没有车速的道路", "roads of a class without a speed")
        left = (Left(what, made.unknown), *left)
    method = _faster(STREETS_METHOD, factor)
    return Roads(made, method, _sorted([*rows["source"], *sources]), left, "")


def _seats(region: "Region", where: "Map", model: "Model", factor: float) -> Roads:
    from hutuo.space.planned import extra
    from hutuo.space.seats import Modelled

    counties, left, sources = _counties(region, where, model)
    links, more, others = extra(region, where, model, factor)
    quick = model._replace(urban_kmh=model.urban_kmh * factor, rural_kmh=model.rural_kmh * factor)
    made = Modelled.of(counties, quick, links)
    method = Text(*(text.format(**model._asdict()) for text in SEATS_METHOD))
    return Roads(made, _faster(method, factor), _sorted([*sources, *others]), (*left, *more), "")


def _faster(method: Text, factor: float) -> Text:
    if factor == 1:
        return method
    return Text(f"{method.zh};车速乘以{factor:g}", f"{method.en}; speeds times {factor:g}")


def _sorted(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted(set(names)))


def _counties(
    region: "Region", where: "Map", model: "Model"
) -> "tuple[Counties, tuple[Left, ...], list[str]]":
    """Counties of the region's set and of two rings around it, with what is missing of them."""
    import numpy as np

    from hutuo.space.people import latest
    from hutuo.space.seats import Counties

    units, shapes = county_shapes(region, where)
    people = latest(region, units)
    rows = [where.units[unit] for unit in units]
    stand_in = np.array([row["lon"] is None or row["lat"] is None for row in rows], bool)
    lonlat = [
        (where.drawn[u]["label_lon"], where.drawn[u]["label_lat"]) if out else (r["lon"], r["lat"])
        for u, r, out in zip(units, rows, stand_in.tolist(), strict=True)
    ]
    counted = [people[unit].people if unit in people else 0.0 for unit in units]
    density = [
        number / max(where.drawn[unit]["area_km2"], 1e-9)
        for number, unit in zip(counted, units, strict=True)
    ]
    counties = Counties(
        units,
        np.array(lonlat, float).reshape(-1, 2),
        shapes,
        np.array(density) >= model.urban_density,
        stand_in,
    )
    left = (
        Left(
            Text(
                "没有驻地坐标、以面内点代替的县",
                "counties whose seat is not known; an inner point stands in",
            ),
            int(stand_in.sum()),
        ),
        Left(
            Text(
                "没有人口数、按非城区计车速的县", "counties without people counted, taken as rural"
            ),
            sum(unit not in people for unit in units),
        ),
        Left(
            Text("没有边界、不在路网内的县", "counties without a boundary, not in the network"),
            sum(r["level"] == "county" and u not in where.drawn for u, r in where.units.items()),
        ),
    )
    sources = [where.drawn[unit]["source"] for unit in units]
    sources += [count.source for count in people.values()]
    return counties, tuple(one for one in left if one.number), sources


def county_shapes(
    region: "Region", where: "Map | None" = None
) -> "tuple[tuple[str, ...], NDArray[np.object_]]":
    """Counties of the region's set, those that it excludes, and two rings around these, with their polygons.

    Args:
        region: View of the region on a day.
        where: Its places, if they were read already.
    """
    import numpy as np
    import shapely

    where = where or map_of(region)
    every = [u for u, row in where.units.items() if row["level"] == "county" and u in where.drawn]
    if not every:
        return (), np.zeros(0, object)
    shapes = shapely.from_wkb([where.drawn[unit]["geometry"] for unit in every])
    inside = _ringed(region, every, shapes)
    return tuple(unit for unit, good in zip(every, inside, strict=True) if good), shapes[inside]


def _ringed(
    region: "Region", units: list[str], shapes: "NDArray[np.object_]"
) -> "NDArray[np.bool_]":
    """Whether each county is of the region's set, one that it excludes, or at most two away from these."""
    import numpy as np

    from hutuo.base.geography import roles_of
    from hutuo.space.seats import touching

    named = roles_of(region, region.info.set)
    inside = np.array([unit in named for unit in units], bool)
    pairs = touching(shapes)
    for _ in range(RINGS):
        one, other = inside[pairs[:, 0]], inside[pairs[:, 1]]
        inside[pairs[one, 1]] = True
        inside[pairs[other, 0]] = True
    return inside


def rail_of(region: "Region", name: str | None = None, day: date | None = None) -> Rail | None:
    """The timetable of a region on a day, with the lines of table ``line``; None where nothing runs.

    Args:
        region: View of the region.
        name: Version; None for the one that began last of those that hold, else of all.
        day: Day of service; None for the busiest.

    Raises:
        NotFound: There is no such version, or it does not run on that day.
    """
    view = seen(region)
    return kept(("rail", stamp(view), name, day), lambda: _rail(view, name, day))


def _rail(region: "Region", name: str | None, day: date | None) -> Rail | None:
    from hutuo.base import timetable as versions

    found = versions.chosen(region, name, day) or versions.chosen(
        replace(region, at=None), name, day
    )
    tables = ("timetable", "stop", "trip", "call", "service_day")
    whole = replace(region, at=None)
    read = [whole.arrow(t, timetable=found[0]) for t in tables] if found else []
    planned = [region.arrow("line"), region.arrow("station"), region.arrow("headway")]
    key = f"{content([*read, *planned])} {found}"
    made = kept(("rail", key), lambda: _built(region, found))
    return made._replace(content=key) if made else None


def _built(region: "Region", found: tuple[str, date] | None) -> Rail | None:
    from hutuo.space.planned import planned_lines
    from hutuo.space.timetable import Timetable

    whole = replace(region, at=None)
    stops, trips, calls = _frames(whole, found)
    lines, left, sources = planned_lines(region, set(stops["stop"]))
    if found is None and not lines:
        return None
    timetable = Timetable.from_frames(stops, trips, calls).with_lines(lines)
    bare = int(stops["lon"].isna().sum())
    if bare:
        what = Text(
            "没有坐标、不能从此上下车的站点",
            "stops without coordinates, where nobody gets on or off",
        )
        left = (Left(what, bare), *left)
    if found:
        sources += [row["source"] for row in whole.records("timetable", timetable=found[0])]
    name, day = found or (None, None)
    return Rail(timetable, name, day, _sorted(sources), left, "")


def _frames(
    region: "Region", found: tuple[str, date] | None
) -> "tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]":
    """Stops, trips and calls of a day; trips that set out before it stand with what is left of them."""
    import pandas as pd

    from hutuo.base.timetable import running

    if found is None:
        words, numbers = pd.Series(dtype="str"), pd.Series(dtype="float64")
        times = ["arrival_seconds", "departure_seconds"]
        return (
            pd.DataFrame({"stop": words, "name": words, "lon": numbers, "lat": numbers}),
            pd.DataFrame({"trip": words}),
            pd.DataFrame(
                {"trip": words, "sequence": numbers, "stop": words} | dict.fromkeys(times, numbers)
            ),
        )
    name, day = found
    stops = region.table("stop", timetable=name)
    calls = running(region, name, day)
    calls = calls[~(calls["departure_seconds"] < 0)]
    calls = calls[calls.groupby("trip")["trip"].transform("size") > 1]
    origin = calls["trip"].str.rpartition("/")[0]
    about = region.table("trip", timetable=name).set_index("trip")
    trips = pd.DataFrame({"trip": calls["trip"], "of": origin}).drop_duplicates("trip")
    trips = trips.assign(
        route=trips["of"].map(about["route"]), name=trips["of"].map(about["name"])
    )
    columns = [
        "trip",
        "sequence",
        "stop",
        "arrival_seconds",
        "departure_seconds",
        "boards",
        "alights",
    ]
    calls = calls[columns].assign(arrival_seconds=calls["arrival_seconds"].clip(lower=0))
    return stops[["stop", "name", "lon", "lat", "parent"]], trips.drop(columns="of"), calls
