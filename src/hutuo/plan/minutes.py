"""Papers before a meeting and its minutes (会议材料、会议纪要), as Word files made from the registers."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import TYPE_CHECKING, Any, Literal

from hutuo.glossary import label
from hutuo.plan.evaluate import SIGNS, Evaluate, evaluate
from hutuo.plan.meetings import Meeting, MeetingAnswer, meeting
from hutuo.plan.needs import Needs, needs
from hutuo.plan.papers.numbering import chinese
from hutuo.plan.projects import OVER, Selected, late, project_rows
from hutuo.plan.registers import bodies, named
from hutuo.plan.resolutions import ResolutionRow, resolution_rows
from hutuo.report import wordfile
from hutuo.report.files import Files, file
from hutuo.units import shown
from hutuo.verbs import Ask, Text, said, verb

if TYPE_CHECKING:
    from docx.document import Document

    from hutuo.base.region import Region

    Row = Sequence[Any]

STEM_LONGEST = 60
HAN = "chineseCountingThousand"


class OfMeeting(Ask):
    """Which meeting, and in which language."""

    meeting: str = said("会议", "id of the meeting")
    language: Literal["zh", "en"] = said("文件的语言", "language of the file", default="zh")


class Minutes(OfMeeting):
    """Which minutes to make."""


class Papers(OfMeeting):
    """Which papers to make."""


@verb("生成会议纪要")
def minutes(region: "Region", ask: Minutes) -> Files:
    """Make the minutes of a meeting as a Word file: agenda, decisions, what earlier ones left undone."""
    held = meeting(region, Meeting(meeting=ask.meeting))
    made = _Paper(ask.language, held)
    made.begin(Text(f"{held.title.zh}纪要", f"Minutes: {held.title.en}"))
    made.facts()
    made.chapter("议题", "Agenda")
    for item in held.agenda:
        outcome = (
            made.say(f"。审议情况:{item.outcome}", f". {item.outcome}") if item.outcome else ""
        )
        made.text(f"{item.ordinal}. {made.of(item.title)}{outcome}")
    made.chapter("议定事项", "Decisions")
    decided = sorted(held.resolutions, key=lambda row: row.ordinal)
    for row in decided:
        made.text(_sentence(made, row))
    made.table(*_decisions(made, decided), (2, 11, 4, 6, 5))
    made.chapter("此前决议尚未办结的事项", "Earlier decisions that are not done")
    made.table(*_undone(made, _before(region, held)), (6, 11, 6, 5, 4))
    return made.files(f"minutes-{ask.meeting}")


@verb("生成会议材料")
def papers(region: "Region", ask: Papers) -> Files:
    """Make the papers of a meeting as a Word file: agenda, tasks, targets, decisions, projects, needs."""
    held = meeting(region, Meeting(meeting=ask.meeting))
    made, day = _Paper(ask.language, held), held.day
    kind = "材料" if held.title.zh.endswith("会议") else "会议材料"
    made.begin(Text(held.title.zh + kind, f"Papers: {held.title.en}"))
    made.facts()
    made.chapter("议程", "Agenda")
    made.table(*_agenda(made, held), (1, 7, 3, 3))
    made.chapter("逾期和受阻的任务", "Tasks overdue or blocked")
    made.table(*_tasks(region, made, held.plan, day), (6, 11, 6, 5, 4))
    made.chapter("未落实的决议", "Decisions not carried out")
    made.table(*_undone(made, _before(region, held)), (6, 11, 6, 5, 4))
    made.chapter("目标进展", "Targets")
    made.table(*_targets(region, made, held.plan), (6, 3, 3, 2))
    made.chapter("重点项目和合作事项", "Projects and matters")
    made.table(*_projects(region, made, held.plan, day), (6, 3, 2, 2, 2))
    made.chapter("用地和资金", "Land and money")
    made.table(*_needs(region, made, held.plan), (3, 2, 2, 7))
    return made.files(f"papers-{ask.meeting}")


class _Paper:
    """A Word file on a meeting, in one language."""

    def __init__(self, lang: str, held: MeetingAnswer) -> None:
        self.lang, self.held, self.chapters = lang, held, 0
        self.made: Document = wordfile.blank(lang)
        self.title = ""

    def say(self, zh: str, en: str) -> str:
        """Words in the file's language."""
        return self.of(Text(zh, en))

    def of(self, text: Text | None) -> str:
        """A text in the file's language; nothing for none."""
        return "" if text is None else text.say(self.lang)

    def begin(self, title: Text) -> None:
        """The title of the file."""
        self.title = self.of(title)
        wordfile.title(self.made, self.title)

    def facts(self) -> None:
        """When, where and who."""
        held, stop = self.held, self.say(":", ": ")
        lines = [
            (self.say("时间", "Date"), dated(held.day, self.lang)),
            (self.say("地点", "Venue"), held.venue),
            (self.say("会议机制", "Body"), self.of(held.body_name)),
            (self.say("主持", "Chair"), held.chair),
            (self.say("出席", "Present"), self.say("、", ", ").join(held.attendees)),
        ]
        for name, value in lines:
            if value:
                self.text(f"{name}{stop}{value}")

    def chapter(self, zh: str, en: str) -> None:
        """A heading with its number."""
        self.chapters += 1
        number = self.say(f"{chinese(self.chapters, HAN)}、", f"{self.chapters}. ")
        wordfile.heading(self.made, number + self.say(zh, en))

    def text(self, words: str) -> None:
        """A paragraph."""
        wordfile.paragraph(self.made, words)

    def table(self, heads: Sequence[str], rows: "Sequence[Row]", widths: Sequence[int]) -> None:
        """A table, or a word that there is nothing to show."""
        if rows:
            wordfile.table(self.made, heads, rows, widths)
        else:
            self.text(self.say("无。", "None."))

    def head(self, *terms: str) -> list[str]:
        """Labels of these terms."""
        return [self.of(label(term)) for term in terms]

    def files(self, stem: str) -> Files:
        """The file as an answer; the day of the meeting is its date, so that it is always the same."""
        safe = "".join(c if c.isalnum() or c in "-_." else "-" for c in stem)[:STEM_LONGEST]
        content = wordfile.saved(self.made, self.title, self.held.day)
        return Files(files=[file(f"{safe}-{self.lang}", "docx", content)])


