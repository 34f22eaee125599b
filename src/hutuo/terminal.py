"""Answers as a person reads them in a terminal: tables for lists, lines for one object.

Where a field has a name beside it (``unit`` and ``unit_name``) the name is shown, and a column in which
nothing stands is left out; ``--json`` gives everything.
"""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

from rich.console import Console
from rich.table import Table

from hutuo import glossary
from hutuo.units import shown

if TYPE_CHECKING:
    from hutuo.verbs import Verb

WIDTH_WITHOUT_TERMINAL = 160
NAMES = ("title", "name", "label", "clause", "year")
# Inside an answer these crowd out what was asked for.
SIDE = {"recorded_at", "valid_to"}
# Four figures of a degree are no place: five decimals are a metre.
DEGREES = {"lon", "lat"}
# Closed lists without a name beside them, told in Chinese by their names; ids are told as they are typed.
CLOSED = {"action", "colour", "outcome", "sense", "year_from"}
INDENT = "  "
Row = Mapping[str, Any]


class Reader(NamedTuple):
    """Of which part the answer is, and in which language it is read."""

    part: str
    lang: str

    def label(self, name: str) -> str:
        """What a field is called."""
        return glossary.label(name, self.part).say(self.lang)

    def cell(self, name: str, value: Any) -> str:
        """A value of a field as it is read."""
        if name in CLOSED and isinstance(value, str) and self.lang == "zh":
            known = glossary.terms().get(f"{name}:{value}")
            return known.zh if known else value
        if name in DEGREES and isinstance(value, float):
            return f"{value:.5f}"
        return _cell(value)


def show(found: "Verb", answer: Any, lang: str) -> None:
    """Print an answer, already plain, to standard output."""
    console, reader = Console(highlight=False), Reader(found.part, lang)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_WITHOUT_TERMINAL)
    if _is_rows(answer):
        console.print(_table(answer, found.columns or _telling(answer), reader))
    elif isinstance(answer, dict):
        _lines(console, answer, reader, columns=found.columns)
    else:
        console.print(answer if answer else {"zh": "(无)", "en": "(none)"}[lang])


def _table(rows: Sequence[Row], columns: Sequence[str], reader: Reader) -> Table:
    table = Table(show_lines=False, header_style="bold")
    for name in columns:
        numeric = all(isinstance(row.get(name), (int, float, type(None))) for row in rows)
        justify: Literal["left", "right"] = "right" if numeric else "left"
        table.add_column(reader.label(name), justify=justify, overflow="fold")
    for row in rows:
        table.add_row(*(reader.cell(name, row.get(name)) for name in columns))
    return table


def _lines(
    console: Console, answer: Row, reader: Reader, indent: str = "", columns: Sequence[str] = ()
) -> None:
    """An object line by line; ``columns`` are those of its field ``rows``, if a verb names them."""
    for name in _telling([answer]):
        value, label = answer[name], f"{indent}[bold]{reader.label(name)}[/bold]"
        if _is_rows(value):
            console.print(label)
            shown = columns if name == "rows" and columns else ()
            telling = shown or [n for n in _telling(value) if n not in SIDE]
            console.print(_table(value, telling, reader))
        elif isinstance(value, dict):
            console.print(label)
            _lines(console, value, reader, indent + INDENT)
        else:
            console.print(f"{label}: ", end="")
            console.print(reader.cell(name, value), markup=False)


def _telling(rows: Sequence[Row]) -> tuple[str, ...]:
    """Fields worth showing: not those whose name stands beside them, not those without any content."""
    fields = list(rows[0])
    return tuple(
        name
        for name in fields
        if f"{name}_name" not in fields
        and any(row.get(name) not in (None, [], "") for row in rows)
    )


def _is_rows(value: Any) -> bool:
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) for row in value)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, float):
        return shown(value)
    if isinstance(value, dict):
        if "value" in value and "valid_from" in value:
            return f"{_cell(value['value'])} ({value['valid_from']})"
        named = next((value[name] for name in NAMES if name in value), None)
        return (
            str(named) if named else ", ".join(_cell(v) for v in value.values() if v is not None)
        )
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    return str(value)
