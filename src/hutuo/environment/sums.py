"""What an activity, or a part of it, comes to, and what it lacks to be told."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.environment.accountrows import LackingRow, UnknownRow
from hutuo.environment.register import fuels
from hutuo.glossary import label

if TYPE_CHECKING:
    from hutuo.environment.accounts import Amounts
    from hutuo.environment.activity import Activity
    from hutuo.environment.coefficients import Coefficients, Lacking
    from hutuo.environment.gases import Gases

__all__ = ["SCOPES", "Sums", "lacking_gases", "lacking_rows", "summed", "unknown_rows"]

SCOPES = ("tco2_scope1", "tco2_scope2")


class Sums(NamedTuple):
    """What a part comes to.

    Attributes:
        values: By outcome, (years,).
        incomplete: By outcome, whether something is left out, (years,).
        amounts: What of it has the same factors.
    """

    values: Mapping[str, Any]
    incomplete: Mapping[str, Any]
    amounts: "Amounts"

    def at(self, outcome: str, y: int) -> float | None:
        """A figure; None if something is left out of it."""
        return None if self.incomplete[outcome][y] else float(self.values[outcome][y])


def summed(activity: "Activity", found: "Coefficients", **some: Sequence[int]) -> Sums:
    """What an activity, or some of it, comes to; see :func:`hutuo.environment.accounts.amounts`."""
    from hutuo.environment.accounts import amounts

    part = amounts(activity, found, **some)
    values, incomplete = part.of(found), part.incomplete(found)
    return Sums(
        {outcome: values[:, o] for o, outcome in enumerate(found.outcomes)},
        {outcome: incomplete[:, o] for o, outcome in enumerate(found.outcomes)},
        part,
    )


def lacking_rows(activity: "Activity", found: "Coefficients", part: "Amounts") -> list[LackingRow]:
    """Factors that are lacking, each with the years of it."""
    from hutuo.environment.accounts import gaps

    return _lacking(activity, gaps(part, found))


def lacking_gases(activity: "Activity", gases: "Gases") -> list[LackingRow]:
    """Factors of gases and pollutants that are lacking, each with the years of it."""
    return _lacking(activity, (lack for _, lack in gases.gaps()))


def _lacking(activity: "Activity", lacks: "Iterable[Lacking]") -> list[LackingRow]:
    from hutuo.environment.quantities import BASE

    years: dict[tuple[str, str, str, str], set[int]] = {}
    for lack in lacks:
        stream = activity.streams[lack.stream]
        key = (lack.kind, stream.fuel, BASE[stream.dimension], lack.outcome)
        years.setdefault(key, set()).add(activity.years[lack.year])
    return [
        LackingRow(
            factor_kind=kind,
            factor_kind_name=label(f"factor_kind:{kind}"),
            fuel=fuel,
            fuel_name=fuels()[fuel].name,
            measured_in=unit,
            years=sorted(those),
            left_unknown=outcome,
        )
        for (kind, fuel, unit, outcome), those in sorted(years.items())
    ]


def unknown_rows(activity: "Activity") -> list[UnknownRow]:
    """Rows without a quantity."""
    return [
        UnknownRow(
            year=activity.years[y],
            place=activity.places[p],
            sector=activity.sectors[s],
            fuel=activity.streams[f].fuel,
        )
        for y, p, s, f in activity.unknown
    ]
