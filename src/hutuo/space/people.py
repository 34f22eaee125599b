"""How many people live in the units of a region, by year, from what was observed."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from hutuo.base.region import Region

PERSON = "person"


class Count(NamedTuple):
    """People of a unit in a year, and the source that says so."""

    people: float
    source: str
    estimate: bool


def by_year(
    region: "Region", units: Iterable[str], indicator: str | None
) -> dict[int, dict[str, Count]]:
    """People by year and unit; of several figures of a year the last.

    Args:
        region: View of the region.
        units: Units and other places.
        indicator: Indicator; None if there is none.
    """
    from hutuo.base.series import observed_all
    from hutuo.units import convert

    if indicator is None:
        return {}
    found: dict[int, dict[str, Count]] = {}
    series = observed_all(region, [(unit, indicator) for unit in units])
    for (unit, _), rows in series.items():
        for row in rows:
            people = convert(row.value, row.unit, PERSON)
            count = Count(people, row.source, row.estimate)
            found.setdefault(row.valid_from.year, {})[unit] = count
    return dict(sorted(found.items()))


def latest(region: "Region", units: Iterable[str]) -> dict[str, Count]:
    """People of each unit in the last year in which they were counted."""
    from hutuo.base.counted import people_indicator

    found: dict[str, Count] = {}
    for counts in by_year(region, units, people_indicator(region, None)).values():
        found |= counts
    return found
