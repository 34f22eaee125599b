"""Figures of markets: what is counted where and when, worked by hand."""

import dataclasses
from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.store import store_of
from hutuo.errors import BadAsk
from hutuo.exchange.bookings import Book, done
from hutuo.exchange.listings import Listing, listing
from hutuo.exchange.lying import around
from hutuo.exchange.observing import Event, Observe, events_of, observe, summed
from traded import BOOKING, meet, pay, trade, use

AFTER = date(2200, 1, 1)


def figures(region, figure, indicator, **asked):
    seen = dataclasses.replace(region, at=AFTER)
    ask = Observe(**{"figure": figure, "indicator": indicator, "check": True} | asked)
    return [(row.place, row.valid_from, row.value) for row in observe(seen, ask).rows]


def test_hours_used_are_those_booked_without_no_shows_where_the_instrument_is(shop):
    """An hour that was used on 3 February, half an hour on 4 March for which nobody came; one cancelled."""
    trade(shop)
    use(shop)
    march = datetime(2026, 3, 4, 1, tzinfo=UTC)
    for name, minutes, action, at in (
        ("m1", 30, "no_show", march + timedelta(hours=1)),
        ("m2", 90, "cancel", march - timedelta(days=2)),
    ):
        begins = march if name == "m1" else march + timedelta(hours=2)
        asked = BOOKING | {"booking": name, "begins": begins, "minutes": minutes}
        done(shop, Book(action="make", **asked), march - timedelta(days=3))
        done(shop, Book(action=action, booking=name), at)
    months = {"grain": "month", "places": ["990101", "990102", "set:area"]}
    assert figures(shop, "use_hours", "minutes", **months) == [
        ("990101", date(2026, 2, 1), 1.0),
        ("set:area", date(2026, 2, 1), 1.0),
    ]
    assert figures(shop, "no_show_hours", "minutes") == [("set:area", date(2026, 1, 1), 0.5)]
    assert figures(shop, "use_hours", "minutes", since="2026-02-04") == []


def test_redeemed_sums_count_where_the_institute_lies(shop):
    """50 minutes at 300 yuan an hour are 250 yuan, of which a voucher of 200 yuan pays half: 125."""
    trade(shop)
    use(shop)
    pay(shop)
    assert figures(shop, "redeemed", "revenue") == [("set:area", date(2026, 1, 1), 12_500.0)]
    assert figures(shop, "redeemed", "revenue", places=["990102"]) == []


def test_a_match_of_two_listings_is_one(shop):
    trade(shop)
    year = date(datetime.now(shop.zone).year, 1, 1)
    need = {"market": "need", "body": "firm", "title": "磨损", "place": "990102"}
    listing(shop, Listing(action="make", listing="n1", **need))
    steps = [("match", {"partner": "coating"}), ("relist", {}), ("match", {"partner": "coating"})]
    for action, more in [*steps, ("negotiate", {}), ("contract", {"contract": "c@1"})]:
        listing(shop, Listing(action=action, listing="n1", **more))
    store, lies = store_of(shop), around(shop)
    # One side lies in each of the first two, both in the third.
    where = ["990101", "990102", "set:area"]
    for state, many in (("matched", 2.0), ("contracted", 1.0)):
        found = summed(list(events_of(state)(shop, store)), where, lies, "year")
        assert found == {(place, (year, _next(year))): many for place in where}
    assert list(events_of("settled")(shop, store)) == []


def _next(year):
    return date(year.year + 1, 1, 1)


def test_a_period_that_is_not_over_is_told_and_not_written(shop):
    trade(shop)
    use(shop)
    ask = Observe(figure="use_hours", indicator="minutes", check=True)
    found = observe(dataclasses.replace(shop, at=date(2026, 12, 31)), ask)
    assert found.rows == []
    assert [one.en for one in found.not_written] == ["the period from 2026-01-01 is not over"]


def test_an_indicator_is_measured_in_what_is_counted(little):
    with pytest.raises(BadAsk, match="'area' is measured in"):
        observe(little, Observe(figure="use_hours", indicator="area"))


def test_a_figure_is_written_once_and_evaluated_from_the_table(own):
    for step in (trade, use, pay, meet):
        step(own)
    seen = dataclasses.replace(own, at=AFTER)
    ask = Observe(figure="use_hours", indicator="minutes")
    first, second = observe(seen, ask), observe(seen, ask)
    assert (first.stored, second.stored, second.duplicate) == (1, 0, 1)
    row = own.records("observation", indicator="minutes", place="set:area")[0]
    assert (row["value"], row["unit"], row["source"]) == (1.0, "hour", "register:exchange")
    assert "without no-shows" in row["method"]


places = st.sampled_from(["990101", "990102", "part:x"])
events = st.lists(
    st.builds(
        Event,
        st.dates(date(2024, 1, 1), date(2026, 12, 31)),
        st.frozensets(places, max_size=2),
        st.integers(1, 9).map(float),
    )
)


@given(events)
def test_months_sum_to_years_and_a_whole_counts_each_event_once(found):
    lies = {one: frozenset({one, "whole"}) for one in ("990101", "990102", "part:x")}
    by_month = summed(found, ["whole"], lies, "month")
    by_year = summed(found, ["whole"], lies, "year")
    assert sum(by_month.values()) == sum(by_year.values())
    assert sum(by_year.values()) == sum(one.value for one in found if one.places)
