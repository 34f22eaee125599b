"""Word files: paragraphs and tables with fonts for Chinese; the same input gives the same bytes.

Page and type follow GB/T 9704-2012 (党政机关公文格式) as far as a program can: A4 with its margins, the
title in the second size, text in 仿宋 of the third size, chapters in 黑体, headings below them in 楷体.
"""

import io
import zipfile
from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from docx.document import Document

# The oldest time that a zip can hold; no clock is read.
ZIP_TIME = (1980, 1, 1, 0, 0, 0)
LATIN = "Times New Roman"
SONG, FANGSONG, HEITI, KAITI = "宋体", "仿宋", "黑体", "楷体"
# Sizes in points: 二号 22, 三号 16, 五号 10.5.
TITLE, TEXT, CELL = 22.0, 16.0, 10.5
# Millimetres: top, right, bottom, left.
MARGINS = (37, 26, 35, 28)
HEADINGS = {1: HEITI, 2: KAITI, 3: FANGSONG}


def blank(lang: str = "zh") -> "Document":
    """An empty A4 document with the styles that the other functions use.

    Args:
        lang: ``zh`` indents the first line of a paragraph by two characters, ``en`` does not.
    """
    import docx
    from docx.shared import Mm, Pt

    made = docx.Document()
    _chinese(made)
    page = made.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    top, right, bottom, left = (Mm(side) for side in MARGINS)
    page.top_margin, page.right_margin = top, right
    page.bottom_margin, page.left_margin = bottom, left
    _styled(made, "Title", SONG, TITLE, bold=True, centred=True)
    _styled(made, "Normal", FANGSONG, TEXT)
    _styled(made, "Body Text", FANGSONG, TEXT)
    if lang == "zh":
        made.styles["Body Text"].paragraph_format.first_line_indent = Pt(2 * TEXT)
    for level, font in HEADINGS.items():
        _styled(made, f"Heading {level}", font, TEXT, bold=level == max(HEADINGS))
    return made


def title(made: "Document", text: str) -> None:
    """The title of the whole, in the middle of the line."""
    made.add_paragraph(clean(text), style="Title")


def heading(made: "Document", text: str, level: int = 1, before: float = 0) -> None:
    """A heading; level 1 for a chapter; ``before`` is the room above it in points."""
    from docx.shared import Pt

    told = made.add_paragraph(clean(text), style=f"Heading {level}")
    if before:
        told.paragraph_format.space_before = Pt(before)


def paragraph(made: "Document", text: str) -> None:
    """A paragraph of text."""
    made.add_paragraph(clean(text), style="Body Text")


def table(
    made: "Document",
    heads: Sequence[str],
    rows: Sequence[Sequence[Any]],
    widths: Sequence[int] = (),
) -> None:
    """A table with a heading row that is repeated on every page.

    Args:
        made: Document to add it to.
        heads: Headings of the columns.
        rows: Values as people read them, as long as ``heads``; None is an empty cell.
        widths: Width of the columns relative to each other; all the same if empty.
    """
    from docx.enum.table import WD_TABLE_ALIGNMENT
    from docx.shared import Mm

    drawn = made.add_table(rows=0, cols=len(heads), style="Table Grid")
    drawn.alignment = WD_TABLE_ALIGNMENT.CENTER
    drawn.autofit = False
    parts = list(widths) or [1] * len(heads)
    room = 210 - MARGINS[1] - MARGINS[3]
    wide = [Mm(room * part / sum(parts)) for part in parts]
    for number, row in enumerate([heads, *rows]):
        cells = drawn.add_row().cells
        for cell, value, width in zip(cells, row, wide, strict=True):
            cell.width = width
            _fill(cell, "" if value is None else str(value), bold=number == 0)
    for column, width in zip(drawn.columns, wide, strict=True):
        column.width = width
    whole_rows(drawn)


