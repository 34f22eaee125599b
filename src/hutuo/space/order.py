"""The order in which a hierarchy contracts the nodes of a road network: nested dissection.

A cell of nodes is cut in two by few edges, the ends of these edges on one side are its separator and come
last, and each side is cut again. Cuts are found by flow between the nodes that lie first and last in a
direction (inertial flow), four directions tried, the smallest cut taken.

Source: George (1973), nested dissection of a regular finite element mesh; Schild and Sommer (2015), on
balanced separators in road networks; Dibbelt, Strasser and Wagner (2016), customizable contraction
hierarchies; Dinitz (1970) for the flow.
"""

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from os import cpu_count

import numpy as np
from numba import njit
from numpy.typing import NDArray

from hutuo.space.groups import starts

__all__ = ["far_apart", "neighbours", "order_of"]

# A quarter of a cell on either side is bound to it, the rest is free to be cut where it is thin.
BOUND = 0.25
# Cells of this size are contracted as they lie: a cut would save nothing.
LEAF = 4
# Smaller cells are dissected to their end by one thread.
SHARED = 8_192
SOURCE, SINK = 1, 2
# Directions: along x, along y, and the two between them.
DIAGONAL = 2


def neighbours(
    tail: NDArray[np.int32], head: NDArray[np.int32], nodes: int
) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
    """The undirected graph under arcs, each pair once a side and no loops.

    Args:
        tail: Node that each arc leaves, (arcs,).
        head: Node that each arc enters, (arcs,).
        nodes: Number of nodes.

    Returns:
        Where the neighbours of each node begin, (nodes + 1,), and the neighbours, ascending by node.
    """
    begin = starts(tail, nodes) + starts(head, nodes)
    return _joined(np.asarray(tail), np.asarray(head), begin)


@njit(cache=True, nogil=True)
def _joined(tail, head, begin):
    """The other ends of the arcs of each node, ascending and once."""
    nodes = len(begin) - 1
    other = np.empty(begin[-1], np.int32)
    size = np.zeros(nodes, np.int32)
    for arc in range(len(tail)):
        for one, two in ((tail[arc], head[arc]), (head[arc], tail[arc])):
            other[begin[one] + size[one]] = two
            size[one] += 1
    first = np.zeros(nodes + 1, np.int64)
    for node in range(nodes):
        own = other[begin[node] : begin[node + 1]]
        own.sort()
        at, last = first[node], -1
        for two in own:
            if two not in (last, node):
                # Never behind what is yet to be read.
                other[at] = last = two
                at += 1
        first[node + 1] = at
    return first, other[: first[-1]].copy()


def far_apart(first: NDArray[np.int64], other: NDArray[np.int32]) -> NDArray[np.float64]:
    """Two coordinates for the nodes of a graph that has none: distances in edges from nodes far apart.

    Args:
        first: Where the neighbours of each node begin, (nodes + 1,).
        other: The neighbours.

    Returns:
        Coordinates, (nodes, 2), without a unit.
    """
    nodes = len(first) - 1
    if not nodes:
        return np.zeros((0, 2))
    east = int(np.argmax(_steps(first, other, 0)))
    from_east = _steps(first, other, east)
    west = int(np.argmax(from_east))
    from_west = _steps(first, other, west)
    north = int(np.argmax(np.minimum(from_east, from_west)))
    from_north = _steps(first, other, north)
    south = int(np.argmax(from_north))
    from_south = _steps(first, other, south)
    return np.stack([from_east - from_west, from_north - from_south], axis=1).astype(np.float64)


def order_of(
    first: NDArray[np.int64], other: NDArray[np.int32], places: NDArray[np.float64]
) -> NDArray[np.int32]:
    """The nodes in the order in which they are contracted.

    Args:
        first: Where the neighbours of each node begin, (nodes + 1,).
        other: The neighbours.
        places: A coordinate pair for each node, (nodes, 2), of any unit.

    Returns:
        Node by rank, (nodes,): the separator of the whole network has the last ranks.
    """
    nodes = len(first) - 1
    order = np.arange(nodes, dtype=np.int32)
    x, y = (np.ascontiguousarray(axis) for axis in places.T)
    # Threads share these; each touches the entries of the nodes of its cell only.
    shared = (first, other, _backward(first, other), x, y, order, *_scratch(nodes, len(other)))
    with ThreadPoolExecutor(cpu_count() or 1) as threads:
        todo = _sent(threads, shared, 0, nodes)
        while todo:
            done, todo = wait(todo, return_when=FIRST_COMPLETED)
            for cell in done:
                low, middle, high = cell.result()
                todo |= _sent(threads, shared, low, middle) | _sent(threads, shared, middle, high)
    return order


