"""Corridors: how much of an area's people or jobs lies along a line, year by year."""

from typing import TYPE_CHECKING, Any

import numpy as np

from hutuo.errors import BadAsk
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd
    from numpy.typing import NDArray

# A buffer's round ends in steps of a degree: its area is right to 1 in 20,000.
ROUND = 90
POINT = 2


def within(
    line: "Sequence[tuple[float, float]] | NDArray[np.float64]", places: Any, metres: float
) -> "NDArray[np.float64]":
    """Part of each place that lies within a distance of a line, 0 to 1.

    Args:
        line: Corners of the line, longitude and latitude (WGS 84), at least two.
        places: Points as an array (k, 2), longitude and latitude: 0 or 1, exactly at the distance is within.
            Or polygons (shapely) in degrees: the part of their area within, as if people lived evenly.
        metres: Distance to either side of the line, > 0.

    Raises:
        BadAsk: The line has fewer than two corners, or the distance is not above 0.
    """
    return _parts(line, places, [metres])[0]


def corridor_share(
    line: "Sequence[tuple[float, float]] | NDArray[np.float64]",
    places: Any,
    people: "Mapping[Any, NDArray[np.float64]]",
    metres: "float | Sequence[float]",
) -> "pd.DataFrame":
    """Share of people or jobs within a distance of a line, by year.

    Args:
        line: As for :func:`within`.
        places: As for :func:`within`.
        people: People or jobs of each place by year, each (k,), >= 0; NaN counts as not known.
        metres: One distance or several.

    Returns:
        A row per distance and year, in that order: ``metres, year, people, total, share, change`` (of the
        share since the year before, None for the first), ``unknown`` (places without a figure, left out of
        both).
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    widths = np.atleast_1d(np.asarray(metres, dtype=np.float64)).tolist()
    for width, part in zip(widths, _parts(line, places, widths), strict=True):
        before = None
        for year in sorted(people):
            values = np.asarray(people[year], dtype=np.float64)
            known = np.isfinite(values)
            near, total = float(part[known] @ values[known]), float(values[known].sum())
            ratio = near / total if total > 0 else 0.0
            rows.append(
                {
                    "metres": width,
                    "year": year,
                    "people": near,
                    "total": total,
                    "share": ratio,
                    "change": None if before is None else ratio - before,
                    "unknown": int((~known).sum()),
                }
            )
            before = ratio
    return pd.DataFrame(rows)


def spine(points: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Points put in the order in which they lie along their own main direction: a line where none is drawn.

    Args:
        points: Longitude and latitude, (k, 2), k >= 2.

    Returns:
        The points in order, from the west, or from the south where the line runs north.

    Raises:
        BadAsk: There are fewer than two points.
    """
    points = np.asarray(points, dtype=np.float64)
    if len(points) < POINT:
        count = len(points)
        raise BadAsk(
            Text(f"{count}个点不成线", f"{count} points make no line"),
            Text("至少两个点", "two points and more"),
        )
    flat = _Plane(points.mean(axis=0)).points(points)
    flat = flat - flat.mean(axis=0)
    main = np.linalg.svd(flat, full_matrices=False)[2][0]
    main = main * (np.sign(main[np.abs(main).argmax()]) or 1.0)
    return points[np.argsort(flat @ main, kind="stable")]


def _parts(line: Any, places: Any, widths: "list[float]") -> "list[NDArray[np.float64]]":
    """What :func:`within` gives for each width; line and places are put into a plane once."""
    import shapely

    corners = np.asarray(line, dtype=np.float64)
    if corners.ndim != POINT or corners.shape[1] != POINT or len(corners) < POINT:
        raise BadAsk(
            Text(f"线的形状为{corners.shape}", f"a line of shape {corners.shape}"),
            Text("至少两个折点,形状为(折点数, 2)", "two corners and more, (corners, 2)"),
        )
    if min(widths) <= 0:
        raise BadAsk(
            Text(f"距离为{min(widths)}米", f"{min(widths)} metres"),
            Text("距离应大于0", "a distance above 0"),
        )
    plane = _Plane(corners.mean(axis=0))
    drawn = shapely.LineString(plane.points(corners))
    if isinstance(places, np.ndarray) and places.dtype != object:
        apart = shapely.distance(shapely.points(plane.points(places.astype(np.float64))), drawn)
        return [np.asarray(apart <= width, dtype=np.float64) for width in widths]
    shapes = plane.shapes(places)
    whole = shapely.area(shapes)
    parts = []
    for width in widths:
        near = shapely.area(shapely.intersection(shapes, drawn.buffer(width, quad_segs=ROUND)))
        parts.append(np.divide(near, whole, out=np.zeros(len(shapes)), where=whole > 0))
    return parts


class _Plane:
    """An equal-distance plane around a point; over a few hundred km lengths are right to 1 in 1,000."""

    def __init__(self, around: "NDArray[np.float64]") -> None:
        from pyproj import Transformer

        local = f"+proj=aeqd +lon_0={around[0]} +lat_0={around[1]} +datum=WGS84 +units=m"
        self._to = Transformer.from_crs("EPSG:4326", local, always_xy=True)

    def points(self, lonlat: "NDArray[np.float64]") -> "NDArray[np.float64]":
        """Points in metres, (k, 2)."""
        return np.column_stack(self._to.transform(lonlat[:, 0], lonlat[:, 1]))

    def shapes(self, polygons: Any) -> Any:
        """Polygons in metres."""
        import shapely

        return shapely.transform(np.asarray(polygons, dtype=object), self.points)
