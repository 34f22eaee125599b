"""The course of an agreement, bodies that join, and heads that are signed elsewhere."""

import base64
from datetime import UTC, datetime, timedelta

import pytest
from alembic import command
from alembic.config import Config
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from hutuo.base.sharing import schema
from hutuo.base.sharing.schema import SHARING
from hutuo.base.store import _config

HERE = {"origin": "http://testserver"}
TODAY = datetime.now(UTC).date()


def later(days):
    return (TODAY + timedelta(days=days)).isoformat()


@pytest.fixture(scope="module")
def both(house):
    """The body that has the observations, and one that joined, each with its steward."""
    house.typed("base", "body", "join", "--body", "guest", "--zh", "客方", "--en", "Guest")
    house.typed("base", "dataset", "close", "observation")
    house.typed("base", "dataset", "own", "observation", "--body", "gov")
    house.account("guest-steward", "steward", "--body", "guest")
    clients = []
    for name in ("steward", "guest-steward"):
        clients.append(client := house.client())
        signed_in(house, client, name)
    yield clients
    for client in clients:
        client.close()


def signed_in(house, client, name):
    shown = {"account": name, "password": house.passwords[name]}
    assert client.post("/api/session", json=shown, headers=HERE).status_code == 200


def ask(client, path, values, code=200):
    answer = client.post(f"/api/{path}?lang=en", json=values, headers=HERE)
    assert answer.status_code == code, answer.text
    return answer.json()


def agreement(client, action, code=200, **values):
    return ask(client, "base/agreement", {"action": action, **values}, code)


def granted(both, **terms):
    giver, reader = both
    values = {"table": "observation", "purpose": "evaluation", "until": later(30)} | terms
    name = agreement(reader, "request", **values)["id"]
    agreement(giver, "approve", id=name, remark="fine")
    return name


def row_of(client, name):
    return next(row for row in agreement(client, "list")["rows"] if row["id"] == name)


def test_an_agreement_tells_its_course_and_what_comes_back(both):
    giver, reader = both
    values = {"table": "observation", "purpose": "p", "until": later(30), "returns": "results"}
    name = agreement(reader, "request", columns=["value", "source"], **values)["id"]
    agreement(giver, "narrow", id=name, columns=["value"])
    agreement(giver, "approve", id=name, remark="for a year")
    agreement(reader, "revoke", id=name, remark="done")
    row = row_of(reader, name)
    assert (row["giver_name"], row["reader_name"]) == (row_of(giver, name)["giver_name"], "Guest")
    assert row["returns"] == "results"
    steps = [(step["action"], step["body"], step["remark"]) for step in row["steps"]]
    assert steps == [
        ("requested", "guest", None),
        ("narrowed", "gov", '{"fields": "[\\"source\\", \\"value\\"]"}'),
        ("granted", "gov", "for a year"),
        ("revoked", "guest", "done"),
    ]


def test_what_is_granted_ends_sooner_but_never_later(both):
    giver, reader = both
    name = granted(both)
    assert row_of(reader, name)["days_left"] == 30
    for day in (later(31), later(30), later(-1)):
        assert "goes beyond" in agreement(giver, "expire", 422, id=name, until=day)["message"]
    agreement(giver, "expire", id=name, until=later(0))
    assert (row_of(reader, name)["days_left"], row_of(reader, name)["until"]) == (0, later(0))
    assert ask(reader, "base/table", {"name": "observation", "limit": 1})
    agreement(reader, "revoke", id=name)


def test_a_renewal_is_a_request_of_the_same_on_which_the_owner_decides(both):
    giver, reader = both
    name = granted(both, columns=["value"], filter={"place": ["990101"]}, returns="results")
    assert "guest decides" in agreement(giver, "renew", 403, id=name, until=later(90))["message"]
    new = agreement(reader, "renew", id=name, until=later(90))["id"]
    row = row_of(giver, new)
    assert (row["state"], row["renews"], row["since"]) == ("requested", name, later(31))
    same = ("columns", "filter", "purpose", "returns", "table")
    assert [row[field] for field in same] == [row_of(giver, name)[field] for field in same]
    agreement(reader, "renew", 422, id=new, until=later(120))
    agreement(giver, "refuse", id=new)
    agreement(reader, "revoke", id=name)


