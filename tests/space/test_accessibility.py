"""The verb for accessibility on a region of four squares in a row, 11.1 km apart, its roads modelled."""

import numpy as np
import pandas as pd
import pytest

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.space import measured, opportunities
from hutuo.space.accessibility import Accessibility, accessibility
from hutuo.space.weights import weighed

ALL = ["990101", "990102", "990104"]
# 11.1 km of the equator times the detour at 80 km/h, and the terminal minutes.
NEAR = 0.1 / 360 * 2 * np.pi * 6371.0088 * 1.33 / 80 * 60 + 5


def asked(region, **given):
    return accessibility(region, Accessibility(**{"from": ALL, **given}))


def values(answer):
    return {row.place: row.value for row in answer.rows}


def test_people_within_a_limit_by_hand(little):
    # Alpha and Beta are neighbours, Delta is two squares further on.
    found = asked(little, minutes=20)
    assert values(found) == {"990101": 1500, "990102": 1500, "990104": 400}
    assert found.rows[0].place == "990104"
    assert (found.year, found.people_year, found.weighing.en) == (2020, 2020, "t ≤ 20")
    assert found.inequality.mean == pytest.approx((1500 * 1500 + 400 * 400) / 1900)


def test_whether_the_limit_counts_changes_the_answer(little):
    way = asked(little, **{"from": ["990101"]}, to=["990102"], measure="nearest")
    exact = values(way)["990101"]
    within = values(asked(little, minutes=exact))["990101"]
    below = asked(little, minutes=exact, included=False)
    assert (within, values(below)["990101"]) == (1500, 1000)
    assert "<" in below.weighing.en


def test_two_steps_share_supply_among_those_in_reach(little):
    found = asked(little, measure="two_step", minutes=20, to=["990102"])
    assert values(found)["990101"] == pytest.approx(500 / 1500)
    assert values(found)["990104"] == 0
    assert found.unit_name.en == "persons per person"


def test_the_nearest_are_told_in_minutes_the_farthest_place_first(little):
    found = asked(little, measure="nearest", to=["990101"])
    assert values(found)["990102"] == pytest.approx(NEAR, abs=1e-4)
    assert [row.place for row in found.rows] == ["990104", "990102", "990101"]
    mean = (500 * values(found)["990102"] + 400 * values(found)["990104"]) / 1900
    assert found.inequality.mean == pytest.approx(mean)
    assert found.inequality.equivalent > mean
    assert found.inequality.gini is None


def test_too_few_to_reach_is_null_and_the_place_stays(little):
    found = asked(little, measure="nearest", count=5000)
    assert values(found) == dict.fromkeys(ALL)
    assert (found.inequality.mean, found.inequality.equivalent) == (None, None)


def test_too_far_is_a_share_of_people(little):
    found = asked(little, measure="nearest", to=["990101"], standard=20)
    assert found.inequality.short_share == pytest.approx(400 / 1900)


def test_who_reaches_a_place_is_told_by_destination(little):
    found = asked(little, measure="passive", minutes=20, to=["990102", "990103"])
    assert values(found) == {"990102": 1500, "990103": 900}
    assert {row.place: row.people for row in found.rows} == {"990102": 500, "990103": None}
    assert found.inequality.people == 500


def test_what_is_allotted_sums_to_what_there_is_and_is_unequal_by_person(little):
    found = asked(little, measure="availability", minutes=20)
    assert sum(values(found).values()) == pytest.approx(1900)
    assert found.inequality.mean == pytest.approx(1)
    assert found.inequality.gini == pytest.approx(0, abs=1e-12)


def test_several_limits_are_averaged(little):
    mean = asked(little, measure="interval", cutoffs=[1, 20, 21])
    assert values(mean)["990101"] == pytest.approx((1000 + 1500 + 1500) / 3)
    median = asked(little, measure="interval", cutoffs=[1, 20, 21], averaged="median")
    assert values(median)["990101"] == 1500
    assert median.weighing.en == "t ≤ 1, 20, 21: median"


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ({"measure": "cumulative"}, {"measure": "two_step"}),
        ({"minutes": 10}, {"minutes": 20}),
        ({"minutes": 20}, {"minutes": 20, "rural_kmh": 40}),
        ({"minutes": 20}, {"minutes": 20, "opportunities": "area"}),
        ({"minutes": 20, "from": ALL[:2]}, {"minutes": 20, "from": ALL}),
        (
            {"measure": "gravity", "curve": "exponential", "rate": 0.1},
            {"measure": "gravity", "curve": "exponential", "rate": 0.2},
        ),
        (
            {"measure": "gravity", "curve": "power", "exponent": 1},
            {"measure": "gravity", "curve": "power", "exponent": 2},
        ),
        (
            {"measure": "gravity", "curve": "logistic", "middle": 20, "spread": 5},
            {"measure": "gravity", "curve": "logistic", "middle": 20, "spread": 9},
        ),
        (
            {"measure": "gravity", "curve": "gaussian", "width": 10},
            {"measure": "gravity", "curve": "gaussian", "width": 12},
        ),
        (
            {"measure": "gravity", "curve": "linear"},
            {"measure": "gravity", "curve": "gaussian_to_zero"},
        ),
        (
            {
                "measure": "two_step",
                "curve": "stepped",
                "step_ends": [5, 20],
                "step_weights": [1, 0.5],
            },
            {
                "measure": "two_step",
                "curve": "stepped",
                "step_ends": [5, 20],
                "step_weights": [1, 0.4],
            },
        ),
        ({"measure": "three_step"}, {"measure": "balanced"}),
        ({"measure": "availability"}, {"measure": "availability", "alpha": 2}),
        ({"measure": "nearest"}, {"measure": "nearest", "count": 1200}),
        (
            {"measure": "nearest", "count": 1200},
            {"measure": "nearest", "count": 1200, "averaged": "mean"},
        ),
        ({"standard": 1000}, {"standard": 1600}),
        ({"minutes": 20, "aversion": 1}, {"minutes": 20, "aversion": 3}),
        ({"rank_by": "people"}, {}),
        ({"year": 2020}, {"year": 2010}),
    ],
)
def test_every_field_changes_the_answer(little, one, other):
    first, second = asked(little, **one), asked(little, **other)
    assert (first.rows, first.inequality) != (second.rows, second.inequality)


