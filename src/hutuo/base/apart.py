"""Readers written in C, run in a process of their own: a file that breaks one ends that process, not ours.

A *worker* has the libraries loaded and forks once a file, so that the second file waits milliseconds for its
process and none meets what another left behind. Ask and answer go through files of a folder, steps of the
work through a pipe. This holds what is broken, not what is hostile: the answer is a pickle, which the process
of a file could forge if the file took it over.
"""

import atexit
import json
import os
import pickle
import select
import signal
import subprocess
import sys
import traceback
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryDirectory
from threading import Lock
from typing import Any, NamedTuple, ParamSpec, TypeVar

from hutuo.errors import BadInput, HutuoError, Unavailable
from hutuo.glossary import Text
from hutuo.progress import Progress, listening, report

P = ParamSpec("P")
T = TypeVar("T")
Worker = subprocess.Popen[bytes]

ASK, ANSWER, SAID = "ask", "answer", "said"
# Threads do not survive a fork, and allocators of Arrow's own start one, or reserve a gigabyte at once.
ALONE = {
    "OPENBLAS_NUM_THREADS": "1",
    "ARROW_DEFAULT_MEMORY_POOL": "system",
    "JE_ARROW_MALLOC_CONF": "background_thread:false",
}
# What a process takes to start, where the system does not tell.
STARTED = 1 << 30
SCORE = Path("/proc/self/oom_score_adj")
MOST_IDLE = 1
TAIL = 4_000
SPLIT = Text("请拆分文件", "split it")

_idle: list[Worker] = []
_lock = Lock()


class Room(NamedTuple):
    """What a reader is given.

    Attributes:
        memory: Bytes, above what its process takes to start.
        seconds: Time by the clock.
        libraries: What its process loads before the file comes.
    """

    memory: int
    seconds: int
    libraries: tuple[str, ...] = ()


def run(name: str, room: Room, read: Callable[P, T], /, *given: P.args, **named: P.kwargs) -> T:
    """What a function of a module makes of what it is given, in a process of its own.

    Args:
        name: File that is read, for messages.
        room: Memory and time that it has.
        read: The function; it, what it is given and what it answers can be pickled.
        given: What it is given.
        named: What it is given by name.

    Raises:
        BadInput: It broke the process, or took more memory or time than it has.
        Cancelled: Whoever listens wants it to stop.
        Unavailable: No process can be started.
    """
    with TemporaryDirectory() as made:
        folder = Path(made)
        ask = (name, room, Path.cwd(), read, given, named)
        (folder / ASK).write_bytes(pickle.dumps(ask))
        libraries = [*room.libraries, read.__module__]
        _whole(name, room, _done(name, {"folder": made, "libraries": libraries}), folder / SAID)
        with (folder / ANSWER).open("rb") as file:
            answer, error = pickle.load(file)  # noqa: S301 - written by our own process
    if error is not None:
        raise error
    found: T = answer
    return found


def _done(name: str, order: dict[str, Any]) -> int:
    """How the process ended, as :func:`os.wait4` tells it; what it reports on the way is passed on."""
    worker, fresh = _taken(name)
    try:
        status = _watched(worker, order)
    except Unavailable:
        _ended(worker)
        if fresh:
            raise
        # It was ended while it waited, and its end had not been seen yet.
        return _done(name, order)
    except BaseException:
        _ended(worker)
        raise
    with _lock:
        kept = len(_idle) < MOST_IDLE
        if kept:
            _idle.append(worker)
    if not kept:
        _ended(worker)
    return status


def _watched(worker: Worker, order: dict[str, Any]) -> int:
    if worker.stdin is None or worker.stdout is None:
        raise Unavailable(Text("读取文件的进程没有管道", "a process for readers has no pipes"))
    try:
        worker.stdin.write(json.dumps(order).encode() + b"\n")
        worker.stdin.flush()
    except OSError as error:
        zh, en = "读取文件的进程已不存在", "the process for readers is gone"
        says = Text(f"{zh}:{error.strerror}", f"{en}: {error.strerror}")
        raise Unavailable(says) from error
    for line in worker.stdout:
        told = json.loads(line)
        if "status" in told:
            return int(told["status"])
        report(told["share"], Text(*told["step"]))
    says = Text("读取文件的进程自行结束", "the process for readers ended by itself")
    raise Unavailable(says, Text("请重试", "try again"))


def _whole(name: str, room: Room, status: int, said: Path) -> None:
    """Nothing, if the process ended well.

    Raises:
        BadInput: A signal ended it.
        RuntimeError: It ended by a fault of our own.
    """
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        if number == signal.SIGALRM:
            seconds = f"{room.seconds:,}"
            zh, en = f"读取{name}超过{seconds}秒", f"{name} takes longer than {seconds} s to read"
            raise BadInput(Text(zh, en), hint=SPLIT)
        ended = signal.Signals(number).name
        says = Text(
            f"{name}已损坏,或内存不足:读取进程被{ended}终止",
            f"{name} is broken, or would not fit in memory: its reader was ended by {ended}",
        )
        hint = Text(
            "请用生成它的程序重新保存,或另存为其他格式",
            "write it anew with the program that it comes from, or in another format",
        )
        raise BadInput(says, hint=hint)
    if status:
        text = said.read_text("utf-8", "replace")[-TAIL:] if said.is_file() else ""
        raise RuntimeError(f"reading {name} failed:\n{text}")


