"""Incidents of the tiny region: who is told, who acknowledges in time, who is told otherwise."""

from datetime import timedelta

import pytest

import alarmed
from alarmed import NOON
from hutuo.base import deeds
from hutuo.base.protocols import Reached, bodies_of, downstream_of, steps_of, units_of, upstream_of
from hutuo.duty.incident import Incident, Incidents, acted, incidents
from hutuo.duty.watching import Watcher
from hutuo.errors import BadAsk, BadInput, NotFound

RAISE = {"action": "raise", "protocol": "flood", "place": "990101", "zh": "洪水", "en": "Flood"}


def after(minutes):
    return NOON + timedelta(minutes=minutes)


def ask(region, minutes, /, **given):
    return acted(region, Incident(**given), after(minutes))


@pytest.fixture
def told(own):
    alarmed.prepare(own)
    return own


def test_who_is_told_follows_from_where_it_is_and_what_lies_downstream(told):
    assert units_of(told, "990101") == ["990101", "990100"]
    assert bodies_of(told, units_of(told, "990101")) == ["first", "gov"]
    assert downstream_of(told, "990101") == [
        Reached("990102", 60.0),
        Reached("990103", 90.0),
    ]
    assert upstream_of(told, "990103") == [Reached("990102", 30.0), Reached("990101", 90.0)]
    steps = steps_of(told, "flood", "blue", "990101")
    assert [(s.kind, s.body, s.minutes) for s in steps] == [
        ("notify", "first", 30),
        ("notify", "gov", 30),
        ("notify", "second", 15),
    ]
    graver = steps_of(told, "flood", "orange", "990101")
    assert [s.body for s in graver if s.kind == "task"] == ["first", "gov"]
    assert [s.body for s in steps_of(told, "flood", "red", "990103") if s.kind == "task"] == [
        "gov",
        "above",
    ]


def test_a_drill_tells_all_parties_and_keeps_when_each_acknowledged(told):
    """What S34 asks for: the alert to all parties, acknowledged times kept."""
    number = ask(told, 0, **RAISE, level="yellow", drill=True).incident
    ask(told, 4, action="acknowledge", incident=number, body="first", by="ann")
    shown = ask(told, 20, action="acknowledge", incident=number, body="second", note="已到岗")
    assert [(n.body, n.took_minutes, n.in_time) for n in shown.notices] == [
        ("first", 4.0, True),
        ("gov", None, None),
        ("second", 20.0, False),
    ]
    assert (shown.drill, shown.notified, shown.acknowledged, shown.tasks_open) == (True, 3, 2, 2)
    assert [d.expected_at for d in shown.downstream] == [after(60), after(90)]
    with pytest.raises(BadAsk, match="acknowledged it before"):
        ask(told, 21, action="acknowledge", incident=number, body="second")
    with pytest.raises(BadAsk, match="was not told"):
        ask(told, 21, action="acknowledge", incident=number, body="above")


def test_what_is_not_acknowledged_in_time_goes_up_once(told):
    number = ask(told, 0, **RAISE, level="blue").incident
    ask(told, 5, action="acknowledge", incident=number, body="first")
    watcher = Watcher(told)
    watcher.step(after(10))
    assert ask(told, 10, incident=number).overdue == 0
    watcher.step(after(16))
    watcher.step(after(17))
    shown = ask(told, 17, incident=number)
    assert [(n.body, n.escalated_from, n.due_at) for n in shown.notices if n.escalated_from] == [
        ("above", "second", after(31))
    ]
    watcher.step(after(40))
    watcher.step(after(41))
    shown = ask(told, 41, incident=number)
    assert [n.escalated_from for n in shown.notices] == [None, None, None, "second", "gov"]
    assert [line.what for line in shown.log if line.what == "overdue"] == ["overdue"] * 3


