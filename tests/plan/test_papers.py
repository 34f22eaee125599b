"""Documents as text: what stands in a file comes out line by line, whatever its format."""

import io
import random
import time
import zipfile
from pathlib import Path

import docx
import pylopdf_fonts_zh_cn
import pytest
import typst
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls
from hypothesis import example, given, settings
from hypothesis import strategies as st

from hutuo.errors import BadInput
from hutuo.plan.papers import numbering, pdffiles
from hutuo.plan.papers.paper import MOST_TEXT, text_of
from mangled import COUNTS, survives

PLAN = [
    "某某都市圈发展规划",
    "一、总体要求",
    "（一）指导思想。坚持协同推进，以轨道交通为骨干，到2035年基本实现同城化。",
    "（二）发展目标。到2030年，地区生产总值达到1.5万亿元，城镇化率达到72%左右，建成5G基站1.2万个以上。",
    "二、重点任务",
    "各市要按照本规划要求，细化工作举措，明确责任分工，确保各项任务落到实处。",
]
TEXT = "\n".join(PLAN)
# Characters in daily use, as Chinese text in GB18030 has them.
USUAL = [
    bytes([row, cell]).decode("gb2312") for row in range(0xB0, 0xD7) for cell in (0xA1, 0xC4, 0xFE)
]
LETTERS = st.sampled_from([*USUAL, *"，。、；：（）《》“”—…", *"abcXYZ 0123456789%.,()-"])
FONTS = str(Path(pylopdf_fonts_zh_cn.sans_path()).parent)
WORD = nsdecls("w")


def written(path, content):
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def word(path, fill):
    document = docx.Document()
    fill(document)
    document.save(path)
    return path


def printed(path, source):
    page = '#set text(font: "Noto Serif SC", size: 12pt, lang: "zh")\n'
    path.write_bytes(typst.compile((page + source).encode(), font_paths=[FONTS]))
    return path


def refused(path):
    with pytest.raises(BadInput) as caught:
        text_of(path)
    assert path.name in caught.value.message
    assert str(path.parent) not in str(caught.value)
    return f"{caught.value} | {caught.value.hint}"


@pytest.mark.parametrize(
    ("name", "content", "says", "hint"),
    [
        ("a.pdf", b"\x89PNG\r\n", "a.pdf是图片", "请识别其中的文字,再给出文字;可读取txt、"),
        ("a.xyz", b"text", "a.xyz的格式无法识别", "可读取txt、docx、html与带文字的pdf"),
        ("a.txt", b"a\0b", "a.txt不是文本:含有零字节", "可读取txt、"),
        ("a.pdf", b"%PDF-1.7 none", "a.pdf不是可读的PDF:", "请重新打印或另存为PDF"),
    ],
)
def test_what_is_no_paper_is_told_in_chinese_too(tmp_path, name, content, says, hint):
    with pytest.raises(BadInput) as told:
        text_of(written(tmp_path / name, content))
    assert told.value.words[0].startswith(says)
    assert told.value.advice[0].startswith(hint)


# Text files.


@pytest.mark.parametrize("code", ["utf-8", "utf-8-sig", "utf-16", "gb18030"])
def test_a_text_is_read_in_the_encodings_that_offices_use(code, tmp_path):
    found = text_of(written(tmp_path / "plan.txt", TEXT.encode(code)))
    assert (found.text, found.format, found.name) == (TEXT, "txt", "plan.txt")
    assert found.encoding == code.removesuffix("-sig")
    assert len(found.digest) == 64


@settings(max_examples=200)
@given(st.text(LETTERS, min_size=1).filter(str.strip), st.sampled_from(["utf-8", "gb18030"]))
@example("联通", "gb18030")
@example("亩", "gb18030")
@example("тест", "utf-8")
@example("café", "utf-8")
def test_any_text_comes_back(tmp_path_factory, text, code):
    path = written(tmp_path_factory.getbasetemp() / "any.txt", text.encode(code))
    assert text_of(path).text == text


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cf", "Zl", "Zp"]), min_size=1)
)
def test_any_letters_at_all_come_back_from_utf8_with_its_mark(tmp_path_factory, text):
    path = written(tmp_path_factory.getbasetemp() / "any.txt", text.encode("utf-8-sig"))
    if text.strip():
        assert text_of(path).text == text


