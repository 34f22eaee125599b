"""Scores and subsidies of the tiny region by hand; runs come out again, appeals change what they should."""

from datetime import date
from fractions import Fraction

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given, settings

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.exchange.evaluation import EvaluateSharing, evaluate_sharing, measured, score_of
from hutuo.exchange.subsidies import Subsidy, subsidy
from hutuo.ledger.entries import read_entries

YEAR = {"since": date(2024, 1, 1), "until": date(2024, 12, 31)}


def done(region, action="propose", **ask):
    return subsidy(region, Subsidy(action=action, **YEAR | {"budget_fen": 1_000_000} | ask))


def correct(region, owner, instrument, **change):
    """A new version of a row of usage."""
    (row,) = region.records("instrument_usage", owner=owner, instrument=instrument)
    plain = {name: row[name] for name in row if name not in ("recorded_at", "batch")}
    region.append("instrument_usage", pd.DataFrame([plain | change], dtype=object))


def amounts(found):
    return {row.owner: row.amount_fen for row in found.rows}


def test_scores_follow_the_rule(little):
    """uni: 800 of 1000 hours, 400 of 800 outside, (9 + 24) / 40 content: 32 + 20 + 16.5; h1: 32 + 4 + 14."""
    found = evaluate_sharing(little, EvaluateSharing(**YEAR))
    assert [(row.owner, row.total_score, row.hours_used) for row in found.rows] == [
        ("uni", 68.5, 800.0),
        ("h1", 50.0, 800.0),
    ]
    assert [(m.measure, m.value, m.marks) for m in found.rows[0].measures] == [
        ("hours_used", 800.0, 32.0),
        ("outside_share", 0.5, 20.0),
        ("satisfaction", 0.825, 16.5),
    ]
    assert (found.rule, found.version, found.findings) == ("sharing", 1, [])


def test_the_budget_is_split_by_score_to_the_last_fen(little):
    """68.5 and 50 of 118.5."""
    found = done(little)
    assert amounts(found) == {"uni": 578_059, "h1": 421_941}
    assert (found.spent_fen, found.left_fen, found.verified) == (1_000_000, 0, None)


def test_entries_are_what_the_ledger_takes(little):
    for pays, accounts in {
        "due": ["gov/due:uni", "uni/due:gov"],
        "cash": ["gov/cash", "uni/cash"],
    }.items():
        found = done(little, pays=pays)
        read = read_entries(found.entries, "entries")
        assert [leg.account for leg in read[1].postings] == accounts
        assert [leg.amount for leg in read[1].postings] == [-578_059, 578_059]
        assert read[1].key == f"subsidy:{found.run}:uni"


def test_a_run_comes_out_again_after_figures_have_changed(tried):
    first = done(tried, "run")
    assert (first.verified, first.stored) == (True, 3)
    correct(tried, "h1", "mri", hours_booked=1200.0, reason="申诉成立:补录机时")
    shown = done(tried, "show", run=first.run)
    assert (shown.verified, shown.digest, amounts(shown)) == (True, first.digest, amounts(first))
    assert done(tried).digest != first.digest


def test_an_appeal_changes_what_it_should_and_owes_the_difference(tried):
    """h1: 1000 hours, 40 + 3.2 + 14 = 57.2 of 125.7; the figures of uni stay, its share falls."""
    first = done(tried, "run")
    correct(tried, "h1", "mri", hours_booked=1200.0, reason="申诉成立:补录机时 / appeal upheld")
    second = done(tried, "run")
    assert (second.run, second.replaces) == (f"{first.run[:-1]}2", first.run)
    of = {row.owner: row for row in second.rows}
    assert (of["h1"].total_score, of["h1"].amount_fen) == (57.2, 455_052)
    assert (of["h1"].before_fen, of["h1"].change_fen) == (421_941, 33_111)
    assert [text.en for text in of["h1"].reasons] == ["mri: appeal upheld"]
    assert (of["uni"].total_score, of["uni"].change_fen, of["uni"].reasons) == (68.5, -33_111, [])
    read = read_entries(second.entries, "entries")
    assert {entry.key: [leg.amount for leg in entry.postings] for entry in read} == {
        f"subsidy:{second.run}:h1": [-33_111, 33_111],
        f"subsidy:{second.run}:uni": [33_111, -33_111],
    }
    assert done(tried, "show").run == second.run
    assert done(tried, "show", run=first.run).verified


