"""Isochrones: what can be reached within some minutes, as polygons of H3 cells, and who lives there."""

from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.errors import BadAsk, NotFound
from hutuo.space.lacking import no_counties
from hutuo.space.travel import Basis, Travel, basis, way
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.seats import Legs, Modelled
    from hutuo.space.spots import Spot
    from hutuo.space.travel import Way

    Minutes = NDArray[np.float64]

MOST_MINUTES = 240
MOST_CELLS = 150_000


class FromWhere(Ask):
    """From where, and how far."""

    place: str | None = said(
        "起点:区划、地点或经纬度如114.5/38.0",
        "from where: a unit, a place, or a point as 114.5/38.0",
        default=None,
    )
    lon: float | None = said("起点经度", "longitude to start from", default=None, ge=-180, le=180)
    lat: float | None = said("起点纬度", "latitude to start from", default=None, ge=-90, le=90)
    minutes: tuple[float, ...] = said(
        "几分钟;可给多个,各得一个面",
        "minutes; of several each is a polygon of its own",
        default=(60,),
        min_length=1,
        max_length=12,
    )
    mode: Literal["road", "door"] = said(
        "road 公路,door 公路或公路加列车,取较快者",
        "road, or door: by road, or by road and train, whichever is faster",
        default="road",
    )
    included: bool = said(
        "恰好等于时限的是否算入", "whether exactly the limit counts as within", default=True
    )
    resolution: int = said(
        "H3网格的级别:7约5平方公里,8约0.7平方公里",
        "resolution of the H3 cells: 7 is about 5 km2, 8 about 0.7",
        default=7,
        ge=5,
        le=9,
    )


class Isochrone(Travel, FromWhere):
    """From where, how far, and how."""


class IsochroneProperties(Answer):
    """What lies within the minutes."""

    minutes: float = said("时限(分钟)", "the limit")
    area_km2: float = said("面积(平方公里)", "area of the polygon, km2")
    cells: int = said("网格数", "number of cells")
    people: float | None = said(
        "人口(按县内均匀分布估算)",
        "people, spread evenly over each county; null if none are counted",
    )


class IsochroneFeature(Answer):
    """What can be reached within some minutes, as a GeoJSON feature."""

    type: Literal["Feature"] = said("GeoJSON 类型", "GeoJSON type", default="Feature")
    geometry: dict[str, Any] | None = said(
        "范围", "what is reached, EPSG:4326; null if nothing is"
    )
    properties: IsochroneProperties = said("属性", "how much it is")


class IsochroneAnswer(Answer):
    """Isochrones as a GeoJSON feature collection."""

    type: Literal["FeatureCollection"] = said(
        "GeoJSON 类型", "GeoJSON type", default="FeatureCollection"
    )
    features: list[IsochroneFeature] = said("各时限的范围", "a polygon for each limit, ascending")
    place: str = said("起点", "where it starts")
    name: Text = said("起点名称", "what that is called")
    lon: float = said("起点经度", "longitude that it starts from")
    lat: float = said("起点纬度", "latitude that it starts from")
    people_year: int | None = said("人口年份", "year in which people were counted")
    estimate: bool = said(
        "人口是否估算", "whether people are an estimate: they are spread evenly over each county"
    )
    basis: Basis = said("依据", "on what the minutes rest")


class Grid(NamedTuple):
    """Cells over the counties of a network.

    Attributes:
        cell: H3 cells as whole numbers, uint64 (cells,).
        lonlat: Their centres, degrees (cells, 2).
        unit: County in which each centre lies: its place in ``units``, (cells,).
        km2: Area of each, (cells,).
        units: Codes of the counties.
        key: What they were made from.
    """

    cell: "NDArray[np.uint64]"
    lonlat: "NDArray[np.float64]"
    unit: "NDArray[np.int32]"
    km2: "NDArray[np.float64]"
    units: tuple[str, ...]
    key: tuple[object, ...]