def test_line_ends_of_all_systems_are_one(tmp_path):
    found = text_of(written(tmp_path / "plan.txt", "一、甲\r\n二、乙\r三、丙\u2028四、丁"))
    assert found.text == "一、甲\n二、乙\n三、丙\n四、丁"


def test_what_is_not_seen_is_left_out(tmp_path):
    assert (
        text_of(written(tmp_path / "a.txt", "发\u200b展\ufeff规\u00ad划\x1a")).text == "发展规划"
    )


def test_a_hard_wrapped_text_is_made_whole(tmp_path):
    lines = [line[at : at + 24] for line in PLAN for at in range(0, len(line), 24)] * 4
    assert text_of(written(tmp_path / "plan.txt", "\n".join(lines))).text == "\n".join(PLAN * 4)


# Word.


def test_paragraphs_and_tables_of_a_document_come_in_their_order(tmp_path):
    def fill(document):
        document.add_paragraph("一、指标")
        table = document.add_table(2, 3)
        for cell, text in zip(
            table._cells, ["指标", "2025年", "2030年", "城镇化率", "68%", "72%"], strict=True
        ):
            cell.text = text
        document.add_paragraph("二、任务")

    found = text_of(word(tmp_path / "plan.docx", fill))
    assert found.text == "一、指标\n指标\t2025年\t2030年\n城镇化率\t68%\t72%\n二、任务"
    assert (found.format, found.encoding, found.pages) == ("docx", None, None)


@settings(max_examples=30)
@given(st.lists(st.text(LETTERS, min_size=1).map(str.strip).filter(bool), min_size=1, max_size=8))
def test_any_paragraphs_come_back(tmp_path_factory, paragraphs):
    path = tmp_path_factory.getbasetemp() / "any.docx"
    word(path, lambda document: [document.add_paragraph(text) for text in paragraphs])
    assert text_of(path).text.split("\n") == paragraphs


def numbered(document, levels, number=77):
    """Give a document a list of its own: (form, text) for each level."""
    root = document.part.numbering_part.element
    steps = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:suff w:val="nothing"/>'
        f'<w:lvlText w:val="{text}"/></w:lvl>'
        for at, (form, text) in enumerate(levels)
    )
    kind = parse_xml(f'<w:abstractNum {WORD} w:abstractNumId="{number}">{steps}</w:abstractNum>')
    root.insert(0, kind)
    root.append(
        parse_xml(f'<w:num {WORD} w:numId="{number}"><w:abstractNumId w:val="{number}"/></w:num>')
    )


def listed(document, text, level, number=77, style=None):
    paragraph = document.add_paragraph(text, style)
    one = f'<w:numPr {WORD}><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>'
    paragraph._p.get_or_add_pPr().append(parse_xml(one))
    return paragraph


CHINESE = [
    ("chineseCounting", "%1、"),
    ("chineseCountingThousand", "（%2）"),
    ("decimal", "%3."),
    ("decimal", "（%4）"),
    ("decimalEnclosedCircle", "%5"),
]


def test_numbers_that_word_counts_stand_before_their_paragraphs(tmp_path):
    def fill(document):
        numbered(document, CHINESE)
        for text, level in [
            ("总体要求", 0), ("指导思想", 1), ("发展目标", 1), ("2030年目标", 2), ("产业", 2), ("任务", 0),
            ("交通", 1), ("铁路", 2), ("干线", 3), ("城际", 4), ("市域", 4),
        ]:  # fmt: skip
            listed(document, text, level)
        document.add_paragraph("没有编号的段落")
        listed(document, "保障", 0)

    assert text_of(word(tmp_path / "plan.docx", fill)).text.split("\n") == [
        "一、总体要求", "（一）指导思想", "（二）发展目标", "1. 2030年目标", "2.产业", "二、任务",
        "（一）交通",
        "1.铁路", "（1）干线", "①城际", "②市域", "没有编号的段落", "三、保障",
    ]  # fmt: skip


