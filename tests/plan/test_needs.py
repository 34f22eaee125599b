"""Land and money against supply, by hand, and sums that nothing may change."""

from datetime import date
from fractions import Fraction

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.plan.needs import Need, Needs, covered, needed, needs


def rows(region, **ask):
    return {(r.resource, r.year, r.place): r for r in needs(region, Needs(**ask)).rows}


def test_what_is_short_and_for_whom(little):
    """120 mu for 60 and 100: the bridge has all, the park lacks 40 mu; of money 2 million yuan."""
    found = rows(little)
    land = found["land_mu", 2025, "990100"]
    assert (land.need, land.supply, land.shortfall, land.surplus) == (160, 120, 40, 0)
    assert [(p.project, p.covered, p.shortfall) for p in land.projects] == [
        ("bridge", 60, 0),
        ("park", 60, 40),
    ]
    assert land.says.zh == "需160亩,供120亩,缺40亩"
    money = found["money_fen", 2025, "990100"]
    assert (money.need, money.shortfall) == (800_000_000, 200_000_000)
    assert isinstance(money.shortfall, int)
    assert (
        money.says.en
        == "800 x 10,000 yuan needed, 600 x 10,000 yuan there, 200 x 10,000 yuan short"
    )
    assert money.supplies == ["fund"]


def put(region, table, *given_rows):
    region.record({table: pd.DataFrame(given_rows, dtype=object)}, verb="test")


def test_a_supply_of_its_own_serves_a_place_before_that_of_the_city_above(own):
    put(
        own,
        "supply",
        {"supply": "beta", "place": "990102", "year": 2025, "land_mu": 130, "source": "book"},
    )
    found = rows(own, resource="land_mu")
    assert found["land_mu", 2025, "990102"].surplus == 30
    assert found["land_mu", 2025, "990100"].surplus == 60


def test_needs_by_year_stand_for_what_the_project_states_as_a_whole(own):
    put(
        own,
        "need",
        {"project": "park", "year": 2026, "land_mu": 30},
        {"project": "park", "year": 2027, "land_mu": 60},
    )
    found = rows(own, resource="land_mu")
    assert {key[1]: row.need for key, row in found.items()} == {2025: 60, 2026: 30, 2027: 60}
    # No quota is known for these years, so that all of it is missing.
    assert found["land_mu", 2026, "990102"].shortfall == 30
    told = needs(own, Needs()).findings
    assert [said.en for said in told] == [
        "Joint park: years add up to 90 mu, the project states 100 mu"
    ]


def test_a_dropped_project_needs_nothing_and_one_without_year_or_place_is_told(own):
    project = {"plan": "p", "kind": "project", "land_mu": 5}
    put(
        own,
        "project",
        project | {"project": "loose", "zh": "无期", "en": "Loose"},
        project | {"project": "gone", "zh": "终止", "state": "dropped", "reason": "并入"},
    )
    answer = needs(own, Needs(resource="land_mu"))
    assert answer.rows[-1].place is None
    assert (answer.rows[-1].year, answer.rows[-1].shortfall) == (None, 5)
    assert [said.en for said in answer.findings] == [
        "Loose: its needs name no year",
        "Loose: it names no place",
    ]


@pytest.mark.parametrize(
    ("ask", "found"),
    [
        ({"year": 2026}, 0),
        ({"short": True}, 2),
        ({"short": False}, 0),
        ({"place": "990101"}, 0),
        ({"place": "990100", "resource": "money_fen"}, 1),
    ],
)
def test_what_is_asked_for_is_what_is_listed(little, ask, found):
    assert len(rows(little, **ask)) == found


ABOVE = {"a": "city", "b": "city", "city": "province", "ring": "ring"}
places = st.sampled_from(["a", "b", "city", "ring", "far", None])
years = st.sampled_from([2025, 2026, None])
amounts = st.integers(1, 1000)
a_need = st.builds(
    lambda place, year, resource, amount, rank: (place, year, resource, amount, rank),
    places, years, st.sampled_from(["land_mu", "money_fen"]), amounts, st.integers(1, 3),
)  # fmt: skip
a_supply = st.fixed_dictionaries(
    {
        "place": places.filter(bool),
        "year": st.sampled_from([2025, 2026]),
        "land_mu": amounts | st.none(),
        "money_fen": amounts | st.none(),
    }
)


def of(given_needs):
    return [
        Need(f"p{n}", place, year, resource, amount, (rank, n))
        for n, (place, year, resource, amount, rank) in enumerate(given_needs)
    ]


@given(st.lists(a_need), st.lists(a_supply))
def test_nothing_is_lost_between_needs_supply_and_shortfall(given_needs, supplies):
    """Each need is served once, no more is handed out than there is, and short means that all is."""
    asked = of(given_needs)
    found = covered(asked, supplies, ABOVE)
    assert sorted(need.project for row in found for need, _ in row.covered) == sorted(
        need.project for need in asked
    )
    for resource in ("land_mu", "money_fen"):
        mine = [row for row in found if row.key[0] == resource]
        there = sum(row[resource] or 0 for row in supplies)
        assert sum(row.supply for row in mine) == there
        assert sum(row.need for row in mine) == sum(
            n.amount for n in asked if n.resource == resource
        )
    for row in found:
        handed = sum(part for _, part in row.covered)
        assert row.shortfall == max(0, row.need - row.supply)
        assert handed == min(row.need, row.supply)
        ranks = [need.rank for need, _ in row.covered]
        assert ranks == sorted(ranks)


@given(st.lists(a_need, min_size=1), st.lists(a_supply), st.integers(1, 100))
def test_more_supply_never_makes_a_shortfall_greater(given_needs, supplies, more):
    def short(there):
        return sum(row.shortfall for row in covered(of(given_needs), there, {}))

    raised = [row | {"land_mu": (row["land_mu"] or 0) + more} for row in supplies]
    assert short(raised) <= short(supplies)


def test_land_is_split_without_a_remainder():
    """Thirds of a mu, which a float cannot hold, still add up where they are given as fractions."""
    third = Fraction(1, 3)
    asked = [Need(f"p{n}", "a", 2025, "land_mu", third, (n,)) for n in range(3)]
    supplies = [{"place": "a", "year": 2025, "land_mu": Fraction(1, 2), "money_fen": None}]
    (row,) = covered(asked, supplies, {})
    assert [part for _, part in row.covered] == [third, Fraction(1, 6), 0]


def test_the_year_is_that_of_the_beginning_else_that_of_the_end():
    row = {
        "project": "x",
        "place": "a",
        "state": "planned",
        "priority": None,
        "land_mu": 1,
        "money_fen": None,
    }
    days = [(date(2025, 5, 1), date(2027, 1, 1)), (None, date(2027, 1, 1)), (None, None)]
    found = [needed([row | {"start": start, "due": due}], [])[0].year for start, due in days]
    assert found == [2025, 2027, None]
