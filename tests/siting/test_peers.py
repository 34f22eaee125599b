"""The models that spopt has too, on 200 random cases: the same values. It needs ``hutuo[peers]``."""

import numpy as np
import pytest

from hutuo.siting import max_cover, p_center, p_median, set_cover

spopt = pytest.importorskip(
    "spopt.locate", reason="spopt is not installed: pip install 'hutuo[peers]'"
)

CASES = range(200)
CLIENTS, SITES = 10, 8

pytestmark = [pytest.mark.long, pytest.mark.filterwarnings("ignore")]


def drawn(seed):
    rng = np.random.default_rng([13, seed])
    cost = rng.integers(1, 40, (CLIENTS, SITES)).astype(float)
    return cost, rng.integers(1, 9, CLIENTS).astype(float), rng


def theirs(model):
    import pulp

    found = model.solve(pulp.PULP_CBC_CMD(msg=False))
    assert pulp.LpStatus[found.problem.status] == "Optimal"
    return pulp.value(found.problem.objective)


def predefined(rng):
    """A site that must be open, as numbers of ours and as the list of theirs."""
    return [int(rng.integers(0, SITES))] if rng.random() < 0.5 else []


def test_medians_are_those_of_spopt():
    for seed in CASES:
        cost, weights, rng = drawn(seed)
        p, kept = int(rng.integers(1, SITES)), predefined(rng)
        asked = {"predefined_facilities_arr": np.isin(np.arange(SITES), kept)} if kept else {}
        other = theirs(spopt.PMedian.from_cost_matrix(cost, weights, p, **asked))
        assert p_median(cost, weights, p, fixed=kept).objective == pytest.approx(other), seed


def test_centres_are_those_of_spopt():
    for seed in CASES:
        cost, _, rng = drawn(seed)
        p = int(rng.integers(1, SITES))
        other = theirs(spopt.PCenter.from_cost_matrix(cost, p))
        assert p_center(cost, p).objective == pytest.approx(other), seed


def test_covers_are_those_of_spopt():
    for seed in CASES:
        cost, _, rng = drawn(seed)
        limit = float(cost.min(axis=1).max() + rng.integers(0, 10))
        other = theirs(spopt.LSCP.from_cost_matrix(cost, limit))
        assert set_cover(cost, limit).objective == pytest.approx(other), seed


def test_largest_covers_are_those_of_spopt():
    for seed in CASES:
        cost, weights, rng = drawn(seed)
        limit, p = float(rng.integers(3, 15)), int(rng.integers(1, 4))
        other = theirs(spopt.MCLP.from_cost_matrix(cost, weights, limit, p_facilities=p))
        assert max_cover(cost, limit, p, weights).objective == pytest.approx(other), seed
