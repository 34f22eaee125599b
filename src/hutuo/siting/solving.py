"""The model of an ask, put to its solver, and the plan told of all places again."""

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.siting.capacities import capacitated_location
from hutuo.siting.centres import p_center
from hutuo.siting.covers import max_cover, set_cover
from hutuo.siting.medians import p_median
from hutuo.siting.planned import survival
from hutuo.siting.ruling import even, ruled
from hutuo.siting.siteasks import NUMBERED
from hutuo.siting.solutions import Solution, refuse
from hutuo.verbs import Text

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from hutuo.base.region import Region
    from hutuo.siting.siteasks import Locate
    from hutuo.siting.siterows import Case

    Floats = NDArray[np.float64]
    Found = tuple[Solution, Floats | None, list[list[str]]]

__all__ = ["capacities_of", "for_some", "solved", "within_reach"]

# Models with capacities.
ROOMS = ("capacitated", "ruled")


def solved(region: "Region | None", case: "Case", ask: "Locate") -> "Found":
    """The plan of an ask, the capacities of the sites where they are limited, and rules that are in conflict.

    Only capacities are read from the region: without them there need be none.

    Places that no site can serve are left out of the model and not served: the plan serves the others.

    Raises:
        BadAsk: More sites are asked for than there are candidates, or nobody can be served.
        BadInput: A facility that stands has no capacity, or all of them together have too little.
    """
    minutes = case.ways.minutes
    limit = ask.minutes if ask.model == "set_cover" else np.inf
    some = within_reach(minutes, limit, included=ask.included, times=ask.cover_times)
    if not some.any():
        says = Text("没有地点能由候选地点服务", "no place can be served from any candidate")
        raise BadAsk(says, Text("请放宽时限或增加候选地点", "raise the limit or add candidates"))
    number = _number(case, ask)
    demand = case.people * ask.per_person
    room = capacities_of(region, case, ask) if region and ask.model in ROOMS else None
    if ask.model == "ruled":
        mine = some if even(ask) else np.ones(len(some), np.bool_)
        found, conflict = ruled(for_some(case, mine), ask, demand[mine], room)
        return _whole(found, mine), room, conflict
    found = _solved(case, ask, (some, demand, room), number)
    return _whole(found, some), room, []


def for_some(case: "Case", some: "NDArray[np.bool_]") -> "Case":
    """The case of some of its clients."""
    ways = case.ways._replace(minutes=case.ways.minutes[some], km=case.ways.km[some])
    demand = case.demand._replace(amounts=case.demand.amounts[some])
    clients = [one for one, here in zip(case.clients, some, strict=True) if here]
    return case._replace(clients=clients, demand=demand, ways=ways)


def within_reach(
    minutes: "Floats", limit: float, *, included: bool, times: int = 1
) -> "NDArray[np.bool_]":
    """Which clients have so many sites within the limit, (clients,)."""
    near = np.isfinite(minutes) & (minutes <= limit if included else minutes < limit)
    found: NDArray[np.bool_] = near.sum(axis=1) >= times
    return found


def _number(case: "Case", ask: "Locate") -> int:
    """Sites in all: the new ones and those that are kept.

    Raises:
        BadAsk: None, or more than there are.
    """
    number = (ask.number or 0) + case.kept
    if ask.number is not None and not 1 <= number <= len(case.sites):
        free = len(case.sites) - case.kept
        says = Text(
            f"新设{ask.number}处;保留{case.kept}处,另有候选{free}处",
            f"{ask.number} new sites; {case.kept} are kept and {free} candidates are left",
        )
        raise BadAsk(says, Text("请改number或candidates", "change number or candidates"))
    return number


def capacities_of(region: "Region", case: "Case", ask: "Locate") -> "Floats | None":
    """Capacity of every site; None if none is limited.

    Raises:
        BadInput: A facility that stands has none known; all such are named.
    """
    from hutuo.base.counted import latest_of

    if ask.new_capacity is None and ask.capacity is None:
        return None
    new = np.inf if ask.new_capacity is None else ask.new_capacity
    room = np.full(len(case.sites), new)
    if case.kept and ask.capacity is not None:
        kept = [point.place for point in case.sites[: case.kept]]
        held = latest_of(region, kept, ask.capacity).amounts
        bare = [place for place, one in zip(kept, held, strict=True) if np.isnan(one)]
        if bare:
            says = Text("没有容量数值", "no capacity is known")
            told = Text(
                f"{len(bare)}处已有设施没有容量", f"{len(bare)} facilities have no capacity"
            )
            raise BadInput(told, [Finding(ask.capacity, None, place, says) for place in bare])
        room[: case.kept] = held
    return room


