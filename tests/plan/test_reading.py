"""Whole documents read: the published plan where it lies beside the repository, and users' own words."""

import re
import time
from pathlib import Path

import pytest

from hutuo.errors import BadInput
from hutuo.plan.reader.words import FILES, read_words
from hutuo.plan.reading import Read, read, read_text
from plan.samples import NOTICE

PLAN = Path(__file__).parents[3] / "shared" / "plan" / "shijiazhuang_plan.txt"
there = pytest.mark.skipif(
    not PLAN.is_file(), reason="the published plan does not lie beside the repository"
)
# Clause, operator, value in the first unit of its dimension, unit, and years that the plan allows to be read.
TARGETS = [
    ("一(四)¶2", "<=", 1, "小时", {2030}),
    ("一(四)¶2", "=", 100, "%", {2030}),
    ("一(四)¶3", ">=", 1, "万亿元", {2030}),
    ("一(四)¶3", ">=", 1000, "亿元", {2030}),
    ("三(四)", "<=", 1, "小时", {None, 2030}),
    ("四(四)¶2", "=", 100, "%", {2030}),
    ("五(二)¶1", ">", 1, "万亿元", {2035}),
    ("五(二)¶2", ">", 1, "万亿元", {2035}),
    ("五(二)¶3", ">", 1, "万亿元", {2035}),
    ("五(二)¶4", ">", 5000, "亿元", {2035}),
    ("五(二)¶5", ">", 5000, "亿元", {2035}),
    ("五(二)¶8", ">=", 1, "万亿元", {None, 2030}),
    ("五(二)¶8", ">=", 5000, "亿元", {None, 2030}),
    ("十(三)", "=", 1, "比值", {None, 2030}),
    ("十(三)", "=", 1, "比值", {None, 2030}),
]
FACTS = [9388, 7013, 74.7, 40, 53, 0.5]


@pytest.fixture(scope="module")
def published():
    return read_text(PLAN.read_text(encoding="utf-8"))


@there
def test_all_targets_of_the_published_plan_are_read(published):
    """Operator, value, unit and year of each of the 15."""
    read_ = [
        (one.clause, one.operator, one.value, one.unit, one.target_year)
        for one in published.quantities
        if one.kind == "target"
    ]
    missed = [t for t in TARGETS if not any(r[:4] == t[:4] and r[4] in t[4] for r in read_)]
    assert missed == []
    assert len([one for one in read_ if one[2] is not None]) == len(TARGETS)


@there
def test_its_facts_are_kept_apart_and_no_grade_is_a_figure(published):
    facts = [one.value for one in published.quantities if one.kind == "baseline"]
    scope = [one.value for one in published.quantities if one.kind == "scope"]
    assert [value for value in FACTS if value not in facts] == []
    assert scope == [1.65, 1632]
    aims = [one for one in published.quantities if one.kind in ("target", "baseline")]
    assert [one.quote for one in aims if "5G" in one.quote or "IPv6" in one.quote] == []


@there
def test_all_its_characters_are_in_clauses_and_its_empty_headings_are_marked(published):
    text = PLAN.read_text(encoding="utf-8")
    body = text[published.clauses[0].start : published.clauses[-1].end]
    assert body.startswith("石家庄都市圈发展规划")
    assert body.endswith("。")
    assert "".join(text[one.start : one.end] for one in published.clauses) == body
    assert len([one for one in published.clauses if not one.has_text]) == 20


def test_a_long_plan_is_read_in_seconds():
    """100,000 characters in at most 2 s of one core."""
    text = "\n".join([NOTICE] * (100_000 // len(NOTICE)))
    begin = time.process_time()
    assert read_text(text).quantities
    assert time.process_time() - begin < 2


def test_a_users_own_words_are_read_by(tmp_path):
    """A unit of its own makes a figure of what was none; it holds for this reading only."""
    plan = tmp_path / "plan.txt"
    plan.write_text(
        "某市规划\n一、目标\n到2030年,建成绿道驿栈40驿。\n二、保障\n完善机制。\n", encoding="utf-8"
    )
    words = tmp_path / "words.csv"
    words.write_text("kind,word,means,note\nunit,驿,,ours\n", encoding="utf-8")
    plainly = read(None, Read(file=str(plan))).quantities
    [figure] = read(None, Read(file=str(plan), words=str(words))).quantities
    assert (plainly, figure.value, figure.unit) == ([], 40, "驿")
    assert read(None, Read(file=str(plan))).quantities == []


@pytest.mark.parametrize("file", FILES, ids=lambda file: file.name)
def test_the_words_that_come_with_the_reader_are_sound(file):
    found = read_words(file)
    patterns = [word for word in found if word.kind in ("name", "en_name")]
    assert patterns
    for word in patterns:
        re.compile(word.word)
    assert {word.means for word in found if word.kind == "name"} <= {"name", "grade"}


def test_faults_of_a_users_words_are_all_told(tmp_path):
    plan, words = tmp_path / "plan.txt", tmp_path / "words.csv"
    plan.write_text("某市规划\n一、目标\n完善机制。\n", encoding="utf-8")
    words.write_text("kind,word,means,note\nunits,驿,,\nunit,,,\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        read(None, Read(file=str(plan), words=str(words)))
    assert [(f.row, f.column) for f in caught.value.findings] == [(2, "kind"), (3, "word")]
