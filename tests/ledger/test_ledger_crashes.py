"""Lost replies, processes that stop anywhere, killed servers: nothing told is lost, nothing doubled."""

import json
import random
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import pytest
import sqlalchemy as sa

from hutuo.base.store import Store
from hutuo.errors import BadInput
from hutuo.ledger import schema
from hutuo.ledger.balances import Standing, balances
from hutuo.ledger.entries import read_entries
from hutuo.ledger.journal import Journal
from hutuo.ledger.schema import LEDGER
from hutuo.ledger.verifying import verified
from ledgered import transfer

MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # noqa: S108
ACCOUNTS = ("a/cash", "b/cash", "c/cash", "d/cash")
WEALTH = 1_000


class Stopped(BaseException):
    """The process is gone; nothing catches that."""


class World:
    """Clients, a net that loses and doubles, and a process that posts and now and then stops.

    Args:
        seed: All that happens follows from it.
        folder: Where the ledger is.
    """

    def __init__(self, seed: int, folder: Path) -> None:
        self.chance = random.Random(seed)  # noqa: S311 - no secret
        self.url = f"sqlite:///{folder / 'store.sqlite'}"
        self.told: dict[str, tuple[int, str]] = {}
        self.refused: set[str] = set()
        self.open: list[dict] = []
        self.happened: Counter[str] = Counter()
        self.number = 0
        self.start()
        self.journal.post(read_entries(list(self.beginning()), "begin"))

    def beginning(self):
        for account in ACCOUNTS:
            yield {
                "key": f"open {account}",
                "effective": "2025-01-01",
                "kind": "open",
                "terms": {"account": account, "least": 0},
            }
            yield transfer(f"grant {account}", WEALTH, taker=account)

    def start(self):
        """Begin a process: it knows only what is on the disk."""
        self.store = Store(self.url, "x")
        self.journal = Journal(self.store)
        sa.event.listen(self.store.engine, "before_cursor_execute", self.may_stop)
        sa.event.listen(self.store.engine, "commit", lambda _: self.may_stop())
        self.stops_in = None

    def may_stop(self, *_):
        """Stop before one of the next statements, or before what was written is kept."""
        if self.stops_in is None:
            return
        self.stops_in -= 1
        if self.stops_in < 0:
            self.stops_in = None
            raise Stopped

    def operate(self, many: int):
        """Let clients ask so many times, then ask again until everything is answered."""
        for _ in range(many):
            self.ask(self.request())
        for rows in list(self.open):
            while rows in self.open:
                self.ask(rows)

    def request(self):
        """Something new, or again what is not answered yet, or what is answered long since."""
        if self.open and self.chance.random() < 0.4:
            return self.chance.choice(self.open)
        rows = [self.entry() for _ in range(self.chance.choice((1, 1, 1, 2, 3)))]
        self.open.append(rows)
        return rows

    def entry(self):
        self.number += 1
        giver, taker = self.chance.sample(ACCOUNTS, 2)
        amount = self.chance.randint(1, WEALTH // 2)
        return transfer(f"t{self.number}", amount, giver, taker)

    def ask(self, rows):
        """One request over the net: it may get lost, come twice, or find the process at its end."""
        fate = self.chance.random()
        if fate < 0.05:
            self.happened["request lost"] += 1
            return
        if fate < 0.15:
            self.stops_in = self.chance.randint(0, 9)
        times = 2 if 0.15 <= fate < 0.25 else 1
        self.happened["request doubled"] += times - 1
        for _ in range(times):
            try:
                answer = self.answer(rows)
            except Stopped:
                self.happened["stopped"] += 1
                self.store.close()
                self.start()
                return
            if 0.25 <= fate < 0.35:
                self.happened["reply lost"] += 1
                return
            self.hear(rows, answer)
        self.stops_in = None

    def answer(self, rows):
        try:
            return self.journal.post(read_entries(rows, "client"))
        except BadInput:
            return None

    def hear(self, rows, answer):
        """A client that is told keeps it; what it is told twice is the same."""
        if rows in self.open:
            self.open.remove(rows)
        for number, row in enumerate(rows):
            if answer is None:
                assert row["key"] not in self.told, "told as written, then refused"
                self.refused.add(row["key"])
                continue
            mine = answer[number]
            assert self.told.setdefault(row["key"], (mine.seq, mine.hash)) == mine[0:3:2]

    def check(self):
        """What clients were told is what is there, once, and the ledger holds."""
        with self.store.reading(LEDGER) as connection:
            entry = schema.entry.c
            rows = connection.execute(sa.select(entry.key, entry.seq, entry.hash)).all()
            found = {row.key: (row.seq, row.hash) for row in rows if row.seq > 2 * len(ACCOUNTS)}
            held = balances(connection, Standing())
            assert verified(connection).doubts == []
        assert len(found) == len(rows) - 2 * len(ACCOUNTS)
        assert found == self.told
        assert sum(one.posted for one in held.values()) == 0
        assert all(one.posted >= 0 for place, one in held.items() if place[0] in ACCOUNTS)
        self.store.close()


def simulated(seed, many):
    folder = Path(tempfile.mkdtemp(dir=MEMORY, prefix="hutuo-world-"))
    try:
        world = World(seed, folder)
        world.operate(many)
        world.check()
        return world
    finally:
        shutil.rmtree(folder)


def test_nothing_told_is_lost_and_nothing_doubled_whatever_the_net_and_the_process_do():
    happened = Counter()
    for seed in range(3):
        happened += simulated(seed, 200).happened
    assert set(happened) == {"request lost", "request doubled", "reply lost", "stopped"}


def test_the_same_seed_does_the_same():
    first, second = simulated(7, 100), simulated(7, 100)
    assert first.happened == second.happened
    assert {key: seq for key, (seq, _) in first.told.items()} == {
        key: seq for key, (seq, _) in second.told.items()
    }
    assert first.refused == second.refused


@pytest.mark.long
@pytest.mark.parametrize("first", range(0, 200, 10))
def test_nothing_told_is_lost_in_a_million_operations(first):
    for seed in range(first, first + 10):
        simulated(seed, 5_000)


SERVER = """
import sys, threading
from hutuo.base.store import Store
from hutuo.ledger.entries import read_entries
from hutuo.ledger.journal import journal_of
url, schema, life = sys.argv[1:4]
journal = journal_of(Store(url, schema))
told = threading.Lock()
def entry(key):
    legs = [("a/cash", -1), ("b/cash", 1)]
    legs = [{"account": account, "commodity": "CNY", "amount": amount} for account, amount in legs]
    return {"key": key, "effective": "2025-01-01", "postings": legs}
def write(client):
    for number in range(100_000):
        (done,) = journal.post(read_entries([entry(f"{life}-{client}-{number}")], "load"))
        with told:
            print(done.key, done.seq, done.hash, flush=True)
journal.post(read_entries([entry(f"{life}-first")], "load"))
with told:
    print("ready", flush=True)
for client in range(8):
    threading.Thread(target=write, args=(client,)).start()
"""


def killed(place, env, times):
    """Kill a server of eight clients under load so many times; what it told must be there, once."""
    chance, told, slowest = random.Random(5), {}, 0.0  # noqa: S311 - no secret
    for life in range(times):
        begun = time.monotonic()
        server = subprocess.Popen(
            [sys.executable, "-c", SERVER, *place, str(life)],
            env=env,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert server.stdout.readline() == "ready\n"
        slowest = max(slowest, time.monotonic() - begun)
        until = time.monotonic() + chance.uniform(0.2, 1.0)
        lines = []
        while time.monotonic() < until:
            lines.append(server.stdout.readline())
        server.kill()
        lines += server.stdout.read().splitlines(keepends=True)
        server.stdout.close()
        server.wait()
        for line in lines:
            if line.endswith("\n"):
                key, seq, link = line.split()
                assert key not in told
                told[key] = (int(seq), link)
    store = Store(*place)
    with store.reading(LEDGER) as connection:
        entry = schema.entry.c
        rows = connection.execute(sa.select(entry.key, entry.seq, entry.hash)).all()
        found = verified(connection)
    store.close()
    there = {row.key: (row.seq, row.hash) for row in rows}
    assert len(there) == len(rows) == found.entries
    assert {key: there.get(key) for key in told} == told
    assert found.doubts == []
    assert len(told) > times
    # What was written but not told is what was on its way: one a client and life, and the first of each.
    assert len(there) - len(told) <= 9 * times
    return slowest


def test_a_server_killed_under_load_loses_nothing_it_told(place, elsewhere):
    killed(place, elsewhere, 2)


@pytest.mark.long
def test_twenty_kills_lose_nothing_and_each_time_it_is_back_within_ten_seconds(place, elsewhere):
    assert killed(place, elsewhere, 20) < 10


def test_an_interrupted_writer_leaves_the_way_free(store, monkeypatch):
    """An interruption amid a transaction: nothing is written, and the next one is not kept waiting."""
    journal = Journal(store)
    (entry,) = read_entries(transfer("one", 5), "given")

    def interrupted(_):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        journal.post([entry], beside=interrupted)
    (done,) = journal.post([entry])
    assert (done.seq, done.duplicate) == (1, False)


def test_a_writer_whose_own_tables_fail_is_told_alone(store):
    journal = Journal(store)

    def wrong(connection):
        connection.execute(sa.text("INSERT INTO ledger_entry (seq) VALUES (1)"))

    given = [read_entries(transfer(key, 5), "given") for key in ("one", "two", "three")]
    with pytest.raises(sa.exc.IntegrityError):
        journal.post(given[1], beside=wrong)
    assert [done.seq for rows in (given[0], given[2]) for done in journal.post(rows)] == [1, 2]
    with store.reading(LEDGER) as connection:
        assert verified(connection).doubts == []
        assert (
            json.dumps(connection.scalar(sa.select(sa.func.count()).select_from(schema.entry)))
            == "2"
        )