def dated(day: date, lang: str) -> str:
    """A day as it is written in documents."""
    return day.isoformat() if lang == "en" else f"{day.year}年{day.month}月{day.day}日"


def _sentence(made: _Paper, row: ResolutionRow) -> str:
    due = dated(row.due, made.lang)
    return made.say(
        f"({chinese(row.ordinal, HAN)}){row.title.zh}。责任单位:{row.owner_name.zh};"
        f"完成期限:{due};依据条款:{row.clause};任务:{row.task}。",
        f"({row.ordinal}) {row.title.en}. To be done by {row.owner_name.en}, {due};"
        f" clause {row.clause}, task {row.task}.",
    )


def _before(region: "Region", held: MeetingAnswer) -> list[ResolutionRow]:
    """Decisions of other meetings that are open or overdue on the day of this one."""
    rows = resolution_rows(region, held.plan, held.day)
    return [r for r in rows if r.stands in {"open", "overdue"} and r.meeting != held.meeting]


def _decisions(made: _Paper, rows: Iterable[ResolutionRow]) -> "tuple[list[str], list[Row]]":
    heads = made.head("ordinal", "resolution_title", "clause", "owner_name", "due_day")
    return heads, [
        [row.ordinal, made.of(row.title), row.clause, made.of(row.owner_name), row.due]
        for row in rows
    ]


def _undone(made: _Paper, rows: Iterable[ResolutionRow]) -> "tuple[list[str], list[Row]]":
    heads = made.head("meeting", "resolution_title", "owner_name", "due_day", "days_late")
    return heads, [
        [
            made.of(r.meeting_title),
            made.of(r.title),
            made.of(r.owner_name),
            r.due,
            r.days_late or "",
        ]
        for r in rows
    ]


def _agenda(made: _Paper, held: MeetingAnswer) -> "tuple[list[str], list[Row]]":
    heads = made.head("ordinal", "item_title", "clause", "paper")
    return heads, [[i.ordinal, made.of(i.title), i.clause, i.paper] for i in held.agenda]


def _tasks(region: "Region", made: _Paper, plan: str, day: date) -> "tuple[list[str], list[Row]]":
    names = bodies(region)
    heads = made.head("task", "title", "owner_name", "due_day", "state_name")
    rows = [
        (late(row["due"], day, over=row["state"] in OVER), row)
        for row in region.records("task", plan=plan)
    ]
    told = [pair for pair in rows if pair[0] or pair[1]["state"] == "blocked"]
    return heads, [
        [
            row["task"],
            made.of(named(row)),
            made.of(names.get(row["owner"] or "")),
            row["due"],
            made.say(f"逾期{days}天", f"{days} days late") if days
            else made.of(label(f"state:{row['state']}")),
        ]
        for days, row in sorted(told, key=lambda pair: (-pair[0], pair[1]["task"]))
    ]  # fmt: skip


def _targets(region: "Region", made: _Paper, plan: str) -> "tuple[list[str], list[Row]]":
    heads = made.head("target", "value", "observed", "status_name")
    return heads, [
        [
            made.of(row.title),
            f"{SIGNS[row.operator]} {shown(row.value)} {made.of(row.unit_name)}",
            f"{shown(row.observed.value)} {made.of(row.observed.unit_name)}"
            if row.observed
            else "",
            made.of(row.status_name),
        ]
        for row in evaluate(region, Evaluate(plan=plan))
    ]


def _projects(
    region: "Region", made: _Paper, plan: str, day: date
) -> "tuple[list[str], list[Row]]":
    heads = made.head("project", "owner_name", "due_day", "state_name", "progress")
    return heads, [
        [
            made.of(row.title),
            made.of(row.owner_name),
            row.due,
            made.of(row.state_name),
            "" if row.progress is None else f"{row.progress:.0%}",
        ]
        for row in project_rows(region, Selected(plan=plan, day=day))
    ]


def _needs(region: "Region", made: _Paper, plan: str) -> "tuple[list[str], list[Row]]":
    heads = made.head("place_name", "year", "resource_name", "says")
    return heads, [
        [made.of(row.place_name), row.year, made.of(row.resource_name), made.of(row.says)]
        for row in needs(region, Needs(plan=plan)).rows
    ]
