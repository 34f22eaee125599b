"""The plan as data: its clauses and its targets, as the pack holds them."""

from typing import TYPE_CHECKING, Any

from hutuo.base.about import plans
from hutuo.base.figures import unit_name
from hutuo.errors import NotFound, one_of
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region


class OfPlan(Ask):
    """Which plan is meant."""

    plan: str | None = said(
        "规划;缺省为主规划", "plan; the main one if none is named", default=None
    )


class Aim(Answer):
    """What a target asks for."""

    target: str = said("目标的标识", "id of the target")
    title: Text = said("目标名称", "what it is called")
    clause: str = said("条款编号", "clause that sets it")
    indicator: str = said("指标的标识", "indicator that measures it")
    operator: str = said("算子", "how the figure must stand to the value")
    value: float = said("目标值", "value to reach")
    unit: str = said("计量单位", "unit of measure")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    year: int | None = said("目标年;空为规划未写明", "year by which; null if the plan names none")
    year_stated: bool = said("年份是否在条款中写明", "whether the clause itself states the year")
    year_from: str = said("年份来历", "stated, inherited, or none")
    stance: str | None = said("语气词", "stance word of the plan")
    geography: str = said("地域", "geography that it is measured for")
    geography_name: Text = said("地域名称", "what the geography is called")


class Targets(OfPlan):
    """Which targets to list."""


class TargetRow(Aim):
    """One target as the plan sets it."""

    plan: str = said("规划", "plan that sets it")
    clause_title: Text = said("条款标题", "heading of the clause")
    scope: str = said(
        "口径", "total: for the place as a whole; each: for every one of a number of objects"
    )
    number: int | None = said(
        "个数;空为规划未写明", "how many objects; null if the plan does not say"
    )
    method: Text = said("量法", "how it is measured")


class Clauses(OfPlan):
    """Which clauses to list."""

    has_text: bool | None = said(
        "只要有(无)正文的条款", "only clauses with, or without, text", default=None
    )


class ClauseRow(Answer):
    """One clause of a plan."""

    clause: str = said("条款编号", "number of the clause, as the document gives it")
    parent: str | None = said("上级条款", "clause that it stands under")
    level: int = said("层次", "depth, 1 for a chapter")
    ordinal: int = said("顺序", "order in the document")
    title: Text = said("标题", "heading")
    summary: Text | None = said("摘要(自撰)", "summary of our own")
    has_text: bool = said("节选中是否有正文", "whether the published excerpt has its text")
    systems: list[str] = said("相关制度", "rows of the list of systems that it calls for")
    targets: list[str] = said("目标", "targets that it sets")


@verb(
    "列出规划目标",
    columns=(
        "target",
        "title",
        "clause",
        "operator",
        "value",
        "unit_name",
        "year",
        "year_from",
        "stance",
    ),
)
def targets(region: "Region", ask: Targets) -> list[TargetRow]:
    """List the targets of a plan as it sets them."""
    headings = {row["clause"]: row for row in clause_rows(region, plan_of(region, ask.plan))}
    return [target_row(region, row, headings) for row in target_rows(region, ask.plan)]


@verb("列出规划条款", columns=("clause", "title", "has_text", "systems", "targets"))
def clauses(region: "Region", ask: Clauses) -> list[ClauseRow]:
    """List the clauses of a plan in the document's order."""
    set_by: dict[str, list[str]] = {}
    for row in target_rows(region, ask.plan):
        set_by.setdefault(row["clause"], []).append(row["target"])
    return [
        _clause(row, set_by.get(row["clause"], []))
        for row in clause_rows(region, plan_of(region, ask.plan))
        if ask.has_text is None or row["has_text"] == ask.has_text
    ]


def plan_of(region: "Region", name: str | None) -> dict[str, Any]:
    """Row of a plan; of the main one if none is named.

    Raises:
        NotFound: The region has no plan of that name, or none at all.
    """
    rows = {row["plan"]: row for row in plans(region)}
    if not rows:
        released = region.info.released
        says = Text("该日尚无已知的规划", "no plan is known as of that day")
        hint = Text(f"地区数据包发布于{released}", f"the pack was released on {released}")
        raise NotFound(says, hint)
    if name is None:
        return next(iter(rows.values()))
    if name not in rows:
        raise one_of(name, "plan", list(rows))
    return rows[name]


def clause_rows(region: "Region", plan: dict[str, Any]) -> list[dict[str, Any]]:
    """Clauses of a plan in the document's order."""
    return sorted(region.records("clause", plan=plan["plan"]), key=lambda row: row["ordinal"])


def target_rows(region: "Region", plan: str | None) -> list[dict[str, Any]]:
    """Targets of a plan in the order of their clauses."""
    found = plan_of(region, plan)
    order = {row["clause"]: row["ordinal"] for row in clause_rows(region, found)}
    rows = region.records("target", plan=found["plan"])
    return sorted(rows, key=lambda row: (order.get(row["clause"], 0), row["target"]))


def target_row(
    region: "Region", row: dict[str, Any], headings: dict[str, dict[str, Any]]
) -> TargetRow:
    """A target with what its clause, unit and geography are called."""
    heading = headings.get(row["clause"], {"zh": row["clause"], "en": row["clause"]})
    same = (
        "target", "plan", "clause", "indicator", "operator", "value", "unit", "year", "year_from",
        "stance", "scope", "number",
    )  # fmt: skip
    return TargetRow(
        title=Text(row["zh"], row["en"]),
        clause_title=Text(heading["zh"], heading["en"]),
        unit_name=unit_name(row["unit"]),
        year_stated=row["year_from"] == "stated",
        geography=row["place"],
        geography_name=region.name_of(row["place"]),
        method=Text(row["method_zh"], row["method_en"]),
        **{name: row[name] for name in same},
    )


def _clause(row: dict[str, Any], set_by: list[str]) -> ClauseRow:
    has_summary = row["summary_zh"] or row["summary_en"]
    return ClauseRow(
        title=Text(row["zh"], row["en"]),
        summary=Text(row["summary_zh"] or "", row["summary_en"] or "") if has_summary else None,
        systems=(row["systems"] or "").split("|") if row["systems"] else [],
        targets=set_by,
        **{name: row[name] for name in ("clause", "parent", "level", "ordinal", "has_text")},
    )
