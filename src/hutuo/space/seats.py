"""Roads worked out where none are known: ways between the seats of neighbouring counties.

A way is as long as the great circle times a detour factor; what of the straight line lies in urban counties
is driven at their speed, the rest at that of the others; every journey takes its terminal minutes besides.
One drives straight from point to point, or over the seats of the own county and of those that touch it and on
from seat to seat, where planned roads may be quicker. All of it is modelled and told as such.

Source: Ballou, Rahardja and Sakai (2002), Selected country circuity factors for road travel distance
estimation, doi:10.1016/S0965-8564(01)00044-1, whose factor for China is 1.33; the threshold between urban and
rural is the density of an urban centre in Dijkstra et al. (2021), doi:10.1016/j.jue.2020.103312.
"""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.base.sphere import kilometres

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from hutuo.space.roads import RoadNetwork

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int32]

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
        sides: Edges of the urban counties, (edges, 4).
        network: Seats and, behind them, the ends of roads that are planned or tried.
        minutes: From every node to every node, float32 (nodes, nodes), without terminal minutes.
    """

    counties: Counties
    model: Model
    near: "Ints" = field(repr=False)
    sides: "Floats" = field(repr=False)
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
        from hutuo.space import crossed
        from hutuo.space.roads import RoadNetwork

        near = _near(touching(counties.shape), len(counties.unit))
        sides = crossed.edges(counties.shape[counties.urban])
        drives = Drives(model, sides)
        tail, head = _pairs(near)
        minutes = drives.pairs(counties.lonlat[tail], counties.lonlat[head])
        ends = np.unique(np.concatenate([extra.start, extra.end]), axis=0)
        lonlat = np.concatenate([counties.lonlat, ends])
        more = _joined(counties, drives, near, ends, extra)
        tail, head = np.concatenate([tail, more[0]]), np.concatenate([head, more[1]])
        minutes = np.concatenate([minutes, more[2]])
        network = RoadNetwork.from_edges(tail, head, minutes, len(lonlat), lonlat)
        every = network.tree(np.arange(len(lonlat), dtype=np.int32))
        return cls(counties, model, near, sides, network, every)

    @property
    def drives(self) -> "Drives":
        """Minutes straight on."""
        return Drives(self.model, self.sides)

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
        return _legs(self.counties, self.drives, self.near, lonlat, county)

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

    def spread(
        self, origins: "Floats", spots: "Floats", county: "Ints", legs: Legs, most: float = np.inf
    ) -> "Floats":
        """:meth:`times` to spots whose county and legs are known already, float64 (n, spots).

        Args:
            origins: Degrees, (n, 2).
            spots: Degrees, (spots, 2).
            county: County of each spot.
            legs: Ways between spots and seats.
            most: Minutes beyond which it need not be known how long it takes; it is inf then.
        """
        mine = self.within(origins)
        found = self.arriving(through(self.legs(origins, mine), self.minutes), legs)
        pace = 60 / max(self.model.urban_kmh, self.model.rural_kmh) * self.model.detour
        near = kilometres(origins[:, None], spots[None]) * pace <= most
        row, spot = np.nonzero(near & (mine >= 0)[:, None] & (county >= 0)[None])
        straight = self.drives.pairs(origins[row], spots[spot])
        found[row, spot] = np.minimum(found[row, spot], straight)
        found += self.model.terminal_minutes
        found[found > most + self.model.terminal_minutes] = np.inf
        return found

    @staticmethod
    def arriving(out: "Floats", legs: Legs) -> "Floats":
        """Minutes on to the points of legs, from minutes to every node (n, nodes)."""
        found = np.full((len(out), len(legs.node)), np.inf)
        if not out.shape[1]:
            return found
        for step in range(legs.node.shape[1]):
            np.minimum(found, out[:, legs.node[:, step]] + legs.minutes[:, step], out=found)
        return found

    def _straight(
        self, origins: "Floats", destinations: "Floats", county: "tuple[Ints, Ints]"
    ) -> "Floats":
        """Minutes straight on between points; inf where one lies outside all counties."""
        start, end = county
        found = self.drives.table(origins, destinations)
        found[(start < 0)[:, None] | (end < 0)[None]] = np.inf
        return found


class Drives(NamedTuple):
    """Minutes straight on from point to point.

    Attributes:
        model: What they are worked out with.
        sides: Edges of the urban counties, (edges, 4).
    """

    model: Model
    sides: "Floats"

    def pairs(self, start: "Floats", end: "Floats") -> "Floats":
        """Minutes of each pair of points, (pairs,); degrees (pairs, 2) each."""
        from hutuo.space import crossed

        share = crossed.shares(np.ascontiguousarray(start), np.ascontiguousarray(end), self.sides)
        pace = share * 60 / self.model.urban_kmh + (1 - share) * 60 / self.model.rural_kmh
        found: Floats = kilometres(start, end) * self.model.detour * pace
        return found

    def table(self, origins: "Floats", destinations: "Floats") -> "Floats":
        """Minutes from every origin to every destination, (n, m)."""
        shape = len(origins), len(destinations)
        start = np.repeat(origins, shape[1], axis=0)
        return self.pairs(start, np.tile(destinations, (shape[0], 1))).reshape(shape)


def through(legs: Legs, minutes: "NDArray[np.float32]") -> "Floats":
    """Minutes from points by their legs to every node, float64 (points, nodes)."""
    found = np.full((len(legs.node), minutes.shape[1]), np.inf)
    if not minutes.size:
        return found
    for step in range(legs.node.shape[1]):
        np.minimum(found, legs.minutes[:, step, None] + minutes[legs.node[:, step]], out=found)
    return found


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


def _pairs(near: "Ints") -> "tuple[Ints, Ints]":
    """Counties that touch, both ways."""
    one, place = np.nonzero((near >= 0) & (near != np.arange(len(near))[:, None]))
    return one.astype(np.int32), near[one, place]


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
    counties: Counties, drives: Drives, near: "Ints", lonlat: "Floats", county: "Ints"
) -> Legs:
    node = np.full((len(lonlat), near.shape[1]), -1, np.int32)
    node[county >= 0] = near[county[county >= 0]]
    point, place = np.nonzero(node >= 0)
    minutes = np.full(node.shape, np.inf)
    minutes[point, place] = drives.pairs(lonlat[point], counties.lonlat[node[point, place]])
    return Legs(node, minutes)


def _joined(
    counties: Counties, drives: Drives, near: "Ints", ends: "Floats", extra: Extra
) -> "tuple[Ints, Ints, Floats]":
    """Arcs of extra roads: their own, and the legs from their ends to seats and back.

    Args:
        counties: The counties, whose seats are the first nodes.
        drives: Minutes straight on.
        near: County and those that touch it.
        ends: The ends of extra roads, each once, which are the nodes behind the seats.
        extra: The roads.
    """
    seats = len(counties.unit)
    legs = _legs(counties, drives, near, ends, _within(counties.shape, ends))
    end, place = np.nonzero(np.isfinite(legs.minutes))
    node, leg = legs.node[end, place], legs.minutes[end, place]
    start, stop = (seats + _places(ends, points) for points in (extra.start, extra.end))
    tail, head = (
        np.concatenate([seats + end, node, start]),
        np.concatenate([node, seats + end, stop]),
    )
    return tail.astype(np.int32), head.astype(np.int32), np.concatenate([leg, leg, extra.minutes])


def _places(ends: "Floats", points: "Floats") -> "NDArray[np.int64]":
    """Where each point stands among the ends."""
    return np.nonzero((points[:, None] == ends[None]).all(axis=2))[1]
