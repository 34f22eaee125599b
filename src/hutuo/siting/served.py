"""What a plan of sites means for those who are served: loads, how far they go, and who is left out."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.siting.measures import gini_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import ArrayLike, NDArray

    Floats = NDArray[np.float64]
    Whole = NDArray[np.int64]

__all__ = ["Spread", "gini", "loads_of", "nearest_of", "spread_of", "within"]


class Spread(NamedTuple):
    """How far people go.

    Attributes:
        people: People who are counted: those who can go at all.
        mean: Mean minutes of them; nan if there are none.
        median: Minutes that half of them do not exceed.
        p90: Minutes that nine tenths of them do not exceed.
        farthest: Minutes of the farthest place with people.
    """

    people: float
    mean: float
    median: float
    p90: float
    farthest: float


def nearest_of(minutes: "Floats", sites: "Sequence[int]") -> "tuple[Whole, Floats]":
    """The nearest of the chosen sites of each client, -1 for none, and the minutes to it.

    Args:
        minutes: Minutes, (clients, sites); inf where there is no way.
        sites: Positions of the chosen sites; of equally near ones the first named serves.
    """
    if not len(sites):
        return np.full(len(minutes), -1, np.int64), np.full(len(minutes), np.inf)
    chosen = np.asarray(sites)
    at = np.argmin(minutes[:, chosen], axis=1)
    took = minutes[np.arange(len(minutes)), chosen[at]]
    return np.where(np.isinf(took), -1, chosen[at]).astype(np.int64), took


def within(minutes: "ArrayLike", limit: float, *, included: bool = True) -> "NDArray[np.bool_]":
    """Whether minutes are within a limit, which itself counts or not."""
    given = np.asarray(minutes, dtype=float)
    return given <= limit if included else given < limit


def loads_of(shares: "Floats", demand: "Floats") -> "Floats":
    """Demand that each site serves, (sites,).

    Args:
        shares: Part of each client's demand that a site serves, (clients, sites).
        demand: Demand of clients, (clients,).
    """
    found: Floats = demand @ shares
    return found


def spread_of(minutes: "Floats", people: "Floats") -> Spread:
    """How far people go, places weighed by them; those who cannot go at all are not counted.

    Args:
        minutes: Minutes of each place to where it is served, (places,); inf where there is no way.
        people: People of each place, (places,), >= 0.
    """
    counted = np.isfinite(minutes) & (people > 0)
    took, heavy = minutes[counted], people[counted]
    if not len(took):
        return Spread(0.0, np.nan, np.nan, np.nan, np.nan)
    order = np.argsort(took, kind="stable")
    took, heavy = took[order], heavy[order]
    share = np.cumsum(heavy) / heavy.sum()
    # Rounding must not push a quantile beyond the last place.
    at = [min(int(np.searchsorted(share, part - 1e-12)), len(took) - 1) for part in (0.5, 0.9)]
    mean = float(took @ heavy / heavy.sum())
    return Spread(
        float(heavy.sum()), mean, float(took[at[0]]), float(took[at[1]]), float(took[-1])
    )


def gini(values: "Floats", people: "Floats") -> float:
    """Gini index of a figure per person over people: 0 if all have the same; nan if there is nothing.

    Args:
        values: Figure per person of each place, (places,), >= 0.
        people: People of each place, (places,), >= 0.

    Source: Gini 1912, "Variabilità e mutabilità", as half the mean absolute difference over the mean.
    """
    return gini_of(values, people) if values @ people > 0 else float("nan")
