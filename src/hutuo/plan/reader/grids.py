"""Tables of indicators in a plan: a row an indicator, a column a year.

A table comes as lines whose cells stand apart by tabs, bars or several spaces, as papers give them. The
line that names years heads it; rows under it are facts of years that were and aims of years to come.
"""

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from hutuo.plan.reader.lines import Line
from hutuo.plan.reader.numbers import Number, numbers_of

YEAR = re.compile(r"(?:19|20)\d{2}")
UNIT = re.compile(r"[(]((?:[^()]|[(][^()]{1,6}[)]){1,16})[)]\s*$")
GROWTH = re.compile(r"年均|增速|增长|growth|per year", re.I)
KINDS = re.compile(r"预期性|约束性|引导性|指导性|预期|约束|binding|expected", re.I)
CELLS = re.compile(r"\s*[\t|]\s*|\s{3,}")
CUMULATIVE = re.compile(r"^[\[【〔]\s*(.+?)\s*[\]】〕]$")
# 高于全市平均增速3个百分点以上: what a figure is held against stands before it.
# A cell may say by how much.
CHANGED = re.compile(r"(?:累计)?(?:下降|降低|减少|提高|提升|增长|增加)(?![到至])")
COMPARED = re.compile(r"^(?:高于|低于|快于|高出|比)[一-鿿]{2,14}(?=\d)")
FEWEST = 3


class Cell(NamedTuple):
    """A figure of a table of indicators.

    Attributes:
        name: Name of the indicator.
        number: The figure; its unit is that of the row.
        year: Year of its column.
        growth: Whether its column tells growth a year.
        cumulative: Whether it is counted over the years of the plan, as brackets say.
        binding: What the row says of how firmly it is meant (约束性); None if nothing.
        line: The line it stands in.
    """

    name: str
    number: Number
    year: int
    growth: bool
    cumulative: bool
    binding: str | None
    line: Line


class _Head(NamedTuple):
    years: dict[int, int]
    growth: set[int]
    unit: int | None
    kind: int | None


def cells_of(lines: Sequence[Line]) -> list[Cell]:
    """Figures of the tables of indicators among these lines."""
    found: list[Cell] = []
    head: _Head | None = None
    for line in lines:
        cells = [cell.strip() for cell in CELLS.split(line.words.strip("| \t"))]
        if len(cells) < FEWEST:
            head = None
            continue
        named = _head(cells)
        if named is not None:
            head = named
        elif head is not None:
            found.extend(_row(cells, head, line))
    return found


def is_row(line: str) -> bool:
    """Whether a line is a row of a table."""
    return len(CELLS.split(line.strip("| \t\n"))) >= FEWEST


def _head(cells: Sequence[str]) -> _Head | None:
    """The columns of a line that heads a table: it names years and holds no figures."""
    named = ((at, YEAR.search(cell)) for at, cell in enumerate(cells))
    years = {at: int(match.group()) for at, match in named if match}
    if not years or any(
        re.fullmatch(r"[<>≤≥]?\s*\d+(?:\.\d+)?%?", cell) and not YEAR.fullmatch(cell)
        for cell in cells
    ):
        return None
    growth = {at for at, cell in enumerate(cells) if GROWTH.search(cell)}
    last = max(years.values())
    spans = dict.fromkeys(growth, last)
    unit = next(
        (at for at, cell in enumerate(cells) if cell in ("单位", "计量单位", "Unit", "unit")), None
    )
    kind = next(
        (
            at
            for at, cell in enumerate(cells)
            if cell in ("属性", "指标属性", "类型", "性质", "Type")
        ),
        None,
    )
    return _Head(years | spans, growth, unit, kind)


def _row(cells: Sequence[str], head: _Head, line: Line) -> Iterator[Cell]:
    # A table whose first column spans rows leaves it out of the next ones.
    shift = len(cells) - (max([*head.years, head.unit or 0, head.kind or 0]) + 1)
    names = [
        cell
        for at, cell in enumerate(cells)
        if at < min(head.years) + shift and re.search(r"[一-鿿A-Za-z]", cell)
    ]
    if head.unit is not None and 0 <= head.unit + shift < len(cells):
        unit = cells[head.unit + shift]
        names = [name for name in names if name != unit]
    else:
        match = UNIT.search(names[-1]) if names else None
        unit = match.group(1) if match else ""
    if not names or shift > 1:
        return
    name = UNIT.sub("", names[-1]).strip()
    binding = next((cell for cell in cells if KINDS.fullmatch(cell)), None)
    for at, year in head.years.items():
        if 0 <= at + shift < len(cells):
            cumulative = CUMULATIVE.match(cells[at + shift])
            said = cumulative.group(1) if cumulative else cells[at + shift]
            number = number_in(said, unit)
            if number is not None:
                yield Cell(
                    name, number, year, at in head.growth, cumulative is not None, binding, line
                )


def number_in(said: str, unit: str) -> Number | None:
    """The figure of a cell, in the unit of its row where the cell names none."""
    changed = CHANGED.match(said)
    if changed:
        number = number_in(said[changed.end() :], unit)
        return None if number is None else number._replace(operator=">=", value_type="change")
    operator = re.match(r"\s*([<>≤≥]=?)", said)
    bare = COMPARED.sub("", said.lstrip("<>≤≥= "))
    found = [one for one in numbers_of(bare, []) if one.start == 0 and one.value is not None]
    if not found:
        return None
    sign = (
        operator.group(1).replace("≤", "<=").replace("≥", ">=") if operator else found[0].operator
    )
    return found[0]._replace(unit=found[0].unit or unit, operator=sign)
