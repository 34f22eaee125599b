"""Expressions of ``$filter`` and ``$orderby``: read into functions of an entity.

A path that leads through several entities stands for the values of all of them; a comparison holds if it
holds for one.

Source: OGC 18-088, 9.3.3.5 (built-in filter operations and query functions); OData 4.0, part 2, 5.1.1.
"""

import operator
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import time
from typing import Any, NamedTuple, Protocol

from hutuo.base.sensing.comparing import FUNCTIONS, Span, comparison, instant
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

_INSTANT = r"\d{4}-\d{2}-\d{2}T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?"
_TOKEN = re.compile(
    r"\s*(?:(?P<geo>geography'[^']*')|(?P<text>'(?:[^']|'')*')"
    rf"|(?P<period>{_INSTANT}/{_INSTANT})|(?P<time>{_INSTANT})|(?P<day>\d{{4}}-\d{{2}}-\d{{2}})"
    r"|(?P<clock>\d{2}:\d{2}(?::\d{2}(?:\.\d{1,6})?)?)"
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
                return _apply(comparison(test), [left, self._sum()])
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
    if token.kind == "clock":
        return _clock(token.text)
    if token.kind == "period":
        return Span(*map(instant, token.text.split("/")))
    return instant(token.text)


def _clock(text: str) -> time:
    try:
        return time.fromisoformat(text)
    except ValueError as error:
        says = Text(f"“{text}”不是时间", f"'{text}' is no time of day")
        raise BadAsk(says, Text("如08:00:00", "as 08:00:00")) from error


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
