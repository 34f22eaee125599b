"""Working days by hand: the days of notices of the State Council, and the days that the law gives."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.calendar import (
    Calendar,
    announced,
    calendar,
    holidays,
    season,
    seasons,
    working_days,
)
from hutuo.errors import BadAsk, NotFound

NATIONAL_DAY_2024 = {
    "2024-09-29": "workday_moved",
    "2024-10-01": "holiday",
    "2024-10-02": "holiday",
    "2024-10-03": "holiday",
    "2024-10-04": "holiday",
    "2024-10-07": "holiday",
    "2024-10-12": "workday_moved",
}
known_days = st.dates(date(2001, 1, 1), date(2026, 11, 30))


def test_national_day_of_2024_is_that_of_the_notice():
    """Off from 1 to 7 October (5 and 6 are a weekend anyway); worked on 29 September and 12 October."""
    rows = holidays(date(2024, 9, 28), date(2024, 10, 13), "CN")
    assert {row.day.isoformat(): row.kind for row in rows} == NATIONAL_DAY_2024
    # 28 September a Saturday; 29 and 30 worked; 8 to 12 worked; 13 a Sunday.
    assert working_days(date(2024, 9, 28), date(2024, 10, 13), "CN") == 2 + 5


def test_a_worked_weekend_day_names_the_day_that_is_off_for_it():
    row = next(holidays(date(2024, 10, 12), date(2024, 10, 12), "CN"))
    assert row.name.zh == "调休上班(换 2024-10-07 休息)"
    assert row.name.en == "Working day moved here (for 2024-10-07 off)"


def test_a_day_moved_into_the_year_before_is_found_there():
    """The notice for 2012 has 31 December 2011, a Saturday, worked for 3 January."""
    rows = list(holidays(date(2011, 12, 26), date(2011, 12, 31), "CN"))
    assert [(row.day, row.kind) for row in rows] == [(date(2011, 12, 31), "workday_moved")]


STATUTORY = dict.fromkeys((2009, 2010, 2014, 2019, 2021, 2022, 2023, 2024), 11)
STATUTORY |= {2025: 13, 2026: 13}


@pytest.mark.parametrize(("year", "statutory"), STATUTORY.items())
def test_moving_days_leaves_the_number_that_the_law_gives(year, statutory):
    """Weekdays of the year less the statutory holidays: 11 since 2008, 13 since 2025."""
    days = (date(year, 1, 1) + timedelta(days=n) for n in range(365 + (year % 4 == 0)))
    weekdays = sum(day.weekday() < 5 for day in days)
    assert working_days(date(year, 1, 1), date(year, 12, 31), "CN") == weekdays - statutory


@pytest.mark.parametrize(("year", "days"), [(2015, 249), (2020, 249)])
def test_years_with_days_of_their_own(year, days):
    """2015: 3 September was off once. 2020: 31 January was off, Saturday 1 February not worked after all."""
    assert working_days(date(year, 1, 1), date(year, 12, 31), "CN") == days


@given(known_days, known_days, known_days)
def test_parts_of_a_period_add_up(a, b, c):
    first, middle, last = sorted((a, b, c))
    after = middle + timedelta(days=1)
    rest = working_days(after, last, "CN") if after <= last else 0
    assert working_days(first, last, "CN") == working_days(first, middle, "CN") + rest


@given(known_days, known_days)
def test_seasons_add_up_to_the_period(a, b):
    first, last = sorted((a, b))
    rows = seasons(first, last, "CN")
    assert sum(row.days for row in rows) == (last - first).days + 1
    assert sum(row.working_days for row in rows) == working_days(first, last, "CN")


def test_seasons_begin_with_march_june_september_and_december():
    begins = [date(2024, month, 1) for month in (3, 6, 9, 12)]
    assert [season(day) for day in begins] == ["spring", "summer", "autumn", "winter"]
    before = [season(day - timedelta(days=1)) for day in begins]
    assert before == ["winter", "spring", "summer", "autumn"]


def test_a_year_without_a_notice_is_told_plainly(little):
    known = announced("CN")
    found = calendar(little, Calendar(year=known.last + 1))
    assert (found.announced, found.announced_to) == (False, known.last)
    assert f"{known.last + 1}: which days are moved is not known" in found.note.en
    assert all(row.kind == "holiday" for row in found.holidays)


def test_years_before_and_after_what_is_known_are_named():
    from hutuo.base.calendar import _lacking, _note

    known = announced("CN")
    assert known.first == 2001
    assert _note(known, _lacking(known, 1999, known.last + 1)).en.startswith(
        f"1999-2000, {known.last + 1}: "
    )


def test_a_known_year_has_nothing_to_tell(little):
    found = calendar(little, Calendar(year=2024))
    assert (found.days, found.working_days, found.announced, found.note) == (366, 251, True, None)


def test_a_calendar_that_moves_no_days_says_so():
    assert announced("DE") is None
    assert working_days(date(2024, 12, 23), date(2024, 12, 31), "DE") == 5


def test_without_a_period_it_is_the_year_of_the_view(little):
    from dataclasses import replace

    found = calendar(replace(little, at=date(2023, 5, 6)), Calendar())
    assert (found.start, found.end) == (date(2023, 1, 1), date(2023, 12, 31))
    assert found.working_days == 249


@pytest.mark.parametrize(
    ("ask", "says", "zh"),
    [
        ({"start": "2024-01-02", "end": "2024-01-01"}, "before start", "早于start(2024-01-02)"),
        ({"start": "2024-01-02"}, "not clear", "起止日期不明确"),
        ({"start": "2024-01-01", "end": "2024-01-01", "year": 2024}, "not clear", "不明确"),
        ({"start": "1960-01-01", "end": "2060-01-01"}, "too long", "1960-01-01至2060-01-01太长"),
        ({"year": 1949}, "does not reach", "没有1949至1949年的全部内容"),
        ({"year": 2150}, "does not reach", "没有2150至2150年"),
    ],
)
def test_a_period_that_is_none_is_refused(little, ask, says, zh):
    with pytest.raises(BadAsk, match=says) as told:
        calendar(little, Calendar.model_validate(ask))
    assert zh in told.value.words[0]


def test_an_unknown_calendar_is_told_with_those_that_there_are():
    with pytest.raises(NotFound, match="no calendar 'XX'") as told:
        working_days(date(2024, 1, 1), date(2024, 1, 2), "XX")
    assert "possible: " in told.value.hint
