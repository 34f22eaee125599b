"""Periods, levels, backup, survival, zones and earlier plans: squares in a row, 14.8 minutes apart."""

import pandas as pd
import pytest

from hutuo.base.branches import Put, put
from hutuo.errors import BadAsk, BadInput
from hutuo.siting.locating import Locate, locate

STEP = 0.1 * 111.1949 * 1.33
TWO = ("990101", "990102")
PHASED = {
    "model": "phased",
    "clients": TWO,
    "fen_per_minute": 1,
    "periods": ("2020", "2030:3"),
}


def places(found, layer=None):
    return [row.place for row in found.rows if layer in (None, row.layer)]


def test_a_second_site_opens_in_the_period_in_which_it_pays(little):
    """It runs at 9,000 a period and saves 500 people 14.8 minutes: 7,394 fen, thrice that once they grow."""
    found = locate(little, Locate(opening_fen=10_000, running_fen=9_000, **PHASED))
    assert [(one.layer, one.sites, one.opens) for one in found.layers] == [
        ("2020", 1, ["990101"]),
        ("2030", 2, ["990102"]),
    ]
    assert [one.outlay_fen for one in found.layers] == [19_000, 28_000]
    assert found.objective == pytest.approx(47_000 + 500 * STEP, rel=1e-4)
    assert (found.status, [one.layer_demand for one in found.layers]) == ("optimal", [1500, 4500])
    assert (places(found, "2020"), found.mean_minutes) == (["990101"], 0)
    assert found.layers[0].mean_minutes == round(500 * STEP / 1500, 1)


def test_what_stands_closes_where_running_it_costs_more_than_it_saves(little):
    ask = PHASED | {"keep": TWO, "opening_fen": 10_000, "running_fen": 9_000}
    held = locate(little, Locate(**ask))
    free = locate(little, Locate(closing_fen=100, **ask | {"periods": ("2020",)}))
    assert [one.sites for one in held.layers] == [2, 2]
    assert [(one.sites, one.closes, one.outlay_fen) for one in free.layers] == [
        (1, ["990102"], 9_100)
    ]


def test_a_budget_of_a_period_puts_off_what_it_does_not_pay(little):
    ask = PHASED | {"periods": ("2020:3", "2030:3"), "opening_fen": 10_000}
    assert [one.sites for one in locate(little, Locate(**ask)).layers] == [2, 2]
    tight = locate(little, Locate(budget_fen=10_000, **ask))
    assert [one.sites for one in tight.layers] == [1, 2]


def test_demand_of_a_period_may_be_an_indicator_of_its_own(own):
    rows = [
        {"place": place, "indicator": "jobs", "valid_from": "2035-01-01", "value": value,
         "unit": "person", "source": "book"}
        for place, value in (("990101", 10), ("990102", 4000))
    ]  # fmt: skip
    branch = own.create_branch("later")
    put(branch, Put(table="observation", rows=rows))
    ask = PHASED | {"periods": ("2020", "2035=jobs"), "opening_fen": 10_000}
    found = locate(branch, Locate(**ask))
    assert [one.layer_demand for one in found.layers] == [1500, 4010]


@pytest.mark.parametrize(
    ("periods", "error", "says"),
    [
        (("20", "2020"), BadAsk, "20 is no period"),
        (("2020", "2020:2"), BadAsk, "2020 is no period, or stands twice"),
        (("2031",), BadInput, "2031: 2 places have no figure"),
    ],
)
def test_a_period_that_is_none_or_without_figures_is_told(little, periods, error, says):
    with pytest.raises(error, match=says):
        locate(little, Locate(opening_fen=1, **PHASED | {"periods": periods}))


