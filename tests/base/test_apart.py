"""A process of its own for a reader: what it makes comes back, what ends it is told and ends nothing else."""

import os
import signal
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest

from hutuo.base import apart
from hutuo.errors import BadInput, Cancelled, Finding, NotFound
from hutuo.progress import listening, report
from hutuo.verbs import Text

ROOM = apart.Room(1 << 28, 20, ("json",))


def alone():
    return os.getpid(), os.getppid()


def told(number):
    for at in range(number):
        report(at / number, Text("步", f"step {at}"))
    return number


def refused():
    raise BadInput("x.shp is broken:", [Finding("x.shp", 3, "name", "is odd")], "mend it")


def missing():
    raise NotFound("no layer 'x'", "possible: y")


def ended(number):
    os.kill(os.getpid(), number)


def greedy(size):
    return bytes(size)


def lingering(folder):
    Path(folder, "begun").touch()
    report(0.1, Text("等", "waiting"))
    time.sleep(30)
    Path(folder, "done").touch()


def staying(folder):
    Path(folder, "new").write_text(str(os.getsid(0)))
    Path(folder, "new").rename(Path(folder, "noted"))
    time.sleep(30)
    Path(folder, "done").touch()


def wrong():
    return {}["nothing"]


def run(read, *given, room=ROOM):
    return apart.run("x.shp", room, read, *given)


def test_each_file_has_a_process_of_its_own_and_the_worker_stays():
    (first, worker), (second, again) = run(alone), run(alone)
    assert worker == again
    assert len({first, second, worker, os.getpid()}) == 4


def test_the_steps_of_the_work_are_told_to_whoever_listens():
    steps = []
    with listening(steps.append):
        assert run(told, 3) == 3
    assert [one.step.en for one in steps] == ["step 0", "step 1", "step 2"]


def test_a_declared_error_comes_through_with_its_findings_and_its_hint():
    with pytest.raises(BadInput, match="is broken") as error:
        run(refused)
    assert (error.value.findings, error.value.hint) == (
        (Finding("x.shp", 3, "name", "is odd"),),
        "mend it",
    )
    with pytest.raises(NotFound) as error:
        run(missing)
    assert (error.value.message, error.value.hint) == ("no layer 'x'", "possible: y")


@pytest.mark.parametrize("number", [signal.SIGSEGV, signal.SIGABRT, signal.SIGKILL])
def test_a_process_that_a_signal_ends_is_a_fault_of_the_file_that_is_named(number):
    with pytest.raises(BadInput, match=rf"x\.shp is broken.* {number.name}") as error:
        run(ended, number)
    assert error.value.hint
    assert run(told, 1) == 1


def test_more_memory_than_the_room_has_is_refused_and_less_is_given():
    assert len(run(greedy, 100 << 20)) == 100 << 20
    with pytest.raises(BadInput, match=r"x\.shp would not fit in memory"):
        run(greedy, 300 << 20)


def test_more_time_than_the_room_has_ends_the_process(tmp_path):
    with pytest.raises(BadInput, match=r"x\.shp takes longer than 1 s to read") as told:
        run(lingering, tmp_path, room=apart.Room(1 << 28, 1))
    assert (told.value.words[0], told.value.advice[0]) == ("读取x.shp超过1秒", "请拆分文件")


def test_work_that_is_stopped_ends_with_its_process(tmp_path):
    def stop(_progress):
        raise Cancelled("stopped")

    with listening(stop), pytest.raises(Cancelled):
        run(lingering, tmp_path)
    assert [path.name for path in tmp_path.iterdir()] == ["begun"]
    assert run(told, 1) == 1


def test_work_ends_with_whoever_asked_for_it(tmp_path, elsewhere):
    """A server that is killed leaves no process behind that goes on reading for half an hour."""
    script = f"import test_apart; test_apart.run(test_apart.staying, {str(tmp_path)!r})"
    here = {"PYTHONPATH": f"{Path(__file__).parent}{os.pathsep}{elsewhere['PYTHONPATH']}"}
    asker = subprocess.Popen([sys.executable, "-c", script], env=elsewhere | here)
    noted = tmp_path / "noted"
    assert within(10, noted.is_file)
    asker.kill()
    asker.wait()
    worker = int(noted.read_text())
    assert within(10, lambda: not is_alive(worker))
    assert not (tmp_path / "done").exists()


def within(seconds, holds):
    """Whether something comes to hold in time."""
    until = time.monotonic() + seconds
    while not holds() and time.monotonic() < until:
        time.sleep(0.05)
    return holds()


def is_alive(session):
    """Whether a session has a process that is not a mere entry of the list."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, of = stat.read_text().rpartition(")")[2].split()[:4]
            if int(of) == session and state != "Z":
                return True
    return False


def test_a_fault_of_our_own_is_not_taken_for_one_of_the_file():
    with pytest.raises(RuntimeError, match="KeyError: 'nothing'"):
        run(wrong)


def test_a_worker_that_was_ended_while_idle_is_replaced():
    _, worker = run(alone)
    os.kill(worker, signal.SIGKILL)
    while (
        Path(f"/proc/{worker}/cmdline").exists() and Path(f"/proc/{worker}/cmdline").read_bytes()
    ):
        time.sleep(0.01)
    assert run(alone)[1] != worker


def test_a_name_is_found_from_the_folder_where_the_asker_stands(tmp_path, monkeypatch):
    run(alone)
    monkeypatch.chdir(tmp_path)
    assert run(os.getcwd) == str(tmp_path)


def test_a_file_in_the_working_folder_does_not_stand_in_for_a_library(tmp_path, monkeypatch):
    (tmp_path / "json.py").write_text("raise SystemExit")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", *sys.path])
    apart.close()
    assert run(told, 1) == 1
