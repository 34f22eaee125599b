import pytest

from hutuo.base.branches import Put, put
from hutuo.environment.orderviews import OrderParameter, Synergy, orders, synergy
from hutuo.errors import BadInput, NotFound

PEOPLE = {"system_name": "people", "indicator": "people", "worst": 0, "best": 2000}
MILLS = {"system_name": "mills", "indicator": "jobs_mills", "worst": 0, "best": 62.5}


def asked(*parameters, **more):
    return Synergy(order_parameters=list(parameters), geography="county", **more)


def test_a_system_is_the_weighted_mean_of_its_parameters():
    """One of four at weight 3 and three of four the other way round at weight 1: (3 * 0.25 + 0.25) / 4."""
    both = [
        OrderParameter(**PEOPLE | {"weight": 3}),
        OrderParameter(**PEOPLE | {"worst": 2000, "best": 0}),
        OrderParameter(**MILLS),
    ]
    assert orders(both, [500, 1500, 40]) == {"people": 0.25, "mills": 0.64}


def test_a_place_with_all_figures_has_its_coupling(little):
    """Beta has 500 people and 40 jobs in mills: 0.25 and 0.64, D = sqrt(0.4)."""
    found = synergy(little, asked(PEOPLE, MILLS))
    beta = next(row for row in found.rows if row.place == "990102")
    assert [one.order_degree for one in beta.order_degrees] == [0.25, 0.64]
    assert beta.coupling == pytest.approx(0.8 / 0.89)
    assert (beta.development, beta.coordination) == (pytest.approx(0.445), pytest.approx(0.4**0.5))
    assert (beta.coordination_class.zh, beta.synergy_degree, beta.since_year) == (
        "初级协调",
        None,
        None,
    )
    # Alpha has no jobs in two years, Gamma no people.
    assert ({row.place for row in found.rows}, found.incomplete) == ({"990102", "990104"}, 3)


def test_synergy_is_held_to_the_year_of_figures_before(own):
    """Three years on people gained 0.2 and mills 0.05: sqrt(0.01); where mills lose it turns negative."""
    same = {
        "valid_from": "2023-11-01",
        "valid_to": "2023-11-02",
        "unit": "person",
        "source": "book",
    }
    later = [
        ("990102", "people", 900),
        ("990102", "jobs_mills", 43.125),
        ("990104", "people", 800),
        ("990104", "jobs_mills", 5),
    ]
    rows = [
        same | {"place": place, "indicator": name, "value": value} for place, name, value in later
    ]
    put(own, Put(table="observation", rows=rows))
    found = {row.place: row for row in synergy(own, asked(PEOPLE, MILLS, year=2023)).rows}
    assert found["990102"].synergy_degree == pytest.approx((0.2 * 0.05) ** 0.5)
    assert found["990102"].since_year == 2020
    assert found["990104"].synergy_degree == pytest.approx(-((0.2 * 0.08) ** 0.5))


def test_one_system_or_an_empty_range_is_refused(little):
    with pytest.raises(BadInput) as told:
        synergy(little, asked(PEOPLE, PEOPLE | {"best": 0}))
    assert [(one.row, one.column) for one in told.value.findings] == [
        (2, "best"),
        (None, "system_name"),
    ]


def test_an_indicator_that_there_is_not_is_told(little):
    with pytest.raises(NotFound, match="soot"):
        synergy(little, asked(PEOPLE, MILLS | {"indicator": "soot"}))
