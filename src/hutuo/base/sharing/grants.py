"""What the agreements show a body of a table, on rows that were read already.

Pure: rows in, rows out. Without an agreement that is live there is nothing; with several, a cell is shown if
one of them shows its row and its column.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import pyarrow as pa

__all__ = ["ALL", "Grant", "narrowed", "visible"]


class Grant(NamedTuple):
    """What one agreement shows of one table.

    Attributes:
        agreement: Its id; None for what needs none: a body's own table, or one that is open to all.
        purpose: What the rows may be used for.
        since: First day.
        until: Last day.
        fields: Columns that are shown; None for all. Those of the key always are.
        rows: Column to the values whose rows are shown; None for all.
    """

    agreement: str | None
    purpose: str = ""
    since: date = date.min
    until: date = date.max
    fields: frozenset[str] | None = None
    rows: Mapping[str, Sequence[object]] | None = None

    def holds(self, day: date) -> bool:
        """Whether it is live on a day."""
        return self.since <= day <= self.until

    @property
    def is_whole(self) -> bool:
        """Whether all of the table is shown."""
        return self.fields is None and self.rows is None


ALL = Grant(None)


def visible(grants: Sequence[Grant], keys: Sequence[str], names: Sequence[str]) -> set[str]:
    """Columns that every grant shows: by what others say, nobody may ask for rows."""
    shown = set(names)
    for grant in grants:
        if grant.fields is not None:
            shown &= grant.fields | set(keys)
    return shown


def narrowed(rows: "pa.Table", grants: Sequence[Grant], always: Sequence[str]) -> "pa.Table":
    """Rows and cells that are shown; a cell that is not is null.

    Args:
        rows: As they were read.
        grants: Those that are live.
        always: Columns that are shown of each row that is.

    Returns:
        Rows in their order, with the same columns.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    if any(grant.is_whole for grant in grants):
        return rows
    masks = [(_mask(rows, grant), grant) for grant in grants]
    none = pa.repeat(pa.scalar(value=False), rows.num_rows)
    kept = none
    for mask, _ in masks:
        kept = pc.or_(kept, mask)
    columns = []
    for name in rows.column_names:
        column = rows.column(name)
        seen = none
        for mask, grant in masks:
            if grant.fields is None or name in grant.fields:
                seen = pc.or_(seen, mask)
        columns.append(
            column if name in always else pc.if_else(seen, column, pa.scalar(None, column.type))
        )
    return pa.table(columns, schema=_nullable(rows.schema)).filter(kept)


def _mask(rows: "pa.Table", grant: Grant) -> "pa.Array":
    import pyarrow as pa
    import pyarrow.compute as pc

    mask = pa.repeat(pa.scalar(value=True), rows.num_rows)
    for name, values in (grant.rows or {}).items():
        column = rows.column(name)
        wanted = pa.array(list(values), type=column.type)
        mask = pc.and_(mask, pc.is_in(column, value_set=wanted))
    return mask


def _nullable(schema: "pa.Schema") -> "pa.Schema":
    import pyarrow as pa

    return pa.schema([field.with_nullable(nullable=True) for field in schema])
