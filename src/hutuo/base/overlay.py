"""Branches as overlays: what a branch changes, whether it can be merged, how it came about.

A branch holds only rows of its own, which stand over those of main with the same key. So what it changes is
found by its own keys, and what stands against a merge are those keys that main changed too, since the branch
was opened.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base import deeds
from hutuo.base.lake import DROPPED, MERGED
from hutuo.base.periods import of_grain
from hutuo.base.selection import MAIN
from hutuo.base.tables import Table, quoted, tables
from hutuo.errors import BadAsk, BadInput, Finding, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.lake import Lake
    from hutuo.base.region import Region
    from hutuo.base.writing import Recorded

# Conflicts that are told one by one; the rest are counted.
LISTED = 50


class Change(NamedTuple):
    """One row that a branch adds, changes or takes back.

    Attributes:
        table: Table that it is a row of.
        change: ``added``, ``changed`` or ``removed``.
        key: Columns that name it.
        before: What main says; None for a row that main does not have.
        after: What the branch says; None for a row that it takes back.
    """

    table: str
    change: str
    key: dict[str, Any]
    before: dict[str, Any] | None
    after: dict[str, Any] | None


def opened(lake: "Lake", name: str) -> datetime:
    """When an open branch was opened.

    Raises:
        NotFound: No branch of that name is open.
    """
    lane = lake.lane(name)
    sql = "SELECT min(happened_at) AS began FROM lake.branch WHERE branch = ?"
    found: datetime = lake.fetch(sql, [lane]).column("began")[0].as_py()
    return found


def row_counts(lake: "Lake", lane: str) -> dict[str, int]:
    """Rows that a branch wrote, by table, from the log of batches."""
    import json

    rows = lake.fetch("SELECT tables FROM lake.batch WHERE branch = ?", [lane]).to_pylist()
    counts: dict[str, int] = {}
    for row in rows:
        for table, count in json.loads(row["tables"] or "{}").items():
            counts[table] = counts.get(table, 0) + count
    return {table: count for table, count in counts.items() if count}


def changes(region: "Region", name: str, limit: int) -> tuple[int, list[Change]]:
    """How many rows a branch says otherwise than main, and the first of them, by table and key."""
    lake, lane = region.lake, _own(region.lake, name)
    _whole(region, lane)
    return _counted(lake, lane, "true", [], limit)


def conflicts(region: "Region", name: str) -> tuple[int, list[Change]]:
    """Rows that main changed after the branch was opened, to something else than the branch says."""
    lake, lane = region.lake, _own(region.lake, name)
    _whole(region, lane)
    return _counted(lake, lane, "written_at > ?", [opened(lake, name)], LISTED)


def _whole(region: "Region", lane: str) -> None:
    """Refuse whoever may not see all of the tables that a branch wrote to."""
    for table in _touched(region.lake, lane):
        region.whole(table.name)


def _counted(
    lake: "Lake", lane: str, test: str, given: list[object], limit: int
) -> tuple[int, list[Change]]:
    """Number of differing rows that pass a test, and the first of them."""
    count, found = 0, list[Change]()
    for table in _touched(lake, lane):
        pairs = f"SELECT * FROM ({_pairs(table)}) WHERE {test}"
        values = [lane, *given]
        counted = lake.fetch(f"SELECT count(*) AS n FROM ({pairs})", values)
        count += counted.column("n")[0].as_py()
        order = ", ".join(f"{quoted('own_' + key)} NULLS FIRST" for key in table.keys)
        listed = f"{pairs} ORDER BY {order} LIMIT ?"
        rows = lake.fetch(listed, [*values, limit - len(found)])
        found += [_change(table, row) for row in rows.to_pylist()]
    return count, found


def merge(region: "Region", name: str, resolve: str = "refuse") -> "Recorded":
    """Write what a branch says to main, as one batch, and close the branch.

    Args:
        region: Any view of the region.
        name: Open branch.
        resolve: What becomes of rows that main changed too: ``refuse`` merges nothing, ``branch`` or ``main``
            lets that side hold.

    Raises:
        BadInput: Main changed rows of the branch since it was opened; all are told, nothing is merged.
    """
    from hutuo.base.writing import About, Recorded, batch_name, log

    lake, lane = region.lake, _own(region.lake, name)
    with lake.change() as connection:
        if resolve == "refuse":
            _refuse_conflicts(region, name)
        since = opened(lake, name)
        now = lake.now()
        batch = batch_name("merge", now)
        stored = {}
        for table in _touched(lake, lane):
            cells = quoted(*table.names)
            own = ", ".join(f"own.{quoted(c)}" for c in table.names)
            done = connection.execute(
                f"INSERT INTO lake.{table.name} ({cells}, recorded_at, batch, branch, retracted)"
                f" SELECT {own}, ?, ?, 'main', own.retracted FROM ({_last(table, 'branch = ?')}) AS own"
                f" LEFT JOIN ({_last(table, MAIN_ROWS)}) AS main ON {_same(table.keys)}"
                f" LEFT JOIN lake.batch AS log ON log.batch = main.batch"
                f" WHERE NOT ({_equal(table)}) AND (? OR coalesce(log.written_at <= ?, true))",
                [now, batch, lane, resolve != "main", since],
            ).fetchone()
            stored[table.name] = int(done[0]) if done else 0
        log(lake, batch, now, About("merge", name), stored, MAIN)
        lake.log_branch(lane, name, MERGED)
    return Recorded(batch, stored, dict.fromkeys(stored, 0), now)


def drop(region: "Region", name: str) -> None:
    """Close a branch; its rows are read no more, and its name is free again."""
    lake, lane = region.lake, _own(region.lake, name)
    with lake.change():
        lake.log_branch(lane, name, DROPPED)


def told(region: "Region", name: str) -> list[dict[str, Any]]:
    """How a branch came about: its batches with their rows, from which :func:`replay` makes it again.

    Rows that brought their time of recording tell it; the others were recorded with their batch.
    """
    lake, lane = region.lake, _own(region.lake, name)
    _whole(region, lane)
    sql = (
        "SELECT batch, verb, origin, recorded_at FROM lake.batch"
        " WHERE branch = ? ORDER BY written_at"
    )
    log: list[dict[str, Any]] = lake.fetch(sql, [lane]).to_pylist()
    for entry in log:
        entry["rows"] = {}
    by_batch = {entry["batch"]: entry for entry in log}
    for table in _touched(lake, lane):
        columns = quoted(*table.names, "recorded_at", "batch", "retracted")
        order = ", ".join(f"{quoted(key)} NULLS FIRST" for key in table.keys)
        sql = f"SELECT {columns} FROM lake.{table.name} WHERE branch = ? ORDER BY {order}"
        for row in lake.fetch(sql, [lane]).to_pylist():
            entry = by_batch[row.pop("batch")]
            if row["recorded_at"] == entry["recorded_at"]:
                del row["recorded_at"]
            entry["rows"].setdefault(table.name, []).append(_plain(table, row))
    return log


def replay(region: "Region", name: str, log: Sequence[Mapping[str, Any]]) -> list[str]:
    """Open a branch and make on it what a log tells; a fault leaves no branch.

    Args:
        region: Any view of the region.
        name: Name of the new branch.
        log: What :func:`told` gave.

    Returns:
        Ids of the batches that were written.

    Raises:
        BadInput: Rows of the log do not fit the region's tables; all findings of a batch are told.
    """
    from hutuo.base.writing import About, frames_of, record, retract

    branch, done = region.create_branch(name), []
    try:
        for entry in log:
            kept, gone = frames_of(entry["rows"])
            about = About(str(entry["verb"]), str(entry.get("origin") or ""))
            if kept:
                done.append(record(branch, kept, about, again=True).batch)
            for table, rows in gone.items():
                done.append(retract(branch, table, rows, about).batch)
    except BaseException:
        drop(region, name)
        raise
    return done


def shown(region: "Region", rows: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """Batches of the log as the reader may know them: tables of which he sees nothing are not told."""
    if deeds.actor().is_owner:
        return list(rows)
    found = []
    for row in rows:
        counts = {name: row["tables"][name] for name in region.seen(row["tables"])}
        if counts:
            less = {"quarantined": 0} if len(counts) < len(row["tables"]) else {}
            found.append(row | less | {"tables": counts, "row_count": sum(counts.values())})
    return found


def undoable(region: "Region", batch: str | None) -> str | None:
    """The batch that is meant: the named one, or the last one on this view's branch that stands.

    Raises:
        NotFound: No such batch on this branch.
        BadAsk: It is the pack itself, or taken back already.
    """
    lane = region.lake.lane(region.branch)
    rows = [row for row in region.batches() if row["branch"] == lane]
    there, by = [row["batch"] for row in shown(region, rows)], _taken_back(rows)
    if batch is None:
        # A batch of which every row was known wrote nothing that could be taken back.
        past = {*by, *by.values()}
        wrote = [
            row["batch"]
            for row in shown(region, rows)
            if row["row_count"] and row["batch"] not in past
        ]
        return next((name for name in reversed(wrote) if not name.startswith("pack:")), None)
    if batch not in there:
        raise one_of(batch, "batch", there)
    if batch.startswith("pack:"):
        hint = Text(
            "请修改数据包的文件并重新打开地区",
            "change the pack's files and open the region again",
        )
        zh, en = (
            "数据包带来的内容不能按批次撤回",
            "what a pack brought is not taken back as a batch",
        )
        raise BadAsk(Text(zh, en), hint)
    if batch in by:
        hint = Text(f"如要恢复,请撤回“{by[batch]}”", f"to have it again, take back '{by[batch]}'")
        says = Text(f"批次“{batch}”已经撤回", f"batch '{batch}' is taken back already")
        raise BadAsk(says, hint)
    return batch


def undo(region: "Region", batch: str) -> tuple["Recorded", int]:
    """Take a batch of this view's branch back: what was known before it is known again, from now on.

    Batches that were taken back already, and those that took them back, count as if they had never been; so
    one batch after the other is taken back, and taking back one that took back brings what it took.

    Returns:
        What was written, and the number of rows left alone because a later batch changed them.
    """
    from hutuo.base.writing import About, Recorded, batch_name, log

    lake, lane = region.lake, region.lake.lane(region.branch)
    rows = [row for row in region.batches() if row["branch"] == lane]
    there = next(row["tables"] for row in rows if row["batch"] == batch)
    pairs = [pair for pair in _taken_back(rows).items() if batch not in pair]
    past = [name for pair in pairs for name in pair]
    with lake.change() as connection:
        now = lake.now()
        name, stored, left = batch_name("undo", now), {}, 0
        for table in (tables()[t] for t in there if t in tables()):
            cells = quoted(*table.names)
            before = ", ".join(f"coalesced.{quoted(c)}" for c in table.names)
            done = connection.execute(
                f"INSERT INTO lake.{table.name} ({cells}, recorded_at, batch, branch, retracted)"
                f" SELECT {before}, ?, ?, ?, coalesced.retracted FROM ({_before(table)}) AS coalesced",
                [now, name, lane, lane, past, batch, lane, [*past, batch]],
            ).fetchone()
            stored[table.name] = int(done[0]) if done else 0
            left += there[table.name] - stored[table.name]
        log(lake, name, now, About("undo", batch), stored, lane)
    return Recorded(name, stored, dict.fromkeys(stored, 0), now), left


def _taken_back(rows: Sequence[Mapping[str, Any]]) -> dict[str, str]:
    """Batches of one branch that do not stand any more, each with the batch that took it back."""
    there = {row["batch"] for row in rows}
    found: dict[str, str] = {}
    for row in reversed(rows):
        # A replayed branch tells of batches that it does not have under that id.
        if row["verb"] == "undo" and row["origin"] in there and row["batch"] not in found:
            found[row["origin"]] = row["batch"]
    return found


MAIN_ROWS = "branch = 'main'"


def _before(table: Table) -> str:
    """SQL of what was known before a batch, for each of its rows that is the last of its key.

    A row that nothing came before is taken back; on a branch what main says comes before.
    """
    cells = ", ".join(
        f"CASE WHEN main.batch IS NULL THEN own.{quoted(c)} ELSE main.{quoted(c)} END AS {quoted(c)}"
        for c in table.names
    )
    return (
        f"SELECT {cells}, coalesce(main.retracted, true) AS retracted"
        f" FROM (SELECT * FROM ({_last(table, 'branch = ? AND batch NOT IN (SELECT unnest(?))')})"
        f" WHERE batch = ?) AS own"
        f" LEFT JOIN (SELECT * FROM lake.{table.name} WHERE branch IN ('main', ?)"
        f" AND batch NOT IN (SELECT unnest(?))"
        f" QUALIFY row_number() OVER (PARTITION BY {quoted(*table.keys)}"
        f" ORDER BY branch <> 'main' DESC, recorded_at DESC, batch DESC) = 1) AS main"
        f" ON {_same(table.keys)}"
    )


def _refuse_conflicts(region: "Region", name: str) -> None:
    count, against = conflicts(region, name)
    if not count:
        return
    told = [Finding(row.table, None, _named(row.key), _says(row)) for row in against]
    if count > len(told):
        left = f"{count - len(told):,}"
        more = Text(f"另有{left}处同样的冲突", f"and {left} more like these")
        told.append(Finding("", None, "", more))
    hint = Text(
        "用--resolve branch或--resolve main说明以哪一方为准,或删除该分支",
        "say whose rows hold by --resolve branch or --resolve main, or drop the branch",
    )
    zh = f"分支“{name}”不能合并,主线改动了其中{count:,}行:"
    en = f"branch '{name}' cannot be merged, main changed {count:,} of its rows:"
    raise BadInput(Text(zh, en), told, hint)


def _own(lake: "Lake", name: str) -> str:
    if name == MAIN:
        zh, en = "主线不能与自己比较", "main is not a branch that can be compared with itself"
        raise BadAsk(Text(zh, en), Text("请给出分支的名称", "name a branch"))
    return lake.lane(name)


def _touched(lake: "Lake", lane: str) -> list[Table]:
    """Tables that a branch has rows in."""
    return [tables()[name] for name in sorted(row_counts(lake, lane)) if name in tables()]


def _last(table: Table, which: str) -> str:
    """SQL of the last row of each key among those."""
    return (
        f"SELECT * FROM lake.{table.name} WHERE {which} QUALIFY row_number() OVER"
        f" (PARTITION BY {quoted(*table.keys)} ORDER BY recorded_at DESC, batch DESC) = 1"
    )


def _same(keys: Sequence[str]) -> str:
    return " AND ".join(f"own.{quoted(k)} IS NOT DISTINCT FROM main.{quoted(k)}" for k in keys)


def _equal(table: Table) -> str:
    """SQL of whether main says just what the branch says; both may say that there is no such row."""
    gone = "coalesce(main.retracted, true)"
    same = _same(table.compared)
    return f"(own.retracted AND {gone}) OR (NOT own.retracted AND NOT {gone} AND {same})"


def _pairs(table: Table) -> str:
    """SQL of the branch's rows that differ from main's, beside those, with when main's was written."""
    shown = [c.column for c in table.columns if c.type != "blob"]
    own = ", ".join(f"own.{quoted(c)} AS {quoted('own_' + c)}" for c in shown)
    main = ", ".join(f"main.{quoted(c)} AS {quoted('main_' + c)}" for c in shown)
    return (
        f"SELECT {own}, {main}, own.retracted AS own_gone,"
        f" coalesce(main.retracted, true) AS main_gone, log.written_at AS written_at"
        f" FROM ({_last(table, 'branch = ?')}) AS own"
        f" LEFT JOIN ({_last(table, MAIN_ROWS)}) AS main ON {_same(table.keys)}"
        f" LEFT JOIN lake.batch AS log ON log.batch = main.batch"
        f" WHERE NOT ({_equal(table)})"
    )


