"""``POST /api/PART/VERB`` for every verb, ``GET /api/verbs``, OpenAPI, and the built web pages."""

import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Annotated, Any, Literal

import uvicorn
from fastapi import Body, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

import hutuo
from hutuo.errors import BadAsk, HutuoError, NotFound
from hutuo.verbs import Verb, all_verbs, ask_error

STATIC = Path(__file__).parent / "static"
LARGEST_ASK = 1_000_000
Next = Callable[[Request], Awaitable[Response]]
log = logging.getLogger("hutuo")


class Settings(BaseModel):
    """How the service runs."""

    model_config = ConfigDict(frozen=True)

    region: str | None = None
    # Other names in the Host header are refused, so that no web page reaches a local service by
    # DNS rebinding.
    hosts: tuple[str, ...] = ("127.0.0.1", "localhost", "testserver")
    static: Path = STATIC


class Failure(BaseModel):
    """The one shape of an error."""

    error: str
    message: str
    hint: str


def app(settings: Settings | None = None) -> FastAPI:
    """The service with a route for every verb of the registry."""
    settings = settings or Settings()
    service = FastAPI(
        title="Hutuo",
        version=hutuo.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    service.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    service.middleware("http")(_guarded)
    service.add_exception_handler(HutuoError, _shown)
    service.add_exception_handler(RequestValidationError, _asked_wrongly)
    service.add_exception_handler(HTTPException, _http)
    service.add_exception_handler(Exception, _internal)
    verbs = all_verbs()
    for found in verbs:
        _add_route(service, found, settings)
    listed = [_described(found) for found in verbs]

    @service.get("/api/verbs", tags=["registry"], summary="List every verb with its schemas.")
    def list_verbs() -> list[dict[str, Any]]:
        return listed

    _add_pages(service, settings.static)
    return service


def run(host: str, port: int) -> None:
    """Serve until interrupted."""
    uvicorn.run(app(Settings()), host=host, port=port, log_level="warning", access_log=False)


def _add_route(service: FastAPI, found: Verb, settings: Settings) -> None:
    def route(
        ask: Any = None,
        region: Annotated[str | None, Query(description="name of a region")] = None,
        at: Annotated[str | None, Query(description="what held on that day")] = None,
        as_of: Annotated[str | None, Query(description="what was known on that day")] = None,
        branch: Annotated[str, Query(description="branch to read")] = "main",
        lang: Annotated[Literal["zh", "en"], Query(description="language of texts")] = "zh",
    ) -> Response:
        _named_only(region)
        view = (
            hutuo.open(region or settings.region, at=at, as_of=as_of, branch=branch)
            if found.needs_region
            else None
        )
        answer = found.run(view, ask)
        return Response(found.dumps(answer, lang), media_type="application/json")

    empty = all(not field.is_required() for field in found.ask.model_fields.values())
    body = Body(found.ask() if empty else ..., description=f"ask of {found.path}")
    route.__annotations__["ask"] = found.ask
    route.__defaults__ = (body, *(route.__defaults__ or ())[1:])
    service.post(
        f"/api/{found.path}",
        response_model=found.answer,
        responses={status: {"model": Failure} for status in (400, 404, 422)},
        summary=found.summary,
        operation_id=found.path.replace("/", "_").replace("-", "_"),
        tags=[found.part],
    )(route)


def _named_only(region: str | None) -> None:
    """Over the network a region is named, never a path: no folder of the server is opened by request."""
    from hutuo.base.region import embedded, open_folders
    from hutuo.errors import one_of

    if region is not None and region not in embedded() and region not in open_folders():
        # Paths of the machine are no one else's business.
        raise one_of(region, "region", list(embedded()))


def _described(found: Verb) -> dict[str, Any]:
    return {
        "part": found.part,
        "verb": found.name,
        "path": f"/api/{found.path}",
        "title": {"zh": found.title.zh, "en": found.title.en},
        "summary": {"zh": found.title.zh, "en": found.summary},
        **found.schemas(),
    }


def _add_pages(service: FastAPI, static: Path) -> None:
    index = static / "index.html"

    @service.api_route("/api/{path:path}", methods=["GET", "POST"], include_in_schema=False)
    def nothing(path: str) -> Response:
        hint = "GET /api/verbs lists every verb; a verb is asked by POST"
        raise NotFound(f"no route '/api/{path}'", hint)

    @service.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        file = (static / path).resolve()
        if file.is_relative_to(static.resolve()) and file.is_file():
            return FileResponse(file)
        if not index.is_file():
            raise NotFound("the web pages are not built", "run make setup, then make serve")
        return FileResponse(index, headers={"Cache-Control": "no-cache"})


async def _guarded(request: Request, following: Next) -> Response:
    # A body that comes in chunks says no length.
    chunked = "transfer-encoding" in request.headers
    size = request.headers.get("content-length", "?" if chunked else "0")
    if not size.isdigit() or int(size) > LARGEST_ASK:
        hint = f"at most {LARGEST_ASK:,} bytes, with a Content-Length"
        error = BadAsk("the ask is too large or does not say its length", hint)
        return JSONResponse(error.as_dict(), status_code=413)
    response = await following(request)
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN"
    response.headers["Referrer-Policy"] = "same-origin"
    response.headers["Content-Security-Policy"] = (
        "default-src 'self'; img-src 'self' data: blob:; style-src 'self' 'unsafe-inline';"
        " worker-src 'self' blob:; connect-src 'self'; frame-src 'self' blob:;"
        " object-src 'none'; base-uri 'self'"
    )
    return response


def _shown(_request: Request, error: Exception) -> JSONResponse:
    known = error if isinstance(error, HutuoError) else HutuoError(str(error))
    return JSONResponse(known.as_dict(), status_code=known.http_status)


def _asked_wrongly(request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    return _shown(request, ask_error(request.url.path.removeprefix("/api/"), faults))


def _http(request: Request, error: Exception) -> JSONResponse:
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:  # noqa: PLR2004 - method not allowed
        known = NotFound(f"no {request.method} {request.url.path}", "a verb is asked by POST")
        return JSONResponse(known.as_dict(), status_code=status)
    known_error = {"error": "http", "message": str(getattr(error, "detail", error)), "hint": ""}
    return JSONResponse(known_error, status_code=status)


def _internal(request: Request, error: Exception) -> JSONResponse:
    log.error("%s failed", request.url.path, exc_info=error)
    known = HutuoError("something went wrong inside", "the server's log says what")
    return JSONResponse(known.as_dict(), status_code=500)
