"""Facilities of dual use (平急两用): what each unit can turn to within some hours, for how many."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.answers import Placed, rounded
from hutuo.base.counted import figures_of
from hutuo.base.figures import source_name, unit_name
from hutuo.siting.ground import Ground
from hutuo.units import convert, unit
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = ["DualUse", "DualUseAnswer", "DualUseRow", "FacilityRow", "MarkRow", "dual_use"]

THOUSAND = 1000
MARKS = (6.0, 24.0, 72.0)


class DualUse(Ask):
    """Which uses, within how many hours."""

    within_hours: float = said(
        "多少小时内能转换完成", "hours within which the switch must be done", default=24, ge=0
    )
    emergency: str | None = said("只要该急时用途", "only this use in an emergency", default=None)
    places: tuple[str, ...] | None = said(
        "地点;缺省为本地区集合的成员",
        "places; the members of the region's set by default",
        default=None,
    )
    people: str | None = said(
        "按哪个人口指标;缺省为常住人口",
        "indicator of the people; residents by default",
        default=None,
    )
    year: int | None = said(
        "人口的年份;缺省为数据最全的一年",
        "year of the people; the one with most figures by default",
        default=None,
        ge=1900,
        le=2200,
    )


class DualUseRow(Placed):
    """One unit and one use in an emergency."""

    emergency: str = said("急时用途", "use in an emergency")
    capacity_unit: str = said("容量单位", "unit of the capacity")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    facilities_count: int = said("设施数", "facilities of that use")
    capacity: float = said("容量", "what all of them hold once they are switched")
    capacity_within: float = said(
        "时限内容量", "what those hold that are switched within the hours asked"
    )
    first_hours: float | None = said("最快转换(小时)", "hours of the fastest switch")
    people: float | None = said("人口", "people of the unit; null if not known")
    within_per_thousand: float | None = said(
        "每千人时限内容量",
        "capacity within the hours per 1,000 people; null where it is of no people",
    )


class FacilityRow(Placed):
    """One facility."""

    facility: str = said("设施", "id of the facility")
    facility_name: Text = said("设施名称", "what it is called")
    everyday: str = said("平时用途", "what it is every day")
    emergency: str = said("急时用途", "use in an emergency")
    capacity: float = said("容量", "what it then holds")
    capacity_unit: str = said("容量单位", "unit of the capacity")
    switch_hours: float = said("转换时间(小时)", "hours that the switch takes")
    in_time: bool = said("是否在时限内", "whether it is switched within the hours asked")


class MarkRow(Answer):
    """Capacity of one use within some hours, of all places."""

    emergency: str = said("急时用途", "use in an emergency")
    capacity_unit: str = said("容量单位", "unit of the capacity")
    within_hours: float = said("小时内", "hours within which the switch is done")
    capacity: float = said("容量", "what is held by then")


class DualUseAnswer(Answer):
    """Capacity in an emergency by unit, and the inventory that it comes from."""

    rows: list[DualUseRow] = said("各地各用途", "units by use, those with least first")
    inventory: list[FacilityRow] = said("清册", "facilities, the fastest first")
    by_hours: list[MarkRow] = said(
        "逐时容量", "capacity of all places by use within 6, 24 and 72 hours"
    )
    none_in: list[str] = said(
        "没有此类设施的地点", "places without a facility of the use asked for"
    )
    lying_elsewhere: list[str] = said(
        "不属于所问地点的设施", "facilities that lie in none of the places; not counted"
    )
    within_hours: float = said("小时内", "hours within which the switch must be done")
    year: int | None = said("人口的年份", "year of the people")
    findings: list[Text] = said("提示", "what is missing, and what would settle it")
    sources: list[Text] = said("来源", "sources of the figures")


class _Held(NamedTuple):
    """A facility and the place of those asked for that it lies in."""

    place: str
    row: "Row"


@verb(
    "平急两用设施清册与各地急时容量",
    columns=(
        "name",
        "emergency",
        "facilities_count",
        "capacity",
        "capacity_within",
        "within_per_thousand",
    ),
)
def dual_use(region: "Region", ask: DualUse) -> DualUseAnswer:
    """Tell by unit what facilities of dual use can turn to in an emergency, and how fast.

    Example:
        ``hutuo siting dual-use --within-hours 24``
    """
    from hutuo.siting.residents import people_indicator

    ground = Ground(region)
    places = ground.named(ask.places)
    rows = [
        row
        for row in ground.region.records("emergency_facility")
        if ask.emergency in (None, row["emergency"])
    ]
    held = [_Held(place, row) for row in rows if (place := _place(ground, row, places))]
    living = figures_of(region, places, people_indicator(region, ask.people), ask.year)
    people = dict(zip(places, living.amounts.tolist(), strict=True))
    here = {one.place for one in held}
    counted = {one.row["facility"] for one in held}
    used = [*(one.row["source"] for one in held), *(living.sources if held else ())]
    return DualUseAnswer(
        rows=_by_unit(region, held, people, ask.within_hours),
        inventory=[
            _facility(region, one, ask.within_hours)
            for one in sorted(held, key=lambda one: (one.row["switch_hours"], one.row["facility"]))
        ],
        by_hours=_marks(held),
        none_in=[place for place in places if place not in here],
        lying_elsewhere=[row["facility"] for row in rows if row["facility"] not in counted],
        within_hours=ask.within_hours,
        year=living.year,
        findings=[] if rows else [NOTHING],
        sources=[source_name(region, one) for one in dict.fromkeys(used)],
    )


NOTHING = Text(
    "没有登记平急两用设施;请写入表emergency_facility(base put)",
    "no facility of dual use is registered: write table emergency_facility (base put)",
)


def _place(ground: Ground, row: "Row", places: Sequence[str]) -> str | None:
    """Which of the places a facility lies in: its own, its unit, one of which that is a part, or its city."""
    wanted, at = set(places), row["place"]
    if at in wanted:
        return str(at)
    place = ground.places.get(at)
    unit_of = place["part_of"] if place else at
    if row["lon"] is not None and row["lat"] is not None:
        unit_of = ground.unit_at(row["lon"], row["lat"]) or unit_of
    for one in (unit_of, ground.city(unit_of)):
        if one in wanted:
            return str(one)
    parts = [p for p in places if p in ground.places and ground.places[p]["part_of"] == unit_of]
    return parts[0] if unit_of and len(parts) == 1 else None


def _by_unit(
    region: "Region", held: Sequence[_Held], people: Mapping[str, float], hours: float
) -> list[DualUseRow]:
    groups: dict[tuple[str, str, str], list[Row]] = {}
    for place, row in held:
        key = (place, row["emergency"], _base(row["capacity_unit"]))
        groups.setdefault(key, []).append(row)
    found = []
    for (place, emergency, measure), rows in groups.items():
        living = rounded(people.get(place, float("nan")))
        within = _sum(rows, measure, hours)
        found.append(
            DualUseRow(
                place=place,
                name=region.name_of(place),
                emergency=emergency,
                capacity_unit=measure,
                unit_name=unit_name(measure),
                facilities_count=len(rows),
                capacity=_sum(rows, measure, float("inf")),
                capacity_within=within,
                first_hours=min(row["switch_hours"] for row in rows),
                people=living,
                within_per_thousand=round(within / living * THOUSAND, 3) if living else None,
            )
        )
    return sorted(
        found, key=lambda row: (row.emergency, row.within_per_thousand or 0.0, row.place)
    )


def _base(measure: str) -> str:
    """Unit in which capacities of one dimension are added up: its first one."""
    from hutuo.units import UNITS

    dimension = unit(measure).dimension
    return next(one.symbol for one in UNITS.values() if one.dimension == dimension)


def _sum(rows: "Sequence[Row]", measure: str, hours: float) -> float:
    ready = (row for row in rows if row["switch_hours"] <= hours)
    return round(sum(convert(row["capacity"], row["capacity_unit"], measure) for row in ready), 3)


def _facility(region: "Region", one: _Held, hours: float) -> FacilityRow:
    same = ("facility", "everyday", "emergency", "capacity", "capacity_unit", "switch_hours")
    return FacilityRow(
        **{name: one.row[name] for name in same},
        place=one.place,
        name=region.name_of(one.place),
        facility_name=Text(one.row["zh"], one.row["en"]),
        in_time=one.row["switch_hours"] <= hours,
    )


def _marks(held: Sequence[_Held]) -> list[MarkRow]:
    uses = sorted({(one.row["emergency"], _base(one.row["capacity_unit"])) for one in held})
    return [
        MarkRow(
            emergency=emergency,
            capacity_unit=measure,
            within_hours=hours,
            capacity=_sum(
                [
                    one.row
                    for one in held
                    if (one.row["emergency"], _base(one.row["capacity_unit"]))
                    == (emergency, measure)
                ],
                measure,
                hours,
            ),
        )
        for emergency, measure in uses
        for hours in MARKS
    ]
