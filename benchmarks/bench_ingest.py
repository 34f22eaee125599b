"""Taking in a CSV of about 1,000,000 rows: words matched, checked, held against what is known, recorded.

Peer in the same run: the same file by hand, with ``pandas.read_csv``, dictionaries for the words, and
``region.append``; it tells no row that it cannot match, finds no doubtful figure, and knows no file again.
"""

import os
import tempfile
import time
from pathlib import Path

import numpy as np
import pandas as pd

YEARS = range(1970, 2020)


def main() -> None:
    """Print rows a second of ours and of the peer, and their ratio."""
    import hutuo
    from hutuo.base.ingesting import Ingest, ingest

    took = {}
    with tempfile.TemporaryDirectory() as folder:
        for name in ("ours", "peer"):
            os.environ["HUTUO_HOME"] = f"{folder}/{name}"
            region = hutuo.open()
            path = Path(folder) / f"{name}.csv"
            rows = write(path, region)
            start = time.perf_counter()
            if name == "ours":
                done = ingest(region, Ingest(file=str(path), mapping=mapping()))
                stored = done.stored + done.duplicate
            else:
                stored = by_hand(path, region)
            took[name] = time.perf_counter() - start
            if stored != rows:
                message = f"{name}: {stored:,} of {rows:,} rows were taken in"
                raise SystemExit(message)
    ours, peer = took["ours"], took["peer"]
    print(
        f"ingest {rows:,} rows of CSV: {ours:.2f} s, {rows / ours:,.0f} rows/s;"
        f" by hand without telling what does not fit: {peer:.2f} s, ratio {ours / peer:.2f}"
    )


def mapping() -> dict[str, object]:
    """What the columns mean."""
    return {
        "format": "csv",
        "header_rows": [1],
        "source": "census2020",
        "place": {"column": "代码", "by": "code"},
        "period": {"column": "年份"},
        "indicator": {"column": "指标"},
        "figures": [{"column": "数值"}],
    }


def by_hand(path: Path, region: "object") -> int:
    """Rows written without ``base ingest``."""
    frame = pd.read_csv(path, dtype={"代码": str})
    rows = region.records("indicator")
    ids = {row["zh"]: row["indicator"] for row in rows}
    units = {row["zh"]: row["unit"] for row in rows}
    year = frame["年份"].str[:4].astype(int)
    return region.append(
        "observation",
        pd.DataFrame(
            {
                "place": frame["代码"],
                "indicator": frame["指标"].map(ids),
                "valid_from": pd.to_datetime(year.astype(str) + "-01-01"),
                "valid_to": pd.to_datetime((year + 1).astype(str) + "-01-01"),
                "value": frame["数值"],
                "unit": frame["指标"].map(units),
                "source": "census2020",
            }
        ),
    )


def write(path: Path, region: "object") -> int:
    """A figure of every unit without a past, every indicator and every year; how many there are."""
    units = region.records("unit")
    codes = [row["unit"] for row in units if not row["valid_from"] and not row["valid_to"]]
    names = [row["zh"] for row in region.records("indicator")]
    codes = codes[: 1_000_000 // (len(names) * len(YEARS)) + 1]
    values = np.random.default_rng(7).integers(1, 1_000, len(codes) * len(names) * len(YEARS))
    index = pd.MultiIndex.from_product(
        [codes, names, [f"{year}年" for year in YEARS]], names=["代码", "指标", "年份"]
    )
    pd.DataFrame({"数值": values}, index=index).to_csv(path)
    return len(values)


if __name__ == "__main__":
    main()
