"""Solutions of cooperative games: published examples, their axioms, and what they say of bad input."""

from itertools import combinations, permutations
from math import factorial

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from hutuo.errors import BadAsk, BadInput
from hutuo.ledger import (
    compared,
    least_core,
    nucleolus,
    objections,
    prenucleolus,
    shapley,
    shapley_sampled,
)
from hutuo.ledger.games import game_of, sums

PLAYERS = ("a", "b", "c", "d", "e")


def gloves(group):
    """Pairs of a left glove and a right one."""
    return float(min(len(group & {"a"}), len(group & {"b", "c"})))


def bankruptcy(estate, claims):
    """What others leave of an estate when they take all that they claim (O'Neill 1982)."""
    return lambda group: max(0.0, estate - sum(claims[one] for one in claims if one not in group))


def landings(costs):
    """Savings of sharing a runway that must be as long as its longest user asks (Littlechild, Owen 1973)."""
    return lambda group: sum(costs[p] for p in group) - max((costs[p] for p in group), default=0)


@st.composite
def games(draw, most=5):
    size = draw(st.integers(1, most))
    worth = draw(st.lists(st.integers(-50, 100), min_size=2**size, max_size=2**size))
    return PLAYERS[:size], np.array([0.0, *worth[1:]])


def permuted(players, worth):
    """The Shapley value by its definition: all orders, one by one."""
    shares = dict.fromkeys(players, 0.0)
    for order in permutations(range(len(players))):
        group = 0
        for at in order:
            shares[players[at]] += worth[group | 1 << at] - worth[group]
            group |= 1 << at
    return {name: share / factorial(len(players)) for name, share in shares.items()}


def is_balanced(rows, size):
    """Whether positive weights of coalitions sum to 1 for every player (Kohlberg 1971)."""
    # The least weight, made as large as it can be; what is possible with weights above 0.
    count = len(rows)
    solved = linprog(
        [*([0.0] * count), -1.0],
        A_ub=np.hstack([-np.eye(count), np.ones((count, 1))]),
        b_ub=np.zeros(count),
        A_eq=np.hstack([np.array(rows).T, np.zeros((size, 1))]),
        b_eq=np.ones(size),
        bounds=[(0, None)] * count + [(None, 1)],
        method="highs",
    )
    return solved.status == 0 and solved.x[-1] > 1e-7


def is_prenucleolus(players, worth, shares):
    """Kohlberg's criterion: coalitions whose excess is at least any level are balanced."""
    size = len(players)
    excess = worth - sums(np.array([shares[name] for name in players]))
    proper = range(1, 2**size - 1)
    rows = {at: [at >> bit & 1 for bit in range(size)] for at in proper}
    levels = sorted({round(float(excess[at]), 6) for at in proper}, reverse=True)
    return all(
        is_balanced([rows[at] for at in proper if excess[at] >= level - 2e-6], size)
        for level in levels
    )


def test_a_left_glove_is_worth_two_thirds_by_shapley_and_all_by_the_nucleolus():
    assert shapley(["a", "b", "c"], gloves) == pytest.approx({"a": 2 / 3, "b": 1 / 6, "c": 1 / 6})
    assert nucleolus(["a", "b", "c"], gloves) == pytest.approx({"a": 1, "b": 0, "c": 0}, abs=1e-9)


@pytest.mark.parametrize(
    ("estate", "expected"),
    [(100, (100 / 3, 100 / 3, 100 / 3)), (200, (50, 75, 75)), (300, (50, 100, 150))],
)
def test_the_nucleolus_divides_estates_as_the_talmud_does(estate, expected):
    claims = {"a": 100, "b": 200, "c": 300}
    found = nucleolus(list(claims), bankruptcy(estate, claims))
    assert tuple(found.values()) == pytest.approx(expected)


def test_shapley_lets_the_users_of_each_stretch_of_a_runway_share_it_equally():
    costs = {"a": 1, "b": 3, "c": 6}
    saved = shapley(list(costs), landings(costs))
    # a pays a third of the first stretch, b also half of the second, c also all of the third.
    assert {name: costs[name] - saved[name] for name in costs} == pytest.approx(
        {"a": 1 / 3, "b": 1 / 3 + 1, "c": 1 / 3 + 1 + 3}
    )


