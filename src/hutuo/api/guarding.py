"""Outermost of a service: what another site made a browser ask is refused; browsers are told what to allow.

Plain ASGI: the framework's own kind of middleware hands each answer through a stream of its own, which took
longer than a page of features.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse

from hutuo.api.bodies import LARGEST_ASK, UPLOADS
from hutuo.base import uploads
from hutuo.errors import BadAsk
from hutuo.glossary import Text

__all__ = ["Guard", "lang_of"]

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
HEADERS = {
    b"x-content-type-options": b"nosniff",
    b"x-frame-options": b"SAMEORIGIN",
    b"referrer-policy": b"same-origin",
    b"content-security-policy": (
        b"default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline';"
        b" worker-src 'self' blob:; connect-src 'self'; frame-src 'self' blob:;"
        b" object-src 'none'; base-uri 'none'; frame-ancestors 'self'"
    ),
}


class Guard:
    """In front of all that a service is."""

    def __init__(self, app: Callable[..., Awaitable[None]]) -> None:
        """For what is behind it."""
        self._app = app

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """Let a request through, or refuse it."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        refused = _refused(request)
        if refused is not None:
            await refused(scope, receive, send)
            return
        await self._app(scope, receive, _headed(send))


def lang_of(request: Request) -> str:
    """Language of the request, also of one that reaches no route."""
    return "en" if request.query_params.get("lang") == "en" else "zh"


def _refused(request: Request) -> JSONResponse | None:
    """Why a request is not let through; None if it is."""
    # A body that comes in chunks says no length.
    chunked = "transfer-encoding" in request.headers
    size = request.headers.get("content-length", "?" if chunked else "0")
    is_upload = request.method == "PUT" and request.url.path == UPLOADS
    largest = uploads.LARGEST if is_upload else LARGEST_ASK
    if not size.isdigit() or int(size) > largest:
        hint = Text(
            f"最多{largest:,}字节,并带Content-Length",
            f"at most {largest:,} bytes, with a Content-Length",
        )
        zh = "请求太大,或没有说明长度"
        error = BadAsk(Text(zh, "the ask is too large or does not say its length"), hint)
        return JSONResponse(error.as_dict(lang_of(request)), status_code=413)
    # Verbs write; a page of another site in the owner's browser must not make them.
    from_site = request.headers.get("sec-fetch-site", "none")
    if request.method != "GET" and from_site not in ("none", "same-origin"):
        error = BadAsk(
            Text("请求来自其他网站", "asked from another site"),
            Text("请打开本服务的网页", "open the pages of this service"),
        )
        return JSONResponse(error.as_dict(lang_of(request)), status_code=403)
    return None


def _headed(send: Send) -> Send:
    """What sends an answer with the headers that tell browsers what to allow."""

    async def headed(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message["headers"] if pair[0].lower() not in HEADERS]
            message["headers"] = [*kept, *HEADERS.items()]
        await send(message)

    return headed
