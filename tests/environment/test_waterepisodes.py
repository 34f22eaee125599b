"""Classes of water by the standard; episodes of bad and high water, who acts up- and downstream, replay."""

from datetime import UTC, datetime, timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alarmed
from hutuo.base.protocols import steps_of
from hutuo.base.recording import recorded
from hutuo.base.warned import Warnings, warnings
from hutuo.duty.incident import Incident, Incidents, acted, incidents
from hutuo.duty.watching import Watcher
from hutuo.environment.waterepisodes import water_episodes
from hutuo.environment.waterquality import classes_of, item_of, items, times_over, water_class
from hutuo.environment.waterrows import WaterEpisodes
from hutuo.errors import BadInput, NotFound

NOON = datetime(2026, 7, 1, 4, tzinfo=UTC)


def after(hours):
    return NOON + timedelta(hours=hours)


@pytest.mark.parametrize(
    ("values", "lake", "number", "primary"),
    [
        ({"NH3N": 0.15, "COD": 15, "DO": 7.5}, False, 1, ()),
        ({"NH3N": 0.16}, False, 2, ()),
        ({"COD": 15.1}, False, 3, ()),
        ({"TP": 0.2}, False, 3, ()),
        ({"TP": 0.2}, True, 5, ("TP",)),
        ({"DO": 2.9, "NH3N": 1.9, "COD": 38}, False, 5, ("COD", "NH3N", "DO")),
        ({"DO": 1.9}, False, 6, ("DO",)),
        ({"PH": 9.1}, False, 6, ("PH",)),
        ({"PH": 6}, False, 1, ()),
        ({"氨氮": 2.1, "CODMN": 16}, False, 6, ("CODMN", "氨氮")),
    ],
)
def test_classes_by_hand(values, lake, number, primary):
    """GB 3838-2002, table 1; primary items by how far they are beyond class III (环办〔2011〕22号)."""
    found = water_class(values, lake=lake)
    assert found.number == number
    assert set(found.primary) == set(primary)
    if "CODMN" in values:
        # 16/6 - 1 = 1.67 against 2.1/1 - 1 = 1.1.
        assert found.primary == primary


def test_each_limit_keeps_its_class_and_classes_never_fall_as_water_worsens():
    for one, _ in items()[0]:
        if one.item == "PH":
            continue
        order = sorted(one.limits, reverse=one.low)
        assert list(one.limits) == order
        told = classes_of(one, one.limits)
        assert all(
            one.limits[number - 1] == limit for number, limit in zip(told, one.limits, strict=True)
        )
        away = np.nextafter(one.limits[-1], -np.inf if one.low else np.inf)
        assert classes_of(one, [away]).tolist() == [6]


@settings(max_examples=40)
@given(
    st.lists(st.sampled_from([one.item for one, _ in items()[0]]), min_size=1, max_size=5),
    st.data(),
)
def test_the_worst_item_decides(names, data):
    values = {name: data.draw(st.floats(0, 50)) for name in names}
    each = [water_class({name: value}).number for name, value in values.items()]
    assert water_class(values).number == max(each)


def test_what_is_no_figure_or_no_item_is_refused():
    assert water_class({}) is None
    with pytest.raises(BadInput, match="0 or more") as told:
        water_class({"COD": -1, "TP": float("nan")})
    assert [one.column for one in told.value.findings] == ["COD", "TP"]
    with pytest.raises(NotFound, match="no item of water 'TN'"):
        water_class({"TN": 1})
    assert times_over(item_of("COD"), 30, 3) == 0.5
    assert times_over(item_of("DO"), 1, 3) is None


@pytest.fixture
def rivered(own):
    """A river from the first unit over the second to the third, sampled and gauged in the third."""
    alarmed.prepare(own)
    about = {
        "topic": "environment",
        "definition_zh": "水",
        "definition_en": "Water",
        "core": False,
    }
    about |= {"aggregation": "none"}
    kinds = [("nh3n", "氨氮", "mg/L"), ("water_level", "水位", "m")]
    own.append(
        "indicator",
        pd.DataFrame(
            [about | {"indicator": n, "zh": zh, "en": n, "unit": u} for n, zh, u in kinds]
        ),
    )
    source = {"source": "book"}
    step = {"protocol": "bad", "kind": "task", "minutes": 60.0, **source}
    written = {
        "source": [
            {"source": "water-plan", "zh": "水预案", "en": "Water plan", "publisher": "x", "licence": "x",
             "quality": "A", "origin": "x"}
        ],
        "water_station": [
            {"place": "990103", "river": "甲河", "target_class": "III", "warning_m": 10.0,
             "guarantee_m": 11.0, **source}
        ],
        "protocol": [{"protocol": "bad", "zh": "水污染", "en": "Bad water", **source}],
        "protocol_step": [
            step | {"ordinal": 1, "whose": "upstream", "zh": "排查上游", "en": "Search upstream"},
            step | {"ordinal": 2, "whose": "named", "body": "above", "level": "orange", "zh": "会商",
                    "en": "Confer"},
        ],
        "response_level": [
            {"plan": "river", "level": level, "zh": level, "en": level, "medium": "quality",
             "classes_over": over, "hold_hours": hold, "protocol": "bad", **source}
            for level, over, hold in (("yellow", 1, 0.0), ("orange", 2, 4.0))
        ],
    }  # fmt: skip
    recorded(own, written, "test", check=False)
    nh3n = [0.9, 1.2, 1.7, 1.8, 1.0, 0.5, 2.5, 0.4]
    alarmed.read(own, "990103", *nh3n, begin=NOON, minutes=240, indicator="nh3n")
    heights = [9, 10, 10.5, 11.2, 10.9, 9.9]
    alarmed.read(own, "990103", *heights, begin=NOON, minutes=60, indicator="water_level")
    alarmed.read(own, "990101", 1, 6, 3, begin=NOON, minutes=60, indicator="minutes")
    return own


