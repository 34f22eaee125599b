"""Timetables: what runs between two stops, by hand and by brute force; versions side by side."""

from datetime import date
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import fuzzed
from hutuo.base import calls as plain
from hutuo.base import departures, gtfs
from hutuo.base.departures import DAY, OPENS, clock, compared, on_day, pairs, rides, timed
from hutuo.base.ingesting import Ingest, ingest
from hutuo.base.inspecting import Inspect, inspect
from hutuo.base.mapping import Mapping, PeriodColumn
from hutuo.base.schedules import seconds
from hutuo.base.timetable import Timetable, busiest, like, timetable
from hutuo.errors import BadInput, NotFound
from mangled import COUNTS, survives

SHARED = Path(__file__).parents[3] / "shared/data"
STATIONS = ("石家庄", "石家庄北", "石家庄东")
TRAINS = """车次,类型,车站,到达,发车
G1,高速,甲站,,08:00
G1,高速,乙站,08:30,08:32
G1,高速,丙站,09:00,
K2,快速,甲站,,23:30
K2,快速,乙站,23:59,00:05
K2,快速,丙站,01:00,
"""
NOON = 43_200


def frame(*rows):
    """Calls of (trip, sequence, node, seconds)."""
    found = pd.DataFrame(rows, columns=["trip", "sequence", "node", "arrival_seconds"])
    return found.assign(departure_seconds=found["arrival_seconds"], boards=True, alights=True)


def brute(rows):
    """Pairs counted trip by trip in plain Python: trips, first, last, fastest."""
    best = {}
    for trip in {row[0] for row in rows}:
        mine = sorted((row for row in rows if row[0] == trip), key=lambda row: row[1])
        for one, other in combinations(mine, 2):
            took = other[3] - one[3]
            within = OPENS <= one[3] < OPENS + DAY
            if one[2] != other[2] and took >= 0 and within:
                key = (one[2], other[2], trip)
                best[key] = min(best.get(key, (took, one[3])), (took, one[3]))
    found = {}
    for (start, end, _), (took, left) in best.items():
        found.setdefault((start, end), []).append((took, left))
    return {
        key: (len(all_), min(t for _, t in all_), max(t for _, t in all_), min(t for t, _ in all_))
        for key, all_ in found.items()
    }


def told(found):
    rows = found[["trips", "first", "last", "fastest_minutes"]]
    return {
        key: (*row[:3], round(row[3] * 60))
        for key, row in zip(rows.index, rows.to_numpy(), strict=True)
    }


def test_trips_of_a_pair_are_counted_with_their_first_last_and_fastest():
    found = pairs(
        rides(
            timed(
                frame(
                    ("1", 1, "A", NOON),
                    ("1", 2, "B", NOON + 1800),
                    ("2", 1, "A", NOON + 600),
                    ("2", 2, "B", NOON + 1800),
                )
            )
        )
    )
    row = found.loc[("A", "B")]
    assert (row["trips"], row["first"], row["last"], row["last_arrival"]) == (
        2,
        NOON,
        NOON + 600,
        NOON + 1800,
    )
    assert (row["span_minutes"], row["fastest_minutes"], row["median_minutes"]) == (10, 20, 25)


def test_pairs_are_those_that_plain_counting_finds():
    chance = np.random.default_rng(7)
    for _ in range(30):
        rows = []
        for trip in range(chance.integers(1, 12)):
            times = np.sort(chance.integers(0, DAY + 20_000, chance.integers(1, 9)))
            rows += [
                (str(trip), at, str(chance.choice(list("ABCDE"))), int(when))
                for at, when in enumerate(times)
            ]
        assert told(pairs(rides(timed(frame(*rows))))) == brute(rows)


def test_naming_the_ends_gives_the_same_rows_as_looking_at_all_pairs():
    chance = np.random.default_rng(8)
    rows = [
        (str(t), n, str(chance.choice(list("ABCD"))), NOON + 60 * n)
        for t in range(20)
        for n in range(6)
    ]
    every, some = (
        told(pairs(rides(timed(frame(*rows)), *ends))) for ends in ((), (["A"], ["C", "D"]))
    )
    assert some == {key: row for key, row in every.items() if key[0] == "A" and key[1] in "CD"}


