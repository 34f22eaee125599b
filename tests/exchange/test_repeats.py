"""Avoided repeats of the tiny region, summed by hand, and written as figures."""

from datetime import date
from itertools import product

import hypothesis.strategies as st
import pytest
from hypothesis import given

import hutuo
from hutuo.errors import BadAsk, NotFound
from hutuo.exchange.repeats import (
    AvoidedRepeats,
    RecordRepeats,
    Use,
    avoided_repeats,
    period_of,
    record_repeats,
    total_of,
)


def counted(region, *by, **ask):
    found = avoided_repeats(region, AvoidedRepeats(by=by, **ask))
    return found, [
        (row.issued_by, row.accepted_by, row.item, row.period, row.uses, row.saved_fen)
        for row in found.rows
    ]


def test_uses_are_counted_by_pairs_of_places(little):
    """40 + 10 tests and 3 scans from Alpha to Beta; two tests of a laboratory that was suspended."""
    found, rows = counted(little, "places")
    assert rows == [
        ("990101", "990102", None, None, 53, 75000),
        ("990102", "990101", None, None, 0, 0),
    ]
    assert (found.uses, found.saved_fen, found.unsupported) == (53, 75000, 2)
    assert (found.rows[0].without_fee, found.rows[0].accepted_by_name.en) == (3, "Beta")


def test_uses_are_counted_by_institutions_items_and_months(little):
    _, rows = counted(little, "institutions", "item", "month", until=date(2025, 2, 28))
    assert rows == [
        ("h1", "h2", "ct", "2025-02", 3, 0),
        ("h1", "h2", "glucose", "2025-01", 40, 60000),
        ("h1", "h2", "glucose", "2025-02", 10, 15000),
    ]
    _, rows = counted(little, "year", since=date(2025, 2, 1), item="glucose")
    assert rows == [(None, None, None, "2025", 10, 15000)]


def test_a_fee_that_is_not_stated_is_the_usual_one(tried):
    import pandas as pd

    use = {
        "scheme": "tests", "item": "glucose", "issued_by": "lab", "accepted_by": "h1",
        "day": date(2025, 5, 1), "uses": 4, "saved_fen": None, "source": "book",
    }  # fmt: skip
    tried.append("recognised_use", pd.DataFrame([use], dtype=object))
    found, _ = counted(tried, "item", since=date(2025, 5, 1))
    assert (found.uses, found.saved_fen, found.estimated_fen) == (4, 0, 6000)


@pytest.mark.parametrize("by", [("institutions", "places"), ("month", "year")])
def test_nothing_is_counted_by_two_sizes_at_once(little, by):
    with pytest.raises(BadAsk, match="asked for twice"):
        counted(little, *by)


@pytest.mark.parametrize(
    "by", [("places",), ("institutions", "item"), ("item", "month"), ("year",), ()]
)
def test_no_use_is_lost_whatever_they_are_counted_by(little, by):
    found, rows = counted(little, *by)
    assert sum(row[4] for row in rows) == found.uses == 53
    assert sum(row.unsupported for row in found.rows) == 2


parts = st.builds(
    Use,
    st.fixed_dictionaries(
        {"uses": st.integers(0, 9), "saved_fen": st.none() | st.integers(0, 99)}
    ),
    st.booleans(),
    st.none() | st.integers(0, 9),
)


@given(st.lists(parts), st.lists(parts))
def test_sums_of_two_lists_are_the_sum_of_both(first, second):
    pairs = zip(total_of(first), total_of(second), strict=True)
    assert tuple(a + b for a, b in pairs) == tuple(total_of([*first, *second]))


def test_a_day_lies_in_its_month_and_year():
    for year, month in product((2024, 2025), range(1, 13)):
        first, after = period_of(date(year, month, 15), "month")
        assert (first, (after - first).days in (28, 29, 30, 31)) == (date(year, month, 1), True)
        assert period_of(after, "month")[0] == after
    assert period_of(date(2025, 7, 1), "year") == (date(2025, 1, 1), date(2026, 1, 1))


def test_periods_that_are_over_become_figures_that_plans_read(own_folder):
    with (own_folder / "indicator.csv").open("a", encoding="utf-8") as file:
        file.write("avoided,避免的重复检查,Repeats avoided,count,plan,sum,次数,Number,no\n")
    region = hutuo.open(str(own_folder), at="2025-03-15")
    done = record_repeats(region, RecordRepeats(as_uses="avoided", grain="month"))
    assert [(row.valid_from.month, row.value) for row in done.rows] == [(1, 40.0), (2, 13.0)]
    assert (done.stored, done.not_written[0].en) == (2, "the period from 2025-03-01 is not over")
    known = hutuo.open(str(own_folder)).records("observation", indicator="avoided")
    assert [(row["place"], row["value"], row["source"]) for row in known] == [
        ("set:area", 40.0, "register:recognised-uses"),
        ("set:area", 13.0, "register:recognised-uses"),
    ]
    again = record_repeats(region, RecordRepeats(as_uses="avoided", grain="month"))
    assert (again.stored, again.duplicate) == (0, 2)


def test_fees_are_money_and_numbers_are_counts(little):
    found = record_repeats(little, RecordRepeats(as_saved="revenue", check=True))
    ((row,), says) = found.rows, [text.en for text in found.not_written]
    assert (row.value, row.unit, row.estimate, found.batch) == (75000.0, "fen", False, None)
    assert says == [
        "the fee of 3 uses is not known nor counted",
        "2 uses are not borne out nor counted",
    ]
    with pytest.raises(BadAsk, match="is measured in"):
        record_repeats(little, RecordRepeats(as_uses="revenue", check=True))
    with pytest.raises(NotFound):
        record_repeats(little, RecordRepeats(as_uses="nothing", check=True))
    with pytest.raises(BadAsk, match="no indicator is given"):
        record_repeats(little, RecordRepeats())
