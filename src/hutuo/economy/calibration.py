"""Commuting that nobody counted: from residents, jobs and travel times."""

import numpy as np
import numpy.typing as npt

from hutuo.economy.parameters import Parameters
from hutuo.economy.solving import balanced
from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = ["commuters"]

Array = npt.NDArray[np.float64]
# Logs of how much more attractive work in one's own zone may have to be made.
MOST_HOMELY, STEP = 24.0, 1.5
# How well the share of those who leave is met while the attraction of one's own zone is sought.
SOUGHT = 1e-9


def commuters(
    homes: Array, work: Array, minutes: Array, parameters: Parameters, leaving: float | None = None
) -> tuple[Array, Array, float]:
    """People by home and workplace, as attraction and travel times make them.

    Args:
        homes: Residents, (zones,).
        work: Jobs, (zones,); scaled to as many as residents.
        minutes: Travel time, (zones, zones).
        parameters: Elasticities; ``mu`` and ``epsilon`` are used.
        leaving: Share of people who work outside their zone; None: as the travel times say.

    Returns:
        People (zones, zones), attraction of workplaces (zones,) with mean log 0, and the largest relative
        miss of a zone's jobs.

    Raises:
        BadInput: No attraction of one's own zone lets that share leave.
    """
    flows = minutes ** (-parameters.mu * parameters.epsilon)
    if leaving is not None:
        flows[np.diag_indices_from(flows)] *= _homely(flows, homes, work, leaving)
    attraction, _, missed = balanced(flows, homes / homes.sum(), work / work.sum())
    flows *= attraction
    flows *= (homes / flows.sum(axis=1))[:, None]
    return flows, attraction, missed


def _homely(easy: Array, homes: Array, work: Array, leaving: float) -> float:
    """What work in one's own zone has to be more attractive by, for that share to leave."""
    from scipy.optimize import brentq

    rows, columns, own = homes / homes.sum(), work / work.sum(), np.diag(easy).copy()

    def over(log: float) -> float:
        """How many more leave than should."""
        weights = easy.copy()
        np.fill_diagonal(weights, own * np.exp(log))
        factors = balanced(weights, rows, columns, tolerance=SOUGHT)[0]
        staying = rows * np.diag(weights) * factors / (weights @ factors)
        return float(1 - staying.sum() - leaving)

    # Whoever has no job in the own zone leaves, whoever finds none elsewhere stays.
    least = float(np.maximum(rows - columns, 0).sum())
    most = float(1 - np.maximum(rows + columns - 1, 0).sum())
    last, first = 0.0, over(0.0)
    step = STEP if first > 0 else -STEP
    while least < leaving < most and abs(last) < MOST_HOMELY:
        if over(last + step) * first <= 0:
            return float(np.exp(brentq(over, last, last + step, xtol=1e-8)))
        last += step
    zh = f"{leaving:.3g}应在{least:.3g}和{most:.3g}之间,岗位才能填满"
    en = f"{leaving:.3g}; only between {least:.3g} and {most:.3g} all jobs are filled"
    raise BadInput(
        Text("通勤比例有误:", "the share who leave does not fit:"),
        [Finding("leaving", None, "", Text(zh, en))],
    )
