"""Region packs: a folder with ``region.toml`` and one CSV a table, loaded whole or not at all.

Loading is idempotent by content. A pack that changed adds rows for what changed and takes back what it no
longer holds; what was known before stays known as of then, and rows that did not come from a pack stay.
"""

import csv
import hashlib
import tomllib
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from hutuo.base import boundaries, check
from hutuo.base.tables import Table, quoted, tables
from hutuo.errors import BadInput, Finding

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

    from hutuo.base.lake import Lake

METHOD = (
    f"多边形在等积投影 {boundaries.EQUAL_AREA} 上的面积"
    f" / area of the polygon on the equal-area projection {boundaries.EQUAL_AREA}"
)


class Boundaries(BaseModel):
    """Where the polygons of the units come from."""

    model_config = ConfigDict(extra="forbid")

    layer: str
    source: str
    area_indicator: str | None = None


class Info(BaseModel):
    """What ``region.toml`` says."""

    model_config = ConfigDict(extra="forbid")

    id: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    zh: str
    en: str
    released: date
    set: str
    boundaries: Boundaries | None = None


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
        hint = "a region pack is a folder with region.toml and one CSV a table"
        raise BadInput(f"{folder} holds no region.toml", hint=hint)
    try:
        return Info.model_validate(tomllib.loads(file.read_text(encoding="utf-8")))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadInput(
            "region.toml is faulty", [Finding(file.name, None, "", str(error))]
        ) from error
    except ValidationError as error:
        faults = [
            Finding(file.name, None, ".".join(str(step) for step in fault["loc"]), fault["msg"])
            for fault in error.errors(include_url=False)
        ]
        raise BadInput("region.toml is faulty", faults) from error


def digest(folder: Path, info: Info) -> str:
    """Content of a pack as one hash: its files, its layer, and the declarations they are read by."""
    total = hashlib.sha256()
    for file in [folder / "region.toml", *(f for files in _files(folder).values() for f in files)]:
        total.update(f"{file.relative_to(folder)}\0".encode())
        with file.open("rb") as content:
            total.update(hashlib.file_digest(content, "sha256").digest())
    if info.boundaries:
        total.update(boundaries.identity(info.boundaries.layer, folder).encode())
    total.update(repr(sorted(tables().items())).encode())
    return total.hexdigest()


def load(lake: "Lake", folder: Path, info: Info, content: str) -> Loaded:
    """Check the pack whole and write what differs from the pack loaded before, in one transaction.

    Raises:
        BadInput: The pack has faults; all of them are told and nothing is written.
    """
    connection = lake.connection
    faults = stage(connection, folder, info)
    if faults:
        count = f"{len(faults)} finding{'s' if len(faults) > 1 else ''}"
        hint = "mend the rows named and open the region again; nothing was loaded"
        raise BadInput(f"the pack of region '{info.id}' has {count}:", faults, hint)
    recorded = _recorded(connection, info)
    added, retracted = {}, {}
    with lake.change():
        for table in tables().values():
            added[table.name], retracted[table.name] = _write(connection, table, content, recorded)
        row = [f"pack:{content}", content, recorded, sum(added.values())]
        connection.execute("INSERT INTO lake.batch VALUES (?, ?, ?, ?)", row)
    return Loaded(content, added, retracted)


def stage(connection: "DuckDBPyConnection", folder: Path, info: Info) -> list[Finding]:
    """Stage every table of the pack as ``new_<table>`` and tell every fault."""
    faults: list[Finding] = []
    paths = _files(folder)
    for name in sorted(paths.keys() - tables().keys()):
        known = ", ".join(n for n, t in tables().items() if t.from_csv)
        faults.append(Finding(paths[name][0].name, None, "", f"is no table; tables are {known}"))
    for table in tables().values():
        if table.from_csv:
            faults += _stage_csv(connection, folder, table, paths.get(table.name, []))
            check.typed(connection, table)
    faults += _stage_boundaries(connection, folder, info)
    scope = {name: f"new_{name}" for name in tables()}
    for table in tables().values():
        faults += check.findings(connection, table, scope)
    faults += _main_set(connection, info)
    return faults


def _recorded(connection: "DuckDBPyConnection", info: Info) -> datetime:
    """When the rows count as known: the pack's release, or now if that would not come after the last load."""
    # Through Arrow: DuckDB's own fetch of an aware instant asks for pytz.
    rows = connection.execute("SELECT max(recorded_at) AS last FROM lake.batch").to_arrow_table()
    last = rows.column("last")[0].as_py()
    released = datetime.combine(info.released, time(), UTC)
    return released if last is None or last < released else datetime.now(UTC)


def _files(folder: Path) -> dict[str, list[Path]]:
    """CSV files by table: ``<table>.csv`` or ``<table>/*.csv``."""
    found: dict[str, list[Path]] = {}
    for file in sorted([*folder.glob("*.csv"), *folder.glob("*/*.csv")]):
        found.setdefault(file.stem if file.parent == folder else file.parent.name, []).append(file)
    return found


def _stage_csv(
    connection: "DuckDBPyConnection", folder: Path, table: Table, paths: list[Path]
) -> list[Finding]:
    cells = ", ".join(f"{quoted(name)} VARCHAR" for name in table.names)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE raw_{table.name} (_file VARCHAR, _row BIGINT, {cells})"
    )
    faults: list[Finding] = []
    for path in paths:
        shown = str(path.relative_to(folder))
        header, wrong = _header(path, shown, table)
        faults += wrong
        if not wrong:
            faults += _insert_csv(connection, path, shown, table, header)
    return faults


