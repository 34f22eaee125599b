"""Rows that were read, in memory: instants in UTC, civil dates, the asked-for rows of a small table."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

from hutuo.base.periods import CLOCK
from hutuo.base.selection import APART, JOINED, MANY, stored
from hutuo.base.tables import Table

if TYPE_CHECKING:
    import pyarrow as pa


def in_utc(rows: "pa.Table") -> "pa.Table":
    """The rows with instants in a zone called UTC; the engine calls the same one Etc/UTC."""
    import pyarrow as pa

    kind = pa.timestamp("us", "UTC")
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz:
            rows = rows.set_column(place, field.name, rows.column(place).cast(kind))
    return rows


def civil(rows: "pa.Table", table: Table) -> "pa.Table":
    """The rows with times as dates, if every row is made of dates."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not table.times or pa.types.is_date(rows.schema.field(table.times[0]).type):
        return rows
    if pc.any(pc.is_in(rows.column("grain"), value_set=pa.array(CLOCK))).as_py():
        return rows
    for name in table.times:
        place = rows.column_names.index(name)
        rows = rows.set_column(place, name, rows.column(name).cast(pa.date32()))
    return rows


def filtered(rows: "pa.Table", table: Table, where: Mapping[str, object]) -> "pa.Table":
    """The rows that are asked for, of all rows of a table."""
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, wanted in where.items():
        if isinstance(wanted, slice):
            rows = _sliced(rows, table, name, wanted)
            continue
        values, column = stored(table, name, wanted), _compared(rows, table, name)
        rows = rows.filter(pc.is_in(column, value_set=pa.array(values, column.type)))
    return civil(rows, table)


def _sliced(rows: "pa.Table", table: Table, name: str, wanted: slice) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    for compare, end in ((pc.greater_equal, wanted.start), (pc.less, wanted.stop)):
        if end is not None:
            column = _compared(rows, table, name)
            value = pa.scalar(stored(table, name, end)[0], column.type)
            rows = rows.filter(compare(column, value))
    return rows


def _compared(rows: "pa.Table", table: Table, name: str) -> "pa.ChunkedArray":
    """A column as it is compared in the lake: a date among times as its nominal midnight."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if JOINED in name:
        parts = [rows.column(part) for part in name.split(JOINED)]
        return pc.binary_join_element_wise(*parts, APART)
    column = rows.column(name)
    return column.cast(pa.timestamp("us", "UTC")) if name in table.times else column


def frozen(where: Mapping[str, object]) -> object:
    """What is asked for, as a key of what was read before."""

    def plain(wanted: object) -> object:
        if isinstance(wanted, slice):
            return "slice", wanted.start, wanted.stop
        return tuple(sorted(wanted)) if isinstance(wanted, MANY) else wanted

    return tuple((name, plain(wanted)) for name, wanted in sorted(where.items()))
