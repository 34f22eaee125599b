"""Sentences of an English text, and where the words of a heading begin after its number."""

import re
from collections.abc import Iterator

from hutuo.plan.reader.outline import STYLES, Clause

ABBREVIATION = re.compile(
    r"(?:\b(?:e\.g|i\.e|etc|approx|vs|No|Nos|St|Dr|Mr|Mrs|Ms|Inc|Ltd|Co|Ave|Fig|Art|Sec|Jan|Feb|Mar"
    r"|Apr|Jun|Jul|Aug|Sept?|Oct|Nov|Dec|pp?|ca|cf|al"
    r"|U\.S|U\.K|E\.U|a\.m|p\.m|sq|ft|mi|[A-Z]))$"
)
# A sentence ends at a mark, at an empty line, and before a bullet or a numbered line.
BREAK = re.compile(
    r"(?P<mark>[.!?][\"”’')]*(?=\s+[A-Z\d“\"'(·*-]|\s*$))|\n[ \t]*(?:\n|(?=[A-Z][\w /]{2,25}:\s)"
    r"|(?=[·*–—-]\s|[(]?[a-z\d]{1,2}[.)]\s))"
)
BULLET = re.compile(
    r"\s*(?:[·*•–—-]\s+|[(](?:\w|[ivx]+)[)]\s+|\w[.)]\s+|\d{1,2}(?:\.\d{1,2})*[.)]?\s+(?=[A-Z]))?"
)


def sentences_of(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Where the sentences of a stretch of English begin and end, without bullets and numbers before them."""
    at = start
    for match in BREAK.finditer(text, start, end):
        if match["mark"] and ABBREVIATION.search(
            text, max(start, match.start() - 12), match.start()
        ):
            continue
        yield from _trimmed(text, at, match.end())
        at = match.end()
    yield from _trimmed(text, at, end)


def _trimmed(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    bullet = BULLET.match(text, start, end)
    start = bullet.end() if bullet else start
    said = text[start:end]
    if said.strip():
        start += len(said) - len(said.lstrip())
        yield start, start + len(said.strip())


def after_mark(text: str, start: int, end: int) -> int:
    """Where the words of a heading begin: after its hashes and its number."""
    at = start
    hashes = re.compile(r"#{1,6}\s+").match(text, at, end)
    at = hashes.end() if hashes else at
    for style in STYLES:
        match = style.pattern.match(text, at, end)
        if match:
            return match.end()
    return at


def sentences_in(text: str, clause: Clause) -> Iterator[tuple[int, int]]:
    """Sentences of a clause; its heading, without its number, is one."""
    start = clause.start if "¶" in clause.id else after_mark(text, clause.start, clause.end)
    at = text.find(clause.title, clause.start, clause.end) if clause.title else -1
    if at >= 0 and re.match(r"[ \t]*\n", text[at + len(clause.title) : clause.end]):
        yield from sentences_of(text, start, at + len(clause.title))
        start = max(start, at + len(clause.title))
    yield from sentences_of(text, start, clause.end)
