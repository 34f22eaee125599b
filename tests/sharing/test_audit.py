"""What is done through a door is audited, and whoever keeps a head finds out what is done to the audit."""

import json
from datetime import UTC, datetime

import pandas as pd
import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

import hutuo
import tiny
from hutuo.api.app import Settings, app
from hutuo.base import deeds
from hutuo.base.auditing import log
from hutuo.base.auditing.book import Book
from hutuo.base.auditing.log import add, content_of, last_of, verified
from hutuo.base.auditing.recount import recounted
from hutuo.base.auditing.schema import AUDIT, entry
from hutuo.base.chain import ORIGIN, linked
from hutuo.base.store import VARIABLE, store_at, store_of
from hutuo.cli import main
from tampering import attack, unguard

SIX = 6


def said(number):
    return {
        "kind": "change",
        "door": "cli",
        "who": f"account {number}",
        "body": None if number % 2 else "body",
        "verb": "base/put",
        "branch": "main",
    }


@pytest.fixture
def audit(store):
    """An audit of six entries, and its head; its triggers are gone."""
    with store.writing(AUDIT) as connection:
        for number in range(1, SIX + 1):
            add(connection, said(number), {"ask": {"table": "单位"}, "changes": [number]})
    with store.reading(AUDIT) as connection:
        last = last_of(connection)
        assert verified(connection, last[:2]).doubts == []
    with store.writing(AUDIT) as connection:
        unguard(connection, AUDIT)
    return store, last[:2]


def rows_of(connection):
    found = connection.execute(sa.select(entry).order_by("seq"))
    return [{str(name): value for name, value in row._mapping.items()} for row in found]


def put(connection, *rows):
    connection.execute(entry.insert(), list(rows))


def delete(connection, *seqs):
    connection.execute(entry.delete().where(entry.c.seq.in_(seqs)))


def edit(connection, **values):
    connection.execute(entry.update().where(entry.c.seq == 3).values(**values))


def edit_account(connection):
    edit(connection, who="somebody else")


def edit_content(connection):
    edit(connection, about='{"ask":null,"changes":[]}')


def edit_instant(connection):
    edit(connection, at=datetime(2020, 1, 1, tzinfo=UTC))


def edit_body(connection):
    edit(connection, body="another")


def double(connection):
    put(connection, rows_of(connection)[-1] | {"seq": SIX + 1})


def delete_middle(connection):
    delete(connection, 3)


def delete_middle_and_number_anew(connection):
    rows = rows_of(connection)
    delete(connection, *range(1, SIX + 1))
    del rows[2]
    put(connection, *(row | {"seq": number} for number, row in enumerate(rows, 1)))


def delete_tail(connection):
    delete(connection, SIX)


def delete_all(connection):
    delete(connection, *range(1, SIX + 1))


def reorder(connection):
    rows = rows_of(connection)
    delete(connection, 3, 4)
    put(connection, rows[2] | {"seq": 4}, rows[3] | {"seq": 3})


def rewrite(connection):
    """Another history with every hash right."""
    rows, before = rows_of(connection), ORIGIN
    delete(connection, *range(1, SIX + 1))
    for row in rows:
        row.pop("hash")
        if row["seq"] == 2:
            row["who"] = "nobody"
        before = linked(before, content_of(row))
        put(connection, row | {"hash": before})


def write_it_anew_without_one(connection):
    """A shorter history in which nothing is wrong but that it is another."""
    delete(connection, *range(1, SIX + 1))
    for number in (1, 2, 4, 5, 6):
        add(connection, said(number), {"ask": None, "changes": [number]})


ATTACKS = (
    edit_account,
    edit_content,
    edit_instant,
    edit_body,
    double,
    delete_middle,
    delete_middle_and_number_anew,
    delete_tail,
    delete_all,
    reorder,
    rewrite,
    write_it_anew_without_one,
)


@pytest.mark.parametrize("done", ATTACKS, ids=lambda done: done.__name__)
def test_whatever_is_done_to_the_audit_is_found_with_an_exported_head(audit, done):
    store, head = audit
    with attack(store, AUDIT) as connection:
        done(connection)
    with store.reading(AUDIT) as connection:
        found = {doubt.check for doubt in verified(connection, head).doubts}
    assert found - {"guard"}


@pytest.mark.parametrize("done", [rewrite, delete_tail], ids=lambda done: done.__name__)
def test_only_the_head_tells_a_cut_or_a_whole_rewriting(audit, done):
    store, head = audit
    with attack(store, AUDIT) as connection:
        done(connection)
    with store.reading(AUDIT) as connection:
        assert {doubt.check for doubt in verified(connection).doubts} == {"guard"}
        assert {doubt.check for doubt in verified(connection, head).doubts} == {"guard", "head"}


