"""Verbs for accounts of bodies and for tokens of machines."""

from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from hutuo.errors import BadAsk
from hutuo.verbs import Answer, Ask, Text, said, verb

if TYPE_CHECKING:
    from hutuo.base.region import Region

Action = Literal["list", "create", "amend", "disable", "enable"]
TokenAction = Literal["list", "create", "revoke"]
# What an address, a log and a file can hold.
NAME = r"^[a-z0-9][a-z0-9._-]{1,62}$"


class AccountAsk(Ask):
    """What to do with which account."""

    action: Action = said("操作:列出、新建、更改、停用、启用", "what to do", default="list")
    account: str | None = said(
        "账号:小写字母、数字、点、横线",
        "account: small letters, digits, dots, dashes",
        default=None,
        pattern=NAME,
    )
    roles: tuple[str, ...] | None = said(
        "角色:viewer、analyst、steward、officer、auditor、admin",
        "roles: viewer, analyst, steward, officer, auditor, admin",
        default=None,
    )
    body: str | None = said(
        "所属机构,见base body", "body that it is of, as base body lists them", default=None
    )
    name: str | None = said("姓名或用途", "whom or what it is for", default=None, max_length=200)
    password: str | None = said(
        "密码;新建时缺省则随机生成,只显示一次",
        "password; one that nobody chose if none is given for a new account, shown once",
        default=None,
        max_length=1000,
    )
    reset: bool = said(
        "更改时:重新随机生成密码",
        "for amend: give it a new password that nobody chose",
        default=False,
    )


class AccountRow(Answer):
    """One account."""

    account: str = said("账号", "name of the account")
    body: str | None = said("机构", "body that it is of")
    name: str | None = said("姓名或用途", "whom or what it is for")
    roles: list[str] = said("角色", "its roles")
    permissions: list[str] = said("权限", "what it may do")
    active: bool = said("是否启用", "whether it can be used")
    locked_until: datetime | None = said("锁定至", "until when it is locked after failures")
    made_at: datetime = said("建立时间", "when it was made")


class AccountsAnswer(Answer):
    """Accounts as they are now."""

    action: Action = said("操作", "what was done")
    account: str | None = said("账号", "account that it was done to", default=None)
    password: str | None = said(
        "生成的密码,只显示这一次", "password that was made; it is shown this once", default=None
    )
    rows: list[AccountRow] = said("账号", "accounts, by name")


class TokenAsk(Ask):
    """What to do with which token."""

    action: TokenAction = said("操作:列出、发放、吊销", "what to do", default="list")
    account: str | None = said("账号", "account that a machine acts as", default=None)
    label: str | None = said("用途", "what it is for", default=None, max_length=200)
    days: int | None = said(
        "有效天数;缺省为365", "for create: days that it holds", default=365, ge=1, le=3650
    )
    token: str | None = said("吊销时:令牌编号", "for revoke: id of the token", default=None)


class TokenRow(Answer):
    """One token."""

    token: str = said("令牌编号", "its id, which opens nothing")
    account: str = said("账号", "account that a machine acts as")
    label: str | None = said("用途", "what it is for")
    made_at: datetime = said("建立时间", "when it was made")
    ends: datetime | None = said("到期", "when it ends")
    revoked_at: datetime | None = said("吊销时间", "when it was revoked")


class TokensAnswer(Answer):
    """Tokens as they are now."""

    action: TokenAction = said("操作", "what was done")
    shown: str | None = said(
        "令牌,只显示这一次",
        "what the machine shows, as Authorization: Bearer; it is shown this once",
        default=None,
    )
    rows: list[TokenRow] = said("令牌", "tokens, the oldest first")


@verb("管理账号与角色", columns=("account", "body", "roles", "active"))
def account(region: "Region", ask: AccountAsk) -> AccountsAnswer:
    """List, make, change, disable and enable accounts of bodies."""
    from hutuo.base.sharing import accounts
    from hutuo.base.sharing.schema import SHARING
    from hutuo.base.store import store_of

    store, made = store_of(region), None
    if ask.action != "list":
        if ask.account is None:
            raise _lacking("account", ask.action, "account")
        with store.writing(SHARING) as connection:
            values = _values(region, connection, ask)
            if ask.action == "create":
                made = _create(connection, ask.account, values)
            else:
                made = values.get("password") if ask.reset else None
                accounts.amend(connection, ask.account, values)
    with store.reading(SHARING) as connection:
        rows = [_row(row) for row in accounts.accounts(connection)]
    return AccountsAnswer(action=ask.action, account=ask.account, password=made, rows=rows)


@verb("管理机器使用的令牌", columns=("token", "account", "label", "ends", "revoked_at"))
def token(region: "Region", ask: TokenAsk) -> TokensAnswer:
    """List, give and revoke tokens with which machines act as an account."""
    from hutuo.base.sharing import accounts
    from hutuo.base.sharing.schema import SHARING
    from hutuo.base.store import store_of

    store, shown = store_of(region), None
    if ask.action == "create":
        if ask.account is None:
            raise _lacking("token", "create", "account")
        with store.writing(SHARING) as connection:
            _, shown = accounts.grant_token(connection, ask.account, ask.label, ask.days)
    if ask.action == "revoke":
        if ask.token is None:
            raise _lacking("token", "revoke", "token")
        with store.writing(SHARING) as connection:
            accounts.revoke_token(connection, ask.token)
    with store.reading(SHARING) as connection:
        found = accounts.tokens(connection, ask.account)
    same = TokenRow.model_fields
    rows = [TokenRow(**{name: getattr(row, name) for name in same}) for row in found]
    return TokensAnswer(action=ask.action, shown=shown, rows=rows)


def _values(region: "Region", connection: Any, ask: AccountAsk) -> dict[str, Any]:
    """What is to be changed of an account."""
    from hutuo.base.sharing import bodies, passwords

    if ask.body is not None:
        bodies.known(region, connection, ask.body)
    if ask.action in ("disable", "enable"):
        return {"active": ask.action == "enable"}
    given = {"body": ask.body, "name": ask.name, "roles": ask.roles, "password": ask.password}
    values = {name: value for name, value in given.items() if value is not None}
    if ask.reset:
        values["password"] = passwords.made()
    if not values and ask.action == "amend":
        raise _lacking("account", "amend", "roles, body, name, password, reset")
    return values


def _create(connection: Any, name: str, values: dict[str, Any]) -> str | None:
    """The password that was made, where none was given."""
    from hutuo.base.sharing import accounts, passwords

    made = None if "password" in values else passwords.made()
    given = {"body": None, "name": None, "roles": (), **values}
    accounts.create(connection, name, given, values.get("password") or made or "")
    return made


def _row(row: Any) -> AccountRow:
    from hutuo.base.sharing.rights import rights_of

    roles = row.roles.split()
    same = ("account", "body", "name", "active", "locked_until", "made_at")
    rights = sorted(rights_of(tuple(roles)))
    return AccountRow(
        roles=roles, permissions=rights, **{name: getattr(row, name) for name in same}
    )


def _lacking(verb: str, action: str, fields: str) -> BadAsk:
    return BadAsk(
        Text(f"{verb} {action}缺少{fields}", f"{verb} {action} needs {fields}"),
        Text(f"见hutuo base {verb} --help", f"see hutuo base {verb} --help"),
    )
