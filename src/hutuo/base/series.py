"""Series of one place: what was observed of it, or the sum of its members where nothing was."""

from datetime import date, datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.periods import moment, of_grain
from hutuo.units import convert

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyarrow as pa

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
    return observed_all(region, [(place, indicator)])[place, indicator]


def observed_all(
    region: "Region", wanted: "Iterable[tuple[str, str]]"
) -> dict[tuple[str, str], list[Observed]]:
    """What :func:`observed` gives for each pair of place and indicator, read at once."""
    pairs = dict.fromkeys(wanted)
    found = _own(region, pairs)
    bare = [pair for pair in pairs if pair not in found and _adds_up(region, pair[1])]
    if bare:
        found |= _sums(region, bare)
    return {pair: found.get(pair, []) for pair in pairs}


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


def _figures(rows: "pa.Table") -> list[Observed]:
    """Usable figures among some rows, read by the column: 20,000 take 60 ms, by the row 300."""
    columns = {name: _values(rows, name) for name in Observed._fields}
    grains = _values(rows, "grain")
    for name in ("valid_from", "valid_to"):
        columns[name] = [of_grain(*pair) for pair in zip(columns[name], grains, strict=True)]
    figures = (Observed(*row) for row in zip(*columns.values(), strict=True))
    return [row for row in figures if row.quality != WEAK]


def _values(rows: "pa.Table", name: str) -> list[Any]:
    """Values of a column as plain ones; most columns hold few different ones, and each is made once."""
    found = rows.column(name).combine_chunks().dictionary_encode()
    each = found.dictionary.to_pylist()
    return [None if at is None else each[at] for at in found.indices.to_pylist()]


def _usable(rows: "Iterable[dict[str, Any]]") -> "list[Observed]":
    return [observed_row(row) for row in rows if row["quality"] != WEAK]


def observed_row(row: "dict[str, Any]") -> Observed:
    """A row of the table of observations as a figure."""
    return Observed(*(row[name] for name in Observed._fields))


def _own(
    region: "Region", pairs: "Iterable[tuple[str, str]]"
) -> dict[tuple[str, str], list[Observed]]:
    """Figures by place and indicator, the oldest first; pairs without any are left out."""
    asked = {"place+indicator": list(pairs)}
    found: dict[tuple[str, str], list[Observed]] = {}
    for row in _figures(region.past("observation", **asked)):
        found.setdefault((row.place, row.indicator), []).append(row)
    for rows in found.values():
        rows.sort(key=_begin)
    return found


def _adds_up(region: "Region", indicator: str) -> bool:
    about = region.indicators.get(indicator)
    return about is not None and about["aggregation"] == "sum"


def _sums(region: "Region", bare: list[tuple[str, str]]) -> dict[tuple[str, str], list[Observed]]:
    """For sets without figures of their own, the sums of their members."""
    rows = region.current("membership", set=sorted({place for place, _ in bare}))
    members: dict[str, set[str]] = {}
    for row in rows:
        if row["role"] != "excluded":
            members.setdefault(row["set"], set()).add(row["member"])
    if not members:
        return {}
    parts = _own(region, {(m, i) for place, i in bare for m in members.get(place, ())})
    found = {}
    for place, indicator in bare:
        own = [row for m in members.get(place, ()) for row in parts.get((m, indicator), ())]
        summed = _summed(own, members.get(place, set()))
        unit = region.indicators[indicator]["unit"]
        found[place, indicator] = [_sum(place, unit, rows) for rows in summed]
    return found


def _summed(rows: list[Observed], members: set[str]) -> list[list[Observed]]:
    """Figures of the periods in which every member has one, the oldest period first."""
    periods: dict[tuple[date, date | None], list[Observed]] = {}
    for row in sorted(rows, key=lambda row: (_begin(row), row.place)):
        periods.setdefault((row.valid_from, row.valid_to), []).append(row)
    return [same for same in periods.values() if {row.place for row in same} == members]


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
