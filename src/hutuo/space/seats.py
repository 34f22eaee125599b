"""Roads worked out where none are known: ways between the seats of neighbouring counties.

A way is as long as the great circle times a detour factor; what of the straight line between the seats of
its two counties lies in urban counties is driven at their speed, the rest at that of the others, and every
journey takes its terminal minutes besides. One drives straight from point to point, or over the seats of the
own county and of those that touch it and on from seat to seat, where planned roads may be quicker. All of it
is modelled and told as such.

Source: Ballou, Rahardja and Sakai (2002), Selected country circuity factors for road travel distance
estimation, doi:10.1016/S0965-8564(01)00044-1, whose factor for China is 1.33; the threshold between urban and
rural is the density of an urban centre in Dijkstra et al. (2021), doi:10.1016/j.jue.2020.103312.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hutuo.space.roads import RoadNetwork

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

EARTH_KM = 6371.0088
# Neighbours whose polygons were drawn apart by less than a hundred metres touch.
GAP_DEGREES = 0.001


class Model(NamedTuple):
    """What the ways are worked out with.

    Attributes:
        detour: Length of a road over the great circle.
        urban_kmh: Speed within urban counties.
        rural_kmh: Speed within all others.
        terminal_minutes: Minutes at both ends of a journey together: to the car, to park.
        urban_density: People per km2 from which a county is urban.
    """

    detour: float = 1.33
    urban_kmh: float = 40.0
    rural_kmh: float = 80.0
    terminal_minutes: float = 5.0
    urban_density: float = 1500.0


class Counties(NamedTuple):
    """Counties, each with a point that stands for it.

    Attributes:
        unit: Codes.
        lonlat: Degrees of the seats, (counties, 2).
        shape: Polygons, EPSG:4326, (counties,).
        urban: Whether it is urban, (counties,).
        stand_in: Whether no seat is known and an inner point stands for it, (counties,).
    """

    unit: "Sequence[str]"
    lonlat: "Floats"
    shape: "NDArray[np.object_]"
    urban: "NDArray[np.bool_]"
    stand_in: "NDArray[np.bool_]"


class Legs(NamedTuple):
    """Ways between points and seats, (points, most): seats, -1 where there are fewer; minutes, inf there."""

    node: "Ints"
    minutes: "Floats"


class Extra(NamedTuple):
    """Roads beside the modelled ones: both ends in degrees, (roads, 2), and minutes, (roads,)."""

    start: "Floats"
    end: "Floats"
    minutes: "Floats"


NOTHING = Extra(np.zeros((0, 2)), np.zeros((0, 2)), np.zeros(0))


def kilometres(one: "Floats", other: "Floats") -> "Floats":
    """Great-circle distances; degrees (..., 2) each, which are set against each other as numpy does."""
    lon, lat, to_lon, to_lat = (np.radians(a) for a in (*_split(one), *_split(other)))
    half = np.sin((to_lat - lat) / 2) ** 2
    half = half + np.cos(lat) * np.cos(to_lat) * np.sin((to_lon - lon) / 2) ** 2
    found: Floats = 2 * EARTH_KM * np.arcsin(np.sqrt(np.clip(half, 0, 1)))
    return found


def _split(lonlat: "Floats") -> "tuple[Floats, Floats]":
    return lonlat[..., 0], lonlat[..., 1]


def touching(shapes: "NDArray[np.object_]", gap: float = GAP_DEGREES) -> "Ints":
    """Pairs of polygons that touch, int32 (pairs, 2), each once, the smaller number first.

    Args:
        shapes: Polygons, EPSG:4326.
        gap: Degrees that may lie between neighbours.
    """
    import shapely

    found = shapely.STRtree(shapes).query(shapes, predicate="dwithin", distance=gap)
    return np.unique(found[:, found[0] < found[1]].T, axis=0).astype(np.int32).reshape(-1, 2)


@dataclass(frozen=True, eq=False)
class Modelled:
    """Counties, the ways between their seats, and how long journeys take.

    Attributes:
        counties: The counties.
        model: What the ways were worked out with.
        near: County and those that touch it, (counties, most), -1 where there are fewer.
        pace: Minutes a kilometre of road between two counties, (counties, counties).
        network: Seats and, behind them, the ends of roads that are planned or tried.
        minutes: From every node to every node, float32 (nodes, nodes), without terminal minutes.
    """

    counties: Counties
    model: Model
    near: "Ints" = field(repr=False)
    pace: "Floats" = field(repr=False)
    network: "RoadNetwork"
    minutes: "NDArray[np.float32]" = field(repr=False)

    modelled = True

    @classmethod
    def of(cls, counties: Counties, model: Model, extra: Extra = NOTHING) -> "Modelled":
        """The network of some counties.

        Args:
            counties: The counties.
            model: What to work the ways out with.
            extra: Roads that there are besides, as planned ones.
        """
        from hutuo.space.roads import RoadNetwork

        pairs = touching(counties.shape)
        near = _near(pairs, len(counties.unit))
        pace = paces(counties, model)
        ways = _ways(pairs, counties, model.detour * pace)
        lonlat, more = _joined(counties, model.detour * pace, near, extra)
        tail, head = (np.concatenate([ways[end], more[end]]) for end in (0, 1))
        minutes = np.concatenate([ways[2], more[2]])
        network = RoadNetwork.from_edges(tail, head, minutes, len(lonlat), lonlat)
        every = network.tree(np.arange(len(lonlat), dtype=np.int32))
        return cls(counties, model, near, pace, network, every)

    def within(self, lonlat: "Floats") -> "Ints":
        """County in which each point lies, (points,); -1 where in none."""
        return _within(self.counties.shape, lonlat)

    def legs(self, lonlat: "Floats", county: "Ints | None" = None) -> Legs:
        """Ways from points to the seats of their county and of those that touch it.

        Args:
            lonlat: Degrees, (points, 2).
            county: County of each point, if known.
        """
        county = self.within(lonlat) if county is None else county
        return _legs(self.counties, self.model.detour * self.pace, self.near, lonlat, county)

    def times(self, origins: "Floats", destinations: "Floats") -> "NDArray[np.float32]":
        """Minutes from door to door, float32 (n, m); inf from or to a point outside all counties.

        Args:
            origins: Degrees, (n, 2).
            destinations: Degrees, (m, 2).
        """
        places = self.within(origins), self.within(destinations)
        out = through(self.legs(origins, places[0]), self.minutes)
        found = self.arriving(out, self.legs(destinations, places[1]))
        straight = self._straight(origins, destinations, places)
        found = np.minimum(found, straight) + self.model.terminal_minutes
        found[kilometres(origins[:, None], destinations[None]) == 0] = 0
        found[(places[0] < 0)[:, None] | (places[1] < 0)[None]] = np.inf
        return found.astype(np.float32)

    def spread(self, origins: "Floats", spots: "Floats", county: "Ints", legs: Legs) -> "Floats":
        """:meth:`times` to spots whose county and legs are known already, float64 (n, spots)."""
        mine = self.within(origins)
        found = self.arriving(through(self.legs(origins, mine), self.minutes), legs)
        straight = self._straight(origins, spots, (mine, county))
        return np.minimum(found, straight) + self.model.terminal_minutes

    @staticmethod
    def arriving(out: "Floats", legs: Legs) -> "Floats":
        """Minutes on to the points of legs, from minutes to every node (n, nodes)."""
        found = np.full((len(out), len(legs.node)), np.inf)
        for step in range(legs.node.shape[1]):
            np.minimum(found, out[:, legs.node[:, step]] + legs.minutes[:, step], out=found)
        return found

    def _straight(
        self, origins: "Floats", destinations: "Floats", county: "tuple[Ints, Ints]"
    ) -> "Floats":
        """Minutes straight on between points; inf where one lies outside all counties."""
        start, end = county
        km = kilometres(origins[:, None], destinations[None]) * self.model.detour
        found: Floats = km * self.pace[start[:, None], end[None]]
        found[(start < 0)[:, None] | (end < 0)[None]] = np.inf
        return found


def through(legs: Legs, minutes: "NDArray[np.float32]") -> "Floats":
    """Minutes from points by their legs to every node, float64 (points, nodes)."""
    found = np.full((len(legs.node), minutes.shape[1]), np.inf)
    for step in range(legs.node.shape[1]):
        np.minimum(found, legs.minutes[:, step, None] + minutes[legs.node[:, step]], out=found)
    return found


def paces(counties: Counties, model: Model) -> "Floats":
    """Minutes a kilometre of road between the seats of any two counties, (counties, counties).

    Within a county it is that of the county itself.
    """
    import shapely

    count = len(counties.unit)
    one, other = np.triu_indices(count, 1)
    ends = np.stack([counties.lonlat[one], counties.lonlat[other]], axis=1)
    share = np.diag(counties.urban.astype(float))
    if counties.urban.any() and len(one):
        urban = shapely.union_all(counties.shape[counties.urban])
        lines = shapely.linestrings(ends)
        whole = shapely.length(lines)
        found = shapely.length(shapely.intersection(lines, urban)) / np.maximum(whole, 1e-12)
        share[one, other] = share[other, one] = found
    paced: Floats = share * 60 / model.urban_kmh + (1 - share) * 60 / model.rural_kmh
    return paced


def _near(pairs: "Ints", count: int) -> "Ints":
    """Each county with those that touch it, padded by -1."""
    ends = np.concatenate([np.arange(count), pairs[:, 0], pairs[:, 1]])
    others = np.concatenate([np.arange(count), pairs[:, 1], pairs[:, 0]])
    order = np.argsort(ends, kind="stable")
    size = np.bincount(ends, minlength=count)
    found = np.full((count, int(size.max(initial=1))), -1, np.int32)
    place = np.arange(len(ends)) - np.repeat(np.cumsum(size) - size, size)
    found[ends[order], place] = others[order]
    return found


def _ways(pairs: "Ints", counties: Counties, pace: "Floats") -> "tuple[Ints, Ints, Floats]":
    """Arcs between seats of counties that touch, both ways."""
    one, other = pairs[:, 0], pairs[:, 1]
    minutes = kilometres(counties.lonlat[one], counties.lonlat[other]) * pace[one, other]
    return np.concatenate([one, other]), np.concatenate([other, one]), np.tile(minutes, 2)


def _within(shapes: "NDArray[np.object_]", lonlat: "Floats") -> "Ints":
    import shapely

    found = np.full(len(lonlat), -1, np.int32)
    if len(lonlat):
        point, shape = shapely.STRtree(shapes).query(
            shapely.points(lonlat), predicate="intersects"
        )
        found[point[::-1]] = shape[::-1]
    return found


def _legs(
    counties: Counties, pace: "Floats", near: "Ints", lonlat: "Floats", county: "Ints"
) -> Legs:
    node = near[county]
    km = kilometres(lonlat[:, None], counties.lonlat[node])
    minutes = km * pace[county[:, None], node]
    minutes[(node < 0) | (county < 0)[:, None]] = np.inf
    return Legs(node, minutes)


def _joined(
    counties: Counties, pace: "Floats", near: "Ints", extra: Extra
) -> "tuple[Floats, tuple[Ints, Ints, Floats]]":
    """All nodes, and the arcs of extra roads: their own, and the legs from their ends to seats and back."""
    ends = np.concatenate([extra.start, extra.end])
    places, which = np.unique(ends, axis=0, return_inverse=True)
    seats = len(counties.unit)
    legs = _legs(counties, pace, near, places, _within(counties.shape, places))
    number = seats + np.repeat(np.arange(len(places)), legs.node.shape[1])
    good = np.isfinite(legs.minutes.ravel())
    number, node, leg = number[good], legs.node.ravel()[good], legs.minutes.ravel()[good]
    start, end = np.split(seats + which.ravel(), 2)
    tail, head = np.concatenate([number, node, start]), np.concatenate([node, number, end])
    minutes = np.concatenate([leg, leg, extra.minutes])
    lonlat = np.concatenate([counties.lonlat, places])
    return lonlat, (tail.astype(np.int32), head.astype(np.int32), minutes)
