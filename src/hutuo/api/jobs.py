"""Long work over REST: asked with ``?job=true``, it runs beside the request and can be watched and stopped.

Jobs live in the process that was asked; other processes of a deployed service show and stop them too.
Whatever a verb writes it writes in one transaction, so a job that ends with its process leaves nothing half
done and is asked again.
"""

import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel

from hutuo import errors
from hutuo.api.jobfiles import Board
from hutuo.base import deeds
from hutuo.errors import Cancelled, HutuoError, NotFound, Unavailable
from hutuo.glossary import Text
from hutuo.progress import Progress, listening, report

# Two at once, since the machines meant have two cores; answers are kept for those who ask late.
AT_ONCE, WAITING, KEPT = 2, 20, 200
# Seconds between two words of a running job to the other processes.
TOLD_EVERY = 0.2
BEGUN = Text("开始", "begun")
INSIDE = Text("内部出错", "something went wrong inside")
LOGGED = Text("详见服务的日志", "the server's log says what")
ENDED = Text("任务随服务结束;请重新提交", "jobs end with the service; ask the verb again")
State = Literal["waiting", "running", "done", "failed", "cancelled"]


class JobState(BaseModel):
    """Where a job stands."""

    job: str
    verb: str
    state: State
    share: float | None = None
    step: str = ""
    answer: Any = None
    error: dict[str, str] | None = None


@dataclass
class Job:
    """One piece of work."""

    job: str
    verb: str
    account: str = deeds.OWNER
    state: State = "waiting"
    progress: Progress | None = None
    answer: Any = None
    error: HutuoError | None = None
    stop: threading.Event = field(default_factory=threading.Event)
    board: Board | None = None
    told_at: float = 0.0

    def heard(self, progress: Progress) -> None:
        """Take note of a report; the place where work that shall stop is stopped."""
        now = time.monotonic()
        due = self.board is not None and now - self.told_at >= TOLD_EVERY
        if self.board is not None and due and self.board.is_stopped(self.job):
            self.stop.set()
        if self.stop.is_set():
            hint = Text("没有保留任何内容;可重新提交", "nothing of it was kept; ask again")
            raise Cancelled(Text("已按要求停止", "stopped as asked"), hint)
        self.progress = progress
        if due:
            self.tell()

    def tell(self) -> None:
        """Let the other processes know where it stands."""
        if self.board is None:
            return
        self.told_at = time.monotonic()
        if self.state == "done":
            self.board.answer(self.job, self.answer)
        fault, told = self.error, self.progress
        self.board.tell(
            {
                "job": self.job,
                "verb": self.verb,
                "account": self.account,
                "state": self.state,
                "progress": told and [told.share, *told.step],
                "error": fault and [type(fault).__name__, fault.words, fault.advice],
            }
        )

    def shown(self, lang: str) -> JobState:
        """The job as a request shows it."""
        told = self.progress
        return JobState(
            job=self.job,
            verb=self.verb,
            state=self.state,
            share=1.0 if self.state == "done" else told.share if told else None,
            step=told.step.say(lang) if told else "",
            answer=self.answer,
            error=self.error.as_dict(lang) if self.error else None,
        )


class Elsewhere(Job):
    """A job of another process of the service, as that process last told of it."""

    def __init__(self, board: Board, told: dict[str, Any]) -> None:
        super().__init__(told["job"], told["verb"], told["account"], board=board)
        self.stop = _Asking(board, self.job)
        self._take(told)

    def shown(self, lang: str) -> JobState:
        """The job as it stands now."""
        if self.board is not None and self.state in ("waiting", "running"):
            told = self.board.find(self.job)
            if told is None:
                self.state, self.error = "cancelled", Cancelled(ENDED)
            else:
                self._take(told)
        return super().shown(lang)

    def _take(self, told: dict[str, Any]) -> None:
        if told["progress"] is not None:
            share, zh, en = told["progress"]
            self.progress = Progress(share, Text(zh, en))
        if told["error"] is not None:
            self.error = _as_it_was(*told["error"])
        if told["state"] == "done" and self.board is not None:
            self.answer = self.board.answered(self.job)
        self.state = told["state"]


