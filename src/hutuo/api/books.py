"""Small tables that whoever runs a command writes: which node is which datastream, whose address is which."""

import csv
from collections.abc import Iterator, Sequence
from pathlib import Path

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = ["Line", "lines"]

Line = tuple[int, dict[str, str]]


def lines(book: Path, columns: Sequence[str]) -> tuple[Iterator[Line], list[Finding]]:
    """Lines of a CSV file, each with its number and its cells by column, without blanks around them.

    Args:
        book: The file, in UTF-8.
        columns: Those that it must have; others that it has come too.

    Returns:
        The lines, and a finding for each column that is missing; then there are no lines.

    Raises:
        BadInput: It cannot be read.
    """
    try:
        text = book.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        says = Text(f"无法读取{book}:{error}", f"{book} cannot be read: {error}")
        raise BadInput(says) from error
    table = csv.DictReader(text.splitlines(), restkey="", restval="")
    lacking = [name for name in columns if name not in (table.fieldnames or ())]
    faults = [Finding(book.name, 1, name, Text("缺少此列", "is missing")) for name in lacking]
    return iter(()) if lacking else _told(table), faults


def _told(table: "csv.DictReader[str]") -> Iterator[Line]:
    for row in table:
        row.pop("", None)
        yield table.line_num, {name: cell.strip() for name, cell in row.items()}
