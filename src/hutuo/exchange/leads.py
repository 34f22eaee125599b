"""Leads of joint investment promotion: recorded by who had the first contact, seen by parties alone."""

import secrets
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, Literal

import sqlalchemy as sa
from pydantic import ConfigDict

from hutuo.base.geographies import today
from hutuo.base.store import store_of
from hutuo.errors import BadAsk
from hutuo.exchange import schema
from hutuo.exchange.contacting import changed, holds, recorded, seen, visible
from hutuo.exchange.schema import EXCHANGE
from hutuo.exchange.versions import Row, history, now, standing
from hutuo.glossary import label
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = [
    "Lead",
    "LeadAnswer",
    "LeadRow",
    "LeadVersion",
    "Leads",
    "lead",
    "leads",
]

Stage = Literal["contact", "visit", "negotiation", "signed", "started", "producing", "lost"]
FIELDS = (
    "investor", "credit_code", "address", "phone", "title", "text", "field", "money_fen", "place", "note",
    "by",
)  # fmt: skip
ID = r"^[^\s:@/|]+$"


class Lead(Ask):
    """Which lead, and what to do with it, as which body."""

    model_config = ConfigDict(populate_by_name=True)

    as_: str = said(
        "以哪个机构的身份", "body that asks: it sees what it is a party of", alias="as",
        min_length=1, max_length=100, pattern=ID,
    )  # fmt: skip
    action: Literal["show", "record", "amend", "step", "hand_over"] = said(
        "操作:查看、登记、修改、推进、移交", "show it; record, amend it; take it a step on; hand it over",
        default="show",
    )  # fmt: skip
    lead_id: str | None = said(
        "线索编号;登记时缺省则自动编号", "id of the lead; a new one is numbered if none is given",
        default=None, min_length=1, max_length=100, pattern=ID,
    )  # fmt: skip
    investor: str | None = said(
        "投资方名称;登记时必填", "name of the investor; recording needs it", default=None,
        min_length=2, max_length=300,
    )  # fmt: skip
    credit_code: str | None = said("统一社会信用代码", "its unified credit code", default=None)
    address: str | None = said("投资方地址", "its address", default=None, max_length=500)
    phone: str | None = said("联系电话", "its telephone", default=None, max_length=100)
    title: str | None = said(
        "项目名称", "what the project is called", default=None, max_length=300
    )
    text: str | None = said("项目内容", "what the project is", default=None, max_length=20_000)
    field: str | None = said("领域", "field, as of industry", default=None, max_length=200)
    money_fen: int | None = said("投资额(分)", "investment in fen", default=None, ge=0, le=10**17)
    place: str | None = said("意向地点", "unit or place that it is meant for", default=None)
    parties: tuple[str, ...] | None = said(
        "可查看的其他机构;修改时整体替换",
        "other bodies that may see it; an amendment replaces them all",
        default=None,
        max_length=200,
    )
    stage: Stage | None = said("推进到的阶段", "stage that it has come to", default=None)
    to: str | None = said("移交给", "body that it is handed over to", default=None, pattern=ID)
    despite: bool = said(
        "与可能重复的线索确非同一投资方",
        "it is another investor than those of likely duplicates",
        default=False,
    )
    note: str | None = said("备注", "remark", default=None, max_length=2000)
    by: str | None = said("经手", "who writes this", default=None, max_length=200)
    day: date | None = said("哪一天;缺省为今天", "day; today if none is given", default=None)
    check: bool = said("只检查,不写入", "only check, write nothing", default=False)


class Leads(Ask):
    """Which leads to list, as which body."""

    model_config = ConfigDict(populate_by_name=True)

    as_: str = said(
        "以哪个机构的身份", "body that asks: it sees what it is a party of", alias="as",
        min_length=1, max_length=100, pattern=ID,
    )  # fmt: skip
    stage: tuple[Stage, ...] = said("只要这些阶段的", "only at these stages", default=())
    field: str | None = said("只要该领域的", "only of this field", default=None)
    held: bool | None = said(
        "只要首报有效或失效的", "only those whose holder has them, or no longer has", default=None
    )
    day: date | None = said("哪一天;缺省为今天", "day; today if none is given", default=None)


class LeadRow(Answer):
    """A lead, as a party sees it."""

    lead_id: str = said("线索编号", "id of the lead")
    version: int = said("版本", "version, from 1")
    held_by: str = said("首报方", "body that had the first contact, or was handed it")
    held: bool = said("首报有效", "whether it still has the lead")
    first_contact: date = said("首报日期", "day on which it was recorded")
    until: date = said("首报期至(含)", "last day of the term; a lead that was signed is kept")
    parties: list[str] = said("可查看的其他机构", "other bodies that may see it")
    investor: str = said("投资方", "name of the investor")
    credit_code: str | None = said("统一社会信用代码", "its unified credit code")
    address: str | None = said("投资方地址", "its address")
    phone: str | None = said("联系电话", "its telephone")
    title: str = said("项目名称", "what the project is called")
    text: str = said("项目内容", "what the project is")
    field: str | None = said("领域", "field, as of industry")
    money_fen: int | None = said("投资额(分)", "investment in fen")
    place: str | None = said("意向地点", "unit or place that it is meant for")
    place_name: Text | None = said("地点名称", "what the place is called")
    stage: str = said("阶段", "stage that it has come to")
    stage_name: Text = said("阶段名称", "what the stage is called")
    note: str | None = said("备注", "remark on the last change")
    by: str | None = said("经手", "who made the last change")


