"""The lake: rows are only added, and every instant, branch and process sees what it should."""

import subprocess
import sys
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import duckdb
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import hutuo
import tiny
from hutuo.base import lake as lakes
from hutuo.base import region as regions
from hutuo.base.lake import Lake
from hutuo.base.tables import tables
from hutuo.errors import NotFound

PEOPLE = {"place": "990101", "indicator": "people"}
DAY_2020 = {"valid_from": date(2020, 11, 1), "valid_to": date(2020, 11, 2)}
RELEASED = datetime(2025, 1, 1, tzinfo=UTC)


def figure(value, *, place="990101", recorded_at=None, **period):
    """One row of observations as a frame."""
    row = {**PEOPLE, **(period or DAY_2020), "place": place, "value": value}
    row |= {"unit": "person", "source": "book", "estimate": False}
    return pd.DataFrame([row | ({"recorded_at": recorded_at} if recorded_at else {})])


def people(region, place="990101"):
    """Known figures of a place by the year they hold for."""
    rows = region.history("observation", indicator="people", place=place)
    return {row["valid_from"].year: row["value"] for row in rows}


def counts(region):
    """Number of stored rows by table, those taken back included."""
    sql = "SELECT count(*) FROM lake.{}"
    return {name: region.lake.rows(sql.format(name))[0][0] for name in (*tables(), "batch")}


def reopened(folder, **view):
    """The region as another process would open it: nothing is kept in memory."""
    regions._lakes.clear()
    return hutuo.open(str(folder), **view)


def test_opening_a_region_twice_changes_nothing(own, own_folder):
    snapshot, rows = own.lake.snapshot(), counts(own)
    again = reopened(own_folder)
    assert again.lake.snapshot() == snapshot
    assert counts(again) == rows


def test_rows_of_a_pack_are_known_from_its_release(own, own_folder):
    assert {row["recorded_at"] for row in own.records("observation")} == {RELEASED}
    before = hutuo.open(str(own_folder), as_of="2024-12-31")
    assert before.records("observation") == []


def test_a_correction_is_known_from_its_recording_on(own, own_folder):
    corrected = datetime(2025, 6, 1, 12, tzinfo=UTC)
    assert own.append("observation", figure(1010, recorded_at=corrected)) == 1
    assert people(own)[2020] == 1010
    assert people(hutuo.open(str(own_folder), as_of="2025-05-31"))[2020] == 1000
    assert people(hutuo.open(str(own_folder), as_of=corrected))[2020] == 1010
    just_before = corrected - timedelta(microseconds=1)
    assert people(hutuo.open(str(own_folder), as_of=just_before))[2020] == 1000


def test_a_correction_adds_a_row_and_removes_none(own):
    before = counts(own)["observation"]
    own.append("observation", figure(1010))
    assert counts(own)["observation"] == before + 1
    assert len(own.records("observation", **PEOPLE)) == 2


def test_a_day_as_of_counts_what_was_recorded_on_it(own, own_folder):
    own.append("observation", figure(1010, recorded_at=datetime(2025, 6, 1, 23, tzinfo=UTC)))
    assert people(hutuo.open(str(own_folder), as_of="2025-06-01"))[2020] == 1010


def test_at_keeps_the_rows_whose_period_holds_that_day(little, little_folder):
    held = {"2020-11-01": {1000.0}, "2020-11-02": set(), "2010-11-01": {900.0}}
    for day, values in held.items():
        rows = hutuo.open(str(little_folder), at=day).records("observation", **PEOPLE)
        assert {row["value"] for row in rows} == values, day


def test_history_at_a_day_ends_with_that_day(little, little_folder):
    earlier = hutuo.open(str(little_folder), at="2015-01-01")
    assert people(earlier) == {2010: 900.0}
    assert people(little) == {2010: 900.0, 2020: 1000.0}


def test_a_branch_stands_over_main_and_leaves_it_as_it_is(own):
    plan_b = own.create_branch("plan-b")
    plan_b.append("observation", figure(5000))
    assert people(plan_b) == {2010: 900.0, 2020: 5000.0}
    assert people(own) == {2010: 900.0, 2020: 1000.0}
    assert own.lake.branches() == ["main", "plan-b"]


def test_a_branch_keeps_its_row_when_main_is_corrected_later(own):
    plan_b = own.create_branch("plan-b")
    plan_b.append("observation", figure(5000))
    own.append("observation", figure(1020))
    own.append("observation", figure(520, place="990102"))
    assert people(plan_b)[2020] == 5000
    assert people(plan_b, "990102") == {2020: 520.0}


