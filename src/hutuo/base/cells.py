"""Cells of figures, one below the other, each with the words that say what it is."""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.grids import Grid
from hutuo.base.headers import Head
from hutuo.base.mapping import Mapping

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

    Codes = NDArray[np.int64]

ROLES = ("place", "period", "indicator", "unit")


class Words(NamedTuple):
    """Different words, and for each cell which of them it has (-1: none)."""

    words: list[str]
    codes: "Codes"


class Cells(NamedTuple):
    """The cells of figures that hold something.

    Attributes:
        row: Position of each cell's row in the grid.
        figure: Which figure of the mapping each belongs to.
        text: What stands there.
        said: By role, the words for each cell's place, period, indicator and unit.
        within: Words for what each cell's place lies in, where a column says it.
        body: Words for the place of every row below the header, those without figures too.
        first: Position of the first row below the header.
        empty: Cells that hold nothing.
    """

    row: "Codes"
    figure: "Codes"
    text: "pd.Series[str]"
    said: dict[str, Words]
    within: Words
    body: Words
    first: int
    empty: int


def gathered(grid: Grid, head: Head, mapping: Mapping) -> Cells:
    """Every cell that the mapping calls a figure; what its column says goes before what its row says."""
    import numpy as np
    import pandas as pd

    body = grid.cells.iloc[head.first :]
    columns = {name: body[at] for at, name in enumerate(head.names)}
    rows = {role: _row_words(columns, getattr(mapping, role), len(body)) for role in ROLES}
    inside = mapping.place.within if mapping.place else None
    rows["within"] = (
        _column_words(columns[inside]) if inside in columns else _once(inside, len(body))
    )
    parts: dict[str, list[Words]] = {role: [] for role in rows}
    texts, ats = [], []
    for figure in mapping.figures:
        text = columns[figure.column].str.strip()
        there = np.flatnonzero((text != "").to_numpy())
        texts.append(text.iloc[there])
        ats.append(there)
        for role, words in rows.items():
            own = getattr(figure, role, None)
            one = _once(own, len(there)) if own else Words(words.words, words.codes[there])
            parts[role].append(one)
    sizes = [len(at) for at in ats]
    said = {role: _joined(found) for role, found in parts.items()}
    return Cells(
        row=np.concatenate([*ats, np.zeros(0, np.int64)]) + head.first,
        figure=np.repeat(np.arange(len(sizes)), sizes),
        text=pd.concat(texts, ignore_index=True) if texts else pd.Series([], dtype="str"),
        said={role: said[role] for role in ROLES},
        within=said["within"],
        body=rows["place"],
        first=head.first,
        empty=len(body) * len(sizes) - sum(sizes),
    )


def _row_words(columns: "dict[str, pd.Series[str]]", part: object, height: int) -> Words:
    column, value = getattr(part, "column", None), getattr(part, "value", None)
    return _column_words(columns[column]) if column is not None else _once(value, height)


def _column_words(cells: "pd.Series[str]") -> Words:
    import numpy as np

    codes, found = cells.factorize()
    stripped = [str(word).strip() for word in found]
    blank = np.array([not word for word in stripped] or [True])
    return Words(stripped, np.where(blank[codes], -1, codes).astype(np.int64))


def _once(word: str | None, height: int) -> Words:
    """The same word for every cell, or none."""
    import numpy as np

    return Words([word] if word else [], np.full(height, 0 if word else -1, np.int64))


def _joined(parts: list[Words]) -> Words:
    """The words of several columns, each word once."""
    import numpy as np

    numbers: dict[str, int] = {}
    codes = [np.zeros(0, np.int64)]
    for words in parts:
        to = [numbers.setdefault(word, len(numbers)) for word in words.words]
        # The code -1, none, reads the last entry.
        codes.append(np.array([*to, -1], np.int64)[words.codes])
    return Words(list(numbers), np.concatenate(codes))
