import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.environment.trading import (
    given_for,
    heat_coal_equivalent,
    in_kilograms,
    quota_trade_volume,
)
from hutuo.errors import BadInput


def test_a_new_project_buys_by_its_intensity_over_the_average():
    """100,000 tce, factor 0.3, 3.2 tce per 10,000 yuan where all industry has 0.8: four times 30,000."""
    assert quota_trade_volume(100_000, 0.3, 3.2, 0.8) == pytest.approx(120_000, rel=1e-14)


def test_a_project_as_intense_as_the_average_buys_the_share_that_the_province_sets():
    assert quota_trade_volume(5000, 1, 0.7, 0.7) == pytest.approx(5000)


def test_a_factor_outside_the_rule_is_refused_with_all_else_that_is_wrong():
    with pytest.raises(BadInput) as told:
        quota_trade_volume(-1, 0.2, float("nan"), 0)
    named = [one.column for one in told.value.findings]
    assert named == ["energy", "intensity", "adjustment", "average"]


def test_heat_comes_to_coal_by_its_energy_and_the_plants_efficiency():
    """GB/T 2589-2020: 0.03412 kgce a MJ. 10,000 GJ are 341.2 tce; at 85.3 per cent 400 tce were burnt."""
    assert heat_coal_equivalent(10_000) == pytest.approx(341.2)
    assert heat_coal_equivalent(10_000, 0.853) == pytest.approx(400)


def test_heat_needs_an_efficiency():
    with pytest.raises(BadInput, match="efficiency"):
        heat_coal_equivalent(10, 0)


def test_kilograms_are_what_was_typed():
    """0.0285 t is 28.5 kg in decimals, and a half goes up; in binary it is a little less."""
    assert in_kilograms(0.0285) == 29
    assert in_kilograms(1.1) == 1100


@given(st.integers(1, 10**9), st.decimals(1, 3, places=4))
def test_the_giver_never_gives_less_than_the_ratio(need, ratio):
    found = given_for(need, float(ratio))
    assert need <= found
    assert 0 <= found - need * ratio < 1