def test_two_branches_do_not_see_each_other(own):
    one, two = own.create_branch("one"), own.create_branch("two")
    one.append("observation", figure(1))
    two.append("observation", figure(2))
    assert (people(one)[2020], people(two)[2020], people(own)[2020]) == (1, 2, 1000)


def test_a_branch_of_a_name_that_is_there_is_refused(own):
    own.create_branch("plan-b")
    with pytest.raises(NotFound, match="plan-b"):
        own.create_branch("plan-b")


@pytest.mark.parametrize("read", [{"branch": "nope"}, {"where": {"nope": 1}}])
def test_an_unknown_branch_or_column_is_told(little, read):
    with pytest.raises(NotFound, match="nope"):
        little.lake.read(tables()["unit"], read.pop("where", {}), **read)


def test_where_takes_one_value_or_several(little):
    rows = little.records("unit", unit=["990101", "990103"])
    assert [row["unit"] for row in rows] == ["990101", "990103"]
    assert [row["unit"] for row in little.records("unit", zh="乙县")] == ["990102"]
    assert little.records("unit", unit=[]) == []


@pytest.mark.parametrize("small", [0, 50_000])
def test_a_slice_takes_the_same_rows_from_memory_and_from_the_lake(little, monkeypatch, small):
    """A census day stands at its midnight: a slice that ends within the day takes it, one before does not."""
    monkeypatch.setattr(lakes, "SMALL_ROWS", small)
    little.lake._sizes.clear()
    census = datetime(2020, 11, 1, tzinfo=UTC)
    noon = census + timedelta(hours=12)

    def days(first, before):
        found = little.records("observation", **PEOPLE, valid_from=slice(first, before))
        return [row["valid_from"] for row in found]

    assert days(None, noon) == [date(2010, 11, 1), date(2020, 11, 1)]
    assert days(None, census) == days(None, date(2020, 11, 1)) == [date(2010, 11, 1)]
    assert days(census, None) == days(date(2020, 11, 1), None) == [date(2020, 11, 1)]
    assert days(noon, None) == []
    assert little.records("observation", **PEOPLE, valid_from=noon) == []


def test_frames_and_records_hold_the_same_rows(little):
    frame = little.table("unit", level="county")
    assert list(frame["unit"]) == [row["unit"] for row in little.records("unit", level="county")]


@pytest.fixture(scope="module")
def branched(tmp_path_factory, shared_home):
    """A tiny region and a branch of it."""
    folder = tiny.write_pack(tmp_path_factory.mktemp("oracle") / "pack")
    region = hutuo.open(str(folder))
    return region, region.create_branch("what-if")


class TestOracle:
    """Reading against a brute force in plain Python."""

    row = st.tuples(
        st.sampled_from(["990101", "990102"]),
        st.integers(0, 1),
        st.sampled_from(["main", "what-if"]),
        st.integers(0, 9),
    )

    start = 1000

    @settings(max_examples=8)
    @given(rows=st.lists(row, min_size=1, max_size=6), data=st.data())
    def test_the_last_row_recorded_by_then_is_what_is_known(self, branched, rows, data):
        views = dict(zip(("main", "what-if"), branched, strict=True))
        # Each example takes years of its own, so that no example sees another's rows.
        type(self).start += 2
        hours = data.draw(st.permutations(range(len(rows))))
        written = []
        for (place, year, branch, value), hour in zip(rows, hours, strict=True):
            recorded = RELEASED + timedelta(hours=hour)
            valid = {"valid_from": date(self.start + year, 1, 1), "valid_to": None}
            frame = figure(value, place=place, recorded_at=recorded, **valid)
            views[branch].append("observation", frame)
            written.append((place, valid["valid_from"], branch, recorded, float(value)))
        as_of = RELEASED + timedelta(hours=data.draw(st.integers(-1, len(rows))))
        for branch in views:
            assert self.read(views[branch], as_of) == self.known(written, branch, as_of)

    def read(self, region, as_of):
        rows = region.lake.read(
            tables()["observation"], {}, as_of=as_of, branch=region.branch
        ).to_pylist()
        years = (self.start, self.start + 1)
        mine = [row for row in rows if row["valid_from"].year in years]
        return {(row["place"], row["valid_from"]): row["value"] for row in mine}

    def known(self, written, branch, as_of):
        """Per key the last value recorded by then; those of the branch stand over those of main."""
        found = {}
        for seen in ("main", branch):
            own = [w for w in written if w[2] == seen and w[3] <= as_of]
            for place, day, _, _, value in sorted(own, key=lambda w: w[3]):
                found[place, day] = value
        return found


