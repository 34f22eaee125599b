"""Signing in and out: over the API, and by a page that needs no script."""

from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from hutuo.api import signing
from hutuo.api.gate import cookie_name
from hutuo.api.openid import add_openid, local
from hutuo.api.paths import SIGN_IN, SIGN_OUT
from hutuo.api.whoami import SESSION, Me, me_of
from hutuo.base import deeds
from hutuo.base.sharing import accounts
from hutuo.errors import HutuoError, NotSignedIn

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hutuo.api.deployment import Deployment
    from hutuo.base.deeds import Actor
    from hutuo.base.store import Store

VERB = "session"
Word = Annotated[str, Field(max_length=1_000)]


class Shown(BaseModel):
    """What somebody shows to be let in."""

    model_config = ConfigDict(extra="forbid")

    account: Word
    password: Word


class Entrance:
    """Where people come in and go, in one deployment."""

    def __init__(self, deployment: "Deployment", store: "Store") -> None:
        """For accounts that are in the store."""
        self._store, self._tls = store, deployment.tls
        self.cookie, self._rules = cookie_name(tls=deployment.tls), deployment.sign_in.rules()

    def enter(self, request: Request, account: str, password: str) -> "tuple[str, Actor]":
        """What the browser shows from now on, and who it is.

        Raises:
            NotSignedIn: Account or password is wrong, or it is locked.
        """
        before = request.cookies.get(self.cookie)
        deed = deeds.Deed("rest", VERB, actor=deeds.Actor(account, None, frozenset()))
        with deeds.doing(deed):
            shown, actor = accounts.sign_in(self._store, account, password, self._rules)
            if before:
                # Nobody goes on with a session that was known before.
                accounts.sign_out(self._store, before)
        return shown, actor

    def keep(self, response: Response, shown: str) -> None:
        """Let the browser show it from now on."""
        response.set_cookie(
            self.cookie,
            shown,
            max_age=int(self._rules.hours * 3600),
            httponly=True,
            secure=self._tls,
            samesite="strict",
            path="/",
        )

    def leave(self, request: Request, response: Response) -> None:
        """End the session, here and in the browser."""
        shown = request.cookies.get(self.cookie)
        if shown:
            with deeds.doing(deeds.Deed("rest", VERB, actor=deeds.actor())):
                accounts.sign_out(self._store, shown)
        response.delete_cookie(self.cookie, path="/", secure=self._tls, httponly=True)


def add_entrance(service: "FastAPI", deployment: "Deployment", store: "Store") -> None:
    """Routes of a deployment by which people come in and go."""
    entrance = Entrance(deployment, store)

    @service.post(SESSION, tags=["session"], summary="Sign in.")
    def begin(request: Request, response: Response, given: Shown) -> Me:
        shown, actor = entrance.enter(request, given.account, given.password)
        entrance.keep(response, shown)
        return me_of(actor)

    @service.delete(SESSION, tags=["session"], summary="Sign out.", status_code=204)
    def end(request: Request, response: Response) -> None:
        entrance.leave(request, response)

    @service.get(SIGN_IN, include_in_schema=False)
    def page(request: Request) -> HTMLResponse:
        return signing.page(request, deployment.openid)

    @service.post(SIGN_IN, include_in_schema=False)
    async def form(request: Request, back: str | None = None) -> Response:
        given = parse_qs((await request.body()).decode("utf-8", "replace"))
        account, password = (given.get(field, [""])[0] for field in ("account", "password"))
        try:
            shown, _ = await run_in_threadpool(entrance.enter, request, account, password)
        except NotSignedIn as error:
            return signing.page(request, deployment.openid, error)
        answer = RedirectResponse(local(back), 303)
        entrance.keep(answer, shown)
        return answer

    @service.post(SIGN_OUT, include_in_schema=False)
    def out(request: Request) -> Response:
        answer = RedirectResponse(SIGN_IN, 303)
        entrance.leave(request, answer)
        return answer

    def refused(request: Request, error: HutuoError) -> Response:
        return signing.page(request, deployment.openid, error)

    add_openid(service, deployment, store, entrance, refused)
