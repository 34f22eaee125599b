"""Checks of rows that come in: typed once, every fault told with file, line and column.

Rows come as text or typed (:class:`Given`). :func:`typed` stages text in one scan, and beside each typed
column a flag whether something was given; :func:`viewed` does the same for rows in memory, without copying
them. Both leave a relation ``new_<table>``, in which :func:`findings` counts every fault in one more scan.
The text of a faulty cell is looked up again only for the faults that are listed.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.rules import RULES
from hutuo.base.tables import SQL_TYPES, Column, Table, quoted
from hutuo.errors import Finding, Words, in_both
from hutuo.glossary import Text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

# Beyond this many faults of one kind the rest are counted, not listed.
LISTED = 20
LONGEST_CELL = 60
# Before the declared columns: file, and what to take off the rowid to get the line (none: no line to name).
STAGED = ("_file VARCHAR", "_shift BIGINT")
WANTED = {
    "float": Text("数字,如12.5", "a number, as 12.5"),
    "int": Text("整数,如2030", "a whole number, as 2030"),
    "bool": Text("yes或no", "yes or no"),
    "date": Text("日期,如2020-11-01", "a date, as 2020-11-01"),
    "time": Text(
        "日期,如2020-11-01,或时刻,如2020-11-01T08:00+08:00",
        "a date as 2020-11-01, or an instant as 2020-11-01T08:00+08:00",
    ),
}
# A date as its nominal midnight; an instant that names no zone is one of the region's.
_LONG = r"regexp_replace({0}, '^(.{{10}}[T ]\d\d:\d\d)(Z|[+-].*)?$', '\1:00\2')"
_CLOCK = (
    f"CASE WHEN regexp_matches({{0}}, '(Z|[+-]\\d\\d(:?\\d\\d)?)$')"
    f" THEN try_cast({_LONG} AS TIMESTAMPTZ)"
    f" ELSE try_cast({_LONG} AS TIMESTAMP) AT TIME ZONE '{{1}}' END"
)
CASTS = {
    # try_cast would round 2.5 and cut the hours off an instant without a word.
    "int": "CASE WHEN regexp_full_match(trim({0}), '[+-]?[0-9]+') THEN try_cast({0} AS BIGINT) END",
    "date": "CASE WHEN length({0}) <= 10 THEN try_cast({0} AS DATE) END",
    "time": "CASE WHEN length(trim({0})) <= 10 THEN make_timestamptz(epoch_us(try_cast({0} AS DATE)))"
    f" ELSE {_CLOCK} END",
    "float": "try_cast({0} AS DOUBLE)",
    "bool": "CASE WHEN lower({0}) IN ('yes', 'true') THEN true"
    " WHEN lower({0}) IN ('no', 'false') THEN false END",
    # trim costs as much as the whole reading of a row, so only cells that begin or end blank are trimmed.
    "text": "CASE WHEN {0} = '' OR {0} LIKE ' %' OR {0} LIKE '% ' THEN nullif(trim({0}), '') ELSE {0} END",
}


class Given(NamedTuple):
    """Rows as they came: a relation of text, or of text and typed columns.

    Attributes:
        file: What a finding calls the place they come from.
        columns: Columns that the relation has.
        sql: The relation, the same rows in the same order whenever it is read.
        line: Line of the first row.
        typed: Columns that have their type already (a time: DATE if civil, else TIMESTAMPTZ).
        dates: Those of them that are dates.
        clean: Columns of text in which no cell is empty, or begins or ends blank.
        zone: Time zone of instants that name none.
    """

    file: str
    columns: Sequence[str]
    sql: str
    line: int = 2
    typed: Collection[str] = ()
    dates: Collection[str] = ()
    clean: Collection[str] = ()
    zone: str = "UTC"


# Microseconds; arithmetic on them needs no calendar of time zones and is ten times as fast.
HOUR, DAY = 3_600_000_000, 86_400_000_000
_FROM, _TO = "make_timestamp(epoch_us(valid_from))", "make_timestamp(epoch_us(valid_to))"
GRAIN = f"""CASE
    WHEN _civil <> _civil_to THEN NULL
    WHEN NOT _civil AND epoch_us(valid_to) - epoch_us(valid_from) = {HOUR}
        AND epoch_us(valid_from) % {HOUR} = 0 THEN 'hour'
    WHEN NOT _civil THEN 'instant'
    WHEN dayofyear({_FROM}) = 1 AND {_TO} = {_FROM} + INTERVAL 1 YEAR THEN 'year'
    WHEN day({_FROM}) = 1 AND month({_FROM}) % 3 = 1 AND {_TO} = {_FROM} + INTERVAL 3 MONTH THEN 'quarter'
    WHEN day({_FROM}) = 1 AND {_TO} = {_FROM} + INTERVAL 1 MONTH THEN 'month'
    ELSE 'day' END AS grain"""


class Rule(NamedTuple):
    """A fault as a condition over typed rows."""

    column: str
    fault: str
    says: Words


def typed(connection: "DuckDBPyConnection", table: Table, given: Sequence[Given]) -> None:
    """Make ``new_<table>`` of the given rows: declared types, defaults filled in, order kept.

    The rows themselves lie in ``staged_<table>``, of which ``new_<table>`` is a view with their lines.
    """
    flags = [f"{_flag(c)} BOOLEAN" for c in table.columns if c.type != "text"]
    cells = [f"{quoted(c.column)} {SQL_TYPES[c.type]}" for c in table.columns]
    staged = f"staged_{table.name}"
    declared = ", ".join([*STAGED, *flags, *cells])
    connection.execute(f"CREATE OR REPLACE TEMP TABLE {staged} ({declared})")
    for source in given:
        found = connection.execute(f"SELECT count(*) FROM {staged}").fetchone()
        shift = (found[0] if found else 0) - source.line
        connection.execute(
            f"INSERT INTO {staged} SELECT ?, ?::BIGINT, * FROM ({_selected(table, source)})",
            [source.file, shift],
        )
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW new_{table.name} AS"
        f" SELECT *, rowid AS _at, rowid - _shift AS _line FROM {staged}"
    )


def viewed(
    connection: "DuckDBPyConnection", table: Table, given: Given, more: Sequence[str] = ()
) -> None:
    """Make ``new_<table>`` a view of rows in memory, whose relation numbers them as ``_line``.

    Args:
        connection: Where the relation is registered.
        table: Declaration of the table.
        given: The rows.
        more: Further columns of the relation that the view keeps.
    """
    file = given.file.replace("'", "''")
    connection.execute(
        f"CREATE OR REPLACE TEMP VIEW new_{table.name} AS"
        f" SELECT '{file}' AS _file, _line AS _at, * FROM ({_selected(table, given, ('_line', *more))})"
    )


def findings(
    connection: "DuckDBPyConnection",
    table: Table,
    given: Sequence[Given],
    scope: Mapping[str, str],
    *,
    listed: int = LISTED,
    versions: str = "",
) -> list[Finding]:
    """Every fault of the rows in ``new_<table>``.

    Args:
        connection: Where the rows are staged.
        table: Declaration of the table.
        given: The rows as they came, to quote a faulty cell from.
        scope: For each table that rules may refer to, the SQL of what holds its rows.
        listed: Faults of one kind that are told one by one; the rest are counted.
        versions: Column that tells versions of one key apart, if rows carry one.
    """
    rules = [rule for column in table.columns for rule in _rules(column, scope)]
    return [
        *_faults(connection, table, given, rules, listed),
        *_duplicates(connection, table, listed, versions),
    ]


def _faults(
    connection: "DuckDBPyConnection",
    table: Table,
    given: Sequence[Given],
    rules: list[Rule],
    listed: int,
) -> Iterator[Finding]:
    counts = ", ".join(f"count_if({rule.fault})" for rule in rules)
    row = connection.execute(f"SELECT {counts} FROM new_{table.name} AS new").fetchone()
    for rule, count in zip(rules, row or (), strict=True):
        if not count:
            continue
        places = connection.execute(
            f"SELECT _file, _line FROM new_{table.name} AS new WHERE {rule.fault}"
            f" ORDER BY _at LIMIT {listed}"
        ).fetchall()
        cells = _cells(connection, given, rule.column, places)
        for (file, line), cell in zip(places, cells, strict=True):
            yield Finding(file, line, rule.column, _of_cell(cell, rule.says))
        if count > listed:
            left = f"{count - listed:,}"
            more = Text(f"另有{left}处同样的问题", f"and {left} more like these")
            yield Finding(table.name, None, rule.column, more)


def _of_cell(cell: str | None, says: Words) -> Words:
    """What is wrong, with the cell that it is wrong with."""
    if cell is None:
        return says
    zh, en = in_both(says)
    shown = cell[:LONGEST_CELL]
    return Text(f"“{shown}”{zh}", f"'{shown}' {en}")


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
            f"SELECT line, {quoted(column)}::VARCHAR FROM ({numbered}) WHERE line IN (SELECT unnest(?))",
            [lines],
        ).fetchall()
        found |= {(source.file, line): cell for line, cell in rows}
    return [found.get((file, line or 0)) for file, line in places]


def _duplicates(
    connection: "DuckDBPyConnection", table: Table, listed: int, versions: str
) -> Iterator[Finding]:
    if not _stands_twice(connection, table, versions):
        return
    # Counting is cheap, naming is not: rows are looked up only where a key stands twice.
    keys = [*table.keys, versions] if versions else table.keys
    twice = f"SELECT {quoted(*keys)} FROM new_{table.name} GROUP BY ALL HAVING count(*) > 1"
    same = " AND ".join(f'a."{key}" IS NOT DISTINCT FROM b."{key}"' for key in keys)
    own = ", ".join(f"a.{quoted(key)}" for key in keys)
    named = [c.column for c in table.columns if "key" in c.rules and "grain" not in c.rules]
    shown = ", ".join(
        f"regexp_replace(a.{quoted(k)}::VARCHAR, ' 00:00:00[+]00$', '')" for k in named
    )
    rows = connection.execute(
        f"SELECT a._file, a._line, {shown},"
        f" first(struct_pack(f := a._file, r := a._line)) OVER one AS stands"
        f" FROM new_{table.name} a JOIN ({twice}) b ON {same}"
        f" WINDOW one AS (PARTITION BY {own} ORDER BY a._at)"
        f" QUALIFY row_number() OVER one > 1"
        f" ORDER BY a._at LIMIT {listed}"
    ).fetchall()
    for file, line, *key, stands in rows:
        parts = ", ".join(part for part in key if part is not None)
        where = f"{stands['f']}:{stands['r']}"
        says = Text(
            f"“{parts}”在{where}已有;同一键只能有一行",
            f"'{parts}' stands already in {where}; a key may stand once",
        )
        yield Finding(file, line, "+".join(named), says)


def _stands_twice(connection: "DuckDBPyConnection", table: Table, versions: str) -> bool:
    """Whether two rows may have one key, that is two equal hashes; grouping the keys takes thrice as long."""
    keys = quoted(*table.keys, *([versions] if versions else []))
    sql = f"SELECT count(*) <> count(DISTINCT hash({keys})) FROM new_{table.name}"
    found = connection.execute(sql).fetchone()
    return bool(found and found[0])


def _selected(table: Table, source: Given, more: Sequence[str] = ()) -> str:
    """SQL of a source's rows: flags, then every declared column with its type."""
    flags = [f"{_given(c, source)} AS {_flag(c)}" for c in table.columns if c.type != "text"]
    cells = [f"{_typed(c, source)} AS {quoted(c.column)}" for c in table.columns]
    inner = ", ".join([*flags, *cells, *more])
    grains = [c.column for c in table.columns if "grain" in c.rules]
    if not grains:
        return f"SELECT {inner} FROM ({source.sql})"
    civil = _civil(source, grains[0], "valid_from")
    ends = _civil(source, grains[0], "valid_to")
    names = ", ".join(
        [
            *(_flag(c) for c in table.columns if c.type != "text"),
            *(GRAIN if c.column in grains else quoted(c.column) for c in table.columns),
            *more,
        ]
    )
    return f"SELECT {names} FROM (SELECT {inner}, {civil} AS _civil, {ends} AS _civil_to FROM ({source.sql}))"


