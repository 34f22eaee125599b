"""Whose a duty is: suggestions with their reasons, and assignments that keep what is not given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import planned
from hutuo.errors import BadAsk, NotFound
from hutuo.plan.responsibilities import Assign, assign, responsibilities
from hutuo.plan.suggestions import shortens


@pytest.fixture
def region(own):
    return planned.fill(own)


def by_duty(done):
    return {row.duty: row for row in done.rows}


def test_without_a_body_duties_are_listed_with_suggestions_and_rejected_ones_are_not(region):
    rows = by_duty(assign(region, Assign()))
    assert list(rows) == [planned.PARKS, planned.RULES, planned.ENCLAVE]
    told = {
        name: [(s.body, s.role, s.reason.en) for s in row.suggestions]
        for name, row in rows.items()
    }
    assert told == {
        planned.PARKS: [("gov-alpha", "lead", "government of a place that the duty names")],
        planned.RULES: [("reform", "lead", "the duty names it by a short name")],
        planned.ENCLAVE: [("gov", "lead", "the duty names all of its kind")],
    }
    assert region.records("responsibility") == []


def test_bodies_are_given_by_id_or_by_name_and_what_is_not_given_stays(region):
    assign(
        region,
        Assign(duty=(planned.PARKS,), lead="甲区人民政府", support=("gov-beta",), by="办公室"),
    )
    assign(region, Assign(duty=(planned.PARKS,), support=("Littlecity reform office",)))
    held = responsibilities(region)[planned.PARKS]
    assert (held["lead"], held["support"], held["by"]) == ("gov-alpha", "reform", None)
    assign(region, Assign(duty=(planned.PARKS,), lead="reform"))
    held = responsibilities(region)[planned.PARKS]
    assert (held["lead"], held["support"]) == ("reform", None), "who leads does not support"


def test_a_clause_means_all_duties_below_it(region):
    done = assign(region, Assign(clause=("三",), lead="reform"))
    assert done.stored == 3
    assert {row.lead for row in done.rows} == {"reform"}


def test_suggestions_are_taken_for_duties_that_have_nobody(region):
    assign(region, Assign(duty=(planned.PARKS,), lead="gov-beta"))
    done = assign(region, Assign(suggested=True, by="x"))
    assert done.stored == 2
    assert {row.duty: row.lead for row in done.rows} == {
        planned.PARKS: "gov-beta",
        planned.RULES: "reform",
        planned.ENCLAVE: "gov",
    }


def test_an_assignment_is_taken_back(region):
    assign(region, Assign(clause=("三",), lead="reform"))
    assign(region, Assign(duty=(planned.RULES,), clear=True))
    rows = assign(region, Assign(unassigned=True)).rows
    assert [row.duty for row in rows] == [planned.RULES]


def test_a_check_shows_what_would_be_and_writes_nothing(region):
    done = assign(region, Assign(duty=(planned.PARKS,), lead="reform", check=True))
    assert (done.batch, done.rows[0].lead) == (None, "reform")
    assert region.records("responsibility") == []


def test_what_is_not_there_or_not_clear_is_told(region):
    with pytest.raises(NotFound, match="no body 'nobody'"):
        assign(region, Assign(duty=(planned.PARKS,), lead="nobody"))
    with pytest.raises(NotFound, match="no duty"):
        assign(region, Assign(duty=(planned.LICENCE,), lead="reform"))
    with pytest.raises(BadAsk, match="no duty is named") as told:
        assign(region, Assign(lead="reform"))
    assert told.value.words[0] == "没有给出任务要求"
    with pytest.raises(BadAsk, match="exclude each other"):
        assign(region, Assign(suggested=True, clear=True))


@pytest.mark.parametrize(
    ("short", "full", "fits"),
    [
        ("发改委", "河北省发展和改革委员会", True),
        ("省发展改革委", "河北省发展和改革委员会", True),
        ("交通运输厅", "河北省交通运输厅", True),
        ("改发委", "河北省发展和改革委员会", False),
        ("交通厅", "河北省交通运输局", False),
        ("厅", "河北省交通运输厅", False),
    ],
)
def test_a_short_name_has_the_letters_of_the_full_one_in_order_and_its_ending(short, full, fits):
    assert shortens(short, full) is fits


@given(st.text(min_size=2, max_size=20))
def test_a_name_shortens_itself(name):
    assert shortens(name, name) or name.endswith("委")
