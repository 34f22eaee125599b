"""Equivalents of pollutants: amounts of several pollutants on one scale, with or without carbon dioxide.

Source: 环境保护税法 (2016, amended 2018), art. 8-9 and annexed table 应税污染物和当量值表: equivalents
are the amount over the pollutant's value in kg. The values lie in ``equivalents.csv`` with their number in
the table.
"""

import csv
from collections.abc import Iterable, Mapping
from functools import cache
from math import fsum
from pathlib import Path
from typing import Literal, NamedTuple

from hutuo.environment.refusing import refuse, unfit
from hutuo.errors import Finding
from hutuo.glossary import Text

__all__ = [
    "CO2",
    "PARTICLES",
    "TWOFOLD",
    "Equivalent",
    "co2_weight",
    "equivalents",
    "pollutant_equivalent",
    "substance",
    "twofold",
]

FILE = Path(__file__).with_name("equivalents.csv")
CO2 = "CO2"
# All count as soot (烟尘); none is to be counted within another.
PARTICLES = frozenset({"SOOT", "PM10", "PM25"})
TWOFOLD = Text("颗粒物重复计算,只给一种", "particles would count twice; give one kind of them")
Medium = Literal["air", "water"]


class Equivalent(NamedTuple):
    """A pollutant's value in the law's table.

    Attributes:
        pollutant: Id.
        name: What it is called.
        medium: ``air`` or ``water``; they are taxed apart and not summed.
        number: Its number in the part of the table.
        kg: Kilograms that are one equivalent.
    """

    pollutant: str
    name: Text
    medium: str
    number: int
    kg: float


@cache
def equivalents() -> dict[str, Equivalent]:
    """All pollutants with a value, by id."""
    return {one.pollutant: one for one, _ in _read()}


def substance(name: str) -> str:
    """Id of a pollutant, however written: ``PM2.5``, ``NOx``, ``二氧化硫``; else its capitals."""
    plain = _plain(name)
    return _also().get(plain, plain)


def twofold(names: Iterable[str]) -> list[str]:
    """Particles that are told in two ways: fine ones are among inhalable ones, and both are soot."""
    found = [name for name in names if substance(name) in PARTICLES]
    return found if len(found) > 1 else []


def co2_weight(co2_price: float, tax: float) -> float:
    """Equivalents that a unit of CO2 counts for, by what both cost.

    Args:
        co2_price: Yuan per tonne of CO2.
        tax: Yuan per equivalent of air pollutants; 1.2 to 12 by the law, set by the province.

    Source: weights by price, in the sense of 毛显强 et al., 技术减排措施协同控制效应评价研究,
        中国人口·资源与环境 21(12) (2011) 1-7.
    """
    refuse(_PRICES, unfit("prices", None, {"co2_price": co2_price}))
    refuse(_PRICES, unfit("prices", None, {"tax": tax}, least=1e-9))
    return co2_price / 1000 / tax


def pollutant_equivalent(
    amounts: Mapping[str, float],
    *,
    values: Mapping[str, float] | None = None,
    co2: float | None = None,
    medium: Medium = "air",
) -> float:
    """Equivalents of amounts of several pollutants, or of their reductions (negative where they rise).

    Fine and inhalable particles count as soot (烟尘), as is usual where a source tells no other kind.

    Args:
        amounts: By pollutant, in kg; in tonnes the answer is in thousand equivalents.
        values: Kilograms of an equivalent by pollutant, beside those of the law or instead of them, as for
            volatile organic compounds, which the law values one by one.
        co2: Equivalents that a kg of CO2 counts for; see :func:`co2_weight`. Without it CO2 is refused.
        medium: ``air`` or ``water``.

    Raises:
        BadInput: A pollutant has no value, is one of the other medium or no number; all findings are told.

    Source: 环境保护税法, 应税污染物和当量值表.
    """
    given = {substance(name): value for name, value in (values or {}).items()}
    refuse(_VALUES, unfit("values", None, given, least=1e-12))
    known = {one.pollutant: one.kg for one in equivalents().values() if one.medium == medium}
    known |= given
    if co2 is not None:
        refuse(_PRICES, unfit("co2", None, {"co2": co2}))
    findings = [
        Finding("amounts", None, name, _unknown(substance(name), medium))
        for name in amounts
        if substance(name) not in known and not (substance(name) == CO2 and co2 is not None)
    ]
    findings += [Finding("amounts", None, name, TWOFOLD) for name in twofold(amounts)]
    findings += unfit("amounts", None, amounts, least=-1e300)
    refuse(Text("污染物数量", "amounts of pollutants"), findings)
    parts = [
        amount / known[kind] if (kind := substance(name)) in known else amount * (co2 or 0.0)
        for name, amount in amounts.items()
    ]
    return fsum(parts)


def _plain(name: str) -> str:
    return name.strip().upper().translate(str.maketrans("₀₁₂₃₄₅", "012345", " ._-"))


_PRICES = Text("价格", "prices")
_VALUES = Text("当量值", "values of an equivalent")


def _unknown(name: str, medium: str) -> Text:
    """Why a pollutant has no value here."""
    if name == CO2:
        return Text(
            "法定表没有二氧化碳;用co2给出权重,如co2_weight(碳价,税额)",
            "the law's table has no CO2; give its weight as co2, as co2_weight(price, tax)",
        )
    other = equivalents().get(name)
    if other is not None:
        return Text(
            f"{other.name.zh}属于{other.medium},不与{medium}相加",
            f"{other.name.en} is one of {other.medium}; it is not summed with {medium}",
        )
    names = ", ".join(one.pollutant for one in equivalents().values() if one.medium == medium)
    return Text(
        f"没有“{name}”的当量值;有:{names};其他用values给出",
        f"no value of '{name}'; there are {names}; others are given by values",
    )


@cache
def _also() -> dict[str, str]:
    """Id by every way to write a pollutant."""
    return {
        _plain(written): one.pollutant
        for one, others in _read()
        for written in (one.pollutant, one.name.zh, one.name.en, *others)
    } | {"二氧化碳": CO2}


@cache
def _read() -> list[tuple[Equivalent, list[str]]]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return [
            (
                Equivalent(
                    row["pollutant"],
                    Text(row["zh"], row["en"]),
                    row["medium"],
                    int(row["number"]),
                    float(row["kg"]),
                ),
                [name for name in row["also"].split("|") if name],
            )
            for row in csv.DictReader(lines)
        ]
