"""Sets of a plan as shares of its area: which units, how many people and how dense, year by year."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.settled import Settled

# What the sets of a plan are for is told by their id.
PARTS = {
    "set:core": "core",
    "set:poles": "poles",
    "set:commuting": "ring",
    "set:cooperation": "ring",
}
CORRIDOR = "set:corridor"


@dataclass(frozen=True, eq=False)
class Planned:
    """One set of a plan on the units with people.

    Attributes:
        place: Id of the set.
        part: core, poles, ring, corridor, area (the region's own set) or other.
        weight: Part of each unit that is in the set, (units,), 0 to 1.
        guessed: Units of which only a part is in the set, that part being worked out from its people.
        lacking: Members without people, in no figure.
    """

    place: str
    part: str
    weight: "NDArray[np.float64]"
    guessed: tuple[str, ...]
    lacking: tuple[str, ...]

    def people(self, here: "Settled", year: int) -> float:
        """People in a year; NaN if a member has no figure then."""
        values = here.people[year].to_numpy(dtype=np.float64)
        inside = self.weight > 0
        return float(self.weight[inside] @ values[inside])

    def estimated(self, here: "Settled", year: int) -> bool:
        """Whether an estimate is among the figures of a year."""
        marks = here.estimates[year].to_numpy(dtype=bool)
        return bool(marks[self.weight > 0].any()) or bool(self.guessed)


class Shares(NamedTuple):
    """A set's share of the area between the first year in which both are known and the last.

    Attributes:
        people: People in the last year.
        before: People in the first; None if there is only one.
        year_before: The first year.
        share: Share of the area's people in the last year; None for what is no part of the area.
        share_before: The same in the first year.
        drift: Change of the share a year.
    """

    people: float
    before: float | None
    year_before: int | None
    share: float | None
    share_before: float | None
    drift: float | None


def planned_sets(region: "Region", here: "Settled") -> list[Planned]:
    """Every set of the region that has members today, the region's own first, then by part and id."""
    sets = {row["set"] for row in region.current("membership") if row["role"] != "excluded"}
    found = [_planned(region, place, here) for place in sorted(sets)]
    order = ["area", "core", "poles", "ring", "corridor", "other"]
    return sorted(found, key=lambda one: (order.index(one.part), one.place))


def shares(one: Planned, whole: Planned, here: "Settled") -> Shares:
    """A set beside the area that it is part of; a set with units outside the area has no share of it."""
    now = one.people(here, here.year)
    inside = bool((one.weight <= whole.weight).all())
    first = _first_year(one, whole, here)
    before = None if first is None else one.people(here, first)
    share = now / whole.people(here, here.year) if inside else None
    earlier = before / whole.people(here, first) if inside and before is not None else None  # type: ignore[arg-type]
    drift = None
    if share is not None and earlier is not None and first is not None:
        drift = (share - earlier) / (here.year - first)
    return Shares(now, before, first, share, earlier, drift)


def density(one: Planned, here: "Settled") -> float | None:
    """People a km2 over the units that are in the set as a whole; None if there is none."""
    whole = one.weight == 1
    if not whole.any():
        return None
    return float(here.latest[whole].sum() / here.area[whole].sum())


def _first_year(one: Planned, whole: Planned, here: "Settled") -> int | None:
    for year in here.years:
        known = np.isfinite(one.people(here, year)) and np.isfinite(whole.people(here, year))
        if year < here.year and known:
            return year
    return None


def _planned(region: "Region", place: str, here: "Settled") -> Planned:
    from hutuo.space.settled import units_of

    weight = np.zeros(len(here.units))
    guessed, lacking = [], []
    for row in region.current("membership", set=place):
        if row["role"] == "excluded":
            continue
        part = _part(region, row["member"], here) if row["role"] == "part" else 1.0
        for unit in units_of(region, row["member"], here):
            if unit not in here.position:
                lacking.append(unit)
                continue
            weight[here.position[unit]] = part
            if part < 1:
                guessed.append(unit)
    kind = "area" if place == region.info.set else PARTS.get(place, "other")
    kind = "corridor" if place.startswith(CORRIDOR) else kind
    return Planned(place, kind, weight, tuple(guessed), tuple(lacking))


def _part(region: "Region", member: str, here: "Settled") -> float:
    """Share of its unit's people that a part has by its own last figure; all of them if it has none."""
    from hutuo.base.series import observed
    from hutuo.space.settled import units_of

    rows = observed(region, member, here.indicator)
    (unit,) = units_of(region, member, here)
    if not rows or unit not in here.position:
        return 1.0
    return min(1.0, rows[-1].value / float(here.latest[here.position[unit]]))
