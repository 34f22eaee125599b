"""The nodes of a network nearest to places."""

import numpy as np
from numpy.typing import NDArray

from hutuo.base.sphere import RADIUS_KM

__all__ = ["Nearest"]


class Nearest:
    """Finds the node nearest to a place on the sphere.

    Args:
        lonlat: Degrees (WGS 84) of each node, (nodes, 2).
    """

    def __init__(self, lonlat: NDArray[np.float64]) -> None:
        from scipy.spatial import KDTree

        self._tree = KDTree(_on_sphere(lonlat))

    def to(self, lonlat: NDArray[np.float64]) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The node nearest to each place, (k,), and its great-circle distance in metres, (k,)."""
        chord, node = self._tree.query(_on_sphere(lonlat))
        metres = 2000 * RADIUS_KM * np.arcsin(np.minimum(1.0, chord / 2))
        return node.astype(np.int32), metres.astype(np.float32)


def _on_sphere(lonlat: NDArray[np.float64]) -> NDArray[np.float64]:
    """Places as points on a sphere of radius 1, (k, 3)."""
    lon, lat = np.radians(lonlat).T
    return np.stack([np.cos(lat) * np.cos(lon), np.cos(lat) * np.sin(lon), np.sin(lat)], axis=1)
