"""Bookings of instruments: made, begun, ended by the minutes used, cancelled, or nobody came."""

import secrets
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from hutuo.base.sharing.rights import only
from hutuo.base.store import store_of
from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.exchange import reserving, schema
from hutuo.exchange.instruments import Span, Terms, holiday, refusals, terms_of, trained
from hutuo.exchange.listings import wanted
from hutuo.exchange.opening import free_spans
from hutuo.exchange.reserving import Ending, Reserved
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.versions import Row, now
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Book",
    "BookingRow",
    "Bookings",
    "BookingsAnswer",
    "FreeRow",
    "book",
    "bookings",
    "done",
    "hours",
    "listed",
    "midnight",
]

Action = Literal["show", "make", "start", "finish", "cancel", "no_show", "close", "reopen"]
State = Literal["booked", "started", "finished", "cancelled", "no_show", "closed"]
MARKET = "instrument"
HOUR = 60
MOST_DAYS = 400


class Book(Ask):
    """Which booking, and what to do with it."""

    action: Action = said(
        "操作:查看、预约、开始、结束、取消、爽约、停用、恢复",
        "show it; make it; say that it began, ended, is cancelled, that nobody came; close the instrument"
        " for a time, open it again",
        default="show",
    )
    booking: str | None = said(
        "预约编号;预约时缺省则自动编号,重试请用同一编号",
        "id of the booking; a new one gets one if none is given; whoever tries again gives the same",
        default=None,
        min_length=1,
        max_length=100,
        pattern=r"^[^\s:@/|]+$",
    )
    instrument: str | None = said(
        "仪器(市场instrument上的信息编号)",
        "instrument, as it is listed on market instrument",
        default=None,
    )
    body: str | None = said(
        "付费单位", "body that pays", default=None, max_length=100, pattern=r"^[^\s:@/|]+$"
    )
    user: str | None = said("使用人", "person who uses it", default=None, max_length=200)
    begins: datetime | None = said(
        "开始时间;不写时区则为本地时间",
        "when it begins; local time if it names no zone",
        default=None,
    )
    minutes: int | None = said("时长(分钟)", "how long in minutes", default=None, ge=1, le=10_080)
    used_minutes: int | None = said(
        "实际使用(分钟);缺省为预约时长",
        "minutes used; as booked if none are given",
        default=None,
        ge=1,
    )
    note: str | None = said("备注", "remark", default=None, max_length=2000)
    by: str | None = said("经手", "who writes this", default=None, max_length=200)


class Bookings(Ask):
    """Which bookings to list."""

    instrument: str | None = said(
        "仪器;给出时一并列出空闲时段",
        "only of this instrument; then what is free is told too",
        default=None,
    )
    body: str | None = said("只要该单位的", "only those that this body pays", default=None)
    user: str | None = said("只要该使用人的", "only those of this user", default=None)
    state: tuple[State, ...] = said("只要这些状态的", "only in these states", default=())
    since: date | None = said(
        "自哪一天起;缺省为今天", "from this day on; today if none", default=None
    )
    days: int = said("天数", "number of days", default=14, ge=1, le=MOST_DAYS)


class BookingRow(Answer):
    """A booking."""

    booking: str = said("预约编号", "id of the booking")
    instrument: str = said("仪器", "instrument")
    owner: str = said("管理单位", "body that owns it")
    body: str = said("付费单位", "body that pays")
    user: str = said("使用人", "person who uses it")
    begins: datetime = said("开始时间", "when it begins, in the region's time")
    ends: datetime = said("结束时间", "when it ends")
    minutes: int = said("时长(分钟)", "how long in minutes")
    state: str = said("状态", "booked, started, finished, cancelled, no_show or closed")
    state_name: Text = said("状态名称", "what the state is called")
    fee_fen: int = said("费用(分)", "fee of the time booked in fen, held in the ledger")
    charged_fen: int | None = said("应付(分)", "what is due in fen; null as long as that is open")
    used_minutes: int | None = said("实际使用(分钟)", "minutes used; null as long as that is open")
    version: int = said("版本", "version of the instrument's listing whose terms hold")
    note: str | None = said("备注", "remark")
    by: str | None = said("经手", "who wrote the last change")


class FreeRow(Answer):
    """A time in which an instrument is free."""

    begins: datetime = said("开始时间", "when it begins")
    ends: datetime = said("结束时间", "when it ends")
    minutes: int = said("时长(分钟)", "how long in minutes")


class BookingsAnswer(Answer):
    """Bookings, and what is free."""

    booked_hours: float = said(
        "预约机时", "hours booked in these bookings; those cancelled and closed not among them"
    )
    no_show_hours: float = said("爽约机时", "hours booked for which nobody came")
    use_hours: float = said("使用机时", "hours booked without those for which nobody came")
    rows: list[BookingRow] = said("预约", "bookings, by beginning")
    free: list[FreeRow] = said("空闲时段", "times that can still be booked, of one instrument")