def test_numbers_of_styles_of_headings_are_counted(tmp_path):
    def fill(document):
        numbered(document, [("chineseCounting", "第%1章"), ("decimal", "%1.%2")])
        kind = document.part.numbering_part.element[0]
        for at, level in enumerate(kind):
            level[0].addprevious(parse_xml(f'<w:pStyle {WORD} w:val="Heading{at + 1}"/>'))
            level[-1].addprevious(parse_xml(f'<w:isLgl {WORD} w:val="{at}"/>'))
            level.find("{*}suff").set(level.find("{*}suff").keys()[0], "space")
            style = document.styles[f"Heading {at + 1}"].element
            number = f'<w:numPr {WORD}><w:numId w:val="77"/></w:numPr>'
            style.get_or_add_pPr().append(parse_xml(number))
        for text, level in [("总则", 1), ("目的", 2), ("范围", 2), ("任务", 1), ("交通", 2)]:
            document.add_heading(text, level)

    assert text_of(word(tmp_path / "plan.docx", fill)).text.split("\n") == [
        "第一章 总则", "1.1 目的", "1.2 范围", "第二章 任务", "2.1 交通",
    ]  # fmt: skip


def test_a_list_that_begins_anew_counts_from_its_start(tmp_path):
    def fill(document):
        numbered(document, CHINESE)
        again = (
            f'<w:num {WORD} w:numId="78"><w:abstractNumId w:val="77"/>'
            '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
        )
        document.part.numbering_part.element.append(parse_xml(again))
        for text, number in [("甲", 77), ("乙", 77), ("丙", 78), ("丁", 78), ("戊", 77)]:
            listed(document, text, 0, number)

    found = text_of(word(tmp_path / "plan.docx", fill)).text
    assert found.split("\n") == ["一、甲", "二、乙", "五、丙", "六、丁", "七、戊"]


@pytest.mark.parametrize(
    ("number", "form", "text"),
    [
        (10, "chineseCounting", "十"),
        (11, "chineseCounting", "十一"),
        (20, "chineseCountingThousand", "二十"),
        (21, "chineseCountingThousand", "二十一"),
        (101, "chineseCountingThousand", "一百零一"),
        (110, "chineseCountingThousand", "一百一十"),
        (101, "chineseCounting", "一〇一"),
        (12, "ideographDigital", "一二"),
        (3, "chineseLegalSimplified", "叁"),
        (3, "ideographTraditional", "丙"),
        (14, "lowerRoman", "xiv"),
        (28, "upperLetter", "BB"),
        (7, "decimalZero", "07"),
        (7, "decimalFullWidth", "７"),
        (20, "decimalEnclosedCircleChinese", "⑳"),
        (3, "a form to come", "3"),
    ],
)
def test_numbers_are_written_as_word_writes_them(number, form, text):
    assert numbering.written(number, form) == text


def test_text_boxes_and_notes_stand_below_their_paragraph(tmp_path):
    box = (
        f"<w:r {nsdecls('w')} xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
        " xmlns:v='urn:schemas-microsoft-com:vml'><mc:AlternateContent>"
        "<mc:Choice Requires='wps'><w:drawing><w:txbxContent><w:p><w:r><w:t>专栏1 重大工程</w:t></w:r></w:p>"
        "</w:txbxContent></w:drawing></mc:Choice>"
        "<mc:Fallback><w:pict><v:textbox><w:txbxContent><w:p><w:r><w:t>专栏1 重大工程</w:t></w:r></w:p>"
        "</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
    )
    note = f"<w:r {WORD}><w:footnoteReference w:id='2'/></w:r>"

    def fill(document):
        paragraph = document.add_paragraph("推进重大工程")
        paragraph._p.append(parse_xml(box))
        paragraph._p.append(parse_xml(note))
        paragraph.add_run("建设。")

    path = word(tmp_path / "plan.docx", fill)
    notes = (
        f"<w:footnotes {WORD}><w:footnote w:type='separator' w:id='0'><w:p><w:r><w:t>no</w:t></w:r></w:p>"
        "</w:footnote>"
        "<w:footnote w:id='2'><w:p><w:r><w:footnoteRef/><w:t>口径为常住人口</w:t>"
        "<w:footnoteReference w:id='2'/></w:r></w:p></w:footnote></w:footnotes>"
    )
    with zipfile.ZipFile(path, "a") as package:
        package.writestr("word/footnotes.xml", notes)
    assert text_of(path).text.split("\n") == [
        "推进重大工程建设。",
        "专栏1 重大工程",
        "口径为常住人口",
    ]


