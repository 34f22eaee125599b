"""The gate in front of every door of a deployment: who asks, and whether there is room; deny by default.

Who asks is found once, here, and is known to all that runs below; what an account may do with a verb is told
by :mod:`hutuo.base.sharing.rights`, and a change by one who may change nothing is refused where it would be
kept.

Source: cross-site requests are told by Fetch Metadata (W3C) and, without it, by the Origin header (RFC 6454);
cookies as in RFC 6265bis.
"""

import logging
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlencode

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response

from hutuo.api.bodies import UPLOADS, bounded, too_large
from hutuo.api.limits import InFlight, Rate
from hutuo.api.metrics import Metrics
from hutuo.api.paths import BACK, OPENID, SIGN_IN, SIGN_OUT, STILL
from hutuo.api.whoami import HEALTH, SESSION
from hutuo.base import deeds
from hutuo.base.sharing import accounts
from hutuo.base.sharing.schema import SHARING
from hutuo.errors import Forbidden, HutuoError, NotFound, NotSignedIn, TooMany
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.api.deployment import Deployment
    from hutuo.base.deeds import Actor
    from hutuo.base.store import Store

__all__ = ["Gate", "cookie_name"]

log = logging.getLogger("hutuo")

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
App = Callable[[Scope, Receive, Send], Awaitable[None]]

METRICS = "/metrics"
# Hold no data.
ASSETS = ("/assets/", "/favicon")
# What any account may see: what there is to ask, its own session, its own jobs.
ANYBODYS = ("/api/verbs", "/api/openapi.json", SESSION, SIGN_OUT)
JOBS = "/api/jobs/"
# Answers that go on for as long as somebody listens.
LISTENED = "/events"
SAFE = ("GET", "HEAD", "OPTIONS")
# Where data is asked for; no cache of a browser or a proxy keeps it.
DATA = ("/api/", "/ogc", "/sta", "/sdmx")
YEAR = 365 * 24 * 3600
BEARER = "bearer "
# A page that asks of itself says so: nobody sits before it for that.
WATCHING = "hutuo-watching"
# Who asks is asked of the store again when it was written to, and after so many seconds, for sessions end.
MOMENT, REMEMBERED = 1.0, 1_000
STAMP = "hutuo.stamp"
NOBODY = deeds.Actor("nobody", None, frozenset())


def cookie_name(*, tls: bool) -> str:
    """Name of the cookie; a browser keeps one of this prefix from http and from other hosts."""
    return "__Host-hutuo" if tls else "hutuo"


