"""Concentration of industries: against sums over all pairs, and intervals against drawn samples."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hutuo.economy.concentration import (
    gini_slope,
    half_width,
    krugman_slope,
    locational_gini,
    theil,
    theil_slope,
)
from hutuo.economy.structure import Structure, structure

TABLES = arrays(
    float, st.tuples(st.integers(2, 6), st.integers(2, 4)), elements=st.integers(1, 99)
)


@given(TABLES)
def test_the_gini_is_half_the_weighted_mean_difference_of_quotients(table):
    found = locational_gini(table)
    sizes = table.sum(axis=1) / table.sum()
    for i, column in enumerate(table.T):
        quotient = column / column.sum() / sizes
        pairs = np.abs(quotient[:, None] - quotient) * np.outer(sizes, sizes)
        assert found[i] == pytest.approx(pairs.sum() / 2, abs=1e-12)


@given(TABLES)
def test_the_entropy_is_never_negative_and_bounded_by_the_smallest_zone(table):
    found = theil(table)
    assert (found >= -1e-12).all()
    assert (found <= np.log(table.sum() / table.sum(axis=1).min()) + 1e-12).all()


def test_an_industry_that_is_where_everything_is_is_not_concentrated():
    table = pd.DataFrame({"a": [10, 20, 30], "b": [20, 40, 60]}, index=list("xyz"))
    assert locational_gini(table).to_dict() == pytest.approx({"a": 0, "b": 0})
    assert theil(table).to_dict() == pytest.approx({"a": 0, "b": 0})


def test_all_of_an_industry_in_one_of_two_equal_zones():
    table = np.array([[10.0, 0, 10], [0, 10, 10]])
    assert locational_gini(table).tolist() == pytest.approx([0.5, 0.5, 0])
    assert theil(table).tolist() == pytest.approx([np.log(2), np.log(2), 0])


@pytest.mark.parametrize("index", ["gini", "theil", "krugman"])
def test_half_the_interval_is_that_of_drawn_samples(index):
    """The spread over 4,000 drawn samples of 2,000 people, to a tenth."""
    shares, other = np.array([0.5, 0.3, 0.15, 0.05]), np.array([0.2, 0.4, 0.1, 0.3])
    of = {
        "gini": (gini_slope, lambda s: np.abs(np.outer(s, other) - np.outer(other, s)).sum() / 2),
        "theil": (theil_slope, lambda s: (s * np.log(s / other)).sum()),
        "krugman": (krugman_slope, lambda s: np.abs(s - other).sum()),
    }[index]
    drawn = np.random.default_rng(1).multinomial(2000, shares, 4000) / 2000
    spread = np.std([of[1](one) for one in drawn])
    assert half_width(shares, of[0](shares, other), 2000) == pytest.approx(1.96 * spread, rel=0.1)


def test_the_census_sample_gives_every_index_an_interval(embedded):
    found = structure(embedded, Structure(geography="county"))
    assert found.sample
    assert all(row.krugman_low <= row.krugman <= row.krugman_high for row in found.units)
    mining = next(row for row in found.by_industry if row.industry == "employed_mining")
    assert mining.gini_low < mining.gini < mining.gini_high
    farming = next(row for row in found.by_industry if row.industry == "employed_manufacturing")
    assert farming.gini < mining.gini


def test_what_is_no_sample_has_none(little):
    found = structure(little, Structure(total="jobs", geography="county", like=0.5))
    assert {row.gini_low for row in found.by_industry} == {None}
    assert {row.krugman_high for row in found.units} == {None}
