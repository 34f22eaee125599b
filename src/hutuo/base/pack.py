"""Region packs: a folder with ``region.toml`` and one CSV a table, loaded whole or not at all.

Loading is idempotent by content. A pack that changed adds rows for what changed and takes back what it no
longer holds; what was known before stays known as of then, and rows that did not come from a pack stay.
"""

import csv
import hashlib
import json
import tomllib
from datetime import UTC, date, datetime, time
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from hutuo.base import boundaries, check, writing
from hutuo.base.selection import MAIN
from hutuo.base.tables import SYSTEM, Table, quoted, tables
from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text, told, wrong

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from hutuo.base.lake import Lake

MISSING = Text("缺少此列;此列必填", "column is missing; it is required")
TWICE = Text("此列出现两次", "column stands twice")
FAULTY = Text("region.toml有误", "region.toml is faulty")
# Why a line is no row of its file, as the engine calls it; the rest is told in its own words.
REFUSALS = {
    "too many columns": "单元格过多",
    "missing columns": "单元格不足",
    "unquoted value": "引号不配对",
    "line size over maximum": "行太长",
    "invalid encoding": "编码有误",
    "invalid state": "引号用法有误",
}
METHOD = (
    f"多边形在等积投影 {boundaries.EQUAL_AREA} 上的面积"
    f" / area of the polygon on the equal-area projection {boundaries.EQUAL_AREA}"
)
# Heads of packs that are kept as they were read.
HEADS = 16
# Hash of each pack's content, with what its files were like.
_digests: dict[Path, tuple[object, str]] = {}


class Boundaries(BaseModel):
    """Where the polygons of the units come from."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    layer: str
    source: str
    area_indicator: str | None = None


class Info(BaseModel):
    """What ``region.toml`` says."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    zh: str
    en: str
    released: date
    set: str
    timezone: str = "Asia/Shanghai"
    calendar: str = Field(default="CN", pattern=r"^[A-Z]{2}$")
    boundaries: Boundaries | None = None

    @field_validator("timezone")
    @classmethod
    def _known_zone(cls, name: str) -> str:
        if name not in available_timezones():
            en = f"'{name}' is no time zone; write one as Asia/Shanghai"
            raise wrong(Text(f"“{name}”不是时区;如Asia/Shanghai", en))
        return name


class Loaded(NamedTuple):
    """What a load wrote: rows added and rows taken back, by table."""

    digest: str
    added: dict[str, int]
    retracted: dict[str, int]


