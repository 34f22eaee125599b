"""Vector tiles of a collection, in the square grid of Web Mercator.

Shapes are chosen by an index, clipped and encoded by the engine's spatial extension; a tile is kept until the
lake changes.

Source: OGC 17-083r4, annex D (WebMercatorQuad); Mapbox Vector Tile 2.1.
"""

import math
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.attaching import extension
from hutuo.errors import NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from hutuo.base.drawn import Drawn, Places, Shapes

MEDIA = "application/vnd.mapbox-vector-tile"
# Half of the equator in Web Mercator, metres.
HALF = math.pi * 6_378_137.0
EXTENT, BUFFER = 4096, 64
DEEPEST = 22
KEPT = 2000
# What a map has no use for; the feature itself tells it.
LEFT_OUT = ("recorded_at", "note")


class Tile(NamedTuple):
    """A tile: zoom, column from the west, row from the north."""

    z: int
    x: int
    y: int

    @property
    def bounds(self) -> tuple[float, float, float, float]:
        """West, south, east, north in metres of Web Mercator."""
        side = 2 * HALF / 2**self.z
        west, north = self.x * side - HALF, HALF - self.y * side
        return west, north - side, west + side, north


def tile(found: "Drawn", at: Tile) -> bytes:
    """The features of a tile; nothing where it has none.

    Raises:
        NotFound: There is no such tile.
    """
    if not (0 <= at.z <= DEEPEST and 0 <= at.x < 2**at.z and 0 <= at.y < 2**at.z):
        says = Text(f"没有瓦片{at.z}/{at.x}/{at.y}", f"no tile {at.z}/{at.x}/{at.y}")
        hint = Text(
            f"级别0至{DEEPEST},行列小于2的级别次方", f"zoom 0 to {DEEPEST}, x and y < 2**zoom"
        )
        raise NotFound(says, hint)
    if at not in found.tiles:
        if len(found.tiles) >= KEPT:
            found.tiles.clear()
        found.tiles[at] = _made(found, at)
    return found.tiles[at]


def _made(found: "Drawn", at: Tile) -> bytes:
    import numpy as np
    import shapely

    west, south, east, north = at.bounds
    unit = (east - west) / EXTENT
    edge = BUFFER * unit
    around = shapely.box(west - edge, south - edge, east + edge, north + edge)
    shapes, index = found.mercator
    places = np.sort(index.query(around))
    if not len(places):
        return b""
    # Half a step of the tile's own grid: nothing that could be seen is left out.
    drawn = shapely.simplify(shapes[places], unit / 2, preserve_topology=False)
    gone = shapely.is_empty(drawn)
    drawn[gone] = shapes[places][gone]
    return _encoded(found, places, drawn, at)


def _encoded(found: "Drawn", places: "Places", shapes: "Shapes", at: Tile) -> bytes:
    rows, names = _rows(found, places, shapes)
    given = ", ".join(f'"{name}" := "{name}"' for name in names)
    west, south, east, north = at.bounds
    # Names come from the declarations; values are bound.
    sql = (
        f"SELECT ST_AsMVT(struct_pack(geom := geom, {given}), '{found.about.name}', {EXTENT}, 'geom')"
        " FROM (SELECT *, ST_AsMVTGeom(ST_GeomFromWKB(wkb), {'min_x': ?, 'min_y': ?, 'max_x': ?,"
        f" 'max_y': ?}}::BOX_2D, {EXTENT}, {BUFFER}, true) AS geom FROM rows) WHERE geom IS NOT NULL"
    )
    cursor = _engine().cursor()
    try:
        cursor.register("rows", rows)
        told = cursor.execute(sql, [west, south, east, north]).fetchone()
    finally:
        cursor.close()
    return bytes(told[0]) if told and told[0] is not None else b""


def _rows(found: "Drawn", places: "Places", shapes: "Shapes") -> "tuple[pa.Table, list[str]]":
    """Rows with their shapes as WKB; times as text, which tiles have no type for."""
    import pyarrow as pa
    import shapely

    kinds = found.about.filters
    names = [
        name
        for name in found.rows.column_names
        if name not in LEFT_OUT
        and (name in kinds or name in ("area_km2", "label_lon", "label_lat"))
    ]
    taken = found.rows.select(names).take(places)
    columns: dict[str, Any] = {"id": pa.array(found.ids(places), pa.string())}
    for name in names:
        column = taken.column(name)
        columns[name] = column.cast(pa.string()) if pa.types.is_temporal(column.type) else column
    wkb = pa.array(shapely.to_wkb(shapes).tolist(), pa.binary())
    return pa.table({**columns, "wkb": wkb}), list(columns)


@cache
def _engine() -> "duckdb.DuckDBPyConnection":
    """An engine that knows shapes and no file.

    Raises:
        Unavailable: The extension is not installed.
    """
    import duckdb

    off: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(":memory:", config=off)
    connection.execute("SET enable_progress_bar = false")
    connection.execute(f"LOAD '{extension('spatial')}'")
    return connection
