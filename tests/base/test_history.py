"""A figure in both times, against what the region itself says was known."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import numpy as np
import pandas as pd
import pytest

import hutuo
from hutuo.base.branches import Put, put
from hutuo.base.history import History, history, told, versions
from hutuo.errors import NotFound

FIGURE = {"place": "990101", "indicator": "people"}
PACK = datetime(2025, 1, 1, tzinfo=UTC)


def figure(value, year=2020, **more):
    day = date(year, 11, 1)
    row = {"valid_from": day, "valid_to": day + timedelta(days=1), "unit": "person"}
    return pd.DataFrame([FIGURE | row | {"value": value, "source": "book"} | more])


def seen(region, year=2020):
    """Versions of one year's figure."""
    rows = history(region, History(**FIGURE)).rows
    return [row for row in rows if row.valid_from.year == year]


def test_a_correction_stands_beside_what_it_corrects(own):
    own.append("observation", figure(1010))
    first, second = seen(own)
    assert [row.value for row in (first, second)] == [1000, 1010]
    assert (first.recorded_at, first.superseded_at, first.current) == (
        PACK,
        second.recorded_at,
        False,
    )
    assert (second.superseded_at, second.current) == (None, True)
    assert [row.verb for row in (first, second)] == ["pack", "append"]
    assert first.batch.startswith("pack:")


def test_periods_come_in_order_and_each_keeps_its_own_versions(own):
    own.append("observation", figure(1010))
    rows = history(own, History(**FIGURE)).rows
    assert [(row.valid_from.year, row.value) for row in rows] == [
        (2010, 900),
        (2020, 1000),
        (2020, 1010),
    ]
    assert seen(own, 2010)[0].current


def test_as_known_before_a_correction_there_is_none(own):
    own.append("observation", figure(1010))
    (only,) = seen(replace(own, as_of=datetime(2025, 6, 1, tzinfo=UTC)))
    assert (only.value, only.current, only.superseded_at) == (1000, True, None)


def test_periods_that_had_not_begun_are_left_out(own):
    rows = history(replace(own, at=date(2015, 1, 1)), History(**FIGURE)).rows
    assert [row.value for row in rows] == [900]


def test_a_figure_that_was_taken_back_has_no_version_that_is_known(own):
    key = {**FIGURE, "valid_from": "2020-11-01", "valid_to": "2020-11-02"}
    put(own, Put(table="observation", rows=[key], retract=True))
    first, last = seen(own)
    assert (last.retracted, last.current, last.verb) == (True, False, "put")
    assert (first.current, first.superseded_at) == (False, last.recorded_at)


def test_a_branch_stands_over_main_and_main_does_not_see_it(own):
    branch = own.create_branch("idea")
    branch.append("observation", figure(1100))
    own.append("observation", figure(1020))
    main, ours, later = seen(branch)
    assert [(r.value, r.branch, r.current) for r in (main, ours, later)] == [
        (1000, "main", False),
        (1100, "idea", True),
        (1020, "main", False),
    ]
    assert main.superseded_at == ours.recorded_at
    # What main learnt after the branch's own version was never known on the branch.
    assert later.superseded_at == later.recorded_at
    assert [(row.value, row.current) for row in seen(own)] == [(1000, False), (1020, True)]


def test_an_instant_is_told_with_its_time(own):
    when = datetime(2024, 5, 6, 0, 0, tzinfo=UTC)
    own.append("observation", figure(7).assign(valid_from=[when], valid_to=[None]))
    (row,) = seen(own, 2024)
    assert (row.grain, row.valid_from, row.valid_to) == ("instant", when, None)
    assert seen(replace(own, at=when - timedelta(seconds=1)), 2024) == []


def test_at_every_time_the_version_that_stood_is_the_one_the_region_knew(own):
    """Writes in a random order on main and a branch; the region's own reading is the oracle."""
    chance = np.random.default_rng(7)
    views = {"main": own, "idea": own.create_branch("idea")}
    times = [PACK + timedelta(days=n) for n in range(1, 9)]
    for when in chance.permutation(len(times)):
        view = views[("main", "idea")[chance.integers(2)]]
        year = (2010, 2020, 2023)[chance.integers(3)]
        value = float(chance.integers(1, 99))
        view.append("observation", figure(value, year, recorded_at=times[when]))
    for view in views.values():
        rows = versions(view, **FIGURE)
        for time in (PACK, *times):
            stood = {
                row["valid_from"].date(): row["value"]
                for row in rows
                if row["recorded_at"] <= time
                and (row["superseded_at"] is None or row["superseded_at"] > time)
            }
            then = replace(view, as_of=time)
            knew = {r["valid_from"]: r["value"] for r in then.history("observation", **FIGURE)}
            assert stood == knew
            current = {
                r.valid_from: r.value for r in history(then, History(**FIGURE)).rows if r.current
            }
            assert current == knew


def test_no_version_is_lost():
    rows = [
        {"recorded_at": PACK + timedelta(days=n), "branch": lane, "retracted": False}
        for lane in ("main", "idea")
        for n in (1, 3)
    ]
    found = list(told(rows))
    assert [row["recorded_at"] for row in found] == sorted(row["recorded_at"] for row in rows)
    assert sum(row["current"] for row in found) == 1


def test_values_are_bound_and_never_part_of_a_query(own):
    with pytest.raises(NotFound, match="no unit or place"):
        history(own, History(place="x' OR '1'='1", indicator="people"))
    assert versions(own, "x' OR '1'='1", "people") == []


def test_an_unknown_indicator_is_told_with_those_that_there_are(own):
    with pytest.raises(NotFound, match="no indicator 'peple'"):
        history(own, History(place="990101", indicator="peple"))


def test_a_cell_is_a_place_by_itself(little):
    found = history(little, History(place="cell:8928308280fffff", indicator="people"))
    assert (found.name.en, found.rows) == ("cell:8928308280fffff", [])


def test_a_name_of_a_branch_that_is_used_again_shows_only_the_new_one(own_folder):
    from hutuo.base.branches import Branch, branch

    region = hutuo.open(str(own_folder))
    region.create_branch("idea").append("observation", figure(1))
    branch(region, Branch(action="drop", name="idea"))
    again = region.create_branch("idea")
    assert [row.value for row in seen(again)] == [1000]
    again.append("observation", figure(2))
    assert [(row.value, row.branch) for row in seen(again)] == [(1000, "main"), (2, "idea")]
