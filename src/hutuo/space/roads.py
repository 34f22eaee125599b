"""Travel times over a network of roads, exact and quick, also after speeds change and roads are added."""

import hashlib
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hutuo.errors import BadInput, Finding
from hutuo.space import edges, overlays, searches
from hutuo.space.edges import Edges, Patch
from hutuo.space.nearest import Nearest
from hutuo.space.routers import Roads, Router
from hutuo.space.searches import Reached, Route

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["RoadNetwork"]


class RoadNetwork:
    """A network of roads between nodes 0 to ``nodes - 1``; it never changes, variants are new networks.

    A hierarchy is made when travel times are first asked for, and shared by all variants over the same arcs.

    Attributes:
        findings: What was left out or remarkable when the network was read.

    Source: Dibbelt, Strasser and Wagner (2016) for the hierarchy; Delling et al. (2013, 2011) for the sweeps.
    """

    def __init__(self, given: Edges, *, findings: Sequence[Finding] = ()) -> None:
        self._router = Router(
            Roads(given.tail, given.head, given.nodes, given.lonlat), given.minutes
        )
        self._added: overlays.Added | None = None
        self.findings = tuple(findings)

    @property
    def nodes(self) -> int:
        """Number of nodes."""
        return self._router.roads.nodes

    @property
    def lonlat(self) -> NDArray[np.float64] | None:
        """Degrees (WGS 84) of each node, (nodes, 2), or None."""
        return self._router.roads.lonlat

    # Arcs of a variant are put together when somebody asks for them: a what-if takes less time than that.
    @cached_property
    def tail(self) -> NDArray[np.int32]:
        """Node that each arc leaves, (arcs,)."""
        own, new = self._router.roads.tail, self._added
        return own if new is None else np.concatenate([own, new.laid.tail])

    @cached_property
    def head(self) -> NDArray[np.int32]:
        """Node that each arc enters, (arcs,)."""
        own, new = self._router.roads.head, self._added
        return own if new is None else np.concatenate([own, new.laid.head])

    @cached_property
    def minutes(self) -> NDArray[np.float64]:
        """Minutes of each arc, (arcs,); ``inf`` where it is closed."""
        own, new = self._router.minutes, self._added
        return own if new is None else np.concatenate([own, new.laid.minutes])

    @cached_property
    def content(self) -> str:
        """Hash of the arcs and their minutes; two networks of the same content give the same times."""
        total = hashlib.sha256(str(self.nodes).encode())
        for values in (self.tail, self.head, self.minutes):
            total.update(np.ascontiguousarray(values).tobytes())
        return total.hexdigest()

    def __repr__(self) -> str:
        return f"RoadNetwork(nodes={self.nodes}, arcs={self._size})"

    @classmethod
    def from_edges(
        cls,
        tail: ArrayLike,
        head: ArrayLike,
        minutes: ArrayLike,
        nodes: int | None = None,
        lonlat: ArrayLike | None = None,
    ) -> Self:
        """A network of one-way arcs.

        Args:
            tail: Node that each arc leaves, 0 to nodes - 1, (arcs,).
            head: Node that each arc enters, (arcs,).
            minutes: Minutes of each arc, 0 or more, (arcs,); ``inf`` for an arc that is closed.
            nodes: Number of nodes; one more than the greatest id if not given.
            lonlat: Longitude and latitude (WGS 84, degrees) of each node, (nodes, 2).

        Raises:
            BadInput: Arrays of different lengths, ids out of range, minutes missing or negative, places that
            are
                none; every arc that is wrong is named by its position.
        """
        return cls(edges.checked(tail, head, minutes, nodes, lonlat))

    @classmethod
    def from_osm(
        cls, path: str | Path, mode: str = "car", speeds: "pd.DataFrame | None" = None
    ) -> Self:
        """A network of the roads of an OpenStreetMap extract; see :func:`hutuo.space.streets.network`."""
        from hutuo.space import streets

        read = streets.network(path, mode, speeds)
        return cls(read.edges, findings=read.findings)

    def travel_times(self, origins: ArrayLike, destinations: ArrayLike) -> NDArray[np.float32]:
        """Minutes from each origin to each destination.

        Args:
            origins: Nodes, (n,).
            destinations: Nodes, (m,).

        Returns:
            Minutes, float32 (n, m), at most 0.001 away from exact sums; ``inf`` where there is no way.

        Raises:
            BadInput: A node that the network has not.
        """
        start, end = self._nodes(origins, "origins"), self._nodes(destinations, "destinations")
        minutes = self._router.times(start, end)
        return minutes if self._added is None else self._mended(self._added, minutes, start, end)

    def tree(self, origins: ArrayLike, *, reverse: bool = False) -> NDArray[np.float32]:
        """Minutes from each origin to every node.

        Args:
            origins: Nodes, (k,).
            reverse: Minutes from every node to each origin instead.

        Returns:
            Minutes, float32 (k, nodes); ``inf`` where there is no way.
        """
        start = self._nodes(origins, "origins")
        minutes = self._router.times(start, None, reverse=reverse)
        if self._added is None:
            return minutes
        return self._mended(self._added, minutes, start, None, reverse=reverse)

    def within(self, origins: ArrayLike, minutes: float, *, reverse: bool = False) -> Reached:
        """The nodes within some minutes of each origin, nearest first; the limit itself is within.

        Args:
            origins: Nodes, (k,).
            minutes: The limit, 0 or more.
            reverse: The nodes from which an origin is within the limit instead.
        """
        arcs = self._back if reverse else self._there
        return searches.reached(arcs, self._nodes(origins, "origins"), minutes)

    def route(self, origin: int, destination: int) -> Route:
        """The quickest way between two nodes: its nodes and its minutes."""
        ends = self._nodes([origin, destination], "ends")
        return searches.way(self._there, int(ends[0]), int(ends[1]))

    def nearest(self, lonlat: ArrayLike) -> tuple[NDArray[np.int32], NDArray[np.float32]]:
        """The node nearest to each place, and how far it is.

        Args:
            lonlat: Degrees (WGS 84), (k, 2).

        Returns:
            Nodes, int32 (k,), and great-circle metres, float32 (k,).

        Raises:
            BadInput: The network has no places, or a place is none.
        """
        return self._nearest.to(edges.places(lonlat, None, "lonlat"))

    def with_speeds(
        self,
        minutes: ArrayLike | None = None,
        *,
        factor: ArrayLike | None = None,
        arcs: ArrayLike | None = None,
    ) -> "RoadNetwork":
        """The same roads with other minutes; the hierarchy is kept, and after few changes most of its costs.

        Args:
            minutes: Minutes of each arc, or of those in ``arcs``; ``inf`` closes an arc.
            factor: What the minutes are multiplied by instead, one number or one an arc.
            arcs: Positions of the arcs that change; all if not given.

        Raises:
            BadInput: Neither or both of minutes and factor, a wrong length, a negative or missing value.
        """
        changed = edges.changed(lambda: self.minutes, self._size, minutes, factor, arcs)
        if self._added is None:
            return self._variant(self._router.varied(changed))
        # The router of a network with roads laid over it knows nothing of these.
        if isinstance(changed, Patch):
            changed = changed.over(self.minutes)
        return RoadNetwork(self._edges()._replace(minutes=changed), findings=self.findings)

    def with_roads(self, tail: ArrayLike, head: ArrayLike, minutes: ArrayLike) -> "RoadNetwork":
        """The network with roads added between its nodes; few of them need no new hierarchy.

        Args:
            tail: Node that each new arc leaves, (arcs,).
            head: Node that each new arc enters, (arcs,).
            minutes: Minutes of each new arc, (arcs,).

        Raises:
            BadInput: As for :meth:`from_edges`.
        """
        new = edges.checked(tail, head, minutes, self.nodes, None)
        older = self._added
        laid = new if older is None else edges.joined(older.laid, new)
        if len(np.unique(np.concatenate([laid.tail, laid.head]))) <= overlays.ENDS:
            return self._variant(self._router, overlays.added(self._router, laid))
        return RoadNetwork(edges.joined(self._edges(), new), findings=self.findings)

    def mended(
        self, minutes: NDArray[np.float32], origins: ArrayLike, destinations: ArrayLike
    ) -> NDArray[np.float32]:
        """Travel times of this network from those before roads were added by :meth:`with_roads`.

        Args:
            minutes: What ``travel_times`` of the network before gave for the same origins and destinations,
            (n, m).
            origins: Nodes, (n,).
            destinations: Nodes, (m,).

        Raises:
            BadInput: The network is none with roads added, or the minutes have another shape.
        """
        start, end = self._nodes(origins, "origins"), self._nodes(destinations, "destinations")
        if self._added is None:
            raise BadInput(
                "no roads, or too many, were added to this network: ask for its travel times"
            )
        if np.shape(minutes) != (len(start), len(end)):
            raise BadInput(
                f"minutes have shape {np.shape(minutes)}; right is {(len(start), len(end))}"
            )
        return self._mended(self._added, minutes, start, end)

    def _mended(
        self,
        added: overlays.Added,
        minutes: NDArray[np.float32],
        origins: NDArray[np.int32],
        destinations: NDArray[np.int32] | None,
        *,
        reverse: bool = False,
    ) -> NDArray[np.float32]:
        """Minutes with the new arcs from those without."""
        across = self._router.across(added.climbs, origins, destinations, reverse=reverse)
        between = added.between.T if reverse else added.between
        return overlays.mended(np.ascontiguousarray(between), across[0], minutes, across[1])

    def _variant(self, router: Router, added: overlays.Added | None = None) -> "RoadNetwork":
        """The network with the costs of another router and roads laid over it."""
        network = RoadNetwork.__new__(RoadNetwork)
        network._router, network._added, network.findings = router, added, self.findings
        return network

    def _edges(self) -> Edges:
        """All arcs."""
        return Edges(self.tail, self.head, self.minutes, self.nodes, self.lonlat)

    @property
    def _size(self) -> int:
        """Number of arcs."""
        return len(self._router.roads.tail) + (
            0 if self._added is None else len(self._added.laid.tail)
        )

    def _nodes(self, given: ArrayLike, name: str) -> NDArray[np.int32]:
        return edges.ids(given, self.nodes, name)

    @cached_property
    def _there(self) -> searches.Arcs:
        return searches.arcs_of(self.tail, self.head, self.minutes, self.nodes)

    @cached_property
    def _back(self) -> searches.Arcs:
        return searches.arcs_of(self.head, self.tail, self.minutes, self.nodes)

    @cached_property
    def _nearest(self) -> Nearest:
        if self.lonlat is None:
            raise BadInput("the nodes of this network have no places: give lonlat when it is made")
        return Nearest(self.lonlat)
