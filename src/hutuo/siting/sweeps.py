"""Kernels of the p-median problem: bounds by Lagrange multipliers, and swaps of sites.

Costs lie by client in order of cost, so that a client's list is read only as far as its multiplier reaches.
"""

import numpy as np
from numba import njit

FREE, OPEN, CLOSED = 0, 1, 2
# Steps without a better bound until they are made shorter, by how much, and when they are too short.
PATIENCE, SHORTER, SHORTEST = 12, 0.6, 1e-3
# Part of the way before that is gone on with: it keeps multipliers from swinging.
ONWARD = 0.3
TINY = 1e-9


@njit(cache=True, nogil=True)
def nearest_two(cost, chosen):
    """Nearest and second nearest of the chosen sites for each client; -1 where there is no second.

    Args:
        cost: float64 (clients, sites).
        chosen: int32 (p,), sites.
    """
    clients = cost.shape[0]
    first = np.full(clients, -1, np.int32)
    second = np.full(clients, -1, np.int32)
    for i in range(clients):
        best, after = np.inf, np.inf
        for j in chosen:
            c = cost[i, j]
            if c < best:
                second[i], after = first[i], best
                first[i], best = j, c
            elif c < after:
                second[i], after = j, c
    return first, second


@njit(cache=True, nogil=True)
def assigned(cost, chosen):
    """Total cost of serving each client from the nearest of the chosen sites."""
    total = 0.0
    for i in range(cost.shape[0]):
        best = np.inf
        for j in chosen:
            best = min(best, cost[i, j])
        total += best
    return total


@njit(cache=True, nogil=True)
def swapped(cost, chosen, state):
    """Swap one site at a time as long as that saves anything, always the swap that saves most.

    Args:
        cost: float64 (clients, sites), finite.
        chosen: int32 (p,), sites to begin with; changed in place.
        state: int8 (sites,), whether a site is free, must be open or must be closed.

    Returns:
        Total cost of the chosen sites.

    Source: R. A. Whitaker, A fast algorithm for the greedy interchange for large-scale clustering and median
    location problems, INFOR 21 (1983) 95-108.
    """
    inside = np.zeros(cost.shape[1], np.bool_)
    for j in chosen:
        inside[j] = True
    while True:
        total, saved, come, gone = _best_swap(cost, chosen, state, inside)
        if saved <= TINY * (1.0 + abs(total)):
            return total
        for at in range(len(chosen)):
            if chosen[at] == gone:
                chosen[at] = come
        inside[come], inside[gone] = True, False


@njit(cache=True, nogil=True)
def _best_swap(cost, chosen, state, inside):
    """Total cost now, and the swap that saves most: what it saves, the site that comes, the one that goes."""
    clients, sites = cost.shape
    first, second = nearest_two(cost, chosen)
    total = 0.0
    for i in range(clients):
        total += cost[i, first[i]]
    loss = np.zeros(sites)
    saved, come, gone = 0.0, -1, -1
    for j in range(sites):
        if inside[j] or state[j] == CLOSED:
            continue
        gain = _gain(cost, j, first, second, loss)
        for k in chosen:
            if state[k] != OPEN and gain - loss[k] > saved:
                saved, come, gone = gain - loss[k], j, k
            loss[k] = 0.0
    return total, saved, come, gone


@njit(cache=True, nogil=True)
def _gain(cost, j, first, second, loss):
    """What a site saves if it is added, and in ``loss`` what each chosen one then costs if it goes."""
    gain = 0.0
    for i in range(cost.shape[0]):
        c, d1 = cost[i, j], cost[i, first[i]]
        if c < d1:
            gain += d1 - c
        else:
            d2 = c if second[i] < 0 else min(c, cost[i, second[i]])
            loss[first[i]] += d2 - d1
    return gain


@njit(cache=True, nogil=True)
def _reduced(order, ordered, u, rho):
    """Reduced costs of the sites: how far clients' multipliers exceed their costs, below zero."""
    rho[:] = 0.0
    for i in range(order.shape[0]):
        for at in range(order.shape[1]):
            c = ordered[i, at]
            if c >= u[i]:
                break
            rho[order[i, at]] += c - u[i]


@njit(cache=True, nogil=True)
def _open_cheapest(rho, state, p, is_open):
    """Open what must be and the cheapest of the free ones; their reduced costs, inf if they are too few."""
    value, left = 0.0, p
    for j in range(len(state)):
        is_open[j] = state[j] == OPEN
        if is_open[j]:
            value += rho[j]
            left -= 1
    for j in np.argsort(rho):
        if left <= 0:
            break
        if state[j] == FREE:
            is_open[j] = True
            value += rho[j]
            left -= 1
    return value if left == 0 else np.inf


@njit(cache=True, nogil=True)
def _onward(order, ordered, u, is_open, way):
    """Where to move multipliers, up where nobody serves a client, down where several do; length squared."""
    norm = 0.0
    for i in range(order.shape[0]):
        served = 0
        for at in range(order.shape[1]):
            if ordered[i, at] >= u[i]:
                break
            if is_open[order[i, at]]:
                served += 1
        way[i] = (1.0 - served) + ONWARD * way[i]
        norm += way[i] * way[i]
    return norm


@njit(cache=True, nogil=True)
def bounded(order, ordered, u, state, p, upper, rounds, step):
    """Raise a lower bound of the p-median problem by moving multipliers along the subgradient.

    Args:
        order: int32 (clients, sites), sites of each client from the cheapest on.
        ordered: float64 (clients, sites), their costs.
        u: float64 (clients,), multipliers to begin with; changed in place.
        state: int8 (sites,), whether a site is free, must be open or must be closed.
        p: Sites to open.
        upper: Bound from which nothing better can be left.
        rounds: Most steps.
        step: Length of the first step, as a share of the gap.

    Returns:
        Best bound, its multipliers, reduced costs of the sites there, and the sites that it opens; a bound of
        inf if too few sites may be open, or too many must.

    Source: G. Cornuejols, M. L. Fisher and G. L. Nemhauser, Location of bank accounts to optimize float,
    Management Science 23 (1977) 789-810; step lengths by M. Held, P. Wolfe and H. P. Crowder, Mathematical
    Programming 6 (1974) 62-88.
    """
    sites, stale = len(state), 0
    rho, way = np.zeros(sites), np.zeros(len(u))
    is_open = np.zeros(sites, np.bool_)
    best, best_u, best_rho, best_open = -np.inf, u.copy(), rho.copy(), is_open.copy()
    for _ in range(rounds):
        _reduced(order, ordered, u, rho)
        value = _open_cheapest(rho, state, p, is_open) + u.sum()
        if value == np.inf:
            return np.inf, best_u, best_rho, np.flatnonzero(best_open).astype(np.int32)
        stale = 0 if value > best + TINY * (1.0 + abs(value)) else stale + 1
        if value > best:
            best = value
            best_u[:], best_rho[:], best_open[:] = u, rho, is_open
        if best >= upper or step < SHORTEST:
            break
        if stale >= PATIENCE:
            step *= SHORTER
            stale = 0
            u[:] = best_u
            way[:] = 0.0
            continue
        norm = _onward(order, ordered, u, is_open, way)
        if norm == 0.0:
            break
        u += step * (upper + 0.02 * abs(upper) - value) / norm * way
    return best, best_u, best_rho, np.flatnonzero(best_open).astype(np.int32)
