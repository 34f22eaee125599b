"""Readings of a sensor network in two times: written, then asked for by point, by hour and by two days.

Bounds: 2,000,000 rows a second through the store and 5 times PostgreSQL's COPY into the same table with its
index; 165 MB for 20 million rows; p95 of a point as of an instant 50 ms, of one hour over all entities 60 ms;
an aggregate over two days 5 times as fast as PostgreSQL. Sizes 2 and 20 million show how the cost grows.
Peer in the same run: the PostgreSQL of this machine, on the same rows, with a B-tree over place, indicator,
valid and recorded time. ``READINGS=2`` runs the small size alone.
"""

import os
import shutil
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import psycopg
import pyarrow as pa
import pyarrow.csv

ENTITIES, INDICATORS = 1_000, ("pm25", "noise")
START = datetime(2024, 1, 1, tzinfo=UTC)
ASKED = 60
# One row in a hundred is corrected a day later.
CORRECTED = 100
TOML = """id = "sensed"
zh = "感知区"
en = "Sensed"
released = 2023-12-01
set = "set:all"
"""
KNOWN = """
    SELECT {columns} FROM (SELECT *, row_number() OVER (PARTITION BY place, indicator, valid_from
        ORDER BY recorded_at DESC) AS last FROM observation WHERE {where}) AS ranked WHERE last = 1 {more}
"""


def main() -> None:
    """Print ours, the peer and their ratio for each size."""
    sizes = [int(size) for size in os.environ.get("READINGS", "2,20").split(",")]
    with tempfile.TemporaryDirectory() as folder, postgres(Path(folder)) as peer:
        for millions in sizes:
            compare(millions * 1_000_000, Path(folder), peer)


def compare(rows: int, folder: Path, peer: psycopg.Connection) -> None:
    """Write and ask one size."""
    first, second = readings(rows)
    region, wrote, size = write_ours(first, second, folder / f"{rows}")
    wrote_peer, size_peer = write_peer(first, second, peer, folder)
    print(
        f"{rows:,} readings written: {wrote:.1f} s, {rows / wrote:,.0f} rows/s (bound 2,000,000),"
        f" {size / 1e6:,.0f} MB (bound 165 for 20 million);"
        f" PostgreSQL COPY with its index: {wrote_peer:.1f} s, {size_peer / 1e6:,.0f} MB,"
        f" {wrote_peer / wrote:.1f} times as long (bound 5)"
    )
    hours = rows // (ENTITIES * len(INDICATORS))
    rng = np.random.default_rng(7)
    hour_of = rng.integers(0, hours - 48, ASKED)
    moments = [START + timedelta(hours=int(h), minutes=30) for h in hour_of]
    # Asked again, a second later.
    moments += [moment + timedelta(seconds=1) for moment in moments]
    places = [f"sensor:{e:04}" for e in rng.integers(0, ENTITIES, ASKED)] * 2
    asks: dict[str, tuple[Callable[[int], object], Callable[[int], object], str]] = {
        "a point as of an instant": (
            lambda i: point(region, places[i], moments[i]),
            lambda i: point_peer(peer, places[i], moments[i]),
            "bound 50 ms",
        ),
        "one hour over all entities": (
            lambda i: hour(region, moments[i]),
            lambda i: hour_peer(peer, moments[i]),
            "bound 60 ms",
        ),
        "mean of two days by entity": (
            lambda i: two_days(region, moments[i]),
            lambda i: two_days_peer(peer, moments[i]),
            "bound: 5 times as fast",
        ),
    }
    for name, (ours, theirs, bound) in asks.items():
        if ours(0) != theirs(0):
            message = f"{name}: the two do not answer the same"
            raise SystemExit(message)
        first_mine, first_other = p95(ours, 1), p95(theirs, 1)
        mine, other = p95(ours, ASKED), p95(theirs, ASKED)
        print(
            f"{rows:,} readings, {name}: p95 {mine * 1e3:.0f} ms ({bound});"
            f" PostgreSQL {other * 1e3:.0f} ms, {other / mine:.1f} times as long; the first time, with"
            f" files still to be read, {first_mine * 1e3:.0f} and {first_other * 1e3:.0f} ms"
        )
    region.lake.close()


def p95(ask: Callable[[int], object], first: int) -> float:
    """Seconds that 95 of 100 asks stay within; no two ask the same, so that none is answered from memory."""
    took = []
    for number in range(first, first + ASKED - 1):
        start = time.perf_counter()
        ask(number)
        took.append(time.perf_counter() - start)
    return float(np.quantile(took, 0.95))


