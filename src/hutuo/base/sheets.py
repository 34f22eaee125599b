"""CSV members of an archive as text columns with their row numbers; rows that do not fit are held back."""

import csv
import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.grids import declared
from hutuo.base.mapping import Quarantined
from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text

if TYPE_CHECKING:
    import pandas as pd

ROW = "_row"
LISTED = 20
SHOWN = 100
BLOCK = 1 << 24
MOST_COLUMNS = 200
BOM = b"\xef\xbb\xbf"


class Spec(NamedTuple):
    """Columns of a CSV that are read.

    Attributes:
        required: Columns that must be there.
        optional: Columns that are filled with nothing where they are not.
        keys: Columns that together name a row.
    """

    required: tuple[str, ...]
    optional: tuple[str, ...] = ()
    keys: tuple[str, ...] = ()


class Told(NamedTuple):
    """What is said of a file while it is read; both lists grow.

    Attributes:
        file: Name of the file that came in.
        held: Rows that are not taken.
        findings: Remarks.
    """

    file: str
    held: list[Quarantined]
    findings: list[Finding]


def sheet(name: str, content: bytes, spec: Spec, told: Told) -> "pd.DataFrame":
    """The columns of a CSV as text without blanks around it, with its row number in the column ``_row``.

    Args:
        name: Name of the CSV.
        content: Its bytes: UTF-8, with a byte order mark or not, or GB18030.
        spec: Columns to read.
        told: Where rows that are held back go.

    Raises:
        BadInput: It is no CSV, or lacks required columns.
    """
    content = _utf8(name, content, told)
    with declared(_called(told, name), "CSV"):
        head = _head(content)
        _whole(name, head, spec, told)
        table = _read(name, content, head, spec, told)
    return _unique(table, name, spec, told)


def keep(
    frame: "pd.DataFrame", good: "pd.Series[bool]", where: str, reason: Text, told: Told
) -> "pd.DataFrame":
    """The rows that are good; the others are held back.

    Args:
        frame: Rows with their column ``_row``.
        good: Which are good.
        where: ``file.txt/column``.
        reason: Why the others are not, after the cell in quotes.
        told: Where they go.
    """
    if good.all():
        return frame
    bad = frame[~good]
    column = where.rpartition("/")[2]
    cells = bad[column].astype(str).str[:SHOWN].tolist() if column in bad else [""] * len(bad)
    for row, cell in zip(bad[ROW].tolist(), cells, strict=True):
        says = Text(f"“{cell}”{reason.zh}", f"'{cell}' {reason.en}")
        told.held.append(Quarantined(int(row), where, says, cell))
    return frame[good]


def remark(frame: "pd.DataFrame", where: str, says: Text, told: Told, cells: str) -> None:
    """One remark a row, the first ones; the rest are counted.

    Args:
        frame: Rows to remark on.
        where: ``file.txt/column``.
        says: What is said of a cell, which stands where the braces are.
        told: Where it goes.
        cells: Column that is quoted.
    """
    name, _, column = where.partition("/")
    file = _called(told, name)
    rows = frame[[ROW, cells]].head(LISTED).itertuples(index=False)
    told.findings.extend(
        Finding(file, int(row), column, filled(says, str(cell)[:SHOWN])) for row, cell in rows
    )
    if len(frame) > LISTED:
        told.findings.append(Finding(file, None, column, more_like(len(frame) - LISTED)))


def filled(says: Text, cell: str) -> Text:
    """Words about a cell, which takes the place of their braces."""
    return Text(says.zh.format(cell), says.en.format(cell))


def more_like(number: int) -> Text:
    """How many more there are of what was told."""
    return Text(f"另有{number:,}处同样的问题", f"and {number:,} more like these")


def _called(told: Told, name: str) -> str:
    """A CSV of an archive by both names; one that came alone by its own."""
    return f"{told.file}/{name}" if name else told.file


def _utf8(name: str, content: bytes, told: Told) -> bytes:
    content = content.removeprefix(BOM)
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        try:
            text = content.decode("gb18030")
        except UnicodeDecodeError as error:
            zh, en = "既不是UTF-8也不是GB18030编码", "is neither UTF-8 nor GB18030"
            file = _called(told, name)
            hint = Text("请另存为UTF-8", "save it as UTF-8")
            raise BadInput(Text(f"{file}{zh}", f"{file} {en}"), hint=hint) from error
        says = Text("不是UTF-8编码;已按GB18030读取", "is not UTF-8; it was read as GB18030")
        told.findings.append(Finding(_called(told, name), None, "", says))
        return text.encode()
    return content


