"""A document as a Word file: A4 across, tables with their notes, drawings as pictures."""

import io
from itertools import groupby
from typing import TYPE_CHECKING, Any

from hutuo.report import wordfile
from hutuo.report.content import (
    Document,
    Section,
    Table,
    is_figure,
    notes_of,
    style_of,
    widths_of,
    words_of,
)
from hutuo.report.pdf import png

if TYPE_CHECKING:
    from docx.document import Document as Made

# Millimetres: an A4 sheet across, its margins, the room within them, and the highest picture.
SHEET, MARGIN = (297, 210), 20
ROOM = SHEET[0] - 2 * MARGIN
HIGH = 145
# Between two pictures beside each other; higher than this part of their width they stand alone.
BESIDE, FLAT = 6, 0.8
CELL, LEAD = 8.0, 11.0
FILLS = {
    "met": "D7EFDB", "on_track": "E2F1FB", "off_track": "FBDCD5", "no_data": "F0F0F0",
    "not_measurable": "F7EFD6", "behind": "FBDCD5", "ahead": "E2F1FB",
}  # fmt: skip


def word(document: Document) -> bytes:
    """The document as DOCX; the same input gives the same bytes."""
    made = wordfile.blank(document.lang)
    _across(made)
    wordfile.title(made, document.title)
    for name, value in document.facts:
        _line(made, f"{name}:{value}" if document.lang == "zh" else f"{name}: {value}")
    for section in document.sections:
        _section(made, section)
    return wordfile.saved(made, document.title, document.made)


def _across(made: "Made") -> None:
    from docx.enum.section import WD_ORIENT
    from docx.shared import Mm

    page: Any = made.sections[0]
    page.orientation = WD_ORIENT.LANDSCAPE
    page.page_width, page.page_height = Mm(SHEET[0]), Mm(SHEET[1])
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Mm(MARGIN)


def _section(made: "Made", section: Section) -> None:
    wordfile.heading(made, section.title, before=LEAD)
    if section.lead:
        _line(made, section.lead, keep=bool(section.drawings or section.table))
    _pictures(made, section)
    if section.table:
        _table(made, section.table)


def _line(made: "Made", text: str, *, keep: bool = False) -> None:
    """A paragraph; ``keep``: it does not part from what follows."""
    from docx.shared import Pt

    told = made.add_paragraph(style="Normal")
    told.paragraph_format.keep_with_next = keep or None
    told.paragraph_format.line_spacing = Pt(LEAD * 1.5)
    told.paragraph_format.space_after = Pt(LEAD / 4)
    told.add_run(wordfile.clean(text)).font.size = Pt(LEAD)


def _pictures(made: "Made", section: Section) -> None:
    """Drawings in their order; those that lie across stand beside each other, two and two."""
    pictures = [(caption, png(svg)) for caption, svg in section.drawings]
    for tall, some in groupby(pictures, key=lambda told: _tall(told[1])):
        row = list(some)
        if tall or len(row) == 1:
            for told in row:
                lines = (made.add_paragraph(style="Normal"), made.add_paragraph(style="Normal"))
                _picture(lines, told, ROOM * 0.62)
        else:
            _pairs(made, row)


def _pairs(made: "Made", pictures: list[tuple[str, bytes]]) -> None:
    from docx.shared import Mm

    frame = made.add_table(rows=(len(pictures) + 1) // 2, cols=2)
    frame.autofit = False
    wordfile.whole_rows(frame, head=False)
    for number, told in enumerate(pictures):
        cell = frame.cell(number // 2, number % 2)
        cell.width = Mm(ROOM / 2)
        _picture((cell.paragraphs[0], cell.add_paragraph()), told, ROOM / 2 - BESIDE)


def _tall(picture: bytes) -> bool:
    """Whether a PNG is too high to stand beside another one."""
    from docx.image.image import Image

    about = Image.from_blob(picture)
    return bool(about.px_height > about.px_width * FLAT)


def _picture(lines: tuple[Any, Any], told: tuple[str, bytes], wide: float) -> None:
    """A caption and its picture, kept together.

    Args:
        lines: Empty paragraphs, for the caption and for the picture.
        told: Caption and PNG.
        wide: Width in millimetres.
    """
    from docx.shared import Mm, Pt

    (line, holds), (caption, picture) = lines, told
    line.paragraph_format.keep_with_next = True
    line.paragraph_format.line_spacing = Pt(LEAD * 1.5)
    line.add_run(wordfile.clean(caption)).font.size = Pt(LEAD)
    # A fixed spacing of lines, as the style has it, would cut the picture off.
    holds.paragraph_format.line_spacing = 1.0
    holds.paragraph_format.space_after = Pt(LEAD / 2)
    shape = holds.add_run().add_picture(io.BytesIO(picture), width=Mm(wide))
    if shape.height > Mm(HIGH):
        shape.width, shape.height = round(shape.width * Mm(HIGH) / shape.height), Mm(HIGH)
    drawn: Any = holds._p.xpath(".//wp:docPr")[0]
    drawn.set("descr", wordfile.clean(caption))


def _table(made: "Made", table: Table) -> None:
    from docx.shared import Mm

    # One table built at once: adding rows to it one by one takes time with the square of them.
    drawn = made.add_table(rows=1 + len(table.rows), cols=len(table.heads), style="Table Grid")
    drawn.autofit = False
    parts = widths_of(table)
    wide = [Mm(ROOM * part / sum(parts)) for part in parts]
    for column, width in zip(drawn.columns, wide, strict=True):
        column.width = width
    for row, cells in zip(drawn._tbl.tr_lst, [table.heads, *table.rows], strict=True):
        for place, cell, width in zip(row.tc_lst, cells, wide, strict=True):
            place.width = width
            _fill(place, cell, head=cells is table.heads)
    wordfile.whole_rows(drawn)


def _fill(place: Any, cell: Any, *, head: bool) -> None:
    """Text of a cell, its notes raised, its mark as a colour."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.text.paragraph import Paragraph

    told = Paragraph(place.p_lst[0], None)  # type: ignore[arg-type]
    wordfile.airy(told, CELL, 1.0)
    if is_figure(cell):
        told.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    _run(told, words_of(cell), bold=head)
    for note in notes_of(cell):
        _run(told, f"[{note}]").font.superscript = True
    mark = next((FILLS[name] for name in style_of(cell).split() if name in FILLS), None)
    if head or mark:
        _shade(place, mark or "E9EFF4")


def _run(told: Any, text: str, *, bold: bool = False) -> Any:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    run = told.add_run(wordfile.clean(text))
    run.font.size, run.font.bold, run.font.name = Pt(CELL), bold, wordfile.LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), wordfile.SONG)
    return run


def _shade(place: Any, color: str) -> None:
    from docx.oxml import OxmlElement
    from docx.oxml.ns import qn

    shade = OxmlElement("w:shd")
    for name, value in {"w:val": "clear", "w:color": "auto", "w:fill": color}.items():
        shade.set(qn(name), value)
    place.get_or_add_tcPr().append(shade)
