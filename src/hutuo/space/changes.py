"""What changes in a hierarchy when few of its arcs cost something else.

A pair costs what its arcs cost, or the way over a lower node: two sides of a triangle whose third side it is.
So a change goes from lower pairs to higher ones, and most pairs are never looked at.

Source: Dibbelt, Strasser and Wagner (2016), customizable contraction hierarchies, J. Exp. Algorithmics 21
(partial updates).
"""

import heapq
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space.hierarchy import Metric, Topology, Triangles

__all__ = ["Own", "Slack", "changed", "own_of"]

# A list of pairs is read through when it is no longer than so many times the pairs looked for in it.
READ = 24
SAME, LOWERED, ANEW = 0, 1, 2


class Slack(NamedTuple):
    """What each pair costs by the quickest way before a change, and how much longer any way is after it."""

    best: Metric
    longer: int

    def turned(self) -> "Slack":
        """The same with all ways the other way."""
        return Slack(Metric(self.best.down, self.best.up), self.longer)


class Own(NamedTuple):
    """What the arcs alone cost some pairs, ascending, (k,); the arcs of others lead nowhere."""

    pairs: NDArray[np.int64]
    metric: Metric

    def of(self, pairs: NDArray[np.int64]) -> Metric:
        """What the arcs alone cost other pairs."""
        return Metric(*(_owned(self.pairs, cost, pairs) for cost in self.metric))


def own_of(metric: Metric) -> Own:
    """What the arcs alone cost the pairs that have any; most have none."""
    far = np.iinfo(metric.up.dtype).max // 2
    pairs = np.flatnonzero((metric.up < far) | (metric.down < far))
    return Own(pairs, Metric(metric.up[pairs], metric.down[pairs]))


