"""GTFS: what a feed says becomes rows, and what it says wrongly is told where."""

import io
import zipfile
from datetime import date
from pathlib import Path

import pandas as pd
import pytest

import fuzzed
from hutuo.base import gtfs, zips
from hutuo.base.datum import from_wgs84
from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.inspecting import Inspect, inspect
from hutuo.base.mapping import Mapping, PeriodColumn
from hutuo.errors import BadInput
from mangled import COUNTS, survives

MOBILITY = Path(__file__).parents[3] / "shared/data/mobility"
FEED = {
    "agency.txt": "agency_id,agency_name,agency_url,agency_timezone\n1,小都公交,x,Asia/Shanghai\n",
    "stops.txt": "stop_id,stop_name,stop_lat,stop_lon,parent_station\n"
    "A,甲站,0.05,0.05,\nA1,甲站一台,0.05,0.05,A\nB,乙站,0.05,0.15,\nC,丙站,0.05,0.25,\n",
    "routes.txt": "route_id,route_short_name,route_type\nR,1,3\n",
    "trips.txt": "route_id,service_id,trip_id,trip_headsign,direction_id\n"
    "R,W,t1,丙,0\nR,W,t2,丙,0\nR,S,t3,甲,1\n",
    "stop_times.txt": "trip_id,arrival_time,departure_time,stop_id,stop_sequence\n"
    "t1,08:00:00,08:00:00,A1,1\nt1,,,B,2\nt1,09:00:00,09:00:00,C,5\n"
    "t2,23:50:00,23:50:00,A1,1\nt2,24:10:00,24:11:00,B,2\nt2,24:50:00,,C,3\n"
    "t3,10:00:00,10:00:00,C,1\nt3,11:00:00,11:00:00,A,2\n",
    "calendar.txt": "service_id,monday,tuesday,wednesday,thursday,friday,saturday,sunday,"
    "start_date,end_date\n"
    "W,1,1,1,1,1,0,0,20241216,20241229\nS,0,0,0,0,0,1,1,20241216,20241229\n",
    "calendar_dates.txt": "service_id,date,exception_type\nW,20241225,2\nS,20241225,1\n",
}
SAID = Mapping(format="gtfs", table="timetable", source="book")


