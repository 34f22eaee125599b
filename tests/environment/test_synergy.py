from math import isnan

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.environment.synergy import (
    composite_synergy,
    coordinates,
    coupling_coordination,
    cross_elasticity,
    order_degree,
)
from hutuo.errors import BadInput

shares = st.lists(st.floats(0.01, 1), min_size=2, max_size=6)


@pytest.mark.parametrize(
    ("pollutant", "rate", "found"),
    [("PM2.5", 0.21, 0.095), ("SO2", 0.27, 0.074), ("NOx", 0.17, 0.118), ("NH3", 0.03, 0.667)],
)
def test_elasticities_of_the_cities_around_the_capital(pollutant, rate, found):
    """CO2 fell by 2 per cent from 2017 to 2020: 杨添棋 et al., 环境科学 43 (2022) 5315, abstract."""
    assert cross_elasticity(0.02, rate) == pytest.approx(found, abs=5e-4)


def test_there_is_no_elasticity_where_the_pollutant_stays():
    with pytest.raises(BadInput, match="does not change"):
        cross_elasticity(0.02, 0)


@pytest.mark.parametrize(
    ("air", "co2", "quadrant", "angle"),
    [
        (1, 1, 1, 45),
        (-1, 1, 2, 135),
        (-1, -1, 3, -135),
        (1, -1, 4, -45),
        (1, 0, 0, 0),
        (0, 2, 0, 90),
    ],
)
def test_quadrants_tell_what_falls(air, co2, quadrant, angle):
    found = coordinates(air, co2)
    assert (found.quadrant, found.angle) == (quadrant, pytest.approx(angle))


def test_coupling_by_hand():
    """0.25 and 0.64: C = 2 * sqrt(0.16) / 0.89, T = 0.445, D = sqrt(C * T) = sqrt(0.4)."""
    found = coupling_coordination([0.25, 0.64])
    assert found.coupling == pytest.approx(0.8 / 0.89, rel=1e-14)
    assert found.level == pytest.approx(0.445, rel=1e-14)
    assert found.degree == pytest.approx(0.4**0.5, rel=1e-14)
    assert found.grade.zh == "初级协调"


def test_weights_move_the_level_and_not_the_coupling():
    plain, weighted = coupling_coordination([0.2, 0.8]), coupling_coordination([0.2, 0.8], [6, 4])
    assert weighted.coupling == plain.coupling
    assert weighted.level == pytest.approx(0.6 * 0.2 + 0.4 * 0.8)
    assert weighted == coupling_coordination([0.2, 0.8], [0.6, 0.4])


@settings(max_examples=30)
@given(shares)
def test_alike_weights_make_the_degree_the_root_of_the_geometric_mean(order):
    """C T = k G / S * S / k = G."""
    mean = 1.0
    for value in order:
        mean *= value ** (1 / len(order))
    found = coupling_coordination(order)
    assert found.degree == pytest.approx(mean**0.5, rel=1e-12)
    assert 0 <= found.coupling <= 1
    assert coupling_coordination(order[::-1]).coupling == pytest.approx(found.coupling)


def test_what_stands_alike_is_wholly_coupled():
    assert coupling_coordination([0.3, 0.3, 0.3]).coupling == pytest.approx(1)


def test_where_nothing_stands_there_is_no_coupling():
    found = coupling_coordination([0.0, 0.0])
    assert isnan(found.coupling)
    assert (found.level, found.degree) == (0, 0)


@pytest.mark.parametrize(
    ("degree", "grade"), [(0.05, "极度失调"), (0.45, "濒临失调"), (0.95, "优质协调")]
)
def test_grades_are_those_of_the_table(degree, grade):
    """田深圳 et al., 地理学报 76 (2021) 781, table 1; of what stands alike the degree is the root."""
    assert coupling_coordination([degree, degree]).degree == pytest.approx(degree**0.5)
    assert coupling_coordination([degree**2, degree**2]).grade.zh == grade


def test_synergy_is_the_geometric_mean_of_gains():
    assert composite_synergy([0.2, 0.3], [0.6, 0.4]) == pytest.approx(
        (0.4 * 0.1) ** 0.5, rel=1e-14
    )
    assert composite_synergy([0.4, 0.1]) == pytest.approx(0.2, rel=1e-14)


def test_one_that_lost_makes_it_negative():
    assert composite_synergy([0.2, 0.5], [0.6, 0.4]) == pytest.approx(-((0.4 * 0.1) ** 0.5))
    assert composite_synergy([0.5, 0.5], [0.1, 0.4]) < 0
    assert composite_synergy([0.5, 0.5], [0.5, 0.9]) == 0


def test_order_runs_from_the_worst_to_the_best_whichever_is_higher():
    assert order_degree(30, 20, 40) == 0.5
    assert order_degree(30, 40, 20) == 0.5
    assert order_degree(50, 20, 40) == 1


def test_what_is_out_of_range_is_told_with_its_row():
    with pytest.raises(BadInput) as told:
        coupling_coordination([0.5, 1.5, -1], [1, 1])
    assert [(one.file, one.row) for one in told.value.findings] == [
        ("order", 2),
        ("order", 3),
        ("weights", None),
    ]
    with pytest.raises(BadInput, match="two subsystems"):
        composite_synergy([0.5])
    with pytest.raises(BadInput, match="2 of them; 3 before"):
        composite_synergy([0.1, 0.2, 0.3], [0.1, 0.2])
