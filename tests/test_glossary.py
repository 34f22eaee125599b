"""The one source of labels: complete, in both languages, and without leftovers of another."""

import csv

import pytest
from pydantic import BaseModel

from hutuo.base.tables import tables
from hutuo.glossary import FILE, PARTS, Text, both, label, terms
from hutuo.plan.status import Status


def test_every_term_has_both_languages():
    assert [term for term, text in terms().items() if not (text.zh and text.en)] == []


def test_every_term_stands_once_with_three_cells():
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines))
    assert [row for row in rows if len(row) != 3] == []
    names = [row[0] for row in rows]
    assert sorted({name for name in names if names.count(name) > 1}) == []


def test_closed_lists_of_tables_and_statuses_are_labelled():
    """Values that a person reads; operators and kinds of check are shown as they are."""
    columns = {c.column: c for c in tables()["indicator"].columns}
    topics = columns["topic"].rules["in"].split("|")
    wanted = [f"topic:{topic}" for topic in topics]
    wanted += [f"status:{status.value}" for status in Status]
    wanted += [f"rule:{number}" for number in range(1, 7)]
    wanted += [f"year_from:{word}" for word in ("stated", "inherited", "none")]
    wanted += [f"role:{word}" for word in ("whole", "part", "excluded")]
    assert [term for term in wanted if term not in terms()] == []


def test_every_declared_column_is_named_in_both_languages():
    columns = [(table.name, column) for table in tables().values() for column in table.columns]
    assert [(name, c.column) for name, c in columns if not (c.zh and c.en)] == []


def test_parts_are_titled_in_both_languages():
    assert all(text.zh and text.en for text in PARTS.values())


def test_a_term_that_is_not_there_is_spelled_out():
    assert label("status:half_done") == Text("half done", "half done")


def test_a_part_has_words_of_its_own_for_a_field_that_others_have_too():
    assert label("within", "siting").en == "within the limit"
    assert label("within", "base") == label("within")
    assert [term for term in terms() if "/" in term and term.split("/")[0] not in PARTS] == []


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("超过 / more than", Text("超过", "more than")),
        ("1/3 of it", Text("1/3 of it", "1/3 of it")),
        ("甲 / a / b", Text("甲", "a / b")),
        (None, None),
    ],
)
def test_free_text_is_in_two_languages_or_in_one_for_both(written, text):
    assert both(written) == text


def test_text_is_one_string_in_the_language_asked_for():
    class Row(BaseModel):
        name: Text

    row = Row(name=Text("甲", "A"))
    assert row.model_dump(mode="json") == {"name": "甲"}
    assert row.model_dump(mode="json", context={"lang": "en"}) == {"name": "A"}
    assert Row.model_json_schema(mode="serialization")["properties"]["name"]["type"] == "string"
    assert Text("甲", "A").say("zh") == "甲"
