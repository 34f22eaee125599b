"""Belts of units side by side: against connected components, and on the tiny region's squares."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import box

from hutuo.economy.belts import belts_of, side_by_side
from hutuo.economy.structure import Structure, structure

UNIT = st.sampled_from("abcdef")


def test_squares_touch_at_a_side_or_a_corner_and_not_across_a_gap():
    shapes = {
        "a": box(0, 0, 1, 1),
        "b": box(1, 0, 2, 1),
        "c": box(2, 1, 3, 2),
        "d": box(4, 0, 5, 1),
    }
    assert side_by_side(shapes | {"e": None}) == {("a", "b"), ("b", "c")}


@given(st.lists(UNIT, unique=True), st.lists(st.tuples(UNIT, UNIT), max_size=8))
def test_belts_are_closed_under_touching_and_nobody_stands_in_two(strong, touching):
    found = belts_of(strong, touching)
    members = [unit for group in found for unit in group]
    assert len(members) == len(set(members))
    of = {unit: number for number, group in enumerate(found) for unit in group}
    for one, other in touching:
        if one != other and one in strong and other in strong:
            assert of[one] == of[other]
    for group in found:
        inside = {pair for pair in touching if set(pair) <= set(group) and pair[0] != pair[1]}
        assert len(group) > 1
        assert {unit for pair in inside for unit in pair} == set(group)


def test_the_verb_joins_what_lies_side_by_side(little):
    """Farms are strong in Beta and Delta, which do not touch; mills and shops in units that do."""
    found = structure(little, Structure(total="jobs", geography="county", like=0.5))
    assert [(row.industry, row.belt_units) for row in found.belts] == [
        ("jobs_mills", ["990102", "990103"]),
        ("jobs_shops", ["990103", "990104"]),
    ]
    mills, shops = found.belts
    # 70 of 80 in mills and 100 of 120 in shops, by 200 of 300 jobs.
    assert (mills.share, mills.quotient) == pytest.approx((70 / 80, 1.3125))
    assert (shops.share, shops.quotient) == pytest.approx((100 / 120, 1.25))
