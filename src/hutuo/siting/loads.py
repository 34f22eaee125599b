"""Kernels of sites with capacities: bounds by multipliers of clients, with a knapsack for each site.

Costs lie by site, (sites, clients), for serving a client wholly. A site's reduced cost is its price less the
most that it can earn from clients at their multipliers within its capacity.
"""

import numpy as np
from numba import njit

from hutuo.siting.multipliers import LEAST, LONGER, NEWEST, PATIENCE, SHORTER, SHORTEST, _mixed
from hutuo.siting.sweeps import CLOSED, FREE, OPEN

TINY, HALF = 1e-10, 0.5


@njit(cache=True, nogil=True)
def _fill(row, u, demand, room, x):
    """Fill a site with what earns most for its demand, the last one in part: earnings, price of room."""
    x[:] = 0.0
    many, total, earned = 0, 0.0, 0.0
    for i in range(len(row)):
        if u[i] > row[i]:
            many += 1
            total += demand[i]
            earned += u[i] - row[i]
            x[i] = 1.0
    if total <= room:
        return earned, 0.0
    items, worth = np.empty(many, np.int64), np.empty(many)
    at = 0
    for i in range(len(row)):
        if x[i] > 0.0:
            items[at] = i
            worth[at] = (row[i] - u[i]) / demand[i] if demand[i] > 0.0 else -np.inf
            at += 1
    x[:] = 0.0
    left, earned = room, 0.0
    for k in np.argsort(worth):
        i = items[k]
        x[i] = min(1.0, left / demand[i]) if demand[i] > 0.0 else 1.0
        earned += x[i] * (u[i] - row[i])
        left -= x[i] * demand[i]
        if x[i] < 1.0:
            return earned, -worth[k]
    return earned, 0.0


@njit(cache=True, nogil=True)
def _pack(row, u, demand, room, x):
    """Fill a site with whole clients that earn most, demands and room being whole numbers: earnings."""
    x[:] = 0.0
    many, total, earned = 0, 0.0, 0.0
    for i in range(len(row)):
        if u[i] > row[i] and demand[i] <= room:
            many += 1
            total += demand[i]
            earned += u[i] - row[i]
            x[i] = 1.0
    if total <= room:
        return earned
    size = int(room)
    best, taken = np.zeros(size + 1), np.zeros((many, size + 1), np.bool_)
    items = np.flatnonzero(x)
    x[:] = 0.0
    for k in range(many):
        i = items[k]
        d, b = int(demand[i]), u[i] - row[i]
        for s in range(size, d - 1, -1):
            if best[s - d] + b > best[s]:
                best[s] = best[s - d] + b
                taken[k, s] = True
    s = size
    for k in range(many - 1, -1, -1):
        if taken[k, s]:
            x[items[k]] = 1.0
            s -= int(demand[items[k]])
    return best[size]


@njit(cache=True, nogil=True)
def _valued(rows, price, room, demand, u, state, whole, v, x):
    """Reduced costs of the sites."""
    for j in range(len(price)):
        if state[j] == CLOSED:
            v[j] = np.inf
        elif whole:
            v[j] = price[j] - _pack(rows[j], u, demand, room[j], x)
        else:
            earned, _ = _fill(rows[j], u, demand, room[j], x)
            v[j] = price[j] - earned


@njit(cache=True, nogil=True)
def _so_many(v, state, p, y, change):
    """Open p sites, the cheapest: their reduced costs, and in ``change`` what it costs to do otherwise."""
    y[:] = 0.0
    value, left, last, after = 0.0, p, -np.inf, np.inf
    for j in range(len(v)):
        if state[j] == OPEN:
            y[j] = 1.0
            value += v[j]
            left -= 1
    for j in np.argsort(v):
        if state[j] != FREE:
            continue
        if left > 0:
            y[j] = 1.0
            value += v[j]
            last = v[j]
            left -= 1
        else:
            after = v[j]
            break
    if left != 0:
        return np.inf
    for j in range(len(v)):
        change[j] = after - v[j] if y[j] > 0.0 else v[j] - last
    return value


@njit(cache=True, nogil=True)
def _so_large(v, state, room, need, same, y, change):
    """Open sites that hold what is needed at least cost, the last in part unless all are the same."""
    y[:] = 0.0
    value, left = 0.0, need
    worth = np.full(len(v), np.inf)
    for j in range(len(v)):
        if state[j] == OPEN or (state[j] == FREE and v[j] <= 0.0):
            y[j] = 1.0
            value += v[j]
            left -= room[j]
        elif state[j] == FREE:
            worth[j] = v[j] / room[j] if room[j] > 0.0 else np.inf
    rate = 0.0
    if left > TINY * need:
        for j in np.argsort(worth):
            if worth[j] == np.inf:
                return np.inf
            y[j] = 1.0 if same else min(1.0, left / room[j])
            value += y[j] * v[j]
            left -= y[j] * room[j]
            rate = worth[j]
            if left <= TINY * need:
                break
    for j in range(len(v)):
        reduced = v[j] - rate * room[j] if rate > 0.0 else v[j]
        change[j] = max(-reduced, 0.0) if y[j] > HALF else max(reduced, 0.0)
        if 0.0 < y[j] < 1.0:
            change[j] = 0.0
    if same and rate > 0.0:
        # So many as are needed: another one comes for the dearest, or the next for one that goes.
        _instead(v, state, y, change)
    return value


