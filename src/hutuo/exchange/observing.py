"""What markets came to, as figures of a plan: hours used, vouchers redeemed, listings matched."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import TYPE_CHECKING, Literal, NamedTuple

import sqlalchemy as sa

from hutuo.base.figures import measured_in
from hutuo.base.geographies import today
from hutuo.base.store import Store, store_of
from hutuo.exchange import schema
from hutuo.exchange.figures import Origin, Written, write
from hutuo.exchange.instruments import Span
from hutuo.exchange.lying import around
from hutuo.exchange.repeats import period_of
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.vouchers import place_of
from hutuo.verbs import Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Event", "Observe", "events_of", "observe", "summed"]

FigureName = Literal["use_hours", "no_show_hours", "redeemed", "matched", "contracted", "settled"]
UNITS = {"use_hours": "hour", "no_show_hours": "hour", "redeemed": "fen"}
HOUR = 60
SOURCE = {
    "source": "register:exchange",
    "zh": "协作业务库汇总",
    "en": "Counted from the store of the exchange",
    "publisher": "hutuo",
    "licence": "as the bodies agree whose bookings, vouchers and listings they are",
    "quality": "B",
    "origin": "exchange observe",
}
METHODS = {
    "use_hours": Text(
        "预约机时减爽约机时,按预约开始日和仪器所在地汇总",
        "hours booked without no-shows, by day of the beginning and place of the instrument",
    ),
    "no_show_hours": Text(
        "爽约机时,按预约开始日和仪器所在地汇总",
        "hours booked for which nobody came, by day of the beginning and place of the instrument",
    ),
    "redeemed": Text(
        "创新券兑付金额,按兑付日和服务机构所在地汇总",
        "sums that vouchers paid, by day of redemption and place of the institute",
    ),
    **{
        state: Text(
            f"{zh}的供需信息数,一次对接计一次,按记录日和任一方所在地汇总",
            f"listings that became {state}, a match of two counted once, by day of record and place of"
            " either side",
        )
        for state, zh in (("matched", "对接"), ("contracted", "签约"), ("settled", "结清"))
    },
}


class Observe(Ask):
    """Which figure to count, and as which indicator to write it."""

    figure: FigureName = said(
        "统计什么:使用机时、爽约机时、兑付金额、对接、签约、结清",
        "what to count: hours used, hours of no-shows, sums redeemed, listings matched, contracted, settled",
    )
    indicator: str = said("写入的指标", "indicator that it is written as")
    places: tuple[str, ...] = said(
        "地点;缺省为本地区集合", "units or places; the region's set if none are given", default=()
    )
    grain: Literal["year", "month"] = said("按年或按月", "by year or by month", default="year")
    since: date | None = said("自哪一天起", "from this day on", default=None)
    until: date | None = said("到哪一天(含)", "up to this day, itself among them", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Event(NamedTuple):
    """Something that counts.

    Attributes:
        day: When it happened.
        places: Where; each unit or place that it counts for by itself.
        value: How much.
    """

    day: date
    places: frozenset[str]
    value: float


@verb("把市场成效写为指标数值", columns=("name", "indicator", "valid_from", "value", "unit_name"))
def observe(region: "Region", ask: Observe) -> Written:
    """Write what bookings, vouchers and matches came to in periods that are over as figures of an indicator.

    Example:
        ``hutuo exchange observe --figure use_hours --indicator instrument_hours --grain month``
    """
    unit = UNITS.get(ask.figure, "count")
    measured_in(region, ask.indicator, unit)
    places = list(dict.fromkeys(ask.places)) or [region.info.set]
    for place in places:
        region.name_of(place)
    # There is one store for all branches; what it came to may be tried out on any of them.
    store = store_of(replace(region, branch="main"))
    found = [
        event
        for event in events_of(ask.figure)(region, store)
        if (ask.since is None or event.day >= ask.since)
        and (ask.until is None or event.day <= ask.until)
    ]
    sums = summed(found, places, around(region), ask.grain)
    day = today(region)
    rows = [
        {
            "place": place, "indicator": ask.indicator, "valid_from": span[0], "valid_to": span[1],
            "value": value, "unit": unit, "estimate": False,
        }
        for (place, span), value in sorted(sums.items())
        if span[1] <= day
    ]  # fmt: skip
    origin = Origin(SOURCE, METHODS[ask.figure], "observe")
    lacking = _lacking(found, {span for _, span in sums if span[1] > day})
    return write(region, rows, origin, lacking=lacking, check=ask.check)


def events_of(figure: str) -> "Callable[[Region, Store], Iterator[Event]]":
    """What gives the events that a figure counts."""
    return COUNTED.get(figure) or _came(figure)


def summed(
    events: Sequence[Event], places: Sequence[str], lies: Mapping[str, frozenset[str]], grain: str
) -> dict[tuple[str, tuple[date, date]], float]:
    """Sums by place and period, of periods in which something happened.

    Args:
        events: What counts.
        places: Units or places; an event counts for each that it lies in.
        lies: By place, what it lies in, itself among it.
        grain: ``year`` or ``month``.
    """
    sums: dict[tuple[str, tuple[date, date]], float] = {}
    for event in events:
        inside = {where for one in event.places for where in lies.get(one, frozenset({one}))}
        for place in places:
            if place in inside:
                key = place, period_of(event.day, grain)
                sums[key] = sums.get(key, 0.0) + event.value
    return sums


def _hours(*states: str) -> "Callable[[Region, Store], Iterator[Event]]":
    """Hours of bookings that ended so, where the instrument was when it was booked."""

    def events(region: "Region", store: Store) -> Iterator[Event]:
        table, listed = schema.booking, schema.listing
        its = sa.and_(listed.c.listing == table.c.instrument, listed.c.version == table.c.version)
        asked = (
            sa.select(table.c.begins, table.c.ends, listed.c.place)
            .select_from(table.join(listed, its))
            .where(table.c.state.in_(states))
        )
        with store.reading(EXCHANGE) as connection:
            for begins, ends, place in connection.execute(asked):
                day = begins.astimezone(region.zone).date()
                yield Event(day, _at(place), Span(begins, ends).minutes / HOUR)

    return events


def _redeemed(region: "Region", store: Store) -> Iterator[Event]:
    table = schema.redemption.c
    with store.reading(EXCHANGE) as connection:
        rows = connection.execute(sa.select(table.institute, table.day, table.paid_fen)).all()
    where = {name: place_of(region, name) for name in {row.institute for row in rows}}
    for row in rows:
        yield Event(row.day, _at(where[row.institute]), float(row.paid_fen))


def _came(state: str) -> "Callable[[Region, Store], Iterator[Event]]":
    """Listings that came to a state; both sides of a match are one."""

    def events(region: "Region", store: Store) -> Iterator[Event]:
        table, before = schema.listing, schema.listing.alias("before")
        earlier = sa.and_(
            before.c.listing == table.c.listing, before.c.version == table.c.version - 1
        )
        other = schema.listing.alias("other")
        partner = sa.and_(other.c.listing == table.c.partner, other.c.superseded_at.is_(None))
        asked = (
            sa.select(
                table.c.listing, table.c.partner, table.c.recorded_at, table.c.place,
                other.c.place.label("elsewhere"),
            )
            .select_from(table.join(before, earlier).outerjoin(other, partner))
            .where(table.c.state == state, before.c.state != state)
            .order_by(table.c.change)
        )  # fmt: skip
        with store.reading(EXCHANGE) as connection:
            rows = connection.execute(asked).all()
        seen = set()
        for row in rows:
            pair = frozenset({row.listing, row.partner}), row.recorded_at
            if pair not in seen:
                seen.add(pair)
                day = row.recorded_at.astimezone(region.zone).date()
                yield Event(day, _at(row.place) | _at(row.elsewhere), 1.0)

    return events


COUNTED: "Mapping[str, Callable[[Region, Store], Iterator[Event]]]" = {
    "use_hours": _hours("finished"),
    "no_show_hours": _hours("no_show"),
    "redeemed": _redeemed,
}


def _at(place: str | None) -> frozenset[str]:
    return frozenset({place} if place else ())


def _lacking(events: Sequence[Event], open_: set[tuple[date, date]]) -> list[Text]:
    """What is not in the figures: periods that are not over, and what lies nowhere."""
    found = [
        Text(f"{first}起的时期尚未结束", f"the period from {first} is not over")
        for first, _ in sorted(open_)
    ]
    nowhere = sum(not event.places for event in events)
    if nowhere:
        says = f"{nowhere}条没有地点,未计入", f"{nowhere} have no place and are not counted"
        found.append(Text(*says))
    return found
