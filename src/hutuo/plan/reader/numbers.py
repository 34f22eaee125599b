"""Number expressions of a text: in digits, in Chinese numerals, in magnitudes (万亿级) and in words (全覆盖).

Names and grades that hold digits (5G-A, 4A级, 二级医院, “4+1”) are found first and are no numbers; years are
found apart (:mod:`hutuo.plan.reader.years`). What a number is of and by when is not decided here.
"""

import re
from collections.abc import Iterator
from typing import NamedTuple

import cn2an

from hutuo.plan.reader.words import by_words, means, pattern, words

HAN = "一二两三四五六七八九十百千零〇半"
DIGITS = r"\d{1,3}(?:,\d{3})+(?:\.\d+)?|\d+(?:\.\d+)?"
# Counters that follow any Chinese numeral; others follow one by chance (一级, 三分).
COUNTED = (
    "小时|分钟|个百分点|百分点|亿美元|美元|元|公里|千米|平方公里|平方千米|平方米|万人次|人次|人|户|吨标准煤|吨|亩|公顷|立方米|"
    "千瓦时|千瓦|倍|番|成|家|条|座|所|处|个月|个|项|种|批次|张|辆|艘|架|万标箱|标箱|年|天|大|件|名|位|支|类|套|米|幅|宗|株"
)
# 万亿级, 千亿级: money where nothing else is said.
MONEY_LEVEL = "元"
YI = 1e8


class Number(NamedTuple):
    """One number expression.

    Attributes:
        start: Where it begins, in characters.
        end: Where it ends; its unit and marks as 以上 are within.
        core: Where its unit ends and such marks begin.
        value: The number; None where it is left open (数百).
        value_hi: Upper end of a span (3-5个); None if there is none.
        unit: Unit as written, its magnitude before it (亿元); "" if there is none.
        operator: What the marks about it say (以上, 余, 约); "" if nothing.
        value_type: What a word says that stands for a number: coverage, change, ratio …; "" for numbers.
        level: Whether it tells the size of what follows (万亿级集群).
        structure: Whether it counts the parts of a scheme (三大, 两极).
        grade: Whether it is a name or a grade.
    """

    start: int
    end: int
    core: int
    value: float | None
    value_hi: float | None
    unit: str
    operator: str = ""
    value_type: str = ""
    level: bool = False
    structure: bool = False
    grade: bool = False


def numbers_of(text: str, barred: list[tuple[int, int]]) -> list[Number]:
    """Number expressions of a text, in order.

    Args:
        text: Text in plain form (:func:`hutuo.plan.words.plain`).
        barred: Stretches that hold no numbers, as the years found in it.
    """
    grades = list(_grades(text))
    taken = [*barred, *((one.start, one.end) for one in grades)]
    masked = _masked(text, [*taken, *_names(text)])
    found = [
        *_ranks(text), *_ratios(masked), *_some(masked), *_whole(masked), *_percent(masked), *_written(masked)
    ]  # fmt: skip
    kept: list[Number] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not kept or (one.start >= kept[-1].end and not _is_said(one, kept[-1])):
            kept.append(one)
    kept = [_of_each(one, text) for one in kept]
    return sorted([*kept, *grades], key=lambda one: one.start)


def _is_said(number: Number, before: Number) -> bool:
    """Whether a word says once more what the figure before it does: 100%全覆盖."""
    again = number.value_type == "coverage" and number.start == before.end
    return again and (before.value, before.unit) == (number.value, number.unit)


def _of_each(number: Number, text: str) -> Number:
    """A concentration whose volume stands before it: 每立方米24微克."""
    if number.unit in ("微克", "毫克") and text[: number.start].endswith("每立方米"):
        return number._replace(unit=f"{number.unit}/立方米")
    return number


def _masked(text: str, spans: list[tuple[int, int]]) -> str:
    """The text with these stretches made unreadable, as long as it was."""
    letters = list(text)
    for start, end in spans:
        letters[start:end] = "\x00" * (end - start)
        if end > start and "一" <= text[end - 1] <= "鿿":
            # 每万人26个: what stands behind a word is a figure, behind a letter it is of the name.
            letters[end - 1] = "\x01"
    return "".join(letters)


@by_words
def _compiled(kind: str, said: str) -> re.Pattern[str]:
    """Regular expressions of a kind of words that mean this, as one."""
    return re.compile(
        "|".join(f"(?:{word})" for word, means_ in words(kind).items() if means_ == said)
    )


