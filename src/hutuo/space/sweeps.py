"""Travel times from many nodes at once: up the hierarchy from the origins, then down to the destinations.

Only the ancestors of the origins and of the destinations are touched, and they are numbered anew so that
their rows lie together. Origins are taken in batches, neighbours in one batch, for they share most of their
ancestors.

Source: Delling, Goldberg and Werneck (2011), faster batched shortest paths in road networks (RPHAST).
"""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from os import cpu_count
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space.changes import Slack
from hutuo.space.climbs import Climb
from hutuo.space.hierarchy import Metric, Topology
from hutuo.space.lanes import VECTOR, fallen, lanes_for, risen, turned, width

__all__ = ["Selection", "Way", "descended", "selected", "swept"]


class Way(NamedTuple):
    """Pairs that a sweep goes along, by the lower node: where they begin, the higher node, the cost."""

    first: NDArray[np.int64]
    other: NDArray[np.int32]
    cost: NDArray[np.signedinteger]


class Selection(NamedTuple):
    """The part of a hierarchy that a query touches: ranks, ascending, their parents, the ways up and down."""

    ranks: NDArray[np.int32]
    parent: NDArray[np.int32]
    up: Way
    down: Way
    below: NDArray[np.int32]

    def rows(self, ranks: NDArray[np.int32]) -> NDArray[np.int32]:
        """Where ranks stand among those of the selection."""
        whole = len(self.ranks) and self.ranks[-1] == len(self.ranks) - 1
        return ranks if whole else np.searchsorted(self.ranks, ranks).astype(np.int32)


def selected(
    topology: Topology,
    metric: Metric,
    origins: NDArray[np.int32],
    destinations: NDArray[np.int32],
    slack: Slack | None = None,
) -> Selection:
    """The ancestors of origins and destinations, numbered from 0 in order of rank.

    Args:
        topology: The hierarchy.
        metric: Its customized costs.
        origins: Ranks to start from.
        destinations: Ranks to come to.
        slack: Which pairs are needed: those that cost no more than the quickest way and what it may be
            longer; all if None.
    """
    over, under = _marked(topology.parent, origins), _marked(topology.parent, destinations)
    either = over | under
    ranks = np.flatnonzero(either).astype(np.int32)
    place = np.full(len(either), -1, np.int32)
    place[ranks] = np.arange(len(ranks), dtype=np.int32)
    parent = topology.parent[ranks]
    parent = np.where(parent < 0, -1, place[parent]).astype(np.int32)
    best, longer = slack or Slack(metric, 0)
    ways = [
        Way(*_taken(topology.first, topology.head, cost, least, longer, ranks, place, wanted))
        for cost, least, wanted in ((metric.up, best.up, over), (metric.down, best.down, under))
    ]
    below = np.flatnonzero(under[ranks]).astype(np.int32)
    return Selection(ranks, parent, ways[0], ways[1], below)


def swept(
    selection: Selection,
    origins: NDArray[np.int32],
    destinations: NDArray[np.int32],
    minutes: float,
) -> NDArray[np.float32]:
    """Travel times from each origin to each destination.

    Args:
        selection: The part of the hierarchy that holds them.
        origins: Ranks, (n,).
        destinations: Ranks, (m,).
        minutes: Minutes of one unit of cost.

    Returns:
        Minutes, (n, m); ``inf`` where there is no way.
    """
    start, end = selection.rows(origins), selection.rows(destinations)
    found = np.empty((len(start), len(end)), np.float32)
    together = np.argsort(start, kind="stable").astype(np.int32)
    lanes = lanes_for(len(start))
    batches = [together[at : at + width(lanes)] for at in range(0, len(together), width(lanes))]
    workers = min(cpu_count() or 1, len(batches)) or 1
    kind = selection.up.cost.dtype

    def work(worker: int) -> None:
        times = np.empty((len(selection.ranks), width(lanes)), kind)
        touched = np.zeros(len(selection.ranks), np.bool_)
        for batch in batches[worker::workers]:
            _swept(
                selection.parent, *selection.up, *selection.down, selection.below, times, touched,
                start, batch, end, minutes, found, lanes,
            )  # fmt: skip

    _in_threads(work, workers)
    return found


def descended(
    selection: Selection,
    way: Way,
    climb: Climb,
    ends: NDArray[np.int32],
    minutes: float,
) -> NDArray[np.float32]:
    """Travel times from a few nodes that have climbed already, down a kept part of the hierarchy.

    Args:
        selection: The part of the hierarchy that holds what lies above the ends.
        way: Its way down; or its way up, for times from the ends to those that have climbed.
        climb: What it costs to go up from k nodes, in the direction of the way.
        ends: Ranks, (m,).
        minutes: Minutes of one unit of cost.

    Returns:
        Minutes, (k, m); ``inf`` where there is no way.
    """
    size = len(climb.first) - 1
    end = selection.rows(ends)
    below = np.flatnonzero(_marked(selection.parent, end)).astype(np.int32)
    place = np.searchsorted(selection.ranks, climb.rank)
    place[place == len(selection.ranks)] = 0
    place[selection.ranks[place] != climb.rank] = -1
    lanes = lanes_for(size)
    found = np.empty((size, len(end)), np.float32)
    times = np.empty((len(selection.ranks), width(lanes)), way.cost.dtype)
    for at in range(0, size, width(lanes)):
        batch = np.arange(at, min(at + width(lanes), size), dtype=np.int32)
        _descended(*way, below, times, climb.first, place, climb.cost, batch, lanes)
        _told(times, batch, end, minutes, found)
    return found


