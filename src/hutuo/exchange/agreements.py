"""Verbs on contracts: which there are, one as it stands, and what becomes of it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from pydantic import JsonValue

from hutuo.base import deeds
from hutuo.base.branches import Object
from hutuo.base.sharing.rights import only
from hutuo.base.store import store_of
from hutuo.errors import BadAsk
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import sqlalchemy as sa

    from hutuo.base.region import Region
    from hutuo.exchange.contracts.register import Kept

__all__ = [
    "ContractAnswer",
    "ContractAsk",
    "ContractRow",
    "Contracts",
    "SettledRow",
    "VersionRow",
    "contract",
    "contracts",
    "parties_of",
]

Action = Literal["show", "make", "amend", "tell", "end"]


class Contracts(Ask):
    """Which contracts to list."""

    template: str | None = said("只要该模板的", "only of this template", default=None)
    body: str | None = said("只要该机构参加的", "only those that this body is in", default=None)
    clause: str | None = said(
        "只要为该条款服务的", "only those that serve this clause", default=None
    )


class ContractRow(Answer):
    """One contract in short."""

    contract: str = said("合同", "id of the contract")
    title: Text = said("合同名称", "what it is called")
    template: str = said("模板", "id of its template")
    template_name: Text = said("模板名称", "what the template is called")
    version: int = said("版本", "number of the latest version")
    parties: dict[str, list[str]] = said("各方", "bodies by role")
    clause: str | None = said("所服务的规划条款", "clause of the plan that it serves")
    state: str = said("状态", "open or ended")
    state_name: Text = said("状态名称", "what the state is called")
    settled_to: str | None = said("已结算至", "last period that is settled")
    next_period: str | None = said("下一时期", "period that is to be settled next")


class ContractAsk(Ask):
    """What to do with which contract."""

    action: Action = said("操作", "what to do", default="show")
    contract: str | None = said("合同的标识", "id of the contract", default=None)
    written: Object | None = said(
        "订立:合同(JSON);变更:改动的部分",
        "to make: the contract as JSON; to amend: what changes",
        default=None,
    )
    period: str | None = said(
        "变更自该期起;终止于该期;为该期报数",
        "period from which a change holds, in which it ends, or of which figures are told",
        default=None,
    )
    figures: Object | None = said("报数(JSON)", "to tell: figures as JSON", default=None)
    note: str | None = said("说明", "remark", default=None, max_length=2000)
    by: str | None = said("经手", "who writes this", default=None, max_length=200)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class VersionRow(Answer):
    """One version."""

    version: int = said("版本", "its number")
    holds_from: str = said("自何期起", "period from which it holds")
    note: str | None = said("说明", "remark")
    by: str | None = said("经手", "who recorded it")
    recorded_at: datetime = said("记录时间", "when it was recorded")


class SettledRow(Answer):
    """One period that is settled."""

    period: str = said("时期", "the period")
    version: int = said("版本", "version that held in it")
    figures: dict[str, JsonValue] = said("数据", "figures that it was settled by")
    keys: list[str] = said("分录的键", "keys of its entries in the ledger")
    by: str | None = said("经手", "who settled it")
    recorded_at: datetime = said("记录时间", "when it was settled")


class ContractAnswer(ContractRow):
    """A contract as it stands."""

    written: dict[str, JsonValue] = said("合同文本(JSON)", "the latest version as it is written")
    versions: list[VersionRow] = said("各版本", "its versions, the first one first")
    rows: list[SettledRow] = said("已结算的时期", "periods that are settled")
    told: dict[str, dict[str, JsonValue]] = said(
        "已报未结的数据", "figures that were told of periods not yet settled"
    )
    saved: bool = said("已写入", "whether something was written")


@verb("列出合同", columns=("contract", "title", "template_name", "state_name", "next_period"))
def contracts(region: "Region", ask: Contracts) -> list[ContractRow]:
    """List contracts, where they stand and which period comes next."""
    from hutuo.exchange.contracts.register import all_kept, reading

    with reading(store_of(region)) as connection:
        found = all_kept(connection, region.as_of)
    rows = [ContractRow(**_about(one)) for one in found]
    return [
        row
        for row in rows
        if ask.template in {None, row.template}
        and ask.clause in {None, row.clause}
        and (ask.body is None or any(ask.body in bodies for bodies in row.parties.values()))
    ]


@verb("查看、订立、变更或终止合同", columns=("period", "version", "keys", "recorded_at"))
def contract(region: "Region", ask: ContractAsk) -> ContractAnswer:
    """Show a contract, make or amend it, tell figures of a period, or end it."""
    from hutuo.exchange.contracts.register import kept, reading, writing

    store = store_of(region)
    name = _name(ask)
    if ask.action == "show":
        with reading(store) as connection:
            return _answer(kept(connection, name, region.as_of), saved=False)
    with writing(store) as connection, connection.begin_nested() as point:
        if ask.action != "make" and not deeds.actor().is_owner:
            only(*parties_of(kept(connection, name)))
        WRITERS[ask.action](connection, ask, name)
        found = kept(connection, name)
        # Whoever made or changed it has a part in it, before and after.
        only(*parties_of(found))
        if ask.check:
            point.rollback()
    return _answer(found, saved=not ask.check)


def parties_of(found: "Kept") -> set[str]:
    """Bodies between whom a contract is, as its last version says."""
    return {body for bodies in found.newest.agreed.parties.values() for body in bodies}


def _make(connection: "sa.Connection", ask: ContractAsk, name: str) -> None:
    from hutuo.exchange.contracts.agreement import read_contract
    from hutuo.exchange.contracts.register import add_version, contracts_kept

    made = read_contract(_needed(ask.written, "make", "written"), "written")
    if name in contracts_kept(connection):
        raise BadAsk(
            Text(f"已有合同“{name}”", f"contract '{name}' is there already"),
            Text("变更用action=amend", "change it by action=amend"),
        )
    if made.version != 1 or made.since != made.schedule.begins:
        raise BadAsk(
            Text("新合同是第1版,自首期起", "a new contract is version 1 and holds from the first"),
            Text("不写version与holds_from", "leave out version and holds_from"),
        )
    add_version(connection, made, ask.note, ask.by)


def _amend(connection: "sa.Connection", ask: ContractAsk, name: str) -> None:
    from hutuo.exchange.contracts.agreement import amended
    from hutuo.exchange.contracts.register import add_version, kept

    changes = _needed(ask.written, "amend", "written")
    period = _needed(ask.period, "amend", "period")
    found = kept(connection, name)
    new = amended(found.versions, changes, period, found.closed)
    add_version(connection, new, ask.note, ask.by)


def _tell(connection: "sa.Connection", ask: ContractAsk, name: str) -> None:
    """Keep figures of a period that is not settled; they are checked as far as they are told."""
    from hutuo.exchange.contracts.register import add_told, kept
    from hutuo.exchange.contracts.settlement import refuse_unknown
    from hutuo.exchange.contracts.spans import span_of

    figures = _needed(ask.figures, "tell", "figures")
    period = _needed(ask.period, "tell", "period")
    found = kept(connection, name)
    if found.settled_in(period):
        raise _settled(period)
    span = span_of(period)
    refuse_unknown(found.holding(span) if span else found.newest, figures, period)
    add_told(connection, name, period, figures, ask.by)


def _end(connection: "sa.Connection", ask: ContractAsk, name: str) -> None:
    """End it with a period: a version that has no period after that one."""
    from hutuo.exchange.contracts.agreement import amended
    from hutuo.exchange.contracts.register import add_version, kept

    period = _needed(ask.period, "end", "period")
    found = kept(connection, name)
    span = found.next_span
    if span is None:
        raise BadAsk(Text(f"合同“{name}”已终止", f"contract '{name}' has ended"), Text("", ""))
    if found.closed is not None and period < found.closed:
        raise _settled(found.closed)
    new = amended(found.versions, {"schedule": {"last": period}}, span.name, found.closed)
    add_version(connection, new, ask.note, ask.by)


WRITERS: Mapping[str, Callable[["sa.Connection", ContractAsk, str], None]] = {
    "make": _make,
    "amend": _amend,
    "tell": _tell,
    "end": _end,
}


def _name(ask: ContractAsk) -> str:
    name = ask.contract
    if ask.action == "make" and ask.written is not None:
        name = name or str(ask.written.get("id"))
        if name != str(ask.written.get("id")):
            raise BadAsk(
                Text("contract与written中的id不同", "contract and the id in written differ"),
                Text("省去contract", "leave out contract"),
            )
    return str(_needed(name, ask.action, "contract"))


def _needed(given: Any, action: str, field: str) -> Any:
    if given is None:
        raise BadAsk(
            Text(f"操作{action}须给出{field}", f"to {action} a contract needs {field}"),
            Text("查看全部:hutuo exchange contracts", "list them by: hutuo exchange contracts"),
        )
    return given


def _settled(period: str) -> BadAsk:
    return BadAsk(
        Text(f"{period}已结算,不再改变", f"{period} is settled and stays as it is"),
        Text(
            "更正用hutuo ledger post另记一笔",
            "put it right by an entry of its own: hutuo ledger post",
        ),
    )


def _about(found: "Kept") -> dict[str, Any]:
    newest, span = found.newest, found.next_span
    state = "ended" if span is None else "open"
    return {
        "contract": newest.id,
        "title": newest.title,
        "template": newest.template,
        "template_name": newest.agreed.template.title,
        "version": newest.version,
        "parties": {role: list(bodies) for role, bodies in newest.agreed.parties.items()},
        "clause": newest.clause,
        "state": state,
        "state_name": label(f"contract_state:{state}"),
        "settled_to": found.closed,
        "next_period": span.name if span else None,
    }


def _answer(found: "Kept", *, saved: bool) -> ContractAnswer:
    settled = {one.period for one in found.settlements}
    return ContractAnswer(
        **_about(found),
        written=found.newest.model_dump(mode="json", exclude_none=True),
        versions=[
            VersionRow(
                version=one.version,
                holds_from=one.since.name,
                **{name: row[name] for name in ("note", "by", "recorded_at")},
            )
            for one, row in zip(found.versions, found.rows, strict=True)
        ],
        rows=[
            SettledRow(**{name: getattr(one, name) for name in SettledRow.model_fields})
            for one in found.settlements
        ],
        told={period: dict(one) for period, one in found.told.items() if period not in settled},
        saved=saved,
    )
