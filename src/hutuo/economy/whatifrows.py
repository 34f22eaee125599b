"""The answer of the what-if, put together from what was computed."""

from typing import TYPE_CHECKING, Any

import numpy as np

from hutuo.base.figures import source_rows
from hutuo.economy.whatifanswers import (
    ActionRow,
    CircleRow,
    FlowRow,
    ParameterRow,
    Rest,
    TargetRow,
    TimesBasis,
    TriedRow,
    WhatIfAnswer,
    ZoneRow,
)
from hutuo.glossary import Text, label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.economy.goals import Moved
    from hutuo.economy.whatif import WhatIf
    from hutuo.economy.whatifrun import Run

    Array = NDArray[np.float64]

__all__ = ["answered"]

# Changes below this are none: they are what is left of the computation.
NONE = 1e-9
STILL = Text(
    "分支与主干的用时相同,也没有其他变化:请用--branch指明分支,或给出productivity、amenity、land",
    "nothing changes: name a branch (--branch), or ask for productivity, amenity or land",
)
LONG = Text(
    "长期均衡的比较:不含建设期、建设费用与房价预期,人口总数不因此增长(open除外)",
    "long-run states are compared: no time of building, no cost of building, no more people (but for open)",
)


def answered(
    region: "Region",
    ask: "WhatIf",
    ran: "Run",
    targets: "Sequence[Moved]",
    parameters: list[ParameterRow],
) -> WhatIfAnswer:
    """The answer to a what-if."""
    found, model = ran.found, ran.model
    welfares = [found.welfare, *(one.found.welfare for one in ran.tried if one.found)]
    after, before = found.flows() * found.population, model.commuting
    sources = {*ran.zones.residents.sources, *ran.zones.jobs.sources, *ran.flow_sources}
    sources |= set(ran.zones.wages.sources) if ran.zones.wages else set()
    return WhatIfAnswer(
        branch=region.branch,
        closure=ask.closure,
        closure_name=label(f"closure:{ask.closure}"),
        rows=_zones(region, ran),
        welfare_change=_still(found.welfare - 1),
        welfare_low=_still(min(welfares) - 1),
        welfare_high=_still(max(welfares) - 1),
        population_change=_still(found.population - 1),
        land_gain=_still(found.land_gain.sum()),
        leaving_before=float(1 - np.trace(before)),
        leaving_after=float(1 - np.trace(after) / after.sum()),
        flows=_flows(ran, before, after, ask.limit),
        flows_modelled=ran.scenario.flows is None,
        flows_basis=ran.flows_basis,
        year=ran.zones.residents.year,
        actions=_actions(region, ran),
        times=_times(ran, before),
        circle=_circle(ran, ask.minutes),
        targets=[_target(one) for one in targets],
        parameters=parameters,
        parameters_digest=model.parameters.digest,
        sensitivity=_tried(ran),
        convergence=_rest(ran),
        left_out=ran.zones.left_out,
        doubts=_doubts(ran),
        sources=source_rows(region, sources),
    )


def _zones(region: "Region", ran: "Run") -> list[ZoneRow]:
    wholes = {row["place"]: row["part_of"] for row in region.records("place", kind="part")}
    found, circle = ran.found, ran.circle
    people = ran.zones.array(ran.zones.residents)
    # The model keeps jobs to the last digits, not to the head.
    work = np.round(ran.model.jobs / len(people) * people.sum(), 6)
    others = [one.found for one in ran.tried if one.found]
    homes = np.array([found.R_hat, *(one.R_hat for one in others)]) - 1
    jobs = np.array([found.L_hat, *(one.L_hat for one in others)]) - 1
    columns = {
        "residents": people,
        "residents_change": found.R_hat - 1,
        "residents_low": homes.min(axis=0),
        "residents_high": homes.max(axis=0),
        "jobs": work,
        "jobs_change": found.L_hat - 1,
        "jobs_low": jobs.min(axis=0),
        "jobs_high": jobs.max(axis=0),
        "wages_change": found.w_hat - 1,
        "incomes_change": found.v_hat - 1,
        "prices_change": found.P_hat - 1,
        "rents_change": found.Q_hat - 1,
        "real_income_change": found.real_income_hat - 1,
        "land_change": found.land_hat - 1,
        "land_gain": found.land_gain,
        "welfare_change": found.welfare_by_zone - 1,
        "core_minutes_before": circle.minutes_before,
        "core_minutes_after": circle.minutes_after,
    }
    return [
        ZoneRow(
            place=place,
            name=ran.zones.names[n],
            drawn_as=wholes.get(place) or place,
            **{name: _still(values[n]) for name, values in columns.items()},
        )
        for n, place in enumerate(ran.zones.places)
    ]


def _still(change: float) -> float:
    """A figure, of which less than the solver can tell is none."""
    return 0.0 if abs(change) <= NONE else float(change)


