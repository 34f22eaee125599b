"""Answers as a person reads them in a terminal: tables for lists, lines for one object."""

from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.table import Table

from hutuo import glossary
from hutuo.units import shown

if TYPE_CHECKING:
    from hutuo.verbs import Verb

WIDTH_WITHOUT_TERMINAL = 160


def show(found: "Verb", answer: Any, lang: str) -> None:
    """Print an answer, already plain, to standard output."""
    console = Console(highlight=False)
    if not console.is_terminal:
        console = Console(highlight=False, width=WIDTH_WITHOUT_TERMINAL)
    if isinstance(answer, list) and answer and isinstance(answer[0], dict):
        console.print(_table(answer, found.columns or tuple(answer[0]), lang))
    elif isinstance(answer, dict):
        _lines(console, answer, lang)
    else:
        console.print(answer if answer else {"zh": "(无)", "en": "(none)"}[lang])


def _table(rows: list[dict[str, Any]], columns: tuple[str, ...], lang: str) -> Table:
    table = Table(show_lines=False, header_style="bold")
    for name in columns:
        numeric = all(isinstance(row.get(name), (int, float, type(None))) for row in rows)
        label = getattr(glossary.label(name), lang)
        table.add_column(label, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(row.get(name)) for name in columns))
    return table


def _lines(console: Console, answer: dict[str, Any], lang: str) -> None:
    for name, value in answer.items():
        label = getattr(glossary.label(name), lang)
        if isinstance(value, list) and value and isinstance(value[0], dict):
            console.print(f"[bold]{label}[/bold]")
            console.print(_table(value, tuple(value[0]), lang))
        else:
            console.print(f"[bold]{label}[/bold]: ", end="")
            console.print(_cell(value), markup=False)


def _cell(value: Any) -> str:
    if value is None:
        return "-"
    if isinstance(value, bool):
        return "✓" if value else "✗"
    if isinstance(value, float):
        return shown(value)
    if isinstance(value, dict):
        return ", ".join(f"{k} {_cell(v)}" for k, v in value.items() if v is not None)
    if isinstance(value, list):
        return ", ".join(_cell(item) for item in value)
    return str(value)
