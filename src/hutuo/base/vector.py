"""GeoJSON, GeoPackage and Shapefile: attributes as figures of places, or features as places and boundaries.

A mapping to table ``observation`` reads the attributes as :mod:`hutuo.base.tabular` reads a table. One to
table ``boundary`` takes the shapes: as boundaries of places that are known where ``place`` says which,
else as places of their own, whose ids and names stand in ``columns`` (``id``, ``zh``, ``en``).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, tzinfo
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base import apart, archives, grids, headers, tabular
from hutuo.base.boundaries import EQUAL_AREA
from hutuo.base.cells import gathered
from hutuo.base.grids import declared, size_of
from hutuo.base.mapping import Mapping, PlaceColumn, Quarantined, Read
from hutuo.base.matching import Places, Refused
from hutuo.base.periods import CLOCK
from hutuo.base.periods import read as period_of
from hutuo.errors import BadInput, Finding, one_of
from hutuo.progress import report
from hutuo.verbs import Text

if TYPE_CHECKING:
    import geopandas
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.base.region import Region

KINDS = {
    ".geojson": "geojson",
    ".json": "geojson",
    ".gpkg": "gpkg",
    ".shp": "shp",
    ".shp.zip": "shp",
}
ENDINGS = tuple(KINDS)
DRIVERS = {"geojson": ("GeoJSON",), "gpkg": ("GPKG",), "shp": ("ESRI Shapefile",)}
BEGINS = {"gpkg": b"SQLite format 3\0", "shp": b"\x00\x00\x27\x0a"}
PARTS = (".shp", ".shx", ".dbf", ".prj", ".cpg")
# A feature takes some twenty times its text in memory.
LARGEST = {"geojson": 128 << 20, "gpkg": 512 << 20, "shp": 512 << 20}
# Sixty million cells of text, or twenty million vertices in four copies, take some 5 GB and some minutes.
ROOM = apart.Room(8 << 30, 1_800, ("geopandas", "pyogrio"))
MOST_FEATURES = 1_000_000
MOST_VERTICES = 20_000_000
LISTED = 20
PLACE_KINDS = ("point", "corridor", "network", "cell", "part", "station", "sensor")
BY_SHAPE = {"Point": "point", "MultiPoint": "point"}
LINES = ("LineString", "MultiLineString", "LinearRing")
WORLD = (180.000001, 90.000001)
FAULTY = Text("映射有误:", "the mapping is faulty:")


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


def accepts(path: Path) -> bool:
    """Whether the file is a zip that holds a Shapefile."""
    with archives.archive(path) as found:
        return any(name.lower().endswith(".shp") for name in found.namelist())


def proposal(path: Path, region: "Region") -> Mapping:
    """Attributes as figures where their headers mean any, else features as places."""
    from hutuo.base.proposals import proposed

    layer = read(path, Mapping(format=kind_of(path)), shapes=False)
    with _as_table(path, layer) as table:
        found = proposed(table, region).mapping
    sheet = layer.layers[0] if len(layer.layers) > 1 else None
    if found.figures:
        return found.model_copy(
            update={"format": kind_of(path), "sheet": sheet, "header_rows": ()}
        )
    columns = [str(name) for name in layer.features.columns]
    named = {role: _called(columns, words) for role, words in NAMES.items()}
    known = found.place if found.place and found.place.column else None
    return Mapping(
        format=kind_of(path),
        table="boundary",
        sheet=sheet,
        place=known,
        columns={} if known else {role: name for role, name in named.items() if name},
    )


NAMES = {
    "id": ("id", "code", "osm_id", "gid", "fid", "编号", "代码"),
    "zh": ("zh", "name_zh", "name:zh", "name", "名称", "中文名"),
    "en": ("en", "name_en", "name:en", "英文名"),
}


def frames(path: Path, mapping: Mapping, region: "Region") -> Read:
    """Observations of the attributes, or places and boundaries of the features.

    Raises:
        BadInput: The file is broken, too large or has no CRS, or does not fit the mapping.
        Cancelled: Whoever listens wants it to stop.
    """
    report(0.05, Text("读取图层", "reading the layer"))
    if mapping.table not in ("observation", "boundary"):
        finding = Text(
            f"图层不能写入“{mapping.table}”", f"'{mapping.table}' cannot be made of features"
        )
        hint = Text(
            "用observation(属性)或boundary(图形)",
            "observation (attributes) or boundary (shapes)",
        )
        says = Text(f"{path.name}的映射有误:", f"the mapping of {path.name} is faulty:")
        raise BadInput(says, [Finding(path.name, None, "table", finding)], hint)
    shapes = mapping.table == "boundary"
    layer = read(path, mapping, shapes=shapes)
    has_columns(path, mapping, layer)
    report(0.4, Text("识别地点", "matching places"))
    if shapes:
        known = Places(region.history("unit"), region.records("place")) if mapping.place else None
        return bounded_places(path, mapping, layer, region.zone, known)
    grid = attributes(path, layer)
    head = headers.head_at(grid, (), path.name)
    read_ = tabular.observations(grid, gathered(grid, head, mapping), mapping, region)
    return read_._replace(findings=[*layer.findings, *read_.findings])


def attributes(path: Path, layer: Layer) -> grids.Grid:
    """The attributes of a layer as cells.

    Raises:
        BadInput: There are too many.
    """
    with _as_table(path, layer) as table:
        return grids.read(table, "parquet")


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
    endings = ", ".join(ENDINGS)
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
        raise BadInput(says, hint=_at_most(LARGEST[kind]))
    with TemporaryDirectory() as folder, declared(path.name, "layer of features"):
        source = _source(path, kind, Path(folder))
        try:
            features, layers = _read(path, source, kind, mapping.sheet, shapes=shapes)
            if not shapes:
                return Layer(features, features.iloc[:, :0], layers, [], [])
            # Coordinates of a broken file may be anything.
            with np.errstate(all="ignore"):
                return _cleaned(path, features, layers, mapping)
        except (RuntimeError, ShapelyError) as error:
            why = " ".join(str(error).replace(str(source), path.name).split())[:200]
            zh, en = f"{path.name}不是可读的{kind}", f"{path.name} is no readable {kind}"
            raise BadInput(Text(f"{zh}:{why}", f"{en}: {why}")) from error


def _at_most(number: int) -> Text:
    return Text(f"最多{number:,}", f"at most {number:,}")


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
            raise BadInput(says, hint=_at_most(MOST_FEATURES))
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


def _cleaned(
    path: Path, features: "geopandas.GeoDataFrame", layers: tuple[str, ...], mapping: Mapping
) -> Layer:
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
        raise BadInput(says, hint=_at_most(MOST_VERTICES))
    features = features.set_geometry(
        geopandas.GeoSeries(shapes, index=features.index, crs=_crs(path, features.crs, mapping))
    ).to_crs("EPSG:4326")
    shapes = features.geometry.to_numpy()
    held = []
    none = shapely.is_missing(shapes) | shapely.is_empty(shapes)
    held += _refused(none, Text("没有可读的图形", "has no shape that can be read"))
    box = shapely.bounds(shapes)
    off = ~none & ~(np.abs(box) <= np.array([*WORLD, *WORLD])).all(axis=1)
    held += _refused(
        off, Text("在经纬度范围之外;坐标系是否正确?", "lies outside the world; is the CRS right?")
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
    return Layer(plain, _drawn(features.geometry[good]), layers, findings, held)


def _mended(reason: str) -> Text:
    """What was wrong with a shape."""
    return Text(f"{reason};已修复", f"{reason}; mended")


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


def has_columns(path: Path, mapping: Mapping, layer: Layer) -> None:
    """Refuse a mapping that names attributes which the layer lacks.

    Raises:
        BadInput: It does.
    """
    has = [str(name) for name in layer.features.columns]
    parts = (mapping.place, mapping.period, mapping.indicator, mapping.unit)
    named = {figure.column for figure in mapping.figures} | set(mapping.columns.values())
    named |= {part.column for part in parts if part is not None and part.column is not None}
    lost = sorted(named - set(has))
    if lost:
        wrong = Text("图层没有此属性", "is no attribute of the layer")
        faults = [Finding(path.name, None, name, wrong) for name in lost]
        there = ", ".join(has)[:1000]
        zh = f"{path.name}没有映射所说的列:"
        en = f"{path.name} does not have the columns of the mapping:"
        hint = Text(f"其属性为{there}", f"its attributes are {there}")
        raise BadInput(Text(zh, en), faults, hint)


@contextmanager
def _as_table(path: Path, layer: Layer) -> Iterator[Path]:
    """The attributes as a table file of the same name, which the readers of tables take."""
    import pyarrow as pa
    from pyarrow import parquet

    plain = layer.features
    cells = {str(name): _arrow(plain[name]) for name in plain.columns}
    with TemporaryDirectory() as folder:
        table = Path(folder) / f"{path.name.partition('.')[0] or 'layer'}.parquet"
        parquet.write_table(pa.table(cells), table)
        yield table


def _arrow(column: "pd.Series[Any]") -> Any:
    import pyarrow as pa

    if column.dtype == object:
        return pa.array([None if cell is None else str(cell) for cell in column], pa.string())
    return pa.Array.from_pandas(column)


def _called(columns: list[str], words: tuple[str, ...]) -> str | None:
    low = {name.lower(): name for name in reversed(columns)}
    return next((low[word] for word in words if word in low), None)


def bounded_places(
    path: Path, mapping: Mapping, layer: Layer, zone: tzinfo, known: Places | None
) -> Read:
    """Rows of the table boundary, and of place where the features are places of their own.

    Args:
        path: The file, for messages.
        mapping: What is said of it.
        layer: Its features.
        zone: Time zone of the region.
        known: Places of the region, where the mapping says which place a feature is.

    Raises:
        BadInput: The mapping does not fit the layer.
    """
    import pandas as pd

    start, end = _span(path, mapping, zone)
    held = list(layer.held)
    if mapping.place and known is not None:
        ids = _known(layer, mapping, mapping.place, known, (start, end), held)
        places = None
    else:
        ids, places = _own(path, mapping, layer, held)
    there = ids.notna() & ~ids.duplicated()
    again = ids.notna() & ids.duplicated()
    reason = Text("同一地点在前面已有图形", "its place has a shape in a feature before")
    held += [Quarantined(int(at) + 1, "geometry", reason, str(ids[at])) for at in ids.index[again]]
    days = {"valid_from": start, "valid_to": end}
    drawn = layer.shapes[there].drop(columns="kind").reset_index(drop=True)
    drawn.insert(0, "place", ids[there].to_numpy())
    drawn = drawn.assign(**{name: day.isoformat() for name, day in days.items() if day})
    found = {"boundary": drawn}
    if places is not None:
        found = {"place": places[there].reset_index(drop=True)} | found
    lines = pd.Series(ids.index[there].to_numpy() + 1)
    held.sort(key=lambda one: one.row)
    told = list(layer.findings)
    if mapping.figures:
        says = "are not read with table boundary; take the file in again, with table observation"
        told.append(Finding(path.name, None, "figures", says))
    return Read(found, dict.fromkeys(found, lines), held, told)


def _span(path: Path, mapping: Mapping, zone: tzinfo) -> tuple[date | None, date | None]:
    """Days that the boundaries hold; none for always.

    Raises:
        BadInput: The mapping gives no days.
    """
    given = mapping.period.value if mapping.period else None
    if given is None:
        return None, None
    found = period_of(given, zone)
    if found is None or found.grain in CLOCK:
        says = Text(f"“{given}”不是日、月或年", f"'{given}' is no day, month or year")
        finding = Finding(path.name, None, "period.value", says)
        hint = Text("某日的地图写如2020-12-31", "as 2020-12-31 for a map of that day")
        raise BadInput(FAULTY, [finding], hint)
    # A map of a day shows what holds from then on; one of a year holds for that year.
    return found.valid_from, None if found.grain == "day" else found.valid_to


def _known(
    layer: Layer,
    mapping: Mapping,
    place: PlaceColumn,
    known: Places,
    span: tuple[date | None, date | None],
    held: list[Quarantined],
) -> "pd.Series[str]":
    """Of each feature the place that it shows; missing where none is known, which is told."""
    import pandas as pd

    column = place.column
    words = (
        layer.features[column].map(_word)
        if column
        else pd.Series(place.value, index=layer.features.index)
    )
    days = None if span[0] is None else (span[0], span[1])
    answers = {
        word: known.find(mapping.places.get(word, word), days, place.within)
        for word in words.unique()
    }
    found = {}
    for at, word in zip(words.index.tolist(), words.tolist(), strict=True):
        answer = answers[word]
        if isinstance(answer, Refused):
            held.append(Quarantined(at + 1, column or "", answer.reason, word))
        else:
            found[at] = answer
    return pd.Series(found, dtype="object").reindex(words.index)


def _own(
    path: Path, mapping: Mapping, layer: Layer, held: list[Quarantined]
) -> "tuple[pd.Series[str], pd.DataFrame]":
    """Of each feature its id, and its row in the table of places.

    Raises:
        BadInput: The mapping does not say which attribute is the id, or names a kind that is none.
    """
    import pandas as pd

    kinds = _kinds(path, mapping, layer)
    columns = mapping.columns
    lacking = Text("缺少:是哪个属性?", "is missing: which attribute is it?")
    faults = [
        Finding(path.name, None, f"columns.{role}", lacking)
        for role in ("id", "zh")
        if role not in columns
    ]
    if faults:
        says = Text("要素作为地点须有标识与名称:", "features as places need an id and a name:")
        raise BadInput(says, faults, Text("或给出已知的place", "or place, if known"))
    features = layer.features
    ids, zh = features[columns["id"]].map(_word), features[columns["zh"]].map(_word)
    en = features[columns["en"]].map(_word) if "en" in columns else zh
    zh, en = zh.where(zh != "", en), en.where(en != "", zh)
    for name, words in ((columns["id"], ids), (columns["zh"], zh)):
        reason = Text("为空;标识与名称必填", "is empty; id and name are required")
        held += [Quarantined(int(at) + 1, name, reason) for at in words.index[words == ""]]
    good = (ids != "") & (zh != "")
    # Without its own prefix an id could be that of another kind of place.
    full = (kinds + ":" + ids).where(good)
    return full, pd.DataFrame({"place": full, "kind": kinds, "zh": zh, "en": en})


def _kinds(path: Path, mapping: Mapping, layer: Layer) -> "pd.Series[str]":
    given = mapping.options.get("kind")
    if given is not None and given not in PLACE_KINDS:
        en = f"'{given}' is no kind of place that has a shape"
        finding = Finding(
            path.name, None, "options.kind", Text(f"“{given}”不是有图形的地点类型", en)
        )
        known = ", ".join(PLACE_KINDS)
        raise BadInput(FAULTY, [finding], Text(f"可用:{known}", f"one of {known}"))
    kinds = layer.shapes["kind"]
    return kinds if given is None else kinds.where(kinds.isna(), given)


def _word(cell: object) -> str:
    """A cell as a word: whole numbers without .0, nothing for missing."""
    if cell is None or cell != cell:
        return ""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell).strip()
