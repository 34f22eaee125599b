"""What a what-if means for the plan: who lives near the core, and which targets stand otherwise."""

import operator
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.geography import members
from hutuo.errors import NotFound
from hutuo.units import convert
from hutuo.verbs import find_verb

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.base.region import Region

    Array = NDArray[np.float64]

__all__ = ["Circle", "Moved", "circle_of", "core_of", "moved"]

CORE = "set:core"
EVALUATE = ("plan", "evaluate")
HOLDS: dict[str, Callable[[float, float], bool]] = {
    ">=": operator.ge,
    ">": operator.gt,
    "<=": operator.le,
    "<": operator.lt,
    "=": operator.eq,
}


class Circle(NamedTuple):
    """Who is within some minutes of the core.

    Attributes:
        minutes_before: From each zone to the nearest of the core, (zones,).
        minutes_after: The same afterwards.
        share_before: Share of people within the limit.
        share_faster: The same with the times afterwards, everybody where they were.
        share_after: The same with everybody where the model puts them.
    """

    minutes_before: "Array"
    minutes_after: "Array"
    share_before: float
    share_faster: float
    share_after: float


class Moved(NamedTuple):
    """A target that stands otherwise.

    Attributes:
        before: What is said of it on main, as ``plan evaluate`` answers.
        after: The same on the branch.
        minutes_before: Minutes of the model that would decide it, in its unit; None if none would.
        minutes_after: The same afterwards.
        met_before: Whether those would satisfy it.
        met_after: The same afterwards.
    """

    before: Any
    after: Any
    minutes_before: float | None
    minutes_after: float | None
    met_before: bool | None
    met_after: bool | None


def core_of(region: "Region", places: Sequence[str], people: "Array") -> list[int]:
    """Zones of the core: members of ``set:core``, else the zone with most people."""
    if region.records("place", place=CORE):
        inside = members(region, CORE) or set()
        found = [n for n, place in enumerate(places) if place in inside]
        if found:
            return found
    return [int(people.argmax())]


def circle_of(
    core: Sequence[int],
    before: "Array",
    after: "Array",
    people: "tuple[Array, Array]",
    limit: float,
) -> Circle:
    """Who is within a limit of the core.

    Args:
        core: Zones of the core.
        before: Minutes from zone to zone.
        after: The same afterwards.
        people: By zone, before and after.
        limit: Minutes; exactly so many are within.
    """
    import numpy as np

    def to_core(minutes: "Array") -> "Array":
        nearest: Array = minutes[:, core].min(axis=1)
        nearest[list(core)] = 0.0
        return nearest

    one, other = to_core(before), to_core(after)

    def share(minutes: "Array", living: "Array") -> float:
        return float(np.sum(living[minutes <= limit]) / np.sum(living))

    return Circle(
        one, other, share(one, people[0]), share(other, people[0]), share(other, people[1])
    )


def moved(
    region: "Region", main: "Region", indicator: str | None, minutes: tuple[float, float]
) -> list[Moved]:
    """Targets whose status or figure differs on the branch, and those that minutes of the model would decide.

    Args:
        region: View on a branch.
        main: The same view on main.
        indicator: Indicator that stands for the minutes to the farthest zone; None for none.
        minutes: Those before and after.
    """
    try:
        before, after = _assessed(main), _assessed(region)
    except NotFound:
        # A region need not have a plan.
        return []
    found = []
    for name, now in after.items():
        was = before.get(name, now)
        decided = now.indicator == indicator and now.value is not None
        if decided:
            one, other = (convert(minute, "minute", now.unit) for minute in minutes)
            holds = HOLDS[now.operator]
            met = holds(one, now.value), holds(other, now.value)
            found.append(Moved(was, now, one, other, *met))
        elif _stand(was) != _stand(now):
            found.append(Moved(was, now, None, None, None, None))
    return found


def _assessed(region: "Region") -> dict[str, Any]:
    verb = find_verb(*EVALUATE)
    return {row.target: row for row in verb.run(region, verb.read({}))}


def _stand(row: Any) -> tuple[str, float | None]:
    return row.status, row.observed.value if row.observed else None
