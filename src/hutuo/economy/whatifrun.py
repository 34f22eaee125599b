"""A what-if from the tables of a region to the equilibrium: times, scenario, model, sensitivity."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hutuo.economy.effects import KINDS, Action, actions_of, factors
from hutuo.economy.goals import Circle, circle_of, core_of
from hutuo.economy.outcomes import Counterfactual, Uniqueness
from hutuo.economy.scenario import Scenario, Tried, sensitivity
from hutuo.economy.traveltimes import Times, main_of, reaching, times_of, within
from hutuo.economy.zones import Zones, counted, zones_of
from hutuo.errors import NotFound
from hutuo.glossary import Text
from hutuo.progress import report

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.economy.equilibrium import CommutingModel
    from hutuo.economy.whatif import WhatIf

    Array = NDArray[np.float64]

__all__ = ["Run", "ran"]


class Run(NamedTuple):
    """All that was computed.

    Attributes:
        zones: Units that take part.
        scenario: Before and after.
        basis: What is said of the times.
        actions: What changes beside travel.
        flows_basis: Where the commuters come from.
        flow_sources: Their sources.
        model: The model before.
        found: The changes.
        unique: Whether other starts lead to them.
        tried: The same with other values.
        circle: Who is near the core.
        core: Zones of the core.
    """

    zones: "Zones"
    scenario: "Scenario"
    basis: Any
    actions: "list[Action]"
    flows_basis: Text
    flow_sources: tuple[str, ...]
    model: "CommutingModel"
    found: "Counterfactual"
    unique: "Uniqueness"
    tried: "list[Tried]"
    circle: "Circle"
    core: list[int]


def ran(region: "Region", ask: "WhatIf") -> Run:
    """Times, scenario, equilibrium, other starts and other values of a what-if.

    Args:
        region: View on a branch.
        ask: Of which units, what changes, and by which model.
    """
    where = ask.geography or region.info.set
    zones = zones_of(region, where, ask.residents, ask.jobs, ask.wages)
    zones, times, freight, basis = _times(region, ask, zones)
    scenario, told, sources, actions = _scenario(region, ask, zones, times, freight)
    report(0.5, Text("求解均衡", "solving the equilibrium"))
    model = scenario.model(ask.parameters())
    found = scenario.changed(model)
    unique = Uniqueness(np.nan, 0.0, 0, 0)
    if found.converged:
        unique = model.uniqueness(found, starts=ask.starts)
    tried = _tried(scenario, ask) if ask.check_sensitivity else []
    people = zones.array(zones.residents)
    core = core_of(region, zones.places, people)
    circle = circle_of(core, *times, (people, people * found.R_hat), ask.minutes)
    return Run(
        zones,
        scenario,
        basis,
        actions,
        told,
        sources,
        model,
        found,
        unique,
        tried,
        circle,
        core,
    )


def _times(
    region: "Region", ask: "WhatIf", zones: "Zones"
) -> "tuple[Zones, tuple[Array, Array], tuple[Array, Array], Times]":
    """Minutes of people and of goods on main and on the branch, between zones that reach each other."""
    main, travel = main_of(region), dict(ask.travel or {})
    views, modes = {"before": main, "after": region}, {"people": ask.mode, "goods": "road"}
    found: dict[tuple[str, str], Times] = {}
    for n, (mode, time) in enumerate((m, t) for m in modes for t in views):
        report(0.1 * n, Text(f"计算出行时间({n + 1}/4)", f"travel times, {n + 1} of 4"))
        same = next(
            (k for k in found if modes[k[0]] == modes[mode] and views[k[1]] == views[time]), None
        )
        found[mode, time] = (
            found[same]
            if same
            else times_of(views[time], zones.places, {**travel, "mode": modes[mode]})
        )
    matrices = [one.minutes for one in found.values()]
    kept = reaching(*matrices)
    zones = zones.kept([zones.places[n] for n in kept])
    cut = {key: one.minutes[np.ix_(kept, kept)] for key, one in found.items()}
    for mode in modes:
        # How far one goes within a unit is no matter of the network, so it stays.
        inside = within(cut[mode, "before"], zones.area, zones.lonlat)
        for time in views:
            np.fill_diagonal(cut[mode, time], inside)
    goods = cut["goods", "after" if ask.freight == "road" else "before"]
    people = cut["people", "before"], cut["people", "after"]
    return zones, people, (cut["goods", "before"], goods), found["people", "after"]


def _scenario(
    region: "Region",
    ask: "WhatIf",
    zones: "Zones",
    times: "tuple[Array, Array]",
    freight: "tuple[Array, Array]",
) -> "tuple[Scenario, Text, tuple[str, ...], list[Action]]":

    asked = {kind: getattr(ask, kind) or {} for kind in KINDS}
    for place in {place for one in asked.values() for place in one}:
        region.name_of(place)
    actions = actions_of(region, main_of(region), asked)
    changed = {kind: factors(actions, kind, zones.places) for kind in KINDS}
    flows, told, sources = _flows(region, ask, zones)
    made = Scenario(
        zones.array(zones.residents),
        zones.array(zones.jobs),
        *times,
        *freight,
        **changed,
        wages=zones.array(zones.wages) if zones.wages else None,
        flows=flows,
        leaving=ask.leaving or None,
        closure=ask.closure,
        places=zones.places,
    )
    return made, told, sources, actions


def _flows(
    region: "Region", ask: "WhatIf", zones: "Zones"
) -> "tuple[Array | None, Text, tuple[str, ...]]":
    """Counted commuters, or None where they are to be modelled; and what is to be said of them."""
    found = None if ask.flows == "modelled" else counted(region, zones.places)
    if found is not None:
        people, year, sources, outside = found
        zh = f"{year}年统计的通勤量;另有{outside:.1%}的人住在或工作在区外,未计入"
        en = f"commuters counted for {year}; {outside:.1%} more live or work elsewhere and are left out"
        return people, Text(zh, en), sources
    if ask.flows == "counted":
        hint = Text(
            "请用base ingest载入表flow的行,或改用flows=modelled",
            "load rows into the table flow (base ingest), or ask for flows modelled",
        )
        raise NotFound(Text("没有统计的通勤量", "no commuters were counted"), hint)
    jobs, homes = zones.jobs, zones.residents
    alike = jobs.indicator == homes.indicator
    lies = Text(
        f"岗位分布同{homes.name.zh}" if alike else f"岗位分布按{jobs.year}年的{jobs.name.zh}",
        f"jobs lie as {jobs.name.en}" + ("" if alike else f" of {jobs.year}"),
    )
    share = f"{ask.leaving:.0%}" if ask.leaving else ""
    zh = f"通勤量不是统计,由{homes.year}年的{homes.name.zh}、出行时间推出;{lies.zh}"
    en = f"commuters are not counted: from {homes.name.en} of {homes.year} and travel times; {lies.en}"
    if share:
        zh += f";假定{share}的人在本单元以外工作"
        en += f"; {share} are taken to work outside their unit"
    return None, Text(zh, en), ()


def _tried(scenario: "Scenario", ask: "WhatIf") -> "list[Tried]":

    found = []
    for n, one in enumerate(sensitivity(scenario, ask.parameters())):
        report(min(0.6 + 0.03 * n, 0.94), Text("计算敏感性", "trying other values"))
        found.append(one)
    return found
