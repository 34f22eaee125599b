"""Kernels of bounds: the p-median problem by Lagrange multipliers of its clients.

Costs lie by client in order of cost, so that a client's list is read only as far as its multiplier reaches.
Sites may stand in families that have no member in common; at least one of each family must be open. A site
that must be open is a family of its own. Once there are as many families as sites to open, the others are
closed and each family opens one.
"""

import numpy as np
from numba import njit

# What goes on of a direction, at most and at least, as in the volume algorithm.
NEWEST, LEAST = 0.2, 0.02
# Steps without a better bound until they are made shorter, and by how much; when they are too short.
PATIENCE, SHORTER, LONGER, SHORTEST = 10, 0.7, 1.1, 3e-4
TINY = 1e-10
# Share from which a site may be the middle of a part.
LITTLE = 0.02


@njit(cache=True, nogil=True)
def narrowed(order, ordered, place, many):
    """The lists without sites that are closed.

    Args:
        order: int32 (clients, sites), sites from the cheapest on.
        ordered: float64 (clients, sites), their costs.
        place: int32 (sites,), the place of a site in the new lists, or -1.
        many: Sites in the new lists.
    """
    clients = order.shape[0]
    new, costs = np.empty((clients, many), np.int32), np.empty((clients, many))
    for i in range(clients):
        at = 0
        for k in range(order.shape[1]):
            j = place[order[i, k]]
            if j >= 0:
                new[i, at] = j
                costs[i, at] = ordered[i, k]
                at += 1
    return new, costs


@njit(cache=True, nogil=True)
def _reduced(order, ordered, u, rho):
    """Reduced costs of the sites: how far clients' multipliers exceed their costs, below zero."""
    rho[:] = 0.0
    for i in range(order.shape[0]):
        reach = u[i]
        for at in range(order.shape[1]):
            c = ordered[i, at]
            if c >= reach:
                break
            rho[order[i, at]] += c - reach


@njit(cache=True, nogil=True)
def _first_of(rho, family, closed, first, is_open):
    """Open the cheapest site of each family; their reduced costs, inf if a family has none left."""
    first[:] = -1
    for j in range(len(rho)):
        f = family[j]
        if f >= 0 and not closed[j] and (first[f] < 0 or rho[j] < rho[first[f]]):
            first[f] = j
    value = 0.0
    for f in range(len(first)):
        if first[f] < 0:
            return np.inf
        is_open[first[f]] = True
        value += rho[first[f]]
    return value


@njit(cache=True, nogil=True)
def _cheapest(rho, closed, best, is_open):
    """Open as many of the others as ``best`` is long, the cheapest first; inf if they are too few."""
    many = len(best)
    if many == 0:
        return 0.0
    held = 0
    for j in range(len(rho)):
        if closed[j] or is_open[j] or (held == many and rho[j] >= rho[best[many - 1]]):
            continue
        at = min(held, many - 1)
        while at > 0 and rho[best[at - 1]] > rho[j]:
            best[at] = best[at - 1]
            at -= 1
        best[at] = j
        held = min(held + 1, many)
    if held < many:
        return np.inf
    value = 0.0
    for j in best:
        is_open[j] = True
        value += rho[j]
    return value


@njit(cache=True, nogil=True)
def _close(rho, family, first, best, is_open, closed, room):
    """Close sites that cost more than there is room for, if they come for the dearest that may go."""
    dearest = rho[best[len(best) - 1]] if len(best) else -np.inf
    for j in range(len(rho)):
        if is_open[j] or closed[j]:
            continue
        goes = dearest
        if family[j] >= 0:
            goes = max(goes, rho[first[family[j]]])
        if rho[j] - goes >= room:
            closed[j] = True


@njit(cache=True, nogil=True)
def _unserved(order, ordered, u, is_open, way):
    """How far each client is from being served once: up where nobody serves it, down where several do."""
    for i in range(order.shape[0]):
        served = 0
        reach = u[i]
        for at in range(order.shape[1]):
            if ordered[i, at] >= reach:
                break
            if is_open[order[i, at]]:
                served += 1
        way[i] = 1.0 - served


@njit(cache=True, nogil=True)
def _mixed(way, mean, newest):
    """The part of the new direction that makes the mean of all shortest, within limits."""
    both, across, old = 0.0, 0.0, 0.0
    for i in range(len(way)):
        both += way[i] * way[i]
        across += way[i] * mean[i]
        old += mean[i] * mean[i]
    below = both - 2.0 * across + old
    part = (old - across) / below if below > TINY else newest
    return min(max(part, newest / 10.0), newest), across


