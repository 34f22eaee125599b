"""Checklists of a carbon-peak pilot (碳达峰试点): indicators as rows, and what each comes to.

A region brings its checklist as rows of table ``pilot_indicator``; built in are the goals that the national
documents name with figures (中发〔2021〕36号, 国发〔2021〕23号), ``pilotpack.csv``.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.environment.refusing import refuse
from hutuo.errors import Finding, one_of
from hutuo.glossary import Text, both

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["NATIONAL", "Figures", "Item", "Told", "pack_of", "told"]

FILE = Path(__file__).with_name("pilotpack.csv")
NATIONAL = "peak-2021"


class Item(NamedTuple):
    """An indicator of a checklist.

    Attributes:
        item: Its id.
        ordinal: Its place in the list.
        name: What it is called.
        unit: Unit of its figure.
        basis: account, observation or share.
        measure: Figure of the account; None for others.
        part: Indicator, of a share that of the part; None for others.
        whole: Indicator of the whole; None for others.
        falls: Whether its figure is the fall since the base year, in %.
        upwards: Whether the target is to be reached from below.
        target: Year and value of the target; None if none is set.
        reference: What the document names; None for nothing.
        source: Document or source.
        passage: Where in it.
    """

    item: str
    ordinal: int
    name: Text
    unit: str
    basis: str
    measure: str | None
    part: str | None
    whole: str | None
    falls: bool
    upwards: bool
    target: tuple[int, float] | None
    reference: Text | None
    source: str
    passage: str


class Figures(NamedTuple):
    """Figures that an indicator is told from.

    Attributes:
        by_year: Value by year, before any fall is taken.
        sources: Where they come from.
        lacks: What is missing; None if there is anything.
    """

    by_year: Mapping[int, float]
    sources: tuple[str, ...]
    lacks: Text | None


class Told(NamedTuple):
    """What an indicator comes to.

    Attributes:
        base: Figure of the base year; None if it is not known.
        value: Figure of the year; None if it is not known.
        gap: What is missing to the target, 0 or less when it is met; None without either.
        state: met, short, untargeted or missing.
        lacks: What is missing to tell it.
    """

    base: float | None
    value: float | None
    gap: float | None
    state: str
    lacks: Text | None


def pack_of(region: "Region", name: str | None) -> tuple[str, list[Item]]:
    """A checklist: one of the region, else the built-in one.

    Args:
        region: View of the region.
        name: Which; the region's only one by default.

    Raises:
        NotFound: There is none of that name, or the region has several and none is named.
        BadInput: Indicators lack what their basis needs; all findings are told.
    """
    rows = region.records("pilot_indicator")
    own = sorted({row["pack"] for row in rows})
    chosen = name or (own[0] if len(own) == 1 else NATIONAL if not own else "")
    if chosen not in (*own, NATIONAL):
        raise one_of(chosen, "checklist", [*own, NATIONAL])
    mine = [row for row in rows if row["pack"] == chosen] or list(_national())
    refuse(Text("指标体系", "the checklist"), [fault for row in mine for fault in _faults(row)])
    return chosen, sorted((_item(row) for row in mine), key=lambda one: (one.ordinal, one.item))


def told(item: Item, figures: Figures, base_year: int, year: int | None) -> Told:
    """What an indicator comes to in a year.

    Args:
        item: The indicator.
        figures: Its figures.
        base_year: Year from which a fall is taken.
        year: The year; None if there is none.
    """
    base = figures.by_year.get(base_year)
    now = None if year is None else figures.by_year.get(year)
    value = now
    if item.falls:
        value = None if now is None or not base else 100 * (1 - now / base)
    gap = None
    if value is not None and item.target is not None:
        gap = (item.target[1] - value) * (1 if item.upwards else -1)
    return Told(
        base, value, gap, _state(value, gap), _lacks(item, figures, base_year, year, value)
    )


def _state(value: float | None, gap: float | None) -> str:
    if value is None:
        return "missing"
    if gap is None:
        return "untargeted"
    return "met" if gap <= 0 else "short"


def _lacks(
    item: Item, figures: Figures, base_year: int, year: int | None, value: float | None
) -> Text | None:
    if value is not None:
        return None
    if figures.lacks is not None:
        return figures.lacks
    those = [one for one in (base_year if item.falls else None, year) if one is not None]
    years = [one for one in those if figures.by_year.get(one) is None]
    said = ", ".join(map(str, years))
    return Text(f"缺{said}年的数据", f"no figure of {said}")


def _faults(row: Mapping[str, Any]) -> list[Finding]:
    needed = {"account": ("measure",), "observation": ("part",), "share": ("part", "whole")}
    return [
        Finding(
            "pilot_indicator",
            None,
            f"{row['pack']}:{row['item']}",
            Text(f"依据为{row['basis']},须填写{name}", f"basis {row['basis']} needs {name}"),
        )
        for name in needed[row["basis"]]
        if not row[name]
    ]


def _item(row: Mapping[str, Any]) -> Item:
    target = None
    if row.get("target_year") and row.get("target_value") is not None:
        target = int(row["target_year"]), float(row["target_value"])
    reference = both(row.get("reference"))
    if row.get("reference_zh"):
        reference = Text(row["reference_zh"], row["reference_en"])
    return Item(
        row["item"],
        int(row["ordinal"]),
        Text(row["zh"], row["en"]),
        row["unit"],
        row["basis"],
        row["measure"] or None,
        row["part"] or None,
        row["whole"] or None,
        row["change"] == "fall",
        row["sense"] != "down",
        target,
        reference,
        row["source"],
        row["passage"] or "",
    )


@cache
def _national() -> tuple[dict[str, str], ...]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
