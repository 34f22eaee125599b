"""The register of factors: every published value with its source, year and place; none is a bare constant.

Values lie in ``factors.csv``, those of emission by sector in ``emissionfactors.csv``, their sources in
``references.csv``; what a source says of another case stands beside it. Which of them an account takes is
said by a method: ``methods.csv`` names its sources in order.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import NamedTuple

from hutuo.environment.quantities import factor_in_base
from hutuo.errors import one_of
from hutuo.glossary import Text

__all__ = [
    "Factor",
    "Fuel",
    "Method",
    "Reference",
    "Sector",
    "choose",
    "conflicts",
    "family",
    "fuels",
    "method_of",
    "methods",
    "published",
    "references",
    "sector_key",
    "sector_name",
    "sector_of",
    "sectors",
    "wider",
]

HERE = Path(__file__).parent
OWN = "own"
DATED = ("electricity", "electricity_residual", "electricity_fossil", "heat")
ANY = "any"
# Fuels that tables of emission put together.
FAMILIES = {
    "@hard_coal": (
        "anthracite bituminous raw_coal coking_coal cleaned_coal other_washed_coal briquettes "
        "other_coal_products coke"
    ),
    "@coal": "@hard_coal lignite coal_tar",
    "@oil": "petroleum_coke crude_oil fuel_oil gasoline diesel kerosene naphtha other_petroleum",
    "@gas": (
        "natural_gas lng lpg refinery_gas coke_oven_gas blast_furnace_gas converter_gas other_coal_gas"
    ),
}
# Codes of GB/T 4754: divisions, groups, classes.
DIVISION, CODES = 2, (2, 3, 4)


class Reference(NamedTuple):
    """A publication that factors are from.

    Attributes:
        source: Its id.
        name: What it is called.
        publisher: Who published it.
        document: Number or edition.
        published: Year.
        checked: A: compared with the document itself; B: with copies of it; C: not yet compared.
    """

    source: str
    name: Text
    publisher: str
    document: str
    published: int
    checked: str


class Factor(NamedTuple):
    """A published value.

    Attributes:
        kind: heating_value, carbon_content, oxidation, coal_equivalent, electricity, heat, emission, gwp ...
        fuel: Fuel or carrier; ``any`` for all, empty for a gas.
        gas: Gas or pollutant, for emissions and warming potentials.
        region: ``CN``, a province's code, ``grid:NAME`` or ``world``.
        year: Year that it holds for (electricity, heat), else that of the edition.
        value: In the base unit of its kind, see :mod:`hutuo.environment.quantities`.
        dimension: What it is per: mass, volume, energy, or empty.
        published: The value as published.
        unit: Unit that it was published in.
        uncertainty: Half of its 95 % interval over the value; None if the source gives none.
        source: Id of the publication, or words of a user's own file.
        version: Number or edition of the source.
        passage: Table or annex.
        chosen: Whether an account may take it unasked; ends of ranges are only shown.
        note: What else is said of it.
        sector: Sector that it is of, for emissions; empty for all.
    """

    kind: str
    fuel: str
    gas: str
    region: str
    year: int
    value: float
    dimension: str
    published: float
    unit: str
    uncertainty: float | None
    source: str
    version: str
    passage: str
    chosen: bool
    note: Text | None
    sector: str = ""

    @property
    def case(self) -> tuple[str, str, str, str, str]:
        """What it is a value of; two sources may tell of one case."""
        region = f"{self.region}@{self.year}" if self.kind in DATED else self.sector
        return self.kind, self.fuel, self.gas, self.dimension, region


class Fuel(NamedTuple):
    """A fuel or carrier.

    Attributes:
        fuel: Its id.
        name: What it is called.
        measured: What of it may be measured besides its energy: mass, volume.
        carrier: combustion, biogenic, electricity, heat, or none for what emits nothing where it is used.
        renewable: Whether rules on renewables mean it.
    """

    fuel: str
    name: Text
    measured: tuple[str, ...]
    carrier: str
    renewable: bool


class Sector(NamedTuple):
    """A sector of activity.

    Attributes:
        sector: Its id.
        name: What it is called.
        gpc: Sub-sector of the GPC.
        divisions: Divisions of GB/T 4754-2017 that it holds.
    """

    sector: str
    name: Text
    gpc: str
    divisions: frozenset[int]


class Method(NamedTuple):
    """Which sources an account takes its factors from.

    Attributes:
        method: Its id.
        name: What it is called.
        sources: In order; a user's own factors come before all of them.
    """

    method: str
    name: Text
    sources: tuple[str, ...]


@cache
def references() -> dict[str, Reference]:
    """Publications by id."""
    return {
        row["source"]: Reference(
            row["source"],
            Text(row["zh"], row["en"]),
            row["publisher"],
            row["document"],
            int(row["published"]),
            row["checked"],
        )
        for row in _rows("references")
    }


@cache
def published() -> tuple[Factor, ...]:
    """Every published value, in the order of the register."""
    return (*(_factor(row) for row in _rows("factors")), *_emissions())


@cache
def fuels() -> dict[str, Fuel]:
    """Fuels by id."""
    return {
        row["fuel"]: Fuel(
            row["fuel"],
            Text(row["zh"], row["en"]),
            tuple(dict.fromkeys((*row["measured"].split(), "energy"))),
            row["carrier"],
            row["renewable"] == "yes",
        )
        for row in _rows("fuels")
    }


@cache
def sectors() -> dict[str, Sector]:
    """Sectors by id."""
    return {
        row["sector"]: Sector(
            row["sector"], Text(row["zh"], row["en"]), row["gpc"], _divisions(row["divisions"])
        )
        for row in _rows("sectors")
    }


@cache
def methods() -> dict[str, Method]:
    """Methods by id."""
    return {
        row["method"]: Method(
            row["method"], Text(row["zh"], row["en"]), tuple(row["sources"].split("|"))
        )
        for row in _rows("methods")
    }


def method_of(name: str) -> Method:
    """The method of that name.

    Raises:
        NotFound: There is none.
    """
    if name not in methods():
        raise one_of(name, "method", list(methods()))
    return methods()[name]


def sector_key(given: str) -> str | None:
    """How a sector is kept: its id by id or name, or the digits of a code of GB/T 4754 (``C31``, ``3110``).

    Args:
        given: As it is written.

    Returns:
        None if there is no such sector.
    """
    if given in sectors():
        return given
    named = next((s.sector for s in sectors().values() if given in (s.name.zh, s.name.en)), None)
    digits = given.lstrip("ABCDEFGHIJKLMNOPQRST")
    if named or not digits.isdigit() or len(digits) not in CODES:
        return named
    division = int(digits[:DIVISION])
    return digits if any(division in s.divisions for s in sectors().values()) else None


def sector_of(key: str) -> Sector:
    """The sector of a key of :func:`sector_key`: itself, or the one that its division lies in."""
    if key in sectors():
        return sectors()[key]
    return next(s for s in sectors().values() if int(key[:DIVISION]) in s.divisions)


def sector_name(key: str) -> Text:
    """What a sector is called; of a code the sector it lies in, with the code."""
    found = sector_of(key).name
    return found if key in sectors() else Text(f"{found.zh} {key}", f"{found.en} {key}")


def wider(key: str) -> list[str]:
    """Keys that hold a sector: shorter codes, and the sector that its division lies in."""
    if key in sectors():
        return []
    return [*(key[:length] for length in CODES if length < len(key)), sector_of(key).sector]


def choose(
    known: Iterable[Factor], method: Method, regions: Sequence[str], year: int
) -> Factor | None:
    """The value that an account takes of those of one case.

    Own values come first, then the method's sources in order; of a source the nearest region, and of what is
    dated the year itself, else the last year before, else the first after.

    Args:
        known: Values of one kind, fuel and dimension.
        method: Order of the sources.
        regions: From the nearest, as ``("130000", "CN", "world")``.
        year: Year of the activity.

    Returns:
        The value; None if no source of the method has one for these regions.
    """
    rank = {source: place for place, source in enumerate((OWN, *method.sources))}
    near = {region: place for place, region in enumerate(regions)}
    fit = [one for one in known if one.chosen and one.region in near and _origin(one) in rank]

    def order(one: Factor) -> tuple[int, int, int, int]:
        own = rank[_origin(one)]
        if one.kind not in DATED:
            return own, near[one.region], abs(one.year - year), -one.year
        later = one.year > year
        # What is dated is taken by its region and year; which notice gave it follows from the year.
        return min(own, 1), near[one.region], later, abs(one.year - year)

    return min(fit, key=order, default=None)


def conflicts(known: Iterable[Factor]) -> list[list[Factor]]:
    """Cases of which sources give different values, each with all of them, the oldest first."""
    cases: dict[tuple[str, ...], list[Factor]] = {}
    for one in known:
        cases.setdefault(one.case, []).append(one)
    return [
        sorted(those, key=lambda one: (one.year, one.source))
        for those in cases.values()
        if len({one.value for one in those}) > 1
    ]


def _origin(one: Factor) -> str:
    return one.source if one.source in references() else OWN


def _factor(row: Mapping[str, str]) -> Factor:
    base = factor_in_base(row["kind"], row["unit"])
    if base is None:
        raise ValueError(f"factors.csv: no {row['kind']} is given in {row['unit']}")
    value = float(row["value"])
    zh, slash, en = row["note"].partition(" / ")
    return Factor(
        kind=row["kind"],
        fuel=row["fuel"],
        gas=row["gas"],
        region=row["region"],
        year=int(row["year"]),
        value=value * base.factor,
        dimension=base.dimension,
        published=value,
        unit=row["unit"],
        uncertainty=(float(row["high"]) - float(row["low"])) / 2 / value if row["low"] else None,
        source=row["source"],
        version=references()[row["source"]].document,
        passage=row["passage"],
        chosen=row["chosen"] == "yes",
        note=Text(zh, en if slash else zh) if zh else None,
    )


def _emissions() -> Iterable[Factor]:
    """Factors of emission, one for each fuel and sector that a table puts together."""
    for row in _rows("emissionfactors"):
        shared = {"kind": "emission", "region": "world"}
        year = str(references()[row["source"]].published)
        for fuel in _fuels_of(row["fuels"]):
            one = _factor({**row, **shared, "fuel": fuel, "year": year})
            for sector in row["sectors"].split("|"):
                yield one._replace(sector=sector)


def family(name: str) -> frozenset[str]:
    """Fuels of a family, as ``@coal``."""
    return frozenset(_fuels_of(name))


def _fuels_of(given: str) -> Iterable[str]:
    for name in given.replace("|", " ").split():
        if name in FAMILIES:
            yield from _fuels_of(FAMILIES[name])
        else:
            yield name


def _divisions(given: str) -> frozenset[int]:
    found: set[int] = set()
    for part in given.split():
        first, _, last = part.partition("-")
        found |= set(range(int(first), int(last or first) + 1))
    return frozenset(found)


def _rows(name: str) -> list[dict[str, str]]:
    with (HERE / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines))
