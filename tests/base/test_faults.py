"""Killed writers and a full disk: what was told as written stays, and the rest leaves nothing."""

import random
import shutil
import subprocess
import sys
import time
from collections import Counter
from contextlib import suppress
from datetime import date

import pandas as pd
import pytest

import hutuo
import tiny
from hutuo.base import region as regions
from hutuo.base.care import Care, care
from hutuo.base.lake import Lake
from hutuo.errors import Unavailable

# Writes batches of several rows of two tables, and tells each once it is written.
WRITER = """
import sys
from datetime import date
import pandas as pd
import hutuo
folder, place, start, size = sys.argv[1], sys.argv[2], int(sys.argv[3]), int(sys.argv[4])
region = hutuo.open(folder)
print("ready", flush=True)
for number in range(start, start + 100_000):
    row = {"place": place, "indicator": "people", "unit": "person", "source": "book", "valid_to": None}
    days = [date(1000 + number % 900, 1 + n % 12, 1 + n // 12) for n in range(size)]
    figures = [row | {"valid_from": day, "value": number} for day in days]
    source = {"source": f"{place}-{number}", "zh": "年鉴", "en": "Book", "publisher": "x", "licence": "open",
              "quality": "A", "origin": "x"}
    frames = {"observation": pd.DataFrame(figures), "source": pd.DataFrame([source])}
    done = region.record(frames, verb="put", origin=place)
    print(done.batch, number, flush=True)
"""
SIZE = 50


class Writers:
    """Two processes that write to one region until they are killed."""

    def __init__(self, folder, env):
        self.folder, self.env = folder, env
        self.next = {"990101": 0, "990102": 0}

    def round(self, wait):
        """Start both, kill both in the middle of their work, and return what they told as written."""
        running = {
            place: subprocess.Popen(
                [sys.executable, "-c", WRITER, str(self.folder), place, str(start), str(SIZE)],
                env=self.env,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
            )
            for place, start in self.next.items()
        }
        first = next(iter(running.values()))
        try:
            ready = {place: process.stdout.readline() for place, process in running.items()}
            # Killed only when both are at work, the one after it told of a batch.
            early = first.stdout.readline()
            time.sleep(wait)
        finally:
            for process in running.values():
                process.kill()
        told = {}
        for place, process in running.items():
            # Not communicate(): it leaves out what readline() above took from the pipe ahead of its line.
            with process:
                out, err = process.stdout.read(), process.stderr.read()
            assert err == ""
            assert ready[place] == "ready\n"
            out = early + out if process is first else out
            lines = [line.split() for line in out.splitlines()]
            start = self.next[place]
            assert [int(number) for _, number in lines] == [*range(start, start + len(lines))]
            told |= {batch: (place, int(number)) for batch, number in lines}
            # The one after the last that was told may have been written too.
            self.next[place] += len(lines) + 1
        return told


def check(lake, told):
    """Each batch that was told is there; each that is there is whole, once, and as it was given."""
    sql = (
        "SELECT batch, min(place), max(place), min(value), max(value), count(*),"
        " count(DISTINCT valid_from) FROM lake.observation WHERE batch LIKE 'put:%' GROUP BY batch"
    )
    found = {batch: row for batch, *row in lake.rows(sql)}
    assert told.keys() <= found.keys()
    for place, low, value, high, count, days in (
        (row[0], row[1], row[2], row[3], row[4], row[5]) for row in found.values()
    ):
        assert (place, value, count, days) == (low, high, SIZE, SIZE)
    for batch, (place, number) in told.items():
        assert (found[batch][0], found[batch][2]) == (place, number)
    logged = Counter(b for (b,) in lake.rows("SELECT batch FROM lake.batch WHERE verb = 'put'"))
    assert logged == Counter(found.keys())
    written = Counter(
        b for (b,) in lake.rows("SELECT batch FROM lake.source WHERE batch LIKE 'put:%'")
    )
    assert written == logged
    numbers = Counter((row[0], row[2]) for row in found.values())
    assert set(numbers.values()) <= {1}


def drill(folder, env, rounds, seed):
    """Rounds of killing, with care in between; what was told is there after each and after a rebuild."""
    chance = random.Random(seed)  # noqa: S311 - not for secrets
    writers, told = Writers(folder, env), {}
    lake = hutuo.open(str(folder)).lake
    for number in range(rounds):
        told |= writers.round(chance.uniform(0.1, 1.5))
        check(lake, told)
        if number % 10 == 4:
            care(None, Care(action="compact", of=str(folder)))
            check(lake, told)
    assert len(told) >= rounds
    state = care(None, Care(of=str(folder)))
    assert state.state == "whole"
    assert [p.en for p in state.problems if "belong to no batch" not in p.en] == []
    care(None, Care(action="rebuild", of=str(folder)))
    check(lake, told)
    assert care(None, Care(of=str(folder))).problems == []
    return told


def test_two_killed_writers_lose_nothing_that_was_told_and_leave_nothing_half(
    own_folder, home, elsewhere
):
    hutuo.open(str(own_folder))
    drill(own_folder, {**elsewhere, "HUTUO_HOME": str(home)}, 3, 1)


@pytest.mark.long
def test_two_writers_killed_fifty_times(own_folder, home, elsewhere, capsys):
    hutuo.open(str(own_folder))
    start = time.monotonic()
    told = drill(own_folder, {**elsewhere, "HUTUO_HOME": str(home)}, 50, 2)
    with capsys.disabled():
        seconds = time.monotonic() - start
        print(f"\n50 rounds, {len(told)} batches told and all there, {seconds:.0f} s")


