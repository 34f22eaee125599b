"""Layers of features as files hold them, read within bounds and by the driver that is meant alone."""

from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base import apart, archives, grids
from hutuo.base.grids import declared, size_of
from hutuo.base.mapping import Mapping, Quarantined
from hutuo.base.shapes import LISTED, at_most, cleaned
from hutuo.errors import BadInput, Finding, one_of
from hutuo.verbs import Text

if TYPE_CHECKING:
    import geopandas
    import pandas as pd

KINDS = {
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "gpkg",
    ".shp": "shp",
    ".shp.zip": "shp",
}
DRIVERS = {"geojson": ("GeoJSON",), "gpkg": ("GPKG",), "shp": ("ESRI Shapefile",)}
BEGINS = {"gpkg": b"SQLite format 3\0", "shp": b"\x00\x00\x27\x0a"}
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# A feature takes some twenty times its text in memory.
LARGEST = {"geojson": 128 << 20, "gpkg": 512 << 20, "shp": 512 << 20}
# Sixty million cells of text, or twenty million vertices in four copies, take some 5 GB and some minutes.
ROOM = apart.Room(8 << 30, 1_800, ("geopandas", "pyogrio"))
MOST_FEATURES = 1_000_000


class Layer(NamedTuple):
    """A layer as it was read.

    Attributes:
        features: Attributes; numbered from 0 in the order of the file.
        shapes: Of the same features ``kind`` of place, ``geometry`` (WKB, EPSG:4326), ``area_km2``,
            ``label_lon`` and ``label_lat``; none where they are not read.
        layers: Layers that the file has.
        findings: What was mended.
        held: Features that could not be.
    """

    features: "pd.DataFrame"
    shapes: "pd.DataFrame"
    layers: tuple[str, ...]
    findings: list[Finding]
    held: list[Quarantined]


def kind_of(path: Path) -> str:
    """Format of a file by its ending.

    Raises:
        BadInput: It is none of these.
    """
    name = path.name.lower()
    found = [ending for ending in KINDS if name.endswith(ending)]
    if found:
        return KINDS[max(found, key=len)]
    if name.endswith(".zip"):
        return "shp"
    says = Text(f"按扩展名,{path.name}不是图层", f"{path.name} is no layer by its ending")
    endings = ", ".join(KINDS)
    raise BadInput(says, hint=Text(f"可用的扩展名:{endings}", f"endings: {endings}"))


def read(path: Path, mapping: Mapping, *, shapes: bool = True) -> Layer:
    """The features of a layer, read in a process of its own.

    Args:
        path: The file; of a Shapefile the ``.shp`` with its siblings, or a zip of them.
        mapping: Names the layer (``sheet``), and the CRS where the file has none (``options.crs``).
        shapes: Whether shapes are read; without them no CRS is needed.

    Raises:
        BadInput: The file is broken, too large, or has no CRS.
        NotFound: There is no such layer.
    """
    return apart.run(path.name, ROOM, parsed, path, mapping, shapes=shapes)


def parsed(path: Path, mapping: Mapping, *, shapes: bool = True) -> Layer:
    """The features of a layer, read in this process.

    Raises:
        BadInput: The file is broken, too large, or has no CRS.
        NotFound: There is no such layer.
    """
    import numpy as np
    from shapely.errors import ShapelyError

    kind = kind_of(path)
    if (size := size_of(path)) > LARGEST[kind]:
        says = Text(f"{path.name}有{size:,}字节", f"{path.name} has {size:,} bytes")
        raise BadInput(says, hint=at_most(LARGEST[kind]))
    with TemporaryDirectory() as folder, declared(path.name, "layer of features"):
        source = _source(path, kind, Path(folder))
        try:
            features, layers = _read(path, source, kind, mapping.sheet, shapes=shapes)
            if not shapes:
                return Layer(features, features.iloc[:, :0], layers, [], [])
            # Coordinates of a broken file may be anything.
            with np.errstate(all="ignore"):
                clean = cleaned(path, features, mapping)
            return Layer(clean.features, clean.shapes, layers, clean.findings, clean.held)
        except (RuntimeError, ShapelyError) as error:
            why = " ".join(str(error).replace(str(source), path.name).split())[:200]
            zh, en = f"{path.name}不是可读的{kind}", f"{path.name} is no readable {kind}"
            raise BadInput(Text(f"{zh}:{why}", f"{en}: {why}")) from error


def _source(path: Path, kind: str, folder: Path) -> Path:
    """What is opened: only what begins as its format does, so that no other driver takes it up.

    Raises:
        BadInput: It begins otherwise.
    """
    source = _unpacked(path, folder) if path.name.lower().endswith(".zip") else path
    with source.open("rb") as file:
        head = file.read(1 << 10)
    if kind == "geojson":
        good = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:1] == b"{"
    else:
        good = head.startswith(BEGINS[kind])
    if not good:
        driver = DRIVERS[kind][0]
        zh, en = f"{path.name}的开头不是{driver}", f"{path.name} does not begin as {driver} does"
        raise BadInput(Text(zh, en))
    if kind == "gpkg":
        _plain_tables(path)
    return source