def _in_threads(work: Callable[[int], None], workers: int) -> None:
    if workers == 1:
        work(0)
        return
    with ThreadPoolExecutor(workers) as threads:
        list(threads.map(work, range(workers)))


@njit(cache=True, nogil=True)
def _marked(parent, ranks):
    """Whether each rank is one of those given or above one."""
    mark = np.zeros(len(parent), np.bool_)
    for rank in ranks:
        at = rank
        while at >= 0 and not mark[at]:
            mark[at] = True
            at = parent[at]
    return mark


@njit(cache=True, nogil=True)
def _taken(first, head, cost, best, longer, ranks, place, wanted):
    """The pairs of wanted ranks that lead somewhere, numbered anew."""
    limit = np.iinfo(cost.dtype).max // 2
    begin = np.zeros(len(ranks) + 1, np.int64)
    for i in range(len(ranks)):
        begin[i + 1] = begin[i]
        if wanted[ranks[i]]:
            for pair in range(first[ranks[i]], first[ranks[i] + 1]):
                begin[i + 1] += cost[pair] < limit and cost[pair] <= best[pair] + longer
    other = np.empty(begin[-1], np.int32)
    taken = np.empty(begin[-1], cost.dtype)
    at = 0
    for i in range(len(ranks)):
        if wanted[ranks[i]]:
            for pair in range(first[ranks[i]], first[ranks[i] + 1]):
                if cost[pair] < limit and cost[pair] <= best[pair] + longer:
                    other[at] = place[head[pair]]
                    taken[at] = cost[pair]
                    at += 1
    return begin, other, taken


@njit(cache=True, nogil=True)
def _swept(
    parent, up_first, up_other, up_cost, down_first, down_other, down_cost, below,
    times, touched, start, batch, end, minutes, found, lanes,
):  # fmt: skip
    """The sweep of one batch."""
    limit = np.iinfo(times.dtype).max // 2
    _begun(parent, times, touched, start, batch, limit)
    for row in range(len(parent)):
        if touched[row]:
            risen(times, up_first, up_other, up_cost, row, lanes)  # type: ignore[call-arg]
    for i in range(len(below) - 1, -1, -1):
        row = below[i]
        if not touched[row]:
            times[row] = limit
        fallen(times, down_first, down_other, down_cost, row, lanes)  # type: ignore[call-arg]
    _told(times, batch, end, minutes, found)


@njit(cache=True, nogil=True)
def _descended(first, other, cost, below, times, begin, place, climbed, batch, lanes):
    """The way down of one batch; -1 is the place of what is not in the selection."""
    limit = np.iinfo(times.dtype).max // 2
    for row in below:
        times[row] = limit
    for lane in range(len(batch)):
        for k in range(begin[batch[lane]], begin[batch[lane] + 1]):
            if place[k] >= 0:
                times[place[k], lane] = climbed[k]
    for i in range(len(below) - 1, -1, -1):
        fallen(times, first, other, cost, below[i], lanes)  # type: ignore[call-arg]


@njit(cache=True, nogil=True)
def _told(times, batch, end, minutes, found):
    """Rows of times become columns of minutes, a square of them at once; what is over one by one."""
    limit = np.iinfo(times.dtype).max // 2
    nodes, lanes = len(end) // VECTOR * VECTOR, len(batch) // VECTOR * VECTOR
    for begin in range(0, nodes, VECTOR):
        for lane in range(0, lanes, VECTOR):
            turned(times, end, begin, batch, lane, minutes, found)  # type: ignore[call-arg]
    for lane in range(len(batch)):
        into = found[batch[lane]]
        for j in range(nodes if lane < lanes else 0, len(end)):
            time = times[end[j], lane]
            into[j] = time * minutes if time < limit else np.inf


@njit(cache=True, nogil=True)
def _begun(parent, times, touched, start, batch, limit):
    """Marks what lies above the origins of a batch, and puts each at its own place in time 0."""
    touched[:] = False
    for lane in range(len(batch)):
        row = start[batch[lane]]
        while row >= 0 and not touched[row]:
            touched[row] = True
            times[row] = limit
            row = parent[row]
    for lane in range(len(batch)):
        times[start[batch[lane]], lane] = 0
