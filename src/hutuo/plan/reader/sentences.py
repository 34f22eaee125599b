"""A sentence read for its figures: each with the words of its segment and the years of the sentence."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

from hutuo.plan.reader.numbers import Number
from hutuo.plan.reader.outline import Clause
from hutuo.plan.reader.subjects import (
    Around,
    Said,
    cleaned,
    measures,
    said_before,
    shared,
    subject_of,
)
from hutuo.plan.reader.words import by_words, pattern, words
from hutuo.plan.reader.years import Role, Year

# A comma within 33,860 and a colon within 1:2 end nothing.
SEGMENT = re.compile(r"(?:[^,;:]|(?<=\d),(?=\d{3})|(?<=\d):(?=\d))+")
LISTED = re.compile(r"[、,和与及]|以及")
FROM_TO = re.compile(r"(?:从|由|自)[^,;。]{0,30}$")
GROWS = re.compile(
    r"(?:[(][^)]*[)])?(?:稳步|逐步|逐年|大幅|明显|显著|快速|迅速)?(?:提高|提升|增加|增长|上升|扩大|下降|降低|减少|缩短|缩小|压减|降|升|增)(?:到|至|为)"
)
NOUN = re.compile(r"(?![(])(?:(?![和与及])[一-鿿A-ZⅠ-Ⅹa-z()]){2,20}[≥≤<>]?")
CHANGES = re.compile(r"(?:提高|提升|增加|增长|上升|扩大|下降|降低|减少|缩短|缩小|压减|降|升|增)$")
LAST_YEAR = re.compile(r"(?:上年|去年|上一年)[^,。;]{0,6}$")
# 比重分别为13%、51%和36%: the parts of a whole.
EXACTLY = re.compile(r"分别为[^,。;]{0,20}$")
FLOOR = re.compile(r"(?:不(?:少|低|小)于|不低於|至少|最少|最低)$")
# 5000平方米以上政府投资项目应当: who is meant; 用水量50万立方米以上的企业 likewise.
MEANT = re.compile(r"(?:的)?[^,;:、\d]{2,16}?(?:应当|应(?!用|急|对)|须|必须|不得)")
# 30蒸吨以下燃煤锅炉: which ones; 产废量超100吨企业 likewise.
BELOW = re.compile(r"(?:的)?[一-鿿]{2}")
OVER = re.compile(
    r"的?[一-鿿]{0,6}(?:企业|项目|单位|机组|园区|平台|乡镇|街道|村|县|家庭|楼宇|产品)"
)
SUMS = ("投资", "资产", "利润", "税收", "销售额", "营收")
# Rules that hold from now on, by no year, where the plan itself has none.
STANDING = re.compile(r"应(?![用急对])|不得|不宜|原则上|不超过|不[少低高]于|控制在|最[高低]|至少")
SIZES = ("能力", "容量", "总投资", "高度", "长度", "宽度", "功率", "吨位")
# What may follow a word of which less is better.
OF_LESS = "发生率|率|总?量|强度|水平|系数|浓度|值|起?数|人数|占比|比重|比例|时间|总值"
# 3家产值超500亿元、5家产值超百亿元的企业: counts, each with the size of what it counts.
SIZED = re.compile(
    r"(?:以上)?年?(?:产值|销售收入|营业收入|主营业务收入|营收|收入|利润|税收|总?投资|市值|估值|规模|面积|资产)"
    r"(?:超过?|突破|达到?|过|在|不低于)?"
)
LONGEST_QUOTE = 120
# A share of what is asked for as a level stands at the end of such names.
SHARES = ("率", "比重", "占比", "比例", "覆盖面", "贡献度")
# What only follows a numeral one in a manner of speaking: 一幅画卷, 一股清流.
PICTURED = frozenset("幅股片段番")
COUNTERS = frozenset("个家条座所处项张辆艘架列种件套间台支名位部场片栋幢类次")
SECTORS = ("第一产业", "第二产业", "第三产业")
TIMES = ("小时", "分钟", "秒", "毫秒")


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


def is_less(name: str) -> bool:
    """Whether less is better of what is called so: 能耗, 能耗强度, 贫困发生率; not 超低能耗建筑比例."""
    return re.search(rf"(?:{pattern('less')})(?:{OF_LESS})?$", name) is not None


def level_of(unit: str, name: str) -> str:
    """Whether a figure in this unit is a share or a plain level."""
    return "share" if unit == "%" and name.endswith(SHARES) else "level"


COMPARED = re.compile(r"(?:[与同]|较|比).{0,12}(?:相比|比)|(?:年均|同比|比上年|较上年)?")


def _is_same(before: str) -> bool:
    """Whether words before 分别 name nothing of their own: 与上年相比."""
    return COMPARED.fullmatch(before) is not None


@by_words
def _parts() -> re.Pattern[str]:
    """What parts of a scheme are called: 极, 圈, 片区; 中心幼儿园 is none, 主要水厂 neither."""
    short = "|".join(word for word in words("part") if len(word) == 1)
    long = "|".join(re.escape(word) for word in words("part") if len(word) > 1)
    return re.compile(rf".{{0,4}}?(?:{long})(?!幼儿园|小学|学校|医院|卫生院)|.{{0,3}}(?:{short})$")


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
        told: list[str] = []
        listed: list[str] = []
        for match in SEGMENT.finditer(self.sentence):
            start, end = match.span()
            inside = [one for one in self.numbers if start <= one.start < end]
            names = self._shared(inside, start, listed)
            listed = []
            inherited = ""
            before = last_at = start
            last: Quantity | None = None
            last_said = said_before("")
            for place, number in enumerate(inside):
                if number.grade or number.structure:
                    yield self._named(number, (start, end))
                    continue
                said = said_before(self._blank(before, number.start))
                if not self._counts(number, said):
                    continue
                subject = names.get(place) or self._sector(place, inside)
                if last is not None and (
                    (not said.rest and "其中" not in self.sentence[before : number.start])
                    or (last.kind == "baseline" and self._goes_up(last_at, number))
                ):
                    # Listed after the one before it, or what that one grows to.
                    said = said if said.operators or said.changes else last_said
                    subject = subject or last.subject
                subject = subject or self._subject(number, said, end, (inherited, *told))
                row = self._figure(number, (start, end), said, subject)
                yield row
                before = number.end
                if row.kind == "attribute":
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

    def _shared(
        self, inside: Sequence[Number], start: int, told: Sequence[str] = ()
    ) -> Mapping[int, str]:
        """Subjects of figures that are told one by one: A、B、C分别达到1、2、3.

        Args:
            inside: Numbers of the segment.
            start: Where it begins.
            told: Subjects of the segment before: A5万元、B8万元,分别增长6%和7%.
        """
        figures = [
            (place, one) for place, one in enumerate(inside) if not (one.grade or one.structure)
        ]
        if not figures:
            return {}
        before = self.sentence[: figures[0][1].start]
        at = before.rfind("分别")
        if at < 0 or len(figures) < 2:  # noqa: PLR2004 - one by one takes two
            return {}
        listed = re.split(r"[;:]", self.sentence[:at])[-1]
        if at < start:
            return {}
        for one in reversed(self.years):
            if one.end <= at:
                listed = listed.replace(self.sentence[one.start : one.end], "")
        names = shared(listed.rpartition(",")[2], len(figures))
        if not names and len(told) == len(figures) and _is_same(listed.rpartition(",")[2]):
            names = list(told)
        return {place: name for (place, _), name in zip(figures, names, strict=False)}

    def _sector(self, place: int, inside: Sequence[Number]) -> str:
        """Which of the three sectors a share is of, where all three are told in a row."""
        rows = [
            at for at, one in enumerate(inside) if one.value_type == "share" and one.unit == "%"
        ]
        if len(rows) == len(SECTORS) and place in rows:
            return f"{SECTORS[rows.index(place)]}占比"
        return ""

    def _subject(self, number: Number, said: Said, end: int, told: tuple[str, ...]) -> str:
        inherited, *earlier = told
        later = [one for one in self.numbers if one.start >= number.end]
        begin = number.end
        if later and self._is_sized(number, later[0]):
            begin, later = later[0].end, later[1:]
            while len(later) > 1 and self._is_sized(later[0], later[1]):
                begin, later = later[1].end, later[2:]
        if later and later[0].level and later[0].start == number.end:
            # 2家千亿级园区: what is counted comes after its size.
            begin, later = later[0].end, later[1:]
        nearest = later[0].start if later else end
        after = self.sentence[begin : max(begin, min(end, nearest))]
        counts = bool(number.unit) and number.unit[-1] in COUNTERS
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
        meant = self._is_threshold(number, span) or self._is_meant(number, said)
        sized = number.level and number.unit[-1:] not in ("元", "")
        # 一批: that there shall be several cannot be measured; 减量置换 is a rule of how to do it.
        meant = meant or sized or number.value_type in ("some", "swap")
        kind = "attribute" if meant else self._kind(number, span, year)
        aside = self.sentence[: number.start].endswith("(") and number.unit[-1:] in COUNTERS
        if self._is_part(number, said) or (aside and not number.operator):
            kind = "structure"
        year_named, year_from = self._year(kind, year, number)
        value_type = self._value_type(number, said, subject)
        operator = self._operator(number, said, kind, subject, value_type)
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
        if ahead or (year is not None and self._is_to_come(year)):
            return "target"
        if self.setting.heading == "fact":
            strives = re.search(r"力争|争取|目标|确保", segment)
            return "target" if strives else "baseline"
        if self.setting.heading == "aim":
            return "target"
        if fact and not re.search(r"力争|争取|确保|到20|不得|不应|不宜|应当|必须", segment):
            # 累计 of a passage that names a year to come counts up to it.
            sums_up = fact == "累计" and self.setting.year is not None
            return "target" if sums_up else "baseline"
        return "target"

    def _fact(self, number: Number, span: tuple[int, int]) -> str:
        """The word before a figure that makes it a fact; "" if there is none."""
        for match in re.finditer(pattern("fact"), self.sentence[: number.start]):
            # 加快现有设备改造 tells of what there is only by the way.
            if match.group() != "现有" or match.start() >= span[0]:
                return match.group()
        return ""

    def _is_origin(self, number: Number) -> bool:
        """Whether a figure is what another one grows or falls from: 从X增长到Y."""
        return bool(
            FROM_TO.search(self.sentence[: number.start])
            and GROWS.match(self.sentence[number.end :])
        )

    def _origin_year(self, number: Number) -> int | None:
        """Year of what a figure grew from: the one before, if told so, or the one before the span told of."""
        told = self.past
        if told is None:
            return None
        if LAST_YEAR.search(self.sentence[: number.start]):
            return told.year - 1
        return told.since - 1 if told.since else told.year

    def _is_part(self, number: Number, said: Said) -> bool:
        """Whether a count tells how a scheme is built: its parts were just listed, or are called parts."""
        if (
            not number.unit
            or number.unit[-1] not in COUNTERS
            or number.value is None
            or said.operators
        ):
            return False
        noun = re.split(
            r"[,、;。:()”\s]", self.sentence[number.end : number.end + 12], maxsplit=1
        )[0]
        since = max([0, *(one.end for one in self.numbers if one.end <= number.start)])
        listed = re.split(r"[,;:]", self.sentence[since : number.start])[-1].strip("、")
        lists_work = listed.startswith(tuple(words("keeps")))
        if listed.count("、") + 1 == number.value and number.value > 1 and not lists_work:
            return True
        return _parts().match(noun) is not None and not said.verb

    def _is_threshold(self, number: Number, span: tuple[int, int]) -> bool:
        """Whether a figure tells which things the next one counts: 产值超10亿元企业5家."""
        after = [
            one for one in self.numbers if number.end <= one.start < span[1] and not one.grade
        ]
        before = [one for one in self.numbers if span[0] <= one.end <= number.start]
        if before and self._is_sized(before[-1], number):
            return True
        if number.value_type or not after or self._is_sized(number, after[0]):
            return False
        between = self.sentence[number.end : after[0].start]
        if number.unit in ("%", "个百分点", "倍") and not between.startswith("的"):
            # 节能率15%的改造面积86万平方米 tells which area; 15%, 86万平方米 two figures.
            return False
        return NOUN.fullmatch(between) is not None and GROWS.match(between) is None

    def _is_sized(self, count: Number, size: Number) -> bool:
        """Whether a count is followed by the size of what it counts."""
        between = self.sentence[count.end : size.start]
        return count.unit[-1:] in COUNTERS and SIZED.fullmatch(between) is not None

    def _is_meant(self, number: Number, said: Said) -> bool:
        """Whether a figure with 以上 or 以下 only says who or what is meant."""
        after = self.sentence[number.end :]
        if after.startswith("的") and said.rest.endswith(SIZES) and not said.operators:
            # 日处理能力5万吨的项目: which project.
            return True
        if self._is_size(number, said):
            return True
        bounded = number.core < number.end and number.operator in (">=", "<=")
        if not bounded or number.unit == "%" or said.verb or said.operators:
            return False
        direct = re.match(r"的|[一-鿿]{2}", after) and not GROWS.match(after)
        named = direct and measures(cleaned(said.rest))
        return bool(MEANT.match(after) or named)

    def _is_size(self, number: Number, said: Said) -> bool:
        """Whether a figure gives the size of what is named after it: 30蒸吨以下锅炉, 投资超10亿元的项目."""
        if number.unit == "%" or number.value_type:
            return False
        after = self.sentence[number.end :]
        if number.operator == "<=" and self.sentence[number.core : number.end].endswith("以下"):
            told = said.operators or said.changes or GROWS.match(after)
            return not told and BELOW.match(after) is not None
        over = self.sentence[: number.start].endswith(("超", "超过"))
        noun = cleaned(said.rest)
        sized = measures(noun) or noun.endswith(SUMS)
        return over and sized and OVER.match(after) is not None

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
        standing = not self.setting.bound and STANDING.search(segment)
        if self.setting.until is not None and not standing:
            return self.setting.until, "inherited"
        return None, "none"

    def _value_type(self, number: Number, said: Said, subject: str) -> str:
        if number.value_type:
            return "ratio" if number.value_type == "swap" else number.value_type
        if said.growth:
            return "growth"
        level = any(word in self.sentence[: number.start][-6:] for word in ("到", "至", "达"))
        if not level and (said.changes or number.unit in ("个百分点", "百分点", "倍", "番")):
            return "change"
        return level_of(number.unit, subject)

    def _operator(
        self, number: Number, said: Said, kind: str, subject: str, value_type: str
    ) -> str:
        """How what is measured must stand to the value."""
        near = said.operators[0] if said.operators else ""
        counted = number.unit[-1:] in COUNTERS
        if number.value_hi is not None and not counted and number.operator in ("", "~"):
            # 5%-5.5%: between the two; 3-5个 of what is to be made: at least the first.
            return "="
        if (
            kind == "target"
            and number.unit == "%"
            and EXACTLY.search(self.sentence[: number.start])
        ):
            return "="
        if number.operator and not (number.value_type and near):
            if number.operator == ">=" and near == ">":
                return ">"
            return number.operator
        if value_type in ("change", "growth") and kind == "target":
            return near if near in ("<=", "<", "~", ">") else ">="
        less = kind == "target" and self._less(number, subject)
        if near:
            if kind != "target" and near in (">=", "<="):
                # 降至3.5%, 达到60%: of what was, just that.
                return "="
            floor = FLOOR.search(self.sentence[: number.start])
            return "<=" if less and near == ">=" and not floor else near
        if kind != "target":
            return "="
        return "<=" if less else ">="

    def _less(self, number: Number, subject: str) -> bool:
        """Whether less is better: times of travel, use, emissions."""
        if number.unit.endswith(TIMES):
            return True
        return is_less(subject)

    def _stance(self, number: Number, span: tuple[int, int]) -> str | None:
        """The nearest word before a figure, within its segment, that says how firmly it is meant."""
        found = re.findall(pattern("stance"), self.sentence[span[0] : number.end])
        return found[-1] if found else None
