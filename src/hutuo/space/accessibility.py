"""Accessibility: what people of each place reach, and how unequally that is spread over them."""

from math import isfinite
from typing import TYPE_CHECKING, Literal

from pydantic import ConfigDict

from hutuo.base.answers import Placed
from hutuo.base.figures import indicator_of, source_name, unit_name
from hutuo.errors import BadAsk
from hutuo.glossary import label
from hutuo.space.opportunities import (
    Sides,
    groups_of,
    people_at,
    ranks_of,
    sides_of,
)
from hutuo.space.travel import Basis, Travel
from hutuo.space.weights import NUMBERED, Kind, weighed
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.spots import Spot

    Floats = NDArray[np.float64]

Measure = Literal[
    "cumulative",
    "interval",
    "gravity",
    "nearest",
    "passive",
    "two_step",
    "three_step",
    "balanced",
    "availability",
]
WEIGHED = (
    "cumulative",
    "gravity",
    "passive",
    "two_step",
    "three_step",
    "balanced",
    "availability",
)
# Which measures take which field; the other fields are for all.
TAKEN_BY: dict[str, tuple[str, ...]] = {
    "curve": WEIGHED[1:],
    "minutes": WEIGHED,
    **dict.fromkeys(NUMBERED, WEIGHED[1:]),
    "included": ("interval", *WEIGHED),
    "cutoffs": ("interval",),
    "averaged": ("interval", "nearest"),
    "count": ("nearest",),
    "alpha": ("availability",),
    "rank_by": ("interval", *WEIGHED),
}
PER_PERSON = ("two_step", "three_step", "balanced")


class Accessibility(Travel):
    """Whose access to what, and how it is measured."""

    model_config = ConfigDict(populate_by_name=True)

    from_: tuple[str, ...] | None = said(
        "起点:区划、地点、集合(取其成员)或经纬度如114.5,38.0;缺省为本地区集合",
        "from: units, places, sets (their members) or points as 114.5,38.0; the region's set by default",
        default=None,
        alias="from",
    )
    to: tuple[str, ...] | None = said(
        "终点,写法同起点;缺省与起点相同", "to: as from; the same places by default", default=None
    )
    mode: Literal["road", "door"] = said(
        "方式:road 公路,door 公路与列车中较快的",
        "road, or door for the quicker of road and train",
        default="road",
    )
    opportunities: str | None = said(
        "机会:可加总的指标,如就业、床位;缺省为常住人口",
        "what is reached: an indicator that adds up, as jobs or beds; people by default",
        default=None,
    )
    people: str | None = said(
        "人口指标;缺省为常住人口",
        "indicator of the people who compete and are weighed; residents by default",
        default=None,
    )
    year: int | None = said(
        "年份;缺省为数据最全的一年",
        "year of both; the one with most figures by default",
        default=None,
        ge=1900,
        le=2200,
    )
    measure: Measure = said(
        "度量:cumulative 时限内机会、interval 多个时限、gravity 引力、nearest 最近若干个、"
        "passive 可到达的人口、two_step 两步移动搜索、three_step 三步、balanced 平衡、"
        "availability 空间可得性",
        "what is measured: opportunities within a limit, over an interval of limits, by gravity; minutes to "
        "the nearest; people who reach a place; supply per person in two, three or balanced steps; what is "
        "allotted",
        default="cumulative",
    )
    curve: Kind = said("衰减", "how travel time counts", default="binary")
    minutes: float | None = said(
        "时限(分钟);缺省时二元、线性和归零高斯衰减为60",
        "limit in minutes; by default 60 of binary, linear and gaussian_to_zero, none of others",
        default=None,
        gt=0,
        le=1440,
    )
    included: bool = said(
        "时限(或每级的末端)本身是否计入:t<=时限",
        "whether a limit, or the end of a step, itself counts: t <= limit",
        default=True,
    )
    step_ends: tuple[float, ...] = said("各级末端(分钟)", "minutes at which steps end", default=())
    step_weights: tuple[float, ...] = said("各级权重", "weight of each step", default=())
    rate: float | None = said("指数衰减率(每分钟)", "rate of exponential decay", default=None)
    exponent: float | None = said("幂指数", "exponent of power decay", default=None)
    middle: float | None = said(
        "逻辑斯蒂拐点(分钟)", "turning point of logistic decay", default=None
    )
    spread: float | None = said(
        "逻辑斯蒂标准差(分钟)", "standard deviation of logistic decay", default=None
    )
    width: float | None = said("高斯宽度(分钟)", "width of gaussian decay", default=None)
    cutoffs: tuple[float, ...] = said(
        "多个时限(分钟),升序", "limits of the measure interval, ascending", default=()
    )
    averaged: Literal["mean", "median", "last"] | None = said(
        "汇总:interval 取 mean(缺省)或 median,nearest 取 last(缺省)或 mean",
        "mean (the default) or median over the interval; minutes to the last of the nearest (the default) or "
        "their mean",
        default=None,
    )
    count: float = said("最近的几个", "how many nearest ones", default=1, gt=0)
    alpha: float = said("空间可得性的人口指数", "exponent of people", default=1, ge=0)
    standard: float | None = said(
        "可达性不足的标准;缺省为均值的一半",
        "below it access is too little; half the mean by default",
        default=None,
        gt=0,
    )
    rank_by: str | None = said(
        "集中指数按哪个指标排序", "indicator that people are ranked by", default=None
    )
    aversion: float = said("不平等厌恶", "how much inequality weighs", default=1, ge=0)


