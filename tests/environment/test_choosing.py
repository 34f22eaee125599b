from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.environment.abatement import abatement_curve
from hutuo.environment.choosing import best_set, cheapest_set, drawn, gain_together
from hutuo.environment.measures import Measure, Spread, benefit, checked, weights_of
from hutuo.environment.packing import packed, parts_of
from hutuo.errors import BadAsk, BadInput

CO2 = {"CO2": 1.0}


def measure(name, cost, co2, **more):
    return Measure(name, Spread.of(cost), {"CO2": Spread.of(co2)}, **more)


def allowed(several):
    """Whether measures can be together."""
    names = {one.measure for one in several}
    choices = [one.choice for one in several if one.choice]
    return len(choices) == len(set(choices)) and all(
        names.issuperset(one.needs) for one in several
    )


def every_set(measures):
    for size in range(len(measures) + 1):
        for several in combinations(measures, size):
            if allowed(several):
                yield several


def tonnes(several):
    return sum(one.effects["CO2"].value for one in several)


def cost(several):
    return sum(one.cost.value for one in several)


@st.composite
def measured(draw):
    many = draw(st.integers(1, 7))
    return [
        measure(
            f"m{n}",
            draw(st.integers(-5, 30)),
            draw(st.integers(-5, 30)),
            choice=draw(st.sampled_from([None, "a", "b"])) if n % 2 else None,
            needs=(f"m{draw(st.integers(0, n - 1))}",) if n > 2 and n % 2 == 0 else (),
            place=draw(st.sampled_from(["x", "y"])),
        )
        for n in range(many)
    ]


@settings(max_examples=25)
@given(measured(), st.integers(0, 60))
def test_no_allowed_set_within_the_budget_takes_off_more(measures, budget):
    """Against every set there is."""
    found = best_set(measures, CO2, budget)
    assert allowed(found)
    assert cost(found) <= budget
    assert tonnes(found) == max(tonnes(s) for s in every_set(measures) if cost(s) <= budget)


@settings(max_examples=25)
@given(measured(), st.integers(0, 40))
def test_no_allowed_set_that_reaches_the_target_is_cheaper(measures, target):
    sets = [cost(s) for s in every_set(measures) if tonnes(s) >= target]
    if not sets:
        with pytest.raises(BadAsk, match="reaches the targets"):
            cheapest_set(measures, {"CO2": target})
        return
    found = cheapest_set(measures, {"CO2": target})
    assert allowed(found)
    assert tonnes(found) >= target
    assert cost(found) == min(sets)


def test_a_budget_in_yuan_is_not_overspent_by_the_solvers_tolerance():
    """Two of a billion and one yuan do not fit into two billion and one."""
    measures = [measure("a", 1_000_000_001, 5), measure("b", 1_000_000_001, 5)]
    assert [one.measure for one in best_set(measures, CO2, 2_000_000_001)] in (["a"], ["b"])
    assert len(best_set(measures, CO2, 2_000_000_002)) == 2


@settings(max_examples=15)
@given(measured(), st.integers(0, 30), st.integers(0, 30))
def test_one_budget_is_never_worse_than_two(measures, first, second):
    own = [one._replace(choice=one.choice and one.choice + one.place) for one in measures]
    apart, both = gain_together(own, CO2, {"x": first, "y": second}, ("x", "y"))
    assert tonnes(both) >= apart - 1e-9
    assert cost(both) <= first + second


def test_the_curve_goes_from_the_cheapest_tonne_to_the_dearest():
    """Of these b pays; c of the same choice as a takes off 10 more for 30 more, at 3 a tonne; d needs c."""
    measures = [
        measure("a", 10, 10, choice="k"),
        measure("c", 40, 20, choice="k"),
        measure("b", -5, 5),
        measure("d", 1, 10, needs=("c",)),
        measure("e", 9, 0),
    ]
    steps = abatement_curve(measures, CO2)
    assert [(s.measure, s.instead_of, s.marginal) for s in steps] == [
        ("b", None, -1.0),
        ("a", None, 1.0),
        ("c", "a", 3.0),
        ("d", None, 0.1),
    ]
    assert (steps[-1].total, steps[-1].total_cost) == (35, 36)


def test_what_is_beaten_is_not_on_the_curve():
    """The middle costs more by the further tonne than the step over it to z."""
    measures = [
        measure(n, c, t, choice="k") for n, c, t in [("a", 1, 10), ("m", 30, 11), ("z", 31, 20)]
    ]
    assert [s.measure for s in abatement_curve(measures, CO2)] == ["a", "z"]


@settings(max_examples=25)
@given(measured())
def test_without_ties_the_curve_rises_and_each_step_is_a_best_set(measures):
    """At the cost of every step nothing takes off more: the hull's points are optima of the knapsack."""
    free = [one._replace(needs=()) for one in measures if one.effects["CO2"].value > 0]
    steps = abatement_curve(free, CO2)
    assert [s.marginal for s in steps] == sorted(s.marginal for s in steps)
    # What pays is taken at any budget.
    for step in (step for step in steps if step.marginal > 0):
        best = max(tonnes(s) for s in every_set(free) if cost(s) <= step.total_cost)
        assert best == pytest.approx(step.total)


