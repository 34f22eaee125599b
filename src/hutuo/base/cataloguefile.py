"""The catalogue's SQLite file, read and copied without the lake's engine.

Another process does it: two SQLite libraries in one process would let go of each other's locks on the file,
which belong to the process (POSIX). A catalogue that is broken can be looked at this way too.
"""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple

from hutuo.base import breakage

_START = """
import json, pathlib, sqlite3, sys
def opened(path, mode):
    return sqlite3.connect(f"{pathlib.Path(path).absolute().as_uri()}?mode={mode}", uri=True, timeout=60)
words = sys.argv[1:]
try:
"""
_END = """
except sqlite3.Error as error:
    print(json.dumps({"error": str(error)}))
"""
_READ = """
    lake = opened(words[0], "ro")
    told = [line for (line,) in lake.execute("PRAGMA quick_check(3)") if line != "ok"]
    if told:
        raise sqlite3.DatabaseError("; ".join(told))
    files = lake.execute(
        "SELECT t.table_name, s.path || t.path || f.path, f.record_count, f.file_size_bytes"
        " FROM ducklake_data_file f JOIN ducklake_table t USING (table_id)"
        " JOIN ducklake_schema s USING (schema_id) WHERE f.end_snapshot IS NULL"
        " ORDER BY t.table_name, f.data_file_id").fetchall()
    columns = lake.execute(
        "SELECT t.table_name, c.column_name, c.column_type FROM ducklake_column c"
        " JOIN ducklake_table t USING (table_id) WHERE c.end_snapshot IS NULL ORDER BY 1, 2").fetchall()
    waiting = lake.execute("SELECT path FROM ducklake_files_scheduled_for_deletion").fetchall()
    count = lake.execute("SELECT count(*) FROM ducklake_snapshot").fetchone()[0]
    print(json.dumps({"files": files, "columns": columns, "snapshots": count,
                      "waiting": [path for (path,) in waiting]}))
"""
_COPY = """
    lake, copy = opened(words[0], "ro"), opened(words[1], "rwc")
    lake.backup(copy)
    copy.execute("PRAGMA journal_mode = DELETE")
    copy.close()
    print("{}")
"""
_MOVE = """
    lake = opened(words[0], "rw")
    lake.execute("UPDATE ducklake_metadata SET value = ? WHERE key = 'data_path'", [words[1]])
    lake.commit()
    lake.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
    lake.close()
    print("{}")
"""


class File(NamedTuple):
    """A Parquet file that the catalogue knows.

    Attributes:
        table: Table that its rows are of.
        path: Where it lies, beneath the lake's folder ``lake``.
        rows: Number of its rows.
        size: Its bytes.
    """

    table: str
    path: str
    rows: int
    size: int


class Contents(NamedTuple):
    """What a catalogue says.

    Attributes:
        files: Files of the present state.
        columns: Table, column, and type as the catalogue writes it.
        snapshots: Number of states that are kept.
        waiting: Files that no state needs and that are still there.
    """

    files: list[File]
    columns: list[tuple[str, str, str]]
    snapshots: int
    waiting: list[str]


def contents(folder: Path) -> Contents:
    """What the catalogue of a lake says.

    Raises:
        Unavailable: It is broken or gone.
    """
    said = _run(_READ, folder, folder / breakage.CATALOGUE)
    return Contents(
        [File(*row) for row in said["files"]],
        [(table, column, kind) for table, column, kind in said["columns"]],
        said["snapshots"],
        said["waiting"],
    )


def copy(folder: Path, target: Path) -> None:
    """A consistent copy of the catalogue as one file, whoever has it open."""
    _run(_COPY, folder, folder / breakage.CATALOGUE, target)


def move(folder: Path, home: Path) -> None:
    """Tell a catalogue that nobody has open that its files will lie in another folder."""
    _run(_MOVE, folder, folder / breakage.CATALOGUE, f"{home / 'lake'}/")


def _run(script: str, folder: Path, *words: object) -> dict[str, Any]:
    # Our own interpreter, a script of ours, and paths as words of their own.
    command = [sys.executable, "-I", "-c", _START + script + _END, *map(str, words)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)  # noqa: S603
    said: dict[str, Any] = json.loads(done.stdout)
    if "error" in said:
        error = OSError(said["error"])
        raise breakage.told(error, folder) or breakage.broken(folder, said["error"])
    return said
