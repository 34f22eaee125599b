"""Flows where nobody counted them: gravity and radiation models. What they give is marked as modelled."""

from collections.abc import Hashable, Sequence
from typing import TYPE_CHECKING, Literal

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text
from hutuo.space.flows import Flows, share

if TYPE_CHECKING:
    from numpy.typing import NDArray

Decay = Literal["exponential", "power"]
ROUNDS = 10_000
# After so many turns over rows and columns the equations are solved at once, up to so many units.
TURNS = 50
MOST_SOLVED = 3_000
EXACT = 1e-10
LEAST = 1e-200
# A decay is looked for from here on upwards: a factor of e over four times the mean cost.
GENTLE = 0.25


def gravity(
    residents: "NDArray[np.float64]",
    jobs: "NDArray[np.float64]",
    cost: "NDArray[np.float64]",
    decay: float,
    kind: Decay = "exponential",
    units: Sequence[Hashable] | None = None,
) -> Flows:
    """Flows of a gravity model that keeps both margins.

    Args:
        residents: Employed people by home, (units,), >= 0.
        jobs: Employed people by workplace, (units,), >= 0; scaled to the sum of ``residents``.
        cost: Minutes or kilometres from home (rows) to work, (units, units); inf where there is no way.
            The diagonal is the cost within a unit; a power needs it above 0.
        decay: ``exp(-decay * cost)`` or ``cost ** -decay``, >= 0.
        kind: Form of the decay.
        units: Ids; 0, 1, ... by default.

    Raises:
        BadAsk: Shapes do not fit, numbers are negative, or a home with people reaches no jobs.

    Source: Wilson (1971), "A family of spatial interaction models"; balanced as by Furness (1965).
    """
    residents, jobs, cost = _read(residents, jobs, cost)
    if decay < 0:
        raise BadAsk(
            Text(f"decay为{decay}", f"decay is {decay}"), Text("应不小于0", "a decay of 0 or more")
        )
    weights = _weights(cost, decay, kind)
    people = _balanced(weights, residents, jobs * residents.sum() / jobs.sum())
    return Flows.of_matrix(_named(units, len(residents)), people, "gravity")


def fit_gravity(
    flows: Flows, cost: "NDArray[np.float64]", kind: Decay = "exponential"
) -> tuple[float, Flows]:
    """The decay by which a gravity model has the mean cost of counted flows, and its flows.

    Args:
        flows: Counted flows.
        cost: As for :func:`gravity`, in the order of ``flows.units``; for a power the mean of its logarithm
            is met.
        kind: Form of the decay.

    Returns:
        Decay per unit of cost (or its exponent), and the modelled flows.

    Raises:
        BadAsk: People go where the cost is inf.

    Source: Hyman (1969), "The calibration of trip distribution models".
    """
    from scipy.optimize import brentq

    counted = flows.matrix.tocoo()
    measure = np.log(cost) if kind == "power" else np.asarray(cost, dtype=np.float64)
    paid = measure[counted.row, counted.col]
    if not np.isfinite(paid).all():
        raise BadAsk(
            Text("有通勤流的两地之间按此成本不通", "people go where there is no way by this cost"),
            Text("每条通勤流的成本应有限", "finite cost on every flow"),
        )
    wanted = float(paid @ counted.data / counted.data.sum())
    finite = np.where(np.isfinite(measure), measure, 0.0)

    def modelled(decay: float) -> Flows:
        return gravity(flows.residents, flows.jobs, cost, decay, kind, flows.units)

    def excess(decay: float) -> float:
        people = modelled(decay).matrix
        return float(people.multiply(finite).sum() / people.sum()) - wanted

    steepest = GENTLE / abs(wanted)
    if excess(0.0) <= 0:
        return 0.0, modelled(0.0)
    while excess(steepest) > 0:
        steepest *= 2
    decay = float(brentq(excess, 0.0, steepest, xtol=1e-9, rtol=1e-9))
    return decay, modelled(decay)


def radiation(
    residents: "NDArray[np.float64]",
    cost: "NDArray[np.float64]",
    leaving: float,
    jobs: "NDArray[np.float64] | None" = None,
    units: Sequence[Hashable] | None = None,
) -> Flows:
    """Flows of the radiation model: who leaves takes the nearest job that is better than those at home.

    Of unit i with m jobs, ``leaving`` of the residents go to unit j with n jobs in proportion to
    ``m n / ((m + s) (m + n + s))``, s being the jobs no farther from i than j, without those of i and j.

    Args:
        residents: Employed people by home, (units,), >= 0.
        cost: Minutes or kilometres from home (rows) to work, (units, units); inf where there is no way.
        leaving: Share of residents who work outside their unit, 0 to 1; the model does not give it.
        jobs: Jobs, (units,); ``residents`` stand for them by default.
        units: Ids; 0, 1, ... by default.

    Returns:
        Flows whose rows add up to ``residents``: in a finite area the chances are scaled to 1. Whoever
        reaches no other unit stays.

    Raises:
        BadAsk: Shapes do not fit or numbers are out of range.

    Source: Simini, González, Maritan and Barabási (2012); finite area: Masucci et al. (2013).
    """
    jobs = residents if jobs is None else jobs
    residents, jobs, cost = _read(residents, jobs, cost)
    if not 0 <= leaving <= 1:
        raise BadAsk(
            Text(f"leaving为{leaving}", f"leaving is {leaving}"),
            Text("应在0至1之间", "a share from 0 to 1"),
        )
    between = _between(jobs, cost)
    own = jobs[:, None]
    chance = np.zeros_like(cost)
    below = (own + between) * (own + jobs[None, :] + between)
    np.divide(own * jobs[None, :], below, out=chance, where=np.isfinite(cost) & (below > 0))
    np.fill_diagonal(chance, 0.0)
    total = chance.sum(axis=1)
    goes = residents * leaving * (total > 0)
    people = share(chance, np.broadcast_to(total[:, None], chance.shape)) * goes[:, None]
    np.fill_diagonal(people, residents - goes)
    return Flows.of_matrix(_named(units, len(residents)), people, "radiation")


