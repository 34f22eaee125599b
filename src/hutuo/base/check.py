"""Checks of rows that come in: typed once, every fault told with file, line and column.

Rows come as text (:class:`Given`). :func:`typed` makes ``new_<table>`` of them in one scan, and beside each
typed column a flag whether something was given; :func:`findings` counts every fault in a second scan. The
text of a faulty cell is looked up again only for the faults that are listed.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.tables import SQL_TYPES, Column, Table, quoted
from hutuo.errors import Finding
from hutuo.units import UNITS

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Beyond this many faults of one kind the rest are counted, not listed.
LISTED = 20
LONGEST_CELL = 60
# Before the declared columns: file, and what to take off the rowid to get the line (none: no line to name).
STAGED = ("_file VARCHAR", "_shift BIGINT")
LINE = "rowid - _shift"
WANTED = {
    "float": "a number, as 12.5",
    "int": "a whole number, as 2030",
    "bool": "yes or no",
    "date": "a date, as 2020-11-01",
}
CASTS = {
    # try_cast would round 2.5 and cut the hours off an instant without a word.
    "int": "CASE WHEN regexp_full_match(trim({0}), '[+-]?[0-9]+') THEN try_cast({0} AS BIGINT) END",
    "date": "CASE WHEN length({0}) <= 10 THEN try_cast({0} AS DATE) END",
    "float": "try_cast({0} AS DOUBLE)",
    "bool": "CASE WHEN lower({0}) IN ('yes', 'true') THEN true"
    " WHEN lower({0}) IN ('no', 'false') THEN false END",
    # trim costs as much as the whole reading of a row, so only cells that begin or end blank are trimmed.
    "text": "CASE WHEN {0} = '' OR {0} LIKE ' %' OR {0} LIKE '% ' THEN nullif(trim({0}), '') ELSE {0} END",
}


class Given(NamedTuple):
    """Rows as they came: a relation of text.

    Attributes:
        file: What a finding calls the place they come from.
        columns: Columns that the relation has.
        sql: The relation, the same rows in the same order whenever it is read.
        line: Line of the first row.
    """

    file: str
    columns: Sequence[str]
    sql: str
    line: int = 2


class Rule(NamedTuple):
    """A fault as a condition over typed rows."""

    column: str
    fault: str
    says: str


def typed(connection: "DuckDBPyConnection", table: Table, given: Sequence[Given]) -> None:
    """Make ``new_<table>`` of the given rows: declared types, defaults filled in, order kept."""
    flags = [f"{_flag(c)} BOOLEAN" for c in table.columns if c.type != "text"]
    cells = [f"{quoted(c.column)} {SQL_TYPES[c.type]}" for c in table.columns]
    new = f"new_{table.name}"
    declared = ", ".join([*STAGED, *flags, *cells])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {new} ({declared})")
    for source in given:
        found = connection.execute(f"SELECT count(*) FROM {new}").fetchone()
        shift = (found[0] if found else 0) - source.line
        flags = [_given(c, source) for c in table.columns if c.type != "text"]
        cells = [_typed(c, source) for c in table.columns]
        selected = ", ".join(["?", "?::BIGINT", *flags, *cells])
        connection.execute(
            f"INSERT INTO {new} SELECT {selected} FROM ({source.sql})", [source.file, shift]
        )


def findings(
    connection: "DuckDBPyConnection",
    table: Table,
    given: Sequence[Given],
    scope: Mapping[str, str],
) -> list[Finding]:
    """Every fault of the rows in ``new_<table>``.

    Args:
        connection: Where the rows are staged.
        table: Declaration of the table.
        given: The rows as they came, to quote a faulty cell from.
        scope: For each table that rules may refer to, the SQL of what holds its rows.
    """
    rules = [rule for column in table.columns for rule in _rules(column, scope)]
    return [*_faults(connection, table, given, rules), *_duplicates(connection, table)]


def _faults(
    connection: "DuckDBPyConnection", table: Table, given: Sequence[Given], rules: list[Rule]
) -> Iterator[Finding]:
    counts = ", ".join(f"count_if({rule.fault})" for rule in rules)
    row = connection.execute(f"SELECT {counts} FROM new_{table.name} AS new").fetchone()
    for rule, count in zip(rules, row or (), strict=True):
        if not count:
            continue
        places = connection.execute(
            f"SELECT _file, {LINE} FROM new_{table.name} AS new WHERE {rule.fault}"
            f" ORDER BY rowid LIMIT {LISTED}"
        ).fetchall()
        cells = _cells(connection, given, rule.column, places)
        for (file, line), cell in zip(places, cells, strict=True):
            says = rule.says if cell is None else f"'{cell[:LONGEST_CELL]}' {rule.says}"
            yield Finding(file, line, rule.column, says)
        if count > LISTED:
            more = f"and {count - LISTED:,} more like these"
            yield Finding(table.name, None, rule.column, more)


def _cells(
    connection: "DuckDBPyConnection",
    given: Sequence[Given],
    column: str,
    places: list[tuple[str, int | None]],
) -> list[str | None]:
    """The cells of a column as they came, for each place; None where nothing was written."""
    found: dict[tuple[str, int], str | None] = {}
    for source in given:
        lines = [line for file, line in places if file == source.file and line is not None]
        if not lines or column not in source.columns:
            continue
        numbered = (
            f"SELECT row_number() OVER () + {source.line - 1} AS line, * FROM ({source.sql})"
        )
        rows = connection.execute(
            f"SELECT line, {quoted(column)} FROM ({numbered}) WHERE line IN (SELECT unnest(?))",
            [lines],
        ).fetchall()
        found |= {(source.file, line): cell for line, cell in rows}
    return [found.get((file, line or 0)) for file, line in places]


def _duplicates(connection: "DuckDBPyConnection", table: Table) -> Iterator[Finding]:
    keys = quoted(*table.keys)
    # Counting is cheap, naming is not: rows are looked up only where a key stands twice.
    # Hashes are counted first: a third of the time of grouping the keys themselves.
    hashes = f"SELECT count(*), count(DISTINCT hash({keys})) FROM new_{table.name}"
    rows_there, distinct = connection.execute(hashes).fetchone() or (0, 0)
    if rows_there == distinct:
        return
    twice = f"SELECT {keys} FROM new_{table.name} GROUP BY ALL HAVING count(*) > 1"
    same = " AND ".join(f'a."{key}" IS NOT DISTINCT FROM b."{key}"' for key in table.keys)
    own = ", ".join(f"a.{quoted(key)}" for key in table.keys)
    shown = ", ".join(f"a.{quoted(key)}::VARCHAR" for key in table.keys)
    rows = connection.execute(
        f"SELECT a._file, a.rowid - a._shift AS line, {shown},"
        f" first(struct_pack(f := a._file, r := a.rowid - a._shift)) OVER one AS stands"
        f" FROM new_{table.name} a JOIN ({twice}) b ON {same}"
        f" WINDOW one AS (PARTITION BY {own} ORDER BY a.rowid)"
        f" QUALIFY row_number() OVER one > 1"
        f" ORDER BY a.rowid LIMIT {LISTED}"
    ).fetchall()
    for file, line, *key, stands in rows:
        named = ", ".join(str(part) for part in key if part is not None)
        says = f"'{named}' stands already in {stands['f']}:{stands['r']}; a key may stand once"
        yield Finding(file, line, "+".join(table.keys), says)


def _flag(column: Column) -> str:
    return quoted(f"_has_{column.column}")


def _given(column: Column, source: Given) -> str:
    return f"{quoted(column.column)} IS NOT NULL" if column.column in source.columns else "false"


def _typed(column: Column, source: Given) -> str:
    cell = quoted(column.column) if column.column in source.columns else "NULL::VARCHAR"
    if column.type == "blob":
        return cell
    if column.default:
        cell = f"coalesce(nullif(trim({cell}), ''), '{column.default}')"
    return CASTS[column.type].format(cell)


def _rules(column: Column, scope: Mapping[str, str]) -> Iterator[Rule]:
    name = column.column
    new = f"new.{quoted(name)}"
    empty = f"{new} IS NULL" if column.type == "text" else f"NOT new.{_flag(column)}"
    if column.required and not column.default:
        yield Rule(name, empty, f"is empty; {WANTED.get(column.type, column.en)} is required")
    if column.type in WANTED:
        fault = f"new.{_flag(column)} AND {new} IS NULL"
        yield Rule(name, fault, f"is not {WANTED[column.type]}")
    if column.type == "float":
        yield Rule(name, f"NOT isfinite({new})", "is not a finite number")
    for word, given in column.rules.items():
        if word in RULES:
            fault, says = RULES[word](new, given, scope)
            yield Rule(name, fault, says)


def _in(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, str]:
    values = given.split("|")
    quoted_values = ", ".join(f"'{value}'" for value in values)
    return f"{new} NOT IN ({quoted_values})", f"is none of {', '.join(values)}"


def _least(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, str]:
    return f"{new} < {given}", f"is below {given}"


def _most(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, str]:
    return f"{new} > {given}", f"is above {given}"


def _pattern(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, str]:
    return f"NOT regexp_full_match({new}, '{given}')", f"does not match {given}"


def _after(new: str, given: str, _scope: Mapping[str, str]) -> tuple[str, str]:
    return f"{new} <= new.{quoted(given)}", f"is not after {given}"


def _ref(new: str, given: str, scope: Mapping[str, str]) -> tuple[str, str]:
    there, column = given.split(".")
    known = f"SELECT {quoted(column)} AS id FROM {scope[there]}"
    says = f"is no {column} of table {there}; add it there or mend it here"
    return f"{new} NOT IN (SELECT id FROM ({known}) WHERE id IS NOT NULL)", says


def _refs(new: str, given: str, scope: Mapping[str, str]) -> tuple[str, str]:
    there, column = given.split(".")
    known = f"(SELECT list({quoted(column)}) FROM {scope[there]})"
    says = f"names something that is no {column} of table {there}"
    return f"NOT list_has_all({known}, str_split({new}, '|'))", says


def _place(new: str, _given: str, scope: Mapping[str, str]) -> tuple[str, str]:
    known = f"SELECT unit AS id FROM {scope['unit']} UNION SELECT place FROM {scope['place']}"
    says = "is neither a code of table unit nor an id of table place"
    return f"{new} NOT IN (SELECT id FROM ({known}) WHERE id IS NOT NULL)", says


def _measure(new: str, _given: str, _scope: Mapping[str, str]) -> tuple[str, str]:
    known = ", ".join(f"'{symbol}'" for symbol in UNITS)
    return f"{new} NOT IN ({known})", f"is no unit of measure; known: {', '.join(UNITS)}"


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