def test_a_stored_amount_that_is_not_of_the_rule_is_found(tried):
    first = done(tried, "run")
    (row,) = tried.records("subsidy_share", run=first.run, owner="h1")
    plain = {name: row[name] for name in row if name not in ("recorded_at", "batch")}
    tried.append("subsidy_share", pd.DataFrame([plain | {"amount_fen": 999_999}], dtype=object))
    assert done(tried, "show", run=first.run).verified is False


def test_below_the_least_score_there_is_nothing(tried):
    (rule,) = tried.records("evaluation_rule")
    plain = {name: rule[name] for name in rule if name not in ("recorded_at", "batch")}
    new = plain | {"version": 2, "least_score": 60.0, "cap_fen": 700_000}
    tried.append("evaluation_rule", pd.DataFrame([new], dtype=object))
    measures = tried.table("evaluation_measure").drop(columns=["recorded_at", "batch"])
    tried.append("evaluation_measure", measures.assign(version=2))
    found = done(tried)
    assert (found.version, amounts(found), found.left_fen) == (
        2,
        {"uni": 700_000, "h1": 0},
        300_000,
    )
    assert [entry["key"][-4:] for entry in found.entries] == [":uni"]
    assert amounts(done(tried, version=1)) == {"uni": 578_059, "h1": 421_941}


def test_figures_that_do_not_fit_are_told(tried):
    correct(tried, "h1", "mri", hours_no_show=1100.0, satisfaction=None)
    correct(tried, "uni", "sem", hours_outside=300.0)
    row = {
        "owner": "uni", "instrument": "tem", "valid_from": date(2024, 7, 1),
        "valid_to": date(2025, 7, 1), "hours_booked": 5.0,
    }  # fmt: skip
    tried.append("instrument_usage", pd.DataFrame([row], dtype=object))
    assert {text.en for text in evaluate_sharing(tried, EvaluateSharing(**YEAR)).findings} == {
        "uni/tem 2024-07-01–2025-07-01: lies across the period, not counted",
        "h1/mri: more hours without a show than booked",
        "uni/sem: more outside hours than used",
        "h1: no figure of satisfaction, which scores nothing",
    }


def test_what_is_not_there_or_faulty_is_refused(tried):
    with pytest.raises(BadAsk, match="period and budget are needed"):
        subsidy(tried, Subsidy(action="propose"))
    with pytest.raises(NotFound, match="no run"):
        subsidy(tried, Subsidy())
    with pytest.raises(NotFound, match="version of sharing"):
        done(tried, version=9)
    done(tried, "run", run="mine")
    with pytest.raises(BadAsk, match="there is run mine already"):
        done(tried, "run", run="mine")
    measures = tried.table("evaluation_measure").drop(columns=["recorded_at", "batch"])
    tried.append("evaluation_measure", measures.assign(full_at=0.0))
    with pytest.raises(BadInput, match="full_at is zero_at"):
        done(tried)


hours = st.integers(0, 1000).map(float)
used = st.fixed_dictionaries(
    {
        "hours_booked": hours,
        "hours_no_show": hours,
        "hours_available": st.none() | hours,
        "hours_outside": hours,
        "satisfaction": st.none() | st.integers(0, 10).map(lambda n: n / 10),
        "ratings": st.none() | st.integers(0, 9),
        "results": st.none() | st.integers(0, 9),
    }
)
NAMES = ("hours_used", "use_rate", "outside_share", "satisfaction", "results")
rules = st.lists(
    st.builds(
        lambda name, weight, full: {"measure": name, "weight": weight, "zero_at": 0.0, "full_at": full},
        st.sampled_from(NAMES),
        st.integers(1, 9).map(lambda n: n / 10),
        st.integers(1, 100).map(float),
    ),
    min_size=1,
    unique_by=lambda row: row["measure"],
)  # fmt: skip


@given(st.lists(used, min_size=1, max_size=4), rules)
@settings(max_examples=300)
def test_a_score_lies_within_its_bounds_and_is_the_sum_of_its_points(rows, rule):
    found = score_of(rows, rule)
    assert 0 <= found.total <= 100
    assert found.total == sum(found.points.values())
    assert isinstance(found.total, Fraction)
    assert score_of(rows[::-1], rule) == found


@given(st.lists(used, min_size=1, max_size=4), rules, st.integers(1, 50))
@settings(max_examples=200)
def test_more_hours_booked_and_kept_never_lower_the_points_of_hours(rows, rule, more):
    better = [rows[0] | {"hours_booked": rows[0]["hours_booked"] + more}, *rows[1:]]
    for name in ("hours_used", "use_rate"):
        before, after = (score_of(some, rule).points.get(name, 0) for some in (rows, better))
        assert after >= before
    assert measured(better)["hours_used"] - measured(rows)["hours_used"] == more
