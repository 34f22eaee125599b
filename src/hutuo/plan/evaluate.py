"""The evaluation: where each target of a plan stands, from stored figures alone."""

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.answers import Sourced
from hutuo.base.figures import SourceRow, source_name, source_rows, unit_name
from hutuo.base.series import Observed, observed, observed_all
from hutuo.errors import one_of
from hutuo.glossary import both, label
from hutuo.plan.document import Aim, OfPlan, clause_rows, plan_of, target_rows
from hutuo.plan.prospects import (
    Aimed,
    Forecast,
    PathPoint,
    Trajectory,
    prospect,
    trajectory,
    yearly,
)
from hutuo.plan.status import Point, Standing, Status, standing
from hutuo.plan.trajectories import Kind
from hutuo.units import convert, shown
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

SIGNS = {">=": "≥", ">": ">", "<=": "≤", "<": "<", "=": "="}


PathKind = Literal["linear", "growth", "own"]


class Evaluate(OfPlan):
    """Which plan to evaluate, and along which paths."""

    path: PathKind | None = said(
        "路径类型;缺省为用户所设,否则按年均增速,再否则按年均变化量",
        "path to the targets; if none is named: a user's, else the same growth a year, else the same change",
        default=None,
    )


class Seen(Sourced):
    """A figure that was observed, with where it comes from."""

    unit: str = said("计量单位", "unit of measure")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    geography: str = said("地域", "geography that it stands for")


class Assessment(Aim):
    """Where one target stands."""

    indicator_name: Text = said("指标名称", "what the indicator is called")
    observed: Seen | None = said("最新观测", "last figure observed; null if there is none")
    distance: float | None = said("差距", "what is missing to the value, in the unit; 0 when met")
    needed_growth: float | None = said(
        "所需年均增速(比值)", "growth a year that is needed, as a share"
    )
    seen_growth: float | None = said(
        "已见年均增速(比值)", "growth a year that was seen, as a share"
    )
    status: str = said("状态", "met, on_track, off_track, no_data or not_measurable")
    status_name: Text = said("状态名称", "what the status is called")
    rule: Text = said("判定规则", "rule that decided the status")
    settled_by: Text | None = said(
        "需要什么数据才能判定", "which figure would settle it; null if it is settled"
    )
    trail: list[PathPoint] = said("历年数值", "figures by year, in the target's unit")
    trajectory: Trajectory = said("路径", "path from the base figure to the target")
    forecast: Forecast = said("预测", "what the figures forecast for the target's year")


class TargetAsk(Ask):
    """Which target to trace."""

    target: str = said("目标的标识", "id of the target")


class Heading(Answer):
    """A clause above another."""

    clause: str = said("条款编号", "number of the clause")
    title: Text = said("标题", "heading")


class ClauseOf(Answer):
    """The clause that sets a target."""

    clause: str = said("条款编号", "number of the clause")
    title: Text = said("标题", "heading")
    summary: Text | None = said("摘要(自撰)", "summary of our own")
    parents: list[Heading] = said("上级条款", "clauses above it, the chapter first")


class Related(Seen):
    """A figure that bears on a target without deciding it."""

    indicator: str = said("指标的标识", "indicator")
    name: Text = said("指标名称", "what the indicator is called")
    place_name: Text = said("地点名称", "what the place is called")


class Lineage(Answer):
    """A status led back to clause, formula, rows and sources."""

    target: Assessment = said("目标及其状态", "the target and where it stands")
    clause: ClauseOf = said("条款", "clause that sets it")
    method: Text = said("量法", "how it is measured")
    rows: list[Seen] = said("判定所用的数据", "figures that decide, the oldest first")
    related: list[Related] = said(
        "相关但不作判定的数据", "figures that bear on it without deciding it"
    )
    sources: list[SourceRow] = said("来源", "sources of these figures")
    note: Text | None = said("备注", "remark of the pack")


class _Case(NamedTuple):
    row: dict[str, Any]
    seen: list[Observed]
    trail: list[Point]
    standing: Standing
    horizon: int | None
    trajectory: Trajectory
    forecast: Forecast