def feed(path, folder="", **changes):
    """A feed with some of its files changed (None: left out), under the name without .txt."""
    files = FEED | {f"{name}.txt": text for name, text in changes.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, text in files.items():
            if text is not None:
                content = text if isinstance(text, bytes) else text.encode()
                # A member of no time, so that the broken feeds are the same in every run.
                member = zipfile.ZipInfo(folder + name)
                packed.writestr(member, content, zipfile.ZIP_DEFLATED)
    return path


@pytest.fixture
def read(tmp_path, little):
    """What is read from a feed with these changes."""

    def reader(folder="", mapping=SAID, **changes):
        return gtfs.frames(feed(tmp_path / "bus.gtfs.zip", folder, **changes), mapping, little)

    return reader


def held(found):
    """Where rows were held back."""
    return [(one.row, one.column) for one in found.quarantined]


def test_every_row_of_a_sound_feed_is_taken(read):
    found = read()
    sizes = {name: len(frame) for name, frame in found.frames.items()}
    assert sizes == {
        "timetable": 1,
        "stop": 4,
        "route": 1,
        "trip": 3,
        "call": 8,
        "service_day": 9 + 5,
    }
    assert (found.quarantined, found.findings) == ([], [])
    assert {len(found.rows[name]) == size for name, size in sizes.items()} == {True}


def test_times_past_midnight_keep_their_order_and_one_of_two_times_stands_for_both(read):
    calls = read().frames["call"].set_index(["trip", "sequence"])
    assert calls.loc[("t2", 2), ["arrival_seconds", "departure_seconds"]].tolist() == [
        87000,
        87060,
    ]
    assert calls.loc[("t2", 3), "departure_seconds"] == 89400
    assert calls.loc[("t1", 2), ["arrival_seconds", "departure_seconds"]].isna().all()


def test_a_service_runs_on_its_weekdays_with_the_days_added_and_without_those_left_out(read):
    days = read().frames["service_day"]
    work = days.loc[days["service"] == "W", "day"].tolist()
    assert date(2024, 12, 25) not in work
    assert {day.weekday() for day in work} == {0, 1, 2, 3, 4}
    assert len(work) == 9
    assert date(2024, 12, 25) in days.loc[days["service"] == "S", "day"].tolist()


def test_the_version_holds_for_the_days_of_its_calendar_or_of_the_mapping(read):
    row = read().frames["timetable"].iloc[0]
    assert (row["timetable"], row["zh"], row["zone"]) == (
        "bus@2024-12-16",
        "小都公交",
        "Asia/Shanghai",
    )
    assert (row["valid_from"], row["valid_to"]) == (date(2024, 12, 16), date(2024, 12, 30))
    said = SAID.model_copy(
        update={"period": PeriodColumn(value="2024-12-20/2024-12"), "options": {"timetable": "v1"}}
    )
    row = read(mapping=said).frames["timetable"].iloc[0]
    assert (row["timetable"], row["valid_to"]) == ("v1", date(2025, 1, 1))


def test_the_feeds_own_dates_go_before_those_of_its_calendar(read):
    info = "feed_publisher_name,feed_start_date,feed_end_date\n局,20241201,20241231\n"
    row = read(feed_info=info).frames["timetable"].iloc[0]
    assert (row["valid_from"], row["valid_to"]) == (date(2024, 12, 1), date(2025, 1, 1))


@pytest.mark.parametrize(
    "change",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: text.replace("\n", "\r\n"),
        lambda text: text + "\n\n",
        lambda text: text.encode("gb18030"),
        lambda text: text.replace(",", " , "),
    ],
)
def test_a_byte_order_mark_line_ends_blanks_and_gb18030_change_nothing(read, change):
    found = read(stops=change(FEED["stops.txt"]))
    assert found.frames["stop"]["name"].tolist() == ["甲站", "甲站一台", "乙站", "丙站"]
    assert found.quarantined == []


def test_the_files_may_lie_in_a_folder_of_the_zip(read):
    assert len(read("feed/").frames["call"]) == 8


def test_a_trip_that_runs_every_few_minutes_is_written_out(read):
    often = "trip_id,start_time,end_time,headway_secs\nt1,06:00:00,06:30:00,600\n"
    found = read(frequencies=often)
    calls = found.frames["call"]
    runs = sorted(trip for trip in calls["trip"].unique() if trip.startswith("t1"))
    assert runs == ["t1@06:00:00", "t1@06:10:00", "t1@06:20:00"]
    one = calls[calls["trip"] == "t1@06:10:00"].sort_values("sequence")
    assert one["departure_seconds"].iloc[[0, 2]].tolist() == [22200, 25800]
    assert sorted(found.frames["trip"]["trip"]) == [*runs, "t2", "t3"]


@pytest.mark.parametrize(
    ("name", "old", "new", "where"),
    [
        ("stop_times", "t1,,,B,2", "t1,,,Z,2", (3, "stop_times.txt/stop_id")),
        ("stop_times", "t1,,,B,2", "t9,,,B,2", (3, "stop_times.txt/trip_id")),
        ("stop_times", "t1,,,B,2", "t1,8点,,B,2", (3, "stop_times.txt/arrival_time")),
        ("stop_times", "t1,,,B,2", "t1,,,B,x", (3, "stop_times.txt/stop_sequence")),
        ("stop_times", "t1,,,B,2", "t1,,,B,1", (3, "stop_times.txt/stop_sequence")),
        (
            "stop_times",
            "t1,,,B,2",
            "t1,08:30:00,08:20:00,B,2",
            (3, "stop_times.txt/departure_time"),
        ),
        ("stop_times", "t1,,,B,2", "t1,,,B,2,7,8", (3, "stop_times.txt")),
        ("stops", "C,丙站,0.05", "C,丙站,95", (5, "stops.txt/stop_lat")),
        ("routes", "R,1,3", "R,1,bus", (2, "routes.txt/route_type")),
        ("trips", "R,S,t3", "R,Q,t3", (4, "trips.txt/service_id")),
        ("trips", "R,S,t3", "Q,S,t3", (4, "trips.txt/route_id")),
        (
            "calendar",
            "S,0,0,0,0,0,1,1,20241216",
            "S,0,0,0,0,0,1,1,2024",
            (3, "calendar.txt/start_date"),
        ),
        ("calendar", "S,0", "S,2", (3, "calendar.txt/monday")),
        (
            "calendar_dates",
            "S,20241225,1",
            "S,20241225,3",
            (3, "calendar_dates.txt/exception_type"),
        ),
    ],
)
def test_a_faulty_row_is_held_back_with_its_file_row_and_column(read, name, old, new, where):
    text = FEED[f"{name}.txt"]
    assert old in text
    found = read(**{name: text.replace(old, new)})
    assert where in held(found)
    assert all(one.reason.zh and one.reason.en for one in found.quarantined)


