"""Bookings: what the terms allow, what a use, a no-show and a cancellation cost, and that no two overlap."""

import itertools
import json
import subprocess
import sys
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import booking_clients
import pytest
import sqlalchemy as sa
from booking_clients import DETAILS, MONDAY, row_of
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.store import store_of
from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.exchange import schema
from hutuo.exchange.bookings import Book, Bookings, done, hours, listed
from hutuo.exchange.instruments import Span, refusals, terms_of
from hutuo.exchange.listings import Listing, listing
from hutuo.exchange.opening import free_spans, opening, within
from hutuo.exchange.reserving import Reserved, reserve
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.versions import add_version
from hutuo.ledger.balances import Standing, balances
from hutuo.ledger.schema import LEDGER

ZONE = ZoneInfo("Asia/Shanghai")
# A Monday at nine, local time.
NINE = datetime(2026, 3, 2, 9, tzinfo=ZONE)
# The same as one types it, without a zone.
LOCAL = NINE.replace(tzinfo=None)
BEFORE = datetime(2026, 2, 20, 9, tzinfo=ZONE)
WEEK = "mon-fri 08:00-18:00; sat 09:00-12:00"
INSTRUMENT = {
    "listing": "mill",
    "market": "instrument",
    "body": "uni",
    "title": "五轴加工中心",
    "details": {"price_fen": 9_999, "hours": WEEK, "training": "xrd", "no_show_percent": 30},
}


def list_mill(shop, **details):
    given = INSTRUMENT | {"details": INSTRUMENT["details"] | details}
    listing(shop, Listing(action="make", **given))


def ask(shop, action, name="b1", at=BEFORE, **given):
    if action == "make":
        given = {"instrument": "mill", "body": "firm", "user": "bob", "minutes": 90} | given
        given = {"begins": NINE} | given
    return done(shop, Book(action=action, booking=name, **given), at)


def owed(shop, account="firm/due:uni", commodity="CNY"):
    """What is posted and what pending entries reserve."""
    with store_of(shop).reading(LEDGER) as connection:
        found = balances(connection, Standing(), account=account, commodity=commodity)
    held = next(iter(found.values()), None)
    return (held.posted, held.reserved) if held else (0, 0)


def test_a_booking_holds_its_fee_and_use_settles_it_by_the_minutes(shop):
    """90 minutes at 99.99 yuan an hour: 149.985 yuan, 14,999 fen; 60 used: 9,999."""
    list_mill(shop)
    made = ask(shop, "make")
    assert (made.state, made.fee_fen, made.charged_fen, made.owner) == (
        "booked",
        14_999,
        None,
        "uni",
    )
    assert owed(shop) == (0, 14_999)
    assert owed(shop, "uni/instrument:mill", "minutes") == (0, 90)
    assert ask(shop, "start", at=NINE).state == "started"
    ended = ask(shop, "finish", at=NINE + timedelta(hours=2), used_minutes=60)
    assert (ended.state, ended.charged_fen, ended.used_minutes) == ("finished", 9_999, 60)
    assert owed(shop) == (-9_999, 0)
    assert owed(shop, "firm/minutes", "minutes") == (60, 0)


def test_a_timely_cancellation_costs_nothing_and_a_late_one_a_share(shop):
    list_mill(shop)
    ask(shop, "make")
    gone = ask(shop, "cancel", at=NINE - timedelta(hours=24))
    assert (gone.state, gone.charged_fen, owed(shop)) == ("cancelled", 0, (0, 0))
    ask(shop, "make", "b2")
    late = ask(shop, "cancel", "b2", at=NINE - timedelta(hours=23))
    assert (late.state, late.charged_fen) == ("cancelled", 4_500)
    assert owed(shop) == (-4_500, 0)


