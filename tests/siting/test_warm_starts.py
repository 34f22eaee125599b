"""Plans to begin with: the answer is never worse, and what cannot be one is refused."""

import numpy as np
import pytest

from hutuo.errors import BadInput
from hutuo.siting import capacitated_location, max_cover, p_center, p_median, set_cover


def made(seed, n=60):
    rng = np.random.default_rng(seed)
    at = rng.random((n, 2)) * 100
    return np.hypot(*(at[:, None] - at[None]).transpose(2, 0, 1)), rng.integers(1, 50, n).astype(
        float
    )


def test_a_plan_known_to_be_best_stays_best_when_there_is_no_time():
    cost, people = made(1)
    best = p_median(cost, people, 6)
    again = p_median(cost, people, 6, start=best.sites, time_limit=0)
    assert (again.sites, again.objective) == (best.sites, pytest.approx(best.objective))
    near = p_center(cost, 6)
    assert p_center(cost, 6, start=near.sites, time_limit=0).objective == near.objective
    most = max_cover(cost, 12, 5, people)
    assert (
        max_cover(cost, 12, 5, people, start=most.sites, time_limit=0.01).objective
        == most.objective
    )


def test_fewer_sites_than_asked_for_are_filled_up():
    cost, people = made(2)
    assert len(p_median(cost, people, 6, start=[3]).sites) == 6
    assert len(max_cover(cost, 12, 5, people, start=[3]).sites) == 5


def test_covers_and_capacities_come_out_the_same_from_any_plan():
    cost, people = made(3)
    fewest = set_cover(cost, 20)
    assert set_cover(cost, 20, start=fewest.sites).objective == fewest.objective
    assert set_cover(cost, 20, start=range(60)).objective == fewest.objective
    twice = set_cover(cost, 30, times=2)
    assert set_cover(cost, 30, times=2, start=twice.sites).objective == twice.objective
    price, room = np.full(60, 400.0), np.full(60, people.sum() / 4)
    plain = capacitated_location(price, room, people, cost)
    for start in (plain.sites, [0, 1, 2, 3, 4, 5]):
        found = capacitated_location(price, room, people, cost, start=start)
        assert found.objective == pytest.approx(plain.objective)


def test_backup_covers_those_with_two_sites_near_by_brute_force():
    from itertools import combinations

    for seed in range(5):
        cost, people = made(seed, 12)
        near = cost <= 40
        best = max(
            people[near[:, list(sites)].sum(axis=1) >= 2].sum()
            for sites in combinations(range(12), 4)
        )
        found = max_cover(cost, 40, 4, people, times=2)
        assert (found.objective, found.status) == (best, "optimal")
        assert (near[:, found.sites].sum(axis=1) < 2).nonzero()[0].tolist() == found.unserved


def test_a_start_that_is_no_plan_is_told():
    cost, people = made(4)
    for start, says in (
        ([99], "between 0 and 59"),
        ([1, 1], "stands twice"),
        ([0, 1, 2], "over 2"),
    ):
        with pytest.raises(BadInput, match=says):
            p_median(cost, people, 2, start=start)
    with pytest.raises(BadInput, match="must not be open"):
        p_median(cost, people, 2, start=[1], forbidden=[1])
