"""Commuting circles written as figures that a plan is evaluated by."""

import pytest

from hutuo.base.branches import Branch, branch
from hutuo.errors import BadAsk, NotFound
from hutuo.plan.evaluate import Evaluate, evaluate
from hutuo.space.circlefigures import RecordCircle, record_circle
from hutuo.space.circles import CommutingCircle, commuting_circle

CORE = {"core": ("990101",), "mode": "road"}
ASK = RecordCircle(as_minutes="minutes", as_share="share", year=2026, **CORE)


def stands(region):
    """How the target on commuting stands."""
    return next(row for row in evaluate(region, Evaluate()) if row.target == "ride")


def test_the_set_has_the_minutes_of_its_farthest_member_and_each_member_its_own(own):
    circle = commuting_circle(own, CommutingCircle(**CORE))
    found = record_circle(own, ASK)
    minutes = {row.place: row.value for row in found.rows if row.indicator == "minutes"}
    assert minutes["set:area"] == circle.farthest_minutes
    assert {place: took for place, took in minutes.items() if place != "set:area"} == {
        row.place: row.minutes for row in circle.rows
    }


def test_a_target_bound_to_the_indicator_is_evaluated_by_an_estimate_with_its_method(own):
    assert stands(own).observed is None
    found = record_circle(own, ASK)
    seen = stands(own).observed
    assert seen.value == next(row.value for row in found.rows if row.place == "set:area"
                              and row.indicator == "minutes")  # fmt: skip
    assert (seen.estimate, seen.source, seen.valid_from.year) == (
        True,
        "model:commuting-circle",
        2026,
    )
    assert "roads are modelled" in seen.method.en
    assert seen.method.zh.startswith("模型结果")
    assert stands(own).status == "met"


def test_on_a_branch_main_stays_as_it_is(own):
    trial = own.create_branch("trial")
    assert record_circle(trial, ASK).stored == 4
    assert stands(own).observed is None
    assert stands(trial).observed is not None


def test_the_batch_is_in_the_log_and_the_same_circle_is_known_already(own):
    first = record_circle(own, ASK)
    again = record_circle(own, ASK)
    assert (first.stored, first.duplicate) == (4, 0)
    assert (again.stored, again.duplicate) == (0, 4)
    batch = next(one for one in own.batches() if one["batch"] == first.batch)
    assert batch["verb"] == "record-circle"


def test_shares_are_of_years_in_which_all_members_have_people(own):
    """Of 2010 one of three members has a figure, of 2020 two: the part of a district has none of its own."""
    found = record_circle(own, ASK)
    shares = [row for row in found.rows if row.indicator == "share"]
    lacking = [says.en for says in found.not_written]
    assert [(row.year, row.place) for row in shares] == []
    assert "2 members have no people in 2010" in lacking
    assert "1 members have no people in 2020" in lacking


def test_a_share_of_a_set_whose_members_all_have_people_is_written(own):
    import pandas as pd

    row = {"place": "part:delta-town", "indicator": "people", "value": 100.0, "unit": "person",
           "valid_from": "2020-11-01", "valid_to": "2020-11-02", "source": "book"}  # fmt: skip
    own.append("observation", pd.DataFrame([row]))
    found = record_circle(own, ASK.model_copy(update={"minutes": 20}))
    (share,) = [row for row in found.rows if row.indicator == "share"]
    circle = commuting_circle(own, CommutingCircle(**CORE, minutes=20))
    assert (share.year, share.value) == (2020, next(
        one.share for one in circle.people if one.year == 2020 and one.included))  # fmt: skip
    assert share.value == pytest.approx(100 * 1500 / 1600, abs=0.01)


def test_where_a_member_is_not_reached_the_set_has_none(own):
    import pandas as pd

    row = {"place": "part:far", "kind": "part", "zh": "远方", "en": "Far", "part_of": "990100",
           "source": "book"}  # fmt: skip
    own.append("place", pd.DataFrame([row]))
    member = {
        "set": "set:area",
        "member": "part:far",
        "role": "part",
        "clause": "一",
        "source": "book",
    }
    own.append("membership", pd.DataFrame([member]))
    found = record_circle(own, RecordCircle(as_minutes="minutes", **CORE))
    assert "set:area" not in [row.place for row in found.rows]
    assert [says.en for says in found.not_written] == [
        "part:far: no point is known",
        "not all members are reached: the set has none",
    ]


def test_a_check_writes_nothing(own):
    found = record_circle(own, ASK.model_copy(update={"check": True}))
    assert (found.batch, found.stored) == (None, 0)
    assert len(found.rows) == 4
    assert stands(own).observed is None


def test_indicators_are_measured_as_the_figures_are(little):
    with pytest.raises(BadAsk, match="'people' is measured in") as told:
        record_circle(little, RecordCircle(as_minutes="people", **CORE))
    assert "单位是" in told.value.words[0]
    with pytest.raises(BadAsk, match="'minutes' is measured in"):
        record_circle(little, RecordCircle(as_minutes="minutes", as_share="minutes", **CORE))
    with pytest.raises(NotFound, match="no indicator 'x'"):
        record_circle(little, RecordCircle(as_minutes="x", **CORE))


def test_a_comparison_of_branches_does_not_write(own):
    own.create_branch("trial")
    ask = Branch(action="diff", name="trial", verb="space/record-circle")
    with pytest.raises(BadAsk):
        branch(own, ask)
