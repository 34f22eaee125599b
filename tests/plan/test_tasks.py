"""Tasks: reports, states that follow each other, history, waiting, and lists by what is due."""

import itertools
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import planned
from hutuo.base.branches import Undo, undo
from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.plan.responsibilities import Assign, assign
from hutuo.plan.rollout import RollOut, roll_out
from hutuo.plan.tasks import Tasks, is_blocked, is_due_within, overdue_days, tasks
from hutuo.plan.tracking import Task, task
from hutuo.plan.transitions import MOVES, faults, moved, ring

PARKS, RULES = f"{planned.PARKS}@2025-2027", f"{planned.RULES}@2025-2027"


@pytest.fixture
def region(own):
    planned.fill(own)
    assign(own, Assign(suggested=True))
    roll_out(own, RollOut(kind="three_year", start=2025))
    return own


def row(**given):
    plain = {
        "task": "t", "state": "open", "progress": 0.0, "evidence": None, "reason": None, "after": None,
        "start": date(2026, 1, 1), "due": date(2026, 6, 30), "owner": None, "support": None,
    }  # fmt: skip
    return plain | given


def test_a_report_is_one_more_version_and_none_is_changed(region):
    task(region, Task(task=PARKS, progress=0.4, evidence="开工令", by="gov-alpha"))
    done = task(region, Task(task=PARKS, state="done", evidence="验收单", by="gov-alpha"))
    assert (done.task.state, done.task.progress) == ("done", 1.0)
    told = [
        (v.verb, v.by, v.state, v.progress, [(c.column, c.before, c.after) for c in v.changes])
        for v in done.history
    ]
    assert told == [
        ("roll-out", None, "open", 0.0, []),
        (
            "task",
            "gov-alpha",
            "in_progress",
            0.4,
            [
                ("state", "open", "in_progress"),
                ("progress", "0.0", "0.4"),
                ("evidence", None, "开工令"),
            ],
        ),
        (
            "task",
            "gov-alpha",
            "done",
            1.0,
            [
                ("state", "in_progress", "done"),
                ("progress", "0.4", "1.0"),
                ("evidence", "开工令", "验收单"),
            ],
        ),
    ]
    assert [v.superseded_at for v in done.history] == [
        done.history[1].recorded_at,
        done.history[2].recorded_at,
        None,
    ]


def test_a_report_can_be_taken_back_and_the_history_tells_it(region):
    task(region, Task(task=PARKS, progress=0.4))
    undo(region, Undo())
    shown = task(region, Task(task=PARKS))
    assert (shown.task.progress, shown.batch) == (0.0, None)
    assert [v.verb for v in shown.history] == ["roll-out", "task", "undo"]


def test_a_branch_reports_apart_from_main(region):
    branch = region.create_branch("what-if")
    task(branch, Task(task=PARKS, progress=0.9))
    assert task(region, Task(task=PARKS)).task.progress == 0
    assert task(branch, Task(task=PARKS)).task.progress == 0.9


def test_what_a_state_asks_for_is_told_all_at_once(region):
    with pytest.raises(BadInput) as told:
        task(region, Task(task=PARKS, state="done", progress=0.5))
    assert {f.column for f in told.value.findings} == {"progress", "evidence"}
    assert [f.says.zh for f in told.value.findings] == [
        "进度为50%;已完成的任务应为100%",
        "为空;已完成的任务须有佐证",
    ]
    with pytest.raises(BadInput, match="state blocked needs a reason"):
        task(region, Task(task=PARKS, state="blocked"))
    assert task(region, Task(task=PARKS)).task.state == "open"


def test_a_state_that_cannot_follow_is_told_with_those_that_can(region):
    task(region, Task(task=PARKS, state="blocked", reason="无用地"))
    with pytest.raises(
        BadInput, match="blocked cannot become done; it can become in_progress, dropped"
    ) as told:
        task(region, Task(task=PARKS, state="done", evidence="x"))
    zh = told.value.words[0]
    assert zh == f"填报不能接受:\n  {PARKS}: state: “受阻”不能改为“已完成”;可改为进行中、已取消"


def test_the_reason_of_a_block_goes_with_it_and_taking_up_again_needs_a_new_one(region):
    task(region, Task(task=PARKS, state="blocked", reason="无用地"))
    assert task(region, Task(task=PARKS, state="in_progress")).task.reason is None
    task(region, Task(task=PARKS, state="dropped", reason="并入他项"))
    with pytest.raises(BadInput, match="taking up again what was dropped needs a reason"):
        task(region, Task(task=PARKS, state="open"))
    assert task(region, Task(task=PARKS, state="open", reason="恢复")).task.state == "open"


def test_a_task_is_not_done_before_what_it_waits_for(region):
    waiting = task(region, Task(task=RULES, after=(PARKS,)))
    assert waiting.task.waits_for == [PARKS]
    with pytest.raises(
        BadInput, match=f"cannot be done before {PARKS.replace('(', '.').replace(')', '.')}"
    ):
        task(region, Task(task=RULES, state="done", evidence="x"))
    task(region, Task(task=PARKS, state="done", evidence="x"))
    assert task(region, Task(task=RULES, state="done", evidence="x")).task.state == "done"


def test_tasks_do_not_wait_in_a_ring(region):
    task(region, Task(task=RULES, after=(PARKS,)))
    with pytest.raises(BadInput, match="wait in a ring"):
        task(region, Task(task=PARKS, after=(RULES,)))
    with pytest.raises(BadInput, match="wait in a ring"):
        task(region, Task(task=PARKS, after=(PARKS,)))
    assert task(region, Task(task=RULES, after=("-",))).task.after == []


