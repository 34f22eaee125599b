"""Ways between doors and stops on a street network, as the links that the kernels of timetables read."""

from typing import TYPE_CHECKING, NamedTuple, Protocol
from weakref import WeakKeyDictionary

import numpy as np

from hutuo.errors import BadInput, Finding
from hutuo.space import groups
from hutuo.space.coordinates import swapped
from hutuo.space.patterns import MINUTE, Links, links
from hutuo.verbs import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.space.runs import Linked
    from hutuo.space.timetable import Timetable

FAR_METRES = 500.0
LISTED = 20


class Reached(Protocol):
    """Nodes within some minutes of origins, those of one after those of another."""

    first: "NDArray[np.int64]"
    node: "NDArray[np.int32]"
    minutes: "NDArray[np.float32]"


class Network(Protocol):
    """What is needed of a network of streets; :class:`hutuo.space.roads.RoadNetwork` is one."""

    @property
    def nodes(self) -> int:
        """Number of nodes."""

    def nearest(
        self, lonlat: "NDArray[np.float64]"
    ) -> "tuple[NDArray[np.int32], NDArray[np.float32]]":
        """Nearest node and metres to it."""

    def within(
        self, origins: "NDArray[np.int32]", minutes: float, *, reverse: bool = False
    ) -> Reached:
        """Nodes within some minutes."""

    def travel_times(
        self, origins: "NDArray[np.int32]", destinations: "NDArray[np.int32]"
    ) -> "NDArray[np.float32]":
        """Minutes between nodes."""


class Doors(NamedTuple):
    """Points on a network.

    Attributes:
        node: (points,) nearest node, -1 where there is none.
        ms: (points,) int64 milliseconds between the point and its node.
    """

    node: "NDArray[np.int32]"
    ms: "NDArray[np.int64]"


def doors(
    network: Network, points: "NDArray[np.float64] | NDArray[np.integer]", kmh: float
) -> Doors:
    """Points put on a network, each on its nearest node.

    Args:
        network: The streets.
        points: Longitude and latitude (points, 2), missing where unknown; or nodes (points,).
        kmh: Speed on the straight line between a point and its node.

    Raises:
        BadInput: They are neither, or a node is none of the network; every row is told.
    """
    points = np.asarray(points)
    if points.ndim == 1 and (points.dtype.kind in "iu" or not len(points)):
        last = network.nodes - 1
        faults = [
            Finding(
                "points", int(row), "node",
                Text(
                    f"{points[row]}不是0至{last}的节点", f"{points[row]} is no node from 0 to {last}"
                ),
            )
            for row in np.flatnonzero((points < 0) | (points > last))[:LISTED]
        ]  # fmt: skip
        if faults:
            says = Text("点不在路网上:", "points are not on the network:")
            hint = Text("请给出此路网的节点", "give nodes of this network")
            raise BadInput(says, faults, hint)
        return Doors(points.astype(np.int32), np.zeros(len(points), np.int64))
    if points.ndim != 2 or points.shape[1] != 2:  # noqa: PLR2004 - longitude and latitude
        hint = Text(
            "请给出经度与纬度,形状(点数, 2),或节点的整数编号,形状(点数,)",
            "give longitude and latitude, (points, 2), or whole numbers of nodes, (points,)",
        )
        says = Text(
            f"点的形状为{points.shape},类型为{points.dtype}",
            f"points have the shape {points.shape} and the type {points.dtype}",
        )
        raise BadInput(says, hint=hint)
    _degrees(points)
    node = np.full(len(points), -1, np.int32)
    ms = np.zeros(len(points), np.int64)
    known = ~np.isnan(points).any(axis=1)
    if known.any():
        node[known], metres = network.nearest(points[known].astype(np.float64))
        ms[known] = np.rint(np.asarray(metres, np.float64) / kmh * 3600)
    return Doors(node, ms)


def _degrees(points: "NDArray[np.floating | np.integer]") -> None:
    """Coordinates are degrees, longitude first.

    Raises:
        BadInput: Some are not; every row is told.
    """
    bad = (np.abs(points[:, 0]) > 180) | (np.abs(points[:, 1]) > 90)  # noqa: PLR2004 - degrees
    if not bad.any():
        return
    faults = []
    for row in np.flatnonzero(bad)[:LISTED]:
        lon, lat = points[row]
        turned = abs(lon) <= 90 and abs(lat) <= 180  # noqa: PLR2004 - degrees
        says = Text(
            f"({lon:g}, {lat:g})不是经纬度", f"({lon:g}, {lat:g}) are no longitude and latitude"
        )
        if turned:
            says = Text(f"{says.zh};是否写反?", f"{says.en}; are they swapped?")
        faults.append(Finding("points", int(row), "", says))
    many = f"{int(bad.sum()):,}"
    told = Text(f"{many}个点不在地球上:", f"{many} points are not on Earth:")
    raise BadInput(told, faults, Text("先经度后纬度", "longitude comes first"))