def _change(table: Table, row: Mapping[str, Any]) -> Change:
    shown = [c.column for c in table.columns if c.type != "blob"]
    own = _plain(table, {c: row[f"own_{c}"] for c in shown})
    main = _plain(table, {c: row[f"main_{c}"] for c in shown})
    before, after = None if row["main_gone"] else main, None if row["own_gone"] else own
    kind = "added" if before is None else "removed" if after is None else "changed"
    return Change(table.name, kind, {key: own[key] for key in table.keys}, before, after)


def _plain(table: Table, row: dict[str, Any]) -> dict[str, Any]:
    """A row as plain values: dates where it is made of dates, bytes as hexadecimal digits."""
    row |= {time: of_grain(row[time], row["grain"]) for time in table.times}
    return {name: cell.hex() if isinstance(cell, bytes) else cell for name, cell in row.items()}


def _named(key: Mapping[str, Any]) -> str:
    shown = (f"{name} {value}" for name, value in key.items() if value is not None)
    return ", ".join(part for part in shown if not part.startswith("grain "))


def _says(change: Change) -> str:
    before, after = change.before or {}, change.after or {}
    if not after:
        return "main changed it, the branch takes it back"
    if not before:
        return "main took it back, the branch changed it"
    differing = [name for name in after if after[name] != before.get(name)]
    told = "; ".join(f"{n}: main {before.get(n)}, the branch {after[n]}" for n in differing)
    return f"{told}; both changed it since the branch was opened"
