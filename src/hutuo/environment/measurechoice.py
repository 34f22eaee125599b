"""The verbs on choosing measures: the best set within a budget, and what two counties gain together."""

from itertools import combinations
from typing import TYPE_CHECKING, Literal

from hutuo.base.branches import Object
from hutuo.environment.equivalents import CO2
from hutuo.environment.measures import benefit, checked, sums
from hutuo.environment.measuretables import EffectRow, aimed, effect_rows, measures_of, title_of
from hutuo.environment.refusing import refuse, unfit
from hutuo.errors import BadAsk, one_of
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from hutuo.base.region import Region
    from hutuo.environment.abatement import Step
    from hutuo.environment.measures import Measure

__all__ = [
    "ChooseMeasures",
    "ChosenAnswer",
    "ChosenRow",
    "CountyPairs",
    "CountyPairsAnswer",
    "CurveRow",
    "GainRow",
    "choose_measures",
    "county_pairs",
]

Aim = Literal["co2", "pollutants", "both"]


class _Aimed(Ask):
    aim: Aim = said(
        "目标:二氧化碳、大气污染当量、两者(按价格加权)",
        "what shall fall: CO2, equivalents of air pollutants, or both by their prices",
        default="co2",
    )
    places: tuple[str, ...] = said(
        "只用这些地区的措施", "only measures in these units", default=()
    )
    co2_price: float | None = said(
        "碳价(元/吨),aim为both时必填", "yuan a tonne of CO2; aim both needs it", default=None, ge=0
    )
    tax: float | None = said(
        "大气污染物税额(元/当量),aim为both时必填",
        "yuan an equivalent of air pollutants; aim both needs it",
        default=None,
        gt=0,
    )


class ChooseMeasures(_Aimed):
    """Within which budget, or to which targets, to choose measures."""

    budget_yuan: float | None = said("年预算(元)", "yuan a year", default=None, ge=0)
    targets: Object | None = said(
        "减排目标(吨,JSON:物质到数量),代替预算,求最省",
        "tonnes to take off by substance as JSON, instead of a budget: the cheapest set",
        default=None,
    )
    draws: int = said(
        "抽样次数:成本和减排在区间内变动时是否仍入选;0为不抽",
        "how often costs and effects are drawn from their ranges, to see what stays chosen; 0: never",
        default=200,
        ge=0,
        le=2000,
    )


class CountyPairs(_Aimed):
    """Whose pairs to look at."""

    budget_yuan: float | None = said(
        "各地年预算(元),未另列的地区",
        "yuan a year of each place that has no other",
        default=None,
        ge=0,
    )
    budget_by_place: Object | None = said(
        "各地预算(元,JSON:地区到金额)", "yuan a year by place as JSON", default=None
    )


class ChosenRow(Answer):
    """A measure that is chosen."""

    measure_id: str = said("措施", "id of the measure")
    title: Text = said("措施名称", "what it is called")
    place: str = said("地点", "unit that it is in")
    cost_yuan: float = said("年成本(元)", "yuan a year")
    reduction: float = said("减排(按目标计)", "what it takes off, in the measure of the aim")
    reductions: list[EffectRow] = said("减排", "tonnes a year by substance")
    share_of_draws: float | None = said(
        "抽样中入选比例", "share of draws in which it is in the best set; null if none were made"
    )


class CurveRow(Answer):
    """A step of the marginal abatement curve."""

    measure_id: str = said("措施", "measure that is taken")
    title: Text = said("措施名称", "what it is called")
    instead_of: str | None = said(
        "替换的措施", "measure of the same choice that it takes the place of"
    )
    reduction: float = said("新增减排", "what is taken off more")
    cost_yuan: float = said("新增年成本(元)", "yuan a year more")
    marginal: float = said("边际成本", "yuan by what is taken off more")
    reduction_total: float = said("累计减排", "taken off up to this step")
    total_cost: float = said("累计年成本(元)", "yuan a year up to this step")