@njit(cache=True, nogil=True)
def _instead(v, state, y, change):
    """What it costs to do otherwise where as many sites are open as must be."""
    last, after = -np.inf, np.inf
    for j in range(len(v)):
        if state[j] == FREE and y[j] > 0.0:
            last = max(last, v[j])
        elif state[j] == FREE:
            after = min(after, v[j])
    for j in range(len(v)):
        change[j] = after - v[j] if y[j] > 0.0 else max(v[j] - last, 0.0)


@njit(cache=True, nogil=True)
def _opened(v, state, room, need, p, same, y, change):
    if p > 0:
        return _so_many(v, state, p, y, change)
    return _so_large(v, state, room, need, same, y, change)


@njit(cache=True, nogil=True)
def _unserved(rows, room, demand, u, y, whole, x, way):
    """How far each client is from being served once."""
    way[:] = 1.0
    for j in range(len(y)):
        if y[j] <= 0.0:
            continue
        if whole:
            _pack(rows[j], u, demand, room[j], x)
        else:
            _fill(rows[j], u, demand, room[j], x)
        for i in range(len(x)):
            way[i] -= y[j] * x[i]


@njit(cache=True, nogil=True)
def bounded(rows, price, room, demand, limits, state, u, mean, share, aims, rounds, step):  # fmt: skip
    """Raise a lower bound of the capacitated location problem by moving clients' multipliers.

    Args:
        rows: float64 (sites, clients), costs of serving a client wholly; inf where there is no way.
        price: float64 (sites,), of opening a site.
        room: float64 (sites,), capacities.
        demand: float64 (clients,).
        limits: int64 (3,): sites to open (0 for as many as come), whether clients are served whole, whether
            all capacities are the same.
        state: int8 (sites,), whether a site is free, must be open or must be closed; what no better plan
            does otherwise is decided in place.
        u: float64 (clients,), multipliers to begin with; the best ones are left in it.
        mean: float64 (clients,), mean direction; changed in place.
        share: float64 (sites,), how much a site is open in the mean of plans; changed in place.
        aims: Bound from which nothing better can be left, and value to step towards.
        rounds: Most steps.
        step: Length of the first step, as a share of the gap.

    Returns:
        Best bound, what a site is open there, reduced costs, what doing otherwise costs, and the length of
        the last step; a bound of inf if no better plan is left.

    Source: F. Barahona and F. A. Chudak, Near-optimal solutions to large-scale facility location problems,
    Discrete Optimization 2 (2005) 35-50; J. E. Beasley, European Journal of Operational Research 33 (1988)
    314-325, for the bound.
    """
    sites, clients = rows.shape
    v, y, change = np.empty(sites), np.zeros(sites), np.zeros(sites)
    x, way, trial = np.empty(clients), np.empty(clients), u.copy()
    found, best_v, best_y, best_change = -np.inf, v.copy(), y.copy(), change.copy()
    newest, stale, begun = NEWEST, 0, mean.any()
    need, whole = demand.sum(), limits[1] == 1
    for _ in range(rounds):
        _valued(rows, price, room, demand, trial, state, whole, v, x)
        value = _opened(v, state, room, need, limits[0], limits[2] == 1, y, change)
        value += trial.sum()
        if value == np.inf:
            return np.inf, best_y, best_v, best_change, step
        for j in range(sites):
            if state[j] == FREE and value + change[j] >= aims[0]:
                state[j] = CLOSED if y[j] <= HALF else OPEN
        _unserved(rows, room, demand, trial, y, whole, x, way)
        if not begun:
            mean[:], share[:] = way, y
            begun = True
        part, across = _mixed(way, mean, newest)
        mean += part * (way - mean)
        share += part * (y - share)
        if value > found + TINY * (1.0 + abs(value)):
            found, stale = value, 0
            u[:], best_v[:], best_y[:], best_change[:] = trial, v, y, change
            if across > 0.0:
                step = min(step * LONGER, 2.0)
        else:
            stale += 1
        if found >= aims[0] or step < SHORTEST:
            break
        if stale >= PATIENCE:
            step *= SHORTER
            newest = max(newest * 0.8, LEAST)
            stale = 0
        norm = (mean * mean).sum()
        if norm < TINY:
            break
        trial[:] = u + step * (aims[1] - found) / norm * mean
    return found, best_y, best_v, best_change, step


@njit(cache=True, nogil=True)
def ways_left(rows, price, room, demand, state, u, v, y, change, value, upper, whole, out):  # fmt: skip
    """Which clients a site may serve in a better plan.

    Args:
        rows: As for :func:`bounded`.
        price: As there.
        room: As there.
        demand: As there.
        state: As there.
        u: Multipliers.
        v: Reduced costs there.
        y: What is open there.
        change: What doing otherwise costs there.
        value: The bound there.
        upper: Value that a better plan is below.
        whole: Whether clients are served whole.
        out: bool (sites, clients), filled.
    """
    x = np.empty(rows.shape[1])
    for j in range(len(price)):
        out[j] = False
        if state[j] == CLOSED:
            continue
        earned, rate = _fill(rows[j], u, demand, room[j], x)
        base = value + (change[j] if y[j] <= HALF else 0.0)
        if whole:
            # The price of room bounds the knapsack with parts, which earns more.
            base += price[j] - earned - v[j]
        for i in range(rows.shape[1]):
            more = max(rows[j, i] - u[i] + rate * demand[i], 0.0)
            out[j, i] = rows[j, i] < np.inf and base + more < upper
