"""Areas that the commuters of a region make, by published rules."""

from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from hutuo.glossary import label
from hutuo.space.regionflows import Commuting, Modelling, commuting_of, core_of, minutes_to
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region
    from hutuo.space.delineation import Area, Delineation
    from hutuo.space.flows import Flows

Rule = Literal["eu_oecd", "circle", "labour"]
Needs = Literal["both", "time", "flow", "either"]
SHARES = {"eu_oecd": 0.15, "circle": 0.10}


class FunctionalArea(Modelling):
    """Which area to delineate, and by which rule."""

    cores: tuple[str, ...] | None = said(
        "核心:单元或集合;缺省为 set:core,没有则为人口最多的单元",
        "core: units or sets; set:core by default, else the unit with most people",
        default=None,
    )
    rule: Rule = said("划定规则", "rule", default="eu_oecd")
    share: float | None = said(
        "通勤率下限;缺省为规则自身的值", "least share who commute to the core; the rule's own by default",
        default=None, ge=0, le=1,
    )  # fmt: skip
    inclusive: bool = said(
        "恰好等于阈值是否算满足", "whether exactly a threshold is enough", default=True
    )
    enclaves: bool = said(
        "是否补入飞地空洞、剔除不相连的单元(eu_oecd)",
        "whether enclaves come in and exclaves go out (eu_oecd)",
        default=True,
    )
    minutes: float = said("时间上限(circle)", "most minutes (circle)", default=60.0, ge=0)
    needs: Needs = said(
        "circle 要求的条件", "what the circle asks for: time, flow, both or either", default="both"
    )
    min_size: float = said("规模下限(labour)", "least size (labour)", default=100_000, gt=0)
    min_self: float = said(
        "自足率下限(labour)", "least self-containment (labour)", default=2 / 3, gt=0, le=1
    )
    target_size: float = said("规模目标(labour)", "target size (labour)", default=1_000_000, gt=0)
    target_self: float = said(
        "自足率目标(labour)", "target self-containment (labour)", default=0.75, gt=0, le=1
    )
    move_by: float = said(
        "稳定性:阈值上下移动的比例,0 为不算",
        "share by which thresholds are moved for stability; 0 for none",
        default=0.2,
        ge=0,
        lt=1,
    )


class ThresholdRow(Answer):
    """One threshold of the rule."""

    threshold: str = said("阈值", "name of the threshold, as it is asked")
    value: float = said("取值", "its value")
    inclusive: bool = said("含等于", "whether exactly the value is enough")


class StepRow(Answer):
    """One step of the rule and the table after it."""

    step: str = said("步骤", "step of the rule")
    step_name: Text = said("步骤名称", "what it is called")
    number: int = said("行数", "rows of its table")
    table: list[dict[str, Any]] = said("步骤之后的表", "table after the step; units by their code")


class StabilityRow(Answer):
    """What moves when a threshold moves."""

    threshold: str = said("阈值", "threshold that is moved")
    value: float = said("原值", "its value")
    moved: float = said("移动后的值", "where it is moved to")
    changed: float | None = said(
        "改变的单元占比",
        "share of units whose area changes; null where the rule cannot take the value",
    )


class MemberRow(Answer):
    """One unit and where it stands."""

    unit: str = said("区划代码", "unit")
    name: Text = said("名称", "what it is called")
    people: float = said("人数", "employed residents; residents where commuters are modelled")
    share: float | None = said(
        "到核心的通勤率", "share of its employed residents who work in the core, 0 to 1"
    )
    minutes: float | None = said(
        "到核心的分钟数", "minutes by road to the nearest unit of the core"
    )
    inside: bool = said("是否在划定范围内", "whether it is inside the core's area")
    planned: bool = said(
        "是否在规划的都市圈内", "whether the region's own set has it, in whole or part"
    )
    area: str | None = said("所属范围", "area that it is in; null for none")


class FunctionalAreaAnswer(Answer):
    """An area, how it came about, and how firm it is."""

    rule: str = said("规则", "rule")
    rule_name: Text = said("规则名称", "what the rule is called")
    core_units: list[str] = said("核心单元", "units of the core")
    modelled: bool = said("通勤量是否为模型值", "whether commuters are modelled, not counted")
    basis: Text = said("数据依据", "where the commuters come from, and what that means")
    year: int = said("年份", "year of the commuters, or of the people that they are modelled from")
    thresholds: list[ThresholdRow] = said("阈值", "thresholds of the rule")
    number: int = said("范围内单元数", "number of units inside the core's area")
    people: float = said("范围内人数", "people of `rows` inside")
    rows: list[MemberRow] = said("单元", "units, those inside first, by share and code")
    steps: list[StepRow] = said("步骤", "steps of the rule, in order")
    stability: list[StabilityRow] = said(
        "稳定性", "share of units that change when one threshold moves"
    )
    sources: list[str] = said("来源", "sources of the commuters or the people")
    without_people: list[str] = said(
        "未参与的单元", "units of the level that take no part: no people known"
    )


