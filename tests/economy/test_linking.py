"""Chains as graphs: worked by hand on the tiny region's cloth, and what holds for any chain."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

import linked
from hutuo.economy.chains import Chains, chains
from hutuo.economy.linking import (
    clusters_by_link,
    competing,
    firms_by_link,
    kin,
    several,
    state_of,
    supplies,
)
from hutuo.errors import NotFound

ROWS = linked.rows()
FIRMS = firms_by_link(ROWS["chain_link"], ROWS["business"])


def test_a_firm_serves_a_link_whose_code_its_own_begins_with():
    assert FIRMS["cloth", "spin"] == ["dye", "mill"]  # 1713 and 1711 are both 171
    assert FIRMS["cloth", "dye"] == ["dye"]
    assert FIRMS["cloth", "machines"] == FIRMS["cloth", "design"] == []


def test_a_coarse_code_proves_no_finer_link():
    link = {"chain": "c", "link": "l", "codes": "1713"}
    assert firms_by_link([link], [{"institution": "x", "code": "171"}]) == {("c", "l"): []}


def test_nothing_is_missing_where_no_firm_is_registered():
    link = {"codes": "171"}
    assert state_of(link, [], known=False) == "unknown"
    assert state_of(link, [], known=True) == "missing"
    assert state_of(link, ["a"], known=True) == "single"
    assert state_of(link, ["a", "b"], known=True) == "covered"
    assert state_of({"codes": None}, [], known=True) == "unknown"


def test_who_serves_two_chains_is_shared():
    assert several(FIRMS) == {
        "dye": [("cloth", "dye"), ("cloth", "spin"), ("home", "fabric")],
        "mill": [("cloth", "spin"), ("home", "fabric")],
    }


def test_links_are_kin_where_one_code_holds_the_other_and_only_across_chains():
    found = kin(ROWS["chain_link"])
    assert found["home", "fabric"] == [("cloth", "spin"), ("cloth", "dye")]
    assert found["cloth", "spin"] == [("home", "fabric")]


def test_a_supply_crosses_where_its_firms_are_in_two_cities():
    cities = {"mill": "x", "dye": "y", "sew": "y", "sew2": "x"}
    spin, dye = supplies(ROWS["chain_supply"], FIRMS, ROWS["delivery"], cities)
    assert (spin.deliveries, spin.across, spin.possible) == (1, 1, True)
    assert (dye.deliveries, dye.across, dye.possible) == (1, 0, True)
    same = dict.fromkeys(cities, "x")
    assert not any(s.possible for s in supplies(ROWS["chain_supply"], FIRMS, [], same))


FIRM = st.sampled_from("abcdef")


@given(
    st.dictionaries(st.sampled_from("pq"), st.lists(FIRM, unique=True)),
    st.dictionaries(FIRM, st.sampled_from(["u", "v", "w", None])),
)
def test_pairs_compete_as_counted_one_by_one(firms, units):
    keyed = {("c", link): names for link, names in firms.items()}
    found = competing(keyed, units)
    told = {
        (key, one, other): (
            sum(units.get(name) == one for name in names),
            sum(units.get(name) == other for name in names),
        )
        for key, names in keyed.items()
        for one, other in (("u", "v"), ("u", "w"), ("v", "w"))
    }
    assert {row[:3]: row[3:] for row in found} == {k: v for k, v in told.items() if min(v)}


@given(
    st.lists(FIRM, unique=True),
    st.lists(FIRM, unique=True),
    st.dictionaries(FIRM, st.sampled_from(["x", "y", None])),
)
def test_a_supply_may_cross_where_any_two_firms_are_apart(give, take, cities):
    edge = {"chain": "c", "supplier": "s", "buyer": "b"}
    (found,) = supplies([edge], {("c", "s"): give, ("c", "b"): take}, [], cities)
    apart = {(cities.get(one), cities.get(other)) for one in give for other in take}
    assert found.possible == any(a and b and a != b for a, b in apart)


def test_the_verb_tells_what_lacks_who_is_shared_and_who_competes(little):
    found = chains(little, Chains(chain="cloth"))
    (cloth,) = found.chains
    assert [name.en for name in cloth.missing_links] == ["Machines"]
    assert [name.en for name in cloth.single_links] == ["Dyeing"]
    assert [name.en for name in cloth.unjudged_links] == ["Design"]
    assert cloth.completeness == pytest.approx(3 / 4)
    assert [row.institution for row in found.shared] == ["dye", "mill"]
    (spin, sew) = found.competitors
    assert (spin.link, spin.name.en, spin.other_name.en) == ("sew", "Alpha", "Beta")
    assert (sew.link, sew.firms_here, sew.firms_there) == ("spin", 1, 1)
    assert [says.en for says in found.doubts] == [
        "missing: no registered firm or cluster serves a link; registers with gaps prove no more",
        "links without a code: Design",
    ]


def test_within_a_unit_only_its_firms_count(little):
    found = chains(little, Chains(chain="cloth", place="990101"))
    states = {row.link: row.state for row in found.chain_links}
    assert states == {
        "spin": "single",
        "dye": "missing",
        "sew": "single",
        "machines": "missing",
        "design": "unknown",
    }


def test_the_embedded_region_judges_chains_whose_firms_are_registered(embedded):
    found = chains(embedded, Chains())
    assert len(found.chains) == 7
    states = {(row.chain, row.link): row.state for row in found.chain_links}
    assert states["pharma", "biologicals"] == "covered"
    assert states["equipment", "rail"] == states["food", "dairy"] == "single"
    assert states["equipment", "bearings"] == states["equipment", "pumps"] == "clustered"
    assert states["electronics", "circuits"] == "unknown"  # no firm of the chain is registered
    by = {row.chain: row for row in found.chains}
    assert [name.en for name in by["food"].missing_links] == [
        "Functional food",
        "Prepared food",
        "Snacks",
    ]
    assert by["food"].completeness == pytest.approx(1 / 4)
    assert by["electronics"].completeness is None
    assert any("register" in says.en for says in found.doubts)


def test_the_embedded_region_has_supplies_that_cross_cities_and_units_that_compete(embedded):
    found = chains(embedded, Chains(chain="equipment"))
    crossing = {(row.supplier, row.buyer) for row in found.chain_supplies if row.possible}
    assert ("bearings", "rail") in crossing  # Xingtai and Shijiazhuang
    assert len(found.chains[0].cities) > 2
    (cars,) = (row for row in found.competitors if row.link == "cars")
    assert (cars.place, cars.other, cars.firms_here, cars.firms_there) == (
        "130111",
        "130682",
        1,
        2,
    )


def test_a_cluster_with_a_place_proves_a_link_whose_firms_are_not_registered():
    link = {"chain": "c", "link": "l", "codes": "345"}
    assert clusters_by_link([link], [{"cluster": "x", "codes": "3451"}]) == {("c", "l"): ["x"]}
    assert clusters_by_link([link], [{"cluster": "x", "codes": "34"}]) == {("c", "l"): []}
    assert state_of(link, [], known=True, clusters=["x"]) == "clustered"
    assert state_of(link, [], known=False, clusters=["x"]) == "clustered"
    assert state_of(link, ["a"], known=True, clusters=["x"]) == "single"


def test_an_unknown_chain_is_told_with_those_there_are(little):
    with pytest.raises(NotFound, match="no chain 'silk'") as told:
        chains(little, Chains(chain="silk"))
    assert "cloth" in told.value.hint
