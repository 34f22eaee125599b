"""A PostgreSQL of the tests' own: its folder, its socket, no port; stopped by the id in its folder."""

import os
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

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
    """The URL of a new database of a server."""
    import sqlalchemy as sa

    engine = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with engine.connect() as connection:
        connection.execute(sa.text(f"CREATE DATABASE {name}"))
    engine.dispose()
    return sa.make_url(url).set(database=name).render_as_string(hide_password=False)
