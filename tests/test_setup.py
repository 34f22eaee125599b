"""The set-up: locks that name no host, steps that are done once, and the frame around the code."""

import re
import subprocess
import sys
import time
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
LOCKS = ("requirements.lock", "requirements-node.lock", "requirements-peers.lock")
sys.path.insert(0, str(ROOT / "tools"))
setup = pytest.importorskip("setup", reason="the set-up needs a POSIX system")


@pytest.fixture
def stamps(tmp_path, monkeypatch):
    """A folder of stamps of its own."""
    monkeypatch.setattr(setup, "STAMPS", tmp_path)
    monkeypatch.setitem(setup.SAYS, "tea", "tea")
    return tmp_path


@pytest.mark.parametrize("lock", [*LOCKS, "web/package-lock.json"])
def test_a_lock_names_no_host(lock):
    """Neither an address nor an index stands in a lock, so any mirror serves it."""
    text = (ROOT / lock).read_text(encoding="utf-8")
    # Where a package asks for donations is no place that anything is read from.
    text = re.sub(r'"funding": (\{[^}]*\}|\[[^\]]*\]|"[^"]*")', "", text)
    assert not re.findall(r"https?://\S+|--index-url.*|--find-links.*|.*\"resolved\".*", text)


@pytest.mark.parametrize("lock", LOCKS)
def test_each_locked_package_has_one_version_and_hashes(lock):
    """Each entry is pinned with == and has at least one sha256."""
    text = (ROOT / lock).read_text(encoding="utf-8").replace("\\\n", "")
    entries = [line for line in text.splitlines() if line and not line.startswith("#")]
    assert entries
    assert [
        e for e in entries if not re.match(r"[\w.-]+==\S+ .*--hash=sha256:[0-9a-f]{64}", e)
    ] == []


def named(needs):
    return {re.match(r"[\w.-]+", need)[0].lower() for need in needs}


def locked_in(lock):
    return set(re.findall(r"^([\w.-]+)==", (ROOT / lock).read_text(encoding="utf-8"), re.M))


def test_what_the_project_needs_is_locked():
    """No dependency of pyproject.toml is missing in the lock; peers have a lock of their own."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    peers = extras.pop("peers")
    needs = [*project["dependencies"], *(need for extra in extras.values() for need in extra)]
    assert named(needs) - locked_in(LOCKS[0]) == set()
    assert named(peers) - locked_in(LOCKS[2]) == set()
    assert named(peers) & locked_in(LOCKS[0]) == set()


def test_no_lock_of_another_tool():
    """uv.lock would name a host on every line."""
    assert not (ROOT / "uv.lock").exists()
    assert "omit-lockfile-registry-resolved=true" in (ROOT / "web/.npmrc").read_text()


def test_a_second_set_up_does_nothing_in_less_than_a_second():
    """With every stamp good, the set-up says nothing and starts nothing that takes time."""
    if not (setup.STAMPS / "pages").is_file():
        pytest.skip("these tests run without make setup")
    python = Path(sys.base_prefix, "bin", f"python3.{sys.version_info.minor}")
    command = [str(python), setup.__file__]
    subprocess.run(command, check=True, capture_output=True)
    took = []
    # What runs beside it takes time too, but hardly three times over.
    for _ in range(3):
        start = time.perf_counter()
        again = subprocess.run(command, check=False, capture_output=True, text=True)
        took.append(time.perf_counter() - start)
        assert (again.returncode, again.stdout, again.stderr) == (0, "", "")
    assert min(took) < 1


def test_a_step_is_done_once_and_again_when_its_source_changes(stamps):
    """The stamp holds what the step was made from."""
    done = []
    for made_from in ("a", "a", "b", "b"):
        setup.step("tea", made_from, lambda made_from=made_from: done.append(made_from))
    assert done == ["a", "b"]


def test_an_interrupted_step_leaves_no_stamp(stamps):
    """Even where an earlier run left one, so that the same command goes on from there."""

    def cut_off():
        raise KeyboardInterrupt

    setup.step("tea", "a", lambda: None)
    with pytest.raises(KeyboardInterrupt):
        setup.step("tea", "b", cut_off)
    assert list(stamps.iterdir()) == []


def test_a_step_whose_product_was_removed_is_done_again(stamps, tmp_path, monkeypatch):
    """A stamp alone does not stand for the built pages."""
    monkeypatch.setattr(setup, "ROOT", tmp_path)
    done = []
    index = tmp_path / setup.web.STATIC / "index.html"
    index.parent.mkdir(parents=True)

    def build():
        index.touch()
        done.append("built")

    for _ in range(2):
        setup.step("pages", "a", build)
    index.unlink()
    setup.step("pages", "a", build)
    assert done == ["built", "built"]


def test_the_pages_are_made_from_their_sources_only(tmp_path):
    """A changed source changes the hash; what npm installs does not."""
    web = tmp_path / "web"
    (web / "src").mkdir(parents=True)
    (web / "index.html").write_text("a")
    (web / "src" / "main.ts").write_text("a")
    before = setup.web.sources(tmp_path)
    (web / "node_modules").mkdir()
    (web / "node_modules" / "x.js").write_text("x")
    assert setup.web.sources(tmp_path) == before
    (web / "src" / "main.ts").write_text("b")
    assert setup.web.sources(tmp_path) != before


@pytest.mark.parametrize(
    ("says", "taken"), [("v20.0.0", True), ("v24.1.0", True), ("v18.19.1", False), ("", False)]
)
def test_node_of_the_machine_is_taken_from_20_on(tmp_path, monkeypatch, says, taken):
    """Debian 12 has Node.js 18: then it comes from PyPI."""
    for name in ("node", "npm"):
        (tmp_path / name).write_text(f"#!/bin/sh\necho {says}\n")
        (tmp_path / name).chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin")
    assert (setup.web.node_of_machine() is not None) == taken


def test_missing_debian_packages_are_told_with_what_is_skipped(monkeypatch, capsys):
    """One line for who cannot install them."""
    monkeypatch.setattr(setup.os, "geteuid", lambda: 1000)
    monkeypatch.setitem(setup.NEEDED, "chromium", (lambda: False, "tests in a browser"))
    setup.debian()
    line = capsys.readouterr().err
    assert "chromium" in line
    assert "tests in a browser" in line
    assert line.count("\n") == 1


def test_without_a_network_the_tests_that_can_run_still_do(monkeypatch, capsys):
    """apt-get that fails is told, and stops nothing."""

    def fails(*names):
        raise subprocess.CalledProcessError(100, ["apt-get", "update"])

    monkeypatch.setattr(setup.os, "geteuid", lambda: 0)
    monkeypatch.setattr(setup.shutil, "which", lambda name, **_: f"/usr/bin/{name}")
    monkeypatch.setattr(setup, "apt", fails)
    monkeypatch.setitem(setup.NEEDED, "chromium", (lambda: False, "tests in a browser"))
    setup.debian()
    assert "missing Debian packages: chromium" in capsys.readouterr().err


def test_ci_is_make_test_alone():
    """Whoever types make test sees what the CI sees."""
    lines = (ROOT / ".ci/run").read_text().splitlines()
    assert lines == ["#!/usr/bin/env bash", "make test"]
