"""Minutes from origins to destinations, all pairs or only those in reach, checked once and streamed often."""

from dataclasses import dataclass
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hutuo.errors import BadInput, Finding
from hutuo.space.pairs import (
    SHOWN,
    check_ids,
    check_minutes,
    check_rows,
    count_places,
    fill_places,
    floating,
    narrow,
    narrow_type,
    sides,
    turn,
    twice_at,
    unsorted,
)

__all__ = ["Minutes", "Reach", "Searched", "figures", "reach_of"]


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
        table = np.ascontiguousarray(floating(table))
        check_minutes(table.ravel(), lambda at: divmod(at, table.shape[1]))
        rows, columns = table.shape
        ptr = np.arange(rows + 1, dtype=np.int64) * columns
        return cls(
            ptr, narrow(np.arange(columns), columns), table.ravel(), table.shape, every=True
        )

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
        given = floating(np.asarray(minutes))
        rows, columns = sides(shape, by)
        check_rows(starts, ends, given, (rows, columns))
        ends = narrow(ends, columns)
        check_minutes(
            given, lambda at: (int(np.searchsorted(starts, at, "right")) - 1, int(ends[at]))
        )
        if unsorted(starts, ends):
            order = np.lexsort((ends, np.repeat(np.arange(rows), np.diff(starts))))
            ends, given = ends[order], given[order]
        twice = twice_at(starts, ends)
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
        rows, _ = sides(shape, by)
        check_ids(row, rows, by)
        order = np.lexsort((other, row))
        ptr = np.concatenate([[0], np.cumsum(np.bincount(row, minlength=rows))])
        return cls.of_rows(ptr, other[order], given[order], shape, by)

    @classmethod
    def of_nodes(
        cls, found: "Searched", nodes: ArrayLike, by: str = "origin", *, limit: float = np.inf
    ) -> Self:
        """The places that searches over a network reach, from the nodes they found.

        Args:
            found: What bounded searches found, a row each; backwards ones give rows by destination.
            nodes: Node of each place at the other end, (places,); several places may share a node.
            by: What a row is: "origin" or "destination".
            limit: Minutes, included, beyond which pairs are left out.

        Raises:
            BadInput: As for ``of_rows``.
        """
        places = np.asarray(nodes, np.int64)
        rows = found.origin_ptr.size - 1
        most = int(max(found.node.max(initial=-1), places.max(initial=-1)))
        check_ids(places, most + 1, "node")
        order = np.argsort(places, kind="stable")
        first = np.searchsorted(places[order], np.arange(most + 2))
        pairs = (found.origin_ptr, found.node, found.minutes, limit)
        ptr = np.zeros(rows + 1, np.int64)
        count_places(pairs, first, ptr)
        other = np.empty(int(ptr[-1]), narrow_type(places.size))
        minutes = np.empty(other.size, np.float32)
        fill_places(pairs, first, order, (ptr, other, minutes))
        shape = (rows, places.size) if by == "origin" else (places.size, rows)
        return cls.of_rows(ptr, other, minutes, shape, by)

    def within(self, limit: float) -> "Reach":
        """The pairs of at most ``limit`` minutes, the limit included, in rows of the same kind."""
        keep = self.minutes <= self.minutes.dtype.type(limit)
        kept = np.concatenate([[0], np.cumsum(keep, dtype=np.int64)])[self.ptr]
        other = np.tile(self.other, self.ptr.size - 1) if self.every else self.other
        return Reach(kept, other[keep], self.minutes[keep], self.shape, self.by)

    def turned(self) -> "Reach":
        """The same pairs in rows of the other kind; a copy."""
        by = "destination" if self.by == "origin" else "origin"
        rows, columns = sides(self.shape, self.by)
        if self.every:
            table = self.minutes.reshape(rows, columns)
            ptr = np.arange(columns + 1, dtype=np.int64) * rows
            ids = narrow(np.arange(rows), rows)
            return Reach(ptr, ids, table.T.ravel(), self.shape, by, every=True)
        counts = np.bincount(self.other, minlength=columns)
        ptr = np.concatenate([[0], np.cumsum(counts)])
        other = np.empty(self.other.size, narrow_type(rows))
        minutes = np.empty_like(self.minutes)
        turn((self.ptr, self.other, self.minutes), ptr[:-1].copy(), other, minutes)
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


class Searched(Protocol):
    """What bounded searches found: the nodes of each and the minutes to them."""

    @property
    def origin_ptr(self) -> NDArray[np.int64]:
        """Search s found the nodes ``origin_ptr[s]`` to ``origin_ptr[s + 1]``."""

    @property
    def node(self) -> NDArray[np.int32]:
        """Nodes, (pairs,)."""

    @property
    def minutes(self) -> NDArray[np.float32]:
        """Minutes, (pairs,)."""


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
