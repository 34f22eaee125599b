"""Projects and matters (重点项目、重大合作事项): milestones, state, and every state that there was."""

from datetime import date, datetime
from math import isclose
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base.versions import versions
from hutuo.glossary import both, label
from hutuo.plan.clausetree import below
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.registers import bodies, changes, day_of, headings, named, place_name, within
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hutuo.base.region import Region

    Row = dict[str, Any]

Kind = Literal["project", "matter"]
State = Literal["planned", "in_progress", "blocked", "done", "dropped"]
OVER = {"done", "dropped"}


class Selected(OfPlan):
    """Which projects and matters are meant."""

    kind: Kind | None = said(
        "只要项目(project)或事项(matter)", "only projects, or only matters", default=None
    )
    clause: str | None = said(
        "只要该条款及其下级条款的",
        "only those of this clause and of clauses beneath",
        default=None,
    )
    place: str | None = said(
        "只要该地点及其中地点的", "only those of this place and of places in it", default=None
    )
    topic: str | None = said("只要该领域的", "only those on this topic", default=None)
    owner: str | None = said("只要该单位牵头的", "only those that this body leads", default=None)
    state: State | None = said("只要该状态的", "only those in this state", default=None)
    day: date | None = said(
        "按哪一天判断是否逾期;缺省为今天",
        "day by which it is told what is late; today if none is given",
        default=None,
    )


class Projects(Selected):
    """Which projects and matters to list."""

    late: bool | None = said("只要已逾期(未逾期)的", "only those late, or not late", default=None)


class MilestoneRow(Answer):
    """A step of a project."""

    ordinal: int = said("顺序", "order within the project")
    title: Text = said("名称", "what is to be reached")
    due: date | None = said("期限", "day by which")
    state: str = said("状态", "open, done or dropped")
    state_name: Text = said("状态名称", "what the state is called")
    done_on: date | None = said("完成日期", "day on which it was reached")
    days_late: int = said(
        "逾期天数", "days past its due day while it is open; 0 if it is not late"
    )
    evidence: str | None = said("依据", "what shows it")


class StateRow(Answer):
    """A state that a project was in; what was recorded stays as it was."""

    state: str = said("状态", "state")
    state_name: Text = said("状态名称", "what the state is called")
    reason: str | None = said("原因", "why")
    by: str | None = said("经手", "who said so")
    recorded_at: datetime = said("记录时间", "when it was recorded")
    retracted: bool = said("是否为撤回", "whether the project was taken back then")
    batch: str = said("批次", "batch that brought it")


class StakeRow(Answer):
    """A share in a project."""

    body: str = said("机构", "body that holds the share")
    body_name: Text = said("机构名称", "what the body is called")
    share: float = said("份额(比值)", "share, 0..1")


class ProjectRow(Answer):
    """One project or matter."""

    project: str = said("项目", "id of the project or matter")
    kind: str = said("类型", "project or matter")
    kind_name: Text = said("类型名称", "what the kind is called")
    title: Text = said("名称", "what it is called")
    plan: str = said("规划", "plan that it serves")
    clause: str | None = said("条款编号", "clause that it serves")
    clause_title: Text | None = said("条款标题", "heading of the clause")
    topic: str | None = said("领域", "what it is about")
    owner: str | None = said("牵头单位", "body that leads it")
    owner_name: Text | None = said("牵头单位名称", "what the body is called")
    place: str | None = said("地点", "place that it lies in or concerns")
    place_name: Text | None = said("地点名称", "what the place is called")
    priority: int | None = said("优先次序", "1 is served first; null: after all others")
    start: date | None = said("开工日期", "day on which it begins")
    due: date | None = said("完成期限", "day by which it is to be done")
    state: str = said("状态", "planned, in_progress, blocked, done or dropped")
    state_name: Text = said("状态名称", "what the state is called")
    reason: str | None = said("原因", "why it is blocked or dropped")
    days_late: int = said("逾期天数", "days past its due day; 0 if it is over or not late")
    milestones: list[MilestoneRow] = said("节点", "its steps in order")
    progress: float | None = said(
        "节点完成比例(比值)", "share of its milestones that are done; null without milestones"
    )
    tasks: int = said("条款的任务数", "tasks of its clause and of clauses beneath")
    task_progress: float | None = said(
        "条款任务的平均进度(比值)", "mean progress of these tasks; null without tasks"
    )
    land_mu: float | None = said("用地(亩)", "land that it needs, in mu")
    money_fen: int | None = said("资金(分)", "money that it needs, in fen")
    stakes: list[StakeRow] = said("份额", "who holds which share of it")
    evidence: str | None = said("依据", "what shows it")
    states: list[StateRow] = said(
        "状态经过,旧的在前", "every state that was recorded, the oldest first"
    )
    findings: list[Text] = said("问题", "what does not fit together")
    source: str | None = said("来源", "source of the row")
    note: Text | None = said("备注", "remark")


@verb(
    "列出重点项目和重大合作事项",
    columns=(
        "project", "kind_name", "title", "clause", "place_name", "owner_name", "due", "state_name",
        "days_late", "progress",
    ),
)  # fmt: skip
def projects(region: "Region", ask: Projects) -> list[ProjectRow]:
    """List projects and matters with their milestones, their progress and every state they were in."""
    rows = project_rows(region, ask)
    return [row for row in rows if ask.late is None or (row.days_late > 0) == ask.late]


def project_rows(region: "Region", ask: Selected) -> list[ProjectRow]:
    """The projects that are meant, by priority, due day and id."""
    made = _Maker(region, ask)
    rows = [made.row(row) for row in chosen(region, ask)]
    return sorted(rows, key=lambda row: order(row.priority, row.due, row.project))


