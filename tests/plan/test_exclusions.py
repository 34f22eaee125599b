"""Which further units an open list leaves out: against a brute force, and by hand."""

from itertools import chain, combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.plan.exclusions import Size, fits

UNITS = ["a", "b", "c", "d", "e"]
sizes = st.lists(
    st.builds(
        Size,
        stated=st.integers(0, 60).map(float),
        precision=st.sampled_from([0.0, 0.5, 2.0]),
        members=st.fixed_dictionaries({unit: st.integers(1, 20).map(float) for unit in UNITS}),
        part=st.integers(0, 10).map(float),
        part_guess=st.none() | st.integers(0, 10).map(float),
    ),
    min_size=1,
    max_size=3,
).filter(lambda found: all(size.stated for size in found))


def brute(found, open_units, most):
    """Every set of units that fits, by trying all of them."""
    tried = chain.from_iterable(combinations(open_units, n) for n in range(most + 1))
    good = [
        out
        for out in tried
        if all(
            -s.precision
            <= s.stated - sum(v for unit, v in s.members.items() if unit not in out)
            <= s.part + s.precision
            for s in found
        )
    ]
    fewest = min(map(len, good), default=0)
    return {out for out in good if len(out) == fewest}


@given(sizes, st.lists(st.sampled_from(UNITS), unique=True), st.integers(0, 3))
def test_the_same_ways_as_by_trying_all(found, open_units, most):
    ways = fits(found, open_units, most)
    assert {way.excluded for way in ways} == brute(found, sorted(open_units), most)
    assert len({way.excluded for way in ways}) == len(ways)


@given(sizes, st.lists(st.sampled_from(UNITS), unique=True))
def test_what_stays_and_what_is_left_add_up_to_what_is_stated(found, open_units):
    for way in fits(found, open_units):
        for size, whole, rest in zip(found, way.whole, way.rest, strict=True):
            assert whole + rest == pytest.approx(size.stated)
            assert -size.precision <= rest <= size.part + size.precision


@given(sizes, st.lists(st.sampled_from(UNITS), unique=True))
def test_the_likeliest_comes_first(found, open_units):
    ways = fits(found, open_units)
    misfits = [way.misfit for way in ways if way.misfit is not None]
    assert misfits == sorted(misfits)


@given(sizes, st.lists(st.sampled_from(UNITS), unique=True), st.floats(0, 5))
def test_a_looser_precision_never_loses_a_way_of_as_many_units(found, open_units, more):
    looser = [size._replace(precision=size.precision + more) for size in found]
    before, after = fits(found, open_units), fits(looser, open_units)
    if before:
        assert after
        assert len(after[0].excluded) <= len(before[0].excluded)
        if len(after[0].excluded) == len(before[0].excluded):
            assert {way.excluded for way in before} <= {way.excluded for way in after}


@given(sizes, st.lists(st.sampled_from(UNITS), unique=True), st.sampled_from(UNITS))
def test_one_unit_more_to_choose_from_never_needs_more_exclusions(found, open_units, unit):
    before, after = fits(found, open_units), fits(found, sorted({*open_units, unit}))
    if before:
        assert len(after[0].excluded) <= len(before[0].excluded)


@given(sizes, st.lists(st.sampled_from(UNITS), unique=True))
def test_order_of_the_units_does_not_matter(found, open_units):
    assert fits(found, open_units) == fits(found, open_units[::-1])


def test_a_worked_example():
    """Stated 100 of members 40, 30, 20, 15 = 105 and a part of at most 12: 15 or 20 may be left out.

    Leaving 15 out leaves 10 for the part, leaving 20 out would leave 15, too much; its own estimate is 9.
    """
    size = Size(100, 0.5, {"a": 40, "b": 30, "c": 20, "d": 15}, part=12, part_guess=9)
    (way,) = fits([size], ["c", "d"])
    assert (way.excluded, way.whole, way.rest) == (("d",), (90.0,), (10.0,))
    assert way.misfit == pytest.approx(0.01)


def test_a_second_size_decides_between_two_ways():
    area = Size(100, 1, {"a": 60, "b": 30, "c": 31}, part=20)
    people = Size(1000, 10, {"a": 700, "b": 290, "c": 100}, part=50)
    assert {way.excluded for way in fits([area], ["b", "c"])} == {("b",), ("c",)}
    assert [way.excluded for way in fits([area, people], ["b", "c"])] == [("c",)]


def test_nothing_need_be_left_out_where_the_sizes_fit():
    assert [way.excluded for way in fits([Size(10, 0, {"a": 9}, part=1)], ["a"])] == [()]


def test_where_nothing_fits_there_is_no_way():
    assert fits([Size(10, 0, {"a": 20, "b": 20, "c": 20}, part=0)], ["a", "b", "c"]) == []
