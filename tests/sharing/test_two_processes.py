"""Two processes of ``hutuo serve`` on one data folder and one PostgreSQL behave as one service."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from threading import Barrier

import httpx2 as httpx
import pytest

import hutuo
from hutuo.base.agreeing import DatasetAsk, dataset
from hutuo.base.audits import Audit, audit
from hutuo.base.branches import Put, put
from hutuo.base.people import AccountAsk, account
from hutuo.base.store import VARIABLE
from processes import deployed, write_deployment
from serving import moved

PASSWORD = "a word that none of them guesses"  # noqa: S105 - of the tests' own accounts
OTHER = {"body": "other", "zh": "他方", "en": "Other", "kind": "government", "source": "book"}
UNIT = {"zh": "新县", "en": "New", "level": "county", "parent": "990100", "source": "book"}
PEOPLE = (
    ("giver", "steward", "gov"),
    ("taker", "steward", "other"),
    ("cashier", "officer", "gov"),
    ("forgetful", "viewer", "gov"),
    ("watcher", "auditor", None),
)
ATTEMPTS = 5


class Pair:
    """Both processes, and sessions that were begun at one of them and are shown to either."""

    def __init__(self, at: list[str]) -> None:
        self.clients = [httpx.Client(base_url=one, timeout=30) for one in at]
        self.sessions: dict[str, str] = {}

    def enter(self, at: int, who: str, password: str = PASSWORD) -> httpx.Response:
        shown = {"account": who, "password": password}
        return self.ask(at, None, "POST", "/api/session", json=shown)

    def ask(self, at: int, who: str | None, method: str, path: str, **more) -> httpx.Response:
        """An answer of the first process (0) or the second (1)."""
        client = self.clients[at]
        client.cookies.clear()
        headers = {"origin": str(client.base_url).rstrip("/")}
        if who is not None:
            headers["cookie"] = f"hutuo={self.sessions[who]}"
        return client.request(method, path, headers=headers, **more)

    def verb(self, at: int, who: str, path: str, values=None, code: int = 200):
        answer = self.ask(at, who, "POST", f"/api/{path}", json=values or {})
        assert answer.status_code == code, answer.text
        return answer.json()


@pytest.fixture(scope="module")
def region(loaded_lake, postgres, tmp_path_factory):
    """The tiny region with accounts, on PostgreSQL; and what the owner does on the machine itself."""
    pack, lake = loaded_lake
    with pytest.MonkeyPatch.context() as patch:
        home = tmp_path_factory.mktemp("two") / "home"
        moved(lake, home)
        patch.setenv("HUTUO_HOME", str(home))
        patch.setenv(VARIABLE, postgres)
        found = hutuo.open(str(pack))
        put(found, Put(table="body", rows=[OTHER]))
        dataset(found, DatasetAsk(action="open", tables=("all",)))
        dataset(found, DatasetAsk(action="own", tables=("observation", "unit"), body="gov"))
        for who, role, body in PEOPLE:
            made = AccountAsk(
                action="create", account=who, roles=(role,), body=body, password=PASSWORD
            )
            account(found, made)
        yield found


@pytest.fixture(scope="module")
def pair(region, loaded_lake, postgres, tmp_path_factory):
    """The two processes, with everybody signed in: one after the other at either."""
    folder = tmp_path_factory.mktemp("served")
    rules = {"attempts": ATTEMPTS, "locked_minutes": 5}
    limits = {"sign_ins_per_minute": 1_000, "requests_per_minute": 100_000}
    file = write_deployment(
        folder / "deployment.toml",
        loaded_lake[0],
        store=postgres,
        sign_in=rules,
        limits=limits,
    )
    home = region.lake.folder.parent.parent
    with deployed(file, home, many=2) as at:
        both = Pair(at)
        for number, (who, _, _) in enumerate(PEOPLE):
            answer = both.enter(number % 2, who)
            assert answer.status_code == 200, answer.text
            both.sessions[who] = answer.cookies["hutuo"]
        yield both
        for client in both.clients:
            client.close()


def test_a_session_of_one_holds_at_the_other_until_it_is_ended_at_either(pair):
    shown = pair.enter(0, "forgetful").cookies["hutuo"]
    pair.sessions["once"] = shown
    me = [pair.ask(at, "once", "GET", "/api/session").json() for at in (0, 1)]
    assert me[0] == me[1]
    assert me[0]["account"] == "forgetful"
    assert pair.ask(1, "once", "DELETE", "/api/session").status_code == 204
    assert pair.ask(0, "once", "GET", "/api/session").status_code == 401


def test_what_is_granted_and_revoked_at_one_opens_and_closes_at_the_other_at_once(pair):
    read = {"name": "observation", "limit": 10_000}
    until = (datetime.now(UTC).date() + timedelta(days=30)).isoformat()
    all_rows = pair.verb(0, "giver", "base/table", read)
    # No agreement yet: the table is of the giver and is not open.
    pair.verb(0, "giver", "base/dataset", {"action": "close", "tables": ["observation"]})
    pair.verb(1, "taker", "base/table", read, 403)
    asked = {"action": "request", "table": "observation", "purpose": "p", "until": until}
    name = pair.verb(1, "taker", "base/agreement", asked)["id"]
    pair.verb(0, "giver", "base/agreement", {"action": "approve", "id": name})
    assert pair.verb(1, "taker", "base/table", read) == all_rows
    pair.verb(0, "giver", "base/agreement", {"action": "revoke", "id": name})
    pair.verb(1, "taker", "base/table", read, 403)


def entry(key: str, amount: int) -> dict:
    legs = [
        {"account": "outside/bank", "commodity": "CNY", "amount": -amount},
        {"account": "gov/two", "commodity": "CNY", "amount": amount},
    ]
    return {"key": key, "effective": "2025-01-01", "postings": legs}


def balance(pair, at: int) -> int:
    (row,) = pair.verb(at, "cashier", "ledger/balance", {"account": "gov/two"})
    return row["balance"]


def test_entries_of_both_are_in_one_ledger_and_a_key_at_both_at_once_is_one_entry(pair):
    pair.verb(0, "cashier", "ledger/post", {"entries": [entry("two-1", 100)]})
    assert balance(pair, 1) == 100
    turns = 8
    gate = Barrier(2)

    def post(at: int) -> list[dict]:
        found = []
        for turn in range(turns):
            gate.wait()
            given = [entry(f"two-same-{turn}", 10), entry(f"two-own-{at}-{turn}", 1)]
            found += pair.verb(at, "cashier", "ledger/post", {"entries": given})["rows"]
        return found

    with ThreadPoolExecutor(2) as pool:
        told = list(pool.map(post, (0, 1)))
    same = [{row["key"]: row for row in rows if "same" in row["key"]} for rows in told]
    for key, row in same[0].items():
        other = same[1][key]
        assert (row["seq"], row["hash"]) == (other["seq"], other["hash"])
        assert row["duplicate"] != other["duplicate"], key
    assert balance(pair, 0) == balance(pair, 1) == 100 + turns * (10 + 2)
    seqs = sorted({row["seq"] for rows in told for row in rows})
    assert seqs == list(range(seqs[0], seqs[0] + 3 * turns))
    assert pair.verb(1, "watcher", "ledger/verify")["ok"]


def test_rows_that_come_in_at_one_are_seen_at_the_other(pair):
    read = {"name": "unit"}
    for at in (0, 1):
        row = UNIT | {"unit": f"99019{at}"}
        before = [pair.verb(one, "giver", "base/table", read) for one in (0, 1)]
        assert before[0] == before[1]
        pair.verb(at, "giver", "base/put", {"table": "unit", "rows": [row]})
        after = pair.verb(1 - at, "giver", "base/table", read)
        assert {one["unit"] for one in after} == {one["unit"] for one in before[0]} | {row["unit"]}


def test_a_lock_counts_failures_at_both(pair):
    for number in range(ATTEMPTS):
        assert pair.enter(number % 2, "forgetful", "not the password").status_code == 401
    for at in (0, 1):
        assert pair.enter(at, "forgetful").status_code == 401


def test_a_job_of_one_is_watched_at_the_other_by_who_asked_for_it(pair):
    started = pair.ask(0, "giver", "POST", "/api/base/units?job=true", json={})
    job = started.json()["job"]
    events = pair.ask(1, "giver", "GET", f"/api/jobs/{job}/events").text
    assert '"state":"done"' in events.splitlines()[-2]
    told = [pair.ask(at, "giver", "GET", f"/api/jobs/{job}").json() for at in (0, 1)]
    assert told[0] == told[1]
    assert told[0]["answer"] == pair.verb(1, "giver", "base/units")
    assert pair.ask(1, "taker", "GET", f"/api/jobs/{job}").status_code == 404
    listed = pair.ask(1, "giver", "GET", "/ogc/jobs").json()["jobs"]
    assert job in {one["jobID"] for one in listed}


def test_the_audit_of_both_is_one_chain(pair, region):
    rows = pair.verb(0, "watcher", "base/audit", {"limit": 1_000})["rows"]
    seqs = [row["seq"] for row in rows]
    assert seqs == list(range(len(seqs), 0, -1))
    assert {"base/put", "ledger/post", "base/agreement", "session"} <= {r["verb"] for r in rows}
    told = [pair.verb(at, "watcher", "base/audit", {"action": "verify"}) for at in (0, 1)]
    assert told[0] == told[1]
    assert (told[0]["ok"], told[0]["entries"]) == (True, len(rows))
    assert audit(region, Audit(action="verify", content=True)).ok
