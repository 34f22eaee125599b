"""How alike two short texts are: the cosine of the pairs of letters that they share.

Chinese words are not parted by spaces; pairs of letters are the usual stand-in for words where none are cut.

Source: character n-grams as features of short Chinese texts, with inverse document frequency (Spärck Jones
1972) so that letters that stand in every text count little.
"""

import re
from collections import Counter
from collections.abc import Sequence

import numpy as np
from scipy import sparse

from hutuo.plan.reader.words import plain


def alike(
    first: Sequence[str], second: Sequence[str]
) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """How alike each text is to each other one.

    Args:
        first: Texts, (n,).
        second: Texts, (m,).

    Returns:
        Likeness, (n, m), 0..1; 0 where a text has no letters.
    """
    if not first or not second:
        return np.zeros((len(first), len(second)))
    counts = [Counter(pairs(text)) for text in (*first, *second)]
    names = {
        pair: at for at, pair in enumerate(sorted({pair for count in counts for pair in count}))
    }
    rows = [row for row, count in enumerate(counts) for _ in count]
    columns = [names[pair] for count in counts for pair in count]
    values = [float(number) for count in counts for number in count.values()]
    table = sparse.csr_array((values, (rows, columns)), shape=(len(counts), max(len(names), 1)))
    seen = np.bincount(columns, minlength=max(len(names), 1))
    weighted = table.multiply(np.log((1 + len(counts)) / (1 + seen)) + 1).tocsr()
    norms = np.sqrt(weighted.multiply(weighted).sum(axis=1))
    unit = weighted.multiply(1 / np.where(norms > 0, norms, 1)[:, None]).tocsr()
    found: np.ndarray[tuple[int, int], np.dtype[np.float64]] = (
        unit[: len(first)] @ unit[len(first) :].T
    ).toarray()
    return found


def pairs(text: str) -> list[str]:
    """Pairs of letters of a text within its words, in plain form; English words as they are."""
    found: list[str] = []
    for piece in re.findall(r"[一-鿿]+|[a-z0-9]+", plain(text).lower()):
        if piece.isascii():
            found.append(piece)
        else:
            found.extend(piece[at : at + 2] for at in range(max(1, len(piece) - 1)))
    return found
