"""Portfolios and trackers: projects and matters grouped by place, topic, clause or owner, with their gaps."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from itertools import product
from typing import TYPE_CHECKING, Any, Literal

from hutuo.glossary import label
from hutuo.plan.clausetree import below
from hutuo.plan.document import clause_rows, plan_of
from hutuo.plan.evaluate import Evaluate, evaluate
from hutuo.plan.projects import ProjectRow, Selected, mean_progress, project_rows
from hutuo.plan.registers import bodies, headings
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Key = tuple[str | None, ...]

By = Literal["place", "topic", "clause", "owner", "kind"]


class Portfolio(Selected):
    """Which projects to group, and by what."""

    by: tuple[By, ...] = said(
        "按什么分组", "what to group by; two make a matrix", default=("place",), min_length=1
    )
    places: tuple[str, ...] = said(
        "必须列出的地点;缺省为出现过的",
        "places that get a row also without a project; those that occur if none is given",
        default=(),
    )
    topics: tuple[str, ...] = said(
        "必须列出的领域;缺省为出现过的",
        "topics that get a row also without a project; those that occur if none is given",
        default=(),
    )


class GroupTarget(Answer):
    """A target that is measured for the place of a group."""

    target: str = said("目标的标识", "id of the target")
    title: Text = said("目标名称", "what it is called")
    status: str = said("状态", "met, on_track, off_track, no_data or not_measurable")
    status_name: Text = said("状态名称", "what the status is called")


class GroupProject(Answer):
    """A project of a group."""

    project: str = said("项目", "id of the project or matter")
    title: Text = said("名称", "what it is called")
    state: str = said("状态", "planned, in_progress, blocked, done or dropped")
    state_name: Text = said("状态名称", "what the state is called")
    evidence: str | None = said("依据", "what shows it")


class GroupRow(Answer):
    """The projects and matters of one place, topic, clause, owner or kind."""

    place: str | None = said("地点", "place, where grouped by it")
    place_name: Text | None = said("地点名称", "what the place is called")
    topic: str | None = said("领域", "topic, where grouped by it")
    clause: str | None = said("条款编号", "clause, where grouped by it")
    clause_title: Text | None = said("条款标题", "heading of the clause")
    owner: str | None = said("牵头单位", "body, where grouped by it")
    owner_name: Text | None = said("牵头单位名称", "what the body is called")
    kind: str | None = said("类型", "kind, where grouped by it")
    kind_name: Text | None = said("类型名称", "what the kind is called")
    count: int = said("项目数", "number of projects and matters; 0 is a gap")
    gap: bool = said("是否空缺", "whether there is none")
    counts: dict[str, int] = said("各状态的项目数", "number of projects by state")
    late: int = said("逾期项目数", "number of projects past their due day")
    progress: float | None = said(
        "节点完成比例(比值)", "mean share of milestones that are done; null without milestones"
    )
    tasks: int = said("条款的任务数", "tasks of the clauses of these projects, each counted once")
    task_progress: float | None = said(
        "条款任务的平均进度(比值)", "mean progress of these tasks; null without tasks"
    )
    land_mu: float = said("用地(亩)", "land that they need, in mu")
    money_fen: int = said("资金(分)", "money that they need, in fen")
    projects: list[GroupProject] = said("项目", "the projects and matters")
    targets: list[GroupTarget] = said("目标", "targets that are measured for the place")


@verb(
    "按地点、领域、条款或牵头单位汇总项目和事项",
    columns=(
        "place_name", "topic", "clause", "owner_name", "kind_name", "count", "late", "progress",
        "task_progress",
    ),
)  # fmt: skip
def portfolio(region: "Region", ask: Portfolio) -> list[GroupRow]:
    """Group projects and matters by place, topic, clause or owner, and show where there is none."""
    rows = project_rows(region, ask)
    wanted = {"place": ask.places, "topic": ask.topics}
    for place in ask.places:
        region.name_of(place)
    groups = grouped([row.model_dump() for row in rows], ask.by, wanted)
    made = _Maker(region, ask, rows)
    return [made.row(key, numbers) for key, numbers in groups.items()]


def grouped(
    rows: Sequence[Mapping[str, Any]],
    by: Sequence[str],
    wanted: Mapping[str, Sequence[str]] | None = None,
) -> "dict[Key, list[int]]":
    """Positions of the rows by what they have in common; every combination has an entry.

    Args:
        rows: Rows with the columns of ``by``.
        by: Columns to group by.
        wanted: Values of a column that are shown whether they occur or not; others are left out.

    Returns:
        By key, in the order of what is wanted, else of what occurs: positions in ``rows``. Without a value
        comes last.
    """
    axes: list[list[str | None]] = []
    for column in by:
        given = list(dict.fromkeys((wanted or {}).get(column, ())))
        seen = {row[column] for row in rows}
        axes.append([*given] if given else sorted(seen, key=lambda v: (v is None, v or "")))
    found: dict[Key, list[int]] = {key: [] for key in product(*axes)}
    for number, row in enumerate(rows):
        key = tuple(row[column] for column in by)
        if key in found:
            found[key].append(number)
    return found


class _Maker:
    """Rows of groups, with the tables that they need read once."""

    def __init__(self, region: "Region", ask: Portfolio, rows: list[ProjectRow]) -> None:
        plan = plan_of(region, ask.plan)
        self.by, self.rows, self.region = ask.by, rows, region
        self.titles, self.bodies = headings(region, plan["plan"]), bodies(region)
        self.clauses = clause_rows(region, plan)
        self.tasks = region.records("task", plan=plan["plan"])
        self.names: dict[str, Callable[[str], Text | None]] = {
            "place": lambda name: region.names.get(name, Text(name, name)),
            "clause": self.titles.get,
            "owner": self.bodies.get,
            "kind": lambda name: label(f"kind:{name}"),
        }
        targets = evaluate(region, Evaluate(plan=ask.plan)) if "place" in ask.by else []
        self.targets: dict[str, list[GroupTarget]] = {}
        for row in targets:
            told = GroupTarget(
                target=row.target, title=row.title, status=row.status, status_name=row.status_name
            )
            self.targets.setdefault(row.geography, []).append(told)

    def row(self, key: "Key", numbers: Sequence[int]) -> GroupRow:
        """One group."""
        rows = [self.rows[number] for number in numbers]
        shares = [row.progress for row in rows if row.progress is not None]
        tasks = self._tasks({row.clause for row in rows if row.clause in self.titles})
        same = ("project", "title", "state", "state_name", "evidence")
        return GroupRow(
            **self._key(key),
            count=len(rows),
            gap=not rows,
            counts=dict(Counter(row.state for row in rows)),
            late=sum(row.days_late > 0 for row in rows),
            progress=sum(shares) / len(shares) if shares else None,
            tasks=len(tasks),
            task_progress=mean_progress(tasks),
            land_mu=sum(row.land_mu or 0 for row in rows),
            money_fen=sum(row.money_fen or 0 for row in rows),
            projects=[GroupProject(**{n: getattr(row, n) for n in same}) for row in rows],
            targets=self.targets.get(dict(zip(self.by, key, strict=True)).get("place") or "", []),
        )

    def _key(self, key: "Key") -> dict[str, Any]:
        """Columns of the key with their names; those that are not grouped by are empty."""
        found: dict[str, Any] = dict.fromkeys(
            ("place", "place_name", "topic", "clause", "clause_title", "owner", "owner_name",
             "kind", "kind_name")
        )  # fmt: skip
        for column, value in zip(self.by, key, strict=True):
            found[column] = value
            called = {"clause": "clause_title"}.get(column, f"{column}_name")
            if value is not None and column in self.names:
                found[called] = self.names[column](value)
        return found

    def _tasks(self, clauses: "set[str | None]") -> list[dict[str, Any]]:
        there = {name for clause in clauses if clause for name in below(self.clauses, [clause])}
        return [task for task in self.tasks if task["clause"] in there]
