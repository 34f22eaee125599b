"""The what-if equilibrium: time of a whole answer by number of zones, and of a step against its bound.

Zones lie along a corridor, travel is made a tenth faster on a stretch of it. A step takes four products of
the two matrices with a vector; the bound is twice four such bare products. With a number of zones as argument
only that one is run, with the memory that the process took at most. Where GNU Octave is installed and
``HUTUO_TOOLKIT`` names a folder with the functions of the MRRH2018 toolkit (``counterFactsTK.m`` and those
that it calls), they answer the same question to the same tolerance beside ours, and the ratio is printed.
"""

import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np

from hutuo.economy import CommutingModel
from hutuo.economy.outcomes import Counterfactual

SIZES = {24: 20.0, 500: 50.0, 3_000: None}
MOST_OVER_BOUND = 2.0
MOST_GIB = 8.0
LEAST_RATIO = 30.0
COUNTIES = 401
# The toolkit stops here.
ITS_TOLERANCE = 1e-4
DRIVER = """
addpath('{toolkit}');
global nu delta alp sigg epsi
load('{given}');
nu = {nu}; delta = {delta}; alp = {alpha}; sigg = {sigma}; epsi = {epsilon};
tic;
[w, v, q, p, lam, pr, r, l, welfare] = counterFactsTK(ones(n, 1), ones(n), kappa, ones(n), ...
    wages, incomes, commuting, jobs, residents, trade);
printf('%.6f %.10f\\n', toc, welfare(1, 1));
"""


def main() -> None:
    """Print times, ratios to the bound, and what single precision costs."""
    for zones, most in SIZES.items():
        model, kappa = made(zones)
        found = model.counterfactual(kappa_hat=kappa)
        took = best(lambda m=model, k=kappa: m.counterfactual(kappa_hat=k))
        bound = f" (bound {most:g} ms)" if most else ""
        print(f"{zones:,} zones: {took * 1e3:.1f} ms in {found.steps} steps{bound}")
        step, products = step_and_products(found)
        print(
            f"  a step {step * 1e3:.3f} ms, {step / products:.2f} times four products of a matrix"
        )
        rough(model, kappa, found)
    beside_the_toolkit()


def alone(zones: int) -> None:
    """Print the time of one size, and the memory of the process."""
    began = time.perf_counter()
    model, kappa = made(zones)
    print(f"{zones:,} zones: made in {time.perf_counter() - began:.1f} s")
    began = time.perf_counter()
    found = model.counterfactual(kappa_hat=kappa)
    took = time.perf_counter() - began
    gib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"  {took:.1f} s in {found.steps} steps, at most {gib:.2f} GiB (bound {MOST_GIB:g})")
    step, products = step_and_products(found)
    print(f"  a step {step * 1e3:.0f} ms, {step / products:.2f} times four products of a matrix")


def made(zones: int) -> tuple[CommutingModel, np.ndarray]:
    """Zones along a corridor, and the change of their commuting costs."""
    rng = np.random.default_rng(zones)
    at = np.sort(rng.uniform(0, 300, zones))
    minutes = np.abs(at[:, None] - at)
    minutes += 8.0
    people = rng.lognormal(0, 0.6, zones)
    model = CommutingModel.calibrate(people, people * rng.uniform(0.7, 1.4, zones), minutes)
    stretch = (at > 100) & (at < 200)
    kappa = np.ones((zones, zones))
    kappa[np.ix_(stretch, stretch)] = 0.9**model.parameters.mu
    np.fill_diagonal(kappa, 1.0)
    return model, kappa


def best(work: Callable[[], object], rounds: int = 5) -> float:
    """Seconds of the fastest of some rounds."""
    took = []
    for _ in range(rounds):
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
    return min(took)


def step_and_products(found: Counterfactual) -> tuple[float, float]:
    """Seconds of a step, and of the four products that it cannot do without, by turns."""
    system, point = found._system, found._solved.point
    one = np.ones(len(found.w_hat))

    def products() -> None:
        for matrix in (system.commuting, system.trade, system.commuting.T, system.trade.T):
            matrix @ one

    turns = 5 if len(one) > 5_000 else 40
    took = [(best(lambda: system.step(point), 1), best(products, 1)) for _ in range(turns)]
    step, four = np.min(took, axis=0)
    return float(step), float(four)


def rough(model: CommutingModel, kappa: np.ndarray, exact: Counterfactual) -> None:
    """Print what single precision takes and how far it is off."""
    found = model.counterfactual(kappa_hat=kappa, single=True)
    took = best(lambda: model.counterfactual(kappa_hat=kappa, single=True))
    off = max(
        np.abs(getattr(found, hat) / getattr(exact, hat) - 1).max()
        for hat in ("w_hat", "R_hat", "L_hat")
    )
    print(
        f"  single precision {took * 1e3:.1f} ms in {found.steps} steps, residual {found.residual:.0e}, "
        f"off by {off:.0e}, welfare by {abs(found.welfare - exact.welfare):.0e}"
    )


def beside_the_toolkit() -> None:
    """Print how many times longer the toolkit's functions take for as many zones as there are counties."""
    octave, toolkit = (
        shutil.which("octave-cli") or shutil.which("octave"),
        os.environ.get("HUTUO_TOOLKIT"),
    )
    if not octave or not toolkit:
        print("the toolkit is not run beside: no GNU Octave, or HUTUO_TOOLKIT names no folder")
        return
    model, kappa = made(COUNTIES)
    ours = best(lambda: model.counterfactual(kappa_hat=kappa, tolerance=ITS_TOLERANCE))
    theirs, welfare = toolkit_run(octave, toolkit, model, kappa)
    exact = model.counterfactual(kappa_hat=kappa).welfare
    print(
        f"{COUNTIES} zones to {ITS_TOLERANCE:g}: the toolkit takes {theirs / ours:.0f} times as long (bound "
        f"{LEAST_RATIO:g}); its welfare is off by {abs(welfare / exact - 1):.0e}"
    )


def toolkit_run(
    octave: str, toolkit: str, model: CommutingModel, kappa: np.ndarray
) -> tuple[float, float]:
    """Seconds and welfare of the toolkit's own functions."""
    from scipy.io import savemat

    column = {"wages": model.wages, "jobs": model.jobs, "residents": model.residents}
    incomes = (model.commuting @ model.wages) * len(model.wages) / model.residents
    # The toolkit's trade shares are by seller and buyer.
    given = {name: values[:, None] for name, values in (column | {"incomes": incomes}).items()}
    given |= {
        "commuting": model.commuting,
        "trade": model.trade.T,
        "kappa": kappa,
        "n": float(len(kappa)),
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "given.mat"
        savemat(file, given)
        par = model.parameters
        names = {name: getattr(par, name) for name in ("nu", "delta", "alpha", "sigma", "epsilon")}
        script = Path(folder) / "driver.m"
        script.write_text(DRIVER.format(toolkit=toolkit, given=file, **names), encoding="utf-8")
        run = subprocess.run(
            [octave, "--no-gui", "--quiet", str(script)],
            capture_output=True,
            text=True,
            check=True,
        )
    seconds, welfare = run.stdout.strip().splitlines()[-1].split()
    return float(seconds), float(welfare)


if __name__ == "__main__":
    alone(int(sys.argv[1])) if len(sys.argv) > 1 else main()
