"""Set up a checkout: the environment in .venv, the command ``hutuo``, the web pages; again: nothing.

Every step leaves a stamp with a hash of what it was made from, written when the step is done. A step that
was interrupted has no stamp, so the same command goes on from there. Only the standard library is used.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import sysconfig
from pathlib import Path
from typing import TYPE_CHECKING

import web

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
STAMPS = VENV / "stamps"
LEAST = (3, 11)
# Debian package, what shows that it is there, and the tests that are skipped without it.
NEEDED = {
    "chromium": (lambda: shutil.which("chromium") is not None, "tests in a browser"),
    "fonts-noto-cjk": (
        lambda: any(Path("/usr/share/fonts").rglob("*NotoSansCJK*")),
        "screenshots with Chinese text",
    ),
    "postgresql": (
        lambda: any(Path("/usr/lib/postgresql").glob("*/bin/initdb")),
        "tests on PostgreSQL",
    ),
    "mosquitto": (
        lambda: (
            shutil.which("mosquitto", path=f"{os.environ.get('PATH', '')}:/usr/sbin") is not None
        ),
        "tests of readings by MQTT",
    ),
}
# What is compiled, and what compiles it.
MODULES = sorted(
    str(path.relative_to(ROOT))
    for part in ("space", "siting")
    for path in (ROOT / "src/hutuo" / part).glob("*.py")
)
KERNELS = ("requirements.lock", "tools/kernels.py", *MODULES)
SAYS = {
    "python": "Python packages, about a minute the first time",
    "hutuo": "the command hutuo",
    "node": "Node.js",
    "packages": "packages of the web pages",
    "pages": "web pages",
    "kernels": "kernels of travel times and sites, compiled once",
}


def main() -> None:
    """Set up; with ``--tests`` also what only the tests need."""
    if sys.version_info < LEAST:
        least, given = ".".join(map(str, LEAST)), sys.version.split()[0]
        sys.exit(
            f"Python {least} or newer is needed, {given} was given: make PYTHON=python{least} …"
        )
    os.chdir(ROOT)
    alone = os.open(ROOT, os.O_RDONLY)
    fcntl.flock(alone, fcntl.LOCK_EX)  # a second set-up waits for the first, then finds it done
    step("python", f"{_hash('requirements.lock')} {sys.version} {VENV}", environment)
    step("hutuo", _hash("pyproject.toml", "hatch_build.py"), package)
    step("node", "machine" if web.node_of_machine() else _hash("requirements-node.lock"), node)
    step("packages", _hash("web/package-lock.json", "web/.npmrc"), web_packages)
    step("pages", web.sources(ROOT), pages)
    step("kernels", _hash(*KERNELS), kernels)
    if "--tests" in sys.argv[1:]:
        debian()


def step(name: str, made_from: str, work: Callable[[], None]) -> None:
    """Do the work unless its stamp says that it was done from the same things."""
    stamp = STAMPS / name
    if stamp.is_file() and stamp.read_text() == made_from and _whole(name):
        return
    print(f"set-up: {SAYS[name]} …", file=sys.stderr, flush=True)
    stamp.unlink(missing_ok=True)
    work()
    STAMPS.mkdir(parents=True, exist_ok=True)
    stamp.write_text(made_from)


def environment() -> None:
    """A virtual environment with the locked packages.

    One that is broken, was moved, is another Python's or was left in the middle of an installation is
    made anew: pip takes a package that was cut off for an installed one.
    """
    origin = f"{sys.version_info[:2]} {VENV}"
    made, begun = STAMPS / "origin", STAMPS / "begun"
    same = made.is_file() and made.read_text() == origin
    if begun.exists() or not (same and _runs([str(PYTHON), "-m", "pip", "--version"])):
        shutil.rmtree(VENV, ignore_errors=True)
        if not _has_ensurepip():
            venv_package()
        subprocess.run([sys.executable, "-m", "venv", str(VENV)], check=True)
    STAMPS.mkdir(exist_ok=True)
    begun.touch()
    pip("--require-hashes", "-r", "requirements.lock")
    made.write_text(origin)
    begun.unlink()


def package() -> None:
    """The command ``hutuo``, from this checkout; build tools come from the lock, not from the network."""
    pip("--no-deps", "--no-build-isolation", "-e", ".")


def node() -> None:
    """Node.js from PyPI, where the machine has none that is new enough."""
    if web.node_of_machine() is None:
        pip("--require-hashes", "-r", "requirements-node.lock")


def web_packages() -> None:
    """The locked packages of the web pages."""
    web.install(ROOT, _npm())


def pages() -> None:
    """The web pages, built into the package."""
    web.build(ROOT, _npm())


def kernels() -> None:
    """Kernels, compiled into the folder of their modules."""
    subprocess.run([str(PYTHON), "tools/kernels.py"], check=True)


def venv_package() -> None:
    """Debian's python3-venv: Debian leaves it out of python3.

    It is named without a version, so that it fits whichever Python the machine has.
    """
    if os.geteuid() == 0 and shutil.which("apt-get"):
        apt("python3-venv")
    else:
        sys.exit(
            "python3 has no venv here: ask the administrator for 'apt-get install python3-venv'"
        )


def debian() -> None:
    """Debian packages that tests need: installed by root, else named with what is skipped for them."""
    missing = [name for name, (there, _) in NEEDED.items() if not there()]
    if missing and os.geteuid() == 0 and shutil.which("apt-get"):
        try:
            apt(*missing)
        except subprocess.CalledProcessError as error:
            # Without a network, or as root of a namespace only: the tests that can run still do.
            print(f"set-up: {' '.join(error.cmd[:2])} failed", file=sys.stderr)
        missing = [name for name, (there, _) in NEEDED.items() if not there()]
    if missing:
        skipped = ", ".join(NEEDED[name][1] for name in missing)
        print(
            f"missing Debian packages: {' '.join(missing)} (root installs them);"
            f" skipped without them: {skipped}",
            file=sys.stderr,
        )


def apt(*names: str) -> None:
    """Install Debian packages without asking; goes on from where an earlier call was cut off."""
    print(f"set-up: apt-get install {' '.join(names)} …", file=sys.stderr, flush=True)
    install = ["apt-get", "install", "-y", "-qq", "--no-install-recommends", *names]
    for command in (["dpkg", "--configure", "-a"], ["apt-get", "update", "-qq"], install):
        subprocess.run(
            command,
            env={**os.environ, "DEBIAN_FRONTEND": "noninteractive"},
            check=True,
            stdout=subprocess.DEVNULL,
        )


def pip(*words: str) -> None:
    """Install into the environment."""
    quiet = ["--disable-pip-version-check", "-qq", "--no-input"]
    subprocess.run([str(PYTHON), "-m", "pip", "install", *quiet, *words], check=True)


def _npm() -> list[str]:
    paths = {"base": str(VENV), "platbase": str(VENV)}
    command = web.npm_command(Path(sysconfig.get_path("purelib", "venv", paths)))
    if command is None:
        sys.exit("no Node.js: the step 'node' of the set-up did not run")
    return command


def _whole(name: str) -> bool:
    """Whether what a step made is still there."""
    made = {
        "python": PYTHON,
        "hutuo": VENV / "bin" / "hutuo",
        "packages": ROOT / "web" / "node_modules",
        "pages": ROOT / web.STATIC / "index.html",
    }
    return name not in made or made[name].exists()


def _has_ensurepip() -> bool:
    return _runs([sys.executable, "-c", "import ensurepip, venv"])


def _runs(command: list[str]) -> bool:
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _hash(*names: str) -> str:
    """Content of files as one hash."""
    missing = [name for name in names if not (ROOT / name).is_file()]
    if missing:
        sys.exit(
            f"this checkout is not whole: {', '.join(missing)} is missing; git checkout brings it"
        )
    return hashlib.sha256(b"\0".join((ROOT / name).read_bytes() for name in names)).hexdigest()


if __name__ == "__main__":
    try:
        main()
    except KeyboardInterrupt:
        sys.exit("interrupted; the same command goes on from here")
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"set-up stopped: '{' '.join(map(str, error.cmd))}' failed with {error.returncode}"
        )
