"""Accounts signed in to by an identity that somebody else vouches for, known by its issuer and subject.

An identity opens no account because of its name or address: an administrator links it, or the deployment says
that unknown ones get an account of their own.

Source: OpenID Connect Core 1.0, 5.7 (issuer and subject alone name somebody), 3.1.2.1 (state, nonce); PKCE,
RFC 7636.
"""

import hashlib
import secrets
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

import sqlalchemy as sa

from hutuo.base import deeds
from hutuo.base.sharing import accounts, passwords, schema
from hutuo.base.sharing.schema import SHARING
from hutuo.errors import BadAsk, NotSignedIn, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hutuo.base.deeds import Actor
    from hutuo.base.store import Store

__all__ = [
    "Flow",
    "Identity",
    "Made",
    "add",
    "begin",
    "enter",
    "finish",
    "id_of",
    "identities",
    "link",
    "unlink",
]

_account, _flow, _identity, _session = (
    schema.account,
    schema.flow,
    schema.identity,
    schema.session,
)
# A browser that does not come back from its issuer within this time begins anew.
AWAITED = timedelta(minutes=10)
# Browsers that are awaited at once, and identities that wait for a word: the oldest make room.
MOST_FLOWS, MOST_WAITING = 10_000, 1_000


class Identity(NamedTuple):
    """Somebody as an issuer vouches for him.

    Attributes:
        issuer: URL of the issuer.
        subject: Whom it means; never given to another.
        name: What it calls him.
    """

    issuer: str
    subject: str
    name: str | None = None


class Flow(NamedTuple):
    """A browser that is sent to an issuer.

    Attributes:
        state: What it brings back.
        browser: What it shows beside, so that nobody else's browser comes back in its place.
        nonce: What the issuer repeats in its token.
        verifier: By which the code is given out to us alone.
        back: Page that was asked for.
    """

    state: str
    browser: str
    nonce: str
    verifier: str
    back: str


class Made(NamedTuple):
    """What account an unknown identity gets.

    Attributes:
        roles: Its roles.
        body: Body that it is of.
    """

    roles: tuple[str, ...]
    body: str | None


def id_of(issuer: str, subject: str) -> str:
    """The id of an identity: 128 bits of SHA-256 over issuer and subject."""
    return hashlib.sha256(f"{issuer}\n{subject}".encode()).hexdigest()[:32]


def begin(store: "Store", back: str) -> Flow:
    """Await a browser back from its issuer; nobody is signed in yet, so that this is nobody's deed."""
    secret = passwords.secret
    made = Flow(secret(), secret(), secret(), secret(), back)
    now = datetime.now(UTC)
    row = {
        "digest": passwords.digest(made.state),
        "browser": passwords.digest(made.browser),
        "nonce": made.nonce,
        "verifier": made.verifier,
        "back": back,
        "began": now,
    }
    with store.writing(SHARING, told=False) as connection:
        connection.execute(_flow.delete().where(_flow.c.began < now - AWAITED))
        many = connection.execute(sa.select(sa.func.count()).select_from(_flow)).scalar() or 0
        if many >= MOST_FLOWS:
            oldest = sa.select(_flow.c.digest).order_by(_flow.c.began).limit(1)
            connection.execute(_flow.delete().where(_flow.c.digest.in_(oldest)))
        connection.execute(_flow.insert(), row)
    return made


def finish(store: "Store", state: str, browser: str) -> Flow:
    """The flow of a browser that came back; it is over with this, whatever becomes of it.

    Raises:
        NotSignedIn: No such browser is awaited.
    """
    digest, now = passwords.digest(state), datetime.now(UTC)
    with store.writing(SHARING, told=False) as connection:
        row = connection.execute(sa.select(_flow).where(_flow.c.digest == digest)).first()
        connection.execute(_flow.delete().where(_flow.c.digest == digest))
    same = row is not None and secrets.compare_digest(row.browser, passwords.digest(browser))
    if row is None or not same or now - row.began > AWAITED:
        raise NotSignedIn(
            Text(
                "这次登录不是从本浏览器开始的,或已过期",
                "this sign-in did not begin here, or too long ago",
            ),
            Text("请重新登录", "sign in again"),
        )
    return Flow(state, browser, row.nonce, row.verifier, row.back)


