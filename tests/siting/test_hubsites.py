"""Hubs in the tiny region: three squares in a row, 11.12 and 22.24 km apart, of 1000, 500 and 400 people."""

import pandas as pd
import pytest

from hutuo.base.branches import Put, put
from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.siting.hubasks import HubSites
from hutuo.siting.hubsites import hubs

KM = 0.1 * 111.1949
WHERE = {"990101": 0, "990102": KM, "990104": 3 * KM}
ROW = tuple(WHERE)


def asked(region, **ask):
    return hubs(region, HubSites(**{"clients": ROW, "detour": 1, "fall": 0, "number": 1} | ask))


def places(found):
    return [row.place for row in found.rows]


def legs(row):
    """Minutes of the three legs of a way: a kilometre takes a minute."""
    at = [WHERE[p] for p in (row.from_id, row.first_hub, row.last_hub, row.to_id)]
    return [abs(at[k] - at[k + 1]) for k in range(3)]


def test_one_hub_in_the_middle_of_a_row_makes_nobody_go_round(little):
    """By people alone 1000 are split 5 to 4, 500 10 to 4, and 400 10 to 5."""
    found = asked(little, transferred=1, routes=True)
    assert (places(found), found.status, found.gap) == (["990102"], "optimal", 0)
    amounts = {(row.from_id, row.to_id): row.flow_amount for row in found.ways}
    assert amounts["990101", "990102"] == pytest.approx(1000 * 5 / 9, abs=1e-3)
    assert amounts["990104", "990101"] == pytest.approx(400 * 10 / 15, abs=1e-3)
    assert found.flow_amount == pytest.approx(1900)
    assert found.objective == pytest.approx(found.straight_value, rel=1e-6)
    assert (found.mean_minutes, found.estimate) == (found.straight_minutes, True)
    assert [(row.handled, row.places) for row in found.rows] == [(1900, 3)]


def test_cheap_ways_between_hubs_draw_flows_over_two(little):
    ask = {"number": 2, "transferred": 0.25, "routes": True, "collected": 1.5, "distributed": 2}
    found = asked(little, **ask)
    total = sum(
        row.flow_amount * (1.5 * one + 0.25 * between + 2 * other)
        for row in found.ways
        for one, between, other in [legs(row)]
    )
    assert found.objective == pytest.approx(total, rel=1e-4)
    assert set(places(found)) == {"990101", "990104"}
    assert {(row.from_id, row.to_id) for row in found.trunks} == {ROW[::2], ROW[2::-2]}
    over = sum(row.flow_amount for row in found.ways if row.first_hub != row.last_hub)
    assert sum(row.flow_amount for row in found.trunks) == pytest.approx(over, abs=0.01)
    assert sum(row.outgoing for row in found.spokes) == pytest.approx(1900, abs=0.01)
    assert sum(row.incoming for row in found.spokes) == pytest.approx(1900, abs=0.01)
    assert asked(little, **ask | {"single": True}).objective >= found.objective


def test_what_a_hub_costs_decides_how_many_there_are(little):
    """A fen a minute: with hubs everywhere each flow goes straight at half the cost."""
    priced = {"number": None, "fen_per_minute": 1}
    free = asked(little, opening_fen=0, **priced)
    dear = asked(little, opening_fen=10**9, **priced)
    assert (len(free.rows), len(dear.rows)) == (3, 1)
    assert free.objective == pytest.approx(free.straight_value / 2, rel=1e-6)
    assert dear.objective == pytest.approx(10**9 + dear.straight_value, rel=1e-9)


@pytest.mark.parametrize(
    ("more", "stand"),
    [
        ({"keep": ("990104",), "number": 0}, ["990104"]),
        ({"forbid": ("990102",)}, ["990101"]),
        ({"avoid": ("990102",)}, ["990101"]),
        ({"candidates": ("990103",)}, ["990103"]),
        ({"per_person": 3, "start_sites": ("990101",)}, ["990102"]),
    ],
)
def test_where_hubs_may_stand_changes_the_plan(little, more, stand):
    found = asked(little, **more)
    assert places(found) == stand
    assert found.rows[0].stands == ("keep" in more)
    assert found.flow_amount == pytest.approx(1900 * more.get("per_person", 1))


def test_the_farther_the_less_goes_there(little):
    near, far = (asked(little, fall=fall, routes=True).ways for fall in (2, 0))
    to_middle = [
        sum(r.flow_amount for r in ways if (r.from_id, r.to_id) == ROW[:2]) for ways in (near, far)
    ]
    assert to_middle[0] > to_middle[1]
    weights = 500 / KM**2, 400 / (3 * KM) ** 2
    assert to_middle[0] == pytest.approx(1000 * weights[0] / sum(weights), abs=1e-3)


def test_flows_that_are_counted_are_taken_as_they_are(own):
    rows = [
        {"home": home, "work": work, "valid_from": f"{year}-01-01", "valid_to": f"{year + 1}-01-01",
         "people": people, "source": "book"}
        for home, work, year, people in (
            ("990101", "990102", 2020, 90), ("990102", "990104", 2020, 10),
            ("990104", "990104", 2020, 500), ("990101", "990102", 2015, 7),
        )
    ]  # fmt: skip
    branch = own.create_branch("counted")
    put(branch, Put(table="flow", rows=rows))
    found = asked(branch, sent_by="commuting")
    assert (found.flow_amount, found.year, found.flow_unit.en) == (100, 2020, "people")
    assert asked(branch, sent_by="commuting", year=2015).flow_amount == 7
    assert found.straight_value == pytest.approx(90 * KM + 10 * 2 * KM, rel=1e-6)
    moved = [
        {"flow": f"t{at}", "at": at, "to": "990102", "material": what, "kind": "moved", "year": 2024,
         "tonnes": 20, "source": "book"}
        for at, what in (("990101", "steel"), ("990104", "sand"))
    ]  # fmt: skip
    put(branch, Put(table="material_flow", rows=moved))
    both, steel = (asked(branch, sent_by="material", material=one) for one in (None, "steel"))
    assert (both.flow_amount, steel.flow_amount, steel.without_figure) == (40, 20, ["990104"])


@pytest.mark.parametrize(
    ("more", "error", "says"),
    [
        ({"number": None}, BadAsk, "needs number, or both"),
        ({"opening_fen": 5}, BadAsk, "needs number, or both"),
        ({"number": 4}, BadAsk, "4 new hubs; 0 are kept and 3 candidates"),
        ({"material": "steel"}, BadAsk, "gravity takes no material"),
        ({"sent_by": "commuting"}, NotFound, "table flow has no flow between"),
        ({"start_sites": ("990103",)}, BadInput, "990103: is no candidate"),
        ({"clients": ("990101",)}, BadAsk, "fewer than two places"),
    ],
)
def test_what_cannot_be_asked_is_told(little, more, error, says):
    with pytest.raises(error, match=says):
        asked(little, **more)


def test_places_that_cannot_reach_each_other_are_named(own):
    folder = own.lake.folder / "matrices" / "cut"
    folder.mkdir(parents=True)
    rows = [(a, b, None if {a, b} == set(ROW[1:]) else 5.0) for a in ROW for b in ROW]
    frame = pd.DataFrame(rows, columns=["from_id", "to_id", "minutes"])
    frame.to_parquet(folder / "part.parquet")
    with pytest.raises(BadInput, match="990102 - 990104: there is no way"):
        asked(own, times="cut")
