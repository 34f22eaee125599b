"""Rows that a program brings: whatever types its columns have, they mean what was meant, or are told."""

from datetime import UTC, date, datetime, timedelta, timezone
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

import hutuo
import tiny
from hutuo.base import arrivals
from hutuo.base.tables import table
from hutuo.errors import BadInput, NotFound, say

CHINA = ZoneInfo("Asia/Shanghai")
ROW = {"place": "990101", "indicator": "people", "value": 5.0, "unit": "person", "source": "book"}
MIDNIGHT = datetime(2024, 5, 6, tzinfo=UTC)
EIGHT = datetime(2024, 5, 6, 0, 0, tzinfo=UTC)  # eight o'clock in China

# To be taken out when check._civil reads a column that is all missing, or of numbers, as what it is.


@pytest.fixture
def connection():
    opened = duckdb.connect(":memory:")
    opened.execute("SET TimeZone = 'UTC'")
    yield opened
    opened.close()


def staged(connection, frame, name="observation"):
    """The rows as they are staged: typed, with their lines."""
    found = arrivals.stage(connection, table(name), frame, CHINA)
    rows = connection.execute(f"SELECT * FROM new_{name} ORDER BY _line").to_arrow_table()
    arrivals.release(connection, [found])
    return rows.to_pylist(), found


def times(connection, *cells, to=None, dtype=None):
    """What becomes of a column of times: instants, and the grain."""
    frame = pd.DataFrame([ROW] * len(cells))
    frame["valid_from"] = pd.Series(cells, dtype=dtype)
    if to is not None:
        frame["valid_to"] = pd.Series(to, dtype=dtype)
    rows, _ = staged(connection, frame)
    return [(row["valid_from"], row["grain"]) for row in rows]


