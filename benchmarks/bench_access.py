"""E2SFCA on 50,000 homes and 5,000 sites, about 26 M pairs within an hour, against its peers in one run.

Bounds: at most 1/200 of ``access`` and 1/7 of ``scipy.sparse`` with weights as a second matrix, the same
numbers; memory at most 1.2 times the matrix; one changed supply at most 1/100 of all anew. Homes and sites
are scattered on a made plain. The pairs come as a search backwards from the sites gives them; the time with
rows by home is told beside. ``access`` is left out where it is not installed.
"""

import importlib.util
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
from scipy import sparse

from hutuo.space.decay import Decay, exponential, stepped
from hutuo.space.floating import Catchments, two_step
from hutuo.space.reach import Batches, Reach

HOMES, SITES = 50_000, 5_000
HOUR = 60.0
# Length of an hour's way as a share of the plain's side: a tenth of all pairs lie within it.
WAY = 0.2
STEPS, WEIGHTS = [10, 20, 30, 60], [1, 0.68, 0.22, 0.05]
RUNS = 5
BLOCK = 100


def main(homes: int = HOMES, sites: int = SITES) -> None:
    """Print ours, the peers, and the ratios."""
    reach = scattered(homes, sites)
    rng = np.random.default_rng(2)
    demand, supply = rng.integers(1, 900, homes), rng.integers(1, 40, sites)
    matrix = sum(part.nbytes for part in (reach.ptr, reach.other, reach.minutes))
    decay = stepped(STEPS, WEIGHTS)
    two_step(reach, supply, demand, decay)
    print(f"{reach.minutes.size:,} pairs of {homes:,} x {sites:,}, {matrix / 1e6:.0f} MB")

    found, more = peak(lambda: two_step(reach, supply, demand, decay))
    ours = timed(lambda: two_step(reach, supply, demand, decay))
    print(f"ours: {ours * 1e3:.1f} ms, memory {1 + more / matrix:.2f} of the matrix (bound 1.2)")
    curve = timed(lambda: two_step(reach, supply, demand, exponential(0.05)))
    print(f"ours, exponential: {curve * 1e3:.1f} ms")
    changed(reach, supply, demand, ours)
    by_home(reach, supply, demand)
    in_blocks(homes, sites, supply, demand, found)

    theirs = by_scipy(reach, supply, demand)
    took = timed(theirs, runs=3)
    np.testing.assert_allclose(found, theirs(), rtol=1e-12)
    print(f"scipy.sparse: {took:.2f} s, {took / ours:.1f} times ours (bound 7), same numbers")
    if importlib.util.find_spec("access") is None:
        print("access is not installed: pip install 'hutuo[peers]'")
        return
    pairs = frame(reach)
    values, took, more = by_access(pairs, supply, demand, decay)
    np.testing.assert_allclose(found, values, rtol=1e-9)
    print(
        f"access: {took:.1f} s, {took / ours:,.0f} times ours (bound 200), same numbers,"
        f" {more / 1e9:.2f} GB beside its table"
    )


def in_blocks(
    homes: int, sites: int, supply: np.ndarray, demand: np.ndarray, wanted: np.ndarray
) -> None:
    """Print the memory when all pairs come a block of homes at a time, as from a search, and none is kept."""
    rng = np.random.default_rng(1)
    home, site = rng.uniform(0, 1, (homes, 2)), rng.uniform(0, 1, (sites, 2))
    blocks = Batches(
        (homes, sites), lambda: (apart(home[at : at + 500], site) for at in range(0, homes, 500))
    )
    found, more = peak(lambda: two_step(blocks, supply, demand, stepped(STEPS, WEIGHTS)))
    np.testing.assert_allclose(found, wanted, rtol=1e-9)
    whole = homes * sites * 4
    print(
        f"ours, all pairs in blocks: {more / 1e6:.0f} MB where they would be {whole / 1e6:,.0f} MB"
    )


def apart(home: np.ndarray, site: np.ndarray) -> np.ndarray:
    """Minutes between all homes and sites, (homes, sites)."""
    straight = np.hypot(*(home.T[:, :, None] - site.T[:, None]))
    return (straight / WAY * HOUR).astype(np.float32)


