"""Writing to the lake: rows of several tables checked whole and recorded as one batch, or not at all."""

import functools
import json
from collections.abc import Mapping
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base import arrivals, check, deeds, touched
from hutuo.base.selection import MAIN
from hutuo.base.tables import SYSTEM, Column, Table, quoted
from hutuo.base.tables import table as declared
from hutuo.errors import BadInput, Finding, NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    import pandas as pd
    import pyarrow as pa

    from hutuo.base.lake import Lake
    from hutuo.base.region import Region

    Frames = Mapping[str, pd.DataFrame | pa.Table]

# Fewer rows are one row group, in which order saves nothing.
SORTED_FROM = 100_000
EVERY = 1 << 62
# A table of so many rows is looked into for the few that few new rows may mean.
MANY, FEW = 10_000, 2_000
# Tables that rules look into are kept in memory up to so many rows, and so many of them.
REFERRED, LOOKED = 500_000, 64
_looked: "dict[object, tuple[object, pa.Table]]" = {}
_ids: "dict[object, tuple[pa.Table, frozenset[object]]]" = {}


class About(NamedTuple):
    """What the log says of a batch.

    Attributes:
        verb: Verb that wrote it.
        origin: What it was made from, as the name of a file.
        digest: Content that it was made from.
        quarantined: Number of rows that were held back.
        recorded_at: When its rows count as known, if that is not when it was written.
        content: What its rows say, by table, where the audit need not read them again.
    """

    verb: str
    origin: str = ""
    digest: str | None = None
    quarantined: int = 0
    recorded_at: datetime | None = None
    content: Mapping[str, Any] | None = None


class Recorded(NamedTuple):
    """What was written.

    Attributes:
        batch: Id of the batch.
        stored: Rows written, by table.
        duplicate: Rows that were known just so, by table.
        at: When it was written.
    """

    batch: str
    stored: dict[str, int]
    duplicate: dict[str, int]
    at: datetime


def record(
    region: "Region", frames: "Frames", about: About, *, again: bool = False, sound: bool = False
) -> Recorded:
    """Check the rows of all tables, then write them in one transaction.

    Args:
        region: View of the region, whose branch is written to.
        frames: Rows by table.
        about: What the log shall say.
        again: Whether rows that are known just so are written again.
        sound: Whether it is known that they break no rule, so that they are not checked.

    Raises:
        BadInput: Rows break rules; all findings are told, nothing is written.
    """
    _may(region, frames)
    with _staged(region, frames) as arrived:
        scope = {} if sound else _scope(region, arrived)
        faults = [
            fault
            for one in ([] if sound else arrived)
            for fault in _findings(region, one, scope, check.LISTED)
        ]
        if faults:
            names = ", ".join(one.table.name for one in arrived)
            zh = f"写入数据表{names}的行有{len(faults)}处问题:"
            en = f"rows for table {names} have {len(faults)} findings:"
            raise BadInput(Text(zh, en), faults)
        with region.lake.change():
            done = _write(region, arrived, about, again=again)
        written = [name for name, count in done.stored.items() if count]
        touched.follow(
            region.lake,
            region.lake.lane(region.branch),
            written or [touched.ALL],
            done.batch,
            done.at,
        )
        return done


def faults(region: "Region", frames: "Frames") -> dict[str, list[Finding]]:
    """Every fault of every row, by table; ``row`` of a finding is the row's position from 0."""
    _may(region, frames)
    with _staged(region, frames) as arrived:
        scope = _scope(region, arrived)
        found = {one.table.name: _findings(region, one, scope, EVERY) for one in arrived}
    return {
        name: [f._replace(row=None if f.row is None else f.row - 1) for f in told]
        for name, told in found.items()
    }


def batches(region: "Region") -> list[dict[str, Any]]:
    """Rows of the batch log on main and on the view's branch, known by then, the oldest first."""
    lake = region.lake
    sql = (
        "SELECT * FROM lake.batch WHERE branch IN ('main', ?) AND (? IS NULL OR written_at <= ?)"
        " ORDER BY written_at"
    )
    given = [lake.lane(region.branch), region.as_of, region.as_of]
    rows = lake.fetch(sql, given).to_pylist()
    return [row | {"tables": json.loads(row["tables"] or "{}")} for row in rows]


def _may(region: "Region", names: "Iterable[str]") -> None:
    """Refuse who may not write to tables; see :func:`hutuo.base.sharing.entering.may_write`."""
    if not deeds.actor().is_owner:
        from hutuo.base.sharing.entering import may_write

        may_write(region, names)


