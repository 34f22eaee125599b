"""The lake of one region: DuckLake (Parquet files and a SQLite catalogue) in a folder of the user's.

Rows are only ever added. A row carries when it was recorded; reading as of an instant takes, for every key,
the last row recorded by then, so that corrections and retractions never change what was known before.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, date, datetime
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from hutuo.base.tables import SQL_TYPES, SYSTEM, Table, quoted, tables
from hutuo.errors import NotFound, Unavailable, one_of

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

MAIN = "main"
EXTENSIONS = ("sqlite_scanner", "ducklake")
# A busy SQLite catalogue answers after another writer's commit; measured: commits of a pack take < 1 s.
TRIES, PAUSE = 40, 0.05
# Milliseconds that a commit waits for readers. Past them DuckLake's connection is locked for good, so long.
PATIENCE = 60_000
CACHED_RESULTS, CACHED_ROWS = 128, 200_000
SMALL_ROWS = 50_000
LOG = {"batch": "batch VARCHAR, digest VARCHAR, recorded_at TIMESTAMPTZ, row_count BIGINT"}
LOG["branch"] = "branch VARCHAR, created_at TIMESTAMPTZ"

T = TypeVar("T")


class Lake:
    """Declared tables in one folder, read as of an instant on a branch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._root = _attached(folder)
        self._local = threading.local()
        self._cache: OrderedDict[object, pa.Table] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._seen: tuple[tuple[int, int] | None, ...] = ()
        self._guard = threading.Lock()
        self._create_tables()

    @property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        """This thread's cursor on the lake."""
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._root.cursor()
        cursor: duckdb.DuckDBPyConnection = self._local.cursor
        return cursor

    def close(self) -> None:
        """Let go of the files."""
        self._root.close()

    def read(
        self,
        table: Table,
        where: Mapping[str, object],
        *,
        at: date | None = None,
        as_of: datetime | None = None,
        branch: str = MAIN,
    ) -> "pa.Table":
        """Rows as known at an instant on a branch, ordered by key.

        Args:
            table: Declared table.
            where: Column to value, or to a collection of values.
            at: Keep rows that hold on that day; None keeps every period.
            as_of: Only what was recorded by then; None for all.
            branch: Rows of the branch stand over those of main.
        """
        self._check_branch(branch)
        _check_columns(table, where)
        self._drop_stale()
        if where and self._is_small(table.name):
            # A small table is read once and filtered in memory: 0.2 ms instead of 20 ms a question.
            return _filtered(self.read(table, {}, at=at, as_of=as_of, branch=branch), where)
        sql, given = _select(table, where, at, as_of, branch)
        key = (table.name, _frozen(where), at, as_of, branch)
        return self._cached(key, lambda: self.connection.execute(sql, given).to_arrow_table())

    def _cached(self, key: object, work: "Callable[[], pa.Table]") -> "pa.Table":
        with self._guard:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        rows = retry(work)
        if rows.num_rows <= CACHED_ROWS:
            with self._guard:
                self._cache[key] = rows
                while len(self._cache) > CACHED_RESULTS:
                    self._cache.popitem(last=False)
        return rows

    def _drop_stale(self) -> None:
        """Forget what was read before another change was committed, by whichever process.

        A commit writes the catalogue's file or its log, so size and time tell it in microseconds; asking
        DuckLake for its snapshot takes 3 ms. The file must not be opened here: a second SQLite library in
        the process would let go of the locks that DuckDB's own holds on it.
        """
        seen = tuple(_stamp(self.folder / name) for name in ("lake.sqlite", "lake.sqlite-wal"))
        with self._guard:
            if seen != self._seen:
                self._cache.clear()
                self._sizes.clear()
                self._seen = seen

    def _is_small(self, name: str) -> bool:
        if name not in self._sizes:
            self._sizes[name] = self.rows(f"SELECT count(*) FROM lake.{name}")[0][0]
        return self._sizes[name] <= SMALL_ROWS

    def snapshot(self) -> int:
        """Number of the last committed change, whoever made it."""
        return int(self.rows("SELECT id FROM lake.current_snapshot()")[0][0])

    def branches(self) -> list[str]:
        """Names of the branches, main first."""
        return [MAIN, *sorted(row[0] for row in self.rows("SELECT branch FROM lake.branch"))]

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query.

        A result that is read in part keeps the catalogue's read lock, and no other process could commit.
        """
        return retry(lambda: self.connection.execute(sql).fetchall())

    def create_branch(self, name: str) -> None:
        """Open a branch: rows appended on it stand over main and leave main as it is."""
        if name in self.branches():
            hint = "choose another name"
            raise NotFound(f"branch '{name}' is there already", hint)
        with self.change() as connection:
            connection.execute("INSERT INTO lake.branch VALUES (?, ?)", [name, datetime.now(UTC)])

    @contextmanager
    def change(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """One transaction: all of it is kept, or nothing; other writers, of any process, wait."""
        from filelock import FileLock

        connection = self.connection
        with FileLock(self.folder / "write"):
            connection.execute("BEGIN")
            try:
                yield connection
            except BaseException:
                connection.execute("ROLLBACK")
                raise
            connection.execute("COMMIT")

    def _create_tables(self) -> None:
        # DDL stands apart from data: mixed in one transaction, DuckLake lost rows (see docs/decisions.md).
        known = {name: _ddl(table) for name, table in tables().items()} | LOG
        sql = "SELECT table_name FROM duckdb_tables() WHERE database_name = 'lake'"
        there = {row[0] for row in self.rows(sql)}
        if missing := sorted(known.keys() - there):
            retry(lambda: self._create(missing, known))

    def _create(self, names: list[str], columns: Mapping[str, str]) -> None:
        with self.change() as connection:
            for name in names:
                connection.execute(f"CREATE TABLE IF NOT EXISTS lake.{name} ({columns[name]})")

    def _check_branch(self, branch: str) -> None:
        if branch != MAIN and branch not in (there := self.branches()):
            raise one_of(branch, "branch", there)


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


def retry(work: Callable[[], T]) -> T:
    """Do the work again while another process holds the catalogue.

    Raises:
        Unavailable: It stayed busy.
    """
    import duckdb

    for _ in range(TRIES):
        try:
            return work()
        except (duckdb.TransactionException, duckdb.IOException, duckdb.Error) as error:
            if not _busy(error):
                raise
            time.sleep(PAUSE)
    message = "another process kept the region's catalogue busy"
    raise Unavailable(message, "try again when the other load is done")


def _busy(error: Exception) -> bool:
    text = str(error).lower()
    return "database is locked" in text or "conflict" in text or "busy" in text


def _attached(folder: Path) -> "duckdb.DuckDBPyConnection":
    import duckdb

    off: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
    }
    connection = duckdb.connect(":memory:", config=off)
    for name in EXTENSIONS:
        connection.execute(f"LOAD '{_extension(name)}'")
    connection.execute("SET TimeZone = 'UTC'")
    catalogue = str(folder / "lake.sqlite").replace("'", "''")
    data = str(folder / "lake").replace("'", "''")
    # WAL: readers do not stop a writer, nor a writer readers.
    options = f"DATA_PATH '{data}', META_JOURNAL_MODE 'WAL', META_BUSY_TIMEOUT {PATIENCE}"
    attach = f"ATTACH 'ducklake:sqlite:{catalogue}' AS lake ({options})"
    retry(lambda: connection.execute(attach))
    return connection


def _extension(name: str) -> Path:
    """File of an extension that came as a wheel; nothing is fetched.

    Raises:
        Unavailable: The wheel is missing or for another DuckDB.
    """
    import duckdb

    package = f"duckdb_extension_{name}"
    spec = find_spec(package)
    if spec is not None and spec.submodule_search_locations:
        folder = Path(spec.submodule_search_locations[0]) / "extensions" / f"v{duckdb.__version__}"
        file = folder / f"{name}.duckdb_extension"
        if file.exists():
            return file
    message = f"the DuckDB extension {name} for DuckDB {duckdb.__version__} is not installed"
    wheel = package.replace("_", "-")
    raise Unavailable(message, f"install {wheel}=={duckdb.__version__}, then try again")


def _ddl(table: Table) -> str:
    declared = [f"{quoted(c.column)} {SQL_TYPES[c.type]}" for c in table.columns]
    return ", ".join([*declared, *(f"{name} {kind}" for name, kind in SYSTEM.items())])


def _select(
    table: Table,
    where: Mapping[str, object],
    at: date | None,
    as_of: datetime | None,
    branch: str,
) -> tuple[str, list[object]]:
    inner, outer, given = ["branch IN ('main', ?)"], ["last = 1", "NOT retracted"], [branch]
    values: list[object] = [branch]
    if as_of is not None:
        inner.append("recorded_at <= ?")
        values.append(as_of)
    late: list[object] = []
    for name, wanted in where.items():
        many = isinstance(wanted, (list, tuple, set, frozenset))
        test = f'"{name}" IN (SELECT unnest(?))' if many else f'"{name}" = ?'
        value = sorted(wanted) if many else wanted  # type: ignore[call-overload]
        (inner if name in table.keys else outer).append(test)
        (values if name in table.keys else late).append(value)
    if at is not None and table.versioned:
        outer.append("(valid_from IS NULL OR valid_from <= ?)")
        outer.append("(valid_to IS NULL OR valid_to > ?)")
        late += [at, at]
    keys = quoted(*table.keys)
    # A period without a start is the oldest.
    order = ", ".join(f"{quoted(key)} NULLS FIRST" for key in table.keys)
    # Names come from the declarations, never from a user; values are bound.
    sql = f"""
        SELECT {quoted(*table.names)}, recorded_at, batch FROM (
            SELECT *, row_number() OVER (
                PARTITION BY {keys} ORDER BY branch = ? DESC, recorded_at DESC) AS last
            FROM lake.{table.name} WHERE {" AND ".join(inner)}
        ) WHERE {" AND ".join(outer)} ORDER BY {order}
    """
    return sql, [*given, *values, *late]


def _check_columns(table: Table, where: Mapping[str, object]) -> None:
    unknown = [name for name in where if name not in table.names]
    if unknown:
        raise one_of(unknown[0], f"column of {table.name}", table.names)


def _filtered(rows: "pa.Table", where: Mapping[str, object]) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, wanted in where.items():
        many = isinstance(wanted, (list, tuple, set, frozenset))
        values = list(wanted) if many else [wanted]  # type: ignore[call-overload]
        column = rows.column(name)
        rows = rows.filter(pc.is_in(column, value_set=pa.array(values, column.type)))
    return rows


def _frozen(where: Mapping[str, object]) -> object:
    return tuple(
        (name, tuple(sorted(v)) if isinstance(v, (list, tuple, set, frozenset)) else v)
        for name, v in sorted(where.items())
    )
