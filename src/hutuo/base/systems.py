"""Reference systems of coordinates that maps are asked in, by the URIs of the OGC.

What is stored is longitude and latitude in WGS 84. CGCS2000 (EPSG:4490), on which surveys of China are
based, and its zones of three degrees are given too. A system named by its EPSG code has the order of axes of
its authority: latitude first in EPSG:4326 and EPSG:4490, northing first in the zones.

Source: OGC 18-058r1 (Features, part 2); OGC 17-069r4, 7.12, on bbox.
"""

import re
from functools import cache
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from hutuo.errors import BadAsk
from hutuo.glossary import Text

if TYPE_CHECKING:
    import numpy as np
    import pyproj
    from numpy.typing import NDArray

    Shapes = NDArray[np.object_]

CRS84 = "http://www.opengis.net/def/crs/OGC/1.3/CRS84"
EPSG = "http://www.opengis.net/def/crs/EPSG/0/"
# CGCS2000 / 3-degree Gauss-Kruger, central meridians 75 to 135 degrees east.
ZONES = tuple(range(4534, 4555))
CODES = (4326, 4490, 3857, *ZONES)
URIS = (CRS84, *(f"{EPSG}{code}" for code in CODES))
_SHORT = re.compile(r"\[?EPSG:(\d+)\]?", re.I)


class Box(NamedTuple):
    """Degrees of longitude and latitude; west may be east of east, across the antimeridian."""

    west: float
    south: float
    east: float
    north: float

    def parts(self) -> list["Box"]:
        """The box as one or two that do not cross the antimeridian."""
        if self.west <= self.east:
            return [self]
        return [self._replace(east=180.0), self._replace(west=-180.0)]


def system(given: str, field: str = "crs") -> str:
    """The URI of a system that is offered.

    Args:
        given: A URI, or as ``EPSG:4490``.
        field: What the asker calls it.

    Raises:
        BadAsk: It is none of them.
    """
    short = _SHORT.fullmatch(given)
    uri = f"{EPSG}{short[1]}" if short else given
    if uri not in URIS:
        says = Text(f"{field}:没有坐标系“{given}”", f"{field}: no system '{given}'")
        offered = "EPSG:4326, EPSG:4490, EPSG:3857, EPSG:4534–EPSG:4554"
        raise BadAsk(says, Text(f"可用:{CRS84}、{offered}", f"possible: {CRS84}, {offered}"))
    return uri


def projected(shapes: "Shapes", uri: str) -> "Shapes":
    """Shapes in longitude and latitude, in another system and its order of axes.

    Args:
        shapes: Geometries, EPSG:4326 with longitude first; None stays None.
        uri: One of :data:`URIS`.
    """
    if uri == CRS84:
        return shapes
    import numpy as np
    import shapely

    to = _way(uri)
    found: Shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(to.transform(xy[:, 0], xy[:, 1]))
    )
    return found


def box(given: str, uri: str = CRS84) -> Box:
    """A box in longitude and latitude that holds the given one.

    Args:
        given: Four numbers, or six with heights, which are left aside; in the system's order of axes.
        uri: System that it is given in.

    Raises:
        BadAsk: It is no box.
    """
    try:
        sides = [float(part) for part in given.split(",")]
    except ValueError:
        sides = []
    if len(sides) == 6:  # noqa: PLR2004 - with heights
        sides = [*sides[:2], *sides[3:5]]
    if len(sides) != 4 or not all(map(isfinite, sides)):  # noqa: PLR2004
        raise _no_box(given)
    found = Box(*(sides if uri == CRS84 else _degrees(sides, uri)))
    if found.south > found.north or (uri != CRS84 and found.west > found.east):
        raise _no_box(given)
    return found


def _degrees(sides: list[float], uri: str) -> tuple[float, float, float, float]:
    from pyproj.enums import TransformDirection

    first, second, third, fourth = sides
    return _way(uri).transform_bounds(
        first, second, third, fourth, direction=TransformDirection.INVERSE
    )


def _no_box(given: str) -> BadAsk:
    says = Text(f"bbox:“{given}”不是范围", f"bbox: '{given}' is no box")
    hint = Text(
        "四个数:西、南、东、北,如114,37,115,38",
        "four numbers: west, south, east, north, as 114,37,115,38",
    )
    return BadAsk(says, hint)


@cache
def _way(uri: str) -> "pyproj.Transformer":
    import pyproj

    code = uri.rpartition("/")[2]
    return pyproj.Transformer.from_crs("OGC:CRS84", f"EPSG:{code}", always_xy=False)
