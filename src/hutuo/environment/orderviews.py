"""The verb on synergy of places: how far several systems are, whether they hang together, and gain together.

A system is told by indicators, each between a worst and a best value: its degree of order is their weighted
mean. Figures come from the observations, whoever wrote them.
"""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from math import isnan
from typing import TYPE_CHECKING, Annotated

from pydantic import BeforeValidator

from hutuo.base.branches import several
from hutuo.environment.refusing import refuse, unfit
from hutuo.environment.synergy import composite_synergy, coupling_coordination, order_degree
from hutuo.errors import Finding
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "OrderParameter",
    "OrderRow",
    "Synergy",
    "SynergyAnswer",
    "SynergyRow",
    "orders",
    "synergy",
]

WHAT = Text("序参量", "parameters of order")


class OrderParameter(Ask):
    """An indicator that tells how far a system is."""

    system_name: str = said(
        "系统", "system that it tells of, as pollution or carbon", min_length=1
    )
    indicator: str = said("指标", "the indicator")
    worst: float = said(
        "最差值", "value at which the system has no order; in the indicator's unit"
    )
    best: float = said(
        "最优值", "value at which it is whole; below the worst where less is better"
    )
    weight: float = said("权重", "weight within its system", default=1.0, gt=0)


class Synergy(Ask):
    """Which systems of which places."""

    order_parameters: Annotated[list[OrderParameter], BeforeValidator(several)] = said(
        "序参量(JSON):系统、指标、最差值、最优值、权重",
        "parameters of order as JSON: system_name, indicator, worst, best, weight",
        min_length=2,
    )
    geography: str | None = said(
        "地理单元;缺省为本区域的成员", "geography; the region's members if none", default=None
    )
    year: int | None = said("只看该年", "only this year, held to the one before", default=None)


class OrderRow(Answer):
    """How far one system is."""

    system_name: str = said("系统", "the system")
    order_degree: float = said("有序度", "its degree of order, 0..1")


class SynergyRow(Answer):
    """A place in a year."""

    place: str = said("地点", "the unit")
    place_name: Text = said("地点名称", "what it is called")
    year: int = said("年份", "year of the figures")
    order_degrees: list[OrderRow] = said("各系统有序度", "degree of order by system")
    coupling: float | None = said("耦合度", "how alike systems stand, 0..1; null if all are 0")
    development: float = said("发展水平", "mean degree of order, 0..1")
    coordination: float = said("耦合协调度", "root of coupling times development, 0..1")
    coordination_class: Text = said("协调等级", "class of that, one of ten")
    synergy_degree: float | None = said(
        "复合系统协同度",
        "synergy with the year of figures before: above 0 only where all gained; null if there is none",
    )
    since_year: int | None = said("对比年份", "that year before")


class SynergyAnswer(Answer):
    """Places and years that have all figures."""

    rows: list[SynergyRow] = said("各地各年", "by place and year")
    incomplete: int = said(
        "缺指标的地点年份数", "places and years left out for want of an indicator"
    )


def orders(parameters: Sequence[OrderParameter], values: Sequence[float]) -> dict[str, float]:
    """Degree of order by system: weighted mean over its parameters, in the order they are first named.

    Args:
        parameters: What tells of each system.
        values: Of each parameter.
    """
    sums: dict[str, list[float]] = {}
    for one, value in zip(parameters, values, strict=True):
        pair = sums.setdefault(one.system_name, [0.0, 0.0])
        pair[0] += one.weight * order_degree(value, one.worst, one.best)
        pair[1] += one.weight
    return {name: gained / weight for name, (gained, weight) in sums.items()}


@verb(
    "减污降碳等系统的协同:有序度、耦合协调、协同度",
    columns=("place_name", "year", "coupling", "development", "coordination", "coordination_class",
             "synergy_degree"),
)  # fmt: skip
def synergy(region: "Region", ask: Synergy) -> SynergyAnswer:
    """Show by place and year how far systems are, how they hang together, and whether all gained.

    Example:
        ``hutuo environment synergy --geography county --order-parameters '[...]'``
    """
    _checked(ask.order_parameters)
    known = _figures(region, ask)
    many = len(ask.order_parameters)
    whole = {key: found for key, found in known.items() if len(found) == many}
    rows = list(_rows(region, ask, whole))
    return SynergyAnswer(
        rows=[row for row in rows if ask.year in {None, row.year}],
        incomplete=len(known) - len(whole),
    )


def _checked(parameters: Sequence[OrderParameter]) -> None:
    """Refuse parameters that tell of fewer than two systems, or whose worst is their best.

    Raises:
        BadInput: There are such; all are told.
    """
    findings = []
    for row, one in enumerate(parameters, 1):
        ends = {"worst": one.worst, "best": one.best, "weight": one.weight}
        findings += unfit("order_parameters", row, ends, least=-1e300)
        if one.worst == one.best:
            says = Text("最差值与最优值相同", "worst and best are the same")
            findings.append(Finding("order_parameters", row, "best", says))
    if len({one.system_name for one in parameters}) < 2:  # noqa: PLR2004 - one goes with nothing
        says = Text("至少要有两个系统", "two systems at least would be right")
        findings.append(Finding("order_parameters", None, "system_name", says))
    refuse(WHAT, findings)


def _figures(region: "Region", ask: Synergy) -> dict[tuple[str, int], dict[int, float]]:
    """Figures by place and year, each by the number of its parameter; the last one known of a year."""
    from hutuo.base.figures import indicator_of
    from hutuo.base.geographies import geography
    from hutuo.base.series import observed_all
    from hutuo.units import convert

    units = {
        one.indicator: indicator_of(region, one.indicator)["unit"] for one in ask.order_parameters
    }
    spots = geography(region, ask.geography or region.info.set).spots
    series = observed_all(region, [(spot.place, name) for spot in spots for name in units])
    found: dict[tuple[str, int], dict[int, float]] = defaultdict(dict)
    for (place, name), rows in series.items():
        for row in rows:
            value = convert(row.value, row.unit, units[name])
            for number, one in enumerate(ask.order_parameters):
                if one.indicator == name:
                    found[place, row.valid_from.year][number] = value
    return found


def _rows(
    region: "Region", ask: Synergy, whole: Mapping[tuple[str, int], Mapping[int, float]]
) -> Iterator[SynergyRow]:
    last: dict[str, tuple[int, list[float]]] = {}
    for (place, year), values in sorted(whole.items()):
        degrees = orders(ask.order_parameters, [values[n] for n in range(len(values))])
        now = list(degrees.values())
        found = coupling_coordination(now)
        since, before = last.get(place) or (None, None)
        yield SynergyRow(
            place=place,
            place_name=region.names[place],
            year=year,
            order_degrees=[OrderRow(system_name=n, order_degree=d) for n, d in degrees.items()],
            coupling=None if isnan(found.coupling) else found.coupling,
            development=found.level,
            coordination=found.degree,
            coordination_class=found.grade,
            synergy_degree=None if before is None else composite_synergy(before, now),
            since_year=since,
        )
        last[place] = (year, now)
