"""Cooperative games: what each group of parties could do on its own, and how that binds what each is given.

A game is the worth of every coalition of its players, bit-indexed: bit i of an index says whether player i is
in. The empty coalition is worth nothing. Of costs that are shared give the savings of each coalition, its
members' costs alone less what it would pay together.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hutuo.errors import BadAsk, BadInput, Finding
from hutuo.glossary import Text

__all__ = ["Game", "Value", "game_of", "sums"]

Floats = NDArray[np.float64]
# Worth of a coalition by its members: asked for, or looked up; or all of them, bit-indexed.
Value = Callable[[frozenset[str]], float] | Mapping[Any, float] | Floats | Sequence[float]
# 2 ** 20 worths are 8 MB; a game beyond is sampled.
MOST_PLAYERS = 20


@dataclass(frozen=True, slots=True)
class Game:
    """The worth of every coalition.

    Attributes:
        players: Names of the players; player i is bit i.
        worth: Worth by coalition, (2 ** n,); 0 for the empty one.
    """

    players: tuple[str, ...]
    worth: Floats

    @property
    def size(self) -> int:
        """Number of the players."""
        return len(self.players)

    @property
    def total(self) -> float:
        """Worth of all players together."""
        return float(self.worth[-1])

    @property
    def alone(self) -> Floats:
        """Worth of each player alone, (n,)."""
        return np.array([self.worth[1 << at] for at in range(self.size)])

    def members(self, coalition: int) -> tuple[str, ...]:
        """Names of the players of a coalition."""
        return tuple(name for at, name in enumerate(self.players) if coalition >> at & 1)

    def shares(self, given: Mapping[str, float] | Sequence[float] | Floats) -> Floats:
        """What each player is given, (n,), from a table by player or in their order.

        Raises:
            BadAsk: A player is missing or unknown.
        """
        if isinstance(given, Mapping):
            if set(given) != set(self.players):
                odd = sorted(set(given) ^ set(self.players))
                raise BadAsk(
                    Text(f"各方不一致:{'、'.join(odd)}", f"the players differ: {', '.join(odd)}"),
                    Text(f"应为{'、'.join(self.players)}", f"they are {', '.join(self.players)}"),
                )
            return np.array([given[name] for name in self.players], dtype=np.float64)
        return np.asarray(given, dtype=np.float64)


def game_of(players: Sequence[str], value: Value, most: int = MOST_PLAYERS) -> Game:
    """A game from the worth of its coalitions.

    Args:
        players: Names of the players, each once.
        value: A function of the set of a coalition's members; or a table by members (a tuple, a frozenset, or
            one name), in which the empty coalition may be left out; or an array of all worths, bit-indexed.
        most: Players at most.

    Raises:
        BadAsk: A player is named twice, there is none, or there are too many.
        BadInput: Worths are missing, are no numbers, or are not of these players; all of them are told.
    """
    names = tuple(players)
    if not names or len(set(names)) < len(names) or len(names) > most:
        raise BadAsk(
            Text(
                f"需要1至{most}个互不相同的参与方,给出了{len(names)}个",
                f"a game has 1 to {most} different players, not {len(names)}",
            ),
            Text("更多的参与方用抽样的沙普利值", "with more of them sample the Shapley value"),
        )
    worth = _called(names, value) if callable(value) else _table(names, value)
    faults = [
        _fault(names, at, Text("不是数", "is no number"))
        for at in np.flatnonzero(~np.isfinite(worth)).tolist()
    ]
    if worth[0] != 0:
        faults.append(
            _fault(names, 0, Text("空联盟的价值应为0", "the empty coalition is worth 0"))
        )
    if faults:
        raise BadInput(Text("联盟的价值有误", "worths of coalitions have faults"), faults)
    return Game(names, worth)


def _called(names: tuple[str, ...], value: Callable[[frozenset[str]], float]) -> Floats:
    worth = np.zeros(1 << len(names))
    for at in range(1, len(worth)):
        worth[at] = value(frozenset(name for bit, name in enumerate(names) if at >> bit & 1))
    return worth


def _table(
    names: tuple[str, ...], value: Mapping[Any, float] | Floats | Sequence[float]
) -> Floats:
    if not isinstance(value, Mapping):
        worth = np.array(value, dtype=np.float64)
        if worth.shape != (1 << len(names),):
            raise BadAsk(
                Text(
                    f"{len(names)}方的博弈应有{1 << len(names)}个价值,给出了{worth.size}个",
                    f"a game of {len(names)} players has {1 << len(names)} worths, not {worth.size}",
                ),
                Text("按位编号给出每个联盟的价值", "give that of each coalition, bit-indexed"),
            )
        return worth
    bit = {name: 1 << at for at, name in enumerate(names)}
    worth = np.full(1 << len(names), np.nan)
    worth[0] = 0.0
    faults = []
    for group, amount in value.items():
        members = (group,) if isinstance(group, str) else tuple(group)
        unknown = sorted(set(members) - set(names))
        if unknown:
            text = Text(f"没有参与方{'、'.join(unknown)}", f"no player is {', '.join(unknown)}")
            faults.append(Finding("", None, "+".join(map(str, members)), text))
            continue
        worth[sum(bit[name] for name in set(members))] = amount
    if faults:
        raise BadInput(Text("联盟的成员有误", "members of coalitions have faults"), faults)
    return worth


def _fault(names: tuple[str, ...], at: int, text: Text) -> Finding:
    members = [name for bit, name in enumerate(names) if at >> bit & 1]
    return Finding("", None, "+".join(members), text)


def sums(shares: Floats) -> Floats:
    """What every coalition is given together, bit-indexed, (2 ** n,)."""
    found = np.zeros(1)
    for share in shares:
        found = np.concatenate([found, found + share])
    return found
