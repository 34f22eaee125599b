"""Vector tiles of a collection, in the square grid of Web Mercator.

Shapes are chosen by an index, made coarse once a zoom, clipped and encoded all at once; a tile is kept until
its collection changes.

Source: OGC 17-083r4, annex D (WebMercatorQuad); Mapbox Vector Tile 2.1.
"""

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.commands import LINES, POINTS, POLYGONS, commands, drawable
from hutuo.base.mvt import layer
from hutuo.base.ragged import Rows, aligned
from hutuo.errors import NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from hutuo.base.drawn import Drawn, Places

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
    edge = BUFFER * (east - west) / EXTENT
    flat, index = found.mercator
    places = np.sort(
        index.query(shapely.box(west - edge, south - edge, east + edge, north + edge))
    )
    # Half a step of the tile's own grid: nothing that could be seen is left out.
    coarse = found.coarse.take(at.z, flat, places, (east - west) / EXTENT / 2)
    shapes, kinds = drawable(coarse, at.bounds, EXTENT, BUFFER)
    drawn: list[Rows] = []
    which: list[Places] = []
    for kind in (POLYGONS, LINES, POINTS):
        mine = np.flatnonzero(kinds == kind)
        rows, kept = commands(shapes[mine], kind)
        drawn.append(rows)
        which.append(mine[kept])
    order = np.concatenate(which)
    if not len(order):
        return b""
    lengths = np.concatenate([rows.lengths for rows in drawn])
    geometry = Rows(np.concatenate([rows.cells for rows in drawn]), aligned(lengths))
    return layer(found.about.name, EXTENT, geometry, kinds[order], _columns(found, places[order]))


def _columns(found: "Drawn", places: "Places") -> dict[str, "pa.ChunkedArray | pa.Array"]:
    """What is told of some rows; times as text, which tiles have no type for."""
    import pyarrow as pa

    kinds = found.about.filters
    names = [
        name
        for name in found.rows.column_names
        if name not in LEFT_OUT
        and (name in kinds or name in ("area_km2", "label_lon", "label_lat"))
    ]
    taken = found.rows.select(names).take(places)
    columns: dict[str, Any] = {"id": found.named.take(pa.array(places))}
    for name in names:
        column = taken.column(name)
        text = pa.types.is_temporal(column.type) or pa.types.is_null(column.type)
        columns[name] = column.cast(pa.string()) if text else column
    return columns
