"""Networks of a region: modelled between seats, or read from tables, with what is only tried."""

import csv
from collections import Counter
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st

import hutuo
from hutuo.base import sphere
from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.timetable import Timetable as Trains
from hutuo.base.timetable import timetable as trains
from hutuo.errors import BadAsk, NotFound
from hutuo.space import crossed, networks, rides, roadtable, seats
from hutuo.space.matrix import TravelTimes, travel_times
from hutuo.space.roads import RoadNetwork
from hutuo.space.spots import Map
from hutuo.space.timetable import Timetable

DATA = Path(__file__).parents[2] / ".." / "shared" / "data"
DEGREE_KM = sphere.RADIUS_KM * np.pi / 180
PLAIN = seats.Model()


def counties(count=4, urban=()):
    """Squares of a tenth of a degree in a row along the equator, each with its seat in the middle."""
    shape = np.array([shapely.box(at / 10, 0, at / 10 + 0.1, 0.1) for at in range(count)], object)
    lonlat = np.array([(at / 10 + 0.05, 0.05) for at in range(count)])
    flags = np.isin(np.arange(count), urban)
    return seats.Counties([str(at) for at in range(count)], lonlat, shape, flags, ~flags)


def drive(km, kmh=PLAIN.rural_kmh):
    """Minutes of a modelled drive, terminal minutes included."""
    return km * PLAIN.detour / kmh * 60 + PLAIN.terminal_minutes


class TestSeats:
    """Modelled roads."""

    def test_counties_that_share_an_edge_or_a_corner_touch(self):
        shapes = np.array(
            [shapely.box(0, 0, 1, 1), shapely.box(1, 1, 2, 2), shapely.box(3, 0, 4, 1)]
        )
        assert seats.touching(shapes).tolist() == [[0, 1]]

    def test_a_way_is_the_great_circle_times_the_detour_at_the_speed_of_its_counties(self):
        made = seats.Modelled.of(counties(), PLAIN)
        places = made.counties.lonlat
        got = made.times(places[:1], places)[0]
        km = sphere.kilometres(places[0], places)
        assert got[0] == 0
        assert got[1:] == pytest.approx(drive(km[1:]), abs=1e-3)

    def test_what_lies_in_an_urban_county_is_driven_at_its_speed(self):
        made = seats.Modelled.of(counties(urban=[0]), PLAIN)
        ends = np.array([[0.05, 0.05], [0.15, 0.05]])
        half = float(sphere.kilometres(*ends)) / 2 * PLAIN.detour
        want = half / PLAIN.urban_kmh * 60 + half / PLAIN.rural_kmh * 60 + PLAIN.terminal_minutes
        assert made.times(ends[:1], ends[1:])[0, 0] == pytest.approx(want, abs=0.01)

    def test_from_outside_all_counties_there_is_no_way(self):
        made = seats.Modelled.of(counties(), PLAIN)
        found = made.times(np.array([[5.0, 5.0]]), made.counties.lonlat)
        assert np.isinf(found).all()

    def test_a_road_besides_is_taken_where_it_is_quicker_and_only_in_its_direction(self):
        all_of = counties()
        ends = all_of.lonlat[[0]], all_of.lonlat[[3]]
        plain = seats.Modelled.of(all_of, PLAIN)
        quick = seats.Modelled.of(all_of, PLAIN, seats.Extra(*ends, np.array([3.0])))
        assert quick.times(*ends)[0, 0] == pytest.approx(3 + PLAIN.terminal_minutes)
        assert quick.times(*ends[::-1]) == pytest.approx(plain.times(*ends[::-1]))
        slow = seats.Modelled.of(all_of, PLAIN, seats.Extra(*ends, np.array([300.0])))
        assert slow.times(*ends) == pytest.approx(plain.times(*ends))

    def test_minutes_to_spots_are_those_from_door_to_door_and_end_beyond_the_most(self):
        made = seats.Modelled.of(counties(urban=[1]), PLAIN)
        spots = np.column_stack([np.linspace(0.01, 0.39, 17), np.linspace(0.09, 0.01, 17)])
        county = made.within(spots)
        start = np.array([[0.02, 0.03]])
        whole = made.spread(start, spots, county, made.legs(spots))
        assert whole == pytest.approx(made.times(start, spots), abs=1e-3)
        some = made.spread(start, spots, county, made.legs(spots), most=20)
        near = whole[0] <= 20
        assert some[0, near] == pytest.approx(whole[0, near])
        assert (some[0, ~near] > 20).all()

    @given(
        st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20)), min_size=3, max_size=7),
        st.tuples(*[st.floats(-5, 25, allow_subnormal=False)] * 4),
    )
    def test_the_share_within_an_area_is_that_of_shapely(self, corners, ends):
        area = shapely.convex_hull(shapely.multipoints(corners))
        line = shapely.linestrings([ends[:2], ends[2:]])
        if area.area == 0 or line.length < 1e-6:
            return
        sides = crossed.edges(np.array([area], object))
        simple = shapely.simplify(area, crossed.TOLERANCE)
        got = crossed.shares(np.array([ends[:2]]), np.array([ends[2:]]), sides)[0]
        along_an_edge = shapely.intersection(line, shapely.boundary(simple)).length > 1e-9
        if not along_an_edge:
            assert got == pytest.approx(line.intersection(simple).length / line.length, abs=1e-6)


