"""Who reads and writes what is transacted: each component of the store is a register that is of somebody.

A register is named ``register:`` and its component, and stands beside the tables wherever it is said whose
they are, which are open, and what an agreement shows. It is read like a table, whole or not at all. What is
of nobody and open is common to all bodies: each writes to it in its own name. What is said of none is shut.
"""

from typing import TYPE_CHECKING

import sqlalchemy as sa

from hutuo.base import deeds
from hutuo.base.sharing import schema
from hutuo.base.sharing.schema import SHARING
from hutuo.base.tables import Table
from hutuo.base.tables import table as declared
from hutuo.base.tables import tables as all_tables
from hutuo.errors import Forbidden, one_of
from hutuo.glossary import Text

if TYPE_CHECKING:
    from collections.abc import Sequence

    from hutuo.base.store import Store

__all__ = ["REGISTERS", "common", "may_read", "may_write", "names", "subject"]

PREFIX = "register:"
# Components that hold what bodies transact. Those left out are the program's own: who there is and what was
# agreed, and the audit; the right of a verb decides on them.
REGISTERS = ("contract", "duty", "exchange", "ledger", "sensing")
OWN = ("audit", "sharing")


def names() -> list[str]:
    """Everything that is of somebody: tables by name, then registers."""
    return [*all_tables(), *(PREFIX + name for name in REGISTERS)]


def subject(name: str) -> Table:
    """A table, or a register as one without columns: it is shown whole.

    Raises:
        NotFound: There is none of that name.
    """
    if name.removeprefix(PREFIX) in REGISTERS and name.startswith(PREFIX):
        return Table(name, ())
    if name.startswith(PREFIX):
        raise one_of(name, "table", names())
    return declared(name)


def may_read(store: "Store", component: str) -> None:
    """Refuse whoever may not read a component of the store.

    Raises:
        Forbidden: It is of another body, and no agreement shows it.
    """
    actor, deed = deeds.actor(), deeds.current()
    if actor.is_owner or component in OWN:
        return
    if deed is not None and deed.right == deeds.AUDIT:
        # Who audits looks whether all of it holds, whosever it is.
        return
    from hutuo.base.sharing.reading import register_shown

    register_shown(store, PREFIX + component)


def may_write(store: "Store", component: str, actor: deeds.Actor) -> None:
    """Refuse whoever may not write to a component of the store.

    Raises:
        Forbidden: It is of another body, or of nobody and not open.
    """
    if not actor.is_owner and component not in OWN:
        common(store, [PREFIX + component], actor.body)


def common(store: "Store", names: "Sequence[str]", body: str | None) -> None:
    """Refuse who writes for a body to what is neither its own nor common to all.

    Args:
        store: Says whose they are.
        names: Tables and registers.
        body: Whose account writes.

    Raises:
        Forbidden: One of them is of another body, or of nobody and not open.
    """
    asked = sa.select(schema.dataset).where(schema.dataset.c.table.in_(names))
    with store.reading(SHARING) as connection:
        free = {
            row.table
            for row in connection.execute(asked)
            if (row.owner is None and row.open) or (body is not None and row.owner == body)
        }
    others = sorted(set(names) - free)
    if others:
        raise Forbidden(
            Text(
                f"{'、'.join(others)}不属于{body or '-'},也不是各方共用的",
                f"{', '.join(others)} are not of {body or '-'}, nor common to all",
            ),
            Text("见base dataset list", "see base dataset list"),
        )
