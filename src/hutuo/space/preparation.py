"""The hierarchy of a network made once, and kept on disk by what it was made from."""

import hashlib
import logging
import os
import tempfile
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space import costs, hierarchy, order

__all__ = ["Prepared", "kept_in", "prepared"]

# Smaller networks are ordered in less time than a file takes to be found.
KEPT_FROM = 20_000
log = logging.getLogger(__name__)


class Prepared(NamedTuple):
    """A hierarchy, and for each arc its pair and whether it leads up; -1 for an arc from a node to itself."""

    topology: hierarchy.Topology
    pair: NDArray[np.int32]
    upward: NDArray[np.bool_]

    def metric(self, minutes: NDArray[np.float64], unit: costs.Unit) -> hierarchy.Metric:
        """What the arcs alone cost each pair up and down."""
        return _least(self.pair, self.upward, minutes, unit, len(self.topology.head))

    def metric_of(
        self,
        arcs: NDArray[np.int64],
        minutes: NDArray[np.float64],
        unit: costs.Unit,
        pairs: NDArray[np.int64],
    ) -> hierarchy.Metric:
        """What arcs alone cost some pairs, ascending; the arcs are all those over these pairs."""
        place = np.searchsorted(pairs, self.pair[arcs])
        return _least(place, self.upward[arcs], minutes, unit, len(pairs))


def _least(
    place: NDArray[np.integer],
    upward: NDArray[np.bool_],
    minutes: NDArray[np.float64],
    unit: costs.Unit,
    size: int,
) -> hierarchy.Metric:
    """The least cost of the arcs that lead up at each place, and of those that lead down."""
    found = hierarchy.Metric(*(np.full(size, costs.far(unit.kind), unit.kind) for _ in range(2)))
    _put(place, upward, costs.units(minutes, unit), *found)
    return found


@njit(cache=True, nogil=True)
def _put(
    place: NDArray[np.integer],
    upward: NDArray[np.bool_],
    cost: NDArray[np.signedinteger],
    up: NDArray[np.signedinteger],
    down: NDArray[np.signedinteger],
) -> None:
    """Puts the least cost of the arcs to their places, -1 for none."""
    for arc in range(len(place)):
        at = place[arc]
        if at < 0:
            continue
        if upward[arc]:
            up[at] = min(up[at], cost[arc])
        else:
            down[at] = min(down[at], cost[arc])


def prepared(
    tail: NDArray[np.int32],
    head: NDArray[np.int32],
    nodes: int,
    lonlat: NDArray[np.float64] | None,
) -> Prepared:
    """The hierarchy of a network; read from disk if one over the same arcs was made before."""
    first, other = order.neighbours(tail, head, nodes)
    topology = hierarchy.topology_of(first, other, _order(first, other, lonlat))
    one, two = topology.rank[tail], topology.rank[head]
    return Prepared(topology, hierarchy.pairs_of(topology, one, two), one < two)


def kept_in() -> Path:
    """Folder of what is kept: ``HUTUO_CACHE``, else the platform's folder for what can be made again."""
    from platformdirs import user_cache_path

    given = os.environ.get("HUTUO_CACHE")
    return Path(given) if given else user_cache_path("hutuo")


def _order(
    first: NDArray[np.int64], other: NDArray[np.int32], lonlat: NDArray[np.float64] | None
) -> NDArray[np.int32]:
    """The order of a graph: the kept one if there is one."""
    nodes = len(first) - 1
    if nodes < KEPT_FROM:
        return _ordered(first, other, lonlat)
    digest = hashlib.sha256(first.tobytes() + other.tobytes()).hexdigest()
    path = kept_in() / "roads" / f"{digest}.npy"
    kept = _read(path, nodes)
    if kept is None:
        kept = _ordered(first, other, lonlat)
        _keep(path, kept)
    return kept


def _ordered(
    first: NDArray[np.int64], other: NDArray[np.int32], lonlat: NDArray[np.float64] | None
) -> NDArray[np.int32]:
    if lonlat is None:
        return order.order_of(first, other, order.far_apart(first, other))
    # A degree of longitude is shorter than one of latitude.
    narrow = np.cos(np.radians(lonlat[:, 1].mean())) if len(lonlat) else 1.0
    return order.order_of(first, other, lonlat * np.array([narrow, 1.0]))


def _read(path: Path, nodes: int) -> NDArray[np.int32] | None:
    """A kept order; None if there is none or it is broken, which is logged."""
    if not path.is_file():
        return None
    try:
        kept = np.load(path, allow_pickle=False)
    except (OSError, ValueError, EOFError) as error:
        log.warning("%s cannot be read and is made again: %s", path, error)
        return None
    whole = kept.shape == (nodes,) and np.array_equal(np.sort(kept), np.arange(nodes))
    if not whole:
        log.warning("%s is no order of %s nodes and is made again", path, nodes)
    return kept.astype(np.int32) if whole else None


def _keep(path: Path, kept: NDArray[np.int32]) -> None:
    """Keeps an order; one that cannot be written is only made again next time."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=path.parent, suffix=".part", delete=False) as file:
            np.save(file, kept)
        Path(file.name).replace(path)
    except OSError as error:
        log.warning("%s cannot be written: %s", path, error)
