"""A sentence read for its figures: each with the words of its segment and the years of the sentence."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from hutuo.plan.reader.bounds import TIMES, operator_of, value_type_of
from hutuo.plan.reader.meant import (
    COUNTERS,
    DONE,
    GROWS,
    REACHES,
    counted_at_once,
    heads,
    is_meant,
    is_part,
    is_sized,
    is_threshold,
)
from hutuo.plan.reader.numbers import Number
from hutuo.plan.reader.onebyone import named_one_by_one, sector_of, spread, year_one_by_one
from hutuo.plan.reader.outline import Clause
from hutuo.plan.reader.subjects import (
    Around,
    Said,
    cleaned,
    measures,
    said_before,
    subject_of,
)
from hutuo.plan.reader.words import pattern, words
from hutuo.plan.reader.years import Role, Year

# A comma within 33,860 and a colon within 1:2 end nothing.
SEGMENT = re.compile(r"(?:[^,;:]|(?<=\d),(?=\d{3})|(?<=\d):(?=\d))+")
# 争取资金 is what was got; 争取实现 what is striven for.
STRIVES = r"力争|争取(?=在|到20|实现|达到|突破|年底|早日|进入|成为)|目标|确保(?!了)"
# 由480元、280元提高到: both are grown from.
BESIDE = re.compile(r"(?:[、和:]\d[\d.,]*(?:%|[一-鿿]{1,3}?)?)+(?=[提增上扩下降减缩压升优调])")
ALREADY = re.compile(r"已[^,;。]{1,8}的")
ENDED = re.compile(r"[一-鿿”)](?:[、和与]|(?<![惠普涉])及)$")
LISTED = re.compile(r"[、,和与及]|以及")
FROM_TO = re.compile(r"(?:从|由|自)[^,;。]{0,30}$")
CHANGES = re.compile(r"(?:提高|提升|增加|增长|上升|扩大|下降|降低|减少|缩短|缩小|压减|降|升|增)$")
LISTS = ("、", "和", "及", ",")
LAST_YEAR = re.compile(r"(?:上年|去年|上一年)[^,。;]{0,6}$")
# Rules that hold from now on, by no year, where the plan itself has none.
STANDING = re.compile(r"应(?![用急对])|不得|不宜|原则上|不超过|不[少低高]于|控制在|最[高低]|至少")
LONGEST_QUOTE = 120
# What only follows a numeral one in a manner of speaking: 一幅画卷, 一股清流.
PICTURED = frozenset("幅股片段番")


class Quantity(NamedTuple):
    """One figure of a plan; see the table ``quantity`` for what each field holds."""

    clause: str
    kind: str
    subject: str
    operator: str
    value: float | None
    value_hi: float | None
    unit: str
    value_type: str
    base_year: int | None
    target_year: int | None
    year_from: str
    stance: str | None
    quote: str
    start: int
    end: int


class Setting(NamedTuple):
    """Where a figure stands.

    Attributes:
        clause: Its clause.
        heading: What the headings above say: "aim", "fact" or "".
        year: Year that the passage above names; None if none does.
        past: Year or span of facts that the headings above name; None if they name none.
        now: Year in which the plan was issued, or its first; None if it is not known.
        until: Last year of the plan; None if it is not known.
        preamble: Whether the clause is what stands before the first heading.
        topic: Title of the clause before it that tells no figure, as that of a list of measures.
        reached: Year whose end the plan looks back from, the next one if it was issued late in a year.
        bound: Whether its last year holds for rules, too; that of aims in passing holds for works alone.
    """

    clause: Clause
    heading: str
    year: int | None
    past: Year | None
    now: int | None
    until: int | None
    preamble: bool
    topic: str = ""
    reached: int | None = None
    bound: bool = True


class Reader(NamedTuple):
    """A sentence with its years and numbers, read in its setting."""

    sentence: str
    at: int
    years: list[Year]
    numbers: list[Number]
    setting: Setting
    past: Year | None

    def read(self) -> Iterator[Quantity]:
        """The figures of the sentence."""
        told, listed = list[str](), list[str]()
        for match in SEGMENT.finditer(self.sentence):
            start, end = match.span()
            within = [one for one in self.numbers if start <= one.start < end]
            inside = spread(self.sentence, within)
            names = named_one_by_one(self.sentence, self.years, inside, start, listed)
            listed = []
            inherited = aside = ""
            before = last_at = start
            last: Quantity | None = None
            last_said = said_before("")
            for place, number in enumerate(inside):
                if number.grade or number.structure:
                    yield self._named(number, (start, end))
                    continue
                # 40%以上的就业、50%以上的税收: what stands before the mark is of the one before.
                own = last is not None and ENDED.search(self.sentence[before : number.start])
                said = said_before("" if own else self._blank(before, number.start))
                if not self._counts(number, said):
                    continue
                subject = names.get(place) or sector_of(place, inside)
                if last is not None and (
                    (
                        (not said.rest or said.rest in REACHES)
                        and not own
                        and "其中" not in self.sentence[before : number.start]
                    )
                    or (last.kind == "baseline" and self._goes_up(last_at, number))
                ):
                    # Listed after the one before it, or what that one grows to.
                    said = said if said.operators or said.changes else last_said
                    subject = subject or last.subject
                subject = subject or ("" if said.rest.strip(" ()") else aside)
                subject = subject or self._subject(number, said, end, (inherited, *told))
                row = self._figure(number, (start, end), said, subject)
                yield row
                before = number.end
                aside = ""
                if row.kind == "attribute":
                    # 商圈(10万平方米以上)达到8个: what is counted stands before the bracket.
                    aside = row.subject if self.sentence.startswith(")", number.end) else ""
                    continue
                listed.append(row.subject)
                last, last_said, last_at = row, said, number.end
                kept = [
                    word
                    for word in words("keeps")
                    if self._blank(start, number.start).strip().startswith(word)
                ]
                inherited = inherited or (kept[0] if kept and place == 0 else "")
            told.append(
                last.subject if last is not None and last.subject else self._blank(start, end)
            )

    def _goes_up(self, since: int, number: Number) -> bool:
        """Whether a figure is what the one before it grows or falls to."""
        return GROWS.match(self.sentence[since : number.start]) is not None

    def _blank(self, start: int, end: int) -> str:
        """Words of the sentence without the years named in them."""
        said = self.sentence[start:end]
        for one in reversed(self.years):
            if start <= one.start and one.end <= end:
                # The 到 of 提高到2025年的65% is of the verb, not only of the year.
                first = said[one.start - start]
                kept = (
                    first if first in "到至" and CHANGES.search(said[: one.start - start]) else ""
                )
                said = said[: one.start - start] + kept + said[one.end - start :]
        return re.sub(r"^[、和与及]|^以及", "", said.strip())

    def _counts(self, number: Number, said: Said) -> bool:
        """Whether the number says something: it has a unit, stands for one, or follows an operator."""
        if number.value_type == "some":
            # 一批 alone is told with the duty; among aims it is one, its number left open.
            after = [one for one in self.numbers if one.start >= number.end and one.level]
            return self.setting.heading == "aim" and not after
        if number.value_type == "coverage" and heads(self.setting.clause, self.sentence):
            # 推进全面覆盖 as a heading names what is told below it.
            return False
        if number.value_type or (number.unit and number.value is not None):
            if self.sentence[number.end :].startswith(tuple(words("not_counted"))):
                return False
            single = (
                number.value_type == ""
                and not number.operator
                and not said.operators
                and number.value == 1
                and number.unit in COUNTERS | PICTURED
                and not self.sentence[number.start].isdigit()
            )
            return not single
        if number.unit or number.value is None:
            return False
        return bool(said.operators or (number.operator and measures(cleaned(said.rest))))

    def _subject(self, number: Number, said: Said, end: int, told: tuple[str, ...]) -> str:
        inherited, *earlier = told
        later = [one for one in self.numbers if number.end <= one.start < end]
        begin = number.end
        if later and is_sized(self.sentence, number, later[0]):
            begin, later = later[0].end, later[1:]
            while (
                len(later) > 1
                and self.sentence[begin : later[0].start] in LISTS
                and is_sized(self.sentence, later[0], later[1])
            ):
                begin, later = later[1].end, later[2:]
        if later and later[0].level and later[0].start == number.end:
            # 2家千亿级园区: what is counted comes after its size.
            begin, later = later[0].end, later[1:]
        if later and later[0].start == number.end and counted_at_once(number, later[0]):
            begin, later = later[0].end, later[1:]
        nearest = later[0].start if later else end
        after = self.sentence[begin : max(begin, min(end, nearest))]
        # 40万农户: so many of what follows.
        bare = number.unit in ("万", "亿")
        counts = bool(number.unit) and (number.unit[-1] in COUNTERS or bare)
        around = Around(after, tuple(earlier), inherited, counts, number.level)
        joined = number.value_type in ("ratio", "swap") or number.unit in TIMES
        return subject_of(around, said, joined=joined)

    def _named(self, number: Number, span: tuple[int, int]) -> Quantity:
        """A name or grade, or the parts of a scheme."""
        kind = "attribute" if number.grade else "structure"
        after = re.split(r"[,、;。:()”\s]", self.sentence[number.end : span[1]], maxsplit=1)[0]
        subject = after[:20] or self.sentence[number.start : number.end]
        unit = number.unit or ("个" if number.structure else "")
        return Quantity(
            self.setting.clause.id, kind, subject, "=", number.value, None, unit, "level", None, None,
            "none", None, *self._quote(span),
        )  # fmt: skip

    def _quote(self, span: tuple[int, int]) -> tuple[str, int, int]:
        said = self.sentence[span[0] : span[1]]
        lead = len(said) - len(said.lstrip())
        said = said.strip(" 。!?\n\t")[:LONGEST_QUOTE]
        start = self.at + span[0] + lead
        return said, start, start + len(said)

    def _figure(self, number: Number, span: tuple[int, int], said: Said, subject: str) -> Quantity:
        year, base = self._years(number, span)
        meant = is_threshold(self.sentence, self.numbers, number, span) or is_meant(
            self.sentence, number, said
        )
        sized = number.level and number.unit[-1:] not in ("元", "")
        # 一批: that there shall be several cannot be measured; 减量置换 is a rule of how to do it.
        meant = meant or sized or number.value_type in ("some", "swap")
        kind = "attribute" if meant else self._kind(number, span, year)
        aside = self.sentence[: number.start].endswith("(") and number.unit[-1:] in COUNTERS
        if is_part(self.sentence, self.numbers, number, said) or (aside and not number.operator):
            kind = "structure"
        year_named, year_from = self._year(kind, year, number)
        value_type = value_type_of(self.sentence, number, said, subject)
        operator = operator_of(self.sentence, number, said, kind, subject, value_type)
        return Quantity(
            self.setting.clause.id, kind, subject, operator, number.value, number.value_hi, number.unit,
            value_type, base, year_named, year_from, self._stance(number, span), *self._quote(span),
        )  # fmt: skip

    def _years(self, number: Number, span: tuple[int, int]) -> tuple[Year | None, int | None]:
        """The year that the sentence gives a figure, and the year that its change counts from."""
        before = [one for one in self.years if one.end <= number.start]
        roles = [one for one in before if one.role is not Role.FROM]
        base = [one for one in before if one.role is Role.FROM]
        own = roles[-1] if roles else None
        if own is None:
            after = [
                one
                for one in self.years
                if number.end <= one.start < span[1] and one.role is not Role.FROM
            ]
            own = after[0] if after else None
        # 2025年、2030年分别达到25%、30%: each has its own.
        told = year_one_by_one(self.sentence, roles, self.numbers, number)
        if told is not None:
            return told, None
        # 由2020年的X提高到2025年的Y: X is of the year that it is told from.
        start_of = base[-1] if base and base[-1].start >= span[0] else None
        if start_of and self._is_start(number, start_of):
            return start_of._replace(role=Role.OF), None
        if base and self._is_origin(number) and (own is None or own.start < span[0]):
            # 从2020年的X增长到2025年的Y, 收入从Z增长到...: Z is of the year that X is of.
            return base[-1]._replace(role=Role.OF), None
        return own, start_of.year if start_of else None

    def _is_start(self, number: Number, since: Year) -> bool:
        between = self.sentence[since.end : number.start]
        return self.sentence[since.start] in "从由自在" and len(between) <= 4  # noqa: PLR2004 - 年的, 的约

    def _kind(self, number: Number, span: tuple[int, int], year: Year | None) -> str:
        """Whether a figure is aimed at, is a fact, or tells what the plan covers."""
        segment = self.sentence[span[0] : number.start]
        if self._is_origin(number):
            return "baseline"
        covers = "规划范围" in f"{self.setting.clause.title}{self.sentence[: number.start]}"
        if covers and re.search(pattern("scope"), self.sentence):
            return "scope"
        if year is not None and self._is_fact_year(year):
            return "baseline"
        fact = self._fact(number, span)
        ahead = year is not None and year.role is Role.BY
        if self.setting.preamble and not ahead and re.search(pattern("scope"), self.sentence):
            return "scope"
        if not ahead and DONE.match(self.sentence, number.end):
            return "baseline"
        if ahead or (year is not None and self._is_to_come(year)):
            return "target"
        if self.setting.heading == "fact":
            strives = re.search(STRIVES, segment)
            return "target" if strives else "baseline"
        if self.setting.heading == "aim":
            return "target"
        if fact and not re.search(r"力争|争取|确保|到20|不得|不应|不宜|应当|必须", segment):
            return "target" if fact == "累计" and self._sums_up() else "baseline"
        return "target"

    def _fact(self, number: Number, span: tuple[int, int]) -> str:
        """The word before a figure that makes it a fact; "" if there is none."""
        for match in re.finditer(pattern("fact"), self.sentence[: number.start]):
            # 加快现有设备改造 tells of what there is only by the way.
            by_the_way = match.group() == "现有" and match.start() < span[0]
            # 已开街的20条街: which ones.
            which = ALREADY.match(self.sentence, match.start())
            if not by_the_way and not which:
                return match.group()
        return ""

    def _sums_up(self) -> bool:
        """Whether 累计 counts up to a year to come: that of the passage, or the last of the plan."""
        until, now = self.setting.until, self.setting.now
        ahead = self.past is None and until is not None and now is not None and until >= now
        return self.setting.year is not None or (ahead and not self.setting.preamble)

    def _is_origin(self, number: Number) -> bool:
        """Whether a figure is what another one grows or falls from: 从X增长到Y."""
        after = self.sentence[number.end :]
        listed = BESIDE.match(after)
        grows = GROWS.match(after) or (listed and GROWS.match(after, listed.end()))
        return bool(FROM_TO.search(self.sentence[: number.start]) and grows)

    def _origin_year(self, number: Number) -> int | None:
        """Year of what a figure grew from: the one before, if told so, or the one before the span told of."""
        told = self.past
        if told is None:
            return None
        if LAST_YEAR.search(self.sentence[: number.start]):
            return told.year - 1
        return told.since - 1 if told.since else told.year

    def _is_fact_year(self, year: Year) -> bool:
        now = self.setting.now
        if year.role is Role.BY and (now is None or year.year >= now):
            return False
        if now is None:
            return year.role is Role.OF and self.setting.heading == "fact"
        return year.year < now

    def _is_to_come(self, year: Year) -> bool:
        now, until = self.setting.now, self.setting.until
        if now is not None:
            return year.year > now
        return self.setting.heading != "fact" and until is not None and year.year >= until

    def _year(self, kind: str, year: Year | None, number: Number) -> tuple[int | None, str]:
        if kind in ("scope", "structure", "attribute"):
            return (year.year, "stated") if year else (None, "none")
        if kind == "baseline" and self._is_origin(number) and (year is None or year.since):
            found = self._replace(past=year or self.past)._origin_year(number)
            return (found, "inherited") if found else (None, "none")
        if year is not None:
            return year.year, "stated"
        if kind == "baseline":
            return (self.past.year, "inherited") if self.past else (None, "none")
        if self.setting.year is not None:
            return self.setting.year, "inherited"
        segment = re.split(r"[,;:。]", self.sentence[: number.end])[-1]
        bound = self.setting.bound or self.setting.heading == "aim"
        standing = not bound and STANDING.search(segment)
        if self.setting.until is not None and not standing:
            return self.setting.until, "inherited"
        return None, "none"

    def _stance(self, number: Number, span: tuple[int, int]) -> str | None:
        """The nearest word before a figure, within its segment, that says how firmly it is meant."""
        found = re.findall(pattern("stance"), self.sentence[span[0] : number.end])
        return found[-1] if found else None
