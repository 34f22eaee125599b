"""A service for several bodies: nobody reads or writes what no account of his may."""

import json
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from starlette.testclient import TestClient

from asks import ASKS
from hutuo.api.app import Settings, app
from hutuo.api.deployment import read_deployment
from hutuo.api.limits import Rate
from hutuo.base import deeds
from hutuo.base.sharing import schema
from hutuo.base.sharing.rights import ALONE, ANYBODYS, ROLES, allow, needed, rights_of
from hutuo.base.sharing.schema import SHARING
from hutuo.base.store import VARIABLE
from hutuo.errors import BadInput, Forbidden, HutuoError, NotFound
from hutuo.verbs import all_verbs, find_verb

VERBS = {found.path: found for found in all_verbs()}
HERE = {"origin": "http://testserver"}
UNIT = {
    "unit": "990199",
    "zh": "新县",
    "en": "New",
    "level": "county",
    "parent": "990100",
    "source": "book",
}
PUT = {"table": "unit", "rows": [UNIT]}


@pytest.fixture(autouse=True)
def here(house):
    """All tests are in the house."""


@pytest.fixture
def typed(house):
    return house.typed


@pytest.fixture
def people(house):
    """The password of each account."""
    return house.passwords


@pytest.fixture
def served(house):
    """Opens a client of the whole service, or of its gate alone with other values in its file."""
    opened = []

    def serve(**values):
        client = house.client(house.small(**values) if values else None)
        opened.append(client)
        return client

    yield serve
    for client in opened:
        client.close()


def sign_in(client, account, password):
    client.cookies.clear()
    shown = {"account": account, "password": password}
    return client.post("/api/session", json=shown, headers=HERE)


def ask(client, path, values=None, **more):
    return client.post(f"/api/{path}?lang=en", json=values or {}, headers=HERE, **more)


def test_without_signing_in_there_is_nothing_but_the_way_in(served):
    client = served()
    for path in VERBS:
        assert ask(client, path, ASKS[path]).status_code == 401, path
    for path in (
        "/api/verbs",
        "/api/openapi.json",
        "/api/session",
        "/metrics",
        "/ogc",
        "/sta/v1.1",
    ):
        assert client.get(path).status_code == 401, path
    told = client.get("/api/verbs?lang=en").json()
    assert told["error"] == "not_signed_in"
    assert client.get("/health").json()["ok"] is True
    page = client.get("/", headers={"accept": "text/html"})
    assert (page.status_code, page.headers["location"]) == (303, "/sign-in")
    assert "密码" in client.get("/sign-in").text
    assert "Password" in client.get("/sign-in?lang=en").text


def test_whoever_signs_in_is_known_until_signing_out(served, people):
    client = served()
    me = sign_in(client, "viewer", people["viewer"])
    assert me.json() == {
        "account": "viewer",
        "body": "gov",
        "roles": ["viewer"],
        "permissions": ["read"],
        "owner": False,
    }
    assert client.get("/api/session").json() == me.json()
    assert ask(client, "base/table", {"name": "unit"}).status_code == 200
    kept = client.cookies["hutuo"]
    assert client.delete("/api/session", headers=HERE).status_code == 204
    client.cookies.set("hutuo", kept)
    assert client.get("/api/session").status_code == 401


def test_the_page_signs_in_without_a_script(served, people):
    client = served()
    form = {"account": "viewer", "password": people["viewer"]}
    wrong = client.post("/sign-in?lang=en", data=form | {"password": "<b>"}, headers=HERE)
    assert (wrong.status_code, "is wrong" in wrong.text) == (401, True)
    right = client.post("/sign-in", data=form, headers=HERE)
    assert (right.status_code, right.headers["location"]) == (303, "/")
    assert client.get("/api/session").status_code == 200
    assert client.post("/sign-out", headers=HERE).headers["location"] == "/sign-in"
    assert client.get("/api/session").status_code == 401


