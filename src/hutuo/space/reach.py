"""Minutes from origins to destinations, all pairs or only those in reach, checked once and streamed often."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
from numba import njit
from numpy.typing import ArrayLike, NDArray

from hutuo.errors import BadInput, Finding

__all__ = ["Minutes", "Reach", "figures", "reach_of"]

SHOWN = 10
NARROW = 1 << 16


@dataclass(frozen=True, slots=True, eq=False)
class Reach:
    """Minutes of pairs, row by row; a row is an origin, or with ``by="destination"`` a destination.

    Searches backwards from the sites give rows by destination, which floating catchments read fastest. A pair
    that is not there is out of reach. Make one by ``dense``, ``of_rows`` or ``of_pairs``: they check what
    comes in; the arrays must not change afterwards.

    Attributes:
        ptr: Row r holds the pairs ``ptr[r]`` to ``ptr[r + 1]``, int64 (rows + 1,).
        other: The other end of each pair, ascending within a row; of one row if ``every`` row has the same.
        minutes: Minutes of each pair, float32 or float64 (pairs,); inf where there is no way.
        shape: Number of origins and of destinations.
        by: "origin" or "destination".
        every: Whether every row holds all pairs.
    """

    ptr: NDArray[np.int64]
    other: NDArray[np.integer[Any]]
    minutes: NDArray[np.floating[Any]]
    shape: tuple[int, int]
    by: str = "origin"
    every: bool = False

    @classmethod
    def dense(cls, minutes: ArrayLike) -> Self:
        """All pairs, from minutes (origins, destinations); a float array is not copied.

        Raises:
            BadInput: Not two dimensions, or minutes that are negative or missing.
        """
        table = np.asarray(minutes)
        if table.ndim != 2:  # noqa: PLR2004
            raise BadInput(
                f"minutes have shape {table.shape}; they must be (origins, destinations)"
            )
        table = np.ascontiguousarray(_floating(table))
        _check(table.ravel(), lambda at: divmod(at, table.shape[1]))
        rows, columns = table.shape
        ptr = np.arange(rows + 1, dtype=np.int64) * columns
        return cls(ptr, _ids(np.arange(columns), columns), table.ravel(), table.shape, every=True)

    @classmethod
    def of_rows(
        cls,
        ptr: ArrayLike,
        other: ArrayLike,
        minutes: ArrayLike,
        shape: tuple[int, int],
        by: str = "origin",
    ) -> Self:
        """Only the pairs in reach, in rows as a bounded search gives them.

        Args:
            ptr: Row r holds the pairs ``ptr[r]`` to ``ptr[r + 1]``, (rows + 1,).
            other: The other end of each pair, (pairs,); sorted here within rows where it is not.
            minutes: Minutes, (pairs,), 0 or more.
            shape: Number of origins and of destinations.
            by: What a row is: "origin" or "destination".

        Raises:
            BadInput: Lengths that do not meet, ids out of range, a pair twice, minutes negative or missing.
        """
        starts, ends = np.asarray(ptr, np.int64), np.asarray(other)
        given = _floating(np.asarray(minutes))
        rows, columns = _sides(shape, by)
        _check_rows(starts, ends, given, (rows, columns))
        ends = _ids(ends, columns)
        _check(given, lambda at: (int(np.searchsorted(starts, at, "right")) - 1, int(ends[at])))
        if _unsorted(starts, ends):
            order = np.lexsort((ends, np.repeat(np.arange(rows), np.diff(starts))))
            ends, given = ends[order], given[order]
        twice = _twice(starts, ends)
        if twice >= 0:
            row = int(np.searchsorted(starts, twice, "right")) - 1
            raise BadInput(f"the pair of row {row} and {int(ends[twice])} is given twice")
        return cls(starts, ends, given, shape, by)

    @classmethod
    def of_pairs(
        cls,
        origins: ArrayLike,
        destinations: ArrayLike,
        minutes: ArrayLike,
        shape: tuple[int, int],
        by: str = "origin",
    ) -> Self:
        """Only the pairs in reach, in any order, (pairs,) each.

        Raises:
            BadInput: As for ``of_rows``.
        """
        ends = (np.asarray(origins, np.int64), np.asarray(destinations, np.int64))
        given = np.asarray(minutes)
        if not ends[0].shape == ends[1].shape == given.shape:
            told = f"{ends[0].shape}, {ends[1].shape} and {given.shape}"
            raise BadInput(
                f"origins, destinations and minutes of pairs have shapes {told}: the same"
            )
        row, other = ends if by == "origin" else ends[::-1]
        rows, _ = _sides(shape, by)
        _in_range(row, rows, by)
        order = np.lexsort((other, row))
        ptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))])
        return cls.of_rows(ptr, other[order], given[order], shape, by)

    def within(self, limit: float) -> "Reach":
        """The pairs of at most ``limit`` minutes, the limit included, in rows of the same kind."""
        keep = self.minutes <= self.minutes.dtype.type(limit)
        kept = np.concatenate([[0], np.cumsum(keep, dtype=np.int64)])[self.ptr]
        other = np.tile(self.other, self.ptr.size - 1) if self.every else self.other
        return Reach(kept, other[keep], self.minutes[keep], self.shape, self.by)

    def turned(self) -> "Reach":
        """The same pairs in rows of the other kind; a copy."""
        by = "destination" if self.by == "origin" else "origin"
        rows, columns = _sides(self.shape, self.by)
        if self.every:
            table = self.minutes.reshape(rows, columns)
            ptr = np.arange(columns + 1, dtype=np.int64) * rows
            ids = _ids(np.arange(rows), rows)
            return Reach(ptr, ids, table.T.ravel(), self.shape, by, every=True)
        counts = np.bincount(self.other, minlength=columns)
        ptr = np.concatenate([[0], np.cumsum(counts)])
        other = np.empty(self.other.size, _kind(rows))
        minutes = np.empty_like(self.minutes)
        _turn((self.ptr, self.other, self.minutes), ptr[:-1].copy(), other, minutes)
        return Reach(ptr, other, minutes, self.shape, by)

    def rows_by(self, by: str) -> "Reach":
        """The pairs in rows of a kind, turned if they are not."""
        return self if self.by == by else self.turned()

    def pairs_of(self, side: str, number: int) -> tuple[NDArray[np.integer[Any]], Any]:
        """The other ends of all pairs of one origin or destination, ascending, and their minutes.

        Quick for what rows are by, and for all if every row holds all pairs; else the reach is turned for it.
        """
        if side == self.by:
            start, end = self.ptr[number], self.ptr[number + 1]
            other = self.other if self.every else self.other[start:end]
            return other, self.minutes[start:end]
        if self.every:
            return np.arange(self.ptr.size - 1), self.minutes[number :: self.other.size]
        return self.turned().pairs_of(side, number)


Minutes = NDArray[np.floating[Any]] | Reach


def reach_of(minutes: Minutes) -> Reach:
    """A reach as it is, or a matrix of minutes (origins, destinations) checked and taken as one.

    Raises:
        BadInput: Not two dimensions, or minutes that are negative or missing.
    """
    return minutes if isinstance(minutes, Reach) else Reach.dense(minutes)


def figures(name: str, values: ArrayLike, number: int) -> NDArray[np.float64]:
    """Figures of places, one each, finite and 0 or more; a copy as float64.

    Raises:
        BadInput: Another number of them, or figures that are negative, missing or infinite.
    """
    found = np.array(values, np.float64)
    if found.shape != (number,):
        raise BadInput(
            f"{name} has shape {found.shape}; it must be ({number},), as the minutes have"
        )
    bad = np.flatnonzero(~(np.isfinite(found) & (found >= 0)))
    if bad.size:
        says = [Finding(name, int(row), "", f"{found[row]:g}") for row in bad[:SHOWN]]
        told = f"{name}: {bad.size} of {number} figures are negative, missing or infinite"
        raise BadInput(told, says, "they must be finite and 0 or more")
    return found


def _sides(shape: tuple[int, int], by: str) -> tuple[int, int]:
    """Number of rows and of other ends.

    Raises:
        BadInput: Rows are neither by origin nor by destination.
    """
    if by not in {"origin", "destination"}:
        raise BadInput(f"rows are by '{by}'; they can be by 'origin' or by 'destination'")
    return shape if by == "origin" else (shape[1], shape[0])


def _floating(minutes: NDArray[Any]) -> NDArray[np.floating[Any]]:
    """float32 and float64 stay; anything else becomes float64, small integers float32."""
    if minutes.dtype in {np.dtype(np.float32), np.dtype(np.float64)}:
        return minutes
    small = minutes.dtype.kind in "iu" and minutes.dtype.itemsize <= 2  # noqa: PLR2004
    return minutes.astype(np.float32 if small else np.float64)


def _ids(ids: NDArray[Any], number: int) -> NDArray[np.integer[Any]]:
    """Two bytes an id where they are enough: a pair is read from memory, and memory is the limit."""
    return np.ascontiguousarray(ids, _kind(number))


def _kind(number: int) -> type[np.integer[Any]]:
    return np.uint16 if number <= NARROW else np.int32


def _check(minutes: NDArray[Any], place: Any) -> None:
    """Minutes are 0 or more, or inf.

    Raises:
        BadInput: Some are not; the first ten are told with row and column.
    """
    count = _faults(minutes)
    if not count:
        return
    first = np.flatnonzero(~(minutes >= 0))[:SHOWN]
    says = []
    for at in first:
        row, column = place(int(at))
        says.append(Finding("minutes", row, f"{column}", f"{minutes[at]:g}"))
    told = f"{count} of {minutes.size} minutes are negative or missing"
    raise BadInput(told, says, "minutes are 0 or more, and inf where there is no way")


def _check_rows(
    ptr: NDArray[np.int64], other: NDArray[Any], minutes: NDArray[Any], sides: Sequence[int]
) -> None:
    """Pointers, ids and minutes fit together.

    Raises:
        BadInput: They do not; all faults are told.
    """
    says = []
    if ptr.shape != (sides[0] + 1,):
        says.append(Finding("ptr", None, "", f"shape {ptr.shape}; it must be ({sides[0] + 1},)"))
    elif ptr[0] != 0 or ptr[-1] != other.size or (np.diff(ptr) < 0).any():
        says.append(Finding("ptr", None, "", f"must rise from 0 to the {other.size} pairs"))
    if other.shape != minutes.shape or other.ndim != 1:
        told = f"shape {other.shape}, minutes {minutes.shape}; both must be (pairs,)"
        says.append(Finding("other", None, "", told))
    if says:
        raise BadInput("the rows of a reach do not fit together", says)
    _in_range(other, sides[1], "other end")


def _in_range(ids: NDArray[Any], number: int, name: str) -> None:
    if ids.size and (int(ids.min()) < 0 or int(ids.max()) >= number):
        bad = np.flatnonzero((ids < 0) | (ids >= number))
        told = f"the {name} of pair {bad[0]} is {ids[bad[0]]} ({bad.size} such pairs)"
        raise BadInput(told, (), f"ids are 0 to {number - 1}")


@njit(cache=True, nogil=True)
def _faults(minutes: NDArray[Any]) -> int:
    count = 0
    for k in range(minutes.size):
        count += not minutes[k] >= 0
    return count


@njit(cache=True, nogil=True)
def _unsorted(ptr: NDArray[np.int64], other: NDArray[Any]) -> bool:
    for row in range(ptr.size - 1):
        for k in range(ptr[row] + 1, ptr[row + 1]):
            if other[k] < other[k - 1]:
                return True
    return False


@njit(cache=True, nogil=True)
def _twice(ptr: NDArray[np.int64], other: NDArray[Any]) -> int:
    for row in range(ptr.size - 1):
        for k in range(ptr[row] + 1, ptr[row + 1]):
            if other[k] == other[k - 1]:
                return k
    return -1


@njit(cache=True, nogil=True)
def _turn(pairs: Any, place: NDArray[np.int64], other: NDArray[Any], minutes: Any) -> None:
    """Put pairs into rows of the other kind; rows are walked in order, so ids ascend."""
    ptr, ends, given = pairs
    for row in range(ptr.size - 1):
        for k in range(ptr[row], ptr[row + 1]):
            at = place[ends[k]]
            other[at] = row
            minutes[at] = given[k]
            place[ends[k]] = at + 1