class AccessRow(Placed):
    """Access of one place."""

    value: float | None = said("数值", "the figure; null where nothing is reached in minutes")
    people: float | None = said("人口", "people of the place; null if not known")
    lon: float = said("经度", "longitude")
    lat: float = said("纬度", "latitude")


class Inequality(Answer):
    """How unequally access is spread over the people, places weighed by them."""

    people: float = said("计入人口", "people who are counted")
    mean: float | None = said(
        "人均值", "mean of all people; null if some reach nothing in minutes", default=None
    )
    gini: float | None = said("基尼系数", "Gini index", default=None)
    palma: float | None = said(
        "帕尔马比",
        "mean of the top tenth over that of the bottom two fifths, by access itself",
        default=None,
    )
    theil: float | None = said("泰尔指数", "Theil's T", default=None)
    theil_between: float | None = said("市际部分", "part of it between prefectures", default=None)
    theil_within: float | None = said("市内部分", "part of it within prefectures", default=None)
    standard: float | None = said("不足的标准", "below it access is too little", default=None)
    short_share: float | None = said(
        "不足的人口比重", "share of people below it (FGT 0)", default=None
    )
    short_gap: float | None = said("不足的程度", "mean gap as a share of it (FGT 1)", default=None)
    short_severity: float | None = said(
        "不足的严重度", "mean of the squared gap (FGT 2)", default=None
    )
    concentration: float | None = said("集中指数", "concentration index by rank", default=None)
    concentration_erreygers: float | None = said(
        "集中指数(Erreygers)", "concentration index corrected for bounds, Erreygers", default=None
    )
    concentration_wagstaff: float | None = said(
        "集中指数(Wagstaff)", "concentration index corrected for bounds, Wagstaff", default=None
    )
    equivalent: float | None = said(
        "均等等值(Kolm–Pollak)",
        "what all would need to have for the same good, Kolm-Pollak",
        default=None,
    )


class AccessAnswer(Answer):
    """Access of every place, its inequality, and on what it rests."""

    measure: str = said("度量", "what is measured")
    measure_name: Text = said("度量名称", "what the measure is called")
    indicator: str = said("指标的标识", "id of the indicator of the opportunities")
    name: Text = said("指标名称", "what it is called")
    unit_name: Text = said("计量单位的名称", "unit of the values")
    weighing: Text = said("时间如何计入", "how travel time t counts")
    year: int | None = said("年份", "year of the opportunities")
    people_indicator: str | None = said("人口指标", "indicator of the people")
    people_year: int | None = said("人口的年份", "year of the people")
    rows: list[AccessRow] = said("各地", "places, those of least access first")
    inequality: Inequality | None = said(
        "不平等", "how unequally it is spread; null if people or values are not known"
    )
    without_point: list[str] = said(
        "没有点位、未计入的地点", "places that were left out, no point of theirs being known"
    )
    sources: list[Text] = said("来源", "sources of the figures")
    basis: Basis = said("依据", "on what the minutes rest")


