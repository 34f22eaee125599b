"""Functional areas by the EU-OECD rule, worked by hand; and urban centres on a grid."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.errors import BadAsk, NotFound
from hutuo.space import functional_area
from hutuo.space.delineation import changed, stability
from hutuo.space.functional import functional_areas
from hutuo.space.functionalcores import cities, city_units, urban_centres


def flows(**homes):
    """Commuters of each home; what is left of 100 works at home."""
    rows = []
    for home, works in homes.items():
        rows += [(home, work, people) for work, people in works.items()]
        rows.append((home, home, 100 - sum(works.values())))
    return pd.DataFrame(rows, columns=["home", "work", "people"])


PLAIN = flows(core={}, exact={"core": 15}, less={"core": 14.9}, more={"core": 40})


def test_exactly_the_share_is_enough_and_the_core_is_inside():
    found = functional_area(PLAIN, "core", share=0.15)
    assert found == {"core", "exact", "more"}
    assert list(found) == ["core", "exact", "more"]
    assert found.core == ("core",)
    assert found.share["less"] == pytest.approx(0.149)


def test_exactly_the_share_is_not_enough_where_that_is_asked():
    assert functional_area(PLAIN, "core", inclusive=False) == {"core", "more"}


def test_a_set_of_units_works_as_one():
    found = functional_area(PLAIN, ["core"])
    assert "exact" in found
    assert "less" not in found
    assert len(found) == 3
    assert found & {"core", "x"} == {"core"}
    assert found - {"core"} == frozenset({"exact", "more"})
    assert found == ["core", "exact", "more"]


def test_people_who_commute_to_the_zone_do_not_count():
    """A chain: b commutes to the core, c to b. The rule takes b; only a repeated count takes c."""
    chain = flows(core={}, b={"core": 20}, c={"b": 30, "core": 5}, d={"c": 50})
    assert functional_area(chain, "core") == {"core", "b"}
    assert functional_area(chain, "core", chained=True) == {"core", "b", "c", "d"}


def test_several_units_are_one_core():
    """8 to one part and 7 to the other are 15 to the core."""
    table = flows(east={"west": 10}, west={}, town={"east": 8, "west": 7})
    assert functional_area(table, "east") == {"east"}
    assert functional_area(table, ["east", "west"]) == {"east", "west", "town"}


def test_who_works_at_home_counts_among_the_residents():
    table = pd.DataFrame({"home": ["t", "t"], "work": ["t", "c"], "people": [85, 15]})
    assert functional_area(table, "c") == {"c", "t"}
    assert functional_area(table, "c", share=0.16) == {"c"}


def test_a_unit_without_employed_residents_is_not_in_a_zone():
    table = pd.DataFrame({"home": ["core"], "work": ["mine"], "people": [10]})
    assert functional_area(table, "core", share=0.0) == {"core"}


# b, c, d lie around the enclave e; f touches only g, and that the sea.
BORDERS = {"core": "bcd", "e": "bcd", "f": "g", "b": "c", "g": ["sea"]}


def test_an_enclave_comes_in_and_an_exclave_goes_out():
    table = flows(
        core={}, b={"core": 20}, c={"core": 20}, d={"core": 20}, e={}, f={"core": 90}, g={}
    )
    assert functional_area(table, "core") == {"core", "b", "c", "d", "f"}
    found = functional_area(table, "core", neighbours=BORDERS)
    assert found == {"core", "b", "c", "d", "e"}
    names = [step.name for step in found.steps]
    assert names == ["core", "zone", "enclaves", "exclaves"]
    assert found.steps[2].table["unit"].tolist() == ["e"]
    assert found.steps[3].table["unit"].tolist() == ["f"]


def test_a_unit_that_also_touches_what_lies_beyond_is_no_enclave():
    table = flows(core={}, b={"core": 20}, c={"core": 20}, d={"core": 20}, e={})
    borders = [("core", one) for one in "bcd"] + [("e", one) for one in "bcd"] + [("e", "sea")]
    assert functional_area(table, "core", neighbours=borders) == {"core", "b", "c", "d"}


def test_an_enclave_joins_what_else_would_be_an_exclave():
    """Far hangs together with the core over the enclave between them only."""
    table = flows(core={}, between={"core": 5}, far={"core": 50})
    borders = pd.DataFrame({"one": ["core", "between"], "other": ["between", "far"]})
    assert functional_area(table, "core", neighbours=borders) == {"core", "between", "far"}


@pytest.mark.parametrize("core", ["nowhere", ["core", "nowhere"]])
def test_an_unknown_core_is_told(core):
    with pytest.raises(NotFound, match="nowhere"):
        functional_area(PLAIN, core)


def test_a_share_above_1_and_an_empty_core_are_refused():
    with pytest.raises(BadAsk, match="no share"):
        functional_area(PLAIN, "core", share=15)
    with pytest.raises(BadAsk, match="no unit"):
        functional_area(PLAIN, [])


def test_ids_may_be_numbers():
    table = pd.DataFrame({"from_id": [1, 2, 2], "to_id": [1, 1, 2], "people": [10, 2, 8]})
    assert functional_area(table, 1, share=0.2) == {1, 2}
    assert functional_area(table, np.int64(1), share=0.2) == {1, 2}
    assert functional_area(table, np.array([1]), share=0.3) == {1}


@given(st.integers(0, 2**32 - 1), st.floats(0, 1), st.floats(0, 1))
def test_a_lower_share_never_drops_a_unit(seed, one, other):
    people = np.random.default_rng(seed).integers(0, 20, (8, 8)).astype(float)
    low, high = sorted([one, other])
    assert functional_area(people, 0, high) <= functional_area(people, 0, low)


@given(st.integers(0, 2**32 - 1), st.floats(0.01, 1))
def test_the_zone_is_who_sends_the_share(seed, share):
    """Against a loop over the units."""
    people = np.random.default_rng(seed).integers(0, 20, (8, 8)).astype(float)
    wanted = {0, 1} | {
        home
        for home in range(8)
        if people[home].sum() and (people[home, 0] + people[home, 1]) / people[home].sum() >= share
    }
    assert functional_area(people, [0, 1], share) == wanted


CITIES = {"A": ["a"], "B": ["b"], "C": ["c"]}


def test_cities_merge_at_exactly_the_threshold():
    table = flows(a={}, b={"a": 15}, c={"a": 14.9}, t={"b": 20})
    found = functional_areas(table, CITIES)
    assert found.areas == {"A": ("a", "b", "t"), "C": ("c",)}
    apart = functional_areas(table, CITIES, merge=0.16)
    assert apart.areas == {"A": ("a",), "B": ("b", "t"), "C": ("c",)}


def test_a_city_merges_with_two_that_merged_before():
    """C sends 8 to a and 8 to b: 16 to the two, which merge in the first round."""
    table = flows(a={}, b={"a": 15}, c={"a": 8, "b": 8})
    found = functional_areas(table, CITIES)
    assert found.areas == {"A": ("a", "b", "c")}
    assert [step.name for step in found.steps].count("merge") == 3


def test_a_unit_tied_to_two_cities_goes_where_more_go():
    table = flows(a={}, b={}, c={}, t={"a": 20, "b": 25}, u={"a": 20, "b": 20})
    found = functional_areas(table, CITIES)
    assert found.area_of["t"] == "B"
    assert found.area_of["u"] == "A"
    assert found.area_of.notna().all()


def test_enclaves_and_exclaves_of_several_cities():
    """E lies within B; x commutes to A but touches B only."""
    table = flows(a={}, b={}, c={}, e={}, t={"b": 50}, x={"a": 50})
    borders = {"b": ["t", "e"], "t": ["e", "x"], "a": ["c"]}
    found = functional_areas(table, CITIES, neighbours=borders)
    assert found.areas == {"A": ("a",), "B": ("b", "e", "t"), "C": ("c",)}
    assert found.step("exclaves")["unit"].tolist() == ["x"]
    with pytest.raises(NotFound, match="no step 'enclave'"):
        found.step("enclave")


def test_a_unit_in_two_cities_is_refused():
    with pytest.raises(BadAsk, match="two cities"):
        functional_areas(PLAIN, {"A": ["core"], "B": ["core", "more"]})


def test_stability_is_the_share_of_units_that_change():
    """At 0.15: exact and more; at 0.12 also less; at 0.18 only more: one of four units either way."""
    found = stability(functional_area, {"flows": PLAIN, "core": "core"}, ["share"])
    assert found["moved"].tolist() == pytest.approx([0.12, 0.18])
    assert found["changed"].tolist() == [0.25, 0.25]


def test_what_areas_are_called_does_not_matter_for_change():
    before = pd.Series([1, 1, 2, None], index=list("abcd"), dtype=object)
    after = pd.Series(["x", "x", "y", None], index=list("abcd"), dtype=object)
    assert changed(before, after) == 0.0
    assert (
        changed(before, pd.Series(["x", "y", "y", "y"], index=list("abcd"), dtype=object)) == 0.5
    )


def test_urban_centres_by_hand():
    """Dense cells touch by sides, not by corners; 1,500 a km2 and 50,000 people exactly are enough."""
    people = np.zeros((5, 7))
    people[1, 1:3] = [25_000, 25_000]
    people[3, 4] = 49_999
    people[4, 5] = 40_000
    people[0, 6] = 1_500
    found = urban_centres(people, filled=False)
    assert found.sum() == 2
    assert found[1, 1:3].tolist() == [1, 1]
    assert urban_centres(people, size=49_999, filled=False)[3, 4] == 2
    assert urban_centres(people, size=1_500, filled=False)[0, 6] == 1
    assert urban_centres(people, size=1_500, density=1_501, filled=False)[0, 6] == 0


def test_holes_and_dents_of_a_centre_are_filled_but_not_with_sea():
    people = np.full((7, 7), 10_000.0)
    people[3, 3] = 0.0
    people[0, 3] = 0.0
    people[6, 3] = np.nan
    found = urban_centres(people)
    assert found[3, 3] == 1
    assert found[0, 3] == 1
    assert found[6, 3] == 0


def test_a_city_has_half_of_its_people_in_a_centre():
    people = np.array([[60_000.0, 100.0, 60_000.0], [60_000.0, 0.0, 60_001.0]])
    units = np.array([["x", "x", "y"], ["z", "z", "y"]], dtype=object)
    centres = np.array([[1, 0, 0], [1, 0, 0]])
    table = cities(people, units, centres)
    assert table["inside"].tolist() == [True, False, True]
    assert city_units(table) == {1: ["x", "z"]}
    half = cities(np.array([[50.0, 50.0]]), np.array([["x", "x"]]), np.array([[1, 0]]))
    assert half["inside"].tolist() == [True]


def test_a_grid_with_negative_people_is_refused():
    with pytest.raises(BadAsk, match="grid"):
        urban_centres(np.array([[-1.0]]))
