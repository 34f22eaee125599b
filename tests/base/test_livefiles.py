"""Files read beside DuckLake: the same rows as DuckLake gives, and only files that can hold them."""

import shutil
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import duckdb
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hutuo.base import cataloguefile, livefiles
from hutuo.base import lake as lakes
from hutuo.base.attaching import attached
from hutuo.base.lake import UNFINISHED, Lake
from hutuo.base.livefiles import LiveFile, live_files, source
from hutuo.base.selection import MAIN, Question, Span, When, span
from hutuo.base.tables import table as declared
from hutuo.base.upkeep import compact

START = datetime(2024, 1, 1, tzinfo=UTC)
DAYS, PLACE, OTHER = 4, "990101", "990102"
OBSERVATION = declared("observation")
# Readings of some hours, once an hour.
WRITE = f"""
    INSERT INTO lake.observation BY NAME SELECT '{PLACE}' AS place, 'minutes' AS indicator,
        valid_from, valid_from + INTERVAL 1 HOUR AS valid_to, 'hour' AS grain, ?::DOUBLE AS value,
        'minute' AS unit, 'book' AS source, now() AS recorded_at, 'b' AS batch, 'main' AS branch,
        false AS retracted
    FROM (SELECT unnest(range(?::TIMESTAMPTZ, ?::TIMESTAMPTZ, INTERVAL 1 HOUR)) AS valid_from)
"""
# The same readings at another place.
ELSEWHERE = (
    f"INSERT INTO lake.observation SELECT * REPLACE ('{OTHER}' AS place) FROM lake.observation"
)


def write(lake, day, value=0.0, hours=24):
    """Readings of a day, in a file of their own."""
    begin = START + timedelta(days=day)
    with lake.change() as connection:
        connection.execute(WRITE, [value, begin, begin + timedelta(hours=hours)])


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    """A file of readings for each of four days, in a lake that nobody has open."""
    folder = tmp_path_factory.mktemp("written")
    lake = Lake(folder)
    for day in range(DAYS):
        write(lake, day)
    lake.close()
    return folder


def copied(written, folder):
    shutil.copytree(written, folder)
    cataloguefile.move(folder, folder)
    return Lake(folder)


@pytest.fixture
def lake(written, tmp_path):
    """The four days in a lake that the test may change."""
    made = copied(written, tmp_path / "lake")
    yield made
    made.close()


def asked(**where):
    return Question(OBSERVATION, where, None, None, MAIN)


def between(first, last):
    return slice(START + timedelta(days=first), START + timedelta(days=last))


def read(lake, **where):
    """Rows in the lake, asked for a second time so that files may be read."""
    lake._drop_stale()
    lake._files.source(asked(), lake._changes)
    return lake.read(OBSERVATION, where)


@pytest.fixture(autouse=True)
def large(monkeypatch):
    """Tables are not answered from memory however small."""
    monkeypatch.setattr(lakes, "SMALL_ROWS", 0)


def listed(lake):
    return live_files(lake.rows, lake.folder, OBSERVATION.name)


def test_only_files_of_the_asked_days_are_read(lake):
    files = listed(lake)
    assert all(file.plain for file in files)
    paths = [file.path for file in files]
    day = source(files, span(asked(valid_from=between(1, 2)))).rows
    assert [path in day for path in paths] == [False, True, True, False]
    # The bound itself is not asked for, but a file that begins there is not worth telling apart.
    inside = source(files, span(asked(valid_from=between(1, 1.9)))).rows
    assert [path in inside for path in paths] == [False, True, False, False]
    noon = START + timedelta(days=2, hours=12)
    at = source(files, span(asked()._replace(at=When(noon, noon, noon)))).rows
    assert [path in at for path in paths] == [False, False, True, False]
    past = source(files, span(asked()._replace(at=When(noon, noon, noon, past=True)))).rows
    assert [path in past for path in paths] == [True, True, True, False]


def test_both_ways_give_the_same_rows(lake, monkeypatch):
    write(lake, 1, 7.0)
    wheres = [
        {"valid_from": between(*ends)} for ends in ((0, 1), (1, 3), (0, 9), (-9, -8), (2.5, 3))
    ]
    wheres += [
        {"valid_from": START},
        {"valid_from": [date(2024, 1, 1), date(2024, 1, 3)]},
        {"valid_from": []},
    ]
    # An instant without a zone is one in UTC.
    wheres.append({"valid_from": slice(START.replace(tzinfo=None), None)})
    assert lake._files.source(asked(), lake._changes) is None
    assert lake._files.source(asked(), lake._changes).rows.startswith("read_parquet")
    direct = [read(lake, **where) for where in wheres]
    lake._cache.clear()
    monkeypatch.setattr(livefiles, "source", lambda *_: None)
    assert [found.num_rows for found in direct] == [24, 48, 96, 0, 12, 1, 2, 0, 96]
    for found, where in zip(direct, wheres, strict=True):
        told = read(lake, **where)
        assert told is not found
        assert told.equals(found), where


