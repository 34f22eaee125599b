"""What is asked of school places, and what is told of them."""

from typing import Literal

from hutuo.base.answers import Placed
from hutuo.verbs import Answer, Ask, Text, said

__all__ = [
    "BacktestRow",
    "BacktestSum",
    "FactorRow",
    "Level",
    "SchoolAnswer",
    "SchoolPlaces",
    "SchoolRow",
    "SchoolTotal",
]

Level = Literal["kindergarten", "primary", "junior", "senior"]


class SchoolPlaces(Ask):
    """Which places, levels and years, and how cohorts are carried on."""

    places: tuple[str, ...] | None = said(
        "地点;缺省为本地区集合的成员",
        "places; the members of the region's set by default",
        default=None,
    )
    levels: tuple[Level, ...] = said(
        "学段:kindergarten 3—5岁、primary 6—11岁、junior 12—14岁、senior 15—17岁",
        "levels by age: kindergarten 3-5, primary 6-11, junior 12-14, senior 15-17",
        default=("primary", "junior"),
        min_length=1,
    )
    years: tuple[int, ...] = said(
        "年份", "years", default=(2025, 2030), min_length=1, max_length=30
    )
    cohort: Literal["ratio", "closed"] = said(
        "队列变化:ratio 按两次普查间同一队列的变化延续(含迁移),closed 不变",
        "ratio: cohorts change on as between the last two censuses, migration included; closed: not at all",
        default="ratio",
    )
    births: tuple[str, ...] = said(
        "普查后各年出生数,为普查0岁人口的倍数,如 2021:0.88;缺则该队列缺",
        "births of years after the census as multiples of its children of age 0, as 2021:0.88; cohorts "
        "whose births are not given are missing",
        default=(),
    )
    enrolment: float = said(
        "在学率(比值)", "share of children who need a place, 0..1", default=1, gt=0, le=1
    )
    school_places: tuple[str, ...] = said(
        "学位指标,如 primary:seats_primary",
        "indicators of places, as primary:seats_primary",
        default=(),
    )


class SchoolRow(Placed):
    """One place, level and year."""

    level: str = said("学段", "level")
    level_name: Text = said("学段名称", "what the level is called")
    year: int = said("年份", "year")
    children: float | None = said("学龄人口", "children of those ages; null if not known")
    needed: float | None = said("所需学位", "places needed; null if not known")
    school_places: float | None = said(
        "现有学位", "places that there are; null if no figure is known"
    )
    gap: float | None = said("学位缺口", "needed less there are; null if either is not known")


class SchoolTotal(Answer):
    """One level and year over all places."""

    level: str = said("学段", "level")
    level_name: Text = said("学段名称", "what the level is called")
    year: int = said("年份", "year")
    children: float | None = said("学龄人口", "children of the places known; null if none is")
    needed: float | None = said("所需学位", "places needed there")
    school_places: float | None = said("现有学位", "places that there are; null if none are known")
    gap: float | None = said("学位缺口", "gaps of the places where both are known, summed")
    unknown: list[str] = said("缺数据的地点", "places whose children are not known; not counted")


class FactorRow(Placed):
    """How the cohorts of one place changed between two censuses."""

    young: float | None = said("0—4岁队列十年比", "ratio of those aged 0-4 ten years on")
    older: float | None = said("5—9岁队列十年比", "ratio of those aged 5-9 ten years on")
    of: str = said("比值取自", "place whose ratios are used: its own, or its prefecture's")


class BacktestRow(Placed):
    """How far off cohorts would have been in one place."""

    seen: float = said("普查所见", "children aged 10-14 that the later census saw")
    closed: float | None = said(
        "封闭队列误差(比值)", "error of closed cohorts, over what was seen"
    )
    from_others: float | None = said(
        "按同市其他单元比值的误差(比值)", "error by the ratio of the other units of the prefecture"
    )


class BacktestSum(Answer):
    """How far off one way would have been."""

    cohort: str = said("方法", "closed, or from_others: by the ratio of other units")
    total: float | None = said("合计误差(比值)", "error of all together")
    mean: float | None = said("平均误差(比值)", "mean size of the error, weighed by children")
    within: float | None = said("误差不超过一成的单元占比(比值)", "share of units within a tenth")


class SchoolAnswer(Answer):
    """Children and places, and what the cohorts rest on."""

    rows: list[SchoolRow] = said("各地、学段、年份", "places by level and year")
    totals: list[SchoolTotal] = said("合计", "all places together, without those not known")
    factors: list[FactorRow] = said("队列变化", "change of cohorts between the censuses")
    backtest: list[BacktestSum] = said(
        "回测", "how far off cohorts from the first census were at the second"
    )
    backtest_rows: list[BacktestRow] = said(
        "各单元回测", "the same by unit, those farthest off first"
    )
    census: int | None = said("普查年份", "year of the census that cohorts start from")
    before: int | None = said("前次普查年份", "year of the census before")
    missing: list[Text] = said("缺什么", "what is missing, and what it would settle")
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")
