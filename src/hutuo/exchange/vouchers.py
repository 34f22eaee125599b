"""Innovation vouchers (创新券): a city's budget, claimed by firms, redeemed in other cities too."""

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from hutuo.base.geographies import today
from hutuo.base.sharing.rights import only
from hutuo.base.store import store_of
from hutuo.errors import BadAsk, BadInput, Finding, one_of
from hutuo.exchange import redeeming, schema
from hutuo.exchange.accords import holds, latest, listed
from hutuo.exchange.lying import around, cities, city_of
from hutuo.exchange.redeeming import state_of
from hutuo.exchange.reserving import booked
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.versions import Row, now
from hutuo.glossary import label
from hutuo.ledger.balances import Standing, balances
from hutuo.ledger.schema import LEDGER
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Budget",
    "BudgetAnswer",
    "Voucher",
    "VoucherRow",
    "Vouchers",
    "place_of",
    "scheme_of",
    "voucher",
    "voucher_budget",
    "vouchers",
]

State = Literal["claimed", "redeemed", "returned", "expired"]
ID = r"^[^\s:@/|]+$"
MOST_FEN = 10**13
OF_BOOKING = "booking:"
REDEEMED = ("institute", "city", "purpose", "bill", "bill_fen", "paid_fen", "day")


class Budget(Ask):
    """Which scheme, and what to put into its budget."""

    scheme: str = said("创新券办法", "scheme, as in table voucher_scheme")
    add_fen: int | None = said(
        "追加预算(分)",
        "put vouchers of so much in fen into the budget",
        default=None,
        ge=1,
        le=MOST_FEN,
    )
    key: str | None = said(
        "幂等键;追加时必填,重试请用同一键",
        "key of the sum; adding one needs it, and whoever tries again gives the same",
        default=None,
        min_length=1,
        max_length=80,
        pattern=ID,
    )
    day: date | None = said("哪一天;缺省为今天", "day; today if none is given", default=None)


class BudgetAnswer(Answer):
    """A scheme and where its vouchers are."""

    scheme: str = said("创新券办法", "id of the scheme")
    name: Text = said("名称", "what the scheme is called")
    issuer: str = said("发行机构", "body that issues the vouchers")
    accepted_in: list[str] = said("通用地", "places whose institutes take them")
    pays_for: list[str] = said("用途", "what they may pay for")
    share: float = said("可抵比例(比值)", "largest part of a bill that they pay, 0..1")
    valid_from: date = said("有效期起", "first day of the scheme")
    valid_to: date | None = said("有效期止(不含)", "first day after it; null if there is none")
    left_fen: int = said("预算余额(分)", "what can still be claimed, in fen")
    held_fen: int = said("企业持有(分)", "what firms hold, in fen")
    redeemed_fen: int = said("已兑付(分)", "what was redeemed, in fen")
    issued_fen: int = said("预算总额(分)", "sum of the three")


class Voucher(Ask):
    """Which voucher, and what to do with it."""

    action: Literal["show", "claim", "redeem", "give_back"] = said(
        "操作:查看、领取、兑付、退回",
        "show it, claim it, redeem it, give it back unused",
        default="show",
    )
    code: str | None = said(
        "券码;领取时缺省则生成,重试请用同一码",
        "code; one that is claimed gets one if none is given; whoever tries again gives the same",
        default=None, min_length=6, max_length=100, pattern=ID,
    )  # fmt: skip
    scheme: str | None = said("创新券办法;领取时必填", "scheme; a claim needs it", default=None)
    firm: str | None = said(
        "企业;领取时必填", "firm; a claim needs it", default=None, max_length=100, pattern=ID
    )
    face_fen: int | None = said(
        "面额(分);领取时必填", "amount in fen; a claim needs it", default=None, ge=1, le=MOST_FEN
    )
    booking: str | None = said(
        "用于支付该仪器预约;机构、账单和金额由预约得出",
        "booking that it pays for; institute, bill and sum follow from it",
        default=None,
    )
    institute: str | None = said(
        "服务机构", "institute that takes it", default=None, max_length=100, pattern=ID
    )
    bill: str | None = said("账单号", "number of the bill", default=None, max_length=200)
    bill_fen: int | None = said(
        "账单金额(分)", "sum of the bill in fen", default=None, ge=1, le=MOST_FEN
    )
    purpose: str | None = said(
        "用途;兑付时必填", "what it pays for; redeeming needs it", default=None
    )
    day: date | None = said("哪一天;缺省为今天", "day; today if none is given", default=None)
    by: str | None = said("经手", "who writes this", default=None, max_length=200)


