"""The REST API: a route a verb, one shape of error, and no way to what it should not show."""

import json
import logging
from contextlib import contextmanager

import pytest
from starlette.testclient import TestClient

import tiny
from asks import ASKS
from hutuo import verbs
from hutuo.api.app import Settings, app
from hutuo.base.region import Region
from hutuo.verbs import Ask, all_verbs, verb


@pytest.fixture(scope="module")
def client(little, little_folder):
    """A client of a service for the tiny region."""
    with TestClient(app(Settings(region=str(little_folder)))) as opened:
        yield opened


WRONG = {
    "region": ("plan/evaluate?region=nope", {}, 404, "not_found", "no region 'nope'", "possible"),
    "part": ("plans/evaluate", {}, 404, "not_found", "/api/plans/evaluate", "/api/verbs"),
    "verb": ("plan/evaluat", {}, 404, "not_found", "/api/plan/evaluat", "/api/verbs"),
    "option": ("plan/evaluate", {"nope": 1}, 422, "bad_ask", "nope", "fields of plan/evaluate"),
    "plan": (
        "plan/evaluate",
        {"plan": "q"},
        404,
        "not_found",
        "no plan 'q'",
        "possible: other, p",
    ),
    "table": ("base/table", {"name": "unitz"}, 404, "not_found", "no table 'unitz'", "unit"),
    "set": ("base/units", {"set": "set:x"}, 404, "not_found", "set:x", "set:area"),
    "place": ("base/figures", {"place": "123"}, 404, "not_found", "123", "990101"),
    "branch": ("plan/evaluate?branch=x", {}, 404, "not_found", "no branch 'x'", "main"),
    "at": ("plan/evaluate?at=2024-13-01", {}, 422, "bad_ask", "2024-13-01", "2024-12-31"),
    "as of": ("plan/evaluate?as_of=soon", {}, 422, "bad_ask", "soon", "2024-12-31"),
    "limit": ("base/table", {"name": "unit", "limit": 0}, 422, "bad_ask", "limit", "name, limit"),
    "missing": ("base/table", {}, 422, "bad_ask", "name", "fields of base/table"),
    "kind": ("base/table", [], 422, "bad_ask", "ask", "fields of base/table"),
    "lang": ("plan/evaluate?lang=de", {}, 422, "bad_ask", "lang", ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_asked_wrongly_gets_one_shape(name, client):
    path, ask, status, error, message, hint = WRONG[name]
    english = "" if "lang=" in path else f"{'&' if '?' in path else '?'}lang=en"
    answer = client.post(f"/api/{path}{english}", json=ask)
    assert answer.status_code == status
    told = answer.json()
    assert list(told) == ["error", "message", "hint"]
    assert told["error"] == error
    assert message in told["message"]
    assert hint in told["hint"]


def test_an_error_is_told_in_the_language_of_the_request(client):
    def told(query):
        return client.post(f"/api/base/table{query}", json={"name": "unitz"}).json()["message"]

    assert told("?lang=en") == "no table 'unitz'"
    assert told("") == told("?lang=zh") == "没有数据表“unitz”"
    missing = client.post("/api/base/table", json={}).json()
    assert missing["message"] == "base/table:name:必填"
    assert missing["hint"].startswith("base/table的字段:name")


def test_what_is_no_json_is_refused(client):
    answer = client.post(
        "/api/base/table", content=b"{", headers={"content-type": "application/json"}
    )
    assert answer.status_code == 422
    assert list(answer.json()) == ["error", "message", "hint"]


def test_a_body_may_be_left_out_where_no_field_is_needed(client):
    assert len(client.post("/api/plan/evaluate").json()) == 3
    assert client.post("/api/base/table").status_code == 422


def test_a_verb_is_asked_by_post(client):
    answer = client.get("/api/plan/evaluate")
    assert answer.status_code in (404, 405)
    assert list(answer.json()) == ["error", "message", "hint"]
    deleted = client.delete("/api/plan/evaluate")
    assert deleted.status_code == 405
    assert list(deleted.json()) == ["error", "message", "hint"]


def test_every_verb_is_listed_with_titles_and_schemas(client):
    rows = client.get("/api/verbs").json()
    assert [f"{row['part']}/{row['verb']}" for row in rows] == [v.path for v in all_verbs()]
    for row in rows:
        assert row["path"] == f"/api/{row['part']}/{row['verb']}"
        assert set(row["title"]) == {"zh", "en"}
        assert row["ask"]["type"] == "object"
        assert row["answer"]["type"] in ("object", "array")


def test_openapi_holds_every_verb_with_its_answer_and_its_errors(client):
    paths = client.get("/api/openapi.json").json()["paths"]
    for found in all_verbs():
        post = paths[f"/api/{found.path}"]["post"]
        assert post["summary"] == found.summary
        assert {"200", "400", "404", "422"} <= set(post["responses"])
        names = {parameter["name"] for parameter in post["parameters"]}
        assert {"region", "at", "as_of", "branch", "lang"} <= names


def test_an_ask_over_a_million_bytes_is_refused(client):
    answer = client.post("/api/base/table", json={"name": "x" * 1_000_001})
    assert answer.status_code == 413
    assert list(answer.json()) == ["error", "message", "hint"]
    assert answer.json()["error"] == "bad_ask"


def test_an_ask_over_a_million_bytes_without_a_length_is_refused(client):
    """A body sent in chunks says no length."""
    parts = (b" " * 100_000 for _ in range(12))
    answer = client.post("/api/plan/evaluate", content=parts)
    assert answer.status_code in (411, 413)


@pytest.mark.parametrize("length", ["x", "-1", "1.5"])
def test_a_length_that_is_no_number_is_refused(client, length):
    answer = client.post("/api/plan/evaluate", headers={"content-length": length})
    assert answer.status_code == 413


@pytest.mark.parametrize("host", ["evil.example", "127.0.0.1.evil.example", "localhost.evil", ""])
def test_another_name_in_the_host_header_is_refused(client, host):
    """So no page of another site reaches a service on this machine by rebinding its name."""
    answer = client.get("/api/verbs", headers={"host": host})
    assert answer.status_code == 400
    assert "plan" not in answer.text


def test_no_other_site_is_allowed_to_read_answers(client):
    answer = client.post("/api/plan/evaluate", json={}, headers={"origin": "https://evil.example"})
    assert not [name for name in answer.headers if name.startswith("access-control")]


def test_no_folder_is_opened_by_request(client, tmp_path):
    folder = tiny.write_pack(tmp_path / "secret")
    for given in (folder, f"{folder}/", folder / "..", "..", "/", ".", "~"):
        answer = client.post("/api/plan/evaluate", params={"region": str(given)}, json={})
        assert answer.status_code == 404, given
        assert answer.json()["error"] == "not_found"


def test_a_request_does_not_tell_which_folders_the_owner_opened(client, little_folder):
    """Whoever may ask learns names of regions and no path of the machine."""
    answer = client.post("/api/plan/evaluate", params={"region": "nope"}, json={})
    assert str(little_folder) not in answer.text


def test_no_file_outside_the_pages_is_served(tmp_path):
    pages = tmp_path / "static"
    pages.mkdir()
    (pages / "index.html").write_text("<p>pages</p>")
    (pages / "x.js").write_text("1")
    (tmp_path / "secret.txt").write_text("secret")
    with TestClient(app(Settings(static=pages))) as client:
        assert client.get("/x.js").text == "1"
        for path in ("/../secret.txt", "/%2e%2e/secret.txt", "/..%2fsecret.txt", "//secret.txt"):
            assert "secret" not in client.get(path).text
        assert client.get("/targets").text == "<p>pages</p>"


def test_pages_that_are_not_built_are_told(tmp_path):
    with TestClient(app(Settings(static=tmp_path))) as client:
        answer = client.get("/")
    assert (answer.status_code, answer.json()["error"]) == (404, "not_found")


def test_every_answer_tells_the_browser_to_load_nothing_from_elsewhere(client):
    headers = client.get("/api/verbs").headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"


@contextmanager
def registered(run):
    """A verb that is there for one test."""
    run.__module__ = "hutuo.plan.passing"
    verb("短暂")(run)
    name = run.__name__
    try:
        yield f"/api/plan/{name}"
    finally:
        del verbs._verbs["plan", name]


def test_internals_are_never_shown(little, little_folder, caplog):
    def fails(region: Region, ask: Ask) -> list[str]:
        """Fail."""
        raise RuntimeError("the inside of the machine")

    caplog.set_level(logging.ERROR, logger="hutuo")
    settings = Settings(region=str(little_folder))
    with (
        registered(fails) as path,
        TestClient(app(settings), raise_server_exceptions=False) as client,
    ):
        answer = client.post(path, json={}, params={"lang": "en"})
    assert answer.status_code == 500
    assert answer.json() == {
        "error": "hutuo_error",
        "message": "something went wrong inside",
        "hint": "the server's log says what",
    }
    assert "the inside of the machine" in caplog.text


def test_a_faulty_pack_is_told_with_its_findings(tmp_path, home):
    folder = tiny.write_pack(tmp_path / "bad")
    tiny.edit(folder, "unit", {(2, "level"): "town"})
    with TestClient(app(Settings(region=str(folder)))) as client:
        answer = client.post("/api/plan/evaluate", json={})
    assert (answer.status_code, answer.json()["error"]) == (400, "bad_input")
    assert "unit.csv:2: level" in answer.json()["message"]


def test_asks_at_the_same_time_are_answered_alike(client):
    from concurrent.futures import ThreadPoolExecutor

    def ask(path):
        return client.post(f"/api/{path}", json=ASKS[path]).status_code

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(ask, [path for path in ASKS if path != "plan/report"] * 3)) == {200}


def test_an_answer_is_utf8_json(client):
    answer = client.post("/api/plan/targets", json={})
    assert answer.headers["content-type"] == "application/json"
    assert json.loads(answer.content.decode())[0]["title"] == "收入翻番"
