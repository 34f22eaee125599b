"""OGC API - Features: collections, their features by page, box, time and property, in several systems.

Source: OGC 17-069r4 (part 1), 18-058r1 (part 2); queryables as in OGC 19-079r2, 6.2.
"""

from collections.abc import Callable, Coroutine, Iterator
from contextlib import suppress
from typing import Annotated, Any
from urllib.parse import quote

from fastapi import APIRouter, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, TypeAdapter, ValidationError
from starlette.concurrency import run_in_threadpool

from hutuo.api.ogc.landing import JSON
from hutuo.api.views import Looked, Seen, View
from hutuo.base import drawn, exports, geojson, shaped
from hutuo.base.drawn import Drawn
from hutuo.base.shaped import Collection, Wanted
from hutuo.base.systems import CRS84, URIS, box, system
from hutuo.base.tables import Column
from hutuo.errors import BadAsk, Forbidden
from hutuo.glossary import Text, label

GEOJSON = "application/geo+json"
SCHEMA = "https://json-schema.org/draft/2020-12/schema"
QUERYABLES = "http://www.opengis.net/def/rel/ogc/1.0/queryables"
TILES = "http://www.opengis.net/def/rel/ogc/1.0/tilesets-vector"
PAGE, LARGEST = 100, 10_000
TYPES = {"text": "string", "float": "number", "int": "integer", "bool": "boolean"}
ASKED = ("limit", "offset", "bbox", "bbox-crs", "datetime", "crs", "f")
router = APIRouter()
Limit = Annotated[
    int,
    Query(
        ge=1,
        description="most features of a page; more than the maximum counts as it",
        json_schema_extra={"maximum": LARGEST},
    ),
]
Offset = Annotated[int, Query(ge=0, description="features to pass over")]
Box = Annotated[str | None, Query(description="west,south,east,north in the system of bbox-crs")]
BoxCrs = Annotated[str, Query(alias="bbox-crs", description="system of bbox, a URI")]
Crs = Annotated[str, Query(description="system of the answer, a URI")]
When = Annotated[str | None, Query(description="a day, an instant or an interval with ..")]
Format = Annotated[str, Query(description="json or geojson: GeoJSON")]


@router.get("/collections", summary="List the collections.")
def collections(view: Seen, f: Format = "json") -> dict[str, Any]:
    """Every table that has shapes."""
    _json(f)
    view.only(["f"])
    return {
        "links": [view.link("self", "ogc/collections", JSON)],
        "collections": list(_readable(view)),
        "crs": list(URIS),
    }


@router.get("/collections/{name}", summary="Describe a collection.")
def collection(view: Seen, name: str, f: Format = "json") -> dict[str, Any]:
    """Title, extent, systems and links of a collection."""
    _json(f)
    return _described(view, shaped.collection(name))


@router.get(
    "/collections/{name}/queryables", summary="Properties that a collection is filtered by."
)
def queryables(view: Seen, name: str) -> Response:
    """JSON schema of the properties."""
    from pydantic_core import to_json

    about = shaped.collection(name)
    told = {
        "$schema": SCHEMA,
        "$id": view.address(f"ogc/collections/{name}/queryables"),
        "type": "object",
        "title": view.say(about.title),
        "properties": {
            c.column: _schema(view, c) for c in about.table.columns if c.type != "blob"
        },
        "additionalProperties": False,
    }
    return Response(to_json(told), media_type="application/schema+json")


class Page(BaseModel):
    """Parameters of a page of features."""

    limit: Limit = PAGE
    offset: Offset = 0
    bbox: Box = None
    bbox_crs: BoxCrs = CRS84
    datetime: When = None
    crs: Crs = CRS84
    f: Format = "json"


def items(view: Seen, name: str, asked: Annotated[Page, Query()]) -> Response:
    """A page of features, in order of their keys; a property of the collection is a parameter too."""
    _json(asked.f)
    about, uri = shaped.collection(name), system(asked.crs)
    found, wanted = _asked(view, about, asked.bbox, asked.bbox_crs, asked.datetime)
    places = found.find(wanted)
    offset, limit = asked.offset, min(asked.limit, LARGEST)
    page = geojson.features(found, places[offset : offset + limit], uri)
    body = b'{"type":"FeatureCollection","links":%b,"numberMatched":%d,"numberReturned":%d,"features":[%b]}'
    links = _pages(view, f"ogc/collections/{name}/items", (offset, limit), len(places))
    return _answer(body % (links, len(places), len(page), b",".join(page)), uri)


# Both are looked through, and their faults told together.
TAKEN = TypeAdapter(tuple[Looked, Page])


