"""Forms: texts as a file can hold them, rows as high as their texts, lists to choose from."""

import io
from datetime import date

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.report.forms import LONGEST_CELL, MARKS, Field, fitting, form, lines

FIELDS = [
    Field("a", "text", 10),
    Field("b", "text", 4, choices="kinds"),
    Field("c", "fixed", 5, hidden=True),
]


def opened(rows):
    marks = {"rows": ["1"], "kinds": ["x", "y"]}
    return openpyxl.load_workbook(io.BytesIO(form("表", FIELDS, rows, marks, date(2026, 1, 1))))


@pytest.mark.parametrize(
    ("text", "fits"),
    [
        ("a\r\nb\rc", "a\nb\nc"),
        ("a\x00\x0b\x1fb", "ab"),
        ("\ufffe", ""),
        ("a\tb", "a\tb"),
        ("", ""),
    ],
)
def test_a_text_loses_only_what_no_file_can_hold(text, fits):
    assert fitting(text) == fits


@given(st.text(), st.integers(1, 30))
def test_a_fitting_text_fits_and_fits_again(text, longest):
    once = fitting(text, longest)
    assert len(once.encode("utf-16-le")) <= 2 * longest
    assert fitting(once, longest) == once


def test_a_letter_of_two_units_is_never_cut_in_two():
    assert fitting("🏗" * 20, 6) == "🏗🏗…"
    assert len(fitting("长" * 40_000)) == LONGEST_CELL


def test_a_row_is_as_high_as_its_texts():
    assert lines(FIELDS, ["a" * 10, None, None]) == 1
    assert lines(FIELDS, ["长" * 6, None, None]) == 2
    assert lines(FIELDS, ["a\n\nb", None, "x" * 99]) == 3
    page = opened([["a\n\nb", "x", None], ["a", "y", None]])["表"]
    assert (page.row_dimensions[2].height, page.row_dimensions[3].height) == (45, None)


def test_a_list_offers_what_the_mark_holds():
    book = opened([["a", "x", "v"]])
    rule = book["表"].data_validations.dataValidation[0]
    assert (rule.type, rule.formula1, str(rule.sqref).split(":")[0]) == (
        "list",
        f"{MARKS}!$B$2:$B$3",
        "B2",
    )
    assert [cell.value for cell in book[MARKS]["B"]] == ["kinds", "x", "y"]
