"""Sight lines by hand, and buildings held against rules."""

import numpy as np
import pandas as pd
import pytest
import shapely
from hypothesis import given
from hypothesis import strategies as st
from pyproj import Geod

from hutuo.errors import BadInput
from hutuo.plan.sightlines import Capped, Corridor, Sector, Viewpoint, capped, framed, seen
from hutuo.plan.viewcheck import ViewCheck, view_check

EYE = Viewpoint(114.5, 38.0, 70.0)
EARTH = Geod(ellps="WGS84")
# Bends light as much as the Earth is curved: lines are straight over flat ground.
FLAT = 1.0


def at(azimuth, metres):
    """Longitude and latitude of a place seen from the eye."""
    lon, lat, _ = EARTH.fwd(EYE.lon, EYE.lat, azimuth, metres)
    return lon, lat


def points(*places):
    return np.array([shapely.Point(at(*place)) for place in places], object)


def corridor(metres=110.0):
    return Corridor(EYE, Viewpoint(*at(90, 4000), metres), 200.0)


def test_a_line_to_a_landmark_rises_with_the_distance():
    """From 70 m to 110 m over 4 km: 80 m at 1 km; half of 200 m is 50 m to the side there."""
    side = np.degrees(np.arctan2(60, 1000))
    inner = np.degrees(np.arctan2(49, 1000))
    shapes = points((90, 1000), (90 + side, 1000), (90 + inner, 1000), (270, 1000), (90, 4100))
    found = framed(corridor(), shapes, FLAT)
    assert found[[0, 2]] == pytest.approx([80, 70 + 40 * np.cos(np.radians(inner)) / 4], abs=1e-3)
    assert np.isinf(found[[1, 3, 4]]).all()


def test_the_ground_falls_away_below_a_line():
    """By x (x - D) (1 - k) / 2R: at 1 km of 4 km, with k = 0.13, 0.205 m less than over flat ground."""
    bent = framed(corridor(), points((90, 1000)), 0.13) - framed(
        corridor(), points((90, 1000)), FLAT
    )
    assert bent == pytest.approx(1000 * (1000 - 4000) * 0.87 / (2 * 6371008.8), rel=1e-3)


def test_the_lowest_line_over_a_footprint_counts():
    """Where the line rises it is the near side, where it falls the far side."""
    near, far = at(90, 1000), at(90, 1400)
    high, low = at(89.9, 1400), at(90.1, 1000)
    plot = np.array([shapely.Polygon([near, high, far, low])], object)
    assert framed(corridor(110.0), plot, FLAT) == pytest.approx(80, abs=0.01)
    assert framed(corridor(30.0), plot, FLAT) == pytest.approx(70 - 14, abs=0.01)
    assert framed(corridor(70.0), plot, 0.0)[0] < framed(corridor(70.0), plot, FLAT)[0]


def test_a_part_of_a_footprint_is_enough():
    """Only what stands within the corridor is held against it."""
    plot = np.array([shapely.Polygon([at(90, 2000), at(93, 2000), at(93, 500)])], object)
    (within,) = framed(corridor(), plot, FLAT)
    assert 70 < within < 90


def test_a_skyline_is_an_angle():
    rule = Sector(EYE, 80.0, 100.0, 1.0, 3000.0)
    found = seen(rule, points((90, 1000), (101, 1000), (90, 3100), (80.01, 2000)), FLAT)
    tangent = np.tan(np.radians(1.0))
    assert found[[0, 3]] == pytest.approx([70 + 1000 * tangent, 70 + 2000 * tangent], abs=1e-3)
    assert np.isinf(found[1:3]).all()


@pytest.mark.parametrize(
    ("start", "end"), [(0.0, 0.0), (0.0, 360.0), (90.0, 90.0), (350.0, 349.9)]
)
def test_a_sector_may_go_all_round(start, end):
    found = seen(
        Sector(EYE, start, end, 2.0, 5000.0), points(*((a, 900) for a in range(0, 360, 15)))
    )
    assert np.isfinite(found).all()
    assert np.ptp(found) < 1e-3


