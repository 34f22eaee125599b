"""Timetables: what feeds say becomes arrivals, and what they say wrongly is told."""

import zipfile
from datetime import date

import feeds_by_hand
import numpy as np
import pandas as pd
import pytest
from expanded import Expanded, Rules
from feeds_by_hand import MOBILITY

from hutuo.base.sphere import RADIUS_KM
from hutuo.errors import BadAsk, BadInput, NotFound
from hutuo.space.lines import Line, Station, departures
from hutuo.space.timetable import Timetable, milliseconds

INF = float("inf")
DAY = "2024-12-18"
FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n1,x,x,Asia/Shanghai\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon,parent_station\nA,A,38.0,114.5,\nB,B,38.0,114.6,\n"
    "C,C,38.0,114.7,\nD,D,38.0,114.8,\n",
    "routes.txt": "route_id,route_short_name,route_type\nR,1,3\nS,2,3\n",
    "trips.txt": "route_id,service_id,trip_id\nR,W,t1\nR,W,t2\nS,W,u1\nS,X,u2\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,08:00:00,08:00:00,A,1\nt1,08:10:00,08:11:00,B,2\nt1,08:20:00,08:20:00,C,3\n"
    "t2,23:50:00,23:50:00,A,1\nt2,24:05:00,24:05:00,B,2\n"
    "u1,08:10:00,08:10:00,B,1\nu1,08:30:00,08:30:00,D,2\n"
    "u2,08:10:00,08:10:00,B,1\nu2,08:12:00,08:12:00,D,2\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\nW,1,1,1,1,1,0,0,20241216,20241229\nX,0,0,0,0,0,1,0,20241216,20241229\n",
}
TRANSFERS = "from_stop_id,to_stop_id,transfer_type,min_transfer_time\n"
PORTO = ("poa_eptc.zip", "poa_trensurb.zip"), date(2019, 5, 13), (12, 16)
NEW_YORK = ("nyc_subway_gtfs.zip",), date(2024, 12, 18), (5, 24)


def feed(folder, name="feed.zip", **changes):
    """A feed with some of its files changed, under their name without .txt; None leaves one out."""
    files = FEED | {f"{key}.txt": text for key, text in changes.items()}
    with zipfile.ZipFile(folder / name, "w") as out:
        for file, text in files.items():
            if text is not None:
                out.writestr(file, text)
    return folder / name


def minutes(timetable, *args, **more):
    return {k: v for k, v in timetable.arrivals(*args, **more).items() if v < INF}


def test_whoever_arrives_when_a_trip_leaves_gets_on_it(tmp_path):
    table = Timetable.from_gtfs([feed(tmp_path)], DAY)
    assert minutes(table, "A") == {"A": 0, "B": 10, "C": 20, "D": 30}
    assert table.arrivals("A").index.name == "stop_id"


def test_without_transfers_only_one_trip_is_ridden(tmp_path):
    table = Timetable.from_gtfs(feed(tmp_path), date(2024, 12, 18))
    assert minutes(table, "A", "08:00", 0) == {"A": 0, "B": 10, "C": 20}
    assert minutes(table, "A", max_transfers=1) == minutes(table, "A")


def test_trips_after_midnight_belong_to_the_day_on_which_they_began(tmp_path):
    table = Timetable.from_gtfs(feed(tmp_path), DAY)
    assert minutes(table, "A", "23:00") == {"A": 0, "B": 65}
    assert minutes(table, "B", "24:10") == {"B": 0}


def test_a_day_runs_what_its_calendar_and_exceptions_say(tmp_path):
    changed = "service_id,date,exception_type\nX,20241218,1\nW,20241218,2\n"
    table = Timetable.from_gtfs(feed(tmp_path, calendar_dates=changed), DAY)
    assert minutes(table, "B") == {"B": 0, "D": 12}
    assert minutes(table, "A") == {"A": 0}


def test_a_day_outside_the_feed_is_refused_with_its_span(tmp_path):
    with pytest.raises(BadInput, match="from 2024-12-16 to 2024-12-28"):
        Timetable.from_gtfs(feed(tmp_path), "2025-01-18")


def test_a_day_on_which_nothing_runs_is_told(tmp_path):
    table = Timetable.from_gtfs(feed(tmp_path), "2024-12-22")
    assert any("no trip runs on 2024-12-22 (sunday)" in str(one) for one in table.findings)
    assert minutes(table, "A") == {"A": 0}


