"""Covers made smaller: clients that are covered whenever others are, sites that others can stand for.

Source: C. Toregas and C. ReVelle, Binary logic solutions to a class of location problem, Geographical
Analysis 5 (1973) 145-155; V. Chvatal, A greedy heuristic for the set-covering problem, Mathematics of
Operations Research 4 (1979) 233-235.
"""

import numpy as np
import numpy.typing as npt

from hutuo.siting.sweeps import FREE, OPEN

__all__ = ["greedy", "most_added", "reduced", "useful"]

Array = npt.NDArray[np.float64]
Covers = npt.NDArray[np.bool_]
Ids = npt.NDArray[np.int64]
# Rows or columns up to which all pairs are compared.
COMPARED = 4000


def reduced(reach: Covers, price: Array, kept: list[int]) -> tuple[Ids, Ids]:
    """Clients and sites that are left to decide on.

    A client goes if a kept site covers it, or if whoever covers some other client covers it too; a site goes
    if one that costs no more covers as much. Every cheapest cover of what is left is one of all.

    Args:
        reach: Which sites cover which clients, (clients, sites).
        price: Of sites, (sites,), >= 0.
        kept: Sites that are open.
    """
    rows = np.flatnonzero(~reach[:, kept].any(axis=1))
    columns = np.setdiff1d(np.arange(reach.shape[1]), kept)
    while True:
        before = (len(rows), len(columns))
        part = reach[np.ix_(rows, columns)]
        rows = rows[~_within_others(~part, np.zeros(len(rows)))] if len(rows) else rows
        part = reach[np.ix_(rows, columns)]
        columns = columns[~_within_others(part.T, price[columns])] if len(rows) else columns[:0]
        if (len(rows), len(columns)) == before:
            return rows, columns


def useful(reach: Covers) -> Ids:
    """Sites that cover something, but for those of which another one covers as much."""
    some = np.flatnonzero(reach.any(axis=0))
    return some[~_within_others(reach[:, some].T, np.zeros(len(some)))]


def _within_others(sets: Covers, price: Array) -> npt.NDArray[np.bool_]:
    """Sets that lie within another one that costs no more; of equal ones the first stays.

    Args:
        sets: (sets, things), which things a set has.
        price: (sets,).
    """
    if len(sets) > COMPARED:
        _, first = np.unique(sets, axis=0, return_index=True)
        # Of equal sets the cheapest must stay; where prices differ none is taken away.
        same = np.ones(len(sets), np.bool_)
        same[first] = False
        return same if np.all(price == price[0]) else np.zeros(len(sets), np.bool_)
    size = sets.sum(axis=1)
    packed = sets.astype(np.float32)
    inside = (packed @ packed.T) == size[:, None]
    inside &= price[None, :] <= price[:, None]
    at = np.arange(len(sets))
    equal = inside & inside.T
    inside &= ~equal | (at[None, :] < at[:, None])
    inside[at, at] = False
    return np.asarray(inside.any(axis=1), dtype=np.bool_)


def greedy(covers: Covers, price: Array) -> Array:
    """A cover of all that can be covered: the site that covers most for its price first; 1 where one is open.

    Sites that turn out not to be needed are closed again, the dearest first.
    """
    left, x = np.asarray(covers.any(axis=1)), np.zeros(covers.shape[1])
    gain = covers[left].sum(axis=0).astype(np.float64)
    while left.any():
        best = int(np.argmax(gain / np.maximum(price, 1e-12)))
        x[best] = 1.0
        now = left & covers[:, best]
        gain -= covers[now].sum(axis=0)
        left &= ~now
    often = covers[:, x > 0].sum(axis=1)
    for site in sorted(np.flatnonzero(x), key=lambda one: (-price[one], one)):
        if np.all(often[covers[:, site]] > 1):
            x[site] = 0.0
            often -= covers[:, site]
    return x


def most_added(
    reach: Covers, heavy: Array, p: int, state: npt.NDArray[np.int8]
) -> npt.NDArray[np.int32]:
    """P sites, each of which adds most to what those before it cover, after the ones that must be open."""
    chosen = [int(site) for site in np.flatnonzero(state == OPEN)]
    left = heavy * ~reach[:, chosen].any(axis=1)
    free = state == FREE
    gain = np.where(free, left @ reach, -np.inf)
    while len(chosen) < p:
        best = int(np.argmax(gain))
        chosen.append(best)
        now = reach[:, best] & (left > 0)
        gain -= left[now] @ reach[now]
        left[now] = 0.0
        gain[best] = -np.inf
    return np.array(chosen, np.int32)