def test_the_cookie_is_kept_from_scripts_other_sites_and_http(served, people):
    plain = sign_in(served(), "viewer", people["viewer"]).headers["set-cookie"].lower()
    assert plain.startswith("hutuo=")
    assert "httponly" in plain
    assert "samesite=strict" in plain
    shown = {"account": "viewer", "password": people["viewer"]}
    safe = served(tls=True).post(
        "/api/session", json=shown, headers={"origin": "https://testserver"}
    )
    cookie = safe.headers["set-cookie"].lower()
    assert cookie.startswith("__host-hutuo=")
    assert "secure" in cookie
    assert "path=/" in cookie
    assert "domain" not in cookie


def test_what_is_asked_for_is_kept_in_no_cache_and_by_https_only(served, people):
    plain, safe = served(), served(tls=True)
    sign_in(plain, "viewer", people["viewer"])
    answer = ask(plain, "base/table", {"name": "unit"})
    assert answer.headers["cache-control"] == "no-store"
    assert "strict-transport-security" not in answer.headers
    assert safe.get("/sign-in").headers["strict-transport-security"] == "max-age=31536000"
    assert safe.get("/api/verbs").headers["cache-control"] == "no-store"
    for name in ("x-content-type-options", "x-frame-options", "content-security-policy"):
        assert name in answer.headers


def test_signing_in_gives_a_new_session_and_ends_the_one_before(served, people):
    client = served()
    sign_in(client, "viewer", people["viewer"])
    first = client.cookies["hutuo"]
    shown = {"account": "steward", "password": people["steward"]}
    client.post("/api/session", json=shown, headers=HERE)
    second = client.cookies["hutuo"]
    assert first != second
    client.cookies.clear()
    client.cookies.set("hutuo", first)
    assert client.get("/api/session").status_code == 401


def test_a_session_that_somebody_made_up_is_none(served, people):
    client = served()
    client.cookies.set("hutuo", "fixed")
    assert client.get("/api/session").status_code == 401
    client.post(
        "/api/session",
        json={"account": "viewer", "password": people["viewer"]},
        headers=HERE,
    )
    client.cookies.clear()
    client.cookies.set("hutuo", "fixed")
    assert client.get("/api/session").status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://testserver.evil.example"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none", "origin": "http://testserver"},
    ],
)
def test_what_another_page_makes_the_browser_ask_is_refused(house, served, people, headers):
    client = served()
    sign_in(client, "steward", people["steward"])
    fresh = {"table": "unit", "rows": [UNIT | {"unit": "990198"}]}
    answer = client.post("/api/base/put", json=fresh, headers=headers)
    assert answer.status_code == 403
    assert house.region.records("unit", unit="990198") == []


def test_no_page_of_another_site_signs_a_browser_in(served, people):
    shown = {"account": "viewer", "password": people["viewer"]}
    answer = served().post("/api/session", json=shown, headers={"origin": "https://evil.example"})
    assert answer.status_code == 403


def test_wrong_passwords_lock_an_account_and_tell_nothing(house, served, people):
    right = house.account("locked", "viewer")
    client = served(sign_in={"attempts": 3})
    wrong = [sign_in(client, "locked", "not the password") for _ in range(3)]
    unknown = sign_in(client, "nobody-here", "not the password")
    locked = sign_in(client, "locked", right)
    assert {answer.status_code for answer in (*wrong, unknown, locked)} == {401}
    assert len({answer.text for answer in (*wrong, unknown, locked)}) == 1
    assert sign_in(client, "steward", people["steward"]).status_code == 200


def test_a_lock_ends_by_itself_or_by_a_new_password(house, served, typed):
    right = house.account("relocked", "viewer")
    client = served(sign_in={"attempts": 3})
    for _ in range(3):
        sign_in(client, "relocked", "not the password")
    assert sign_in(client, "relocked", right).status_code == 401
    with house.store.writing(SHARING) as connection:
        connection.execute(schema.account.update().values(locked_until=long_ago()))
    assert sign_in(client, "relocked", right).status_code == 200
    new = typed("base", "account", "amend", "relocked", "--reset")["password"]
    assert client.get("/api/session").status_code == 401
    assert sign_in(client, "relocked", right).status_code == 401
    assert sign_in(client, "relocked", new).status_code == 200


