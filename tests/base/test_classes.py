"""Classes of a map: every value in exactly one, and legend, colour and bounds agree."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.classes import COLORS, breaks, classes, index

figures = st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=60)


def holds(step, value):
    return (step.low is None or step.low <= value) and (step.high is None or value < step.high)


@given(figures)
def test_every_value_falls_in_exactly_one_class_and_the_index_names_it(values):
    bounds = breaks(values)
    steps = classes(bounds)
    for value in values:
        assert [n for n, step in enumerate(steps) if holds(step, value)] == [index(bounds, value)]


@given(figures, st.floats(allow_nan=False))
def test_a_value_from_elsewhere_falls_in_exactly_one_class_too(values, value):
    bounds = breaks(values)
    found = [n for n, step in enumerate(classes(bounds)) if holds(step, value)]
    assert found == [index(bounds, value)]


@given(figures)
def test_bounds_rise_and_lie_within_the_values(values):
    bounds = breaks(values)
    assert bounds == sorted(set(bounds))
    assert len(bounds) <= 4
    assert all(min(values) < bound <= max(values) for bound in bounds)


@given(figures)
def test_order_does_not_matter(values):
    assert breaks(values) == breaks(values[::-1])


@given(figures)
def test_no_class_at_either_end_is_empty(values):
    bounds = breaks(values)
    found = {index(bounds, value) for value in values}
    assert {0, len(bounds)} <= found


@given(figures)
def test_bounds_have_two_figures(values):
    for bound in breaks(values):
        size = 10 ** (math.floor(math.log10(abs(bound))) - 1) if bound else 1
        assert bound / size == pytest.approx(round(bound / size))


def test_a_worked_example():
    bounds = breaks([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    assert bounds == [3, 5, 7, 9]
    steps = classes(bounds)
    assert [step.label for step in steps] == ["< 3", "3 – 5", "5 – 7", "7 – 9", "≥ 9"]
    assert [step.color for step in steps] == list(COLORS)
    assert [index(bounds, value) for value in (1, 2.99, 3, 8.9, 9, 100)] == [0, 0, 1, 3, 4, 4]


@pytest.mark.parametrize("values", [[], [5], [5, 5, 5, 5]])
def test_one_value_or_none_makes_one_class(values):
    assert breaks(values) == []
    (only,) = classes([])
    assert (only.low, only.high, only.label) == (None, None, "–")


def test_colours_of_all_classes_differ():
    for count in range(5):
        colors = [step.color for step in classes(list(range(1, count + 1)))]
        assert len(set(colors)) == count + 1
