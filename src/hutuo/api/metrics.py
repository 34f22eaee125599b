"""What the service did, as Prometheus reads it.

Source: Prometheus text format 0.0.4.
"""

import threading
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any

__all__ = ["Metrics"]

# Seconds; a mixed read is to take 0.3 at most.
BUCKETS = (0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
Message = MutableMapping[str, Any]
Send = Callable[[Message], Awaitable[None]]


class Metrics:
    """Requests by method and status, and how long they took."""

    def __init__(self) -> None:
        """Nothing was asked yet."""
        self._answers: Counter[tuple[str, int]] = Counter()
        self._within: Counter[float] = Counter()
        self._seconds = 0.0
        self._guard = threading.Lock()

    def counting(self, method: str, send: Send, took: Callable[[], float]) -> Send:
        """What sends an answer and counts it.

        Args:
            method: Of the request.
            send: Sends it.
            took: Seconds since the request came.
        """

        async def counted(message: Message) -> None:
            if message["type"] == "http.response.start":
                self.count(method, message["status"], took())
            await send(message)

        return counted

    def count(self, method: str, status: int, seconds: float) -> None:
        """One answer began after so many seconds."""
        with self._guard:
            self._answers[method, status] += 1
            self._seconds += seconds
            self._within.update(bound for bound in BUCKETS if seconds <= bound)

    def text(self, gauges: Mapping[str, float]) -> str:
        """All of it, with what is so now."""
        with self._guard:
            answers, within = dict(self._answers), dict(self._within)
            seconds = self._seconds
        total = sum(answers.values())
        lines = ["# TYPE hutuo_requests_total counter"]
        for (method, status), count in sorted(answers.items()):
            lines.append(f'hutuo_requests_total{{method="{method}",status="{status}"}} {count}')
        lines.append("# TYPE hutuo_request_seconds histogram")
        lines += [
            f'hutuo_request_seconds_bucket{{le="{bound}"}} {within.get(bound, 0)}'
            for bound in BUCKETS
        ]
        lines += [
            f'hutuo_request_seconds_bucket{{le="+Inf"}} {total}',
            f"hutuo_request_seconds_sum {seconds:.6f}",
            f"hutuo_request_seconds_count {total}",
        ]
        for name, value in gauges.items():
            lines += [f"# TYPE {name} gauge", f"{name} {value}"]
        return "\n".join(lines) + "\n"
