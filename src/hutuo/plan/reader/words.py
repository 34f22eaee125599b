"""The words that plans are read by, as data: one table, ``words.csv``, which a user's own table adds to.

Each row is a word, what kind of word it is, and what it means for that kind: operators, magnitudes, units,
stances, verbs of duties, marks of facts and of aims. Plans print the same marks full width or half width,
so texts are read in one form, letter for letter as long as the other.
"""

import csv
import re
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache, lru_cache, wraps
from pathlib import Path
from typing import NamedTuple, TypeVar

from hutuo.errors import BadInput, Finding

FILES = tuple(Path(__file__).with_name(name) for name in ("words.csv", "english.csv"))
COLUMNS = ["kind", "word", "means", "note"]
WIDE = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)}
# Marks that stand for one another: spaces, dashes, middle dots, colons of ratios.
SAME = {
    0x00A0: " ", 0x3000: " ", 0x2002: " ", 0x2003: " ", 0x2009: " ", 0xFEFF: " ", 0x200B: " ",
    0x2010: "-", 0x2011: "-", 0x2012: "-", 0x2013: "-", 0x2014: "-", 0x2015: "-", 0x2212: "-",
    0x301C: "~", 0x2030: "‰", 0x2264: "≤", 0x2265: "≥", 0x2266: "≤", 0x2267: "≥", 0x30FB: "·", 0x2022: "·",
    0x2236: ":",
}  # fmt: skip
PLAIN: dict[int, int | str] = {**WIDE, **SAME}
DIGITS = {letter: value for value, letter in enumerate("零一二三四五六七八九")} | {
    "〇": 0,
    "两": 2,
}
HAN_YEAR = re.compile(r"(?:一九|二[〇零])[〇零一二三四五六七八九]{2}(?=年)")
ROMAN = {"I": 1, "V": 5, "X": 10, "L": 50}


class Word(NamedTuple):
    """A word of one kind and what it means."""

    kind: str
    word: str
    means: str
    note: str


T = TypeVar("T")
# A user's own words hold for the reading at hand, not for others that go on beside it.
_own: ContextVar[tuple[Word, ...]] = ContextVar("own", default=())
TABLES_KEPT = 256


def by_words(run: Callable[..., T]) -> Callable[..., T]:
    """What is made from the words, as regular expressions, made once for each table of words."""

    @lru_cache(TABLES_KEPT)
    def made(_own: tuple[Word, ...], *given: Hashable) -> T:
        return run(*given)

    @wraps(run)
    def now(*given: Hashable) -> T:
        return made(_own.get(), *given)

    return now


def plain(text: str) -> str:
    """The text with full-width letters, digits and marks as the half-width ones; as long as it was.

    Years in Chinese digits (二〇三五年) become digits, too.
    """
    return HAN_YEAR.sub(lambda year: _digits(year.group()), text.translate(PLAIN))


def _digits(said: str) -> str:
    return "".join(str(DIGITS[letter]) for letter in said)


def words(kind: str) -> dict[str, str]:
    """What each word of a kind means, the longest first; a user's own rows hold before ours."""
    return _words(kind, _own.get())


@by_words
def pattern(kind: str) -> str:
    """The words of a kind as alternatives of a regular expression, the longest first."""
    return "|".join(re.escape(word) for word in words(kind))


@contextmanager
def added(path: Path | None) -> Iterator[None]:
    """Read with a user's own table of words within the block.

    Raises:
        BadInput: The table has faults; all of them are told.
    """
    if path is None:
        yield
        return
    before = _own.set(tuple(read_words(path)))
    try:
        yield
    finally:
        _own.reset(before)


def read_words(path: Path) -> list[Word]:
    """Words of a CSV of the columns kind, word, means, note.

    Raises:
        BadInput: It is no such table, or names kinds that there are not.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            rows = list(csv.DictReader(lines))
    except (UnicodeDecodeError, csv.Error) as error:
        says = f"is no CSV in UTF-8: {error}"
        raise BadInput(
            "the table of words cannot be read", [Finding(path.name, None, "", says)]
        ) from error
    faults = list(_faults(path.name, rows))
    if faults:
        raise BadInput(f"{path.name} has {len(faults)} findings:", faults)
    return [Word(*(plain(row.get(name) or "").strip() for name in COLUMNS)) for row in rows]


def _faults(name: str, rows: list[dict[str, str]]) -> Iterator[Finding]:
    if not rows or not {"kind", "word", "means"} <= set(rows[0]):
        yield Finding(name, 1, "", f"has not the columns {', '.join(COLUMNS)}")
        return
    kinds = {word.kind for word in _built_in()}
    for line, row in enumerate(rows, start=2):
        if row["kind"] not in kinds:
            yield Finding(
                name, line, "kind", f"'{row['kind']}' is none of {', '.join(sorted(kinds))}"
            )
        if not (row["word"] or "").strip():
            yield Finding(name, line, "word", "is empty")
        if None in row:
            says = "has more cells than columns; put a word with a comma in quotes"
            yield Finding(name, line, "", says)


@cache
def _built_in() -> tuple[Word, ...]:
    found: list[Word] = []
    for file in FILES:
        with file.open(encoding="utf-8", newline="") as lines:
            rows = csv.DictReader(lines)
            found.extend(
                Word(*(plain(row[name] or "").strip() for name in COLUMNS)) for row in rows
            )
    return tuple(found)


@cache
def _words(kind: str, own: tuple[Word, ...]) -> dict[str, str]:
    found = {row.word: row.means for row in (*_built_in(), *own) if row.kind == kind}
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


def numeral(written: str) -> int:
    """The number that heads a heading, in digits, Chinese or Roman numerals or as a letter; else 0."""
    said = written.strip()
    if said.isascii() and said.isdigit():
        return int(said)
    if len(said) == 1 and "①" <= said <= "⑳":
        return ord(said) - ord("①") + 1
    if said and set(said) <= set(ROMAN):
        return _roman(said)
    if len(said) == 1 and said.isascii() and said.isalpha():
        return ord(said.lower()) - ord("a") + 1
    return _han(said)


def _han(said: str) -> int:
    """A Chinese numeral below a thousand; 0 if it is none."""
    total = last = 0
    for letter in said:
        if letter in DIGITS:
            last = last * 10 + DIGITS[letter]
        elif letter in "十百":
            total += (last or 1) * (10 if letter == "十" else 100)
            last = 0
        else:
            return 0
    return total + last


def _roman(said: str) -> int:
    values = [ROMAN[letter] for letter in said]
    return sum(-v if v < after else v for v, after in zip(values, [*values[1:], 0], strict=True))


def longest_first(found: Iterable[str]) -> list[str]:
    """Words, the longest first, so that a regular expression takes the longest."""
    return sorted(found, key=lambda word: (-len(word), word))


def means(kind: str, word: str, default: str = "") -> str:
    """What a word of a kind means."""
    known: Mapping[str, str] = words(kind)
    return known.get(word, default)