class ChosenAnswer(Answer):
    """The best set and the curve."""

    aim: Aim = said("目标", "what shall fall")
    unit: Text = said("减排的计量", "what reductions are measured in")
    rows: list[ChosenRow] = said("入选措施", "measures that are chosen")
    reduction: float = said("减排合计", "what the set takes off")
    reduction_low: float = said("减排下限", "lower end of the range, if all err the same way")
    reduction_high: float = said("减排上限", "upper end of the range")
    cost_yuan: float = said("年成本合计(元)", "yuan a year")
    cost_low: float = said("成本下限(元)", "lower end of the range")
    cost_high: float = said("成本上限(元)", "upper end of the range")
    reductions: list[EffectRow] = said("各物质减排合计", "tonnes a year by substance")
    drawn_low: float | None = said(
        "抽样减排5%分位", "5 per cent of draws have a best set that takes off less"
    )
    drawn_high: float | None = said("抽样减排95%分位", "95 per cent have one that takes off less")
    cost_curve: list[CurveRow] = said("边际减排成本曲线", "all measures, the cheapest step first")


class GainRow(Answer):
    """Two places with their budgets in one."""

    place: str = said("地区", "first place")
    name: Text = said("名称", "what it is called")
    other: str = said("另一地区", "second place")
    other_name: Text = said("其名称", "what it is called")
    separate: float = said("各自减排", "what both take off, each with its own budget")
    together: float = said("合力减排", "what they take off with one budget")
    gain: float = said("协作增益", "what they take off more")
    co2: float = said("合力时二氧化碳减排(吨)", "tonnes of CO2 a year together")
    co2_low: float = said("其下限", "lower end of the range")
    co2_high: float = said("其上限", "upper end of the range")
    equivalents: float = said(
        "合力时大气污染当量减排", "equivalents of air pollutants a year together"
    )
    equivalents_low: float = said("其下限", "lower end of the range")
    equivalents_high: float = said("其上限", "upper end of the range")
    spent_here: float = said("在前一地区花费(元)", "yuan a year spent in the first place")
    spent_there: float = said("在后一地区花费(元)", "yuan a year spent in the second place")


class CountyPairsAnswer(Answer):
    """Pairs of places."""

    unit: Text = said("减排的计量", "what reductions are measured in")
    rows: list[GainRow] = said("地区对", "pairs, the largest gain first")


UNITS = {
    "co2": Text("吨二氧化碳", "tonnes of CO2"),
    "pollutants": Text("大气污染当量", "equivalents of air pollutants"),
    "both": Text("含碳大气污染当量", "equivalents of air pollutants with CO2 by its price"),
}


@verb(
    "选择减排措施:预算内最优与边际成本曲线",
    columns=("title", "place", "cost_yuan", "reduction", "share_of_draws"),
)
def choose_measures(region: "Region", ask: ChooseMeasures) -> ChosenAnswer:
    """Choose the set of measures that takes off most within a budget, or the cheapest that reaches targets.

    Example:
        ``hutuo environment choose-measures --budget-yuan 5000000 --aim co2``
    """
    from hutuo.environment.abatement import abatement_curve
    from hutuo.environment.choosing import drawn

    given, rows = measures_of(region, ask.places)
    given, weights = checked(given), aimed(ask.aim, ask.co2_price, ask.tax)
    chosen = _chosen(given, weights, ask)
    found = None
    if ask.draws and ask.budget_yuan is not None:
        found = drawn(given, weights, ask.budget_yuan, draws=ask.draws)
    cost, effects = sums(chosen)
    total = benefit(effects, weights)
    shares = found.share if found else {}
    return ChosenAnswer(
        aim=ask.aim,
        unit=UNITS[ask.aim],
        rows=[_row(one, rows, weights, shares.get(one.measure)) for one in chosen],
        reduction=total.value,
        reduction_low=total.low,
        reduction_high=total.high,
        cost_yuan=cost.value,
        cost_low=cost.low,
        cost_high=cost.high,
        reductions=effect_rows(effects),
        drawn_low=found.low if found else None,
        drawn_high=found.high if found else None,
        cost_curve=[_step(step, rows) for step in abatement_curve(given, weights)],
    )


