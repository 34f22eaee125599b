"""Land and money that projects need against what there is, by place and year: what is short, and for whom."""

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.glossary import label
from hutuo.plan.document import OfPlan
from hutuo.plan.projects import Selected, chosen, order
from hutuo.plan.registers import named, within
from hutuo.units import shown
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from datetime import date

    from hutuo.base.region import Region

    Row = Mapping[str, Any]

Resource = Literal["land_mu", "money_fen"]
Amount = int | float
RESOURCES: tuple[Resource, ...] = ("land_mu", "money_fen")
FEN_A_WAN = 1_000_000


class Needs(OfPlan):
    """Which needs to hold against which supply."""

    year: int | None = said("只要该年度的", "only this year", default=None, ge=1900, le=2200)
    place: str | None = said(
        "只要该地点及其中地点的", "only this place and places in it", default=None
    )
    resource: Resource | None = said(
        "只要用地(land_mu)或资金(money_fen)", "only land, or only money", default=None
    )
    short: bool | None = said("只要有(无)缺口的", "only what is, or is not, short", default=None)


class ProjectNeed(Answer):
    """What one project needs in a year, and what of it is covered."""

    project: str = said("项目", "id of the project or matter")
    title: Text = said("名称", "what it is called")
    need: Amount = said("需求", "what it needs, in mu or fen")
    covered: Amount = said("可保障", "what of it is covered, in mu or fen")
    shortfall: Amount = said("缺口", "what is missing, in mu or fen")


class NeedRow(Answer):
    """Land or money of one place and year."""

    resource: str = said("要素", "land_mu or money_fen")
    resource_name: Text = said("要素名称", "what it is called")
    place: str | None = said("地点", "place whose supply serves; null where projects name none")
    place_name: Text | None = said("地点名称", "what the place is called")
    year: int | None = said("年度", "year; null where projects name none")
    need: Amount = said("需求", "what projects need, in mu or fen")
    supply: Amount = said("供给", "what there is, in mu or fen")
    shortfall: Amount = said("缺口", "what projects lack, in mu or fen")
    surplus: Amount = said("余量", "what is left over, in mu or fen")
    supplies: list[str] = said("供给来源", "quotas and funds that are counted")
    projects: list[ProjectNeed] = said("各项目", "projects in the order in which they are served")
    says: Text = said("说明", "the same in words")


class NeedAnswer(Answer):
    """Needs against supply, and what is wrong with what projects state."""

    rows: list[NeedRow] = said("各地点、年度", "by resource, year and place")
    findings: list[Text] = said("问题", "needs that do not add up, or that name no year or place")


class Need(NamedTuple):
    """What one project needs of one resource in one year."""

    project: str
    place: str | None
    year: int | None
    resource: str
    amount: float
    rank: tuple[Any, ...]


class Supplied(NamedTuple):
    """Needs of one place and year against its supply.

    Attributes:
        key: Resource, year, place.
        supply: What there is.
        covered: Each need with what of it is covered, in the order served.
    """

    key: tuple[str, int | None, str | None]
    supply: float
    covered: list[tuple[Need, float]]

    @property
    def need(self) -> float:
        """Sum of the needs."""
        return sum(need.amount for need, _ in self.covered)

    @property
    def shortfall(self) -> float:
        """Sum of what each need lacks."""
        return sum(need.amount - part for need, part in self.covered)


@verb(
    "项目用地和资金需求与供给对比",
    columns=("resource_name", "year", "place_name", "says", "projects"),
)
def needs(region: "Region", ask: Needs) -> NeedAnswer:
    """Hold the land and money that projects need against what there is, by place and year."""
    rows = chosen(region, Selected(plan=ask.plan))
    phases, supplies = region.records("need"), region.records("supply")
    above = {row["unit"]: row["parent"] for row in region.current("unit")}
    above |= {row["place"]: row["part_of"] for row in region.records("place", kind="part")}
    found = covered(needed(rows, phases), supplies, above)
    titles = {row["project"]: named(row) for row in rows}
    places = None if ask.place is None else within(region, ask.place)
    return NeedAnswer(
        rows=[
            _row(region, one, titles, supplies)
            for one in found
            if ask.resource in {None, one.key[0]}
            and ask.year in {None, one.key[1]}
            and (places is None or one.key[2] in places)
            and (ask.short is None or (one.shortfall > 0) == ask.short)
        ],
        findings=faults(rows, phases),
    )


def needed(projects: "Iterable[Row]", phases: "Iterable[Row]") -> list[Need]:
    """What each project needs by year.

    Years are those that the table of needs gives for the project and the resource. Where it gives none, all
    that the project states falls in the year in which it begins, or is due. A dropped project needs nothing.
    """
    by_project: dict[str, list[Row]] = {}
    for phase in phases:
        by_project.setdefault(phase["project"], []).append(phase)
    found = []
    for row in projects:
        if row["state"] == "dropped":
            continue
        rank = order(row["priority"], row["due"], row["project"])
        for resource in RESOURCES:
            split = [(p["year"], p[resource]) for p in by_project.get(row["project"], [])]
            parts = [(year, amount) for year, amount in split if amount is not None]
            if not parts and row[resource] is not None:
                begins: date | None = row["start"] or row["due"]
                parts = [(begins.year if begins else None, row[resource])]
            found += [
                Need(row["project"], row["place"], year, resource, amount, rank)
                for year, amount in parts
                if amount
            ]
    return found


