"""Waste through stages in the tiny region: squares 11.12 km apart, a tonne a head, 1000 and 500 people."""

import pytest

from hutuo.errors import BadInput
from hutuo.siting.wasteflows import WasteFlow, waste_flow

KM = 0.1 * 111.1949
TWO = ("990101", "990102")


def asked(region, *steps, **more):
    ask = {"tonnes_per_person": 1, "clients": TWO, "detour": 1, "steps": steps} | more
    return waste_flow(region, WasteFlow(**ask))


def step(name, price=0, km=1, **more):
    return {"stage_name": name, "opening_fen": price, "fen_per_tonne_km": km} | more


def test_one_plant_stands_where_most_arises(little):
    found = asked(little, step("plant", 10_000))
    assert [(row.place, row.received, row.passed) for row in found.rows] == [
        ("990101", 1500, 1500)
    ]
    assert (found.cost_fen, found.status, found.gap) == (round(10_000 + 500 * KM), "optimal", 0)
    assert [(row.from_id, row.tonnes, row.km) for row in found.flows] == [
        ("990101", 1000, 0),
        ("990102", 500, round(KM, 2)),
    ]


def test_what_an_incinerator_leaves_goes_on_and_every_place_balances(little):
    """A fifth is left: 300 t of ash from the plant to a landfill one square on."""
    found = asked(
        little,
        step("plant", 10_000, passes=0.2, fen_per_tonne=3),
        step("landfill", candidates=("990102",)),
    )
    ash = next(row for row in found.flows if row.stage_name == "landfill")
    assert (ash.from_id, ash.to_id, ash.tonnes) == ("990101", "990102", 300)
    assert found.cost_fen == round(10_000 + 1500 * 3 + 500 * KM + 300 * KM)
    told = {
        row.place: (row.arising, row.received, row.sent, row.treated) for row in found.balances
    }
    assert told == {"990101": (1000, 500, 300, 1200), "990102": (500, 300, 500, 300)}
    assert {row.remainder for row in found.balances} == {0}
    assert found.tonnes == sum(row.treated for row in found.balances) == 1500


def test_a_way_straight_to_the_plant_is_taken_where_it_is_cheaper(little):
    far = ("990104",)
    steps = (step("transfer", 9_000, km=2), step("plant", km=0.5, candidates=far))
    over = asked(little, *steps)
    straight = steps[1] | {"direct_fen_per_tonne_km": 0.6}
    both = asked(little, steps[0], straight)
    assert {row.stage_name for row in over.flows} == {"transfer", "plant"}
    assert {row.stage_name for row in both.flows} == {"plant"}
    assert both.cost_fen == round((1000 * 3 + 500 * 2) * KM * 0.6)


def test_kilograms_are_whole_and_none_is_lost(little):
    found = asked(
        little, step("transfer", 1, passes=1.0), step("plant", 1, passes=1 / 3, new_capacity=700),
        step("landfill", 1), tonnes_per_person=0.3337,
    )  # fmt: skip
    assert {row.remainder for row in found.balances} == {0}
    arising = sum(row.arising for row in found.balances)
    assert arising == pytest.approx(sum(row.treated for row in found.balances), abs=1e-9)
    assert all(row.tonnes * 1000 == pytest.approx(round(row.tonnes * 1000)) for row in found.flows)


def test_too_little_capacity_leaves_no_plan_and_zones_keep_sites_out(little):
    small = asked(little, step("plant", new_capacity=100))
    assert (small.status, small.cost_fen, small.rows) == ("infeasible", None, [])
    away = asked(little, step("plant", 10_000), avoid=("990101",))
    assert [row.place for row in away.rows] == ["990102"]
    with pytest.raises(BadInput, match="no boundary"):
        asked(little, step("plant"), avoid_protection=("first",))
