"""Streets for tests behind the face of a road network: plain searches by heap."""

from heapq import heappop, heappush
from typing import NamedTuple

import numpy as np


class Reached(NamedTuple):
    first: np.ndarray
    node: np.ndarray
    minutes: np.ndarray


class Streets:
    """A few streets.

    Args:
        arcs: ``(tail, head, minutes)``.
        lonlat: Where the nodes are.
    """

    def __init__(self, arcs, lonlat):
        self.lonlat = np.asarray(lonlat, float)
        self.nodes = len(self.lonlat)
        self.out, self.into = ([[] for _ in range(self.nodes)] for _ in range(2))
        for tail, head, minutes in arcs:
            self.out[tail].append((head, minutes))
            self.into[head].append((tail, minutes))

    def one(self, origin, limit=float("inf"), reverse=False):
        ways, found, heap = (self.into if reverse else self.out), {}, [(0.0, origin)]
        while heap:
            time, node = heappop(heap)
            if node in found:
                continue
            found[node] = time
            for to, minutes in ways[node]:
                if to not in found and time + minutes <= limit:
                    heappush(heap, (time + minutes, to))
        return found

    def within(self, origins, minutes, reverse=False):
        trees = [self.one(int(origin), minutes, reverse) for origin in origins]
        return Reached(
            np.cumsum([0, *(len(tree) for tree in trees)]),
            np.array([node for tree in trees for node in tree], np.int32),
            np.array([time for tree in trees for time in tree.values()], np.float32),
        )

    def travel_times(self, origins, destinations):
        trees = [self.one(int(origin)) for origin in origins]
        rows = [[tree.get(int(d), np.inf) for d in destinations] for tree in trees]
        return np.array(rows, np.float32).reshape(len(origins), len(destinations))

    def nearest(self, lonlat):
        """Metres on a plane: a degree is 111,195 m, as on a sphere near the equator."""
        gaps = np.linalg.norm(lonlat[:, None] - self.lonlat[None], axis=2) * 111_195
        return gaps.argmin(axis=1).astype(np.int32), gaps.min(axis=1).astype(np.float32)