def test_what_was_taken_out_or_is_hidden_is_not_read(tmp_path):
    changed = (
        f"<w:p {WORD}><w:r><w:t>达到</w:t></w:r><w:del><w:r><w:delText>60%</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>72%</w:t></w:r></w:ins><w:r><w:rPr><w:vanish/></w:rPr><w:t>批注</w:t></w:r>"
        "<w:r><w:fldChar w:fldCharType='begin'/><w:instrText>PAGE</w:instrText></w:r>"
        "<w:r><w:t>，面积100km</w:t></w:r><w:r><w:rPr><w:vertAlign w:val='superscript'/></w:rPr>"
        "<w:t>2</w:t></w:r></w:p>"
    )

    def fill(document):
        document.element.body.insert(0, parse_xml(changed))
        document.styles.add_style("toc 1", 1)
        document.add_paragraph("总体要求 1", "toc 1")
        document.add_paragraph("上").add_run().add_break(WD_BREAK.LINE)
        document.paragraphs[-1].add_run("下")

    found = text_of(word(tmp_path / "plan.docx", fill)).text
    assert found.split("\n") == ["达到72%，面积100km²", "上", "下"]


def test_tables_that_lay_out_a_page_give_their_paragraphs(tmp_path):
    def fill(document):
        cell = document.add_table(1, 1).cell(0, 0)
        cell.text = "某某市人民政府文件"
        cell.add_paragraph("一、总体要求")
        inner = cell.add_table(1, 2)
        inner.cell(0, 0).text, inner.cell(0, 1).text = "指标", "目标\n2030年"

    found = text_of(word(tmp_path / "plan.docx", fill)).text
    assert found.split("\n") == ["某某市人民政府文件", "一、总体要求", "指标\t目标 2030年"]


# Web pages.

PAGE = """<!DOCTYPE html><html><head><title>政府网</title><meta charset="{}"><style>p {{}}</style></head>
<body><nav><a href="/">首页</a></nav><script>var 规划 = "不是文字";</script>
<h1>某某都市圈发展规划</h1>
<div><p>&nbsp;&nbsp;一、总体
要求</p><p>到2030年，面积1.65万km<sup>2</sup>，增长&gt;5%<br>第二行<!-- 注 --><span hidden>暗</span></p>
<table><tr><th>指标</th><th>2030年</th></tr><tr><td><p>城镇化率</p></td><td>72%</td></tr></table>
<table><tr><td><h2>二、任务</h2><table><tr><td>甲</td><td>乙</td></tr></table></td><td>旁</td></tr></table>
<ol><li>铁路</li><li><p>公路</p></li></ol><ul><li>园区</li></ul>末尾</div></body></html>"""
SHOWN = [
    "某某都市圈发展规划", "一、总体要求", "到2030年，面积1.65万km²，增长>5%", "第二行", "指标\t2030年",
    "城镇化率\t72%",
    "二、任务", "甲\t乙", "旁", "1.铁路", "2.公路", "园区", "末尾",
]  # fmt: skip


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("utf-8", "utf-8"),
        ("gb2312", "gb18030"),
        ("gbk", "utf-8"),
        ("gb18030", "utf-8-sig"),
        ("utf-8", "utf-16"),
    ],
)
def test_a_page_gives_its_blocks_and_rows_as_lines(said, code, tmp_path):
    found = text_of(written(tmp_path / "plan.html", PAGE.format(said).encode(code)))
    assert found.text.split("\n") == SHOWN
    assert (found.format, found.encoding) == ("html", code.removesuffix("-sig"))


def test_a_page_in_the_encoding_of_taiwan_is_read_if_it_says_so(tmp_path):
    page = '<html><meta charset="big5"><p>發展計畫與國際合作</p></html>'
    assert text_of(written(tmp_path / "a.html", page.encode("big5"))).text == "發展計畫與國際合作"


def test_a_text_called_html_stays_a_text(tmp_path):
    assert text_of(written(tmp_path / "plan.html", TEXT)).text == TEXT


def test_a_page_with_tags_deep_within_each_other_is_read_or_refused(tmp_path):
    deep = "<html>" + "<div>" * 300 + "深" + "<table><tr><td>" * 200 + "底"
    assert text_of(written(tmp_path / "a.html", deep)).text.replace("\n", "") == "深底"
    assert "too deep" in refused(written(tmp_path / "b.html", "<html>" + "<div>" * 9000 + "深"))


