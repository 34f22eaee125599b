"""What a plan of sites does for the clients: loads, costs, who is left out, and how even that is."""

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.siting.rules import Problem

__all__ = ["Measures", "gini_of", "measured"]

Array = npt.NDArray[np.float64]
SMALL = 1e-7


@dataclass(frozen=True)
class Measures:
    """What a plan does.

    Attributes:
        loads: Demand that each site serves, (sites,).
        costs: Cost of each client so far as it is served, (clients,); nan for those who are not.
        served: Part of all demand that is served.
        mean: Mean cost of demand that is served.
        farthest: Largest cost of a client.
        beyond: Part of all demand that is served from farther away than the rule beyond says, if it is given.
        gini: Gini coefficient of the costs, weighted by demand.
        spent: Cost of opening and closing.
        groups: Part of each group's demand that is served.
        left: Clients that are not served wholly.
    """

    loads: Array
    costs: Array
    served: float
    mean: float
    farthest: float
    beyond: float | None
    gini: float
    spent: float
    groups: dict[Any, float] = field(default_factory=dict)
    left: list[int] = field(default_factory=list)


def measured(problem: Problem, sites: list[int], shares: Array) -> Measures:
    """What a plan does.

    Args:
        problem: What is planned.
        sites: Open sites.
        shares: Parts of each client's demand by site, (clients, sites).
    """
    weights, rules = problem.weights, problem.rules
    inside = shares.sum(axis=1)
    paid = np.where(shares > 0, problem.cost, 0.0)
    costs = np.where(
        inside > SMALL, (shares * paid).sum(axis=1) / np.maximum(inside, SMALL), np.nan
    )
    got, total = weights * inside, max(float(weights.sum()), 1e-12)
    there = inside > SMALL
    beyond = None
    if rules.beyond is not None:
        beyond = float((weights @ (shares * (problem.cost > rules.beyond[0]))).sum() / total)
    is_open = np.isin(np.arange(shares.shape[1]), sites)
    groups = {}
    if rules.groups is not None:
        of = np.array([str(one) for one in rules.groups])
        for group in dict.fromkeys(rules.groups):
            mine = of == str(group)
            groups[group] = float(got[mine].sum() / max(weights[mine].sum(), 1e-12))
    return Measures(
        loads=weights @ shares,
        costs=costs,
        served=float(got.sum() / total),
        mean=float((got[there] * costs[there]).sum() / max(got[there].sum(), 1e-12)),
        farthest=float(costs[there].max(initial=0.0)),
        beyond=beyond,
        gini=gini_of(costs[there], got[there]),
        spent=float(problem.opening[is_open].sum() + problem.closing[~is_open].sum()),
        groups=groups,
        left=np.flatnonzero(inside < 1 - SMALL).tolist(),
    )


def gini_of(values: Array, weights: Array) -> float:
    """Gini coefficient: the mean difference of any two over twice the mean; 0 if all are 0.

    Args:
        values: (people,), >= 0.
        weights: How many each stands for, (people,), >= 0.
    """
    order = np.argsort(values, kind="stable")
    v, w = values[order], weights[order]
    total = float(w @ v)
    if total <= 0:
        return 0.0
    below = np.cumsum(w) - w / 2
    # Rounding must not leave equal figures below 0.
    return max(0.0, float(2 * (w * v) @ below / (total * w.sum()) - 1))
