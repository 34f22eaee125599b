"""What nobody has taken up: clauses, duties, targets, bodies and tasks, each by its own rule."""

import pytest

import planned
from hutuo.errors import BadAsk, NotFound
from hutuo.plan.clausetree import below, chapter, leaves
from hutuo.plan.coverage import GAPS, Coverage, coverage
from hutuo.plan.exemptions import Exempt, exempt
from hutuo.plan.responsibilities import Assign, assign
from hutuo.plan.rollout import RollOut, roll_out
from hutuo.plan.tracking import Task, task


@pytest.fixture
def region(own):
    return planned.fill(own)


def found(region, **ask):
    rows = coverage(region, Coverage(**ask)).rows
    return {gap: [row.id for row in rows if row.gap == gap] for gap in GAPS}


def test_before_anything_is_done_all_of_it_is_lacking(region):
    gaps = found(region)
    assert gaps["clause_without_task"] == ["一", "三(一)", "三(二)"]
    assert gaps["duty_without_task"] == gaps["duty_without_body"] == [planned.PARKS, planned.RULES]
    assert gaps["target_without_indicator"] == ["p/一#q1", "p/三(一)#q1"]
    assert set(gaps["body_without_duty"]) >= {"gov", "gov-alpha", "gov-beta", "reform"}


def test_what_is_assigned_rolled_out_or_has_a_reason_is_lacking_no_more(region):
    assign(region, Assign(suggested=True))
    roll_out(region, RollOut(kind="three_year", start=2025))
    exempt(region, Exempt(clause=("一", "三(二)"), reason="只述现状", by="办公室"))
    gaps = found(region)
    assert (
        gaps["clause_without_task"] == gaps["duty_without_task"] == gaps["duty_without_body"] == []
    )
    assert gaps["body_without_duty"] == ["gov-beta"]
    done = coverage(region, Coverage())
    assert done.exempt == 2
    assert {c.gap: (c.number, c.of) for c in done.counts}["clause_without_task"] == (0, 3)


def test_a_task_without_a_clause_or_an_owner_or_of_a_rejected_duty_is_told(region):
    import pandas as pd

    roll_out(region, RollOut(kind="three_year", start=2025))
    own = {
        "task": "p/own",
        "plan": "p",
        "kind": "yearly",
        "zh": "甲",
        "start": "2026-01-01",
        "due": "2026-12-31",
        "deadline_from": "none",
        "owner": "gov",
    }
    region.record({"task": pd.DataFrame([own])}, verb="test")
    duty = region.records("duty", duty=planned.PARKS)[0]
    plain = {k: v for k, v in duty.items() if k not in ("recorded_at", "batch")}
    region.record(
        {"duty": pd.DataFrame([plain | {"decision": "rejected"}], dtype=object)}, verb="test"
    )
    gaps = found(region)
    assert gaps["task_without_clause"] == ["p/own"]
    assert gaps["task_of_rejected"] == [f"{planned.PARKS}@2025-2027"]
    assert gaps["task_without_owner"] == [f"{d}@2025-2027" for d in (planned.PARKS, planned.RULES)]


def test_a_dropped_task_needs_no_owner_and_its_reason_is_one_for_the_clause(region):
    roll_out(region, RollOut(kind="three_year", start=2025))
    for duty in (planned.PARKS, planned.RULES):
        task(region, Task(task=f"{duty}@2025-2027", state="dropped", reason="并入他项"))
    gaps = found(region)
    assert gaps["task_without_owner"] == []
    assert "三(一)" not in gaps["clause_without_task"]


def test_only_the_clauses_that_are_meant(region):
    assert found(region, clause=("三",))["clause_without_task"] == ["三(一)", "三(二)"]
    with pytest.raises(NotFound, match="no clause '九'"):
        coverage(region, Coverage(clause=("九",)))


def test_an_exemption_needs_a_reason_and_can_be_taken_back(region):
    with pytest.raises(BadAsk, match="without a reason"):
        exempt(region, Exempt(clause=("一",)))
    with pytest.raises(NotFound, match="no clause '九'"):
        exempt(region, Exempt(clause=("九",), reason="x"))
    checked = exempt(region, Exempt(clause=("一",), reason="只述现状", check=True))
    assert ([row.clause for row in checked.rows], checked.batch) == (["一"], None)
    assert exempt(region, Exempt()).rows == []
    exempt(region, Exempt(clause=("一",), reason="只述现状"))
    assert [(r.clause, r.reason, r.title.en) for r in exempt(region, Exempt()).rows] == [
        ("一", "只述现状", "Growth")
    ]
    assert exempt(region, Exempt(clause=("一",), withdraw=True)).rows == []
    with pytest.raises(BadAsk, match="has no reason to take back"):
        exempt(region, Exempt(clause=("一",), withdraw=True))


def test_exempt_clauses_are_passed_over_when_tasks_are_rolled_out(region):
    exempt(region, Exempt(clause=("三(一)",), reason="由省里办"))
    done = roll_out(region, RollOut(kind="three_year", start=2025))
    assert done.rows == []
    assert [(row.clause, row.duty) for row in done.left if "reason" in row.reason.en] == [
        ("三(一)", None)
    ]


def clause(name, parent=None, *, text=True):
    return {"clause": name, "parent": parent, "has_text": text}


def test_a_clause_says_something_by_itself_where_none_below_it_has_text():
    tree = [
        clause("a"),
        clause("a1", "a"),
        clause("b"),
        clause("b1", "b", text=False),
        clause("c", text=False),
    ]
    assert leaves(tree) == ["a1", "b"]
    assert below(tree, ["a"]) == {"a", "a1"}
    assert chapter("a1", {"a1": "a", "a": None}) == "a"