@contextmanager
def _staged(region: "Region", frames: "Frames") -> "Iterator[list[arrivals.Arrived]]":
    """The rows as ``new_<table>`` within the block, beside what the rules refer to."""
    connection = region.lake.connection
    arrived: list[arrivals.Arrived] = []
    try:
        for name, frame in frames.items():
            arrived.append(arrivals.stage(connection, declared(name), frame, region.zone))
        yield arrived
    finally:
        arrivals.release(connection, arrived)


def _findings(
    region: "Region",
    one: arrivals.Arrived,
    scope: Mapping[str, str],
    listed: int,
) -> list[Finding]:
    return check.findings(
        region.lake.connection,
        one.table,
        [one.given],
        scope,
        listed=listed,
        versions=arrivals.RECORDED if one.dated else "",
    )


def _scope(region: "Region", arrived: "Sequence[arrivals.Arrived]") -> dict[str, str]:
    """Tables that rules refer to, as this view knows them; rows of one batch may refer to each other."""
    come = {one.table.name for one in arrived}
    scope = {}
    for name in sorted({there for one in arrived for there in one.table.refers_to}):
        table = declared(name)
        rows = _named(region, arrived, table, _referred(region, table))
        region.lake.connection.register(f"known_{name}", rows)
        scope[name] = f"known_{name}"
        if name in come:
            cells = quoted(*table.names)
            scope[name] = (
                f"(SELECT {cells} FROM known_{name} UNION ALL SELECT {cells} FROM new_{name})"
            )
    return scope


def _named(
    region: "Region", arrived: "Sequence[arrivals.Arrived]", there: Table, rows: "pa.Table"
) -> "pa.Table":
    """Those of a table's rows that few new rows may mean; a reading is not compared with all places."""
    if rows.num_rows < MANY or sum(one.rows for one in arrived) > FEW:
        return rows
    import pyarrow.compute as pc

    asked, columns = [], set()
    for one in arrived:
        for column in one.table.columns:
            if "place" in column.rules and there.name in ("unit", "place"):
                meant = there.name
            elif column.rules.get("ref", "").partition(".")[0] == there.name:
                meant = column.rules["ref"].partition(".")[2]
            elif column.rules.get("refs", "").partition(".")[0] == there.name:
                return rows
            else:
                continue
            columns.add(meant)
            asked.append(f"SELECT {quoted(column.column)} AS name FROM new_{one.table.name}")
    names = region.lake.connection.execute(" UNION ".join(asked)).to_arrow_table().column("name")
    found = [pc.is_in(rows.column(column), names.combine_chunks()) for column in columns]
    return rows.filter(functools.reduce(pc.or_, found))


def ids(region: "Region", name: str, column: str) -> frozenset[object]:
    """What stands in a column of a table that rules look into; read anew only when it was written to."""
    rows = _referred(region, declared(name))
    key = (region.lake.folder, name, column, region.as_of, region.branch)
    known = _ids.get(key)
    if known is None or known[0] is not rows:
        if len(_ids) >= LOOKED:
            _ids.clear()
        known = _ids[key] = rows, frozenset(rows.column(column).to_pylist())
    return known[1]


def _referred(region: "Region", table: Table) -> "pa.Table":
    """Rows of a table that rules look into, read anew only when it was written to: readings leave it be."""
    lake = region.lake
    key = (lake.folder, table.name, region.as_of, region.branch)
    stamp = touched.mark(lake, region.branch, [table.name])
    known = _looked.get(key)
    if known is not None and known[0] == stamp:
        return known[1]
    rows = lake.read(table, {}, as_of=region.as_of, branch=region.branch)
    if rows.num_rows <= REFERRED:
        if len(_looked) >= LOOKED:
            _looked.clear()
        _looked[key] = stamp, rows
    return rows


