"""GeoJSON, GeoPackage and Shapefile: attributes as figures of places, or features as places and boundaries.

A mapping to table ``observation`` reads the attributes as :mod:`hutuo.base.tabular` reads a table. One to
table ``boundary`` takes the shapes: see :mod:`hutuo.base.features`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from hutuo.base import archives, grids, headers, tabular
from hutuo.base.cells import gathered
from hutuo.base.features import bounded_places
from hutuo.base.layers import KINDS, Layer, kind_of, read
from hutuo.base.mapping import Mapping, Read
from hutuo.base.matching import Places
from hutuo.errors import BadInput, Finding
from hutuo.progress import report
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region

ENDINGS = tuple(KINDS)
NAMES = {
    "id": ("id", "code", "osm_id", "gid", "fid", "编号", "代码"),
    "zh": ("zh", "name_zh", "name:zh", "name", "名称", "中文名"),
    "en": ("en", "name_en", "name:en", "英文名"),
}


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
