"""SensorThings 1.1 over HTTP: sensors and their readings are read and created.

Source: OGC 18-088.
"""

import asyncio
import contextvars
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import JSONResponse

from hutuo.api.views import CARRIED, Seen, View
from hutuo.base import deeds
from hutuo.base.sensing import answering, changing, creating
from hutuo.base.sensing.answering import Asked, path_of
from hutuo.base.sensing.kinds import KINDS, Entity
from hutuo.base.sensing.options import options
from hutuo.base.sensing.registry import registry_of
from hutuo.base.sensing.rows import Seen as Sensed
from hutuo.errors import BadAsk, Forbidden, HutuoError
from hutuo.glossary import Text

ROOT = "sta/v1.1"
SPEC = "http://www.opengis.net/spec/iot_sensing/1.1/req/"
CLASSES = (
    *(f"{SPEC}datamodel/{name}" for name in (
        "thing", "location", "historical-location", "datastream", "sensor", "observed-property",
        "observation", "feature-of-interest", "entity-control-information",
    )),
    *(f"{SPEC}{name}" for name in (
        "resource-path/resource-path-to-entities",
        "request-data/order",
        "request-data/expand",
        "request-data/select",
        "request-data/count",
        "request-data/skip",
        "request-data/top",
        "request-data/filter",
        "request-data/built-in-filter-operations",
        "request-data/built-in-query-functions",
        "request-data/pagination",
        "request-data/query-status-code",
        "create-update-delete/create-entity",
        "create-update-delete/link-to-existing-entities",
        "create-update-delete/deep-insert",
        "create-update-delete/update-entity",
        "create-update-delete/delete-entity",
        "create-observations-via-data-array/create-observations-via-data-array",
    )),
)  # fmt: skip
BATCH = "CreateObservations"
# Requests that wait together for one commit; more wait for a thread.
AT_ONCE = 128
router = APIRouter(prefix=f"/{ROOT}", tags=["sensorthings"])


@router.get("", include_in_schema=False)
@router.get("/", summary="Collections of the SensorThings interface.")
def root(view: Seen) -> dict[str, Any]:
    """Names and addresses of the collections."""
    told = [{"name": kind, "url": view.address(f"{ROOT}/{kind}")} for kind in KINDS]
    return {"serverSettings": {"conformance": list(CLASSES)}, "value": told}


@router.get("/{path:path}", summary="Entities, one of them, or a property of one.")
def read(view: Seen, path: str) -> Response:
    """What a path leads to; options as $filter and $expand."""
    from pydantic_core import to_json

    told = answering.answer(_asked(view, path))
    if path.rstrip("/").endswith("/$value"):
        text = told if isinstance(told, str) else to_json(told).decode()
        return Response(text, media_type="text/plain")
    return Response(to_json(told), media_type="application/json")


@router.post("/{path:path}", summary="Create an entity, or observations by a data array.")
async def create(view: Seen, path: str, request: Request) -> Response:
    """Create what the body holds, durable when it is answered."""
    return await _writing(_created, view, path.strip("/"), await request.body())


@router.patch("/{path:path}", summary="Change what is given of an entity.")
async def change(view: Seen, path: str, request: Request) -> Response:
    """Change an entity; what is not given stays."""
    return await _writing(_changed, view, path.strip("/"), await request.body())


@router.delete("/{path:path}", summary="Delete an entity with what hangs on it.")
async def delete(view: Seen, path: str) -> Response:
    """Delete an entity; readings are taken back, so that earlier views still have them."""
    return await _writing(_deleted, view, path.strip("/"))


def _changed(view: View, path: str, content: bytes) -> Response:
    body, asked = _json(content), _asked(view, path)
    entity = _one(asked)
    with deeds.doing(_deed(view, "sta/update")):
        new = changing.patch(view.region, asked.seen.registry, entity, body)
    return JSONResponse(answering.shown(asked, new, options({}, KINDS[new.kind])))


def _deleted(view: View, path: str) -> Response:
    asked = _asked(view, path)
    entity = _one(asked)
    with deeds.doing(_deed(view, "sta/delete")):
        changing.delete(view.region, asked.seen.registry, entity)
    return Response(status_code=200)