def read_info(folder: Path) -> Info:
    """The head of a pack.

    Raises:
        BadInput: ``region.toml`` is missing or faulty.
    """
    file = folder / "region.toml"
    if not file.is_file():
        hint = Text(
            "地区数据包是一个文件夹,内有region.toml,每个数据表一个CSV",
            "a region pack is a folder with region.toml and one CSV a table",
        )
        says = Text(f"{folder}中没有region.toml", f"{folder} holds no region.toml")
        raise BadInput(says, hint=hint)
    try:
        return _info(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        says = Text(f"不是UTF-8编码的TOML:{error}", str(error))
        raise BadInput(FAULTY, [Finding(file.name, None, "", says)]) from error
    except ValidationError as error:
        faults = [
            Finding(file.name, None, ".".join(str(step) for step in fault["loc"]), told(fault))
            for fault in error.errors(include_url=False)
        ]
        raise BadInput(FAULTY, faults) from error


@lru_cache(maxsize=HEADS)
def _info(text: str) -> Info:
    return Info.model_validate(tomllib.loads(text))


def digest(folder: Path, info: Info) -> str:
    """Content of a pack as one hash: its files, its layer, and the declarations they are read by.

    Every request opens its region: the files are read again only when one of them changed.
    """
    layer = boundaries.identity(info.boundaries.layer, folder) if info.boundaries else ""
    files = [folder / "region.toml", *_csv(folder)]
    stamp = layer, [(str(file), _stamp(file)) for file in files]
    known = _digests.get(folder)
    if known is not None and known[0] == stamp:
        return known[1]
    total = hashlib.sha256()
    for file in [files[0], *(f for files in _files(folder).values() for f in files)]:
        total.update(f"{file.relative_to(folder)}\0".encode())
        with file.open("rb") as content:
            total.update(hashlib.file_digest(content, "sha256").digest())
    total.update(layer.encode())
    total.update(_declared())
    _digests[folder] = stamp, total.hexdigest()
    return _digests[folder][1]


def _stamp(file: Path) -> tuple[int, ...]:
    about = file.stat()
    return about.st_mtime_ns, about.st_ctime_ns, about.st_size, about.st_ino


@cache
def _declared() -> bytes:
    """The declarations of all tables."""
    return repr(sorted(tables().items())).encode()


def load(lake: "Lake", folder: Path, info: Info, content: str) -> Loaded:
    """Check the pack whole and write what differs from the pack loaded before, in one transaction.

    Raises:
        BadInput: The pack has faults; all of them are told and nothing is written.
    """
    connection = lake.connection
    faults = stage(connection, folder, info)
    if faults:
        count = len(faults)
        says = Text(
            f"地区“{info.id}”的数据包有{count}处问题:",
            f"the pack of region '{info.id}' has {count} finding{'s' if count > 1 else ''}:",
        )
        hint = Text(
            "请改正所列各行后重新打开地区;没有读入任何内容",
            "mend the rows named and open the region again; nothing was loaded",
        )
        raise BadInput(says, faults, hint)
    recorded, batch = _recorded(connection, info), f"pack:{content[:16]}"
    added, retracted = {}, {}
    filled, held = _filled(connection), _held(connection)
    with lake.change():
        for name in (name for name in tables() if name in filled | held):
            written = _write(connection, tables()[name], batch, recorded, again=name in held)
            added[name], retracted[name] = written
        about = writing.About("pack", digest=content, recorded_at=recorded)
        writing.log(lake, batch, lake.now(), about, added, MAIN)
    return Loaded(content, added, retracted)


def stage(connection: "DuckDBPyConnection", folder: Path, info: Info) -> list[Finding]:
    """Stage every table of the pack as ``new_<table>`` and tell every fault."""
    faults: list[Finding] = []
    paths = _files(folder)
    for name in sorted(paths.keys() - tables().keys()):
        known = [n for n, t in tables().items() if t.from_csv]
        zh, en = (
            f"不是数据表;数据表有{'、'.join(known)}",
            f"is no table; tables are {', '.join(known)}",
        )
        faults.append(Finding(paths[name][0].name, None, "", Text(zh, en)))
    given: dict[str, list[check.Given]] = {}
    refused: list[Finding] = []
    for name, table in tables().items():
        given[name], wrong = _given(folder, table, paths.get(name, []), info.timezone)
        _forget_refused(connection, given[name])
        check.typed(connection, table, given[name])
        refused += _refused(connection, given[name])
        faults += wrong
    faults += [_counted(fault, refused) for fault in _stage_boundaries(connection, folder, info)]
    scope, filled = {name: f"new_{name}" for name in tables()}, _filled(connection)
    headers = list(faults)
    for name, table in tables().items():
        if name not in filled:
            continue
        found = check.findings(connection, table, given[name], scope)
        faults += [_counted(fault, refused) for fault in found if _is_new(fault, headers)]
    faults += _main_set(connection, info)
    return sorted([*faults, *refused], key=lambda fault: (fault.file, fault.row or 0))


def _filled(connection: "DuckDBPyConnection") -> set[str]:
    """Tables that the staged pack brings rows of."""
    each = (f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM new_{name})" for name in tables())
    return {name for (name,) in connection.execute(" UNION ALL ".join(each)).fetchall()}


def _held(connection: "DuckDBPyConnection") -> set[str]:
    """Tables that a pack loaded before brought rows of."""
    sql = "SELECT tables FROM lake.batch WHERE batch LIKE 'pack:%'"
    return {
        name for (told,) in connection.execute(sql).fetchall() for name in json.loads(told or "{}")
    }


def _is_new(fault: Finding, known: list[Finding]) -> bool:
    """Whether a fault says more than that its column is missing from its file."""
    return not any(k.row == 1 and k[:1] == fault[:1] and k.column == fault.column for k in known)


def _counted(fault: Finding, refused: list[Finding]) -> Finding:
    """The finding with its line counted in the file, which also holds the lines that were refused."""
    line = fault.row
    for other in sorted({r.row for r in refused if r.file == fault.file and r.row}):
        if line is not None and other <= line:
            line += 1
    return fault._replace(row=line)


def _recorded(connection: "DuckDBPyConnection", info: Info) -> datetime:
    """When the rows count as known: the pack's release, or now if that would not come after the last load."""
    # Through Arrow: DuckDB's own fetch of an aware instant asks for pytz.
    rows = connection.execute("SELECT max(recorded_at) AS last FROM lake.batch").to_arrow_table()
    last = rows.column("last")[0].as_py()
    released = datetime.combine(info.released, time(), UTC)
    return released if last is None or last < released else datetime.now(UTC)


def _csv(folder: Path) -> list[Path]:
    return [*folder.glob("*.csv"), *folder.glob("*/*.csv")]


def _files(folder: Path) -> dict[str, list[Path]]:
    """CSV files by table: ``<table>.csv`` or ``<table>/*.csv``."""
    found: dict[str, list[Path]] = {}
    for file in sorted(_csv(folder)):
        found.setdefault(file.stem if file.parent == folder else file.parent.name, []).append(file)
    return found


def _given(
    folder: Path, table: Table, paths: list[Path], zone: str
) -> tuple[list[check.Given], list[Finding]]:
    """The files of a table as relations of text, and what is wrong with their headers."""
    if not table.from_csv:
        return [], []
    given, faults = [], []
    for path in paths:
        shown = str(path.relative_to(folder))
        header, wrong = _header(path, shown, table)
        faults += wrong
        known = [name for name in header if name in table.names]
        if known and len(set(header)) == len(header):
            given.append(
                check.Given(shown, known, _relation(path, header, known, shown), zone=zone)
            )
    return given, faults


def _header(path: Path, shown: str, table: Table) -> tuple[list[str], list[Finding]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines), [])
            for _ in iter(lambda: lines.read(1 << 20), ""):
                pass
    except UnicodeDecodeError as error:
        says = Text(
            f"不是UTF-8编码(某块的第{error.start}字节);请另存为UTF-8",
            f"is not UTF-8 (byte {error.start} of a block); save it as UTF-8",
        )
        return [], [Finding(shown, None, "", says)]
    needed = [column.column for column in table.columns if column.required and not column.default]
    unknown = [name for name in header if name not in table.names]
    twice = sorted({name for name in header if header.count(name) > 1})
    zh, en = "、".join(table.names), ", ".join(table.names)
    other = Text(f"此表没有此列;其各列为{zh}", f"is no column of it; columns are {en}")
    return header, [
        *(Finding(shown, 1, name, MISSING) for name in needed if name not in header),
        *(Finding(shown, 1, name, other) for name in unknown),
        *(Finding(shown, 1, name, TWICE) for name in twice),
    ]