def test_a_sector_may_go_over_north():
    found = seen(Sector(EYE, 350.0, 10.0, 2.0, 5000.0), points((0, 900), (355, 900), (20, 900)))
    assert np.isfinite(found).tolist() == [True, True, False]


def test_a_cap_counts_from_the_ground_or_from_the_sea():
    area = shapely.box(114, 37, 115, 39)
    shapes, ground = points((90, 100), (90, 200_000)), np.array([68.0, 10.0])
    assert capped(Capped(area, 80.0), shapes, ground).tolist() == [148.0, np.inf]
    assert capped(Capped(area, 80.0, above_sea=True), shapes, ground).tolist() == [80.0, np.inf]


@given(
    azimuth=st.floats(0, 360),
    share=st.floats(0.05, 0.95),
    landmark=st.floats(0, 400),
    length=st.floats(500, 20_000),
)
def test_a_building_just_below_the_line_leaves_the_landmark_in_view(
    azimuth, share, landmark, length
):
    """The angle under which its top is seen is that of the landmark, by the bent lines of both."""
    lon, lat, _ = EARTH.fwd(EYE.lon, EYE.lat, azimuth, length)
    rule = Corridor(EYE, Viewpoint(lon, lat, landmark), 50.0)
    (most,) = framed(rule, points((azimuth, share * length)))

    def angle(metres, distance):
        fall = 0.87 * distance**2 / (2 * 6371008.8)
        return (metres - fall - EYE.metres) / distance

    assert angle(most, share * length) == pytest.approx(angle(landmark, length), abs=1e-6)


def rows(unit):
    """A cap of 24 m, a view and a skyline; buildings near and far, one of unknown ground."""
    lon, lat = at(90, 4000)
    viewpoint = {"viewpoint_lon": EYE.lon, "viewpoint_lat": EYE.lat, "viewpoint_m": EYE.metres}
    rules = [
        {"rule": "cap", "kind": "height", "area": shapely.box(114.4, 37.9, 114.52, 38.1).wkt, "most_m": 24.0},
        {"rule": "tower", "kind": "view", "landmark_lon": lon, "landmark_lat": lat, "landmark_m": 110.0,
         "half_width_m": 200.0, **viewpoint},
        {"rule": "ridge", "kind": "skyline", "from_degrees": 80.0, "to_degrees": 100.0,
         "most_degrees": 1.0, "within_m": 3000.0, **viewpoint},
    ]  # fmt: skip
    buildings = [
        ("low", "p1", (90, 1000), 68.0, 10.0, "built"),
        ("tall", "p1", (90, 1000), 68.0, 30.0, "planned"),
        ("unknown", "p2", (90, 1000), None, 20.0, "built"),
        ("beside", "p2", (180, 1000), 68.0, 24.0, "built"),
    ]
    told = [
        {"building": name, "parcel": parcel, "place": unit, "lon": at(*place)[0], "lat": at(*place)[1],
         "ground_m": ground, "height_m": height, "state": state, "source": "book"}
        for name, parcel, place, ground, height, state in buildings
    ]  # fmt: skip
    named = [{"zh": row["rule"], "en": row["rule"], "source": "book", **row} for row in rules]
    return {"view_rule": named, "building": told}


def record(region, frames):
    made = {name: pd.DataFrame(its).astype(object) for name, its in frames.items()}
    region.record({n: frame.where(frame.notna(), None) for n, frame in made.items()}, verb="test")


@pytest.fixture
def drawn(own):
    record(own, rows(own.records("unit")[0]["unit"]))
    return own


