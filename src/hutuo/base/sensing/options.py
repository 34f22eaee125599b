"""What is asked of a collection of entities: ``$filter``, ``$orderby``, ``$top`` and the others.

Source: OGC 18-088, 9.3.3.
"""

import re
from collections.abc import Iterable, Iterator, Mapping
from types import MappingProxyType
from typing import NamedTuple

from hutuo.base.sensing.kinds import Kind, kind_of
from hutuo.base.sensing.odata import Expression, expression
from hutuo.errors import BadAsk, Unsupported, one_of
from hutuo.glossary import Text

PAGE, LARGEST = 100, 10_000
DEEPEST = 8
_WAY = re.compile(r"\s+(asc|desc)$")


class Order(NamedTuple):
    """One key of an order."""

    path: str
    by: Expression
    down: bool


class Options(NamedTuple):
    """What is asked of a collection.

    Attributes:
        filter: Condition as written, "" for none.
        order: Keys, the first first.
        top: Most entities.
        skip: Entities to pass over.
        counted: Whether all are to be counted.
        select: Properties and links that are shown; none for all.
        expand: What is asked of linked entities that are shown within, by link.
    """

    filter: str = ""
    order: tuple[Order, ...] = ()
    top: int = PAGE
    skip: int = 0
    counted: bool = False
    select: tuple[str, ...] = ()
    expand: "Mapping[str, Options]" = MappingProxyType({})


NAMES = ("$filter", "$orderby", "$top", "$skip", "$count", "$select", "$expand")


def options(given: Mapping[str, str], kind: Kind, depth: int = 0) -> Options:
    """What a request asks of a collection.

    Args:
        given: Options with their text.
        kind: Kind of the collection.
        depth: How many ``$expand`` it lies in.

    Raises:
        Unsupported: One is none of those that are done.
        BadAsk: The text of one cannot be read.
    """
    for name in given:
        if name not in NAMES:
            error = one_of(name, "option", NAMES)
            wrong = Unsupported if name.startswith("$") else BadAsk
            raise wrong(error.words, error.advice)
    text = given.get("$filter", "")
    if text:
        expression(text)
    return Options(
        filter=text,
        order=tuple(_order(part) for part in split(given.get("$orderby", ""), ",")),
        top=min(_number("$top", given.get("$top", str(PAGE))), LARGEST),
        skip=_number("$skip", given.get("$skip", "0")),
        counted=_flag(given.get("$count", "false")),
        select=tuple(split(given.get("$select", ""), ",")),
        expand=_expand(given.get("$expand", ""), kind, depth),
    )


def split(text: str, sign: str) -> Iterator[str]:
    """Parts of a text between signs that stand in no bracket and no quotes."""
    part, depth, quoted = "", 0, False
    for letter in text:
        quoted ^= letter == "'"
        if not quoted:
            depth += (letter == "(") - (letter == ")")
        if letter == sign and not depth and not quoted:
            yield part.strip()
            part = ""
        else:
            part += letter
    if part.strip():
        yield part.strip()


def _order(text: str) -> Order:
    """A key of an order: any expression, which way behind it."""
    found = _WAY.search(text.strip())
    path = text.strip()[: found.start()] if found else text.strip()
    return Order(path, expression(path), found is not None and found[1] == "desc")


def _number(name: str, text: str) -> int:
    if not text.isascii() or not text.isdigit() or len(text) > 12:  # noqa: PLR2004 - a number that is meant
        says = Text(f"{name}:“{text}”不是个数", f"{name}: '{text}' is no number of entities")
        raise BadAsk(says, Text(f"如{name}=10", f"as {name}=10"))
    return int(text)


def _flag(text: str) -> bool:
    if text not in ("true", "false"):
        says = Text(f"$count:“{text}”应为true或false", f"$count: '{text}' is not true or false")
        raise BadAsk(says)
    return text == "true"


def _expand(text: str, kind: Kind, depth: int) -> dict[str, Options]:
    if text and depth >= DEEPEST:
        raise BadAsk(Text("$expand嵌套太深", "$expand is nested too deep"))
    asked: dict[str, list[str]] = {}
    for part in split(text, ","):
        path, _, inner = part.partition("(")
        name, _, rest = path.strip().partition("/")
        nested = list(split(inner.rpartition(")")[0], ";")) if inner else []
        # Things/Locations is the same as Things($expand=Locations).
        asked.setdefault(name, []).extend(
            [f"$expand={rest}{'(' + inner if inner else ''}"] if rest else nested
        )
    return {name: _linked(name, given, kind, depth) for name, given in asked.items()}


def _linked(name: str, given: Iterable[str], kind: Kind, depth: int) -> Options:
    links = {**kind.one, **kind.many}
    if name not in links:
        error = one_of(name, f"link of {kind.name}", list(links))
        raise BadAsk(error.words, error.advice)
    told: dict[str, str] = {}
    for part in given:
        option, _, text = part.partition("=")
        both = [told[option], text] if option == "$expand" and option in told else [text]
        told[option] = ",".join(both)
    return options(told, kind_of(links[name]), depth + 1)