@verb("测算可达性及其不平等", columns=("place", "name", "value", "people"))
def accessibility(region: "Region", ask: Accessibility) -> AccessAnswer:
    """Measure what people of each place reach, and how unequally."""
    import numpy as np

    from hutuo.space import measured

    unused(ask)
    numbers = ask.model_dump(include=set(NUMBERED))
    how = weighed(ask.curve, ask.minutes, numbers, included=ask.included)
    sides = sides_of(region, ask)
    offered, living = (np.nan_to_num(one) for one in (sides.supply.amounts, sides.living.amounts))
    options = measured.Options(ask.cutoffs, ask.averaged, ask.count, ask.alpha)
    found = measured.values(ask.measure, sides.minutes, (offered, living), how.decay, options)
    shown, people = sides.origins, sides.living.amounts
    if ask.measure == "passive":
        shown = sides.destinations
        people = people_at(region, sides).amounts
    about = indicator_of(region, sides.supply.indicator)
    names = dict.fromkeys([*sides.supply.sources, *sides.living.sources])
    return AccessAnswer(
        measure=ask.measure,
        measure_name=label(f"access:{ask.measure}"),
        indicator=sides.supply.indicator,
        name=Text(about["zh"], about["en"]),
        unit_name=_unit(ask.measure, sides),
        weighing=_told(ask, how.told),
        year=sides.supply.year,
        people_indicator=sides.living.indicator,
        people_year=sides.living.year,
        rows=_rows(shown, found, people, fewer=ask.measure == "nearest"),
        inequality=_inequality(region, ask, shown, (found, people)),
        without_point=sides.lost,
        sources=[source_name(region, name) for name in names],
        basis=sides.basis,
    )


def unused(ask: Accessibility) -> None:
    """Refuse what the measure would not look at.

    Raises:
        BadAsk: A field was given that the measure does not take; all of them are told.
    """
    fields = type(ask).model_fields
    given = [name for name in TAKEN_BY if getattr(ask, name) != fields[name].default]
    wrong = [name for name in given if ask.measure not in TAKEN_BY[name]]
    if wrong:
        says = Text(
            f"测度“{ask.measure}”不用{'、'.join(wrong)}",
            f"measure '{ask.measure}' takes no {', '.join(wrong)}",
        )
        zh = ";".join(f"{name}用于{'、'.join(TAKEN_BY[name])}" for name in wrong)
        en = "; ".join(f"{name}: {', '.join(TAKEN_BY[name])}" for name in wrong)
        raise BadAsk(says, Text(zh, f"taken by {en}"))


def _unit(measure: str, sides: Sides) -> Text:
    """Unit of the values of a measure."""
    if measure == "nearest":
        return unit_name("minute")
    if measure == "passive":
        return unit_name(sides.living.unit)
    offered = unit_name(sides.supply.unit)
    if measure not in PER_PERSON:
        return offered
    return Text(f"{offered.zh}/人", f"{offered.en} per person")


def _told(ask: Accessibility, decay: Text) -> Text:
    """How travel time counts; the nearest are counted whatever the decay, an interval by its limits."""
    if ask.measure == "nearest":
        return Text("不按时间衰减", "no decay")
    if ask.measure == "interval":
        limits = ", ".join(f"{limit:g}" for limit in ask.cutoffs)
        sign = "≤" if ask.included else "<"
        return Text(f"t {sign} {limits}: {ask.averaged}", f"t {sign} {limits}: {ask.averaged}")
    return decay


def _rows(
    spots: "Sequence[Spot]", found: "Floats", people: "Floats", *, fewer: bool
) -> list[AccessRow]:
    """Places with their values, those worst off first."""
    worst = found if fewer else -found
    order = sorted(range(len(spots)), key=lambda at: (-worst[at], spots[at].place))
    return [
        AccessRow(
            place=spots[at].place,
            name=spots[at].name,
            value=_known(found[at]),
            people=_known(people[at]),
            lon=spots[at].lon,
            lat=spots[at].lat,
        )
        for at in order
    ]


def _known(value: float) -> float | None:
    return float(value) if isfinite(value) else None


def _inequality(
    region: "Region", ask: Accessibility, spots: "Sequence[Spot]", of: "tuple[Floats, Floats]"
) -> Inequality | None:
    """Inequality over the places whose people are known; None if there are none."""
    import numpy as np

    from hutuo.space import measured

    found, people = of
    lived = np.isfinite(people) & (people > 0)
    if not lived.any():
        return None
    found, people = found[lived], people[lived]
    if ask.measure == "availability":
        # What is allotted to a place is shared by its people.
        found = found / people
    if ask.measure == "nearest":
        told = measured.spread_of_minutes(found, people, ask.standard, ask.aversion)
        return Inequality(**told)
    kept = [spot for spot, known in zip(spots, lived, strict=True) if known]
    by = measured.Ranked(groups_of(region, kept), ranks_of(region, kept, ask.rank_by))
    return Inequality(**measured.spread_over(found, people, by, ask.standard, ask.aversion))
