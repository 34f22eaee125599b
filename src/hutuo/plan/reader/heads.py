"""What a plan says of itself: its title, who issued it and when, the years it is for and looks out to."""

import re
from collections.abc import Iterator, Sequence
from datetime import date
from typing import NamedTuple

from hutuo.plan.reader import englishheads
from hutuo.plan.reader.englishwords import is_english
from hutuo.plan.reader.lines import Line, lines_of
from hutuo.plan.reader.outline import Body
from hutuo.plan.reader.words import numeral, pattern, words

YEARS = range(1949, 2101)
# A report given from October on counts its year among the past ones.
LATE = 10
YEAR = r"((?:19|20)\d{2})"
DASH = r"\s*(?:-+|~|至|到|to|until|through)\s*"
SPAN = re.compile(rf"{YEAR}\s*年?{DASH}{YEAR}(?!\d)")
# A dash that was lost: 20252030.
LOST = re.compile(rf"(?<!\d){YEAR}{YEAR}(?!\d)")
TERM = re.compile(
    r"规划期限?|规划年限|规划期为|实施期限?|期限为|有效期|(?:plan|planning) (?:period|horizon)|"
    r"(?:covers?|for|over|spans?) the (?:period|years)"
)
OUTLOOK = re.compile(
    rf"(?:展望(?:到|至)?|远景(?:展望)?(?:到|至)?|远期(?:到|至)?|(?i:(?:look(?:s|ing)?|view|outlook|perspective|vision|horizon)"
    r"(?:\s+(?:out|ahead|forward|extending|further))?\s+(?:to|towards?|for|of|until|through)(?:\s+the\s+year)?)\s+)\s*"
    rf"{YEAR}"
)
FIVE_YEARS = re.compile(
    r"[“\"]([一二三四五六七八九十]{1,2})五[”\"](?=(?:时期|期间|[^。,]{0,30}(?:规划|纲要|计划|方案)))"
    r"|([一二三四五六七八九十]{1,2})个?五(?=年?规划|时期|期间|发展|年|[一-鿿]{2,20}(?:规划|纲要|计划|方案))"
)
DAY = re.compile(rf"{YEAR}\s*[年./-]\s*(\d{{1,2}})\s*[月./-]\s*(\d{{1,2}})\s*日?")
MONTH = re.compile(rf"{YEAR}\s*年\s*(?:\d{{1,2}}|[一二三四五六七八九十]{{1,2}})\s*月")
# Not 2030年前碳达峰行动方案, 面向2035年: those name the end.
OF_YEAR = re.compile(
    rf"(?<![-~至到向前\d]){YEAR}\s*年度?(?![底末前以]|远景|愿景|碳|实现)"
    r"(?=[^,。\d]{0,30}(?:计划|要点|方案|安排|任务|行动|清单)(?:[(][^)]*[)])?$)"
)
HAN_DAY = re.compile(
    rf"{YEAR}年([一二三四五六七八九十]{{1,3}})月([一二三四五六七八九十]{{1,3}})日"
)
ENGLISH_DAY = re.compile(
    r"(?:(\d{1,2})(?:st|nd|rd|th)?\s+)?(January|February|March|April|May|June|July|August|September|October|"
    rf"November|December)\s+(?:(\d{{1,2}}),?\s+)?{YEAR}"
)
MONTHS = [
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October",
    "November", "December",
]  # fmt: skip
OF_A_PAGE = re.compile(
    r"(?:发布|更新|公开|上传)(?:日期|时间)|^时间|^日期|(?i:publish|posted|updated)"
)
OF_ISSUE = re.compile(r"(?:成文|印发|发文|制定|签发)(?:日期|时间)")
NOTICE = re.compile(r"^(.{2,40}?)关于(?:印发|公布|发布|实施)")
WITHIN = re.compile(
    r"(?:印发|公布|发布|将|批复)[^《]{0,12}《([^》]{4,60})》|关于(?:印发|公布|发布)《?([^》]{4,60}?)》?的通知"
)
SHORT = 40


class Head(NamedTuple):
    """What a plan says of itself; None where it does not.

    Attributes:
        title: Its title.
        issuer: Who issued it.
        date: Day of issue.
        horizon: First and last year it is for.
        outlook: Year it looks out to.
        since: Year in which it was issued where no day is given, or that its title is for (2022年工作要点).
    """

    title: str
    issuer: str | None
    date: date | None
    horizon: tuple[int, int] | None
    outlook: int | None
    since: int | None = None

    @property
    def late(self) -> bool:
        """Whether it was issued in the last quarter of a year."""
        return self.date is not None and self.date.month >= LATE

    @property
    def year(self) -> int | None:
        """Year in which it was issued, else its first; None where neither is said."""
        first = self.horizon[0] if self.horizon else None
        return self.date.year if self.date else self.since or first


def titles_within(text: str) -> list[str]:
    """Titles of plans that a notice names: "现将《…》印发给你们", "关于印发…的通知"."""
    found = [one or other for one, other in WITHIN.findall(text[:20_000])]
    return [re.sub(r"\s", "", title) for title in found]