@verb("给出若干分钟内可达的范围")
def isochrone(region: "Region", ask: Isochrone) -> IsochroneAnswer:
    """Give what can be reached within some minutes as polygons, with the people who live there."""
    spot = _start(region, ask)
    found = way(region, ask, ask.mode)
    cells = grid_of(region, ask.resolution)
    took = reached(found, cells, [spot], ask.mode, max(ask.minutes) + 1)[0]
    year, people = spread_people(region, cells)
    features = [_feature(cells, took, limit, people, ask) for limit in sorted(set(ask.minutes))]
    return IsochroneAnswer(
        features=features,
        place=spot.place,
        name=spot.name,
        lon=spot.lon,
        lat=spot.lat,
        people_year=year,
        estimate=True,
        basis=basis(region, found, ask.mode, [spot]),
    )


def _start(region: "Region", ask: Isochrone) -> "Spot":
    from hutuo.space.networks import map_of

    both = ask.lon is not None and ask.lat is not None
    if both == (ask.place is not None):
        says = Text("从哪里出发?", "where does it start?")
        raise BadAsk(says, Text("给出地点,或经度与纬度", "name a place, or lon and lat"))
    if max(ask.minutes) > MOST_MINUTES or min(ask.minutes) <= 0:
        given = ", ".join(f"{one:g}" for one in ask.minutes)
        says = Text(f"时限为{given}", f"minutes are {given}")
        raise BadAsk(
            says, Text(f"应大于0、不超过{MOST_MINUTES}", f"above 0, at most {MOST_MINUTES}")
        )
    place = ask.place or f"{ask.lon}/{ask.lat}"
    spot = map_of(region).spot(place)
    if spot is None:
        says = Text(f"不知道“{place}”的点位", f"no point is known of '{place}'")
        raise NotFound(says, Text("请给出经度与纬度", "give lon and lat"))
    return spot


def grid_of(region: "Region", resolution: int) -> Grid:
    """Cells over the counties around the region's set, kept in memory.

    Args:
        region: View of the region.
        resolution: Of the cells.
    """
    from hutuo.space import networks

    view = networks.seen(region)
    key = "grid", networks.stamp(view), resolution
    return networks.kept(key, lambda: _grid(view, key))


def _grid(region: "Region", key: tuple[Any, ...]) -> Grid:
    import h3.api.numpy_int as h3
    import numpy as np

    from hutuo.space import networks

    units, shapes = networks.county_shapes(region)
    if not units:
        raise no_counties(region)
    cells, of = _covering(shapes, key[-1])
    lonlat = np.array([h3.cell_to_latlng(cell)[::-1] for cell in cells.tolist()]).reshape(-1, 2)
    km2 = np.array([h3.cell_area(cell, unit="km^2") for cell in cells.tolist()])
    return Grid(cells, lonlat, of, km2, units, key)


def _numbers(units: tuple[str, ...], roads: "Modelled") -> "NDArray[np.int32]":
    """Number that a network's counties have for each unit."""
    import numpy as np

    number = {unit: at for at, unit in enumerate(roads.counties.unit)}
    return np.array([number.get(unit, -1) for unit in units], np.int32)


def _covering(
    shapes: "NDArray[np.object_]", resolution: int
) -> "tuple[NDArray[np.uint64], NDArray[np.int32]]":
    """Cells whose centre lies in one of the shapes, and in which.

    Raises:
        BadAsk: There would be too many.
    """
    import h3.api.numpy_int as h3
    import numpy as np
    import shapely

    from hutuo.base.crosswalk import flat

    km2 = float(shapely.area(flat(shapes)).sum()) / 1e6
    about = km2 / h3.average_hexagon_area(resolution, unit="km^2")
    if about > MOST_CELLS:
        says = Text(
            f"第{resolution}级网格将有{about:,.0f}个",
            f"resolution {resolution} would take {about:,.0f} cells",
        )
        raise BadAsk(says, Text("请用更粗的级别", "ask for a coarser one"))
    parts = [h3.h3shape_to_cells(h3.geo_to_h3shape(shape), resolution) for shape in shapes]
    cells = np.concatenate([np.asarray(part, np.uint64) for part in parts])
    of = np.repeat(np.arange(len(parts), dtype=np.int32), [len(part) for part in parts])
    cells, first = np.unique(cells, return_index=True)
    return cells, of[first]