def readings(rows: int) -> tuple[pa.Table, pa.Table]:
    """Hourly readings in the order in which they come in, and corrections of some of them."""
    rng = np.random.default_rng(1)
    corrections = rows // CORRECTED
    count = rows - corrections
    each = ENTITIES * len(INDICATORS)
    number = np.arange(count)
    hours, entity, kind = (
        number // each,
        number % each // len(INDICATORS),
        number % len(INDICATORS),
    )
    value = 20 + 10 * np.sin(hours / 24 * 2 * np.pi) + entity % 7 + rng.normal(0, 1, count)
    delay = rng.integers(5, 65, count)
    first = frame(hours, entity, kind, np.round(value, 1), delay)
    some = np.sort(rng.choice(count, corrections, replace=False))
    late = np.full(corrections, 24 * 3600)
    second = frame(hours[some], entity[some], kind[some], np.round(value[some] + 1, 1), late)
    return first, second


def frame(
    hours: np.ndarray, entity: np.ndarray, kind: np.ndarray, value: np.ndarray, delay: np.ndarray
) -> pa.Table:
    """Rows as a program has them: text and instants as Arrow columns."""
    begin = int(START.timestamp()) * 1_000_000 + hours.astype("int64") * 3_600_000_000
    return pa.table(
        {
            "place": words([f"sensor:{e:04}" for e in range(ENTITIES)], entity),
            "indicator": words(list(INDICATORS), kind),
            "valid_from": instants(begin),
            "valid_to": instants(begin + 3_600_000_000),
            "recorded_at": instants(begin + 3_600_000_000 + delay * 1_000_000),
            "value": pa.array(value),
            "unit": words(["count"], np.zeros_like(kind)),
            "source": words(["network"], np.zeros_like(kind)),
        }
    )


def words(known: list[str], codes: np.ndarray) -> pa.Array:
    """Text by code."""
    return pa.DictionaryArray.from_arrays(pa.array(codes.astype("int32")), pa.array(known)).cast(
        pa.string()
    )


def instants(micros: np.ndarray) -> pa.Array:
    """Instants in UTC."""
    return pa.array(micros.view("datetime64[us]")).cast(pa.timestamp("us", "UTC"))


def write_ours(first: pa.Table, second: pa.Table, folder: Path):
    """The region with its readings, seconds of writing them, and bytes on disk."""
    import hutuo

    os.environ["HUTUO_HOME"] = str(folder)
    region = hutuo.open(str(write_pack(folder / "pack")))
    start = time.perf_counter()
    region.append("observation", first)
    region.append("observation", second)
    took = time.perf_counter() - start
    files = list(region.lake.folder.glob("lake/main/observation/*.parquet"))
    return region, took, sum(file.stat().st_size for file in files)


def write_peer(
    first: pa.Table, second: pa.Table, peer: psycopg.Connection, folder: Path
) -> tuple[float, int]:
    """Seconds of COPY on the server from files it can read, and bytes of table and index."""
    peer.execute("DROP TABLE IF EXISTS observation")
    peer.execute(
        "CREATE TABLE observation (place text, indicator text, valid_from timestamptz, valid_to timestamptz,"
        " recorded_at timestamptz, value double precision, unit text, source text)"
    )
    peer.execute("CREATE INDEX ON observation (place, indicator, valid_from, recorded_at)")
    peer.execute("CREATE INDEX ON observation (valid_from)")
    took = 0.0
    for table in (first, second):
        file = folder / "rows.csv"
        pyarrow.csv.write_csv(table, file, pyarrow.csv.WriteOptions(include_header=False))
        file.chmod(0o644)
        start = time.perf_counter()
        peer.execute(f"COPY observation FROM '{file}' (FORMAT csv)")
        took += time.perf_counter() - start
        file.unlink()
    peer.execute("VACUUM ANALYZE observation")
    # What is not on the disk yet would be written while both are measured: 4 GB of the peer's.
    peer.execute("CHECKPOINT")
    os.sync()
    size = peer.execute("SELECT pg_total_relation_size('observation')").fetchone()
    return took, size[0]


def point(region, place: str, moment: datetime) -> list:
    """What was known of one entity an hour after it held."""
    view = replace(region, at=moment, as_of=moment + timedelta(hours=1))
    return view.table("observation", place=place, indicator="pm25")["value"].tolist()


