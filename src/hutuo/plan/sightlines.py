"""How high buildings may rise under rules of height, view and skyline.

A corridor widens from the eye to the landmark behind which nothing is asked; in it no building may rise above
the line from the eye to the lowest part that shall be seen. A skyline is a sector of the horizon in which no
building may be seen above an angle. Both lines of sight are straight, and the ground falls away below them:
by the curve of the Earth less the bending of light, ``(1 - k) x² / 2R`` at the distance x.

Source: Greater London Authority (2012), London View Management Framework, on viewing corridors and their
threshold planes; Torge and Müller (2012), Geodesy, on refraction (k = 0.13).
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.base.sphere import RADIUS_KM, kilometres

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from shapely import Polygon

    Array = NDArray[np.float64]
    Shapes = NDArray[np.object_]

__all__ = [
    "REFRACTION",
    "Capped",
    "Corridor",
    "Sector",
    "Viewpoint",
    "capped",
    "framed",
    "seen",
]

REFRACTION = 0.13
# Degrees of the pieces that a sector is cut into, and corners of the arc of each.
WIDEST, CORNERS = 90.0, 33
# The Earth as a sphere gives distances that differ by less than that from those on the ellipsoid.
SPHERE = 1.01


class Viewpoint(NamedTuple):
    """Where one looks from: longitude, latitude, and height of the eye above sea level in metres."""

    lon: float
    lat: float
    metres: float


class Capped(NamedTuple):
    """A rule of height.

    Attributes:
        area: Shape in longitude and latitude.
        most: Metres.
        above_sea: Whether they count from sea level; else from the ground.
    """

    area: object
    most: float
    above_sea: bool = False


class Corridor(NamedTuple):
    """A view from a viewpoint of a landmark.

    Attributes:
        eye: The viewpoint.
        landmark: Longitude, latitude, and height above sea level of the lowest part that shall be seen.
        half_width: Metres to either side at the landmark; none at the eye.
    """

    eye: Viewpoint
    landmark: Viewpoint
    half_width: float


class Sector(NamedTuple):
    """A part of the horizon from a viewpoint.

    Attributes:
        eye: The viewpoint.
        start: Azimuth at which it begins, degrees clockwise from north.
        end: Azimuth at which it ends, clockwise from there; the same as the start is all round.
        angle: Degrees above the horizontal that no building may pass.
        within: Metres within which buildings are looked at.
    """

    eye: Viewpoint
    start: float
    end: float
    angle: float
    within: float


def capped(rule: Capped, shapes: "Shapes", ground: "Array") -> "Array":
    """How high buildings may rise under a rule of height.

    Args:
        rule: The rule.
        shapes: Footprints or points in longitude and latitude, (n,).
        ground: Height of the ground above sea level, (n,), metres; NaN where it is not known.

    Returns:
        Metres above sea level, (n,): inf outside the area, NaN where the ground must be known and is not.
    """
    import shapely

    shapely.prepare(rule.area)
    within = shapely.intersects(rule.area, shapes)
    most = np.full(len(shapes), rule.most) if rule.above_sea else ground + rule.most
    return np.where(within, most, np.inf)


def framed(rule: Corridor, shapes: "Shapes", refraction: float = REFRACTION) -> "Array":
    """How high buildings may rise so that a landmark stays in view.

    Args:
        rule: The rule.
        shapes: Footprints or points in longitude and latitude, (n,).
        refraction: Coefficient of refraction.

    Returns:
        Metres above sea level, (n,): the least over the part of the footprint within the corridor; inf
        outside.
    """
    import shapely

    far, azimuth = _from(rule.eye, np.array([[rule.landmark.lon, rule.landmark.lat]]))
    length, bend = float(far[0]), _bend(refraction)
    slope = (rule.landmark.metres - bend * length**2 - rule.eye.metres) / length
    corners = [(0.0, 0.0), (length, -rule.half_width), (length, rule.half_width)]
    found = np.full(len(shapes), np.inf)
    at, parts = _within(rule.eye, float(azimuth[0]), shapely.Polygon(corners), shapes)
    along = shapely.bounds(parts)
    found[at] = _lowest(rule.eye, slope, bend, along[:, 0], along[:, 2])
    return found


def seen(rule: Sector, shapes: "Shapes", refraction: float = REFRACTION) -> "Array":
    """How high buildings may rise so that they stay below an angle.

    Args:
        rule: The rule.
        shapes: Footprints or points in longitude and latitude, (n,).
        refraction: Coefficient of refraction.

    Returns:
        Metres above sea level, (n,): the least over the part of the footprint within the sector; inf outside.
    """
    import shapely

    width = (rule.end - rule.start) % 360 or 360.0
    slope, pieces = float(np.tan(np.radians(rule.angle))), int(np.ceil(width / WIDEST))
    half = width / pieces / 2
    turn = np.radians(np.linspace(-half, half, CORNERS))
    # Chords between the corners come no nearer than the distance asked.
    far = rule.within / np.cos((turn[1] - turn[0]) / 2)
    arc = np.stack([far * np.cos(turn), far * np.sin(turn)], axis=-1)
    wedge, eye = shapely.Polygon([(0.0, 0.0), *arc.tolist()]), shapely.Point(0.0, 0.0)
    found = np.full(len(shapes), np.inf)
    for piece in range(pieces):
        at, parts = _within(rule.eye, rule.start + (2 * piece + 1) * half, wedge, shapes)
        farthest = np.zeros(len(parts))
        corners, of = shapely.get_coordinates(parts, return_index=True)
        np.maximum.at(farthest, of, np.hypot(*corners.T))
        most = _lowest(rule.eye, slope, _bend(refraction), shapely.distance(parts, eye), farthest)
        found[at] = np.minimum(found[at], most)
    return found


def _bend(refraction: float) -> float:
    """How much the ground falls away below a line of sight, by the square of the distance."""
    return (1 - refraction) / (2000 * RADIUS_KM)


def _from(eye: Viewpoint, lonlat: "Array") -> tuple["Array", "Array"]:
    """Metres and azimuths, in degrees, from a viewpoint to places, (n, 2)."""
    from pyproj import Geod

    lon, lat = lonlat.T
    ahead, _, metres = Geod(ellps="WGS84").inv(
        np.full(len(lonlat), eye.lon), np.full(len(lonlat), eye.lat), lon, lat
    )
    return metres, ahead


def _within(
    eye: Viewpoint, azimuth: float, wedge: "Polygon", shapes: "Shapes"
) -> tuple["NDArray[np.int64]", "Shapes"]:
    """Which shapes reach into a wedge, and the parts of them that do, in its plane.

    In the plane the first coordinate is metres along the azimuth from the eye, the second to its right.
    """
    import shapely

    west, south, east, north = shapely.bounds(shapes).T
    middle = np.stack([(west + east) / 2, (south + north) / 2], axis=-1)
    radius = kilometres(middle, np.stack([east, north], axis=-1))
    reach = np.hypot(*shapely.bounds(wedge)[2:]) / 1000 * SPHERE
    here = np.array([eye.lon, eye.lat])
    near = np.flatnonzero(kilometres(here, middle) <= reach + radius)

    def plane(lonlat: "Array") -> "Array":
        metres, ahead = _from(eye, lonlat)
        turned = np.radians(ahead - azimuth)
        return np.stack([metres * np.cos(turned), metres * np.sin(turned)], axis=-1)

    flat = shapely.transform(shapes[near], plane)
    hit = shapely.intersects(wedge, flat)
    return near[hit], shapely.intersection(flat[hit], wedge)


def _lowest(eye: Viewpoint, slope: float, bend: float, begin: "Array", end: "Array") -> "Array":
    """The least height above sea level of a line of sight between two distances."""
    at = np.clip(-slope / (2 * bend), begin, end) if bend > 0 else np.where(slope > 0, begin, end)
    found: Array = eye.metres + slope * at + bend * at**2
    return found
