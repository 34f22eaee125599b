"""Coordinates that seem to be swapped, or shifted as on Chinese web maps: told by the roads they belong to.

Nothing is changed by what is found here; it is told, with how to mend it.
"""

from functools import cache, partial
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hutuo.base.datum import CHINA, SHIFTED, from_wgs84, to_wgs84
from hutuo.base.sphere import RADIUS_KM
from hutuo.errors import Finding
from hutuo.verbs import Text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    import shapely
    from numpy.typing import NDArray

    from hutuo.space.footways import Network
    from hutuo.space.roads import RoadNetwork
    from hutuo.space.timetable import Timetable

    Degrees = NDArray[np.float64]
    Metres = NDArray[np.float64]
    Flags = NDArray[np.bool_]

__all__ = [
    "Shift",
    "doubts",
    "from_wgs84",
    "metres_to",
    "misplaced",
    "shift_of",
    "swapped",
    "to_wgs84",
]

FAR_METRES = 5_000.0
# Fewer points, or points that lie on the roads as they are, or a fall to more than a half, are no evidence.
LEAST, ON_ROAD_METRES, RATIO, NEARER = 30, 15.0, 0.5, 0.7
NEAR_METRES = 1_500.0
SAMPLE = 400
TURNS = np.arange(1, 8) * np.pi / 4
METRES = np.pi / 180 * RADIUS_KM * 1000
LISTED = 20


class Shift(NamedTuple):
    """Evidence that places are given as a Chinese web map shifts them.

    Attributes:
        crs: ``GCJ-02`` or ``BD-09``.
        points: Points that were looked at.
        before: Their median distance to the nearest road, metres.
        after: The same after they are taken back to WGS 84.
    """

    crs: str
    points: int
    before: float
    after: float

    @property
    def says(self) -> Text:
        """The evidence, and how to mend the places."""
        crs, before, after = self.crs, f"{self.before:.0f}", f"{self.after:.0f}"
        return Text(
            f"{self.points}个点到最近道路的中位距离为{before}米,按{crs}换算后为{after}米:坐标可能是{crs};"
            f"请在映射的options中写明crs = '{crs}'后重新载入,或用hutuo.space.to_wgs84换算",
            f"{self.points} points lie {before} m from the nearest road (median), and {after} m if they are "
            f"taken back from {crs}: they seem to be in {crs}. Take them in again with crs = '{crs}' under "
            "options of the mapping, or convert them by hutuo.space.to_wgs84",
        )


def misplaced(lonlat: "Degrees", network: "RoadNetwork", name: str = "places") -> list[Finding]:
    """What seems wrong with coordinates, by the roads of a network: rows swapped, or all of them shifted.

    Args:
        lonlat: Degrees, (k, 2), longitude first; missing ones are passed over.
        network: Roads with places.
        name: What findings call the array.

    Returns:
        A finding for each of the first rows that lie far from every road and near one when swapped, the rest
        counted; one for a shift, with how to convert. Rows are positions from 0.
    """

    def near(points: "Degrees") -> "Flags":
        return np.asarray(network.nearest(points)[1]) <= FAR_METRES

    rows = np.flatnonzero(swapped(lonlat, near)).tolist()
    says = Text(
        "{}离所有道路都远,对调经纬度后则在道路附近;应先经度后纬度",
        "{} lies far from every road, and near one when swapped; longitude comes first",
    )
    found = [
        Finding(name, row, "", Text(*(word.format(lonlat[row].tolist()) for word in says)))
        for row in rows[:LISTED]
    ]
    if len(rows) > LISTED:
        left = f"{len(rows) - LISTED:,}"
        more = Text(f"另有{left}处同样的问题", f"and {left} more like these")
        found.append(Finding(name, None, "", more))
    shift = shift_of(lonlat, metres_to(network, lonlat))
    return found + ([Finding(name, None, "", shift.says)] if shift else [])


def doubts(
    ends: "tuple[NDArray[Any], NDArray[Any]]",
    network: "Network | None",
    timetable: "Timetable | None",
) -> list[Finding]:
    """What seems wrong with the places of journeys: where they begin and end, and the stops.

    Args:
        ends: Origins and destinations, degrees (k, 2); of nodes (k,) there is nothing to tell.
        network: Roads; only those with arcs and places tell anything.
        timetable: What runs.
    """
    from hutuo.space.roads import RoadNetwork

    if not isinstance(network, RoadNetwork) or network.lonlat is None:
        return []
    found = []
    for name, points in zip(("origins", "destinations"), ends, strict=True):
        if points.ndim > 1:
            found += misplaced(points, network, name)
    if timetable is not None:
        stops = timetable.stops[["lon", "lat"]].to_numpy(np.float64)
        shift = shift_of(stops, metres_to(network, stops))
        found += [Finding("stops", None, "lon", shift.says)] if shift else []
    return found


