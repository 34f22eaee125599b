"""Rules held against readings as they come: 10,000 of them over thousands of readings a second.

What each rule knows of each place - whether its warning stands, since when its bound is held - lies in
arrays, side by side for the rules of one place and indicator: a reading is held against all of them at once.
What is raised and cleared is just what :mod:`hutuo.base.hysteresis` says of the same readings afterwards.
"""

from collections import deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from hutuo.base.watched import SECONDS, bounds_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Index = slice | NDArray[np.int64]

__all__ = ["Engine", "Event", "Read"]

# From so many rules of one place on, their arrays are cut out rather than gathered: that is faster.
MANY = 256
# Rules that are gathered at once; more would leave the cache.
AT_ONCE = 200_000


class Read(NamedTuple):
    """A reading.

    Attributes:
        place: Where.
        indicator: Of what.
        at: When, in microseconds since 1970.
        value: In the indicator's unit.
    """

    place: str
    indicator: str
    at: float
    value: float


class Event(NamedTuple):
    """A warning that was raised or cleared.

    Attributes:
        raised: Whether it was raised.
        rule: The rule.
        place: For which place.
        first: When the bound was first reached, in microseconds since 1970.
        at: When it was raised or cleared, likewise.
        value: The figure that was held against the bound then.
    """

    raised: bool
    rule: str
    place: str
    first: float
    at: float
    value: float


@dataclass
class _Slot:
    """Readings of one indicator at one place, and the courses that they feed."""

    last: float = -np.inf
    plain: int | None = None
    silent: int | None = None
    rates: list[tuple[int, float, deque[tuple[float, float]]]] = field(default_factory=list)
    areas: "list[_Area]" = field(default_factory=list)


@dataclass
class _Area:
    """Places that are counted together."""

    course: int
    each_at: float
    window: float
    below: bool
    latest: dict[str, tuple[float, bool]] = field(default_factory=dict)

    def share(self, at: float) -> float:
        """Share of them in % that are past the bound at an instant."""
        now = [high for when, high in self.latest.values() if at - when <= self.window]
        return 100 * sum(now) / max(len(now), 1)