Shared = tuple[NDArray[np.generic], ...]


def _scratch(nodes: int, arcs: int) -> Shared:
    """Cell, level, next arc, bound and best side of each node, a queue, and what each arc still takes."""
    return (
        np.full(nodes, -1, np.int64),
        np.empty(nodes, np.int32),
        np.empty(nodes, np.int64),
        np.empty(nodes, np.int8),
        np.empty(nodes, np.int8),
        np.empty(nodes, np.int32),
        np.empty(arcs, np.int8),
    )


def _sent(
    threads: ThreadPoolExecutor, shared: Shared, low: int, high: int
) -> set[Future[tuple[int, int, int]]]:
    """The work on one cell: cut in two if it is large, else dissected to its end."""
    if high - low <= LEAF:
        return set()
    work = _halved if high - low > SHARED else _dissected
    return {threads.submit(lambda: work(*shared, low, high))}  # type: ignore[call-arg]


@njit(cache=True, nogil=True)
def _dissected(
    first, other, back, x, y, order, cell, level, at, bound, side, queue, takes, low, high
):
    """Dissects a cell to its end; what remains of it is empty."""
    stack = [(low, high)]
    while len(stack):
        start, end = stack.pop()
        if end - start <= LEAF:
            continue
        _, middle, last = _halved(
            first, other, back, x, y, order, cell, level, at, bound, side, queue, takes, start, end
        )
        stack.append((start, middle))
        stack.append((middle, last))
    return low, low, low


@njit(cache=True, nogil=True)
def _halved(
    first, other, back, x, y, order, cell, level, at, bound, side, queue, takes, low, high
):
    """Cuts the cell ``order[low:high]``: one side, other side, separator. Where they begin and end."""
    for i in range(low, high):
        cell[order[i]] = low
    least = len(other) + 1
    for direction in range(4):
        _bind(order, x, y, bound, direction, low, high)
        flow = _flow(
            first, other, back, order, cell, level, at, bound, queue, takes, low, high, least
        )
        if flow < least:
            least = flow
            for i in range(low, high):
                side[order[i]] = 1 if level[order[i]] >= 0 else 0
        if least == 0:
            break
    return _parted(first, other, order, cell, side, queue, low, high)


@njit(cache=True, nogil=True)
def _bind(order, x, y, bound, direction, low, high):
    """Binds the first nodes in a direction to one side and the last to the other."""
    size = high - low
    along = np.empty(size)
    for i in range(size):
        node = order[low + i]
        if direction == 0:
            along[i] = x[node]
        elif direction == 1:
            along[i] = y[node]
        elif direction == DIAGONAL:
            along[i] = x[node] + y[node]
        else:
            along[i] = x[node] - y[node]
    bind = max(1, int(size * BOUND))
    floor = np.partition(along, bind - 1)[bind - 1]
    ceiling = np.partition(along, size - bind)[size - bind]
    # Among nodes that lie alike those that stand first go to the one side, those that stand last to the
    # other.
    below = above = 0
    for i in range(size):
        below += along[i] < floor
        above += along[i] > ceiling
        bound[order[low + i]] = 0
    for i in range(size):
        if along[i] < floor or (along[i] == floor and below < bind):
            below += along[i] == floor
            bound[order[low + i]] = SOURCE
    for i in range(size - 1, -1, -1):
        free = bound[order[low + i]] == 0
        if free and (along[i] > ceiling or (along[i] == ceiling and above < bind)):
            above += along[i] == ceiling
            bound[order[low + i]] = SINK


@njit(cache=True, nogil=True)
def _flow(first, other, back, order, cell, level, at, bound, queue, takes, low, high, most):
    """Greatest flow of unit arcs from one side to the other, given up at ``most``; levels tell the cut."""
    for i in range(low, high):
        for arc in range(first[order[i]], first[order[i] + 1]):
            takes[arc] = 1
    flow = 0
    while flow < most and _levels(
        first, other, order, cell, level, at, bound, queue, takes, low, high
    ):
        for i in range(low, high):
            if bound[order[i]] == SOURCE:
                flow += _pushed(
                    first, other, back, cell, level, at, bound, queue, takes, order[i], low
                )
    return flow


