"""Intervals of likeness and complexity of counts in a sample: against samples that are drawn."""

import numpy as np
import pytest

from hutuo.economy import complexity, similarity
from hutuo.economy.sampled import complexity_ends, likeness_half
from hutuo.economy.structure import Structure, structure

COUNTS = np.array([[300.0, 120.0, 80.0], [150.0, 200.0, 50.0], [20.0, 60.0, 220.0]])


def test_half_the_interval_of_a_likeness_is_that_of_drawn_samples():
    rng = np.random.default_rng(0)
    totals = COUNTS.sum(axis=1).astype(int)
    shares = COUNTS / totals[:, None]
    drawn = np.array(
        [similarity(rng.multinomial(totals, shares).astype(float)) for _ in range(4000)]
    )
    assert likeness_half(COUNTS) == pytest.approx(1.96 * drawn.std(axis=0), rel=0.06, abs=1e-9)


def test_ten_times_as_many_counted_make_the_interval_a_root_of_ten_shorter():
    assert likeness_half(10 * COUNTS) == pytest.approx(likeness_half(COUNTS) / np.sqrt(10))


def test_complexity_lies_within_its_ends_and_they_close_with_more_counted():
    rng = np.random.default_rng(3)
    table = np.rint(rng.lognormal(4, 1.2, (12, 9)))
    own = complexity(table).eci.to_numpy()
    low, high = complexity_ends(table)
    assert np.all(low <= high)
    assert np.mean((low <= own) & (own <= high)) > 0.7
    many, more = complexity_ends(1e6 * table)
    # Counted a million times as often the same industries are strong in every draw.
    assert np.max(more - many) < 1e-6
    assert (many, more) == (pytest.approx(own), pytest.approx(own))


def test_every_index_of_the_census_sample_has_an_interval_and_a_full_count_has_none(
    embedded, little
):
    found = structure(embedded, Structure())
    assert found.sample
    for row in found.units:
        assert row.likeness_low <= row.likeness <= row.likeness_high <= 1
        assert row.complexity is None or row.complexity_low <= row.complexity_high
    assert all(row.likeness_low <= row.likeness <= row.likeness_high for row in found.pairs)
    whole = structure(little, Structure(total="jobs", geography="county", like=0.5))
    assert {(row.likeness_low, row.complexity_low) for row in whole.units} == {(None, None)}
