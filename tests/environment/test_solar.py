import pytest

from hutuo.environment.solar import PvPotential, potential, pv_potential
from hutuo.errors import BadInput


def test_yield_by_hand():
    """1,000 m2, 60 per cent usable, 200 W/m2: 120 kW; 1,500 kWh/m2 at 0.8 are 1,200 hours: 144 MWh."""
    found = potential(1000, 0.6, 1500, 200, 0.8)
    assert found == pytest.approx((120, 144, 1200))


def test_the_sheds_and_the_slope(little):
    """Sheds: 12 MW of which 2 are there; the slope 5 MW at 50 W/m2."""
    found = pv_potential(little, PvPotential(kg_a_kwh=0.7))
    rows = {row.surface: row for row in found.rows}
    assert (rows["sheds"].megawatts, rows["sheds"].left_megawatts) == (
        pytest.approx(12),
        pytest.approx(10),
    )
    assert rows["sheds"].megawatt_hours == pytest.approx(12 * 1200)
    assert rows["slope"].megawatt_hours == pytest.approx(5 * 1240)
    assert found.low == pytest.approx(found.megawatt_hours * 0.75 / 0.8)
    assert found.avoided_t == pytest.approx((10 * 1200 + 5 * 1240) * 0.7)
    assert {row.kind: row.developed for row in found.kinds} == {
        "land": 0,
        "roof_industry": pytest.approx(1 / 6),
    }


def test_without_a_factor_nothing_is_said_of_what_is_avoided(little):
    assert pv_potential(little, PvPotential(place="990102")).avoided_t is None


def test_figures_out_of_range_are_told_all_at_once():
    with pytest.raises(BadInput) as told:
        potential(-1, 1.5, 9000, 200, 0.8)
    assert [one.column for one in told.value.findings] == ["area_m2", "usable", "irradiation"]
