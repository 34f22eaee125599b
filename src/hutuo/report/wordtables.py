"""Word documents of tables that are filled in and come back, with marks that stay.

The marks stand in the last paragraph, as hidden text: programs keep it when they save, and it is found again
wherever it lies in the document.
"""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from xml.sax.saxutils import escape

from hutuo.base.archives import archive, bounded, unpacked
from hutuo.base.packages import FORBIDDEN
from hutuo.errors import BadInput
from hutuo.glossary import Text
from hutuo.report import wordfile
from hutuo.report.forms import NOT_XML, fitting

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
MAIN = "word/document.xml"
MOST_XML = 64 << 20
# No limit of the format, but nobody reads a cell of a million characters.
LONGEST_CELL = 1_000_000
OPENS, CLOSES = "hutuo{", "}hutuo"
# Half points; twentieths of a point that a centimetre has.
SIZE, TWENTIETHS = 17, 567
HEAD = "<w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>"
# Outside of what is read: what tracked changes took out, and what is no words.
LEFT_OUT = {
    f"{W}{name}" for name in ("del", "moveFrom", "delText", "instrText", "rPr", "pPr", "tcPr")
}


class Section(NamedTuple):
    """A heading and the table below it."""

    heading: str
    rows: Sequence[Sequence[str]]


class Read(NamedTuple):
    """What a document holds.

    Attributes:
        tables: Of each table its rows, each a list of cells.
        marks: What was written as marks, none if they are lost.
    """

    tables: list[list[list[str]]]
    marks: dict[str, Any] | None


def document(
    title: str,
    heads: Sequence[str],
    widths: Sequence[float],
    sections: Sequence[Section],
    marks: Mapping[str, Any],
    made: date,
) -> bytes:
    """A DOCX file with one table a section, on lying pages.

    Args:
        title: Title over the whole.
        heads: Headings of the columns, the same in each table.
        widths: Widths of the columns in centimetres, 26.7 in all.
        sections: Headings with their rows.
        marks: What is needed to know the rows again; plain JSON.
        made: Day written as the file's date, so that the same input gives the same bytes.
    """
    from docx.enum.section import WD_ORIENT
    from docx.shared import Cm

    paper = wordfile.blank()
    page = paper.sections[0]
    page.orientation, page.page_width, page.page_height = WD_ORIENT.LANDSCAPE, Cm(29.7), Cm(21)
    page.left_margin = page.right_margin = page.top_margin = page.bottom_margin = Cm(1.5)
    wordfile.title(paper, fitting(title))
    for section in sections:
        wordfile.heading(paper, fitting(section.heading))
        _table(paper, heads, widths, section.rows)
    last = paper.add_paragraph().add_run(f"{OPENS}{json.dumps(marks, ensure_ascii=False)}{CLOSES}")
    last.font.hidden = True
    return wordfile.saved(paper, title, made)


def read(path: Path) -> Read:
    """Tables and marks of a document, as if all tracked changes were taken.

    Raises:
        BadInput: It is no document, broken or a bomb.
    """
    with archive(path) as package:
        found = {info.filename: info for info in package.infolist()}
        if MAIN not in found:
            says = Text(f"{path.name}不是Word文档", f"{path.name} is no Word document")
            raise BadInput(says, hint=Text("请另存为docx", "save it as docx"))
        bounded(path.name, [found[MAIN]], MOST_XML)
        root = _tree(path.name, unpacked(package, found[MAIN]))
    tables = [[_cells(row) for row in _rows(table)] for table in root.iter(f"{W}tbl")]
    return Read(tables, _marks(_text(root)))


def _table(
    paper: Any, heads: Sequence[str], widths: Sequence[float], rows: Sequence[Sequence[str]]
) -> None:
    """A table, written as XML at once: cell by cell, 3,000 rows of ten took 25 s."""
    from docx.oxml import parse_xml

    style = paper.styles["Table Grid"].style_id
    sizes = [round(width * TWENTIETHS) for width in widths]
    grid = "".join(f'<w:gridCol w:w="{size}"/>' for size in sizes)
    lines = [_row(heads, sizes, HEAD, "<w:b/>"), *(_row(row, sizes, "", "") for row in rows)]
    table = (
        f'<w:tbl xmlns:w="{W[1:-1]}"><w:tblPr><w:tblStyle w:val="{style}"/><w:tblW w:w="{sum(sizes)}"'
        f' w:type="dxa"/><w:tblLayout w:type="fixed"/></w:tblPr><w:tblGrid>{grid}</w:tblGrid>'
        f"{''.join(lines)}</w:tbl>"
    )
    # A table at the end needs a paragraph behind it, which is where it is put.
    paper.add_paragraph()._p.addprevious(parse_xml(table))


