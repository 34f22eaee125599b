"""The verb on measures: what each costs, takes off, and how far pollutants and carbon go down together."""

from typing import TYPE_CHECKING

from hutuo.base.branches import Object
from hutuo.environment.equivalents import CO2, pollutant_equivalent, substance
from hutuo.environment.measures import Measure, Spread, benefit, checked
from hutuo.environment.measuretables import (
    KILOGRAMS,
    EffectRow,
    aimed,
    effect_rows,
    measures_of,
    title_of,
)
from hutuo.environment.refusing import refuse, unfit
from hutuo.environment.synergy import coordinates, cross_elasticity
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from typing import Any

    from hutuo.base.region import Region

__all__ = ["ElasticityRow", "MeasureRow", "Measures", "MeasuresAnswer", "measures"]

NONE = Spread(0.0, 0.0, 0.0)


class Measures(Ask):
    """Which measures to look at."""

    places: tuple[str, ...] = said("只看这些地区", "only those in these units", default=())
    emissions: Object | None = said(
        "现状排放(吨/年,JSON:物质到数量),用于减排率和弹性",
        "emission in tonnes a year by substance as JSON; rates and elasticities need it",
        default=None,
    )
    co2_price: float | None = said(
        "碳价(元/吨),用于含碳当量",
        "yuan a tonne of CO2, for equivalents with CO2",
        default=None,
        ge=0,
    )
    tax: float | None = said(
        "大气污染物税额(元/当量)", "yuan an equivalent of air pollutants", default=None, gt=0
    )


class ElasticityRow(Answer):
    """How CO2 goes with one pollutant."""

    substance: str = said("物质", "the pollutant")
    elasticity: float = said(
        "减排量交叉弹性",
        "rate of reduction of CO2 over that of the pollutant; above 0: both go one way",
    )


class MeasureRow(Answer):
    """A measure in the plane of co-control."""

    measure_id: str = said("措施", "id of the measure")
    title: Text = said("措施名称", "what it is called")
    place: str = said("地点", "unit that it is in")
    place_name: Text = said("地点名称", "what the unit is called")
    cost_yuan: float = said("年成本(元)", "yuan a year; negative where it pays")
    cost_low: float = said("年成本下限(元)", "lower end of the range")
    cost_high: float = said("年成本上限(元)", "upper end of the range")
    reductions: list[EffectRow] = said("减排", "tonnes a year by substance")
    co2: float = said("二氧化碳减排(吨)", "tonnes of CO2 a year: the ordinate")
    co2_low: float = said("二氧化碳减排下限(吨)", "lower end of the range")
    co2_high: float = said("二氧化碳减排上限(吨)", "upper end of the range")
    equivalents: float = said(
        "大气污染当量减排", "equivalents of air pollutants a year: the abscissa"
    )
    equivalents_low: float = said("当量下限", "lower end of the range")
    equivalents_high: float = said("当量上限", "upper end of the range")
    with_co2: float | None = said(
        "含碳当量减排", "equivalents with CO2 by its price; null unless both prices are given"
    )
    quadrant: int = said(
        "象限", "1: both fall; 2: CO2 alone; 3: both rise; 4: pollutants alone; 0: one stays"
    )
    angle: float | None = said(
        "减排率角度(度)",
        "degrees from pollutants to CO2 in rates; 45: both alike; null without emission",
    )
    co2_rate: float | None = said(
        "二氧化碳减排率", "of the emission of CO2; null without emission"
    )
    pollutant_rate: float | None = said(
        "大气污染当量减排率", "of the equivalents of what is emitted; null without emission"
    )
    rate_elasticity: float | None = said(
        "碳对污染当量的交叉弹性", "rate of CO2 over that of the equivalents; null without either"
    )
    elasticities: list[ElasticityRow] = said("交叉弹性", "by pollutant; none without emission")
    yuan_a_tonne: float | None = said(
        "单位碳减排成本(元/吨)", "cost by the tonne of CO2; null if none falls"
    )
    choice: str | None = said("互斥组", "measures of the same choice exclude each other")
    needs: list[str] = said("前提措施", "measures without which it cannot be")


