"""The lake of one region: DuckLake (Parquet files and a SQLite catalogue) in a folder of the user's.

Rows are only ever added. A row carries when it was recorded; reading as of an instant takes, for every key,
the last row recorded by then, so that corrections and retractions never change what was known before.
"""

import re
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from hutuo.base import breakage
from hutuo.base.periods import CLOCK, moment
from hutuo.base.tables import SQL_TYPES, SYSTEM, Table, quoted, tables
from hutuo.errors import BadAsk, NotFound, Unavailable, one_of
from hutuo.glossary import Text

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
# What was written when, by which verb, from what; and what became of branches. Only ever added to.
LOG = {
    "batch": {
        "batch": "VARCHAR",
        "digest": "VARCHAR",
        "recorded_at": "TIMESTAMPTZ",
        "row_count": "BIGINT",
        "branch": "VARCHAR",
        "verb": "VARCHAR",
        "origin": "VARCHAR",
        "written_at": "TIMESTAMPTZ",
        "quarantined": "BIGINT",
        "tables": "VARCHAR",
    },
    "branch": {
        "branch": "VARCHAR",
        "name": "VARCHAR",
        "event": "VARCHAR",
        "happened_at": "TIMESTAMPTZ",
    },
}
# How Parquet is written: 20 million readings take 57 MB, against 63 MB with snappy in the same time.
# Rows stay in files, never in the catalogue, so that a broken catalogue can be built anew from the files.
OPTIONS = {"parquet_compression": "zstd", "parquet_version": "2", "data_inlining_row_limit": "0"}
# What rows are given out with: when each became known, and by which batch.
DATED = ("recorded_at", "batch")
# Lies in the folder while a change is written, and after one that failed or whose writer was killed.
UNFINISHED = "unfinished"
MANY = (list, tuple, set, frozenset)
# ``place+indicator`` asks for pairs; they are compared as one text, its parts apart by a control character.
JOINED, APART = "+", "\x1f"
CREATED, MERGED, DROPPED = "create", "merge", "drop"
BRANCH_NAME = re.compile(r"[^\W_][\w.-]{0,63}")

ON_CLOCK = f"grain IN {CLOCK}"
ROWS = """
    SELECT {names} FROM (SELECT * FROM lake.{table} WHERE {inner} {last})
    WHERE {outer}
"""
# Most readings have one version. Only those whose key may stand twice, by its hash, are ranked: two days of
# 1,000 sensors take 23 ms instead of 40, where no ranking at all would take 12. What is materialized is not
# narrowed by the engine to the columns that are asked for.
READINGS = """
    WITH found AS MATERIALIZED ({found}),
    twice AS MATERIALIZED (SELECT key_hash FROM found GROUP BY key_hash HAVING count(*) > 1)
    SELECT {names} FROM (
        SELECT * FROM found ANTI JOIN twice USING (key_hash)
        UNION ALL SELECT * FROM (SELECT * FROM found SEMI JOIN twice USING (key_hash) {last})
    ) WHERE {outer}
"""

T = TypeVar("T")


class When(NamedTuple):
    """What ``at`` asks for; see :func:`hutuo.base.periods.bounds`.

    Attributes:
        past: Whether rows that no longer hold then are asked for too: all that began by then.
        day: Nominal midnight of the civil day, which rows made of dates are compared with.
        first: First instant asked for.
        last: Last instant asked for.
    """

    day: datetime
    first: datetime
    last: datetime
    past: bool = False


