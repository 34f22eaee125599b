"""Lines cut at a margin made whole again; what a writer broke stays broken."""

import textwrap
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.plan.papers.wrapping import joint, unwrapped, width

PLAN = [
    "某某都市圈发展规划",
    "一、总体要求",
    "（一）指导思想。坚持协同推进，以轨道交通为骨干，以产业协作为重点，健全体制机制，到2035年基本实现同城化。",
    "（二）发展目标。到2030年，地区生产总值达到1.5万亿元，常住人口城镇化率达到72%左右，建成5G基站12000个以上，单位"
    "GDP能耗下降14%。“一小时通勤圈”覆盖全部节点城市；公共服务便利共享，统一市场基本形成。",
    "二、重点任务",
    "（一）交通。加快建设跨市轨道交通，新增线路120公里，公交化开行的城际列车每日不少于60对，换乘时间不超过5分钟。",
    "1.干线铁路。完善以中心城市为枢纽的干线铁路网，提升既有线路能力，推动货运线路外绕，腾退的廊道用于开行市域列车。",
    "2.城际铁路。有序推进城际铁路建设，优先利用既有线路，做好与国家规划和周边地区的衔接，避免重复建设。",
    "各市要按照本规划要求，细化工作举措，明确责任分工，确保各项任务落到实处。",
]
ENGLISH = [
    "A Regional Development Plan",
    "1. Aims. By 2030 the share of renewable energy shall reach at least 45 percent, and a long-term "
    "network of express lines shall connect all twelve centres within one hour. The bodies "
    "named below report each year.",
    "2. Transport. The authority shall build 120 km of suburban railways by the end of 2028 and open them to "
    "through services; short-term measures are listed in the annex, with the money that they need.",
]
CLOSING = "，。、；：”）%,.;:)"


def folded(text, columns, measure=width):
    """A text cut as printing programs cut it: no mark begins a line, no word or number is cut."""
    made, line = [], ""
    for letter in text:
        if measure(line + letter) > columns and letter not in CLOSING:
            made.append(line)
            line = ""
        line += letter
    return [*made, line]


@pytest.mark.parametrize("columns", [44, 60, 72, 78])
def test_chinese_lines_with_indents_are_joined(columns):
    indented = [PLAN[0], *("　　" + line for line in PLAN[1:])]
    lines = [line for text in indented for line in folded(text, columns)]
    assert len(lines) > len(PLAN)
    assert unwrapped(lines) == indented


@pytest.mark.parametrize("columns", [44, 60, 72])
def test_chinese_lines_with_gaps_are_joined(columns):
    lines = [line for text in PLAN for line in [*folded(text, columns), ""]]
    assert [line for line in unwrapped(lines) if line] == PLAN


@pytest.mark.parametrize("letters", [22, 30, 35])
def test_lines_cut_by_counting_letters_are_joined_also_within_words(letters):
    lines = [text[at : at + letters] for text in PLAN for at in range(0, len(text), letters)]
    assert unwrapped(lines) == PLAN
    assert unwrapped([line for text in PLAN for line in folded(text, letters, len)]) == PLAN


@pytest.mark.parametrize("columns", [50, 64, 72, 79])
@pytest.mark.parametrize("gap", [[], [""]])
def test_english_lines_are_joined_by_spaces(columns, gap):
    lines = [line for text in ENGLISH for line in [*textwrap.wrap(text, columns), *gap]]
    assert [line for line in unwrapped(lines) if line] == ENGLISH


def test_a_word_cut_by_a_hyphen_is_one_word_and_a_compound_keeps_its_hyphen():
    lines = [
        "The authority shall coordinate the telecom-",
        "munication works and the railways with long-",
        "term contracts, under the responsibility of",
        "intergovernmental bodies that act as public-",
        "private companies; public and private shares",
        "are told each year.",
    ]
    assert unwrapped(lines) == [
        "The authority shall coordinate the telecommunication works and the railways with long-term "
        "contracts, under the responsibility of intergovernmental bodies that act as "
        "public-private companies; public and private shares are told each year."
    ]


@pytest.mark.parametrize(
    "lines",
    [
        PLAN,
        ENGLISH,
        [],
        [""],
        ["甲县", "乙县", "丙县", "丁县", "戊县", "己县"],
        [
            f"推动第{number}个县（市、区）加快建设现代化产业园区和公共服务设施项目。"
            for number in range(10, 40)
        ],
        [
            "指标\t2025年\t2030年\t责任单位和部门和地区和企业",
            "城镇化率\t68\t72\t发展改革部门和地区和企业",
        ]
        * 4,
        [
            f"{number}.建设项目名称都一样长的项目清单里的一个项目名称一样长"
            for number in range(1, 9)
        ],
    ],
)
def test_what_was_not_wrapped_stays_as_it_is(lines):
    assert unwrapped(lines) == list(lines)


@given(st.lists(st.text(st.sampled_from("甲乙丙，。12 ab（一）"), max_size=60), max_size=30))
def test_nothing_but_white_space_is_lost(lines):
    assert "".join("".join(unwrapped(lines)).split()) == "".join("".join(lines).split())


@given(st.lists(st.sampled_from(PLAN[2:]), min_size=3, max_size=12), st.integers(22, 40))
def test_what_was_made_whole_is_not_joined_further(paragraphs, columns):
    lines = [line for text in paragraphs for line in folded("　　" + text, columns * 2)]
    once = unwrapped(lines)
    assert unwrapped(once) == once


@pytest.mark.parametrize(
    ("before", "after", "between"),
    [
        ("发展", "规划", ""),
        ("建成5G", "基站", ""),
        ("达到", "72%", ""),
        ("the", "plan", " "),
        ("“十五五”", "时期", ""),
        ("2025-", "2030年", ""),
        ("", "甲", ""),
    ],
)
def test_only_words_are_apart_by_a_space(before, after, between):
    assert joint(before, after) == between


def test_a_long_text_takes_no_time():
    lines = [line for text in PLAN for line in folded("　　" + text, 60)] * 250
    begin = time.process_time()
    assert len(unwrapped(lines)) == len(PLAN) * 250
    assert time.process_time() - begin < 1.0
