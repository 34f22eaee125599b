"""Runs of signs: listings that share signs, runs of them, or terms of the thesaurus with what is asked.

Every listing is a bag of runs of one to three signs and of the terms that its words lead to; what is asked
is scored against it by BM25. Runs are kept as 64-bit keys in segments: what is added becomes a segment of
its own, and segments of about the same size are joined, so that adding costs what is new. Figures that
depend on the whole collection (how many listings have a run, how long they are) are summed up over the
segments when something is asked: scores do not depend on how the listings came in.

Source: Robertson and Zaragoza, "The Probabilistic Relevance Framework: BM25 and Beyond" (2009), formula
3.15, with the inverse document frequency that is never negative (logarithm of one plus the odds).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from hashlib import blake2b
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hutuo.exchange.thesaurus import Thesaurus
from hutuo.exchange.wording import runs

SATURATION = 1.2
LENGTH = 0.1
# What a run of so many signs, a term, and the signs of a term that is not said weigh: found on the pairs of
# needs and offers under tests/exchange that are marked as tuned.
WEIGHTS = {1: 1.0, 2: 0.5, 3: 0.3}
TERM = 1.0
UNSAID = 0.5
MIX = np.uint64(0x9E3779B97F4A7C15)
Keys = NDArray[np.uint64]
Scores = NDArray[np.float32]


class Segment(NamedTuple):
    """Listings by key.

    Attributes:
        keys: Keys that occur, ascending, (keys,).
        starts: Where the listings of each key begin, (keys + 1,).
        rows: Positions of listings within the segment, ascending for each key, (entries,).
        counts: How often the listing has the key, (entries,).
        signs: Signs of each listing, (listings,).
    """

    keys: Keys
    starts: NDArray[np.int64]
    rows: NDArray[np.int32]
    counts: NDArray[np.uint16]
    signs: NDArray[np.int32]


@dataclass(frozen=True)
class Ngrams:
    """Listings in segments, in the order in which they came.

    Attributes:
        thesaurus: Words that lead to terms.
        segments: Segments; those of about the same size have been joined.
    """

    thesaurus: Thesaurus
    segments: tuple[Segment, ...] = ()

    def __len__(self) -> int:
        return sum(len(segment.signs) for segment in self.segments)

    def add(self, texts: Sequence[str]) -> "Ngrams":
        """The same with more listings behind; this one stays as it was."""
        if not texts:
            return self
        segments = [*self.segments, segment_of(texts, self.thesaurus)]
        while len(segments) > 1 and len(segments[-2].signs) <= 2 * len(segments[-1].signs):
            last = segments.pop()
            segments[-1] = _joined(segments[-1], last)
        return Ngrams(self.thesaurus, tuple(segments))

    def scores(self, text: str) -> Scores:
        """How well each listing fits what is asked.

        Args:
            text: Need, as it is worded.

        Returns:
            (listings,), about 0..1: the share of what is asked that the listing has, by weight; words that no
            listing has are passed over.
        """
        asked = self.asked(text)
        keys = np.fromiter(asked, np.uint64, len(asked))
        weights = np.fromiter(asked.values(), float, len(asked))
        known = self._listings_with(keys)
        weights *= np.where(known > 0, np.log1p((len(self) - known + 0.5) / (known + 0.5)), 0)
        found = [
            _scored(segment, keys, weights, _penalty(segment, self._mean))
            for segment in self.segments
        ]
        whole = weights.sum()
        return np.concatenate([np.zeros(0), *found]).astype(np.float32) / np.float32(whole or 1)

    def asked(self, text: str) -> dict[int, float]:
        """Keys of a need with their weights: runs of signs, terms, and the runs of terms unsaid."""
        found: dict[int, float] = {}
        for size, keys in _runs_of([text]):
            found.update(dict.fromkeys(keys.tolist(), WEIGHTS[size]))
        terms = list(self.thesaurus.terms(text, asked=True))
        for size, keys in _runs_of(terms):
            for key in keys.tolist():
                found[key] = max(found.get(key, 0.0), UNSAID * WEIGHTS[size])
        return found | {term_key(term): TERM for term in terms}

    def rarity(self, words: Sequence[str]) -> list[float]:
        """How much each text tells: the sum of the logarithms of how rare its runs are."""
        found = []
        for word in words:
            known = self._listings_with(np.concatenate([keys for _, keys in _runs_of([word])]))
            found.append(float(np.log1p((len(self) - known + 0.5) / (known + 0.5)).sum()))
        return found

    def listings_with(self, word: str) -> int:
        """Number of listings that have the rarest run of signs of a word."""
        known = self._listings_with(np.concatenate([keys for _, keys in _runs_of([word])]))
        return int(known.min(initial=len(self)))

    @cached_property
    def _mean(self) -> float:
        whole = sum(int(segment.signs.sum()) for segment in self.segments)
        return max(whole / max(len(self), 1), 1.0)

    def _listings_with(self, keys: Keys) -> NDArray[np.int64]:
        total = np.zeros(len(keys), np.int64)
        for segment in self.segments:
            begins, ends = _entries(segment, keys)
            total += ends - begins
        return total


def segment_of(texts: Sequence[str], thesaurus: Thesaurus) -> Segment:
    """Listings by key, from their texts."""
    keys, rows = [], []
    signs, owner = _signs(texts)
    for size in WEIGHTS:
        found, at = _grams(signs, owner, size)
        keys.append(found)
        rows.append(at)
    terms = [(at, term_key(term)) for at, text in enumerate(texts)
             for term in thesaurus.terms(text, asked=False)]  # fmt: skip
    keys.append(np.array([key for _, key in terms], np.uint64))
    rows.append(np.array([at for at, _ in terms], np.int32))
    many = np.ones(sum(map(len, keys)), np.uint16)
    lengths = np.bincount(owner[signs > 0], minlength=len(texts)).astype(np.int32)
    return _segment(np.concatenate(keys), np.concatenate(rows), many, lengths)


def term_key(term: str) -> int:
    """The key of a term of the thesaurus."""
    return _hashed("term:" + term)


def packed(index: Ngrams) -> dict[str, NDArray[Any]]:
    """Arrays that hold the listings, for a file."""
    return {
        f"{at}.{name}": array
        for at, segment in enumerate(index.segments)
        for name, array in segment._asdict().items()
    }


def unpacked(thesaurus: Thesaurus, arrays: dict[str, NDArray[Any]]) -> Ngrams:
    """The listings again from their arrays."""
    numbers = sorted({int(name.partition(".")[0]) for name in arrays})
    segments = [Segment(*(arrays[f"{at}.{name}"] for name in Segment._fields)) for at in numbers]
    return Ngrams(thesaurus, tuple(segments))


def _segment(
    keys: Keys, rows: NDArray[np.int32], counts: NDArray[np.uint16], signs: NDArray[np.int32]
) -> Segment:
    """Entries brought into order, and those of one key and listing into one."""
    order = np.argsort(keys, kind="stable") if _ascending(rows) else np.lexsort((rows, keys))
    keys, rows, counts = keys[order], rows[order], counts[order]
    new = np.ones(len(keys), bool)
    new[1:] = (keys[1:] != keys[:-1]) | (rows[1:] != rows[:-1])
    first = np.flatnonzero(new)
    summed = np.add.reduceat(counts, first, dtype=np.uint16) if len(first) else counts[:0]
    keys, rows = keys[first], rows[first]
    begins = np.flatnonzero(np.concatenate([[True], keys[1:] != keys[:-1]])[: len(keys)])
    starts = np.append(begins, len(keys)).astype(np.int64)
    return Segment(keys[begins], starts, rows, summed, signs)


def _ascending(rows: NDArray[np.int32]) -> bool:
    return bool((rows[1:] >= rows[:-1]).all())


def _joined(first: Segment, second: Segment) -> Segment:
    keys = [np.repeat(part.keys, np.diff(part.starts)) for part in (first, second)]
    rows = np.concatenate([first.rows, second.rows + np.int32(len(first.signs))])
    counts = np.concatenate([first.counts, second.counts])
    signs = np.concatenate([first.signs, second.signs])
    # Sorting by key alone keeps the order of rows, which ascend within each key of both.
    order = np.argsort(np.concatenate(keys), kind="stable")
    sorted_keys = np.concatenate(keys)[order]
    begins = np.flatnonzero(np.concatenate([[True], sorted_keys[1:] != sorted_keys[:-1]]))
    begins = begins[: len(sorted_keys)]
    starts = np.append(begins, len(sorted_keys)).astype(np.int64)
    return Segment(sorted_keys[begins], starts, rows[order], counts[order], signs)


def _entries(segment: Segment, keys: Keys) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where the entries of each key begin and end in a segment; both 0 for a key that is not there."""
    if not len(segment.keys):
        return np.zeros(len(keys), np.int64), np.zeros(len(keys), np.int64)
    at = np.minimum(np.searchsorted(segment.keys, keys), len(segment.keys) - 1)
    there = segment.keys[at] == keys
    return np.where(there, segment.starts[at], 0), np.where(there, segment.starts[at + 1], 0)


