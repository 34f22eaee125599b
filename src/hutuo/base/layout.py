"""Tables and columns of a lake: made where they are missing, refused where another version made them."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from hutuo.base.tables import SQL_TYPES, SYSTEM, Table, quoted, tables
from hutuo.errors import Unavailable
from hutuo.glossary import Text

# What was written when, by which verb, from what; and what became of branches. Only ever added to.
LOG = {
    "batch": {
        "batch": "VARCHAR",
        "digest": "VARCHAR",
        "recorded_at": "TIMESTAMPTZ",
        "row_count": "BIGINT",
        "branch": "VARCHAR",
        "verb": "VARCHAR",
        "origin": "VARCHAR",
        "written_at": "TIMESTAMPTZ",
        "quarantined": "BIGINT",
        "tables": "VARCHAR",
    },
    "branch": {
        "branch": "VARCHAR",
        "name": "VARCHAR",
        "event": "VARCHAR",
        "happened_at": "TIMESTAMPTZ",
    },
}
# How Parquet is written: 20 million readings take 57 MB, against 63 MB with snappy in the same time.
# Rows stay in files, never in the catalogue, so that a broken catalogue can be built anew from the files.
OPTIONS = {"parquet_compression": "zstd", "parquet_version": "2", "data_inlining_row_limit": "0"}
# Types as the catalogue writes them.
KINDS = {
    "VARCHAR": "varchar",
    "DOUBLE": "float64",
    "BIGINT": "int64",
    "BOOLEAN": "boolean",
    "DATE": "date",
    "TIMESTAMPTZ": "timestamptz",
    "BLOB": "blob",
}
# Asked of the catalogue: the engine's own list of columns takes 50 ms, this 4 ms.
COLUMNS = """
    SELECT table_name, column_name, column_type FROM __ducklake_metadata_lake.ducklake_table AS t
    JOIN __ducklake_metadata_lake.ducklake_column AS c USING (table_id)
    WHERE t.end_snapshot IS NULL AND c.end_snapshot IS NULL ORDER BY table_id, column_order
"""

# Rows of each table that has any, those that a later one stands over included.
SIZES = """
    SELECT table_name, record_count FROM __ducklake_metadata_lake.ducklake_table AS t
    JOIN __ducklake_metadata_lake.ducklake_table_stats AS s USING (table_id)
    WHERE t.end_snapshot IS NULL
"""


def columns_there(rows: Sequence[tuple[str, str, str]]) -> dict[str, dict[str, str]]:
    """Columns of a lake and their types, by table, of what :data:`COLUMNS` answers."""
    names = {kind: name for name, kind in KINDS.items()}
    there: dict[str, dict[str, str]] = {}
    for table, column, kind in rows:
        there.setdefault(table, {})[column] = names.get(kind, kind)
    return there


def missing(there: Mapping[str, Mapping[str, str]]) -> list[str]:
    """SQL that makes what is missing, after what all tables are to be written with; none if all is there."""
    made = []
    for table, columns in _wanted().items():
        if table not in there:
            cells = ", ".join(f"{quoted(name)} {kind}" for name, kind in columns.items())
            made.append(f"CREATE TABLE IF NOT EXISTS lake.{table} ({cells})")
            continue
        made += [
            f"ALTER TABLE lake.{table} ADD COLUMN IF NOT EXISTS {quoted(name)} {kind}"
            for name, kind in columns.items()
            if name not in there[table]
        ]
    options = [f"CALL lake.set_option('{name}', '{value}')" for name, value in OPTIONS.items()]
    return [*options, *made] if made else []


def refuse_other(there: Mapping[str, Mapping[str, str]], folder: Path) -> None:
    """Refuse columns of another type, written by another version: what they hold is not guessed at.

    Raises:
        Unavailable: There are such columns.
    """
    wanted = _wanted()
    other = [
        f"{table}.{column} is {kind}, not {wanted[table][column]}"
        for table, columns in there.items()
        for column, kind in columns.items()
        if column in wanted.get(table, {}) and kind != wanted[table][column]
    ]
    if "branch" in there and "created_at" in there["branch"]:
        other.append("branch.created_at is not known any more")
    if other:
        told = "; ".join(other)
        raise Unavailable(
            Text(
                f"{folder}中的数据湖属于另一版本:{told}",
                f"the lake in {folder} has the layout of another version: {told}",
            ),
            Text(
                "移走该文件夹,再打开地区,数据包会重新装入",
                "move that folder away and open the region again: the pack is loaded anew",
            ),
        )


def _wanted() -> dict[str, dict[str, str]]:
    return {name: _columns(table) for name, table in tables().items()} | LOG


def _columns(table: Table) -> dict[str, str]:
    return {c.column: SQL_TYPES[c.type] for c in table.columns} | SYSTEM
