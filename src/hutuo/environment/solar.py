"""What sun on roofs and land could give: area, modules by area, irradiation and performance ratio.

Source: the performance ratio is that of IEC 61724-1: yield over what the modules would give at their rated
efficiency, PR = (E / P) / (H / 1 kW/m2), so E = P x H x PR.
"""

from collections import defaultdict
from collections.abc import Iterable
from math import fsum
from typing import TYPE_CHECKING, NamedTuple

from hutuo.environment.refusing import refuse, unfit
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Potential",
    "PvKindRow",
    "PvPotential",
    "PvPotentialAnswer",
    "PvRow",
    "potential",
    "pv_potential",
]


class Potential(NamedTuple):
    """What a surface can take and give.

    Attributes:
        kilowatts: Modules that it can take.
        megawatt_hours: Yearly yield.
        full_load_hours: Yield by power.
    """

    kilowatts: float
    megawatt_hours: float
    full_load_hours: float


def potential(
    area_m2: float, usable: float, irradiation: float, power_density: float, performance: float
) -> Potential:
    """Power and yearly yield of modules on a surface.

    Args:
        area_m2: Area of the roofs in plan, or of the land.
        usable: Share of it that can take modules, 0..1.
        irradiation: kWh a square metre and year on the plane of the modules.
        power_density: Watts of modules a usable square metre.
        performance: Performance ratio, 0..1.

    Raises:
        BadInput: A figure is outside its range.
    """
    findings = unfit("surface", None, {"area_m2": area_m2})
    findings += unfit("surface", None, {"usable": usable, "performance": performance}, most=1.0)
    findings += unfit("surface", None, {"irradiation": irradiation}, most=3500.0)
    findings += unfit("surface", None, {"power_density": power_density}, most=400.0)
    refuse(Text("光伏可用面", "surfaces for modules"), findings)
    kilowatts = area_m2 * usable * power_density / 1000
    hours = irradiation * performance
    return Potential(kilowatts, kilowatts * hours / 1000, hours)


class PvPotential(Ask):
    """How modules are counted."""

    place: str | None = said("只看该地区", "only in this unit", default=None)
    power_density: float = said(
        "单位可用面积装机(瓦/平方米),数据未给出时用",
        "watts of modules a usable square metre, where the table gives none",
        default=200.0, gt=0, le=400,
    )  # fmt: skip
    performance: float = said("系统效率(PR)", "performance ratio", default=0.80, gt=0, le=1)
    performance_low: float = said(
        "系统效率下限", "lower end of its range", default=0.75, gt=0, le=1
    )
    performance_high: float = said(
        "系统效率上限", "upper end of its range", default=0.85, gt=0, le=1
    )
    kg_a_kwh: float | None = said(
        "电力排放因子(千克/千瓦时),用于减排量;取当年本省公布值",
        "kg of CO2 a kWh of the grid, for what is avoided; that of year and province",
        default=None, ge=0, le=2,
    )  # fmt: skip


class PvRow(Answer):
    """What a surface could give."""

    surface: str = said("可用面", "id of the surface")
    place: str = said("地点", "unit that it lies in")
    place_name: Text = said("地点名称", "what the unit is called")
    kind: str = said("类型", "what it is")
    kind_name: Text = said("类型名称", "what that is called")
    usable_m2: float = said("可安装面积(平方米)", "area that can take modules")
    megawatts: float = said("可装机(兆瓦)", "power of the modules that it can take")
    left_megawatts: float = said("待开发(兆瓦)", "of it what is not installed yet")
    megawatt_hours: float = said("年发电量(兆瓦时)", "yearly yield of all")
    low: float = said("年发电量下限", "yield at the lower end of the performance ratio")
    high: float = said("年发电量上限", "yield at its upper end")
    full_load_hours: float = said("等效利用小时", "yield by power")
    source: str = said("来源", "source of area and irradiation")


