"""The lake of one region: DuckLake (Parquet files and a SQLite catalogue) in a folder of the user's.

Rows are only ever added. A row carries when it was recorded; reading as of an instant takes, for every key,
the last row recorded by then, so that corrections and retractions never change what was known before.
"""

import re
import threading
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hutuo.base import breakage, deeds
from hutuo.base.attaching import attached, identity, retry, stamp_of, sweep
from hutuo.base.layout import COLUMNS, SIZES, columns_there, missing, refuse_other
from hutuo.base.livefiles import LiveFiles
from hutuo.base.memory import civil, filtered, frozen, in_utc
from hutuo.base.selection import (
    MAIN,
    Question,
    When,
    among,
    check_columns,
    columns_named,
    selection,
)
from hutuo.base.tables import Table, quoted
from hutuo.errors import BadAsk, NotFound, Unavailable, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

CACHED_RESULTS, CACHED_ROWS, CACHED_BYTES = 1_024, 200_000, 256 << 20
SMALL_ROWS = 50_000
# Lies in the folder while a change is written, and after one that failed or whose writer was killed.
UNFINISHED = "unfinished"
CREATED, MERGED, DROPPED = "create", "merge", "drop"
# Stands in a lane before the body whose branch it is; no name of a branch holds it.
OF, NO_BODY = "@", "-"
BRANCH_NAME = re.compile(r"[^\W_][\w.-]{0,63}")


