"""Workbooks that are filled in and come back: cells of their kind, lists to choose from, marks that stay.

A form has one sheet of rows, and a hidden one of marks: what the lists offer, and whatever is needed to know
the rows again. Word and spreadsheet programs keep both when they save.
"""

import io
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any, NamedTuple

# What a cell may hold, counted as spreadsheets do, in units of UTF-16.
LONGEST_CELL = 32_767
CUT = "…"
MARKS = "hutuo"
# Rows below the last one that can be chosen in too, for what is added by hand.
SPARE = 500
PAPER = 8  # A3: what is filled in has many columns
LINE, MOST_LINES = 15, 12
WIDE = 0x2E80
NOT_XML = dict.fromkeys((*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF))


class Field(NamedTuple):
    """One column of a form.

    Attributes:
        head: Heading.
        kind: ``text``, ``date``, ``share``, ``money``, or ``fixed`` for what is only shown.
        width: Width in characters.
        choices: Name of the mark whose values can be chosen; none if empty.
        hidden: Whether the column is not seen.
    """

    head: str
    kind: str
    width: int
    choices: str = ""
    hidden: bool = False


def fitting(text: str, longest: int = LONGEST_CELL) -> str:
    """A text as a file can hold it: plain line ends, no control characters, cut where it is too long."""
    plain = text.replace("\r\n", "\n").replace("\r", "\n").translate(NOT_XML)
    units = plain.encode("utf-16-le", "surrogatepass")
    if len(units) <= 2 * longest:
        return plain
    return units[: 2 * (longest - 1)].decode("utf-16-le", "ignore") + CUT


def lines(fields: Sequence[Field], row: Sequence[Any]) -> int:
    """Lines that the texts of a row take in their columns; a Chinese character takes two places of one."""
    most = 1
    for field, value in zip(fields, row, strict=True):
        if isinstance(value, str) and not field.hidden:
            parts = fitting(value).split("\n")
            places = [sum(2 if ord(letter) > WIDE else 1 for letter in part) for part in parts]
            most = max(most, sum(max(1, -(-one // field.width)) for one in places))
    return most


def form(
    title: str,
    fields: Sequence[Field],
    rows: Sequence[Sequence[Any]],
    marks: Mapping[str, Sequence[str]],
    made: date,
) -> bytes:
    """An XLSX file to fill in.

    Args:
        title: Name of the sheet, and title in the file's properties.
        fields: Columns.
        rows: Values, one sequence a row, as long as ``fields``: text, numbers, dates, None for empty.
        marks: Columns of the hidden sheet: name to values.
        made: Day written as the file's date, so that the same input gives the same bytes.
    """
    import xlsxwriter

    content = io.BytesIO()
    safe = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(content, safe) as book:
        book.set_properties({"title": title, "created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001 - a file date has no zone
        page = book.add_worksheet(title[:31])
        formats = _formats(book)
        _fill(page, fields, rows, formats)
        _dress(page, fields, rows, formats)
        _offer(page, fields, len(rows), marks)
        _mark(book.add_worksheet(MARKS), marks)
    return content.getvalue()


def _formats(book: Any) -> dict[str, Any]:
    same: dict[str, object] = {
        "text_wrap": True,
        "valign": "top",
        "border": 1,
        "border_color": "#b8c4cc",
    }
    kinds: dict[str, dict[str, object]] = {
        "head": {"bold": True, "bg_color": "#dfe8ef"},
        # As text, or a program would make a date of 1/2 and a sum of =1+1 when a cell is edited.
        "text": {"num_format": "@"},
        "date": {"num_format": "yyyy-mm-dd"},
        "share": {"num_format": "0%"},
        "money": {"num_format": "#,##0.00"},
        "fixed": {"num_format": "@", "font_color": "#5c6770", "bg_color": "#f4f6f7"},
    }
    return {kind: book.add_format(same | given) for kind, given in kinds.items()}


def _fill(
    page: Any, fields: Sequence[Field], rows: Sequence[Sequence[Any]], formats: Mapping[str, Any]
) -> None:
    page.write_row(0, 0, [field.head for field in fields], formats["head"])
    for number, row in enumerate(rows, start=1):
        # Not every program makes a row as high as its texts; one of a single line is left to grow by itself.
        if (high := lines(fields, row)) > 1:
            page.set_row(number, LINE * min(high, MOST_LINES))
        for column, (field, value) in enumerate(zip(fields, row, strict=True)):
            style = formats[field.kind]
            if value is None:
                page.write_blank(number, column, None, style)
            elif isinstance(value, date):
                page.write_datetime(number, column, datetime(*value.timetuple()[:3]), style)  # noqa: DTZ001 - civil
            elif isinstance(value, str):
                page.write_string(number, column, fitting(value), style)
            else:
                page.write_number(number, column, value, style)


def _dress(
    page: Any, fields: Sequence[Field], rows: Sequence[Sequence[Any]], formats: Mapping[str, Any]
) -> None:
    for column, field in enumerate(fields):
        hidden = {"hidden": field.hidden}
        page.set_column(column, column, field.width, formats[field.kind], hidden)
    page.freeze_panes(1, 2)
    page.autofilter(0, 0, max(len(rows), 1), len(fields) - 1)
    page.set_landscape()
    page.set_paper(PAPER)
    page.fit_to_pages(1, 0)
    page.repeat_rows(0)


def _offer(
    page: Any, fields: Sequence[Field], rows: int, marks: Mapping[str, Sequence[str]]
) -> None:
    last = rows + SPARE
    names = list(marks)
    for column, field in enumerate(fields):
        if field.choices and marks[field.choices]:
            letter, end = chr(ord("A") + names.index(field.choices)), len(marks[field.choices]) + 1
            source = f"={MARKS}!${letter}$2:${letter}${end}"
            page.data_validation(1, column, last, column, {"validate": "list", "source": source})
        elif field.kind == "date":
            span = {"minimum": date(1900, 3, 1), "maximum": date(2200, 12, 31)}
            rule = {"validate": "date", "criteria": "between", **span}
            page.data_validation(1, column, last, column, rule)
        elif field.kind == "share":
            rule = {"validate": "decimal", "criteria": "between", "minimum": 0, "maximum": 1}
            page.data_validation(1, column, last, column, rule)


def _mark(page: Any, marks: Mapping[str, Sequence[str]]) -> None:
    for column, (name, values) in enumerate(marks.items()):
        for number, value in enumerate([name, *values]):
            page.write_string(number, column, fitting(value))
    page.very_hidden()