def test_frequencies_run_from_their_start_and_never_at_their_end(tmp_path):
    often = "trip_id,start_time,end_time,headway_secs\nt1,09:00:00,09:20:00,600\n"
    table = Timetable.from_gtfs(feed(tmp_path, frequencies=often), DAY)
    assert minutes(table, "A", "08:00")["B"] == 70
    assert minutes(table, "A", "09:01")["B"] == 19
    assert minutes(table, "A", "09:11") == {"A": 0, "B": 894}


def test_links_take_their_time_follow_one_another_and_may_be_forbidden(tmp_path):
    said = TRANSFERS + "C,D,2,60\nD,A,2,30\nA,D,3,\nB,C,3,\nB,C,2,10\n"
    table = Timetable.from_gtfs(feed(tmp_path, transfers=said), DAY)
    assert minutes(table, "A") == {"A": 0, "B": 10, "C": 20, "D": 21}
    assert minutes(table, "C") == {"C": 0, "D": 1, "A": 1.5, "B": 965}


def test_a_stop_that_forbids_changes_has_none(tmp_path):
    table = Timetable.from_gtfs(feed(tmp_path, transfers=TRANSFERS + "B,B,3,\n"), DAY)
    assert minutes(table, "A") == {"A": 0, "B": 10, "C": 20}
    assert minutes(table, "B")["D"] == 30


def test_a_row_of_stations_links_their_platforms(tmp_path):
    stops = (
        "stop_id,stop_name,stop_lat,stop_lon,parent_station\nA,A,38.0,114.5,\nB,B,38.0,114.6,\n"
        "C,C,38.0,114.7,SC\nD,D,38.0,114.8,SD\nSC,c,38.0,114.7,\nSD,d,38.0,114.8,\n"
    )
    said = TRANSFERS + "SC,SD,2,120\n"
    table = Timetable.from_gtfs(feed(tmp_path, stops=stops, transfers=said), DAY)
    assert minutes(table, "A") == {"A": 0, "B": 10, "C": 20, "D": 22}
    assert minutes(table, "SC") == {"SC": 0, "C": 0, "D": 2}


def test_nobody_gets_on_or_off_where_that_is_forbidden(tmp_path):
    times = (
        "trip_id,arrival_time,departure_time,stop_id,stop_sequence,pickup_type,drop_off_type\n"
        "t1,08:00:00,08:00:00,A,1,0,0\nt1,08:10:00,08:11:00,B,2,1,1\nt1,08:20:00,08:20:00,C,3,0,0\n"
    )
    table = Timetable.from_gtfs(feed(tmp_path, stop_times=times), DAY)
    assert minutes(table, "A") == {"A": 0, "C": 20}
    assert minutes(table, "B") == {"B": 0}


def test_times_that_lack_lie_evenly_between_those_around(tmp_path):
    times = FEED["stop_times.txt"].replace("t1,08:10:00,08:11:00,B,2", "t1,,,B,2")
    table = Timetable.from_gtfs(feed(tmp_path, stop_times=times), DAY)
    assert minutes(table, "A")["B"] == 10


def test_broken_trips_are_left_out_and_named_with_their_row(tmp_path):
    times = FEED["stop_times.txt"].replace("08:20:00,08:20:00,C", "08:05:00,08:05:00,C")
    table = Timetable.from_gtfs(feed(tmp_path, stop_times=times), DAY)
    assert minutes(table, "A") == {"A": 0, "B": 965}
    told = [one for one in table.findings if "left out" in str(one)]
    assert [(one.file, one.row) for one in told] == [("feed.zip/stop_times.txt", 4)]


@pytest.mark.parametrize(
    ("change", "row", "says"),
    [
        (
            {"stop_times": FEED["stop_times.txt"].replace("08:10:00,08:11", "8h,08:11")},
            3,
            "is no time",
        ),
        ({"stops": FEED["stops.txt"].replace("38.0,114.8", ",")}, 5, "has no coordinates"),
        (
            {"stops": FEED["stops.txt"].replace("38.0,114.8", "38.0,-70")},
            5,
            "far from the other stops",
        ),
        (
            {"stops": FEED["stops.txt"].replace("38.0,114.8", "114.8,38.0")},
            5,
            "degrees within ±90",
        ),
        ({"trips": FEED["trips.txt"].replace("R,W,t2", "Q,W,t2")}, 3, "no route_id"),
        ({"transfers": TRANSFERS + "A,Z,2,5\n"}, 2, "no stop_id"),
        ({"transfers": TRANSFERS + "A,B,2,\n"}, 2, "no time; 0 is taken"),
        ({"transfers": TRANSFERS + "A,B,9,\n"}, 2, "no transfer_type"),
    ],
)
def test_each_fault_is_named_with_its_row(tmp_path, change, row, says):
    table = Timetable.from_gtfs(feed(tmp_path, **change), DAY)
    assert [one.row for one in table.findings if says in str(one)] == [row]