def chosen(region: "Region", ask: Selected) -> "list[Row]":
    """Rows of the table of projects that an ask means."""
    plan = plan_of(region, ask.plan)
    found = region.records("project", plan=plan["plan"])
    if ask.clause is not None:
        clauses = below(clause_rows(region, plan), [ask.clause])
        found = [row for row in found if row["clause"] in clauses]
    if ask.place is not None:
        places = within(region, ask.place)
        found = [row for row in found if row["place"] in places]
    wanted = {name: getattr(ask, name) for name in ("kind", "topic", "owner", "state")}
    return [
        row
        for row in found
        if all(given is None or row[name] == given for name, given in wanted.items())
    ]


def order(priority: int | None, due: date | None, name: str) -> tuple[Any, ...]:
    """Who comes first: the lower number, then what is due earlier; what is not said comes last."""
    return (priority is None, priority or 0, due is None, due or date.min, name)


def late(due: date | None, day: date, *, over: bool) -> int:
    """Days past the due day; 0 where there is none, where it has not passed, or where it is over."""
    return 0 if due is None or over else max(0, (day - due).days)


def mean_progress(tasks: "Iterable[Mapping[str, Any]]") -> float | None:
    """Mean progress of tasks, 0..1; a done task counts whole, a dropped one not at all."""
    shares = [
        1.0 if task["state"] == "done" else float(task["progress"] or 0)
        for task in tasks
        if task["state"] != "dropped"
    ]
    return sum(shares) / len(shares) if shares else None


def faults(
    row: "Mapping[str, Any]",
    milestones: "Sequence[Mapping[str, Any]]",
    stakes: "Sequence[Mapping[str, Any]]",
) -> list[Text]:
    """What does not fit together in a project."""
    found = []
    if row["state"] == "done" and any(step["state"] == "open" for step in milestones):
        found.append(Text("已完成,但仍有未完成的节点", "it is done, but a milestone is open"))
    if row["state"] in {"blocked", "dropped"} and not row["reason"]:
        found.append(Text("未写明受阻或终止的原因", "no reason says why it is blocked or dropped"))
    if row["start"] and row["due"] and row["due"] < row["start"]:
        found.append(Text("完成期限早于开工日期", "it is due before it begins"))
    total = sum(stake["share"] for stake in stakes)
    if stakes and not isclose(total, 1, abs_tol=1e-9):
        found.append(Text(f"份额合计 {total:.6g},不是 1", f"shares add up to {total:.6g}, not 1"))
    return found


class _Maker:
    """Rows of projects with what other tables know of them, each table read once."""

    def __init__(self, region: "Region", ask: Selected) -> None:
        plan = plan_of(region, ask.plan)
        self.region, self.day = region, day_of(region, ask.day)
        self.bodies, self.titles = bodies(region), headings(region, plan["plan"])
        self.clauses = clause_rows(region, plan)
        self.tasks = region.records("task", plan=plan["plan"])
        self.milestones = _by_project(region.records("milestone"))
        self.stakes = _by_project(region.records("stake"))
        self.versions = _by_project(versions(region, "project"))

    def row(self, row: "Row") -> ProjectRow:
        """One project."""
        name, same = row["project"], ProjectRow.model_fields.keys() & row.keys() - {"note"}
        steps, stakes = self.milestones.get(name, []), self.stakes.get(name, [])
        tasks = self._tasks(row["clause"])
        return ProjectRow(
            **{field: row[field] for field in same},
            kind_name=label(f"kind:{row['kind']}"),
            title=named(row),
            clause_title=self.titles.get(row["clause"] or ""),
            owner_name=self.bodies.get(row["owner"] or ""),
            place_name=place_name(self.region, row["place"]),
            state_name=label(f"state:{row['state']}"),
            days_late=late(row["due"], self.day, over=row["state"] in OVER),
            milestones=[_milestone(step, self.day) for step in steps],
            progress=_done(steps),
            tasks=len(tasks),
            task_progress=mean_progress(tasks),
            stakes=[
                StakeRow(body=s["body"], body_name=self.bodies[s["body"]], share=s["share"])
                for s in stakes
            ],
            states=[_state(version) for version in changes(self.versions[name], "state")],
            findings=faults(row, steps, stakes),
            note=both(row["note"]),
        )

    def _tasks(self, clause: str | None) -> "list[Row]":
        if clause is None or clause not in self.titles:
            return []
        there = below(self.clauses, [clause])
        return [task for task in self.tasks if task["clause"] in there]


def _by_project(rows: "Iterable[Row]") -> "dict[str, list[Row]]":
    found: dict[str, list[Row]] = {}
    for row in rows:
        found.setdefault(row["project"], []).append(row)
    return found


def _done(milestones: "Sequence[Row]") -> float | None:
    counted = [step for step in milestones if step["state"] != "dropped"]
    return sum(s["state"] == "done" for s in counted) / len(counted) if counted else None


def _milestone(step: "Row", day: date) -> MilestoneRow:
    same = ("ordinal", "due", "state", "done_on", "evidence")
    return MilestoneRow(
        **{name: step[name] for name in same},
        title=named(step),
        state_name=label(f"state:{step['state']}"),
        days_late=late(step["due"], day, over=step["state"] != "open"),
    )


def _state(version: "Row") -> StateRow:
    same = ("state", "reason", "by", "recorded_at", "retracted", "batch")
    return StateRow(
        **{name: version[name] for name in same}, state_name=label(f"state:{version['state']}")
    )
