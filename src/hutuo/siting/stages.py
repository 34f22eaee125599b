"""Flows through stages: waste from where it arises over transfer stations to plants, and what they leave.

Source: S. Eilon, C. D. T. Watson-Gandy and N. Christofides, Distribution Management (1971), for facilities in
stages; P. B. Mirchandani and R. L. Francis (eds.), Discrete Location Theory (1990), chapter 3.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.siting.blocks import Blocks, Terms
from hutuo.siting.programs import Stop, solved
from hutuo.siting.solutions import (
    dense_of,
    gap_of,
    read_fixed,
    read_weights,
    refuse,
)

__all__ = ["Stage", "Staged", "staged"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
SMALL, OPEN = 1e-7, 0.5


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
        status: ``optimal``, ``time_limit`` or ``infeasible``.
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


class _Part:
    """A stage that was read, and where it stands in the programme."""

    def __init__(self, stage: Stage, number: int, before: int, supply: Array) -> None:
        self.stage, self.name = stage, f"stage {number}"
        self.cost = self._ways(stage.cost, before, "cost")
        sites = self.cost.shape[1]
        self.straight = np.full((len(supply), sites), np.inf)
        if stage.direct is not None:
            self.straight = self._ways(stage.direct, len(supply), "direct", sites)
        self.opening = np.zeros(sites)
        if stage.opening is not None:
            self.opening = read_weights(stage.opening, sites, f"{self.name} opening")
        # No site takes more than all there is.
        self.room = np.full(sites, supply.sum())
        if stage.capacity is not None:
            self.room = read_weights(stage.capacity, sites, f"{self.name} capacity")
        self.kept, self.shut = read_fixed(
            stage.kept, sites, stage.p, stage.forbidden, f"{self.name} kept"
        )
        says = Text("应在0至1之间", "between 0 and 1 would be right")
        shares = {"passes": stage.passes, "least_use": stage.least_use}
        wrong = {name: share for name, share in shares.items() if not 0 <= share <= 1}
        refuse([Finding(f"{self.name} {k}", None, f"{v}", says) for k, v in wrong.items()])

    def _ways(self, given: Any, before: int, name: str, sites: int | None = None) -> Array:
        found = dense_of(given)
        if found.ndim != 2 or found.shape[0] != before or sites not in (None, found.shape[1]):  # noqa: PLR2004
            wanted = f"({before}, {'sites' if sites is None else sites})"
            zh = f"{self.name} {name}:形状为{found.shape},应为{wanted}"
            en = f"{self.name} {name} has shape {found.shape}; {wanted} would be right"
            raise BadInput(Text(zh, en))
        says = Text(
            "成本应不小于0;不可达用inf", "a cost of at least 0 would be right, inf for no way"
        )
        wrong = np.argwhere(~(found >= 0))
        refuse([Finding(f"{self.name} {name}", None, f"{i}, {j}", says) for i, j in wrong])
        return found

    def add(self, blocks: Blocks, supply: Array) -> None:
        """The variables of the stage and the rules of its sites."""
        sites, stage = len(self.room), self.stage
        least, most = np.zeros(sites), np.ones(sites)
        least[self.kept], most[self.shut] = 1.0, 0.0
        self.open = blocks.variables(sites, least=least, most=most, whole=True)
        self.i, self.j = np.nonzero(np.isfinite(self.cost))
        self.flow = blocks.variables(len(self.i), most=np.inf)
        self.a, self.b = np.nonzero(np.isfinite(self.straight))
        self.way = blocks.variables(len(self.a), most=supply[self.a])
        at = np.arange(sites)
        taken = [Terms(self.j, self.flow, 1.0), Terms(self.b, self.way, 1.0)]
        blocks.rule(self.name, [*taken, Terms(at, self.open, -self.room)], high=0.0, many=sites)
        if stage.least_use:
            used = Terms(at, self.open, -stage.least_use * self.room)
            blocks.rule(self.name, [*taken, used], low=0.0, many=sites)
        if stage.p is not None:
            blocks.rule(self.name, [Terms(0, self.open, 1.0)], low=stage.p, high=stage.p)
        # What comes on one way is at most what its source has: that bounds far better than capacity.
        many = np.arange(len(self.a))
        terms = [Terms(many, self.way, 1.0), Terms(many, self.open[self.b], -supply[self.a])]
        blocks.rule("", terms, high=0.0, many=len(many))


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
        parts.append(_Part(stage, number, before, arises))
        before = len(parts[-1].room)
    blocks = _blocks(parts, arises)
    costs = np.zeros(blocks.many)
    for part in parts:
        costs[part.open] = part.opening
        costs[part.flow] = part.cost[part.i, part.j]
        costs[part.way] = part.straight[part.a, part.b]
    ended = solved(blocks.program(costs), Stop(time_limit, gap))
    sites, flows, direct = [], [], []
    for part in parts if ended.x is not None else ():
        assert ended.x is not None  # noqa: S101 - as the loop says
        sites.append([int(one) for one in np.flatnonzero(ended.x[part.open] > OPEN)])
        flows.append(_laid(part.cost, part.i, part.j, ended.x[part.flow]))
        direct.append(_laid(part.straight, part.a, part.b, ended.x[part.way]))
    off, seconds = gap_of(ended.value, ended.bound), time.monotonic() - begun
    return Staged(sites, flows, direct, ended.value, ended.bound, off, ended.status, seconds)


def _blocks(parts: list[_Part], arises: Array) -> Blocks:
    blocks = Blocks()
    for part in parts:
        part.add(blocks, arises)
    first = parts[0]
    leaving = [Terms(first.i, first.flow, 1.0), *(Terms(part.a, part.way, 1.0) for part in parts)]
    blocks.rule("", leaving, low=arises, high=arises, many=len(arises))
    many = np.arange(len(first.i))
    terms = [Terms(many, first.flow, 1.0), Terms(many, first.open[first.j], -arises[first.i])]
    blocks.rule("", terms, high=0.0, many=len(many))
    for part, after in pairwise(parts):
        # What goes on is a part of what came.
        passes = part.stage.passes
        terms = [
            Terms(after.i, after.flow, 1.0),
            Terms(part.j, part.flow, -passes),
            Terms(part.b, part.way, -passes),
        ]
        blocks.rule("", terms, low=0.0, high=0.0, many=len(part.room))
    return blocks


def _laid(like: Array, i: Ids, j: Ids, values: Array) -> Array:
    found = np.zeros(like.shape)
    found[i, j] = np.where(values > SMALL, values, 0.0)
    return found
