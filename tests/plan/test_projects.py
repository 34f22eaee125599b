"""Projects and matters of the tiny region, by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hutuo
from hutuo.errors import NotFound
from hutuo.plan.projects import Projects, faults, late, mean_progress, order, projects

DAY = date(2026, 7, 1)


def listed(region, **ask):
    return {row.project: row for row in projects(region, Projects(day=DAY, **ask))}


def put(region, table, *rows):
    import pandas as pd

    return region.record({table: pd.DataFrame(rows, dtype=object)}, verb="test")


def bridge(region, **new):
    """The bridge with some cells changed."""
    (row,) = region.records("project", project="bridge")
    kept = {name: row[name] for name in row if name not in ("recorded_at", "batch")}
    put(region, "project", kept | new)


def test_a_project_is_late_by_the_days_past_its_due_day(little):
    """31 December 2025 to 1 July 2026 are 182 days; the bridge was to be closed 273 days before."""
    row = listed(little)["bridge"]
    assert (row.days_late, row.progress) == (182, 0.5)
    assert [step.days_late for step in row.milestones] == [0, 273]
    assert (row.title.zh, row.owner_name.en, row.place_name.en) == (
        "跨河桥",
        "Littlecity government",
        "Alpha",
    )


def test_projects_are_in_the_order_of_their_priority_and_those_without_one_last(little):
    assert list(listed(little)) == ["bridge", "park", "card"]


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        ({"kind": "matter"}, ["card"]),
        ({"clause": "一"}, ["bridge", "park"]),
        ({"place": "990101"}, ["bridge"]),
        ({"place": "set:area"}, ["bridge", "park", "card"]),
        ({"place": "990100"}, ["bridge", "park"]),
        ({"topic": "交通"}, ["bridge", "card"]),
        ({"owner": "gov", "state": "planned"}, ["park"]),
        ({"late": True}, ["bridge", "card"]),
        ({"late": False}, ["park"]),
    ],
)
def test_what_is_asked_for_is_what_is_listed(little, ask, found):
    assert list(listed(little, **ask)) == found


def test_an_unknown_clause_or_place_is_told(little):
    with pytest.raises(NotFound, match="no clause '九'"):
        listed(little, clause="九")
    with pytest.raises(NotFound, match="no unit or place '1'"):
        listed(little, place="1")


def test_a_state_that_was_recorded_stays_in_the_history(own):
    bridge(own, state="blocked", reason="等用地 / waits for land", by="gov")
    bridge(own, state="blocked", evidence="文件一号", reason="等用地 / waits for land")
    bridge(own, state="in_progress", reason=None, by="mayor")
    row = listed(own)["bridge"]
    assert [(step.state, step.by) for step in row.states] == [
        ("in_progress", None),
        ("blocked", "gov"),
        ("in_progress", "mayor"),
    ]
    times = [step.recorded_at for step in row.states]
    assert times == sorted(times)
    assert row.states[0].batch.startswith("pack:")


def test_what_was_known_before_is_known_again_as_of_then(own, own_folder):
    before = own.records("project")[0]["recorded_at"]
    bridge(own, state="done")
    then = listed(hutuo.open(str(own_folder), as_of=before))["bridge"]
    assert (then.state, len(then.states)) == ("in_progress", 1)


def test_a_branch_has_its_own_states_and_main_keeps_its(own):
    branch = own.create_branch("what-if")
    bridge(branch, state="dropped", reason="算账 / costs")
    bridge(own, state="done")
    states = {row.states[-1].state for row in (listed(own)["bridge"], listed(branch)["bridge"])}
    assert states == {"done", "dropped"}
    # What main learned after the branch had said otherwise was never known on it.
    assert [s.state for s in listed(branch)["bridge"].states] == ["in_progress", "dropped"]


def test_a_project_is_done_before_its_milestones_are_and_that_is_told(own):
    bridge(own, state="done")
    assert [said.en for said in listed(own)["bridge"].findings] == [
        "it is done, but a milestone is open"
    ]


def test_shares_of_a_joint_park_add_up_to_one_or_it_is_told(own):
    put(own, "stake", {"project": "park", "body": "gov", "share": 0.6})
    row = listed(own)["park"]
    assert [(stake.body, stake.share) for stake in row.stakes] == [("gov", 0.6)]
    assert [said.en for said in row.findings] == ["shares add up to 0.6, not 1"]
    put(own, "stake", {"project": "park", "body": "gov", "share": 1.0})
    assert listed(own)["park"].findings == []


def test_tasks_of_the_clause_and_of_those_beneath_tell_the_progress(own):
    task = {"plan": "p", "kind": "yearly", "start": "2026-01-01", "due": "2026-12-31"}
    task |= {"deadline_from": "none", "clause": "一"}
    put(
        own,
        "task",
        task | {"task": "t1", "zh": "甲", "state": "done", "progress": 0.2},
        task | {"task": "t2", "zh": "乙", "state": "in_progress", "progress": 0.5},
        task | {"task": "t3", "zh": "丙", "state": "dropped", "progress": 0.9, "reason": "并入"},
        task | {"task": "t4", "zh": "丁", "clause": "二", "progress": 0.1},
    )
    row = listed(own)["bridge"]
    # With the two of the pack, 0.25 and 0: (0.25 + 0 + 1 + 0.5) / 4.
    assert (row.tasks, row.task_progress) == (5, pytest.approx(0.4375))


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"state": "blocked"}, "no reason says why it is blocked or dropped"),
        ({"due": date(2024, 1, 1)}, "it is due before it begins"),
    ],
)
def test_what_does_not_fit_together_is_told(row, told):
    whole = {"state": "planned", "reason": None, "start": date(2025, 1, 1), "due": None} | row
    assert [said.en for said in faults(whole, [], [])] == [told]


days = st.dates(date(2020, 1, 1), date(2030, 1, 1))


@given(st.none() | days, days, st.booleans())
def test_what_is_over_or_has_no_due_day_is_never_late(due, day, over):
    found = late(due, day, over=over)
    assert found == (0 if over or due is None or due >= day else (day - due).days)


tasks = st.fixed_dictionaries(
    {
        "state": st.sampled_from(["open", "done", "dropped"]),
        "progress": st.floats(0, 1) | st.none(),
    }
)


@given(st.lists(tasks))
def test_mean_progress_is_a_share_and_a_dropped_task_does_not_change_it(given_tasks):
    found = mean_progress(given_tasks)
    counted = [task for task in given_tasks if task["state"] != "dropped"]
    assert found == mean_progress(counted)
    assert (found is None) == (not counted)
    assert found is None or 0 <= found <= 1


@given(st.lists(st.tuples(st.none() | st.integers(1, 3), st.none() | days, st.text("ab"))))
def test_what_says_nothing_comes_last(given_rows):
    found = sorted(given_rows, key=lambda row: order(*row))
    none = [row[0] is None for row in found]
    assert none == sorted(none)
