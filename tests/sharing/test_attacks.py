"""What an attacker tries at a service for several bodies, each once, over its own doors."""

import asyncio
import time

import pytest
from starlette.exceptions import HTTPException

from asks import ASKS
from hutuo.api import duty
from hutuo.api.app import _http
from hutuo.api.bodies import SLOWEST, bounded
from hutuo.api.gate import DATA
from hutuo.base import deeds
from hutuo.base.sharing.rights import ROLES, allow, needed, rights_of
from hutuo.errors import BadAsk, Forbidden, NotSignedIn
from hutuo.verbs import all_verbs

VERBS = {found.path: found for found in all_verbs()}
HERE = {"origin": "http://testserver"}
# Where a file, a table, a place or a column is named.
PATHS = (
    "../../../../etc/passwd",
    "..%2f..%2f..%2fetc%2fpasswd",
    "/etc/passwd",
    "upload:../../etc/passwd",
    "upload:" + "0" * 32 + "/../../../etc/passwd",
    "file:///etc/passwd",
)
# Where the service would have to ask another machine, or itself.
ADDRESSES = (
    "http://127.0.0.1:9/",
    "http://169.254.169.254/latest/meta-data/",
    "https://example.org/a.csv",
    "s3://bucket/a.parquet",
    "//127.0.0.1/share/a.csv",
)
INJECTED = (
    "x' OR '1'='1",
    "x'; DROP TABLE lake.unit; --",
    'x" OR 1=1 --',
    "x') UNION SELECT * FROM read_csv('/etc/passwd') --",
    "1; ATTACH '/etc/passwd' AS p",
    "\\x00",
)


@pytest.fixture(autouse=True)
def here(house):
    """All tests are in the house."""


@pytest.fixture(scope="module")
def client(house):
    with house.client() as made:
        yield made


@pytest.fixture
def entered(house, client):
    """Signs an account in."""

    def enter(account):
        client.cookies.clear()
        shown = {"account": account, "password": house.passwords[account]}
        assert client.post("/api/session", json=shown, headers=HERE).status_code == 200
        return client

    return enter


def ask(client, path, values=None):
    return client.post(f"/api/{path}?lang=en", json=values or {}, headers=HERE)


# What a verb does with its file, where it does not always take one.
TAKING = {
    "base/audit": {"action": "export-head"},
    "base/branch": {"action": "replay", "name": "again"},
    "base/care": {"action": "restore"},
}
FILES = sorted(path for path, found in VERBS.items() if "file" in found.ask.model_fields)


@pytest.mark.parametrize("path", FILES)
def test_no_verb_opens_a_path_or_an_address_that_a_request_names(entered, path):
    """Every verb that takes a file, every spelling: path traversal and requests to other machines."""
    role = (
        next(role for role in ROLES if needed(VERBS[path]) in ROLES[role])
        if needed(VERBS[path]) != "owner"
        else "admin"
    )
    client = entered(role)
    for given in (*PATHS, *ADDRESSES):
        answer = ask(client, path, ASKS[path] | TAKING.get(path, {}) | {"file": given})
        assert answer.status_code in (400, 403, 404, 422), (given, answer.text)
        assert "root:" not in answer.text


@pytest.mark.parametrize("place", ["/", "/assets/", "/api/", "/ogc/collections/", "/sta/v1.1/"])
@pytest.mark.parametrize(
    "way", ["../../pyproject.toml", "%2e%2e/%2e%2e/etc/passwd", "..%5c..%5cx"]
)
def test_no_address_leads_out_of_the_pages(entered, place, way):
    answer = entered("viewer").get(place + way)
    assert "root:" not in answer.text
    assert "[project]" not in answer.text


def test_a_name_of_an_upload_stays_a_name(entered, house):
    client = entered("steward")
    for name in ("../../x.csv", "..\\..\\x.csv", "/etc/x.csv", "a/../../x.csv"):
        kept = client.put("/api/uploads", params={"name": name}, content=b"a\n", headers=HERE)
        assert kept.json()["file"].endswith("/x.csv")
        assert kept.json()["file"].count("/") == 1


@pytest.mark.parametrize("words", INJECTED)
def test_sql_in_a_filter_is_a_value_that_nothing_has(entered, house, words):
    """In every filter of the tables, of features and of SensorThings: no row more, no table less."""
    client, before = entered("steward"), len(house.region.records("unit"))
    asks = (
        ("base/table", {"name": "unit", "where": {"unit": words}}),
        ("base/table", {"name": words}),
        ("base/query", {"places": [words]}),
        ("base/values", {"indicator": words}),
        ("base/history", {"table": "unit", "key": {"unit": words}}),
    )
    for path, values in asks:
        answer = ask(client, path, values)
        assert answer.status_code in (200, 400, 404, 422), (path, answer.text)
        if answer.status_code == 200:
            rows = answer.json()
            rows = rows.get("rows", []) if isinstance(rows, dict) else rows
            assert rows == [], path
    for path, query in (
        ("/ogc/collections/unit/items", {"unit": words}),
        ("/ogc/collections/unit/items", {"source": words}),
        (
            "/ogc/collections/unit/items",
            {"filter": f"unit = '{words}'", "filter-lang": "cql2-text"},
        ),
        ("/ogc/collections/unit/items", {"sortby": words}),
        ("/sta/v1.1/Things", {"$filter": f"name eq '{words}'"}),
        ("/sta/v1.1/Things", {"$orderby": words}),
        ("/sta/v1.1/Observations", {"$filter": words}),
    ):
        answer = client.get(path, params=query)
        assert answer.status_code in (200, 400, 404), (path, query, answer.text)
        if answer.status_code == 200 and "sortby" not in query:
            told = answer.json()
            assert told.get("features", told.get("value", [])) == [], (path, query)
    assert len(house.region.records("unit")) == before


