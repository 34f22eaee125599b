"""Care of a lake: upkeep changes no answer at any instant, and every way back brings all answers back."""

import json
import os
import shutil
import subprocess
import sys
import zipfile
from datetime import UTC, date, datetime, timedelta

import pandas as pd
import pytest

import hutuo
import tiny
from hutuo.base import cataloguefile, upkeep, uploads
from hutuo.base import region as regions
from hutuo.base.care import Care, care
from hutuo.base.tables import tables
from hutuo.cli import main
from hutuo.errors import BadAsk, BadInput, NotFound, Unavailable

RELEASED = datetime(2025, 1, 1, tzinfo=UTC)
INSTANTS = [
    RELEASED + timedelta(days=n, hours=h) for n, h in ((-1, 0), (0, 0), (0, 13), (2, 13), (5, 1))
]


def figure(value, place="990101", year=2020, **more):
    """One row of observations."""
    row = {"place": place, "indicator": "people", "valid_from": date(year, 11, 1), "value": value}
    row |= {"valid_to": date(year, 11, 2), "unit": "person", "source": "book", "estimate": False}
    return pd.DataFrame([row | more])


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """Folder of a lake that has lived; it is copied, for making it takes long."""
    folder = tmp_path_factory.mktemp("model")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HUTUO_HOME", str(folder))
        region = hutuo.open(str(tiny.write_pack(folder / "pack")))
        live(region)
        region.lake.close()
        regions._lakes.clear()
    return region.lake.folder


@pytest.fixture
def lived(model, own_folder, home):
    """A region of the test's own that has lived."""
    folder = home / "regions" / own_name(own_folder)
    shutil.copytree(model, folder)
    cataloguefile.move(folder, folder)
    region = hutuo.open(str(own_folder))
    yield region
    region.lake.close()
    regions._lakes.clear()


def live(own):
    """Corrections on several days, a branch, one that was merged, rows taken back."""
    for n in range(5):
        own.append(
            "observation", figure(2000 + n, recorded_at=RELEASED + timedelta(days=n, hours=12))
        )
    one = own.create_branch("one")
    one.append("observation", figure(3000, recorded_at=RELEASED + timedelta(days=5)))
    one.append("observation", figure(3001, "990102"))
    hutuo.base.branches.branch(own, hutuo.base.branches.Branch(action="merge", name="one"))
    two = own.create_branch("two")
    two.append("observation", figure(4000, year=2021))
    hutuo.base.writing.retract(
        own, "observation", pd.DataFrame([{"place": "990104"}]), hutuo.base.writing.About("put")
    )


def answers(folder, instants=INSTANTS[2:4]):
    """What a fresh process reads: figures on every branch as of instants, and every stored row.

    What is asked of the other tables follows from their stored rows.
    """
    regions._lakes.clear()
    region = hutuo.open(str(folder))
    lake, told = region.lake, {}
    for branch in lake.branches():
        for at in [*instants, None]:
            rows = lake.read(tables()["observation"], {}, as_of=at, branch=branch).to_pylist()
            told[branch, at] = rows
        told[branch, "batches"] = hutuo.open(str(folder), branch=branch).batches()
    # Every row lies in a file: where there is none DuckLake need not be asked.
    kept = lake.folder / "lake" / "main"
    every = [
        name for name in (*tables(), "batch", "branch") if any(kept.glob(f"{name}/*.parquet"))
    ]
    sql = " UNION ALL ".join(
        f"SELECT '{name}', t::VARCHAR FROM lake.{name} AS t" for name in every
    )
    told["rows"] = sorted(lake.rows(sql))
    assert len(told["rows"]) > 50
    lake.close()
    regions._lakes.clear()
    return told


def thorough(region):
    """Instants between all changes."""
    return [*INSTANTS, *(batch["written_at"] for batch in region.batches())]


def tend(folder, action, **ask):
    return care(None, Care(action=action, of=str(folder), **ask))


def lake_folder(home):
    return next(f for f in (home / "regions").iterdir() if "." not in f.name)


def catalogue(home):
    return lake_folder(home) / "lake.sqlite"


