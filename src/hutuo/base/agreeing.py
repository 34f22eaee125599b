"""Verbs for whose data is whose: tables that bodies own or open, and agreements to read those of others."""

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from hutuo.base.branches import unpacking
from hutuo.errors import BadAsk
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Action = Literal["list", "request", "narrow", "approve", "refuse", "revoke"]
Step = Literal["list", "own", "open", "close"]
ALL = "all"


Filter = Annotated[dict[str, list[str]], BeforeValidator(unpacking('{"place": ["130102"]}'))]


class AgreementAsk(Ask):
    """What to do with which agreement."""

    action: Action = said("操作:列出、申请、缩小、批准、拒绝、撤销", "what to do", default="list")
    id: str | None = said("协议编号", "id of the agreement", default=None)
    table: str | None = said("申请时:数据表", "for request: table that is asked for", default=None)
    columns: tuple[str, ...] | None = said(
        "列;缺省为全部", "columns that are shown; all if none is given", default=None
    )
    filter: Filter | None = said(
        "行:列与取值(JSON)", "rows: column to the values that are shown, as JSON", default=None
    )
    purpose: str | None = said(
        "申请时:用途", "for request: what it is to be used for", default=None, max_length=2000
    )
    onward: str | None = said(
        "能否转供及对象", "who else may have it", default=None, max_length=2000
    )
    since: date | None = said("起始日;缺省为今天", "first day; today if none", default=None)
    until: date | None = said("截止日", "last day", default=None)


class AgreementRow(Answer):
    """One agreement."""

    id: str = said("协议编号", "its id")
    table: str = said("数据表", "table that it is on")
    giver: str = said("提供方", "body whose table it is")
    reader: str = said("使用方", "body that may read it")
    columns: list[str] | None = said("列", "columns that are shown; null for all")
    filter: dict[str, list[Any]] | None = said("行", "rows that are shown; null for all")
    purpose: str = said("用途", "what it may be used for")
    onward: str | None = said("转供", "who else may have it")
    since: date = said("起始日", "first day")
    until: date = said("截止日", "last day")
    state: str = said("状态", "requested, granted, refused, revoked or ended")
    requested_by: str = said("申请账号", "account that requested it")
    requested_at: datetime = said("申请时间", "when it was requested")
    decided_by: str | None = said("决定账号", "account that decided on it")
    decided_at: datetime | None = said("决定时间", "when it was decided on")


class AgreementsAnswer(Answer):
    """Agreements as they are now."""

    action: Action = said("操作", "what was done")
    id: str | None = said("协议编号", "agreement that it was done to", default=None)
    rows: list[AgreementRow] = said("协议", "agreements of one's own body, the latest first")


class DatasetAsk(Ask):
    """Whose which tables are."""

    action: Step = said("操作:列出、登记归属、公开、收回公开", "what to do", default="list")
    tables: tuple[str, ...] = said("数据表;all为全部", "tables; all for every one", default=())
    body: str | None = said("登记时:归属机构", "for own: body whose they are", default=None)


class DatasetRow(Answer):
    """Whose a table is."""

    table: str = said("数据表", "name of the table")
    body: str | None = said("归属机构", "body whose it is; null: nobody's")
    is_open: bool = said("是否公开", "whether every account that may read reads it")


class DatasetsAnswer(Answer):
    """Whose tables are, as it is now."""

    action: Step = said("操作", "what was done")
    rows: list[DatasetRow] = said("数据表", "tables that are of somebody or open, by name")


@verb("管理数据共享协议", columns=("id", "table", "giver", "reader", "state", "until"))
def agreement(region: "Region", ask: AgreementAsk) -> AgreementsAnswer:
    """List, request, narrow, approve, refuse and revoke agreements to read a table of another body."""
    from hutuo.base.sharing import agreements
    from hutuo.base.sharing.schema import SHARING
    from hutuo.base.store import store_of

    store, name, today = store_of(region), ask.id, datetime.now(UTC).date()
    if ask.action != "list":
        with store.writing(SHARING) as connection:
            name = _done(connection, ask, today)
    with store.reading(SHARING) as connection:
        rows = [_row(row, today) for row in agreements.listed(connection)]
    return AgreementsAnswer(action=ask.action, id=name, rows=rows)


