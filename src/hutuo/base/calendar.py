"""Calendars: working days with the days that are moved, public holidays, and seasons.

Rest days beside a public holiday are made up for on weekends (调休), year by year, by a notice of the State
Council. The ``holidays`` library holds these notices; for years without one it computes the statutory days
from the lunar calendar and can know nothing of days moved, which the answer says.
"""

import re
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, NamedTuple

from hutuo.base.periods import day_of
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from holidays import HolidayBase

    from hutuo.base.region import Region

SEASONS = ("winter", "spring", "summer", "autumn")
MOST_YEARS = 100
LANGUAGES = ("zh_CN", "en_US")
# How the library writes the day that a rest day is taken from, in Chinese and in English.
FROM_ZH = re.compile(r"由 (\d{4}-\d{2}-\d{2}) 调休")
FROM_EN = re.compile(r"(\d{2})/(\d{2})/(\d{4})")
Kind = Literal["holiday", "workday_moved"]


class Calendar(Ask):
    """Which days to count: a year, or the days from start to end; this year if nothing is given."""

    year: int | None = said("年份", "the whole year", default=None, ge=1900, le=2200)
    start: date | None = said("首日", "first day", default=None)
    end: date | None = said("末日(含)", "last day, included", default=None)


class HolidayRow(Answer):
    """A day that is not what its weekday says."""

    day: date = said("日期", "the day")
    name: Text = said("名称", "what the day is called")
    kind: Kind = said(
        "类型:休息日或调休上班日", "holiday: no work; workday_moved: work on a weekend (调休)"
    )
    kind_name: Text = said("类型名称", "what the kind is called")


class SeasonRow(Answer):
    """How many of the days lie in one season."""

    season: str = said("季节", "winter, spring, summer or autumn")
    season_name: Text = said("季节名称", "what the season is called")
    days: int = said("天数", "number of days")
    working_days: int = said("工作日数", "number of working days")


class CalendarAnswer(Answer):
    """Working days of a period, and the days that make it so."""

    calendar: str = said("日历", "calendar of the region, as a country's code")
    start: date = said("首日", "first day")
    end: date = said("末日(含)", "last day, included")
    days: int = said("天数", "number of days")
    working_days: int = said("工作日数", "number of working days")
    seasons: list[SeasonRow] = said("各季节", "the days by meteorological season")
    announced_from: int | None = said(
        "调休安排始于(年)", "first year whose moved days are known; null if none are ever moved"
    )
    announced_to: int | None = said(
        "调休安排止于(年)", "last year whose moved days are known; null if none are ever moved"
    )
    announced: bool = said("全部在已公布的年份内", "whether all days lie in years that are known")
    note: Text | None = said("说明", "what is not known, in words")
    holidays: list[HolidayRow] = said(
        "节假日及调休上班日", "holidays, and weekend days that are worked"
    )


class Announced(NamedTuple):
    """Years from first to last for which the days that are moved are known."""

    first: int
    last: int


@verb("数出工作日,列出节假日和调休")
def calendar(region: "Region", ask: Calendar) -> CalendarAnswer:
    """Count working days, and list holidays and the weekend days that are worked."""
    start, end = _period(region, ask)
    name = region.info.calendar
    known = announced(name)
    lacking = _lacking(known, start.year, end.year)
    return CalendarAnswer(
        calendar=name,
        start=start,
        end=end,
        days=(end - start).days + 1,
        working_days=working_days(start, end, name),
        seasons=seasons(start, end, name),
        announced_from=known.first if known else None,
        announced_to=known.last if known else None,
        announced=not lacking,
        note=_note(known, lacking),
        holidays=list(holidays(start, end, name)),
    )


def working_days(start: date, end: date, calendar: str) -> int:
    """Number of working days, moved ones counted where they are worked.

    Args:
        start: First day.
        end: Last day, included.
        calendar: Code of a country, as ``CN``.

    Raises:
        NotFound: No calendar has that code.
        BadAsk: The calendar does not reach that far.
    """
    book = _book(calendar, start.year, end.year, LANGUAGES[0])
    return sum(book.is_working_day(day) for day in _days(start, end))


