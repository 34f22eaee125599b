"""Matrices in files: whole or not at all, computed once, the same from one process and from several."""

import json
import os
import pickle
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from hutuo.errors import BadAsk, Unavailable
from hutuo.space import RoadNetwork, shards

ROWS, COLUMNS = 10, 4


def minutes(at):
    """Minutes that say where they come from; from origin 3 there is no way."""
    made = at[:, None] * 100.0 + np.arange(COLUMNS)
    made[at == 3] = np.inf
    return made.astype(np.float32)


def work(times=minutes, content="one"):
    names = pa.array([f"place:{row}" for row in range(ROWS)])
    return shards.Work(times, names, pa.array(list("abcd")), content)


def test_a_block_holds_its_origins_in_long_form(tmp_path):
    written = shards.sharded(work(), tmp_path, block=4)
    assert [(one.begin, one.end) for one in written.blocks] == [(0, 4), (4, 8), (8, 10)]
    assert written.computed == 3
    first = pq.read_table(written.blocks[0].path).to_pylist()
    assert first[5] == {"from_id": "place:1", "to_id": "b", "minutes": 101.0}
    assert [row["minutes"] for row in first[12:]] == [None] * 4
    assert sum(pq.read_metadata(one.path).num_rows for one in written.blocks) == ROWS * COLUMNS


def test_a_second_run_computes_what_is_missing_and_nothing_else(tmp_path):
    asked = []

    def told(at):
        asked.append(at.tolist())
        return minutes(at)

    blocks = shards.sharded(work(told), tmp_path, block=4).blocks
    before = [one.path.read_bytes() for one in blocks]
    blocks[1].path.unlink()
    asked.clear()
    again = shards.sharded(work(told), tmp_path, block=4)
    assert asked == [[4, 5, 6, 7]]
    assert again.computed == 1
    assert [one.path.read_bytes() for one in again.blocks] == before


def test_what_fails_leaves_no_file(tmp_path):
    def failing(at):
        if at[0] >= 4:
            raise ZeroDivisionError
        return minutes(at)

    with pytest.raises(ZeroDivisionError):
        shards.sharded(work(failing), tmp_path, block=4)
    assert [path.name for path in tmp_path.rglob("*.*")] == ["000000000.parquet"]


def test_other_content_names_or_blocks_give_other_files(tmp_path):
    """So what lies in one folder is one matrix."""
    first = work()
    made = [
        shards.sharded(one, tmp_path, block=block)
        for one, block in (
            (first, 4), (first, 2), (work(content="two"), 4),
            (first._replace(destinations=pa.array(list("abce"))), 4),
        )
    ]  # fmt: skip
    assert len({one.folder for one in made}) == 4
    assert [one.computed for one in made] == [3, 5, 3, 3]


def test_what_cannot_be_done_is_told(tmp_path):
    with pytest.raises(BadAsk, match="a block of 0 origins"):
        shards.sharded(work(), tmp_path, block=0)
    pytest.importorskip("distributed")
    with pytest.raises(Unavailable, match=r"no cluster answers at 127\.0\.0\.1:1"):
        shards.sharded(work(), tmp_path, cluster="127.0.0.1:1")


SCRIPT = """
import sys, time
import numpy as np, pyarrow as pa
from hutuo.space import RoadNetwork, shards

rng = np.random.default_rng(4)
tail, head = rng.integers(0, 300, (2, 1500))
roads = RoadNetwork.from_edges(tail, head, rng.uniform(1, 9, 1500), 300)

pause = float(sys.argv[3])

def times(at):
    time.sleep(pause)
    return roads.travel_times(at, np.arange(300))

if __name__ == "__main__":
    names = pa.array(np.arange(300))
    cluster = sys.argv[2] or None
    work = shards.Work(times, names, names, roads.content)
    done = shards.sharded(work, sys.argv[1], block=25, cluster=cluster)
    print(done.computed)
"""


def dask(*words):
    command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
    return subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)


def test_a_killed_worker_changes_nothing(tmp_path):
    """Two workers of a real cluster, one killed at work: the files are those of one process."""
    pytest.importorskip("distributed")
    script = tmp_path / "matrix.py"
    script.write_text(SCRIPT)
    alone, together = tmp_path / "alone", tmp_path / "together"
    subprocess.run([sys.executable, script, alone, "", "0"], check=True, capture_output=True)
    told = tmp_path / "scheduler.json"
    local = ("--host", "127.0.0.1", "--port", "0", "--no-dashboard")
    scheduler = dask("dask_scheduler", *local, "--scheduler-file", str(told))
    workers = []
    try:
        wait(told.is_file)
        words = ("--scheduler-file", str(told), "--nthreads", "1", "--no-nanny", "--no-dashboard")
        workers = [dask("dask_worker", *words) for _ in range(2)]
        address = json.loads(told.read_text())["address"]
        client = subprocess.Popen(
            [sys.executable, script, together, address, "0.3"], stdout=subprocess.PIPE, text=True
        )
        wait(lambda: together.is_dir() and len(list(together.rglob("*.parquet"))) >= 2)
        os.kill(workers[0].pid, signal.SIGKILL)
        out, _ = client.communicate(timeout=60)
        assert (client.returncode, out.strip()) == (0, "12")
    finally:
        for process in (*workers, scheduler):
            process.kill()
            process.wait()
    assert content(together) == content(alone)


def content(folder):
    return {path.name: path.read_bytes() for path in Path(folder).rglob("*.parquet")}


def wait(there, seconds=60):
    end = time.monotonic() + seconds
    while not there():
        assert time.monotonic() < end, "it did not come about"
        time.sleep(0.05)


def test_a_network_goes_to_another_process_whole():
    roads = RoadNetwork.from_edges([0, 1], [1, 2], [2.0, 3.0])
    before = roads.travel_times([0], [2])
    sent = pickle.loads(pickle.dumps(roads))  # noqa: S301 - what we packed ourselves
    assert sent.travel_times([0], [2]) == before