def test_buildings_are_held_against_every_rule(drawn):
    found = view_check(drawn, ViewCheck(refraction=FLAT))
    assert (found.buildings, found.at_points, found.violations) == (4, 4, 3)
    # 80 m above the sea is 12 m above a ground of 68 m; 1 degree at 1 km is 17.46 m above the eye.
    assert [(r.building, r.rule, round(r.most_m, 2), round(r.over_m, 2)) for r in found.rows] == [
        ("tall", "tower", 12.0, 18.0),
        ("tall", "ridge", 19.46, 10.54),
        ("tall", "cap", 24.0, 6.0),
    ]
    by_rule = {row.rule: row for row in found.checked_rules}
    assert {(r, o.buildings, o.violations, o.ground_unknown) for r, o in by_rule.items()} == {
        ("cap", 4, 1, 0),
        ("tower", 3, 1, 1),
        ("ridge", 3, 1, 1),
    }
    (parcel,) = found.parcels
    assert (parcel.parcel, parcel.buildings, parcel.violating) == ("p1", 2, 1)
    assert parcel.worst_m == pytest.approx(18, abs=0.001)


@pytest.mark.parametrize(
    ("ask", "violations"),
    [
        ({"rules": ("cap",)}, 1),
        ({"state": ("built",)}, 0),
        ({"limit": 1}, 3),
        # Over a ground that falls away unbent the eye sees 24 cm more of the building.
        ({"refraction": 0.0}, 3),
    ],
)
def test_every_option_changes_the_answer(drawn, ask, violations):
    plain = view_check(drawn, ViewCheck(refraction=FLAT))
    found = view_check(drawn, ViewCheck(**{"refraction": FLAT} | ask))
    assert found != plain
    assert found.violations == violations


def test_only_one_unit_may_be_asked(drawn):
    assert view_check(drawn, ViewCheck(place=drawn.records("unit")[1]["unit"])).buildings == 0


def test_a_building_of_a_branch_is_held_against_the_rules_there(drawn):
    there = drawn.create_branch("towers")
    (unit, *_) = (row["unit"] for row in drawn.records("unit"))
    more = rows(unit)["building"][1] | {"building": "twin"}
    record(there, {"building": [more]})
    assert view_check(there, ViewCheck()).violations == 6
    assert view_check(drawn, ViewCheck()).violations == 3


def test_faults_are_told_all_at_once(drawn):
    unit = drawn.records("unit")[0]["unit"]
    eye = {"viewpoint_lon": 114.5, "viewpoint_lat": 38.0, "viewpoint_m": 70.0}
    landmark = {
        "landmark_lon": 114.5,
        "landmark_lat": 38.0,
        "landmark_m": 90.0,
        "half_width_m": 5.0,
    }
    wrong = [
        {"rule": "bare", "kind": "height", "most_m": 10.0},
        {
            "rule": "crossed",
            "kind": "height",
            "most_m": 9.0,
            "area": "POLYGON ((0 0, 1 1, 1 0, 0 1, 0 0))",
        },
        {"rule": "self", "kind": "view", **eye, **landmark},
    ]
    named = [{"zh": row["rule"], "en": row["rule"], "source": "book", **row} for row in wrong]
    record(drawn, {"view_rule": named})
    with pytest.raises(BadInput) as told:
        view_check(drawn, ViewCheck(rules=("bare", "crossed", "self", "none")))
    said = str(told.value)
    for part in ("bare.area", "crossed.area", "Self-intersection", "self.landmark_lon", "none"):
        assert part in said
    house = rows(unit)["building"][0]
    record(
        drawn,
        {
            "building": [
                house | {"footprint": "POINT (1 2)"},
                house | {"building": "b", "footprint": "no"},
            ]
        },
    )
    with pytest.raises(BadInput, match=r"low\.footprint") as told:
        view_check(drawn, ViewCheck(rules=("cap",)))
    assert "b.footprint" in str(told.value)


def test_an_outline_without_corners_is_none(drawn):
    house = rows(drawn.records("unit")[0]["unit"])["building"][0] | {"footprint": "POLYGON EMPTY"}
    record(drawn, {"building": [house]})
    with pytest.raises(BadInput, match="is no polygon as WKT"):
        view_check(drawn, ViewCheck(rules=("cap",)))
