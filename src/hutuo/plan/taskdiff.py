"""What a file of tasks that came back changes: cell by cell, against what was exported and what is here now.

A cell counts as edited where it differs from what the file showed when it was exported, so that nothing that
was merely carried there and back changes anything. Where the cell was changed here since too, to something
else, it is a conflict.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from hutuo.plan.taskcells import (
    BY_NAME,
    COLUMNS,
    FIXED,
    Column,
    Names,
    Unread,
    plain,
    read,
    same,
    shown,
)
from hutuo.report.forms import CUT
from hutuo.verbs import Text

Row = Mapping[str, Any]
# LibreOffice writes _x0041_, where it is text, as _x005F_x0041_, and does not read it back in Word files.
ESCAPED = "_x005F_"
NEEDED = ("zh", "kind", "start", "due")


class Line(NamedTuple):
    """One row of a file.

    Attributes:
        table: Table of the document that it stands in, from 1; None where there is only one.
        row: Row in it, from 1.
        cells: Text by column, of the columns that the file has.
        stamp: When the exported version of the task was recorded; None if the mark is lost.
    """

    table: int | None
    row: int
    cells: Mapping[str, str]
    stamp: datetime | None


class Cell(NamedTuple):
    """A cell of a file: its row and its column."""

    line: Line
    column: str


class Edit(NamedTuple):
    """A cell that was edited.

    Attributes:
        cell: Where.
        task: Id of the task.
        exported: What it said when it was exported; None also where that is not known any more.
        here: What it says now.
        given: What the file says.
    """

    cell: Cell
    task: str
    exported: Any
    here: Any
    given: Any


class Wrong(NamedTuple):
    """A cell that cannot be taken, and what would be right."""

    cell: Cell
    says: Text


class Difference(NamedTuple):
    """What a file changes.

    Attributes:
        edits: Cells that change a task.
        conflicts: Cells that were changed here since too.
        wrong: Cells that cannot be taken.
        added: Tasks that are new, each with its line.
        deleted: Tasks that were exported and are not in the file any more.
        same: Rows in which nothing was edited.
    """

    edits: list[Edit]
    conflicts: list[Edit]
    wrong: list[Wrong]
    added: list[tuple[Line, dict[str, Any]]]
    deleted: list[str]
    same: int


class Here(NamedTuple):
    """What is known here.

    Attributes:
        plan: Id of the plan.
        clauses: Numbers of its clauses.
        tasks: Tasks as they are, by id.
        exported: The version of a task that was known at an instant; None if there was none.
        names: Bodies by name.
        lang: Language of the file.
    """

    plan: str
    clauses: Sequence[str]
    tasks: Mapping[str, Row]
    exported: Callable[[str, datetime], Row | None]
    names: Names
    lang: str


def difference(lines: Sequence[Line], here: Here, exported: Sequence[str]) -> Difference:
    """What the rows of a file change.

    Args:
        lines: Rows of the file, empty ones left out.
        here: What is known here.
        exported: Ids that the file was exported with; none if that mark is lost.
    """
    found = Difference([], [], [], [], [], 0)
    seen: dict[str, Line] = {}
    unchanged = 0
    for line in lines:
        name = plain(line.cells["task"])
        if not name:
            _new(line, here, found)
        elif name in seen:
            found.wrong.append(_wrong(line, "task", *_twice(seen[name])))
        elif name not in here.tasks:
            seen[name] = line
            found.wrong.append(_wrong(line, "task", *_unknown(name, here)))
        else:
            seen[name] = line
            unchanged += not _known(line, name, here, found)
    found.deleted.extend(name for name in exported if name not in seen)
    return found._replace(same=unchanged)


def _known(line: Line, name: str, here: Here, found: Difference) -> bool:
    """Compare a row with its task; whether anything of it was edited."""
    now = here.tasks[name]
    before = here.exported(name, line.stamp) if line.stamp else None
    if line.stamp is None:
        says = Text(
            "缺少导出时的标记,无法判断哪些单元格改过;请重新导出后填写",
            "its mark of the export is lost, so no edit can be told; export again and fill that in",
        )
        found.wrong.append(Wrong(Cell(line, "task"), says))
        return True
    touched = False
    for column in (BY_NAME[name] for name in line.cells if name != "task"):
        touched |= _cell(line, column, (before, now), here, found)
    return touched


def _cell(
    line: Line, column: Column, rows: tuple[Row | None, Row], here: Here, found: Difference
) -> bool:
    """Compare a cell with what was exported, then with what is here; whether it was edited."""
    before, now = rows
    text = line.cells[column.name]
    base = before if before is not None else now
    was = shown(base, column, here.names, here.lang)
    if isinstance(was or "", str) and _alike(text, str(was or "")):
        return False
    if column.kind in FIXED:
        if column.kind == "kind" and _reads_as(text, column, here, base["kind"]):
            return False
        says = Text(
            f"“{plain(text)[:40]}”:此列只供查看,原为“{was or ''}”",
            f"'{plain(text)[:40]}': this column is only shown; it was '{was or ''}'",
        )
        found.wrong.append(Wrong(Cell(line, column.name), says))
        return True
    try:
        given = read(text, column, here.names)
    except Unread as error:
        found.wrong.append(_wrong(line, column.name, *_unread(text, error.says)))
        return True
    if column.name == "progress" and given is None:
        given = 0.0
    if same(given, base[column.name]):
        return False
    if (
        isinstance(was, str)
        and was.endswith(CUT)
        and plain(base[column.name]) != base[column.name].strip()
    ):
        found.wrong.append(_wrong(line, column.name, *_TOO_LONG))
        return True
    edit = Edit(
        Cell(line, column.name),
        now["task"],
        before and before[column.name],
        now[column.name],
        given,
    )
    if same(given, now[column.name]):
        return False
    changed = before is None or not same(before[column.name], now[column.name])
    (found.conflicts if changed else found.edits).append(edit)
    return True


def _new(line: Line, here: Here, found: Difference) -> None:
    """A row without an id is a new task, known again by its clause, kind, name and start."""
    row: dict[str, Any] = {"plan": here.plan, "deadline_from": "none"}
    wrong = []
    for column in COLUMNS:
        try:
            row[column.name] = read(line.cells.get(column.name, ""), column, here.names)
        except Unread as error:
            wrong.append(_wrong(line, column.name, *_unread(line.cells[column.name], error.says)))
    faulty = {one.cell.column for one in wrong}
    wrong += [
        _wrong(line, name, "新任务须填此列", "is empty; a new task needs it")
        for name in NEEDED
        if name not in faulty and row[name] is None
    ]
    if row["clause"] is not None and row["clause"] not in here.clauses:
        wrong.append(
            _wrong(
                line,
                "clause",
                f"规划没有条款“{row['clause']}”",
                f"the plan has no clause '{row['clause']}'",
            )
        )
    if row["parent"] is not None and row["parent"] not in here.tasks:
        wrong.append(_wrong(line, "parent", *_unknown(row["parent"], here)))
    found.wrong.extend(wrong)
    if wrong:
        return
    key = "\0".join(str(row[name]) for name in ("clause", "kind", "zh", "start"))
    row["task"] = f"{here.plan}/own-{hashlib.sha256(key.encode()).hexdigest()[:10]}"
    row["state"], row["progress"] = row["state"] or "open", row["progress"] or 0.0
    # The same file taken twice adds nothing twice; what became of the task here since stays.
    if row["task"] not in here.tasks and row["task"] not in (r["task"] for _, r in found.added):
        found.added.append((line, row))


def _alike(one: str, other: str) -> bool:
    """Whether two texts are the same, however a program wrote what looks like an escape in it."""
    return plain(one).replace(ESCAPED, "_") == plain(other).replace(ESCAPED, "_")


def _reads_as(text: str, column: Column, here: Here, value: object) -> bool:
    try:
        return bool(read(text, column, here.names) == value)
    except Unread:
        return False


_TOO_LONG = (
    "原文超过一个单元格的长度,导出时已截断;请在系统中修改",
    "the text was longer than a cell holds and was cut when it was exported; change it by plan task",
)


def _wrong(line: Line, column: str, zh: str, en: str) -> Wrong:
    return Wrong(Cell(line, column), Text(zh, en))


def _unread(text: str, why: Text) -> tuple[str, str]:
    shown = plain(text)[:60]
    return f"“{shown}”{why.zh}", f"'{shown}' {why.en}"


def _twice(first: Line) -> tuple[str, str]:
    where = f"{first.table}:{first.row}" if first.table else str(first.row)
    return f"此编号在第{where}行已有", f"this id stands already in row {where}"


def _unknown(name: str, here: Here) -> tuple[str, str]:
    from difflib import get_close_matches

    near = ", ".join(get_close_matches(name, here.tasks, n=3, cutoff=0.5)) or "-"
    return (
        f"没有编号为“{name}”的任务;相近的:{near};新任务请把编号留空",
        f"no task '{name}'; near: {near}; leave the id of a new task empty",
    )
