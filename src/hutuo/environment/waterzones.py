"""Protection zones of water sources by class, before and after a change, and the land that it frees.

What each class forbids: 水污染防治法 (2017) art. 65 (first: building that does not serve the supply), art. 66
(second: building that discharges), art. 67 (quasi: building that pollutes heavily).
"""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple, get_args

from hutuo.base.branches import Object
from hutuo.environment.refusing import refuse
from hutuo.errors import Finding
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "CLASSES",
    "MovedRow",
    "Parcel",
    "WaterZones",
    "WaterZonesAnswer",
    "ZoneRow",
    "areas",
    "freed",
    "water_zones",
]

Protection = Literal["first", "second", "quasi", "none"]
# From the strictest on.
CLASSES: tuple[str, ...] = get_args(Protection)
# Classes in which one may not build what discharges.
CLOSED = frozenset({"first", "second"})


class Parcel(NamedTuple):
    """A parcel of a protection area.

    Attributes:
        zone: Id.
        protection: ``first``, ``second``, ``quasi`` or ``none``.
        area: In km2.
        buildable: Of it, what could be built on if the class allowed it; None: not known.
    """

    zone: str
    protection: str
    area: float
    buildable: float | None = None


def areas(parcels: Iterable[Parcel], changes: Mapping[str, str]) -> dict[str, tuple[float, float]]:
    """Area by class before and after changes, km2; both sum to the same.

    Args:
        parcels: The parcels.
        changes: New class by parcel.
    """
    before, after = dict.fromkeys(CLASSES, 0.0), dict.fromkeys(CLASSES, 0.0)
    for one in parcels:
        before[one.protection] += one.area
        after[changes.get(one.zone, one.protection)] += one.area
    return {name: (before[name], after[name]) for name in CLASSES}


def freed(parcel: Parcel, new: str) -> float | None:
    """Land in km2 on which a change lets one build, negative where it forbids it; None if it is not known."""
    turn = (parcel.protection in CLOSED) - (new in CLOSED)
    if not turn:
        return 0.0
    return None if parcel.buildable is None else turn * parcel.buildable


class WaterZones(Ask):
    """Which change to try."""

    new_classes: Object | None = said(
        "调整(JSON:地块到first、second、quasi或none)",
        "new class by parcel as JSON: first, second, quasi or none",
        default=None,
    )
    water_source: str | None = said("只看该水源地", "only of this water source", default=None)
    place: str | None = said("只看该地区", "only in this unit", default=None)


class ZoneRow(Answer):
    """Area of a class."""

    protection: str = said("级别", "class of protection")
    protection_name: Text = said("级别名称", "what the class is called")
    before_km2: float = said("调整前面积(平方公里)", "area before, km2")
    after_km2: float = said("调整后面积(平方公里)", "area after, km2")
    change_km2: float = said("变化(平方公里)", "after less before")
    forbids: Text = said(
        "禁止的建设", "building that the class forbids, and where the law says so"
    )


class MovedRow(Answer):
    """A parcel that changes its class."""

    zone: str = said("地块", "the parcel")
    place: str = said("地点", "unit that it lies in")
    place_name: Text = said("地点名称", "what the unit is called")
    water_source: str = said("水源地", "water source that it protects")
    from_class: str = said("原级别", "class before")
    to_class: str = said("新级别", "class after")
    area_km2: float = said("面积(平方公里)", "its area, km2")
    freed_km2: float | None = said(
        "腾退可建设面积(平方公里)", "land on which one may build after it; null if it is not known"
    )
    weaker: bool = said("保护是否减弱", "whether it is protected less than before")


class WaterZonesAnswer(Answer):
    """Areas before and after."""

    rows: list[ZoneRow] = said("各级别面积", "area by class, the strictest first")
    moved_zones: list[MovedRow] = said("调整的地块", "parcels that change")
    freed_km2: float = said(
        "腾退可建设面积合计(平方公里)", "land freed in all, as far as it is known"
    )
    unknown_parcels: int = said(
        "未知可建设面积的地块数", "parcels of which it is not known what could be built on"
    )
    weaker_km2: float = said(
        "保护减弱的面积(平方公里)", "area that is protected less than before: the risk"
    )


FORBIDS = {
    "first": Text(
        "与供水设施和保护水源无关的建设(水污染防治法第65条)",
        "building that does not serve the supply (art. 65)",
    ),
    "second": Text("排放污染物的建设(第66条)", "building that discharges pollutants (art. 66)"),
    "quasi": Text("严重污染水体的建设(第67条)", "building that pollutes water heavily (art. 67)"),
    "none": Text("无", "nothing by this law"),
}


@verb(
    "水源保护区调整:各级面积与腾退土地",
    columns=("protection_name", "before_km2", "after_km2", "change_km2", "forbids"),
)
def water_zones(region: "Region", ask: WaterZones) -> WaterZonesAnswer:
    """Show protection zones by class before and after a change, and the land that it frees.

    Example:
        ``hutuo environment water-zones --new-classes '{"parcel-1": "quasi"}'``
    """
    kept = {
        row["zone"]: row
        for row in region.records("water_zone")
        if ask.water_source in {None, row["water_source"]} and ask.place in {None, row["place"]}
    }
    changes = _checked(ask.new_classes or {}, kept)
    parcels = {
        name: Parcel(name, row["protection"], row["area_km2"], row["buildable_km2"])
        for name, row in kept.items()
    }
    moved = [
        _moved(region, kept[name], parcels[name], new)
        for name, new in sorted(changes.items())
        if new != parcels[name].protection
    ]
    return WaterZonesAnswer(
        rows=[_row(name, *both) for name, both in areas(parcels.values(), changes).items()],
        moved_zones=moved,
        freed_km2=sum(row.freed_km2 or 0.0 for row in moved),
        unknown_parcels=sum(row.freed_km2 is None for row in moved),
        weaker_km2=sum(row.area_km2 for row in moved if row.weaker),
    )


def _checked(changes: Mapping[str, Any], kept: Mapping[str, Any]) -> dict[str, str]:
    """Changes of parcels that there are, to classes that there are.

    Raises:
        BadInput: Others are named; all are told.
    """
    findings = []
    for row, (name, new) in enumerate(changes.items(), 1):
        if name not in kept:
            near = "、".join(sorted(kept)[:5])
            says = Text(f"没有该地块,有{near}", f"there is no such parcel; there are {near}")
            findings.append(Finding("new_classes", row, str(name), says))
        if new not in CLASSES:
            could = ", ".join(CLASSES)
            says = Text(f"{new}应为{could}之一", f"{new}; one of {could} would be right")
            findings.append(Finding("new_classes", row, str(name), says))
    refuse(Text("水源保护区调整", "changes of zones"), findings)
    return {str(name): str(new) for name, new in changes.items()}


def _row(name: str, before: float, after: float) -> ZoneRow:
    return ZoneRow(
        protection=name,
        protection_name=label(f"protection:{name}"),
        before_km2=before,
        after_km2=after,
        change_km2=after - before,
        forbids=FORBIDS[name],
    )


def _moved(region: "Region", row: Mapping[str, Any], parcel: Parcel, new: str) -> MovedRow:
    return MovedRow(
        zone=parcel.zone,
        place=row["place"],
        place_name=region.names[row["place"]],
        water_source=row["water_source"],
        from_class=parcel.protection,
        to_class=new,
        area_km2=parcel.area,
        freed_km2=freed(parcel, new),
        weaker=CLASSES.index(new) > CLASSES.index(parcel.protection),
    )
