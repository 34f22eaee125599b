"""How much of straight lines lies within areas: the kernel."""

from typing import TYPE_CHECKING

import numpy as np
from numba import njit

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

# Finer than a road's width of what is known of a boundary.
TOLERANCE = 0.001


def edges(shapes: "NDArray[np.object_]") -> "Floats":
    """Edges of polygons joined into one area, (edges, 4): both ends of each, in degrees.

    Args:
        shapes: Polygons, EPSG:4326.
    """
    import shapely

    if not len(shapes):
        return np.zeros((0, 4))
    whole = shapely.simplify(shapely.union_all(shapes), TOLERANCE)
    rings = shapely.get_rings(shapely.get_parts(whole))
    spots, of = shapely.get_coordinates(rings, return_index=True)
    same = of[1:] == of[:-1]
    return np.ascontiguousarray(np.hstack([spots[:-1][same], spots[1:][same]]))


@njit(cache=True, nogil=True)
def shares(start: "Floats", end: "Floats", sides: "Floats") -> "Floats":
    """Share of each straight line that lies within an area.

    The endless line through both ends crosses the edges an even number of times; it is inside from the first
    crossing to the second, from the third to the fourth. An edge counts where its ends lie on different
    sides, an end on the line itself being on one side always, so that no corner counts twice.

    Args:
        start: Where lines begin, (lines, 2).
        end: Where they end, (lines, 2).
        sides: Edges of the area, (edges, 4).
    """
    found = np.zeros(len(start))
    crossings = np.empty(len(sides))
    for i in range(len(start)):
        x, y = start[i, 0], start[i, 1]
        dx, dy = end[i, 0] - x, end[i, 1] - y
        if dx == 0.0 and dy == 0.0:
            continue
        count = 0
        for e in range(len(sides)):
            one = dx * (sides[e, 1] - y) - dy * (sides[e, 0] - x)
            other = dx * (sides[e, 3] - y) - dy * (sides[e, 2] - x)
            if (one > 0.0) != (other > 0.0):
                along = one / (one - other)
                px = sides[e, 0] + along * (sides[e, 2] - sides[e, 0]) - x
                py = sides[e, 1] + along * (sides[e, 3] - sides[e, 1]) - y
                crossings[count] = (px * dx + py * dy) / (dx * dx + dy * dy)
                count += 1
        ordered = np.sort(crossings[:count])
        for c in range(0, count - 1, 2):
            found[i] += max(min(ordered[c + 1], 1.0) - max(ordered[c], 0.0), 0.0)
    return found