class Lake:
    """Declared tables in one folder, read as of an instant on a branch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._guard = threading.Lock()
        self._attach()
        self._cache: OrderedDict[object, pa.Table] = OrderedDict()
        self._sizes: dict[str, int] = {}
        self._open: dict[str, str] | None = None
        self._seen: tuple[tuple[int, int] | None, ...] = ()
        self._create_tables()

    @property
    def connection(self) -> "duckdb.DuckDBPyConnection":
        """This thread's cursor on the lake; on the new one, if it was restored or built anew since."""
        with self._guard:
            if self._is_replaced():
                self._attach()
        if not hasattr(self._local, "cursor"):
            self._local.cursor = self._root.cursor()
        cursor: duckdb.DuckDBPyConnection = self._local.cursor
        return cursor

    def _attach(self) -> None:
        before = _identity(self.folder)
        self._root = _attached(self.folder)
        self._local = threading.local()
        self._file = before or _identity(self.folder)

    def close(self) -> None:
        """Let go of the files."""
        if hasattr(self._local, "cursor"):
            self._local.cursor.close()
        self._root.close()

    def read(
        self,
        table: Table,
        where: Mapping[str, object],
        *,
        at: When | None = None,
        as_of: datetime | None = None,
        branch: str = MAIN,
    ) -> "pa.Table":
        """Rows as known at an instant on a branch, ordered by key.

        Times of a table come as dates if all its rows are made of dates, else as instants in UTC.

        Args:
            table: Declared table.
            where: Column to value, to a collection of values, or to a slice (from, before); several columns
                of text, as ``place+indicator``, to a collection of tuples.
            at: Keep rows that hold then; None keeps every period.
            as_of: Only what was recorded by then; None for all.
            branch: Rows of the branch stand over those of main.
        """
        self._drop_stale()
        lane = self.lane(branch)
        _check_columns(table, where)
        if where and self._is_small(table.name):
            # A small table is read once and filtered in memory: 0.2 ms instead of 20 ms a question.
            return _filtered(self.read(table, {}, at=at, as_of=as_of, branch=branch), table, where)
        sql, given = _select(table, where, at, as_of, lane)
        # A period without a start is the oldest.
        order = ", ".join(f"{quoted(key)} NULLS FIRST" for key in table.keys)
        key = (table.name, _frozen(where), at, as_of, lane)
        return self._cached(
            key, lambda: _civil(self.fetch(f"{sql} ORDER BY {order}", given), table)
        )

    def query(
        self,
        sql: str,
        table: Table,
        where: Mapping[str, object],
        *,
        at: When | None = None,
        as_of: datetime | None = None,
        branch: str = MAIN,
    ) -> "pa.Table":
        """Answer of SQL over the rows that :meth:`read` would give, which it calls ``known``.

        Args:
            sql: Written in the program, never made from what a user gave; that goes into ``where``. It may
                begin with ``WITH``.
            table: Declared table.
            where: Column to value, or to a collection of values.
            at: Keep rows that hold then; None keeps every period.
            as_of: Only what was recorded by then; None for all.
            branch: Rows of the branch stand over those of main.
        """
        self._drop_stale()
        lane = self.lane(branch)
        _check_columns(table, where)
        known, given = _select(table, where, at, as_of, lane, _named(table, sql))
        key = (sql, table.name, _frozen(where), at, as_of, lane)
        return self._cached(key, lambda: self.fetch(_among(known, sql), given))

    def fetch(self, sql: str, given: Sequence[object]) -> "pa.Table":
        """Answer of a query as Arrow; what is bound in it is never part of its text."""
        with breakage.telling(self.folder):
            return _utc(self.connection.execute(sql, list(given)).to_arrow_table())

    def _cached(self, key: object, work: "Callable[[], pa.Table]") -> "pa.Table":
        with self._guard:
            if key in self._cache:
                self._cache.move_to_end(key)
                return self._cache[key]
        with breakage.telling(self.folder):
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
        seen = self.stamp()
        with self._guard:
            if seen != self._seen:
                if self._is_replaced():
                    self._attach()
                self._cache.clear()
                self._sizes.clear()
                self._open = None
                self._seen = seen

    def _is_replaced(self) -> bool:
        """Whether the catalogue was restored or built anew since it was opened."""
        return _identity(self.folder) not in (None, self._file)

    def _is_small(self, name: str) -> bool:
        if name not in self._sizes:
            self._sizes[name] = self.rows(f"SELECT count(*) FROM lake.{name}")[0][0]
        return self._sizes[name] <= SMALL_ROWS

    def stamp(self) -> tuple[tuple[int, int] | None, ...]:
        """What changes with every committed change, whoever made it, told in microseconds."""
        return tuple(_stamp(self.folder / name) for name in (breakage.CATALOGUE, breakage.LOG))

    def snapshot(self) -> int:
        """Number of the last committed change, whoever made it."""
        return int(self.rows("SELECT id FROM lake.current_snapshot()")[0][0])

    def branches(self) -> list[str]:
        """Names of the open branches, main first."""
        self._drop_stale()
        return [MAIN, *sorted(self._lanes())]

    def lane(self, name: str) -> str:
        """What rows of an open branch are marked with: a name that is used again gets another mark.

        Raises:
            NotFound: No branch of that name is open.
        """
        if name == MAIN:
            return MAIN
        lanes = self._lanes()
        if name not in lanes:
            raise one_of(name, "branch", [MAIN, *lanes])
        return lanes[name]

    def _lanes(self) -> dict[str, str]:
        if self._open is None:
            sql = "SELECT branch, name, event FROM lake.branch ORDER BY happened_at"
            lanes: dict[str, str] = {}
            for lane, name, event in self.rows(sql):
                if event == CREATED:
                    lanes[name] = lane
                else:
                    lanes.pop(name, None)
            self._open = lanes
        return self._open

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """All rows of a query.

        A result that is read in part keeps the catalogue's read lock, and no other process could commit.
        """
        with breakage.telling(self.folder):
            return retry(lambda: self.connection.execute(sql).fetchall())

    def create_branch(self, name: str) -> None:
        """Open a branch: rows appended on it stand over main and leave main as it is.

        Raises:
            BadAsk: The name is no word.
            NotFound: A branch of that name is open.
        """
        if not BRANCH_NAME.fullmatch(name):
            raise BadAsk(
                Text(f"“{name}”不能作分支名称", f"'{name}' is no name of a branch"),
                Text(
                    "以字母、汉字或数字开头,其后至多63个字母、汉字、数字、点、连字符或下划线",
                    "a letter or digit, then up to 63 letters, digits, dots, dashes or underscores",
                ),
            )
        with self.change() as connection:
            self._open = None
            if name in (MAIN, *self._lanes()):
                raise NotFound(
                    Text(f"已有分支“{name}”", f"branch '{name}' is there already"),
                    Text("请换一个名称", "choose another name"),
                )
            sql = "SELECT count(*) FROM lake.branch WHERE name = ? AND event = ?"
            before = (connection.execute(sql, [name, CREATED]).fetchone() or (0,))[0]
            self.log_branch(f"{name}#{before + 1}" if before else name, name, CREATED)

    def log_branch(self, lane: str, name: str, event: str) -> None:
        """Note what becomes of a branch, within a change."""
        values = [lane, name, event, self.now()]
        self.connection.execute("INSERT INTO lake.branch VALUES (?, ?, ?, ?)", values)
        self._open = None

    def now(self) -> datetime:
        """The time of a change: later than that of every change before, whatever the clock says."""
        sql = (
            "SELECT max(last) AS last FROM (SELECT max(written_at) AS last FROM lake.batch"
            " UNION ALL SELECT max(happened_at) FROM lake.branch)"
        )
        # Through Arrow: the engine's own fetch of an aware instant asks for pytz.
        last = self.connection.execute(sql).to_arrow_table().column("last")[0].as_py()
        now = datetime.now(UTC)
        return now if last is None or last < now else last + timedelta(microseconds=1)

    @contextmanager
    def change(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """One transaction: all of it is kept, or nothing; other writers, of any process, wait.

        Raises:
            Unavailable: The disk is full or the catalogue broken; nothing was written.
        """
        with self.alone() as connection:
            connection.execute("BEGIN")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                self._roll_back(connection)
                raise

    @contextmanager
    def alone(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """No other process writes within the block; each statement in it is a transaction of its own.

        Raises:
            Unavailable: The disk is full, the catalogue broken, or it was put back meanwhile.
        """
        from filelock import FileLock

        connection, unfinished = self.connection, self.folder / UNFINISHED
        with breakage.telling(self.folder), FileLock(self.folder / "write"):
            if self._is_replaced():
                raise Unavailable(
                    Text(
                        "数据湖刚刚被恢复或重建,没有写入任何内容",
                        "the region's lake was restored or rebuilt meanwhile; nothing was written",
                    ),
                    Text("请重做一次", "do the same again"),
                )
            if unfinished.exists():
                # A writer was killed, or found the disk full: its files belong to no batch and take up room.
                sweep(connection)
            unfinished.touch()
            yield connection
            unfinished.unlink(missing_ok=True)

    def _roll_back(self, connection: "duckdb.DuckDBPyConnection") -> None:
        """Undo a change that failed; a failed commit undid itself, and may leave a dead connection."""
        import duckdb

        try:
            with suppress(duckdb.TransactionException):
                connection.execute("ROLLBACK")
            connection.execute("SELECT id FROM lake.current_snapshot()").fetchall()
        except duckdb.Error:
            self._attach()

    def _create_tables(self) -> None:
        # DDL stands apart from data: mixed in one transaction, DuckLake lost rows (see docs/decisions.md).
        wanted = {name: _columns(table) for name, table in tables().items()} | LOG
        sql = (
            "SELECT table_name, column_name, data_type FROM duckdb_columns()"
            " WHERE database_name = 'lake'"
        )
        there: dict[str, dict[str, str]] = {}
        for table, column, kind in self.rows(sql):
            there.setdefault(table, {})[column] = _short(kind)
        self._refuse_other_layout(wanted, there)
        missing = [
            (table, column)
            for table, columns in wanted.items()
            for column in columns
            if column not in there.get(table, {})
        ]
        if missing:
            retry(lambda: self._create(missing, wanted, there))

    def _create(
        self,
        missing: list[tuple[str, str]],
        wanted: Mapping[str, Mapping[str, str]],
        there: Mapping[str, object],
    ) -> None:
        with self.change() as connection:
            for name, value in OPTIONS.items():
                connection.execute(f"CALL lake.set_option('{name}', '{value}')").fetchall()
            for table, column in missing:
                if table in there:
                    kind = wanted[table][column]
                    sql = f"ALTER TABLE lake.{table} ADD COLUMN IF NOT EXISTS {quoted(column)} {kind}"
                else:
                    columns = ", ".join(f"{quoted(n)} {kind}" for n, kind in wanted[table].items())
                    sql = f"CREATE TABLE IF NOT EXISTS lake.{table} ({columns})"
                connection.execute(sql)

    def _refuse_other_layout(
        self, wanted: Mapping[str, Mapping[str, str]], there: Mapping[str, Mapping[str, str]]
    ) -> None:
        """A column of another type was written by another version; what it holds is not guessed at."""
        other = [
            f"{table}.{column} is {kind}, not {wanted[table][column]}"
            for table, columns in there.items()
            for column, kind in columns.items()
            if column in wanted.get(table, {}) and kind != wanted[table][column]
        ]
        if "branch" in there and "created_at" in there["branch"]:
            other.append("branch.created_at is not known any more")
        if other:
            told = "; ".join(other)
            raise Unavailable(
                Text(
                    f"{self.folder}中的数据湖属于另一版本:{told}",
                    f"the lake in {self.folder} has the layout of another version: {told}",
                ),
                Text(
                    "移走该文件夹,再打开地区,数据包会重新装入",
                    "move that folder away and open the region again: the pack is loaded anew",
                ),
            )


def _stamp(file: Path) -> tuple[int, int] | None:
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


def sweep(connection: "duckdb.DuckDBPyConnection") -> int:
    """Delete files that no state of the catalogue knows, where nobody writes; the number of them."""
    sql = "CALL ducklake_delete_orphaned_files('lake', cleanup_all => true)"
    return len(connection.execute(sql).fetchall())


def _identity(folder: Path) -> tuple[int, int] | None:
    """Which file the catalogue is, whatever stands in it."""
    try:
        found = (folder / breakage.CATALOGUE).stat()
    except FileNotFoundError:
        return None
    return found.st_dev, found.st_ino


def retry(work: Callable[[], T]) -> T:
    """Do the work again while another process holds the catalogue.

    Raises:
        Unavailable: It stayed busy.
    """
    import duckdb

    last: Exception | None = None
    for _ in range(TRIES):
        try:
            return work()
        except (duckdb.TransactionException, duckdb.IOException, duckdb.Error) as error:
            # A file that compaction took away since the query was planned is not asked for again.
            if not (_busy(error) or breakage.is_gone(error)):
                raise
            last = error
            time.sleep(PAUSE)
    if last is not None and breakage.is_gone(last):
        raise last
    raise Unavailable(
        Text("另一个进程一直占用地区目录", "another process kept the region's catalogue busy"),
        Text("待其写入完成后再试", "try again when the other load is done"),
    )


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
    # Else the engine draws a bar into what a program prints, if it is ``python -c`` or a notebook.
    connection.execute("SET enable_progress_bar = false")
    # Files never change; reading their row groups' statistics anew takes 15 ms for a thousand groups.
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
    for name in EXTENSIONS:
        connection.execute(f"LOAD '{_extension(name)}'")
    connection.execute("SET TimeZone = 'UTC'")
    catalogue = str(folder / "lake.sqlite").replace("'", "''")
    data = str(folder / "lake").replace("'", "''")
    # WAL: readers do not stop a writer, nor a writer readers.
    options = f"DATA_PATH '{data}', META_JOURNAL_MODE 'WAL', META_BUSY_TIMEOUT {PATIENCE}"
    attach = f"ATTACH 'ducklake:sqlite:{catalogue}' AS lake ({options})"
    breakage.refuse_emptied(folder)
    with breakage.telling(folder):
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
    version = duckdb.__version__
    wheel = package.replace("_", "-")
    raise Unavailable(
        Text(
            f"未安装适用于DuckDB {version}的扩展{name}",
            f"the DuckDB extension {name} for DuckDB {version} is not installed",
        ),
        Text(f"安装{wheel}=={version}后再试", f"install {wheel}=={version}, then try again"),
    )


def _columns(table: Table) -> dict[str, str]:
    return {c.column: SQL_TYPES[c.type] for c in table.columns} | SYSTEM


def _short(kind: str) -> str:
    return "TIMESTAMPTZ" if kind == "TIMESTAMP WITH TIME ZONE" else kind


def _select(
    table: Table,
    where: Mapping[str, object],
    at: When | None,
    as_of: datetime | None,
    lane: str,
    shown: Sequence[str] = (),
) -> tuple[str, list[object]]:
    """SQL of the rows as known, and what is bound in it; of all columns, or of those that are shown."""
    inner, outer = _lane_test(lane), ["NOT retracted"]
    values: list[object] = [] if lane == MAIN else [lane]
    late: list[object] = []
    if as_of is not None:
        inner.append("recorded_at <= ?")
        values.append(as_of)
    for name, wanted in where.items():
        for test, value in _tests(table, name, wanted):
            early = set(name.split(JOINED)) <= set(table.keys)
            (inner if early else outer).append(test)
            (values if early else late).append(value)
    for test, held in _holding(table, at):
        # What stands in the key is the same for all versions of a row, and is tested before they are ranked.
        (inner if table.times else outer).append(test)
        (values if table.times else late).extend(held)
    ends = list(_ends(at)) if table.times else [("true", [])]
    values = [value for _, held in ends for value in (*values, *held)]
    first = [] if lane == MAIN else [lane]
    order = "" if lane == MAIN else "branch = ? DESC, "
    last = (
        f"QUALIFY row_number() OVER (PARTITION BY {quoted(*table.keys)}"
        f" ORDER BY {order}recorded_at DESC, batch DESC) = 1"
    )
    # A coarser hash ranks some rows for nothing and saves two columns of all: periods that begin at once
    # are few.
    apart = [key for key in table.keys if key not in ("grain", *table.times[1:])]
    tested = [part for name in where for part in name.split(JOINED)]
    taken = quoted(*dict.fromkeys([*table.keys, *tested, *(shown or table.names), *SYSTEM]))
    # Names come from the declarations, never from a user; values are bound.
    sql = (READINGS if table.times else ROWS).format(
        names=quoted(*(shown or table.names), *DATED),
        table=table.name,
        inner=" AND ".join(inner),
        found=" UNION ALL ".join(
            f"SELECT {taken}, hash({quoted(*apart)}) AS key_hash FROM lake.{table.name}"
            f" WHERE {' AND '.join([*inner, test])}"
            for test, _ in ends
        ),
        outer=" AND ".join(outer),
        last=last,
    )
    return sql, [*values, *first, *late]


def _stored(table: Table, name: str, wanted: object) -> list[Any]:
    """Wanted values of a column as they are stored, in order."""
    several: list[Any] = sorted(wanted) if isinstance(wanted, MANY) else [wanted]
    if JOINED in name:
        return [APART.join(parts) for parts in several]
    return [moment(value) for value in several] if name in table.times else several


def _named(table: Table, sql: str) -> list[str]:
    """Columns that SQL names, by its words; all of them where a star may stand for them."""
    plain = sql.replace("count(*)", "")
    words = set(re.findall(r"\w+", plain.lower()))
    if "*" in plain or "columns" in words:
        return table.names
    return [name for name in table.names if name.lower() in words] or table.keys


def _among(known: str, sql: str) -> str:
    """SQL over ``known`` beside what it defines itself."""
    first, _, rest = sql.strip().partition(" ")
    return f"WITH known AS ({known}){',' if first == 'WITH' else ' ' + first} {rest}"


def _tests(table: Table, name: str, wanted: object) -> Iterator[tuple[str, object]]:
    """Tests of one column, each with what is bound in it."""
    if JOINED in name:
        joined = f" || chr({ord(APART)}) || ".join(quoted(part) for part in name.split(JOINED))
        yield f"{joined} IN (SELECT unnest(?))", _stored(table, name, wanted)
    elif isinstance(wanted, slice):
        for sign, end in ((">=", wanted.start), ("<", wanted.stop)):
            if end is not None:
                yield f"{quoted(name)} {sign} ?", _stored(table, name, end)[0]
    elif isinstance(wanted, MANY):
        yield f"{quoted(name)} IN (SELECT unnest(?))", _stored(table, name, wanted)
    else:
        yield f"{quoted(name)} = ?", _stored(table, name, wanted)[0]


def _lane_test(lane: str) -> list[str]:
    # Not a plain column: DuckLake would look up the statistics of every file for a test that leaves out none,
    # 2 ms of a question's 25.
    mark = "branch || ''"
    return [f"{mark} = 'main'"] if lane == MAIN else [f"{mark} IN ('main', ?)"]


def _holding(table: Table, at: When | None) -> Iterator[tuple[str, list[object]]]:
    """Tests of whether a row holds, each with what is bound in it; of a time, whether it began by then."""
    if at is None or not table.versioned:
        return
    if not table.times:
        day = at.day.date()
        yield "(valid_from IS NULL OR valid_from <= ?)", [day]
        if not at.past:
            yield "(valid_to IS NULL OR valid_to > ?)", [day]
        return
    # Plain bounds first: by them whole files and row groups are passed over.
    yield "valid_from <= ?", [max(at.day, at.last)]
    yield f"valid_from <= CASE WHEN {ON_CLOCK} THEN ? ELSE ? END", [at.last, at.day]


def _ends(at: When | None) -> Iterator[tuple[str, list[object]]]:
    """Ways in which a time may not have ended by then, apart from each other.

    Together, by OR, the engine would pass over no row group: an hour far into 20 million readings took 85 ms,
    apart it takes 20.
    """
    if at is None or at.past:
        yield "true", []
        return
    yield (
        f"valid_to > ? AND valid_to > CASE WHEN {ON_CLOCK} THEN ? ELSE ? END",
        [min(at.day, at.first), at.first, at.day],
    )
    yield "valid_to IS NULL", []


def _check_columns(table: Table, where: Mapping[str, object]) -> None:
    named = [part for name in where for part in name.split(JOINED)]
    unknown = [name for name in named if name not in table.names]
    if unknown:
        raise one_of(unknown[0], f"column of {table.name}", table.names)


def _utc(rows: "pa.Table") -> "pa.Table":
    """The rows with instants in a zone called UTC; the engine calls the same one Etc/UTC."""
    import pyarrow as pa

    kind = pa.timestamp("us", "UTC")
    for place, field in enumerate(rows.schema):
        if pa.types.is_timestamp(field.type) and field.type.tz:
            rows = rows.set_column(place, field.name, rows.column(place).cast(kind))
    return rows


def _civil(rows: "pa.Table", table: Table) -> "pa.Table":
    """The rows with times as dates, if every row is made of dates."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if not table.times or pa.types.is_date(rows.schema.field(table.times[0]).type):
        return rows
    if pc.any(pc.is_in(rows.column("grain"), value_set=pa.array(CLOCK))).as_py():
        return rows
    for name in table.times:
        place = rows.column_names.index(name)
        rows = rows.set_column(place, name, rows.column(name).cast(pa.date32()))
    return rows


def _filtered(rows: "pa.Table", table: Table, where: Mapping[str, object]) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    for name, wanted in where.items():
        if isinstance(wanted, slice):
            rows = _sliced(rows, table, name, wanted)
            continue
        values, column = _stored(table, name, wanted), _compared(rows, table, name)
        rows = rows.filter(pc.is_in(column, value_set=pa.array(values, column.type)))
    return _civil(rows, table)


def _sliced(rows: "pa.Table", table: Table, name: str, wanted: slice) -> "pa.Table":
    import pyarrow as pa
    import pyarrow.compute as pc

    for compare, end in ((pc.greater_equal, wanted.start), (pc.less, wanted.stop)):
        if end is not None:
            column = _compared(rows, table, name)
            value = pa.scalar(_stored(table, name, end)[0], column.type)
            rows = rows.filter(compare(column, value))
    return rows


def _compared(rows: "pa.Table", table: Table, name: str) -> "pa.ChunkedArray":
    """A column as it is compared in the lake: a date among times as its nominal midnight."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if JOINED in name:
        parts = [rows.column(part) for part in name.split(JOINED)]
        return pc.binary_join_element_wise(*parts, APART)
    column = rows.column(name)
    return column.cast(pa.timestamp("us", "UTC")) if name in table.times else column


def _frozen(where: Mapping[str, object]) -> object:
    def plain(wanted: object) -> object:
        if isinstance(wanted, slice):
            return "slice", wanted.start, wanted.stop
        return tuple(sorted(wanted)) if isinstance(wanted, MANY) else wanted

    return tuple((name, plain(wanted)) for name, wanted in sorted(where.items()))
