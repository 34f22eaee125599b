"""The structure of an area: what people, jobs and commuters give beside the plan's core, poles and rings."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.glossary import label
from hutuo.space.plannedsets import Planned, density, planned_sets, shares
from hutuo.space.regionflows import (
    CORE,
    Commuting,
    Modelling,
    commuting_of,
    core_of,
    minutes_to,
)
from hutuo.space.structureanswers import (
    AgreementRow,
    CorridorRow,
    LinkRow,
    MeasureRow,
    NamedUnit,
    PoleRow,
    SetRow,
    StructureAnswer,
)
from hutuo.verbs import Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.space.settled import Settled

DENSE = 1500.0
SIZE = 50_000.0
LEAST_SMOOTHED = 8
WIDTHS = (10_000.0, 20_000.0)


class Structure(Modelling):
    """What to look at, and by which thresholds."""

    dense: float = said(
        "密集单元的人口密度下限(人/平方公里)",
        "least people a km2 of a dense unit",
        default=DENSE,
        gt=0,
    )
    share: float = said(
        "通勤率下限", "least share who commute to the core", default=0.15, ge=0, le=1
    )
    minutes: float = said(
        "圈层的时间上限", "most minutes of the circle around the core", default=60.0, ge=0
    )
    metres: tuple[float, ...] | None = said(
        "廊道每侧宽度(米);缺省为10000和20000",
        "widths of the corridors to either side, in metres; 10000 and 20000 by default",
        default=None,
        min_length=1,
        max_length=10,
    )
    top: int = said("列出的联系对数", "pairs of links that are listed", default=10, ge=1, le=1000)


class _Seen(NamedTuple):
    """What every part of the answer reads."""

    region: "Region"
    ask: Structure
    found: Commuting
    sets: list[Planned]
    inside: "NDArray[np.int64]"
    core: list[str]

    @property
    def here(self) -> "Settled":
        return self.found.here

    @property
    def area(self) -> Planned:
        return self.sets[0]


@verb(
    "比较规划与数据的空间结构",
    columns=("name", "part_name", "units", "people", "density", "share", "share_before", "drift"),
)
def structure(region: "Region", ask: Structure) -> StructureAnswer:
    """Compare what the data give with the plan's core, poles, rings and corridors.

    Example:
        ``hutuo space structure --dense 1000``
    """
    found = commuting_of(region, ask)
    sets = planned_sets(region, found.here)
    inside = np.flatnonzero(sets[0].weight > 0)
    seen = _Seen(region, ask, found, sets, inside, core_of(region, None, found.here))
    poles = _poles(seen)
    return StructureAnswer(
        set=sets[0].place,
        name=region.name_of(sets[0].place),
        year=found.here.year,
        modelled=found.flows.model is not None,
        basis=found.basis,
        rows=[_set_row(seen, one) for one in sets],
        agreement=_agreements(seen, poles),
        measures=_measures(seen),
        poles=poles,
        corridors=[row for one in sets if one.part == "corridor" for row in _corridor(seen, one)],
        links=_links(seen),
        without_people=list(found.here.lacking),
        sources=_sources(region, found),
    )


def _set_row(seen: _Seen, one: Planned) -> SetRow:
    found = shares(one, seen.area, seen.here)
    years = [seen.here.year] + ([found.year_before] if found.year_before else [])
    return SetRow(
        set=one.place,
        name=seen.region.name_of(one.place),
        part=one.part,
        part_name=label(f"part:{one.part}"),
        units=int((one.weight > 0).sum()),
        people=found.people,
        density=density(one, seen.here),
        share=found.share,
        year_before=found.year_before,
        people_before=found.before,
        share_before=found.share_before,
        drift=found.drift,
        estimate=any(one.estimated(seen.here, year) for year in years),
        without_people=list(one.lacking),
    )


def _poles(seen: _Seen) -> list[PoleRow]:
    """Units of the area by density, with the clusters of dense ones that touch."""
    from hutuo.space.polycentricity import STANDS_OUT

    here, at = seen.here, seen.inside
    dense = here.latest[at] / here.area[at]
    score = _scores(dense, here.lonlat[at])
    cluster = _clusters(seen)
    flows = seen.found.flows
    inflow = dict(zip(flows.units, flows.jobs - flows.at_home, strict=True))
    rows = []
    for number, unit in enumerate(np.array(here.units)[at].tolist()):
        part = _part_of(seen, unit)
        rows.append(
            PoleRow(
                unit=unit,
                name=here.names[unit],
                density=float(dense[number]),
                score=None if score is None else float(score[number]),
                stands_out=score is not None and bool(score[number] >= STANDS_OUT),
                dense_cluster=None if cluster[number] < 0 else int(cluster[number]) + 1,
                inflow=float(inflow.get(unit, 0.0)),
                part=part,
                part_name=label(f"part:{part}"),
            )
        )
    return sorted(rows, key=lambda row: (-row.density, row.unit))


def _scores(
    dense: "NDArray[np.float64]", lonlat: "NDArray[np.float64]"
) -> "NDArray[np.float64] | None":
    """Distance of each density above the trend; None where there are too few units for a trend."""
    from hutuo.space.polycentricity import density_poles

    if len(dense) < LEAST_SMOOTHED or (dense <= 0).any():
        return None
    plane = lonlat * [np.cos(np.radians(lonlat[:, 1].mean())), 1.0]
    return density_poles(dense, plane)["score"].to_numpy()


def _clusters(seen: _Seen) -> "NDArray[np.int64]":
    from hutuo.space.polycentricity import employment_poles
    from hutuo.space.settled import borders

    here, at = seen.here, seen.inside
    units = [here.units[number] for number in at]
    number_of = {unit: number for number, unit in enumerate(units)}
    touching = {
        number_of[unit]: [number_of[other] for other in others if other in number_of]
        for unit, others in borders(seen.region, units).items()
    }
    return employment_poles(here.latest[at], here.area[at], touching, seen.ask.dense, SIZE)


def _part_of(seen: _Seen, unit: str) -> str:
    number = seen.here.position[unit]
    for one in seen.sets:
        if one.part in ("core", "poles") and one.weight[number] > 0:
            return one.part
    return "other"


def _agreements(seen: _Seen, poles: list[PoleRow]) -> list[AgreementRow]:
    """Each part that the plan names, beside what the data give for it."""
    from hutuo.space.functional import functional_area
    from hutuo.space.settled import borders

    flows, ask = seen.found.flows, seen.ask
    core = {row.unit for row in poles if row.dense_cluster == 1}
    others = {row.unit for row in poles if (row.dense_cluster or 0) > 1 or row.stands_out} - core
    units = [str(unit) for unit in flows.units]
    counted = [unit for unit in seen.core if unit in set(units)]
    touching = borders(seen.region, units)
    zone = functional_area(flows, counted, ask.share, neighbours=touching) if counted else ()
    minutes = minutes_to(seen.region, seen.core, seen.here)
    circle = {unit for unit, took in minutes.items() if took <= ask.minutes}
    given = {
        "core": (core, _said("dense_core", dense=ask.dense)),
        "poles": (others, _said("dense_poles", dense=ask.dense)),
        "ring": ({str(unit) for unit in zone}, _said("zone", share=ask.share)),
        "area": (circle, _said("circle", minutes=ask.minutes)),
    }
    first = {one.part: one for one in reversed(seen.sets)}
    return [_agreement(seen, first[part], *data) for part, data in given.items() if part in first]


def _said(name: str, **values: float) -> Text:
    """A sentence of the glossary with its numbers."""
    text = label(f"structure:{name}")
    return Text(text.zh.format(**values), text.en.format(**values))


def _agreement(seen: _Seen, one: Planned, data: set[str], basis: Text) -> AgreementRow:
    plan = {seen.here.units[at] for at in np.flatnonzero(one.weight > 0)}
    return AgreementRow(
        part=one.part,
        part_name=label(f"part:{one.part}"),
        basis=basis,
        agreement=len(plan & data) / len(plan | data) if plan | data else 1.0,
        both=_named(seen, plan & data),
        only_plan=_named(seen, plan - data),
        only_data=_named(seen, data - plan),
    )


def _named(seen: _Seen, units: "Iterable[str]") -> list[NamedUnit]:
    return [NamedUnit(unit=unit, name=seen.region.name_of(unit)) for unit in sorted(units)]


def _measures(seen: _Seen) -> list[MeasureRow]:
    from hutuo.space import polycentricity as poly

    here, at = seen.here, seen.inside
    rows: list[MeasureRow] = []
    for year in here.years:
        people = here.people[year].to_numpy(dtype=np.float64)[at] * seen.area.weight[at]
        if len(at) > poly.LEAST_UNITS and np.isfinite(people).all():
            rows += _form(year, people, here.kilometres[np.ix_(at, at)], here.area[at])
    flows = seen.found.flows
    there = [here.units[number] for number in at if here.units[number] in set(flows.units)]
    if len(there) < poly.LEAST_UNITS:
        return rows
    where = flows.positions(there)
    part = type(flows)(tuple(there), flows.matrix[where][:, where].tocsr(), flows.model)
    found = poly.functional_polycentricity(part)
    given = {"functional": found.value, "balance": found.balance, "exchange": found.density}
    given["inflow_gini"] = poly.inflow_gini(part)
    made = flows.model is not None
    return rows + [
        _measure(name, seen.found.year, value, made=made) for name, value in given.items()
    ]


def _form(
    year: int,
    people: "NDArray[np.float64]",
    apart: "NDArray[np.float64]",
    area: "NDArray[np.float64]",
) -> list[MeasureRow]:
    from hutuo.space import polycentricity as poly

    central = poly.centrality(people, apart, area)
    slope, first = poly.rank_size(people), poly.primacy(people)
    given = {
        "uci": central.uci,
        "location": central.location,
        "proximity": central.proximity,
        "primacy": first.share,
        "primacy_to_second": first.to_second,
    }
    rows = [_measure(name, year, value) for name, value in given.items()]
    return [*rows, _measure("rank_size", year, slope.slope, slope.error)]


def _measure(
    name: str, year: int, value: float, error: float | None = None, *, made: bool = False
) -> MeasureRow:
    title = label(f"measure:{name}")
    return MeasureRow(
        measure=name, measure_name=title, year=year, value=value, error=error, modelled=made
    )


def _corridor(seen: _Seen, one: Planned) -> list[CorridorRow]:
    """People along the straight lines between a corridor's support points."""
    import shapely

    from hutuo.space.corridors import corridor_share, spine

    here, at = seen.here, seen.inside
    points = _support(seen, one.place)
    if len(points) < 2:  # noqa: PLR2004 - a line has two ends
        return []
    drawn = {row["place"]: row["geometry"] for row in seen.region.current("boundary")}
    shapes = shapely.from_wkb([drawn[here.units[number]] for number in at])
    people = {
        year: here.people[year].to_numpy(dtype=np.float64)[at] * seen.area.weight[at]
        for year in here.years
    }
    known = {year: values for year, values in people.items() if np.isfinite(values).all()}
    table = corridor_share(spine(points), shapes, known, seen.ask.metres or WIDTHS)
    return [
        CorridorRow(
            set=one.place,
            name=seen.region.name_of(one.place),
            metres=row["metres"],
            year=row["year"],
            people=row["people"],
            share=row["share"],
            change=None if row["change"] is None or np.isnan(row["change"]) else row["change"],
        )
        for row in table.to_dict("records")
    ]


