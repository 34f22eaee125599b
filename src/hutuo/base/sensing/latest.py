"""First and latest reading of every place and indicator, in memory, brought up to date batch by batch.

Asked of the lake, the latest reading of each of 10,000 datastreams would look through all that are stored.
"""

import json
import threading
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base import deeds
from hutuo.base.selection import MAIN

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from hutuo.base.region import Region

KEPT = "_ends_of_readings"
_ALL = """
    SELECT place, indicator, min(valid_from) AS first, arg_max(struct_pack(
        valid_from := valid_from, valid_to := valid_to, value := value, note := note,
        recorded_at := recorded_at), valid_from) AS last
    FROM known WHERE grain IN ('hour', 'instant') GROUP BY ALL
"""
_NEW = """
    SELECT place, indicator, valid_from, valid_to, value, note, recorded_at, retracted
    FROM lake.observation
    WHERE batch IN (SELECT unnest(?)) AND branch = 'main' AND grain IN ('hour', 'instant')
    ORDER BY recorded_at
"""
_BATCHES = """
    SELECT batch, tables, written_at FROM lake.batch
    WHERE branch = 'main' AND written_at > ? ORDER BY written_at
"""
_kept: dict[Path, "_Index"] = {}
_opening = threading.Lock()


class Reading(NamedTuple):
    """One reading.

    Attributes:
        valid_from: Instant, or begin of the period, in UTC.
        valid_to: End of the period; None for an instant.
        value: The figure.
        note: What else was told of it, as JSON.
        recorded_at: When it became known.
    """

    valid_from: datetime
    valid_to: datetime | None
    value: float
    note: str | None
    recorded_at: datetime


class Ends(NamedTuple):
    """When the first reading began, and the latest one."""

    first: datetime
    last: Reading


class _Index:
    def __init__(self) -> None:
        self.guard = threading.Lock()
        self.seen: object = None
        self.until: datetime | None = None
        self.ends: dict[tuple[str, str], Ends] = {}

    def refresh(self, region: "Region") -> None:
        # What is kept here is of all readings, whoever asks.
        region.whole("observation")
        lake = region.lake
        stamp = lake.stamp()
        if stamp == self.seen:
            return
        since = self.until or datetime(1, 1, 1, tzinfo=UTC)
        batches = lake.fetch(_BATCHES, [since]).to_pylist()
        touched = [
            b["batch"] for b in batches if json.loads(b["tables"] or "{}").get("observation")
        ]
        if self.until is None:
            self.ends = _ends(region)
        else:
            self._merge(region, touched)
        self.until = max([since, *(b["written_at"] for b in batches)])
        self.seen = stamp

    def _merge(self, region: "Region", batches: list[str]) -> None:
        """Take in new readings; where some were taken back, that datastream is asked for anew."""
        rows = region.lake.fetch(_NEW, [batches]).to_pylist() if batches else []
        lost = sorted({(row["place"], row["indicator"]) for row in rows if row["retracted"]})
        for row in rows:
            if not row["retracted"]:
                self.take((row["place"], row["indicator"]), _reading(row))
        if lost:
            kept = {key: ends for key, ends in self.ends.items() if key not in set(lost)}
            self.ends = kept | _ends(region, lost)

    def take(self, key: tuple[str, str], new: Reading) -> None:
        """Note a reading."""
        known = self.ends.get(key)
        if known is None:
            self.ends[key] = Ends(new.valid_from, new)
            return
        later = (new.valid_from, new.recorded_at) >= (
            known.last.valid_from,
            known.last.recorded_at,
        )
        first = min(known.first, new.valid_from)
        self.ends[key] = Ends(first, new if later else known.last)


def _ends(
    region: "Region", only: "Sequence[tuple[str, str]] | None" = None
) -> dict[tuple[str, str], Ends]:
    """The same, asked of the lake; of some places and indicators, or of all."""
    where: dict[str, object] = {} if only is None else {"place+indicator": list(only)}
    return {
        (row["place"], row["indicator"]): Ends(row["first"], _reading(row["last"]))
        for row in region.query(_ALL, "observation", past=True, **where)
    }


def of_all(region: "Region") -> "Mapping[tuple[str, str], Ends]":
    """The same as known to the owner: for the program's own use, nothing of it is given out."""
    with _opening:
        index = _kept.setdefault(region.lake.folder, _Index())
    with deeds.acting(deeds.THE_OWNER), index.guard:
        index.refresh(replace(region, at=None, as_of=None, branch=MAIN))
    return index.ends


def follow(region: "Region", rows: "Iterable[tuple[tuple[str, str], Reading]]") -> None:
    """Take in readings that this thread has just written, unless others wrote that are not known yet.

    Args:
        region: The region, on main.
        rows: Readings, each with its place and indicator; all were recorded at one time.
    """
    before, after = region.lake.step
    index = _kept.get(region.lake.folder)
    if index is None:
        return
    with index.guard:
        if index.seen == before:
            for key, reading in rows:
                index.take(key, reading)
                index.until = reading.recorded_at
            index.seen = after


def ends(region: "Region") -> "Mapping[tuple[str, str], Ends]":
    """First and latest reading by place and indicator, as known now on main, for whoever asks.

    Args:
        region: The region, whatever its view.
    """
    now = replace(region, at=None, as_of=None)
    if not deeds.actor().is_owner:
        # What others may see is told by the region; it is looked up once a request.
        kept: dict[str, Any] = region.__dict__
        if KEPT not in kept:
            kept[KEPT] = _ends(now)
        found: Mapping[tuple[str, str], Ends] = kept[KEPT]
        return found
    return of_all(now)


def readings(rows: "Iterable[Mapping[str, Any]]") -> list[Reading]:
    """Readings of rows that were read."""
    return [_reading(row) for row in rows]


def _reading(row: "Mapping[str, Any]") -> Reading:
    return Reading(*(row[name] for name in Reading._fields))