def test_nobody_rides_where_one_may_not_get_on_or_off():
    calls = timed(frame(("1", 1, "A", NOON), ("1", 2, "B", NOON + 60), ("1", 3, "C", NOON + 120)))
    calls = calls.assign(boards=[True, False, True], alights=[True, True, False])
    assert rides(calls)[["from_id", "to_id"]].to_numpy().tolist() == [["A", "B"]]


def test_a_time_that_is_not_told_lies_evenly_between_those_around_it():
    calls = frame(
        ("1", 1, "A", 0.0),
        ("1", 2, "B", None),
        ("1", 7, "C", None),
        ("1", 8, "D", 900.0),
        ("1", 9, "E", None),
    )
    found = timed(calls)
    assert found["arrival_seconds"].tolist() == [0, 300, 600, 900]
    assert found["estimate"].tolist() == [False, True, True, False]


def test_a_day_of_operation_takes_in_the_night_after_it_and_trains_still_running():
    calls = frame(
        ("night", 1, "A", 80_000),
        ("night", 2, "B", 120_000),
        ("night", 3, "C", 130_000),
        ("early", 1, "A", 3600),
        ("early", 2, "B", 7200),
    ).assign(service="w")
    every_day = {-1: {"w"}, 0: {"w"}, 1: {"w"}}
    found = pairs(rides(timed(on_day(calls, every_day))))
    assert found.loc[("A", "B"), ["trips", "first", "last"]].tolist() == [2, 80_000, DAY + 3600]
    assert found.loc[("B", "C"), ["trips", "first"]].tolist() == [1, 120_000 - DAY]
    first = pairs(rides(timed(on_day(calls, {-1: {"w"}, 0: {"w"}, 1: set()}))))
    assert ("B", "C") not in first.index


def test_two_versions_side_by_side_tell_what_was_added_dropped_and_kept():
    now = pairs(
        rides(
            timed(
                frame(
                    ("1", 1, "A", NOON),
                    ("1", 2, "B", NOON + 60),
                    ("2", 1, "B", NOON),
                    ("2", 2, "C", NOON + 60),
                )
            )
        )
    )
    before = pairs(
        rides(
            timed(
                frame(
                    ("1", 1, "A", NOON),
                    ("1", 2, "B", NOON + 120),
                    ("2", 1, "C", NOON),
                    ("2", 2, "B", NOON + 60),
                )
            )
        )
    )
    rows = compared(now, before)
    assert rows["change"].to_dict() == {
        ("A", "B"): "kept",
        ("B", "C"): "added",
        ("C", "B"): "dropped",
    }
    assert rows["trips"].tolist() == [1, 1, 0]
    same = compared(now, now)
    assert (same["change"] == "kept").all()
    assert (same["trips"] == same["trips_against"]).all()


def test_times_are_read_past_midnight_and_what_is_none_is_missing():
    found = seconds(
        pd.Series(["8:05", "25:00:30", " 08:05:01 ", "8点", "08:60", "300:00:00", ""], dtype="str")
    )
    assert found.fillna(-1).tolist() == [29_100, 90_030, 29_101, -1, -1, -1, -1]
    assert [clock(value) for value in (0, 29_100, 90_059)] == ["00:00", "08:05", "25:00"]


def test_the_busiest_day_has_days_of_service_around_it():
    days = {date(2024, 1, n): 5 for n in (1, 2, 3)} | {date(2024, 1, 4): 3}
    assert busiest(days) == date(2024, 1, 2)
    assert like(date(2025, 1, 6), days) == date(2024, 1, 1)
    assert like(date(2024, 1, 4), days) == date(2024, 1, 4)
    assert like(date(2025, 1, 5), days) == date(2024, 1, 2)


@pytest.fixture
def loaded(own, tmp_path):
    """A region with two versions of a timetable: the second has a train more and a faster one."""
    later = (
        TRAINS.replace("丙站,09:00,", "丙站,08:50,") + "G3,高速,甲站,,10:00\nG3,高速,丙站,10:40,\n"
    )
    for name, text, days in (("old", TRAINS, "2023"), ("new", later, "2024")):
        path = tmp_path / f"{name}.calls.csv"
        path.write_text(text, encoding="utf-8")
        mapping = inspect(own, Inspect(file=str(path))).mapping
        said = {
            "source": "book",
            "period": PeriodColumn(value=days),
            "options": {"timetable": name},
        }
        done = ingest(own, Ingest(file=str(path), mapping=mapping.model_copy(update=said)))
        assert done.quarantined == []
    return own


