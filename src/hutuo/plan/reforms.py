"""Reform cases: what was tried where, with the figures before and after, computed or stated with a source."""

from collections.abc import Iterable
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base.figures import source_name, unit_name
from hutuo.base.periods import moment
from hutuo.base.series import Observed, observed
from hutuo.glossary import both, label
from hutuo.plan.clausetree import below
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.policies import split
from hutuo.plan.registers import headings, named, place_name, within
from hutuo.units import convert, unit
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]

State = Literal["pilot", "proven", "promoted"]


class Reforms(OfPlan):
    """Which reform cases to list."""

    place: str | None = said(
        "只要该地点及其中地点的", "only those of this place and places in it", default=None
    )
    clause: str | None = said(
        "只要该条款及其下级条款的",
        "only those of this clause and of clauses beneath",
        default=None,
    )
    state: State | None = said("只要该状态的", "only those in this state", default=None)
    complete: bool | None = said(
        "只要前后数字齐全(不全)的", "only those with, or without, both figures", default=None
    )


class CaseFigure(Answer):
    """A figure before or after a reform."""

    value: float = said("数值", "the figure")
    unit: str = said("计量单位", "unit of measure")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    stated: bool = said(
        "是否为来源所述", "whether a source states it; else it is computed from stored figures"
    )
    valid_from: date | datetime | None = said(
        "有效期起", "first day on which the figure holds; of a stated one its day"
    )
    valid_to: date | datetime | None = said("有效期止(不含)", "day from which it no longer holds")
    source: str = said("来源", "source of the figure")
    source_name: Text = said("来源名称", "what the source is called")
    estimate: bool = said("是否为估计值", "whether it is an estimate")


class CaseRow(Answer):
    """One reform case."""

    case: str = said("案例", "id of the case")
    title: Text = said("案例名称", "what was done")
    plan: str = said("规划", "plan that it serves")
    clause: str | None = said("条款编号", "clause that it serves")
    clause_title: Text | None = said("条款标题", "heading of the clause")
    place: str = said("地点", "where it was tried")
    place_name: Text | None = said("地点名称", "what the place is called")
    state: str = said("状态", "pilot, proven or promoted")
    state_name: Text = said("状态名称", "what the state is called")
    indicator: str | None = said("指标", "indicator that shows what it brought")
    indicator_name: Text | None = said("指标名称", "what the indicator is called")
    before: CaseFigure | None = said("之前", "figure before; null if there is none")
    after: CaseFigure | None = said("之后", "figure after; null if there is none")
    change: float | None = said("变化", "after less before, in the unit of the figure before")
    change_share: float | None = said("变化率(比值)", "that as a share of the figure before")
    complete: bool = said("前后数字是否齐全", "whether both figures are there")
    taken_up: list[Text] = said("推广地点", "places that took it up")
    evidence: str | None = said("依据", "what shows it")
    findings: list[Text] = said("问题", "what is missing or does not fit together")
    note: Text | None = said("备注", "remark")


@verb(
    "列出改革案例及其前后数字",
    columns=(
        "case", "title", "place_name", "state_name", "indicator_name", "before", "after", "change_share",
    ),
)  # fmt: skip
def reforms(region: "Region", ask: Reforms) -> list[CaseRow]:
    """List reform cases with their figures before and after, computed from stored figures or stated."""
    plan = plan_of(region, ask.plan)
    titles = headings(region, plan["plan"])
    places = None if ask.place is None else within(region, ask.place)
    clauses = None if ask.clause is None else below(clause_rows(region, plan), [ask.clause])
    rows = [
        _case(region, row, titles)
        for row in region.records("reform_case", plan=plan["plan"])
        if ask.state in {None, row["state"]}
        and (places is None or row["place"] in places)
        and (clauses is None or row["clause"] in clauses)
    ]
    return [row for row in rows if ask.complete is None or row.complete == ask.complete]


def on_day(figures: Iterable[Observed], day: date) -> Observed | None:
    """The figure whose period a day lies in, that of the shortest where several do."""
    when = moment(day)
    holding = [
        seen
        for seen in figures
        if moment(seen.valid_from) <= when
        and (seen.valid_to is None or when < moment(seen.valid_to))
    ]

    def length(seen: Observed) -> float:
        if seen.valid_to is None:
            return float("inf")
        return (moment(seen.valid_to) - moment(seen.valid_from)).total_seconds()

    return min(holding, key=length, default=None)


def changed(before: float, after: float) -> tuple[float, float | None]:
    """Change between two figures, and as a share of the first; None where that is 0."""
    return after - before, (after - before) / abs(before) if before else None


