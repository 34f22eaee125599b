"""``POST /api/PART/VERB`` for every verb, ``GET /api/verbs``, OpenAPI, and the built web pages."""

import asyncio
import gc
import json
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, nullcontext
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from fastapi import Body, FastAPI, Query, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import FileResponse, JSONResponse, StreamingResponse
from pydantic import BaseModel, ConfigDict, ValidationError
from starlette.exceptions import HTTPException
from starlette.middleware.trustedhost import TrustedHostMiddleware

import hutuo
from hutuo.api import door, duty, ogc, sdmx, sta, whoami
from hutuo.api.bodies import UPLOADS, Bounded
from hutuo.api.deployment import Deployment, read_deployment
from hutuo.api.guarding import Guard, lang_of
from hutuo.api.jobs import INSIDE, LOGGED, Jobs, JobState
from hutuo.api.views import named_only
from hutuo.base import deeds, uploads
from hutuo.base.region import home
from hutuo.base.sharing.rights import allow
from hutuo.errors import BadAsk, Forbidden, HutuoError, NotFound
from hutuo.glossary import Text
from hutuo.verbs import Verb, all_verbs, ask_error

STATIC = Path(__file__).parent / "static"
# Interfaces of the OGC and of SDMX, which ask for 400 where a request is wrong.
STANDARDS = ("/ogc/", "/sta/", "/sdmx/")
# How often a listener to a job's events is told; a person sees a bar move smoothly from about here.
TOLD_EVERY = 0.2
Lang = Annotated[Literal["zh", "en"], Query(description="language of texts")]
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
    # None: one owner on his own machine, who does not sign in.
    deployment: Deployment | None = None
    # Whether rules are held against readings as they come.
    watched: bool = False


class Failure(BaseModel):
    """The one shape of an error."""

    error: str
    message: str
    hint: str


def app(settings: Settings | None = None) -> FastAPI:
    """The service with a route for every verb of the registry."""
    settings = settings or Settings()

    @asynccontextmanager
    async def life(_service: FastAPI) -> AsyncIterator[None]:
        with duty.watching(settings.region) if settings.watched else nullcontext():
            yield
        await asyncio.to_thread(jobs.close)

    service = FastAPI(
        title="Hutuo",
        lifespan=life,
        version=hutuo.__version__,
        docs_url=None,
        redoc_url=None,
        openapi_url="/api/openapi.json",
    )
    service.add_middleware(Bounded)
    verbs, store = all_verbs(), None
    if settings.deployment is not None:
        from hutuo.api.deployed import guard

        store = guard(service, settings.deployment, [f"/api/{found.path}" for found in verbs])
    service.add_middleware(TrustedHostMiddleware, allowed_hosts=list(settings.hosts))
    service.add_middleware(Guard)
    service.add_exception_handler(HutuoError, _shown)
    service.add_exception_handler(RequestValidationError, _asked_wrongly)
    service.add_exception_handler(HTTPException, _http)
    service.add_exception_handler(Exception, _internal)
    # Whoever asks another process of the deployment for a job finds it there too.
    shared = None if store is None else home() / "jobs" / store.schema
    jobs = Jobs(lambda error: log.error("a job failed", exc_info=error), shared)
    whoami.add(service, store)
    # The other interfaces find it here; routes are looked through in their order, and there are many verbs.
    service.state.region, service.state.jobs = settings.region, jobs
    for interface in (ogc, sta, sdmx, duty):
        service.include_router(interface.router)
    for found in verbs:
        _add_route(service, found, settings, jobs)

    @cache
    def listed() -> bytes:
        # Half a second's work, which a service that starts does not wait for.
        return json.dumps([_described(found) for found in verbs], ensure_ascii=False).encode()

    @service.get(
        "/api/verbs",
        tags=["registry"],
        summary="List every verb with its schemas.",
        response_model=list[dict[str, Any]],
    )
    def list_verbs() -> Response:
        return Response(listed(), media_type="application/json")

    _add_uploads(service)
    _add_jobs(service, jobs)
    _add_pages(service, settings.static)
    return service


def run(
    host: str,
    port: int,
    told: Callable[[str], object] = log.info,
    deployment: Path | None = None,
) -> None:
    """Serve until interrupted.

    Args:
        host: Address to listen on.
        port: Port to listen on; 0 is any that is free.
        told: Is given the address, once the service answers there.
        deployment: File that says how the service is deployed; None serves one owner, who does not sign in.

    Raises:
        BadAsk: There is no such port, or it is no address of this machine.
        BadInput: The file is faulty.
        NotFound: There is no such file.
        Unavailable: Another program has the port, or it is kept from this user.
    """
    settings = Settings(watched=True)
    if deployment is not None:
        found = read_deployment(deployment)
        settings = Settings(region=found.region, hosts=found.hosts, deployment=found, watched=True)
    service = app(settings)
    # What was loaded until here stays: looking through it for garbage took a tenth of a busy writer's time.
    gc.freeze()
    with door.taken(host, port) as at:
        lines = deployment is not None
        door.serve(service, at, lambda: told(door.address(at)), lines=lines)


