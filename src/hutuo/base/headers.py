"""Headers of statistical tables: where they stand, what each column is called, and the unit it names.

Yearbooks write a title above, "单位:万人" beside it, a header of one to three rows with merged cells, and
notes below. A column is called by the texts of its header cells from top to bottom, joined by " / ".
"""

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from hutuo.base.grids import Grid
from hutuo.errors import BadInput
from hutuo.glossary import Text

JOINT = " / "
HEAD = 60
MOST_HEADERS = 6
# How tables write that a figure is not there, is zero, or is too small: none of them is a number.
MISSING = {
    "",
    "-",
    "--",
    "—",
    "——",
    "–",
    "…",
    "……",
    "...",
    "..",
    "/",
    "*",
    "x",
    "X",
    "na",
    "n/a",
    "无",
    "空",
}
NUMBER = re.compile(r"[-+]?(?:\d{1,3}(?:,\d{3})+|\d+)?(?:\.\d*)?(?:[eE][-+]?\d+)?%?")
YEAR = re.compile(r"((?:19|20|21)\d\d)\s*年?(?:末|底|度)?")
IN_TITLE = re.compile(r"((?:19|20|21)\d\d)\s*年")
UNIT = re.compile(r"(?:计量)?单位\s*[::]\s*([^\s;;,,))]+)|\bunit\s*:\s*([^\s;,)]+)", re.IGNORECASE)
BRACKETED = re.compile(r"[((\[【]([^()()\[\]【】]*)[))\]】]")
HAN_SPACE = re.compile(r"(?<=[\u3000-\u9fff\uff00-\uffef])\s+(?=[\u3000-\u9fff\uff00-\uffef])")


class Head(NamedTuple):
    """What stands above the figures.

    Attributes:
        rows: Positions of the header's rows in the grid.
        names: What each column is called; no two alike.
        title: Texts above the header.
    """

    rows: tuple[int, ...]
    names: tuple[str, ...]
    title: str

    @property
    def first(self) -> int:
        """Position of the first row below the header."""
        return self.rows[-1] + 1 if self.rows else 0


def plain(text: str) -> str:
    """A text on one line in usual forms, without the spaces that tables set between Chinese characters."""
    one = " ".join(unicodedata.normalize("NFKC", text).split())
    return HAN_SPACE.sub("", one)


def head_of(grid: Grid) -> Head:
    """The header as found: the rows right above the first row of figures."""
    if grid.names:
        return Head((), _unlike(list(grid.names)), "")
    rows = grid.cells.iloc[:HEAD].to_numpy().tolist()
    texts = [[plain(cell) for cell in row] for row in rows]
    first = next((at for at, row in enumerate(texts) if _is_data(row, texts[at + 1 :])), None)
    if first is None:
        first = min(len(texts), next((at + 1 for at, row in enumerate(texts) if any(row)), 1))
    at = first - 1
    # A row whose cells say one thing, as a title, a unit or a year for the whole table, is no header.
    while at > 0 and first - at < MOST_HEADERS and len(_said(texts[at - 1])) > 1:
        at -= 1
    found = tuple(p for p in range(max(at, 0), first) if any(texts[p]))
    return _named(grid, found)


def head_at(grid: Grid, lines: Sequence[int], name: str) -> Head:
    """The header that stands in the given rows of the file.

    Raises:
        BadInput: The file has no such rows.
    """
    if not lines:
        return Head((), _unlike(list(grid.names)), "") if grid.names else _named(grid, ())
    positions = {int(line): at for at, line in enumerate(grid.lines[: max(lines)].tolist())}
    lost = [str(line) for line in lines if line not in positions]
    if lost:
        says = Text(
            f"{name}没有可作表头的第{'、'.join(lost)}行",
            f"{name} has no row {', '.join(lost)} that could be a header",
        )
        count = f"{len(grid.lines):,}"
        hint = Text(
            f"文件共{count}行;请改正header_rows", f"its rows are {count}; mend header_rows"
        )
        raise BadInput(says, hint=hint)
    return _named(grid, tuple(sorted(positions[line] for line in lines)))


