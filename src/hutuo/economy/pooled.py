"""Leads of the joint pool as steps, read from its table in the store: parts meet in tables."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["PooledStep", "pooled"]

# The table of the pool, of which each row is a version of a lead, and the columns that are read.
TABLE = "exchange_lead"


class PooledStep(NamedTuple):
    """A lead coming to a stage.

    Attributes:
        lead: Id of the lead.
        stage: Stage that it came to.
        day: Day of the first version with it, in the region's zone; of the first version that of the contact.
        place: Unit or place that it is meant for.
        money_fen: Investment in fen.
    """

    lead: str
    stage: str
    day: date
    place: str | None
    money_fen: int | None


def pooled(region: "Region", body: str) -> list[PooledStep]:
    """Steps of the leads that a body may see, as known; none where nobody keeps a pool.

    Args:
        region: View of the region; what was recorded after its ``as_of`` is not read.
        body: Body that asks: it sees what it holds or is a party of.
    """
    import sqlalchemy as sa

    from hutuo.base.selection import MAIN
    from hutuo.base.store import Instant, store_of

    names = ("lead", "version", "holder", "stage", "place", "money_fen", "first_contact")
    table = sa.table(
        TABLE,
        *(sa.column(name) for name in names[:-1]),
        sa.column("first_contact", sa.Date),
        sa.column("parties", sa.JSON),
        sa.column("recorded_at", Instant),
    )
    store = store_of(replace(region, branch=MAIN))
    with store.engine.connect() as connection:
        if not sa.inspect(connection).has_table(TABLE):
            return []
        asked = sa.select(table).order_by(table.c.lead, table.c.version)
        if region.as_of is not None:
            asked = asked.where(table.c.recorded_at <= region.as_of)
        rows = [dict(row) for row in connection.execute(asked).mappings()]
    # Who may see a lead is told by its last version.
    last = {row["lead"]: row for row in rows}
    return [
        _step(region, row)
        for row in rows
        if body == last[row["lead"]]["holder"] or body in last[row["lead"]]["parties"]
    ]


def _step(region: "Region", row: Mapping[str, Any]) -> PooledStep:
    first = row["version"] == 1
    day = row["first_contact"] if first else row["recorded_at"].astimezone(region.zone).date()
    return PooledStep(row["lead"], row["stage"], day, row["place"], row["money_fen"])
