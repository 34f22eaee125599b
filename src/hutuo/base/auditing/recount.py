"""Whether the lake still holds the rows that the audit says were written."""

import json
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base.auditing.content import digest_of
from hutuo.base.auditing.schema import entry
from hutuo.base.chain import Doubt
from hutuo.base.tables import tables
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.lake import Lake

__all__ = ["recounted"]

FETCHED = 1_000


def recounted(connection: sa.Connection, lake: "Lake") -> list[Doubt]:
    """Batches whose rows are no longer what the audit says of them, in order.

    Args:
        connection: Of the store.
        lake: Where the rows are.
    """
    lost = _lost(connection)
    asked = sa.select(entry.c.seq, entry.c.about).order_by(entry.c.seq)
    doubts = []
    with connection.execution_options(yield_per=FETCHED).execute(asked) as rows:
        for seq, about in rows:
            if seq not in lost:
                doubts += [Doubt("content", seq, says) for says in _differing(lake, about)]
    return doubts


def _lost(connection: sa.Connection) -> set[int]:
    """Entries whose change was not kept."""
    asked = sa.select(entry.c.about).where(entry.c.kind == "not_kept")
    return {json.loads(about)["refers"] for about in connection.scalars(asked)}


def _differing(lake: "Lake", about: str) -> Iterator[Text]:
    for batch, name, told in _tables(about):
        if told["sha256"] is None or name not in tables():
            continue
        if digest_of(lake.connection, name, batch) != told["sha256"]:
            yield Text(
                f"数据表{name}中批次{batch}的行与审计所记不同",
                f"the rows of batch {batch} in table {name} are not those that were written",
            )


def _tables(about: str) -> Iterator[tuple[str, str, dict[str, Any]]]:
    try:
        changes = json.loads(about).get("changes") or []
    except ValueError:
        # Told by the chain.
        return
    for change in changes:
        for name, told in (change.get("tables") or {}).items():
            yield change["batch"], name, told
