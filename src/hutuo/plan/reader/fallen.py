"""Tables of indicators that came apart when a page was copied: a cell a line.

Each row says how firmly its indicator is meant (预期性, 约束性). Before that stand its number, its name and
its unit; a figure for each year that the head names stands after it, or before it where the head has it so.
"""

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import NamedTuple

from hutuo.plan.reader.grids import CUMULATIVE, UNIT, Cell, number_in
from hutuo.plan.reader.lines import Line
from hutuo.plan.reader.numbers import numbers_of
from hutuo.plan.reader.words import words

KIND = re.compile(r"预期性?|约束性?|引导性|指导性")
HEADS = re.compile(r"序号|(?:主要|[一二三]级)?指标(?:名称|属性|类型)?|类别|类型|领域|单位|属性")
FIRMNESS = re.compile(r"(?:指标)?(?:属性|性质|类型)")
COLUMN = re.compile(
    r"(?P<year>20\d\d)|(?P<term>[一二三四五十]{1,2}五)|(?P<growth>年均|增速|累计)"
    r"|(?P<value>(?:基准|现状|基期|完成|目标|规划|实际|预期)值|现状)"
)
EMPTY = frozenset("-—–－/")
# A row has no more lines, a cell no more letters.
ROW, CELL = 14, 60
LONGEST_VALUE = 18
# Lines above a table, empty ones too, that its title may stand in.
TITLED = 3


class Block(NamedTuple):
    """A table that came apart.

    Attributes:
        first: Its first line.
        last: Its last line.
        start: Where it begins in the document, in characters.
        end: Where it ends, not included.
        cells: Its figures.
    """

    first: int
    last: int
    start: int
    end: int
    cells: list[Cell]


class Piece(NamedTuple):
    """A cell: the lines that it stands in, and their words."""

    first: int
    last: int
    words: str


class Column(NamedTuple):
    """A column of figures: its year, and whether it tells growth a year."""

    year: int | None
    growth: bool


def blocks_of(lines: Sequence[Line]) -> list[Block]:
    """The tables among the lines of a document whose cells stand a line each, in order."""
    anchors = [at for at, line in enumerate(lines) if KIND.fullmatch(line.words)]
    runs: list[list[int]] = []
    for at in anchors:
        if runs and at - runs[-1][-1] <= ROW:
            runs[-1].append(at)
        else:
            runs.append([at])
    found = (_block(lines, run) for run in runs if len(run) > 1)
    return [block for block in found if block is not None]


def _block(lines: Sequence[Line], anchors: list[int]) -> Block | None:
    """The table whose rows are anchored at these lines; None if no head names its columns."""
    begin = _head(lines, anchors[0])
    if begin is None:
        return None
    end = min(anchors[-1] + ROW, len(lines))
    pieces = pieces_of(lines, begin, end, apart=is_apart(lines[begin : anchors[-1]]))
    first = next(at for at, one in enumerate(pieces) if KIND.fullmatch(one.words))
    closes = _closing(pieces[:first])
    # Before its kind stand the name of the first row and mostly its unit, which head no column.
    row = 2 if first > 1 and is_unit(pieces[first - 1].words) else 1
    heading = max(first - row, 0) if closes is None else closes
    named = [at for at in range(heading) if COLUMN.search(pieces[at].words)]
    columns = columns_of("".join(one.words for one in pieces[: named[-1] + 1])) if named else []
    columns = columns or _titled(lines, begin, len(named))
    if not any(one.year for one in columns):
        return None
    cells: list[Cell] = []
    since = (named[-1] if closes is None else closes) + 1
    for at, piece in enumerate(pieces):
        if not KIND.fullmatch(piece.words) or at < since:
            continue
        if closes is None:
            values = _values(pieces, at, len(columns), _ordinal(pieces[since:at]))
            before = pieces[since:at]
        else:
            values = _trailing(pieces[since:at], len(columns))
            before = pieces[since : at - len(values)]
        since = at + 1 + (len(values) if closes is None else 0)
        named_ = name_of([one.words for one in before])
        cells += row_of(lines, named_, values, columns, piece.words)
    last = pieces[min(since, len(pieces)) - 1].last
    return Block(begin, last, lines[begin].start, lines[last].end, cells)


def _titled(lines: Sequence[Line], begin: int, count: int) -> list[Column]:
    """The one column of a head that names no year, if the title above it does."""
    if count != 1:
        return []
    above = [line.words for line in lines[max(begin - TITLED, 0) : begin] if line.words.strip()]
    return columns_of(above[-1])[-1:] if above and len(above[-1]) <= CELL else []


def _closing(head: Sequence[Piece]) -> int | None:
    """Where a head has its column of kinds, if that closes its rows; None if it stands before the figures."""
    kinds = [at for at, one in enumerate(head) if FIRMNESS.fullmatch(one.words)]
    if not kinds:
        return None
    told = [one for piece in head[: kinds[-1]] for one in COLUMN.finditer(piece.words)]
    return kinds[-1] if any(one["year"] or one["term"] or one["value"] for one in told) else None


