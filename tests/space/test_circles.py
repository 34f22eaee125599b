"""Isochrones, the commuting circle and the rescue circle on the tiny region, worked by hand."""

import numpy as np
import pytest
import shapely

from hutuo.base.sphere import RADIUS_KM
from hutuo.errors import BadAsk, NotFound
from hutuo.space.circles import CommutingCircle, commuting_circle
from hutuo.space.isochrone import Isochrone, isochrone, within
from hutuo.space.rescue import Rescue, hourly, rescue

KM = 0.1 * RADIUS_KM * np.pi / 180
MINUTES = KM * 1.33 / 80 * 60 + 5


@pytest.fixture(scope="module")
def hour(little):
    """What lies within some minutes of the first unit's middle."""
    return isochrone(little, Isochrone(place="990101", minutes=(20, 10), resolution=8))


class TestIsochrone:
    """Polygons of what is reached."""

    def test_limits_ascend_and_their_polygons_contain_each_other(self, hour):
        small, large = (shapely.geometry.shape(one.geometry) for one in hour.features)
        assert [one.properties.minutes for one in hour.features] == [10, 20]
        assert large.contains(small)

    def test_a_polygon_is_as_large_as_its_cells_and_as_the_circle_it_should_be(self, hour):
        """Ten minutes less five at the ends are five at 80 km/h over a detour of 1.33: 5.01 km."""
        from hutuo.base.crosswalk import flat

        small = hour.features[0]
        shape = np.array([shapely.geometry.shape(small.geometry)], object)
        drawn = float(shapely.area(flat(shape))[0]) / 1e6
        assert drawn == pytest.approx(small.properties.area_km2, rel=0.01)
        assert drawn == pytest.approx(np.pi * (5 / 60 * 80 / 1.33) ** 2, rel=0.06)

    def test_people_are_spread_over_their_county_and_all_are_there_in_the_end(self, little, hour):
        found = isochrone(little, Isochrone(place="990101", minutes=(200,), resolution=8))
        assert found.people_year == 2020
        assert found.features[0].properties.people == pytest.approx(1000 + 500 + 400, abs=1)
        assert hour.features[0].properties.people < 1000

    def test_a_point_and_a_place_at_the_same_spot_reach_the_same(self, little, hour):
        found = isochrone(
            little, Isochrone(lon=hour.lon, lat=hour.lat, minutes=(10, 20), resolution=8)
        )
        assert [one.properties for one in found.features] == [
            one.properties for one in hour.features
        ]

    @pytest.mark.parametrize(
        "changed",
        [
            {"terminal_minutes": 0},
            {"resolution": 7},
            {"speed_factor": 0.6},
            {"detour": 2},
        ],
        ids=lambda changed: next(iter(changed)),
    )
    def test_every_parameter_changes_the_answer(self, little, changed):
        plain = {"place": "990101", "minutes": (10,), "resolution": 8}
        one, other = (
            isochrone(little, Isochrone(**ask)).features[0].properties.area_km2
            for ask in (plain, plain | changed)
        )
        assert one != other

    def test_the_limit_counts_as_within_only_if_it_is_included(self):
        took = np.array([59.99, 60.0, 60.004, 60.02, np.inf])
        assert within(took, 60, included=True).tolist() == [True, True, True, False, False]
        assert within(took, 60, included=False).tolist() == [True, False, False, False, False]

    def test_where_nothing_is_reached_there_is_no_polygon(self, little):
        found = isochrone(little, Isochrone(place="50/50"))
        assert (found.features[0].geometry, found.features[0].properties.cells) == (None, 0)

    @pytest.mark.parametrize(
        "ask",
        [
            {},
            {"lon": 1.0},
            {"place": "990101", "lon": 1.0, "lat": 1.0},
            {"place": "990101", "minutes": (500,)},
        ],
    )
    def test_an_ask_that_is_none_is_refused(self, little, ask):
        with pytest.raises(BadAsk):
            isochrone(little, Isochrone(**ask))

    def test_a_place_without_a_point_is_told(self, little):
        with pytest.raises(NotFound, match="no point is known of '990100'"):
            isochrone(little, Isochrone(place="990100"))


