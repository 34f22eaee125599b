"""Floating catchments: by hand, against the papers' formulas in plain loops, sums kept, changes cheap."""

from pathlib import Path

import numpy as np
import pandas as pd
import plainly
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plainly import DECAYS, problems, weights

from hutuo.errors import BadAsk, BadInput
from hutuo.space import floating
from hutuo.space.decay import binary, custom, exponential, gaussian, stepped
from hutuo.space.floating import Catchments, balanced, spatial_availability, three_step, two_step
from hutuo.space.reach import Batches, Reach

OUTSIDE = Path(__file__).parents[3] / "shared" / "data" / "benchmarks" / "siting" / "access"
MEASURES = {
    "two_step": two_step,
    "three_step": three_step,
    "balanced": balanced,
    "spatial_availability": spatial_availability,
}
MINUTES = np.array([[5, 25], [10, 10], [30, 8]], np.float32)
BEDS = np.array([30.0, 40.0])
PEOPLE = np.array([100.0, 50.0, 200.0])


def forms(minutes):
    dense = Reach.dense(minutes)
    return [minutes, dense.turned(), dense.within(1e9), dense.within(1e9).turned()]


def streamed(minutes):
    """The same minutes, a third of the origins at a time."""
    return Batches(minutes.shape, lambda: np.array_split(minutes, 3))


def test_two_steps_by_hand():
    # The first site serves 100 + 50, the second 50 + 200.
    one, two = 30 / 150, 40 / 250
    assert two_step(MINUTES, BEDS, PEOPLE, binary(10)) == pytest.approx([one, one + two, two])


def test_steps_count_by_hand_and_where_one_ends_changes_the_answer():
    within = stepped([10, 30], [1, 0.5])
    one, two = 30 / (100 + 50 + 100), 40 / (50 + 50 + 200)
    found = two_step(MINUTES, BEDS, PEOPLE, within)
    assert found == pytest.approx([one + 0.5 * two, one + two, 0.5 * one + two])
    open_ended = two_step(MINUTES, BEDS, PEOPLE, stepped([10, 30], [1, 0.5], included=False))
    # The middle place lies at 10 minutes of both, the last at 30 of the first, which is now beyond.
    one, two = 30 / (100 + 25), 40 / (50 + 25 + 200)
    assert open_ended == pytest.approx([one + 0.5 * two, 0.5 * (one + two), two])


def test_spatial_availability_of_the_three_towns_of_its_paper():
    minutes = np.array([[15, 30, 100], [30, 15, 100], [100, 100, 15]])
    jobs, people = [100_000, 100_000, 10_000], [50_000, 150_000, 10_000]
    found = spatial_availability(minutes, jobs, people, exponential(0.1))
    assert np.round(found).tolist() == [66_833, 133_203, 9_963]
    assert found.sum() == pytest.approx(210_000)


@given(problems())
@settings(max_examples=30)
def test_every_measure_is_the_formula_of_its_paper_in_every_form(problem):
    minutes, supply, demand = problem
    for decay, formula in DECAYS.values():
        w = weights(minutes, formula)
        for name, measure in MEASURES.items():
            wanted = getattr(plainly, name)(w, supply, demand)
            for form in (*forms(minutes), streamed(minutes)):
                found = measure(form, supply, demand, decay)
                np.testing.assert_allclose(found, wanted, rtol=1e-9, atol=1e-300)


@given(problems(), st.floats(0, 2))
def test_spatial_availability_sums_to_all_that_anyone_can_reach(problem, alpha):
    minutes, jobs, people = problem
    for decay in (binary(30), exponential(0.1)):
        found = spatial_availability(minutes, jobs, people, decay, alpha=alpha)
        reached = (decay(minutes)[people > 0] > 0).any(axis=0)
        assert found.sum() == pytest.approx(jobs[reached].sum(), rel=1e-9)
        assert (found[people == 0] == 0).all()


