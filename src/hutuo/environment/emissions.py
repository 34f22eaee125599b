"""Energy and CO2 of what is burnt and bought: the formulas that every account here is made of."""

from typing import TYPE_CHECKING, Any

from hutuo.errors import BadInput
from hutuo.glossary import Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = ["coal_equivalent", "combustion_co2", "electricity_co2"]

# Tonnes of CO2 of a tonne of carbon, and GJ of a tonne of standard coal (7,000 kcal a kg).
CO2_OF_CARBON = 44 / 12
GJ_OF_TCE = 29.3076


def combustion_co2(
    quantity: "ArrayLike",
    heating_value: "ArrayLike",
    carbon_content: "ArrayLike",
    oxidation: "ArrayLike",
) -> "float | NDArray[Any]":
    """CO2 of a fuel that is burnt.

    Args:
        quantity: What is burnt, in any unit; negative where an entry is taken back.
        heating_value: Net heating value, GJ a unit of the quantity.
        carbon_content: Carbon in the heat, tC/GJ.
        oxidation: Share of the carbon that burns, 0..1.

    Returns:
        Tonnes of CO2: a number of numbers, else an array in the shape that all broadcast to. NaN, a figure
        that is not known, stays NaN.

    Raises:
        BadInput: A heating value or carbon content is negative, or an oxidation is no share.

    Source: GB/T 32150 and GB/T 32151, combustion of fossil fuels; 省级温室气体清单编制指南(试行), 2011.
    """
    _refuse_negative("heating_value", heating_value)
    _refuse_negative("carbon_content", carbon_content)
    _refuse_beyond_one(oxidation)
    return _product(quantity, heating_value, carbon_content, oxidation, CO2_OF_CARBON)


def electricity_co2(mwh: "ArrayLike", factor: "ArrayLike") -> "float | NDArray[Any]":
    """CO2 of electricity that is bought.

    Args:
        mwh: Electricity, MWh; negative where it is sold.
        factor: Emission factor, kgCO2/kWh, which is tCO2/MWh.

    Returns:
        Tonnes of CO2, as of :func:`combustion_co2`.

    Raises:
        BadInput: A factor is negative.

    Source: GB/T 32150, CO2 of net purchased electricity.
    """
    _refuse_negative("factor", factor)
    return _product(mwh, factor)


def coal_equivalent(quantity: "ArrayLike", heating_value: "ArrayLike") -> "float | NDArray[Any]":
    """Standard coal that holds the heat of a fuel.

    Args:
        quantity: In any unit.
        heating_value: Net heating value, GJ a unit of the quantity; 1 if the quantity is in GJ.

    Returns:
        Tonnes of coal equivalent, as of :func:`combustion_co2`.

    Raises:
        BadInput: A heating value is negative.

    Source: GB/T 2589-2020: 1 kgce is 29,307.6 kJ.
    """
    _refuse_negative("heating_value", heating_value)
    return _product(quantity, heating_value, 1 / GJ_OF_TCE)


def _product(*factors: "ArrayLike") -> "float | NDArray[Any]":
    import numpy as np

    found = np.asarray(1.0)
    for factor in factors:
        found = found * np.asarray(factor, dtype=np.float64)
    return float(found) if found.ndim == 0 else found


def _refuse_negative(name: str, given: "ArrayLike") -> None:
    import numpy as np

    values = np.asarray(given, dtype=np.float64)
    if (values < 0).any():
        worst = float(np.nanmin(values))
        raise BadInput(
            Text(f"{name}为{worst:g},应不小于0", f"{name} is {worst:g}; 0 or more would be right")
        )


def _refuse_beyond_one(given: "ArrayLike") -> None:
    import numpy as np

    values = np.asarray(given, dtype=np.float64)
    outside = values[(values < 0) | (values > 1)]
    if outside.size:
        worst = float(outside.flat[0])
        raise BadInput(
            Text(
                f"oxidation为{worst:g},应为0..1的比例;百分数请除以100",
                f"oxidation is {worst:g}; a share of 0..1 would be right, a percentage divided by 100",
            )
        )