class Engine:
    """Rules, and what they know of the readings until now.

    Args:
        rules: Rows of the table of rules, without faults.
        members: Places by area, of the areas that rules count.
    """

    def __init__(
        self,
        rules: Sequence[Mapping[str, Any]],
        members: Mapping[str, Iterable[str]] | None = None,
    ) -> None:
        self.rules = list(rules)
        self.late = 0
        self._named: dict[tuple[str, str], list[int]] = {}
        self._any: dict[str, dict[tuple[str, float], NDArray[np.int64]]] = {}
        self._slots: dict[tuple[str, str], _Slot] = {}
        # By course: its place, and where its rules begin and end in the arrays.
        self._place: list[str] = []
        self._ends: list[tuple[int, int]] = []
        self._size = 0
        self._states = {name: np.zeros(1024) for name in ("sign", "up", "down", "hold", "since")}
        self._raised = np.zeros(1024, bool)
        self._rule = np.zeros(1024, np.int64)
        self._course = np.zeros(1024, np.int64)
        # Absence: course, minutes and when its place was last read.
        self._silent: list[int] = []
        self._read: dict[int, float] = {}
        self._among: dict[tuple[str, str], list[_Area]] = {}
        bounds = [bounds_of(rule) for rule in self.rules]
        sign = np.array([-1.0 if one.below else 1.0 for one in bounds])
        self._bounds = {
            "sign": sign,
            "up": sign * [one.raise_at for one in bounds],
            "down": sign * [one.clear_at for one in bounds],
            "hold": np.array([one.hold * SECONDS for one in bounds]),
        }
        for number, rule in enumerate(self.rules):
            self._take_in(number, rule, members or {})
        anywhere: dict[str, list[int]] = {}
        for number, rule in enumerate(self.rules):
            if rule["place"] is None and rule["kind"] != "area":
                anywhere.setdefault(rule["indicator"], []).append(number)
        self._any = {indicator: self._kinds(mine) for indicator, mine in anywhere.items()}

    @property
    def standing(self) -> int:
        """Warnings that stand."""
        return int(self._raised[: self._size].sum())

    def take(self, readings: Iterable[Read]) -> list[Event]:
        """Hold readings against the rules, in order of time.

        A reading that is older than one of the same place and indicator says nothing of now: it is counted
        as late and left to those who look back.

        Returns:
            What was raised and cleared, in order of time.
        """
        points: list[tuple[int, float, float]] = []
        found: list[Event] = []
        touched: dict[int, tuple[float, _Area]] = {}
        for read in sorted(readings, key=_when):
            slot = self._slots.get(read[:2]) or self._made(*read[:2])
            if read.at < slot.last:
                self.late += 1
                continue
            self._feed(read, slot, points, touched)
            if slot.silent is not None:
                self._heard(slot.silent, read.at, found)
        points += [(area.course, at, area.share(at)) for at, area in touched.values()]
        return sorted([*found, *self._judged(points)], key=_told_at)

    def tick(self, now: float) -> list[Event]:
        """Raise what is to be raised because nothing was read.

        Args:
            now: Microseconds since 1970.
        """
        found: list[Event] = []
        for course in self._silent:
            self._unheard(course, now, found)
        return sorted(found, key=_told_at)

    def _take_in(
        self, number: int, rule: Mapping[str, Any], members: Mapping[str, Iterable[str]]
    ) -> None:
        if rule["kind"] == "area":
            course = self._add(rule["area"], np.array([number]))
            below, window = rule["sense"] == "below", rule["window_minutes"]
            width = np.inf if window is None else window * SECONDS
            area = _Area(course, rule["each_at"], width, below)
            for place in members.get(rule["area"], ()):
                self._among.setdefault((place, rule["indicator"]), []).append(area)
        elif rule["place"] is not None:
            self._named.setdefault((rule["place"], rule["indicator"]), []).append(number)

    def _made(self, place: str, indicator: str) -> _Slot:
        """Room for a place and indicator that are read for the first time."""
        slot = self._slots[place, indicator] = _Slot()
        named, any_ = self._named.get((place, indicator), []), self._any.get(indicator, {})
        kinds = dict(any_)
        for key, mine in self._kinds(named).items():
            kinds[key] = np.concatenate([mine, kinds.get(key, mine[:0])])
        for (kind, window), rules in kinds.items():
            course = self._add(place, rules)
            if kind == "rate":
                slot.rates.append((course, window * SECONDS, deque()))
            elif kind == "absence":
                slot.silent = course
                self._silent.append(course)
            else:
                slot.plain = course
        slot.areas = self._among.get((place, indicator), [])
        return slot

    def _kinds(self, numbers: Sequence[int]) -> dict[tuple[str, float], "NDArray[np.int64]"]:
        """Rules by the course that they are held against."""
        found: dict[tuple[str, float], list[int]] = {}
        for number in numbers:
            rule = self.rules[number]
            kind = rule["kind"] or "threshold"
            window = rule["window_minutes"] if kind == "rate" else 0.0
            found.setdefault(("threshold" if kind == "upstream" else kind, window), []).append(
                number
            )
        return {kind: np.array(mine) for kind, mine in found.items()}

    def _add(self, place: str, numbers: "NDArray[np.int64]") -> int:
        """A course with the rules that are held against it."""
        start, end = self._size, self._size + len(numbers)
        while end > len(self._raised):
            for name, state in self._states.items():
                self._states[name] = np.concatenate([state, np.zeros_like(state)])
            self._raised = np.concatenate([self._raised, np.zeros_like(self._raised)])
            self._rule = np.concatenate([self._rule, np.zeros_like(self._rule)])
            self._course = np.concatenate([self._course, np.zeros_like(self._course)])
        for name, bounds in self._bounds.items():
            self._states[name][start:end] = bounds[numbers]
        self._states["since"][start:end] = np.nan
        self._rule[start:end] = numbers
        self._course[start:end] = len(self._place)
        self._size = end
        self._place.append(place)
        self._ends.append((start, end))
        return len(self._place) - 1

    def _feed(
        self,
        read: Read,
        slot: _Slot,
        points: list[tuple[int, float, float]],
        touched: dict[int, tuple[float, _Area]],
    ) -> None:
        """Points of the courses that a reading goes into."""
        at, value = read.at, read.value
        slot.last = at
        if slot.plain is not None:
            points.append((slot.plain, at, value))
        for course, window, past in slot.rates:
            while past and past[0][0] < at - window:
                past.popleft()
            past.append((at, value))
            points.append((course, at, value - past[0][1]))
        for area in slot.areas:
            # What is read at one instant is looked at together.
            before, _ = touched.get(area.course, (at, area))
            if before < at:
                points.append((area.course, before, area.share(before)))
            high = value <= area.each_at if area.below else value >= area.each_at
            area.latest[read.place] = at, high
            touched[area.course] = at, area

    def _heard(self, course: int, at: float, found: list[Event]) -> None:
        """Silence that went before a reading, and its end."""
        self._unheard(course, at, found)
        start, end = self._ends[course]
        for standing in np.flatnonzero(self._raised[start:end]):
            self._raised[start + standing] = False
            found.append(self._event(start + int(standing), at, at, 0.0, raised=False))
        self._read[course] = at

    def _unheard(self, course: int, until: float, found: list[Event]) -> None:
        """Raise what was to be raised until an instant because nothing was read."""
        start, end = self._ends[course]
        last = self._read.get(course)
        if last is None:
            return
        waits = self._states["up"][start:end]
        missed = last + waits * SECONDS
        for at in np.flatnonzero(~self._raised[start:end] & (missed <= until)):
            self._raised[start + at] = True
            when = float(missed[at])
            found.append(self._event(start + int(at), when, when, float(waits[at])))

    def _judged(self, points: list[tuple[int, float, float]]) -> list[Event]:
        """Hold points against the rules of their courses; points of one course in their order."""
        if not points:
            return []
        course = np.array([point[0] for point in points])
        at = np.array([point[1] for point in points])
        value = np.array([point[2] for point in points])
        ends = np.array(self._ends)[course]
        found: list[Event] = []
        for turn in _turns(course):
            sizes = ends[turn, 1] - ends[turn, 0]
            many = sizes >= MANY
            for number in turn[many]:
                found += self._judge(slice(*ends[number]), at[number], value[number])
            few, some = turn[~many], sizes[~many]
            for part in _parts(some):
                ones, count = few[part], some[part]
                starts = np.repeat(ends[ones, 0] - (np.cumsum(count) - count), count)
                index = starts + np.arange(int(count.sum()))
                found += self._judge(
                    index, np.repeat(at[ones], count), np.repeat(value[ones], count)
                )
        return found

    def _judge(self, index: "Index", at: Any, value: Any) -> list[Event]:
        """Hold one point each against rules.

        Args:
            index: Where the rules lie in the arrays.
            at: When, one for all or one for each.
            value: The figure, likewise.
        """
        states = self._states
        level = states["sign"][index] * value
        high = level >= states["up"][index]
        raised, since = self._raised[index], states["since"][index]
        # Most readings are far from any bound.
        if not high.any() and not raised.any():
            states["since"][index] = np.nan
            return []
        since = np.where(high, np.where(np.isnan(since), at, since), np.nan)
        rises = high & ~raised & (at - since >= states["hold"][index])
        clears = raised & (level < states["down"][index])
        states["since"][index] = since
        self._raised[index] = (raised | rises) & ~clears
        found = []
        for n in np.flatnonzero(rises | clears):
            where = int(n) + index.start if isinstance(index, slice) else int(index[n])
            when, figure = _nth(at, n), _nth(value, n)
            first = float(since[n]) if rises[n] else when
            found.append(self._event(where, first, when, figure, raised=bool(rises[n])))
        return found

    def _event(
        self, where: int, first: float, at: float, value: float, *, raised: bool = True
    ) -> Event:
        rule = self.rules[int(self._rule[where])]["rule"]
        place = self._place[int(self._course[where])]
        return Event(raised, rule, place, first, at, value)


