"""Shapes as the commands that draw them in a vector tile: scaled to its grid, clipped, rounded.

Source: Mapbox Vector Tile 2.1, 4.3 (geometry encoding).
"""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.ragged import Rows, aligned, steps, zigzag

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.ragged import Signed

    Shapes = NDArray[np.object_]
    Marks = NDArray[np.bool_]

__all__ = ["LINES", "POINTS", "POLYGONS", "Paths", "commands", "drawable"]

POINTS, LINES, POLYGONS = 1, 2, 3
# Move and draw count their steps; closing is one.
MOVE, DRAW, CLOSE = 1, 2, 1 << 3 | 7
COUNTED = 3
LEAST = {LINES: 2, POLYGONS: 3}
# A corner that was moved to the grid may touch what it did not; a second look finds nearly all that is left.
LOOKS = 2
# Kinds of shapes as shapely numbers them, single and several; a collection is none.
_KINDS = (POINTS, LINES, LINES, POLYGONS, POINTS, LINES, POLYGONS)
_COLLECTION = 7


class Paths(NamedTuple):
    """Corners of paths: rings, lines, or each feature's points.

    Attributes:
        corners: Whole numbers (n, 2).
        ends: Where each path begins, and the end (m + 1,).
        owners: Number of the feature that each path belongs to (m,).
        parts: Number of the polygon that each ring is of (m,).
        outer: Whether it is the outer ring of it; True for all that are no rings (m,).
    """

    corners: "Signed"
    ends: "Signed"
    owners: "Signed"
    parts: "Signed"
    outer: "Marks"

    @property
    def lengths(self) -> "Signed":
        """Corners of each path."""
        return self.ends[1:] - self.ends[:-1]


def drawable(
    shapes: "Shapes", bounds: tuple[float, float, float, float], extent: int, edge: int
) -> "tuple[Shapes, Signed]":
    """Shapes in steps of a tile's grid, clipped some steps beyond its sides, with whole corners.

    Args:
        shapes: Geometries; None stays None.
        bounds: West, south, east, north of the tile, in the shapes' own system.
        extent: Steps of its side; they are counted from the upper left corner.
        edge: Steps beyond its sides that are kept.

    Returns:
        Shapes, None or empty where nothing is left; and the kind of each.
    """
    import numpy as np
    import shapely

    west, south, east, north = bounds
    scale = np.array([extent / (east - west), -extent / (north - south)])
    local = shapely.transform(shapes, lambda xy: (xy - [west, north]) * scale)
    sides = shapely.bounds(local)
    within = (sides[:, :2] >= -edge).all(axis=1) & (sides[:, 2:] <= extent + edge).all(axis=1)
    over = np.flatnonzero(~within)
    if len(over):
        local[over] = _clipped(local[over], edge, extent)
    local = _whole(_alike(local))
    kinds = np.array([*_KINDS, 0, 0])[shapely.get_type_id(local)]
    return local, kinds


def _clipped(shapes: "Shapes", edge: int, extent: int) -> "Shapes":
    """What of each lies in the tile and its edge; a faulty polygon is cut as the faultless one it means."""
    import numpy as np
    import shapely

    found: Shapes = np.array(shapes)
    faulty = (shapely.get_dimensions(found) == 2) & ~shapely.is_valid(found)  # noqa: PLR2004 - areas
    found[faulty] = shapely.make_valid(found[faulty])
    clipped: Shapes = shapely.clip_by_rect(found, -edge, -edge, extent + edge, extent + edge)
    return clipped


def _alike(shapes: "Shapes") -> "Shapes":
    """Collections reduced to their parts of the highest dimension, which is what they are drawn as."""
    import numpy as np
    import shapely

    mixed = shapely.get_type_id(shapes) == _COLLECTION
    if not mixed.any():
        return shapes
    shapes[mixed & shapely.is_empty(shapes)] = None
    made = (shapely.multipoints, shapely.multilinestrings, shapely.multipolygons)
    for at in np.flatnonzero(shapely.get_type_id(shapes) == _COLLECTION):
        parts = shapely.get_parts(shapely.get_parts(shapes[at]))
        parts = parts[~shapely.is_empty(parts)]
        dimensions = shapely.get_dimensions(parts)
        shapes[at] = made[dimensions.max()](parts[dimensions == dimensions.max()])
    return shapes


def _whole(shapes: "Shapes") -> "Shapes":
    """Shapes with corners on the grid; polygons that cross themselves there are mended."""
    import numpy as np
    import shapely

    found: Shapes = shapely.transform(shapes, np.rint)
    for _ in range(LOOKS):
        areas = np.flatnonzero(shapely.get_dimensions(found) == 2)  # noqa: PLR2004 - areas
        faulty = areas[~shapely.is_valid(found[areas])]
        if not len(faulty):
            break
        mended = shapely.make_valid(found[faulty], method="structure", keep_collapsed=False)
        found[faulty] = shapely.transform(_alike(mended), np.rint)
    return found


def commands(shapes: "Shapes", kind: int) -> "tuple[Rows, Signed]":
    """Commands of each shape that something is left of, and which these are.

    Args:
        shapes: Geometries of one kind with whole corners, none of them None.
        kind: Points, lines or polygons.
    """
    import numpy as np

    paths = _paths(shapes, kind)
    if kind != POINTS:
        paths = _clean(paths, kind)
    if kind == POLYGONS:
        paths = _turned(paths)
    numbers, lengths = _numbers(paths, kind)
    kept, per = np.unique(paths.owners, return_inverse=True)
    each = np.bincount(per, weights=lengths, minlength=len(kept)).astype(np.int64)
    return Rows(numbers, aligned(each)), kept


