"""Plans of action for waters: levels as data, stations and gauges, and rules of warning made of both.

A level of water quality is so many classes of GB 3838 beyond the target of a section; one of a gauge is a
level that the gauge has. Written as rules of warning, the watch raises incidents by the same plan.
"""

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.warned import LEVELS
from hutuo.environment.refusing import refuse
from hutuo.environment.waterquality import ACID, CLASSES, Item, limit_of
from hutuo.errors import Finding, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Level",
    "Station",
    "bound_of",
    "gauge_rules",
    "levels_of",
    "quality_rules",
    "stations_of",
]

FILE = Path(__file__).with_name("responselevels.csv")
# The plan by which gauges are judged where none is named: that of the national notice.
NATIONAL = {"gauge": "flood-2013"}


class Level(NamedTuple):
    """A level of a plan of action.

    Attributes:
        plan: The plan.
        level: red, orange, yellow or blue.
        name: What it is called.
        classes_over: Classes beyond the target; None for gauges.
        mark: warning, guarantee or record; None for quality.
        hold_hours: Hours for which it must stay so.
        protocol: Protocol whose steps are taken; None if it is only told.
        source: Document.
    """

    plan: str
    level: str
    name: Text
    classes_over: int | None
    mark: str | None
    hold_hours: float
    protocol: str | None
    source: str


class Station(NamedTuple):
    """A section that is sampled, or a gauge.

    Attributes:
        place: The place.
        river: River or lake; None if it is not told.
        is_lake: Whether it is of a lake.
        target: Class to keep, 1 to 5; None if none is set.
        marks: Levels of the gauge by name, m.
    """

    place: str
    river: str | None
    is_lake: bool
    target: int | None
    marks: Mapping[str, float]


def levels_of(region: "Region", plan: str | None, medium: str) -> list[Level]:
    """Levels of a plan, the lightest first.

    Args:
        region: View of the region.
        plan: The plan; by default the region's only one, of gauges else that of the national notice.
        medium: quality or gauge.

    Returns:
        None of them where nothing is named and the region has no plan, or several.

    Raises:
        NotFound: There is no such plan.
        BadInput: A level says not what is reached.
    """
    rows = [row for row in region.current("response_level") if row["medium"] == medium]
    own = sorted({row["plan"] for row in rows})
    national = NATIONAL.get(medium)
    known = [*own, *([national] if national else [])]
    chosen = plan or (own[0] if len(own) == 1 else None) or (None if own else national)
    if chosen is None:
        return []
    if chosen not in known:
        raise one_of(chosen, "plan of action", known)
    mine = [row for row in [*rows, *_national()] if row["plan"] == chosen]
    _check(mine, "classes_over" if medium == "quality" else "mark")
    found = [_level(row) for row in mine]
    return sorted(found, key=lambda one: -LEVELS.index(one.level))


def stations_of(region: "Region") -> dict[str, Station]:
    """Sections and gauges by place."""
    return {row["place"]: _station(row) for row in region.current("water_station")}


def bound_of(level: Level, station: Station) -> float | None:
    """What a station reaches at a level: classes beyond its target, or metres; None if it cannot be told."""
    if level.mark is not None:
        return station.marks.get(level.mark)
    if station.target is None or level.classes_over is None:
        return None
    return None if station.target + level.classes_over > len(CLASSES) else level.classes_over


def gauge_rules(
    levels: Iterable[Level], stations: Iterable[Station], indicator: str, source: str
) -> list[dict[str, Any]]:
    """Rules of warning by which the watch raises what a plan says of gauges.

    Args:
        levels: Of one plan.
        stations: The gauges.
        indicator: Indicator of their level, in metres.
        source: Source of the rows, an id of the region.
    """
    return [
        _rule(level, station, (indicator, indicator, "above"), bound, source)
        for station in stations
        for level in levels
        if (bound := bound_of(level, station)) is not None
    ]


def quality_rules(
    levels: Iterable[Level],
    stations: Iterable[Station],
    items: "Sequence[tuple[str, Item, float]]",
    source: str,
) -> list[dict[str, Any]]:
    """Rules of warning by which the watch raises what a plan says of water quality, item by item.

    Args:
        levels: Of one plan.
        stations: The sections.
        items: Indicator, item, and what a unit of the item's limits is in the indicator's.
        source: Source of the rows, an id of the region.
    """
    found = []
    for station in stations:
        for level in levels:
            over = bound_of(level, station)
            if over is None or station.target is None:
                continue
            for indicator, item, factor in items:
                for part, sense, limit in _sides(item, station.target + int(over) - 1):
                    # A limit itself is kept; what lies beyond it is not.
                    away = math.inf if sense == "above" else -math.inf
                    bound = math.nextafter(limit * factor, away)
                    found.append(_rule(level, station, (indicator, part, sense), bound, source))
    return found


def _sides(item: Item, number: int) -> list[tuple[str, str, float]]:
    """Name, sense and limit of what lies beyond a class."""
    if item.item == "PH":
        return [("ph_high", "above", item.limits[0]), ("ph_low", "below", ACID)]
    return [(item.item, "below" if item.low else "above", limit_of(item, number))]


def _rule(
    level: Level, station: Station, of: tuple[str, str, str], bound: float, source: str
) -> dict[str, Any]:
    indicator, part, sense = of
    return {
        "rule": f"{level.plan}:{level.level}:{station.place}:{part}",
        "zh": level.name.zh,
        "en": level.name.en,
        "indicator": indicator,
        "place": station.place,
        "level": level.level,
        "sense": sense,
        "raise_at": bound,
        "clear_at": bound,
        "hold_minutes": level.hold_hours * 60,
        "protocol": level.protocol,
        "source": source,
    }


def _check(rows: Iterable[Mapping[str, Any]], needed: str) -> None:
    says = Text(f"须填写{needed}", f"it needs {needed}")
    refuse(
        Text("应急预案级别", "levels of a plan of action"),
        [
            Finding("response_level", None, f"{row['plan']}:{row['level']}", says)
            for row in rows
            if row[needed] in (None, "")
        ],
    )


def _level(row: Mapping[str, Any]) -> Level:
    return Level(
        row["plan"],
        row["level"],
        Text(row["zh"], row["en"]),
        int(row["classes_over"]) if row["classes_over"] else None,
        row["mark"] or None,
        float(row["hold_hours"] or 0),
        row["protocol"] or None,
        row["source"],
    )


def _station(row: Mapping[str, Any]) -> Station:
    marks = {name: row[f"{name}_m"] for name in ("warning", "guarantee", "record")}
    target = row["target_class"]
    return Station(
        row["place"],
        row["river"],
        bool(row["is_lake"]),
        CLASSES.index(target) + 1 if target else None,
        {name: mark for name, mark in marks.items() if mark is not None},
    )


@cache
def _national() -> tuple[dict[str, str], ...]:
    with FILE.open(encoding="utf-8", newline="") as lines:
        return tuple(csv.DictReader(lines))
