"""Input-output: the example of the textbook, and the identities that define it."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hutuo.economy import leontief, linkages, output_for
from hutuo.errors import BadInput

# Miller and Blair (2009), table 2.3: two sectors, final demand 350 and 1,700.
FLOWS, OUTPUT = np.array([[150.0, 500.0], [200.0, 100.0]]), np.array([1000.0, 2000.0])


def test_the_example_of_the_textbook():
    assert leontief(FLOWS, OUTPUT) == pytest.approx(
        np.array([[1.2541, 0.3300], [0.2640, 1.1221]]), abs=1e-4
    )
    # Final demand of 600 and 1,500 takes 1,247.52 and 1,841.58.
    assert output_for(FLOWS, OUTPUT, [600, 1500]) == pytest.approx([1247.5, 1841.6], abs=0.1)
    # By hand, to the last digit: A = [[.15, .25], [.2, .05]], det(I - A) = .85 * .95 - .25 * .2 = .7575.
    wanted = np.array([[0.95, 0.25], [0.2, 0.85]]) / 0.7575
    assert leontief(FLOWS, OUTPUT) == pytest.approx(wanted, abs=1e-12)
    assert output_for(FLOWS, OUTPUT, [600, 1500]) == pytest.approx(wanted @ [600, 1500], rel=1e-12)


@given(arrays(np.float64, (4, 4), elements=st.floats(0, 1)), st.floats(0.05, 0.9))
def test_output_is_what_industries_and_final_demand_take(shares, used):
    output = np.array([100.0, 200.0, 50.0, 400.0])
    flows = shares / max(shares.sum(axis=1).max(), 1e-9) * used * output[:, None]
    made = output_for(flows, output, output - flows.sum(axis=1))
    assert made == pytest.approx(output, rel=1e-8)


def test_linkages_are_about_one_on_average_and_multipliers_sum_columns():
    found = linkages(FLOWS, OUTPUT)
    assert found.multiplier == pytest.approx([1.2541 + 0.2640, 0.3300 + 1.1221], abs=2e-4)
    assert found.backward.mean() == pytest.approx(1)
    assert found.forward.mean() == pytest.approx(1)
    # By hand: B = [[.15, .5], [.1, .05]]; row sums of (I - B)^-1 are 1.45 / .7575 and .95 / .7575.
    assert found.forward == pytest.approx([1.45 / 1.2, 0.95 / 1.2])


def test_faults_of_the_table_are_told():
    with pytest.raises(BadInput) as told:
        leontief([[1.0, -1.0], [90.0, 30.0]], [100.0, 100.0])
    assert [(one.file, one.column) for one in told.value.findings] == [
        ("flows", "0, 1"),
        ("flows", "1"),
    ]
    with pytest.raises(BadInput) as told:
        leontief([[0.0, 5.0], [np.inf, 0.0]], [10.0, 0.0], imported=True)
    assert [(one.column, str(one).rpartition(": ")[2]) for one in told.value.findings] == [
        ("1, 0", "inf; a number of at least 0 would be right"),
        ("1", "it takes in something and has no output"),
    ]
    frame = pd.DataFrame([[1, "x"], [2, 3]], index=["steel", "cloth"], columns=["steel", "cloth"])
    with pytest.raises(BadInput, match="flows: steel, cloth: 'x'; a number would be right"):
        leontief(frame, [10.0, 10.0])
    with pytest.raises(BadInput, match=r"\(3,\); \(2,\) or \(2, cases\)"):
        output_for([[1.0, 1.0], [1.0, 1.0]], [10.0, 10.0], [1.0, 2.0, 3.0])
    with pytest.raises(BadInput, match="shapes"):
        leontief(np.ones((2, 3)), np.ones(2))
    with pytest.raises(BadInput, match=r"largest eigenvalue of A is 1\.000"):
        leontief([[5.0, 5.0], [5.0, 5.0]], [10.0, 10.0])


def test_industries_that_use_up_all_they_make_are_told_with_the_eigenvalue():
    """At 1 there is no inverse, above it there is one with losses for gains: both are refused."""
    for part in (1.0, 1.2):
        flows = np.array([[0.0, 100.0 * part], [100.0 * part, 0.0]])
        with pytest.raises(BadInput, match=f"{part:.3f}"):
            leontief(flows, [100.0, 100.0], imported=True)
    near = np.array([[0.0, 99.9], [99.9, 0.0]])
    assert leontief(near, [100.0, 100.0])[0, 1] == pytest.approx(0.999 / (1 - 0.999**2))


def test_the_inverse_is_that_of_the_package_of_the_field():
    """Where ``pymrio`` is installed (``hutuo[peers]``): thirty industries, to 1e-8."""
    pymrio = pytest.importorskip("pymrio")
    rng = np.random.default_rng(5)
    z = pd.DataFrame(rng.uniform(0, 1, (30, 30)))
    x = pd.Series(z.sum(axis=1) * rng.uniform(1.2, 3.0, 30))
    theirs = pymrio.calc_L(pymrio.calc_A(z, x))
    assert leontief(z, x) == pytest.approx(theirs.to_numpy(), rel=1e-8, abs=1e-12)
    assert linkages(z, x).multiplier == pytest.approx(theirs.sum(axis=0).to_numpy(), rel=1e-8)
