"""Minutes from origins to destinations, all pairs or only those in reach, checked once and streamed often."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text
from hutuo.space.groups import starts
from hutuo.space.pairs import (
    SHARDS,
    SHOWN,
    SMALL,
    Rows,
    check_ids,
    check_minutes,
    check_rows,
    count_places,
    count_within,
    cuts,
    fill_places,
    fill_within,
    floating,
    narrow,
    narrow_type,
    sides,
    turn,
    twice_at,
    unsorted,
)

if TYPE_CHECKING:
    from hutuo.space.decay import Decay
    from hutuo.space.searches import Reached

__all__ = ["Batches", "Minutes", "Reach", "figures", "reach_of"]


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
            says = Text(
                f"minutes的形状为{table.shape};应为(起点数, 终点数)",
                f"minutes have shape {table.shape}; they must be (origins, destinations)",
            )
            raise BadInput(says)
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
            # Turned twice they are sorted, in time linear in the pairs.
            there = cls(starts, ends, given, shape, by).turned().turned()
            ends, given = there.other, there.minutes
        twice = twice_at(starts, ends)
        if twice >= 0:
            row = int(np.searchsorted(starts, twice, "right")) - 1
            end = int(ends[twice])
            says = Text(
                f"第{row}行与{end}这一对给出了两次",
                f"the pair of row {row} and {end} is given twice",
            )
            raise BadInput(says)
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
            says = Text(
                f"各对的起点、终点与分钟数的形状为{told}:应相同",
                f"origins, destinations and minutes of pairs have shapes {told}: the same",
            )
            raise BadInput(says)
        row, other = ends if by == "origin" else ends[::-1]
        rows, _ = sides(shape, by)
        check_ids(row, rows, by)
        order = np.lexsort((other, row))
        return cls.of_rows(starts(row, rows), other[order], given[order], shape, by)

    @classmethod
    def of_nodes(
        cls, found: "Reached", nodes: ArrayLike, by: str = "origin", *, limit: float = np.inf
    ) -> Self:
        """The places that searches over a network reach, from the nodes they found.

        Args:
            found: What ``RoadNetwork.within`` found, a row a search; with ``reverse`` rows by destination.
            nodes: Node of each place at the other end, (places,); several places may share a node.
            by: What a row is: "origin" or "destination".
            limit: Minutes, included, beyond which pairs are left out.

        Raises:
            BadInput: As for ``of_rows``.
        """
        places = np.asarray(nodes, np.int64)
        starts, node, given = found
        rows = starts.size - 1
        most = int(max(node.max(initial=-1), places.max(initial=-1)))
        check_ids(places, most + 1, "node")
        order = np.argsort(places, kind="stable")
        first = np.searchsorted(places[order], np.arange(most + 2))
        pairs = (starts, node, given, limit)
        ptr = np.zeros(rows + 1, np.int64)
        count_places(pairs, first, ptr)
        other = np.empty(int(ptr[-1]), narrow_type(places.size))
        minutes = np.empty(other.size, np.float32)
        fill_places(pairs, first, order, (ptr, other, minutes))
        shape = (rows, places.size) if by == "origin" else (places.size, rows)
        return cls.of_rows(ptr, other, minutes, shape, by)

    def within(self, limit: float) -> "Reach":
        """The pairs of at most ``limit`` minutes, the limit included, in rows of the same kind."""
        bound = self.minutes.dtype.type(limit)
        ptr = np.zeros_like(self.ptr)
        count_within(self.ptr, self.minutes, bound, ptr)
        other = np.empty(int(ptr[-1]), self.other.dtype)
        minutes = np.empty(other.size, self.minutes.dtype)
        given = (self.ptr, self.other, self.minutes, self.every)
        fill_within(given, bound, (ptr, other, minutes))
        return Reach(ptr, other, minutes, self.shape, self.by)

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

    def at_once(self, decay: "Decay") -> int:
        """How many of the parts may be worked on at the same time."""
        return SHARDS if decay.function is None and self.ptr[-1] > SMALL else 1

    def parts(self, decay: "Decay") -> Iterator[Rows]:
        """The rows in parts of about equal pairs; for a custom decay in blocks with its weights."""
        pairs = int(self.ptr[-1])
        blocks = self.at_once(decay) if decay.function is None else pairs // SMALL + 1
        for first, last in pairwise(cuts(self.ptr, blocks)):
            if decay.function is None:
                yield Rows(self.ptr, self.other, self.minutes, 0, first, last, self.every)
            else:
                base, end = int(self.ptr[first]), int(self.ptr[last])
                values = decay.prepared(self.minutes[base:end])
                yield Rows(self.ptr, self.other, values, base, first, last, self.every)

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


@dataclass(frozen=True, slots=True, eq=False)
class Batches:
    """Minutes that come a block of origins at a time and are never kept whole, as of a metropolitan area.

    Attributes:
        shape: Number of origins and of destinations.
        blocks: Gives the blocks, minutes (some origins, destinations), in the order of the origins; called
            anew for every pass: one for a sum by origin or by destination, two to four for catchments.
    """

    shape: tuple[int, int]
    blocks: Callable[[], Iterable[NDArray[np.floating[Any]]]]
    by: str = "origin"

    def at_once(self, decay: "Decay") -> int:  # noqa: ARG002 - as of a reach
        """One block after the other: there is never more than one."""
        return 1

    def parts(self, decay: "Decay") -> Iterator[Rows]:
        """The blocks as rows.

        Raises:
            BadInput: A block has other destinations, or the blocks are not all origins; minutes that are
                negative or missing.
        """
        origins, columns = self.shape
        ptr = np.arange(origins + 1, dtype=np.int64) * columns
        first = 0
        for block in self.blocks():
            rows = Reach.dense(block)
            last = first + rows.shape[0]
            if rows.shape[1] != columns or last > origins:
                says = Text(
                    f"自起点{first}起的一块分钟数形状为{rows.shape};共有{origins}个起点、{columns}个终点",
                    f"a block of minutes from origin {first} has shape {rows.shape};"
                    f" there are {origins} origins and {columns} destinations",
                )
                raise BadInput(says)
            values = decay.prepared(rows.minutes)
            yield Rows(ptr, rows.other, values, first * columns, first, last, every=True)
            first = last
        if first != origins:
            says = Text(
                f"各块只有{origins}个起点中的{first}个",
                f"the blocks hold {first} of {origins} origins",
            )
            raise BadInput(says)

    def rows_by(self, by: Literal["origin"]) -> "Batches":  # noqa: ARG002 - as of a reach
        """Itself: blocks come by origin."""
        return self


Minutes = NDArray[np.floating[Any]] | Reach | Batches


def reach_of(minutes: Minutes) -> Reach | Batches:
    """A reach or batches as they are, or a matrix (origins, destinations) checked and taken as a reach.

    Raises:
        BadInput: Not two dimensions, or minutes that are negative or missing.
    """
    return minutes if isinstance(minutes, Reach | Batches) else Reach.dense(minutes)


def figures(name: str, values: ArrayLike, number: int) -> NDArray[np.float64]:
    """Figures of places, one each, finite and 0 or more; a copy as float64.

    Raises:
        BadInput: Another number of them, or figures that are negative, missing or infinite.
    """
    found = np.array(values, np.float64)
    if found.shape != (number,):
        says = Text(
            f"{name}的形状为{found.shape};应与分钟数一致,为({number},)",
            f"{name} has shape {found.shape}; it must be ({number},), as the minutes have",
        )
        raise BadInput(says)
    bad = np.flatnonzero(~(np.isfinite(found) & (found >= 0)))
    if bad.size:
        faults = [Finding(name, int(row), "", f"{found[row]:g}") for row in bad[:SHOWN]]
        says = Text(
            f"{name}:{number}个数中有{bad.size}个为负数、缺失或无穷大",
            f"{name}: {bad.size} of {number} figures are negative, missing or infinite",
        )
        raise BadInput(says, faults, Text("应有限且不小于0", "they must be finite and 0 or more"))
    return found
