"""Parquet: tables whose columns have names and types; rows are numbered from 1."""

from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.base.grids import Grid, bounded, declared
from hutuo.errors import BadInput
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pyarrow as pa

# Bytes that the file says its columns take when unpacked, and how often more than it is long.
MOST_BYTES = 2 << 30
MOST_RATIO = 500
SMALL = 16 << 20
MOST_THRIFT = 10_000_000


def grid(path: Path, _sheet: str | None = None) -> Grid:
    """The cells of a Parquet file; columns of lists or structures are left out.

    Raises:
        BadInput: It is broken, or would not fit.
    """
    with declared(path.name, "Parquet file"):
        return _grid(path)


def _grid(path: Path) -> Grid:
    import numpy as np
    import pyarrow as pa
    from pyarrow import parquet

    # Read whole: a reader that maps the file would fail later, when the file is gone.
    content = pa.BufferReader(path.read_bytes())
    limits = {
        "thrift_string_size_limit": MOST_THRIFT,
        "thrift_container_size_limit": MOST_THRIFT,
    }
    with parquet.ParquetFile(content, **limits) as file:
        head = file.metadata
        bounded(path.name, head.num_rows, head.num_columns)
        groups = [head.row_group(place) for place in range(head.num_row_groups)]
        unpacked = sum(group.total_byte_size for group in groups)
        if unpacked > min(MOST_BYTES, max(SMALL, path.stat().st_size * MOST_RATIO)):
            zh, en = (
                f"{path.name}解压后有{unpacked:,}字节",
                f"{path.name} unpacks to {unpacked:,} bytes",
            )
            hint = Text(
                f"最多{MOST_BYTES:,}字节,且不超过文件本身的{MOST_RATIO}倍",
                f"at most {MOST_BYTES:,}, and {MOST_RATIO} times its own size",
            )
            raise BadInput(Text(zh, en), hint=hint)
        fields = file.schema_arrow
        flat = [field.name for field in fields if not pa.types.is_nested(field.type)]
        table = file.read(columns=flat, use_threads=False)
    cells = pa.table({str(place): _text(table.column(place)) for place in range(len(flat))})
    frame = cells.to_pandas()
    frame.columns = range(len(flat))
    return Grid(frame, np.arange(1, table.num_rows + 1), names=tuple(flat))


def _text(column: "pa.ChunkedArray") -> "pa.ChunkedArray":
    """A column as text, missing as nothing."""
    import pyarrow as pa
    from pyarrow import compute

    kind = column.type
    if pa.types.is_dictionary(kind):
        column = compute.cast(column, kind.value_type)
        kind = column.type
    if pa.types.is_floating(kind):
        # NaN is how some programs write that nothing is there.
        column = compute.if_else(compute.is_nan(column), pa.scalar(None, kind), column)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        kind = pa.binary()
    return compute.fill_null(compute.cast(column, pa.string()), "")
