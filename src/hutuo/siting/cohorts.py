"""Children by single years of age, carried forward as cohorts, and how well that would have worked before.

A cohort keeps its children and changes by the yearly factor of its place, which is taken from two censuses:
who was 0-4 in the first and is 10-14 in the second has in between stayed, died, come or gone.

Source: H. Hamilton and J. Perry, A short method for projecting population by age from one decennial census to
another, Social Forces 41 (1962) 163-170; D. A. Swanson, A. Schlottmann and B. Schmidt, Forecasting the
population of census tracts by age and sex, Population Research and Policy Review 29 (2010) 47-63.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["Backtest", "backtested", "carried", "change", "from_others", "single_ages"]

Group = tuple[int, int]


class Backtest(NamedTuple):
    """How far off cohorts would have been.

    Attributes:
        predicted: Children foretold of each place, (places,).
        error: Predicted less seen, over seen, (places,); nan where nobody was seen.
        total: Error of all places together.
        mean: Mean size of the error, places weighed by the children seen.
        within: Share of the places within a tenth.
    """

    predicted: "NDArray[np.float64]"
    error: "NDArray[np.float64]"
    total: float
    mean: float
    within: float


def single_ages(groups: Mapping[Group, float], oldest: int) -> "Floats":
    """Children by single years of age from 0 on, each group spread evenly over its years.

    Args:
        groups: Children by first and last year of age, both included.
        oldest: Last age that is wanted.

    Returns:
        Children, (oldest + 1,); nan at ages that no group holds.

    Raises:
        BadAsk: Two groups hold the same age.
    """
    found = np.full(oldest + 1, np.nan)
    seen: set[int] = set()
    for (first, last), children in groups.items():
        ages = range(first, last + 1)
        if seen & set(ages):
            says = Text(
                f"年龄组{first}-{last}与其他组重叠", f"ages {first}-{last} stand in two groups"
            )
            raise BadAsk(says, Text("各组应互不重叠", "groups must not overlap"))
        seen |= set(ages)
        for age in ages:
            if age <= oldest:
                found[age] = children / len(ages)
    return found


def change(before: float, after: float, years: int) -> float:
    """Yearly factor of a cohort from its size at two censuses; nan where it was empty.

    Args:
        before: Children of some ages at the first census.
        after: Those as many years older at the second.
        years: Years between.
    """
    return float((after / before) ** (1 / years)) if before > 0 and after >= 0 else float("nan")


def carried(
    ages: "Floats",
    factor: float,
    years: int,
    wanted: Group,
    births: Sequence[float] = (),
) -> float:
    """Children of some ages, years after a census.

    Args:
        ages: Children by single years of age at the census, (ages,).
        factor: Yearly factor of a cohort.
        years: Whole years after the census, >= 0.
        wanted: First and last year of age, both included.
        births: Children born in each year after the census, as counted at the end of it (age 0).

    Returns:
        Children; nan where a cohort is not known, as those not yet born whose births are not given.
    """
    total = 0.0
    for age in range(wanted[0], wanted[1] + 1):
        then = age - years
        if then >= 0:
            total += ages[then] * factor**years if then < len(ages) else np.nan
        else:
            born = -then - 1
            total += births[born] * factor**age if born < len(births) else np.nan
    return float(total)


def from_others(before: "Floats", after: "Floats", groups: "NDArray[np.str_]") -> "Floats":
    """Ratio of a cohort's size at two censuses in the other places of the same group.

    Args:
        before: Children of each place at the first census, (places,).
        after: Those as many years older at the second, (places,).
        groups: What each place belongs to, as its prefecture, (places,).

    Returns:
        Ratios, (places,); that of all other places where a group has no other.
    """
    found = np.empty(len(before))
    for at, group in enumerate(groups):
        others = (groups == group) & (np.arange(len(before)) != at)
        if not others.any():
            others = np.arange(len(before)) != at
        whole = before[others].sum()
        found[at] = after[others].sum() / whole if whole > 0 else np.nan
    return found


def backtested(before: "Floats", after: "Floats", ratio: "Floats | float" = 1.0) -> Backtest:
    """How far off a cohort that changes by a ratio would have been.

    Args:
        before: Children of each place at the first census, (places,).
        after: Those as many years older at the second, (places,).
        ratio: What cohorts change by, (places,), or one for all; 1 for closed cohorts.
    """
    predicted = before * ratio
    with np.errstate(divide="ignore", invalid="ignore"):
        error = np.where(after > 0, predicted / after - 1, np.nan)
    known = np.isfinite(error)
    seen = after[known]
    if not known.any():
        return Backtest(predicted, error, np.nan, np.nan, np.nan)
    size = np.abs(error[known])
    return Backtest(
        predicted,
        error,
        float(predicted[known].sum() / seen.sum() - 1),
        float(size @ seen / seen.sum()),
        float((size <= TENTH).mean()),
    )


TENTH = 0.1