class Spread(NamedTuple):
    """Nodes that are reached from doors within a limit.

    Attributes:
        door: Number of the door, ascending.
        node: Node that is reached.
        ms: Milliseconds, with the way from the door to its node.
    """

    door: "NDArray[np.int64]"
    node: "NDArray[np.int32]"
    ms: "NDArray[np.int64]"


def spread(network: Network, starts: Doors, minutes: float, *, reverse: bool = False) -> Spread:
    """Nodes within some minutes of doors.

    Args:
        network: The streets.
        starts: The doors.
        minutes: Limit, with the way from the door to its node.
        reverse: Whether nodes are looked for from where one gets to the doors.
    """
    there = np.flatnonzero((starts.node >= 0) & (starts.ms <= minutes * MINUTE))
    unique, place = np.unique(starts.node[there], return_inverse=True)
    found = network.within(unique.astype(np.int32), minutes, reverse=reverse)
    begin, size = found.first[:-1][place], np.diff(found.first)[place]
    at = _runs(begin, size)
    door = np.repeat(there, size)
    ms = np.rint(np.asarray(found.minutes, np.float64) * MINUTE).astype(np.int64)[at]
    ms += starts.ms[door]
    good = ms <= minutes * MINUTE
    return Spread(door[good], found.node[at][good], ms[good])


def _runs(begin: "NDArray[np.int64]", size: "NDArray[np.int64]") -> "NDArray[np.int64]":
    """Positions of runs one after another, each from its beginning."""
    ends = np.cumsum(size)
    total = int(ends[-1]) if len(ends) else 0
    return np.arange(total) + np.repeat(begin - ends + size, size)


def joined(found: Spread, starts: int, ends: Doors, nodes: int, minutes: float) -> Links:
    """Ways from doors to other doors.

    Args:
        found: Nodes that were reached from the first doors.
        starts: Number of those doors.
        ends: The other doors.
        nodes: Nodes of the network.
        minutes: Limit, with both ways between door and node.
    """
    there = np.flatnonzero(ends.node >= 0)
    order = there[np.argsort(ends.node[there], kind="stable")]
    first = groups.starts(ends.node[there], nodes)
    size = first[found.node + 1] - first[found.node]
    end = order[_runs(first[found.node], size)]
    ms = np.repeat(found.ms, size) + ends.ms[end]
    good = ms <= minutes * MINUTE
    return links(starts, np.repeat(found.door, size)[good], end[good], ms[good].astype(np.int32))


class Stops(NamedTuple):
    """A timetable's stops on a network, and the walks between them.

    Attributes:
        doors: The stops as doors.
        walks: Ways between stops, those that the feed names or forbids included.
    """

    doors: Doors
    walks: Links


class _Kept(NamedTuple):
    network: Network
    minutes: float
    kmh: float
    stops: Stops
    streets: Links


_KEPT: "WeakKeyDictionary[Timetable, _Kept]" = WeakKeyDictionary()
_EGRESS: "WeakKeyDictionary[Timetable, tuple[Stops, bytes, Links]]" = WeakKeyDictionary()


def stops(timetable: "Timetable", network: Network, minutes: float, kmh: float) -> Stops:
    """Stops of a timetable on a network; kept for the next call.

    Args:
        timetable: The timetable; with planned lines only the ways of their new stations are looked for.
        network: The streets.
        minutes: Limit of a walk.
        kmh: Speed between a stop and its node.
    """
    kept = _KEPT.get(timetable)
    if kept and kept.network is network and (kept.minutes, kept.kmh) == (minutes, kmh):
        return kept.stops
    count = len(timetable.stops)
    points = timetable.stops[["lon", "lat"]].to_numpy(np.float64)
    if timetable.read is None:
        here = doors(network, points, kmh)
        streets = joined(spread(network, here, minutes), count, here, network.nodes, minutes)
    else:
        stops(timetable.read, network, minutes, kmh)
        before = _KEPT[timetable.read]
        here, streets = _more(before, network, points, minutes)
    found = Stops(here, merged(streets, timetable.linked))
    _KEPT[timetable] = _Kept(network, minutes, kmh, found, streets)
    return found