def scattered(homes: int, sites: int) -> Reach:
    """Minutes from homes to sites within an hour, rows by site."""
    rng = np.random.default_rng(1)
    home, site = rng.uniform(0, 1, (homes, 2)), rng.uniform(0, 1, (sites, 2))
    rows, minutes = [], []
    for start in range(0, sites, BLOCK):
        for row in apart(site[start : start + BLOCK], home):
            near = np.flatnonzero(row <= HOUR)
            rows.append(near.astype(np.int32))
            minutes.append(row[near])
    ptr = np.concatenate([[0], np.cumsum([row.size for row in rows])])
    joined = np.concatenate(rows), np.concatenate(minutes)
    return Reach.of_rows(ptr, *joined, (homes, sites), by="destination")


def by_home(reach: Reach, supply: np.ndarray, demand: np.ndarray) -> None:
    """Print the time with rows by home."""
    turned, decay = reach.turned(), stepped(STEPS, WEIGHTS)
    took = timed(lambda: two_step(turned, supply, demand, decay))
    print(f"ours, rows by home: {took * 1e3:.1f} ms")


def changed(reach: Reach, supply: np.ndarray, demand: np.ndarray, whole: float) -> None:
    """Print what one changed supply costs beside all anew, the answer being the same."""
    decay = stepped(STEPS, WEIGHTS)
    held = Catchments.of(reach, demand, decay)
    before = held.access(supply)
    after = supply.copy()
    after[7] += 25
    found = held.with_supply(before, 7, 25)
    np.testing.assert_allclose(found, two_step(reach, after, demand, decay), rtol=1e-12)
    took = timed(lambda: held.with_supply(before, 7, 25), runs=51)
    print(f"  one changed supply: {took * 1e3:.3f} ms, 1/{whole / took:,.0f} of it (bound 1/100)")


def by_scipy(reach: Reach, supply: np.ndarray, demand: np.ndarray) -> Callable[[], np.ndarray]:
    """Both steps as products of a sparse matrix, its weights looked up from the minutes at every call."""
    shape = (reach.shape[1], reach.shape[0])
    table = np.array([*WEIGHTS, 0.0])
    ends = np.array(STEPS, np.float32)
    times = sparse.csr_array(
        (reach.minutes, reach.other.astype(np.int32), reach.ptr.astype(np.int32)), shape
    )

    def work() -> np.ndarray:
        weights = table[np.searchsorted(ends, times.data)]
        weighted = sparse.csr_array((weights, times.indices, times.indptr), shape)
        return weighted.T @ (supply / (weighted @ demand))

    return work


def frame(reach: Reach) -> pd.DataFrame:
    """The pairs as the peer takes them."""
    site = np.repeat(np.arange(reach.shape[1], dtype=np.int32), np.diff(reach.ptr))
    columns = {"origin": reach.other.astype(np.int32), "dest": site, "cost": reach.minutes}
    return pd.DataFrame(columns)


def by_access(
    pairs: pd.DataFrame, supply: np.ndarray, demand: np.ndarray, decay: Decay
) -> tuple[np.ndarray, float, int]:
    """Values, seconds and memory of the peer's own function; its weights as its manual makes them."""
    from access import fca
    from access.weights import step_fn

    people = pd.DataFrame({"demand": demand}, pd.RangeIndex(demand.size, name="geoid"))
    beds = pd.DataFrame({"supply": supply}, pd.RangeIndex(supply.size, name="geoid"))
    weight = step_fn(dict(zip(decay.limits, decay.values, strict=True)))
    start = time.perf_counter()
    found, more = peak(
        lambda: fca.two_stage_fca(people, beds, pairs, demand_index=True, weight_fn=weight)
    )
    took = time.perf_counter() - start
    return found.reindex(range(demand.size), fill_value=0.0).to_numpy(), took, more


def timed(work: Callable[[], object], runs: int = RUNS) -> float:
    """Median wall time of several calls."""
    took = []
    for _ in range(runs):
        start = time.perf_counter()
        work()
        took.append(time.perf_counter() - start)
    return statistics.median(took)


def peak(work: Callable[[], pd.Series | np.ndarray]) -> tuple[pd.Series | np.ndarray, int]:
    """What a call gives, and by how many bytes the process grew at most during it."""
    Path("/proc/self/clear_refs").write_text("5", "ascii")
    before = resident("VmRSS")
    found = work()
    return found, resident("VmHWM") - before


def resident(name: str) -> int:
    """Bytes of one line of the process's state."""
    lines = Path(f"/proc/{os.getpid()}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(name))


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