class Vouchers(Ask):
    """Whose vouchers to list: those of a scheme, of a firm, or those that an institute redeemed."""

    scheme: str | None = said("创新券办法", "only of this scheme", default=None)
    firm: str | None = said("企业", "only of this firm", default=None)
    institute: str | None = said(
        "服务机构", "only those that this institute redeemed", default=None
    )
    state: State | None = said("状态", "only in this state", default=None)
    day: date | None = said(
        "哪一天;缺省为今天", "day by which it is told what is over", default=None
    )


class VoucherRow(Answer):
    """A voucher."""

    code: str = said("券码", "code of the voucher")
    scheme: str = said("创新券办法", "scheme that it is of")
    issuer: str = said("发行机构", "body that issued it")
    firm: str = said("企业", "firm that it was given to")
    face_fen: int = said("面额(分)", "amount in fen")
    until: date | None = said("有效至(含)", "last day on which it holds")
    state: str = said("状态", "claimed, redeemed, returned or expired")
    state_name: Text = said("状态名称", "what the state is called")
    claimed_on: date = said("领取日期", "day on which it was claimed")
    returned_on: date | None = said("退回日期", "day on which it was given back")
    institute: str | None = said("服务机构", "institute that redeemed it")
    city: str | None = said("兑付城市", "city that pays the institute")
    purpose: str | None = said("用途", "what it paid for")
    bill: str | None = said("账单号", "bill that it paid on")
    bill_fen: int | None = said("账单金额(分)", "sum of the bill in fen")
    paid_fen: int | None = said("兑付金额(分)", "what it paid of it, in fen; the rest went back")
    day: date | None = said("兑付日期", "day on which it was redeemed")


@verb("查看或追加创新券预算")
def voucher_budget(region: "Region", ask: Budget) -> BudgetAnswer:
    """Show a scheme of vouchers and where they are, or put more into its budget.

    Example:
        ``hutuo exchange voucher-budget --scheme tokens --add-fen 100000000 --key 2026-01``
    """
    day, store = ask.day or today(region), store_of(region)
    scheme = scheme_of(region, ask.scheme, day)
    if ask.add_fen is not None:
        if ask.key is None:
            raise BadAsk(Text("追加预算须给出key", "adding to the budget needs key"))
        only(scheme["issuer"])
        redeeming.budget(store, scheme, ask.add_fen, ask.key, day)
    issuer, name = scheme["issuer"], scheme["scheme"]
    with store.reading(EXCHANGE) as connection:
        table = schema.voucher.outerjoin(schema.redemption)
        paid = schema.redemption.c.paid_fen
        asked = sa.select(sa.func.sum(paid)).select_from(table)
        of_it = asked.where(schema.voucher.c.scheme == name)
        redeemed = int(connection.execute(of_it).scalar() or 0)
    with store.reading(LEDGER) as connection:
        found = balances(connection, Standing(), commodity=f"voucher:{issuer}")
    left = sum(h.posted for (a, _, _), h in found.items() if a == f"{issuer}/budget:{name}")
    held = sum(h.posted for (a, _, _), h in found.items() if a.endswith(f"/vouchers:{name}"))
    return BudgetAnswer(
        scheme=name,
        name=Text(scheme["zh"], scheme["en"] or scheme["zh"]),
        issuer=issuer,
        accepted_in=listed(scheme["accepted_in"]),
        pays_for=listed(scheme["purposes"]),
        **{one: scheme[one] for one in ("share", "valid_from", "valid_to")},
        left_fen=left,
        held_fen=held,
        redeemed_fen=redeemed,
        issued_fen=left + held + redeemed,
    )


