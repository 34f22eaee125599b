"""Coverage: what of a plan nobody has taken up yet, from clauses down to tasks."""

from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.glossary import label
from hutuo.plan.clausetree import below, leaves
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.exemptions import exemptions
from hutuo.plan.responsibilities import STANDING, body_rows, listed, responsibilities
from hutuo.plan.tasks import CLOSED, task_rows
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hutuo.base.region import Region

    Row = dict[str, Any]

GAPS = (
    "clause_without_task",
    "duty_without_task",
    "duty_without_body",
    "target_without_indicator",
    "body_without_duty",
    "task_without_clause",
    "task_without_owner",
    "task_of_rejected",
)


class Coverage(OfPlan):
    """Which plan to look through."""

    clause: tuple[str, ...] = said(
        "只要这些条款(含下级)", "only these clauses, with those below", default=()
    )


class GapCount(Answer):
    """How many of a kind lack something."""

    gap: str = said("缺口", "what is lacking")
    gap_name: Text = said("缺口名称", "what is lacking, in words")
    number: int = said("个数", "how many lack it")
    of: int = said("总数", "out of how many")


class GapRow(Answer):
    """One thing that lacks something."""

    gap: str = said("缺口", "what is lacking")
    gap_name: Text = said("缺口名称", "what is lacking, in words")
    id: str = said("标识", "id of the clause, duty, quantity, body or task")
    title: Text = said("名称", "its heading, words or name")
    clause: str | None = said("条款编号", "clause that it belongs to")


class CoverageAnswer(Answer):
    """What of a plan nobody has taken up."""

    counts: list[GapCount] = said("各类缺口的个数", "how many there are of each gap")
    exempt: int = said("已注明理由的条款数", "clauses that get no task for a reason")
    rows: list[GapRow] = said("缺口", "what lacks something, by gap, in the order of the plan")


class Held(NamedTuple):
    """Rows of a plan that coverage looks at.

    Attributes:
        clauses: Clauses in the order of the document.
        exempt: Clauses that get no task for a reason.
        duties: Duties, also rejected ones.
        quantities: Quantities, also rejected ones.
        responsibilities: Whose a duty is, by duty.
        bodies: Bodies by id.
        tasks: Tasks in the order of the plan.
    """

    clauses: "Sequence[Row]"
    exempt: "Iterable[str]"
    duties: "Sequence[Row]"
    quantities: "Sequence[Row]"
    responsibilities: "Mapping[str, Row]"
    bodies: "Mapping[str, Row]"
    tasks: "Sequence[Row]"


class Gap(NamedTuple):
    """One thing that lacks something; ``gap`` is a word of ``GAPS``."""

    gap: str
    id: str
    title: Text
    clause: str | None


@verb("查看规划的落实缺口", columns=("gap_name", "id", "title"))
def coverage(region: "Region", ask: Coverage) -> CoverageAnswer:
    """Look through a plan for what nobody has taken up: clauses, targets, bodies, duties and tasks.

    Example:
        ``hutuo plan coverage --clause 二``
    """
    plan = plan_of(region, ask.plan)
    held = _held(region, plan)
    found, sizes = gaps(held)
    if ask.clause:
        wanted = below(held.clauses, ask.clause)
        found = [gap for gap in found if gap.clause in wanted]
    names = {gap: label(f"gap:{gap}") for gap in GAPS}
    return CoverageAnswer(
        counts=[
            GapCount(
                gap=gap,
                gap_name=names[gap],
                number=sum(one.gap == gap for one in found),
                of=sizes[gap],
            )
            for gap in GAPS
        ],
        exempt=len(list(held.exempt)),
        rows=[GapRow(gap_name=names[one.gap], **one._asdict()) for one in found],
    )


