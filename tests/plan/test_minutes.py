"""Papers and minutes of a meeting of the tiny region, read back."""

import io
from datetime import date

import docx
import pandas as pd
import pytest

from hutuo.errors import NotFound
from hutuo.plan.minutes import Minutes, Papers, minutes, papers
from hutuo.plan.resolutions import Resolve, resolve


@pytest.fixture
def decided(own):
    """The region after a meeting that decided something, and an earlier one whose decision is overdue."""
    early = {
        "meeting": "m0",
        "plan": "p",
        "zh": "筹备会",
        "en": "Preparation",
        "day": date(2025, 1, 10),
    }
    own.record({"meeting": pd.DataFrame([early])}, verb="test")
    ask = {"clause": "一", "owner": "gov"}
    resolve(
        own,
        Resolve(meeting="m0", zh="成立工作组", en="Set up a group", due=date(2025, 3, 31), **ask),
    )
    resolve(
        own,
        Resolve(meeting="m1", zh="建跨河桥", en="Build the bridge", due=date(2025, 12, 31), **ask),
    )
    return own


def words(answer):
    """Paragraphs and tables of the file."""
    (file,) = answer.files
    read = docx.Document(io.BytesIO(file.content))
    tables = [[[cell.text for cell in row.cells] for row in table.rows] for table in read.tables]
    return file.name, [p.text for p in read.paragraphs], tables


def test_minutes_tell_each_decision_with_who_by_when_and_what_earlier_ones_left(decided):
    name, told, tables = words(minutes(decided, Minutes(meeting="m1")))
    assert name == "minutes-m1-zh.docx"
    assert told[:5] == [
        "第一次联席会议纪要", "时间:2025年6月30日", "地点:一号会议室", "会议机制:小都政府", "主持:市长",
    ]  # fmt: skip
    assert "1. 听取进展。审议情况:同意" in told
    assert (
        "(一)建跨河桥。责任单位:小都政府;完成期限:2025年12月31日;依据条款:一;任务:m1#r1。" in told
    )
    decisions, undone = tables
    assert decisions[0] == ["顺序", "决定事项", "条款", "责任单位", "完成期限"]
    assert decisions[1:] == [["1", "建跨河桥", "一", "小都政府", "2025-12-31"]]
    assert undone[1:] == [["筹备会", "成立工作组", "小都政府", "2025-03-31", "91"]]


def test_minutes_are_in_english_too(decided):
    _, told, tables = words(minutes(decided, Minutes(meeting="m1", language="en")))
    assert told[:2] == ["Minutes: First joint meeting", "Date: 2025-06-30"]
    assert "2. Decisions" in told
    line = "(1) Build the bridge. To be done by Littlecity government, 2025-12-31; clause 一, task m1#r1."
    assert line in told
    assert tables[1][1][:3] == ["Preparation", "Set up a group", "Littlecity government"]


def test_papers_show_what_the_verbs_say(decided):
    task = {
        "task": "t1",
        "plan": "p",
        "kind": "yearly",
        "zh": "修路",
        "clause": "一",
        "start": date(2025, 1, 1),
    }
    task |= {"due": date(2025, 6, 20), "deadline_from": "none"}
    decided.record({"task": pd.DataFrame([task])}, verb="test")
    _, told, tables = words(papers(decided, Papers(meeting="m1", language="en")))
    assert told[0] == "Papers: First joint meeting"
    agenda, overdue, undone, targets, projects, needs = tables
    assert agenda[1] == ["1", "Progress", "一", ""]
    assert [(row[0], row[-1]) for row in overdue[1:]] == [
        ("m0#r1", "91 days late"),
        ("t1", "10 days late"),
    ]
    assert [row[1] for row in undone[1:]] == ["Set up a group"]
    assert targets[1][1:3] == ["≥ 200 yi yuan (100 M)", "146.4 yi yuan (100 M)"]
    assert projects[1] == [
        "River bridge",
        "Littlecity government",
        "2025-12-31",
        "in progress",
        "50%",
    ]
    assert ["Littlecity", "2025", "land", "160 mu needed, 120 mu there, 40 mu short"] in needs


@pytest.mark.parametrize("lang", ["zh", "en"])
def test_the_same_rows_give_the_same_bytes(little, lang):
    for verb, ask in ((minutes, Minutes), (papers, Papers)):
        first, second = (verb(little, ask(meeting="m1", language=lang)) for _ in range(2))
        assert first.files[0].content == second.files[0].content


def test_what_there_is_none_of_is_said_so(little):
    _, told, _ = words(minutes(little, Minutes(meeting="m1", language="en")))
    assert told.count("None.") == 2


def test_an_unknown_meeting_is_told(little):
    with pytest.raises(NotFound, match="no meeting 'm5'"):
        minutes(little, Minutes(meeting="m5"))
