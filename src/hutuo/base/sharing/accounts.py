"""Accounts of bodies: made, changed, signed in to by a password, shown to be oneself by session or token."""

import secrets
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base import deeds
from hutuo.base.deeds import Actor
from hutuo.base.sharing import passwords, schema
from hutuo.base.sharing.rights import ALONE, ROLES, rights_of
from hutuo.base.sharing.schema import SHARING
from hutuo.errors import BadAsk, NotFound, NotSignedIn, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.sharing.rules import SignIn
    from hutuo.base.store import Store

__all__ = [
    "accounts",
    "amend",
    "begun",
    "by_session",
    "by_token",
    "checked_roles",
    "create",
    "found",
    "grant_token",
    "known",
    "revoke_token",
    "sign_in",
    "sign_out",
    "tokens",
]

_account, _session, _token = schema.account, schema.session, schema.token
PREFIX = "hutuo_"
# A session is noted to have been seen this often at most: a read does not become a write.
NOTED = timedelta(minutes=1)


def checked_roles(roles: Sequence[str]) -> tuple[str, ...]:
    """Roles that one account may have together, in their order.

    Raises:
        NotFound: There is no such role.
        BadAsk: There is none at all, or duties are not apart.
    """
    for role in roles:
        if role not in ROLES:
            raise one_of(role, "role", list(ROLES))
    alone = [role for role in roles if role in ALONE]
    if not roles or (alone and len(set(roles)) > 1):
        hint = Text(
            "职责分离:auditor、admin各自单独成账号",
            "duties are apart: auditor and admin each take an account of their own",
        )
        shown = ", ".join(roles) or "-"
        raise BadAsk(
            Text(f"角色“{shown}”不能同属一个账号", f"roles '{shown}' cannot be of one account"),
            hint,
        )
    return tuple(role for role in ROLES if role in roles)


def create(
    connection: sa.Connection, name: str, values: dict[str, Any], password: str | None
) -> None:
    """Make an account.

    Args:
        connection: Of the store, writing.
        name: What it is called.
        values: ``body``, ``name`` and ``roles``.
        password: Its password; None for one that is signed in to by an identity alone.

    Raises:
        BadAsk: There is one of that name.
    """
    if found(connection, name) is not None:
        raise BadAsk(
            Text(f"已有账号“{name}”", f"there is an account '{name}' already"),
            Text("换一个名称,或用amend更改", "choose another name, or change it by amend"),
        )
    row = {
        "account": name,
        "body": values["body"],
        "name": values["name"],
        "roles": " ".join(checked_roles(values["roles"])),
        "password": None
        if password is None
        else passwords.hashed(passwords.checked(password, name)),
        "active": True,
        "made_at": datetime.now(UTC),
        "failures": 0,
        "locked_until": None,
    }
    connection.execute(_account.insert(), row)


def amend(connection: sa.Connection, name: str, values: dict[str, Any]) -> None:
    """Change an account; whoever is signed in to it with what no longer holds is signed out.

    Args:
        connection: Of the store, writing.
        name: What it is called.
        values: Any of ``body``, ``name``, ``roles``, ``password`` and ``active``.

    Raises:
        NotFound: There is none of that name.
    """
    known(connection, name)
    changed = dict(values)
    if "roles" in changed:
        changed["roles"] = " ".join(checked_roles(changed["roles"]))
    if "password" in changed:
        changed["password"] = passwords.hashed(passwords.checked(changed["password"], name))
    if "password" in changed or "active" in changed:
        changed |= {"failures": 0, "locked_until": None}
        connection.execute(_session.delete().where(_session.c.account == name))
    connection.execute(_account.update().where(_account.c.account == name).values(**changed))


def accounts(connection: sa.Connection) -> list[Any]:
    """All accounts, by name."""
    return list(connection.execute(sa.select(_account).order_by(_account.c.account)))


def sign_in(store: "Store", name: str, password: str, rules: "SignIn") -> tuple[str, Actor]:
    """What a browser shows from now on, and who it is.

    Raises:
        NotSignedIn: Account or password is wrong, or it is locked; which of them is told to nobody.
    """
    with store.reading(SHARING) as connection:
        row = found(connection, name)
    # Outside of a transaction: it takes some 50 ms on purpose.
    right = passwords.fits(password, row.password if row is not None else None)
    now = datetime.now(UTC)
    with store.writing(SHARING) as connection:
        # Another may have failed or locked it meanwhile.
        row = found(connection, name)
        locked = row is not None and row.locked_until is not None and row.locked_until > now
        if row is None or not row.active or locked or not right:
            failed = row is not None and not locked and not right
            if row is not None and failed:
                deeds.note({"failed": name})
                _failed(connection, row, now, rules)
        else:
            changed = _account.update().where(_account.c.account == name)
            connection.execute(changed.values(failures=0, locked_until=None))
            deeds.note({"signed_in": name})
            return begun(connection, row)
    raise NotSignedIn(
        Text(
            "账号或密码不对,或账号已锁定", "account or password is wrong, or the account is locked"
        ),
        Text(
            f"连续{rules.attempts}次失败后锁定{rules.locked_minutes:g}分钟;管理员可以重设密码",
            f"after {rules.attempts} failures it is locked for {rules.locked_minutes:g} minutes;"
            " an administrator can set a new password",
        ),
    )


