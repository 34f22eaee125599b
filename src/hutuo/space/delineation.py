"""What every rule of delineation gives: its areas, its thresholds, and the table after each of its steps."""

from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Set
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hutuo.errors import BadAsk
from hutuo.space.flows import ordered

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

BY = 0.2


class Threshold(NamedTuple):
    """One threshold of a rule.

    Attributes:
        name: As the function's argument is called.
        value: What was asked.
        inclusive: Whether a value exactly at the threshold meets it.
    """

    name: str
    value: float
    inclusive: bool = True

    def met(self, values: "NDArray[Any] | float") -> "NDArray[np.bool_]":
        """Where values meet the threshold: at least it, or more than it."""
        found = np.asarray(values)
        return found >= self.value if self.inclusive else found > self.value


class Step(NamedTuple):
    """One step of a rule: its name and the table after it."""

    name: str
    table: "pd.DataFrame"


@dataclass(frozen=True, eq=False)
class Delineation:
    """Areas by a rule, and how the rule came to them.

    Attributes:
        rule: Name of the rule.
        area_of: Area of every unit, as a series by unit; None where it is in none.
        thresholds: Thresholds that were used.
        steps: Named steps, each with its table, in order.
        model: What made the flows, if nobody counted them.
    """

    rule: str
    area_of: "pd.Series[Any]"
    thresholds: tuple[Threshold, ...]
    steps: tuple[Step, ...]
    model: str | None = None

    @property
    def areas(self) -> dict[Hashable, tuple[Hashable, ...]]:
        """Units of every area, both in order."""
        found: dict[Hashable, list[Hashable]] = {}
        for unit, area in self.area_of.items():
            if area is not None:
                found.setdefault(area, []).append(unit)
        return {area: tuple(ordered(found[area])) for area in ordered(found)}

    def step(self, name: str) -> "pd.DataFrame":
        """Table after the step of that name, the last one if it stands several times.

        Raises:
            NotFound: The rule has no such step.
        """
        from hutuo.errors import one_of

        found = [step.table for step in self.steps if step.name == name]
        if not found:
            raise one_of(name, "step", [step.name for step in self.steps])
        return found[-1]


@dataclass(frozen=True, eq=False)
class Area(Set[Hashable]):
    """The units of one area: a set (``in``, ``len``, ``==``, iteration in order) that keeps its steps.

    Attributes:
        units: Units of the area, in order.
        core: Units of its core.
        share: Share of each unit's employed residents who work in the core, a series by unit.
        thresholds: Thresholds that were used.
        steps: Named steps, each with its table, in order.
        model: What made the flows, if nobody counted them.
    """

    units: tuple[Hashable, ...]
    core: tuple[Hashable, ...]
    share: "pd.Series[Any]"
    thresholds: tuple[Threshold, ...]
    steps: tuple[Step, ...]
    model: str | None = None
    _members: frozenset[Hashable] = field(default=frozenset(), repr=False)

    def __contains__(self, unit: object) -> bool:
        return unit in self._members

    def __iter__(self) -> Iterator[Hashable]:
        return iter(self.units)

    def __len__(self) -> int:
        return len(self.units)

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Set):
            return self._members == frozenset(other)
        return self.units == tuple(other) if isinstance(other, list | tuple) else NotImplemented

    def __hash__(self) -> int:
        return hash(self._members)

    @classmethod
    def _from_iterable(cls, units: Iterable[Hashable]) -> frozenset[Hashable]:  # type: ignore[override]
        """What ``&``, ``|`` and ``-`` give: a plain set."""
        return frozenset(units)


def stability(
    rule: "Callable[..., Delineation | Area]",
    given: Mapping[str, Any],
    thresholds: Iterable[str],
    by: float = BY,
) -> "pd.DataFrame":
    """Share of units whose area changes when one threshold at a time moves down and up.

    Args:
        rule: Function that delineates.
        given: Its arguments; the thresholds are among them or have a default.
        thresholds: Names of the arguments to move.
        by: Share by which each is moved.

    Returns:
        A row per threshold and direction: ``threshold, value, moved, changed`` (0 to 1; NaN where the rule
        refuses the moved value).
    """
    import pandas as pd

    base = rule(**given)
    at = {threshold.name: threshold.value for threshold in base.thresholds}
    rows = []
    for name in thresholds:
        for moved in (at[name] * (1 - by), at[name] * (1 + by)):
            try:
                other = rule(**{**given, name: moved})
            except BadAsk:
                rows.append((name, at[name], moved, np.nan))
                continue
            rows.append((name, at[name], moved, changed(_labels(base), _labels(other))))
    return pd.DataFrame(rows, columns=["threshold", "value", "moved", "changed"])


def changed(before: "pd.Series[Any]", after: "pd.Series[Any]") -> float:
    """Share of units whose area is another one, areas being matched by the most units in common.

    Args:
        before: Area by unit, None where it is in none.
        after: The same units with other areas; what the areas are called does not matter.
    """
    import pandas as pd
    from scipy.optimize import linear_sum_assignment

    after = after.reindex(before.index)
    out = before.isna().to_numpy() & after.isna().to_numpy()
    counts = pd.crosstab(before, after).to_numpy()
    row, column = linear_sum_assignment(counts, maximize=True)
    same = int(counts[row, column].sum()) + int(out.sum())
    return 1 - same / len(before) if len(before) else 0.0


def _labels(found: "Delineation | Area") -> "pd.Series[Any]":
    if isinstance(found, Delineation):
        return found.area_of
    marks = [0 if unit in found else None for unit in found.share.index]
    import pandas as pd

    return pd.Series(marks, index=found.share.index, dtype=object)
