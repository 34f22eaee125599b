"""OGC API: Features (parts 1 and 2), Tiles and Processes over what the region has and can do."""

from fastapi import APIRouter, Response

from hutuo.api.ogc import features, landing, processes, tiles
from hutuo.errors import NotFound
from hutuo.glossary import Text

router = APIRouter(prefix="/ogc", tags=["ogc"])
for _part in (landing, features, tiles, processes):
    router.include_router(_part.router)


@router.get("/{path:path}", include_in_schema=False)
def nothing(path: str) -> Response:
    """What is told of an address that leads nowhere."""
    says = Text(f"没有接口“/ogc/{path}”", f"no route '/ogc/{path}'")
    raise NotFound(says, Text("/ogc/列出各接口", "/ogc/ lists what there is"))