def _grades(text: str) -> Iterator[Number]:
    for match in _compiled("name", "grade").finditer(text):
        yield Number(match.start(), match.end(), match.end(), None, None, "", grade=True)


def _names(text: str) -> Iterator[tuple[int, int]]:
    for match in _compiled("name", "name").finditer(text):
        yield match.span()


def _some(text: str) -> Iterator[Number]:
    """Numbers that are left open: 一批."""
    for match in re.finditer(pattern("some"), text):
        yield Number(
            *match.span(),
            match.end(),
            None,
            None,
            match.group()[-1],
            operator=">=",
            value_type="some",
        )


def _whole(text: str) -> Iterator[Number]:
    """Words that stand for a number: 全覆盖, 翻一番, 等量."""
    for match in re.finditer(pattern("whole"), text):
        operator, value, unit, value_type = means("whole", match.group()).split("|")
        yield Number(
            *match.span(),
            match.end(),
            float(value),
            None,
            unit,
            operator=operator,
            value_type=value_type,
        )


RANK = re.compile(
    rf"(?:全国|全省|全市|全区|世界|全球|国内|省内|中部|西部|东部|沿海|地区|城市|居|列|排名)(?:城市|地区|省份|同类)?(?:的)?"
    rf"(?:(?P<ahead>前)|第)(?P<value>[{HAN}]+|\d+)(?:位|名|强)?(?![\d家个批次届个产条章节代%])"
)


RATIO = re.compile(r"(?<![\d:.])(\d+(?:\.\d+)?):(\d+(?:\.\d+)?)(?::(\d+(?:\.\d+)?))?(?![\d:.])")


def _ratios(text: str) -> Iterator[Number]:
    """Ratios (2.1:1), and the shares of three sectors (12.6:41.9:45.5)."""
    for match in RATIO.finditer(text):
        if match[3] is not None:
            for group in (1, 2, 3):
                yield Number(
                    *match.span(group),
                    match.end(group),
                    float(match[group]),
                    None,
                    "%",
                    value_type="share",
                )
        elif float(match[2]) == 1:
            yield Number(*match.span(), match.end(), float(match[1]), None, "", value_type="ratio")


def _ranks(text: str) -> Iterator[Number]:
    """Places in an order: 全国第二, 进入全国前十."""
    for match in RANK.finditer(text):
        said = match["value"]
        value = float(said) if said.isdigit() else _numeral(said)
        if value:
            operator = "<=" if match["ahead"] else "="
            at = match.start("ahead") if match["ahead"] else match.start("value") - 1
            yield Number(
                at,
                match.end(),
                match.end(),
                value,
                None,
                "位",
                operator=operator,
                value_type="rank",
            )


@by_words
def _expressions() -> tuple[re.Pattern[str], re.Pattern[str]]:
    # 千瓦, 千米 and 百分点 begin like magnitudes.
    magnitude = re.sub(r"(?<![万百])千(?=\||$)", "千(?![瓦米克伏])", pattern("magnitude")).replace(
        "|百", "|百(?!分)"
    )
    unit, after = pattern("unit"), pattern("after")
    # 发/吨, 克标准煤/千瓦时: whatever stands over a unit that is known.
    over = rf"[一-鿿A-Za-z]{{1,6}}/(?:{pattern('magnitude')})?(?:{unit})(?![A-Za-z])"
    level_of = pattern("level_of")
    tail = rf"(?P<more>余|多|几)?(?P<unit>{over}|{unit})?(?P<level>级(?!别))?"
    marks = rf"(?P<marks>(?:[(][^()]{{0,6}}[)])?(?:{after}))?"
    arabic = re.compile(
        rf"(?<![\d.A-Za-z_\x00])(?P<minus>(?:(?<=[达降]到)|(?<=降至)|(?<=[为至]))-)?(?P<value>{DIGITS})"
        rf"(?:\s?(?:%|{magnitude}|[个家项处所座条])?\s?(?:-+|~|至|到)\s?(?P<high>{DIGITS}))?(?P<few>余|多)?"
        rf"\s?(?P<magnitude>{magnitude})?{tail}{marks}"
    )
    # 万亿 alone is one of it; a numeral before it is how many (五千亿).
    han = re.compile(
        rf"(?<![{HAN}万亿第])(?:(?P<both>[{HAN}]+万[{HAN}]+)(?P<over>亿)?|(?P<vague>数|几|上|近)?(?P<value>[{HAN}]+(?:点[{HAN}]+)?)?(?P<magnitude>万亿|亿|万)"
        rf"|(?P<vague2>数|几|上)?(?P<value2>[{HAN}]+(?:点[{HAN}]+)?))(?P<more>余|多|几)?"
        rf"(?:(?P<unit>{COUNTED})|(?P<level>级(?!别)|(?<=亿)(?={level_of})))(?![{HAN}])(?P<level2>级(?!别))?{marks}"
    )
    return arabic, han


