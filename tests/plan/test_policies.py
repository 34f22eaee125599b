"""Policies of the tiny region, by hand."""

from datetime import date, timedelta

import hypothesis.strategies as st
import pandas as pd
import pytest
from hypothesis import given

import hutuo
from hutuo.errors import NotFound
from hutuo.plan.policies import Policies, matrix, policies, recognised, span, split

DAY = date(2025, 11, 25)


def asked(region, **ask):
    return policies(region, Policies(**{"day": DAY} | ask))


def states(found):
    return {(row.topic, row.place): row.state for row in found.rows}


def test_the_matrix_of_a_day_shows_what_holds_expires_and_is_missing(little):
    """The aid of Alpha ends on 1 January, 37 days on; its rule on skills ended; Beta never had one."""
    found = asked(little)
    assert states(found) == {
        ("人才", "990101"): "gap",
        ("人才", "990102"): "gap",
        ("住房", "990101"): "expiring",
        ("住房", "990102"): "in_force",
    }
    assert (found.gaps, found.expiring, found.day) == (2, 1, DAY)
    assert [row.last_to for row in found.rows[:2]] == [date(2025, 1, 1), None]
    (aid,) = found.rows[2].policies
    assert (aid.days_left, aid.rule.en, aid.recognises) == (37, "monthly aid", ["beta-rent"])


@pytest.mark.parametrize(
    ("day", "gaps", "expiring"),
    [
        (date(2024, 6, 1), 1, 0),
        (date(2026, 1, 1), 3, 0),
        (date(2022, 6, 1), 4, 0),
        (date(2025, 10, 4), 2, 1),
    ],
)
def test_another_day_is_another_matrix(little, day, gaps, expiring):
    found = asked(little, day=day)
    assert (found.gaps, found.expiring) == (gaps, expiring)


def test_the_day_of_the_view_holds_where_none_is_asked(little, little_folder):
    found = policies(hutuo.open(str(little_folder), at="2024-06-01"), Policies())
    assert (found.day, found.gaps) == (date(2024, 6, 1), 1)


def test_figures_are_compared_in_one_unit(little):
    """500 yuan against 0.06 x 10,000 yuan; in words the two rules are the same."""
    (topic,) = [row for row in asked(little).compared if row.topic == "住房"]
    assert (topic.lowest, topic.highest, topic.unit) == (500, pytest.approx(600), "元")
    assert (topic.same, topic.have, topic.lacking) == (True, 2, [])
    (none,) = [row for row in asked(little).compared if row.topic == "人才"]
    assert (none.same, none.have, none.lacking) == (None, 0, ["990101", "990102"])


def test_one_city_recognises_the_rule_of_the_other_and_not_the_reverse(little):
    found = {(p.place, p.other): (p.recognised, p.topics, p.share) for p in asked(little).pairs}
    assert found == {("990101", "990102"): (1, 1, 1.0), ("990102", "990101"): (0, 1, 0.0)}


def test_places_and_topics_that_have_nothing_yet_are_gaps(little):
    found = asked(little, places=("990102", "990103"), topics=("医保", "住房"))
    assert list(states(found)) == [
        ("医保", "990102"), ("医保", "990103"), ("住房", "990102"), ("住房", "990103"),
    ]  # fmt: skip
    assert found.gaps == 3
    assert [row.place for row in asked(little, place="990101").rows] == ["990101", "990101"]
    assert set(states(asked(little, only=("expiring",))).values()) == {"expiring"}


def test_an_unknown_place_is_told(little):
    with pytest.raises(NotFound, match="no unit or place 'x'"):
        asked(little, places=("x",))


def test_figures_that_measure_different_things_do_not_compare():
    assert span([{"value": 5.0, "unit": "元"}, {"value": 3.0, "unit": "year"}]) is None
    assert span([{"value": 5.0, "unit": None}]) is span([{"value": None, "unit": "元"}]) is None


CITIES, TOPICS = ["a", "b", "c"], ["s", "t"]
names = [f"{city}{topic}" for city in CITIES for topic in TOPICS]
registers = st.dictionaries(st.sampled_from(names), st.lists(st.sampled_from(names))).map(
    lambda found: [
        {"policy": name, "place": name[0], "topic": name[1], "recognises": "|".join(of) or None}
        for name, of in found.items()
    ]
)


@given(registers)
def test_every_topic_and_place_has_a_cell_and_every_policy_is_in_one(rows):
    found = matrix(rows, TOPICS, CITIES)
    assert list(found) == [(topic, city) for topic in TOPICS for city in CITIES]
    assert sorted(row["policy"] for cell in found.values() for row in cell) == sorted(
        row["policy"] for row in rows
    )


@given(registers)
def test_no_more_is_recognised_than_there_is_and_a_brute_force_agrees(rows):
    found = recognised(rows, TOPICS, CITIES)
    assert len(found) == len(CITIES) * (len(CITIES) - 1)
    for one in found:
        ruled = [topic for topic in TOPICS if any(r["policy"] == one.other + topic for r in rows)]
        taken = {
            name[1]
            for row in rows
            if row["place"] == one.place
            for name in split(row["recognises"])
            if name[0] == one.other and name[1] in ruled
        }
        assert (one.topics, one.recognised) == (len(ruled), len(taken))


@given(st.integers(0, 400))
def test_a_policy_expires_when_its_end_is_within_the_days(little, within):
    found = asked(little, within_days=within)
    assert found.expiring == (date(2026, 1, 1) <= DAY + timedelta(days=within))


def test_a_policy_without_a_source_is_shown_as_one(own):
    own.record(
        {
            "policy": pd.DataFrame(
                [{"policy": "bare", "place": "990101", "topic": "户籍", "zh": "口头约定"}]
            )
        },
        verb="test",
    )
    (cell,) = [row for row in asked(own, topics=("户籍",)).rows if row.place == "990101"]
    assert [(row.policy, row.source) for row in cell.policies] == [("bare", None)]
