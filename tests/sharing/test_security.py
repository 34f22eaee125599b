"""What is seen of the source: weak spots, secrets, dependencies; and that docs/security.md holds.

No service that knows of vulnerabilities is asked: there may be no network. What is checked offline is that
nothing is used which the lock does not name with a hash, so that a list of advisories can be held against it.
"""

import json
import re
import subprocess
import sys
from importlib.metadata import distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
# Findings that were looked at, by test and file; docs/security.md says why each stands. SQL is put together
# from declared names only, which ruff watches file by file.
LOOKED_AT = {
    ("B105", "api/signing.py"),
    ("B301", "base/apart.py"),
    ("B403", "base/apart.py"),
    ("B404", "base/apart.py"),
    ("B603", "base/apart.py"),
    ("B404", "base/cataloguefile.py"),
    ("B603", "base/cataloguefile.py"),
    ("B404", "base/storefiles.py"),
    ("B603", "base/storefiles.py"),
    ("B406", "report/wordtables.py"),
    ("B610", "space/networks.py"),
}
# Asserts that tell the type checker what is so, and SQL made of declared names.
EVERYWHERE = {"B101", "B608"}
SECRETS = re.compile(
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----(?:\s|\\n)*[A-Za-z0-9+/=]{32}|AKIA[0-9A-Z]{16}"
    r"|gh[pousr]_[A-Za-z0-9]{36}|xox[baprs]-[0-9A-Za-z-]{9}"
    r"|eyJ[A-Za-z0-9_-]{20,}\.eyJ|(?i:(?:password|secret|api_?key)\s*[:=]\s*['\"][A-Za-z0-9+/=_-]{24,}['\"])"
)


def tracked():
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True
    ).stdout
    return [ROOT / name for name in told.decode().split("\0") if name]


def test_bandit_finds_nothing_that_was_not_looked_at():
    words = [sys.executable, "-m", "bandit", "-q", "-r", "src", "-f", "json"]
    done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
    told = json.loads(done.stdout)
    assert told["errors"] == []
    # Nothing is hushed up in the source itself.
    assert (told["metrics"]["_totals"]["nosec"], told["metrics"]["_totals"]["skipped_tests"]) == (
        0,
        0,
    )
    found = {
        (one["test_id"], one["filename"].removeprefix("src/hutuo/"))
        for one in told["results"]
        if one["test_id"] not in EVERYWHERE
    }
    assert found - LOOKED_AT == set()


def test_no_file_holds_a_secret():
    found = {}
    for path in tracked():
        if (
            path.is_file()
            and path.stat().st_size < 2_000_000
            and path.suffix not in (".png", ".svg")
        ):
            text = path.read_text(encoding="utf-8", errors="ignore")
            if hit := SECRETS.search(text):
                found[str(path.relative_to(ROOT))] = hit[0][:12]
    assert found == {}


def test_what_looks_like_a_secret_is_found():
    key = "-----BEGIN " + "PRIVATE KEY-----\n" + "A" * 40
    assert SECRETS.search(f"x = '{key}'")
    assert SECRETS.search("pass" + 'word = "' + "a1" * 16 + '"')
    assert not SECRETS.search('password = "short"')


def locked():
    """Versions and hashes by package; some have one version for each Python."""
    text = (ROOT / "requirements.lock").read_text(encoding="utf-8")
    found = {}
    entry = r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(.*(?:\n[ \t].*)*)"
    for name, version, rest in re.findall(entry, text):
        found.setdefault(re.sub(r"[-_.]+", "-", name).lower(), {})[version] = rest
    return found


def test_every_entry_of_the_lock_has_hashes():
    assert {
        (name, version)
        for name, versions in locked().items()
        for version, rest in versions.items()
        if "--hash=sha256:" not in rest
    } == set()


def test_a_package_that_the_lock_leaves_out_is_a_failure():
    """Each declared dependency is locked; none is skipped, as by a marker or a misspelling."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    options = project["optional-dependencies"]
    lines = [*project["dependencies"], *options["dev"], *options["postgresql"]]
    names = {
        re.sub(r"[-_.]+", "-", re.split(r"[\[~=<>! ;]", one, maxsplit=1)[0]).lower()
        for one in lines
    }
    assert names - locked().keys() == set()


def test_what_is_installed_has_no_other_version_than_the_lock():
    known = locked()
    installed = {
        re.sub(r"[-_.]+", "-", one.metadata["Name"]).lower(): one.version
        for one in distributions()
    }
    assert {
        name: (version, *known[name])
        for name, version in installed.items()
        if name in known and version not in known[name]
    } == {}


TABLE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|$", TABLE)


def test_each_row_of_the_table_names_a_test_that_is_there_or_says_why_not():
    assert len(ROWS) > 100
    assert len({number for number, _, _ in ROWS}) == len(ROWS)
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")
    )
    for number, _, shown in ROWS:
        names = re.findall(r"`(test_\w+)`", shown)
        assert names or shown.startswith(("exception:", "operator:", "docs:")), number
        for name in names:
            assert f"def {name}(" in sources, (number, name)


@pytest.mark.parametrize("chapter", range(1, 17))
def test_every_chapter_that_applies_is_in_the_table(chapter):
    assert any(number.startswith(f"{chapter}.") for number, _, _ in ROWS)
