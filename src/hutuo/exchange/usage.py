"""Usage of shared instruments, from their bookings: what the evaluation of their owners rests on."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

import sqlalchemy as sa

from hutuo.base.geographies import today
from hutuo.base.recording import recorded
from hutuo.base.store import store_of
from hutuo.errors import BadAsk
from hutuo.exchange import schema
from hutuo.exchange.bookings import MARKET, midnight
from hutuo.exchange.instruments import Span, holiday, terms_of
from hutuo.exchange.opening import free_spans
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.versions import Row
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "RecordUsage",
    "UsageAnswer",
    "UsageRow",
    "hours_of",
    "record_usage",
]

HOUR = 60
SOURCE = {
    "source": "register:bookings",
    "zh": "仪器预约登记汇总",
    "en": "Counted from the bookings of instruments",
    "publisher": "hutuo",
    "licence": "as the owners of the instruments agree",
    "quality": "B",
    "origin": "exchange record-usage",
}


class RecordUsage(Ask):
    """Which period, and whose instruments."""

    since: date = said("统计期第一天", "first day of the period")
    until: date = said("统计期最后一天", "last day of the period, itself in it")
    owner: str | None = said("只要该单位的仪器", "only instruments of this body", default=None)
    by: str | None = said("经手", "who writes this", default=None, max_length=200)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class UsageRow(Answer):
    """Hours of one instrument."""

    owner: str = said("管理单位", "body that owns it")
    instrument: str = said("仪器", "instrument")
    hours_available: float = said(
        "可用机时", "hours that it was listed and open, without those in which its owner closed it"
    )
    hours_booked: float = said("预约机时", "hours of bookings that ended")
    hours_no_show: float = said("爽约机时", "those for which nobody came")
    hours_outside: float = said("对外服务机时", "hours that bodies other than its owner used")


class UsageAnswer(Answer):
    """What was written."""

    rows: list[UsageRow] = said("各仪器机时", "hours by instrument")
    unended: int = said(
        "未办结的预约数", "bookings of the period of which nobody said how they ended; not counted"
    )
    batch: str | None = said("批次", "id of the batch; null if nothing was written")
    stored: int = said("存入的行数", "rows that were written")


@verb(
    "把预约汇总为仪器使用情况",
    columns=("instrument", "owner", "hours_available", "hours_booked", "hours_no_show", "hours_outside"),
)  # fmt: skip
def record_usage(region: "Region", ask: RecordUsage) -> UsageAnswer:
    """Write hours of instruments in a period that is over as rows of table instrument_usage.

    Example:
        ``hutuo exchange record-usage --since 2026-01-01 --until 2026-12-31``
    """
    after = ask.until + timedelta(days=1)
    if not ask.since < after <= today(region):
        raise BadAsk(
            Text(
                f"{ask.since}至{ask.until}不是已结束的时期",
                f"{ask.since} to {ask.until} is not over",
            ),
            Text("给出已结束的时期", "give a period that is"),
        )
    span = Span(midnight(region, ask.since), midnight(region, after))
    versions, bookings = _read(region, ask, span)
    rows = [
        UsageRow(
            owner=owner, instrument=name, **hours_of(region, span, those, bookings.get(name, []))
        )
        for (owner, name), those in sorted(versions.items())
    ]
    marks = {"valid_from": ask.since, "valid_to": after, "source": SOURCE["source"], "by": ask.by}
    tables = {"instrument_usage": [row.model_dump() | marks for row in rows], "source": [SOURCE]}
    batch, stored = (
        recorded(region, tables, "record-usage", check=ask.check) if rows else (None, 0)
    )
    names = {row.instrument for row in rows}
    unended = sum(
        row["state"] in {"booked", "started"} for name in names for row in bookings.get(name, [])
    )
    return UsageAnswer(rows=rows, unended=unended, batch=batch, stored=stored)


def hours_of(
    region: "Region", span: Span, versions: Sequence[Row], bookings: Sequence[Row]
) -> dict[str, float]:
    """Hours of an instrument in a period.

    Args:
        region: For its time zone and its public holidays.
        span: The period.
        versions: Versions of its listing, the first one first.
        bookings: Its bookings that begin within the period.
    """
    ended = [row for row in bookings if row["state"] in {"finished", "no_show"}]
    outside = [row for row in ended if row["state"] == "finished" and row["body"] != row["owner"]]
    closed = [(row["begins"], row["ends"]) for row in bookings if row["state"] == "closed"]
    available = sum(
        (ends - begins).total_seconds() / HOUR / HOUR
        for row in versions
        for begins, ends in _open(region, span, row, sorted(closed))
    )
    return {
        "hours_available": available,
        "hours_booked": _summed(ended),
        "hours_no_show": _summed([row for row in ended if row["state"] == "no_show"]),
        "hours_outside": _summed(outside),
    }


def _open(
    region: "Region", span: Span, row: Row, closed: Sequence[tuple[datetime, datetime]]
) -> Iterator[tuple[datetime, datetime]]:
    """Times within the period in which a version of the listing stood and it was open."""
    begins = max(span.begins, row["recorded_at"])
    ends = min(span.ends, row["superseded_at"] or span.ends)
    if row["state"] != "listed" or begins >= ends:
        return
    terms = terms_of(row["details"])
    shut = holiday(region) if terms.holidays == "closed" else lambda _: False
    yield from free_spans(terms.hours, (begins, ends), region.zone, shut, closed)


def _summed(rows: Sequence[Row]) -> float:
    return sum(Span(row["begins"], row["ends"]).minutes for row in rows) / HOUR


def _read(
    region: "Region", ask: RecordUsage, span: Span
) -> tuple[dict[tuple[str, str], list[Row]], dict[str, list[Row]]]:
    """Versions of instruments by owner and instrument, and bookings of the period by instrument."""
    listed, table = schema.listing.c, schema.booking.c
    asked = sa.select(schema.listing).where(listed.market == MARKET).order_by(listed.change)
    if ask.owner is not None:
        asked = asked.where(listed.body == ask.owner)
    within = sa.select(schema.booking).where(
        sa.or_(
            sa.and_(table.begins >= span.begins, table.begins < span.ends),
            # What is closed over the end of the period counts up to it.
            sa.and_(table.state == "closed", table.begins < span.ends, table.ends > span.begins),
        )
    )
    with store_of(replace(region, branch="main")).reading(EXCHANGE) as connection:
        versions: dict[tuple[str, str], list[Row]] = {}
        for row in connection.execute(asked).mappings():
            if row["recorded_at"] < span.ends:
                versions.setdefault((row["body"], row["listing"]), []).append(dict(row))
        bookings: dict[str, list[Row]] = {}
        for row in connection.execute(within).mappings():
            bookings.setdefault(row["instrument"], []).append(dict(row))
    return versions, bookings
