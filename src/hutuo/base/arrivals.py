"""Rows that a program brings: a frame as typed columns, staged for the checks without copying it.

Columns that have their declared type already are taken as they are; others are read as text, as cells of a
pack. So a frame of 20 million readings is checked and written at the speed of the engine, and a frame of
mixed objects is told every fault.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from hutuo.base import check
from hutuo.base.tables import Table, quoted
from hutuo.errors import BadInput, Finding, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pandas as pd
    import pyarrow as pa
    from duckdb import DuckDBPyConnection

RECORDED = "recorded_at"
# What reading adds to a row; a frame that was read may be appended again.
READ_ONLY = ("batch", "branch", "retracted")
# The engine scans an Arrow table in parallel by its chunks: 8 s for 20 million rows in one, 4 s in twenty.
CHUNK = 1_000_000
# From so many rows on, looking at text once more before it is checked takes less than it saves.
MANY = 100_000


@dataclass(frozen=True)
class Arrived:
    """Rows of one table, staged as ``new_<table>``.

    Attributes:
        table: Declaration of the table.
        given: What the checks read.
        rows: How many there are.
        dated: Whether each row brings the time at which it was recorded.
        in_order: Whether rows stand in order of their valid time.
    """

    table: Table
    given: check.Given
    rows: int
    dated: bool
    in_order: bool


def stage(
    connection: "DuckDBPyConnection",
    table: Table,
    frame: "pd.DataFrame | pa.Table",
    zone: ZoneInfo,
) -> Arrived:
    """Register the rows and make ``new_<table>`` a view of them.

    Args:
        connection: Where they are registered, as ``given_<table>``.
        table: Declaration of the table.
        frame: Columns of the table, in any order; ``recorded_at`` (aware) may be given for history.
        zone: Time zone of instants that name none.

    Raises:
        NotFound: A column that the table does not have.
        BadInput: ``recorded_at`` names no time zone or is no time.
    """
    import numpy as np
    import pyarrow as pa

    rows = frame if isinstance(frame, pa.Table) else _arrow(table, frame)
    columns = [name for name in rows.column_names if name not in READ_ONLY]
    unknown = [name for name in columns if name not in (*table.names, RECORDED)]
    if unknown:
        raise one_of(unknown[0], f"column of {table.name}", table.names)
    rows = rows.select(columns)
    dated = RECORDED in columns
    if dated:
        rows = _recorded(table, rows)
    civil = _starts_days([rows.column(name) for name in table.times if name in columns])
    typed = {
        c.column: _typed(rows.column(c.column), c.type, zone, civil=civil)
        for c in table.columns
        if c.column in columns
    }
    for name, column in typed.items():
        if column is not None:
            rows = rows.set_column(rows.column_names.index(name), name, column)
    rows = rows.append_column("_line", pa.array(np.arange(1, rows.num_rows + 1)))
    rows = pa.Table.from_batches(rows.to_batches(max_chunksize=CHUNK), rows.schema)
    relation = f"given_{table.name}"
    connection.register(relation, rows)
    fitting = [name for name, column in typed.items() if column is not None]
    given = check.Given(
        table.name,
        [name for name in columns if name != RECORDED],
        f"SELECT * FROM {relation}",
        line=1,
        typed=fitting,
        dates=[name for name in fitting if pa.types.is_date(rows.schema.field(name).type)],
        clean=_clean(connection, relation, [n for n in fitting if _is_text(rows, n)], len(rows)),
        zone=zone.key,
    )
    check.viewed(connection, table, given, [RECORDED] if dated else [])
    return Arrived(table, given, rows.num_rows, dated, _in_order(rows))


def release(connection: "DuckDBPyConnection", arrived: "Sequence[Arrived]") -> None:
    """Let go of the rows."""
    for one in arrived:
        connection.execute(f"DROP VIEW IF EXISTS new_{one.table.name}")
        connection.unregister(f"given_{one.table.name}")


def _is_text(rows: "pa.Table", name: str) -> bool:
    import pyarrow.types as has

    kind = rows.schema.field(name).type
    return bool(has.is_string(kind) or has.is_large_string(kind))


def _clean(
    connection: "DuckDBPyConnection", relation: str, names: "Sequence[str]", rows: int
) -> list[str]:
    """Columns of text that need no trimming, looked at once: it would be done in every scan otherwise."""
    if rows < MANY or not names:
        return []
    tests = ", ".join(
        f"bool_or({name} = '' OR {name} LIKE ' %' OR {name} LIKE '% ')"
        for name in (quoted(n) for n in names)
    )
    found = connection.execute(f"SELECT {tests} FROM {relation}").fetchone() or ()
    return [name for name, blank in zip(names, found, strict=True) if not blank]


def _in_order(rows: "pa.Table") -> bool:
    if "valid_from" not in rows.column_names or rows.num_rows < 2:  # noqa: PLR2004 - one row is in order
        return True
    import pyarrow.compute as pc

    column = rows.column("valid_from")
    return bool(pc.all(pc.less_equal(column[:-1], column[1:])).as_py())


def _arrow(table: Table, frame: "pd.DataFrame") -> "pa.Table":
    """The frame as Arrow; columns of mixed objects as text, in which they can be told apart."""
    import pyarrow as pa

    blobs = {column.column for column in table.columns if column.type == "blob"}
    objects = [
        frame[name] for name in table.times if name in frame and frame[name].dtype == object
    ]
    civil = _all_midnight(objects)
    ready = {}
    for name in map(str, frame.columns):
        cells = frame[name]
        if cells.dtype == object and name not in blobs:
            if name in (*table.times, RECORDED):
                cells = _times(cells, civil=civil and name != RECORDED)
            missing = cells.isna()
            cells = cells.astype(str).mask(missing) if cells.dtype == object else cells
        elif isinstance(cells.dtype, _categorical()):
            cells = cells.astype(str).mask(cells.isna())
        ready[name] = pa.Array.from_pandas(cells)
    return pa.table({name: _whole(column) for name, column in ready.items()})


def _categorical() -> type:
    import pandas as pd

    return pd.CategoricalDtype


def _whole(column: "pa.Array | pa.ChunkedArray") -> "pa.ChunkedArray":
    import pyarrow as pa

    return column if isinstance(column, pa.ChunkedArray) else pa.chunked_array([column])


def _times(cells: "pd.Series[Any]", *, civil: bool) -> "pd.Series[Any]":
    """Objects of time as text that keeps apart what is a date and what is an instant."""

    def text(cell: object) -> object:
        if isinstance(cell, datetime) and cell.tzinfo is None and civil:
            return cell.date().isoformat()
        return cell.isoformat() if isinstance(cell, date) else cell

    missing = cells.isna()
    return cells.where(missing, cells[~missing].map(text))


def _all_midnight(columns: "Sequence[pd.Series[Any]]") -> bool:
    """Whether all times without a zone stand at midnight: they are dates then, as pandas writes them."""
    return all(
        cell.time() == time()
        for column in columns
        for cell in column
        if isinstance(cell, datetime) and cell == cell and cell.tzinfo is None  # NaT is not itself
    )


def _recorded(table: Table, rows: "pa.Table") -> "pa.Table":
    """The rows with their time of recording as instants in UTC."""
    import pyarrow as pa

    place = rows.column_names.index(RECORDED)
    column = rows.column(place)
    wanted = pa.timestamp("us", "UTC")
    if pa.types.is_string(column.type) or pa.types.is_large_string(column.type):
        column = pa.chunked_array([_instants(table, column.to_pylist())], wanted)
    if not (pa.types.is_timestamp(column.type) and column.type.tz) or column.null_count:
        wrong = Text(
            "为空或没有时区;请写明,如2026-05-06T08:00+08:00",
            "is empty or names no time zone; write it with one, as 2026-05-06T08:00+08:00",
        )
        says = Text(f"写入数据表{table.name}的行有误:", f"rows for table {table.name}:")
        raise BadInput(says, [Finding(table.name, None, RECORDED, wrong)])
    return rows.set_column(place, RECORDED, column.cast(wanted))


def _instants(table: Table, cells: "Sequence[str | None]") -> "pa.Array":
    import pyarrow as pa

    found, faults = [], []
    for line, cell in enumerate(cells, 1):
        try:
            when = datetime.fromisoformat(cell or "")
        except ValueError:
            when = None
        if when is None or when.tzinfo is None:
            wrong = Text(
                f"“{cell}”不是带时区的时刻,如2026-05-06T08:00+08:00",
                f"'{cell}' is no instant with a time zone, as 2026-05-06T08:00+08:00",
            )
            faults.append(Finding(table.name, line, RECORDED, wrong))
        found.append(when.astimezone(UTC) if when is not None and when.tzinfo else None)
    if faults:
        zh = f"写入数据表{table.name}的行有{len(faults)}处问题:"
        en = f"rows for table {table.name} have {len(faults)} findings:"
        raise BadInput(Text(zh, en), faults)
    return pa.array(found, pa.timestamp("us", "UTC"))


def _typed(
    column: "pa.ChunkedArray", kind: str, zone: ZoneInfo, *, civil: bool
) -> "pa.ChunkedArray | None":
    """The column where it has its declared type already, or can be given it without loss; else None."""
    import pyarrow.types as has

    given = column.type
    if has.is_timestamp(given) and kind in ("date", "time"):
        return _clock(column, kind, zone, civil=civil)
    numeric = has.is_integer(given) or has.is_floating(given)
    fits = {
        "text": has.is_string(given) or has.is_large_string(given),
        "float": numeric,
        "int": has.is_integer(given) or (numeric and _is_whole(column)),
        "bool": has.is_boolean(given),
        "date": has.is_date(given),
        "time": has.is_date(given),
        "blob": has.is_binary(given) or has.is_large_binary(given),
    }
    return column if fits[kind] else None


def _is_whole(column: "pa.ChunkedArray") -> bool:
    import pyarrow.compute as pc

    there = column.drop_null()
    return pc.all(pc.equal(pc.floor(there), there)).as_py() is not False


def _starts_days(columns: "Sequence[pa.ChunkedArray]") -> bool:
    """Whether all times without a zone stand at midnight, so that they are dates."""
    import pyarrow.compute as pc
    import pyarrow.types as has

    naive = [c for c in columns if has.is_timestamp(c.type) and c.type.tz is None]
    return all(
        pc.all(pc.equal(pc.floor_temporal(column, unit="day"), column)).as_py() is not False
        for column in naive
    )


def _clock(
    column: "pa.ChunkedArray", kind: str, zone: ZoneInfo, *, civil: bool
) -> "pa.ChunkedArray | None":
    """Dates where a time without a zone means one, else instants in UTC."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if column.type.tz is None and (civil or kind == "date"):
        return column.cast(pa.date32()) if _starts_days([column]) else None
    if kind == "date":
        return None
    column = column.cast(pa.timestamp("us", column.type.tz), safe=False)
    if column.type.tz is None:
        # Where clocks are set, the hour that stands twice is the earlier one, the one left out moves on.
        column = pc.assume_timezone(column, zone.key, ambiguous="earliest", nonexistent="latest")
    return column.cast(pa.timestamp("us", "UTC"))