def head_of(text: str, body: Body) -> Head:
    """What the plan says of itself.

    Args:
        text: The document in plain form (:func:`hutuo.plan.words.plain`).
        body: Where the plan stands in it.
    """
    front = lines_of(text[: body.start])
    first = min(body.headings, default=len(body.lines))
    opening = body.lines[:first] or body.lines[:3]
    title = _title(body, front)
    said = " ".join(line.words for line in [*opening, *body.lines[first : first + 12]])
    return Head(
        title,
        _issuer(front, opening, text[body.end :]),
        _issued([*front, *opening[1:]], lines_of(text[body.end :])[:12]),
        _horizon(title + _years_below(opening), said),
        _outlook(title, text[body.start : body.end]),
        _since(title, [*front, *opening[1:], *lines_of(text[body.end :])[:12]]),
    )


def _title(body: Body, front: Sequence[Line]) -> str:
    """The first line of the body; a title that was broken over two lines is joined again."""
    if not body.lines:
        return ""
    first = body.lines[0].words.lstrip("#").strip()
    if 0 in body.headings:
        return front[-1].words if front else first
    named = titles_within(first)
    if named:
        return named[0]
    before = front[-1].words if front else ""
    rest = re.compile(rf"^(?:(?:{pattern('title')})|[和与及].*)(?:[(][^)]*[)])*$")
    return before + first if rest.match(first) and len(before) <= SHORT else first


def _years_below(opening: Sequence[Line]) -> str:
    """Years in brackets on a line of their own below a title: (2016-2020年)."""
    said = (line.words for line in opening[1:3])
    return next((one for one in said if re.fullmatch(r"[(][^()]{4,16}[)]", one)), "")


def _issuer(front: Sequence[Line], opening: Sequence[Line], after: str) -> str | None:
    body = "|".join(re.escape(word) for word in words("issuer"))
    signed = re.compile(rf"^[一-鿿A-Za-z ,'&、]{{2,{SHORT}}}(?:{body})$")
    for line in [*front, *opening]:
        notice = NOTICE.match(line.words.lstrip("# "))
        if notice and signed.match(notice.group(1)):
            return notice.group(1)
    labelled = re.compile(
        r"(?:发布机构|发文机关|发布单位|制定机关|Issued by|Published by|Prepared by|Author)\s*:?\s*(.{2,60})",
        re.I,
    )
    adopted = englishheads.issuer_in([line.words for line in [*front, *opening]])
    if adopted:
        return adopted
    for line in [*front, *opening]:
        found = labelled.match(line.words)
        if found:
            return found.group(1).split("  ")[0].strip(" .")
    for line in reversed([*front, *lines_of(after)[:12]]):
        if signed.match(line.words) and len(line.words) <= SHORT:
            return line.words
    for line in opening:
        if signed.match(line.words) and len(line.words) <= SHORT:
            return line.words
    return None


def _issued(front: Sequence[Line], after: Sequence[Line]) -> date | None:
    """Day of issue: that under a signature before that of a page."""
    issued: list[date] = []
    signed: list[date] = []
    said: list[date] = []
    shown: list[date] = []
    for line in [*front, *after]:
        for found in days(line.words.strip("() ")):
            if is_english(line.words):
                if englishheads.tells_issue(line.words):
                    issued.append(found)
            elif OF_ISSUE.search(line.words):
                issued.append(found)
            elif OF_A_PAGE.search(line.words):
                shown.append(found)
            elif len(line.words) <= SHORT // 2:
                signed.append(found)
            elif len(line.words) <= SHORT:
                said.append(found)
    return next((some[0] for some in (issued, signed[::-1], said, shown) if some), None)


def _since(title: str, lines: Sequence[Line]) -> int | None:
    """Year of a month of issue, on a line of its own, else that of which a title says it is the plan."""
    months = (MONTH.fullmatch(line.words.strip("() ")) for line in lines)
    found = next((one for one in months if one), None) or OF_YEAR.search(title)
    return int(found.group(1)) if found else None


def days(said: str) -> Iterator[date]:
    """Days that are named in a line, also where their marks were lost and one reading is left."""
    for year, month, day in DAY.findall(said):
        yield from _day(year, month, day)
    for year, month, day in HAN_DAY.findall(said):
        yield from _day(year, numeral(month), numeral(day))
    for before, month, after, year in ENGLISH_DAY.findall(said):
        yield from _day(year, MONTHS.index(month) + 1, before or after or 1)
    if re.fullmatch(rf"{YEAR}\d{{2,4}}", said):
        rest = said[4:]
        ways = [*_day(said[:4], rest[:1], rest[1:]), *_day(said[:4], rest[:2], rest[2:])]
        if len(ways) == 1 or len(rest) == 4:  # noqa: PLR2004 - month and day in two digits each
            yield from ways[-1:]


def _day(year: str | int, month: str | int, day: str | int) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:
        return


def _horizon(title: str, opening: str) -> tuple[int, int] | None:
    """Years that a plan is for: as its words on its term say, else its title, else its five-year term."""
    for said in (*_after(TERM, opening), title):
        for pattern_ in (SPAN, LOST):
            for start, end in pattern_.findall(said):
                if int(start) < int(end):
                    return int(start), int(end)
    for quoted, bare in FIVE_YEARS.findall(title):
        term = f"{quoted or bare}五"
        if term in words("term"):
            start, _, end = words("term")[term].partition("|")
            return int(start), int(end)
    return None


def _after(mark: re.Pattern[str], said: str) -> Iterator[str]:
    """The words after each mark, to the end of its sentence."""
    for found in mark.finditer(said):
        yield re.split(r"[。;]", said[found.start() :], maxsplit=1)[0]


def _outlook(title: str, text: str) -> int | None:
    found = OUTLOOK.search(title) or OUTLOOK.search(text)
    return int(found.group(1)) if found else None