class PvKindRow(Answer):
    """Surfaces of one kind."""

    kind: str = said("类型", "what they are")
    kind_name: Text = said("类型名称", "what that is called")
    megawatts: float = said("可装机(兆瓦)", "power of the modules that they can take")
    left_megawatts: float = said("待开发(兆瓦)", "of it what is not installed yet")
    megawatt_hours: float = said("年发电量(兆瓦时)", "yearly yield of all")
    developed: float | None = said(
        "已开发比例", "share that is installed, 0..1; null if it can take none"
    )


class PvPotentialAnswer(Answer):
    """What all surfaces could give."""

    rows: list[PvRow] = said("可用面", "surfaces, the largest yield first")
    kinds: list[PvKindRow] = said("按类型", "by kind of surface")
    megawatts: float = said("可装机合计(兆瓦)", "power in all")
    megawatt_hours: float = said("年发电量合计(兆瓦时)", "yearly yield in all")
    low: float = said("合计下限", "yield in all at the lower end of the performance ratio")
    high: float = said("合计上限", "yield in all at its upper end")
    avoided_t: float | None = said(
        "待开发部分可减排(吨)",
        "tonnes of CO2 that what is left would avoid; null without a factor",
    )


@verb(
    "屋顶与土地光伏潜力",
    columns=(
        "surface",
        "place_name",
        "kind_name",
        "megawatts",
        "left_megawatts",
        "megawatt_hours",
    ),
)
def pv_potential(region: "Region", ask: PvPotential) -> PvPotentialAnswer:
    """Show what photovoltaics on roofs and land could give, with its range, and what is left to build.

    Example:
        ``hutuo environment pv-potential --kg-a-kwh 0.7252``
    """
    rows = [
        _row(region, row, ask)
        for row in region.records("solar_surface")
        if ask.place in {None, row["place"]}
    ]
    ranked = sorted(rows, key=lambda row: (-row.megawatt_hours, row.surface))
    left = fsum(row.left_megawatts * row.full_load_hours for row in rows)
    return PvPotentialAnswer(
        rows=ranked,
        kinds=_kinds(rows),
        megawatts=fsum(row.megawatts for row in rows),
        megawatt_hours=fsum(row.megawatt_hours for row in rows),
        low=fsum(row.low for row in rows),
        high=fsum(row.high for row in rows),
        avoided_t=None if ask.kg_a_kwh is None else left * ask.kg_a_kwh,
    )


def _row(region: "Region", row: dict[str, object], ask: PvPotential) -> PvRow:
    area, usable, sun = (float(str(row[name])) for name in ("area_m2", "usable", "irradiation"))
    density = (
        ask.power_density if row["power_density"] is None else float(str(row["power_density"]))
    )
    low, found, high = (
        potential(area, usable, sun, density, performance)
        for performance in (ask.performance_low, ask.performance, ask.performance_high)
    )
    installed = float(str(row["installed_kw"] or 0.0))
    return PvRow(
        surface=str(row["surface"]),
        place=str(row["place"]),
        place_name=region.names[str(row["place"])],
        kind=str(row["kind"]),
        kind_name=label(f"surface:{row['kind']}"),
        usable_m2=area * usable,
        megawatts=found.kilowatts / 1000,
        left_megawatts=max(found.kilowatts - installed, 0.0) / 1000,
        megawatt_hours=found.megawatt_hours,
        low=low.megawatt_hours,
        high=high.megawatt_hours,
        full_load_hours=found.full_load_hours,
        source=str(row["source"]),
    )


def _kinds(rows: Iterable[PvRow]) -> list[PvKindRow]:
    by_kind: dict[str, list[PvRow]] = defaultdict(list)
    for row in rows:
        by_kind[row.kind].append(row)
    made = []
    for kind, several in sorted(by_kind.items()):
        power, left = (
            fsum(getattr(r, name) for r in several) for name in ("megawatts", "left_megawatts")
        )
        made.append(
            PvKindRow(
                kind=kind,
                kind_name=label(f"surface:{kind}"),
                megawatts=power,
                left_megawatts=left,
                megawatt_hours=fsum(row.megawatt_hours for row in several),
                developed=(power - left) / power if power else None,
            )
        )
    return made
