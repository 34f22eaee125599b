"""Partnerships of hospitals and schools: who works with whom, and the times and hours of a year."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base.figures import source_name
from hutuo.glossary import both, label
from hutuo.siting.ground import Ground
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

__all__ = [
    "PartnershipRow",
    "PartnershipSum",
    "Partnerships",
    "PartnershipsAnswer",
    "partnerships",
    "summed",
]

Kind = Literal["speciality", "telemedicine", "referral", "staff_exchange", "twinning", "training"]
FIGURES = ("times", "hours", "staff")


class Partnerships(Ask):
    """Which partnerships, in which year."""

    year: int | None = said(
        "年份;缺省为有数字的最后一年",
        "year; the last one that has figures by default",
        default=None,
        ge=1900,
        le=2200,
    )
    kinds: tuple[Kind, ...] = said(
        "只要这些类型", "only of these kinds; all by default", default=()
    )
    places: tuple[str, ...] | None = said(
        "只要一方在这些地点(或其中)的",
        "only those of which one side lies in one of these places or sets; all by default",
        default=None,
    )
    crossing: bool | None = said(
        "只要跨市(不跨市)的", "only those, or none, that cross cities", default=None
    )


class PartnershipRow(Answer):
    """One partnership in the year."""

    partnership: str = said("协作", "id of the partnership")
    kind: str = said("类型", "what they do together")
    kind_name: Text = said("类型名称", "what the kind is called")
    lead: str = said("牵头单位", "institution that gives")
    lead_name: Text = said("牵头单位名称", "what it is called")
    lead_city: str | None = said("牵头单位所在城市", "city of it; null if not known")
    receiver: str = said("协作单位", "institution that receives")
    receiver_name: Text = said("协作单位名称", "what it is called")
    receiver_city: str | None = said("协作单位所在城市", "city of it; null if not known")
    crosses: bool | None = said("是否跨市", "whether the two lie in two cities; null if not known")
    field: str | None = said("领域", "speciality or subject")
    in_force: bool = said("该年是否有效", "whether it held at any time in the year")
    occasions: int | None = said("次数", "consultations, referrals or lessons; null if not known")
    service_hours: float | None = said("时数(小时)", "hours of service; null if not known")
    staff: int | None = said("人数", "people who went; null if not known")
    note: Text | None = said("备注", "remark")


class PartnershipSum(Answer):
    """Partnerships of one kind, of one city, or all of them."""

    kind: str | None = said("类型", "kind; null for all kinds")
    kind_name: Text = said("类型名称", "what the kind is called")
    city: str | None = said("城市代码", "city that gives; null for all cities")
    city_name: Text = said("城市名称", "what the city is called")
    partnerships: int = said("协作数", "partnerships that held in the year")
    crossing: int = said("跨市协作数", "of them, those across cities")
    occasions: int = said("次数", "occasions of those that told them")
    service_hours: float = said("时数(小时)", "hours of those that told them")
    staff: int = said("人数", "people who went, of those that told them")
    without_figure: list[str] = said(
        "该年没有数字的协作", "partnerships without figures of the year"
    )


class PartnershipsAnswer(Answer):
    """Partnerships, and what they came to in a year."""

    year: int | None = said("年份", "year of the figures; null if there are none")
    rows: list[PartnershipRow] = said("各协作", "partnerships, most hours first")
    totals: list[PartnershipSum] = said("合计", "all together, by kind, then by city that gives")
    findings: list[Text] = said("提示", "what is missing, and what would settle it")
    sources: list[Text] = said("来源", "sources of the figures")


@verb(
    "专科协作、远程医疗与师资交流:次数与时数",
    columns=(
        "kind_name",
        "lead_name",
        "receiver_name",
        "field",
        "occasions",
        "service_hours",
        "staff",
    ),
)
def partnerships(region: "Region", ask: Partnerships) -> PartnershipsAnswer:
    """Count partnerships of hospitals and schools, with occasions, hours and staff by year.

    Example:
        ``hutuo siting partnerships --kinds telemedicine,staff_exchange --year 2025``
    """
    figures = region.records("partnership_year")
    year = ask.year or max((row["year"] for row in figures), default=None)
    of_year = {row["partnership"]: row for row in figures if row["year"] == year}
    ground = Ground(region)
    hosts = {row["institution"]: row for row in region.history("institution")}
    wanted = None if ask.places is None else set(ground.named(ask.places))
    rows = [
        _row(ground, row, hosts, (of_year.get(row["partnership"]), year))
        for row in _once(region.history("partnership"), year)
        if not ask.kinds or row["kind"] in ask.kinds
    ]
    rows = [
        one
        for one in rows
        if (ask.crossing is None or one.crosses == ask.crossing)
        and (
            wanted is None
            or _within(ground, (hosts.get(one.lead), hosts.get(one.receiver)), wanted)
        )
    ]
    rows.sort(key=lambda one: (-(one.service_hours or 0.0), one.partnership))
    used = [row["source"] for row in of_year.values()]
    return PartnershipsAnswer(
        year=year,
        rows=rows,
        totals=summed(region, rows),
        findings=_findings(rows, year),
        sources=[source_name(region, one) for one in dict.fromkeys(used)],
    )


def summed(region: "Region", rows: Sequence[PartnershipRow]) -> list[PartnershipSum]:
    """Sums of those that held: all together, by kind, then by city that gives."""
    held = [one for one in rows if one.in_force]
    kinds = sorted({one.kind for one in held})
    cities = sorted({one.lead_city for one in held if one.lead_city})
    return [
        _sum(region, held, None, None),
        *(_sum(region, [one for one in held if one.kind == kind], kind, None) for kind in kinds),
        *(
            _sum(region, [one for one in held if one.lead_city == city], None, city)
            for city in cities
        ),
    ]


def _once(versions: "Iterable[Row]", year: int | None) -> "list[Row]":
    """Of each partnership the version that holds in the year, else the last before it, else the first."""
    known: dict[str, list[Row]] = {}
    for row in versions:
        known.setdefault(row["partnership"], []).append(row)
    found = []
    for rows in known.values():
        rows.sort(key=lambda row: row["valid_from"] or date.min)
        inside = [row for row in rows if _holds(row, year)]
        found.append(inside[-1] if inside else rows[-1])
    return found


def _holds(row: "Row", year: int | None) -> bool:
    if year is None:
        return row["valid_to"] is None
    begun = row["valid_from"] is None or row["valid_from"] < date(year + 1, 1, 1)
    return begun and (row["valid_to"] is None or row["valid_to"] > date(year, 1, 1))


def _row(
    ground: Ground,
    row: "Row",
    hosts: "Mapping[str, Row]",
    of: "tuple[Row | None, int | None]",
) -> PartnershipRow:
    figures, year = of
    one, other = (hosts.get(row[side]) for side in ("lead", "partner"))
    cities = [_city(ground, host) for host in (one, other)]
    told = {name: figures[name] if figures else None for name in FIGURES}
    return PartnershipRow(
        partnership=row["partnership"],
        kind=row["kind"],
        kind_name=label(f"partnership:{row['kind']}"),
        lead=row["lead"],
        lead_name=_named(one, row["lead"]),
        lead_city=cities[0],
        receiver=row["partner"],
        receiver_name=_named(other, row["partner"]),
        receiver_city=cities[1],
        crosses=cities[0] != cities[1] if all(cities) else None,
        field=row["field"],
        in_force=_holds(row, year),
        occasions=told["times"],
        service_hours=told["hours"],
        staff=told["staff"],
        note=both(row["note"]),
    )


def _named(host: "Row | None", institution: str) -> Text:
    return Text(host["zh"], host["en"] or host["zh"]) if host else Text(institution, institution)


def _unit(ground: Ground, host: "Row | None") -> str | None:
    if host is None:
        return None
    place = ground.places.get(host["place"])
    found: str | None = place["part_of"] if place else host["place"]
    return found


def _city(ground: Ground, host: "Row | None") -> str | None:
    return ground.city(_unit(ground, host)) or None


def _within(ground: Ground, sides: "Sequence[Row | None]", wanted: set[str]) -> bool:
    """Whether one side lies in one of the places: it, its unit, or the unit's city."""
    lies = {host["place"] for host in sides if host}
    lies |= {unit for host in sides if (unit := _unit(ground, host))}
    lies |= {city for host in sides if (city := _city(ground, host))}
    return bool(lies & wanted)


