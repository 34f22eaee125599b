"""PDF: pages with Chinese, the same bytes twice, texts never read as markup."""

import re
from datetime import date

import pypdfium2
import pytest

from hutuo.report.charts import Bar, bars
from hutuo.report.content import Cell, Document, Section, Table
from hutuo.report.pdf import pdf, png

EVIL = '#panic("x") *bold* $x$ @ref <l> \\ [a] // c "q" `r` _i_ = h'


def document(**other):
    table = Table(["指标", "数值"], [["收入", Cell(1234.5, "met", (1,))], [None, "−"]])
    notes = Table(["编号", "来源"], [["1", "年鉴"]], first_note=1)
    drawn = [("图", bars([Bar("甲区", [10])], ["年"], "图"))]
    given = {
        "lang": "zh", "title": "规划评估", "facts": [("地区", "小都市圈")], "made": date(2025, 1, 1),
        "sections": [Section("目标", "共一项。", drawn, table), Section("来历", table=notes)],
    }  # fmt: skip
    return Document(**given | other)


def text_of(content):
    pages = pypdfium2.PdfDocument(content)
    return "\n".join(page.get_textpage().get_text_bounded() for page in pages)


def test_words_figures_and_notes_are_on_the_page():
    text = text_of(pdf(document()))
    for words in ("规划评估", "小都市圈", "共一项。", "收入", "1,234.5[1]", "年鉴", "甲区"):
        assert words in text


def test_the_same_document_gives_the_same_bytes_and_another_day_others():
    assert pdf(document()) == pdf(document())
    assert pdf(document()) != pdf(document(made=date(2025, 1, 2)))


def test_no_clock_is_read():
    content = pdf(document())
    stamps = set(re.findall(rb"(?:Date>|Date\(D:)(\d{4}-?\d\d-?\d\d)", content))
    assert {stamp.replace(b"-", b"") for stamp in stamps} <= {b"20250101"}


def test_texts_are_never_read_as_markup():
    table = Table([EVIL], [[EVIL], [Cell(EVIL, "met")]])
    made = pdf(
        document(title=EVIL, facts=[(EVIL, EVIL)], sections=[Section(EVIL, EVIL, (), table)])
    )
    text = re.sub(r"\s", "", text_of(made))
    assert text.count(re.sub(r"\s", "", EVIL)) >= 7


def test_the_fonts_of_chinese_are_inside():
    assert b"NotoSansSC" in pdf(document())


def test_every_page_of_a_long_table_has_its_heads():
    table = Table(["编号", "名称"], [[str(n), f"目标{n}"] for n in range(200)])
    pages = pypdfium2.PdfDocument(pdf(document(sections=[Section("表", table=table)])))
    assert len(pages) > 3
    for page in pages:
        assert "名称" in page.get_textpage().get_text_bounded()


def test_a_document_without_sections_is_a_page():
    assert len(pypdfium2.PdfDocument(pdf(document(sections=[], facts=[])))) == 1


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_language_is_told(lang):
    assert f"/Lang({lang}".encode() in pdf(document(lang=lang)).replace(b"/Lang (", b"/Lang(")


def test_a_drawing_is_a_picture_of_the_same_bytes():
    drawn = bars([Bar("甲区", [10])], ["年"], "图")
    assert png(drawn) == png(drawn)
    assert png(drawn).startswith(b"\x89PNG")
