"""Checks of rows that come in: staged as text, typed once, every fault told with file, row and column.

A staged table ``raw_<table>`` holds the cells as text with ``_file`` and ``_row``; :func:`typed` makes
``new_<table>`` of it. Both passes are one scan in the engine, whatever the number of rows.
"""

from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.tables import SQL_TYPES, Column, Table, quoted
from hutuo.errors import Finding
from hutuo.units import UNITS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from duckdb import DuckDBPyConnection

# Beyond this many faults of one kind the rest are counted, not listed.
LISTED = 20
WANTED = {
    "float": "a number, as 12.5",
    "int": "a whole number, as 2030",
    "bool": "yes or no",
    "date": "a date, as 2020-11-01",
    "blob": "a binary value",
}


class Rule(NamedTuple):
    """A fault as a condition over ``raw`` (text) and ``new`` (typed) rows."""

    column: str
    fault: str
    says: str


def typed(connection: "DuckDBPyConnection", table: Table) -> None:
    """Make ``new_<table>`` of ``raw_<table>``: declared types, defaults filled in, row numbers kept."""
    cells = ", ".join(f"{_typed(column)} AS {quoted(column.column)}" for column in table.columns)
    connection.execute(
        f"CREATE OR REPLACE TEMP TABLE new_{table.name} AS"
        f" SELECT _file, _row, {cells} FROM raw_{table.name}"
    )


def findings(
    connection: "DuckDBPyConnection", table: Table, scope: dict[str, str]
) -> "list[Finding]":
    """Every fault of the staged rows of one table.

    Args:
        connection: Where ``raw_`` and ``new_`` tables are staged.
        table: Declaration of the table.
        scope: For each table that rules may refer to, the SQL name of what holds its rows.
    """
    rules = [rule for column in table.columns for rule in _rules(column, scope)]
    return [*_faults(connection, table, rules), *_duplicates(connection, table)]


def _faults(
    connection: "DuckDBPyConnection", table: Table, rules: list[Rule]
) -> "Iterator[Finding]":
    joined = f"raw_{table.name} AS raw POSITIONAL JOIN new_{table.name} AS new"
    counts = ", ".join(f"count_if({rule.fault})" for rule in rules)
    row = connection.execute(f"SELECT {counts} FROM {joined}").fetchone()
    for rule, count in zip(rules, row or (), strict=True):
        if not count:
            continue
        given = f"raw.{rule.column}"
        rows = connection.execute(
            f"SELECT raw._file, raw._row, {given} FROM {joined} WHERE {rule.fault}"
            f" ORDER BY raw._file, raw._row LIMIT {LISTED}"
        ).fetchall()
        for file, number, cell in rows:
            says = rule.says if cell is None else f"'{cell[:60]}' {rule.says}"
            yield Finding(file, number, rule.column.strip('"'), says)
        if count > LISTED:
            yield Finding(
                table.name, None, rule.column.strip('"'), f"and {count - LISTED:,} more like these"
            )


def _duplicates(connection: "DuckDBPyConnection", table: Table) -> "Iterator[Finding]":
    keys = quoted(*table.keys)
    # Counting is cheap, naming is not: rows are looked up only where a key stands twice.
    twice = f"SELECT {keys} FROM new_{table.name} GROUP BY ALL HAVING count(*) > 1"
    found = connection.execute(f"SELECT count(*) FROM ({twice})").fetchone()
    if not found or not found[0]:
        return
    same = " AND ".join(f'a."{key}" IS NOT DISTINCT FROM b."{key}"' for key in table.keys)
    own = ", ".join(f"a.{quoted(key)}" for key in table.keys)
    shown = ", ".join(f"a.{quoted(key)}::VARCHAR" for key in table.keys)
    rows = connection.execute(
        f"SELECT a._file, a._row, {shown},"
        f" min(struct_pack(f := a._file, r := a._row)) OVER (PARTITION BY {own}) AS first"
        f" FROM new_{table.name} a JOIN ({twice}) b ON {same}"
        f" QUALIFY first.f <> a._file OR first.r <> a._row"
        f" ORDER BY 1, 2 LIMIT {LISTED}"
    ).fetchall()
    for file, number, *key, first in rows:
        named = ", ".join(str(part) for part in key if part is not None)
        says = f"'{named}' stands already in {first['f']}:{first['r']}; a key may stand once"
        yield Finding(file, number, "+".join(table.keys), says)


