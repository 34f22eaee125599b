"""How a figure is held to: as a level, share or change, at least or at most."""

import re

from hutuo.plan.reader.meant import COUNTERS
from hutuo.plan.reader.numbers import Number
from hutuo.plan.reader.subjects import Said
from hutuo.plan.reader.words import pattern

# 比重分别为13%、51%和36%: the parts of a whole.
EXACTLY = re.compile(r"分别为[^,。;]{0,20}$")
FLOOR = re.compile(r"(?:不(?:少|低|小)于|不低於|至少|最少|最低)$")
# What may follow a word of which less is better.
OF_LESS = "发生率|率|总?量|强度|水平|系数|浓度|值|起?数|人数|占比|比重|比例|时间|总值"
# A share of what is asked for as a level stands at the end of such names.
SHARES = ("率", "比重", "占比", "比例", "覆盖面", "贡献度")
TIMES = ("小时", "分钟", "秒", "毫秒")


def is_less(name: str) -> bool:
    """Whether less is better of what is called so: 能耗, 能耗强度, 贫困发生率; not 超低能耗建筑比例."""
    return re.search(rf"(?:{pattern('less')})(?:{OF_LESS})?$", name) is not None


def level_of(unit: str, name: str) -> str:
    """Whether a figure in this unit is a share or a plain level."""
    return "share" if unit == "%" and name.endswith(SHARES) else "level"


def value_type_of(sentence: str, number: Number, said: Said, subject: str) -> str:
    """What a figure is: a level, a share, a change, growth, or what its word stands for."""
    if number.value_type:
        return "ratio" if number.value_type == "swap" else number.value_type
    if said.growth:
        return "growth"
    level = any(word in sentence[: number.start][-6:] for word in ("到", "至", "达"))
    if not level and (said.changes or number.unit in ("个百分点", "百分点", "倍", "番")):
        return "change"
    return level_of(number.unit, subject)


def operator_of(
    sentence: str, number: Number, said: Said, kind: str, subject: str, value_type: str
) -> str:
    """How what is measured must stand to the value."""
    near = said.operators[0] if said.operators else ""
    counted = number.unit[-1:] in COUNTERS
    if number.value_hi is not None and not counted and number.operator in ("", "~"):
        # 5%-5.5%: between the two; 3-5个 of what is to be made: at least the first.
        return "="
    if kind == "target" and number.unit == "%" and EXACTLY.search(sentence[: number.start]):
        return "="
    if number.operator and not (number.value_type and near):
        if number.operator == ">=" and near == ">":
            return ">"
        return number.operator
    if value_type in ("change", "growth") and kind == "target":
        return near if near in ("<=", "<", "~", ">") else ">="
    less = kind == "target" and _less(number, subject)
    if near:
        if kind != "target" and near in (">=", "<="):
            # 降至3.5%, 达到60%: of what was, just that.
            return "="
        floor = FLOOR.search(sentence[: number.start])
        return "<=" if less and near == ">=" and not floor else near
    if kind != "target":
        return "="
    return "<=" if less else ">="


def _less(number: Number, subject: str) -> bool:
    """Whether less is better: times of travel, use, emissions."""
    if number.unit.endswith(TIMES):
        return True
    return is_less(subject)
