"""How much the service takes: of one account in a minute, and of all at once."""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

__all__ = ["InFlight", "Rate"]

MINUTE = 60.0
# Accounts and addresses that are remembered; the one that was not seen for longest is forgotten.
REMEMBERED = 10_000


class Rate:
    """A bucket for each name: it fills evenly and holds a minute's worth.

    Source: token bucket, J. Turner, New directions in communications, IEEE Comm. Mag. 24 (1986).
    """

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """All buckets are full."""
        self._full, self._clock = float(a_minute), clock
        self._buckets: OrderedDict[str, tuple[float, float]] = OrderedDict()
        self._guard = threading.Lock()

    def take(self, name: str) -> float:
        """Seconds to wait until the name may ask; 0 if it may now, and has."""
        now = self._clock()
        with self._guard:
            left, seen = self._buckets.pop(name, (self._full, now))
            left = min(self._full, left + (now - seen) * self._full / MINUTE)
            allowed = left >= 1
            self._buckets[name] = (left - allowed, now)
            while len(self._buckets) > REMEMBERED:
                self._buckets.popitem(last=False)
        return 0.0 if allowed else (1 - left) * MINUTE / self._full


class InFlight:
    """Requests that are being answered; used from one event loop."""

    def __init__(self, most: int) -> None:
        """None is."""
        self.most, self.now = most, 0

    def enter(self) -> bool:
        """Whether there is room for one more, which is then in."""
        if self.now >= self.most:
            return False
        self.now += 1
        return True

    def leave(self) -> None:
        """One is answered."""
        self.now -= 1