def season(day: date) -> str:
    """Meteorological season of a day on the northern hemisphere: spring is March to May, and so on."""
    return SEASONS[day.month % 12 // 3]


def seasons(start: date, end: date, calendar: str) -> list[SeasonRow]:
    """Days and working days by season, those without one left out; arguments as for :func:`working_days`."""
    book = _book(calendar, start.year, end.year, LANGUAGES[0])
    found = {name: [0, 0] for name in SEASONS}
    for day in _days(start, end):
        count = found[season(day)]
        count[0] += 1
        count[1] += book.is_working_day(day)
    return [
        SeasonRow(season=name, season_name=label(f"season:{name}"), days=days, working_days=work)
        for name, (days, work) in found.items()
        if days
    ]


def holidays(start: date, end: date, calendar: str) -> Iterator[HolidayRow]:
    """Holidays, and weekend days that are worked, by day; arguments as for :func:`working_days`."""
    zh, en = (_book(calendar, start.year, end.year, language) for language in LANGUAGES)
    off = {found[1]: day for day in zh for found in [FROM_ZH.search(zh[day])] if found}
    for day in _days(start, end):
        if day in zh:
            name = Text(zh[day], FROM_EN.sub(r"\3-\1-\2", en[day]))
            yield _row(day, name, "holiday")
        elif day in zh.weekend_workdays:
            yield _row(day, _moved(off.get(day.isoformat())), "workday_moved")


def announced(calendar: str) -> Announced | None:
    """Years for which it is known which days are moved; None where the calendar never moves any.

    Raises:
        NotFound: No calendar has that code.
    """
    book = _empty(calendar, LANGUAGES[0])
    years = getattr(book, "special_public_holidays", None) if _moves(book) else None
    return Announced(min(years), max(years)) if years else None


def _period(region: "Region", ask: Calendar) -> tuple[date, date]:
    """First and last day that are asked for."""
    if ask.start is None and ask.end is None:
        today = day_of(region.at or datetime.now(region.zone), region.zone)
        year = ask.year or today.year
        return date(year, 1, 1), date(year, 12, 31)
    if ask.start is None or ask.end is None or ask.year is not None:
        raise BadAsk(
            Text("起止日期不明确", "the period is not clear"),
            Text("请给出start和end,或只给出year", "give start and end, or a year alone"),
        )
    if ask.end < ask.start:
        zh, en = (
            f"end({ask.end})早于start({ask.start})",
            f"end {ask.end} is before start {ask.start}",
        )
        hint = Text("请把较早的日期写作start", "give the earlier day as start")
        raise BadAsk(Text(zh, en), hint)
    if ask.end.year - ask.start.year >= MOST_YEARS:
        zh, en = f"{ask.start}至{ask.end}太长", f"{ask.start} to {ask.end} is too long"
        hint = Text(f"一次最多{MOST_YEARS}年", f"at most {MOST_YEARS} years at once")
        raise BadAsk(Text(zh, en), hint)
    return ask.start, ask.end


def _days(start: date, end: date) -> Iterator[date]:
    return (start + timedelta(days=n) for n in range((end - start).days + 1))


def _row(day: date, name: Text, kind: Kind) -> HolidayRow:
    return HolidayRow(day=day, name=name, kind=kind, kind_name=label(f"kind:{kind}"))


def _moved(rest: date | None) -> Text:
    """What a weekend day that is worked is called: with the day that is taken off for it."""
    if rest is None:
        return Text("调休上班", "Working day moved here")
    return Text(f"调休上班(换 {rest} 休息)", f"Working day moved here (for {rest} off)")


def _lacking(known: Announced | None, first: int, last: int) -> list[int]:
    """Years for which the moved days are not known."""
    if known is None:
        return []
    return [year for year in range(first, last + 1) if not known.first <= year <= known.last]


def _note(known: Announced | None, lacking: list[int]) -> Text | None:
    if not known or not lacking:
        return None
    before = [year for year in lacking if year < known.first]
    after = [year for year in lacking if year > known.last]
    years = ", ".join(_span(run) for run in (before, after) if run)
    span = f"{known.first}-{known.last}"
    return Text(
        f"{years}:没有调休安排的数据(库中有 {span}),只按法定节日推算,调休公布后天数会变",
        f"{years}: which days are moved is not known (known are {span}); statutory days only, and the count"
        " will change with the notice",
    )


def _span(years: list[int]) -> str:
    return f"{years[0]}" if len(years) == 1 else f"{years[0]}-{years[-1]}"


def _moves(book: "HolidayBase") -> bool:
    return bool(getattr(book, "has_substituted_holidays", False))


@lru_cache(maxsize=64)
def _empty(calendar: str, language: str) -> "HolidayBase":
    """A country's calendar with no year computed, in that language if it speaks it."""
    from holidays import country_holidays, list_supported_countries

    possible = list_supported_countries(include_aliases=False)
    if calendar not in possible:
        raise one_of(calendar, "calendar", list(possible))
    book = country_holidays(calendar, expand=False)
    spoken = language in getattr(book, "supported_languages", ())
    return country_holidays(calendar, expand=False, language=language if spoken else None)


@lru_cache(maxsize=64)
def _book(calendar: str, first: int, last: int, language: str) -> "HolidayBase":
    """A country's calendar over those years; days moved within them by the next year's notice too."""
    from holidays import country_holidays

    about = _empty(calendar, language)
    if first < about.start_year or last > about.end_year:
        message = Text(
            f"日历{calendar}没有{first}至{last}年的全部内容",
            f"the calendar {calendar} does not reach from {first} to {last}",
        )
        start, end = about.start_year, about.end_year
        raise BadAsk(message, Text(f"它有{start}至{end}年", f"it holds {start} to {end}"))
    years = range(first, min(last + 1, about.end_year) + 1)
    return country_holidays(calendar, years=years, expand=False, language=about.language)
