"""OGC API - Tiles: a collection as vector tiles in the square grid of Web Mercator; TileJSON beside it.

Source: OGC 20-057 (Tiles, part 1); TileJSON 3.0.0.
"""

import hashlib
from typing import Any

from fastapi import APIRouter, Response

from hutuo.api.ogc.landing import JSON
from hutuo.api.views import Seen, View
from hutuo.base import drawn, shaped
from hutuo.base.tiles import MEDIA, Tile, tile
from hutuo.errors import one_of

GRID = "WebMercatorQuad"
GRID_URI = "http://www.opengis.net/def/tilematrixset/OGC/1.0/WebMercatorQuad"
MERCATOR = "http://www.opengis.net/def/crs/EPSG/0/3857"
# What is drawn there is not finer than this zoom shows; maps enlarge its tiles.
DRAWN_TO = 14
router = APIRouter()


@router.get("/collections/{name}/tiles", summary="Sets of tiles of a collection.")
def tilesets(view: Seen, name: str) -> dict[str, Any]:
    """The one set that there is, and TileJSON."""
    shaped.collection(name)
    return {"links": _links(view, name), "tilesets": [_described(view, name)]}


@router.get("/collections/{name}/tiles/tilejson.json", summary="The tiles as TileJSON.")
def tilejson(view: Seen, name: str) -> dict[str, Any]:
    """What MapLibre and QGIS read."""
    about = shaped.collection(name)
    found = drawn.drawn(view.region, about)
    told: dict[str, Any] = {
        "tilejson": "3.0.0",
        "name": view.say(about.title),
        "tiles": [_template(view, name, "{z}/{x}/{y}")],
        "minzoom": 0,
        "maxzoom": DRAWN_TO,
        "vector_layers": [{"id": name, "fields": dict(about.filters)}],
    }
    return told | ({"bounds": list(found.extent)} if found.extent else {})


@router.get("/collections/{name}/tiles/{grid}", summary="A set of tiles.")
def tileset(view: Seen, name: str, grid: str) -> dict[str, Any]:
    """The set of that grid."""
    shaped.collection(name)
    _known(grid)
    return _described(view, name)


@router.get("/collections/{name}/tiles/{z}/{x}/{y}", summary="A tile by zoom, column and row.")
def by_column(view: Seen, name: str, z: int, x: int, y: int) -> Response:
    """A vector tile; 204 where it has no feature."""
    return _tile(view, name, Tile(z, x, y))


@router.get("/collections/{name}/tiles/{grid}/{z}/{y}/{x}", summary="A tile by zoom, row, column.")
def by_row(view: Seen, name: str, grid: str, z: int, y: int, x: int) -> Response:
    """A vector tile; 204 where it has no feature."""
    _known(grid)
    return _tile(view, name, Tile(z, x, y))


def _tile(view: View, name: str, at: Tile) -> Response:
    found = drawn.drawn(view.region, shaped.collection(name))
    content = tile(found, at)
    # By its content: it is not sent again after a change elsewhere, or by a server that was begun anew.
    tag = f'"{hashlib.sha256(content).hexdigest()[:32]}"'
    headers = {"ETag": tag, "Cache-Control": "private, no-cache"}
    if tag in view.request.headers.get("if-none-match", ""):
        return Response(status_code=304, headers=headers)
    status = 200 if content else 204
    return Response(content, status, headers, MEDIA if content else None)


def _described(view: View, name: str) -> dict[str, Any]:
    about = shaped.collection(name)
    return {
        "title": view.say(about.title),
        "dataType": "vector",
        "crs": MERCATOR,
        "tileMatrixSetURI": GRID_URI,
        "layers": [{"id": name, "dataType": "vector"}],
        "links": _links(view, name),
    }


def _links(view: View, name: str) -> list[dict[str, Any]]:
    path = f"ogc/collections/{name}/tiles"
    item = {"rel": "item", "type": MEDIA, "templated": True}
    by = "{tileMatrix}/{tileRow}/{tileCol}"
    return [
        view.link("self", f"{path}/{GRID}", JSON),
        {**item, "href": _template(view, name, f"{GRID}/{by}")},
        view.link("describedby", f"{path}/tilejson.json", JSON, "TileJSON"),
    ]


def _template(view: View, name: str, parts: str) -> str:
    return view.address(f"ogc/collections/{name}/tiles/{parts}")


def _known(grid: str) -> None:
    if grid != GRID:
        raise one_of(grid, "tile matrix set", [GRID])
