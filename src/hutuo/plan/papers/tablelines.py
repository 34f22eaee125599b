"""Rows of tables as lines of a text."""

from collections.abc import Sequence

# Cells with more lines than this lay out a page and hold no table.
MOST_LINES = 8


def of_row(cells: Sequence[Sequence[str]], *, nested: bool = False) -> list[str]:
    """A row as one line, its cells apart by tabs; the lines of its cells one by one where it lays out a page.

    Args:
        cells: Lines of each cell.
        nested: Whether a cell holds a table of its own.
    """
    if nested or len(cells) == 1 or any(len(cell) > MOST_LINES for cell in cells):
        return [line for cell in cells for line in cell]
    line = "\t".join(" ".join(" ".join(cell).split()) for cell in cells).rstrip("\t")
    return [line] if line.strip() else []
