"""The rules that are held against readings as they come say what is said of the same readings afterwards."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.base import watched
from hutuo.base.hysteresis import spells
from hutuo.base.watched import SECONDS, Course, bounds_of
from hutuo.duty.engine import Engine, Event, Read

RULE = {
    "rule": "r", "kind": "threshold", "indicator": "level", "place": None, "level": "yellow",
    "sense": "above", "raise_at": 5.0, "clear_at": 4.0, "hold_minutes": 0.0,
    "window_minutes": None, "area": None, "each_at": None,
}  # fmt: skip


def minutes(events):
    """Events without their figures, times in minutes."""
    return [(e.raised, e.rule, e.place, e.first / SECONDS, e.at / SECONDS) for e in events]


def read(place, at, value):
    return Read(place, "level", at * SECONDS, value)


def afterwards(rule, courses, until):
    """What the functions that look back say, as raised and cleared."""
    kind, found = rule["kind"], []
    if kind == "area":
        below = rule["sense"] == "below"
        whole = watched.shares(courses, rule["each_at"], rule["window_minutes"], below=below)
        courses = {rule["area"]: whole}
    for place, given_course in courses.items():
        course = given_course
        if kind == "rate":
            course = watched.changes(course, rule["window_minutes"])
        elif kind == "absence":
            course = watched.silences(course, rule["raise_at"], until)
        for spell in spells(course.times / SECONDS, course.figures, bounds_of(rule)):
            first, at = course.times[spell.first], course.times[spell.raised]
            found.append((True, rule["rule"], place, first / SECONDS, at / SECONDS))
            if spell.cleared is not None:
                at = course.times[spell.cleared]
                found.append((False, rule["rule"], place, at / SECONDS, at / SECONDS))
    return sorted(found, key=lambda one: (one[4], one[0], one[2]))


def test_a_warning_is_raised_once_held_and_cleared_past_the_other_bound():
    engine = Engine([RULE | {"hold_minutes": 10.0}])
    assert engine.take([read("a", 0, 5), read("a", 5, 6), read("b", 5, 1)]) == []
    (raised,) = engine.take([read("a", 10, 6)])
    assert raised == Event(True, "r", "a", 0.0, 10 * SECONDS, 6.0)
    assert engine.take([read("a", 11, 4.5), read("a", 12, 5.5)]) == []
    assert engine.standing == 1
    assert minutes(engine.take([read("a", 20, 3.9)])) == [(False, "r", "a", 20, 20)]
    assert engine.standing == 0


def test_a_late_reading_says_nothing_of_now():
    engine = Engine([RULE])
    engine.take([read("a", 10, 1)])
    assert engine.take([read("a", 5, 9)]) == []
    assert engine.late == 1


def test_a_rise_within_a_window_is_one():
    engine = Engine(
        [RULE | {"kind": "rate", "raise_at": 1.0, "clear_at": 0.5, "window_minutes": 60.0}]
    )
    slow = [read("a", at, at / 120) for at in range(0, 121, 30)]
    assert engine.take(slow) == []
    assert minutes(engine.take([read("a", 150, 2.1)])) == [(True, "r", "a", 150, 150)]


def test_silence_raises_by_the_clock_and_a_reading_ends_it():
    engine = Engine([RULE | {"kind": "absence", "raise_at": 30.0, "clear_at": 30.0}])
    engine.take([read("a", 0, 1)])
    assert engine.tick(29 * SECONDS) == []
    assert minutes(engine.tick(31 * SECONDS)) == [(True, "r", "a", 30, 30)]
    assert engine.tick(90 * SECONDS) == []
    assert minutes(engine.take([read("a", 91, 1)])) == [(False, "r", "a", 91, 91)]


def test_an_area_counts_its_places():
    rule = RULE | {
        "kind": "area",
        "area": "set:x",
        "each_at": 5.0,
        "raise_at": 50.0,
        "clear_at": 50.0,
    }
    engine = Engine([rule], {"set:x": ["a", "b", "c"]})
    assert engine.take([read("a", 0, 9), read("b", 0, 1), read("c", 0, 1), read("d", 0, 9)]) == []
    (raised,) = engine.take([read("b", 1, 7)])
    assert (raised.place, round(raised.value, 3)) == ("set:x", 66.667)


rule_of = st.fixed_dictionaries({
    "kind": st.sampled_from(["threshold", "rate", "absence", "area"]),
    "sense": st.sampled_from(["above", "below"]),
    "raise_at": st.integers(1, 6).map(float),
    "gap": st.integers(0, 2).map(float),
    "hold_minutes": st.sampled_from([0.0, 2.0]),
    "window_minutes": st.sampled_from([1.0, 3.0]),
})  # fmt: skip
values = st.lists(st.integers(0, 7).map(float), max_size=20)


@settings(max_examples=80)
@given(st.lists(rule_of, min_size=1, max_size=4), values, values, st.integers(1, 9), st.randoms())
def test_as_they_come_or_afterwards_the_same_is_said(drawn, one, other, size, random):
    rules = []
    for number, given_rule in enumerate(drawn):
        rule = {**RULE, **given_rule, "rule": f"r{number}", "area": "set:x", "each_at": 4.0}
        sign = -1 if rule["sense"] == "below" else 1
        if rule["kind"] == "area":
            rule["raise_at"] = 40.0
        rules.append(rule | {"clear_at": rule["raise_at"] - sign * rule.pop("gap")})
    # Gaps of several minutes, at the same instants for both.
    times = np.cumsum([random.choice([1, 2, 9]) for _ in range(20)]) * SECONDS
    courses, readings = {}, []
    for place, figures in (("a", one), ("b", other)):
        at = times[: len(figures)]
        if figures:
            courses[place] = Course(at, at, np.array(figures))
        readings += [Read(place, "level", t, v) for t, v in zip(at, figures, strict=True)]
    until = float(times[-1] + 100 * SECONDS)
    engine, found = Engine(rules, {"set:x": ["a", "b"]}), []
    readings.sort(key=lambda reading: reading.at)
    instants = sorted({reading.at for reading in readings})
    for begin in range(0, len(instants), size):
        part = set(instants[begin : begin + size])
        found += engine.take([reading for reading in readings if reading.at in part])
    found += engine.tick(until)
    for rule in rules:
        mine = [row for row in minutes(found) if row[1] == rule["rule"]]
        assert sorted(mine, key=lambda r: (r[4], r[0], r[2])) == afterwards(rule, courses, until)
