"""Warnings: raised and cleared by two bounds, the same however they are looked for."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.base.hysteresis import Bounds, Spell, spells
from hutuo.base.warned import Warnings, warnings
from hutuo.errors import BadInput, NotFound

START = datetime(2026, 7, 1, tzinfo=UTC)


def one_by_one(minutes, values, bounds):
    """The same by a state that looks at one reading after the other."""
    sign = -1 if bounds.below else 1
    found, run, first, raised, peak = [], None, None, None, None
    for at, value in enumerate(values):
        high = sign * value >= sign * bounds.raise_at
        run = (run if run is not None else at) if high else None
        if raised is None:
            if high and minutes[at] - minutes[run] >= bounds.hold:
                first, raised = run, at
                peak = max(range(run, at + 1), key=lambda n: (sign * values[n], -n))
        elif sign * value < sign * bounds.clear_at:
            found.append(Spell(first, raised, at, peak))
            raised = None
        elif sign * value > sign * values[peak]:
            peak = at
    return found + ([Spell(first, raised, None, peak)] if raised is not None else [])


def test_a_level_that_flutters_about_the_bound_raises_one_warning():
    values = np.array([1, 5, 4.5, 5, 4.2, 6, 3.9, 5.5, 1])
    found = spells(np.arange(9.0), values, Bounds(5, 4))
    assert found == [Spell(1, 1, 6, 5), Spell(7, 7, 8, 7)]


def test_what_does_not_last_raises_none():
    values = np.array([5, 5, 1, 5, 5, 5, 1.0])
    found = spells(np.arange(7.0) * 10, values, Bounds(5, 4, hold=20))
    assert found == [Spell(3, 5, 6, 3)]


def test_low_readings_may_be_the_dangerous_ones():
    found = spells(np.arange(4.0), np.array([9, 2, 1, 9.0]), Bounds(2, 3, below=True))
    assert found == [Spell(1, 1, 3, 2)]


def test_no_reading_is_no_warning_and_one_may_stand():
    assert spells(np.array([]), np.array([]), Bounds(1, 1)) == []
    assert spells(np.array([0.0]), np.array([1.0]), Bounds(1, 1)) == [Spell(0, 0, None, 0)]


@settings(max_examples=150)
@given(
    st.lists(st.tuples(st.integers(1, 30), st.integers(0, 9)), max_size=40),
    st.integers(3, 7),
    st.integers(0, 3),
    st.sampled_from([0, 10, 40]),
    st.booleans(),
)
def test_warnings_are_those_of_a_look_at_each_reading(steps, bound, slack, hold, below):
    minutes = np.cumsum([step for step, _ in steps]).astype(float)
    values = np.array([value for _, value in steps], dtype=float)
    bounds = Bounds(bound, bound + slack if below else bound - slack, hold, below)
    assert spells(minutes, values, bounds) == one_by_one(minutes, values, bounds)


@pytest.fixture
def flooded(own):
    """Half-hourly levels at two gauges, told ten minutes late, and two rules for them."""
    places = [
        {
            "place": f"sensor:{n}",
            "kind": "sensor",
            "zh": f"站{n}",
            "en": f"Gauge {n}",
            "source": "book",
        }
        for n in (1, 2)
    ]
    own.append("place", pd.DataFrame(places))
    rule = {
        "indicator": "minutes",
        "sense": "above",
        "source": "book",
        "zh": "超警",
        "en": "Above warning",
    }
    rules = [
        rule | {"rule": "warn", "level": "yellow", "raise_at": 60, "clear_at": 50},
        rule
        | {"rule": "peril", "level": "red", "raise_at": 90, "clear_at": 80, "place": "sensor:1"},
    ]
    own.append("warning_rule", pd.DataFrame(rules))
    times = [START + timedelta(minutes=30 * n) for n in range(6)]
    for place, values in (
        ("sensor:1", [40, 65, 95, 85, 70, 45]),
        ("sensor:2", [40, 41, 70, 70, 70, 70]),
    ):
        frame = pd.DataFrame({"valid_from": times, "value": values})
        frame["recorded_at"] = frame["valid_from"] + pd.Timedelta(minutes=10)
        more = {"place": place, "indicator": "minutes", "unit": "minute", "source": "book"}
        own.append("observation", frame.assign(**more))
    return own


def told(rows):
    return [(row.rule, row.place, (row.raised_at - START).seconds // 60) for row in rows]


def test_those_that_stand_come_first_then_the_gravest(flooded):
    rows = warnings(flooded, Warnings()).rows
    assert told(rows) == [
        ("warn", "sensor:2", 60),
        ("peril", "sensor:1", 60),
        ("warn", "sensor:1", 30),
    ]
    assert [row.cleared_at is None for row in rows] == [True, False, False]
    peril = rows[1]
    assert (peril.peak, peril.latest, peril.colour) == (95, 45, "red")
    assert peril.known_at - peril.raised_at == timedelta(minutes=10)
    assert peril.cleared_at - START == timedelta(minutes=120)


def test_warnings_of_a_time_before_are_those_that_were_told_then(flooded):
    """Replayed at 95 minutes after the start: two gauges are above, none is cleared."""
    at = START + timedelta(minutes=65)
    rows = warnings(replace(flooded, at=at, as_of=at), Warnings()).rows
    assert told(rows) == [("warn", "sensor:1", 30)]
    rows = warnings(replace(flooded, at=at), Warnings(open_only=True)).rows
    assert [row[:2] for row in told(rows)] == [
        ("peril", "sensor:1"), ("warn", "sensor:2"), ("warn", "sensor:1"),
    ]  # fmt: skip


def test_only_some_are_asked_for(flooded):
    assert told(warnings(flooded, Warnings(place="sensor:2")).rows) == [("warn", "sensor:2", 60)]
    assert told(warnings(flooded, Warnings(rule="peril")).rows) == [("peril", "sensor:1", 60)]
    found = warnings(flooded, Warnings(rule="peril", place="sensor:2"))
    assert (found.rules, found.rows) == (1, [])
    assert told(warnings(flooded, Warnings(open_only=True)).rows) == [("warn", "sensor:2", 60)]


def test_readings_in_another_unit_are_held_against_the_bound(flooded):
    hours = {"place": "sensor:2", "indicator": "minutes", "unit": "hour", "source": "book"}
    row = hours | {"valid_from": START + timedelta(hours=4), "value": 0.5}
    flooded.append("observation", pd.DataFrame([row]))
    (found,) = warnings(flooded, Warnings(place="sensor:2")).rows
    assert (found.latest, found.cleared_at) == (30, START + timedelta(hours=4))


def test_a_rule_that_clears_where_it_is_dangerous_is_told(flooded):
    wrong = {
        "rule": "warn",
        "level": "yellow",
        "raise_at": 60,
        "clear_at": 70,
        "zh": "错",
        "en": "Wrong",
    }
    more = {"indicator": "minutes", "sense": "above", "source": "book"}
    flooded.append("warning_rule", pd.DataFrame([wrong | more]))
    with pytest.raises(BadInput, match="safe side"):
        warnings(flooded, Warnings())


def test_a_rule_or_a_place_that_is_not_there_is_told(flooded):
    with pytest.raises(NotFound, match="warning rule"):
        warnings(flooded, Warnings(rule="nope"))
    with pytest.raises(NotFound):
        warnings(flooded, Warnings(place="nope"))