def pieces(*messages, clock=None, takes=0.0):
    """A body that comes in pieces, each after so many seconds of a clock."""
    waiting = list(messages)

    async def receive():
        if clock is not None:
            clock[0] += takes
        return waiting.pop(0)

    return receive


def piece(size, *, more=True):
    return {"type": "http.request", "body": b"x" * size, "more_body": more}


async def drained(receive):
    size = 0
    while True:
        message = await receive()
        size += len(message["body"])
        if not message["more_body"]:
            return size


def test_a_body_in_chunks_is_bounded_whatever_its_headers_say():
    fits = bounded(pieces(piece(600), piece(400, more=False)), 1_000)
    assert asyncio.run(drained(fits)) == 1_000
    with pytest.raises(BadAsk, match="too large") as told:
        asyncio.run(drained(bounded(pieces(piece(600), piece(401)), 1_000)))
    assert told.value.http_status == 413


def test_a_body_that_trickles_is_refused_though_each_piece_is_in_time():
    """A byte every 20 s, 30 s are allowed: refused with the second piece, as nothing came meanwhile."""
    clock = [0.0]
    slow = bounded(pieces(*[piece(1)] * 10, clock=clock, takes=20.0), 10**6, 30, lambda: clock[0])
    with pytest.raises(BadAsk, match="too slowly") as told:
        asyncio.run(drained(slow))
    assert (told.value.http_status, clock[0]) == (408, 40.0)
    clock = [0.0]
    steady = [piece(20 * SLOWEST)] * 9 + [piece(1, more=False)]
    enough = bounded(pieces(*steady, clock=clock, takes=20.0), 10**6, 30, lambda: clock[0])
    assert asyncio.run(drained(enough)) == 180 * SLOWEST + 1


def test_chunks_without_a_length_are_refused_before_and_while_they_come(house):
    """Through the whole gate: an upload in chunks, larger than the deployment takes."""
    service = house.small(limits={"ask_bytes": 2_000})

    service.add_exception_handler(HTTPException, _http)

    @service.post("/api/any")
    async def read(told: dict) -> int:
        return len(told)

    token = house.typed("base", "token", "create", "--account", "steward")["shown"]
    machine = {"authorization": f"Bearer {token}", "content-type": "application/json"}
    with house.client(service) as client:
        small = client.post("/api/any", content=iter([b'{"a":', b"1}"]), headers=machine)
        assert (small.status_code, small.json()) == (200, 1)
        big = client.post(
            "/api/any", content=iter([b'{"a":"'] + [b"x" * 500] * 9), headers=machine
        )
    assert (big.status_code, big.json()["error"]) == (413, "bad_ask")


def test_an_unknown_account_takes_as_long_as_a_wrong_password(house, client, monkeypatch):
    """With a hash that takes its time, neither answer, status, header nor time tells whether it is there."""
    from argon2 import PasswordHasher

    from hutuo.base.sharing import passwords

    monkeypatch.setattr(passwords, "hasher", PasswordHasher(time_cost=4, memory_cost=16_384))
    passwords._nobodys.cache_clear()
    house.typed("base", "account", "create", "timed", "--roles", "viewer")
    told = {}
    for name in ("timed", "nobody-at-all") * 6:
        began = time.perf_counter()
        shown = {"account": name, "password": "not the password"}
        answer = client.post("/api/session", json=shown, headers=HERE)
        told.setdefault(name, []).append((time.perf_counter() - began, answer))
    passwords._nobodys.cache_clear()
    known, unknown = (sorted(seconds for seconds, _ in told[name][1:4]) for name in told)
    assert unknown[1] > known[0] / 4
    texts = {answer.text for rows in told.values() for _, answer in rows}
    heads = {tuple(sorted(answer.headers)) for rows in told.values() for _, answer in rows}
    assert (len(texts), len(heads)) == (1, 1)


@pytest.mark.parametrize("role", ROLES)
def test_what_a_role_may_not_do_is_done_by_no_verb_for_any_object(entered, role):
    """Body x role x verb x object, from the registry: other bodies' names where a verb takes a body."""
    actor = deeds.Actor(role, "gov", rights_of((role,)))
    client, tried = entered(role), 0
    for path, found in VERBS.items():
        fields = found.ask.model_fields
        names = [f.alias or n for n, f in fields.items() if n in ("body", "as_")]
        for name in names:
            given = ASKS[path] | {name: "second"}
            try:
                allow(actor, found, found.read(given))
            except BadAsk:
                continue
            except Forbidden:
                answer = ask(client, path, given)
                assert answer.status_code == 403, (path, name)
                tried += 1
    assert tried


