"""A hierarchy with the costs of one network, asked for travel times; variants share what they can."""

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hutuo.space import changes, climbs, costs, hierarchy, preparation, sweeps
from hutuo.space.climbs import Climb, Climbs
from hutuo.space.edges import Patch
from hutuo.space.groups import starts

__all__ = ["Roads", "Router"]

# From so many origins on, leaving out the pairs that no quickest way takes saves more than finding them
# costs.
MANY = 256
# Over smaller parts of a hierarchy two sweeps of few lanes take less time than two threads.
LARGE = 20_000
# Up to so many changed pairs, changing a hierarchy's costs one by one is quicker than all of them anew.
FEW = 100
# Arcs for each of them among which more than so many pairs are looked for first.
SOME = 8


class Roads:
    """Arcs without their minutes, and the hierarchy over them, which is made when it is first needed."""

    def __init__(
        self,
        tail: NDArray[np.int32],
        head: NDArray[np.int32],
        nodes: int,
        lonlat: NDArray[np.float64] | None,
    ) -> None:
        self.tail, self.head, self.nodes, self.lonlat = tail, head, nodes, lonlat
        self.lock = threading.RLock()

    def __getstate__(self) -> dict[str, object]:
        """What goes to another process: all but the lock."""
        return {name: value for name, value in vars(self).items() if name != "lock"}

    def __setstate__(self, state: dict[str, object]) -> None:
        vars(self).update(state)
        self.lock = threading.RLock()

    @cached_property
    def prepared(self) -> preparation.Prepared:
        """The hierarchy, and the pair of each arc."""
        return preparation.prepared(self.tail, self.head, self.nodes, self.lonlat)

    @cached_property
    def triangles(self) -> hierarchy.Triangles:
        """What finds the triangles of the hierarchy, kept for those who change costs."""
        return hierarchy.triangles_of(self.prepared.topology)

    @cached_property
    def stages(self) -> hierarchy.Stages:
        """Branches of the hierarchy that can be worked on side by side."""
        return hierarchy.stages_of(self.prepared.topology)

    @cached_property
    def _leaving(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Where the arcs that leave each node begin, and the arcs."""
        return starts(self.tail, self.nodes), np.argsort(self.tail, kind="stable")

    def over(self, pairs: NDArray[np.int64]) -> NDArray[np.int64]:
        """All arcs over some pairs of the hierarchy, in either direction."""
        topology = self.prepared.topology
        tail = np.searchsorted(topology.first, pairs, side="right") - 1
        ends = topology.order[np.stack([tail, topology.head[pairs]])]
        tails, heads = ends.ravel(), ends[::-1].ravel()
        first, arcs = self._leaving
        many = first[tails + 1] - first[tails]
        # One row for each arc that leaves one of the ends.
        before = np.cumsum(many) - many
        row = np.arange(many.sum()) + np.repeat(first[tails] - before, many)
        found: NDArray[np.int64] = arcs[row]
        wanted: NDArray[np.bool_] = self.head[found] == np.repeat(heads, many)
        return found[wanted]


class _Changes(NamedTuple):
    """Pairs whose cost differs from that of another network, and their costs up and down.

    With ``slack`` they are not all that differ, but all that a quickest way can take.
    """

    pairs: NDArray[np.int64]
    metric: hierarchy.Metric
    slack: changes.Slack | None = None


class Router:
    """Travel times over roads with the minutes of one network.

    Args:
        roads: The arcs.
        minutes: Minutes of each arc, (arcs,); or of those that differ from the other router.
        like: Another router over the same arcs; what few minutes differ is laid over its costs.
    """

    def __init__(
        self, roads: Roads, minutes: NDArray[np.float64] | Patch, like: "Router | None" = None
    ) -> None:
        self.roads = roads
        self._given, self._like = minutes, like
        self._asked = 0
        self._kept: tuple[object, sweeps.Selection] | None = None

    @cached_property
    def minutes(self) -> NDArray[np.float64]:
        """Minutes of each arc, (arcs,)."""
        if self._like is None or not isinstance(self._given, Patch):
            return np.asarray(self._given, np.float64)
        return self._given.over(self._like.minutes)

    def varied(self, minutes: NDArray[np.float64] | Patch) -> "Router":
        """A router over the same arcs with other minutes, of all arcs or of some.

        It varies the costs of this one, or of the one that this one varies itself.
        """
        own = self._like is None or ("_costs" in vars(self) and self._changes is None)
        if own or self._like is None:
            return Router(self.roads, minutes, self)
        if isinstance(minutes, Patch) and isinstance(self._given, Patch):
            minutes = minutes.on(self._given)
        elif isinstance(minutes, Patch):
            minutes = minutes.over(self.minutes)
        return Router(self.roads, minutes, self._like)

    def times(
        self,
        origins: NDArray[np.int32],
        destinations: NDArray[np.int32] | None,
        *,
        reverse: bool = False,
    ) -> NDArray[np.float32]:
        """Minutes from each origin to each destination, or the other way; to every node if none are given.

        Args:
            origins: Nodes, (n,).
            destinations: Nodes, (m,), or None.
            reverse: Minutes from the destinations to the origins.

        Returns:
            Minutes, float32 (n, m); ``inf`` where there is no way.
        """
        start, end = self._ranks(origins), self._ranks(destinations)
        if not len(start) or not len(end):
            return np.empty((len(start), len(end)), np.float32)
        with self.roads.lock:
            selection = self._selected(start, end, reverse=reverse, every=destinations is None)
            self._asked += len(start)
        return sweeps.swept(selection, start, end, 1 / self._costs.unit.per_minute)

    def climbs(self, nodes: NDArray[np.int32]) -> Climbs:
        """What it costs to go up from some nodes and to come down to them."""
        topology = self.roads.prepared.topology
        with self.roads.lock:
            metric = self._costs.metric
            with _laid(metric, self._changes):
                return climbs.climbed(topology, metric, topology.rank[nodes])

    def between(self, ends: Climbs) -> NDArray[np.float64]:
        """Minutes from each of some nodes to each, (k, k); ``inf`` where there is no way."""
        cost = climbs.met(ends.up, ends.down, self.roads.nodes)
        unit = self._costs.unit
        return np.where(cost < costs.far(unit.kind), cost / unit.per_minute, np.inf)

    def across(
        self,
        ends: Climbs,
        origins: NDArray[np.int32],
        destinations: NDArray[np.int32] | None,
        *,
        reverse: bool = False,
    ) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
        """Minutes from origins to some nodes, and from these to destinations; what a matrix left is used.

        Args:
            ends: The k nodes, climbed.
            origins: Nodes, (n,).
            destinations: Nodes, (m,), or None for every node.
            reverse: All the other way.

        Returns:
            Minutes, (k, n), and minutes, (k, m).
        """
        start, end = self._ranks(origins), self._ranks(destinations)
        if not len(start) or not len(end):
            size = len(ends.up.first) - 1
            return np.empty((size, len(start)), np.float32), np.empty((size, len(end)), np.float32)
        with self.roads.lock:
            selection = self._selected(start, end, reverse=reverse, every=destinations is None)
        up, down = ends[::-1] if reverse else ends
        minutes = 1 / self._costs.unit.per_minute
        ways = [(selection.up, down, start), (selection.down, up, end)]

        def descend(
            way: tuple[sweeps.Way, Climb, NDArray[np.int32]],
        ) -> NDArray[np.float32]:
            return sweeps.descended(selection, *way, minutes)

        if len(selection.ranks) < LARGE:
            to, onward = (descend(way) for way in ways)
        else:
            with ThreadPoolExecutor(len(ways)) as threads:
                to, onward = threads.map(descend, ways)
        return to, onward

    def _ranks(self, nodes: NDArray[np.int32] | None) -> NDArray[np.int32]:
        """The ranks of some nodes, or of every node."""
        rank = self.roads.prepared.topology.rank
        return rank if nodes is None else rank[nodes]

    def _selected(
        self,
        start: NDArray[np.int32],
        end: NDArray[np.int32],
        *,
        reverse: bool,
        every: bool,
    ) -> sweeps.Selection:
        """The part of the hierarchy that a query touches; that of the last query is kept."""
        # A selection of every node serves any origins.
        key = (b"" if every else start.tobytes(), b"" if every else end.tobytes(), reverse)
        if self._kept is not None and self._kept[0] == (key, True):
            return self._kept[1]
        slack = self._slack(len(start))
        pruned = slack is not None
        if self._kept is not None and self._kept[0] == (key, pruned):
            return self._kept[1]
        metric = self._costs.metric
        with _laid(metric, self._changes):
            if reverse:
                metric = hierarchy.Metric(metric.down, metric.up)
                slack = slack and slack.turned()
            topology = self.roads.prepared.topology
            selection = sweeps.selected(topology, metric, end if every else start, end, slack)
        self._kept = ((key, pruned), selection)
        return selection

    def _slack(self, asked: int) -> changes.Slack | None:
        """Which pairs a query for so many origins needs; None for all."""
        if self._changes is None:
            many = "_best" in vars(self) or self._asked + asked > MANY
            return changes.Slack(self._best, 0) if many else None
        return self._changes.slack

    @cached_property
    def _bounds(self) -> costs.Bounds:
        """What finds the longest way for this network and for its variants."""
        roads = self.roads
        return costs.Bounds(roads.tail, roads.head, self.minutes, roads.nodes)

    @cached_property
    def _bound(self) -> costs.Bound:
        """What the longest way takes at most: by the ways of the other router if these are short enough."""
        known = vars(self._like).get("_bounds") if self._like is not None else None
        if known is not None and known.hold(self.minutes):
            found: costs.Bound = known.of(self.minutes)
            if costs.unit_of(found).kind == np.int32:
                return found
        return self._bounds.of(self.minutes)

    @cached_property
    def _costs(self) -> "_Costs":
        """The costs of the hierarchy; those of the other router if few differ."""
        if self._like is not None and self._changes is not None:
            return self._like._costs
        unit = costs.unit_of(self._bound)
        prepared = self.roads.prepared
        arcs = prepared.metric(self.minutes, unit)
        own = changes.own_of(arcs)
        # A network of which no variant is asked for is done with them then.
        first = self._like is None
        triangles = hierarchy.triangles_of(prepared.topology) if first else self.roads.triangles
        metric = hierarchy.customized(prepared.topology, triangles, arcs, self.roads.stages)
        return _Costs(own, metric, unit)

    @cached_property
    def _best(self) -> hierarchy.Metric:
        """Each pair as cheap as any way."""
        roads = self.roads
        return hierarchy.without_detours(roads.prepared.topology, self._costs.metric, roads.stages)

    @cached_property
    def _changes(self) -> _Changes | None:
        """How few costs differ from those of the other router; None if this one has its own."""
        like = self._like
        if like is None or "_costs" not in vars(like):
            return None
        patch = self._patch(like)
        prepared, base = self.roads.prepared, like._costs
        found = prepared.pair[patch.arcs]
        # That all arcs are too many shows in some of them.
        if len(np.unique(found[: SOME * FEW])) > FEW + 1:
            return None
        pairs = np.unique(found[found >= 0]).astype(np.int64)
        if len(pairs) > FEW or not costs.fits(self._bound_after(patch, like), base.unit):
            return None
        over = self.roads.over(pairs)
        own = prepared.metric_of(over, patch.of(over, like.minutes), base.unit, pairs)
        anew = changes.Own(pairs, own)
        known = "_best" in vars(like)
        slack = changes.Slack(like._best, _longer(base.own, anew)) if known else None
        touched, *were = changes.changed(
            prepared.topology, self.roads.triangles, base.own, base.metric, anew, slack
        )
        after = hierarchy.Metric(base.metric.up[touched], base.metric.down[touched])
        base.metric.up[touched], base.metric.down[touched] = were
        return _Changes(touched, after, slack)

    def _bound_after(self, patch: Patch, like: "Router") -> costs.Bound:
        """What ways can take at most when a few arcs of another router change."""
        before = like.minutes[patch.arcs]
        # An arc that is opened can join what was apart.
        before = np.where(np.isfinite(before), before, 0.0)
        longer = float(np.maximum(0.0, patch.minutes - before).sum())
        # How long the way round a closed arc is nobody knows before it is searched for.
        if not np.isfinite(longer):
            return self._bound
        return costs.Bound(like._bound.minutes + longer, like._bound.arcs + len(patch.arcs))

    def _patch(self, like: "Router") -> Patch:
        """The arcs whose minutes differ from those of another router."""
        if isinstance(self._given, Patch):
            arcs, minutes = self._given
            differs = minutes != like.minutes[arcs]
            return Patch(arcs[differs], minutes[differs])
        arcs = np.flatnonzero(self._given != like.minutes).astype(np.int32)
        return Patch(arcs, self._given[arcs])


def _longer(own: changes.Own, anew: changes.Own) -> int:
    """How much longer than before any way can be, each arc being taken once; ``far`` if one is closed."""
    rises = [
        np.maximum(0, cost - before.astype(np.float64)).sum()
        for before, cost in zip(own.of(anew.pairs), anew.metric, strict=True)
    ]
    return int(min(sum(rises), costs.far(anew.metric.up.dtype)))


class _Costs(NamedTuple):
    """What a hierarchy costs: by the arcs alone, customized, and in which unit."""

    own: changes.Own
    metric: hierarchy.Metric
    unit: costs.Unit


@contextmanager
def _laid(metric: hierarchy.Metric, changes: _Changes | None) -> Iterator[None]:
    """A metric with changes laid over it, which are taken off again; the caller holds the lock."""
    if changes is None:
        yield
        return
    pairs = changes.pairs
    before = metric.up[pairs], metric.down[pairs]
    metric.up[pairs], metric.down[pairs] = changes.metric
    try:
        yield
    finally:
        metric.up[pairs], metric.down[pairs] = before
