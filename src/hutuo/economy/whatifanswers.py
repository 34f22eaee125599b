"""What the what-if answers: by unit, by pair, as a whole, and on what it rests."""

from hutuo.base.answers import Placed
from hutuo.base.figures import SourceRow
from hutuo.verbs import Answer, Text, said

__all__ = [
    "ActionRow",
    "CircleRow",
    "FlowRow",
    "ParameterRow",
    "Rest",
    "TargetRow",
    "TimesBasis",
    "TriedRow",
    "WhatIfAnswer",
    "ZoneRow",
]


class ZoneRow(Placed):
    """Changes of one unit, each a share of what was: 0.01 for a hundredth more."""

    drawn_as: str = said(
        "在地图上以哪个区划表示", "unit that it is drawn as: itself, or the one that it is part of"
    )
    residents: float = said("变化前的居民数", "people who live there before")
    residents_change: float = said("居民数变化(比值)", "change of residents, as a share")
    residents_low: float = said("居民数变化的下限", "least of that over the sensitivity")
    residents_high: float = said("居民数变化的上限", "greatest of that over the sensitivity")
    jobs: float = said("变化前的岗位数", "people who work there before")
    jobs_change: float = said("岗位数变化(比值)", "change of jobs, as a share")
    jobs_low: float = said("岗位数变化的下限", "least of that over the sensitivity")
    jobs_high: float = said("岗位数变化的上限", "greatest of that over the sensitivity")
    wages_change: float = said(
        "工资变化(比值,全区平均不变)",
        "change of wages of those who work there; the region's mean is kept",
    )
    incomes_change: float = said(
        "居民工资变化(比值)", "change of the wages of those who live there"
    )
    prices_change: float = said("物价变化(比值)", "change of prices of goods")
    rents_change: float = said("房租变化(比值)", "change of rents")
    real_income_change: float = said(
        "实际收入变化(比值)", "change of those wages over the cost of living"
    )
    land_change: float = said("地租变化(比值)", "change of what is paid for land")
    land_gain: float = said(
        "地租增量占全区工资的比重",
        "the same as a difference, as a share of all wages of the region",
    )
    welfare_change: float = said(
        "福利变化(比值)", "change of welfare; the same everywhere where people move"
    )
    core_minutes_before: float = said("变化前到核心的分钟数", "minutes to the core before")
    core_minutes_after: float = said("变化后到核心的分钟数", "minutes to the core afterwards")


class FlowRow(Answer):
    """People who live in one unit and work in another."""

    from_id: str = said("居住地", "where they live")
    from_name: Text = said("居住地名称", "what it is called")
    to_id: str = said("就业地", "where they work")
    to_name: Text = said("就业地名称", "what it is called")
    people_before: float = said("变化前人数", "people before")
    people_after: float = said("变化后人数", "people afterwards")
    change: float = said("人数变化", "how many more")
    minutes_before: float = said("变化前分钟数", "minutes before")
    minutes_after: float = said("变化后分钟数", "minutes afterwards")


class ActionRow(Placed):
    """Something that changes a unit beside travel."""

    kind: str = said("类型", "productivity, amenity or land")
    kind_name: Text = said("类型名称", "what that is called")
    factor: float = said("倍数", "new value over the old")
    by_name: Text = said("由什么引起", "what changes it")
    source: str | None = said("来源", "source of the factor; null if it was asked")


class ParameterRow(Answer):
    """One parameter of the model."""

    parameter: str = said("参数", "name of the parameter")
    name: Text = said("参数名称", "what it stands for")
    value: float = said("取值", "its value")
    source: Text = said("来源", "where the value is from")
    given: bool = said("是否由提问者给出", "whether it was asked")


class TriedRow(Answer):
    """The same with another value of one parameter."""

    parameter: str = said("参数", "parameter")
    name: Text = said("参数名称", "what it stands for")
    value: float = said("取值", "value that was tried")
    source: Text = said("来源", "where that value is from")
    welfare_change: float | None = said(
        "福利变化(比值)", "change of welfare with it; null where it leads nowhere"
    )
    agreement: float | None = said(
        "变化方向相同的人口占比",
        "share of people in units whose residents change the same way, 0..1",
    )
    reason: Text | None = said("没有结果的原因", "why it leads nowhere")


class Rest(Answer):
    """How the computation came to rest."""

    converged: bool = said("是否收敛", "whether it did")
    steps: int = said("步数", "steps taken")
    residual: float = said("残差", "largest relative change that one more step would make")
    trail: list[float] = said("各步残差", "residual after each step")
    radius: float | None = said(
        "谱半径",
        "how much a step stretches a small error; below 1 it is at rest; null if not told",
    )
    starts: int = said("其他起点中收敛的个数", "random starts that came to rest too")
    tried: int = said("试过的起点个数", "random starts that were tried")
    spread: float = said(
        "与这些结果的最大差", "largest relative difference to where they came to rest"
    )


