"""A PostgreSQL of the tests' own: its folder, its socket, no port; stopped by the id in its folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlalchemy as sa

# Nothing here outlives the machine; what a killed client leaves behind is what tests look at.
QUICK = "-c fsync=off -c full_page_writes=off -c synchronous_commit=off"


def binaries() -> Path | None:
    """Folder of ``initdb`` and ``pg_ctl``; None where there is no server."""
    asked = shutil.which("pg_config")
    if asked:
        told = subprocess.run([asked, "--bindir"], capture_output=True, text=True, check=True)
        if (Path(told.stdout.strip()) / "initdb").exists():
            return Path(told.stdout.strip())
    found = shutil.which("initdb")
    return Path(found).resolve().parent if found else None


@contextmanager
def postgres(options: str = QUICK) -> Iterator[str]:
    """The URL of a server, as the store takes it, while the block runs.

    Args:
        options: Further options of ``postgres``.
    """
    where = binaries()
    if where is None:
        raise FileNotFoundError("initdb")
    # Its user enters no folder that is root's alone, and the path of a socket has at most 107 bytes.
    folder = Path(tempfile.mkdtemp(prefix="hutuo-pg-"))
    as_user = []
    if os.getuid() == 0:
        shutil.chown(folder, "postgres", "postgres")
        as_user = ["runuser", "-u", "postgres", "--"]
    quiet = {"stdout": subprocess.DEVNULL, "cwd": folder}
    made = [where / "initdb", "-D", folder / "db", "-A", "trust", "-E", "UTF8", "-U", "postgres"]
    control = [*as_user, where / "pg_ctl", "-D", folder / "db", "-w"]
    given = f"-k {folder} -c listen_addresses= -c max_connections=400 {options}"
    try:
        subprocess.run([*as_user, *made, "--no-sync"], check=True, **quiet)
        subprocess.run([*control, "-o", given, "-l", folder / "log", "start"], check=True, **quiet)
        try:
            yield f"postgresql+psycopg://postgres@/postgres?host={folder}"
        finally:
            subprocess.run([*control, "-m", "immediate", "stop"], check=True, **quiet)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def database(url: str, name: str) -> str:
    """The URL of a database of a server, made if it is not there."""
    import sqlalchemy as sa

    asked = sa.text("SELECT 1 FROM pg_database WHERE datname = :name").bindparams(name=name)
    with _commanding(url) as connection:
        if connection.execute(asked).scalar() is None:
            connection.execute(sa.text(f"CREATE DATABASE {name}"))
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)


def drop(url: str) -> None:
    """Drop a database and whoever is still connected to it."""
    import sqlalchemy as sa

    with _commanding(url) as connection:
        connection.execute(sa.text(f"DROP DATABASE {sa.make_url(url).database} WITH (FORCE)"))


@contextmanager
def _commanding(url: str) -> "Iterator[sa.Connection]":
    """A connection to the database that every server has, on which each statement stands alone."""
    import sqlalchemy as sa

    at = sa.make_url(url).set(database="postgres")
    engine = sa.create_engine(at, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with engine.connect() as connection:
        yield connection