def _typed(column: Column) -> str:
    name = quoted(column.column)
    cell = f"coalesce({name}, '{column.default}')" if column.default else name
    if column.type == "bool":
        yes, no = "('yes', 'true')", "('no', 'false')"
        return (
            f"CASE WHEN lower({cell}) IN {yes} THEN true WHEN lower({cell}) IN {no} THEN false END"
        )
    return cell if column.type == "text" else f"try_cast({cell} AS {SQL_TYPES[column.type]})"


def _rules(column: Column, scope: dict[str, str]) -> "Iterator[Rule]":
    name = quoted(column.column)
    if column.required:
        yield Rule(name, f"raw.{name} IS NULL", f"is empty; {_wanted(column)} is required")
    if column.type != "text":
        fault = f"raw.{name} IS NOT NULL AND new.{name} IS NULL"
        yield Rule(name, fault, f"is not {WANTED[column.type]}")
    if column.type == "float":
        yield Rule(name, f"NOT isfinite(new.{name})", "is not a finite number")
    for word, given in column.rules.items():
        if word in RULES:
            yield RULES[word](name, given, scope)


def _wanted(column: Column) -> str:
    return WANTED.get(column.type, column.en)


def _in(name: str, given: str, _scope: dict[str, str]) -> Rule:
    values = given.split("|")
    quoted = ", ".join(f"'{value}'" for value in values)
    return Rule(name, f"new.{name} NOT IN ({quoted})", f"is none of {', '.join(values)}")


def _least(name: str, given: str, _scope: dict[str, str]) -> Rule:
    return Rule(name, f"new.{name} < {given}", f"is below {given}")


def _most(name: str, given: str, _scope: dict[str, str]) -> Rule:
    return Rule(name, f"new.{name} > {given}", f"is above {given}")


def _pattern(name: str, given: str, _scope: dict[str, str]) -> Rule:
    return Rule(name, f"NOT regexp_full_match(new.{name}, '{given}')", f"does not match {given}")


def _after(name: str, given: str, _scope: dict[str, str]) -> Rule:
    return Rule(name, f"new.{name} <= new.{quoted(given)}", f"is not after {given}")


def _ref(name: str, given: str, scope: dict[str, str]) -> Rule:
    there, column = given.split(".")
    fault = f"new.{name} NOT IN (SELECT {column} FROM {scope[there]} WHERE {column} IS NOT NULL)"
    return Rule(name, fault, f"is no {column} of table {there}; add it there or mend it here")


def _refs(name: str, given: str, scope: dict[str, str]) -> Rule:
    there, column = given.split(".")
    known = f"(SELECT list({column}) FROM {scope[there]})"
    fault = f"NOT list_has_all({known}, str_split(new.{name}, '|'))"
    return Rule(name, fault, f"names something that is no {column} of table {there}")


def _place(name: str, _given: str, scope: dict[str, str]) -> Rule:
    known = f"SELECT unit AS id FROM {scope['unit']} UNION SELECT place FROM {scope['place']}"
    fault = f"new.{name} NOT IN (SELECT id FROM ({known}) WHERE id IS NOT NULL)"
    return Rule(name, fault, "is neither a code of table unit nor an id of table place")


def _measure(name: str, _given: str, _scope: dict[str, str]) -> Rule:
    quoted = ", ".join(f"'{symbol}'" for symbol in UNITS)
    return Rule(
        name, f"new.{name} NOT IN ({quoted})", f"is no unit of measure; known: {', '.join(UNITS)}"
    )


RULES = {
    "in": _in,
    "min": _least,
    "max": _most,
    "pattern": _pattern,
    "after": _after,
    "ref": _ref,
    "refs": _refs,
    "place": _place,
    "measure": _measure,
}
