"""What a meeting has to speak about: found from the state of decisions, tasks, projects and targets."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.plan.clausetree import below
from hutuo.plan.document import clause_rows, plan_of
from hutuo.plan.evaluate import Assessment, Evaluate, evaluate
from hutuo.plan.projects import OVER, late
from hutuo.plan.registers import named
from hutuo.plan.resolutions import ResolutionRow, resolution_rows
from hutuo.plan.status import Status
from hutuo.verbs import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = Mapping[str, Any]

REASONS = ("resolution", "task", "blocked", "project", "target", "owner")


class Item(NamedTuple):
    """One matter for the agenda.

    Attributes:
        reason: Why: one of ``REASONS``.
        title: What is to be discussed.
        clause: Clause that it is about, if any.
        days: Days that it is late; 0 where it is not a matter of time.
        task: Task that it is about, if any.
        project: Project, if any.
        target: Target, if any.
        resolution: Earlier decision, if any.
    """

    reason: str
    title: Text
    clause: str | None
    days: int = 0
    task: str | None = None
    project: str | None = None
    target: str | None = None
    resolution: str | None = None


def proposed(region: "Region", plan: str, day: date, clause: str | None = None) -> list[Item]:
    """Everything that asks for a meeting on a day, in the order of ``REASONS``, the latest first.

    Args:
        region: View of the region.
        plan: Plan that the meeting is on.
        day: Day of the meeting.
        clause: Only what belongs to this clause or one beneath, as for a working group; None for all.
    """
    tasks = region.records("task", plan=plan)
    projects = region.records("project", plan=plan)
    decided = of_resolutions(resolution_rows(region, plan, day))
    spoken = {item.task for item in decided}
    found = [
        *decided,
        # The task of a decision is spoken of with it.
        *(item for item in of_tasks(tasks, day) if item.task not in spoken),
        *of_projects(projects, day),
        *of_targets(evaluate(region, Evaluate(plan=plan))),
        *without_owner(tasks, projects),
    ]
    if clause is not None:
        clauses = below(clause_rows(region, plan_of(region, plan)), [clause])
        found = [item for item in found if item.clause in clauses]
    return in_order(found)


def in_order(items: Iterable[Item]) -> list[Item]:
    """Items by reason, then by how late they are, then as they came."""
    return sorted(items, key=lambda item: (REASONS.index(item.reason), -item.days))


def of_resolutions(rows: Iterable[ResolutionRow]) -> list[Item]:
    """Decisions that are overdue."""
    return [
        Item(
            "resolution",
            _late("决议未落实", "decision not carried out", row.title, row.days_late),
            row.clause,
            row.days_late,
            task=row.task,
            resolution=row.resolution,
        )
        for row in rows
        if row.stands == "overdue"
    ]


def of_tasks(tasks: "Sequence[Row]", day: date) -> list[Item]:
    """Tasks that are blocked or past their due day; not the whole where one of its parts is."""
    waiting = [row for row in tasks if row["state"] not in OVER]
    listed = [row for row in waiting if row["state"] == "blocked" or row["due"] < day]
    whole = {row["parent"] for row in listed if row["parent"]}
    found = []
    for row in listed:
        if row["task"] in whole:
            continue
        days = late(row["due"], day, over=False)
        found.append(_blocked_or_late(row, "任务", "task", days, task=row["task"]))
    return found


def of_projects(projects: "Iterable[Row]", day: date) -> list[Item]:
    """Projects and matters that are blocked or past their due day."""
    found = []
    for row in projects:
        days = late(row["due"], day, over=row["state"] in OVER)
        if days or row["state"] == "blocked":
            zh, en = ("项目", "project") if row["kind"] == "project" else ("事项", "matter")
            found.append(_blocked_or_late(row, zh, en, days, project=row["project"]))
    return found


def of_targets(rows: Iterable[Assessment]) -> list[Item]:
    """Targets that are off track."""
    return [
        Item(
            "target",
            Text(f"目标偏离进度:{row.title.zh}", f"target off track: {row.title.en}"),
            row.clause,
            target=row.target,
        )
        for row in rows
        if row.status == Status.OFF_TRACK.value
    ]


def without_owner(tasks: "Iterable[Row]", projects: "Iterable[Row]") -> list[Item]:
    """Tasks and projects that are not over and that nobody answers for."""
    kinds: tuple[tuple[str, str, str, Iterable[Row]], ...] = (
        ("task", "任务", "task", tasks),
        ("project", "项目或事项", "project or matter", projects),
    )
    return [
        Item("owner", _titled(f"{zh}无责任单位", f"{en} without an owner", named(row)), row["clause"],
             **{kind: row[kind]})
        for kind, zh, en, rows in kinds
        for row in rows
        if row["state"] not in OVER and not row["owner"]
    ]  # fmt: skip


def _blocked_or_late(row: "Row", zh: str, en: str, days: int, **of: str) -> Item:
    if row["state"] == "blocked":
        why = f"({row['reason']})" if row["reason"] else ""
        told = _titled(f"{zh}受阻", f"{en} blocked", named(row))
        return Item("blocked", Text(told.zh + why, told.en + why), row["clause"], days, **of)
    reason = "task" if "task" in of else "project"
    return Item(
        reason, _late(f"{zh}逾期", f"{en} overdue", named(row), days), row["clause"], days, **of
    )


def _late(zh: str, en: str, title: Text, days: int) -> Text:
    told = "1 day late" if days == 1 else f"{days} days late"
    return Text(f"{zh}(逾期{days}天):{title.zh}", f"{en} ({told}): {title.en}")


def _titled(zh: str, en: str, title: Text) -> Text:
    return Text(f"{zh}:{title.zh}", f"{en}: {title.en}")
