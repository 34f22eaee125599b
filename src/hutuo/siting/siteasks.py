"""What is asked of sites."""

from typing import Annotated, Literal

from pydantic import BeforeValidator

from hutuo.base.branches import several
from hutuo.verbs import Ask, said

__all__ = ["NUMBERED", "Locate", "Model", "Places", "Protection", "Tier"]

Model = Literal[
    "p_median", "p_center", "set_cover", "max_cover", "survival", "capacitated", "ruled", "phased",
    "levelled",
]  # fmt: skip
NUMBERED = ("p_median", "p_center", "max_cover", "survival")
Protection = Literal["first", "second", "quasi"]


class Places(Ask):
    """Who is to be served, from where, and how they move."""

    kind: str | None = said(
        "设施类型:地点表备注所写,或 amenity= 之后所写;已有的该类设施予以保留",
        "kind of facility, as places note it, also after amenity=; those that stand are kept",
        default=None,
    )
    clients: tuple[str, ...] | None = said(
        "需求地点:区划、地点或集合;缺省为本地区集合的成员",
        "places to be served: units, places or sets; the members of the region's set by default",
        default=None,
    )
    candidates: tuple[str, ...] | None = said(
        "候选地点:区划、地点、集合或经纬度;缺省与需求地点相同",
        "candidate sites: units, places, sets or points as 114.5/38.0; the places served by default",
        default=None,
    )
    keep: tuple[str, ...] = said("另须设置的地点", "places that must be sites as well", default=())
    forbid: tuple[str, ...] = said(
        "不得设置的候选地点", "candidates that must not be sites", default=()
    )
    avoid: tuple[str, ...] = said(
        "边界内不得新设的地点(如保护区、生态红线)",
        "places within whose boundary no new site may stand, as protection zones",
        default=(),
    )
    avoid_protection: tuple[Protection, ...] = said(
        "不得新设于哪些级别的水源保护区(需有地块边界)",
        "classes of water protection in whose parcels no new site may stand; parcels need boundaries",
        default=(),
    )
    existing: bool = said(
        "是否保留已有设施", "whether facilities that stand are kept", default=True
    )
    people: str | None = said(
        "需求按哪个指标;缺省为常住人口(不是户籍人口)",
        "indicator that demand follows; residents by default, never the registered",
        default=None,
    )
    year: int | None = said(
        "年份;缺省为数据最全的一年",
        "year of the figures; the one with most of them by default",
        default=None,
        ge=1900,
        le=2200,
    )
    times: str | None = said(
        "出行时间矩阵:space travel-matrix 写出的子文件夹名;缺省按直线估算",
        "matrix of travel times: the folder that space travel-matrix wrote; straight lines by default",
        default=None,
    )
    outbound: bool = said(
        "是否由设施前往需求地点(如救援)",
        "whether ways lead from the site to those served, as in rescue",
        default=False,
    )
    detour: float = said(
        "直线估算的绕行系数", "detour factor of straight lines", default=1.33, ge=1, le=5
    )
    kmh: float = said(
        "直线估算的时速(公里)", "speed along straight lines, km/h", default=60, gt=0, le=300
    )


class Tier(Ask):
    """One level of a service, as primary schools or county hospitals."""

    tier_name: str = said("层级名称", "what the level is called", min_length=1, max_length=60)
    number: int = said(
        "新设几处", "new sites of this level beside those that stand", ge=0, le=10_000
    )
    kind: str | None = said(
        "该层级的设施类型;已有的予以保留",
        "kind of facility of this level; those that stand are kept",
        default=None,
    )
    people: str | None = said(
        "该层级的需求按哪个指标", "indicator that its demand follows", default=None
    )
    per_person: float = said("每人的需求量", "demand of one person", default=1, gt=0)
    new_capacity: float | None = said(
        "一处的容量;缺省为不限", "capacity of a site; unlimited by default", default=None, gt=0
    )
    minutes: float | None = said(
        "该层级的最远时限(分钟);缺省为不限",
        "most minutes that anybody may be away; none by default",
        default=None,
        gt=0,
        le=1440,
    )