def test_the_page_of_sign_in_escapes_what_it_is_given_and_hides_the_password(client):
    given = "/x\"><script>alert(1)</script>&y='"
    for way in ({"back": given}, {"lang": given}):
        page = client.get("/sign-in", params=way).text
        assert "<script" not in page
        assert 'name="password" type="password" autocomplete="current-password"' in page
        assert "onpaste" not in page
    told = client.post("/sign-in", data={"account": given, "password": given}, headers=HERE)
    assert "<script" not in told.text


@pytest.mark.parametrize(
    "word", ["  Blanks before, UPPER, 汉字 and after  ", "x" * 63 + "Y", "a" * 200]
)
def test_a_password_is_taken_as_it_is(house, client, word):
    """Blanks, case, any letters and 64 characters or more count; what is almost it is not it."""
    if "taken" not in house.passwords:
        house.passwords["taken"] = house.typed(
            "base", "account", "create", "taken", "--roles", "viewer"
        )["password"]
    house.typed("base", "account", "amend", "taken", "--password", word)
    for shown, status in ((word, 200), (word.strip() + "!", 401), (word.swapcase(), 401)):
        client.cookies.clear()
        body = {"account": "taken", "password": shown}
        assert client.post("/api/session", json=body, headers=HERE).status_code == status


def test_no_method_tells_a_request_back(entered):
    client = entered("viewer")
    for path in ("/", "/api/verbs", "/api/base/table", "/ogc/", "/sta/v1.1/"):
        for method in ("TRACE", "TRACK", "CONNECT"):
            answer = client.request(method, path, headers={**HERE, "x-told": "back"})
            assert answer.status_code == 405, (method, path)
            assert "back" not in answer.text


def test_what_was_revoked_opens_no_door_again(house, client):
    """A token that was revoked and a session that was ended, shown again at every kind of door."""
    house.account("fleeting", "steward", "--body", "gov")
    doors = (
        *(("GET", path) for path in ("/ogc/collections", "/sta/v1.1/Things", "/api/session")),
        ("GET", "/ogc/collections/unit/tiles/0/0/0"),
        ("GET", "/api/duty/events"),
        ("GET", "/metrics"),
        ("POST", "/api/base/table"),
        ("POST", "/ogc/processes/base.table/execution"),
        ("PUT", "/api/uploads?name=a.csv"),
    )
    given = house.typed("base", "token", "create", "--account", "fleeting")
    token = {"authorization": f"Bearer {given['shown']}"}
    client.cookies.clear()
    shown = {"account": "fleeting", "password": house.passwords["fleeting"]}
    assert client.post("/api/session", json=shown, headers=HERE).status_code == 200
    ((name, session),) = client.cookies.items()
    client.cookies.clear()
    cookie = {"cookie": f"{name}={session}", **HERE}
    for way in (token, cookie):
        assert client.get("/api/session", headers=way).status_code == 200
    house.typed("base", "token", "revoke", "--token", given["rows"][-1]["token"])
    assert client.delete("/api/session", headers=cookie).status_code == 204
    for way in (token, cookie):
        for method, path in doors:
            assert client.request(method, path, headers=way).status_code == 401, path


def test_every_door_of_the_service_is_known_to_the_gate_as_one_of_data(house):
    """A new interface lies behind the right to read, and is kept in no cache."""
    for path in house.service().openapi()["paths"]:
        assert path.startswith(DATA) or path == "/health", path


def test_a_parameter_that_is_named_twice_opens_nothing(house, entered):
    """Neither does the gate see one region and the route another, nor do two filters show more than one."""
    client = entered("viewer")
    for names in ((house.folder, "nowhere"), ("nowhere", house.folder)):
        query = "&".join(f"region={name}" for name in names)
        assert client.get(f"/ogc/collections?{query}").status_code == 404
        told = client.post(f"/api/base/table?{query}", json={"name": "unit"}, headers=HERE)
        assert told.status_code == 404
    twice = client.get("/ogc/collections/unit/items?unit=990101&unit=990102").json()
    assert twice["numberMatched"] <= 1


def test_a_listener_who_is_let_in_no_longer_hears_no_more(house):
    """What goes on and on ends when the session does, the token is revoked, or the register is shut."""
    reader = deeds.Actor("reader", "nobodys", frozenset({deeds.READ}))

    async def heard(still):
        return [piece async for piece in duty._told(house.region, 0, "en", still)]

    def out():
        raise NotSignedIn("the session has ended")

    assert asyncio.run(heard(out)) == ["retry: 1000\n\n"]
    house.typed("base", "dataset", "close", "register:duty")
    try:
        with deeds.acting(reader):
            assert asyncio.run(heard(None)) == ["retry: 1000\n\n"]
    finally:
        house.typed("base", "dataset", "open", "register:duty")