def _turns(course: "NDArray[np.int64]") -> "list[NDArray[np.int64]]":
    """Points in turns: in each a course has one point, the earliest that is left."""
    order = np.argsort(course, kind="stable")
    runs = course[order]
    begins = np.flatnonzero(np.concatenate([[True], runs[1:] != runs[:-1]]))
    lengths = np.diff(np.append(begins, len(runs)))
    turn = np.arange(len(runs)) - np.repeat(begins, lengths)
    by_turn = np.argsort(turn, kind="stable")
    return np.split(order[by_turn], np.cumsum(np.bincount(turn))[:-1])


def _parts(sizes: "NDArray[np.int64]") -> list[slice]:
    """Points in parts of so many rules as are gathered at once."""
    if not len(sizes):
        return []
    cuts = np.flatnonzero(np.diff(np.cumsum(sizes) // AT_ONCE)) + 1
    ends = [0, *cuts.tolist(), len(sizes)]
    return [slice(a, b) for a, b in pairwise(ends)]


def _nth(given: Any, n: Any) -> float:
    return float(given if np.ndim(given) == 0 else given[n])


def _when(read: Read) -> float:
    return read.at


def _told_at(event: Event) -> tuple[float, bool, str, str]:
    return event.at, event.raised, event.rule, event.place
