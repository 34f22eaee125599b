"""The verb on what-if: a branch's lines and parks, and where people, jobs, wages and rents go."""

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator

from hutuo.economy.parameters import SOURCES, Parameters
from hutuo.economy.whatifanswers import ParameterRow, WhatIfAnswer
from hutuo.glossary import label
from hutuo.progress import report
from hutuo.verbs import Ask, Text, said, verb, wrong

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["WhatIf", "what_if"]

# Counted among the 401 German counties of the toolkit's data, 2018; nobody counted it here.
LEAVING = 0.33
LEAVING_SOURCE = Text(
    "德国401个县2018年的统计值(Seidel and Wickerath 2020),为借用",
    "401 German counties in 2018, counted (Seidel and Wickerath 2020); borrowed",
)
UNTOLD = Text("提问时给出,未说明来源", "as asked; no source was told")
# Bounds of the table effect.
LEAST_FACTOR, MOST_FACTOR = 0.01, 100.0
FORM = '{"130102": 1.05}'


def _unpacked(given: object) -> object:
    """Factors by place: from the command line as JSON."""
    if not isinstance(given, str):
        return given
    try:
        return json.loads(given)
    except json.JSONDecodeError as error:
        zh, en = f"不是JSON({error});如{FORM}", f"is no JSON ({error}); write it as {FORM}"
        raise wrong(Text(zh, en)) from error


def _bounded(given: dict[str, float]) -> dict[str, float]:
    bad = {place: one for place, one in given.items() if not LEAST_FACTOR <= one <= MOST_FACTOR}
    if bad:
        within = f"{LEAST_FACTOR}-{MOST_FACTOR:g}"
        raise wrong(Text(f"{bad}:应在{within}之间", f"{bad}: should be within {within}"))
    return given


Factors = Annotated[dict[str, float], BeforeValidator(_unpacked), AfterValidator(_bounded)]
Travel = Annotated[dict[str, Any], BeforeValidator(_unpacked)]


