"""The oracle of timetables: a plain search by heap, one departure at a time, that knows no pattern.

Nothing is taken from the engine: a trip is a list of calls, every departure of a stop is looked at.
"""

import bisect
from dataclasses import dataclass, field
from heapq import heappop, heappush

INF = float("inf")
RODE, WALKED, READY = range(3)


@dataclass
class Rules:
    """How a search goes.

    Attributes:
        rides: Most rides; None for any number.
        chained: Whether links follow one another (and end journeys), or one stands between two rides.
        change: Time between two rides at a stop, by stop; none where a stop is not named.
        slack: Time before getting on after a walk between rides.
        until: Time after which nothing is looked at.
    """

    rides: int | None = None
    chained: bool = True
    change: dict = field(default_factory=dict)
    slack: int = 0
    until: float = INF


class Expanded:
    """Trips as lists of calls ``(stop, arrival, departure, boards, alights)``, in any unit of time."""

    def __init__(self, trips, links=(), forbidden=()):
        self.trips = trips
        self.links = {}
        for tail, head, took in links:
            self.links.setdefault(tail, []).append((head, took))
        self.barred = {a for a, b in forbidden if a == b}
        self.leaving = {}
        for number, trip in enumerate(trips):
            for place, (stop, _, departure, boards, _) in enumerate(trip[:-1]):
                if boards:
                    self.leaving.setdefault(stop, []).append((departure, number, place))
        for events in self.leaving.values():
            events.sort()

    def arrivals(self, starts, departure, rules=None):
        """Earliest arrival and the fewest rides for it at each stop: by ride, or link if they are chained.

        Args:
            starts: Stops, and time to get to each.
            departure: When.
            rules: How.
        """
        search = _Search(self, rules or Rules())
        for stop, took in starts:
            search.reach(departure + took, WALKED if search.rules.chained else READY, stop, 0)
        search.run()
        found = {}
        for (kind, stop, ridden), time in search.best.items():
            if kind != READY:
                found[stop] = min(found.get(stop, (INF, 0)), (time, ridden))
        return found


class _Search:
    def __init__(self, of, rules):
        self.of, self.rules = of, rules
        self.best, self.boarded, self.heap = {}, set(), []

    def reach(self, time, kind, stop, ridden):
        if time <= self.rules.until and time < self.best.get((kind, stop, ridden), INF):
            self.best[kind, stop, ridden] = time
            heappush(self.heap, (time, kind, str(stop), stop, ridden))

    def run(self):
        while self.heap:
            time, kind, _, stop, ridden = heappop(self.heap)
            if time == self.best[kind, stop, ridden]:
                if kind == READY:
                    self.board(time, stop, ridden)
                else:
                    self.go_on(time, kind, stop, ridden)

    def go_on(self, time, kind, stop, ridden):
        if kind == WALKED:
            self.reach(time, READY, stop, ridden)
        elif stop not in self.of.barred:
            self.reach(time + self.rules.change.get(stop, 0), READY, stop, ridden)
        for to, took in self.of.links.get(stop, ()):
            onward = WALKED if self.rules.chained else READY
            self.reach(time + took + self.rules.slack, onward, to, ridden)

    def board(self, time, stop, ridden):
        limit = self.rules.rides
        after = 1 if limit is None else ridden + 1
        if limit is not None and after > limit:
            return
        events = self.of.leaving.get(stop, [])
        for leaves, number, place in events[bisect.bisect_left(events, (time, -1, -1)) :]:
            if leaves > self.rules.until:
                break
            self.ride(number, place, after)

    def ride(self, number, place, after):
        for onward in range(place + 1, len(self.of.trips[number])):
            if (number, onward, after) in self.boarded:
                return
            self.boarded.add((number, onward, after))
            stop, arrival, _, _, alights = self.of.trips[number][onward]
            if alights:
                self.reach(arrival, RODE, stop, after)