def test_services_that_overlap_are_told(tmp_path):
    trips = FEED["trips.txt"] + "R,W,again\n"
    times = FEED["stop_times.txt"] + "again,08:00:00,08:00:00,A,1\nagain,08:10:00,08:11:00,B,2\n"
    times += "again,08:20:00,08:20:00,C,3\n"
    table = Timetable.from_gtfs(feed(tmp_path, trips=trips, stop_times=times), DAY)
    told = [one for one in table.findings if "overlap" in str(one)]
    assert [one.row for one in told] == [11]


def test_ids_of_several_feeds_are_kept_apart_only_where_they_collide(tmp_path):
    stops = FEED["stops.txt"].replace("\nD,", "\nE,").replace("D,38", "E,38")
    times = FEED["stop_times.txt"].replace(",D,", ",E,")
    other = feed(tmp_path, "other.zip", stops=stops, stop_times=times)
    table = Timetable.from_gtfs([feed(tmp_path), other], DAY)
    ids = table.stops["stop"].tolist()
    assert ids == ["feed:A", "feed:B", "feed:C", "D", "other:A", "other:B", "other:C", "E"]
    assert minutes(table, "feed:A")["D"] == 30
    assert minutes(table, "other:B") == {"other:B": 0, "other:C": 20, "E": 30}
    assert table.trips["trip"].is_unique


def test_an_unknown_stop_or_time_is_refused(tmp_path):
    table = Timetable.from_gtfs(feed(tmp_path), DAY)
    with pytest.raises(NotFound, match="no stop 'Z'"):
        table.arrivals("Z")
    for given in ("8", "25:61", "49:00", ""):
        with pytest.raises(BadAsk, match="is no time"):
            table.arrivals("A", given)
    with pytest.raises(BadAsk, match="max_transfers is -1"):
        table.arrivals("A", max_transfers=-1)
    with pytest.raises(BadAsk, match="is no date"):
        Timetable.from_gtfs(feed(tmp_path), "18.12.2024")


def test_frames_that_do_not_fit_together_are_refused_with_every_row():
    stops = pd.DataFrame(
        {"stop": ["A", "B"], "name": ["a", "b"], "lon": [0.0, 1], "lat": [0.0, 0]}
    )
    calls = pd.DataFrame(
        {
            "trip": ["t", "t", "v"],
            "sequence": [1, 2, 1],
            "stop": ["A", "Z", "B"],
            "arrival_seconds": [0, 60, 0],
            "departure_seconds": [0, 60, 0],
        }
    )
    with pytest.raises(BadInput) as caught:
        Timetable.from_frames(stops, pd.DataFrame({"trip": ["t"]}), calls)
    assert [(one.file, one.row, one.column) for one in caught.value.findings] == [
        ("calls", 1, "stop"),
        ("calls", 2, "trip"),
    ]
    with pytest.raises(BadInput, match="lack columns"):
        Timetable.from_frames(stops, pd.DataFrame({"trip": ["t"]}), calls.drop(columns="stop"))


def compared(place, queries, seed=0):
    """Labels that differ from those of the oracle over random queries, and how many there are."""
    names, day, hours = place
    paths = [MOBILITY / name for name in names]
    if not all(path.exists() for path in paths):
        pytest.skip("the feeds beside the repository (../shared) are not there")
    table = Timetable.from_gtfs(paths, day)
    said = [feeds_by_hand.links(path) for path in paths]
    oracle = Expanded(
        [trip for path in paths for trip in feeds_by_hand.trips(path, day)],
        [way for ways, _ in said for way in ways],
        [pair for _, barred in said for pair in barred],
    )
    rng = np.random.default_rng(seed)
    starts = sorted(oracle.leaving)
    differ, labels = [], 0
    for _ in range(queries):
        stop = starts[rng.integers(len(starts))]
        minute = int(rng.integers(60 * hours[0], 60 * hours[1]))
        transfers = [None, None, 0, 1, 3][rng.integers(5)]
        clock = f"{minute // 60:02d}:{minute % 60:02d}"
        rules = Rules(rides=None if transfers is None else transfers + 1)
        want = oracle.arrivals([(stop, 0)], minute * 60_000, rules)
        for to, found in table.arrivals(stop, clock, transfers).items():
            right = (want[to][0] - minute * 60_000) / 60_000 if to in want else INF
            labels += 1
            if found != right:
                differ.append((stop, clock, transfers, to, found, right))
    return differ, labels


