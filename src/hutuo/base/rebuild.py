"""A lake built anew from its Parquet files, where its catalogue is lost.

All rows lie in files, and so does the log of batches, which says how many rows of which table each batch has.
So what is whole is known without the catalogue: rows of a killed writer have no batch in the log, and rows
that stand in a merged file and in the files before it are found by their number.
"""

import json
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base import backups, breakage
from hutuo.base.lake import Lake
from hutuo.base.layout import LOG
from hutuo.base.tables import SQL_TYPES, SYSTEM, quoted, tables
from hutuo.errors import NotFound
from hutuo.progress import report
from hutuo.verbs import Text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

BATCH, BRANCH = "batch", "branch"
PACK = "pack:"


class Rebuilt(NamedTuple):
    """What became of a lake.

    Attributes:
        aside: Name of the folder that the old one is kept as.
        batches: Number of batches that are whole and kept.
        dropped: Batches of which rows are missing; none of their rows is kept.
        unreadable: Files that cannot be read.
    """

    aside: str
    batches: int
    dropped: list[str]
    unreadable: list[str]


class _Files(NamedTuple):
    """Files of a table that can be read: SQL of their rows, and by batch the rows in each file with some."""

    sql: str
    columns: dict[str, str]
    counts: dict[str, list[int]]


def rebuild(folder: Path) -> Rebuilt:
    """Build a lake anew from its files, in its place; the old one is kept aside.

    Raises:
        NotFound: There are no files of rows.
        Unavailable: The disk is full; nothing was changed.
    """
    files = sorted(folder.glob(breakage.PARQUET))
    if not files:
        message = Text(f"{folder}中没有数据文件", f"no files of rows in {folder}")
        hint = Text("请打开地区,其数据包即会读入", "open the region: its pack is loaded")
        raise NotFound(message, hint)
    with (
        backups.held(folder),
        backups.made_beside(folder, sum(f.stat().st_size for f in files)) as new,
    ):
        lake = Lake(new)
        try:
            found, unreadable = _found(lake.connection, files)
            logged = _logged(lake.connection, found)
            dropped = sorted(_lacking(lake.connection, found, logged))
            kept = set(logged).difference(dropped)
            _write(lake, found, kept, logged)
        finally:
            lake.close()
        for left in ("write", "unfinished"):
            (new / left).unlink(missing_ok=True)
        aside = backups.put_in_place(new, folder)
    return Rebuilt(aside, len(kept), dropped, [str(f.relative_to(folder)) for f in unreadable])


def _found(
    connection: "DuckDBPyConnection", files: list[Path]
) -> tuple[dict[str, _Files], list[Path]]:
    """Files by table, and those that cannot be read."""
    declared = {
        name: {c.column: SQL_TYPES[c.type] for c in table.columns} | SYSTEM
        for name, table in tables().items()
    } | LOG
    by_table: dict[str, list[Path]] = {}
    counts: dict[str, dict[str, list[int]]] = {}
    unreadable = []
    for file in files:
        name = file.parent.name
        if name not in declared:
            continue
        counted = _counted(connection, file, name)
        if counted is None:
            unreadable.append(file)
            continue
        by_table.setdefault(name, []).append(file)
        for batch, count in counted.items():
            counts.setdefault(name, {}).setdefault(batch, []).append(count)
    found = {
        name: _Files(_sql(connection, paths, declared[name]), declared[name], counts.get(name, {}))
        for name, paths in by_table.items()
    }
    return found, unreadable


def _counted(connection: "DuckDBPyConnection", file: Path, name: str) -> dict[str, int] | None:
    """Rows of a file by batch; None if it cannot be read. Events of branches belong to no batch."""
    import duckdb

    column = "''" if name == BRANCH else BATCH
    try:
        rows = connection.execute(
            f"SELECT {column}, count(*) FROM {_read([file])} GROUP BY 1"
        ).fetchall()
    except (duckdb.InvalidInputException, duckdb.IOException, duckdb.BinderException):
        return None
    return dict(rows)


def _read(files: list[Path]) -> str:
    names = ", ".join("'" + str(file).replace("'", "''") + "'" for file in files)
    return f"read_parquet([{names}], union_by_name = true)"


def _sql(connection: "DuckDBPyConnection", files: list[Path], columns: dict[str, str]) -> str:
    """SQL of the rows of files; a column that came after they were written is empty in them."""
    source = _read(files)
    there = {row[0] for row in connection.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()}
    cells = [
        quoted(name) if name in there else f"NULL::{kind} AS {quoted(name)}"
        for name, kind in columns.items()
    ]
    return f"(SELECT {', '.join(cells)} FROM {source})"


def _logged(connection: "DuckDBPyConnection", found: dict[str, _Files]) -> dict[str, Counter[str]]:
    """Rows by table that each batch should have. A pack that comes back has its batch twice."""
    logged: dict[str, Counter[str]] = {}
    if BATCH in found:
        log = connection.execute(f"SELECT DISTINCT * FROM {found[BATCH].sql}").to_arrow_table()
        for row in log.to_pylist():
            logged.setdefault(row[BATCH], Counter()).update(json.loads(row["tables"] or "{}"))
    return logged


def _lacking(
    connection: "DuckDBPyConnection", found: dict[str, _Files], logged: dict[str, Counter[str]]
) -> set[str]:
    """Batches of which rows are missing."""
    lacking: set[str] = set()
    for name in {name for wanted in logged.values() for name in wanted}:
        mine = {batch: wanted[name] for batch, wanted in logged.items() if name in wanted}
        if name not in found:
            lacking |= mine.keys()
            continue
        unsure = [
            batch for batch, count in mine.items() if not _is_once(found[name], batch, count)
        ]
        sql = (
            "SELECT batch, count(*), count(*) FILTER (NOT retracted) FROM"
            f" (SELECT DISTINCT * FROM {found[name].sql} WHERE batch IN (SELECT unnest(?)))"
            " GROUP BY batch"
        )
        rows = connection.execute(sql, [unsure]).fetchall() if unsure else []
        # What a pack takes back is not in its count.
        real = {batch: kept if batch.startswith(PACK) else count for batch, count, kept in rows}
        lacking |= {batch for batch in unsure if real.get(batch, 0) != mine[batch]}
    return lacking


def _is_once(files: _Files, batch: str, logged: int) -> bool:
    """Whether all rows of a batch lie in one file; else the same rows may lie in several."""
    return files.counts.get(batch) == [logged]


def _write(
    lake: Lake, found: dict[str, _Files], kept: set[str], logged: dict[str, Counter[str]]
) -> None:
    """Write what is whole, in one change."""
    with lake.change() as connection:
        for number, (name, files) in enumerate(found.items()):
            report(number / len(found), Text(f"重建 {name}", f"rebuilding {name}"))
            cells = quoted(*files.columns)
            insert = f"INSERT INTO lake.{name} ({cells}) SELECT"
            if name == BRANCH:
                connection.execute(f"{insert} DISTINCT * FROM {files.sql}")
                continue
            mine = kept & files.counts.keys()
            # Finding equal rows among millions takes memory, so only where there can be some.
            once = {batch for batch in mine if _is_once(files, batch, logged[batch][name])}
            within = f"FROM {files.sql} WHERE batch IN (SELECT unnest(?))"
            if once:
                connection.execute(f"{insert} * {within}", [sorted(once)])
            if mine - once:
                connection.execute(f"{insert} DISTINCT * {within}", [sorted(mine - once)])
