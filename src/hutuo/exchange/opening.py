"""Opening hours: written by days of the week, read once, and whether a span of time lies within them."""

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from hutuo.glossary import Text

__all__ = ["Opening", "free_spans", "opening", "within"]

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
LINE = re.compile(r"([a-z]{3})(?:-([a-z]{3}))? (\d\d):(\d\d)-(\d\d):(\d\d)")
DAY_MINUTES = 24 * 60
MINUTE = timedelta(minutes=1)


class Opening(NamedTuple):
    """Opening hours of a week.

    Attributes:
        spans: For each day from Monday on the minutes from and before which it is open, ascending.
        fault: What is wrong with how they are written; None if nothing is.
    """

    spans: tuple[tuple[tuple[int, int], ...], ...]
    fault: Text | None = None


@lru_cache(maxsize=1000)
def opening(written: str) -> Opening:
    """Opening hours as they are written: ``mon-fri 08:00-18:00; sat 09:00-12:00``; 24:00 ends a day.

    Args:
        written: Parts separated by ``;``: a day of the week or a span of them, and a span of hours.
    """
    found: list[list[tuple[int, int]]] = [[] for _ in DAYS]
    for part in written.split(";"):
        days, span = _part(part.strip().lower())
        if not days:
            return Opening((), _fault(part.strip()))
        for day in days:
            found[day].append(span)
    spans = tuple(tuple(_joined(sorted(day))) for day in found)
    return Opening(spans)


def within(
    hours: Opening,
    span: tuple[datetime, datetime],
    zone: ZoneInfo,
    closed: Callable[[date], bool] = lambda _: False,
) -> bool:
    """Whether it is open all the time from a beginning to an end.

    Args:
        hours: Opening hours of a week.
        span: Beginning and end, aware.
        zone: Where the instrument is.
        closed: Days on which it is closed whatever the week says.
    """
    begins, ends = (moment.astimezone(zone).replace(tzinfo=None) for moment in span)
    for day in _days(begins.date(), ends):
        midnight = datetime.combine(day, time())
        first = max(begins - midnight, timedelta())
        last = min(ends - midnight, timedelta(days=1))
        spans = hours.spans[day.weekday()]
        fits = any(a * MINUTE <= first and last <= b * MINUTE for a, b in spans)
        if not fits or closed(day):
            return False
    return True


def free_spans(
    hours: Opening,
    span: tuple[datetime, datetime],
    zone: ZoneInfo,
    closed: Callable[[date], bool],
    taken: Sequence[tuple[datetime, datetime]],
) -> Iterator[tuple[datetime, datetime]]:
    """Times within a span in which it is open and not taken, ascending.

    Args:
        hours: Opening hours of a week.
        span: Beginning and end, aware.
        zone: Where the instrument is.
        closed: Days on which it is closed whatever the week says.
        taken: Times that are taken, ascending, none within another.
    """
    for begins, ends in _open(hours, span, zone, closed):
        at = begins
        for first, last in taken:
            if last <= at or first >= ends:
                continue
            if first > at:
                yield at, first.astimezone(zone)
            at = max(at, last.astimezone(zone))
        if at < ends:
            yield at, ends


def _open(
    hours: Opening,
    span: tuple[datetime, datetime],
    zone: ZoneInfo,
    closed: Callable[[date], bool],
) -> Iterator[tuple[datetime, datetime]]:
    """Times within a span in which it is open; those that touch at midnight are one."""
    begins, ends = (moment.astimezone(zone) for moment in span)
    now: tuple[datetime, datetime] | None = None
    for day in _days(begins.date(), ends.replace(tzinfo=None)):
        midnight = datetime.combine(day, time(), zone)
        for a, b in () if closed(day) else hours.spans[day.weekday()]:
            first, last = max(begins, midnight + a * MINUTE), min(ends, midnight + b * MINUTE)
            if first >= last:
                continue
            if now is not None and now[1] == first:
                now = now[0], last
                continue
            if now is not None:
                yield now
            now = first, last
    if now is not None:
        yield now


def _days(first: date, ends: datetime) -> Iterator[date]:
    day = first
    while datetime.combine(day, time()) < ends:
        yield day
        day += timedelta(days=1)


def _part(part: str) -> tuple[list[int], tuple[int, int]]:
    read = LINE.fullmatch(part)
    if read is None or not {read[1], read[2] or read[1]} <= set(DAYS):
        return [], (0, 0)
    first, last = DAYS.index(read[1]), DAYS.index(read[2] or read[1])
    begins, ends = int(read[3]) * 60 + int(read[4]), int(read[5]) * 60 + int(read[6])
    exact = int(read[4]) < 60 and int(read[6]) < 60  # noqa: PLR2004 - minutes of an hour
    days = [(first + step) % 7 for step in range((last - first) % 7 + 1)]
    return (days if exact and begins < ends <= DAY_MINUTES else []), (begins, ends)


def _joined(spans: list[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """Spans of a day, those that touch made one."""
    now: tuple[int, int] | None = None
    for begins, ends in spans:
        if now is not None and begins <= now[1]:
            now = now[0], max(now[1], ends)
            continue
        if now is not None:
            yield now
        now = begins, ends
    if now is not None:
        yield now


def _fault(part: str) -> Text:
    right = "mon-fri 08:00-18:00"
    return Text(f"“{part}”应写作{right}", f"'{part}' would be right as {right}")
