"""OGC API - Processes: every verb is a process, its ask the inputs, its answer the one output.

Source: OGC 18-062r2.
"""

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Header, Request, Response
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict

import hutuo
from hutuo.api.jobs import Job, Jobs
from hutuo.api.ogc.landing import JSON
from hutuo.api.views import Seen, View
from hutuo.base import deeds, uploads
from hutuo.base.sharing import rights
from hutuo.errors import NotFound, one_of
from hutuo.glossary import Text
from hutuo.verbs import Verb, all_verbs

EXECUTE = "http://www.opengis.net/def/rel/ogc/1.0/execute"
RESULTS = "http://www.opengis.net/def/rel/ogc/1.0/results"
STATES = {
    "waiting": "accepted",
    "running": "running",
    "done": "successful",
    "failed": "failed",
    "cancelled": "dismissed",
}
OUTPUT = "answer"
router = APIRouter()


class Execute(BaseModel):
    """What a process is asked to do."""

    model_config = ConfigDict(extra="ignore")

    inputs: dict[str, Any] = {}
    response: Literal["raw", "document"] = "raw"


@router.get("/processes", summary="List the processes.")
def processes(view: Seen) -> dict[str, Any]:
    """Every verb."""
    view.only([])
    return {
        "processes": [_summary(view, found) for found in all_verbs()],
        "links": [view.link("self", "ogc/processes", JSON)],
    }


@router.get("/processes/{process}", summary="Describe a process.")
def process(view: Seen, process: str) -> dict[str, Any]:
    """Inputs and output of a process, with their schemas."""
    return described(view, _verb(process))


@router.post("/processes/{process}/execution", summary="Execute a process.")
def execution(
    view: Seen,
    process: str,
    asked: Execute,
    prefer: Annotated[str, Header(description="respond-async: answer with a job")] = "",
) -> Response:
    """Answer at once, or with a job where the client prefers so."""
    found = _verb(process)
    ask = found.read(asked.inputs)

    deed = rights.allow(deeds.actor(), found, ask, view.asked["branch"])

    def answer() -> Any:
        with uploads.over_network(), deeds.doing(deed):
            return found.run(view.region if found.needs_region else None, ask)

    if "respond-async" in prefer:
        work = _work(view, found, answer, asked.response)
        job = _jobs(view.request).start(found.path, work)
        headers = {
            "Location": view.address(f"ogc/jobs/{job.job}"),
            "Preference-Applied": "respond-async",
        }
        return JSONResponse(_state(view, job), 201, headers)
    body = found.dumps(answer(), view.lang)
    if asked.response == "document":
        body = b'{"%b":%b}' % (OUTPUT.encode(), body)
    return Response(body, media_type=JSON)


@router.get("/jobs", summary="List the jobs.")
def jobs(view: Seen) -> dict[str, Any]:
    """Jobs of this service, also those that were asked for as verbs."""
    return {
        "jobs": [_state(view, job) for job in _jobs(view.request).listed()],
        "links": [view.link("self", "ogc/jobs", JSON)],
    }


@router.get("/jobs/{job}", summary="Tell where a job stands.")
def state(view: Seen, job: str) -> dict[str, Any]:
    """Status of a job."""
    return _state(view, _jobs(view.request).find(job))


@router.get("/jobs/{job}/results", summary="What a job found.")
def results(view: Seen, job: str) -> Response:
    """The output of a job that is done; the error of one that failed."""
    found = _jobs(view.request).find(job)
    if found.error is not None:
        raise found.error
    if found.state != "done":
        says = Text(f"任务“{job}”还没有结果", f"job '{job}' has no result yet")
        raise NotFound(says, Text("稍后再取", "ask again later"))
    return JSONResponse(found.answer)


@router.delete("/jobs/{job}", summary="Dismiss a job.")
def dismiss(view: Seen, job: str) -> dict[str, Any]:
    """Stop a job; nothing of it is kept."""
    found = _jobs(view.request).find(job)
    found.stop.set()
    return _state(view, found) | {"status": "dismissed"}


def described(view: View, found: Verb) -> dict[str, Any]:
    """A verb as a process."""
    schemas = found.schemas()
    ask, defs = schemas["ask"], schemas["ask"].get("$defs", {})
    required = ask.get("required", [])
    inputs = {
        name: {
            "title": _title(view, field),
            "description": _description(view, field),
            "minOccurs": int(name in required),
            "maxOccurs": 1,
            "schema": inlined(field, defs),
        }
        for name, field in ask.get("properties", {}).items()
    }
    answer = schemas["answer"]
    output = {"title": view.say(found.title), "schema": inlined(answer, answer.get("$defs", {}))}
    return _summary(view, found) | {"inputs": inputs, "outputs": {OUTPUT: output}}


def inlined(schema: Any, defs: dict[str, Any], within: tuple[str, ...] = ()) -> Any:
    """A schema that refers to nothing outside itself; what holds itself again is any object there.

    Args:
        schema: JSON schema, or a part of one.
        defs: Definitions that it refers to.
        within: Definitions that it lies in.
    """
    if isinstance(schema, list):
        return [inlined(part, defs, within) for part in schema]
    if not isinstance(schema, dict):
        return schema
    name = str(schema.get("$ref", "")).removeprefix("#/$defs/")
    rest = {k: inlined(v, defs, within) for k, v in schema.items() if k not in ("$ref", "$defs")}
    if not name:
        return rest
    if name in within:
        return {"type": "object", **rest}
    return inlined(defs[name], defs, (*within, name)) | rest


def _summary(view: View, found: Verb) -> dict[str, Any]:
    name = _name(found)
    return {
        "id": name,
        "title": view.say(found.title),
        "description": view.say(Text(found.title.zh, found.summary)),
        "version": hutuo.__version__,
        "jobControlOptions": ["sync-execute", "async-execute", "dismiss"],
        "outputTransmission": ["value"],
        "links": [
            view.link("self", f"ogc/processes/{name}", JSON),
            view.link(EXECUTE, f"ogc/processes/{name}/execution", JSON),
        ],
    }


def _name(found: Verb) -> str:
    return found.path.replace("/", ".")


def _verb(name: str) -> Verb:
    known = {_name(found): found for found in all_verbs()}
    if name not in known:
        raise one_of(name, "process", list(known))
    return known[name]


def _title(view: View, field: dict[str, Any]) -> str:
    zh = field.get("x-zh", {}).get("title", field.get("title", ""))
    return view.say(Text(zh, field.get("title", "")))


def _description(view: View, field: dict[str, Any]) -> str:
    en = field.get("description", "")
    return view.say(Text(field.get("x-zh", {}).get("description", en), en))


def _work(view: View, found: Verb, answer: Any, response: str) -> Any:
    def work() -> Any:
        told = found.plain(answer(), view.lang)
        return {OUTPUT: told} if response == "document" else told

    return work


def _jobs(request: Request) -> Jobs:
    kept: Jobs = request.app.state.jobs
    return kept


def _state(view: View, job: Job) -> dict[str, Any]:
    told, path = job.shown(view.lang), f"ogc/jobs/{job.job}"
    links = [view.link("self", path, JSON)]
    if told.state == "done":
        links.append(view.link(RESULTS, f"{path}/results", JSON))
    found: dict[str, Any] = {
        "processID": told.verb.replace("/", "."),
        "jobID": told.job,
        "type": "process",
        "status": STATES[told.state],
        "message": told.error["message"] if told.error else told.step,
        "links": links,
    }
    return found if told.share is None else found | {"progress": round(100 * told.share)}
