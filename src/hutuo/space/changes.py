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
    first, head, below_first, below, tail, own, own_up, own_down, up, down, best_up, best_down, slack,
    pairs, arcs_up, arcs_down,
):  # fmt: skip
    """Recomputes the pairs given and those that hang on them, lower nodes first.

    A mark says of a pair what is to be done to it, what it cost before, and which mark of the same node was
    made before.
    """
    last = np.full(len(first) - 1, -1, np.int32)
    marks = [(pairs[0], ANEW, up[0], down[0], last[0]) for _ in range(0)]
    queue = [pairs[0] for _ in range(0)]
    for pair in pairs:
        low = np.searchsorted(first, pair, side="right") - 1
        _marked(queue, marks, last, low, pair, ANEW, up[pair], down[pair])
    told = [(pairs[0], up[0], down[0]) for _ in range(0)]
    place = np.full(len(first) - 1, -1, np.int32)
    while len(queue):
        # No pair of a node hangs on another one of it, so they are computed together.
        low = heapq.heappop(queue)
        start, end = first[low], first[low + 1]
        state, was_up, was_down = _marks_of(
            marks, last, low, start, up[start:end], down[start:end]
        )
        now_up, now_down = up[start:end].copy(), down[start:end].copy()
        anew = np.flatnonzero(state == ANEW)
        if len(anew):
            now_up[anew], now_down[anew] = (
                _owned(own, own_up, start + anew),
                _owned(own, own_down, start + anew),
            )
            for k in range(np.searchsorted(pairs, start), np.searchsorted(pairs, end)):
                now_up[pairs[k] - start], now_down[pairs[k] - start] = arcs_up[k], arcs_down[k]
            _recomputed(
                head, below_first, below, tail, up, down, best_up, best_down, slack,
                low, start, anew, was_up, was_down, now_up, now_down, place,
            )  # fmt: skip
        up[start:end], down[start:end] = now_up, now_down
        differ = np.flatnonzero((now_up != was_up) | (now_down != was_down))
        told.extend([(start + i, was_up[i], was_down[i]) for i in differ])
        if len(differ):
            _hung(
                first, head, up, down, best_up, best_down, slack,
                low, differ, was_up, was_down, now_up, now_down, queue, marks, last,
            )  # fmt: skip
    changed = np.empty(len(told), np.int64)
    ups, downs = np.empty(len(told), up.dtype), np.empty(len(told), up.dtype)
    for i in range(len(told)):
        changed[i], ups[i], downs[i] = told[i]
    return changed, ups, downs


@njit(cache=True, nogil=True)
def _marked(queue, marks, last, low, pair, todo, was_up, was_down):
    """Marks a pair of a node."""
    if last[low] < 0:
        heapq.heappush(queue, np.int64(low))
    marks.append((pair, todo, was_up, was_down, last[low]))
    last[low] = len(marks) - 1


@njit(cache=True, nogil=True)
def _marks_of(marks, last, low, start, up, down):
    """Takes the marks of a node off: what is to be done to each of its pairs, and what it cost before."""
    state = np.zeros(len(up), np.int8)
    was_up, was_down = up.copy(), down.copy()
    at = last[low]
    last[low] = -1
    while at >= 0:
        pair, todo, rise, fall, at = marks[at]
        i = pair - start
        state[i] = max(state[i], todo)
        was_up[i], was_down[i] = max(was_up[i], rise), max(was_down[i], fall)
    return state, was_up, was_down


@njit(cache=True, nogil=True)
def _recomputed(
    head, below_first, below, tail, up, down, best_up, best_down, slack,
    low, start, anew, was_up, was_down, now_up, now_down, place,
):  # fmt: skip
    """Lowers pairs of a node to the ways over the nodes below both of their ends.

    Ways that no quickest way takes may be left out; a pair that none takes may stay as it was.
    """
    rise, fall = np.int64(0), np.int64(0)
    for i in anew:
        rise, fall = max(rise, best_up[start + i] + slack), max(fall, best_down[start + i] + slack)
    here, least = range(below_first[low], below_first[low + 1]), np.int64(low)
    for b in here:
        if down[below[b]] <= rise or up[below[b]] <= fall:
            place[tail[b]] = below[b]
            least = min(least, np.int64(tail[b]))
    for i in anew:
        high = head[start + i]
        least_up, least_down = now_up[i], now_down[i]
        # What is below both lies between the lowest that is below the lower one, and that one itself.
        b = _found(tail, below_first[high], below_first[high + 1], least)
        while tail[b] < low:
            left = place[tail[b]]
            if left >= 0:
                right = below[b]
                least_up = min(least_up, down[left] + up[right])
                least_down = min(least_down, down[right] + up[left])
            b += 1
        keep = min(least_up, was_up[i]) > best_up[start + i] + slack
        keep_back = min(least_down, was_down[i]) > best_down[start + i] + slack
        now_up[i] = was_up[i] if keep else least_up
        now_down[i] = was_down[i] if keep_back else least_down
    for b in here:
        place[tail[b]] = -1


@njit(cache=True, nogil=True)
def _hung(
    first, head, up, down, best_up, best_down, slack,
    low, differ, was_up, was_down, now_up, now_down, queue, marks, last,
):  # fmt: skip
    """Lowers what is cheaper over changed pairs of a node, and marks what was as cheap over them.

    The third side of a triangle over the node joins the higher ends of two of its pairs; up that side is down
    the one and up the other.
    """
    start, size, begun = first[low], len(was_up), 0
    for i in range(differ[-1] + 1):
        middle = head[start + i]
        at, end = first[middle] - 1, first[middle + 1]
        if differ[begun] == i:
            begun += 1
            every, count = True, size - i - 1
        else:
            every, count = False, len(differ) - begun
        for k in range(count):
            j = i + 1 + k if every else differ[begun + k]
            # What is higher than two corners of a triangle is joined to both, so the place is near.
            at = _found(head, max(at + 1, first[middle] + j - i - 1), end, head[start + j])
            was, now = was_down[i] + was_up[j], now_down[i] + now_up[j]
            was_back, now_back = was_up[i] + was_down[j], now_up[i] + now_down[j]
            if _hangs(up[at], was, now) or _hangs(down[at], was_back, now_back):
                todo = _todo(up[at], best_up[at] + slack, was, now)
                todo_back = _todo(down[at], best_down[at] + slack, was_back, now_back)
                if todo or todo_back:
                    _marked(queue, marks, last, middle, at, max(todo, todo_back), up[at], down[at])
                if todo == LOWERED:
                    up[at] = now
                if todo_back == LOWERED:
                    down[at] = now_back


@njit(cache=True, nogil=True, inline="always")
def _hangs(cost, was, now):
    """Whether a pair becomes cheaper by a way that cost ``was``, or cost as much and may cost more."""
    return now < cost or (was < now and was <= cost)


@njit(cache=True, nogil=True)
def _todo(cost, longest, was, now):
    """What is to be done to a pair on which a change hangs; nothing if no quickest way takes it."""
    if min(cost, now) > longest or not _hangs(cost, was, now):
        return SAME
    return LOWERED if now < cost else ANEW


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
