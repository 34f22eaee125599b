"""The p-median: sites from which clients are served at least total cost.

A bound by Lagrange multipliers, plans by swaps, sites fixed by their reduced costs, and branching where that
leaves a gap; the bound of what is left open is that of the answer.

Source: P. Avella, A. Sassano and I. Vasil'ev, Computational study of large-scale p-median problems,
Mathematical Programming 109 (2007) 89-114, for the way; the kernels of :mod:`hutuo.siting.sweeps` name
theirs.
"""

import heapq
import time
from collections.abc import Sequence
from itertools import count
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.glossary import Text
from hutuo.progress import report
from hutuo.siting import sweeps
from hutuo.siting.solutions import Solution, deadline, read_cost, read_fixed, read_weights

__all__ = ["p_median"]

Array = npt.NDArray[np.float64]
STARTS, ROUNDS, NODE_ROUNDS = 3, 600, 80
EXACT = 1e-9


class _Node(NamedTuple):
    """A part of the problem: sites that must be open or closed, and what bounds it."""

    state: npt.NDArray[np.int8]
    multipliers: Array
    bound: float
    reduced: Array
    opened: npt.NDArray[np.int32]


def p_median(
    cost: Any,
    weights: npt.ArrayLike | None = None,
    p: int = 1,
    *,
    fixed: Sequence[int] = (),
    time_limit: float | None = None,
    seed: int = 0,
) -> Solution:
    """The p sites from which all clients are served at least total cost, each from its nearest.

    Args:
        cost: Of serving a client from a site, (clients, sites), >= 0; inf or, in a sparse matrix, nothing
            stored where there is no way.
        weights: Of clients, (clients,), >= 0; 1 if none are given.
        p: Number of sites.
        fixed: Sites that must be among them, as those that are there.
        time_limit: Seconds after which the best plan is given with its bound; None for as long as it takes.
        seed: Of the first plans; the same seed gives the same sites.

    Returns:
        The plan. Its status is ``infeasible`` if p sites cannot reach all clients; ``unserved`` then tells
        which the best plan leaves out, and its objective and bound are infinite.

    Raises:
        BadInput: A cost or weight is negative or missing, p or a fixed site is out of range, or a client can
            be reached from no site; all of them are named.
    """
    begun, end = deadline(time_limit)
    given = read_cost(cost)
    heavy = read_weights(weights, len(given), "weights")
    search = _Search(given, heavy, p, read_fixed(fixed, given.shape[1], p), end)
    search.run(np.random.default_rng(seed))
    return search.solution(given, begun)


