"""Rows typed as they come in: what a cell means is what is stored, or a finding."""

from datetime import date

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.base import check
from hutuo.base.rules import RULES
from hutuo.base.tables import Column, Table, tables
from hutuo.errors import in_both

few = settings(max_examples=30)


def cells(kind, texts, **more):
    """The typed values of a column, and what is told of them."""
    column = Column(**{"column": "x", "type": kind, "unit": "", "required": False, "default": "",
                       "zh": "", "en": "x", "rule": ""} | more)  # fmt: skip
    table = Table("t", (column, Column("k", "int", "", True, "", "", "k", "key")))
    with duckdb.connect() as connection:
        connection.execute("CREATE TABLE raw (x VARCHAR, k VARCHAR)")
        rows = [[text, str(number)] for number, text in enumerate(texts)]
        for row in rows:
            connection.execute("INSERT INTO raw VALUES (?, ?)", row)
        given_rows = [check.Given("f", ["x", "k"], "SELECT * FROM raw ORDER BY k::INT")]
        check.typed(connection, table, given_rows)
        values = [row[0] for row in connection.execute("SELECT x FROM new_t").fetchall()]
        return values, check.findings(connection, table, given_rows, {})


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("int", "2030", 2030),
        ("int", " 7 ", 7),
        ("int", "-3", -3),
        ("float", "12.5", 12.5),
        ("float", "1e3", 1000.0),
        ("bool", "yes", True),
        ("bool", "NO", False),
        ("bool", "true", True),
        ("date", "2020-11-01", date(2020, 11, 1)),
        ("text", " 甲 ", "甲"),
        ("text", "", None),
        ("text", "   ", None),
        ("text", None, None),
        ("float", None, None),
    ],
)
def test_a_cell_that_is_right(kind, text, value):
    values, found = cells(kind, [text])
    assert (values, found) == ([value], [])
    assert type(values[0]) is type(value)


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("int", "2.5"),
        ("int", "1e3"),
        ("int", "99999999999999999999"),
        ("float", "1,5"),
        ("float", "nan"),
        ("bool", "1"),
        ("bool", "是"),
        ("date", "2020-11-31"),
        ("date", "2020-11-01T00:00"),
        ("date", "2020"),
    ],
)
def test_a_cell_that_is_wrong_is_told_and_never_rounded(kind, text):
    values, found = cells(kind, [None, text])
    assert [(f.row, f.column) for f in found] == [(3, "x")]
    zh, en = in_both(found[0].says)
    assert f"'{text}' is not" in en
    assert f"“{text}”不是" in zh
    assert kind == "float" or values[1] is None


@few
@given(st.lists(st.integers(-(2**63), 2**63 - 1), max_size=5))
def test_whole_numbers_keep_every_digit(numbers):
    assert cells("int", list(map(str, numbers)))[0] == numbers


@few
@given(st.lists(st.floats(allow_nan=False, allow_infinity=False), max_size=5))
def test_numbers_keep_every_bit(numbers):
    assert cells("float", list(map(repr, numbers)))[0] == numbers


@few
@given(st.lists(st.dates(), max_size=5))
def test_dates_are_read_as_written(days):
    assert cells("date", [day.isoformat() for day in days])[0] == days


@few
@given(
    st.lists(
        st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\0"), max_size=8)
    )
)
def test_text_is_kept_but_for_blanks_at_its_ends(texts):
    values, found = cells("text", texts)
    assert values == [text.strip(" ") or None for text in texts]
    assert found == []


def test_a_default_stands_where_nothing_is_written():
    assert cells("bool", [None, "", " ", "no"], default="yes")[0] == [True, True, True, False]


def test_a_long_cell_is_cut_in_its_finding():
    _, found = cells("int", ["x" * 500])
    assert [len(words) < 150 for words in found[0].says] == [True, True]


def test_every_declared_rule_is_a_word_that_is_checked():
    words = {w for table in tables().values() for c in table.columns for w in c.rules}
    assert words - {"key", "trace"} <= set(RULES)


def test_every_table_has_a_key_and_every_type_is_known():
    for table in tables().values():
        assert table.keys
        assert {c.type for c in table.columns} <= {*check.CASTS, "blob"}
