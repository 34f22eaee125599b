"""Decisions of the tiny region's meetings, by hand."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.plan.resolutions import Resolutions, Resolve, resolutions, resolve, stand_of, task_of

NEW = {"meeting": "m1", "zh": "开通一卡通", "en": "Start one card", "clause": "二", "owner": "gov"}
NEW |= {"due": date(2025, 12, 31)}
TASK = {"task": "t1", "plan": "p", "kind": "yearly", "zh": "合龙", "clause": "一"}
TASK |= {"start": date(2025, 1, 1), "due": date(2025, 12, 31), "deadline_from": "none"}


def decide(region, **new):
    return resolve(region, Resolve(**NEW | new))


def task(region, **new):
    region.record({"task": pd.DataFrame([TASK | new], dtype=object)}, verb="test")


def undone(region, day=date(2026, 1, 10), **ask):
    return [
        (row.resolution, row.stands, row.days_late)
        for row in resolutions(region, Resolutions(day=day, **ask)).rows
    ]


def test_a_decision_leads_to_its_clause_and_to_a_task_that_is_made_of_it(own):
    done = decide(own, by="office")
    assert (done.resolution, done.clause, done.task, done.made_task) == (
        "m1#r1",
        "二",
        "m1#r1",
        True,
    )
    (made,) = own.records("task", task="m1#r1")
    assert (made["kind"], made["clause"], made["owner"]) == ("yearly", "二", "gov")
    assert (made["start"], made["due"]) == (date(2025, 6, 30), date(2025, 12, 31))
    found = resolutions(own, Resolutions(day=date(2026, 1, 10)))
    (row,) = found.rows
    assert (found.day, found.late) == (date(2026, 1, 10), 1)
    assert (row.clause_title.en, row.task_state, row.owner_name.en) == (
        "Transport",
        "open",
        "Littlecity government",
    )
    assert (row.meeting_title.en, row.decided_on) == ("First joint meeting", date(2025, 6, 30))


def test_decision_and_task_are_one_batch_and_are_taken_back_together(own):
    from hutuo.base.branches import Undo, undo

    decide(own)
    undo(own, Undo())
    assert (own.records("resolution"), own.records("task", task="m1#r1")) == ([], [])


def test_a_task_that_is_there_gives_its_clause(own):
    task(own)
    done = decide(own, clause=None, task="t1")
    assert (done.clause, done.task, done.made_task) == ("一", "t1", False)


def test_a_task_of_another_clause_is_refused(own):
    task(own)
    with pytest.raises(BadAsk, match="belongs to clause 一, not to 二") as told:
        decide(own, task="t1")
    assert told.value.words[0] == "任务“t1”属于条款一,不属于二"


@pytest.mark.parametrize(
    ("new", "error", "says"),
    [
        ({"meeting": "m9"}, NotFound, "no meeting 'm9'"),
        ({"zh": None, "due": None}, BadAsk, "lacks zh, due"),
        ({"clause": None}, BadAsk, "names no clause"),
        ({"clause": "九"}, NotFound, "no clause '九'"),
        ({"due": date(2025, 1, 1)}, BadAsk, "before the meeting"),
        ({"task": "t9"}, BadInput, "no task of table task"),
        ({"owner": "nobody"}, BadInput, "no body of table body"),
        ({"resolution": "m1#r7"}, NotFound, "no resolution of 'm1' 'm1#r7'"),
    ],
)
def test_what_is_wrong_is_told_and_nothing_is_written(own, new, error, says):
    for check in (True, False):
        with pytest.raises(error, match=says):
            decide(own, check=check, **new)
    assert own.records("resolution") == []


def test_a_check_writes_nothing(own):
    done = decide(own, check=True)
    assert (done.batch, done.stored, own.records("resolution")) == (None, 0, [])


def test_what_was_decided_and_not_done_at_a_day(own):
    """Due on 31 December, done on 20 January: 10 days late on the 10th, done on the 20th."""
    decide(own)
    decide(own, zh="丙", due=date(2026, 3, 1))
    assert undone(own) == [("m1#r1", "overdue", 10), ("m1#r2", "open", 0)]
    done = Resolve(
        meeting="m1", resolution="m1#r1", state="done", done_on=date(2026, 1, 20), evidence="文件"
    )
    assert resolve(own, done).stored == 1
    assert undone(own) == [("m1#r1", "overdue", 10), ("m1#r2", "open", 0)]
    assert undone(own, date(2026, 1, 20)) == [("m1#r2", "open", 0)]
    assert undone(own, date(2026, 1, 20), stands=("done",)) == [("m1#r1", "done", 0)]
    # Before the meeting nothing was decided.
    assert undone(own, date(2025, 6, 29)) == []


def test_a_decision_is_done_when_the_task_that_was_made_of_it_is(own):
    decide(own)
    (made,) = own.records("task", task="m1#r1")
    task(own, **{name: made[name] for name in TASK} | {"state": "done", "progress": 1})
    assert undone(own) == []


def test_what_is_asked_for_is_what_is_listed(own):
    decide(own)
    decide(own, clause="一", due=date(2025, 9, 1))
    assert [row[0] for row in undone(own)] == ["m1#r2", "m1#r1"]
    assert [row[0] for row in undone(own, clause="二")] == ["m1#r1"]
    assert undone(own, meeting="m2") == undone(own, owner="none") == []


days = st.dates(date(2025, 7, 1), date(2027, 7, 1))


@given(days, days, st.sampled_from(["open", "done", "withdrawn"]), st.none() | days, days)
def test_it_is_late_only_while_it_is_not_done(day, due, state, done_on, later):
    row = {"resolution": "r", "state": state, "due": due, "done_on": done_on}
    found = stand_of(row, None, day)
    assert (found.stands == "overdue") == (found.days_late > 0)
    assert found.days_late in (0, (day - due).days)
    # What is not overdue any more on a later day was done or withdrawn.
    if found.stands == "overdue" and later >= day:
        assert stand_of(row, None, later).stands in {"overdue", "done"}


@pytest.mark.parametrize(
    ("due", "kind"),
    [
        (date(2025, 6, 30), "quarterly"),
        (date(2025, 7, 1), "yearly"),
        (date(2026, 1, 1), "three_year"),
    ],
)
def test_the_task_is_of_the_shortest_plan_that_it_fits_in(due, kind):
    row = {"resolution": "r", "zh": "甲", "en": None, "due": due, "owner": "gov", "by": None}
    assert task_of(row, {"day": date(2025, 6, 30), "plan": "p"})["kind"] == kind
