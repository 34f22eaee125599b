"""The whole OpenAPI - verbs, uploads, jobs, OGC and SensorThings - asked with what it says may be asked.

Schemathesis draws the cases. None may end in an error of the server, and an answer of a route in JSON is of
the schema that its route tells.
"""

import json
import os
import time
import unittest
from collections import Counter

import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis.errors import Unsatisfiable
from jsonschema_rs import Draft202012Validator
from schemathesis import GenerationMode
from starlette.testclient import TestClient

from hutuo.api.app import Settings, app

# Cases in all: the short form is part of every run.
SHORT, LONG = 60, 2_000
# A restore or rebuild takes the region's data away from the next case, a listener listens for ever.
LEFT_OUT = {
    ("POST", "/api/base/care"),
    ("GET", "/api/jobs/{job}/events"),
    ("GET", "/api/duty/events"),
}
# Answered where the machine cannot do it, as a solver that ran out of time.
EXPECTED = {501, 503}


@pytest.fixture
def client(own, own_folder):
    with TestClient(app(Settings(region=str(own_folder))), raise_server_exceptions=False) as made:
        yield made


def operations(client):
    told = client.get("/api/openapi.json").json()
    schema = schemathesis.openapi.from_dict(told)
    found = [one.ok() for one in schema.get_all_operations()]
    assert {(one.method.upper(), one.path) for one in found} >= LEFT_OUT
    return told, [one for one in found if (one.method.upper(), one.path) not in LEFT_OUT]


def sent(client, case):
    """A case over HTTP, as a client of the schema sends it."""
    query = {name: value for name, value in (case.query or {}).items() if name != "job"}
    words = {name: str(value) for name, value in (case.headers or {}).items()}
    given = case.as_transport_kwargs(base_url="http://testserver")
    body = {"json": case.body} if given.get("json") is not None else {"content": given.get("data")}
    if not isinstance(body.get("content", b""), (bytes, str)):
        body = {}
    path = case.formatted_path
    try:
        return client.request(case.method, path, params=query, headers=words, **body)
    except (UnicodeEncodeError, ValueError):
        # What no client can write into an address or a header never comes.
        return None


def faults(told, operation, answer):
    """What is wrong with an answer."""
    if answer.status_code >= 500 and answer.status_code not in EXPECTED:
        return f"{answer.status_code}: {answer.text[:200]}"
    said = told["paths"][operation.path][operation.method.lower()]["responses"]
    shape = said.get(str(answer.status_code), {}).get("content", {}).get("application/json")
    if not shape or not shape.get("schema") or "json" not in answer.headers["content-type"]:
        return None
    schema = shape["schema"] | {"components": told["components"]}
    problem = next(iter(Draft202012Validator(schema).iter_errors(answer.json())), None)
    return None if problem is None else f"{answer.status_code} {problem.message[:200]}"


def drawn(operation, mode, count, number):
    """So many cases of an operation; the same ones with each run."""
    found = []

    @seed(number)
    @settings(
        max_examples=count,
        phases=[Phase.generate],
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(operation.as_strategy(mode))
    def draw(case):
        found.append(case)

    try:
        draw()
    except (Unsatisfiable, unittest.SkipTest):
        # Nothing that is asked can be wrong.
        return []
    return found


def run(client, cases, modes):
    told, found = operations(client)
    wrong, codes = {}, Counter()
    each, more = divmod(cases, len(found) * len(modes))
    for number, operation in enumerate(found):
        for mode in modes:
            count = each + (number < more)
            if not count:
                continue

            if os.environ.get("HUTUO_CASES"):
                print(f"{time.strftime('%T')} {operation.method} {operation.path}", flush=True)
            for case in drawn(operation, mode, count, number):
                answer = sent(client, case)
                if answer is None:
                    continue
                codes[answer.status_code] += 1
                fault = faults(told, operation, answer)
                if fault:
                    body = json.dumps(case.body, ensure_ascii=False, default=str)[:300]
                    key = f"{operation.method} {operation.path}"
                    wrong.setdefault(key, f"{fault} | {body} {case.query} {case.path_parameters}")
    if os.environ.get("HUTUO_CASES"):
        print(dict(codes), *(f"{key}: {fault}" for key, fault in wrong.items()), sep="\n")
    assert wrong == {}
    return sum(codes.values())


def test_a_few_cases_ends_in_no_error_of_the_server(client):
    assert run(client, SHORT, [GenerationMode.POSITIVE]) > SHORT / 2


@pytest.mark.long
def test_two_thousand_cases_end_in_no_error_of_the_server(client):
    modes = [GenerationMode.POSITIVE, GenerationMode.NEGATIVE]
    assert run(client, LONG, modes) > LONG / 2
