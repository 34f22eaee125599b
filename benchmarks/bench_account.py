"""The account of 1,000 units, 50 sectors, 30 fuels and 20 years, and again after one factor changed.

The baseline is a loop over years and outcomes with numpy's einsum on the same cube.
"""
# ruff: noqa: PD011 - a cube has values, it is no frame

import time
from functools import partial

import numpy as np
import pandas as pd

from hutuo.environment.accounts import Account, account_of, amounts, recomputed, uncertainty
from hutuo.environment.activity import Activity, Stream
from hutuo.environment.coefficients import coefficients
from hutuo.environment.frames import frame_activity
from hutuo.environment.quantities import BASE
from hutuo.environment.register import fuels, method_of, published

UNITS, SECTORS, YEARS = 1000, 50, range(2004, 2024)
PROVINCES = ("13", "14", "37", "41")
ROUNDS = 3


def main() -> None:
    """Print seconds and what they are compared with."""
    streams = [Stream(name, fuel.measured[0], "energy") for name, fuel in fuels().items()][:30]
    places = sorted(f"{PROVINCES[n % 4]}{n // 4:04d}" for n in range(UNITS))
    chance = np.random.default_rng(7)
    values = chance.random((len(YEARS), UNITS, SECTORS, len(streams)))
    print(f"cells: {values.size:,}")
    cube = Activity(
        tuple(YEARS),
        tuple(places),
        tuple(str(13 + n) for n in range(SECTORS)),
        tuple(streams),
        values,
    )
    method = method_of("cn-province")
    factors = list(published())

    def whole() -> Account:
        found = coefficients(streams, YEARS, places, factors, method)
        return account_of(cube, found)

    long, zeroth = timed(partial(frame_activity, as_frame(cube)), rounds=1)
    print(f"from a frame of {values.size:,} rows, all of them checked: {zeroth:.1f} s")
    order = [long.streams.index(stream) for stream in streams]
    np.testing.assert_array_equal(long.values[..., order], values)
    del long
    done, first = timed(whole)
    print(f"account: {first:.2f} s (factors looked up, all outcomes, most 2 s)")
    totals, second = timed(lambda: amounts(cube, done.coefficients))
    _, third = timed(
        lambda: uncertainty(totals, done.coefficients, ("tco2_scope1", "tco2_scope2"))
    )
    print(f"totals {second:.2f} s, uncertainty {third:.3f} s")
    at = next(
        n for n, f in enumerate(factors) if f.kind == "carbon_content" and f.fuel == "bituminous"
    )
    factors[at] = factors[at]._replace(value=factors[at].value * 1.01)

    def again() -> Account:
        found = coefficients(streams, YEARS, places, factors, method)
        return recomputed(done, found)

    changed, fourth = timed(again)
    print(f"after one factor changed: {fourth:.3f} s (most 0.2 s)")
    np.testing.assert_allclose(
        changed.values, account_of(cube, changed.coefficients).values, rtol=1e-12
    )

    def baseline() -> None:
        for y in range(len(YEARS)):
            for o in range(len(done.coefficients.outcomes)):
                matrix = done.coefficients.values[done.coefficients.group_of, y, :, o]
                np.einsum("psf,pf->ps", values[y], matrix)

    _, fifth = timed(baseline)
    print(f"einsum by year and outcome: {fifth:.2f} s; ratio {fifth / first:.1f}")


def as_frame(cube: Activity) -> pd.DataFrame:
    """The cube as a long frame, its words as categories."""
    years, places, sectors, streams = cube.values.shape
    axes = np.indices((years, places, sectors, streams), dtype=np.int16).reshape(4, -1)
    words = {
        "year": list(cube.years),
        "place": list(cube.places),
        "sector": list(cube.sectors),
        "fuel": [stream.fuel for stream in cube.streams],
    }
    columns = {
        name: pd.Categorical.from_codes(codes, words[name])
        for name, codes in zip(words, axes, strict=True)
    }
    units = [BASE[stream.dimension] for stream in cube.streams]
    unit = pd.Categorical.from_codes(
        pd.factorize(pd.Index(units))[0][axes[3]], list(dict.fromkeys(units))
    )
    return pd.DataFrame({**columns, "quantity": cube.values.ravel(), "unit": unit})


def timed(run, rounds: int = ROUNDS):
    """What a function gives and the least seconds of some runs."""
    least = float("inf")
    for _ in range(rounds):
        start = time.perf_counter()
        found = run()
        least = min(least, time.perf_counter() - start)
    return found, least


if __name__ == "__main__":
    main()
