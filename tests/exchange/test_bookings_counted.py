"""Hours of instruments from their bookings, worked by hand, and the score that rests on them."""

import dataclasses
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from hutuo.errors import BadAsk
from hutuo.exchange.bookings import Book, done
from hutuo.exchange.evaluation import EvaluateSharing, evaluate_sharing
from hutuo.exchange.instruments import Span
from hutuo.exchange.listings import Listing, listing
from hutuo.exchange.usage import RecordUsage, hours_of, record_usage

ZONE = ZoneInfo("Asia/Shanghai")
# A Monday, far enough ahead that the listing stands all the week.
MONDAY = datetime(2099, 6, 1, tzinfo=ZONE)
WEEK = {"since": "2099-06-01", "until": "2099-06-07"}
DETAILS = {
    "price_fen": 100,
    "hours": "mon-fri 08:00-18:00",
    "holidays": "open",
    "horizon_days": 3660,
}


def fill(region):
    """One hour each by a firm, by the owner, by nobody; one cancelled, one that is open; two hours closed."""
    given = {"market": "instrument", "body": "uni", "title": "电镜", "details": DETAILS}
    listing(region, Listing(action="make", listing="sem2", **given))
    before, nine = MONDAY - timedelta(days=9), MONDAY + timedelta(hours=9)
    for at, (body, action) in enumerate(
        [
            ("firm", "finish"),
            ("uni", "finish"),
            ("firm", "no_show"),
            ("firm", "cancel"),
            ("firm", ""),
        ]
    ):
        begins = nine + timedelta(hours=at)
        asked = {
            "instrument": "sem2",
            "body": body,
            "user": "bob",
            "begins": begins,
            "minutes": 60,
        }
        done(region, Book(action="make", booking=f"b{at}", **asked), before)
        if action:
            moment = before if action == "cancel" else begins + timedelta(minutes=50)
            done(region, Book(action=action, booking=f"b{at}"), moment)
    closing = {"instrument": "sem2", "begins": nine + timedelta(days=1), "minutes": 120}
    done(region, Book(action="close", booking="c", **closing), before)


def test_hours_of_a_week(shop):
    fill(shop)
    seen = dataclasses.replace(shop, at=date(2099, 6, 8))
    found = record_usage(seen, RecordUsage(**WEEK, check=True))
    (row,) = found.rows
    assert (row.owner, row.instrument, row.hours_available) == ("uni", "sem2", 48.0)
    assert (row.hours_booked, row.hours_no_show, row.hours_outside) == (3.0, 1.0, 1.0)
    assert (found.unended, found.stored) == (1, 0)
    assert record_usage(seen, RecordUsage(**WEEK, owner="h1", check=True)).rows == []


def test_a_period_that_is_not_over_is_refused(shop):
    with pytest.raises(BadAsk, match="2099-06-01 to 2099-06-07 is not over"):
        record_usage(dataclasses.replace(shop, at=date(2099, 6, 7)), RecordUsage(**WEEK))


def test_an_instrument_is_available_while_it_is_listed(little):
    """Ten hours each on Monday and Tuesday; from Tuesday noon on four a day; from Thursday withdrawn."""
    versions = [
        {
            "state": "listed",
            "details": DETAILS,
            "recorded_at": _at(-9),
            "superseded_at": _at(1, 12),
        },
        {
            "state": "listed",
            "details": DETAILS | {"hours": "mon-fri 08:00-12:00"},
            "recorded_at": _at(1, 12),
            "superseded_at": _at(3),
        },
        {"state": "withdrawn", "details": DETAILS, "recorded_at": _at(3), "superseded_at": None},
    ]
    span = Span(_at(0), _at(7))
    assert hours_of(little, span, versions, [])["hours_available"] == 10 + 4 + 4


def _at(day, hour=0):
    return (MONDAY + timedelta(days=day, hours=hour)).astimezone(UTC)


def test_the_score_of_an_owner_rests_on_what_was_recorded(own):
    fill(own)
    seen = dataclasses.replace(own, at=date(2099, 6, 8))
    done_ = record_usage(seen, RecordUsage(**WEEK))
    assert done_.stored == 2
    found = evaluate_sharing(seen, EvaluateSharing(**WEEK))
    row = next(one for one in found.rows if one.owner == "uni")
    assert (row.instruments, row.hours_used) == (1, 2.0)
