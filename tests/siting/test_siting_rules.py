"""Plans under rules, over periods, by level and in stages: against every plan, and each rule at work."""

from dataclasses import replace
from itertools import combinations, product

import numpy as np
import pytest

from hutuo.errors import BadAsk, BadInput
from hutuo.siting import (
    Level,
    Rules,
    Stage,
    alternatives,
    front,
    levelled,
    phased,
    repairs,
    sited,
    staged,
    survival,
)

CLIENTS, SITES = 5, 4
SEEDS = range(50)


def drawn(seed):
    rng = np.random.default_rng(seed)
    cost = rng.integers(0, 30, (CLIENTS, SITES)).astype(float)
    cost[rng.random(cost.shape) < 0.1] = np.inf
    cost[np.isinf(cost).all(axis=1), 0] = 5.0
    return cost, rng.integers(1, 9, CLIENTS).astype(float), rng


def some_rules(rng):
    """Rules by chance, a few at a time."""
    every = {
        "p": int(rng.integers(1, SITES + 1)),
        "kept": [int(rng.integers(0, 2))],
        "forbidden": [int(rng.integers(2, SITES))],
        "budget": float(rng.integers(4, 14)),
        "limit": float(rng.integers(8, 30)),
        "inclusive": bool(rng.integers(0, 2)),
        "capacity": rng.integers(8, 25, SITES).astype(float),
        "nearest": True,
        "serve": float(rng.choice([0.0, 0.5, 0.8])),
        "backup": 2,
        "beyond": (float(rng.integers(5, 20)), 0.4),
        "gini": float(rng.choice([0.1, 0.3, 0.5])),
        "farthest": float(rng.integers(10, 30)),
    }
    names = [name for name in every if rng.random() < 0.3]
    if "forbidden" in names:
        every["p"] = min(every["p"], SITES - 1)
    if "serve" in names and "gini" in names:
        names.remove("gini")
    there = {"existing": [0, 2], "opening": [3.0, 5.0, 2.0, 6.0], "closing": [1.0, 0.0, 4.0, 0.0]}
    groups = (
        {"groups": ["a", "a", "b", "b", "b"], "floors": {"b": 0.6}} if "serve" in names else {}
    )
    if groups and rng.random() < 0.5:
        groups["floor_within"] = float(rng.integers(5, 25))
    used = {"least_use": 0.3} if "capacity" in names and rng.random() < 0.5 else {}
    return Rules(**{name: every[name] for name in names}, **there, **groups, **used)


def every_plan(cost, weights, rules):
    """Every plan that keeps to the rules, as the rules are described: sites, assignment, values of goals."""
    clients, many = cost.shape
    for opened in product((False, True), repeat=many):
        sites = [j for j in range(many) if opened[j]]
        spent = sum(
            (0 if j in rules.existing else rules.opening[j]) if j in sites
            else (rules.closing[j] if j in rules.existing and rules.closing is not None else 0)
            for j in range(many)
        )  # fmt: skip
        if rules.p is not None and len(sites) != rules.p:
            continue
        if not set(rules.kept) <= set(sites) or set(rules.forbidden) & set(sites):
            continue
        if rules.budget is not None and spent > rules.budget:
            continue
        choices = [-1, *sites] if rules.serve < 1 else sites
        for to in product(choices, repeat=clients):
            if keeps(cost, weights, rules, sites, to):
                yield sites, to, spent


def within(cost, rules):
    return np.isfinite(cost) & (cost <= rules.limit if rules.inclusive else cost < rules.limit)