def test_tasks_end_before_an_incident_is_closed(told):
    number = ask(told, 0, **RAISE, level="yellow").incident
    more = {
        "action": "add_task",
        "incident": number,
        "body": "second",
        "zh": "巡堤",
        "minutes": 30,
    }
    third = ask(told, 1, **more).to_do[-1]
    assert (third.body, third.due_at, third.late) == ("second", after(31), False)
    with pytest.raises(BadAsk, match="is second's"):
        ask(told, 2, action="done", incident=number, task=third.task, body="first")
    shown = ask(told, 40, action="done", incident=number, task=third.task, body="second")
    assert (shown.to_do[-1].state, shown.to_do[-1].late) == ("done", True)
    with pytest.raises(BadAsk, match="tasks are open: 1, 2"):
        ask(told, 41, action="close", incident=number)
    for task in (1, 2):
        ask(told, 42, action="drop", incident=number, task=task, note="水退")
    closed = ask(told, 43, action="close", incident=number, outcome="false")
    assert (closed.state, closed.outcome, closed.closed_at) == ("closed", "false", after(43))
    with pytest.raises(BadAsk, match="is closed"):
        ask(told, 44, action="acknowledge", incident=number, body="first")
    noted = ask(told, 45, action="note", incident=number, note="复盘")
    assert [line.what for line in noted.log] == [
        "raised", "told", "told", "told", "task_added", "task_added", "task_added", "task_done",
        "task_dropped", "task_dropped", "closed", "noted",
    ]  # fmt: skip


def test_a_reading_becomes_an_incident_and_safe_readings_leave_it_to_a_person(told):
    alarmed.rule(told)
    watcher = Watcher(told)
    assert watcher.step(after(0)) == 0
    alarmed.read(told, "990101", 1, 5.5, 7)
    assert watcher.step(after(21)) == 1
    (row,) = incidents(told, Incidents())
    assert (row.rule, row.place, row.raised_at, row.value, row.unit) == (
        "high", "990101", after(10), 5.5, "minute",
    )  # fmt: skip
    alarmed.read(told, "990101", 3, 9, begin=after(30))
    assert watcher.step(after(41)) == 1
    both = sorted(incidents(told, Incidents(state="open")), key=lambda one: one.incident)
    assert [one.safe_at for one in both] == [after(30), None]
    # Whoever begins the watch anew finds both there.
    assert Watcher(told).step(after(42)) == 0


def test_what_was_safe_again_before_the_watch_began_is_past(told):
    alarmed.rule(told)
    alarmed.read(told, "990101", 9, 1, 9, 1, 8)
    assert Watcher(told).step(after(60)) == 1
    (row,) = incidents(told, Incidents())
    assert row.raised_at == after(40)


def test_nothing_read_is_noticed_by_the_clock(told):
    alarmed.rule(told, kind="absence", raise_at=25.0, clear_at=25.0)
    alarmed.read(told, "990102", 1, 1)
    watcher = Watcher(told)
    assert watcher.step(after(30)) == 0
    assert watcher.step(after(36)) == 1
    (row,) = incidents(told, Incidents(place="990102"))
    assert (row.begun_at, row.unit) == (after(35), "minute")


def test_a_faulty_protocol_tells_nobody_and_says_so(told):
    step = {
        "protocol": "flood",
        "ordinal": 1,
        "kind": "notify",
        "minutes": 1.0,
        "zh": "甲",
        "en": "a",
    }
    told.record({"protocol_step": alarmed.pd.DataFrame([step | alarmed.SOURCE])}, verb="test")
    with pytest.raises(BadInput, match="needs a body"):
        ask(told, 0, **RAISE, level="blue")
    alarmed.rule(told)
    alarmed.read(told, "990101", 9)
    assert Watcher(told).step(after(1)) == 1
    shown = ask(told, 2, incident=1)
    assert (shown.notified, "faulty" in shown.note) == (0, True)


def test_incidents_are_found_by_body_and_state(told):
    ask(told, 0, **RAISE, level="blue")
    ask(told, 1, **RAISE | {"place": "990103"}, level="red", drill=True)
    assert [one.incident for one in incidents(told, Incidents(body="second"))] == [1]
    assert [one.incident for one in incidents(told, Incidents(body="above", drill=True))] == [2]
    assert incidents(told, Incidents(state="closed")) == []


def test_what_is_lacking_or_unknown_is_told(told):
    with pytest.raises(BadAsk, match="it takes protocol, place, level, zh"):
        ask(told, 0, action="raise")
    with pytest.raises(NotFound, match="no protocol 'storm'"):
        ask(told, 0, **RAISE | {"protocol": "storm"}, level="red")
    with pytest.raises(NotFound, match="no incident 7"):
        ask(told, 0, incident=7)


def test_what_the_rules_write_stands_in_the_audit(told):
    from hutuo.base.audits import Audit, audit

    alarmed.rule(told)
    alarmed.read(told, "990101", 9)
    Watcher(told).step(after(1))
    with deeds.doing(deeds.Deed("cli", "base/audit")):
        rows = audit(told, Audit(action="list")).rows
    assert [(row.door, row.verb) for row in rows if row.door == "watch"] == [
        ("watch", "duty/incident")
    ]