def test_an_account_that_is_disabled_is_out_at_once(house, served, typed):
    client, right = served(), house.account("disabled", "viewer")
    sign_in(client, "disabled", right)
    shown = typed("base", "token", "create", "--account", "disabled")["shown"]
    machine = {"authorization": f"Bearer {shown}"}
    assert client.get("/api/session", headers=machine).status_code == 200
    typed("base", "account", "disable", "disabled")
    assert client.get("/api/session").status_code == 401
    assert client.get("/api/session", headers=machine).status_code == 401
    assert sign_in(client, "disabled", right).status_code == 401


@pytest.mark.parametrize("column", ["seen", "began"])
def test_sessions_end_by_age_and_when_nothing_is_asked(house, served, people, column):
    client = served()
    sign_in(client, "viewer", people["viewer"])
    assert client.get("/api/session").status_code == 200
    with house.store.writing(SHARING) as connection:
        connection.execute(schema.session.update().values({column: long_ago()}))
    assert client.get("/api/session").status_code == 401


def long_ago():
    return datetime.now(UTC) - timedelta(hours=9)


def test_a_token_acts_as_its_account_until_it_is_revoked(served, people, typed):
    client = served()
    given = typed("base", "token", "create", "--account", "steward", "--label", "gauge")
    machine = {"authorization": f"Bearer {given['shown']}"}
    done = client.post("/api/base/put", json=PUT, headers=machine)
    assert done.status_code == 200
    typed("base", "token", "revoke", "--token", given["rows"][-1]["token"])
    assert client.post("/api/base/put", json=PUT, headers=machine).status_code == 401
    assert typed("base", "token", "list")["rows"][-1]["revoked_at"]


@pytest.mark.parametrize("shown", ["", "Bearer ", "Bearer x", "Basic eDp4", "Bearer hutuo_0_0"])
def test_what_is_no_token_is_refused_though_a_cookie_is_right(served, people, shown):
    client = served()
    sign_in(client, "viewer", people["viewer"])
    answer = client.get("/api/session", headers={"authorization": shown})
    assert answer.status_code == (401 if shown else 200)


def test_the_store_holds_nothing_that_could_be_shown(house, served, people, typed):
    client = served()
    sign_in(client, "viewer", people["viewer"])
    token = typed("base", "token", "create", "--account", "viewer")["shown"]
    with house.store.engine.connect() as connection:
        tables = ("sharing_account", "sharing_session", "sharing_token", "audit_entry")
        held = "".join(
            str(connection.exec_driver_sql(f"SELECT * FROM {name}").all()) for name in tables
        )
    for secret in (people["viewer"], client.cookies["hutuo"], token):
        assert secret not in held
    assert held.count("$argon2id$") >= len(ROLES)


def test_signing_in_and_failing_to_are_audited(served, people, typed):
    client = served()
    sign_in(client, "viewer", "not the password")
    sign_in(client, "viewer", people["viewer"])
    rows = typed("base", "audit", "list", "--verb", "session", "--limit", "2")["rows"]
    notes = [row["about"]["changes"][0] for row in rows]
    assert notes == [{"signed_in": "viewer"}, {"failed": "viewer"}]


def test_a_password_is_in_no_entry_of_the_audit(house, typed):
    word = "one that somebody chose"
    words = ("base", "account", "create", "chosen", "--roles", "viewer", "--password", word)
    assert typed(*words)["password"] is None
    told = typed("base", "audit", "list", "--limit", "1")["rows"][0]
    assert set(told["about"]["ask"]["password"]) == {"*"}
    assert word not in json.dumps(told)


def test_no_account_has_both_an_office_and_its_control(typed):
    for roles in ("admin,steward", "auditor,officer", "admin,auditor", ""):
        told = typed("base", "account", "create", "both", "--roles", roles, code=2)
        assert "duties are apart" in told["hint"]
    told = typed("base", "account", "create", "x1", "--roles", "king", code=4)
    assert "no role 'king'" in told["message"]


