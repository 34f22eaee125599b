"""Expressions of ``$filter`` and ``$orderby``: read into functions of an entity.

A path that leads through several entities stands for the values of all of them; a comparison holds if it
holds for one.

Source: OGC 18-088, 9.3.3.5 (built-in filter operations and query functions); OData 4.0, part 2, 5.1.1.
"""

import math
import operator
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from typing import Any, NamedTuple, Protocol

from hutuo.errors import BadAsk
from hutuo.glossary import Text


class Row(Protocol):
    """What an expression is asked of."""

    def value(self, path: Sequence[str]) -> Any:
        """What a path of properties and links leads to; :class:`Several` where it branches."""


class Several(tuple[Any, ...]):
    """Values of several entities."""

    __slots__ = ()


Expression = Callable[[Row], Any]

_TOKEN = re.compile(
    r"\s*(?:(?P<geo>geography'[^']*')|(?P<text>'(?:[^']|'')*')"
    r"|(?P<time>\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)|(?P<day>\d{4}-\d{2}-\d{2})"
    r"|(?P<number>-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)"
    r"|(?P<name>@?[A-Za-z_][\w.@]*(?:/@?[A-Za-z_][\w.@]*)*)|(?P<sign>[(),]))"
)
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "eq": operator.eq,
    "ne": operator.ne,
    "gt": operator.gt,
    "ge": operator.ge,
    "lt": operator.lt,
    "le": operator.le,
}
_SUM = {"add": operator.add, "sub": operator.sub}
_PRODUCT = {"mul": operator.mul, "div": operator.truediv, "mod": operator.mod}
DEEPEST = 40


class _Token(NamedTuple):
    kind: str
    text: str


def expression(text: str) -> Expression:
    """The function that an expression is.

    Raises:
        BadAsk: It is none.
    """
    reader = _Reader(text)
    found = reader.either()
    reader.end()
    return found


def holds(found: Expression, row: Row) -> bool:
    """Whether a condition holds; what cannot be compared does not."""
    try:
        told = found(row)
    except (TypeError, ValueError, ZeroDivisionError, AttributeError):
        return False
    return any(told) if isinstance(told, Several) else told is True


class _Reader:
    """Descends through an expression, the loosest operators first."""

    def __init__(self, text: str) -> None:
        self._text, self._tokens, self._at, self._depth = text, list(_tokens(text)), 0, 0

    def either(self) -> Expression:
        """``or``."""
        found = self._both()
        while self._takes("or"):
            found = _logic(found, self._both(), any)
        return found

    def end(self) -> None:
        """Refuse what stands behind the end."""
        if self._at < len(self._tokens):
            raise self._wrong()

    def _both(self) -> Expression:
        found = self._negated()
        while self._takes("and"):
            found = _logic(found, self._negated(), all)
        return found

    def _negated(self) -> Expression:
        if self._takes("not"):
            inner = self._negated()
            return lambda row: not holds(inner, row)
        return self._compared()

    def _compared(self) -> Expression:
        left = self._sum()
        for name, test in _COMPARE.items():
            if self._takes(name):
                return _apply(_comparison(test), [left, self._sum()])
        return left

    def _sum(self) -> Expression:
        return self._chain(self._product, _SUM)

    def _product(self) -> Expression:
        return self._chain(self._unit, _PRODUCT)

    def _chain(
        self, part: Callable[[], Expression], signs: dict[str, Callable[[Any, Any], Any]]
    ) -> Expression:
        found = part()
        while (token := self._next()) and token.text in signs and token.kind == "name":
            self._at += 1
            found = _apply(signs[token.text], [found, part()])
        return found

    def _unit(self) -> Expression:
        token = self._next()
        if token is None:
            raise self._wrong()
        self._at += 1
        if token.text == "(":
            self._depth += 1
            if self._depth > DEEPEST:
                raise self._wrong()
            found = self.either()
            self._closed()
            return found
        if token.kind == "name":
            after = self._next()
            return self._called(token.text) if after and after.text == "(" else _named(token.text)
        if token.kind == "sign":
            raise self._wrong()
        value = _literal(token)
        return lambda _row: value

    def _called(self, name: str) -> Expression:
        self._at += 1
        given: list[Expression] = []
        while not self._takes(")"):
            given.append(self.either())
            if not self._takes(","):
                self._closed()
                break
        if name not in FUNCTIONS:
            says = Text(f"没有函数“{name}”", f"no function '{name}'")
            known = ", ".join(FUNCTIONS)
            raise BadAsk(says, Text(f"可用:{known}", f"possible: {known}"))
        return _apply(FUNCTIONS[name], given)

    def _closed(self) -> None:
        if not self._takes(")"):
            raise self._wrong()

    def _takes(self, text: str) -> bool:
        token = self._next()
        if token is None or token.text != text or token.kind == "text":
            return False
        self._at += 1
        return True

    def _next(self) -> _Token | None:
        return self._tokens[self._at] if self._at < len(self._tokens) else None

    def _wrong(self) -> BadAsk:
        rest = " ".join(token.text for token in self._tokens[self._at :][:4])
        says = Text(
            f"“{self._text}”在“{rest}”处读不通", f"'{self._text}' cannot be read at '{rest}'"
        )
        return BadAsk(says, Text("如result gt 5", "as result gt 5"))


