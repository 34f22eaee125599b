"""What the structure of an area is answered with."""

from hutuo.verbs import Answer, Text, said


class NamedUnit(Answer):
    """A unit and what it is called."""

    unit: str = said("区划代码", "unit")
    name: Text = said("名称", "what it is called")


class SetRow(Answer):
    """One set of the plan on the data."""

    set: str = said("集合", "set of the plan")
    name: Text = said("名称", "what it is called")
    part: str = said("角色", "area, core, poles, ring, corridor or other")
    part_name: Text = said("角色名称", "what the part is called")
    units: int = said("单元数", "units with people in it, in whole or part")
    people: float = said("人口", "people in the last year")
    density: float | None = said("人口密度(人/平方公里)", "people a km2 over its whole units")
    share: float | None = said(
        "占都市圈人口比重", "share of the area's people; null where it reaches beyond the area"
    )
    year_before: int | None = said("比较年份", "first year in which all its units have people")
    people_before: float | None = said("该年人口", "people in that year")
    share_before: float | None = said("该年比重", "share in that year")
    drift: float | None = said("比重的年均变化", "change of the share a year")
    estimate: bool = said("是否含估计值", "whether estimates are among the figures")
    without_people: list[str] = said("没有人口数的成员", "members without people, in no figure")


class MeasureRow(Answer):
    """One measure of how central or even the area is."""

    measure: str = said("测度", "id of the measure")
    measure_name: Text = said("测度名称", "what it is called")
    year: int = said("年份", "year")
    value: float = said("数值", "its value")
    error: float | None = said("标准误", "standard error, where there is one")
    modelled: bool = said("是否为模型值", "whether it rests on modelled commuters")


class PoleRow(Answer):
    """One unit as a possible pole."""

    unit: str = said("区划代码", "unit")
    name: Text = said("名称", "what it is called")
    density: float = said("人口密度(人/平方公里)", "people a km2")
    score: float | None = said(
        "高于趋势的程度(标准误)",
        "how far its density stands above the smooth trend, in standard errors",
    )
    stands_out: bool = said("是否突出", "whether it stands out at the 5 % level")
    dense_cluster: int | None = said(
        "密集片区序号", "number of the cluster of dense units that touch, from 1 by people"
    )
    inflow: float = said("从其他单元来工作的人数", "people who come from other units to work")
    part: str = said("规划角色", "part that the plan gives it: core, poles or other")
    part_name: Text = said("规划角色名称", "what the part is called")


class CorridorRow(Answer):
    """One corridor in one year."""

    set: str = said("集合", "set of the corridor's points")
    name: Text = said("名称", "what it is called")
    metres: float = said("每侧宽度(米)", "width to either side")
    year: int = said("年份", "year")
    people: float = said("走廊内人口", "people within, as if they lived evenly over each unit")
    share: float = said("占都市圈人口比重", "share of the area's people")
    change: float | None = said("较上一年份的变化", "change of the share since the year before")


class AgreementRow(Answer):
    """A part of the plan beside what the data give for it."""

    part: str = said("角色", "core, poles, ring or area")
    part_name: Text = said("角色名称", "what the part is called")
    basis: Text = said("数据口径", "what the data are asked")
    agreement: float = said("一致程度", "units in both over units in either, 0 to 1")
    both: list[NamedUnit] = said("两者都有", "units in both")
    only_plan: list[NamedUnit] = said("只在规划中", "units of the plan only")
    only_data: list[NamedUnit] = said("只在数据中", "units of the data only")


class LinkRow(Answer):
    """Gravity linkage of two units."""

    one: NamedUnit = said("一端", "one end")
    other: NamedUnit = said("另一端", "the other end")
    strength: float = said("联系强度", "product of people over the square of the distance in km")
    share: float = said("占全部联系的比重", "share of the sum over all pairs")


class StructureAnswer(Answer):
    """The structure of an area by the plan and by the data."""

    set: str = said("集合", "set that the region is")
    name: Text = said("名称", "what it is called")
    year: int = said("年份", "last year of people")
    modelled: bool = said("通勤量是否为模型值", "whether commuters are modelled, not counted")
    basis: Text = said("通勤数据依据", "where the commuters come from")
    rows: list[SetRow] = said(
        "规划的各个集合", "sets of the plan: the area, core, poles, rings, corridors"
    )
    agreement: list[AgreementRow] = said(
        "规划与数据的一致程度", "the plan beside the data, part by part"
    )
    measures: list[MeasureRow] = said("测度", "measures by year")
    poles: list[PoleRow] = said("极核候选", "units by density; those that stand out are poles")
    corridors: list[CorridorRow] = said(
        "廊道", "people along straight lines between the support points of each corridor"
    )
    links: list[LinkRow] = said(
        "引力联系", "the strongest gravity linkages; the core counts as one"
    )
    without_people: list[str] = said("没有人口数的单元", "units of the level without people")
    sources: list[str] = said("来源", "sources of people and commuters")
