"""Thesaurus: words that mean the same technology, and problems with the technology that answers them.

``synonyms.csv`` has a row a word: the word, the term it leads to, the field, and the relation. ``same``:
both mean the same, in needs and in offers. ``answers``: the term is what helps one who complains of the
word; followed only from needs to offers.
"""

import csv
from collections.abc import Iterable
from functools import cache
from importlib.resources import files
from typing import NamedTuple

from hutuo.exchange.wording import plain

SAME = "same"
ANSWERS = "answers"


class Synonym(NamedTuple):
    """A word and the term it leads to."""

    variant: str
    term: str
    field: str = ""
    relation: str = SAME


class Mention(NamedTuple):
    """A word of the thesaurus in a text.

    Attributes:
        start: Where it begins in the plain text.
        end: Behind its last letter.
        word: The word, plain.
        term: Term it leads to, as the table writes it.
        relation: ``same`` or ``answers``.
    """

    start: int
    end: int
    word: str
    term: str
    relation: str


@cache
def synonyms() -> tuple[Synonym, ...]:
    """The words that come with hutuo."""
    text = files("hutuo.exchange").joinpath("synonyms.csv").read_text(encoding="utf-8")
    return tuple(Synonym(**row) for row in csv.DictReader(text.splitlines()))


class Thesaurus:
    """Words by their first letter, so that a text is read once."""

    def __init__(self, rows: Iterable[Synonym] | None = None) -> None:
        self.leads: dict[str, dict[str, str]] = {}
        for row in synonyms() if rows is None else rows:
            self.leads.setdefault(plain(row.term), {})[row.term] = SAME
            self.leads.setdefault(plain(row.variant), {}).setdefault(row.term, row.relation)
        self.words: dict[str, list[str]] = {}
        for word in sorted(self.leads, key=lambda word: (-len(word), word)):
            self.words.setdefault(word[0], []).append(word)

    def mentions(self, text: str) -> list[Mention]:
        """Words of the thesaurus in a text; one that lies within a longer one is passed over."""
        low, found, end = plain(text), [], 0
        for at, letter in enumerate(low):
            for word in self.words.get(letter, ()):
                if at + len(word) > end and low.startswith(word, at) and _whole(low, at, word):
                    found += [
                        Mention(at, at + len(word), word, term, relation)
                        for term, relation in self.leads[word].items()
                    ]
                    end = at + len(word)
                    break
        return found

    def terms(self, text: str, *, asked: bool) -> dict[str, Mention]:
        """Terms that a text leads to, each with the word that leads there.

        Args:
            text: Need or offer.
            asked: Whether it is a need: then problems lead to what answers them too.
        """
        found: dict[str, Mention] = {}
        for mention in self.mentions(text):
            if mention.relation == SAME:
                if found.get(mention.term, mention).relation != SAME:
                    found[mention.term] = mention
                found.setdefault(mention.term, mention)
            elif asked:
                found.setdefault(mention.term, mention)
        return found


def _whole(text: str, at: int, word: str) -> bool:
    """Whether a Latin word is not a piece of a longer one."""
    end = at + len(word)
    before = at > 0 and _latin(text[at - 1]) and _latin(word[0])
    after = end < len(text) and _latin(text[end]) and _latin(word[-1])
    return not (before or after)


def _latin(letter: str) -> bool:
    return letter.isascii() and letter.isalnum()