def _add_route(service: FastAPI, found: Verb, settings: Settings, jobs: Jobs) -> None:
    def route(  # noqa: PLR0913 - the parameters of the request
        ask: Any = None,
        region: Annotated[str | None, Query(description="name of a region")] = None,
        at: Annotated[
            str | None, Query(description="what held on that day, or at that instant")
        ] = None,
        as_of: Annotated[
            str | None, Query(description="what was known on that day, or at that instant")
        ] = None,
        branch: Annotated[str, Query(description="branch to read")] = "main",
        lang: Lang = "zh",
        job: Annotated[bool, Query(description="answer at once with a job that runs on")] = False,  # noqa: FBT002 - a query parameter
    ) -> Response:
        named_only(region)
        deed = allow(deeds.actor(), found, ask, branch)

        def answer() -> Any:
            with uploads.over_network():
                view = (
                    hutuo.open(region or settings.region, at=at, as_of=as_of, branch=branch)
                    if found.needs_region
                    else None
                )
                with deeds.doing(deed):
                    return found.run(view, ask)

        if job:
            started = jobs.start(found.path, lambda: found.plain(answer(), lang))
            return JSONResponse({"job": started.job}, status_code=202)
        return Response(found.dumps(answer(), lang), media_type="application/json")

    body = Body(_empty(found), description=f"ask of {found.path}")
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


def _add_uploads(service: FastAPI) -> None:
    @service.put(UPLOADS, tags=["files"], summary="Keep a file for verbs that read files.")
    async def upload(
        request: Request, name: Annotated[str, Query(description="what the file is called")]
    ) -> dict[str, str]:
        with uploads.Incoming(name) as incoming:
            async for piece in request.stream():
                incoming.write(piece)
            return {"file": incoming.keep()}


def _add_jobs(service: FastAPI, jobs: Jobs) -> None:
    @service.get("/api/jobs/{job}", tags=["jobs"], summary="Tell where a job stands.")
    def state(job: str, lang: Lang = "zh") -> JobState:
        return jobs.find(job).shown(lang)

    @service.delete("/api/jobs/{job}", tags=["jobs"], summary="Stop a job.")
    def stop(job: str, lang: Lang = "zh") -> JobState:
        found = jobs.find(job)
        found.stop.set()
        return found.shown(lang)

    @service.get(
        "/api/jobs/{job}/events", tags=["jobs"], summary="Tell a job's progress as it goes."
    )
    def events(job: str, lang: Lang = "zh") -> StreamingResponse:
        found = jobs.find(job)

        async def told() -> AsyncIterator[str]:
            last = ""
            while True:
                now = found.shown(lang).model_dump_json()
                if now != last:
                    yield f"data: {now}\n\n"
                    last = now
                if json.loads(now)["state"] not in ("waiting", "running"):
                    return
                await asyncio.sleep(TOLD_EVERY)

        return StreamingResponse(told(), media_type="text/event-stream")


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
        hint = Text(
            "GET /api/verbs列出全部功能;功能用POST请求",
            "GET /api/verbs lists every verb; a verb is asked by POST",
        )
        raise NotFound(Text(f"没有接口“/api/{path}”", f"no route '/api/{path}'"), hint)

    @service.get("/{path:path}", include_in_schema=False)
    def page(path: str) -> Response:
        file = (static / path).resolve()
        if file.is_relative_to(static.resolve()) and file.is_file():
            return FileResponse(file)
        if not index.is_file():
            raise NotFound(
                Text("网页尚未构建", "the web pages are not built"),
                Text("先运行make setup,再运行make serve", "run make setup, then make serve"),
            )
        return FileResponse(index, headers={"Cache-Control": "no-cache"})


def _shown(request: Request, error: Exception) -> JSONResponse:
    known = error if isinstance(error, HutuoError) else HutuoError(str(error))
    status = known.http_status
    if isinstance(known, Forbidden):
        log.info("refused %s %s: %s", request.method, request.url.path, known.message)
    if status == BadAsk.http_status and request.url.path.startswith(STANDARDS):
        status = 400
    return JSONResponse(known.as_dict(lang_of(request)), status_code=status)


def _asked_wrongly(request: Request, error: Exception) -> JSONResponse:
    faults = error.errors() if isinstance(error, RequestValidationError) else []
    return _shown(request, ask_error(request.url.path.removeprefix("/api/"), faults))


def _http(request: Request, error: Exception) -> JSONResponse:
    if isinstance(error.__cause__, HutuoError):
        # The framework takes whatever happens while it reads a body for a body that is no JSON.
        return _shown(request, error.__cause__)
    status = error.status_code if isinstance(error, HTTPException) else 500
    if status == 405:  # noqa: PLR2004 - method not allowed
        asked = f"{request.method} {request.url.path}"
        hint = Text("功能用POST请求", "a verb is asked by POST")
        known = NotFound(Text(f"没有{asked}", f"no {asked}"), hint)
        return JSONResponse(known.as_dict(lang_of(request)), status_code=status)
    known_error = {"error": "http", "message": str(getattr(error, "detail", error)), "hint": ""}
    return JSONResponse(known_error, status_code=status)


def _internal(request: Request, error: Exception) -> JSONResponse:
    log.error("%s failed", request.url.path, exc_info=error)
    known = HutuoError(INSIDE, LOGGED)
    return JSONResponse(known.as_dict(lang_of(request)), status_code=500)


def _empty(found: Verb) -> Any:
    """The ask that asks nothing; ``...`` where something must be asked."""
    try:
        return found.ask()
    except ValidationError:
        return ...
