"""Clusters by nearness and ties: against a plain search over all subsets of cores, and by hand."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse.csgraph import connected_components
from shapely import Point

import linked
from hutuo.base.recording import recorded
from hutuo.economy.clustering import clusters_of, distances, inward, neighbours, radius
from hutuo.economy.clusters import Clusters, clusters

POINT = st.tuples(st.integers(0, 9), st.integers(0, 9))


def test_distance_of_a_degree_along_the_equator_and_between_two_cities():
    km = distances([0, 1], [0, 0])
    assert km[0, 1] == pytest.approx(2 * np.pi * 6371.0088 / 360)
    # Beijing and Shanghai, great circle; 1,068 km in any atlas.
    assert distances([116.4074, 121.4737], [39.9042, 31.2304])[0, 1] == pytest.approx(1068, abs=2)


@settings(max_examples=60)
@given(st.lists(POINT, min_size=1, max_size=12), st.integers(2, 4))
def test_clusters_are_the_components_of_cores_and_what_borders_on_them(points, least):
    lon, lat = np.array(points, float).T / 100
    near = distances(lon, lat) <= 1.5
    np.fill_diagonal(near, val=False)
    listed = neighbours(lon, lat, [], within=1.5, tied_within=0)
    assert listed == [np.flatnonzero(row).tolist() for row in near]
    found = clusters_of(listed, least)
    core = near.sum(axis=1) + 1 >= least
    number, label = connected_components(near & core[:, None] & core, directed=False)
    of_cores = {frozenset(np.flatnonzero((label == k) & core)) for k in range(number)} - {
        frozenset()
    }
    assert {frozenset(n for n in one if core[n]) for one in found} == of_cores
    members = [n for one in found for n in one]
    assert len(members) == len(set(members))
    # Who is in no cluster borders on no core; who is in one and no core does.
    for n in range(len(points)):
        assert (n in members) == bool(core[n] or (near[n] & core).any())


def test_a_tie_makes_neighbours_farther_apart_but_not_at_any_distance():
    lon, lat, ties = [0, 0.1, 0.5], [0, 0, 0], [(0, 1), (1, 2)]
    far = neighbours(lon, lat, ties, within=5, tied_within=20)
    assert far == [[1], [0], []]
    assert clusters_of(far, 2) == [[0, 1]]


def test_the_middle_of_two_points_is_half_way_even_across_the_date_line():
    lon, lat, km = radius([179, -179], [0, 0])
    assert (abs(lon), lat) == (pytest.approx(180), pytest.approx(0))
    assert km == pytest.approx(distances([0, 1], [0, 0])[0, 1])


def test_ties_that_stay_and_ties_that_leave():
    assert inward([0, 1], [(0, 1), (1, 2), (2, 3)]) == (1, 2)


@pytest.fixture(scope="module")
def located(little):
    """The tiny region on a branch on which its firms have points: two in each town, 11 km apart."""
    at = {"mill": 0.05, "sew2": 0.051, "dye": 0.15, "sew": 0.151}
    region = little.create_branch("located-firms")
    rows = {one["institution"]: one for one in linked.rows()["institution"]}
    place = {"kind": "point", "source": "book"}
    recorded(
        region,
        {
            "place": [
                place
                | {
                    "place": f"point:{name}",
                    "zh": name,
                    "en": name,
                    "part_of": rows[name]["place"],
                }
                for name in at
            ],
            "boundary": [
                {
                    "place": f"point:{name}",
                    "geometry": Point(lon, 0.05).wkb,
                    "area_km2": 0.0,
                    "label_lon": lon,
                    "label_lat": 0.05,
                    "source": "book",
                }
                for name, lon in at.items()
            ],
            "institution": [rows[name] | {"place": f"point:{name}"} for name in at],
        },
        "put",
        check=False,
    )
    return region


def test_the_verb_links_clusters_to_units_chains_and_test_centres(little):
    found = clusters(little, Clusters(least=2, within_km=1, tied_km=20))
    cloth, home = found.rows
    assert (cloth.name.en, [name.en for name in cloth.place_names]) == (
        "Cloth of Alpha and Beta",
        ["Alpha", "Beta"],
    )
    assert (cloth.firms, cloth.inside, cloth.touching) == (4, 2, 2)
    assert (cloth.test_centres, home.test_centres) == (["tests"], [])
    assert (found.ranked, found.ranked_covered, found.covered_share) == (2, 1, 0.5)
    assert found.formed == []
    assert "4 firms of which only the unit is known" in found.doubts[-1].en


def test_firms_that_stand_apart_are_one_cluster_where_they_deliver(located):
    found = clusters(located, Clusters(least=2, within_km=1, tied_km=20))
    (formed,) = [row for row in found.formed if row.chain == "cloth"]
    assert sorted(formed.firms) == ["dye", "mill", "sew", "sew2"]
    assert formed.registered == ["cloths"]
    assert formed.radius_km == pytest.approx(5.56, abs=0.1)


def test_without_ties_two_towns_are_two_clusters(located):
    found = clusters(located, Clusters(least=2, within_km=1, tied_km=1))
    assert [row.firms for row in found.formed if row.chain == "cloth"] == [
        ["dye", "sew"],
        ["mill", "sew2"],
    ]


def test_clusters_without_a_rank_or_a_centre_are_told(embedded):
    found = clusters(embedded, Clusters())
    assert (len(found.rows), found.ranked, found.covered_share) == (13, 2, 0.0)
    assert {row.cluster: row.level for row in found.rows if row.level} == {
        "bearings": "national",
        "cars": "provincial",
    }
    # A centre that names the cluster; the cluster itself has no rank.
    assert {row.cluster: row.test_centres for row in found.rows if row.test_centres} == {
        "bridges": ["rubber-tests"]
    }
    assert any("need not mean that there is none" in says.en for says in found.doubts)
    assert [row.cluster for row in found.rows if row.across] == ["dairy"]
    assert {row.cluster for row in found.rows if not row.place_names} == {
        "herbs",
        "green-building",
        "wire",
    }
    assert any("rank" in says.en for says in found.doubts)
