"""Tables that came apart and say of no row how firmly it is meant.

What is left to go by is the head, whose lines each name a column, and that each row ends in as many figures
as the head names years: a name, its unit, the figures.
"""

import re
from collections.abc import Sequence

from hutuo.plan.reader.fallen import (
    CELL,
    COLUMN,
    EMPTY,
    HEADS,
    KIND,
    Block,
    Column,
    Piece,
    columns_of,
    is_apart,
    is_unit,
    is_value,
    name_of,
    pieces_of,
    row_of,
)
from hutuo.plan.reader.lines import Line

# A head has no more cells, a column's name no more letters; a table no more lines; a row so many cells
# before its figures.
HEAD, NAME, LONGEST, BEFORE = 14, 14, 600, 5
FEWEST = 2


def runs_of(lines: Sequence[Line], taken: Sequence[Block]) -> list[Block]:
    """The tables among the lines of a document that have no column of kinds, in order.

    Args:
        lines: Its lines.
        taken: Tables that were found in it already.
    """
    found: list[Block] = []
    barred = {at for one in taken for at in range(one.first, one.last + 1)}
    for at, line in enumerate(lines):
        if at in barred or not HEADS.fullmatch(_bare(line.words)):
            continue
        block = _run(lines, at)
        if block is not None and barred.isdisjoint(range(block.first, block.last + 1)):
            found.append(block)
            barred.update(range(block.first, block.last + 1))
    return found


def _bare(said: str) -> str:
    return re.sub(r"\s", "", said)


def _run(lines: Sequence[Line], begin: int) -> Block | None:
    """The table whose head begins at a line; None if it is none."""
    apart = is_apart(lines[begin : begin + 2 * HEAD])
    pieces = pieces_of(lines, begin, min(begin + LONGEST, len(lines)), apart=apart)
    head = _head(pieces)
    columns = columns_of("".join(head))
    if sum(HEADS.fullmatch(one) is not None for one in head) < FEWEST or not columns:
        return None
    rows = list(_rows(pieces, len(head), columns, units=any("单位" in one for one in head)))
    if len(rows) < FEWEST:
        return None
    cells = [
        cell
        for names, values in rows
        for cell in row_of(lines, name_of([one.words for one in names]), values, columns, None)
    ]
    last = rows[-1][1][-1].last
    return Block(begin, last, lines[begin].start, lines[last].end, cells)


def _head(pieces: Sequence[Piece]) -> list[str]:
    """Names of the columns, which the first cells are."""
    found: list[str] = []
    for one in pieces[:HEAD]:
        said = _bare(one.words)
        if len(said) > NAME or not (HEADS.fullmatch(said) or COLUMN.search(said)):
            break
        found.append(said)
    return found


def _rows(
    pieces: Sequence[Piece], begin: int, columns: Sequence[Column], *, units: bool
) -> list[tuple[list[Piece], list[Piece]]]:
    """Cells before the figures and figures of each row, to where the table ends."""
    found: list[tuple[list[Piece], list[Piece]]] = []
    before: list[Piece] = []
    at = begin
    while at < len(pieces) and len(before) <= BEFORE:
        said = pieces[at].words
        if len(said) > CELL or KIND.fullmatch(said) or said.endswith(("。", ";", ":")):
            break
        run = _figures(pieces, at)
        if not run or not any(_is_named(one.words) for one in before):
            before.append(pieces[at])
            at += 1
            continue
        values = _fitting(run, len(columns), units=units and not is_unit(before[-1].words))
        if values:
            found.append((before, values))
        at = at + run.index(values[-1]) + 1 if values else at + len(run)
        before = []
    return found


def _is_named(said: str) -> bool:
    return re.search(r"[一-鿿A-Za-z]", said) is not None


def _figures(pieces: Sequence[Piece], at: int) -> list[Piece]:
    """Cells from one on that hold figures, or say that there is none."""
    found: list[Piece] = []
    for one in pieces[at:]:
        if not (one.words in EMPTY or (is_value(one.words) and not is_unit(one.words))):
            break
        found.append(one)
    return found


def _fitting(run: list[Piece], count: int, *, units: bool) -> list[Piece]:
    """Those of a run of figures that are a row's; none if that is not sure.

    Args:
        run: Cells that follow a name.
        count: Number of columns.
        units: Whether a cell for a unit must stand among them, empty.
    """
    if units and run[0].words in EMPTY and len(run) > count:
        run = run[1:]
    # One more is the number of the row that follows.
    numbered = len(run) == count + 1 and re.fullmatch(r"\d{1,3}", run[-1].words) is not None
    return run[:count] if len(run) == count or numbered else []