@verb("登记数据表的归属与公开", columns=("table", "body", "is_open"))
def dataset(region: "Region", ask: DatasetAsk) -> DatasetsAnswer:
    """List whose tables are and which are open to all, or say so."""
    from hutuo.base.sharing import agreements
    from hutuo.base.sharing.schema import SHARING
    from hutuo.base.store import store_of

    store = store_of(region)
    if ask.action != "list":
        names = _tables(ask)
        if ask.action == "own":
            _known_body(region, ask.body)
        with store.writing(SHARING) as connection:
            known = agreements.datasets(connection)
            for name in names:
                before = known.get(name)
                owner = ask.body if ask.action == "own" else before.owner if before else None
                is_open = bool(before and before.open)
                if ask.action != "own":
                    is_open = ask.action == "open"
                agreements.own(connection, name, owner, is_open=is_open)
    with store.reading(SHARING) as connection:
        found = agreements.datasets(connection)
    rows = [
        DatasetRow(table=name, body=row.owner, is_open=row.open)
        for name, row in sorted(found.items())
    ]
    return DatasetsAnswer(action=ask.action, rows=rows)


def _done(connection: Any, ask: AgreementAsk, today: date) -> str:
    """Do what is asked; gives the agreement's id."""
    from hutuo.base.sharing import agreements
    from hutuo.base.tables import table

    terms = agreements.Terms(ask.columns, ask.filter, ask.since, ask.until, ask.onward)
    if ask.action == "request":
        if ask.table is None or not ask.purpose:
            raise _lacking("agreement request", "table, purpose, until")
        return agreements.request(connection, table(ask.table), ask.purpose, terms, today)
    if ask.id is None:
        raise _lacking(f"agreement {ask.action}", "id")
    if ask.action == "narrow":
        known = {row.agreement: row for row in agreements.listed(connection)}
        row = known.get(ask.id)
        about = table(row.table if row is not None else "unit")
        agreements.narrow(connection, ask.id, about, terms)
    else:
        state = {"approve": "granted", "refuse": "refused", "revoke": "revoked"}[ask.action]
        agreements.decide(connection, ask.id, state)
    return ask.id


def _tables(ask: DatasetAsk) -> list[str]:
    from hutuo.base.tables import table, tables

    if not ask.tables:
        raise _lacking(f"dataset {ask.action}", "tables")
    if ask.tables == (ALL,):
        return list(tables())
    return [table(name).name for name in ask.tables]


def _known_body(region: "Region", body: str | None) -> None:
    from hutuo.errors import one_of

    if body is None:
        raise _lacking("dataset own", "body")
    known = [row["body"] for row in region.records("body")]
    if body not in known:
        raise one_of(body, "body", known)


def _row(row: Any, today: date) -> AgreementRow:
    from hutuo.base.sharing.agreements import state_of

    values = {
        name: getattr(row, name)
        for name in AgreementRow.model_fields
        if name not in ("id", "giver", "columns", "filter", "state")
    }
    return AgreementRow(
        id=row.agreement,
        giver=row.owner,
        columns=None if row.fields is None else json.loads(row.fields),
        filter=None if row.rows is None else json.loads(row.rows),
        state=state_of(row, today),
        **values,
    )


def _lacking(what: str, fields: str) -> BadAsk:
    name = what.partition(" ")[0]
    return BadAsk(
        Text(f"{what}缺少{fields}", f"{what} needs {fields}"),
        Text(f"见hutuo base {name} --help", f"see hutuo base {name} --help"),
    )
