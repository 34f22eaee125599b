"""Minutes of pairs: the same pairs in every form, and faults told where they are."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from plainly import problems

from hutuo.errors import BadInput
from hutuo.space import RoadNetwork
from hutuo.space.decay import binary
from hutuo.space.pairs import NARROW
from hutuo.space.reach import Batches, Reach
from hutuo.space.searches import Reached


def matrix(reach):
    """Minutes (origins, destinations) of a reach, inf where it holds no pair."""
    rows = reach.ptr.size - 1
    full = np.full(reach.shape if reach.by == "origin" else reach.shape[::-1], np.inf)
    for row in range(rows):
        other, minutes = reach.pairs_of(reach.by, row)
        full[row, other] = minutes
    return full if reach.by == "origin" else full.T


@given(problems())
@settings(max_examples=30)
def test_every_form_holds_the_same_pairs(problem):
    minutes, _, _ = problem
    dense = Reach.dense(minutes)
    finite = np.isfinite(minutes)
    origins, destinations = np.nonzero(finite)
    given_pairs = (origins[::-1], destinations[::-1], minutes[finite][::-1], minutes.shape)
    for form in (
        dense,
        dense.turned(),
        dense.within(1000),
        dense.within(1000).turned(),
        dense.turned().within(1000),
        Reach.of_pairs(*given_pairs),
        Reach.of_pairs(*given_pairs, by="destination"),
    ):
        np.testing.assert_array_equal(matrix(form), minutes)
        np.testing.assert_array_equal(matrix(form.turned()), minutes)


@given(problems(), st.lists(st.integers(0, 5), max_size=8), st.integers(0, 90))
@settings(max_examples=30)
def test_places_are_reached_by_the_node_they_lie_at(problem, nodes, limit):
    """Several places may lie at one node, and some at nodes that no search found."""
    by_node = problem[0]
    rows, found = np.nonzero(np.isfinite(by_node))
    ptr = np.searchsorted(rows, np.arange(by_node.shape[0] + 1))
    search = Reached(ptr, found.astype(np.int32), by_node[rows, found])
    padded = np.pad(by_node, ((0, 0), (0, 6)), constant_values=np.inf)
    wanted = padded[:, nodes] if nodes else np.empty((len(padded), 0))
    wanted = np.where(wanted <= limit, wanted, np.inf)
    forward = Reach.of_nodes(search, nodes, limit=limit)
    np.testing.assert_array_equal(matrix(forward), wanted)
    backward = Reach.of_nodes(search, nodes, by="destination", limit=limit)
    np.testing.assert_array_equal(matrix(backward), wanted.T)


@given(problems())
def test_the_pairs_of_a_place_are_the_same_from_either_side(problem):
    dense = Reach.dense(problem[0])
    for form in (dense, dense.within(1000)):
        for site in range(form.shape[1]):
            other, minutes = form.pairs_of("destination", site)
            wanted, times = form.turned().pairs_of("destination", site)
            np.testing.assert_array_equal(other, wanted)
            np.testing.assert_array_equal(minutes, times)


def test_within_keeps_the_limit_and_nothing_beyond():
    assert matrix(Reach.dense([[10, 10.5, 9]]).within(10)).tolist() == [[10, np.inf, 9]]


def test_a_reach_holds_no_pair_without_a_way():
    assert Reach.dense([[1, np.inf], [np.inf, 2]]).within(np.inf).other.tolist() == [0, 1]


def test_rows_are_sorted_where_they_are_not():
    reach = Reach.of_rows([0, 2, 3], [1, 0, 1], [7.0, 5.0, 9.0], (2, 2))
    assert reach.other.tolist() == [0, 1, 1]
    assert reach.minutes.tolist() == [5, 7, 9]


def test_a_pair_costs_six_bytes_where_there_are_few_places():
    reach = Reach.of_rows([0, 1], [3], np.array([7], np.float32), (1, NARROW))
    assert reach.other.itemsize + reach.minutes.itemsize == 6
    wide = Reach.of_rows([0, 1], [NARROW], [7.0], (1, NARROW + 1))
    assert wide.other.tolist() == [NARROW]


def test_a_matrix_of_floats_is_not_copied():
    minutes = np.ones((3, 4), np.float32)
    assert np.shares_memory(Reach.dense(minutes).minutes, minutes)


@pytest.mark.parametrize("bad", [-1.0, np.nan])
def test_negative_and_missing_minutes_are_told_with_row_and_column(bad):
    minutes = np.zeros((3, 4), np.float32)
    minutes[2, 1] = minutes[0, 3] = bad
    with pytest.raises(BadInput, match="2 of 12 minutes are negative or missing") as told:
        Reach.dense(minutes)
    assert [(found.row, found.column) for found in told.value.findings] == [(0, "3"), (2, "1")]


def test_faulty_minutes_of_pairs_are_told_with_their_ends():
    with pytest.raises(BadInput, match="negative") as told:
        Reach.of_rows([0, 1, 2], [0, 2], [1.0, -3.0], (2, 3))
    assert told.value.findings[0][1:] == (1, "2", "-3")


@pytest.mark.parametrize(
    ("makes", "says"),
    [
        (lambda: Reach.dense([1.0, 2.0]), r"shape \(2,\)"),
        (lambda: Reach.of_rows([0, 1], [0], [1.0], (2, 1)), r"must be \(3,\)"),
        (lambda: Reach.of_rows([0, 2, 1], [0], [1.0], (2, 1)), "must rise"),
        (lambda: Reach.of_rows([0, 1], [0], [1.0, 2.0], (1, 1)), r"minutes \(2,\)"),
        (lambda: Reach.of_rows([0, 1], [5], [1.0], (1, 3)), "is 5"),
        (lambda: Reach.of_rows([0, 2], [1, 1], [1.0, 2.0], (1, 3)), "row 0 and 1 is given twice"),
        (lambda: Reach.of_rows([0, 1], [0], [1.0], (1, 1), by="site"), "by 'site'"),
        (lambda: Reach.of_pairs([0, 0], [1], [1.0], (1, 2)), "the same"),
        (lambda: Reach.of_pairs([3], [0], [1.0], (2, 1)), "the origin of pair 0 is 3"),
        (lambda: Reach.of_pairs([0], [-1], [1.0], (2, 1)), "is -1"),
        (lambda: Reach.of_pairs([0, 0], [1, 1], [1.0, 1.0], (1, 2)), "twice"),
    ],
)
def test_what_does_not_fit_together_is_told(makes, says):
    with pytest.raises(BadInput, match=says):
        makes()


@pytest.mark.parametrize(
    ("blocks", "says"),
    [
        ([np.ones((2, 3))], "hold 2 of 4 origins"),
        ([np.ones((2, 3)), np.ones((3, 3))], r"from origin 2 has shape \(3, 3\)"),
        ([np.ones((4, 2))], r"4 origins and 3 destinations"),
        ([np.ones((2, 3)), np.full((2, 3), -1)], "negative"),
    ],
)
def test_blocks_that_are_not_all_the_minutes_are_told(blocks, says):
    with pytest.raises(BadInput, match=says):
        list(Batches((4, 3), lambda: blocks).parts(binary(10)))


def test_a_network_reaches_places_by_its_bounded_searches():
    """Four nodes in a row, 10 minutes apart; two homes at the first node, sites at the others."""
    roads = RoadNetwork.from_edges([0, 1, 2, 1, 2, 3], [1, 2, 3, 0, 1, 2], np.full(6, 10.0))
    homes, sites = [0, 0, 2], [1, 2, 3]
    back = Reach.of_nodes(roads.within(sites, 20, reverse=True), homes, by="destination")
    wanted = [[10, 20, np.inf], [10, 20, np.inf], [10, 0, 10]]
    np.testing.assert_allclose(matrix(back), wanted, atol=0.002)
    np.testing.assert_allclose(
        matrix(Reach.of_nodes(roads.within(homes, 20), sites)), wanted, atol=0.002
    )