def begun(connection: sa.Connection, row: Any) -> tuple[str, Actor]:
    """A new session of an account: what its browser shows, and who it is."""
    shown, now = passwords.secret(), datetime.now(UTC)
    made = {"digest": passwords.digest(shown), "account": row.account, "began": now, "seen": now}
    connection.execute(_session.insert(), made)
    return shown, _actor(row)


def _failed(connection: sa.Connection, row: Any, now: datetime, rules: "SignIn") -> None:
    failures = row.failures + 1
    locked = now + timedelta(minutes=rules.locked_minutes) if failures >= rules.attempts else None
    changed = _account.update().where(_account.c.account == row.account)
    count = 0 if locked else failures
    connection.execute(changed.values(failures=count, locked_until=locked))


def sign_out(store: "Store", shown: str) -> None:
    """End a session."""
    with store.writing(SHARING) as connection:
        gone = _session.delete().where(_session.c.digest == passwords.digest(shown))
        connection.execute(gone)


def by_session(store: "Store", shown: str, rules: "SignIn", *, idle: bool = False) -> Actor | None:
    """Who shows this in a browser; None if it holds no longer.

    Args:
        store: Where accounts are.
        shown: What the browser shows.
        rules: When a session ends.
        idle: Whether a page asks of itself, which keeps no session alive.
    """
    mark, now = passwords.digest(shown), datetime.now(UTC)
    asked = (
        sa.select(_account, _session.c.began, _session.c.seen)
        .join(_session, _session.c.account == _account.c.account)
        .where(_session.c.digest == mark)
    )
    with store.reading(SHARING) as connection:
        row = connection.execute(asked).first()
    if row is None or not row.active:
        return None
    ended = now - row.began > timedelta(hours=rules.hours)
    if ended or now - row.seen > timedelta(minutes=rules.idle_minutes):
        sign_out(store, shown)
        return None
    if not idle and now - row.seen > NOTED:
        with store.writing(SHARING) as connection:
            seen = _session.update().where(_session.c.digest == mark)
            connection.execute(seen.values(seen=now))
    return _actor(row)


def by_token(store: "Store", shown: str) -> Actor | None:
    """Who shows this as a machine; None if it holds no longer."""
    now = datetime.now(UTC)
    asked = (
        sa.select(_account, _token.c.ends, _token.c.revoked_at)
        .join(_token, _token.c.account == _account.c.account)
        .where(_token.c.digest == passwords.digest(shown))
    )
    with store.reading(SHARING) as connection:
        row = connection.execute(asked).first()
    if row is None or not row.active or row.revoked_at is not None:
        return None
    return None if row.ends is not None and row.ends <= now else _actor(row)


def grant_token(
    connection: sa.Connection, name: str, label: str | None, days: int | None
) -> tuple[str, str]:
    """A token for a machine that acts as an account: its id, and what the machine shows.

    Raises:
        NotFound: There is no such account.
    """
    known(connection, name)
    now, number = datetime.now(UTC), secrets.token_hex(6)
    shown = f"{PREFIX}{number}_{passwords.secret()}"
    row = {
        "token": number,
        "digest": passwords.digest(shown),
        "account": name,
        "label": label,
        "made_at": now,
        "ends": now + timedelta(days=days) if days else None,
        "revoked_at": None,
    }
    connection.execute(_token.insert(), row)
    return number, shown


def revoke_token(connection: sa.Connection, number: str) -> None:
    """Let a token hold no longer, from now on.

    Raises:
        NotFound: There is none of that id.
    """
    known = list(connection.scalars(sa.select(_token.c.token)))
    if number not in known:
        raise one_of(number, "token", known)
    gone = _token.update().where(_token.c.token == number, _token.c.revoked_at.is_(None))
    connection.execute(gone.values(revoked_at=datetime.now(UTC)))


def tokens(connection: sa.Connection, name: str | None = None) -> Iterable[Any]:
    """Tokens of one account or of all, the oldest first."""
    asked = sa.select(_token).order_by(_token.c.made_at, _token.c.token)
    return list(
        connection.execute(asked if name is None else asked.where(_token.c.account == name))
    )


def found(connection: sa.Connection, name: str) -> Any:
    """The row of an account; None if there is none."""
    return connection.execute(sa.select(_account).where(_account.c.account == name)).first()


def known(connection: sa.Connection, name: str) -> Any:
    """The row of an account that there is.

    Raises:
        NotFound: There is none of that name.
    """
    row = found(connection, name)
    if row is None:
        raise NotFound(
            Text(f"没有账号“{name}”", f"no account '{name}'"),
            Text("hutuo base account list列出全部账号", "hutuo base account list lists them"),
        )
    return row


def _actor(row: Any) -> Actor:
    roles = tuple(row.roles.split())
    return Actor(row.account, row.body, rights_of(roles), roles)
