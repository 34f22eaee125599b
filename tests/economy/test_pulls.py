"""Linkage by gravity: by hand, and what the formula promises."""

import numpy as np
import pandas as pd
import pytest

from hutuo.economy.linkage import Linkage, linkage, minutes_between
from hutuo.economy.pulls import gravity, pulls_of
from hutuo.errors import BadInput

APART = np.array([[0, 10, 20], [10, 0, 5], [20, 5, 0.0]])


def test_worked_by_hand():
    found = pulls_of(gravity([100, 400, 25], [4, 1, 1], APART))
    # sizes 20, 20, 5
    assert np.allclose(found.pairs, [[0, 4, 0.25], [4, 0, 4], [0.25, 4, 0]])
    assert found.total.tolist() == pytest.approx([4.25, 8, 4.25])
    assert found.share[0].tolist() == pytest.approx([0, 16 / 17, 1 / 17])


def test_twice_as_far_is_a_quarter_and_no_way_is_nothing():
    near, far = (
        gravity([1, 1], [1, 1], [[0, 10], [10, 0]]),
        gravity([1, 1], [1, 1], [[0, 20], [20, 0]]),
    )
    assert near[0, 1] == pytest.approx(4 * far[0, 1])
    assert gravity([1, 1], [1, 1], [[0, np.inf], [np.inf, 0]])[0, 1] == 0


def test_faults_of_sizes_and_distances_are_all_told():
    with pytest.raises(BadInput) as told:
        gravity([1, -1], [1, np.nan], [[0, 0], [5, 0]])
    assert [(one.file, one.column) for one in told.value.findings] == [
        ("people", "1"),
        ("product", "1"),
        ("apart", "0, 1"),
    ]
    with pytest.raises(BadInput, match="shape"):
        gravity([1, 1], [1, 1], [[0, 1, 2], [1, 0, 2]])


def test_minutes_of_both_ways_are_averaged_and_one_way_stands_for_both(tmp_path):
    file = tmp_path / "m.csv"
    file.write_text("from_id,to_id,minutes\na,b,10\nb,a,20\nb,c,7\na,a,0\nz,a,3\nc,a,\n")
    assert minutes_between(file, ["a", "b", "c"]).tolist() == [
        [np.inf, 15, np.inf],
        [15, np.inf, 7],
        [np.inf, 7, np.inf],
    ]


def test_a_block_of_a_matrix_is_read_too(tmp_path):
    frame = pd.DataFrame({"from_id": ["a", "b"], "to_id": ["b", "c"], "minutes": [10.0, None]})
    frame.to_parquet(tmp_path / "m.parquet")
    found = minutes_between(tmp_path / "m.parquet", ["a", "b", "c"])
    assert found[0, 1] == 10
    assert np.isinf(found[1, 2])


def test_minutes_that_are_none_are_all_told(tmp_path):
    file = tmp_path / "m.csv"
    file.write_text("from_id,to_id,minutes\na,b,-1\nb,a,x\nb,b,0\n")
    with pytest.raises(BadInput) as told:
        minutes_between(file, ["a", "b"])
    assert [one.row for one in told.value.findings] == [2, 3]
    file.write_text("a,b\n1,2\n")
    with pytest.raises(BadInput, match="lacks columns"):
        minutes_between(file, ["a", "b"])


def test_the_verb_by_distance_between_label_points(little):
    found = linkage(little, Linkage(people="people", product="people", geography="county"))
    assert [name.en for name in found.left_out] == ["Gamma"]
    # Beta is smaller than Alpha, but lies between Alpha and Delta.
    beta = found.linked_units[0]
    assert (beta.place, beta.main_partner) == ("990102", "990101")
    first = found.linked_pairs[0]
    assert first.apart == pytest.approx(11.12, abs=0.05)
    assert first.pull == pytest.approx(1000 * 500 / first.apart**2)
    assert sum(row.share for row in found.linked_units) == pytest.approx(1)
    assert sum(row.share for row in found.linked_pairs) == pytest.approx(1)


def test_the_embedded_region_is_linked_where_it_has_figures(embedded):
    found = linkage(embedded, Linkage(geography="county", product="resident_population"))
    assert found.measured_in == "km"
    assert len(found.linked_units) > 20
