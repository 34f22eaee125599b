"""Shapes of features made valid and brought to EPSG:4326, with what is kept of each."""

from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base import datum
from hutuo.base.boundaries import EQUAL_AREA
from hutuo.base.mapping import FAULTY, Mapping, Quarantined
from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text

if TYPE_CHECKING:
    import geopandas
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

MOST_VERTICES = 20_000_000
LISTED = 20
BY_SHAPE = {"Point": "point", "MultiPoint": "point"}
LINES = ("LineString", "MultiLineString", "LinearRing")
WORLD = (180.000001, 90.000001)
# What GEOS finds wrong with shapes, in Chinese.
REASONS = {
    "Duplicate Rings": "环重复",
    "Hole lies outside shell": "洞在外环之外",
    "Holes are nested": "洞相互嵌套",
    "Interior is disconnected": "内部不连通",
    "Nested shells": "外环相互嵌套",
    "Ring Self-intersection": "环自相交",
    "Self-intersection": "自相交",
    "Too few points in geometry component": "点数不足",
}


class Clean(NamedTuple):
    """Features whose shapes are valid.

    Attributes:
        features: Their attributes.
        shapes: Of the same features ``kind`` of place, ``geometry`` (WKB, EPSG:4326), ``area_km2``,
            ``label_lon`` and ``label_lat``.
        findings: What was mended.
        held: Features that could not be.
    """

    features: "pd.DataFrame"
    shapes: "pd.DataFrame"
    findings: list[Finding]
    held: list[Quarantined]


def cleaned(path: Path, features: "geopandas.GeoDataFrame", mapping: Mapping) -> Clean:
    """Features with valid shapes in EPSG:4326; what was mended is told, what cannot be is held back.

    Raises:
        BadInput: There are no shapes, no CRS, or too many vertices.
    """
    import geopandas
    import numpy as np
    import shapely

    if not isinstance(features, geopandas.GeoDataFrame):
        says = Text(f"{path.name}没有图形", f"{path.name} has no shapes")
        hint = Text("应为点、线或面的图层", "a layer of points, lines or polygons")
        raise BadInput(says, hint=hint)
    shapes = shapely.force_2d(features.geometry.to_numpy())
    vertices = int(shapely.get_num_coordinates(shapes).sum())
    if vertices > MOST_VERTICES:
        says = Text(f"{path.name}有{vertices:,}个顶点", f"{path.name} has {vertices:,} vertices")
        raise BadInput(says, hint=at_most(MOST_VERTICES))
    web_map = datum.shifted(mapping.options.get("crs", ""))
    crs = "EPSG:4326" if web_map else _crs(path, features.crs, mapping)
    if web_map:
        shapes = shapely.transform(shapes, lambda spots: datum.to_wgs84(spots, web_map))
    features = features.set_geometry(
        geopandas.GeoSeries(shapes, index=features.index, crs=crs)
    ).to_crs("EPSG:4326")
    shapes = features.geometry.to_numpy()
    held = []
    none = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    held += _refused(none, Text("没有可读的图形", "has no shape that can be read"))
    box = shapely.bounds(shapes)
    world = np.array([*WORLD, *WORLD])
    off = ~none & ~(np.abs(box) <= world).all(axis=1)
    turned = off & (np.abs(box[:, [1, 0, 3, 2]]) <= world).all(axis=1)
    held += _refused(
        off & ~turned,
        Text("在经纬度范围之外;坐标系是否正确?", "lies outside the world; is the CRS right?"),
    )
    held += _refused(
        turned,
        Text(
            "在经纬度范围之外;经纬度可能写反,应先经度后纬度",
            "lies outside the world, and would not with both numbers swapped: longitude comes first",
        ),
    )
    wrong = ~none & ~off & ~shapely.is_valid(shapes)
    findings = [
        Finding(
            path.name,
            int(at) + 1,
            "geometry",
            _mended(shapely.is_valid_reason(shapes[at])),
        )
        for at in np.flatnonzero(wrong)[:LISTED]
    ]
    if wrong.sum() > LISTED:
        left = f"{int(wrong.sum()) - LISTED:,}"
        more = Text(f"另有{left}个图形已修复", f"and {left} more were mended")
        findings.append(Finding(path.name, None, "geometry", more))
    shapes[wrong] = shapely.make_valid(shapes[wrong])
    features = features.set_geometry(shapes)
    good = ~none & ~off
    plain = features.drop(columns=features.geometry.name)[good]
    return Clean(plain, _drawn(features.geometry[good]), findings, held)


def at_most(number: int) -> Text:
    """How many of something may be."""
    return Text(f"最多{number:,}", f"at most {number:,}")


def _mended(reason: str) -> Text:
    """What was wrong with a shape, as GEOS says it, with where."""
    what, bracket, where = reason.partition("[")
    return Text(f"{REASONS.get(what, what)}{bracket}{where};已修复", f"{reason}; mended")


def _drawn(shapes: "geopandas.GeoSeries") -> "pd.DataFrame":
    """What is kept of shapes."""
    import pandas as pd
    import shapely

    plain = shapes.to_numpy()
    label = shapely.point_on_surface(plain)
    kinds = shapes.geom_type.map(
        lambda name: "point" if name in BY_SHAPE else "corridor" if name in LINES else "cell"
    )
    return pd.DataFrame(
        {
            "kind": kinds,
            "geometry": pd.Series(
                shapely.to_wkb(plain).tolist(), index=shapes.index, dtype=object
            ),
            "area_km2": shapes.to_crs(EQUAL_AREA).area / 1e6,
            "label_lon": shapely.get_x(label),
            "label_lat": shapely.get_y(label),
        }
    )


def _refused(bad: "NDArray[np.bool_]", reason: Text) -> list[Quarantined]:
    import numpy as np

    return [Quarantined(int(at) + 1, "geometry", reason) for at in np.flatnonzero(bad)]


def _crs(path: Path, given: Any, mapping: Mapping) -> Any:
    """The CRS of the file, or that which the mapping gives it.

    Raises:
        BadInput: There is none, or none of that name.
    """
    from pyproj import CRS
    from pyproj.exceptions import CRSError

    said = mapping.options.get("crs")
    known = (
        given is not None and not given.is_engineering and "undefined" not in given.name.lower()
    )
    if known and not said:
        return given
    if not said:
        hint = Text(
            "请在映射的options中写明,如crs = 'EPSG:4490'",
            "name it under options of the mapping, as crs = 'EPSG:4490'",
        )
        finding = Finding(path.name, None, "crs", Text("没有坐标系", "has no CRS"))
        says = Text(f"{path.name}没有坐标系", f"{path.name} has no CRS")
        raise BadInput(says, [finding], hint)
    try:
        return CRS.from_user_input(said)
    except CRSError as error:
        says = Text(f"“{said[:100]}”不是坐标系", f"'{said[:100]}' is no CRS")
        finding = Finding(path.name, None, "options.crs", says)
        raise BadInput(FAULTY, [finding], Text("如EPSG:4490", "as EPSG:4490")) from error
