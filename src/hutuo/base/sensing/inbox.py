"""Readings that come one by one or by the thousand are written together: what waits is one batch.

A request is answered when its readings are on the disk. While one batch is being written, others gather;
whoever comes next writes them all. So forty clients with a reading each take one commit and not forty.
"""

import threading
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from hutuo.base.selection import MAIN
from hutuo.base.sensing.latest import Reading
from hutuo.base.tables import table
from hutuo.errors import HutuoError
from hutuo.units import UNITS

if TYPE_CHECKING:
    import pyarrow as pa

    from hutuo.base.region import Region
    from hutuo.base.sensing.latest import Ends

VERB = "sensorthings"
CLOCK = ["hour", "instant"]
_TOLD = "SELECT place, indicator, valid_from, valid_to, value FROM known"
# Of so many readings each is looked at by itself; of more the checks are quicker.
FEW = 1_000
_inboxes: dict[tuple[Path, str], "_Inbox"] = {}
_opening = threading.Lock()


class Row(NamedTuple):
    """A reading as a row of the table of observations."""

    place: str
    indicator: str
    valid_from: datetime
    valid_to: datetime | None
    value: float
    unit: str
    source: str
    note: str | None

    @property
    def key(self) -> tuple[str, str, datetime, datetime | None]:
        """What makes it another reading."""
        return self[:4]

    @property
    def said(self) -> tuple[str, str, datetime, datetime | None, float]:
        """By which it is known again: datastream, time and result."""
        return self[:5]


@dataclass
class _Sent:
    """Readings of one sender; ``ready`` when they are written, or when it is his turn to write."""

    rows: Sequence[Row]
    ready: threading.Event = field(default_factory=threading.Event)
    done: bool = False
    error: HutuoError | None = None


class _Inbox:
    def __init__(self) -> None:
        self._guard, self._writing = threading.Lock(), False
        self._waiting: list[_Sent] = []

    def put(self, region: "Region", rows: Sequence[Row]) -> None:
        mine = _Sent(rows)
        with self._guard:
            self._waiting.append(mine)
            first, self._writing = not self._writing, True
        if not first:
            mine.ready.wait()
        if not mine.done:
            self._write(region, mine)
        if mine.error is not None:
            raise mine.error

    def _write(self, region: "Region", mine: _Sent) -> None:
        """Write all that waits, then let one of those who came meanwhile write."""
        with self._guard:
            taken, self._waiting = self._waiting, []
        try:
            _write_all(region, taken)
        finally:
            # What ends this writer ends none of the others: they are written by the next one.
            left = [sent for sent in taken if sent is not mine and not sent.done]
            with self._guard:
                self._waiting = [*left, *self._waiting]
                self._writing = bool(self._waiting)
                following = self._waiting[:1]
            for sent in [*taken, *following]:
                if sent.done or sent in following:
                    sent.ready.set()


def put(region: "Region", rows: Sequence[Row]) -> None:
    """Record readings; those that are known by datastream, time and result are not written again.

    Args:
        region: View of the region.
        rows: Readings; of two with one time the later one stands.

    Raises:
        BadInput: They break the rules of the table; none of them is written.
    """
    from hutuo.base import deeds

    # What one account writes is never audited as another's.
    with _opening:
        inbox = _inboxes.setdefault((region.lake.folder, deeds.actor().account), _Inbox())
    if rows:
        inbox.put(region, rows)


def _write_all(region: "Region", taken: Sequence[_Sent]) -> None:
    """Write what came as one batch; if it is refused, each sender's by itself."""
    try:
        _write(region, [row for sent in taken for row in sent.rows])
    except HutuoError as error:
        if len(taken) == 1:
            taken[0].error = error
        else:
            for sent in taken:
                _write_all(region, [sent])
    for sent in taken:
        sent.done = True


def _write(region: "Region", rows: Iterable[Row]) -> None:
    from hutuo.base.sensing import latest
    from hutuo.base.writing import About, record

    newest = {row.key: row for row in rows}
    known = _known(region, list(newest.values()))
    new = [row for row in newest.values() if row.said not in known]
    if not new:
        return
    sound = _sound(region, new)
    done = record(region, {"observation": _table(new)}, About(VERB), again=True, sound=sound)
    if region.branch == MAIN:
        told = ((row[:2], Reading(*row[2:5], row.note, done.at)) for row in new)
        latest.follow(region, told)


def _known(region: "Region", rows: Sequence[Row]) -> set[tuple[object, ...]]:
    """What is known of the same places, indicators and times; of what is later than all nothing is."""
    from hutuo.base.sensing import latest

    if region.branch == MAIN:
        ends = latest.of_all(region)
        rows = [row for row in rows if not _is_later(row, ends.get(row[:2]))]
    if not rows:
        return set()
    times = [row.valid_from for row in rows]
    span = slice(min(times), max(times) + timedelta(microseconds=1))
    pairs = sorted({(row.place, row.indicator) for row in rows})
    where = {"place+indicator": pairs, "grain": CLOCK, "valid_from": span}
    # What is there is there, whether the writer may read it or not; nothing of it is given out.
    found = region.lake.query(_TOLD, table("observation"), where, branch=region.branch)
    return set(zip(*(column.to_pylist() for column in found.columns), strict=True))


def _is_later(row: Row, known: "Ends | None") -> bool:
    return known is None or row.valid_from > known.last.valid_from


def _sound(region: "Region", rows: Sequence[Row]) -> bool:
    """Whether readings break no rule of the table for certain; else it is for the checks to say.

    The checks, one statement for all rules, take as long for a few readings as writing them does.
    """
    from hutuo.base.writing import ids

    if len(rows) > FEW:
        return False
    places = ids(region, "place", "place"), ids(region, "unit", "unit")
    indicators, sources = ids(region, "indicator", "indicator"), ids(region, "source", "source")
    return all(
        any(row.place in known for known in places)
        and row.indicator in indicators
        and row.source in sources
        and row.unit in UNITS
        and isfinite(row.value)
        and (row.valid_to is None or row.valid_to > row.valid_from)
        for row in rows
    )


def _table(rows: Sequence[Row]) -> "pa.Table":
    import pyarrow as pa

    when = pa.timestamp("us", tz="UTC")
    types = {"valid_from": when, "valid_to": when, "value": pa.float64()}
    columns = zip(*rows, strict=True)
    return pa.table(
        {
            name: pa.array(column, types.get(name, pa.string()))
            for name, column in zip(Row._fields, columns, strict=True)
        }
    )