@verb(
    "预约、使用或取消一台仪器", columns=("booking", "instrument", "begins", "ends", "state_name")
)
def book(region: "Region", ask: Book) -> BookingRow:
    """Book an instrument, say that its use began and ended, cancel it, or say that nobody came.

    Example:
        ``hutuo exchange book --action make --instrument xrd --body firm-1 --user ann ...``
    """
    return done(region, ask, now())


def done(region: "Region", ask: Book, at: datetime) -> BookingRow:
    """The same at an instant; see :func:`book`."""
    store = store_of(region)
    name = ask.booking or f"b-{secrets.token_hex(6)}"
    if ask.action in {"make", "close"}:
        _make(region, ask, name, at)
    elif ask.action in {"start", "reopen"}:
        with store.reading(EXCHANGE) as connection:
            row = reserving.booked(connection, name)
        only(row["owner"], row["body"])
        move = reserving.start if ask.action == "start" else reserving.reopen
        move(store, name, at)
    elif ask.action != "show":
        _end(region, ask, at)
    with store.reading(EXCHANGE) as connection:
        return _told(region, reserving.booked(connection, name))


@verb(
    "列出预约和空闲时段",
    columns=("booking", "instrument", "body", "user", "begins", "ends", "state_name", "charged_fen"),
)  # fmt: skip
def bookings(region: "Region", ask: Bookings) -> BookingsAnswer:
    """List bookings of instruments, hours booked and used, and what of one instrument is free.

    Example:
        ``hutuo exchange bookings --instrument xrd --days 7``
    """
    return listed(region, ask, now())


def listed(region: "Region", ask: Bookings, at: datetime) -> BookingsAnswer:
    """The same at an instant; see :func:`bookings`."""
    table = schema.booking.c
    first = ask.since or at.astimezone(region.zone).date()
    span = Span(midnight(region, first), midnight(region, first + timedelta(days=ask.days)))
    tests = [table.ends > span.begins, table.begins < span.ends]
    same = {"instrument": ask.instrument, "body": ask.body, "user": ask.user}
    tests += [table[name] == value for name, value in same.items() if value is not None]
    if ask.state:
        tests.append(table.state.in_(ask.state))
    asked = sa.select(schema.booking).where(*tests).order_by(table.begins, table.booking)
    with store_of(region).reading(EXCHANGE) as connection:
        rows = [dict(row) for row in connection.execute(asked).mappings()]
        free: list[FreeRow] = []
        if ask.instrument is not None:
            listing = _instrument(region, connection, ask.instrument)
            taken = reserving.busy(connection, ask.instrument, span)
            free = list(_free(region, terms_of(listing["details"]), taken, span, at))
    return BookingsAnswer(**hours(rows), rows=[_told(region, row) for row in rows], free=free)


def hours(rows: Sequence[Row]) -> dict[str, float]:
    """Hours booked, hours for which nobody came, and the difference of both: hours used."""
    counted = [row for row in rows if row["state"] not in {"cancelled", "closed"}]
    whole = sum(Span(row["begins"], row["ends"]).minutes for row in counted)
    missed = sum(
        Span(row["begins"], row["ends"]).minutes for row in counted if row["state"] == "no_show"
    )
    return {
        "booked_hours": whole / HOUR,
        "no_show_hours": missed / HOUR,
        "use_hours": (whole - missed) / HOUR,
    }


def _make(region: "Region", ask: Book, name: str, at: datetime) -> None:
    closing = ask.action == "close"
    needed = ("instrument", "begins", "minutes") if closing else (
        "instrument", "begins", "minutes", "body", "user",
    )  # fmt: skip
    missing = [one for one in needed if getattr(ask, one) is None]
    if missing or ask.begins is None or ask.minutes is None:
        names = "、".join(missing), ", ".join(missing)
        raise BadAsk(Text(f"须给出{names[0]}", f"{names[1]} is needed"))
    begins = ask.begins if ask.begins.tzinfo else ask.begins.replace(tzinfo=region.zone)
    span = Span(begins, begins + timedelta(minutes=ask.minutes))
    store = store_of(region)
    with store.reading(EXCHANGE) as connection:
        listing = _instrument(region, connection, ask.instrument)
    terms = terms_of(listing["details"])
    owner = listing["body"]
    only(owner if closing else ask.body)
    row: Row = {
        "booking": name, "instrument": listing["listing"], "version": listing["version"],
        "owner": owner, "begins": span.begins, "ends": span.ends, "recorded_at": at,
        "body": owner if closing else ask.body, "user": ask.user or owner, "by": ask.by, "note": ask.note,
        "state": "closed" if closing else "booked", "fee_fen": 0 if closing else terms.fee(span.minutes),
    }  # fmt: skip
    if closing:
        reserving.close(store, row)
        return
    _allowed(region, terms, row, at)
    day = span.begins.astimezone(region.zone).date().isoformat()
    reserving.reserve(store, Reserved(row, terms, day))


