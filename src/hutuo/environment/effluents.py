"""The verb on waste water: COD, ammonia nitrogen and phosphorus of outlets, measured or at most by standard.

What was measured counts as let out. Where nothing was, the limit of the standard that an outlet keeps bounds
it; a bound is never added to what was measured.
"""

import csv
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from math import fsum
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.environment.equivalents import pollutant_equivalent
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "POLLUTANTS",
    "Effluent",
    "EffluentRow",
    "Effluents",
    "EffluentsAnswer",
    "Load",
    "effluents",
    "limits",
    "load",
]

FILE = Path(__file__).with_name("effluents.csv")
# Column of what was measured, by pollutant.
POLLUTANTS: Mapping[str, str] = {"COD": "cod_mg_l", "NH3N": "nh3n_mg_l", "TP": "tp_mg_l"}
# Kilograms of a mg/L in 10,000 m3.
KILOGRAMS = 10.0


class Effluent(NamedTuple):
    """Water of an outlet in a year.

    Attributes:
        volume: In 10,000 m3.
        measured: Mean concentration by pollutant, mg/L.
        standard: Standard that it keeps; None if none is told.
    """

    volume: float
    measured: Mapping[str, float]
    standard: str | None = None


class Load(NamedTuple):
    """What outlets let out of a pollutant.

    Attributes:
        known: What was measured, kg.
        at_most: What outlets without a measurement let out at most by their standard, kg.
        unknown: Water of outlets of which neither is known, 10,000 m3.
    """

    known: float
    at_most: float
    unknown: float


@cache
def limits() -> dict[tuple[str, str], float]:
    """Limits in mg/L by standard and pollutant; of ammonia that of cold water, which is the higher one.

    Source: GB 18918-2002 城镇污水处理厂污染物排放标准, table 1.
    """
    with FILE.open(encoding="utf-8", newline="") as lines:
        return {
            (row["standard"], row["pollutant"]): float(row["mg_l"])
            for row in csv.DictReader(lines)
        }


def load(outlets: Iterable[Effluent], pollutant: str) -> Load:
    """What outlets let out of a pollutant, known and bounded apart.

    Args:
        outlets: Water of one year.
        pollutant: One of :data:`POLLUTANTS`.
    """
    known, at_most, unknown = [], [], []
    for one in outlets:
        limit = limits().get((one.standard or "", pollutant))
        if pollutant in one.measured:
            known.append(one.volume * one.measured[pollutant] * KILOGRAMS)
        elif limit is not None:
            at_most.append(one.volume * limit * KILOGRAMS)
        else:
            unknown.append(one.volume)
    return Load(fsum(known), fsum(at_most), fsum(unknown))


class Effluents(Ask):
    """Whose waste water of which year."""

    year: int | None = said("年份;缺省为最近一年", "year; the last one by default", default=None)
    place: str | None = said("只看该地区", "only of outlets in this unit", default=None)


class EffluentRow(Answer):
    """A pollutant that the outlets of a place let out."""

    place: str = said("地点", "unit; empty for all")
    place_name: Text = said("地点名称", "what it is called")
    pollutant: str = said("污染物", "COD, NH3N or TP")
    volume: float = said("排放水量(万立方米)", "water let out, 10,000 m3")
    known_kg: float = said("已测排放量(千克)", "kg by what was measured")
    at_most_kg: float = said(
        "未测部分按标准至多(千克)",
        "kg that outlets without a measurement let out at most by standard",
    )
    unknown_volume: float = said(
        "无法判断的水量(万立方米)", "water of which neither is known, 10,000 m3"
    )
    known_equivalents: float = said(
        "已测污染当量(千)", "taxed equivalents of what was measured, thousands"
    )


class EffluentsAnswer(Answer):
    """Pollutants of waste water."""

    year: int | None = said("年份", "year; null without any row")
    rows: list[EffluentRow] = said("排放", "by place and pollutant, all places first")
    missing: list[Text] = said("缺什么", "what is missing")


@verb(
    "废水污染物:COD、氨氮与总磷",
    columns=("place_name", "pollutant", "volume", "known_kg", "at_most_kg", "unknown_volume"),
)
def effluents(region: "Region", ask: Effluents) -> EffluentsAnswer:
    """Show COD, ammonia nitrogen and phosphorus of waste water: measured, at most by standard, or unknown.

    Example:
        ``hutuo environment effluents --year 2024``
    """
    if ask.place is not None:
        region.name_of(ask.place)
    rows = [r for r in region.records("wastewater") if ask.place in (None, r["place"])]
    year = ask.year if ask.year is not None else max((r["year"] for r in rows), default=None)
    mine = [row for row in rows if row["year"] == year]
    by_place: dict[str, list[Effluent]] = {}
    for row in mine:
        by_place.setdefault(row["place"], []).append(_outlet(row))
    every = [one for those in by_place.values() for one in those]
    parts = [("", every), *sorted(by_place.items())] if every else []
    return EffluentsAnswer(
        year=year,
        rows=[row for place, those in parts for row in _rows(region, place, those)],
        missing=[] if mine else [MISSING],
    )


MISSING = Text(
    "没有废水排放数据:写入数据表wastewater",
    "no waste water of that year: write table wastewater",
)


def _outlet(row: Mapping[str, Any]) -> Effluent:
    measured = {
        name: row[column] for name, column in POLLUTANTS.items() if row[column] is not None
    }
    return Effluent(row["volume"], measured, row["standard"])


def _rows(region: "Region", place: str, those: Sequence[Effluent]) -> Iterable[EffluentRow]:
    for pollutant in POLLUTANTS:
        found = load(those, pollutant)
        yield EffluentRow(
            place=place,
            place_name=region.names.get(place, Text(place, place))
            if place
            else Text("合计", "all"),
            pollutant=pollutant,
            volume=fsum(one.volume for one in those),
            known_kg=found.known,
            at_most_kg=found.at_most,
            unknown_volume=found.unknown,
            known_equivalents=pollutant_equivalent({pollutant: found.known}, medium="water")
            / 1000,
        )
