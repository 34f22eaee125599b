"""Capacity against people: per 1,000 residents by unit, how unequally, and what a standard would need."""

from typing import TYPE_CHECKING

from hutuo.base.answers import Placed, rounded
from hutuo.base.figures import indicator_of, source_name, unit_name
from hutuo.siting.ground import Ground
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Floats = NDArray[np.float64]

THOUSAND = 1000


class Provision(Ask):
    """Which capacity, for whom, against which standard."""

    capacity: str = said(
        "容量指标,如床位、学位、从业人员", "indicator of capacity, as beds, school places or staff"
    )
    people: str | None = said(
        "按哪个人口指标;缺省为常住人口,养老可用65岁及以上人口",
        "indicator of the people; residents by default, for elderly care those aged 65 and over",
        default=None,
    )
    places: tuple[str, ...] | None = said(
        "地点;缺省为本地区集合的成员",
        "places; the members of the region's set by default",
        default=None,
    )
    year: int | None = said(
        "年份;缺省为数据最全的一年",
        "year of both; the one with most figures by default",
        default=None,
        ge=1900,
        le=2200,
    )
    standard: float | None = said(
        "标准:每千人应有多少;缺省不计缺口",
        "standard: how much there should be per 1,000 people; without it no gap is worked out",
        default=None,
        gt=0,
    )
    facilities: bool = said(
        "是否把区划内设施的容量计入该区划",
        "whether the capacity of facilities in a unit, where it has no figure of its own, is the unit's",
        default=True,
    )


class ProvisionRow(Placed):
    """One place."""

    capacity: float | None = said("容量", "capacity; null if no figure is known")
    people: float | None = said("人口", "people; null if no figure is known")
    per_thousand: float | None = said("每千人", "capacity per 1,000 people")
    needed: float | None = said("按标准所需", "capacity by the standard")
    gap: float | None = said("缺口", "needed less there is; below 0 where there is more")


class ProvisionAnswer(Answer):
    """Capacity per 1,000 people, how unequally it is spread, and what is short."""

    rows: list[ProvisionRow] = said("各地", "places, those with least per 1,000 people first")
    per_thousand: float | None = said(
        "合计每千人", "capacity per 1,000 people of all places known"
    )
    gini: float | None = said("基尼系数(比值)", "Gini index over people, 0..1")
    lowest: float | None = said("最低", "least per 1,000 people of a place")
    highest: float | None = said("最高", "most per 1,000 people of a place")
    shortage: float | None = said(
        "各地缺口之和", "what is short where there is too little, summed"
    )
    surplus: float | None = said(
        "各地富余之和", "what there is beyond the standard elsewhere, summed"
    )
    unknown: list[str] = said("缺数据的地点", "places without one of both figures; not counted")
    indicator: str = said("容量指标", "indicator of capacity")
    indicator_name: Text = said("指标名称", "what it is called")
    unit_name: Text = said("计量单位的名称", "unit of it")
    people_indicator: str = said("人口指标", "indicator of the people")
    year: int | None = said("年份", "year of the capacity")
    people_year: int | None = said("人口的年份", "year of the people")
    standard: float | None = said("标准(每千人)", "standard per 1,000 people")
    sources: list[Text] = said("来源", "sources of the figures")


@verb("每千常住人口的容量、基尼系数与缺口", columns=("name", "capacity", "per_thousand", "gap"))
def provision(region: "Region", ask: Provision) -> ProvisionAnswer:
    """Give capacity per 1,000 residents by unit, how unequally it is spread, and what is short."""
    import numpy as np

    from hutuo.base.counted import figures_of
    from hutuo.siting.residents import people_indicator
    from hutuo.siting.served import gini

    ground = Ground(region)
    places = ground.named(ask.places)
    held = figures_of(region, places, ask.capacity, ask.year)
    living = figures_of(region, places, people_indicator(region, ask.people), ask.year)
    amounts = held.amounts
    more: tuple[str, ...] = ()
    if ask.facilities:
        amounts, more = _with_facilities(ground, places, (held.amounts, ask.capacity))
    people = living.amounts
    known = np.isfinite(amounts) & np.isfinite(people) & (people > 0)
    each = np.full(len(places), np.nan)
    each[known] = amounts[known] / people[known] * THOUSAND
    needed = people * (ask.standard or np.nan) / THOUSAND
    gap = np.where(known, needed - amounts, np.nan)
    columns = (amounts, people, each, needed, gap)
    about = indicator_of(region, ask.capacity)
    total = float(people[known].sum())
    return ProvisionAnswer(
        rows=_rows(region, places, columns),
        per_thousand=rounded(amounts[known].sum() / total * THOUSAND, 3) if total else None,
        gini=rounded(gini(each[known], people[known]), 4) if known.any() else None,
        lowest=rounded(each[known].min(), 3) if known.any() else None,
        highest=rounded(each[known].max(), 3) if known.any() else None,
        shortage=rounded(np.clip(gap[known], 0, None).sum(), 1) if ask.standard else None,
        surplus=rounded(np.clip(-gap[known], 0, None).sum(), 1) if ask.standard else None,
        unknown=[place for place, fine in zip(places, known, strict=True) if not fine],
        indicator=ask.capacity,
        indicator_name=Text(about["zh"], about["en"]),
        unit_name=unit_name(about["unit"]),
        people_indicator=living.indicator,
        year=held.year,
        people_year=living.year,
        standard=ask.standard,
        sources=[
            source_name(region, s) for s in dict.fromkeys([*held.sources, *more, *living.sources])
        ],
    )


def _with_facilities(
    ground: Ground, places: "Sequence[str]", of: "tuple[Floats, str]"
) -> "tuple[Floats, tuple[str, ...]]":
    """Capacities of places: to their own figures comes that of facilities in them on a branch or in a table.

    A place's own figure holds; what a plan adds (``siting apply``) is new and is added to it.
    """
    import numpy as np

    from hutuo.base.counted import latest_of
    from hutuo.siting.branching import SOURCE

    amounts, indicator = of
    points = [
        (row["place"], row["part_of"], row["source"])
        for row in ground.places.values()
        if row["kind"] in ("point", "station", "building") and row["part_of"] in places
    ]
    if not points:
        return amounts, ()
    held = latest_of(ground.region, [place for place, _, _ in points], indicator)
    own, found = np.isfinite(amounts), amounts.copy()
    for (_, unit, source), size in zip(points, held.amounts, strict=True):
        at = places.index(unit)
        if np.isfinite(size) and (not own[at] or source == SOURCE["source"]):
            found[at] = np.nan_to_num(found[at]) + size
    return found, held.sources


def _rows(
    region: "Region", places: "Sequence[str]", columns: "tuple[Floats, ...]"
) -> list[ProvisionRow]:
    names = ("capacity", "people", "per_thousand", "needed", "gap")
    digits = (3, 0, 3, 1, 1)
    rows = []
    for at, place in enumerate(places):
        cells = {
            name: rounded(column[at], digit)
            for name, column, digit in zip(names, columns, digits, strict=True)
        }
        rows.append(ProvisionRow(place=place, name=region.name_of(place), **cells))
    return sorted(rows, key=lambda r: (r.per_thousand is None, r.per_thousand or 0.0, r.place))