def unit_text(text: str) -> str | None:
    """The unit of measure that a header or a title names, as it is written there."""
    if found := UNIT.search(text):
        return found[1] or found[2]
    inside = [words.strip() for words in BRACKETED.findall(text)]
    return (inside[-1] or None) if inside else None


def without_brackets(text: str) -> str:
    """A header without what stands in brackets, and without a unit."""
    return plain(BRACKETED.sub("", UNIT.sub("", text))).strip(" :,")


def letter(column: int) -> str:
    """A column as spreadsheets call it: A is 0."""
    letters = ""
    column += 1
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def is_number(text: str) -> bool:
    """Whether a cell is a figure."""
    return any(c.isdigit() for c in text) and NUMBER.fullmatch(text) is not None


def _said(row: list[str]) -> set[str]:
    return {cell for cell in row if cell and not UNIT.search(cell)}


def _is_data(row: list[str], below: list[list[str]]) -> bool:
    """Whether a row holds figures, and not the years of a header."""
    numbers = [cell for cell in row if is_number(cell)]
    if not numbers:
        # Figures that are all missing are figures too.
        rest = [cell for cell in row[1:] if cell]
        return bool(row[0] and rest) and all(cell.lower() in MISSING for cell in rest)
    if len(numbers) > 1 and numbers == [cell for cell in row if cell]:
        # Numbers alone: figures, or the years above them.
        return not all(YEAR.fullmatch(cell) for cell in numbers)
    if all(YEAR.fullmatch(cell) for cell in numbers):
        under = next((other for other in below if any(map(is_number, other))), row)
        return all(
            YEAR.fullmatch(o) or not is_number(o) or not is_number(r)
            for o, r in _pairs(under, row)
        )
    return True


def _pairs(one: list[str], two: list[str]) -> "zip[tuple[str, str]]":
    return zip(one, two, strict=True)


def _named(grid: Grid, rows: tuple[int, ...]) -> Head:
    width = grid.cells.shape[1]
    top = rows[0] if rows else 0
    above = grid.cells.iloc[:top]
    title = " ".join(
        dict.fromkeys(plain(c) for row in above.to_numpy().tolist() for c in row if c.strip())
    )
    texts = _filled(grid, rows)
    names = []
    for column in range(width):
        parts = [row[column] for row in texts if row[column]]
        names.append(JOINT.join(dict.fromkeys(parts)))
    return Head(rows, _unlike(names), title)


def _filled(grid: Grid, rows: tuple[int, ...]) -> list[list[str]]:
    """Texts of the header with merged cells filled, and groups whose name stands once."""
    texts = [[plain(c) for c in grid.cells.iloc[row].tolist()] for row in rows]
    place = {row: at for at, row in enumerate(rows)}
    covered = set()
    for first_row, first, last_row, last in grid.merged:
        inside = [
            place[row]
            for row in range(first_row, min(last_row, rows[-1] if rows else -1) + 1)
            if row in place
        ]
        if not inside or first_row not in place:
            continue
        for at in inside:
            for column in range(first, min(last, len(texts[0]) - 1) + 1):
                texts[at][column] = texts[place[first_row]][first]
                covered.add((at, column))
    for at in range(len(texts) - 1):
        for column in range(1, len(texts[at])):
            empty = not texts[at][column] and (at, column) not in covered
            grouped = any(low[column] and low[column - 1] for low in texts[at + 1 :])
            if empty and grouped:
                texts[at][column] = texts[at][column - 1]
    return texts


def _unlike(names: list[str]) -> tuple[str, ...]:
    """Names of columns, each once: an empty or repeated one also says its letter."""
    twice = {name for name in names if names.count(name) > 1}
    told = [
        name if name and name not in twice else f"{name} [{letter(at)}]".strip()
        for at, name in enumerate(names)
    ]
    return tuple(told)
