"""Spreadsheets: XLSX and XLS, with merged cells; rows are numbered as in the sheet."""

from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base import apart
from hutuo.base.grids import Grid, bounded, declared
from hutuo.base.packages import MOST_CELLS
from hutuo.errors import BadInput, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from python_calamine import CalamineWorkbook

ZIP, OLE = b"PK", b"\xd0\xcf\x11\xe0"
LARGEST_XLS = 64 << 20
# The format ends at 65,536 rows of 256 columns, so that a sheet of numbers takes some 100 MB.
ROOM = apart.Room(1 << 30, 60, ("python_calamine",))


class Sheet(NamedTuple):
    """One sheet: its cells as text from its first cell on, and merged ranges."""

    name: str
    names: list[str]
    rows: list[list[str]]
    merged: list[list[int]]


def grid(path: Path, sheet: str | None = None) -> Grid:
    """The cells of a sheet; the first that holds something if none is named.

    Raises:
        BadInput: It is broken, a bomb, or would not fit.
        NotFound: There is no such sheet.
    """
    import numpy as np
    import pandas as pd

    found = _sheet(path, sheet)
    width = max((len(row) for row in found.rows), default=0)
    bounded(path.name, len(found.rows), width, MOST_CELLS)
    cells = pd.DataFrame(found.rows, columns=range(width), dtype="str")
    merged = tuple((a, b, c, d) for a, b, c, d in found.merged)
    lines = np.arange(1, len(found.rows) + 1)
    return Grid(cells, lines, (), merged, (), found.name, tuple(found.names))


def _sheet(path: Path, sheet: str | None) -> Sheet:
    """Which kind it is, its first bytes say: endings are often wrong."""
    with path.open("rb") as file:
        start = file.read(4)
    if start.startswith(ZIP):
        from io import BytesIO

        from hutuo.base.packages import checked

        content = checked(path)
        with declared(path.name, "XLSX file"):
            from python_calamine import CalamineWorkbook

            with CalamineWorkbook.from_filelike(BytesIO(content)) as book:
                return taken(book, sheet)
    if start.startswith(OLE):
        return _apart(path, sheet)
    says = Text(f"{path.name}不是电子表格", f"{path.name} is no spreadsheet")
    hint = Text("应为XLSX、XLS或CSV文件", "an XLSX or XLS file, or a CSV")
    raise BadInput(says, hint=hint)


def taken(book: "CalamineWorkbook", sheet: str | None) -> Sheet:
    """A sheet of an open book.

    Raises:
        NotFound: There is no such sheet.
        BadInput: No sheet holds anything.
    """
    names = list(book.sheet_names)
    if sheet is not None and sheet not in names:
        raise one_of(sheet, "sheet", names)
    for name in [sheet] if sheet is not None else names:
        found = book.get_sheet_by_name(name)
        if found.start is None:
            continue
        left = [""] * found.start[1]
        rows = [left + [text_of(cell) for cell in row] for row in found.iter_rows()]
        merged = [[*first, *last] for first, last in found.merged_cell_ranges or ()]
        return Sheet(name, names, rows, merged)
    listed = ", ".join(names)[:200]
    says = Text("各单元格都是空的", "no cell of it holds anything")
    raise BadInput(says, hint=Text(f"工作表:{listed}", f"sheets: {listed}"))


def text_of(cell: object) -> str:
    """A cell as a person would write it: whole numbers without a point, dates as 2024-12-31."""
    if isinstance(cell, str):
        return cell
    if isinstance(cell, bool):
        return "yes" if cell else "no"
    if isinstance(cell, float):
        return str(int(cell)) if cell.is_integer() and abs(cell) < 1e15 else repr(cell)  # noqa: PLR2004 - exact
    if isinstance(cell, datetime | date | time):
        return cell.isoformat()
    if isinstance(cell, timedelta):
        return str(cell.total_seconds())
    return str(cell)


def _apart(path: Path, sheet: str | None) -> Sheet:
    """A sheet of the old binary format, read in a process of its own.

    One cell at the far corner makes the parser ask for more memory than there is, which ends a process.

    Raises:
        BadInput: It is broken, or would not fit.
        NotFound: There is no such sheet.
    """
    if path.stat().st_size > LARGEST_XLS:
        most = f"{LARGEST_XLS:,}"
        says = Text(f"{path.name}超过{most}字节", f"{path.name} is larger than {most} bytes")
        raise BadInput(says, hint=Text("请另存为XLSX", "save it as XLSX"))
    return apart.run(path.name, ROOM, old, path, sheet)


def old(path: Path, sheet: str | None = None) -> Sheet:
    """A sheet of the old binary format, read in this process.

    Raises:
        BadInput: It is broken, or would not fit.
        NotFound: There is no such sheet.
    """
    from python_calamine import CalamineWorkbook

    with declared(path.name, "XLS file"), CalamineWorkbook.from_path(path) as book:
        return taken(book, sheet)
