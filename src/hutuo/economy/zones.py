"""Zones of the what-if model out of what a region knows: people by home, jobs, wages, commuters counted."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import indicator_of
from hutuo.base.geographies import geography
from hutuo.base.series import observed_all
from hutuo.errors import BadInput, NotFound
from hutuo.glossary import Text
from hutuo.units import convert

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Array = NDArray[np.float64]

__all__ = ["Figures", "Zones", "counted", "people_of", "zones_of"]

LEAST = 2
NO_PEOPLE = Text("没有人口指标的数值", "no figures of an indicator of people")


class Figures(NamedTuple):
    """Figures of one indicator in one year.

    Attributes:
        indicator: Its id.
        name: What it is called.
        year: Year.
        of: Figure by place, in the indicator's unit.
        sources: Where they are from.
        estimate: Whether one of them is an estimate.
        sample: Whether they are raw counts of a sample.
    """

    indicator: str
    name: Text
    year: int
    of: dict[str, float]
    sources: tuple[str, ...]
    estimate: bool
    sample: bool


@dataclass(frozen=True, eq=False)
class Zones:
    """Units that have all that was asked for.

    Attributes:
        places: Codes or ids.
        names: What they are called.
        residents: People by home.
        jobs: What tells where jobs are; the same as ``residents`` if nothing was named.
        wages: Wages where people work; None if no indicator was named.
        area: km2 of each zone, nan where no boundary is known, (zones,).
        lonlat: Seat or inner point of each zone, degrees, nan where none is known, (zones, 2).
        left_out: Units that have no figure of what was asked for.
    """

    places: list[str]
    names: list[Text]
    residents: Figures
    jobs: Figures
    wages: Figures | None
    area: "Array"
    lonlat: "Array"
    left_out: list[str]

    def kept(self, places: Sequence[str]) -> "Zones":
        """Only those of the zones."""
        at = [self.places.index(place) for place in places]
        return Zones(
            list(places),
            [self.names[n] for n in at],
            self.residents,
            self.jobs,
            self.wages,
            self.area[at],
            self.lonlat[at],
            [*self.left_out, *(one for one in self.places if one not in set(places))],
        )

    def array(self, figures: Figures) -> "Array":
        """Figures of the zones, in their order."""
        import numpy as np

        return np.array([figures.of[place] for place in self.places])


def zones_of(
    region: "Region",
    where: str,
    residents: str | None,
    jobs: str | None = None,
    wages: str | None = None,
) -> Zones:
    """Zones of a geography that have figures above 0 of all that is named.

    Args:
        region: View of the region.
        where: Geography, as ``county`` or ``set:ID``.
        residents: Indicator of people by home; None for the core one of people that is most often observed.
        jobs: Indicator that tells where jobs are; None for that of residents.
        wages: Indicator of wages where people work; None for none.

    Raises:
        NotFound: No such geography or indicator, or no indicator of people.
        BadInput: Fewer than two units have all figures.
    """
    spots = {spot.place: spot.name for spot in geography(region, where).spots}
    asked = [residents or people_of(region), *(one for one in (jobs, wages) if one)]
    found = {name: _figures(region, name, list(spots)) for name in dict.fromkeys(asked)}
    whole = [place for place in spots if all(place in one.of for one in found.values())]
    if len(whole) < LEAST:
        zh = f"{where}只有{len(whole)}个地区有{'、'.join(found)}的数值,至少要2个"
        says = Text(
            zh, f"{len(whole)} units of {where} have figures of {', '.join(found)}; it takes 2"
        )
        raise BadInput(says)
    area, lonlat = _ground(region, whole)
    return Zones(
        whole,
        [spots[place] for place in whole],
        found[asked[0]],
        found[jobs] if jobs else found[asked[0]],
        found[wages] if wages else None,
        area,
        lonlat,
        [place for place in spots if place not in set(whole)],
    )


def people_of(region: "Region") -> str:
    """The core indicator of people that adds up and is most often observed.

    Raises:
        NotFound: There is none.
    """
    fitting = [
        row["indicator"]
        for row in region.indicators.values()
        if row["core"] and row["topic"] == "population" and row["aggregation"] == "sum"
    ]
    often: Counter[str] = Counter(
        row["indicator"] for row in region.history("observation", indicator=fitting)
    )
    if not often:
        hint = Text("请用residents指明指标", "name an indicator as residents")
        raise NotFound(NO_PEOPLE, hint)
    return min(often, key=lambda name: (-often[name], name))


def counted(
    region: "Region", places: Sequence[str]
) -> "tuple[Array, int, tuple[str, ...], float] | None":
    """Commuters counted between places in the latest year; None if there are none.

    Returns:
        People by home and workplace (places, places), year, sources, and the share of all counted people who
        live or work elsewhere and so are left out.
    """
    import numpy as np

    rows = region.history("flow")
    year = max((row["valid_from"].year for row in rows), default=None)
    if year is None:
        return None
    at = {place: n for n, place in enumerate(places)}
    people, outside, sources = np.zeros((len(at), len(at))), 0.0, set()
    for row in rows:
        if row["valid_from"].year != year:
            continue
        if row["home"] in at and row["work"] in at:
            people[at[row["home"]], at[row["work"]]] += row["people"]
            sources.add(row["source"])
        elif row["home"] in at or row["work"] in at:
            outside += row["people"]
    if not people.any():
        return None
    return people, year, tuple(sorted(sources)), outside / (outside + float(people.sum()))


def _figures(region: "Region", indicator: str, places: list[str]) -> Figures:
    """Figures of the year in which most places have one, of several the last."""
    about = indicator_of(region, indicator)
    series = observed_all(region, [(place, indicator) for place in places])
    rows = {
        (place, row.valid_from.year): row for (place, _), known in series.items() for row in known
    }
    years = Counter(year for _, year in rows)
    year = max(years, key=lambda one: (years[one], one), default=0)
    chosen = {place: row for (place, of), row in rows.items() if of == year and row.value > 0}
    return Figures(
        indicator,
        Text(about["zh"], about["en"]),
        year,
        {place: convert(row.value, row.unit, about["unit"]) for place, row in chosen.items()},
        tuple(sorted({row.source for row in chosen.values()})),
        any(row.estimate for row in chosen.values()),
        bool(about["sample"]),
    )


def _ground(region: "Region", places: list[str]) -> "tuple[Array, Array]":
    """Areas and points; those of the unit for a part that is not drawn have none."""
    import numpy as np

    drawn = {row["place"]: row for row in region.current("boundary", place=places)}
    units = {row["unit"]: row for row in region.current("unit", unit=places)}
    area, lonlat = np.full(len(places), np.nan), np.full((len(places), 2), np.nan)
    for n, place in enumerate(places):
        row = drawn.get(place)
        if row is not None and row["area_km2"] is not None:
            area[n] = row["area_km2"]
        lonlat[n] = _point(units.get(place), row)
    return area, lonlat


def _point(unit: dict[str, Any] | None, drawn: dict[str, Any] | None) -> tuple[float, float]:
    if unit is not None and unit["lon"] is not None and unit["lat"] is not None:
        return unit["lon"], unit["lat"]
    if drawn is not None and drawn["label_lon"] is not None:
        return drawn["label_lon"], drawn["label_lat"]
    return float("nan"), float("nan")