def _trailing(row: Sequence[Piece], count: int) -> list[Piece]:
    """Cells at the end of a row that hold its figures, or say that there is none."""
    found: list[Piece] = []
    for one in reversed(row):
        if len(found) == count or not (one.words in EMPTY or is_value(one.words)):
            break
        found.insert(0, one)
    return found


def _head(lines: Sequence[Line], anchor: int) -> int | None:
    """The line that the head of a table begins with."""
    found = None
    for at in range(anchor - 1, max(-1, anchor - 3 * ROW), -1):
        said = re.sub(r"\s", "", lines[at].words)
        if len(said) > CELL or said.endswith("。"):
            break
        if HEADS.fullmatch(said):
            found = at
    return found


def is_apart(lines: Sequence[Line]) -> bool:
    """Whether empty lines stand between cells, so that lines next to each other are one cell."""
    gaps = [after.start - before.end > 1 for before, after in pairwise(lines)]
    return sum(gaps) > len(gaps) / 2


def pieces_of(lines: Sequence[Line], begin: int, end: int, *, apart: bool) -> list[Piece]:
    """The cells of these lines; where empty lines stand apart, lines next to each other are one."""
    found: list[Piece] = []
    for at in range(begin, end):
        said = lines[at].words
        if apart and found and lines[at].start - lines[at - 1].end == 1:
            found[-1] = found[-1]._replace(last=at, words=found[-1].words + said)
        else:
            found.append(Piece(at, at, said))
    return found


def columns_of(head: str) -> list[Column]:
    """Years of the columns of figures, from the words of a head."""
    told = list(COLUMN.finditer(head))
    years = [int(one["year"]) for one in told if one["year"]]
    if not years:
        terms = words("term")
        years = [int(terms[one["term"]].partition("|")[2]) for one in told if one["term"] in terms]
    years = list(dict.fromkeys(years))
    # A column of what is, whose year is not told, stands before those whose year is.
    untold = max(0, sum(one["value"] is not None for one in told) - len(years)) if years else 0
    growth = [Column(years[-1], growth=True)] if years and told[-1]["growth"] else []
    plain = [Column(None, growth=False)] * untold + [Column(year, growth=False) for year in years]
    return [*plain, *growth]


def _ordinal(before: Sequence[Piece]) -> int | None:
    """Number of a row, among the cells before its kind."""
    return next((int(one.words) for one in before if re.fullmatch(r"\d{1,3}", one.words)), None)


def _values(pieces: Sequence[Piece], at: int, count: int, ordinal: int | None) -> list[Piece]:
    """Cells after the kind of a row that hold its figures, or say that there is none."""
    found: list[Piece] = []
    for one in pieces[at + 1 : at + 1 + count]:
        if not (one.words in EMPTY or is_value(one.words)):
            break
        if ordinal is not None and one.words == str(ordinal + 1) and found:
            break
        found.append(one)
    return found


def is_value(said: str) -> bool:
    """Whether a cell holds a figure."""
    return len(said) <= LONGEST_VALUE and number_in(said.strip("[]【】〔〕"), "") is not None


def row_of(
    lines: Sequence[Line],
    named: tuple[str, str],
    values: Sequence[Piece],
    columns: Sequence[Column],
    binding: str | None,
) -> list[Cell]:
    """Figures of a row; of one that lacks cells only where they must be those of the last columns.

    Args:
        lines: Lines of the document.
        named: Name and unit of the row.
        values: Cells that hold its figures.
        columns: Columns of the table.
        binding: What it says of how firmly it is meant.
    """
    name, unit = named
    sure = len(values) == len(columns) or any(one.words[0] in "<>≤≥" for one in values)
    if not name or not sure:
        return []
    found = []
    for column, one in zip(columns[len(columns) - len(values) :], values, strict=True):
        cumulative = CUMULATIVE.match(one.words)
        number = number_in(cumulative.group(1) if cumulative else one.words, unit)
        if column.year is None or number is None:
            continue
        start, end = lines[one.first].start, lines[one.last].end
        found.append(
            Cell(
                name, number, column.year, column.growth, cumulative is not None, binding,
                Line(start, end, one.words),
            )
        )  # fmt: skip
    return found


def name_of(cells: Sequence[str]) -> tuple[str, str]:
    """Name and unit of a row, from the cells before its kind; "" where there is none."""
    said = [one for one in cells if re.search(r"[一-鿿A-Za-z%]", one)]
    unit = said.pop() if said and is_unit(said[-1]) else ""
    if not said:
        return "", ""
    name = said[-2] + said[-1] if len(said) > 1 and said[-1].startswith("(") else said[-1]
    match = None if unit else UNIT.search(name)
    if match and is_unit(match.group(1)):
        return UNIT.sub("", name).strip(), match.group(1)
    return name, unit


def is_unit(said: str) -> bool:
    """Whether a cell holds a unit."""
    # 万套(间): what a bracket adds is the same unit in another case.
    said = re.sub(r"(?<=[^(])[(][^()]{1,6}[)]$", "", said)
    found = numbers_of(f"1{said}", [])
    return len(found) == 1 and found[0].unit == said
