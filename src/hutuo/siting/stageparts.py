"""Stages of treatment as parts of a programme: sites, what they take, and the ways to them."""

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.siting.blocks import Blocks, Terms
from hutuo.siting.solutions import dense_of, read_fixed, read_weights, refuse

if TYPE_CHECKING:
    from hutuo.siting.stages import Stage

__all__ = ["Part", "costs_of", "shares_in", "together"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
# What is taken for nothing, as a part of all there is.
NOTHING = 1e-9


class Part:
    """A stage that was read, and where it stands in the programme.

    Attributes:
        stage: What was asked of it.
        cost: Of a tonne from the stage before, (before, sites).
        straight: Of a tonne straight from a source, (sources, sites).
        opening: Cost of each site, (sites,).
        room: Tonnes of each site, (sites,).
        kept, shut: Sites that must be open, and that must not.
        open: Variables of the sites.
        i, j, flow: Ends and variables of the ways from the stage before.
        a, b, way: Ends and variables of the ways straight from the sources.
    """

    def __init__(self, stage: "Stage", number: int, before: int, supply: Array) -> None:
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

    def sites(self, blocks: Blocks, least: float) -> None:
        """The variables of the sites, and how many there must be.

        Args:
            blocks: The programme.
            least: Tonnes that must come to the stage whatever the plan.
        """
        many = len(self.room)
        low, high = np.zeros(many), np.ones(many)
        low[self.kept], high[self.shut] = 1.0, 0.0
        self.open = blocks.variables(many, least=low, most=high, whole=True)
        if self.stage.p is not None:
            blocks.rule(self.name, [Terms(0, self.open, 1.0)], low=self.stage.p, high=self.stage.p)
        able = np.delete(self.room, self.shut)
        held = np.cumsum(np.sort(able)[::-1])
        # Too little room in all is found by the solver, which then knows that there is no plan.
        if len(held) and NOTHING * held[-1] < least <= held[-1]:
            few = int(np.searchsorted(held, least * (1 - NOTHING))) + 1
            blocks.rule("", [Terms(0, self.open, 1.0)], low=few)

    def taken(self, blocks: Blocks, came: list[Terms]) -> None:
        """What sites take: at most their capacity, and its least part."""
        at, stage = np.arange(len(self.room)), self.stage
        full = Terms(at, self.open, -self.room)
        blocks.rule(self.name, [*came, full], high=0.0, many=len(at))
        if stage.least_use:
            used = Terms(at, self.open, -stage.least_use * self.room)
            blocks.rule(self.name, [*came, used], low=0.0, many=len(at))

    def ways(self, blocks: Blocks, supply: Array) -> None:
        """The variables of the ways, all sources together."""
        self.i, self.j = np.nonzero(np.isfinite(self.cost))
        self.flow = blocks.variables(len(self.i), most=np.inf)
        self.straight_ways(blocks, supply)

    def straight_ways(self, blocks: Blocks, supply: Array) -> None:
        """The variables of the ways from the sources."""
        self.a, self.b = np.nonzero(np.isfinite(self.straight))
        self.way = blocks.variables(len(self.a), most=supply[self.a])


def shares_in(parts: Sequence[Part]) -> list[tuple[float, float]]:
    """Of what arises, the least and the most part that comes to each stage from the one before.

    What goes straight to a stage has not been through those before it, so more of it is left.
    """
    found, least, most = [], 1.0, 1.0
    for at, part in enumerate(parts):
        later = any(np.isfinite(one.straight).any() for one in parts[at + 1 :])
        found.append((0.0 if later else least, most))
        passes = part.stage.passes
        straight = np.isfinite(part.straight).any()
        least, most = least * passes, (1.0 if straight else most) * passes
    return found


def together(parts: Sequence[Part], arises: Array) -> Blocks:
    """The programme with all sources together on the ways between stages."""
    blocks, shares = Blocks(), shares_in(parts)
    for part, (least, _) in zip(parts, shares, strict=True):
        part.sites(blocks, least * arises.sum())
        part.ways(blocks, arises)
        part.taken(blocks, [Terms(part.j, part.flow, 1.0), Terms(part.b, part.way, 1.0)])
        # What comes on one way is at most what its source has: that bounds far better than capacity.
        many = np.arange(len(part.a))
        terms = [Terms(many, part.way, 1.0), Terms(many, part.open[part.b], -arises[part.a])]
        blocks.rule("", terms, high=0.0, many=len(many))
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


def costs_of(parts: Sequence[Part], many: int) -> Array:
    """Costs of the variables of the programme with all sources together, (variables,)."""
    costs = np.zeros(many)
    for part in parts:
        costs[part.open] = part.opening
        costs[part.flow] = part.cost[part.i, part.j]
        costs[part.way] = part.straight[part.a, part.b]
    return costs