def test_a_plain_table_of_calls_becomes_a_version_that_is_asked_by_names_of_stations(loaded):
    found = timetable(loaded, Timetable(from_="甲", to="丙站"))
    assert [one.timetable for one in found.versions] == ["old", "new"]
    assert (found.timetable, found.day_trips, found.pairs) == ("new", 3, 1)
    row = found.rows[0]
    assert (row.from_name, row.to_name, row.trips) == ("甲站", "丙站", 3)
    assert (row.first_departure, row.last_departure, row.last_arrival) == (
        "08:00",
        "23:30",
        "25:00",
    )
    assert (row.fastest_minutes, row.span_minutes, row.estimate) == (40, 930, False)


def test_the_difference_between_two_versions_is_told_by_pair(loaded):
    found = timetable(loaded, Timetable(timetable="new", against="old", from_="甲站"))
    assert found.against_day.weekday() == found.day.weekday()
    to = {row.to_id: row for row in found.rows}
    assert (to["丙站"].trips, to["丙站"].trips_against, to["丙站"].trips_change) == (3, 2, 1)
    assert (to["丙站"].fastest_change_minutes, to["丙站"].first_change_minutes) == (-20, 0)
    assert (to["乙站"].change, to["乙站"].trips_change) == ("kept", 0)


def test_the_version_that_holds_on_the_day_of_the_view_is_the_one_looked_at(loaded):
    from dataclasses import replace

    view = replace(loaded, at=date(2023, 5, 1))
    assert timetable(view, Timetable()).timetable == "old"
    assert timetable(replace(loaded, at=date(2000, 1, 1)), Timetable()).rows == []


def test_what_is_not_there_is_told_with_what_is(loaded):
    with pytest.raises(NotFound, match="no timetable 'newer'"):
        timetable(loaded, Timetable(timetable="newer"))
    with pytest.raises(NotFound) as error:
        timetable(loaded, Timetable(from_="丁站"))
    assert "乙站" in error.value.hint
    assert error.value.words[0] == "没有站点,或其中有站点的区划或地点“丁站”"
    with pytest.raises(NotFound, match="no trips on 2022-01-01") as error:
        timetable(loaded, Timetable(day=date(2022, 1, 1)))
    assert error.value.words[0].endswith("在2022-01-01没有车次")


def test_a_unit_stands_for_the_stops_within_its_boundary(own, tmp_path):
    import test_gtfs

    path = test_gtfs.feed(tmp_path / "bus.gtfs.zip")
    ingest(own, Ingest(file=str(path), mapping=test_gtfs.SAID))
    found = timetable(own, Timetable(from_="990101", to="990103", day=date(2024, 12, 17)))
    assert [(r.from_id, r.from_name, r.to_id, r.trips) for r in found.rows] == [
        ("990101", "甲区", "990103", 2)
    ]
    station = timetable(own, Timetable(from_="A", to="B", day=date(2024, 12, 17)))
    assert [(r.from_name, r.trips, r.estimate) for r in station.rows] == [("甲站", 2, True)]


def read(path, region, **options):
    mapping = plain.proposal(path, region)
    said = {"period": PeriodColumn(value="2021"), "options": mapping.options | options}
    return plain.frames(path, mapping.model_copy(update=said), region)


def test_calls_that_stand_by_the_clock_are_put_in_the_order_of_the_journey(tmp_path, little):
    text = "train,station,kind,arrival,departure\n"
    text += "D7,C,through,02:56,03:02\nD7,D,terminus,17:24,\nD7,A,origin,,19:59\nD7,B,through,23:32,23:35\n"
    (tmp_path / "d.calls.csv").write_text(text)
    calls = read(tmp_path / "d.calls.csv", little).frames["call"]
    assert calls["stop"].tolist() == ["A", "B", "C", "D"]
    assert calls["arrival_seconds"].tolist() == [71_940, 84_720, 97_000 - 40, 149_040]


def test_a_journey_of_more_than_a_day_is_held_back_where_its_order_cannot_be_told(
    tmp_path, little
):
    text = "train,station,kind,arrival,departure\n"
    text += "T7,C,through,02:56,03:02\nT7,A,origin,,16:40\nT7,D,terminus,20:36,\nT7,B,through,22:02,22:08\n"
    text += "G1,A,origin,,08:00\nG1,B,terminus,09:00,\nK1,B,terminus,09:00,\nK1,A,origin,,23:00\n"
    (tmp_path / "t.calls.csv").write_text(text)
    found = read(tmp_path / "t.calls.csv", little)
    assert [one.row for one in found.quarantined] == [2, 3, 4, 5]
    assert set(found.frames["trip"]["trip"]) == {"G1", "K1"}
    assert any(
        "2 trips are taken to travel for less than a day" in str(one) for one in found.findings
    )