def enter(store: "Store", identity: Identity, made: Made | None) -> "tuple[str, Actor]":
    """What the browser of an identity shows from now on, and who it is.

    Args:
        store: Where accounts are.
        identity: As its issuer vouches for it.
        made: What account an unknown one gets; None: it waits for an administrator's word.

    Raises:
        NotSignedIn: It has no account, or one that is disabled.
    """
    number, now = id_of(identity.issuer, identity.subject), datetime.now(UTC)
    with store.writing(SHARING) as connection:
        row = _row(connection, number)
        if row is None:
            row = _met(connection, number, identity, now)
        connection.execute(
            _identity.update().where(_identity.c.identity == number).values(seen=now)
        )
        name = row.account
        if name is None and made is not None:
            name = _made(connection, number, identity, made, now)
        found = accounts.found(connection, name) if name is not None else None
        if found is not None and found.active:
            deeds.note({"signed_in": name, "identity": number})
            return accounts.begun(connection, found)
        deeds.note({"not_linked" if name is None else "disabled": number})
    raise NotSignedIn(
        Text(
            f"身份{number[:8]}尚未关联账号,或账号已停用",
            f"identity {number[:8]} is linked to no account, or to one that is disabled",
        ),
        Text(
            "请把这个编号告诉管理员,由其关联账号",
            "tell the administrator this number: he links it to an account",
        ),
    )


def link(connection: sa.Connection, number: str, account: str) -> None:
    """Let an identity sign in to an account.

    Raises:
        NotFound: There is no such identity or account.
        BadAsk: The identity has an account already.
    """
    row = _known(connection, number)
    accounts.known(connection, account)
    if row.account is not None:
        raise BadAsk(
            Text(
                f"身份{number}已关联账号{row.account}",
                f"identity {number} is linked to {row.account}",
            ),
            Text("先解除关联", "unlink it first"),
        )
    linked = {
        "account": account,
        "linked_at": datetime.now(UTC),
        "linked_by": deeds.actor().account,
    }
    connection.execute(_identity.update().where(_identity.c.identity == number).values(**linked))


def unlink(connection: sa.Connection, number: str) -> None:
    """Forget an identity; whoever is signed in to its account is signed out.

    Raises:
        NotFound: There is none of that id.
    """
    row = _known(connection, number)
    if row.account is not None:
        connection.execute(_session.delete().where(_session.c.account == row.account))
    connection.execute(_identity.delete().where(_identity.c.identity == number))


def add(connection: sa.Connection, identity: Identity) -> str:
    """Know an identity before it comes for the first time; gives its id."""
    number = id_of(identity.issuer, identity.subject)
    if _row(connection, number) is None:
        _met(connection, number, identity, None)
    return number


def identities(connection: sa.Connection) -> "Sequence[Any]":
    """All identities: those that wait first, then by account."""
    asked = sa.select(_identity).order_by(
        _identity.c.account.is_not(None), _identity.c.account, _identity.c.identity
    )
    return connection.execute(asked).all()


def _met(connection: sa.Connection, number: str, identity: Identity, now: datetime | None) -> Any:
    waiting = _identity.c.account.is_(None)
    many = connection.execute(sa.select(sa.func.count()).select_from(_identity).where(waiting))
    if (many.scalar() or 0) >= MOST_WAITING:
        oldest = sa.select(_identity.c.identity).where(waiting).order_by(_identity.c.seen).limit(1)
        connection.execute(_identity.delete().where(_identity.c.identity.in_(oldest)))
    row = {
        "identity": number,
        "issuer": identity.issuer,
        "subject": identity.subject,
        "name": (identity.name or "")[:200] or None,
        "account": None,
        "seen": now,
    }
    connection.execute(_identity.insert(), row)
    return _row(connection, number)


def _made(
    connection: sa.Connection, number: str, identity: Identity, made: Made, now: datetime
) -> str:
    """A new account for an identity; gives its name, which is nobody's guess."""
    name = f"oidc-{number[:16]}"
    values = {"body": made.body, "name": identity.name, "roles": made.roles}
    accounts.create(connection, name, values, None)
    linked = {"account": name, "linked_at": now, "linked_by": "deployment"}
    connection.execute(_identity.update().where(_identity.c.identity == number).values(**linked))
    return name


def _row(connection: sa.Connection, number: str) -> Any:
    asked = sa.select(_identity).where(_identity.c.identity == number)
    return connection.execute(asked).first()


def _known(connection: sa.Connection, number: str) -> Any:
    row = _row(connection, number)
    if row is None:
        raise one_of(number, "identity", [one.identity for one in identities(connection)])
    return row
