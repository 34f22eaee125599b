"""Coefficients: what a unit of each stream comes to, by year and group of places, and from which factors."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.environment.emissions import CO2_OF_CARBON, GJ_OF_TCE
from hutuo.environment.register import ANY, Factor, Method, choose, fuels, references

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.environment.activity import Activity, Stream

__all__ = ["OUTCOMES", "Coefficients", "Lacking", "coefficients", "of_gases", "province"]

# What an account tells, in this order; gases of own factors follow. Energy in tce, CO2 in t, gases in kg.
OUTCOMES = ("tce", "feedstock_tce", "renewable_tce", "tco2_scope1", "tco2_scope2", "tco2_biogenic")
MWH_OF_GJ = 1 / 3.6
CODE = 6
WORLD = "world"
BURNT = ("combustion", "biogenic")


class Lacking(NamedTuple):
    """A factor that no source of the method has.

    Attributes:
        outcome: What cannot be told for it.
        kind: Kind of factor.
        stream: Stream, by number.
        year: Year, by number.
        group: Group of places.
    """

    outcome: str
    kind: str
    stream: int
    year: int
    group: int


class Coefficients(NamedTuple):
    """What units of the streams come to.

    Attributes:
        outcomes: What is told.
        group_of: Group of each place, (places,); places of a group lie together.
        values: (groups, years, streams, outcomes), 0 where a factor is lacking.
        lacking: Factors that are not there.
        lacks: Where an outcome lacks a factor, in the shape of the values.
        used: Factors by outcome, group, year and stream, all by number.
    """

    outcomes: tuple[str, ...]
    group_of: "NDArray[Any]"
    values: "NDArray[Any]"
    lacking: tuple[Lacking, ...]
    lacks: "NDArray[Any]"
    used: Mapping[tuple[int, int, int, int], tuple[Factor, ...]]


def coefficients(
    streams: Sequence["Stream"],
    years: Sequence[int],
    places: Sequence[str],
    known: Iterable[Factor],
    method: Method,
    *,
    grid: str = "province",
) -> Coefficients:
    """Coefficients of an account.

    Args:
        streams: What is used.
        years: In order.
        places: In order; those of one province should lie together.
        known: Factors to choose from.
        method: Which sources are taken.
        grid: Electricity by the factor of the ``province`` (of places whose code tells it) or ``national``.
    """
    # Emissions that sources tell by sector are told by of_gases.
    given = [one for one in known if not one.sector]
    own = [one for one in given if one.kind == "emission" and one.source not in references()]
    gases = list(dict.fromkeys(one.gas for one in own))
    near = [_near(place, grid) for place in places]
    cases = _cases(given)
    return _filled(
        (streams, years, near),
        (*OUTCOMES, *gases),
        lambda stream, regions, year: _of_stream(
            stream, _Found(cases, method, regions, year), gases
        ),
    )


def of_gases(
    activity: "Activity",
    gases: Sequence[str],
    known: Iterable[Factor],
    method: Method,
    sector: str,
) -> Coefficients:
    """Coefficients of gases and pollutants that burning lets out in a sector, in kg.

    Args:
        activity: Whose streams, years and places are meant.
        gases: Which.
        known: Factors to choose from; those of the sector come before those of all.
        method: Which sources are taken.
        sector: Sector, by its id.
    """
    cases = _cases(one for one in known if one.sector in ("", sector))
    for those in cases.values():
        those.sort(key=lambda one: not one.sector)

    def told(stream: "Stream", regions: Sequence[str], year: int) -> dict[str, Told]:
        if stream.use == "feedstock" or fuels()[stream.fuel].carrier not in BURNT:
            return {}
        found = _Found(cases, method, regions, year)
        return {gas: _let_out(stream, found, gas) for gas in gases}

    near = [_near(place, "province") for place in activity.places]
    return _filled((activity.streams, activity.years, near), tuple(gases), told)


def province(place: str) -> str | None:
    """Code of the province of a unit; None for places whose code does not tell it."""
    return f"{place[:2]}0000" if len(place) == CODE and place.isdigit() else None


def _cases(known: Iterable[Factor]) -> dict[tuple[str, str, str], list[Factor]]:
    cases: dict[tuple[str, str, str], list[Factor]] = {}
    for one in known:
        cases.setdefault((one.kind, one.fuel, one.gas), []).append(one)
    return cases


def _filled(
    axes: "tuple[Sequence[Stream], Sequence[int], Sequence[tuple[str, ...]]]",
    outcomes: tuple[str, ...],
    told: "Callable[[Stream, Sequence[str], int], Mapping[str, Told]]",
) -> Coefficients:
    """What is told of each stream, by year and by group of places (by the regions that they look into)."""
    import numpy as np

    streams, years, near = axes
    groups = list(dict.fromkeys(near))
    values = np.zeros((len(groups), len(years), len(streams), len(outcomes)))
    lacks = np.zeros(values.shape, dtype=bool)
    lacking: list[Lacking] = []
    used: dict[tuple[int, int, int, int], tuple[Factor, ...]] = {}
    for g, y in np.ndindex(len(groups), len(years)):
        for f, stream in enumerate(streams):
            for outcome, (value, factors, kinds) in told(stream, groups[g], years[y]).items():
                o = outcomes.index(outcome)
                values[g, y, f, o], lacks[g, y, f, o] = value, bool(kinds)
                if factors:
                    used[o, g, y, f] = factors
                lacking += [Lacking(outcome, kind, f, y, g) for kind in kinds]
    index = np.array([groups.index(regions) for regions in near])
    return Coefficients(outcomes, index, values, tuple(lacking), lacks, used)


class _Found:
    """Factors for one year and group, each looked for once."""

    def __init__(
        self,
        cases: Mapping[tuple[str, str, str], Sequence[Factor]],
        method: Method,
        regions: Sequence[str],
        year: int,
    ) -> None:
        self._cases, self._method, self._regions, self._year = cases, method, regions, year

    def of(self, kind: str, fuel: str, dimension: str, gas: str = "") -> Factor | None:
        """The factor of that kind; one for any fuel if there is none of its own."""
        for name in (fuel, ANY):
            those = [f for f in self._cases.get((kind, name, gas), ()) if f.dimension == dimension]
            if found := choose(those, self._method, self._regions, self._year):
                return found
        return None


Told = tuple[float, tuple[Factor, ...], tuple[str, ...]]


def _of_stream(stream: "Stream", found: _Found, gases: Iterable[str]) -> dict[str, Told]:
    """What a unit of a stream comes to, by outcome: value, factors used, kinds lacking."""
    fuel = fuels()[stream.fuel]
    energy = _coal(stream, found)
    told = {"tce": energy}
    if stream.use == "feedstock":
        # Its carbon goes into the product; what a process lets out is no combustion.
        return told | {"feedstock_tce": energy}
    if fuel.renewable:
        told["renewable_tce"] = energy
    if fuel.carrier in BURNT:
        scope = "tco2_scope1" if fuel.carrier == "combustion" else "tco2_biogenic"
        told[scope] = _burnt(stream, found)
        told |= {gas: _let_out(stream, found, gas) for gas in gases}
    elif fuel.carrier == "electricity":
        told["tco2_scope2"] = _times(
            MWH_OF_GJ, ("electricity", found.of("electricity", stream.fuel, "energy"))
        )
    elif fuel.carrier == "heat":
        told["tco2_scope2"] = _times(1.0, ("heat", found.of("heat", stream.fuel, "energy")))
    return told


def _coal(stream: "Stream", found: _Found) -> Told:
    """By its published coefficient, else by its heat."""
    if published := found.of("coal_equivalent", stream.fuel, stream.dimension):
        return published.value, (published,), ()
    if stream.dimension == "energy":
        return 1 / GJ_OF_TCE, (), ()
    return _times(
        1 / GJ_OF_TCE, ("heating_value", found.of("heating_value", stream.fuel, stream.dimension))
    )


def _burnt(stream: "Stream", found: _Found) -> Told:
    parts = [
        ("carbon_content", found.of("carbon_content", stream.fuel, "energy")),
        ("oxidation", found.of("oxidation", stream.fuel, "")),
    ]
    return _times(CO2_OF_CARBON, *_heat(stream, found), *parts)


def _let_out(stream: "Stream", found: _Found, gas: str) -> Told:
    """Of a gas, by the fuel as it is measured, else by its heat."""
    if direct := found.of("emission", stream.fuel, stream.dimension, gas):
        return direct.value, (direct,), ()
    return _times(
        1.0, *_heat(stream, found), ("emission", found.of("emission", stream.fuel, "energy", gas))
    )


def _heat(stream: "Stream", found: _Found) -> list[tuple[str, Factor | None]]:
    """The heating value, of what is not measured by its heat."""
    if stream.dimension == "energy":
        return []
    return [("heating_value", found.of("heating_value", stream.fuel, stream.dimension))]


def _times(constant: float, *parts: tuple[str, Factor | None]) -> Told:
    value, factors, lacks = constant, [], []
    for kind, factor in parts:
        if factor is None:
            lacks.append(kind)
        else:
            value *= factor.value
            factors.append(factor)
    return (0.0, (), tuple(lacks)) if lacks else (value, tuple(factors), ())


def _near(place: str, grid: str) -> tuple[str, ...]:
    home = province(place) if grid == "province" else None
    return (home, "CN", WORLD) if home else ("CN", WORLD)
