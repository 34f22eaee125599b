"""What is seen of the source: weak spots, secrets, dependencies; and that docs/security.md holds.

No service that knows of vulnerabilities is asked: there may be no network. What is checked offline is that
nothing is used which the lock does not name with a hash, so that a list of advisories can be held against it.
"""

import hashlib
import json
import re
import subprocess
import sys
from importlib.metadata import distributions, version
from pathlib import Path

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
    ("B405", "base/sdmxstructure.py"),
    ("B404", "base/storefiles.py"),
    ("B603", "base/storefiles.py"),
    ("B406", "report/wordtables.py"),
    # A word of the list of what may be missing, in Chinese.
    ("B105", "errors.py"),
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


def scanned(cache):
    """What bandit finds in each file of the source; a file that is as it was is not read again."""
    key = f"bandit/{version('bandit')}-{sys.version_info.major}.{sys.version_info.minor}"
    before, now = cache.get(key, {}) if cache else {}, {}
    for file in sorted((ROOT / "src").rglob("*.py")):
        name = str(file.relative_to(ROOT))
        now[name] = [hashlib.sha256(file.read_bytes()).hexdigest(), None]
        if before.get(name, [None])[0] == now[name][0]:
            now[name] = before[name]
    new = [name for name, (_, found) in now.items() if found is None]
    if new:
        words = [sys.executable, "-m", "bandit", "-q", "-f", "json", *new]
        done = subprocess.run(words, cwd=ROOT, capture_output=True, text=True, check=False)
        told = json.loads(done.stdout)
        assert told["errors"] == []
        metrics = {name.removeprefix("./"): about for name, about in told["metrics"].items()}
        for name in new:
            about = metrics[name]
            tests = [
                one["test_id"]
                for one in told["results"]
                if one["filename"].removeprefix("./") == name
            ]
            now[name][1] = [sorted(set(tests)), about["nosec"] + about["skipped_tests"]]
        if cache:
            cache.set(key, now)
    return {name: found for name, (_, found) in now.items()}


def test_bandit_finds_nothing_that_was_not_looked_at(request):
    told = scanned(getattr(request.config, "cache", None))
    assert len(told) > 300
    # Nothing is hushed up in the source itself.
    assert {name for name, (_, hushed) in told.items() if hushed} == set()
    found = {
        (test, name.removeprefix("src/hutuo/"))
        for name, (tests, _) in told.items()
        for test in tests
        if test not in EVERYWHERE
    }
    assert found - LOOKED_AT == set()
    # What was looked at and is gone is not kept as an excuse for what comes later.
    assert LOOKED_AT - found == set()


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


def called(name):
    """A package as the index calls it."""
    return re.sub(r"[-_.]+", "-", name).lower()


def locked(*locks):
    """Versions and hashes by package; some have one version for each Python."""
    found = {}
    entry = r"(?m)^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)(.*(?:\n[ \t].*)*)"
    for lock in locks or ("requirements.lock",):
        text = (ROOT / lock).read_text(encoding="utf-8")
        for name, number, rest in re.findall(entry, text):
            found.setdefault(called(name), {})[number] = rest
    return found


# Packages of benchmarks and of the web are locked apart.
LOCKS = ("requirements.lock", "requirements-peers.lock", "requirements-node.lock")
# Come with Python's own environment, or are Hutuo.
WITHOUT = {"hutuo", "pip", "setuptools", "wheel"}


def test_every_entry_of_the_lock_has_hashes():
    assert {
        (name, number)
        for name, versions in locked(*LOCKS).items()
        for number, rest in versions.items()
        if "--hash=sha256:" not in rest
    } == set()


def test_a_package_that_the_lock_leaves_out_is_a_failure():
    """Each declared dependency is locked; none is skipped, as by a marker or a misspelling."""
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    options = project["optional-dependencies"]
    lines = [*project["dependencies"], *(one for of in options.values() for one in of)]
    names = {called(re.split(r"[\[~=<>! ;]", one, maxsplit=1)[0]) for one in lines}
    assert names - locked(*LOCKS).keys() - WITHOUT == set()


