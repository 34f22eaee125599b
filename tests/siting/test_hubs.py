"""Hubs against every choice of hubs, and of members, tried one by one."""

from itertools import combinations, product

import numpy as np
import pytest

from hutuo.errors import BadInput
from hutuo.siting import hub_location


def made(seed, n=6):
    rng = np.random.default_rng(seed)
    at = rng.random((n, 2)) * 100
    cost = np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1))
    return rng.integers(0, 20, (n, n)).astype(float), cost


def over(flow, cost, legs, first, second):
    total = 0.0
    for i, j in product(range(len(cost)), repeat=2):
        k, m = first(i, j), second(i, j)
        total += flow[i, j] * (legs[0] * cost[i, k] + legs[1] * cost[k, m] + legs[2] * cost[m, j])
    return total


def of_any(flow, cost, legs, hubs):
    """Each flow over its best two hubs."""
    total = 0.0
    for i, j in product(range(len(cost)), repeat=2):
        ways = (
            legs[0] * cost[i, k] + legs[1] * cost[k, m] + legs[2] * cost[m, j]
            for k, m in product(hubs, repeat=2)
        )
        total += flow[i, j] * min(ways)
    return total


@pytest.mark.parametrize("seed", range(6))
def test_hubs_for_all_are_the_best_of_all_choices(seed):
    flow, cost = made(seed)
    legs = (1.0, (0.2, 0.5, 0.9)[seed % 3], 1.5 if seed > 3 else 1.0)
    best = min(of_any(flow, cost, legs, hubs) for hubs in combinations(range(6), 2))
    found = hub_location(flow, cost, 2, transfer=legs[1], distribute=legs[2])
    assert found.objective == pytest.approx(best)
    assert (found.status, found.gap, len(found.hubs)) == ("optimal", 0, 2)
    assert found.objective == pytest.approx(
        over(flow, cost, legs, lambda i, j: found.first[i, j], lambda i, j: found.second[i, j])
    )


@pytest.mark.parametrize("seed", range(4))
def test_one_hub_a_place_is_the_best_of_all_memberships(seed):
    flow, cost = made(seed, 5)
    legs, best = (1.0, (0.3, 0.8)[seed % 2], 1.0), np.inf
    for hubs in combinations(range(5), 2):
        for to in product(hubs, repeat=5):
            if all(to[hub] == hub for hub in hubs):
                best = min(best, over(flow, cost, legs, lambda i, j: to[i], lambda i, j: to[j]))  # noqa: B023
    found = hub_location(flow, cost, 2, transfer=legs[1], single=True)
    assert found.objective == pytest.approx(best)
    assert (found.status, found.gap) == ("optimal", 0)
    assert all(len(set(row)) == 1 for row in found.first.tolist())


def test_what_hubs_cost_decides_how_many_there_are():
    flow, cost = made(3)
    everywhere = hub_location(flow, cost, transfer=0.5)
    few = hub_location(flow, cost, transfer=0.5, opening=np.full(6, 1e6))
    assert (len(everywhere.hubs), len(few.hubs)) == (6, 1)
    best = min(
        of_any(flow, cost, (1, 0.5, 1), hubs) + 900.0 * p
        for p in range(1, 7)
        for hubs in combinations(range(6), p)
    )
    assert hub_location(flow, cost, opening=np.full(6, 900.0)).objective == pytest.approx(best)


def test_fixed_forbidden_and_earlier_hubs_are_kept_to():
    flow, cost = made(1)
    free = hub_location(flow, cost, 2).hubs
    held = hub_location(flow, cost, 2, fixed=[5 if 5 not in free else 4])
    shut = hub_location(flow, cost, 2, forbidden=free)
    assert {5, 4} & {*held.hubs}
    assert not {*free} & {*shut.hubs}
    assert hub_location(flow, cost, 2, start=shut.hubs).hubs == free
    with pytest.raises(BadInput, match="at least 0"):
        hub_location(-flow, cost, 2)
    with pytest.raises(BadInput, match="over 2"):
        hub_location(flow, cost, 2, start=[0, 1, 2])