def point_peer(peer: psycopg.Connection, place: str, moment: datetime) -> list:
    """The same."""
    where = "place = %s AND indicator = 'pm25' AND valid_from <= %s AND valid_to > %s AND recorded_at <= %s"
    given = [place, moment, moment, moment + timedelta(hours=1)]
    return [
        row[0] for row in peer.execute(KNOWN.format(columns="value", where=where, more=""), given)
    ]


def hour(region, moment: datetime) -> float:
    """All entities in one hour, as known now."""
    return round(float(replace(region, at=moment).table("observation")["value"].sum()), 3)


def hour_peer(peer: psycopg.Connection, moment: datetime) -> float:
    """The same."""
    where = "valid_from <= %s AND valid_from > %s AND valid_to > %s"
    given = [moment, moment - timedelta(hours=1), moment]
    rows = peer.execute(KNOWN.format(columns="*", where=where, more=""), given).fetchall()
    return round(sum(row[5] for row in rows), 3)


def two_days(region, moment: datetime) -> int:
    """Mean of each entity over two days, as known at their end."""
    end = moment + timedelta(days=2)
    rows = replace(region, as_of=end).query(
        "SELECT place, indicator, avg(value) AS mean FROM known GROUP BY ALL",
        "observation",
        valid_from=slice(moment, end),
    )
    return round(sum(row["mean"] for row in rows))


def two_days_peer(peer: psycopg.Connection, moment: datetime) -> int:
    """The same."""
    end = moment + timedelta(days=2)
    sql = KNOWN.format(
        columns="place, indicator, avg(value)",
        where="valid_from >= %s AND valid_from < %s AND recorded_at <= %s",
        more="GROUP BY place, indicator",
    )
    return round(sum(row[2] for row in peer.execute(sql, [moment, end, end]).fetchall()))


def write_pack(folder: Path) -> Path:
    """A pack with the sensors as places."""
    folder.mkdir(parents=True)
    (folder / "region.toml").write_text(TOML, encoding="utf-8")
    sensors = "\n".join(
        f"sensor:{e:04},sensor,感知点{e},Sensor {e},network" for e in range(ENTITIES)
    )
    tables = {
        "unit": "unit,zh,en,level,boundary,source\n100000,市,City,county,no,network",
        "place": f"place,kind,zh,en,source\nset:all,set,全部,All,network\n{sensors}",
        "membership": "set,member,role,source\nset:all,100000,whole,network",
        "source": "source,zh,en,publisher,licence,quality,origin\n"
        "network,感知网,Network,Office,open,A,made up for this benchmark",
        "indicator": "indicator,zh,en,unit,topic,aggregation,definition_zh,definition_en\n"
        + "\n".join(f"{i},{i},{i},count,environment,none,测量,Measured" for i in INDICATORS),
    }
    for name, text in tables.items():
        (folder / f"{name}.csv").write_text(f"{text}\n", encoding="utf-8")
    return folder


@contextmanager
def postgres(folder: Path) -> Iterator[psycopg.Connection]:
    """A server of this run's own, on a socket in its folder, with memory as on a server of this size."""
    binaries = Path(
        subprocess.run(
            ["pg_config", "--bindir"], capture_output=True, text=True, check=True
        ).stdout.strip()
    )
    folder.chmod(0o755)
    data = folder / "postgres"
    data.mkdir()
    as_user = []
    if os.getuid() == 0:
        shutil.chown(data, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    subprocess.run(
        [*as_user, binaries / "initdb", "-D", data / "db", "-A", "trust", "-E", "UTF8"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    # Vacuumed by hand once its rows are in; a vacuum of its own would run while both are measured.
    options = (
        f"-k {data} -c listen_addresses= -c shared_buffers=2GB -c max_wal_size=8GB -c work_mem=256MB"
        " -c autovacuum=off"
    )
    control = [*as_user, binaries / "pg_ctl", "-D", data / "db", "-w"]
    subprocess.run(
        [*control, "-o", options, "-l", data / "log", "start"],
        check=True,
        stdout=subprocess.DEVNULL,
    )
    try:
        with psycopg.connect(
            host=str(data), user="postgres", dbname="postgres", autocommit=True
        ) as connection:
            yield connection
    finally:
        subprocess.run(
            [*control, "-m", "immediate", "stop"], check=True, stdout=subprocess.DEVNULL
        )


if __name__ == "__main__":
    main()
