"""Units of a region with their people by year, area, place and neighbours: what structure is read from."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from hutuo.errors import NotFound, one_of
from hutuo.space.lacking import no_members
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.base.region import Region

LEVEL = "county"
# Coordinates that differ by less are the same corner; about a metre.
CORNER = 1e-5
# A border shorter than this, in degrees, is a touch at a corner.
SHORT = 1e-4
# Part of a unit's border that may lie along nothing drawn before it counts as the edge of the map.
EDGE = 0.02
NOBODY = Text("没有既有人口数又有点位的区划", "no unit has people and a place")


@dataclass(frozen=True, eq=False)
class Settled:
    """Units with people.

    Attributes:
        units: Codes, in order.
        names: What they are called.
        people: People by unit (rows) and year (columns), NaN where no figure is known.
        estimates: Whether a figure is an estimate, same shape.
        area: Area of each unit in km2.
        lonlat: Seat, or a point within, (units, 2), degrees.
        parents: Unit that each unit of any level lies in.
        lacking: Units of the level that have no people or no place, and so are in none of this.
        indicator: Indicator of the people.
        year: The latest year of those in which most units have people; all ``units`` have them then.
    """

    units: tuple[str, ...]
    names: Mapping[str, Text]
    people: "pd.DataFrame"
    estimates: "pd.DataFrame"
    area: "NDArray[np.float64]"
    lonlat: "NDArray[np.float64]"
    parents: Mapping[str, str]
    lacking: tuple[str, ...]
    year: int
    indicator: str

    @cached_property
    def position(self) -> dict[str, int]:
        """Number of each unit."""
        return {unit: number for number, unit in enumerate(self.units)}

    @property
    def years(self) -> list[int]:
        """Years in which some unit has people, the oldest first."""
        return [int(year) for year in self.people.columns]

    @cached_property
    def latest(self) -> "NDArray[np.float64]":
        """People of ``year``, (units,)."""
        return self.people[self.year].to_numpy(dtype=np.float64)

    @cached_property
    def kilometres(self) -> "NDArray[np.float64]":
        """Distance between the seats as the crow flies, (units, units)."""
        from pyproj import Geod

        lon, lat = self.lonlat.T
        one, other = np.triu_indices(len(self.units), 1)
        metres = Geod(ellps="WGS84").inv(lon[one], lat[one], lon[other], lat[other])[2]
        apart = np.zeros((len(self.units), len(self.units)))
        apart[one, other] = apart[other, one] = np.asarray(metres) / 1000
        return apart

    def at(self, units: Iterable[str]) -> "NDArray[np.int64]":
        """Numbers of those of the units that are here."""
        return np.array(
            sorted(self.position[unit] for unit in set(units) & self.position.keys()),
            dtype=np.int64,
        )


def settled(region: "Region", indicator: str | None = None) -> Settled:
    """The county-level units of today that have people, by year, in boundaries of today.

    A figure at a unit's own code counts for the unit as it is; where there is none, figures of units that
    went into it are cut to it, and marked as estimates where codes do not say all.

    Raises:
        NotFound: The region has no unit with people and a place, no indicator of people, or its own set no
            members on the day.
    """
    if not region.current("membership", set=region.info.set):
        raise no_members(region, region.info.set)
    from hutuo.space.networks import kept, seen, stamp

    key = ("settled", stamp(seen(region)), indicator)
    return kept(key, lambda: _settled(region, indicator))


def _settled(region: "Region", indicator: str | None) -> Settled:
    from hutuo.base.counted import people_indicator

    rows = {row["unit"]: row for row in region.current("unit", level=LEVEL)}
    about = people_indicator(region, indicator)
    if about is None:
        hint = Text(
            "需有人口类、可加总的核心指标的数值",
            "figures of a core indicator of topic population that adds up",
        )
        raise NotFound(NOBODY, hint)
    people, estimates = _panel(region, about, list(rows))
    drawn = {row["place"]: row for row in region.current("boundary")}
    where = {unit: spot for unit, row in rows.items() if (spot := _spot(row, drawn.get(unit)))}
    areas = {unit: drawn[unit]["area_km2"] for unit in rows if unit in drawn}
    counts = people.notna().sum()
    year = max(counts.index, key=lambda one: (counts[one], one), default=None)
    known = set() if year is None else set(people.index[people[year].notna()])
    kept = sorted(known & where.keys() & areas.keys())
    if year is None or not kept:
        hint = Text(
            f"需有县级区划的“{about}”数值及其边界或驻地",
            f"figures of '{about}' at units of level {LEVEL}, and boundaries or seats of these",
        )
        raise NotFound(NOBODY, hint)
    return Settled(
        tuple(kept),
        region.names,
        people.loc[kept],
        estimates.loc[kept],
        np.array([areas[unit] for unit in kept], dtype=np.float64),
        np.array([where[unit] for unit in kept], dtype=np.float64),
        {row["unit"]: row["parent"] for row in region.current("unit") if row["parent"]},
        tuple(sorted(rows.keys() - set(kept))),
        int(year),
        about,
    )


def units_of(region: "Region", place: str, here: Settled) -> list[str]:
    """Units that a place stands for: a unit, those below it, a part's unit, or a set's members.

    Raises:
        NotFound: There is no such unit, part or set.
    """
    if place in here.position or place in here.lacking:
        return [place]
    counted = sorted({*here.units, *here.lacking})
    below = [unit for unit in counted if place in _above(unit, here.parents)]
    if below:
        return below
    rows = region.records("place", place=place)
    if rows and rows[0]["kind"] == "part":
        return [rows[0]["part_of"]]
    if rows and rows[0]["kind"] == "set":
        members = region.current("membership", set=place)
        return [
            unit
            for row in members
            if row["role"] != "excluded"
            for unit in units_of(region, row["member"], here)
        ]
    if place in region.names:
        return [place]
    raise one_of(place, "unit or set", list(region.names))


def borders(region: "Region", units: Sequence[str]) -> dict[str, list[str]]:
    """Which units touch along a line, by their boundaries; a unit at the edge of the map touches ``""``.

    Units of the same level that are drawn but not among ``units`` are told too.
    """
    from hutuo.space.networks import kept, seen, stamp

    found = kept(("borders", stamp(seen(region))), lambda: _touching(region))
    return {unit: found.get(unit, []) for unit in units}


def _touching(region: "Region") -> dict[str, list[str]]:
    """Neighbours of every drawn unit of the level."""
    import shapely

    drawn = {row["place"]: row["geometry"] for row in region.current("boundary")}
    level = [row["unit"] for row in region.current("unit", level=LEVEL) if row["unit"] in drawn]
    shapes = shapely.coverage_simplify(shapely.from_wkb([drawn[one] for one in level]), 0.002)
    shapes = shapely.set_precision(shapes, CORNER)
    tree = shapely.STRtree(shapes)
    one, other = tree.query(shapes, predicate="intersects")
    one, other = one[one != other], other[one != other]
    shared = shapely.length(shapely.intersection(shapely.boundary(shapes[one]), shapes[other]))
    found: dict[str, list[str]] = {unit: [] for unit in level}
    along = np.bincount(one, shared, len(level))
    for number in np.flatnonzero(shared > SHORT):
        found[level[one[number]]].append(level[other[number]])
    length = shapely.length(shapely.boundary(shapes))
    for number in np.flatnonzero(along < length * (1 - EDGE)):
        found[level[number]].append("")
    return found


def _above(unit: str, parents: Mapping[str, str]) -> list[str]:
    """Units that a unit lies in, the nearest first."""
    found: list[str] = []
    while unit in parents and parents[unit] not in found:
        unit = parents[unit]
        found.append(unit)
    return found


def _spot(row: Mapping[str, Any], drawn: Mapping[str, Any] | None) -> tuple[float, float] | None:
    """The seat of a unit, else the point where its label stands."""
    if row["lon"] is not None and row["lat"] is not None:
        return row["lon"], row["lat"]
    if drawn is not None and drawn["label_lon"] is not None:
        return drawn["label_lon"], drawn["label_lat"]
    return None


def _panel(
    region: "Region", indicator: str, units: list[str]
) -> "tuple[pd.DataFrame, pd.DataFrame]":
    """People by unit and year, and which are estimates: own figures, else those cut from predecessors."""
    import pandas as pd

    own = _own(region, indicator, units)
    years = {year for _, year in own}
    full = len(own) == len(years) * len({place for place, _ in own})
    wanted, cut = set(units), {} if full else _cut(region, indicator)
    found = {key: given for key, given in (cut | own).items() if key[0] in wanted}
    if not found:
        return pd.DataFrame(index=units), pd.DataFrame(index=units)
    index = pd.MultiIndex.from_tuples(sorted(found), names=["unit", "year"])
    given = np.array([found[key] for key in index], dtype=np.float64)
    people = pd.Series(given[:, 0], index).unstack().reindex(units)  # noqa: PD010 - a series
    marks = pd.Series(given[:, 1], index).unstack().reindex(units)  # noqa: PD010 - a series
    return people, marks > 0


def _own(
    region: "Region", indicator: str, units: list[str]
) -> dict[tuple[str, int], tuple[float, bool]]:
    """Figures at the units' own codes, by unit and year; the latest of a year; weak ones do not count."""
    from hutuo.units import convert

    unit = region.indicators[indicator]["unit"]
    rows = region.history("observation", indicator=indicator, place=units)
    rows.sort(key=lambda row: str(row["valid_from"]))
    return {
        (row["place"], row["valid_from"].year): (
            convert(row["value"], row["unit"], unit),
            bool(row["estimate"]),
        )
        for row in rows
        if row["quality"] != "C"
    }


def _cut(region: "Region", indicator: str) -> dict[tuple[str, int], tuple[float, bool]]:
    """Figures of units that went into those of today, cut to them, by unit and year."""
    from hutuo.base.recut import Recut, recut

    try:
        made = recut(region, Recut(indicator=indicator, from_=LEVEL, to=LEVEL))
    except NotFound:
        return {}
    return {
        (row.place, row.valid_from.year): (row.value, row.estimate)
        for row in made.values  # noqa: PD011 - a field of the answer
    }
