"""Measures by name, and every measure of inequality of what they give."""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.space import inequality

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.space.decay import Decay
    from hutuo.space.reach import Minutes

    Floats = NDArray[np.float64]


class Options(NamedTuple):
    """What single measures take besides minutes, opportunities, people and decay."""

    cutoffs: tuple[float, ...] = ()
    averaged: str | None = None
    number: float = 1.0
    alpha: float = 1.0


def values(
    measure: str,
    minutes: "Minutes",
    sides: "tuple[Floats, Floats]",
    decay: "Decay",
    options: Options,
) -> "Floats":
    """A measure by name.

    Args:
        measure: As the verb names it.
        minutes: Minutes, (origins, destinations).
        sides: Opportunities at the destinations, people at the origins.
        decay: How travel time counts.
        options: What single measures take besides.

    Returns:
        Values by origin; by destination of the measure ``passive``.

    Raises:
        BadAsk: An option that the measure does not take as it is.
    """
    from hutuo.space import access, floating

    offered, living = sides
    if measure == "interval":
        limits, kind = options.cutoffs, options.averaged or "mean"
        if not limits:
            raise BadAsk(
                Text("测度“interval”须给出cutoffs", "measure 'interval' needs cutoffs"),
                Text("请按升序给出,如30、45、60", "give them ascending, as 30, 45, 60"),
            )
        return access.cumulative_interval(
            minutes, offered, limits, summary=kind, included=decay.included
        )
    if measure == "nearest":
        return access.minutes_to_nearest(
            minutes, offered, options.number, summary=options.averaged or "last"
        )
    if measure == "passive":
        return access.passive(minutes, living, decay)
    if measure in {"cumulative", "gravity"}:
        return access.gravity(minutes, offered, decay)
    if measure == "availability":
        return floating.spatial_availability(minutes, offered, living, decay, alpha=options.alpha)
    steps = {
        "two_step": floating.two_step,
        "three_step": floating.three_step,
        "balanced": floating.balanced,
    }
    return steps[measure](minutes, offered, living, decay)


class Ranked(NamedTuple):
    """What places are grouped and ranked by: a group each, a rank each or None."""

    groups: "NDArray[np.str_]"
    rank: "Floats | None"


def spread_over(
    found: "Floats", people: "Floats", by: Ranked, line: float | None, aversion: float
) -> dict[str, Any]:
    """Every measure of inequality of a figure of which more is better; None where one does not exist.

    Args:
        found: Figure of each place, (places,), finite.
        people: People of each place, (places,).
        by: What places are grouped and ranked by.
        line: Below it is too little; None for half the mean.
        aversion: How much inequality weighs.
    """
    mean = float(found @ people / people.sum())
    below = mean / 2 if line is None else line
    parts = inequality.theil(found, people, by.groups)
    told = {
        "people": float(people.sum()),
        "mean": mean,
        "gini": inequality.gini(found, people),
        "palma": inequality.palma(found, people),
        "theil": parts.total,
        "theil_between": parts.between,
        "theil_within": parts.within,
        "standard": below,
        "equivalent": inequality.kolm_pollak(found, people, aversion),
    }
    for order, name in enumerate(("short_share", "short_gap", "short_severity")):
        told[name] = inequality.fgt(found, people, below, order) if below > 0 else math.nan
    for form, name in (
        ("standard", "concentration"),
        ("erreygers", "concentration_erreygers"),
        ("wagstaff", "concentration_wagstaff"),
    ):
        told[name] = (
            math.nan if by.rank is None else inequality.concentration(found, people, by.rank, form)
        )
    return {name: value if math.isfinite(value) else None for name, value in told.items()}


def spread_of_minutes(
    found: "Floats", people: "Floats", line: float | None, aversion: float
) -> dict[str, Any]:
    """Inequality of minutes, of which fewer are better: shares of them say nothing, their equivalent does.

    Args:
        found: Minutes of each place, (places,); inf where nothing is reached.
        people: People of each place, (places,).
        line: Above it is too far; None if none is asked for.
        aversion: How much inequality weighs.
    """
    share = people / people.sum()
    reached = np.isfinite(found)
    told = {
        "people": float(people.sum()),
        "mean": float(found[reached] @ share[reached]) if reached[people > 0].all() else math.nan,
        "standard": math.nan if line is None else line,
        "short_share": math.nan if line is None else float(share[found > line].sum()),
        "equivalent": inequality.kolm_pollak(found, people, aversion, wanted=False),
    }
    return {name: value if math.isfinite(value) else None for name, value in told.items()}