def test_who_does_not_come_pays_the_share_and_the_hours_are_not_used(shop):
    list_mill(shop)
    ask(shop, "make")
    ask(shop, "make", "b2", begins=NINE + timedelta(hours=3), minutes=60)
    with pytest.raises(BadAsk, match="15 minutes after the beginning"):
        ask(shop, "no_show", at=NINE + timedelta(minutes=14))
    assert ask(shop, "no_show", at=NINE + timedelta(minutes=15)).charged_fen == 4_500
    ask(shop, "finish", "b2", at=NINE + timedelta(hours=4))
    found = listed(shop, Bookings(instrument="mill", since=date(2026, 3, 2), days=1), BEFORE)
    assert (found.booked_hours, found.no_show_hours, found.use_hours) == (2.5, 1.5, 1.0)
    assert owed(shop, "firm/minutes", "minutes") == (60, 0)


def test_who_fails_to_come_too_often_may_not_book(shop):
    list_mill(shop, most_no_shows=1)
    ask(shop, "make")
    ask(shop, "no_show", at=NINE + timedelta(minutes=20))
    with pytest.raises(BadAsk, match="bob did not come 1 times within 90 days"):
        ask(shop, "make", "b2", at=NINE + timedelta(hours=1), begins=NINE + timedelta(hours=4))


def test_all_that_stands_against_a_booking_is_told(shop):
    list_mill(shop, advance_hours=48)
    with pytest.raises(BadInput) as told:
        ask(shop, "make", user="ann", begins=LOCAL - timedelta(days=1), minutes=10, at=BEFORE)
    assert [(one.column, one.says.en.split(" ")[0]) for one in told.value.findings] == [
        ("begins", "10"), ("begins", "it"), ("user", "ann"),
    ]  # fmt: skip
    with pytest.raises(BadInput, match="booked 48 hours ahead"):
        ask(shop, "make", at=NINE - timedelta(hours=47))
    with pytest.raises(BadInput, match="only the next 90 days"):
        ask(shop, "make", begins=NINE + timedelta(days=91))


def test_training_must_hold_on_the_day_of_use(shop):
    """Ann's ends on 1 July 2025, Bob's has no end."""
    list_mill(shop, horizon_days=900, training="xrd")
    at, july = datetime(2025, 6, 1, tzinfo=ZONE), datetime(2025, 7, 1, 9, tzinfo=ZONE)
    ask(shop, "make", "a1", user="ann", begins=july - timedelta(days=1), at=at)
    with pytest.raises(BadInput, match="ann holds no training 'xrd' on 2025-07-01"):
        ask(shop, "make", "a2", user="ann", begins=july, at=at)
    assert ask(shop, "make", "a3", begins=july, at=at).state == "booked"


def test_a_time_is_booked_once(shop):
    list_mill(shop)
    ask(shop, "make")
    for begins, minutes in ((NINE, 90), (NINE + timedelta(minutes=60), 60), (NINE, 30)):
        with pytest.raises(BadAsk, match="that time is taken"):
            ask(shop, "make", "b2", begins=begins, minutes=minutes)
    ask(shop, "make", "b3", begins=NINE + timedelta(minutes=90), minutes=30)
    ask(shop, "cancel")
    assert ask(shop, "make", "b4").state == "booked"


def test_who_asks_again_with_the_same_id_books_once(shop):
    list_mill(shop)
    first, second = ask(shop, "make"), ask(shop, "make")
    assert first == second
    assert owed(shop) == (0, 14_999)
    with pytest.raises(BadInput, match="booking:b1"):
        ask(shop, "make", minutes=60)
    for _ in range(2):
        ask(shop, "cancel")
    assert owed(shop) == (0, 0)


def test_what_is_over_stays_as_it_is(shop):
    list_mill(shop)
    ask(shop, "make")
    with pytest.raises(BadAsk, match="its time has not begun"):
        ask(shop, "finish")
    with pytest.raises(BadAsk, match="91 minutes used of 90 booked"):
        ask(shop, "finish", at=NINE, used_minutes=91)
    ask(shop, "finish", at=NINE + timedelta(hours=2))
    for action in ("cancel", "no_show", "start"):
        with pytest.raises(BadAsk, match="booking b1 is finished"):
            ask(shop, action, at=NINE + timedelta(hours=3))
    with pytest.raises(NotFound, match="no booking 'b9'"):
        ask(shop, "cancel", "b9")