def changed(
    topology: Topology,
    triangles: Triangles,
    own: Own,
    metric: Metric,
    anew: Own,
    slack: Slack | None = None,
) -> tuple[NDArray[np.int64], NDArray[np.signedinteger], NDArray[np.signedinteger]]:
    """What changes in a customized metric when some pairs cost something else.

    With the quickest ways known, a pair that cost more than the longest that its quickest way can be after
    the change, and still does, is left as it is: no quickest way goes over it. What hangs on it alone is left
    too, and any sum over it is too long itself. That is most of what would change otherwise.

    Args:
        topology: The hierarchy.
        triangles: Its pairs by their higher node.
        own: What the arcs alone cost before.
        metric: What :func:`customized` gave before; it is changed in place.
        anew: What the arcs alone cost now, where that is something else.
        slack: The quickest ways before, if they are known.

    Returns:
        The pairs of the metric that were changed, and what they cost up and down before.
    """
    t = topology
    best, longer = slack or Slack(metric, np.iinfo(metric.up.dtype).max // 2)
    return _updated(
        t.first, t.head, *triangles, own.pairs, *own.metric, metric.up, metric.down,
        best.up, best.down, longer, anew.pairs, *anew.metric,
    )  # fmt: skip


@njit(cache=True, nogil=True)
def _owned(own, cost, pairs):
    """The cost of each of some pairs among those that have one."""
    found = np.full(len(pairs), np.iinfo(cost.dtype).max // 2, cost.dtype)
    for i in range(len(pairs)):
        at = np.searchsorted(own, pairs[i])
        if at < len(own) and own[at] == pairs[i]:
            found[i] = cost[at]
    return found


@njit(cache=True, nogil=True)
def _updated(
    first, head, tail, below_first, below, own, own_up, own_down, up, down, best_up, best_down, slack,
    pairs, arcs_up, arcs_down,
):  # fmt: skip
    """Recomputes the pairs given and those that hang on them, lower nodes first."""
    # Of each pair whether it is to be recomputed, and what it cost before it was lowered.
    heap = [(pair, ANEW, up[pair], down[pair]) for pair in pairs]
    heapq.heapify(heap)
    told = [(np.int64(0), up[0], down[0]) for _ in range(0)]
    place = np.full(len(first) - 1, -1, np.int32)
    while len(heap):
        # No pair of a node hangs on another one of it, so they are computed together.
        low = tail[heap[0][0]]
        start = first[low]
        state, was_up, was_down = _taken(heap, start, first[low + 1], up, down)
        now_up, now_down = up[start : first[low + 1]].copy(), down[start : first[low + 1]].copy()
        anew = np.flatnonzero(state == ANEW)
        now_up[anew], now_down[anew] = (
            _owned(own, own_up, start + anew),
            _owned(own, own_down, start + anew),
        )
        for i in range(np.searchsorted(pairs, start), np.searchsorted(pairs, first[low + 1])):
            now_up[pairs[i] - start], now_down[pairs[i] - start] = arcs_up[i], arcs_down[i]
        _recomputed(
            first, head, tail, below_first, below, up, down, best_up, best_down, slack,
            low, anew, now_up, now_down, place,
        )  # fmt: skip
        for i in range(len(state)):
            pair = start + i
            if state[i] == ANEW:
                # What no quickest way takes may stay as it was.
                if min(now_up[i], was_up[i]) > best_up[pair] + slack:
                    now_up[i] = was_up[i]
                if min(now_down[i], was_down[i]) > best_down[pair] + slack:
                    now_down[i] = was_down[i]
                rise, fall = min(up[pair], now_up[i]), min(down[pair], now_down[i])
                up[pair], down[pair] = now_up[i], now_down[i]
                # What was lowered over a way that then became longer has lowered others in the meantime.
                if (now_up[i] > rise and rise < was_up[i]) or (
                    now_down[i] > fall and fall < was_down[i]
                ):
                    _hung(
                        first,
                        head,
                        tail,
                        up,
                        down,
                        best_up,
                        best_down,
                        slack,
                        pair,
                        rise,
                        fall,
                        heap,
                    )
            if now_up[i] != was_up[i] or now_down[i] != was_down[i]:
                told.append((pair, was_up[i], was_down[i]))
                _hung(
                    first, head, tail, up, down, best_up, best_down, slack, pair, was_up[i], was_down[i], heap
                )  # fmt: skip
    changed = np.empty(len(told), np.int64)
    ups, downs = np.empty(len(told), up.dtype), np.empty(len(told), up.dtype)
    for i in range(len(told)):
        changed[i], ups[i], downs[i] = told[i]
    return changed, ups, downs


@njit(cache=True, nogil=True)
def _taken(heap, start, end, up, down):
    """Takes the pairs of a node off the heap: what is to be done to each, and what it cost before."""
    state = np.zeros(end - start, np.int8)
    was_up, was_down = up[start:end].copy(), down[start:end].copy()
    while len(heap) and heap[0][0] < end:
        pair, todo, rise, fall = heapq.heappop(heap)
        i = pair - start
        state[i] = max(state[i], todo)
        was_up[i], was_down[i] = max(was_up[i], rise), max(was_down[i], fall)
    return state, was_up, was_down


@njit(cache=True, nogil=True)
def _recomputed(
    first, head, tail, below_first, below, up, down, best_up, best_down, slack,
    low, anew, now_up, now_down, place,
):  # fmt: skip
    """Lowers pairs of a node to the ways over the nodes below both of their ends.

    Ways that no quickest way takes may be left out.
    """
    start = first[low]
    rise, fall = np.int64(0), np.int64(0)
    for i in anew:
        rise, fall = max(rise, best_up[start + i] + slack), max(fall, best_down[start + i] + slack)
        place[head[start + i]] = i
    for b in range(below_first[low], below_first[low + 1] if len(anew) else below_first[low]):
        left = below[b]
        if down[left] > rise and up[left] > fall:
            continue
        right, end = left + 1, first[tail[left] + 1]
        if end - right <= READ * len(anew):
            for at in range(right, end):
                i = place[head[at]]
                if i >= 0:
                    now_up[i] = min(now_up[i], down[left] + up[at])
                    now_down[i] = min(now_down[i], down[at] + up[left])
        else:
            for i in anew:
                right = _found(head, right, end, head[start + i])
                if right < end and head[right] == head[start + i]:
                    now_up[i] = min(now_up[i], down[left] + up[right])
                    now_down[i] = min(now_down[i], down[right] + up[left])
    for i in anew:
        place[head[start + i]] = -1


@njit(cache=True, nogil=True)
def _hung(first, head, tail, up, down, best_up, best_down, slack, pair, up_was, down_was, heap):
    """Lowers what is cheaper over a changed pair, and marks what was as cheap over it."""
    if up[pair] != up_was:
        _hung_one_way(
            first, head, tail, up, down, best_up, best_down, slack, pair, up_was, heap, upward=True
        )  # fmt: skip
    if down[pair] != down_was:
        _hung_one_way(
            first, head, tail, down, up, best_down, best_up, slack, pair, down_was, heap, upward=False
        )  # fmt: skip


@njit(cache=True, nogil=True)
def _hung_one_way(
    first, head, tail, there, back, best_there, best_back, slack, pair, was, heap, upward
):  # fmt: skip
    """The third sides of the triangles over the lower node of a pair whose cost there has changed.

    Up one side of a triangle is down the other.
    """
    low, high, now = tail[pair], head[pair], there[pair]
    # It hangs on a higher cost if it was as cheap over it, on a lower one if it becomes cheaper.
    least = was if now > was else now + 1
    for other in range(first[low], pair):
        if back[other] <= best_back[other] + slack:
            # What is higher than two corners of a triangle is joined to both, so the place is near.
            begin = first[head[other]] + pair - other - 1
            at = _found(head, begin, first[head[other] + 1], high)
            if back[other] + least <= there[at]:
                _hanging(
                    there, back, best_there, slack, at, back[other] + now, now > was, heap, upward
                )
    at = first[high] - 1
    for other in range(pair + 1, first[low + 1]):
        if back[other] <= best_back[other] + slack:
            at = _found(head, at + 1, first[high + 1], head[other])
            if back[other] + least <= back[at]:
                _hanging(
                    back,
                    there,
                    best_back,
                    slack,
                    at,
                    back[other] + now,
                    now > was,
                    heap,
                    not upward,
                )


@njit(cache=True, nogil=True)
def _hanging(cost, other_way, best, slack, pair, over, anew, heap, upward):
    """Lowers a pair to what it costs over two others, or marks it, unless no quickest way takes it."""
    was = cost[pair]
    if min(was, over) > best[pair] + slack:
        return
    if not anew:
        cost[pair] = over
    todo = ANEW if anew else LOWERED
    if upward:
        heapq.heappush(heap, (pair, todo, was, other_way[pair]))
    else:
        heapq.heappush(heap, (pair, todo, other_way[pair], was))


@njit(cache=True, nogil=True)
def _found(head, begin, end, high):
    """The first pair of a node that leads to a rank or a higher one, found by halving."""
    if begin < end and head[begin] >= high:
        return begin
    while begin < end:
        middle = (begin + end) // 2
        if head[middle] < high:
            begin = middle + 1
        else:
            end = middle
    return begin
