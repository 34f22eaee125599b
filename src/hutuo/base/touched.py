"""Which batch last wrote to a table: what is made of others need not be made anew when readings come in."""

import json
import threading
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from hutuo.base.attaching import identity

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from hutuo.base.lake import Lake

_NEW = "SELECT batch, branch, tables, written_at FROM lake.batch WHERE written_at > ? ORDER BY written_at"
# What a batch that does not say which tables it wrote stands for.
ALL = "*"
BEGIN = datetime(1, 1, 1, tzinfo=UTC)
_logs: dict[Path, "_Log"] = {}
_opening = threading.Lock()


class _Log:
    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.seen: object = None
        self.file: object = None
        self.until = BEGIN
        self.last: dict[tuple[str, str], str] = {}

    def refresh(self, lake: "Lake") -> None:
        stamp, file = lake.stamp(), identity(lake.folder)
        if stamp == self.seen and file == self.file:
            return
        if file != self.file:
            # It was restored or built anew, and what is known of it may not be so.
            self.until, self.last = BEGIN, {}
        for row in lake.fetch(_NEW, [self.until]).to_pylist():
            for table in json.loads(row["tables"] or "{}") or [ALL]:
                self.last[row["branch"], table] = row["batch"]
            self.until = row["written_at"]
        self.seen, self.file = stamp, file


def follow(lake: "Lake", lane: str, tables: "Iterable[str]", batch: str, now: datetime) -> None:
    """Take in a batch that this thread has just written, unless others wrote that are not known yet.

    Args:
        lake: The lake.
        lane: Mark of the branch that it was written to.
        tables: Tables of which it has rows.
        batch: Its id.
        now: When it was written.
    """
    before, after = lake.step
    with _opening:
        log = _logs.setdefault(lake.folder, _Log())
    with log.guard:
        if log.seen == before and log.file == identity(lake.folder):
            log.last |= dict.fromkeys(((lane, table) for table in tables), batch)
            log.until, log.seen = now, after


def mark(lake: "Lake", branch: str, tables: "Sequence[str]") -> tuple[object, ...]:
    """What changes when one of the tables is written to, on main or on a branch, by whichever process.

    Args:
        lake: The lake.
        branch: Name of the branch that is looked at.
        tables: Names of the tables.
    """
    with _opening:
        log = _logs.setdefault(lake.folder, _Log())
    lanes = dict.fromkeys(("main", lake.lane(branch)))
    with log.guard:
        log.refresh(lake)
        last = [log.last.get((lane, name)) for lane in lanes for name in (ALL, *tables)]
        return (log.file, *lanes, *last)
