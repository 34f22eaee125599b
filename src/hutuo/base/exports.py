"""A collection as one file that other programs open: GeoPackage, FlatGeobuf, GeoParquet, PMTiles."""

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hutuo.errors import NotFound, one_of
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
}


def exported(found: "Drawn", places: "Places", ending: str) -> bytes:
    """Rows of a collection with their shapes (EPSG:4326) as a file.

    Args:
        found: The collection.
        places: Which rows, in order.
        ending: One of :data:`FORMATS`.

    Raises:
        NotFound: There is no such format, or no shape to make tiles of.
    """
    if ending not in FORMATS:
        raise one_of(ending, "format", list(FORMATS))
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


def _frame(found: "Drawn", places: "Places") -> "geopandas.GeoDataFrame":
    import geopandas

    names = [n for n in found.rows.column_names if n not in ("geometry", "batch")]
    frame = found.rows.select(names).take(places).to_pandas()
    return geopandas.GeoDataFrame(frame, geometry=found.shapes(places), crs="EPSG:4326")