def test_every_curve_tells_what_it_counts():
    numbers = {"rate": 0.1}
    assert weighed("exponential", None, numbers, included=True).told.en == "exp(-0.1 t)"
    cut = weighed("exponential", 45, numbers, included=False)
    assert cut.told.en == "exp(-0.1 t), t < 45"
    assert cut.decay(np.array([44.0, 45.0]))[1] == 0
    steps = {"step_ends": (10, 30), "step_weights": (1, 0.5)}
    assert weighed("stepped", None, steps, included=True).told.en == "t ≤ 10: 1, t ≤ 30: 0.5"
    assert weighed("linear", None, {}, included=True).decay(np.array([30.0]))[0] == 0.5


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"measure": "nearest", "minutes": 30}, "takes no minutes"),
        ({"measure": "cumulative", "curve": "linear"}, "takes no curve"),
        ({"measure": "gravity", "count": 3, "alpha": 2}, "takes no count, alpha"),
        ({"measure": "gravity", "curve": "exponential"}, "needs rate"),
        ({"measure": "gravity", "curve": "linear", "rate": 1}, "takes no rate"),
        (
            {
                "measure": "gravity",
                "curve": "stepped",
                "step_ends": [1],
                "step_weights": [1],
                "minutes": 5,
            },
            "takes no minutes",
        ),
        ({"measure": "interval"}, "needs cutoffs"),
        ({"measure": "interval", "cutoffs": [20], "averaged": "last"}, "'last'"),
        ({"opportunities": "share"}, "do not add up"),
    ],
)
def test_what_would_be_ignored_or_mean_nothing_is_refused(little, given, says):
    with pytest.raises(BadAsk, match=says):
        asked(little, **given)


def test_unknown_places_and_indicators_are_told(little):
    with pytest.raises(NotFound, match="nowhere"):
        asked(little, to=["nowhere"])
    with pytest.raises(NotFound, match="schools"):
        asked(little, opportunities="schools")


def test_what_has_no_figure_is_told_and_stays_in_the_answer(little):
    found = accessibility(little, Accessibility(minutes=20))
    rows = {row.place: row for row in found.rows}
    assert (rows["part:delta-town"].people, rows["part:delta-town"].value) == (None, 0)
    told = {left.what.en: left.number for left in found.basis.left_out}
    assert told["destinations without a figure"] == 1
    assert told["places without people counted"] == 1
    assert found.inequality.people == 1500


def test_places_to_be_ranked_need_a_rank(little):
    with pytest.raises(BadInput, match="2 places have no figure of 'revenue'"):
        asked(little, rank_by="revenue")


def test_figures_of_the_year_with_most_places_are_taken(little):
    found = opportunities.figures_of(little, ALL, "people")
    assert (found.year, found.amounts.tolist()) == (2020, [1000, 500, 400])
    early = opportunities.figures_of(little, ALL, "people", 2010)
    assert early.amounts[0] == 900
    assert np.isnan(early.amounts[1:]).all()


def test_a_road_on_a_branch_brings_people_nearer_there_alone(own):
    branch = own.create_branch("bridge")
    row = {
        "link": "bridge", "zh": "桥", "en": "Bridge", "from_place": "990101", "to_place": "990104",
        "minutes": 5.0, "source": "book",
    }  # fmt: skip
    branch.append("link", pd.DataFrame([row]))
    assert values(asked(own, minutes=20))["990104"] == 400
    assert values(asked(branch, minutes=20))["990104"] == 1400


def test_too_many_pairs_are_told_with_what_takes_more(little, monkeypatch):
    monkeypatch.setattr(opportunities, "MOST_PAIRS", 8)
    with pytest.raises(BadAsk, match="3 by 3 are too many") as told:
        asked(little)
    assert "Reach" in told.value.hint


def test_no_people_mean_no_inequality(little):
    found = asked(little, **{"from": ["part:delta-town"]}, to=["990101"])
    assert found.inequality is None


def test_measures_of_inequality_that_do_not_exist_are_none():
    by = measured.Ranked(np.array(["a", "b"]), None)
    told = measured.spread_over(np.zeros(2), np.ones(2), by, None, 1.0)
    assert (told["gini"], told["short_share"], told["concentration"]) == (None, None, None)
    assert told["equivalent"] == 0
