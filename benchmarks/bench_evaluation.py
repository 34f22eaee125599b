"""``plan evaluate`` of 1,000 targets over 1,000,000 yearly observations, with paths and forecasts.

Bound: 1 s warm. 250 places, 200 indicators, 20 years; each target is measured by an indicator and a place
drawn at random, so that what is needed lies strewn over all observations. Warm: the process has answered
before; each ask sees another day, so that none is answered from memory; the same ask again is told too. Peer
in the same run: the same figures read by one plain SELECT a target, without two times, rule, path, forecast.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pyarrow as pa

PLACES, INDICATORS, YEARS, TARGETS = 250, 200, 20, 1_000
FIRST = 2005
RUNS = 7
TOML = """id = "many"
zh = "多目标区"
en = "Many targets"
released = 2024-12-01
set = "set:all"
"""


def main() -> None:
    """Print ours, the peer and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ["HUTUO_HOME"] = str(Path(folder) / "home")
        import hutuo
        from hutuo.plan.evaluate import Evaluate, evaluate

        region = hutuo.open(str(write_pack(Path(folder) / "pack")))
        region.append("observation", observations())
        cold = timed(lambda: evaluate(region, Evaluate()))
        days = [date(2025, 6, 1) + timedelta(days=n) for n in range(RUNS)]
        began = time.process_time()
        fresh = [
            timed(lambda day=day: evaluate(replace(region, at=day), Evaluate())) for day in days
        ]
        work = (time.process_time() - began) / RUNS
        again = [timed(lambda: evaluate(region, Evaluate())) for _ in range(RUNS)]
        rows = evaluate(region, Evaluate())
        told = sum(len(row.forecast.points) > 0 for row in rows)
        peer = timed(lambda: plain(region, rows))
        ours = statistics.median(fresh)
        print(
            f"plan evaluate, {len(rows):,} targets ({told:,} with a forecast) over"
            f" {PLACES * INDICATORS * YEARS:,} observations: warm {ours:.2f} s (bound 1), at worst"
            f" {max(fresh):.2f} s, {work:.2f} s of processor time; first in a process {cold:.2f} s;"
            f" the same ask again {statistics.median(again):.2f} s; one plain SELECT a target {peer:.1f} s,"
            f" ratio {ours / peer:.3f}"
        )


def plain(region, rows) -> None:
    """The figures of each target by a question of its own."""
    sql = "SELECT * FROM lake.observation WHERE place = ? AND indicator = ? ORDER BY valid_from"
    for row in rows:
        region.lake.connection.execute(sql, [row.geography, row.indicator]).to_arrow_table()


def timed(work: Callable[[], object]) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def observations() -> pa.Table:
    """Yearly figures that grow by about 5 % a year, in the order place, indicator, year."""
    rng = np.random.default_rng(1)
    count = PLACES * INDICATORS * YEARS
    number = np.arange(count)
    place, indicator, year = (
        number // (INDICATORS * YEARS),
        number // YEARS % INDICATORS,
        number % YEARS,
    )
    steps = rng.normal(0.05, 0.03, count).reshape(-1, YEARS)
    value = 100 * np.exp(steps.cumsum(axis=1)).ravel()
    starts = np.array([date(FIRST + n, 1, 1) for n in range(YEARS + 1)], dtype="datetime64[D]")
    return pa.table(
        {
            "place": words([f"{100001 + n}" for n in range(PLACES)], place),
            "indicator": words([f"i{n}" for n in range(INDICATORS)], indicator),
            "valid_from": pa.array(starts[year]),
            "valid_to": pa.array(starts[year + 1]),
            "value": pa.array(np.round(value, 2)),
            "unit": words(["亿元"], np.zeros_like(place)),
            "source": words(["book"], np.zeros_like(place)),
        }
    )


def words(known: list[str], codes: np.ndarray) -> pa.Array:
    """Text by code."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype("int32")), pa.array(known)).cast(
        pa.string()
    )


def write_pack(folder: Path) -> Path:
    """A pack with the places, the indicators and a plan of as many targets."""
    folder.mkdir(parents=True)
    (folder / "region.toml").write_text(TOML, encoding="utf-8")
    rng = np.random.default_rng(2)
    pairs = zip(
        rng.integers(0, PLACES, TARGETS), rng.integers(0, INDICATORS, TARGETS), strict=True
    )
    targets = "\n".join(
        f"t{n},p,c{n % 100},目标{n},Target {n},i{indicator},>=,{value},亿元,2030,stated,{100001 + place},"
        "量法,Method"
        for n, ((place, indicator), value) in enumerate(
            zip(pairs, rng.integers(200, 500, TARGETS), strict=True)
        )
    )
    tables = {
        "unit": "unit,zh,en,level,boundary,source\n"
        + "\n".join(f"{100001 + n},县{n},County {n},county,no,book" for n in range(PLACES)),
        "place": "place,kind,zh,en,source\nset:all,set,全部,All,book",
        "membership": "set,member,role,source\nset:all,100001,whole,book",
        "source": "source,zh,en,publisher,licence,quality,origin\n"
        "book,年鉴,Yearbook,Office,open,A,made up for this benchmark",
        "indicator": "indicator,zh,en,unit,topic,aggregation,definition_zh,definition_en\n"
        + "\n".join(
            f"i{n},指标{n},Indicator {n},亿元,economy,sum,指标,Indicator"
            for n in range(INDICATORS)
        ),
        "plan": "plan,zh,en,issuer,issued,horizon_from,horizon_to,outlook,main,source\n"
        "p,规划,Plan,Office,2024-01-01,2024,2030,2035,yes,book",
        "clause": "plan,clause,level,ordinal,zh,en\n"
        + "\n".join(f"p,c{n},1,{n},条款{n},Clause {n}" for n in range(100)),
        "target": "target,plan,clause,zh,en,indicator,operator,value,unit,year,year_from,place,"
        f"method_zh,method_en\n{targets}",
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(f"{text}\n", encoding="utf-8")
    return folder


if __name__ == "__main__":
    main()
