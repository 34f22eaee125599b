"""Funnels: by hand, and what holds for any leads."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.economy.funnel import Funnel, funnel
from hutuo.economy.funnels import LOST, STAGES, funnel_of, reached, share_interval
from hutuo.economy.pooled import pooled

DAY = date(2025, 1, 1)
STEP = st.tuples(
    st.sampled_from("abcde"),
    st.sampled_from([*STAGES, LOST]),
    st.integers(0, 300).map(lambda n: DAY + timedelta(n)),
)


@given(st.lists(STEP, max_size=20))
def test_at_every_stage_leads_went_on_were_lost_or_stand_there(steps):
    leads = reached(steps)
    found = funnel_of(leads)
    assert found[0].came == len(leads)
    for one, after in zip(found, [*found[1:], None], strict=True):
        assert one.went_on + one.lost + one.open == one.came
        assert min(one.went_on, one.lost, one.open) >= 0
        assert one.went_on == (after.came if after else 0)
        if one.share is not None:
            assert 0 <= one.low <= one.share <= one.high <= 1


def test_the_interval_of_a_share_is_wilsons():
    """15 of 50: 0.1910 to 0.4375 in the tables of the method."""
    assert share_interval(15, 50) == pytest.approx((0.1910, 0.4375), abs=5e-5)
    assert share_interval(0, 10)[0] == 0
    assert share_interval(10, 10)[1] == pytest.approx(1)


def test_a_skipped_stage_was_passed_and_days_are_of_those_that_tell_both():
    leads = reached(
        [
            ("a", "contact", DAY),
            ("a", "signed", DAY + timedelta(90)),
            ("b", "contact", DAY),
            ("b", "visit", DAY + timedelta(10)),
            ("b", "visit", DAY + timedelta(20)),
        ]
    )
    contact, visit, negotiation, *_ = funnel_of(leads)
    assert (contact.came, contact.went_on, contact.days) == (2, 2, 10)
    assert (visit.came, visit.went_on, visit.open) == (2, 1, 1)
    assert (negotiation.came, negotiation.share, negotiation.days) == (1, 1, None)


def test_the_verb_follows_meetings_to_projects(little):
    found = funnel(little, Funnel(investor_from="110000"))
    assert (found.leads, found.from_meetings, found.became_projects) == (3, 2, 1)
    assert found.signed_share == pytest.approx(1 / 3)
    assert found.signed_fen == 500_000_000
    (meeting,) = found.meetings
    assert (meeting.meeting, meeting.leads, meeting.signed, meeting.projects) == (
        "m1",
        2,
        1,
        ["park"],
    )
    contact = found.rows[0]
    assert (contact.came, contact.went_on, contact.stands_here) == (3, 2, 1)


def test_the_pool_is_counted_for_a_body_that_may_see_it(little):
    """The tiny pool has one lead, of body a, with b as a party."""
    assert [step.lead for step in pooled(little, "a")] == ["foil"]
    assert [step.stage for step in pooled(little, "b")] == ["contact"]
    assert pooled(little, "gov") == []
    assert funnel(little, Funnel(as_="b")).leads == 4
    assert funnel(little, Funnel()).leads == 3


def test_without_a_pool_there_are_no_steps(embedded):
    assert pooled(embedded, "a") == []


def test_meetings_of_a_mechanism_without_leads_are_listed(little):
    found = funnel(little, Funnel(mechanism="gov", since=date(2030, 1, 1)))
    assert [(row.meeting, row.leads) for row in found.meetings] == [("m1", 0)]
    assert "no such leads" in found.doubts[0].en