def keeps(cost, weights, rules, sites, to):
    near = within(cost, rules)
    on = [(i, j) for i, j in enumerate(to) if j >= 0]
    if any(not near[i, j] for i, j in on):
        return False
    if any(sum(near[i, k] for k in sites) < rules.backup for i, _ in on if rules.backup > 1):
        return False
    if rules.nearest and any(cost[i, j] > min(cost[i, k] for k in sites) for i, j in on):
        return False
    got = np.array([weights[i] * (j >= 0) for i, j in enumerate(to)])
    if got.sum() < rules.serve * weights.sum() - 1e-9:
        return False
    paid = np.array([cost[i, j] if j >= 0 else 0.0 for i, j in enumerate(to)])
    near = got * (paid <= rules.floor_within)
    for group, share in rules.floors.items():
        mine = np.array([one == group for one in rules.groups])
        if near[mine].sum() < share * weights[mine].sum() - 1e-9:
            return False
    if rules.beyond and got[paid > rules.beyond[0]].sum() > rules.beyond[1] * weights.sum() + 1e-9:
        return False
    if rules.farthest is not None and paid.max() > rules.farthest:
        return False
    return loads_keep(weights, rules, sites, to) and even(paid, weights, rules)


def loads_keep(weights, rules, sites, to):
    if rules.capacity is None:
        return True
    load = np.zeros(len(rules.capacity))
    for i, j in enumerate(to):
        if j >= 0:
            load[j] += weights[i]
    least = all(load[j] >= rules.least_use * rules.capacity[j] - 1e-9 for j in sites)
    return bool(np.all(load <= rules.capacity + 1e-9)) and least


def even(paid, weights, rules):
    if rules.gini is None:
        return True
    total, people = weights @ paid, weights.sum()
    apart = weights @ np.abs(paid[:, None] - paid[None]) @ weights
    return apart <= rules.gini * 2 * people * total + 1e-9


def value_of(goal, cost, weights, plan):
    sites, to, spent = plan
    paid = np.array([cost[i, j] if j >= 0 else 0.0 for i, j in enumerate(to)])
    served = np.array([j >= 0 for j in to])
    apart = weights @ np.abs(paid[:, None] - paid[None]) @ weights / weights.sum() ** 2
    return {
        "cost": weights @ paid,
        "spent": spent,
        "farthest": paid.max(),
        "left": weights[~served].sum(),
        "spread": apart,
        "sites": len(sites),
        "lost": weights.sum() - weights[served] @ survival(paid[served]),
    }[goal]


@pytest.mark.parametrize("seed", SEEDS)
def test_a_plan_under_rules_is_the_best_of_all(seed):
    cost, weights, rng = drawn(seed)
    rules = some_rules(rng)
    goal = str(rng.choice(["cost", "spent", "farthest", "left", "sites", "lost"]))
    if rules.serve >= 1 and seed % 3 == 0:
        goal = "spread"
    plans = list(every_plan(cost, weights, rules))
    found = sited(cost, weights, rules, goals=[goal])
    if not plans:
        assert found.status == "infeasible"
        assert found.conflict
        return
    best = min(value_of(goal, cost, weights, plan) for plan in plans)
    assert found.status == "optimal"
    assert found.values[0] == pytest.approx(best, abs=1e-6)
    assert found.bounds[0] == pytest.approx(best, abs=1e-6)
    assert (found.sites, tuple(found.assignment)) in [(plan[0], plan[1]) for plan in plans]


@pytest.mark.parametrize("seed", range(12))
def test_a_second_goal_chooses_among_the_best_by_the_first(seed):
    cost, weights, _ = drawn(seed)
    rules = Rules(p=2, existing=[0, 2], opening=[3.0, 5, 2, 6], closing=[1.0, 0, 4, 0])
    plans = list(every_plan(cost, weights, rules))
    found = sited(cost, weights, rules, goals=["farthest", "cost"])
    if not plans:
        assert found.status == "infeasible"
        return
    values = [
        [value_of(goal, cost, weights, plan) for goal in ("farthest", "cost")] for plan in plans
    ]
    assert found.values == pytest.approx(min(values), abs=1e-4)
    both = sited(cost, weights, rules, goals=[{"farthest": 5.0, "cost": 1.0}])
    assert both.values[0] == pytest.approx(min(5 * far + paid for far, paid in values), abs=1e-6)


