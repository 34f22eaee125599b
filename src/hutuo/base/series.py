"""Series of one place: what was observed of it, or the sum of its members where nothing was."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.periods import moment
from hutuo.units import convert

if TYPE_CHECKING:
    from collections.abc import Iterable

    from hutuo.base.region import Region

WEAK = "C"


class Observed(NamedTuple):
    """A figure of a place and a period, with where it comes from."""

    place: str
    indicator: str
    value: float
    unit: str
    valid_from: date
    valid_to: date | None
    recorded_at: datetime
    source: str
    quality: str
    estimate: bool
    method: str | None


class Total(NamedTuple):
    """A sum over members of a set, and what it lacks.

    Attributes:
        value: Sum over the whole members that have a figure, in ``unit``.
        unit: Unit of measure.
        have: Figure that each counted member has.
        missing: Whole members without one.
        parts: For each member that is part of a unit: the figure of that whole unit, None if unknown.
    """

    value: float
    unit: str
    have: dict[str, Observed]
    missing: list[str]
    parts: dict[str, float | None]

    @property
    def highest(self) -> float:
        """The sum with every part counted as its whole unit."""
        return self.value + sum(whole or 0.0 for whole in self.parts.values())


def observed(region: "Region", place: str, indicator: str) -> list[Observed]:
    """Figures of a place by period, the oldest first; weak sources (quality C) do not count.

    A set without figures of its own gets, for each period in which every member has one, their sum:
    an estimate with its method.
    """
    rows = region.history("observation", place=place, indicator=indicator)
    own = sorted(_usable(rows), key=_begin)
    return own or _summed(region, place, indicator)


def total(region: "Region", place_set: str, indicator: str, unit: str) -> Total:
    """Sum of the latest figures of a set's members.

    Args:
        region: View of the region.
        place_set: Set of places.
        indicator: Indicator whose values add up.
        unit: Unit of measure to give the sum in.
    """
    members = [r for r in region.current("membership", set=place_set) if r["role"] != "excluded"]
    whole = [row["member"] for row in members if row["role"] == "whole"]
    of = {row["place"]: row["part_of"] for row in region.records("place", kind="part")}
    parts = {row["member"]: of.get(row["member"]) for row in members if row["role"] == "part"}
    wanted = [*whole, *(unit_of for unit_of in parts.values() if unit_of)]
    rows = region.history("observation", indicator=indicator, place=wanted)
    latest = {row.place: row for row in sorted(_usable(rows), key=_begin)}
    in_unit = {place: convert(row.value, row.unit, unit) for place, row in latest.items()}
    return Total(
        value=sum(in_unit[place] for place in whole if place in in_unit),
        unit=unit,
        have={place: latest[place] for place in whole if place in latest},
        missing=[place for place in whole if place not in latest],
        parts={part: in_unit.get(unit_of or "") for part, unit_of in parts.items()},
    )


def _usable(rows: "Iterable[dict[str, Any]]") -> "list[Observed]":
    return [observed_row(row) for row in rows if row["quality"] != WEAK]


def observed_row(row: "dict[str, Any]") -> Observed:
    """A row of the table of observations as a figure."""
    return Observed(*(row[name] for name in Observed._fields))


def _summed(region: "Region", place: str, indicator: str) -> list[Observed]:
    about = region.indicators.get(indicator)
    if about is None or about["aggregation"] != "sum":
        return []
    members = [r for r in region.current("membership", set=place) if r["role"] != "excluded"]
    wanted = {row["member"] for row in members}
    if not wanted:
        return []
    rows = _usable(region.history("observation", indicator=indicator, place=sorted(wanted)))
    periods = {(row.valid_from, row.valid_to) for row in rows}
    found = []
    for start, end in sorted(periods, key=lambda period: moment(period[0])):
        same = [row for row in rows if (row.valid_from, row.valid_to) == (start, end)]
        if {row.place for row in same} == wanted:
            found.append(_sum(place, about["unit"], same))
    return found


def _sum(place: str, unit: str, rows: list[Observed]) -> Observed:
    first = rows[0]
    return first._replace(
        place=place,
        value=sum(convert(row.value, row.unit, unit) for row in rows),
        unit=unit,
        recorded_at=max(row.recorded_at for row in rows),
        source="|".join(sorted({row.source for row in rows})),
        quality=max(row.quality for row in rows),
        estimate=True,
        method=f"{len(rows)} 个成员之和 / sum of {len(rows)} members",
    )


def _begin(row: Observed) -> datetime:
    return moment(row.valid_from)
