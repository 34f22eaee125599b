"""Kernels of covers: swaps of one site for another, begun anew from plans that are a little disturbed.

Whom a site covers lies as a list, so that looking at a site costs as much as it covers, not as many clients
as there are. Of each client it is kept how many chosen sites cover it and the sum of their places among the
chosen: where one alone covers it that sum is its place.

Source: M. G. C. Resende and R. F. Werneck, A fast swap-based local search procedure for location problems,
Annals of Operations Research 150 (2007) 205-230, for gains and losses kept apart; H. Lourenco, O. Martin
and T. Stutzle, Iterated local search, in Handbook of Metaheuristics (2003) 321-353.
"""

import numpy as np
from numba import njit

from hutuo.siting.sweeps import CLOSED, OPEN

TINY = 1e-12
# Sites that are swapped by chance before a search begins anew, at least and at most.
LEAST, MOST = 2, 5


@njit(cache=True, nogil=True)
def _comes(begin, items, weight, site, at, count, total, loss):
    """A site comes at a place among the chosen."""
    loss[at] = 0.0
    for k in range(begin[site], begin[site + 1]):
        i = items[k]
        if count[i] == 0:
            loss[at] += weight[i]
        elif count[i] == 1:
            loss[total[i]] -= weight[i]
        count[i] += 1
        total[i] += at


@njit(cache=True, nogil=True)
def _goes(begin, items, weight, site, at, count, total, loss):
    """A site goes from its place among the chosen."""
    for k in range(begin[site], begin[site + 1]):
        i = items[k]
        count[i] -= 1
        total[i] -= at
        if count[i] == 1:
            loss[total[i]] += weight[i]


@njit(cache=True, nogil=True)
def _begun(begin, items, weight, chosen, count, total, loss, inside):
    """All anew for these sites: weight that they cover."""
    count[:], total[:], inside[:] = 0, 0, False
    for at in range(len(chosen)):
        inside[chosen[at]] = True
        _comes(begin, items, weight, chosen[at], at, count, total, loss)
    covered = 0.0
    for i in range(len(weight)):
        if count[i] > 0:
            covered += weight[i]
    return covered


@njit(cache=True, nogil=True)
def _best_out(begin, items, weight, site, count, total, loss, kept, changed):
    """What is gained if a site comes and the best of the chosen ones goes, and which one that is."""
    changed[:] = loss
    gain = 0.0
    for k in range(begin[site], begin[site + 1]):
        i = items[k]
        if count[i] == 0:
            gain += weight[i]
        elif count[i] == 1:
            changed[total[i]] -= weight[i]
    best, at = np.inf, -1
    for k in range(len(loss)):
        if not kept[k] and changed[k] < best:
            best, at = changed[k], k
    return gain - best, at


@njit(cache=True, nogil=True)
def _climbed(begin, items, weight, chosen, state, kept, held, looks):
    """Swap as soon as that covers more, until nothing does: what is gained, and what is left of the looks."""
    count, total, loss, inside, changed = held
    least = TINY * weight.sum()
    gained, stale, site = 0.0, 0, 0
    sites = len(state)
    while stale < sites and looks > 0:
        if not inside[site] and state[site] != CLOSED:
            looks -= begin[site + 1] - begin[site] + len(chosen)
            more, at = _best_out(begin, items, weight, site, count, total, loss, kept, changed)
            if more > least:
                old = chosen[at]
                _goes(begin, items, weight, old, at, count, total, loss)
                _comes(begin, items, weight, site, at, count, total, loss)
                inside[old], inside[site] = False, True
                chosen[at] = site
                gained += more
                stale = 0
        stale += 1
        site = (site + 1) % sites
    return gained, looks


@njit(cache=True, nogil=True)
def searched(begin, items, weight, chosen, state, looks, seed):
    """Sites that cover much: swaps, then swaps from plans a little disturbed, as long as looks are left.

    Args:
        begin: int64 (sites + 1,), where each site's list begins in ``items``.
        items: int32 (any,), clients that sites cover.
        weight: float64 (clients,), >= 0.
        chosen: int32 (p,), sites to begin with, those that must be open among them; changed in place.
        state: int8 (sites,), whether a site is free, must be open or must be closed.
        looks: Clients of lists that are looked at before it ends, about.
        seed: Of what is disturbed.

    Returns:
        Weight that the chosen sites cover.
    """
    p, sites = len(chosen), len(state)
    count, total = np.zeros(len(weight), np.int32), np.zeros(len(weight), np.int64)
    held = (count, total, np.zeros(p), np.zeros(sites, np.bool_), np.zeros(p))
    inside, kept = held[3], np.zeros(p, np.bool_)
    for at in range(p):
        kept[at] = state[chosen[at]] == OPEN
    free = np.flatnonzero(~kept)
    others = 0
    for site in range(sites):
        others += state[site] != CLOSED
    value = _begun(begin, items, weight, chosen, count, total, held[2], inside)
    gained, looks = _climbed(begin, items, weight, chosen, state, kept, held, looks)
    value += gained
    best, trial = chosen.copy(), chosen.copy()
    if others <= p or not len(free):
        return value
    np.random.seed(seed)  # noqa: NPY002 - the generator of compiled code
    while looks > 0:
        for _ in range(min(np.random.randint(LEAST, MOST + 1), len(free))):  # noqa: NPY002
            at, site = free[np.random.randint(len(free))], np.random.randint(sites)  # noqa: NPY002
            if not inside[site] and state[site] != CLOSED:
                _goes(begin, items, weight, trial[at], at, count, total, held[2])
                _comes(begin, items, weight, site, at, count, total, held[2])
                inside[trial[at]], inside[site] = False, True
                trial[at] = site
        looks -= p
        _, looks = _climbed(begin, items, weight, trial, state, kept, held, looks)
        now = 0.0
        for i in range(len(weight)):
            if count[i] > 0:
                now += weight[i]
        if now >= value:
            value = now
            best[:] = trial
        else:
            trial[:] = best
            looks -= len(weight) + len(items) * p // sites
            _begun(begin, items, weight, trial, count, total, held[2], inside)
    chosen[:] = best
    return value
