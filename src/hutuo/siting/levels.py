"""Several levels of one service: primary and middle schools, clinics and hospitals.

Source: S. C. Narula, Hierarchical location-allocation problems: a classification scheme, European Journal of
Operational Research 15 (1984) 93-99; G. Sahin and H. Sural, A review of hierarchical facility location
models, Computers and Operations Research 34 (2007) 2310-2331.
"""

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput
from hutuo.glossary import Text
from hutuo.siting.blocks import Blocks, Terms
from hutuo.siting.programs import Stop, solved
from hutuo.siting.rules import Problem, Rules, read_problem
from hutuo.siting.solutions import gap_of

__all__ = ["Level", "Levelled", "levelled"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int64]
SMALL, OPEN = 1e-7, 0.5


@dataclass(frozen=True)
class Level:
    """A level, from the lowest to the highest.

    Attributes:
        weights: Demand for this level, (clients,).
        rules: Of this level's sites: p, kept, forbidden, existing, opening, closing, budget, limit, capacity,
            least_use, split and serve.
        cost: Of this level, (clients, sites), if it is not that of all.
    """

    weights: npt.ArrayLike
    rules: Rules = field(default_factory=Rules)
    cost: Any = None


@dataclass(frozen=True)
class Levelled:
    """Sites by level.

    Attributes:
        sites: Sites of each level.
        shares: Parts of each client's demand for a level by site, (levels, clients, sites).
        objective: Costs of serving and of opening and closing.
        bound: Value that no plan is below.
        gap: Difference of both over the objective.
        status: ``optimal``, ``time_limit`` or ``infeasible``.
        seconds: Time taken.
    """

    sites: list[list[int]]
    shares: Array
    objective: float
    bound: float
    gap: float
    status: str
    seconds: float


def levelled(
    cost: Any,
    levels: Sequence[Level],
    *,
    nested: bool = True,
    apart: bool = False,
    time_limit: float | None = None,
) -> Levelled:
    """Sites of all levels at least cost of serving, opening and closing.

    Args:
        cost: Of serving a client from a site, (clients, sites), >= 0; inf where there is no way.
        levels: From the lowest to the highest.
        nested: Whether a site serves the levels below its own too, as a hospital does a clinic's patients; a
            level's capacity is for its own and lower demand together.
        apart: Whether a site may be of one level at most.
        time_limit: Seconds after which the best plan is given with its bound.

    Raises:
        BadInput: A figure is out of range, or there is no level.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun = time.monotonic()
    if not levels:
        raise BadInput(Text("没有层级", "there is no level"))
    read = [
        read_problem(cost if level.cost is None else level.cost, level.weights, level.rules)
        for level in levels
    ]
    blocks = Blocks()
    opened = [_sites(blocks, problem) for problem in read]
    if apart:
        sites = np.arange(len(opened[0]))
        blocks.rule("", [Terms(sites, part, 1.0) for part in opened], high=1.0, many=len(sites))
    ways = [
        _Ways(blocks, read, opened, (level, serves))
        for level in range(len(read))
        for serves in range(level, len(read) if nested else level + 1)
    ]
    for level, problem in enumerate(read):
        mine = [part for part in ways if part.level == level]
        _served(blocks, problem, mine)
        _loaded(blocks, read, opened[level], [part for part in ways if part.serves == level])
    costs = np.zeros(blocks.many)
    added = 0.0
    for part, problem in zip(opened, read, strict=True):
        costs[part] = problem.opening - problem.closing
        added += float(problem.closing.sum())
    for one in ways:
        costs[one.ids] = read[one.level].weights[one.i] * read[one.level].cost[one.i, one.j]
    ended = solved(blocks.program(costs), Stop(time_limit))
    shares = np.zeros((len(read), *read[0].cost.shape))
    chosen: list[list[int]] = []
    if ended.x is not None:
        for one in ways:
            np.add.at(shares[one.level], (one.i, one.j), ended.x[one.ids])
        chosen = [[int(k) for k in np.flatnonzero(ended.x[part] > OPEN)] for part in opened]
    shares[shares <= SMALL] = 0.0
    # No cost is below 0, so no plan is.
    value, bound = ended.value + added, max(ended.bound + added, 0.0)
    seconds = time.monotonic() - begun
    return Levelled(chosen, shares, value, bound, gap_of(value, bound), ended.status, seconds)


class _Ways:
    """Ways of one level's clients to the sites of one that serves it."""

    def __init__(
        self, blocks: Blocks, read: list[Problem], opened: list[Ids], which: tuple[int, int]
    ) -> None:
        self.level, self.serves = which
        problem = read[self.level]
        rules, cost = problem.rules, problem.cost
        near = np.isfinite(cost) & (cost <= rules.limit if rules.inclusive else cost < rules.limit)
        self.i, self.j = np.nonzero(near)
        self.ids = blocks.variables(len(self.i), whole=not rules.split)
        at = np.arange(len(self.i))
        terms = [Terms(at, self.ids, 1.0), Terms(at, opened[self.serves][self.j], -1.0)]
        blocks.rule("", terms, high=0.0, many=len(at))


def _sites(blocks: Blocks, problem: Problem) -> Ids:
    rules, sites = problem.rules, problem.cost.shape[1]
    least, most = np.zeros(sites), np.ones(sites)
    least[list(rules.kept)], most[list(rules.forbidden)] = 1.0, 0.0
    opened = blocks.variables(sites, least=least, most=most, whole=True)
    if rules.p is not None:
        blocks.rule("p", [Terms(0, opened, 1.0)], low=rules.p, high=rules.p)
    if rules.budget is not None:
        left = rules.budget - problem.closing.sum()
        blocks.rule("budget", [Terms(0, opened, problem.opening - problem.closing)], high=left)
    return opened


def _served(blocks: Blocks, problem: Problem, ways: list[_Ways]) -> None:
    whole = 1.0 if problem.rules.serve >= 1 else 0.0
    terms = [Terms(one.i, one.ids, 1.0) for one in ways]
    blocks.rule("", terms, low=whole, high=1.0, many=len(problem.cost))
    if problem.rules.serve < 1:
        terms = [Terms(0, one.ids, problem.weights[one.i]) for one in ways]
        blocks.rule("serve", terms, low=problem.rules.serve * problem.weights.sum())


def _loaded(blocks: Blocks, read: list[Problem], opened: Ids, ways: list[_Ways]) -> None:
    problem = read[ways[0].serves]
    room, least = problem.room, problem.rules.least_use
    if room is None:
        return
    loads = [Terms(one.j, one.ids, read[one.level].weights[one.i]) for one in ways]
    at = np.arange(len(room))
    blocks.rule("capacity", [*loads, Terms(at, opened, -room)], high=0.0, many=len(room))
    if least:
        terms = [*loads, Terms(at, opened, -least * room)]
        blocks.rule("least_use", terms, low=0.0, many=len(room))