@njit(cache=True, nogil=True)
def _levels(first, other, order, cell, level, at, bound, queue, takes, low, high):
    """Steps from the bound nodes of one side, as far as flow can go; whether a sink is reached."""
    begin = end = low
    for i in range(low, high):
        node = order[i]
        at[node] = first[node]
        level[node] = -1
        if bound[node] == SOURCE:
            level[node] = 0
            queue[end] = node
            end += 1
    reached = False
    while begin < end:
        node = queue[begin]
        begin += 1
        for arc in range(first[node], first[node + 1]):
            there = other[arc]
            if takes[arc] > 0 and cell[there] == low and level[there] < 0:
                level[there] = level[node] + 1
                reached |= bound[there] == SINK
                if bound[there] != SINK:
                    queue[end] = there
                    end += 1
    return reached


@njit(cache=True, nogil=True)
def _pushed(first, other, back, cell, level, at, bound, queue, takes, source, low):
    """Sends what it can from one node along rising levels; how much that was."""
    flow = 0
    depth = 0
    path = queue  # The queue is free again, and a path is no longer than its cell.
    node = source
    while True:
        if bound[node] == SINK:
            flow += 1
            for i in range(depth):
                arc = at[path[low + i]]
                takes[arc] -= 1
                takes[back[arc]] += 1
            depth = 0
            node = source
            continue
        ahead = False
        while at[node] < first[node + 1]:
            there = other[at[node]]
            if takes[at[node]] > 0 and cell[there] == low and level[there] == level[node] + 1:
                ahead = True
                break
            at[node] += 1
        if ahead:
            path[low + depth] = node
            depth += 1
            node = other[at[node]]
        elif depth == 0:
            return flow
        else:
            depth -= 1
            node = path[low + depth]
            at[node] += 1


@njit(cache=True, nogil=True)
def _parted(first, other, order, cell, side, queue, low, high):
    """Orders a cell by side, the ends of the cut on the side that has fewer of them last."""
    ends = np.zeros(2, np.int64)
    for i in range(low, high):
        ends[side[order[i]]] += _on_cut(first, other, cell, side, order[i], low)
    few = 0 if ends[0] < ends[1] else 1
    middle, last = low, high
    for i in range(low, high):
        node = order[i]
        if side[node] == few and _on_cut(first, other, cell, side, node, low):
            last -= 1
            queue[last] = node
        elif side[node] == 0:
            queue[middle] = node
            middle += 1
    begin = middle
    for i in range(low, high):
        node = order[i]
        if side[node] == 1 and not (few == 1 and _on_cut(first, other, cell, side, node, low)):
            queue[begin] = node
            begin += 1
    for i in range(low, high):
        order[i] = queue[i]
    return low, middle, last


@njit(cache=True, nogil=True)
def _on_cut(first, other, cell, side, node, low):
    """Whether an edge of a node is cut."""
    for arc in range(first[node], first[node + 1]):
        if cell[other[arc]] == low and side[other[arc]] != side[node]:
            return True
    return False


@njit(cache=True, nogil=True)
def _steps(first, other, start):
    """Edges from a node to each other; 0 where there is no way."""
    nodes = len(first) - 1
    steps = np.full(nodes, -1, np.int32)
    queue = np.empty(nodes, np.int32)
    queue[0], steps[start], size = start, 0, 1
    at = 0
    while at < size:
        node = queue[at]
        at += 1
        for arc in range(first[node], first[node + 1]):
            if steps[other[arc]] < 0:
                steps[other[arc]] = steps[node] + 1
                queue[size] = other[arc]
                size += 1
    return np.maximum(steps, 0)


@njit(cache=True, nogil=True)
def _backward(first, other):
    """For each arc the one that leads back; neighbours ascend, so it is found by halving."""
    back = np.empty(len(other), np.int64)
    for node in range(len(first) - 1):
        for arc in range(first[node], first[node + 1]):
            there = other[arc]
            low, high = first[there], first[there + 1]
            while low < high:
                middle = (low + high) // 2
                if other[middle] < node:
                    low = middle + 1
                else:
                    high = middle
            back[arc] = low
    return back
