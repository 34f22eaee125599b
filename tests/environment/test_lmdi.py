"""What made an emission change, without a residual."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.environment import lmdi, logarithmic_mean
from hutuo.errors import BadInput

# Two sectors of which one grows: activity, its structure, energy per activity.
BEFORE = {"activity": 50, "structure": [0.2, 0.8], "intensity": [3, 0.5]}
AFTER = {"activity": 80, "structure": [0.5, 0.5], "intensity": [2, 0.4]}
positive = st.floats(0.01, 1e4)
tables = st.integers(1, 5).flatmap(
    lambda items: st.lists(
        st.tuples(*[st.lists(positive, min_size=items, max_size=items)] * 2),
        min_size=1,
        max_size=4,
    )
)


def both(drawn):
    """The factors of both times."""
    sides = ({str(n): side[which] for n, side in enumerate(drawn)} for which in (0, 1))
    return tuple(sides)


def test_a_case_of_two_sectors_comes_out_as_by_hand():
    """Weights are 50 / ln(80/30) = 50.977 and 4 / ln(20/16) = 17.926; the change is 96 - 50."""
    found = lmdi(BEFORE, AFTER)
    weights = np.array([50 / np.log(80 / 30), 4 / np.log(20 / 16)])
    assert found.effects["activity"] == pytest.approx(weights.sum() * np.log(1.6), rel=1e-12)
    assert found.effects == pytest.approx(
        {"activity": 32.38, "structure": 38.28, "intensity": -24.67}, abs=0.005
    )
    assert found.total == pytest.approx(46)
    ratios = lmdi(BEFORE, AFTER, "multiplicative")
    assert ratios.effects == pytest.approx(
        {"activity": 1.583, "structure": 1.721, "intensity": 0.705}, abs=0.0005
    )
    assert ratios.total == pytest.approx(1.92)


@settings(max_examples=40)
@given(tables)
def test_nothing_is_left_unexplained(drawn):
    before, after = both(drawn)
    found = lmdi(before, after)
    size = max(np.prod(list(side.values()), axis=0).sum() for side in (before, after))
    assert abs(found.residual) <= 1e-12 * size
    assert abs(lmdi(before, after, "multiplicative").residual) <= 1e-12


@settings(max_examples=20)
@given(tables)
def test_backward_in_time_every_effect_has_the_other_sign(drawn):
    before, after = both(drawn)
    there, back = lmdi(before, after).effects, lmdi(after, before).effects
    size = max(1.0, *(abs(effect) for effect in there.values()))
    assert [there[name] + back[name] for name in there] == pytest.approx(
        [0.0] * len(there), abs=1e-9 * size
    )


@settings(max_examples=20)
@given(tables, st.floats(1e-3, 1e3))
def test_a_ratio_does_not_depend_on_the_unit(drawn, scale):
    before, after = both(drawn)
    scaled = [side | {"0": np.asarray(side["0"]) * scale} for side in (before, after)]
    assert lmdi(*scaled, "multiplicative").effects == pytest.approx(
        lmdi(before, after, "multiplicative").effects, rel=1e-9
    )


def test_a_fuel_that_begins_or_ends_is_the_effect_of_what_was_zero():
    """The limits of Ang and Liu (2007): as the zero is approached, nothing but its factor matters."""
    before, after = {"a": [0, 2], "b": [3, 1]}, {"a": [4, 2], "b": [3, 0]}
    found = lmdi(before, after)
    assert found.effects == {"a": 12, "b": -2}
    near = lmdi({"a": [1e-200, 2], "b": [3, 1]}, {"a": [4, 2], "b": [3, 1e-200]})
    assert near.effects == pytest.approx({"a": 12, "b": -2}, rel=0.02)


def test_factors_that_were_zero_together_share_what_they_bring():
    assert lmdi({"a": 0, "b": 0, "c": 2}, {"a": 3, "b": 4, "c": 2}).effects == {
        "a": 12,
        "b": 12,
        "c": 0,
    }


def test_what_was_and_is_zero_brings_nothing():
    assert lmdi({"a": [0, 1], "b": [1, 1]}, {"a": [0, 2], "b": [5, 1]}).effects == {"a": 1, "b": 0}


@given(positive, positive)
@settings(max_examples=30)
def test_the_logarithmic_mean_lies_between_the_geometric_and_the_arithmetic(one, other):
    mean = float(logarithmic_mean(one, other))
    assert np.sqrt(one * other) * (1 - 1e-12) <= mean <= (one + other) / 2 * (1 + 1e-12)


def test_the_mean_of_numbers_that_are_all_but_alike_keeps_its_digits():
    assert float(logarithmic_mean(1.0, 1.0 + 1e-15)) == pytest.approx(1.0, rel=1e-15)
    assert float(logarithmic_mean(5.0, 5.0)) == 5.0
    assert float(logarithmic_mean(0.0, 5.0)) == 0.0


@pytest.mark.parametrize(
    ("before", "after", "form", "says"),
    [
        ({"a": 1}, {"b": 1}, "additive", "the same factors"),
        ({"a": -1}, {"a": 1}, "additive", "factor a is negative or unknown"),
        ({"a": np.nan}, {"a": 1}, "additive", "factor a is negative or unknown"),
        ({"a": [1, 2]}, {"a": [1, 2, 3]}, "additive", "factors of shapes"),
        ({"a": 0}, {"a": 1}, "multiplicative", "it has no ratio"),
    ],
)
def test_what_cannot_be_taken_apart_is_refused(before, after, form, says):
    with pytest.raises(BadInput, match=says):
        lmdi(before, after, form)
