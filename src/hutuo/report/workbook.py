"""Workbooks: one sheet a table, numbers as numbers, headers in the reader's language."""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

WIDEST = 60


class Sheet(NamedTuple):
    """One sheet: a heading a column and rows of plain values.

    Attributes:
        title: Name of the sheet, at most 31 characters.
        heads: Headings of the columns.
        rows: Values, one sequence a row, as long as ``heads``.
        chart: Columns (label, then one a series) to draw as bars; none if empty.
    """

    title: str
    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    chart: Sequence[int] = ()


def workbook(sheets: Sequence[Sheet], title: str, made: date) -> bytes:
    """An XLSX file of these sheets.

    Args:
        sheets: Sheets in order.
        title: Title in the file's properties.
        made: Day written as the file's date, so that the same input gives the same bytes.
    """
    import xlsxwriter

    content = io.BytesIO()
    # Cells that start with = or look like a link stay text: figures come from data, not from formulas.
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, safe) as book:
        book.set_properties({"title": title, "created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001 - a file date has no zone
        bold = book.add_format(
            {"bold": True, "bg_color": "#dfe8ef", "border": 1, "text_wrap": True}
        )
        wrap = book.add_format({"text_wrap": True, "valign": "top"})
        for sheet in sheets:
            _write(book, sheet, bold, wrap)
    return content.getvalue()


def _write(book: Any, sheet: Sheet, bold: Any, wrap: Any) -> None:
    page = book.add_worksheet(sheet.title[:31])
    page.write_row(0, 0, sheet.heads, bold)
    for number, row in enumerate(sheet.rows, start=1):
        for column, value in enumerate(row):
            if value is None:
                page.write_blank(number, column, None, wrap)
            elif isinstance(value, bool) or not isinstance(value, (int, float)):
                page.write_string(number, column, _text(value), wrap)
            else:
                page.write_number(number, column, value, wrap)
    for column, head in enumerate(sheet.heads):
        longest = max([_width(head), *(_width(_text(row[column])) for row in sheet.rows)])
        page.set_column(column, column, min(longest + 2, WIDEST))
    page.freeze_panes(1, 1)
    page.autofilter(0, 0, max(len(sheet.rows), 1), len(sheet.heads) - 1)
    if sheet.chart and sheet.rows:
        _chart(book, page, sheet)


def _chart(book: Any, page: Any, sheet: Sheet) -> None:
    chart = book.add_chart({"type": "bar"})
    label, *series = sheet.chart
    last, name = len(sheet.rows), sheet.title[:31]
    for column in series:
        chart.add_series(
            {
                "name": [name, 0, column],
                "categories": [name, 1, label, last, label],
                "values": [name, 1, column, last, column],
            }
        )
    chart.set_y_axis({"reverse": True})
    chart.set_size({"width": 720, "height": 120 + 22 * last})
    page.insert_chart(1, len(sheet.heads) + 1, chart)


def _text(value: object) -> str:
    if isinstance(value, (list, tuple)):
        return "; ".join(_text(item) for item in value)
    return "" if value is None else str(value)


def _width(text: str) -> int:
    """Columns that a text takes; a Chinese character takes two."""
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)  # noqa: PLR2004 - first CJK block
