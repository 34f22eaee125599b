"""Looking names up: by what they say in Chinese or English, by pinyin in full, or by its initials."""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import NamedTuple

from hutuo.glossary import Text

EXACT, PREFIX, CONTAINED = range(3)
# Where a word begins: a run of letters, a run of digits, or any Chinese character.
WORD = re.compile(r"[^\W\d_\u3400-\u9fff]+|\d+|[\u3400-\u9fff]")
CHINESE = re.compile(r"[\u3400-\u9fff]")
LEAST_INITIALS = 2


class Form(NamedTuple):
    """One way in which a name can be written.

    Attributes:
        text: The name so written.
        starts: Places at which a word or syllable begins.
        least: Fewest letters that are looked for in it.
    """

    text: str
    starts: tuple[int, ...]
    least: int = 1


class Hit(NamedTuple):
    """How well a name fits; the smaller, the better.

    Attributes:
        rank: ``EXACT``, ``PREFIX`` or ``CONTAINED``.
        group: Which group of names it is of.
        name: The name that fits.
    """

    rank: int
    group: int
    name: Text


def find(query: str, groups: Sequence[Sequence[Text]]) -> Hit | None:
    """The name that fits a query best; None if none does.

    The query is looked for as a whole, then without its blanks; else every word of it must fit some name, and
    the worst of them counts.

    Args:
        query: What was typed: Chinese, English, pinyin (``renkou``, ``ren kou``) or its initials (``rk``).
        groups: Names, those that tell most in the first group.
    """
    words = plain(query).split()
    if not words:
        return None
    for whole in (" ".join(words), "".join(words)):
        hit = _best(whole, groups)
        if hit is not None:
            return hit
    hits = [_best(word, groups) for word in words]
    return None if None in hits else max(hit for hit in hits if hit is not None)


def rank(word: str, text: str) -> int | None:
    """How well a text fits a word as :func:`plain` gives it: the best over its forms; None if not at all."""
    found = [r for form in forms(text) if (r := _rank(word, form)) is not None]
    return min(found, default=None)


def plain(text: str) -> str:
    """A text as it is compared: one width of letters, no capitals."""
    return unicodedata.normalize("NFKC", text).casefold().strip()


def spelled(text: str) -> str:
    """A name as it is put in order: Chinese by its pinyin."""
    _, *pinyin = forms(text)
    return pinyin[0].text if pinyin else plain(text)


@lru_cache(maxsize=1 << 14)
def forms(text: str) -> tuple[Form, ...]:
    """The ways to write a name: as it is, and for Chinese in pinyin without tones, full and initials."""
    same = plain(text)
    own = Form(same, tuple(found.start() for found in WORD.finditer(same)))
    return (own, *_pinyin(same)) if CHINESE.search(same) else (own,)


def _pinyin(text: str) -> Iterator[Form]:
    from pypinyin import lazy_pinyin

    parts: list[tuple[str, str]] = []
    # By runs: within one the library tells by the neighbours how a character is read.
    for run in re.findall(r"[\u3400-\u9fff]+|[^\W_\u3400-\u9fff]+", text):
        chinese = CHINESE.match(run)
        syllables = lazy_pinyin(run) if chinese else [run]
        parts.extend((syllable, syllable[:1] if chinese else syllable) for syllable in syllables)
    for column, least in ((0, 1), (1, LEAST_INITIALS)):
        starts, length = [], 0
        for part in parts:
            starts.append(length)
            length += len(part[column])
        yield Form("".join(part[column] for part in parts), tuple(starts), least)


def _best(word: str, groups: Sequence[Sequence[Text]]) -> Hit | None:
    hits = [
        Hit(found, group, name)
        for group, names in enumerate(groups)
        for name in names
        for text in set(name)
        if (found := rank(word, text)) is not None
    ]
    return min(hits, default=None)


def _rank(word: str, form: Form) -> int | None:
    if len(word) < form.least:
        return None
    if word == form.text:
        return EXACT
    if form.text.startswith(word):
        return PREFIX
    return CONTAINED if any(form.text.startswith(word, at) for at in form.starts) else None
