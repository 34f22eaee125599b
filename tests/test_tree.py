"""The tree of files: no region's name outside its pack, no machine's paths, no registry's host."""

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
BUILT = ("src/hutuo/api/static", "web/node_modules", "build", ".venv")
# Written so that this file does not hold what it looks for.
PATHS = re.compile(r"(?<![\w.])/(?:home|Users|root|work)/[\w.-]+|[A-Z]:\\\\Users")
HOSTS = re.compile(
    "|".join(["files" + r"\.pythonhosted", "registry" + r"\.npmjs", "pypi" + r"\.org/simple"])
    + "|(?<!no-emit-)" + "index" + "-url" + "|extra-" + "index" + r"|https?://(?:10|192\.168|172\.16)\."
)  # fmt: skip


def tracked():
    """Text files that are in git."""
    told = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False)
    if told.returncode:
        pytest.skip("not a clone of the repository")
    names = [name for name in told.stdout.decode().split("\0") if name]
    return [name for name in names if (ROOT / name).is_file() and not name.startswith(BUILT)]


def texts():
    for name in tracked():
        try:
            yield name, (ROOT / name).read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue


def test_no_module_outside_the_packs_names_the_region_that_comes_with_it():
    """What is true of one region stands in its pack; a deployment replaces the pack, not the code."""
    folders = ("src/", "tools/", "benchmarks/", "web/src/", "hatch_build.py")
    endings = (".py", ".vue", ".ts", ".js", ".css", ".j2", ".html")
    named = [
        name
        for name, text in texts()
        if name.startswith(folders) and name.endswith(endings)
        and not name.startswith("src/hutuo/regions/")
        and ("shijia" + "zhuang" in text.lower() or "石家" + "庄" in text)
    ]  # fmt: skip
    assert named == []


def test_no_file_holds_a_path_of_a_machine():
    assert {name: PATHS.findall(text) for name, text in texts() if PATHS.search(text)} == {}


def test_no_file_names_the_host_of_a_registry():
    # The test of the set-up looks for such words in the locks.
    found = {name: HOSTS.findall(text) for name, text in texts() if HOSTS.search(text)}
    assert {name for name in found if name != "tests/test_setup.py"} == set()


@pytest.mark.parametrize(
    "name", ["LICENSE", "NOTICE", "CHANGELOG.md", "CONTRIBUTING.md", "README.md"]
)
def test_what_a_stranger_needs_is_there(name):
    assert (ROOT / name).stat().st_size > 300