def egress(
    timetable: "Timetable", network: Network, ends: Doors, minutes: float, kmh: float
) -> Links:
    """Ways from stops to destinations, by destination; the last ones are kept: who asks again asks for them.

    Args:
        timetable: The timetable.
        network: The streets.
        ends: The destinations.
        minutes: Limit of a walk.
        kmh: Speed between a stop and its node.
    """
    places = stops(timetable, network, minutes, kmh)
    asked = ends.node.tobytes() + ends.ms.tobytes()
    kept = _EGRESS.get(timetable)
    if kept and kept[0] is places and kept[1] == asked:
        return kept[2]
    into = spread(network, ends, minutes, reverse=True)
    found = joined(into, len(ends.node), places.doors, network.nodes, minutes)
    _EGRESS[timetable] = (places, asked, found)
    return found


def _more(
    before: _Kept, network: Network, points: "NDArray[np.float64]", minutes: float
) -> tuple[Doors, Links]:
    """Stops and the ways between them, with new stops after those that were known."""
    old = before.stops.doors
    known, count = len(old.node), len(points)
    if known == count:
        return old, before.streets
    new = doors(network, points[known:], before.kmh)
    every = Doors(np.concatenate([old.node, new.node]), np.concatenate([old.ms, new.ms]))
    out = joined(spread(network, new, minutes), count - known, every, network.nodes, minutes)
    back = spread(network, new, minutes, reverse=True)
    into = joined(back, count - known, old, network.nodes, minutes)
    parts = [
        (tails(before.streets), before.streets.to, before.streets.ms),
        (tails(out) + known, out.to, out.ms),
        (into.to, tails(into) + known, into.ms),
    ]
    return every, links(count, *(np.concatenate(one) for one in zip(*parts, strict=True)))


def tails(ways: Links) -> "NDArray[np.int64]":
    """Start of each way.

    Args:
        ways: Ways by start.
    """
    return np.repeat(np.arange(len(ways.first) - 1), np.diff(ways.first))


def merged(streets: Links, linked: "Linked") -> Links:
    """Walks between stops with what a feed says of changing.

    Args:
        streets: Walks in the street.
        linked: The feed's: a pair that it names takes at least so long, and is there without a street; a pair
            that it forbids is none.
    """
    count = len(streets.first) - 1
    tail, head, ms = tails(streets), streets.to.astype(np.int64), streets.ms
    other = tail != head
    key, ms = (tail * count + head)[other], ms[other]
    said = tails(linked.raised) * count + linked.raised.to
    # Both are in order, each pair once.
    place = np.minimum(np.searchsorted(key, said), max(len(key) - 1, 0))
    there = key[place] == said if len(key) else np.zeros(len(said), bool)
    ms = ms.copy()
    ms[place[there]] = np.maximum(ms[place[there]], linked.raised.ms[there])
    key = np.concatenate([key, said[~there]])
    ms = np.concatenate([ms, linked.raised.ms[~there]])
    barred = linked.forbidden[:, 0] * count + linked.forbidden[:, 1]
    good = ~np.isin(key, barred)
    return links(count, key[good] // count, key[good] % count, ms[good])


def far(timetable: "Timetable", network: Network, metres: float = FAR_METRES) -> list[Finding]:
    """Stops that lie far from every street, and whether coordinates seem to be swapped.

    Args:
        timetable: The timetable.
        network: The streets.
        metres: Distance that is far.

    Returns:
        A finding for each of the first, the rest counted.
    """
    points = timetable.stops[["lon", "lat"]].to_numpy(np.float64)
    known = np.flatnonzero(~np.isnan(points).any(axis=1))
    if not len(known):
        return []
    away = np.asarray(network.nearest(points[known])[1])
    lost = known[away > metres]
    ids = timetable.stops["stop"].astype(str).tolist()
    turned = swapped(points[known], lambda some: np.asarray(network.nearest(some)[1]) <= metres)
    near = set(known[turned].tolist())
    gap = dict(zip(known.tolist(), away.tolist(), strict=True))
    found = []
    for stop in lost[:LISTED].tolist():
        says = Text(
            f"“{ids[stop]}”距最近的街道{gap[stop]:,.0f}米",
            f"'{ids[stop]}' lies {gap[stop]:,.0f} m from the nearest street",
        )
        if stop in near:
            says = Text(
                f"{says.zh};对调经纬度后则在街道附近",
                f"{says.en}; with longitude and latitude swapped it would be near one",
            )
        found.append(Finding("stops", stop, "lon", says))
    if len(lost) > LISTED:
        left = f"{len(lost) - LISTED:,}"
        more = Text(f"另有{left}处同样的问题", f"and {left} more like these")
        found.append(Finding("stops", None, "lon", more))
    return found
