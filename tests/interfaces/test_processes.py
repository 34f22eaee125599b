"""OGC API - Processes: every verb is a process; what it answers is what the verb answers."""

import time

import pytest

from asks import ASKS
from hutuo.api.ogc.processes import inlined
from hutuo.verbs import all_verbs


def test_every_verb_is_a_process_and_described(client):
    listed = client.get("/ogc/processes").json()["processes"]
    assert {one["id"] for one in listed} == {found.path.replace("/", ".") for found in all_verbs()}
    for found in all_verbs():
        told = client.get(f"/ogc/processes/{found.path.replace('/', '.')}").json()
        fields = {field.alias or name for name, field in found.ask.model_fields.items()}
        assert set(told["inputs"]) == fields
        assert "$ref" not in str(told)


@pytest.mark.parametrize("path", ["base/units", "plan/evaluate", "base/query"])
def test_a_process_answers_what_its_verb_answers(path, client):
    ask = ASKS.get(path, {})
    verb = client.post(f"/api/{path}?lang=en", json=ask)
    at = f"/ogc/processes/{path.replace('/', '.')}/execution?lang=en"
    assert client.post(at, json={"inputs": ask}).content == verb.content
    document = client.post(at, json={"inputs": ask, "response": "document"}).json()
    assert document == {"answer": verb.json()}


def test_a_process_may_run_beside_the_request(client):
    at = "/ogc/processes/base.units/execution"
    begun = client.post(at, json={"inputs": {}}, headers={"Prefer": "respond-async"})
    assert begun.status_code == 201
    where = begun.headers["location"]
    for _ in range(100):
        told = client.get(where).json()
        if told["status"] not in ("accepted", "running"):
            break
        time.sleep(0.02)
    assert (told["status"], told["progress"], told["processID"]) == (
        "successful",
        100,
        "base.units",
    )
    assert told["jobID"] in {one["jobID"] for one in client.get("/ogc/jobs").json()["jobs"]}
    results = client.get(f"{where}/results").json()
    assert results == client.post("/api/base/units", json={}).json()


def test_a_job_that_fails_tells_why(client):
    at = "/ogc/processes/base.table/execution?lang=en"
    begun = client.post(
        at, json={"inputs": {"name": "unitz"}}, headers={"Prefer": "respond-async"}
    )
    where = begun.headers["location"]
    for _ in range(100):
        if client.get(where).json()["status"] == "failed":
            break
        time.sleep(0.02)
    told = client.get(where.replace("?", "/results?"))
    assert told.status_code == 404
    assert told.json()["message"] == "no table 'unitz'"


def test_what_is_asked_wrongly_is_told_at_once(client):
    at = "/ogc/processes/base.table/execution?lang=en"
    told = client.post(at, json={"inputs": {"limit": 0}})
    assert told.status_code == 400
    assert "name" in told.json()["message"]
    assert (
        client.get("/ogc/processes/base.tabel?lang=en")
        .json()["hint"]
        .startswith("possible: base.table")
    )
    assert client.get("/ogc/jobs/nope").status_code == 404


def test_a_schema_that_holds_itself_is_cut_where_it_does():
    tree = {"type": "object", "properties": {"next": {"$ref": "#/$defs/Tree"}}}
    found = inlined({"$ref": "#/$defs/Tree"}, {"Tree": tree})
    assert found["properties"]["next"] == {"type": "object"}