@verb(
    "评估规划目标",
    columns=(
        "title",
        "clause",
        "operator",
        "value",
        "unit_name",
        "year",
        "status_name",
        "distance",
        "needed_growth",
        "settled_by",
    ),
)
def evaluate(region: "Region", ask: Evaluate) -> list[Assessment]:
    """Evaluate a plan: where each target stands, and what would settle it where figures are missing."""
    plan, rows = plan_of(region, ask.plan), target_rows(region, ask.plan)
    return [_assessment(region, case) for case in _cases(region, rows, plan, ask.path)]


@verb("追溯一个目标的状态")
def target(region: "Region", ask: TargetAsk) -> Lineage:
    """Trace one target: its clause, its method, the figures that decide, and their sources."""
    found = {row["target"]: row for row in region.records("target")}
    if ask.target not in found:
        raise one_of(ask.target, "target", list(found))
    row = found[ask.target]
    plan = plan_of(region, row["plan"])
    (case,) = _cases(region, [row], plan)
    related = _related(region, row)
    named = [seen.source for seen in case.seen] + [seen.source for seen in related]
    sources = [name for joined in named for name in joined.split("|")]
    return Lineage(
        target=_assessment(region, case),
        clause=_clause_of(clause_rows(region, plan), row["clause"]),
        method=Text(row["method_zh"], row["method_en"]),
        rows=[Seen(**_seen(region, seen)) for seen in case.seen],
        related=related,
        sources=source_rows(region, sources),
        note=both(row["note"]),
    )


def _cases(
    region: "Region",
    rows: list[dict[str, Any]],
    plan: dict[str, Any],
    kind: PathKind | None = None,
) -> Iterable[_Case]:
    """Targets with their figures, which are read at once, and their paths."""
    seen = observed_all(region, ((row["place"], row["indicator"]) for row in rows))
    own: dict[str, dict[int, float]] = {}
    for row in region.records("path"):
        own.setdefault(row["target"], {})[row["year"]] = row["value"]
    for row in rows:
        figures = seen[row["place"], row["indicator"]]
        yield _case(row, figures, plan, (kind, own.get(row["target"], {})))


def _case(
    row: dict[str, Any],
    seen: list[Observed],
    plan: dict[str, Any],
    way: tuple[PathKind | None, Mapping[int, float]],
) -> _Case:
    measurable = row["scope"] == "total" or row["number"] is not None
    aim = Aimed(
        operator=row["operator"],
        value=row["value"],
        unit=row["unit"],
        year=row["year"] or plan["horizon_to"],
        since=row["base_year"] or plan["horizon_from"],
        measurable=measurable,
    )
    trail = _trail(row, seen)
    path = yearly(seen, [point.value for point in trail])
    kind, own = way
    return _Case(
        row=row,
        seen=seen,
        trail=trail,
        standing=standing(aim.operator, aim.value, aim.year, trail, measurable=measurable),
        horizon=plan["horizon_to"],
        trajectory=trajectory(aim, path, Kind(kind) if kind else None, own),
        forecast=prospect(aim, path),
    )


def _trail(row: dict[str, Any], seen: list[Observed]) -> list[Point]:
    return [Point(s.valid_from.year, convert(s.value, s.unit, row["unit"])) for s in seen]


def _assessment(region: "Region", case: _Case) -> Assessment:
    row, stands = case.row, case.standing
    about = region.indicators[row["indicator"]]
    same = (
        "target",
        "clause",
        "indicator",
        "operator",
        "value",
        "unit",
        "year",
        "year_from",
        "stance",
    )
    return Assessment(
        title=Text(row["zh"], row["en"]),
        indicator_name=Text(about["zh"], about["en"]),
        unit_name=unit_name(row["unit"]),
        year_stated=row["year_from"] == "stated",
        geography=row["place"],
        geography_name=region.name_of(row["place"]),
        observed=Seen(**_seen(region, case.seen[-1])) if case.seen else None,
        distance=stands.distance,
        needed_growth=stands.needed_growth,
        seen_growth=stands.seen_growth,
        status=stands.status.value,
        status_name=label(f"status:{stands.status.value}"),
        rule=label(f"rule:{stands.rule}"),
        settled_by=_settled_by(region, case),
        trail=[PathPoint(year=p.year, value=p.value) for p in case.trail],
        trajectory=case.trajectory,
        forecast=case.forecast,
        **{name: row[name] for name in same},
    )


