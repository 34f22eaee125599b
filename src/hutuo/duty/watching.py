"""The watch over readings as they are recorded, by whichever door.

Rules raise incidents, silence is noticed, and what is overdue goes up.
"""

import json
import logging
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from hutuo.base import deeds, warned, watched
from hutuo.base.protocols import Step, Tables, steps_of
from hutuo.base.store import store_of
from hutuo.duty import incidents as kept
from hutuo.duty.engine import Engine, Event, Read
from hutuo.duty.incidents import Opening
from hutuo.duty.schema import DUTY
from hutuo.errors import HutuoError
from hutuo.glossary import Text

if TYPE_CHECKING:
    from hutuo.base.region import Region

__all__ = ["Watcher"]

# How far back readings tell what stands when the watch begins.
DAYS = 2
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND, SECOND = timedelta(microseconds=1), timedelta(seconds=1)
# What rules, protocols and places rest on; the watch begins anew when one of these changes.
RESTS_ON = frozenset({
    "warning_rule", "protocol", "protocol_step", "membership", "downstream", "body", "unit", "place",
    "boundary", "indicator",
})  # fmt: skip
_NEW = """
    SELECT place, indicator, valid_from, value, unit FROM lake.observation
    WHERE batch IN (SELECT unnest(?)) AND branch = 'main' AND grain IN ('hour', 'instant') AND NOT retracted
"""
_BATCHES = """
    SELECT batch, tables, written_at FROM lake.batch
    WHERE branch = 'main' AND written_at > ? ORDER BY written_at
"""
log = logging.getLogger("hutuo")


class Watcher:
    """The watch over one region.

    Args:
        region: The region as it is now, on main.
    """

    def __init__(self, region: "Region") -> None:
        self._region = replace(region, at=None, as_of=None)
        self._rules: dict[str, dict[str, Any]] = {}
        self._units: dict[str, str] = {}
        self._engine: Engine | None = None
        self._tables = Tables(self._region)
        self._seen: object = None
        self._until = self._looked = EPOCH
        # What is not written yet.
        self._left: list[Event] = []
        self._guard = threading.Lock()

    def step(self, now: datetime) -> int:
        """Take in what was recorded since the last step, and the time that has passed.

        Args:
            now: This instant.

        Returns:
            Incidents that began.
        """
        with self._guard:
            stamp = self._region.lake.stamp()
            fresh = stamp != self._seen
            if fresh or self._engine is None:
                try:
                    self._left += list(self._news(now))
                except BaseException:
                    # What was not taken in is read again.
                    self._engine = None
                    raise
            self._seen = stamp
            if self._engine is not None:
                self._left += self._engine.tick((now - EPOCH) / MICROSECOND)
            number = self._told(self._left, now)
            self._left = []
            return number

    def _news(self, now: datetime) -> Iterator[Event]:
        """What readings that are new raise and clear."""
        batches = self._region.lake.fetch(_BATCHES, [self._until]).to_pylist()
        touched = {row["batch"]: set(json.loads(row["tables"] or "{}")) for row in batches}
        changed = any(tables & RESTS_ON for tables in touched.values())
        self._until = max([self._until, *(row["written_at"] for row in batches)])
        if self._engine is None or changed:
            yield from self._begun(now)
            return
        mine = [batch for batch, tables in touched.items() if "observation" in tables]
        if mine:
            yield from self._engine.take(self._reads(self._region.lake.fetch(_NEW, [mine])))

    def _begun(self, now: datetime) -> list[Event]:
        """Begin: rules as they are now, and what stands by the readings of the last days."""
        # Rows of the region are kept a while; a new view reads them anew.
        region = self._region = replace(self._region)
        self._tables = Tables(region)
        rules = [rule for rule in region.current("warning_rule") if rule["protocol"]]
        for fault in (fault for rule in rules for fault in watched.faults(rule)):
            log.error("warning_rule is left out: %s", fault.say("en"))
        rules = [rule for rule in rules if not watched.faults(rule)]
        self._rules = {rule["rule"]: rule for rule in rules}
        self._units = {name: row["unit"] for name, row in region.indicators.items()}
        areas = {rule["area"] for rule in rules if rule["kind"] == "area"}
        self._engine = Engine(rules, {area: watched.places_of(region, area) for area in areas})
        if not rules:
            return []
        span = slice(now - timedelta(days=DAYS), now + timedelta(days=1))
        names = sorted({rule["indicator"] for rule in rules})
        where = {"indicator": names, "grain": ["hour", "instant"], "valid_from": span}
        events = self._engine.take(self._reads(region.past("observation", **where)))
        # What was raised and cleared before is past.
        last = {event[1:3]: event for event in events}
        return [event for event in events if not event.raised or last[event[1:3]] is event]

    def _reads(self, rows: Any) -> list[Read]:
        import pyarrow as pa

        from hutuo.units import convert

        at = rows.column("valid_from").cast(pa.timestamp("us", "UTC")).cast(pa.int64()).to_pylist()
        names = ("place", "indicator", "value", "unit")
        cells = zip(at, *(rows.column(name).to_pylist() for name in names), strict=True)
        factors: dict[tuple[str, str], float] = {}
        found = []
        for when, place, indicator, value, unit in cells:
            wanted = self._units.get(indicator, unit)
            if unit != wanted:
                if (unit, wanted) not in factors:
                    factors[unit, wanted] = convert(1.0, unit, wanted)
                value *= factors[unit, wanted]  # noqa: PLW2901 - in the indicator's unit from here on
            found.append(Read(place, indicator, float(when), value))
        return found

    def _told(self, events: Sequence[Event], now: datetime) -> int:
        """Write what was raised and cleared, and what is overdue, as one transaction."""
        store, number = store_of(self._region), 0
        if not events and not self._overdue(now):
            return 0
        raised = {event: self._opening(event) for event in events if event.raised}
        with (
            deeds.doing(deeds.Deed("watch", "duty/incident")),
            store.writing(DUTY) as connection,
        ):
            for event in events:
                if event.raised:
                    number += kept.begin(connection, *raised[event], now) is not None
                else:
                    kept.safe(connection, event.rule, event.place, _when(event.at), now)
            kept.escalate(connection, now)
        return number

    def _overdue(self, now: datetime) -> bool:
        if now - self._looked < SECOND:
            return False
        self._looked = now
        with store_of(self._region).reading(DUTY) as connection:
            return kept.overdue(connection, now)

    def _opening(self, event: Event) -> tuple[Opening, list[Step]]:
        rule, note = self._rules[event.rule], None
        try:
            steps = steps_of(self._tables, rule["protocol"], rule["level"], event.place)
        except HutuoError as error:
            # The incident stands all the same, and says why nobody was told.
            steps, note = [], error.message
        opening = Opening(
            Text(rule["zh"], rule["en"]),
            rule["protocol"],
            rule["level"],
            event.place,
            _when(event.first),
            _when(event.at),
            rule=rule["rule"],
            value=event.value,
            unit=warned.unit_of(self._region, rule),
            note=note,
        )
        return opening, steps


def _when(at: float) -> datetime:
    return EPOCH + at * MICROSECOND
