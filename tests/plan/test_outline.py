"""Outlines: clause numbers as documents give them, and each character of a plan in one clause."""

from hypothesis import given
from hypothesis import strategies as st

from hutuo.plan.reader.heads import titles_within
from hutuo.plan.reader.outline import body_of, clauses_of
from hutuo.plan.reader.words import plain
from plan.samples import CHAPTERS, ENGLISH, NOTICE


def outline(text):
    clear = plain(text)
    body = body_of(clear, titles_within(clear))
    return body, clauses_of(clear, body)


def test_clauses_are_numbered_as_the_document_numbers_them():
    _, clauses = outline(NOTICE)
    assert [one.id for one in clauses] == [
        "序", "一", "一(一)", "一(二)", "一(二)¶1", "一(二)¶2", "一(二)¶3",
        "二", "二(一)", "二(二)", "二(三)", "三", "三(一)", "三(二)",
    ]  # fmt: skip


def test_a_clause_has_its_title_its_level_and_what_it_stands_under():
    found = {one.id: one for one in outline(NOTICE)[1]}
    assert found["一(一)"][1:4] == ("一", 2, "发展基础")
    assert found["一(二)¶1"][1:4] == ("一(二)", 3, "交通更加便捷")
    assert found["一(二)¶3"].title == "到2030年"
    assert found["一(二)¶1"].text.startswith("实现青原至临山一小时通达")


def test_headings_without_words_below_them_are_marked():
    assert [one.id for one in outline(NOTICE)[1] if not one.has_text] == ["二(二)", "二(三)"]


def test_what_a_web_page_puts_around_a_plan_is_in_no_clause():
    body, _ = outline(NOTICE)
    clear = plain(NOTICE)
    assert clear[body.start :].startswith("青原都市圈发展规划\n\n青原都市圈由")
    assert clear[body.start : body.end].endswith("翻一番。")


def test_a_table_of_contents_is_no_outline():
    _, clauses = outline(CHAPTERS)
    assert [one.id for one in clauses][1:6] == [
        "第一章", "第一章第一节", "第一章第一节¶1", "第二章", "第二章第一节",
    ]  # fmt: skip
    assert clauses[-1].id == "第二章第二节2"


def test_a_number_that_begins_a_line_is_no_heading_unless_it_goes_on():
    _, clauses = outline(
        "某市规划\n一、目标\n2025.5亿元是现状。\n7、八成企业达标。\n二、任务\n加快。\n"
    )
    assert [one.id for one in clauses] == ["序", "一", "一¶1", "一¶2", "二", "二¶1"]


def test_english_chapters_are_clauses():
    assert [one.id for one in outline(ENGLISH)[1]] == [
        "Preamble", "Chapter 1", "Chapter 1¶1", "Chapter 2", "Chapter 2¶1",
    ]  # fmt: skip


LINES = st.lists(
    st.one_of(
        st.sampled_from(
            [
                "一、总则",
                "二、任务",
                "(一)目标。到2030年,建成。",
                "(二)其他",
                "1.建设",
                "2.改造",
                "第一章 总则",
            ]
        ),
        st.text(st.characters(blacklist_categories=["Cs"]), max_size=30),
    ),
    max_size=25,
)


@given(LINES)
def test_each_character_of_any_plan_is_in_one_clause(lines):
    """Clauses follow one another without a gap, from the first to the last character of the body."""
    body, clauses = outline("\n".join(lines))
    ends = [body.start, *(one.end for one in clauses)]
    assert [one.start for one in clauses] == ends[:-1]
    assert ends[-1] == body.end or not clauses
    assert len({one.id for one in clauses}) == len(clauses)
    assert {one.parent for one in clauses} <= {None, *(one.id for one in clauses)}