def _penalty(segment: Segment, mean: float) -> NDArray[np.float64]:
    """What is added to a count by how long a listing is."""
    relative = segment.signs.astype(np.float64) / mean
    return SATURATION * (1 - LENGTH + LENGTH * relative)


def _scored(
    segment: Segment,
    keys: Keys,
    weights: NDArray[np.float64],
    penalty: NDArray[np.float64],
) -> NDArray[np.float64]:
    found = np.zeros(len(segment.signs))
    begins, ends = (at.tolist() for at in _entries(segment, keys))
    for begin, end, weight in zip(begins, ends, weights.tolist(), strict=True):
        rows, counts = segment.rows[begin:end], segment.counts[begin:end]
        found[rows] += weight * (SATURATION + 1) * counts / (counts + penalty[rows])
    return found


def _signs(texts: Sequence[str]) -> tuple[Keys, NDArray[np.int32]]:
    """Numbers of the signs of all texts with 0 behind each run, and the text of each."""
    numbers: list[int] = []
    ends = []
    for text in texts:
        for run in runs(text):
            numbers += [ord(sign) if len(sign) == 1 else _hashed(sign) for sign in run]
            numbers.append(0)
        ends.append(len(numbers))
    owner = np.repeat(np.arange(len(texts), dtype=np.int32), np.diff([0, *ends]))
    return np.array(numbers, np.uint64), owner


def _grams(signs: Keys, owner: NDArray[np.int32], size: int) -> tuple[Keys, NDArray[np.int32]]:
    """Keys of all runs of so many signs, and the text of each; none goes over the end of a run."""
    many = max(len(signs) - size + 1, 0)
    keys, inside = np.full(many, size, np.uint64), np.ones(many, bool)
    for step in range(size):
        part = signs[step : step + many]
        keys = (keys ^ part) * MIX
        keys ^= keys >> np.uint64(29)
        inside &= part > 0
    return keys[inside], owner[:many][inside]


def _runs_of(texts: Sequence[str]) -> list[tuple[int, Keys]]:
    signs, owner = _signs(texts)
    return [(size, _grams(signs, owner, size)[0]) for size in WEIGHTS]


def _hashed(word: str) -> int:
    return int.from_bytes(blake2b(word.encode(), digest_size=8).digest(), "little")
