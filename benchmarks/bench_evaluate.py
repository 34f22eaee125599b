"""A warm ``plan evaluate`` of the embedded pack in process. Bound: 100 ms.

Peer: the same rows read by the same engine without our reading as of a time (one plain SELECT a target),
so that the ratio shows what two times, branches and the status rule cost.
"""

import statistics
import time

import hutuo
from hutuo.plan.evaluate import Evaluate, evaluate

RUNS = 30


def main() -> None:
    """Print the median of ours and of the peer, and their ratio."""
    region = hutuo.open()
    first = time.perf_counter()
    evaluate(region, Evaluate())
    cold = time.perf_counter() - first
    targets = region.records("target", plan="metro-2025")
    connection = region.lake.connection
    sql = "SELECT * FROM lake.observation WHERE place = ? AND indicator = ? ORDER BY valid_from"

    def plain() -> None:
        for row in targets:
            connection.execute(sql, [row["place"], row["indicator"]]).to_arrow_table()

    ours = statistics.median(timed(lambda: evaluate(region, Evaluate())) for _ in range(RUNS))
    peer = statistics.median(timed(plain) for _ in range(RUNS // 6))
    print(
        f"plan evaluate, {len(targets)} targets: warm {ours * 1e3:.1f} ms (bound 100),"
        f" first in a process {cold * 1e3:.0f} ms; one plain SELECT a target {peer * 1e3:.1f} ms,"
        f" ratio {ours / peer:.2f}"
    )


def timed(work: object) -> float:
    """Wall time of one call."""
    start = time.perf_counter()
    work()  # type: ignore[operator]
    return time.perf_counter() - start


if __name__ == "__main__":
    main()
