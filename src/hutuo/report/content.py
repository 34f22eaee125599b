"""What a report holds, free of any format: sections with words, drawings and tables, and notes on figures.

One document is rendered as a web page, a workbook, a Word file and a PDF; none adds or leaves out a figure.
"""

import re
from collections.abc import Sequence
from datetime import date
from typing import Any, NamedTuple

from hutuo.units import shown

# What is not broken in two beside numbers themselves: shares and days.
FIGURE = re.compile(r"[+−-]?[\d,.]+ ?%|\d{4}-\d{2}-\d{2}")
# Letters that the raised number of a note takes.
NOTE = 2


class Cell(NamedTuple):
    """A cell that is marked, or whose figure has notes.

    Attributes:
        value: Text, number or None.
        style: Mark, as ``short``, ``met`` or ``off_track``; several apart by blanks.
        notes: Numbers of the notes that tell where its figure comes from.
    """

    value: Any
    style: str = ""
    notes: tuple[int, ...] = ()


class Table(NamedTuple):
    """A table: headings and rows; a cell is text, a number, None or a :class:`Cell`.

    Attributes:
        heads: Headings of the columns.
        rows: Cells, one sequence a row, as long as ``heads``.
        widths: Widths of the columns relative to each other; by their texts if empty.
        first_note: Number of the note that the first row tells, if the table is that of the notes.
    """

    heads: Sequence[str]
    rows: Sequence[Sequence[Any]]
    widths: Sequence[float] = ()
    first_note: int | None = None


class Section(NamedTuple):
    """A section: heading, words, drawings (caption and SVG) and a table.

    Attributes:
        title: Heading.
        lead: Words below it.
        drawings: Caption and SVG of each.
        table: What it shows.
        data: The same with every column, for a workbook; ``table`` if there is none.
        chart: Columns of ``data`` (label, then one a series) that a workbook draws as bars.
    """

    title: str
    lead: str = ""
    drawings: Sequence[tuple[str, str]] = ()
    table: Table | None = None
    data: Table | None = None
    chart: Sequence[int] = ()


class Document(NamedTuple):
    """A report.

    Attributes:
        lang: ``zh`` or ``en``.
        title: Title.
        facts: Name and value of what it was made from.
        sections: Sections in order.
        made: Day written into files as their date; no clock is read.
    """

    lang: str
    title: str
    facts: Sequence[tuple[str, str]]
    sections: Sequence[Section]
    made: date


def plain(cell: Any) -> Any:
    """The value of a cell without its mark and notes."""
    return cell[0] if isinstance(cell, tuple) else cell


def style_of(cell: Any) -> str:
    """Its mark."""
    return cell[1] if isinstance(cell, tuple) else ""


def notes_of(cell: Any) -> tuple[int, ...]:
    """Numbers of its notes."""
    return cell.notes if isinstance(cell, Cell) else ()


def is_figure(cell: Any) -> bool:
    """Whether it holds a number, which stands to the right."""
    value = plain(cell)
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def words_of(cell: Any) -> str:
    """What a person reads in it: thousands apart, a dash for nothing."""
    value = plain(cell)
    if value is None:
        return "–"
    return shown(value) if is_figure(cell) else str(value)


def widths_of(table: Table, least: float = 4, most: float = 26) -> list[float]:
    """Widths of the columns relative to each other: as given, else by their texts and their longest number.

    Args:
        table: The table.
        least: Least width, in letters; a Chinese character takes two.
        most: Most.
    """
    if table.widths:
        return list(table.widths)
    found = []
    for number, head in enumerate(table.heads):
        texts = [words_of(row[number]) for row in table.rows]
        long = sum(map(_letters, texts)) / max(len(texts), 1)
        figures = [
            _letters(t) + NOTE * len(notes_of(row[number]))
            for t, row in zip(texts, table.rows, strict=True)
            if is_figure(row[number]) or FIGURE.fullmatch(t)
        ]
        word = max((_letters(part) for part in head.split() if part.isascii()), default=0)
        found.append(min(max(long, _letters(head) / 2, word + 2, least, *figures), most))
    return found


def _letters(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E80 else 1 for letter in text)  # noqa: PLR2004 - first CJK block
