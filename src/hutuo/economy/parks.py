"""The verb on the scorecard of parks: per unit of land, and how the order depends on the weights."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.figures import SourceRow, source_rows
from hutuo.economy.whereabouts import called, sources_of, unloaded, whereabouts
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = [
    "MEASURES",
    "LeftOut",
    "Measure",
    "ParkMeasure",
    "ParkRow",
    "Parks",
    "ParksAnswer",
    "measured",
    "parks",
]

FEN = 100
WAN = 10_000


class Measure(NamedTuple):
    """One measure of the scorecard.

    Attributes:
        measure: Its id.
        of: Column that is divided.
        per: Column that it is divided by.
        scale: What the quotient is divided by for its unit.
        more_is_better: Whether more of it is better.
    """

    measure: str
    of: str
    per: str
    scale: float
    more_is_better: bool


MEASURES = {
    one.measure: one
    for one in (
        Measure("output_per_mu", "output_fen", "used_mu", FEN * WAN, more_is_better=True),
        Measure("tax_per_mu", "tax_fen", "used_mu", FEN * WAN, more_is_better=True),
        Measure("energy_per_mu", "energy_tce", "used_mu", 1, more_is_better=False),
        Measure(
            "energy_per_output", "energy_tce", "output_fen", 1 / (FEN * WAN), more_is_better=False
        ),
        Measure("land_used", "used_mu", "land_mu", 1, more_is_better=True),
    )
}
DEFAULT = ("output_per_mu", "tax_per_mu", "energy_per_output", "land_used")


class Parks(Ask):
    """Which parks to compare, and by what."""

    year: int | None = said("年度;缺省为最新", "year; the latest if none is given", default=None)
    measures: tuple[str, ...] = said(
        "指标:output_per_mu亩均产值、tax_per_mu亩均税收、energy_per_mu亩均能耗、"
        "energy_per_output单位产值能耗、land_used土地利用率",
        "measures: output_per_mu, tax_per_mu, energy_per_mu, energy_per_output, land_used",
        default=DEFAULT,
        min_length=1,
        max_length=len(MEASURES),
    )
    weights: tuple[float, ...] | None = said(
        "各指标的权重,依次;缺省为相等",
        "weights of the measures, in order; equal if none",
        default=None,
    )
    least_weight: float = said("每项权重的下限", "least weight of each", default=0, ge=0, le=1)
    most_weight: float = said("每项权重的上限", "largest weight of each", default=1, gt=0, le=1)
    level: str | None = said("只要该级别的园区", "only parks of this rank", default=None)


class ParkMeasure(Answer):
    """One measure of one park."""

    measure: str = said("指标", "which measure")
    measure_name: Text = said("指标名称", "what it is called, with its unit")
    value: float = said("数值", "its value")
    score: float = said("得分", "from 0 for the worst park compared to 1 for the best")


class ParkRow(Answer):
    """One park on the scorecard."""

    park: str = said("园区", "id of the park")
    name: Text = said("名称", "what it is called")
    lies_in: str | None = said("所在区划", "unit that it lies in")
    rank: int = said("名次", "rank with the weights asked for, 1 the best")
    best_rank: int = said("最好名次", "best rank under any weights within the bounds")
    worst_rank: int = said("最差名次", "worst rank under any weights within the bounds")
    score: float = said("得分", "weighted score, 0..1")
    rank_fixed: bool = said("名次是否与权重无关", "whether the rank is the same under all weights")
    low_yield: bool = said(
        "低效",
        "whether it is in the last third under all weights: a park whose land may be put to other use",
    )
    measures: list[ParkMeasure] = said("各项指标", "its measures")


class LeftOut(Answer):
    """A park that could not be compared."""

    park: str = said("园区", "id of the park")
    name: Text = said("名称", "what it is called")
    not_told: list[str] = said(
        "缺少的数据", "columns of park_year that are empty, or 0 where divided by"
    )


class ParksAnswer(Answer):
    """Scorecard of parks."""

    year: int | None = said("年度", "year of the figures; null without any")
    weights: list[float] = said("权重", "weights of the measures, summing to 1")
    rows: list[ParkRow] = said("园区", "parks by rank")
    stable_share: float | None = said(
        "次序稳定的比例", "share of pairs of parks whose order no weights within the bounds turn"
    )
    left_out: list[LeftOut] = said("未比较的园区", "parks without all figures")
    doubts: list[Text] = said("注意", "what should be known")
    sources: list[SourceRow] = said("来源", "sources")


@verb(
    "园区绩效:亩均产值、税收、能耗与名次区间",
    columns=("rank", "best_rank", "worst_rank", "name", "score"),
)
def parks(region: "Region", ask: Parks) -> ParksAnswer:
    """Rank parks by output, tax, energy and land, and show how the ranks depend on the weights.

    Example:
        ``hutuo economy parks --weights 2,1,1,1``
    """
    from hutuo.errors import one_of

    for name in ask.measures:
        if name not in MEASURES:
            raise one_of(name, "measure", list(MEASURES))
    heads = {r["park"]: r for r in region.current("park") if ask.level in {None, r["level"]}}
    figures = [row for row in region.records("park_year") if row["park"] in heads]
    year = ask.year or max((row["year"] for row in figures), default=None)
    rows = {row["park"]: row for row in figures if row["year"] == year}
    chosen = [MEASURES[name] for name in dict.fromkeys(ask.measures)]
    values = {park: measured(row, chosen) for park, row in rows.items()}
    whole = {park: found for park, (found, lacks) in values.items() if not lacks}
    out = [
        LeftOut(park=park, name=called(row), not_told=_lacks(values.get(park), chosen))
        for park, row in heads.items()
        if park not in whole
    ]
    ranked, weights, stable = _ranked(region, heads, whole, chosen, ask)
    return ParksAnswer(
        year=year,
        weights=weights,
        rows=ranked,
        stable_share=stable,
        left_out=out,
        doubts=[*_doubts(heads, ranked), *_overbuilt(heads, rows)],
        sources=source_rows(region, sources_of([*heads.values(), *rows.values()])),
    )


def measured(row: "Row", chosen: Sequence[Measure]) -> tuple[list[float], list[str]]:
    """Values of measures, and the columns that lack for one."""
    lacks = [
        name
        for one in chosen
        for name in (one.of, one.per)
        if row[name] is None or (name == one.per and row[name] == 0)
    ]
    if lacks:
        return [], sorted(set(lacks))
    return [row[one.of] / row[one.per] / one.scale for one in chosen], []


def _lacks(found: tuple[list[float], list[str]] | None, chosen: Sequence[Measure]) -> list[str]:
    if found is not None:
        return found[1]
    return sorted({name for one in chosen for name in (one.of, one.per)})


def _ranked(
    region: "Region",
    heads: "Mapping[str, Row]",
    values: Mapping[str, Sequence[float]],
    chosen: Sequence[Measure],
    ask: Parks,
) -> tuple[list[ParkRow], list[float], float | None]:
    import numpy as np

    from hutuo.economy.weighing import normalised, ranks, steady, weights_of

    weights = weights_of(ask.weights, len(chosen), ask.least_weight, ask.most_weight)
    if not values:
        return [], weights.tolist(), None
    names = list(values)
    scores = normalised(np.array(list(values.values())), [one.more_is_better for one in chosen])
    found = ranks(scores, weights, low=ask.least_weight, high=ask.most_weight)
    lies = whereabouts(region)
    last = len(names) - len(names) // 3
    rows = [
        ParkRow(
            park=name,
            name=called(heads[name]),
            lies_in=lies.unit(heads[name]["place"]),
            rank=int(found.rank[at]),
            best_rank=int(found.best[at]),
            worst_rank=int(found.worst[at]),
            score=float(found.score[at]),
            rank_fixed=bool(found.best[at] == found.worst[at]),
            low_yield=bool(found.best[at] > last),
            measures=[
                ParkMeasure(
                    measure=one.measure,
                    measure_name=label(f"park_measure:{one.measure}"),
                    value=values[name][column],
                    score=float(scores[at, column]),
                )
                for column, one in enumerate(chosen)
            ],
        )
        for at, name in enumerate(names)
    ]
    stable = steady(scores, low=ask.least_weight, high=ask.most_weight)
    return sorted(rows, key=lambda row: (row.rank, row.park)), weights.tolist(), stable


def _doubts(heads: "Mapping[str, Row]", ranked: Sequence[ParkRow]) -> list[Text]:
    if not heads:
        return [unloaded("没有登记园区", "no park is registered", "park", "park_year")]
    if not ranked:
        return [unloaded("没有数据完整的园区", "no park has all figures", "park_year")]
    zh = "得分按参加比较的园区中最差为0、最好为1计算,增减园区会改变得分;名次区间对所有权重精确求得"
    en = (
        "scores run from the worst to the best park compared, so other parks change them; intervals of ranks"
        " are exact over all weights within the bounds"
    )
    return [Text(zh, en)]


def _overbuilt(heads: "Mapping[str, Row]", rows: "Mapping[str, Row]") -> list[Text]:
    """Parks with more built land than land, which one of the two figures must be wrong for."""
    found = [
        called(heads[park])
        for park, row in rows.items()
        if row["land_mu"] and row["used_mu"] and row["used_mu"] > row["land_mu"]
    ]
    if not found:
        return []
    zh = f"已用面积大于规划面积:{'、'.join(one.zh for one in found)}"
    return [Text(zh, f"more built land than land: {', '.join(one.en for one in found)}")]
