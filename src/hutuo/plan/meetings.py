"""Meetings: the mayors' joint meeting (市长联席会议) and working groups, their agendas and decisions."""

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from hutuo.base.branches import Rows
from hutuo.base.recording import recorded
from hutuo.errors import BadAsk, one_of
from hutuo.glossary import both, label
from hutuo.plan.agenda import Item, proposed
from hutuo.plan.document import OfPlan, plan_of
from hutuo.plan.registers import bodies, day_of, headings, named
from hutuo.plan.resolutions import ResolutionRow, meeting_row, resolution_rows
from hutuo.verbs import Answer, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]

Action = Literal["show", "propose", "make", "hold", "cancel"]
STATES = {"hold": "held", "cancel": "cancelled"}
ABOUT = ("task", "project", "target", "resolution", "clause")


class Meetings(OfPlan):
    """Which meetings to list."""

    body: str | None = said("只要该机制的", "only those of this mechanism", default=None)
    state: Literal["planned", "held", "cancelled"] | None = said(
        "只要该状态的", "only those in this state", default=None
    )
    day: date | None = said(
        "按哪一天判断是否逾期;缺省为今天",
        "day by which it is told what is late; today if none is given",
        default=None,
    )


class MeetingRow(Answer):
    """One meeting."""

    meeting: str = said("会议", "id of the meeting")
    title: Text = said("会议名称", "what the meeting is called")
    plan: str = said("规划", "plan that it is on")
    body: str | None = said("会议机制", "mechanism that meets")
    body_name: Text | None = said("会议机制名称", "what the mechanism is called")
    day: date = said("日期", "day of the meeting")
    venue: str | None = said("会场", "where it is held")
    chair: str | None = said("主持", "who chairs")
    attendees: list[str] = said("出席", "who takes part")
    state: str = said("状态", "planned, held or cancelled")
    state_name: Text = said("状态名称", "what the state is called")
    items: int = said("议题数", "number of items on the agenda")
    decisions: int = said("决议数", "number of decisions")
    undone: int = said("未办结的决议数", "decisions that are open or overdue")
    late: int = said("逾期的决议数", "decisions that are overdue")
    note: Text | None = said("备注", "remark")