def test_what_is_installed_has_no_other_version_than_the_lock():
    """A package that no lock names is a failure too: nobody would hold it against a list of advisories."""
    known = locked(*LOCKS)
    installed = {called(one.metadata["Name"]): one.version for one in distributions()}
    assert {
        name: (number, *known.get(name, ()))
        for name, number in installed.items()
        if name not in WITHOUT and number not in known.get(name, ())
    } == {}


TABLE = (ROOT / "docs/security.md").read_text(encoding="utf-8")
ROWS = re.findall(r"(?m)^\| (\d+\.\d+\.\d+) \| ([^|]+) \| ([^|]+) \|$", TABLE)


def test_no_page_writes_html_of_its_own():
    """Pages show text as text: nothing of what they show is taken for elements."""
    ways = re.compile(r"v-html|innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(")
    pages = [path for path in (ROOT / "web/src").rglob("*") if path.suffix in (".vue", ".ts")]
    assert len(pages) > 50
    found = [path.name for path in pages if ways.search(path.read_text(encoding="utf-8"))]
    assert found == []


# How many requirements of the levels 1 and 2 each section of the standard has, from its first one on.
SECTIONS = {
    1: (2, 9, 11, 3, 2),
    2: (3, 3, 4, 1),
    3: (0, 2, 4, 6, 5, 0, 2),
    4: (3, 1, 2, 4),
    5: (1, 3, 2, 3),
    6: (3, 12, 4, 4, 5, 3, 0, 4),
    7: (3, 4, 2, 5, 2, 2),
    8: (2, 3, 1, 1),
    9: (3, 4),
    10: (2, 2, 4, 11, 5, 2, 3),
    11: (2, 3, 3, 4, 1, 1),
    12: (3, 2, 4),
    13: (1, 5, 2, 5),
    14: (2, 4, 3),
    15: (3, 3, 7),
    16: (1, 5, 4, 3, 3),
    17: (1, 4, 2),
}


def asked():
    """Numbers of all requirements of the levels 1 and 2: 253, as the standard says of itself."""
    return {
        f"{chapter}.{section}.{number}"
        for chapter, counts in SECTIONS.items()
        for section, count in enumerate(counts, 1)
        for number in range(1, count + 1)
    }


def left_out():
    """Requirements, sections or chapters that the page says are not applicable."""
    text = re.search(r"(?s)\*\*Left out as not applicable\*\*.*?\n\n", TABLE)[0]
    found = set()
    for one in re.findall(r"\d+(?:\.\d+){0,2}(?:-\d+(?:\.\d+){0,2})?", text):
        first, _, last = one.partition("-")
        head, _, number = first.rpartition(".")
        if last:
            numbers = range(int(number), int(last.rpartition(".")[2]) + 1)
            found |= {f"{head}.{n}" for n in numbers}
        else:
            found.add(first)
    return {one for one in asked() if any(f"{one}.".startswith(f"{of}.") for of in found)}


def test_every_requirement_is_in_the_table_or_left_out_with_its_reason():
    assert len(asked()) == 253
    rows = [number for number, _, _ in ROWS]
    assert len(set(rows)) == len(rows)
    assert asked() - set(rows) == left_out()
    assert set(rows) <= asked()


def test_each_row_of_the_table_names_a_test_that_is_there_or_says_why_not():
    sources = "\n".join(
        path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py")
    )
    for number, _, shown in ROWS:
        names = re.findall(r"`(test_\w+)`", shown)
        why = re.match(r"(exception|operator|docs): \S", shown)
        assert bool(names) != bool(why), number
        for name in names:
            assert f"def {name}(" in sources, (number, name)
        for page in re.findall(r"\]\(([^)]+\.md)\)", shown):
            assert (ROOT / "docs" / page).is_file(), (number, page)
