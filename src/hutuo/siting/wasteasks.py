"""What is asked of waste that goes through stages of treatment, and what is told of it."""

from typing import Annotated

from pydantic import BeforeValidator

from hutuo.base.answers import Placed
from hutuo.base.branches import several
from hutuo.siting.costasks import BalanceRow, FlowRow
from hutuo.siting.siteasks import Protection
from hutuo.verbs import Answer, Ask, Text, said

__all__ = ["StageFlow", "StageSite", "TreatmentStage", "WasteFlow", "WasteFlowAnswer"]


class TreatmentStage(Ask):
    """One stage, as transfer stations or plants."""

    stage_name: str = said("环节名称", "what the stage is called", min_length=1, max_length=60)
    kind: str | None = said(
        "设施类型;已有的予以保留", "kind of facility; those that stand are kept", default=None
    )
    candidates: tuple[str, ...] = said(
        "候选地点;缺省为产生地点",
        "candidate sites; the places where it arises by default",
        default=(),
    )
    number: int | None = said(
        "共几处(含已有);缺省为费用最省的数目",
        "sites in all, with those that stand; as many as is cheapest by default",
        default=None,
        ge=1,
        le=10_000,
    )
    opening_fen: int = said(
        "新建一处的年化费用(分)", "yearly cost of a new site, in fen", ge=0, le=10**15
    )
    new_capacity: float | None = said(
        "新建一处的年能力(吨);缺省为不限",
        "tonnes a year of a new site; unlimited by default",
        default=None,
        gt=0,
        le=1e12,
    )
    capacity: str | None = said(
        "已有设施的能力指标", "indicator of the capacity of sites that stand", default=None
    )
    fen_per_tonne_km: float = said(
        "运到该环节的吨公里运费(分)",
        "cost of a tonne over a kilometre on the way to it, in fen",
        gt=0,
        le=10**9,
    )
    fen_per_tonne: float = said(
        "每吨处理费(分)", "cost of a tonne that it takes, in fen", default=0, ge=0, le=10**9
    )
    passes: float = said(
        "有多大部分进入下一环节:转运站为1,焚烧厂为灰渣比例",
        "part of what it takes that goes on to the next stage: 1 of a transfer station, the ash of a plant",
        default=1,
        ge=0,
        le=1,
    )
    direct_fen_per_tonne_km: float | None = said(
        "由产生地直运到该环节的吨公里运费(分);缺省为不能直运",
        "cost of a tonne-kilometre straight from where it arises, in fen; there is no such way by default",
        default=None,
        gt=0,
        le=10**9,
    )
    least_use: float = said(
        "开设的最低利用率(比值)", "least part of its capacity that an open site takes", default=0, ge=0, le=1
    )  # fmt: skip


class WasteFlow(Ask):
    """What arises where, and through which stages it goes."""

    tonnes_per_person: float = said(
        "每人每年产生量(吨)", "tonnes a year of one unit of the indicator, as of a resident",
        gt=0, le=1_000,
    )  # fmt: skip
    steps: Annotated[list[TreatmentStage], BeforeValidator(several)] = said(
        "各环节,按先后(JSON)",
        "stages in order, as transfer, incineration, landfill, as JSON",
        min_length=1,
    )
    clients: tuple[str, ...] | None = said(
        "产生地点;缺省为本地区集合的成员",
        "places where it arises; the members of the region's set by default",
        default=None,
    )
    people: str | None = said(
        "产生量按哪个指标;缺省为常住人口", "indicator that it follows; residents by default", default=None
    )  # fmt: skip
    year: int | None = said(
        "年份;缺省为数据最全的一年",
        "year of the figures; the one with most of them by default",
        default=None,
        ge=1900,
        le=2200,
    )
    avoid: tuple[str, ...] = said(
        "边界内不得新设的地点", "places within whose boundary no new site may stand", default=()
    )
    avoid_protection: tuple[Protection, ...] = said(
        "不得新设于哪些级别的水源保护区",
        "classes of water protection in whose parcels no new site may stand",
        default=(),
    )
    detour: float = said(
        "直线估算的绕行系数", "detour factor of straight lines", default=1.33, ge=1, le=5
    )
    gap: float = said("可接受的差距(比值)", "gap that is good enough", default=0.0001, ge=0, le=1)
    seconds: float = said(
        "求解时限(秒)", "seconds to solve; then the best plan so far is given with its bound",
        default=30, gt=0, le=3600,
    )  # fmt: skip


class StageSite(Placed):
    """A site of one stage."""

    stage_name: str = said("环节名称", "stage that it is of")
    lon: float = said("经度", "longitude")
    lat: float = said("纬度", "latitude")
    city: str | None = said("所在城市的代码", "city that it stands in; null if not known")
    stands: bool = said("是否已有", "whether it stands already")
    received: float = said("接收(吨)", "tonnes that it takes, from sources and the stage before")
    passed: float = said("进入下一环节(吨)", "tonnes that go on")
    capacity: float | None = said("能力(吨);空为不限", "capacity in tonnes; null if unlimited")
    use: float | None = said("利用率(比值)", "received over capacity, 0..1; null if unlimited")


class StageFlow(FlowRow):
    """Tonnes on one way."""

    stage_name: str = said("环节名称", "stage that it goes to")


class WasteFlowAnswer(Answer):
    """Sites by stage, tonnes on every way, and the balance of every place."""

    status: str = said(
        "求解状态",
        "optimal (proven), gap (the gap asked for is reached), time_limit (the best found) or infeasible",
    )
    status_name: Text = said("状态名称", "what the status is called")
    cost_fen: int | None = said("年费用(分)", "yearly cost in fen; null if there is no plan")
    bound_fen: int | None = said("界(分)", "cost that no plan is below")
    gap: float | None = said("差距(比值)", "how far the plan may be from the best, over its cost")
    rows: list[StageSite] = said("设施", "sites by stage, most tonnes first")
    flows: list[StageFlow] = said("运量", "tonnes from where to where")
    balances: list[BalanceRow] = said(
        "各地平衡", "places: tonnes that arise, come, go and are treated there; what remains is 0"
    )
    tonnes: float = said("年产生量(吨)", "tonnes a year in all")
    tonne_km: float = said("吨公里", "tonnes times kilometres on all ways")
    without_figure: list[str] = said("没有数值、未计入的地点", "places without a figure, left out")
    without_point: list[str] = said("没有点位的地点", "places of which no point is known")
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")
