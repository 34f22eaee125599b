"""Verbs for bodies that share a service, and for the identities by which people sign in to accounts."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from hutuo.errors import BadAsk
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    import sqlalchemy as sa

    from hutuo.base.region import Region

Kind = Literal["government", "department", "mechanism", "enterprise", "institute"]
Action = Literal["list", "join"]
Step = Literal["list", "link", "unlink"]
_SAME = ("issuer", "subject", "name", "account", "linked_at", "linked_by")
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]{1,62}$"


class BodyAsk(Ask):
    """What to do with which body."""

    action: Action = said("操作:列出、加入或更改", "what to do", default="list")
    body: str | None = said(
        "机构标识:字母、数字、点、横线",
        "id of the body: letters, digits, dots, dashes",
        default=None,
        pattern=NAME,
    )
    zh: str | None = said("中文名", "name in Chinese", default=None, max_length=200)
    en: str | None = said("英文名", "name in English", default=None, max_length=200)
    kind: Kind = said("类型", "kind of body", default="department")


class BodyRow(Answer):
    """One body."""

    body: str = said("机构", "id of the body")
    name: Text = said("名称", "what it is called")
    kind: str = said("类型", "kind of body")
    joined: bool = said("是否后加入", "whether it joined the service; else it is the region's own")
    accounts: int = said("账号数", "accounts of it that can be used")


class BodiesAnswer(Answer):
    """Bodies as they are now."""

    action: Action = said("操作", "what was done")
    body: str | None = said("机构", "body that it was done to", default=None)
    rows: list[BodyRow] = said("机构", "bodies, the region's own first")


class IdentityAsk(Ask):
    """What to do with which identity."""

    action: Step = said("操作:列出、关联、解除", "what to do", default="list")
    id: str | None = said("身份编号", "id of an identity that was seen", default=None)
    issuer: str | None = said(
        "关联尚未来过的身份时:签发方", "for link of one that never came: its issuer", default=None
    )
    subject: str | None = said(
        "关联尚未来过的身份时:主体标识",
        "for link of one that never came: its subject",
        default=None,
    )
    account: str | None = said(
        "关联时:账号", "for link: account that it signs in to", default=None
    )


class IdentityRow(Answer):
    """One identity."""

    id: str = said("身份编号", "its id, by issuer and subject")
    issuer: str = said("签发方", "who vouches for it")
    subject: str = said("主体标识", "whom the issuer means")
    name: str | None = said("签发方所记名称", "what its issuer calls it; nothing is decided by it")
    account: str | None = said("账号", "account that it signs in to; null: it waits")
    last_seen: datetime | None = said("最近到来", "when it came last")
    linked_at: datetime | None = said("关联时间", "when it was linked")
    linked_by: str | None = said("关联人", "account that linked it; deployment: its file did")


class IdentitiesAnswer(Answer):
    """Identities as they are now."""

    action: Step = said("操作", "what was done")
    id: str | None = said("身份编号", "identity that it was done to", default=None)
    rows: list[IdentityRow] = said("身份", "identities: those that wait first, then by account")


@verb("管理共享机构", columns=("body", "name", "kind", "joined", "accounts"))
def body(region: "Region", ask: BodyAsk) -> BodiesAnswer:
    """List the bodies that share the service, or let one join."""
    from hutuo.base.sharing import bodies
    from hutuo.base.sharing.schema import SHARING
    from hutuo.base.store import store_of

    store = store_of(region)
    if ask.action == "join":
        if ask.body is None or not ask.zh or not ask.en:
            raise _lacking("body join", "body, zh, en")
        with store.writing(SHARING) as connection:
            named = bodies.Body(ask.body, Text(ask.zh, ask.en), ask.kind, joined=True)
            bodies.joined(region, connection, named)
    with store.reading(SHARING) as connection:
        found, used = bodies.bodies(region, connection), _used(connection)
    rows = [BodyRow(**one._asdict(), accounts=used.get(one.body, 0)) for one in found.values()]
    return BodiesAnswer(action=ask.action, body=ask.body, rows=rows)


@verb(
    "管理登录身份",
    columns=("id", "issuer", "subject", "name", "account", "last_seen", "linked_by"),
)
def identity(region: "Region", ask: IdentityAsk) -> IdentitiesAnswer:
    """List the identities by which people sign in, link one to an account, or forget it."""
    from hutuo.base.sharing import identities
    from hutuo.base.sharing.schema import SHARING
    from hutuo.base.store import store_of

    store, number = store_of(region), ask.id
    if ask.action != "list":
        with store.writing(SHARING) as connection:
            number = _done(connection, ask)
    with store.reading(SHARING) as connection:
        found = identities.identities(connection)
    rows = [
        IdentityRow(
            id=row.identity, last_seen=row.seen, **{name: getattr(row, name) for name in _SAME}
        )
        for row in found
    ]
    return IdentitiesAnswer(action=ask.action, id=number, rows=rows)


def _done(connection: "sa.Connection", ask: IdentityAsk) -> str:
    """Link or unlink; gives the identity's id."""
    from hutuo.base.sharing import identities

    number = ask.id
    if ask.action == "unlink":
        if number is None:
            raise _lacking("identity unlink", "id")
        identities.unlink(connection, number)
        return number
    if ask.account is None or (number is None and not (ask.issuer and ask.subject)):
        raise _lacking("identity link", "account, id (or issuer, subject)")
    if number is None:
        named = identities.Identity(ask.issuer or "", ask.subject or "")
        number = identities.add(connection, named)
    identities.link(connection, number, ask.account)
    return number


def _used(connection: "sa.Connection") -> dict[str, int]:
    """Accounts that can be used, by body."""
    from collections import Counter

    from hutuo.base.sharing import accounts

    rows: list[Any] = accounts.accounts(connection)
    return Counter(row.body for row in rows if row.active and row.body is not None)


def _lacking(what: str, fields: str) -> BadAsk:
    name = what.partition(" ")[0]
    return BadAsk(
        Text(f"{what}缺少{fields}", f"{what} needs {fields}"),
        Text(f"见hutuo base {name} --help", f"see hutuo base {name} --help"),
    )
