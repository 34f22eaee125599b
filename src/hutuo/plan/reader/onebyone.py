"""Figures that are told one by one of what was listed before them: A、B分别达到1、2."""

import re
from collections.abc import Mapping, Sequence

from hutuo.plan.reader.numbers import Number
from hutuo.plan.reader.subjects import cleaned, shared
from hutuo.plan.reader.years import Year

TOWN_AND_COUNTRY = ("城镇", "农村")
SECTORS = ("第一产业", "第二产业", "第三产业")
PAIRS = {
    "产销量": ("产量", "销量"),
    "一二三产业": ("第一产业", "第二产业", "第三产业"),
    "一二三产": ("一产", "二产", "三产"),
}
END = re.compile(r"[;。]")
ROW = re.compile(r"[、和与及,]|以及")
COMPARED = re.compile(r"(?:[与同]|较|比).{0,12}(?:相比|比)|(?:年均|同比|比上年|较上年)?")


def _is_same(before: str) -> bool:
    """Whether words before 分别 name nothing of their own: 与上年相比."""
    return COMPARED.fullmatch(before) is not None


def named_one_by_one(
    sentence: str,
    years: Sequence[Year],
    inside: Sequence[Number],
    start: int,
    told: Sequence[str] = (),
) -> Mapping[int, str]:
    """Subjects of figures that are told one by one: A、B、C分别达到1、2、3.

    Args:
        sentence: The sentence.
        years: Years named in it.
        inside: Numbers of the segment.
        start: Where it begins.
        told: Subjects of the segment before: A5万元、B8万元,分别增长6%和7%.
    """
    figures = [
        (place, one) for place, one in enumerate(inside) if not (one.grade or one.structure)
    ]
    if not figures:
        return {}
    before = sentence[: figures[0][1].start]
    at = before.rfind("分别")
    if at < 0 or len(figures) < 2:  # noqa: PLR2004 - one by one takes two
        return {}
    listed = re.split(r"[;:]", sentence[:at])[-1]
    if at < start:
        return {}
    for one in reversed(years):
        if one.end <= at:
            listed = listed.replace(sentence[one.start : one.end], "")
    names = shared(listed.rpartition(",")[2], len(figures))
    names = names or parted(listed.rpartition(",")[2], len(figures))
    if not names and len(told) == len(figures) and _is_same(listed.rpartition(",")[2]):
        names = list(told)
    if len(names) == len(TOWN_AND_COUNTRY) and names[1].startswith(TOWN_AND_COUNTRY[1]):
        # 城镇和农村居民收入: what stands behind the second is said of both.
        first, second = TOWN_AND_COUNTRY
        names = [
            first + names[1].removeprefix(second) if names[0] == first else names[0],
            names[1],
        ]
    return {place: name for (place, _), name in zip(figures, names, strict=False)}


def year_one_by_one(
    sentence: str, years: Sequence[Year], numbers: Sequence[Number], number: Number
) -> Year | None:
    """Year of a figure of a row that stands behind a row of as many years: 2025年、2030年分别达到1、2."""
    at = sentence.rfind("分别", 0, number.start)
    before = [one for one in years if one.end <= at]
    if len(before) < 2 or END.search(sentence, before[-1].end, at):  # noqa: PLR2004 - a row takes two
        return None
    listed = before[-1:]
    for one in reversed(before[:-1]):
        if ROW.fullmatch(sentence[one.end : listed[0].start]) is None:
            break
        listed.insert(0, one)
    end = END.search(sentence, number.end)
    last = end.start() if end else len(sentence)
    row = [one for one in numbers if at < one.start < last and not (one.grade or one.structure)]
    fits = len(listed) == len(row) > 1 and number in row
    return listed[row.index(number)] if fits else None


def parted(name: str, count: int) -> list[str]:
    """What a name says in one word, if it says so many things: of 产销量, 产量 and 销量."""
    for whole, parts in PAIRS.items():
        if whole in name and len(parts) == count:
            return [cleaned(name.replace(whole, part)) for part in parts]
    return []


def spread(sentence: str, inside: Sequence[Number]) -> list[Number]:
    """Figures of a row of which the last says 左右, which holds for all of them: 5%、8%、6%左右."""
    found = list(inside)
    for at in range(len(found) - 2, -1, -1):
        one, after = found[at], found[at + 1]
        joined = ROW.fullmatch(sentence[one.end : after.start]) is not None
        if joined and after.operator == "~" and not one.operator and one.unit == after.unit:
            found[at] = one._replace(operator="~")
    return found


def sector_of(place: int, inside: Sequence[Number]) -> str:
    """Which of the three sectors a share is of, where all three are told in a row."""
    rows = [at for at, one in enumerate(inside) if one.value_type == "share" and one.unit == "%"]
    if len(rows) in (len(SECTORS), 2 * len(SECTORS)) and place in rows:
        return f"{SECTORS[rows.index(place) % len(SECTORS)]}占比"
    return ""
