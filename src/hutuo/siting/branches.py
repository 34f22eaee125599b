"""Branch and bound of the p-median: the kernels do the sums, this decides what is asked of them."""

import heapq
import time
from itertools import count
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.glossary import Text
from hutuo.progress import report
from hutuo.siting import multipliers, sweeps

__all__ = ["Search"]

Array = npt.NDArray[np.float64]
Ids = npt.NDArray[np.int32]
STARTS, CHUNK, ROUNDS, NODE_ROUNDS = 2, 60, 1500, 40
# Length of the first step at the root and in parts, as a share of the gap.
STEP, NODE_STEP, AGAIN = 0.1, 0.1, 4
# Plans disturbed by chance: of how many costs a problem has more, how many, for what part of the time that is
# left at most, and the gap from which it is not worth it.
LARGE, TRIALS, DISTURBED, NEAR = 1_000_000, 150, 0.3, 2e-4
# Relative difference that is called none, and units that values may be multiples of.
EXACT, GRAINS = 1e-9, (1.0, 0.1, 0.01, 0.001)
# Units of a value that can be told apart.
TOLD = 1e12
# Clients that are looked at when sites are compared, at most and at least, and costs looked at in all.
COMPARED, FEWEST, COMPARISONS = 400, 16, 1.6e9
# Of these about so many are done in a second, and a part of the time that is left goes to them at most.
A_SECOND, SPENT = 1.5e9, 0.2


class _Node(NamedTuple):
    """A part of the problem: sites that may be open, families that must have one, and what bounds it."""

    sites: Ids
    family: Ids
    many: int
    multipliers: Array
    share: Array
    bound: float