def reached(found: "Way", cells: Grid, spots: "list[Spot]", mode: str, most: float) -> "Minutes":
    """Minutes from spots to the centres of cells, (spots, cells); inf beyond the most."""
    import numpy as np

    from hutuo.space import networks, rides
    from hutuo.space.spots import lonlat

    origins = lonlat(spots)
    took = by_road(found, cells, origins, most)
    if mode != "door" or found.rail is None or found.stations is None:
        return took
    stations, rail = found.stations, found.rail
    key = "egress", found.roads.content, rail.content, cells.key
    egress = networks.kept(
        key, lambda: by_road(found, cells, stations.lonlat, found.habits.access_minutes)
    )
    access = found.roads.roads.times(origins, stations.lonlat)
    ridden = rides.minutes(rail.timetable, stations, access, egress, found.habits)
    return np.minimum(took, ridden)


def by_road(
    found: "Way", cells: Grid, origins: "Minutes", most: float = float("inf")
) -> "Minutes":
    """Minutes by road to the centres of cells, (origins, cells); inf beyond the most."""
    import numpy as np

    from hutuo.space import networks
    from hutuo.space.seats import Modelled

    roads = found.roads.roads
    if not isinstance(roads, Modelled):
        return np.asarray(roads.times(origins, cells.lonlat), float)
    key = "legs", found.roads.content, cells.key
    county, legs = networks.kept(key, lambda: _legs(roads, cells))
    return roads.spread(origins, cells.lonlat, county, legs, most)


def _legs(roads: "Modelled", cells: Grid) -> "tuple[NDArray[np.int32], Legs]":
    """County of each cell in the network, and the ways from it to seats."""
    county = _numbers(cells.units, roads)[cells.unit]
    return county, roads.legs(cells.lonlat, county)


def spread_people(region: "Region", cells: Grid) -> "tuple[int | None, Minutes | None]":
    """People of each cell, each county's spread evenly over its cells, and the year of the count.

    The year is the last in which most counties were counted; a county without a figure of it has none.
    """
    import numpy as np

    from hutuo.base.counted import people_indicator
    from hutuo.space import networks
    from hutuo.space.people import by_year

    view = networks.seen(region)
    key = "people", networks.stamp(view), cells.units
    years = networks.kept(key, lambda: by_year(view, cells.units, people_indicator(view, None)))
    if not years:
        return None, None
    most = max(len(counts) for counts in years.values())
    year = max(year for year, counts in years.items() if len(counts) == most)
    counted = np.array([years[year][u].people if u in years[year] else 0 for u in cells.units])
    area = np.bincount(cells.unit, weights=cells.km2, minlength=len(cells.units))
    density = counted / np.maximum(area, 1e-9)
    return year, density[cells.unit] * cells.km2


def within(took: "Minutes", limit: float, *, included: bool) -> "NDArray[np.bool_]":
    """Whether minutes are within a limit; a limit that is included counts to a hundredth of a minute."""
    if included:
        return took <= limit + 0.005
    return took < limit - 0.005


def _feature(
    cells: Grid, took: "Minutes", limit: float, people: "Minutes | None", ask: Isochrone
) -> IsochroneFeature:
    good = within(took, limit, included=ask.included)
    return IsochroneFeature(
        geometry=outline(cells.cell[good]),
        properties=IsochroneProperties(
            minutes=limit,
            area_km2=round(float(cells.km2[good].sum()), 1),
            cells=int(good.sum()),
            people=None if people is None else round(float(people[good].sum())),
        ),
    )


def outline(cells: "NDArray[np.uint64]") -> dict[str, Any] | None:
    """Cells joined to polygons, as a GeoJSON geometry; None of none."""
    import h3.api.numpy_int as h3

    if not len(cells):
        return None
    found: dict[str, Any] = h3.cells_to_geo(cells)
    polygons = found["coordinates"] if found["type"] == "MultiPolygon" else [found["coordinates"]]
    rounded = [
        [[(round(x, 5), round(y, 5)) for x, y in ring] for ring in polygon] for polygon in polygons
    ]
    if len(rounded) == 1:
        return {"type": "Polygon", "coordinates": rounded[0]}
    return {"type": "MultiPolygon", "coordinates": rounded}