def heading(content: bytes) -> list[str]:
    """Cells of the first line: UTF-8 or GB18030, with a byte order mark or not."""
    content = content.removeprefix(BOM).partition(b"\n")[0]
    try:
        content.decode("utf-8")
    except UnicodeDecodeError:
        content = content.decode("gb18030", "replace").encode()
    with declared("header", "CSV"):
        return _head(content)


def _head(content: bytes) -> list[str]:
    line = content.partition(b"\n")[0][:BLOCK].decode("utf-8", "replace")
    return [cell.strip() for cell in next(csv.reader(io.StringIO(line)), [])]


def _whole(name: str, head: Sequence[str], spec: Spec, told: Told) -> None:
    lost = [column for column in spec.required if column not in head]
    twice = sorted({c for c in (*spec.required, *spec.optional) if head.count(c) > 1})
    file = _called(told, name)
    lacking = Text("缺少此列", "column is missing")
    again = Text("此列出现两次;请只保留一个", "column stands twice; keep one")
    faults = [Finding(file, 1, column, lacking) for column in lost]
    faults += [Finding(file, 1, column, again) for column in twice]
    if (count := len(head)) > MOST_COLUMNS:
        zh, en = (
            f"有{count:,}列,最多{MOST_COLUMNS}列",
            f"has {count:,} columns; at most {MOST_COLUMNS}",
        )
        faults.append(Finding(file, 1, "", Text(zh, en)))
    if faults:
        has = ", ".join(head)[:500] or "-"
        says = Text(f"{file}不合要求:", f"{file} is not as it should be:")
        raise BadInput(says, faults, Text(f"现有的列:{has}", f"its columns are {has}"))


def _read(name: str, content: bytes, head: list[str], spec: Spec, told: Told) -> "pd.DataFrame":
    import numpy as np
    import pandas as pd
    import pyarrow as pa
    import pyarrow.compute as pc
    from pyarrow import csv as arrow_csv

    ragged: list[int] = []

    def odd(row: arrow_csv.InvalidRow) -> str:
        ragged.append(row.number)
        if row.text.strip():
            zh = f"有{row.actual_columns}个单元格,表头有{row.expected_columns}个"
            en = f"has {row.actual_columns} cells; the header has {row.expected_columns}"
            told.held.append(Quarantined(row.number, name, Text(zh, en), row.text[:SHOWN]))
        return "skip"

    wanted = [c for c in (*spec.required, *spec.optional) if c in head]
    unlike = [f"{at}:{c}" if head.index(c) != at else c for at, c in enumerate(head)]
    if not content.partition(b"\n")[2].strip():
        table = pa.table({c: pa.array([], pa.string()) for c in wanted})
    else:
        table = arrow_csv.read_csv(
            io.BytesIO(content),
            read_options=arrow_csv.ReadOptions(
                use_threads=False,
                # A block is taken whole from memory, however little there is to read.
                block_size=min(BLOCK, len(content) + 1),
                skip_rows=1,
                column_names=unlike,
            ),
            parse_options=arrow_csv.ParseOptions(
                newlines_in_values=True, ignore_empty_lines=False, invalid_row_handler=odd
            ),
            convert_options=arrow_csv.ConvertOptions(
                include_columns=wanted,
                column_types=dict.fromkeys(wanted, pa.string()),
                strings_can_be_null=False,
            ),
        )
    cells = [pc.utf8_trim_whitespace(table[c]) for c in wanted]
    # An empty line is no row.
    written = np.full(table.num_rows, not cells)
    for one in cells:
        written |= pc.not_equal(one, "").to_numpy()
    lines = np.arange(2, table.num_rows + len(ragged) + 2)
    lines = lines[~np.isin(lines, ragged)][: table.num_rows]
    blank = np.full(table.num_rows, "")
    columns = {c: pd.array(one, dtype="str") for c, one in zip(wanted, cells, strict=True)}
    more = {c: pd.array(blank, dtype="str") for c in spec.optional if c not in columns}
    frame = pd.DataFrame(columns | {ROW: lines} | more)
    return frame if written.all() else frame[written].reset_index(drop=True)


def _unique(frame: "pd.DataFrame", name: str, spec: Spec, told: Told) -> "pd.DataFrame":
    """Rows whose key is written and stands once; of several the first is taken."""
    for key in spec.keys:
        says = Text("为空;此列必填", "is empty; it is required")
        frame = keep(frame, frame[key] != "", f"{name}/{key}", says, told)
    if not spec.keys:
        return frame
    twice = frame.duplicated(list(spec.keys))
    says = Text("与前面的行重复;只取第一行", "stands in a row before; the first is taken")
    return keep(frame, ~twice, f"{name}/{spec.keys[-1]}", says, told)