def saved(made: "Document", name: str, day: date) -> bytes:
    """The document as a DOCX file, the same bytes whenever it is made.

    Args:
        made: The document.
        name: Title in the file's properties.
        day: Day written as the file's date; the clock is not asked.
    """
    about, when = made.core_properties, datetime(day.year, day.month, day.day)  # noqa: DTZ001 - a file date has no zone
    about.title, about.author, about.last_modified_by = clean(name)[:250], "Hutuo", "Hutuo"
    about.comments, about.revision = "", 1
    about.created = about.modified = when
    raw = io.BytesIO()
    made.save(raw)
    return _packed(raw)


def clean(text: str) -> str:
    """Text without characters that XML cannot hold, which would break the file."""
    return "".join(c for c in text if c in "\t\n" or (c >= " " and c not in "\ufffe\uffff"))


def _packed(raw: io.BytesIO) -> bytes:
    """The parts of a zip in the order of their names with one fixed time."""
    content = io.BytesIO()
    with zipfile.ZipFile(raw) as given, zipfile.ZipFile(content, "w") as packed:
        # Readers look for the list of types first.
        names = sorted(given.namelist(), key=lambda name: (name != "[Content_Types].xml", name))
        for name in names:
            entry = zipfile.ZipInfo(name, ZIP_TIME)
            entry.compress_type, entry.create_system = zipfile.ZIP_DEFLATED, 0
            packed.writestr(entry, given.read(name))
    return content.getvalue()


def _chinese(made: "Document") -> None:
    """Say that East Asian text is Chinese: programs without the named fonts take another one by that."""
    from docx.oxml.ns import qn

    for told in made.styles.element.iter(qn("w:lang")):
        told.set(qn("w:eastAsia"), "zh-CN")


def airy(told: Any, size: float, space: float = 1.5) -> None:
    """Lines of a cell at least so high, never cut off, with a little room to its borders (points)."""
    from docx.enum.text import WD_LINE_SPACING
    from docx.shared import Pt

    layout = told.paragraph_format
    layout.line_spacing, layout.line_spacing_rule = Pt(size * 1.25), WD_LINE_SPACING.AT_LEAST
    layout.space_before = layout.space_after = Pt(space)


def whole_rows(drawn: Any, *, head: bool = True) -> None:
    """No row is parted by the end of a page, and the first one, a ``head``, is repeated on every one."""
    from docx.oxml import OxmlElement

    for number, row in enumerate(drawn._tbl.tr_lst):
        about = row.get_or_add_trPr()
        about.append(OxmlElement("w:cantSplit"))
        if head and number == 0:
            about.append(OxmlElement("w:tblHeader"))


def _styled(
    made: "Document",
    name: str,
    font: str,
    size: float,
    *,
    bold: bool = False,
    centred: bool = False,
) -> None:
    """Set type and colour of a style; Word picks the font of Chinese by ``w:eastAsia`` alone."""
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml.ns import qn
    from docx.shared import Pt, RGBColor

    style: Any = made.styles[name]
    style.font.name, style.font.size, style.font.bold = LATIN, Pt(size), bold
    style.font.italic, style.font.color.rgb = False, RGBColor(0, 0, 0)
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in [key for key in fonts.attrib if key.endswith("Theme")]:
        del fonts.attrib[theme]
    for script, named in {"w:eastAsia": font, "w:ascii": LATIN, "w:hAnsi": LATIN}.items():
        fonts.set(qn(script), named)
    style.paragraph_format.space_before = style.paragraph_format.space_after = Pt(0)
    style.paragraph_format.line_spacing = Pt(size * 1.75)
    if centred:
        style.paragraph_format.alignment = WD_ALIGN_PARAGRAPH.CENTER
        borders = style.element.pPr.find(qn("w:pBdr"))
        if borders is not None:
            style.element.pPr.remove(borders)


def _fill(cell: Any, text: str, *, bold: bool) -> None:
    from docx.oxml.ns import qn
    from docx.shared import Pt

    told = cell.paragraphs[0]
    airy(told, CELL)
    run = told.add_run(clean(text))
    run.font.size, run.font.bold, run.font.name = Pt(CELL), bold, LATIN
    run._element.get_or_add_rPr().get_or_add_rFonts().set(qn("w:eastAsia"), SONG)
