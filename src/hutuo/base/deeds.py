"""Who does what: known while a verb runs through a door, and audited before anything of it is kept.

A door says who asks and that a deed is done; the lake and the store write it into the audit in, or right
before, the transaction that keeps the change. A deed that changes nothing costs a lookup and leaves no entry.
What is called from Python without a door is the owner's, is nobody's deed and is not audited.
"""

import hashlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from hutuo.errors import Forbidden
from hutuo.glossary import Text

if TYPE_CHECKING:
    from pathlib import Path

    from hutuo.base.auditing.book import Book
    from hutuo.verbs import Ask

OWNER = "owner"
READ, MODEL, DATA, BUSINESS = "read", "model", "data", "business"
GRANT, AUDIT, PEOPLE, CARE = "grant", "audit", "people", "care"
# To save pages of one's own that hold no data, as boards.
COMPOSE = "compose"
RIGHTS = frozenset({READ, COMPOSE, MODEL, DATA, BUSINESS, GRANT, AUDIT, PEOPLE, CARE})
# What is known of a store when a request begins: see :meth:`hutuo.base.store.Store.stamp`.
STAMP = "stamp"
# Rights with which something can be changed.
CHANGING = frozenset({COMPOSE, MODEL, DATA, BUSINESS, GRANT, PEOPLE, CARE})
# An ask that is longer stands in the audit by its digest.
LONGEST = 4_000
# Fields that the audit shows to nobody.
SECRET = frozenset({"password"})
HIDDEN = "***"


@dataclass(frozen=True)
class Actor:
    """Who asks.

    Attributes:
        account: Name of the account; the owner's where nobody signs in.
        body: Body that the account is of; None for the owner.
        rights: What it may do.
        roles: What it was given them for.
        is_owner: Whether it is whoever has the machine itself, from whom nothing is kept.
    """

    account: str
    body: str | None
    rights: frozenset[str]
    roles: tuple[str, ...] = ()
    is_owner: bool = False


THE_OWNER = Actor(OWNER, None, RIGHTS, is_owner=True)


@dataclass
class Deed:
    """What somebody does through a door.

    Attributes:
        door: ``cli`` or ``rest``.
        verb: Path of the verb, as ``base/put``.
        ask: What is asked.
        branch: Branch that is looked at.
        actor: Who asks.
        right: Right by which it is done.
        changes: Whether it may change anything.
        notes: What was changed since the last entry of the audit.
        entries: Entries that the audit has of it.
        books: Stores that are being written to, by their address, with their open transaction.
    """

    door: str
    verb: str
    ask: "Ask | None" = None
    branch: str = "main"
    actor: Actor = THE_OWNER
    right: str = OWNER
    changes: bool = True
    notes: list[dict[str, Any]] = field(default_factory=list)
    entries: int = 0
    books: dict[tuple[str, str], Any] = field(default_factory=dict)

    def asked(self) -> Any:
        """The ask as plain values, without its defaults and secrets; its digest where it is long."""
        if self.ask is None:
            return None
        from hutuo.base.chain import canonical

        plain = self.ask.model_dump(mode="json", by_alias=True, exclude_defaults=True)
        shown = {name: HIDDEN if name in SECRET else value for name, value in plain.items()}
        text = canonical(shown)
        if len(text) <= LONGEST:
            return shown
        return {"sha256": hashlib.sha256(text).hexdigest(), "bytes": len(text)}


_current: ContextVar[Deed | None] = ContextVar("deed", default=None)
_actor: ContextVar[Actor] = ContextVar("actor", default=THE_OWNER)
# What was found out about the actor within the block in which he acts, by what it is about.
_known: ContextVar[dict[Any, Any] | None] = ContextVar("known", default=None)


@contextmanager
def acting(actor: Actor) -> Iterator[None]:
    """Within the block, it is this one who asks."""
    token, known = _actor.set(actor), _known.set({})
    try:
        yield
    finally:
        _actor.reset(token)
        _known.reset(known)


def known() -> dict[Any, Any]:
    """What was found out about the actor since he began to act; forgotten when he ends."""
    found = _known.get()
    return {} if found is None else found


def actor() -> Actor:
    """Who asks; the owner, unless a door found somebody else."""
    return _actor.get()


@contextmanager
def doing(deed: Deed) -> Iterator[Deed]:
    """Within the block, changes are of this deed."""
    token = _current.set(deed)
    try:
        yield deed
    finally:
        _current.reset(token)


def current() -> Deed | None:
    """The deed that is being done, if there is one."""
    return _current.get()


def writing() -> Deed | None:
    """The deed that is about to change something; None for what the owner does without a door.

    Raises:
        Forbidden: It may change nothing, or somebody changes something without saying what is done.
    """
    deed = _current.get()
    if deed is None and not _actor.get().is_owner:
        raise _forbidden("?")
    if deed is not None and not deed.changes:
        raise _forbidden(deed.verb)
    return deed


def note(change: Mapping[str, Any]) -> None:
    """Tell what is changed; it stands in the next entry of the audit."""
    deed = _current.get()
    if deed is not None:
        deed.notes.append(dict(change))


def book_of(folder: "Path") -> "Book | None":
    """The audit of the region whose lake lies there, ready to be written; None if no deed is done.

    Raises:
        Forbidden: The deed may change nothing.
    """
    deed = writing()
    if deed is None:
        return None
    from hutuo.base.auditing.book import Book
    from hutuo.base.store import store_at

    return Book(deed, store_at(folder))


def told(folder: "Path", change: Mapping[str, Any]) -> None:
    """Audit a change that neither the lake nor the store tells, as a file that was put back."""
    book = book_of(folder)
    if book is not None:
        note(change)
        book.settle()


def _forbidden(verb: str) -> Forbidden:
    return Forbidden(
        Text(f"“{verb}”在此只能查看", f"'{verb}' may only look here"),
        Text("请联系管理员核对角色", "ask the administrator which roles you need"),
    )
