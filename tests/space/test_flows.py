"""Flows: read from tables of many shapes, checked at once; models keep their margins and their marks."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.space.flowmodels import common_part, fit_gravity, gravity, radiation
from hutuo.space.flows import Flows

PAIRS = pd.DataFrame({"home": ["a", "a", "b"], "work": ["a", "b", "b"], "people": [6, 4, 5]})


def test_residents_and_jobs_are_the_margins():
    flows = Flows.of(PAIRS)
    assert flows.units == ("a", "b")
    assert flows.residents.tolist() == [10, 5]
    assert flows.jobs.tolist() == [6, 9]
    assert flows.share_to(flows.positions("b")).tolist() == [0.4, 1.0]
    assert flows.share_from(flows.positions("a")).tolist() == [1.0, 4 / 9]


@pytest.mark.parametrize(
    "names",
    [
        ("from", "to", "people"),
        ("from_id", "to_id", "commuters"),
        ("origin", "destination", "count"),
        ("community_live", "community_work", "amount"),
        ("Home", " Work ", "Flow"),
    ],
)
def test_the_columns_may_be_called_by_other_words(names):
    renamed = PAIRS.set_axis(list(names), axis=1)
    assert (Flows.of(renamed).matrix != Flows.of(PAIRS).matrix).nnz == 0


def test_a_square_frame_and_an_array_are_matrices_from_home_to_work():
    square = pd.DataFrame([[6, 4], [0, 5]], index=["a", "b"], columns=["a", "b"])
    shuffled = square.loc[["b", "a"], ["b", "a"]]
    for given_ in (square, shuffled):
        pd.testing.assert_frame_equal(Flows.of(given_).frame(), Flows.of(PAIRS).frame())
    assert Flows.of(square.to_numpy()).units == (0, 1)


def test_rows_and_a_mapping_of_pairs_are_tables_too():
    rows = [("a", "a", 6), ("a", "b", 4), ("b", "b", 5)]
    for given_ in (rows, {(home, work): people for home, work, people in rows}):
        assert (Flows.of(given_).matrix != Flows.of(PAIRS).matrix).nnz == 0


def test_a_pair_that_stands_twice_is_added_up():
    assert Flows.of(pd.concat([PAIRS, PAIRS])).residents.tolist() == [20, 10]


def test_every_fault_is_told_at_once():
    wrong = pd.DataFrame(
        {"home": ["a", None, "b"], "work": ["a", "b", "b"], "people": [-1, 2, "x"]}
    )
    with pytest.raises(BadInput) as told:
        Flows.of(wrong)
    assert [(one.row, one.column) for one in told.value.findings] == [
        (1, "home"),
        (0, "people"),
        (2, "people"),
    ]


def test_a_missing_column_is_told_with_those_that_there_are():
    with pytest.raises(BadInput, match="no such column; there are home, x, people"):
        Flows.of(PAIRS.rename(columns={"work": "x"}))


def test_a_unit_without_flows_is_not_found():
    with pytest.raises(NotFound, match="no unit with flows 'c'"):
        Flows.of(PAIRS).positions(["a", "c"])


def test_a_negative_cell_of_a_matrix_is_named():
    with pytest.raises(BadInput, match="flows:1: 0: people must be"):
        Flows.of(np.array([[1.0, 2.0], [-1.0, 0.0]]))


PLACES = st.integers(0, 2**32 - 1).map(np.random.default_rng)


@given(PLACES, st.floats(0, 0.2), st.sampled_from(["exponential", "power"]))
def test_a_gravity_model_keeps_both_margins(rng, decay, kind):
    residents, jobs = rng.random(7) * 100 + 1, rng.random(7) * 50 + 1
    cost = rng.random((7, 7)) * 60 + 1
    found = gravity(residents, jobs, cost, decay * (10 if kind == "power" else 1), kind)
    assert found.model == "gravity"
    np.testing.assert_allclose(found.residents, residents)
    np.testing.assert_allclose(found.jobs, jobs * residents.sum() / jobs.sum())


@pytest.mark.parametrize(("kind", "decay"), [("exponential", 0.07), ("power", 1.4)])
def test_the_decay_that_made_the_flows_is_found_again(kind, decay):
    rng = np.random.default_rng(5)
    residents, cost = rng.random(12) * 100, rng.random((12, 12)) * 60 + 1
    made = gravity(residents, residents[::-1], cost, decay, kind)
    found, again = fit_gravity(made, cost, kind)
    assert found == pytest.approx(decay, rel=1e-6)
    assert common_part(made, again) == pytest.approx(1.0, abs=1e-6)


def test_gravity_refuses_a_home_that_reaches_no_jobs():
    cost = np.array([[np.inf, np.inf], [1.0, 1.0]])
    with pytest.raises(BadAsk, match="cannot both be met"):
        gravity(np.array([1.0, 1.0]), np.array([1.0, 1.0]), cost, 0.1)


def test_gravity_refuses_margins_that_no_flows_can_have():
    """Only one person reaches the three jobs of the first workplace."""
    cost = np.array([[1.0, 1.0, np.inf], [np.inf, 1.0, np.inf], [np.inf, 1.0, 1.0]])
    with pytest.raises(BadAsk, match="cannot both be met"):
        gravity(np.array([1.0, 5.0, 1.0]), np.array([3.0, 1.0, 3.0]), cost, 0.1)


def test_radiation_by_hand():
    """Units of 10, 20 and 30 on a line; from the first: 10*20/(10*30) and 10*30/(30*60), scaled to 1."""
    people = np.array([10.0, 20.0, 30.0])
    cost = np.array([[0, 1, 2], [1, 0, 1.5], [2, 1.5, 0]], dtype=float)
    found = radiation(people, cost, leaving=0.5)
    first, second = 10 * 20 / (10 * 30), 10 * 30 / ((10 + 20) * (10 + 30 + 20))
    row = found.matrix.toarray()[0]
    np.testing.assert_allclose(
        row, [5, 5 * first / (first + second), 5 * second / (first + second)]
    )
    assert found.model == "radiation"


def test_who_is_as_far_counts_among_those_between():
    """Two units at the same cost: each has the other between."""
    people = np.array([10.0, 20.0, 30.0])
    cost = np.array([[0, 1, 1], [1, 0, 1], [1, 1, 0]], dtype=float)
    first = 10 * 20 / ((10 + 30) * (10 + 20 + 30))
    second = 10 * 30 / ((10 + 20) * (10 + 30 + 20))
    row = radiation(people, cost, leaving=1.0).matrix.toarray()[0]
    np.testing.assert_allclose(
        row, [0, 10 * first / (first + second), 10 * second / (first + second)]
    )


@given(PLACES, st.floats(0, 1))
def test_radiation_sends_out_the_share_that_leaves(rng, leaving):
    people, points = rng.random(9) * 100 + 1, rng.random((9, 2))
    cost = np.hypot(*(points[:, None] - points[None]).transpose(2, 0, 1))
    found = radiation(people, cost, leaving)
    np.testing.assert_allclose(found.residents, people)
    np.testing.assert_allclose(found.at_home, people * (1 - leaving), atol=1e-9)


def test_who_reaches_no_other_unit_stays():
    cost = np.array([[0, np.inf, np.inf], [np.inf, 0, 1], [np.inf, 1, 0]])
    found = radiation(np.array([5.0, 1.0, 1.0]), cost, leaving=1.0)
    assert found.matrix.toarray().tolist() == [[5, 0, 0], [0, 0, 1], [0, 1, 0]]


@pytest.mark.parametrize("leaving", [-0.1, 1.1, np.nan])
def test_a_share_that_leaves_is_from_0_to_1(leaving):
    with pytest.raises(BadAsk, match="leaving"):
        radiation(np.ones(2), np.ones((2, 2)), leaving)


def test_shapes_that_do_not_fit_and_missing_costs_are_refused():
    with pytest.raises(BadAsk, match="do not fit"):
        radiation(np.ones(2), np.ones((3, 3)), 0.5)
    with pytest.raises(BadAsk, match="missing or negative"):
        radiation(np.ones(2), np.full((2, 2), np.nan), 0.5)


def test_a_table_has_everything_in_common_with_itself_and_nothing_with_its_reverse():
    flows = Flows.of(np.array([[0.0, 3.0], [0.0, 0.0]]))
    back = Flows.of(np.array([[0.0, 0.0], [3.0, 0.0]]))
    assert common_part(flows, flows) == 1.0
    assert common_part(flows, back) == 0.0
    with pytest.raises(BadAsk, match="different units"):
        common_part(flows, Flows.of(PAIRS))