def _sum(
    region: "Region", rows: Sequence[PartnershipRow], kind: str | None, city: str | None
) -> PartnershipSum:
    everything = Text("合计", "all together")
    return PartnershipSum(
        kind=kind,
        kind_name=label(f"partnership:{kind}") if kind else everything,
        city=city,
        city_name=region.name_of(city) if city else everything,
        partnerships=len(rows),
        crossing=sum(one.crosses is True for one in rows),
        occasions=sum(one.occasions or 0 for one in rows),
        service_hours=round(sum(one.service_hours or 0.0 for one in rows), 2),
        staff=sum(one.staff or 0 for one in rows),
        without_figure=[
            one.partnership
            for one in rows
            if one.occasions is None and one.service_hours is None and one.staff is None
        ],
    )


def _findings(rows: Sequence[PartnershipRow], year: int | None) -> list[Text]:
    found = []
    if not rows:
        found.append(
            Text(
                "没有登记协作;请写入表partnership与partnership_year(base put)",
                "no partnership is registered: write tables partnership and partnership_year (base put)",
            )
        )
    late = [
        one.partnership
        for one in rows
        if not one.in_force and (one.occasions or one.service_hours or one.staff)
    ]
    if late:
        shown = ", ".join(late)
        found.append(
            Text(
                f"{year}年有数字但该年无效:{shown}",
                f"figures of {year}, though not in force: {shown}",
            )
        )
    return found