def _case(region: "Region", row: "Row", titles: dict[str, Text]) -> CaseRow:
    seen = observed(region, row["place"], row["indicator"]) if row["indicator"] else []
    sides = {side: _figure(region, row, side, seen) for side in ("before", "after")}
    before, after = sides["before"], sides["after"]
    change: tuple[float | None, float | None] = (None, None)
    if before and after:
        value = _in_unit(after.value, after.unit, before.unit)
        change = (None, None) if value is None else changed(before.value, value)
    about = region.indicators.get(row["indicator"] or "")
    same = ("case", "plan", "clause", "place", "state", "indicator", "evidence")
    return CaseRow(
        **{name: row[name] for name in same},
        before=before,
        after=after,
        title=named(row),
        clause_title=titles.get(row["clause"] or ""),
        place_name=place_name(region, row["place"]),
        state_name=label(f"state:{row['state']}"),
        indicator_name=named(about) if about else None,
        change=change[0],
        change_share=change[1],
        complete=bool(before and after),
        taken_up=[region.names.get(name, Text(name, name)) for name in split(row["taken_up"])],
        findings=[*_lacking(row, sides), *_at_odds(row, sides, seen), *_apart(before, after)],
        note=both(row["note"]),
    )


def _figure(region: "Region", row: "Row", side: str, seen: list[Observed]) -> CaseFigure | None:
    """The figure that a source states, else the one stored for the day."""
    day, value = row[f"{side}_on"], row[f"{side}_value"]
    if value is not None and row["unit"] and row["source"]:
        return CaseFigure(
            value=value, unit=row["unit"], unit_name=unit_name(row["unit"]), stated=True,
            valid_from=day, valid_to=None, source=row["source"], estimate=False,
            source_name=source_name(region, row["source"]),
        )  # fmt: skip
    found = on_day(seen, day) if day else None
    if found is None or value is not None:
        return None
    names = [source_name(region, name) for name in found.source.split("|")]
    same = ("value", "unit", "valid_from", "valid_to", "source", "estimate")
    return CaseFigure(
        **{name: getattr(found, name) for name in same},
        unit_name=unit_name(found.unit),
        stated=False,
        source_name=Text("; ".join(n.zh for n in names), "; ".join(n.en for n in names)),
    )


def _in_unit(value: float, given: str, wanted: str) -> float | None:
    """The value in another unit; None where the two measure different things."""
    if unit(given).dimension != unit(wanted).dimension:
        return None
    return convert(value, given, wanted)


def _lacking(row: "Row", sides: dict[str, CaseFigure | None]) -> list[Text]:
    """What would have to be known for the figures that are missing."""
    words = {"before": "之前", "after": "之后"}
    found = []
    for side, figure in sides.items():
        if figure is not None:
            continue
        if row[f"{side}_value"] is not None:
            says = Text(
                f"{words[side]}的数值没有计量单位或来源,不予采用",
                f"the figure {side} states no unit or no source and is not used",
            )
        elif row["indicator"] and row[f"{side}_on"]:
            day = row[f"{side}_on"]
            says = Text(
                f"缺指标“{row['indicator']}”在 {day} 的数字",
                f"no figure of '{row['indicator']}' is stored for {day}",
            )
        else:
            says = Text(
                f"{words[side]}:须写明指标和日期,或数值、计量单位和来源",
                f"{side}: give indicator and day, or value, unit and source",
            )
        found.append(says)
    return found


def _apart(before: CaseFigure | None, after: CaseFigure | None) -> list[Text]:
    """Two figures of which there is no change, since they measure different things."""
    if not before or not after or unit(before.unit).dimension == unit(after.unit).dimension:
        return []
    first, last = before.unit_name, after.unit_name
    return [
        Text(
            f"前后数字的计量单位不可比:{first.zh}、{last.zh}",
            f"the figures before and after are in {first.en} and {last.en}, which do not compare",
        )
    ]


def _at_odds(row: "Row", sides: dict[str, CaseFigure | None], seen: list[Observed]) -> list[Text]:
    """Stated figures that differ from what is stored for the day by more than a thousandth."""
    found = []
    for side, figure in sides.items():
        day = row[f"{side}_on"]
        stored = on_day(seen, day) if figure and figure.stated and day else None
        if figure is None or stored is None:
            continue
        value = _in_unit(stored.value, stored.unit, figure.unit)
        if value is not None and abs(value - figure.value) > abs(figure.value) / 1000:
            called = figure.unit_name
            found.append(
                Text(
                    f"{day}:来源写 {figure.value:g} {called.zh},库中为 {value:g} {called.zh}",
                    f"{day}: the source states {figure.value:g} {called.en}, stored is {value:g} {called.en}",
                )
            )
    return found