def _write(
    region: "Region", arrived: "Sequence[arrivals.Arrived]", about: About, *, again: bool
) -> Recorded:
    """Write the staged rows as one batch; their time of recording is their own, or now."""
    lake, now = region.lake, region.lake.now()
    lane = lake.lane(region.branch)
    batch = batch_name(about.verb, now)
    stored, duplicate = {}, {}
    staged: dict[str, tuple[str, Sequence[object]]] = {}
    for one in arrived:
        new = f"new_{one.table.name}" if again else _unknown(region, one.table)
        cells = quoted(*one.table.names)
        when = arrivals.RECORDED if one.dated else "?"
        values = [*([] if one.dated else [now]), batch, lane]
        columns, rows = (
            f"{cells}, {quoted(*SYSTEM)}",
            f"SELECT {cells}, {when}, ?, ?, false FROM {new}",
        )
        done = lake.connection.execute(
            f"INSERT INTO lake.{one.table.name} ({columns}) {rows}{_order(one)}", values
        ).fetchone()
        if again:
            staged[one.table.name] = f"({rows}) AS made({columns})", values
        stored[one.table.name] = int(done[0]) if done else 0
        duplicate[one.table.name] = one.rows - stored[one.table.name]
    if staged and deeds.current() is not None:
        from hutuo.base.auditing.content import content

        about = about._replace(content=content(lake.connection, batch, stored, staged))
    log(lake, batch, now, about, stored, lane)
    return Recorded(batch, stored, duplicate, now)


def retract(
    region: "Region", name: str, keys: "pd.DataFrame | pa.Table", about: About
) -> Recorded:
    """Take back the rows of a table that these keys name: they are known no more, from now on.

    Args:
        region: View of the region, whose branch is written to.
        name: Declared table.
        keys: Columns of the key that name rows; a column left out names rows whatever stands in it.
        about: What the log shall say.

    Raises:
        NotFound: A key names no row that is known; nothing is taken back.
    """
    _may(region, [name])
    lake, table = region.lake, declared(name)
    arrived = arrivals.stage(lake.connection, table, keys, region.zone)
    try:
        named = [key for key in table.keys if key in arrived.given.columns]
        if not named:
            keys = ", ".join(table.keys)
            says = Text(f"没有给出数据表{name}的键", f"no key of table {name} is given")
            raise NotFound(says, Text(f"键为{keys}", f"keys are {keys}"))
        if table.times and set(table.times) <= set(named):
            # A period that is given whole tells its grain: a day is not the instant at its midnight.
            named = [key for key in table.keys if key in (*named, "grain")]
        same = " AND ".join(f"new.{quoted(k)} IS NOT DISTINCT FROM old.{quoted(k)}" for k in named)
        with lake.change() as connection:
            where = _narrowed(region, table, named)
            known = lake.read(table, where, as_of=region.as_of, branch=region.branch)
            connection.register("as_known", known)
            lost = connection.execute(
                f"SELECT min(_line) FROM new_{name} AS new"
                f" WHERE NOT EXISTS (SELECT 1 FROM as_known AS old WHERE {same})"
            ).fetchone()
            if lost and lost[0]:
                raise NotFound(
                    Text(
                        f"第{lost[0]}行在数据表{name}中没有对应的行",
                        f"row {lost[0]} names no row of table {name}",
                    ),
                    Text("没有撤回任何行", "nothing was taken back"),
                )
            now = lake.now()
            batch = batch_name(about.verb, now)
            cells = ", ".join(_stored(column) for column in table.columns)
            done = connection.execute(
                f"INSERT INTO lake.{name} ({quoted(*table.names, *SYSTEM)})"
                f" SELECT {cells}, ?, ?, ?, true FROM as_known AS old"
                f" WHERE EXISTS (SELECT 1 FROM new_{name} AS new WHERE {same})",
                [now, batch, lake.lane(region.branch)],
            ).fetchone()
            stored = {name: int(done[0]) if done else 0}
            log(lake, batch, now, about, stored, lake.lane(region.branch))
        return Recorded(batch, stored, {name: 0}, now)
    finally:
        arrivals.release(lake.connection, [arrived])


def _narrowed(region: "Region", table: Table, named: "Sequence[str]") -> dict[str, object]:
    """Where rows lie that few keys name: a reading is not looked for among all of them."""
    where: dict[str, object] = {}
    for column in table.columns:
        if column.column in named and column.type == "text" and "grain" not in column.rules:
            sql = f"SELECT DISTINCT {quoted(column.column)} FROM new_{table.name} LIMIT {FEW + 1}"
            words = [row[0] for row in region.lake.connection.execute(sql).fetchall()]
            if len(words) <= FEW and None not in words:
                where[column.column] = words
    return where