class Search:
    """Plans and bounds of one problem.

    Attributes:
        best: The best plan, (p,).
        upper: Its value.
        bound: Value that no plan is below.
        proven: Whether the best plan is proven.
        stopped: Whether time was up before.
        cheapest: What all clients cost from their nearest sites.
    """

    def __init__(self, cost: Array, p: int, kept: list[int], shut: list[int], end: float) -> None:
        self.p, self.end, self.sites = p, end, cost.shape[1]
        self.state = np.zeros(self.sites, np.int8)
        self.state[kept], self.state[shut] = sweeps.OPEN, sweeps.CLOSED
        self.open = np.flatnonzero(self.state != sweeps.CLOSED)
        self.rows = np.ascontiguousarray(cost.T)
        self.least = (cost[:, self.open] if shut else cost).min(axis=1)
        self.cheapest = float(self.least[np.isfinite(self.least)].sum())
        most = float(sweeps.dearest(cost))
        self.grain = _grain(cost, most)
        # Leaving one client out costs more than serving all others as badly as can be.
        self.penalty = most * len(cost) + 1.0
        np.copyto(self.rows, self.penalty, where=np.isinf(self.rows))
        self.best = np.zeros(p, np.int32)
        self.upper, self.bound = np.inf, -np.inf
        self.tried: set[tuple[int, ...]] = set()
        self.proven, self.stopped, self.gap = False, False, 0.0

    @property
    def leaves_out(self) -> bool:
        """Whether the best plan leaves a client out."""
        return self.upper >= self.penalty

    def start(self, rng: np.random.Generator) -> None:
        """Find plans by swaps from others by chance."""
        fixed = np.flatnonzero(self.state == sweeps.OPEN)
        free = np.flatnonzero(self.state == sweeps.FREE)
        for _ in range(STARTS):
            others = rng.choice(free, self.p - len(fixed), replace=False)
            self._improve(np.concatenate([fixed, others]).astype(np.int32))
            if self._late():
                break

    def begin(self, sites: Ids) -> None:
        """Go on from a plan of at most p sites."""
        others = np.setdiff1d(np.flatnonzero(self.state == sweeps.FREE), sites)
        self._improve(np.concatenate([sites, others[: self.p - len(sites)]]).astype(np.int32))

    def run(self, gap: float) -> None:
        """Search until the best plan is proven, the gap is small enough or time is up."""
        self.gap = gap
        if self.p == 1:
            # Each site was looked at.
            self.proven, self.bound = True, self.upper
            return
        self._cap()
        root = self._root()
        if root is not None and not self.stopped:
            self._disturb()
            self._branch(root)

    def _disturb(self) -> None:
        """Swap on from the best plan with some sites changed by chance, where parts of the map come dear.

        Source: H. Lourenco, O. Martin and T. Stutzle, Iterated local search, in Handbook of Metaheuristics
        (2003) 321-353.
        """
        begun, rng = time.monotonic(), np.random.default_rng(0)
        until = begun + DISTURBED * (self.end - begun)
        many = max(2, self.p // 20)
        for _ in range(TRIALS if self.rows.size > LARGE else 0):
            close = self.upper - self.bound <= NEAR * self.upper
            free = np.flatnonzero(self.state[self.best] == sweeps.FREE)
            come = np.setdiff1d(np.flatnonzero(self.state == sweeps.FREE), self.best)
            if close or min(len(free), len(come)) < many or time.monotonic() > until:
                return
            chosen = self.best.copy()
            chosen[rng.choice(free, many, replace=False)] = rng.choice(come, many, replace=False)
            self._improve(chosen)
            self._report()

    def raised(self, bound: float) -> float:
        """The least value that is at least a bound, if values are multiples of a unit."""
        if self.grain and np.isfinite(bound):
            return float(np.ceil(bound / self.grain - 1e-6) * self.grain)
        return bound

    def _late(self) -> bool:
        self.stopped = time.monotonic() > self.end
        return self.stopped

    def _cap(self) -> None:
        """No client costs more than leaves all others at their cheapest: other plans are not better."""
        most = self.upper - self.least.sum() + self.least + (self.grain or 1.0)
        np.minimum(self.rows, most[None, :], out=self.rows)

    def _improve(self, chosen: Ids) -> None:
        if len(chosen) == 1:
            best = self.open[np.argmin(self.rows[self.open].sum(axis=1))]
            chosen[0] = chosen[0] if self.state[chosen[0]] == sweeps.OPEN else best
            value = sweeps.assigned(self.rows, chosen)
        else:
            left, value = 0, np.inf
            while not left:
                value, left = sweeps.swapped(self.rows, chosen, self.state, 2 * self.sites)
                if self._late():
                    break
        if value < self.upper:
            self.upper, self.best = value, chosen

    def _improve_alone(self, opened: Ids, slack: float = 0.0) -> None:
        """Swap on from a plan only if it is about as good as the best already: most are not."""
        key = tuple(sorted(opened.tolist()))
        if len(opened) < self.p or key in self.tried:
            return
        self.tried.add(key)
        if sweeps.assigned(self.rows, opened) < self.upper * (1 + slack):
            self._improve(opened.copy())

    def _target(self) -> float:
        """Bound from which nothing better can be left: the next plan is better by a unit."""
        exact = self.upper * (1 - EXACT)
        target = min(self.upper - self.grain * (1 - 1e-6), exact) if self.grain else exact
        return min(target, self.upper * (1 - self.gap))

    def _root(self) -> _Node | None:
        """The bound of the whole problem, as good as it gets; None if that proves the best plan."""
        self.lists = _sorted(self.rows[self.open])
        fixed = self.state[self.open] == sweeps.OPEN
        family = np.where(fixed, np.cumsum(fixed) - 1, -1).astype(np.int32)
        near, after = np.sort(self.rows[self.best], axis=0)[: 2 if self.p > 1 else 1][[0, -1]]
        node = _Node(
            self.open.astype(np.int32),
            family,
            int(fixed.sum()),
            (near + after) / 2 + EXACT,
            np.zeros(len(family)),
            -np.inf,
        )
        self.ids = node.sites
        step, done, rounds, again = STEP, 0, 5, AGAIN
        mean = np.zeros(len(near))
        while done < ROUNDS:
            began = time.monotonic()
            found = self._raise(node, mean, rounds, step)
            if found is None:
                self._prove()
                return None
            node, opened, step = found
            self.bound = node.bound
            self._improve_alone(opened, 0.02)
            self._improve_alone(_likeliest(node, self.p), 0.02)
            self._report()
            if self.bound >= self._target() or self._late():
                break
            if len(node.sites) < 0.8 * len(self.ids):
                self._narrow(node.sites)
            done += rounds
            if step < multipliers.SHORTEST:
                if not again:
                    break
                # A long step once more: what was near a kink may get on from there.
                step, again, mean[:] = STEP / 2, again - 1, 0.0
            rounds = self._rounds((time.monotonic() - began) / rounds)
        if not self.stopped:
            self._narrow(node.sites)
        return node

    def _rounds(self, each: float) -> int:
        """Steps until time is looked at."""
        left = self.end - time.monotonic()
        return int(min(max(left / (2 * max(each, 1e-6)), 1), CHUNK))

    def _narrow(self, sites: Ids) -> None:
        """Leave closed sites out of all lists from now on."""
        place = _places(self.ids, sites)
        self.lists = multipliers.narrowed(*self.lists, place, len(sites))
        self.ids = sites
        self.state[np.setdiff1d(np.arange(self.sites), sites)] = sweeps.CLOSED

    def _raise(
        self, node: _Node, mean: Array, rounds: int, step: float
    ) -> tuple[_Node, Ids, float] | None:
        """Raise the bound of a part and close what no better plan opens; None if no better plan is left."""
        lists = self.lists
        if len(node.sites) != len(self.ids):
            lists = multipliers.narrowed(*lists, _places(self.ids, node.sites), len(node.sites))
        u, share = node.multipliers.copy(), node.share.copy()
        closed = np.zeros(len(node.sites), np.bool_)
        target = self._target()
        aims = np.array([target, self.upper + 0.01 * abs(self.upper)])
        bound, reduced, opened, step = multipliers.bounded(
            *lists, node.family, node.many, self.p, u, mean, share, closed, aims, rounds, step
        )
        if bound >= target:
            return None
        part = node._replace(multipliers=u, share=share, bound=max(bound, node.bound))
        part = _opened(part, reduced, opened, closed, self.p, target - bound)
        return part, node.sites[opened], step

    def _branch(self, root: _Node) -> None:
        """Split the part with the lowest bound until no better plan is left."""
        ids = count()
        waiting = [(root.bound, next(ids), root)]
        left = SPENT * (self.end - time.monotonic()) * A_SECOND
        if left < FEWEST * len(self.ids) ** 2:
            # Too late for parts of the map: what is known is told in time.
            self.stopped = True
            return
        self.compared = _distances(self.rows, self.ids, root.multipliers, left)
        while waiting:
            self.bound, _, node = heapq.heappop(waiting)
            if self.bound >= self._target():
                break
            if self._late():
                return
            self._report()
            for child in self._children(node):
                heapq.heappush(waiting, (child.bound, next(ids), child))
        else:
            self.bound = self._target()
        self._prove()

    def _prove(self) -> None:
        """Nothing better than the target is left."""
        self.proven = not self.gap
        self.bound = max(self.bound, self.upper if self.proven else self._target())

    def _report(self) -> None:
        gap = (self.upper - self.bound) / max(self.upper, EXACT)
        words = Text(f"收紧下界,差距{gap:.3%}", f"raising the bound, gap {gap:.3%}")
        report(min(max(1 - gap * 50, 0.0), 1.0), words)

    def _children(self, node: _Node) -> list[_Node]:
        if len(node.sites) <= self.p:
            if len(node.sites) == self.p:
                self._improve_alone(node.sites)
            return []
        found = []
        part, group = self._split(node)
        for child in (_with(node, part, group, self.p), _kept(node, ~part)):
            raised = self._raise(child, np.zeros(len(self.least)), NODE_ROUNDS, NODE_STEP)
            if raised is not None:
                self._improve_alone(raised[1], 0.002)
                self._improve_alone(_likeliest(raised[0], self.p), 0.002)
                found.append(raised[0])
        return found

    def _split(self, node: _Node) -> tuple[npt.NDArray[np.bool_], int]:
        """The part that is to have an open site or none, and the family that it is of."""
        best, place = -1.0, np.searchsorted(self.ids, node.sites).astype(np.int32)
        groups = [*range(node.many), *([-1] if node.many < self.p else [])]
        part, chosen = np.zeros(len(node.sites), np.bool_), -1
        trial = part.copy()
        for group in groups:
            total = node.share[node.family == group].sum()
            half = 0.5 * total if group >= 0 else 0.5
            moved = multipliers.split(
                node.share, node.family, group, self.compared, place, half, trial
            )
            if moved > best:
                best, chosen, part = moved, group, trial.copy()
        return (part, chosen) if best >= 0 else _any(node, groups)


def _grain(values: Array, most: float) -> float:
    """Unit of which all finite values are multiples, or 0."""
    for grain in GRAINS:
        if most / grain < TOLD and sweeps.multiples(values, grain, EXACT):
            return grain
    return 0.0


def _sorted(rows: Array) -> tuple[Ids, Array]:
    """Sites of each client from the cheapest on, and their costs."""
    cost = np.ascontiguousarray(rows.T)
    order = np.argsort(cost, axis=1)
    return order.astype(np.int32), np.take_along_axis(cost, order, axis=1)


def _likeliest(node: _Node, p: int) -> Ids:
    """The sites that are open most in the mean of plans, one of each family at least."""
    order = np.argsort(-node.share, kind="stable")
    first = [order[node.family[order] == group][:1] for group in range(node.many)]
    chosen = np.concatenate([*first, np.zeros(0, order.dtype)])
    rest = order[~np.isin(order, chosen)][: p - len(chosen)]
    found: Ids = node.sites[np.concatenate([chosen, rest])]
    return found


def _places(ids: Ids, sites: Ids) -> Ids:
    """Where the sites stand, by place among the ids; -1 for others."""
    place = np.full(len(ids), -1, np.int32)
    place[np.searchsorted(ids, sites)] = np.arange(len(sites), dtype=np.int32)
    return place


def _distances(rows: Array, ids: Ids, most: Array, left: float) -> Array:
    """How differently sites serve; of many clients, some, and no more costs than are left."""
    many = int(np.clip(min(COMPARISONS, left) / len(ids) ** 2, FEWEST, COMPARED))
    some = np.unique(np.linspace(0, len(most) - 1, many).astype(int))
    out = np.zeros((len(ids), len(ids)))
    here = np.arange(len(ids), dtype=np.int32)
    sweeps.apart(np.ascontiguousarray(rows[ids][:, some]), here, most[some], out)
    return out


def _kept(node: _Node, keep: npt.NDArray[np.bool_]) -> _Node:
    """The part with some sites closed."""
    return node._replace(sites=node.sites[keep], family=node.family[keep], share=node.share[keep])


def _with(node: _Node, part: npt.NDArray[np.bool_], group: int, p: int) -> _Node:
    """The part in which one of some sites is open."""
    family, many = node.family.copy(), node.many
    if group < 0:
        group, many = many, many + 1
    family[(family == group) & ~part] = -1
    family[part] = group
    found = node._replace(family=family, many=many)
    return _kept(found, family >= 0) if many == p else found


def _opened(
    node: _Node, reduced: Array, opened: Ids, closed: npt.NDArray[np.bool_], p: int, room: float
) -> _Node:
    """The part without closed sites, and with those a family of their own without which no plan is better."""
    here = np.zeros(len(reduced), np.bool_)
    here[opened] = True
    others = reduced[~here & ~closed]
    family, many = node.family.copy(), node.many
    dearer = others.min(initial=np.inf)
    for site in opened[dearer - reduced[opened] >= room]:
        group = family[site]
        if group < 0 and many < p:
            family[site], many = many, many + 1
        elif group >= 0:
            family[(family == group) & (np.arange(len(family)) != site)] = -1
    keep = ~closed & (family >= 0) if many == p else ~closed
    return _kept(node._replace(family=family, many=many), keep)


def _any(node: _Node, groups: list[int]) -> tuple[npt.NDArray[np.bool_], int]:
    """One site of the largest family, where the mean of plans tells nothing."""
    group = max(groups, key=lambda one: int((node.family == one).sum()))
    members = np.flatnonzero(node.family == group)
    part = np.zeros(len(node.sites), np.bool_)
    part[members[np.argmax(node.share[members])]] = True
    return part, group
