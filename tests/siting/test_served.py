"""What a plan means for people, by hand; its Gini against the other one that the project has."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.siting.served import gini, loads_of, nearest_of, spread_of, within
from hutuo.space.inequality import gini as other_gini

INF = float("inf")


def test_the_nearest_of_the_chosen_sites_serves_and_the_first_of_equals():
    minutes = np.array([[5.0, 5.0, 1.0], [INF, 2.0, 9.0], [INF, INF, 3.0]])
    nearest, took = nearest_of(minutes, [0, 1])
    assert nearest.tolist() == [0, 1, -1]
    assert took.tolist() == [5.0, 2.0, INF]
    assert nearest_of(minutes, [])[0].tolist() == [-1, -1, -1]


def test_how_far_people_go_counts_people_and_not_places():
    """Of 10 people 5 go 10 minutes, 4 go 20, one 100; the place that goes nowhere is not counted."""
    found = spread_of(np.array([100.0, 10, 20, INF]), np.array([1.0, 5, 4, 7]))
    assert found == (10.0, 23.0, 10.0, 20.0, 100.0)
    assert np.isnan(spread_of(np.array([INF]), np.array([3.0])).mean)


@pytest.mark.parametrize(
    ("included", "good"), [(True, [True, True, False]), (False, [True, False, False])]
)
def test_a_limit_includes_itself_or_not(included, good):
    assert within([59.0, 60.0, 60.1], 60, included=included).tolist() == good


def test_loads_are_the_parts_of_demand():
    shares = np.array([[1.0, 0.0], [0.25, 0.75], [0.0, 0.0]])
    assert loads_of(shares, np.array([10.0, 8.0, 5.0])).tolist() == [12.0, 6.0]


@settings(max_examples=25)
@given(st.lists(st.tuples(st.floats(0, 100), st.integers(1, 50)), min_size=1, max_size=12))
def test_the_gini_index_is_the_one_of_the_lorenz_curve(rows):
    values, people = (np.array(column, float) for column in zip(*rows, strict=True))
    ours, curve = gini(values, people), other_gini(values, people)
    assert ours == pytest.approx(curve, abs=1e-9) or (np.isnan(ours) and np.isnan(curve))
