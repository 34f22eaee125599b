"""Periods: what a cell means in time, and how civil days and instants stand to each other.

A *civil* period (a year, quarter, month or any run of days) is made of dates and needs no time zone: a census
day is the same day wherever it is read. An hour or an instant is a point on the clock and is kept in UTC.
Both are stored in one column; civil dates as midnight of that date, and ``grain`` tells the two apart.
"""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from typing import NamedTuple

from hutuo.glossary import Text

GRAINS = ("year", "quarter", "month", "day", "hour", "instant")
CLOCK = ("hour", "instant")
_YEAR = re.compile(r"((?:1[0-9]|2[0-2])\d\d)\s*年?(?:年?[末底终]|全年|度)?")
_QUARTER = re.compile(r"((?:1[0-9]|2[0-2])\d\d)\s*[-年]?\s*(?:[Qq]([1-4])|第?([1-4一二三四])季度)")
_MONTH = re.compile(r"((?:1[0-9]|2[0-2])\d\d)\s*[-/.年]\s*(\d{1,2})\s*月?(?:份|[末底])?")
_DAY = re.compile(r"((?:1[0-9]|2[0-2])\d\d)\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")
# Half a year and other months together are no grain: what they say is told, and refused.
SEVERAL_MONTHS = (
    r"(?:(?:1[0-9]|2[0-2])\d\d\s*[-年]?\s*[Hh][12](?!\d)"
    r"|(?:(?:1[0-9]|2[0-2])\d\d\s*[-年]?\s*)?"
    r"(?:[上下]半年|前三季度|(?<!\d)\d{1,2}\s*月?\s*[-–—~至到]\s*\d{1,2}\s*月份?))"
)
_SEVERAL = re.compile(SEVERAL_MONTHS)
_QUARTERS = {**{str(n): n for n in range(1, 5)}, **dict(zip("一二三四", range(1, 5), strict=True))}
DECEMBER = 12


class Period(NamedTuple):
    """A period [valid_from, valid_to); without an end it still holds.

    Attributes:
        valid_from: A date, or for ``hour`` and ``instant`` an aware instant in UTC.
        valid_to: The same kind, or None.
        grain: One of :data:`GRAINS`.
    """

    valid_from: date
    valid_to: date | None
    grain: str


def read(cell: str, zone: tzinfo) -> Period | None:
    """The period that a cell names, in the ways in which yearbooks and programs write it.

    Args:
        cell: "2024", "2024年", "2024-Q1", "2024年一季度", "2024-05", "2024年5月", "2024-05-06",
            "2024年5月6日" or an instant as "2024-05-06T08:00+08:00".
        zone: Time zone of an instant that names none.

    Returns:
        The period, None if the cell names none. An instant has no end.
    """
    text = cell.strip()
    try:
        return _civil(text) or _clock(text, zone)
    except ValueError:
        return None


def is_several_months(cell: str) -> bool:
    """Whether a cell names half a year or other months together, as 2024年上半年 or 1-6月."""
    return _SEVERAL.fullmatch(cell.strip()) is not None


def refused(cell: str) -> Text:
    """Why a cell names no period, and what would be right."""
    if is_several_months(cell):
        return Text(
            f"“{cell}”是半年或几个月合计,不是时期;请改为按季度(如2024年一季度)或月份(如2024-05)分列",
            f"'{cell}' is half a year or several months together, which is no period;"
            " give columns of quarters, as 2024-Q1, or of months, as 2024-05",
        )
    return Text(
        f"“{cell}”不是时期;可写2024、2024年一季度、2024-05、2024-05-06",
        f"'{cell}' is no period; write 2024, 2024-Q1, 2024-05 or 2024-05-06",
    )


def _civil(text: str) -> Period | None:
    if found := _YEAR.fullmatch(text):
        return _span(date(int(found[1]), 1, 1), DECEMBER, "year")
    if found := _QUARTER.fullmatch(text):
        quarter = _QUARTERS[found[2] or found[3]]
        return _span(date(int(found[1]), 3 * quarter - 2, 1), 3, "quarter")
    if found := _DAY.fullmatch(text):
        day = date(int(found[1]), int(found[2]), int(found[3]))
        return Period(day, day + timedelta(days=1), "day")
    if found := _MONTH.fullmatch(text):
        return _span(date(int(found[1]), int(found[2]), 1), 1, "month")
    return None


def _clock(text: str, zone: tzinfo) -> Period | None:
    if ":" not in text:
        return None
    when = datetime.fromisoformat(text.replace("/", "-"))
    aware = when if when.tzinfo else when.replace(tzinfo=zone)
    return Period(aware.astimezone(UTC), None, "instant")


def _span(start: date, months: int, grain: str) -> Period:
    ahead = start.month - 1 + months
    return Period(start, date(start.year + ahead // DECEMBER, ahead % DECEMBER + 1, 1), grain)


def moment(when: date) -> datetime:
    """A date or an instant as one kind that can be put in order: a civil date counts as its UTC midnight."""
    if isinstance(when, datetime):
        return when
    return datetime(when.year, when.month, when.day, tzinfo=UTC)


def of_grain(when: date | None, grain: str) -> date | None:
    """A stored time as what it is: an instant on the clock, else the date whose nominal midnight it is."""
    return when.date() if isinstance(when, datetime) and grain not in CLOCK else when


def day_of(when: date, zone: tzinfo) -> date:
    """The civil day: a date itself, or the date that an instant has in the zone."""
    if not isinstance(when, datetime):
        return when
    try:
        return when.astimezone(zone).date()
    except OverflowError:
        # In the zone the calendar has ended, or not begun.
        return when.date()


def bounds(at: date, zone: tzinfo) -> tuple[datetime, datetime, datetime]:
    """What a question ``at`` compares with.

    Returns:
        The civil day as its nominal midnight, and the first and last microsecond on the clock that are asked
        for: the whole day in the zone where a day is asked, the instant itself where an instant is.
    """
    day = moment(day_of(at, zone))
    if isinstance(at, datetime):
        return day, at, at
    if at == date.max:
        return day, _begin(at, zone), datetime.max.replace(tzinfo=UTC)
    after = at + timedelta(days=1)
    return day, _begin(at, zone), _begin(after, zone) - timedelta(microseconds=1)


def _begin(day: date, zone: tzinfo) -> datetime:
    """When a day begins in the zone; the first and last days of the calendar are cut where it ends."""
    start = datetime(day.year, day.month, day.day, tzinfo=zone)
    try:
        return start.astimezone(UTC)
    except OverflowError:
        return start.replace(tzinfo=UTC)
