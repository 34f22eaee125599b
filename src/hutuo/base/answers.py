"""What answers of several verbs have in common, said once: places, measures, figures with their source."""

from datetime import date, datetime
from math import isfinite

from hutuo.verbs import Answer, Text, said


class Placed(Answer):
    """A place and what it is called."""

    place: str = said("区划代码或地点", "unit or place")
    name: Text = said("名称", "what it is called")


class Measured(Answer):
    """An indicator, what it is called, and its unit of measure."""

    indicator: str = said("指标的标识", "id of the indicator")
    name: Text = said("指标名称", "what it is called")
    unit: str = said("计量单位", "unit of measure")
    unit_name: Text = said("计量单位的名称", "what the unit is called")


class Topical(Answer):
    """The topic that an indicator is listed under."""

    topic: str = said("主题", "topic it is listed under")
    topic_name: Text = said("主题名称", "what the topic is called")


class Sourced(Answer):
    """A figure with when it holds, when it was recorded, and where it comes from."""

    value: float = said("数值", "the figure")
    valid_from: date | datetime = said(
        "有效期起", "first day on which it holds, or instant from which it does"
    )
    valid_to: date | datetime | None = said(
        "有效期止(不含)", "day or instant from which it no longer holds"
    )
    recorded_at: datetime = said("记录时间", "when it was recorded")
    source: str = said("来源", "source of the figure")
    source_name: Text = said("来源名称", "what the source is called")
    quality: str = said("质量等级", "A official or plan, B second-hand copy")
    estimate: bool = said("是否为估计值", "whether it is an estimate")
    method: Text | None = said("方法", "how an estimate or derived figure was made")


def rounded(value: float, digits: int = 0) -> float | None:
    """A figure to some digits; None where there is none."""
    return round(float(value), digits) if isfinite(value) else None