def _civil(source: Given, grain: str, name: str) -> str:
    """SQL of whether a row's period begins, or ends, with a date; where nothing is given, NULL."""
    if name not in source.columns:
        return "NULL::BOOLEAN"
    there = f"CASE WHEN {name} IS NOT NULL THEN"
    if name in source.dates:
        return f"{there} true END"
    if name not in source.typed:
        return f"length(nullif(trim({name}::VARCHAR), '')) <= 10"
    if grain not in source.columns:
        return f"{there} false END"
    # Rows that were read from here come back as instants, and their grain tells what they were.
    civil = f"{quoted(grain)} IN ('year', 'quarter', 'month', 'day')"
    return f"{there} {civil} AND epoch_us({name}) % {DAY} = 0 END"


def _flag(column: Column) -> str:
    return quoted(f"_has_{column.column}")


def _given(column: Column, source: Given) -> str:
    return f"{quoted(column.column)} IS NOT NULL" if column.column in source.columns else "false"


def _typed(column: Column, source: Given) -> str:
    name = quoted(column.column)
    if column.column in source.clean and not column.default:
        return name
    if column.column in source.typed and column.type != "text":
        if column.type == "time" and column.column in source.dates:
            return f"make_timestamptz(epoch_us({name}))"
        cell = f"{name}::{SQL_TYPES[column.type]}"
        return f"coalesce({cell}, {_default(column)})" if column.default else cell
    cell = name if column.column in source.columns else "NULL::VARCHAR"
    if column.column not in source.typed and column.column in source.columns:
        cell = f"{name}::VARCHAR"
    if column.type == "blob":
        return f"{name}::BLOB" if column.column in source.columns else "NULL::BLOB"
    if column.default:
        cell = f"coalesce(nullif(trim({cell}), ''), '{column.default}')"
    return CASTS[column.type].format(cell, source.zone)


def _default(column: Column) -> str:
    """SQL of a declared default, typed."""
    return CASTS[column.type].format(f"'{column.default}'")


def _rules(column: Column, scope: Mapping[str, str]) -> Iterator[Rule]:
    name = column.column
    new = f"new.{quoted(name)}"
    empty = f"{new} IS NULL" if column.type == "text" else f"NOT new.{_flag(column)}"
    if column.required and not column.default:
        zh, en = WANTED.get(column.type, Text(column.zh, column.en))
        says = Text(f"为空;{zh}必填", f"is empty; {en} is required")
        yield Rule(name, empty, says)
    if column.type in WANTED:
        fault = f"new.{_flag(column)} AND {new} IS NULL"
        zh, en = WANTED[column.type]
        yield Rule(name, fault, Text(f"不是{zh}", f"is not {en}"))
    if column.type == "float":
        says = Text("不是有限的数", "is not a finite number")
        yield Rule(name, f"NOT isfinite({new})", says)
    for word, given in column.rules.items():
        if word in RULES:
            fault, words = RULES[word](new, given, scope)
            yield Rule(name, fault, words)