def _relation(path: Path, header: list[str], known: list[str], shown: str) -> str:
    """SQL of a CSV file as text; lines that are no rows of it are put aside under the file's own name."""
    # Columns go by position: a name that is not declared never becomes SQL.
    columns = ", ".join(
        f"'{name if name in known else f'_{place}'}': 'VARCHAR'"
        for place, name in enumerate(header)
    )
    aside = hashlib.sha256(shown.encode()).hexdigest()[:12]
    options = (
        "header = true, delim = ',', quote = '\"', escape = '\"', nullstr = '', auto_detect = false,"
        " strict_mode = true, null_padding = false, store_rejects = true,"
        f" rejects_table = 'refused_{aside}', rejects_scan = 'scan_{aside}'"
    )
    file = str(path).replace("'", "''")
    return f"SELECT {quoted(*known)} FROM read_csv('{file}', {options}, columns = {{{columns}}})"


def _refused(connection: "DuckDBPyConnection", given: list[check.Given]) -> list[Finding]:
    """Lines that were put aside: with too few or too many cells, or quoted wrongly."""
    faults = []
    for source in given:
        aside = hashlib.sha256(source.file.encode()).hexdigest()[:12]
        rows = connection.execute(
            f"SELECT DISTINCT line, lower(error_type::VARCHAR) FROM refused_{aside} ORDER BY line"
        ).fetchall()
        count = len(source.columns)
        faults += [Finding(source.file, line, "", _refusal(kind, count)) for line, kind in rows]
    return faults


def _refusal(kind: str, columns: int) -> Text:
    zh = f"{REFUSALS.get(kind, kind)};表头有{columns}列"
    return Text(zh, f"{kind}; the header has {columns} columns")


def _forget_refused(connection: "DuckDBPyConnection", given: list[check.Given]) -> None:
    """Drop what an earlier staging of these files put aside: the engine would add to it."""
    for source in given:
        aside = hashlib.sha256(source.file.encode()).hexdigest()[:12]
        connection.execute(f"DROP TABLE IF EXISTS refused_{aside}")
        connection.execute(f"DROP TABLE IF EXISTS scan_{aside}")


