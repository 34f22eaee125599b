"""Portfolios and trackers of the tiny region, by hand."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.errors import NotFound
from hutuo.plan.portfolio import Portfolio, grouped, portfolio

DAY = date(2026, 7, 1)
MECHANISMS = ("政策协同", "要素统筹", "利益分配", "项目共建")


def listed(region, **ask):
    return portfolio(region, Portfolio(day=DAY, **ask))


def test_projects_are_summed_by_place(little):
    rows = {row.place: row for row in listed(little)}
    assert list(rows) == ["990101", "990102", "set:area"]
    bridge = rows["990101"]
    assert (bridge.count, bridge.counts, bridge.late) == (1, {"in_progress": 1}, 1)
    assert (bridge.land_mu, bridge.money_fen, bridge.progress) == (60, 500_000_000, 0.5)
    assert rows["set:area"].progress is None


def test_a_node_shows_the_targets_that_are_measured_for_it(little):
    rows = {row.place: row for row in listed(little)}
    assert {(t.target, t.status) for t in rows["set:area"].targets} >= {("grow", "on_track")}
    assert rows["990101"].targets == []


def test_each_pair_of_units_has_every_mechanism_and_a_gap_where_there_is_none(own):
    """The four mechanisms of a commuting ring, for a pair that has one of them (S12)."""
    import pandas as pd

    pair = {
        "place": "pair:a-b",
        "kind": "pair",
        "zh": "甲—乙",
        "en": "Alpha to Beta",
        "source": "book",
    }
    matter = {"project": "pact", "plan": "p", "clause": "二", "kind": "matter", "zh": "公交互认"}
    matter |= {
        "topic": "政策协同",
        "place": "pair:a-b",
        "state": "in_progress",
        "evidence": "协议一号",
    }
    own.record({"place": pd.DataFrame([pair]), "project": pd.DataFrame([matter])}, verb="test")
    ask = {"by": ("place", "topic"), "places": ("pair:a-b",), "topics": MECHANISMS}
    rows = listed(own, **ask)
    assert [(row.place_name.en, row.topic, row.gap) for row in rows] == [
        ("Alpha to Beta", name, name != "政策协同") for name in MECHANISMS
    ]
    assert [(one.project, one.state, one.evidence) for one in rows[0].projects] == [
        ("pact", "in_progress", "协议一号")
    ]


def test_other_groups_have_their_names(little):
    rows = listed(little, by=("owner", "kind"))
    assert [(r.owner, r.kind, r.count) for r in rows] == [
        ("gov", "matter", 0), ("gov", "project", 2), (None, "matter", 1), (None, "project", 0),
    ]  # fmt: skip
    assert rows[0].owner_name.en == "Littlecity government"
    assert [row.clause_title.en for row in listed(little, by=("clause",))] == [
        "Growth",
        "Transport",
    ]


def test_an_unknown_place_is_told(little):
    with pytest.raises(NotFound, match="no unit or place 'pair:x'"):
        listed(little, places=("pair:x",))


rows = st.lists(
    st.fixed_dictionaries(
        {"a": st.sampled_from([None, "x", "y"]), "b": st.sampled_from([None, "u", "v", "w"])}
    )
)


@given(rows, st.sampled_from([("a",), ("a", "b"), ("b", "a")]))
def test_every_row_is_in_one_group_and_every_combination_has_one(given_rows, by):
    found = grouped(given_rows, by)
    assert sorted(n for numbers in found.values() for n in numbers) == list(range(len(given_rows)))
    sides = [{row[column] for row in given_rows} for column in by]
    size = 1
    for side in sides:
        size *= len(side)
    assert len(found) == size


@given(rows)
def test_what_is_wanted_is_shown_in_its_order_and_nothing_else(given_rows):
    found = grouped(given_rows, ("a",), {"a": ("z", "x", "z")})
    assert list(found) == [("z",), ("x",)]
    assert found["x",] == [n for n, row in enumerate(given_rows) if row["a"] == "x"]
