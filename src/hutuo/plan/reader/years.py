"""Years that a text names: by which something shall be, of which it is, or from which a change counts."""

import re
from enum import StrEnum
from typing import NamedTuple

from hutuo.plan.reader.englishyears import ENGLISH
from hutuo.plan.reader.words import by_words, words

YEAR = r"(?:19|20)\d{2}"
MONTH = r"(?:\s*\d{1,2}\s*月(?:\s*\d{1,2}\s*日)?|\s*年?[底末]|\s*上半年|\s*[一二三四]季度)?"


class Role(StrEnum):
    """What a year is named for."""

    BY = "by"
    OF = "of"
    FROM = "from"
    SPAN = "span"


class Year(NamedTuple):
    """A year that is named.

    Attributes:
        start: Where its words begin, in characters.
        end: Where they end.
        year: The year; of a span the last one.
        role: What it is named for.
        since: First year of a span; None if it is none.
    """

    start: int
    end: int
    year: int
    role: Role
    since: int | None = None


SPOKEN = (
    (re.compile(r"(?:今后|未来)的?五年"), Role.BY, 4, None),
    (re.compile(r"(?:过去的?|这|近)五年|五年来"), Role.SPAN, -1, -5),
    (re.compile(r"去年(?![底末])|过去的?一年|一年来"), Role.OF, -1, None),
    (re.compile(r"今年(?!以来|上半年|[一二三四]季度|\d)"), Role.OF, 0, None),
)


@by_words
def _patterns() -> tuple[tuple[re.Pattern[str], Role], ...]:
    terms = "|".join(words("term"))
    # “八五”普法 counts terms of its own.
    term = rf"[“\"]?(?P<term>{terms})[”\"]?(?!普法)"
    year = rf"(?P<year>{YEAR})"
    short = "|".join(one[:-1] for one in words("term"))
    since = r"(?:以|较|比|相比|与|同|在|从|由|自|优于|好于|高于|低于|快于)"
    by = r"(?:到|至|展望到?|力争到?|争取到?|远景(?:展望)?到?|在)"
    end = r"(?:规划)?(?:时期)?(?:末|期末|结束时?)"
    ways = (
        (rf"(?P<since>{YEAR})\s*年?\s*(?:-+|~|至|到)\s*{year}\s*年(?:间|期间)?", Role.SPAN),
        (rf"{since}\s*{year}\s*年?(?:底|末)?(?:为基数|相比|增加|的基础上|水平)?", Role.FROM),
        (rf"(?:是|为|相当于)\s*{year}\s*年(?=的\s*[\d一二三四五六七八九十.]+\s*倍)", Role.FROM),
        (rf"(?:截至|截止|至今)\s*(?:到|至)?\s*{year}\s*年{MONTH}", Role.OF),
        (rf"{by}\s*{year}\s*年{MONTH}(?:前|之前|以前|止|时)?", Role.BY),
        (rf"{year}\s*年(?:年?[底末])?(?:前|之前|以前)", Role.BY),
        (rf"(?:自|从)?{year}\s*年{MONTH}(?:起|开始)", Role.BY),
        (rf"{year}\s*年{MONTH}(?!远景目标)", Role.OF),
        (rf"{since}\s*{term}(?:{end}|初期?)", Role.FROM),
        (rf"(?:是|为|相当于)\s*{term}(?:{end}|时期|期间)?(?=的?\s*[\d.]+\s*倍)", Role.FROM),
        (rf"(?:高于|低于|优于|好于|快于|比|较)\s*{term}(?:时期|期间)?", Role.FROM),
        (rf"{term}{end}", Role.BY),
        (rf"到\s*{term}末?", Role.BY),
        (rf"{term}(?:时期|期间|以来)", Role.SPAN),
        (
            rf"[“\"](?P<term>{terms})[”\"](?:规划)?(?!普法|的?(?:开局|起步|收官|第|关键|之年))",
            Role.SPAN,
        ),
        (rf"第(?P<ordinal>{short})个五年规划", Role.SPAN),
    )
    english = ((given, Role(role)) for given, role in ENGLISH)
    return tuple((re.compile(given), role) for given, role in (*ways, *english))


def years_of(text: str) -> list[Year]:
    """Years that a text in plain form names, in order; of readings that overlap the longer holds."""
    found: list[Year] = []
    for pattern, role in _patterns():
        for match in pattern.finditer(text):
            if all(match.end() <= one.start or match.start() >= one.end for one in found):
                found.append(_year(match, role))
    return sorted(found)


def spoken(text: str, now: int, reached: int) -> list[Year]:
    """Years that a report names from where it stands: the past five years, last year, the coming five years.

    Args:
        text: Text in plain form.
        now: Year in which it was given.
        reached: Year before which its past five years end: the next one if it was given late in a year.
    """
    found = []
    for pattern, role, year, since in SPOKEN:
        begins = reached if since is not None or role is Role.BY else now
        for match in pattern.finditer(text):
            first = None if since is None else begins + since
            found.append(Year(match.start(), match.end(), begins + year, role, first))
    return sorted(found)


def _year(match: re.Match[str], role: Role) -> Year:
    named = match.groupdict()
    if named.get("ordinal"):
        # 第十五个五年规划 is 十五五, whose own name 十五 is of another term.
        named["term"] = f"{named['ordinal']}五"
    if named.get("term"):
        name = named["term"] if named["term"].endswith("五") else f"{named['term']}五"
        first, _, last = words("term")[name].partition("|")
        since = int(first) if role is Role.SPAN else None
        return Year(match.start(), match.end(), int(last), role, since)
    since = int(named["since"]) if named.get("since") else None
    year = int(named["year"])
    if since and year < 100:  # noqa: PLR2004 - 2025-30 is of one century
        year += since // 100 * 100
    return Year(match.start(), match.end(), year, role, since)
