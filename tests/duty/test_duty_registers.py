"""Registers of the tiny region: what is reached, sites side by side, sensors, platforms, boards, replays."""

from dataclasses import replace
from datetime import timedelta
from math import pi

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import alarmed
from alarmed import NOON
from hutuo.base import deeds
from hutuo.base.agreeing import DatasetAsk, dataset
from hutuo.base.recording import recorded
from hutuo.base.sphere import kilometres
from hutuo.duty.around import Around, around
from hutuo.duty.boards import Board, Boards, board, boards
from hutuo.duty.platforms import IndustrialPlatforms, industrial_platforms
from hutuo.duty.replay import Replay, replay
from hutuo.duty.sites import CoSiting, co_siting, pairs_within
from hutuo.duty.terminals import Sensors, covered_km2, sensors
from hutuo.errors import BadAsk, BadInput, Forbidden, NotFound

SOURCE = alarmed.SOURCE
STEEL = IndustrialPlatforms(industry="钢铁")
places = st.lists(st.tuples(st.floats(113, 114), st.floats(37.99, 38)), max_size=12)


@pytest.fixture
def told(own):
    alarmed.prepare(own)
    return own


def test_facilities_of_dual_use_are_of_use_once_switched_and_reached(little):
    found = around(little, Around(place="990101", minutes=60))
    assert [
        (row.id, round(row.ready_minutes - row.minutes), row.capacity) for row in found.rows
    ] == [
        ("inn", 60, 100.0),
        ("hall", 120, 300.0),
    ]
    assert [(c.unit, c.capacity, c.switch_hours) for c in found.capacity] == [
        ("990101", 300.0, 2.0),
        ("990102", 100.0, 1.0),
    ]
    assert ["no point of a station" in text.en for text in found.missing] == [True]
    assert around(little, Around(incident=1, minutes=60)).rows == found.rows
    near = around(little, Around(place="990101", minutes=1))
    assert {row.id for row in near.rows} <= {"hall"}
    with pytest.raises(BadAsk, match="around what"):
        around(little, Around())


def test_sites_of_two_operators_side_by_side_are_told_unless_shared(little):
    """Along the equator a thousandth of a degree is 111.2 m."""
    found = co_siting(little, CoSiting(metres=170))
    assert [(r.site, r.other, r.metres, r.planned) for r in found.rows] == [
        ("a1", "c1", 55.6, 1),
        ("a2", "b1", 100.1, 0),
        ("a1", "b1", 111.2, 0),
        ("b1", "c1", 166.8, 1),
    ]
    towers, stations = found.groups[1], found.groups[0]
    assert (stations.sites, stations.planned, stations.shared, stations.avoidable) == (4, 1, 1, 1)
    assert (towers.kind, towers.sites, towers.avoidable) == ("tower", 1, 0)
    assert co_siting(little, CoSiting(metres=170, planned_only=True)).pairs == 2
    assert co_siting(little, CoSiting(metres=50)).pairs == 0


@settings(max_examples=30)
@given(places, st.floats(1, 5000))
def test_pairs_are_those_that_one_finds_by_measuring_all(given_places, metres):
    at = np.array(given_places).reshape(-1, 2)
    apart = {
        (n, m): float(kilometres(at[n], at[m])) * 1000
        for n in range(len(at))
        for m in range(n + 1, len(at))
    }
    found = pairs_within(at, metres)
    assert {pair[:2] for pair in found} == {pair for pair, far in apart.items() if far <= metres}
    assert [pair[2] for pair in found] == sorted(pair[2] for pair in found)


def test_sensors_are_shown_with_owner_gaps_delay_and_silence(told):
    rows = [
        {"place": "990101", "owner": "first", "covers_m": 1000.0, "senses": "water", "every_minutes": 10.0},
        {"place": "990103", "owner": "gov", "senses": "water"},
    ]  # fmt: skip
    recorded(told, {"sensing_terminal": [r | SOURCE for r in rows]}, "test", check=False)
    alarmed.read(told, "990101", 1, 2, 3)
    alarmed.read(told, "990101", 4, 5, begin=NOON + timedelta(minutes=60))
    alarmed.read(told, "990102", 7, begin=NOON + timedelta(minutes=60))
    view = replace(told, at=NOON + timedelta(minutes=71))
    found = {row.place: row for row in sensors(view, Sensors()).rows}
    first = found["990101"]
    (course,) = first.courses
    assert (first.owner_name.en, first.covers_m, first.silent) == (
        "Alpha's government",
        1000.0,
        False,
    )
    assert (course.figures, course.latest, course.gaps, course.lacking) == (
        [1, 2, 3, 4, 5],
        5,
        1,
        3,
    )
    assert (found["990102"].owner, found["990102"].silent) == (None, False)
    assert (found["990103"].courses, found["990103"].silent) == ([], True)
    later = replace(told, at=NOON + timedelta(minutes=101))
    answer = sensors(later, Sensors(silent_only=True))
    assert [row.place for row in answer.rows] == ["990101", "990103"]
    cover = {row.senses: row for row in answer.cover}["water"]
    assert (cover.terminals, cover.silent, cover.without_owner) == (2, 2, 0)
    assert sensors(view, Sensors(owner="gov")).rows == [found["990103"]]


