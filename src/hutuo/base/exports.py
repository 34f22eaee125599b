"""A collection as one file that other programs open, as GeoPackage, GeoParquet, PMTiles or a table."""

import tempfile
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.errors import BadAsk, NotFound, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    import geopandas

    from hutuo.base.drawn import Drawn, Places


class Format(NamedTuple):
    """A format of files: what it is called, its media type, its driver in GDAL ("" for none)."""

    name: str
    media: str
    driver: str


# Finer zooms of a file of tiles are left to the map, which enlarges these.
TILED_TO = 12
FORMATS = {
    "gpkg": Format("GeoPackage", "application/geopackage+sqlite3", "GPKG"),
    "fgb": Format("FlatGeobuf", "application/flatgeobuf", "FlatGeobuf"),
    "parquet": Format("GeoParquet", "application/vnd.apache.parquet", ""),
    "pmtiles": Format("PMTiles", "application/vnd.pmtiles", "PMTiles"),
    "csv": Format("CSV", "text/csv; charset=utf-8", ""),
    "xlsx": Format(
        "XLSX", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", ""
    ),
}
# Rows of a sheet of Excel, without its heading.
SHEET = (1 << 20) - 1


def exported(found: "Drawn", places: "Places", ending: str) -> bytes:
    """Rows of a collection with their shapes (EPSG:4326) as a file; tables have no shapes.

    Args:
        found: The collection.
        places: Which rows, in order.
        ending: One of :data:`FORMATS`.

    Raises:
        NotFound: There is no such format, or no shape to make tiles of.
        BadAsk: There are more rows than a sheet holds.
    """
    if ending not in FORMATS:
        raise one_of(ending, "format", list(FORMATS))
    if ending in ("csv", "xlsx"):
        return _table(found, places, ending)
    frame, driver = _frame(found, places), FORMATS[ending].driver
    if driver == "PMTiles":
        # What has no shape is in no tile.
        frame = frame[~frame.geometry.isna()]
        if frame.empty:
            name = found.about.name
            raise NotFound(Text(f"{name}中没有形状", f"nothing in {name} has a shape"))
    with tempfile.TemporaryDirectory(prefix="hutuo-") as folder:
        file = Path(folder) / f"{found.about.name}.{ending}"
        if not driver:
            frame.to_parquet(file, index=False)
        else:
            # Its index holds no row without a shape.
            plain = driver == "FlatGeobuf" and frame.geometry.isna().any()
            options: dict[str, str | int] = {"SPATIAL_INDEX": "NO"} if plain else {}
            if driver == "PMTiles":
                options = {"MINZOOM": 0, "MAXZOOM": TILED_TO}
            frame.to_file(file, driver=driver, layer=found.about.name, use_arrow=True, **options)
        return file.read_bytes()


def _table(found: "Drawn", places: "Places", ending: str) -> bytes:
    """Rows as a table for Excel: CSV with the mark of UTF-8, or a workbook with typed cells."""
    names = [n for n in found.rows.column_names if n not in ("geometry", "batch")]
    rows = found.rows.select(names).take(places)
    if ending == "csv":
        written: str = rows.to_pandas().to_csv(index=False, lineterminator="\r\n")
        return written.encode("utf-8-sig")
    if rows.num_rows > SHEET:
        says = Text(
            f"{rows.num_rows:,}行超过一张工作表的{SHEET:,}行",
            f"{rows.num_rows:,} rows are more than the {SHEET:,} of a sheet",
        )
        raise BadAsk(
            says, Text("请用bbox或列缩小范围,或取csv", "narrow it by bbox or column, or take csv")
        )
    return _workbook(found.about.name, names, rows.to_pylist())


def _workbook(name: str, names: list[str], rows: list[dict[str, Any]]) -> bytes:
    import io

    import xlsxwriter

    content = io.BytesIO()
    safe = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "remove_timezone": True,
        "default_date_format": "yyyy-mm-dd hh:mm",
    }
    with xlsxwriter.Workbook(content, safe) as book:
        page, day = book.add_worksheet(name[:31]), book.add_format({"num_format": "yyyy-mm-dd"})
        page.freeze_panes(1, 0)
        page.write_row(0, 0, names, book.add_format({"bold": True}))
        page.autofilter(0, 0, max(len(rows), 1), len(names) - 1)
        for at, row in enumerate(rows, 1):
            for column, cell in enumerate(map(row.get, names)):
                plain = type(cell) is date
                page.write(at, column, cell, *([day] if plain else []))
    return content.getvalue()


def _frame(found: "Drawn", places: "Places") -> "geopandas.GeoDataFrame":
    import geopandas

    names = [n for n in found.rows.column_names if n not in ("geometry", "batch")]
    frame = found.rows.select(names).take(places).to_pandas()
    return geopandas.GeoDataFrame(frame, geometry=found.shapes(places), crs="EPSG:4326")
