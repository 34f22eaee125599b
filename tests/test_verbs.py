"""Completeness over the live registry: what is not described, labelled and documented fails here."""

import re
from pathlib import Path

import pytest
from starlette.testclient import TestClient

import tiny
from asks import ASKS, asked
from hutuo.api.app import app
from hutuo.errors import BadAsk, NotFound
from hutuo.glossary import PARTS, label, terms
from hutuo.terminal import show
from hutuo.verbs import all_verbs, find_verb, verbs_of

DOCS = Path(__file__).parent.parent / "docs"
VERBS = all_verbs()
# Files are written, not shown.
FILES = {
    "plan/report",
    "plan/task-file",
    "plan/minutes",
    "plan/papers",
    "siting/plan-file",
    "environment/peak-file",
    "exchange/sdmx",
}
SHOWN = [found for found in VERBS if found.path not in FILES]
every_verb = pytest.mark.parametrize("found", VERBS, ids=lambda found: found.path)


@pytest.fixture(scope="module")
def client():
    """A client of one service: to make the routes of all verbs takes longer than most of them."""
    with TestClient(app()) as opened:
        yield opened


def fields(schema):
    """Every field of a schema, those of nested objects too."""
    for model in (schema, *schema.get("$defs", {}).values()):
        yield from model.get("properties", {}).items()


def test_there_is_an_ask_for_every_verb_and_none_left_behind():
    assert set(ASKS) == {found.path for found in VERBS}


def test_every_part_has_verbs():
    assert {found.part for found in VERBS} == set(PARTS)


@every_verb
def test_the_summary_is_a_sentence(found):
    assert re.fullmatch(r"[A-Z].*\.", found.summary)
    assert found.summary.rstrip(".") == found.title.en


@every_verb
def test_the_title_is_in_chinese_too(found):
    assert re.search(r"[\u4e00-\u9fff]", found.title.zh)


@every_verb
@pytest.mark.parametrize("side", ["ask", "answer"])
def test_every_field_is_described_in_both_languages_and_labelled(found, side):
    wrong = []
    for name, field in fields(found.schemas()[side]):
        zh = field.get("x-zh", {})
        described = field.get("description") and re.search(
            r"[\u4e00-\u9fffA-Z]", zh.get("description", "")
        )
        if not (described and name in terms() and field["title"] and zh.get("title")):
            wrong.append(name)
    assert wrong == []


@every_verb
def test_columns_for_the_terminal_are_fields_of_the_answer(found):
    assert set(found.columns) <= {name for name, _ in fields(found.schemas()["answer"])}


@every_verb
def test_a_page_with_an_executed_example_is_there(found):
    page = DOCS / f"{found.path}.md"
    assert page.is_file()
    assert "```pycon" in page.read_text(encoding="utf-8")


@every_verb
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_both_doors_give_the_same_json(found, lang, little, little_folder, client, capsys):
    ask = ASKS[found.path]
    # A folder is opened by its owner alone, so over the network it is named once it is open.
    code, typed = asked(capsys, found.path, ask, "--region", little_folder, "--lang", lang)
    assert code == 0, typed
    query = {"region": str(little_folder), "lang": lang}
    posted = client.post(f"/api/{found.path}", json=ask, params=query)
    assert posted.status_code == 200, posted.text
    assert posted.json() == typed


@every_verb
def test_what_is_answered_fits_the_schema_that_is_told(found, little):
    """The names of the fields, at every depth."""
    schema = found.schemas()["answer"]
    plain = found.plain(found.run(little, found.read(ASKS[found.path])))
    known = {name for name, _ in fields(schema)}
    rows = plain if isinstance(plain, list) else [plain]
    given = {name for row in rows for name in row} if known else set()
    assert given <= known
    assert rows


@pytest.mark.parametrize("found", SHOWN, ids=lambda found: found.path)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_a_terminal_shows_labels_and_not_names_of_fields(found, lang, little, capsys):
    answer = found.plain(found.run(little, found.read(ASKS[found.path])), lang)
    show(found, answer, lang)
    out, err = capsys.readouterr()
    row = answer[0] if isinstance(answer, list) else answer
    # What is empty is left out, except in columns that the verb names.
    columns = found.columns if isinstance(answer, list) else ()
    shown = columns or [name for name in row if row[name] not in (None, [])]
    labels = [label(name, found.part).say(lang) for name in shown if name in terms()]
    flat = re.sub(r"[\s│┃]", "", out)
    # A narrow column breaks its heading over lines, so long ones are looked for by their beginning.
    missing = [said for said in labels if re.sub(r"\s", "", said)[:3] not in flat]
    assert (missing, err) == ([], "")


def test_an_answer_without_rows_says_so(little, capsys):
    for lang, word in {"zh": "(无)", "en": "(none)"}.items():
        show(find_verb("plan", "targets"), [], lang)
        assert capsys.readouterr().out.strip() == word


@every_verb
def test_an_unknown_field_is_refused(found):
    with pytest.raises(BadAsk, match="nope"):
        found.read(ASKS[found.path] | {"nope": 1})


def test_an_unknown_part_or_verb_is_told_with_those_that_there_are():
    with pytest.raises(NotFound, match="no part 'plans'") as told:
        verbs_of("plans")
    assert told.value.hint.startswith("possible: plan")
    with pytest.raises(NotFound, match="no verb of plan 'evaluat'") as told:
        find_verb("plan", "evaluat")
    assert told.value.hint.startswith("possible: evaluate")


def test_every_fault_of_an_ask_is_told_at_once():
    with pytest.raises(BadAsk) as told:
        find_verb("base", "values").read({"year": "x", "level": "town"})
    assert all(name in told.value.message for name in ("indicator", "year", "level"))
    assert told.value.hint == "fields of base/values: indicator, year, set, level"


def test_the_tiny_region_has_rows_in_every_table_that_a_pack_may_bring(little):
    assert [name for name in tiny.ROWS if not little.records(name)] == []
