"""What the database itself refuses: that rows of a log are changed, deleted or replaced."""

from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa

__all__ = ["Guards"]

# Type of a trigger of PostgreSQL: before, each row, update or delete: 27; before, statement, truncate: 34.
_SERVER = {"change": 27, "truncate": 34}


@dataclass(frozen=True)
class Guards:
    """Triggers on tables that are only added to.

    Attributes:
        prefix: Name of the component, with which its tables begin.
        says: What the database says when it refuses.
        same: Table without its prefix to when a row of SQLite is in the way of a new one.
    """

    prefix: str
    says: str
    same: Mapping[str, str]

    def make(self, connection: sa.Connection) -> None:
        """Make the triggers, within a migration."""
        if connection.dialect.name == "sqlite":
            for sql in self._file().values():
                connection.execute(sa.text(sql))
            return
        refuses = f"{self.prefix}_refuses"
        connection.execute(
            sa.text(
                f"CREATE FUNCTION {refuses}() RETURNS trigger LANGUAGE plpgsql AS"
                f" $$ BEGIN RAISE EXCEPTION '{self.says}'; END $$"
            )
        )
        for table in self.same:
            name = f"{self.prefix}_{table}"
            for sql in (
                f"CREATE TRIGGER {name}_change BEFORE UPDATE OR DELETE ON {name}"
                f" FOR EACH ROW EXECUTE FUNCTION {refuses}()",
                f"CREATE TRIGGER {name}_truncate BEFORE TRUNCATE ON {name}"
                f" FOR EACH STATEMENT EXECUTE FUNCTION {refuses}()",
            ):
                connection.execute(sa.text(sql))

    def missing(self, connection: sa.Connection) -> list[str]:
        """Triggers that the database should have and has not, or not as they should be; by name.

        A trigger of the same name that does less is none.
        """
        if connection.dialect.name == "sqlite":
            sql, needed = (
                "SELECT name, sql FROM sqlite_master WHERE type = 'trigger'",
                self._file(),
            )
        else:
            named = ", ".join(f"'{self.prefix}_{table}'::regclass" for table in self.same)
            # Whether it is on and without a condition, and what it runs.
            sql = (
                "SELECT tgname, concat_ws(' ', tgtype, tgenabled, tgqual IS NULL, btrim(prosrc))"
                f" FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid WHERE tgrelid IN ({named})"
            )
            needed = self._server()
        there = {row[0]: row[1] for row in connection.execute(sa.text(sql))}
        return sorted(name for name, text in needed.items() if there.get(name) != text)

    def _file(self) -> dict[str, str]:
        """Triggers of SQLite; REPLACE deletes the rows in its way without asking those of deletion."""
        refuses = f"BEGIN SELECT RAISE(ABORT, '{self.says}'); END"
        made = {}
        for table, same in self.same.items():
            name = f"{self.prefix}_{table}"
            for change, when in (
                ("UPDATE", ""),
                ("DELETE", ""),
                ("INSERT", f"WHEN EXISTS (SELECT 1 FROM {name} WHERE {same}) "),
            ):
                trigger = f"{name}_{change.lower()}"
                made[trigger] = (
                    f"CREATE TRIGGER {trigger} BEFORE {change} ON {name} {when}{refuses}"
                )
        return made

    def _server(self) -> dict[str, str]:
        return {
            f"{self.prefix}_{table}_{change}": f"{kind} O t BEGIN RAISE EXCEPTION '{self.says}'; END"
            for table in self.same
            for change, kind in _SERVER.items()
        }
