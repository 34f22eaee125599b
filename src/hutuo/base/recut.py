"""Series of one geography on another: any figures on any ground, of any year's units.

Totals are kept: what goes to no target is the remainder, and a target that lacks a figure of a source is
named instead of being given too little.
"""

from datetime import date, datetime
from typing import TYPE_CHECKING, NamedTuple

from pydantic import ConfigDict

from hutuo import progress
from hutuo.base.answers import Measured, Placed
from hutuo.base.crosswalk import AREA, SLIVER, WEIGHT
from hutuo.base.crosswalks import FROM, TO, Lost, lost_rows, way_name
from hutuo.base.cutting import Cut, cut
from hutuo.base.figures import indicator_of, unit_name
from hutuo.base.geographies import CELL, Geography, geography, resolution
from hutuo.base.links import Links, Method, Spread, linked
from hutuo.base.spreads import spread_of
from hutuo.base.standing import Standing, readings, standing
from hutuo.errors import BadAsk, NotFound
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import pandas as pd

    from hutuo.base.region import Region

MOST_VALUES = 500_000
WHOLE = label("way:codes")


class Recut(Ask):
    """Which series to cut to what."""

    model_config = ConfigDict(populate_by_name=True)

    indicator: str = said("指标的标识", "id of the indicator")
    from_: str = said(
        FROM.zh + ";层级不带日期时,各期数据取当期的单元",
        FROM.en + "; a level without a date: the units of each figure's own day",
        alias="from",
    )
    to: str = said(TO.zh, TO.en)
    method: Method = said(
        "代码不能说明时的分摊方法", "what divides where codes do not say it", default="area"
    )
    weight: str | None = said(
        "分摊所用权重的指标,用于 weight", "indicator that weighs, for weight", default=None
    )
    year: int | None = said(
        "年份;缺省为所有年份", "year; all if none is given", default=None, ge=1900, le=2200
    )


class RecutRow(Placed):
    """A figure on a place of the target."""

    value: float = said("数值", "the figure")
    estimate: bool = said("是否为估计值", "whether it is an estimate")
    method: Text = said("方法", "how the figure was made")
    valid_from: date | datetime = said("有效期起", "first day on which it holds")
    valid_to: date | datetime | None = said("有效期止(不含)", "day from which it no longer holds")


class RecutTotal(Answer):
    """What a period adds up to before and after; null for figures that do not add up."""

    valid_from: date | datetime = said("有效期起", "first day of the period")
    valid_to: date | datetime | None = said("有效期止(不含)", "day from which it no longer is")
    total_before: float | None = said("重算前合计", "sum of the figures of the sources")
    total_after: float | None = said("重算后合计", "sum of the figures of the targets")
    remainder: float | None = said(
        "余数:目标之外,或目标因缺数而未给出的部分",
        "before less after: outside the target, or in targets that are given no figure",
    )


class Lacking(Placed):
    """A target without a figure in a period."""

    valid_from: date | datetime = said("有效期起", "first day of the period")
    lacks: list[str] = said("缺少数据的原单元", "sources of it that have no figure then")


class RecutAnswer(Measured):
    """A series on another geography."""

    model_config = ConfigDict(populate_by_name=True)

    from_: str = said("原地理范围", "geography that the figures are of", alias="from")
    to: str = said("目标地理范围", "geography that they were cut to")
    method: Text = said("分摊方法", "what divides where codes do not say it")
    additive: bool = said("是否可加", "whether figures of parts add up; else they are means")
    values: list[RecutRow] = said("数值", "figures by period, then place")
    total_before: float | None = said(
        "最近一期重算前合计", "sum of the sources in the latest period; null for means"
    )
    total_after: float | None = said(
        "最近一期重算后合计", "sum of the targets in the latest period; null for means"
    )
    remainder: float | None = said(
        "最近一期余数", "before less after in the latest period; null for means"
    )
    totals: list[RecutTotal] = said("各期合计", "the same for every period, the oldest first")
    missing: list[Lacking] = said("缺数据的目标单元", "targets without a figure, by period")
    not_covered: list[Lost] = said(
        "未能对照的单元", "sources that are not drawn, and whose successors are not known"
    )


@verb("把指标换算到另一种地理范围")
def recut(region: "Region", ask: Recut) -> RecutAnswer:
    """Cut a series to another geography, any year's units among them."""
    about = indicator_of(region, ask.indicator)
    progress.report(0.0, Text("读取数据", "reading figures"))
    frame = readings(region, ask.indicator, ask.year)
    source, target = _sides(region, ask, frame)
    periods = frame["span"].nunique()
    if periods * len(target.spots) > MOST_VALUES:
        places = f"{len(target.spots):,}"
        message = Text(
            f"{places}个地点、{periods:,}个时期太多",
            f"{places} places in {periods:,} periods are too many",
        )
        hint = Text(
            f"请指定年份或较粗的地理范围;最多{MOST_VALUES:,}个数值",
            f"name a year or a coarser geography; at most {MOST_VALUES:,} figures",
        )
        raise BadAsk(message, hint)
    spread = spread_of(region, ask.method, ask.weight, source, target)
    known = [spot.version for spot in spread.known if spot.version]
    dated = source.kind != "level" or source.day is not None
    found = standing(source.spots, frame, known, region.zone, dated=dated)
    progress.report(0.3, Text("建立对照表", "making the crosswalk"))
    links = linked(source, target, spread)
    progress.report(0.7, Text("换算", "cutting"))
    made = cut(
        links.table,
        found,
        len(target.spots),
        additive=about["aggregation"] == "sum",
        gaps=source.kind != "cells" and source.text != "places:cell",
    )
    return _answer(about, (source, target), Made(found, links, made, spread))