def _flows(ran: "Run", before: "Array", after: "Array", limit: int) -> list[FlowRow]:
    """Pairs of different units whose commuters change most, the greatest change first."""
    people = float(ran.zones.array(ran.zones.residents).sum())
    change = (after - before) * people
    np.fill_diagonal(change, 0.0)
    order = np.argsort(-np.abs(change), axis=None, kind="stable")[:limit]
    names, places = ran.zones.names, ran.zones.places
    rows = []
    for one, other in zip(*np.unravel_index(order, change.shape), strict=True):
        if abs(change[one, other]) <= NONE * people:
            break
        rows.append(
            FlowRow(
                from_id=places[one],
                from_name=names[one],
                to_id=places[other],
                to_name=names[other],
                people_before=float(before[one, other] * people),
                people_after=float(after[one, other] * people),
                change=float(change[one, other]),
                minutes_before=float(ran.scenario.minutes[one, other]),
                minutes_after=float(ran.scenario.minutes_after[one, other]),
            )
        )
    return rows


def _actions(region: "Region", ran: "Run") -> list[ActionRow]:
    return [
        ActionRow(
            place=one.place,
            name=region.name_of(one.place),
            kind=one.kind,
            kind_name=label(f"effect:{one.kind}"),
            factor=one.factor,
            by_name=one.name,
            source=one.source,
        )
        for one in ran.actions
    ]


def _times(ran: "Run", before: "Array") -> TimesBasis:
    basis, scenario = ran.basis.basis, ran.scenario
    saved = scenario.minutes - scenario.minutes_after
    return TimesBasis(
        modelled=basis.modelled,
        method=basis.method,
        sources=basis.sources,
        left_out=[
            Text(f"{one.what.zh}:{one.number}", f"{one.what.en}: {one.number}")
            for one in basis.left_out
        ],
        findings=basis.findings,
        pairs=len(saved) * (len(saved) - 1),
        changed=int((~np.isclose(saved, 0.0)).sum()),
        saved=float((saved * before).sum()),
    )


def _circle(ran: "Run", limit: float) -> CircleRow:
    circle = ran.circle
    return CircleRow(
        core=[ran.zones.places[n] for n in ran.core],
        limit=limit,
        farthest_before=float(circle.minutes_before.max()),
        farthest_after=float(circle.minutes_after.max()),
        share_before=circle.share_before,
        share_faster=circle.share_faster,
        share_after=circle.share_after,
    )


def _target(one: "Moved") -> TargetRow:
    def figure(minutes: float | None, assessed: Any) -> float | None:
        if minutes is not None:
            return minutes
        return assessed.observed.value if assessed.observed else None

    return TargetRow(
        **{name: getattr(one.after, name) for name in ("target", "title", "clause", "operator")},
        value=one.after.value,
        unit_name=one.after.unit_name,
        year=one.after.year,
        status_before=one.before.status_name,
        status_after=one.after.status_name,
        figure_before=figure(one.minutes_before, one.before),
        figure_after=figure(one.minutes_after, one.after),
        met_before=one.met_before,
        met_after=one.met_after,
    )


def _tried(ran: "Run") -> list[TriedRow]:
    people = ran.zones.array(ran.zones.residents)
    own = _signs(ran.found.R_hat)
    return [
        TriedRow(
            parameter=one.variant.parameter,
            name=label(f"elasticity:{one.variant.parameter}"),
            value=one.variant.value,
            source=one.variant.source,
            welfare_change=_still(one.found.welfare - 1) if one.found else None,
            agreement=(
                float(people[_signs(one.found.R_hat) == own].sum() / people.sum())
                if one.found
                else None
            ),
            reason=one.why,
        )
        for one in ran.tried
    ]


def _signs(hats: "Array") -> "Array":
    """Whether there are more, fewer, or as many."""
    change = hats - 1
    signs: Array = np.where(np.abs(change) <= NONE, 0.0, np.sign(change))
    return signs


def _rest(ran: "Run") -> Rest:
    found, unique = ran.found, ran.unique
    return Rest(
        converged=found.converged,
        steps=found.steps,
        residual=found.residual,
        trail=found.trail,
        radius=None if np.isnan(unique.radius) else unique.radius,
        starts=unique.starts,
        tried=unique.tried,
        spread=unique.spread,
    )


def _doubts(ran: "Run") -> list[Text]:
    scenario, zones = ran.scenario, ran.zones
    changed = np.concatenate([scenario.productivity, scenario.amenity, scenario.land])
    same = np.allclose(scenario.minutes, scenario.minutes_after) and np.allclose(
        scenario.freight, scenario.freight_after
    )
    found = [STILL] if same and np.allclose(changed, 1.0) else []
    found += [*ran.found.doubts, LONG]
    if zones.residents.sample or zones.jobs.sample:
        found.append(Text("人数为抽样原始数", "people are raw counts of a sample"))
    outside = sorted({one.place for one in ran.actions} - set(zones.places))
    if outside:
        named = "、".join(outside)
        zh = f"{named}不在所算的地区之中,其变化未计入"
        found.append(
            Text(zh, f"changes of {', '.join(outside)} do not count: not among the units")
        )
    return found
