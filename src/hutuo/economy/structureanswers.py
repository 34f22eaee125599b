"""What the verb on structure answers: by unit and industry, by unit, by industry, belts and pairs."""

from hutuo.base.figures import SourceRow
from hutuo.verbs import Answer, Text, said

__all__ = [
    "BeltRow",
    "ConcentrationRow",
    "IndustryRow",
    "PairRow",
    "StructureAnswer",
    "UnitRow",
]


class IndustryRow(Answer):
    """An industry in a unit."""

    place: str = said("区划代码", "the unit")
    name: Text = said("名称", "what it is called")
    industry: str = said("行业指标", "indicator of the industry")
    industry_name: Text = said("行业", "what the industry is called")
    value: float = said("数值", "amount")
    share: float = said("占本地比重", "share of the unit's total, 0..1")
    quotient: float = said("区位商", "location quotient: that share over the share in all units")
    low: float | None = said(
        "区位商下限(95%)", "lower end of its 95 % interval; null unless counted in a sample"
    )
    high: float | None = said("区位商上限(95%)", "upper end of the interval")
    strong: bool = said(
        "是否优势行业", "whether the quotient, in a sample its lower end, reaches the bound"
    )


class UnitRow(Answer):
    """A unit's structure."""

    place: str = said("区划代码", "the unit")
    name: Text = said("名称", "what it is called")
    drawn_as: str = said(
        "在地图上以哪个区划表示", "unit that it is drawn as: itself, or the one that it is part of"
    )
    krugman: float = said("专业化指数", "Krugman's index, 0 as all together to 2")
    krugman_low: float | None = said(
        "专业化指数下限(95%)", "lower end of its 95 % interval; null unless counted in a sample"
    )
    krugman_high: float | None = said("专业化指数上限(95%)", "upper end of the interval")
    diversity: int = said(
        "优势行业数", "number of industries with a quotient of at least the bound"
    )
    complexity: float | None = said(
        "经济复杂度",
        "economic complexity, standard deviations from the mean; null if strong in none",
    )
    complexity_low: float | None = said(
        "经济复杂度下限(95%)",
        "lower end of its 95 % interval over samples drawn anew; null unless counted in a sample",
    )
    complexity_high: float | None = said("经济复杂度上限(95%)", "upper end of the interval")
    nearest: str = said("结构最相似的地区", "unit that is most like it")
    nearest_name: Text = said("其名称", "what that is called")
    likeness: float = said("相似系数", "cosine of their shares, 0..1")
    likeness_low: float | None = said(
        "相似系数下限(95%)", "lower end of its 95 % interval; null unless counted in a sample"
    )
    likeness_high: float | None = said("相似系数上限(95%)", "upper end of the interval")


class ConcentrationRow(Answer):
    """How concentrated an industry is."""

    industry: str = said("行业指标", "indicator of the industry")
    industry_name: Text = said("行业", "what the industry is called")
    gini: float = said(
        "区位基尼系数",
        "locational Gini: 0 where everything is, towards 1 all in the smallest unit",
    )
    gini_low: float | None = said(
        "基尼系数下限(95%)", "lower end of its 95 % interval; null unless counted in a sample"
    )
    gini_high: float | None = said("基尼系数上限(95%)", "upper end of the interval")
    theil: float = said("泰尔指数", "Theil's entropy against where everything is, 0 and more")
    theil_low: float | None = said("泰尔指数下限(95%)", "lower end of its 95 % interval")
    theil_high: float | None = said("泰尔指数上限(95%)", "upper end of the interval")


class BeltRow(Answer):
    """Units side by side that are strong in the same industry."""

    industry: str = said("行业指标", "indicator of the industry")
    industry_name: Text = said("行业", "what the industry is called")
    belt_units: list[str] = said("连片地区代码", "units, each touching another of them")
    belt_names: list[Text] = said("连片地区", "what they are called")
    share: float = said("占该行业比重", "share of the industry that they have together, 0..1")
    quotient: float = said("区位商", "location quotient of all of them together")


class PairRow(Answer):
    """Two units that compete."""

    place: str = said("区划代码", "first unit")
    name: Text = said("名称", "what it is called")
    other: str = said("另一地区", "second unit")
    other_name: Text = said("其名称", "what that is called")
    likeness: float = said("相似系数", "cosine of their shares, 0..1")
    likeness_low: float | None = said(
        "相似系数下限(95%)", "lower end of its 95 % interval; null unless counted in a sample"
    )
    likeness_high: float | None = said("相似系数上限(95%)", "upper end of the interval")
    industries: list[str] = said("共同的优势行业", "industries that both are strong in")
    industry_names: list[Text] = said("共同优势行业的名称", "what those are called")


class StructureAnswer(Answer):
    """Structure of a set of units."""

    year: int = said("年份", "year of the figures")
    unit: str = said("计量单位", "unit of measure")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    sample: bool = said("是否为抽样数", "whether figures are raw counts of a sample")
    definition: Text = said("口径", "what is counted")
    rows: list[IndustryRow] = said("各地各行业", "by unit and industry")
    units: list[UnitRow] = said("各地", "by unit")
    by_industry: list[ConcentrationRow] = said(
        "各行业的集中度", "by industry, the most concentrated first"
    )
    belts: list[BeltRow] = said(
        "连片的优势区",
        "units side by side that are strong in one industry, the most specialised first",
    )
    pairs: list[PairRow] = said(
        "竞争的地区对", "pairs that are alike and share a strength, the likest first"
    )
    left_out: list[str] = said("缺数据的地区", "units without all figures")
    untold: list[Text] = said(
        "未计入的行业", "industries that less than half of the units tell of, left out"
    )
    doubts: list[Text] = said("注意", "what should be known before figures are used")
    sources: list[SourceRow] = said("来源", "sources")