def covered(
    needs: Iterable[Need], supplies: "Iterable[Row]", above: Mapping[str, str | None]
) -> list[Supplied]:
    """Needs against supply, by resource, year and place.

    A need is served by the place that it lies in, or the nearest one above that has a supply of that
    resource and year. Supply is handed out by priority, then by due day, then by id, and a need may be
    covered in part.

    Args:
        needs: What projects need.
        supplies: Rows of the table of supply.
        above: For each place, the one that it lies in.
    """
    there: dict[tuple[str, int | None, str | None], float] = {}
    for row in supplies:
        for resource in RESOURCES:
            if row[resource] is not None:
                key = (resource, row["year"], row["place"])
                there[key] = there.get(key, 0) + row[resource]
    asked: dict[tuple[str, int | None, str | None], list[Need]] = {key: [] for key in there}
    for need in needs:
        place, seen = need.place, {need.place}
        while place is not None and (need.resource, need.year, place) not in there:
            place = above.get(place)
            # A place that lies in itself would be climbed for ever.
            place = None if place in seen else place
            seen.add(place)
        served = need.place if place is None else place
        asked.setdefault((need.resource, need.year, served), []).append(need)
    rows = [Supplied(key, there.get(key, 0), _served(there.get(key, 0), found))
            for key, found in asked.items()]  # fmt: skip
    return sorted(rows, key=lambda row: [(v is None, v or "") for v in map(_sortable, row.key)])


def faults(projects: "Iterable[Row]", phases: "Sequence[Row]") -> list[Text]:
    """Needs that do not add up to what the project states, or that name no year or place."""
    found = []
    for row in projects:
        title = named(row)
        for resource in RESOURCES:
            parts = [
                p[resource]
                for p in phases
                if p["project"] == row["project"] and p[resource] is not None
            ]
            whole, total = row[resource], sum(parts)
            if parts and whole is not None and abs(whole - total) > 1e-9 * max(whole, total):
                found.append(
                    Text(
                        f"{title.zh}:分年度合计{_amount(total, resource).zh},"
                        f"项目写明{_amount(whole, resource).zh}",
                        f"{title.en}: years add up to {_amount(total, resource).en},"
                        f" the project states {_amount(whole, resource).en}",
                    )
                )
        if any(need.year is None for need in needed([row], phases)):
            found.append(Text(f"{title.zh}:需求没有年度", f"{title.en}: its needs name no year"))
        if row["place"] is None and needed([row], phases):
            found.append(Text(f"{title.zh}:没有写明地点", f"{title.en}: it names no place"))
    return found


def _served(supply: float, needs: Iterable[Need]) -> list[tuple[Need, float]]:
    left, found = supply, []
    for need in sorted(needs, key=lambda need: need.rank):
        part = min(need.amount, left)
        left -= part
        found.append((need, part))
    return found


def _sortable(value: str | int | None) -> str | None:
    return None if value is None else str(value)


def _row(
    region: "Region", one: Supplied, titles: Mapping[str, Text], supplies: "Iterable[Row]"
) -> NeedRow:
    resource, year, place = one.key
    surplus = one.supply - sum(part for _, part in one.covered)
    return NeedRow(
        resource=resource,
        resource_name=label(f"resource:{resource}"),
        place=place,
        place_name=None if place is None else region.names.get(place, Text(place, place)),
        year=year,
        need=one.need,
        supply=one.supply,
        shortfall=one.shortfall,
        surplus=surplus,
        supplies=[
            row["supply"]
            for row in supplies
            if (row["place"], row["year"]) == (place, year) and row[resource] is not None
        ],
        projects=[
            ProjectNeed(
                project=need.project,
                title=titles[need.project],
                need=need.amount,
                covered=part,
                shortfall=need.amount - part,
            )
            for need, part in one.covered
        ],
        says=_says(one, surplus),
    )


def _says(one: Supplied, surplus: float) -> Text:
    resource = one.key[0]
    need, supply = _amount(one.need, resource), _amount(one.supply, resource)
    if one.shortfall > 0:
        short = _amount(one.shortfall, resource)
        return Text(
            f"需{need.zh},供{supply.zh},缺{short.zh}",
            f"{need.en} needed, {supply.en} there, {short.en} short",
        )
    left = _amount(surplus, resource)
    return Text(
        f"需{need.zh},供{supply.zh},余{left.zh}",
        f"{need.en} needed, {supply.en} there, {left.en} left",
    )


def _amount(value: float, resource: str) -> Text:
    """An amount as people read it: land in mu, money in 10,000 yuan."""
    if resource == "land_mu":
        return Text(f"{shown(value)}亩", f"{shown(value)} mu")
    return Text(f"{shown(value / FEN_A_WAN)}万元", f"{shown(value / FEN_A_WAN)} x 10,000 yuan")
