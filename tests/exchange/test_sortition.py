"""Drawing by lot: fair, done again by anybody, and as it is wanted."""

import hashlib
from collections import Counter
from itertools import combinations

import hypothesis.strategies as st
import pytest
from hypothesis import given, settings
from scipy.stats import chisquare

from hutuo.exchange.sortition import Candidate, Wanted, digest_of, drawn, fillable, ranked, seed_of

SEEDS = 20_000
LEAST_P = 0.001
fields = st.frozensets(st.sampled_from("abc"))
pools = st.lists(st.tuples(fields, st.booleans()), min_size=1, max_size=7).map(
    lambda given: [Candidate(f"e{i}", *one) for i, one in enumerate(given)]
)
wants = st.builds(
    lambda by, more, far, reserves: Wanted(
        max(1, sum(by.values()) + more), reserves, by, min(far, sum(by.values()) + more)
    ),
    st.dictionaries(st.sampled_from("abc"), st.integers(1, 2), max_size=2),
    st.integers(0, 2),
    st.integers(0, 3),
    st.integers(0, 2),
)


def seats(group, wanted):
    """Whether a group fills the seats, by trying every way to give the seats of fields."""

    def given_out(left, people):
        if not left:
            return True
        return any(
            left[0] in one.fields and given_out(left[1:], [p for p in people if p is not one])
            for one in people
        )

    asked = [field for field, least in wanted.by_field.items() for _ in range(least)]
    return (
        len(group) == wanted.seats
        and sum(one.elsewhere for one in group) >= wanted.elsewhere
        and given_out(asked, list(group))
    )


def test_the_order_is_that_of_hashes_that_a_stranger_can_compute():
    """By hand: seed and ranks from hashlib alone."""
    seed = hashlib.sha256(b"3456.78\nc1").hexdigest()
    assert seed_of("3456.78", "c1") == seed
    by_hand = sorted("abcd", key=lambda one: hashlib.sha256(f"{seed}\n{one}".encode()).hexdigest())
    assert ranked("abcd", seed) == by_hand
    found = drawn([Candidate(one) for one in "dcba"], Wanted(2, 1), seed)
    assert (found.seated, found.reserve) == (by_hand[:2], by_hand[2:3])


def test_a_digest_does_not_depend_on_the_order_of_keys():
    assert digest_of({"a": 1, "乙": [2]}) == digest_of({"乙": [2], "a": 1})
    assert digest_of({"a": 1}) == hashlib.sha256(b'{"a":1}').hexdigest()


@given(pools, wants, st.text(max_size=5), st.randoms(use_true_random=False))
@settings(max_examples=200)
def test_the_same_seed_gives_the_same_draw_however_the_list_is_sorted(pool, wanted, value, dice):
    seed = seed_of(value, "c")
    mixed = pool[:]
    dice.shuffle(mixed)
    assert drawn(pool, wanted, seed) == drawn(mixed, wanted, seed)


@given(pools, wants, st.text(max_size=5))
@settings(max_examples=300)
def test_what_is_wanted_is_met_whenever_some_group_meets_it(pool, wanted, value):
    """Against every group of that size."""
    possible = [group for group in combinations(pool, wanted.seats) if seats(group, wanted)]
    found = drawn(pool, wanted, seed_of(value, "c"))
    assert (found is None) == (not possible)
    assert fillable(pool, wanted) == bool(possible)
    if found is not None:
        of = {one.id: one for one in pool}
        assert seats([of[one] for one in found.seated], wanted)
        assert len(found.reserve) == min(wanted.reserves, len(pool) - wanted.seats)
        assert not set(found.seated) & set(found.reserve)


@given(pools, wants, st.text(max_size=5))
@settings(max_examples=200)
def test_the_seated_are_the_first_group_in_the_order_of_the_draw(pool, wanted, value):
    """Of all groups that meet what is wanted, the one whose ranks come first."""
    seed = seed_of(value, "c")
    order = ranked([one.id for one in pool], seed)
    groups = [
        sorted(order.index(one.id) for one in group)
        for group in combinations(pool, wanted.seats)
        if seats(group, wanted)
    ]
    found = drawn(pool, wanted, seed)
    assert (found is None) == (not groups)
    if found is not None:
        assert [order.index(one) for one in found.seated] == min(groups)


@pytest.mark.parametrize("number", [7, 12])
def test_each_is_equally_likely_to_be_seated(number):
    """Chi-square over 20,000 seeds; of three seats each is taken by everyone as often."""
    pool = [Candidate(f"e{i}") for i in range(number)]
    firsts, seated = Counter(), Counter()
    for at in range(SEEDS):
        found = drawn(pool, Wanted(3), seed_of(str(at), "call"))
        firsts[found.seated[0]] += 1
        seated.update(found.seated)
    assert chisquare([firsts[one.id] for one in pool]).pvalue > LEAST_P
    # Three are drawn without putting back, which spreads less than a multinomial does.
    share = 3 / number
    stretch = 1 - (3 - 1) / (number - 1)
    test = chisquare([seated[one.id] for one in pool]).statistic / stretch
    assert sum(seated.values()) == 3 * SEEDS
    assert test < 40
    assert all(abs(seated[one.id] / SEEDS - share) < 0.02 for one in pool)


def test_within_a_field_each_is_equally_likely():
    pool = [Candidate(f"m{i}", frozenset("m")) for i in range(5)]
    pool += [Candidate(f"x{i}", frozenset("x"), elsewhere=True) for i in range(3)]
    found = Counter()
    for at in range(SEEDS // 4):
        found.update(drawn(pool, Wanted(3, 0, {"m": 2, "x": 1}, 1), seed_of(str(at), "c")).seated)
    assert sum(found[f"m{i}"] for i in range(5)) == 2 * SEEDS // 4
    assert sum(found[f"x{i}"] for i in range(3)) == SEEDS // 4
    assert chisquare([found[f"x{i}"] for i in range(3)]).pvalue > LEAST_P
    stretch = 1 - 1 / 4
    assert chisquare([found[f"m{i}"] for i in range(5)]).statistic / stretch < 20


@given(pools, wants, st.text(max_size=5), st.integers(0, 6))
@settings(max_examples=200)
def test_who_declines_is_replaced_and_the_others_keep_their_seats(pool, wanted, value, who):
    seed = seed_of(value, "c")
    before = drawn(pool, wanted, seed)
    if before is None or who >= len(before.seated):
        return
    gone = before.seated[who]
    after = drawn(pool, wanted, seed, [gone])
    if after is not None:
        assert gone not in after.seated + after.reserve
        assert set(before.seated) - {gone} <= set(after.seated)
    elif not wanted.by_field and not wanted.elsewhere:
        assert len(pool) - 1 < wanted.seats


def test_the_first_reserve_steps_in():
    pool = [Candidate(f"e{i}") for i in range(9)]
    seed = seed_of("1", "c")
    before = drawn(pool, Wanted(3, 2), seed)
    after = drawn(pool, Wanted(3, 2), seed, before.seated[:1])
    assert after.seated == [*before.seated[1:], before.reserve[0]]
    assert after.reserve[0] == before.reserve[1]


def test_a_large_list_is_drawn_at_once():
    pool = [
        Candidate(f"e{i}", frozenset("abcdef"[i % 6] + "abcdef"[i % 5]), elsewhere=i % 97 == 0)
        for i in range(3000)
    ]
    found = drawn(pool, Wanted(9, 5, {"a": 2, "b": 2}, 5), seed_of("1", "c"))
    assert (len(found.seated), len(found.reserve)) == (9, 5)
