"""The report: recomputed from stored data, the same bytes for the same input, safe to open."""

import io
import json
import re
import zipfile
from html.parser import HTMLParser

import pytest

import hutuo
import tiny
from hutuo.errors import BadAsk
from hutuo.plan import drawings
from hutuo.plan.evaluate import Evaluate, evaluate
from hutuo.plan.reconcile import Reconcile, reconcile
from hutuo.plan.report import Report, report
from hutuo.verbs import find_verb

VOID = {"meta", "br", "hr", "img", "link", "input"}


class Balanced(HTMLParser):
    """Every element that is opened is closed in its turn."""

    def __init__(self):
        super().__init__()
        self.open, self.texts, self.found = [], [], set()

    def handle_starttag(self, tag, attrs):
        self.found.add(tag)
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag, attrs):
        self.found.add(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.texts.append(data)


def parsed(html):
    reader = Balanced()
    reader.feed(html)
    reader.close()
    assert reader.open == []
    return reader


def made(region, lang="zh"):
    files = report(region, Report(language=lang)).files
    return {file.name.rpartition(".")[2]: file.content for file in files}


@pytest.fixture(scope="module", params=["zh", "en"])
def content(request, little):
    return request.param, made(little, request.param)


def test_the_same_input_gives_the_same_bytes(content, little, little_folder):
    lang, files = content
    assert made(little, lang) == files
    assert made(hutuo.open(str(little_folder)), lang) == files


def test_the_same_pack_loaded_elsewhere_gives_the_same_bytes(content, home, tmp_path):
    lang, files = content
    other = hutuo.open(str(tiny.write_pack(tmp_path / "elsewhere")))
    assert made(other, lang) == files


def test_the_embedded_report_is_the_same_twice_too(embedded):
    assert made(embedded) == made(embedded)


def test_the_page_is_well_formed_and_shows_every_target_and_figure(content, little):
    lang, files = content
    reader = parsed(files["html"].decode())
    texts = " ".join(reader.texts)
    for row in evaluate(little, Evaluate()):
        assert row.title.say(lang) in texts
        assert row.status_name.say(lang) in texts
    for row in reconcile(little, Reconcile()):
        assert row.title.say(lang) in texts or row.inference
    assert {"svg", "table", "figure"} <= reader.found
    assert "script" not in reader.found


def test_nothing_is_fetched_from_elsewhere(content, embedded):
    lang, files = content
    for html in (files["html"].decode(), made(embedded, lang)["html"].decode()):
        links = set(re.findall(r"(?:src|href|action|url)\s*[=(]\s*[\"']?([^\"' )>]+)", html))
        assert {link for link in links if not link.startswith("#")} == set()
        assert set(re.findall(r"xmlns=\"([^\"]+)", html)) == {"http://www.w3.org/2000/svg"}


def test_the_tiny_page_names_no_address_at_all(content):
    """Of the embedded pack, origins of sources are addresses, shown as text."""
    _, files = content
    html = files["html"].decode().replace("http://www.w3.org/2000/svg", "")
    assert "http://" not in html
    assert "https://" not in html


def test_names_from_a_pack_never_become_markup(own_folder):
    for table, line in (("unit", 3), ("target", 2), ("source", 2), ("clause", 2), ("plan", 2)):
        tiny.edit(own_folder, table, {(line, "zh"): "<b>甲</b>", (line, "en"): "<b>A</b>"})
    region = hutuo.open(str(own_folder))
    for lang in ("zh", "en"):
        html = made(region, lang)["html"].decode()
        assert "<b>" not in html
        assert "&lt;b&gt;" in html
        parsed(html)


def test_the_json_holds_what_the_verbs_answer(content, little):
    lang, files = content
    told = json.loads(files["json"])
    verb = find_verb("plan", "evaluate")
    assert told["targets"] == verb.plain(evaluate(little, Evaluate()), lang)
    verb = find_verb("plan", "reconcile")
    assert told["figures"] == verb.plain(reconcile(little, Reconcile()), lang)
    assert [source["source"] for source in told["sources"]] == ["book"]


def test_every_text_of_the_json_is_in_the_language_asked_for(content):
    lang, files = content
    sources = json.loads(files["json"])["sources"]
    assert [source["name"] for source in sources] == [{"zh": "年鉴", "en": "Yearbook"}[lang]]


def test_the_workbook_holds_no_instant_of_its_making(content):
    _, files = content
    with zipfile.ZipFile(io.BytesIO(files["xlsx"])) as book:
        assert {info.date_time for info in book.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_only_the_formats_asked_for_are_made_each_once(little):
    files = report(little, Report(format=("json", "html", "json"))).files
    assert [file.name for file in files] == ["evaluation-zh.json", "evaluation-zh.html"]
    with pytest.raises(BadAsk):
        find_verb("plan", "report").read({"format": []})


def test_a_report_is_as_of_what_was_asked(little, little_folder):
    earlier = hutuo.open(str(little_folder), at="2022-06-30")
    told = json.loads(made(earlier, "en")["json"])
    assert told["facts"]["Valid at"] == "2022-06-30"
    assert [row["status"] for row in told["targets"]] == ["no_data", "not_measurable", "no_data"]


def test_a_region_without_boundaries_has_a_report_without_maps(own_folder):
    toml = own_folder / "region.toml"
    text = toml.read_text(encoding="utf-8")
    toml.write_text(text.partition("[boundaries]")[0], encoding="utf-8")
    files = made(hutuo.open(str(own_folder)))
    assert b"<svg" in files["html"]
    parsed(files["html"].decode())


def test_a_gap_is_traced_to_both_its_figures(content):
    """The gap's note names the notes of what is stated and of what the data give."""
    lang, files = content
    notes = json.loads(files["json"])["lineage"]
    gap = {"zh": "差", "en": "gap"}[lang]
    found = [note for note in notes if note["what"].endswith(f": {gap}")]
    assert found
    for note in found:
        stated, computed = (int(n) for n in re.findall(r"\[(\d+)\]", note["source"]))
        title = note["what"].removesuffix(f": {gap}")
        assert notes[stated - 1]["what"] == title
        assert notes[computed - 1]["what"].startswith(title)


def test_a_report_says_where_its_charts_stop(little, monkeypatch):
    """Two targets have figures; with room for one chart the reader is told so."""
    said = {
        "zh": "有数字的目标共2项,图只画前1项",
        "en": "Of 2 targets with figures the first 1 are drawn",
    }
    assert all(words not in made(little, lang)["html"].decode() for lang, words in said.items())
    monkeypatch.setattr(drawings, "MOST_COURSES", 1)
    assert all(words in made(little, lang)["html"].decode() for lang, words in said.items())