def _percent(text: str) -> Iterator[Number]:
    """Shares in words: 百分之四点一, 百分之八至九."""
    after = pattern("after")
    for match in re.finditer(
        rf"百分之(?P<value>[{HAN}]+(?:点[{HAN}]+)?|百)(?:[至到-](?:百分之)?(?P<high>[{HAN}]+(?:点[{HAN}]+)?))?"
        rf"(?P<marks>{after})?",
        text,
    ):
        value = _numeral(match["value"])
        if value is not None:
            end = match.end() - len(match["marks"] or "")
            high = _numeral(match["high"]) if match["high"] else None
            yield Number(
                *match.span(), end, value, high, "%", operator=_operator(match["marks"], None)
            )


def _written(text: str) -> Iterator[Number]:
    arabic, han = _expressions()
    for match in arabic.finditer(text):
        yield _tenths(_from_digits(match))
    for match in han.finditer(text):
        found = _from_numerals(match)
        if found:
            yield _tenths(found)


def _from_digits(match: re.Match[str]) -> Number:
    magnitude, unit = match["magnitude"] or "", match["unit"] or ""
    level = match["level"] is not None
    if level and not unit:
        unit = _level_unit(magnitude)
    return Number(
        match.start(),
        match.end(),
        match.end() - len(match["marks"] or ""),
        -_amount(match["value"]) if match["minus"] else _amount(match["value"]),
        _amount(match["high"]) if match["high"] else None,
        f"{magnitude}{unit}",
        operator=_operator(match["marks"], match["more"] or match["few"]),
        level=level,
    )


def _from_numerals(match: re.Match[str]) -> Number | None:
    value, magnitude = (
        match["both"] or match["value"] or match["value2"] or "",
        match["magnitude"] or match["over"] or "",
    )
    vague = match["vague"] or match["vague2"]
    unit = match["unit"] or ""
    level = match["level"] is not None or match["level2"] is not None
    if level and not (unit or magnitude) and not set(value) & set("百千"):
        return None
    if level and not magnitude and not unit and set(value) & set("百千"):
        return None
    passed = match.string[: match.start()].endswith(("突破", "超过", "超", "过", "达到", "达"))
    if magnitude == "万" and not (value or vague or match["more"] or level or passed):
        # 万人治安案件数: for so many, no number of them.
        return None
    if unit == "大":
        return (
            Number(
                match.start(), match.end(), match.end(), _numeral(value), None, "", structure=True
            )
            if _numeral(value) and not magnitude
            else None
        )
    if level and not unit:
        unit = _level_unit(magnitude)
    amount = 1.0 if not value else _numeral(value)
    if vague in ("数", "几"):
        amount = None
    elif amount is None:
        return None
    more = ">=" if vague == "上" else "~" if vague == "近" else ""
    return Number(
        match.start(),
        match.end(),
        match.end() - len(match["marks"] or ""),
        amount,
        None,
        f"{magnitude}{unit}",
        operator=_operator(match["marks"], match["more"]) or more,
        level=level,
    )


def _level_unit(magnitude: str) -> str:
    return MONEY_LEVEL if magnitude and float(means("magnitude", magnitude, "0")) >= YI else ""


def _tenths(number: Number) -> Number:
    """Tenths (四成) as a percentage."""
    if number.unit != "成" or number.value is None:
        return number
    high = None if number.value_hi is None else number.value_hi * 10
    return number._replace(value=number.value * 10, value_hi=high, unit="%")


def _operator(marks: str | None, more: str | None) -> str:
    if marks:
        bare = re.sub(r"^[(][^()]*[)]", "", marks)
        return means("after", bare)
    return ">" if more else ""


def _amount(written: str) -> float:
    return float(written.replace(",", ""))


def _numeral(said: str) -> float | None:
    """What a Chinese numeral is worth; None where it is none (百千)."""
    if said == "半":
        return 0.5
    if said in ("百", "千"):
        said = f"一{said}"
    if said.endswith("半") and len(said) > 1:
        whole = _numeral(said[:-1])
        return None if whole is None else whole + 0.5
    try:
        return float(cn2an.cn2an(said.replace("两", "二").replace("〇", "零"), "smart"))
    except ValueError:
        return None