def test_a_check_shows_the_task_as_it_would_be_and_writes_nothing(region):
    done = task(region, Task(task=PARKS, progress=0.7, check=True))
    assert (done.batch, done.task.progress, len(done.history)) == (None, 0.7, 1)


def test_what_is_not_there_is_told(region):
    with pytest.raises(NotFound, match="no task 'x'"):
        task(region, Task(task="x"))
    with pytest.raises(NotFound, match="no task 'y'"):
        task(region, Task(task=PARKS, after=("y",)))
    with pytest.raises(NotFound, match="no body 'z'"):
        task(region, Task(task=PARKS, owner="z"))
    with pytest.raises(BadAsk, match="nothing is reported"):
        task(region, Task(task=PARKS, by="me"))
    with pytest.raises(BadInput, match="lies before the start"):
        task(region, Task(task=PARKS, due=date(2020, 1, 1)))


def names(region, **ask):
    return [
        found.task for found in tasks(region, Tasks(on=date(2026, 12, 1)).model_copy(update=ask))
    ]


def test_lists_by_body_state_clause_kind_and_year(region):
    assert names(region) == [PARKS, RULES]
    assert names(region, owner="gov-alpha") == [PARKS]
    assert names(region, owner="小都发展和改革委员会") == [RULES]
    task(region, Task(task=PARKS, support=("reform",), state="in_progress"))
    assert names(region, involved="reform") == [PARKS, RULES]
    assert names(region, state=("in_progress", "done")) == [PARKS]
    assert names(region, clause=("三",)) == [PARKS, RULES]
    assert names(region, clause=("一",)) == []
    assert names(region, kind="yearly") == []
    assert names(region, year=2026) == [PARKS, RULES]
    assert names(region, year=2027) == []


def test_overdue_due_soon_and_blocked(region):
    assert names(region, due_within=30) == [PARKS, RULES]
    assert names(region, due_within=29) == []
    assert names(region, on=date(2027, 1, 2), overdue=True) == [PARKS, RULES]
    task(region, Task(task=RULES, after=(PARKS,)))
    assert names(region, blocked=True) == [RULES]
    late = tasks(region, Tasks(on=date(2027, 1, 2)))
    assert [found.overdue_days for found in late] == [2, 2]


@pytest.mark.parametrize(
    ("state", "day", "days"),
    [
        ("open", date(2026, 6, 30), 0),
        ("open", date(2026, 7, 1), 1),
        ("done", date(2026, 7, 1), 0),
        ("dropped", date(2027, 7, 1), 0),
    ],
)
def test_a_task_is_overdue_from_the_day_after_it_is_due_unless_closed(state, day, days):
    assert overdue_days(row(state=state), day) == days


def test_reminders_count_from_the_day_on():
    assert is_due_within(row(), date(2026, 6, 30), 0)
    assert not is_due_within(row(), date(2026, 7, 1), 10)
    assert not is_due_within(row(state="done"), date(2026, 6, 30), 10)


def test_who_waits_for_a_dropped_task_is_blocked():
    assert is_blocked(row(after="x"), {"x": row(state="dropped")})
    assert not is_blocked(row(after="x"), {"x": row(state="done")})
    assert not is_blocked(row(after="x", state="done"), {"x": row()})


@given(st.sampled_from(sorted(MOVES)), st.sampled_from(sorted(MOVES)))
def test_with_all_that_is_asked_for_exactly_the_allowed_moves_are_allowed(old, new):
    before = row(
        state=old,
        reason="a" if old in ("blocked", "dropped") else None,
        progress=1.0 if old == "done" else 0.0,
    )
    given = {
        "state": new,
        "reason": "b",
        "evidence": "e",
        "progress": {"done": 1.0, "open": 0.0}.get(new, 0.5),
    }
    found = [f for f in faults(before, moved(before, given), {}) if f.column == "state"]
    assert (found == []) == (new == old or new in MOVES[old])


def test_a_ring_is_found_wherever_it_lies_and_only_there():
    assert ring({"a": ["b"], "b": ["c"], "c": ["b"]}) == ["b", "c", "b"]
    assert ring({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}) == []
    assert ring({str(n): [str(n + 1)] for n in range(3000)}) == []


@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=16))
def test_a_ring_is_a_way_back_to_where_it_began(pairs):
    links = {str(n): [str(b) for a, b in pairs if a == n] for n in range(8)}
    found = ring(links)
    if found:
        assert found[0] == found[-1]
        assert all(b in links[a] for a, b in itertools.pairwise(found))
    else:
        left = {k: set(v) for k, v in links.items()}
        while free := [k for k, v in left.items() if not v & left.keys()]:
            left = {k: v for k, v in left.items() if k not in free}
        assert not left


def test_a_cell_can_be_emptied_again_where_the_state_does_not_need_it(region):
    task(region, Task(task=PARKS, progress=0.4, evidence="开工令", note="速报", owner="gov-alpha"))
    emptied = task(region, Task(task=PARKS, evidence="-", note="-", owner="-")).task
    assert (emptied.evidence, emptied.note, emptied.owner) == (None, None, None)
    task(region, Task(task=PARKS, state="blocked", reason="等待用地"))
    with pytest.raises(BadInput, match="state blocked needs a reason"):
        task(region, Task(task=PARKS, reason="-"))