@verb("查看、领取或兑付一张创新券")
def voucher(region: "Region", ask: Voucher) -> VoucherRow:
    """Show, claim, redeem or give back an innovation voucher.

    Example:
        ``hutuo exchange voucher --action redeem --code ab12cd --booking b-17 --purpose 检测``
    """
    day, store = ask.day or today(region), store_of(region)
    code = ask.code or secrets.token_hex(10)
    if ask.action == "claim":
        _claim(region, ask, code, day)
    elif ask.code is None:
        raise BadAsk(Text("须给出券码code", "code is needed"))
    elif ask.action == "redeem":
        _redeem(region, ask, day)
    elif ask.action == "give_back":
        redeeming.give_back(store, code, day, ask.by)
    with store.reading(EXCHANGE) as connection:
        return _told(redeeming.held(connection, code), redeeming.redeemed(connection, code), day)


@verb(
    "列出创新券",
    columns=("code", "scheme", "firm", "face_fen", "state_name", "institute", "paid_fen"),
)
def vouchers(region: "Region", ask: Vouchers) -> list[VoucherRow]:
    """List vouchers of a scheme, of a firm, or redeemed at an institute, the newest first.

    Example:
        ``hutuo exchange vouchers --firm firm-1``
    """
    same = {"scheme": ask.scheme, "firm": ask.firm, "institute": ask.institute}
    given = {name: value for name, value in same.items() if value is not None}
    if not given:
        # All codes at once would be all money at once.
        raise BadAsk(
            Text("给出scheme、firm或institute之一", "give scheme, firm or institute"),
        )
    table, used = schema.voucher, schema.redemption
    columns = {"scheme": table.c.scheme, "firm": table.c.firm, "institute": used.c.institute}
    asked = (
        sa.select(table, *(used.c[name] for name in REDEEMED))
        .select_from(table.outerjoin(used))
        .where(*(columns[name] == value for name, value in given.items()))
        .order_by(table.c.recorded_at.desc(), table.c.code)
    )
    with store_of(region).reading(EXCHANGE) as connection:
        rows = [dict(row) for row in connection.execute(asked).mappings()]
    day = ask.day or today(region)
    told = [_told(row, row if row["paid_fen"] is not None else None, day) for row in rows]
    return [row for row in told if ask.state in {None, row.state}]


def scheme_of(region: "Region", name: str, day: date) -> Row:
    """The row of a scheme that holds on a day.

    Raises:
        NotFound: There is no such scheme.
        BadAsk: It does not hold then.
    """
    rows = replace(region, at=None).records("voucher_scheme", scheme=name)
    found = [row for row in rows if holds(row, day)]
    if found:
        return found[-1]
    last = latest(rows)
    if last is None:
        names = {row["scheme"] for row in region.records("voucher_scheme")}
        raise one_of(name, "voucher scheme", list(names))
    end = last["valid_to"] or last["valid_from"]
    raise BadAsk(
        Text(f"办法{name}在{day}无效({end})", f"scheme {name} is not in force on {day} ({end})")
    )


def _claim(region: "Region", ask: Voucher, code: str, day: date) -> None:
    if ask.scheme is None or ask.firm is None or ask.face_fen is None:
        raise BadAsk(
            Text("领取须给出scheme、firm、face_fen", "a claim needs scheme, firm and face_fen")
        )
    scheme = scheme_of(region, ask.scheme, day)
    only(ask.firm, scheme["issuer"])
    most = scheme["most_fen"]
    if most is not None and ask.face_fen > most:
        raise BadAsk(Text(f"单张上限为{most}分", f"a voucher is {most} fen at most"))
    ends = [
        day + timedelta(days=scheme["valid_days"]) if scheme["valid_days"] else None,
        scheme["valid_to"] - timedelta(days=1) if scheme["valid_to"] else None,
    ]
    row: Row = {
        "code": code,
        "scheme": scheme["scheme"],
        "issuer": scheme["issuer"],
        "firm": ask.firm,
        "amount_fen": ask.face_fen,
        "until": min((end for end in ends if end), default=None),
        "claimed_on": day,
        "returned_on": None,
        "recorded_at": now(),
        "by": ask.by,
    }
    redeeming.claim(store_of(region), row, scheme)


