"""What an account is asked, and what it answers."""

from typing import Literal

from hutuo.environment.control import Form
from hutuo.environment.factors import FactorRow
from hutuo.verbs import Answer, Ask, Text, said

__all__ = [
    "Account",
    "AccountAnswer",
    "AccountRow",
    "BudgetRow",
    "ControlRow",
    "FlowRow",
    "GasRow",
    "LackingRow",
    "UnknownRow",
]


class Account(Ask):
    """Whose account, by which factors and rules."""

    file: str | None = said(
        "活动水平文件(CSV):路径或上传后的名称;缺省为地区的activity表",
        "a CSV of activity: a path or the name of an upload; the region's table activity by default",
        default=None,
    )
    factors_file: str | None = said(
        "自己的因子文件(CSV),优先采用", "a CSV of your own factors, which come first", default=None
    )
    geography: str | None = said(
        "只要这些地理单元,如county、set:ID",
        "only places of this geography, as county or set:ID",
        default=None,
    )
    factor_method: str = said(
        "方法:cn-province、ipcc2006", "method: cn-province or ipcc2006", default="cn-province"
    )
    grid: Literal["province", "national"] = said(
        "电力因子:province(按代码所属省级)、national(全国)",
        "factor of electricity: of the province that a code tells, or national",
        default="province",
    )
    group_by: Literal["year", "place", "sector", "fuel"] = said(
        "分组:year、place、sector、fuel", "rows by year, place, sector or fuel", default="year"
    )
    rules: list[str] = said(
        "并列的控制规则;缺省为各年有效的规则和energy-plan、carbon-2024",
        "rules side by side; energy-2022, energy-plan and carbon-2024 by default",
        default=["energy-2022", "energy-plan", "carbon-2024"],
    )
    gwp_source: Literal["ipcc-ar4", "ipcc-ar5", "ipcc-ar6"] | None = said(
        "全球变暖潜势的来源;缺省按方法",
        "report that warming potentials are of; that of the method by default",
        default=None,
    )
    flow_year: int | None = said(
        "给出该年各行业各燃料的流向",
        "also tell the flows from fuels to sectors of this year",
        default=None,
    )
    output_indicator: str | None = said(
        "计算强度的产出指标,如gdp",
        "indicator of output that intensities are per, as gdp",
        default=None,
    )
    base_year: int | None = said("路径的基年", "base year of the path", default=None)
    target_year: int | None = said("目标年", "year of the target", default=None)
    target_value: float | None = said(
        "目标值(吨标准煤或吨CO2,按第一条规则)",
        "its value in tce or tCO2, of the first rule",
        default=None,
        ge=0,
    )
    path_form: Form = said(
        "路径:linear、rate", "path by the same amount or the same share a year", default="linear"
    )


class GasRow(Answer):
    """How much of another gas or pollutant."""

    gas: str = said("气体或污染物", "gas or pollutant")
    kilograms: float | None = said(
        "排放量(千克)", "kg; null where a factor or a quantity is lacking"
    )
    known_kilograms: float = said("已知部分(千克)", "kg of it that are known")
    gas_tco2e: float | None = said(
        "二氧化碳当量(吨)",
        "t of CO2 that warm as much; null for pollutants, or where it is not known",
    )


class AccountRow(Answer):
    """Energy and CO2 of a year, of all or of a part."""

    year: int = said("年份", "year")
    cut: str = said("分组", "place, sector or fuel; empty for all")
    cut_name: Text = said("分组名称", "what it is called")
    tce: float | None = said("能耗(吨标准煤)", "energy, tce; null where something is lacking")
    feedstock_tce: float | None = said("其中原料用能(吨标准煤)", "of it feedstock, tce")
    renewable_tce: float | None = said("其中可再生能源(吨标准煤)", "of it renewables, tce")
    tco2_scope1: float | None = said("范围一(吨CO2)", "CO2 of what is burnt here, t")
    tco2_scope2: float | None = said(
        "范围二(吨CO2)", "CO2 of electricity and heat from the grid, t"
    )
    tco2: float | None = said(
        "合计(吨CO2)", "CO2 of both scopes, t; null where something is lacking"
    )
    tco2_known: float = said("已知部分(吨CO2)", "CO2 of both scopes that is known, t")
    half_interval: float | None = said(
        "95%区间半宽占合计的比例",
        "half of its 95 % interval over it; null if no factor or quantity tells any",
    )
    interval_covered: float | None = said(
        "有不确定度的因子所占排放比例", "share of the known CO2 whose factors all tell an interval"
    )
    tco2_biogenic: float | None = said(
        "生物成因(吨CO2,不计入合计)", "biogenic CO2, t, not in the total"
    )
    gases: list[GasRow] = said(
        "其他气体和污染物",
        "other gases and pollutants of what is burnt, by factors of its sectors",
    )
    tco2e: float | None = said(
        "温室气体合计(吨CO2当量)",
        "CO2 of both scopes with CH4 and N2O of what is burnt, t; null where something is lacking",
    )
    known_equivalents: float = said(
        "已知大气污染当量(千)", "taxed equivalents of the air pollutants that are known, thousands"
    )


