"""What the rows of a batch say, as one digest a table that can be computed again from the lake."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from hutuo.base.tables import SYSTEM, quoted
from hutuo.base.tables import table as declared

if TYPE_CHECKING:
    import duckdb

__all__ = ["MOST_ROWS", "Source", "content", "digest_of"]

# More rows come from a file, whose own digest stands in the log of batches: to hash each would take longer
# than to write them.
MOST_ROWS = 100_000
# SQL of rows with all their columns, as it stands behind FROM, and what is bound in it.
Source = tuple[str, Sequence[object]]
_STAMP = {"time", "timestamptz"}
_NULL, _APART = "chr(30)", "chr(31)"


def content(
    connection: "duckdb.DuckDBPyConnection",
    batch: str,
    rows: Mapping[str, int],
    new: Mapping[str, Source] = MappingProxyType({}),
) -> dict[str, dict[str, Any]]:
    """Rows of a batch by table: how many, and their digest; none where there are more than ``MOST_ROWS``.

    Args:
        connection: Of the lake, within the change that writes the batch or after it.
        batch: Id of the batch.
        rows: Number of rows by table.
        new: The rows by table where they are at hand; those of another table are read from the lake.
    """
    return {
        name: {
            "rows": count,
            "sha256": digest_of(connection, name, batch, new.get(name))
            if count <= MOST_ROWS
            else None,
        }
        for name, count in rows.items()
        if count
    }


def digest_of(
    connection: "duckdb.DuckDBPyConnection", name: str, batch: str, new: Source | None = None
) -> str:
    """SHA-256 over the SHA-256 of each row of a table that a batch wrote, in order of these."""
    table = declared(name)
    cells = [_cell(quoted(column.column), column.type) for column in table.columns]
    cells += [_cell(quoted(column), kind.lower()) for column, kind in SYSTEM.items()]
    source, values = new or (f"lake.{name} WHERE batch = ?", [batch])
    # Names come from the declarations of the tables.
    sql = (
        "SELECT sha256(coalesce(string_agg(mark, '' ORDER BY mark), '')) FROM ("
        f"SELECT sha256(concat_ws({_APART}, {', '.join(cells)})) AS mark"
        f" FROM {source})"
    )
    found = connection.execute(sql, list(values)).fetchone()
    return str(found[0]) if found else ""


def _cell(name: str, kind: str) -> str:
    """A cell as text that no setting of the session changes."""
    if kind in _STAMP:
        text = f"epoch_us({name})::VARCHAR"
    elif kind == "blob":
        text = f"hex({name})"
    else:
        text = f"{name}::VARCHAR"
    return f"coalesce({text}, {_NULL})"
