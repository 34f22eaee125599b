"""Meetings of the tiny region and what they have to speak about, by hand."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.plan.agenda import REASONS, Item, in_order, of_tasks, without_owner
from hutuo.plan.meetings import Meeting, Meetings, drafted, meeting, meetings
from hutuo.plan.resolutions import Resolve, resolve
from hutuo.verbs import Text

DAY = date(2026, 7, 1)
TASK = {"plan": "p", "kind": "yearly", "clause": "一", "start": date(2026, 1, 1), "owner": "gov"}
TASK |= {"due": date(2026, 6, 1), "deadline_from": "none", "state": "open"}


def tasks(region, *rows):
    region.record({"task": pd.DataFrame([TASK | row for row in rows], dtype=object)}, verb="test")


def test_meetings_are_listed_with_what_was_decided_and_is_not_done(own):
    ask = {"meeting": "m1", "zh": "甲", "clause": "一", "owner": "gov"}
    resolve(own, Resolve(**ask, due=date(2025, 12, 31)))
    resolve(own, Resolve(**ask, due=date(2026, 12, 31)))
    (row,) = meetings(own, Meetings(day=DAY))
    assert (row.items, row.decisions, row.undone, row.late) == (1, 2, 2, 1)
    assert (row.title.en, row.attendees, row.state) == (
        "First joint meeting",
        ["甲区", "乙县"],
        "held",
    )
    assert meetings(own, Meetings(state="planned")) == meetings(own, Meetings(body="x")) == []


def test_a_meeting_is_shown_with_its_agenda_and_its_decisions(little):
    found = meeting(little, Meeting(meeting="m1"))
    assert [(item.ordinal, item.title.en, item.outcome) for item in found.agenda] == [
        (1, "Progress", "同意")
    ]
    assert (found.batch, found.resolutions, found.not_listed) == (None, [], 0)


def test_the_agenda_is_proposed_from_the_state_of_things(own):
    """Overdue decision, overdue task, what is blocked, late projects, what has no owner; in this order."""
    resolve(own, Resolve(meeting="m1", zh="甲", clause="一", owner="gov", due=date(2025, 12, 31)))
    tasks(
        own,
        {"task": "t1", "zh": "逾期"},
        {
            "task": "t2",
            "zh": "受阻",
            "state": "blocked",
            "reason": "缺地",
            "due": date(2026, 12, 1),
        },
        {"task": "t3", "zh": "无主", "owner": None, "due": date(2026, 12, 1)},
        {"task": "t4", "zh": "办完", "state": "done"},
    )
    found = meeting(own, Meeting(action="propose", day=DAY))
    assert [(i.reason, i.resolution or i.task or i.project or i.target) for i in found.agenda] == [
        ("resolution", "m1#r1"),
        ("task", "p/一@2025"),
        ("task", "t1"),
        ("blocked", "t2"),
        ("project", "bridge"),
        ("project", "card"),
        ("owner", "t3"),
        ("owner", "card"),
    ]
    assert found.agenda[2].title.en == "task overdue (30 days late): 逾期"
    assert found.agenda[3].title.zh == "任务受阻:受阻(缺地)"
    assert found.agenda[5].title.en == "matter overdue (1 day late): One card"
    assert (found.batch, own.records("meeting", meeting="meeting-2026-07-01")) == (None, [])


def test_a_target_off_track_is_on_the_agenda(own):
    figure = {
        "place": "set:area",
        "indicator": "revenue",
        "valid_from": date(2027, 1, 1),
        "source": "book",
    }
    figure |= {"valid_to": date(2028, 1, 1), "value": 90, "unit": "亿元"}
    own.append("observation", pd.DataFrame([figure]))
    found = meeting(own, Meeting(action="propose", day=DAY))
    assert ("target", "grow", "一") in [(i.reason, i.target, i.clause) for i in found.agenda]


def test_a_working_group_speaks_of_its_clause_alone(little):
    found = meeting(little, Meeting(action="propose", day=DAY, clause="二"))
    assert {item.clause for item in found.agenda} == {"二"}


def test_a_meeting_is_made_with_the_agenda_that_was_proposed(own):
    ask = {"day": DAY, "body": "gov", "most": 2, "items": [{"zh": "年度要点", "paper": "材料一"}]}
    proposed = meeting(own, Meeting(action="propose", **ask))
    made = meeting(own, Meeting(action="make", zh="第二次会议", en="Second", venue="甲", **ask))
    assert made.agenda == proposed.agenda
    assert [(i.reason, i.paper, i.task) for i in made.agenda] == [
        ("added", "材料一", None),
        ("task", None, "p/一@2025"),
    ]
    assert (made.not_listed, made.stored) == (3, 3)
    shown = meeting(own, Meeting(meeting="gov-2026-07-01"))
    assert shown.agenda == made.agenda
    assert (shown.title.en, shown.venue, shown.state) == ("Second", "甲", "planned")


def test_a_meeting_is_said_to_be_held_with_who_came(own):
    done = meeting(own, Meeting(action="make", zh="会", day=DAY))
    ask = Meeting(action="hold", meeting=done.meeting, chair="市长", attendees=("甲", "乙"))
    held = meeting(own, ask)
    assert (held.state, held.chair, held.attendees, held.day) == (
        "held",
        "市长",
        ["甲", "乙"],
        DAY,
    )
    assert len(held.agenda) == len(done.agenda)
    assert meeting(own, Meeting(action="cancel", meeting=done.meeting)).state == "cancelled"


@pytest.mark.parametrize(
    ("ask", "error", "says"),
    [
        ({"action": "make"}, BadAsk, "needs a name"),
        ({"action": "make", "zh": "会", "meeting": "m1"}, BadAsk, "'m1' is there already"),
        ({"action": "hold"}, BadAsk, "to hold a meeting needs its id"),
        ({"action": "show", "meeting": "m7"}, NotFound, "no meeting 'm7'"),
        ({"action": "make", "zh": "会", "body": "none"}, BadInput, "no body of table body"),
        (
            {"action": "propose", "items": [{"zh": "甲", "clause": "九"}]},
            BadInput,
            "'九' is no clause",
        ),
        ({"action": "propose", "clause": "九"}, NotFound, "no clause '九'"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(own, ask, error, says):
    with pytest.raises(error, match=says):
        meeting(own, Meeting(day=DAY, **ask))
    assert len(own.records("meeting")) == 1


def test_what_is_wrong_is_told_in_chinese_too(own):
    with pytest.raises(BadAsk) as told:
        meeting(own, Meeting(day=DAY, action="make", zh="会", meeting="m1"))
    assert told.value.words[0] == "已有会议“m1”"
    with pytest.raises(BadInput) as told:
        meeting(own, Meeting(day=DAY, action="make", zh="会", body="none", check=True))
    assert "处问题:\n  meeting" in told.value.words[0]


def test_the_whole_is_not_on_the_agenda_where_a_part_of_it_is():
    rows = [
        TASK | {"task": "year", "parent": None, "zh": "年", "en": None, "reason": None},
        TASK | {"task": "quarter", "parent": "year", "zh": "季", "en": None, "reason": None},
    ]
    assert [item.task for item in of_tasks(rows, DAY)] == ["quarter"]


def test_what_is_over_needs_no_owner():
    row = {"zh": "甲", "en": None, "clause": None, "owner": None}
    found = without_owner([row | {"task": s, "state": s} for s in ("open", "done", "dropped")], [])
    assert [item.task for item in found] == ["open"]


items = st.lists(
    st.builds(
        Item, st.sampled_from(REASONS), st.just(Text("甲", "A")), st.none(), st.integers(0, 9)
    )
)


@given(items)
def test_an_agenda_holds_what_came_in_the_order_of_reasons_and_days(given_items):
    found = in_order(given_items)
    assert sorted(map(str, found)) == sorted(map(str, given_items))
    keys = [(REASONS.index(item.reason), -item.days) for item in found]
    assert keys == sorted(keys)


@given(items, st.integers(0, 5), st.integers(0, 10))
def test_items_of_ones_own_all_stay_and_what_has_no_room_is_counted(given_items, own, most):
    rows, left = drafted(given_items, [{"zh": f"甲{n}"} for n in range(own)], most)
    assert len(rows) + left == len(given_items) + own
    assert len(rows) <= max(most, own)
    assert [row["ordinal"] for row in rows] == list(range(1, len(rows) + 1))
    assert sum(row["reason"] == "added" for row in rows) == own
