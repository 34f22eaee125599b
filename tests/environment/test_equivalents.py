import pytest

from hutuo.environment.equivalents import (
    co2_weight,
    equivalents,
    pollutant_equivalent,
    substance,
)
from hutuo.errors import BadInput

# What the cities around the capital took off between 2017 and 2020, in kt: 杨添棋 et al., 环境科学 43 (2022).
CITIES = {"SO2": 281.8, "NOx": 485.5, "PM2.5": 203.8, "NH3": 34.3}


@pytest.mark.parametrize(
    ("pollutant", "tonnes", "found"),
    [("SO2", 160, 168421.05), ("NOX", 228, 240000), ("SOOT", 45, 20642.20), ("CO", 20, 1197.60)],
)
def test_equivalents_are_those_of_the_exam_book_for_tax_advisers(pollutant, tonnes, found):
    """税法(一) 2020 年教材例 8-1: 160 t of SO2, 228 t of NOx, 45 t of soot and 20 t of CO in June."""
    assert pollutant_equivalent({pollutant: tonnes * 1000}) == pytest.approx(found, abs=0.005)


def test_several_pollutants_add_up():
    by_hand = 281.8 / 0.95 + 485.5 / 0.95 + 203.8 / 2.18 + 34.3 / 9.09
    assert pollutant_equivalent(CITIES) == pytest.approx(by_hand, rel=1e-14)
    assert by_hand == pytest.approx(904.9, abs=0.05)


def test_carbon_dioxide_counts_by_its_price():
    """90 yuan a tonne over 4.8 yuan an equivalent: 18.75 equivalents a tonne."""
    weight = co2_weight(90, 4.8)
    assert weight * 1000 == pytest.approx(18.75)
    both = pollutant_equivalent({"SO2": 95, "CO2": 1000}, co2=weight)
    assert both == pytest.approx(100 + 18.75)


def test_a_value_of_ones_own_counts_beside_those_of_the_law():
    assert pollutant_equivalent({"VOC": 95}, values={"voc": 0.95}) == pytest.approx(100)


def test_water_pollutants_have_equivalents_of_their_own():
    """环境保护税法 附表二: 4 kg of suspended solids, 1 kg of COD, 0.8 kg of ammonia nitrogen."""
    found = pollutant_equivalent({"SS": 4, "COD": 1, "NH3-N": 0.8}, medium="water")
    assert found == pytest.approx(3)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("PM2.5", "PM25"),
        ("nox", "NOX"),
        ("二氧化硫", "SO2"),
        ("CO₂", "CO2"),
        ("sulphur dioxide", "SO2"),
    ],
)
def test_a_pollutant_is_known_however_it_is_written(written, meant):
    assert substance(written) == meant


def test_all_faults_are_told_at_once():
    with pytest.raises(BadInput) as told:
        pollutant_equivalent(
            {"VOC": 1, "COD": 1, "CO2": 1, "SO2": float("nan"), "PM10": 1, "PM2.5": 1}
        )
    named = {one.column for one in told.value.findings}
    assert named == {"VOC", "COD", "CO2", "SO2", "PM10", "PM2.5"}
    assert "co2_weight" in str(told.value)


def test_every_value_has_its_number_in_the_law():
    for medium in ("air", "water"):
        numbers = [one.number for one in equivalents().values() if one.medium == medium]
        assert all(0 < n <= 61 for n in numbers)
    assert equivalents()["SOOT"].number == 20