class Lake:
    """Declared tables in one folder, read as of an instant on a branch."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._guard = threading.Lock()
        self._attach()
        self._cache: OrderedDict[object, pa.Table] = OrderedDict()
        self._cached_bytes = 0
        self._asking: dict[object, threading.Lock] = {}
        self._sizes: dict[str, int] = {}
        self._open: dict[str, str] | None = None
        self._files = LiveFiles(self.rows, folder)
        self._seen: tuple[tuple[int, int] | None, ...] = ()
        self._writing: tuple[int, int] | None = None
        self._changes = 0
        # When the last change was, as far as this process knows, and what the files were like then.
        self._latest: tuple[object, datetime | None] = (None, None)
        self._within = threading.local()
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
        before = identity(self.folder)
        self._root = attached(self.folder)
        self._local = threading.local()
        self._file = before or identity(self.folder)

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
        check_columns(table, where)
        if where and self._is_small(table.name):
            # A small table is read once and filtered in memory: 0.2 ms instead of 20 ms a question.
            return filtered(self.read(table, {}, at=at, as_of=as_of, branch=branch), table, where)
        asked = Question(table, where, at, as_of, lane)
        # A period without a start is the oldest.
        order = ", ".join(f"{quoted(key)} NULLS FIRST" for key in table.keys)
        key = (table.name, frozen(where), at, as_of, lane)
        return self._cached(
            key,
            lambda: civil(self._found(asked, lambda known: f"{known} ORDER BY {order}"), table),
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
        check_columns(table, where)
        asked = Question(table, where, at, as_of, lane, columns_named(table, sql))
        key = (sql, table.name, frozen(where), at, as_of, lane)
        return self._cached(key, lambda: self._found(asked, lambda known: among(known, sql)))

    def fetch(self, sql: str, given: Sequence[object]) -> "pa.Table":
        """Answer of a query as Arrow; what is bound in it is never part of its text."""
        with breakage.telling(self.folder):
            return in_utc(self.connection.execute(sql, list(given)).to_arrow_table())

    def _found(self, asked: Question, whole: Callable[[str], str]) -> "pa.Table":
        """Answer of SQL made around that of the rows that are asked for."""
        import duckdb

        # What is not committed yet lies in files that the catalogue knows later.
        changing = getattr(self._within, "change", False)
        files = None if changing else self._files.source(asked, self._changes)
        if files:
            known, given = selection(asked, files)
            # A file that was merged into another one since is not there; DuckLake knows what is there now.
            with suppress(duckdb.IOException):
                return in_utc(self.connection.execute(whole(known), given).to_arrow_table())
            self._files.forget()
        known, given = selection(asked)
        return in_utc(self.connection.execute(whole(known), given).to_arrow_table())

    def _cached(self, key: object, work: "Callable[[], pa.Table]") -> "pa.Table":
        # What is still being read when something else is committed is of before.
        key = key, self._changes
        found = self._kept(key)
        if found is not None:
            return found
        with self._guard:
            turn = self._asking.setdefault(key, threading.Lock())
        # What many ask for at once is read once.
        with turn:
            found = self._kept(key)
            if found is not None:
                return found
            try:
                with breakage.telling(self.folder):
                    rows = retry(work)
                if rows.num_rows <= CACHED_ROWS:
                    with self._guard:
                        self._keep(key, rows)
            finally:
                with self._guard:
                    self._asking.pop(key, None)
        return rows

    def _keep(self, key: object, rows: "pa.Table") -> None:
        """Keep an answer; those that were not asked for the longest go."""
        self._cache[key] = rows
        self._cached_bytes += rows.nbytes
        while self._cache and (
            len(self._cache) > CACHED_RESULTS or self._cached_bytes > CACHED_BYTES
        ):
            self._cached_bytes -= self._cache.popitem(last=False)[1].nbytes

    def _kept(self, key: object) -> "pa.Table | None":
        """An answer that is kept, and is so a while longer."""
        with self._guard:
            if key in self._cache:
                self._cache.move_to_end(key)
            return self._cache.get(key)

    def _drop_stale(self) -> None:
        """Forget what was read before another change was committed, by whichever process.

        A commit writes the catalogue's file or its log, so size and time tell it in microseconds; asking
        DuckLake for its snapshot takes 3 ms. The file must not be opened here: a second SQLite library in
        the process would let go of the locks that DuckDB's own holds on it. A commit is in the file before
        it can be read; what was read while a writer was at it is forgotten once more when it is done.
        """
        seen, writing = self.stamp(), stamp_of(self.folder / UNFINISHED)
        with self._guard:
            if seen != self._seen or (self._writing and writing != self._writing):
                if self._is_replaced():
                    self._attach()
                self._cache.clear()
                self._cached_bytes = 0
                self._sizes.clear()
                self._files.forget()
                self._open = None
                self._seen, self._writing = seen, writing
                self._changes += 1

    def _is_replaced(self) -> bool:
        """Whether the catalogue was restored or built anew since it was opened."""
        return identity(self.folder) not in (None, self._file)

    def _is_small(self, name: str) -> bool:
        if name not in self._sizes:
            # Of all tables at once: the catalogue tells in 2 ms, to count the rows of one takes 5.
            self._sizes.update({name: 0} | dict(self.rows(SIZES)))
        return self._sizes.get(name, 0) <= SMALL_ROWS

    def stamp(self) -> tuple[tuple[int, int] | None, ...]:
        """What changes with every committed change, whoever made it, told in microseconds."""
        there = (stamp_of(self.folder / name) for name in (breakage.CATALOGUE, breakage.LOG))
        # Whoever only reads may begin an empty log and take it away again: nothing is committed in it.
        return tuple(found if found and found[1] else None for found in there)

    @property
    def step(self) -> tuple[object, object]:
        """The stamps before and after this thread's last change: who had seen the first may follow it."""
        found: tuple[object, object] = self._within.step
        return found

    def snapshot(self) -> int:
        """Number of the last committed change, whoever made it."""
        return int(self.rows("SELECT id FROM lake.current_snapshot()")[0][0])

    def branches(self) -> list[str]:
        """Names of the open branches, main first."""
        self._drop_stale()
        return [MAIN, *sorted(self._mine())]

    def lane(self, name: str) -> str:
        """What rows of an open branch are marked with: a name that is used again gets another mark.

        Raises:
            NotFound: No branch of that name is open.
        """
        if name == MAIN:
            return MAIN
        lanes = self._mine()
        if name not in lanes:
            raise one_of(name, "branch", [MAIN, *lanes])
        return lanes[name]

    def _mine(self) -> dict[str, str]:
        """Lanes by name of the open branches that whoever asks may know of: those of another body are not."""
        actor, lanes = deeds.actor(), self._lanes()
        if actor.is_owner:
            return lanes
        mine = ("", actor.body or NO_BODY)
        return {name: lane for name, lane in lanes.items() if lane.partition(OF)[2] in mine}

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
            lane = f"{name}#{before + 1}" if before else name
            # What the owner opens is common to all.
            actor = deeds.actor()
            of = "" if actor.is_owner else f"{OF}{actor.body or NO_BODY}"
            self.log_branch(lane + of, name, CREATED)

    def log_branch(self, lane: str, name: str, event: str) -> None:
        """Note what becomes of a branch, within a change."""
        values = [lane, name, event, self.now()]
        self.connection.execute("INSERT INTO lake.branch VALUES (?, ?, ?, ?)", values)
        deeds.note({"branch": lane, "name": name, "event": event})
        self._open = None

    def now(self) -> datetime:
        """The time of a change: later than that of every change before, whatever the clock says."""
        stamp, last = self._latest
        if stamp != self.stamp():
            last = self._last()
        now = datetime.now(UTC)
        now = now if last is None or last < now else last + timedelta(microseconds=1)
        self._latest = self.stamp(), now
        return now

    def _last(self) -> datetime | None:
        """When the last change before was."""
        sql = (
            "SELECT max(last) AS last FROM (SELECT max(written_at) AS last FROM lake.batch"
            " UNION ALL SELECT max(happened_at) FROM lake.branch)"
        )
        # Through Arrow: the engine's own fetch of an aware instant asks for pytz.
        last: datetime | None = (
            self.connection.execute(sql).to_arrow_table().column("last")[0].as_py()
        )
        return last

    @contextmanager
    def change(self) -> "Iterator[duckdb.DuckDBPyConnection]":
        """One transaction: all of it is kept, or nothing; other writers, of any process, wait.

        Raises:
            Unavailable: The disk is full or the catalogue broken; nothing was written.
        """
        with self.alone() as connection:
            book, before = deeds.book_of(self.folder), self.stamp()
            connection.execute("BEGIN")
            self._within.change = True
            try:
                yield connection
                if book:
                    # Nothing is kept that is not audited.
                    book.settle()
                connection.execute("COMMIT")
                # Nobody else wrote meanwhile: the last change is this one, and is not looked for again.
                self._latest = self.stamp(), self._latest[1]
                self._within.step = before, self._latest[0]
            except BaseException:
                self._roll_back(connection)
                if book:
                    book.forget()
                # What was read within it is not so.
                self._seen = ()
                raise
            finally:
                self._within.change = False

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
        there = columns_there(self.rows(COLUMNS))
        refuse_other(there, self.folder)
        statements = missing(there)
        if statements:
            retry(lambda: self._create(statements))

    def _create(self, statements: Sequence[str]) -> None:
        with self.change() as connection:
            for sql in statements:
                connection.execute(sql).fetchall()
