"""Sites within reach: the fewest that cover all, and the most that so many cover.

A client is covered by a site whose cost is at most the limit: the limit itself counts, unless it is said
not to.

Source: C. Toregas, R. Swain, C. ReVelle and L. Bergman, The location of emergency service facilities,
Operations Research 19 (1971) 1363-1373, with its reductions of rows and columns; R. Church and C. ReVelle,
The maximal covering location problem, Papers of the Regional Science Association 32 (1974) 101-118.
"""

import time
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.sparse import csr_array, eye_array, hstack, vstack

from hutuo.errors import BadInput
from hutuo.glossary import Text
from hutuo.siting import coverings, reductions, sweeps
from hutuo.siting.programs import Ended, Program, Stop, solved
from hutuo.siting.solutions import (
    Solution,
    deadline,
    gap_of,
    read_cost,
    read_fixed,
    read_start,
    read_weights,
)

__all__ = ["chosen_of", "fewest", "filled", "max_cover", "nearest_of", "set_cover"]

Array = npt.NDArray[np.float64]
Covers = npt.NDArray[np.bool_]
OPEN = 0.5
# Clients of lists that the search for covers looks at: about a tenth of a second.
LOOKS = 10_000_000
# Small ones need no more than so many looks at every list.
ROUNDS = 500


