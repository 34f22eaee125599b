"""Transfers posted by eight writers at once, durable and chained, in a file and in PostgreSQL.

Bounds: 3,000 transfers a second in SQLite and 1,500 in PostgreSQL, one a transaction of its writer; 10,000 in
batches of 100. Peer in the same run: double entry in plain tables, by hand, as durable, without a chain, an
idempotency key or any rule but the overdraft; each writer has transactions of its own, as such tables are
written. What was loaded is kept from the collector of garbage, as the server does it. And the time that
beancount takes to load and check as many transactions from its text, against the time to verify them here.
``LEDGER=3`` sets the seconds of each run, ``VERIFIED=100000`` the entries verified.
"""

import gc
import importlib.util
import os
import random
import sqlite3
import statistics
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from resource import RUSAGE_SELF, getrusage

import psycopg

from hutuo.base.store import Store
from hutuo.ledger.entries import Entry, read_entries
from hutuo.ledger.journal import Journal
from hutuo.ledger.schema import LEDGER
from hutuo.ledger.verifying import verified

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
import servers

WRITERS, ACCOUNTS, BATCH = 8, 100, 100
SECONDS = float(os.environ.get("LEDGER", "5"))
VERIFIED = int(os.environ.get("VERIFIED", "1000000"))
BOUNDS = {
    ("SQLite", 1): 3_000,
    ("PostgreSQL", 1): 1_500,
    ("SQLite", BATCH): 10_000,
    ("PostgreSQL", BATCH): 10_000,
}
WEALTH = 10**9
Transfer = tuple[str, str, str, int]
Write = Callable[[list[Transfer]], None]
# As durable as ours: the log is flushed before a commit is told.
TABLES = """
    CREATE TABLE account (id TEXT PRIMARY KEY, balance BIGINT NOT NULL);
    CREATE TABLE transfer (id {number}, day TEXT NOT NULL, memo TEXT NOT NULL);
    CREATE TABLE leg (transfer BIGINT NOT NULL, account TEXT NOT NULL, amount BIGINT NOT NULL);
    CREATE INDEX leg_account ON leg (account, transfer);
"""


def main() -> None:
    """Print ours, the peer and their ratio, for each store and size of batch."""
    gc.freeze()
    durable = "-c shared_buffers=512MB -c max_wal_size=4GB"
    with tempfile.TemporaryDirectory() as folder, servers.postgres(durable) as url:
        for size in (1, BATCH):
            compare(
                "SQLite",
                size,
                f"sqlite:///{folder}/ours{size}.sqlite",
                f"{folder}/peer{size}.sqlite",
            )
            compare("PostgreSQL", size, url, url.replace("+psycopg", ""))
        verify(Path(folder))


def compare(name: str, size: int, url: str, peer: str) -> None:
    """Both in turn, three times each; the medians are told."""
    store = Store(url, f"ours{size}")
    journal = prepared(store)
    connect = peer_file if name == "SQLite" else peer_server
    connect(peer, make=True)
    rates: dict[str, list[float]] = {"ours": [], "peer": []}
    times: dict[str, list[float]] = {"ours": [], "peer": []}
    for turn in range(3):
        for who in ("ours", "peer"):
            writers = [
                ours(journal) if who == "ours" else connect(peer, make=False)
                for _ in range(WRITERS)
            ]
            rate, took = run(writers, size, f"{who}{turn}")
            rates[who].append(rate)
            times[who] += took
    store.close()
    rate, other = statistics.median(rates["ours"]), statistics.median(rates["peer"])
    print(
        f"{name}, {WRITERS} writers, {size} a transaction: {rate:,.0f} transfers/s (bound"
        f" {BOUNDS[name, size]:,}), p50 {quantile(times['ours'], 0.5):.1f} ms, p99"
        f" {quantile(times['ours'], 0.99):.1f} ms a writer; plain tables {other:,.0f}/s, p50"
        f" {quantile(times['peer'], 0.5):.1f} ms, p99 {quantile(times['peer'], 0.99):.1f} ms;"
        f" {rate / other:.2f} times as many"
    )


