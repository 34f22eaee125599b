"""Signing in and out: over the API, and by a page that needs no script."""

from typing import TYPE_CHECKING, Annotated
from urllib.parse import parse_qs

from fastapi import Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from jinja2 import Environment
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from hutuo.api.gate import SIGN_IN, cookie_name
from hutuo.api.whoami import SESSION, Me, me_of
from hutuo.base import deeds
from hutuo.base.sharing import accounts
from hutuo.errors import NotSignedIn, say

if TYPE_CHECKING:
    from fastapi import FastAPI

    from hutuo.api.deployment import Deployment
    from hutuo.base.deeds import Actor
    from hutuo.base.store import Store

VERB = "session"
Word = Annotated[str, Field(max_length=1_000)]
PAGE = Environment(autoescape=True).from_string("""<!doctype html>
<html lang="{{ lang }}"><head><meta charset="utf-8"><title>{{ say.title }}</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<style>
body { font: 16px/1.5 system-ui, "Noto Sans CJK SC", sans-serif; margin: 12vh auto; max-width: 22rem }
label { display: block; margin-top: 1rem }
input { box-sizing: border-box; font: inherit; padding: .5rem; width: 100% }
button { font: inherit; margin-top: 1.5rem; padding: .5rem 1.5rem } [role=alert] { color: #a00 }
</style></head><body><main><h1>{{ say.title }}</h1>
{% if wrong %}<p role="alert">{{ wrong }}</p>{% endif %}
<form method="post" action="/sign-in?lang={{ lang }}">
<label>{{ say.account }}<input name="account" autocomplete="username" required autofocus></label>
<label>{{ say.password }}
<input name="password" type="password" autocomplete="current-password" required></label>
<button>{{ say.go }}</button></form>
<p><a href="/sign-in?lang={{ other }}">{{ say.other }}</a></p></main></body></html>
""")
WORDS = {
    "zh": {
        "title": "登录滹沱",
        "account": "账号",
        "password": "密码",
        "go": "登录",
        "other": "English",
    },
    "en": {
        "title": "Sign in to Hutuo",
        "account": "Account",
        "password": "Password",
        "go": "Sign in",
        "other": "中文",
    },
}


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
        self._name, self._rules = cookie_name(tls=deployment.tls), deployment.sign_in.rules()

    def enter(self, request: Request, account: str, password: str) -> "tuple[str, Actor]":
        """What the browser shows from now on, and who it is.

        Raises:
            NotSignedIn: Account or password is wrong, or it is locked.
        """
        before = request.cookies.get(self._name)
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
            self._name,
            shown,
            max_age=int(self._rules.hours * 3600),
            httponly=True,
            secure=self._tls,
            samesite="strict",
            path="/",
        )

    def leave(self, request: Request, response: Response) -> None:
        """End the session, here and in the browser."""
        shown = request.cookies.get(self._name)
        if shown:
            with deeds.doing(deeds.Deed("rest", VERB, actor=deeds.actor())):
                accounts.sign_out(self._store, shown)
        response.delete_cookie(self._name, path="/", secure=self._tls, httponly=True)


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
    def page(lang: str = "zh") -> HTMLResponse:
        return _page(lang)

    @service.post(SIGN_IN, include_in_schema=False)
    async def form(request: Request, lang: str = "zh") -> Response:
        given = parse_qs((await request.body()).decode("utf-8", "replace"))
        account, password = (given.get(field, [""])[0] for field in ("account", "password"))
        try:
            shown, _ = await run_in_threadpool(entrance.enter, request, account, password)
        except NotSignedIn as error:
            return _page(lang, say(error.words, lang), error.http_status)
        answer = RedirectResponse("/", 303)
        entrance.keep(answer, shown)
        return answer

    @service.post("/sign-out", include_in_schema=False)
    def out(request: Request) -> Response:
        answer = RedirectResponse(SIGN_IN, 303)
        entrance.leave(request, answer)
        return answer


def _page(lang: str, wrong: str = "", status: int = 200) -> HTMLResponse:
    here = "en" if lang == "en" else "zh"
    other = "zh" if here == "en" else "en"
    return HTMLResponse(PAGE.render(lang=here, other=other, say=WORDS[here], wrong=wrong), status)
