"""What is wrong with a lake, told so that whoever meets it knows the way back."""

import errno
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.errors import HutuoError, Unavailable

if TYPE_CHECKING:
    from collections.abc import Iterator

CATALOGUE = "lake.sqlite"
LOG = "lake.sqlite-wal"
# Where DuckLake puts the files of a table: lake/main/<table>/<name>.parquet.
PARQUET = "lake/main/*/*.parquet"
WAYS_BACK = (
    "put a backup back: hutuo base care restore FILE; or build it anew from the lake's own files:"
    " hutuo base care rebuild (--of REGION for another region than the default)"
)
# As SQLite says it, through DuckDB.
_BROKEN = ("malformed", "not a database", "file is encrypted", "no such table: ducklake_")
_FULL = ("no space left on device", "database or disk is full", "disk quota exceeded")
# SQLite needs room for the index of its log even to read, and says this where it finds none.
_STARVED = ("disk i/o error", "unable to open database file")
_STARVED_BELOW = 1 << 20


@contextmanager
def telling(folder: Path) -> "Iterator[None]":
    """Faults of the disk and of the lake's files within the block, as errors that name the way back."""
    import duckdb

    try:
        yield
    except (duckdb.Error, OSError) as error:
        known = told(error, folder)
        if known is None:
            raise
        raise known from error


def told(error: BaseException, folder: Path) -> Unavailable | None:
    """What that error means; None for an error that is not of the disk or of the lake's files."""
    text = str(error).lower()
    if _is_full(error, text) or _is_starved(text, folder):
        return full(folder)
    if any(sign in text for sign in _BROKEN):
        return broken(folder, str(error).rpartition(": ")[2])
    if is_gone(error):
        return Unavailable(f"a file of the lake in {folder} is missing: {error}", WAYS_BACK)
    return None


def is_gone(error: BaseException) -> bool:
    """Whether a Parquet file of the lake is not there (any more)."""
    text = str(error).lower()
    return "no such file" in text and ".parquet" in text


def full(folder: Path) -> Unavailable:
    """The disk has no room for what was to be written."""
    hint = "nothing was written and all before is as it was; free some space and do the same again"
    return Unavailable(f"the disk that holds {folder} is full", hint)


def broken(folder: Path, says: str) -> Unavailable:
    """The catalogue cannot be read."""
    return Unavailable(f"the catalogue {folder / CATALOGUE} is broken: {says}", WAYS_BACK)


def refuse_emptied(folder: Path) -> None:
    """A catalogue that is gone or empty beside files of rows is not a new lake.

    Raises:
        Unavailable: It is; opening it would begin an empty lake over them.
    """
    parts = [folder / CATALOGUE, folder / LOG]
    if any(part.exists() and part.stat().st_size for part in parts):
        return
    if next(folder.glob(PARQUET), None) is not None:
        state = "empty" if parts[0].exists() else "missing"
        raise broken(folder, f"it is {state}, but files of rows are there")


def _is_starved(text: str, folder: Path) -> bool:
    return any(sign in text for sign in _STARVED) and (
        shutil.disk_usage(folder).free < _STARVED_BELOW
    )


def _is_full(error: BaseException, text: str) -> bool:
    codes = (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, OSError) and error.errno in codes:
        return True
    return not isinstance(error, HutuoError) and any(sign in text for sign in _FULL)