class _Asking(threading.Event):
    """What stops a job of another process: that is asked to."""

    def __init__(self, board: Board, job: str) -> None:
        super().__init__()
        self._board, self._job = board, job

    def set(self) -> None:
        self._board.stop(self._job)
        super().set()


class Jobs:
    """The jobs of one service.

    Args:
        log: Is given what goes wrong inside.
        folder: Where the processes of the service tell each other of their jobs; None if it is alone.
    """

    def __init__(self, log: Callable[[BaseException], None], folder: Path | None = None) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="job")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._guard = threading.Lock()
        self._log, self._folder = log, folder

    @cached_property
    def _board(self) -> Board | None:
        return None if self._folder is None else Board(self._folder)

    def start(self, verb: str, work: Callable[[], Any]) -> Job:
        """Run the work beside the request.

        Args:
            verb: Path of the verb that is asked.
            work: Gives the answer as plain values.

        Raises:
            Unavailable: Too many are waiting.
        """
        account = deeds.actor().account
        with self._guard:
            waiting = sum(other.state == "waiting" for other in self._jobs.values())
            if waiting >= WAITING:
                says = Text(f"已有{waiting}项任务在等待", f"{waiting} jobs are waiting")
                hint = Text("请在其中一些完成后重试", "ask again when some are done")
                raise Unavailable(says, hint)
            job = Job(secrets.token_urlsafe(12), verb, account, board=self._board)
            self._jobs[job.job] = job
            self._forget()
        job.tell()
        self._pool.submit(copy_context().run, self._run, job, work)
        return job

    def find(self, job: str) -> Job:
        """The job of that id.

        Raises:
            NotFound: There is none, or not any more.
        """
        with self._guard:
            found = self._jobs.get(job)
            if found is None and self._board is not None:
                told = self._board.find(job)
                found = None if told is None else Elsewhere(self._board, told)
        if found is None or not _is_of(deeds.actor(), found):
            raise NotFound(Text(f"没有任务“{job}”", f"no job '{job}'"), ENDED)
        return found

    def listed(self) -> list[Job]:
        """The jobs that are kept: of this process, the oldest first, and of the others."""
        with self._guard:
            kept, board = list(self._jobs.values()), self._board
            if board is not None:
                kept += [Elsewhere(board, told) for told in board.others()]
        return [job for job in kept if _is_of(deeds.actor(), job)]

    def close(self) -> None:
        """Stop what runs; nothing of it is kept."""
        for job in list(self._jobs.values()):
            job.stop.set()
        self._pool.shutdown(cancel_futures=True)
        if self.__dict__.get("_board"):
            self.__dict__["_board"].close()

    def _run(self, job: Job, work: Callable[[], Any]) -> None:
        try:
            # Told at its first report.
            job.state, job.told_at = "running", 0.0
            with listening(job.heard):
                # Stopped while it waited, it ends before it begins.
                report(None, BEGUN)
                job.answer = work()
            job.state = "done"
        except Cancelled as error:
            job.error, job.state = error, "cancelled"
        except HutuoError as error:
            job.error, job.state = error, "failed"
        except Exception as error:  # noqa: BLE001 - a door: told to the log, shown without internals
            self._log(error)
            job.error = HutuoError(INSIDE, LOGGED)
            job.state = "failed"
        try:
            job.tell()
        except OSError as error:
            self._log(error)

    def _forget(self) -> None:
        ended = [j for j, job in self._jobs.items() if job.state not in ("waiting", "running")]
        for name in ended[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[name]
            if self._board is not None:
                self._board.forget(name)


def _is_of(actor: deeds.Actor, job: Job) -> bool:
    """Whether a job is somebody's own; the owner sees all."""
    return actor.is_owner or job.account == actor.account


def _as_it_was(name: str, words: list[str], advice: list[str]) -> HutuoError:
    """The error that another process told."""
    kind: type[HutuoError] = getattr(errors, name, HutuoError)
    # Kinds are made in ways of their own; what is told is the same for all.
    made = kind.__new__(kind)
    HutuoError.__init__(made, Text(*words), Text(*advice))
    return made
