"""Jobs of all processes that serve one region from one data folder: each tells the others how its own stand.

A process holds a lock for as long as it lives, and takes its files away when it ends; those of one that was
killed are taken away by the next that looks for them.
"""

import json
import os
import re
import secrets
import tempfile
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

__all__ = ["Board"]

_ID = re.compile(r"[A-Za-z0-9_-]{16}")
_ENDS = ("json", "answer", "stop")


class Board:
    """Where the processes of a service tell each other of their jobs; one a process.

    Args:
        folder: The same for all of them, and nobody else's.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder, self.process = folder, secrets.token_hex(8)
        self._turn = FileLock(folder / "board.lock", thread_local=False)
        self._alive = self._lock(self.process)
        # Under the turn nobody takes a process for a dead one that is about to lock its file.
        with self._turn:
            self._alive.acquire()

    def close(self) -> None:
        """Take away what this process told."""
        for told in list(self._records()):
            if told["process"] == self.process:
                self.forget(told["job"])
        self._alive.release()
        self._file(self.process, "alive").unlink(missing_ok=True)

    def tell(self, told: dict[str, Any]) -> None:
        """Let the others know how a job of this process stands.

        Args:
            told: Plain values; ``job`` is its id.
        """
        self._write(self._file(told["job"], "json"), told | {"process": self.process})

    def answer(self, job: str, answer: Any) -> None:
        """Let the others have the answer of a job; told before it is said to be done."""
        self._write(self._file(job, "answer"), answer)

    def find(self, job: str) -> dict[str, Any] | None:
        """What was told of a job; None if there is none, or its process lives no longer."""
        told = self._read(self._file(job, "json")) if _ID.fullmatch(job) else None
        if told is None or self._lives(told["process"]):
            return told
        self.forget(job)
        return None

    def answered(self, job: str) -> Any:
        """The answer of a job; None if it has none."""
        return self._read(self._file(job, "answer"))

    def others(self) -> list[dict[str, Any]]:
        """What was told of the jobs of the other processes."""
        theirs = [told["job"] for told in self._records() if told["process"] != self.process]
        return [told for told in map(self.find, theirs) if told is not None]

    def stop(self, job: str) -> None:
        """Ask the process of a job to stop it."""
        self._file(job, "stop").touch(mode=0o600)

    def is_stopped(self, job: str) -> bool:
        """Whether another process asked for a job to be stopped."""
        return self._file(job, "stop").exists()

    def forget(self, job: str) -> None:
        """Take away what was told of a job."""
        for end in _ENDS:
            self._file(job, end).unlink(missing_ok=True)

    def _records(self) -> Iterator[dict[str, Any]]:
        for file in sorted(self._folder.glob("*.json")):
            told = self._read(file)
            if told is not None:
                yield told

    def _lives(self, process: str) -> bool:
        if process == self.process:
            return True
        with self._turn:
            if not self._file(process, "alive").exists():
                return False
            lock = self._lock(process)
            try:
                lock.acquire(timeout=0)
            except Timeout:
                return True
            lock.release()
            self._file(process, "alive").unlink(missing_ok=True)
        return False

    def _lock(self, process: str) -> FileLock:
        return FileLock(self._file(process, "alive"), thread_local=False)

    def _file(self, name: str, end: str) -> Path:
        return self._folder / f"{name}.{end}"

    def _read(self, file: Path) -> Any:
        # Another process may take it away at this moment.
        with suppress(FileNotFoundError):
            return json.loads(file.read_bytes())
        return None

    def _write(self, file: Path, told: Any) -> None:
        """Whole or not at all, for this user's eyes."""
        handle, path = tempfile.mkstemp(dir=self._folder, suffix=".part")
        with os.fdopen(handle, "w", encoding="utf-8") as part:
            json.dump(told, part, ensure_ascii=False)
        Path(path).replace(file)
