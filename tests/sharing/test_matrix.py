"""Body x role x verb x object, from the registry: who is of another body learns nothing and changes nothing.

Nothing learnt is held to the letter: what a stranger is told of a region that is full is what he is told
of one that holds nothing, whatever he asks through whatever door. What is new is in it by itself.
"""

import hashlib
import json
import re
import typing
from dataclasses import replace

import pytest
import sqlalchemy as sa

import agreed
import alarmed
import linked
import tiny
import traded
from asks import ASKS
from gauges import GAUGE
from hutuo.base import deeds, shaped, uploads
from hutuo.base.sensing.kinds import KINDS
from hutuo.base.sensing.schema import SENSING
from hutuo.base.sharing import agreements
from hutuo.base.sharing.registers import names
from hutuo.base.sharing.rights import ANYBODYS, ROLES, allow, needed, rights_of
from hutuo.base.sharing.schema import SHARING
from hutuo.base.store import store_of
from hutuo.base.tables import tables
from hutuo.errors import BadAsk, Forbidden, HutuoError
from hutuo.ledger.posting import Post, post
from hutuo.ledger.schema import LEDGER, entry
from hutuo.verbs import all_verbs

VERBS = all_verbs()
SECOND = {
    "body": "second",
    "zh": "二",
    "en": "Second",
    "kind": "department",
    "unit": "",
    "source": "book",
}
BARE = (
    'id = "little"\nzh = "小都市圈"\nen = "Little area"\nreleased = 2025-01-01\nset = "set:area"\n'
)
# Of a whole deployment: what all bodies did, who has an account, how the files are; and no row of a table.
OVER_ALL = (deeds.AUDIT, deeds.PEOPLE, deeds.CARE, ANYBODYS)


@pytest.fixture(scope="module")
def full(house):
    """A region with everything in it, all of it of one body and shut."""
    region = house.region
    house.typed("base", "put", "--table", "body", "--rows", json.dumps(SECOND | {"unit": None}))
    post(region, Post(entries=tiny.ENTRIES))
    agreed.agree(region)
    linked.link(region)
    for fill in (traded.trade, traded.use, traded.pay, traded.meet, alarmed.alarm):
        fill(region)
    house.typed("base", "dataset", "close", "all")
    house.typed("base", "dataset", "own", "all", "--body", "gov")
    # The tables of sensors are made when they are first asked for.
    store_of(region).ready(SENSING)
    return region


@pytest.fixture(scope="module")
def bare(house, full, tmp_path_factory):
    """A region of the same name that holds nothing."""
    folder = tmp_path_factory.mktemp("bare")
    (folder / "region.toml").write_text(BARE, encoding="utf-8")
    there = {
        "source": tiny.ROWS["source"],
        "body": [*tiny.ROWS["body"], ",".join(SECOND.values())],
        "unit": ["990100,空,Void,prefecture,,no,book"],
        "place": ["set:area,set,空,Void,,no,990100,book"],
        "membership": ["set:area,990100,whole,,book"],
    }
    for table, rows in there.items():
        text = "\n".join([tiny.HEADS[table], *rows]) + "\n"
        (folder / f"{table}.csv").write_text(text, encoding="utf-8")
    made = type(house)(folder)
    made.typed("base", "dataset", "own", "all", "--body", "gov")
    return made


def outcome(region, actor, found, ask):
    """What somebody is told: an answer, or an error with all its words."""
    # Each request has a view of its own, which remembers names and sources.
    region = replace(region)
    with deeds.acting(actor):
        try:
            deed = allow(actor, found, ask, region.branch)
            with uploads.over_network(), deeds.doing(deed):
                return found.dumps(found.run(region if found.needs_region else None, ask))
        except HutuoError as error:
            return error.name, error.http_status, error.words, error.advice


PAIR = ("gov", "second")
# Names that stand in rows alone.
IN_ROWS = ("人口库", "养老服务目录", "丙县", "跨河桥", "耐磨涂层", "轴承磨损")


def asks(found):
    """What a verb may be asked: as it is, for good, with every action, in the other's name."""
    fields = {field.alias or name: field for name, field in found.ask.model_fields.items()}
    given = ASKS[found.path]
    ways = [given]
    if "check" in fields:
        ways.append({name: value for name, value in given.items() if name != "check"})
    if "action" in fields:
        ways += [given | {"action": one} for one in typing.get_args(fields["action"].annotation)]
    ways += [given | {name: body} for name in ("as", "body") if name in fields for body in PAIR]
    for way in ways:
        try:
            yield found.read(way)
        except BadAsk:
            continue


def report(told):
    """What differs, a line each."""
    return "\n".join(f"{key}: {value}" for key, value in told.items())


