"""What is wrong with a lake, told so that whoever meets it knows the way back."""

import errno
import shutil
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.errors import HutuoError, Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Iterator

CATALOGUE = "lake.sqlite"
LOG = "lake.sqlite-wal"
# Where DuckLake puts the files of a table: lake/main/<table>/<name>.parquet.
PARQUET = "lake/main/*/*.parquet"
WAYS_BACK = Text(
    "请恢复备份:hutuo base care restore 文件;或用数据库自身的文件重建:"
    "hutuo base care rebuild(非缺省地区加--of 地区)",
    "put a backup back: hutuo base care restore FILE; or build it anew from the lake's own files:"
    " hutuo base care rebuild (--of REGION for another region than the default)",
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
        why = str(error).rpartition(": ")[2]
        return broken(folder, Text(why, why))
    if is_gone(error):
        zh, en = f"{folder}中的数据库缺少文件", f"a file of the lake in {folder} is missing"
        return Unavailable(Text(f"{zh}:{error}", f"{en}: {error}"), WAYS_BACK)
    return None


def is_gone(error: BaseException) -> bool:
    """Whether a Parquet file of the lake is not there (any more)."""
    text = str(error).lower()
    return "no such file" in text and ".parquet" in text


def full(folder: Path) -> Unavailable:
    """The disk has no room for what was to be written."""
    hint = Text(
        "没有写入任何内容,原有数据未变;请腾出空间后重做一次",
        "nothing was written and all before is as it was; free some space and do the same again",
    )
    return Unavailable(
        Text(f"{folder}所在的磁盘已满", f"the disk that holds {folder} is full"), hint
    )


def broken(folder: Path, says: Text) -> Unavailable:
    """The catalogue cannot be read."""
    file = folder / CATALOGUE
    zh, en = f"目录数据库{file}已损坏:{says.zh}", f"the catalogue {file} is broken: {says.en}"
    return Unavailable(Text(zh, en), WAYS_BACK)


def refuse_emptied(folder: Path) -> None:
    """A catalogue that is gone or empty beside files of rows is not a new lake.

    Raises:
        Unavailable: It is; opening it would begin an empty lake over them.
    """
    parts = [folder / CATALOGUE, folder / LOG]
    if any(part.exists() and part.stat().st_size for part in parts):
        return
    if next(folder.glob(PARQUET), None) is not None:
        zh, en = (
            ("它是空的", "it is empty") if parts[0].exists() else ("它不在了", "it is missing")
        )
        raise broken(folder, Text(f"{zh},但数据文件还在", f"{en}, but files of rows are there"))


def _is_starved(text: str, folder: Path) -> bool:
    return any(sign in text for sign in _STARVED) and (
        shutil.disk_usage(folder).free < _STARVED_BELOW
    )


def _is_full(error: BaseException, text: str) -> bool:
    codes = (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, OSError) and error.errno in codes:
        return True
    return not isinstance(error, HutuoError) and any(sign in text for sign in _FULL)
