"""Flows through stages: waste from where it arises over transfer stations to plants, and what they leave.

Source: S. Eilon, C. D. T. Watson-Gandy and N. Christofides, Distribution Management (1971), for facilities in
stages; P. B. Mirchandani and R. L. Francis (eds.), Discrete Location Theory (1990), chapter 3.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput
from hutuo.glossary import Text
from hutuo.siting.origins import ByOrigin, size_of
from hutuo.siting.programs import Ended, Program, Stop, solved
from hutuo.siting.solutions import gap_of, read_weights
from hutuo.siting.stageparts import Part, costs_of, together

__all__ = ["Stage", "Staged", "staged"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
SMALL, OPEN, EXACT = 1e-7, 0.5, 1e-9
# Seconds for the small programme, the part of all that they may be, and most variables of the large one.
FIRST, SHARE, MOST = 4.0, 0.15, 400_000


@dataclass(frozen=True)
class Stage:
    """A stage of treatment.

    Attributes:
        cost: Of a tonne from a site of the stage before (or from a source) to a site of this one and through
            it, (before, sites), >= 0; inf where there is no way.
        direct: Of a tonne straight from a source to a site of this stage, (sources, sites); None if
            everything goes through the stage before.
        opening: Cost of opening a site, (sites,).
        capacity: Tonnes that a site takes, (sites,); None for as much as comes.
        passes: Part of what a site takes that goes on to the next stage: 1 of a transfer station, the ash
            of an incinerator; what the last stage passes has nowhere to go and is not looked at.
        p: Number of open sites; None for as many as is best.
        kept: Sites that must be open.
        forbidden: Sites that must not be open.
        least_use: Least part of its capacity that an open site must take.
    """

    cost: Any
    direct: Any = None
    opening: npt.ArrayLike | None = None
    capacity: npt.ArrayLike | None = None
    passes: float = 1.0
    p: int | None = None
    kept: Sequence[int] = ()
    forbidden: Sequence[int] = ()
    least_use: float = 0.0


@dataclass(frozen=True)
class Staged:
    """Sites and flows by stage.

    Attributes:
        sites: Open sites of each stage.
        flows: Tonnes from the stage before, (before, sites) of each stage.
        direct: Tonnes straight from the sources, (sources, sites) of each stage.
        objective: Cost of flows and of opening.
        bound: Value that no plan is below.
        gap: Difference of both over the objective.
        status: ``optimal``, ``gap`` (what was asked for is reached), ``time_limit`` or ``infeasible``.
        seconds: Time taken.
    """

    sites: list[list[int]]
    flows: list[Array]
    direct: list[Array]
    objective: float
    bound: float
    gap: float
    status: str
    seconds: float


def staged(
    supply: npt.ArrayLike,
    stages: Sequence[Stage],
    *,
    gap: float = 0.0,
    time_limit: float | None = None,
) -> Staged:
    """Which sites of each stage to open, and how much goes from where to where, at least cost.

    Args:
        supply: Tonnes that arise at each source, (sources,), >= 0; all of them must go to a stage.
        stages: Stages in order.
        gap: Part of the value by which the bound may stay away from it.
        time_limit: Seconds after which the best plan is given with its bound.

    Raises:
        BadInput: A figure is out of range, or there is no stage.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun = time.monotonic()
    if not stages:
        raise BadInput(Text("没有处理环节", "there is no stage"))
    arises = read_weights(supply, len(np.atleast_1d(np.asarray(supply))), "supply")
    parts, before = [], len(arises)
    for number, stage in enumerate(stages):
        parts.append(Part(stage, number, before, arises))
        before = len(parts[-1].room)
    ended = _solved(parts, arises, gap, time_limit)
    sites, flows, direct = [], [], []
    for part in parts if ended.x is not None else ():
        assert ended.x is not None  # noqa: S101 - as the loop says
        sites.append([int(one) for one in np.flatnonzero(ended.x[part.open] > OPEN)])
        flows.append(_laid(part.cost, part.i, part.j, ended.x[part.flow]))
        direct.append(_laid(part.straight, part.a, part.b, ended.x[part.way]))
    off, seconds = gap_of(ended.value, ended.bound), time.monotonic() - begun
    status = "gap" if ended.status == "optimal" and off > EXACT else ended.status
    return Staged(sites, flows, direct, ended.value, ended.bound, off, status, seconds)


def _solved(parts: list[Part], arises: Array, gap: float, time_limit: float | None) -> Ended:
    """The best plan as a point of the programme of all sources together.

    That programme is small and finds plans; where it does not prove one soon, the one by origin bounds it.
    """
    begun = time.monotonic()
    blocks = together(parts, arises)
    program = blocks.program(costs_of(parts, blocks.many))
    size = size_of(parts, arises)
    some = 0 < size <= MOST
    first = time_limit
    if some:
        first = FIRST if time_limit is None else min(FIRST, time_limit * SHARE)
    ended = solved(program, Stop(first, gap))
    if some and ended.status == "time_limit":
        end = np.inf if time_limit is None else begun + time_limit
        ended = _by_origin(program, parts, arises, ended, (gap, end))
    # No cost is below 0, so no plan is.
    return ended._replace(bound=max(ended.bound, 0.0))


def _by_origin(
    program: Program, parts: list[Part], arises: Array, known: Ended, until: tuple[float, float]
) -> Ended:
    """What is known of a plan, made better: a bound, plans among the sites that it uses, then branching."""
    gap, end = until

    def left(most: float = np.inf) -> float | None:
        seconds = min(end - time.monotonic(), most)
        return None if np.isinf(seconds) else max(seconds, 0.01)

    apart = ByOrigin(parts, arises)
    whole = apart.blocks.program(apart.costs)
    relaxed = solved(whole._replace(whole=np.zeros(len(whole.costs))), Stop(left()))
    if relaxed.x is None:
        return known
    known = known._replace(bound=max(known.bound, relaxed.value))
    most = program.most.copy()
    for part, opened in zip(parts, apart.parts_of(relaxed.x), strict=True):
        most[part.open] = np.where(opened > SMALL, most[part.open], program.least[part.open])
    few = solved(program._replace(most=most), Stop(left(FIRST), gap), known.x)
    if few.x is not None and few.value < known.value:
        known = Ended(few.x, few.value, known.bound, known.status)
    if gap_of(known.value, known.bound) <= gap:
        return known._replace(status="optimal")
    start = None if known.x is None else apart.point(known.x)
    other = solved(whole, Stop(left(), gap, at_once=start is not None), start)
    return _better(program, parts, known, other, apart)


def _better(
    program: Program, parts: list[Part], first: Ended, other: Ended, apart: ByOrigin
) -> Ended:
    """The better plan of two programmes of the same, with the better bound."""
    if other.x is None:
        status = first.status if first.x is not None else other.status
        return first._replace(bound=max(first.bound, other.bound), status=status)
    least, most = program.least.copy(), program.most.copy()
    for part, opened in zip(parts, apart.parts_of(other.x), strict=True):
        least[part.open] = most[part.open] = np.rint(opened)
    none = np.zeros(len(program.costs))
    best = solved(program._replace(least=least, most=most, whole=none))
    if best.x is None or (first.x is not None and first.value < best.value):
        best = first
    bound = min(max(first.bound, other.bound), best.value)
    return Ended(best.x, best.value, bound, other.status)


def _laid(like: Array, i: Ids, j: Ids, values: Array) -> Array:
    found = np.zeros(like.shape)
    found[i, j] = np.where(values > SMALL, values, 0.0)
    return found
