"""What is asked of plants that are shared, and what is told of them."""

from datetime import date
from typing import Any, Literal

from hutuo.base.answers import Placed
from hutuo.siting.siteasks import Places
from hutuo.verbs import Answer, Text, said

__all__ = [
    "BalanceRow",
    "CityBalance",
    "FlowRow",
    "GroupRow",
    "PaidRow",
    "RuleName",
    "RuleRow",
    "SharedAnswer",
    "SharedCost",
]

RuleName = Literal["equal", "demand", "alone", "shapley", "nucleolus"]


class SharedCost(Places):
    """What plants cost, and how the whole is split."""

    tonnes_per_person: float = said(
        "每人每年产生量(吨)", "tonnes a year of one unit of the indicator, as of a resident",
        gt=0, le=1_000,
    )  # fmt: skip
    opening_fen: int = said(
        "新建一处的年化费用(分)", "yearly cost of a new plant, in fen", ge=0, le=10**15
    )
    fen_per_tonne_km: float = said(
        "吨公里运费(分)", "cost of a tonne over a kilometre, in fen", gt=0, le=10**9
    )
    new_capacity: float | None = said(
        "新建一处的年处理能力(吨);缺省为不限", "tonnes a year of a new plant; unlimited by default",
        default=None, gt=0, le=1e12,
    )  # fmt: skip
    capacity: str | None = said(
        "已有设施的处理能力指标", "indicator of the capacity of plants that stand", default=None
    )
    seconds: float = said(
        "每个联盟的求解时限(秒)", "seconds to solve for each group of cities",
        default=20, gt=0, le=600,
    )  # fmt: skip
    by: Literal["city", "county"] = said(
        "由谁分摊:city 各市(直管县级市自成一方),county 各县(市、区)",
        "who shares: city, by prefecture, or county, by unit",
        default="city",
    )
    rule: RuleName = said("记账采用的规则", "rule that the entry follows", default="shapley")
    operator: str | None = said(
        "运营机构;给出时附上可记账的分录",
        "body that runs the plants; with it comes an entry for ledger post",
        default=None,
    )
    day: date | None = said("分录生效日", "day of the entry", default=None)


class GroupRow(Answer):
    """One group of cities."""

    group: list[str] = said("城市", "cities of the group")
    cost_fen: int = said("费用(分)", "yearly cost of the group by itself, in fen")
    sites: list[str] = said("设施地点", "where its plants would stand")
    status: str = said("求解状态", "optimal (proven) or time_limit (the best found)")
    gap: float | None = said("差距(比值)", "how far its plan may be from the best, over its cost")


class PaidRow(Placed):
    """What one city pays by one rule."""

    pays_fen: int = said("承担(分)", "what it pays, in fen")
    alone_fen: int = said("单独费用(分)", "what it would pay alone, in fen")
    saves_fen: int = said("节约(分)", "what it saves, in fen")


class RuleRow(Answer):
    """One rule and what it makes each city pay."""

    rule: str = said("规则", "equal, demand, alone, shapley or nucleolus")
    rule_name: Text = said("规则名称", "what the rule is called")
    stable: bool = said("是否无联盟反对", "whether no group would pay less by itself")
    excess_fen: int = said(
        "最大超付(分)", "the most that a group pays beyond its own cost, in fen"
    )
    objecting: list[str] = said(
        "反对的城市组合", "group that would pay less by itself; empty if none"
    )
    rows: list[PaidRow] = said("各市", "cities")


class FlowRow(Answer):
    """Tonnes from one place to one plant."""

    from_id: str = said("产生地点", "place where it arises")
    from_name: Text = said("产生地点名称", "what that place is called")
    to_id: str = said("处理地点", "place of the plant")
    to_name: Text = said("处理地点名称", "what that place is called")
    tonnes: float = said("年运量(吨)", "tonnes a year, to the kilogram")
    km: float = said("运距(公里)", "kilometres, straight lines times the detour factor")
    tonne_km: float = said("吨公里", "tonnes times kilometres")


class BalanceRow(Placed):
    """The balance of one place: arising and received are sent and treated."""

    arising: float = said("产生(吨)", "tonnes that arise")
    received: float = said("调入(吨)", "tonnes that come in")
    sent: float = said("调出(吨)", "tonnes that go out")
    treated: float = said("处理(吨)", "tonnes that are treated there")
    remainder: float = said(
        "差额(吨)", "arising and received less sent and treated: 0 where it balances"
    )


class CityBalance(BalanceRow):
    """The balance of one city, and its kilometres apart and together."""

    capacity: float | None = said(
        "处理能力(吨);空为不限", "capacity of its plants; null if unlimited"
    )
    tonne_km_alone: float = said("单独吨公里", "tonne-kilometres if it stood alone")
    tonne_km: float = said("共享吨公里", "tonne-kilometres of its waste in the plan of all")
    sites_alone: int = said("单独设施数", "plants if it stood alone")
    sites: int = said("共享设施数", "plants in it in the plan of all")


class SharedAnswer(Answer):
    """Apart against together, and who pays."""

    alone_fen: int = said("各自单独费用之和(分)", "cost of all cities apart, in fen")
    together_fen: int = said("共享费用(分)", "cost together, in fen")
    saved_fen: int = said("节约(分)", "what is saved together, in fen")
    saved_share: float | None = said("节约比例(比值)", "what is saved over the cost apart, 0..1")
    proven: bool = said(
        "是否全部证明最优", "whether every plan behind these figures is proven best"
    )
    rules: list[RuleRow] = said("分摊规则", "the cost of all by every rule, side by side")
    groups: list[GroupRow] = said("各联盟", "groups of cities and their cost")
    cities: list[CityBalance] = said("各市平衡", "cities: tonnes, plants and tonne-kilometres")
    balances: list[BalanceRow] = said("各地平衡", "places: tonnes in and out")
    flows: list[FlowRow] = said("运量", "tonnes from where to where")
    without_figure: list[str] = said("没有数值、未计入的地点", "places without a figure, left out")
    without_point: list[str] = said("没有点位的地点", "places of which no point is known")
    entry: dict[str, Any] | None = said(
        "可记账的分录", "entry for ledger post by the rule asked; null without an operator"
    )
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")