def test_bad_water_by_level_and_upstream_bodies_act(rivered):
    """Class IV at 4 h, V at 8 and 12 h (2 over, for 4 h: orange at 12), III at 16 h; V+ at 24 h once."""
    found = water_episodes(rivered, WaterEpisodes())
    late, early = found.rows
    assert (early.began_at, early.over_at, early.colour) == (after(4), after(16), "orange")
    assert (early.reached_at, early.peak_at) == (after(12), after(8))
    assert (early.target_class, early.peak_class, early.primary) == ("III", "V", ["NH3N"])
    assert early.times_over == pytest.approx(0.7)
    assert (late.colour, late.peak_class, late.reached_at) == ("yellow", "V+", after(24))
    assert [(one.episode, one.body, one.does.en, one.due_at) for one in found.due] == [
        (1, "second", "Search upstream", after(25)),
        (1, "first", "Search upstream", after(25)),
        (2, "second", "Search upstream", after(13)),
        (2, "first", "Search upstream", after(13)),
        (2, "above", "Confer", after(13)),
    ]
    ways = [(one.way, one.other_place, one.flow_minutes) for one in found.reaches]
    assert ways == [("upstream", "990102", 30), ("upstream", "990101", 90)]
    assert (found.plan, found.missing, found.watched_places) == ("river", [], 1)


def test_the_plan_as_rules_raises_the_same_through_the_engine_of_warnings(rivered):
    found = water_episodes(rivered, WaterEpisodes())
    recorded(
        rivered,
        {"warning_rule": [one.rule_row for one in found.warning_rules]},
        "test",
        check=False,
    )
    told = {(row.colour, row.raised_at) for row in warnings(rivered, Warnings(days=30)).rows}
    assert told == {("yellow", after(4)), ("orange", after(12)), ("yellow", after(24))}
    assert [step.body for step in steps_of(rivered, "bad", "yellow", "990103")][:1] == ["second"]


def test_the_watch_raises_an_incident_and_bodies_upstream_have_the_task(rivered):
    """28 hours on, the yellow warning of the last reading but one stands no more; orange was over too."""
    found = water_episodes(rivered, WaterEpisodes())
    rules = [one.rule_row for one in found.warning_rules]
    recorded(rivered, {"warning_rule": rules}, "test", check=False)
    alarmed.read(rivered, "990103", 1.3, begin=after(32), indicator="nh3n")
    assert Watcher(rivered).step(after(33)) == 1
    (row,) = incidents(rivered, Incidents())
    assert (row.place, row.colour) == ("990103", "yellow")
    shown = acted(rivered, Incident(incident=row.incident), after(33))
    assert [(task.body, task.due_at) for task in shown.to_do] == [
        ("second", after(34)),
        ("first", after(34)),
    ]


def test_floods_by_marks_of_the_gauge_and_a_warning_from_upstream(rivered):
    """Above the warning level from 1 h to 5 h, the guaranteed level at 3 h; upstream 5 was passed at 1 h."""
    alarmed.rule(rivered)
    found = water_episodes(rivered, WaterEpisodes(medium="gauge", rule="high"))
    (row,) = found.rows
    assert (row.colour, row.began_at, row.over_at, row.reached_at) == (
        "orange",
        after(1),
        after(5),
        after(3),
    )
    assert (row.peak_level_m, row.peak_class) == (11.2, None)
    assert row.above_mark_m == pytest.approx(1.2)
    assert (found.plan, found.due, found.warned, found.precision, found.recall) == (
        "flood-2013",
        [],
        1,
        1,
        1,
    )
    assert row.is_warned
    bounds = {one.rule_row["level"]: one.rule_row["raise_at"] for one in found.warning_rules}
    assert bounds == {"yellow": 10.0, "orange": 11.0}


def test_a_faulty_plan_and_what_is_missing_are_told(little, own):
    told = water_episodes(little, WaterEpisodes())
    assert (told.rows, told.plan, len(told.missing)) == ([], None, 3)
    with pytest.raises(NotFound, match="no plan of action 'x'"):
        water_episodes(little, WaterEpisodes(medium="gauge", plan="x"))
    row = {
        "plan": "p",
        "level": "red",
        "zh": "红",
        "en": "Red",
        "medium": "quality",
        "source": "book",
    }
    recorded(own, {"response_level": [row]}, "test", check=False)
    with pytest.raises(BadInput, match="it needs classes_over"):
        water_episodes(own, WaterEpisodes())