@verb(
    "县域间减污降碳协同:合力的增益",
    columns=("name", "other_name", "separate", "together", "gain", "co2", "equivalents"),
)
def county_pairs(region: "Region", ask: CountyPairs) -> CountyPairsAnswer:
    """Show what pairs of places take off with one budget and with two.

    Example:
        ``hutuo environment county-pairs --budget-yuan 1000000``
    """
    given, _ = measures_of(region, ask.places)
    given, weights = checked(given), aimed(ask.aim, ask.co2_price, ask.tax)
    places = sorted({one.place for one in given if one.place is not None})
    budgets = _budgets(places, ask)
    rows = [_pair(region, given, weights, budgets, pair) for pair in combinations(places, 2)]
    ranked = sorted(rows, key=lambda row: (-row.gain, row.place, row.other))
    return CountyPairsAnswer(unit=UNITS[ask.aim], rows=ranked)


def _chosen(
    given: "Sequence[Measure]", weights: dict[str, float], ask: ChooseMeasures
) -> "list[Measure]":
    from hutuo.environment.choosing import best_set, cheapest_set

    if (ask.budget_yuan is None) == (not ask.targets):
        raise BadAsk(
            Text("给出budget_yuan或targets之一", "give budget_yuan or targets, one of both")
        )
    if ask.budget_yuan is not None:
        return best_set(given, weights, ask.budget_yuan)
    return cheapest_set(given, ask.targets or {})


def _budgets(places: "Sequence[str]", ask: CountyPairs) -> dict[str, float]:
    """Yuan by place.

    Raises:
        BadAsk: A place has none.
        NotFound: There is no measure in a place that has one.
    """
    given = ask.budget_by_place or {}
    for name in given:
        if name not in places:
            raise one_of(str(name), "unit or place", list(places))
    refuse(Text("预算", "budgets"), unfit("budgets", None, given))
    missing = [place for place in places if place not in given]
    if missing and ask.budget_yuan is None:
        raise BadAsk(
            Text(f"没有预算:{'、'.join(missing)}", f"no budget of {', '.join(missing)}"),
            Text("给出budget_yuan或budget_by_place", "give budget_yuan or budget_by_place"),
        )
    return {place: float(given.get(place, ask.budget_yuan or 0.0)) for place in places}


def _pair(
    region: "Region",
    given: "Sequence[Measure]",
    weights: dict[str, float],
    budgets: dict[str, float],
    pair: tuple[str, str],
) -> GainRow:
    from hutuo.environment.choosing import gain_together

    apart, both = gain_together(given, weights, budgets, pair)
    _, effects = sums(both)
    air = benefit(effects, aimed("pollutants", None, None))
    carbon = benefit(effects, {CO2: 1.0})
    together = benefit(effects, weights).value
    spent = [sum(one.cost.value for one in both if one.place == place) for place in pair]
    return GainRow(
        place=pair[0],
        name=region.names[pair[0]],
        other=pair[1],
        other_name=region.names[pair[1]],
        separate=apart,
        together=together,
        gain=together - apart,
        co2=carbon.value,
        co2_low=carbon.low,
        co2_high=carbon.high,
        equivalents=air.value,
        equivalents_low=air.low,
        equivalents_high=air.high,
        spent_here=spent[0],
        spent_there=spent[1],
    )


def _row(
    one: "Measure",
    rows: "dict[str, dict[str, Any]]",
    weights: dict[str, float],
    share: float | None,
) -> ChosenRow:
    return ChosenRow(
        measure_id=one.measure,
        title=title_of(rows[one.measure]),
        place=one.place or "",
        cost_yuan=one.cost.value,
        reduction=benefit(one.effects, weights).value,
        reductions=effect_rows(one.effects),
        share_of_draws=share,
    )


def _step(step: "Step", rows: "dict[str, dict[str, Any]]") -> CurveRow:
    return CurveRow(
        measure_id=step.measure,
        title=title_of(rows[step.measure]),
        instead_of=step.instead_of,
        reduction=step.reduction,
        cost_yuan=step.cost,
        marginal=step.marginal,
        reduction_total=step.total,
        total_cost=step.total_cost,
    )
