"""Exemptions: clauses that get no task, each with the reason.

A table of its own, and not a task that is dropped from the start: a dropped task says that work was begun
and given up, and would count among tasks of every period, while a clause that states facts never was work.
"""

from typing import TYPE_CHECKING, Any

from hutuo.errors import BadAsk
from hutuo.plan.clausetree import below
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.responsibilities import written
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]


class Exempt(OfPlan):
    """Which clauses get no task, and why; without a clause they are listed."""

    clause: tuple[str, ...] = said("条款", "clauses", default=())
    reason: str | None = said("不立任务的理由", "why they get no task", default=None)
    withdraw: bool = said("收回", "take the exemption back", default=False)
    by: str | None = said("经手人或单位", "person or body who decides", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Exemption(Answer):
    """A clause that gets no task."""

    clause: str = said("条款编号", "number of the clause")
    title: Text = said("标题", "heading")
    reason: str = said("理由", "why it gets none")
    by: str | None = said("经手人或单位", "who decided")


class Exempted(Answer):
    """Clauses without a task, and what was written."""

    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows written")
    rows: list[Exemption] = said("不立任务的条款", "clauses that get no task")


@verb("注明条款不立任务的理由", columns=("clause", "title", "reason", "by"))
def exempt(region: "Region", ask: Exempt) -> Exempted:
    """Say why clauses get no task, or list those that have a reason.

    Example:
        ``hutuo plan exempt --clause '一(一)' --reason 只述现状``
    """
    plan = plan_of(region, ask.plan)
    clauses = clause_rows(region, plan)
    below(clauses, ask.clause)
    held = exemptions(region, plan["plan"])
    batch, stored = None, 0
    if ask.clause and ask.withdraw:
        held, batch, stored = _withdrawn(region, ask, held)
    elif ask.clause:
        made = {name: _made(plan["plan"], name, ask) for name in ask.clause}
        held |= made
        if not ask.check:
            batch, stored = written(region, {"exemption": list(made.values())}, "exempt")
    rows = [
        Exemption(title=Text(c["zh"], c["en"]), **_shown(held[c["clause"]]))
        for c in clauses
        if c["clause"] in held
    ]
    return Exempted(batch=batch, stored=stored, rows=rows)


def exemptions(region: "Region", plan: str) -> "dict[str, Row]":
    """Rows of the table of exemptions of a plan by clause."""
    return {row["clause"]: row for row in region.records("exemption", plan=plan)}


def _made(plan: str, clause: str, ask: Exempt) -> "Row":
    if not ask.reason:
        raise BadAsk(
            Text("条款不设任务须写明理由", "a clause gets no task without a reason"),
            Text("请用--reason给出", "give one by --reason"),
        )
    return {"plan": plan, "clause": clause, "reason": ask.reason, "by": ask.by}


def _shown(row: "Row") -> "Row":
    return {name: row[name] for name in ("clause", "reason", "by")}


def _withdrawn(
    region: "Region", ask: Exempt, held: "dict[str, Row]"
) -> "tuple[dict[str, Row], str | None, int]":
    import pandas as pd

    from hutuo.base.writing import About, retract

    lost = [name for name in ask.clause if name not in held]
    if lost:
        says = Text(
            f"条款{lost[0]}没有可撤回的理由", f"clause {lost[0]} has no reason to take back"
        )
        there = list(held)
        raise BadAsk(says, Text(f"有理由的:{'、'.join(there) or '无'}", f"those have: {there}"))
    left = {name: row for name, row in held.items() if name not in ask.clause}
    if ask.check:
        return left, None, 0
    keys = [{name: held[clause][name] for name in ("plan", "clause")} for clause in ask.clause]
    done = retract(region, "exemption", pd.DataFrame(keys), About("exempt"))
    return left, done.batch, done.stored["exemption"]
