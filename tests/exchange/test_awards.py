"""Budgets between floor and cap: to the last fen, in proportion, and as bisection finds them."""

from fractions import Fraction
from itertools import pairwise

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings

from hutuo.errors import BadAsk
from hutuo.exchange.awards import awards

scores = st.dictionaries(
    st.sampled_from("abcdef"), st.integers(1, 1000).map(lambda n: Fraction(n, 10)), min_size=1
)


def test_an_example_by_hand():
    """60:30:10 of 1000; a cap of 500 leaves 500 at 3:1, a floor of 150 takes from the middle."""
    given_ = {"a": Fraction(60), "b": Fraction(30), "c": Fraction(10)}
    assert awards(1000, given_) == {"a": 600, "b": 300, "c": 100}
    assert awards(1000, given_, cap=500) == {"a": 500, "b": 375, "c": 125}
    assert awards(1000, given_, floor=150, cap=500) == {"a": 500, "b": 350, "c": 150}
    assert awards(1000, given_, cap=300) == {"a": 300, "b": 300, "c": 300}
    assert awards(1000, {}, floor=5) == {}


def test_what_cannot_be_is_refused():
    with pytest.raises(BadAsk, match="less than 400 fen for each of 3"):
        awards(1000, dict.fromkeys("abc", Fraction(1)), floor=400)
    with pytest.raises(BadAsk, match="below the floor"):
        awards(1000, {"a": Fraction(1)}, floor=400, cap=300)


@given(scores, st.integers(0, 10**6), st.integers(0, 10**4), st.none() | st.integers(0, 10**6))
@settings(max_examples=500)
def test_no_fen_appears_or_vanishes_and_bounds_hold(weights, budget, floor, cap):
    if floor * len(weights) > budget or (cap is not None and cap < floor):
        return
    found = awards(budget, weights, floor, cap)
    most = budget if cap is None else cap
    assert sum(found.values()) == min(budget, most * len(weights))
    assert all(floor <= fen <= most for fen in found.values())
    # Who has more points gets no less, but for the fen of rounding.
    order = sorted(weights, key=lambda name: weights[name])
    assert all(found[a] <= found[b] + 1 for a, b in pairwise(order))
    assert found == awards(budget, dict(reversed(weights.items())), floor, cap)


@given(scores, st.integers(1, 10**6), st.integers(0, 10**4), st.integers(1, 10**6))
@settings(max_examples=300)
def test_shares_are_those_of_one_rate_for_all_between_the_bounds(weights, budget, floor, cap):
    """Against a rate found by bisection: each gets it times the score, cut to the bounds."""
    if floor * len(weights) > budget or cap < floor or cap * len(weights) <= budget:
        return
    low, high = 0.0, 20.0 * budget
    for _ in range(200):
        rate = (low + high) / 2
        got = sum(min(max(rate * float(w), floor), cap) for w in weights.values())
        low, high = (rate, high) if got < budget else (low, rate)
    found = awards(budget, weights, floor, cap)
    for name, weight in weights.items():
        assert abs(found[name] - min(max(rate * float(weight), floor), cap)) < 1.001
