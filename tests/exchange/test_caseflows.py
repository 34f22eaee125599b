"""How long cases take: by hand, and against the survival function of another library."""

from datetime import date, timedelta
from fractions import Fraction

import hypothesis.strategies as st
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from statsmodels.duration.survfunc import SurvfuncRight

from hutuo.errors import NotFound
from hutuo.exchange.caseflows import (
    CaseTimes,
    Spell,
    case_times,
    done_within,
    median_days,
    sound,
    spell_of,
    survival,
)

DAY = date(2025, 3, 1)
spells = st.lists(st.builds(Spell, st.integers(0, 12), st.booleans()), min_size=1, max_size=25)


def told(region, **ask):
    return case_times(region, CaseTimes.model_validate({"day": DAY} | ask))


def test_open_cases_are_told_apart_and_count(little):
    """Of four one is done after 10 days, at 20 two are left: 3/4 x 1/2 = 3/8, so half are done in 20."""
    first, second = told(little).rows
    assert (first.from_place, first.median_days, first.median_says.en) == (
        "990102",
        None,
        "not reached",
    )
    assert (first.cases, first.still_open, first.oldest_days) == (1, 1, 28)
    assert (second.cases, second.finished, second.still_open, second.ended_otherwise) == (
        4,
        2,
        1,
        1,
    )
    assert (second.median_days, second.oldest_days) == (20, 59)
    assert survival([Spell(10, True), Spell(20, True), Spell(15, False), Spell(59, False)]) == [
        (10, Fraction(3, 4)),
        (20, Fraction(3, 8)),
    ]


def test_what_was_closed_later_was_open_on_the_day(little):
    (row,) = told(little, day=date(2025, 1, 12), limit_days=10).rows
    assert (row.finished, row.still_open, row.median_days) == (1, 3, None)
    assert row.within_limit == 0.25
    (row,) = told(little, day=date(2025, 1, 12), limit_days=12).rows
    assert row.within_limit is None


def test_cases_are_asked_for_by_places_kinds_and_days(little):
    assert [row.cases for row in told(little, **{"from": "990101"}).rows] == [4]
    assert [row.cases for row in told(little, to="990100").rows] == [1, 4]
    assert [row.cases for row in told(little, since=date(2025, 1, 2)).rows] == [1]
    assert [row.cases for row in told(little, until=date(2025, 1, 31)).rows] == [4]
    assert told(little, kind="other").rows == []
    with pytest.raises(NotFound):
        told(little, to="nowhere")


def test_places_are_taken_together_by_city(little):
    (row,) = told(little, by_city=True).rows
    assert (row.from_place, row.to_place_name.en, row.cases) == ("990100", "Littlecity", 5)


def test_cases_that_do_not_fit_are_left_out_and_told(tried):
    base = {"kind": "养老保险转移", "origin": "990101", "destination": "990103", "opened": DAY}
    rows = [
        base | {"case_no": "a", "closed": DAY - timedelta(1), "outcome": "done"},
        base | {"case_no": "b", "closed": DAY},
        base | {"case_no": "c", "outcome": "done"},
        base | {"case_no": "d", "closed": DAY, "outcome": "done"},
    ]
    tried.append("case_flow", pd.DataFrame(rows, dtype=object))
    found = told(tried, to="990103")
    assert [(row.cases, row.median_days) for row in found.rows] == [(1, 0)]
    assert [text.en for text in found.findings] == [
        "a: closed before it was opened",
        "b: closed and outcome go together",
        "c: closed and outcome go together",
    ]


@given(spells)
@settings(max_examples=200)
def test_the_steps_are_those_of_another_library(given_):
    """Statsmodels takes events at the same days as ours: those who leave on a day are at risk on it."""
    other = SurvfuncRight(
        np.array([one.days + 1 for one in given_]), np.array([int(one.done) for one in given_])
    )
    ours = survival(given_)
    theirs = {
        int(days) - 1: share for days, share in zip(other.surv_times, other.surv_prob, strict=True)
    }
    for step in ours:
        assert float(step.left) == pytest.approx(theirs[step.days], abs=1e-12)
    # Where exactly half are left it takes the next day, and others the mean of both.
    if (
        ours
        and ours[-1].left <= Fraction(1, 2)
        and Fraction(1, 2) not in [one.left for one in ours]
    ):
        assert median_days(ours) == int(other.quantile(0.5)) - 1


@given(st.lists(st.integers(0, 30), min_size=1))
def test_where_all_are_done_the_median_is_that_of_the_days(days):
    """The lower one of two middle days."""
    steps = survival([Spell(one, done=True) for one in days])
    assert median_days(steps) == sorted(days)[(len(days) - 1) // 2]
    assert steps[-1].left == 0


@given(spells, st.integers(0, 12))
def test_the_share_within_a_limit_grows_with_it(given_, limit):
    first, second = done_within(given_, limit), done_within(given_, limit + 1)
    if first is not None and second is not None:
        assert first <= second
    if all(one.done for one in given_):
        assert first == pytest.approx(sum(one.days <= limit for one in given_) / len(given_))


@given(spells)
def test_a_case_more_that_is_open_never_makes_a_pair_quicker(given_):
    more = [*given_, Spell(99, done=False)]
    before, after = median_days(survival(given_)), median_days(survival(more))
    assert after is None or (before is not None and after >= before)


def test_a_withdrawn_case_is_followed_up_to_its_end():
    row = {"opened": DAY, "closed": DAY + timedelta(4), "outcome": "withdrawn"}
    assert spell_of(row, DAY + timedelta(9)) == Spell(4, done=False)
    assert spell_of(row, DAY + timedelta(3)) == Spell(3, done=False)
    assert sound([]) == ([], [])
