"""Clusters out of points and ties: firms that stand close together or deliver to each other.

Source: M. Ester et al., A density-based algorithm for discovering clusters in large spatial databases with
noise, KDD (1996) 226-231; neighbours are here, besides those within a distance, those that are tied and
within a larger one.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

__all__ = ["EARTH_KM", "Inward", "clusters_of", "distances", "inward", "neighbours"]

Array = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]
# Mean radius of the earth, IUGG 1980.
EARTH_KM = 6371.0088


class Inward(NamedTuple):
    """Ties of a cluster.

    Attributes:
        inside: Ties both of whose ends are members.
        touching: Ties one of whose ends is a member, those inside among them.
    """

    inside: int
    touching: int


def distances(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Array:
    """Great-circle distances in km between points, (points, points).

    Args:
        lon: Longitudes in degrees, (points,).
        lat: Latitudes in degrees, (points,).
    """
    east, north = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    half = np.sin((north[:, None] - north) / 2) ** 2
    half += np.cos(north)[:, None] * np.cos(north) * np.sin((east[:, None] - east) / 2) ** 2
    found: Array = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return found


def neighbours(
    km: Array, ties: Iterable[tuple[int, int]], *, within: float, tied_within: float
) -> Flags:
    """Who counts as whose neighbour, (points, points), symmetric; nobody is its own.

    Args:
        km: Distances, (points, points).
        ties: Pairs of positions that deliver to each other, either way.
        within: Km within which any two are neighbours.
        tied_within: Km within which two that are tied are.
    """
    near: Flags = km <= within
    for one, other in ties:
        if km[one, other] <= tied_within:
            near[one, other] = near[other, one] = True
    np.fill_diagonal(near, val=False)
    return near


def clusters_of(near: Flags, least: int) -> list[list[int]]:
    """Clusters: firms with enough neighbours, chained, and their neighbours.

    Args:
        near: Who is whose neighbour, (points, points), symmetric.
        least: Number of firms, itself among them, that make a firm a core.

    Returns:
        Positions of each cluster, the largest first. What borders on two clusters belongs to that whose
        core is first in order; what borders on none is in no cluster.
    """
    core = near.sum(axis=1) + 1 >= least
    label = np.full(len(near), -1)
    count = 0
    for start in np.flatnonzero(core):
        if label[start] >= 0:
            continue
        waiting = [int(start)]
        while waiting:
            here = waiting.pop()
            if label[here] >= 0:
                continue
            label[here] = count
            if core[here]:
                waiting += [int(n) for n in np.flatnonzero(near[here]) if label[n] < 0]
        count += 1
    found = [np.flatnonzero(label == number).tolist() for number in range(count)]
    return sorted(found, key=lambda one: (-len(one), one))


def inward(members: Sequence[int], ties: Iterable[tuple[int, int]]) -> Inward:
    """How many of the ties of a cluster's firms stay within it."""
    within = set(members)
    ends = [((one in within), (other in within)) for one, other in ties]
    return Inward(sum(a and b for a, b in ends), sum(a or b for a, b in ends))
