"""Distances on the Earth as a sphere."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["RADIUS_KM", "kilometres"]

# Mean radius of the Earth (IUGG).
RADIUS_KM = 6371.0088


def kilometres(one: NDArray[np.float64], other: NDArray[np.float64]) -> NDArray[np.float64]:
    """Great-circle distances between places, which are set against each other as numpy does.

    Args:
        one: Longitude and latitude in degrees, (..., 2).
        other: The same, (..., 2).
    """
    (lon, lat), (to_lon, to_lat) = (np.moveaxis(np.radians(ends), -1, 0) for ends in (one, other))
    half = np.sin((to_lat - lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    found: NDArray[np.float64] = 2 * RADIUS_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return found