def frames_of(
    rows: Mapping[str, "Sequence[Mapping[str, Any]]"],
) -> "tuple[dict[str, pd.DataFrame], dict[str, pd.DataFrame]]":
    """Rows by table as frames: those that are kept, and those that are taken back."""
    import pandas as pd

    kept: dict[str, pd.DataFrame] = {}
    gone: dict[str, pd.DataFrame] = {}
    for name, given in rows.items():
        table = declared(name)
        blobs = [c.column for c in table.columns if c.type == "blob"]
        for taken, frames in ((False, kept), (True, gone)):
            mine = [_unpacked(row, blobs) for row in given if bool(row.get("retracted")) == taken]
            if mine:
                frames[name] = pd.DataFrame(mine, dtype=object)
    return kept, gone


def batch_name(verb: str, now: datetime) -> str:
    """Id of a batch: verb and time, which is later than that of every batch before."""
    return f"{verb}:{now:%Y-%m-%dT%H:%M:%S.%fZ}"


def log(
    lake: "Lake",
    batch: str,
    now: datetime,
    about: About,
    stored: Mapping[str, int],
    lane: str,
) -> None:
    """Note a batch, within the change that writes it."""
    row = {
        "batch": batch,
        "digest": about.digest,
        "recorded_at": about.recorded_at or now,
        "row_count": sum(stored.values()),
        "branch": lane,
        "verb": about.verb,
        "origin": about.origin,
        "written_at": now,
        "quarantined": about.quarantined,
        "tables": json.dumps({name: count for name, count in stored.items() if count}),
    }
    names, marks = quoted(*row), ", ".join("?" for _ in row)
    lake.connection.execute(
        f"INSERT INTO lake.batch ({names}) VALUES ({marks})", list(row.values())
    )
    deed = deeds.current()
    if not deeds.actor().is_owner and lane == MAIN:
        from hutuo.base.sharing.entering import of_ones_own

        of_ones_own(lake, [name for name, count in stored.items() if count])
    if deed is not None:
        from hutuo.base.auditing.content import content

        told = {name: row[name] for name in ("batch", "branch", "verb", "origin", "digest")}
        says = about.content or content(lake.connection, batch, stored)
        deeds.note(told | {"tables": says})


def _unpacked(row: Mapping[str, Any], blobs: "Sequence[str]") -> dict[str, Any]:
    """A row as it is appended: bytes from their hexadecimal digits, without what only reading gives."""
    cells = {name: cell for name, cell in row.items() if name not in arrivals.READ_ONLY}
    for name in blobs:
        if isinstance(cells.get(name), str):
            try:
                cells[name] = bytes.fromhex(cells[name])
            except ValueError as error:
                shown = cells[name][:60]
                says = Text(
                    f"“{shown}”不是以十六进制数字写的字节",
                    f"'{shown}' is not bytes as hexadecimal digits",
                )
                wrong = Text(f"{name}:{error}", f"{name}: {error}")
                raise BadInput(wrong, [Finding("", None, name, says)]) from error
    return cells


def _stored(column: Column) -> str:
    """SQL of a column of rows that were read, with its stored type."""
    name = f"old.{quoted(column.column)}"
    return f"{name}::TIMESTAMPTZ" if column.type == "time" else name


def _unknown(region: "Region", table: Table) -> str:
    """SQL of the staged rows that are not known just so on this view."""
    known = region.lake.read(
        table, _reach(region, table), as_of=region.as_of, branch=region.branch
    )
    region.lake.connection.register("as_known", known)
    same = " AND ".join(
        f"new.{quoted(c.column)} IS NOT DISTINCT FROM {_stored(c)}"
        for c in table.columns
        if c.column in table.compared
    )
    return (
        f"(SELECT * FROM new_{table.name} AS new"
        f" WHERE NOT EXISTS (SELECT 1 FROM as_known AS old WHERE {same}))"
    )


def _reach(region: "Region", table: Table) -> dict[str, object]:
    """Where rows may lie that the staged ones repeat: a day of readings is not compared with all years."""
    if not table.times:
        return {}
    ends = region.lake.fetch(
        f"SELECT min(valid_from) AS first, max(valid_from) AS last FROM new_{table.name}", []
    ).to_pylist()[0]
    if ends["first"] is None:
        return {}
    return {"valid_from": slice(ends["first"], ends["last"] + timedelta(microseconds=1))}


def _order(one: arrivals.Arrived) -> str:
    """Readings lie in order of time, so that a slice of time is read from few row groups."""
    if one.rows < SORTED_FROM or not one.table.times or one.in_order:
        return ""
    return " ORDER BY valid_from, place, indicator"