def _stage_boundaries(connection: "DuckDBPyConnection", folder: Path, info: Info) -> list[Finding]:
    """Stage the polygons of the layer; a unit that should have one and has none is a finding."""
    if info.boundaries is None:
        return []
    drawn = "SELECT unit, min(_file), min(_line) FROM new_unit WHERE boundary GROUP BY unit"
    wanted = {row[0]: row[1:] for row in connection.execute(drawn).fetchall() if row[0]}
    layer, faults = boundaries.read_layer(info.boundaries.layer, folder, set(wanted))
    if faults:
        return faults
    for code in sorted(wanted.keys() - set(layer.codes)):
        file, line = wanted[code]
        name = info.boundaries.layer
        says = Text(
            f"“{code}”在图层{name}中没有面;请改正代码,或把boundary写作no",
            f"'{code}' has no polygon in layer {name}; mend the code or set boundary to no",
        )
        faults.append(Finding(file, line, "unit", says))
    if layer.codes:
        _insert_boundaries(connection, info.boundaries, layer, info.released)
    return faults


def _insert_boundaries(
    connection: "DuckDBPyConnection", given: Boundaries, layer: boundaries.Layer, since: date
) -> None:
    measured = boundaries.measured(layer, given.source)
    names = quoted(*measured.column_names)
    connection.register("measured", measured)
    has = ", ".join(f"_has_{name}" for name in ("geometry", "area_km2", "label_lon", "label_lat"))
    # The layer shows one state: the version of each unit that is said to have its polygon.
    versions = (
        "SELECT unit, min(valid_from) AS valid_from, max(valid_to) AS valid_to FROM new_unit"
        " WHERE boundary GROUP BY unit"
    )
    connection.execute(
        f"INSERT INTO staged_boundary (_file, {has}, {names}, valid_from, valid_to)"
        f" SELECT ?, true, true, true, true, {names}, valid_from, valid_to"
        f" FROM measured LEFT JOIN ({versions}) ON unit = place",
        [given.layer],
    )
    connection.unregister("measured")
    if given.area_indicator:
        # Computed here, so marked as estimates with their method.
        connection.execute(
            "INSERT INTO staged_observation (_file, _has_valid_from, _has_value, _has_estimate, place,"
            " indicator, valid_from, grain, value, unit, source, quality, estimate, method)"
            " SELECT 'region.toml', true, true, true, place, ?, ?, 'day', area_km2, 'km2', source, 'A',"
            " true, ? FROM new_boundary",
            [given.area_indicator, datetime.combine(since, time(), UTC), METHOD],
        )


def _main_set(connection: "DuckDBPyConnection", info: Info) -> list[Finding]:
    sql = 'SELECT count(*) FROM new_membership WHERE "set" = ?'
    found = connection.execute(sql, [info.set]).fetchone()
    if found and found[0]:
        return []
    says = Text(
        f"“{info.set}”没有成员;请写数据表membership中有成员的集合",
        f"'{info.set}' has no member; name a set that table membership fills",
    )
    return [Finding("region.toml", None, "set", says)]


def _write(
    connection: "DuckDBPyConnection", table: Table, batch: str, recorded: datetime, *, again: bool
) -> tuple[int, int]:
    """Add rows that the last pack did not hold, take back those that this one no longer holds."""
    names, keys = quoted(*table.names), quoted(*table.keys)
    insert = f"INSERT INTO lake.{table.name} ({quoted(*table.names, *SYSTEM)}) SELECT {names}, ?, ?, 'main'"
    stamp = [recorded, batch]
    if not again:
        done = connection.execute(f"{insert}, false FROM new_{table.name}", stamp).fetchone()
        return (done[0] if done else 0), 0
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE held AS SELECT {names} FROM ("
        f" SELECT *, row_number() OVER (PARTITION BY {keys} ORDER BY recorded_at DESC) AS last"
        f" FROM lake.{table.name} WHERE batch LIKE 'pack:%'"
        ") WHERE last = 1 AND NOT retracted"
    )
    new = f"(SELECT {names} FROM new_{table.name})"
    added = connection.execute(
        f"{insert}, false FROM ({new} EXCEPT SELECT {names} FROM held)", stamp
    ).fetchone()
    same = " AND ".join(f'new."{key}" IS NOT DISTINCT FROM held."{key}"' for key in table.keys)
    gone = connection.execute(
        f"{insert}, true FROM held WHERE NOT EXISTS (SELECT 1 FROM {new} AS new WHERE {same})",
        stamp,
    ).fetchone()
    return (added[0] if added else 0), (gone[0] if gone else 0)