def quantile(took: list[float], share: float) -> float:
    """Milliseconds that this share of the answers stays within."""
    return sorted(took)[int(len(took) * share)] * 1e3


def run(writers: list[Write], size: int, name: str) -> tuple[float, list[float]]:
    """Transfers a second of all writers together, and the seconds of each answer."""
    took: list[list[float]] = [[] for _ in writers]
    begun = time.perf_counter()

    def work(number: int) -> None:
        chance, count = random.Random(number), 0  # noqa: S311
        while time.perf_counter() - begun < SECONDS:
            rows = []
            for _ in range(size):
                count += 1
                giver, taker = chance.sample(range(ACCOUNTS), 2)
                rows.append((f"{name}-{number}-{count}", f"a{giver}/cash", f"a{taker}/cash", 1))
            start = time.perf_counter()
            writers[number](rows)
            took[number].append(time.perf_counter() - start)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(len(writers))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    answers = [one for those in took for one in those]
    return len(answers) * size / (time.perf_counter() - begun), answers


def entry(key: str, giver: str, taker: str, amount: int) -> dict[str, object]:
    """A transfer as it is asked for."""
    legs = [
        {"account": giver, "commodity": "CNY", "amount": -amount},
        {"account": taker, "commodity": "CNY", "amount": amount},
    ]
    return {"key": key, "effective": "2025-01-01", "postings": legs}


def prepared(store: Store) -> Journal:
    """A ledger whose accounts hold something and may not be overdrawn."""
    journal = Journal(store)
    journal.post(read_entries([*begun()], "begin"))
    return journal


def begun() -> list[dict[str, object]]:
    """Entries that every ledger begins with."""
    names = [f"a{number}/cash" for number in range(ACCOUNTS)]
    terms = [
        {
            "key": f"open {name}",
            "effective": "2025-01-01",
            "kind": "open",
            "terms": {"account": name, "least": 0},
        }
        for name in names
    ]
    return [*terms, *(entry(f"grant {name}", "outside/bank", name, WEALTH) for name in names)]


def ours(journal: Journal) -> Write:
    """A writer: plain values are read, checked and posted."""

    def write(rows: list[Transfer]) -> None:
        journal.post(read_entries([entry(*row) for row in rows], "given"))

    return write


