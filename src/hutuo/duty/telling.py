"""What listeners are told: lines of the log that are newer than the last one that they know."""

import json
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base.store import store_of
from hutuo.duty import schema
from hutuo.duty.incident import log_row
from hutuo.duty.schema import DUTY

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["lines", "newest", "stamp"]

# A listener that was away for long catches up in parts.
MOST = 500


def newest(region: "Region") -> int:
    """Number of the newest line of the log; 0 where there is none."""
    with store_of(region).reading(DUTY) as connection:
        return int(connection.scalar(sa.select(sa.func.max(schema.log.c.number))) or 0)


def stamp(region: "Region") -> object:
    """What changes when something is written; None where one has to ask."""
    store = store_of(region)
    return store.stamp(DUTY) if store.is_file else None


def lines(region: "Region", after: int, lang: str) -> list[tuple[int, str]]:
    """Lines of the log after a number, each with its number, as JSON.

    Args:
        region: View of the region.
        after: Number of the last line that is known.
        lang: Language of texts.
    """
    table = schema.log
    asked = sa.select(table).where(table.c.number > after).order_by(table.c.number).limit(MOST)
    with store_of(region).reading(DUTY) as connection:
        rows: list[dict[str, Any]] = [dict(r) for r in connection.execute(asked).mappings()]
    told = [log_row(region, row, {}) for row in rows]
    context = {"lang": lang}
    return [
        (one.number, json.dumps(one.model_dump(mode="json", context=context), ensure_ascii=False))
        for one in told
    ]