@given(problems())
def test_two_steps_hand_out_all_supply_that_anyone_can_reach(problem):
    minutes, supply, demand = problem
    given_out = two_step(minutes, supply, demand, binary(30)) @ demand
    reached = (minutes[demand > 0] <= 30).any(axis=0)
    assert given_out == pytest.approx(supply[reached].sum(), rel=1e-9)


@given(problems())
def test_balanced_demand_counts_every_person_once(problem):
    """With supply equal to the balanced demand every site has ratio 1, so its weights are handed out."""
    minutes, _, demand = problem
    w = np.array(weights(minutes, DECAYS["exponential"][1]))
    total = w.sum(axis=1, keepdims=True)
    served = demand @ np.divide(w, total, out=np.zeros_like(w), where=total > 0)
    assert served.sum() == pytest.approx(demand[w.sum(axis=1) > 0].sum(), rel=1e-9)
    found = balanced(minutes, served, demand, exponential(0.1))
    assert found.sum() == pytest.approx(np.count_nonzero(served > 0), rel=1e-9)


@pytest.mark.parametrize("name", MEASURES)
def test_each_argument_changes_the_answer(name):
    base = MEASURES[name](MINUTES, BEDS, PEOPLE, gaussian(15))
    for other in (
        MEASURES[name](MINUTES + 3, BEDS, PEOPLE, gaussian(15)),
        MEASURES[name](MINUTES, BEDS + np.array([1, 0]), PEOPLE, gaussian(15)),
        MEASURES[name](MINUTES, BEDS, PEOPLE + np.array([1, 0, 0]), gaussian(15)),
        MEASURES[name](MINUTES, BEDS, PEOPLE, gaussian(16)),
        MEASURES[name](MINUTES, BEDS, PEOPLE, gaussian(15, limit=10)),
        MEASURES[name](MINUTES, BEDS, PEOPLE, gaussian(15, limit=10, included=False)),
    ):
        assert not np.allclose(base, other, rtol=1e-6)


def test_alpha_moves_opportunities_to_large_places():
    even, strong = (
        spatial_availability(MINUTES, BEDS, PEOPLE, exponential(0.1), alpha=alpha)
        for alpha in (1, 2)
    )
    assert strong[2] > even[2]


def test_the_measures_differ_from_each_other():
    found = [measure(MINUTES, BEDS, PEOPLE, exponential(0.1)) for measure in MEASURES.values()]
    for one in range(4):
        for other in range(one):
            assert not np.allclose(found[one], found[other])


@given(problems(), st.data())
@settings(max_examples=30)
def test_one_changed_supply_gives_what_all_anew_gives(problem, data):
    minutes, supply, demand = problem
    site = data.draw(st.integers(0, supply.size - 1))
    after = supply.copy()
    after[site] = data.draw(st.integers(0, 500))
    for decay in (stepped([10, 30], [1, 0.3]), exponential(0.1), custom(lambda t: 1 / (1 + t))):
        for form in forms(minutes):
            held = Catchments.of(form, demand, decay)
            changed = held.with_supply(held.access(supply), site, after[site] - supply[site])
            wanted = two_step(minutes, after, demand, decay)
            np.testing.assert_allclose(changed, wanted, rtol=1e-9, atol=1e-9)


@given(problems(), st.data())
@settings(max_examples=30)
def test_one_site_more_gives_what_all_anew_gives(problem, data):
    minutes, supply, demand = problem
    site = np.array(
        data.draw(st.lists(st.integers(0, 60), min_size=demand.size, max_size=demand.size))
    )
    more = np.column_stack([minutes, site]).astype(np.float32)
    held = Catchments.of(minutes, demand, exponential(0.1))
    changed = held.with_site(held.access(supply), site, 70)
    wanted = two_step(more, np.append(supply, 70), demand, exponential(0.1))
    np.testing.assert_allclose(changed, wanted, rtol=1e-9)


def test_a_change_leaves_what_was_before():
    held = Catchments.of(MINUTES, PEOPLE, binary(10))
    before = held.access(BEDS)
    held.with_supply(before, 0, 5)
    np.testing.assert_array_equal(before, held.access(BEDS))