def test_periods_without_an_end_are_looked_for_only_in_files_that_hold_some(lake, monkeypatch):
    noon = START + timedelta(days=1, hours=12)
    at = When(noon, noon, noon)
    assert source(listed(lake), span(asked()._replace(at=at))).endless == ""
    with lake.change() as connection:
        connection.execute(
            "INSERT INTO lake.observation SELECT * REPLACE (NULL::TIMESTAMPTZ AS valid_to)"
            " FROM lake.observation WHERE valid_from = ?",
            [START],
        )
    files = listed(lake)
    endless = source(files, span(asked()._replace(at=at))).endless
    assert [file.path in endless for file in files] == [*[False] * DAYS, True]
    lake._files.source(asked(), lake._changes)
    direct = lake.read(OBSERVATION, {}, at=at)
    # The hour that noon lies in, and the one that began on the first day and has not ended.
    assert direct.num_rows == 2
    lake._cache.clear()
    monkeypatch.setattr(livefiles, "source", lambda *_: None)
    assert lake.read(OBSERVATION, {}, at=at).equals(direct)


MICROS = st.none() | st.integers(0, 20)


@given(MICROS, MICROS, MICROS, st.lists(st.tuples(st.integers(0, 20), MICROS), min_size=1))
def test_a_file_that_holds_a_wanted_period_is_never_left_out(first, last, until, periods):
    begins, ends = zip(*periods, strict=True)
    file = LiveFile(
        "f", True, True, min(begins), max(begins), None if None in ends else max(e for e in ends)
    )
    epoch = datetime(1970, 1, 1, tzinfo=UTC)
    bounds = Span(
        *(None if t is None else epoch + timedelta(microseconds=t) for t in (first, last, until))
    )
    wanted = any(
        (first is None or begin >= first)
        and (last is None or begin <= last)
        and (until is None or end is None or end > until)
        for begin, end in periods
    )
    assert file.may_hold(bounds) or not wanted


@pytest.mark.parametrize("limit", [0, 10], ids=["in files", "in the catalogue"])
def test_rows_that_ducklake_deletes_or_keeps_elsewhere_are_left_to_it(lake, limit):
    assert read(lake).num_rows == 24 * DAYS
    with lake.change() as connection:
        connection.execute(f"CALL lake.set_option('data_inlining_row_limit', '{limit}')")
    with lake.change() as connection:
        connection.execute("DELETE FROM lake.observation WHERE valid_from = ?", [START])
    assert listed(lake) == []
    assert read(lake).num_rows == 24 * DAYS - 1
    write(lake, 9, hours=3)
    assert listed(lake) == []
    assert read(lake).num_rows == 24 * DAYS + 2


def test_rows_in_the_catalogue_are_found(lake):
    with lake.change() as connection:
        connection.execute("CALL lake.set_option('data_inlining_row_limit', '10')")
    write(lake, 9, hours=3)
    assert listed(lake) == []
    assert read(lake).num_rows == 24 * DAYS + 3


def test_a_column_that_files_lack_is_empty_in_them(lake):
    # The table as it was before the column was declared.
    with lake.change() as connection:
        connection.execute("ALTER TABLE lake.observation ADD COLUMN more VARCHAR")
    files = listed(lake)
    assert {(file.plain, file.whole) for file in files} == {(True, False)}
    assert source(files, span(asked())) is None
    write(lake, 2_000)
    files = listed(lake)
    assert [file.whole for file in files] == [*[False] * DAYS, True]
    assert "union_by_name" not in source(files, span(asked(valid_from=between(2_000, 2_001)))).rows
    for ends, count in (((0, 3_000), 24 * (DAYS + 1)), ((1, 2), 24), ((2_000, 2_001), 24)):
        where = {"valid_from": between(*ends)}
        assert source(files, span(asked(**where)))
        assert read(lake, **where).num_rows == count
        sql = f"SELECT more FROM {source(files, span(asked(**where))).rows}"
        assert set(lake.rows(sql)) == {(None,)}


@pytest.mark.parametrize(
    "change",
    [
        ["RENAME COLUMN note TO noted", "RENAME COLUMN noted TO note"],
        ["DROP COLUMN note", "ADD COLUMN note VARCHAR"],
        ["ADD COLUMN more VARCHAR DEFAULT 'x'"],
        ["ADD COLUMN more INTEGER", "ALTER COLUMN more TYPE BIGINT"],
    ],
)
def test_columns_that_became_others_are_left_to_ducklake(lake, change):
    for sql in change:
        with lake.change() as connection:
            connection.execute(f"ALTER TABLE lake.observation {sql}")
    write(lake, 9)
    assert listed(lake) == []
    assert read(lake).num_rows == 24 * (DAYS + 1)