class Meeting(OfPlan):
    """Which meeting, and what to do with it."""

    action: Action = said(
        "操作:查看、拟定议程、建立会议、记为已开、记为取消",
        "show it; propose an agenda, write nothing; make it with that agenda; say it was held, or cancelled",
        default="show",
    )
    meeting: str | None = said(
        "会议;建立时缺省为机制和日期",
        "id of the meeting; of a new one body and day if none is given",
        default=None,
    )
    zh: str | None = said("会议名称(中文)", "name in Chinese; making one needs it", default=None)
    en: str | None = said("会议名称(英文)", "name in English", default=None)
    body: str | None = said("会议机制", "mechanism that meets", default=None)
    day: date | None = said("日期;缺省为今天", "day of the meeting; today if none", default=None)
    venue: str | None = said("会场", "where it is held", default=None)
    chair: str | None = said("主持", "who chairs", default=None)
    attendees: tuple[str, ...] = said("出席", "who takes part", default=())
    clause: str | None = said(
        "议程只取该条款及其下级条款,如专题工作组",
        "the agenda takes only this clause and those beneath, as for a working group",
        default=None,
    )
    most: int = said("议题最多个数", "most items on the agenda", default=20, ge=0, le=500)
    items: Rows | None = said(
        "另加的议题(JSON:zh、en、clause、task、paper 等),排在前面",
        "items of your own, before the others; JSON with zh, en, clause, task, paper ...",
        default=None,
    )
    by: str | None = said("经手", "who writes this", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class AgendaRow(Answer):
    """One item of an agenda."""

    ordinal: int = said("顺序", "order in the agenda")
    title: Text = said("议题", "what is to be discussed")
    reason: str = said("缘由", "why it is on the agenda")
    reason_name: Text = said("缘由名称", "what the reason is called")
    clause: str | None = said("条款编号", "clause that it is about")
    clause_title: Text | None = said("条款标题", "heading of the clause")
    task: str | None = said("任务", "task that it is about")
    project: str | None = said("项目", "project or matter that it is about")
    target: str | None = said("目标", "target that it is about")
    resolution: str | None = said("决议", "earlier decision that it is about")
    paper: str | None = said("材料", "paper before the meeting")
    outcome: str | None = said("审议情况", "what was said")


class MeetingAnswer(MeetingRow):
    """A meeting with its agenda and its decisions."""

    action: Action = said("操作", "what was done")
    agenda: list[AgendaRow] = said("议程", "items of the agenda")
    not_listed: int = said("未列入议程的事项数", "matters found that the agenda has no room for")
    resolutions: list[ResolutionRow] = said("决议", "what it decided")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows that were written")


@verb(
    "列出会议",
    columns=("meeting", "title", "body_name", "day", "state_name", "items", "decisions", "undone", "late"),
)  # fmt: skip
def meetings(region: "Region", ask: Meetings) -> list[MeetingRow]:
    """List meetings with the number of their decisions and of those not done, the latest first."""
    plan = plan_of(region, ask.plan)["plan"]
    rows = [
        row
        for row in region.records("meeting", plan=plan)
        if ask.body in {None, row["body"]} and ask.state in {None, row["state"]}
    ]
    decided = resolution_rows(region, plan, day_of(region, ask.day))
    made = [MeetingRow(**_about(region, row, decided)) for row in rows]
    return sorted(made, key=lambda row: (row.day, row.meeting), reverse=True)


@verb("查看、拟定或建立一次会议")
def meeting(region: "Region", ask: Meeting) -> MeetingAnswer:
    """Show a meeting, propose its agenda from the state of things, make it, or say that it was held."""
    if ask.action in {"propose", "make"}:
        row, agenda, left = _drafted(region, ask)
        writes = {"meeting": [row], "agenda": agenda} if agenda else {"meeting": [row]}
    else:
        row, left = meeting_row(region, _needed(ask.meeting, ask.action)), 0
        agenda = region.records("agenda", meeting=row["meeting"])
        row, writes = _held(row, ask), {}
        if ask.action != "show":
            writes = {"meeting": [row]}
    batch, stored = None, 0
    if writes:
        dry = ask.check or ask.action == "propose"
        batch, stored = recorded(region, writes, "meeting", check=dry)
    decided = resolution_rows(region, row["plan"], max(row["day"], day_of(region, None)))
    titles = headings(region, row["plan"])
    return MeetingAnswer(
        **_about(region, row, decided, agenda),
        action=ask.action,
        agenda=[_item(item, titles) for item in agenda],
        not_listed=left,
        resolutions=[one for one in decided if one.meeting == row["meeting"]],
        batch=batch,
        stored=stored,
    )


def drafted(items: Sequence[Item], own: "Sequence[Row]", most: int) -> "tuple[list[Row], int]":
    """Rows of an agenda, one's own items first, and how many matters it has no room for.

    Args:
        items: What was found, the most urgent first.
        own: Items that a person added; they all stay.
        most: Most items in all.
    """
    room = max(0, most - len(own))
    found = [
        {"zh": item.title.zh, "en": item.title.en, "reason": item.reason}
        | {name: getattr(item, name) for name in ABOUT}
        for item in items[:room]
    ]
    rows = [*({"reason": "added"} | dict(row) for row in own), *found]
    return [row | {"ordinal": number} for number, row in enumerate(rows, 1)], len(items[room:])


def _drafted(region: "Region", ask: Meeting) -> "tuple[Row, list[Row], int]":
    plan, day = plan_of(region, ask.plan)["plan"], day_of(region, ask.day)
    name = ask.meeting or f"{ask.body or 'meeting'}-{day}"
    there = {row["meeting"] for row in region.records("meeting")}
    if name in there:
        hint = Text(
            "用action=show查看;议程用base put与base undo修改",
            "show it by action=show; its agenda is changed by base put and base undo",
        )
        raise BadAsk(Text(f"已有会议“{name}”", f"meeting '{name}' is there already"), hint)
    if ask.action == "make" and not ask.zh:
        raise BadAsk(
            Text("会议须有名称", "a meeting needs a name"),
            Text("请给出zh,有英文名的再给出en", "give zh, and en if there is one"),
        )
    row = {
        "meeting": name, "plan": plan, "zh": ask.zh or name, "en": ask.en, "body": ask.body,
        "day": day, "venue": ask.venue, "chair": ask.chair, "state": "planned", "by": ask.by,
        "attendees": "|".join(ask.attendees) or None, "note": None,
    }  # fmt: skip
    rows, left = drafted(proposed(region, plan, day, ask.clause), ask.items or [], ask.most)
    return row, [{"meeting": name, "by": ask.by} | item for item in rows], left


def _held(row: "Row", ask: Meeting) -> "Row":
    """The row with what became of the meeting."""
    if ask.action == "show":
        return row
    new = {name: getattr(ask, name) for name in ("day", "venue", "chair", "by")}
    new |= {"attendees": "|".join(ask.attendees) or None}
    given = {name: value for name, value in new.items() if value is not None}
    return row | given | {"state": STATES[ask.action]}


def _needed(name: str | None, action: str) -> str:
    if not name:
        says = Text(f"操作{action}须给出会议的标识", f"to {action} a meeting needs its id")
        hint = Text("查看全部:hutuo plan meetings", "list them by: hutuo plan meetings")
        raise BadAsk(says, hint)
    return name


def _about(
    region: "Region",
    row: "Row",
    decided: Sequence[ResolutionRow],
    agenda: "Sequence[Row] | None" = None,
) -> "Row":
    mine = [one for one in decided if one.meeting == row["meeting"]]
    items = region.records("agenda", meeting=row["meeting"]) if agenda is None else agenda
    same = ("meeting", "plan", "body", "day", "venue", "chair", "state")
    return {name: row[name] for name in same} | {
        "title": named(row),
        "body_name": _body_name(region, row["body"]),
        "attendees": (row["attendees"] or "").split("|") if row["attendees"] else [],
        "state_name": label(f"state:{row['state']}"),
        "items": len(items),
        "decisions": len(mine),
        "undone": sum(one.stands in {"open", "overdue"} for one in mine),
        "late": sum(one.stands == "overdue" for one in mine),
        "note": both(row["note"]),
    }


def _body_name(region: "Region", body: str | None) -> Text | None:
    names = bodies(region)
    if body is not None and body not in names:
        raise one_of(body, "body", list(names))
    return None if body is None else names[body]


def _item(row: "Row", titles: dict[str, Text]) -> AgendaRow:
    same = ("reason", "clause", "task", "project", "target", "resolution", "paper", "outcome")
    cells: dict[str, Any] = {name: row.get(name) for name in same}
    return AgendaRow(
        **cells,
        ordinal=row["ordinal"],
        title=Text(row["zh"], row.get("en") or row["zh"]),
        reason_name=label(f"reason:{row['reason']}"),
        clause_title=titles.get(row.get("clause") or ""),
    )