def test_rows_that_hang_on_a_faulty_row_are_held_back_with_it(read):
    found = read(routes=FEED["routes.txt"].replace("R,1,3", "R,1,bus"))
    assert len(found.quarantined) == 1 + 3 + 8
    assert found.frames["call"].empty


def test_what_is_odd_but_can_be_read_is_remarked_on(read):
    text = FEED["stop_times.txt"].replace("t3,11:00:00,11:00:00", "t3,09:00:00,09:00:00")
    stops = FEED["stops.txt"].replace("0.05,A\n", "0.05,Q\n")
    told = [str(one) for one in read(stop_times=text, stops=stops).findings]
    assert told == [
        "bus.gtfs.zip/stops.txt:3: parent_station: 'Q' is no stop_id of stops.txt;"
        " the stop is taken as one by itself",
        "bus.gtfs.zip/stop_times.txt:9: arrival_time: trip 't3' arrives before it left the stop before",
    ]


def test_a_stop_with_both_numbers_swapped_is_held_back_with_that(read):
    stops = "stop_id,stop_name,stop_lat,stop_lon\nA,甲,114.5,38.0\nB,乙,38.0,114.6\nC,丙,95,170\n"
    found = read(stops=stops)
    told = {one.row: one.reason for one in found.quarantined if one.column == "stops.txt/stop_lat"}
    assert "swapped" in told[2].en
    assert "写反" in told[2].zh
    assert "swapped" not in told[4].en


def test_coordinates_of_a_chinese_web_map_are_taken_back(read):
    right = (114.514976, 38.042007)
    lon, lat = from_wgs84(right)
    stops = f"stop_id,stop_name,stop_lat,stop_lon\nA,甲,{lat:.8f},{lon:.8f}\nB,乙,,\n"
    said = SAID.model_copy(update={"options": {"crs": "GCJ-02"}})
    found = read(mapping=said, stops=stops).frames["stop"]
    assert found[["lon", "lat"]].to_numpy()[0] == pytest.approx(right, abs=1e-7)
    assert found[["lon", "lat"]].isna().to_numpy()[1].all()


def test_missing_files_and_columns_are_told_all_at_once(read):
    with pytest.raises(BadInput) as error:
        read(stops=None, trips=None, calendar=None, calendar_dates=None)
    assert [one.column for one in error.value.findings] == [
        "stops.txt",
        "trips.txt",
        "calendar.txt or calendar_dates.txt",
    ]
    assert error.value.words[0].splitlines()[:2] == [
        "bus.gtfs.zip不是完整的GTFS:",
        "  bus.gtfs.zip: stops.txt: 缺少此文件",
    ]
    with pytest.raises(BadInput) as error:
        read(stop_times="trip,arrival_time\n1,2\n")
    columns = [one.column for one in error.value.findings]
    assert columns == ["trip_id", "departure_time", "stop_id", "stop_sequence"]


