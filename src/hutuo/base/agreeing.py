"""Verbs for whose data is whose: tables that bodies own or open, and agreements to read those of others."""

import json
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BeforeValidator

from hutuo.base.branches import unpacking
from hutuo.errors import BadAsk
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Action = Literal["list", "request", "narrow", "approve", "refuse", "revoke", "renew", "expire"]
Step = Literal["list", "own", "open", "close"]
ALL = "all"
# Fields of an agreement that are shown as they are kept.
_SAME = (
    "table",
    "reader",
    "purpose",
    "onward",
    "returns",
    "renews",
    "since",
    "until",
    "requested_by",
    "requested_at",
    "decided_by",
    "decided_at",
)


Filter = Annotated[dict[str, list[str]], BeforeValidator(unpacking('{"place": ["130102"]}'))]


class AgreementAsk(Ask):
    """What to do with which agreement."""

    action: Action = said(
        "操作:列出、申请、缩小、批准、拒绝、撤销、续期、提前到期", "what to do", default="list"
    )
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
    returns: str | None = said(
        "回流:使用方回供什么、何时",
        "what comes back to the owner, and when",
        default=None,
        max_length=2000,
    )
    remark: str | None = said(
        "决定的理由", "for approve, refuse, revoke: why", default=None, max_length=2000
    )
    since: date | None = said("起始日;缺省为今天", "first day; today if none", default=None)
    until: date | None = said("截止日", "last day", default=None)


class AgreementStep(Answer):
    """One step of an agreement."""

    recorded_at: datetime = said("时间", "when it was taken")
    account: str = said("账号", "account that took it")
    body: str | None = said("机构", "body that the account is of")
    action: str = said("步骤", "requested, narrowed, granted, refused, revoked or expires")
    remark: str | None = said(
        "说明",
        "why; of narrowed: what was asked for before, as JSON; of expires: the new last day",
    )


class AgreementRow(Answer):
    """One agreement."""

    id: str = said("协议编号", "its id")
    table: str = said("数据表", "table that it is on")
    name: Text = said("名称", "what the table is called")
    giver: str = said("提供方", "body whose table it is")
    giver_name: Text = said("提供方名称", "what that body is called")
    reader: str = said("使用方", "body that may read it")
    reader_name: Text = said("使用方名称", "what that body is called")
    columns: list[str] | None = said("列", "columns that are shown; null for all")
    filter: dict[str, list[Any]] | None = said("行", "rows that are shown; null for all")
    purpose: str = said("用途", "what it may be used for")
    onward: str | None = said("转供", "who else may have it")
    returns: str | None = said("回流", "what comes back to the owner")
    renews: str | None = said("续自", "agreement that this one goes on with")
    since: date = said("起始日", "first day")
    until: date = said("截止日", "last day")
    days_left: int | None = said("剩余天数", "days until its last one; null if it is not live")
    state: str = said("状态", "requested, granted, refused, revoked or ended")
    requested_by: str = said("申请账号", "account that requested it")
    requested_at: datetime = said("申请时间", "when it was requested")
    decided_by: str | None = said("决定账号", "account that decided on it")
    decided_at: datetime | None = said("决定时间", "when it was decided on")
    steps: list[AgreementStep] = said("经过", "steps that were taken, in order")


class AgreementsAnswer(Answer):
    """Agreements as they are now."""

    action: Action = said("操作", "what was done")
    id: str | None = said("协议编号", "agreement that it was done to", default=None)
    rows: list[AgreementRow] = said("协议", "agreements of one's own body, the latest first")


class DatasetAsk(Ask):
    """Whose which tables are."""

    action: Step = said("操作:列出、登记归属、公开、收回公开", "what to do", default="list")
    tables: tuple[str, ...] = said(
        "数据表和业务登记册;all为全部", "tables and registers; all for every one", default=()
    )
    body: str | None = said("登记时:归属机构", "for own: body whose they are", default=None)


class DatasetColumn(Answer):
    """One column of a table."""

    column: str = said("列", "name of the column")
    name: Text = said("名称", "what it holds")
    key: bool = said("是否属于键", "whether it is of the key, which is always shown")


class DatasetRow(Answer):
    """Whose a table is."""

    table: str = said("数据表", "name of the table")
    name: Text = said("名称", "what the table is called")
    columns: list[DatasetColumn] = said("列", "its columns")
    body: str | None = said("归属机构", "body whose it is; null: nobody's")
    is_open: bool = said("是否公开", "whether every account that may read reads it")


class DatasetsAnswer(Answer):
    """Whose tables are, as it is now."""

    action: Step = said("操作", "what was done")
    rows: list[DatasetRow] = said("数据表", "tables that are of somebody or open, by name")


