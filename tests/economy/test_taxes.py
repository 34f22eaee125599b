"""Sharing the tax of a move: worked by hand, and what the rule promises."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.economy import tax_share
from hutuo.errors import BadInput

MILLION = 1_000_000
BEFORE = [20 * MILLION, 25 * MILLION, 30 * MILLION]


def test_half_goes_back_until_the_cap_is_reached():
    found = tax_share(BEFORE, [60 * MILLION] * 4)
    assert found.cap == 75 * MILLION
    assert found.origin == [30 * MILLION, 30 * MILLION, 15 * MILLION, 0]
    assert found.host == [30 * MILLION, 30 * MILLION, 45 * MILLION, 60 * MILLION]
    assert found.unmet == 0


def test_two_more_years_where_the_cap_is_unmet_and_then_no_more():
    found = tax_share(BEFORE, [20 * MILLION] * 7)
    assert found.origin == [10 * MILLION] * 5 + [0, 0]
    assert found.unmet == 25 * MILLION


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"government_led": False}, "no government led"),
        ({"fits_layout": False}, "plan of industry"),
        ({"confirmed": False}, "list"),
        ({"least_average": 26 * MILLION}, "26,000,000"),
    ],
)
def test_what_is_outside_of_the_rule_is_not_shared(given, word):
    found = tax_share(BEFORE, [60 * MILLION], **given)
    assert (found.origin, found.host, found.eligible) == ([0], [60 * MILLION], False)
    assert word in found.reason.en


@given(
    st.lists(st.integers(20, 90), min_size=3, max_size=3),
    st.lists(st.integers(0, 400), max_size=9),
)
def test_nothing_vanishes_and_the_cap_holds(pre, post):
    found = tax_share(pre, post, least_average=20)
    assert [a + b for a, b in zip(found.origin, found.host, strict=True)] == post
    assert sum(found.origin) <= found.cap == sum(pre)
    assert all(given == 0 for given in found.origin[5:])
    assert found.unmet == pytest.approx(found.cap - sum(found.origin))


def test_faults_are_all_told():
    with pytest.raises(BadInput) as told:
        tax_share([1.0, -1.0], [2.0, float("nan")])
    assert [(one.file, one.row) for one in told.value.findings] == [
        ("pre", None),
        ("pre", 2),
        ("post", 2),
    ]
    with pytest.raises(BadInput, match="post:1: inf; a number of at least 0"):
        tax_share(BEFORE, [float("inf")])
    with pytest.raises(BadInput, match="post:1: many; a number of at least 0"):
        tax_share(BEFORE, ["many"])


def test_whole_numbers_of_any_kind_are_halved_to_whole_ones():
    found = tax_share(np.array(BEFORE), np.array([60 * MILLION + 1]))
    assert (found.origin, found.host) == ([30 * MILLION], [30 * MILLION + 1])
