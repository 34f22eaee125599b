"""Figures of many places read at once: the same as one by one, from memory as from the lake."""

from datetime import date

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base import lake
from hutuo.base.series import observed, observed_all
from hutuo.errors import NotFound

PLACES = ["set:area", "990101", "990102", "990104", "990100"]
PAIRS = st.tuples(st.sampled_from(PLACES), st.sampled_from(["people", "revenue", "share", "area"]))


@given(st.lists(PAIRS, max_size=8))
def test_many_at_once_are_what_each_is_alone(little, pairs):
    found = observed_all(little, pairs)
    assert set(found) == set(pairs)
    assert found == {pair: observed(little, *pair) for pair in pairs}


@given(st.lists(PAIRS, min_size=1, max_size=8))
def test_pairs_are_asked_for_and_nothing_between_them(little, pairs):
    """The product of the places and the indicators holds more rows than the pairs do."""
    rows = little.history("observation", **{"place+indicator": pairs})
    by_hand = [r for r in little.history("observation") if (r["place"], r["indicator"]) in pairs]
    assert rows == by_hand


def test_the_lake_gives_the_same_pairs_as_the_memory(little, monkeypatch):
    pairs = [("990101", "people"), ("set:area", "revenue"), ("990102", "revenue")]
    from_memory = little.history("observation", **{"place+indicator": pairs})
    with monkeypatch.context() as patch:
        patch.setattr(lake, "SMALL_ROWS", -1)
        assert little.history("observation", **{"place+indicator": pairs}) == from_memory
    assert len(from_memory) == 4


def test_a_pair_with_an_unknown_column_is_told(little):
    with pytest.raises(NotFound, match="no column of observation 'plaze'"):
        little.records("observation", **{"plaze+indicator": [("a", "b")]})


def test_instants_and_dates_keep_their_kind(own):
    """A reading by the clock makes the column one of instants; dates in it come back as dates."""
    reading = {
        "place": "990101",
        "indicator": "share",
        "valid_from": pd.Timestamp("2025-01-01T08:00Z"),
        "valid_to": pd.Timestamp("2025-01-01T09:00Z"),
        "value": 51.0,
        "unit": "%",
        "source": "book",
    }
    own.append("observation", pd.DataFrame([reading]))
    first, last = observed(own, "990101", "share")
    assert (first.valid_from, first.valid_to) == (date(2024, 1, 1), date(2025, 1, 1))
    assert last.valid_from == pd.Timestamp("2025-01-01T08:00Z").to_pydatetime()


def test_sums_of_several_sets_at_once_keep_their_members_apart(own):
    row = {
        "place": "part:delta-town",
        "indicator": "area",
        "valid_from": date(2025, 1, 1),
        "value": 23.0,
        "unit": "km2",
        "source": "book",
    }
    own.append("observation", pd.DataFrame([row]))
    found = observed_all(own, [("set:area", "area"), ("set:area", "share"), ("990101", "area")])
    assert found["set:area", "area"][0].estimate
    assert found["set:area", "area"][0].value > found["990101", "area"][0].value
    assert found["set:area", "share"] == []