def _allowed(region: "Region", terms: Terms, row: Row, at: datetime) -> None:
    """Refuse what the terms do not allow.

    Raises:
        BadInput: All that stands against it.
    """
    span = Span(row["begins"], row["ends"])
    says = [("begins", one) for one in refusals(terms, span, at, region.zone, holiday(region))]
    day = span.begins.astimezone(region.zone).date()
    if not trained(region, row["user"], terms.training, day):
        told = Text(
            f"{row['user']}在{day}没有有效的培训“{terms.training}”",
            f"{row['user']} holds no training '{terms.training}' on {day}",
        )
        says.append(("user", told))
    if says:
        raise BadInput(
            Text(f"不能这样预约{row['instrument']}:", f"{row['instrument']} cannot be booked so:"),
            [Finding("booking", None, column, one) for column, one in says],
        )


def _end(region: "Region", ask: Book, at: datetime) -> None:
    """End a booking: finished, cancelled, or nobody came."""
    store = store_of(region)
    with store.reading(EXCHANGE) as connection:
        row = reserving.booked(connection, ask.booking)
        only(row["owner"], row["body"])
        terms = _terms(connection, row)
    minutes, day = Span(row["begins"], row["ends"]).minutes, at.astimezone(region.zone).date()
    state = {"finish": "finished", "cancel": "cancelled", "no_show": "no_show"}[ask.action]
    used = 0
    if state == "finished":
        used = minutes if ask.used_minutes is None else ask.used_minutes
        due = _used(terms, row, used, minutes, at)
    else:
        due = _unused(terms, row, state, at)
    if row["owner"] == row["body"]:
        due = 0
    ending = Ending(state, used, due, at, day.isoformat(), ask.by, ask.note)
    reserving.end(store, row, ending)


def _used(terms: Terms, row: Row, used: int, minutes: int, at: datetime) -> int:
    if used > minutes:
        raise BadAsk(
            Text(
                f"使用{used}分钟多于预约的{minutes}分钟",
                f"{used} minutes used of {minutes} booked",
            ),
            Text("超出的时间请另行预约", "book the time beyond it as another booking"),
        )
    if at < row["begins"]:
        raise BadAsk(Text("预约时间还没有开始", "its time has not begun"))
    return terms.fee(used)


def _unused(terms: Terms, row: Row, state: str, at: datetime) -> int:
    from_ = row["begins"] + timedelta(minutes=terms.grace_minutes)
    if state == "no_show" and at < from_:
        raise BadAsk(
            Text(
                f"开始后{terms.grace_minutes}分钟才能记爽约",
                f"nobody came is said {terms.grace_minutes} minutes after the beginning",
            )
        )
    in_time = state == "cancelled" and terms.in_time(row["begins"], at)
    return 0 if in_time else terms.forfeit(row["fee_fen"])


def _instrument(region: "Region", connection: sa.Connection, name: str | None) -> Row:
    row = wanted(region, connection, name)
    if row["market"] != MARKET or row["state"] != "listed":
        state = label(f"listing_state:{row['state']}")
        raise BadAsk(
            Text(
                f"{name}在市场{row['market']},状态为{state.zh}",
                f"{name} is on market {row['market']} and {state.en}",
            ),
            Text("只能预约在列的仪器", "an instrument that is listed can be booked"),
        )
    return row


def _terms(connection: sa.Connection, row: Row) -> Terms:
    """Terms under which a booking was made."""
    table = schema.listing.c
    asked = sa.select(table.details).where(
        table.listing == row["instrument"], table.version == row["version"]
    )
    return terms_of(connection.execute(asked).scalar_one())


def _free(
    region: "Region", terms: Terms, taken: Sequence[Row], span: Span, at: datetime
) -> Iterator[FreeRow]:
    closed = holiday(region)
    shut = closed if terms.holidays == "closed" else lambda _: False
    first = max(span.begins, at + timedelta(hours=terms.advance_hours))
    last = min(span.ends, at + timedelta(days=terms.horizon_days))
    spans = [(row["begins"], row["ends"]) for row in taken]
    for begins, ends in free_spans(terms.hours, (first, last), region.zone, shut, spans):
        minutes = Span(begins, ends).minutes
        if minutes >= terms.least_minutes:
            yield FreeRow(begins=begins, ends=ends, minutes=minutes)


def midnight(region: "Region", day: date) -> datetime:
    """The instant at which a day begins in the region."""
    return datetime(day.year, day.month, day.day, tzinfo=region.zone)


def _told(region: "Region", row: Row) -> BookingRow:
    same = (
        "booking", "instrument", "owner", "body", "user", "state", "fee_fen", "charged_fen", "used_minutes",
        "version", "note", "by",
    )  # fmt: skip
    return BookingRow(
        **{name: row[name] for name in same},
        begins=row["begins"].astimezone(region.zone),
        ends=row["ends"].astimezone(region.zone),
        minutes=Span(row["begins"], row["ends"]).minutes,
        state_name=label(f"booking:{row['state']}"),
    )
