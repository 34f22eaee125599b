"""Flows of energy from fuels to sectors: what a diagram of an account's year is drawn from."""

from typing import TYPE_CHECKING

from hutuo.environment.accountrows import FlowRow
from hutuo.environment.register import fuels, sector_name
from hutuo.environment.sums import SCOPES
from hutuo.errors import BadAsk
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from hutuo.environment.activity import Activity
    from hutuo.environment.coefficients import Coefficients

__all__ = ["flow_rows"]


def flow_rows(activity: "Activity", found: "Coefficients", year: int) -> list[FlowRow]:
    """What each sector used of each fuel in a year, the largest first; they sum to the year's energy.

    Args:
        activity: A cube.
        found: Coefficients of the same years, places and streams.
        year: A year of the activity.

    Raises:
        BadAsk: There is no activity of that year.
    """
    if year not in activity.years:
        years = ", ".join(map(str, activity.years))
        raise BadAsk(
            Text(f"没有{year}年的活动数据", f"there is no activity of {year}"),
            Text(f"有数据的年份:{years}", f"years with activity: {years}"),
        )
    rows = [
        row
        for s in range(len(activity.sectors))
        for row in _of_sector(activity, found, activity.years.index(year), s)
    ]
    return sorted(rows, key=lambda row: (-(row.tce or 0.0), row.sector, row.fuel, row.use))


def _of_sector(activity: "Activity", found: "Coefficients", y: int, s: int) -> "Iterator[FlowRow]":
    from hutuo.environment.accounts import amounts

    part = amounts(activity, found, sectors=[s])
    there = (part.values[:, y] > 0) | part.unknown[:, y]
    totals = part.values[:, y, :, None] * found.values[:, y]
    lacks = there[..., None] & found.lacks[:, y]
    matters = (found.values[:, y] != 0) | found.lacks[:, y]
    unsure = (lacks | (part.unknown[:, y, :, None] & matters)).any(axis=0)
    sector = activity.sectors[s]

    def told(f: int, outcomes: "Sequence[str]") -> float | None:
        at = [found.outcomes.index(outcome) for outcome in outcomes]
        return None if unsure[f, at].any() else float(totals[:, f, at].sum())

    for f, stream in enumerate(activity.streams):
        if there[:, f].any():
            yield FlowRow(
                fuel=stream.fuel,
                fuel_name=fuels()[stream.fuel].name,
                sector=sector,
                sector_name=sector_name(sector),
                use=stream.use,
                tce=told(f, ["tce"]),
                tco2=told(f, SCOPES),
            )