def test_the_nucleolus_of_a_runway_is_that_of_littlechild():
    # Littlechild 1974, A simple expression for the nucleolus in a special case: the first users pay
    # min over k of cost_k / (k + 1); here a and b pay 1/2 and 5/4, c what is left.
    costs = {"a": 1, "b": 3, "c": 6}
    saved = nucleolus(list(costs), landings(costs))
    paid = {name: costs[name] - saved[name] for name in costs}
    assert paid == pytest.approx({"a": 0.5, "b": 1.25, "c": 4.25})


def test_nucleolus_and_prenucleolus_differ_where_somebody_is_worth_more_alone():
    # a alone has 1, with b nothing: to give everybody what is theirs alone leaves nothing to balance.
    worth = {
        "a": 1,
        "b": 0,
        "c": 0,
        ("a", "b"): 0,
        ("a", "c"): 0,
        ("b", "c"): 1,
        ("a", "b", "c"): 1,
    }
    within = nucleolus(["a", "b", "c"], worth)
    free = prenucleolus(["a", "b", "c"], worth)
    assert within == pytest.approx({"a": 1, "b": 0, "c": 0}, abs=1e-9)
    assert free["a"] < 1 - 1e-3
    game = game_of(["a", "b", "c"], worth)
    assert is_prenucleolus(game.players, game.worth, free)


@settings(max_examples=150, deadline=None)
@given(games())
def test_shapley_is_the_mean_over_all_orders(game):
    players, worth = game
    found = shapley(players, worth)
    assert found == pytest.approx(permuted(players, worth), abs=1e-9)
    assert sum(found.values()) == pytest.approx(worth[-1], abs=1e-9)


@settings(max_examples=100, deadline=None)
@given(games(most=4), st.integers(-3, 3))
def test_shapley_is_additive_and_gives_those_who_add_nothing_nothing(game, factor):
    players, worth = game
    other = np.flip(worth) * factor
    other[0] = 0
    both = shapley(players, worth + other)
    one, two = shapley(players, worth), shapley(players, other)
    assert both == pytest.approx({name: one[name] + two[name] for name in players}, abs=1e-9)
    # A player who joins and changes nothing has no share, and changes no other's.
    joined = shapley([*players, "z"], np.concatenate([worth, worth]))
    assert joined == pytest.approx(one | {"z": 0.0}, abs=1e-9)


@settings(max_examples=150, deadline=None)
@given(games())
def test_the_prenucleolus_meets_kohlbergs_criterion(game):
    players, worth = game
    found = prenucleolus(players, worth)
    assert sum(found.values()) == pytest.approx(worth[-1], abs=1e-6)
    assert is_prenucleolus(players, worth, found)


@settings(max_examples=100, deadline=None)
@given(games())
def test_the_nucleolus_gives_nobody_less_than_alone_and_is_in_the_core_if_there_is_one(game):
    players, worth = game
    alone = game_of(players, worth).alone
    if worth[-1] < alone.sum():
        with pytest.raises(BadAsk, match="worth less than each alone"):
            nucleolus(players, worth)
        return
    found = nucleolus(players, worth)
    assert sum(found.values()) == pytest.approx(worth[-1], abs=1e-6)
    assert all(found[name] >= own - 1e-6 for name, own in zip(players, alone, strict=True))
    if len(players) > 1 and least_core(players, worth) <= 0:
        assert objections(players, worth, found).empty


@settings(max_examples=60, deadline=None)
@given(games(most=4))
def test_players_who_are_alike_are_given_alike(game):
    players, worth = game
    swapped = worth.copy()
    if len(players) > 1:
        # The first two change places: bits 0 and 1.
        for at in range(len(worth)):
            swapped[at] = worth[at & ~3 | (at & 1) << 1 | (at & 2) >> 1]
    fair = (worth + swapped) / 2
    for solution in (shapley, prenucleolus):
        found = list(solution(players, fair).values())
        assert found[0] == pytest.approx(found[min(1, len(found) - 1)], abs=1e-6)


