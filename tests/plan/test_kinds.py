"""Kinds of report in all formats: the figures of one are the figures of all, each with its note."""

import io
import json
import re
from datetime import date

import docx
import openpyxl
import pandas as pd
import pypdfium2
import pytest

import hutuo
import tiny
from hutuo.errors import BadAsk
from hutuo.plan.report import Report, report
from hutuo.units import shown
from hutuo.verbs import find_verb

FORMATS = ("html", "xlsx", "json", "docx", "pdf")
KINDS = ("evaluation", "yearly", "midterm", "final")
REVENUE = [60, 66, 71, 80, 86, 95, 101, 115, 122, 137, 150.5]


def made(region, **ask):
    files = report(region, Report(format=FORMATS, **ask)).files
    return {file.name.rpartition(".")[2]: file.content for file in files}


@pytest.fixture(scope="module")
def grown(tmp_path_factory, shared_home):
    """The tiny region with eleven years of revenue, recorded at a known instant."""
    region = hutuo.open(str(tiny.write_pack(tmp_path_factory.mktemp("grown") / "pack")))
    rows = [
        {"place": "set:area", "indicator": "revenue", "valid_from": date(2015 + n, 1, 1),
         "valid_to": date(2016 + n, 1, 1), "value": value, "unit": "亿元", "source": "book",
         "recorded_at": pd.Timestamp("2026-03-01T08:00", tz="UTC")}
        for n, value in enumerate(REVENUE)
    ]  # fmt: skip
    region.append("observation", pd.DataFrame(rows))
    return region


@pytest.fixture(scope="module", params=[(kind, lang) for kind in KINDS for lang in ("zh", "en")])
def content(request, grown):
    kind, lang = request.param
    return kind, lang, made(grown, kind=kind, language=lang)


def tables_of(files):
    """Every cell of every format's tables but the notes, as a person reads it, without numbers of notes."""
    word = docx.Document(io.BytesIO(files["docx"]))
    cells = [[cell.text for cell in row.cells] for table in word.tables[:-1] for row in table.rows]
    return [re.sub(r"(\[\d+\])+$", "", cell) for row in cells for cell in row]


def page_text(files):
    pages = pypdfium2.PdfDocument(files["pdf"])
    return "".join(page.get_textpage().get_text_bounded() for page in pages)


def test_the_same_input_gives_the_same_bytes_in_every_format(content, grown):
    kind, lang, files = content
    assert made(grown, kind=kind, language=lang) == files


def test_figures_of_the_word_file_and_the_pages_are_those_of_the_json(content):
    kind, _, files = content
    told = json.loads(files["json"])
    grow = next(row for row in told["targets"] if row["target"] == "grow")
    wanted = [row["stated"] for row in told["figures"] if row["stated"] and kind != "yearly"]
    wanted += [row["computed"] for row in told["figures"] if row["computed"] and kind != "yearly"]
    if kind in ("evaluation", "final"):
        wanted.append(grow["distance"])
    if kind in ("yearly", "midterm"):
        wanted += [grow["trajectory"]["due_value"], grow["trajectory"]["ahead_by"]]
    cells, text = tables_of(files), re.sub(r"\s", "", page_text(files))
    assert [value for value in wanted if shown(value) not in cells] == []
    assert [value for value in wanted if re.sub(r"\s", "", shown(value)) not in text] == []
    html = files["html"].decode()
    assert [value for value in wanted if shown(value) not in html] == []


def test_the_forecast_stands_with_its_interval(grown):
    files = made(grown, kind="midterm", language="en")
    grow = json.loads(files["json"])["targets"][0]
    end = grow["forecast"]["points"][-1]
    words = f"{shown(end['value'])} [{shown(end['low'])}, {shown(end['high'])}]"
    assert words in tables_of(files)
    assert re.sub(r"\s", "", words) in re.sub(r"\s", "", page_text(files))


def test_the_workbook_holds_the_numbers_of_the_json(content):
    _, lang, files = content
    told = json.loads(files["json"])
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).worksheets[0]
    heads = [cell.value for cell in sheet[1]]
    rows = [
        dict(zip(heads, [c.value for c in row], strict=True)) for row in sheet.iter_rows(min_row=2)
    ]
    names = {"zh": ("差距", "应达值", "领先量", "预测", "下限", "上限"),
             "en": ("distance", "value due", "ahead by", "forecast", "low", "high")}[lang]  # fmt: skip
    for row, target in zip(rows, told["targets"], strict=True):
        points = target["forecast"]["points"]
        way = target["trajectory"]
        end = points[-1] if points else {"value": None, "low": None, "high": None}
        wanted = [
            target["distance"],
            way["due_value"],
            way["ahead_by"],
            end["value"],
            end["low"],
            end["high"],
        ]
        assert [row[name] for name in names] == [
            None if v is None else pytest.approx(v) for v in wanted
        ]