def test_supply_that_nobody_reaches_is_named_and_given_to_nobody():
    minutes = np.array([[5, 90, 5], [5, 90, np.inf]])
    held = Catchments.of(minutes, [0, 10], binary(30))
    assert held.unserved.tolist() == [1, 2]
    assert held.access([10, 50, 50]).tolist() == [1, 1]


@pytest.mark.parametrize(
    "asks",
    [
        lambda: two_step(MINUTES, PEOPLE, BEDS, binary(10)),
        lambda: three_step(MINUTES, BEDS, PEOPLE[:2], binary(10)),
        lambda: balanced(MINUTES, -BEDS, PEOPLE, binary(10)),
        lambda: spatial_availability(MINUTES * np.nan, BEDS, PEOPLE, binary(10)),
        lambda: Catchments.of(streamed(MINUTES), PEOPLE, binary(10)),
        lambda: Catchments.of(MINUTES, PEOPLE, binary(10)).access(PEOPLE),
        lambda: Catchments.of(MINUTES, PEOPLE, binary(10)).with_supply(PEOPLE, 2, 1),
        lambda: Catchments.of(MINUTES, PEOPLE, binary(10)).with_supply(BEDS, 0, 1),
        lambda: Catchments.of(MINUTES, PEOPLE, binary(10)).with_site(PEOPLE, [1, 2], 1),
    ],
)
def test_figures_that_do_not_fit_are_told(asks):
    with pytest.raises(BadInput):
        asks()


def test_a_negative_alpha_is_told():
    with pytest.raises(BadAsk, match="alpha is -1"):
        spatial_availability(MINUTES, BEDS, PEOPLE, binary(10), alpha=-1)


def test_an_outside_program_finds_the_same():
    if not OUTSIDE.exists():
        pytest.skip(f"the outside answers are not at {OUTSIDE}")
    with np.load(OUTSIDE / "travel_time_tenths.npz") as stored:
        tenths, ids = stored["tenths"], stored["ids"].astype(str)
    minutes = np.where(tenths == 65535, np.inf, tenths / 10)
    land = pd.read_csv(OUTSIDE / "land_use.csv", dtype={"id": str}).set_index("id").loc[ids]
    answer = pd.read_csv(OUTSIDE / "sfca2_binary45_jobs.csv", dtype={"id": str}).set_index("id")
    for form in forms(minutes):
        found = two_step(form, land.jobs, land.population, binary(45))
        np.testing.assert_allclose(found, answer.jobs.loc[ids], rtol=1e-9)


@pytest.mark.filterwarnings("ignore")
def test_the_peer_finds_the_same_where_it_is_installed():
    fca = pytest.importorskip("access.fca", reason="the package access is not installed")
    rng = np.random.default_rng(5)
    minutes = rng.integers(0, 90, (40, 15)).astype(float)
    supply, demand = rng.integers(1, 50, 15), rng.integers(1, 500, 40)
    origin, site = np.divmod(np.arange(600), 15)
    pairs = pd.DataFrame({"origin": origin, "dest": site, "cost": minutes.ravel()})
    people = pd.DataFrame({"demand": demand}, index=pd.Index(range(40), name="geoid"))
    beds = pd.DataFrame({"supply": supply}, index=pd.Index(range(15), name="geoid"))
    decay = stepped([10, 30, 60], [1, 0.68, 0.22])

    def weight(cost):
        return float(decay(np.array([cost]))[0])

    for peer, ours in ((fca.two_stage_fca, two_step), (fca.three_stage_fca, three_step)):
        asked = {"demand_index": True, "weight_fn": weight, "max_cost": 60}
        wanted = peer(people, beds, pairs.copy(), **asked).reindex(range(40), fill_value=0)
        np.testing.assert_allclose(ours(minutes, supply, demand, decay), wanted, rtol=1e-9)


def test_every_measure_names_its_paper():
    for name in MEASURES:
        assert "Source:" in getattr(floating, name).__doc__
