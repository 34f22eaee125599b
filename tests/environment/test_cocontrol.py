import pytest

from hutuo.environment.cocontrol import Measures, measures
from hutuo.environment.measurechoice import (
    ChooseMeasures,
    CountyPairs,
    choose_measures,
    county_pairs,
)
from hutuo.errors import BadAsk, BadInput, NotFound


def test_measures_stand_in_the_plane_of_co_control(little):
    """The boiler takes 1,000 t of CO2 and 5 t of SO2 off; scrubbers take SO2 off and add CO2."""
    found = measures(little, Measures(emissions={"CO2": 100_000, "SO2": 1000}))
    rows = {row.measure_id: row for row in found.rows}
    boiler, scrub = rows["boiler"], rows["scrub"]
    assert (boiler.co2, boiler.equivalents) == (1000, pytest.approx(5000 / 0.95))
    assert (boiler.quadrant, scrub.quadrant, rows["meter"].quadrant) == (1, 4, 0)
    # 1 per cent of CO2 over half a per cent of SO2.
    assert boiler.elasticities[0].elasticity == pytest.approx(2)
    assert boiler.angle == pytest.approx(63.4349, abs=1e-4)
    assert (boiler.co2_rate, boiler.pollutant_rate) == pytest.approx((0.01, 0.005))
    assert (boiler.rate_elasticity, rows["meter"].rate_elasticity) == (pytest.approx(2), None)
    assert boiler.co2_low <= boiler.co2 <= boiler.co2_high
    assert scrub.elasticities[0].elasticity == pytest.approx(-0.0015 / 0.04)
    assert (scrub.equivalents_low, scrub.yuan_a_tonne) == (pytest.approx(30_000 / 0.95), None)
    assert (found.rows[0].measure_id, found.unweighed) == ("meter", ["VOC"])
    assert rows["dispatch"].needs == ["meter"]


def test_equivalents_with_carbon_need_both_prices(little):
    found = measures(little, Measures(places=("990101",), co2_price=95, tax=1.9))
    boiler = next(row for row in found.rows if row.measure_id == "boiler")
    assert boiler.with_co2 == pytest.approx(5000 / 0.95 + 1000 * 95 / 1.9)
    assert (boiler.angle, boiler.co2_rate, boiler.pollutant_rate) == (None, None, None)
    with pytest.raises(BadAsk, match="co2_price and tax"):
        choose_measures(little, ChooseMeasures(aim="both", budget_yuan=1))


def test_the_best_set_within_a_budget(little):
    """Gas excludes the boiler; meters pay 20,000, so 330,000 are enough for gas, meters and dispatch."""
    found = choose_measures(little, ChooseMeasures(budget_yuan=330_000))
    assert {row.measure_id for row in found.rows} == {"gas", "meter", "dispatch"}
    assert (found.reduction, found.cost_yuan) == (3300, 330_000)
    assert (found.reduction_low, found.reduction_high) == (2600, 3700)
    assert found.drawn_low < found.drawn_high
    shares = {row.measure_id: row.share_of_draws for row in found.rows}
    assert shares["meter"] == 1
    assert [(row.measure_id, row.instead_of) for row in found.cost_curve] == [
        ("meter", None), ("dispatch", None), ("boiler", None), ("gas", "boiler"),
    ]  # fmt: skip
    assert [row.marginal for row in found.cost_curve] == pytest.approx(
        [-100, 50000 / 600, 100, 200000 / 1500]
    )


def test_the_cheapest_way_to_targets(little):
    """40 t of SO2 are to be had from scrubbers alone, which add 150 t of CO2."""
    found = choose_measures(
        little, ChooseMeasures(targets={"SO2": 40, "CO2": 0}, aim="pollutants")
    )
    assert {row.measure_id for row in found.rows} == {"scrub", "meter"}
    with pytest.raises(BadAsk, match="reaches the targets"):
        choose_measures(little, ChooseMeasures(targets={"SO2": 400}))
    with pytest.raises(BadAsk, match="one of both"):
        choose_measures(little, ChooseMeasures())


def test_two_counties_gain_by_one_budget(little):
    """170,000 each: boiler 1,000, meter and dispatch 800; in one purse gas fits instead of the boiler."""
    (row,) = county_pairs(little, CountyPairs(budget_yuan=170_000)).rows
    assert (row.separate, row.together, row.gain) == (1800, 3300, 1500)
    assert (row.place, row.other) == ("990101", "990102")
    assert (row.spent_here, row.spent_there) == (300_000, 30_000)
    assert (row.co2_low, row.co2, row.co2_high) == (2600, 3300, 3700)


def test_budgets_that_are_missing_or_of_nobody_are_told(little):
    with pytest.raises(BadAsk, match="no budget of 990102"):
        county_pairs(little, CountyPairs(budget_by_place={"990101": 1}))
    with pytest.raises(NotFound, match="990103"):
        county_pairs(little, CountyPairs(budget_by_place={"990103": 1}, budget_yuan=1))
    with pytest.raises(BadInput, match="-1"):
        county_pairs(little, CountyPairs(budget_by_place={"990101": -1}, budget_yuan=1))


def test_a_place_without_measures_is_told_with_those_that_have_some(little):
    with pytest.raises(NotFound, match="990104"):
        measures(little, Measures(places=("990104",)))


def test_emission_of_nothing_is_refused(little):
    with pytest.raises(BadInput, match="emissions"):
        measures(little, Measures(emissions={"CO2": 0}))