def test_the_least_core_of_a_majority_game_lacks_a_third():
    # Any two of three can take 1: whoever gets least joins whoever gets next to least.
    assert least_core(["a", "b", "c"], lambda group: float(len(group) > 1)) == pytest.approx(1 / 3)


def test_objections_name_coalitions_with_what_they_lack():
    table = objections(["a", "b", "c"], gloves, {"a": 0.5, "b": 0.25, "c": 0.25})
    assert table.to_dict("records") == [
        {"coalition": "a+b", "worth": 1.0, "given": 0.75, "excess": 0.25},
        {"coalition": "a+c", "worth": 1.0, "given": 0.75, "excess": 0.25},
    ]


def test_rules_stand_side_by_side():
    claims = {"a": 100, "b": 200, "c": 300}
    table = compared(list(claims), bankruptcy(400, claims))
    assert list(table.index) == [
        "equal", "surplus", "separable", "shapley", "nucleolus", "prenucleolus"
    ]  # fmt: skip
    assert np.allclose(table[list(claims)].sum(axis=1), 400)
    assert not table.loc["equal", "in_core"]
    assert table.loc["nucleolus", "in_core"]
    assert table.loc["nucleolus", "largest_excess"] == pytest.approx(
        least_core(list(claims), bankruptcy(400, claims))
    )


def test_sampled_values_lie_within_their_bound_and_sum_to_the_whole():
    costs = {name: cost for cost, name in enumerate("abcdefgh", start=1)}
    exact = shapley(list(costs), landings(costs))
    drawn = shapley_sampled(list(costs), landings(costs), (0, 8), orders=4_000, seed=3)
    assert sum(drawn.shares.values()) == pytest.approx(sum(exact.values()))
    assert max(abs(drawn.shares[name] - exact[name]) for name in costs) <= drawn.bound
    assert drawn == shapley_sampled(list(costs), landings(costs), (0, 8), orders=4_000, seed=3)


def test_a_span_that_is_too_narrow_names_who_adds_more():
    with pytest.raises(BadAsk, match=r"'.' adds .*, beyond the span"):
        shapley_sampled(["a", "b", "c"], gloves, (0, 0.5), orders=10)


@pytest.mark.parametrize(
    ("players", "value", "message"),
    [
        (["a", "a"], gloves, "1 to 20 different players, not 2"),
        ([], gloves, "1 to 20 different players, not 0"),
        ([str(n) for n in range(21)], gloves, "1 to 20 different players, not 21"),
        (["a", "b"], [0, 1, 2], "a game of 2 players has 4 worths, not 3"),
    ],
)
def test_players_that_cannot_be_are_named(players, value, message):
    with pytest.raises(BadAsk, match=message):
        shapley(players, value)


def test_all_faults_of_a_table_of_worths_are_told_at_once():
    with pytest.raises(BadInput) as raised:
        shapley(["a", "b"], {"a": 1.0, "b": float("nan")})
    assert [finding.column for finding in raised.value.findings] == ["b", "a+b"]
    with pytest.raises(BadInput) as raised:
        shapley(["a", "b"], {"a": 1, "z": 1, ("a", "y"): 2})
    assert [finding.column for finding in raised.value.findings] == ["z", "a+y"]


def test_twenty_players_are_exact():
    players = [f"p{n}" for n in range(20)]
    worth = (sums(np.arange(1.0, 21)) / 210) ** 2
    found = shapley(players, worth)
    # v(S) = w(S)²: a player has its weight times that of all together.
    assert found == pytest.approx({f"p{n}": (n + 1) / 210 for n in range(20)})
    # A coalition and all others have one excess then, w(S)(w(S) - 1): each level is balanced.
    assert nucleolus(players, worth) == pytest.approx(found)


def test_coalitions_of_two_among_many():
    pairs = {pair: float(sum(map(ord, pair)) % 7) for pair in combinations(PLAYERS, 2)}
    worth = lambda group: sum(w for pair, w in pairs.items() if group >= set(pair))  # noqa: E731
    found = shapley(PLAYERS, worth)
    half = {p: sum(w for pair, w in pairs.items() if p in pair) / 2 for p in PLAYERS}
    assert found == pytest.approx(half)