def _tokens(text: str) -> Iterator[_Token]:
    at, end = 0, len(text.rstrip())
    while at < end:
        found = _TOKEN.match(text, at)
        if found is None:
            says = Text(f"“{text[at:]}”读不懂", f"'{text[at:]}' cannot be read")
            raise BadAsk(says, Text("文字须加单引号", "texts stand in single quotes"))
        yield _Token(str(found.lastgroup), found[str(found.lastgroup)])
        at = found.end()


def _literal(token: _Token) -> Any:
    if token.kind == "text":
        return token.text[1:-1].replace("''", "'")
    if token.kind == "number":
        return float(token.text)
    if token.kind == "geo":
        return _shape(token.text.removeprefix("geography"))
    return instant(token.text)


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


def _shape(quoted: str) -> Any:
    import shapely

    try:
        return shapely.from_wkt(quoted.strip("'"))
    except shapely.errors.GEOSException as error:
        says = Text(f"{quoted}不是WKT", f"{quoted} is no WKT")
        raise BadAsk(says, Text("如POINT (114.5 38)", "as POINT (114.5 38)")) from error


def _named(name: str) -> Expression:
    constant = {"true": True, "false": False, "null": None}
    if name in constant:
        value = constant[name]
        return lambda _row: value
    path = tuple(name.split("/"))
    return lambda row: _comparable(row.value(path))


def _comparable(value: Any) -> Any:
    """A value as expressions compare it: times as instants, shapes as shapes, numbers as numbers."""
    if isinstance(value, Several):
        return Several(_comparable(one) for one in value)
    if isinstance(value, dict) and {"type", "coordinates"} <= value.keys():
        from shapely.geometry import shape

        return shape(value)
    return value


def _logic(left: Expression, right: Expression, how: Callable[[Any], bool]) -> Expression:
    return lambda row: how(holds(part, row) for part in (left, right))


def _apply(how: Callable[..., Any], given: Sequence[Expression]) -> Expression:
    """A function of values; of several ones, the function of each."""

    def found(row: Row) -> Any:
        values = [part(row) for part in given]
        at = next((n for n, value in enumerate(values) if isinstance(value, Several)), None)
        if at is None:
            return how(*values)
        return Several(how(*values[:at], one, *values[at + 1 :]) for one in values[at])

    return found


def _comparison(test: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def compared(left: Any, right: Any) -> bool:
        if isinstance(left, Span) or isinstance(right, Span):
            return _spans(test, left, right)
        if None in (left, right) and test not in (operator.eq, operator.ne):
            return False
        return bool(test(left, right))

    return compared


class Span(NamedTuple):
    """A period [first, last] of instants."""

    first: datetime
    last: datetime


def _spans(test: Callable[[Any, Any], bool], left: Any, right: Any) -> bool:
    """A period is before another if it ends before it begins, and after it likewise."""
    if left is None or right is None:
        return test is operator.ne
    one, other = (v if isinstance(v, Span) else Span(v, v) for v in (left, right))
    if test in (operator.lt, operator.le):
        return bool(test(one.last, other.first))
    if test in (operator.gt, operator.ge):
        return bool(test(one.first, other.last))
    return bool(test(one, other))


def _moment(value: Any) -> datetime:
    if isinstance(value, Span):
        return value.first
    found = value if isinstance(value, datetime) else instant(str(value))
    return found.astimezone(UTC)


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
    "date": lambda value: _moment(value).replace(hour=0, minute=0, second=0, microsecond=0),
    "now": lambda: datetime.now(UTC),
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
}