class PageRoute(APIRoute):
    """The route of pages, which takes its parameters itself: to solve them took longer than a page.

    What it answers, and what it tells of a wrong request, is what its base would.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """What answers a request."""

        async def answer(request: Request) -> Response:
            query = dict(request.query_params)
            try:
                looked, asked = TAKEN.validate_python((query, query))
            except ValidationError as error:
                faults = error.errors(include_url=False)
                at = [{**fault, "loc": ("query", *fault["loc"][1:])} for fault in faults]
                raise RequestValidationError(at) from error
            view = looked.view(request)
            return await run_in_threadpool(items, view, request.path_params["name"], asked)

        return answer


router.add_api_route(
    "/collections/{name}/items",
    items,
    summary="Features of a collection.",
    route_class_override=PageRoute,
)


@router.get("/collections/{name}/items/{feature:path}", summary="One feature of a collection.")
def item(view: Seen, name: str, feature: str, crs: Crs = CRS84, f: Format = "json") -> Response:
    """A feature by its id."""
    import numpy as np
    from pydantic_core import to_json

    _json(f)
    view.only(["crs", "f"])
    uri, about = system(crs), shaped.collection(name)
    found = drawn.drawn(view.region, about, several="@" in feature)
    (told,) = geojson.features(found, np.array([found.place(feature)]), uri)
    path = f"ogc/collections/{name}"
    links = [
        view.link("self", f"{path}/items/{quote(feature)}", GEOJSON),
        view.link("collection", path, JSON),
    ]
    return _answer(told[:-1] + b',"links":%b}' % to_json(links), uri)


@router.get("/collections/{name}/export.{ending}", summary="A whole collection as a file.")
def export(
    view: Seen, name: str, ending: str, bbox: Box = None, datetime: When = None
) -> Response:
    """The collection, or what a box, a time and properties choose of it, as a file."""
    about = shaped.collection(name)
    found, wanted = _asked(view, about, bbox, CRS84, datetime)
    content = exports.exported(found, found.find(wanted), ending)
    saved = {"Content-Disposition": f'attachment; filename="{name}.{ending}"'}
    return Response(content, media_type=exports.FORMATS[ending].media, headers=saved)


def _asked(
    view: View, about: Collection, bbox: str | None, bbox_crs: str, datetime: str | None
) -> tuple[Drawn, Wanted]:
    """The rows that a request looks into, and which of them it wants."""
    view.only([*ASKED, *about.filters])
    carried = {name for name, _ in view.carried} | set(ASKED)
    where = {k: v for k, v in view.request.query_params.items() if k not in carried}
    within = box(bbox, system(bbox_crs, "bbox-crs")) if bbox else None
    period = shaped.period(datetime, view.region.zone) if datetime else None
    region, several = shaped.day_asked(view.region, period)
    found = drawn.drawn(region, about, several=several)
    return found, Wanted(within, where, period if found.several else None)


def _readable(view: View) -> Iterator[dict[str, Any]]:
    """Collections that whoever asks may see something of."""
    for one in shaped.collections().values():
        with suppress(Forbidden):
            yield _described(view, one)


def _described(view: View, about: Collection) -> dict[str, Any]:
    path, found = f"ogc/collections/{about.name}", drawn.drawn(view.region, about)
    links = [
        view.link("self", path, JSON),
        view.link("items", f"{path}/items", GEOJSON, view.say(about.title)),
        view.link(QUERYABLES, f"{path}/queryables", "application/schema+json"),
        view.link(TILES, f"{path}/tiles", JSON),
        *(
            view.link("enclosure", f"{path}/export.{ending}", one.media, one.name)
            for ending, one in exports.FORMATS.items()
            if found.extent is not None or one.driver != "PMTiles"
        ),
    ]
    told: dict[str, Any] = {
        "id": about.name,
        "title": view.say(about.title),
        "itemType": "feature",
        "links": links,
        "crs": list(URIS),
        "storageCrs": CRS84,
    }
    if found.extent is not None:
        told["extent"] = {"spatial": {"bbox": [list(found.extent)], "crs": CRS84}}
    return told


def _schema(view: View, column: Column) -> dict[str, Any]:
    told: dict[str, Any] = {
        "title": view.say(label(column.column)),
        "description": view.say(Text(column.zh, column.en)),
        "type": TYPES.get(column.type, "string"),
    }
    if column.type == "date":
        told["format"] = "date"
    if "in" in column.rules:
        told["enum"] = column.rules["in"].split("|")
    return told


def _pages(view: View, path: str, at: tuple[int, int], matched: int) -> bytes:
    """Links to this page and to those beside it."""
    from pydantic_core import to_json

    offset, limit = at
    kept = [
        (name, value)
        for name, value in view.request.query_params.multi_items()
        if name != "offset" and (name, value) not in view.carried
    ]

    def page(rel: str, start: int) -> dict[str, str]:
        address = view.address(path, *kept, ("offset", str(start)))
        return {"rel": rel, "type": GEOJSON, "href": address}

    links = [page("self", offset), view.link("collection", path.rpartition("/")[0], JSON)]
    if offset + limit < matched:
        links.append(page("next", offset + limit))
    if offset:
        links.append(page("prev", max(0, offset - limit)))
    return to_json(links)


def _answer(body: bytes, uri: str) -> Response:
    return Response(body, media_type=GEOJSON, headers={"Content-Crs": f"<{uri}>"})


def _json(asked: str) -> None:
    """Refuse a format that is not given out.

    Raises:
        BadAsk: It is another than JSON.
    """
    if asked not in ("json", "geojson", JSON, GEOJSON):
        says = Text(f"f:没有格式“{asked}”", f"f: no format '{asked}'")
        raise BadAsk(says, Text("可用:json", "possible: json"))