class TestCircle:
    """Members within some minutes."""

    def test_members_stand_by_their_minutes_and_the_limit_both_ways(self, little):
        limit = round(MINUTES, 1)
        found = commuting_circle(little, CommutingCircle(core=("990101",), minutes=limit))
        assert [(row.place, row.inside, row.inside_open) for row in found.rows] == [
            ("990101", True, True),
            ("990102", True, False),
            ("part:delta-town", False, False),
        ]
        assert found.farthest_minutes == pytest.approx(3 * (MINUTES - 5) + 5, abs=0.06)
        shares = {(row.year, row.included): row.share for row in found.people}
        assert shares[2020, True] == 100
        assert shares[2020, False] == pytest.approx(100 * 1000 / 1500, abs=0.01)

    def test_who_was_not_counted_is_named(self, little):
        found = commuting_circle(little, CommutingCircle(core=("990101",), minutes=30))
        year = next(row for row in found.people if row.year == 2010 and row.included)
        assert (year.counted, year.missing, year.missing_inside) == (
            1,
            ["990102", "part:delta-town"],
            1,
        )

    def test_the_core_is_the_member_with_most_people_if_none_is_named(self, little):
        assert commuting_circle(little, CommutingCircle()).core == ["990101"]

    def test_of_a_core_of_several_the_nearest_counts(self, little):
        found = commuting_circle(little, CommutingCircle(core=("990101", "990104")))
        assert {row.place: row.nearest for row in found.rows} == {
            "990101": "990101",
            "990102": "990101",
            "part:delta-town": "990104",
        }

    def test_between_stations_nothing_is_reached_where_nothing_runs(self, little):
        found = commuting_circle(little, CommutingCircle(core=("990101",), mode="rail"))
        assert [row.minutes for row in found.rows if row.place == "990102"] == [None]
        assert found.basis.modelled is False
        assert found.basis.method.en.endswith("by road only")


class TestRescue:
    """Who is within reach of a station."""

    def test_without_stations_the_answer_says_what_is_missing_and_gives_no_figure(self, little):
        found = rescue(little, Rescue(kind="fire_station"))
        assert (found.stations, found.cover, found.rows, found.gaps) == (0, [], [], None)
        assert "amenity=fire_station" in found.missing[0].en

    def test_seats_stand_in_only_when_asked_for(self, little):
        found = rescue(little, Rescue(seats=True, minutes=100))
        assert (found.stand_in, found.stations, found.rows) == (True, 3, [])
        assert (found.cover[0].people_share, found.cover[0].area_share) == (100, 100)
        assert found.without_boundary == ["part:delta-town"]

    def test_what_is_covered_and_what_is_not_add_up(self, little):
        found = rescue(
            little, Rescue(stations=("990101",), minutes=11, resolution=8, geometry=True)
        )
        open_km2 = sum(row.area_km2 for row in found.rows)
        whole = found.cover[0].area_km2 / found.cover[0].area_share * 100
        assert found.cover[0].area_km2 + open_km2 == pytest.approx(whole, abs=0.2)
        people = found.cover[0].people + sum(row.people for row in found.rows)
        assert people == pytest.approx(1500, abs=2)
        assert found.rows[0].unit in ("990101", "990102")
        # Ten minutes after a turnout of one; five of them at the ends: the same circle as an isochrone's.
        assert found.cover[0].area_km2 == pytest.approx(np.pi * 5.01**2, rel=0.06)

    def test_it_is_slower_at_the_rush_hour(self, little):
        ask = Rescue(stations=("990101",), minutes=15, hours=("17:0.5", "8:0.8"), resolution=8)
        found = rescue(little, ask)
        assert [(one.hour, one.speed_factor) for one in found.cover] == [
            (None, 1),
            (8, 0.8),
            (17, 0.5),
        ]
        shares = [one.area_share for one in found.cover]
        assert shares == sorted(shares, reverse=True)
        assert len(set(shares)) == 3

    def test_a_named_point_and_a_turnout_count(self, little):
        at_once, later = (
            rescue(
                little, Rescue(stations=("0.1/0.05",), minutes=12, turnout_minutes=t, resolution=8)
            )
            for t in (0, 4)
        )
        assert at_once.cover[0].area_km2 > later.cover[0].area_km2

    def test_places_that_note_the_kind_are_its_stations(self, own):
        import pandas as pd

        wkb = shapely.to_wkb(shapely.Point(0.05, 0.05))
        place = {"place": "point:osm-n1", "kind": "point", "zh": "消防站", "en": "Fire station",
                 "source": "book", "note": "amenity=fire_station"}  # fmt: skip
        own.append("place", pd.DataFrame([place]))
        drawn = {"place": "point:osm-n1", "geometry": wkb, "area_km2": 0.0, "label_lon": 0.05,
                 "label_lat": 0.05, "source": "book"}  # fmt: skip
        own.append("boundary", pd.DataFrame([drawn]))
        assert rescue(own, Rescue(kind="fire_station")).stations == 1

    @pytest.mark.parametrize("ask", [{}, {"seats": True, "kind": "x"}])
    def test_exactly_one_kind_of_station_is_asked_for(self, little, ask):
        with pytest.raises(BadAsk, match="which stations"):
            rescue(little, Rescue(**ask))

    def test_every_hour_that_is_none_is_told(self):
        assert hourly(["8:0.6", "17:0.7"]) == {8: 0.6, 17: 0.7}
        with pytest.raises(BadAsk, match="x, 24:1, 8:0, 9 are no hour"):
            hourly(["x", "24:1", "8:0", "9", "7:1"])
