"""Figures over a crosswalk: gaps are told, means leave them out, estimates stay estimates."""

import numpy as np
import pytest

from hutuo.base.crosswalk import stacked
from hutuo.base.cutting import cut
from hutuo.base.links import tabled
from hutuo.base.standing import Standing

NONE = float("nan")
# Two sources whole into the first target, a third divided between both.
TABLE = tabled(
    [
        (0, 0, 1.0, 30.0, True, "codes"),
        (1, 0, 1.0, 10.0, True, "codes"),
        (2, 0, 0.25, 5.0, False, "area"),
        (2, 1, 0.75, 15.0, False, "area"),
    ]
)


def standing(*columns, estimates=None, there=None):
    figures = np.array(columns, dtype=float).T
    marks = np.zeros(figures.shape, dtype=bool)
    return Standing(
        [(None, None)] * figures.shape[1],
        figures,
        marks if estimates is None else np.array(estimates, dtype=bool).T,
        ~marks if there is None else np.array(there, dtype=bool).T,
    )


def test_sums_by_hand():
    made = cut(TABLE, standing((100, 20, 40)), 2, additive=True)
    assert made.figures[:, 0].tolist() == pytest.approx([130, 30])
    assert (made.before[0], made.after[0]) == (160, pytest.approx(160))
    assert made.estimates[:, 0].tolist() == [True, True]


def test_means_by_hand():
    """30 km2 of 1, 10 of 2 and 5 of 4 are 70 over 45; the second target has the third source only."""
    made = cut(TABLE, standing((1, 2, 4)), 2, additive=False)
    assert made.figures[:, 0].tolist() == pytest.approx([70 / 45, 4])
    assert made.estimates[:, 0].tolist() == [True, True]


@pytest.mark.parametrize("additive", [True, False])
def test_a_target_that_lacks_a_source_has_no_figure_in_that_period_alone(additive):
    made = cut(TABLE, standing((1, 2, 4), (1, NONE, 4), (1, 2, NONE)), 2, additive=additive)
    assert np.isnan(made.figures).tolist() == [[False, True, True], [False, False, True]]
    assert made.lacking.tolist() == [[False, True, True], [False, False, True]]
    assert not made.estimates[np.isnan(made.figures)].any()


def test_where_gaps_hold_nothing_the_rest_is_given():
    found = standing((1, 2, NONE))
    assert cut(TABLE, found, 2, additive=True, gaps=False).figures[0, 0] == 3
    assert cut(TABLE, found, 2, additive=False, gaps=False).figures[0, 0] == pytest.approx(50 / 40)
    assert np.isnan(cut(TABLE, found, 2, additive=True, gaps=False).figures[1, 0])


def test_what_was_not_there_then_is_not_lacking():
    found = standing((1, NONE, 4), there=[(True, False, True)])
    assert cut(TABLE, found, 2, additive=True).figures[:, 0].tolist() == pytest.approx([2, 3])


def test_an_estimate_among_whole_units_makes_the_sum_one():
    whole = TABLE[TABLE["exact"]]
    exact, doubtful = standing((1, 2, 3)), standing((1, 2, 3), estimates=[(False, True, False)])
    assert not cut(whole, exact, 2, additive=True).estimates[0, 0]
    assert cut(whole, doubtful, 2, additive=True).estimates[0, 0]
    assert cut(whole, exact, 2, additive=False).estimates[0, 0]


def test_a_mean_over_weights_that_are_not_known_is_not_given():
    unknown = TABLE.assign(amount=[30.0, NONE, 5.0, NONE])
    made = cut(unknown, standing((1, 2, 4)), 2, additive=False)
    assert np.isnan(made.figures[0, 0])
    assert made.figures[1, 0] == 4


def test_nothing_joined_is_nothing_given():
    made = cut(stacked([]), standing((1, 2, 4)), 2, additive=True)
    assert np.isnan(made.figures).all()
    assert (made.before[0], made.after[0]) == (7, 0)
    assert np.isnan(cut(stacked([]), standing((1, 2)), 2, additive=False).figures).all()


@pytest.mark.parametrize("additive", [True, False])
def test_a_series_without_a_figure_has_none_on_other_ground(additive):
    empty = Standing([], *[np.zeros((3, 0), dtype=kind) for kind in (float, bool, bool)])
    assert cut(TABLE, empty, 2, additive=additive).figures.shape == (2, 0)