class Gate:
    """Between the server and the service, where a deployment asks who is there."""

    def __init__(
        self, app: App, deployment: "Deployment", store: "Store", verbs: frozenset[str]
    ) -> None:
        """Nobody is in yet.

        Args:
            app: What is behind it.
            deployment: How it is deployed.
            store: Where accounts are.
            verbs: Paths whose routes ask for the right of their verb themselves.
        """
        self._app, self._deployment, self._store, self._verbs = app, deployment, store, verbs
        self._rules = deployment.sign_in.rules()
        self._cookie = cookie_name(tls=deployment.tls)
        limits = deployment.limits
        self._room, self._listeners = InFlight(limits.at_once), InFlight(limits.listeners)
        self._rate = Rate(limits.requests_per_minute)
        self._sign_ins = Rate(limits.sign_ins_per_minute)
        self._known: dict[str, tuple[object, float, Actor | None]] = {}
        self.metrics = Metrics()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it here."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request, began = Request(scope), time.perf_counter()
        headed = _headed(request.url.path, send, tls=self._deployment.tls)
        counted = self.metrics.counting(
            request.method, headed, lambda: time.perf_counter() - began
        )
        if request.url.path == HEALTH:
            await self._app(scope, receive, counted)
            return
        # Whoever listens waits most of the time, and takes no room of those who ask.
        room = self._listeners if request.url.path.endswith(LISTENED) else self._room
        if not room.enter():
            await _told(request, _full(1))(scope, receive, counted)
            return
        try:
            await self._entered(request, self._taken(request, receive), counted)
        finally:
            room.leave()

    async def _entered(self, request: Request, receive: Receive, send: Send) -> None:
        try:
            actor = await self._admitted(request)
            if request.url.path == METRICS:
                response: Response = self._measured(actor)
                await response(request.scope, receive, send)
                return
        except NotSignedIn as error:
            page = request.method == "GET" and "text/html" in request.headers.get("accept", "")
            answer = RedirectResponse(_way_in(request), 303) if page else _told(request, error)
            await answer(request.scope, receive, send)
            return
        except HutuoError as error:
            who = request.client.host if request.client else "?"
            told = (request.method, request.url.path, who, error.http_status)
            log.info("refused %s %s from %s: %s", *told)
            await _told(request, error)(request.scope, receive, send)
            return
        with deeds.acting(actor):
            if STAMP in request.scope:
                deeds.known()[deeds.STAMP, self._store] = request.scope[STAMP]
            await self._app(request.scope, receive, send)

    async def _admitted(self, request: Request) -> "Actor":
        """Who asks, if the request may go on.

        Raises:
            HutuoError: It may not.
        """
        self._small(request)
        self._of_the_region(request)
        if _is_open(request):
            self._sign_in_is_fair(request)
            return NOBODY
        secret, by_cookie = self._shown(request)
        # A file tells at once whether it was written to; PostgreSQL is asked beside the loop.
        stamp = self._store.stamp(SHARING) if self._store.is_file else None
        remembered = self._remembered(secret, stamp)
        if remembered is not None:
            actor = remembered
        else:
            idle = by_cookie and WATCHING in request.headers
            actor, stamp = await run_in_threadpool(
                self._found, secret, by_cookie=by_cookie, idle=idle
            )
        request.scope[STAMP] = stamp
        request.scope[STILL] = lambda: self._found(secret, by_cookie=by_cookie, idle=True)
        if by_cookie and request.method not in SAFE:
            self._from_here(request, strictly=True)
        wait = self._rate.take(actor.account)
        if wait:
            raise _full(wait)
        self._may(actor, request)
        return actor

    def _shown(self, request: Request) -> tuple[str, bool]:
        """What is shown of who asks, and whether a cookie does; a token that is none hides a cookie."""
        shown = request.headers.get("authorization", "")
        if not shown:
            return request.cookies.get(self._cookie, ""), True
        return (shown[len(BEARER) :] if shown.lower().startswith(BEARER) else ""), False

    def _remembered(self, secret: str, stamp: object) -> "Actor | None":
        """Who showed this a moment ago, if nothing was written to the store since."""
        before, until, actor = self._known.get(secret, (None, 0.0, None))
        fresh = before is not None and before == stamp and time.monotonic() < until
        return actor if fresh else None

    def _found(self, secret: str, *, by_cookie: bool, idle: bool) -> "tuple[Actor, object]":
        """Who shows this, and how the store stood when that was asked.

        Raises:
            NotSignedIn: Nobody does, or not any more.
        """
        stamp = self._store.stamp(SHARING)
        before = self._remembered(secret, stamp)
        if before is not None:
            return before, stamp
        if not secret:
            actor = None
        elif by_cookie:
            actor = accounts.by_session(self._store, secret, self._rules, idle=idle)
        else:
            actor = accounts.by_token(self._store, secret)
        if actor is not None:
            if len(self._known) >= REMEMBERED:
                self._known.clear()
            self._known[secret] = stamp, time.monotonic() + MOMENT, actor
        if actor is None:
            raise NotSignedIn(
                Text("请先登录", "sign in first"),
                Text(
                    "打开/sign-in,或带上Authorization: Bearer 令牌",
                    "open /sign-in, or show Authorization: Bearer TOKEN",
                ),
            )
        return actor, stamp

    def _may(self, actor: "Actor", request: Request) -> None:
        """Whether the account may ask for a path; that of a verb is told by its route."""
        path = request.url.path
        if path in self._verbs or path in ANYBODYS or path.startswith(JOBS):
            return
        wanted = {deeds.READ}
        if path == UPLOADS:
            wanted = {deeds.DATA, deeds.MODEL, deeds.BUSINESS}
        elif path == METRICS:
            wanted = {deeds.CARE}
        elif not path.startswith(DATA):
            # The pages themselves; what they show they ask for.
            return
        if not wanted & actor.rights:
            rights = ", ".join(sorted(wanted))
            raise Forbidden(
                Text(
                    f"账号“{actor.account}”不能访问{path}",
                    f"account '{actor.account}' may not ask for {path}",
                ),
                Text(f"需要权限之一:{rights}", f"it takes one of the rights: {rights}"),
            )

    def _sign_in_is_fair(self, request: Request) -> None:
        if request.method not in SAFE:
            self._from_here(request, strictly=False)
        elif request.url.path not in (OPENID, BACK):
            return
        wait = self._sign_ins.take(request.client.host if request.client else "?")
        if wait:
            raise _full(wait)

    def _from_here(self, request: Request, *, strictly: bool) -> None:
        """Refuse what a page of another site made the browser ask."""
        site, origin = request.headers.get("sec-fetch-site"), request.headers.get("origin")
        scheme = "https" if self._deployment.tls else "http"
        if site is not None:
            right = site == "same-origin"
        elif origin is not None:
            right = origin == f"{scheme}://{request.headers.get('host', '')}"
        else:
            right = not strictly
        if not right:
            raise Forbidden(
                Text("请求来自其他网站", "asked from another site"),
                Text("请打开本服务的网页", "open the pages of this service"),
            )

    def _small(self, request: Request) -> None:
        limits = self._deployment.limits
        most = limits.upload_bytes if request.url.path == UPLOADS else limits.ask_bytes
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length) > most:
            raise too_large(most)

    def _of_the_region(self, request: Request) -> None:
        """A deployment is of one region: its accounts are of no other."""
        named = parse_qs(request.url.query).get("region", [])
        if any(name != self._deployment.region for name in named):
            says = Text(f"没有地区“{named[0]}”", f"no region '{named[0]}'")
            raise NotFound(says, Text("本服务只有一个地区", "this service is of one region"))

    def _measured(self, actor: "Actor") -> Response:
        gauges = {
            "hutuo_requests_in_flight": self._room.now,
            "hutuo_listeners": self._listeners.now,
        }
        if deeds.CARE not in actor.rights:
            raise Forbidden(Text("不能查看指标", "metrics are not for this account"))
        return Response(self.metrics.text(gauges), media_type="text/plain; version=0.0.4")

    def _taken(self, request: Request, receive: Receive) -> Receive:
        """The body of a request, as much of it as the deployment takes."""
        limits = self._deployment.limits
        most = limits.upload_bytes if request.url.path == UPLOADS else limits.ask_bytes
        return bounded(receive, most, limits.body_seconds)