def _plain_tables(path: Path) -> None:
    """Refuse a database with views or triggers: reading them runs what they say.

    Raises:
        BadInput: It has some, or is broken.
    """
    import sqlite3
    from contextlib import closing

    sql = (
        "SELECT name FROM sqlite_master WHERE type = 'view'"
        " OR (type = 'table' AND sql LIKE 'CREATE VIRTUAL%' AND name NOT LIKE 'rtree_%')"
    )
    address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
    try:
        with closing(sqlite3.connect(address, uri=True)) as database:
            found = [str(row[0]) for row in database.execute(sql).fetchmany(LISTED)]
    except (sqlite3.Error, ValueError) as error:
        zh, en = f"{path.name}不是可读的GeoPackage", f"{path.name} is no readable GeoPackage"
        raise BadInput(Text(f"{zh}:{error}", f"{en}: {error}")) from error
    if found:
        views = ", ".join(found)
        says = Text(f"{path.name}含有视图:{views}", f"{path.name} has views: {views}")
        hint = Text("请把图层导出为普通的表", "export its layers as plain tables")
        raise BadInput(says, hint=hint)


def _unpacked(path: Path, folder: Path) -> Path:
    """The Shapefile in a zip, under names of our own.

    Raises:
        BadInput: It holds none, or several.
    """
    with archives.archive(path) as found:
        shapes = [i for i in found.infolist() if i.filename.lower().endswith(".shp")]
        shapes = [i for i in shapes if not i.filename.startswith("__MACOSX/")]
        if len(shapes) != 1:
            names = ", ".join(i.filename for i in shapes[:LISTED]) or "none"
            zh = f"{path.name}中应有一个Shapefile;现有{names}"
            en = f"{path.name} should hold one Shapefile; it has {names}"
            raise BadInput(Text(zh, en))
        stem = shapes[0].filename[:-4].lower()
        parts = {
            part: info
            for info in found.infolist()
            for part in PARTS
            if info.filename.lower() == stem + part
        }
        archives.bounded(path.name, parts.values(), LARGEST["shp"])
        for part, info in parts.items():
            (folder / f"layer{part}").write_bytes(archives.unpacked(found, info))
    return folder / "layer.shp"


def _read(
    path: Path, source: Path, kind: str, sheet: str | None, *, shapes: bool
) -> "tuple[geopandas.GeoDataFrame, tuple[str, ...]]":
    import warnings

    import pyogrio

    # For a CRS by the name of `GC` GDAL looks through its whole list, for a second and more. Without it
    # coordinates are the same, since datums are known by their names.
    pyogrio.set_gdal_config_options({"USE_OSR_FIND_MATCHES": "NO"})
    with warnings.catch_warnings():
        # Remarks of the library on single features; what matters is found below.
        warnings.simplefilter("ignore", RuntimeWarning)
        warnings.simplefilter("ignore", UserWarning)
        layers = tuple(str(name) for name, _ in pyogrio.list_layers(source))
        if sheet is not None and sheet not in layers:
            raise one_of(sheet, f"layer of {path.name}", layers)
        layer = sheet or (layers[0] if layers else None)
        head = _about(path, source, layer)
        if head["driver"] not in DRIVERS[kind]:
            given, wanted = head["driver"], DRIVERS[kind][0]
            zh, en = f"{path.name}是{given},不是{wanted}", f"{path.name} is {given}, not {wanted}"
            raise BadInput(Text(zh, en))
        if (count := head["features"]) > MOST_FEATURES:
            says = Text(f"{path.name}有{count:,}个要素", f"{path.name} has {count:,} features")
            raise BadInput(says, hint=at_most(MOST_FEATURES))
        grids.bounded(path.name, head["features"], len(head["fields"]) + 1)
        _once(path, [*map(str, head["fields"]), "geometry"])
        found = pyogrio.read_dataframe(
            source, layer=layer, read_geometry=shapes, on_invalid="ignore"
        )
    return found, layers


def _about(path: Path, source: Path, layer: str | None) -> dict[str, Any]:
    """What a layer says of itself.

    Raises:
        BadInput: Its CRS cannot be told.
    """
    import pyogrio

    try:
        found: dict[str, Any] = pyogrio.read_info(source, layer=layer, force_feature_count=True)
    # Pyogrio frees a text that it was not given, where GDAL cannot write down the CRS that it read.
    except UnboundLocalError as error:
        hint = Text("请写入一个,如EPSG:4490", "write one into it, as EPSG:4490")
        zh, en = f"{path.name}的坐标系无法读取", f"{path.name} has a CRS that cannot be read"
        raise BadInput(Text(zh, en), hint=hint) from error
    return found


def _once(path: Path, names: list[str]) -> None:
    """Refuse attributes that are called alike, or as the shapes are.

    Raises:
        BadInput: Some are.
    """
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        wrong = Text("是两列的名称", "is what two columns are called")
        faults = [Finding(path.name, None, name, wrong) for name in twice]
        zh, en = f"{path.name}有重名的列:", f"{path.name} has columns that are called alike:"
        raise BadInput(Text(zh, en), faults, Text("请改名", "rename them"))
