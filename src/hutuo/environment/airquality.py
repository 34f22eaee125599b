"""Air quality index of a day, and the level of an episode of several days.

Source: HJ 633-2012, table 1, and HJ 633-2026, table 3, which is in force from 1 March 2026 and tightens
those of particles; formulas 1 and 2 of both: individual indices are straight between the breakpoints and
rounded up; the index is the largest of them; what is beyond the last breakpoint is 500.
"""

import csv
from collections.abc import Mapping, Sequence
from datetime import date
from functools import cache
from itertools import pairwise
from math import ceil, isfinite
from pathlib import Path
from typing import NamedTuple

from hutuo.errors import BadInput, Finding, one_of
from hutuo.glossary import Text

__all__ = [
    "POLLUTANTS",
    "Index",
    "Level",
    "air_quality_index",
    "individual_index",
    "level_of",
    "levels_of",
    "standard_of",
]

FILE = Path(__file__).with_name("airlevels.csv")
INDEX = (0, 50, 100, 150, 200, 300, 400, 500)
# Concentrations at the indices above: means of 24 hours, of ozone the largest of 8 hours; ug/m3, of CO mg/m3.
BREAKS: Mapping[str, tuple[float, ...]] = {
    "SO2": (0, 50, 150, 475, 800, 1600, 2100, 2620),
    "NO2": (0, 40, 80, 180, 280, 565, 750, 940),
    "PM10": (0, 50, 150, 250, 350, 420, 500, 600),
    "CO": (0, 2, 4, 14, 24, 36, 48, 60),
    # Above 800 the index of 8 hours is not computed; that of one hour would be.
    "O3_8H": (0, 100, 160, 215, 265, 800),
    "PM25": (0, 35, 75, 115, 150, 250, 350, 500),
}
# Since 1 March 2026 an index of 100 stands at 60 and 120 ug/m3 of particles instead of 75 and 150.
NEW_BREAKS: Mapping[str, tuple[float, ...]] = {
    **BREAKS,
    "PM10": (0, 50, 120, 250, 350, 420, 500, 600),
    "PM25": (0, 35, 60, 115, 150, 250, 350, 500),
}
STANDARDS: Mapping[str, Mapping[str, tuple[float, ...]]] = {"2012": BREAKS, "2026": NEW_BREAKS}
NEW_FROM = date(2026, 3, 1)
POLLUTANTS = tuple(BREAKS)
GRAVER = ("yellow", "orange", "red")
# Below this index no pollutant is called the primary one.
GOOD = 50


class Index(NamedTuple):
    """The index of a day.

    Attributes:
        value: 0 to 500.
        primary: Pollutants whose individual index is the largest; none up to 50.
    """

    value: int
    primary: tuple[str, ...]


class Level(NamedTuple):
    """When an episode is of a level.

    Attributes:
        version: Version of the levels.
        name: What the version is called.
        level: yellow, orange or red.
        above: Index that so many days in a row are above; None if only ``reach`` counts.
        days: How many.
        also_above: Index that some of them are above as well; None for no such condition.
        also_days: How many in a row.
        reach: Index that is reached on a day; None if ``above`` counts.
        cut: Share of emissions that measures at that level should take off.
        source: Document.
    """

    version: str
    name: Text
    level: str
    above: float | None
    days: int
    also_above: float | None
    also_days: int
    reach: float | None
    cut: float
    source: str


def standard_of(day: date) -> str:
    """The standard that is in force on a day: 2012 or 2026."""
    return "2026" if day >= NEW_FROM else "2012"


def individual_index(pollutant: str, concentration: float, standard: str = "2012") -> int:
    """The individual index (IAQI) of a pollutant.

    Args:
        pollutant: One of :data:`POLLUTANTS`.
        concentration: Mean of 24 hours, of ozone the largest mean of 8 hours: ug/m3, of CO mg/m3.
        standard: HJ 633 of ``2012`` or ``2026``.

    Raises:
        BadInput: The concentration is negative or no number.
        NotFound: There is no index of the pollutant, or no such standard.
    """
    if standard not in STANDARDS:
        raise one_of(standard, "standard", list(STANDARDS))
    if pollutant not in BREAKS:
        raise one_of(pollutant, "pollutant", list(BREAKS))
    if not isfinite(concentration) or concentration < 0:
        says = Text(f"{concentration}应不小于0", f"{concentration}; 0 or more would be right")
        raise BadInput(Text("浓度", "concentrations"), [Finding("air", None, pollutant, says)])
    points = tuple(zip(STANDARDS[standard][pollutant], INDEX, strict=False))
    for (low, first), (high, last) in pairwise(points):
        if concentration <= high:
            # A rounding of the quotient should not lift an index.
            return ceil(round(first + (last - first) * (concentration - low) / (high - low), 9))
    return points[-1][1]


def air_quality_index(concentrations: Mapping[str, float], standard: str = "2012") -> Index | None:
    """The index (AQI) of a day and its primary pollutants; None if nothing was measured.

    Args:
        concentrations: By pollutant, as in :func:`individual_index`.
        standard: HJ 633 of ``2012`` or ``2026``; :func:`standard_of` tells that of a day.
    """
    each = {name: individual_index(name, much, standard) for name, much in concentrations.items()}
    if not each:
        return None
    value = max(each.values())
    most = tuple(sorted(name for name, index in each.items() if index == value))
    return Index(value, most if value > GOOD else ())


@cache
def levels_of(version: str) -> tuple[Level, ...]:
    """Conditions of a version of the levels.

    Raises:
        NotFound: There is none.
    """
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.DictReader(lines))
    found = tuple(_level(row) for row in rows if row["version"] == version)
    if not found:
        raise one_of(version, "version of levels", sorted({row["version"] for row in rows}))
    return found


def level_of(indices: Sequence[float], levels: Sequence[Level]) -> Level | None:
    """The gravest level that days in a row come to; None if they come to none.

    Args:
        indices: Indices of days without a gap between them.
        levels: Of one version.
    """
    met = [one for one in levels if _met(indices, one)]
    return max(met, key=lambda one: GRAVER.index(one.level), default=None)


def _met(indices: Sequence[float], level: Level) -> bool:
    if level.reach is not None:
        return max(indices, default=0.0) >= level.reach
    for run in _runs(indices, level.above or 0.0):
        also = max((len(r) for r in _runs(run, level.also_above or 0.0)), default=0)
        if len(run) >= level.days and also >= level.also_days:
            return True
    return False


def _runs(indices: Sequence[float], above: float) -> list[list[float]]:
    """Days in a row above an index."""
    found: list[list[float]] = [[]]
    for index in indices:
        if index > above:
            found[-1].append(index)
        else:
            found.append([])
    return [run for run in found if run]


def _level(row: Mapping[str, str]) -> Level:
    def figure(name: str) -> float | None:
        return float(row[name]) if row[name] else None

    return Level(
        row["version"],
        Text(row["zh"], row["en"]),
        row["level"],
        figure("above"),
        int(row["days"]),
        figure("also_above"),
        int(row["also_days"] or 0),
        figure("reach"),
        float(row["cut"]),
        row["source"],
    )
