"""A server of the tests' own on a loopback port, for clients over the network; stopped by its id."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest
from filelock import FileLock

import hutuo
from homes import kept_in
from hutuo.base.region import Region

SERVE = """
import sys
from hutuo.api import Settings, app
from hutuo.api.door import address, serve, taken
with taken("127.0.0.1", 0) as at:
    serve(app(Settings(region=sys.argv[1])), at, lambda: print(address(at), flush=True))
"""


class Served:
    """A running server.

    Attributes:
        at: Its address.
        process: The process that serves.
    """

    def __init__(self, at: str, process: "subprocess.Popen[str]") -> None:
        self.at, self.process = at, process


@contextmanager
def served(region: Path, home: Path) -> Iterator[Served]:
    """A server for the region of a folder, with a data folder of its own."""
    home.mkdir(parents=True, exist_ok=True)
    with (home / "server.log").open("a") as log:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVE, str(region)],
            env={**os.environ, **kept_in(home)},
            stdout=subprocess.PIPE,
            stderr=log,
            text=True,
        )
        try:
            at = process.stdout.readline().strip()
            assert at, (home / "server.log").read_text()
            yield Served(at, process)
        finally:
            process.terminate()
            process.wait(timeout=20)
            process.stdout.close()


def moved(lake: Path, home: Path) -> None:
    """Put a copy of a lake that was loaded into a data folder."""
    copy = home / "regions" / lake.name
    shutil.copytree(lake, copy)
    # The catalogue knows where its files lie.
    with closing(sqlite3.connect(copy / "lake.sqlite")) as catalogue, catalogue:
        asked = "UPDATE ducklake_metadata SET value = ? WHERE key = 'data_path'"
        catalogue.execute(asked, [f"{copy / 'lake'}/"])


def embedded_home(factory: pytest.TempPathFactory, home: Path) -> Path:
    """A data folder with the region that comes with Hutuo, copied: it is loaded once for all of a run."""
    base = factory.getbasetemp()
    # Each process of a run has a folder of its own in that of the run.
    loaded = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "embedded"
    with FileLock(loaded.with_suffix(".lock")):
        if not loaded.exists():
            making = loaded.with_suffix(".making")
            command = [sys.executable, "-c", "import hutuo; hutuo.open().lake.close()"]
            subprocess.run(command, env={**os.environ, "HUTUO_HOME": str(making)}, check=True)
            making.rename(loaded)
    for lake in (loaded / "regions").iterdir():
        moved(lake, home)
    return home


def copied(region: Region, pack: Path, home: Path) -> Region:
    """A region of a pack that a test may change: a copy of what was loaded, in its data folder."""
    moved(region.lake.folder, home)
    return hutuo.open(str(pack))
