"""Sums are split to the last unit."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.errors import BadAsk
from hutuo.ledger import constrained_equal_awards, constrained_equal_losses, split

WEIGHTS = st.lists(
    st.one_of(st.integers(0, 10**12), st.fractions(0, 10, max_denominator=999), st.floats(0, 1e9)),
    min_size=1,
    max_size=12,
).filter(any)
CLAIMS = st.lists(st.integers(0, 10**9), min_size=1, max_size=8)


def test_units_left_over_go_to_the_largest_remainders_and_then_to_who_is_named_first():
    assert split(100, [1, 1, 1]) == [34, 33, 33]
    # 7 by 3:2:2 is 3, 2, 2; 10 by 5:3:1 is 5.56, 3.33, 1.11.
    assert split(10, {"a": 5, "b": 3, "c": 1}) == {"a": 6, "b": 3, "c": 1}
    assert split(-10, {"a": 5, "b": 3, "c": 1}) == {"a": -6, "b": -3, "c": -1}


def test_weights_are_as_exact_as_they_are_given():
    assert split(10, [Decimal("0.25"), Decimal("0.75")]) == [3, 7]
    assert split(10**18, [Fraction(1, 3), Fraction(2, 3)]) == [
        333_333_333_333_333_333,
        666_666_666_666_666_667,
    ]


@given(st.integers(-(10**18), 10**18), WEIGHTS)
def test_no_unit_appears_or_vanishes_and_nobody_is_a_unit_off(pot, weights):
    units = split(pot, weights)
    whole = sum(map(Fraction, weights))
    assert sum(units) == pot
    assert all(
        abs(unit - pot * Fraction(weight) / whole) < 1
        for unit, weight in zip(units, weights, strict=True)
    )


@given(CLAIMS, st.data())
def test_rules_of_claims_give_all_there_is_and_nobody_more_than_is_claimed(claims, data):
    pot = data.draw(st.integers(0, sum(claims)))
    for rule in (constrained_equal_awards, constrained_equal_losses):
        awards = rule(pot, claims)
        assert sum(awards) == pot
        assert all(-1 < award < claim + 1 for award, claim in zip(awards, claims, strict=True))


def test_awards_are_equal_up_to_claims_and_losses_up_to_claims():
    assert constrained_equal_awards(200, [100, 200, 300]) == [67, 67, 66]
    assert constrained_equal_awards(350, [100, 200, 300]) == [100, 125, 125]
    assert constrained_equal_losses(200, [100, 200, 300]) == [0, 50, 150]


@pytest.mark.parametrize(
    ("pot", "weights", "message"),
    [
        (10, [0, 0], "no weight is above 0"),
        (10, [], "no weight is above 0"),
        (10, [1, -1, float("nan")], "weights no. 2, 3 are not 0 or more"),
        (1.5, [1, 1], "1.5 is no whole number"),
        (True, [1, 1], "True is no whole number"),
    ],
)
def test_what_cannot_be_split_is_refused(pot, weights, message):
    with pytest.raises(BadAsk, match=message):
        split(pot, weights)


def test_claims_that_can_all_be_met_are_refused():
    with pytest.raises(BadAsk, match="601 is not between 0 and the sum of the claims, 600"):
        constrained_equal_awards(601, [100, 200, 300])