def test_one_of_the_two_calendars_is_enough(read):
    assert len(read(calendar_dates=None).frames["service_day"]) == 10 + 4
    dates = "service_id,date,exception_type\nW,20241224,1\nS,20241228,1\n"
    assert len(read(calendar=None, calendar_dates=dates).frames["service_day"]) == 2


def test_a_zip_bomb_is_refused(tmp_path, little):
    path = feed(tmp_path / "bomb.gtfs.zip", stop_times=b"0" * (64 << 20))
    with pytest.raises(BadInput, match="unpacks from"):
        gtfs.frames(path, SAID, little)


def test_frequencies_cannot_make_calls_without_end(read):
    often = "trip_id,start_time,end_time,headway_secs\n"
    often += "".join(f"t1,{at % 9}:{at // 9 % 60:02d}:00,239:00:00,1\n" for at in range(200))
    with pytest.raises(BadInput, match="with frequencies"):
        read(frequencies=often)


def test_a_feed_is_inspected_and_taken_in_once(tmp_path, own):
    path = feed(tmp_path / "bus.zip")
    found = inspect(own, Inspect(file=str(path)))
    assert (found.mapping.format, found.mapping.table) == ("gtfs", "timetable")
    assert found.mapping.period == PeriodColumn(value="2024-12-16/2024-12-29")
    ask = Ingest(file=str(path), mapping=found.mapping.model_copy(update={"source": "book"}))
    first, second = ingest(own, ask), ingest(own, ask)
    assert (first.stored, first.duplicate) == (1 + 4 + 1 + 3 + 8 + 14, 0)
    assert (second.stored, second.duplicate) == (0, first.stored)
    assert "known already" in second.findings[-1].says.en
    assert "改动后的时刻表请另起标识" in second.findings[-1].says.zh
    assert len(own.table("call", timetable="bus@2024-12-16")) == 8


def test_a_zip_that_holds_neither_timetable_nor_layer_is_refused(tmp_path, little):
    path = tmp_path / "other.zip"
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("readme.txt", "nothing")
    with pytest.raises(BadInput, match="holds nothing that is read"):
        zips.proposal(path, little)


def test_a_zip_is_read_as_what_the_mapping_says_or_refused(tmp_path, little):
    path = feed(tmp_path / "bus.zip")
    assert len(zips.frames(path, SAID, little).frames["call"]) == 8
    with pytest.raises(BadInput, match="format 'csv' does not come in a zip") as told:
        zips.frames(path, Mapping(format="csv"), little)
    assert told.value.words[0] == "bus.zip:格式“csv”不以压缩包提供"


@pytest.mark.parametrize("name", ["nyc_subway_gtfs", "poa_eptc", "poa_trensurb"])
def test_real_feeds_are_read_row_for_row(name, little):
    path = MOBILITY / f"{name}.zip"
    if not path.is_file():
        pytest.skip(f"{path.name} lies beside the repository and is not here")
    found = gtfs.frames(path, SAID, little)
    assert found.quarantined == []
    with zipfile.ZipFile(path) as packed:
        for table, file in (
            ("stop", "stops.txt"),
            ("trip", "trips.txt"),
            ("call", "stop_times.txt"),
        ):
            rows = pd.read_csv(io.BytesIO(packed.read(file)), dtype=str)
            assert len(found.frames[table]) == len(rows)
    faults = little.faults({n: f.assign(**sourced(n)) for n, f in found.frames.items()})
    assert {name: told for name, told in faults.items() if told} == {}


def sourced(table):
    return {"source": "book"} if table == "timetable" else {}


@pytest.mark.parametrize("count", COUNTS)
def test_any_bytes_are_read_or_refused(count, tmp_path):
    """Every second time the zip is sound, and one of its tables is not."""
    good = feed(tmp_path / "good.zip").read_bytes()
    assert survives(fuzzed.feed, good, count, tmp_path / "x.gtfs.zip").read


@pytest.mark.parametrize("count", COUNTS)
def test_any_bytes_are_a_csv_or_refused(count, tmp_path):
    good = FEED["stops.txt"].encode()
    assert survives(fuzzed.stops, good, count, tmp_path / "stops.txt").read
