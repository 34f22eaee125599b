"""Roads of the table ``road`` as a network: lines cut where they meet, driven at the speed of their class.

No faster than their posted limit, as :mod:`hutuo.space.streets` drives them too.
"""

from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.base.sphere import kilometres
from hutuo.space.seats import Extra

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

    from hutuo.space.roads import RoadNetwork

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

# OpenStreetMap keeps seven decimals: lines that share a node have the same ones.
DECIMALS = 1e7
FARTHEST_KM = 5.0
OFF_ROAD_KMH = 20.0


class Cut(NamedTuple):
    """Lines cut where they meet.

    Attributes:
        lonlat: Degrees of the places where they meet or end, (nodes, 2).
        road: Row of the road that each piece is of, (pieces,).
        start: Node where it begins, (pieces,).
        end: Node where it ends, (pieces,).
        km: Its length, (pieces,).
    """

    lonlat: "Floats"
    road: "Ints"
    start: "Ints"
    end: "Ints"
    km: "Floats"


@cache
def class_speeds() -> dict[str, float]:
    """Speed of cars in km/h by class of road, as ``speeds.csv`` has it."""
    from hutuo.space.streets import default_speeds

    cars = default_speeds()["car"].dropna()
    return {str(name): float(kmh) for name, kmh in cars.items()}


def cut(lines: "NDArray[np.object_]") -> Cut:
    """Lines cut at their ends and where two of them share a vertex; bridges that cross stay apart.

    Args:
        lines: Lines of shapely, EPSG:4326.
    """
    import shapely

    spots, of = shapely.get_coordinates(lines, return_index=True)
    whole = np.rint(spots * DECIMALS).astype(np.int64)
    _, vertex, times = np.unique(whole, axis=0, return_inverse=True, return_counts=True)
    vertex = vertex.ravel()
    first = np.r_[True, of[1:] != of[:-1]]
    last = np.r_[first[1:], True]
    kept = first | last | (times[vertex] > 1)
    km = np.r_[0.0, kilometres(spots[:-1], spots[1:])]
    along = np.cumsum(np.where(first, 0.0, km))
    at = np.flatnonzero(kept)
    piece = ~first[at[1:]]
    start, end = at[:-1][piece], at[1:][piece]
    nodes, number = np.unique(vertex[at], return_inverse=True)
    lonlat = np.empty((len(nodes), 2))
    lonlat[number.ravel()] = spots[at]
    number_of = np.full(len(times), -1, np.int32)
    number_of[nodes] = np.arange(len(nodes), dtype=np.int32)
    ends = number_of[vertex[start]], number_of[vertex[end]]
    return Cut(lonlat, of[start].astype(np.int32), *ends, along[end] - along[start])


def network(rows: "pd.DataFrame", factor: float = 1.0, extra: Extra | None = None) -> "Streets":
    """The network of rows of the table ``road``.

    Args:
        rows: ``class, maxspeed_kmh, oneway, geometry``.
        factor: What speeds are multiplied by, as 0.7 for the rush hour.
        extra: Roads that there are besides; each end at the nearest node.
    """
    import shapely

    from hutuo.space.roads import RoadNetwork

    speeds = rows["maxspeed_kmh"].astype(float).to_numpy()
    usual = rows["class"].map(class_speeds()).astype(float).to_numpy()
    # What is missing of the two does not count.
    kmh = np.fmin(usual, np.where(speeds > 0, speeds, np.nan)) * factor
    known = np.isfinite(kmh)
    rows, kmh = rows[known], kmh[known]
    pieces = cut(shapely.from_wkb(rows["geometry"].to_numpy(object)))
    oneway = rows["oneway"].to_numpy(object)[pieces.road]
    minutes = pieces.km / kmh[pieces.road] * 60
    on, back = oneway != "reverse", oneway != "yes"
    tail = np.concatenate([pieces.start[on], pieces.end[back]])
    head = np.concatenate([pieces.end[on], pieces.start[back]])
    took = np.concatenate([minutes[on], minutes[back]])
    made = RoadNetwork.from_edges(tail, head, took, len(pieces.lonlat), pieces.lonlat)
    if extra is not None and len(extra.minutes):
        start, end = (made.nearest(points)[0] for points in (extra.start, extra.end))
        tail, head = np.concatenate([tail, start]), np.concatenate([head, end])
        took = np.concatenate([took, extra.minutes])
        made = RoadNetwork.from_edges(tail, head, took, len(pieces.lonlat), pieces.lonlat)
    return Streets(made, int((~known).sum()))


@dataclass(frozen=True, eq=False)
class Streets:
    """A network of known roads, and how long journeys on it take.

    Attributes:
        network: The roads.
        unknown: Roads that were left out: their class has no speed and they show no limit.
    """

    network: "RoadNetwork"
    unknown: int = field(default=0)

    modelled = False

    def placed(self, lonlat: "Floats") -> "tuple[Ints, Floats]":
        """Nearest node and minutes to it, inf where it is more than five kilometres away."""
        node, metres = self.network.nearest(lonlat)
        minutes = np.asarray(metres, float) / 1000 / OFF_ROAD_KMH * 60
        return node, np.where(metres > FARTHEST_KM * 1000, np.inf, minutes)

    def within(self, lonlat: "Floats") -> "Ints":
        """Node of each point, -1 where there is no road within five kilometres."""
        node, minutes = self.placed(lonlat)
        return np.where(np.isfinite(minutes), node, -1).astype(np.int32)

    def times(self, origins: "Floats", destinations: "Floats") -> "NDArray[np.float32]":
        """Minutes, float32 (n, m); inf from or to a point with no road within five kilometres.

        Args:
            origins: Degrees, (n, 2).
            destinations: Degrees, (m, 2).
        """
        (start, out), (end, into) = self.placed(origins), self.placed(destinations)
        found = self.network.travel_times(start, end) + (out[:, None] + into[None])
        found[kilometres(origins[:, None], destinations[None]) == 0] = 0
        return np.asarray(found, np.float32)