class TestReload:
    """A pack that changed is loaded beside what was known of it."""

    def test_what_changed_is_added_and_what_went_is_taken_back(self, own, own_folder):
        before = counts(own)["observation"]
        tiny.edit(own_folder, "observation", {(3, "value"): "1001"})
        tiny.edit(own_folder, "observation", {(4, "valid_from"): "2020-11-01"})
        drop(own_folder, "observation", "990104,people")
        again = reopened(own_folder)
        assert people(again) == {2010: 900.0, 2020: 1001.0}
        assert people(again, "990104") == {}
        assert counts(again)["observation"] == before + 2

    def test_the_rows_before_stay_known_as_of_then(self, own, own_folder):
        then = datetime.now(UTC)
        tiny.edit(own_folder, "observation", {(3, "value"): "1001"})
        drop(own_folder, "observation", "990104,people")
        reopened(own_folder)
        earlier = hutuo.open(str(own_folder), as_of=then)
        assert people(earlier) == {2010: 900.0, 2020: 1000.0}
        assert people(earlier, "990104") == {2020: 400.0}

    def test_a_row_that_comes_back_is_known_again(self, own, own_folder):
        text = (own_folder / "observation.csv").read_text(encoding="utf-8")
        drop(own_folder, "observation", "990104,people")
        assert people(reopened(own_folder), "990104") == {}
        (own_folder / "observation.csv").write_text(text, encoding="utf-8")
        assert people(reopened(own_folder), "990104") == {2020: 400.0}

    def test_a_later_release_is_known_from_its_day(self, own, own_folder):
        toml = own_folder / "region.toml"
        text = toml.read_text(encoding="utf-8").replace("2025-01-01", "2025-07-01")
        toml.write_text(text, encoding="utf-8")
        tiny.edit(own_folder, "observation", {(3, "value"): "1001"})
        reopened(own_folder)
        assert people(hutuo.open(str(own_folder), as_of="2025-06-30"))[2020] == 1000
        assert people(hutuo.open(str(own_folder), as_of="2025-07-01"))[2020] == 1001

    def test_rows_that_a_user_appended_stay(self, own, own_folder):
        added = figure(1100, valid_from=date(2023, 1, 1), valid_to=None)
        own.append("observation", added)
        drop(own_folder, "observation", "990104,people")
        assert people(reopened(own_folder)) == {2010: 900.0, 2020: 1000.0, 2023: 1100.0}

    def test_a_column_more_is_read_as_one_row_changed(self, own, own_folder):
        file = own_folder / "body.csv"
        head, row = file.read_text(encoding="utf-8").splitlines()
        file.write_text(f"{head},note\n{row},seen\n", encoding="utf-8")
        assert [r["note"] for r in reopened(own_folder).records("body")] == ["seen"]


def drop(folder, table, start):
    """Take the lines that begin so out of a pack's table."""
    file = folder / f"{table}.csv"
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(x for x in lines if not x.startswith(start)), encoding="utf-8")


APPENDS = """
import sys
from datetime import date
import pandas as pd
import hutuo
folder, place, number = sys.argv[1], sys.argv[2], int(sys.argv[3])
region = hutuo.open(folder)
for year in range(number):
    row = {"place": place, "indicator": "people", "valid_from": date(1900 + year, 1, 1),
           "value": year, "unit": "person", "source": "book"}
    region.append("observation", pd.DataFrame([row]))
    assert len(region.records("observation", place=place)) > year
"""


