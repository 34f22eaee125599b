"""Web pages as lines: what a reader sees of the text, a block a line."""

import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

from hutuo.errors import BadInput
from hutuo.glossary import Text
from hutuo.plan.papers.numbering import before, roman, written
from hutuo.plan.papers.tablelines import of_row

if TYPE_CHECKING:
    from lxml.etree import _Element as Element

MOST_TAGS = 2_000_000
# What lies deeper is taken as one block.
DEEPEST = 150
LEFT_OUT = {
    "head", "script", "style", "noscript", "template", "nav", "svg", "math", "iframe", "object", "embed",
    "canvas", "audio", "video", "map", "button", "select", "textarea", "input", "img", "rt", "rp", "dialog",
    "menu",
}  # fmt: skip
BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dir", "div",
    "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hgroup", "hr", "html", "legend", "li", "main", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "tfoot", "thead", "title", "tr", "ul",
}  # fmt: skip
CELLS = ("td", "th")
HIDDEN = re.compile(r"(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
NO_MARKS = re.compile(r"list-style(?:-type)?\s*:[^;]*none", re.IGNORECASE)
# A break of the source within Chinese text is no space.
BROKEN = re.compile(
    r"(?<=[\u2e80-\u9fff\uff00-\uffef])[ \t]*\n\s*(?=[\u2e80-\u9fff\uff00-\uffef])"
)
BLANK = re.compile(r"[\s\u00a0]+")
TEXT_ALONE = Text("请只保存其文字", "save its text alone")
FORMS = {"a": "lowerLetter", "A": "upperLetter"}
RAISED = {"2": "²", "3": "³"}


def lines_of(name: str, text: str) -> list[str]:
    """The words of a page, one block or row of a table a line; numbers of lists stand before their items.

    Args:
        name: File, for messages.
        text: The page.

    Raises:
        BadInput: It holds too much or cannot be read.
    """
    from lxml import etree

    if text.count("<") > MOST_TAGS:
        most = f"{MOST_TAGS:,}"
        says = Text(f"{name}的标签超过{most}个", f"{name} has more than {most} tags")
        raise BadInput(says, hint=TEXT_ALONE)
    parser = etree.HTMLParser(
        encoding="utf-8",
        no_network=True,
        remove_comments=True,
        remove_pis=True,
        huge_tree=True,
    )
    try:
        root = etree.fromstring(text.encode("utf-8", "replace"), parser)
    except (etree.LxmlError, ValueError) as error:
        why = " ".join(str(error).split())[:200]
        says = Text(f"{name}不是可读的网页:{why}", f"{name} is no readable page: {why}")
        raise BadInput(says, hint=TEXT_ALONE) from error
    if any("depth" in one.message for one in parser.error_log):
        says = Text(f"{name}的标签嵌套过深", f"{name} has tags too deep within each other")
        raise BadInput(says, hint=TEXT_ALONE)
    if root is None:
        return []
    page = _Page()
    page.walk(root)
    return page.ended()


class _Page:
    """Lines of a page while its elements are walked; cells of tables gather lines of their own."""

    def __init__(self) -> None:
        self._open: list[str] = []
        self._label = ""
        self._lines: list[str] = []
        self._cells: list[list[list[str]]] = []
        self._nested: list[bool] = []
        self._numbers: list[Iterator[str]] = []

    def ended(self) -> list[str]:
        self._break()
        return self._lines

    def walk(self, one: "Element", depth: int = 0) -> None:
        """Take an element in, with all that stands in it."""
        if not isinstance(one.tag, str) or one.tag in LEFT_OUT or _is_hidden(one):
            return
        if depth > DEEPEST:
            self._say("".join(one.itertext()))
            return
        if one.tag in CELLS:
            self._cell(one, depth)
        elif one.tag == "tr":
            self._row(one, depth)
        elif one.tag in ("ol", "ul"):
            self._numbers.append(iter(_numbers(one)))
            self._block(one, depth)
            self._numbers.pop()
        elif one.tag in BLOCKS:
            self._block(one, depth)
        elif one.tag == "br":
            self._break()
        else:
            self._inside(one, depth)

    def _block(self, one: "Element", depth: int) -> None:
        self._break()
        if one.tag == "table" and self._nested:
            self._nested[-1] = True
        if one.tag == "li" and self._numbers:
            self._label = next(self._numbers[-1], "")
        self._inside(one, depth, kept=one.tag == "pre")
        self._break()

    def _row(self, one: "Element", depth: int) -> None:
        self._cells.append([])
        self._nested.append(False)
        stray = self._aside(one, depth)
        self._lines += [*stray, *of_row(self._cells.pop(), nested=self._nested.pop())]

    def _cell(self, one: "Element", depth: int) -> None:
        """The lines of a cell; outside of a row it is a block."""
        found = self._aside(one, depth)
        if self._cells:
            self._cells[-1].append(found)
        else:
            self._lines += found

    def _aside(self, one: "Element", depth: int) -> list[str]:
        """Lines of an element, not yet among those of the page."""
        self._break()
        outer, self._lines = self._lines, []
        self._inside(one, depth)
        self._break()
        found, self._lines = self._lines, outer
        return found

    def _inside(self, one: "Element", depth: int, *, kept: bool = False) -> None:
        raised = one.tag == "sup" and not len(one) and (one.text or "").strip() in RAISED
        self._say(RAISED[(one.text or "").strip()] if raised else one.text, kept=kept)
        for sub in one:
            self.walk(sub, depth + 1)
            self._say(sub.tail, kept=kept)

    def _say(self, text: str | None, *, kept: bool = False) -> None:
        if not text:
            return
        if not kept:
            self._open.append(text)
            return
        for number, line in enumerate(text.split("\n")):
            if number:
                self._break()
            self._open.append(line)

    def _break(self) -> None:
        line = BLANK.sub(" ", BROKEN.sub("", "".join(self._open))).strip()
        self._open = []
        if line:
            self._lines.append(before(f"{self._label} ", line) if self._label else line)
            self._label = ""


def _is_hidden(one: "Element") -> bool:
    style = one.get("style")
    return one.get("hidden") is not None or bool(style and HIDDEN.search(style))


def _numbers(one: "Element") -> Iterator[str]:
    """What stands before the items of a list, one after the other."""
    if one.tag != "ol" or NO_MARKS.search(one.get("style") or ""):
        return
    start, kind = one.get("start") or "", one.get("type") or "1"
    number = int(start) if start.isascii() and start.isdigit() and len(start) < DIGITS else 1
    while True:
        if kind in FORMS:
            yield written(number, FORMS[kind]) + "."
        elif kind in ("i", "I"):
            yield (roman(number).upper() if kind == "I" else roman(number)) + "."
        else:
            yield f"{number}."
        number += 1


DIGITS = 6
