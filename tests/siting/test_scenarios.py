"""Scenarios in the tiny region: where people are decides, and a plan pays where another one comes true."""

import pytest

from hutuo.base.branches import Put, put
from hutuo.errors import BadAsk, HutuoError, Unavailable
from hutuo.siting.scenarios import Scenarios, scenarios

STEP = 0.1 * 111.1949 * 1.33
TWO = ("990101", "990102")
NOW, SLOW = {"scenario_name": "now"}, {"scenario_name": "slow", "kmh": 30}


def asked(region, *cases, **more):
    return scenarios(region, Scenarios(**{"number": 1, "clients": TWO, "scenarios": cases} | more))


@pytest.fixture
def moved(own):
    """A branch on which 4000 people live in the second square."""
    branch = own.create_branch("moved")
    row = {"place": "990102", "indicator": "people", "valid_from": "2020-11-01", "valid_to": "2020-11-02",
           "value": 4000, "unit": "person", "source": "book"}  # fmt: skip
    put(branch, Put(table="observation", rows=[row]))
    return own


def test_each_scenario_has_its_plan_and_pays_where_another_comes_true(moved):
    """500 people travel a step to the first square, 4000 would; 1000 to the second one, either way."""
    found = asked(moved, NOW, {"scenario_name": "then", "branch": "moved"})
    assert [(row.scenario_name, row.branch, row.sites) for row in found.rows] == [
        ("now", "main", ["990101"]),
        ("then", "moved", ["990102"]),
    ]
    assert [row.objective for row in found.rows] == pytest.approx(
        [500 * STEP, 1000 * STEP], rel=1e-4
    )
    assert [[one.loss for one in row.in_each] for row in found.rows] == [
        [0, pytest.approx(3, abs=1e-5)],
        [pytest.approx(1, abs=1e-5), 0],
    ]
    assert (found.steadiest, [row.status for row in found.rows]) == ("then", ["optimal"] * 2)
    assert [(one.place, one.chosen) for one in found.shared_sites] == [
        ("990101", 1),
        ("990102", 1),
    ]


@pytest.mark.parametrize(
    ("model", "values"),
    [
        ("p_center", [STEP, 2 * STEP]),
        ("max_cover", [1500, 1000]),
        ("p_median", [500 * STEP, 1000 * STEP]),
    ],
)
def test_at_half_the_speed_ways_are_twice_as_long(little, model, values):
    found = asked(little, NOW, SLOW, model=model, minutes=20)
    assert [row.objective for row in found.rows] == pytest.approx(values, abs=0.06)
    assert {one.loss for row in found.rows for one in row.in_each} == {0}
    assert found.estimate


def test_survival_is_lost_by_the_minute(little):
    quick, slow = asked(little, NOW, SLOW, model="survival").rows
    assert 0 < quick.objective < slow.objective < 1500


@pytest.mark.parametrize(
    ("cases", "more", "error", "says"),
    [
        ((NOW, NOW), {}, BadAsk, "scenarios stand twice: now"),
        ((NOW, SLOW), {"number": None}, BadAsk, "needs number"),
        ((NOW, {"scenario_name": "b", "branch": "none"}), {}, HutuoError, "none"),
        ((NOW, SLOW), {"cluster": "nonsense"}, Unavailable, "no cluster answers"),
    ],
)
def test_what_cannot_be_asked_is_told(little, cases, more, error, says):
    with pytest.raises(error, match=says):
        asked(little, *cases, **more)
