"""Tables declared as data: one CSV a table in ``tables/``.

A declaration (column, type, unit, required, default, zh, en, rule) feeds validation, SQL, docs, form labels
and export headers. Rules are words: ``key``, ``ref:table.column``, ``refs:`` the same for a list separated
by ``|``, ``place`` (a unit or a place), ``measure`` (a unit of measure), ``in:a|b``, ``min:0``, ``max:1``,
``pattern:regex``, ``after:column``, ``grain`` (derived from the period; see :mod:`hutuo.base.periods`),
``trace`` (where the row was found: it makes no row another one).
A ``time`` is a civil date or an instant; stored in one column, told apart by the row's grain.
"""

import csv
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from hutuo.errors import one_of

FOLDER = Path(__file__).with_name("tables")
SQL_TYPES = {
    "text": "VARCHAR",
    "float": "DOUBLE",
    "int": "BIGINT",
    "bool": "BOOLEAN",
    "date": "DATE",
    "time": "TIMESTAMPTZ",
    "blob": "BLOB",
}
# Every row carries when it was recorded, by which batch, on which branch, and whether it takes one back.
SYSTEM = {
    "recorded_at": "TIMESTAMPTZ",
    "batch": "VARCHAR",
    "branch": "VARCHAR",
    "retracted": "BOOLEAN",
}


def quoted(*names: str) -> str:
    """Column names as SQL: quoted, since declared names may be words of SQL (``of``, ``set``)."""
    return ", ".join(f'"{name}"' for name in names)


class Column(NamedTuple):
    """One declared column."""

    column: str
    type: str
    unit: str
    required: bool
    default: str
    zh: str
    en: str
    rule: str

    @property
    def rules(self) -> dict[str, str]:
        """The rule's words, each with what stands behind its colon."""
        return {name: given for name, _, given in (w.partition(":") for w in self.rule.split())}


class Table(NamedTuple):
    """One declared table."""

    name: str
    columns: tuple[Column, ...]

    @property
    def names(self) -> list[str]:
        """Names of the columns, in order."""
        return [column.column for column in self.columns]

    @property
    def keys(self) -> list[str]:
        """Columns that together name a row; nulls count as equal."""
        return [column.column for column in self.columns if "key" in column.rules]

    @property
    def compared(self) -> list[str]:
        """Columns by which it is told whether two rows say the same."""
        return [column.column for column in self.columns if "trace" not in column.rules]

    @property
    def refers_to(self) -> set[str]:
        """Tables whose rows its rules look for."""
        found = set()
        for column in self.columns:
            for word in {"ref", "refs"} & column.rules.keys():
                found.add(column.rules[word].partition(".")[0])
            if "place" in column.rules:
                found |= {"unit", "place"}
        return found

    def cells(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """The table's own columns of a row: what it says without when and by which batch it was recorded."""
        return {name: row[name] for name in self.names if name in row}

    @property
    def versioned(self) -> bool:
        """Whether rows hold for a period."""
        return "valid_from" in self.names

    @property
    def times(self) -> list[str]:
        """Columns that hold a civil date or an instant."""
        return [column.column for column in self.columns if column.type == "time"]

    @property
    def from_csv(self) -> bool:
        """Whether a pack brings the table as CSV; boundaries come from a layer."""
        return all(column.type != "blob" for column in self.columns)


@cache
def tables() -> dict[str, Table]:
    """All declared tables by name."""
    return {file.stem: _declared(file.stem) for file in sorted(FOLDER.glob("*.csv"))}


def table(name: str) -> Table:
    """The declared table of that name.

    Raises:
        NotFound: No table has that name.
    """
    if name not in tables():
        raise one_of(name, "table", list(tables()))
    return tables()[name]


def _declared(name: str) -> Table:
    with (FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as lines:
        rows = [{**row, "required": row["required"] == "yes"} for row in csv.DictReader(lines)]
    return Table(name, tuple(Column(**row) for row in rows))  # type: ignore[arg-type]
