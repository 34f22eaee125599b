"""The crosswalk between two geographies, to be looked at."""

from typing import TYPE_CHECKING, Any

from pydantic import ConfigDict

from hutuo.base.crosswalk import AREA, WEIGHT, outside
from hutuo.base.geographies import Geography, geography
from hutuo.base.links import Links, Method, Spread, linked
from hutuo.base.spreads import spread_of
from hutuo.errors import BadAsk
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Hashable

    from hutuo.base.region import Region

MOST_PAIRS = 1_000_000
FROM = Text(
    "原地理范围:层级[@日期]、set:集合、cells:分辨率 或 places:类型",
    "geography that is divided: LEVEL[@DATE], set:ID[@DATE], cells:RES or places:KIND",
)
TO = Text(
    "目标地理范围:层级[@日期]、set:集合、cells:分辨率 或 places:类型",
    "geography to cut to: LEVEL[@DATE], set:ID[@DATE], cells:RES or places:KIND",
)


class Crosswalk(Ask):
    """From what to what."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = said(FROM.zh, FROM.en, alias="from")
    to: str = said(TO.zh, TO.en)
    method: Method = said(
        "代码不能说明时的分摊方法", "what divides where codes do not say it", default="area"
    )
    weight: str | None = said(
        "分摊所用权重的指标,用于 weight", "indicator that weighs, for weight", default=None
    )


class Pair(Answer):
    """How much of one place goes to another."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = said("原单元", "unit or place that is divided", alias="from")
    from_name: Text = said("原单元名称", "what it is called")
    to: str = said("目标单元", "unit or place that it goes to")
    to_name: Text = said("目标单元名称", "what it is called")
    share: float = said("占原单元的份额,0 至 1", "share of the former, 0 to 1")
    area_km2: float | None = said(
        "共有面积,按面积时", "ground that both share, by method area; null where it is not drawn"
    )
    weight: float | None = said(
        "共有权重,按权重时", "weight that both share, by method weight; null where it is not known"
    )
    estimate: bool = said("是否为估计值", "whether the share is an estimate")
    method: Text = said("方法", "how the share was made")


class Lost(Answer):
    """A source that goes nowhere, and why."""

    place: str = said("区划代码或地点", "unit or place")
    name: Text = said("名称", "what it is called")
    reason: Text = said("原因", "why it has no share in the target")


class Leftover(Answer):
    """A source that goes to the target only in part."""

    place: str = said("区划代码或地点", "unit or place")
    name: Text = said("名称", "what it is called")
    share: float = said("在目标之外的份额", "share of it that lies outside the target")


class CrosswalkAnswer(Answer):
    """A crosswalk from one geography to another."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = said(FROM.zh, FROM.en, alias="from")
    to: str = said(TO.zh, TO.en)
    method: Text = said("分摊方法", "what divides where codes do not say it")
    pairs: list[Pair] = said("对照关系", "pairs, by source, then target")
    outside: list[Leftover] = said("超出目标的单元", "sources that lie outside in part or whole")
    not_covered: list[Lost] = said(
        "未能对照的单元", "sources that are not drawn, and whose successors are not known"
    )


@verb("给出两种地理范围的对照表")
def crosswalk(region: "Region", ask: Crosswalk) -> CrosswalkAnswer:
    """Give the crosswalk from one geography to another."""
    source, target = geography(region, ask.from_), geography(region, ask.to)
    spread = spread_of(region, ask.method, ask.weight, source, target)
    found = linked(source, target, spread)
    table = found.table.sort_values(["source", "target"])
    if len(table) > MOST_PAIRS:
        count, most = f"{len(table):,}", f"{MOST_PAIRS:,}"
        message = Text(
            f"对照表有{count}对,超过{most}对", f"the crosswalk has {count} pairs, more than {most}"
        )
        raise BadAsk(message, Text("请改用较粗的地理范围", "name a coarser geography"))
    rest = outside(table, len(source.spots))
    return CrosswalkAnswer(
        from_=ask.from_,
        to=ask.to,
        method=way_name(spread.method, spread),
        pairs=[_pair(row, source, target, spread) for row in table.to_dict("records")],
        outside=[
            Leftover(place=spot.place, name=spot.name, share=share)
            for row, (spot, share) in enumerate(zip(source.spots, rest.tolist(), strict=True))
            if share > 0 and found.lost.get(row, "outside") == "outside"
        ],
        not_covered=lost_rows(source, found),
    )


def lost_rows(source: Geography, found: Links) -> list[Lost]:
    """Sources that are not covered, with the reason."""
    return [
        Lost(
            place=source.spots[row].place,
            name=source.spots[row].name,
            reason=label(f"lost:{reason}"),
        )
        for row, reason in found.lost.items()
        if reason != "outside"
    ]


def way_name(way: str, spread: Spread) -> Text:
    """How a share was made, in words."""
    if way == WEIGHT:
        return Text(f"按{spread.name.zh}分摊", f"divided by {spread.name.en}")
    return label(f"way:{way}")


def _pair(
    row: "dict[Hashable, Any]", source: Geography, target: Geography, spread: Spread
) -> Pair:
    ours, theirs = source.spots[row["source"]], target.spots[row["target"]]
    amount = None if row["amount"] != row["amount"] else row["amount"]
    return Pair(
        from_=ours.place,
        from_name=ours.name,
        to=theirs.place,
        to_name=theirs.name,
        share=row["share"],
        area_km2=amount if spread.method == AREA else None,
        weight=amount if spread.method == WEIGHT else None,
        estimate=not row["exact"],
        method=way_name(row["way"], spread),
    )