class _Search:
    """Plans and bounds of one problem."""

    def __init__(self, cost: Array, weights: Array, p: int, fixed: list[int], end: float) -> None:
        weighted = np.full(cost.shape, np.inf)
        np.multiply(cost, weights[:, None], out=weighted, where=np.isfinite(cost))
        finite = weighted[np.isfinite(weighted)]
        # Leaving one client out costs more than serving all others as badly as can be.
        self.penalty = float(finite.max(initial=0.0)) * len(cost) + 1.0
        self.cost = np.where(np.isinf(weighted), self.penalty, weighted)
        self.whole = bool(np.all(self.cost == np.rint(self.cost)))
        self.order = np.argsort(self.cost, axis=1, kind="stable").astype(np.int32)
        self.ordered = np.take_along_axis(self.cost, self.order, axis=1)
        self.p, self.end = p, end
        self.state = np.zeros(cost.shape[1], np.int8)
        self.state[fixed] = sweeps.OPEN
        self.best = np.zeros(p, np.int32)
        self.upper, self.bound, self.stopped = np.inf, -np.inf, False

    def run(self, rng: np.random.Generator) -> None:
        """Search until the best plan is proven, or time is up."""
        for _ in range(STARTS):
            self._improve(self._start(rng))
        first, _ = sweeps.nearest_two(self.cost, self.best)
        near = self.cost[np.arange(len(self.cost)), first] + 1.0
        root = self._bounded(self.state.copy(), near, ROUNDS, 1.5)
        self._improve(root.opened.copy())
        self._branch(root)

    def solution(self, cost: Array, begun: float) -> Solution:
        """The best plan with its bound."""
        sites = sorted(int(site) for site in self.best)
        nearest = np.array(sites)[np.argmin(cost[:, sites], axis=1)].astype(np.int64)
        reach = cost[np.arange(len(cost)), nearest]
        unserved = np.flatnonzero(np.isinf(reach))
        nearest[unserved] = -1
        seconds = time.monotonic() - begun
        if len(unserved):
            # Unless time was up, a plan that reaches all would have been found: it costs less.
            status = "time_limit" if self.stopped else "infeasible"
            left = unserved.tolist()
            low = min(self.bound, self.upper) if self.stopped else np.inf
            return Solution(sites, nearest, np.inf, low, np.inf, status, seconds, left)
        bound = min(self._raised(self.bound), self.upper)
        gap = (self.upper - bound) / self.upper if self.upper > bound else 0.0
        status = "time_limit" if self.stopped and gap > EXACT else "optimal"
        return Solution(sites, nearest, self.upper, bound, gap, status, seconds, [])

    def _start(self, rng: np.random.Generator) -> npt.NDArray[np.int32]:
        """Fixed sites and others by chance."""
        fixed = np.flatnonzero(self.state == sweeps.OPEN)
        free = np.flatnonzero(self.state == sweeps.FREE)
        others = rng.choice(free, self.p - len(fixed), replace=False)
        return np.concatenate([fixed, others]).astype(np.int32)

    def _improve(self, chosen: npt.NDArray[np.int32]) -> None:
        value = sweeps.swapped(self.cost, chosen, self.state)
        if value < self.upper:
            self.upper, self.best = value, chosen

    def _bounded(
        self, state: npt.NDArray[np.int8], near: Array, rounds: int, step: float
    ) -> _Node:
        bound, multipliers, reduced, opened = sweeps.bounded(
            self.order, self.ordered, near.copy(), state, self.p, self._target(), rounds, step
        )
        return _Node(state, multipliers, bound, reduced, opened)

    def _target(self) -> float:
        """Bound from which nothing better can be left: of whole costs the next plan is better by one."""
        return self.upper - 1 + 1e-6 if self.whole else self.upper * (1 - EXACT)

    def _raised(self, bound: float) -> float:
        return float(np.ceil(bound - 1e-6)) if self.whole and np.isfinite(bound) else bound

    def _branch(self, root: _Node) -> None:
        """Open or close the site that matters most, the part with the lowest bound first."""
        ids = count()
        waiting = [(root.bound, next(ids), root)]
        started = root.bound
        while waiting:
            bound, _, node = heapq.heappop(waiting)
            self.bound = bound
            if bound >= self._target():
                break
            if time.monotonic() > self.end:
                self.stopped = True
                return
            done = (bound - started) / max(self.upper - started, EXACT)
            report(min(max(done, 0.0), 1.0), Text("收紧下界", "raising the bound"))
            for child in self._children(node):
                if child.bound < self._target():
                    heapq.heappush(waiting, (child.bound, next(ids), child))
        self.bound = self.upper

    def _children(self, node: _Node) -> list[_Node]:
        state = self._fixed(node)
        mine = [int(site) for site in node.opened if state[site] == sweeps.FREE]
        others = np.setdiff1d(np.flatnonzero(state == sweeps.FREE), node.opened)
        if not mine or not len(others):
            # Nothing is left to choose: what it opens is its only plan.
            self._improve_alone(node.opened)
            return []
        pivot = min(mine, key=lambda site: (node.reduced[site], site))
        found = []
        for decided in (sweeps.OPEN, sweeps.CLOSED):
            part = state.copy()
            part[pivot] = decided
            child = self._bounded(part, node.multipliers, NODE_ROUNDS, 0.5)
            if not np.isfinite(child.bound):
                continue
            self._improve_alone(child.opened)
            found.append(child._replace(bound=max(child.bound, node.bound)))
        return found

    def _improve_alone(self, opened: npt.NDArray[np.int32]) -> None:
        """Swap on from a plan only if it is better than the best already: most are not."""
        if sweeps.assigned(self.cost, opened) < self.upper:
            self._improve(opened.copy())

    def _fixed(self, node: _Node) -> npt.NDArray[np.int8]:
        """Sites that must be open or closed in any better plan of this part, by their reduced costs."""
        state = node.state.copy()
        mine = node.opened[state[node.opened] == sweeps.FREE]
        others = np.setdiff1d(np.flatnonzero(state == sweeps.FREE), node.opened)
        if not len(mine) or not len(others):
            return state
        gap = self._target() - node.bound
        last, next_ = node.reduced[mine].max(), node.reduced[others].min()
        state[others[node.reduced[others] - last >= gap]] = sweeps.CLOSED
        state[mine[next_ - node.reduced[mine] >= gap]] = sweeps.OPEN
        return state