@pytest.mark.parametrize("place", [PORTO, NEW_YORK])
def test_every_arrival_equals_that_of_a_plain_search(place):
    differ, labels = compared(place, 12)
    assert differ == []
    assert labels > 3_000


@pytest.mark.long
@pytest.mark.parametrize("place", [PORTO, NEW_YORK])
def test_every_arrival_of_200_queries_equals_that_of_a_plain_search(place):
    assert compared(place, 200, seed=1)[0] == []


def test_a_planned_line_runs_by_its_headways_in_both_directions(tmp_path):
    table = Timetable.from_gtfs(feed(tmp_path), DAY)
    line = Line(
        "L", ["A", Station("N", 114.55, 38.1), "D"], {8: 10, 9: 30}, minutes=[3, 4], dwell=1
    )
    more = table.with_lines(line)
    assert minutes(more, "A", "08:05") == {"A": 0, "N": 8, "D": 13, "B": 960}
    assert minutes(more, "D", "09:01") == {"D": 0, "N": 33, "A": 37, "B": 904}
    assert more.base is table.base
    assert "N" not in table.arrivals("A").index


def test_a_headway_holds_from_the_hour_in_which_a_trip_sets_out():
    assert [one / 60_000 for one in departures({7: 25, 8: 30, 10: 60})] == [
        *(420, 445, 470),
        *(495, 525),
        600,
    ]


def test_a_speed_becomes_minutes_by_the_length_of_the_track(tmp_path):
    table = Timetable.from_gtfs(feed(tmp_path), DAY)
    line = Line("L", ["A", Station("N", 114.5, 39.0)], {8: 60}, kmh=60, detour=1.2)
    took = minutes(table.with_lines([line]), "A")["N"]
    assert took == pytest.approx(RADIUS_KM * np.pi / 180 * 1.2, abs=1e-5)


def test_lines_one_after_another_equal_both_at_once(tmp_path):
    table = Timetable.from_gtfs(feed(tmp_path), DAY)
    lines = [
        Line("L", ["A", Station("N", 114.5, 38.1)], {8: 7}, minutes=[5]),
        Line("M", ["N", "D"], {8: 5}, minutes=[2], both=False),
    ]
    steps = table.with_lines(lines[:1]).with_lines(lines[1:])
    assert minutes(steps, "A") == minutes(table.with_lines(lines), "A")
    assert minutes(steps, "A")["D"] == 7
    assert steps.read is table
    assert table.with_lines([]) is table


@pytest.mark.parametrize(
    ("line", "says"),
    [
        (Line("L", ["A"], {8: 5}, minutes=[]), "are no line"),
        (
            Line("L", ["A", "Z"], {8: 5}, minutes=[1]),
            "'Z' is no stop; a new one needs lon and lat",
        ),
        (Line("L", ["A", Station("B", 1, 1)], {8: 5}, minutes=[1]), "is a stop already"),
        (Line("L", ["A", "B"], {8: 5}), "either minutes or kmh"),
        (Line("L", ["A", "B"], {8: 5}, minutes=[1, 2]), "2 values for 1 hops"),
        (Line("L", ["A", "B"], {8: 5}, kmh=-3), "not all numbers above 0"),
        (Line("L", ["A", "B"], {8: 0}, minutes=[1]), "no number of minutes"),
        (Line("L", ["A", "B"], {99: 5}, minutes=[1]), "no hour from 0"),
        (Line("L", ["A", "B"], {}, minutes=[1]), "no trip would run"),
        (Line("L", ["A", "B"], {8: 5}, minutes=[1], dwell=-1), "less than 0 minutes"),
        (Line("L", ["A", "B"], {8: 5}, kmh=9, detour=0.5), "shorter than the straight line"),
    ],
)
def test_what_is_wrong_with_a_line_is_told(tmp_path, line, says):
    table = Timetable.from_gtfs(feed(tmp_path), DAY)
    with pytest.raises(BadInput, match=says):
        table.with_lines([line])
    with pytest.raises(BadInput, match="stands twice"):
        table.with_lines([Line("L", ["A", "B"], {8: 5}, minutes=[1])] * 2)


def test_clock_times_are_milliseconds():
    assert milliseconds("08:00:01") == 28_801_000