def _one(asked: Asked) -> Entity:
    """The entity that a path leads to.

    Raises:
        BadAsk: It leads to several, or to a property.
    """
    place, rest = answering.walked(asked.seen, asked.path.split("/"))
    if place.entity is None or rest:
        says = Text(f"“{asked.path}”不是一个实体", f"'{asked.path}' is no entity")
        raise BadAsk(says, Text("如Things(1)", "as Things(1)"))
    return place.entity


async def _writing(work: Callable[..., Response], *given: Any) -> Response:
    """Work that waits for the disk, in a thread of its own kind: readers are not kept waiting by it."""
    loop, context = asyncio.get_running_loop(), contextvars.copy_context()
    return await loop.run_in_executor(_writers(), context.run, work, *given)


@cache
def _writers() -> ThreadPoolExecutor:
    return ThreadPoolExecutor(AT_ONCE, thread_name_prefix="sta")


def _created(view: View, path: str, content: bytes) -> Response:
    body, asked = _json(content), _asked(view, path)
    with deeds.doing(_deed(view, "sta/create")):
        return _made(view, asked, body)


def _json(content: bytes) -> Any:
    import json

    try:
        return json.loads(content)
    except ValueError as error:
        says = Text("请求体不是JSON", "the body is no JSON")
        raise BadAsk(says, Text('如{"name": "…"}', 'as {"name": "…"}')) from error


def _made(view: View, asked: Asked, body: Any) -> Response:
    path, (region, registry) = asked.path, asked.seen
    if path == BATCH:
        done = creating.create_batch(region, registry, body)
        return JSONResponse([_outcome(asked, view, one) for one in done], 201)
    place, rest = answering.walked(asked.seen, path.split("/"))
    if place.entity is not None or rest:
        says = Text(f"“{path}”不是集合", f"'{path}' is no collection")
        raise BadAsk(
            says, Text("创建用POST到集合,如Things", "entities are posted to a collection")
        )
    # What is observed where a thing stands is so by itself.
    by_id = place.owner is not None and isinstance(place.owner.id, int)
    links = {_back(place): [int(place.owner.id)]} if place.owner is not None and by_id else {}
    made = creating.create(region, registry, place.kind.name, body, links)
    told = answering.shown(asked, made, options({}, place.kind))
    return JSONResponse(told, 201, {"Location": asked.address(path_of(made))})


def _deed(view: View, verb: str) -> deeds.Deed:
    """What is done, by one who may write data.

    Raises:
        Forbidden: The account may not.
    """
    actor = deeds.actor()
    if not actor.is_owner and deeds.DATA not in actor.rights:
        says = Text(
            f"账号“{actor.account}”不能写入读数",
            f"account '{actor.account}' may not write readings",
        )
        raise Forbidden(says, Text("需要权限data", "it takes the right data"))
    branch = view.asked["branch"]
    return deeds.Deed("rest", verb, branch=branch, actor=actor, right=deeds.DATA)


def _back(place: answering.Place) -> str:
    """Link of a new entity that leads to the one in whose collection it is made."""
    owner = KINDS[place.owner.kind] if place.owner else place.kind
    return owner.single if owner.single in place.kind.one else owner.name


def _outcome(asked: Asked, view: View, one: Entity | HutuoError) -> str:
    if isinstance(one, HutuoError):
        return f"error: {view.say(Text(*one.words))}"
    return asked.address(path_of(one))


def _asked(view: View, path: str) -> Asked:
    given = {k: v for k, v in view.request.query_params.items() if k not in CARRIED}
    seen = Sensed(view.region, registry_of(view.region))
    return Asked(seen, lambda to: _address(view, to), path, given)


def _address(view: View, path: str) -> str:
    """An address that comes back to this view; it may have a query already."""
    plain, _, query = path.partition("?")
    told = view.address(f"{ROOT}/{plain}")
    return f"{told}{'&' if '?' in told else '?'}{query}" if query else told