def standing(region):
    """Everything that is kept: the last change of the lake, a digest of each table of the store.

    When a token or a session was last seen is noted now and then, whatever it asked for.
    """
    store = store_of(region)
    schema = None if store.is_file else store.schema
    rows = {}
    with store.engine.connect() as connection:
        for name in sa.inspect(connection).get_table_names(schema):
            told = connection.execute(sa.text(f'SELECT * FROM "{name}"'))
            kept = [i for i, column in enumerate(told.keys()) if column != "seen"]
            held = sorted(repr([row[i] for i in kept]) for row in told)
            rows[name] = hashlib.sha256(repr(held).encode())
    return region.lake.snapshot(), {name: digest.hexdigest() for name, digest in rows.items()}


@pytest.mark.parametrize("role", ROLES)
def test_a_stranger_learns_nothing_and_changes_nothing(role, full, bare):
    """Every verb, with every action, for good: as in a region that holds nothing, and nothing is kept."""
    actor, before = deeds.Actor(role, "second", rights_of((role,))), standing(full)
    told, seen, asked = {}, {}, 0
    for found in VERBS:
        for ask in asks(found):
            right = needed(found, ask)
            asked += 1
            if right in OVER_ALL:
                # Once each: what is tended takes its time.
                key = found.path, right
                if key not in seen:
                    seen[key] = str(outcome(full, actor, found, ask))
                    if any(word in seen[key] for word in IN_ROWS):
                        told[found.path, str(ask)[:100]] = seen[key]
                continue
            here, there = (outcome(one, actor, found, ask) for one in (full, bare.region))
            if here != there:
                told[found.path, str(ask)[:100]] = str(here)[:300], str(there)[:300]
    assert told == {}, report(told)
    assert asked > len(VERBS)
    assert standing(full) == before


def test_every_table_of_another_body_is_shut_for_reading_and_writing(full):
    """Each table, each role: no row is told, none is taken, not even looked at for faults."""
    read, put = (
        next(one for one in VERBS if one.path == f"base/{name}") for name in ("table", "put")
    )
    for role in ROLES:
        actor = deeds.Actor(role, "second", rights_of((role,)))
        for name, table in tables().items():
            row = dict.fromkeys(table.keys, "x")
            for verb, given in (
                (read, {"name": name}),
                (put, {"table": name, "rows": [row]}),
                (put, {"table": name, "rows": [row], "check": True}),
                (put, {"table": name, "rows": [row], "retract": True}),
            ):
                told = outcome(full, actor, verb, verb.read(given))
                assert told[0] == "forbidden", (role, verb.path, given, told)


# An entry about one's own accounts; the tests' own ones are between others.
OF_ONES_OWN = {
    "ledger/post": {
        "entries": [
            {
                "key": "own",
                "effective": "2025-01-01",
                "postings": [
                    {"account": "outside/tax", "commodity": "TAX", "amount": -1},
                    {"account": "gov/tax", "commodity": "TAX", "amount": 1},
                ],
            }
        ],
        "check": True,
    }
}


# Parts whose verbs compile what they run before the first answer, which takes longer than all else here.
COMPILED = ("space", "siting")


def test_a_bodys_own_people_may_what_their_role_may(full):
    """The counterpart: what is refused to one's own body is refused for the role alone."""
    refused, allowed = {}, 0
    for found in VERBS:
        fields = [field.alias or name for name, field in found.ask.model_fields.items()]
        if ASKS[found.path].get("check") is not True:
            continue
        acting = [name for name in ("as", "body") if name in fields]
        given = OF_ONES_OWN.get(found.path, ASKS[found.path])
        ask = found.read(given | dict.fromkeys(acting, "gov"))
        for role in ROLES:
            actor = deeds.Actor(role, "gov", rights_of((role,)))
            right = needed(found, ask) in actor.rights
            if right and found.part in COMPILED:
                assert allow(actor, found, ask).right in actor.rights
                continue
            told = outcome(full, actor, found, ask)
            shut = isinstance(told, tuple) and told[0] == "forbidden"
            if shut == right:
                refused[found.path, role] = told
            allowed += not shut
    assert refused == {}, report(refused)
    assert allowed


def filled(path, collections, job):
    """Addresses of one path of the OpenAPI: of each collection, kind of entity and format."""
    given = {
        "name": collections,
        "feature": ("990101", "1"),
        "ending": ("geojson", "csv"),
        "grid": ("WebMercatorQuad",),
        "process": ("base.table", "nope"),
        "job": (job, "nope"),
        "z": ("0",),
        "x": ("0",),
        "y": ("0",),
        "path": (*KINDS, *(f"{kind}(1)" for kind in KINDS), "Things(1)/Datastreams"),
    }
    found = [path]
    for word in re.findall(r"\{(\w+)\}", path):
        # An address of a new kind is asked for by what no row is called; it is named here once it has rows.
        ways = given.get(word, ("1",))
        found = [one.replace(f"{{{word}}}", way) for one in found for way in ways]
    return found


