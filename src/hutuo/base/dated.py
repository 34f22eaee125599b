"""Periods within the header of a column: ``2023年末常住人口(万人)`` says when, what and in which unit.

A period counts where it stands at the beginning or at the end of a level of the header, or by itself in
brackets. ``(2010年不变价)`` says whose prices, ``2000-2020年`` names two years: neither is a period of
figures. Half a year, or other months together, is one that no figure can have: it is told as it stands.
"""

import re
from datetime import UTC
from typing import NamedTuple

from hutuo.base.headers import BRACKETED, JOINT, plain
from hutuo.base.periods import SEVERAL_MONTHS, is_several_months
from hutuo.base.periods import read as period_of

_YEAR = r"(?<![\d.])(?:19|20|21)\d\d"
_WHEN = (
    rf"(?:{SEVERAL_MONTHS}|{_YEAR}(?:"
    r"\s*年?\s*第?[1-4一二三四]季度"
    r"|\s*[-年]?\s*[Qq][1-4](?!\d)"
    r"|\s*年\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日|份|[末底])?"
    r"|-\d{1,2}(?:-\d{1,2})?(?![\d-])"
    r"|\s*年(?:年?[末底终]|全年|度)?"
    r"|(?![\d./年~=-]|\s*[-~=])"
    r"))"
)
_TILL = (
    r"(?:截[至止]到?|[至到]|(?:as of|in)\s"
    r"|(?:(?:as of|at|by|in)\s+)?(?:the\s+)?(?:year[- ]?)?end(?:\s+of)?\s)"
)
_FIRST = re.compile(rf"^\s*(?P<till>{_TILL})?\s*(?P<when>{_WHEN})", re.IGNORECASE)
_LAST = re.compile(
    rf"(?P<till>\b{_TILL})?\s*(?P<when>{_WHEN})(?=\s*(?:[(\[【][^()\[\]【】]*[)\]】])?\s*$)",
    re.IGNORECASE,
)
_ALONE = re.compile(rf"\s*(?P<till>{_TILL})?\s*(?P<when>{_WHEN})\s*", re.IGNORECASE)
_APART = re.compile(r"\s*[,;、]\s*")
_EDGES = " ,;:、_-"
_LEFT = re.compile(r"[ ,;:、_-]+(?=\()")
_ENDS = re.compile(r"[末底终]|\bend\b", re.IGNORECASE)


class Dated(NamedTuple):
    """A header without its period.

    Attributes:
        rest: What else it says, its levels joined as they were; empty if nothing.
        period: The period as it is written, None if it names none or several.
        ends: Whether it says the end of the period, as 年末 does.
    """

    rest: str
    period: str | None = None
    ends: bool = False


def dated(header: str) -> Dated:
    """The period that a header names, and the rest of it."""
    found: list[re.Match[str]] = []
    levels = [_without(plain(level), found) for level in header.split(JOINT)]
    if len({match["when"] for match in found}) != 1:
        return Dated(header)
    when = "".join(found[0]["when"].split())
    if period_of(when, UTC) is None and not is_several_months(when):
        return Dated(header)
    said = any(_ENDS.search(match.group()) for match in found)
    return Dated(JOINT.join(level for level in levels if level), when, said)


def _without(level: str, found: list["re.Match[str]"]) -> str:
    """A level without its periods, which are added to those found."""

    def inside(bracket: "re.Match[str]") -> str:
        parts = _APART.split(bracket[1])
        whens = {part: _ALONE.fullmatch(part) for part in parts}
        found.extend(match for match in whens.values() if match)
        rest = ",".join(part for part in parts if not whens[part])
        return f"({rest})" if rest else ""

    level = BRACKETED.sub(inside, level)
    for pattern in (_FIRST, _LAST):
        if match := pattern.search(level):
            found.append(match)
            level = level[: match.start()] + level[match.end() :]
    return _LEFT.sub(" ", level).strip(_EDGES)
