"""Word files of a document: read back, the same bytes twice."""

import io
import zipfile
from datetime import date

import docx

from hutuo.report.charts import Bar, bars
from hutuo.report.content import Cell, Document, Section, Table
from hutuo.report.word import word

EVIL = "<w:p>&\x0b\x00 ]]>"


def document(**other):
    table = Table(["指标", "数值"], [["收入", Cell(1234.5, "met", (1, 2))], [None, 3]])
    drawn = [("图", bars([Bar("甲区", [10])], ["年"], "图"))]
    given = {
        "lang": "zh", "title": "规划评估", "facts": [("地区", "小都市圈")], "made": date(2025, 1, 1),
        "sections": [Section("目标", "共一项。", drawn, table), Section("空")],
    }  # fmt: skip
    return Document(**given | other)


def opened(**other):
    return docx.Document(io.BytesIO(word(document(**other))))


def test_words_figures_and_notes_are_in_it():
    made = opened()
    assert [p.text for p in made.paragraphs if p.text] == [
        "规划评估", "地区:小都市圈", "目标", "共一项。", "图", "空",
    ]  # fmt: skip
    (table,) = made.tables
    assert [[cell.text for cell in row.cells] for row in table.rows] == [
        ["指标", "数值"], ["收入", "1,234.5[1][2]"], ["–", "3"],
    ]  # fmt: skip
    runs = table.rows[1].cells[1].paragraphs[0].runs
    assert [run.font.superscript for run in runs] == [None, True, True]


def test_headings_are_headings_and_pictures_have_words():
    made = opened()
    assert [p.style.name for p in made.paragraphs if p.text in ("目标", "空")] == ["Heading 1"] * 2
    assert len(made.inline_shapes) == 1
    assert 'descr="图"' in made.element.xml


def test_the_page_lies_across_and_its_table_fits():
    made = opened()
    page, table = made.sections[0], made.tables[0]
    assert page.page_width > page.page_height
    assert sum(column.width for column in table.columns) <= page.page_width - 2 * page.left_margin


def test_the_same_document_gives_the_same_bytes_without_a_clock():
    content = word(document())
    assert content == word(document())
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        assert {info.date_time for info in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    about = docx.Document(io.BytesIO(content)).core_properties
    assert {about.created.date(), about.modified.date()} == {date(2025, 1, 1)}


def test_texts_never_become_markup_nor_break_the_file():
    made = opened(title=EVIL, sections=[Section(EVIL, EVIL, (), Table([EVIL], [[EVIL]]))])
    assert made.tables[0].rows[1].cells[0].text == "<w:p>& ]]>"


def test_pictures_that_lie_across_stand_two_and_two():
    """Three across: two in the first row, one in the second; a single one stands alone."""
    drawn = [(name, bars([Bar("甲区", [10])], ["年"], name)) for name in ("一", "二", "三")]
    made = opened(sections=[Section("图", "", drawn)])
    (frame,) = made.tables
    assert [[c.text.strip() for c in row.cells] for row in frame.rows] == [
        ["一", "二"],
        ["三", ""],
    ]
    assert len(made.inline_shapes) == 3
    page = made.sections[0]
    room = page.page_width - page.left_margin - page.right_margin
    assert all(2 * shape.width < room for shape in made.inline_shapes)


def test_east_asian_text_is_said_to_be_chinese():
    with zipfile.ZipFile(io.BytesIO(word(document()))) as package:
        styles = package.read("word/styles.xml").decode()
    assert 'w:eastAsia="zh-CN"' in styles
    assert 'w:eastAsia="en-US"' not in styles