def _row(cells: Sequence[str], sizes: Sequence[int], about: str, bold: str) -> str:
    fonts = f'<w:rFonts w:ascii="{wordfile.LATIN}" w:hAnsi="{wordfile.LATIN}" w:eastAsia="{wordfile.SONG}"/>'
    looks = f'<w:rPr>{fonts}{bold}<w:sz w:val="{SIZE}"/></w:rPr>'
    spaced = (
        '<w:pPr><w:spacing w:before="30" w:after="30" w:line="240" w:lineRule="auto"/></w:pPr>'
    )
    made = [
        f'<w:tc><w:tcPr><w:tcW w:w="{size}" w:type="dxa"/></w:tcPr>'
        f"<w:p>{spaced}<w:r>{looks}{_words(text)}</w:r></w:p></w:tc>"
        for text, size in zip(cells, sizes, strict=True)
    ]
    return f"<w:tr>{about}{''.join(made)}</w:tr>"


def _words(text: str) -> str:
    """A text within a run: line ends and tabs as the elements that they are."""
    parts = re.split(r"([\n\t])", fitting(text, LONGEST_CELL))
    marks = {"\n": "<w:br/>", "\t": "<w:tab/>", "": ""}
    told = [
        marks[part] if part in marks else f'<w:t xml:space="preserve">{escape(part)}</w:t>'
        for part in parts
    ]
    return "".join(told)


def _tree(name: str, content: bytes) -> "Element":
    from lxml import etree

    if FORBIDDEN.search(content):
        zh, en = f"{name}声明了文档类型或实体", f"{name} declares a document type or an entity"
        raise BadInput(Text(zh, en), hint=Text("请重新保存", "save it again"))
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, remove_comments=True, remove_pis=True
    )
    try:
        found: Element = etree.fromstring(content, parser)
    except etree.LxmlError as error:
        says = Text(f"{name}已损坏:{error}", f"{name} is broken: {error}")
        raise BadInput(says, hint=Text("请重新保存为docx", "save it again as docx")) from error
    return found


def _rows(table: "Element") -> "Iterator[Element]":
    """Rows of a table, those of tables within its cells and those that a tracked change took out left out."""
    for row in table.iter(f"{W}tr"):
        own = next(row.iterancestors(f"{W}tbl")) is table
        if own and row.find(f"{W}trPr/{W}del") is None:
            yield row


def _cells(row: "Element") -> list[str]:
    cells = [c for c in row.iter(f"{W}tc") if next(c.iterancestors(f"{W}tr")) is row]
    return [_text(cell) for cell in cells]


def _text(element: "Element") -> str:
    """The words within: paragraphs and breaks as lines."""
    found: list[str] = []
    _walk(element, found)
    return "".join(found).removeprefix("\n")


def _walk(element: "Element", found: list[str]) -> None:
    for child in element:
        if child.tag in LEFT_OUT:
            continue
        if child.tag == f"{W}t":
            found.append(child.text or "")
        elif child.tag in (f"{W}br", f"{W}cr"):
            found.append("\n")
        elif child.tag == f"{W}tab":
            found.append("\t")
        elif child.tag == f"{W}noBreakHyphen":
            found.append("-")
        else:
            if child.tag == f"{W}p":
                found.append("\n")
            _walk(child, found)


def _marks(text: str) -> dict[str, Any] | None:
    start, end = text.rfind(OPENS), text.rfind(CLOSES)
    if start < 0 or end < start:
        return None
    try:
        found = json.loads(text[start + len(OPENS) : end].translate(NOT_XML))
    except ValueError:
        return None
    return found if isinstance(found, dict) else None
