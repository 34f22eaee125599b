"""Workbooks: read back, numbers are numbers, headings are in the reader's language."""

import io
from datetime import date, datetime

import openpyxl
import pytest

from hutuo.plan.report import Report, report
from hutuo.report.workbook import Sheet, workbook

HEADS = {
    "zh": {"目标评估": ["名称", "条款", "算子", "数值", "计量单位", "年份", "年份来历", "语气", "地域"],
           "自述核对": ["名称", "条款", "算子", "规划所述", "数据所得", "计量单位", "差"]},
    "en": {"Targets": ["title", "clause", "operator", "value"],
           "Reconciliation": ["title", "clause", "operator", "stated", "computed"]},
}  # fmt: skip


def opened(content):
    return openpyxl.load_workbook(io.BytesIO(content))


def rows(book, name):
    return [[cell.value for cell in row] for row in book[name].iter_rows()]


@pytest.fixture(scope="module", params=["zh", "en"])
def made(request, little):
    (file,) = report(little, Report(format=("xlsx",), language=request.param)).files
    return request.param, opened(file.content)


def test_headings_are_in_the_readers_language(made):
    lang, book = made
    for name, heads in HEADS[lang].items():
        found = rows(book, name)[0]
        assert [head.lower() for head in found[: len(heads)]] == heads


def test_figures_are_numbers_and_words_are_text(made):
    lang, book = made
    name = next(iter(HEADS[lang]))
    grow = rows(book, name)[1]
    assert grow[3] == 200
    assert isinstance(grow[3], (int, float))
    assert pytest.approx(53.59) in [cell for cell in grow if isinstance(cell, float)]
    assert pytest.approx((200 / 146.41) ** 0.25 - 1) in [c for c in grow if isinstance(c, float)]


def test_the_members_have_their_figures(made):
    lang, book = made
    sheet = rows(book, {"zh": "成员", "en": "Members"}[lang])
    by_code = {row[0]: row for row in sheet[1:]}
    assert set(by_code) == {"990101", "990102", "part:delta-town"}
    assert {900.0, 1000.0} <= set(by_code["990101"][2:])


def test_an_empty_cell_stays_empty(made):
    lang, book = made
    ride = rows(book, next(iter(HEADS[lang])))[3]
    assert None in ride
    assert "None" not in ride


def test_a_cell_that_looks_like_a_formula_or_a_link_stays_text():
    """Names come from packs: =cmd() must never be run by who opens the file."""
    words = ["=1+1", "http://a.example", "+1", "@x", "-2"]
    book = opened(workbook([Sheet("s", ["a"], [[w] for w in words])], "t", date(2025, 1, 1)))
    cells = [row[0] for row in book["s"].iter_rows(min_row=2)]
    assert [cell.value for cell in cells] == words
    assert {cell.data_type for cell in cells} == {"s"}
    assert [cell.hyperlink for cell in cells] == [None] * 5


def test_lists_are_joined_and_truth_is_text():
    sheet = Sheet("s", ["a", "b"], [[["x", "y"], True]])
    assert rows(opened(workbook([sheet], "t", date(2025, 1, 1))), "s")[1] == ["x; y", "True"]


def test_the_date_of_the_file_is_the_one_given():
    book = opened(workbook([Sheet("s", ["a"], [])], "题", date(2025, 1, 1)))
    assert book.properties.created == datetime(2025, 1, 1)  # noqa: DTZ001 - a file date has no zone
    assert book.properties.title == "题"


def test_a_long_title_is_cut_to_what_a_sheet_may_have():
    book = opened(
        workbook([Sheet("x" * 40, ["a", "b"], [["c", 1]], [0, 1])], "t", date(2025, 1, 1))
    )
    assert book.sheetnames == ["x" * 31]
