"""Every page does what it says: examples are executed, links lead somewhere, every verb has its page.

Of a page's fenced blocks, ``pycon`` is run as a doctest, ``console`` line by line (``$ hutuo`` as the
command, ``$ curl`` against the service; the lines below are what comes out, ``...`` for anything), and
``text FILE`` is written to that file, so that a guide's files are the ones its examples read.
"""

import doctest
import io
import re
import shlex
from collections.abc import Iterator
from contextlib import redirect_stderr, redirect_stdout
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from starlette.testclient import TestClient
from sybil import Document, Example, Region, Sybil
from sybil.parsers.markdown import CodeBlockParser
from sybil.parsers.markdown.lexers import FencedCodeBlockLexer

from homes import settle
from hutuo.api.app import app
from hutuo.cli import main
from hutuo.verbs import Verb, all_verbs
from serving import embedded_home

ROOT = Path(__file__).parent.parent
DOCS = ROOT / "docs"
TOP = [ROOT / name for name in ("README.md", "CONTRIBUTING.md", "CHANGELOG.md")]
WRITTEN = [*TOP, *sorted(f for f in DOCS.rglob("*.md") if f.parent.name != "tables")]
OPTIONS = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def named(page: Path) -> str:
    return page.relative_to(ROOT).as_posix()


def run_pycon(example: Example) -> None:
    """The block as a doctest; names live on to the next block of the page."""
    name, line = Path(example.path).name, example.line
    parsed = doctest.DocTestParser().get_doctest(
        example.parsed, example.namespace, name, name, line
    )
    told = io.StringIO()
    runner = doctest.DocTestRunner(optionflags=OPTIONS, verbose=False)
    result = runner.run(parsed, out=told.write, clear_globs=False)
    example.namespace.update(parsed.globs)
    assert result.attempted, f"{example.path}:{line} has no >>>"
    assert not result.failed, told.getvalue()


def run_console(example: Example) -> None:
    """Each command of the block; what is shown below it comes out of it, in that order."""
    for entry in re.split(r"^\$ ", example.parsed, flags=re.MULTILINE)[1:]:
        command, _, shown = entry.partition("\n")
        words = shlex.split(command)
        runs = {"hutuo": hutuo, "curl": curl}
        assert words[0] in runs, f"{example.path}:{example.line}: no way to run '{command}'"
        came = runs[words[0]](words[1:])
        assert matches(shown, came), f"$ {command}\nshown:\n{shown}\ncame:\n{came}"


def hutuo(words: list[str]) -> str:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        code = main(words)
    assert code == 0, f"hutuo {' '.join(words)} gave exit code {code}: {err.getvalue()}"
    return out.getvalue()


def curl(words: list[str]) -> str:
    """``curl [-s] [--json BODY] URL`` against the service in this process."""
    given = iter(word for word in words if word != "-s")
    body, url = None, ""
    for word in given:
        if word == "--json":
            body = next(given)
        else:
            url = word
    parts = urlsplit(f"//{url}")
    assert parts.netloc == "127.0.0.1:8765", f"examples ask the local service, not {parts.netloc}"
    headers = {"content-type": "application/json"}
    answer = service().request(
        "POST" if body else "GET", f"{parts.path}?{parts.query}", content=body, headers=headers
    )
    assert answer.status_code == 200, answer.text
    return answer.text


@cache
def service() -> TestClient:
    """One for all pages: to make the routes of all verbs takes a second."""
    return TestClient(app())


def matches(shown: str, came: str) -> bool:
    """Whether the shown lines come out, one after the other; ``...`` stands for anything."""
    parts = [r"\s+".join(map(re.escape, part.split())) for part in shown.split("...")]
    return re.search(".*?".join(parts), came, re.DOTALL) is not None


def write_file(example: Example) -> None:
    """The block as a file beneath the folder that the examples run in."""
    file = Path(example.region.lexemes["language"].removeprefix("text "))
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(example.parsed, encoding="utf-8")


def files_of(document: Document) -> Iterator[Region]:
    """``text FILE`` blocks, whatever the file is called."""
    for region in FencedCodeBlockLexer(language=r"text \S+")(document):
        region.parsed, region.evaluator = region.lexemes["source"], write_file
        yield region


PAGES = Sybil(
    parsers=[
        CodeBlockParser("pycon", run_pycon),
        CodeBlockParser("console", run_console),
        files_of,
    ]
)


@pytest.fixture(scope="module")
def home(tmp_path_factory):
    """One home for all pages, in which the embedded pack is loaded."""
    return embedded_home(tmp_path_factory, tmp_path_factory.mktemp("home"))


@pytest.fixture
def place(home, tmp_path, monkeypatch):
    """An empty folder to run in, in no particular language."""
    for name in ("HUTUO_LANG", "HUTUO_REGION", "LC_ALL", "LANG"):
        monkeypatch.delenv(name, raising=False)
    settle(monkeypatch, home)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_what_a_page_shows_comes_out_when_it_is_run(page, place):
    for example in PAGES.parse(page).examples():
        example.evaluate()


@pytest.mark.parametrize("page", WRITTEN, ids=named)
def test_links_between_pages_lead_to_a_file(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.S | re.M)
    inside = [link.partition("#")[0] for link in LINK.findall(text) if "://" not in link]
    for link in filter(None, inside):
        target = (page.parent / link).resolve()
        # Pages of tables are written when the docs are built; one stands for each declaration.
        table = ROOT / "src/hutuo/base/tables" / f"{target.stem}.csv"
        assert target.exists() or (target.parent == DOCS / "tables" and table.is_file()), link


@pytest.mark.parametrize("verb", all_verbs(), ids=lambda found: found.path)
def test_every_verb_has_a_page_with_its_title_and_an_executed_example(verb: Verb):
    page = DOCS / f"{verb.path}.md"
    assert page.is_file(), f"write {named(page)}"
    text = page.read_text(encoding="utf-8")
    assert verb.title.zh in text
    assert f"/api/{verb.path}" in text
    assert f"hutuo {verb.part} {verb.name}" in text
    assert [e for e in PAGES.parse(page).examples() if e.region.evaluator is run_pycon]


def test_no_page_of_a_verb_is_left_behind_when_its_verb_goes():
    there = {f"{verb.path}.md" for verb in all_verbs()}
    pages = {f"{d}/{f.name}" for d in ("base", "plan") for f in (DOCS / d).glob("*.md")}
    assert pages <= there


def test_an_output_that_differs_is_told():
    assert matches("a ... c", "a b\nc")
    assert not matches("a ... d", "a b\nc")
