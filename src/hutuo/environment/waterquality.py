"""Classes of surface water by what was measured in it.

Source: GB 3838-2002 地表水环境质量标准, table 1; 地表水环境质量评价办法(试行) 环办〔2011〕22号: the
worst single item decides; temperature, total nitrogen and faecal coliforms are not judged.
"""

import csv
from collections.abc import Mapping
from functools import cache
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.errors import BadInput, Finding, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

__all__ = [
    "CLASSES",
    "WORST",
    "Item",
    "WaterClass",
    "classes_of",
    "item_of",
    "items",
    "limit_of",
    "times_over",
    "water_class",
]

FILE = Path(__file__).with_name("waterclasses.csv")
CLASSES = ("I", "II", "III", "IV", "V", "V+")
# Worse than V (劣V类).
WORST = len(CLASSES)
# Up to class III water is called good and has no primary pollutant.
GOOD = 3
# The one item that must not be below a bound either.
ACID = 6.0


class Item(NamedTuple):
    """An item of the standard.

    Attributes:
        item: Its id.
        name: What it is called.
        unit: Unit of its limits; empty for pH.
        low: Whether low values are the bad ones.
        limits: Limits of the classes I to V.
    """

    item: str
    name: Text
    unit: str
    low: bool
    limits: tuple[float, ...]


class WaterClass(NamedTuple):
    """The class of a sample.

    Attributes:
        number: 1 to 5, and 6 for what is worse than V.
        primary: Items that decide it, those furthest beyond class III first; none up to class III.
    """

    number: int
    primary: tuple[str, ...]


def item_of(name: str, *, lake: bool = False) -> Item:
    """The item of an id or name; of phosphorus that of rivers or of lakes.

    Raises:
        NotFound: The standard has no such item, or does not judge it.
    """
    found = items()
    for one, also in found[lake]:
        if name.upper() in (one.item, *also) or name in one.name:
            return one
    raise one_of(name, "item of water", [one.item for one, _ in found[lake]])


def classes_of(item: Item, values: "ArrayLike") -> "NDArray[Any]":
    """Class of each value by one item, 1 to 6.

    Args:
        item: The item.
        values: In the item's unit, (n,).
    """
    import numpy as np

    given = np.asarray(values, dtype=float)
    if item.item == "PH":
        return np.where((given >= ACID) & (given <= item.limits[0]), 1, WORST)
    if item.low:
        # Limits fall from I to V; what lies at a limit still belongs to its class.
        return WORST - np.searchsorted(item.limits[::-1], given, side="right")
    return 1 + np.searchsorted(item.limits, given, side="left")


def limit_of(item: Item, number: int) -> float:
    """Limit of a class, 1 to 5."""
    return item.limits[number - 1]


def times_over(item: Item, value: float, number: int) -> float | None:
    """By how many times a value is beyond the limit of a class (超标倍数); None for pH and oxygen.

    Source: 环办〔2011〕22号: (value - limit) / limit.
    """
    if item.low or item.item == "PH":
        return None
    return max(value / limit_of(item, number) - 1, 0.0)


def water_class(values: Mapping[str, float], *, lake: bool = False) -> WaterClass | None:
    """The class of a sample by its worst item; None if nothing was measured.

    Args:
        values: By item, in mg/L; pH as it is.
        lake: Whether it is of a lake or reservoir.

    Raises:
        BadInput: A value is negative or no number; all of them are told.
        NotFound: An item is not known.
    """
    wrong = [
        Finding(
            "water",
            None,
            name,
            Text(f"{value}应不小于0", f"{value}; 0 or more would be right"),
        )
        for name, value in values.items()
        if not isfinite(value) or value < 0
    ]
    if wrong:
        raise BadInput(Text("水质数值有误:", "figures of water are faulty:"), wrong)
    known = {name: item_of(name, lake=lake) for name in values}
    each = {name: int(classes_of(known[name], value)) for name, value in values.items()}
    if not each:
        return None
    worst = max(each.values())
    names = [name for name, number in each.items() if number == worst]
    names.sort(key=lambda name: -(times_over(known[name], values[name], GOOD) or 0.0))
    return WaterClass(worst, tuple(names) if worst > GOOD else ())


Known = tuple[tuple[Item, tuple[str, ...]], ...]


@cache
def items() -> tuple[Known, Known]:
    """Items with other ways to write them: those of rivers, and those of lakes."""
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    river, lake = (
        tuple((_item(row), tuple(row["also"].split())) for row in rows if row["lakes"] != without)
        for without in ("yes", "no")
    )
    return river, lake


def _item(row: Mapping[str, str]) -> Item:
    return Item(
        row["item"],
        Text(row["zh"], row["en"]),
        row["unit"],
        row["low"] == "yes",
        tuple(float(row[name]) for name in CLASSES[:-1]),
    )