@pytest.mark.parametrize("password", ["short", "my name is weak1", "x" * 201])
def test_a_weak_password_is_refused(typed, password):
    words = ("base", "account", "create", "weak1", "--roles", "viewer")
    assert "12 to 200" in typed(*words, "--password", password, code=2)["hint"]


def test_an_account_is_of_a_body_that_is_there(typed):
    words = ("base", "account", "create", "viewer", "--roles", "viewer", "--body", "nowhere")
    assert "no body 'nowhere'" in typed(*words, code=4)["message"]


def test_rights_by_role_are_these():
    """A matrix of every verb and every role: what the registry grows is in it without being listed."""
    for path, found in VERBS.items():
        right = needed(found)
        able = {role for role in ROLES if right in ROLES[role]}
        reads = right == deeds.READ
        assert able == (
            {"viewer", "analyst", "steward", "officer"}
            if reads
            else {"auditor"}
            if path in ("base/audit", "ledger/verify", "ledger/export-head")
            else {"admin"}
            if path in ("base/account", "base/body", "base/identity", "base/token")
            else able - {"viewer", "auditor", "admin"}
        ), path
        if not reads:
            assert not {"check", "action"} <= found.ask.model_fields.keys() or able != {"viewer"}


@pytest.mark.parametrize("role", ROLES)
def test_an_account_gets_the_verbs_of_its_role_and_no_other(served, people, role):
    """Over the network, with the asks of all verbs: what is not allowed is refused before it runs."""
    client = served()
    assert sign_in(client, role, people[role]).status_code == 200
    actor = deeds.Actor(role, "gov", rights_of((role,)))
    refused = {}
    for path, found in VERBS.items():
        try:
            allow(actor, found, found.read(ASKS[path]))
        except HutuoError:
            answer = ask(client, path, ASKS[path])
            refused[path] = answer.status_code
    assert set(refused.values()) == {403}
    writes = {path for path, found in VERBS.items() if needed(found) not in (deeds.READ,)}
    if role == "viewer":
        assert refused.keys() >= {
            p for p in writes if needed(VERBS[p], read(p)) not in (deeds.READ, ANYBODYS)
        }
    if role in ALONE:
        assert refused.keys() >= {p for p in VERBS if needed(VERBS[p], read(p)) == deeds.READ}


def read(path):
    return VERBS[path].read(ASKS[path])


def test_only_who_may_write_writes(served, people):
    client = served()
    for role in ROLES:
        sign_in(client, role, people[role])
        answer = ask(client, "base/put", PUT)
        assert answer.status_code == (200 if role == "steward" else 403), role


def test_an_analyst_writes_on_branches_only(served, people):
    client = served()
    sign_in(client, "analyst", people["analyst"])
    made = ask(client, "base/branch", {"action": "create", "name": "mine"})
    assert made.status_code == 200
    branch = client.post("/api/base/put?branch=mine", json=PUT, headers=HERE)
    assert branch.status_code == 200
    assert ask(client, "base/put", PUT).status_code == 403
    merge = ask(client, "base/branch", {"action": "merge", "name": "mine"})
    assert merge.status_code == 403


def test_an_analyst_saves_boards_of_his_own_and_a_viewer_only_looks(served, people):
    tile = {"verb": "base/values", "ask": {"indicator": "people"}}
    given = {"action": "save", "board": "mine", "title": "我的看板", "tiles": [tile]}
    client = served()
    sign_in(client, "viewer", people["viewer"])
    assert ask(client, "duty/board", given).status_code == 403
    sign_in(client, "analyst", people["analyst"])
    made = ask(client, "duty/board", given)
    assert (made.status_code, made.json()["account"]) == (200, "analyst")
    for role in ("steward", "officer"):
        sign_in(client, role, people[role])
        over = ask(client, "duty/board", given)
        assert "save it under another id" in over.json()["hint"], role
        assert ask(client, "duty/board", given | {"board": f"of-{role}"}).status_code == 200
    sign_in(client, "viewer", people["viewer"])
    assert ask(client, "duty/board", {"board": "mine"}).json()["version"] == 1


