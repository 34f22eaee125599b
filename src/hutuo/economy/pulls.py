"""Economic linkage by gravity: units pull at each other by their sizes, less the farther they are apart."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from hutuo.economy.given import arrays, lengths, names_of, refuse, shapes, signs, vector

__all__ = ["Pull", "gravity", "pulls_of"]

Array = npt.NDArray[np.float64]


class Pull(NamedTuple):
    """Linkage of units.

    Attributes:
        pairs: Pull of each pair, (units, units), symmetric, 0 on the diagonal.
        total: Sum of each unit's pulls, (units,).
        share: Each partner's part of a unit's total, (units, units), rows summing to 1.
    """

    pairs: Array
    total: Array
    share: Array


def gravity(
    people: npt.ArrayLike, product: npt.ArrayLike, apart: npt.ArrayLike, *, power: float = 2
) -> Array:
    """Pull of each pair: the roots of people times product of both, over a power of how far they are apart.

    Args:
        people: Residents, (units,), >= 0.
        product: Value added, (units,), >= 0.
        apart: Minutes or km, (units, units), > 0 off the diagonal; infinite where there is no way.
        power: Power of the distance, 2 in the practice of Chinese plans.

    Returns:
        (units, units), 0 on the diagonal.

    Raises:
        BadInput: Shapes do not fit, or a cell is no number or out of range; all of them are named.

    Source: 城市经济联系强度 R = sqrt(P1 G1) sqrt(P2 G2) / D^2, after W. J. Reilly, The Law of Retail
    Gravitation (1931); used so since 王德忠、庄仁兴, 地理科学 16 (1996) 51-57.
    """
    given = {"people": people, "product": product, "apart": apart}
    persons, worth, away = arrays(given).values()
    n = persons.size
    refuse(vector("people", persons) or [*lengths(n, product=worth), *shapes(n, apart=away)])
    away = away.copy()
    np.fill_diagonal(away, np.inf)
    names = names_of(given.values(), n)
    # No way is no fault: nobody pulls there.
    refuse(
        [
            *signs("people", persons, least=0.0, strict=False, names=names),
            *signs("product", worth, least=0.0, strict=False, names=names),
            *signs(
                "apart", np.where(away == np.inf, 1.0, away), least=0.0, strict=True, names=names
            ),
        ]
    )
    size = np.sqrt(persons * worth)
    found: Array = np.outer(size, size) / away**power
    return found


def pulls_of(pairs: Array) -> Pull:
    """Totals of units and shares of partners.

    Args:
        pairs: What :func:`gravity` gives.
    """
    total = pairs.sum(axis=1)
    share = np.divide(pairs, total[:, None], out=np.zeros_like(pairs), where=total[:, None] > 0)
    return Pull(pairs, total, share)