def _support(seen: _Seen, place: str) -> "NDArray[np.float64]":
    """Points of a corridor: the seat of each member; of a city, that of its densest unit."""
    from hutuo.space.settled import units_of

    here = seen.here
    points = []
    for row in seen.region.current("membership", set=place):
        units = here.at(units_of(seen.region, row["member"], here))
        if row["role"] != "excluded" and len(units):
            dense = here.latest[units] / here.area[units]
            points.append(here.lonlat[units[int(dense.argmax())]])
    return np.array(points, dtype=np.float64).reshape(-1, 2)


def _links(seen: _Seen) -> list[LinkRow]:
    """Gravity linkages between the units of the area, the core's units counting as one at its densest."""
    from hutuo.space.polycentricity import gravity_links

    here = seen.here
    core = np.intersect1d(here.at(seen.core), seen.inside)
    rest = np.setdiff1d(seen.inside, core)
    if not len(core) or not len(rest):
        return []
    lead = int(core[(here.latest[core] / here.area[core]).argmax()])
    nodes = np.array([lead, *rest])
    people = here.latest[nodes] * seen.area.weight[nodes]
    people[0] = float((here.latest[core] * seen.area.weight[core]).sum())
    names = [_node(seen, int(node), lead if len(core) > 1 else -1) for node in nodes]
    order = list(range(len(nodes)))
    table = gravity_links(order, people, here.kilometres[np.ix_(nodes, nodes)])
    return [
        LinkRow(one=names[one], other=names[other], strength=strength, share=part)
        for one, other, strength, part in table.head(seen.ask.top).itertuples(index=False)
    ]


def _node(seen: _Seen, number: int, lead: int) -> NamedUnit:
    """A unit, or the whole core by the name of its set."""
    unit = seen.here.units[number]
    whole = number == lead and CORE in seen.region.names
    shown = CORE if whole else unit
    return NamedUnit(unit=shown, name=seen.region.name_of(shown))


def _sources(region: "Region", found: Commuting) -> list[str]:
    here = found.here
    rows = region.history("observation", indicator=here.indicator, place=list(here.units))
    return sorted({row["source"] for row in rows} | set(found.sources))
