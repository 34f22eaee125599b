"""What minutes of pairs must be, and the kernels that put them into rows."""

from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.errors import BadInput, Finding
from hutuo.glossary import Text

__all__ = [
    "Rows",
    "check_ids",
    "check_minutes",
    "check_rows",
    "count_places",
    "count_within",
    "cuts",
    "fill_places",
    "fill_within",
    "floating",
    "narrow",
    "narrow_type",
    "sides",
    "turn",
    "twice_at",
    "unsorted",
]

SHOWN = 10
NARROW = 1 << 16
# Up to so many pairs one thread does; more are cut into so many shards.
SMALL = 1 << 18
SHARDS = 8


class Rows(NamedTuple):
    """Rows ``first`` to ``last`` of a reach.

    ``values`` hold a row's minutes from ``ptr[row] - base``; if dense, ``every`` row has the same ``other``.
    """

    ptr: NDArray[np.int64]
    other: NDArray[np.integer[Any]]
    values: NDArray[np.floating[Any]]
    base: int
    first: int
    last: int
    every: bool


def sides(shape: tuple[int, int], by: str) -> tuple[int, int]:
    """Number of rows and of other ends.

    Raises:
        BadInput: Rows are neither by origin nor by destination.
    """
    if by not in {"origin", "destination"}:
        says = Text(
            f"各行按“{by}”;可按origin或destination",
            f"rows are by '{by}'; they can be by 'origin' or by 'destination'",
        )
        raise BadInput(says)
    return shape if by == "origin" else (shape[1], shape[0])


def floating(minutes: NDArray[Any]) -> NDArray[np.floating[Any]]:
    """float32 and float64 stay; anything else becomes float64, small integers float32."""
    if minutes.dtype in {np.dtype(np.float32), np.dtype(np.float64)}:
        return minutes
    small = minutes.dtype.kind in "iu" and minutes.dtype.itemsize <= 2  # noqa: PLR2004
    return minutes.astype(np.float32 if small else np.float64)


def narrow(ids: NDArray[Any], number: int) -> NDArray[np.integer[Any]]:
    """Two bytes an id where they are enough: a pair is read from memory, and memory is the limit."""
    return np.ascontiguousarray(ids, narrow_type(number))


def narrow_type(number: int) -> type[np.integer[Any]]:
    """Type of ids below a number."""
    return np.uint16 if number <= NARROW else np.int32


def check_minutes(minutes: NDArray[Any], place: Callable[[int], tuple[int, int]]) -> None:
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
    told = Text(
        f"{minutes.size}个分钟数中有{count}个为负数或缺失",
        f"{count} of {minutes.size} minutes are negative or missing",
    )
    hint = Text(
        "分钟数应不小于0,不通的写inf", "minutes are 0 or more, and inf where there is no way"
    )
    raise BadInput(told, says, hint)


def check_rows(
    ptr: NDArray[np.int64], other: NDArray[Any], minutes: NDArray[Any], sides: Sequence[int]
) -> None:
    """Pointers, ids and minutes fit together.

    Raises:
        BadInput: They do not; all faults are told.
    """
    says = []
    if ptr.shape != (sides[0] + 1,):
        shape, right = ptr.shape, (sides[0] + 1,)
        told = Text(f"形状为{shape};应为{right}", f"shape {shape}; it must be {right}")
        says.append(Finding("ptr", None, "", told))
    elif ptr[0] != 0 or ptr[-1] != other.size or (np.diff(ptr) < 0).any():
        size = other.size
        told = Text(f"应由0增至{size}对", f"must rise from 0 to the {size} pairs")
        says.append(Finding("ptr", None, "", told))
    if other.shape != minutes.shape or other.ndim != 1:
        told = Text(
            f"形状为{other.shape},minutes为{minutes.shape};都应为(对数,)",
            f"shape {other.shape}, minutes {minutes.shape}; both must be (pairs,)",
        )
        says.append(Finding("other", None, "", told))
    if says:
        whole = Text("可达范围的各行不相配", "the rows of a reach do not fit together")
        raise BadInput(whole, says)
    check_ids(other, sides[1], "other end")


