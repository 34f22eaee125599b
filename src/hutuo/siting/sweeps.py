"""Kernels of plans: the nearest sites, and swaps of one site for another.

Costs lie by site, (sites, clients), so that looking at a site reads one row.
"""

import numpy as np
from numba import njit

FREE, OPEN, CLOSED = 0, 1, 2
# Share of the value below which a swap saves nothing but rounding.
TINY = 1e-11


@njit(cache=True, nogil=True)
def assigned(rows, chosen):
    """Total cost of serving each client from the nearest of the chosen sites."""
    total = 0.0
    for i in range(rows.shape[1]):
        best = np.inf
        for j in chosen:
            best = min(best, rows[j, i])
        total += best
    return total


@njit(cache=True, nogil=True)
def _two_nearest(rows, chosen, i, near, after, d1, d2):
    """Places in ``chosen`` and costs of a client's nearest and second nearest."""
    d1[i], d2[i], near[i], after[i] = np.inf, np.inf, -1, -1
    for k in range(len(chosen)):
        c = rows[chosen[k], i]
        if c < d1[i]:
            after[i], d2[i] = near[i], d1[i]
            near[i], d1[i] = k, c
        elif c < d2[i]:
            after[i], d2[i] = k, c


@njit(cache=True, nogil=True)
def _losses(near, d1, d2, loss):
    """What it costs if a chosen site goes and its clients take their second nearest."""
    loss[:] = 0.0
    for i in range(len(near)):
        loss[near[i]] += d2[i] - d1[i]


@njit(cache=True, nogil=True)
def _best_out(row, near, d1, d2, loss, kept, changed):
    """What is saved if a site comes and the best of the chosen ones goes, and which one that is."""
    changed[:] = loss
    gain = 0.0
    for i in range(len(row)):
        c = row[i]
        if c < d1[i]:
            gain += d1[i] - c
            changed[near[i]] += d1[i] - d2[i]
        elif c < d2[i]:
            changed[near[i]] += c - d2[i]
    best, at = np.inf, -1
    for k in range(len(loss)):
        if not kept[k] and changed[k] < best:
            best, at = changed[k], k
    return gain - best, at


@njit(cache=True, nogil=True)
def _replaced(rows, chosen, k, near, after, d1, d2):
    """Bring up to date what is nearest after the site at place ``k`` of ``chosen`` is another one."""
    row = rows[chosen[k]]
    for i in range(len(row)):
        c = row[i]
        if near[i] == k:
            if c <= d2[i]:
                d1[i] = c
            else:
                _two_nearest(rows, chosen, i, near, after, d1, d2)
        elif c < d1[i]:
            after[i], d2[i] = near[i], d1[i]
            near[i], d1[i] = k, c
        elif after[i] == k:
            if c <= d2[i]:
                d2[i] = c
            else:
                _two_nearest(rows, chosen, i, near, after, d1, d2)
        elif c < d2[i]:
            after[i], d2[i] = k, c


@njit(cache=True, nogil=True)
def swapped(rows, chosen, state, tries):
    """Swap one site at a time, as soon as that saves something, until nothing does.

    Args:
        rows: float64 (sites, clients), finite.
        chosen: int32 (p,), p > 1, sites to begin with; changed in place.
        state: int8 (sites,), whether a site is free, must be open or must be closed.
        tries: Most sites that are looked at.

    Returns:
        Total cost of the chosen sites, and how many looks are left: 0 if they were too few.

    Source: M. G. C. Resende and R. F. Werneck, A fast swap-based local search procedure for location
    problems, Annals of Operations Research 150 (2007) 205-230; E. Schubert and P. J. Rousseeuw, Fast and
    eager k-medoids clustering, Information Systems 101 (2021) 101804, for swapping at once.
    """
    sites, clients = rows.shape
    near, after = np.empty(clients, np.int32), np.empty(clients, np.int32)
    d1, d2 = np.empty(clients), np.empty(clients)
    loss, changed = np.empty(len(chosen)), np.empty(len(chosen))
    inside = np.zeros(sites, np.bool_)
    kept = np.zeros(len(chosen), np.bool_)
    for k in range(len(chosen)):
        inside[chosen[k]] = True
        kept[k] = state[chosen[k]] == OPEN
    for i in range(clients):
        _two_nearest(rows, chosen, i, near, after, d1, d2)
    _losses(near, d1, d2, loss)
    least = TINY * (1.0 + d1.sum())
    stale, j = 0, 0
    while stale < sites and tries > 0:
        if not inside[j] and state[j] != CLOSED:
            tries -= 1
            saved, k = _best_out(rows[j], near, d1, d2, loss, kept, changed)
            if saved > least:
                inside[j], inside[chosen[k]] = True, False
                chosen[k] = j
                _replaced(rows, chosen, k, near, after, d1, d2)
                _losses(near, d1, d2, loss)
                stale = 0
        stale += 1
        j = (j + 1) % sites
    return d1.sum(), tries


@njit(cache=True, nogil=True)
def apart(rows, sites, most, out):
    """How differently two sites serve the clients, no cost counting for more than the most it may.

    Args:
        rows: float64 (sites, clients).
        sites: int32 (m,), sites that are compared.
        most: float64 (clients,), cost above which a client is not served.
        out: float64 (m, m), filled.
    """
    for a in range(len(sites)):
        out[a, a] = 0.0
        for b in range(a):
            total = 0.0
            for i in range(len(most)):
                total += abs(min(rows[sites[a], i], most[i]) - min(rows[sites[b], i], most[i]))
            out[a, b] = total
            out[b, a] = total


@njit(cache=True, nogil=True)
def multiples(values, grain, slack):
    """Whether all finite values are multiples of a unit, but for a relative slack.

    Args:
        values: float64 (any, any), >= 0.
        grain: Unit.
        slack: Of a value counted in units.
    """
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            times = values[i, j] / grain
            if times < np.inf and abs(times - np.rint(times)) > slack * (1.0 + times):
                return False
    return True


@njit(cache=True, nogil=True)
def dearest(values):
    """The largest finite value, or 0."""
    most = 0.0
    for i in range(values.shape[0]):
        for j in range(values.shape[1]):
            if values[i, j] < np.inf:
                most = max(most, values[i, j])
    return most