class LeadVersion(Answer):
    """One version of a lead."""

    version: int = said("版本", "version, from 1")
    held_by: str = said("首报方", "body that had it then")
    stage: str = said("阶段", "stage in that version")
    stage_name: Text = said("阶段名称", "what the stage is called")
    note: str | None = said("备注", "remark")
    by: str | None = said("经手", "who wrote it")
    recorded_at: datetime = said("记录时间", "when it was recorded")


class LeadAnswer(LeadRow):
    """A lead and what was done with it."""

    action: str = said("操作", "what was done")
    check: bool = said("只检查", "whether nothing was written")
    versions: list[LeadVersion] = said("历次版本", "all versions, the first one first")


@verb("查看、登记或推进一条招商线索")
def lead(region: "Region", ask: Lead) -> LeadAnswer:
    """Show a lead of the joint pool, record one, take it a step on, or hand it over.

    Example:
        ``hutuo exchange lead --as gov-a --action record --investor 某新材料有限公司 --title 铝箔项目``
    """
    store, day = store_of(region), ask.day or today(region)
    if ask.place is not None:
        region.name_of(ask.place)
    if ask.action == "show":
        with store.reading(EXCHANGE) as connection:
            return _answer(region, ask, connection, seen(connection, _needed(ask), ask.as_), day)
    with store.writing(EXCHANGE) as connection:
        attempt = connection.begin_nested()
        answer = _answer(region, ask, connection, _changed(connection, ask, day), day)
        if ask.check:
            attempt.rollback()
    return answer


@verb(
    "列出本机构可见的招商线索",
    columns=("lead_id", "investor", "title", "held_by", "stage_name", "until", "held"),
)
def leads(region: "Region", ask: Leads) -> list[LeadRow]:
    """List the leads of the joint pool that a body may see, the newest change first.

    Example:
        ``hutuo exchange leads --as gov-a --stage negotiation``
    """
    table, day = schema.lead, ask.day or today(region)
    asked = sa.select(table).where(standing(table, region.as_of)).order_by(table.c.change.desc())
    with store_of(region).reading(EXCHANGE) as connection:
        rows = [dict(row) for row in connection.execute(asked).mappings()]
    return [
        LeadRow(**_about(region, row, day))
        for row in rows
        if visible(row, ask.as_)
        and (not ask.stage or row["stage"] in ask.stage)
        and ask.field in {None, row["field"]}
        and ask.held in {None, holds(row, day)}
    ]


def _changed(connection: sa.Connection, ask: Lead, day: date) -> Row:
    at, given = now(), {name: getattr(ask, name) for name in FIELDS}
    parties = None if ask.parties is None else sorted({*ask.parties} - {ask.as_})
    if ask.action == "record":
        if not ask.investor or not ask.title:
            says = "登记须给出investor和title", "recording needs investor and title"
            raise BadAsk(Text(*says))
        new = {"lead": ask.lead_id or _numbered(), "holder": ask.as_, "parties": parties or []}
        return recorded(
            connection, given | new | {"text": ask.text or ""}, at, day, despite=ask.despite
        )
    row, changes = seen(connection, _needed(ask), ask.as_), given | {"parties": parties}
    if ask.action == "step":
        if ask.stage is None:
            raise BadAsk(Text("推进须给出stage", "a step needs stage"))
        changes = {"stage": ask.stage, "note": ask.note, "by": ask.by}
    elif ask.action == "hand_over":
        if ask.to is None:
            raise BadAsk(Text("移交须给出to", "handing over needs to, the body"))
        others = sorted({*row["parties"], ask.as_} - {ask.to})
        changes = {"holder": ask.to, "parties": others, "note": ask.note, "by": ask.by}
    despite = ask.despite
    return changed(connection, row, ask.as_, changes | {"day": day}, at, despite=despite)


def _numbered() -> str:
    """An id that tells nothing of how many leads others have."""
    return f"lead-{secrets.token_hex(5)}"


def _needed(ask: Lead) -> str:
    if ask.lead_id is None:
        raise BadAsk(Text("须给出线索编号lead_id", "lead_id is needed"))
    return ask.lead_id


def _answer(
    region: "Region", ask: Lead, connection: sa.Connection, row: Row, day: date
) -> LeadAnswer:
    past = history(connection, schema.lead, row["lead"])
    same = ("version", "stage", "note", "by", "recorded_at")
    versions = [
        LeadVersion(
            **{name: one[name] for name in same},
            held_by=one["holder"],
            stage_name=label(f"lead_stage:{one['stage']}"),
        )
        for one in past
    ]
    return LeadAnswer(
        **_about(region, row, day),
        action=ask.action,
        check=ask.check,
        versions=versions[:-1] if ask.check else versions,
    )


def _about(region: "Region", row: Row, day: date) -> dict[str, Any]:
    same = ("version", "first_contact", "until", "parties", "stage", *FIELDS)
    place = row["place"]
    return {name: row[name] for name in same} | {
        "lead_id": row["lead"],
        "held_by": row["holder"],
        "held": holds(row, day),
        "place_name": region.names.get(place, Text(place, place)) if place else None,
        "stage_name": label(f"lead_stage:{row['stage']}"),
    }
