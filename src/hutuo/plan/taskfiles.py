"""Files of tasks: out to Excel and Word, and back in with what others wrote, cell by cell."""

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from hutuo.base.versions import versions
from hutuo.errors import BadInput, Finding, HutuoError, NotFound
from hutuo.glossary import label
from hutuo.plan import taskcells, taskdiff
from hutuo.plan.clausetree import chapter
from hutuo.plan.document import OfPlan, clause_rows, plan_of
from hutuo.plan.responsibilities import body_rows, written
from hutuo.plan.taskcells import BY_HEAD, BY_NAME, COLUMNS, Names
from hutuo.plan.taskdiff import Cell, Difference, Here, Line
from hutuo.plan.tasks import Wanted, selected, task_rows
from hutuo.plan.tracking import change_faults, said_of, stored
from hutuo.plan.transitions import moved
from hutuo.report.files import Files, file
from hutuo.report.forms import MARKS, Field, form
from hutuo.report.wordtables import Section, document
from hutuo.report.wordtables import read as read_word
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hutuo.base.region import Region

    Row = dict[str, Any]

Format = Literal["xlsx", "docx"]
SHEET = Text("任务", "Tasks")
OTHERS = Text("其他任务", "Other tasks")
STAMP = Text("导出版本", "exported version")
WORD = [column for column in COLUMNS if column.centimetres]
# Above the headings somebody may have put a title.
FIRST_ROWS = 20
MOST_LISTED = 10_000
SHOWN = 100


class TaskFile(OfPlan, Wanted):
    """Which tasks to write to which files."""

    format: tuple[Format, ...] = said("格式", "xlsx, docx", default=("xlsx", "docx"), min_length=1)
    language: Literal["zh", "en"] = said("文件的语言", "language of the files", default="zh")


