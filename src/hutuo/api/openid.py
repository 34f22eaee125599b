"""Signing in by an identity that an issuer vouches for: there, back, and in.

Source: OpenID Connect Core 1.0, 3.1; login CSRF is kept out by state and by a cookie of the browser that
began (RFC 9700, 4.7).
"""

import html
import logging
from typing import TYPE_CHECKING, Annotated

from fastapi import Query, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from hutuo.api.issuer import Issuer
from hutuo.api.paths import BACK, OPENID
from hutuo.base import deeds
from hutuo.base.sharing import accounts, identities
from hutuo.errors import HutuoError, NotSignedIn
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Callable

    from fastapi import FastAPI

    from hutuo.api.deployment import Deployment
    from hutuo.api.session import Entrance
    from hutuo.base.store import Store

__all__ = ["add_openid", "local"]

VERB = "session"
MINUTES = 10
Word = Annotated[str | None, Query(max_length=4_000)]
log = logging.getLogger("hutuo")


def add_openid(
    service: "FastAPI",
    deployment: "Deployment",
    store: "Store",
    entrance: "Entrance",
    refused: "Callable[[Request, HutuoError], Response]",
) -> None:
    """Routes by which a browser goes to the issuer and comes back.

    Args:
        service: The service.
        deployment: How it is deployed, with an issuer.
        store: Where accounts are.
        entrance: Where people come in.
        refused: The page that says why somebody is not let in.
    """
    settings = deployment.openid
    if settings is None:
        return
    issuer, made = Issuer(settings), settings.made()
    cookie = ("__Host-" if deployment.tls else "") + "hutuo-flow"

    @service.get(OPENID, include_in_schema=False)
    def there(request: Request, back: Word = None) -> Response:
        try:
            flow = identities.begin(store, local(back))
            answer = RedirectResponse(issuer.address(flow, _ours(request, deployment)), 303)
        except HutuoError as error:
            return _told(refused, request, error)
        # Lax: the issuer's page sends the browser back.
        answer.set_cookie(
            cookie,
            flow.browser,
            max_age=MINUTES * 60,
            httponly=True,
            secure=deployment.tls,
            samesite="lax",
            path="/",
        )
        return answer

    @service.get(BACK, include_in_schema=False)
    def back(
        request: Request, state: Word = None, code: Word = None, iss: Word = None
    ) -> Response:
        before = request.cookies.get(entrance.cookie)
        try:
            flow = identities.finish(store, state or "", request.cookies.get(cookie, ""))
            if not code or not issuer.is_own(iss):
                raise NotSignedIn(
                    Text("统一身份认证没有让您进入", "the issuer did not let you in"),
                    Text("请重新登录", "sign in again"),
                )
            identity = issuer.identity(code, flow, _ours(request, deployment))
            actor = deeds.Actor(f"identity {_number(identity)}", None, frozenset())
            with deeds.doing(deeds.Deed("rest", VERB, actor=actor)):
                shown, _ = identities.enter(store, identity, made)
                if before:
                    accounts.sign_out(store, before)
        except HutuoError as error:
            answer = _told(refused, request, error)
        else:
            answer = _onward(flow.back)
            entrance.keep(answer, shown)
        answer.delete_cookie(cookie, path="/", secure=deployment.tls, httponly=True)
        return answer


def local(back: str | None) -> str:
    """The page to go back to, if it is one of this service; else the first one."""
    right = (
        back is not None
        and back.startswith("/")
        and not back.startswith(("//", "/\\", "/sign-", "/api/"))
        and back.isprintable()
        and "\\" not in back
    )
    return back if right and back is not None else "/"


def _number(identity: identities.Identity) -> str:
    return identities.id_of(identity.issuer, identity.subject)[:8]


def _ours(request: Request, deployment: "Deployment") -> str:
    """Where the browser comes back to; the name in ``Host`` is one that the deployment has."""
    scheme = "https" if deployment.tls else "http"
    return f"{scheme}://{request.headers.get('host', '')}{BACK}"


def _onward(back: str) -> HTMLResponse:
    """A page that goes on by itself: redirected from the issuer's page, a strict cookie would stay behind."""
    to = html.escape(back, quote=True)
    page = (
        '<!doctype html><html lang="zh"><head><meta charset="utf-8"><title>滹沱 Hutuo</title>'
        f'<meta http-equiv="refresh" content="0;url={to}"></head>'
        f'<body><a href="{to}">滹沱 Hutuo</a></body></html>'
    )
    return HTMLResponse(page, headers={"Cache-Control": "no-store"})


def _told(
    refused: "Callable[[Request, HutuoError], Response]", request: Request, error: HutuoError
) -> Response:
    log.warning("sign-in by identity: %s %s", error, getattr(error, "__notes__", ""))
    return refused(request, error)