def test_a_verb_that_only_looks_keeps_nothing(house):
    """The last line: whatever a verb is taken for, what it would change is refused where it is kept."""
    viewer = deeds.Actor("viewer", "gov", rights_of(("viewer",)))
    deed, region = allow(viewer, find_verb("base", "table"), None), house.region
    with deeds.acting(viewer), deeds.doing(deed), pytest.raises(Forbidden, match="only look"):
        region.create_branch("sneaked")
    with deeds.acting(viewer), pytest.raises(Forbidden):
        region.create_branch("sneaked")
    assert "sneaked" not in region.lake.branches()


def test_nobody_acts_for_another_body(served, people):
    client = served()
    sign_in(client, "officer", people["officer"])
    values = {"action": "make", "instrument": "x", "body": "second"}
    answer = ask(client, "exchange/book", values)
    assert answer.status_code == 403
    assert "may not use exchange/book for second" in answer.json()["message"]
    # Nor does anybody see what only another body sees.
    for path in ("exchange/leads", "economy/funnel"):
        answer = ask(client, path, {"as": "second"})
        assert answer.status_code == 403
        assert f"may not use {path} for second" in answer.json()["message"]


def test_a_deployment_is_of_one_region(served, people):
    client = served()
    sign_in(client, "viewer", people["viewer"])
    answer = client.post("/api/base/region?region=shijiazhuang", json={}, headers=HERE)
    assert answer.status_code == 404


def test_who_looks_after_the_service_reads_its_metrics_and_no_data(served, people):
    client = served()
    sign_in(client, "admin", people["admin"])
    text = client.get("/metrics").text
    assert 'hutuo_requests_total{method="POST",status="200"}' in text
    assert "hutuo_requests_in_flight 1" in text
    assert ask(client, "base/table", {"name": "unit"}).status_code == 403
    assert ask(client, "base/audit").status_code == 403
    assert ask(client, "base/care", {"action": "status"}).status_code == 200
    assert ask(client, "base/care", {"action": "rebuild"}).status_code == 403
    sign_in(client, "viewer", people["viewer"])
    assert client.get("/metrics").status_code == 403


def test_a_job_is_shown_to_who_asked_for_it(served, people):
    client = served()
    sign_in(client, "viewer", people["viewer"])
    job = client.post("/api/base/regions?job=true", json={}, headers=HERE).json()["job"]
    assert client.get(f"/api/jobs/{job}").status_code == 200
    sign_in(client, "steward", people["steward"])
    assert client.get(f"/api/jobs/{job}").status_code == 404
    assert client.delete(f"/api/jobs/{job}", headers=HERE).status_code == 404


def test_what_is_too_large_is_refused_before_it_is_read(served, people):
    client = served(limits={"ask_bytes": 2_000, "upload_bytes": 3_000})
    sign_in(client, "steward", people["steward"])
    assert ask(client, "any/thing", {"name": "x" * 2_000}).status_code == 413
    big = client.put("/api/uploads?name=a.csv", content=b"x" * 3_001, headers=HERE)
    assert big.status_code == 413
    fits = client.put("/api/uploads?name=a.csv", content=b"x" * 3_000, headers=HERE)
    assert fits.status_code not in (403, 413)
    sign_in(client, "viewer", people["viewer"])
    none = client.put("/api/uploads?name=a.csv", content=b"x", headers=HERE)
    assert none.status_code == 403


def test_an_account_that_asks_too_much_is_told_when_to_go_on(served, people):
    client = served(limits={"requests_per_minute": 5})
    sign_in(client, "viewer", people["viewer"])
    answers = [client.get("/api/session") for _ in range(8)]
    assert [answer.status_code for answer in answers] == [200] * 5 + [429] * 3
    assert int(answers[-1].headers["retry-after"]) >= 1
    assert answers[-1].json()["error"] == "too_many"


