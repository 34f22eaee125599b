"""Write ``build/bundle``: wheels of hutuo and what it needs, their sums, and a script that installs them.

The machine that it is carried to needs Python of the same version (its first two numbers) and no network.
Versions and hashes are those of the lock, so that what was tested is what is installed.
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import subprocess
import sys
import tomllib
from importlib.metadata import distribution
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BUNDLE = ROOT / "build" / "bundle"
EXTRAS = ("postgresql",)
INSTALL = """#!/bin/sh
# Installs hutuo from this folder, without a network:  sh install.sh [FOLDER]
set -eu
here=$(cd "$(dirname "$0")" && pwd)
target=${1:-/opt/hutuo}
cd "$here" && sha256sum --quiet -c SHA256SUMS
PYTHON -m venv "$target"
"$target/bin/python" -m pip install --quiet --disable-pip-version-check --no-index \\
  --find-links "$here/wheels" "hutuo[EXTRAS]"
"$target/bin/hutuo" --version
"""


def main() -> None:
    """Write it anew."""
    os.chdir(ROOT)
    shutil.rmtree(BUNDLE, ignore_errors=True)
    wheels = BUNDLE / "wheels"
    wheels.mkdir(parents=True)
    pip = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--quiet"]
    (BUNDLE / "requirements.txt").write_text(locked(needed("hutuo", EXTRAS)), encoding="utf-8")
    # Of those that come without a wheel one is made here.
    given = ["--require-hashes", "--no-deps", "-r", str(BUNDLE / "requirements.txt")]
    subprocess.run([*pip, "wheel", *given, "-w", str(wheels)], check=True)
    earlier = BUNDLE / "requirements-earlier.txt"
    earlier.write_text(older(needed("hutuo", EXTRAS)), encoding="utf-8")
    given = ["--require-hashes", "--no-deps", "--only-binary=:all:", "-r", str(earlier)]
    first = f"{sys.version_info[0]}.{sys.version_info[1]}.0"
    subprocess.run(
        [*pip, "download", *given, "--python-version", first, "-d", str(wheels)], check=True
    )
    own = ["--no-deps", "--no-build-isolation", ".", "-w", str(wheels)]
    subprocess.run([*pip, "wheel", *own], check=True)
    python = f"python{sys.version_info[0]}.{sys.version_info[1]}"
    script = INSTALL.replace("PYTHON", python, 1).replace("EXTRAS", ",".join(EXTRAS))
    (BUNDLE / "install.sh").write_text(script, encoding="utf-8")
    shutil.copytree(ROOT / "deploy", BUNDLE / "deploy")
    files = sorted(path for path in BUNDLE.rglob("*") if path.is_file())
    sums = [f"{_sum(path)}  {path.relative_to(BUNDLE)}\n" for path in files]
    (BUNDLE / "SHA256SUMS").write_text("".join(sums), encoding="utf-8")
    size = sum(path.stat().st_size for path in files)
    print(f"{BUNDLE.relative_to(ROOT)}: {len(list(wheels.iterdir()))} wheels, {size / 1e6:.0f} MB")


def needed(name: str, extras: tuple[str, ...] = ()) -> set[str]:
    """Names of the packages that one needs here, and those that they need; not its own.

    Args:
        name: Package; what hutuo needs is read in pyproject.toml, for what is installed may be older.
        extras: Extras of it.
    """
    from packaging.requirements import Requirement

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    options = project["optional-dependencies"]
    own = [*project["dependencies"], *(line for extra in extras for line in options[extra])]
    found: set[str] = set()
    waiting = [(name, extras)]
    while waiting:
        package, wanted = waiting.pop()
        for line in own if package == name else distribution(package).requires or []:
            one = Requirement(line)
            marks = [{"extra": extra} for extra in ("", *wanted)]
            if one.marker and not any(one.marker.evaluate(mark) for mark in marks):
                continue
            key = _name(one.name)
            if key not in found:
                found.add(key)
                waiting.append((one.name, tuple(one.extras)))
            elif one.extras:
                waiting.append((one.name, tuple(one.extras)))
    return found


def locked(names: set[str]) -> str:
    """The entries of the lock for these packages, with their hashes.

    Raises:
        SystemExit: One of them is not in the lock.
    """
    entries = _entries()
    missing = sorted(names - entries.keys())
    if missing:
        sys.exit(f"not in requirements.lock: {', '.join(missing)}; make lock")
    return "\n".join(one.rstrip() for name in sorted(names) for one in entries[name]) + "\n"


def older(names: set[str]) -> str:
    """Entries that an earlier Python of the same two numbers takes instead, without their markers.

    pip on the other machine takes of two versions the one that its Python is new enough for.
    """
    from packaging.markers import Marker

    first = {"python_full_version": f"{sys.version_info[0]}.{sys.version_info[1]}.0"}
    found = []
    for name in sorted(names):
        for entry in _entries()[name]:
            head, _, hashes = entry.partition("\\\n")
            named, _, marker = head.partition(";")
            if marker and Marker(marker).evaluate(first) and not Marker(marker).evaluate():
                found.append(f"{named.strip()} \\\n{hashes.rstrip()}\n")
    return "".join(found)


def _entries() -> dict[str, list[str]]:
    """Entries of the lock by package."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    entries: dict[str, list[str]] = {}
    for entry in re.split(r"\n(?=\S)", text):
        if "==" in entry:
            # Some have one version for each Python; pip takes the one whose marker holds.
            entries.setdefault(_name(re.split(r"[=\[ ;]", entry, maxsplit=1)[0]), []).append(entry)
    return entries


def _name(given: str) -> str:
    return re.sub(r"[-_.]+", "-", given).lower()


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    main()