@pytest.mark.parametrize("seed", range(8))
def test_the_front_holds_no_plan_that_another_beats(seed):
    cost, weights, _ = drawn(seed)
    cost[np.isinf(cost)] = 40.0
    rules = Rules(p=2, existing=[0, 2], opening=[3.0, 5, 2, 6], closing=[1.0, 0, 4, 0])
    values = {
        (value_of("cost", cost, weights, plan), value_of("farthest", cost, weights, plan))
        for plan in every_plan(cost, weights, rules)
    }
    best = {
        one
        for one in values
        if not any(other != one and other[0] <= one[0] and other[1] <= one[1] for other in values)
    }
    points = [tuple(np.round(found.values, 4)) for found in front(cost, weights, rules, many=60)]
    assert set(points) <= best
    assert points == sorted(points)
    assert min(best) == points[0]
    assert max(best) == points[-1]


@pytest.mark.parametrize("seed", range(8))
def test_other_plans_are_all_that_are_as_good(seed):
    rng = np.random.default_rng(seed)
    cost, weights = rng.integers(0, 3, (CLIENTS, SITES)).astype(float), np.ones(CLIENTS)
    totals = {plan: cost[:, plan].min(axis=1).sum() for plan in combinations(range(SITES), 2)}
    best = min(totals.values())
    found = alternatives(cost, weights, Rules(p=2), many=20)
    assert {tuple(one.sites) for one in found} == {
        p for p, total in totals.items() if total == best
    }
    more = alternatives(cost, weights, Rules(p=2), many=20, within=0.5)
    kept = {plan for plan, total in totals.items() if total <= best * 1.5}
    assert {tuple(one.sites) for one in more} == kept
    assert len(alternatives(cost, weights, Rules(p=2), many=1)) == 1


def test_what_to_relax_is_the_smallest_set():
    cost = np.array([[1.0, 9.0], [9.0, 1.0]])
    assert repairs(cost, None, Rules(p=1, limit=5)) == [("limit",), ("p",)]
    assert repairs(cost, None, Rules(p=1)) == [()]
    rules = Rules(budget=1.0, opening=[1.0, 1.0], limit=5, capacity=[0.5, 0.5])
    assert repairs(cost, None, rules) == [("budget", "capacity"), ("capacity", "limit")]
    assert sited(cost, None, rules).conflict == [("budget", "capacity"), ("capacity", "limit")]


@pytest.mark.parametrize("seed", range(25))
def test_sites_over_periods_are_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 20, (3, 3)).astype(float)
    weights = rng.integers(0, 9, (3, 3)).astype(float)
    opening, closing = rng.integers(1, 60, 3).astype(float), rng.integers(0, 30, 3).astype(float)
    running = rng.integers(0, 25, 3).astype(float)
    may_close, first = bool(seed % 2), int(rng.integers(0, 3))
    best = np.inf
    for states in product(product((0, 1), repeat=3), repeat=3):
        total, before = 0.0, np.isin(np.arange(3), first).astype(int)
        for now, demand in zip(np.array(states), weights, strict=True):
            if not now.any() or (not may_close and np.any(now < before)):
                total = np.inf
                break
            total += demand @ cost[:, now > 0].min(axis=1) + running @ now
            total += opening @ np.maximum(now - before, 0) + closing @ np.maximum(before - now, 0)
            before = now
        best = min(best, total)
    rules = Rules(existing=[first], opening=opening, closing=closing)
    found = phased(cost, weights, rules, running=running, may_close=may_close)
    assert (found.status, found.objective) == ("optimal", pytest.approx(best))
    assert len(found.sites) == 3