def _header(path: Path, shown: str, table: Table) -> tuple[list[str], list[Finding]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            header = next(csv.reader(lines), [])
    except UnicodeDecodeError as error:
        says = f"is not UTF-8 (byte {error.start}); save it as UTF-8"
        return [], [Finding(shown, None, "", says)]
    needed = [column.column for column in table.columns if column.required and not column.default]
    missing = [name for name in needed if name not in header]
    unknown = [name for name in header if name not in table.names]
    twice = sorted({name for name in header if header.count(name) > 1})
    has = ", ".join(table.names)
    return header, [
        *(Finding(shown, 1, name, "column is missing; it is required") for name in missing),
        *(Finding(shown, 1, name, f"is no column of it; columns are {has}") for name in unknown),
        *(Finding(shown, 1, name, "column stands twice") for name in twice),
    ]


def _insert_csv(
    connection: "DuckDBPyConnection", path: Path, shown: str, table: Table, header: list[str]
) -> list[Finding]:
    for name in ("reject_scans", "reject_errors"):
        connection.execute(f"DROP TABLE IF EXISTS {name}")
    cells = ", ".join(f"nullif(trim({quoted(name)}), '')" for name in header)
    connection.execute(
        f"INSERT INTO raw_{table.name} (_file, _row, {quoted(*header)})"
        f" SELECT ?, row_number() OVER () + 1, {cells} FROM read_csv(?, header = true,"
        " delim = ',', quote = '\"', escape = '\"', nullstr = '', auto_detect = false,"
        " strict_mode = true, null_padding = false, store_rejects = true, columns = "
        + "{"
        + ", ".join(f"'{name}': 'VARCHAR'" for name in header)
        + "})",
        [shown, str(path)],
    )
    rows = connection.execute(
        "SELECT DISTINCT line, error_type, column_name, error_message FROM reject_errors ORDER BY line"
    ).fetchall()
    return [
        Finding(
            shown, line, column or "", f"{str(kind).lower()}; the header has {len(header)} columns"
        )
        for line, kind, column, _ in rows
    ]


def _stage_boundaries(connection: "DuckDBPyConnection", folder: Path, info: Info) -> list[Finding]:
    cells = "unit VARCHAR, geometry BLOB, area_km2 DOUBLE, label_lon DOUBLE, label_lat DOUBLE"
    for name in ("raw_boundary", "new_boundary"):
        connection.execute(
            f"CREATE OR REPLACE TEMP TABLE {name} (_file VARCHAR, _row BIGINT, {cells}, source VARCHAR)"
        )
    if info.boundaries is None:
        return []
    drawn = "SELECT unit, min(_file), min(_row) FROM new_unit WHERE boundary GROUP BY unit"
    wanted = {row[0]: row[1:] for row in connection.execute(drawn).fetchall() if row[0]}
    layer, faults = boundaries.read_layer(info.boundaries.layer, folder, set(wanted))
    if faults:
        return faults
    for code in sorted(wanted.keys() - set(layer.codes)):
        file, number = wanted[code]
        where = f"has no polygon in layer {info.boundaries.layer}"
        says = f"'{code}' {where}; mend the code or set boundary to no"
        faults.append(Finding(file, number, "unit", says))
    if not layer.codes:
        return faults
    rows = boundaries.measured(layer, info.boundaries.source)
    connection.register("measured", rows)
    for name in ("raw_boundary", "new_boundary"):
        connection.execute(
            f"INSERT INTO {name} SELECT ?, row_number() OVER (), * FROM measured",
            [info.boundaries.layer],
        )
    connection.unregister("measured")
    if info.boundaries.area_indicator:
        _stage_areas(connection, info.boundaries.area_indicator, info.released)
    return faults


def _stage_areas(connection: "DuckDBPyConnection", indicator: str, since: date) -> None:
    """Polygon areas as observations: computed here, so marked as estimates with their method."""
    for name in ("raw_observation", "new_observation"):
        connection.execute(
            f"INSERT INTO {name} (_file, _row, place, indicator, valid_from, value, unit, source,"
            " quality, estimate, method) SELECT 'region.toml', NULL, unit, ?, ?, area_km2, 'km2', source,"
            " 'A', true, ? FROM new_boundary",
            [indicator, since, METHOD],
        )


def _main_set(connection: "DuckDBPyConnection", info: Info) -> list[Finding]:
    sql = 'SELECT count(*) FROM new_membership WHERE "set" = ?'
    found = connection.execute(sql, [info.set]).fetchone()
    if found and found[0]:
        return []
    says = f"'{info.set}' has no member; name a set that table membership fills"
    return [Finding("region.toml", None, "set", says)]


def _write(
    connection: "DuckDBPyConnection", table: Table, content: str, recorded: datetime
) -> tuple[int, int]:
    """Add rows that the last pack did not hold, take back those that this one no longer holds."""
    names, keys = quoted(*table.names), quoted(*table.keys)
    before = connection.execute(f"SELECT count(*) FROM lake.{table.name}").fetchone()
    insert = f"INSERT INTO lake.{table.name} SELECT {names}, ?, ?, 'main'"
    stamp = [recorded, f"pack:{content}"]
    if not before or not before[0]:
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
