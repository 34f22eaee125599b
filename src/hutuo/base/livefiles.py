"""Parquet files that hold the present rows of a table, so that a question reads only those it needs.

Asked for a table, DuckLake begins a transaction and looks up the statistics of every file for every column
that is tested: 8 ms of a question's 23. What it would find is the same until the catalogue changes, so it
is read once; the engine then reads the files themselves. Rows that DuckLake keeps elsewhere, marks as
deleted or knows by other names are left to DuckLake. Of a table that never had a row it is not asked either:
most tables of a region have none, and a question took 16 ms to find that out.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple

from hutuo.base.selection import Question, Source, Span, span
from hutuo.base.tables import SQL_TYPES, SYSTEM, Table, quoted

# Signs by which the engine takes a path for a pattern.
PATTERN = frozenset("*?[]")
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
# DuckLake's own tables, as its engine attaches them. A file that is older than a column lacks it; columns
# that ever had another name or type, or files taken in from elsewhere (``mapping_id``), are matched by
# DuckLake alone. The number of rows, as DuckLake counts it, tells of deleted rows that are noted in the
# catalogue and not in a file.
_LIVE = """
    WITH here AS (
        SELECT table_id, s.path || t.path AS folder FROM {meta}.ducklake_table AS t
        JOIN {meta}.ducklake_schema AS s USING (schema_id)
        WHERE t.table_name = '{table}' AND t.end_snapshot IS NULL AND s.end_snapshot IS NULL
            AND t.path_is_relative AND s.path_is_relative
    ), named AS (
        SELECT column_id, column_name, begin_snapshot, end_snapshot, initial_default
        FROM {meta}.ducklake_column JOIN here USING (table_id)
    ), ranges AS (
        SELECT data_file_id, column_name, null_count,
            TRY(epoch_us(TRY_CAST(min_value AS TIMESTAMPTZ))) AS low,
            TRY(epoch_us(TRY_CAST(max_value AS TIMESTAMPTZ))) AS high
        FROM {meta}.ducklake_file_column_stats JOIN here USING (table_id)
        JOIN named USING (column_id) WHERE column_name IN ('valid_from', 'valid_to')
    )
    SELECT folder || f.path AS path, f.record_count, begins.low, begins.high,
        CASE WHEN ends.null_count = 0 THEN ends.high END AS until,
        f.path_is_relative AND f.mapping_id IS NULL AND f.encryption_key IS NULL
            AND f.file_format = 'parquet' AS plain,
        f.begin_snapshot > (SELECT max(begin_snapshot) FROM named) AS whole,
        (SELECT count(*) FROM lake.{table}) AS counted,
        (SELECT count(*) FROM {meta}.ducklake_inlined_data_tables JOIN here USING (table_id))
            + (SELECT count(*) FROM {meta}.ducklake_delete_file JOIN here USING (table_id)
                WHERE end_snapshot IS NULL)
            + (SELECT count(*) FROM named WHERE end_snapshot IS NOT NULL
                OR initial_default IS NOT NULL) AS elsewhere
    FROM {meta}.ducklake_data_file AS f JOIN here USING (table_id)
    LEFT JOIN ranges AS begins
        ON begins.data_file_id = f.data_file_id AND begins.column_name = 'valid_from'
    LEFT JOIN ranges AS ends ON ends.data_file_id = f.data_file_id AND ends.column_name = 'valid_to'
    WHERE f.end_snapshot IS NULL ORDER BY f.data_file_id
"""
# Tables that have rows now, or had some once.
_HELD = """
    SELECT DISTINCT table_name FROM {meta}.ducklake_table WHERE table_id IN (
        SELECT table_id FROM {meta}.ducklake_data_file
        UNION ALL SELECT table_id FROM {meta}.ducklake_inlined_data_tables
    )
