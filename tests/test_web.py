"""The web app in a real browser, on the real server: journeys through data and a year, clicked through."""

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
from typing import Any

import pytest
import tomli_w

from homes import kept_in
from issuer import CLIENT, SECRET, issuing
from serving import embedded_home

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM = os.environ.get("CHROMIUM") or shutil.which("chromium")
STATIC = ROOT / "src/hutuo/api/static/index.html"
# What the year's plan comes to: tasks rolled out of its duties, aims bound to an indicator.
TASKS = 6
BOUND = ("地区生产总值", "常住人口")


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
def data(tmp_path: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder of the play's own, in which the region is loaded."""
    return embedded_home(tmp_path_factory, tmp_path / "home")


@pytest.fixture
def served(tmp_path: Path, data: Path) -> Iterator[str]:
    """Address of a server of its own, with a home of its own."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    log = (tmp_path / "server.log").open("w")
    command = [sys.executable, "-c", f"from hutuo.api import run; run('127.0.0.1', {port})"]
    home = {**os.environ, **kept_in(data)}
    server = subprocess.Popen(command, env=home, stdout=log, stderr=log)
    try:
        wait_for(f"http://127.0.0.1:{port}/", server)
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


def play(journey: str, served: str, out: Path) -> dict[str, Any]:
    """What a journey in the browser saw; none of its checks failed."""
    ran = subprocess.run(
        ["node", f"tests/{journey}.mjs", served, str(out)],
        cwd=ROOT / "web",
        env={**os.environ, "CHROMIUM": str(CHROMIUM)},
        capture_output=True,
        text=True,
        timeout=900,
        check=False,
    )
    assert ran.stdout, ran.stderr
    summary: dict[str, Any] = json.loads(ran.stdout)
    assert summary["faults"] == []
    assert ran.returncode == 0
    return dict(summary["seen"])


in_browser = pytest.mark.skipif(bool(missing()), reason=missing() or "nothing is missing")


@pytest.fixture
def shots(tmp_path: Path) -> Path:
    return Path(os.environ.get("HUTUO_SHOTS", tmp_path / "shots"))


@in_browser
def test_journeys_in_a_browser(served: str, shots: Path) -> None:
    """Map, targets, catalogue, upload, branches, history: no error, no outside request, axe content."""
    seen = play("browser", served, shots)
    assert seen["targets"] == 15
    assert seen["datasets"] > 10


@in_browser
def test_a_year_in_a_browser(served: str, shots: Path) -> None:
    """A new plan read, decided, bound, rolled out, reported on, met on, evaluated; its report sent out."""
    seen = play("year", served, shots)
    assert seen["tasks"] == TASKS
    assert seen["evaluated"] == len(BOUND)
    files = {Path(name).suffix: Path(name) for name in seen["files"]}
    assert set(files) == {".html", ".pdf", ".docx", ".xlsx"}
    for kind, text in (
        (".html", files[".html"].read_text(encoding="utf-8")),
        (".docx", words_of_word(files[".docx"])),
        (".xlsx", words_of_book(files[".xlsx"])),
        (".pdf", words_of_pdf(files[".pdf"])),
    ):
        lacking = [word for word in BOUND if word not in "".join(text.split())]
        assert not lacking, f"{kind} lacks {lacking}"


@in_browser
def test_travel_in_a_browser(served: str, shots: Path) -> None:
    """What is reached from a click, a line drawn and tried on a branch, the matrix, the structure."""
    seen = play("travel", served, shots)
    assert seen["nearer"] > 0
    assert seen["matrix"] > 100
    assert seen["parts"] > 1


@in_browser
def test_a_what_if_in_a_browser(served: str, shots: Path) -> None:
    """A line on a branch, the equilibrium as map and flows, a park beside it, residents who stay, exports."""
    seen = play("whatif", served, shots)
    assert seen["units"] > 20
    assert seen["flows"] > 0
    assert seen["parameters"] == 8
    assert seen["tried"] > seen["parameters"]


@in_browser
def test_siting_in_a_browser(served: str, shots: Path) -> None:
    """Sites solved on road minutes, numbers compared, the plan written as a branch and rescued from."""
    seen = play("siting", served, shots)
    assert seen["sites"] == len(("one", "two", "three"))
    assert seen["points"] == 8
    assert seen["stations"] == 5


PREPARE = """
import json, sys
import hutuo
from hutuo.base.agreeing import DatasetAsk, dataset
from hutuo.base.people import AccountAsk, account
from hutuo.base.tables import table
region = hutuo.open(sys.argv[1])
body, about = region.records("body")[0]["body"], table("observation")
dataset(region, DatasetAsk(action="open", tables=("all",)))
dataset(region, DatasetAsk(action="close", tables=(about.name,)))
dataset(region, DatasetAsk(action="own", tables=(about.name,), body=body))
people = {"root": ("admin", None), "watch": ("auditor", None), "giver-steward": ("steward", body)}
made = {
    name: account(region, AccountAsk(action="create", account=name, roles=(role,), body=of)).password
    for name, (role, of) in people.items()
}
told = {"accounts": made, "giver": body, "table": about.name, "keys": about.keys}
print(json.dumps(told | {"columns": ["quality", "value", "unit"], "person": "u-1"}))
"""


@in_browser
def test_two_bodies_in_two_browsers(
    tmp_path: Path, data: Path, shots: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A request, a narrowed grant, its revocation, the audit of it, an issuer that vouches."""
    home, secret = {**os.environ, **kept_in(data)}, tmp_path / "secret"
    secret.write_text(SECRET, encoding="utf-8")
    made = subprocess.run(
        [sys.executable, "-c", PREPARE, "shijiazhuang"],
        env=home,
        capture_output=True,
        text=True,
        check=True,
    )
    monkeypatch.setenv("HUTUO_PLAY", made.stdout)
    with socket.socket() as free, issuing() as issuer, (tmp_path / "log").open("w") as log:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
        free.close()
        file = tmp_path / "deployment.toml"
        written = {
            "region": "shijiazhuang",
            "tls": False,
            "limits": {"sign_ins_per_minute": 100},
            "openid": {"issuer": issuer.at, "client": CLIENT, "secret_file": str(secret)},
        }
        file.write_text(tomli_w.dumps(written), encoding="utf-8")
        typed = "from hutuo.cli import script; script()"
        command = ["-c", typed, "serve", "--port", str(port), "--deployment", str(file)]
        server = subprocess.Popen([sys.executable, *command], env=home, stdout=log, stderr=log)
        try:
            wait_for(f"http://127.0.0.1:{port}/health", server)
            seen = play("sharing", f"http://127.0.0.1:{port}", shots)
        finally:
            server.terminate()
            server.wait(timeout=20)
    assert seen["rows"] > 0
    assert seen["story"] >= len(("request", "narrow", "approve", "read", "revoke"))
    assert seen["account"] == "guest-steward"


@in_browser
def test_the_ledger_in_a_browser(served: str, shots: Path) -> None:
    """Two books side by side, an entry down to its clause, verification, what bodies owe each other."""
    seen = play("ledger", served, shots)
    assert seen == {"commodities": 2, "payments": 2}


@in_browser
def test_environment_in_a_browser(served: str, shots: Path) -> None:
    """An office's own activity under two rules, measures within a budget, quota that swaps, flows."""
    seen = play("environment", served, shots)
    assert seen["flows"] == len(("coal", "feedstock", "power", "renewables"))
    assert seen["steps"] == len(("2022", "energy", "structure", "mix", "carbon", "2023"))
    assert (seen["free"], seen["pairs"], seen["books"]) == (25_000 + 9_000, 3, 2)


@in_browser
def test_exchange_in_a_browser(served: str, shots: Path) -> None:
    """A contract made and settled; a need matched; an instrument booked, and paid with a voucher."""
    seen = play("exchange", served, shots)
    assert seen["templates"] == len(list((ROOT / "src/hutuo/exchange/templates").glob("*.toml")))
    assert seen["panels"] == len(("CNY", "TAX"))
    assert seen["posted"] == len(("issued", "redeemed", "owed"))
    assert seen["judged"] == 1
    assert seen["booked"] == 1
    assert seen["redeemed"] == 1


@in_browser
def test_duty_in_a_browser(served: str, shots: Path) -> None:
    """A drill acknowledged, a reading that is told within a second, sensors, a board of tiles, addresses."""
    seen = play("duty", served, shots)
    assert seen["told"] == 5
    assert seen["tasks"] == seen["told"]
    # Noticed within a second; the rest is what a browser on a busy machine takes to draw it.
    assert seen["milliseconds"] < 5_000
    assert seen["sparks"] == 1
    assert seen["tiles"] == 4
    assert seen["features"] > 20


def words_of_word(path: Path) -> str:
    from docx import Document

    made = Document(str(path))
    cells = [cell.text for table in made.tables for row in table.rows for cell in row.cells]
    return " ".join([*(line.text for line in made.paragraphs), *cells])


def words_of_book(path: Path) -> str:
    from python_calamine import CalamineWorkbook

    book = CalamineWorkbook.from_path(path)
    rows = [row for name in book.sheet_names for row in book.get_sheet_by_name(name).to_python()]
    return " ".join(str(cell) for row in rows for cell in row)


def words_of_pdf(path: Path) -> str:
    from pypdfium2 import PdfDocument

    with PdfDocument(path) as made:
        return " ".join(page.get_textpage().get_text_range() for page in made)


@in_browser
def test_the_economy_in_a_browser(served: str, shots: Path) -> None:
    """Where units are strong, chains with what lacks, parks under all weights, splits by three ways."""
    seen = play("economy", served, shots)
    assert seen["units"] > 20
    assert seen["industries"] == 19
    assert seen["chains"] == 7
    assert seen["parks"] >= 6
