"""What a road network is given, checked where it comes in: arcs, nodes, places, changed minutes."""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hutuo.errors import BadInput, Finding
from hutuo.verbs import Text

__all__ = ["Edges", "Patch", "changed", "checked", "ids", "joined", "patched", "places"]

FILE = "arcs"
# Greatest degrees of longitude and latitude.
EAST_NORTH = (180.0, 90.0)


class Patch(NamedTuple):
    """Some arcs of a network, ascending, (k,), and their minutes, (k,), where those of another count else."""

    arcs: NDArray[np.int32]
    minutes: NDArray[np.float64]

    def over(self, minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """The minutes of all arcs, this patch laid over those of the other network."""
        laid = minutes.copy()
        laid[self.arcs] = self.minutes
        return laid

    def of(self, arcs: NDArray[np.int64], minutes: NDArray[np.float64]) -> NDArray[np.float64]:
        """The minutes of some arcs, those of the other network given for all arcs."""
        if not len(self.arcs):
            return minutes[arcs]
        place = np.minimum(np.searchsorted(self.arcs, arcs), len(self.arcs) - 1)
        return np.where(self.arcs[place] == arcs, self.minutes[place], minutes[arcs])

    def on(self, other: "Patch") -> "Patch":
        """One patch for this one on another."""
        return patched(
            np.concatenate([other.arcs, self.arcs]), np.concatenate([other.minutes, self.minutes])
        )


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
        en = f"tail, head and minutes must be as long as each other; given are {sizes}"
        raise BadInput(Text(f"tail、head与minutes应等长;所给的是{sizes}", en))
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
        says = Text("所给的弧不是路网的弧", "these arcs are no arcs of a network")
        raise BadInput(says, findings=findings)
    spots = None if lonlat is None else places(lonlat, known, "lonlat")
    return Edges(
        ends[0].astype(np.int32), ends[1].astype(np.int32),
        _floats(columns["minutes"], "minutes"), known, spots,
    )  # fmt: skip


def joined(one: Edges, two: Edges) -> Edges:
    """The arcs of a network and more of them between its nodes."""
    return one._replace(
        tail=np.concatenate([one.tail, two.tail]),
        head=np.concatenate([one.head, two.head]),
        minutes=np.concatenate([one.minutes, two.minutes]),
    )


def ids(given: ArrayLike, nodes: int, name: str) -> NDArray[np.int32]:
    """Nodes of a network.

    Raises:
        BadInput: Some are none.
    """
    values = _whole(np.atleast_1d(np.asarray(given)), name)
    findings = _out_of_range(values, name, nodes)
    if findings:
        says = Text(f"{name}中有不是节点的", f"not all {name} are nodes")
        raise BadInput(says, findings=findings)
    return values.astype(np.int32)


def places(given: ArrayLike, size: int | None, name: str) -> NDArray[np.float64]:
    """Longitudes and latitudes.

    Raises:
        BadInput: The shape is wrong, a value is missing or no degree.
    """
    spots = np.atleast_1d(np.ascontiguousarray(given, dtype=np.float64))
    right = f"({'k' if size is None else size}, 2)"
    if spots.shape != (len(spots) if size is None else size, len(EAST_NORTH)):
        zh, en = (
            f"{name}的形状为{spots.shape};应为{right}:经度、纬度",
            f"{name} has shape {spots.shape}",
        )
        raise BadInput(Text(zh, f"{en}; right is {right}: longitude, latitude"))
    with np.errstate(invalid="ignore"):
        wrong = ~(np.abs(spots) <= EAST_NORTH).all(axis=1)
    findings = [
        Finding(name, int(row), "", _no_place(spots[row])) for row in np.flatnonzero(wrong)
    ]
    if findings:
        says = Text("所给的位置中有不是位置的", "not all places are places")
        raise BadInput(says, findings=findings)
    return spots


def _no_place(spot: NDArray[np.float64]) -> Text:
    """What is wrong with a pair that is no longitude and latitude."""
    says = Text(
        f"{spot.tolist()}不是经纬度",
        f"{spot.tolist()} are no degrees of longitude and latitude",
    )
    if (np.abs(spot[::-1]) <= EAST_NORTH).all():
        return Text(
            f"{says.zh};对调后是:应先经度后纬度",
            f"{says.en}; swapped they are: longitude comes first",
        )
    return says


def changed(
    now: Callable[[], NDArray[np.float64]],
    size: int,
    anew: ArrayLike | None,
    factor: ArrayLike | None,
    arcs: ArrayLike | None,
) -> NDArray[np.float64] | Patch:
    """The minutes of all arcs after they change, or those of the arcs that do.

    Args:
        now: Gives the minutes of all arcs, which only a factor asks for.
        size: Number of arcs.
        anew: Minutes of each arc, or of those in ``arcs``, (arcs,) or one for all.
        factor: What they are multiplied by instead.
        arcs: Positions of the arcs that change; all if None.

    Raises:
        BadInput: Neither or both of minutes and factor, a wrong length, a value that is no time.
    """
    if (anew is None) == (factor is None):
        raise BadInput(Text("minutes与factor须且只须给出一个", "give either minutes or factor"))
    which = None if arcs is None else ids(arcs, size, "arcs")
    many = size if which is None else len(which)
    given = np.asarray(anew if factor is None else factor, np.float64)
    if given.shape not in {(), (many,)}:
        zh, en = (
            f"{many}条弧给出了{given.shape}个值",
            f"given are {given.shape} values for {many} arcs",
        )
        raise BadInput(Text(zh, en))
    values = np.broadcast_to(given, many)
    if factor is not None:
        values = values * (now() if which is None else now()[which])
    findings = _no_minutes(values)
    if findings:
        raise BadInput(Text("所给的不是分钟数", "these are no minutes"), findings=findings)
    return np.array(values) if which is None else patched(which, values)


def patched(arcs: NDArray[np.int32], minutes: NDArray[np.float64]) -> Patch:
    """A patch of arcs in any order; of an arc that is named twice the last minutes count."""
    last, first = np.unique(arcs[::-1], return_index=True)
    return Patch(last, minutes[::-1][first])


def _whole(values: NDArray[np.generic], name: str) -> NDArray[np.int64]:
    """Ids as whole numbers."""
    if values.size == 0:
        return np.empty(0, np.int64)
    if values.ndim != 1 or not np.issubdtype(values.dtype, np.integer):
        given = f"{values.dtype}, {values.shape}"
        says = Text(
            f"{name}应为一行整数;所给的是{given}",
            f"{name} must be whole numbers in one row; given is {given}",
        )
        raise BadInput(says)
    return values.astype(np.int64)


def _floats(values: NDArray[np.generic], name: str) -> NDArray[np.float64]:
    try:
        return np.ascontiguousarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        kind = values.dtype
        says = Text(f"{name}应为数字;所给的是{kind}", f"{name} must be numbers; given is {kind}")
        raise BadInput(says) from None


def _out_of_range(values: NDArray[np.int64], name: str, nodes: int) -> list[Finding]:
    wrong = np.flatnonzero((values < 0) | (values >= nodes))
    zh, en = (f"应为0至{nodes - 1}", f"right is 0 to {nodes - 1}")
    if not nodes:
        zh, en = ("路网没有节点", "the network has no nodes")
    return [
        Finding(
            FILE, int(row), name,
            Text(f"{values[row]}不是节点;{zh}", f"{values[row]} is no node; {en}"),
        )
        for row in wrong
    ]  # fmt: skip


def _no_minutes(values: NDArray[np.float64]) -> list[Finding]:
    wrong = np.flatnonzero(~(values >= 0))
    zh, en = (
        "不是时间;应不小于0,不通的弧写inf",
        "is no time; right is 0 or more, inf for a closed arc",
    )
    return [
        Finding(FILE, int(row), "minutes", Text(f"{values[row]}{zh}", f"{values[row]} {en}"))
        for row in wrong
    ]