def test_an_order_that_the_table_gives_is_kept(tmp_path, little):
    text = "train,station,sequence,arrival,departure\nT7,C,3,02:56,03:02\nT7,A,1,,16:40\nT7,B,2,16:50,16:50\n"
    (tmp_path / "o.calls.csv").write_text(text)
    found = read(tmp_path / "o.calls.csv", little)
    assert found.frames["call"]["stop"].tolist() == ["A", "B", "C"]
    assert found.findings == []


def test_a_table_of_calls_must_say_on_which_days_trains_run(tmp_path, little):
    (tmp_path / "x.calls.csv").write_text(TRAINS, encoding="utf-8")
    mapping = plain.proposal(tmp_path / "x.calls.csv", little)
    with pytest.raises(BadInput, match="on which days"):
        plain.frames(tmp_path / "x.calls.csv", mapping, little)
    with pytest.raises(BadInput, match="no column says it") as told:
        plain.frames(tmp_path / "x.calls.csv", Mapping(format="calls"), little)
    assert "trip: 没有此列;可称train、trip、trip_id、车次、班次" in told.value.words[0]


def test_the_trains_beside_the_repository_are_counted_as_plain_counting_does(own, tmp_path):
    path = SHARED / "rail/calls_2021.csv"
    if not path.is_file():
        pytest.skip("the calls of trains lie beside the repository and are not here")
    found = read(path, own)
    rows = pd.read_csv(path, dtype=str)
    assert len(found.frames["call"]) + len(found.quarantined) == len(rows)
    calls = found.frames["call"]
    calls = calls[calls["trip"].str.startswith("G")]
    ours = pairs(rides(timed(calls.assign(node=calls["stop"], boards=True, alights=True))))
    kept = set(calls["trip"])
    # A train by day between the two: its calls at both stand in the table, the first before the second.
    start, end = "邯郸东", "郑州东"
    two = rows[rows["station"].isin([start, end]) & rows["train"].isin(kept)]
    one = two[two["station"] == start].set_index("train")["departure"].dropna()
    other = two[two["station"] == end].set_index("train")["arrival"].dropna()
    both = one.index.intersection(other.index)
    assert ours.loc[(start, end), "trips"] == sum(one[t] < other[t] for t in both) > 10


def test_pairs_of_a_real_feed_are_those_that_plain_counting_finds(little):
    path = SHARED / "mobility/nyc_subway_gtfs.zip"
    if not path.is_file():
        pytest.skip(f"{path.name} lies beside the repository and is not here")
    calls = gtfs.frames(path, Mapping(format="gtfs", source="book"), little).frames["call"]
    some = calls[calls["trip"].isin(sorted(calls["trip"].unique())[::40])]
    some = some.assign(node=some["stop"])
    rows = some[["trip", "sequence", "node", "departure_seconds"]].to_numpy().tolist()
    arrives = some.assign(arrival_seconds=some["departure_seconds"])
    assert told(pairs(rides(timed(arrives)))) == brute(rows)
    assert departures.pair_count(some) == sum(
        n * (n - 1) // 2 for n in some["trip"].value_counts()
    )


@pytest.mark.parametrize("count", COUNTS)
def test_any_bytes_are_calls_or_refused(count, tmp_path):
    good = TRAINS.encode()
    assert survives(fuzzed.calls_as_proposed, good, count, tmp_path / "x.calls.csv").read


def test_stops_of_one_prefecture_count_as_one_city(embedded):
    """The three stations of one city; a train that calls at two of them counts once."""
    found = timetable(embedded, Timetable(by="city", from_="130100", to="130400"))
    row = found.rows[0]
    assert (row.from_id, row.to_id) == ("130100", "130400")
    single = [timetable(embedded, Timetable(from_=stop, to="130400")).rows for stop in STATIONS]
    trips = [rows[0].trips for rows in single if rows]
    assert max(trips) <= row.trips <= sum(trips)
    every = timetable(embedded, Timetable(by="city", limit=10_000))
    assert {"130100", "130400", "131100"} <= {row.from_id for row in every.rows}
    assert not {*STATIONS} & {row.from_id for row in every.rows}
