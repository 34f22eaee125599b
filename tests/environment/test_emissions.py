"""CO2 and standard coal of what is burnt and bought."""

import numpy as np
import pytest

from hutuo.environment import coal_equivalent, combustion_co2, electricity_co2
from hutuo.errors import BadInput


def test_a_fuel_comes_to_heat_carbon_and_what_of_it_burns():
    """10,000 t at 19.57 GJ/t, 0.0261 tC/GJ and 93 %, by hand."""
    by_hand = 10_000 * 19.57 * 0.0261 * 0.93 * 44 / 12
    assert combustion_co2(10_000, 19.57, 0.0261, 0.93) == pytest.approx(by_hand, rel=1e-15)
    assert combustion_co2(1, 1, 1, 1) == pytest.approx(44 / 12)


def test_gas_comes_to_the_published_2_16_kg_a_cubic_metre():
    """389.31 GJ per 10,000 m3, 0.0153 tC/GJ, 99 %: 21.62 t per 10,000 m3, as reports quote it."""
    assert combustion_co2(1, 389.31, 0.0153, 0.99) == pytest.approx(21.622, abs=5e-4)


def test_diesel_of_the_ipcc_comes_to_its_table_of_emission_factors():
    """IPCC 2006 V2 table 1.4: 74,100 kg CO2/TJ for gas/diesel oil, table 1.2: 43.0 TJ/Gg."""
    assert combustion_co2(1, 43.0, 0.0202, 1) / 43.0 == pytest.approx(0.0741, abs=5e-5)


def test_arrays_broadcast_and_what_is_not_known_stays_so():
    found = combustion_co2([1, np.nan, 3], 2.0, [0.5, 0.5, 0.5], 1.0)
    assert found == pytest.approx([44 / 12, np.nan, 11.0], nan_ok=True)
    assert combustion_co2(np.ones((2, 1)), np.ones(3), 1, 1).shape == (2, 3)


def test_a_kilogram_a_kilowatt_hour_is_a_tonne_a_megawatt_hour():
    assert electricity_co2(1000, 0.7252) == pytest.approx(725.2)
    assert electricity_co2([1, -1], 0.5) == pytest.approx([0.5, -0.5])


def test_a_tonne_of_standard_coal_holds_7000_kilocalories_a_kilogram():
    assert coal_equivalent(1, 29.3076) == 1.0
    assert coal_equivalent(1, 20.908) == pytest.approx(0.7134, abs=5e-5)


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ((1, 20, 0.026, 98), "oxidation is 98; a share of 0..1 would be right"),
        ((1, -20, 0.026, 0.9), "heating_value is -20"),
        ((1, 20, -0.026, 0.9), "carbon_content is -0.026"),
    ],
)
def test_what_cannot_be_is_refused(given, says):
    with pytest.raises(BadInput, match=says):
        combustion_co2(*given)


def test_a_negative_factor_of_electricity_is_refused():
    with pytest.raises(BadInput, match="factor is -1"):
        electricity_co2(1, -1)
