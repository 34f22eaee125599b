"""The verb on waste heat: which factory can heat whom, how far, and how much."""

from typing import TYPE_CHECKING

from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from typing import Any

    from hutuo.base.region import Region
    from hutuo.environment.heatmatching import Link

__all__ = ["HeatLinkRow", "WasteHeat", "WasteHeatAnswer", "waste_heat"]


class WasteHeat(Ask):
    """What a pipe can do."""

    most_km: float = said("最长管道(公里)", "longest pipe in km", default=20.0, gt=0, le=500)
    approach: float = said(
        "最小温差(开)", "kelvin that a source is warmer than its sink at least", default=5.0, ge=0
    )
    drop_per_km: float = said("每公里温降(开)", "kelvin lost by the km", default=0.0, ge=0)
    loss_per_km: float = said(
        "每公里热损(比例)", "share of the heat lost by the km", default=0.0, ge=0, le=1
    )
    detour: float = said(
        "管道长度与直线之比", "length of the pipe by the straight line", default=1.0, ge=1, le=10
    )


class HeatLinkRow(Answer):
    """A source that serves a sink."""

    source_point: str = said("余热源", "id of the source")
    source_point_name: Text = said("余热源名称", "what it is called")
    sink: str = said("热用户", "id of the sink")
    sink_name: Text = said("热用户名称", "what it is called")
    kilometres: float = said("管道长度(公里)", "length of the pipe")
    megawatts: float = said("最大功率(兆瓦)", "most that arrives in an hour")
    megawatt_hours: float = said("日热量(兆瓦时)", "what arrives in a day")
    crosses: bool = said("是否跨区划", "whether source and sink lie in different units")


class WasteHeatAnswer(Answer):
    """What fits together."""

    rows: list[HeatLinkRow] = said("匹配", "sources and sinks, the most heat first")
    megawatts: float = said("最大匹配功率(兆瓦)", "most that arrives in an hour")
    by_hour: list[float] = said("逐时匹配功率(兆瓦)", "megawatts that arrive, by hour of the day")
    offered: float = said("余热总量(兆瓦时/日)", "megawatt-hours a day that sources have free")
    needed: float = said("需求总量(兆瓦时/日)", "megawatt-hours a day that sinks need")
    delivered: float = said("匹配热量(兆瓦时/日)", "megawatt-hours a day that arrive")
    mean_km: float | None = said("平均距离(公里)", "km by what arrives; null if nothing does")
    too_cold: int = said("温度不足的组合数", "pairs within reach whose source is not warm enough")


@verb(
    "工厂余热与热用户匹配",
    columns=(
        "source_point_name",
        "sink_name",
        "kilometres",
        "megawatts",
        "megawatt_hours",
        "crosses",
    ),
)
def waste_heat(region: "Region", ask: WasteHeat) -> WasteHeatAnswer:
    """Match waste heat with who needs heat by distance, temperature and hour: most heat, shortest pipes.

    Example:
        ``hutuo environment waste-heat --most-km 15 --detour 1.3``
    """
    from math import isnan

    from hutuo.environment.heatmatching import Limits, Point, matched, on_hours

    rows = {row["point"]: row for row in region.records("heat_point")}
    points = {
        kind: [
            Point(
                row["point"], row["lon"], row["lat"], row["celsius"], row["megawatts"],
                on_hours(row["hours"]),
            )
            for row in rows.values()
            if row["kind"] == kind
        ]
        for kind in ("source", "sink")
    }  # fmt: skip
    found = matched(points["source"], points["sink"], Limits(**ask.model_dump()))
    return WasteHeatAnswer(
        rows=[_row(link, rows) for link in found.links],
        megawatts=float(found.by_hour.max()),
        by_hour=[float(power) for power in found.by_hour],
        offered=found.offered,
        needed=found.needed,
        delivered=found.delivered,
        mean_km=None if isnan(found.mean_km) else found.mean_km,
        too_cold=found.too_cold,
    )


def _row(link: "Link", rows: "dict[str, dict[str, Any]]") -> HeatLinkRow:
    source, sink = rows[link.source], rows[link.sink]
    return HeatLinkRow(
        source_point=link.source,
        source_point_name=Text(source["zh"], source["en"] or source["zh"]),
        sink=link.sink,
        sink_name=Text(sink["zh"], sink["en"] or sink["zh"]),
        kilometres=link.kilometres,
        megawatts=link.megawatts,
        megawatt_hours=link.megawatt_hours,
        crosses=source["place"] != sink["place"],
    )
