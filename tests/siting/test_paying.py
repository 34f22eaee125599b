"""Who pays for shared plants: games by hand, tonnes that balance, splits that sum to the fen."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.errors import BadAsk, BadInput
from hutuo.ledger.entries import read_entries
from hutuo.siting.arisings import Waste, waste
from hutuo.siting.games import RULES, coalition_costs, in_whole, rules_of
from hutuo.siting.paying import SharedCost, shared_cost

STEP_KM = 0.1 * 111.1949 * 1.33
ASK = {"by": "county", "tonnes_per_person": 1, "fen_per_tonne_km": 10}


def paid(found, rule):
    return next(one for one in found if one.rule == rule).pays


def test_the_airport_by_hand():
    """Runways of 600, 1200 and 1800: each part is shared by those who need it (Littlechild and Owen 1973)."""
    length = {"a": 600, "b": 1200, "c": 1800}
    costs = coalition_costs(list(length), lambda group: max(length[one] for one in group))
    found = rules_of(list(length), costs, {"a": 1, "b": 2, "c": 3})
    assert paid(found, "shapley") == {"a": 200, "b": 500, "c": 1100}
    # Each gap of the nucleolus is halved between a coalition and the rest (Littlechild 1974).
    assert paid(found, "nucleolus") == {"a": 300, "b": 450, "c": 1050}
    assert paid(found, "equal") == {"a": 600, "b": 600, "c": 600}
    assert paid(found, "demand") == paid(found, "alone") == {"a": 300, "b": 600, "c": 900}
    stands = {one.rule: one.objecting for one in found}
    assert (stands["shapley"], stands["nucleolus"]) == ((), ())


def test_a_group_that_would_pay_less_alone_objects():
    costs = coalition_costs(["a", "b", "c"], lambda group: {1: 100, 2: 120, 3: 300}[len(group)])
    # Three together may also part into two and one: 220 at most.
    assert costs[-1] == 220
    found = rules_of(["a", "b", "c"], costs, {"a": 1, "b": 1, "c": 8})
    (demand,) = [one for one in found if one.rule == "demand"]
    assert demand.pays == {"a": 22, "b": 22, "c": 176}
    assert (demand.objecting, demand.excess) == (("a", "c"), 78)


@settings(max_examples=20)
@given(st.integers(0, 2**32 - 1), st.integers(2, 4))
def test_every_rule_pays_the_whole_to_the_fen(seed, size):
    rng = np.random.default_rng(seed)
    names = [f"c{at}" for at in range(size)]
    raw = {}
    costs = coalition_costs(
        names, lambda group: raw.setdefault(group, int(rng.integers(1, 10_000)) + 100 * len(group))
    )
    found = rules_of(names, costs, {name: float(rng.integers(1, 9)) for name in names})
    assert [one.rule for one in found] == list(RULES)
    assert {sum(one.pays.values()) for one in found} == {int(costs[-1])}
    # A group never pays more than its parts do apart.
    whole = len(costs) - 1
    assert all(costs[whole] <= costs[part] + costs[whole ^ part] for part in range(1, whole))


def test_shares_are_rounded_to_their_sum():
    assert in_whole(100, ["a", "b", "c"], np.array([33.4, 33.3, 33.3])) == {
        "a": 34,
        "b": 33,
        "c": 33,
    }


def test_one_plant_for_two_saves_the_other_less_the_haul(little):
    """1000 t and 500 t; a plant 100,000 fen; 500 t over a tenth of a degree at 10 fen a tonne-kilometre."""
    found = shared_cost(little, SharedCost(opening_fen=100_000, **ASK))
    haul = round(500 * STEP_KM * 10)
    assert (found.alone_fen, found.proven) == (200_000, True)
    assert found.together_fen == pytest.approx(100_000 + haul, abs=2)
    assert found.saved_fen == found.alone_fen - found.together_fen
    shapley = next(one for one in found.rules if one.rule == "shapley")
    # Two players: what is saved is halved.
    assert [row.saves_fen for row in shapley.rows] == pytest.approx(
        [found.saved_fen / 2] * 2, abs=1
    )
    assert shapley.stable
    assert [(f.from_id, f.to_id, f.tonnes) for f in found.flows] == [
        ("990101", "990101", 1000),
        ("990102", "990101", 500),
    ]
    assert [(b.place, b.received, b.sent, b.treated, b.remainder) for b in found.balances] == [
        ("990101", 500, 0, 1500, 0),
        ("990102", 0, 500, 0, 0),
    ]
    assert [(c.sites_alone, c.sites) for c in found.cities] == [(1, 1), (1, 0)]
    assert found.without_figure == ["part:delta-town"]


def test_a_dear_haul_leaves_each_with_its_own(little):
    found = shared_cost(little, SharedCost(opening_fen=10, **ASK))
    assert found.saved_fen == 0
    assert all(flow.from_id == flow.to_id for flow in found.flows)


def test_the_entry_by_a_rule_is_one_that_the_ledger_takes(little):
    ask = SharedCost(opening_fen=100_000, operator="plant", day="2026-01-31", rule="demand", **ASK)
    found = shared_cost(little, ask)
    (entry,) = read_entries([found.entry], "entry")
    assert len(entry.postings) == 4
    owed = {p["account"]: p["amount"] for p in found.entry["postings"]}
    assert owed["plant/due:990101"] + owed["plant/due:990102"] == found.together_fen
    assert owed["990101/due:plant"] == -owed["plant/due:990101"]
    with pytest.raises(BadAsk, match="needs its day"):
        shared_cost(little, ask.model_copy(update={"day": None}))


def test_a_city_that_cannot_stand_alone_is_named_with_what_is_short(little):
    with pytest.raises(BadInput, match="Alpha cannot stand alone: 100 t short"):
        shared_cost(little, SharedCost(opening_fen=1, new_capacity=900, **ASK))
    with pytest.raises(BadAsk, match="1 cities"):
        shared_cost(little, SharedCost(opening_fen=1, **ASK | {"by": "city"}))


def test_the_embedded_region_balances_unit_by_unit(embedded):
    ask = SharedCost(tonnes_per_person=0.35, opening_fen=3_000_000_000, fen_per_tonne_km=150)
    found = shared_cost(embedded, ask)
    assert found.proven
    assert {row.remainder for row in (*found.balances, *found.cities)} == {0}
    arising = sum(row.arising for row in found.balances)
    assert sum(row.treated for row in found.balances) == pytest.approx(arising, abs=1e-6)
    assert sum(flow.tonnes for flow in found.flows) == pytest.approx(arising, abs=1e-6)
    assert {sum(row.pays_fen for row in rule.rows) for rule in found.rules} == {found.together_fen}
    assert found.saved_fen > 0


def test_waste_is_people_times_a_factor_that_has_a_source(little):
    found = waste(
        little, Waste(factors=("household=1.2", "shops=2@jobs_shops"), factor_source="book")
    )
    rows = {(row.place, row.type): row.tonnes_day for row in found.rows}
    assert rows["990101", "household"] == 1.2
    assert rows["990102", "shops"] == 0.04
    assert rows["990101", "shops"] is None
    whole = {(row.city, row.type): row for row in found.totals}
    assert (whole[None, "household"].tonnes_day, whole[None, "household"].tonnes_year) == (
        1.8,
        657,
    )
    assert whole[None, "household"].unknown == ["part:delta-town"]
    with pytest.raises(BadAsk, match="each type once"):
        waste(little, Waste(factors=("a=1", "a=2"), factor_source="book"))