def test_terms_are_those_of_the_day_of_booking(shop):
    list_mill(shop)
    ask(shop, "make")
    dearer = INSTRUMENT["details"] | {"price_fen": 20_000}
    listing(shop, Listing(action="amend", listing="mill", details=dearer))
    assert ask(shop, "finish", at=NINE + timedelta(hours=2)).charged_fen == 14_999
    assert ask(shop, "make", "b2", begins=NINE + timedelta(hours=4)).fee_fen == 30_000
    listing(shop, Listing(action="withdraw", listing="mill"))
    with pytest.raises(BadAsk, match="on market instrument and withdrawn"):
        ask(shop, "make", "b3", begins=NINE + timedelta(days=1))


def test_its_owner_closes_an_instrument_and_uses_it_without_a_fee(shop):
    list_mill(shop)
    ask(shop, "close", "c1", instrument="mill", begins=NINE, minutes=120)
    with pytest.raises(BadAsk, match="that time is taken"):
        ask(shop, "make")
    assert ask(shop, "reopen", "c1").state == "cancelled"
    ask(shop, "make", body="uni")
    assert ask(shop, "finish", at=NINE + timedelta(hours=2)).charged_fen == 0
    assert owed(shop, "uni/minutes", "minutes") == (90, 0)


def test_what_is_free_is_open_and_not_taken(shop):
    list_mill(shop, training=None)
    ask(shop, "make")
    found = listed(shop, Bookings(instrument="mill", since=date(2026, 3, 2), days=1), BEFORE)
    assert [(one.begins.strftime("%H:%M"), one.minutes) for one in found.free] == [
        ("08:00", 60), ("10:30", 450),
    ]  # fmt: skip
    for one in found.free:
        ask(shop, "make", f"f{one.minutes}", begins=one.begins, minutes=one.minutes)
    found = listed(shop, Bookings(instrument="mill", since=date(2026, 3, 2), days=1), BEFORE)
    assert found.free == []


def test_it_is_closed_on_public_holidays_unless_it_says_otherwise():
    """1 January 2026 is a Thursday."""
    day = datetime(2026, 1, 1, 9, tzinfo=ZONE)
    span, hours = Span(day, day + timedelta(hours=1)), WEEK
    closed = {date(2026, 1, 1)}.__contains__
    shut = terms_of({"price_fen": 1, "hours": hours})
    said = [one.en for one in refusals(shut, span, day, ZONE, closed)]
    assert said == ["it is not open all that time"]
    always = terms_of({"price_fen": 1, "hours": hours, "holidays": "open"})
    assert list(refusals(always, span, day, ZONE, closed)) == []


def test_opening_hours_are_read_or_refused():
    assert opening("mon-tue 08:00-12:00;mon 12:00-13:30").spans[:3] == (
        ((480, 810),),
        ((480, 720),),
        (),
    )
    assert opening("sat-mon 00:00-24:00").spans[6] == ((0, 1440),)
    for wrong in (
        "",
        "mon",
        "mon 8:00-9:00",
        "abc 08:00-09:00",
        "mon 09:00-08:00",
        "mon 08:61-09:00",
    ):
        assert opening(wrong).fault is not None, wrong


spans = st.tuples(st.integers(0, 7 * 96), st.integers(1, 96)).map(
    lambda one: (NINE + timedelta(minutes=15 * one[0]), NINE + timedelta(minutes=15 * sum(one)))
)