class TestRoadTable:
    """Networks of drawn roads."""

    def test_lines_meet_where_they_share_a_vertex_and_not_under_a_bridge(self):
        lines = shapely.from_wkt(
            [
                "LINESTRING (0 0, 0.01 0, 0.02 0)",
                "LINESTRING (0.01 -0.01, 0.01 0)",
                "LINESTRING (0.015 -0.01, 0.015 0.01)",
            ]
        )
        found = roadtable.cut(lines)
        assert len(found.lonlat) == 6
        assert Counter(found.road.tolist()) == {0: 2, 1: 1, 2: 1}
        assert found.km == pytest.approx(np.array([0.01, 0.01, 0.01, 0.02]) * DEGREE_KM, rel=1e-6)

    def rows(self, **changed):
        """One road of a hundredth of a degree."""
        line = shapely.to_wkb(shapely.from_wkt("LINESTRING (0 0, 0.01 0)"))
        one = {"class": "primary", "maxspeed_kmh": None, "oneway": "no", "geometry": line}
        return pd.DataFrame([one | changed])

    def test_roads_are_driven_at_the_speed_of_their_class_but_not_above_their_limit(self):
        ends = np.array([[0.0, 0.0], [0.01, 0.0]])
        km = 0.01 * DEGREE_KM
        for changed, kmh in (
            ({}, 55),
            ({"maxspeed_kmh": 30.0}, 30),
            ({"maxspeed_kmh": 90.0}, 55),
            ({"class": "motorway"}, 100),
        ):
            made = roadtable.network(self.rows(**changed))
            assert made.times(ends[:1], ends[1:])[0, 0] == pytest.approx(km / kmh * 60, abs=0.01)
        assert roadtable.network(self.rows(), 0.5).times(ends[:1], ends[1:])[
            0, 0
        ] == pytest.approx(km / 27.5 * 60, abs=0.01)

    def test_one_way_roads_lead_one_way(self):
        ends = np.array([[0.0, 0.0], [0.01, 0.0]])
        for word, there, back in (("yes", True, False), ("reverse", False, True)):
            made = roadtable.network(self.rows(oneway=word))
            assert np.isfinite(made.times(ends[:1], ends[1:])[0, 0]) == there
            assert np.isfinite(made.times(ends[1:], ends[:1])[0, 0]) == back

    def test_roads_of_a_class_without_a_speed_are_left_out_and_counted(self):
        rows = pd.concat([self.rows(), self.rows(**{"class": "bridleway"})])
        assert roadtable.network(rows).unknown == 1

    def test_a_point_far_from_any_road_is_not_reached(self):
        made = roadtable.network(self.rows())
        assert np.isinf(made.times(np.array([[0.0, 0.0]]), np.array([[0.0, 1.0]]))[0, 0])
        assert made.within(np.array([[0.0, 1.0]])).tolist() == [-1]


