"""What a project costs in a park: worked by hand, and what discounting promises."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.economy.costing import cost_of, factor
from hutuo.economy.park_costs import ParkCosts, park_costs

USES = [
    {"item": "land", "amount": 2.0, "unit": "公顷"},
    {"item": "rent", "amount": 1000.0, "unit": "m2"},
    {"item": "power", "amount": 10.0, "unit": "万千瓦时"},
    {"item": "gas", "amount": 5.0, "unit": "万立方米"},
]
PRICES = [
    {"item": "land", "price": 100_000, "unit": "亩", "per": "once"},
    {"item": "rent", "price": 10, "unit": "m2", "per": "month"},
    {"item": "power", "price": 0.6, "unit": "kWh", "per": "used"},
    {"item": "gas", "price": 3, "unit": "吨", "per": "used"},
]


def test_once_by_the_month_and_by_use():
    found = cost_of(USES, PRICES, years=2, rate=0.0)
    assert {line.item: line.yuan for line in found.lines} == pytest.approx(
        {"land": 30 * 100_000, "rent": 1000 * 10 * 24, "power": 100_000 * 0.6 * 2}
    )
    assert found.unpriced == ["gas"]  # cubic metres are no tonnes
    assert found.total == pytest.approx(3_000_000 + 240_000 + 120_000)


def test_the_factor_of_ten_years_at_five_percent():
    """7.7217, as any table of annuities has it."""
    assert factor(10, 0.05) == pytest.approx(7.7217, abs=5e-5)
    assert factor(3, 0) == 3


@given(st.integers(1, 40), st.floats(0.001, 0.5))
def test_the_factor_is_the_sum_of_discounted_years(years, rate):
    assert factor(years, rate) == pytest.approx(sum((1 + rate) ** -t for t in range(1, years + 1)))


def test_the_verb_compares_parks_and_ranks_none_without_a_price(little):
    found = park_costs(little, ParkCosts(run_years=10, discount_rate=0.0))
    first, second, third = found.rows
    # North: 50 mu at 200,000 and 100 M kWh at 0.6; south: at 100,000 and 0.7.
    assert (first.park, first.total_yuan) == ("north", pytest.approx(10e6 + 60e6))
    assert (second.park, second.total_yuan) == ("south", pytest.approx(5e6 + 70e6))
    assert second.dearer == pytest.approx(5e6)
    assert (third.park, third.rank, third.unpriced) == ("east", None, ["land"])
    land = next(line for line in first.cost_lines if line.item == "land")
    assert land.dearer == pytest.approx(5e6)


def test_what_is_not_there_is_told(embedded):
    found = park_costs(embedded, ParkCosts())
    assert found.rows == []
    assert len(found.doubts) == 2
