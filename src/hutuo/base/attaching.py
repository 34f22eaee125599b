"""A lake attached to an engine, and work done again while another process holds its catalogue."""

import time
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from hutuo.base import breakage
from hutuo.errors import Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    import duckdb

EXTENSIONS = ("sqlite_scanner", "ducklake")
# A busy SQLite catalogue answers after another writer's commit; measured: commits of a pack take < 1 s.
TRIES, PAUSE = 40, 0.05
# Milliseconds that a commit waits for readers. Past them DuckLake's connection is locked for good, so long.
PATIENCE = 60_000
# Files of extensions whose signature the engine found good in this process: to hash one takes 0.13 s.
_signed: dict[Path, tuple[int, int] | None] = {}

T = TypeVar("T")


def stamp_of(file: Path) -> tuple[int, int] | None:
    """Time and size of a file, which change with what stands in it; None where it is not."""
    try:
        found = file.stat()
    except FileNotFoundError:
        return None
    return found.st_mtime_ns, found.st_size


def sweep(connection: "duckdb.DuckDBPyConnection") -> int:
    """Delete files that no state of the catalogue knows, where nobody writes; the number of them."""
    sql = "CALL ducklake_delete_orphaned_files('lake', cleanup_all => true)"
    return len(connection.execute(sql).fetchall())


def identity(folder: Path) -> tuple[int, int] | None:
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


def attached(folder: Path) -> "duckdb.DuckDBPyConnection":
    """An engine with the lake of a folder attached as ``lake``; a catalogue that is not there is begun.

    Raises:
        Unavailable: An extension is missing, the catalogue is broken or stays busy.
    """
    connection = _engine()
    # Else the engine draws a bar into what a program prints, if it is ``python -c`` or a notebook.
    connection.execute("SET enable_progress_bar = false")
    # Files never change; reading their row groups' statistics anew takes 15 ms for a thousand groups.
    connection.execute("SET GLOBAL parquet_metadata_cache = true")
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


def _engine() -> "duckdb.DuckDBPyConnection":
    """An engine with the extensions, each of them signed; one that is loaded again is not hashed again."""
    import duckdb

    files = {file: stamp_of(file) for file in map(extension, EXTENSIONS)}
    known = all(_signed.get(file) == stamp for file, stamp in files.items())
    off: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_unsigned_extensions": "true" if known else "false",
    }
    connection = duckdb.connect(":memory:", config=off)
    for file in files:
        connection.execute(f"LOAD '{file}'")
    # From here on no other can be loaded without a signature.
    connection.execute("SET allow_unsigned_extensions = false")
    _signed.update(files)
    return connection


def extension(name: str) -> Path:
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
