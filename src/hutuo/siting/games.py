"""Costs of shared plants as a game of cities: what each group would pay alone, and the whole split."""

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from hutuo.ledger.contributions import shapley
from hutuo.ledger.excesses import nucleolus
from hutuo.ledger.games import Game, sums
from hutuo.ledger.splits import split

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

__all__ = ["RULES", "Rule", "coalition_costs", "in_whole", "rules_of"]

RULES = ("equal", "demand", "alone", "shapley", "nucleolus")


class Rule(NamedTuple):
    """One way of splitting the cost of all.

    Attributes:
        rule: Its name.
        pays: What each player pays, whole fen; they sum to the cost of all.
        excess: The most that a group pays beyond what it would alone, fen; at most 0 if none has a reason to
            object.
        objecting: That group; empty if none has.
    """

    rule: str
    pays: dict[str, int]
    excess: float
    objecting: tuple[str, ...]


def coalition_costs(
    players: Sequence[str], cost: Callable[[tuple[str, ...]], int]
) -> "NDArray[np.int64]":
    """What every group of players pays at least, bit-indexed, (2 ** n,); the empty one pays nothing.

    A group can always do what its parts would do apart, so it never pays more than they do together.

    Args:
        players: Names; player i is bit i.
        cost: Cost of a group, in fen.
    """
    found = np.zeros(1 << len(players), np.int64)
    for at in range(1, len(found)):
        members = tuple(name for bit, name in enumerate(players) if at >> bit & 1)
        found[at] = cost(members)
        part = (at - 1) & at
        while part:
            found[at] = min(found[at], found[part] + found[at ^ part])
            part = (part - 1) & at
    return found


def rules_of(
    players: Sequence[str], costs: "NDArray[np.int64]", demand: Mapping[str, float]
) -> list[Rule]:
    """The cost of all split by every rule, in whole fen.

    Args:
        players: Names; player i is bit i.
        costs: Cost of every group, bit-indexed, (2 ** n,).
        demand: Demand of each player, as tonnes, > 0.

    Source: H. P. Young (ed.), Cost Allocation: Methods, Principles, Applications, North-Holland 1985.
    """
    total, size = int(costs[-1]), len(players)
    alone = {name: int(costs[1 << at]) for at, name in enumerate(players)}
    saved = _savings(players, costs)
    shapley_of = saved.shares(shapley(players, saved.worth))
    nucleolus_of = saved.shares(nucleolus(players, saved.worth))
    apart = np.array([alone[name] for name in players], float)
    shares: dict[str, dict[str, int]] = {
        "equal": split(total, dict.fromkeys(players, 1)),
        "demand": split(total, {name: demand[name] for name in players}),
        "alone": split(total, alone) if total else dict.fromkeys(players, 0),
        "shapley": in_whole(total, players, apart - shapley_of),
        "nucleolus": in_whole(total, players, apart - nucleolus_of),
    }
    return [_judged(rule, players, costs, shares[rule]) for rule in RULES if size]


def _savings(players: Sequence[str], costs: "NDArray[np.int64]") -> Game:
    """What every group saves against its members alone."""
    apart = sums(np.array([costs[1 << at] for at in range(len(players))], float))
    return Game(tuple(players), apart - costs)


def in_whole(total: int, players: Sequence[str], shares: "Floats") -> dict[str, int]:
    """Shares in whole units that sum to the total: rounded down, the rest to the largest remainders."""
    floor = np.floor(shares + 1e-9).astype(int)
    left = total - int(floor.sum())
    order = sorted(range(len(players)), key=lambda at: (floor[at] - shares[at], at))
    for at in order[:left]:
        floor[at] += 1
    return {name: int(one) for name, one in zip(players, floor, strict=True)}


def _judged(
    rule: str, players: Sequence[str], costs: "NDArray[np.int64]", pays: dict[str, int]
) -> Rule:
    paid = sums(np.array([pays[name] for name in players], float))
    excess = (paid - costs)[1:-1]
    if not len(excess):
        return Rule(rule, pays, 0.0, ())
    worst = int(np.argmax(excess))
    # Whole fen: a group of n pays up to n more by rounding alone.
    objects = excess[worst] > len(players)
    group = [name for bit, name in enumerate(players) if (worst + 1) >> bit & 1]
    return Rule(rule, pays, float(excess[worst]), tuple(group) if objects else ())
