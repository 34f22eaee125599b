"""Routes that every service has: whether it lives, and who asks."""

from typing import TYPE_CHECKING

import sqlalchemy as sa
from fastapi import Response
from pydantic import BaseModel

import hutuo
from hutuo.base import deeds

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hutuo.base.deeds import Actor
    from hutuo.base.store import Store

HEALTH, SESSION = "/health", "/api/session"


class Health(BaseModel):
    """Whether the service answers, and what it stands on."""

    ok: bool
    version: str


class Me(BaseModel):
    """Who asks."""

    account: str
    body: str | None
    roles: list[str]
    permissions: list[str]
    owner: bool


def add(service: "FastAPI", store: "Store | None") -> None:
    """Add both routes.

    Args:
        service: The service.
        store: What a deployment stands on; None where it is only opened when it is needed.
    """

    @service.get(HEALTH, tags=["health"], summary="Tell whether the service lives.")
    def health(response: Response) -> Health:
        ok = store is None or _answers(store)
        if not ok:
            response.status_code = 503
        return Health(ok=ok, version=hutuo.__version__)

    @service.get(SESSION, tags=["session"], summary="Tell who asks.")
    def me() -> Me:
        return me_of(deeds.actor())


def me_of(actor: "Actor") -> Me:
    """Somebody, as a request shows him."""
    return Me(
        account=actor.account,
        body=actor.body,
        roles=list(actor.roles),
        permissions=sorted(actor.rights),
        owner=actor.is_owner,
    )


def _answers(store: "Store") -> bool:
    try:
        with store.engine.connect() as connection:
            connection.execute(sa.select(1))
    except sa.exc.DBAPIError:
        return False
    return True