def _paths(shapes: "Shapes", kind: int) -> Paths:
    import numpy as np
    import shapely

    rings: Shapes = shapes
    owners = np.arange(len(shapes))
    if kind != POINTS:
        rings, owners = shapely.get_parts(shapes, return_index=True)
    of = np.arange(len(rings))
    if kind == POLYGONS:
        rings, of = shapely.get_rings(rings, return_index=True)
        owners = owners[of]
    outer = np.ones(len(of), dtype=bool)
    outer[1:] = of[1:] != of[:-1]
    lengths = shapely.get_num_coordinates(rings).astype(np.int64)
    corners = shapely.get_coordinates(rings).astype(np.int64)
    return _chosen(Paths(corners, aligned(lengths), owners, of, outer), lengths > 0)


def _chosen(paths: Paths, wanted: "Marks", corners: "Marks | None" = None) -> Paths:
    """Some of the paths, with some of their corners."""
    import numpy as np

    within = np.repeat(wanted, paths.lengths)
    if corners is not None:
        within &= corners
    path = np.repeat(np.arange(len(wanted)), paths.lengths)[within]
    lengths = np.bincount(path, minlength=len(wanted))[wanted]
    owners, parts, outer = paths.owners[wanted], paths.parts[wanted], paths.outer[wanted]
    return Paths(paths.corners[within], aligned(lengths), owners, parts, outer)


def _clean(paths: Paths, kind: int) -> Paths:
    """Paths without steps of no length; rings without their end, which is their begin."""
    import numpy as np

    moved = np.ones(len(paths.corners), dtype=bool)
    further = (paths.corners[1:] != paths.corners[:-1]).any(axis=1)
    if kind == POLYGONS:
        # The last one of those that stand still is kept, so that none is left before the end.
        moved[:-1] = further
        moved[paths.ends[1:] - 1] = False
    else:
        moved[1:] = further
        moved[paths.ends[:-1]] = True
    paths = _chosen(paths, np.ones(len(paths.owners), dtype=bool), moved)
    return _chosen(paths, paths.lengths >= LEAST[kind])


def _turned(paths: Paths) -> Paths:
    """Rings of polygons, outer ones clockwise as seen and inner ones against it; none without area.

    A polygon whose outer ring is gone has no inner one.
    """
    import numpy as np

    areas = _areas(paths)
    standing = np.unique(paths.parts[paths.outer & (areas != 0)])
    wanted = (areas != 0) & np.isin(paths.parts, standing)
    paths, areas = _chosen(paths, wanted), areas[wanted]
    back = np.repeat((areas > 0) != paths.outer, paths.lengths)
    at = steps(paths.lengths)
    other = np.repeat(paths.lengths, paths.lengths) - 1 - at
    order = np.repeat(paths.ends[:-1], paths.lengths) + np.where(back, other, at)
    return paths._replace(corners=paths.corners[order])


def _areas(paths: Paths) -> "Signed":
    """Twice the area of each ring, above zero where it turns clockwise on a grid whose rows go down."""
    import numpy as np

    if not len(paths.owners):
        return np.zeros(0, dtype=np.int64)
    after = np.arange(1, len(paths.corners) + 1)
    after[paths.ends[1:] - 1] = paths.ends[:-1]
    x, y = paths.corners.T
    # From the ring's first corner: small numbers stay exact.
    x0, y0 = np.repeat(paths.corners[paths.ends[:-1]], paths.lengths, axis=0).T
    x, y = x - x0, y - y0
    found: Signed = np.add.reduceat(x * y[after] - x[after] * y, paths.ends[:-1])
    return found


def _numbers(paths: Paths, kind: int) -> "tuple[NDArray[np.uint64], Signed]":
    """Commands of all paths, and how many numbers each takes."""
    import numpy as np

    count, at = paths.lengths, steps(paths.lengths)
    more = {POINTS: 1, LINES: 2, POLYGONS: 3}[kind]
    lengths = 2 * count + more
    ends = aligned(lengths)
    numbers = np.zeros(int(ends[-1]), dtype=np.uint64)
    start = ends[:-1]
    numbers[start] = (count << COUNTED | MOVE) if kind == POINTS else 1 << COUNTED | MOVE
    # Behind the first corner stands how many are drawn to; points have none.
    shift = 1 if kind == POINTS else np.where(at > 0, 2, 1)
    where = np.repeat(start, count) + 2 * at + shift
    for axis, part in enumerate(_moves(paths).T):
        numbers[where + axis] = zigzag(part)
    if kind != POINTS:
        numbers[start + 3] = (count - 1) << COUNTED | DRAW
    if kind == POLYGONS:
        numbers[ends[1:] - 1] = CLOSE
    return numbers, lengths


def _moves(paths: Paths) -> "Signed":
    """Steps from corner to corner; a feature's first one is from the tile's upper left."""
    import numpy as np

    moves = np.diff(paths.corners, axis=0, prepend=0)
    new = np.ones(len(paths.owners), dtype=bool)
    new[1:] = paths.owners[1:] != paths.owners[:-1]
    first = paths.ends[:-1][new]
    moves[first] = paths.corners[first]
    return moves