def common_part(one: Flows, other: Flows) -> float:
    """Share of people that two tables of flows over the same units have in common, 0 to 1.

    Raises:
        BadAsk: The units differ.

    Source: Lenormand et al. (2012), the common part of commuters.
    """
    if one.units != other.units:
        raise BadAsk(
            Text("两张表的区划不同", "the two tables have different units"),
            Text("请给出相同区划之间的通勤流", "flows over the same units"),
        )
    both = one.matrix.minimum(other.matrix).sum()
    return float(2 * both / (one.matrix.sum() + other.matrix.sum()))


def _between(jobs: "NDArray[np.float64]", cost: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Jobs no farther from i than j, without those of i and j; those at the same cost count."""
    between = np.empty_like(cost)
    for home in range(len(cost)):
        row = cost[home].copy()
        row[home] = -np.inf
        order = np.argsort(row, kind="stable")
        reached = np.cumsum(jobs[order])
        last = np.searchsorted(row[order], row, side="right") - 1
        between[home] = reached[last] - jobs[home] - jobs
    return np.maximum(between, 0.0)


def _weights(cost: "NDArray[np.float64]", decay: float, kind: Decay) -> "NDArray[np.float64]":
    if kind == "exponential":
        weights = np.exp(-decay * np.where(np.isfinite(cost), cost, 0.0))
    elif (cost <= 0).any():
        raise BadAsk(
            Text("成本的幂要求成本都大于0", "a power of the cost needs every cost above 0"),
            Text("区划内部的成本也应大于0", "cost within a unit above 0"),
        )
    else:
        weights = np.where(np.isfinite(cost), cost, 1.0) ** -decay
    return np.where(np.isfinite(cost), weights, 0.0)


def _balanced(
    weights: "NDArray[np.float64]",
    residents: "NDArray[np.float64]",
    jobs: "NDArray[np.float64]",
) -> "NDArray[np.float64]":
    """Weights scaled by rows and columns until both margins are met.

    Scaling rows and columns in turn, which creeps where most people stay at home; then Newton's steps on the
    logarithms of the columns' factors, unless there are too many units for their equations.
    """
    column = (jobs > 0).astype(np.float64)
    reach = (weights > 0).astype(np.float64)
    cut = ((residents > 0) & (reach @ jobs == 0)) | ((jobs > 0) & (residents @ reach == 0))
    for turn in range(0 if cut.any() else ROUNDS):
        row = share(residents, weights @ column)
        people = row[:, None] * weights * column[None, :]
        lacks = jobs - people.sum(axis=0)
        if np.abs(lacks).max() <= EXACT * residents.sum():
            return people
        if turn < TURNS or len(jobs) > MOST_SOLVED:
            column = share(jobs, row @ weights)
        else:
            column = column * np.exp(np.clip(_newton(people, residents, lacks), -2.0, 2.0))
        # Margins that cannot be met drive the factors of rows and columns apart without end.
        if not LEAST < column[column > 0].min() <= column.max() < 1 / LEAST:
            break
    hint = Text(
        "请检查每个居住地都能到达岗位、每个工作地都有人能到达",
        "check that every home reaches jobs and every workplace people",
    )
    says = Text(
        "按这些通路不能同时满足居民数与岗位数",
        "residents and jobs cannot both be met along these ways",
    )
    raise BadAsk(says, hint)


def _newton(
    people: "NDArray[np.float64]", residents: "NDArray[np.float64]", lacks: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Change of the logarithms of the columns' factors; a common factor of all is free and left at none."""
    bend = np.diag(people.sum(axis=0)) - people.T @ share(
        people, np.broadcast_to(residents[:, None], people.shape)
    )
    bend += residents.sum() / len(residents) ** 2
    bend[np.diag_indices_from(bend)] += EXACT * residents.sum() / len(residents)
    return np.asarray(np.linalg.solve(bend, lacks))


def _read(
    residents: "NDArray[np.float64]", jobs: "NDArray[np.float64]", cost: "NDArray[np.float64]"
) -> "tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64]]":
    residents = np.asarray(residents, dtype=np.float64)
    jobs = np.asarray(jobs, dtype=np.float64)
    cost = np.asarray(cost, dtype=np.float64)
    n = len(residents)
    wrong = []
    if jobs.shape != (n,) or cost.shape != (n, n):
        shapes = f"{residents.shape}, {jobs.shape}, {cost.shape}"
        wrong.append(Text(f"形状{shapes}不相配", f"shapes {shapes} do not fit"))
    elif np.isnan(cost).any() or (cost < 0).any():
        wrong.append(Text("成本有缺失或负数", "a cost is missing or negative"))
    for name, numbers in (("residents", residents), ("jobs", jobs)):
        if not (np.isfinite(numbers) & (numbers >= 0)).all() or numbers.sum() <= 0:
            en = f"{name} must be numbers of at least 0 that are not all 0"
            wrong.append(Text(f"{name}应为不小于0且不全为0的数", en))
    if wrong:
        says = Text(";".join(one.zh for one in wrong), "; ".join(one.en for one in wrong))
        shapes = "residents (n,), jobs (n,), cost (n, n)"
        raise BadAsk(says, Text(f"形状应为{shapes}", shapes))
    return residents, jobs, cost


def _named(units: Sequence[Hashable] | None, number: int) -> tuple[Hashable, ...]:
    return tuple(range(number)) if units is None else tuple(units)