@given(spans, st.lists(st.tuples(st.integers(0, 700), st.integers(1, 20)), max_size=8))
def test_a_quarter_is_free_if_and_only_if_it_is_open_and_not_taken(span, lot):
    """Against a look at every quarter of an hour by itself."""
    week, never = opening(WEEK + "; sun 20:00-24:00; mon 00:00-02:00"), lambda _: False
    taken, last = [], NINE
    for begins, minutes in sorted(lot):
        start = max(last, NINE + timedelta(minutes=15 * begins))
        last = start + timedelta(minutes=15 * minutes)
        taken.append((start, last))
    free = list(free_spans(week, span, ZONE, never, taken))
    at = span[0]
    while at < span[1]:
        quarter = (at, at + timedelta(minutes=15))
        clear = not any(a < quarter[1] and quarter[0] < b for a, b in taken)
        told = any(a <= quarter[0] and quarter[1] <= b for a, b in free)
        assert told == (clear and within(week, quarter, ZONE)), quarter
        at = quarter[1]


def test_hours_used_are_those_booked_without_no_shows():
    def row(state, minutes):
        return {"state": state, "begins": NINE, "ends": NINE + timedelta(minutes=minutes)}

    rows = [row("finished", 60), row("no_show", 30), row("cancelled", 600), row("closed", 90)]
    assert hours(rows) == {"booked_hours": 1.5, "no_show_hours": 0.5, "use_hours": 1.0}


def _listed(store):
    with store.writing(EXCHANGE) as connection:
        for name in booking_clients.INSTRUMENTS:
            row = {
                "listing": name, "market": "instrument", "body": "owner", "title": name, "text": "",
                "rights": [], "details": DETAILS, "state": "listed",
            }  # fmt: skip
            add_version(connection, schema.listing, row, datetime.now(UTC))


def test_the_database_itself_refuses_an_overlap(store):
    _listed(store)
    terms = terms_of(DETAILS)
    reserve(store, Reserved(row_of("a", "one", MONDAY, 60), terms, "2100-01-04"))
    insert = schema.booking.insert()
    late = MONDAY + timedelta(minutes=30)
    with store.writing(EXCHANGE) as connection:
        with pytest.raises(sa.exc.DBAPIError, match="booked then"), connection.begin_nested():
            connection.execute(insert.values(**row_of("b", "one", late, 60)))
        connection.execute(insert.values(**row_of("c", "two", late, 60)))
        moved = schema.booking.update().where(schema.booking.c.booking == "c")
        with pytest.raises(sa.exc.DBAPIError, match="booked then"), connection.begin_nested():
            connection.execute(moved.values(instrument="one"))


@pytest.mark.parametrize(
    "attempts", [1_000, pytest.param(10_000, marks=pytest.mark.long)], ids=["1,000", "10,000"]
)
def test_sixteen_clients_in_two_processes_never_book_the_same_time(
    store, place, elsewhere, attempts
):
    _listed(store)
    with store.reading(LEDGER):
        pass
    script = Path(booking_clients.__file__)
    command = [sys.executable, str(script), *place]
    running = [
        subprocess.Popen(
            [*command, name, "8", str(attempts // 16)], env=elsewhere, stdout=subprocess.PIPE
        )
        for name in ("p", "q")
    ]
    told = [json.loads(one.communicate(timeout=500)[0]) for one in running]
    assert [one.returncode for one in running] == [0, 0]
    with store.reading(EXCHANGE) as connection:
        rows = connection.execute(sa.select(schema.booking)).all()
        found = balances(connection, Standing(), commodity="minutes")
    alive = sorted((r.instrument, r.begins, r.ends) for r in rows if r.state == "booked")
    for (name, _, ends), (other, begins, _) in itertools.pairwise(alive):
        assert name != other or ends <= begins
    summed = {key: sum(one[key] for one in told) for key in told[0]}
    assert sum(summed.values()) == attempts // 16 * 16
    assert len(rows) == summed["booked"]
    assert len(alive) == summed["booked"] - summed["cancelled"]
    assert summed["refused"] > summed["booked"] / 4
    minutes = sum((ends - begins).total_seconds() / 60 for _, begins, ends in alive)
    assert sum(held.reserved for held in found.values()) == minutes
    assert not any(held.posted for held in found.values())
