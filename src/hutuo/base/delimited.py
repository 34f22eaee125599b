"""Text tables: CSV in UTF-8, UTF-16 or GB18030, cells apart by comma, semicolon or tab."""

import codecs
import csv
import io
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.base.grids import Grid, bounded, declared
from hutuo.base.mapping import Quarantined
from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text

if TYPE_CHECKING:
    from collections.abc import Iterable

    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

DELIMITERS = (",", ";", "\t", "|")
SAMPLED = 1 << 16
SAMPLED_ROWS = 100
LONGEST_CELL = 1 << 20
BLOCK = 8 << 20
SHOWN = 200
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def grid(path: Path, _sheet: str | None = None) -> Grid:
    """The cells of a text table; rows are numbered by the line of the file that they begin on.

    Raises:
        BadInput: It is in no known encoding, no text, or its quotes do not close.
    """
    content = utf8(path.read_bytes(), path.name)
    with declared(path.name, "CSV"):
        return _grid(content, path.name)


def utf8(content: bytes, name: str) -> bytes:
    r"""The text of a file as UTF-8 with ``\n`` at line ends: read by its mark, else as UTF-8 or GB18030.

    Raises:
        BadInput: It is none of them, or no text at all.
    """
    marked = next((code for mark, code in MARKS if content.startswith(mark)), None)
    found, last = None, 0
    for code in [marked] if marked else ["utf-8", "gb18030"]:
        found, last = _recoded(content, code)
        if found is not None:
            break
    if found is None:
        line = content.count(b"\n", 0, last) + 1
        byte = f"{content[last]:#04x}"
        finding = Text(
            f"字节{byte}既不是UTF-8也不是GB18030;请另存为UTF-8",
            f"byte {byte} is neither UTF-8 nor GB18030; save the file as UTF-8",
        )
        says = Text(f"{name}的编码无法识别:", f"{name} is in no known encoding:")
        raise BadInput(says, [Finding(name, line, "", finding)])
    if b"\0" in found:
        zh = f"{name}不是文本表格:其中有零字节"
        raise BadInput(Text(zh, f"{name} is no text table: it holds zero bytes"))
    if b"\r" in found:
        found = found.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return found.removeprefix(codecs.BOM_UTF8)


def _recoded(content: bytes, code: str) -> tuple[bytes | None, int]:
    """The text as UTF-8, or where it fails; by pieces, for one text takes up to four bytes a letter."""
    decoder = codecs.getincrementaldecoder(code)()
    pieces = []
    for start in range(0, len(content), BLOCK):
        # What was left over of the piece before counts in the position of a fault.
        left = len(decoder.getstate()[0])
        piece, end = content[start : start + BLOCK], start + BLOCK
        try:
            pieces.append(decoder.decode(piece, final=end >= len(content)).encode())
        except UnicodeError as error:
            return None, min(max(0, start - left + getattr(error, "start", 0)), len(content) - 1)
    return b"".join(pieces), 0


def delimiter(sample: str) -> str:
    """What stands between cells: that which gives the most rows the same number of cells above one."""

    def score(mark: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in _rows(sample, mark))
        del widths[1]
        width, rows = max(widths.items(), key=lambda item: item[1], default=(0, 0))
        return rows, width

    return max(DELIMITERS, key=score)


def _rows(text: str, mark: str) -> list[list[str]]:
    csv.field_size_limit(LONGEST_CELL)
    rows = []
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=mark):
        rows.append(row)
        if len(rows) == SAMPLED_ROWS:
            break
    return rows