@njit(cache=True, nogil=True)
def bounded(order, ordered, family, many, p, u, mean, share, closed, aims, rounds, step):  # fmt: skip
    """Raise a lower bound of the p-median problem by moving multipliers along means of subgradients.

    Args:
        order: int32 (clients, sites), sites of each client from the cheapest on.
        ordered: float64 (clients, sites), their costs.
        family: int32 (sites,), the family that a site is in, or -1.
        many: Families, of which each must have an open site.
        p: Sites to open.
        u: float64 (clients,), multipliers to begin with; the best ones are left in it.
        mean: float64 (clients,), mean direction, zeros to begin with; changed in place.
        share: float64 (sites,), how much a site is open in the mean of plans; changed in place.
        closed: bool (sites,), sites that no better plan opens; more are marked in place.
        aims: Bound from which nothing better can be left, and value to step towards.
        rounds: Most steps.
        step: Length of the first step, as a share of the gap.

    Returns:
        Best bound, reduced costs of the sites there, sites that it opens, and the length of the last step; a
        bound of inf if no better plan is left.

    Source: F. Barahona and R. Anbil, The volume algorithm: producing primal solutions with a subgradient
    method, Mathematical Programming 87 (2000) 385-399; G. Cornuejols, M. L. Fisher and G. L. Nemhauser,
    Location of bank accounts to optimize float, Management Science 23 (1977) 789-810, for the bound.
    """
    clients, sites = order.shape
    rho, way, trial = np.zeros(sites), np.zeros(clients), u.copy()
    first, best = np.zeros(many, np.int32), np.zeros(p - many, np.int32)
    is_open = np.zeros(sites, np.bool_)
    found, found_rho, found_open = -np.inf, rho.copy(), np.zeros(p, np.int32)
    stale = 0
    begun = mean.any()
    for _ in range(rounds):
        is_open[:] = False
        _reduced(order, ordered, trial, rho)
        value = _first_of(rho, family, closed, first, is_open)
        value += _cheapest(rho, closed, best, is_open)
        value += trial.sum()
        if value == np.inf:
            return np.inf, found_rho, found_open, step
        if value > -np.inf:
            _close(rho, family, first, best, is_open, closed, aims[0] - value)
        _unserved(order, ordered, trial, is_open, way)
        if not begun:
            mean[:], share[:] = way, is_open
            begun = True
        part, across = _mixed(way, mean, min(max(2.0 * step, LEAST), NEWEST))
        for i in range(clients):
            mean[i] += part * (way[i] - mean[i])
        for j in range(sites):
            share[j] += part * (is_open[j] - share[j])
        if value > found + TINY * (1.0 + abs(value)):
            found, stale = value, 0
            u[:], found_rho[:] = trial, rho
            found_open[:many], found_open[many:] = first, best
            if across > 0.0:
                step = min(step * LONGER, 2.0)
        else:
            stale += 1
        if found >= aims[0] or step < SHORTEST:
            break
        if stale >= PATIENCE:
            step *= SHORTER
            stale = 0
        norm = 0.0
        for i in range(clients):
            norm += mean[i] * mean[i]
        if norm < TINY:
            break
        trial[:] = u + step * (aims[1] - found) / norm * mean
    return found, found_rho, found_open, step


@njit(cache=True, nogil=True)
def split(share, family, group, distance, sites, half, out):
    """Part of a family (or of the sites in none) whose being open or closed matters most.

    Args:
        share: float64 (sites,), how much each site is open in the mean of plans.
        family: int32 (sites,), families.
        group: The family, or -1 for the sites in none.
        distance: float64 (all, all), how differently sites serve.
        sites: int32 (sites,), which of all they are.
        half: Share that the part should have.
        out: bool (sites,), the part; changed in place.

    Returns:
        How much closing the part moves, below zero if there is none.
    """
    many = len(share)
    best = -1.0
    part, rest = np.zeros(many, np.bool_), np.zeros(many)
    members = 0
    for j in range(many):
        members += family[j] == group
    for a in range(many):
        if family[a] != group or share[a] < LITTLE:
            continue
        for j in range(many):
            rest[j] = distance[sites[a], sites[j]] if family[j] == group else np.inf
        part[:] = False
        total, taken = 0.0, 0
        for j in np.argsort(rest):
            if (
                rest[j] == np.inf
                or taken + 1 >= members
                or (taken and total + share[j] / 2 > half)
            ):
                break
            part[j] = True
            total += share[j]
            taken += 1
        moved = _moved(share, part, distance, sites) if taken else -1.0
        if taken and total > half:
            # What is open anyhow changes little by having to be.
            moved *= max(1.0 - total, 0.0) / total
        if moved > best:
            best = moved
            out[:] = part
    return best


@njit(cache=True, nogil=True)
def _moved(share, part, distance, sites):
    """What it costs about to move what the part serves to the nearest sites outside it."""
    total = 0.0
    for j in range(len(share)):
        if part[j] and share[j] > 0.0:
            nearest = np.inf
            for k in range(len(share)):
                if not part[k]:
                    nearest = min(nearest, distance[sites[j], sites[k]])
            total += share[j] * nearest
    return total
