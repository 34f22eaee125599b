"""Decisions of meetings: each tied to a clause and a task, and what was decided and is not done."""

from collections.abc import Mapping
from datetime import date
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.recording import recorded
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import both, label
from hutuo.plan.clausetree import below
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.registers import bodies, day_of, headings, named
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]

Standing = Literal["open", "overdue", "done", "withdrawn"]
MONTHS_A_QUARTER = 3


class Resolve(Ask):
    """What a meeting decided, or what became of it."""

    meeting: str = said("会议", "meeting that decided")
    resolution: str | None = said(
        "已有决议的编号;缺省为新的决议",
        "id of a decision that is there, to change it; a new one if none is given",
        default=None,
    )
    zh: str | None = said(
        "决定事项", "what was decided in Chinese; new ones need it", default=None
    )
    en: str | None = said("决定事项(英文)", "what was decided in English", default=None)
    clause: str | None = said(
        "条款;缺省为任务的条款",
        "clause that it carries out; that of the task if none",
        default=None,
    )
    task: str | None = said(
        "任务;缺省为由本决议新建",
        "task that it is followed up by; one is made of the decision if none is given",
        default=None,
    )
    owner: str | None = said("责任单位", "body that has to do it; new ones need it", default=None)
    due: date | None = said("期限", "day by which; new ones need it", default=None)
    state: Literal["open", "done", "withdrawn"] | None = said(
        "状态", "where it stands", default=None
    )
    done_on: date | None = said("办结日期", "day on which it was done", default=None)
    evidence: str | None = said("依据", "what shows it", default=None)
    note: str | None = said("备注", "remark", default=None)
    by: str | None = said("经手", "who writes this", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Resolutions(OfPlan):
    """Which decisions to list."""

    meeting: str | None = said("只要该会议的", "only those of this meeting", default=None)
    owner: str | None = said(
        "只要该单位负责的", "only those that this body has to do", default=None
    )
    clause: str | None = said(
        "只要该条款及其下级条款的",
        "only those of this clause and of clauses beneath",
        default=None,
    )
    stands: tuple[Standing, ...] = said(
        "只要该状态的;缺省为未办结和已逾期",
        "only these; what is open and what is overdue if none is given",
        default=("overdue", "open"),
        min_length=1,
    )
    day: date | None = said(
        "看哪一天;缺省为今天", "day to look at; today if none is given", default=None
    )


class ResolutionRow(Answer):
    """One decision."""

    resolution: str = said("决议", "id of the decision")
    meeting: str = said("会议", "meeting that decided")
    meeting_title: Text = said("会议名称", "what the meeting is called")
    decided_on: date = said("决定日期", "day of the meeting")
    ordinal: int = said("顺序", "number within the meeting")
    title: Text = said("决定事项", "what was decided")
    clause: str = said("条款编号", "clause that it carries out")
    clause_title: Text = said("条款标题", "heading of the clause")
    task: str = said("任务", "task that it is followed up by")
    task_state: str | None = said("任务状态", "where the task stands")
    owner: str = said("责任单位", "body that has to do it")
    owner_name: Text = said("责任单位名称", "what the body is called")
    due: date = said("期限", "day by which")
    stands: str = said("状态", "open, overdue, done or withdrawn on the asked day")
    stands_name: Text = said("状态名称", "what that is called")
    days_late: int = said("逾期天数", "days past the due day; 0 if it is not late")
    done_on: date | None = said("办结日期", "day on which it was done")
    evidence: str | None = said("依据", "what shows it")
    note: Text | None = said("备注", "remark")


class Undone(Answer):
    """Decisions on a day."""

    day: date = said("日期", "day that is looked at")
    late: int = said("逾期的决议数", "number of these that are overdue")
    rows: list[ResolutionRow] = said("决议", "decisions, the longest overdue first")


class Resolved(Answer):
    """What was written of a decision."""

    resolution: str = said("决议", "id of the decision")
    clause: str = said("条款编号", "clause that it carries out")
    task: str = said("任务", "task that it is followed up by")
    made_task: bool = said("是否新建了任务", "whether the task was made of the decision")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows that were written")


class Stand(NamedTuple):
    """Where a decision stands on a day."""

    stands: Standing
    days_late: int


@verb("记录会议的一项决定")
def resolve(region: "Region", ask: Resolve) -> Resolved:
    """Record a decision of a meeting with its owner and due day, or what became of it."""
    meeting = meeting_row(region, ask.meeting)
    known = region.records("resolution", meeting=ask.meeting)
    row = _amended(known, ask) if ask.resolution else _new(meeting, known, ask)
    tasks = {task["task"]: task for task in region.records("task", plan=meeting["plan"])}
    made = None if row["task"] else task_of(row, meeting)
    if made:
        row["task"] = made["task"]
    row["clause"] = _clause(region, row, tasks.get(row["task"], {}), meeting["plan"])
    frames = {"resolution": [row]}
    if made:
        frames["task"] = [made | {"clause": row["clause"]}]
    batch, stored = recorded(region, frames, "resolve", check=ask.check)
    return Resolved(
        resolution=row["resolution"], clause=row["clause"], task=row["task"], made_task=bool(made),
        batch=batch, stored=stored,
    )  # fmt: skip


@verb(
    "列出决定了而未办结的事项",
    columns=(
        "resolution", "title", "clause", "task", "owner_name", "due", "stands_name", "days_late",
    ),
)  # fmt: skip
def resolutions(region: "Region", ask: Resolutions) -> Undone:
    """List what meetings decided and what of it is not done on a day, the longest overdue first."""
    plan = plan_of(region, ask.plan)
    clauses = None if ask.clause is None else below(clause_rows(region, plan), [ask.clause])
    day = day_of(region, ask.day)
    rows = [
        row
        for row in resolution_rows(region, plan["plan"], day)
        if row.stands in ask.stands
        and ask.meeting in {None, row.meeting}
        and ask.owner in {None, row.owner}
        and (clauses is None or row.clause in clauses)
    ]
    return Undone(day=day, late=sum(row.stands == "overdue" for row in rows), rows=rows)


def resolution_rows(region: "Region", plan: str, day: date) -> list[ResolutionRow]:
    """Every decision of meetings held by a day, the longest overdue first, then by due day."""
    meetings = {row["meeting"]: row for row in region.records("meeting", plan=plan)}
    tasks = {row["task"]: row for row in region.records("task", plan=plan)}
    titles, names = headings(region, plan), bodies(region)
    found = []
    for row in region.records("resolution"):
        meeting = meetings.get(row["meeting"])
        if meeting is None or meeting["day"] > day:
            continue
        task = tasks.get(row["task"])
        stand = stand_of(row, task, day)
        same = ResolutionRow.model_fields.keys() & row.keys() - {"note"}
        found.append(
            ResolutionRow(
                **{name: row[name] for name in same},
                **stand._asdict(),
                stands_name=label(f"state:{stand.stands}"),
                meeting_title=named(meeting),
                decided_on=meeting["day"],
                title=named(row),
                clause_title=titles.get(row["clause"], Text(row["clause"], row["clause"])),
                task_state=task["state"] if task else None,
                owner_name=names[row["owner"]],
                note=both(row["note"]),
            )
        )
    return sorted(found, key=lambda row: (-row.days_late, row.due, row.resolution))


def stand_of(row: Mapping[str, Any], task: Mapping[str, Any] | None, day: date) -> Stand:
    """Where a decision stands on a day.

    What was done only after the day was not done on it. A decision whose task was made of it is done when
    that task is; any other task may go on after the decision is carried out.
    """
    if row["state"] == "withdrawn":
        return Stand("withdrawn", 0)
    own = task is not None and task["task"] == row["resolution"]
    done = row["state"] == "done" or bool(own and task and task["state"] == "done")
    if done and (row["done_on"] is None or row["done_on"] <= day):
        return Stand("done", 0)
    days = max(0, (day - row["due"]).days)
    return Stand("overdue" if days else "open", days)


def task_of(row: Mapping[str, Any], meeting: Mapping[str, Any]) -> "Row":
    """The task that follows a decision up, of the shortest plan that its period fits in.

    Raises:
        BadAsk: It would be due before the meeting.
    """
    day, due = meeting["day"], row["due"]
    if due < day:
        says = Text(f"due:{due}早于会议日期{day}", f"due: {due} is before the meeting of {day}")
        raise BadAsk(says, Text("请给出较晚的日期", "give a later day"))
    kind = "three_year"
    if due.year == day.year:
        quarters = {(found.month - 1) // MONTHS_A_QUARTER for found in (day, due)}
        kind = "quarterly" if len(quarters) == 1 else "yearly"
    return {
        "task": row["resolution"], "plan": meeting["plan"], "kind": kind, "zh": row["zh"],
        "en": row["en"], "start": day, "due": due, "deadline_from": "none", "owner": row["owner"],
        "by": row["by"],
    }  # fmt: skip


def meeting_row(region: "Region", name: str) -> "Row":
    """Row of a meeting.

    Raises:
        NotFound: There is no such meeting.
    """
    rows = {row["meeting"]: row for row in region.records("meeting")}
    if name not in rows:
        raise one_of(name, "meeting", list(rows))
    return rows[name]


def _new(meeting: "Row", known: "list[Row]", ask: Resolve) -> "Row":
    lacking = [name for name in ("zh", "owner", "due") if getattr(ask, name) is None]
    if lacking:
        hint = Text(
            "新决议须写明事项、承办机构与期限;用resolution=ID修改已有的决议",
            "a new decision says what, who and by when; resolution=ID changes one that is there",
        )
        zh, en = f"“{ask.meeting}”的决议缺少", f"a decision of '{ask.meeting}' lacks"
        raise BadAsk(Text(f"{zh}{'、'.join(lacking)}", f"{en} {', '.join(lacking)}"), hint)
    number = max((row["ordinal"] for row in known), default=0) + 1
    return {
        **_given(ask),
        "resolution": f"{meeting['meeting']}#r{number}",
        "ordinal": number,
        "state": ask.state or "open",
    }


def _amended(known: "list[Row]", ask: Resolve) -> "Row":
    rows = {row["resolution"]: row for row in known}
    if ask.resolution not in rows:
        raise one_of(ask.resolution or "", f"resolution of '{ask.meeting}'", list(rows))
    new = {name: value for name, value in _given(ask).items() if value is not None}
    return rows[ask.resolution] | new


def _given(ask: Resolve) -> "Row":
    return ask.model_dump(exclude={"check", "resolution"})


def _clause(region: "Region", row: "Row", task: Mapping[str, Any], plan: str) -> str:
    """The clause that is carried out; where the task has one too, one must stand in the other."""
    given, of_task = row["clause"], task.get("clause")
    if given is None and of_task is None:
        says = Text(
            "决议没有写明条款,所写任务也没有条款",
            "the decision names no clause, nor a task that has one",
        )
        raise BadAsk(says, Text("请给出clause=ID", "give clause=ID"))
    clauses = clause_rows(region, plan_of(region, plan))
    found: str = given or of_task or ""
    if of_task is None or given is None:
        below(clauses, [found])
    elif of_task not in below(clauses, [given]) and given not in below(clauses, [of_task]):
        says = Text(
            f"任务“{row['task']}”属于条款{of_task},不属于{given}",
            f"task '{row['task']}' belongs to clause {of_task}, not to {given}",
        )
        hint = Text(
            "请给出另一项任务,或该任务的条款", "name another task, or the clause of the task"
        )
        raise BadAsk(says, hint)
    return found
