"""Rows of Arrow as plain values are those that Arrow itself gives."""

from datetime import UTC

import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.plain import rows_of

ROW = st.fixed_dictionaries(
    {
        "name": st.none() | st.text(),
        "at": st.none() | st.datetimes(timezones=st.just(UTC)),
        "day": st.none() | st.dates(),
        "value": st.none() | st.floats(allow_nan=False),
        "yes": st.none() | st.booleans(),
    }
)
KINDS = [pa.string(), pa.timestamp("us", "UTC"), pa.date32(), pa.float64(), pa.bool_()]
SCHEMA = pa.schema(list(zip(("name", "at", "day", "value", "yes"), KINDS, strict=True)))


@given(st.lists(ROW), st.lists(ROW))
def test_rows_are_those_of_arrow_itself(first, then):
    """In several chunks, without rows, with cells that lack."""
    parts = [pa.Table.from_pylist(rows, SCHEMA) for rows in (first, then)]
    table = pa.concat_tables(parts)
    assert rows_of(table) == table.to_pylist()
    assert rows_of(table.slice(1)) == table.to_pylist()[1:]