class TimesBasis(Answer):
    """On what travel times rest."""

    modelled: bool = said("是否含模型道路", "whether roads are modelled, none being known")
    method: Text = said("方法", "how the minutes come about")
    sources: list[Text] = said("来源", "where the data come from")
    left_out: list[Text] = said("未计入的", "what was left out, and how many")
    findings: list[Text] = said("可能有误之处", "what seems wrong with coordinates")
    pairs: int = said("地区对数", "number of pairs of different units")
    changed: int = said("用时有变化的对数", "pairs whose minutes change")
    saved: float = said(
        "每人平均节省的分钟数",
        "minutes that a person saves one way, with everybody where they were",
    )


class CircleRow(Answer):
    """Who is near the core."""

    core: list[str] = said("核心", "units of the core")
    limit: float = said("时限(分钟)", "minutes within which one is near")
    farthest_before: float = said("变化前最远成员的分钟数", "minutes of the farthest unit before")
    farthest_after: float = said(
        "变化后最远成员的分钟数", "minutes of the farthest unit afterwards"
    )
    share_before: float = said("变化前圈内人口占比", "share of people within before, 0..1")
    share_faster: float = said(
        "只变用时的圈内人口占比", "share with the new times, everybody where they were"
    )
    share_after: float = said(
        "人口迁移之后的圈内人口占比", "share with everybody where the model puts them"
    )


class TargetRow(Answer):
    """A target that stands otherwise on the branch."""

    target: str = said("目标的标识", "id of the target")
    title: Text = said("目标名称", "what it is called")
    clause: str = said("条款编号", "clause that sets it")
    operator: str = said("算子", "how the figure must stand to the value")
    value: float = said("目标值", "value to reach")
    unit_name: Text = said("计量单位", "unit of measure")
    year: int | None = said("目标年", "year by which")
    status_before: Text = said("主干上的状态", "where it stands on main")
    status_after: Text = said("分支上的状态", "where it stands on the branch")
    figure_before: float | None = said(
        "变化前的数值", "figure before: observed, else of this model; null for none"
    )
    figure_after: float | None = said("变化后的数值", "the same afterwards")
    met_before: bool | None = said(
        "变化前的模型值是否达到",
        "whether the model's figure satisfies it; null if observed ones decide",
    )
    met_after: bool | None = said("变化后的模型值是否达到", "the same afterwards")


class WhatIfAnswer(Answer):
    """Where people, jobs, wages and rents go, and how sure that is."""

    branch: str = said("分支", "branch that is compared with main")
    closure: str = said("谁会迁移", "who moves")
    closure_name: Text = said("闭合方式名称", "what that is called")
    rows: list[ZoneRow] = said("各地", "by unit, in the order of the geography")
    welfare_change: float = said("福利变化(比值)", "change of welfare, as a share")
    welfare_low: float = said("福利变化的下限", "least of that over the sensitivity")
    welfare_high: float = said("福利变化的上限", "greatest of that over the sensitivity")
    population_change: float = said(
        "全区人口变化(比值)", "change of all people; 0 unless the region is open"
    )
    land_gain: float = said(
        "地租增量占全区工资的比重", "gain of all land, as a share of all wages"
    )
    leaving_before: float = said(
        "变化前在外地就业的人口占比", "share of people who work outside their unit before, 0..1"
    )
    leaving_after: float = said("变化后在外地就业的人口占比", "the same afterwards")
    flows: list[FlowRow] = said("通勤量变化", "pairs whose commuters change most")
    flows_modelled: bool = said(
        "通勤量是否为模型值", "whether commuters are modelled, not counted"
    )
    flows_basis: Text = said("通勤量的依据", "where the commuters come from, and what that means")
    year: int = said("年份", "year of the residents")
    actions: list[ActionRow] = said("其他变化", "what changes beside travel")
    times: TimesBasis = said("出行时间的依据", "on what travel times rest")
    circle: CircleRow = said("核心的通勤圈", "who is near the core")
    targets: list[TargetRow] = said("有变化的目标", "targets that stand otherwise")
    parameters: list[ParameterRow] = said("参数", "parameters, each with its source")
    parameters_digest: str = said(
        "参数组的指纹", "same for the same elasticities, so that results can be told apart"
    )
    sensitivity: list[TriedRow] = said("敏感性", "the same with other values, one at a time")
    convergence: Rest = said("收敛记录", "how the computation came to rest")
    left_out: list[str] = said("未计入的地区", "units without figures, a point or a way")
    doubts: list[Text] = said("注意", "what should be known before figures are used")
    sources: list[SourceRow] = said("来源", "sources of the figures")