class TestRides:
    """Road, train, road."""

    def made(self):
        """A train from A at 8:00, at B at 8:30; another an hour later."""
        stops = pd.DataFrame(
            {"stop": ["A", "B"], "name": ["A", "B"], "lon": [0.05, 0.35], "lat": [0.05, 0.05]}
        )
        calls = pd.DataFrame(
            [
                (trip, place, stop, 28800 + late + 1800 * place, 28800 + late + 1800 * place)
                for trip, late in (("1", 0), ("2", 3600))
                for place, stop in enumerate("AB")
            ],
            columns=["trip", "sequence", "stop", "arrival_seconds", "departure_seconds"],
        )
        made = Timetable.from_frames(stops, pd.DataFrame({"trip": ["1", "2"]}), calls)
        where = rides.Stations(
            np.array([0, 1]), stops[["lon", "lat"]].to_numpy(), np.full((2, 2), 99.0)
        )
        return made, where

    def took(self, **habits):
        access, egress = np.array([[10.0, np.inf]]), np.array([[np.inf], [7.0]])
        return float(rides.minutes(*self.made(), access, egress, rides.Habits(**habits))[0, 0])

    def test_ways_boarding_and_alighting_are_added_to_the_ride_and_the_wait(self):
        # At 7:35 ten minutes to the station and fifteen before boarding: on the train at 8:00 without a wait.
        assert self.took(departure=("07:35",)) == pytest.approx(10 + 15 + 30 + 5 + 7)
        assert self.took(departure=("07:36",)) == pytest.approx(59 + 25 + 30 + 5 + 7)

    def test_the_percentile_over_the_departures_is_by_nearest_rank(self):
        window = {"departure": ("07:30", "07:40")}
        # Departures from 7:30 to 7:35 take 72 down to 67 minutes, those after 126 down to 123.
        got = [self.took(**window, percentile=share) for share in (0, 50, 60, 70, 100)]
        assert got == pytest.approx([67, 71, 72, 123, 126])

    def test_every_habit_changes_the_answer(self):
        plain = self.took(departure=("07:10",))
        for changed in ({"alighting_minutes": 9}, {"boarding_minutes": 60}, {"access_minutes": 5}):
            assert self.took(departure=("07:10",), **changed) != plain
        assert self.took(departure=("07:10",), access_minutes=5) == np.inf

    def test_a_window_that_is_none_is_refused(self):
        with pytest.raises(BadAsk, match="departure is 09:00, 07:00"):
            rides.departures(("09:00", "07:00"))