def spoiled(home, how):
    """Spoil the catalogue, as a broken disk would; nobody has it open."""
    file = catalogue(home)
    content = file.read_bytes()
    for log in ("-wal", "-shm"):
        file.with_name(f"lake.sqlite{log}").unlink(missing_ok=True)
    ways = {
        "half": content[: len(content) // 2],
        "empty": b"",
        "garbage": os.urandom(len(content)),
    }
    if how == "gone":
        file.unlink()
    else:
        file.write_bytes(ways[how])


class TestUpkeep:
    """Merging and forgetting take nothing away."""

    def test_status_counts_what_is_there(self, lived, own_folder, home):
        told = tend(own_folder, "status")
        assert (told.state, told.problems, told.region) == ("whole", [], "little")
        stored = {t.table: t.rows for t in told.tables}
        for name, rows in stored.items():
            assert lived.lake.rows(f"SELECT count(*) FROM lake.{name}") == [(rows,)]
        files = list(lake_folder(home).glob("lake/main/*/*.parquet"))
        assert told.files == len(files)
        assert told.bytes == sum(f.stat().st_size for f in files)
        assert told == tend(own_folder, "status")

    def test_every_row_lies_in_a_file_also_of_tiny_batches(self, lived, own_folder):
        lived.append("observation", figure(1, year=1999))
        stored = {t.table: t.rows for t in tend(own_folder, "status").tables}
        assert lived.lake.rows("SELECT count(*) FROM lake.observation") == [
            (stored["observation"],)
        ]

    def test_merging_keeps_every_answer_and_leaves_no_small_files(self, lived, own_folder, home):
        instants = thorough(lived)
        before = answers(own_folder, instants)
        assert tend(own_folder, "status").small_files > 10
        told = tend(own_folder, "compact")
        assert (told.small_files, told.waiting, told.problems) == (0, 0, [])
        assert len(list(lake_folder(home).glob("lake/main/*/*.parquet"))) == told.files
        assert answers(own_folder, instants) == before

    def test_forgetting_states_keeps_every_time_of_recording(self, lived, own_folder):
        instants = thorough(lived)
        before = answers(own_folder, instants)
        kept = tend(own_folder, "status").snapshots
        assert tend(own_folder, "expire", days=1).snapshots == kept
        told = tend(own_folder, "expire", days=0)
        assert (told.snapshots, told.problems) == (1, [])
        assert answers(own_folder, instants) == before
        tend(own_folder, "compact")
        assert answers(own_folder, instants) == before

    def test_a_reader_goes_on_while_files_are_merged(self, lived, own_folder):
        lived.append("observation", figure(7, year=1990))
        rows = lived.lake.rows("SELECT count(*) FROM lake.observation")
        tend(own_folder, "compact")
        assert lived.lake.rows("SELECT count(*) FROM lake.observation") == rows
        assert lived.append("observation", figure(8, year=1991)) == 1

    def test_missing_changed_and_stray_files_are_told(self, lived, own_folder, home):
        folder = lake_folder(home)
        one, two, *_ = sorted((folder / "lake/main/observation").iterdir())
        shutil.copy(one, one.with_name("ducklake-stray.parquet"))
        one.unlink()
        two.write_bytes(two.read_bytes()[:-1])
        told = " ".join(t.en for t in tend(own_folder, "status").problems)
        assert f"{one.name} is missing" in told
        assert f"{two.name} has" in told
        assert "1 files belong to no batch" in told

    def test_a_missing_file_is_told_with_the_way_back(self, lived, home):
        for file in (lake_folder(home) / "lake/main/observation").iterdir():
            file.unlink()
        lived.lake._cache.clear()
        with pytest.raises(Unavailable, match=r"is missing.*parquet") as told:
            lived.records("observation")
        assert "care restore" in told.value.hint

    def test_a_column_of_another_type_is_told(self):
        known = cataloguefile.Contents(
            [], [("unit", "zh", "int64"), ("batch", "batch", "varchar")], 1, []
        )
        assert [t.en for t in upkeep._other_layout(known)] == ["unit.zh is int64, not varchar"]

    def test_a_lake_that_was_never_opened_is_missing(self, own_folder):
        told = tend(own_folder, "status")
        assert (told.state, told.files, told.tables) == ("missing", 0, [])
        with pytest.raises(NotFound, match="no lake yet"):
            tend(own_folder, "backup", file=str(own_folder / "b.zip"))
        with pytest.raises(NotFound, match="no files of rows") as none:
            tend(own_folder, "rebuild")
        assert none.value.advice[0] == "请打开地区,其数据包即会读入"


@pytest.mark.parametrize("how", ["half", "empty", "garbage", "gone"])
def test_a_broken_catalogue_is_told_and_both_ways_back_bring_all_answers(
    how, lived, own_folder, home, tmp_path, capsys
):
    instants = thorough(lived) if how == "half" else INSTANTS[2:4]
    lived.lake.close()
    before, backup = answers(own_folder, instants), tmp_path / "b.zip"
    tend(own_folder, "backup", file=str(backup))
    for action, ask in (("rebuild", {}), ("restore", {"file": str(backup)})):
        spoiled(home, how)
        broken = catalogue(home).read_bytes() if how != "gone" else None
        with pytest.raises(Unavailable, match=r"lake\.sqlite is broken") as told:
            hutuo.open(str(own_folder))
        assert "hutuo base care restore FILE" in told.value.hint
        assert "hutuo base care rebuild" in told.value.hint
        assert main(["base", "region", "--region", str(own_folder)]) == Unavailable.exit_code
        told_here = capsys.readouterr().err
        assert "lake.sqlite已损坏" in told_here
        assert "hutuo base care restore 文件" in told_here
        assert tend(own_folder, "status").state == "broken"
        done = tend(own_folder, action, **ask)
        assert (done.state, done.problems, done.dropped) == ("whole", [], [])
        assert answers(own_folder, instants) == before
        kept = home / "regions" / done.aside / "lake.sqlite"
        assert (kept.read_bytes() if kept.exists() else None) == broken
        region = hutuo.open(str(own_folder))
        assert region.append("observation", figure(1)) == 1
        region.lake.close()
        regions._lakes.clear()
        tend(own_folder, "restore", file=str(backup))


class TestRebuild:
    """Only whole batches come back, each once."""

    def test_rows_in_merged_files_and_in_those_before_come_back_once(
        self, lived, own_folder, home
    ):
        before, folder = answers(own_folder), lake_folder(home)
        shutil.copytree(folder / "lake", home / "kept")
        tend(own_folder, "compact")
        shutil.copytree(home / "kept", folder / "lake", dirs_exist_ok=True)
        catalogue(home).write_bytes(b"")
        assert tend(own_folder, "rebuild").dropped == []
        assert answers(own_folder) == before

    def test_rows_without_a_batch_in_the_log_do_not_come_back(
        self, lived, own_folder, home, elsewhere
    ):
        before = answers(own_folder)
        script = (
            "import os, sys, hutuo; lake = hutuo.open(sys.argv[1]).lake\n"
            "with lake.change() as c:\n"
            " c.execute('INSERT INTO lake.observation SELECT * REPLACE (42 AS value, \\'x\\' AS batch)"
            " FROM lake.observation')\n"
            " os._exit(9)"
        )
        env = {**elsewhere, "HUTUO_HOME": str(home)}
        subprocess.run([sys.executable, "-c", script, str(own_folder)], env=env, check=False)
        assert "belong to no batch" in tend(own_folder, "status").problems[0].en
        tend(own_folder, "rebuild")
        assert answers(own_folder) == before
        assert tend(own_folder, "status").problems == []

    def test_files_of_a_killed_writer_go_with_the_next_change(
        self, lived, own_folder, home, elsewhere
    ):
        script = (
            "import os, sys, hutuo; lake = hutuo.open(sys.argv[1]).lake\n"
            "with lake.change() as c:\n"
            " c.execute('INSERT INTO lake.branch SELECT * FROM lake.branch')\n"
            " os._exit(9)"
        )
        env = {**elsewhere, "HUTUO_HOME": str(home)}
        subprocess.run([sys.executable, "-c", script, str(own_folder)], env=env, check=False)
        assert tend(own_folder, "status").problems
        lived.append("observation", figure(1, year=1999))
        assert tend(own_folder, "status").problems == []

    def test_a_batch_that_lacks_rows_is_named_and_left_out_whole(self, lived, own_folder, home):
        batch = lived.record({"observation": figure(5, year=1980)}, verb="put").batch
        newest = max((lake_folder(home) / "lake/main/observation").iterdir())
        newest.write_bytes(newest.read_bytes()[:100])
        told = tend(own_folder, "rebuild")
        assert told.dropped == [batch]
        assert told.unreadable == [f"lake/main/observation/{newest.name}"]
        assert batch not in {b["batch"] for b in hutuo.open(str(own_folder)).batches()}

    def test_a_pack_that_changed_and_came_back_is_kept(self, lived, own_folder, home):
        for value in ("1001", "1000"):
            tiny.edit(own_folder, "observation", {(3, "value"): value})
            hutuo.open(str(own_folder))
        text = (own_folder / "observation.csv").read_text(encoding="utf-8")
        (own_folder / "observation.csv").write_text(
            text.rpartition("990101,share")[0], encoding="utf-8"
        )
        before = answers(own_folder)
        spoiled(home, "half")
        assert tend(own_folder, "rebuild").dropped == []
        assert answers(own_folder) == before


class TestBackup:
    """A backup is one file that is checked before it replaces anything."""

    def test_what_came_after_the_backup_is_gone_and_kept_aside(
        self, lived, own_folder, home, tmp_path
    ):
        before = answers(own_folder)
        made = tend(own_folder, "backup", file=str(tmp_path / "b.zip"))
        assert (made.backup, made.state) == ("b.zip", "whole")
        hutuo.open(str(own_folder)).append("observation", figure(9, year=1970))
        after = answers(own_folder)
        done = tend(own_folder, "restore", file=str(tmp_path / "b.zip"))
        assert (done.backup, done.backed_up_at) == ("b.zip", made.backed_up_at)
        assert answers(own_folder) == before != after
        lake_folder(home).rename(home / "regions" / "put.away")
        (home / "regions" / done.aside).rename(home / "regions" / own_name(own_folder))
        assert answers(own_folder) == after

    def test_it_comes_back_in_another_home(self, lived, own_folder, tmp_path, monkeypatch):
        before = answers(own_folder)
        tend(own_folder, "backup", file=str(tmp_path / "b.zip"))
        monkeypatch.setenv("HUTUO_HOME", str(tmp_path / "other"))
        assert tend(own_folder, "restore", file=str(tmp_path / "b.zip")).state == "whole"
        shutil.rmtree(tmp_path / "home")
        assert answers(own_folder) == before

    def test_the_sums_of_its_files_stand_in_it(self, lived, own_folder, tmp_path):
        tend(own_folder, "backup", file=str(tmp_path / "b.zip"))
        with zipfile.ZipFile(tmp_path / "b.zip") as archive:
            manifest = json.loads(archive.read("manifest.json"))
            names = {e["name"] for e in manifest["files"]}
            assert names | {"manifest.json"} == set(archive.namelist())
        assert {"lake.sqlite", "pack"} < names

    @pytest.mark.parametrize("how", ["cut", "flipped", "text", "strange", "missing"])
    def test_a_faulty_backup_changes_nothing(self, how, lived, own_folder, tmp_path):
        file = tmp_path / "b.zip"
        tend(own_folder, "backup", file=str(file))
        before, content = answers(own_folder), file.read_bytes()
        if how == "cut":
            file.write_bytes(content[:-200])
        elif how == "text":
            file.write_bytes(b"no backup")
        elif how == "flipped":
            middle = content.index(b"PAR1") + 50
            file.write_bytes(
                content[:middle] + bytes([content[middle] ^ 1]) + content[middle + 1 :]
            )
        else:
            repacked(file, how)
        with pytest.raises(BadInput, match=r"b\.zip"):
            tend(own_folder, "restore", file=str(file))
        assert answers(own_folder) == before
        assert len(list((tmp_path / "home" / "regions").iterdir())) == 1

    def test_a_backup_of_another_region_is_refused(self, lived, own_folder, tmp_path):
        tend(own_folder, "backup", file=str(tmp_path / "b.zip"))
        other = tiny.write_pack(tmp_path / "other", "other")
        with pytest.raises(BadAsk, match="of region 'little'"):
            tend(other, "restore", file=str(tmp_path / "b.zip"))

    def test_a_file_is_needed_and_none_is_written_over(self, lived, own_folder, tmp_path):
        with pytest.raises(BadAsk, match="needs a file"):
            tend(own_folder, "backup")
        (tmp_path / "b.zip").write_text("mine")
        with pytest.raises(BadAsk, match="there already"):
            tend(own_folder, "backup", file=str(tmp_path / "b.zip"))
        with pytest.raises(NotFound, match="no file"):
            tend(own_folder, "restore", file=str(tmp_path / "none.zip"))

    def test_over_the_network_no_path_is_read_or_written(self, lived, own_folder, tmp_path):
        tend(own_folder, "backup", file=str(tmp_path / "b.zip"))
        with uploads.over_network():
            with pytest.raises(BadAsk, match="by the owner"):
                tend(own_folder, "backup", file=str(tmp_path / "c.zip"))
            with pytest.raises(BadAsk, match="no uploaded file"):
                tend(own_folder, "restore", file=str(tmp_path / "b.zip"))
            with pytest.raises(NotFound, match="no region"):
                care(None, Care(of=str(tmp_path)))

    def test_an_open_region_reads_and_writes_what_came_back(self, lived, own_folder, tmp_path):
        tend(own_folder, "backup", file=str(tmp_path / "b.zip"))
        lived.append("observation", figure(9, year=1970))
        assert lived.records("observation", valid_from=date(1970, 11, 1))
        tend(own_folder, "restore", file=str(tmp_path / "b.zip"))
        assert lived.append("observation", figure(9, year=1972)) == 1
        assert lived.records("observation", valid_from=date(1970, 11, 1)) == []
        assert lived.append("observation", figure(9, year=1971)) == 1
        assert answers(own_folder)


def own_name(folder):
    from hutuo.base import pack

    return regions._key(folder, pack.read_info(folder))


def repacked(file, how):
    """The backup with a name in it that leads out of the folder, or without a file."""
    with zipfile.ZipFile(file) as old:
        held = {name: old.read(name) for name in old.namelist()}
    manifest = json.loads(held.pop("manifest.json"))
    if how == "strange":
        manifest["files"].append({"name": "../../evil", "size": 1, "sha256": ""})
    else:
        held.pop(next(name for name in held if name.endswith(".parquet")))
    with zipfile.ZipFile(file, "w") as new:
        for name, content in held.items():
            new.writestr(name, content)
        new.writestr("manifest.json", json.dumps(manifest))