def test_an_administrator_names_bodies_and_reads_none_of_their_data(house, both):
    with house.client() as admin:
        signed_in(house, admin, "admin")
        made = {"action": "create", "account": "new-one", "roles": ["viewer"], "body": "guest"}
        assert ask(admin, "base/account", made)["password"]
        told = ask(admin, "base/account", made | {"account": "new-two", "body": "nowhere"}, 404)
        assert "no body 'nowhere'" in told["message"]
        rows = {row["body"]: row for row in ask(admin, "base/body", {})["rows"]}
        assert (rows["guest"]["joined"], rows["guest"]["accounts"]) == (True, 2)
        own = {"action": "join", "body": "gov", "zh": "政府", "en": "Mine"}
        assert "the region's own" in ask(admin, "base/body", own, 422)["message"]
        for path, values in (
            ("base/table", {"name": "body"}),
            ("base/audit", {}),
            ("base/agreement", {}),
            ("base/dataset", {}),
        ):
            ask(admin, path, values, 403)
    giver, _ = both
    assert "guest" in [row["body"] for row in ask(giver, "base/body", {})["rows"]]
    ask(giver, "base/body", own, 403)
    ask(giver, "base/identity", {}, 403)


def test_a_head_is_signed_where_its_key_is(house, both):
    key = Ed25519PrivateKey.generate()
    with house.client() as auditor:
        signed_in(house, auditor, "auditor")
        given = ask(auditor, "base/audit", {"action": "export-head", "signer": "guest"})
        mark = base64.b64encode(key.sign(base64.b64decode(given["to_sign"]))).decode()
        public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
        signature = {"body": "guest", "public_key": public, "signature": mark}
        head = given["exported"] | {"signatures": [signature]}
        told = ask(auditor, "base/audit", {"action": "verify", "exported": head})
        assert (told["ok"], told["signed_by"]) == (True, ["guest"])
        other = head | {"signatures": [signature | {"body": "gov"}]}
        told = ask(auditor, "base/audit", {"action": "verify", "exported": other})
        assert [one["check"] for one in told["findings"]] == ["signature"]
        cut = head | {"hash": "0" * 64}
        told = ask(auditor, "base/audit", {"action": "verify", "exported": cut})
        assert "head" in [one["check"] for one in told["findings"]]
        ask(auditor, "base/audit", {"action": "export-head", "signer": "x", "exported": cut}, 422)
        ask(auditor, "base/audit", {"action": "verify", "exported": {"seq": 1}}, 400)


def test_the_audit_is_searched_and_gone_back_through(house, both):
    name = granted(both)
    giver, _ = both
    agreement(giver, "revoke", id=name)
    rows = house.typed("base", "audit", "list", "--search", name)["rows"]
    steps = [note["step"] for row in rows for note in row["about"]["changes"] if "step" in note]
    assert steps == ["revoked", "granted", "requested"]
    before = house.typed("base", "audit", "list", "--before", str(rows[1]["seq"]))["rows"]
    assert before[0]["seq"] == rows[1]["seq"] - 1
    assert house.typed("base", "audit", "list", "--search", "%")["rows"] == []


def test_a_page_that_asks_by_itself_keeps_no_session_alive(house, both):
    _, reader = both
    ago = datetime.now(UTC) - timedelta(minutes=30)
    values = {"action": "list"}
    for headers, noted in ((HERE | {"hutuo-watching": "1"}, False), (HERE, True)):
        with house.store.writing(SHARING, told=False) as connection:
            connection.execute(schema.session.update().values(seen=ago))
        assert reader.post("/api/base/agreement", json=values, headers=headers).status_code == 200
        with house.store.reading(SHARING) as connection:
            seen = list(
                connection.scalars(
                    schema.session.select().with_only_columns(schema.session.c.seen)
                )
            )
        assert any(one > ago for one in seen) == noted
        house.store.close()


def test_tables_go_back_and_forth_with_their_rows(house, both):
    name = granted(both)
    writer = house.store.engine.connect().execution_options(hutuo_writes=True)
    with writer as connection:
        config = _config(Config(), SHARING, connection)
        with connection.begin():
            command.downgrade(config, "0002")
        with connection.begin():
            command.upgrade(config, "head")
    giver, _ = both
    assert row_of(giver, name)["state"] == "granted"
    agreement(giver, "revoke", id=name)
