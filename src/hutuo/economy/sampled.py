"""Intervals of likeness and of complexity where figures were counted in a sample."""

import numpy as np
import numpy.typing as npt

from hutuo.economy.concentration import WITHIN
from hutuo.economy.diversity import complexity
from hutuo.economy.indices import shares_of, similarity
from hutuo.errors import BadInput

__all__ = ["complexity_ends", "likeness_half"]

Array = npt.NDArray[np.float64]
# Samples that are drawn anew; the share of them that may lie beyond each end.
DRAWS, TAIL = 200, 0.025


def likeness_half(table: Array) -> Array:
    """Half the interval of 95 % of the likeness of each pair of zones, both counted in samples.

    The delta method for two multinomial samples.

    Args:
        table: Counts, (zones, industries).

    Returns:
        (zones, zones), 0 on the diagonal.

    Source: A. Agresti, Categorical Data Analysis, 3rd edition (2013), section 16.1.
    """
    shares, alike, totals = shares_of(table), similarity(table), table.sum(axis=1)
    length = np.linalg.norm(shares, axis=1)
    # Derivative of the cosine by the shares of the first zone, (zones, zones, industries).
    slope = shares[None] / np.outer(length, length)[:, :, None]
    slope = slope - (alike / (length**2)[:, None])[:, :, None] * shares[:, None]
    middle = np.einsum("ni,nmi->nm", shares, slope)
    one = (np.einsum("ni,nmi->nm", shares, slope**2) - middle**2) / totals[:, None]
    found: Array = WITHIN * np.sqrt(np.maximum(one + one.T, 0.0))
    np.fill_diagonal(found, 0.0)
    return found


def complexity_ends(table: Array, *, strong: float = 1.0, seed: int = 0) -> Array:
    """Ends of the interval of 95 % of each zone's complexity: that of samples drawn anew from its shares.

    An eigenvector has no sign: each is turned so that it runs along with the one of the table itself.

    Args:
        table: Counts, (zones, industries).
        strong: Location quotient from which a zone counts as strong in an industry.
        seed: Of the draws.

    Returns:
        Lower and upper ends, (2, zones); NaN for a zone that no draw finds strong in anything.

    Raises:
        BadInput: The table itself has no complexity.

    Source: B. Efron and R. Tibshirani, An Introduction to the Bootstrap (1993), sections 6.5 and 13.3.
    """
    rng = np.random.default_rng(seed)
    own = complexity(table, strong=strong).eci.to_numpy()
    shares, totals = shares_of(table), np.rint(table.sum(axis=1)).astype(np.int64)
    drawn = []
    for _ in range(DRAWS):
        sample = rng.multinomial(totals, shares).astype(np.float64)
        there = sample.sum(axis=0) > 0
        try:
            eci = complexity(sample[:, there], strong=strong).eci.to_numpy()
        except BadInput:
            # Too few are strong in anything in this draw: it has no scores.
            continue
        both = np.isfinite(own) & np.isfinite(eci)
        drawn.append(eci * (-1.0 if own[both] @ eci[both] < 0 else 1.0))
    ends = np.full((2, len(table)), np.nan)
    if drawn:
        known = np.isfinite(drawn).any(axis=0)
        ends[:, known] = np.nanquantile(np.array(drawn)[:, known], [TAIL, 1 - TAIL], axis=0)
    return ends
