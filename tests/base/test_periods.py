"""What a cell means in time, form by form; what a question about a day or an instant covers."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base.periods import GRAINS, Period, bounds, day_of, moment, read, refused

CHINA, LONDON, NEW_YORK = map(ZoneInfo, ("Asia/Shanghai", "Europe/London", "America/New_York"))
MICROSECOND = timedelta(microseconds=1)

CIVIL = {
    "year": (
        date(2024, 1, 1),
        date(2025, 1, 1),
        ["2024", "2024年", "2024年度", "2024 年", " 2024 "],
    ),
    "first quarter": (
        date(2024, 1, 1),
        date(2024, 4, 1),
        [
            "2024-Q1",
            "2024Q1",
            "2024q1",
            "2024 Q1",
            "2024年一季度",
            "2024年第一季度",
            "2024年1季度",
        ],
    ),
    "last quarter": (
        date(2024, 10, 1),
        date(2025, 1, 1),
        ["2024-Q4", "2024年四季度", "2024年第4季度"],
    ),
    "month": (
        date(2024, 5, 1),
        date(2024, 6, 1),
        ["2024-05", "2024-5", "2024/05", "2024.5", "2024年5月", "2024年05月", "2024 年 5 月"],
    ),
    "december": (date(2024, 12, 1), date(2025, 1, 1), ["2024-12", "2024年12月"]),
    "day": (
        date(2024, 5, 6),
        date(2024, 5, 7),
        ["2024-05-06", "2024-5-6", "2024/5/6", "2024.05.06", "2024年5月6日", "2024年05月06日"],
    ),
    "leap day": (date(2024, 2, 29), date(2024, 3, 1), ["2024-02-29", "2024年2月29日"]),
    "last day": (date(2024, 12, 31), date(2025, 1, 1), ["2024-12-31"]),
}
GRAIN_OF = {"first quarter": "quarter", "last quarter": "quarter", "december": "month"}
GRAIN_OF |= {"leap day": "day", "last day": "day"}


@pytest.mark.parametrize(
    ("name", "cell"), [(name, cell) for name, (*_, cells) in CIVIL.items() for cell in cells]
)
def test_a_civil_period_is_read_in_every_form_and_is_made_of_dates(name, cell):
    first, after, _ = CIVIL[name]
    found = read(cell, CHINA)
    assert found == Period(first, after, GRAIN_OF.get(name, name))
    # A date would equal no instant, but an instant is a date to Python.
    assert not isinstance(found.valid_from, datetime)
    assert found == read(cell, NEW_YORK)


@pytest.mark.parametrize(
    ("cell", "instant"),
    [
        ("2024-05-06T08:00", datetime(2024, 5, 6, 0, 0, tzinfo=UTC)),
        ("2024-05-06 08:00", datetime(2024, 5, 6, 0, 0, tzinfo=UTC)),
        ("2024/05/06 08:00:30", datetime(2024, 5, 6, 0, 0, 30, tzinfo=UTC)),
        ("2024-05-06T08:00:30.5", datetime(2024, 5, 6, 0, 0, 30, 500_000, tzinfo=UTC)),
        ("2024-05-06T08:00+08:00", datetime(2024, 5, 6, 0, 0, tzinfo=UTC)),
        ("2024-05-06T08:00Z", datetime(2024, 5, 6, 8, 0, tzinfo=UTC)),
        ("2024-05-06T00:00-04:00", datetime(2024, 5, 6, 4, 0, tzinfo=UTC)),
    ],
)
def test_an_instant_is_read_in_its_zone_else_in_that_of_the_region(cell, instant):
    assert read(cell, CHINA) == Period(instant, None, "instant")


@pytest.mark.parametrize(
    "cell",
    ["", "-", "全市", "24", "0999", "3024", "20240506", "2024-13", "2024-00", "2024-02-30", "2023-02-29",
     "2024-Q5", "2024年五季度", "2024-05-06T", "2024-05-06T25:00", "08:00", "1234.5678", "2024-2025",
     "12:00:00:00", "2024年13月", "Q1"],
)  # fmt: skip
def test_what_names_no_period_gives_none(cell):
    assert read(cell, CHINA) is None


@given(st.text(max_size=30))
def test_any_text_gives_a_period_or_none(cell):
    found = read(cell, CHINA)
    assert found is None or found.grain in GRAINS


@given(st.dates(date(1000, 1, 1), date(2299, 12, 31)))
def test_days_months_quarters_and_years_follow_each_other_without_a_gap(day):
    quarter = (day.month + 2) // 3
    for cell in (f"{day:%Y-%m-%d}", f"{day:%Y-%m}", f"{day:%Y}-Q{quarter}", f"{day:%Y}"):
        period = read(cell, CHINA)
        assert period.valid_from <= day < period.valid_to
        after = read(f"{period.valid_to:%Y-%m-%d}", CHINA)
        assert after is None or after.valid_from == period.valid_to


def test_a_day_is_that_day_as_it_runs_in_the_zone():
    day, first, last = bounds(date(2024, 5, 6), CHINA)
    assert day == datetime(2024, 5, 6, tzinfo=UTC)
    assert first == datetime(2024, 5, 5, 16, tzinfo=UTC)
    assert last == datetime(2024, 5, 6, 16, tzinfo=UTC) - MICROSECOND


@pytest.mark.parametrize(("day", "hours"), [(date(2024, 3, 31), 23), (date(2024, 10, 27), 25)])
def test_a_day_on_which_clocks_are_set_is_shorter_or_longer(day, hours):
    _, first, last = bounds(day, LONDON)
    assert last + MICROSECOND - first == timedelta(hours=hours)


def test_an_instant_is_itself_and_its_civil_day_is_that_of_the_zone():
    at = datetime(2024, 5, 6, 20, tzinfo=UTC)
    assert bounds(at, CHINA) == (datetime(2024, 5, 7, tzinfo=UTC), at, at)
    assert bounds(at, NEW_YORK) == (datetime(2024, 5, 6, tzinfo=UTC), at, at)


@pytest.mark.parametrize("zone", [CHINA, NEW_YORK])
@pytest.mark.parametrize("day", [date.min, date.max])
def test_the_first_and_last_days_of_the_calendar_can_be_asked_for(day, zone):
    nominal, first, last = bounds(day, zone)
    assert nominal.date() == day
    assert first < last


@pytest.mark.parametrize("at", ["0001-01-01T00:00Z", "9999-12-31T23:59:59Z"])
@pytest.mark.parametrize("zone", [CHINA, NEW_YORK])
def test_so_can_the_first_and_last_instants(at, zone):
    instant = datetime.fromisoformat(at)
    day, first, last = bounds(instant, zone)
    assert (first, last) == (instant, instant)
    assert abs(day - instant) <= timedelta(days=1)


def test_a_date_counts_as_its_midnight_and_an_instant_as_itself():
    assert moment(date(2024, 5, 6)) == datetime(2024, 5, 6, tzinfo=UTC)
    at = datetime(2024, 5, 6, 8, tzinfo=UTC)
    assert moment(at) is at


def test_the_day_of_a_date_is_itself_in_every_zone():
    assert {day_of(date(2024, 5, 6), zone) for zone in (CHINA, NEW_YORK)} == {date(2024, 5, 6)}
    late = datetime(2024, 5, 6, 20, tzinfo=UTC)
    assert (day_of(late, CHINA), day_of(late, NEW_YORK)) == (date(2024, 5, 7), date(2024, 5, 6))


@pytest.mark.parametrize(
    "cell",
    ["2024年上半年", "2024下半年", "下半年", "2024H1", "2024年1-6月", "1至9月", "2024年前三季度"],
)
def test_half_a_year_is_no_period_and_is_told_what_to_write(cell):
    assert read(cell, CHINA) is None
    zh, en = refused(cell)
    assert zh == (
        f"“{cell}”是半年或几个月合计,不是时期;请改为按季度(如2024年一季度)或月份(如2024-05)分列"
    )
    assert en.startswith(f"'{cell}' is half a year or several months together")
    assert en.endswith("give columns of quarters, as 2024-Q1, or of months, as 2024-05")


@pytest.mark.parametrize("cell", ["2024年半", "2024-06月", "半年", "2024H3", "上半夜"])
def test_another_word_is_told_how_a_period_is_written(cell):
    assert refused(cell).zh == f"“{cell}”不是时期;可写2024、2024年一季度、2024-05、2024-05-06"
