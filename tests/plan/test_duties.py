"""Duties: what a plan binds someone to do, how firmly, who and where."""

import pytest

from hutuo.plan.reading import read_text
from plan.samples import NOTICE


def duties(text, names=()):
    whole = f"某市规划\n一、任务\n{text}\n"
    return [
        (one.verb, one.object, one.stance, one.bodies, one.places)
        for one in read_text(whole, names).duties
    ]


def test_each_segment_with_a_verb_is_a_duty():
    found = [
        (one.clause, one.verb, one.object)
        for one in read_text(NOTICE).duties
        if one.clause == "三(二)"
    ]
    assert found == [
        ("三(二)", "建立", "市长联席会议制度"),
        ("三(二)", "鼓励", "企业参与"),
    ]


def test_passages_of_facts_bind_no_one():
    assert [one for one in read_text(NOTICE).duties if one.clause == "一(一)"] == []


def test_a_stance_word_before_a_verb_says_how_firmly():
    assert duties("探索设立产业发展子基金。") == [("设立", "产业发展子基金", "探索", (), ())]
    assert duties("积极对接周边资源。")[0][2] == "积极"


def test_who_shall_do_it_stands_before_the_verb_or_after_a_call():
    assert duties("市发展改革委要编制年度工作要点。") == [
        ("编制", "年度工作要点", None, ("市发展改革委",), ())
    ]
    assert duties("支持高校、科研院所建设新型研发机构。")[0][3] == ("高校", "科研院所")


def test_places_are_those_known_and_those_that_end_as_places_do():
    found = duties("推动白石县、安阳新区等地建设中心镇,在青原布局仓库。", ["青原"])
    assert [places for *_, places in found] == [("白石县", "安阳新区"), ("青原",)]


def test_what_it_is_done_by_or_within_is_no_duty():
    assert duties("以体制创新为突破口,依托省级平台,推动仪器共享。") == [
        ("推动", "仪器共享", "推动", (), ())
    ]


def test_english_sentences_bind_too():
    words = "The Council shall adopt a freight strategy by 2027."
    text = f"Riverton Plan 2025-2035\n\nChapter 1: Duties\n{words}\n"
    [found] = read_text(text).duties
    assert (found.verb, found.object, found.stance, found.bodies) == (
        "adopt", "freight strategy by 2027", "shall", ("Council",),
    )  # fmt: skip
    assert text[found.start : found.end] == words


@pytest.mark.parametrize(
    ("sentence", "own"),
    [
        (
            "The Council shall adopt a freight strategy, build two depots\nand review the tariff by 2027.",
            [
                "The Council shall adopt a freight strategy",
                "build two depots",
                "review the tariff by 2027",
            ],
        ),
        (
            "The Board shall prepare a budget; the Office shall publish the accounts.",
            ["The Board shall prepare a budget", "the Office shall publish the accounts"],
        ),
    ],
)
def test_english_duties_of_one_sentence_are_quoted_by_their_own_words(sentence, own):
    text = f"Riverton Plan 2025-2035\n\nChapter 1: Duties\n{sentence}\n"
    found = read_text(text).duties
    assert [row.quote for row in found] == own
    assert [text[row.start : row.end] for row in found] == own