# PDF.

PRINTED = """
#set page(paper: "a5", header: [某某都市圈发展规划],
  footer: context align(center)[— #counter(page).display() —])
#set par(first-line-indent: (amount: 2em, all: true), justify: true)
#outline(title: "目录")
= 一、总体要求
{}
"""


def test_a_pdf_gives_whole_paragraphs_without_running_heads(tmp_path):
    paragraphs = [f"（{n}）任务{n}。" + PLAN[3][7:] * (1 + n % 4) for n in range(1, 25)]
    found = text_of(printed(tmp_path / "plan.pdf", PRINTED.format("\n\n".join(paragraphs))))
    assert found.text.split("\n") == ["一、总体要求", *paragraphs]
    assert found.format == "pdf"
    assert found.pages >= 5
    assert found.bare == ()


def test_an_english_pdf_loses_its_hyphens(tmp_path):
    paragraphs = [
        f"1.{n} The metropolitan authority shall coordinate telecommunication infrastructure and the "
        "environmental responsibilities of intergovernmental organisations, and report on its "
        "long-term considerations."
        for n in range(1, 9)
    ]
    page = (
        '#set page(paper: "a6")\n#set text(lang: "en", hyphenate: true)\n#set par(justify: true)\n'
    )
    found = text_of(printed(tmp_path / "plan.pdf", page + "\n\n".join(paragraphs)))
    assert found.text.split("\n") == paragraphs


def test_cells_of_a_pdf_are_apart_by_tabs(tmp_path):
    table = (
        "#table(columns: 3, [指标], [2025年], [2030年], [地区生产总值（亿元）], [9500], [15000])"
    )
    found = text_of(printed(tmp_path / "plan.pdf", table)).text
    assert found.split("\n") == ["指标\t2025年\t2030年", "地区生产总值（亿元）\t9500\t15000"]


def test_pages_without_text_are_named(tmp_path):
    source = "\n#pagebreak()\n".join(
        ["第一页有足够多的文字可读", "#rect()", "第三页也有足够多的文字可读"]
    )
    found = text_of(printed(tmp_path / "plan.pdf", source))
    assert (found.pages, found.bare) == (3, (2,))


def test_two_columns_are_read_one_after_the_other(tmp_path):
    left, right = PLAN[2] * 6, PLAN[3] * 6
    source = f"#set page(columns: 2)\n#set par(justify: true)\n{left}\n#colbreak()\n{right}"
    found = text_of(printed(tmp_path / "plan.pdf", source)).text
    assert found.replace("\n", "") == left + right
    assert len(found.split("\n")) == 2


# What is refused.


