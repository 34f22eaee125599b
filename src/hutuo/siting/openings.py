"""Branch and bound of capacitated location whose clients may be split: sites are opened or closed in turn.

Once all sites are decided what is left is a flow, which is solved as it is: no whole programme is needed.

Source: J. E. Beasley, European Journal of Operational Research 33 (1988) 314-325, for the tree over such a
bound.
"""

import heapq
import time
from itertools import count

import numpy as np

from hutuo.glossary import Text
from hutuo.progress import report
from hutuo.siting import sweeps
from hutuo.siting.relaxed import EXACT, Given, Plans, State, raised

__all__ = ["branched"]

STEP, ROUNDS, HALF = 0.05, 50, 0.5


def branched(given: Given, at: State, plans: Plans, gap: float) -> float:
    """Value that no plan is below, once the tree is done or time is up; better plans go to ``plans``."""
    rows = np.ascontiguousarray(given.cost.T)
    ids = count()
    waiting = [(at.bound, next(ids), at)]
    while waiting:
        bound, _, node = heapq.heappop(waiting)
        if plans.upper <= bound * (1 + max(gap, EXACT)):
            return min(bound, plans.upper)
        if time.monotonic() > plans.end:
            return bound
        left = (plans.upper - bound) / max(plans.upper, EXACT)
        report(
            max(1 - 50 * left, 0.0), Text(f"分支定界,差距{left:.3%}", f"branching, gap {left:.3%}")
        )
        for child in _children(given, rows, node, plans, gap):
            heapq.heappush(waiting, (child.bound, next(ids), child))
    return plans.upper


def _children(
    given: Given, rows: "np.ndarray", node: State, plans: Plans, gap: float
) -> list[State]:
    """The node with the site most in doubt open, and closed; what is decided wholly is solved."""
    free = np.flatnonzero(node.state == sweeps.FREE)
    if not len(free):
        plans.value(tuple(np.flatnonzero(node.state == sweeps.OPEN).tolist()), node.state)
        return []
    doubt = np.abs(node.share[free] - HALF) - 1e-6 * given.room[free] / given.room.max()
    site = free[int(np.argmin(doubt))]
    found = []
    for decided in (sweeps.OPEN, sweeps.CLOSED):
        state = node.state.copy()
        state[site] = decided
        part = node._replace(state=state)
        aim = (plans.upper, gap, STEP, ROUNDS)
        child, _ = raised(given, rows, part, np.zeros(len(given.demand)), aim)
        if child.bound < plans.upper * (1 - max(gap, EXACT)):
            found.append(child._replace(bound=max(child.bound, node.bound)))
    return found
