"""Duties and clauses become tasks: periods, due dates, parts, and nothing lost when it is done again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

import planned
from hutuo.errors import NotFound
from hutuo.plan.responsibilities import Assign, assign
from hutuo.plan.rollout import (
    Origin,
    RollOut,
    deadline,
    periods,
    roll_out,
    rolled,
    title_of,
    years_of,
)
from hutuo.plan.tasks import task_of
from hutuo.plan.tracking import Task, task


@pytest.fixture
def region(own):
    return planned.fill(own)


def roll(region, kind="three_year", start=2025, **more):
    return roll_out(region, RollOut(kind=kind, start=start, **more))


def reasons(done):
    return {(row.clause, row.duty): row.reason.en.split(";")[0] for row in done.left}


def test_accepted_and_mended_duties_become_tasks_and_the_others_are_told(region):
    done = roll(region)
    assert [(row.task, row.change) for row in done.rows] == [
        (f"{planned.PARKS}@2025-2027", "added"),
        (f"{planned.RULES}@2025-2027", "added"),
    ]
    assert (done.added, done.kept) == (2, 0)
    assert reasons(done) == {
        ("一", None): "the clause has no duty",
        ("三(一)", planned.ENCLAVE): "its duties are only proposed",
        ("三(二)", None): "the clause has no duty",
    }


def test_a_due_date_is_the_target_year_within_its_words_else_the_end_of_the_plan_cut_to_the_period(
    region,
):
    parks, rules = roll(region).rows
    assert (parks.due, parks.deadline, parks.deadline_from) == (
        date(2026, 12, 31),
        date(2026, 12, 31),
        "stated",
    )
    # The clause's only target lies in the words of the first duty, and is the clause's for the second.
    assert (rules.due, rules.deadline_from) == (date(2026, 12, 31), "stated")
    whole = roll(region, whole_clauses=True, clause=("三(二)",)).rows
    assert (whole[0].due, whole[0].deadline, whole[0].deadline_from) == (
        date(2027, 12, 31),
        date(2030, 12, 31),
        "horizon",
    )


def test_proposed_duties_and_whole_clauses_come_in_when_asked_for(region):
    done = roll(region, include_proposed=True, whole_clauses=True)
    assert {row.task for row in done.rows} >= {
        f"{planned.ENCLAVE}@2025-2027",
        "p/一@2025-2027",
        "p/三(二)@2025-2027",
    }
    assert reasons(done) == {}


def test_again_known_tasks_keep_their_edits_and_new_ones_are_added(region):
    roll(region)
    name = f"{planned.PARKS}@2025-2027"
    task(region, Task(task=name, due=date(2026, 6, 30), note="尽早", progress=0.2))
    again = roll(region)
    assert (again.added, again.kept, again.batch) == (0, 2, None)
    more = roll(region, include_proposed=True)
    assert (more.added, more.kept) == (1, 2)
    kept = task_of(region, name)
    assert (kept["due"], kept["note"], kept["progress"]) == (date(2026, 6, 30), "尽早", 0.2)
    assert [(d.column, d.before, d.after) for d in more.differences] == [
        ("due", "2026-06-30", "2026-12-31")
    ]


def test_years_are_parts_of_three_years_and_quarters_of_a_year(region):
    assign(region, Assign(duty=(planned.PARKS,), lead="gov-alpha"))
    roll(region)
    year = roll(region, "yearly", 2026)
    assert {row.task: row.parent for row in year.rows} == {
        f"{d}@2026": f"{d}@2025-2027" for d in (planned.PARKS, planned.RULES)
    }
    assert year.rows[0].owner == "gov-alpha"
    quarters = roll(region, "quarterly", 2026, clause=("三",))
    assert len(quarters.rows) == 8
    assert {row.parent for row in quarters.rows} == {
        f"{d}@2026" for d in (planned.PARKS, planned.RULES)
    }
    first = next(row for row in quarters.rows if row.task == f"{planned.PARKS}@2026Q1")
    assert (first.start, first.due) == (date(2026, 1, 1), date(2026, 3, 31))


def test_a_part_takes_the_edits_of_what_it_is_part_of(region):
    roll(region)
    task(region, Task(task=f"{planned.PARKS}@2025-2027", owner="gov-beta", due=date(2026, 5, 31)))
    year = roll(region, "yearly", 2026)
    parks = next(row for row in year.rows if row.task == f"{planned.PARKS}@2026")
    assert (parks.owner, parks.due) == ("gov-beta", date(2026, 5, 31))
    quarters = roll(region, "quarterly", 2026, clause=("三(一)",))
    mine = [row.task for row in quarters.rows if row.task.startswith(planned.PARKS)]
    assert mine == [f"{planned.PARKS}@2026Q1", f"{planned.PARKS}@2026Q2"]
    assert "its parent is due before the period" in reasons(quarters).values()


def test_nothing_is_rolled_out_of_what_is_done_or_dropped_or_past(region):
    roll(region)
    task(region, Task(task=f"{planned.PARKS}@2025-2027", state="done", evidence="验收单"))
    task(region, Task(task=f"{planned.RULES}@2025-2027", state="dropped", reason="并入他项"))
    year = roll(region, "yearly", 2026)
    assert year.rows == []
    assert {"its parent is done", "its parent is dropped"} <= set(reasons(year).values())
    late = roll(region, start=2027)
    assert reasons(late)["三(一)", planned.PARKS] == "the plan's deadline lies before the period"


def test_where_plans_of_three_years_overlap_a_year_is_part_of_the_last(region):
    roll(region, start=2024)
    roll(region, start=2025)
    year = roll(region, "yearly", 2026)
    assert [row.parent for row in year.rows] == [
        f"{d}@2025-2027" for d in (planned.PARKS, planned.RULES)
    ]


def test_a_check_writes_nothing(region):
    done = roll(region, check=True)
    assert (done.batch, done.added) == (None, 2)
    assert region.records("task") == []


def test_an_unknown_clause_is_told(region):
    with pytest.raises(NotFound, match="no clause '四'"):
        roll(region, clause=("四",))


def test_periods():
    assert [(p.name, p.first, p.last) for p in periods("three_year", 2026)] == [
        ("2026-2028", date(2026, 1, 1), date(2028, 12, 31))
    ]
    assert [p.last for p in periods("quarterly", 2024)] == [
        date(2024, 3, 31),
        date(2024, 6, 30),
        date(2024, 9, 30),
        date(2024, 12, 31),
    ]
    assert [p.name for p in periods("quarterly", 2024, 3)] == ["2024Q3"]


@pytest.mark.parametrize(
    ("years", "horizon", "year", "wanted"),
    [
        (((2027, "stated"), (2030, "inherited")), 2030, 2026, (date(2027, 12, 31), "stated")),
        (((2027, "stated"), (2030, "inherited")), 2030, 2028, (date(2030, 12, 31), "inherited")),
        (((2025, "stated"),), 2030, 2028, (date(2025, 12, 31), "stated")),
        ((), 2030, 2028, (date(2030, 12, 31), "horizon")),
        ((), None, 2028, (None, "none")),
    ],
)
def test_the_next_year_that_the_plan_names_is_the_deadline(years, horizon, year, wanted):
    assert deadline(years, horizon, year) == wanted


def test_years_come_from_targets_that_are_evaluated_where_no_quantity_was_read():
    targets = [
        {"clause": "一", "year": 2028, "year_from": "stated"},
        {"clause": "一", "year": None, "year_from": "none"},
    ]
    assert years_of("一", None, [], targets) == ((2028, "stated"),)


def test_a_long_duty_is_called_by_what_is_done_to_what():
    short = {"quote": "建设园区;", "verb": "建设", "object": "园区"}
    assert title_of(short) == "建设园区"
    assert title_of(short | {"quote": "在各地" * 30 + "建设园区"}) == "建设园区"
    long = "Build the port " * 10
    assert title_of({"quote": long, "verb": "Build", "object": "the port"}) == "Build the port"


@given(
    st.sampled_from(["three_year", "yearly", "quarterly"]),
    st.integers(2020, 2035),
    st.lists(
        st.tuples(st.integers(2020, 2036), st.sampled_from(["stated", "inherited"])), max_size=3
    ),
    st.sampled_from([None, 2025, 2030]),
)
def test_a_task_lies_within_its_period_and_is_due_no_later_than_the_plan_wants(
    kind, year, years, horizon
):
    origin = Origin("p/一#d1", "一", "p/一#d1", "事", None, None, None, tuple(years))
    for period in periods(kind, year):
        found, left = rolled({"plan": "p", "horizon_to": horizon}, kind, period, [origin], [])
        assert len(found) + len(left) == 1
        for row in found:
            assert period.first <= row["start"] <= row["due"] <= period.last
            assert row["deadline"] is None or row["due"] <= row["deadline"]