class Made(NamedTuple):
    """What an answer is written from."""

    found: Standing
    links: Links
    cut: Cut
    spread: Spread


def _sides(region: "Region", ask: Recut, frame: "pd.DataFrame") -> tuple[Geography, Geography]:
    """Source and target; of cells as a source those that have figures."""
    cells = None
    if ask.from_.startswith("cells:"):
        wanted = ask.from_.partition(":")[2]
        places = sorted(set(frame["place"]))
        cells = [p.removeprefix(CELL) for p in places if str(resolution(p)) == wanted]
    source = geography(region, ask.from_, every=True, cells=cells)
    if not source.spots:
        zh, en = f"{ask.from_}没有指标“{ask.indicator}”的数据", f"no figure of '{ask.indicator}'"
        hint = Text("请换一个地理范围", "name another geography")
        raise NotFound(Text(zh, f"{en} is of {ask.from_}"), hint)
    return source, geography(region, ask.to)


def _answer(
    about: dict[str, object], sides: tuple[Geography, Geography], made: Made
) -> RecutAnswer:
    source, target = sides
    additive = about["aggregation"] == "sum"
    totals = _totals(made, additive=additive)
    last = totals[-1] if totals else None
    return RecutAnswer(
        indicator=str(about["indicator"]),
        name=Text(str(about["zh"]), str(about["en"])),
        unit=str(about["unit"]),
        unit_name=unit_name(str(about["unit"])),
        from_=source.text,
        to=target.text,
        method=way_name(made.spread.method, made.spread),
        additive=additive,
        values=_values(target, made, additive=additive),
        total_before=last.total_before if last else None,
        total_after=last.total_after if last else None,
        remainder=last.remainder if last else None,
        totals=totals,
        missing=_missing(source, target, made),
        not_covered=lost_rows(source, made.links),
    )


def _totals(made: Made, *, additive: bool) -> list[RecutTotal]:
    rows = []
    for number, (start, end) in enumerate(made.found.spans):
        before, after = float(made.cut.before[number]), float(made.cut.after[number])
        rest = before - after
        rows.append(
            RecutTotal(
                valid_from=start,
                valid_to=end,
                total_before=before if additive else None,
                total_after=after if additive else None,
                # Rounding is no remainder.
                remainder=(rest if abs(rest) > abs(before) * 1e-9 else 0.0) if additive else None,
            )
        )
    return rows


def _values(target: Geography, made: Made, *, additive: bool) -> list[RecutRow]:
    import numpy as np

    methods = _methods(len(target.spots), made, additive=additive)
    rows = []
    for number, (start, end) in enumerate(made.found.spans):
        for row in np.flatnonzero(~np.isnan(made.cut.figures[:, number])):
            spot, estimate = target.spots[row], bool(made.cut.estimates[row, number])
            rows.append(
                RecutRow(
                    place=spot.place,
                    name=spot.name,
                    value=float(made.cut.figures[row, number]),
                    estimate=estimate,
                    method=methods[row] if estimate else WHOLE,
                    valid_from=start,
                    valid_to=end,
                )
            )
    return rows


def _methods(targets: int, made: Made, *, additive: bool) -> list[Text]:
    """How the figures of each target are made: the least certain way that leads to it."""
    mean = mean_name(made.spread)
    found = [WHOLE] * targets
    table = made.links.table
    inexact = table[~table["exact"]]
    ways = dict(zip(inexact["target"], inexact["way"], strict=True))
    for row, way in ways.items():
        found[row] = way_name(way if way in (AREA, WEIGHT) else made.spread.method, made.spread)
    if not additive:
        several = table["target"].value_counts()
        for row in several[several > 1].index:
            found[row] = mean
    return found


def mean_name(spread: Spread) -> Text:
    """How a mean was weighed, in words."""
    return Text(f"按{spread.name.zh}加权平均", f"mean weighed by {spread.name.en}")


def _missing(source: Geography, target: Geography, made: Made) -> list[Lacking]:
    """Targets without a figure in a period, with the sources that lack one."""
    import numpy as np

    table = made.links.table[made.links.table["reach"] > SLIVER]
    ways: dict[int, list[int]] = {}
    for row, goal in zip(table["source"], table["target"], strict=True):
        ways.setdefault(goal, []).append(row)
    rows = []
    for number, (start, _) in enumerate(made.found.spans):
        for goal in np.flatnonzero(np.isnan(made.cut.figures[:, number])):
            lacks = [
                source.spots[row].place
                for row in ways.get(int(goal), ())
                if made.found.there[row, number] and np.isnan(made.found.figures[row, number])
            ]
            spot = target.spots[goal]
            rows.append(
                Lacking(place=spot.place, name=spot.name, valid_from=start, lacks=sorted(lacks))
            )
    return rows