class TestRegion:
    """Tables of a region."""

    def test_roads_are_modelled_where_none_are_known_and_say_so(self, little):
        found = travel_times(little, TravelTimes(from_=("990101",), to=("set:area",)))
        assert [row.minutes for row in found.rows] == [
            0.0,
            *(pytest.approx(drive(step / 10 * DEGREE_KM), abs=0.06) for step in (1, 3)),
        ]
        assert found.basis.modelled
        assert [(one.what.en, one.number) for one in found.basis.left_out] == [
            ("counties whose seat is not known; an inner point stands in", 4),
            ("counties without people counted, taken as rural", 1),
        ]

    @pytest.mark.parametrize(
        "changed",
        [
            {"detour": 1.5},
            {"rural_kmh": 50},
            {"urban_density": 1, "urban_kmh": 30},
            {"terminal_minutes": 0},
            {"speed_factor": 0.5},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    def test_every_parameter_of_modelled_roads_changes_the_answer(self, little, changed):
        ask = {"from_": ("990101",), "to": ("990102",)}
        plain = travel_times(little, TravelTimes(**ask)).rows[0].minutes
        assert travel_times(little, TravelTimes(**ask, **changed)).rows[0].minutes != plain

    def test_places_that_are_none_or_have_no_point_are_told(self, little):
        with pytest.raises(NotFound):
            travel_times(little, TravelTimes(from_=("990199",)))
        found = travel_times(little, TravelTimes(from_=("990101",), to=("990102", "990100")))
        assert (found.pairs, found.without_point) == (1, ["990100"])
        far = travel_times(little, TravelTimes(from_=("990101",), to=("50/50",)))
        assert (far.rows[0].minutes, far.unreached) == (None, 1)
        assert far.basis.left_out[-1].what.en == "places off the network of roads"

    def test_points_may_be_written_in_several_ways(self, little):
        where = Map(little)
        spots = [where.spot(text) for text in ("0.05/0.06", "0.05,0.06", " 0.05; 0.06")]
        assert {(spot.lon, spot.lat) for spot in spots} == {(0.05, 0.06)}
        with pytest.raises(BadAsk, match="no point on Earth"):
            where.spot("200/0.05")

    def test_a_road_that_is_tried_changes_its_branch_alone(self, own):
        ask = TravelTimes(from_=("990101",), to=("990104",))
        plain = travel_times(own, ask).rows[0].minutes
        trial = own.create_branch("trial")
        row = {"link": "road:x", "zh": "路", "en": "Road", "from_place": "990101", "to_place": "990104",
               "minutes": 4.0, "source": "book"}  # fmt: skip
        trial.append("link", pd.DataFrame([row]))
        assert travel_times(trial, ask).rows[0].minutes == 9.0
        assert travel_times(own, ask).rows[0].minutes == plain
        back = TravelTimes(from_=("990104",), to=("990101",))
        trial.append("link", pd.DataFrame([row | {"oneway": True}]))
        assert travel_times(trial, back).rows[0].minutes == plain

    def test_a_planned_road_has_its_minutes_from_length_and_class_and_counts_from_its_day(
        self, own
    ):
        ask = TravelTimes(from_=("990101",), to=("990104",))
        rows = [{"link": "road:x", "zh": "路", "en": "Road", "from_place": "990101", "source": "book",
                 "to_place": "990104", "length_km": 20.0, "class": "motorway", "valid_from": "2030-01-01"},
                {"link": "road:y", "zh": "路", "en": "Road", "from_place": "990101", "source": "book",
                 "to_place": "990104", "class": "footway", "valid_from": "2030-01-01"}]  # fmt: skip
        plain = travel_times(own, ask).rows[0].minutes
        own.append("link", pd.DataFrame(rows))
        assert travel_times(own, ask).rows[0].minutes == plain
        later = networks.seen(own).__class__(own.info, own.lake, pd.Timestamp("2031-01-01").date())
        found = travel_times(later, ask)
        assert found.rows[0].minutes == 12.0 + PLAIN.terminal_minutes
        told = {one.what.en: one.number for one in found.basis.left_out}
        assert told["planned roads without points, minutes or a class"] == 1

    def test_a_line_that_is_tried_runs_by_its_headway_and_what_lacks_numbers_is_counted(self, own):
        assert networks.rail_of(own) is None
        lines = [{"line": name, "zh": "线", "en": "Line", "mode": 1, "speed_kmh": kmh, "source": "book"}
                 for name, kmh in (("x", 60.0), ("bare", None))]  # fmt: skip
        own.append("line", pd.DataFrame(lines))
        places = [
            {"sequence": place, "zh": str(place), "lon": lon, "lat": 0.05, "source": "book"}
            for place, lon in enumerate((0.05, 0.35))
        ]
        stations = [{"line": name, **place} for name in ("x", "bare") for place in places]
        own.append("station", pd.DataFrame(stations))
        hours = [
            {"line": name, "hour": 8, "minutes": 60.0, "source": "book"} for name in ("x", "bare")
        ]
        own.append("headway", pd.DataFrame(hours))
        rail = networks.rail_of(own)
        assert (rail.name, len(rail.timetable.trips), [one.number for one in rail.left]) == (
            None,
            2,
            [1],
        )
        ask = {"from_": ("0.05/0.05",), "to": ("0.35/0.05",), "mode": "door", "boarding_minutes": 0,
               "alighting_minutes": 0, "rural_kmh": 20}  # fmt: skip
        found = travel_times(own, TravelTimes(**ask, departure=("08:00",))).rows[0]
        assert found.mode == "rail"
        assert found.rail_minutes == pytest.approx(0.3 * DEGREE_KM, abs=0.1)
        late = travel_times(own, TravelTimes(**ask, departure=("08:01",))).rows[0]
        assert late.rail_minutes is None


class TestEmbedded:
    """The trains that come with Hutuo."""

    def test_the_trains_of_the_pack_are_all_those_that_were_listed(self, embedded):
        file = DATA / "rail" / "calls_2021.csv"
        if not file.is_file():
            pytest.skip("calls_2021.csv lies beside the repository, and not here")
        with file.open(encoding="utf-8-sig", newline="") as lines:
            listed = Counter((row["train"], row["station"]) for row in csv.DictReader(lines))
        held = Counter((row["trip"], row["stop"]) for row in embedded.records("call"))
        assert held == listed
        assert len(embedded.records("trip")) == 586

    def test_no_train_is_faster_than_trains_are_or_goes_back_in_time(self, embedded):
        calls = embedded.table("call").sort_values(["trip", "sequence"])
        same = calls["trip"].eq(calls["trip"].shift())
        step = calls["arrival_seconds"] - calls["departure_seconds"].shift()
        assert (step[same] >= 0).all()
        assert (calls["departure_seconds"] >= calls["arrival_seconds"]).all()
        assert (step[same] < 86400).all()

    def test_direct_trains_and_their_fastest_are_those_that_were_observed(self, embedded):
        """The figures were computed outside from the same calls, before their order was worked out."""
        seen = {
            (row["place"], row["indicator"]): row["value"]
            for row in embedded.records("observation")
            if row["place"].startswith("pair:sjz") and row["indicator"].startswith("rail_")
        }
        names = {place: embedded.name_of(place).zh.split("→") for place, _ in seen}
        for place, (start, end) in names.items():
            row = trains(embedded, Trains(from_=start, to=end)).rows[0]
            wanted = seen[place, "rail_direct_trains"], seen[place, "rail_fastest_minutes"]
            assert (row.trips, row.fastest_minutes) == wanted, place

    def test_six_stops_have_coordinates_and_the_metro_takes_no_part(self, embedded):
        rail = networks.rail_of(embedded)
        assert rail.timetable.stops["lon"].notna().sum() == 6
        assert [one.number for one in rail.left] == [len(embedded.records("stop")) - 6, 3]
        assert len({row["line"] for row in embedded.records("station")}) == 3

    def test_networks_are_kept_until_something_changes(self, embedded):
        assert networks.roads_of(embedded, PLAIN) is networks.roads_of(embedded, PLAIN)
        assert networks.rail_of(embedded) is networks.rail_of(hutuo.open())


@pytest.mark.parametrize(
    ("name", "table", "source"),
    [("poa_osm.pbf", "road", "openstreetmap"), ("poa_trensurb.zip", "timetable", "poa_trensurb@")],
)
def test_an_extract_and_a_feed_are_taken_in_by_one_command(own, name, table, source):
    file = DATA / "mobility" / name
    if not file.is_file():
        pytest.skip(f"{name} lies beside the repository, and not here")
    done = ingest(own, Ingest(file=str(file)))
    assert (done.table, done.quarantined_count) == (table, 0)
    assert next(iter(own.records(table)))["source"].startswith(source)
    if table == "road":
        ask = TravelTimes(from_=("-51.22/-30.03",), to=("-51.20/-30.02",), mode="road")
        found = travel_times(own, ask)
        assert not found.basis.modelled
        assert 2 < found.rows[0].minutes < 15
        assert matching(networks.roads_of(own, PLAIN).roads.network, file) > 0.8


def matching(network, file):
    """Share of ways that take as long on the network that was read from the file by itself.

    The two differ where tags of access close a way to cars, which the table of roads does not hold.
    """
    other = RoadNetwork.from_osm(file)
    points = network.lonlat[np.random.default_rng(1).integers(0, network.nodes, 40)]
    took = []
    for one in (network, other):
        node, metres = one.nearest(points)
        assert np.median(metres) < 1
        took.append(one.travel_times(node, node))
    return float(np.isclose(*took, atol=0.01).mean())
