"""One account: the same activity gives energy, CO2 by scope and other gases, and what they are uncertain by.

The account is a product of matrix and vector by outcome, year and group of places, so that 30 million cells
take a fraction of a second (all outcomes in one matrix product take five times that); of one changed
coefficient only its outcome is computed again.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from hutuo.environment.activity import Activity
    from hutuo.environment.coefficients import Coefficients, Lacking
    from hutuo.environment.register import Factor

__all__ = [
    "Account",
    "Amounts",
    "Uncertain",
    "account_of",
    "amounts",
    "gaps",
    "recomputed",
    "uncertainty",
]


class Account(NamedTuple):
    """What activity comes to.

    Attributes:
        activity: What was used.
        coefficients: What units of it come to.
        values: (outcomes, years, places, sectors).
    """

    activity: "Activity"
    coefficients: "Coefficients"
    values: "NDArray[Any]"

    def total(self, outcome: str) -> "NDArray[Any]":
        """Sum over places and sectors, (years,)."""
        at = self.coefficients.outcomes.index(outcome)
        summed: NDArray[Any] = self.values[at].sum(axis=(1, 2))
        return summed


class Amounts(NamedTuple):
    """What of an activity has the same factors, summed.

    Attributes:
        values: Quantities, (groups, years, streams).
        variances: Squares of half of the 95 % intervals, in the same shape.
        unknown: Whether something was used, but how much is not known, in the same shape.
    """

    values: "NDArray[Any]"
    variances: "NDArray[Any]"
    unknown: "NDArray[Any]"

    def of(self, coefficients: "Coefficients") -> "NDArray[Any]":
        """What they come to, (years, outcomes)."""
        import numpy as np

        return np.asarray(np.einsum("gyf,gyfo->yo", self.values, coefficients.values))

    def incomplete(self, coefficients: "Coefficients") -> "NDArray[Any]":
        """Whether a lacking factor or an unknown quantity leaves something out, (years, outcomes)."""
        import numpy as np

        there = (self.values > 0) | self.unknown
        without = (there[..., None] & coefficients.lacks).any(axis=(0, 2))
        matters = (coefficients.values != 0) | coefficients.lacks
        return np.asarray(without | (self.unknown[..., None] & matters).any(axis=(0, 2)))


class Uncertain(NamedTuple):
    """How sure a total is.

    Attributes:
        relative: Half of its 95 % interval over it, (years,); 0 where nothing is known to be unsure.
        covered: Share of the total whose factors all tell an interval, (years,).
    """

    relative: "NDArray[Any]"
    covered: "NDArray[Any]"


def account_of(activity: "Activity", coefficients: "Coefficients") -> Account:
    """The account of activity.

    Args:
        activity: A cube, (years, places, sectors, streams).
        coefficients: Of the same years, places and streams.
    """
    import numpy as np

    values = np.empty((len(coefficients.outcomes), *activity.values.shape[:3]))
    for y, group, those in _slices(activity, coefficients):
        for o in range(len(values)):
            _fill(values, activity, coefficients, (o, y, group, those))
    return Account(activity, coefficients, values)


def recomputed(before: Account, coefficients: "Coefficients") -> Account:
    """The account by other coefficients of the same outcomes; only what they change is computed again.

    Args:
        before: An account, which stays as it is.
        coefficients: Of the same years, places, streams and outcomes.
    """
    import numpy as np

    changed = (coefficients.values != before.coefficients.values).any(axis=2)
    values = before.values.copy()
    for y, group, those in _slices(before.activity, coefficients):
        for o in np.flatnonzero(changed[group, y]):
            _fill(values, before.activity, coefficients, (int(o), y, group, those))
    return Account(before.activity, coefficients, values)


def amounts(
    activity: "Activity",
    coefficients: "Coefficients",
    *,
    places: "Sequence[int] | None" = None,
    sectors: "Sequence[int] | None" = None,
    streams: "Sequence[int] | None" = None,
) -> Amounts:
    """Sums of an activity, or of some of its places, sectors or streams, by number.

    Args:
        activity: A cube.
        coefficients: Whose groups are meant.
        places: Only these.
        sectors: Only these.
        streams: Only these; the others are 0.
    """
    import numpy as np

    groups, years, width, _ = coefficients.values.shape
    chosen = [
        np.arange(size) if some is None else np.asarray(some, dtype=np.int64)
        for some, size in zip((places, sectors, streams), activity.values.shape[1:], strict=True)
    ]
    values, variances = np.zeros((2, groups, years, width))
    unknown = np.zeros((groups, years, width), dtype=bool)
    for group in range(groups):
        those = chosen[0][coefficients.group_of[chosen[0]] == group]
        picked = np.ix_(np.arange(years), those, chosen[1], chosen[2])
        values[group][:, chosen[2]] = activity.values[picked].sum(axis=(1, 2))
        if activity.variances is not None:
            variances[group][:, chosen[2]] = activity.variances[picked].sum(axis=(1, 2))
    for y, p, s, f in activity.unknown:
        if all(at in some for at, some in zip((p, s, f), chosen, strict=True)):
            unknown[coefficients.group_of[p], y, f] = True
    return Amounts(values, variances, unknown)


def uncertainty(
    some: Amounts, coefficients: "Coefficients", outcomes: "Sequence[str]"
) -> Uncertain:
    """Half of the 95 % interval of the sum of some outcomes, from those of factors and of activity.

    A factor that several cells share moves them together; activity of different rows moves by itself. What no
    source tells an interval of counts as sure, and as not covered.

    Args:
        some: What was used.
        coefficients: Of the same groups, years and streams.
        outcomes: What is summed, as both scopes.

    Source: IPCC 2006 Guidelines V1 ch. 3.2.3.1, approach 1: propagation of error (equations 3.1 and 3.2).
    """
    import numpy as np

    which = [coefficients.outcomes.index(outcome) for outcome in outcomes]
    parts = some.values[..., None] * coefficients.values[..., which]
    total, covered = parts.sum(axis=(0, 2, 3)), np.zeros(parts.shape[1])
    shared: dict[Factor, NDArray[Any]] = {}
    for (o, g, y, f), factors in coefficients.used.items():
        if o not in which or not some.values[g, y, f]:
            continue
        part = parts[g, y, f, which.index(o)]
        covered[y] += part if all(one.uncertainty is not None for one in factors) else 0.0
        for one in factors:
            shared.setdefault(one, np.zeros(parts.shape[1]))[y] += part
    times = coefficients.values[..., which].sum(axis=3) ** 2
    variance = (some.variances * times).sum(axis=(0, 2))
    for one, sums in shared.items():
        variance = variance + (sums * (one.uncertainty or 0.0)) ** 2
    safe = np.where(total > 0, total, 1.0)
    return Uncertain(
        np.where(total > 0, np.sqrt(variance) / safe, 0.0),
        np.where(total > 0, covered / safe, 0.0),
    )


def gaps(some: Amounts, coefficients: "Coefficients") -> "list[Lacking]":
    """Factors that are lacking of what is in fact used."""
    there = (some.values > 0) | some.unknown
    return [lack for lack in coefficients.lacking if there[lack.group, lack.year, lack.stream]]


def _fill(
    values: "NDArray[Any]",
    activity: "Activity",
    coefficients: "Coefficients",
    at: tuple[int, int, int, slice],
) -> None:
    """One outcome of a year and some places of a group."""
    import numpy as np

    o, y, group, those = at
    column = np.ascontiguousarray(coefficients.values[group, y, :, o])
    flat = np.ascontiguousarray(activity.values[y, those]).reshape(-1, len(column))
    np.dot(flat, column, out=values[o, y, those].reshape(-1))


def _slices(
    activity: "Activity", coefficients: "Coefficients"
) -> "Iterator[tuple[int, int, slice]]":
    """Year, group and the places of the group that lie together."""
    import numpy as np

    groups = coefficients.group_of
    ends = [*(np.flatnonzero(np.diff(groups)) + 1).tolist(), len(groups)]
    starts = [0, *ends[:-1]]
    for y in range(len(activity.years)):
        for start, end in zip(starts, ends, strict=True):
            yield y, int(groups[start]), slice(start, end)