class ControlRow(Answer):
    """What counts by a rule in a year."""

    rule: str = said("规则", "rule")
    version: int = said("规则版本", "version of the rule")
    rule_name: Text = said("规则名称", "what it is called")
    source: str = said("规则依据", "document that the rule is from")
    year: int = said("年份", "year")
    applies: bool = said("该年是否有效", "whether it is in force in that year")
    control_kind: str = said("控制对象", "energy or carbon")
    counted_amount: float | None = said("计入量", "what counts; null where something is lacking")
    counted_unit: str = said("计入量单位", "tce or tCO2")
    output_value: float | None = said("产出(万元)", "output, 10,000 yuan; null if it is not known")
    output_intensity: float | None = said("强度(每万元)", "what counts per 10,000 yuan of output")
    path_amount: float | None = said("路径值", "what the path to the target allows in that year")
    over_path: float | None = said("超出路径", "how much more than that counts; negative if less")


class BudgetRow(Answer):
    """What a path still allows."""

    rule: str = said("规则", "rule")
    base_year: int = said("基年", "base year")
    base_amount: float = said("基年计入量", "what counts in it")
    target_year: int = said("目标年", "year of the target")
    target_value: float = said("目标值", "its value")
    budget_left: float = said(
        "剩余预算", "what is left of the sum of the path after the base year"
    )
    unknown_years: list[int] = said(
        "无数据的年份", "years of which nothing is known, taken as the path has them"
    )


class FlowRow(Answer):
    """What a sector used of a fuel."""

    fuel: str = said("燃料", "fuel or carrier")
    fuel_name: Text = said("燃料名称", "what it is called")
    sector: str = said("行业", "sector")
    sector_name: Text = said("行业名称", "what the sector is called")
    use: str = said("用途", "energy or feedstock")
    tce: float | None = said("能耗(吨标准煤)", "energy, tce; null where something is lacking")
    tco2: float | None = said(
        "合计(吨CO2)", "CO2 of both scopes, t; null where something is lacking"
    )


class LackingRow(Answer):
    """A factor that is lacking."""

    factor_kind: str = said("因子类型", "kind of factor")
    factor_kind_name: Text = said("因子类型名称", "what the kind is called")
    fuel: str = said("燃料", "fuel or carrier")
    fuel_name: Text = said("燃料名称", "what it is called")
    measured_in: str = said("计量单位", "unit that the fuel is measured in")
    years: list[int] = said("年份", "years")
    left_unknown: str = said("因此未知", "what cannot be told for it")


class UnknownRow(Answer):
    """Something was used, but how much is not known."""

    year: int = said("年份", "year")
    place: str = said("地点", "unit or place")
    sector: str = said("行业", "sector")
    fuel: str = said("燃料", "fuel or carrier")


class AccountAnswer(Answer):
    """One account."""

    factor_method: str = said("方法", "method")
    factor_method_name: Text = said("方法名称", "what it is called")
    rows: list[AccountRow] = said("能耗与排放", "energy and CO2")
    controls: list[ControlRow] = said("各规则", "what counts by each rule, by year")
    budgets: list[BudgetRow] = said("剩余预算", "what the path to the target still allows")
    energy_flows: list[FlowRow] = said(
        "能源流向", "flows from fuels to sectors of flow_year; none unless it is named"
    )
    lacking_factors: list[LackingRow] = said(
        "缺少的因子", "factors that no source of the method has"
    )
    unknown_rows: list[UnknownRow] = said("数量不详的活动", "rows without a quantity")
    uncovered: list[str] = said("没有活动数据的成员", "members of the region without any row")
    used_factors: list[FactorRow] = said("采用的因子", "factors that were used")
    doubts: list[Text] = said("注意", "what should be known before figures are used")
