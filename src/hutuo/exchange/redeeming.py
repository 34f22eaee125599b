"""Vouchers in one transaction with the ledger: into the budget, to a firm, redeemed once, or back.

A scheme's budget is an account that cannot be overdrawn; what a firm holds is another one. Redeeming brings
the voucher home to its issuer and turns what a firm owes an institute into what the issuer owes: directly
where both are of one city, else by way of the institute's own city, so that cities settle among each other.
"""

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

import sqlalchemy as sa

from hutuo.base.sharing.rights import only
from hutuo.base.store import Store
from hutuo.errors import BadAsk, one_of
from hutuo.exchange import schema
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.versions import Row
from hutuo.glossary import Text
from hutuo.ledger.entries import Entry, read_entries
from hutuo.ledger.journal import journal_of

__all__ = ["budget", "claim", "give_back", "held", "redeem", "redeemed", "state_of"]

_voucher, _redemption = schema.voucher.c, schema.redemption.c
Leg = dict[str, Any]


def budget(store: Store, scheme: Row, fen: int, key: str, day: date) -> None:
    """Put vouchers of so much into a scheme's budget; with a known key once.

    Raises:
        BadInput: The key is that of another sum.
    """
    issuer, name = scheme["issuer"], scheme["scheme"]
    opened = _opened(f"{issuer}/budget:{name}", issuer, scheme["valid_from"])
    legs = _moved(f"voucher:{issuer}", f"{issuer}/issued:{name}", f"{issuer}/budget:{name}", fen)
    entry = _entry(f"voucher-budget:{name}:{key}", day, name, legs)
    _post(store, [opened, entry], None)


def claim(store: Store, row: Row, scheme: Row) -> None:
    """Give a firm a voucher out of the budget; asked again with the same code it gets it once.

    Args:
        store: Store of the exchange.
        row: The voucher as it will stand.
        scheme: Its scheme.

    Raises:
        BadAsk: The firm would have more than the scheme allows.
        BadInput: The budget does not hold so much.
    """
    issuer, firm, name = row["issuer"], row["firm"], row["scheme"]

    def take(connection: sa.Connection) -> None:
        there = _find(connection, row["code"])
        if there is not None:
            if any(there[one] != row[one] for one in ("scheme", "firm", "amount_fen")):
                raise _other(row["code"])
            return
        _within(connection, row, scheme["most_firm_fen"])
        connection.execute(schema.voucher.insert().values(**row))

    opened = _opened(f"{firm}/vouchers:{name}", firm, scheme["valid_from"])
    legs = _moved(
        f"voucher:{issuer}",
        f"{issuer}/budget:{name}",
        f"{firm}/vouchers:{name}",
        row["amount_fen"],
    )
    entry = _entry(f"voucher:{row['code']}", row["claimed_on"], f"{name} {firm}", legs)
    _post(store, [opened, entry], take, row["by"])


def redeem(store: Store, row: Row, share: float, *, billed: bool) -> Row:
    """Pay a part of a bill by a voucher: once, whoever asks.

    Args:
        store: Store of the exchange.
        row: The redemption without ``paid_fen``.
        share: Largest part of the bill that vouchers pay, 0..1.
        billed: Whether the ledger holds the bill as a due of the firm.

    Returns:
        The redemption as it stands.

    Raises:
        BadAsk: The voucher is redeemed, returned or over, or the bill is paid as far as vouchers may.
    """
    with store.reading(EXCHANGE) as connection:
        given = held(connection, row["code"])
        there = _usable(connection, given, row)
        if there is not None:
            return there
        paid = _payable(connection, row, given["amount_fen"], share)
    row = row | {"paid_fen": paid}

    def take(connection: sa.Connection) -> None:
        if _usable(connection, held(connection, row["code"]), row) is not None:
            return
        if _payable(connection, row, given["amount_fen"], share) != paid:
            raise BadAsk(
                Text("这张账单刚刚由另一张券支付", "another voucher has just paid on this bill"),
                Text("请再试一次", "ask again"),
            )
        connection.execute(schema.redemption.insert().values(**row))

    entry = _entry(
        f"voucher:{row['code']}:redeem",
        row["day"],
        f"{row['institute']} {row['bill']}",
        _redeemed_legs(given, row, billed=billed),
    )
    _post(store, [entry], take, row["by"])
    return row


