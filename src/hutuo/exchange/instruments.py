"""Terms of an instrument's use, and which bookings they allow: hours, lengths, notice, training, fees."""

from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.exchange.opening import Opening, opening, within
from hutuo.glossary import Text

if TYPE_CHECKING:
    from zoneinfo import ZoneInfo

    from hutuo.base.region import Region

__all__ = ["Span", "Terms", "holiday", "refusals", "terms_of", "trained"]

HOUR = 60
# One who stands before a free instrument may say that it began a moment ago.
WALK_IN = timedelta(minutes=5)
DEFAULTS = {
    "least_minutes": 30,
    "most_minutes": 480,
    "advance_hours": 0,
    "horizon_days": 90,
    "cancel_hours": 24,
    "no_show_percent": 50,
    "grace_minutes": 15,
    "most_no_shows": None,
    "training": None,
    "holidays": "closed",
}
SINCE = timedelta(days=90)


class Span(NamedTuple):
    """A time from a beginning up to an end, both aware."""

    begins: datetime
    ends: datetime

    @property
    def minutes(self) -> int:
        """Its length in whole minutes."""
        return int((self.ends - self.begins).total_seconds() // HOUR)


class Terms(NamedTuple):
    """What holds for who books an instrument; money in fen, see ``marketfields.csv``."""

    price_fen: int
    hours: Opening
    least_minutes: int
    most_minutes: int
    advance_hours: int
    horizon_days: int
    cancel_hours: int
    no_show_percent: int
    grace_minutes: int
    most_no_shows: int | None
    training: str | None
    holidays: str

    def fee(self, minutes: int) -> int:
        """Price of so many minutes, to the nearest fen."""
        return (self.price_fen * minutes + HOUR // 2) // HOUR

    def forfeit(self, fee: int) -> int:
        """What of a fee is due of those who do not come or cancel too late."""
        return (fee * self.no_show_percent + 50) // 100

    def in_time(self, begins: datetime, now: datetime) -> bool:
        """Whether a booking may still be cancelled for nothing."""
        return now <= begins - timedelta(hours=self.cancel_hours)


def terms_of(details: Mapping[str, Any]) -> Terms:
    """Terms from an instrument's fields, which were checked when it was listed."""
    given = {name: details.get(name, value) for name, value in DEFAULTS.items()}
    return Terms(price_fen=details["price_fen"], hours=opening(details["hours"]), **given)


def refusals(
    terms: Terms, span: Span, now: datetime, zone: "ZoneInfo", closed: Callable[[date], bool]
) -> Iterator[Text]:
    """Why a time cannot be booked, as far as the terms tell; nothing if it can.

    Args:
        terms: Of the instrument.
        span: Time that is asked for.
        now: When it is asked for.
        zone: Where the instrument is.
        closed: Whether a day is a public holiday.
    """
    if not terms.least_minutes <= span.minutes <= terms.most_minutes:
        bounds = f"{terms.least_minutes}–{terms.most_minutes}"
        yield Text(
            f"{span.minutes}分钟不在{bounds}分钟之间",
            f"{span.minutes} minutes; {bounds} would be right",
        )
    notice = timedelta(hours=terms.advance_hours) or -WALK_IN
    if span.begins < now + notice:
        yield Text(
            f"应至少提前{terms.advance_hours}小时",
            f"it is booked {terms.advance_hours} hours ahead",
        )
    if span.begins > now + timedelta(days=terms.horizon_days):
        yield Text(
            f"只能预约{terms.horizon_days}天以内",
            f"only the next {terms.horizon_days} days can be booked",
        )
    shut = closed if terms.holidays == "closed" else lambda _: False
    if not within(terms.hours, (span.begins, span.ends), zone, shut):
        yield Text("不在开放时间内", "it is not open all that time")


def trained(region: "Region", user: str, training: str | None, day: date) -> bool:
    """Whether a user holds a training on a day; also where none is asked for."""
    if training is None:
        return True
    from dataclasses import replace

    rows = replace(region, at=None).records("training", holder=user, training=training)
    return any(
        row["valid_from"] <= day and (row["valid_to"] is None or day < row["valid_to"])
        for row in rows
    )


def holiday(region: "Region") -> Callable[[date], bool]:
    """Whether a day is a public holiday in the region."""
    from hutuo.base.calendar import holidays

    def known(day: date) -> bool:
        return any(row.kind == "holiday" for row in holidays(day, day, region.info.calendar))

    return known