class WhatIf(Ask):
    """Of which units, what changes, and by which model."""

    geography: str | None = said(
        "地理单元;缺省为本区域的成员", "geography; the region's members if none", default=None
    )
    residents: str | None = said(
        "居民数的指标;缺省为核心的、可加的、最常观测的人口指标",
        "indicator of residents; the core one of people that is most often observed by default",
        default=None,
    )
    jobs: str | None = said(
        "代表就业岗位分布的指标;缺省以居民数代替,会低估流向大城市的通勤",
        "indicator that tells where jobs are; residents by default: too few then go to large cities",
        default=None,
    )
    wages: str | None = said(
        "就业地工资的指标;缺省由模型推出",
        "indicator of wages where people work; those that the model implies by default",
        default=None,
    )
    flows: Literal["auto", "counted", "modelled"] = said(
        "通勤量:auto 有统计用统计,没有则用模型",
        "commuters: auto takes counted ones where there are any",
        default="auto",
    )
    leaving: float | None = said(
        "模型通勤:在本单元以外工作者的占比;缺省为借用的0.33;0 为完全按出行时间",
        "share of modelled commuters who leave their unit; borrowed by default, 0: as travel times say",
        default=LEAVING,
        ge=0,
        lt=1,
    )
    mode: Literal["road", "door"] = said(
        "road 公路,door 门到门(公路,或公路到站、列车、公路离站,取较快者)",
        "road, or door to door: by road, or by road to a station, by train and by road on",
        default="door",
    )
    travel: Travel | None = said(
        "出行的其他条件(JSON),字段同space travel-matrix,如出发时段、车速",
        "how else one travels, as JSON: fields of space travel-matrix, as departure or speed_factor",
        default=None,
    )
    freight: Literal["road", "fixed"] = said(
        "货运成本:road 随公路用时变化,fixed 不变",
        "trade costs: they follow minutes by road, or stay",
        default="road",
    )
    productivity: Factors | None = said(
        "各地生产率的倍数(JSON),如园区",
        "factor of productivity by unit, as JSON, as of a park",
        default=None,
    )
    amenity: Factors | None = said(
        "各地居住吸引力的倍数(JSON),如学校、医院",
        "factor of amenity by unit, as JSON, as of schools and hospitals",
        default=None,
    )
    land: Factors | None = said(
        "各地住房用地的倍数(JSON)", "factor of the land for housing by unit, as JSON", default=None
    )
    closure: Literal["mobile", "residents_fixed", "open"] = said(
        "谁会迁移:mobile 区内迁移,residents_fixed 居民不动,open 可迁入迁出",
        "who moves: people within the region, nobody, or in and out of it too",
        default="mobile",
    )
    goods_share: float = said(
        "商品占支出的比重(α)", "alpha: share of spending on goods", default=0.7
    )
    epsilon: float = said(
        "对居住地与就业地选择的敏感度", "how much choices of home and work respond", default=4.6
    )
    sigma: float = said(
        "各地商品的替代弹性", "elasticity of substitution between goods of units", default=4.0
    )
    nu: float = said("密度对生产率的弹性", "elasticity of productivity to density", default=0.05)
    delta: float = said("住房供给弹性", "elasticity of the supply of housing", default=0.38)
    psi: float = said("货运成本对用时的弹性", "elasticity of trade costs to time", default=0.42)
    mu: float = said("通勤成本对用时的弹性", "elasticity of commuting costs to time", default=0.47)
    because: str | None = said(
        "所改参数的来源", "where parameters that were changed are from", default=None
    )
    minutes: float = said(
        "核心通勤圈的时限(分钟)", "minutes within which one is near the core", default=60, gt=0
    )
    as_minutes: str | None = said(
        "以此指标计的目标按模型的最远用时判定;缺省不判",
        "indicator whose targets are judged by the farthest unit's minutes to the core; none by default",
        default=None,
    )
    check_sensitivity: bool = said(
        "是否计算敏感性", "whether other values of parameters are tried", default=True
    )
    starts: int = said(
        "另试多少个随机起点", "random starts that are tried beside", default=8, ge=0, le=100
    )
    limit: int = said(
        "列出多少对通勤量", "pairs of commuters to list", default=60, ge=0, le=100_000
    )

    def parameters(self) -> Parameters:
        """The elasticities that are asked."""
        others = {name: getattr(self, name) for name in Parameters.__slots__ if name != "alpha"}
        return Parameters(alpha=self.goods_share, **others)


@verb(
    "推演一个分支:人口、岗位、工资、房租的变化",
    columns=(
        "name",
        "residents_change",
        "jobs_change",
        "wages_change",
        "rents_change",
        "real_income_change",
        "land_gain",
    ),
)
def what_if(region: "Region", ask: WhatIf) -> WhatIfAnswer:
    """Tell what a branch moves: residents, jobs, wages, prices, rents and welfare by unit.

    Example:
        ``hutuo economy what-if --branch new-line``
    """
    from hutuo.economy.goals import moved
    from hutuo.economy.traveltimes import main_of
    from hutuo.economy.whatifrows import answered
    from hutuo.economy.whatifrun import ran

    run = ran(region, ask)
    report(0.95, Text("对照规划目标", "looking at the plan's targets"))
    farthest = float(run.circle.minutes_before.max()), float(run.circle.minutes_after.max())
    targets = moved(region, main_of(region), ask.as_minutes, farthest)
    return answered(region, ask, run, targets, _parameters(ask))


def _parameters(ask: WhatIf) -> list[ParameterRow]:
    """Each parameter with its value and source."""
    stated, values = Parameters(), asdict(ask.parameters())
    known = {name: (getattr(stated, name), Text(one, one)) for name, one in SOURCES.items()}
    if ask.leaving:
        values["leaving"], known["leaving"] = ask.leaving, (LEAVING, LEAVING_SOURCE)
    told = Text(ask.because, ask.because) if ask.because else UNTOLD
    return [
        ParameterRow(
            parameter=name,
            name=label(f"elasticity:{name}"),
            value=value,
            source=told if value != known[name][0] else known[name][1],
            given=value != known[name][0],
        )
        for name, value in values.items()
    ]
