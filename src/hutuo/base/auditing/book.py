"""What a deed writes into the audit of one store."""

import hashlib
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa

from hutuo.base.auditing.log import add
from hutuo.base.auditing.schema import AUDIT, entry

if TYPE_CHECKING:
    from hutuo.base.deeds import Deed
    from hutuo.base.store import Component, Store

__all__ = ["Book"]

CHANGE, NOT_KEPT = "change", "not_kept"
_WRITES = re.compile(r"\s*(?:INSERT\s+INTO|REPLACE\s+INTO|UPDATE|DELETE\s+FROM)\s+\W?(\w+)", re.I)


class Book:
    """The audit of a store, for one deed."""

    def __init__(self, deed: "Deed", store: "Store") -> None:
        """Make its table ready: none is made within a transaction that is open already."""
        self.deed, self.store = deed, store
        self._key = (str(store.url), store.schema)
        self._before = len(deed.notes)
        self._told: int | None = None
        if self._key not in deed.books:
            store.ready(AUDIT)

    def settle(self) -> None:
        """Write what was noted since the last entry; in the transaction that is open, if there is one."""
        within = self.deed.books.get(self._key)
        if within is not None:
            self._write(within)
            return
        with self.store.writing(AUDIT) as connection:
            self._told = self._write(connection)

    def tell(self, kind: str, about: dict[str, Any]) -> None:
        """Write something that is no change; in the transaction that is open, if there is one."""
        within = self.deed.books.get(self._key)
        if within is not None:
            self.store.turn(within, AUDIT)
            add(within, self._values(kind), about)
            return
        with self.store.writing(AUDIT) as connection:
            add(connection, self._values(kind), about)

    def forget(self) -> None:
        """The change was not kept: what was noted of it is no news, and what was written is taken back."""
        del self.deed.notes[self._before :]
        if self._told is not None:
            with self.store.writing(AUDIT) as connection:
                add(connection, self._values(NOT_KEPT), {"refers": self._told})
            self._told = None

    @contextmanager
    def hearing(self, connection: sa.Connection, component: str) -> Iterator[None]:
        """Within the block, what is written by SQLAlchemy is noted of this deed."""
        written = _Written(component)
        sa.event.listen(connection, "before_cursor_execute", written.heard)
        try:
            yield
        finally:
            sa.event.remove(connection, "before_cursor_execute", written.heard)
        self._allow(written.tables)
        if written.tables:
            self.deed.notes.append(written.told())

    def _allow(self, tables: Iterable[str]) -> None:
        """Refuse what was written beside to a register of another body, whichever transaction it was in."""
        if self.deed.actor.is_owner:
            return
        from hutuo.base.sharing.registers import REGISTERS, may_write

        for component in sorted({name.partition("_")[0] for name in tables} & set(REGISTERS)):
            may_write(self.store, component, self.deed.actor)

    def keep(self, connection: sa.Connection, change: dict[str, Any]) -> None:
        """Write a change, and what was noted, in a transaction of the store that somebody else may lead."""
        self.deed.notes.append(change)
        self._write(connection)

    @contextmanager
    def within(self, connection: sa.Connection, component: "Component") -> Iterator[None]:
        """Within the block a transaction of the store is open; what it writes is audited at its end."""
        before = len(self.deed.notes)
        self.deed.books[self._key] = connection
        try:
            with self.hearing(connection, component.name):
                yield
        finally:
            del self.deed.books[self._key]
        if len(self.deed.notes) > before:
            self._write(connection)

    def _write(self, connection: sa.Connection) -> int:
        deed = self.deed
        self.store.turn(connection, AUDIT)
        about = {"ask": deed.asked(), "changes": deed.notes[:]}
        done = add(connection, self._values(CHANGE), about)
        deed.entries += 1
        deed.notes.clear()
        return done.seq

    def _values(self, kind: str) -> dict[str, Any]:
        deed = self.deed
        return {
            "kind": kind,
            "door": deed.door,
            "who": deed.actor.account,
            "body": deed.actor.body,
            "verb": deed.verb,
            "branch": deed.branch,
        }


class _Written:
    """What a transaction writes: how many rows into which tables, and a digest of all of it in order."""

    def __init__(self, component: str) -> None:
        self.component = component
        self.tables: Counter[str] = Counter()
        self._digest = hashlib.sha256()

    def heard(
        self,
        _connection: Any,
        _cursor: Any,
        statement: str,
        parameters: Any,
        _context: Any,
        executemany: bool,  # noqa: FBT001
    ) -> None:
        found = _WRITES.match(statement)
        if found is None or found[1] == entry.name:
            return
        self.tables[found[1]] += len(parameters) if executemany else 1
        self._digest.update(f"{statement}\n{parameters!r}\n".encode())

    def told(self) -> dict[str, Any]:
        """As a note."""
        return {
            "store": self.component,
            "written": dict(sorted(self.tables.items())),
            "sha256": self._digest.hexdigest(),
        }