def give_back(store: Store, code: str, day: date, by: str | None) -> None:
    """Put a voucher that was not used back into the budget.

    Raises:
        NotFound: There is no such voucher.
        BadAsk: It is redeemed.
    """
    with store.reading(EXCHANGE) as connection:
        given = held(connection, code)
        only(given["firm"], given["issuer"])
        _unredeemed(connection, code)
    if given["returned_on"] is not None:
        return
    issuer, name = given["issuer"], given["scheme"]

    def take(connection: sa.Connection) -> None:
        _unredeemed(connection, code)
        connection.execute(
            schema.voucher.update().where(_voucher.code == code).values(returned_on=day)
        )

    legs = _moved(
        f"voucher:{issuer}",
        f"{given['firm']}/vouchers:{name}",
        f"{issuer}/budget:{name}",
        given["amount_fen"],
    )
    _post(store, [_entry(f"voucher:{code}:back", day, name, legs)], take, by)


def held(connection: sa.Connection, code: str) -> Row:
    """The voucher of that code.

    Raises:
        NotFound: There is none.
    """
    row = _find(connection, code)
    if row is None:
        # Codes are as good as money: none is told to who does not know it.
        raise one_of(code, "voucher", [])
    return row


def redeemed(connection: sa.Connection, code: str) -> Row | None:
    """What a voucher was redeemed for; None if it is not."""
    asked = sa.select(schema.redemption).where(_redemption.code == code)
    row = connection.execute(asked).mappings().first()
    return dict(row) if row else None


def state_of(row: Mapping[str, Any], used: object, day: date) -> str:
    """Where a voucher stands on a day."""
    if used is not None:
        return "redeemed"
    if row["returned_on"] is not None:
        return "returned"
    return "expired" if row["until"] is not None and row["until"] < day else "claimed"


def _redeemed_legs(given: Row, row: Row, *, billed: bool) -> list[Leg]:
    issuer, firm, paid = given["issuer"], given["firm"], row["paid_fen"]
    name, commodity = given["scheme"], f"voucher:{given['issuer']}"
    holder, institute, city = f"{firm}/vouchers:{name}", row["institute"], row["city"]
    legs = [
        _leg(holder, commodity, -given["amount_fen"]),
        _leg(f"{issuer}/issued:{name}", commodity, paid),
    ]
    rest = given["amount_fen"] - paid
    if rest:
        legs.append(_leg(f"{issuer}/budget:{name}", commodity, rest))
    if billed:
        legs += _owed(institute, firm, paid)
    for debtor, creditor in ((issuer, city), (city, institute)):
        if debtor != creditor:
            legs += _owed(debtor, creditor, paid)
    return legs


def _usable(connection: sa.Connection, given: Row, row: Row) -> Row | None:
    """Refuse a voucher that cannot be used; the redemption itself if it is this one."""
    there = redeemed(connection, row["code"])
    if there is not None:
        same = ("institute", "bill", "bill_fen", "purpose")
        if all(there[name] == row[name] for name in same):
            return there
        raise _used(there)
    state = state_of(given, None, row["day"])
    if state != "claimed":
        zh, en = {"returned": ("已退回", "returned"), "expired": ("已过期", "over")}[state]
        raise BadAsk(Text(f"创新券{row['code']}{zh}", f"voucher {row['code']} is {en}"))
    return None