"""
META = "__ducklake_metadata_lake"
Rows = Callable[[str], list[tuple[Any, ...]]]


class LiveFile(NamedTuple):
    """A file of the present state.

    Attributes:
        path: Where it lies.
        plain: Whether it can be read without DuckLake.
        whole: Whether it has all columns of the table.
        first: Earliest begin of a period in it, in microseconds since 1970; None where that is not known.
        last: Latest begin, likewise.
        until: Latest end; None also where a period has no end.
    """

    path: str
    plain: bool
    whole: bool
    first: int | None
    last: int | None
    until: int | None

    def may_hold(self, wanted: Span) -> bool:
        """Whether a period within these times may lie in it."""
        first, last, until = map(_micros, wanted)
        return not (
            _before(self.last, first) or _before(last, self.first) or _before(self.until, until)
        )


class LiveFiles:
    """The files of tables, each table's looked up once for a state of the lake."""

    def __init__(self, rows: Rows, folder: Path) -> None:
        self._rows, self._folder = rows, folder
        self._known: dict[tuple[str, int], list[LiveFile] | None] = {}
        # Tables with rows, as looked up in a state.
        self._held: set[str] = set()
        self._state: int | None = None

    def forget(self) -> None:
        """Look all up anew."""
        self._known.clear()
        self._state = None

    def source(self, asked: Question, state: int) -> Source | None:
        """SQL of the files that may hold the rows; None where DuckLake has to be asked.

        A table's files are looked up when it is asked for a second time in a state: that takes as long as
        they save in one question. Which tables have no rows is looked up for all at once.

        Args:
            asked: What is asked for.
            state: Number of the lake's state, another one after every change.
        """
        if self._is_empty(asked.table.name, state):
            return nothing(asked.table)
        key = asked.table.name, state
        again = key in self._known
        files = self._known.setdefault(key, None)
        if files is None:
            if not again:
                return None
            files = self._known[key] = live_files(self._rows, self._folder, asked.table.name)
        return source(files, span(asked))

    def _is_empty(self, table: str, state: int) -> bool:
        if table not in self._held and self._state != state:
            self._held |= {name for (name,) in self._rows(_HELD.format(meta=META))}
            self._state = state
        return table not in self._held


def nothing(table: Table) -> Source:
    """SQL of a table without rows."""
    kinds = {column.column: SQL_TYPES[column.type] for column in table.columns} | SYSTEM
    cells = ", ".join(f"NULL::{kind} AS {quoted(name)}" for name, kind in kinds.items())
    return Source(f"(SELECT {cells} WHERE false)", "")


def live_files(rows: Rows, folder: Path, table: str) -> list[LiveFile]:
    """Files of a table's present rows; none where DuckLake alone knows its rows.

    Args:
        rows: Answers SQL in an engine in which the lake is attached.
        folder: Folder of the lake.
        table: Name of the table.
    """
    found = rows(_LIVE.format(meta=META, table=table))
    if not found or found[0][-1] or sum(row[1] for row in found) != found[0][-2]:
        return []
    files = []
    for path, _, low, high, until, plain, whole, *_ in found:
        lies = str(folder / "lake" / path)
        files.append(LiveFile(lies, plain and PATTERN.isdisjoint(lies), whole, low, high, until))
    return files


def source(files: Sequence[LiveFile], wanted: Span) -> Source | None:
    """SQL of the files that may hold such periods; None where DuckLake has to be asked."""
    needed = [file for file in files if file.may_hold(wanted)]
    if not needed or not all(file.whole for file in needed):
        # One that has all columns tells them, though it may hold no row.
        whole = [file for file in files if file.whole and file not in needed][:1]
        needed = [*whole, *needed]
    if not any(file.whole for file in needed) or not all(file.plain for file in needed):
        return None
    telling = next(file for file in needed if file.whole)
    endless = [file for file in needed if file.until is None]
    if endless and not any(file.whole for file in endless):
        endless.insert(0, telling)
    return Source(_read(needed), _read(endless) if endless else "")


def _read(files: Sequence[LiveFile]) -> str:
    paths = ", ".join("'{}'".format(file.path.replace("'", "''")) for file in files)
    # Folders above may be named as partitions are: ``year=2024``. Columns that a file lacks are empty.
    options = "hive_partitioning = false"
    if not all(file.whole for file in files):
        options += ", union_by_name = true"
    return f"read_parquet([{paths}], {options})"


def _before(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and one < other


def _micros(when: datetime | None) -> int | None:
    return None if when is None else (when - _EPOCH) // timedelta(microseconds=1)