class MeasuresAnswer(Answer):
    """Measures and what is not weighed."""

    rows: list[MeasureRow] = said("措施", "measures, the cheapest tonne of CO2 first")
    unweighed: list[str] = said(
        "未计入当量的物质",
        "substances without a value in the law's table: not among the equivalents",
    )


@verb(
    "减污降碳措施:成本、减排、协同",
    columns=("title", "place_name", "cost_yuan", "co2", "equivalents", "quadrant", "yuan_a_tonne"),
)
def measures(region: "Region", ask: Measures) -> MeasuresAnswer:
    """Show measures: cost, tonnes of each substance, equivalents, and how pollutants and CO2 go together.

    Example:
        ``hutuo environment measures --emissions '{"CO2": 1000000, "SO2": 2000}'``
    """
    given, rows = measures_of(region, ask.places)
    given = checked(given)
    law = aimed("pollutants", None, None)
    totals = _totals(ask)
    made = [_told(region, one, rows[one.measure], ask, totals) for one in given]
    ranked = sorted(
        made, key=lambda row: (row.yuan_a_tonne is None, row.yuan_a_tonne or 0.0, row.measure_id)
    )
    names = {name for one in given for name in one.effects}
    return MeasuresAnswer(rows=ranked, unweighed=sorted(names - set(law) - {CO2}))


def _totals(ask: Measures) -> dict[str, float]:
    """Emission by substance.

    Raises:
        BadInput: One is no number above 0.
    """
    given = {substance(str(name)): value for name, value in (ask.emissions or {}).items()}
    refuse(Text("现状排放", "emission"), unfit("emissions", None, given, least=1e-9))
    return given


def _told(
    region: "Region", one: Measure, row: "dict[str, Any]", ask: Measures, totals: dict[str, float]
) -> MeasureRow:
    law = aimed("pollutants", None, None)
    air, carbon = benefit(one.effects, law), one.effects.get(CO2, NONE)
    priced = ask.co2_price is not None and ask.tax is not None
    both = benefit(one.effects, aimed("both", ask.co2_price, ask.tax)).value if priced else None
    co2_rate, rate = _rates(air.value, carbon.value, totals)
    return MeasureRow(
        measure_id=one.measure,
        title=title_of(row),
        place=row["place"],
        place_name=region.names[row["place"]],
        cost_yuan=one.cost.value,
        cost_low=one.cost.low,
        cost_high=one.cost.high,
        reductions=effect_rows(one.effects),
        co2=carbon.value,
        co2_low=carbon.low,
        co2_high=carbon.high,
        equivalents=air.value,
        equivalents_low=air.low,
        equivalents_high=air.high,
        with_co2=both,
        quadrant=coordinates(air.value, carbon.value).quadrant,
        angle=None if co2_rate is None or rate is None else coordinates(rate, co2_rate).angle,
        co2_rate=co2_rate,
        pollutant_rate=rate,
        rate_elasticity=cross_elasticity(co2_rate, rate)
        if co2_rate is not None and rate
        else None,
        elasticities=_elasticities(one, totals),
        yuan_a_tonne=one.cost.value / carbon.value if carbon.value > 0 else None,
        choice=one.choice,
        needs=list(one.needs),
    )


def _rates(air: float, co2: float, totals: dict[str, float]) -> tuple[float | None, float | None]:
    """Rates of reduction of CO2 and of equivalents, where emission is known."""
    law = aimed("pollutants", None, None)
    known = {name: much for name, much in totals.items() if name in law}
    return (
        co2 / totals[CO2] if CO2 in totals else None,
        air / (pollutant_equivalent(known) * KILOGRAMS) if known else None,
    )


def _elasticities(one: Measure, totals: dict[str, float]) -> list[ElasticityRow]:
    if CO2 not in totals:
        return []
    rate = one.effects.get(CO2, NONE).value / totals[CO2]
    return [
        ElasticityRow(substance=name, elasticity=cross_elasticity(rate, much.value / totals[name]))
        for name, much in sorted(one.effects.items())
        if name != CO2 and name in totals and much.value
    ]