class TestTimes:
    """Dates and instants, in the types in which programs have them."""

    def test_dates_are_dates(self, connection):
        assert times(connection, date(2024, 5, 6)) == [(MIDNIGHT, "day")]

    @pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
    def test_times_without_a_zone_at_midnight_are_dates(self, connection, unit):
        cells = pd.to_datetime(["2024-05-06", "2024-05-07"]).as_unit(unit)
        found = times(connection, *cells, dtype=f"datetime64[{unit}]")
        assert found == [(MIDNIGHT, "day"), (MIDNIGHT + timedelta(days=1), "day")]

    def test_one_time_off_midnight_makes_all_of_them_instants_of_the_region(self, connection):
        found = times(connection, pd.Timestamp("2024-05-06"), pd.Timestamp("2024-05-06 08:00"))
        assert found == [(EIGHT - timedelta(hours=8), "instant"), (EIGHT, "instant")]

    def test_begin_and_end_are_judged_together(self, connection):
        """Hours from midnight to one: the beginnings alone would look like dates."""
        (found,) = times(
            connection, pd.Timestamp("2024-05-06"), to=[pd.Timestamp("2024-05-06 01:00")]
        )
        assert found == (EIGHT - timedelta(hours=8), "hour")

    def test_times_with_a_zone_are_instants_even_at_midnight(self, connection):
        for cell in (
            pd.Timestamp("2024-05-06T00:00Z"),
            datetime(2024, 5, 6, tzinfo=UTC),
            pd.Timestamp("2024-05-06T08:00+08:00"),
            datetime(2024, 5, 5, 20, tzinfo=timezone(timedelta(hours=-4))),
        ):
            assert times(connection, cell) == [(EIGHT, "instant")], cell

    @pytest.mark.parametrize(
        ("cell", "instant", "grain"),
        [
            ("2024-05-06", MIDNIGHT, "day"),
            ("2024-05-06T08:00", EIGHT, "instant"),
            ("2024-05-06 08:00:00", EIGHT, "instant"),
            ("2024-05-06T08:00+08:00", EIGHT, "instant"),
            ("2024-05-06T00:00Z", EIGHT, "instant"),
            ("2024-05-06T00:00:00.250Z", EIGHT + timedelta(milliseconds=250), "instant"),
        ],
    )
    def test_text_is_read_as_cells_of_a_pack_are(self, connection, cell, instant, grain):
        assert times(connection, cell) == [(instant, grain)]

    def test_mixed_objects_are_each_what_they_are(self, connection):
        found = times(
            connection,
            date(2024, 5, 6),
            datetime(2024, 5, 6, tzinfo=UTC),
            "2024-05-06",
            "2024-05-06T08:00",
            datetime(2024, 5, 6),  # noqa: DTZ001 - a date, as pandas writes it
            dtype=object,
        )
        assert found == [
            (MIDNIGHT, "day"),
            (EIGHT, "instant"),
            (MIDNIGHT, "day"),
            (EIGHT, "instant"),
            (MIDNIGHT, "day"),
        ]

    @pytest.mark.parametrize("empty", [None, pd.NaT, np.nan, ""])
    @pytest.mark.parametrize(
        ("start", "grain"), [(date(2024, 5, 6), "day"), ("2024-05-06T08:00", "instant")]
    )
    def test_what_is_missing_in_an_end_is_no_end(self, connection, empty, start, grain):
        frame = pd.DataFrame([ROW | {"valid_from": start, "valid_to": empty}])
        (row,), _ = staged(connection, frame)
        assert (row["valid_to"], row["grain"]) == (None, grain)

    def test_a_number_is_no_time(self, connection):
        frame = pd.DataFrame([ROW | {"valid_from": 2024}])
        (row,), _ = staged(connection, frame)
        assert (row["valid_from"], row["_has_valid_from"]) == (None, True)

    def test_grains_follow_from_the_period(self, connection):
        spans = {
            ("2024-01-01", "2025-01-01"): "year",
            ("2024-04-01", "2024-07-01"): "quarter",
            ("2024-02-01", "2024-03-01"): "month",
            ("2024-02-29", "2024-03-01"): "day",
            ("2024-02-01", "2024-04-01"): "day",
            ("2024-05-06T08:00", "2024-05-06T09:00"): "hour",
            ("2024-05-06T08:30", "2024-05-06T09:30"): "instant",
            ("2024-05-06T08:00", "2024-05-06T08:05"): "instant",
        }
        first, after = zip(*spans, strict=True)
        found = times(connection, *first, to=list(after), dtype=object)
        assert [grain for _, grain in found] == list(spans.values())

    def test_a_date_beside_an_instant_has_no_grain(self, connection):
        found = times(connection, "2024-05-06", to=["2024-05-06T08:00+08:00"], dtype=object)
        assert found[0][1] is None

    def test_the_hour_that_stands_twice_is_the_earlier_one(self, connection):
        london = ZoneInfo("Europe/London")
        frame = pd.DataFrame([ROW | {"valid_from": pd.Timestamp("2024-10-27 01:30")}])
        arrived = arrivals.stage(connection, table("observation"), frame, london)
        row = connection.execute("SELECT * FROM new_observation").to_arrow_table().to_pylist()[0]
        arrivals.release(connection, [arrived])
        assert row["valid_from"] == datetime(2024, 10, 27, 0, 30, tzinfo=UTC)

    @given(
        st.lists(st.datetimes(datetime(1900, 1, 1), datetime(2200, 1, 1)), min_size=1, max_size=5)  # noqa: DTZ001
    )
    def test_an_instant_is_the_same_in_whatever_type_it_comes(self, cells):
        connection = duckdb.connect(":memory:")
        connection.execute("SET TimeZone = 'UTC'")
        aware = [cell.replace(tzinfo=UTC) for cell in cells]
        column = pd.Series(aware, dtype="datetime64[us, UTC]")
        ways = {
            "typed": times(connection, *column, dtype="datetime64[us, UTC]"),
            "objects": times(connection, *aware, dtype=object),
            "text": times(connection, *(cell.isoformat() for cell in aware)),
        }
        assert {name: [t for t, _ in found] for name, found in ways.items()} == dict.fromkeys(
            ways, aware
        )
        connection.close()


