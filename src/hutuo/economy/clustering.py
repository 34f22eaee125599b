"""Clusters out of points and ties: firms that stand close together or deliver to each other.

Source: M. Ester et al., A density-based algorithm for discovering clusters in large spatial databases with
noise, KDD (1996) 226-231; neighbours are here, besides those within a distance, those that are tied and
within a larger one.
"""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.base.sphere import RADIUS_KM, kilometres

__all__ = [
    "Inward",
    "clusters_of",
    "distances",
    "inward",
    "neighbours",
    "radius",
]

Array = npt.NDArray[np.float64]


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
    at = np.stack([np.asarray(lon, float), np.asarray(lat, float)], axis=-1)
    return kilometres(at[:, None], at)


def neighbours(
    lon: npt.ArrayLike,
    lat: npt.ArrayLike,
    ties: Iterable[tuple[int, int]],
    *,
    within: float,
    tied_within: float,
) -> list[list[int]]:
    """Who counts as whose neighbour; nobody is its own.

    Args:
        lon: Longitudes in degrees, (points,).
        lat: Latitudes in degrees, (points,).
        ties: Pairs of positions that deliver to each other, either way.
        within: Km within which any two are neighbours.
        tied_within: Km within which two that are tied are.

    Returns:
        Positions of the neighbours of each point, in order; with memory only for pairs that are near.
    """
    from scipy.spatial import cKDTree

    at = _on_sphere(lon, lat)
    near: list[set[int]] = [set() for _ in at]
    for one, other in cKDTree(at).query_pairs(_chord(within), output_type="ndarray").tolist():
        near[one].add(other)
        near[other].add(one)
    far = _chord(tied_within)
    for one, other in ties:
        if one != other and float(np.linalg.norm(at[one] - at[other])) <= far:
            near[one].add(other)
            near[other].add(one)
    return [sorted(found) for found in near]


def radius(lon: npt.ArrayLike, lat: npt.ArrayLike) -> tuple[float, float, float]:
    """Middle of points and km from it to the farthest.

    Args:
        lon: Longitudes in degrees, (points,).
        lat: Latitudes in degrees, (points,).

    Returns:
        Longitude, latitude, km.
    """
    at = _on_sphere(lon, lat)
    middle = at.mean(axis=0)
    middle /= np.linalg.norm(middle)
    chord = float(np.linalg.norm(at - middle, axis=1).max())
    east = float(np.degrees(np.arctan2(middle[1], middle[0])))
    north = float(np.degrees(np.arcsin(np.clip(middle[2], -1, 1))))
    return east, north, 2 * RADIUS_KM * float(np.arcsin(min(chord / 2, 1)))


def clusters_of(near: Sequence[Sequence[int]], least: int) -> list[list[int]]:
    """Clusters: firms with enough neighbours, chained, and their neighbours.

    Args:
        near: Neighbours of each firm; see :func:`neighbours`.
        least: Number of firms, itself among them, that make a firm a core.

    Returns:
        Positions of each cluster, the largest first. What borders on two clusters belongs to that whose
        core is first in order; what borders on none is in no cluster.
    """
    core = [len(found) + 1 >= least for found in near]
    seen = [False] * len(near)
    clusters = []
    for start in range(len(near)):
        if not core[start] or seen[start]:
            continue
        members, waiting = [], [start]
        while waiting:
            here = waiting.pop()
            if seen[here]:
                continue
            seen[here] = True
            members.append(here)
            if core[here]:
                waiting += [other for other in near[here] if not seen[other]]
        clusters.append(sorted(members))
    return sorted(clusters, key=lambda one: (-len(one), one))


def inward(members: Sequence[int], ties: Iterable[tuple[int, int]]) -> Inward:
    """How many of the ties of a cluster's firms stay within it."""
    within = set(members)
    ends = [((one in within), (other in within)) for one, other in ties]
    return Inward(sum(a and b for a, b in ends), sum(a or b for a, b in ends))


def _on_sphere(lon: npt.ArrayLike, lat: npt.ArrayLike) -> Array:
    """Points on the unit sphere, (points, 3)."""
    east, north = np.radians(np.asarray(lon, float)), np.radians(np.asarray(lat, float))
    return np.column_stack(
        [np.cos(north) * np.cos(east), np.cos(north) * np.sin(east), np.sin(north)]
    )


def _chord(km: float) -> float:
    """Straight line through the unit sphere between points that are so far apart on the earth."""
    return 2 * float(np.sin(min(km / RADIUS_KM, np.pi) / 2))
