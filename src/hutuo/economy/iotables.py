"""Reader of published input-output tables: which cells are flows, output, imports, value added.

Published tables have titles above, codes beside names, totals between blocks; what is what is told by labels.
Industries are found as the longest run of labels that rows and columns have in common, in the same order.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.grids import Grid

__all__ = ["PublishedTable", "domestic", "read_table", "table_in"]

Array = npt.NDArray[np.float64]
# How far a head reaches from the corner, and what rows and columns are called, in the tables of the National
# Bureau of Statistics and in English ones.
DEEP, FEWEST = 12, 2
TOTAL = re.compile(
    r"总投入(?:合计)?|总产出(?:合计)?|TI|GO|[Tt]otal (?:input|output)s?|[Oo]utput|x"
)
ADDED = re.compile(r"增加值合计|TVA|[Tt]otal value added|[Vv]alue added")
EXPORTS = re.compile(r"出口|国内省外流出|流出|调出|EX|OF|[Ee]xports?|[Oo]utflows?")
IMPORTS = re.compile(r"进口(?:\(-\))?|国内省外流入|流入|调入|IM|IF|[Ii]mports?|[Ii]nflows?")
SPACE = re.compile(r"\s+")
CHINESE = re.compile(r"[\u3400-\u9fff]")
OTHERS = re.compile(r"[^\u3400-\u9fff]")
# Published figures are rounded: totals may differ by this share.
ROUNDED = 1e-3


class PublishedTable(NamedTuple):
    """An input-output table as it was read.

    Attributes:
        industries: Names, in order.
        flows: Z, (industries, industries), what the row's industry delivers to the column's.
        output: x, (industries,), total output.
        added: Value added, (industries,); output less inputs where the table does not tell it.
        exports: What goes out, to abroad and to other provinces, (industries,); None where not told.
        imports: What comes in, (industries,), at least 0; None where not told.
        unit: Unit of measure that a title tells, else None.
        doubts: What does not add up in it.
    """

    industries: list[str]
    flows: Array
    output: Array
    added: Array
    exports: Array | None
    imports: Array | None
    unit: str | None
    doubts: list[Text]


class _Block(NamedTuple):
    """Where the industries stand: rows, columns, and the column and row of their labels."""

    rows: list[int]
    columns: list[int]
    label_column: int
    label_row: int


def read_table(path: Path, sheet: str | None = None) -> PublishedTable:
    """The table in a file of CSV, XLSX or XLS.

    Args:
        path: The file.
        sheet: Sheet to read; the first that holds something if none is named.

    Raises:
        BadInput: It is no such file, or no input-output table is found in it; all faulty cells are told.
        NotFound: There is no such sheet.
    """
    from hutuo.base import grids

    with path.open("rb") as file:
        start = file.read(2)
    kind = "xlsx" if start in (b"PK", b"\xd0\xcf") else "csv"
    return table_in(grids.read(path, kind, sheet), path.name)


def table_in(grid: "Grid", name: str) -> PublishedTable:
    """The table in the cells of a file.

    Raises:
        BadInput: No input-output table is found in it; or cells are faulty, and all of them are told.
    """
    cells = [[_word(str(cell)) for cell in row] for row in grid.cells.to_numpy()]
    block = _found(cells, name)
    reader = _Reader(cells, [int(line) for line in grid.lines], name)
    flows = reader.numbers(block.rows, block.columns)
    beside = _columns_after(cells, block)
    below = _rows_after(cells, block)
    across = {
        word: _sum([reader.numbers(block.rows, [at])[:, 0] for at in _like(beside, says)])
        for word, says in (("total", TOTAL), ("exports", EXPORTS), ("imports", IMPORTS))
    }
    down = {
        word: _sum([reader.numbers([at], block.columns)[0] for at in _like(below, says)[:1]])
        for word, says in (("total", TOTAL), ("added", ADDED))
    }
    reader.refuse()
    output = down["total"] if down["total"] is not None else across["total"]
    if output is None:
        says = Text(
            f"{name}没有总投入行或总产出列", f"{name} has no row or column of total output"
        )
        hint = Text(
            "应有一行“总投入”或一列“总产出”",
            "a row Total input or a column Total output is needed",
        )
        raise BadInput(says, hint=hint)
    imports = across["imports"]
    added = down["added"]
    return PublishedTable(
        industries=_names(cells, block),
        flows=flows,
        output=output,
        added=output - flows.sum(axis=0) if added is None else added,
        exports=across["exports"],
        imports=None if imports is None else np.abs(imports),
        unit=_unit(cells, block),
        doubts=_doubts(flows, output, across["total"], added),
    )


def domestic(table: PublishedTable) -> tuple[Array, Array]:
    """Flows of what is made within, and the share of imports in what is used within, by industry.

    Every user is taken to import the same share of what it uses of an industry (the proportional method).

    Args:
        table: A table whose flows hold imports, and that tells imports and exports.

    Returns:
        Flows, (industries, industries); shares, (industries,), 0..1.

    Raises:
        BadInput: The table tells no imports.

    Source: Miller and Blair 2009, section 4.2, competitive imports.
    """
    if table.imports is None:
        says = Text("表中没有进口或流入列", "the table has no column of imports or inflows")
        raise BadInput(says, hint=Text("或不扣除进口", "or ask without taking imports out"))
    exports = np.zeros_like(table.output) if table.exports is None else table.exports
    within = table.output + table.imports - exports
    share = np.clip(
        np.divide(table.imports, within, out=np.zeros_like(within), where=within > 0), 0, 1
    )
    flows: Array = table.flows * (1 - share)[:, None]
    return flows, share


def _word(cell: str) -> str:
    """A cell without the spaces and line breaks that Chinese words are set apart with (总 投 入)."""
    return SPACE.sub("" if CHINESE.search(cell) else " ", cell).strip()


def _found(cells: Sequence[Sequence[str]], name: str) -> _Block:
    """The block of industries: the labels that a column near the left and a row near the top share."""
    wide = max(map(len, cells), default=0)
    blocks = [
        found
        for column in range(min(DEEP, wide))
        for line in range(min(DEEP, len(cells)))
        if (found := _shared(cells, column, line))
    ]
    if not blocks:
        says = Text(f"{name}中没有找到投入产出表", f"no input-output table is found in {name}")
        hint = Text(
            "行和列应有相同的行业名称或代码,次序相同",
            "rows and columns must have the same names or codes of industries, in the same order",
        )
        raise BadInput(says, hint=hint)
    # Figures that rows and columns share by chance are as many at times, so names go before codes.
    return max(
        blocks,
        key=lambda block: (
            not cells[block.rows[0]][block.label_column].isdigit(),
            len(block.rows),
        ),
    )


def _shared(cells: Sequence[Sequence[str]], column: int, line: int) -> _Block | None:
    """The block whose labels stand in that column and row; None where they share too few."""
    down = {
        row[column]: at
        for at, row in reversed(list(enumerate(cells)))
        if at > line and column < len(row) and row[column]
    }
    run = _run(
        [
            (down[word], at)
            for at, word in enumerate(cells[line])
            if at > column and word in down and not TOTAL.fullmatch(word)
        ]
    )
    labels = [cells[row][column] for row, _ in run]
    if len(run) < FEWEST or not _are_labels(labels):
        return None
    return _Block([row for row, _ in run], [at for _, at in run], column, line)


def _are_labels(words: Sequence[str]) -> bool:
    """Whether words are names, or codes that count on by one; figures are neither."""
    if any(not re.search(r"[^\W\d_]", word) for word in words):
        codes = [int(word[-3:]) if word.isdigit() else -1 for word in words]
        return min(codes) >= 0 and all(b - a == 1 for a, b in pairwise(codes))
    return True


def _run(pairs: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
    """Pairs whose rows and columns both grow, each row once."""
    run: list[tuple[int, int]] = []
    for row, column in pairs:
        if not run or row > run[-1][0]:
            run.append((row, column))
    return run


class _Reader:
    """Cells as numbers; what is none is kept, to be told with all others."""

    def __init__(self, cells: Sequence[Sequence[str]], lines: Sequence[int], name: str) -> None:
        self.cells, self.lines, self.name = cells, lines, name
        self.faults: dict[tuple[int, int], Finding] = {}

    def numbers(self, rows: Sequence[int], columns: Sequence[int]) -> Array:
        """The cells of these rows and columns."""
        return np.array([[self._number(row, column) for column in columns] for row in rows])

    def refuse(self) -> None:
        """Tell all cells that are no numbers.

        Raises:
            BadInput: There are such cells.
        """
        if self.faults:
            many = len(self.faults)
            zh, en = (
                f"{self.name}有{many}处不是数字:",
                f"{self.name} has {many} cells that are no numbers:",
            )
            raise BadInput(Text(zh, en), list(self.faults.values()))

    def _number(self, row: int, column: int) -> float:
        text = self.cells[row][column] if column < len(self.cells[row]) else ""
        # An empty cell, or a dash, is a flow that there is not.
        if text in ("", "-", "—", "…"):
            return 0.0
        try:
            return float(text.replace(",", "").replace(",", ""))
        except ValueError:
            says = Text(f"“{text}”不是数字", f"'{text}' is no number")
            where = _letters(column)
            self.faults[row, column] = Finding(self.name, self.lines[row], where, says)
            return 0.0


def _letters(column: int) -> str:
    """A column as spreadsheets call it."""
    found = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        found = chr(65 + rest) + found
    return found


def _columns_after(cells: Sequence[Sequence[str]], block: _Block) -> dict[int, set[str]]:
    """Labels of the columns behind the industries, from all rows of the head."""
    first = min(block.rows)
    last = max(block.columns)
    return {
        at: {row[at] for row in cells[:first] if at < len(row) and row[at]}
        for at in range(last + 1, max(map(len, cells)))
    }


def _rows_after(cells: Sequence[Sequence[str]], block: _Block) -> dict[int, set[str]]:
    """Labels of the rows below the industries, from all columns of the head."""
    first, last = min(block.columns), max(block.rows)
    return {at: {word for word in cells[at][:first] if word} for at in range(last + 1, len(cells))}


def _like(labels: dict[int, set[str]], says: re.Pattern[str]) -> list[int]:
    """Rows or columns with such a label, alone or beside its English."""
    return [
        at
        for at, words in labels.items()
        if any(says.fullmatch(word) or says.fullmatch(OTHERS.sub("", word)) for word in words)
    ]


def _sum(found: Sequence[Array]) -> Array | None:
    return np.sum(found, axis=0) if found else None


def _names(cells: Sequence[Sequence[str]], block: _Block) -> list[str]:
    """Names of the industries: the column before the figures with the most letters in it."""
    first = min(block.columns)

    def letters(column: int) -> int:
        return sum(
            len(re.sub(r"[\W\d_]", "", cells[row][column]))
            for row in block.rows
            if column < len(cells[row])
        )

    column = max(range(first), key=letters)
    if not letters(column):
        column = block.label_column
    named = [cells[row][column] for row in block.rows]
    return (
        named
        if len(set(named)) == len(named)
        else [cells[r][block.label_column] for r in block.rows]
    )


def _unit(cells: Sequence[Sequence[str]], block: _Block) -> str | None:
    from hutuo.base.measures import units_in

    for row in cells[: min(block.rows)]:
        for cell in row:
            found = units_in(cell) if "单位" in cell or "unit" in cell.lower() else []
            if found:
                return found[0]
    return None


def _doubts(flows: Array, output: Array, across: Array | None, added: Array | None) -> list[Text]:
    found = []
    scale = np.maximum(output, output.max(initial=0) * ROUNDED)
    if across is not None and (np.abs(across - output) > ROUNDED * scale).any():
        off = float(np.abs(across - output).max())
        zh, en = (
            f"总投入与总产出最多相差{off:,.0f}",
            f"total input and total output differ by up to {off:,.0f}",
        )
        found.append(Text(zh, en))
    if added is not None:
        off = np.abs(flows.sum(axis=0) + added - output)
        if (off > ROUNDED * scale).any():
            zh = f"中间投入加增加值与总投入最多相差{off.max():,.0f}"
            en = f"inputs and value added differ from total input by up to {off.max():,.0f}"
            found.append(Text(zh, en))
    return found
