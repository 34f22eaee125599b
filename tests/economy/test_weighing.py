"""Ranks under all weights: against the breakpoints of two measures, against samples of more."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import linked
from hutuo.base.recording import recorded
from hutuo.economy.parks import Parks, parks
from hutuo.economy.weighing import normalised, ranks, steady
from hutuo.errors import BadAsk, NotFound

# Tenths, so that scores are equal or differ by much more than the tolerance.
TENTH = st.integers(0, 10).map(lambda n: n / 10)


def scores(rows, measures):
    return st.lists(
        st.lists(TENTH, min_size=measures, max_size=measures), min_size=rows, max_size=6
    )


@settings(max_examples=40)
@given(scores(2, 2))
def test_with_two_measures_every_breakpoint_and_every_middle_is_tried(rows):
    table = np.array(rows)
    cuts = {0.0, 1.0}
    for one in table:
        for other in table:
            a, b = one - other
            if a != b and 0 <= (w := -b / (a - b)) <= 1:
                cuts.add(float(w))
    ordered = sorted(cuts)
    tried = [*ordered, *((a + b) / 2 for a, b in pairwise(ordered))]
    at = np.array([table @ [w, 1 - w] for w in tried])
    best = [1 + min((row > row[n] + 1e-9).sum() for row in at) for n in range(len(table))]
    worst = [max((row >= row[n] - 1e-9).sum() for row in at) for n in range(len(table))]
    found = ranks(table)
    assert (found.best.tolist(), found.worst.tolist()) == (best, worst)


@settings(max_examples=15)
@given(scores(3, 4), st.integers(0, 99))
def test_no_sampled_weights_leave_the_interval(rows, seed):
    table = np.array(rows)
    found = ranks(table)
    for weights in np.random.default_rng(seed).dirichlet(np.ones(4), 200):
        score = table @ weights
        rank = 1 + (score[None, :] > score[:, None] + 1e-6).sum(axis=1)
        assert (found.best <= rank).all()
        assert (rank <= found.worst).all()
    assert (found.best <= found.rank).all()


def test_what_is_better_in_everything_is_first_under_all_weights():
    found = ranks(np.array([[1, 1, 1.0], [0.5, 0, 0.2], [0, 0.5, 0.1]]))
    assert found.best.tolist() == [1, 2, 2]
    assert found.worst.tolist() == [1, 3, 3]
    assert steady(np.array([[1, 1.0], [0.5, 0], [0, 0.5]])) == pytest.approx(2 / 3)


def test_bounds_of_weights_narrow_the_interval():
    table = np.array([[1, 0.0], [0, 1], [0.45, 0.45]])
    assert ranks(table).best.tolist() == [1, 1, 2]
    near = ranks(table, low=0.46, high=0.54)
    assert near.best.tolist() == [1, 1, 3]
    assert near.worst.tolist() == [2, 2, 3]


def test_the_worst_is_0_the_best_1_and_less_may_be_better():
    found = normalised([[1, 10], [2, 30], [3, 20]], [True, False])
    assert found.tolist() == [[0, 1], [0.5, 0], [1, 0.5]]
    assert normalised([[5.0], [5.0]], [True]).tolist() == [[1], [1]]


@pytest.mark.parametrize(
    ("given", "word"),
    [
        ({"low": 0.6}, "cannot sum"),
        ({"weights": [1]}, "2 weights"),
        ({"weights": [0, 0]}, "not all 0"),
    ],
)
def test_weights_that_cannot_be_are_refused(given, word):
    with pytest.raises(BadAsk, match=word):
        ranks(np.eye(2), **given)


def test_the_verb_ranks_parks_by_hand(little):
    """South has most tax per mu and uses all its land; north most output per mu and least energy."""
    found = parks(little, Parks())
    assert found.year == 2024
    by = {row.park: row for row in found.rows}
    values = {m.measure: m.value for m in by["north"].measures}
    assert values == pytest.approx(
        {
            "output_per_mu": 1000,
            "tax_per_mu": 40,
            "energy_per_output": 0.02,
            "land_used": 0.5,
        }
    )
    assert {name: (row.best_rank, row.worst_rank) for name, row in by.items()} == {
        "north": (1, 3),
        "south": (1, 2),
        "east": (2, 3),
    }
    assert [row.low_yield for row in found.rows] == [False, False, False]
    assert found.left_out == []


def test_a_park_with_more_built_land_than_land_is_told(little):
    wrong = little.create_branch("overbuilt")
    row = next(one for one in linked.rows()["park_year"] if one["park"] == "east")
    recorded(wrong, {"park_year": [row | {"used_mu": 600.0}]}, "put", check=False)
    assert parks(wrong, Parks()).doubts[-1].en == "more built land than land: East park"


def test_an_unknown_measure_is_told(little):
    with pytest.raises(NotFound, match="jobs"):
        parks(little, Parks(measures=("jobs",)))


def test_parks_without_figures_are_left_out_with_what_lacks(embedded):
    found = parks(embedded, Parks())
    assert (found.rows, found.year) == ([], None)
    assert len(found.left_out) == 6
    assert found.left_out[0].not_told == [
        "energy_tce",
        "land_mu",
        "output_fen",
        "tax_fen",
        "used_mu",
    ]
