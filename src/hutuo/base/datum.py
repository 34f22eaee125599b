"""Longitude and latitude as Chinese web maps shift them (GCJ-02, BD-09), and back to WGS 84.

GCJ-02 moves a point by 300 to 700 metres, BD-09 by some 700 more. Their makers never published the formulas;
those here are the ones that open implementations share.

Source: GCJ-02 as in googollee/eviltransform, on the ellipsoid of Krasovsky (1940); BD-09 as in
wandergis/coordtransform; points that both are tested by come out. The way back is by fixed-point iteration.
"""

from typing import TYPE_CHECKING, Literal, get_args

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    Degrees = NDArray[np.float64]

__all__ = ["SHIFTED", "Shifted", "from_wgs84", "shifted", "to_wgs84"]

Shifted = Literal["GCJ-02", "BD-09"]
SHIFTED: tuple[Shifted, ...] = get_args(Shifted)
AXIS, ECCENTRICITY = 6378245.0, 0.00669342162296594323
# Where the shift applies: west, south, east, north.
CHINA = (72.004, 0.8293, 137.8347, 55.8271)
MIDDLE = (105.0, 35.0)
BAIDU = (0.0065, 0.006)
TURN = np.pi * 3000 / 180
# A step leaves about a thousandth of what the step before left.
STEPS = 8


def to_wgs84(lonlat: "ArrayLike", crs: Shifted = "GCJ-02") -> "Degrees":
    """Places in WGS 84 from places as a Chinese web map gives them, to less than a millimetre.

    Args:
        lonlat: Degrees, (..., 2), longitude first.
        crs: ``GCJ-02`` or ``BD-09``.

    Returns:
        Degrees, (..., 2). Outside the rectangle around China nothing is shifted: places are as they were.

    Raises:
        BadAsk: There is no such system, or the places are no pairs.
    """
    given = _pairs(lonlat)
    _known(crs)
    found = given.copy()
    for _ in range(STEPS):
        found += given - from_wgs84(found, crs)
    inside = _inside(given)
    return np.where(inside[..., None], found, given)


def from_wgs84(lonlat: "ArrayLike", crs: Shifted = "GCJ-02") -> "Degrees":
    """Places as a Chinese web map gives them, from places in WGS 84.

    Args:
        lonlat: Degrees, (..., 2), longitude first.
        crs: ``GCJ-02`` or ``BD-09``.

    Raises:
        BadAsk: There is no such system, or the places are no pairs.
    """
    given = _pairs(lonlat)
    _known(crs)
    found = np.where(_inside(given)[..., None], given + _offset(given), given)
    if crs == "GCJ-02":
        return found
    lon, lat = found[..., 0], found[..., 1]
    radius = np.hypot(lon, lat) + 2e-5 * np.sin(lat * TURN)
    angle = np.arctan2(lat, lon) + 3e-6 * np.cos(lon * TURN)
    turned = np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=-1) + BAIDU
    return np.where(_inside(given)[..., None], turned, given)


def shifted(word: str) -> Shifted | None:
    """The shifted system that a word names, as ``gcj02`` or ``BD-09``; None where it names none."""
    plain = word.strip().upper().replace("-", "").replace("_", "").replace(" ", "")
    return next((one for one in SHIFTED if one.replace("-", "") == plain), None)


def _offset(lonlat: "Degrees") -> "Degrees":
    """By how much GCJ-02 lies off WGS 84, in degrees, (..., 2)."""
    x, y = lonlat[..., 0] - MIDDLE[0], lonlat[..., 1] - MIDDLE[1]
    both = 20 * np.sin(6 * np.pi * x) + 20 * np.sin(2 * np.pi * x)
    root = np.sqrt(np.abs(x))
    east = 300 + x + 2 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * root
    east += (both + 20 * np.sin(np.pi * x) + 40 * np.sin(np.pi * x / 3)) * 2 / 3
    east += (150 * np.sin(np.pi * x / 12) + 300 * np.sin(np.pi * x / 30)) * 2 / 3
    north = -100 + 2 * x + 3 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * root
    north += (both + 20 * np.sin(np.pi * y) + 40 * np.sin(np.pi * y / 3)) * 2 / 3
    north += (160 * np.sin(np.pi * y / 12) + 320 * np.sin(np.pi * y / 30)) * 2 / 3
    lat = np.radians(lonlat[..., 1])
    flat = 1 - ECCENTRICITY * np.sin(lat) ** 2
    along = np.pi / 180 * AXIS / np.sqrt(flat) * np.cos(lat)
    up = np.pi / 180 * AXIS * (1 - ECCENTRICITY) / flat**1.5
    return np.stack([east / along, north / up], axis=-1)


def _inside(lonlat: "Degrees") -> "NDArray[np.bool_]":
    west, south, east, north = CHINA
    lon, lat = lonlat[..., 0], lonlat[..., 1]
    return (lon >= west) & (lon <= east) & (lat >= south) & (lat <= north)


def _pairs(lonlat: "ArrayLike") -> "Degrees":
    found = np.asarray(lonlat, dtype=np.float64)
    if not found.ndim or found.shape[-1] != 2:  # noqa: PLR2004 - longitude and latitude
        says = Text(f"坐标的形状为{found.shape}", f"places have shape {found.shape}")
        raise BadAsk(says, Text("应为(…, 2):经度、纬度", "right is (..., 2): longitude, latitude"))
    return found


def _known(crs: str) -> None:
    if crs not in SHIFTED:
        says = Text(f"没有坐标系“{crs}”的换算", f"no conversion from '{crs}'")
        raise BadAsk(says, Text(f"可用:{'、'.join(SHIFTED)}", f"possible: {', '.join(SHIFTED)}"))