def test_a_table_without_rows_has_no_files(lake):
    assert live_files(lake.rows, lake.folder, "flow") == []
    assert source([], Span()) is None


def test_of_a_table_without_rows_columns_are_as_ducklake_gives_them(lake, monkeypatch):
    empty = [declared(name) for name in ("unit", "boundary", "policy", "flow", "task")]
    told = [lake.read(table, {}) for table in empty]
    counted = [lake.query("SELECT count(*) AS n FROM known", table, {}) for table in empty]
    monkeypatch.setattr(livefiles.LiveFiles, "_is_empty", lambda *_: False)
    lake._cache.clear()
    assert [lake.read(table, {}).schema for table in empty] == [rows.schema for rows in told]
    assert [rows.num_rows for rows in told] == [0] * len(empty)
    assert [found.to_pylist() for found in counted] == [[{"n": 0}]] * len(empty)


def test_the_first_row_that_another_writes_is_found(lake):
    unit, other = declared("unit"), Lake(lake.folder)
    assert lake.read(unit, {}).num_rows == 0
    with other.change() as connection:
        connection.execute(
            "INSERT INTO lake.unit BY NAME SELECT 'u' AS unit, now() AS recorded_at, 'b' AS batch,"
            " 'main' AS branch, false AS retracted"
        )
    other.close()
    assert lake.read(unit, {}).column("unit").to_pylist() == ["u"]


@pytest.mark.parametrize(
    ("name", "plain"), [("it's year=2024", True), ("[a]", False), ("a*", False)]
)
def test_folders_of_whatever_name(written, tmp_path, name, plain):
    lake = copied(written, tmp_path / name)
    assert {file.plain for file in listed(lake)} == {plain}
    assert read(lake).num_rows == 24 * DAYS
    lake.close()


def test_merged_files_are_read_with_others(lake):
    before = read(lake)
    compact(lake)
    merged = len(listed(lake))
    assert merged < DAYS
    assert read(lake).equals(before)
    write(lake, 2_000)
    assert [file.plain for file in listed(lake)] == [True] * (merged + 1)
    assert read(lake).num_rows == 24 * (DAYS + 1)
    assert lake._files.source(asked(), lake._changes).rows.count(".parquet") == merged + 1


def test_files_that_are_merged_meanwhile_are_not_missed(lake, monkeypatch):
    other = Lake(lake.folder)
    assert read(lake).num_rows == 24 * DAYS
    # As if the change had not been noticed yet.
    seen = lake.stamp()
    monkeypatch.setattr(lake, "stamp", lambda: seen)
    compact(other)
    assert lake._files.source(asked(), lake._changes)
    assert read(lake, valid_from=between(0, 3)).num_rows == 24 * 3
    other.close()


def test_what_is_read_while_another_commits_is_not_kept(lake, monkeypatch):
    other = Lake(lake.folder)
    # The catalogue's file as it is once the commit is in it, though none can read it yet.
    monkeypatch.setattr(lake, "stamp", lambda: ((0, 1), None))
    with other.alone():
        assert read(lake).num_rows == 24 * DAYS
    with other.change() as connection:
        connection.execute(ELSEWHERE)
    assert not (lake.folder / UNFINISHED).exists()
    assert read(lake).num_rows == 2 * 24 * DAYS
    other.close()


def test_an_engine_loads_nothing_without_a_signature_also_where_one_was_loaded_before(tmp_path):
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        engine = attached(tmp_path / name)
        assert engine.execute(
            "SELECT current_setting('allow_unsigned_extensions')"
        ).fetchall() == [(False,)]
        with pytest.raises(duckdb.InvalidInputException, match="allow_unsigned_extensions"):
            engine.execute("SET allow_unsigned_extensions = true")
        engine.close()


def test_within_a_change_its_own_rows_are_read(lake):
    assert read(lake).num_rows == 24 * DAYS
    with lake.change() as connection:
        connection.execute(ELSEWHERE)
        assert read(lake, place=[PLACE, OTHER]).num_rows == 2 * 24 * DAYS


def test_a_table_whose_rows_hold_by_day_is_read_by_columns_that_are_not_shown(little):
    """Whether a row holds is told by columns that the query does not name."""
    view = replace(little, at=date(2025, 6, 1))
    wanted = len(view.records("boundary"))
    assert wanted
    for _ in range(2):
        little.lake._cache.clear()
        assert view.query("SELECT count(*) AS n FROM known", "boundary") == [{"n": wanted}]
