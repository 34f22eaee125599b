"""Coordinates that are swapped or shifted, told by the streets that they should lie on."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given, settings
from hypothesis import strategies as st

from hutuo.base.datum import SHIFTED, from_wgs84
from hutuo.base.sphere import RADIUS_KM
from hutuo.errors import BadAsk, BadInput
from hutuo.space import RoadNetwork, Timetable, misplaced, travel_times
from hutuo.space.coordinates import metres_to, shift_of, swapped
from hutuo.space.isochrone import Isochrone, isochrone
from hutuo.space.matrix import TravelTimes
from hutuo.space.matrix import travel_times as travel_times_of

MIDDLE = np.array([114.5, 38.0])
METRE = np.array([1 / np.cos(np.radians(MIDDLE[1])), 1.0]) / (np.pi / 180 * RADIUS_KM * 1000)
SIZE = 40


def grid(block=400.0, middle=MIDDLE):
    """Streets every so many metres, which bend a little so that no shift falls on them by chance."""
    rng = np.random.default_rng(1)
    column, row = np.meshgrid(np.arange(SIZE), np.arange(SIZE))
    spots = np.stack([column.ravel(), row.ravel()], axis=1) * block
    spots += rng.normal(0, block / 10, spots.shape)
    node = np.arange(SIZE * SIZE).reshape(SIZE, SIZE)
    one = np.concatenate([node[:, :-1].ravel(), node[:-1].ravel()])
    two = np.concatenate([node[:, 1:].ravel(), node[1:].ravel()])
    tail, head = np.concatenate([one, two]), np.concatenate([two, one])
    return RoadNetwork.from_edges(tail, head, np.ones(len(tail)), lonlat=middle + spots * METRE)


STREETS = grid()


def along(streets, count, off=5.0, seed=0):
    """Places along streets, some metres beside them."""
    rng = np.random.default_rng(seed)
    arc = rng.integers(0, len(streets.tail), count)
    part = rng.random((count, 1))
    where = (
        streets.lonlat[streets.tail[arc]] * (1 - part) + streets.lonlat[streets.head[arc]] * part
    )
    return where + rng.normal(0, off, (count, 2)) * METRE


def anywhere(count, seed):
    rng = np.random.default_rng(seed)
    return MIDDLE + rng.random((count, 2)) * SIZE * 400 * METRE


def shift(places, streets=STREETS):
    return shift_of(places, metres_to(streets, places))


class TestShift:
    """Places as Chinese web maps give them."""

    @pytest.mark.parametrize("crs", SHIFTED)
    def test_places_along_streets_are_found_out_by_each_system(self, crs):
        found = shift(from_wgs84(along(STREETS, 100), crs))
        assert (found.crs, found.points) == (crs, 100)
        assert found.after < 6 < 30 < found.before

    @given(st.integers(0, 10_000), st.integers(30, 120), st.sampled_from(SHIFTED))
    @settings(max_examples=25)
    def test_they_are_found_whichever_they_are(self, seed, count, crs):
        assert shift(from_wgs84(along(STREETS, count, seed=seed), crs)).crs == crs

    @given(st.integers(0, 10_000), st.integers(30, 200))
    @settings(max_examples=40)
    def test_places_that_have_nothing_to_do_with_the_streets_are_no_evidence(self, seed, count):
        assert shift(anywhere(count, seed)) is None

    @given(st.integers(0, 10_000), st.floats(0, 360), st.floats(100, 900))
    @settings(max_examples=40)
    def test_places_that_are_off_in_another_direction_are_no_evidence(self, seed, angle, metres):
        """The shift is some 640 metres towards the east here; a quarter turn away it is another one."""
        east = from_wgs84(MIDDLE) - MIDDLE
        own = np.degrees(np.arctan2(*(east / METRE)[::-1]))
        if abs((angle - own + 180) % 360 - 180) < 45:
            angle += 90
        move = metres * np.array([np.cos(np.radians(angle)), np.sin(np.radians(angle))]) * METRE
        assert shift(along(STREETS, 60, seed=seed) + move) is None

    def test_places_on_the_streets_are_none_of_them(self):
        assert shift(along(STREETS, 100)) is None

    def test_few_places_are_no_evidence(self):
        assert shift(from_wgs84(along(STREETS, 29))) is None

    def test_the_same_place_many_times_is_one(self):
        assert shift(np.repeat(from_wgs84(along(STREETS, 10)), 20, axis=0)) is None

    def test_outside_china_nothing_is_shifted(self):
        streets = grid(middle=np.array([10.0, 50.0]))
        assert shift(along(streets, 100) + 0.005, streets) is None

    def test_a_network_without_places_or_arcs_is_no_evidence(self):
        assert shift(along(STREETS, 50), RoadNetwork.from_edges([0], [1], [1.0])) is None


MOBILITY = Path(__file__).parents[3] / "shared/data/mobility"


@pytest.fixture(scope="module")
def real():
    """Real streets and stops of Porto Alegre, moved as they are to the middle of Hebei."""
    if not (MOBILITY / "poa_osm.pbf").is_file():
        pytest.skip("the extract beside the repository (../shared) is not there")
    streets = RoadNetwork.from_osm(MOBILITY / "poa_osm.pbf", mode="car")
    stops = Timetable.from_gtfs([MOBILITY / "poa_eptc.zip"], "2019-05-13").stops
    move = MIDDLE - streets.lonlat.mean(axis=0)
    moved = RoadNetwork.from_edges(
        streets.tail, streets.head, streets.minutes, lonlat=streets.lonlat + move
    )
    return moved, stops[["lon", "lat"]].to_numpy(float) + move


class TestReal:
    """Stops of buses beside the streets of a real city."""

    def test_they_are_not_remarked_on_as_they_are(self, real):
        streets, stops = real
        assert shift(stops, streets) is None

    @pytest.mark.parametrize("crs", SHIFTED)
    @pytest.mark.parametrize("seed", range(5))
    def test_some_of_them_are_found_out_when_they_are_shifted(self, real, crs, seed):
        streets, stops = real
        some = np.random.default_rng(seed).choice(stops, 200, replace=False)
        found = shift(from_wgs84(some, crs), streets)
        assert found.crs == crs


class TestSwapped:
    """Latitude where longitude should be."""

    def test_only_those_are_told_that_lie_near_streets_when_swapped(self):
        places = along(STREETS, 6)
        places[[1, 4]] = places[[1, 4], ::-1]
        places[5] = (10.0, 50.0)
        found = misplaced(places, STREETS, "homes")
        assert [(one.file, one.row) for one in found] == [("homes", 1), ("homes", 4)]
        assert "先经度后纬度" in found[0].say("zh")
        assert "longitude comes first" in str(found[0])

    def test_missing_places_and_places_beyond_the_pole_are_near_nothing(self):
        given = np.array([[np.nan, 38.0], [38.0, 114.5], [300.0, 20.0]])
        near = swapped(given, lambda points: np.abs(points - MIDDLE).max(axis=1) < 1)
        assert near.tolist() == [False, True, False]

    def test_many_are_counted(self):
        found = misplaced(along(STREETS, 25)[:, ::-1].copy(), STREETS)
        assert len(found) == 21
        assert "5" in str(found[-1])

    def test_a_pair_beyond_the_pole_is_refused_with_what_it_would_be(self):
        with pytest.raises(BadInput) as told:
            STREETS.nearest([[38.0, 114.5], [0.0, 91.0]])
        assert "swapped they are" in told.value.findings[0].say("en")
        assert "先经度后纬度" in told.value.findings[0].say("zh")


def test_a_shift_is_one_finding_that_says_how_to_mend_it():
    found = misplaced(from_wgs84(along(STREETS, 100)), STREETS)
    assert [one.row for one in found] == [None]
    for lang in ("zh", "en"):
        assert "GCJ-02" in found[0].say(lang)
        assert "hutuo.space.to_wgs84" in found[0].say(lang)
        assert "100" in found[0].say(lang)


class TestJourneys:
    """What is told beside travel times."""

    def test_rows_that_are_swapped_are_named(self):
        streets = grid(middle=np.array([10.0, 50.0]))
        homes = along(streets, 40)
        homes[3] = homes[3, ::-1]
        told = travel_times(homes, homes[:2], roads=streets, detail=True).findings
        assert [(one.file, one.row) for one in told] == [("origins", 3)]

    def test_a_shift_of_doors_and_of_stops_is_told(self):
        homes, jobs = along(STREETS, 40), from_wgs84(along(STREETS, 40, seed=1))
        told = travel_times(homes, jobs, roads=STREETS, detail=True).findings
        assert [(one.file, one.row) for one in told] == [("destinations", None)]
        stops = pd.DataFrame(jobs, columns=["lon", "lat"])
        stops = stops.assign(stop=stops.index.astype(str), name=stops.index.astype(str))
        calls = pd.DataFrame(
            {
                "trip": ["t", "t"],
                "sequence": [1, 2],
                "stop": ["0", "1"],
                "arrival_seconds": [28_800, 29_400],
                "departure_seconds": [28_800, 29_400],
            }
        )
        rail = Timetable.from_frames(stops, pd.DataFrame({"trip": ["t"]}), calls)
        told = travel_times([0], [1], walk=STREETS, timetable=rail, departure="08:00", detail=True)
        assert [one.file for one in told.findings if "GCJ-02" in str(one)] == ["stops"]

    def test_right_places_and_nodes_are_not_remarked_on(self):
        homes = along(STREETS, 40)
        assert not travel_times(homes, homes, roads=STREETS, detail=True).findings
        assert not travel_times([0], [1], roads=STREETS, detail=True).findings


class TestRegion:
    """What the verbs of a region tell."""

    def test_a_point_beyond_the_pole_is_refused_with_what_it_would_be(self, little):
        with pytest.raises(BadAsk) as told:
            isochrone(little, Isochrone(place="38.0/114.5"))
        assert told.value.advice == (
            "先经度后纬度,如114.5/38",
            "longitude comes first, as 114.5/38",
        )

    def test_a_point_that_lies_in_the_area_only_when_swapped_is_told(self, little):
        ask = TravelTimes(from_=("0.05/0.35", "0.05/0.05"), to=("990101",), mode="road")
        found = travel_times_of(little, ask).basis
        assert [says.en for says in found.findings] == [
            "0.05/0.35: off the roads, and on them when swapped; longitude comes first"
        ]
        assert found.left_out[-1].number == 1

    def test_points_off_known_roads_as_a_web_map_shifts_them_are_told(self, own):
        own.append("road", roads_of(STREETS))
        places = from_wgs84(along(STREETS, 40))
        words = tuple(f"{lon:.6f}/{lat:.6f}" for lon, lat in places)
        found = travel_times_of(own, TravelTimes(from_=words, to=words[:1], mode="road"))
        (says,) = found.basis.findings
        assert says.en.startswith("places: 40 points lie")
        assert "GCJ-02" in says.zh
        good = tuple(f"{lon:.6f}/{lat:.6f}" for lon, lat in along(STREETS, 40))
        found = travel_times_of(own, TravelTimes(from_=good, to=good[:1], mode="road"))
        assert not found.basis.findings


def roads_of(streets):
    """The streets as rows of the table of roads."""
    there = streets.tail < streets.head
    lines = shapely.linestrings(streets.lonlat[np.stack([streets.tail, streets.head], 1)[there]])
    return pd.DataFrame(
        {
            "road": [f"way:{at}" for at in range(len(lines))],
            "class": "residential",
            "oneway": "no",
            "bridge": False,
            "tunnel": False,
            "length_km": 0.4,
            "geometry": pd.Series(shapely.to_wkb(lines).tolist(), dtype=object),
            "source": "book",
        }
    )