class Locate(Places):
    """Which model, with what limits."""

    model: Model = said(
        "模型:p_median 总出行最少、p_center 最远者最近、set_cover 设施最少且全覆盖、"
        "max_cover 覆盖人口最多、survival 心脏骤停存活最多、capacitated 有容量与费用、"
        "ruled 预算与各市下限之内覆盖最多、phased 分期、levelled 分层级",
        "p_median: least travel in all; p_center: the farthest least far; set_cover: fewest that cover all; "
        "max_cover: most people covered; survival: most cardiac arrests survived; capacitated: capacities "
        "and costs; ruled: most people covered within a budget and with a floor for each city; phased: over "
        "periods; levelled: several levels of a service",
        default="p_median",
    )
    number: int | None = said(
        "新设几处;p_median、p_center、max_cover、survival 必填,ruled、capacitated 可填",
        "new sites beside those that are kept; needed by p_median, p_center, max_cover and survival, taken "
        "by ruled and capacitated",
        default=None,
        ge=0,
        le=10_000,
    )
    minutes: float = said(
        "时限(分钟)", "limit in minutes, of covers and of figures", default=60, gt=0, le=1440
    )
    included: bool = said(
        "恰好等于时限的是否算入", "whether exactly the limit counts as within", default=True
    )
    per_person: float = said(
        "每人的需求量(如吨、床)", "demand of one person, as tonnes or beds", default=1, gt=0
    )
    capacity: str | None = said(
        "已有设施的容量指标", "indicator of the capacity of facilities that stand", default=None
    )
    new_capacity: float | None = said(
        "新设施的容量;缺省为不限",
        "capacity of a new site; unlimited by default",
        default=None,
        gt=0,
    )
    opening_fen: int | None = said(
        "新设一处的费用(分)",
        "cost of a new site, in fen; needed by capacitated and phased",
        default=None,
        ge=0,
    )
    fen_per_minute: float | None = said(
        "单位需求每分钟的费用(分)",
        "cost of a minute of one unit of demand, in fen; needed by capacitated and phased",
        default=None,
        gt=0,
    )
    budget_fen: int | None = said(
        "新设的预算(分),用于 ruled;用于 phased 时为每时期",
        "most that new sites may cost, in fen; of ruled, and of a period of phased",
        default=None,
        ge=0,
    )
    floor: float | None = said(
        "每市至少多少人口在时限内(比值),用于 ruled",
        "least share of the people of each city within the limit, 0..1; of ruled",
        default=None,
        ge=0,
        le=1,
    )
    single: bool = said(
        "每地是否只由一处设施服务", "whether a place is served from one site alone", default=False
    )
    cover_times: int = said(
        "须有几处在时限内才算覆盖(备份),用于 set_cover、max_cover",
        "sites that must be within the limit for a place to count as covered, as a backup; of covers",
        default=1,
        ge=1,
        le=20,
    )
    start_sites: tuple[str, ...] = said(
        "从该方案的地点开始求解",
        "sites of an earlier plan to begin with, so that the answer is never worse than it",
        default=(),
    )
    periods: tuple[str, ...] = said(
        "各时期的需求,用于 phased:年份、年份=指标 或 年份:倍数,如 2020 2030:1.1",
        "demand by period, of phased: YEAR (its figures), YEAR=INDICATOR (its last figures) or YEAR:MULTIPLE "
        "(of the figures asked for), as 2020 2030:1.1",
        default=(),
    )
    running_fen: int | None = said(
        "一处设施每时期的运行费(分),用于 phased",
        "cost of an open site in a period, in fen; of phased",
        default=None,
        ge=0,
    )
    closing_fen: int | None = said(
        "关闭一处的费用(分);给出时已有与指定的设施可以关闭或迁移,用于 phased、ruled",
        "cost of closing a site, in fen; if it is given those that stand or are kept may close, so that "
        "others stand in their stead; of phased and ruled",
        default=None,
        ge=0,
    )
    most_minutes: float | None = said(
        "任何人最远多少分钟,用于 ruled",
        "most minutes that anybody may be away; of ruled",
        default=None, gt=0, le=1440,
    )  # fmt: skip
    gini: float | None = said(
        "用时的基尼系数上限,用于 ruled",
        "largest Gini coefficient of people's minutes, 0..1; of ruled",
        default=None, ge=0, le=1,
    )  # fmt: skip
    beyond_share: float | None = said(
        "时限之外的人口占比上限(比值),用于 ruled",
        "largest share of people beyond the limit, 0..1; of ruled",
        default=None, ge=0, le=1,
    )  # fmt: skip
    goals: tuple[str, ...] = said(
        "目标,先后为序,可加权,如 cost+farthest:500 sites,用于 ruled;缺省为时限内最多、其次总出行最少",
        "goals in their order, also added up with weights as cost+farthest:500; of ruled: cost, spent, "
        "farthest, left, beyond, spread, sites, lost; by default most people within the limit, then least "
        "travel",
        default=(),
    )
    more_plans: int = said(
        "另列几个同样好的方案,用于 ruled", "how many other plans as good are told too; of ruled",
        default=0, ge=0, le=50,
    )  # fmt: skip
    plans_within: float = said(
        "其他方案可差多少(比值),用于 ruled", "part of the value by which other plans may be worse; of ruled",
        default=0, ge=0, le=1,
    )  # fmt: skip
    tiers: Annotated[list[Tier], BeforeValidator(several)] = said(
        "各层级,由低到高,用于 levelled(JSON)",
        "levels from the lowest to the highest, as JSON; of levelled",
        default=[],
    )
    nested: bool = said(
        "高层级设施是否也服务低层级,用于 levelled",
        "whether a site serves the levels below its own too; of levelled",
        default=True,
    )
    one_tier: bool = said(
        "一处是否只能属于一个层级,用于 levelled",
        "whether a site may be of one level at most; of levelled",
        default=False,
    )
    seconds: float = said(
        "求解时限(秒);到时给出已得最好的方案及其界",
        "seconds to solve; then the best plan so far is given with its bound",
        default=30,
        gt=0,
        le=3600,
    )