def peer_file(path: str, *, make: bool) -> Write:
    """A writer of plain tables in SQLite, on a connection of its own."""
    connection = sqlite3.connect(path, timeout=60, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")
    if make:
        connection.executescript(TABLES.format(number="INTEGER PRIMARY KEY"))
        accounts = [(f"a{number}/cash", WEALTH) for number in range(ACCOUNTS)]
        connection.executemany("INSERT INTO account VALUES (?, ?)", accounts)

    def write(rows: list[Transfer]) -> None:
        connection.execute("BEGIN IMMEDIATE")
        for _, giver, taker, amount in rows:
            number = connection.execute(
                "INSERT INTO transfer (day, memo) VALUES ('2025-01-01', '')"
            ).lastrowid
            for account, by in ((giver, -amount), (taker, amount)):
                connection.execute("INSERT INTO leg VALUES (?, ?, ?)", (number, account, by))
                kept = connection.execute(
                    "UPDATE account SET balance = balance + ?1 WHERE id = ?2 AND balance + ?1 >= 0",
                    (by, account),
                )
                if not kept.rowcount:
                    raise SystemExit("overdrawn")
        connection.execute("COMMIT")

    return write


def peer_server(url: str, *, make: bool) -> Write:
    """A writer of plain tables in PostgreSQL, on a connection of its own."""
    connection = psycopg.connect(url, autocommit=True)
    if make:
        connection.execute("DROP TABLE IF EXISTS account, transfer, leg")
        for statement in TABLES.format(number="BIGSERIAL PRIMARY KEY").split(";")[:-1]:
            connection.execute(statement)
        with connection.cursor() as cursor:
            accounts = [(f"a{number}/cash", WEALTH) for number in range(ACCOUNTS)]
            cursor.executemany("INSERT INTO account VALUES (%s, %s)", accounts)
        connection.close()

    def write(rows: list[Transfer]) -> None:
        with connection.transaction():
            # In one order, so that no two wait for each other.
            names = sorted({name for _, giver, taker, _ in rows for name in (giver, taker)})
            connection.execute(
                "SELECT 1 FROM account WHERE id = ANY(%s) ORDER BY id FOR UPDATE", [names]
            )
            for _, giver, taker, amount in rows:
                (number,) = connection.execute(
                    "INSERT INTO transfer (day, memo) VALUES ('2025-01-01', '') RETURNING id"
                ).fetchone()
                for account, by in ((giver, -amount), (taker, amount)):
                    connection.execute(
                        "INSERT INTO leg VALUES (%s, %s, %s)", [number, account, by]
                    )
                    kept = connection.execute(
                        "UPDATE account SET balance = balance + %s WHERE id = %s AND balance + %s >= 0",
                        [by, account, by],
                    )
                    if not kept.rowcount:
                        raise SystemExit("overdrawn")

    return write


def verify(folder: Path) -> None:
    """Read a long ledger again, and let beancount load as many transactions."""
    store = Store(f"sqlite:///{folder}/long.sqlite", "long")
    journal = prepared(store)
    chance = random.Random(1)  # noqa: S311
    pairs = [chance.sample(range(ACCOUNTS), 2) for _ in range(VERIFIED)]
    begin = time.perf_counter()
    for first in range(0, VERIFIED, 10_000):
        rows = [
            Entry.model_validate(entry(f"k{number}", f"a{giver}/cash", f"a{taker}/cash", 1))
            for number, (giver, taker) in enumerate(pairs[first : first + 10_000], first)
        ]
        journal.post(rows)
    wrote, before = time.perf_counter() - begin, getrusage(RUSAGE_SELF).ru_maxrss
    begin = time.perf_counter()
    with store.reading(LEDGER) as connection:
        found = verified(connection)
    took, after = time.perf_counter() - begin, getrusage(RUSAGE_SELF).ru_maxrss
    store.close()
    if found.doubts:
        raise SystemExit(f"{found.doubts[:3]}")
    print(
        f"{found.entries:,} entries posted by one writer, 10,000 at a time, in {wrote:.0f} s; verified in"
        f" {took:.1f} s, {found.entries / took:,.0f}/s, with {(after - before) / 1024:.0f} MB more memory"
    )
    if importlib.util.find_spec("beancount"):
        load_elsewhere(folder, pairs[: VERIFIED // 10], took / 10)


def load_elsewhere(folder: Path, pairs: list[list[int]], ours: float) -> None:
    """The same transfers as text, loaded and checked by beancount; a tenth of them."""
    from beancount import loader

    file = folder / "long.beancount"
    with closing(file.open("w")) as text:
        text.write("1970-01-01 open Equity:Bank\n")
        for number in range(ACCOUNTS):
            text.write(f"1970-01-01 open Assets:A{number}\n")
        for number, (giver, taker) in enumerate(pairs):
            text.write(f'2025-01-01 * "k{number}"\n')
            text.write(f"  Assets:A{giver}  -0.01 CNY\n  Assets:A{taker}  0.01 CNY\n")
    begin = time.perf_counter()
    _, errors, _ = loader.load_file(str(file))
    took = time.perf_counter() - begin
    if errors:
        raise SystemExit(f"{errors[:3]}")
    print(
        f"{len(pairs):,} transactions loaded and checked by beancount in {took:.1f} s,"
        f" {took / ours:.1f} times as long as verifying as many"
    )


if __name__ == "__main__":
    main()
