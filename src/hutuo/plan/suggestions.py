"""Which bodies a duty may be for: those that it names, and the governments of the places that it names.

Nothing is decided here: each suggestion says why it is made, and a person takes it or not. The rules:

1. A body whose name, or short name, the duty gives as a body. A short name has letters of the full one in
   their order and the same ending where it has one (发改委 of 发展和改革委员会).
2. 各市, 各县 and the like: every government of a unit of that level.
3. A government of a place that the duty names, or, where a county has none here, that of its prefecture.
4. A body whose full name stands in the words of the duty.

A single body that was named first leads; the others support.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.matching import Places

Row = Mapping[str, Any]
EVERY = re.compile("(?:各|有关|相关|沿线|成员)(?:设区的?)?(市|县|区|地)")
LEVELS = {"市": "prefecture", "县": "county", "区": "county"}
SHORTEST = 2
LEAD, SUPPORT = "lead", "support"
NAMED = Text("原文点名", "the duty names it")
SHORT = Text("原文点名(简称)", "the duty names it by a short name")
GROUP = Text("原文泛指", "the duty names all of its kind")
GROUND = Text("所涉地点的政府", "government of a place that the duty names")
WORDS = Text("原文提及", "the words of the duty mention it")


class Suggestion(NamedTuple):
    """A body that a duty may be for.

    Attributes:
        body: Id of the body.
        role: ``lead`` or ``support``.
        reason: Why it is suggested.
    """

    body: str
    role: str
    reason: Text


def suggested(
    duty: Row, bodies: Sequence[Row], units: Mapping[str, Row], places: "Places"
) -> list[Suggestion]:
    """Bodies that a duty may be for, the surest first.

    Args:
        duty: Its ``bodies`` and ``places`` as the plan names them, separated by ``|``, and its ``quote``.
        bodies: Bodies with ``body``, ``zh``, ``en``, ``kind`` and ``unit``.
        units: Units by code, with ``level`` and ``parent``.
        places: Names of units and places.
    """
    found: dict[str, Text] = {}
    for word in _words(duty["bodies"]):
        for body, reason in _called(word, bodies, units):
            found.setdefault(body, reason)
    named = bool(found)
    for word in _words(duty["places"]):
        for body in _governing(word, bodies, units, places):
            found.setdefault(body, GROUND)
    quote = duty["quote"] or ""
    for row in bodies:
        if row["zh"] in quote or row["en"].lower() in quote.lower():
            found.setdefault(row["body"], WORDS)
    single = len(found) == 1 or (named and next(iter(found.values())) in (NAMED, SHORT))
    roles = [LEAD if single and at == 0 else SUPPORT for at in range(len(found))]
    return [Suggestion(b, role, why) for (b, why), role in zip(found.items(), roles, strict=True)]


def shortens(short: str, full: str) -> bool:
    """Whether a short name may stand for a full one: all its letters in their order, the first and last kept.

    The first letters of the full name, as those of its province, may be left out.
    """
    if len(short) < SHORTEST or len(short) > len(full):
        return False
    ends = full.removesuffix("员会") if short[-1] == "委" else full
    if short[-1] != ends[-1]:
        return False
    letters = iter(ends)
    return all(letter in letters for letter in short)


def _words(cell: str | None) -> list[str]:
    return [word.strip() for word in (cell or "").split("|") if word.strip()]


def _called(
    word: str, bodies: Sequence[Row], units: Mapping[str, Row]
) -> Iterable[tuple[str, Text]]:
    exact = [row["body"] for row in bodies if word in (row["zh"], row["en"], row["body"])]
    if exact:
        return [(body, NAMED) for body in exact]
    if every := EVERY.search(word):
        level = LEVELS.get(every[1][0])
        return [
            (row["body"], GROUP)
            for row in bodies
            if row["kind"] == "government"
            and _level(row, units) in ({level} if level else {*LEVELS.values()})
        ]
    short = [row["body"] for row in bodies if shortens(word, row["zh"])]
    # A short name that fits several says none of them.
    return [(body, SHORT) for body in short] if len(short) == 1 else []


def _governing(
    word: str, bodies: Sequence[Row], units: Mapping[str, Row], places: "Places"
) -> list[str]:
    """Governments of the unit that a word means, or of the next above that has one, below the province."""
    place = places.find(word)
    unit = place if isinstance(place, str) else None
    while unit is not None and unit in units and units[unit]["level"] != "province":
        found = [r["body"] for r in bodies if r["kind"] == "government" and r["unit"] == unit]
        if found:
            return found
        unit = units[unit]["parent"]
    return []


def _level(row: Row, units: Mapping[str, Row]) -> str | None:
    level = units.get(row["unit"] or "", {}).get("level")
    return None if level is None else str(level)