def test_guessing_from_one_address_is_slowed_down(served, people):
    client = served(limits={"sign_ins_per_minute": 3})
    codes = [sign_in(client, f"guess{n}", "not the password").status_code for n in range(5)]
    assert codes == [401, 401, 401, 429, 429]


def test_a_full_service_turns_away_and_recovers(served, people):
    client = served(limits={"at_once": 1})
    sign_in(client, "viewer", people["viewer"])
    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(lambda _: client.get("/api/session").status_code, range(48)))
    assert set(codes) <= {200, 429}
    assert 200 in codes
    assert client.get("/api/session").status_code == 200


def test_who_listens_takes_no_room_of_those_who_ask(house, people):
    service = house.small(limits={"at_once": 1, "listeners": 1})
    begun, ends = threading.Event(), threading.Event()

    @service.get("/api/any/events")
    def listened():
        begun.set()
        return {"ended": ends.wait(20)}

    with house.client(service) as client, ThreadPoolExecutor(1) as pool:
        sign_in(client, "viewer", people["viewer"])
        first = pool.submit(client.get, "/api/any/events")
        assert begun.wait(20)
        assert client.get("/api/session").status_code == 200
        assert client.get("/api/any/events").status_code == 429
        ends.set()
        assert first.result().json() == {"ended": True}
        assert client.get("/api/any/events").status_code == 200


def test_a_bucket_fills_evenly():
    now = [0.0]
    rate = Rate(60, lambda: now[0])
    assert [rate.take("a") for _ in range(60)] == [0.0] * 60
    assert rate.take("a") == pytest.approx(1.0)
    assert rate.take("b") == 0
    now[0] = 1.0
    assert (rate.take("a"), rate.take("a")) == (0, pytest.approx(1.0))


def test_two_services_on_one_store_are_one(served, people):
    first, second = served(), served()
    sign_in(first, "viewer", people["viewer"])
    second.cookies.set("hutuo", first.cookies["hutuo"])
    assert second.get("/api/session").status_code == 200
    first.delete("/api/session", headers=HERE)
    assert second.get("/api/session").status_code == 401


def test_it_works_on_postgresql(postgres, house, typed, monkeypatch):
    monkeypatch.setenv(VARIABLE, postgres)
    typed("base", "dataset", "own", "unit", "--body", "gov")
    made = typed("base", "account", "create", "pg-one", "--roles", "steward", "--body", "gov")
    there = type(house)(house.folder)
    client = there.client()
    assert sign_in(client, "pg-one", made["password"]).status_code == 200
    assert ask(client, "base/put", PUT).status_code == 200
    told = typed("base", "audit", "verify")
    assert (told["ok"], told["entries"]) == (True, 4)


def test_a_file_of_a_deployment_is_read_and_every_fault_of_it_told(tmp_path):
    file = tmp_path / "deployment.toml"
    file.write_text(
        'region = "shijiazhuang"\nhosts = ["data.example.cn"]\n[sign_in]\nattempts = 3\n',
        encoding="utf-8",
    )
    found = read_deployment(file)
    assert (found.tls, found.sign_in.attempts, found.limits.at_once) == (True, 3, 64)
    file.write_text("hosts = []\ncolour = 1\n[limits]\nat_once = 0\n", encoding="utf-8")
    with pytest.raises(BadInput) as told:
        read_deployment(file)
    where = {finding.column for finding in told.value.findings}
    assert where == {"region", "hosts", "colour", "limits.at_once"}
    file.write_text("region =", encoding="utf-8")
    with pytest.raises(BadInput, match=r"deployment\.toml"):
        read_deployment(file)
    with pytest.raises(NotFound):
        read_deployment(Path("nowhere.toml"))


def test_nobody_signs_in_where_the_owner_is_alone(house):
    with TestClient(app(Settings(region=house.folder))) as client:
        me = client.get("/api/session").json()
        assert (me["account"], me["owner"]) == ("owner", True)
        assert client.get("/health").json()["ok"] is True
        assert client.post("/api/base/put", json=PUT).status_code == 200
        assert client.get("/sign-in").status_code in (200, 404)
        assert "hutuo" not in client.cookies
