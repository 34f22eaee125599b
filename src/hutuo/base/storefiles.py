"""The store of what is transacted as one file, and back: SQLite's own copy, or PostgreSQL's own dump.

What the store held before is kept aside, as that of the lake is.
"""

import os
import shutil
import sqlite3
import subprocess
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from hutuo.base.store import LONGEST
from hutuo.errors import BadInput, Unavailable
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.store import Store

__all__ = ["load", "save"]

SQLITE, POSTGRESQL = b"SQLite format 3\x00", b"PGDMP"


def save(store: "Store", target: Path) -> None:
    """Write one state of a store to a file, while others go on.

    Raises:
        Unavailable: PostgreSQL's programs are not on this machine, or they fail.
    """
    if store.is_file:
        there = str(store.url.database)
        with closing(sqlite3.connect(there)) as here, closing(sqlite3.connect(target)) as copy:
            here.backup(copy)
            copy.execute("PRAGMA journal_mode = DELETE")
        return
    _program(store, "pg_dump", "-Fc", "-n", store.schema, "-f", str(target))


def load(store: "Store", source: Path) -> str:
    """Put a file in the place of all that a store holds.

    Returns:
        Name of the file or schema that what was there is kept as; empty if there was nothing.

    Raises:
        BadInput: The file is of the other kind of store.
        Unavailable: PostgreSQL's programs are not on this machine, or they fail; the store is as it was.
    """
    with source.open("rb") as file:
        start = file.read(len(SQLITE))
    kind = "SQLite" if store.is_file else "PostgreSQL"
    if not start.startswith(SQLITE if store.is_file else POSTGRESQL):
        says = Text(f"备份中的业务库不是{kind}的", f"the store in the backup is not one of {kind}")
        hint = Text("在同类的库上恢复", "restore it where the store is of its own kind")
        raise BadInput(says, hint=hint)
    stamp = f"{datetime.now(UTC):%Y%m%dT%H%M%S%f}"
    aside = (
        _into_file(store, source, stamp) if store.is_file else _into_schema(store, source, stamp)
    )
    store.close()
    return aside


def _into_file(store: "Store", source: Path, stamp: str) -> str:
    there = Path(str(store.url.database))
    aside = there.with_name(f"{there.name}.{stamp}")
    kept = there.exists()
    if kept:
        save(store, aside)
    # Readers of other processes see the old state or the new one: it is one transaction of theirs.
    with closing(sqlite3.connect(source)) as given, closing(sqlite3.connect(there)) as here:
        given.backup(here)
    return aside.name if kept else ""


def _into_schema(store: "Store", source: Path, stamp: str) -> str:
    when = f"_{stamp.lower()}"
    aside = f"{store.schema[: LONGEST - len(when)]}{when}"
    kept = sa.inspect(store.engine).has_schema(store.schema)
    if kept:
        _renamed(store, store.schema, aside)
    try:
        words = ("--single-transaction", "--no-owner", "-d", _database(store), str(source))
        _program(store, "pg_restore", *words)
    except Unavailable:
        if kept:
            _renamed(store, aside, store.schema)
        raise
    return aside if kept else ""


def _renamed(store: "Store", name: str, other: str) -> None:
    quote = store.engine.dialect.identifier_preparer.quote
    with store.engine.connect() as connection, connection.begin():
        connection.execute(sa.text(f"ALTER SCHEMA {quote(name)} RENAME TO {quote(other)}"))


def _database(store: "Store") -> str:
    """Where the database is, without its password, which other users would see among the processes."""
    bare = store.url.set(drivername="postgresql", password=None)
    return bare.render_as_string(hide_password=False)


def _program(store: "Store", name: str, *words: str) -> None:
    found = shutil.which(name)
    if found is None:
        raise Unavailable(
            Text(f"本机没有{name}", f"{name} is not on this machine"),
            Text("安装postgresql-client", "install postgresql-client"),
        )
    where = () if "-d" in words else ("-d", _database(store))
    environment = {**os.environ, "PGPASSWORD": str(store.url.password or "")}
    # A program of PostgreSQL, with words of their own.
    done = subprocess.run(  # noqa: S603
        [found, *words, *where], env=environment, capture_output=True, text=True, check=False
    )
    if done.returncode:
        says = done.stderr.strip()[-500:]
        raise Unavailable(Text(f"{name}失败:{says}", f"{name} failed: {says}"))