def set_cover(  # noqa: PLR0913 - what the model has
    cost: Any,
    limit: float,
    *,
    opening: npt.ArrayLike | None = None,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    times: npt.ArrayLike = 1,
    inclusive: bool = True,
    time_limit: float | None = None,
    start: Sequence[int] | None = None,
) -> Solution:
    """The fewest (or cheapest) sites that cover every client within a limit.

    Args:
        cost: Of getting from a client to a site, (clients, sites), >= 0; inf where there is no way.
        limit: Most that a client may be away.
        opening: What each site costs, (sites,); 1 if none is given.
        fixed: Sites that must be open.
        forbidden: Sites that must not be open.
        times: How many sites must cover a client, one number or (clients,): 2 for a backup.
        inclusive: Whether a cost of just the limit is within it.
        time_limit: Seconds after which the best plan is given with its bound.
        start: Sites of a plan to begin with, as of an earlier answer.

    Returns:
        The plan; its objective is what the sites cost. ``infeasible`` if a client is within the limit of too
        few sites: ``unserved`` tells which.

    Raises:
        BadInput: A figure is out of range; all of them are named.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun, _ = deadline(time_limit)
    given = read_cost(cost)
    price = read_weights(opening, given.shape[1], "opening")
    kept, shut = read_fixed(fixed, given.shape[1], None, forbidden)
    first = read_start(start, given.shape[1], None, (kept, shut))
    reach = _within(given, limit, inclusive=inclusive)
    reach[:, shut] = False
    often = read_weights(np.broadcast_to(times, len(given)), len(given), "times")
    lost = np.flatnonzero(reach.sum(axis=1) < often)
    if len(lost):
        ended = Ended(None, np.inf, np.inf, "infeasible")
    elif np.all(often == 1):
        ended = fewest(reach, kept, shut, -np.inf, time_limit, price, first)
    else:
        program = _often(reach, price, often, kept)
        point = None if first is None else np.isin(np.arange(len(price)), first).astype(np.float64)
        ended = _counted(solved(program, Stop(time_limit), point), price, float(price[kept].sum()))
    return _answer(given, reach, ended, kept, begun, lost.tolist())


def max_cover(  # noqa: PLR0913 - what the model has
    cost: Any,
    limit: float,
    p: int,
    weights: npt.ArrayLike | None = None,
    *,
    fixed: Sequence[int] = (),
    forbidden: Sequence[int] = (),
    times: int = 1,
    inclusive: bool = True,
    time_limit: float | None = None,
    start: Sequence[int] | None = None,
) -> Solution:
    """The p sites that cover the most within a limit.

    Args:
        cost: Of getting from a client to a site, (clients, sites), >= 0; inf where there is no way.
        limit: Most that a covered client may be away.
        p: Number of sites.
        weights: Of clients, (clients,), >= 0; 1 if none are given.
        fixed: Sites that must be open.
        forbidden: Sites that must not be open.
        times: How many sites must be within the limit of a covered client: 2 for a backup.
        inclusive: Whether a cost of just the limit is within it.
        time_limit: Seconds after which the best plan is given with its bound.
        start: Sites of a plan to begin with, at most p, as of an earlier answer; the answer is never worse.

    Returns:
        The plan; its objective is the weight that is covered, its bound what no plan exceeds; ``unserved``
        are those who are not covered.

    Raises:
        BadInput: A figure is out of range; all of them are named.
        Cancelled: Whoever listens to the progress wants it to stop.
    """
    begun, end = deadline(time_limit)
    given = read_cost(cost)
    heavy, sites = read_weights(weights, len(given), "weights"), given.shape[1]
    kept, shut = read_fixed(fixed, sites, p, forbidden)
    reach = _within(given, limit, inclusive=inclusive)
    reach[:, shut] = False
    begins = read_start(start, sites, p, (kept, shut))
    first = _swapped(reach, heavy, p, (kept, shut), begins)
    left = None if time_limit is None else end - time.monotonic()
    ended = _most(reach, heavy, (p, times), kept, first, left)
    chosen = first if ended.x is None else chosen_of(ended.x)
    chosen = filled(chosen, p, [site for site in range(sites) if site not in set(shut)])
    lost = np.flatnonzero(reach[:, chosen].sum(axis=1) < times)
    covered, everything = float(heavy.sum() - heavy[lost].sum()), float(heavy.sum())
    most = covered if ended.status == "optimal" else min(-ended.bound, everything)
    status = "optimal" if covered == most else ended.status
    gap = gap_of(covered, most) if covered or most == 0 else np.inf
    nearest, _ = nearest_of(np.where(reach, given, np.inf), chosen)
    seconds = time.monotonic() - begun
    return Solution(chosen, nearest, covered, most, gap, status, seconds, lost.tolist())


def fewest(  # noqa: PLR0913 - what may be said of a cover
    reach: Covers,
    kept: list[int],
    shut: list[int],
    enough: float = -np.inf,
    seconds: float | None = None,
    price: Array | None = None,
    start: list[int] | None = None,
) -> Ended:
    """The cheapest sites that cover all clients.

    Args:
        reach: Which sites cover which clients, (clients, sites).
        kept: Sites that must be open.
        shut: Sites that must not be.
        enough: Whether so much is enough is all that is asked: a plan of at most that, or a bound above.
        seconds: Time after which the best plan is given.
        price: Of sites, (sites,); 1 if none are given.
        start: Sites of a plan to begin with, if it is better than one found by what each adds.
    """
    cheap = np.ones(reach.shape[1]) if price is None else price
    allowed = reach.copy()
    allowed[:, shut] = False
    if not allowed.any(axis=1).all():
        return Ended(None, np.inf, np.inf, "infeasible")
    rows, columns = reductions.reduced(allowed, cheap, kept)
    x = np.zeros(reach.shape[1])
    x[kept] = 1.0
    base = float(cheap[kept].sum())
    if not len(rows):
        return Ended(x, base, base, "optimal")
    covers, spent = allowed[np.ix_(rows, columns)], cheap[columns]
    first = reductions.greedy(covers, spent)
    if start is not None:
        first = _cheaper(
            first, np.isin(columns, start), (allowed, covers, columns, cheap), kept, start
        )
    if base + spent @ first <= enough:
        ended = Ended(first, float(spent @ first), -np.inf, "enough")
    else:
        ones = np.ones(len(columns))
        matrix = csr_array(covers.astype(np.float64))
        low, high = np.ones(len(rows)), np.full(len(rows), np.inf)
        program = Program(spent, matrix, low, high, 0 * ones, ones, ones)
        above = enough - base + 1e-6 if np.isfinite(enough) else np.inf
        ended = solved(program, Stop(seconds, 0.0, enough - base, above), first)
    if ended.x is None:
        return ended
    x[columns] = ended.x
    return _counted(Ended(x, base + ended.value, base + ended.bound, ended.status), cheap, base)


def _counted(ended: Ended, price: Array, least: float) -> Ended:
    """The same with what its sites cost, summed up anew: the solver's sum is off by its last digits.

    No plan is below the least, whatever time the solver had.
    """
    if ended.x is None:
        return ended._replace(bound=max(ended.bound, least))
    x = np.rint(ended.x)
    value = float(price @ x)
    bound = value if ended.status == "optimal" else min(max(ended.bound, least), value)
    return Ended(x, value, bound, ended.status)


def _often(reach: Covers, price: Array, often: Array, kept: list[int]) -> Program:
    """Sites of which so many cover each client."""
    ones, least = np.ones(len(price)), np.zeros(len(price))
    least[kept] = 1.0
    rows = csr_array(reach.astype(np.float64))
    return Program(price, rows, often, np.full(len(often), np.inf), least, ones, ones)


def _swapped(
    reach: Covers,
    heavy: Array,
    p: int,
    given: tuple[list[int], list[int]],
    begins: list[int] | None,
) -> list[int]:
    """Sites from which swapping no one covers more, begun with those that add most, or from a plan."""
    kept, shut = given
    state = np.zeros(reach.shape[1], np.int8)
    state[kept], state[shut] = sweeps.OPEN, sweeps.CLOSED
    first = np.concatenate([[0], np.cumsum(reach.sum(axis=0))]).astype(np.int64)
    items = np.nonzero(reach.T)[1].astype(np.int32)
    plans = [reductions.most_added(reach, heavy, p, state)]
    if begins is not None:
        asked = state.copy()
        asked[begins] = sweeps.OPEN
        plans.append(reductions.most_added(reach, heavy, p, asked))
    looks = min(LOOKS, ROUNDS * len(items))
    values = [
        coverings.searched(first, items, heavy, plan, state, looks, 0) if p > len(kept) else 0.0
        for plan in plans
    ]
    return sorted(int(site) for site in plans[int(np.argmax(values))])


def _most(
    reach: Covers,
    heavy: Array,
    asked: tuple[int, int],
    kept: list[int],
    first: list[int],
    seconds: float | None,
) -> Ended:
    """Sites that are open, and groups of clients with the same sites that are covered."""
    (p, times), sites = asked, reach.shape[1]
    columns = np.flatnonzero(reach.any(axis=0)) if times > 1 else reductions.useful(reach)
    columns = np.union1d(columns, [*kept, *first]).astype(int)
    groups, of = np.unique(reach[:, columns], axis=0, return_inverse=True)
    weight = np.bincount(of.ravel(), weights=heavy, minlength=len(groups))
    some = (weight > 0) & (groups.sum(axis=1) >= times)
    groups, weight = groups[some], weight[some]
    many, covering = len(columns), len(weight)
    rows = hstack([csr_array(groups.astype(np.float64)), -float(times) * eye_array(covering)])
    opened = csr_array(np.concatenate([np.ones(many), np.zeros(covering)])[None, :])
    least, ones = np.zeros(many + covering), np.ones(many + covering)
    least[:many][np.isin(columns, kept)] = 1.0
    here = np.isin(columns, first)
    start = np.concatenate([here, groups[:, here].sum(axis=1) >= times]).astype(np.float64)
    program = Program(
        costs=np.concatenate([np.zeros(many), -weight]),
        rows=vstack([rows, opened]).tocsr(),
        low=np.concatenate([np.zeros(covering), [0.0]]),
        high=np.concatenate([np.full(covering, np.inf), [p]]),
        least=least,
        most=ones,
        # Once sites are chosen, who is covered follows; but half a backup is none.
        whole=np.concatenate([np.ones(many), np.full(covering, float(times > 1))]),
    )
    ended = solved(program, Stop(seconds), start)
    if ended.x is None:
        return ended
    x = np.zeros(sites)
    x[columns] = ended.x[:many]
    return ended._replace(x=x)


def _cheaper(
    first: Array,
    asked: Covers,
    given: tuple[Covers, Covers, npt.NDArray[np.int64], Array],
    kept: list[int],
    start: list[int],
) -> Array:
    """The plan to begin with, if it covers all and costs less than the first one.

    Sites that were left out, others standing for them, are replaced by those that cover what they did.
    """
    allowed, covers, columns, cheap = given
    x = asked.astype(np.float64)
    for site in sorted({*start} - {*columns.tolist(), *kept}):
        better = (allowed[:, columns] >= allowed[:, [site]]).all(axis=0)
        if better.any():
            x[int(np.argmax(better))] = 1.0
    left = ~covers[:, x > 0].any(axis=1)
    worse = left.any() or cheap[columns] @ x >= cheap[columns] @ first
    return first if worse else x


def _within(cost: Array, limit: float, *, inclusive: bool) -> Covers:
    """Which sites cover which clients.

    Raises:
        BadInput: The limit is negative or missing.
    """
    if not limit >= 0:
        says = Text(f"限值{limit}应不小于0", f"limit {limit}; at least 0 would be right")
        raise BadInput(says)
    return np.isfinite(cost) & ((cost <= limit) if inclusive else (cost < limit))


def _answer(
    cost: Array, reach: Covers, ended: Ended, kept: list[int], begun: float, lost: list[int]
) -> Solution:
    sites = kept if ended.x is None else chosen_of(ended.x)
    if sites:
        nearest, _ = nearest_of(np.where(reach, cost, np.inf), sites)
    else:
        nearest = np.full(len(cost), -1, np.int64)
    gap = gap_of(ended.value, ended.bound)
    seconds = time.monotonic() - begun
    return Solution(sites, nearest, ended.value, ended.bound, gap, ended.status, seconds, lost)


def nearest_of(cost: Array, sites: list[int]) -> tuple[npt.NDArray[np.int64], Array]:
    """Nearest of the sites for each client, -1 for none, and its cost."""
    at = np.argmin(cost[:, sites], axis=1)
    reach = cost[np.arange(len(cost)), np.array(sites)[at]]
    nearest = np.array(sites)[at].astype(np.int64)
    nearest[np.isinf(reach)] = -1
    return nearest, reach


def chosen_of(x: Array) -> list[int]:
    """Sites that are open at a point of the programme."""
    return [int(site) for site in np.flatnonzero(x > OPEN)]


def filled(sites: list[int], p: int, among: list[int]) -> list[int]:
    """Fewer sites than asked for are filled up by the first others: more never make anybody farther."""
    others = [site for site in among if site not in set(sites)]
    return sorted([*sites, *others[: max(p - len(sites), 0)]])
