"""Crosswalk between two geographies, as polygons: how much of each source goes to each target.

Pure: polygons and weights in, a table out. The table is sparse, one row a pair that meets; ``tobler`` turns
it and figures of the sources into figures of the targets.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.boundaries import EQUAL_AREA

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray
    from scipy.sparse import csr_matrix

    Shapes = NDArray[np.object_]
    Floats = NDArray[np.float64]

COLUMNS = ("source", "target", "share", "amount", "reach", "exact", "way")
# Of one: what is nearer to the whole than this is the whole.
WHOLE = 1e-9
# Of a pair's smaller polygon: less than this is two lines that do not quite agree.
SLIVER = 0.01
SURFACE = 2
AREA, WEIGHT = "area", "weight"


class Overlap(NamedTuple):
    """Pairs of polygons that share ground.

    Attributes:
        source: Position of the source, (pairs,).
        target: Position of the target, (pairs,).
        size: What both share, (pairs,): m2, of sources that are lines metres, of points 1.
        inside: Whether the source lies in the target as a whole, (pairs,).
    """

    source: "NDArray[np.intp]"
    target: "NDArray[np.intp]"
    size: "Floats"
    inside: "NDArray[np.bool_]"


class Layer(NamedTuple):
    """What figures are spread by: points or polygons on the equal-area plane, each with a weight >= 0.

    Attributes:
        shapes: Points or polygons, (n,).
        weights: Weights, (n,).
        complete: Whether ground that it does not have weighs nothing; else that ground is unknown.
    """

    shapes: "Shapes"
    weights: "Floats"
    complete: bool = True


def flat(shapes: "Shapes") -> "Shapes":
    """Shapes in EPSG:4326 on the plane of equal area, in metres, made valid where they are not."""
    import numpy as np
    import pyproj
    import shapely

    project = pyproj.Transformer.from_crs("EPSG:4326", EQUAL_AREA, always_xy=True)
    on_plane: Shapes = shapely.transform(
        shapes, lambda xy: np.column_stack(project.transform(xy[:, 0], xy[:, 1]))
    )
    return _valid(on_plane)


def _valid(shapes: "Shapes") -> "Shapes":
    import shapely

    faulty = ~shapely.is_valid(shapes)
    if faulty.any():
        shapes = shapes.copy()
        shapes[faulty] = shapely.make_valid(shapes[faulty])
    return shapes


def overlaps(source: "Shapes", target: "Shapes") -> Overlap:
    """The pairs that share ground; only those that cross an edge are intersected.

    Args:
        source: Polygons, lines or points on the equal-area plane, (sources,).
        target: Polygons on the same plane, (targets,).
    """
    import numpy as np
    import shapely

    ours, theirs, inside = _meeting(source, target)
    kinds = shapely.get_dimensions(source)
    size = np.empty(len(ours))
    size[inside] = _sizes(source, kinds)[ours[inside]]
    cut = ~inside
    pieces = shapely.intersection(source[ours[cut]], target[theirs[cut]])
    size[cut] = _sizes(pieces, kinds[ours[cut]])
    real = (size > 0) & _first_of_points(ours, theirs, kinds)
    # A point on an edge lies in the first target that has it, and as a whole.
    return Overlap(ours[real], theirs[real], size[real], (inside | (kinds[ours] == 0))[real])


def _sizes(shapes: "Shapes", kinds: "NDArray[np.intp]") -> "Floats":
    """Area, length or one, by the kind that the source is of: 2, 1 or 0."""
    import numpy as np
    import shapely

    sizes: Floats = np.where(kinds == 1, shapely.length(shapes), shapely.area(shapes))
    return np.where(kinds == 0, 1.0, sizes)


def _first_of_points(
    ours: "NDArray[np.intp]", theirs: "NDArray[np.intp]", kinds: "NDArray[np.intp]"
) -> "NDArray[np.bool_]":
    """False for the further targets of a point."""
    import numpy as np

    good = np.ones(len(ours), dtype=bool)
    points = np.flatnonzero(kinds[ours] == 0)
    order = points[np.lexsort((theirs[points], ours[points]))]
    good[order[1:]] = ours[order[1:]] != ours[order[:-1]]
    return good


def _meeting(
    source: "Shapes", target: "Shapes"
) -> "tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.bool_]]":
    """Pairs that touch, and whether the target covers the source."""
    import numpy as np
    import shapely

    tree = shapely.STRtree(source)
    # Targets are prepared once each, sources are found by the tree: few against many is the quick way.
    theirs, ours = tree.query(target, predicate="intersects")
    covering, covered = tree.query(target, predicate="covers")
    size = len(source)
    inside = np.isin(theirs * size + ours, covering * size + covered)
    return ours, theirs, inside


def by_area(source: "Shapes", target: "Shapes") -> "pd.DataFrame":
    """Crosswalk by ground: the share of each source's area that lies in each target.

    Args:
        source: Polygons, lines or points on the equal-area plane, (sources,).
        target: Polygons on the same plane, (targets,).

    Returns:
        One row a pair: ``source``, ``target`` (positions), ``share`` of the source 0..1, ``amount`` (km2),
        ``reach`` (shared ground over the smaller of both, 0..1), ``exact``, ``way``. The amount of a line is
        in metres, of a point 1.
    """
    import numpy as np
    import shapely

    found = overlaps(source, target)
    kinds = shapely.get_dimensions(source)
    whole, other = _sizes(source, kinds)[found.source], shapely.area(target)[found.target]
    share = _snapped(np.where(found.inside, 1.0, found.size / whole))
    ground = kinds[found.source] == SURFACE
    reach = np.where(ground, np.minimum(found.size / np.minimum(whole, other), 1.0), share)
    return _links(found, share, np.where(ground, found.size / 1e6, found.size), reach, AREA)


def by_weight(source: "Shapes", target: "Shapes", layer: Layer) -> "pd.DataFrame":
    """Crosswalk by a layer of weights: the share of each source's weight that lies in each target.

    A source in which no weight lies, or of which the layer leaves ground unknown, is spread by area and says
    so in ``way``; where no weight lies it has no amount, so that it counts nothing in a mean. What a polygon
    of the layer weighs is even over its ground.

    Args:
        source: Polygons on the equal-area plane, (sources,).
        target: Polygons on the same plane, (targets,).
        layer: Points or polygons with their weights.

    Returns:
        As :func:`by_area`; ``amount`` in the unit of the weights.
    """
    import numpy as np

    table = by_area(source, target)
    ours, theirs = table["source"].to_numpy(), table["target"].to_numpy()
    inside = (table["share"] == 1.0).to_numpy()
    amount = np.zeros(len(table))
    whole = _held(source, layer)
    amount[inside] = whole[ours[inside]]
    cut = np.flatnonzero(~inside)
    if len(cut):
        import shapely

        pieces = shapely.intersection(source[ours[cut]], target[theirs[cut]])
        amount[cut] = _held(pieces, layer)
    weighed = ((whole > 0) & _known(source, layer))[ours]
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.where(weighed, amount / whole[ours], table["share"])
    table["share"] = np.where(inside, 1.0, _snapped(np.minimum(share, 1.0)))
    table["amount"] = amount
    table["exact"] = inside
    table["way"] = np.where(weighed, WEIGHT, AREA)
    return table[table["share"] > 0].reset_index(drop=True)


def _known(shapes: "Shapes", layer: Layer) -> "NDArray[np.bool_]":
    """Whether the layer has the ground of each shape, but for a sliver."""
    import numpy as np
    import shapely

    if layer.complete:
        return np.ones(len(shapes), dtype=bool)
    found = overlaps(shapes, layer.shapes)
    sizes = _sizes(shapes, shapely.get_dimensions(shapes))
    had = np.bincount(found.source, weights=found.size, minlength=len(shapes))
    return np.asarray(had >= (1 - SLIVER) * sizes)


def _held(shapes: "Shapes", layer: Layer) -> "Floats":
    """Weight that lies in each polygon; a point on an edge counts for the first polygon that has it."""
    import numpy as np
    import shapely

    held = np.zeros(len(shapes))
    points = shapely.get_dimensions(layer.shapes) == 0
    if points.any():
        spots, weights = layer.shapes[points], layer.weights[points]
        which, where = shapely.STRtree(shapes).query(spots, predicate="intersects")
        order = np.lexsort((where, which))
        _, first = np.unique(which[order], return_index=True)
        np.add.at(held, where[order][first], weights[which[order][first]])
    if not points.all():
        drawn, weights = layer.shapes[~points], layer.weights[~points]
        found = overlaps(drawn, shapes)
        part = np.where(found.inside, 1.0, found.size / shapely.area(drawn)[found.source])
        np.add.at(held, found.target, weights[found.source] * part)
    return held


def _links(
    found: Overlap, share: "Floats", amount: "Floats", reach: "Floats", way: str
) -> "pd.DataFrame":
    import pandas as pd

    return pd.DataFrame(
        {
            "source": found.source,
            "target": found.target,
            "share": share,
            "amount": amount,
            "reach": reach,
            "exact": share == 1.0,
            "way": way,
        }
    )


def _snapped(share: "Floats") -> "Floats":
    import numpy as np

    return np.where(share > 1 - WHOLE, 1.0, share)


def interpolated(
    links: "pd.DataFrame", size: "tuple[int, int]", values: "Floats", *, additive: bool
) -> "Floats":
    """Figures of the targets from those of the sources, through ``tobler``.

    Args:
        links: A crosswalk, as :func:`by_area` gives it.
        size: Number of sources and of targets.
        values: Figures of the sources, one column a period, (sources, periods), without gaps.
        additive: Whether figures of parts add up; else a target has the mean of what lies in it, weighed by
            ``amount``.

    Returns:
        (targets + 1, periods). The last row is the remainder: of additive figures what goes to no target, so
        that each column keeps its total; of others it means nothing and is 0.
    """
    import numpy as np
    from tobler.area_weighted import area_interpolate

    if not values.size:
        return np.zeros((size[1] + 1, values.shape[1]))
    table = _table(links, size, additive=additive)
    names = [str(column) for column in range(values.shape[1])]
    sources, targets = _bare(size[0]), _bare(size[1] + 1)
    sources[names] = values
    kind = "extensive_variables" if additive else "intensive_variables"
    made = area_interpolate(sources, targets, table=table, **{kind: names})
    answer: Floats = made[names].to_numpy(dtype=float, copy=True)
    return answer if additive else np.vstack([answer[:-1], np.zeros((1, len(names)))])


def _table(links: "pd.DataFrame", size: "tuple[int, int]", *, additive: bool) -> "csr_matrix":
    """Sources by targets and one column more: what of each source is in no target."""
    import numpy as np
    from scipy.sparse import coo_matrix

    ours, theirs = links["source"].to_numpy(), links["target"].to_numpy()
    cells = links["share" if additive else "amount"].to_numpy(dtype=float)
    if additive:
        gone = np.bincount(ours, weights=cells, minlength=size[0])
        left = np.where(gone > 1 - WHOLE, 0.0, 1.0 - gone)
        rest = np.flatnonzero(left)
        ours, theirs = np.concatenate([ours, rest]), np.concatenate([theirs, rest * 0 + size[1]])
        cells = np.concatenate([cells, left[rest]])
    return coo_matrix((cells, (ours, theirs)), shape=(size[0], size[1] + 1)).tocsr()


def _bare(rows: int) -> Any:
    """A frame of that many rows; the table says what meets, so their shapes are not looked at."""
    import geopandas
    import numpy as np
    import shapely

    points = np.full(rows, shapely.Point(0, 0), dtype=object)
    return geopandas.GeoDataFrame(geometry=geopandas.GeoSeries(points, crs=EQUAL_AREA))


def outside(links: "pd.DataFrame", sources: int) -> "Floats":
    """Share of each source that goes to no target, 0..1, (sources,)."""
    import numpy as np

    gone = np.bincount(links["source"], weights=links["share"], minlength=sources)
    return np.where(gone > 1 - WHOLE, 0.0, 1.0 - gone)


def stacked(tables: "Sequence[pd.DataFrame]") -> "pd.DataFrame":
    """Crosswalks of different pairs as one."""
    import pandas as pd

    filled = [table for table in tables if len(table)]
    if not filled:
        return pd.DataFrame({name: [] for name in COLUMNS}).astype(
            {"source": int, "target": int, "share": float, "amount": float, "exact": bool}
        )
    return pd.concat(filled, ignore_index=True)[list(COLUMNS)]
