"""Every model on 200 small random cases each, against every plan that there is."""

from itertools import chain, combinations, product

import numpy as np
import pytest
from scipy.optimize import linprog

from hutuo.siting import (
    Level,
    Rules,
    Stage,
    capacitated_location,
    hub_location,
    levelled,
    max_cover,
    p_center,
    p_median,
    phased,
    set_cover,
    staged,
    survival,
)
from hutuo.siting.origins import ByOrigin
from hutuo.siting.programs import solved
from hutuo.siting.stageparts import Part

CASES = range(200)
CLIENTS, SITES = 6, 5


def drawn(seed):
    rng = np.random.default_rng([7, seed])
    cost = rng.integers(0, 30, (CLIENTS, SITES)).astype(float)
    cost[rng.random(cost.shape) < 0.1] = np.inf
    cost[np.isinf(cost).all(axis=1), 0] = 5.0
    return cost, rng.integers(0, 9, CLIENTS).astype(float), rng


def subsets(sites, least=1):
    return list(
        chain.from_iterable(combinations(range(sites), k) for k in range(least, sites + 1))
    )


def some(rng, p):
    """Sites that must be open and must not, at most one of each, and the plans that keep to that."""
    kept = [int(rng.integers(0, 2))] if rng.random() < 0.5 else []
    shut = [int(rng.integers(2, SITES))] if rng.random() < 0.5 and p < SITES else []
    plans = [
        plan
        for plan in combinations(range(SITES), p)
        if set(kept) <= set(plan) and not set(shut) & set(plan)
    ]
    return kept, shut, plans


def proven(found, best, at=""):
    """The value is the best of all plans, its bound too, and the status says so."""
    if np.isinf(best):
        assert (found.status, found.objective) == ("infeasible", np.inf), at
        return
    assert found.objective == pytest.approx(best, abs=1e-6), at
    assert found.bound == pytest.approx(best, abs=1e-6), at
    assert (found.status, found.gap) == ("optimal", pytest.approx(0, abs=1e-9)), at


@pytest.mark.parametrize("lost", [False, True], ids=["minutes", "survival"])
def test_medians_and_survival(lost):
    for seed in CASES:
        cost, weights, rng = drawn(seed)
        if lost:
            cost = np.where(np.isinf(cost), np.inf, 1.0 - survival(cost))
        p = int(rng.integers(1, SITES + 1))
        kept, shut, plans = some(rng, p)
        with np.errstate(invalid="ignore"):
            heavy = np.where(np.isinf(cost), np.inf, cost * weights[:, None])
        best = min(heavy[:, plan].min(axis=1).sum() for plan in plans)
        found = p_median(cost, weights, p, fixed=kept, forbidden=shut)
        proven(found, best, seed)
        assert set(kept) <= set(found.sites)
        assert len(found.sites) == p
        assert not set(shut) & set(found.sites)


def test_centres():
    for seed in CASES:
        cost, _, rng = drawn(seed)
        p = int(rng.integers(1, SITES + 1))
        kept, shut, plans = some(rng, p)
        best = min(cost[:, plan].min(axis=1).max() for plan in plans)
        proven(p_center(cost, p, fixed=kept, forbidden=shut), best, seed)


def test_covers_with_and_without_a_backup():
    for seed in CASES:
        cost, _, rng = drawn(seed)
        price, limit = rng.integers(1, 9, SITES).astype(float), float(rng.integers(5, 25))
        times, inclusive = int(rng.integers(1, 3)), bool(rng.integers(0, 2))
        kept, shut, _ = some(rng, 2)
        reach = cost <= limit if inclusive else cost < limit
        totals = [
            price[list(plan)].sum()
            for plan in subsets(SITES)
            if set(kept) <= set(plan) and not set(shut) & set(plan)
            and np.all(reach[:, plan].sum(axis=1) >= times)
        ]  # fmt: skip
        asked = {"fixed": kept, "forbidden": shut, "times": times, "inclusive": inclusive}
        found = set_cover(cost, limit, opening=price, **asked)
        proven(found, min(totals, default=np.inf), seed)


def test_largest_covers_with_and_without_a_backup(monkeypatch):
    # The search before the solver takes as long for six clients as for thousands.
    monkeypatch.setattr("hutuo.siting.covers.LOOKS", 10_000)
    for seed in CASES:
        cost, weights, rng = drawn(seed)
        p, limit = int(rng.integers(1, SITES)), float(rng.integers(5, 25))
        times, inclusive = int(rng.integers(1, 3)), bool(rng.integers(0, 2))
        kept, shut, plans = some(rng, p)
        reach = cost <= limit if inclusive else cost < limit
        best = max(weights[reach[:, plan].sum(axis=1) >= times].sum() for plan in plans)
        asked = {"fixed": kept, "forbidden": shut, "times": times, "inclusive": inclusive}
        proven(max_cover(cost, limit, p, weights, **asked), best, seed)


