"""Long work over REST: asked with ``?job=true``, it runs beside the request and can be watched and stopped.

Jobs live in this process. Whatever a verb writes it writes in one transaction, so a job that ends with its
process leaves nothing half done and is asked again.
"""

import secrets
import threading
from collections import OrderedDict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from dataclasses import dataclass, field
from typing import Any, Literal

from pydantic import BaseModel

from hutuo.base import deeds
from hutuo.errors import Cancelled, HutuoError, NotFound, Unavailable
from hutuo.glossary import Text
from hutuo.progress import Progress, listening, report

# Two at once, since the machines meant have two cores; answers are kept for those who ask late.
AT_ONCE, WAITING, KEPT = 2, 20, 200
BEGUN = Text("开始", "begun")
INSIDE = Text("内部出错", "something went wrong inside")
LOGGED = Text("详见服务的日志", "the server's log says what")
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

    def heard(self, progress: Progress) -> None:
        """Take note of a report; the place where work that shall stop is stopped."""
        if self.stop.is_set():
            hint = Text("没有保留任何内容;可重新提交", "nothing of it was kept; ask again")
            raise Cancelled(Text("已按要求停止", "stopped as asked"), hint)
        self.progress = progress

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


class Jobs:
    """The jobs of one service."""

    def __init__(self, log: Callable[[BaseException], None]) -> None:
        self._pool = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="job")
        self._jobs: OrderedDict[str, Job] = OrderedDict()
        self._guard = threading.Lock()
        self._log = log

    def start(self, verb: str, work: Callable[[], Any]) -> Job:
        """Run the work beside the request.

        Args:
            verb: Path of the verb that is asked.
            work: Gives the answer as plain values.

        Raises:
            Unavailable: Too many are waiting.
        """
        job = Job(secrets.token_urlsafe(12), verb, deeds.actor().account)
        with self._guard:
            waiting = sum(other.state == "waiting" for other in self._jobs.values())
            if waiting >= WAITING:
                says = Text(f"已有{waiting}项任务在等待", f"{waiting} jobs are waiting")
                hint = Text("请在其中一些完成后重试", "ask again when some are done")
                raise Unavailable(says, hint)
            self._jobs[job.job] = job
            self._forget()
        self._pool.submit(copy_context().run, self._run, job, work)
        return job

    def find(self, job: str) -> Job:
        """The job of that id.

        Raises:
            NotFound: There is none, or not any more.
        """
        with self._guard:
            found = self._jobs.get(job)
        if found is None or not _is_of(deeds.actor(), found):
            hint = Text(
                "任务随服务结束;请重新提交", "jobs end with the service; ask the verb again"
            )
            raise NotFound(Text(f"没有任务“{job}”", f"no job '{job}'"), hint)
        return found

    def listed(self) -> list[Job]:
        """The jobs that are kept, the oldest first."""
        with self._guard:
            return [job for job in self._jobs.values() if _is_of(deeds.actor(), job)]

    def close(self) -> None:
        """Stop what runs; nothing of it is kept."""
        for job in list(self._jobs.values()):
            job.stop.set()
        self._pool.shutdown(cancel_futures=True)

    def _run(self, job: Job, work: Callable[[], Any]) -> None:
        try:
            job.state = "running"
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

    def _forget(self) -> None:
        ended = [j for j, job in self._jobs.items() if job.state not in ("waiting", "running")]
        for name in ended[: max(0, len(self._jobs) - KEPT)]:
            del self._jobs[name]


def _is_of(actor: deeds.Actor, job: Job) -> bool:
    """Whether a job is somebody's own; the owner sees all."""
    return actor.is_owner or job.account == actor.account
