"""Readings: appended as instants, told with their gaps and how late they came."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pandas as pd
import pytest

from hutuo.base.readings import Readings, readings
from hutuo.errors import NotFound

START = datetime(2026, 5, 1, tzinfo=UTC)


@pytest.fixture
def sensed(own):
    """Readings of a day: every hour but the eighth and ninth, five minutes late, one an hour late."""
    own.append(
        "place",
        pd.DataFrame(
            [{"place": "sensor:1", "kind": "sensor", "zh": "一", "en": "One", "source": "book"}]
        ),
    )
    hours = [START + timedelta(hours=h) for h in range(24) if h not in (8, 9)]
    late = [timedelta(minutes=60 if h == hours[3] else 5) for h in hours]
    frame = pd.DataFrame({"valid_from": hours, "value": range(22)})
    frame["valid_to"] = frame["valid_from"] + pd.Timedelta(hours=1)
    frame["recorded_at"] = frame["valid_to"] + pd.to_timedelta(late)
    same = {"place": "sensor:1", "indicator": "minutes", "unit": "minute", "source": "book"}
    own.append("observation", frame.assign(**same))
    return own


def test_gaps_and_latency_are_told(sensed):
    found = readings(sensed, Readings())
    (row,) = found.rows
    assert (row.place, row.place_name.en, row.readings) == ("sensor:1", "One", 22)
    assert (row.step_minutes, row.gaps, row.lacking, row.longest_minutes) == (60, 1, 2, 180)
    assert row.latency_minutes == 5
    assert 5 <= row.latency_p95_minutes < 60
    assert (row.first, row.last) == (START, START + timedelta(hours=23))
    assert found.until == row.last


def test_a_reading_that_comes_twice_counts_once(sensed):
    frame = sensed.table("observation", place="sensor:1").drop(columns=["recorded_at", "batch"])
    done = sensed.record({"observation": frame}, verb="network")
    assert (done.stored, done.duplicate) == ({"observation": 0}, {"observation": 22})
    sensed.append("observation", frame.assign(value=frame["value"] + 1))
    assert readings(sensed, Readings()).rows[0].readings == 22


def test_a_reading_that_comes_behind_a_later_one_is_out_of_order(sensed):
    """The hours 3 and 8 are recorded when all others are; the last one, as late as they, is in its place."""
    assert readings(sensed, Readings()).rows[0].out_of_order == 0
    hours = [START + timedelta(hours=h) for h in (3, 8, 23)]
    frame = pd.DataFrame({"valid_from": hours, "value": 99})
    frame["valid_to"] = frame["valid_from"] + pd.Timedelta(hours=1)
    same = {"place": "sensor:1", "indicator": "minutes", "unit": "minute", "source": "book"}
    sensed.append("observation", frame.assign(**same))
    (row,) = readings(sensed, Readings()).rows
    assert (row.readings, row.out_of_order, row.lacking) == (23, 2, 1)


def test_days_are_counted_back_from_the_asked_time(sensed):
    asked = replace(sensed, at=START + timedelta(hours=4, minutes=30))
    (row,) = readings(asked, Readings(days=1)).rows
    assert (row.readings, row.gaps) == (5, 0)
    assert readings(replace(sensed, at=START - timedelta(days=3)), Readings()).rows == []


def test_a_region_without_readings_has_none(little):
    found = readings(little, Readings())
    assert (found.since, found.until, found.rows) == (None, None, [])


def test_an_unknown_place_or_indicator_is_told(sensed):
    for ask in ({"place": "sensor:2"}, {"indicator": "luck"}):
        with pytest.raises(NotFound):
            readings(sensed, Readings(**ask))