def located(seed):
    """Costs, prices, demand, capacities, how many are to be open (None for any), and the plans."""
    rng = np.random.default_rng([8, seed])
    cost = rng.integers(1, 30, (4, 3)).astype(float)
    price, demand = rng.integers(1, 40, 3).astype(float), rng.integers(1, 9, 4).astype(float)
    room = rng.integers(6, 22, 3).astype(float)
    room += max(0.0, demand.sum() - room.sum())
    p = int(rng.integers(1, 4)) if rng.random() < 0.5 else None
    if p and np.sort(room)[::-1][:p].sum() < demand.sum():
        p = None  # too little room is refused before anything is solved
    plans = [plan for plan in subsets(3) if p in (None, len(plan))]
    return cost, price, demand, room, p, plans


def test_locations_whatever_comes_and_medians_among_them():
    for seed in CASES:
        cost, price, demand, _, p, plans = located(seed)
        best = min(cost[:, plan].min(axis=1).sum() + price[list(plan)].sum() for plan in plans)
        proven(capacitated_location(price, None, demand, cost, p=p), best, seed)


def test_locations_with_capacities_where_all_of_a_client_goes_to_one_site():
    for seed in CASES:
        cost, price, demand, room, p, plans = located(seed)
        best = np.inf
        for plan in plans:
            for to in product(plan, repeat=4):
                if np.all(np.bincount(to, weights=demand, minlength=3) <= room):
                    paid = cost[np.arange(4), list(to)].sum() + price[list(plan)].sum()
                    best = min(best, paid)
        proven(
            capacitated_location(price, room, demand, cost, single_source=True, p=p), best, seed
        )


def test_locations_with_capacities_where_clients_are_split():
    """Each set of sites leaves a transport problem, which another solver solves."""
    for seed in CASES:
        cost, price, demand, room, p, plans = located(seed)
        best = np.inf
        for plan in plans:
            here = list(plan)
            if room[here].sum() < demand.sum():
                continue
            served = np.kron(np.eye(4), np.ones(len(here)))
            loads = np.kron(demand, np.eye(len(here)))
            ended = linprog(cost[:, here].ravel(), loads, room[here], served, np.ones(4))
            best = min(best, ended.fun + price[here].sum())
        proven(capacitated_location(price, room, demand, cost, p=p), best, seed)


@pytest.mark.parametrize("single", [False, True], ids=["any hub", "one hub a place"])
def test_hubs(single):
    for seed in CASES:
        rng = np.random.default_rng([9, seed])
        cost, flow = (
            rng.integers(0, 30, (4, 4)).astype(float),
            rng.integers(0, 9, (4, 4)).astype(float),
        )
        np.fill_diagonal(cost, 0.0)
        legs = rng.choice([0.2, 0.5, 1.0, 1.5], 3)
        opening, p = rng.integers(0, 60, 4).astype(float), [1, 2, 3, None][seed % 4]
        best = np.inf
        for plan in subsets(4):
            if p not in (None, len(plan)):
                continue
            here = list(plan)
            between = cost[np.ix_(here, here)]
            ways = legs[0] * cost[:, here, None, None] + legs[1] * between[None, :, :, None]
            ways = ways + legs[2] * cost[here, :][None, None, :, :]
            if single:
                for to in product(range(len(here)), repeat=4):
                    at = np.array(to)
                    if all(at[hub] == k for k, hub in enumerate(here)):
                        each = ways[np.arange(4)[:, None], at[:, None], at[None, :], np.arange(4)]
                        best = min(best, (flow * each).sum() + opening[here].sum())
            else:
                best = min(best, (flow * ways.min(axis=(1, 2))).sum() + opening[here].sum())
        found = hub_location(
            flow, cost, p, collect=legs[0], transfer=legs[1], distribute=legs[2], opening=opening,
            single=single,
        )  # fmt: skip
        proven(found, best, seed)


