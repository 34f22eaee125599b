"""Reports of the ledger: an account's statement, one entry with all that belongs to it, the trial balance."""

from collections import defaultdict
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa

from hutuo.base.store import store_of
from hutuo.errors import NotFound, one_of
from hutuo.ledger import schema
from hutuo.ledger.accounts import standing_of
from hutuo.ledger.balances import balances, holding
from hutuo.ledger.commodities import commodity_of
from hutuo.ledger.entries import BOOKS, BOTH
from hutuo.ledger.schema import LEDGER
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "EntryAnswer",
    "EntryAsk",
    "PostingRow",
    "Statement",
    "StatementRow",
    "TrialBalance",
    "TrialRow",
    "entry",
    "statement",
    "trial_balance",
]

Book = Literal["in_place", "as_agreed"]


class Statement(Ask):
    """Which postings to list."""

    account: str | None = said("账户", "of this account", default=None)
    contract: str | None = said("只要该合同的", "only of this contract", default=None)
    clause: str | None = said("只要该条款的", "only of this clause", default=None)
    commodity: str | None = said("只要该记账对象", "only in this commodity", default=None)
    book: Book | None = said(
        "只要该账本:在地或分算", "only of this book: in place or as agreed", default=None
    )
    since: date | None = said("起始日", "first day of effect", default=None)
    until: date | None = said("截止日(含)", "last day of effect", default=None)
    offset: int = said("跳过的行数", "rows to skip", default=0, ge=0)
    limit: int = said("最多行数", "most rows", default=200, ge=1, le=10_000)


class StatementRow(Answer):
    """One posting."""

    seq: int = said("分录号", "number of the entry")
    key: str = said("幂等键", "key of the entry")
    kind: str = said("分录类型", "kind of the entry")
    effective: date = said("生效日", "day on which it counts")
    recorded_at: datetime = said("记录时间", "when it was recorded")
    account: str = said("账户", "the account")
    commodity: str = said("记账对象", "what is counted")
    book: str = said("账本", "book that it stands in")
    amount: int = said(
        "金额(最小单位)", "amount in the smallest unit; negative out of the account"
    )
    balance: int | None = said(
        "此后余额", "sum of what was posted to the account up to it; null for pending ones"
    )
    memo: str = said("说明", "what it is for")
    contract: str | None = said("合同", "contract that it follows from")
    clause: str | None = said("条款编号", "clause that it serves")


class EntryAsk(Ask):
    """Which entry."""

    key: str | None = said("幂等键", "its key", default=None)
    seq: int | None = said("分录号", "or its number", default=None, ge=1)


class PostingRow(Answer):
    """One posting of an entry."""

    account: str = said("账户", "the account")
    commodity: str = said("记账对象", "what is counted")
    commodity_name: Text = said("记账对象名称", "what that is called")
    amount: int = said("金额(最小单位)", "amount in the smallest unit")
    in_unit: float = said("金额(常用单位)", "the amount in the unit that people read")
    unit: Text = said("常用单位", "that unit")
    book: str = said("账本", "book that it stands in")


class EntryAnswer(Answer):
    """One entry with all that belongs to it."""

    seq: int = said("分录号", "number of the entry")
    key: str = said("幂等键", "its key")
    kind: str = said("分录类型", "its kind")
    effective: date = said("生效日", "day on which it counts")
    recorded_at: datetime = said("记录时间", "when it was recorded")
    memo: str = said("说明", "what it is for")
    contract: str | None = said("合同", "contract that it follows from")
    clause: str | None = said("条款编号", "clause that it serves")
    by: str | None = said("经手", "who wrote it")
    refers: int | None = said("所针对的分录号", "entry that it settles, voids or reverses")
    referred_by: int | None = said("由哪号分录处理", "entry that settled, voided or reversed it")
    hash: str = said("链上的散列", "hash of the chain up to it")
    postings: list[PostingRow] = said("记录", "its postings in order")


class TrialBalance(Ask):
    """Of which book."""

    book: Book = said("账本:在地或分算", "book: in place or as agreed", default="in_place")


class TrialRow(Answer):
    """One commodity: what all accounts have and owe."""

    commodity: str = said("记账对象", "what is counted")
    commodity_name: Text = said("记账对象名称", "what that is called")
    book: str = said("账本", "the book")
    positive: int = said("正余额合计", "sum of balances above zero, in the smallest unit")
    negative: int = said("负余额合计", "sum of balances below zero")
    difference: int = said("差额", "sum of both; 0 in a ledger that holds")
    region: int = said("区域合计", "what the accounts of the region have together")
    accounts: int = said("账户数", "number of accounts")


@verb(
    "列出明细",
    columns=("seq", "effective", "account", "book", "amount", "commodity", "balance", "memo"),
)
def statement(region: "Region", ask: Statement) -> list[StatementRow]:
    """List postings with the running balance, by account, contract or clause; the oldest first."""
    with store_of(region).reading(LEDGER) as connection:
        if ask.account is not None:
            _known(connection, ask.account)
        rows = connection.execute(_postings(region, ask)).all()
    return [StatementRow(**row._asdict()) for row in rows]


