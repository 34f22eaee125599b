"""Funnels: how many of what came to a stage came to the next, how long it took, how sure that share is."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from math import sqrt
from statistics import median
from typing import NamedTuple

__all__ = ["LOST", "STAGES", "Stage", "funnel_of", "reached", "share_interval"]

# Stages of a lead, as the pool of the exchange has them.
STAGES = ("contact", "visit", "negotiation", "signed", "started", "producing")
LOST = "lost"
# Of a normal distribution, 95 % lies within.
WITHIN = 1.959964


class Stage(NamedTuple):
    """One stage of a funnel.

    Attributes:
        stage: Its name.
        came: Leads that came to it, or past it.
        went_on: Of these, leads that came to the next, or past it.
        lost: Of these, leads that were lost here.
        open: Of these, leads that stand here.
        share: Share that went on; None where none came, and for the last stage.
        low: Lower end of its interval of 95 %.
        high: Upper end.
        decided_share: Share that went on of those that do not stand here any more.
        days: Median days from it to the next, of leads that have a day for both.
    """

    stage: str
    came: int
    went_on: int
    lost: int
    open: int
    share: float | None
    low: float | None
    high: float | None
    decided_share: float | None
    days: float | None


def reached(steps: Iterable[tuple[str, str, date]]) -> dict[str, dict[str, date]]:
    """By lead, the first day of each stage that it came to.

    Args:
        steps: Lead, stage and day.
    """
    found: dict[str, dict[str, date]] = {}
    for lead, stage, day in steps:
        days = found.setdefault(lead, {})
        days[stage] = min(day, days.get(stage, day))
    return found


def funnel_of(
    leads: Mapping[str, Mapping[str, date]], stages: Sequence[str] = STAGES
) -> list[Stage]:
    """The funnel of leads; a lead that skipped a stage came past it.

    Args:
        leads: By lead, the first day of each stage that it came to; see :func:`reached`.
        stages: Stages in order; leads that are lost have :data:`LOST` besides.

    Source: intervals after E. B. Wilson, J. American Statistical Association 22 (1927) 209-212.
    """
    order = {stage: at for at, stage in enumerate(stages)}
    far = {
        lead: max((order[stage] for stage in days if stage in order), default=0)
        for lead, days in leads.items()
    }
    found = []
    for at, stage in enumerate(stages):
        here = [lead for lead, farthest in far.items() if farthest >= at]
        on = [lead for lead in here if far[lead] > at]
        lost = sum(far[lead] == at and LOST in leads[lead] for lead in here)
        last = at == len(stages) - 1
        share = None if last or not here else len(on) / len(here)
        low, high = (None, None) if share is None else share_interval(len(on), len(here))
        decided = len(on) + lost
        found.append(
            Stage(
                stage,
                len(here),
                len(on),
                lost,
                len(here) - len(on) - lost,
                share,
                low,
                high,
                len(on) / decided if decided and not last else None,
                None if last else _days(leads, on, stage, stages[at + 1]),
            )
        )
    return found


def share_interval(count: int, total: int) -> tuple[float, float]:
    """Interval of 95 % of a share.

    Args:
        count: Of the total, 0..total.
        total: Above 0.
    """
    share, z = count / total, WITHIN
    middle = (share + z * z / (2 * total)) / (1 + z * z / total)
    half = (
        z / (1 + z * z / total) * sqrt(share * (1 - share) / total + z * z / (4 * total * total))
    )
    # At 0 and at 1 the interval begins and ends there, but for rounding.
    low, high = max(middle - half, 0.0), min(middle + half, 1.0)
    return min(low, share), max(high, share)


def _days(
    leads: Mapping[str, Mapping[str, date]], on: Sequence[str], stage: str, after: str
) -> float | None:
    spans = [
        (leads[lead][after] - leads[lead][stage]).days
        for lead in on
        if stage in leads[lead] and after in leads[lead]
    ]
    return float(median(spans)) if spans else None