def _solved(
    case: "Case",
    ask: "Locate",
    given: "tuple[NDArray[np.bool_], Floats, Floats | None]",
    number: int,
) -> Solution:
    some, demand, room = given
    minutes, heavy, kept = case.ways.minutes[some], demand[some], range(case.kept)
    start = _start(case, ask, number)
    limit, fine, seconds = ask.minutes, ask.included, ask.seconds
    if ask.model == "p_median":
        return p_median(minutes, heavy, number, fixed=kept, time_limit=seconds, start=start)
    if ask.model == "survival":
        lost = np.where(np.isfinite(minutes), 1.0 - survival(minutes), np.inf)
        return p_median(lost, heavy, number, fixed=kept, time_limit=seconds, start=start)
    if ask.model == "p_center":
        return p_center(minutes, number, fixed=kept, time_limit=seconds, start=start)
    if ask.model == "set_cover":
        return set_cover(
            minutes, limit, fixed=kept, times=ask.cover_times, inclusive=fine, time_limit=seconds,
            start=start,
        )  # fmt: skip
    if ask.model == "max_cover":
        return max_cover(
            minutes, limit, number, heavy, fixed=kept, times=ask.cover_times, inclusive=fine,
            time_limit=seconds, start=start,
        )  # fmt: skip
    return _costed(case, ask, (minutes, heavy, room), number, start)


def _costed(
    case: "Case",
    ask: "Locate",
    given: "tuple[Floats, Floats, Floats | None]",
    number: int,
    start: list[int] | None,
) -> Solution:
    """The cheapest plan; what stands costs nothing to open and stands also where nobody goes."""
    minutes, heavy, room = given
    price = np.full(len(case.sites), float(ask.opening_fen or 0))
    price[: case.kept] = 0.0
    cost = heavy[:, None] * minutes * (ask.fen_per_minute or 0.0)
    # What weighs nothing goes nowhere at no cost, also where there is no way.
    cost = np.where(np.isnan(cost), np.inf, cost)
    held = None if room is None else np.where(np.isinf(room), heavy.sum() + 1.0, room)
    told = ask.number is not None
    found = capacitated_location(
        price, held, heavy, cost, single_source=ask.single, time_limit=ask.seconds, start=start,
        p=number if told else None, kept=range(case.kept) if told else (),
    )  # fmt: skip
    if found.status == "infeasible":
        return found
    return replace(found, sites=sorted({*found.sites, *range(case.kept)}))


def _start(case: "Case", ask: "Locate", number: int) -> list[int] | None:
    """Positions of the sites to begin with, and of those that are kept.

    Raises:
        BadInput: One is no candidate; all such are named.
    """
    if not ask.start_sites:
        return None
    at = {point.place: site for site, point in enumerate(case.sites)}
    none = Text("不是候选地点", "is no candidate")
    refuse([Finding("start_sites", None, one, none) for one in ask.start_sites if one not in at])
    found = sorted({*range(case.kept), *(at[one] for one in ask.start_sites)})
    if ask.model in NUMBERED and len(found) > number:
        many = Text(
            f"连同保留的共{len(found)}处,多于{number}处",
            f"{len(found)} with those kept, over {number}",
        )
        refuse([Finding("start_sites", None, "", many)])
    return found


def _whole(found: Solution, some: "NDArray[np.bool_]") -> Solution:
    """The plan of some clients, told of all of them: the others are served from nowhere."""
    many = len(some)
    assignment = np.full(many, -1, np.int64)
    assignment[some] = found.assignment
    at = np.flatnonzero(some)
    unserved = sorted({*np.flatnonzero(~some).tolist(), *at[found.unserved].tolist()})
    shares = None
    if found.shares is not None:
        shares = np.zeros((many, found.shares.shape[1]))
        shares[some] = found.shares
    return replace(found, assignment=assignment, unserved=unserved, shares=shares)
