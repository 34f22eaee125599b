"""What the database itself refuses: that rows of the log are changed, deleted or replaced."""

import sqlalchemy as sa

__all__ = ["missing"]

_SAYS = "the ledger is only added to"
_SAME = {
    "entry": "seq = NEW.seq OR key = NEW.key OR refers = NEW.refers",
    "posting": "seq = NEW.seq AND line = NEW.line",
}
# As the migration makes them; a trigger of the same name that does less is none.
_FILE = {
    f"ledger_{table}_{change.lower()}": f"CREATE TRIGGER ledger_{table}_{change.lower()} BEFORE {change}"
    f" ON ledger_{table} {when}BEGIN SELECT RAISE(ABORT, '{_SAYS}'); END"
    for table, same in _SAME.items()
    for change, when in (
        ("UPDATE", ""),
        ("DELETE", ""),
        ("INSERT", f"WHEN EXISTS (SELECT 1 FROM ledger_{table} WHERE {same}) "),  # noqa: S608
    )
}
# Type of the trigger (before, each row, update or delete: 27; before, statement, truncate: 34), whether it
# is on and without a condition, and what it runs.
_SERVER = {
    f"ledger_{table}_{change}": f"{kind} O t BEGIN RAISE EXCEPTION '{_SAYS}'; END"
    for table in _SAME
    for change, kind in (("change", 27), ("truncate", 34))
}
_GUARDS = {
    "sqlite": ("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'", _FILE),
    "postgresql": (
        "SELECT tgname, concat_ws(' ', tgtype, tgenabled, tgqual IS NULL, btrim(prosrc))"
        " FROM pg_trigger JOIN pg_proc ON pg_proc.oid = tgfoid"
        " WHERE tgrelid IN ('ledger_entry'::regclass, 'ledger_posting'::regclass)",
        _SERVER,
    ),
}


def missing(connection: sa.Connection) -> list[str]:
    """Triggers that the database should have and has not, or not as they should be; by name."""
    sql, needed = _GUARDS[connection.dialect.name]
    there = {row[0]: row[1] for row in connection.execute(sa.text(sql))}
    return sorted(name for name, text in needed.items() if there.get(name) != text)
