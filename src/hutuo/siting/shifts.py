"""Kernels of plans in which each client is served by one site within its capacity.

Source: S. Martello and P. Toth, Knapsack Problems (1990), section 7.4, for assignment by regret with shifts
and swaps; F. E. Maranzana, On the location of supply points to minimize transport costs, Operational Research
Quarterly 15 (1964) 261-270, for moving a site among its clients.
"""

import numpy as np
from numba import njit

from hutuo.siting.sweeps import CLOSED, OPEN

TINY = 1e-9


@njit(cache=True, nogil=True)
def by_regret(rows, demand, room, sites, to, load):
    """Give clients to sites, those first that lose most if their best site is full; False if one finds none.

    Args:
        rows: float64 (sites, clients), costs; inf where there is no way.
        demand: float64 (clients,).
        room: float64 (sites,).
        sites: int64 (p,), sites that are open.
        to: int64 (clients,), filled with sites.
        load: float64 (sites,), filled.
    """
    clients = rows.shape[1]
    to[:] = -1
    load[:] = 0.0
    for _ in range(clients):
        most, who, where = -1.0, -1, -1
        for i in range(clients):
            if to[i] >= 0:
                continue
            best, after, at = np.inf, np.inf, -1
            for j in sites:
                if load[j] + demand[i] <= room[j] + TINY:
                    c = rows[j, i]
                    if c < best:
                        best, after, at = c, best, j
                    elif c < after:
                        after = c
            if at < 0:
                return False
            regret = after - best if after < np.inf else 1e300
            if regret > most:
                most, who, where = regret, i, at
        to[who] = where
        load[where] += demand[who]
    return True


@njit(cache=True, nogil=True)
def shifted(rows, demand, room, sites, to, load):
    """Move clients to other sites, or swap two of them, as long as that saves anything."""
    clients = rows.shape[1]
    better = True
    while better:
        better = False
        for i in range(clients):
            for j in sites:
                if rows[j, i] < rows[to[i], i] - TINY and load[j] + demand[i] <= room[j] + TINY:
                    load[to[i]] -= demand[i]
                    load[j] += demand[i]
                    to[i] = j
                    better = True
        for i in range(clients):
            for k in range(i):
                a, b = to[i], to[k]
                more = demand[k] - demand[i]
                if (
                    a != b
                    and rows[b, i] + rows[a, k] < rows[a, i] + rows[b, k] - TINY
                    and load[a] + more <= room[a] + TINY
                    and load[b] - more <= room[b] + TINY
                ):
                    load[a] += more
                    load[b] -= more
                    to[i], to[k] = b, a
                    better = True


@njit(cache=True, nogil=True)
def moved(rows, price, room, state, sites, to, load):
    """Move each site to where its clients cost least, if it is free to; True if one moved."""
    changed = False
    taken = np.zeros(len(price), np.bool_)
    for j in sites:
        taken[j] = True
    for at in range(len(sites)):
        old = sites[at]
        if state[old] == OPEN:
            continue
        best, cheapest = old, price[old]
        for i in range(len(to)):
            if to[i] == old:
                cheapest += rows[old, i]
        now = cheapest
        for j in range(len(price)):
            if taken[j] or state[j] == CLOSED or room[j] < load[old]:
                continue
            total = price[j]
            for i in range(len(to)):
                if to[i] == old:
                    total += rows[j, i]
                    if total >= cheapest:
                        break
            if total < cheapest - TINY:
                best, cheapest = j, total
        if cheapest < now - TINY:
            taken[old], taken[best] = False, True
            load[best], load[old] = load[old], 0.0
            sites[at] = best
            for i in range(len(to)):
                if to[i] == old:
                    to[i] = best
            changed = True
    return changed
