"""Verbs on accounts: their balances, their terms, and what they are kept in."""

from collections.abc import Iterator, Mapping
from datetime import date
from typing import TYPE_CHECKING, Literal

import sqlalchemy as sa

from hutuo.base.sharing.rights import only
from hutuo.base.store import store_of
from hutuo.errors import one_of
from hutuo.glossary import label
from hutuo.ledger import schema
from hutuo.ledger.balances import Standing, balances, by_book
from hutuo.ledger.commodities import commodities as all_commodities
from hutuo.ledger.commodities import commodity_of
from hutuo.ledger.entries import BOTH, LARGEST, OUTSIDE, body_of, read_entries
from hutuo.ledger.schema import LEDGER
from hutuo.ledger.state import Balance as Held
from hutuo.ledger.state import Place
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Account",
    "AccountRow",
    "Accounts",
    "BalanceRow",
    "Balances",
    "Commodities",
    "CommodityRow",
    "account",
    "accounts",
    "balance",
    "called",
    "commodities",
    "names_of",
    "standing_of",
]


class Balances(Ask):
    """Whose balances."""

    account: str | None = said("账户;缺省为全部", "account; all if none is given", default=None)
    body: str | None = said("只要该机构的账户", "only accounts of this body", default=None)
    commodity: str | None = said("只要该记账对象", "only in this commodity", default=None)
    book: Literal["in_place", "as_agreed"] | None = said(
        "只要该账本:在地或分算", "only of this book: in place or as agreed", default=None
    )


class BalanceRow(Answer):
    """What is in an account in one commodity and book."""

    account: str = said("账户", "the account")
    body: str = said("机构", "body that it is of")
    body_name: Text = said("机构名称", "what the body is called")
    commodity: str = said("记账对象", "what is counted")
    commodity_name: Text = said("记账对象名称", "what that is called")
    book: str = said("账本", "book; both where they say the same")
    book_name: Text = said("账本名称", "what the book is called")
    balance: int = said("余额(最小单位)", "sum of what is posted, in the smallest unit")
    reserved: int = said("待定支出", "what pending entries would take out of it")
    expected: int = said("待定收入", "what pending entries would bring")
    available: int = said("可用余额", "balance without what is reserved")
    in_unit: float = said("余额(常用单位)", "the balance in the unit that people read")
    unit: Text = said("常用单位", "that unit")


class Accounts(Ask):
    """Which accounts to list."""

    body: str | None = said("只要该机构的账户", "only accounts of this body", default=None)


class AccountRow(Answer):
    """An account and its terms."""

    account: str = said("账户", "the account")
    body: str = said("机构", "body that it is of")
    body_name: Text = said("机构名称", "what the body is called")
    name: str | None = said("账户名称", "what it is called")
    least: int | None = said(
        "最低余额;空为不限",
        "least balance available, in each commodity; null: it may go below zero",
    )
    seq: int = said("分录号", "entry that the terms are from")


class Account(Ask):
    """An account, and the terms it shall have."""

    account: str = said("账户,如机构/名称", "account, as BODY/NAME", min_length=1, max_length=200)
    body: str | None = said(
        "机构;缺省为账户“/”前的部分",
        "body that it is of; what stands before / if none",
        default=None,
    )
    name: str | None = said("账户名称", "what it is called", default=None)
    least: int | None = said(
        "最低余额(最小单位,不大于0);空为不限",
        "least balance available in each commodity, in its smallest unit; none: no bound",
        default=None,
        ge=-LARGEST,
        le=0,
    )
    change: bool = said("写入这些规则", "write these terms", default=False)
    by: str | None = said("经手", "who writes this", default=None, max_length=200)


class Commodities(Ask):
    """Nothing is asked for but all of them."""


class CommodityRow(Answer):
    """What accounts are kept in."""

    commodity: str = said("记账对象", "what is counted")
    name: Text = said("名称", "what it is called")
    unit: Text = said("常用单位", "unit that people read")
    smallest: Text = said("最小单位", "unit that amounts are integers of")
    digits: int = said("小数位数", "decimal digits of the unit in an amount")
    memo: bool = said("只作备查", "whether it is a share of a statistic, which nobody owes")