@pytest.fixture(scope="module")
def doors(house, full, bare):
    """A client of each region for a stranger, by role, and for one's own people."""

    def signed(of, account, role, *words):
        if account not in of.passwords:
            of.account(account, role, *words)
        shown = of.typed("base", "token", "create", "--account", account)["shown"]
        client = of.client()
        client.headers["authorization"] = f"Bearer {shown}"
        return client

    made = {}
    for of, name in ((house, "full"), (bare, "bare")):
        for role in ("viewer", "steward"):
            words = (f"{role}-2", role, "--body", "second")
            made[name, role] = signed(of, *words)
    for role in ("viewer", "analyst"):
        made["own", role] = signed(house, role, role)
    yield made
    for client in made.values():
        client.close()


def test_every_address_tells_a_stranger_as_much_as_if_there_were_nothing(house, full, doors):
    """Features, tiles, exports, sensors, processes, jobs: every GET of the OpenAPI that is no verb."""
    kinds = house.service().openapi()["paths"]
    own = doors["own", "viewer"]
    job = own.post("/api/base/table?job=true", json={"name": "unit"}).json()["job"]
    told, asked, seen = {}, 0, 0
    for path, ways in kinds.items():
        if "get" not in ways or path in KNOWN:
            continue
        addresses = filled(path, list(shaped.collections()), job)
        for address in addresses:
            here, there = (doors[of, "viewer"].get(address) for of in ("full", "bare"))
            asked += 1
            if (here.status_code, here.text) != (there.status_code, there.text):
                told[address] = here.status_code, here.text[:200]
        seen += any(own.get(address).status_code in (200, 204) for address in addresses)
    assert told == {}, report(told)
    assert asked > 100
    # Whose it is, he sees it at the same addresses.
    assert seen > 20


# What anybody may know who is let in, and what goes on for ever.
KNOWN = ("/api/verbs", "/api/session", "/api/duty/events", "/api/jobs/{job}/events")


def test_no_listener_hears_what_is_shut(doors):
    answer = doors["full", "viewer"].get("/api/duty/events?after=0")
    assert answer.status_code == 403


def test_a_stranger_writes_to_no_register_of_another_body(full, doors):
    """Sensors by every way of writing, a process, a job and its results of somebody else."""
    stranger, before = doors["full", "steward"], standing(full)
    for kind in KINDS:
        for method, path in (
            ("POST", kind),
            ("PATCH", f"{kind}(1)"),
            ("DELETE", f"{kind}(1)"),
        ):
            answer = stranger.request(method, f"/sta/v1.1/{path}", json=GAUGE)
            assert answer.status_code == 403, (method, path, answer.text)
    put = {"inputs": ASKS["base/put"] | {"check": False}}
    assert stranger.post("/ogc/processes/base.put/execution", json=put).status_code == 403
    job = doors["own", "viewer"].post("/api/base/table?job=true", json={"name": "unit"})
    name = job.json()["job"]
    for method, path in (
        ("GET", f"/api/jobs/{name}"),
        ("GET", f"/api/jobs/{name}/events"),
        ("DELETE", f"/api/jobs/{name}"),
        ("GET", f"/ogc/jobs/{name}"),
        ("GET", f"/ogc/jobs/{name}/results"),
        ("DELETE", f"/ogc/jobs/{name}"),
    ):
        assert stranger.request(method, path).status_code == 404, path
    assert name not in stranger.get("/ogc/jobs").text
    assert standing(full) == before


def test_a_branch_is_of_the_body_whose_account_opened_it(house, full, doors):
    """Of the other's branch nothing is seen, and nothing becomes of it; what the owner opens is common."""
    own, stranger = doors["own", "analyst"], doors["full", "steward"]

    def ask(client, verb, values, branch="main"):
        return client.post(f"/api/base/{verb}?lang=en&branch={branch}", json=values)

    assert ask(own, "branch", {"action": "create", "name": "mine"}).status_code == 200
    row = ASKS["base/put"]["rows"]
    put = {"table": "observation", "rows": row}
    assert ask(own, "put", put, "mine").status_code == 200
    house.typed("base", "branch", "create", "ours")
    names = [one["branch"] for one in ask(stranger, "branch", {}).json()["branches"]]
    assert names == ["main", "ours"]
    for action in ("diff", "merge", "drop", "log"):
        told = ask(stranger, "branch", {"action": action, "name": "mine"})
        assert told.status_code == 404, told.text
    for verb, values in (("table", {"name": "unit"}), ("put", put), ("undo", {})):
        assert ask(stranger, verb, values, "mine").status_code == 404
    # On a branch he writes to what he may see all of, else he would learn which rows are known.
    for values in (put, put | {"check": True}, put | {"retract": True}):
        assert ask(stranger, "put", values, "ours").status_code == 403
    assert ask(own, "branch", {"action": "diff", "name": "mine"}).json()["changes"] == 1
    assert ask(own, "branch", {"action": "drop", "name": "mine"}).status_code == 200


