"""Figures that tell what is meant and are no aims themselves: sizes, limits, the parts of a scheme."""

import re
from collections.abc import Sequence

from hutuo.plan.reader.numbers import Number
from hutuo.plan.reader.outline import Clause
from hutuo.plan.reader.subjects import Said, cleaned, measures
from hutuo.plan.reader.words import by_words, words

GROWS = re.compile(
    r"(?:[(][^)]*[)])?(?:稳步|逐步|逐年|大幅|明显|显著|快速|迅速)?(?:提高|提升|增加|增长|上升|扩大|优化|调整|下降|降低|减少|缩短|缩小|压减|降|升|增)(?:到|至|为)"
)
NOUN = re.compile(r"(?![(])(?:(?![和与及])[一-鿿A-ZⅠ-Ⅹa-z()]){2,20}[≥≤<>]?")
# 5000平方米以上政府投资项目应当: who is meant; 用水量50万立方米以上的企业 likewise.
MEANT = re.compile(r"(?:的)?[^,;:、\d]{2,16}?(?:应当|应(?!用|急|对)|须|必须|不得)")
# 30蒸吨以下燃煤锅炉: which ones; 产废量超100吨企业 likewise.
BELOW = re.compile(r"(?:的)?[一-鿿]{2}")
OVER = re.compile(
    r"的?[一-鿿]{0,6}(?:企业|项目|单位|机组|园区|平台|乡镇|街道|村|县|家庭|楼宇|产品)"
)
SUMS = ("投资", "资产", "利润", "税收", "销售额", "营收")
SIZES = ("能力", "容量", "投资", "高度", "长度", "宽度", "功率", "吨位")
# 3家产值超500亿元、5家产值超百亿元的企业: counts, each with the size of what it counts.
SIZED = re.compile(
    r"(?:以上)?年?(?:产值|销售收入|营业收入|主营业务收入|营收|收入|利润|税收|总?投资|市值|估值|规模|面积|资产)"
    r"(?:超过?|突破|达到?|过|在|不低于)?"
)
# 25平方公里已完成评估, 12个村均已通过验收
DONE = re.compile(r"[^,;:。\d]{0,12}?(?:均|都|全部|也)?已经?(?:全部|基本)?(?=[一-鿿]{2})")
# 改造小区18个、惠及2200户: whom it reaches is told of what was made.
REACHES = frozenset(("惠及", "受益", "覆盖", "服务"))
COUNTERS = frozenset("个家条座所处项张辆艘架列种件套间台支名位部场片栋幢类次")


@by_words
def _parts() -> re.Pattern[str]:
    """What parts of a scheme are called: 极, 圈, 片区; 中心幼儿园 is none, 主要水厂 neither."""
    short = "|".join(word for word in words("part") if len(word) == 1)
    long = "|".join(re.escape(word) for word in words("part") if len(word) > 1)
    return re.compile(rf".{{0,4}}?(?:{long})(?!幼儿园|小学|学校|医院|卫生院)|.{{0,3}}(?:{short})$")


def heads(clause: Clause, sentence: str) -> bool:
    """Whether a sentence is the title of its clause, with more below it."""
    title = sentence.strip(" 。!?\n\t")
    above = "¶" not in clause.id and clause.title != "" and title.endswith(clause.title)
    text = clause.text.strip()
    runs_on = text != "" and not text.endswith(sentence.strip())
    return above and (runs_on or not sentence.rstrip().endswith("。"))


def is_part(sentence: str, numbers: Sequence[Number], number: Number, said: Said) -> bool:
    """Whether a count tells how a scheme is built: its parts were just listed, or are called parts."""
    if (
        not number.unit
        or number.unit[-1] not in COUNTERS
        or number.value is None
        or said.operators
    ):
        return False
    noun = re.split(r"[,、;。:()”\s]", sentence[number.end : number.end + 12], maxsplit=1)[0]
    since = max([0, *(one.end for one in numbers if one.end <= number.start)])
    listed = re.split(r"[,;:]", sentence[since : number.start])[-1].strip("、")
    lists_work = listed.startswith(tuple(words("keeps")))
    if listed.count("、") + 1 == number.value and number.value > 1 and not lists_work:
        return True
    return _parts().match(noun) is not None and not said.verb


def is_threshold(
    sentence: str, numbers: Sequence[Number], number: Number, span: tuple[int, int]
) -> bool:
    """Whether a figure tells which things the next one counts: 产值超10亿元企业5家."""
    after = [one for one in numbers if number.end <= one.start < span[1] and not one.grade]
    before = [one for one in numbers if span[0] <= one.end <= number.start]
    if before and is_sized(sentence, before[-1], number):
        return True
    if number.value_type or not after or is_sized(sentence, number, after[0]):
        return False
    between = sentence[number.end : after[0].start]
    if number.unit in ("%", "个百分点", "倍") and not between.startswith("的"):
        # 节能率15%的改造面积86万平方米 tells which area; 15%, 86万平方米 two figures.
        return False
    return NOUN.fullmatch(between) is not None and GROWS.match(between) is None


def is_sized(sentence: str, count: Number, size: Number) -> bool:
    """Whether a count is followed by the size of what it counts."""
    between = sentence[count.end : size.start]
    if count.unit[-1:] not in COUNTERS:
        return False
    # 43个50亿元以上项目: the size follows at once, with its mark.
    marked = size.core < size.end and size.operator in (">=", "<=")
    at_once = not between and marked and re.match(r"的?[一-鿿]", sentence[size.end :])
    return bool(at_once) or SIZED.fullmatch(between) is not None


def counted_at_once(one: Number, other: Number) -> bool:
    """Whether two figures count the same in two ways: 6批次154名医生."""
    units = (one.unit, other.unit)
    return all(unit[-1:] in COUNTERS or unit.endswith(("人", "户", "批次")) for unit in units)


def is_meant(sentence: str, number: Number, said: Said) -> bool:
    """Whether a figure with 以上 or 以下 only says who or what is meant."""
    after = sentence[number.end :]
    if after.startswith("的") and said.rest.endswith(SIZES) and not said.operators:
        # 日处理能力5万吨的项目: which project.
        return True
    if _is_size(sentence, number, said):
        return True
    bounded = number.core < number.end and number.operator in (">=", "<=")
    if not bounded or number.unit == "%" or said.verb or said.operators:
        return False
    direct = re.match(r"的|[一-鿿]{2}", after) and not GROWS.match(after)
    named = direct and measures(cleaned(said.rest))
    return bool(MEANT.match(after) or named)


def _is_size(sentence: str, number: Number, said: Said) -> bool:
    """Whether a figure gives the size of what is named after it: 30蒸吨以下锅炉, 投资超10亿元的项目."""
    if number.unit == "%" or number.value_type:
        return False
    after = sentence[number.end :]
    if number.operator == "<=" and sentence[number.core : number.end].endswith("以下"):
        told = said.operators or said.changes or GROWS.match(after)
        return not told and BELOW.match(after) is not None
    noun = cleaned(said.rest)
    if number.core < number.end and number.operator == ">=" and noun.endswith(SUMS):
        # 聚焦营收50亿元以上企业: which ones.
        return not said.operators and OVER.match(after) is not None
    over = sentence[: number.start].endswith(("超", "超过"))
    sized = not noun or measures(noun) or noun.endswith((*SUMS, "一批"))
    return over and sized and OVER.match(after) is not None
