"""Reconciliation of the tiny plan, by hand."""

from datetime import date

import pandas as pd
import pytest

import hutuo
import tiny
from hutuo.plan.reconcile import Reconcile, reconcile


def by_name(region):
    return {row.figure: row for row in reconcile(region, Reconcile())}


def test_a_sum_leaves_room_for_the_part(little):
    """1000 + 500 in whole members against 1700; the part's whole unit has 400, so 1500 to 1900."""
    row = by_name(little)["people"]
    assert (row.stated, row.computed, row.gap, row.operator) == (1700, 1500, -200, "~")
    assert "1,900" in row.note.zh
    assert "what is stated lies between the two" in row.note.en
    assert "Delta town" in row.note.en
    assert row.sources == ["book"]


def test_a_share_is_computed_from_its_two_figures(little):
    row = by_name(little)["share"]
    assert (row.stated, row.computed) == (50, pytest.approx(50))
    assert row.gap == pytest.approx(0)
    assert "73.205 ÷ 146.41" in row.note.en


def test_targets_are_held_against_the_figure_of_today_and_not_taken_for_a_shortfall(little):
    row = by_name(little)["sum"]
    assert (row.stated, row.computed) == (146.41, 200)
    assert "1.37 times" in row.note.en
    assert "8.1% a year" in row.note.en
    assert "no shortfall" in row.note.en


def test_with_sizes_that_fit_no_further_exclusion_is_inferred(little):
    row = by_name(little)["exclusions:set:area"]
    assert row.inference
    assert (row.stated, row.gap) == (None, None)
    (way,) = row.candidates
    assert way.excluded == []
    assert [(rest.whole, rest.rest) for rest in way.rests] == [(1500, 200)]


def test_a_sum_that_lacks_a_member_is_no_sum(own_folder):
    tiny.edit(own_folder, "observation", {(4, "indicator"): "area", (4, "unit"): "km2"})
    row = by_name(hutuo.open(str(own_folder)))["people"]
    assert (row.computed, row.gap) == (None, None)
    assert "this is no total, missing: Beta" in row.note.en
    assert "1 of 2 whole members have a figure, 1,000 persons together" in row.note.en
    assert "缺:乙县" in row.note.zh


def test_a_sum_above_what_is_stated_points_to_the_inference(own_folder):
    """1000 + 500 against 1100 and a part of at most 400: only leaving Beta out fits, 100 stay."""
    tiny.edit(own_folder, "observation", {(6, "value"): "1100"})
    rows = by_name(hutuo.open(str(own_folder)))
    assert rows["people"].gap == 400
    assert "see the inference" in rows["people"].note.en
    inferred = rows["exclusions:set:area"]
    assert [[named.name.en for named in way.excluded] for way in inferred.candidates] == [["Beta"]]
    assert [(r.whole, r.rest) for r in inferred.candidates[0].rests] == [(1000, 100)]
    assert "inference, not stated by the plan" in inferred.note.en


def test_a_sum_below_what_is_stated_even_with_everything_has_no_way_to_fit(own_folder):
    tiny.edit(own_folder, "observation", {(6, "value"): "5000"})
    rows = by_name(hutuo.open(str(own_folder)))
    assert "even with everything counted the sum is below" in rows["people"].note.en
    inferred = rows["exclusions:set:area"]
    assert (inferred.candidates, inferred.computed) == ([], None)
    assert "no way fit" in inferred.note.en


def test_a_figure_that_nothing_can_be_held_against_says_what_would_settle_it(own_folder):
    tiny.edit(own_folder, "baseline", {(2, "check"): "none"})
    row = by_name(hutuo.open(str(own_folder)))["people"]
    assert (row.computed, row.gap) == (None, None)
    assert "'Residents' of each unit of Little area would settle it" in row.note.en


def test_a_total_of_a_set_is_an_estimate_with_its_method(own):
    """Without a figure of its own a set has the sum of its members where each has one."""
    from hutuo.base.series import observed

    row = {"place": "part:delta-town", "indicator": "area", "valid_from": date(2025, 1, 1),
           "value": 23.0, "unit": "km2", "source": "book"}  # fmt: skip
    assert observed(own, "set:area", "area") == []
    own.append("observation", pd.DataFrame([row]))
    (found,) = observed(own, "set:area", "area")
    assert found.value == pytest.approx(2 * 123.09 + 23, abs=0.02)
    assert found.estimate
    assert "3 个成员之和" in found.method
