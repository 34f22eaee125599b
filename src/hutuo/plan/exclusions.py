"""Which further units a list left open (等) must leave out, so that the plan's own sizes fit at once."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple


class Size(NamedTuple):
    """One stated size of a set and what is known of its members.

    Attributes:
        stated: Size that the plan states.
        precision: Half of the last stated digit.
        members: Size of each whole member.
        part: Size of the unit whose undelimited part is also a member; 0 if there is none.
        part_guess: Estimate of that part's own size; None if there is none.
    """

    stated: float
    precision: float
    members: Mapping[str, float]
    part: float
    part_guess: float | None = None


class Fit(NamedTuple):
    """One way to leave units out that makes every size fit.

    Attributes:
        excluded: Units left out.
        whole: For each size: sum over the members that stay.
        rest: For each size: what is left for the undelimited part.
        misfit: Largest distance between rest and the part's estimate, as a share of the stated size;
            None where no size has an estimate.
    """

    excluded: tuple[str, ...]
    whole: tuple[float, ...]
    rest: tuple[float, ...]
    misfit: float | None


def fits(sizes: Sequence[Size], open_units: Sequence[str], most: int = 2) -> list[Fit]:
    """The fewest further exclusions that make all sizes fit at once, the likeliest first.

    A way fits if, for every size, what the plan states minus the members that stay leaves something for
    the undelimited part: at least nothing and at most its whole unit, within the stated precision.

    Args:
        sizes: Stated sizes, as area and population, of the same members.
        open_units: Members that the open list could also leave out.
        most: Most units to leave out.

    Returns:
        All ways with the least number of units; by misfit, then by code. Empty if none fits.
    """
    for number in range(most + 1):
        found = [
            fit
            for excluded in combinations(sorted(open_units), number)
            if (fit := _fit(sizes, excluded)) is not None
        ]
        if found:
            return sorted(found, key=lambda fit: (fit.misfit is None, fit.misfit, fit.excluded))
    return []


def _fit(sizes: Sequence[Size], excluded: tuple[str, ...]) -> Fit | None:
    whole = tuple(
        sum(value for unit, value in size.members.items() if unit not in excluded)
        for size in sizes
    )
    rest = tuple(size.stated - kept for size, kept in zip(sizes, whole, strict=True))
    for size, left in zip(sizes, rest, strict=True):
        if not -size.precision <= left <= size.part + size.precision:
            return None
    guessed = [
        abs(left - size.part_guess) / size.stated
        for size, left in zip(sizes, rest, strict=True)
        if size.part_guess is not None
    ]
    return Fit(excluded, whole, rest, max(guessed, default=None))
