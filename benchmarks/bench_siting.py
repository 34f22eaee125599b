"""p-medians of OR-Library against spopt with HiGHS, and what else is beside: published optima, proof, time.

Bounds: every instance proven, none above 5 s, all in 20 s; at least 150 times spopt where it finishes; gap at
most 0.1 % of 2,000 places in 30 s, and a plan with its bound in 1 s; at most 0.5 % of 10,000 by 10,000 sparse
in 120 s. OR-Library's data are read from ``../shared/data/benchmarks/siting`` and left out where that is not
there; spopt is left out where it is not installed. The 2,000 and 10,000 places stand in made towns.
"""

import importlib.util
import sys
import time
from collections.abc import Iterator
from csv import DictReader
from pathlib import Path

import numpy as np
from scipy.sparse import csr_array
from scipy.sparse.csgraph import shortest_path

from hutuo.siting import capacitated_location, max_cover, p_center, p_median

DATA = Path(__file__).parents[2] / "shared/data/benchmarks/siting"
# Instances that the peer finishes in a minute or two.
PEER = ("pmed5", "pmed15")
TOWNS, SIDE = 40, 100.0


def main(limit: float = 30.0) -> None:
    """Print ours, what was published, the peer, and the ratios."""
    p_median(np.eye(4), p=2)
    if DATA.is_dir():
        medians(limit)
        centres(limit)
        rooms(limit)
        single(limit)
        peer(limit)
    else:
        print(f"OR-Library left out: {DATA} is not there")
    large(limit)
    sparse(4 * limit)
    covers(limit)


def rows(path: str) -> list[dict[str, str]]:
    """Lines of a table of the data."""
    with (DATA / path).open(encoding="utf-8") as lines:
        return list(DictReader(lines))


def network(name: str) -> tuple[np.ndarray, int]:
    """Distances of an instance and its p; of an edge that stands twice the last line counts."""
    n, edges, p, *rest = map(int, (DATA / f"pmed/{name}.txt").read_text("ascii").split())
    length = np.zeros((n, n))
    for i, j, cost in np.array(rest[: 3 * edges]).reshape(-1, 3):
        length[i - 1, j - 1] = length[j - 1, i - 1] = cost
    return shortest_path(length, method="D", directed=False), p


def told(name: str, found: object, published: float, began: float) -> float:
    """Print an answer beside what was published; seconds that it took."""
    took = time.perf_counter() - began
    off = (found.objective - published) / published
    print(
        f"{name}: {found.objective:.2f}, published {published:.2f} ({off:+.4%}), {found.status},"
        f" gap {found.gap:.3%}, {took:.2f} s"
    )
    return took


def medians(limit: float) -> None:
    """Print every instance's median."""
    spent = []
    for row in rows("pmed/optima.csv"):
        cost, p = network(row["instance"])
        began = time.perf_counter()
        found = p_median(cost, p=p, time_limit=limit)
        spent.append(told(row["instance"], found, float(row["p_median_optimum"]), began))
    print(
        f"medians: {len(spent)} in {sum(spent):.1f} s, the longest {max(spent):.2f} s (bounds 20, 5)"
    )


def centres(limit: float) -> None:
    """Print every instance's centre."""
    for row in rows("pmed/optima.csv"):
        cost, p = network(row["instance"])
        began = time.perf_counter()
        found = p_center(cost, p, time_limit=limit)
        told(f"centre of {row['instance']}", found, float(row["p_center_optimum"]), began)


def rooms(limit: float) -> None:
    """Print capacitated and uncapacitated locations."""
    for row in rows("cap/optima.csv"):
        room = "".join(one for one in row["capacity"] if one.isdigit())
        text = (
            (DATA / f"cap/{row['instance']}.txt")
            .read_text("ascii")
            .replace("capacity", room or "0")
        )
        sites, clients, *rest = text.split()
        m, n = int(sites), int(clients)
        figures = np.array(rest, float)
        capacity, price = figures[: 2 * m].reshape(m, 2).T
        needs = figures[2 * m :].reshape(n, m + 1)
        held = None if row["model"].startswith("unc") else capacity
        began = time.perf_counter()
        found = capacitated_location(price, held, needs[:, 0], needs[:, 1:], time_limit=limit)
        told(
            f"{row['instance']} {room or 'without capacity'}", found, float(row["optimum"]), began
        )


