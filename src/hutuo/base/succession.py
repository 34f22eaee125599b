"""Succession of units by their codes: which unit went into which, and how much of it.

Pure. A reform is a graph from units that ended to those that they went into. Where one unit went into one
(a rename, a new code) or several into one, the codes say all; where one was divided, figures are apportioned
within the connected component by what its units weigh, and that is an estimate.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

ROUNDS = 500
ENOUGH = 1e-12


class Version(NamedTuple):
    """A unit while its extent stayed the same.

    Attributes:
        unit: Its code.
        valid_from: First day; None: since before the records.
        valid_to: Day from which it no longer is; None: it still is.
        became: Codes that it went into on that day.
    """

    unit: str
    valid_from: date | None
    valid_to: date | None
    became: tuple[str, ...]

    def holds(self, day: date) -> bool:
        """Whether it was this on that day."""
        begun = self.valid_from is None or self.valid_from <= day
        return begun and (self.valid_to is None or day < self.valid_to)


class Part(NamedTuple):
    """How much of one version another one is.

    Attributes:
        source: Version that is shared out.
        target: Version that it goes to.
        share: Part of the source, 0 to 1.
        flow: What goes over, in the weights' unit; None where it cannot be told.
        exact: Whether the codes say so, without an estimate.
    """

    source: Version
    target: Version
    share: float
    flow: float | None
    exact: bool


def extents(rows: Iterable[Version]) -> list[Version]:
    """Versions by extent: a unit that took in another one while its row went on is cut at that day."""
    rows = list(rows)
    days: dict[str, set[date]] = {}
    for row in rows:
        for code in row.became if row.valid_to else ():
            days.setdefault(code, set()).add(row.valid_to)  # type: ignore[arg-type] # not None here
    return [piece for row in rows for piece in _cut(row, sorted(days.get(row.unit, ())))]


def _cut(row: Version, days: Sequence[date]) -> list[Version]:
    pieces, rest = [], row
    for day in days:
        if rest.holds(day) and rest.valid_from != day:
            pieces.append(Version(row.unit, rest.valid_from, day, (row.unit,)))
            rest = rest._replace(valid_from=day)
    return [*pieces, rest]


def after(version: Version, known: Iterable[Version]) -> list[Version]:
    """What a version went into, at once."""
    if version.valid_to is None:
        return []
    codes = version.became or (version.unit,)
    return [v for v in known if v.unit in codes and v != version and v.holds(version.valid_to)]


def edges(
    sources: Sequence[Version], targets: Sequence[Version], known: Sequence[Version]
) -> tuple[list[tuple[Version, Version]], list[tuple[Version, Version]]]:
    """Pairs of source and target that succession joins.

    Args:
        sources: Versions to be shared out.
        targets: Versions that they may go to.
        known: All versions, over which the ways lead.

    Returns:
        Pairs (source, target) that lead on in time, those that are the same among them; then pairs that lead
        back: (source, target) where the target went into the source.
    """
    goals, starts = set(targets), set(sources)
    onward = [(s, t) for s in sources for t in ([s] if s in goals else _reached(s, goals, known))]
    found = {s for s, _ in onward}
    back = [
        (s, t)
        for t in targets
        if t not in starts
        for s in _reached(t, starts, known)
        if s not in found
    ]
    return onward, back


def _reached(start: Version, goals: set[Version], known: Sequence[Version]) -> list[Version]:
    """Goals that a version went into, each way up to its first one."""
    found, seen, ahead = [], {start}, [start]
    while ahead:
        for step in after(ahead.pop(), known):
            if step in seen:
                continue
            seen.add(step)
            if step in goals:
                found.append(step)
            else:
                ahead.append(step)
    return sorted(found, key=lambda version: (version.unit, str(version.valid_from)))


def parts(
    pairs: Iterable[tuple[Version, Version]],
    weights: Mapping[Version, float],
    *,
    onward: bool,
) -> list[Part]:
    """Shares of the sources, component by component.

    A source with one way goes there whole: exact. One with several is apportioned: by the flows that agree
    with what the old and the new units weigh, where both are known; onward else by what its successors
    weigh. Where neither can be told the source has no part.

    Args:
        pairs: (source, target).
        weights: What versions weigh; those that are not known are left out.
        onward: Whether targets are the later ones.
    """
    found: list[Part] = []
    for component in components(pairs):
        flow = _flows(component, weights, onward=onward)
        ways: dict[Version, list[Version]] = {}
        for source, target in component:
            ways.setdefault(source, []).append(target)
        for source, goals in ways.items():
            found += _shared(source, goals, flow, weights, onward=onward)
    return found


def components(pairs: Iterable[tuple[Version, Version]]) -> list[list[tuple[Version, Version]]]:
    """The pairs by connected component of what they join."""
    pairs = sorted(set(pairs), key=_order)
    root: dict[tuple[int, Version], tuple[int, Version]] = {}

    def top(node: tuple[int, Version]) -> tuple[int, Version]:
        while root.setdefault(node, node) != node:
            node = root[node]
        return node

    for source, target in pairs:
        root[top((0, source))] = top((1, target))
    groups: dict[tuple[int, Version], list[tuple[Version, Version]]] = {}
    for pair in pairs:
        groups.setdefault(top((0, pair[0])), []).append(pair)
    return list(groups.values())


def _order(pair: tuple[Version, Version]) -> tuple[str, str, str, str]:
    (one, two) = pair
    return one.unit, str(one.valid_from), two.unit, str(two.valid_from)


def _shared(
    source: Version,
    goals: list[Version],
    flow: Mapping[tuple[Version, Version], float],
    weights: Mapping[Version, float],
    *,
    onward: bool,
) -> list[Part]:
    if len(goals) == 1:
        goal = goals[0]
        weight = flow.get((source, goal), weights.get(source))
        return [Part(source, goal, 1.0, weight, exact=True)]
    told = {goal: flow[source, goal] for goal in goals if (source, goal) in flow}
    known = bool(told)
    if not known and onward and all(goal in weights for goal in goals):
        told = {goal: weights[goal] for goal in goals}
    total = sum(told.values())
    if not total > 0:
        return []
    return [
        Part(source, goal, value / total, value if known else None, exact=False)
        for goal, value in told.items()
    ]


def _flows(
    component: Sequence[tuple[Version, Version]], weights: Mapping[Version, float], *, onward: bool
) -> dict[tuple[Version, Version], float]:
    """What goes over each pair; empty where not all weights are known."""
    import numpy as np

    olds = list(dict.fromkeys(pair[0 if onward else 1] for pair in component))
    news = list(dict.fromkeys(pair[1 if onward else 0] for pair in component))
    if len(olds) == len(news) == 1:
        # The same ground under another name or code: what is known of one is known of the other.
        weight = weights.get(olds[0], weights.get(news[0]))
        return {} if weight is None else {component[0]: weight}
    if not all(version in weights for version in (*olds, *news)):
        return {}
    ways = np.zeros((len(olds), len(news)))
    for pair in component:
        old, new = pair if onward else pair[::-1]
        ways[olds.index(old), news.index(new)] = 1.0
    flow = fitted(ways, np.array([weights[o] for o in olds]), np.array([weights[n] for n in news]))
    return {
        pair: float(flow[olds.index(old), news.index(new)])
        for pair in component
        for old, new in [pair if onward else pair[::-1]]
    }


def fitted(
    ways: "NDArray[np.float64]", old: "NDArray[np.float64]", new: "NDArray[np.float64]"
) -> "NDArray[np.float64]":
    """Flows over the ways that add up to what the old units weigh, as near as can be to the new ones.

    Args:
        ways: 1 where an old unit went into a new one, (old, new).
        old: What the old units weigh, (old,), >= 0.
        new: What the new units weigh, (new,), >= 0; scaled to the total of the old ones.

    Returns:
        (old, new); each row adds up to its old unit exactly.

    Source: iterative proportional fitting, Deming and Stephan (1940).
    """
    import numpy as np

    wanted = new * (old.sum() / new.sum()) if new.sum() > 0 else new
    flow = _rows(ways.copy(), old)
    for _ in range(ROUNDS):
        sums = flow.sum(axis=0)
        factor = np.divide(wanted, sums, out=np.zeros_like(sums), where=sums > 0)
        fresh = _rows(np.where(ways > 0, flow * factor, 0.0), old, ways)
        if np.abs(fresh - flow).max() <= ENOUGH * max(float(old.sum()), 1.0):
            break
        flow = fresh
    return flow


def _rows(
    flow: "NDArray[np.float64]",
    old: "NDArray[np.float64]",
    ways: "NDArray[np.float64] | None" = None,
) -> "NDArray[np.float64]":
    """The flows with each row scaled to its old unit; a row that came to nothing begins again, even."""
    import numpy as np

    if ways is not None:
        empty = flow.sum(axis=1) == 0
        flow = np.where(empty[:, None], ways, flow)
    sums = flow.sum(axis=1, keepdims=True)
    scaled: NDArray[np.float64] = np.divide(
        flow * old[:, None], sums, out=np.zeros_like(flow), where=sums > 0
    )
    return scaled
