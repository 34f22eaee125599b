"""Flows through stages told apart by where they arise: more variables, and a bound that is far better.

With all sources together on a way, a hundredth of a plant can take a hundredth of what comes from everywhere.
Told apart, no source can send more of its own to a plant than the part of that plant that is open.

Source: R. L. Rardin and U. Choe, Tighter relaxations of fixed charge network flow problems, Georgia Institute
of Technology, Report J-79-18 (1979), for flows by commodity; P. B. Mirchandani and R. L. Francis (eds.),
Discrete Location Theory (1990), chapter 3.
"""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from hutuo.siting.blocks import Blocks, Terms
from hutuo.siting.stageparts import Part, shares_in

__all__ = ["ByOrigin", "size_of"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]


def size_of(parts: Sequence[Part], arises: Array) -> int:
    """Variables of ways that a programme by origin has."""
    ways = sum(int(np.isfinite(part.cost).sum()) for part in parts[1:])
    return ways * int((arises > 0).sum())


class ByOrigin:
    """The programme by origin.

    Attributes:
        blocks: Its variables and rules.
        costs: Of its variables, (variables,).
    """

    def __init__(self, parts: Sequence[Part], arises: Array) -> None:
        self.parts, self.arises, self.blocks = parts, arises, Blocks()
        self.some = np.flatnonzero(arises > 0)
        # A part's own numbers are those of the programme of all together: they are left as they are.
        self.flow: list[tuple[Ids, Ids, Ids, Ids]] = []
        self.open: list[Ids] = []
        self.way: list[Ids] = []
        held = [dict(vars(part)) for part in parts]
        for part, share in zip(parts, shares_in(parts), strict=True):
            self._add(part, share)
        self._flows()
        self.costs = np.zeros(self.blocks.many)
        for k, part in enumerate(parts):
            _, i, j, flow = self.flow[k]
            self.costs[self.open[k]] = part.opening
            self.costs[flow] = part.cost[i, j]
            self.costs[self.way[k]] = part.straight[part.a, part.b]
        for part, was in zip(parts, held, strict=True):
            vars(part).update(was)

    def _add(self, part: Part, share: tuple[float, float]) -> None:
        """The variables of a stage and the rules of its sites."""
        blocks, arises, k = self.blocks, self.arises, len(self.flow)
        part.sites(blocks, share[0] * arises.sum())
        i, j = np.nonzero(np.isfinite(part.cost))
        source = i
        if k:
            source = np.repeat(self.some, len(i))
            i, j = np.tile(i, len(self.some)), np.tile(j, len(self.some))
        flow = blocks.variables(len(i), most=share[1] * arises[source])
        part.straight_ways(blocks, arises)
        part.taken(blocks, [Terms(j, flow, 1.0), Terms(part.b, part.way, 1.0)])
        self.flow.append((source, i, j, flow))
        self.open.append(part.open)
        self.way.append(part.way)
        sites = len(part.room)
        # A source's own tonnes at a site: what came through earlier stages counts as what it once was.
        terms = [Terms(part.a * sites + part.b, part.way, 1.0)]
        if share[1] > 0:
            terms.append(Terms(source * sites + j, flow, 1.0 / share[1]))
        pair = np.arange(len(arises) * sites)
        terms.append(Terms(pair, part.open[pair % sites], -arises[pair // sites]))
        blocks.rule("", terms, high=0.0, many=len(pair))

    def _flows(self) -> None:
        """What leaves each source, and what goes on from each site."""
        source, _, _, flow = self.flow[0]
        leaving = [Terms(source, flow, 1.0)]
        leaving += [
            Terms(part.a, way, 1.0) for part, way in zip(self.parts, self.way, strict=True)
        ]
        self.blocks.rule("", leaving, low=self.arises, high=self.arises, many=len(self.arises))
        for k, part in enumerate(self.parts[:-1]):
            sites, passes = len(part.room), part.stage.passes
            source, _, j, flow = self.flow[k]
            on, i, _, onward = self.flow[k + 1]
            terms = [
                Terms(on * sites + i, onward, 1.0),
                Terms(source * sites + j, flow, -passes),
                Terms(part.a * sites + part.b, self.way[k], -passes),
            ]
            many = len(self.arises) * sites
            self.blocks.rule("", terms, low=0.0, high=0.0, many=many)

    def point(self, x: Array) -> Array:
        """A point of the programme of all together as one of this: at each site sources are mixed evenly."""
        found = np.zeros(self.blocks.many)
        mixed = np.zeros((len(self.arises), 0))
        for k, part in enumerate(self.parts):
            source, i, j, flow = self.flow[k]
            found[self.open[k]] = np.rint(x[part.open])
            amounts = np.zeros(part.cost.shape)
            amounts[part.i, part.j] = np.maximum(x[part.flow], 0.0)
            found[flow] = amounts[i, j] * (mixed[source, i] if k else 1.0)
            found[self.way[k]] = x[part.way]
            came = np.zeros((len(self.arises), len(part.room)))
            np.add.at(came, (source, j), found[flow])
            np.add.at(came, (part.a, part.b), x[part.way])
            total = came.sum(axis=0)
            mixed = came / np.where(total > 0, total, 1.0)
        return found

    def parts_of(self, x: Array) -> list[Array]:
        """What part of each site of each stage a point has open, (sites,) each."""
        return [x[one] for one in self.open]
