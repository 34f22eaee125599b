"""Indices of 500 zones by 300 industries, and input-output of 500, beside ``ecomplexity`` and ``pymrio``.

The figures agree to 1e-8, else it ends with an error; on the textbook's two sectors too. Either peer is left
out where it is not installed. ``pymrio`` keeps its tables as labelled frames, which is part of its time.
"""

import importlib.util
import statistics
import time
import warnings
from collections.abc import Callable

import numpy as np
import pandas as pd

from hutuo.economy import complexity, leontief, linkages, location_quotient, output_for

CLOSE = 1e-8
# Miller and Blair (2009), table 2.3.
TEXTBOOK = np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([1000.0, 2000.0])


def main(zones: int = 500, industries: int = 300, sectors: int = 500) -> None:
    """Print ours and the peers', and their ratios."""
    warnings.filterwarnings("ignore", message="Year 2020")
    warnings.simplefilter("ignore", pd.errors.Pandas4Warning)
    rng = np.random.default_rng(1)
    if importlib.util.find_spec("ecomplexity"):
        indices(pd.DataFrame(rng.gamma(0.5, 1, (zones, industries))))
    else:
        print("ecomplexity is not installed: pip install 'hutuo[dev]'")
    if importlib.util.find_spec("pymrio"):
        flows = rng.gamma(0.4, 1, (sectors, sectors))
        output = flows.sum(axis=1) + rng.gamma(2, 50, sectors)
        for z, x in (TEXTBOOK, (flows, output)):
            tables(z, x)
    else:
        print("pymrio is not installed: pip install 'hutuo[peers]'")


def indices(table: pd.DataFrame) -> None:
    """Location quotients and complexity, ours and theirs."""
    from ecomplexity import ecomplexity

    told = table.rename_axis("loc").reset_index().melt("loc", var_name="prod", value_name="val")
    told, names = told.assign(time=2020), {name: name for name in ("time", "loc", "prod", "val")}
    ours = timed(lambda: (location_quotient(table), complexity(table)))
    theirs = timed(lambda: ecomplexity(told, names), runs=3)
    quotients, found = location_quotient(table), complexity(table)
    rows = ecomplexity(told, names)
    wide = rows.pivot_table(index="loc", columns="prod", values="rca")
    apart = [np.abs(wide.to_numpy() - quotients.to_numpy()).max()]
    zones = rows.drop_duplicates("loc").set_index("loc").sort_index()
    apart.append(np.abs(zones["eci"].to_numpy() - found.eci.to_numpy()).max())
    # Its scores of industries are an eigenvector of their own, so without the zones' scale.
    goods = rows.drop_duplicates("prod").set_index("prod").sort_index()["pci"].to_numpy(float)
    apart.append(np.abs(standard(goods) - standard(found.pci.to_numpy())).max())
    close(f"indices of {table.shape[0]} x {table.shape[1]}", apart)
    print(f"  ours {ours * 1e3:.1f} ms, ecomplexity {theirs / ours:.0f} times that")


def tables(flows: np.ndarray, output: np.ndarray) -> None:
    """The inverses and what a final demand takes, ours and theirs."""
    import pymrio

    z, x = pd.DataFrame(flows), pd.DataFrame(output, columns=["x"])
    ours = timed(lambda: leontief(flows, output))
    theirs = timed(lambda: pymrio.calc_L(pymrio.calc_A(z, x)))
    total = pymrio.calc_L(pymrio.calc_A(z, x))
    demand = np.linspace(1.0, 2.0, len(output))
    found = linkages(flows, output)
    apart = [
        np.abs(total.to_numpy() - leontief(flows, output)).max(),
        np.abs(total.to_numpy() @ demand - output_for(flows, output, demand)).max(),
        np.abs(total.sum(axis=0).to_numpy() - found.multiplier).max(),
    ]
    close(f"input-output of {len(output)} industries", apart)
    print(f"  ours {ours * 1e3:.2f} ms, pymrio {theirs / ours:.1f} times that")


def standard(values: np.ndarray) -> np.ndarray:
    """In deviations."""
    return (values - values.mean()) / values.std()


def close(what: str, apart: list[float]) -> None:
    """Tell the largest difference; end where it is more than 1e-8."""
    print(f"{what}: largest difference {max(apart):.1e} (bound {CLOSE:.0e})")
    if not max(apart) < CLOSE:
        message = f"{what}: the peer differs by {max(apart):.1e}"
        raise SystemExit(message)


def timed(work: Callable[[], object], runs: int = 7) -> float:
    """Median of several runs, in seconds."""
    took = []
    for _ in range(runs):
        begun = time.perf_counter()
        work()
        took.append(time.perf_counter() - begun)
    return statistics.median(took)


if __name__ == "__main__":
    main()
