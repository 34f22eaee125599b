"""The web app in a real browser, on the real server: the first journey and incoming data, clicked through."""

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
STATIC = ROOT / "src/hutuo/api/static/index.html"


def missing() -> str:
    """What this machine lacks for a test in a browser; empty if nothing."""
    if CHROMIUM is None:
        return "no chromium on this machine"
    if shutil.which("node") is None:
        return "no node on this machine"
    if not (ROOT / "web/node_modules").is_dir() or not STATIC.is_file():
        return "the web pages are not built: make setup"
    return ""


@pytest.fixture
def served(tmp_path: Path) -> Iterator[str]:
    """Address of a server of its own, with a home of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path / "server.log").open("w")
    command = [sys.executable, "-c", f"from hutuo.api import run; run('127.0.0.1', {port})"]
    home = {**os.environ, "HUTUO_HOME": str(tmp_path / "home")}
    server = subprocess.Popen(command, env=home, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/api/verbs", server)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=20)
        log.close()


def wait_for(address: str, server: "subprocess.Popen[bytes]") -> None:
    for _ in range(300):
        assert server.poll() is None, "the server ended"
        try:
            with urllib.request.urlopen(address, timeout=5):  # noqa: S310 - our own loopback address
                return
        except OSError:
            time.sleep(0.1)
    pytest.fail("the server did not answer within 30 s")


@pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")
def test_journeys_in_a_browser(served: str, tmp_path: Path) -> None:
    """Map, targets, catalogue, upload, branches, history: no error, no outside request, axe content."""
    shots = Path(os.environ.get("HUTUO_SHOTS", tmp_path / "shots"))
    played = subprocess.run(
        ["node", "tests/browser.mjs", served, str(shots)],
        cwd=ROOT / "web",
        env={**os.environ, "CHROMIUM": str(CHROMIUM)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert played.stdout, played.stderr
    summary = json.loads(played.stdout)
    assert summary["faults"] == []
    assert played.returncode == 0
    assert summary["seen"]["targets"] == 15
    assert summary["seen"]["datasets"] > 10
    assert summary["seen"]["tasks"] == 3
