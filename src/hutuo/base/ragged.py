"""Bytes of many messages at once: numbers of variable length, and rows of bytes of unequal length.

Source: Protocol Buffers, encoding (base 128 varints, zigzag).
"""

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Numbers = NDArray[np.uint64]
    Signed = NDArray[np.int64]
    Octets = NDArray[np.uint8]

__all__ = ["Rows", "aligned", "joined", "sizes", "steps", "varints", "zigzag"]

# Seven bits of a number go into a byte; the eighth says that more follow.
BITS, MORE, LONGEST = 7, 0x80, 10


class Rows(NamedTuple):
    """Rows of unequal length, one behind the other.

    Attributes:
        cells: All cells.
        ends: Where each row begins, and at last where the last one ends (n + 1,).
    """

    cells: "NDArray[np.generic]"
    ends: "Signed"

    @property
    def lengths(self) -> "Signed":
        """Cells of each row."""
        return self.ends[1:] - self.ends[:-1]


def sizes(numbers: "Numbers") -> "Signed":
    """Bytes that each number takes as a varint, 1 to 10."""
    import numpy as np

    found = np.ones(len(numbers), dtype=np.int64)
    for more in range(1, LONGEST):
        longer = numbers >= np.uint64(1 << (BITS * more))
        if not longer.any():
            break
        found += longer
    return found


def varints(numbers: "Numbers") -> "Octets":
    """Numbers as varints, one behind the other."""
    import numpy as np

    lengths = sizes(numbers)
    ends = np.cumsum(lengths)
    told = np.zeros(int(ends[-1]) if len(ends) else 0, dtype=np.uint8)
    first = ends - lengths
    for at in range(int(lengths.max()) if len(lengths) else 0):
        here = np.flatnonzero(lengths > at)
        bits = (numbers[here] >> np.uint64(BITS * at)) & np.uint64(MORE - 1)
        more = np.where(lengths[here] > at + 1, np.uint64(MORE), np.uint64(0))
        told[first[here] + at] = (bits | more).astype(np.uint8)
    return told


def zigzag(numbers: "Signed") -> "Numbers":
    """Numbers with a sign as numbers without one: 0, -1, 1, -2 become 0, 1, 2, 3."""
    import numpy as np

    return ((numbers << 1) ^ (numbers >> 63)).astype(np.uint64)


def steps(lengths: "Signed") -> "Signed":
    """0, 1, 2 and so on within each row, rows one behind the other."""
    import numpy as np

    ends = np.cumsum(lengths)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - lengths, lengths)


def aligned(lengths: "Signed") -> "Signed":
    """Ends of rows of these lengths (n + 1,)."""
    import numpy as np

    return np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64)


def joined(*parts: Rows) -> Rows:
    """Row by row what the parts have, in their order.

    Args:
        parts: Each of as many rows, all with cells of one type.
    """
    import numpy as np

    ends = aligned(sum((part.lengths for part in parts), np.zeros(1, dtype=np.int64)))
    cells = np.empty(int(ends[-1]), dtype=parts[0].cells.dtype)
    first = ends[:-1].copy()
    for part in parts:
        lengths = part.lengths
        cells[np.repeat(first, lengths) + steps(lengths)] = part.cells
        first += lengths
    return Rows(cells, ends)
