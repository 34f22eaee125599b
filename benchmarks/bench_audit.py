"""A year of audit, 1,000,000 entries, verified, and one month of it listed.

Bounds: the year in 60 s, a month in 5 s; ``ENTRIES`` sets how many. Baseline in the same run: the same rows
read from the same file and nothing done with them.
"""

import json
import os
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from hutuo.base.auditing.log import content_of, verified
from hutuo.base.auditing.schema import AUDIT, entry
from hutuo.base.chain import ORIGIN, canonical, linked
from hutuo.base.store import Store

ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
YEAR, MONTH = 60.0, 5.0
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
ROWS = 10_000


def main() -> None:
    """Print the times and fail if one is over its bound."""
    with tempfile.TemporaryDirectory() as folder:
        store = Store(f"sqlite:///{folder}/store.sqlite", "bench")
        fill(store)
        size = (Path(folder) / "store.sqlite").stat().st_size
        read = plain(store)
        began = time.perf_counter()
        with store.reading(AUDIT) as connection:
            found = verified(connection)
        took = time.perf_counter() - began
        month, rows = listed(store)
        store.close()
    print(
        f"audit: {found.entries:,} entries ({size / 1e6:,.0f} MB) verified in {took:.1f} s,"
        f" {took / read:.1f} times of reading them ({read:.1f} s); bound {YEAR:.0f} s"
    )
    print(f"audit: a month, {rows:,} entries, listed in {month:.2f} s; bound {MONTH:.0f} s")
    if found.doubts or found.entries != ENTRIES or took > YEAR or month > MONTH:
        sys.exit("audit: over its bound, or not whole")


def fill(store: Store) -> None:
    """A year of entries, evenly over its days."""
    step, before = timedelta(days=365) / ENTRIES, ORIGIN
    with store.writing(AUDIT) as connection:
        made = []
        for seq in range(1, ENTRIES + 1):
            row = row_of(seq, BEGAN + seq * step)
            before = linked(before, content_of(row))
            made.append(row | {"hash": before})
            if len(made) == ROWS or seq == ENTRIES:
                connection.execute(entry.insert(), made)
                made = []


def row_of(seq: int, at: datetime) -> dict[str, object]:
    """What a put of one row leaves."""
    told = {"batch": f"put:{at:%Y-%m-%dT%H:%M:%S.%fZ}", "branch": "main", "verb": "put"}
    tables = {"observation": {"rows": 1, "sha256": f"{seq:064x}"}}
    about = {"ask": {"table": "observation"}, "changes": [told | {"tables": tables}]}
    return {
        "seq": seq,
        "at": at,
        "kind": "change",
        "door": "rest",
        "who": f"account-{seq % 50}",
        "body": f"body-{seq % 9}",
        "verb": "base/put",
        "branch": "main",
        "about": canonical(about).decode(),
    }


def plain(store: Store) -> float:
    """Seconds to read all rows."""
    began = time.perf_counter()
    with store.reading(AUDIT) as connection:
        streamed = connection.execution_options(yield_per=5_000)
        for _ in streamed.execute(sa.select(entry).order_by(entry.c.seq)):
            pass
    return time.perf_counter() - began


def listed(store: Store) -> tuple[float, int]:
    """Seconds to give one month out as JSON lines, and its entries."""
    began, rows = time.perf_counter(), 0
    asked = sa.select(entry).where(entry.c.at >= BEGAN, entry.c.at < BEGAN + timedelta(days=31))
    with store.reading(AUDIT) as connection, tempfile.TemporaryFile("w") as file:
        for row in connection.execution_options(yield_per=5_000).execute(asked.order_by("seq")):
            file.write(json.dumps(dict(row._mapping), default=str) + "\n")
            rows += 1
    return time.perf_counter() - began, rows


if __name__ == "__main__":
    main()
