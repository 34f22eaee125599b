"""Opportunities in reach: by hand, against the formulas in plain loops, against an outside answer."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plainly import DECAYS, problems, weights

from hutuo.errors import BadAsk, BadInput
from hutuo.space import access, pairs
from hutuo.space.access import (
    cumulative,
    cumulative_interval,
    gravity,
    minutes_to_nearest,
    passive,
)
from hutuo.space.decay import binary, custom, exponential, power
from hutuo.space.reach import Batches, Reach

OUTSIDE = Path(__file__).parents[3] / "shared" / "data" / "benchmarks" / "siting" / "access"
MINUTES = np.array([[5, 10, 30], [12, np.inf, 10], [np.inf, np.inf, np.inf]], np.float32)
JOBS = np.array([100.0, 20.0, 3.0])
PEOPLE = np.array([10.0, 7.0, 1.0])


def forms(minutes):
    """The same minutes as matrix, and as reach of all and of only some pairs by either side."""
    dense = Reach.dense(minutes)
    thirds = Batches(minutes.shape, lambda: np.array_split(minutes, 3))
    return [minutes, dense.turned(), dense.within(1e9), dense.within(1e9).turned(), thirds]


def test_a_limit_counts_by_hand():
    assert cumulative(MINUTES, JOBS, 10).tolist() == [120, 3, 0]


def test_whether_the_limit_is_included_changes_the_count():
    assert cumulative(MINUTES, JOBS, 10, included=False).tolist() == [100, 0, 0]


def test_people_who_reach_a_place_by_hand():
    assert passive(MINUTES, PEOPLE, binary(12)).tolist() == [17, 10, 7]
    assert passive(MINUTES, PEOPLE, binary(12, included=False)).tolist() == [10, 10, 7]


def test_the_mean_and_the_median_over_limits_by_hand():
    limits = [5, 10, 30]
    assert cumulative_interval(MINUTES, JOBS, limits).tolist() == pytest.approx(
        [(100 + 120 + 123) / 3, (0 + 3 + 103) / 3, 0]
    )
    median = cumulative_interval(MINUTES, JOBS, limits, summary="median")
    assert median.tolist() == [120, 3, 0]
    before = cumulative_interval(MINUTES, JOBS, limits, summary="median", included=False)
    assert before.tolist() == [100, 0, 0]
    assert (cumulative_interval(MINUTES, JOBS, limits, included=False) != median).any()
    assert (cumulative_interval(MINUTES, JOBS, [5, 10, 31]) >= median[2]).all()


def test_other_limits_give_another_interval():
    one = cumulative_interval(MINUTES, JOBS, [5, 10, 30])
    assert (one != cumulative_interval(MINUTES, JOBS, [5, 10, 12])).any()


@given(problems(), st.lists(st.integers(0, 90), min_size=1, max_size=6, unique=True))
@settings(max_examples=30)
def test_an_interval_is_the_summary_of_its_limits(problem, limits):
    minutes, jobs, _ = problem
    limits.sort()
    for included in (True, False):
        each = [cumulative(minutes, jobs, limit, included=included) for limit in limits]
        for form in forms(minutes):
            for summary, wanted in (("mean", np.mean), ("median", np.median)):
                found = cumulative_interval(form, jobs, limits, summary=summary, included=included)
                np.testing.assert_allclose(found, wanted(each, axis=0), rtol=1e-12)


@given(problems())
@settings(max_examples=30)
def test_gravity_and_passive_are_their_formulas_in_every_form(problem):
    minutes, jobs, people = problem
    for decay, formula in DECAYS.values():
        w = np.array(weights(minutes, formula))
        for form in forms(minutes):
            np.testing.assert_allclose(
                gravity(form, jobs, decay), w @ jobs, rtol=1e-12, atol=1e-12
            )
            reached = passive(form, people, decay)
            np.testing.assert_allclose(reached, people @ w, rtol=1e-12, atol=1e-12)


@given(problems())
def test_people_reaching_jobs_are_jobs_reached_by_people(problem):
    minutes, jobs, people = problem
    decay = exponential(0.05)
    there = people @ gravity(minutes, jobs, decay)
    assert there == pytest.approx(passive(minutes, people, decay) @ jobs, rel=1e-9)


@given(problems(), st.integers(0, 90), st.integers(0, 90))
def test_a_longer_limit_never_reaches_less(problem, one, other):
    short, far = sorted((one, other))
    minutes, jobs, _ = problem
    assert (cumulative(minutes, jobs, short) <= cumulative(minutes, jobs, far)).all()


def test_minutes_to_the_nearest_by_hand():
    schools = np.array([1, 2, 1])
    nearest = [minutes_to_nearest(MINUTES, schools, count)[0] for count in (1, 2, 3, 4, 5)]
    assert nearest == [5, 10, 10, 30, np.inf]
    assert minutes_to_nearest(MINUTES, schools).tolist() == [5, 10, np.inf]
    mean = minutes_to_nearest(MINUTES, schools, 4, summary="mean")
    assert mean[0] == (5 + 2 * 10 + 30) / 4
    # Of the second place only half is needed.
    assert minutes_to_nearest(MINUTES, schools, 2, summary="mean")[0] == (5 + 10) / 2


@given(problems(), st.integers(1, 40), st.integers(1, 3))
@settings(max_examples=30)
def test_minutes_to_the_nearest_are_those_of_a_sorted_list(problem, count, seed):
    minutes = problem[0]
    schools = np.random.default_rng(seed).integers(0, 9, minutes.shape[1])
    lists = [sorted(np.repeat(row, schools).tolist()) for row in minutes]
    lists = [[t for t in row if np.isfinite(t)] for row in lists]
    last = [row[count - 1] if len(row) >= count else np.inf for row in lists]
    mean = [np.mean(row[:count]) if len(row) >= count else np.inf for row in lists]
    for form in forms(minutes):
        assert minutes_to_nearest(form, schools, count).tolist() == last
        found = minutes_to_nearest(form, schools, count, summary="mean")
        np.testing.assert_allclose(found, mean, rtol=1e-6)


def test_places_that_reach_nothing_stay_in_the_answer():
    for form in forms(MINUTES):
        assert cumulative(form, JOBS, 60)[2] == 0
        assert minutes_to_nearest(form, JOBS)[2] == np.inf


def test_a_large_reach_gives_the_same_in_shards_and_on_every_run():
    rng = np.random.default_rng(4)
    minutes = rng.uniform(0, 90, (700, 900)).astype(np.float32)
    assert minutes.size > pairs.SMALL
    jobs, people = rng.uniform(0, 9, 900), rng.uniform(0, 9, 700)
    decay, by_hand = exponential(0.1), np.exp(-0.1 * minutes.astype(np.float64))
    for form in forms(minutes):
        first = passive(form, people, decay)
        np.testing.assert_allclose(first, people @ by_hand, rtol=1e-10)
        np.testing.assert_array_equal(first, passive(form, people, decay))
        np.testing.assert_allclose(gravity(form, jobs, decay), by_hand @ jobs, rtol=1e-10)
        asked = custom(lambda t: np.exp(-0.1 * t))
        np.testing.assert_allclose(gravity(form, jobs, asked), by_hand @ jobs, rtol=1e-10)


@pytest.mark.parametrize(
    ("asks", "says"),
    [
        (lambda: cumulative(MINUTES, JOBS[:2], 10), r"shape \(2,\); it must be \(3,\)"),
        (lambda: cumulative(MINUTES, [1, -2, np.nan], 10), "2 of 3 figures"),
        (lambda: passive(MINUTES, [1, np.inf, 2], binary(10)), "people"),
        (lambda: cumulative(-MINUTES, JOBS, 10), "negative or missing"),
    ],
)
def test_figures_that_do_not_fit_are_told(asks, says):
    with pytest.raises(BadInput, match=says):
        asks()


@pytest.mark.parametrize(
    "asks",
    [
        lambda: minutes_to_nearest(MINUTES, JOBS, 0),
        lambda: minutes_to_nearest(MINUTES, JOBS, summary="first"),
        lambda: cumulative_interval(MINUTES, JOBS, [10, 5]),
        lambda: cumulative_interval(MINUTES, JOBS, []),
        lambda: cumulative_interval(MINUTES, JOBS, [5], summary="max"),
    ],
)
def test_what_cannot_be_asked_is_told(asks):
    with pytest.raises(BadAsk):
        asks()


@pytest.fixture(scope="module")
def outside():
    """Minutes and land use of the outside answers, and a function that reads one of them."""
    if not OUTSIDE.exists():
        pytest.skip(f"the outside answers are not at {OUTSIDE}")
    with np.load(OUTSIDE / "travel_time_tenths.npz") as stored:
        tenths, ids = stored["tenths"], stored["ids"].astype(str)
    land = pd.read_csv(OUTSIDE / "land_use.csv", dtype={"id": str}).set_index("id").loc[ids]

    def answer(name):
        table = pd.read_csv(OUTSIDE / f"{name}.csv", dtype={"id": str}).set_index("id")
        return table.iloc[:, 0].loc[ids].to_numpy(float)

    return np.where(tenths == 65535, np.inf, tenths / 10), land, answer


@pytest.mark.parametrize(
    ("name", "asks"),
    [
        ("cumulative30_jobs", lambda t, land: cumulative(t, land.jobs, 30)),
        ("passive30_pop", lambda t, land: passive(t, land.population, binary(30))),
        ("cost_to_closest_schools", lambda t, land: minutes_to_nearest(t, land.schools)),
        ("gravity_exp02_schools", lambda t, land: gravity(t, land.schools, exponential(0.2))),
        ("gravity_power_jobs", lambda t, land: gravity(t, land.jobs, power(2))),
    ],
)
def test_an_outside_program_finds_the_same(outside, name, asks):
    minutes, land, answer = outside
    for form in forms(minutes):
        np.testing.assert_allclose(asks(form, land), answer(name), rtol=1e-9)


def test_every_measure_names_its_paper():
    for name in set(access.__all__) - {"summed"}:
        assert "Source:" in getattr(access, name).__doc__