@verb("管理数据共享协议", columns=("id", "table", "giver", "reader", "state", "until"))
def agreement(region: "Region", ask: AgreementAsk) -> AgreementsAnswer:
    """List, request, narrow, approve, refuse, revoke, renew and end agreements on a table of another body."""
    from hutuo.base.sharing import agreements, bodies
    from hutuo.base.sharing.schema import SHARING
    from hutuo.base.store import store_of

    store, name, today = store_of(region), ask.id, datetime.now(UTC).date()
    if ask.action != "list":
        with store.writing(SHARING) as connection:
            name = _done(connection, ask, today)
    with store.reading(SHARING) as connection:
        found = agreements.listed(connection)
        steps = agreements.steps(connection, [row.agreement for row in found])
        known = bodies.bodies(region, connection) if found else {}
    rows = [_row(row, today, steps.get(row.agreement, []), known) for row in found]
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
        with store.writing(SHARING) as connection:
            if ask.action == "own":
                _known_body(region, connection, ask.body)
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
        DatasetRow(
            table=name,
            name=label(f"table:{name}"),
            columns=_columns(name),
            body=row.owner,
            is_open=row.open,
        )
        for name, row in sorted(found.items())
    ]
    return DatasetsAnswer(action=ask.action, rows=rows)


def _done(connection: Any, ask: AgreementAsk, today: date) -> str:
    """Do what is asked; gives the agreement's id."""
    from hutuo.base.sharing import agreements
    from hutuo.base.sharing.registers import subject as table

    terms = agreements.Terms(
        ask.columns, ask.filter, ask.since, ask.until, ask.onward, ask.returns
    )
    if ask.action == "request":
        if ask.table is None or not ask.purpose:
            raise _lacking("agreement request", "table, purpose, until")
        return agreements.request(connection, table(ask.table), ask.purpose, terms, today)
    if ask.id is None:
        raise _lacking(f"agreement {ask.action}", "id")
    known = {row.agreement: row for row in agreements.listed(connection)}
    about = table(known[ask.id].table if ask.id in known else "unit")
    if ask.action == "narrow":
        agreements.narrow(connection, ask.id, about, terms)
    elif ask.action in ("renew", "expire"):
        if ask.until is None:
            raise _lacking(f"agreement {ask.action}", "until")
        if ask.action == "renew":
            return agreements.renew(connection, ask.id, about, ask.purpose, ask.until, today)
        agreements.expire(connection, ask.id, ask.until, today)
    else:
        state = {"approve": "granted", "refuse": "refused", "revoke": "revoked"}[ask.action]
        agreements.decide(connection, ask.id, state, ask.remark)
    return ask.id


def _tables(ask: DatasetAsk) -> list[str]:
    from hutuo.base.sharing import registers

    if not ask.tables:
        raise _lacking(f"dataset {ask.action}", "tables")
    if ask.tables == (ALL,):
        return registers.names()
    return [registers.subject(name).name for name in ask.tables]


def _known_body(region: "Region", connection: Any, body: str | None) -> None:
    from hutuo.base.sharing import bodies

    if body is None:
        raise _lacking("dataset own", "body")
    bodies.known(region, connection, body)


def _columns(name: str) -> list[DatasetColumn]:
    from hutuo.base.tables import tables

    if name not in tables():
        return []
    declared = tables()[name]
    return [
        DatasetColumn(
            column=one.column,
            name=Text(one.zh, label(one.column).en),
            key=one.column in declared.keys,
        )
        for one in declared.columns
    ]


def _row(row: Any, today: date, steps: list[Any], known: dict[str, Any]) -> AgreementRow:
    from hutuo.base.sharing.agreements import GRANTED, state_of
    from hutuo.base.sharing.bodies import named

    state = state_of(row, today)
    live = state == GRANTED and row.since <= today
    values = {name: getattr(row, name) for name in _SAME}
    return AgreementRow(
        id=row.agreement,
        name=label(f"table:{row.table}"),
        giver=row.owner,
        giver_name=named(known, row.owner),
        reader_name=named(known, row.reader),
        columns=None if row.fields is None else json.loads(row.fields),
        filter=None if row.rows is None else json.loads(row.rows),
        days_left=(row.until - today).days if live else None,
        state=state,
        steps=[_step(step) for step in steps],
        **values,
    )


def _step(row: Any) -> AgreementStep:
    same = {name: getattr(row, name) for name in ("account", "body", "action", "remark")}
    return AgreementStep(recorded_at=row.at, **same)


def _lacking(what: str, fields: str) -> BadAsk:
    name = what.partition(" ")[0]
    return BadAsk(
        Text(f"{what}缺少{fields}", f"{what} needs {fields}"),
        Text(f"见hutuo base {name} --help", f"see hutuo base {name} --help"),
    )
