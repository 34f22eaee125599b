"""Roles, the rights that they give, and the right that a verb needs; what is not given is denied.

Duties are separated: who administers accounts reads no data and touches no audit, and who audits writes
nothing. An account with one of these roles has no other.
"""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Literal

from hutuo.base import deeds
from hutuo.base.deeds import (
    AUDIT,
    BUSINESS,
    CARE,
    CHANGING,
    COMPOSE,
    DATA,
    GRANT,
    MODEL,
    PEOPLE,
    READ,
    Actor,
)
from hutuo.errors import Forbidden
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.verbs import Ask, Verb

__all__ = [
    "ALONE",
    "ANYBODYS",
    "NOBODYS",
    "ROLES",
    "Role",
    "allow",
    "needed",
    "only",
    "rights_of",
]

Role = Literal["viewer", "analyst", "steward", "officer", "auditor", "admin"]
ROLES: Mapping[str, frozenset[str]] = {
    "viewer": frozenset({READ}),
    "analyst": frozenset({READ, COMPOSE, MODEL}),
    "steward": frozenset({READ, COMPOSE, MODEL, DATA, GRANT}),
    "officer": frozenset({READ, COMPOSE, BUSINESS, GRANT}),
    "auditor": frozenset({AUDIT}),
    "admin": frozenset({PEOPLE, CARE}),
}
ALONE = ("auditor", "admin")
# Who there is, all know who are let in.
ANYBODYS = "any"
# Needed for what is left to the owner on the machine itself.
NOBODYS = "owner"
MAIN = "main"
# Fields by which a verb that may write is known.
MARKS = frozenset({"check", "action", "change", "add_fen"})
# Actions that only look.
LOOKING = frozenset({"list", "show", "diff", "log", "status"})
OWN = {
    "base/audit": AUDIT,
    "base/account": PEOPLE,
    "base/identity": PEOPLE,
    "base/token": PEOPLE,
    "ledger/verify": AUDIT,
    "ledger/export-head": AUDIT,
}
# Keep what a person composes for himself; whose it is, the verb itself looks at.
COMPOSED = frozenset({"duty/board"})
# Writes files on the machine, of which a request names none.
ON_THE_MACHINE = frozenset({"space/travel-matrix"})
TENDED = frozenset({"status", "compact", "expire"})


def rights_of(roles: tuple[str, ...]) -> frozenset[str]:
    """What somebody with these roles may do."""
    return frozenset().union(*(ROLES[role] for role in roles))


def needed(found: "Verb", ask: "Ask | None" = None, branch: str = MAIN) -> str:
    """The right that a verb needs.

    Args:
        found: The verb.
        ask: What it is asked; None for the most that it may do.
        branch: Branch that is looked at.
    """
    if found.path in OWN:
        return OWN[found.path]
    action = getattr(ask, "action", None)
    if found.path == "base/body":
        return ANYBODYS if action in LOOKING else PEOPLE
    if found.path == "base/care":
        return CARE if action in TENDED else NOBODYS
    if found.path in ON_THE_MACHINE:
        return NOBODYS
    if not MARKS & found.ask.model_fields.keys() or action in LOOKING:
        return READ
    if found.path in ("base/agreement", "base/dataset"):
        # Whose a table is, is said on the machine itself.
        return NOBODYS if action == "own" else GRANT
    if found.part != "base":
        return COMPOSE if found.path in COMPOSED else BUSINESS
    if found.path == "base/branch":
        return DATA if action in (None, "merge") else MODEL
    return DATA if branch == MAIN else MODEL


def allow(actor: Actor, found: "Verb", ask: "Ask | None", branch: str = MAIN) -> deeds.Deed:
    """The deed of somebody who may do it.

    Args:
        actor: Who asks.
        found: The verb that is asked.
        ask: What it is asked.
        branch: Branch that is looked at.

    Returns:
        The deed, as it came over REST.

    Raises:
        Forbidden: The actor may not.
    """
    right = needed(found, ask, branch)
    if not actor.is_owner:
        if right != ANYBODYS and right not in actor.rights:
            raise Forbidden(
                Text(
                    f"账号“{actor.account}”不能使用{found.path}:需要权限{right}",
                    f"account '{actor.account}' may not use {found.path}: it takes the right {right}",
                ),
                Text(f"有此权限的角色:{_who(right)}", f"roles that have it: {_who(right)}"),
            )
        _only_for_itself(actor, found, ask, right)
    changes = actor.is_owner or right in CHANGING
    return deeds.Deed("rest", found.path, ask, branch, actor, right, changes)


def only(*bodies: str | None) -> None:
    """Refuse whoever acts for none of the bodies that have a part in something.

    Args:
        bodies: As those between whom a contract is, or who books and who lends.

    Raises:
        Forbidden: The account is of none of them.
    """
    actor = deeds.actor()
    if actor.is_owner or (actor.body is not None and actor.body in bodies):
        return
    parts = sorted({body for body in bodies if body})
    raise Forbidden(
        Text(
            f"账号“{actor.account}”属于{actor.body},此事由{'、'.join(parts) or '-'}办理",
            f"account '{actor.account}' is of {actor.body}; this is done by {', '.join(parts) or '-'}",
        ),
        Text("请由相关机构的账号办理", "an account of a body that has a part in it may do it"),
    )


def _only_for_itself(actor: Actor, found: "Verb", ask: "Ask | None", right: str) -> None:
    """Nobody acts in the name of another body, nor looks with its eyes (``as``)."""
    acted = getattr(ask, "body", None) if right == BUSINESS else None
    for named in (acted, getattr(ask, "as_", None)):
        if named is None or named == actor.body:
            continue
        raise Forbidden(
            Text(
                f"账号“{actor.account}”属于{actor.body},不能代表{named}使用{found.path}",
                f"account '{actor.account}' is of {actor.body} and may not use {found.path} for {named}",
            ),
            Text("请由该机构的账号办理", "an account of that body may do it"),
        )


def _who(right: str) -> str:
    return ", ".join(role for role, rights in ROLES.items() if right in rights) or "-"
