"""Indices of structure: by hand, against the method's own matrix, and what must always hold."""

import numpy as np
import pandas as pd
import pytest
from ecomplexity import ecomplexity
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hutuo.economy import complexity, krugman, location_quotient, similarity
from hutuo.errors import BadInput

# Two zones, two industries; all together 40 % and 60 %.
TABLE = pd.DataFrame([[30.0, 20.0], [10.0, 40.0]], index=["a", "b"], columns=["steel", "cloth"])
tables = arrays(np.float64, (5, 4), elements=st.floats(0.5, 1e6))


def test_the_location_quotient_is_a_share_over_a_share():
    found = location_quotient(TABLE)
    assert found.loc["a"].tolist() == pytest.approx([0.6 / 0.4, 0.4 / 0.6])
    assert found.loc["b"].tolist() == pytest.approx([0.2 / 0.4, 0.8 / 0.6])


def test_krugman_is_the_sum_of_differences_to_the_whole():
    assert krugman(TABLE).to_dict() == pytest.approx({"a": 0.4, "b": 0.4})
    apart = np.array([[1.0, 0.0], [0.0, 1.0]])
    assert krugman(apart).tolist() == [1.0, 1.0]


def test_similarity_is_the_cosine_of_shares():
    found = similarity(TABLE)
    cosine = (0.6 * 0.2 + 0.4 * 0.8) / np.sqrt((0.36 + 0.16) * (0.04 + 0.64))
    assert found.loc["a", "b"] == pytest.approx(cosine)
    assert similarity(np.array([[1.0, 0.0], [0.0, 3.0]]))[0, 1] == 0


@given(tables)
def test_an_industry_that_is_everywhere_alike_has_a_quotient_of_one(table):
    whole = table.sum(axis=0) / table.sum()
    alike = np.outer(table.sum(axis=1), whole)
    assert location_quotient(alike) == pytest.approx(np.ones_like(table))
    assert krugman(alike) == pytest.approx(np.zeros(len(table)), abs=1e-12)


@given(tables, st.floats(0.1, 10))
def test_the_size_of_a_zone_changes_no_likeness(table, factor):
    larger = table * np.array([factor, 1, 1, 1, 1])[:, None]
    assert similarity(larger) == pytest.approx(similarity(table))
    assert np.all((krugman(table) >= 0) & (krugman(table) <= 2))


def test_faults_of_a_table_are_all_told():
    with pytest.raises(BadInput) as told:
        location_quotient(
            pd.DataFrame([[1.0, -2.0], [np.nan, 1.0], [0.0, 0.0]], index=["a", "b", "c"])
        )
    assert [finding.column for finding in told.value.findings] == ["a, 1", "b, 0", "c"]


@pytest.mark.parametrize("index", [location_quotient, krugman, similarity, complexity])
def test_what_is_no_table_is_told_by_every_index(index):
    with pytest.raises(BadInput, match=r"shape \(2,\); \(zones, industries\)"):
        index(np.array([1.0, 2.0]))
    with pytest.raises(BadInput, match=r"shape \(0, 3\)"):
        index(np.zeros((0, 3)))
    with pytest.raises(BadInput, match="table: b, steel: 'many'; a number would be right"):
        index(pd.DataFrame({"steel": [1, "many"], "cloth": [2, 3]}, index=["a", "b"]))


@given(st.integers(0, 2**32 - 1))
def test_complexity_is_the_second_eigenvector_of_the_method(seed):
    """Computed here from the matrix as the paper writes it, which is not symmetric."""
    rng = np.random.default_rng(seed)
    table = rng.lognormal(0, 1.5, (14, 11))
    found = complexity(table)
    strong = (location_quotient(table) >= 1).astype(float)
    diverse, common = strong.sum(axis=1), strong.sum(axis=0)
    zones, industries = diverse > 0, common > 0
    strong = strong[np.ix_(zones, industries)]
    diverse, common = strong.sum(axis=1), strong.sum(axis=0)
    matrix = (strong / diverse[:, None]) @ (strong / common).T
    values, vectors = np.linalg.eig(matrix)
    order = np.argsort(values.real)[::-1]
    if values.real[order[1]] - values.real[order[2]] < 1e-6:
        return
    second = vectors[:, order[1]].real
    second *= -1 if np.corrcoef(second, diverse)[0, 1] < 0 else 1
    wanted = (second - second.mean()) / second.std()
    assert found.eci[zones].to_numpy() == pytest.approx(wanted, abs=1e-8)
    assert found.diversity[zones].tolist() == diverse.tolist()


@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning", "ignore:Year 2020:UserWarning")
@pytest.mark.parametrize("seed", range(3))
def test_indices_are_those_of_the_package_of_the_method(seed):
    """To 1e-8; its scores of industries have a scale of their own, so both are taken in deviations."""
    rng = np.random.default_rng(seed)
    table = pd.DataFrame(rng.gamma(0.5, 1, (29, 19)))
    table.index, table.columns = [f"z{n:02}" for n in range(29)], [f"i{n:02}" for n in range(19)]
    told = table.rename_axis("loc").reset_index().melt("loc", var_name="prod", value_name="val")
    names = {name: name for name in ("time", "loc", "prod", "val")}
    theirs = ecomplexity(told.assign(time=2020), names)
    assert theirs.pivot_table(
        index="loc", columns="prod", values="rca"
    ).to_numpy() == pytest.approx(location_quotient(table).to_numpy(), abs=1e-8)
    ours = complexity(table)
    for by, values in (("loc", {"eci", "diversity"}), ("prod", {"pci", "ubiquity"})):
        rows = theirs.drop_duplicates(by).set_index(by).sort_index()
        for name in values:
            found, wanted = getattr(ours, name), rows[name]
            if name == "pci":
                found, wanted = ((one - one.mean()) / one.std() for one in (found, wanted))
            assert found.to_numpy() == pytest.approx(wanted.to_numpy(float), abs=1e-8)


def test_complexity_of_nested_zones_follows_their_diversity():
    """Who can do more can do what few can: the case that the method is made for."""
    table = np.tril(np.ones((8, 8)))
    found = complexity(table, strong=1e-9)
    assert np.all(np.diff(found.eci) > 0)
    assert np.all(np.diff(found.pci) > 0)
    assert "8 zones only" in found.doubts[0].en


def test_too_few_zones_have_no_complexity():
    with pytest.raises(BadInput, match="three zones"):
        complexity(TABLE)


def test_where_all_are_equally_diverse_the_sign_is_doubted():
    ring = np.array([[5.0, 5, 1, 1], [1, 5, 5, 1], [1, 1, 5, 5], [5, 1, 1, 5]])
    found = complexity(ring)
    assert len(set(found.diversity)) == 1
    assert any("sign may be wrong" in doubt.en for doubt in found.doubts)