def test_a_higher_level_serves_the_lower_one_too(little):
    """One clinic and one hospital: together they serve all of the lower level at no distance."""
    tiers = ({"tier_name": "clinic", "number": 1}, {"tier_name": "hospital", "number": 1})
    ask = {"model": "levelled", "clients": TWO, "tiers": tiers}
    found = locate(little, Locate(**ask))
    assert (places(found, "clinic"), places(found, "hospital")) == (["990102"], ["990101"])
    assert found.objective == pytest.approx(500 * STEP, rel=1e-4)
    assert [one.mean_minutes for one in found.layers] == [0, round(500 * STEP / 1500, 1)]
    alone = locate(little, Locate(nested=False, **ask))
    assert places(alone, "clinic") == places(alone, "hospital") == ["990101"]
    assert alone.objective == pytest.approx(2 * 500 * STEP, rel=1e-4)
    apart = locate(little, Locate(nested=False, one_tier=True, **ask))
    assert sorted(places(apart)) == ["990101", "990102"]


def test_limits_of_a_level_may_leave_no_plan(little):
    tiers = ({"tier_name": "one", "number": 1, "minutes": 10},)
    found = locate(little, Locate(model="levelled", clients=TWO, tiers=tiers))
    assert (found.status, found.rows) == ("infeasible", [])


def test_a_backup_needs_two_sites_within_the_limit(little):
    three = (*TWO, "990104")
    ask = {"clients": three, "minutes": 20, "number": 2, "model": "max_cover"}
    once, twice = locate(little, Locate(**ask)), locate(little, Locate(cover_times=2, **ask))
    assert (once.objective, twice.objective) == (1900, 1500)
    assert places(twice) == ["990101", "990102"]
    alone = locate(little, Locate(cover_times=2, **ask | {"minutes": 10}))
    assert (alone.objective, alone.status) == (0, "optimal")
    cover = locate(little, Locate(model="set_cover", clients=TWO, minutes=20, cover_times=2))
    assert (cover.objective, len(cover.rows)) == (2, 2)


def test_survival_counts_whom_help_reaches_in_time(little):
    found = locate(little, Locate(model="survival", clients=TWO, number=1))
    at = [1 - 1 / (1 + 2.718281828 ** (0.679 + 0.262 * minutes)) for minutes in (0, STEP)]
    assert places(found) == ["990101"]
    assert found.objective == pytest.approx(1000 * at[0] + 500 * at[1], abs=0.05)


def test_no_new_site_stands_within_what_is_avoided(little):
    found = locate(little, Locate(number=1, clients=TWO, avoid=("990101",)))
    assert places(found) == ["990102"]
    stays = locate(little, Locate(number=0, clients=TWO, keep=("990101",), avoid=("990101",)))
    assert places(stays) == ["990101"]
    with pytest.raises(BadInput, match="1 places have no boundary"):
        locate(little, Locate(number=1, clients=TWO, avoid=("part:delta-town",)))


def test_parcels_of_water_protection_are_avoided_by_their_class(own):
    ask = Locate(number=1, clients=TWO, avoid_protection=("first",))
    with pytest.raises(BadInput, match="parcel:w1"):
        locate(own, ask)
    row = next(one for one in own.records("boundary") if one["place"] == "990101")
    kept = {
        name: row[name] for name in ("geometry", "area_km2", "label_lon", "label_lat", "source")
    }
    parcel = {
        "place": "parcel:w1",
        "zh": "一级区",
        "en": "Parcel",
        "kind": "parcel",
        "source": "book",
    }
    own.append("place", pd.DataFrame([parcel]))
    own.append("boundary", pd.DataFrame([{"place": "parcel:w1"} | kept]))
    found = locate(own, ask)
    assert places(found) == ["990102"]
    assert any("within first" in one.en for one in found.assumptions)


def test_an_earlier_plan_is_begun_with_and_must_be_one(little):
    ask = {"clients": TWO, "number": 1, "start_sites": ("990102",)}
    assert places(locate(little, Locate(**ask))) == ["990101"]
    with pytest.raises(BadInput, match="is no candidate"):
        locate(little, Locate(**ask | {"start_sites": ("990104",)}))
    with pytest.raises(BadInput, match="2 with those kept, over 1"):
        locate(little, Locate(**ask | {"start_sites": TWO}))
    with pytest.raises(BadAsk, match="takes no start_sites"):
        locate(little, Locate(model="ruled", **ask))
