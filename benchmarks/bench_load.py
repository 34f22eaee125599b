"""Loading a pack of 3,000 units and 1,000,000 observations: read, checked whole, written.

Bound: 500,000 rows a second. Peer in the same run: DuckDB's own ``CREATE TABLE AS FROM read_csv`` with
declared types into a plain DuckDB file, which checks no rule and keeps no time of recording.
"""

import os
import shutil
import tempfile
import time
from pathlib import Path

import duckdb
import numpy as np
import pandas as pd

UNITS, ROWS = 3_000, 1_000_000
TOML = """id = "big"
zh = "大区"
en = "Big"
released = 2025-01-01
set = "set:all"
"""


def main() -> None:
    """Print rows a second of ours and of the peer, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        pack = Path(folder) / "pack"
        write(pack)
        ours = min(load(pack, Path(folder) / f"home{run}") for run in range(3))
        peer = min(plain(pack, Path(folder) / f"plain{run}.duckdb") for run in range(3))
    print(
        f"load {UNITS:,} units and {ROWS:,} observations: {ours:.2f} s, {ROWS / ours:,.0f} rows/s"
        f" (bound 500,000); plain typed read_csv into a DuckDB file: {peer:.2f} s,"
        f" {ROWS / peer:,.0f} rows/s, ratio {ours / peer:.2f}"
    )


def load(pack: Path, home: Path) -> float:
    """Seconds of opening the pack in an empty home."""
    import hutuo

    os.environ["HUTUO_HOME"] = str(home)
    start = time.perf_counter()
    region = hutuo.open(str(pack))
    took = time.perf_counter() - start
    count = region.lake.connection.execute("SELECT count(*) FROM lake.observation").fetchone()
    if count != (ROWS,):
        message = f"{count} rows were stored, not {ROWS}"
        raise SystemExit(message)
    region.lake.close()
    shutil.rmtree(home)
    return took


def plain(pack: Path, file: Path) -> float:
    """Seconds of the engine's own typed import."""
    start = time.perf_counter()
    with duckdb.connect(str(file)) as connection:
        connection.execute(
            "CREATE TABLE observation AS SELECT * FROM read_csv(?, header = true, columns ="
            " {'place': 'VARCHAR', 'indicator': 'VARCHAR', 'valid_from': 'DATE', 'valid_to': 'DATE',"
            " 'value': 'DOUBLE', 'unit': 'VARCHAR', 'source': 'VARCHAR'})",
            [str(pack / "observation.csv")],
        )
    return time.perf_counter() - start


def write(pack: Path) -> None:
    """The pack, with figures from a seeded generator."""
    pack.mkdir(parents=True)
    (pack / "region.toml").write_text(TOML, encoding="utf-8")
    codes = [f"{100_000 + number}" for number in range(UNITS)]
    same = {"zh": "县", "en": "County", "level": "county", "boundary": "no", "source": "book"}
    pd.DataFrame({"unit": codes, **same}).to_csv(pack / "unit.csv", index=False)
    source = {"source": "book", "zh": "书", "en": "Book", "publisher": "Office", "licence": "open"}
    rows(pack, "source", [{**source, "quality": "A", "origin": "shelf"}])
    place = {"place": "set:all", "kind": "set", "zh": "全部", "en": "All", "source": "book"}
    rows(pack, "place", [place])
    member = {"set": "set:all", "role": "whole", "source": "book"}
    rows(pack, "membership", [{**member, "member": code} for code in codes])
    names = [f"figure_{number}" for number in range(34)]
    about = {"zh": "数", "en": "Figure", "unit": "person", "topic": "population"}
    more = {"aggregation": "sum", "definition_zh": "数", "definition_en": "Figure"}
    rows(pack, "indicator", [{"indicator": name, **about, **more} for name in names])
    observations(codes, names).to_csv(pack / "observation.csv", index=False)


def observations(codes: list[str], names: list[str]) -> pd.DataFrame:
    """One figure for each of the first ROWS pairs of unit, indicator and year."""
    number = np.arange(ROWS)
    year = 2010 + number // (UNITS * len(names))
    values = np.random.default_rng(7).integers(1, 1_000_000, ROWS)
    return pd.DataFrame(
        {
            "place": np.array(codes)[number % UNITS],
            "indicator": np.array(names)[number // UNITS % len(names)],
            "valid_from": [f"{y}-01-01" for y in year],
            "valid_to": [f"{y + 1}-01-01" for y in year],
            "value": values,
            "unit": "person",
            "source": "book",
        }
    )


def rows(pack: Path, table: str, content: list[dict[str, str]]) -> None:
    """Write a small table."""
    pd.DataFrame(content).to_csv(pack / f"{table}.csv", index=False)


if __name__ == "__main__":
    main()
