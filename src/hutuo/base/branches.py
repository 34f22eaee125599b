"""What-if beside main: branches compared, merged or dropped; rows put, batches listed and taken back."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from hutuo.base import overlay, uploads
from hutuo.base.selection import MAIN
from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.verbs import Answer, Ask, Text, Verb, find_verb, said, verb, wrong

if TYPE_CHECKING:
    from hutuo.base.region import Region

MOST_SHOWN = 1000
# Fields by which a verb that writes is known: it can be asked to check only, or what to do.
WRITES = {"check", "action"}
Action = Literal["list", "create", "diff", "merge", "drop", "log", "replay"]


def unpacking(way: str) -> Callable[[object], object]:
    """What reads JSON where text was given, as on the command line; ``way`` shows how it is written."""

    def unpacked(given: object) -> object:
        if not isinstance(given, str):
            return given
        try:
            return json.loads(given)
        except json.JSONDecodeError as error:
            zh, en = f"不是JSON({error});如{way}", f"is no JSON ({error}); write it as {way}"
            raise wrong(Text(zh, en)) from error

    return unpacked


_unpacked = unpacking('{"place": "130102", "value": 1}')


def several(given: object) -> object:
    """One object or a list of them, also as JSON in a text: a list."""
    found = _unpacked(given)
    return [found] if isinstance(found, dict) else found


Object = Annotated[dict[str, Any], BeforeValidator(_unpacked)]
Rows = Annotated[list[dict[str, Any]], BeforeValidator(several)]


class Branch(Ask):
    """What to do with which branch."""

    action: Action = said("操作", "what to do", default="list")
    name: str | None = said("分支名称", "name of the branch", default=None)
    verb: str | None = said(
        "对比时:两边各运行一次的功能",
        "for diff: verb whose answers on main and on the branch are given side by side, as plan/evaluate",
        default=None,
    )
    ask: Object | None = said("该功能的输入(JSON)", "ask of that verb, as JSON", default=None)
    file: str | None = said(
        "重做时:由 log 给出的 JSON 文件",
        "for replay: JSON file of what log answered",
        default=None,
    )
    resolve: Literal["refuse", "branch", "main"] = said(
        "合并时两边都改过的行:拒绝合并、以分支为准、以主干为准",
        "for merge: rows that both changed; refuse merges nothing, else that side holds",
        default="refuse",
    )
    limit: int = said("最多行数", "most rows to show", default=MOST_SHOWN, ge=1, le=100_000)


class BranchRow(Answer):
    """One open branch."""

    branch: str = said("分支", "name of the branch")
    created_at: datetime | None = said("建立时间", "when it was opened; null for main")
    rows: int = said("分支上写入的行数", "rows that were written on it")
    batches: int = said("批次数", "number of batches")


class ChangeRow(Answer):
    """One row that a branch says otherwise than main."""

    table: str = said("表名", "name of the table")
    change: Literal["added", "changed", "removed"] = said(
        "变化", "added, changed or removed by the branch"
    )
    key: dict[str, Any] = said("主键", "columns that name the row")
    before: dict[str, Any] | None = said(
        "主干上的行", "what main says; null if it has no such row"
    )
    after: dict[str, Any] | None = said(
        "分支上的行", "what the branch says; null if it takes the row back"
    )


class Sides(Answer):
    """Answers of one verb on main and on the branch."""

    verb: str = said("功能", "verb that was asked")
    same: bool = said("两边是否相同", "whether both are the same")
    before: Any = said("主干上的回答", "answer on main")
    after: Any = said("分支上的回答", "answer on the branch")


class LogEntry(Answer):
    """One batch of a branch, with its rows."""

    batch: str = said("批次", "id of the batch")
    verb: str = said("功能", "verb that wrote it")
    origin: str | None = said("来自", "what it was made from")
    recorded_at: datetime = said("记录时间", "when it was recorded")
    rows: dict[str, list[dict[str, Any]]] = said("各表的行", "its rows by table")


class BranchAnswer(Answer):
    """What became of it; only what belongs to the action is filled."""

    action: Action = said("操作", "what was done")
    branch: str | None = said("分支", "name of the branch", default=None)
    batch: str | None = said("批次", "batch that a merge wrote", default=None)
    stored: int | None = said("存入的行数", "rows that were written", default=None)
    branches: list[BranchRow] = said("现有分支", "branches that are open, main first")
    changes: int | None = said("变化的行数", "number of rows that differ from main", default=None)
    rows: list[ChangeRow] = said("变化的行", "rows that differ from main", default=[])
    answers: Sides | None = said("两边的回答", "answers of a verb side by side", default=None)
    log: list[LogEntry] = said("批次记录", "batches from which it can be made again", default=[])


class Put(Ask):
    """Which rows to write or take back."""

    table: str = said("表名", "name of the table")
    rows: Rows = said(
        "行(JSON 对象或列表)", "rows as JSON: an object, or a list of them", min_length=1
    )
    retract: bool = said("是否撤回", "whether rows of these keys are taken back", default=False)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class PutAnswer(Answer):
    """What was written."""

    table: str = said("表名", "name of the table")
    branch: str = said("分支", "branch that was written to")
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows written")
    duplicate: int = said("重复的行数", "rows that were known just so")


class Batches(Ask):
    """Which batches to list."""

    table: str | None = said("只要写入该表的", "only those that wrote to this table", default=None)
    limit: int = said("最多行数", "most rows to show", default=100, ge=1, le=100_000)


class BatchRow(Answer):
    """One batch."""

    batch: str = said("批次", "id of the batch")
    verb: str = said("功能", "verb that wrote it")
    origin: str | None = said("来自", "what it was made from")
    branch: str = said("分支", "branch that it was written on")
    recorded_at: datetime = said("记录时间", "when its rows count as known")
    written_at: datetime = said("写入时间", "when it was written")
    rows: int = said("行数", "rows that were written")
    tables: dict[str, int] = said("各表的行数", "rows by table")
    quarantined: int = said("隔离的行数", "rows that were held back")


class Undo(Ask):
    """Which batch to take back."""

    batch: str | None = said(
        "批次;缺省为本分支最近一次写入",
        "id of the batch; the last one written on the branch if none is given",
        default=None,
    )
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class UndoAnswer(Answer):
    """What was taken back."""

    undone: str | None = said("被撤回的批次", "batch that is taken back; null if there is none")
    batch: str | None = said(
        "批次", "id of the batch that takes it back; null if nothing was written"
    )
    stored: int = said("恢复的行数", "rows as they were known before")
    left: int = said("未动的行数", "rows left alone, since a later batch changed them")


@verb("管理分支:列出、建立、对比、合并、删除")
def branch(region: "Region", ask: Branch) -> BranchAnswer:
    """List, open, compare, merge, drop, log or replay branches."""
    if ask.action == "list":
        return BranchAnswer(action="list", branches=_open(region))
    if not ask.name:
        raise BadAsk(
            Text(f"branch {ask.action}需要名称", f"branch {ask.action} needs a name"),
            Text("如hutuo base branch create 名称", "as hutuo base branch create NAME"),
        )
    return _ACTIONS[ask.action](region, ask.name, ask)


@verb("写入或撤回数据表的行")
def put(region: "Region", ask: Put) -> PutAnswer:
    """Write rows of a table on the branch that is open, or take rows back."""
    from hutuo.base.tables import table
    from hutuo.base.writing import About, frames_of, record, retract

    name = table(ask.table).name
    rows = [row | {"retracted": ask.retract} for row in ask.rows]
    kept, gone = frames_of({name: rows})
    if ask.check:
        found = [fault for told in region.faults(kept).values() for fault in told]
        if found:
            told = [fault._replace(row=(fault.row or 0) + 1) for fault in found]
            zh = f"写入数据表{name}的行有{len(told)}处问题:"
            en = f"rows for table {name} have {len(told)} findings:"
            raise BadInput(Text(zh, en), told)
        return PutAnswer(table=name, branch=region.branch, batch=None, stored=0, duplicate=0)
    about = About("put")
    done = retract(region, name, gone[name], about) if gone else record(region, kept, about)
    return PutAnswer(
        table=name,
        branch=region.branch,
        batch=done.batch,
        stored=done.stored[name],
        duplicate=done.duplicate[name],
    )


@verb("列出写入的批次", columns=("batch", "verb", "origin", "branch", "rows", "quarantined"))
def batches(region: "Region", ask: Batches) -> list[BatchRow]:
    """List what was written, the latest first: by which verb, from what, how many rows."""
    found = [
        row
        for row in reversed(overlay.shown(region, region.batches()))
        if ask.table is None or ask.table in row["tables"]
    ]
    same = ("batch", "verb", "origin", "recorded_at", "written_at", "tables")
    return [
        BatchRow(
            # Rows of a branch are marked with its lane, which a name that was used before is not.
            branch=MAIN if row["branch"] == MAIN else region.branch,
            rows=row["row_count"],
            quarantined=row["quarantined"] or 0,
            **{name: row[name] for name in same},
        )
        for row in found[: ask.limit]
    ]


@verb("撤回一个批次")
def undo(region: "Region", ask: Undo) -> UndoAnswer:
    """Take a batch back: what was known before it is known again."""
    undone = overlay.undoable(region, ask.batch)
    if undone is None or ask.check:
        return UndoAnswer(undone=undone, batch=None, stored=0, left=0)
    done, left = overlay.undo(region, undone)
    stored = sum(done.stored.values())
    return UndoAnswer(undone=undone, batch=done.batch, stored=stored, left=left)


def _open(region: "Region") -> list[BranchRow]:
    lake, counts = region.lake, dict[str, tuple[int, int]]()
    logged = lake.fetch("SELECT branch, row_count, quarantined, tables FROM lake.batch", [])
    told = [row | {"tables": json.loads(row["tables"] or "{}")} for row in logged.to_pylist()]
    for row in overlay.shown(region, told):
        number, total = counts.get(row["branch"], (0, 0))
        counts[row["branch"]] = number + 1, total + int(row["row_count"] or 0)
    found = []
    for name in lake.branches():
        number, rows = counts.get(lake.lane(name), (0, 0))
        began = overlay.opened(lake, name) if name != MAIN else None
        found.append(BranchRow(branch=name, created_at=began, rows=rows, batches=number))
    return found


def _create(region: "Region", name: str, _ask: Branch) -> BranchAnswer:
    region.create_branch(name)
    return BranchAnswer(action="create", branch=name, branches=_open(region))


def _diff(region: "Region", name: str, ask: Branch) -> BranchAnswer:
    count, found = overlay.changes(region, name, ask.limit)
    rows = [ChangeRow(**change._asdict()) for change in found]
    answers = _sides(region, name, find_verb(*_split(ask.verb)), ask) if ask.verb else None
    return BranchAnswer(
        action="diff", branch=name, branches=[], changes=count, rows=rows, answers=answers
    )


def _split(path: str) -> tuple[str, str]:
    part, slash, name = path.replace(" ", "/").partition("/")
    if not slash:
        raise BadAsk(
            Text(f"“{path}”不是功能", f"'{path}' names no verb"),
            Text("写部分与功能,如plan/evaluate", "write part and verb, as plan/evaluate"),
        )
    return part, name


def _sides(region: "Region", name: str, found: Verb, ask: Branch) -> Sides:
    from dataclasses import replace

    from hutuo.base import deeds
    from hutuo.base.sharing.rights import allow

    # It would run on main and on the branch.
    if WRITES & set(found.ask.model_fields):
        hint = Text(
            "请用只作回答的功能,如plan/evaluate",
            "name a verb that only answers, as plan/evaluate",
        )
        raise BadAsk(Text(f"{found.path}可能会写入", f"{found.path} may write"), hint)
    asked = found.read(ask.ask or {})
    # Who compares by a verb needs its right as if he asked it by itself.
    allow(deeds.actor(), found, asked, name)
    before = found.run(replace(region, branch=MAIN), asked)
    after = found.run(replace(region, branch=name), asked)
    same = found.dumps(before) == found.dumps(after)
    return Sides(verb=found.path, same=same, before=before, after=after)


def _merge(region: "Region", name: str, ask: Branch) -> BranchAnswer:
    done = overlay.merge(region, name, ask.resolve)
    stored = sum(done.stored.values())
    return BranchAnswer(
        action="merge", branch=name, batch=done.batch, stored=stored, branches=_open(region)
    )


def _drop(region: "Region", name: str, _ask: Branch) -> BranchAnswer:
    overlay.drop(region, name)
    return BranchAnswer(action="drop", branch=name, branches=_open(region))


def _log(region: "Region", name: str, _ask: Branch) -> BranchAnswer:
    entries = [LogEntry(**entry) for entry in overlay.told(region, name)]
    return BranchAnswer(action="log", branch=name, branches=[], log=entries)


def _replay(region: "Region", name: str, ask: Branch) -> BranchAnswer:
    if not ask.file:
        write = "hutuo base branch log NAME --json > log.json"
        hint = Text(f"由此得到:{write}", f"write it by: {write}")
        raise BadAsk(Text("重放需要日志文件", "replay needs the file of a log"), hint)
    path = uploads.path_of(ask.file)
    try:
        read = json.loads(path.read_text(encoding="utf-8"))
        log = [LogEntry.model_validate(entry).model_dump() for entry in read["log"]]
    except (ValueError, KeyError, TypeError) as error:
        finding = Text(f"不是分支的日志:{error}", f"is no log of a branch: {error}")
        says = Text(f"{path.name}不能重放", f"{path.name} cannot be replayed")
        raise BadInput(says, [Finding(path.name, None, "log", finding)]) from error
    done = overlay.replay(region, name, log)
    return BranchAnswer(action="replay", branch=name, stored=len(done), branches=_open(region))


_ACTIONS = {
    "create": _create,
    "diff": _diff,
    "merge": _merge,
    "drop": _drop,
    "log": _log,
    "replay": _replay,
}