def test_what_cannot_be_read_is_told(audit):
    store, head = audit
    if not store.is_file:
        pytest.skip("PostgreSQL keeps no text as an instant")
    with attack(store, AUDIT) as connection:
        connection.execute(sa.text("UPDATE audit_entry SET at = 'soon' WHERE seq = 4"))
    with store.reading(AUDIT) as connection:
        found = verified(connection, head)
    assert "cannot be read" in found.doubts[0].says.en


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET who = 'x' WHERE seq = 1",
        "DELETE FROM audit_entry WHERE seq = 1",
        "TRUNCATE audit_entry",
        "INSERT OR REPLACE INTO audit_entry SELECT * FROM audit_entry WHERE seq = 1",
    ],
)
def test_the_database_itself_refuses_changes(store, sql):
    with store.writing(AUDIT) as connection:
        add(connection, said(1), {})
    own = ("TRUNCATE" in sql) != store.is_file and ("REPLACE" not in sql or store.is_file)
    if not own:
        pytest.skip("no statement of this database")
    with (
        pytest.raises(sa.exc.DBAPIError, match="only added to"),
        store.writing(AUDIT) as connection,
    ):
        connection.execute(sa.text(sql))
    with store.reading(AUDIT) as connection:
        assert verified(connection).entries == 1


def test_a_clock_that_is_put_back_does_not_break_the_order(store, monkeypatch):
    class Clock(datetime):
        @classmethod
        def now(cls, tz=None):
            return datetime(2001, 1, 1, tzinfo=tz)

    with store.writing(AUDIT) as connection:
        add(connection, said(1), {})
        monkeypatch.setattr(log, "datetime", Clock)
        add(connection, said(2), {})
        assert verified(connection).doubts == []


UNIT = {
    "unit": "990199",
    "zh": "新县",
    "en": "New",
    "level": "county",
    "parent": "990100",
    "source": tiny.SOURCE,
}


@pytest.fixture
def typed(request, own, own_folder, monkeypatch, capsys):
    """Types a command on a region whose store is in a file, or where it is asked for; gives its answer."""
    if getattr(request, "param", "sqlite") == "postgresql":
        monkeypatch.setenv(VARIABLE, request.getfixturevalue("postgres"))
    else:
        monkeypatch.delenv(VARIABLE, raising=False)

    def run(*words, code=0):
        capsys.readouterr()
        done = main([*words, "--region", str(own_folder), "--json", "--lang", "en"])
        out, err = capsys.readouterr()
        assert done == code, err
        return json.loads(out) if code == 0 else json.loads(err)

    run.folder = own_folder
    return run


def listed(typed, *words):
    return typed("base", "audit", "list", *words)["rows"]


@pytest.mark.parametrize("typed", ["sqlite", "postgresql"], indirect=True)
def test_every_change_through_the_command_line_is_audited_and_nothing_else(typed):
    assert typed("base", "audit", "verify")["entries"] == 0
    rows = json.dumps([UNIT])
    typed("base", "put", "unit", rows, "--check")
    typed("base", "table", "unit")
    typed("base", "put", "unit", rows)
    typed("base", "branch", "create", "dry")
    typed("base", "put", "unit", json.dumps([UNIT | {"zh": "他县"}]), "--branch", "dry")
    typed("base", "branch", "merge", "dry")
    typed("base", "undo")
    typed("ledger", "post", "--entries", json.dumps(tiny.ENTRIES[0]))
    typed("ledger", "post", "--entries", json.dumps(tiny.ENTRIES[0] | {"key": "x"}), "--check")
    found = listed(typed)[::-1]
    assert [(row["verb"], row["branch"]) for row in found] == [
        ("base/put", "main"),
        ("base/branch", "main"),
        ("base/put", "dry"),
        ("base/branch", "main"),
        ("base/undo", "main"),
        ("ledger/post", "main"),
    ]
    assert {(row["door"], row["who"], row["kind"]) for row in found} == {
        ("cli", "owner", "change")
    }
    first = found[0]["about"]
    assert first["ask"]["table"] == "unit"
    assert first["changes"][0]["tables"]["unit"]["rows"] == 1
    ledger = found[-1]["about"]["changes"][0]["ledger"]
    assert (ledger["first"], ledger["last"]) == (1, 1)
    assert ledger["hash"] == typed("ledger", "export-head")["hash"]
    told = typed("base", "audit", "verify", "--content")
    assert (told["ok"], told["entries"], told["findings"]) == (True, 6, [])