@verb("查看一条分录")
def entry(region: "Region", ask: EntryAsk) -> EntryAnswer:
    """Show an entry: its postings, what it follows from, what became of it."""
    table, leg = schema.entry.c, schema.posting.c
    test = table.key == ask.key if ask.seq is None else table.seq == ask.seq
    with store_of(region).reading(LEDGER) as connection:
        row = connection.execute(sa.select(schema.entry).where(test)).first()
        if row is None:
            wanted = ask.key if ask.seq is None else ask.seq
            says = Text(f"没有分录“{wanted}”", f"there is no entry '{wanted}'")
            raise NotFound(says, Text("用ledger statement查找", "look for it by ledger statement"))
        legs = connection.execute(
            sa.select(schema.posting).where(leg.seq == row.seq).order_by(leg.line)
        ).all()
        later = connection.execute(sa.select(table.seq).where(table.refers == row.seq)).scalar()
    values = {
        name: value for name, value in row._asdict().items() if name not in ("terms", "asked")
    }
    return EntryAnswer(**values, referred_by=later, postings=[_posting(leg) for leg in legs])


@verb(
    "试算平衡", columns=("commodity_name", "book", "positive", "negative", "difference", "region")
)
def trial_balance(region: "Region", ask: TrialBalance) -> list[TrialRow]:
    """Balance the ledger by commodity: what accounts have, what they owe, and what the region has in all."""
    with store_of(region).reading(LEDGER) as connection:
        found = balances(connection, standing_of(region))
        outside = set(
            connection.scalars(
                sa.select(schema.account.c.account).where(schema.account.c.body == "outside")
            )
        )
    sums: dict[str, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for (account, commodity, book), held in found.items():
        if book in (BOTH, ask.book):
            sums[commodity][account] += held.posted
    return [
        _trial(commodity, ask.book, by_account, outside)
        for commodity, by_account in sorted(sums.items())
    ]


def _postings(region: "Region", ask: Statement) -> sa.Select[Any]:
    leg, entries = schema.posting.c, schema.entry.c
    order = (entries.effective, leg.seq, leg.line)
    # In both books unless one is asked for: the balance is then that of the book alone.
    books = (BOTH, ask.book) if ask.book else (BOTH, *BOOKS)
    kept = sa.case((entries.kind == "pending", 0), else_=leg.amount)
    running = sa.func.sum(kept).over(
        partition_by=(leg.account, leg.commodity)
        if ask.book
        else (leg.account, leg.commodity, leg.book),
        order_by=order,
        rows=(None, 0),
    )
    inner = (
        sa.select(
            *(
                entries[name]
                for name in ("seq", "key", "kind", "effective", "recorded_at", "memo")
            ),
            *(entries[name] for name in ("contract", "clause")),
            *(leg[name] for name in ("line", "account", "commodity", "book", "amount")),
            sa.case((entries.kind == "pending", None), else_=running).label("balance"),
        )
        .join(schema.entry, entries.seq == leg.seq)
        .where(leg.book.in_(books), *holding(standing_of(region)))
    )
    for column, wanted in ((leg.account, ask.account), (leg.commodity, ask.commodity)):
        if wanted is not None:
            inner = inner.where(column == wanted)
    rows = inner.subquery()
    # The balance runs over all that came before; what is shown is narrowed afterwards.
    shown = sa.select(*(column for column in rows.c if column.name != "line"))
    if ask.since is not None:
        shown = shown.where(rows.c.effective >= ask.since)
    if ask.until is not None:
        shown = shown.where(rows.c.effective <= ask.until)
    if ask.contract is not None:
        same = sa.or_(
            rows.c.contract == ask.contract,
            rows.c.contract.startswith(f"{ask.contract}@", autoescape=True),
        )
        shown = shown.where(same)
    if ask.clause is not None:
        shown = shown.where(rows.c.clause == ask.clause)
    order_out = (rows.c.effective, rows.c.seq, rows.c.line)
    return shown.order_by(*order_out).offset(ask.offset).limit(ask.limit)


def _posting(row: Any) -> PostingRow:
    kind = commodity_of(row.commodity)
    return PostingRow(
        account=row.account,
        commodity=row.commodity,
        commodity_name=kind.name,
        amount=row.amount,
        in_unit=row.amount / 10**kind.digits,
        unit=kind.unit,
        book=row.book,
    )


def _trial(commodity: str, book: str, by_account: dict[str, int], outside: set[str]) -> TrialRow:
    positive = sum(held for held in by_account.values() if held > 0)
    negative = sum(held for held in by_account.values() if held < 0)
    here = sum(held for account, held in by_account.items() if account not in outside)
    return TrialRow(
        commodity=commodity,
        commodity_name=commodity_of(commodity).name,
        book=book,
        positive=positive,
        negative=negative,
        difference=positive + negative,
        region=here,
        accounts=len(by_account),
    )


def _known(connection: sa.Connection, account: str) -> None:
    names = list(connection.scalars(sa.select(schema.account.c.account)))
    if account not in names:
        raise one_of(account, "account", names)