def test_ten_megabytes_of_text_are_too_much(tmp_path):
    text = "规划" * (MOST_TEXT // 6 + 1)
    assert "10 MB" in refused(written(tmp_path / "a.txt", text))
    assert "10 MB" in refused(written(tmp_path / "b.txt", text.encode("gb18030")))
    assert "10 MB" in refused(written(tmp_path / "c.html", f"<html><p>{text}</p></html>"))
    assert "10 MB" in refused(word(tmp_path / "d.docx", lambda d: d.add_paragraph(text)))


@pytest.mark.parametrize(
    "content",
    [
        bytes(range(256)) * 40,
        random.Random(4).randbytes(5000).replace(b"\0", b"\1"),  # noqa: S311 - the same in every run
        b"\x7fELF\x02\x01\x01\x00",
        TEXT.encode("utf-16-le"),
        TEXT.encode("utf-8")[:-1],
        "Maßnahmen für die Städte und Gemeinden, höhere Ausgaben, größere Flächen; künftig".encode(
            "cp1252"
        ),
        "發展計畫與國際合作,推動區域建設及產業升級".encode("big5"),
        "\ufeff\x01\x02\x03\x04".encode(),
    ],
)
def test_what_is_no_text_is_told(content, tmp_path):
    said = refused(written(tmp_path / "plan.txt", content))
    assert "no text" in said
    assert "txt, docx, html and pdf" in said


@pytest.mark.parametrize("content", [b"", b" \r\n\t", b"\xef\xbb\xbf"])
def test_an_empty_file_is_told(content, tmp_path):
    said = refused(written(tmp_path / "plan.txt", content))
    assert "is empty" in said or "holds no text" in said


def compound(stream):
    """A compound file of Office with one stream: its header, the table of sectors and the folder."""
    name = (stream + "\0").encode("utf-16-le")
    header = (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + bytes(16)
        + b"\x3e\0\x03\0\xfe\xff\x09\0\x06\0"
        + bytes(10)
    )
    header += (
        (1).to_bytes(4, "little")
        + (1).to_bytes(4, "little")
        + bytes(4)
        + (4096).to_bytes(4, "little")
    )
    header += (
        b"\xfe\xff\xff\xff" + bytes(4) + b"\xfe\xff\xff\xff" + bytes(4) + bytes(4) + b"\xff" * 432
    )
    root = "Root Entry\0".encode("utf-16-le").ljust(64, b"\0") + b"\x16\0\x05\0" + bytes(60)
    entry = name.ljust(64, b"\0") + len(name).to_bytes(2, "little") + b"\x02\0" + bytes(60)
    return (
        header.ljust(512, b"\0")
        + b"\xfd\xff\xff\xff".ljust(512, b"\xff")
        + (root + entry).ljust(512, b"\0")
    )


@pytest.mark.parametrize(
    ("name", "stream", "says"),
    [
        ("plan.docx", "EncryptedPackage", "protected by a password"),
        ("plan.txt", "EncryptedPackage", "protected by a password"),
        ("plan.doc", "WordDocument", "old format"),
        ("plan.doc", "Workbook", "old format"),
    ],
)
def test_protected_and_old_files_of_office_are_told(name, stream, says, tmp_path):
    said = refused(written(tmp_path / name, compound(stream)))
    assert says in said
    assert "save it" in said


def pdf(trailer="", content=b"", objects=()):
    """A PDF by hand, of one page."""
    parts = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content),
        *objects,
    ]
    made, places = b"%PDF-1.4\n", []
    for number, part in enumerate(parts, 1):
        places.append(len(made))
        made += b"%d 0 obj\n%s\nendobj\n" % (number, part)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(parts) + 1
    end = (
        f"trailer << /Size {size} /Root 1 0 R {trailer} >>\nstartxref\n{len(made)}\n%%EOF".encode()
    )
    return made + b"xref\n0 %d\n0000000000 65535 f \n" % size + table + end


def test_a_pdf_with_a_password_is_told(tmp_path):
    locked = b"<< /Filter /Standard /V 1 /R 2 /O <%s> /U <%s> /P -4 >>" % (b"41" * 32, b"42" * 32)
    content = pdf("/Encrypt 5 0 R /ID [<00> <00>]", objects=[locked])
    assert "protected by a password" in refused(written(tmp_path / "plan.pdf", content))


def test_a_scan_without_text_is_told_with_its_pages(tmp_path):
    said = refused(written(tmp_path / "plan.pdf", pdf(content=b"0.5 g 0 0 595 842 re f")))
    assert "no text layer" in said
    assert "pages: 1" in said
    three = "#rect(width: 3cm)\n#pagebreak()\n" * 2 + "#circle()"
    assert "no text layer, as scans have none; number of its pages: 3" in refused(
        printed(tmp_path / "scan.pdf", three)
    )


def test_a_broken_pdf_is_told(tmp_path):
    assert "no readable PDF" in refused(written(tmp_path / "plan.pdf", b"%PDF-1.7\n" + bytes(300)))


def packed(path, **parts):
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as package:
        for name, content in parts.items():
            package.writestr(name.replace("__", "/") + ".xml", content)
    return path


BODY = f"<w:document {WORD}><w:body>{{}}</w:body></w:document>"
BOMB = '<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>'


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (BOMB + BODY.format("<w:p><w:r><w:t>&b;</w:t></w:r></w:p>"), "entity"),
        (BODY.format(" " * (20 << 20)), "unpacks"),
        (BODY.format("x" * 100 + "<w:p>"), "broken"),
        (BODY.format("<w:p/>" * 1_500_001), "tags"),
        (BODY.format("<w:p/>"), "no text"),
        ("<x/>", "no body"),
        ("<?xml version='1.0' encoding='utf-16'?>" + BODY.format("<w:p/>"), "word/document.xml"),
        (BODY.format("<w:p>" * 300 + "</w:p>" * 300), "broken"),
    ],
)
def test_a_document_that_is_a_bomb_or_broken_is_told(content, says, tmp_path):
    assert says in refused(packed(tmp_path / "plan.docx", word__document=content))


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("xl__workbook", "a spreadsheet"),
        ("ppt__slides", "a presentation"),
        ("content", "OpenDocument"),
        ("a", "a zip"),
    ],
)
def test_other_zips_are_told(name, says, tmp_path):
    assert says in refused(packed(tmp_path / "plan.docx", **{name: "<x/>"}))


