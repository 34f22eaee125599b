"""How expressions compare values, and what their functions make of them.

Source: OGC 18-088, 9.3.3.5, tables of built-in filter operators and query functions; half-open periods and
the functions of them as in the standard's working text.
"""

import math
import operator
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any, NamedTuple

from hutuo.errors import BadAsk
from hutuo.glossary import Text


def instant(text: str) -> datetime:
    """An aware instant in UTC; a day is its midnight there.

    Raises:
        BadAsk: It is none.
    """
    try:
        found = datetime.fromisoformat(text)
    except ValueError as error:
        says = Text(f"“{text}”不是时刻", f"'{text}' is no instant")
        hint = Text("如2026-05-01T08:00:00Z", "as 2026-05-01T08:00:00Z")
        raise BadAsk(says, hint) from error
    try:
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except OverflowError as error:
        raise BadAsk(Text(f"“{text}”超出历法", f"'{text}' is beyond the calendar")) from error


def comparison(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    """A test of two values, of which either may be a period, missing, or a number written as text."""

    def compared(left: Any, right: Any) -> bool:
        if isinstance(left, Span) or isinstance(right, Span):
            return _spans(test, left, right)
        if None in (left, right) and test not in (operator.eq, operator.ne):
            return False
        return bool(test(*_alike(left, right)))

    return compared


def _alike(left: Any, right: Any) -> tuple[Any, Any]:
    """Both as numbers where one is: the standard's own examples quote ids and results."""
    for one, other in ((left, right), (right, left)):
        if isinstance(one, str) and isinstance(other, int | float):
            with suppress(ValueError):
                return float(left), float(right)
    return left, right


class Span(NamedTuple):
    """A period of instants, whose end is not part of it."""

    first: datetime
    last: datetime


def _span(value: Any) -> Span:
    return value if isinstance(value, Span) else Span(_moment(value), _moment(value))


def _spans(test: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    """A period is less than another if it is before it, and no more if neither end is later."""
    if left is None or right is None:
        return test is operator.ne
    if test is operator.lt:
        return _before(left, right)
    if test is operator.gt:
        return _before(right, left)
    one, other = _span(left), _span(right)
    if test in (operator.le, operator.ge):
        return bool(test(one.first, other.first) and test(one.last, other.last))
    return bool(test(one, other))


def _before(left: Any, right: Any) -> bool:
    one, other = _span(left), _span(right)
    return one.last <= other.first if isinstance(left, Span) else one.first < other.first


def _meets(left: Any, right: Any) -> bool:
    one, other = _span(left), _span(right)
    return one.last == other.first or other.last == one.first


def _during(left: Any, right: Any) -> bool:
    one, other = _span(left), _span(right)
    return other.first <= one.first < other.last and one.last <= other.last


def _overlaps(left: Any, right: Any) -> bool:
    if not isinstance(left, Span) and not isinstance(right, Span):
        return _moment(left) == _moment(right)
    if not isinstance(left, Span):
        return _during(left, right)
    one, other = _span(left), _span(right)
    return (
        _during(right, left)
        if not isinstance(right, Span)
        else (one.first < other.last and other.first < one.last)
    )


def _finishes(left: Any, right: Any) -> bool:
    return _span(left).last == _span(right).last


def _moment(value: Any) -> datetime:
    if value is None:
        raise TypeError
    if isinstance(value, Span):
        return value.first
    found = value if isinstance(value, datetime) else instant(str(value))
    return found.astimezone(UTC)


def _relates(one: Any, other: Any, pattern: str) -> bool:
    if not re.fullmatch(r"[TF012*]{9}", pattern):
        says = Text(f"“{pattern}”不是DE-9IM模式", f"'{pattern}' is no pattern of DE-9IM")
        raise BadAsk(says, Text("如T********", "as T********"))
    return bool(one.relate_pattern(other, pattern))


def _part(name: str) -> Callable[[Any], int]:
    return lambda value: int(getattr(_moment(value), name))


def _rounded(value: float) -> float:
    """Half up, as OData has it; Python's own goes to the even one."""
    return math.floor(value + 0.5)


# Functions of time, of text, of number and of place. ``substringof`` has its part first.
FUNCTIONS: dict[str, Callable[..., Any]] = {
    "substringof": lambda part, whole: part in whole,
    "contains": lambda whole, part: part in whole,
    "startswith": lambda whole, part: whole.startswith(part),
    "endswith": lambda whole, part: whole.endswith(part),
    "length": len,
    "indexof": lambda whole, part: whole.find(part),
    "substring": lambda text, at, *n: text[int(at) : int(at + n[0]) if n else None],
    "tolower": lambda text: text.lower(),
    "toupper": lambda text: text.upper(),
    "trim": lambda text: text.strip(),
    "concat": lambda one, other: f"{one}{other}",
    **{name: _part(name) for name in ("year", "month", "day", "hour", "minute", "second")},
    "fractionalseconds": lambda value: _moment(value).microsecond / 1e6,
    "date": lambda value: _moment(value).replace(hour=0, minute=0, second=0, microsecond=0),
    "time": lambda value: _moment(value).time(),
    # Times are kept, and given out, in UTC.
    "totaloffsetminutes": lambda _value: 0,
    "now": lambda: datetime.now(UTC),
    "mindatetime": lambda: datetime.min.replace(tzinfo=UTC),
    "maxdatetime": lambda: datetime.max.replace(tzinfo=UTC),
    "before": _before,
    "after": lambda one, other: _before(other, one),
    "meets": _meets,
    "during": _during,
    "overlaps": _overlaps,
    "starts": lambda one, other: _span(one).first == _span(other).first,
    "finishes": _finishes,
    "round": _rounded,
    "floor": math.floor,
    "ceiling": math.ceil,
    "geo.distance": lambda one, other: one.distance(other),
    "geo.length": lambda line: line.length,
    "geo.intersects": lambda one, other: one.intersects(other),
    "st_within": lambda one, other: one.within(other),
    "st_contains": lambda one, other: one.contains(other),
    "st_intersects": lambda one, other: one.intersects(other),
    "st_disjoint": lambda one, other: one.disjoint(other),
    "st_equals": lambda one, other: one.equals(other),
    "st_touches": lambda one, other: one.touches(other),
    "st_overlaps": lambda one, other: one.overlaps(other),
    "st_crosses": lambda one, other: one.crosses(other),
    "st_relate": _relates,
}