@pytest.mark.parametrize("seed", range(25))
def test_sites_by_level_are_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    cost = rng.integers(1, 20, (3, 3)).astype(float)
    low, high = rng.integers(0, 9, (2, 3)).astype(float)
    opening = rng.integers(1, 40, (2, 3)).astype(float)
    nested, apart = bool(seed % 2), bool(seed % 3)
    best = np.inf
    for below, above in product(product((0, 1), repeat=3), repeat=2):
        down, up = np.array(below) > 0, np.array(above) > 0
        open_to = (down | up) if nested else down
        if not up.any() or not open_to.any() or (apart and np.any(down & up)):
            continue
        total = low @ cost[:, open_to].min(axis=1) + high @ cost[:, up].min(axis=1)
        best = min(best, total + opening[0] @ down + opening[1] @ up)
    levels = [Level(low, Rules(opening=opening[0])), Level(high, Rules(opening=opening[1]))]
    found = levelled(cost, levels, nested=nested, apart=apart)
    assert (found.status, found.objective) == ("optimal", pytest.approx(best))


@pytest.mark.parametrize("seed", range(25))
def test_flows_through_stages_are_the_cheapest_of_all(seed):
    rng = np.random.default_rng(seed)
    supply = rng.integers(1, 9, 3).astype(float)
    first, second, straight = (rng.integers(1, 20, (a, 2)).astype(float) for a in (3, 2, 3))
    opening, passes = rng.integers(1, 40, (2, 2)).astype(float), float(rng.choice([1.0, 0.5]))
    best = np.inf
    for at, to in product(((0,), (1,), (0, 1)), repeat=2):
        onward = second[:, to].min(axis=1)
        over = (first + passes * onward)[:, at].min(axis=1)
        each = np.minimum(over, straight[:, to].min(axis=1))
        best = min(best, supply @ each + opening[0, list(at)].sum() + opening[1, list(to)].sum())
    for to in ((0,), (1,), (0, 1)):
        best = min(best, supply @ straight[:, to].min(axis=1) + opening[1, list(to)].sum())
    stages = [
        Stage(first, opening=opening[0], passes=passes),
        Stage(second, direct=straight, opening=opening[1]),
    ]
    found = staged(supply, stages)
    assert (found.status, found.objective) == ("optimal", pytest.approx(best))
    came = found.flows[0].sum(axis=1) + found.direct[1].sum(axis=1)
    assert came == pytest.approx(supply)
    assert found.flows[1].sum(axis=1) == pytest.approx(passes * found.flows[0].sum(axis=0))


COST = np.array([[0.0, 9, 5], [9, 0, 5], [8, 8, 5], [2, 7, 6]])
PEOPLE = np.array([4.0, 3, 2, 1])
BASE = Rules(p=2, opening=[3.0, 2, 1])
CHANGES = {
    "p": ({"p": 1}, "cost"),
    "kept": ({"kept": [2]}, "cost"),
    "forbidden": ({"forbidden": [0]}, "cost"),
    "existing": ({"existing": [0]}, "spent"),
    "opening": ({"opening": [9.0, 9, 9]}, "spent"),
    "budget": ({"budget": 4}, "cost"),
    "limit": ({"limit": 6}, "cost"),
    "capacity": ({"capacity": np.array([4.0, 4, 9])}, "cost"),
    "nearest": ({"nearest": True}, "spread"),
    "serve": ({"serve": 0.7}, "cost"),
    "beyond": ({"beyond": (5, 0.1)}, "cost"),
    "farthest": ({"farthest": 6}, "cost"),
    "gini": ({"gini": 0.4}, "cost"),
}


def best_of(rules, goal):
    values = [value_of(goal, COST, PEOPLE, plan) for plan in every_plan(COST, PEOPLE, rules)]
    return min(values, default=np.inf)


@pytest.mark.parametrize("name", CHANGES)
def test_each_rule_changes_the_answer_as_it_should(name):
    more, goal = CHANGES[name]
    rules = replace(BASE, **more)
    value = sited(COST, PEOPLE, rules, goals=[goal]).values[0]
    assert value == pytest.approx(best_of(rules, goal), abs=1e-6)
    assert value != pytest.approx(best_of(BASE, goal))