def gaps(held: Held) -> tuple[list[Gap], dict[str, int]]:
    """What lacks something, by gap; and out of how many, for each gap.

    A clause counts where it says something by itself: it has text, and no clause below it has. A task that
    was dropped is no task of it, but its reason is one for the clause.
    """
    found = {
        **_of_clauses(held),
        **_of_duties(held),
        **_of_targets(held),
        **_of_bodies(held),
        **_of_tasks(held),
    }
    return [gap for name in GAPS for gap in found[name][0]], {n: found[n][1] for n in GAPS}


Found = dict[str, tuple[list[Gap], int]]


def _of_clauses(held: Held) -> Found:
    titles = {row["clause"]: row for row in held.clauses}
    taken = {row["clause"] for row in held.tasks} | {*held.exempt}
    says = leaves(held.clauses)
    gap = "clause_without_task"
    lost = [Gap(gap, c, _text(titles[c]), c) for c in says if c not in taken]
    return {gap: (lost, len(says))}


def _of_duties(held: Held) -> Found:
    exempt = {*held.exempt}
    standing = [d for d in held.duties if d["decision"] in STANDING and d["clause"] not in exempt]
    taken = {row["duty"] for row in held.tasks}
    led = {name for name, row in held.responsibilities.items() if row["lead"]}
    return {
        gap: ([_duty(gap, d) for d in standing if d["duty"] not in there], len(standing))
        for gap, there in (("duty_without_task", taken), ("duty_without_body", led))
    }


def _of_targets(held: Held) -> Found:
    gap = "target_without_indicator"
    targets = [q for q in held.quantities if q["kind"] == "target" and q["decision"] != "rejected"]
    lost = [
        Gap(gap, q["quantity"], Text(q["quote"], q["quote"]), q["clause"])
        for q in targets
        if not q["target"]
    ]
    return {gap: (lost, len(targets))}


def _of_bodies(held: Held) -> Found:
    gap = "body_without_duty"
    busy = {
        body
        for row in held.responsibilities.values()
        for body in (row["lead"], *listed(row["support"]))
    }
    lost = [Gap(gap, b, _text(row), None) for b, row in held.bodies.items() if b not in busy]
    return {gap: (lost, len(held.bodies))}


def _of_tasks(held: Held) -> Found:
    rejected = {d["duty"] for d in held.duties if d["decision"] == "rejected"}
    known = {row["clause"] for row in held.clauses}
    running = [row for row in held.tasks if row["state"] not in CLOSED]
    tests = {
        "task_without_clause": [r for r in held.tasks if r["clause"] not in known],
        "task_without_owner": [r for r in running if not r["owner"]],
        "task_of_rejected": [r for r in running if r["duty"] in rejected],
    }
    sizes = {"task_without_clause": len(held.tasks)}
    return {
        gap: (
            [Gap(gap, r["task"], Text(r["zh"], r["en"] or r["zh"]), r["clause"]) for r in lost],
            sizes.get(gap, len(running)),
        )
        for gap, lost in tests.items()
    }


def _held(region: "Region", plan: "Row") -> Held:
    name = plan["plan"]
    clauses = clause_rows(region, plan)
    order = {row["clause"]: row["ordinal"] for row in clauses}

    def ordered(table: str) -> "list[Row]":
        rows = region.records(table, plan=name)
        return sorted(rows, key=lambda r: (order.get(r["clause"], 0), r["ordinal"], r[table]))

    duties = ordered("duty")
    ours = {row["duty"] for row in duties}
    return Held(
        clauses=clauses,
        exempt=exemptions(region, name),
        duties=duties,
        quantities=ordered("quantity"),
        responsibilities={d: r for d, r in responsibilities(region).items() if d in ours},
        bodies=body_rows(region),
        tasks=task_rows(region, name),
    )


def _duty(gap: str, row: "Row") -> Gap:
    return Gap(gap, row["duty"], Text(row["quote"], row["quote"]), row["clause"])


def _text(row: "Mapping[str, Any]") -> Text:
    return Text(row["zh"], row["en"])
