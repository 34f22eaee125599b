"""Word files: read back with python-docx, the same bytes twice."""

import io
import zipfile
from datetime import date

import docx
import pytest
from docx.oxml.ns import qn
from docx.shared import Mm, Pt
from hypothesis import given
from hypothesis import strategies as st

from hutuo.report import wordfile

DAY = date(2026, 3, 1)


def written(lang="zh"):
    made = wordfile.blank(lang)
    wordfile.title(made, "会议纪要")
    wordfile.heading(made, "一、议题")
    wordfile.heading(made, "(一)小节", 2)
    wordfile.paragraph(made, "正文 text")
    wordfile.table(made, ["序号", "事项"], [[1, "甲"], [2, None]], [1, 4])
    return wordfile.saved(made, "会议纪要", DAY)


def test_what_was_written_is_read_back():
    read = docx.Document(io.BytesIO(written()))
    assert [(p.style.name, p.text) for p in read.paragraphs] == [
        ("Title", "会议纪要"),
        ("Heading 1", "一、议题"),
        ("Heading 2", "(一)小节"),
        ("Body Text", "正文 text"),
    ]
    (table,) = read.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["序号", "事项"],
        ["1", "甲"],
        ["2", ""],
    ]
    assert (read.core_properties.title, read.core_properties.created.date()) == ("会议纪要", DAY)


def test_the_same_input_gives_the_same_bytes():
    assert written() == written()


def test_no_clock_is_in_the_file():
    with zipfile.ZipFile(io.BytesIO(written())) as parts:
        assert {entry.date_time for entry in parts.infolist()} == {wordfile.ZIP_TIME}
        assert parts.namelist()[0] == "[Content_Types].xml"
        assert parts.testzip() is None


@pytest.mark.parametrize(
    ("style", "font", "size"),
    [
        ("Title", "宋体", 22),
        ("Body Text", "仿宋", 16),
        ("Heading 1", "黑体", 16),
        ("Heading 2", "楷体", 16),
    ],
)
def test_chinese_has_a_font_of_its_own_and_no_theme_stands_over_it(style, font, size):
    read = docx.Document(io.BytesIO(written())).styles[style]
    fonts = read.element.rPr.rFonts
    assert (fonts.get(qn("w:eastAsia")), read.font.name) == (font, "Times New Roman")
    assert [key for key in fonts.attrib if key.endswith("Theme")] == []
    assert read.font.size == Pt(size)


def test_the_page_is_a4_with_the_margins_of_official_documents():
    page = docx.Document(io.BytesIO(written())).sections[0]
    found = (page.page_width, page.page_height, page.top_margin, page.left_margin)
    assert [round(side / Mm(1)) for side in found] == [210, 297, 37, 28]


def test_only_chinese_paragraphs_are_indented():
    indents = [
        docx.Document(io.BytesIO(written(lang)))
        .styles["Body Text"]
        .paragraph_format.first_line_indent
        for lang in ("zh", "en")
    ]
    assert indents == [Pt(32), None]


def test_the_first_row_is_repeated_on_every_page():
    (table,) = docx.Document(io.BytesIO(written())).tables
    marked = [
        row._tr.trPr is not None and row._tr.trPr.find(qn("w:tblHeader")) is not None
        for row in table.rows
    ]
    assert marked == [True, False, False]


@given(st.text())
def test_any_text_is_written_and_read_again_without_what_xml_cannot_hold(text):
    made = wordfile.blank()
    wordfile.paragraph(made, text)
    wordfile.table(made, ["a"], [[text]])
    read = docx.Document(io.BytesIO(wordfile.saved(made, text, DAY)))
    assert read.paragraphs[0].text == wordfile.clean(text)