def _taken(name: str) -> tuple[Worker, bool]:
    """A worker that is idle, else a new one; and whether it is new."""
    with _lock:
        while _idle:
            worker = _idle.pop()
            if worker.poll() is None:
                return worker, False
            _ended(worker)
    return _started(name), True


def _started(name: str) -> Worker:
    paths = os.pathsep.join(path for path in sys.path if path)
    try:
        # Without -P a file of the working folder could stand in for a library.
        return subprocess.Popen(  # noqa: S603 - our own module
            [sys.executable, "-P", "-c", f"from {__name__} import serve; serve()"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            env=os.environ | ALONE | {"PYTHONPATH": paths},
            start_new_session=True,
        )
    except OSError as error:
        zh, en = f"无法启动读取{name}的进程", f"no process can be started to read {name}"
        says = Text(f"{zh}:{error.strerror}", f"{en}: {error.strerror}")
        raise Unavailable(says) from error


def _ended(worker: Worker) -> None:
    """End a worker with all that it started."""
    if worker.poll() is None:
        os.killpg(worker.pid, signal.SIGKILL)
    for pipe in (worker.stdin, worker.stdout):
        if pipe is not None:
            _closed(pipe)
    worker.wait()


def _closed(pipe: Any) -> None:
    """Close a pipe, also with something left in it that nobody takes."""
    try:
        pipe.close()
    except BrokenPipeError:
        return


def close() -> None:
    """End the workers that are idle."""
    with _lock:
        while _idle:
            _ended(_idle.pop())


def serve() -> None:
    """What a worker does: for each line that comes it forks a process that does what its folder asks."""
    pipe = os.dup(1)
    # What a library prints is no message.
    os.dup2(2, 1)
    for line in sys.stdin:
        order = json.loads(line)
        for library in order["libraries"]:
            import_module(library)
        child = os.fork()
        if child == 0:
            _alone(Path(order["folder"]), pipe)
        _tell(pipe, {"status": _end_of(child)})


def _end_of(child: int) -> int:
    """How a process ended; it is ended where whoever asked is gone, since nobody takes its answer."""
    if hasattr(os, "pidfd_open"):
        ended = os.pidfd_open(child)
        try:
            # One order is given at a time: what comes before the answer is the end of the pipe.
            ready, _, _ = select.select([ended, sys.stdin], [], [])
            if ended not in ready:
                os.kill(child, signal.SIGKILL)
        finally:
            os.close(ended)
    return os.waitpid(child, 0)[1]


def _alone(folder: Path, pipe: int) -> None:
    """What the process of a file does; it ends with it, without the ends that libraries have in store."""
    code = 1
    try:
        os.dup2(os.open(folder / SAID, os.O_WRONLY | os.O_CREAT), 2)
        _answer(folder, pipe)
        code = 0
    finally:
        if code:
            traceback.print_exc()
        os._exit(code)


def _answer(folder: Path, pipe: int) -> None:
    ask = (folder / ASK).read_bytes()
    name, room, here, read, given, named = pickle.loads(ask)  # noqa: S301 - written by our own process
    os.chdir(here)
    bound(room)
    with (folder / ANSWER).open("wb") as file, listening(partial(_step, pipe)):
        try:
            pickle.dump((read(*given, **named), None), file, protocol=5)
        except HutuoError as error:
            _instead(file, error)
        except MemoryError:
            says = Text(f"内存不足,读不下{name}", f"{name} would not fit in memory")
            _instead(file, BadInput(says, hint=SPLIT))


def _instead(file: Any, error: HutuoError) -> None:
    """An error as the answer, in place of one that was begun."""
    file.seek(0)
    file.truncate()
    pickle.dump((None, error), file, protocol=5)


def bound(room: Room) -> None:
    """Give this process no more than the room; more memory is refused to it, more time ends it."""
    import resource

    most = room.memory + _taken_already()
    resource.setrlimit(resource.RLIMIT_DATA, (most, most))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Where the machine itself has no memory left, this process goes and not the one that asked.
    if SCORE.is_file():
        SCORE.write_text("1000")
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(room.seconds)


def _taken_already() -> int:
    """Bytes of data that this process has."""
    told = Path("/proc/self/statm")
    if not told.is_file():
        return STARTED
    return int(told.read_text().split()[5]) * os.sysconf("SC_PAGE_SIZE")


def _step(pipe: int, progress: Progress) -> None:
    _tell(pipe, {"share": progress.share, "step": list(progress.step)})


def _tell(pipe: int, message: dict[str, Any]) -> None:
    """One line; lines this short go into a pipe whole or not at all."""
    os.write(pipe, json.dumps(message).encode() + b"\n")


atexit.register(close)
# A fork of this process would talk over the same pipes.
os.register_at_fork(after_in_child=_idle.clear)
