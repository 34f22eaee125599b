"""The account of 1,000 units, 50 sectors, 30 fuels and 20 years, and again after one factor changed.

The baseline is a loop over years and outcomes with numpy's einsum on the same cube.
"""

import time

import numpy as np

from hutuo.environment.accounts import Account, account_of, amounts, recomputed, uncertainty
from hutuo.environment.activity import Activity, Stream
from hutuo.environment.coefficients import coefficients
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
        tuple(YEARS), tuple(places), tuple(map(str, range(SECTORS))), tuple(streams), values
    )
    method = method_of("cn-province")
    factors = list(published())

    def whole() -> Account:
        found = coefficients(streams, YEARS, places, factors, method)
        return account_of(cube, found)

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


def timed(run):
    """What a function gives and the least seconds of some runs."""
    least = float("inf")
    for _ in range(ROUNDS):
        start = time.perf_counter()
        found = run()
        least = min(least, time.perf_counter() - start)
    return found, least


if __name__ == "__main__":
    main()