def single(limit: float) -> None:
    """Print medians with capacities, each client served by one."""
    for row in rows("sjc/best.csv"):
        n, p, *rest = (DATA / f"sjc/{row['instance']}.dat").read_text("ascii").split()
        x, y, room, demand = np.array(rest[: 4 * int(n)], float).reshape(-1, 4).T
        cost = np.hypot(x[:, None] - x, y[:, None] - y)
        began = time.perf_counter()
        found = capacitated_location(
            np.zeros(int(n)), room, demand, cost, single_source=True, p=int(p), time_limit=limit
        )
        told(row["instance"], found, float(row["best_known"]), began)


def peer(limit: float) -> None:
    """Print the peer's time on what it finishes, and the ratio."""
    if importlib.util.find_spec("spopt") is None:
        print("spopt is not installed: pip install 'hutuo[peers]'")
        return
    import pulp
    from spopt.locate import PMedian

    for name in PEER:
        cost, p = network(name)
        began = time.perf_counter()
        ours = p_median(cost, p=p, time_limit=limit)
        took = time.perf_counter() - began
        began = time.perf_counter()
        model = PMedian.from_cost_matrix(cost, np.ones(len(cost)), p_facilities=p)
        model.solve(pulp.HiGHS(msg=False))
        theirs = time.perf_counter() - began
        same = abs(model.problem.objective.value() - ours.objective) < 1e-6
        print(
            f"{name}: spopt {theirs:.1f} s, {theirs / took:.0f} times ours (bound 150), same: {same}"
        )


def towns(many: int) -> Iterator[np.ndarray]:
    """Minutes between places in made towns, to a tenth, and people."""
    rng = np.random.default_rng(1)
    middle = rng.random((TOWNS, 2)) * SIDE
    at = middle[rng.integers(0, TOWNS, many)] + rng.normal(0, 4, (many, 2))
    yield np.round(np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)), 1)
    yield rng.integers(1, 2000, many).astype(float)


def large(limit: float) -> None:
    """Print the gap of 2,000 places, in time and in a second."""
    cost, people = towns(2000)
    for p in (10, 20, 50, 100, 200):
        for seconds in (1.0, limit):
            found = p_median(cost, people, p, time_limit=seconds)
            print(
                f"2,000 places, p={p}, {seconds:.0f} s: gap {found.gap:.3%}, {found.seconds:.2f} s"
            )


def sparse(limit: float) -> None:
    """Print the gap of 10,000 places of which each knows its nearest ones only."""
    for p, near in ((100, 400), (500, 200)):
        cost, people = towns(10_000)
        farthest = np.partition(cost, near, axis=1)[:, near, None]
        i, j = np.nonzero(cost <= farthest)
        # A way of no length is stored too.
        given = csr_array((cost[i, j] + 1e-9, (i, j)), cost.shape)
        del cost
        found = p_median(given, people, p, time_limit=limit)
        print(
            f"10,000 x 10,000 sparse, p={p}, {near} nearest: gap {found.gap:.3%}, {found.seconds:.0f} s"
        )


def covers(limit: float) -> None:
    """Print the largest covers of 2,000 places."""
    cost, people = towns(2000)
    for p, reach in ((20, 5.0), (50, 3.0), (20, 10.0)):
        found = max_cover(cost, reach, p, people, time_limit=limit)
        share, most = found.objective / people.sum(), found.bound / people.sum()
        print(
            f"{p} sites cover {share:.2%} within {reach:.0f} minutes, at most {most:.2%};"
            f" {found.status}, {found.seconds:.1f} s"
        )


if __name__ == "__main__":
    main(*map(float, sys.argv[1:]))
