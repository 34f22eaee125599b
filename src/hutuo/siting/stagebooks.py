"""Waste on its ways through stages, in whole kilograms: what arises, comes, goes and is treated where."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from hutuo.siting.costasks import BalanceRow
from hutuo.siting.ground import Point
from hutuo.siting.wasteasks import TreatmentStage

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from hutuo.siting.stages import Staged
    from hutuo.verbs import Text

    Floats = NDArray[np.float64]

__all__ = ["KG", "Book", "Step", "Way", "ways_of"]

KG = 1000


class Step(NamedTuple):
    """One stage before anything is solved.

    Attributes:
        asked: What was asked of it.
        sites: Its candidates, those that stand first.
        kept: How many stand.
        km: Kilometres from the sites of the stage before (from the sources, of the first), (before, sites).
        straight: Kilometres from the sources, (sources, sites).
        room: Tonnes of each site, (sites,); inf for unlimited.
    """

    asked: TreatmentStage
    sites: list[Point]
    kept: int
    km: "Floats"
    straight: "Floats"
    room: "Floats"


class Way(NamedTuple):
    """Kilograms on one way: the stage that it goes to, both ends, and kilometres."""

    stage_name: str
    start: Point
    end: Point
    kg: int
    km: float


class Book:
    """What arises, comes, goes and is treated at places, in kilograms."""

    def __init__(self) -> None:
        self.rows: dict[str, list[int]] = {}
        self.names: dict[str, Text] = {}

    def add(self, point: Point, column: int, kg: int) -> None:
        """Kilograms more: 0 arising, 1 received, 2 sent, 3 treated."""
        self.names[point.place] = point.name
        self.rows.setdefault(point.place, [0, 0, 0, 0])[column] += kg

    def told(self) -> list[BalanceRow]:
        """Balances in tonnes, by place."""
        found = []
        for place in sorted(self.rows):
            arising, received, sent, treated = self.rows[place]
            found.append(
                BalanceRow(
                    place=place, name=self.names[place], arising=arising / KG, received=received / KG,
                    sent=sent / KG, treated=treated / KG,
                    remainder=(arising + received - sent - treated) / KG,
                )
            )  # fmt: skip
        return found


class _Sent:
    """Kilograms on ways, and those that each site has taken so far."""

    def __init__(self, steps: Sequence[Step]) -> None:
        self.steps, self.ways = steps, list[Way]()
        self.taken = [[0] * len(step.sites) for step in steps]

    def on(self, start: Point, kg: int, ways: "list[tuple[int, int, float, float]]") -> None:
        """Kilograms from a place, split over ways: stage, site, tonnes of the plan, kilometres."""
        from hutuo.ledger.splits import split

        for (k, s, _, km), part in zip(ways, split(kg, [one[2] for one in ways]), strict=True):
            step = self.steps[k]
            self.ways.append(Way(step.asked.stage_name, start, step.sites[s], part, km))
            self.taken[k][s] += part


def ways_of(
    sources: Sequence[Point], arises: Sequence[int], steps: Sequence[Step], found: "Staged"
) -> tuple[list[Way], Book]:
    """Whole kilograms on every way, and the balances of places: what arises or goes on is split, none lost.

    Args:
        sources: Where it arises.
        arises: Kilograms of each.
        steps: The stages.
        found: Their plan.
    """
    sent, book = _Sent(steps), Book()
    for at, kg in enumerate(arises):
        book.add(sources[at], 0, kg)
        ways = _leaving(found.flows[0][at], steps[0].km[at], 0)
        for k in range(1, len(steps)):
            ways += _leaving(found.direct[k][at], steps[k].straight[at], k)
        if kg and ways:
            sent.on(sources[at], kg, ways)
    for k, step in enumerate(steps):
        for s, kg in enumerate(sent.taken[k]):
            ways = []
            if k + 1 < len(steps):
                ways = _leaving(found.flows[k + 1][s], steps[k + 1].km[s], k + 1)
            # Less than a kilogram that would go on stays, and all of it at the last stage.
            on = round(kg * step.asked.passes) if ways else 0
            book.add(step.sites[s], 3, kg - on)
            if on:
                sent.on(step.sites[s], on, ways)
    for way in sent.ways:
        if way.start.place != way.end.place:
            book.add(way.start, 2, way.kg)
            book.add(way.end, 1, way.kg)
    return [way for way in sent.ways if way.kg], book


def _leaving(tonnes: "Floats", km: "Floats", stage: int) -> list[tuple[int, int, float, float]]:
    return [(stage, s, float(w), float(km[s])) for s, w in enumerate(tonnes) if w > 0]
