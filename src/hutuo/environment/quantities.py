"""Quantities of fuels and units of factors: how they are written, and what they come to.

Fuels are counted in tonnes, in 10,000 cubic metres (of gas at 0 °C and 101.325 kPa) or in GJ. A factor's unit
is ``A/B``; each kind of factor has its own forms and its own bounds, outside of which a unit was mixed up.
"""

from collections.abc import Mapping
from typing import NamedTuple

from hutuo.units import UNITS

__all__ = ["BASE", "BOUNDS", "Measure", "factor_in_base", "meant", "measure", "suggested"]

# Unit that a fuel is counted in, by what is measured of it.
BASE: Mapping[str, str] = {"mass": "吨", "volume": "万立方米", "energy": "GJ"}
# How the same units are written elsewhere.
ALSO = {
    "t": "吨",
    "kg": "千克",
    "万t": "万吨",
    "10^4t": "万吨",
    "m3": "立方米",
    "m³": "立方米",
    "nm3": "立方米",
    "nm³": "立方米",
    "标准立方米": "立方米",
    "万m3": "万立方米",
    "万m³": "万立方米",
    "万nm3": "万立方米",
    "万nm³": "万立方米",
    "万标准立方米": "万立方米",
    "10^4m3": "万立方米",
    "10^4m³": "万立方米",
    "10^4nm3": "万立方米",
    "10^4nm³": "万立方米",
    "10^8m3": "亿立方米",
    "10^8nm3": "亿立方米",
    "亿m3": "亿立方米",
    "gj": "GJ",
    "tj": "TJ",
    "mj": "MJ",
    "吉焦": "GJ",
    "太焦": "TJ",
    "kwh": "kWh",
    "度": "kWh",
    "千瓦时": "kWh",
    "mwh": "MWh",
    "兆瓦时": "MWh",
    "万kwh": "万千瓦时",
    "10^4kwh": "万千瓦时",
    "亿kwh": "亿千瓦时",
    "吨标准煤": "tce",
    "万tce": "万吨标准煤",
}
# Tonnes in units of mass of what is emitted.
MASSES = {"t": 1.0, "吨": 1.0, "kg": 1e-3, "千克": 1e-3, "g": 1e-6, "克": 1e-6}
HEATS = {"GJ": 1.0, "TJ": 1e3, "MJ": 1e-3, "KJ": 1e-6, "tce": UNITS["tce"].factor}
# Least and most that a factor of a kind can be, in its base unit, by what the fuel is measured in.
BOUNDS: Mapping[tuple[str, str], tuple[float, float]] = {
    ("heating_value", "mass"): (1.0, 150.0),
    ("heating_value", "volume"): (10.0, 1500.0),
    ("carbon_content", "energy"): (0.004, 0.1),
    ("oxidation", ""): (0.0, 1.0),
    ("coal_equivalent", "mass"): (0.03, 5.0),
    ("coal_equivalent", "volume"): (0.3, 50.0),
    ("coal_equivalent", "energy"): (0.02, 0.2),
    ("electricity", "energy"): (0.0, 1.6),
    ("electricity_residual", "energy"): (0.0, 1.6),
    ("electricity_fossil", "energy"): (0.0, 1.6),
    ("heat", "energy"): (0.0, 0.5),
    ("emission", "energy"): (0.0, 100.0),
    ("emission", "mass"): (0.0, 1000.0),
    ("emission", "volume"): (0.0, 1e5),
    ("gwp", ""): (0.0, 50_000.0),
}
# What a factor of a kind gives, and how it is written.
FORMS: Mapping[str, str] = {
    "heating_value": "GJ/吨、GJ/万立方米",
    "carbon_content": "tC/GJ",
    "oxidation": "ratio、%",
    "coal_equivalent": "tce/吨、tce/万立方米、tce/万千瓦时、tce/GJ",
    "electricity": "kgCO2/kWh",
    "electricity_residual": "kgCO2/kWh",
    "electricity_fossil": "kgCO2/kWh",
    "heat": "tCO2/GJ",
    "emission": "kg/GJ、kg/吨、kg/万立方米",
    "gwp": "ratio",
}
POWER = ("electricity", "electricity_residual", "electricity_fossil")


class Measure(NamedTuple):
    """A unit of measure of a fuel.

    Attributes:
        dimension: mass, volume or energy.
        factor: What one of it comes to, in the base unit of its dimension.
    """

    dimension: str
    factor: float


def measure(symbol: str) -> Measure | None:
    """What a unit of a fuel's quantity comes to; None if it measures no fuel."""
    unit = UNITS.get(_plain(symbol))
    if unit is None or unit.dimension not in BASE:
        return None
    return Measure(unit.dimension, unit.factor / UNITS[BASE[unit.dimension]].factor)


def factor_in_base(kind: str, unit: str) -> Measure | None:
    """What a factor in a unit is to be multiplied by for the base unit of its kind.

    Args:
        kind: Kind of factor, of :data:`FORMS`.
        unit: As it is written, ``GJ/t``.

    Returns:
        Dimension that it is per, and the multiplier; None if a factor of that kind has no such unit.
    """
    if kind in ("oxidation", "gwp"):
        share = {"ratio": 1.0, "%": 0.01, "": 1.0}.get(unit.strip())
        return None if share is None or (kind == "gwp" and unit == "%") else Measure("", share)
    over, slash, under = unit.partition("/")
    per = measure(under) if slash else None
    amount = None if per is None else _amount(kind, over.strip())
    if per is None or amount is None or (kind, per.dimension) not in BOUNDS:
        return None
    # Electricity is given by the kWh, which is a GJ's 3.6 thousandth.
    base = 3.6e-3 if kind in POWER else 1.0
    return Measure(per.dimension, amount / per.factor * base)


def suggested(kind: str, dimension: str, value: float) -> str:
    """What a value outside the bounds of its kind was probably mixed up with; empty if nothing fits."""
    low, high = BOUNDS[kind, dimension]
    slips = {1e3: "TJ/GJ", 1e-3: "GJ/TJ", 1e4: "万", 1e-4: "万"} if dimension else {1e-2: "%"}
    return next((name for slip, name in slips.items() if low <= value * slip <= high), "")


def meant(kind: str) -> str:
    """Units that a factor of a kind is written in."""
    return FORMS[kind]


def _amount(kind: str, over: str) -> float | None:
    """Base units of a kind in one of what stands above the stroke."""
    if kind == "heating_value":
        return HEATS.get(over) if over != "tce" else None
    if kind == "coal_equivalent":
        return {"tce": 1.0, "kgce": 1e-3}.get(over)
    bare = over.removesuffix("CO2").removesuffix("CO₂")
    if kind == "carbon_content":
        return MASSES.get(over.removesuffix("C"))
    tonnes = MASSES.get(bare)
    if tonnes is None:
        return None
    # Tonnes of CO2 a GJ of heat; kilograms of it a kWh and of other gases.
    return tonnes if kind == "heat" else tonnes * 1e3


def _plain(symbol: str) -> str:
    written = symbol.strip()
    return ALSO.get(written.replace(" ", "").lower(), written)