def check_ids(ids: NDArray[Any], number: int, name: str) -> None:
    """Ids are 0 to number - 1.

    Raises:
        BadInput: Some are not; the first is told.
    """
    if ids.size and (int(ids.min()) < 0 or int(ids.max()) >= number):
        bad = np.flatnonzero((ids < 0) | (ids >= number))
        pair, given, last = bad[0], ids[bad[0]], number - 1
        told = Text(
            f"第{pair}对的{name}为{given}(共{bad.size}对如此)",
            f"the {name} of pair {pair} is {given} ({bad.size} such pairs)",
        )
        raise BadInput(told, (), Text(f"编号应为0至{last}", f"ids are 0 to {last}"))


def cuts(ptr: NDArray[np.int64], parts: int) -> list[int]:
    """Rows at which to cut into parts of about equal pairs."""
    inner = np.searchsorted(ptr, np.linspace(0, ptr[-1], parts + 1)[1:-1])
    return sorted({0, *(int(row) for row in inner), ptr.size - 1})


@njit(cache=True, nogil=True)
def _faults(minutes: NDArray[Any]) -> int:
    count = 0
    for k in range(minutes.size):
        count += not minutes[k] >= 0
    return count


@njit(cache=True, nogil=True)
def unsorted(ptr: NDArray[np.int64], other: NDArray[Any]) -> bool:
    """Whether ids descend within any row."""
    for row in range(ptr.size - 1):
        for k in range(ptr[row] + 1, ptr[row + 1]):
            if other[k] < other[k - 1]:
                return True
    return False


@njit(cache=True, nogil=True)
def twice_at(ptr: NDArray[np.int64], other: NDArray[Any]) -> int:
    """Position of the first id that stands twice in its row; -1 if none does."""
    for row in range(ptr.size - 1):
        for k in range(ptr[row] + 1, ptr[row + 1]):
            if other[k] == other[k - 1]:
                return k
    return -1


@njit(cache=True, nogil=True)
def turn(pairs: Any, place: NDArray[np.int64], other: NDArray[Any], minutes: Any) -> None:
    """Put pairs into rows of the other kind; rows are walked in order, so ids ascend."""
    ptr, ends, given = pairs
    for row in range(ptr.size - 1):
        for k in range(ptr[row], ptr[row + 1]):
            at = place[ends[k]]
            other[at] = row
            minutes[at] = given[k]
            place[ends[k]] = at + 1


@njit(cache=True, nogil=True)
def count_places(pairs: Any, first: NDArray[np.int64], ptr: NDArray[np.int64]) -> None:
    """Fill ``ptr`` with where the places begin that the nodes of each row stand for."""
    starts, node, minutes, limit = pairs
    for row in range(starts.size - 1):
        count = 0
        for k in range(starts[row], starts[row + 1]):
            if minutes[k] <= limit:
                count += first[node[k] + 1] - first[node[k]]
        ptr[row + 1] = ptr[row] + count


@njit(cache=True, nogil=True)
def fill_places(pairs: Any, first: NDArray[np.int64], order: NDArray[np.int64], made: Any) -> None:
    """Fill in those places and their minutes, a place for each that lies at a node found."""
    starts, node, given, limit = pairs
    ptr, other, minutes = made
    for row in range(starts.size - 1):
        at = ptr[row]
        for k in range(starts[row], starts[row + 1]):
            if given[k] > limit:
                continue
            for place in range(first[node[k]], first[node[k] + 1]):
                other[at], minutes[at] = order[place], given[k]
                at += 1


@njit(cache=True, nogil=True)
def count_within(starts: NDArray[np.int64], given: Any, limit: Any, ptr: Any) -> None:
    """Fill ``ptr`` with where each row begins when only minutes up to a limit are kept; inf is no way."""
    for row in range(starts.size - 1):
        count = 0
        for k in range(starts[row], starts[row + 1]):
            count += given[k] <= limit and given[k] < np.inf
        ptr[row + 1] = ptr[row] + count


@njit(cache=True, nogil=True)
def fill_within(pairs: Any, limit: Any, made: Any) -> None:
    """Fill in those pairs."""
    starts, ends, given, every = pairs
    ptr, other, minutes = made
    for row in range(starts.size - 1):
        at = ptr[row]
        for k in range(starts[row], starts[row + 1]):
            if given[k] <= limit and given[k] < np.inf:
                other[at] = ends[k - starts[row]] if every else ends[k]
                minutes[at] = given[k]
                at += 1
