"""Word tables that come back: words and marks kept, tracked changes taken, broken files refused."""

import zipfile
from datetime import date

import docx
import pytest
from docx.oxml import OxmlElement

from hutuo.errors import BadInput
from hutuo.report.wordtables import Section, document, read

HEADS = ["id", "words"]


def made(path, *rows):
    content = document(
        "题", HEADS, [3, 5], [Section("一", rows)], {"n": [1, "甲"]}, date(2026, 1, 1)
    )
    path.write_bytes(content)
    return path


def test_words_and_marks_come_back_and_the_same_input_is_the_same_bytes(tmp_path):
    rows = [["a", "一\n二\t三 "], ["b", "<&> 🏗️"]]
    path = made(tmp_path / "a.docx", *rows)
    found = read(path)
    assert found.tables == [[HEADS, *rows]]
    assert found.marks == {"n": [1, "甲"]}
    assert made(tmp_path / "b.docx", *rows).read_bytes() == path.read_bytes()


def test_paragraphs_are_lines_and_a_table_in_a_cell_is_a_table_of_its_own(tmp_path):
    path = made(tmp_path / "a.docx", ["a", "b"])
    paper = docx.Document(str(path))
    cell = paper.tables[0].rows[1].cells[1]
    cell.add_paragraph("c")
    cell.add_table(1, 1).rows[0].cells[0].text = "inner"
    paper.save(str(path))
    outer, inner = read(path).tables
    assert outer[1][1].startswith("b\nc")
    assert inner == [["inner"]]


def test_a_row_that_a_tracked_change_took_out_is_gone(tmp_path):
    path = made(tmp_path / "a.docx", ["a", "1"], ["b", "2"])
    paper = docx.Document(str(path))
    paper.tables[0].rows[1]._tr.get_or_add_trPr().append(OxmlElement("w:del"))
    paper.save(str(path))
    assert read(path).tables[0][1:] == [["b", "2"]]


def test_a_document_without_marks_says_so(tmp_path):
    path = tmp_path / "a.docx"
    docx.Document().save(str(path))
    assert read(path) == ([], None)


@pytest.mark.parametrize(
    "content",
    [b"<a", b"<!DOCTYPE a><a/>", b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'],
)
def test_a_broken_or_malicious_part_is_refused(tmp_path, content):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("word/document.xml", content)
    with pytest.raises(BadInput):
        read(path)


def test_another_package_is_no_document(tmp_path):
    path = tmp_path / "a.docx"
    with zipfile.ZipFile(path, "w") as package:
        package.writestr("x.xml", b"<a/>")
    with pytest.raises(BadInput, match="is no Word document") as told:
        read(path)
    assert told.value.words[0] == "a.docx不是Word文档"