@pytest.mark.parametrize(
    ("name", "content", "says"),
    [
        ("plan.rtf", b"{\\rtf1 text}", "a rich text file"),
        ("plan.pdf", b"\x89PNG\r\n\x1a\n", "a picture"),
        ("plan.txt", b"Rar!\x1a\x07\0", "a packed file"),
        ("plan.mht", b"MIME-Version: 1.0\nContent-Type: multipart/related", "a web archive"),
        ("plan.csv", b"a,b\n1,2\n", "not known"),
        ("plan.docx", b"<?xml version='1.0'?><pkg:package/>", "an XML file"),
    ],
)
def test_formats_that_are_not_read_are_told(name, content, says, tmp_path):
    said = refused(written(tmp_path / name, content))
    assert says in said
    assert "txt, docx, html and pdf" in said


def test_a_file_that_is_not_there_is_told(tmp_path):
    assert "no file" in refused(tmp_path / "plan.txt")


# By content, not by name.


def test_the_content_says_what_a_file_is(tmp_path):
    document = word(tmp_path / "a.txt", lambda made: made.add_paragraph("一、总体要求"))
    assert text_of(document).format == "docx"
    assert text_of(printed(tmp_path / "b.docx", "一、总体要求和发展目标的文字")).format == "pdf"
    assert (
        text_of(written(tmp_path / "c.doc", "<html><body><p>一、总体要求")).text == "一、总体要求"
    )
    assert text_of(written(tmp_path / "d.docx", TEXT)).format == "txt"


# Broken files and time.


def good(kind, folder):
    if kind == "docx":

        def fill(document):
            numbered(document, CHINESE)
            listed(document, "总体要求", 0)
            document.add_table(1, 2).cell(0, 0).text = "指标"

        whole = word(folder / "good.docx", fill)
        thin = io.BytesIO()
        keep = ("word/document.xml", "word/numbering.xml", "_rels/.rels")
        with zipfile.ZipFile(whole) as old, zipfile.ZipFile(thin, "w") as new:
            for name in keep:
                new.writestr(name, old.read(name)[-30_000:] if "numb" in name else old.read(name))
        return thin.getvalue()
    if kind == "html":
        return PAGE.format("gbk").encode("gbk")
    if kind == "txt":
        return ("\n".join(PLAN * 3)).encode("gb18030")
    text = b"BT /F1 12 Tf 72 700 Td (A plan of many words and figures, 2030) Tj ET"
    return pdf(content=text)


@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("kind", ["txt", "html", "docx"])
def test_a_broken_document_is_read_or_refused(kind, count, tmp_path):
    assert survives(text_of, good(kind, tmp_path), count, tmp_path / f"x.{kind}").read


@pytest.mark.parametrize("count", COUNTS)
def test_a_broken_pdf_is_read_or_refused(count, tmp_path):
    """In the process that reads it; what ends that is no fault of the process that asks."""
    assert survives(pdffiles.read, good("pdf", tmp_path), count, tmp_path / "x.pdf").read


def test_a_long_plan_is_read_in_no_time(tmp_path):
    """100,000 characters; ten times what it takes here, for machines that are busy."""
    paragraphs = PLAN * (100_000 // len(TEXT))
    text = written(tmp_path / "a.txt", "\n".join(paragraphs))
    wrapped = written(
        tmp_path / "b.txt",
        "\n".join(p[i : i + 30] for p in paragraphs for i in range(0, len(p), 30)),
    )
    document = word(tmp_path / "c.docx", lambda made: [made.add_paragraph(p) for p in paragraphs])
    for path, seconds in ((text, 0.5), (wrapped, 1.0), (document, 5.0)):
        begin = time.process_time()
        assert text_of(path).text == "\n".join(paragraphs)
        assert time.process_time() - begin < seconds
