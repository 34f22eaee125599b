"""Waste that arises by unit and type: people (or beds, or jobs) times factors that each have a source."""

import re
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.answers import Placed
from hutuo.base.figures import source_name
from hutuo.errors import BadAsk
from hutuo.siting.ground import Ground
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hutuo.base.region import Region

FACTOR = re.compile(r"([^=@:]+)=(\d+(?:\.\d+)?)(?:@(\w+))?")
DAYS = 365
KG = 1000


class Waste(Ask):
    """Which types, by which factors, where."""

    factors: tuple[str, ...] = said(
        "各类产生系数:类型=千克每日每单位[@指标],如 household=1.0、medical=0.5@beds;缺省指标为常住人口",
        "factors by type: TYPE=KG a day of one unit[@INDICATOR], as household=1.0 or medical=0.5@beds; of "
        "residents where no indicator is named",
        min_length=1,
    )
    factor_source: str = said(
        "系数的来源(标准、统计或监测)",
        "where the factors come from: a standard, statistics, measurements",
        min_length=2,
        max_length=300,
    )
    places: tuple[str, ...] | None = said(
        "地点;缺省为本地区集合的成员",
        "places; the members of the region's set by default",
        default=None,
    )
    year: int | None = said(
        "年份;缺省为数据最全的一年",
        "year of the figures; the one with most of them by default",
        default=None,
        ge=1900,
        le=2200,
    )


class WasteRow(Placed):
    """One type at one place."""

    city: str | None = said("所在城市的代码", "city that it lies in; null if not known")
    type: str = said("类型", "type of waste")
    base_amount: float | None = said(
        "计算基数", "people, beds or other that the factor is of; null if not known"
    )
    tonnes_day: float | None = said("日产生量(吨)", "tonnes a day")
    tonnes_year: float | None = said("年产生量(吨)", "tonnes a year of 365 days")


class WasteSum(Answer):
    """One type in one city, or in all."""

    city: str | None = said("城市代码", "city; null for all together")
    city_name: Text = said("城市名称", "what the city is called")
    type: str = said("类型", "type of waste")
    tonnes_day: float = said("日产生量(吨)", "tonnes a day of places known")
    tonnes_year: float = said("年产生量(吨)", "tonnes a year of 365 days")
    unknown: list[str] = said("缺数据的地点", "places without a figure; not counted")


class WasteAnswer(Answer):
    """What arises where, and on what that rests."""

    rows: list[WasteRow] = said("各地各类", "places by type")
    totals: list[WasteSum] = said("各市与合计", "cities by type, then all together")
    factor_source: str = said("系数的来源", "where the factors come from")
    assumptions: list[Text] = said("假设", "what the answer assumes")
    sources: list[Text] = said("来源", "sources of the figures")


class Factor(NamedTuple):
    """Kilograms a day of one unit of an indicator; of residents where that is None."""

    type: str
    kg: float
    indicator: str | None


@verb("按人口与系数测算各类垃圾产生量", columns=("name", "type", "tonnes_day", "tonnes_year"))
def waste(region: "Region", ask: Waste) -> WasteAnswer:
    """Work out waste by unit and type from residents and factors that have a source."""
    from hutuo.base.counted import figures_of
    from hutuo.siting.residents import people_indicator

    ground = Ground(region)
    factors = factors_of(ask.factors)
    places = ground.named(ask.places)
    rows, sources = [], {}
    for factor in factors:
        name = factor.indicator or people_indicator(region, None)
        found = figures_of(region, places, name, ask.year)
        sources.update(dict.fromkeys(found.sources))
        rows += [
            _row(ground, factor, place, None if base != base else base)
            for place, base in zip(places, found.amounts.tolist(), strict=True)
        ]
    return WasteAnswer(
        rows=rows,
        totals=_totals(region, rows, factors),
        factor_source=ask.factor_source,
        assumptions=[
            Text(
                f"{one.type}:每日每单位{one.kg:g}千克",
                f"{one.type}: {one.kg:g} kg a day of one unit",
            )
            for one in factors
        ],
        sources=[source_name(region, one) for one in sources],
    )


def factors_of(given: "Sequence[str]") -> list[Factor]:
    """Factors from words as ``household=1.0`` or ``medical=0.5@beds``.

    Raises:
        BadAsk: A word is none, or a type stands twice; all such are told.
    """
    told = {word: FACTOR.fullmatch(word) for word in given}
    wrong = [word for word, found in told.items() if not found]
    types = [found[1] for found in told.values() if found]
    wrong += sorted({one for one in types if types.count(one) > 1})
    if wrong:
        shown = ", ".join(wrong)
        says = Text(
            f"factors:{shown}应为类型=千克[@指标],每类一次",
            f"factors: {shown}; TYPE=KG[@INDICATOR] would be right, each type once",
        )
        raise BadAsk(says, Text("如household=1.0", "as household=1.0"))
    return [Factor(found[1], float(found[2]), found[3]) for found in told.values() if found]


def _row(ground: Ground, factor: Factor, place: str, base: float | None) -> WasteRow:
    row = ground.places.get(place)
    a_day = None if base is None else base * factor.kg / KG
    return WasteRow(
        place=place,
        name=ground.region.name_of(place),
        city=ground.city(row["part_of"] if row else place) or None,
        type=factor.type,
        base_amount=base,
        tonnes_day=None if a_day is None else round(a_day, 3),
        tonnes_year=None if a_day is None else round(a_day * DAYS, 1),
    )


def _totals(region: "Region", rows: list[WasteRow], factors: "Sequence[Factor]") -> list[WasteSum]:
    cities = [*sorted({row.city for row in rows if row.city}), None]
    return [
        _sum(region, [r for r in rows if r.type == f.type and city in (None, r.city)], f, city)
        for city in cities
        for f in factors
    ]


def _sum(region: "Region", rows: list[WasteRow], factor: Factor, city: str | None) -> WasteSum:
    known = [row.base_amount for row in rows if row.base_amount is not None]
    a_day = sum(known) * factor.kg / KG
    return WasteSum(
        city=city,
        city_name=region.name_of(city) if city else Text("合计", "all together"),
        type=factor.type,
        tonnes_day=round(a_day, 3),
        tonnes_year=round(a_day * DAYS, 1),
        unknown=[row.place for row in rows if row.base_amount is None],
    )