def _grid(content: bytes, name: str) -> Grid:
    import numpy as np
    import pandas as pd

    whole = content[:SAMPLED].decode("utf-8", "replace")
    # The last line of a sample may be cut; alone it is kept.
    sample = whole if len(content) <= SAMPLED else whole.rpartition("\n")[0] or whole
    mark = delimiter(sample)
    width = _width(_rows(sample, mark))
    cells, odd = _parsed(content, mark, width)
    rows = len(cells) + len(odd)
    bounded(name, rows, width)
    at = np.array(sorted(odd), dtype=np.int64)
    places = np.setdiff1d(np.arange(rows), at, assume_unique=True)
    lines = np.arange(1, rows + 1)
    if content.count(b"\n") > rows or (rows and not content.endswith(b"\n")):
        lines += _broken(cells, places, odd)
    kept, wrong = _mended(odd, mark, width, lines)
    _closed(content, cells, lines, name)
    if kept:
        more = pd.DataFrame(list(kept.values()), columns=cells.columns, dtype="str")
        cells = pd.concat([cells, more], ignore_index=True)
        places = np.concatenate([places, np.fromiter(kept, np.int64)])
        order = np.argsort(places, kind="stable")
        cells, places = cells.iloc[order].reset_index(drop=True), places[order]
    return Grid(cells, lines[places], wrong=tuple(wrong))


def _width(rows: list[list[str]]) -> int:
    """Cells of most rows, of those that have more than one if any has."""
    widths = Counter(len(row) for row in rows)
    several = {width: found for width, found in widths.items() if width > 1}
    return max(several or {1: 1}, key=lambda width: (several.get(width, 0), width))


def _parsed(content: bytes, mark: str, width: int) -> "tuple[pd.DataFrame, dict[int, str]]":
    """Rows of the usual width, and by position the text of those of another."""
    import pyarrow as pa
    from pyarrow import csv as arrow

    odd: dict[int, str] = {}

    def aside(row: "arrow.InvalidRow") -> str:
        odd[row.number - 1] = row.text
        return "skip"

    names = [str(place) for place in range(width)]
    table = arrow.read_csv(
        pa.BufferReader(content),
        # One thread: only then are the rows that are put aside numbered.
        arrow.ReadOptions(use_threads=False, column_names=names, block_size=BLOCK),
        arrow.ParseOptions(
            delimiter=mark,
            newlines_in_values=True,
            ignore_empty_lines=False,
            invalid_row_handler=aside,
        ),
        arrow.ConvertOptions(
            column_types=dict.fromkeys(names, pa.string()), strings_can_be_null=False
        ),
    )
    frame = table.to_pandas()
    frame.columns = range(width)
    return frame, odd


def _broken(
    cells: "pd.DataFrame", places: "NDArray[np.int64]", odd: dict[int, str]
) -> "NDArray[np.int64]":
    """Line breaks within cells in all rows before each row."""
    import numpy as np

    within = np.zeros(len(cells) + len(odd), dtype=np.int64)
    for name in cells.columns:
        within[places] += cells[name].str.count("\n").to_numpy(dtype=np.int64)
    for place, text in odd.items():
        within[place] = text.strip("\n").count("\n")
    return np.concatenate([[0], np.cumsum(within)[:-1]]).astype(np.int64)


def _mended(
    odd: dict[int, str], mark: str, width: int, lines: "NDArray[np.int64]"
) -> tuple[dict[int, list[str]], list[Quarantined]]:
    """Rows with cells left off, as trailing ones often are, filled up; rows with too many put aside."""
    kept, wrong = {}, []
    for place, text in odd.items():
        row = next(iter(_rows(text, mark)), [])
        while len(row) > width and not row[-1].strip():
            row.pop()
        if len(row) <= width:
            kept[place] = row + [""] * (width - len(row))
            continue
        zh = f"该行有{len(row)}个单元格,其他行有{width}个;含分隔符的内容要加引号"
        en = f"has {len(row)} cells where others have {width}; quote a cell that holds a '{mark}'"
        wrong.append(Quarantined(int(lines[place]), "", Text(zh, en), text[:SHOWN]))
    return kept, wrong


def _closed(content: bytes, cells: "pd.DataFrame", lines: "NDArray[np.int64]", name: str) -> None:
    """Refuse a file whose last quote does not close: all rows after it would be one cell."""
    last: Iterable[str] = cells.iloc[-1] if len(cells) else ()
    if content.count(b'"') % 2 and any("\n" in cell for cell in last):
        finding = Text(
            "该行的引号没有成对;请补上或去掉",
            "a quote opens in this row and does not close; close it or take it out",
        )
        says = Text(f"{name}不是可读的CSV:", f"{name} is no readable CSV:")
        raise BadInput(says, [Finding(name, int(lines[-1]), "", finding)])