def test_circles_that_overlap_are_covered_once():
    one = covered_km2([(114.0, 38.0, 1000.0)])
    assert one == pytest.approx(pi, rel=2e-3)
    assert covered_km2([(114.0, 38.0, 1000.0)] * 3) == pytest.approx(one)
    assert covered_km2([(114.0, 38.0, 1000.0), (115.0, 38.0, 1000.0)]) == pytest.approx(
        2 * one, rel=1e-3
    )
    assert covered_km2([]) == 0.0


def test_platforms_are_listed_with_what_came_of_their_devices(told):
    alarmed.read(told, "990101", 1, 2)
    found = industrial_platforms(told, IndustrialPlatforms())
    assert [(row.platform, row.firms, row.readings) for row in found] == [
        ("all", None, 2),
        ("steel", 12, 2),
    ]
    assert [
        row.platform for row in industrial_platforms(told, IndustrialPlatforms(industry="钢铁"))
    ] == ["steel"]


def test_a_replay_gives_precision_recall_and_lead(told):
    """Three warnings, two of them right; two events, one of them missed."""
    alarmed.rule(told)
    alarmed.read(told, "990101", 1, 6, 1, 1, 9, 8, 1, minutes=60)
    alarmed.read(told, "990103", 1, 7, 1, minutes=60)
    events = [
        ("flood", "990102", 240, 300), ("old", "990103", -50_000, -49_000), ("missed", "990104", 100, 200),
    ]  # fmt: skip
    rows = [
        {"event": name, "zh": name, "en": name, "place": place, "valid_from": NOON + timedelta(minutes=first),
         "valid_to": NOON + timedelta(minutes=last), "indicator": "minutes", **SOURCE}
        for name, place, first, last in events
    ]  # fmt: skip
    recorded(told, {"past_event": rows}, "test", check=False)
    found = replay(told, Replay(days=10))
    # What is read upstream tells of what happens downstream.
    assert (found.warnings, found.right, found.precision) == (3, 2, 66.7)
    assert (found.events, found.detected, found.recall) == (2, 1, 50.0)
    assert [(e.event, e.rules) for e in found.past] == [("missed", []), ("flood", ["high"])]
    (rule,) = found.rows
    assert (rule.precision, rule.recall) == (66.7, 50.0)
    assert replay(told, Replay(days=10, before_minutes=30)).right == 1


def test_a_board_keeps_its_versions_and_holds_only_asks_that_look(own):
    tile = {"verb": "base/values", "ask": {"indicator": "people", "year": 2020}, "shown": "bars"}
    save = {"action": "save", "board": "city", "title": "城市", "tiles": [tile]}
    assert board(own, Board(**save)).version == 1
    assert board(own, Board(**save | {"tiles": [tile, tile]}, version=1)).version == 2
    with pytest.raises(BadAsk, match="at version 2 by now"):
        board(own, Board(**save, version=1))
    assert [(row.board, row.tile_count) for row in boards(own, Boards(mine=True))] == [("city", 2)]
    assert len(board(own, Board(board="city", version=1)).tiles) == 1
    writes = {"verb": "base/undo", "ask": {"check": True}}
    wrong = {"verb": "base/values", "ask": {"year": "x"}}
    with pytest.raises(BadInput) as told:
        board(own, Board(**save | {"tiles": [writes, wrong, {"verb": "base/none"}]}))
    faults = [(fault.row, fault.column) for fault in told.value.findings]
    assert faults == [
        (1, "verb"),
        (2, "ask"),
        (3, "ask"),
    ]
    dataset(own, DatasetAsk(action="open", tables=("register:duty",)))
    other = deeds.Actor("ann", "gov", frozenset({deeds.READ, deeds.BUSINESS}))
    deed = deeds.Deed("rest", "duty/board", actor=other)
    with deeds.acting(other), deeds.doing(deed), pytest.raises(Forbidden, match="is owner's"):
        board(own, Board(**save))
    board(own, Board(action="drop", board="city"))
    assert boards(own, Boards()) == []
    with pytest.raises(NotFound):
        board(own, Board(board="city"))