class TestCells:
    """Codes, numbers, words, bytes."""

    def cell(self, connection, name, value, **more):
        frame = pd.DataFrame({name: value, "valid_from": ["2024-05-06"] * len(value)} | more)
        rows, _ = staged(connection, frame)
        return [row[name] for row in rows]

    def test_whole_numbers_are_codes(self, connection):
        assert self.cell(connection, "place", [990101]) == ["990101"]

    def test_categories_are_their_words(self, connection):
        words = pd.Categorical(["990101", None, "990102"])
        assert self.cell(connection, "place", words) == ["990101", None, "990102"]

    @pytest.mark.parametrize("kind", ["int8", "int64", "float32", "float64", "Int64", "object"])
    def test_numbers_of_any_width_are_values(self, connection, kind):
        assert self.cell(connection, "value", pd.Series([5], dtype=kind)) == [5.0]

    def test_words_are_trimmed_and_empty_ones_are_missing(self, connection):
        assert self.cell(connection, "note", [" a ", "", "  ", None, "b"]) == [
            "a", None, None, None, "b"]  # fmt: skip

    @pytest.mark.parametrize(
        ("given", "read"),
        [
            ([True, False], [True, False]),
            (["yes", "no"], [True, False]),
            ([None, "True"], [False, True]),
        ],
    )
    def test_yes_and_no(self, connection, given, read):
        assert self.cell(connection, "estimate", given) == read

    def test_whole_floats_are_whole_numbers_and_others_are_not(self, connection):
        """A column with a gap is one of floats in pandas."""
        for years, read in (([2030.0, np.nan], [2030, None]), ([2030.5, np.nan], [None, None])):
            frame = pd.DataFrame({"plan": ["p", "q"], "horizon_to": years})
            rows, _ = staged(connection, frame, "plan")
            assert [row["horizon_to"] for row in rows] == read
            assert [row["_has_horizon_to"] for row in rows] == [True, False]

    def test_bytes_stay_bytes(self, connection):
        shape = b"\x01\x00\xff"
        frame = pd.DataFrame({"place": ["990101"], "geometry": [shape]})
        (row,), _ = staged(connection, frame, "boundary")
        assert row["geometry"] == shape

    def test_a_table_of_arrow_is_taken_as_a_frame_is(self, connection):
        frame = pd.DataFrame([ROW | {"valid_from": date(2024, 5, 6)}])
        assert staged(connection, pa.Table.from_pandas(frame))[0] == staged(connection, frame)[0]

    def test_a_column_that_the_table_has_not_is_told(self, connection):
        with pytest.raises(NotFound, match="no column of observation 'value2'") as told:
            staged(connection, pd.DataFrame([{"value2": 1}]))
        assert told.value.hint.startswith("possible: value")

    def test_what_reading_adds_is_passed_over(self, connection):
        frame = pd.DataFrame([ROW | {"batch": "x", "branch": "y", "retracted": True}])
        _, found = staged(connection, frame)
        assert not {"batch", "branch", "retracted"} & set(found.given.columns)


class TestRecorded:
    """The time of recording that rows bring."""

    def recorded(self, connection, *cells, dtype=None):
        frame = pd.DataFrame([ROW | {"valid_from": date(2024, 5, 6)}] * len(cells))
        frame["recorded_at"] = pd.Series(cells, dtype=dtype)
        rows, found = staged(connection, frame)
        assert found.dated
        return [row["recorded_at"] for row in rows]

    @pytest.mark.parametrize(
        "cell", [EIGHT, pd.Timestamp(EIGHT), "2024-05-06T08:00+08:00", "2024-05-06T00:00:00Z"]
    )
    def test_it_is_an_instant_in_any_type(self, connection, cell):
        assert self.recorded(connection, cell) == [EIGHT]
        assert self.recorded(connection, cell, EIGHT, dtype=object) == [EIGHT, EIGHT]

    @pytest.mark.parametrize(
        "cell",
        [pd.Timestamp("2024-05-06 08:00"), "2024-05-06T08:00", date(2024, 5, 6), "soon", None],
    )
    def test_without_a_zone_it_is_refused_with_an_example(self, connection, cell):
        with pytest.raises(BadInput, match=r"recorded_at.*\+08:00"):
            self.recorded(connection, cell)

    def test_every_wrong_one_is_told_with_its_row(self, connection):
        with pytest.raises(BadInput, match="2 findings") as told:
            self.recorded(connection, "soon", EIGHT, "later", dtype=object)
        assert [finding.row for finding in told.value.findings] == [1, 3]


