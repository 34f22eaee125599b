"""What a road network is given, checked where it comes in: arcs, nodes, places, changed minutes."""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hutuo.errors import BadInput, Finding

__all__ = ["Edges", "changed", "checked", "ids", "places"]

FILE = "arcs"
# Greatest degrees of longitude and latitude.
EAST_NORTH = (180.0, 90.0)


class Edges(NamedTuple):
    """Arcs between nodes 0 to ``nodes - 1``, and where the nodes lie."""

    tail: NDArray[np.int32]
    head: NDArray[np.int32]
    minutes: NDArray[np.float64]
    nodes: int
    lonlat: NDArray[np.float64] | None


def checked(
    tail: ArrayLike,
    head: ArrayLike,
    minutes: ArrayLike,
    nodes: int | None,
    lonlat: ArrayLike | None,
) -> Edges:
    """The arcs of a network as arrays of its own types.

    Raises:
        BadInput: Every fault, by the position of the arc or node.
    """
    columns = {"tail": np.asarray(tail), "head": np.asarray(head), "minutes": np.asarray(minutes)}
    sizes = {name: values.shape for name, values in columns.items()}
    if len(set(sizes.values())) > 1 or len(sizes["tail"]) != 1:
        raise BadInput(f"tail, head and minutes must be as long as each other; given are {sizes}")
    ends = [_whole(columns[name], name) for name in ("tail", "head")]
    known = (
        int(max((end.max(initial=-1) for end in ends), default=-1)) + 1 if nodes is None else nodes
    )
    findings = [
        *_out_of_range(ends[0], "tail", known),
        *_out_of_range(ends[1], "head", known),
        *_no_minutes(_floats(columns["minutes"], "minutes")),
    ]
    if findings:
        raise BadInput("these arcs are no arcs of a network", findings=findings)
    spots = None if lonlat is None else places(lonlat, known, "lonlat")
    return Edges(
        ends[0].astype(np.int32), ends[1].astype(np.int32),
        _floats(columns["minutes"], "minutes"), known, spots,
    )  # fmt: skip


def ids(given: ArrayLike, nodes: int, name: str) -> NDArray[np.int32]:
    """Nodes of a network.

    Raises:
        BadInput: Some are none.
    """
    values = _whole(np.atleast_1d(np.asarray(given)), name)
    findings = _out_of_range(values, name, nodes)
    if findings:
        raise BadInput(f"not all {name} are nodes", findings=findings)
    return values.astype(np.int32)


def places(given: ArrayLike, size: int | None, name: str) -> NDArray[np.float64]:
    """Longitudes and latitudes.

    Raises:
        BadInput: The shape is wrong, a value is missing or no degree.
    """
    spots = np.atleast_1d(np.ascontiguousarray(given, dtype=np.float64))
    right = f"({'k' if size is None else size}, 2)"
    if spots.shape != (len(spots) if size is None else size, len(EAST_NORTH)):
        raise BadInput(f"{name} has shape {spots.shape}; right is {right}: longitude, latitude")
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(spots) <= EAST_NORTH).all(axis=1)
    findings = [
        Finding(
            name, int(row), "", f"{spots[row].tolist()} are no degrees of longitude and latitude"
        )
        for row in np.flatnonzero(wrong)
    ]
    if findings:
        raise BadInput("not all places are places", findings=findings)
    return spots


def changed(
    minutes: NDArray[np.float64],
    anew: ArrayLike | None,
    factor: ArrayLike | None,
    arcs: ArrayLike | None,
) -> NDArray[np.float64]:
    """The minutes of all arcs after some of them change.

    Raises:
        BadInput: Neither or both of minutes and factor, a wrong length, a value that is no time.
    """
    if (anew is None) == (factor is None):
        raise BadInput("give either minutes or factor")
    which = slice(None) if arcs is None else ids(arcs, len(minutes), "arcs")
    size = len(minutes[which])
    given = np.asarray(anew if factor is None else factor, np.float64)
    if given.shape not in {(), (size,)}:
        raise BadInput(f"given are {given.shape} values for {size} arcs")
    values = np.broadcast_to(given, size) if factor is None else minutes[which] * given
    findings = _no_minutes(values)
    if findings:
        raise BadInput("these are no minutes", findings=findings)
    result = minutes.copy()
    result[which] = values
    return result


def _whole(values: NDArray[np.generic], name: str) -> NDArray[np.int64]:
    """Ids as whole numbers."""
    if values.size == 0:
        return np.empty(0, np.int64)
    if values.ndim != 1 or not np.issubdtype(values.dtype, np.integer):
        raise BadInput(
            f"{name} must be whole numbers in one row; given is {values.dtype}, {values.shape}"
        )
    return values.astype(np.int64)


def _floats(values: NDArray[np.generic], name: str) -> NDArray[np.float64]:
    try:
        return np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise BadInput(f"{name} must be numbers; given is {values.dtype}") from None


def _out_of_range(values: NDArray[np.int64], name: str, nodes: int) -> list[Finding]:
    wrong = np.flatnonzero((values < 0) | (values >= nodes))
    right = f"right is 0 to {nodes - 1}" if nodes else "the network has no nodes"
    return [Finding(FILE, int(row), name, f"{values[row]} is no node; {right}") for row in wrong]


def _no_minutes(values: NDArray[np.float64]) -> list[Finding]:
    wrong = np.flatnonzero(~(values >= 0))
    says = (
        "is missing" if not len(wrong) else "is no time; right is 0 or more, inf for a closed arc"
    )
    return [Finding(FILE, int(row), "minutes", f"{values[row]} {says}") for row in wrong]