def test_comparing_branches_takes_the_right_of_the_verb_that_is_compared(full, doors):
    """No verb is asked by way of another one by whom it is shut to."""
    own = doors["own", "viewer"]
    doors["own", "analyst"].post("/api/base/branch", json={"action": "create", "name": "way"})
    for verb, given in (
        ("ledger/verify", {}),
        ("space/travel-matrix", ASKS["space/travel-matrix"]),
        ("economy/funnel", {"as": "second"}),
    ):
        told = {"action": "diff", "name": "way", "verb": verb, "ask": given}
        assert own.post("/api/base/branch", json=told).status_code == 403, verb


def test_what_is_revoked_is_shut_again_for_registers_too(house, full):
    """A register under an agreement: read whole, noted with its purpose, shut when it is revoked."""
    from datetime import UTC, datetime, timedelta

    later = (datetime.now(UTC) + timedelta(days=9)).date().isoformat()
    second = deeds.Actor("steward-2", "second", rights_of(("steward",)))
    gov = deeds.Actor("steward", "gov", rights_of(("steward",)))
    found = {one.path: one for one in VERBS}

    def say(actor, **values):
        told = outcome(full, actor, found["base/agreement"], found["base/agreement"].read(values))
        assert isinstance(told, bytes), told
        return json.loads(told)["id"]

    def read():
        deed = deeds.Deed("rest", "ledger/accounts", actor=second, right=deeds.READ)
        with deeds.acting(second), deeds.doing(deed):
            try:
                with store_of(full).reading(LEDGER) as connection:
                    return len(connection.execute(sa.select(entry)).all())
            except Forbidden:
                return "shut"

    name = "register:ledger"
    assert read() == "shut"
    made = say(second, action="request", table=name, purpose="yearly audit", until=later)
    assert read() == "shut"
    say(gov, action="approve", id=made)
    assert read() > 1
    told = house.typed("base", "audit", "list", "--limit", "1")["rows"][0]
    noted = {"agreement": made, "table": name, "purpose": "yearly audit", "rows": None}
    assert (told["kind"], told["about"]["reads"]) == ("read", [noted])
    say(gov, action="revoke", id=made)
    assert read() == "shut"


def test_what_is_nobodys_and_open_is_common_and_each_acts_in_its_own_name(full):
    """Business of several bodies: a register that is common takes rows of each, in nobody else's name."""
    listing = next(one for one in VERBS if one.path == "exchange/listing")
    second = deeds.Actor("officer-2", "second", rights_of(("officer",)))

    def say(body):
        ask = listing.read(ASKS["exchange/listing"] | {"body": body, "check": False})
        return outcome(full, second, listing, ask)

    assert say("second")[0] == "forbidden"
    with store_of(full).writing(SHARING) as connection:
        before = agreements.datasets(connection)
        for name in names():
            agreements.own(connection, name, before[name].owner, is_open=True)
    # Open is read by all, and written to by the body whose it is.
    assert say("second")[0] == "forbidden"
    with store_of(full).writing(SHARING) as connection:
        for name in names():
            agreements.own(connection, name, None, is_open=True)
    assert json.loads(say("second"))["body"] == "second"
    assert say("gov")[0] == "forbidden"
    with store_of(full).writing(SHARING) as connection:
        for name in names():
            agreements.own(connection, name, "gov", is_open=False)


def test_in_what_is_common_nobody_touches_what_others_agreed_on(full):
    """Every business verb with every action, for good, over objects of others: nothing of it is kept."""
    third = deeds.Actor("officer-3", "third", rights_of(("officer",)))
    with store_of(full).writing(SHARING) as connection:
        for name in names():
            agreements.own(connection, name, None, is_open=True)
    kept = {}
    for found in (one for one in VERBS if one.part in ("exchange", "ledger")):
        for ask in asks(found):
            if needed(found, ask) != deeds.BUSINESS:
                continue
            before = standing(full)[1]
            outcome(full, third, found, ask)
            after = standing(full)[1]
            changed = {name for name in after if after[name] != before.get(name)}
            # Whoever looked for something says whether what was found was right.
            if changed - {"audit_entry", "exchange_feedback"}:
                kept[found.path, str(ask)[:200]] = changed
    with store_of(full).writing(SHARING) as connection:
        for name in names():
            agreements.own(connection, name, "gov", is_open=False)
    assert kept == {}, report(kept)