def test_every_number_of_a_note_leads_to_a_note_with_source_or_formula(content):
    _, _, files = content
    notes = json.loads(files["json"])["lineage"]
    numbers = {note["number"] for note in notes}
    assert numbers == set(range(1, len(notes) + 1))
    html = files["html"].decode()
    asked = {int(n) for n in re.findall(r'href="#note-(\d+)"', html)}
    there = {int(n) for n in re.findall(r'id="note-(\d+)"', html)}
    assert asked <= numbers
    assert there == numbers
    assert all(note["source"] and note["formula"] for note in notes)
    last = docx.Document(io.BytesIO(files["docx"])).tables[-1]
    assert [row.cells[0].text for row in last.rows[1:]] == [str(n) for n in sorted(numbers)]


def test_formulas_give_the_figures_that_they_stand_for(grown):
    """Each is text; with its signs put for the computer's, it comes to what is shown."""
    files = made(grown, kind="evaluation", language="en")
    told = json.loads(files["json"])
    grow = told["targets"][0]
    of = {note["what"]: note["formula"] for note in told["lineage"]}
    signs = {"÷": "/", "×": "*", "−": "-", "^": "**", "|": "", ",": ""}
    formula = of["Revenue: needed growth"]
    for sign, code in signs.items():
        formula = formula.replace(sign, code)
    assert eval(formula) == pytest.approx(grow["needed_growth"])  # noqa: S307 - made here
    assert of["Revenue: distance"] == "|200 − 150.5|"


def test_an_observed_figure_has_source_and_the_time_it_was_recorded(content):
    _, lang, files = content
    notes = json.loads(files["json"])["lineage"]
    what = {"zh": "营业收入, 小都市圈, 2025", "en": "Revenue, Little area, 2025"}[lang]
    note = next(note for note in notes if note["what"] == what)
    assert note["recorded"] == "2026-03-01 08:00 UTC"
    assert note["source"] == {"zh": "年鉴", "en": "Yearbook"}[lang]


def test_a_yearly_check_is_of_its_year(grown):
    files = made(grown, kind="yearly", year=2023, language="en")
    told = json.loads(files["json"])
    assert told["title"] == "Little plan: yearly check 2023"
    assert told["facts"]["Valid at"] == "2023-12-31"
    assert told["targets"][0]["observed"]["value"] == 122
    assert f"{122 / 115 - 1:+.1%}" in tables_of(files)


def test_the_year_of_a_report_never_looks_past_the_day_that_is_asked(grown):
    from dataclasses import replace

    files = made(replace(grown, at=date(2022, 6, 30)), kind="final", year=2028)
    assert json.loads(files["json"])["facts"]["有效日期"] == "2022-06-30"


def test_as_known_then_comes_out_again(grown):
    from dataclasses import replace
    from datetime import UTC, datetime

    then = replace(grown, as_of=datetime(2025, 6, 1, tzinfo=UTC))
    told = json.loads(made(then, kind="midterm")["json"])
    assert told["targets"][0]["observed"]["value"] == 146.41
    made_on = docx.Document(io.BytesIO(made(then)["docx"])).core_properties.created
    assert made_on.date() == date(2025, 6, 1)


def test_files_are_named_by_kind_year_and_language(grown):
    (file,) = report(grown, Report(kind="final", year=2030, format=("pdf",), language="en")).files
    assert (file.name, file.media_type) == ("final-2030-en.pdf", "application/pdf")
    with pytest.raises(BadAsk):
        find_verb("plan", "report").read({"kind": "monthly"})


def test_the_embedded_plan_has_every_report(embedded):
    for kind in KINDS:
        files = made(embedded, kind=kind, language="zh")
        text = page_text(files)
        assert "城际通勤一小时" in text
        assert len(docx.Document(io.BytesIO(files["docx"])).tables) >= 3


def test_names_of_a_pack_never_become_markup_of_the_pages(own_folder):
    evil = '#panic() *甲* "x" <w:p>'
    for table, line in (("unit", 3), ("target", 2), ("source", 2), ("plan", 2)):
        tiny.edit(own_folder, table, {(line, "zh"): evil, (line, "en"): evil})
    files = made(hutuo.open(str(own_folder)), kind="midterm")
    assert evil in tables_of(files)
    assert re.sub(r"\s", "", evil) in re.sub(r"\s", "", page_text(files))