def _headed(path: str, send: Send, *, tls: bool) -> Send:
    """What sends an answer with the headers that a deployment adds."""
    more = [(b"cache-control", b"no-store")] if path.startswith(DATA) else []
    if tls:
        more.append((b"strict-transport-security", f"max-age={YEAR}".encode()))

    async def headed(message: Message) -> None:
        if message["type"] == "http.response.start":
            there = {name.lower() for name, _ in message["headers"]}
            added = [(name, value) for name, value in more if name not in there]
            message["headers"] = [*message["headers"], *added]
        await send(message)

    return headed


def _is_open(request: Request) -> bool:
    """What is asked before anybody is known."""
    path = request.url.path
    if path in (SIGN_IN, OPENID, BACK) or (path == SESSION and request.method == "POST"):
        return True
    return request.method in SAFE and path.startswith(ASSETS)


def _way_in(request: Request) -> str:
    """The sign-in page, from which one comes back to the page that was asked for."""
    url = request.url
    asked = url.path + (f"?{url.query}" if url.query else "")
    return SIGN_IN if asked == "/" else f"{SIGN_IN}?{urlencode({'back': asked})}"


def _full(wait: float) -> TooMany:
    seconds = max(1, round(wait + 0.5))
    error = TooMany(
        Text("请求太多", "too many requests"),
        Text(f"{seconds}秒后重试", f"ask again in {seconds} s"),
    )
    error.seconds = seconds
    return error


def _told(request: Request, error: HutuoError) -> Response:
    lang = "en" if request.query_params.get("lang") == "en" else "zh"
    headers = {}
    if isinstance(error, NotSignedIn):
        headers["WWW-Authenticate"] = "Bearer"
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.seconds)
    return JSONResponse(error.as_dict(lang), error.http_status, headers)