@verb("查余额", columns=("account", "body_name", "commodity_name", "book_name", "in_unit", "unit"))
def balance(region: "Region", ask: Balances) -> list[BalanceRow]:
    """Show balances, now or on a day as known at an instant; of one account or of all."""
    if ask.commodity is not None:
        commodity_of(ask.commodity)
    with store_of(region).reading(LEDGER) as connection:
        bodies = _bodies(connection)
        if ask.account is not None and ask.account not in bodies:
            raise one_of(ask.account, "account", list(bodies))
        found = balances(
            connection, standing_of(region), account=ask.account, commodity=ask.commodity
        )
    return [
        row
        for row in _rows(found, bodies, names_of(region))
        if ask.body in {None, row.body} and (row.book == BOTH or ask.book in {None, row.book})
    ]


@verb("列出账户", columns=("account", "body", "name", "least"))
def accounts(region: "Region", ask: Accounts) -> list[AccountRow]:
    """List accounts with their terms."""
    asked = sa.select(schema.account).order_by(schema.account.c.account)
    if ask.body is not None:
        asked = asked.where(schema.account.c.body == ask.body)
    names = names_of(region)
    with store_of(region).reading(LEDGER) as connection:
        rows = connection.execute(asked).all()
    return [AccountRow(**row._asdict(), body_name=called(row.body, names)) for row in rows]


@verb("查看账户或设定其规则", columns=("account", "body", "name", "least"))
def account(region: "Region", ask: Account) -> AccountRow:
    """Show an account, or open it or change its terms: its body, its name, its least balance."""
    store = store_of(region)
    if ask.change:
        _open(region, ask)
    with store.reading(LEDGER) as connection:
        table = schema.account
        row = connection.execute(sa.select(table).where(table.c.account == ask.account)).first()
        if row is None:
            raise one_of(ask.account, "account", list(_bodies(connection)))
    return AccountRow(**row._asdict(), body_name=called(row.body, names_of(region)))


@verb("列出记账对象", columns=("commodity", "name", "unit", "smallest"), needs_region=False)
def commodities(region: "Region | None", ask: Commodities) -> list[CommodityRow]:  # noqa: ARG001
    """List what accounts can be kept in, with units."""
    return [CommodityRow(**one._asdict()) for one in all_commodities().values()]


def names_of(region: "Region") -> dict[str, Text]:
    """What bodies and units are called, by id, and the world outside the region."""
    bodies = {row["body"]: Text(row["zh"], row["en"]) for row in region.records("body")}
    return {**region.names, **bodies, OUTSIDE: label(f"body:{OUTSIDE}")}


def called(body: str, names: Mapping[str, Text]) -> Text:
    """What a body is called; its id where the region does not know it."""
    return names.get(body, Text(body, body))


def standing_of(region: "Region") -> Standing:
    """Which past of the ledger a view means."""
    return Standing(region.at, region.as_of)


def _open(region: "Region", ask: Account) -> None:
    from hutuo.ledger.journal import journal_of

    journal = journal_of(store_of(region))
    with journal.store.reading(LEDGER) as connection:
        only(_bodies(connection).get(ask.account) or body_of(ask.account))
        only(ask.body or body_of(ask.account))
        many = connection.execute(
            sa.select(sa.func.count()).where(schema.entry.c.kind == "open")
        ).scalar()
    given = {
        # No key is longer than a name.
        "key": f"open:{ask.account[:180]}:{many}",
        "effective": date.today(),  # noqa: DTZ011 - civil day
        "kind": "open",
        "terms": ask.model_dump(include={"account", "body", "name", "least"}),
    }
    journal.post(read_entries(given, "account"), by=ask.by, file="account")


def _bodies(connection: sa.Connection) -> dict[str, str]:
    rows = connection.execute(sa.select(schema.account.c.account, schema.account.c.body))
    return {row.account: row.body for row in rows}


def _rows(
    found: dict[Place, Held], bodies: dict[str, str], names: Mapping[str, Text]
) -> Iterator[BalanceRow]:
    for (name, commodity, book), held in by_book(found):
        kind = commodity_of(commodity)
        yield BalanceRow(
            account=name,
            body=bodies[name],
            body_name=called(bodies[name], names),
            commodity=commodity,
            commodity_name=kind.name,
            book=book,
            book_name=label(f"book:{book}"),
            balance=held.posted,
            reserved=held.reserved,
            expected=held.expected,
            available=held.available,
            in_unit=held.posted / 10**kind.digits,
            unit=kind.unit,
        )
