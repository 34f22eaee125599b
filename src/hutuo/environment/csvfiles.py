"""A user's own CSV files: read by column in either language, every fault told with its row."""

import csv
import io
from collections.abc import Mapping, Sequence
from math import isfinite
from typing import TYPE_CHECKING, NamedTuple

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Line", "number", "read_lines", "whole"]

NO = ("", "-", "—", "NA", "N/A", "null")


class Line(NamedTuple):
    """A row of a file.

    Attributes:
        row: Its number, the heading being 1.
        cells: What stands in it, by the column's English name.
    """

    row: int
    cells: dict[str, str]


def read_lines(path: "Path", columns: Mapping[str, str], required: Sequence[str]) -> list[Line]:
    """Rows of a CSV file in UTF-8 or GB 18030.

    Args:
        path: The file.
        columns: English name of a column to its Chinese one.
        required: Columns that there must be.

    Raises:
        BadInput: The file is empty or no text, lacks a column, or has one that is not known or stands twice.
    """
    rows = list(csv.reader(io.StringIO(_text(path))))
    if not rows:
        raise BadInput(Text(f"{path.name}是空文件", f"{path.name} is empty"))
    names = {zh: en for en, zh in columns.items()} | {en: en for en in columns}
    heads = [names.get(head.strip(), head.strip()) for head in rows[0]]
    faults = [
        Finding(path.name, 1, head, Text("没有这一列", "there is no such column"))
        for head in heads
        if head not in columns
    ]
    faults += [
        Finding(path.name, 1, head, Text("这一列出现了两次", "the column stands twice"))
        for head in sorted({head for head in heads if heads.count(head) > 1})
    ]
    faults += [
        Finding(
            path.name, 1, f"{columns[head]} / {head}", Text("缺这一列", "the column is missing")
        )
        for head in required
        if head not in heads
    ]
    if faults:
        possible = "、".join(f"{en}({zh})" for en, zh in columns.items())
        raise BadInput(
            Text(f"{path.name}的表头不对:", f"the heading of {path.name} is wrong:"),
            faults,
            Text(f"可用的列:{possible}", f"columns: {', '.join(columns)}"),
        )
    return [
        Line(at, dict(zip(heads, (*cells, *[""] * (len(heads) - len(cells))), strict=False)))
        for at, cells in enumerate(rows[1:], 2)
        if any(cell.strip() not in NO for cell in cells)
    ]


def number(file: str, line: Line, column: str, faults: list[Finding]) -> float | None:
    """A cell as a number; None if it is empty or, which is told, is none."""
    written = line.cells.get(column, "").strip()
    if written in NO:
        return None
    try:
        value = float(written)
    except ValueError:
        value = float("nan")
    if not isfinite(value):
        zh, en = f"“{written}”不是数字,如12.5", f"'{written}' is not a number, as 12.5"
        faults.append(Finding(file, line.row, column, Text(zh, en)))
        return None
    return value


def whole(
    file: str, line: Line, column: str, bounds: tuple[int, int], faults: list[Finding]
) -> int | None:
    """A cell as a whole number within bounds; None if it is empty or, which is told, is none."""
    before = len(faults)
    value = number(file, line, column, faults)
    if value is None:
        if len(faults) == before:
            faults.append(Finding(file, line.row, column, Text("必填", "it is required")))
        return None
    low, high = bounds
    if value != int(value) or not low <= value <= high:
        zh, en = (
            f"“{value:g}”应为{low}至{high}的整数",
            f"'{value:g}' is no whole number of {low} to {high}",
        )
        faults.append(Finding(file, line.row, column, Text(zh, en)))
        return None
    return int(value)


def _text(path: "Path") -> str:
    content = path.read_bytes()
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise BadInput(
        Text(f"{path.name}不是文本文件", f"{path.name} is no text"),
        (),
        Text("请存为UTF-8编码的CSV", "save it as CSV in UTF-8"),
    )
