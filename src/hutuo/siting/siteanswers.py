"""What is told of sites."""

from hutuo.base.answers import Placed
from hutuo.verbs import Answer, Text, said

__all__ = [
    "BandRow",
    "CityRow",
    "LayerRow",
    "Located",
    "OtherPlan",
    "ServedRow",
    "SiteRow",
]


class SiteRow(Placed):
    """One site of the plan."""

    layer: str | None = said(
        "时期或层级", "period or level; null where there is but one", default=None
    )
    lon: float = said("经度", "longitude")
    lat: float = said("纬度", "latitude")
    city: str | None = said("所在城市的代码", "city that it stands in; null if not known")
    stands: bool = said("是否已有或指定", "whether it stands already or was named as one to keep")
    load: float = said("服务的需求量", "demand that it serves")
    capacity: float | None = said("容量;空为不限", "capacity; null if unlimited")
    use: float | None = said("利用率(比值)", "load over capacity, 0..1; null if unlimited")
    places: int = said("服务的地点数", "places that it serves, at least in part")
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes of those served")
    farthest_minutes: float | None = said("最远用时(分钟)", "minutes of the farthest place served")


class ServedRow(Placed):
    """One place and where it is served from."""

    layer: str | None = said(
        "时期或层级", "period or level; null where there is but one", default=None
    )
    lon: float = said("经度", "longitude")
    lat: float = said("纬度", "latitude")
    city: str | None = said("所在城市的代码", "city that it lies in; null if not known")
    people: float | None = said("人口", "people; null if no figure is known")
    site: str | None = said("设施地点", "site that serves it; null for none")
    site_name: Text | None = said("设施名称", "what that site is called")
    minutes: float | None = said("用时(分钟)", "minutes to it; null where there is no way")
    share: float = said("由该处服务的比重(比值)", "part of its demand that the site serves, 0..1")
    within: bool = said("是否在时限内", "whether that is within the limit")


class BandRow(Answer):
    """How many people are within some minutes."""

    minutes: float = said("分钟", "limit in minutes, itself included as asked")
    people: float = said("人口", "people within it")
    share: float | None = said("人口占比(比值)", "share of all people counted, 0..1")


class LayerRow(Answer):
    """One period or level of a plan."""

    layer: str = said("时期或层级", "the period or level")
    layer_demand: float = said("需求量", "demand of it")
    sites: int = said("设施数", "sites that are open")
    opens: list[str] = said("新设地点", "sites that open: new in it, or not there before it")
    closes: list[str] = said("关闭地点", "sites that close")
    outlay_fen: int | None = said(
        "新设、关闭与运行的支出(分)", "cost of opening, closing and running; null where none is asked for"
    )  # fmt: skip
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes of all people counted")
    farthest_minutes: float | None = said(
        "最远用时(分钟)", "minutes of the farthest place with people"
    )
    within_share: float | None = said("时限内人口占比(比值)", "share of people within the limit")


class OtherPlan(Answer):
    """Another plan that is as good, or nearly."""

    objective: float = said("目标值", "value of it")
    sites: list[str] = said("设施地点", "sites that are open")
    opens: list[str] = said("新设地点", "those that are new")
    closes: list[str] = said("关闭地点", "sites that stand now and close")


class CityRow(Placed):
    """How one city is served."""

    people: float = said("人口", "people counted")
    within_share: float | None = said("时限内人口占比(比值)", "share within the limit, 0..1")
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes")
    farthest_minutes: float | None = said("最远用时(分钟)", "minutes of the farthest place")
    sites: int = said("设施数", "sites that stand in it")


class Located(Answer):
    """A plan of sites, how good it is proven to be, and what it means for people."""

    model: str = said("模型", "model that was solved")
    model_name: Text = said("模型名称", "what the model is called")
    status: str = said(
        "求解状态", "optimal (proven), time_limit (the best found) or infeasible (no plan)"
    )
    status_name: Text = said("状态名称", "what the status is called")
    objective: float | None = said("目标值", "value of the plan; null if there is none")
    value_of: Text = said("目标", "what the value measures")
    bound: float | None = said("界:任何方案都不能更好", "value that no plan can beat")
    gap: float | None = said("差距(比值)", "how far the plan may be from the best, over its value")
    conflict: list[list[str]] = said(
        "不可行时:去掉哪组限制即可行",
        "where there is no plan: smallest sets of rules without which there is one",
    )
    mean_minutes: float | None = said("平均用时(分钟)", "mean minutes of all people counted")
    median_minutes: float | None = said("中位用时(分钟)", "minutes that half do not exceed")
    p90_minutes: float | None = said(
        "九成人不超过的分钟", "minutes that nine tenths do not exceed"
    )
    farthest_minutes: float | None = said(
        "有人口的最远地点的用时(分钟)", "minutes of the farthest place with people counted"
    )
    least_share: float | None = said(
        "各市中最低的时限内占比(比值)", "least share within the limit of any city, 0..1"
    )
    layers: list[LayerRow] = said(
        "各时期或层级",
        "periods or levels, of phased and levelled; minutes, cities and bands are those of the last",
        default=[],
    )
    rows: list[SiteRow] = said("设施", "sites, those that stand first, then by load")
    closes: list[str] = said(
        "关闭地点", "sites that stand now and close, of ruled; of phased see layers", default=[]
    )
    other_plans: list[OtherPlan] = said(
        "同样好的其他方案",
        "other plans as good, if asked for; none if there are no more",
        default=[],
    )
    served: list[ServedRow] = said("各地由何处服务", "places and their sites")
    bands: list[BandRow] = said("用时分布", "people by minutes")
    cities: list[CityRow] = said("各市", "cities, those worst served first")
    left_out: list[ServedRow] = said(
        "时限之外或无路可达的地点", "places beyond the limit or without a way, most people first"
    )
    without_point: list[str] = said("没有点位的地点", "places of which no point is known")
    without_figure: list[str] = said(
        "没有人口数、不计权重的地点", "places without people counted; they weigh nothing"
    )
    limit_minutes: float = said("时限(分钟)", "limit in minutes")
    indicator: str = said("需求指标", "indicator that demand follows")
    unit_name: Text = said("计量单位的名称", "unit of it")
    year: int | None = said("年份", "year of the figures")
    estimate: bool = said("用时是否估算", "whether minutes are estimates from straight lines")
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")