def _redeem(region: "Region", ask: Voucher, day: date) -> None:
    store, code = store_of(region), ask.code or ""
    with store.reading(EXCHANGE) as connection:
        given = redeeming.held(connection, code)
        bill = _bill(connection, ask, given)
    only(given["firm"], bill["institute"])
    scheme = scheme_of(region, given["scheme"], given["claimed_on"])
    institute, place = bill["institute"], place_of(region, bill["institute"])
    findings = _against(region, ask, scheme, given, place)
    if findings:
        raise BadInput(
            Text(f"创新券{code}不能这样兑付:", f"voucher {code} cannot be redeemed so:"),
            [Finding("voucher", None, column, says) for column, says in findings],
        )
    row = bill | {
        "code": code,
        "city": _city(region, place) or institute,
        "purpose": ask.purpose,
        "day": day,
        "recorded_at": now(),
        "by": ask.by,
    }
    redeeming.redeem(store, row, scheme["share"], billed=ask.booking is not None)


def _bill(connection: sa.Connection, ask: Voucher, given: Row) -> dict[str, Any]:
    """Institute, number and sum of what is paid: as asked, or of a booking."""
    if ask.booking is None:
        if ask.institute is None or ask.bill is None or ask.bill_fen is None:
            zh = "兑付须给出booking,或institute、bill、bill_fen"
            raise BadAsk(Text(zh, "redeeming needs booking, or institute, bill and bill_fen"))
        if ask.bill.startswith(OF_BOOKING):
            says = "预约的账单请用booking", "a bill of a booking is named by booking"
            raise BadAsk(Text(*says))
        return {"institute": ask.institute, "bill": ask.bill, "bill_fen": ask.bill_fen}
    row = booked(connection, ask.booking)
    if row["charged_fen"] is None or not row["charged_fen"]:
        raise BadAsk(Text("该预约还没有应付费用", "nothing is due for that booking yet"))
    if row["body"] != given["firm"]:
        says = f"该预约由{row['body']}付费", f"that booking is paid by {row['body']}"
        raise BadAsk(Text(*says))
    bill = OF_BOOKING + row["booking"]
    return {"institute": row["owner"], "bill": bill, "bill_fen": row["charged_fen"]}


def _against(
    region: "Region", ask: Voucher, scheme: Row, given: Row, place: str | None
) -> list[tuple[str, Text]]:
    """What stands against redeeming a voucher, whatever became of it."""
    found = []
    purposes, places = listed(scheme["purposes"]), listed(scheme["accepted_in"])
    if ask.purpose not in purposes:
        fits = "、".join(purposes), ", ".join(purposes)
        found.append(("purpose", Text(f"用途应为{fits[0]}", f"the purpose may be {fits[1]}")))
    if ask.firm not in {None, given["firm"]}:
        found.append(("firm", Text("不是这家企业的券", "it is not of that firm")))
    lies = around(region)
    if place is None or not lies.get(place, frozenset({place})) & set(places):
        fits = "、".join(places), ", ".join(places)
        says = Text(f"机构不在通用地({fits[0]})", f"the institute does not lie in {fits[1]}")
        found.append(("institute", says))
    return found


def place_of(region: "Region", institute: str) -> str | None:
    """Where an institute lies: by the register of institutions, else of bodies; None if neither does."""
    for table, column in (("institution", "place"), ("body", "unit")):
        rows = region.current(table, **{table: institute})
        if rows:
            return str(rows[-1][column]) if rows[-1][column] else None
    return None


def _city(region: "Region", place: str | None) -> str | None:
    """The body that pays for the city of a place: its government, else the city by its code."""
    city = city_of(place, around(region), cities(region)) if place else None
    bodies = (
        [row["body"] for row in region.current("body", unit=city, kind="government")]
        if city
        else []
    )
    return min(bodies, default=city)


def _told(row: Mapping[str, Any], used: Mapping[str, Any] | None, day: date) -> VoucherRow:
    state = state_of(row, used, day)
    same = ("code", "scheme", "issuer", "firm", "until", "claimed_on", "returned_on")
    cells: dict[str, Any] = {name: row[name] for name in same}
    return VoucherRow(
        **cells | {name: used[name] if used else None for name in REDEEMED},
        face_fen=row["amount_fen"],
        state=state,
        state_name=label(f"voucher:{state}"),
    )
