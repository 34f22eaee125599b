"""Grids: a table file as cells of text with the row of the file each stands in, whatever its format."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple
from zipfile import BadZipFile

from hutuo.errors import BadInput
from hutuo.glossary import Text

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.base.mapping import Quarantined

LARGEST_FILE = 512 << 20
MOST_COLUMNS = 2_000
MOST_CELLS = 60_000_000
# What readers throw at broken bytes; a fault of our own, as a wrong name, is none of these and stays one.
FOREIGN = (ValueError, OSError, ArithmeticError, MemoryError, RuntimeError, EOFError, BadZipFile)
FOREIGN_MODULES = {"pyarrow", "python_calamine", "pyo3_runtime", "_csv", "zlib", "struct"}


class Grid(NamedTuple):
    """Cells of a file.

    Attributes:
        cells: Text of every cell, "" where nothing stands; columns are numbered from 0.
        lines: Row in the file of each row, as a person counts it, from 1.
        names: Names of the columns where the format itself has them, else none.
        merged: Merged cells as (first row, first column, last row, last column), positions from 0.
        wrong: Rows that could not be read, and why.
        sheet: Sheet that was read, None where the format has none.
        sheets: Sheets that there are.
    """

    cells: "pd.DataFrame"
    lines: "NDArray[np.int64]"
    names: tuple[str, ...] = ()
    merged: tuple[tuple[int, int, int, int], ...] = ()
    wrong: "tuple[Quarantined, ...]" = ()
    sheet: str | None = None
    sheets: tuple[str, ...] = ()


def read(path: Path, kind: str, sheet: str | None = None) -> Grid:
    """The cells of a file.

    Args:
        path: The file.
        kind: ``csv``, ``xlsx``, ``xls`` or ``parquet``.
        sheet: Sheet to read; the first that holds something if none is named.

    Raises:
        BadInput: The file is too large, broken, or not of that kind.
        NotFound: There is no such sheet.
    """
    from hutuo.base import columnar, delimited, spreadsheets

    readers = {
        "csv": delimited.grid,
        "xlsx": spreadsheets.grid,
        "xls": spreadsheets.grid,
        "parquet": columnar.grid,
    }
    size = size_of(path)
    if size > LARGEST_FILE:
        raise BadInput(
            Text(f"{path.name}有{size:,}字节", f"{path.name} has {size:,} bytes"),
            hint=Text(
                f"最多{LARGEST_FILE:,};请拆分文件", f"at most {LARGEST_FILE:,}; split the file"
            ),
        )
    if size == 0:
        says = Text(f"{path.name}是空文件", f"{path.name} is empty")
        raise BadInput(says, hint=Text("其中没有任何内容", "nothing stands in it"))
    return readers[kind](path, sheet)


def size_of(path: Path) -> int:
    """Bytes of a file.

    Raises:
        BadInput: It cannot be read.
    """
    try:
        return path.stat().st_size if path.is_file() else _no_file(path)
    except OSError as error:
        zh, en = f"{path.name}无法读取", f"{path.name} cannot be read"
        says = Text(f"{zh}:{error.strerror}", f"{en}: {error.strerror}")
        raise BadInput(says) from error


def bounded(name: str, rows: int, columns: int, most: int = MOST_CELLS) -> None:
    """Refuse a table that would not fit.

    Raises:
        BadInput: It has too many columns or cells.
    """
    if columns > MOST_COLUMNS:
        hint = Text(
            f"最多{MOST_COLUMNS:,}列;年份与指标可以放在行中",
            f"at most {MOST_COLUMNS:,}; years and indicators may stand in rows",
        )
        says = Text(f"{name}有{columns:,}列", f"{name} has {columns:,} columns")
        raise BadInput(says, hint=hint)
    if rows * columns > most:
        hint = Text(
            f"最多{most:,}个单元格;请拆分文件,或去掉空行空列",
            f"at most {most:,}; split the file, or leave out empty rows and columns",
        )
        zh, en = f"{name}有{rows:,}行、每行{columns:,}个单元格", f"{name} has {rows:,} rows"
        raise BadInput(Text(zh, f"{en} of {columns:,} cells"), hint=hint)


# What files are, in Chinese; the rest is called as it is.
FILES = {
    "GeoTIFF": "GeoTIFF栅格",
    "PBF file": "PBF文件",
    "Parquet file": "Parquet文件",
    "XLS file": "XLS文件",
    "XLSX file": "XLSX文件",
    "layer of features": "图层",
    "zip archive": "ZIP压缩包",
}


class Broken(ValueError):
    """A fault that a reader of ours finds in foreign bytes."""

    def __init__(self, zh: str, en: str) -> None:
        self.says = Text(zh, en)
        super().__init__(en)


@contextmanager
def declared(name: str, kind: str) -> Iterator[None]:
    """Whatever a reader of foreign bytes throws within becomes a fault of the file.

    A Rust reader panics with an exception that is no :class:`Exception`; it is told by its module.

    Raises:
        BadInput: The file is broken.
    """
    try:
        yield
    except BaseException as error:
        home = type(error).__module__.partition(".")[0]
        if not isinstance(error, FOREIGN) and home not in FOREIGN_MODULES:
            raise
        why = " ".join(str(error).split())[:200] or type(error).__name__
        says = error.says if isinstance(error, Broken) else Text(why, why)
        zh, en = f"{name}不是可读的{FILES.get(kind, kind)}", f"{name} is no readable {kind}"
        raise BadInput(Text(f"{zh}:{says.zh}", f"{en}: {says.en}")) from error


def _no_file(path: Path) -> int:
    says = Text(f"{path.name}不是文件", f"{path.name} is no file")
    raise BadInput(says, hint=Text("请给出确实存在的文件", "name a file that is there"))