class TestProcesses:
    """Several processes and threads on one lake."""

    def start(self, script, *words, env):
        return subprocess.Popen(
            [sys.executable, "-c", script, *map(str, words)],
            env=env,
            stderr=subprocess.PIPE,
            text=True,
        )

    def test_two_that_open_and_append_at_once_lose_nothing(self, home, own_folder, elsewhere):
        env = {**elsewhere, "HUTUO_HOME": str(home)}
        running = [
            self.start(APPENDS, own_folder, place, 5, env=env) for place in ("990102", "990103")
        ]
        for process in running:
            _, told = process.communicate(timeout=120)
            assert process.returncode == 0, told
        region = hutuo.open(str(own_folder))
        wanted = {1900 + year: float(year) for year in range(5)}
        assert people(region, "990103") == wanted
        assert people(region, "990102") == wanted | {2020: 500.0}

    @pytest.mark.parametrize("after", [0.0, 0.25, 0.5])
    def test_a_load_that_is_killed_leaves_nothing_half_loaded(
        self, home, own_folder, elsewhere, after
    ):
        """Killed at three moments after the catalogue appeared; the next open goes on from there."""
        env = {**elsewhere, "HUTUO_HOME": str(home)}
        process = self.start("import sys, hutuo; hutuo.open(sys.argv[1])", own_folder, env=env)
        while process.poll() is None and not list(home.glob("regions/*/lake.sqlite")):
            time.sleep(0.01)
        time.sleep(after)
        process.kill()
        process.communicate()
        region = hutuo.open(str(own_folder))
        stored = counts(region)
        assert stored.pop("batch") == 1
        wanted = {name: len(rows) for name, rows in tiny.ROWS.items()}
        # Each of the four polygons gives a boundary and an area.
        wanted |= {"boundary": 4, "observation": len(tiny.ROWS["observation"]) + 4}
        assert {name: count for name, count in stored.items() if count} == wanted

    def test_a_change_by_another_process_is_seen(self, home, own, own_folder, elsewhere):
        env = {**elsewhere, "HUTUO_HOME": str(home)}
        assert people(own, "990103") == {}
        process = self.start(APPENDS, own_folder, "990103", 1, env=env)
        _, told = process.communicate(timeout=60)
        assert process.returncode == 0, told
        assert people(own, "990103") == {1900: 0.0}

    def test_threads_read_the_same(self, little):
        codes = [f"9901{number:02}" for number in range(5)]
        with ThreadPoolExecutor(8) as pool:
            found = list(pool.map(lambda code: len(little.records("unit", unit=code)), codes * 8))
        assert found == [1] * 40

    def test_threads_append_and_lose_nothing(self, own):
        def write(place):
            for year in range(4):
                day = {"valid_from": date(1900 + year, 1, 1), "valid_to": None}
                own.append("observation", figure(year, place=place, **day))

        with ThreadPoolExecutor(2) as pool:
            list(pool.map(write, ["990102", "990103"]))
        assert len(people(own, "990103")) == 4
        assert len(people(own, "990102")) == 5


def test_reading_keeps_no_other_process_from_committing(little, tmp_path):
    """Results are read whole: one that is read in part would lock the catalogue until the next query."""
    reader, writer = Lake(tmp_path), Lake(tmp_path)
    table = tables()["unit"]
    reads = [reader.snapshot, reader.branches, lambda: reader.read(table, {"zh": "x"})]
    for number, read in enumerate(reads):
        read()
        start = time.perf_counter()
        writer.create_branch(f"b{number}")
        assert time.perf_counter() - start < 3
    reader.close()
    writer.close()


def test_a_transaction_that_fails_leaves_nothing(tmp_path):
    lake = Lake(tmp_path)

    def fail():
        with lake.change() as connection:
            connection.execute("INSERT INTO lake.branch VALUES ('x', 'x', 'create', now())")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert lake.branches() == ["main"]
    lake.close()


@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) AS n FROM known",
        "SELECT * FROM known",
        "SELECT place, avg(value) AS mean FROM known GROUP BY place",
        'SELECT "VALUE" AS v, batch, recorded_at FROM known',
        "SELECT COLUMNS('p.*') FROM known",
        "WITH more AS (SELECT unit FROM known) SELECT unit, count(*) AS n FROM more GROUP BY ALL",
    ],
)
@pytest.mark.parametrize(
    "where", [{}, {"source": "book"}, {"place+indicator": [("990101", "people")]}]
)
def test_of_columns_only_those_are_read_that_a_query_needs(own, sql, where):
    """The same query over all columns of the rows is the oracle."""
    own.append("observation", figure(1010))
    branch = own.create_branch("idea")
    branch.append("observation", figure(1020))
    for view in (own, branch, replace(branch, as_of=RELEASED + timedelta(days=1))):
        rows = view.lake.read(tables()["observation"], where, as_of=view.as_of, branch=view.branch)
        with duckdb.connect() as engine:
            engine.register("known", rows)
            told = engine.sql(sql).to_arrow_table().to_pylist()
        found = view.query(sql, "observation", **where)
        assert [set(row) for row in found] == [set(row) for row in told]
        assert counted(found) == counted(told)


def counted(rows):
    """Rows in whatever order, their times as text."""
    return Counter(
        tuple(str(cell)[:10] if isinstance(cell, date) else cell for cell in row.values())
        for row in rows
    )


def test_who_only_reads_beside_others_changes_nothing_that_they_remember(own):
    """A lake that was closed has no log; whoever reads it begins an empty one and takes it away again."""
    lake = own.lake
    lake.close()
    lake._attach()
    assert not (lake.folder / "lake.sqlite-wal").exists()
    seen, ended = {lake.stamp()}, threading.Event()

    def watch():
        while not ended.is_set():
            seen.add(lake.stamp())

    with ThreadPoolExecutor(3) as pool:
        watching = pool.submit(watch)
        list(pool.map(lambda _: lake.rows("SELECT count(*) FROM lake.unit"), range(40)))
        ended.set()
        watching.result()
    assert len(seen) == 1
    own.create_branch("x")
    assert lake.stamp() not in seen
