"""Weights by minutes: every decay is its formula, and where a limit or a step ends is as said."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from plainly import DECAYS, weights

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.space.decay import (
    KINDS,
    binary,
    custom,
    decay_of,
    exponential,
    gaussian,
    gaussian_to_zero,
    linear,
    logistic,
    power,
    stepped,
)

TIMES = np.array([0, 0.5, 2, 10, 12.5, 20, 30, 39.9, 40, 75, np.inf])


@pytest.mark.parametrize("name", DECAYS)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_every_decay_is_its_formula(name, kind):
    decay, formula = DECAYS[name]
    times = TIMES.astype(kind)
    np.testing.assert_allclose(decay(times), weights([times], formula)[0], rtol=1e-12, atol=1e-16)


@pytest.mark.parametrize("name", DECAYS)
def test_where_there_is_no_way_nothing_counts(name):
    assert DECAYS[name][0](np.array([np.inf]))[0] == 0


@given(st.lists(st.floats(0, 200), min_size=2))
def test_no_decay_rises_with_time(times):
    times = np.sort(np.array(times))
    for decay, _ in DECAYS.values():
        assert (np.diff(decay(times)) <= 0).all()


@pytest.mark.parametrize(
    "decay",
    [
        binary,
        lambda limit, **more: stepped([limit], [0.5], **more),
        lambda limit, **more: exponential(0.1, limit=limit, **more),
        lambda limit, **more: power(1, limit=limit, **more),
        lambda limit, **more: logistic(30, 5, limit=limit, **more),
        lambda limit, **more: gaussian(20, limit=limit, **more),
        lambda limit, **more: custom(np.ones_like, limit=limit, **more),
    ],
)
@pytest.mark.parametrize("kind", [np.float32, np.float64])
def test_a_limit_counts_or_does_not_as_it_is_asked(decay, kind):
    # 10.1 is no binary fraction: limit and minutes must meet in the type of the minutes.
    limit = 10.1
    times = np.array([limit, np.nextafter(kind(limit), kind(np.inf))], kind)
    assert decay(limit)(times)[0] > 0
    assert decay(limit)(times)[1] == 0
    assert decay(limit, included=False)(times)[0] == 0
    before = np.nextafter(times[:1], kind(0))
    assert decay(limit, included=False)(before)[0] > 0


def test_the_end_of_a_step_belongs_to_it_or_to_the_next():
    steps, values = [10, 20], [1.0, 0.4]
    times = np.array([10.0, 20.0])
    assert stepped(steps, values)(times).tolist() == [1.0, 0.4]
    assert stepped(steps, values, included=False)(times).tolist() == [0.4, 0.0]


def test_the_weights_of_steps_are_those_given_to_the_last_bit():
    values = [1.0, 0.68, 0.22]
    assert stepped([10, 20, 30], values)(np.array([5.0, 15.0, 25.0])).tolist() == values


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (exponential(0.1), exponential(0.2)),
        (power(1), power(2)),
        (power(1), power(1, least=0.25)),
        (logistic(20, 5), logistic(25, 5)),
        (logistic(20, 5), logistic(20, 9)),
        (linear(40), linear(50)),
        (gaussian(15), gaussian(20)),
        (gaussian_to_zero(40), gaussian_to_zero(50)),
        (stepped([10, 20], [1, 0.5]), stepped([10, 25], [1, 0.5])),
        (stepped([10, 20], [1, 0.5]), stepped([10, 20], [1, 0.6])),
        (binary(20), binary(30)),
    ],
)
def test_every_number_of_a_decay_changes_its_weights(one, other):
    times = np.array([0.5, 12.5, 20.5])
    assert (one(times) != other(times)).any()


def test_a_name_makes_the_same_decay():
    assert decay_of("power", exponent=2, least=3) == power(2, least=3)
    assert set(KINDS) <= set(DECAYS)


def test_an_unknown_decay_is_told_with_those_there_are():
    with pytest.raises(NotFound, match="no decay 'exponental'") as told:
        decay_of("exponental", rate=1)
    assert "exponential" in told.value.hint


def test_a_number_of_another_decay_is_told_with_those_it_takes():
    with pytest.raises(BadAsk, match="decay 'gaussian'") as told:
        decay_of("gaussian", rate=1)
    assert "width" in told.value.hint


@pytest.mark.parametrize(
    ("makes", "says"),
    [
        (lambda: binary(-1), "ascend from 0"),
        (lambda: binary(float("nan")), "ascend from 0"),
        (lambda: stepped([20, 10], [1, 1]), "ascend"),
        (lambda: stepped([10], [1, 2]), "1 steps and 2 weights"),
        (lambda: stepped([], []), "0 steps"),
        (lambda: stepped([10], [-1]), "weight of a decay is -1"),
        (lambda: exponential(-0.1), "rate of a decay is -0.1"),
        (lambda: power(1, least=0), "least of a decay is 0; it must be above 0"),
        (lambda: logistic(20, 0), "spread"),
        (lambda: linear(0), "limit"),
        (lambda: gaussian(float("inf")), "width"),
        (lambda: gaussian_to_zero(-5), "limit"),
        (lambda: exponential(1, limit=-1), "limit"),
    ],
)
def test_numbers_out_of_range_are_told(makes, says):
    with pytest.raises(BadAsk, match=says):
        makes()


def test_a_custom_decay_must_give_a_weight_for_each_minute():
    with pytest.raises(BadInput, match="one each"):
        custom(lambda t: np.ones(2))(np.array([1.0, 2.0, 3.0]))
    with pytest.raises(BadInput, match=r"-1\.0 at 2 minutes"):
        custom(lambda t: np.where(t == 2, -1.0, 1.0))(np.array([1.0, 2.0]))
    with pytest.raises(BadInput, match="nan"):
        custom(lambda t: t * np.nan)(np.array([1.0]))


def test_a_custom_decay_is_never_asked_about_no_way():
    asked = []
    decay = custom(lambda t: (asked.append(t), np.ones_like(t))[1], limit=60)
    assert decay(np.array([5.0, 70.0, np.inf])).tolist() == [1, 0, 0]
    assert np.concatenate(asked).tolist() == [5.0]
