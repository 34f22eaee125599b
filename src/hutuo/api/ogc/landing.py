"""Landing page, conformance and the catalogue as DCAT."""

from typing import Any

from fastapi import APIRouter, Response

from hutuo.api.ogc import openapi
from hutuo.api.views import Seen
from hutuo.base import dcat
from hutuo.glossary import Text

JSON = "application/json"
CONFORMS = "http://www.opengis.net/def/rel/ogc/1.0/conformance"
DATA = "http://www.opengis.net/def/rel/ogc/1.0/data"
PROCESSES = "http://www.opengis.net/def/rel/ogc/1.0/processes"
JOBS = "http://www.opengis.net/def/rel/ogc/1.0/job-list"
FEATURES = "http://www.opengis.net/spec/ogcapi-features-"
CLASSES = (
    "http://www.opengis.net/spec/ogcapi-common-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-common-2/1.0/conf/collections",
    f"{FEATURES}1/1.0/conf/core",
    f"{FEATURES}1/1.0/conf/oas30",
    f"{FEATURES}1/1.0/conf/geojson",
    f"{FEATURES}2/1.0/conf/crs",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/core",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/json",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/job-list",
    "http://www.opengis.net/spec/ogcapi-processes-1/1.0/conf/dismiss",
)
router = APIRouter()


@router.get("/", summary="Landing page of the OGC interfaces.")
def landing(view: Seen) -> dict[str, Any]:
    """What there is, as links."""
    links = [
        view.link("self", "ogc/", JSON),
        view.link("service-desc", "ogc/api", openapi.MEDIA, "OpenAPI"),
        view.link("conformance", "ogc/conformance", JSON),
        view.link(CONFORMS, "ogc/conformance", JSON),
        view.link("data", "ogc/collections", JSON),
        view.link(DATA, "ogc/collections", JSON),
        view.link(PROCESSES, "ogc/processes", JSON),
        view.link(JOBS, "ogc/jobs", JSON),
        view.link("describedby", "ogc/dcat", dcat.MEDIA, "DCAT"),
    ]
    about = Text("要素、瓦片与处理的开放接口", "Features, tiles and processes of the region")
    return {"title": view.say(view.region.title), "description": view.say(about), "links": links}


@router.get("/conformance", summary="What the interfaces conform to.")
def conformance() -> dict[str, list[str]]:
    """Classes of conformance."""
    return {"conformsTo": list(CLASSES)}


@router.get("/api", include_in_schema=False)
def api(view: Seen) -> Response:
    """OpenAPI of these interfaces, in the version that their standards name."""
    from pydantic_core import to_json

    told = openapi.older(view.request.app.openapi(), "/ogc/")
    return Response(to_json(told), media_type=openapi.MEDIA)


@router.get("/dcat", summary="The catalogue as DCAT in JSON-LD.")
def catalogue(view: Seen) -> Response:
    """Every dataset of the region, for other catalogues."""
    from pydantic_core import to_json

    from hutuo.base.catalogue import Catalogue
    from hutuo.base.catalogue import catalogue as listed

    query = view.address("").partition("?")[2]
    at = f"{view.request.base_url}ogc/"
    told = dcat.catalogue(view.region, listed(view.region, Catalogue()), at, query)
    return Response(to_json(told), media_type=dcat.MEDIA)