def test_draws_tell_which_measures_are_right_whatever_comes():
    sure = Measure("sure", Spread(10, 8, 12), {"CO2": Spread(100, 90, 110)})
    maybe = Measure("maybe", Spread(10, 8, 12), {"CO2": Spread(20, 5, 35)})
    other = Measure("other", Spread(10, 8, 12), {"CO2": Spread(20, 5, 35)})
    found = drawn([sure, maybe, other], CO2, 24, draws=60)
    assert found.share["sure"] == 1
    assert 0 < found.share["maybe"] < 1
    assert found.low < found.middle < found.high
    assert found == drawn([sure, maybe, other], CO2, 24, draws=60)


def test_ranges_add_up_end_by_end():
    effects = {"CO2": Spread(2, 1, 4), "SO2": Spread(0.95, 0.95, 1.9)}
    assert benefit(effects, {"SO2": 1 / 0.95}) == pytest.approx((1, 1, 2))
    assert benefit(effects, weights_of("both", 0.5)) == pytest.approx((2, 1.5, 4))


def test_faulty_measures_are_told_all_at_once():
    with pytest.raises(BadInput) as told:
        checked(
            [
                measure("a", 1, 1, needs=("z",)),
                measure("a", 1, 1, choice="k"),
                measure("b", 1, 1, choice="k", needs=("c",)),
                measure("c", float("inf"), 1, choice="k"),
                Measure("d", Spread(1, 2, 3), {}),
                Measure("e", Spread.of(1), {"PM25": Spread.of(1), "PM10": Spread.of(1)}),
            ]
        )
    assert [(one.row, one.column) for one in told.value.findings] == [
        (1, "needs"), (2, "measure"), (3, "needs"), (4, "cost"), (4, "cost.low"), (4, "cost.high"),
        (5, "cost"), (6, "PM25"), (6, "PM10"),
    ]  # fmt: skip


def test_measures_that_need_each_other_in_a_circle_are_refused():
    with pytest.raises(BadInput, match="comes to need itself"):
        checked([measure("a", 1, 1, needs=("b",)), measure("b", 1, 1, needs=("a",))])


@settings(max_examples=60)
@given(measured(), st.integers(0, 60), st.integers(0, 10**6))
def test_many_draws_at_once_are_as_good_as_every_set_there_is(measures, budget, seed):
    """Draw by draw: what is taken can be, can be paid, and nothing that can takes off more."""
    dice = np.random.default_rng(seed)
    gains = np.array([[one.effects["CO2"].value] * 3 for one in measures])
    gains = gains + dice.normal(0, 3, gains.shape)
    costs = np.array([[one.cost.value] * 3 for one in measures]) * dice.uniform(0.8, 1.2, 3)
    for n, found in enumerate(packed(parts_of(measures), gains, costs, budget)):
        taken = [one for one, there in zip(measures, found, strict=True) if there]
        assert allowed(taken)
        assert costs[found, n].sum() <= budget
        worth = {one.measure: gains[m, n] for m, one in enumerate(measures)}
        price = {one.measure: costs[m, n] for m, one in enumerate(measures)}
        most = max(
            sum(worth[one.measure] for one in several)
            for several in every_set(measures)
            if sum(price[one.measure] for one in several) <= budget
        )
        assert gains[found, n].sum() == pytest.approx(most, abs=1e-9)


def test_hundreds_of_draws_of_hundreds_of_measures_are_those_of_the_solver():
    """60 measures, of which some exclude or need others: 12 draws one by one by HiGHS."""
    dice = np.random.default_rng(7)
    many = [
        measure(
            f"m{n}",
            float(dice.uniform(1, 100)),
            float(dice.uniform(1, 100)),
            choice=f"c{n // 3}" if n % 3 == 1 else None,
            needs=(f"m{n - 1}",) if n % 7 == 3 else (),
        )
        for n in range(60)
    ]
    spread = [
        one._replace(
            cost=Spread.of(one.cost.value, one.cost.value * 0.8, one.cost.value * 1.3),
            effects={"CO2": Spread.of(v := one.effects["CO2"].value, v * 0.7, v * 1.1)},
        )
        for one in many
    ]
    costs = np.array([[one.cost.value * f for f in range(8, 20)] for one in many])
    gains = costs[::-1] * dice.uniform(0.5, 1.5, costs.shape)
    for n, found in enumerate(packed(parts_of(many), gains, costs, 9000.0)):
        exact = [
            one._replace(cost=Spread.of(costs[m, n]), effects={"CO2": Spread.of(gains[m, n])})
            for m, one in enumerate(many)
        ]
        best = {one.measure for one in best_set(exact, CO2, 9000.0)}
        assert {one.measure for one, there in zip(many, found, strict=True) if there} == best
    first, again = (drawn(spread, CO2, 900.0, draws=40) for _ in range(2))
    assert first == again
    assert first.low <= first.middle <= first.high


def test_measures_that_can_be_in_too_many_ways_are_left_to_the_solver():
    """Ten that all need one are 1,025 sets; the answer is the same by the other way."""
    many = [measure("m0", 1, 1), *(measure(f"m{n}", n, n, needs=("m0",)) for n in range(1, 11))]
    assert parts_of(many) is None
    assert parts_of(many[:5]) is not None
    assert drawn(many, CO2, 20, draws=2).low == tonnes(best_set(many, CO2, 20))