# The engine takes such a program for one that somebody sits at; the bar comes with what takes longer.
PRINTER = """
import sys
import hutuo
from hutuo.base import querying
lake = hutuo.open(sys.argv[1]).lake
with querying._engine() as engine:
    for connection in (lake._root, lake.connection, engine):
        print(*connection.execute("SELECT current_setting('enable_progress_bar')").fetchone())
"""


def test_the_engine_prints_nothing_among_what_a_program_prints(own_folder, home, elsewhere):
    command = [sys.executable, "-c", PRINTER, str(own_folder)]
    env = {**elsewhere, "HUTUO_HOME": str(home)}
    told = subprocess.run(command, env=env, capture_output=True, text=True, check=True)
    assert told.stdout.split() == ["False"] * 3


@pytest.fixture
def small_disk(tmp_path):
    """A disk of 24 MB, as a memory file system."""
    disk = tmp_path / "disk"
    disk.mkdir()
    command = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(disk)]
    if (
        shutil.which("mount") is None
        or subprocess.run(command, capture_output=True, check=False).returncode
    ):
        pytest.skip("mounting a small file system is not permitted here")
    yield disk
    regions._lakes.clear()
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def on_small_disk(small_disk, tmp_path, monkeypatch):
    """The tiny region with its lake on the small disk."""
    monkeypatch.setenv("HUTUO_HOME", str(small_disk / "home"))
    folder = tiny.write_pack(tmp_path / "pack")
    return folder, hutuo.open(str(folder))


def noise(number, rows=20_000):
    """Figures that do not compress."""
    chance = random.Random(number)  # noqa: S311 - not for secrets
    first = date(1000, 1, 1).toordinal()
    days = [date.fromordinal(first + n) for n in range(rows)]
    frame = {"place": "990101", "indicator": "people", "valid_from": days, "unit": "person"}
    frame |= {"valid_to": None, "source": "book", "value": [chance.random() for _ in days]}
    return pd.DataFrame(frame | {"note": [f"{chance.getrandbits(256):x}" for _ in days]})


def stored(lake):
    sql = "SELECT batch, count(*) FROM lake.observation WHERE note IS NOT NULL GROUP BY batch"
    return dict(lake.rows(sql))


def fill(disk, left):
    """Fill the disk but for so many bytes."""
    ballast = disk / "ballast"
    free = shutil.disk_usage(disk).free - left
    ballast.write_bytes(bytes(max(free, 0)))
    return ballast


def write_until_told(region, rows):
    """Write batches of so many rows until it is told that the disk is full; the batches written."""
    written = []

    def write():
        while len(written) < 200:
            frame = noise(len(written), rows)
            written.append(region.record({"observation": frame}, verb="put").batch)

    with pytest.raises(Unavailable, match="is full") as told:
        write()
    assert "nothing was written" in told.value.hint
    return written


class TestFullDisk:
    """A full disk is told, leaves nothing half written, and reading goes on."""

    def test_writing_until_full_then_freeing_space(self, small_disk, on_small_disk):
        folder, region = on_small_disk
        known = len(region.records("observation"))
        ballast = fill(small_disk, 3_000_000)
        written = write_until_told(region, 20_000)
        assert written
        assert stored(region.lake) == dict.fromkeys(written, 20_000)
        units = region.lake.rows("SELECT count(*) FROM lake.unit")
        assert units == [(len(tiny.ROWS["unit"]),)]
        with pytest.raises(Unavailable, match="is full"):
            region.record({"observation": noise(len(written))}, verb="put")
        ballast.unlink()
        written.append(region.record({"observation": noise(len(written))}, verb="put").batch)
        assert stored(region.lake) == dict.fromkeys(written, 20_000)
        again = Lake(region.lake.folder)
        assert stored(again) == dict.fromkeys(written, 20_000)
        again.close()
        assert len(region.records("observation")) == known + 20_000
        assert [p.en for p in care(None, Care(of=str(folder))).problems] == []

    @pytest.mark.parametrize("left", [0, 4096, 20_000, 100_000])
    def test_hardly_anything_left(self, left, small_disk, on_small_disk):
        """The catalogue or its log finds no room, at whichever step."""
        _, region = on_small_disk
        ballast = fill(small_disk, left)
        written = write_until_told(region, 40)
        # Without any room the catalogue cannot even be read, which is told the same way.
        with suppress(Unavailable):
            assert stored(region.lake) == dict.fromkeys(written, 40)
        ballast.unlink()
        assert stored(region.lake) == dict.fromkeys(written, 40)
        written.append(region.record({"observation": noise(500, 40)}, verb="put").batch)
        assert stored(region.lake) == dict.fromkeys(written, 40)

    def test_no_backup_is_left_half_and_no_lake_is_touched(self, small_disk, on_small_disk):
        folder, region = on_small_disk
        region.record({"observation": noise(1)}, verb="put")
        before = stored(region.lake)
        backup = small_disk / "b.zip"
        ballast = fill(small_disk, 300_000)
        with pytest.raises(Unavailable, match="is full"):
            care(None, Care(action="backup", of=str(folder), file=str(backup)))
        assert sorted(p.name for p in small_disk.iterdir()) == ["ballast", "home"]
        with pytest.raises(Unavailable, match="free"):
            care(None, Care(action="rebuild", of=str(folder)))
        assert stored(region.lake) == before
        ballast.unlink()
        care(None, Care(action="backup", of=str(folder), file=str(backup)))
        assert care(None, Care(action="rebuild", of=str(folder))).state == "whole"
        assert stored(region.lake) == before
