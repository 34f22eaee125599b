"""What registers have in common."""

from datetime import UTC, date, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

import hutuo
from hutuo.plan.registers import changes, day_of, place_name, within


def test_the_day_is_the_one_asked_for_else_that_of_the_view(little, little_folder):
    assert day_of(little, date(2020, 1, 1)) == date(2020, 1, 1)
    at = hutuo.open(str(little_folder), at="2024-05-01")
    assert day_of(at, None) == date(2024, 5, 1)
    # An instant late on one day in UTC is the next day in the region.
    late = hutuo.open(str(little_folder), at="2024-05-01T20:00:00+00:00")
    assert day_of(late, None) == date(2024, 5, 2)


@pytest.mark.parametrize(
    ("place", "found"),
    [
        ("990101", {"990101"}),
        ("990104", {"990104", "part:delta-town"}),
        ("set:area", {"set:area", "990101", "990102", "part:delta-town"}),
    ],
)
def test_what_lies_within_a_place(little, place, found):
    assert within(little, place) == found


def test_a_cell_is_called_by_its_id(little):
    assert place_name(little, "cell:1").zh == "cell:1"
    assert place_name(little, None) is None


row = st.fixed_dictionaries({"state": st.sampled_from("abc"), "retracted": st.booleans()})


@given(st.lists(row))
def test_two_changes_that_follow_each_other_differ_and_nothing_else_is_left_out(given_rows):
    now = datetime(2025, 1, 1, tzinfo=UTC)
    rows = [r | {"recorded_at": now, "superseded_at": None} for r in given_rows]
    told = [(r["state"], r["retracted"]) for r in changes(rows, "state")]
    assert all(a != b for a, b in pairwise(told))
    want = [(r["state"], r["retracted"]) for r in rows]
    assert told == [x for n, x in enumerate(want) if n == 0 or want[n - 1] != x]
