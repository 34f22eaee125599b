"""What is asked of hubs, and what is told of them."""

from typing import Literal

from hutuo.base.answers import Placed
from hutuo.siting.siteasks import Places
from hutuo.verbs import Answer, Text, said

__all__ = ["HubAnswer", "HubLink", "HubRoute", "HubRow", "HubSites", "HubSpoke", "SentBy"]

SentBy = Literal["gravity", "commuting", "material"]


class HubSites(Places):
    """What goes between places, and what a hub costs and saves."""

    sent_by: SentBy = said(
        "流量:gravity 按人口与用时估算、commuting 通勤人数(表flow)、material 物料吨数(表material_flow)",
        "gravity: estimated from people and minutes; commuting: people of table flow; material: tonnes of "
        "table material_flow",
        default="gravity",
    )
    material: str | None = said(
        "只计该物料;缺省为全部", "only this material, of material; all by default", default=None
    )
    per_person: float = said(
        "每人发出的量,用于gravity", "amount that one person sends; of gravity", default=1, gt=0
    )
    fall: float = said(
        "流量随用时下降的幂次,用于gravity",
        "power of minutes by which flows fall; of gravity",
        default=1, ge=0, le=10,
    )  # fmt: skip
    number: int | None = said(
        "新设几处枢纽;缺省为费用最省的数目",
        "new hubs beside those that are kept; as many as is cheapest by default",
        default=None,
        ge=0,
        le=80,
    )
    single: bool = said(
        "每地是否只用一处枢纽", "whether a place uses one hub for all it sends and takes", default=False
    )  # fmt: skip
    collected: float = said(
        "送往首个枢纽时单位时间费用的倍数",
        "part of the cost of a minute on the way to the first hub",
        default=1, ge=0, le=100,
    )  # fmt: skip
    transferred: float = said(
        "枢纽之间单位时间费用的倍数",
        "part of the cost of a minute between two hubs",
        default=0.5, ge=0, le=100,
    )  # fmt: skip
    distributed: float = said(
        "由末个枢纽送出时单位时间费用的倍数",
        "part of the cost of a minute from the last hub on",
        default=1, ge=0, le=100,
    )  # fmt: skip
    opening_fen: int | None = said(
        "新设一处的费用(分);须同时给出fen_per_minute",
        "cost of a new hub, in fen; needs fen_per_minute",
        default=None,
        ge=0,
    )
    fen_per_minute: float | None = said(
        "单位流量每分钟的费用(分)", "cost of a minute of one unit of flow, in fen", default=None, gt=0
    )  # fmt: skip
    start_sites: tuple[str, ...] = said(
        "从该方案的枢纽开始求解", "hubs of an earlier plan to begin with", default=()
    )
    routes: bool = said(
        "是否列出每一对地点的路线",
        "whether the way of every pair of places is told",
        default=False,
    )
    seconds: float = said(
        "求解时限(秒);到时给出已得最好的方案及其界",
        "seconds to solve; then the best plan so far is given with its bound",
        default=30, gt=0, le=3600,
    )  # fmt: skip


class HubRow(Placed):
    """One hub."""

    lon: float = said("经度", "longitude")
    lat: float = said("纬度", "latitude")
    city: str | None = said("所在城市的代码", "city that it stands in; null if not known")
    stands: bool = said("是否已有或指定", "whether it stands already or was named as one to keep")
    handled: float = said("经手的流量", "flow that goes through it, each unit once")
    places: int = said("使用它的地点数", "places that send to it or take from it")


class HubSpoke(Placed):
    """One place and a hub that it uses."""

    hub: str = said("枢纽", "the hub")
    hub_name: Text = said("枢纽名称", "what the hub is called")
    outgoing: float = said("送往枢纽的流量", "flow from the place to the hub")
    incoming: float = said("由枢纽送来的流量", "flow from the hub to the place")
    minutes: float = said("到枢纽的用时(分钟)", "minutes to the hub")


class HubLink(Answer):
    """The way from one hub to another."""

    from_id: str = said("起点枢纽", "hub where it begins")
    from_name: Text = said("起点枢纽名称", "what that hub is called")
    to_id: str = said("终点枢纽", "hub where it ends")
    to_name: Text = said("终点枢纽名称", "what that hub is called")
    flow_amount: float = said("流量", "flow on it")
    minutes: float = said("用时(分钟)", "minutes between the two")


class HubRoute(Answer):
    """The way of what one place sends to another."""

    from_id: str = said("发出地点", "place that sends")
    to_id: str = said("接收地点", "place that takes")
    flow_amount: float = said("流量", "flow between the two")
    first_hub: str = said("首个枢纽", "hub that it goes to first")
    last_hub: str = said("末个枢纽", "hub that it leaves last; the same where it uses but one")
    minutes: float = said("途经枢纽的用时(分钟)", "minutes over the hubs")
    straight_minutes: float = said("直达用时(分钟)", "minutes straight there")


class HubAnswer(Answer):
    """Hubs, what goes over them, and how good that is proven to be."""

    status: str = said("求解状态", "optimal (proven) or time_limit (the best found)")
    status_name: Text = said("状态名称", "what the status is called")
    objective: float = said("目标值", "value of the plan")
    value_of: Text = said("目标", "what the value measures")
    bound: float | None = said("界:任何方案都不能更好", "value that no plan can beat")
    gap: float | None = said("差距(比值)", "how far the plan may be from the best, over its value")
    straight_value: float = said(
        "全部直达时的值", "the value if everything went straight, without hubs or what they cost"
    )
    flow_amount: float = said("总流量", "flow between all places")
    flow_unit: Text = said("流量的单位", "what flow is counted in")
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes over the hubs, by flow")
    straight_minutes: float | None = said("直达平均用时(分钟)", "mean minutes straight, by flow")
    rows: list[HubRow] = said("枢纽", "hubs, those that stand first, then by flow")
    spokes: list[HubSpoke] = said(
        "各地使用的枢纽", "places and the hubs that they use, most flow first"
    )
    trunks: list[HubLink] = said("枢纽之间的流量", "flow between hubs, most first")
    ways: list[HubRoute] = said(
        "每一对地点的路线", "way of every pair with flow, if asked for", default=[]
    )
    without_point: list[str] = said("没有点位的地点", "places of which no point is known")
    without_figure: list[str] = said(
        "没有流量的地点", "places of which no figure is known; nothing goes to or from them"
    )
    year: int | None = said("年份", "year of the figures")
    estimate: bool = said("流量或用时是否估算", "whether flows or minutes are estimates")
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")
