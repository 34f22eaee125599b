"""Versions of rows: everything that was ever recorded of a key, by which verb and when."""

from itertools import groupby
from typing import TYPE_CHECKING, Any

from hutuo.base.attaching import retry
from hutuo.base.history import told
from hutuo.base.tables import quoted
from hutuo.base.tables import table as declared
from hutuo.errors import NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

    Row = dict[str, Any]


def versions(region: "Region", name: str, **where: str) -> "list[Row]":
    """Every version of the rows of a table that the view reaches, by key, the oldest first.

    Nothing is ever overwritten, so this is how a row came to be what it is. Versions of main come before
    those of the branch, which stand over them whenever they were recorded.

    Args:
        region: View of the region: rows recorded by ``as_of``, on its branch.
        name: Declared table.
        **where: Column of text to the value that it must have.

    Returns:
        Rows with ``recorded_at``, ``superseded_at``, ``current``, ``retracted``, ``batch``, and of the batch
        its ``verb`` and ``origin``; columns of the table that have such a name keep theirs.

    Raises:
        NotFound: No such table or column.
    """
    table = declared(name)
    unknown = sorted(where.keys() - set(table.names))
    if unknown:
        zh, en = f"数据表{name}没有列“{unknown[0]}”", f"no column '{unknown[0]}' in table {name}"
        hint = Text(f"可用:{'、'.join(table.names)}", f"possible: {', '.join(table.names)}")
        raise NotFound(Text(zh, en), hint)
    region.whole(name)
    own = ", ".join(f"o.{quoted(column)}" for column in table.names)
    keys = ", ".join(f"o.{quoted(key)} NULLS FIRST" for key in table.keys)
    log = [f"log.{column}" for column in ("verb", "origin") if column not in table.names]
    cells = ", ".join([own, "o.recorded_at", "o.batch", "o.branch", "o.retracted", *log])
    tests = "".join(f" AND o.{quoted(column)} = ?" for column in where)
    sql = (
        f"SELECT {cells} FROM lake.{name} AS o LEFT JOIN lake.batch AS log ON log.batch = o.batch"
        f" WHERE o.branch IN ('main', ?) AND (? IS NULL OR o.recorded_at <= ?){tests}"
        f" ORDER BY {keys}, o.branch <> 'main', o.recorded_at, o.batch"
    )
    given = [region.lake.lane(region.branch), region.as_of, region.as_of, *where.values()]
    rows = retry(lambda: region.lake.fetch(sql, given)).to_pylist()
    same = groupby(rows, key=lambda row: [row[key] for key in table.keys])
    return [row for _, group in same for row in told(list(group))]
