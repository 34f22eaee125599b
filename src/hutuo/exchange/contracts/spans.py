"""The periods of a contract: years, quarters or months, one after the other."""

import re
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Literal, NamedTuple

from hutuo.glossary import Text

__all__ = ["CALLED", "Kind", "Span", "begins_span", "span_of", "spans", "years_since"]

Kind = Literal["year", "quarter", "month"]
CALLED = {
    "year": Text("年", "year"),
    "quarter": Text("季", "quarter"),
    "month": Text("月", "month"),
}
MONTHS: dict[str, int] = {"year": 12, "quarter": 3, "month": 1}
WRITTEN = {
    "year": re.compile(r"([12]\d{3})"),
    "quarter": re.compile(r"([12]\d{3})-Q([1-4])"),
    "month": re.compile(r"([12]\d{3})-(0[1-9]|1[0-2])"),
}
YEAR = 12


class Span(NamedTuple):
    """One period of a schedule.

    Attributes:
        name: As 2027, 2027-Q1 or 2027-01.
        kind: ``year``, ``quarter`` or ``month``.
        first: Its first day.
        last: Its last day.
    """

    name: str
    kind: Kind
    first: date
    last: date

    @property
    def a_year(self) -> int:
        """How many such periods a year has."""
        return YEAR // MONTHS[self.kind]

    def next(self) -> "Span":
        """The period that follows."""
        return _begun(self.kind, self.last + timedelta(days=1))


def span_of(name: str) -> Span | None:
    """The period of that name; None if it is none, as 2027, 2027-Q1 or 2027-01."""
    for kind, pattern in WRITTEN.items():
        found = pattern.fullmatch(name)
        if found:
            year, *part = map(int, found.groups())
            month = 1 + (part[0] - 1) * MONTHS[kind] if part else 1
            return _begun(kind, date(year, month, 1))  # type: ignore[arg-type]
    return None


def spans(first: Span, last: Span) -> Iterator[Span]:
    """Periods from the first to the last, both of one kind."""
    while first.first <= last.first:
        yield first
        first = first.next()


def begins_span(kind: Kind, day: date) -> bool:
    """Whether a period of a kind begins on a day."""
    named = {
        "year": f"{day.year}",
        "quarter": f"{day.year}-Q{(day.month + 2) // 3}",
        "month": f"{day.year}-{day.month:02}",
    }
    span = span_of(named[kind])
    return span is not None and span.first == day


def years_since(start: date, day: date) -> int:
    """In which year since a start a day lies: 1 in the first, below 1 before it."""
    months = (day.year - start.year) * YEAR + day.month - start.month - (day.day < start.day)
    return months // YEAR + 1


def _begun(kind: Kind, first: date) -> Span:
    """The period of a kind that begins on a day."""
    month = first.month - 1 + MONTHS[kind]
    after = date(first.year + month // YEAR, month % YEAR + 1, 1)
    part = {"year": "", "quarter": f"-Q{first.month // 3 + 1}", "month": f"-{first.month:02}"}
    return Span(f"{first.year}{part[kind]}", kind, first, after - timedelta(days=1))
