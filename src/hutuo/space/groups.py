"""Rows grouped by a number: what compressed sparse rows are made of."""

import numpy as np
from numpy.typing import NDArray

__all__ = ["starts"]


def starts(number: NDArray[np.integer], size: int) -> NDArray[np.int64]:
    """Where the rows of each number begin once they are ordered by it, (size + 1,); the last is their count.

    Args:
        number: Of each row, 0 to size - 1, in any order.
        size: How many numbers there are.
    """
    first = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(number, minlength=size), out=first[1:])
    return first