class TakeTasks(Ask):
    """Which file to take back in."""

    file: str = said(
        "文件:路径,或上传后的名称(upload:…)", "a path, or the name of an upload (upload:...)"
    )
    plan: str | None = said(
        "规划;缺省为主规划", "plan; the main one if none is named", default=None
    )
    resolve: Literal["refuse", "here", "file"] = said(
        "两边都改过的单元格:拒绝写入、以库中为准、以文件为准",
        "cells that were changed here since too; refuse writes nothing, else that side holds",
        default="refuse",
    )
    by: str | None = said("填报人或单位", "person or body who reports", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class CellOf(Answer):
    """A cell of the file."""

    table: int | None = said("文档中的第几张表", "table of the document; null for a workbook")
    row: int = said("行号", "row, from 1")
    column: str = said("列", "column of the table of tasks")
    column_name: Text = said("列名", "heading of the column")
    task: str = said("任务编号", "id of the task; empty for a new one")


class CellChange(CellOf):
    """A cell that the file changes."""

    before: str | None = said("库中的值", "what it says here")
    after: str | None = said("文件中的值", "what the file says")


class CellConflict(CellChange):
    """A cell that was changed here since the export too."""

    exported: str | None = said("导出时的值", "what it said when it was exported")


class CellFault(CellOf):
    """A cell that cannot be taken."""

    says: Text = said("说明", "what is wrong, and what would be right")


class TakenTasks(Answer):
    """What a file changed, or would."""

    file: str = said("文件", "name of the file")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows written")
    read: int = said("读入的任务数", "rows of tasks that were read")
    unchanged: int = said("未改动的任务数", "tasks in which nothing was edited")
    changes: list[CellChange] = said("改动", "cells that change, or that would")
    conflicts: list[CellConflict] = said("冲突", "cells that were changed here since too")
    faults: list[CellFault] = said("错误", "cells that cannot be taken")
    added: list[str] = said("新增任务", "ids of tasks that are new")
    deleted: list[str] = said(
        "文件中已删去的任务",
        "tasks that were exported and are not in the file; they stay as they are",
    )
    findings: list[Text] = said("提示", "remarks on the file")


class Came(NamedTuple):
    """A file of tasks as it was read.

    Attributes:
        lines: Its rows.
        lang: Language of its headings.
        exported: Ids that it was exported with.
        remarks: What is to be said of it.
    """

    lines: list[Line]
    lang: str
    exported: list[str]
    remarks: list[Text]


@verb("导出任务表")
def task_file(region: "Region", ask: TaskFile) -> Files:
    """Write tasks to Excel and Word files that others fill in.

    Example:
        ``hutuo plan task-file --owner gov-a --format xlsx --out build``
    """
    plan = plan_of(region, ask.plan)
    rows, lang = selected(region, ask.plan, ask), ask.language
    names = _names(region)
    title = f"{Text(plan['zh'], plan['en']).say(lang)} {SHEET.say(lang)}"
    made = max((row["recorded_at"] for row in rows), default=None)
    day = made.date() if made else region.info.released
    clauses = clause_rows(region, plan)
    contents = {
        "xlsx": lambda: workbook_of(rows, names, lang, day),
        "docx": lambda: document_of(rows, names, lang, (title, day), clauses),
    }
    return Files(files=[file(f"tasks-{lang}", one, contents[one]()) for one in ask.format])


@verb("收回任务表")
def take_tasks(region: "Region", ask: TakeTasks) -> TakenTasks:
    """Take a file of tasks back in: what others wrote, all of it or nothing.

    Example:
        ``hutuo plan take-tasks tasks-zh.xlsx --check``
    """
    from hutuo.base.uploads import path_of

    path, plan = path_of(ask.file), plan_of(region, ask.plan)
    came = came_from(path)
    found = taskdiff.difference(came.lines, _here(region, plan, came.lang), came.exported)
    taken = [*found.edits, *(found.conflicts if ask.resolve == "file" else [])]
    rows, wrong = _reported(region, found, taken, ask.by)
    faults = [*map(_fault, found.wrong), *wrong]
    refused = found.conflicts if ask.resolve == "refuse" else []
    if (faults or refused) and not ask.check:
        raise _refusal(path.name, faults, [_conflict(edit) for edit in refused], came.lang)
    batch, count = None, 0
    if not ask.check:
        batch, count = written(region, {"task": rows}, "take-tasks", path.name)
    return TakenTasks(
        file=path.name,
        batch=batch,
        stored=count,
        read=len(came.lines),
        unchanged=found.same,
        changes=[_change(edit) for edit in taken][:MOST_LISTED],
        conflicts=[_conflict(edit) for edit in found.conflicts][:MOST_LISTED],
        faults=faults[:MOST_LISTED],
        added=[row["task"] for _, row in found.added],
        deleted=found.deleted,
        findings=came.remarks,
    )


def workbook_of(rows: "Sequence[Row]", names: Names, lang: str, day: date) -> bytes:
    """An XLSX file of tasks: one sheet, lists to choose states and bodies from, ids and versions kept."""
    kinds = {"body": "text", "bodies": "text", "tasks": "text", "state": "text", "kind": "fixed"}
    choices = {"body": "bodies", "state": "states"}
    fields = [
        Field(c.head.say(lang), kinds.get(c.kind, c.kind), c.width, choices.get(c.kind, ""))
        for c in COLUMNS
    ]
    fields.append(Field(STAMP.say(lang), "fixed", 12, hidden=True))
    cells = [
        [*(taskcells.shown(row, c, names, lang) for c in COLUMNS), row["recorded_at"].isoformat()]
        for row in rows
    ]
    states = [label(f"task_state:{one}").say(lang) for one in taskcells.STATES]
    marks = {
        "tasks": [row["task"] for row in rows],
        "states": states,
        "bodies": [names.shown(body, lang) for body in names.bodies],
    }
    return form(SHEET.say(lang), fields, cells, marks, day)


def document_of(
    rows: "Sequence[Row]",
    names: Names,
    lang: str,
    about: tuple[str, date],
    clauses: "Sequence[Row]",
) -> bytes:
    """A DOCX file of tasks: one table a chapter."""
    parents = {row["clause"]: row["parent"] for row in clauses}
    titles = {row["clause"]: Text(row["zh"], row["en"]) for row in clauses}
    chapters: dict[str | None, list[list[str]]] = {}
    for row in rows:
        top = chapter(row["clause"], parents) if row["clause"] in parents else None
        cells = [taskcells.written(taskcells.shown(row, c, names, lang), c) for c in WORD]
        chapters.setdefault(top, []).append(cells)
    sections = [
        Section(f"{top} {titles[top].say(lang)}" if top else OTHERS.say(lang), cells)
        for top, cells in chapters.items()
    ]
    made = max((row["recorded_at"] for row in rows), default=None)
    marks = {
        "exported": made.isoformat() if made else None,
        "tasks": [row["task"] for row in rows],
    }
    heads, widths = [c.head.say(lang) for c in WORD], [c.centimetres for c in WORD]
    return document(about[0], heads, widths, sections, marks, about[1])


def came_from(path: Path) -> Came:
    """The rows of a file of tasks.

    Raises:
        BadInput: It is neither a workbook nor a document, or has no column of ids.
    """
    if path.suffix.lower() == ".docx":
        return _from_word(path)
    return _from_workbook(path)


def _from_workbook(path: Path) -> Came:
    from hutuo.base.spreadsheets import grid

    try:
        marks = grid(path, MARKS).cells
    except NotFound:
        marks = None
    names = grid(path).sheets
    sheet = next((name for name in SHEET if name in names), names[0])
    found = grid(path, sheet)
    rows = found.cells.to_numpy().tolist()
    lines = _lines(path.name, rows, None, None)
    if not lines.heads:
        raise _no_heads(path.name)
    exported = [] if marks is None else [w for w in marks[0].tolist()[1:] if w]
    remarks = [] if marks is not None else [_LOST_MARKS]
    return Came(lines.lines, _language(lines.heads), exported, [*remarks, *lines.remarks])


def _from_word(path: Path) -> Came:
    found = read_word(path)
    marks = found.marks or {}
    stamp = _instant(str(marks.get("exported") or ""))
    parts = [_lines(path.name, rows, n, stamp) for n, rows in enumerate(found.tables, 1)]
    heads = [head for part in parts for head in part.heads]
    if not heads:
        raise _no_heads(path.name)
    remarks = [] if found.marks else [_LOST_MARKS]
    return Came(
        [line for part in parts for line in part.lines],
        _language(heads),
        [str(name) for name in marks.get("tasks", [])],
        [*remarks, *dict.fromkeys(one for part in parts for one in part.remarks)],
    )


class _Lines(NamedTuple):
    lines: list[Line]
    heads: list[str]
    remarks: list[Text]


def _lines(
    file: str, rows: "Sequence[Sequence[str]]", table: int | None, stamp: datetime | None
) -> _Lines:
    """Rows of a table below its headings; none where no heading is that of the ids."""
    at = next((n for n, row in enumerate(rows[:FIRST_ROWS]) if _is_head(row)), None)
    if at is None:
        return _Lines([], [], [])
    heads = [taskcells.plain(cell) for cell in rows[at]]
    columns = [BY_HEAD.get(head) for head in heads]
    twice = sorted({name for name in columns if name and columns.count(name) > 1})
    if twice:
        zh, en = BY_NAME[twice[0]].head
        wrong = Text(f"“{zh}”列出现两次;请只保留一个", f"column '{en}' stands twice; keep one")
        says = Text(f"{file}无法读取:", f"{file} cannot be read:")
        raise BadInput(says, [Finding(file, at + 1, heads[0], wrong)])
    stamps = next((n for n, head in enumerate(heads) if head in STAMP), None)
    other = [h for h, c in zip(heads, columns, strict=True) if h and not c and h not in STAMP]
    remarks = [Text(f"未读入的列:{h}", f"column not read: {h}") for h in other]
    lines = []
    for number, row in enumerate(rows[at + 1 :], at + 2):
        cells = {c: cell for c, cell in zip(columns, row, strict=False) if c}
        if not any(taskcells.plain(cell) for cell in cells.values()):
            continue
        cells.setdefault("task", "")
        mark = stamp if stamps is None else _instant(row[stamps] if stamps < len(row) else "")
        lines.append(Line(table, number, cells, mark))
    return _Lines(lines, heads, remarks)


def _is_head(row: "Sequence[str]") -> bool:
    return any(taskcells.plain(cell) in BY_NAME["task"].head for cell in row)


def _language(heads: "Sequence[str]") -> str:
    return "en" if BY_NAME["task"].head.en in heads else "zh"


def _instant(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text.strip())
    except ValueError:
        return None
    return found if found.tzinfo else None


_LOST_MARKS = Text(
    "文件中的导出标记已丢失,无法判断删去了哪些任务",
    "the marks of the export are lost, so tasks that were deleted from the file cannot be told",
)


def _no_heads(name: str) -> HutuoError:
    heads = " / ".join(BY_NAME["task"].head)
    return BadInput(
        Text(f"{name}没有“{heads}”列", f"{name} has no column '{heads}'"),
        hint=Text("请用plan task-file导出的文件", "take a file that plan task-file wrote"),
    )


def _names(region: "Region") -> Names:
    return Names({body: Text(r["zh"], r["en"]) for body, r in body_rows(region).items()})


def _here(region: "Region", plan: "Row", lang: str) -> Here:
    past: dict[str, list[Row]] = {}
    for row in versions(region, "task", plan=plan["plan"]):
        past.setdefault(row["task"], []).append(row)

    def exported(name: str, at: datetime) -> "Row | None":
        known = [row for row in past.get(name, []) if row["recorded_at"] <= at]
        return known[-1] if known and not known[-1]["retracted"] else None

    return Here(
        plan=plan["plan"],
        clauses=[row["clause"] for row in clause_rows(region, plan)],
        tasks={row["task"]: row for row in task_rows(region, plan["plan"])},
        exported=exported,
        names=_names(region),
        lang=lang,
    )


def _reported(
    region: "Region", found: Difference, taken: "Sequence[taskdiff.Edit]", by: str | None
) -> "tuple[list[Row], list[CellFault]]":
    """Tasks after what the file says of them, and what is wrong with that."""
    tasks = {row["task"]: row for row in region.records("task")}
    given: dict[str, Row] = {}
    lines: dict[str, Line] = {}
    for edit in taken:
        given.setdefault(edit.task, {"by": by} if by else {})[edit.cell.column] = edit.given
        lines[edit.task] = edit.cell.line
    pairs = [(tasks[name], moved(tasks[name], report)) for name, report in given.items()]
    for line, row in found.added:
        fresh = row | {"by": row["by"] or by, "duty": None, "deadline": None}
        lines[row["task"]] = line
        pairs.append((fresh | {"state": "open", "progress": 0.0, "after": None}, fresh))
    wrong = [
        CellFault(
            says=fault.says,
            **_where(Cell(lines[row["task"]], fault.column), row["task"]),
        )
        for (_, row), told in zip(pairs, change_faults(region, pairs), strict=True)
        for fault in told
    ]
    return [stored(row) for _, row in pairs], wrong


def _where(cell: Cell, task: str) -> dict[str, Any]:
    return {
        "table": cell.line.table,
        "row": cell.line.row,
        "column": cell.column,
        "column_name": BY_NAME[cell.column].head if cell.column in BY_NAME else label(cell.column),
        "task": task,
    }


def _change(edit: taskdiff.Edit) -> CellChange:
    return CellChange(
        before=said_of(edit.here), after=said_of(edit.given), **_where(edit.cell, edit.task)
    )


def _conflict(edit: taskdiff.Edit) -> CellConflict:
    return CellConflict(exported=said_of(edit.exported), **dict(_change(edit)))


def _fault(wrong: taskdiff.Wrong) -> CellFault:
    task = taskcells.plain(wrong.cell.line.cells["task"])
    return CellFault(says=wrong.says, **_where(wrong.cell, task))


def _refusal(
    file: str, faults: "Sequence[CellFault]", conflicts: "Sequence[CellConflict]", lang: str
) -> BadInput:
    """The error that names every cell that stands against taking the file."""
    found = [
        Finding(_part(file, one), one.row, one.column_name.say(lang), one.says) for one in faults
    ]
    found += [
        Finding(_part(file, one), one.row, one.column_name.say(lang), _clash(one))
        for one in conflicts
    ]
    zh, en = "没有写入任何内容;请修改文件", "nothing was written; mend the file"
    if conflicts:
        zh += ",或用--resolve here或--resolve file说明以哪一方为准"
        en += ", or say which side holds by --resolve here or --resolve file"
    says = Text(f"{file}不能接受:", f"{file} cannot be taken:")
    return BadInput(says, found, Text(zh, en))


def _clash(one: CellConflict) -> Text:
    then, here, given = (_quoted(cell) for cell in (one.exported, one.before, one.after))
    return Text(
        f"冲突:导出时为{then.zh},系统中现为{here.zh},文件中为{given.zh}",
        f"conflict: was {then.en} when exported, is {here.en} here now, {given.en} in the file",
    )


def _quoted(cell: str | None) -> Text:
    if cell is None:
        return Text("空", "empty")
    return Text(f"“{cell[:SHOWN]}”", f"'{cell[:SHOWN]}'")


def _part(file: str, cell: CellOf) -> str:
    return file if cell.table is None else f"{file} table {cell.table}"
