"""Places of a region as siting sees them: points, cities, figures, and the minutes between them.

Minutes come from a matrix that was written into the lake's folder (``space travel-matrix``), or, where none
is named, from straight lines: an estimate, and said to be one.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.geographies import today
from hutuo.errors import BadAsk, BadInput, Finding, NotFound
from hutuo.verbs import Text

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Floats = NDArray[np.float64]

__all__ = [
    "Ground",
    "Moved",
    "Point",
    "Ways",
    "ways_of",
]

COORDINATES = re.compile(r"\s*(-?\d{1,3}(?:\.\d+)?)\s*[,;/ ]\s*(-?\d{1,3}(?:\.\d+)?)\s*")
MATRICES = "matrices"
TOLD = 20
MOST_PAIRS = 25_000_000


class Point(NamedTuple):
    """A place as a point.

    Attributes:
        place: Its id, or the coordinates as they were given.
        name: What it is called.
        lon: Degrees (WGS 84).
        lat: Degrees.
        unit: Unit that it is or lies in; None if that is not known.
        city: The prefecture of that unit, or the unit itself where it has none; empty if not known.
    """

    place: str
    name: Text
    lon: float
    lat: float
    unit: str | None
    city: str


class Ways(NamedTuple):
    """Ways from clients to sites.

    Attributes:
        minutes: Minutes, (clients, sites); inf where there is no way.
        km: Great-circle kilometres times the detour factor, (clients, sites).
        told: How they come about.
        estimate: Whether minutes are straight lines at one speed.
    """

    minutes: "NDArray[np.float64]"
    km: "NDArray[np.float64]"
    told: Text
    estimate: bool


class Ground:
    """Where the places of a region are, on the day of its view."""

    def __init__(self, region: "Region") -> None:
        self.region = region if region.at else replace(region, at=today(region))
        self.units = {row["unit"]: row for row in self.region.records("unit")}
        self.places = {row["place"]: row for row in self.region.records("place")}
        self.drawn = {row["place"]: row for row in self.region.records("boundary")}

    def points(self, given: Iterable[str]) -> tuple[list[Point], list[str]]:
        """Points of places, each once, and the places for which none is known.

        Args:
            given: Ids of units, places and sets (their members), or coordinates as ``114.5/38.0``.

        Raises:
            NotFound: There is no such place, or a set has no members on the day.
            BadAsk: Coordinates that are none.
        """
        wanted: list[str] = []
        for one in given:
            wanted += self.members(one) if one.startswith("set:") else [one]
        found, lost = [], []
        for one in dict.fromkeys(wanted):
            point = self.point(one)
            found.append(point) if point else lost.append(one)
        return found, lost

    def members(self, place_set: str) -> list[str]:
        """Members of a set, without those that it names as excluded.

        Raises:
            NotFound: It has none on the day.
        """
        rows = self.region.records("membership", set=place_set)
        if not rows:
            self.region.name_of(place_set)
            day = self.region.at
            says = Text(f"{day}集合{place_set}没有成员", f"{place_set} has no members on {day}")
            raise NotFound(says, Text("请换一天或写明地点", "take another day, or name places"))
        return [row["member"] for row in rows if row["role"] != "excluded"]

    def named(self, given: Iterable[str] | None) -> list[str]:
        """Places by their ids, each once; sets as their members, the region's set if none are given.

        Raises:
            NotFound: There is no such place.
        """
        wanted: list[str] = []
        for one in given or [self.region.info.set]:
            wanted += self.members(one) if one.startswith("set:") else [one]
        for place in wanted:
            self.region.name_of(place)
        return list(dict.fromkeys(wanted))

    def point(self, given: str) -> Point | None:
        """The point of one place; None if none is known.

        Raises:
            NotFound: There is no such place.
            BadAsk: Coordinates that are none.
        """
        told = COORDINATES.fullmatch(given)
        if told and given not in self.units:
            return self._given(given, float(told[1]), float(told[2]))
        name = self.region.name_of(given)
        if given in self.units:
            return self._of_unit(given, given, name)
        row = self.places.get(given)
        if given in self.drawn:
            drawn, unit = self.drawn[given], row["part_of"] if row else None
            lon, lat = drawn["label_lon"], drawn["label_lat"]
            unit = unit or self.unit_at(lon, lat)
            return Point(given, name, lon, lat, unit, self.city(unit))
        if row and row["part_of"]:
            return self._of_unit(given, row["part_of"], name)
        return None

    def of_kind(self, kind: str) -> list[str]:
        """Places that stand as facilities of a kind: their note is it, or ``amenity=`` and it."""
        notes = (f"amenity={kind}", kind)
        return sorted(p for p, row in self.places.items() if row["note"] in notes)

    def city(self, unit: str | None) -> str:
        """The prefecture of a unit; the unit itself where it has none; empty if no unit is given."""
        at = unit
        while at and at in self.units:
            if self.units[at]["level"] == "prefecture":
                return at
            at = self.units[at]["parent"]
        return unit or ""

    def unit_at(self, lon: float, lat: float) -> str | None:
        """The county or zone in whose boundary a point lies; None if that is not known."""
        import shapely

        for unit, row in self.drawn.items():
            level = self.units.get(unit, {}).get("level")
            drawn = level in ("county", "zone") and row["area_km2"]
            if drawn and shapely.intersects_xy(shapely.from_wkb(row["geometry"]), lon, lat):
                return str(unit)
        return None

    def _of_unit(self, place: str, unit: str, name: Text) -> Point | None:
        row, drawn = self.units.get(unit), self.drawn.get(unit)
        if row and row["lon"] is not None and row["lat"] is not None:
            return Point(place, name, row["lon"], row["lat"], unit, self.city(unit))
        if drawn is None:
            return None
        where = drawn["label_lon"], drawn["label_lat"]
        return Point(place, name, *where, unit, self.city(unit))

    def _given(self, text: str, lon: float, lat: float) -> Point:
        if not (abs(lon) <= 180 and abs(lat) <= 90):  # noqa: PLR2004 - degrees
            says = Text(f"“{text}”不是地球上的点", f"'{text}' is no point on Earth")
            raise BadAsk(says, Text("先经度后纬度,如114.5/38.0", "longitude first, as 114.5/38.0"))
        unit = self.unit_at(lon, lat)
        return Point(text, Text(text, text), lon, lat, unit, self.city(unit))


class Moved(NamedTuple):
    """How people move: a matrix by its name, or straight lines.

    Attributes:
        times: Folder of a matrix within the lake's; None for straight lines.
        outbound: Whether ways lead from the site to the client, as those of rescue.
        detour: Factor of straight lines.
        kmh: Speed along them.
    """

    times: str | None
    outbound: bool
    detour: float
    kmh: float


def ways_of(
    region: "Region", clients: Sequence[Point], sites: Sequence[Point], how: Moved
) -> Ways:
    """Minutes and kilometres between clients and sites.

    Args:
        region: View of the region.
        clients: Who is to be served.
        sites: Where from.
        how: By which matrix, or how fast along straight lines.

    Raises:
        BadAsk: There are too many pairs.
        NotFound: There is no such matrix.
        BadInput: The matrix lacks places; they are named.
    """
    import numpy as np

    from hutuo.base.sphere import kilometres

    if len(clients) * len(sites) > MOST_PAIRS:
        says = Text(
            f"{len(clients):,}乘{len(sites):,}对地点太多",
            f"{len(clients):,} by {len(sites):,} are too many pairs",
        )
        raise BadAsk(says, Text(f"最多{MOST_PAIRS:,}", f"at most {MOST_PAIRS:,}"))
    here, there = (np.array([(p.lon, p.lat) for p in side], float) for side in (clients, sites))
    km = kilometres(here.reshape(-1, 1, 2), there.reshape(1, -1, 2)) * how.detour
    if how.times is None:
        told = Text(
            f"按直线距离乘绕行系数{how.detour:g}、时速{how.kmh:g}公里估算,不是路网时间;"
            "可先用space travel-matrix写出矩阵,再以times指明",
            f"straight lines times a detour factor of {how.detour:g} at {how.kmh:g} km/h, no travel times "
            "on roads; write a matrix by space travel-matrix and name it as times",
        )
        return Ways(km / how.kmh * 60, km, told, estimate=True)
    ends = [[p.place for p in side] for side in (clients, sites)]
    found = _matrix(region, how.times, *(ends[::-1] if how.outbound else ends))
    told = Text(f"出行时间矩阵{how.times}", f"matrix of travel times {how.times}")
    return Ways(found.T if how.outbound else found, km, told, estimate=False)


def _matrix(
    region: "Region", name: str, origins: Sequence[str], destinations: Sequence[str]
) -> "Floats":
    """Minutes of a matrix, (origins, destinations); inf where it knows of no way."""
    import numpy as np
    import pyarrow.compute as pc
    import pyarrow.dataset as ds

    folder = region.lake.folder / MATRICES
    known = sorted(p.name for p in folder.iterdir() if p.is_dir()) if folder.is_dir() else []
    if name not in known:
        says = Text(f"没有出行时间矩阵“{name}”", f"there is no matrix '{name}'")
        shown = ", ".join(known[:TOLD])
        hint = Text(
            f"已有:{shown or '无'};由space travel-matrix写出",
            f"there are: {shown or 'none'}; space travel-matrix writes one",
        )
        raise NotFound(says, hint)
    files = sorted(str(path) for path in (folder / name).glob("*.parquet"))
    field: Any = ds.field
    wanted = field("from_id").isin(origins) & field("to_id").isin(destinations)
    rows = ds.dataset(files, format="parquet").to_table(filter=wanted)
    sides = origins, destinations
    at = [_at(pc, rows.column(c), ids) for c, ids in zip(COLUMNS, sides, strict=True)]
    _complete(name, at, sides)
    minutes = np.full((len(origins), len(destinations)), np.inf)
    given = rows.column("minutes").to_numpy().astype(float)
    minutes[at[0], at[1]] = np.where(np.isnan(given), np.inf, given)
    return minutes


COLUMNS = ("from_id", "to_id")


def _at(pc: Any, column: Any, ids: Sequence[str]) -> "NDArray[np.int64]":
    import pyarrow as pa

    found: NDArray[np.int64] = pc.index_in(column, value_set=pa.array(list(ids))).to_numpy()
    return found


def _complete(
    name: str, at: "Sequence[NDArray[np.int64]]", ids: tuple[Sequence[str], Sequence[str]]
) -> None:
    """Refuse a matrix that does not hold all places.

    Raises:
        BadInput: Some are missing; they are named.
    """
    lacking = Text("矩阵中没有", "not in the matrix")
    findings = [
        Finding(name, None, f"{column} {place}", lacking)
        for column, seen, side in zip(COLUMNS, at, ids, strict=True)
        for place in (side[i] for i in sorted(set(range(len(side))) - set(seen.tolist())))
    ]
    if findings:
        many = len(findings)
        zh, en = f"矩阵{name}缺{many}个地点", f"matrix {name} lacks {many} places"
        hint = Text("请用同样的地点重写矩阵", "write it anew with these places")
        raise BadInput(Text(zh, en), findings[:TOLD], hint)