def _payable(connection: sa.Connection, row: Row, amount: int, share: float) -> int:
    """What a voucher pays of a bill, in fen."""
    before = sa.select(_redemption.bill_fen, _redemption.paid_fen).where(
        _redemption.institute == row["institute"], _redemption.bill == row["bill"]
    )
    rows = connection.execute(before).all()
    if any(one.bill_fen != row["bill_fen"] for one in rows):
        raise BadAsk(
            Text(
                f"账单{row['bill']}此前记为{rows[0].bill_fen}分",
                f"bill {row['bill']} was said to be {rows[0].bill_fen} fen before",
            )
        )
    # Shares are written in a few decimals; a millionth more keeps 0.29 of 100 at 29.
    most = int(row["bill_fen"] * share + 1e-6)
    left: int = min(amount, most - sum(one.paid_fen for one in rows))
    if left <= 0:
        raise BadAsk(
            Text(
                f"创新券至多支付{most}分,账单{row['bill']}已付足",
                f"vouchers pay at most {most} fen of bill {row['bill']}, and have",
            )
        )
    return left


def _within(connection: sa.Connection, row: Row, most: int | None) -> None:
    """Refuse more than a firm may hold or have used."""
    if most is None:
        return
    used = sa.func.coalesce(_redemption.paid_fen, _voucher.amount_fen)
    asked = (
        sa.select(sa.func.sum(used))
        .select_from(schema.voucher.outerjoin(schema.redemption))
        .where(
            _voucher.scheme == row["scheme"],
            _voucher.firm == row["firm"],
            _voucher.returned_on.is_(None),
        )
    )
    have = int(connection.execute(asked).scalar() or 0)
    if have + row["amount_fen"] > most:
        raise BadAsk(
            Text(
                f"{row['firm']}已领或已用{have}分,每家企业上限{most}分",
                f"{row['firm']} holds or used {have} fen; a firm may have {most}",
            )
        )


def _unredeemed(connection: sa.Connection, code: str) -> None:
    there = redeemed(connection, code)
    if there is not None:
        raise _used(there)


def _used(there: Row) -> BadAsk:
    return BadAsk(
        Text(
            f"创新券{there['code']}已于{there['day']}在{there['institute']}兑付",
            f"voucher {there['code']} was redeemed at {there['institute']} on {there['day']}",
        )
    )


def _other(code: str) -> BadAsk:
    return BadAsk(
        Text(f"已有另一张券“{code}”", f"there is another voucher '{code}'"),
        Text("换一个code", "give another code"),
    )


def _find(connection: sa.Connection, code: str) -> Row | None:
    row = connection.execute(sa.select(schema.voucher).where(_voucher.code == code)).mappings()
    found = row.first()
    return dict(found) if found else None


def _leg(account: str, commodity: str, amount: int) -> Leg:
    return {"account": account, "commodity": commodity, "amount": amount}


def _moved(commodity: str, giver: str, taker: str, amount: int) -> list[Leg]:
    return [_leg(giver, commodity, -amount), _leg(taker, commodity, amount)]


def _owed(debtor: str, creditor: str, fen: int) -> list[Leg]:
    return _moved("CNY", f"{debtor}/due:{creditor}", f"{creditor}/due:{debtor}", fen)


def _opened(account: str, body: str, day: date) -> Entry:
    """Terms by which an account of vouchers is never overdrawn; said again they change nothing."""
    terms = {"account": account, "body": body, "least": 0}
    given = {
        "key": f"open:{account}",
        "effective": day.isoformat(),
        "kind": "open",
        "terms": terms,
    }
    return read_entries([given], "voucher")[0]


def _entry(key: str, day: date, memo: str, legs: list[Leg]) -> Entry:
    given = {"key": key, "effective": day.isoformat(), "memo": memo, "postings": legs}
    return read_entries([given], "voucher")[0]


def _post(
    store: Store,
    entries: list[Entry],
    beside: Callable[[sa.Connection], None] | None,
    by: str | None = None,
) -> None:
    with store.reading(EXCHANGE):
        pass
    journal_of(store).post(entries, by=by, file="voucher", beside=beside)