def swapped(lonlat: "Degrees", near: "Callable[[Degrees], Flags]") -> "Flags":
    """Which places are near nothing as they stand, and near something with both numbers swapped.

    Args:
        lonlat: Degrees, (k, 2); what is missing or beyond a pole is near nothing.
        near: Whether places lie near roads, or within what they should lie in.
    """
    turned = np.ascontiguousarray(lonlat[:, ::-1])

    def good(points: "Degrees") -> "Flags":
        with np.errstate(invalid="ignore"):
            real = (np.abs(points) <= (180, 90)).all(axis=1)
        found = np.zeros(len(points), bool)
        if real.any():
            found[real] = near(points[real])
        return found

    lost = ~good(lonlat)
    lost[lost] = good(turned[lost])
    return lost


def shift_of(lonlat: "Degrees", metres: "Callable[[Degrees], Metres]") -> Shift | None:
    """Whether places lie off the roads as a Chinese web map shifts them; None without clear evidence.

    They are taken back from each system, and for comparison moved as far in seven other directions. There is
    evidence where the way back alone brings them to the roads: the median distance falls to at most half of
    what it is as they stand and in any other direction, and most of them come nearer.

    Args:
        lonlat: Degrees, (k, 2).
        metres: Distances of places to the nearest road.
    """
    points = _sample(lonlat)
    if len(points) < LEAST:
        return None
    given = metres(points)
    points, given = points[given <= NEAR_METRES], given[given <= NEAR_METRES]
    if len(points) < LEAST or np.median(given) <= ON_ROAD_METRES:
        return None
    found = []
    for crs in SHIFTED:
        move = to_wgs84(points, crs) - points
        back = metres(points + move)
        after, before = float(np.median(back)), float(np.median(given))
        others = [float(np.median(metres(points + one))) for one in _turned(points, move)]
        if after <= RATIO * min(before, *others) and np.mean(back < given) >= NEARER:
            found.append(Shift(crs, len(points), before, after))
    return min(found, key=lambda one: one.after, default=None)


def metres_to(network: "RoadNetwork", around: "Degrees") -> "Callable[[Degrees], Metres]":
    """Distances to the nearest road of a network, each arc as a straight line between its nodes.

    Args:
        network: Roads with places.
        around: Places that will be asked about, give or take three kilometres, degrees (k, 2).
    """
    import shapely

    # Most places are looked at no further: lines are laid out when somebody asks.
    lines = cache(partial(_lines, network, around[np.isfinite(around).all(axis=1)]))

    def found(points: "Degrees") -> "Metres":
        tree, pace = lines()
        away = np.full(len(points), np.inf)
        if len(tree):
            spots = shapely.points(points * pace)
            at, gap = tree.query_nearest(spots, return_distance=True, all_matches=False)
            away[at[0]] = gap
        return away

    return found


def _lines(network: "RoadNetwork", around: "Degrees") -> "tuple[shapely.STRtree, Degrees]":
    """The arcs around some places as lines in metres, and metres of a degree to the east and the north."""
    import shapely

    lonlat = network.lonlat
    if lonlat is None or not len(network.tail) or not len(around):
        return shapely.STRtree([]), np.ones(2)
    pace = np.array([np.cos(np.radians(lonlat[:, 1].mean())), 1.0]) * METRES
    flat, pad = lonlat * pace, 2 * NEAR_METRES
    ends = np.sort(np.stack([network.tail, network.head], axis=1), axis=1)
    low, high = np.minimum(*flat[ends.T]), np.maximum(*flat[ends.T])
    spots = around * pace
    there = (high >= spots.min(axis=0) - pad) & (low <= spots.max(axis=0) + pad)
    near = np.unique(ends[there.all(axis=1)], axis=0)
    return shapely.STRtree(shapely.linestrings(flat[near])), pace


def _sample(lonlat: "Degrees") -> "Degrees":
    """Places where maps are shifted, each once, a part of them where they are many."""
    west, south, east, north = CHINA
    with np.errstate(invalid="ignore"):
        inside = ((lonlat >= (west, south)) & (lonlat <= (east, north))).all(axis=1)
    points = np.unique(lonlat[inside], axis=0)
    if len(points) <= SAMPLE:
        return points
    return points[np.random.default_rng(0).permutation(len(points))[:SAMPLE]]


def _turned(points: "Degrees", move: "Degrees") -> "Sequence[Degrees]":
    """The same moves in seven other directions."""
    pace = np.stack([np.cos(np.radians(points[:, 1])), np.ones(len(points))], axis=1)
    flat = move * pace
    turns = [np.array([[np.cos(t), -np.sin(t)], [np.sin(t), np.cos(t)]]) for t in TURNS]
    return [flat @ turn.T / pace for turn in turns]