def test_periods_with_a_budget_and_closing():
    for seed in CASES:
        rng = np.random.default_rng([10, seed])
        cost, weights = rng.integers(1, 20, (3, 3)).astype(float), rng.integers(0, 9, (2, 3)) * 1.0
        opening, closing = (
            rng.integers(1, 60, 3).astype(float),
            rng.integers(0, 30, 3).astype(float),
        )
        running, may_close = rng.integers(0, 25, 3).astype(float), bool(seed % 2)
        first, budget = int(rng.integers(0, 3)), [None, 60.0][seed % 3 == 0]
        best = np.inf
        for states in product(product((0, 1), repeat=3), repeat=2):
            total, before = 0.0, np.isin(np.arange(3), first).astype(int)
            for now, demand in zip(np.array(states), weights, strict=True):
                come, go = np.maximum(now - before, 0), np.maximum(before - now, 0)
                spent = opening @ come + closing @ go
                if not now.any() or (go.any() and not may_close) or (budget and spent > budget):
                    total = np.inf
                    break
                total += demand @ cost[:, now > 0].min(axis=1) + running @ now + spent
                before = now
            best = min(best, total)
        rules = Rules(existing=[first], opening=opening, closing=closing, budget=budget)
        proven(phased(cost, weights, rules, running=running, may_close=may_close), best, seed)


def test_levels():
    for seed in CASES:
        rng = np.random.default_rng([11, seed])
        cost = rng.integers(1, 20, (3, 3)).astype(float)
        low, high = rng.integers(0, 9, (2, 3)).astype(float)
        opening = rng.integers(1, 40, (2, 3)).astype(float)
        nested, apart, p = bool(seed % 2), bool(seed % 3), [None, 1][seed % 5 == 0]
        best = np.inf
        for below, above in product(subsets(3, 0), subsets(3)):
            to = sorted({*below, *above}) if nested else list(below)
            shared = apart and set(below) & set(above)
            if not to or shared or (p and len(above) != p):
                continue
            total = low @ cost[:, to].min(axis=1) + high @ cost[:, above].min(axis=1)
            total += opening[0, list(below)].sum() + opening[1, list(above)].sum()
            best = min(best, total)
        levels = [
            Level(low, Rules(opening=opening[0])),
            Level(high, Rules(opening=opening[1], p=p)),
        ]
        proven(levelled(cost, levels, nested=nested, apart=apart), best, seed)


def flows(seed):
    """Three stages of two sites, the last two also reached straight from the sources."""
    rng = np.random.default_rng([12, seed])
    supply = rng.integers(0, 9, 3).astype(float)
    shapes = ((3, 2), (2, 2), (2, 2), (3, 2), (3, 2))
    costs = [rng.integers(1, 20, shape).astype(float) for shape in shapes]
    opening, passes = rng.integers(1, 40, (3, 2)).astype(float), rng.choice([0.2, 0.5, 1.0], 2)
    straight = [seed % 2 > 0, seed % 3 > 0]
    stages = [
        Stage(costs[0], opening=opening[0], passes=passes[0]),
        Stage(
            costs[1],
            opening=opening[1],
            passes=passes[1],
            direct=costs[3] if straight[0] else None,
        ),
        Stage(costs[2], opening=opening[2], direct=costs[4] if straight[1] else None),
    ]
    return supply, stages, costs, straight


def test_waste_through_three_stages_all_together_and_by_origin():
    for seed in CASES:
        supply, stages, costs, straight = flows(seed)
        best = np.inf
        for sets in product(subsets(2, 0), repeat=3):
            one, two, three = (list(part) for part in sets)
            last = costs[2][:, three].min(axis=1) if three else np.full(2, np.inf)
            middle = costs[1] + stages[1].passes * last[None, :]
            onward = middle[:, two].min(axis=1) if two else np.full(2, np.inf)
            each = [np.full(3, np.inf)]
            each += (
                [(costs[0] + stages[0].passes * onward[None, :])[:, one].min(axis=1)]
                if one
                else []
            )
            if two and straight[0]:
                each.append((costs[3] + stages[1].passes * last[None, :])[:, two].min(axis=1))
            if three and straight[1]:
                each.append(costs[4][:, three].min(axis=1))
            cheapest = np.min(each, axis=0)
            used = supply > 0
            paid = (supply[used] * cheapest[used]).sum()
            price = sum(
                stage.opening[part].sum()
                for stage, part in zip(stages, (one, two, three), strict=True)
            )
            best = min(best, paid + price)
        proven(staged(supply, stages), best, seed)
        parts, before = [], 3
        for number, stage in enumerate(stages):
            parts.append(Part(stage, number, before, supply))
            before = len(parts[-1].room)
        apart = ByOrigin(parts, supply)
        ended = solved(apart.blocks.program(apart.costs))
        assert ended.value == pytest.approx(best, abs=1e-6), seed