def _seen(region: "Region", seen: Observed) -> dict[str, Any]:
    same = (
        "value",
        "unit",
        "valid_from",
        "valid_to",
        "recorded_at",
        "source",
        "estimate",
        "quality",
    )
    names = [source_name(region, name) for name in seen.source.split("|")]
    return {
        "unit_name": unit_name(seen.unit),
        "geography": seen.place,
        "method": both(seen.method),
        "source_name": Text("; ".join(n.zh for n in names), "; ".join(n.en for n in names)),
        **{name: getattr(seen, name) for name in same},
    }


def _settled_by(region: "Region", case: _Case) -> Text | None:
    """The figure that is missing: which indicator, geography, year and unit."""
    row, rule = case.row, case.standing.rule
    if case.standing.status not in (Status.NO_DATA, Status.NOT_MEASURABLE):
        return None
    about, place = region.indicators[row["indicator"]], region.name_of(row["place"])
    measure = unit_name(row["unit"])
    until = row["year"] or case.horizon
    if rule == 1:
        sign = SIGNS[row["operator"]]
        return Text(
            f"规划未写明个数:须由编制机关明确多少个对象应{sign}{shown(row['value'])}{measure.zh},"
            f"并逐个记录“{about['zh']}”({measure.zh},{place.zh},不晚于{until}年)",
            f"the plan does not say how many: the issuing body would have to state how many objects must"
            f" reach {sign} {shown(row['value'])} {measure.en}, and '{about['en']}' ({measure.en}) be"
            f" recorded for each of them in {place.en}, for a year up to {until}",
        )
    if rule == 5:  # noqa: PLR2004 - number of the rule
        year = case.seen[-1].valid_from.year
        return Text(
            f"除{year}年外另一年的“{about['zh']}”({measure.zh},{place.zh}),以便得出增速",
            f"'{about['en']}' ({measure.en}) of {place.en} for a year other than {year},"
            " so that a pace can be told",
        )
    end = ("", "") if row["year"] else ("(规划期末)", " (the end of the plan's period)")
    return Text(
        f"“{about['zh']}”({measure.zh},{place.zh}){until}年{end[0]}及以前任一年的数值;判断进度至少要两个年份",
        f"'{about['en']}' ({measure.en}) of {place.en}, for any year up to {until}{end[1]};"
        " two years to tell a pace",
    )


def _related(region: "Region", row: dict[str, Any]) -> list[Related]:
    wanted = (row["related"] or "").split("|") if row["related"] else []
    found = []
    for name in wanted:
        about = region.indicators[name]
        rows = region.history("observation", indicator=name)
        for place in sorted({r["place"] for r in rows}):
            last = observed(region, place, name)
            if last:
                found.append(
                    Related(
                        indicator=name,
                        name=Text(about["zh"], about["en"]),
                        place_name=region.name_of(place),
                        **_seen(region, last[-1]),
                    )
                )
    return found


def _clause_of(rows: list[dict[str, Any]], name: str) -> ClauseOf:
    by_name = {row["clause"]: row for row in rows}
    row = by_name[name]
    parents: list[Heading] = []
    above = row["parent"]
    while above:
        parents.insert(
            0, Heading(clause=above, title=Text(by_name[above]["zh"], by_name[above]["en"]))
        )
        above = by_name[above]["parent"]
    has_summary = row["summary_zh"] or row["summary_en"]
    summary = Text(row["summary_zh"] or "", row["summary_en"] or "") if has_summary else None
    return ClauseOf(
        clause=name, title=Text(row["zh"], row["en"]), summary=summary, parents=parents
    )
