"""Waste through stages of treatment: where transfer stations and plants stand, and what goes where."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from hutuo.base.figures import source_name
from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.glossary import label
from hutuo.progress import report
from hutuo.siting.ground import Ground, Point
from hutuo.siting.stagebooks import KG, Book, Step, Way, ways_of
from hutuo.siting.wasteasks import StageFlow, StageSite, TreatmentStage, WasteFlow, WasteFlowAnswer
from hutuo.verbs import Text, verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.counted import Figures
    from hutuo.base.region import Region
    from hutuo.siting.stages import Staged

    Floats = NDArray[np.float64]


@verb(
    "垃圾分环节布局:转运、处理与运量平衡",
    columns=("stage_name", "name", "stands", "received", "passed", "use"),
)
def waste_flow(region: "Region", ask: WasteFlow) -> WasteFlowAnswer:
    """Site transfer stations and plants stage by stage, with tonnes on every way and balances.

    Example:
        ``hutuo siting waste-flow --tonnes-per-person 0.35 --steps @stages.json``
    """
    from hutuo.base.counted import figures_of
    from hutuo.siting.residents import people_indicator

    report(0.0, Text("读取地点与数值", "reading places and figures"))
    ground = Ground(region)
    sources, lost = ground.points(ask.clients or [region.info.set])
    if not sources:
        raise BadAsk(
            Text("没有可用的产生地点", "no place where it arises has a point"),
            Text("请写明clients", "name some as clients"),
        )
    indicator = people_indicator(region, ask.people)
    figures = figures_of(region, [one.place for one in sources], indicator, ask.year)
    steps, bare = _steps(ground, ask, sources)
    report(0.2, Text("求解", "solving"))
    found = _solved(steps, figures, ask)
    return _answer(region, ask, (sources, figures, [*lost, *bare]), steps, found)


def _steps(
    ground: Ground, ask: WasteFlow, sources: Sequence[Point]
) -> tuple[list[Step], list[str]]:
    import numpy as np

    from hutuo.base.sphere import kilometres
    from hutuo.siting.zones import inside

    def at(points: Sequence[Point]) -> "Floats":
        return np.array([(one.lon, one.lat) for one in points], float)

    before, steps, bare = list(sources), [], []
    for step in ask.steps:
        stand = ground.of_kind(step.kind) if step.kind else []
        kept, lost = ground.points(stand)
        more, gone = ground.points(step.candidates) if step.candidates else (list(sources), [])
        shut = {one.place for one in kept} | inside(ground, more, ask.avoid, ask.avoid_protection)
        sites = [*kept, *(one for one in more if one.place not in shut)]
        if not sites:
            says = Text(f"{step.stage_name}没有候选地点", f"{step.stage_name} has no candidate")
            raise BadAsk(says, Text("请写明candidates", "name some as candidates"))
        here = at(sites).reshape(1, -1, 2)
        km = kilometres(at(before).reshape(-1, 1, 2), here) * ask.detour
        straight = kilometres(at(sources).reshape(-1, 1, 2), here) * ask.detour
        room = _room(ground, step, kept, len(sites))
        steps.append(Step(step, sites, len(kept), km, straight, room))
        bare += [*lost, *gone]
        before = sites
    return steps, list(dict.fromkeys(bare))


def _room(ground: Ground, step: TreatmentStage, kept: Sequence[Point], many: int) -> "Floats":
    """Tonnes of each site.

    Raises:
        BadInput: A site that stands has no capacity known; all such are named.
    """
    import numpy as np

    from hutuo.base.counted import latest_of

    room = np.full(many, np.inf if step.new_capacity is None else step.new_capacity)
    if not kept:
        return room
    room[: len(kept)] = np.inf
    if step.capacity is not None:
        held = latest_of(ground.region, [one.place for one in kept], step.capacity).amounts
        lacking = Text("没有能力数值", "no capacity is known")
        bare = [
            Finding(step.capacity, None, one.place, lacking)
            for one, size in zip(kept, held, strict=True)
            if np.isnan(size)
        ]
        if bare:
            many_bare = len(bare)
            zh, en = f"{many_bare}处没有能力数值", f"{many_bare} sites have no capacity"
            raise BadInput(Text(zh, en), bare)
        room[: len(kept)] = held
    return room


def _solved(steps: list[Step], figures: "Figures", ask: WasteFlow) -> "Staged":
    import numpy as np

    from hutuo.siting.stages import Stage, staged

    arises = np.nan_to_num(figures.amounts) * ask.tonnes_per_person
    stages = []
    for number, step in enumerate(steps):
        asked, price = step.asked, np.full(len(step.sites), float(step.asked.opening_fen))
        price[: step.kept] = 0.0
        direct = None
        if number and asked.direct_fen_per_tonne_km is not None:
            direct = step.straight * asked.direct_fen_per_tonne_km + asked.fen_per_tonne
        stages.append(
            Stage(
                step.km * asked.fen_per_tonne_km + asked.fen_per_tonne,
                direct=direct,
                opening=price,
                capacity=np.where(np.isinf(step.room), arises.sum() + 1.0, step.room),
                passes=asked.passes,
                p=asked.number,
                kept=range(step.kept),
                # Of a site without a limit of its own there is no part to be used.
                least_use=asked.least_use if np.isfinite(step.room).all() else 0.0,
            )
        )
    return staged(arises, stages, gap=ask.gap, time_limit=ask.seconds)


def _answer(
    region: "Region",
    ask: WasteFlow,
    given: "tuple[list[Point], Figures, list[str]]",
    steps: list[Step],
    found: "Staged",
) -> WasteFlowAnswer:
    import numpy as np

    sources, figures, lost = given
    arises = [
        round(float(one)) for one in np.nan_to_num(figures.amounts) * ask.tonnes_per_person * KG
    ]
    there = bool(found.sites)
    ways, book = ways_of(sources, arises, steps, found) if there else ([], Book())
    return WasteFlowAnswer(
        status=found.status,
        status_name=label(f"solved:{found.status}"),
        cost_fen=round(found.objective) if there else None,
        bound_fen=round(found.bound) if np.isfinite(found.bound) else None,
        gap=round(found.gap, 6) if there else None,
        rows=[
            row
            for k, step in enumerate(steps)
            if there
            for row in _rows(step, found.sites[k], ways)
        ],
        flows=[_flow(way) for way in ways],
        balances=book.told(),
        tonnes=sum(arises) / KG,
        tonne_km=round(sum(way.kg / KG * way.km for way in ways), 1),
        without_figure=[
            one.place for one, n in zip(sources, figures.amounts, strict=True) if np.isnan(n)
        ],
        without_point=lost,
        assumptions=_assumed(ask),
        sources=[source_name(region, one) for one in figures.sources],
    )


def _rows(step: Step, chosen: Sequence[int], ways: Sequence[Way]) -> list[StageSite]:
    rows, name = [], step.asked.stage_name
    for at in chosen:
        point, room = step.sites[at], float(step.room[at])
        here = sum(w.kg for w in ways if w.stage_name == name and w.end.place == point.place)
        limited = room < float("inf")
        rows.append(
            StageSite(
                place=point.place,
                name=point.name,
                stage_name=name,
                lon=point.lon,
                lat=point.lat,
                city=point.city or None,
                stands=at < step.kept,
                received=here / KG,
                passed=round(here * step.asked.passes) / KG,
                capacity=room if limited else None,
                use=round(here / KG / room, 4) if limited and room else None,
            )
        )
    return sorted(rows, key=lambda row: (-row.received, row.place))


def _flow(way: Way) -> StageFlow:
    km = round(way.km, 2)
    return StageFlow(
        stage_name=way.stage_name,
        from_id=way.start.place,
        from_name=way.start.name,
        to_id=way.end.place,
        to_name=way.end.name,
        tonnes=way.kg / KG,
        km=km,
        tonne_km=round(way.kg / KG * km, 1),
    )


def _assumed(ask: WasteFlow) -> list[Text]:
    return [
        Text("已有设施不再计建设费,一直开设", "sites that stand cost nothing more and stay open"),
        Text(
            f"运距为直线距离乘绕行系数{ask.detour:g}",
            f"kilometres are straight lines times a detour factor of {ask.detour:g}",
        ),
        Text(
            f"每人每年{ask.tonnes_per_person:g}吨,费用与各环节的通过比例由提问者给出",
            f"{ask.tonnes_per_person:g} t a year of one unit; costs and what goes on are as asked",
        ),
    ]