@pytest.fixture(scope="module")
def region(tmp_path_factory, shared_home):
    return hutuo.open(str(tiny.write_pack(tmp_path_factory.mktemp("arrivals") / "pack")))


class TestFaults:
    """Every fault of every row, with the row's position."""

    def faults(self, region, *rows, name="observation"):
        frame = pd.DataFrame(list(rows), dtype=object)
        return {(f.row, f.column): say(f.says, "en") for f in region.faults({name: frame})[name]}

    def row(self, **changed):
        return ROW | {"valid_from": "2024-05-06", "valid_to": "2024-05-07"} | changed

    def test_rows_without_a_fault_have_none(self, region):
        assert self.faults(region, self.row()) == {}

    def test_the_row_is_its_position_in_the_frame_and_the_cell_is_quoted(self, region):
        told = self.faults(
            region,
            self.row(),
            self.row(place="990109", unit="furlong"),
            self.row(value="many", valid_from="2024-05-06"),
            self.row(valid_from="2024-13-01"),
            self.row(valid_from="2024-05-06", valid_to="2024-05-06"),
            self.row(valid_to="2024-05-06T08:00"),
            self.row(source=None),
        )
        assert {
            (1, "place"), (1, "unit"), (2, "value"), (3, "valid_from"), (4, "valid_to"), (5, "grain"),
            (6, "source")} <= set(told)  # fmt: skip
        assert told[1, "place"].startswith("'990109' is neither a code of table unit")
        assert "'many' is not a number" in told[2, "value"]
        assert "as dates or both as instants" in told[5, "grain"]

    def test_a_key_that_stands_twice_is_told_at_the_second(self, region):
        told = self.faults(region, self.row(), self.row(value=6.0))
        ((place, says),) = told.items()
        assert place[0] == 1
        assert "stands already" in says

    def test_a_date_and_an_instant_at_its_nominal_midnight_are_two_keys(self, region):
        instant = self.row(valid_from="2024-05-06T00:00Z", valid_to="2024-05-07T00:00Z")
        assert self.faults(region, self.row(), instant) == {}

    def test_more_than_are_listed_for_people_are_all_told(self, region):
        wrong = [self.row(place=f"99{n:04}") for n in range(2000, 2060)]
        assert len(self.faults(region, *wrong)) == 60

    def test_rows_of_one_batch_may_refer_to_each_other(self, region):
        source = {"source": "new", "zh": "新", "en": "New", "publisher": "x", "licence": "open",
                  "published": "2024-01-01", "quality": "A", "origin": "y"}  # fmt: skip
        frames = {
            "source": pd.DataFrame([source]),
            "observation": pd.DataFrame([self.row(source="new")]),
        }
        assert [told for told in region.faults(frames).values() if told] == []
        del frames["source"]
        assert [f.column for f in region.faults(frames)["observation"]] == ["source"]


def test_a_frame_that_was_read_is_appended_again_unchanged(region):
    """Dates and instants in one frame come back as instants; their grain says which they were."""
    rows = [
        ROW | {"place": "990103", "valid_from": "2024-05-06", "valid_to": "2024-05-07"},
        ROW
        | {"place": "990103", "valid_from": "2024-05-06T08:00", "valid_to": "2024-05-06T09:00"},
    ]
    region.append("observation", pd.DataFrame(rows))
    read = region.table("observation", place="990103", indicator="people")
    done = region.record({"observation": read.drop(columns="recorded_at")}, verb="put")
    assert (done.stored, done.duplicate) == ({"observation": 0}, {"observation": 2})


def test_an_empty_frame_writes_nothing(region):
    empty = pd.DataFrame(columns=[*ROW, "valid_from"])
    assert region.append("observation", empty) == 0
