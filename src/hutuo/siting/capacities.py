"""Sites with fixed costs and capacities: which to open, and whom each serves.

Source: M. L. Balinski, Integer programming: methods, uses, computation, Management Science 12 (1965) 253-313;
J. E. Beasley, An algorithm for solving large capacitated warehouse location problems, European Journal of
Operational Research 33 (1988) 314-325.
"""

import time
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array, vstack

from hutuo.errors import BadInput
from hutuo.glossary import Text
from hutuo.siting.programs import Ended, Program, solved
from hutuo.siting.solutions import Solution, deadline, gap_of, read_cost, read_weights

__all__ = ["capacitated_location"]

Array = npt.NDArray[np.float64]
SMALL = 1e-7


def capacitated_location(
    fixed: npt.ArrayLike,
    capacity: npt.ArrayLike | None,
    demand: npt.ArrayLike,
    cost: Any,
    *,
    single_source: bool = False,
    time_limit: float | None = None,
) -> Solution:
    """The sites to open, and whom each serves, at least cost of opening and of serving.

    Args:
        fixed: Cost of opening a site, (sites,), >= 0.
        capacity: What a site can serve, (sites,), > 0; None for as much as comes.
        demand: Of clients, (clients,), >= 0.
        cost: Of serving a client wholly from a site, (clients, sites), >= 0; inf where there is no way.
        single_source: Whether a client is served from one site alone.
        time_limit: Seconds after which the best plan is given with its bound.

    Returns:
        The plan; ``shares`` are the parts of each client's demand by site.

    Raises:
        BadInput: A figure is out of range, or all capacity together is less than demand; all are named.
    """
    begun, _ = deadline(time_limit)
    given = read_cost(cost)
    clients, sites = given.shape
    price, need = read_weights(fixed, sites, "fixed"), read_weights(demand, clients, "demand")
    room = None if capacity is None else read_weights(capacity, sites, "capacity")
    if room is not None and room.sum() < need.sum() - SMALL:
        short = need.sum() - room.sum()
        zh = f"总容量{room.sum():g}少于总需求{need.sum():g},缺{short:g}"
        en = f"all capacity is {room.sum():g}, demand {need.sum():g}: {short:g} are short"
        raise BadInput(Text(zh, en))
    program, pairs = _program(given, price, need, room, single_source=single_source)
    return _answer(given, solved(program, time_limit), pairs, begun)


def _program(
    cost: Array, price: Array, need: Array, room: Array | None, *, single_source: bool
) -> tuple[Program, tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]]:
    """Variables are sites, then ways from clients to sites."""
    clients, sites = cost.shape
    i, j = np.nonzero(np.isfinite(cost))
    ways = np.arange(len(i))
    many = sites + len(i)
    one = np.ones(len(i))
    served = coo_array((one, (i, sites + ways)), shape=(clients, many))
    # A way is used only if its site is open: way by way, which bounds far better than by capacity alone.
    opened = coo_array(
        (
            np.concatenate([one, -one]),
            (np.concatenate([ways, ways]), np.concatenate([sites + ways, j])),
        ),
        shape=(len(i), many),
    )
    rows, low = [served, opened], [np.ones(clients), np.full(len(i), -np.inf)]
    high = [np.ones(clients), np.zeros(len(i))]
    if room is not None:
        at = np.arange(sites)
        rows.append(
            coo_array(
                (
                    np.concatenate([need[i], -room]),
                    (np.concatenate([j, at]), np.concatenate([sites + ways, at])),
                ),
                shape=(sites, many),
            )
        )
        low.append(np.full(sites, -np.inf))
        high.append(np.zeros(sites))
        # What is open must hold all demand: this follows, and bounds the number of sites at once.
        rows.append(coo_array((room, (np.zeros(sites, int), at)), shape=(1, many)))
        low.append(np.array([need.sum()]))
        high.append(np.array([np.inf]))
    whole = np.concatenate([np.ones(sites), np.full(len(i), float(single_source))])
    program = Program(
        costs=np.concatenate([price, cost[i, j]]),
        rows=vstack(rows).tocsr(),
        low=np.concatenate(low),
        high=np.concatenate(high),
        least=np.zeros(many),
        most=np.ones(many),
        whole=whole,
    )
    return program, (i, j)


def _answer(
    cost: Array,
    ended: Ended,
    pairs: tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]],
    begun: float,
) -> Solution:
    clients, sites = cost.shape
    shares = np.zeros(cost.shape)
    chosen: list[int] = []
    if ended.x is not None:
        shares[pairs] = np.where(ended.x[sites:] > SMALL, ended.x[sites:], 0.0)
        chosen = [int(site) for site in np.flatnonzero(ended.x[:sites] > 0.5)]  # noqa: PLR2004
    most = np.argmax(shares, axis=1).astype(np.int64) if chosen else np.full(clients, -1, np.int64)
    return Solution(
        sites=chosen,
        assignment=most,
        objective=ended.value,
        bound=ended.bound,
        gap=gap_of(ended.value, ended.bound),
        status=ended.status,
        seconds=time.monotonic() - begun,
        unserved=[] if chosen else list(range(clients)),
        shares=shares,
    )
