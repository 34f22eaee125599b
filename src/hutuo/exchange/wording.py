"""Wording of needs and offers: one plain form, its signs, and the clauses it is made of.

A sign is a Chinese character or a whole Latin word or number: Chinese words are not parted by spaces, so
that runs of signs stand in for them.
"""

import re
import unicodedata
from collections.abc import Iterator

RUN = re.compile(r"(?:[㐀-䶿一-鿿]|[a-z0-9]+)+")
SIGN = re.compile(r"[㐀-䶿一-鿿]|[a-z0-9]+")
END = re.compile(r"[;!?。;!?\n]+")
STOP = re.compile(r"[,.;:!?、。;:,!?\n]+")


def plain(text: str) -> str:
    """A text in its plain form: full-width signs made narrow, letters small."""
    return unicodedata.normalize("NFKC", text).lower()


def runs(text: str) -> Iterator[list[str]]:
    """Signs of a text, run by run; spaces and punctuation part runs."""
    for found in RUN.findall(plain(text)):
        yield SIGN.findall(found)


def clauses(text: str) -> list[str]:
    """Clauses of a text as they are written, the whole text where it has none."""
    found = [piece.strip() for piece in STOP.split(text)]
    return [piece for piece in found if piece] or [text]


def sentences(text: str, most: int) -> list[str]:
    """Sentences of a text, the whole text where it has none; those beyond ``most`` stay with the last one."""
    found = [piece.strip() for piece in END.split(text) if piece.strip()]
    return (
        [*found[: most - 1], "。".join(found[most - 1 :])]
        if len(found) > most
        else found or [text]
    )


def shared(first: str, second: str, least: int = 2) -> list[str]:
    """Longest runs of signs that stand in both texts, in the order of the first one.

    Args:
        first: A text.
        second: Another one.
        least: Fewest signs of a run; one Latin word of two letters or more is enough by itself.

    Returns:
        Runs in plain form, each once; none lies within another at the same place of the first text.
    """
    there = _grams(second)
    found: dict[str, None] = {}
    for run in runs(first):
        at = 0
        while at < len(run):
            end = at
            while end < len(run) and tuple(run[at : end + 1]) in there:
                end += 1
            if end - at >= least or (end == at + 1 and run[at].isascii() and len(run[at]) > 1):
                found["".join(run[at:end])] = None
            at = max(end, at + 1)
    return list(found)


def _grams(text: str) -> set[tuple[str, ...]]:
    return {
        tuple(run[start:end])
        for run in runs(text)
        for start in range(len(run))
        for end in range(start + 1, min(len(run), start + 24) + 1)
    }
