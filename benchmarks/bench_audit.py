"""A year of audit, 1,000,000 entries, verified, and one month of it exported.

Bounds: the year in 60 s, a month in 5 s, as ``hutuo base audit list --since --until --json`` gives it out;
``ENTRIES`` sets how many. Baseline in the same run: the same rows read from the same file, nothing done with
them.
"""

import os
import sys
import tempfile
import time
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

import hutuo
from hutuo.base.auditing.log import content_of, verified
from hutuo.base.auditing.schema import AUDIT, entry
from hutuo.base.audits import Audit
from hutuo.base.chain import ORIGIN, canonical, linked
from hutuo.base.region import Region
from hutuo.base.store import Store, store_of
from hutuo.verbs import find_verb

sys.path.insert(0, str(Path(__file__).parent.parent / "tests"))
ENTRIES = int(os.environ.get("ENTRIES", "1000000"))
YEAR, MONTH = 60.0, 5.0
BEGAN = datetime(2025, 1, 1, tzinfo=UTC)
ROWS = 10_000


def main() -> None:
    """Print the times and fail if one is over its bound."""
    import tiny

    with tempfile.TemporaryDirectory() as folder:
        os.environ["HUTUO_HOME"] = f"{folder}/home"
        os.environ.pop("HUTUO_STORE", None)
        region = hutuo.open(str(tiny.write_pack(Path(folder) / "pack")))
        store = store_of(region)
        fill(store)
        size = Path(str(store.url.database)).stat().st_size
        read = plain(store)
        began = time.perf_counter()
        with store.reading(AUDIT) as connection:
            found = verified(connection)
        took = time.perf_counter() - began
        month, rows, given = exported(region)
        store.close()
    print(
        f"audit: {found.entries:,} entries ({size / 1e6:,.0f} MB) verified in {took:.1f} s,"
        f" {took / read:.1f} times of reading them ({read:.1f} s); bound {YEAR:.0f} s"
    )
    print(
        f"audit: a month, {rows:,} entries ({given / 1e6:.0f} MB), exported in {month:.2f} s;"
        f" bound {MONTH:.0f} s"
    )
    whole = found.entries == ENTRIES and rows > ENTRIES // 13
    if found.doubts or not whole or took > YEAR or month > MONTH:
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


def exported(region: Region) -> tuple[float, int, int]:
    """Seconds to give one month out as JSON, its entries and its bytes."""
    verb = find_verb("base", "audit")
    asked = Audit(since=date(2025, 1, 1), until=date(2025, 1, 31), limit=1_000_000)
    began = time.perf_counter()
    answer = verb.run(region, asked)
    given = verb.dumps(answer, "en")
    return time.perf_counter() - began, len(answer.rows), len(given)


if __name__ == "__main__":
    main()