@verb("按通勤划定都市圈范围", columns=("unit", "name", "share", "minutes", "inside", "planned"))
def functional_area(region: "Region", ask: FunctionalArea) -> FunctionalAreaAnswer:
    """Delineate the area of a core by commuters, with every step of the rule.

    Example:
        ``hutuo space functional-area --rule eu_oecd --share 0.1``
    """
    from hutuo.space.delineation import stability
    from hutuo.space.settled import borders

    found = commuting_of(region, ask)
    core = core_of(region, ask.cores, found.here)
    minutes = minutes_to(region, core, found.here) if len(core) else {}
    neighbours = (
        borders(region, [str(unit) for unit in found.flows.units]) if ask.enclaves else None
    )
    rule, given, moved = _rule(ask, found.flows, core, minutes, neighbours)
    made = rule(**given)
    firm = stability(rule, given, moved, ask.move_by) if ask.move_by else None
    return _answer(region, ask, found, core, minutes, (made, firm))


def _rule(
    ask: FunctionalArea,
    flows: "Flows",
    core: list[str],
    minutes: dict[str, float],
    neighbours: dict[str, list[str]] | None,
) -> tuple[Any, dict[str, Any], list[str]]:
    """The function of the rule, its arguments, and the thresholds that are moved for stability."""
    from hutuo.space import circlerule, functional, labour

    share = SHARES.get(ask.rule) if ask.share is None else ask.share
    if ask.rule == "eu_oecd":
        given = {"flows": flows, "core": core, "share": share, "neighbours": neighbours}
        return functional.functional_area, given | {"inclusive": ask.inclusive}, ["share"]
    if ask.rule == "circle":
        given = {"minutes_of": minutes, "core": core, "flows": flows, "share": share}
        given |= {"minutes": ask.minutes, "needs": ask.needs, "inclusive": ask.inclusive}
        moved = {"time": ["minutes"], "flow": ["share"]}.get(ask.needs, ["minutes", "share"])
        return circlerule.commuting_circle, given, moved
    names = ["min_size", "min_self", "target_size", "target_self"]
    return (
        labour.labour_areas,
        {"flows": flows, **{name: getattr(ask, name) for name in names}},
        names,
    )


def _answer(
    region: "Region",
    ask: FunctionalArea,
    found: Commuting,
    core: list[str],
    minutes: dict[str, float],
    made: "tuple[Area | Delineation, Any]",
) -> FunctionalAreaAnswer:
    delineated, firm = made
    rows = _members(region, found, core, minutes, delineated)
    return FunctionalAreaAnswer(
        rule=ask.rule,
        rule_name=label(f"delineation:{ask.rule}"),
        core_units=core,
        modelled=found.flows.model is not None,
        basis=found.basis,
        year=found.year,
        thresholds=[
            ThresholdRow(threshold=one.name, value=one.value, inclusive=one.inclusive)
            for one in delineated.thresholds
        ],
        number=sum(row.inside for row in rows),
        people=sum(row.people for row in rows if row.inside),
        rows=rows,
        steps=[_step(one.name, one.table) for one in delineated.steps],
        stability=[] if firm is None else [_firm(row) for row in firm.to_dict("records")],
        sources=list(found.sources),
        without_people=list(found.here.lacking),
    )


def _members(
    region: "Region",
    found: Commuting,
    core: list[str],
    minutes: dict[str, float],
    made: "Area | Delineation",
) -> list[MemberRow]:
    from hutuo.base.geography import members
    from hutuo.space.delineation import Area

    planned = members(region, region.info.set) or set()
    flows = found.flows
    there = [unit for unit in core if unit in set(flows.units)]
    shares = flows.share_to(flows.positions(there)) if there else np.zeros(len(flows.units))
    area_of = (
        dict.fromkeys(made, core[0]) if isinstance(made, Area) else dict(made.area_of.items())
    )
    home = area_of.get(core[0])
    rows = [
        MemberRow(
            unit=str(unit),
            name=region.names.get(str(unit), Text(str(unit), str(unit))),
            people=float(flows.residents[at]),
            share=float(shares[at]) if flows.residents[at] > 0 else None,
            minutes=_finite(minutes.get(str(unit))),
            inside=area_of.get(unit) is not None and area_of.get(unit) == home,
            planned=str(unit) in planned,
            area=None if area_of.get(unit) is None else str(area_of[unit]),
        )
        for at, unit in enumerate(flows.units)
    ]
    return sorted(rows, key=lambda row: (not row.inside, -(row.share or 0.0), row.unit))


def _finite(minutes: float | None) -> float | None:
    return None if minutes is None or not np.isfinite(minutes) else round(minutes, 1)


def _step(name: str, table: Any) -> StepRow:
    """A step with plain values: None for missing, no number that JSON has not."""
    plain = table.astype(object).where(table.notna(), None)
    rows = [
        {key: None if value in (np.inf, -np.inf) else _plain(value) for key, value in row.items()}
        for row in plain.to_dict("records")
    ]
    return StepRow(step=name, step_name=label(f"step:{name}"), number=len(rows), table=rows)


def _plain(value: Any) -> Any:
    return value.item() if isinstance(value, np.generic) else value


def _firm(row: dict[str, Any]) -> StabilityRow:
    return StabilityRow(**row | {"changed": None if np.isnan(row["changed"]) else row["changed"]})
