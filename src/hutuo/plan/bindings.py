"""What aims of a plan are measured by: each beside its indicator, or those that may be."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base.figures import unit_name
from hutuo.base.measures import unit_of
from hutuo.plan.binding import Candidate, candidate, hindered, suggested_all
from hutuo.plan.document import OfPlan, clause_rows, plan_of, target_rows
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Row = Mapping[str, Any]
State = Literal["bound", "open", "hindered"]
LEFT_OUT = ("rejected", "withdrawn")


class Bindings(OfPlan):
    """Which aims to show."""

    state: State | None = said(
        "只要该状态的:已绑定、待绑定、不能绑定", "only those in this state", default=None
    )
    most: int = said(
        "每项最多几个候选指标", "most indicators suggested for each", default=5, ge=0, le=50
    )


class BindingRow(Answer):
    """An aim and what measures it."""

    quantity: str | None = said(
        "数量的编号", "id of the figure; null for a target that was not read from the text"
    )
    clause: str = said("条款编号", "clause that states it")
    clause_title: Text = said("条款标题", "heading of the clause")
    quote: str | None = said("原文", "words of the plan; null if they are not known")
    subject: Text | None = said("主体", "what the figure is of")
    operator: str = said("算子", "how the figure must stand to the value")
    value: float | None = said("目标值", "value to reach; null if the plan gives none")
    unit_name: Text = said("计量单位的名称", "what the unit is called")
    year: int | None = said("目标年", "year by which; null if the plan names none")
    decision: str | None = said(
        "审定", "how the figure is decided; null for one that was not read"
    )
    state: State = said("状态", "bound, open, or hindered")
    says: Text | None = said("不能绑定的原因", "why it cannot be bound as it stands")
    target: str | None = said("目标的标识", "target that it was bound as")
    indicator: str | None = said("指标的标识", "indicator that measures it")
    indicator_name: Text | None = said("指标名称", "what the indicator is called")
    candidates: list[Candidate] = said(
        "候选指标", "indicators of its dimension, the likeliest first; none for one that is bound"
    )


@verb(
    "查看目标与指标的绑定",
    columns=("clause", "quote", "state", "indicator_name", "candidates"),
)
def bindings(region: "Region", ask: Bindings) -> list[BindingRow]:
    """Show the aims of a plan beside the indicators that measure them, or that may.

    Example:
        ``hutuo plan bindings --state open``
    """
    plan = plan_of(region, ask.plan)
    clauses = {row["clause"]: row for row in clause_rows(region, plan)}
    figures = [
        row
        for row in region.records("quantity", plan=plan["plan"])
        if row["kind"] == "target" and row["decision"] not in LEFT_OUT
    ]
    targets = {row["target"]: row for row in target_rows(region, plan["plan"])}
    read = {row["target"] for row in figures}
    found = suggested_all(figures, list(region.indicators.values()))
    rows = [
        _of_figure(row, targets.get(row["target"] or ""), [candidate(c) for c in some[: ask.most]])
        for row, some in zip(figures, found, strict=True)
    ]
    rows += [_of_target(row) for name, row in targets.items() if name not in read]
    order = {name: row["ordinal"] for name, row in clauses.items()}
    place = {row["quantity"]: row["ordinal"] for row in figures}
    rows.sort(key=lambda r: (order.get(r["clause"], 0), place.get(r["quantity"], -1)))
    answers = [_answer(region, row, clauses) for row in rows]
    return [row for row in answers if ask.state in (None, row.state)]


def _of_figure(row: Row, target: Row | None, found: Sequence[Candidate]) -> dict[str, Any]:
    why = hindered(dict(row))
    same = ("quantity", "clause", "quote", "operator", "value", "decision")
    return {
        **{name: row[name] for name in same},
        "subject": Text(row["subject"], row["subject"]) if row["subject"] else None,
        "unit": unit_of(row["unit"]) or row["unit"],
        "year": row["target_year"],
        "target": target["target"] if target else None,
        "indicator": target["indicator"] if target else None,
        "state": "bound" if target else "hindered" if why else "open",
        "says": None if target else why,
        "candidates": [] if target else list(found),
    }


def _of_target(row: Row) -> dict[str, Any]:
    """A target that came with the region's data, not from a document that was read."""
    same = ("clause", "operator", "value", "unit", "year", "target", "indicator")
    return {
        **{name: row[name] for name in same},
        "quantity": None,
        "quote": None,
        "decision": None,
        "says": None,
        "subject": Text(row["zh"], row["en"]),
        "state": "bound",
        "candidates": [],
    }


def _answer(region: "Region", row: dict[str, Any], clauses: Mapping[str, Row]) -> BindingRow:
    heading = clauses.get(row["clause"])
    about = region.indicators.get(row["indicator"] or "")
    unit = row.pop("unit")
    return BindingRow(
        **row,
        clause_title=Text(heading["zh"], heading["en"]) if heading else Text("", ""),
        unit_name=unit_name(unit) if unit_of(unit) else Text(unit or "", unit or ""),
        indicator_name=Text(about["zh"], about["en"]) if about else None,
    )
