"""One query over all tables: units, plans, figures, parcels, buildings, readings, as known and as they hold.

The SQL is the asker's own, so it runs where it can do no harm: in an engine of its own that holds nothing but
the rows of the named tables, with no way to files or network, with bounds on memory, time and rows.
"""

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from hutuo.base.tables import tables
from hutuo.errors import BadAsk, one_of
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from collections.abc import Iterator

    import duckdb

    from hutuo.base.region import Region

SECONDS = 30
SHUT: dict[str, str | bool | int | float | list[str]] = {
    "enable_external_access": "false",
    "autoload_known_extensions": "false",
    "autoinstall_known_extensions": "false",
    "python_enable_replacements": "false",
    "memory_limit": "2GB",
    "threads": "2",
}


class Query(Ask):
    """What to ask of the tables."""

    sql: str = said(
        "一条 SELECT 语句;表名即数据表的名称",
        "one SELECT; tables are called as they are declared",
        min_length=1,
        max_length=20_000,
    )
    limit: int = said("最多行数", "most rows to give", default=1000, ge=1, le=100_000)


class QueryAnswer(Answer):
    """What the tables answer."""

    tables: list[str] = said("用到的数据表", "tables that the query reads")
    columns: list[str] = said("列", "columns of the answer")
    rows: list[dict[str, Any]] = said("行", "rows of the answer")
    more: bool = said("是否还有更多行", "whether there are more rows than were asked for")


@verb("用 SQL 查询全部数据表")
def query(region: "Region", ask: Query) -> QueryAnswer:
    """Ask all tables in one SQL query, as they hold and are known."""
    with _engine() as engine:
        named = _named(engine, ask.sql)
        for name in named:
            engine.register(name, _shown(region, name))
        rows = _run(engine, ask)
    return QueryAnswer(
        tables=named,
        columns=rows[0],
        rows=[dict(zip(rows[0], row, strict=True)) for row in rows[1][: ask.limit]],
        more=len(rows[1]) > ask.limit,
    )


@contextmanager
def _engine() -> "Iterator[duckdb.DuckDBPyConnection]":
    """An engine that reaches nothing; what takes too long in it is stopped."""
    import duckdb

    engine = duckdb.connect(":memory:", config=SHUT)
    engine.execute("SET TimeZone = 'UTC'")
    # As in the lake: what is printed is the program's.
    engine.execute("SET enable_progress_bar = false")
    engine.execute("SET lock_configuration = true")
    clock = threading.Timer(SECONDS, engine.interrupt)
    clock.start()
    try:
        yield engine
    finally:
        clock.cancel()
        engine.close()


def _named(engine: "duckdb.DuckDBPyConnection", sql: str) -> list[str]:
    """Tables that one SELECT reads.

    Raises:
        BadAsk: It is no SQL, not one statement, or no SELECT.
        NotFound: It reads a table that is not declared.
    """
    import duckdb

    try:
        statements = engine.extract_statements(sql)
        names = sorted(engine.get_table_names(sql)) if len(statements) == 1 else []
    except duckdb.Error as error:
        says = Text(f"SQL有误:{error}", f"the SQL cannot be read: {error}")
        raise BadAsk(says, Text("请写一条SELECT", "write one SELECT")) from error
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        raise BadAsk(
            Text("只回答一条SELECT", "only one SELECT is answered"),
            Text("写入请用base put", "what is written goes through base put"),
        )
    unknown = [name for name in names if name not in tables()]
    if unknown:
        raise one_of(unknown[0], "table", list(tables()))
    return names


def _shown(region: "Region", name: str) -> Any:
    """Rows of a table, without geometry: WKB says nothing in an answer of text."""
    columns = [c.column for c in tables()[name].columns if c.type != "blob"]
    return region.arrow(name).select([*columns, "recorded_at"])


def _run(
    engine: "duckdb.DuckDBPyConnection", ask: Query
) -> tuple[list[str], list[tuple[Any, ...]]]:
    import duckdb

    try:
        found = engine.execute(f"SELECT * FROM ({_one(ask.sql)}) LIMIT {ask.limit + 1}")
        answer = found.to_arrow_table()
    except duckdb.InterruptException as error:
        says = Text(f"查询超过{SECONDS}秒", f"the query took longer than {SECONDS} s")
        hint = Text("请少查一些行,或查较小的表", "ask for fewer rows, or of a smaller table")
        raise BadAsk(says, hint) from error
    except duckdb.Error as error:
        says = Text(f"查询失败:{error}", f"the query fails: {error}")
        hint = Text("hutuo base tables列出各表与列", "hutuo base tables lists tables and columns")
        raise BadAsk(says, hint) from error
    columns = [f"{name}" for name in answer.column_names]
    if len(set(columns)) < len(columns):
        raise BadAsk(
            Text("结果中有两列同名", "two columns of the answer have one name"),
            Text("请用AS区分", "name them apart by AS"),
        )
    return columns, [tuple(row.values()) for row in answer.to_pylist()]


def _one(sql: str) -> str:
    """The statement without the semicolon at its end, on lines of its own so that a remark ends."""
    return f"\n{sql.strip().rstrip(';')}\n"