def test_rules_that_work_on_others_change_the_answer():
    open_ended = replace(BASE, limit=5, serve=0)
    both = replace(open_ended, backup=2)
    edge = replace(open_ended, inclusive=False)
    values = [
        sited(COST, PEOPLE, rules, goals=["left"]).values[0] for rules in (open_ended, both, edge)
    ]
    assert values == [best_of(rules, "left") for rules in (open_ended, both, edge)]
    assert len(set(values)) == 3
    closed = replace(BASE, existing=[0], forbidden=[0])
    costs = [
        sited(COST, PEOPLE, replace(closed, closing=c)).measures.spent for c in (None, [7.0, 0, 0])
    ]
    assert costs == [3, 10]
    room = replace(BASE, capacity=np.array([4.5, 5.5, 5.5]))
    whole, split = sited(COST, PEOPLE, room), sited(COST, PEOPLE, replace(room, split=True))
    assert split.values[0] < whole.values[0]
    used = replace(room, capacity=np.array([12.0, 7, 7]), least_use=0.5)
    assert sited(COST, PEOPLE, used).values[0] == pytest.approx(best_of(used, "cost"))
    assert best_of(used, "cost") > best_of(replace(used, least_use=0), "cost")
    cities = replace(open_ended, groups=["a", "a", "b", "b"], kept=[0, 1])
    floor = replace(cities, floors={"b": 0.3})
    assert sited(COST, PEOPLE, cities, goals=["cost"]).values[0] == 0
    assert sited(COST, PEOPLE, floor, goals=["cost"]).values[0] == best_of(floor, "cost") > 0
    near = replace(floor, serve=1, limit=np.inf, kept=(), floors={"b": 1.0}, floor_within=6)
    wide = replace(near, floor_within=8)
    values = [sited(COST, PEOPLE, one).values[0] for one in (near, wide)]
    assert values == pytest.approx([best_of(near, "cost"), best_of(wide, "cost")])
    assert values[0] > values[1]


@pytest.mark.parametrize(
    ("rules", "says"),
    [
        (Rules(p=5), "p: 5; between 1 and 3"),
        (Rules(kept=[0], forbidden=[0]), "kept: 0: it must be open and must not"),
        (Rules(kept=[7]), "kept: 7: between 0 and 2"),
        (Rules(serve=2), "serve: 2: between 0 and 1"),
        (Rules(floors={"x": 0.5}, groups=list("aabb")), "floors: x: no client is in it"),
        (Rules(groups=["a"]), "groups: 1; 4 would be right"),
        (Rules(budget=-1), "budget: -1: at least 0"),
        (Rules(backup=0), "backup: 0: at least 1"),
        (Rules(least_use=0.5), "least_use: it needs a capacity"),
        (Rules(closing=[1.0, 1, 1]), "closing: it needs existing sites"),
        (Rules(gini=0.3, serve=0.5), "gini: it needs serve 1"),
    ],
)  # fmt: skip
def test_faulty_rules_are_named(rules, says):
    with pytest.raises(BadInput) as told:
        sited(COST, PEOPLE, rules)
    assert says in str(told.value)


def test_a_goal_that_is_none_is_told_with_those_that_are():
    with pytest.raises(BadAsk, match="there is no goal 'fun'"):
        sited(COST, PEOPLE, BASE, goals=["fun"])
    with pytest.raises(BadAsk, match="needs the rule beyond"):
        sited(COST, PEOPLE, BASE, goals=["beyond"])


def test_the_measures_of_a_plan_are_those_worked_by_hand():
    groups = ["north", "north", "south", "south"]
    found = sited(COST, PEOPLE, replace(BASE, groups=groups, beyond=(5, 1)))
    told = found.measures
    assert found.sites == [0, 1]
    assert told.loads.tolist() in ([7, 3, 0], [5, 5, 0])
    assert told.costs.tolist() == [0, 0, 8, 2]
    assert (told.served, told.mean, told.farthest, told.beyond) == pytest.approx((1, 1.8, 8, 0.2))
    assert told.spent == 5
    assert told.groups == {"north": 1, "south": 1}
    # Differences of two: 7 people at 0, 2 at 8, 1 at 2.
    assert told.gini == pytest.approx((7 * 2 * 8 + 7 * 2 + 2 * 6) / (100 * 1.8))
