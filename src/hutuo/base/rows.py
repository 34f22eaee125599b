"""Verbs that show the tables themselves: their declarations and their rows."""

from typing import TYPE_CHECKING, Any

from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

MOST_ROWS = 10_000


class Tables(Ask):
    """Which declarations to list: all."""


class ColumnRow(Answer):
    """One declared column."""

    column: str = said("列名", "name of the column")
    type: str = said("数据类型", "type of its values")
    unit: str = said("计量单位", "unit of its values, if fixed")
    required: bool = said("是否必填", "whether a row must have it")
    label: Text = said("列的中英文含义", "what it holds")
    rule: str = said("校验规则", "rules that its values obey")


class TableRow(Answer):
    """One declared table."""

    table: str = said("表名", "name of the table")
    rows: int = said("已知的行数", "rows known at the asked time")
    columns: list[ColumnRow] = said("列", "its columns")


class TableAsk(Ask):
    """Which rows of a table to show."""

    name: str = said("表名", "name of the table")
    limit: int = said("最多行数", "most rows to show", default=100, ge=1, le=MOST_ROWS)
    offset: int = said("跳过的行数", "rows to pass over", default=0, ge=0)


@verb("列出数据表及其列", columns=("table", "rows"))
def tables(region: "Region", _ask: Tables) -> list[TableRow]:
    """List the declared tables with their columns."""
    from hutuo.base.tables import tables as declared

    return [
        TableRow(
            table=name,
            rows=region.query("SELECT count(*) AS n FROM known", name)[0]["n"],
            columns=[
                ColumnRow(
                    label=Text(c.zh, c.en),
                    **{f: getattr(c, f) for f in c._fields if f not in {"default", "zh", "en"}},
                )
                for c in found.columns
            ],
        )
        for name, found in declared().items()
    ]


@verb("查看数据表的行")
def table(region: "Region", ask: TableAsk) -> list[dict[str, Any]]:
    """Show rows of a table as they hold and are known, with when each was recorded."""
    from hutuo.base.tables import table as declared

    shown = [c.column for c in declared(ask.name).columns if c.type != "blob"]
    rows = region.page(ask.name, ask.offset, ask.limit)
    return [{name: row[name] for name in (*shown, "recorded_at")} for row in rows]
