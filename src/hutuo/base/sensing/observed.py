"""Observations as entities: what is told of a reading, and pages of readings read from the newest on.

A reading is an observation of the base; its id is that of its datastream and its time in microseconds, so
that it is the same wherever the reading came from.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, NamedTuple

from hutuo.base.sensing import latest
from hutuo.base.sensing.comparing import Span, instant
from hutuo.base.sensing.inbox import CLOCK
from hutuo.base.sensing.kinds import Entity
from hutuo.base.sensing.latest import Reading
from hutuo.errors import NotFound
from hutuo.glossary import Text

if TYPE_CHECKING:
    import pyarrow as pa

    from hutuo.base.region import Region
    from hutuo.base.sensing.registry import Registry

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
_NAMING = """
    SELECT DISTINCT place, indicator FROM known
    WHERE grain IN ('hour', 'instant') AND contains(note, '"FeatureOfInterest"')
"""
# Windows of time in which the newest readings are looked for, one after the other, in days.
WINDOWS = (1, 8, 64, 512)
TRUTH = "OM_TruthObservation"
COUNT = "OM_CountObservation"
_BOUND = re.compile(
    r"\bphenomenonTime\s+(ge|gt|le|lt)\s+(\d{4}-\d{2}-\d{2}(?:T[\d:.]+(?:Z|[+-][\d:]+)?)?)"
)
_ID = re.compile(r"(\d{1,18}):(-?\d{1,18})(?::(-?\d{1,18}))?")


class Page(NamedTuple):
    """Some observations.

    Attributes:
        rows: They.
        more: Whether more follow.
    """

    rows: list[Entity]
    more: bool


def told(when: datetime) -> str:
    """An instant as the interface writes it."""
    return when.astimezone(UTC).isoformat().replace("+00:00", "Z")


def period(reading: Reading) -> str:
    """When something was observed: an instant, or begin and end."""
    start = told(reading.valid_from)
    return start if reading.valid_to is None else f"{start}/{told(reading.valid_to)}"


def span(text: str) -> Span | datetime:
    """A time of the interface as expressions compare it."""
    first, slash, last = text.partition("/")
    return Span(instant(first), instant(last)) if slash else instant(first)


def observation(stream: Entity, reading: Reading) -> Entity:
    """A reading of a datastream as an entity."""
    ends = [reading.valid_from, *([reading.valid_to] if reading.valid_to else [])]
    marks = ":".join(str((end - EPOCH) // MICROSECOND) for end in ends)
    more = json.loads(reading.note) if reading.note and reading.note.startswith("{") else {}
    body = {
        "phenomenonTime": period(reading),
        "result": _result(stream, reading.value),
        "resultTime": None,
        **more,
    }
    feature = body.pop("FeatureOfInterest", None)
    links = {"Datastream": [int(stream.id)]} | (
        {"FeatureOfInterest": [feature]} if feature else {}
    )
    return Entity("Observations", f"{stream.id}:{marks}", body, links, {})


def find(region: "Region", registry: "Registry", name: str) -> Entity:
    """The observation of an id.

    Raises:
        NotFound: There is none.
    """
    found = _ID.fullmatch(name)
    if found is not None:
        stream = registry.find("Datastreams", int(found[1]))
        first, last = (
            None if mark is None else EPOCH + int(mark) * MICROSECOND
            for mark in found.groups()[1:]
        )
        for reading in latest.readings(
            _rows(region, [stream], slice(first, _after(first))).to_pylist()
        ):
            if reading.valid_to == last:
                return observation(stream, reading)
    says = Text(f"没有Observations('{name}')", f"there is no Observations('{name}')")
    raise NotFound(says, Text("Observations列出全部", "Observations lists them"))


def newest(region: "Region", stream: Entity) -> Entity | None:
    """The latest observation of a datastream, if it has one."""
    known = ends_of(region, stream)
    return None if known is None else observation(stream, known.last)


def ends_of(region: "Region", stream: Entity) -> latest.Ends | None:
    """First and latest reading of a datastream, if it has any."""
    return latest.ends(region).get((stream.own["place"], stream.own["indicator"]))


def lasting(region: "Region", stream: Entity) -> str | None:
    """From when to when a datastream has observations."""
    known = ends_of(region, stream)
    if known is None:
        return None
    return f"{told(known.first)}/{told(known.last.valid_to or known.last.valid_from)}"


def walk(
    region: "Region", streams: Sequence[Entity], bounds: slice, *, newest_first: bool
) -> Iterator[Entity]:
    """Observations of datastreams in order of time.

    Args:
        region: View of the region.
        streams: Datastreams.
        bounds: Between which instants they begin.
        newest_first: Whether the latest comes first.
    """
    by = {(one.own["place"], one.own["indicator"]): one for one in streams}
    if not by:
        return
    windows = _windows(region, by, bounds) if newest_first else [bounds]
    for window in windows:
        rows = _rows(region, streams, window)
        order = [("valid_from", "descending" if newest_first else "ascending")]
        rows = rows.sort_by([*order, ("place", "ascending"), ("indicator", "ascending")])
        # Few are asked for, of maybe a million: rows are made one by one.
        for batch in rows.to_batches(max_chunksize=1000):
            for row in batch.to_pylist():
                (reading,) = latest.readings([row])
                yield observation(by[row["place"], row["indicator"]], reading)


def naming(region: "Region") -> set[tuple[str, str]]:
    """Places and indicators with readings that name a feature of interest."""
    found = region.query(_NAMING, "observation", past=True)
    return {(row["place"], row["indicator"]) for row in found}


def count(region: "Region", streams: Sequence[Entity], bounds: slice) -> int:
    """How many observations datastreams have."""
    return int(_rows(region, streams, bounds).num_rows)


def bounds(condition: str) -> slice:
    """Between which instants what a condition asks for must begin, as far as that can be told."""
    plain = re.sub(r"'(?:[^']|'')*'", "''", condition)
    first: datetime | None = None
    last: datetime | None = None
    if not re.search(r"\b(?:or|not)\b", plain):
        for sign, text in _BOUND.findall(plain):
            when = instant(text)
            if sign in ("ge", "gt"):
                first = when if first is None else max(first, when)
            else:
                end = when if sign == "lt" else _after(when)
                last = end if last is None else min(last, end)
    return slice(first, last)


def page(found: Iterator[Entity], test: Callable[[Entity], bool], skip: int, top: int) -> Page:
    """Some of what passes a test, and whether more does."""
    rows: list[Entity] = []
    for one in found:
        if not test(one):
            continue
        if skip:
            skip -= 1
        elif len(rows) == top:
            return Page(rows, more=True)
        else:
            rows.append(one)
    return Page(rows, more=False)


def _windows(
    region: "Region", by: dict[tuple[str, str], Entity], bounds: slice
) -> Iterator[slice]:
    """Slices of time from the latest reading back, each longer than the one before."""
    known = [e for key, e in latest.ends(region).items() if key in by]
    if not known:
        return
    end = max(e.last.valid_from for e in known) + MICROSECOND
    end = end if bounds.stop is None else min(end, bounds.stop)
    first = min(e.first for e in known)
    first = first if bounds.start is None else max(first, bounds.start)
    for days in WINDOWS:
        start = end - timedelta(days=days)
        if start <= first:
            break
        yield slice(start, end)
        end = start
    if first < end:
        yield slice(first, end)


def _rows(region: "Region", streams: Sequence[Entity], window: slice) -> "pa.Table":
    pairs = sorted({(one.own["place"], one.own["indicator"]) for one in streams})
    where: dict[str, Any] = {"place+indicator": pairs}
    if len(pairs) == 1:
        where = dict(zip(("place", "indicator"), pairs[0], strict=True))
    return region.past("observation", **where, grain=CLOCK, valid_from=window)


def _after(when: datetime | None) -> datetime:
    return (when or EPOCH) + MICROSECOND


def _result(stream: Entity, value: float) -> Any:
    kind = str(stream.body.get("observationType", ""))
    if kind.endswith(TRUTH):
        return value != 0
    return int(value) if kind.endswith(COUNT) and value == int(value) else value