def test_a_change_over_rest_is_audited_too(own, own_folder):
    with TestClient(app(Settings(region=str(own_folder)))) as client:
        client.post("/api/base/put", json={"table": "unit", "rows": [UNIT]}).raise_for_status()
        found = client.post("/api/base/audit", json={}).json()["rows"]
    assert [(row["door"], row["verb"]) for row in found] == [("rest", "base/put")]


@pytest.mark.parametrize("typed", ["sqlite", "postgresql"], indirect=True)
def test_a_change_that_is_refused_leaves_no_entry(typed):
    faulty = json.dumps([UNIT | {"level": "no level"}])
    typed("base", "put", "unit", faulty, code=3)
    entries = json.dumps(tiny.ENTRIES[0] | {"postings": []})
    typed("ledger", "post", "--entries", entries, code=3)
    assert listed(typed) == []


def test_a_change_that_fails_at_the_last_is_told_to_be_not_kept(own, monkeypatch):
    settle = Book.settle

    def full(self):
        settle(self)
        raise ValueError("at the last")

    monkeypatch.setattr(Book, "settle", full)
    deed = deeds.Deed("cli", "base/put")
    with deeds.doing(deed), pytest.raises(ValueError, match="at the last"):
        own.append("unit", pd.DataFrame([UNIT]))
    assert deed.notes == []
    with store_of(own).reading(AUDIT) as connection:
        rows = rows_of(connection)
        assert verified(connection).doubts == []
    assert [row["kind"] for row in rows] == ["change", "not_kept"]
    assert json.loads(rows[1]["about"]) == {"refers": 1}
    assert recounted_of(own) == []


def recounted_of(region):
    with store_of(region).reading(AUDIT) as connection:
        return recounted(connection, region.lake)


def test_rows_that_are_changed_in_the_lake_are_found_by_their_content(typed):
    typed("base", "put", "unit", json.dumps([UNIT]))
    lake = hutuo.open(str(typed.folder)).lake
    with lake.change() as connection:
        connection.execute("UPDATE lake.unit SET zh = '改县' WHERE unit = '990199'")
    assert typed("base", "audit", "verify")["ok"] is True
    told = typed("base", "audit", "verify", "--content")
    assert [(one["check"], one["seq"]) for one in told["findings"]] == [("content", 1)]
    assert "table unit" in told["findings"][0]["says"]


def test_what_is_called_from_python_is_nobodys_deed(own):
    own.append("unit", pd.DataFrame([UNIT]))
    with store_at(own.lake.folder).reading(AUDIT) as connection:
        assert last_of(connection).seq == 0


def test_a_head_is_exported_kept_and_signed(typed, tmp_path):
    typed("base", "put", "unit", json.dumps([UNIT]))
    head, key = str(tmp_path / "head.json"), str(tmp_path / "key.pem")
    told = typed("base", "audit", "export-head", head, "--body", "first", "--secret", key)
    assert (told["entries"], told["signed_by"]) == (1, ["first"])
    typed("base", "branch", "create", "later")
    told = typed("base", "audit", "verify", "--head", head)
    assert (told["ok"], told["entries"], told["head"]) == (True, 2, 1)
    assert told["signed_by"] == ["first"]
    with attack(store_at(hutuo.open(str(typed.folder)).lake.folder), AUDIT) as connection:
        unguard(connection, AUDIT)
        delete(connection, 2)
        rows = rows_of(connection)
        delete(connection, 1)
        put(connection, rows[0] | {"who": "nobody"})
    told = typed("base", "audit", "verify", "--head", head)
    assert told["ok"] is False
    assert {one["check"] for one in told["findings"]} >= {"chain", "guard"}


def test_a_head_of_the_ledger_is_none_of_the_audit(typed, tmp_path):
    head = str(tmp_path / "head.json")
    typed("ledger", "export-head", head)
    told = typed("base", "audit", "verify", "--head", head, code=3)
    assert "chain" in told["message"]
    assert "base audit export-head" in told["hint"]
    typed("base", "audit", "export-head", head)
    assert "ledger export-head" in typed("ledger", "verify", "--head", head, code=3)["hint"]


def test_the_list_is_narrowed_by_day_account_and_verb(typed):
    typed("base", "put", "unit", json.dumps([UNIT]))
    typed("base", "branch", "create", "narrow")
    assert [row["verb"] for row in listed(typed, "--verb", "base/put")] == ["base/put"]
    assert listed(typed, "--who", "nobody") == []
    assert listed(typed, "--since", "2999-01-01") == []
    assert len(listed(typed, "--since", "2000-01-01", "--until", "2998-12-31")) == 2
    assert len(listed(typed, "--limit", "1")) == 1
